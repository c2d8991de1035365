// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Again } from '../lib/again.js';
import { clockTime, dayName, fullTime } from '../lib/time.js';
import base from '../lib/ui/base.sheet.css';
import { initials } from '../lib/ui/linked-text.js';
import './inbox-entry.js';
import styles from './inbox.sheet.css';
import { icons } from './icons.js';

const VIEWS = /** @type {const} */ (['new', 'mine', 'open', 'closed']);
const PAGE = 50;
const AFTER_A_HINT_MS = 300;

/** Notes that customers left when nobody was there. Events: `back`, `signed-out`. */
export class Inbox extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		api: { attribute: false },
		desk: { attribute: false },
		view: { state: true },
		entries: { state: true },
		more: { state: true },
		failed: { state: true },
		chosen: { state: true },
		entry: { state: true },
		stamp: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('../lib/api.js').Api} */
		this.api;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {typeof VIEWS[number]} */
		this.view = 'new';
		/** @type {InboxEntry[] | null} */
		this.entries = null;
		this.more = false;
		this.failed = false;
		/** the key of the one that is shown */
		this.chosen = '';
		/** @type {InboxEntry | null} */
		this.entry = null;
		this.stamp = 0;
		/** counts the questions; an answer to one before that which is shown is none any more */
		this.asked = this.shown = 0;
		this.again = new Again(this, () => this.load());
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.timer = undefined;
		this.moved = () => {
			clearTimeout(this.timer);
			this.timer = setTimeout(() => this.load(), AFTER_A_HINT_MS);
		};
	}

	connectedCallback() {
		super.connectedCallback();
		if (this.desk.inbox.mine && !this.desk.inbox.new) this.view = 'mine';
		this.desk.addEventListener('moved', this.moved);
		this.load();
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		clearTimeout(this.timer);
		this.desk.removeEventListener('moved', this.moved);
	}

	focus() {
		this.renderRoot.querySelector('h2')?.focus();
	}

	/** The list and what is shown of it, as they are now. */
	async load() {
		const turn = ++this.asked;
		const { view, chosen } = this;
		try {
			const [list, entry] = await Promise.all([this.api.get(`inbox?view=${view}&limit=${PAGE}`), chosen ? this.look(chosen) : null]);
			if (turn <= this.shown || view !== this.view) return;
			Object.assign(this, { shown: turn, entries: list.entries, more: list.more, failed: false });
			this.again.rest();
			this.desk.counted(list);
			if (chosen === this.chosen) Object.assign(this, { entry, chosen: entry ? chosen : '' });
		} catch (error) {
			if (turn > this.shown) this.refused(error);
		}
	}

	/** @param {string} entry @returns {Promise<InboxEntry | null>} null: it is not for us any more */
	async look(entry) {
		try {
			return (await this.api.get(`inbox/${entry}`)).entry;
		} catch (error) {
			if (error.code === 'not_found' || error.code === 'gone') return null;
			throw error;
		}
	}

	async older() {
		const { view } = this;
		const last = this.entries?.at(-1)?.entry;
		try {
			const page = await this.api.get(`inbox?view=${view}&limit=${PAGE}&after=${last}`);
			if (view !== this.view || last !== this.entries?.at(-1)?.entry) return;
			this.entries = [...this.entries ?? [], ...page.entries];
			this.more = page.more;
		} catch (error) {
			this.refused(error);
		}
	}

	/** @param {any} error */
	refused(error) {
		if (error.code === 'unauthorized') return void this.dispatchEvent(new Event('signed-out'));
		this.failed = true;
		this.again.after(error);
	}

	/** @param {typeof VIEWS[number]} view */
	choose(view) {
		Object.assign(this, { view, entries: null, more: false, chosen: '', entry: null });
		this.load();
	}

	/** @param {string} entry */
	async open(entry) {
		Object.assign(this, { chosen: entry, entry: null });
		await this.load();
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-inbox-entry'))?.focus();
	}

	async shut() {
		const entry = this.chosen;
		Object.assign(this, { chosen: '', entry: null });
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[data-entry="${entry}"]`) ?? this.renderRoot.querySelector('h2'))?.focus();
	}

	/** What was done with it is shown at once, wherever it lies now. @param {InboxEntry} entry */
	changed(entry) {
		if (this.chosen === entry.entry) this.entry = entry;
		this.shown = this.asked; // what was asked before knows nothing of it
		this.load();
		this.desk.refresh();
	}

	render() {
		const { texts } = this;
		return html`<header>
				<button class="icon-button back" aria-label=${texts.t('back')} title=${texts.t('back')} data-testid="inbox-back"
					@click=${() => this.dispatchEvent(new Event('back'))}>${icons.back}</button>
				<h2 tabindex="-1">${texts.t('inbox')}</h2></header>
			<div class="columns ${this.chosen ? 'reading' : ''}">
				<div class="list">
					<div class="views" role="group" aria-label=${texts.t('inbox.views')}>${VIEWS.map((view) => this.tab(view))}</div>
					${this.failed ? html`<p class="failed" role="alert">${texts.t('inbox.failed')}
						<button class="button small" @click=${this.load}>${texts.t('again')}</button></p>` : nothing}
					${this.items()}
				</div>
				${this.reading()}
			</div>`;
	}

	/** @param {typeof VIEWS[number]} view */
	tab(view) {
		const { texts, desk } = this;
		const count = view === 'new' ? desk.inbox.new : view === 'mine' ? desk.inbox.mine : 0;
		return html`<button aria-pressed=${view === this.view ? 'true' : 'false'} data-testid="inbox-${view}" @click=${() => this.choose(view)}>
			${texts.t(`inbox.${view}`)}${count ? html` <span class="count">${texts.number(count)}</span>` : nothing}</button>`;
	}

	items() {
		const { texts, entries } = this;
		if (!entries) return html`<div class="centre" role="status"><span class="spinner"></span></div>`;
		if (!entries.length) return html`<div class="centre">${icons.inbox}<p>${texts.t(`inbox.none.${this.view}`)}</p></div>`;
		return html`<ul>${repeat(entries, (entry) => entry.entry, (entry) => html`<li>${this.item(entry)}</li>`)}</ul>
			${this.more ? html`<button class="button small more" @click=${this.older}>${texts.t('inbox.older')}</button>` : nothing}`;
	}

	/** @param {InboxEntry} entry */
	item(entry) {
		const { texts } = this;
		const name = entry.name || entry.email || texts.t('customer');
		const today = dayName(entry.created_at, texts.locale) === dayName(new Date().toISOString(), texts.locale);
		return html`<button class="item ${entry.state}" data-testid="inbox-item" data-entry=${entry.entry} aria-current=${entry.entry === this.chosen ? 'true' : 'false'}
			@click=${() => this.open(entry.entry)}>
			<span class="avatar" aria-hidden="true">${initials(name)}</span>
			<span class="body">
				<span class="line"><strong dir="auto">${name}</strong><time datetime=${entry.created_at} title=${fullTime(entry.created_at, texts.locale)}>
					${today ? clockTime(entry.created_at, texts.locale) : dayName(entry.created_at, texts.locale)}</time></span>
				<span class="said" dir="auto">${entry.body}</span>
				<span class="line"><span class="queue" dir="auto">${entry.queue_label}</span>
					${entry.failed ? html`<span class="mark bad">${icons.alert}${texts.t('inbox.undelivered')}</span>` : nothing}
					${entry.operator_name && this.view !== 'mine' ? html`<span class="mark"><bdi>${entry.operator_name}</bdi></span>` : nothing}
					${this.view === 'closed' ? html`<span class="mark">${texts.t(`inbox.state.${entry.state}`)}</span>` : nothing}</span>
			</span></button>`;
	}

	reading() {
		const { texts, entry } = this;
		if (!this.chosen) return html`<div class="centre nothing">${icons.inbox}<p>${texts.t('inbox.choose')}</p></div>`;
		if (!entry) return html`<div class="centre" role="status"><span class="spinner"></span></div>`;
		return html`<sb-inbox-entry .texts=${texts} .api=${this.api} .desk=${this.desk} .entry=${entry} @shut=${this.shut}
			@changed=${(/** @type {CustomEvent} */ e) => this.changed(e.detail)} @signed-out=${() => this.dispatchEvent(new Event('signed-out'))}></sb-inbox-entry>`;
	}
}
customElements.define('sb-inbox', Inbox);
