// SPDX-License-Identifier: ISC
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { lineText } from '../line-text.js';
import { threadRows } from '../rows.js';
import { clockTime, dayName, fullTime } from '../time.js';
import base from './base.sheet.css';
import styles from './thread.sheet.css';
import { icons } from './icons.js';
import { initials, linkedText } from './linked-text.js';

const NEAR_END_PX = 80;
// Up to three, and nothing else: they stand large and alone.
const EMOJI = /^(?:\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}\ufe0f]?(?:\u200d\p{Extended_Pictographic}\ufe0f?)*){1,3}$/u;

/**
 * The messages of one chat, for the customer or the operator.
 * Events: `pick` (detail {id, label}), `retry` and `discard` (detail cid), `redact` (detail a row) where `redacts` is set.
 */
export class Thread extends LitElement {
	static styles = [base, styles];
	static properties = {
		texts: { attribute: false },
		events: { attribute: false },
		pending: { attribute: false },
		me: { type: String },
		got: { type: Number },
		read: { type: Number },
		absent: { type: String },
		question: { type: String },
		typing: { type: String },
		label: { type: String },
		botName: { type: String },
		redacts: { type: Boolean },
		stamp: { attribute: false },
		behind: { state: true },
	};

	constructor() {
		super();
		/** @type {import('../i18n.js').Texts} */
		this.texts;
		/** @type {ChatEvent[]} */
		this.events = [];
		/** @type {OutboxEntry[]} */
		this.pending = [];
		/** @type {'customer' | 'operator'} */
		this.me = 'customer';
		this.got = 0;
		this.read = 0;
		/** since when the other side is not there, where that is known and to be told */
		this.absent = '';
		this.question = '';
		this.typing = '';
		this.label = '';
		this.botName = '';
		/** whoever looks may take the words of a message away */
		this.redacts = false;
		/** changes with the contents; the arrays keep their identity */
		this.stamp = 0;
		this.behind = false;
		this.atEnd = true;
		this.measure = 0;
	}

	get scroller() {
		return /** @type {HTMLElement} */ (this.renderRoot.querySelector('.scroll'));
	}

	firstUpdated() {
		// the last message stays in view while the keyboard opens or a picture of the page changes
		new ResizeObserver(() => this.follow()).observe(this.scroller);
	}

	updated() {
		this.follow();
	}

	follow() {
		const { scroller } = this;
		if (this.atEnd) scroller.scrollTop = scroller.scrollHeight;
		this.measure = scroller.scrollHeight * 100_000 + scroller.clientHeight;
	}

	scrolled() {
		const { scrollHeight, scrollTop, clientHeight } = this.scroller;
		if (this.measure !== scrollHeight * 100_000 + clientHeight) return; // the room or the contents changed, nobody scrolled
		this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
		this.behind = !this.atEnd;
	}

	toEnd() {
		this.atEnd = true;
		this.behind = false;
		this.follow();
	}

	render() {
		const rows = threadRows(this);
		return html`
			<div class="scroll" tabindex="0" role="log" aria-live="polite" aria-relevant="additions" aria-label=${this.label} @scroll=${this.scrolled}>
				<div class="list">
					<slot name="start"></slot>
					${repeat(rows, (row) => row.key, (row) => this.row(row))}
					${this.typing ? this.dots() : nothing}
					<slot name="end"></slot>
				</div>
			</div>
			${this.behind ? html`<button class="to-end button small" @click=${this.toEnd}>${icons.down}${this.texts.t('to_newest')}</button>` : nothing}`;
	}

	/** @param {import('../rows.js').Row} row */
	row(row) {
		if (row.type === 'day') return html`<div class="day"><span>${dayName(row.at, this.texts.locale)}</span></div>`;
		if (row.type === 'line') return html`<p class="line ${row.event.kind}"><span dir="auto">${lineText(row.event, this.me, this.texts)}</span></p>`;
		return this.message(row);
	}

	/** @param {import('../rows.js').MessageRow} row */
	message(row) {
		const classes = ['message', row.side, row.kind, row.note ? 'note' : '', row.first ? 'first' : '', row.last ? 'last' : '', row.state].filter(Boolean).join(' ');
		const who = this.whoOf(row);
		return html`<article class=${classes} data-seq=${row.seq || nothing} data-state=${row.state || nothing}>
			${row.side === 'theirs' ? html`<div class="face">${row.last ? this.face(row, who) : nothing}</div>` : nothing}
			<div class="stack">
				${row.first && this.named(row) ? html`<div class="who" dir="auto">${row.note ? icons.note : nothing}${who}</div>` : nothing}
				<span class="visually-hidden">${row.first && !this.named(row) ? `${who}: ` : ''}</span>
				${this.words(row)}
				${row.choices.length && this.me === 'operator' ? this.offered(row) : nothing}
				${row.foot ? this.foot(row) : nothing}
			</div>
		</article>${String(row.seq) === this.question && this.me === 'customer' ? this.choices(row) : nothing}`;
	}

	/** @param {import('../rows.js').MessageRow} row */
	words(row) {
		const title = fullTime(row.at, this.texts.locale);
		if (row.removed) return html`<div class="bubble removed" title=${title}>${this.texts.t('removed')}</div>`;
		const bubble = html`<div class="bubble ${EMOJI.test(row.body) ? 'emoji' : ''}" dir="auto" title=${title}>${linkedText(row.body)}</div>`;
		if (!this.redacts || !row.seq) return bubble;
		return html`<div class="said">${bubble}<button class="icon-button redact" aria-label=${this.texts.t('redact')} title=${this.texts.t('redact')} data-testid="redact"
			@click=${() => this.dispatchEvent(new CustomEvent('redact', { detail: row }))}>${icons.remove}</button></div>`;
	}

	/** @param {import('../rows.js').MessageRow} row */
	whoOf(row) {
		if (row.kind === 'bot') return row.name || this.botName || this.texts.t('bot_name');
		if (row.note) return this.texts.t('note_by', { name: row.name || this.texts.t('you') });
		if (row.kind === this.me) return row.name && this.me === 'operator' ? row.name : this.texts.t('you');
		return row.name || this.texts.t(row.kind === 'customer' ? 'customer' : 'operator');
	}

	/** @param {import('../rows.js').MessageRow} row */
	named(row) {
		return row.side === 'theirs' || row.note || row.kind === 'bot';
	}

	/** @param {import('../rows.js').MessageRow} row @param {string} who */
	face(row, who) {
		return html`<span class="avatar ${row.kind}" aria-hidden="true">${row.kind === 'bot' ? icons.bot : initials(who)}</span>`;
	}

	/** The wish for a person has its own button, always in the same place. @param {import('../rows.js').MessageRow} row */
	choices(row) {
		return html`<div class="choices" role="group" aria-label=${this.texts.t('choices')}>${row.choices.filter((c) => c.id !== 'person').map((choice) => html`
			<button class="choice" dir="auto" @click=${() => this.dispatchEvent(new CustomEvent('pick', { detail: choice }))}>${choice.label}</button>`)}</div>`;
	}

	/** @param {import('../rows.js').MessageRow} row */
	offered(row) {
		return html`<ul class="offered" aria-label=${this.texts.t('choices')}>${row.choices.map((c) => html`<li dir="auto">${c.label}</li>`)}</ul>`;
	}

	/** @param {import('../rows.js').MessageRow} row */
	foot(row) {
		const { texts } = this;
		if (row.state === 'failed') {
			return html`<div class="foot failed" role="alert">${icons.alert}<span>${texts.optional(`failed.${row.code}`) || texts.t('failed')}</span>
				<button @click=${() => this.dispatchEvent(new CustomEvent('retry', { detail: row.cid }))}>${texts.t('retry')}</button>
				<button @click=${() => this.dispatchEvent(new CustomEvent('discard', { detail: row.cid }))}>${texts.t('discard')}</button></div>`;
		}
		const time = html`<time datetime=${row.at}>${clockTime(row.at, texts.locale)}</time>`;
		if (!row.state) return html`<div class="foot">${time}</div>`;
		const undelivered = row.state === 'sent' && this.absent;
		const name = undelivered ? texts.t('state.undelivered', { time: clockTime(this.absent, texts.locale) }) : texts.t(`state.${row.state}`);
		const mark = row.state === 'read' || row.state === 'got' ? icons.checks : row.state === 'sent' ? icons.check : icons.clock;
		return html`<div class="foot">${time}<span class="state ${row.state}" title=${name}>${mark}
			<span class=${undelivered ? '' : 'visually-hidden'}>${name}</span></span></div>`;
	}

	dots() {
		return html`<div class="message theirs typing first last" aria-live="off" data-testid="typing">
			<div class="face"><span class="avatar" aria-hidden="true">${initials(this.typing)}</span></div>
			<div class="stack"><div class="bubble"><span class="visually-hidden">${this.texts.t('typing', { name: this.typing })}</span>
			<i></i><i></i><i></i></div></div></div>`;
	}
}
customElements.define('sb-thread', Thread);
