// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { Api } from '../lib/api.js';
import { Backoff } from '../lib/backoff.js';
import { Store } from '../lib/storage.js';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import { Alerts } from './alerts.js';
import styles from './app.sheet.css';
import './conversation.js';
import { Desk } from './desk.js';
import './details.js';
import './guidance.js';
import { keyWithAlt, longestWaiting, neighbour } from './keys.js';
import { takeLink } from './link.js';
import './login.js';
import './sidebar.js';
import { englishTexts, textsFor } from './texts.js';

/** The console: the login, or the desk in three columns (one on a phone: `pane` says which). */
export class Console extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { state: true },
		phase: { state: true },
		expired: { state: true },
		pane: { state: true },
		details: { state: true },
		guided: { state: true },
		folded: { state: true },
		board: { state: true },
		inbox: { state: true },
		reports: { state: true },
		account: { state: true },
		keys: { state: true },
		spoken: { state: true },
		stamp: { state: true },
	};

	constructor() {
		super();
		this.texts = englishTexts;
		/** @type {'loading' | 'waiting' | 'link' | 'login' | 'enrol' | 'desk'} */
		this.phase = 'loading';
		this.expired = false;
		/** @type {'list' | 'chat' | 'details' | 'board'} */
		this.pane = 'list';
		this.details = false;
		/** guidance is open where there is no room for it beside the chat */
		this.guided = false;
		/** the supervisor's board stands where the chat was */
		this.board = false;
		/** or the inbox does */
		this.inbox = false;
		/** or the reports do */
		this.reports = false;
		/** the person's own account is open */
		this.account = false;
		/** the list of the keys is open */
		this.keys = false;
		/** the token of the link by which somebody came */
		this.link = '';
		/** nobody has logged out here yet */
		this.eager = true;
		/** what the login begins with: a name, and the name of a text */
		this.known = '';
		this.told = '';
		/** somebody has just logged in: where a chat was open, it is gone on with */
		this.arrived = false;
		/** why the server changed the presence, as it was told last */
		this.toldCode = '';
		this.spoken = '';
		this.stamp = 0;
		/** names the last way to a page or a chat: what was on its way before is not shown any more */
		this.turn = 0;
		/** @type {Desk | null} */
		this.desk = null;
		this.api = new Api(new URL('..', location.href).href.replace(/\/$/, ''), { operator: true });
		this.settings = new Store('switchboard-console:', () => localStorage);
		this.alerts = new Alerts(this.settings);
		/** guidance is folded where it stands beside the chat */
		this.folded = this.settings.get('guidance') === 'folded';
	}

	connectedCallback() {
		super.connectedCallback();
		document.addEventListener('keydown', (event) => this.shortcut(event));
		this.begin();
	}

	async begin() {
		this.texts = await textsFor(navigator.languages ?? [navigator.language]);
		document.documentElement.lang = this.texts.locale;
		document.documentElement.dir = this.texts.direction;
		this.link = takeLink();
		if (this.link) return void (this.phase = 'link');
		await this.resume();
	}

	/** On with the session that there is, else to the login. */
	async resume() {
		const backoff = new Backoff({ max: 5_000 });
		for (;;) {
			try {
				return await this.enter(await this.api.get('session'));
			} catch (error) {
				if (!error.passing) return this.close(false);
				this.phase = 'waiting';
				await new Promise((go) => { setTimeout(go, Math.max(error.retryMs, backoff.next())); });
			}
		}
	}

	/** @param {{operator: Operator, enrolling?: boolean}} answer who it is, and whether the second step has to be set up first */
	async enter({ operator, enrolling }) {
		if (!enrolling) return this.open(operator);
		await import('./enrol.js');
		this.phase = 'enrol';
	}

	/** A password was chosen by link. @param {string} operator */
	linked(operator) {
		this.known = operator;
		this.told = 'link.done';
		this.close(false);
	}

	/** @param {Operator} operator */
	open(operator) {
		const store = new Store(`switchboard-desk:${operator.operator}:`, () => sessionStorage);
		const desk = new Desk({ api: this.api, operator, store });
		desk.addEventListener('change', () => this.changed());
		desk.addEventListener('offered', (event) => this.offered(/** @type {CustomEvent} */ (event).detail));
		desk.addEventListener('given', (event) => this.given(/** @type {CustomEvent} */ (event).detail));
		desk.addEventListener('heard', (event) => this.heard(/** @type {CustomEvent} */ (event).detail));
		desk.addEventListener('reminded', (event) => this.reminded(/** @type {CustomEvent} */ (event).detail));
		desk.addEventListener('left', () => this.heardOfNote());
		desk.guide.addEventListener('insert', () => { this.guided = false; });
		desk.guide.addEventListener('act', () => { this.guided = false; });
		desk.addEventListener('signed-out', () => this.close(true));
		this.desk = desk;
		this.phase = 'desk';
		this.expired = false;
		this.known = this.told = '';
		desk.start();
	}

	/** @param {boolean} expired the server ended the session, not the operator */
	close(expired) {
		if (expired && this.desk) this.known = this.desk.duty.operator.operator;
		this.desk?.stop();
		this.desk = null;
		this.expired = expired;
		this.turn++;
		this.account = this.keys = false;
		this.phase = 'login';
		this.pane = 'list';
		this.board = this.inbox = this.reports = false;
		this.alerts.show(0, this.texts.t('title'));
	}

	changed() {
		const { desk } = this;
		if (!desk) return;
		this.stamp++;
		if (!desk.current && !this.board && !this.inbox && !this.reports && this.pane !== 'list') this.pane = 'list';
		if (this.arrived && desk.loaded) this.goOn(desk);
		const { code } = desk.duty;
		if (code && code !== this.toldCode) this.alerts.call('message', this.texts.optional(`presence.${code}`) || this.texts.t('presence.changed'));
		this.toldCode = code;
		const unread = desk.list.reduce((sum, chat) => sum + chat.unread, 0);
		this.alerts.show(unread + desk.offers.list.length, this.texts.t('title'));
	}

	/** @param {Desk} desk */
	goOn(desk) {
		this.arrived = false;
		if (desk.current && document.activeElement === document.body) this.show(desk.current.id, true);
	}

	/** @param {import('./offers.js').HeldOffer} offer */
	async offered(offer) {
		const { texts } = this;
		const name = offer.name || texts.t('customer');
		this.alerts.call('offer', texts.t('alert.offer', { name }), { about: offer.offer, words: offer.queue_label, act: () => this.toOffer(offer.offer) });
		this.spoken = texts.t('offer.new', { name, queue: offer.queue_label ?? offer.queue ?? '' });
		await this.updateComplete;
		// only who is doing nothing is taken to the offer; who writes is told and stays
		if (document.activeElement === document.body || !document.activeElement) this.sidebar?.focusOffer(offer.offer);
	}

	/** @param {OperatorChat} chat that nobody here has asked for */
	async given(chat) {
		const values = { name: chat.name || this.texts.t('customer'), queue: chat.queue_label ?? chat.queue ?? '' };
		this.alerts.call('offer', this.texts.t('notice.given', values), { about: chat.id, act: () => this.show(chat.id, true) });
		this.desk?.say({ kind: 'info', name: 'notice.given', values });
		if (this.desk?.selected || this.board || this.inbox || this.reports) return;
		await this.updateComplete;
		this.desk?.select(chat.id);
	}

	/** @param {{chat: import('./held-chat.js').HeldChat, event: ChatEvent}} heard */
	heard({ chat, event }) {
		const headline = this.texts.t('alert.message', { name: chat.info.name || this.texts.t('customer') });
		this.alerts.call('message', headline, { about: chat.id, words: event.body, act: () => this.show(chat.id, true) });
		this.spoken = headline;
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	reminded(chat) {
		const values = { name: chat.info.name || this.texts.t('customer') };
		this.spoken = this.texts.t('notice.reminded', values);
		this.alerts.call('message', this.spoken, { about: chat.id, act: () => this.show(chat.id, true) });
		if (this.desk?.current !== chat || this.board || this.inbox || this.reports) this.desk?.say({ kind: 'info', name: 'notice.reminded', values });
	}

	get sidebar() {
		return /** @type {import('./sidebar.js').Sidebar | null} */ (this.renderRoot.querySelector('sb-sidebar'));
	}

	/** @param {string} id @param {boolean} focus */
	async show(id, focus) {
		this.desk?.select(id);
		this.turn++;
		this.board = this.inbox = this.reports = false;
		this.pane = 'chat';
		if (!focus) return;
		await this.updateComplete;
		/** @type {import('./conversation.js').Conversation | null} */ (this.renderRoot.querySelector('sb-conversation'))?.focus();
	}

	/** @param {string} offer */
	async accept(offer) {
		const chat = await this.desk?.verbs.accept(offer);
		if (chat) await this.show(chat, true);
	}

	async back() {
		const from = this.pane;
		this.pane = 'list';
		await this.updateComplete;
		if (from === 'board') this.sidebar?.focus();
		else this.sidebar?.focusChat(this.desk?.selected ?? '');
	}

	/**
	 * Each is loaded when somebody looks at it; who has gone elsewhere meanwhile stays there.
	 * @param {'board' | 'inbox' | 'reports'} what @param {() => Promise<unknown>} load
	 */
	async showPage(what, load) {
		const turn = ++this.turn;
		const there = await load().then(() => true, () => false);
		if (turn !== this.turn) return;
		if (!there) return void this.desk?.say({ kind: 'bad', name: 'notice.again' });
		Object.assign(this, { board: what === 'board', inbox: what === 'inbox', reports: what === 'reports', pane: 'board' });
		await this.updateComplete;
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`sb-${what}`))?.focus();
	}

	/** Only supervisors have one. */
	showBoard() {
		return this.showPage('board', () => import('./board.js'));
	}

	showInbox() {
		return this.showPage('inbox', () => import('./inbox.js'));
	}

	/** Only supervisors have them, and look at them now and then. */
	showReports() {
		return this.showPage('reports', () => import('./reports.js'));
	}

	heardOfNote() {
		this.spoken = this.texts.t('notice.note_left');
		this.alerts.call('message', this.spoken, { about: 'inbox', act: () => this.showInbox() });
	}

	/** Few look at it often, so it is loaded when somebody does. */
	async showAccount() {
		this.account = await import('./account.js').then(() => true, () => false);
		if (!this.account) this.desk?.say({ kind: 'bad', name: 'notice.again' });
	}

	async hideAccount() {
		this.account = false;
		await this.updateComplete;
		this.sidebar?.focusAccount();
	}

	/** Keys that work wherever one is; those of a chat are its conversation's. What there is nothing to do for stays a letter that somebody writes. @param {KeyboardEvent} event */
	shortcut(event) {
		const { desk } = this;
		const key = desk ? keyWithAlt(event) : '';
		if (!desk || !key) return;
		const shown = this.board || this.inbox || this.reports ? undefined : desk.current;
		const offer = desk.offers.list.find(({ busy }) => !busy);
		const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
		const chat = key === 'J' ? longestWaiting(desk.list, shown) : step ? neighbour(desk.list, shown, step) : undefined;
		if (chat) this.show(chat.id, true);
		else if (key === 'Y' && offer) this.accept(offer.offer);
		else if (key === 'K') this.showKeys();
		else return;
		event.preventDefault();
	}

	async showKeys() {
		this.keys = await import('./keys-dialog.js').then(() => true, () => false);
		if (!this.keys) this.desk?.say({ kind: 'bad', name: 'notice.again' });
	}

	/** After a chat has left: to the next one, or to the list. */
	async passed() {
		await this.updateComplete;
		if (this.desk?.current && this.pane === 'chat') /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-conversation'))?.focus();
		else this.sidebar?.focus();
	}

	toggleDetails() {
		this.details = !this.details;
		this.pane = this.details ? 'details' : 'chat';
	}

	fold() {
		this.folded = !this.folded;
		this.settings.set('guidance', this.folded ? 'folded' : 'open');
	}

	/** Where there is no room beside the chat it lies over it, until it is closed or has given what was asked for. */
	async showGuide(open = !this.guided) {
		this.guided = open;
		await this.updateComplete;
		if (open) /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-guidance'))?.focus();
		else /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('sb-conversation'))?.focus();
	}

	/** @param {boolean} requeue the chats that are left go back to their queues */
	async logOut(requeue) {
		try {
			await this.api.delete(requeue ? 'session?requeue=true' : 'session');
		} catch (error) {
			if (error.code === 'conflict' && !requeue) return void this.sidebar?.askToLeave(Number(error.details.chats) || 1);
			if (error.code !== 'unauthorized') return void this.desk?.say({ kind: 'bad', name: 'notice.again', reference: error.reference });
		}
		this.eager = false;
		this.close(false);
	}

	/** Before there is a desk. */
	outside() {
		const { texts, phase } = this;
		if (phase === 'link') {
			return html`<sb-link .texts=${texts} .api=${this.api} .token=${this.link} @leave=${this.resume}
				@done=${(/** @type {CustomEvent} */ e) => this.linked(e.detail)}></sb-link>`;
		}
		if (phase === 'enrol') {
			return html`<sb-enrol .texts=${texts} .api=${this.api} @done=${this.resume} @leave=${() => this.logOut(false)} @signed-out=${() => this.close(true)}></sb-enrol>`;
		}
		return html`<sb-login .texts=${texts} .api=${this.api} .known=${this.known} .told=${this.told} ?expired=${this.expired} ?eager=${this.eager}
			@logged-in=${(/** @type {CustomEvent} */ e) => { this.arrived = true; this.enter(e.detail); }}></sb-login>`;
	}

	render() {
		const { texts, desk, phase } = this;
		if (phase === 'login' || phase === 'link' || phase === 'enrol') return this.outside();
		if (phase !== 'desk' || !desk) {
			return html`<div class="centre" role="status"><span class="spinner"></span><p>${texts.t(phase === 'waiting' ? 'load.waiting' : 'loading')}</p></div>`;
		}
		const chat = this.board || this.inbox || this.reports ? undefined : desk.current;
		return html`
			${this.banner(desk)}
			${this.call(desk)}
			<div class="desk show-${this.pane} ${this.details ? 'with-details' : ''} ${this.guided ? 'with-guide' : ''} ${chat ? '' : 'empty'}">
				<sb-sidebar .texts=${texts} .desk=${desk} .alerts=${this.alerts} .stamp=${this.stamp}
					@open-chat=${(/** @type {CustomEvent} */ e) => this.show(e.detail, true)} @accept=${(/** @type {CustomEvent} */ e) => this.accept(e.detail)}
					@logout=${(/** @type {CustomEvent} */ e) => this.logOut(e.detail)}
					?board=${this.board} ?inbox=${this.inbox} ?reports=${this.reports}
					@reports=${this.showReports} @board=${this.showBoard} @inbox=${this.showInbox} @account=${this.showAccount} @keys=${this.showKeys}></sb-sidebar>
				<main>${this.board ? this.boardView(desk) : this.inbox ? this.inboxView(desk) : this.reports ? this.reportsView(desk)
					: this.conversationView(desk)}</main>
				${chat ? html`<div class="side"><sb-guidance .texts=${texts} .desk=${desk} .chat=${chat} .stamp=${this.stamp} ?folded=${this.folded} @fold=${this.fold}
					@keydown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Escape' && this.guided && this.showGuide(false)} @close=${() => this.showGuide(false)}></sb-guidance>
					<sb-details .texts=${texts} .desk=${desk} .chat=${chat} .stamp=${this.stamp} @close=${this.toggleDetails}></sb-details></div>` : nothing}
			</div>
			${this.noticeBox(desk)}
			${this.account ? html`<sb-account .texts=${texts} .api=${this.api} @close=${this.hideAccount} @signed-out=${() => this.close(true)}></sb-account>` : nothing}
			${this.keys ? html`<sb-keys .texts=${texts} @close=${() => { this.keys = false; }}></sb-keys>` : nothing}
			<div class="visually-hidden" role="status" aria-live="polite">${this.spoken}</div>`;
	}

	/** @param {Desk} desk */
	boardView(desk) {
		return html`<sb-board .texts=${this.texts} .desk=${desk} @back=${this.back}
			@taken=${(/** @type {CustomEvent} */ e) => this.show(e.detail, true)}></sb-board>`;
	}

	/** @param {Desk} desk */
	reportsView(desk) {
		return html`<sb-reports .texts=${this.texts} .desk=${desk} @back=${this.back}></sb-reports>`;
	}

	/** @param {Desk} desk */
	inboxView(desk) {
		return html`<sb-inbox .texts=${this.texts} .api=${this.api} .desk=${desk} .stamp=${this.stamp} @back=${this.back} @signed-out=${() => this.close(true)}></sb-inbox>`;
	}

	/** @param {Desk} desk */
	conversationView(desk) {
		return html`<sb-conversation .texts=${this.texts} .desk=${desk} .chat=${desk.current} .stamp=${this.stamp} ?details=${this.details} ?guided=${this.guided}
			@guide=${() => this.showGuide()} @on-duty=${() => this.sidebar?.comeBack()}
			@back=${this.back} @details=${this.toggleDetails} @passed=${this.passed}></sb-conversation>`;
	}

	/** On a phone, where the list with its offers is out of sight: the way to it. @param {Desk} desk */
	call(desk) {
		const offer = desk.offers.list[0];
		if (!offer || this.pane === 'list') return nothing;
		const values = { name: offer.name || this.texts.t('customer'), queue: offer.queue_label ?? offer.queue ?? '' };
		return html`<button class="call" data-testid="offer-call" @click=${() => this.toOffer(offer.offer)}>${icons.back}
			<span>${this.texts.t('offer.new', values)}</span>${icons.bell}</button>`;
	}

	/** @param {string} offer */
	async toOffer(offer) {
		this.pane = 'list';
		await this.updateComplete;
		this.sidebar?.focusOffer(offer);
	}

	/** @param {Desk} desk */
	banner(desk) {
		const kind = desk.banner;
		if (!kind) return nothing;
		const icon = kind === 'offline' ? icons.offline : kind === 'replaced' || kind === 'paced' ? icons.info : html`<span class="spinner"></span>`;
		return html`<div class="banner ${kind}" role="status" data-testid="connection-banner">${icon}<span>${this.texts.t(`banner.${kind}`)}</span>
			${kind === 'replaced' ? html`<button class="button small" @click=${() => desk.takeOver()}>${this.texts.t('banner.use_here')}</button>` : nothing}</div>`;
	}

	/** @param {Desk} desk */
	noticeBox(desk) {
		const { notice } = desk;
		if (!notice) return nothing;
		const values = notice.values && { ...notice.values, name: notice.values.name || this.texts.t('customer') };
		return html`<div class="notice ${notice.kind}" role=${notice.kind === 'bad' ? 'alert' : 'status'} data-testid="notice">
			${notice.kind === 'bad' ? icons.alert : icons.info}<span dir="auto">${this.texts.t(notice.name, values)}
				${notice.reference ? html`<small class="reference">${this.texts.t('reference', { id: notice.reference })}</small>` : nothing}</span>
			<button class="icon-button" aria-label=${this.texts.t('dismiss')} title=${this.texts.t('dismiss')} @click=${() => desk.say(null)}>${icons.close}</button></div>`;
	}
}
customElements.define('switchboard-console', Console);
