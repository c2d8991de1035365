// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { linkedText } from '../lib/ui/linked-text.js';
import { toldRows } from './answers.js';
import { icons } from './icons.js';
import styles from './told.sheet.css';

/** At the head of a conversation: what the customer answered before, so that nobody asks again. */
export class ToldCard extends LitElement {
	static styles = [base, styles];
	static properties = { texts: { attribute: false }, chat: { attribute: false }, stamp: { attribute: false } };

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./held-chat.js').HeldChat} */
		this.chat;
		this.stamp = 0;
	}

	render() {
		const { texts, chat } = this;
		const rows = toldRows(chat.info, texts.locale);
		if (!rows.length) return nothing;
		return html`<section aria-label=${texts.t('told')} data-testid="told" tabindex="0">
			<h3 title=${texts.t('told')}>${icons.list}<span class="visually-hidden">${texts.t('told')}</span></h3>
			<dl>${rows.map(([label, value]) => html`<div><dt><bdi>${label}</bdi></dt><dd><bdi>${linkedText(value)}</bdi></dd></div>`)}</dl></section>`;
	}
}
customElements.define('sb-told', ToldCard);
