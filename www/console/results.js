// SPDX-License-Identifier: ISC
import { LitElement, html, nothing, svg } from 'lit';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import styles from './results.sheet.css';

const EVERY_MS = 60_000;

/** @typedef {{disposition: string, label: string, heading?: string, chats: number}} Result */
/** @typedef {{name: string, label: string, chats: number, required: boolean, unfiled: number, own_words: number, results: Result[], more: number}} QueueResults */

/** What today's chats came to, by queue. Asked for when somebody opens it, and each minute as long as somebody looks at it. */
export class Results extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		queues: { state: true },
		failed: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {QueueResults[] | null} */
		this.queues = null;
		this.failed = false;
		this.again = new Again(this, () => this.load());
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.timer = undefined;
		this.seen = () => document.visibilityState === 'visible' && this.load();
	}

	connectedCallback() {
		super.connectedCallback();
		document.addEventListener('visibilitychange', this.seen);
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearTimeout(this.timer);
		document.removeEventListener('visibilitychange', this.seen);
	}

	get open() {
		return this.renderRoot.querySelector('details')?.open === true;
	}

	async load() {
		clearTimeout(this.timer);
		if (!this.open || document.visibilityState !== 'visible') return this.again.rest();
		try {
			this.queues = (await this.desk.verbs.results(this.texts.locale)).queues;
			this.failed = false;
			this.again.rest();
			if (this.isConnected) this.timer = setTimeout(() => this.load(), EVERY_MS);
		} catch (error) {
			this.failed = true;
			this.again.after(error);
		}
	}

	render() {
		const { texts, queues } = this;
		return html`<details @toggle=${this.load}><summary data-testid="results"><h3>${texts.t('results')}</h3></summary>
			${this.failed ? html`<p role="alert">${texts.t('results.failed')} <button class="button small" @click=${this.load}>${texts.t('again')}</button></p>` : nothing}
			${queues ? this.list(queues) : this.failed ? nothing : html`<p role="status"><span class="spinner"></span>${texts.t('loading')}</p>`}</details>`;
	}

	/** @param {QueueResults[]} queues */
	list(queues) {
		const { texts } = this;
		if (!queues.length) return html`<p class="none">${texts.t('results.none')}</p>`;
		return html`<div class="queues" data-testid="results-list">${queues.map((q) => html`<section aria-labelledby=${`queue-${q.name}`} data-queue=${q.name}>
			<h4 id=${`queue-${q.name}`}><bdi>${q.label}</bdi> <span class="chats">${texts.t('results.chats', { n: q.chats })}</span></h4>
			<ul>${q.results.map((r) => this.line(html`<bdi>${r.label}</bdi>${r.heading ? html` <bdi class="aside">${r.heading}</bdi>` : nothing}`, r.chats, q))}
				${q.more ? this.line(texts.t('results.more'), q.more, q, 'rest') : nothing}
				${q.own_words ? this.line(texts.t('results.own_words'), q.own_words, q, 'rest') : nothing}
				${q.unfiled ? this.line(html`${texts.t('results.unfiled')}${q.required ? html` <span class="aside">${texts.t('results.required')}</span>` : nothing}`,
					q.unfiled, q, 'rest') : nothing}</ul></section>`)}</div>`;
	}

	/** The bar says the same as the number. @param {unknown} label @param {number} n @param {QueueResults} queue @param {string} [kind] */
	line(label, n, queue, kind = '') {
		return html`<li class=${kind}><span class="what">${label}</span> <span class="n">${this.texts.number(n)}</span>
			<svg class="flip" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${svg`<rect width=${(100 * n) / queue.chats} height="1"/>`}</svg></li>`;
	}
}
customElements.define('sb-results', Results);
