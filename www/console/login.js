// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import { stopwatch } from '../lib/time.js';
import { icons } from './icons.js';
import styles from './login.sheet.css';

/** @typedef {'' | 'wrong' | 'missing' | 'limited' | 'unreachable' | 'origin' | 'refused' | 'bad_code' | 'stranger' | 'not_named'} Problem */

/**
 * Name and password, then the code of the second step where there is one; or as the web server says (`ways`). Event `logged-in` (detail: the server's answer).
 * `eager`: nobody has logged out here, so who is known to the web server need not press a button.
 */
export class Login extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		expired: { type: Boolean },
		eager: { type: Boolean },
		known: { attribute: false },
		told: { attribute: false },
		step: { state: true },
		ways: { state: true },
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
		this.eager = false;
		/** the name to begin with */
		this.known = '';
		/** the name of a text that stands above the form */
		this.told = '';
		/** @type {'name' | 'code'} */
		this.step = 'name';
		/** what was right, while the code is asked for; empty where the web server said who it is */
		this.held = { operator: '', password: '' };
		/** @type {string[]} */
		this.ways = ['password'];
		this.busy = false;
		/** @type {Problem} */
		this.problem = '';
		this.seconds = 0; // to wait
		this.shown = false;
		/** the waiting time as it was said aloud */
		this.toldTime = '';
		/** @type {ReturnType<typeof setInterval> | undefined} */
		this.countdown = undefined;
		this.again = new Again(this, () => this.askWays());
	}

	async firstUpdated() {
		this.field(this.known ? 'password' : 'operator')?.focus();
		await this.askWays();
	}

	/** Until it is known there is what most sites have. Who has begun to log in goes on with that. */
	async askWays() {
		try {
			const { ways } = await this.api.get('session/ways');
			this.ways = ways;
			if (this.eager && !this.busy && this.step === 'name' && ways.includes('sso')) this.logIn('session/sso', {});
		} catch (error) {
			this.again.after(error);
		}
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
		this.held = { operator, password };
		await this.logIn('session', this.held);
	}

	/** @param {Event} event */
	async submitCode(event) {
		event.preventDefault();
		if (this.busy || this.seconds > 0) return;
		const totp = this.field('code').value.trim();
		if (!totp) return this.fail('bad_code', 'code');
		if (this.held.password) await this.logIn('session', { ...this.held, totp });
		else await this.logIn('session/sso', { totp });
	}

	/** @param {'session' | 'session/sso'} path @param {object} body */
	async logIn(path, body) {
		this.busy = true;
		this.problem = '';
		try {
			const answer = await this.api.post(path, body);
			this.held = { operator: '', password: '' };
			this.dispatchEvent(new CustomEvent('logged-in', { detail: answer }));
		} catch (error) {
			if (error.code === 'unauthorized' && error.field === 'totp' && this.step === 'name') await this.askCode();
			else if (path === 'session/sso' && error.field !== 'totp' && ['unauthorized', 'forbidden'].includes(error.code)) this.notNamed(error.code);
			else this.refused(error);
		}
		this.busy = false;
	}

	async askCode() {
		this.step = 'code';
		await this.updateComplete;
		this.field('code').focus();
	}

	/** The web server names nobody, or somebody we do not know. @param {string} code */
	notNamed(code) {
		if (code === 'forbidden') this.problem = 'stranger';
		else if (!this.eager) this.problem = 'not_named';
		this.eager = false;
	}

	async startOver() {
		this.step = 'name';
		this.problem = '';
		this.held = { operator: '', password: '' };
		await this.updateComplete;
		this.field('operator')?.focus();
	}

	/** @param {import('../lib/api.js').ApiError} error */
	refused(error) {
		const here = this.step === 'code' ? 'code' : 'password';
		if (error.code === 'unauthorized') this.fail(error.field === 'totp' ? 'bad_code' : 'wrong', here);
		else if (error.code === 'rate_limited') this.wait(Math.max(1, Math.ceil(error.retryMs / 1000)));
		else if (error.code === 'origin_denied') this.fail('origin', 'operator');
		else if (error.passing) this.fail('unreachable', here);
		else this.fail('refused', here);
	}

	/** Counts down; then the form is as it was, nothing of it lost. @param {number} seconds */
	wait(seconds) {
		const end = Date.now() + seconds * 1000;
		this.seconds = seconds;
		this.toldTime = stopwatch(seconds);
		this.fail('limited', this.step === 'code' ? 'code' : 'password');
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
		this.field(field)?.focus();
	}

	/** Seconds that run are for the eye: read aloud, each would interrupt. */
	sentence() {
		const { texts, problem } = this;
		if (problem !== 'limited') return html`<span>${texts.t(`login.${problem}`)}</span>`;
		return html`<span class="visually-hidden">${texts.t('login.limited', { time: this.toldTime })}</span>
			<span aria-hidden="true">${texts.t('login.limited', { time: stopwatch(this.seconds) })}</span>`;
	}

	render() {
		const { texts, problem, told, ways } = this;
		const code = this.step === 'code';
		return html`<main><div class="card">
			<div class="brand"><span class="mark">${icons.chat}</span>${texts.t('title')}</div>
			<h1>${texts.t(code ? 'login.code_title' : 'login.title')}</h1>
			${told && !problem && !code ? html`<p class="expired" role="status" data-testid="login-told">${icons.check}<span>${texts.t(told)}</span></p>` : nothing}
			${this.expired && !problem && !code ? html`<p class="expired" role="status">${icons.info}<span>${texts.t('login.expired')}</span></p>` : nothing}
			${code ? this.codeForm() : html`${ways.includes('sso') ? this.ssoButton() : nothing}${ways.includes('password') ? this.nameForm() : this.problemView()}`}
			</div></main>`;
	}

	problemView() {
		return this.problem ? html`<p class="problem" id="problem" role="alert" data-testid="login-problem">${icons.alert}
			${this.sentence()}</p>` : nothing;
	}

	submitButton() {
		return html`<button class="button primary ${this.seconds > 0 ? 'waiting' : ''}" type="submit" data-testid="login-submit"
			aria-disabled=${this.busy || this.seconds > 0 ? 'true' : 'false'}>
			${this.busy ? html`<span class="spinner"></span>${this.texts.t('login.busy')}` : this.texts.t('login.submit')}</button>`;
	}

	ssoButton() {
		const both = this.ways.includes('password');
		return html`<div class="sso"><button class="button ${both ? '' : 'primary'}" data-testid="login-sso" aria-disabled=${this.busy ? 'true' : 'false'}
			@click=${() => { if (!this.busy) this.logIn('session/sso', {}); }}>${this.texts.t('login.sso')}</button>
			${both ? html`<p class="or">${this.texts.t('login.or')}</p>` : nothing}</div>`;
	}

	codeForm() {
		const { texts, problem } = this;
		return html`<form @submit=${this.submitCode} novalidate>
			<p class="about">${texts.t('login.code_text')}</p>
			<div class="field"><label for="code">${texts.t('login.code')}</label>
				<input class="input code" id="code" dir="ltr" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="40"
					data-testid="login-code" aria-invalid=${problem === 'bad_code' ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : nothing}></div>
			${this.problemView()}${this.submitButton()}
			<button type="button" class="button" @click=${this.startOver}>${texts.t('login.other')}</button></form>`;
	}

	nameForm() {
		const { texts, problem } = this;
		const bad = problem === 'wrong' || problem === 'missing';
		return html`<form @submit=${this.submit} novalidate>
			<div class="field"><label for="operator">${texts.t('login.operator')}</label>
				<input class="input" id="operator" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="100" dir="auto"
					value=${this.known} data-testid="login-operator" aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : nothing}></div>
			<div class="field"><label for="password">${texts.t('login.password')}</label>
				<input class="input" id="password" name="password" type=${this.shown ? 'text' : 'password'} autocomplete="current-password" maxlength="1000"
					data-testid="login-password" aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : nothing}>
				<label class="show"><input type="checkbox" .checked=${this.shown} @change=${() => { this.shown = !this.shown; }}>${texts.t('login.show')}</label></div>
			${this.problemView()}${this.submitButton()}</form>`;
	}
}
customElements.define('sb-login', Login);
