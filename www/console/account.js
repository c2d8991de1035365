// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Again } from '../lib/again.js';
import base from '../lib/ui/base.sheet.css';
import styles from './account.sheet.css';
import { browserName } from './browser-name.js';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import './second-step.js';

/**
 * @typedef {{id: string, current?: boolean, browser?: string, address?: string, since: string, last_used: string, way: 'password' | 'sso'}} Session
 * @typedef {{operator: string, name: string, password: {changed_at: string} | null, totp: {required: boolean, since?: string, codes?: number}}} Account
 */

/** A person's own account: the password, the second step, where he is logged in. Events: `close`; `signed-out` when the session is over. */
export class AccountDialog extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		account: { state: true },
		sessions: { state: true },
		open: { state: true },
		busy: { state: true },
		said: { state: true },
		problem: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {Account | null} */
		this.account = null;
		/** @type {Session[]} */
		this.sessions = [];
		/** the form that is open @type {'' | 'password' | 'enrol' | 'off' | 'codes'} */
		this.open = '';
		this.busy = '';
		/** what was done last, for all to hear */
		this.said = '';
		/** what went wrong, and where @type {{where: string, text: string} | null} */
		this.problem = null;
		this.again = new Again(this, () => this.load());
	}

	firstUpdated() {
		this.dialog.showModal();
		this.load();
	}

	get dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
	}

	/** Asks the server; what it does not take is shown at `where`. @param {string} where @param {() => Promise<any>} work */
	async ask(where, work) {
		if (this.busy) return null;
		this.busy = where;
		this.problem = null;
		this.said = '';
		try {
			return (await work()) ?? {};
		} catch (error) {
			if (error.code === 'unauthorized') this.dispatchEvent(new Event('signed-out'));
			const text = error.field === 'totp' && error.code !== 'rate_limited' ? 'login.bad_code' : error.field === 'password' ? 'account.wrong_password'
				: error.field === 'new_password' ? 'account.weak' : error.code === 'rate_limited' ? 'account.limited' : 'notice.again';
			this.problem = { where, text };
			if (!this.account) this.again.after(error); // there is nothing else to be seen
			return null;
		} finally {
			this.busy = '';
		}
	}

	async load() {
		const answer = await this.ask('load', () => Promise.all([this.api.get('account'), this.api.get('session/list')]));
		if (answer) [this.account, { sessions: this.sessions }] = answer;
	}

	/** @param {'' | 'password' | 'enrol' | 'off' | 'codes'} form */
	async unfold(form) {
		this.open = this.open === form ? '' : form;
		this.problem = null;
		this.said = '';
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector(form ? 'form input, sb-second-step' : '#said'))?.focus();
	}

	/** @param {string} id */
	value(id) {
		return /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector(`#${id}`))?.value ?? '';
	}

	/** @param {Event} event */
	async changePassword(event) {
		event.preventDefault();
		const [password, renewed] = [this.value('old'), this.value('new')];
		if (!password || !renewed) return;
		if (!await this.ask('password', () => this.api.post('account/password', { password, new_password: renewed }))) return;
		await this.finish('account.changed');
	}

	/** Switches the second step off, or renews the recovery codes. @param {Event} event */
	async withCode(event) {
		event.preventDefault();
		const verb = this.open;
		const body = { totp: this.value('totp').trim() || '0', ...(this.account?.password ? { password: this.value('proof') } : {}) };
		const answer = await this.ask(verb, () => this.api.post(`account/totp/${verb}`, body));
		if (!answer) return;
		if (verb === 'off') return this.finish('totp.is_off');
		this.open = 'enrol';
		await this.updateComplete;
		/** @type {import('./second-step.js').SecondStep} */ (this.renderRoot.querySelector('sb-second-step')).show(answer.recovery_codes);
	}

	/** @param {string} said */
	async finish(said) {
		this.open = '';
		await this.load();
		this.said = this.texts.t(said);
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('#said'))?.focus();
	}

	/** @param {string | null} session one, or null for all others */
	async end(session) {
		if (await this.ask('sessions', () => this.api.post('session/end', session ? { session } : { others: true }))) await this.finish('sessions.ended');
	}

	render() {
		const { texts, account } = this;
		return html`<dialog aria-labelledby="title" @close=${() => this.dispatchEvent(new Event('close'))}
				@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog.close()} data-testid="account-dialog">
			<div class="card"><header><h2 id="title">${texts.t('account')}</h2>
				<button class="icon-button" aria-label=${texts.t('dismiss')} title=${texts.t('dismiss')} data-testid="account-close"
					@click=${() => this.dialog.close()}>${icons.close}</button></header>
			<div id="said" class="said" role="status" tabindex="-1" data-testid="account-said">${this.said ? html`${icons.check}<span>${this.said}</span>` : nothing}</div>
			${account ? html`${this.passwordSection(account)}${this.totpSection(account)}${this.sessionsSection()}`
				: this.problem ? html`<p class="error" role="alert">${texts.t(this.problem.text)}</p>` : html`<p role="status"><span class="spinner"></span></p>`}
			</div></dialog>`;
	}

	/** @param {string} where */
	problemAt(where) {
		if (this.problem?.where !== where) return nothing;
		return html`<p class="error" id="problem-${where}" role="alert" data-testid="account-problem">${this.texts.t(this.problem.text)}</p>`;
	}

	/** @param {{id: string, label: string, where: string, kind?: string, complete: string, hint?: string}} field */
	input({ id, label, where, kind = 'password', complete, hint }) {
		const bad = this.problem?.where === where;
		return html`<div class="field"><label for=${id}>${this.texts.t(label)}</label><input class="input" id=${id} type=${kind} autocomplete=${complete} maxlength="256"
			dir=${kind === 'text' ? 'ltr' : 'auto'} data-testid="account-${id}" aria-invalid=${bad ? 'true' : 'false'}
			aria-describedby=${bad ? `problem-${where}` : hint ? `hint-${id}` : nothing}>
			${hint ? html`<span class="hint" id="hint-${id}">${this.texts.t(hint)}</span>` : nothing}</div>`;
	}

	/** @param {string} where @param {string} text @param {string} kind */
	buttons(where, text, kind = 'primary') {
		return html`<div class="buttons"><button type="button" class="button" @click=${() => this.unfold('')}>${this.texts.t('cancel')}</button>
			<button class="button ${kind}" data-testid="account-submit" aria-disabled=${this.busy ? 'true' : 'false'}>
				${this.busy === where ? html`<span class="spinner"></span>` : nothing}${this.texts.t(text)}</button></div>`;
	}

	/** @param {Account} account */
	passwordSection({ operator, password }) {
		const { texts } = this;
		const open = this.open === 'password';
		return html`<section aria-labelledby="password-title"><div class="row"><div><h3 id="password-title">${texts.t('login.password')}</h3>
			<p>${password ? texts.t('account.changed_at', { date: this.when(password.changed_at) }) : texts.t('account.no_password')}</p></div>
			${password && !open ? html`<button class="button small" data-testid="account-password"
				@click=${() => this.unfold('password')}>${texts.t('account.change')}</button>` : nothing}</div>
			${open ? html`<form @submit=${this.changePassword} novalidate>
				<input class="visually-hidden" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${operator}>
				${this.input({ id: 'old', label: 'account.your_password', where: 'password', complete: 'current-password' })}
				${this.input({ id: 'new', label: 'account.new_password', where: 'password', complete: 'new-password', hint: 'account.rule' })}
				${this.problemAt('password')}${this.buttons('password', 'account.save')}</form>` : nothing}</section>`;
	}

	/** @param {Account} account */
	totpSection({ totp, password }) {
		const { texts, open } = this;
		const on = Boolean(totp.since);
		return html`<section aria-labelledby="totp-title"><div class="row"><div><h3 id="totp-title">${texts.t('totp')}
				<span class="state ${on ? 'on' : ''}" data-testid="totp-state">${texts.t(on ? 'totp.on' : 'totp.off')}</span></h3>
			<p>${on ? texts.t('totp.left', { n: totp.codes ?? 0 }) : texts.t('totp.why')}</p></div>
			${open === '' ? html`<div class="acts">${on ? html`
				<button class="button small" data-testid="totp-renew" @click=${() => this.unfold('codes')}>${texts.t('totp.renew')}</button>
				${totp.required ? nothing : html`<button class="button small danger" data-testid="totp-off"
					@click=${() => this.unfold('off')}>${texts.t('totp.switch_off')}</button>`}`
				: html`<button class="button small" data-testid="totp-on" @click=${() => this.unfold('enrol')}>${texts.t('totp.set_up')}</button>`}</div>` : nothing}</div>
			${open === 'enrol' ? html`<sb-second-step .texts=${texts} .api=${this.api} ?free=${!password}
				@done=${() => this.finish('totp.is_on')}></sb-second-step>` : nothing}
			${open === 'off' || open === 'codes' ? html`<form @submit=${this.withCode} novalidate>
				${password ? this.input({ id: 'proof', label: 'account.your_password', where: open, complete: 'current-password' }) : nothing}
				${this.input({ id: 'totp', label: 'login.code', where: open, kind: 'text', complete: 'one-time-code' })}
				${this.problemAt(open)}${open === 'off' ? this.buttons('off', 'totp.switch_off', 'danger') : this.buttons('codes', 'totp.renew')}</form>` : nothing}</section>`;
	}

	sessionsSection() {
		const { texts, sessions } = this;
		return html`<section aria-labelledby="sessions-title"><div class="row"><h3 id="sessions-title">${texts.t('sessions')}</h3>
			${sessions.length > 1 ? html`<button class="button small" data-testid="sessions-others"
				@click=${() => this.end(null)}>${texts.t('sessions.end_others')}</button>` : nothing}</div>
			${this.problemAt('sessions')}
			<ul data-testid="sessions">${repeat(sessions, (s) => s.id, (session) => this.sessionRow(session))}</ul></section>`;
	}

	/** @param {Session} session */
	sessionRow(session) {
		const { texts } = this;
		const name = browserName(session.browser) || texts.t('sessions.unknown');
		return html`<li><span class="face" aria-hidden="true">${icons.desktop}</span>
			<div class="what"><strong><bdi>${name}</bdi>${session.current ? html`<span class="state on">${texts.t('sessions.this')}</span>` : nothing}</strong>
				<p>${session.address ? html`<bdi>${session.address}</bdi> · ` : nothing}${texts.t('sessions.since', { date: this.when(session.since) })}
					· ${texts.t('sessions.used', { date: this.when(session.last_used) })}</p></div>
			${session.current ? nothing : html`<button class="button small" data-testid="session-end" aria-label=${texts.t('sessions.end_one', { name })}
				@click=${() => this.end(session.id)}>${texts.t('sessions.end')}</button>`}</li>`;
	}

	/** @param {string} at */
	when(at) {
		return new Intl.DateTimeFormat(this.texts.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
	}
}
customElements.define('sb-account', AccountDialog);
