// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import base from '../lib/ui/base.sheet.css';
import { initials } from '../lib/ui/linked-text.js';
import './chat-item.js';
import dialog from './dialog.sheet.css';
import { icons } from './icons.js';
import './offer-card.js';
import './queue-list.js';
import styles from './sidebar.sheet.css';

const PRESENCES = ['available', 'busy', 'break', 'offline'];

/**
 * Who I am, what is offered to me, my chats, my queues. Events: `open-chat` (detail id), `accept` (detail offer), `logout` (detail: queue the chats again
 * that are left), `board`, `reports`, `inbox`, `account`, `keys`.
 */
export class Sidebar extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		alerts: { attribute: false },
		stamp: { attribute: false },
		board: { type: Boolean },
		inbox: { type: Boolean },
		reports: { type: Boolean },
		leaving: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./alerts.js').Alerts} */
		this.alerts;
		this.stamp = 0;
		this.board = false;
		this.inbox = false;
		this.reports = false;
		/** chats that logging out would send away */
		this.leaving = 0;
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.board-link, .presence [aria-checked=true]'))?.focus();
	}

	focusAccount() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.account'))?.focus();
	}

	/** @param {string} id */
	focusOffer(id) {
		const cards = /** @type {NodeListOf<import('./offer-card.js').OfferCard>} */ (this.renderRoot.querySelectorAll('sb-offer-card'));
		for (const card of cards) if (card.offer.offer === id) card.focus();
	}

	/** @param {string} id */
	focusChat(id) {
		const items = /** @type {NodeListOf<import('./chat-item.js').ChatItem>} */ (this.renderRoot.querySelectorAll('sb-chat-item'));
		for (const item of items) if (item.chat.id === id) item.focus();
	}

	render() {
		const { texts, desk } = this;
		const chats = desk.list;
		return html`
			${this.me()}
			<div class="scroll">
				${desk.duty.operator.role === 'supervisor' ? html`<button class="board-link" aria-current=${this.board ? 'page' : 'false'} data-testid="board-link"
					@click=${() => this.dispatchEvent(new Event('board'))}>${icons.board}<span>${texts.t('board')}</span></button>
				<button class="board-link" aria-current=${this.reports ? 'page' : 'false'} data-testid="reports-link"
					@click=${() => this.dispatchEvent(new Event('reports'))}>${icons.reports}<span>${texts.t('reports')}</span></button>` : nothing}
				<button class="board-link" aria-current=${this.inbox ? 'page' : 'false'} data-testid="inbox-link" @click=${() => this.dispatchEvent(new Event('inbox'))}>
					${icons.inbox}<span>${texts.t('inbox')}</span>${this.notes()}</button>
				<section aria-labelledby="chats-title">
					<h2 id="chats-title">${texts.t('chats')}${chats.length ? html`<span class="count">${texts.number(chats.length)}</span>` : nothing}</h2>
					${chats.length ? html`<ul class="chats">${repeat(chats, (c) => c.id, (chat) => html`<li><sb-chat-item .texts=${texts} .chat=${chat}
						.stamp=${this.stamp} ?selected=${chat.id === desk.selected && !this.board && !this.inbox && !this.reports}
						@click=${() => this.dispatchEvent(new CustomEvent('open-chat', { detail: chat.id }))}></sb-chat-item></li>`)}</ul>`
						: this.nothingToDo()}
				</section>
				<section aria-labelledby="queues-title">
					<h2 id="queues-title">${texts.t('queues')}</h2>
					<sb-queue-list .texts=${texts} .desk=${desk} .stamp=${this.stamp}></sb-queue-list>
				</section>
				<button class="keys" aria-keyshortcuts="Alt+K" data-testid="keys" @click=${() => this.dispatchEvent(new Event('keys'))}>
					${icons.keyboard}<span>${texts.t('keys')}</span><kbd aria-hidden="true" dir="ltr">Alt K</kbd></button>
			</div>
			${this.dock()}
			${this.leave()}`;
	}

	/** What comes unasked stands below everything else: nothing moves under the hand of who is about to press something. The newest on top for the same reason. */
	dock() {
		const { texts, desk } = this;
		const { code } = desk.duty;
		const hint = code ? this.putOff(code) : this.hint();
		const offers = desk.offers.list.reverse();
		if (hint === nothing && !offers.length) return nothing;
		return html`<div class="dock">${hint}
			${offers.length ? html`<section aria-label=${texts.t('offers')}>${repeat(offers, (o) => o.offer, (offer) => html`
				<sb-offer-card .texts=${texts} .offer=${offer} .stamp=${this.stamp} ?first=${offer === offers.at(-1)} data-testid="offer-card"
					@accept=${() => this.dispatchEvent(new CustomEvent('accept', { detail: offer.offer }))}
					@decline=${() => desk.verbs.decline(offer.offer)}></sb-offer-card>`)}</section>` : nothing}</div>`;
	}

	/** How many notes nobody has taken, and how many I have. */
	notes() {
		const { texts, desk } = this;
		const count = (/** @type {'new' | 'mine'} */ name, kind = '') => (desk.inbox[name] ? html`<span class="count ${kind}" title=${texts.t(`inbox.${name}`)}
			data-testid="inbox-count-${name}"><span class="visually-hidden">${texts.t(`inbox.${name}`)}: </span>${texts.number(desk.inbox[name])}</span>` : nothing);
		return html`${count('new', 'fresh')}${count('mine')}`;
	}

	me() {
		const { texts, desk, alerts } = this;
		const { operator, presence } = desk.duty;
		return html`<header>
			<div class="me">
				<span class="avatar" aria-hidden="true">${initials(operator.name)}<i class=${presence}></i></span>
				<h1 dir="auto">${operator.name}</h1>
				${alerts.desktop === 'default' ? html`<button class="icon-button" title=${texts.t('desktop')} aria-label=${texts.t('desktop')}
					@click=${this.askDesktop}>${icons.desktop}</button>` : nothing}
				<button class="icon-button" aria-pressed=${alerts.sound ? 'true' : 'false'} title=${texts.t(alerts.sound ? 'sound.on' : 'sound.off')}
					aria-label=${texts.t('sound.on')} @click=${this.toggleSound}>${alerts.sound ? icons.bell : icons.mute}</button>
				<button class="icon-button account" title=${texts.t('account')} aria-label=${texts.t('account')} data-testid="account"
					@click=${() => this.dispatchEvent(new Event('account'))}>${icons.person}</button>
				<button class="icon-button" title=${texts.t('logout')} aria-label=${texts.t('logout')} data-testid="logout"
					@click=${() => this.logOut(false)}><span class="flip">${icons.end}</span></button>
			</div>
			<div class="presence" role="radiogroup" aria-label=${texts.t('presence')} @keydown=${this.presenceKey}>${PRESENCES.map((state) => html`
				<button role="radio" class=${state} aria-checked=${state === presence ? 'true' : 'false'} tabindex=${state === presence ? 0 : -1}
					data-testid="presence-${state}" @click=${() => desk.setPresence(state)}><i aria-hidden="true"></i>${texts.t(`presence.${state}`)}</button>`)}</div>
		</header>`;
	}

	/** The server has changed the presence: why, and the way back. @param {string} code */
	putOff(code) {
		const { texts } = this;
		const why = texts.optional(`presence.${code}`) || texts.t('presence.changed');
		return html`<div class="put-off" data-testid="put-off"><p role="alert">${why}</p>
			<button class="button small" data-testid="back-on-duty" @click=${this.comeBack}>${icons.check}${texts.t('presence.back')}</button></div>`;
	}

	/** The button goes away with its reason, so the focus moves on. */
	comeBack() {
		this.desk.setPresence('available');
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.presence .available'))?.focus();
	}

	hint() {
		const { duty, loaded } = this.desk;
		return loaded && duty.lacking ? html`<p class="hint">${icons.info}<span>${this.texts.t(`hint.${duty.lacking}`)}</span></p>` : nothing;
	}

	nothingToDo() {
		if (!this.desk.loaded) return html`<div class="empty"><span class="spinner"></span></div>`;
		return html`<div class="empty">${icons.chat}<strong>${this.texts.t('chats.none')}</strong><p>${this.texts.t('chats.none_text')}</p></div>`;
	}

	/** Logging out would send chats away: is that meant? @param {number} chats */
	async askToLeave(chats) {
		this.leaving = chats;
		await this.updateComplete;
		this.dialog?.showModal();
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	leave() {
		const { texts } = this;
		return html`<dialog aria-labelledby="leaving" @close=${() => { this.leaving = 0; }}
				@click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}>
			<div class="card"><h2 id="leaving">${texts.t('logout.title')}</h2><p>${texts.t('logout.open', { n: this.leaving })}</p>
			<div class="buttons"><button class="button" @click=${() => this.dialog?.close()}>${texts.t('cancel')}</button>
			<button class="button primary" data-testid="logout-confirm" @click=${() => this.logOut(true)}>${texts.t('logout')}</button></div></div></dialog>`;
	}

	/** @param {boolean} requeue the chats that are left go back to their queues */
	logOut(requeue) {
		this.dialog?.close();
		this.dispatchEvent(new CustomEvent('logout', { detail: requeue }));
	}

	toggleSound() {
		this.alerts.setSound(!this.alerts.sound);
		this.requestUpdate();
	}

	async askDesktop() {
		await this.alerts.askDesktop();
		this.requestUpdate();
	}

	/** Arrows move within the group, as in any group of radio buttons; choosing takes Enter or Space, since it has consequences. @param {KeyboardEvent} event */
	presenceKey(event) {
		const ahead = this.texts.direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
		const behind = this.texts.direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
		const step = event.key === ahead || event.key === 'ArrowDown' ? 1 : event.key === behind || event.key === 'ArrowUp' ? -1 : 0;
		if (!step) return;
		event.preventDefault();
		const buttons = /** @type {HTMLElement[]} */ ([...this.renderRoot.querySelectorAll('.presence button')]);
		const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
		buttons[(at + step + buttons.length) % buttons.length].focus();
	}
}
customElements.define('sb-sidebar', Sidebar);
