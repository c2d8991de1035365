// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { stopwatch } from '../lib/time.js';
import { icons } from './icons.js';
import styles from './login.sheet.css';

/** @typedef {'' | 'wrong' | 'missing' | 'limited' | 'unreachable' | 'origin' | 'refused'} Problem */

/** Name and password. Event `logged-in` (detail Operator). */
export class Login extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		expired: { type: Boolean },
		busy: { state: true },
		problem: { state: true },
		seconds: { state: true },
		shown: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		this.expired = false;
		this.busy = false;
		/** @type {Problem} */
		this.problem = '';
		this.seconds = 0; // to wait
		this.shown = false;
		this.told = '';
		/** @type {ReturnType<typeof setInterval> | undefined} */
		this.countdown = undefined;
	}

	firstUpdated() {
		this.field('operator').focus();
	}

	/** @param {string} name */
	field(name) {
		return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector(`#${name}`));
	}

	/** @param {Event} event */
	async submit(event) {
		event.preventDefault();
		if (this.busy || this.seconds > 0) return;
		const operator = this.field('operator').value.trim();
		const password = this.field('password').value;
		if (!operator || !password) return this.fail('missing', operator ? 'password' : 'operator');
		this.busy = true;
		this.problem = '';
		try {
			const answer = await this.api.post('session', { operator, password });
			this.dispatchEvent(new CustomEvent('logged-in', { detail: answer.operator }));
		} catch (error) {
			this.refused(error);
		}
		this.busy = false;
	}

	/** @param {import('../lib/api.js').ApiError} error */
	refused(error) {
		if (error.code === 'unauthorized') this.fail('wrong', 'password');
		else if (error.code === 'rate_limited') this.wait(Math.max(1, Math.ceil(error.retryMs / 1000)));
		else if (error.code === 'origin_denied') this.fail('origin', 'operator');
		else if (error.passing) this.fail('unreachable', 'password');
		else this.fail('refused', 'operator');
	}

	/** Counts down; then the form is as it was, nothing of it lost. @param {number} seconds */
	wait(seconds) {
		const end = Date.now() + seconds * 1000;
		this.seconds = seconds;
		this.told = stopwatch(seconds);
		this.fail('limited', 'password');
		this.countdown = setInterval(() => {
			this.seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
			if (this.seconds > 0) return;
			clearInterval(this.countdown);
			if (this.problem === 'limited') this.problem = '';
		}, 250);
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearInterval(this.countdown);
	}

	/** @param {Problem} problem @param {string} field where to go on */
	fail(problem, field) {
		this.problem = problem;
		this.field(field).focus();
	}

	/** Seconds that run are for the eye: read aloud, each would interrupt. */
	sentence() {
		const { texts, problem } = this;
		if (problem !== 'limited') return html`<span>${texts.t(`login.${problem}`)}</span>`;
		return html`<span class="visually-hidden">${texts.t('login.limited', { time: this.told })}</span>
			<span aria-hidden="true">${texts.t('login.limited', { time: stopwatch(this.seconds) })}</span>`;
	}

	render() {
		const { texts, problem } = this;
		const bad = problem === 'wrong' || problem === 'missing';
		return html`<main><div class="card">
			<div class="brand"><span class="mark">${icons.chat}</span>${texts.t('title')}</div>
			<h1>${texts.t('login.title')}</h1>
			${this.expired && !problem ? html`<p class="expired" role="status">${icons.info}<span>${texts.t('login.expired')}</span></p>` : nothing}
			<form @submit=${this.submit} novalidate>
				<div class="field"><label for="operator">${texts.t('login.operator')}</label>
					<input class="input" id="operator" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100" dir="auto"
						data-testid="login-operator" aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : nothing}></div>
				<div class="field"><label for="password">${texts.t('login.password')}</label>
					<input class="input" id="password" name="password" type=${this.shown ? 'text' : 'password'} autocomplete="current-password" maxlength="1000"
						data-testid="login-password" aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : nothing}>
					<label class="show"><input type="checkbox" .checked=${this.shown} @change=${() => { this.shown = !this.shown; }}>${texts.t('login.show')}</label></div>
				${problem ? html`<p class="problem" id="problem" role="alert" data-testid="login-problem">${icons.alert}
					${this.sentence()}</p>` : nothing}
				<button class="button primary ${this.seconds > 0 ? 'waiting' : ''}" type="submit" data-testid="login-submit"
					aria-disabled=${this.busy || this.seconds > 0 ? 'true' : 'false'}>
					${this.busy ? html`<span class="spinner"></span>${texts.t('login.busy')}` : texts.t('login.submit')}</button>
			</form></div></main>`;
	}
}
customElements.define('sb-login', Login);
