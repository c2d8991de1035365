// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import styles from './block.sheet.css';
import dialog from './dialog.sheet.css';

const REASON_MAX = 200;
const DAYS = [1, 7, 30, 0];

/** Asks a supervisor by what a customer is to be blocked, for how long and why, and does it. */
export class Block extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { state: true },
		problem: { state: true },
		busy: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat | null} while the dialog is open */
		this.chat = null;
		/** the name of a text */
		this.problem = '';
		this.busy = false;
	}

	get dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	async open(chat) {
		Object.assign(this, { chat, problem: '', busy: false });
		await this.updateComplete;
		this.dialog.showModal();
	}

	closed() {
		this.chat = null;
	}

	/** What is known of this customer, the surest first. @param {import('./held-chat.js').HeldChat} chat */
	kinds({ info }) {
		return [...(info.person ? ['identity'] : []), ...(info.email ? ['email'] : []), 'address'];
	}

	/** @param {Event} event */
	async submit(event) {
		event.preventDefault();
		const { chat } = this;
		if (!chat || this.busy) return;
		const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
		const kinds = said.getAll('kind').map(String);
		const reason = String(said.get('reason')).trim();
		this.problem = kinds.length ? (reason ? '' : 'block.why') : 'block.choose';
		if (this.problem) return void /** @type {HTMLElement} */ (this.renderRoot.querySelector(kinds.length ? '#reason' : '[name=kind]')).focus();
		this.busy = true;
		const refusal = await this.desk.verbs.block(chat, { kinds, reason, days: Number(said.get('days')), end: said.has('end') });
		this.busy = false;
		if (refusal) this.problem = `no.${refusal.name}`;
		else this.dialog?.close();
	}

	render() {
		const { texts, chat } = this;
		if (!chat) return nothing;
		const name = chat.info.name || texts.t('customer');
		const kinds = this.kinds(chat);
		return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog.close()}>
			<form class="card" @submit=${this.submit} novalidate>
				<h2 id="title">${texts.t('block.title', { name })}</h2><p>${texts.t('block.text')}</p>
				<fieldset><legend>${texts.t('block.by')}</legend>${kinds.map((kind, i) => this.kind(kind, i === 0))}</fieldset>
				<div class="field"><label for="days">${texts.t('block.days')}</label><select class="input" id="days" name="days">${DAYS.map((days) => html`
					<option value=${days} ?selected=${days === 30}>${days ? texts.t('block.for', { n: days }) : texts.t('block.always')}</option>`)}</select></div>
				<div class="field"><label for="reason">${texts.t('block.reason')}</label>
					<input class="input" id="reason" name="reason" maxlength=${REASON_MAX} dir="auto" autocomplete="off" data-testid="block-reason"></div>
				${chat.ended ? nothing : html`<label><input type="checkbox" name="end" checked data-testid="block-end"><span>${texts.t('block.end')}</span></label>`}
				${this.problem ? html`<p class="error" role="alert" data-testid="block-problem">${texts.t(this.problem, { reason: '' })}</p>` : nothing}
				<div class="buttons"><button type="button" class="button" @click=${() => this.dialog.close()}>${texts.t('cancel')}</button>
					<button class="button primary" data-testid="block-confirm" aria-disabled=${this.busy ? 'true' : 'false'}>${texts.t('block.yes')}</button></div>
			</form></dialog>`;
	}

	/** What others may share is never chosen beforehand. @param {string} kind @param {boolean} first */
	kind(kind, first) {
		const { texts, chat } = this;
		const about = kind === 'address' ? texts.t('block.shared') : html`<bdi>${kind === 'email' ? chat?.info.email : chat?.info.person}</bdi>`;
		return html`<label><input type="checkbox" name="kind" value=${kind} ?checked=${first && kind !== 'address'} data-testid="block-${kind}">
			<span>${texts.t(`block.${kind}`)}<small>${about}</small></span></label>`;
	}
}
customElements.define('sb-block', Block);
