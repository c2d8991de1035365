// SPDX-License-Identifier: ISC
import { LitElement, html } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import styles from './login.sheet.css';
import './second-step.js';

/** Where the role asks for a second step and there is none yet, this stands before the desk. Events: `done`, `leave`; `signed-out` when the session is over. */
export class Enrol extends LitElement {
	static styles = [base, styles];
	static properties = { texts: { attribute: false }, api: { attribute: false } };

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
	}

	render() {
		const { texts } = this;
		return html`<main><div class="card wide" data-testid="enrol">
			<div class="brand"><span class="mark">${icons.chat}</span>${texts.t('title')}</div>
			<h1>${texts.t('totp.required')}</h1>
			<sb-second-step .texts=${texts} .api=${this.api} free @done=${() => this.dispatchEvent(new Event('done'))}></sb-second-step>
			<button class="button leave" @click=${() => this.dispatchEvent(new Event('leave'))}>${texts.t('logout')}</button></div></main>`;
	}
}
customElements.define('sb-enrol', Enrol);
