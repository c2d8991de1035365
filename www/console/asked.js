// SPDX-License-Identifier: ISC
import { LitElement, html } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { stopwatch } from '../lib/time.js';
import styles from './asked.sheet.css';
import { icons } from './icons.js';
import { Tick } from './tick.js';

/** A colleague has been asked to take the chat over: who, how long he has, and the way to take it back. Event `take-back`. */
export class Asked extends LitElement {
	static styles = [base, styles];
	static properties = { texts: { attribute: false }, transfer: { attribute: false }, busy: { type: Boolean } };

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {PendingTransfer & {deadline: number}} */
		this.transfer;
		this.busy = false;
		this.tick = new Tick(this);
	}

	render() {
		const { texts, transfer } = this;
		const left = stopwatch(Math.ceil((transfer.deadline - performance.now()) / 1000));
		return html`<div>${icons.pass}<p role="status">${texts.t('transfer.asked', { name: transfer.name })}</p>
			<span class="left" role="timer" aria-live="off" aria-label=${texts.t('transfer.left', { time: left })}>${left}</span>
			<button class="button small" ?disabled=${this.busy} data-testid="transfer-cancel"
				@click=${() => this.dispatchEvent(new Event('take-back'))}>${texts.t('cancel')}</button></div>`;
	}
}
customElements.define('sb-asked', Asked);
