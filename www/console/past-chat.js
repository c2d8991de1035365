// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import '../lib/ui/thread.js';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import styles from './past-chat.sheet.css';

/** @typedef {{title: string, about: string[], events: () => Promise<ChatEvent[]>}} Past what stands above it, and how all that was said is to be had */

/** A chat that is over, to read. */
export class PastChat extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		label: {},
		name: {},
		past: { state: true },
		events: { state: true },
		failed: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** what the list of messages is called */
		this.label = '';
		/** what tests call it */
		this.name = '';
		this.again = new Again(this, () => this.load());
		this.closed();
	}

	closed() {
		this.again.rest();
		/** @type {Past | null} */
		this.past = null;
		/** @type {ChatEvent[] | null} */
		this.events = null;
		this.failed = false;
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {Past} past */
	async open(past) {
		Object.assign(this, { past, events: null, failed: false });
		await this.updateComplete;
		this.dialog?.showModal();
		this.load();
	}

	async load() {
		const { past } = this;
		try {
			const events = await past?.events() ?? null;
			if (this.past === past) Object.assign(this, { events, failed: false });
		} catch (error) {
			if (this.past !== past) return;
			this.failed = true;
			this.again.after(error);
		}
	}

	render() {
		const { texts, past, events } = this;
		if (!past) return nothing;
		return html`<dialog aria-labelledby="title" data-testid=${this.name} @close=${this.closed}
			@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}><div class="card">
			<header><h2 id="title">${past.title}</h2><button class="icon-button" aria-label=${texts.t('earlier.close')} title=${texts.t('earlier.close')}
				@click=${() => this.dialog?.close()}>${icons.close}</button></header>
			${past.about.length ? html`<p class="about">${past.about.map((word, i) => html`${i ? ' · ' : ''}<bdi>${word}</bdi>`)}</p>` : nothing}
			${this.failed ? html`<p class="error" role="alert">${texts.t('earlier.failed')}</p>`
				: !events ? html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`
					: html`<sb-thread me="operator" .texts=${texts} .events=${events} .stamp=${events.length} .label=${this.label}
						.botName=${texts.t('bot_name')}></sb-thread>`}
			</div></dialog>`;
	}
}
customElements.define('sb-past-chat', PastChat);
