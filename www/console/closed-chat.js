// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import '../lib/ui/thread.js';
import dialog from './dialog.sheet.css';
import styles from './earlier.sheet.css';
import { icons } from './icons.js';

/** @typedef {{chat: string, local_end: string, label?: string, name?: string, filed?: string}} ClosedRow */

/** A chat that is over, for a supervisor: where it was, who had it, what it was filed under, and all that was said. That he reads it is written down by the server. */
export class ClosedChat extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		row: { state: true },
		events: { state: true },
		failed: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		this.closed();
	}

	closed() {
		/** @type {ClosedRow | null} */
		this.row = null;
		/** @type {ChatEvent[] | null} */
		this.events = null;
		this.failed = false;
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {ClosedRow} row */
	async open(row) {
		Object.assign(this, { row, events: null, failed: false });
		await this.updateComplete;
		this.dialog?.showModal();
		try {
			const events = await this.desk.verbs.read(row.chat, 0);
			if (this.row === row) this.events = events;
		} catch {
			if (this.row === row) this.failed = true;
		}
	}

	render() {
		const { texts, row, events } = this;
		if (!row) return nothing;
		const about = [row.label, row.name, row.filed ?? texts.t('reports.not_filed')].filter(Boolean);
		return html`<dialog aria-labelledby="title" data-testid="closed-chat" @close=${this.closed}
			@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}><div class="card">
			<header><h2 id="title">${row.local_end}</h2><button class="icon-button" aria-label=${texts.t('earlier.close')} title=${texts.t('earlier.close')}
				@click=${() => this.dialog?.close()}>${icons.close}</button></header>
			<p class="about">${about.map((word, i) => html`${i ? ' · ' : ''}<bdi>${word}</bdi>`)}</p>
			${this.failed ? html`<p class="error" role="alert">${texts.t('earlier.failed')}</p>`
				: !events ? html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`
					: html`<sb-thread me="operator" .texts=${texts} .events=${events} .stamp=${events.length} .label=${texts.t('reports.chats')}
						.botName=${texts.t('bot_name')}></sb-thread>`}
			</div></dialog>`;
	}
}
customElements.define('sb-closed-chat', ClosedChat);
