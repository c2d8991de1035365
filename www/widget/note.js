// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from '../lib/ui/icons.js';
import { uuid } from '../lib/uuid.js';
import styles from './note.sheet.css';

/** @typedef {{name: string, email: string, queue: string, body: string}} Draft */

const FIELDS = /** @type {const} */ (['name', 'email', 'queue', 'body']);
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
// what the server may say of a note, as we put it
/** @type {Record<string, string>} */
const PROBLEMS = { rate_limited: 'busy', site_busy: 'busy', queue_full: 'full', identity_required: 'identity', offline: 'again', unavailable: 'again' };

/** What a customer leaves when nobody is there; kept while the tab lives until it is sent. Event: `back`. */
export class Note extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		config: { attribute: false },
		back: { type: Boolean },
		draft: { state: true },
		state: { state: true },
		wrong: { state: true },
		problem: { state: true },
		left: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {WidgetConfig} */
		this.config;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {import('./person.js').Person} */
		this.person;
		/** @type {import('../lib/storage.js').Store} */
		this.tab;
		/** @type {import('./bridge.js').PageContext} */
		this.page = {};
		/** there is something to go back to */
		this.back = false;
		/** @type {Draft} */
		this.draft = { name: '', email: '', queue: '', body: '' };
		/** @type {'' | 'sending' | 'sent'} */
		this.state = '';
		/** the field that is not right */
		this.wrong = '';
		/** @type {{name: string, reference: string} | null} */
		this.problem = null;
		/** what we were told when it was stored */
		this.left = { reference: '', email: '' };
		this.requestKey = uuid();
	}

	connectedCallback() {
		super.connectedCallback();
		this.draft = { ...this.draft, ...this.tab.get('note') };
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector(this.state === 'sent' ? 'h2' : `#${this.wrong || 'name'}`))?.focus();
	}

	/** @param {Event} event */
	typed({ target }) {
		const field = /** @type {HTMLInputElement} */ (target);
		this.draft = { ...this.draft, [field.id]: field.value };
		this.requestKey = uuid(); // other words are another note
		if (this.wrong === field.id) this.wrong = '';
		if (this.tab.web) this.tab.set('note', this.draft);
	}

	/** @param {Event} event */
	async submit(event) {
		event.preventDefault();
		if (this.state === 'sending') return;
		const about = Object.fromEntries(FIELDS.map((name) => [name, this.draft[name].trim()]));
		this.wrong = !ADDRESS.test(about.email) ? 'email' : !about.body ? 'body' : '';
		this.problem = null;
		if (!this.wrong) await this.send(about);
		await this.updateComplete;
		if (this.wrong || this.state === 'sent') this.focus();
	}

	/** @param {Record<string, string>} about */
	async send(about) {
		const known = Object.fromEntries(Object.entries({ ...about, page_url: this.page.url }).filter(([, value]) => value));
		this.state = 'sending';
		try {
			const identity = await this.person.fresh();
			const { reference } = await this.api.post(`widgets/${encodeURIComponent(this.config.widget)}/notes`,
				{ request_key: this.requestKey, locale: this.texts.locale, ...known, ...(identity ? { identity } : {}) });
			this.left = { reference, email: about.email };
			this.draft = { ...this.draft, body: '' };
			this.requestKey = uuid();
			this.tab.remove('note');
			this.state = 'sent';
		} catch (error) {
			this.state = '';
			this.wrong = error.code === 'invalid' && FIELDS.includes(error.field) ? error.field : '';
			this.problem = this.wrong ? null : { name: PROBLEMS[error.code] ?? 'refused', reference: error.reference };
		}
	}

	render() {
		return this.state === 'sent' ? this.thanks() : this.form();
	}

	thanks() {
		const { texts, left } = this;
		return html`<section class="thanks" role="status"><span class="mark" aria-hidden="true">${icons.check}</span>
			<h2 tabindex="-1">${texts.t('note.thanks')}</h2>
			<p>${texts.t('note.answer', { email: left.email })}</p>
			<p class="reference">${texts.t('reference', { id: left.reference })}</p>
			<button class="button" @click=${() => this.again()}>${texts.t('note.another')}</button></section>`;
	}

	async again() {
		this.state = '';
		if (this.back) return void this.dispatchEvent(new Event('back'));
		await this.updateComplete;
		this.focus();
	}

	form() {
		const { texts, draft, state, problem } = this;
		const queues = this.config.queues ?? [];
		return html`<form @submit=${this.submit} @input=${this.typed} novalidate aria-labelledby="title">
			<div class="head"><h2 id="title">${texts.t('note.title')}</h2><p>${texts.t('note.text')}</p></div>
			${this.field('name', html`<input class="input" id="name" autocomplete="name" maxlength="100" .value=${draft.name} aria-describedby=${this.about('name')}
				aria-invalid=${this.bad('name')}>`, true)}
			${this.field('email', html`<input class="input" id="email" type="email" inputmode="email" autocomplete="email" maxlength="254" dir="ltr" required .value=${draft.email}
				aria-describedby=${this.about('email')} aria-invalid=${this.bad('email')}>`)}
			${queues.length > 1 ? this.field('queue', html`<select class="input" id="queue">
				<option value="">${texts.t('note.any')}</option>
				${queues.map((q) => html`<option value=${q.name} ?selected=${q.name === draft.queue}>${q.label}</option>`)}</select>`, true) : nothing}
			${this.field('body', html`<textarea class="input" id="body" rows="4" maxlength="4000" dir="auto" required .value=${draft.body} aria-describedby=${this.about('body')}
				aria-invalid=${this.bad('body')}></textarea>`)}
			${problem ? html`<p class="problem" role="alert" dir="auto">${texts.t(`note.${problem.name}`)}
				${problem.reference ? html`<small>${texts.t('reference', { id: problem.reference })}</small>` : nothing}</p>` : nothing}
			<button class="button primary" type="submit" aria-disabled=${state === 'sending' ? 'true' : 'false'}>
				${state === 'sending' ? html`<span class="spinner"></span>${texts.t('note.sending')}` : texts.t('note.send')}</button>
			${this.back ? html`<button class="link" type="button" @click=${() => this.dispatchEvent(new Event('back'))}>${texts.t('cancel')}</button>` : nothing}
		</form>`;
	}

	/** @param {string} name @param {unknown} control @param {boolean} [optional] */
	field(name, control, optional = false) {
		const { texts } = this;
		return html`<div class="field"><label for=${name}>${texts.t(`note.${name}`)} ${optional ? html`<span class="optional">(${texts.t('optional')})</span>` : nothing}</label>
			${control}${this.wrong === name ? html`<p class="error" id="${name}-error" role="alert">${texts.t(`note.${name}.wrong`)}</p>` : nothing}</div>`;
	}

	/** @param {string} name */
	about(name) {
		return this.wrong === name ? `${name}-error` : nothing;
	}

	/** @param {string} name */
	bad(name) {
		return this.wrong === name ? 'true' : 'false';
	}
}
customElements.define('sb-note', Note);
