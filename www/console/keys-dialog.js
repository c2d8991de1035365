// SPDX-License-Identifier: ISC
import { LitElement, html } from 'lit';
import base from '../lib/ui/base.sheet.css';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import styles from './keys-dialog.sheet.css';

/** @param {string} name of the text that says what they do @param {...string[]} chords keys to press together, and others that do the same */
const key = (name, ...chords) => ({ name, chords });

/** What can be done by keyboard, by where one is. */
const GROUPS = [
	{ title: 'keys.desk', keys: [
		key('keys.accept', ['Alt', 'Y']), key('keys.waits', ['Alt', 'J']), key('keys.other', ['Alt', '↑'], ['Alt', '↓']), key('keys', ['Alt', 'K']),
	] },
	{ title: 'keys.chat', keys: [
		key('keys.suggestion', ['Alt', '1'], ['2'], ['3']), key('keys.say', ['Alt', '0']), key('keys.mode', ['Alt', 'M']), key('transfer', ['Alt', 'T']), key('end', ['Alt', 'W']),
	] },
	{ title: 'keys.writing', keys: [key('send', ['Enter']), key('keys.line', ['Shift', 'Enter']), key('keys.phrase', ['/']), key('keys.leave', ['Esc'])] },
];

/** The list of the keys. Event: `close`. */
export class KeysDialog extends LitElement {
	static styles = [base, dialog, styles];
	static properties = { texts: { attribute: false } };

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
	}

	firstUpdated() {
		this.dialog.showModal();
	}

	get dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
	}

	render() {
		const { texts } = this;
		return html`<dialog aria-labelledby="title" @close=${() => this.dispatchEvent(new Event('close'))}
				@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog.close()} data-testid="keys-dialog">
			<div class="card"><header><h2 id="title">${texts.t('keys')}</h2>
				<button class="icon-button" aria-label=${texts.t('dismiss')} title=${texts.t('dismiss')} @click=${() => this.dialog.close()}>${icons.close}</button></header>
			${GROUPS.map(({ title, keys }) => html`<section><h3>${texts.t(title)}</h3><dl>${keys.map(({ name, chords }) => html`<div><dt>${texts.t(name)}</dt>
				<dd dir="ltr">${chords.map((chord) => html`<span>${chord.map((key) => html`<kbd>${key}</kbd>`)}</span>`)}</dd></div>`)}</dl></section>`)}
			</div></dialog>`;
	}
}
customElements.define('sb-keys', KeysDialog);
