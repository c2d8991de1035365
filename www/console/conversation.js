// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import base from '../lib/ui/base.sheet.css';
import { initials } from '../lib/ui/linked-text.js';
import { clockTime } from '../lib/time.js';
import '../lib/ui/thread.js';
import './asked.js';
import { silence } from './channel.js';
import styles from './conversation.sheet.css';
import dialog from './dialog.sheet.css';
import './guided-composer.js';
import { icons } from './icons.js';
import { keyWithAlt } from './keys.js';
import './redact.js';
import './told.js';
import './transfer.js';
import './wrap-up.js';

/** The chat that is open: its whole history, and where to write. Events: `back`, `details`, `guide`, `passed` after the chat has left for a queue, `on-duty`. */
export class Conversation extends LitElement {
	static styles = [base, dialog, styles];
	static properties = {
		texts: { attribute: false },
		desk: { attribute: false },
		chat: { attribute: false },
		stamp: { attribute: false },
		details: { type: Boolean },
		guided: { type: Boolean },
		noting: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../lib/i18n.js').Texts} */
		this.texts;
		/** @type {import('./desk.js').Desk} */
		this.desk;
		/** @type {import('./held-chat.js').HeldChat | undefined} */
		this.chat = undefined;
		this.stamp = 0;
		this.details = false;
		/** guidance is open, where it is not always */
		this.guided = false;
		/** @type {Set<string>} chats in which a note is being written */
		this.noting = new Set();
		this.pressed = (/** @type {KeyboardEvent} */ event) => this.shortcut(event);
		this.advised = (/** @type {Event} */ event) => this.take(/** @type {CustomEvent} */ (event));
	}

	connectedCallback() {
		super.connectedCallback();
		document.addEventListener('keydown', this.pressed);
		for (const name of ['insert', 'act']) this.desk.guide.addEventListener(name, this.advised);
	}

	disconnectedCallback() {
		super.disconnectedCallback();
		document.removeEventListener('keydown', this.pressed);
		for (const name of ['insert', 'act']) this.desk.guide.removeEventListener(name, this.advised);
	}

	/** @param {Map<string, unknown>} changed */
	willUpdate(changed) {
		const before = /** @type {import('./held-chat.js').HeldChat | undefined} */ (changed.get('chat'));
		const another = before && before.id !== this.chat?.id;
		if (another) this.dialog?.close();
		if (another || !this.passable) this.transfer?.close();
		if (another) this.redact?.close();
		// by an event, which may come long before the answer to who asked for it, or because the customer left
		if (!another && this.chat?.ended && this.dialog?.open) this.over();
	}

	/** The keys of a chat, with Alt: M for a message or a note, T passes it on, W ends it. @param {KeyboardEvent} event */
	shortcut(event) {
		const { chat } = this;
		if (!chat || chat.ended || this.dialog?.open || !this.getClientRects().length) return;
		const key = keyWithAlt(event);
		if (key === 'M') this.write(chat, !this.noting.has(chat.id));
		else if (key === 'T' && this.passable) this.passOn();
		else if (key === 'W') this.dialog?.showModal();
		else return;
		event.preventDefault();
	}

	/** What the guidance beside the chat brings: words for the composer, or the next action. @param {CustomEvent} event */
	async take({ type, detail }) {
		const { chat } = this;
		if (!chat || chat.id !== detail.chat || chat.ended) return;
		if (type === 'insert') {
			if (this.noting.has(chat.id)) await this.write(chat, false);
			this.composer?.insert(detail.phrase);
		} else if (detail.action.kind === 'transfer') {
			if (this.passable) this.transfer?.open(chat, detail.action.queue ? `queue:${detail.action.queue}` : '');
		} else {
			if (detail.action.disposition) this.desk.keepDraft(chat.id, 'result', JSON.stringify({ filed: detail.action.disposition }));
			this.dialog?.showModal();
		}
	}

	get composer() {
		return /** @type {import('./guided-composer.js').GuidedComposer | null} */ (this.renderRoot.querySelector('sb-guided-composer'));
	}

	/** The chat is ours, goes on, and nobody has been asked yet. */
	get passable() {
		return Boolean(this.chat && !this.chat.ended && !this.chat.transfer);
	}

	passOn() {
		if (this.chat) this.transfer?.open(this.chat);
	}

	get transfer() {
		return /** @type {import('./transfer.js').Transfer | null} */ (this.renderRoot.querySelector('sb-transfer'));
	}

	get redact() {
		return /** @type {import('./redact.js').Redact | null} */ (this.renderRoot.querySelector('sb-redact'));
	}

	/** To where one writes in the chat that is to be shown: another chat has another place to write, which comes with the next drawing. */
	async focus() {
		await this.updateComplete;
		const target = /** @type {LitElement | null} */ (this.renderRoot.querySelector('sb-guided-composer, sb-wrap-up'));
		await target?.updateComplete;
		target?.focus();
	}

	get dialog() {
		return /** @type {HTMLDialogElement | null} */ (this.renderRoot.querySelector('dialog'));
	}

	get name() {
		return this.chat?.info.name || this.texts.t('customer');
	}

	render() {
		const { texts, chat, desk } = this;
		if (!chat) return this.nothingOpen();
		return html`${this.header(chat)}
			${chat.transfer && !chat.ended ? html`<sb-asked .texts=${texts} .transfer=${chat.transfer} ?busy=${chat.busy !== ''} data-testid="transfer-pending"
				@take-back=${() => this.takeBack(chat)}></sb-asked>` : nothing}
			<sb-told .texts=${texts} .chat=${chat} .stamp=${this.stamp}></sb-told>
			${keyed(chat.id, html`
				<sb-thread data-testid="thread" me="operator" .texts=${texts} .events=${chat.events.events} .pending=${desk.outbox.pending(chat.id)} .stamp=${this.stamp}
					.got=${chat.marks.got} .read=${chat.marks.read} .absent=${chat.ended ? '' : chat.awaySince} .typing=${chat.typing ? this.name : ''}
					.label=${texts.t('messages', { name: this.name })} .botName=${texts.t('bot_name')} ?redacts=${desk.duty.operator.role === 'supervisor'}
					@redact=${(/** @type {CustomEvent} */ e) => this.redact?.open(chat, e.detail)} @retry=${(/** @type {CustomEvent} */ e) => desk.outbox.retry(e.detail)}
					@discard=${(/** @type {CustomEvent} */ e) => desk.outbox.discard(e.detail)}>
					${chat.events.contiguous ? nothing : html`<div class="centre" slot="start" role="status"><span class="spinner"></span>${texts.t('chat.loading')}</div>`}
				</sb-thread>
				${chat.ended ? html`<sb-wrap-up .texts=${texts} .desk=${desk} .chat=${chat} .stamp=${this.stamp}></sb-wrap-up>` : this.writing(chat)}`)}
			${this.confirmation(chat)}
			<sb-redact .texts=${texts} .desk=${desk}></sb-redact>
			<sb-transfer .texts=${texts} .desk=${desk} @passed=${() => this.passed(chat)}></sb-transfer>`;
	}

	/** Who has nothing to do is told what to do for that, in the middle of the window. */
	nothingOpen() {
		const { texts, desk } = this;
		const lacking = desk.loaded && !desk.list.length ? desk.duty.lacking : '';
		return html`<div class="centre">${icons.chat}<h2>${texts.t(lacking ? 'chats.none' : 'chat.none_selected')}</h2>
			<p>${texts.t(lacking ? `hint.${lacking}` : 'chat.none_selected_text')}</p>
			${lacking === 'offline' || lacking === 'paused' ? html`<button class="button primary" data-testid="on-duty"
				@click=${() => this.dispatchEvent(new Event('on-duty'))}>${texts.t('presence.available')}</button>` : nothing}</div>`;
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	header(chat) {
		const { texts } = this;
		const state = chat.ended ? 'ended' : chat.here ? 'here' : 'away';
		const offline = state === 'away' && chat.awaySince;
		const words = offline ? texts.t('chat.away_since', { time: clockTime(chat.awaySince, texts.locale) }) : texts.t(`chat.${state}`);
		return html`<header>
			<button class="icon-button back" aria-label=${texts.t('back')} title=${texts.t('back')} data-testid="back"
				@click=${() => this.dispatchEvent(new Event('back'))}>${icons.back}</button>
			<span class="avatar" aria-hidden="true">${initials(this.name)}</span>
			<div class="who"><h2 dir="auto">${this.name}</h2>
				<p>${chat.info.channel && !chat.ended
					? html`<sb-channel .texts=${texts} .channel=${chat.info.channel} .chat=${chat} .stamp=${this.stamp}></sb-channel>`
					: html`<span class="state ${state}" data-testid="customer-state"><i aria-hidden="true"></i>${words}</span>`}
					<span class="queue"><bdi>${chat.info.queue_label ?? chat.info.queue}</bdi></span></p></div>
			${!chat.ended && this.desk.guide.speaks(chat.id) ? html`<button class="icon-button info" aria-label=${texts.t('guide')} title=${texts.t('guide')}
				aria-expanded=${this.guided ? 'true' : 'false'} data-testid="guidance-toggle"
				@click=${() => this.dispatchEvent(new Event('guide'))}>${icons.guide}</button>` : nothing}
			<button class="icon-button info" aria-label=${texts.t('details')} title=${texts.t('details')} aria-expanded=${this.details ? 'true' : 'false'}
				data-testid="details-toggle" @click=${() => this.dispatchEvent(new Event('details'))}>${icons.info}</button>
			${this.passable ? html`<button class="button small" data-testid="transfer" aria-keyshortcuts="Alt+T"
				title=${`${texts.t('transfer')} (Alt+T)`} @click=${this.passOn}>${icons.pass}<span class="label">${texts.t('transfer')}</span></button>` : nothing}
			${chat.ended ? nothing : html`<button class="button small danger" data-testid="end-chat" aria-keyshortcuts="Alt+W" title=${`${texts.t('end')} (Alt+W)`}
				@click=${() => this.dialog?.showModal()}>
				<span class="flip">${icons.end}</span><span class="label">${texts.t('end')}</span></button>`}
		</header>`;
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	writing(chat) {
		const { texts, desk, name } = this;
		const note = this.noting.has(chat.id);
		const kind = note ? 'note' : 'message';
		const silent = note ? '' : silence(chat);
		return html`<footer>
			<div class="mode" role="group">
				<button class=${note ? '' : 'on'} aria-pressed=${note ? 'false' : 'true'} @click=${() => this.write(chat, false)}>${icons.chat}${texts.t('mode.message')}</button>
				<button class="note ${note ? 'on' : ''}" aria-pressed=${note ? 'true' : 'false'} data-testid="note-toggle" aria-keyshortcuts="Alt+M"
					title=${`${texts.t('mode.note')} (Alt+M)`}
					@click=${() => this.write(chat, !note)}>${icons.note}${texts.t('mode.note')}</button>
			</div>
			${silent ? html`<p class="silent" role="status" data-testid="channel-silent">${texts.t(silent)}</p>` : nothing}
			${keyed(kind, html`<sb-guided-composer ?disabled=${silent !== ''} .texts=${texts} .guide=${desk.guide} .chat=${chat.id}
				.value=${desk.papers.draft(chat.id, kind)}
				?note=${note} .label=${texts.t(`${kind}_label`, { name })}
				.placeholder=${texts.t(note ? 'note_placeholder' : 'placeholder')} .sendLabel=${texts.t(note ? 'note_send' : 'send')}
				@draft=${(/** @type {CustomEvent} */ e) => desk.keepDraft(chat.id, kind, e.detail)}
				@typing=${(/** @type {CustomEvent} */ e) => desk.tellTyping(chat.id, e.detail)}
				@submit-text=${(/** @type {CustomEvent} */ e) => this.say(chat, e.detail, kind)}></sb-guided-composer>`)}
		</footer>`;
	}

	/** @param {import('./held-chat.js').HeldChat} chat @param {boolean} note */
	async write(chat, note) {
		const noting = new Set(this.noting);
		if (note) noting.add(chat.id);
		else noting.delete(chat.id);
		this.desk.tellTyping(chat.id, false);
		this.noting = noting;
		await this.updateComplete;
		this.focus();
	}

	/** @param {import('./held-chat.js').HeldChat} chat @param {string} text @param {'message' | 'note'} kind */
	say(chat, text, kind) {
		this.desk.write(chat.id, text, kind);
		/** @type {import('../lib/ui/thread.js').Thread | null} */ (this.renderRoot.querySelector('sb-thread'))?.toEnd();
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	confirmation(chat) {
		const { texts } = this;
		return html`<dialog aria-labelledby="end-title" @click=${(/** @type {Event} */ e) => e.target === this.dialog && this.dialog?.close()}>
			<div class="card"><h2 id="end-title">${texts.t('end.title', { name: this.name })}</h2><p>${texts.t('end.text')}</p>
			${chat.problem.startsWith('end.') ? html`<p class="error" role="alert">${texts.t(chat.problem)}</p>` : nothing}
			<div class="buttons"><button class="button" @click=${() => this.dialog?.close()}>${texts.t('end.no')}</button>
			<button class="button primary" data-testid="end-confirm" ?disabled=${chat.busy !== ''}
				@click=${() => this.end(chat)}>${texts.t('end.yes')}</button></div></div></dialog>`;
	}

	/** @param {import('./held-chat.js').HeldChat} chat what was asked stays asked; only who passes it to a queue has it no more */
	passed(chat) {
		if (this.desk.chats.has(chat.id)) this.focus();
		else this.dispatchEvent(new Event('passed'));
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	async takeBack(chat) {
		await this.desk.verbs.takeBack(chat);
		this.focus();
	}

	/** @param {import('./held-chat.js').HeldChat} chat */
	async end(chat) {
		if ((await this.desk.verbs.end(chat)) && this.dialog?.open) this.over();
	}

	/** There is nothing left to end: on to the result. */
	over() {
		this.dialog?.close();
		return this.focus();
	}
}
customElements.define('sb-conversation', Conversation);
