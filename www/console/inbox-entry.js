// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { fullTime } from '../lib/time.js';
import base from '../lib/ui/base.sheet.css';
import { linkedText } from '../lib/ui/linked-text.js';
import { uuid } from '../lib/uuid.js';
import styles from './inbox-entry.sheet.css';
import { icons } from './icons.js';

const MAX = 4000;

/** One note: what was written, what was answered, and what can be done with it. Events: `shut`, `changed` (detail InboxEntry), `signed-out`. */
export class InboxEntryView extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		desk: { attribute: false },
		entry: { attribute: false },
		text: { state: true },
		busy: { state: true },
		problem: { state: true },
		people: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {InboxEntry} */
		this.entry;
		this.text = '';
		this.busy = false;
		/** @type {{name: string, by?: string} | null} */
		this.problem = null;
		/** to whom it could be given; null: not asked @type {{operator: string, name: string}[] | null} */
		this.people = null;
		this.cid = uuid();
		this.shown = '';
	}

	/** @param {import('lit').PropertyValues} changed */
	willUpdate(changed) {
		if (!changed.has('entry') || this.entry.entry === this.shown) return;
		this.shown = this.entry.entry;
		Object.assign(this, { text: this.desk.papers.draft(this.shown, 'message'), problem: null, people: null, cid: uuid() });
	}

	focus() {
		this.renderRoot.querySelector('h3')?.focus();
	}

	get mine() {
		return this.entry.operator === this.desk.duty.operator.operator;
	}

	/** Nobody else has it. */
	get free() {
		return this.entry.state !== 'taken' || this.mine;
	}

	/** @param {Event} event */
	typed(event) {
		this.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
		this.cid = uuid();
		this.desk.papers.keepDraft(this.entry.entry, 'message', this.text);
	}

	/** @param {string} path @param {object} body @returns {Promise<boolean>} */
	async act(path, body) {
		if (this.busy) return false;
		Object.assign(this, { busy: true, problem: null });
		try {
			const { entry } = await this.api.post(`inbox/${this.entry.entry}/${path}`, body);
			this.dispatchEvent(new CustomEvent('changed', { detail: entry }));
			return true;
		} catch (error) {
			if (error.code === 'unauthorized') this.dispatchEvent(new Event('signed-out'));
			this.problem = error.passing ? { name: 'again' } : error.code === 'already_taken' ? { name: 'taken', by: String(error.details.operator_name ?? '') }
				: { name: error.field === 'mail' ? 'no_mail' : 'refused' };
			return false;
		} finally {
			this.busy = false;
		}
	}

	/** @param {string} state */
	move(state) {
		return this.act('state', { state });
	}

	/** @param {Event} event */
	async answer(event) {
		event.preventDefault();
		if (this.text.trim() && await this.act('answers', { cid: this.cid, body: this.text })) this.sent();
	}

	async invite() {
		const body = this.text.trim() ? { body: this.text } : {};
		if (await this.act('invitation', { cid: this.cid, ...body })) this.sent();
	}

	sent() {
		this.text = '';
		this.cid = uuid();
		this.desk.papers.keepDraft(this.entry.entry, 'message', '');
		this.desk.say({ kind: 'info', name: 'notice.mailed', values: { name: this.entry.name || this.entry.email || '' } });
		this.focus();
	}

	/** Asked for when somebody wants to give it away. */
	async giveAway() {
		try {
			this.people = (await this.api.get(`inbox/${this.entry.entry}/people`)).operators;
		} catch {
			this.problem = { name: 'again' };
		}
		await this.updateComplete;
		this.renderRoot.querySelector('select')?.focus();
	}

	/** @param {Event} event */
	async give(event) {
		const operator = /** @type {HTMLSelectElement} */ (event.target).value;
		if (operator && await this.act('state', { state: 'taken', operator })) this.people = null;
	}

	render() {
		const { texts, entry } = this;
		const name = entry.name || texts.t('customer');
		return html`<article aria-labelledby="title">
			<header><button class="icon-button back" aria-label=${texts.t('back')} title=${texts.t('back')} data-testid="entry-back"
					@click=${() => this.dispatchEvent(new Event('shut'))}>${icons.back}</button>
				<div class="who"><h3 id="title" tabindex="-1" dir="auto">${name}</h3>
					<p><bdi>${entry.email}</bdi> <span class="aside">${entry.verified ? html`${icons.verified}${texts.t('details.verified')}`
						: texts.t('details.unverified')}</span></p></div>
				<span class="tag ${entry.state}" data-testid="entry-state">${texts.t(`inbox.state.${entry.state}`)}</span></header>
			<div class="scroll">
				<dl>${this.fact('reference', entry.reference)}${this.fact('queue', entry.queue_label)}${this.fact('left', fullTime(entry.created_at, texts.locale))}
					${entry.page_url ? this.fact('page', linkedText(entry.page_url)) : nothing}${entry.operator_name ? this.fact('operator', entry.operator_name) : nothing}
					${entry.chat ? this.fact('chat', texts.t('inbox.opened')) : nothing}</dl>
				<div class="bubble" dir="auto" data-testid="entry-body">${linkedText(entry.body)}</div>
				${(entry.replies ?? []).map((reply) => this.reply(reply))}
			</div>
			${this.problem ? html`<p class="error" role="alert">${texts.t(`inbox.no.${this.problem.name}`, { name: this.problem.by ?? '' })}</p>` : nothing}
			${this.free ? this.writing() : nothing}
			${this.acts()}
		</article>`;
	}

	/** @param {string} name @param {unknown} value */
	fact(name, value) {
		return html`<div><dt>${this.texts.t(`inbox.${name}`)}</dt><dd dir="auto">${value}</dd></div>`;
	}

	/** @param {InboxReply} reply */
	reply(reply) {
		const { texts } = this;
		const mark = reply.state === 'sent' ? icons.check : reply.state === 'failed' ? icons.alert : icons.clock;
		return html`<div class="reply ${reply.state}" data-testid="entry-reply"><div class="by"><bdi>${reply.operator_name}</bdi> · ${fullTime(reply.at, texts.locale)}</div>
			<div class="bubble ours" dir="auto">${reply.body ? linkedText(reply.body) : nothing}
				${reply.kind === 'invitation' ? html`<span class="invited">${icons.chat}${texts.t('inbox.invited')}</span>` : nothing}</div>
			<div class="foot">${mark}${texts.t(`inbox.mail.${reply.state}`)}${reply.error ? html` <bdi class="why">${reply.error}</bdi>` : nothing}</div></div>`;
	}

	writing() {
		const { texts, entry, busy } = this;
		if (!entry.mail) return html`<p class="hint">${icons.info}${texts.t('inbox.no_mail')}</p>`;
		const ready = this.text.trim() !== '' && [...this.text].length <= MAX && !busy;
		return html`<form @submit=${this.answer}>
			<label class="visually-hidden" for="answer">${texts.t('inbox.answer')}</label>
			<textarea class="input" id="answer" rows="4" maxlength=${MAX} dir="auto" placeholder=${texts.t('inbox.answer')} .value=${this.text} @input=${this.typed}
				data-testid="entry-answer"></textarea>
			<div class="buttons">
				${entry.chat ? nothing : html`<button type="button" class="button" data-testid="entry-invite" aria-disabled=${busy ? 'true' : 'false'}
					title=${texts.t('inbox.invite_text')} @click=${this.invite}>${icons.chat}${texts.t('inbox.invite')}</button>`}
				<button class="button primary" data-testid="entry-send" ?disabled=${!ready}>${icons.send}${texts.t('inbox.send')}</button></div></form>`;
	}

	acts() {
		const { texts, entry, mine } = this;
		const button = (/** @type {string} */ state, /** @type {string} */ name) => html`<button class="button small" data-testid="entry-${name}"
			aria-disabled=${this.busy ? 'true' : 'false'} @click=${() => this.move(state)}>${texts.t(`inbox.act.${name}`)}</button>`;
		const supervisor = this.desk.duty.operator.role === 'supervisor';
		const open = entry.state === 'new' || entry.state === 'taken';
		return html`<footer>
			${mine && entry.state === 'taken' ? button('new', 'release') : (this.free || supervisor) ? button('taken', open ? 'take' : 'reopen') : nothing}
			${open && (this.free || supervisor) ? html`${button('done', 'done')}${button('spam', 'spam')}` : nothing}
			${open && (mine || supervisor || entry.state === 'new') ? this.giving() : nothing}
		</footer>`;
	}

	giving() {
		const { texts, people } = this;
		if (!people) return html`<button class="button small" data-testid="entry-assign" @click=${this.giveAway}>${icons.pass}${texts.t('inbox.act.assign')}</button>`;
		if (!people.length) return html`<span class="hint">${texts.t('inbox.nobody')}</span>`;
		return html`<select class="input small" aria-label=${texts.t('inbox.act.assign')} data-testid="entry-people" @change=${this.give}>
			<option value="">${texts.t('inbox.act.assign')}</option>${people.map((p) => html`<option value=${p.operator}>${p.name}</option>`)}</select>`;
	}
}
customElements.define('sb-inbox-entry', InboxEntryView);
