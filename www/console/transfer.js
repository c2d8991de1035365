// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import base from '../lib/ui/base.sheet.css';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import { reasonText } from './reason.js';
import { found } from './search.js';
import styles from './transfer.sheet.css';

const EVERY_MS = 5000;
const NOTE_MAX = 1000;

/** Whom to pass a chat on to: a queue, a colleague who is asked, or the bot it came from. Event `passed` when the chat has left the desk. */
export class Transfer extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { state: true },
		targets: { state: true },
		problem: { state: true },
		words: { state: true },
		target: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat | null} while the dialog is open */
		this.chat = null;
		/** @type {Targets | null} */
		this.targets = null;
		/** a text, and the reason in it @type {{text: string, reason: Reason} | null} */
		this.problem = null;
		this.words = '';
		/** `queue:NAME`, `operator:NAME` or `bot` */
		this.target = '';
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.timer = undefined;
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		this.closed();
	}

	get dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {import('./held-chat.js').HeldChat} chat @param {string} [target] that is chosen already */
	async open(chat, target = '') {
		if (this.chat) return;
		Object.assign(this, { chat, targets: null, problem: null, words: '', target });
		await this.updateComplete;
		this.dialog.showModal();
		this.load();
	}

	close() {
		this.dialog?.close();
	}

	closed() {
		clearTimeout(this.timer);
		this.chat = null;
	}

	/** Who is free changes while one chooses. */
	async load() {
		const { chat } = this;
		if (!chat) return;
		clearTimeout(this.timer);
		try {
			const targets = await this.desk.verbs.targets(chat);
			if (this.chat !== chat) return;
			this.targets = targets;
			if (this.problem?.text === 'targets.again') this.problem = null;
		} catch (error) {
			if (this.chat !== chat) return;
			if (!error.passing) return this.close(); // no longer ours; the desk says so
			if (!this.targets) this.problem = { text: 'targets.again', reason: {} };
		}
		this.timer = setTimeout(() => this.load(), EVERY_MS);
	}

	/** @param {Event} event */
	async submit(event) {
		event.preventDefault();
		const { chat } = this;
		if (!chat || chat.busy) return;
		if (!this.target) {
			this.problem = { text: 'transfer.choose', reason: {} };
			/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('input[type=radio]:not(:disabled)'))?.focus();
			return;
		}
		const [kind, name] = this.target.split(/:(.*)/s);
		const note = /** @type {HTMLTextAreaElement} */ (this.renderRoot.querySelector('textarea')).value.replace(/\r\n?/g, '\n').trim();
		this.problem = null;
		const asked = this.desk.verbs.transfer(chat, kind === 'bot' ? { bot: true } : kind === 'queue' ? { queue: name } : { operator: name }, note);
		this.requestUpdate();
		const refusal = await asked;
		if (refusal) {
			this.problem = { text: `no.${refusal.name}`, reason: refusal.reason };
			return void this.load();
		}
		this.close();
		this.dispatchEvent(new Event('passed'));
	}

	render() {
		const { texts, chat, problem } = this;
		if (!chat) return nothing;
		const name = chat.info.name || texts.t('customer');
		return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.close()}>
			<form class="card" @submit=${this.submit} novalidate>
				<h2 id="title">${texts.t('transfer.title', { name })}</h2>
				<div class="search">${icons.search}<input class="input" type="search" autofocus maxlength="100" autocomplete="off" data-testid="transfer-search"
					placeholder=${texts.t('transfer.search')} aria-label=${texts.t('transfer.search')}
					@input=${(/** @type {Event} */ e) => { this.words = /** @type {HTMLInputElement} */ (e.target).value; }}></div>
				${this.targets ? this.lists(this.targets) : html`<p class="loading" role="status"><span class="spinner"></span>${texts.t('loading')}</p>`}
				<div class="field"><label for="note">${texts.t('transfer.note')} <span class="optional">(${texts.t('wrap.optional')})</span></label>
					<textarea class="input" id="note" rows="2" maxlength=${NOTE_MAX} dir="auto" data-testid="transfer-note"></textarea></div>
				${problem ? html`<p class="error" role="alert" data-testid="transfer-problem">
					${texts.t(problem.text, { reason: reasonText(problem.reason, texts, 'them') })}</p>` : nothing}
				<div class="buttons"><button type="button" class="button" @click=${this.close}>${texts.t('cancel')}</button>
					<button class="button primary" data-testid="transfer-confirm" aria-disabled=${chat.busy ? 'true' : 'false'}>
						${chat.busy ? html`<span class="spinner"></span>` : nothing}${texts.t(this.target.startsWith('operator:') ? 'transfer.ask' : 'transfer.yes')}</button></div>
			</form></dialog>`;
	}

	/** @param {Targets} targets */
	lists({ bot, queues, operators }) {
		const { texts, words } = this;
		// what is chosen stays in sight, whatever is looked for
		const some = queues.filter((queue) => found(words, queue.label, queue.name) || this.target === `queue:${queue.name}`);
		const people = operators.filter((operator) => found(words, operator.name, operator.operator) || this.target === `operator:${operator.operator}`);
		const back = Boolean(bot && (found(words, bot) || this.target === 'bot'));
		return html`<div class="lists">
			${back ? html`<fieldset class="whole"><legend>${texts.t('bot_name')}</legend>${this.row({
				id: 'bot', name: bot ?? '', able: true, face: icons.bot, state: 'queue', says: texts.t('target.bot'),
			})}</fieldset>` : nothing}
			${some.length ? html`<fieldset><legend>${texts.t('queues')}</legend>${repeat(some, (q) => q.name, (queue) => this.row({
				id: `queue:${queue.name}`, name: queue.label, able: queue.open, face: icons.queue, state: queue.open ? 'queue' : 'closed',
				says: queue.open ? this.queueSays(queue) : texts.t('target.closed'),
			}))}</fieldset>` : nothing}
			${people.length ? html`<fieldset><legend>${texts.t('colleagues')}</legend>${repeat(people, (o) => o.operator, (operator) => this.row({
				id: `operator:${operator.operator}`, name: operator.name, able: operator.able, face: html`<i></i>`, state: operator.state,
				says: operator.able ? texts.t('target.load', { load: operator.load, cap: operator.cap }) : reasonText(operator, texts, 'them'),
			}))}</fieldset>` : nothing}
			${back || some.length || people.length ? nothing : html`<p class="none" role="status">${texts.t(words ? 'transfer.none' : 'transfer.nobody')}</p>`}</div>`;
	}

	/** @param {TargetQueue} queue */
	queueSays(queue) {
		const { texts } = this;
		const waiting = queue.waiting ? texts.t('queue.waiting', { n: queue.waiting }) : texts.t('queue.empty');
		return `${waiting} · ${queue.on_duty ? texts.t('target.on_duty', { n: queue.on_duty }) : texts.t('target.unstaffed')}`;
	}

	/** @param {{id: string, name: string, able: boolean, face: unknown, state: string, says: string}} row */
	row({ id, name, able, face, state, says }) {
		return html`<label class=${able ? '' : 'off'}>
			<input type="radio" name="target" value=${id} .checked=${this.target === id} ?disabled=${!able} data-testid="target-${id}"
				@change=${() => { this.target = id; this.problem = null; }}>
			<span class="face ${state}" aria-hidden="true">${face}</span>
			<span class="text"><span class="name"><bdi>${name}</bdi></span><span class="says">${says}</span></span></label>`;
	}
}
customElements.define('sb-transfer', Transfer);
