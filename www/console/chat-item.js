// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import base from '../lib/ui/base.sheet.css';
import { icons } from './icons.js';
import { initials } from '../lib/ui/linked-text.js';
import { stopwatch } from '../lib/time.js';
import styles from './chat-item.sheet.css';
import './channel.js';
import { Tick } from './tick.js';

/** One of the operator's chats in the list. */
export class ChatItem extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		chat: { attribute: false },
		selected: { type: Boolean, reflect: true },
		stamp: { attribute: false },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./held-chat.js').HeldChat} */
		this.chat;
		this.selected = false;
		this.stamp = 0;
		this.tick = new Tick(this);
	}

	focus() {
		this.renderRoot.querySelector('button')?.focus();
	}

	render() {
		const { texts, chat } = this;
		const name = chat.info.name || texts.t('customer');
		const { unread, ended } = chat;
		const state = ended ? 'ended' : chat.here ? 'here' : 'away';
		const idle = !ended && chat.info.idle === true;
		return html`<button data-testid="chat-item" data-chat=${chat.id} data-state=${state} aria-current=${this.selected ? 'true' : 'false'}
			class=${unread ? 'unread' : idle ? 'idle' : ''}>
			<span class="avatar" aria-hidden="true">${initials(name)}<i class=${state}></i></span>
			<span class="body">
				<span class="line"><strong dir="auto">${name}</strong><span class="visually-hidden">, ${texts.t(`chat.${state}`)}, </span>${this.wait()}</span>
				<span class="line"><span class="said" dir="auto">${this.said()}</span>
					${unread ? html`<span class="badge" data-testid="unread"><span aria-hidden="true">${texts.number(unread)}</span>
						<span class="visually-hidden">${texts.t('chat.unread', { n: unread })}</span></span>` : nothing}</span>
				<span class="line"><span class="queue" dir="auto">${chat.info.queue_label ?? chat.info.queue}</span>
					${chat.info.channel ? html`<sb-channel .texts=${texts} .channel=${chat.info.channel}></sb-channel>` : nothing}
					${idle ? html`<span class="mark" title=${texts.t('chat.idle_text')}>${icons.idle}${texts.t('chat.idle')}</span>` : nothing}
					${chat.transfer && !ended ? html`<span class="mark asked">${icons.pass}<bdi>${chat.transfer.name}</bdi></span>` : nothing}</span>
			</span></button>`;
	}

	wait() {
		const { texts, chat } = this;
		const since = chat.waitingSince;
		if (!since) return nothing;
		const seconds = (Date.now() - Date.parse(since)) / 1000;
		const time = stopwatch(seconds);
		return html`<span class="wait ${seconds > 120 ? 'long' : ''}" title=${texts.t('chat.waits', { time })}>${icons.clock}${time}</span>`;
	}

	said() {
		const { texts, chat } = this;
		if (chat.typing) return html`<em>${texts.t('chat.typing')}</em>`;
		if (chat.ended) return html`<em>${texts.t('chat.to_file')}</em>`;
		const { latest } = chat;
		if (!latest) return '';
		return latest.author?.kind === 'operator' ? html`<span class="mine">${texts.t('you')}:</span> <bdi>${latest.body}</bdi>` : latest.body;
	}
}
customElements.define('sb-chat-item', ChatItem);
