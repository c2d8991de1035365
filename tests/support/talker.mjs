// SPDX-License-Identifier: ISC
// A client that does what the real ones must: keeps an outbox until it is acked, comes back by itself, resumes from its cursors; and notes
// everything in a History. Built on a Customer or an Operator (people.mjs).
//
//   const talker = await new Talker(kim, history).start();   talker.say(kim.chat, 'hello');   talker.cut();   await talker.quiet();   await talker.stop();

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS, until } from './waiting.mjs';

const FINAL = [4400, 4401, 4403, 4404, 4409, 4410]; // codes after which a client stays away; an operator gets a new ticket each time
const HELLO_CHATS = 100;
const BACK_OFF_MS = { first: 20, most: 500 };

export class Talker {
	#stopped = true;
	#running = null;

	// `connection`: options for every connect ({ relay: 2 }, or a function for each time). `name` tells apart several of one party ("ana#2").
	// `transmit` puts a frame onto the wire; a test may send it more than once, or later, or over another connection.
	constructor(person, history, { connection = {}, name, transmit = (frame) => person.send(frame) } = {}) {
		this.person = person;
		this.history = history;
		this.connection = typeof connection === 'function' ? connection : () => connection;
		const kind = person.chat ? 'customer' : 'operator';
		this.who = { kind, name: name ?? (person.chat || person.name), display: person.display };
		this.cursors = new Map(person.chat ? [[person.chat, 0]] : []);
		this.outbox = new Map(); // cid → { chat, body }, oldest first
		this.acked = new Map(); // cid → seq
		this.failed = new Map(); // cid → code
		this.codes = []; // of every close that was not his own
		this.transmit = transmit;
		this.following = new Set(); // chats he was synced for on this connection and has not lost since
		this.over = new Set(); // chats whose end he has heard
		this.ready = false;
		this.connects = 0;
		this.frames = [];
		this.onFrame = null; // for a test that wants to act on what it hears
	}

	async start(timeout_ms = PATIENCE_MS) {
		this.#stopped = false;
		this.#running = this.#run();
		await until(() => this.ready, { what: `${this.who.name} to be ready`, timeout_ms });
		return this;
	}

	stop() {
		this.#stopped = true;
		this.person.close();
		return this.#running;
	}

	// Puts a message into the outbox, and onto the wire when there is one.
	say(chat, body) {
		const cid = randomUUID();
		this.outbox.set(cid, { chat, body });
		if (this.ready) this.#transmit(cid);
		return cid;
	}

	// The connection breaks in the middle of whatever is going on; true when it stood.
	cut() {
		const { ready, person: { socket } } = this;
		const stood = ready && socket.readyState === socket.OPEN;
		socket?.terminate();
		return stood;
	}

	// Everything said is acked (or refused), and everything stored in these chats has been heard.
	quiet(lastSeq = new Map()) {
		return until(() => this.ready && this.outbox.size === 0 && [...lastSeq].every(([chat, seq]) => (this.cursors.get(chat) ?? 0) >= seq),
			{ what: `${this.who.name} to be up to date` });
	}

	#note(entry) {
		this.history.note(this.who, entry);
	}

	async #run() {
		for (let wait = BACK_OFF_MS.first; !this.#stopped; wait = Math.min(wait * 2, BACK_OFF_MS.most)) {
			const code = await this.#connection();
			if (!this.#stopped) this.codes.push(code);
			if (code === 4410 && this.who.kind === 'customer') await this.#hearTheRest();
			if (this.#stopped || (FINAL.includes(code) && !(code === 4401 && this.who.kind === 'operator'))) break;
			if (this.wasReady) wait = BACK_OFF_MS.first;
			await pause(wait * (0.5 + Math.random()));
		}
	}

	// The cursors of the chats that are not known to be over; of many the latest, because a hello has a limit.
	#wanted() {
		const open = [...this.cursors].filter(([chat]) => !this.over.has(chat) || this.who.kind === 'customer');
		return Object.fromEntries(open.slice(-HELLO_CHATS));
	}

	// One connection from hello to its end; resolves with the close code (null when there was not even a socket).
	#connection() {
		this.wasReady = false;
		return new Promise((resolve) => {
			let over = false;
			const ended = (code) => {
				if (over) return;
				over = true;
				if (this.ready) this.#note({ what: 'close', code });
				this.ready = false;
				resolve(code);
			};
			const cursors = this.#wanted();
			const at = this.who.kind === 'customer' ? { last_seq: cursors[this.person.chat] } : { cursors };
			this.person.connect({ ...at, ...this.connection(), onFrame: (frame) => over || this.#hear(frame, cursors), onClose: ended })
				.catch((error) => {
					this.person.socket?.terminate();
					ended(error.closed ?? null);
				});
		});
	}

	#hear(frame, cursors) {
		this.frames.push(frame);
		const { t, chat, seq, cid } = frame;
		if (t === 'ready') this.#begin(cursors);
		if (t === 'resync') {
			this.cursors.set(chat, 0);
			this.#note({ what: 'resync', chat });
		}
		if (t === 'synced') {
			this.following.add(chat);
			this.#note({ what: 'synced', chat, seq });
		}
		if (t === 'event') this.#hearEvent(frame);
		if (t === 'ack') {
			this.#note({ what: 'ack', chat, cid, seq });
			this.#settle(cid, seq);
			if (seq === (this.cursors.get(chat) ?? 0) + 1) this.cursors.set(chat, seq);
		}
		if (t === 'error' && cid) this.#hearError(frame);
		if (t === 'offer') this.#note({ what: 'offer', chat });
		this.onFrame?.(frame);
	}

	#begin(cursors) {
		this.ready = this.wasReady = true;
		this.connects++;
		this.following.clear();
		this.#note({ what: 'connect', cursors });
		for (const cid of this.outbox.keys()) this.#transmit(cid);
	}

	#hearEvent({ chat, seq, cid, kind, author, body }) {
		this.#note({ what: 'recv', chat, seq, cid, kind, author, body });
		if (seq === (this.cursors.get(chat) ?? 0) + 1) this.cursors.set(chat, seq);
		const own = author?.kind === this.who.kind && (this.who.kind === 'customer' || author.name === this.who.display);
		if (cid && own) this.#settle(cid, seq);
		if (kind === 'ended') this.over.add(chat);
		if (kind === 'left' && own) this.following.delete(chat);
	}

	// A chat that ended while its customer was away has no socket for him any more: the last words come over HTTP.
	async #hearTheRest() {
		const { chat } = this.person;
		while (!this.#stopped && !this.over.has(chat)) {
			const after = this.cursors.get(chat);
			const page = await this.person.call('GET', `chats/${chat}/events?after=${after}`).catch(() => null);
			if (page) {
				this.#note({ what: 'connect', cursors: { [chat]: after } });
				for (const event of page.events) this.#hear({ t: 'event', ...event });
				if (!page.more) this.#note({ what: 'synced', chat, seq: page.last_seq });
			}
			if (!this.over.has(chat)) await pause(BACK_OFF_MS.most);
		}
	}

	// `unavailable` and `rate_limited` are for a moment: the message stays in the outbox.
	#hearError({ chat, cid, code, retry_ms }) {
		const said = this.outbox.get(cid);
		this.#note({ what: 'fail', chat: chat ?? said?.chat, cid, code });
		if (['unavailable', 'rate_limited'].includes(code)) {
			setTimeout(() => this.ready && this.outbox.has(cid) && this.#transmit(cid), retry_ms ?? 200).unref();
		} else if (said) {
			this.failed.set(cid, code);
			this.outbox.delete(cid);
		}
	}

	#settle(cid, seq) {
		this.acked.set(cid, seq);
		this.outbox.delete(cid);
	}

	#transmit(cid) {
		const { chat, body } = this.outbox.get(cid);
		this.#note({ what: 'send', chat, cid, body });
		this.transmit({ t: 'send', chat, cid, body });
	}
}
