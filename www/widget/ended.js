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
		mail: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./session.js').ChatSession} */
		this.session;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {Record<string, unknown>} */
		this.features = {};
		this.stamp = 0;
		this.score = 0;
		/** @type {'' | 'sending' | 'failed'} */
		this.state = '';
		/** where the way of the transcript by mail is, and to whom it went @type {{step: '' | 'asked' | 'sending' | 'sent', problem: string, to: string}} */
		this.mail = { step: '', problem: '', to: '' };
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
				${this.features.mail === true && this.features.transcript !== false && this.mail.step === '' ? html`
					<button class="button" data-testid="mail-transcript" @click=${() => this.post('')}>${icons.send}${texts.t('mail')}</button>` : nothing}
				<button class="button primary" @click=${() => session.restart()}>${texts.t('new_chat')}</button>
			</div>${this.mailing()}</section>`;
	}

	/** The transcript by mail: to the address that the chat has, else to the one that is typed here. */
	mailing() {
		const { texts, mail } = this;
		if (mail.step === 'sent') return html`<p class="thanks" role="status">${icons.check}<bdi>${texts.t('mail.sent', { email: mail.to })}</bdi></p>`;
		const problem = mail.problem ? html`<p class="error" role="alert" id="mail-problem">${texts.t(`mail.${mail.problem}`)}</p>` : nothing;
		if (mail.step === '') return problem;
		return html`<form class="mail" @submit=${this.address} novalidate><div class="field"><label for="email">${texts.t('mail.to')}</label>
			<input class="input" id="email" type="email" inputmode="email" autocomplete="email" maxlength="254" dir="ltr" aria-invalid=${mail.problem ? 'true' : 'false'}
				aria-describedby=${mail.problem ? 'mail-problem' : nothing}></div>${problem}
			<button class="button small" aria-disabled=${mail.step === 'sending' ? 'true' : 'false'}>${texts.t('mail.send')}</button></form>`;
	}

	/** @param {Event} event */
	address(event) {
		event.preventDefault();
		this.post(/** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector('input[type=email]'))?.value.trim() ?? '');
	}

	/** @param {string} email '' that of the chat */
	async post(email) {
		if (this.mail.step === 'sending') return;
		const asked = this.mail.step === 'asked';
		if (asked && !/^[^\s@]+@[^\s@]+$/.test(email)) return void (this.mail = { step: 'asked', problem: 'wrong', to: '' });
		this.mail = { ...this.mail, step: asked ? 'sending' : '', problem: '' };
		try {
			this.mail = { step: 'sent', problem: '', to: (await this.api.post(`chats/${this.session.chat}/transcript`, email ? { email } : {})).email };
			await this.updateComplete;
			this.focus();
		} catch (error) {
			const missing = error.code === 'invalid';
			const name = missing ? (asked ? 'wrong' : '') : error.code === 'conflict' && error.field === 'chat' ? 'nobody' : error.code === 'rate_limited' ? 'enough' : 'failed';
			this.mail = { step: asked || missing ? 'asked' : '', problem: name, to: '' };
			await this.updateComplete;
			/** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector('input[type=email]'))?.focus();
		}
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
