// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { initials } from '../lib/ui/linked-text.js';
import { stopwatch } from '../lib/time.js';
import { toldRows } from './answers.js';
import { icons } from './icons.js';
import styles from './offer-card.sheet.css';
import './channel.js';
import { Tick } from './tick.js';

/** A chat held out to this operator, with the time left. Events: `accept`, `decline`. */
export class OfferCard extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		offer: { attribute: false },
		stamp: { attribute: false },
		first: { type: Boolean },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./offers.js').HeldOffer} */
		this.offer;
		this.stamp = 0;
		/** it has waited longest of them: Alt+Y takes it */
		this.first = false;
		this.tick = new Tick(this);
	}

	focus() {
		/** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.primary'))?.focus();
	}

	render() {
		const { texts, offer } = this;
		const name = offer.name || texts.t('customer');
		const now = performance.now();
		const left = Math.max(0, Math.ceil((offer.deadline - now) / 1000));
		const busy = offer.busy !== '';
		return html`<article class=${left <= 5 ? 'urgent' : ''} aria-label=${texts.t('offer.from', { name })}>
			<div class="top">
				<span class="avatar" aria-hidden="true">${initials(name)}</span>
				<div class="who"><h3 dir="auto">${name}</h3>
					<p><bdi class="queue">${offer.queue_label ?? offer.queue}</bdi>
						${offer.channel ? html`<sb-channel .texts=${texts} .channel=${offer.channel}></sb-channel>` : nothing}
						<span>${texts.t('offer.waited', { time: stopwatch((now - offer.waitingFrom) / 1000) })}</span></p></div>
				<span class="left" role="timer" aria-live="off" aria-label=${texts.t('offer.left', { time: stopwatch(left) })}>${stopwatch(left)}</span>
			</div>
			${this.answers()}
			${this.reason()}
			${offer.problem ? html`<p class="error" role="alert">${texts.t(`offer.${offer.problem}`)}</p>` : nothing}
			<div class="buttons">
				<button class="button primary" data-testid="offer-accept" aria-keyshortcuts=${this.first ? 'Alt+Y' : nothing}
					title=${this.first ? `${texts.t('offer.accept')} (Alt+Y)` : nothing} ?disabled=${busy} @click=${() => this.dispatchEvent(new Event('accept'))}>
					${offer.busy === 'accept' ? html`<span class="spinner"></span>` : nothing}${texts.t('offer.accept')}</button>
				<button class="button" data-testid="offer-decline" ?disabled=${busy} @click=${() => this.dispatchEvent(new Event('decline'))}>${texts.t('offer.decline')}</button>
			</div></article>`;
	}

	/** What the customer has told, the first of it. */
	answers() {
		const rows = toldRows(this.offer, this.texts.locale);
		if (!rows.length) return nothing;
		return html`<dl class="answers" data-testid="offer-answers">${rows.slice(0, 3).map(([label, value]) => html`
			<div class="answer"><dt><bdi>${label}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`;
	}

	/** Why it comes here: who passes it on and what he says, or what decided for this operator. */
	reason() {
		const { texts, offer } = this;
		if (offer.kind === 'transfer') {
			return html`<div class="passed" data-testid="offer-from"><p>${icons.pass}<span>${texts.t('offer.passed', { name: offer.from || texts.t('colleague') })}</span></p>
				${offer.note ? html`<blockquote dir="auto">${offer.note}</blockquote>` : nothing}</div>`;
		}
		const why = this.decision();
		return why ? html`<p class="why">${icons.info}<span>${texts.t('offer.why')} ${why}</span></p>` : nothing;
	}

	/** What decided, in the operator's language; a rule that this console does not know yet in the server's words, which are English. */
	decision() {
		const { texts, offer } = this;
		const { rule = '', others = 0, score = 0, load = 0 } = offer.decision ?? {};
		if (offer.decision && others === 0) return texts.t('offer.why.only');
		if (texts.optional(`offer.why.${rule}`)) return texts.t(`offer.why.${rule}`, { n: others + 1, score, load });
		return typeof offer.why === 'string' && offer.why ? html`<bdi lang="en">${offer.why}</bdi>` : '';
	}
}
customElements.define('sb-offer-card', OfferCard);
