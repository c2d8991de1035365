// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import styles from './login.sheet.css';

/** The token of a link to this page. It stands behind the #, which no browser sends anywhere, and is taken out of the address at once. */
export function takeLink() {
	const token = /^#link=([\w-]{43})$/.exec(location.hash)?.[1] ?? '';
	if (token) history.replaceState(null, '', location.pathname + location.search);
	return token;
}

/** Who came by an invitation or a reset chooses a password. Events: `done` (detail the operator's name to log in with), `leave`. */
export class Link extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		token: { attribute: false },
		whose: { state: true },
		busy: { state: true },
		problem: { state: true },
		shown: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		this.token = '';
		/** @type {{operator: string, name: string, purpose: 'invite' | 'reset'} | null} */
		this.whose = null;
		this.busy = false;
		/** @type {'' | 'void' | 'again' | 'weak' | 'off' | 'limited'} */
		this.problem = '';
		this.shown = false;
		this.again = new Again(this, () => this.load());
	}

	firstUpdated() {
		this.load();
	}

	async load() {
		const whose = await this.ask('link', { token: this.token });
		if (!whose) return;
		this.whose = whose;
		await this.updateComplete;
		this.field.focus();
	}

	get field() {
		return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('#password'));
	}

	/** @param {string} path @param {object} body */
	async ask(path, body) {
		this.busy = true;
		this.problem = '';
		try {
			return await this.api.post(path, body);
		} catch (error) {
			this.problem = error.code === 'not_found' ? 'void' : error.code === 'forbidden' ? 'off' : error.code === 'rate_limited' ? 'limited' : error.passing ? 'again' : 'weak';
			if (!this.whose) this.again.after(error); // there is nothing to be filled in yet
			return null;
		} finally {
			this.busy = false;
		}
	}

	/** @param {Event} event */
	async submit(event) {
		event.preventDefault();
		if (this.busy) return;
		const answer = await this.ask('link/password', { token: this.token, password: this.field.value || '0' });
		if (answer) this.dispatchEvent(new CustomEvent('done', { detail: answer.operator }));
		else this.field?.focus();
	}

	render() {
		const { texts, whose, problem } = this;
		const over = problem === 'void' || problem === 'off';
		return html`<main><div class="card">
			<div class="brand"><span class="mark">${icons.chat}</span>${texts.t('title')}</div>
			<h1>${texts.t(over ? 'link.void_title' : whose?.purpose === 'invite' ? 'link.invite' : 'link.reset', { name: whose?.name ?? '' })}</h1>
			${whose && !over ? this.form(whose) : problem ? html`${this.problemView()}<button class="button leave" data-testid="link-leave"
				@click=${() => this.dispatchEvent(new Event('leave'))}>${texts.t('link.leave')}</button>` : html`<p role="status"><span class="spinner"></span></p>`}
			</div></main>`;
	}

	problemView() {
		const { problem } = this;
		return problem ? html`<p class="problem" id="problem" role="alert" data-testid="link-problem">${icons.alert}<span>${this.texts.t(`link.${problem}`)}</span></p>` : nothing;
	}

	/** @param {{operator: string}} whose */
	form({ operator }) {
		const { texts, problem } = this;
		return html`<form @submit=${this.submit} novalidate>
			<div class="field"><label for="operator">${texts.t('login.operator')}</label>
				<input class="input" id="operator" autocomplete="username" readonly dir="auto" .value=${operator}></div>
			<div class="field"><label for="password">${texts.t('account.new_password')}</label>
				<input class="input" id="password" type=${this.shown ? 'text' : 'password'} autocomplete="new-password" maxlength="256" data-testid="link-password"
					aria-invalid=${problem === 'weak' ? 'true' : 'false'} aria-describedby=${problem ? 'problem' : 'rule'}>
				<span class="hint" id="rule">${texts.t('account.rule')}</span>
				<label class="show"><input type="checkbox" .checked=${this.shown} @change=${() => { this.shown = !this.shown; }}>${texts.t('login.show')}</label></div>
			${this.problemView()}
			<button class="button primary" data-testid="link-submit" aria-disabled=${this.busy ? 'true' : 'false'}>
				${this.busy ? html`<span class="spinner"></span>` : nothing}${texts.t('account.save')}</button></form>`;
	}
}
customElements.define('sb-link', Link);
