// SPDX-License-Identifier: ISC
import { Acks } from '../lib/acks.js';
import { Backoff } from '../lib/backoff.js';
import { ChatSocket } from '../lib/chat-socket.js';
import { uuid } from '../lib/uuid.js';

const RESTART_MS = 20_000;
// Two failed attempts without a single `ready`.
const REFUSED_AFTER = 2;

/**
 * An operator's connection: the socket with a ticket for each hello, and HTTP for what must leave without it.
 * Events: `state`; `frame` (detail Frame) for all that is no answer to a message; `signed-out`.
 */
export class Line extends EventTarget {
	#api;
	#cursors;
	#acks = new Acks();
	/** one page, one connection: a reconnect replaces what is left of the one before */
	#tab = uuid();
	/** @type {RelayAddress} */
	#relay = { url: '', protocol: 'chat.v1' };
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#restart;
	#backoff = new Backoff({ min: 600, max: 5_000 });
	/** @type {ChatSocket} */
	#socket;

	/** @param {import('../lib/api.js').Api} api @param {() => Record<string, number>} cursors what is known of each chat, at each hello */
	constructor(api, cursors) {
		super();
		this.#api = api;
		this.#cursors = cursors;
		this.#socket = new ChatSocket({ url: () => this.#relay.url, hello: () => this.#hello(), renewable: true });
		this.#socket.addEventListener('state', () => this.#changed());
		this.#socket.addEventListener('frame', (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
	}

	get ready() {
		return this.#socket.state === 'ready';
	}

	/** Something on the way refuses sockets, or swallows them, rather than that one was lost just now. */
	get refused() {
		return this.#socket.state !== 'ready' && this.#socket.failures >= REFUSED_AFTER && this.#socket.reason !== 'replaced';
	}

	/** @returns {'' | 'offline' | 'reconnecting' | 'interrupted' | 'replaced'} what is wrong with it */
	get trouble() {
		const { state, reason, failures } = this.#socket;
		if (!navigator.onLine) return 'offline';
		if (state === 'stopped' && reason === 'replaced') return 'replaced';
		if (state === 'ready' || state === 'idle' || (state === 'connecting' && !failures && !reason)) return '';
		return reason === 'unavailable' ? 'interrupted' : 'reconnecting';
	}

	start() {
		this.#socket.start();
	}

	stop() {
		clearTimeout(this.#restart);
		this.#socket.stop();
	}

	nudge() {
		this.#socket.nudge();
	}

	/** @param {Frame} frame @returns {boolean} false: not connected; nothing is kept */
	send(frame) {
		return this.#socket.send(frame);
	}

	/** Brings one message to the server. @param {OutboxEntry} entry @returns {Promise<import('../lib/acks.js').Ack>} */
	async post({ cid, chat, body, kind }) {
		const note = kind === 'note';
		if (this.ready) {
			const answer = this.#acks.expect(cid);
			if (this.send({ t: note ? 'note' : 'send', chat, cid, body })) return answer;
		}
		return this.#api.post(`operator/chats/${chat}/${note ? 'notes' : 'messages'}`, { cid, body });
	}

	async #hello() {
		const { ticket, relay } = await this.#api.post('session/ticket');
		this.#relay = relay;
		const epoch = this.#socket.epoch || undefined;
		return { t: 'hello', ticket, cursors: this.#cursors(), tab: this.#tab, ...(epoch ? { epoch } : {}) };
	}

	#changed() {
		const { state, reason } = this.#socket;
		if (state !== 'ready') this.#acks.fail();
		if (state === 'ready') this.#backoff.reset();
		if (state === 'stopped' && reason === 'unauthorized') this.#verify();
		else if (state === 'stopped' && reason !== 'replaced') this.#startAfter(RESTART_MS);
		this.dispatchEvent(new Event('state'));
	}

	/** The relay did not take our ticket. Only the API says whether the session is over; if it is not, a new ticket will do. */
	async #verify() {
		try {
			await this.#api.get('session');
		} catch (error) {
			if (error.code === 'unauthorized') return void this.dispatchEvent(new Event('signed-out'));
		}
		this.#startAfter(this.#backoff.next());
	}

	/** @param {number} ms */
	#startAfter(ms) {
		clearTimeout(this.#restart);
		this.#restart = setTimeout(() => this.#socket.start(), ms);
	}

	/** @param {Frame} frame */
	#frame(frame) {
		if ((frame.t === 'ack' || (frame.t === 'error' && frame.cid)) && this.#acks.settle(frame)) return;
		this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
	}
}
