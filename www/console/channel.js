// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import styles from './channel.sheet.css';
import { icons } from './icons.js';
import { Tick } from './tick.js';

const SOON_MS = 3_600_000;

/**
 * How long the customer can still be answered, in words; '' where there is no end to it.
 * @param {import('./held-chat.js').HeldChat} chat @param {import('../lib/i18n.js').Texts} texts
 */
export function windowText(chat, texts) {
	const until = chat.windowUntil;
	if (!until) return '';
	const minutes = Math.ceil((Date.parse(until) - Date.now()) / 60_000);
	if (minutes <= 0) return texts.t('channel.window_over');
	return minutes >= 60 ? texts.t('channel.window_hours', { n: Math.floor(minutes / 60) }) : texts.t('channel.window_minutes', { n: minutes });
}

/** Why nothing can be sent to the customer any more: the key of a sentence; '' while it can. @param {import('./held-chat.js').HeldChat} chat */
export function silence(chat) {
	if (chat.info.channel?.opted_out) return 'channel.opted_out';
	return chat.windowUntil && Date.parse(chat.windowUntil) <= Date.now() ? 'channel.window_closed' : '';
}

/** By what a customer talks with us who does not come by the widget. With `chat`: also how long he can be answered. */
export class ChannelBadge extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		channel: { attribute: false },
		chat: { attribute: false },
		stamp: { attribute: false },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {Channel | undefined} */
		this.channel = undefined;
		/** @type {import('./held-chat.js').HeldChat | undefined} */
		this.chat = undefined;
		this.stamp = 0;
		this.tick = new Tick(this);
	}

	render() {
		const { texts, channel, chat } = this;
		if (!channel) return nothing;
		const name = channel.kind === 'generic' ? channel.account : texts.t(`channel.${channel.kind}`);
		const left = chat && !chat.ended ? windowText(chat, texts) : '';
		const soon = left && Date.parse(chat?.windowUntil ?? '') - Date.now() < SOON_MS;
		return html`<span class="kind" data-testid="channel" data-kind=${channel.kind}>${icons[channel.kind]}<bdi>${name}</bdi></span>${left ? html`
			<span class="left ${soon ? 'soon' : ''}" data-testid="channel-window" title=${texts.t('channel.window_text')}>${icons.clock}${left}</span>` : nothing}`;
	}
}
customElements.define('sb-channel', ChannelBadge);
