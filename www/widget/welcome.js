// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from '../lib/ui/icons.js';
import { openingTime, stopwatch } from '../lib/time.js';
import { waitText } from '../lib/wait-text.js';
import { answersIn, missing, questionFields } from './questions.js';
import styles from './welcome.sheet.css';

const STATUS_EVERY_MS = 30_000;
const SLOW_MS = 4000;

/**
 * Before the chat: a greeting, who is there, an optional name, one button; without a bot also the choice of a queue and what it wants to know; where nobody is
 * there, a message that one can leave. Events: `start` (detail {name, queue?, answers?}), `cancel`.
 */
export class Welcome extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		config: { attribute: false },
		problem: { attribute: false },
		starting: { type: Boolean },
		retryAt: { attribute: false },
		active: { type: Boolean },
		queues: { state: true },
		slow: { state: true },
		writing: { state: true },
		chosen: { state: true },
		fault: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {WidgetConfig} */
		this.config;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {import('./session.js').StartProblem | null} */
		this.problem = null;
		this.starting = false;
		this.retryAt = 0;
		this.active = false;
		/** @type {QueueStatus[]} */
		this.queues = [];
		this.slow = false;
		/** leaves a message instead of starting a chat */
		this.writing = false;
		/** @type {import('./person.js').Person} */
		this.person;
		/** @type {import('../lib/storage.js').Store} */
		this.tab;
		/** @type {import('./bridge.js').PageContext} */
		this.page = {};
		/** the queue that was chosen; '': none yet */
		this.chosen = '';
		/** the question that is not answered as it should be @type {{name: string, text: string} | null} */
		this.fault = null;
		/** @type {ReturnType<typeof setInterval> | undefined} */
		this.countdown = undefined;
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearTimeout(this.timer);
		clearTimeout(this.slowTimer);
		clearInterval(this.countdown);
	}

	/** @param {import('lit').PropertyValues} changed */
	willUpdate(changed) {
		if (changed.has('active') && this.active) this.ask();
		if (changed.has('retryAt')) {
			clearInterval(this.countdown);
			if (this.retryAt) this.countdown = setInterval(() => this.requestUpdate(), 1000);
		}
		if (changed.has('problem')) this.fault = this.faultOf(this.problem?.field);
		if (!changed.has('starting')) return;
		clearTimeout(this.slowTimer);
		this.slow = false;
		if (this.starting) this.slowTimer = setTimeout(() => { this.slow = true; }, SLOW_MS);
	}

	/** The state of the queues is a courtesy: where it cannot be had, their names alone are shown. */
	async ask() {
		clearTimeout(this.timer);
		if (!this.active || !this.isConnected) return;
		if (document.visibilityState === 'visible') {
			const answer = await this.api.get(`widgets/${encodeURIComponent(this.config.widget)}/status`).catch(() => null);
			if (answer?.queues) this.queues = answer.queues;
		}
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.ask(), STATUS_EVERY_MS);
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-note, [aria-invalid="true"]:is(input, textarea), [aria-invalid="true"] input, #name'))?.focus();
	}

	/** The queues there are to choose from: who meets a bot is asked by that, and where there is one queue only there is no choice. */
	get choices() {
		const queues = this.config.queues ?? [];
		return this.config.features?.bot || queues.length < 2 ? [] : queues;
	}

	/** The queue that the chat would enter. */
	get target() {
		const { config, choices } = this;
		const first = config.default_queue?.name;
		const name = this.chosen || (choices.some((queue) => queue.name === first) ? first : choices[0]?.name) || first;
		return config.queues?.find((queue) => queue.name === name) ?? config.default_queue;
	}

	/** What is asked before the chat; the name has its own field, always. */
	get questions() {
		return this.config.features?.bot ? [] : this.target?.questions ?? [];
	}

	get nameQuestion() {
		return this.questions.find(({ field }) => field === 'name');
	}

	get others() {
		return this.questions.filter(({ field }) => field !== 'name');
	}

	/** The question behind a field that was refused. @param {string | undefined} field */
	faultOf(field) {
		const question = this.questions.find(({ name }) => `answers.${name}` === field);
		return question ? { name: question.name, text: question.error ?? '' } : null;
	}

	/** @param {string} name */
	choose(name) {
		this.chosen = name;
		this.fault = null;
	}

	/** @param {Event} event */
	submit(event) {
		event.preventDefault();
		if (this.starting) return;
		const field = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('#name'));
		const name = field.value.trim().replace(/\s+/g, ' ');
		const answers = answersIn(this.renderRoot, this.others);
		const unanswered = this.nameQuestion?.required && !name ? this.nameQuestion : missing(this.others, answers);
		this.fault = unanswered ? { name: unanswered.name, text: this.texts.t('required') } : null;
		if (unanswered) return void this.updateComplete.then(() => this.focus());
		const queue = this.choices.length ? this.target?.name : undefined;
		this.dispatchEvent(new CustomEvent('start', { detail: { name, queue, answers: Object.keys(answers).length ? answers : undefined } }));
	}

	/** Nobody would take a chat now, and nothing else would answer. */
	get shut() {
		return this.queues.length > 0 && this.queues.every((queue) => queue.state === 'closed') && !this.config.features?.bot;
	}

	/** The queues as a list. It has its place before their state is known: what arrives later must not move the button that somebody is about to press. */
	get rows() {
		const { queues, config } = this;
		if (!this.writing && this.choices.length) return [];
		return queues.length ? queues : (config.queues ?? []).map(({ name }) => /** @type {QueueStatus} */ ({ name, state: '' }));
	}

	/** Whether to offer that one may leave a message. */
	get offersNote() {
		const nobody = this.queues.length > 0 && this.queues.every((queue) => queue.state !== 'open');
		return this.config.features?.notes !== false && (nobody || this.problem?.kind === 'closed' || this.problem?.kind === 'full');
	}

	updated() {
		if (this.shut && this.offersNote && !this.writing) import('./note.js').then(() => { this.writing = this.shut; }, () => {});
	}

	/** Few need it, so it is loaded when somebody does. */
	async write() {
		await import('./note.js');
		this.writing = true;
		await this.updateComplete;
		const note = /** @type {import('./note.js').Note | null} */ (this.renderRoot.querySelector('sb-note'));
		await note?.updateComplete;
		note?.focus();
	}

	async leave() {
		this.writing = false;
		await this.updateComplete;
		this.focus();
	}

	render() {
		const { texts } = this;
		const privacy = texts.optional('privacy');
		return html`<div class="page">
			<h2 dir="auto">${texts.t('greeting')}</h2>
			${this.closing ? html`<p class="closing" role="status" dir="auto">${this.closing}</p>` : nothing}
			${this.rows.length ? html`<ul class="queues" aria-label=${texts.t('queues')}>${this.rows.map((q) => this.queue(q))}</ul>` : nothing}
			${this.writing ? this.note() : html`${this.problem ? nothing : this.noteOffer()}${this.form()}`}
			${privacy ? html`<p class="privacy" dir="auto">${privacy}</p>` : nothing}
		</div>`;
	}

	form() {
		const { texts, starting } = this;
		return html`<form @submit=${this.submit} novalidate>
			${this.choices.length ? this.chooser() : nothing}
			${this.nameField()}
			${questionFields({ texts, questions: this.others, readonly: starting, fault: this.fault })}
			${this.problem && !this.fault ? html`<p class="problem" id="problem" role="alert" dir="auto">${this.problemText()}
				${this.problem.reference ? html`<small class="reference">${texts.t('reference', { id: this.problem.reference })}</small>` : nothing}</p>` : nothing}
			<button class="button primary" type="submit" aria-disabled=${starting ? 'true' : 'false'}>
				${starting ? html`<span class="spinner"></span>${texts.t('starting')}` : texts.t('start')}</button>
			${this.problem ? this.noteOffer() : nothing}
			${this.retryAt || this.slow ? html`<p class="slow">${this.pause()}
				<button type="button" @click=${() => this.dispatchEvent(new Event('cancel'))}>${texts.t('cancel')}</button></p>` : nothing}
		</form>`;
	}

	/** Above the form, whose place at the bottom it leaves alone; below what was refused, whose answer it is. */
	noteOffer() {
		return this.offersNote
			? html`<button class="button" type="button" data-testid="leave-note" @click=${this.write}>${icons.note}${this.texts.t('note.leave')}</button>` : nothing;
	}

	note() {
		return html`<sb-note .texts=${this.texts} .config=${this.config} .api=${this.api} .person=${this.person} .tab=${this.tab} .page=${this.page} ?back=${!this.shut}
			@back=${this.leave}></sb-note>`;
	}

	nameField() {
		const { texts, nameQuestion } = this;
		const wrong = (this.problem?.kind === 'invalid' && !this.fault) || (nameQuestion && this.fault?.name === nameQuestion.name);
		const optional = nameQuestion?.required ? nothing : html` <span class="optional">(${texts.t('optional')})</span>`;
		return html`<div class="field"><label for="name">${texts.t('name_label')}${optional}</label>
			<input class="input" id="name" name="name" autocomplete="given-name" maxlength="100" ?readonly=${this.starting} ?required=${nameQuestion?.required}
				aria-invalid=${wrong ? 'true' : 'false'} aria-describedby=${wrong ? (this.fault ? 'error-name' : 'problem') : this.problem ? 'problem' : nothing}>
			${wrong && this.fault ? html`<p class="error" id="error-name" role="alert" dir="auto">${this.fault.text}</p>` : nothing}</div>`;
	}

	/** The queues as something to choose from. One that is closed says when it opens, and can be asked for all the same: the answer tells more. */
	chooser() {
		const { texts, target } = this;
		return html`<fieldset class="chooser" role="radiogroup"><legend>${texts.t('choose_queue')}</legend>
			<div class="queues">${this.choices.map(({ name, label }) => {
				const status = this.queues.find((queue) => queue.name === name);
				return html`<label class=${status?.state ?? ''}><input type="radio" name="queue" value=${name} .checked=${target?.name === name} ?disabled=${this.starting}
					@change=${() => this.choose(name)}><span class="name" dir="auto">${label}</span>
					${status ? html`<span class="state">${this.stateOf(status)}</span>` : nothing}</label>`;
			})}</div></fieldset>`;
	}

	/** Why it takes long. The seconds are for the eye: read aloud, each would interrupt. */
	pause() {
		const { texts } = this;
		if (!this.retryAt) return html`<span role="status">${texts.t('starting_slow')}</span>`;
		const time = stopwatch(Math.ceil((this.retryAt - Date.now()) / 1000));
		return html`<span role="status">${texts.t('busy')}</span> <span aria-hidden="true">${texts.t('busy_next', { time })}</span>`;
	}

	/** What the company says to everybody while all of it is closed by hand. */
	get closing() {
		const said = new Set(this.queues.map((queue) => (queue.state === 'closed' && queue.text) || ''));
		return said.size === 1 ? [...said][0] : '';
	}

	problemText() {
		const { texts, problem } = this;
		if (problem?.text) return problem.text;
		if (problem?.kind === 'closed' && problem.next) return texts.t('problem.closed_until', { time: openingTime(problem.next, texts.locale) });
		return texts.t(`problem.${problem?.kind}`);
	}

	/** @param {QueueStatus} queue */
	stateOf(queue) {
		const { texts } = this;
		return queue.state === 'open' && queue.wait ? waitText(queue.wait, texts, 'queue.wait')
			: queue.state === 'closed' && queue.next_opening ? texts.t('queue.opens', { time: openingTime(queue.next_opening, texts.locale) })
				: queue.state ? texts.t(`queue.${queue.state}`) : '';
	}

	/** @param {QueueStatus} queue */
	queue(queue) {
		const label = this.config.queues?.find((q) => q.name === queue.name)?.label ?? queue.name;
		return html`<li class=${queue.state}><i aria-hidden="true"></i><span class="name" dir="auto">${label}</span><span class="state">${this.stateOf(queue)}</span>
			${queue.state === 'closed' && queue.text && !this.closing ? html`<span class="said" dir="auto">${queue.text}</span>` : nothing}</li>`;
	}
}
customElements.define('sb-welcome', Welcome);
