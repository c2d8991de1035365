// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import styles from './account-of.sheet.css';
import dialog from './dialog.sheet.css';

/** What a supervisor does for the account of somebody else: ends his sessions, takes a lost second step away. */
export class AccountOf extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		operator: { state: true },
		said: { state: true },
		problem: { state: true },
		busy: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {BoardOperator | null} while the dialog is open */
		this.operator = null;
		this.said = '';
		/** the name of a text */
		this.problem = '';
		this.busy = false;
	}

	get dialog() {
		return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
	}

	/** @param {BoardOperator} operator */
	async open(operator) {
		Object.assign(this, { operator, said: '', problem: '', busy: false });
		await this.updateComplete;
		this.dialog.showModal();
	}

	closed() {
		this.operator = null;
	}

	/** @param {'logout' | 'totp/reset'} what @param {(answer: any) => string} said */
	async act(what, said) {
		const { operator } = this;
		if (!operator || this.busy) return;
		Object.assign(this, { busy: true, said: '', problem: '' });
		const { answer, refusal } = await this.desk.verbs.forOperator(operator.operator, what);
		this.busy = false;
		if (refusal) this.problem = `no.${refusal.name}`;
		else this.said = said(answer);
	}

	endSessions() {
		return this.act('logout', ({ ended }) => this.texts.t('account_of.logout.done', { n: ended }));
	}

	resetTotp() {
		return this.act('totp/reset', ({ reset }) => this.texts.t(reset ? 'account_of.totp.done' : 'account_of.totp.none'));
	}

	/** His own second step a supervisor changes in his own account, where he is asked for it. */
	get mine() {
		return this.operator?.operator === this.desk.duty.operator.operator;
	}

	render() {
		const { texts, operator } = this;
		if (!operator) return nothing;
		return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog.close()}>
			<div class="card"><h2 id="title">${texts.t('account_of.title', { name: operator.name })}</h2>
				${this.row('logout', this.mine ? 'account_of.logout.mine' : 'account_of.logout.text', this.endSessions)}
				${this.mine ? nothing : this.row('totp', 'account_of.totp.text', this.resetTotp)}
				<p role="status" class="said" data-testid="account-of-said">${this.said}</p>
				${this.problem ? html`<p class="error" role="alert">${texts.t(this.problem, { reason: '' })}</p>` : nothing}
				<div class="buttons"><button type="button" class="button" data-testid="account-of-close"
					@click=${() => this.dialog.close()}>${texts.t('account_of.close')}</button></div>
			</div></dialog>`;
	}

	/** @param {'logout' | 'totp'} what @param {string} text @param {() => void} act */
	row(what, text, act) {
		const { texts } = this;
		return html`<div class="row"><p id=${what}>${texts.t(text, { name: this.operator?.name ?? '' })}</p>
			<button type="button" class="button danger" aria-describedby=${what} aria-disabled=${this.busy ? 'true' : 'false'} data-testid="account-of-${what}"
				@click=${act}>${texts.t(`account_of.${what}`)}</button></div>`;
	}
}
customElements.define('sb-account-of', AccountOf);
