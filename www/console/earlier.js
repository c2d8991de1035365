// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Again } from '../lib/again.js';
import { fullTime } from '../lib/time.js';
import base from '../lib/ui/base.sheet.css';
import styles from './earlier.sheet.css';
import './past-chat.js';

/** @typedef {{id: string, state: ChatState, created_at: string, queue_label?: string, queue?: string, operator_name?: string, disposition?: string, score?: number}} EarlierChat */

/** What the same person, whom the site vouches for, has asked before: a list, and the transcript of each. */
export class Earlier extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		person: { type: String },
		list: { state: true },
		failed: { state: true },
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
		this.asked = '';
		this.again = new Again(this, () => this.load());
	}

	/** Another chat, or the person of this one has become known. */
	willUpdate() {
		const wanted = `${this.chat.id} ${this.person}`;
		if (this.asked === wanted) return;
		Object.assign(this, { asked: wanted, list: null, failed: false });
		this.again.rest();
		this.load();
	}

	async load() {
		const { asked } = this;
		try {
			const { chats } = await this.desk.verbs.earlier(this.chat.id);
			if (asked !== this.asked) return;
			Object.assign(this, { list: chats, failed: false });
			this.again.rest();
		} catch (error) {
			if (asked !== this.asked) return;
			this.failed = true;
			this.again.after(error);
		}
	}

	/** @param {EarlierChat} chat */
	read(chat) {
		/** @type {import('./past-chat.js').PastChat} */ (this.renderRoot.querySelector('sb-past-chat')).open({
			title: fullTime(chat.created_at, this.texts.locale), about: [], events: () => this.desk.verbs.earlierEvents(this.chat.id, chat.id),
		});
	}

	render() {
		const { texts, list } = this;
		return html`<section aria-labelledby="earlier" data-testid="earlier"><h3 id="earlier">${texts.t('earlier')}</h3>
			${this.failed ? html`<p role="alert">${texts.t('earlier.failed')}</p>
				<button class="button small" @click=${this.load}>${texts.t('again')}</button>`
				: !list ? html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`
					: list.length ? html`<ul>${list.map((chat) => this.item(chat))}</ul>` : html`<p>${texts.t('earlier.none')}</p>`}
			</section><sb-past-chat name="earlier-transcript" .texts=${texts} .label=${texts.t('earlier')}></sb-past-chat>`;
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
}
customElements.define('sb-earlier', Earlier);
