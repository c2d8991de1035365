// SPDX-License-Identifier: ISC
import { Backoff } from './backoff.js';
import { closeRule } from './close-codes.js';

const OPEN_TIMEOUT_MS = 10_000;
const PONG_TIMEOUT_MS = 10_000;
// A connection that lasted this long was a good one: its end is a new story, not the next failure of a row.
const SETTLED_MS = 10_000;
// The relay closes what pings more than twice a second; who asks again so soon learns nothing new.
const NUDGE_PAUSE_MS = 3_000;

/**
 * One `chat.v1` connection that keeps itself alive: hello as the first frame, heartbeat, the table of close codes, full-jitter back-off.
 *
 * idle → connecting → ready → waiting → connecting … → stopped
 *
 * Events: `state` after each change (read the properties), `frame` with `detail` = a frame of the relay, except ready/pong/reconnect.
 */
export class ChatSocket extends EventTarget {
	/** @type {ConnectionState} */
	state = 'idle';
	/** why it waits or has stopped (see close-codes.js) */
	reason = '';
	/** attempts since the last `ready`; two of them mean that something on the way refuses sockets */
	failures = 0;
	/** when the next attempt is due, by the page's clock (ms), while waiting */
	retryAt = 0;
	epoch = '';

	#options;
	#backoff;
	/** @type {WebSocket | null} */
	#socket = null;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#heart;
	#heartbeatMs = 25_000;
	#pingNumber = 0;
	#retryMs = 0;
	#strikes = 0;
	#attempt = 0;
	#readyAt = 0;
	#pingedAt = 0;
	/** a ping has not been answered yet */
	#asked = false;

	/**
	 * @param {{url: () => string, protocol?: string, hello: () => Promise<object> | object, renewable?: boolean, random?: () => number,
	 *   WebSocket?: typeof WebSocket}} options `hello` makes the first frame (for operators: fetches a ticket) and may reject;
	 *   `renewable`: a new hello can heal 4401
	 */
	constructor(options) {
		super();
		this.#options = options;
		this.#backoff = new Backoff({ random: options.random });
	}

	start() {
		if (this.state === 'idle' || this.state === 'stopped') {
			this.#strikes = 0;
			this.#connect();
		}
	}

	/** Closes for good, until start(). */
	stop() {
		this.#drop(1000);
		this.#enter('idle', '');
	}

	/** Something changed for the better (network back, page visible): try now rather than at the end of the back-off. */
	nudge() {
		if (this.state === 'waiting') this.#connect();
		else if (this.state === 'ready' && !this.#asked && Date.now() - this.#pingedAt >= NUDGE_PAUSE_MS) this.#ping();
	}

	/** @param {Frame} frame @returns {boolean} false: not connected; nothing is kept */
	send(frame) {
		if (this.state !== 'ready' || this.#socket?.readyState !== 1) return false;
		this.#socket.send(JSON.stringify(frame));
		return true;
	}

	async #connect() {
		this.#drop(1000);
		const attempt = ++this.#attempt;
		this.#enter('connecting', this.reason);
		let hello;
		try {
			hello = await this.#options.hello();
		} catch (error) {
			if (attempt === this.#attempt) this.#helloFailed(error);
			return;
		}
		if (attempt !== this.#attempt) return;
		const Socket = this.#options.WebSocket ?? WebSocket;
		let socket;
		try {
			socket = new Socket(this.#options.url(), this.#options.protocol ?? 'chat.v1');
		} catch {
			this.#lost(0);
			return;
		}
		this.#socket = socket;
		this.#timer = setTimeout(() => this.#abandon(socket), OPEN_TIMEOUT_MS);
		socket.onopen = () => socket.send(JSON.stringify(hello));
		socket.onmessage = ({ data }) => this.#receive(data);
		socket.onclose = ({ code }) => this.#lost(code);
	}

	/** @param {any} error */
	#helloFailed(error) {
		if (error?.code === 'unauthorized') this.#enter('stopped', 'unauthorized');
		else this.#wait(error?.retryMs ?? 0, error?.code ?? 'lost');
	}

	/** @param {unknown} data */
	#receive(data) {
		/** @type {Frame} */
		let frame;
		try {
			frame = JSON.parse(String(data));
		} catch {
			return;
		}
		this.#beat();
		if (frame.t === 'ready') this.#ready(frame);
		else if (frame.t === 'reconnect') this.#retryMs = Number(frame.after_ms) || 0;
		else if (frame.t !== 'pong') {
			if (frame.t === 'error' && frame.retry_ms) this.#retryMs = Number(frame.retry_ms) || 0;
			this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
		}
	}

	/** @param {Frame} frame */
	#ready(frame) {
		clearTimeout(this.#timer);
		this.epoch = String(frame.epoch ?? '');
		this.#heartbeatMs = Math.max(1, Number(frame.heartbeat_s) || 25) * 1000;
		this.#readyAt = Date.now();
		this.#retryMs = 0;
		this.failures = 0;
		this.#beat();
		this.#enter('ready', '');
	}

	// The next ping is always scheduled from the arrival of a frame: browsers slow down chains of timers in pages nobody looks at.
	#beat() {
		this.#asked = false;
		clearTimeout(this.#heart);
		this.#heart = setTimeout(() => this.#ping(), this.#heartbeatMs);
	}

	#ping() {
		const socket = this.#socket;
		if (!this.send({ t: 'ping', n: ++this.#pingNumber })) return;
		this.#pingedAt = Date.now();
		this.#asked = true;
		clearTimeout(this.#heart);
		this.#heart = setTimeout(() => this.#abandon(socket), PONG_TIMEOUT_MS);
	}

	/** A path that swallows everything never closes by itself. @param {WebSocket | null} socket */
	#abandon(socket) {
		if (socket === this.#socket) this.#lost(4408);
	}

	/** @param {number} code */
	#lost(code) {
		this.#drop(4408);
		if (this.#readyAt && Date.now() - this.#readyAt > SETTLED_MS) {
			this.#backoff.reset();
			this.#strikes = 0;
		}
		this.#readyAt = 0;
		const rule = closeRule(code);
		if (rule.action === 'stop' || (rule.action === 'renew' && !this.#options.renewable)) return this.#enter('stopped', rule.reason);
		if (rule.action !== 'retry' && ++this.#strikes > 1) return this.#enter('stopped', rule.reason);
		return this.#wait(this.#retryMs, rule.reason);
	}

	/** @param {number} atLeastMs @param {string} reason */
	#wait(atLeastMs, reason) {
		this.failures++;
		const delay = Math.max(atLeastMs, this.#backoff.next());
		this.#retryMs = 0;
		this.retryAt = Date.now() + delay;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#connect(), delay);
		this.#enter('waiting', reason);
	}

	/** @param {number} code */
	#drop(code) {
		clearTimeout(this.#timer);
		clearTimeout(this.#heart);
		this.#attempt++;
		const socket = this.#socket;
		this.#socket = null;
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		if (socket.readyState < 2) socket.close(code);
	}

	/** @param {ConnectionState} state @param {string} reason */
	#enter(state, reason) {
		this.state = state;
		this.reason = reason;
		if (state === 'stopped') this.#drop(1000);
		this.dispatchEvent(new Event('state'));
	}
}
