// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import '../lib/ui/thread.js';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import styles from './reader.sheet.css';

/**
 * A supervisor reads along in somebody's chat. The board says how far the chat has come, and only what is new is asked for: each time it is, the audit knows.
 * Event: `take` (detail the chat).
 */
export class Reader extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chats: { attribute: false },
		chat: { state: true },
		over: { state: true },
		failed: { state: true },
		events: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** those of the board @type {BoardChat[]} */
		this.chats = [];
		/** the one that is read, as the board showed it last @type {BoardChat | null} */
		this.chat = null;
		/** it has left the board */
		this.over = false;
		this.failed = false;
		/** @type {ChatEvent[]} */
		this.events = [];
		this.asking = false;
	}

	/** @param {BoardChat} chat */
	async open(chat) {
		Object.assign(this, { chat, over: false, failed: false, events: [] });
		await this.updateComplete;
		this.dialog?.showModal();
		this.load();
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {import('lit').PropertyValues} changed */
	willUpdate(changed) {
		if (!this.chat || !changed.has('chats')) return;
		const now = this.chats.find(({ id }) => id === this.chat?.id);
		const news = this.failed || (now ? (now.last_seq ?? 0) > (this.events.at(-1)?.seq ?? 0) : !this.over);
		this.over = !now;
		if (now) this.chat = now;
		if (news) this.load();
	}

	async load() {
		const { chat, events } = this;
		if (!chat || this.asking) return;
		this.asking = true;
		const more = await this.desk.verbs.read(chat.id, events.at(-1)?.seq ?? 0).catch(() => null);
		this.asking = false;
		if (events !== this.events) return void this.load(); // opened anew meanwhile
		this.failed = !more;
		if (more) this.events = [...events, ...more];
	}

	/** @param {BoardChat} chat */
	take(chat) {
		this.dialog?.close();
		this.dispatchEvent(new CustomEvent('take', { detail: chat }));
	}

	render() {
		const { texts, chat, events, over } = this;
		if (!chat) return nothing;
		const name = chat.name || texts.t('customer');
		const about = [texts.t(over ? 'chat.ended' : `board.state.${chat.state}`), chat.queue_label ?? chat.queue, over ? '' : chat.operator_name].filter(Boolean);
		return html`<dialog aria-labelledby="title" data-testid="reader" @close=${() => { this.chat = null; }}
			@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}><div class="card">
			<header><div><h2 id="title" dir="auto">${name}</h2>
				<p data-testid="reader-about">${about.map((word, i) => html`${i ? ' · ' : ''}<bdi>${word}</bdi>`)}</p></div>
				${over ? nothing : html`<button class="button small" data-testid="reader-take" aria-label=${texts.t('take.label', { name })}
					@click=${() => this.take(chat)}>${texts.t('take')}</button>`}
				<button class="icon-button" aria-label=${texts.t('dismiss')} title=${texts.t('dismiss')} @click=${() => this.dialog?.close()}>${icons.close}</button></header>
			${this.failed ? html`<p class="error" role="alert">${texts.t('read.failed')}</p>` : nothing}
			${events.length || this.failed ? html`<sb-thread me="operator" .texts=${texts} .events=${events} .stamp=${events.length} .label=${texts.t('messages', { name })}
				.botName=${texts.t('bot_name')}></sb-thread>` : html`<p role="status"><span class="spinner"></span>${texts.t('chat.loading')}</p>`}
			</div></dialog>`;
	}
}
customElements.define('sb-reader', Reader);
