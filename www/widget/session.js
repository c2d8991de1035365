// SPDX-License-Identifier: ISC
import { Acks } from '../lib/acks.js';
import { ChatSocket } from '../lib/chat-socket.js';
import { readChat } from '../lib/chat-state.js';
import { EventStore } from '../lib/event-store.js';
import { Marks } from '../lib/marks.js';
import { Outbox } from '../lib/outbox.js';
import { uuid } from '../lib/uuid.js';
import { BLINK_MS, bannerOf } from './banner.js';
import { Contact } from './contact.js';
import { openChat, ownEvent, problemOf } from './opening.js';
import { Person } from './person.js';
import { Poller } from './poller.js';
import { Typist } from './typist.js';

const RECEIPT_PAUSE_MS = 150;
const SLOW_MS = 4000;
const HOLE_PATIENCE_MS = 1500;
// Two failed attempts without a single `ready`: something between refuses sockets, so HTTP carries the chat meanwhile.
const FALLBACK_AFTER = 2;
// Where sockets are swallowed rather than refused, nobody waits for their time to run out.
const FALLBACK_AFTER_MS = 4000;

/** @typedef {{id: string, token: string, relay?: RelayAddress, person?: boolean}} Credential `person`: the site has said whose chat it is */
/** @typedef {import('./opening.js').StartProblem} StartProblem */

/**
 * The customer's side of one chat: from the chat request to the rating, over whatever connection there is.
 * Event `change` after anything that is shown has changed.
 */
export class ChatSession extends EventTarget {
	/** @type {'welcome' | 'starting' | 'chat' | 'lost'} */
	phase = 'welcome';
	/** @type {StartProblem | null} */
	problem = null;
	/** when the chat request is sent again that we were asked to wait with; 0: not waiting */
	retryAt = 0;
	events = new EventStore();
	view = readChat([]);
	/** @type {{position: number, wait: Wait | null} | null} */
	place = null;
	synced = false;
	marks = new Marks('customer');
	/** the operator, once there is one */
	contact = new Contact(async () => (await this.#api.get(`chats/${this.chat}`)).chat.operator_live, () => this.#changed());
	typist = new Typist(() => this.#changed());
	unread = 0;
	visible = false;
	ending = false;

	#api;
	#store;
	#last;
	#key;
	#person;
	/** @type {RelayAddress | undefined} */
	#relay;
	/** @type {Credential | null} */
	#credential = null;
	#acks = new Acks();
	/** @type {ChatSocket} */
	#socket;
	/** @type {Poller} */
	#poller;
	/** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
	#timers = {};
	#starting = 0;
	#placings = 0;
	#lostAt = 0;
	#stale = false;
	/** names this page to the relay: our next connection replaces one that hangs half-open, and nobody else's */
	#tab = uuid();

	/**
	 * @param {{api: import('../lib/api.js').Api, key: string, store: import('../lib/storage.js').Store, tab: import('../lib/storage.js').Store,
	 *   relay?: RelayAddress, person?: Person}} given `store` outlives the tab, `tab` does not
	 */
	constructor({ api, key, store, tab, relay, person = new Person() }) {
		super();
		this.#api = api;
		this.#store = store;
		this.#last = tab;
		this.#key = key;
		this.#relay = relay;
		this.#person = person;
		person.addEventListener('change', () => this.#saved && this.#admit(this.#saved));
		this.outbox = new Outbox(store, (entry) => this.#post(entry));
		this.outbox.addEventListener('change', () => {
			this.#changed();
			if (this.pending.length) this.#later('slow', SLOW_MS + 100, () => this.#changed());
		});
		this.outbox.addEventListener('sent', (event) => this.#take([ownEvent(/** @type {CustomEvent} */ (event).detail)]));
		this.#socket = new ChatSocket({ url: () => this.#address().url, hello: () => this.#hello() });
		this.#socket.addEventListener('state', () => this.#connection());
		this.#socket.addEventListener('frame', (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
		this.#poller = new Poller(() => this.#fetch());
		this.#poller.addEventListener('state', () => (this.#poller.working && this.outbox.kick(), this.#changed()));
		store.watch((name) => this.#otherTab(name));
		addEventListener('online', () => this.#socket.nudge());
		addEventListener('offline', () => this.#changed());
		document.addEventListener('visibilitychange', () => this.#arrived());
	}

	get chat() {
		return this.#credential?.id ?? '';
	}

	get durable() {
		return this.#store.durable;
	}

	get pending() {
		return this.outbox.pending(this.chat);
	}

	/** What the banner says: '' all is well. */
	get banner() {
		if (this.phase !== 'chat' || this.view.state === 'ended') return '';
		return bannerOf({ socket: this.#socket, polls: this.#poller.working, slow: this.#slow, lostAt: this.#lostAt, synced: this.synced });
	}

	/** The connection lives, yet a message is not stored: the database may be away. */
	get #slow() {
		return this.pending.some((entry) => entry.state !== 'failed' && Date.now() - Date.parse(entry.at) > SLOW_MS);
	}

	/** At the start of the page: the chat that was going on, or one whose request was on its way. */
	resume() {
		const saved = this.#saved;
		if (saved) return void this.#admit(saved);
		const request = this.#store.get('start');
		return request?.request_key ? void this.#request(request) : undefined;
	}

	/** @returns {Credential | null} */
	get #saved() {
		const saved = this.#credential ?? this.#store.get('chat') ?? this.#last.get('chat');
		return saved?.id && saved?.token ? saved : null;
	}

	/** A chat is shown to whose it is, and to nobody who came after. @param {Credential} saved */
	async #admit(saved) {
		const turn = ++this.#starting;
		if (!this.chat) this.#api.token = saved.token;
		if (!this.chat && this.#person.token) this.phase = 'starting';
		const verdict = await this.#person.judge(this.#api, this.#key, saved);
		if (turn !== this.#starting) return;
		if (verdict === 'no') return this.restart();
		if (verdict === 'bound' && !saved.person) {
			saved.person = true;
			if (this.#store.get('chat')) this.#store.set('chat', saved);
		}
		if (verdict !== 'unknown' && !this.chat) return this.#enter(saved);
		if (!this.chat) this.phase = 'welcome';
		if (verdict === 'unknown' && this.#person.token) this.#later('admit', 3000, () => this.#saved && this.#admit(this.#saved));
		this.#changed();
	}

	/** @param {Record<string, unknown>} about name, locale, page_url, referrer; empty members are left out */
	start(about) {
		const known = Object.fromEntries(Object.entries(about).filter(([, value]) => value));
		const request = { request_key: uuid(), widget: this.#key, ...known };
		this.#store.set('start', request);
		this.#request(request);
	}

	/** @param {Record<string, unknown>} request */
	async #request(request) {
		const turn = ++this.#starting;
		Object.assign(this, { phase: 'starting', problem: null });
		this.#waits(0);
		const given = { api: this.#api, request, person: this.#person, wanted: () => turn === this.#starting, waits: (/** @type {number} */ until) => this.#waits(until) };
		const credential = await openChat({ ...given, keep: (kept) => this.#store.set('start', kept) }).catch((error) => this.#refused(error));
		if (!credential) return;
		this.#store.set('chat', credential);
		this.#store.remove('start');
		this.#enter(credential);
	}

	/** @param {number} until */
	#waits(until) {
		this.retryAt = until;
		this.#changed();
	}

	/** @param {import('../lib/api.js').ApiError} error */
	#refused(error) {
		this.#store.remove('start');
		this.phase = 'welcome';
		this.problem = problemOf(error);
		this.#changed();
	}

	/** @param {Credential} credential */
	#enter(credential) {
		this.#credential = credential;
		this.#api.token = credential.token;
		this.phase = 'chat';
		this.marks.own.read = this.#store.get('read') ?? 0;
		this.#socket.start();
		this.#changed();
	}

	/** Back to the welcome; the old chat's messages that were never stored go with it. */
	restart() {
		if (this.chat) this.outbox.discardChat(this.chat);
		this.#starting++;
		this.#stale = false;
		for (const name of ['chat', 'read', 'start']) this.#store.remove(name);
		this.#last.remove('chat');
		this.#socket.stop();
		this.#poller.stop();
		this.#credential = this.#api.token = this.problem = null;
		this.events.clear();
		this.view = readChat([]);
		this.marks.clear();
		this.contact.reset();
		this.typist.rest();
		Object.assign(this, { phase: 'welcome', retryAt: 0, synced: false, unread: 0, ending: false });
		this.#placed();
	}

	/** @param {string} body */
	say(body) {
		this.outbox.add({ chat: this.chat, body });
		this.#poller.stir();
	}

	/** @param {Choice} choice */
	pick(choice) {
		this.outbox.add({ chat: this.chat, choice: choice.id, label: choice.label });
	}

	/** @param {boolean} on */
	tellTyping(on) {
		this.#socket.send({ t: 'typing', chat: this.chat, on });
	}

	/** @param {boolean} visible the panel is open */
	show(visible) {
		this.visible = visible;
		this.#arrived();
	}

	/** Somebody may be looking again, perhaps after the machine slept: find out at once whether the connection still lives. */
	#arrived() {
		if (this.phase === 'chat' && document.visibilityState === 'visible') this.#socket.nudge();
		if (document.visibilityState === 'visible') this.#poller.stir();
		this.#looked();
	}

	async end() {
		this.ending = true;
		this.#changed();
		try {
			await this.#api.post(`chats/${this.chat}/end`);
			await this.#fetch();
		} catch (error) {
			if (error.code !== 'gone' && error.code !== 'bad_state') throw error;
		} finally {
			this.ending = false;
			this.#changed();
		}
	}

	/** @param {number} score @param {string} [comment] */
	async rate(score, comment) {
		await this.#api.post(`chats/${this.chat}/rating`, comment ? { score, comment } : { score });
		this.view.rating = score;
		this.#changed();
	}

	/** @returns {Promise<Blob>} */
	transcript() {
		return this.#api.blob(`chats/${this.chat}/transcript?format=txt`);
	}

	/** Another window took the connection over; this one takes it back. */
	takeOver() {
		this.#socket.start();
	}

	/** @returns {object} */
	#hello() {
		const epoch = this.#socket.epoch || undefined;
		return { t: 'hello', token: this.#credential?.token, chat: this.chat, last_seq: this.#stale ? 0 : this.events.contiguous, tab: this.#tab, ...(epoch ? { epoch } : {}) };
	}

	/** @returns {RelayAddress} */
	#address() {
		return this.#credential?.relay ?? this.#relay ?? { url: '', protocol: 'chat.v1' };
	}

	/** @param {OutboxEntry} entry */
	#post({ cid, chat, body, choice }) {
		const message = choice ? { cid, choice } : { cid, body };
		if (chat !== this.chat) return Promise.reject({ code: 'gone' });
		if (this.#socket.state === 'ready') {
			const answer = this.#acks.expect(cid);
			this.#socket.send({ t: 'send', chat, ...message });
			return answer;
		}
		if (this.#poller.running) return this.#api.post(`chats/${chat}/messages`, message);
		return Promise.reject({ code: 'offline' });
	}

	#connection() {
		const { state, reason, failures } = this.#socket;
		if (state !== 'ready') void (this.#acks.fail(), this.contact.hear(false));
		if (state === 'connecting') this.#later('swallowed', FALLBACK_AFTER_MS, () => this.#socket.state === 'connecting' && this.#poller.start());
		if (state === 'waiting' && !this.#lostAt) {
			this.#lostAt = Date.now();
			this.#later('blink', BLINK_MS + 50, () => this.#changed());
		}
		if (state === 'ready') {
			this.#lostAt = 0;
			this.#poller.stop();
			this.marks.doubt();
			this.outbox.kick();
		} else if (state === 'waiting' && failures >= FALLBACK_AFTER) {
			this.#poller.start();
		} else if (state === 'stopped') {
			this.#stopped(reason);
		}
		this.#changed();
	}

	/** @param {string} reason */
	#stopped(reason) {
		if (reason === 'unauthorized' || reason === 'forbidden' || reason === 'not_found' || reason === 'gone') this.#verify();
		else if (reason !== 'replaced') this.#poller.start();
	}

	/** The relay does not want this chat any more: ended (then its history is still ours), or unknown. */
	async #verify() {
		try {
			await this.#fetch();
			if (this.view.state !== 'ended') this.#poller.start();
		} catch (error) {
			if (error.passing) this.#timers.verify = setTimeout(() => this.#verify(), 3000);
			else if (['unauthorized', 'not_found', 'gone', 'forbidden'].includes(error.code)) this.#lose();
		}
	}

	#lose() {
		if (this.events.highest && this.view.state === 'ended') return;
		this.#store.remove('chat');
		this.#last.remove('chat');
		this.phase = this.events.highest ? 'lost' : 'welcome';
		this.#changed();
	}

	/** All events after what we have, and where the chat stands. @returns {Promise<boolean>} there were any */
	async #fetch() {
		const before = this.events.highest;
		for (;;) {
			const answer = await this.#api.get(`chats/${this.chat}/events?after=${this.events.contiguous}&limit=200`);
			this.#take(answer.events ?? []);
			this.marks.take(answer.marks);
			this.#looked();
			if (this.#poller.running) this.contact.tell(answer.operator_live);
			if (!answer.more || !answer.events?.length) break;
		}
		this.synced = true;
		if (this.view.state === 'queued') await this.#fetchPlace();
		return this.events.highest > before;
	}

	/** What was asked for before something newer was heard is not told any more. */
	async #fetchPlace() {
		const turn = ++this.#placings;
		const { chat } = await this.#api.get(`chats/${this.chat}`);
		if (turn === this.#placings) this.#placed(chat.position, chat.wait);
	}

	/** @param {number} [position] @param {Wait | null} [wait] */
	#placed(position, wait) {
		this.#placings++;
		this.place = typeof position === 'number' ? { position, wait: wait ?? null } : null;
		this.#changed();
	}

	/** @param {Frame} frame */
	#frame(frame) {
		if (frame.chat && frame.chat !== this.chat) return;
		switch (frame.t) {
			case 'event':
				if (this.#stale) this.events.clear();
				this.#stale = false;
				return this.#take([/** @type {any} */ (frame)]);
			case 'ack':
				return void this.#acks.settle(frame);
			case 'synced':
				this.synced = true;
				this.marks.take(frame.marks);
				this.#watchContact();
				this.#looked();
				this.outbox.kick();
				return this.#changed();
			case 'queue':
				return this.#placed(frame.position, frame.wait);
			case 'typing':
				return frame.author?.kind === 'customer' ? undefined : this.typist.tell(frame.on ? frame.author?.name || this.view.operator || '…' : '');
			case 'got':
			case 'read':
				return void (this.marks.hear(frame), this.#changed());
			case 'presence':
				this.contact.hear(frame.online === true);
				return this.#watchContact();
			case 'resync':
				this.marks.clear();
				this.#stale = true; // the whole history follows; until it does, what was there is better than nothing
				return undefined;
			case 'error':
				return void (frame.cid && this.#acks.settle(frame));
			default:
				return undefined; // newer relays may say more
		}
	}

	#watchContact() {
		this.contact.watch(this.view.state === 'active' && this.#socket.state === 'ready');
	}

	/** @param {ChatEvent[]} events */
	#take(events) {
		let changed = false;
		for (const event of events) {
			changed = this.events.add(event) || changed;
			if (event.cid) this.outbox.confirm(event.cid);
			if (event.author?.kind === 'operator' && event.kind === 'message') this.typist.rest();
		}
		if (!changed) return;
		this.view = readChat(this.events.events);
		if (this.view.state === 'active' || this.view.state === 'ended') this.#placed(); // the place may arrive before the event that it is about
		if (this.view.state === 'ended') this.#over();
		if (this.synced) this.#watchContact();
		if (this.events.highest > this.events.contiguous) this.#later('hole', HOLE_PATIENCE_MS, () => this.#mend());
		if (this.view.state === 'queued' && !this.place) this.#later('place', 1000, () => this.place || this.#fetchPlace().catch(() => {}));
		this.#looked();
	}

	/** Events are missing in the middle: ask for them. */
	#mend() {
		if (this.events.highest > this.events.contiguous) this.#fetch().catch(() => this.#later('hole', HOLE_PATIENCE_MS, () => this.#mend()));
	}

	/** The token leaves lasting storage with the end of the chat; this tab keeps it for the transcript and the rating. */
	#over() {
		this.typist.rest();
		this.#last.set('chat', this.#credential);
		for (const name of ['chat', 'read']) this.#store.remove(name);
		this.#poller.stop();
	}

	/** @param {string} name @param {number} ms @param {() => void} act */
	#later(name, ms, act) {
		clearTimeout(this.#timers[name]);
		this.#timers[name] = setTimeout(act, ms);
	}

	/** Something may have come into view: count what has not been seen, and tell the other side what was. */
	#looked() {
		const looking = this.visible && document.visibilityState === 'visible';
		const theirs = this.events.events.filter((e) => e.body && (e.author?.kind === 'operator' || e.author?.kind === 'bot' || e.kind === 'reminder'));
		const newest = theirs.at(-1)?.seq ?? 0;
		if (looking && newest > this.marks.own.read) {
			this.marks.own.read = newest;
			if (this.view.state !== 'ended') this.#store.set('read', newest);
		}
		this.unread = theirs.filter((e) => e.seq > this.marks.own.read).length;
		this.#later('receipts', RECEIPT_PAUSE_MS, () => this.#tellReceipts());
		this.#changed();
	}

	#tellReceipts() {
		if ((this.#socket.state !== 'ready' && !this.#poller.working) || this.view.state === 'ended') return;
		this.marks.own.got = this.events.contiguous;
		this.marks.tell(this.chat, (frame) => this.#socket.send(frame), (news) => this.#api.post(`chats/${this.chat}/marks`, news)).catch(() => {});
	}

	/** @param {string} name */
	#otherTab(name) {
		if (name.startsWith('out:')) {
			this.outbox.reread(name);
			this.#later('adopt', 5000, () => this.outbox.kick());
		} else if (name === 'chat' && !this.chat) {
			this.#starting++;
			this.resume();
		} else if (name === 'read') {
			this.marks.own.read = Math.max(this.marks.own.read, this.#store.get('read') ?? 0);
			this.#looked();
		}
	}

	#changed() {
		this.dispatchEvent(new Event('change'));
	}
}
