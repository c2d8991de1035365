// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { placeText } from '../lib/wait-text.js';
import styles from './waiting.sheet.css';

const ANNOUNCE_EVERY_MS = 30_000;

/** Where somebody who waits stands. Everybody sees it change; a screen reader is told at once what is new in kind, and else no more than twice a minute. */
export class Waiting extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		place: { attribute: false },
		announced: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {{position: number, wait: Wait | null} | null} */
		this.place = null;
		this.announced = '';
		this.announcedAt = -Infinity;
		this.kind = '';
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearTimeout(this.timer);
	}

	/** @param {import('lit').PropertyValues} changed */
	willUpdate(changed) {
		if (changed.has('place') || changed.has('texts')) this.announce();
	}

	announce() {
		clearTimeout(this.timer);
		const { title, detail } = placeText(this.place, this.texts);
		const sentence = [title, detail].filter(Boolean).join('. ');
		if (sentence === this.announced) return;
		const kind = this.place?.wait?.state ?? (this.place?.position === 1 ? 'next' : 'line');
		const pause = kind === this.kind ? this.announcedAt + ANNOUNCE_EVERY_MS - Date.now() : 0;
		if (pause > 0) {
			this.timer = setTimeout(() => this.announce(), pause);
			return;
		}
		this.announced = sentence;
		this.announcedAt = Date.now();
		this.kind = kind;
	}

	render() {
		const { title, detail, advice } = placeText(this.place, this.texts);
		const away = Boolean(this.place?.wait?.state);
		return html`<div class="waiting" aria-live="off">
			${away ? nothing : html`<span class="pulse" aria-hidden="true"><i></i><i></i><i></i></span>`}
			<div><strong>${title}</strong>${detail ? html`<span class="wait">${detail}</span>` : nothing}<p>${advice}</p></div></div>
			<p class="visually-hidden" role="status">${this.announced}</p>`;
	}
}
customElements.define('sb-waiting', Waiting);
