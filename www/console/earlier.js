// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { fullTime } from '../lib/time.js';
import base from '../lib/ui/base.sheet.css';
import '../lib/ui/thread.js';
import dialog from './dialog.sheet.css';
import styles from './earlier.sheet.css';
import { icons } from './icons.js';

/** @typedef {{id: string, state: ChatState, created_at: string, queue_label?: string, queue?: string, operator_name?: string, disposition?: string, score?: number}} EarlierChat */

/** What the same person, whom the site vouches for, has asked before: a list, and the transcript of each. */
export class Earlier extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		person: { type: String },
		list: { state: true },
		failed: { state: true },
		reading: { state: true },
		events: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat} */
		this.chat;
		this.person = '';
		/** @type {EarlierChat[] | null} */
		this.list = null;
		this.failed = false;
		/** @type {EarlierChat | null} */
		this.reading = null;
		/** @type {ChatEvent[] | null} */
		this.events = null;
		this.asked = '';
	}

	/** Another chat, or the person of this one has become known. */
	willUpdate() {
		const wanted = `${this.chat.id} ${this.person}`;
		if (this.asked === wanted) return;
		Object.assign(this, { asked: wanted, list: null, failed: false });
		this.load();
	}

	async load() {
		const { asked } = this;
		this.failed = false;
		try {
			const { chats } = await this.desk.verbs.earlier(this.chat.id);
			if (asked === this.asked) this.list = chats;
		} catch {
			if (asked === this.asked) this.failed = true;
		}
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {EarlierChat} chat */
	async read(chat) {
		Object.assign(this, { reading: chat, events: null, failed: false });
		await this.updateComplete;
		this.dialog?.showModal();
		try {
			const events = await this.desk.verbs.earlierEvents(this.chat.id, chat.id);
			if (this.reading === chat) this.events = events;
		} catch {
			if (this.reading === chat) this.failed = true;
		}
	}

	closed() {
		Object.assign(this, { reading: null, events: null, failed: false });
	}

	render() {
		const { texts, list } = this;
		return html`<section aria-labelledby="earlier" data-testid="earlier"><h3 id="earlier">${texts.t('earlier')}</h3>
			${this.failed && !this.reading ? html`<p role="alert">${texts.t('earlier.failed')}</p>
				<button class="button small" @click=${this.load}>${texts.t('again')}</button>`
				: !list ? html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`
					: list.length ? html`<ul>${list.map((chat) => this.item(chat))}</ul>` : html`<p>${texts.t('earlier.none')}</p>`}
			</section>${this.transcript()}`;
	}

	/** @param {EarlierChat} chat */
	item(chat) {
		const { texts } = this;
		const about = [chat.queue_label ?? chat.queue, chat.operator_name, chat.disposition].filter(Boolean);
		const time = fullTime(chat.created_at, texts.locale);
		return html`<li><button data-testid="earlier-chat" aria-label=${texts.t('earlier.read', { time })} @click=${() => this.read(chat)}>
			<span class="time">${time}</span>
			${about.length ? html`<span class="about">${about.map((word, i) => html`${i ? ' · ' : ''}<bdi>${word}</bdi>`)}</span>` : nothing}</button></li>`;
	}

	transcript() {
		const { texts, reading, events } = this;
		if (!reading) return nothing;
		const time = fullTime(reading.created_at, texts.locale);
		return html`<dialog aria-labelledby="title" data-testid="earlier-transcript" @close=${this.closed}
			@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}><div class="card">
			<header><h2 id="title">${time}</h2><button class="icon-button" aria-label=${texts.t('earlier.close')} title=${texts.t('earlier.close')}
				@click=${() => this.dialog?.close()}>${icons.close}</button></header>
			${this.failed ? html`<p class="error" role="alert">${texts.t('earlier.failed')}</p>`
				: !events ? html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`
					: html`<sb-thread me="operator" .texts=${texts} .events=${events} .stamp=${events.length} .label=${texts.t('earlier')}
						.botName=${texts.t('bot_name')}></sb-thread>`}
			</div></dialog>`;
	}
}
customElements.define('sb-earlier', Earlier);
