// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from '../lib/ui/icons.js';
import styles from './ended.sheet.css';

/** After the chat: rating, transcript, another chat. Event: `transcript`. */
export class Ended extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		session: { attribute: false },
		features: { attribute: false },
		stamp: { attribute: false },
		score: { state: true },
		state: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./session.js').ChatSession} */
		this.session;
		/** @type {Record<string, unknown>} */
		this.features = {};
		this.stamp = 0;
		this.score = 0;
		/** @type {'' | 'sending' | 'failed'} */
		this.state = '';
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('h2'))?.focus();
	}

	render() {
		const { texts, session } = this;
		const rated = session.view.rating !== null;
		return html`<section aria-labelledby="title">
			<h2 id="title" tabindex="-1">${texts.t('ended.title')}</h2>
			${this.features.rating === false ? nothing : rated ? html`<p class="thanks" role="status">${icons.check}${texts.t('rate.thanks')}</p>` : this.rating()}
			<div class="buttons">
				${this.features.transcript === false ? nothing : html`<button class="button" @click=${() => this.dispatchEvent(new Event('transcript'))}>
					${icons.download}${texts.t('transcript')}</button>`}
				<button class="button primary" @click=${() => session.restart()}>${texts.t('new_chat')}</button>
			</div></section>`;
	}

	rating() {
		const { texts } = this;
		return html`<form @submit=${this.rate}>
			<fieldset><legend>${texts.t('rate.title')}</legend><div class="stars">${[1, 2, 3, 4, 5].map((n) => html`
				<label class=${n <= this.score ? 'on' : ''} title=${texts.t(`rate.${n}`)}><input type="radio" name="score" value=${n} class="visually-hidden"
					.checked=${n === this.score} @change=${() => { this.score = n; }}>${icons.star}<span class="visually-hidden">${texts.t(`rate.${n}`)}</span></label>`)}
			</div></fieldset>
			${this.score ? html`<textarea class="input" rows="2" maxlength="1000" aria-label=${texts.t('rate.comment')}
				placeholder=${texts.t('rate.comment')}></textarea>
				${this.state === 'failed' ? html`<p class="error" role="alert">${texts.t('rate.failed')}</p>` : nothing}
				<button class="button small" ?disabled=${this.state === 'sending'}>${texts.t('rate.send')}</button>` : nothing}
		</form>`;
	}

	/** @param {Event} event */
	async rate(event) {
		event.preventDefault();
		if (this.state === 'sending') return;
		const comment = this.renderRoot.querySelector('textarea')?.value.trim();
		this.state = 'sending';
		try {
			await this.session.rate(this.score, comment);
			this.state = '';
			this.focus();
		} catch {
			this.state = 'failed';
		}
	}
}
customElements.define('sb-ended', Ended);
