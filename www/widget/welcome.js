// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from '../lib/ui/icons.js';
import { openingTime, stopwatch } from '../lib/time.js';
import { waitText } from '../lib/wait-text.js';
import styles from './welcome.sheet.css';

const STATUS_EVERY_MS = 30_000;
const SLOW_MS = 4000;

/**
 * Before the chat: a greeting, who is there, an optional name, one button; where nobody is there, a message that one can leave.
 * Events: `start` (detail {name}), `cancel`.
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
		if (!changed.has('starting')) return;
		clearTimeout(this.slowTimer);
		this.slow = false;
		if (this.starting) this.slowTimer = setTimeout(() => { this.slow = true; }, SLOW_MS);
	}

	/** The state of the queues is a courtesy: where it cannot be had, nothing is shown. */
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
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-note, input'))?.focus();
	}

	/** @param {Event} event */
	submit(event) {
		event.preventDefault();
		if (this.starting) return;
		const field = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
		this.dispatchEvent(new CustomEvent('start', { detail: { name: field.value.trim().replace(/\s+/g, ' ') } }));
	}

	/** Nobody would take a chat now, and nothing else would answer. */
	get shut() {
		return this.queues.length > 0 && this.queues.every((queue) => queue.state === 'closed') && !this.config.features?.bot;
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
			${this.queues.length ? html`<ul class="queues" aria-label=${texts.t('queues')}>${this.queues.map((q) => this.queue(q))}</ul>` : nothing}
			${this.writing ? this.note() : this.form()}
			${privacy ? html`<p class="privacy" dir="auto">${privacy}</p>` : nothing}
		</div>`;
	}

	form() {
		const { texts, starting } = this;
		return html`<form @submit=${this.submit} novalidate>
			<div class="field"><label for="name">${texts.t('name_label')} <span class="optional">(${texts.t('optional')})</span></label>
				<input class="input" id="name" name="name" autocomplete="given-name" maxlength="100" ?readonly=${starting}
					aria-invalid=${this.problem?.kind === 'invalid' ? 'true' : 'false'} aria-describedby=${this.problem ? 'problem' : nothing}></div>
			${this.problem ? html`<p class="problem" id="problem" role="alert" dir="auto">${this.problemText()}
				${this.problem.reference ? html`<small class="reference">${texts.t('reference', { id: this.problem.reference })}</small>` : nothing}</p>` : nothing}
			<button class="button primary" type="submit" aria-disabled=${starting ? 'true' : 'false'}>
				${starting ? html`<span class="spinner"></span>${texts.t('starting')}` : texts.t('start')}</button>
			${this.offersNote ? html`<button class="button" type="button" data-testid="leave-note" @click=${this.write}>${icons.note}${texts.t('note.leave')}</button>` : nothing}
			${this.retryAt || this.slow ? html`<p class="slow">${this.pause()}
				<button type="button" @click=${() => this.dispatchEvent(new Event('cancel'))}>${texts.t('cancel')}</button></p>` : nothing}
		</form>`;
	}

	note() {
		return html`<sb-note .texts=${this.texts} .config=${this.config} .api=${this.api} .person=${this.person} .tab=${this.tab} .page=${this.page} ?back=${!this.shut}
			@back=${this.leave}></sb-note>`;
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
	queue(queue) {
		const { texts } = this;
		const label = this.config.queues?.find((q) => q.name === queue.name)?.label ?? queue.name;
		const state = queue.state === 'open' && queue.wait ? waitText(queue.wait, texts, 'queue.wait')
			: queue.state === 'closed' && queue.next_opening ? texts.t('queue.opens', { time: openingTime(queue.next_opening, texts.locale) })
				: texts.t(`queue.${queue.state}`);
		return html`<li class=${queue.state}><i aria-hidden="true"></i><span class="name" dir="auto">${label}</span><span class="state">${state}</span>
			${queue.state === 'closed' && queue.text && !this.closing ? html`<span class="said" dir="auto">${queue.text}</span>` : nothing}</li>`;
	}
}
customElements.define('sb-welcome', Welcome);
