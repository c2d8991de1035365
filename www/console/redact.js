// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import dialog from './dialog.sheet.css';
import styles from './redact.sheet.css';

const REASON_MAX = 200;

/** Asks a supervisor before the words of a message are taken away for good. */
export class Redact extends LitElement {
	static styles = [base, dialog, styles];
	static properties = { texts: { attribute: false }, desk: { attribute: false }, row: { state: true }, busy: { state: true }, problem: { state: true } };

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat | undefined} */
		this.chat = undefined;
		/** @type {import('../lib/rows.js').MessageRow | undefined} */
		this.row = undefined;
		this.busy = false;
		this.problem = '';
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	get reason() {
		return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
	}

	/** @param {import('./held-chat.js').HeldChat} chat @param {import('../lib/rows.js').MessageRow} row */
	async open(chat, row) {
		this.chat = chat;
		this.row = row;
		this.problem = '';
		await this.updateComplete;
		this.reason.value = '';
		this.dialog?.showModal();
	}

	close() {
		this.dialog?.close();
	}

	/** @param {Event} event */
	async confirmed(event) {
		event.preventDefault();
		const { chat, row } = this;
		if (!chat || !row || this.busy) return;
		const reason = this.reason.value.trim().replace(/\s+/g, ' ');
		this.busy = true;
		const refusal = await this.desk.verbs.redact(chat, row.seq, reason);
		this.busy = false;
		this.problem = refusal ? `redact.${refusal.name === 'again' ? 'again' : 'refused'}` : '';
		if (!refusal) this.close();
	}

	render() {
		const { texts, row } = this;
		return html`<dialog aria-labelledby="title" @close=${() => { this.row = undefined; }} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.close()}>
			<form class="card" @submit=${this.confirmed} novalidate><h2 id="title">${texts.t('redact.title')}</h2><p>${texts.t('redact.text')}</p>
			<blockquote dir="auto">${row?.body ?? ''}</blockquote>
			<div class="field"><label for="reason">${texts.t('redact.reason')} <span class="optional">(${texts.t('wrap.optional')})</span></label>
				<input class="input" id="reason" maxlength=${REASON_MAX} dir="auto" autocomplete="off" data-testid="redact-reason"></div>
			${this.problem ? html`<p class="error" role="alert">${texts.t(this.problem)}</p>` : nothing}
			<div class="buttons"><button type="button" class="button" @click=${this.close}>${texts.t('redact.no')}</button>
			<button class="button primary" data-testid="redact-confirm" ?disabled=${this.busy}>${texts.t('redact.yes')}</button></div></form></dialog>`;
	}
}
customElements.define('sb-redact', Redact);
