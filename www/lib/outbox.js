// SPDX-License-Identifier: ISC
import { Backoff } from './backoff.js';
import { uuid } from './uuid.js';

// Refusals that the same message meets again; everything else passes (no connection, database away, too fast).
const FINAL = new Set(['invalid', 'conflict', 'too_large', 'gone', 'forbidden', 'origin_denied', 'not_found', 'not_owner', 'bad_state', 'closed',
	'bad_request', 'unsupported_media', 'unknown_type']);

/**
 * Messages the server has not confirmed. Each is written to storage before it is sent and leaves it when it is stored there; it keeps its cid, so that a
 * repeat is stored once. One message of a chat is under way at a time: what a person wrote first arrives first.
 *
 * Events: `change`; `sent` with detail {entry, seq, at, body}.
 */
export class Outbox extends EventTarget {
	#store;
	#transport;
	#timeoutMs;
	/** @type {Map<string, OutboxEntry>} by cid */
	#entries = new Map();
	/** @type {Map<string, {cid: string, timer?: ReturnType<typeof setTimeout>, backoff: Backoff, busy: boolean}>} by chat */
	#lanes = new Map();
	#order = Date.now();
	#stopped = false;

	/**
	 * @param {import('./storage.js').Store} store
	 * @param {(entry: OutboxEntry) => Promise<import('./acks.js').Ack>} transport rejects with {code, retryMs?}
	 * @param {{timeoutMs?: number}} [options] after this long without an answer the same message is sent again
	 */
	constructor(store, transport, { timeoutMs = 20_000 } = {}) {
		super();
		this.#store = store;
		this.#transport = transport;
		this.#timeoutMs = timeoutMs;
		for (const name of store.names('out:')) this.reread(name);
	}

	/** A storage key changed, here at start or by another tab. @param {string} name */
	reread(name) {
		if (!name.startsWith('out:')) return;
		const cid = name.slice(4);
		const saved = this.#store.get(name);
		if (saved?.cid === cid && typeof saved.chat === 'string') {
			if (!this.#entries.has(cid)) this.#entries.set(cid, { ...saved, state: saved.state === 'failed' ? 'failed' : 'waiting' });
		} else if (!saved) {
			this.#entries.delete(cid);
		}
		this.#changed();
	}

	/** @param {string} chat @returns {OutboxEntry[]} in the order they were written */
	pending(chat) {
		return [...this.#entries.values()].filter((e) => e.chat === chat).sort((a, b) => a.order - b.order);
	}

	/**
	 * @param {{chat: string, kind?: 'message' | 'note', body?: string, choice?: string, label?: string}} message
	 * @returns {OutboxEntry}
	 */
	add({ chat, kind = 'message', body, choice, label }) {
		this.#order = Math.max(this.#order + 1, Date.now());
		/** @type {OutboxEntry} */
		const entry = { cid: uuid(), chat, kind, body, choice, label, order: this.#order, at: new Date().toISOString(), state: 'waiting' };
		this.#entries.set(entry.cid, entry);
		this.#save(entry);
		this.#changed();
		this.kick(chat);
		return entry;
	}

	/** A person asks for another attempt. A cid whose body was refused as a conflict is burnt, so a new one is taken. @param {string} cid */
	retry(cid) {
		const entry = this.#entries.get(cid);
		if (!entry || entry.state !== 'failed') return;
		this.#forget(cid);
		const again = { ...entry, cid: entry.code === 'conflict' ? uuid() : cid, state: /** @type {const} */ ('waiting'), code: undefined };
		this.#entries.set(again.cid, again);
		this.#save(again);
		this.#changed();
		this.kick(again.chat);
	}

	/** @param {string} cid */
	discard(cid) {
		this.#forget(cid);
		this.#changed();
	}

	/** @param {string} chat everything of it */
	discardChat(chat) {
		for (const entry of this.pending(chat)) this.#forget(entry.cid);
		this.#changed();
	}

	/** The server's event shows that it is stored. @param {string} cid */
	confirm(cid) {
		if (!this.#entries.has(cid)) return;
		this.#forget(cid);
		this.#changed();
	}

	/** No more attempts; what is not confirmed stays in the store for the next outbox. */
	stop() {
		this.#stopped = true;
		for (const lane of this.#lanes.values()) clearTimeout(lane.timer);
	}

	/** The way is free (again): try now. @param {string} [chat] all where absent */
	kick(chat) {
		const chats = chat ? [chat] : new Set([...this.#entries.values()].map((e) => e.chat));
		for (const each of chats) this.#pump(each);
	}

	/** @param {string} chat */
	async #pump(chat) {
		const lane = this.#lanes.get(chat) ?? { cid: '', backoff: new Backoff(), busy: false };
		this.#lanes.set(chat, lane);
		clearTimeout(lane.timer);
		if (lane.busy || this.#stopped) return;
		const entry = this.pending(chat).find((e) => e.state !== 'failed');
		if (!entry) return;
		lane.busy = true;
		entry.state = 'sending';
		this.#changed();
		let pause = 0;
		try {
			const { seq, at, body } = await this.#within(this.#transport(entry));
			lane.backoff.reset();
			if (this.#entries.has(entry.cid)) this.dispatchEvent(new CustomEvent('sent', { detail: { entry, seq, at, body } }));
			this.#forget(entry.cid);
		} catch (error) {
			pause = this.#refused(entry, error, lane.backoff);
		}
		lane.busy = false;
		this.#changed();
		if (pause) lane.timer = setTimeout(() => this.#pump(chat), pause);
		else this.#pump(chat);
	}

	/** @param {OutboxEntry} entry @param {any} error @param {Backoff} backoff @returns {number} milliseconds until the next attempt, 0 for none */
	#refused(entry, error, backoff) {
		const code = error?.code ?? 'offline';
		if (FINAL.has(code)) {
			entry.state = 'failed';
			entry.code = code;
			this.#save(entry);
			return 0;
		}
		entry.state = 'waiting';
		return Math.max(error?.retryMs ?? 0, backoff.next());
	}

	/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
	#within(promise) {
		/** @type {ReturnType<typeof setTimeout>} */
		let timer;
		const late = new Promise((_, reject) => { timer = setTimeout(() => reject({ code: 'offline' }), this.#timeoutMs); });
		return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() => clearTimeout(timer));
	}

	/** @param {OutboxEntry} entry */
	#save(entry) {
		if (this.#entries.has(entry.cid)) this.#store.set(`out:${entry.cid}`, entry);
	}

	/** @param {string} cid */
	#forget(cid) {
		this.#entries.delete(cid);
		this.#store.remove(`out:${cid}`);
	}

	#changed() {
		this.dispatchEvent(new Event('change'));
	}
}
