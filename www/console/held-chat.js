// SPDX-License-Identifier: ISC
import { readChat } from '../lib/chat-state.js';
import { EventStore } from '../lib/event-store.js';
import { Marks } from '../lib/marks.js';

// The database learns of a closed socket a moment after the relay: what an answer says in this time may be older than the frame.
const HEARSAY_MS = 2000;

/** One chat on an operator's desk: who it is, what was said, what has not been looked at. Knows nothing of connections. */
export class HeldChat {
	events = new EventStore();
	view = readChat([]);
	typing = false;
	here = true;
	/** since when the customer is not there, as far as known */
	awaySince = '';
	/** when a frame last told of it, by the page's clock */
	#heardAt = -Infinity;
	marks = new Marks('operator');
	/** the server counts it as ours; an ended chat stays here until its result is filed */
	owned = true;
	/** by the page's clock; an answer to a question asked before says nothing about it */
	since = performance.now();
	busy = '';
	problem = '';

	/** a colleague who was asked to take it over, and until when he may, by the page's clock @type {PendingTransfer & {deadline: number} | null} */
	transfer = null;
	/** whom it was held out to last, until its story tells how that ended: a look at the desk may be quicker @type {PendingTransfer | null} */
	asked = null;

	/** @param {OperatorChat} info */
	constructor(info) {
		this.id = info.id;
		/** @type {OperatorChat} */
		this.info = info;
		this.update(info);
	}

	/** @param {OperatorChat} info what the server says now */
	update(info) {
		this.info = { ...this.info, idle: false, closing: '', ...info };
		this.owned = true;
		this.transfer = info.transfer ? { ...info.transfer, deadline: performance.now() + info.transfer.expires_in_s * 1000 } : null;
		this.asked = info.transfer ?? this.asked;
		this.marks.take(info.marks);
		const heardOf = performance.now() - this.#heardAt < HEARSAY_MS;
		if (typeof info.customer_here === 'boolean' && !heardOf) this.saw(info.customer_here, info.customer_away_since);
	}

	/** @param {Frame} frame `presence` of the customer */
	hear(frame) {
		this.#heardAt = performance.now();
		this.saw(frame.online === true, frame.away_s === undefined ? undefined : new Date(Date.now() - frame.away_s * 1000).toISOString());
	}

	/** @param {boolean} here the customer is @param {string} [since] or since when not */
	saw(here, since) {
		this.awaySince = here ? '' : since ?? (this.here ? new Date().toISOString() : this.awaySince);
		this.here = here;
		if (!here) this.typing = false;
	}

	/** highest seq this operator has looked at, here or elsewhere */
	get seen() {
		return this.marks.own.read;
	}

	set seen(seq) {
		this.marks.own.read = seq;
	}

	/** @param {ChatEvent[]} events @returns {ChatEvent[]} those that were not known */
	take(events) {
		const fresh = events.filter((event) => event.chat === this.id && this.events.add(event));
		if (!fresh.length) return fresh;
		this.view = readChat(this.events.events);
		for (const event of fresh) {
			if (event.author?.kind === 'customer' || event.kind === 'ended') this.typing = false;
			if (event.author?.kind === 'operator' && event.kind === 'message') this.seen = Math.max(this.seen, event.seq);
		}
		return fresh;
	}

	/** @param {ChatEvent[]} fresh @returns {string} the colleague who was asked and did not take it over, '' when these events tell of none */
	refusedBy(fresh) {
		const { asked } = this;
		const end = asked && fresh.findLast((event) => event.kind === 'transfer_failed');
		if (!end) return '';
		this.asked = null;
		return end.data?.reason === 'withdrawn' ? '' : asked.name;
	}

	/** Until when the customer can be answered, where his channel has such an end; '' where it has none. His next word moves it on. */
	get windowUntil() {
		const until = this.info.channel?.window_until;
		if (!until) return '';
		const last = this.events.events.findLast(isCustomers)?.at;
		const moved = last ? new Date(Date.parse(last) + 86_400_000).toISOString() : '';
		return moved > until ? moved : until;
	}

	forget() {
		this.events.clear();
		this.marks.clear();
		this.view = readChat([]);
	}

	get ended() {
		return this.view.state === 'ended' || ['ended', 'wrap_up', 'abandoned'].includes(this.info.state);
	}

	/** @returns {ChatEvent | undefined} the last thing that somebody said */
	get latest() {
		return this.events.events.findLast((event) => event.body && (event.kind === 'message' || event.kind === 'bot_message'));
	}

	/** @param {ChatEvent[]} events @param {number} seen @returns {ChatEvent | undefined} the last of them that the customer said, after that seq and to us */
	newest(events, seen) {
		return events.findLast((event) => isCustomers(event) && event.seq > seen && event.seq > this.#joined);
	}

	/** Messages of the customer that came after what the operator has looked at. */
	get unread() {
		return this.events.events.filter((event) => event.seq > this.seen && isCustomers(event) && event.seq > this.#joined).length;
	}

	/** Since when the customer waits for an answer of ours; '' while the next word is the customer's. */
	get waitingSince() {
		if (this.ended) return '';
		let since = '';
		for (let i = this.events.events.length - 1; i >= 0; i--) {
			const event = this.events.events[i];
			if (event.kind === 'message' && event.author?.kind === 'operator') return since;
			if (event.kind === 'joined') return event.at; // we have said nothing yet
			if (isCustomers(event)) since = event.at;
		}
		return since;
	}

	/** What was said before the operator came is read with the first look and rings no bell. */
	get #joined() {
		return this.events.events.findLast((event) => event.kind === 'joined')?.seq ?? 0;
	}
}

/** @param {ChatEvent} event */
export const isCustomers = (event) => event.kind === 'message' && event.author?.kind === 'customer';
