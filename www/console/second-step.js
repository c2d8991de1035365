// SPDX-License-Identifier: ISC
import { LitElement, html, nothing, svg } from 'lit';
import { encode } from 'uqr';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import styles from './second-step.sheet.css';

/** The code as a picture: one path, a unit a module. @param {string} text @param {string} label */
function qrCode(text, label) {
	const { data, size } = encode(text, { border: 3 });
	const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
	return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges" data-testid="totp-qr">${svg`<path d=${path}/>`}</svg>`;
}

/**
 * Sets up the second step of the login: the password, the secret as picture and text, a first code, the recovery codes. Event `done` when all is kept.
 * `free`: the password was given just now and is not asked for again.
 */
export class SecondStep extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		free: { type: Boolean },
		stage: { state: true },
		busy: { state: true },
		problem: { state: true },
		copied: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		this.free = false;
		/** @type {'begin' | 'scan' | 'codes'} */
		this.stage = 'begin';
		this.busy = false;
		this.problem = '';
		this.copied = false;
		this.secret = '';
		this.uri = '';
		/** @type {string[]} */
		this.codes = [];
	}

	focus() {
		this.focusOn('input, button');
	}

	/** @param {string} selector */
	async focusOn(selector) {
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector(selector))?.focus();
	}

	/** @param {string} id */
	value(id) {
		return /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector(`#${id}`))?.value.trim() ?? '';
	}

	/** @param {string} path @param {object} body @param {string} field where to go on after a refusal */
	async ask(path, body, field) {
		this.busy = true;
		this.problem = '';
		try {
			return await this.api.post(path, body);
		} catch (error) {
			if (error.code === 'unauthorized') this.dispatchEvent(new Event('signed-out', { bubbles: true, composed: true }));
			this.problem = error.code === 'rate_limited' ? 'account.limited'
				: error.passing ? 'notice.again' : error.field === 'totp' ? 'login.bad_code' : 'account.wrong_password';
			this.focusOn(field);
			return null;
		} finally {
			this.busy = false;
		}
	}

	/** @param {Event} event */
	async begin(event) {
		event.preventDefault();
		const password = this.value('password');
		const answer = !this.busy && await this.ask('account/totp', password ? { password } : {}, '#password');
		if (!answer) return;
		({ secret: this.secret, uri: this.uri } = answer);
		this.stage = 'scan';
		this.focusOn('#code');
	}

	/** @param {Event} event */
	async confirm(event) {
		event.preventDefault();
		const answer = !this.busy && await this.ask('account/totp/confirm', { totp: this.value('code') || '0' }, '#code');
		if (answer) this.show(answer.recovery_codes);
	}

	/** @param {string[]} codes new recovery codes, told this once */
	show(codes) {
		this.codes = codes;
		this.secret = this.uri = '';
		this.copied = false;
		this.stage = 'codes';
		this.focusOn('#codes-title');
	}

	async copy() {
		this.copied = await navigator.clipboard.writeText(this.codes.join('\n')).then(() => true, () => false);
	}

	download() {
		const link = document.createElement('a');
		link.href = URL.createObjectURL(new Blob([`${location.host}\n\n${this.codes.join('\n')}\n`], { type: 'text/plain' }));
		link.download = 'recovery-codes.txt';
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
	}

	render() {
		return this.stage === 'begin' ? this.beginView() : this.stage === 'scan' ? this.scanView() : this.codesView();
	}

	problemView() {
		return this.problem ? html`<p class="error" id="problem" role="alert" data-testid="totp-problem">${this.texts.t(this.problem)}</p>` : nothing;
	}

	/** @param {string} text */
	submit(text) {
		return html`<button class="button primary" data-testid="totp-submit" aria-disabled=${this.busy ? 'true' : 'false'}>
			${this.busy ? html`<span class="spinner"></span>` : nothing}${this.texts.t(text)}</button>`;
	}

	beginView() {
		const { texts } = this;
		return html`<form @submit=${this.begin} novalidate><p>${texts.t('totp.about')}</p>
			${this.free ? nothing : html`<div class="field"><label for="password">${texts.t('account.your_password')}</label>
				<input class="input" id="password" type="password" autocomplete="current-password" maxlength="256" data-testid="totp-password"
					aria-invalid=${this.problem ? 'true' : 'false'} aria-describedby=${this.problem ? 'problem' : nothing}></div>`}
			${this.problemView()}<div class="buttons">${this.submit('totp.begin')}</div></form>`;
	}

	scanView() {
		const { texts } = this;
		return html`<form @submit=${this.confirm} novalidate>
			<ol class="steps"><li><p>${texts.t('totp.scan')}</p>${qrCode(this.uri, texts.t('totp.qr'))}
				<p>${texts.t('totp.by_hand')}</p><code class="secret" dir="ltr" tabindex="0" data-testid="totp-secret">${this.secret.replace(/.{4}(?=.)/g, '$& ')}</code></li>
			<li><div class="field"><label for="code">${texts.t('totp.code')}</label>
				<input class="input code" id="code" dir="ltr" inputmode="numeric" autocomplete="one-time-code" maxlength="12" data-testid="totp-code"
					aria-invalid=${this.problem ? 'true' : 'false'} aria-describedby=${this.problem ? 'problem' : nothing}></div></li></ol>
			${this.problemView()}<div class="buttons">${this.submit('totp.confirm')}</div></form>`;
	}

	codesView() {
		const { texts } = this;
		return html`<div class="kept"><h3 id="codes-title" tabindex="-1">${texts.t('totp.codes')}</h3><p>${texts.t('totp.codes_text')}</p>
			<ul class="codes" dir="ltr" data-testid="totp-codes">${this.codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
			<div class="buttons"><button class="button" @click=${this.copy} data-testid="totp-copy">
					${this.copied ? icons.check : nothing}${texts.t(this.copied ? 'totp.copied' : 'totp.copy')}</button>
				<button class="button" @click=${this.download}>${icons.download}${texts.t('totp.download')}</button>
				<button class="button primary" data-testid="totp-done" @click=${() => this.dispatchEvent(new Event('done'))}>${texts.t('totp.done')}</button></div></div>`;
	}
}
customElements.define('sb-second-step', SecondStep);
