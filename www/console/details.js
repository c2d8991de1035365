// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import { linkedText } from '../lib/ui/linked-text.js';
import { fullTime, stopwatch } from '../lib/time.js';
import { answerRows, toldRows } from './answers.js';
import './block.js';
import './earlier.js';
import styles from './details.sheet.css';

/** What is known of the customer and the chat. Event `close`. */
export class Details extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		stamp: { attribute: false },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat} */
		this.chat;
		this.stamp = 0;
	}

	render() {
		const { texts, chat } = this;
		const { info } = chat;
		return html`<aside aria-label=${texts.t('details')}>
			<header><h2>${texts.t('details')}</h2>
				<button class="icon-button" aria-label=${texts.t('details.close')} title=${texts.t('details.close')}
					@click=${() => this.dispatchEvent(new Event('close'))}>${icons.close}</button></header>
			<dl>
				${info.person && !info.channel ? this.row('person', info.person, this.vouched(true)) : nothing}
				${this.row('name', info.name, this.vouched(info.verified?.includes('name')))}
				${this.row('email', info.email, this.vouched(info.verified?.includes('email')))}
				${this.row('channel', info.channel && this.channelName(info.channel))}
				${this.row('address', info.channel?.address)}
				${this.row('locale', info.locale && languageName(info.locale, texts.locale))}
				${this.row('page', info.page_url)}
				${this.row('referrer', info.referrer)}
			</dl>
			${this.list('details.answers', toldRows(info, texts.locale))}
			${this.list('details.context', answerRows(info.context))}
			<dl>
				${this.row('queue', info.queue_label ?? info.queue)}
				${this.row('site', info.site)}
				${this.row('waited', typeof info.waited_s === 'number' ? stopwatch(info.waited_s) : '')}
				${this.row('started', info.created_at && fullTime(info.created_at, texts.locale))}
				${this.row('assigned', info.assigned_at && fullTime(info.assigned_at, texts.locale))}
				${this.row('chat', info.id)}
			</dl>
			${info.person && chat.owned ? html`<sb-earlier .texts=${texts} .desk=${this.desk} .chat=${chat} person=${info.person}></sb-earlier>` : nothing}
			${this.desk.duty.operator.role === 'supervisor' ? html`<button class="button small danger block" data-testid="block" @click=${this.block}>${texts.t('block')}</button>
				<sb-block .texts=${texts} .desk=${this.desk}></sb-block>` : nothing}</aside>`;
	}

	block() {
		/** @type {import('./block.js').Block} */ (this.renderRoot.querySelector('sb-block')).open(this.chat);
	}

	/** @param {Channel} channel */
	channelName({ kind, account }) {
		return kind === 'generic' ? account : `${this.texts.t(`channel.${kind}`)} · ${account}`;
	}

	/** @param {boolean | undefined} verified what stands there comes from the site's server, not from whoever types */
	vouched(verified) {
		const { texts } = this;
		return verified ? html`<span class="verified">${icons.verified}${texts.t('details.verified')}</span>` : texts.t('details.unverified');
	}

	/** @param {string} name @param {string | undefined} value @param {unknown} [remark] */
	row(name, value, remark) {
		if (!value) return nothing;
		return html`<div><dt>${this.texts.t(`details.${name}`)}</dt><dd><bdi>${linkedText(value)}</bdi>${remark ? html`<small>${remark}</small>` : nothing}</dd></div>`;
	}

	/** @param {string} title @param {[string, string][]} rows */
	list(title, rows) {
		if (!rows.length) return nothing;
		return html`<h3>${this.texts.t(title)}</h3><dl>${rows.map(([name, value]) => html`
			<div><dt><bdi>${name}</bdi></dt><dd><bdi>${linkedText(value)}</bdi></dd></div>`)}</dl>`;
	}
}

/** @param {string} tag @param {string} locale */
function languageName(tag, locale) {
	try {
		return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag;
	} catch {
		return tag;
	}
}
customElements.define('sb-details', Details);
