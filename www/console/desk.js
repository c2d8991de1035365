// SPDX-License-Identifier: ISC
import { Backoff } from '../lib/backoff.js';
import { Outbox } from '../lib/outbox.js';
import { Duty } from './duty.js';
import { Guide } from './guide.js';
import { HeldChat } from './held-chat.js';
import { Line } from './line.js';
import { Offers } from './offers.js';
import { Papers } from './papers.js';
import { Verbs } from './verbs.js';

// The desk is asked for as a whole this often; it also renews the operator's lease where the socket cannot.
const REFRESH_MS = 20_000;
const REFRESH_WITHOUT_SOCKET_MS = 2_500;
const RECEIPT_PAUSE_MS = 150;
const TYPING_SHOWN_MS = 7_000;
const HOLE_PATIENCE_MS = 1_500;
const NOTICE_MS = 8_000;
// After these the list of chats is another one.
const MOVES = new Set(['assigned', 'left', 'requeued', 'transferred', 'transfer_failed', 'ended']);
/** @type {Record<string, string>} why an offer is gone, where the operator did not do it */
const GONE = { expired: 'notice.offer_expired', taken: 'notice.offer_taken', abandoned: 'notice.offer_abandoned' };

/** @typedef {{kind: 'info' | 'bad', name: string, values?: Record<string, string | number>, reference?: string}} Notice */

/**
 * The operator's side: presence, queues, offers and chats, over whatever connection there is.
 *
 * Events: `change` after anything that is shown has changed; `offered` (detail HeldOffer); `given` (detail OperatorChat) for a chat that came unasked;
 * `heard` (detail {chat, event}) for a customer's message that nobody looks at, or may not; `reminded` (detail HeldChat) of a customer who waits for an answer;
 * `left` when there is a new note in the inbox; `moved` after a look at
 * everything, which every hint of the server brings; `signed-out` when the server no longer knows the session.
 */
export class Desk extends EventTarget {
	/** @type {Map<string, HeldChat>} */
	chats = new Map();
	offers = new Offers();
	selected = '';
	loaded = false;
	/** the server is there but cannot work (database away, program restarting) */
	interrupted = false;
	/** @type {Notice | null} */
	notice = null;
	/** notes that customers left: those that nobody has, and mine */
	inbox = { new: 0, mine: 0 };

	#api;
	#line;
	/** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
	#timers = {};
	#backoff = new Backoff({ min: 600, max: 5_000 });
	#refreshing = false;
	#again = false;
	/** when something was done in a chat last, by the page's clock, until a later look has shown what came of it @type {Map<string, number>} */
	#answered = new Map();
	#open = false;
	/** while open @type {AbortController | undefined} */
	#listening;

	/**
	 * @param {{api: import('../lib/api.js').Api, operator: Operator, store: import('../lib/storage.js').Store}} given `store` is this operator's, in this tab
	 */
	constructor({ api, operator, store }) {
		super();
		this.#api = api;
		this.papers = new Papers(store);
		this.guide = new Guide(api);
		this.guide.addEventListener('change', () => this.#changed());
		this.duty = new Duty(api, operator);
		this.duty.addEventListener('change', () => this.#changed());
		this.#line = new Line(api, () => Object.fromEntries(this.list.filter((chat) => chat.owned).map((chat) => [chat.id, chat.events.contiguous])));
		this.#line.addEventListener('state', () => this.#connection());
		this.#line.addEventListener('frame', (event) => this.#frame(/** @type {CustomEvent} */ (event).detail));
		this.#line.addEventListener('signed-out', () => this.#lost({ code: 'unauthorized' }));
		this.outbox = new Outbox(store, (entry) => this.#post(entry));
		this.outbox.addEventListener('change', () => this.#changed());
		this.outbox.addEventListener('sent', (event) => this.#stored(/** @type {CustomEvent} */ (event).detail));
		this.verbs = new Verbs(api, {
			offers: this.offers, say: (notice) => this.say(notice), changed: () => this.#changed(), lost: (error) => this.#lost(error), hold: (info) => this.#hold(info),
			answered: (id) => { this.#answered.set(id, performance.now()); },
			drop: (chat) => this.#drop(chat), fetch: (chat) => this.#fetch(chat), select: (id) => this.select(id), refresh: () => this.refresh(),
		});
	}

	start() {
		this.#open = true;
		this.selected = this.papers.selected;
		for (const info of this.papers.unfiled) this.#hold(info).owned = false;
		this.#listening = new AbortController();
		const { signal } = this.#listening;
		addEventListener('online', () => { this.#line.nudge(); this.refresh(); }, { signal });
		addEventListener('offline', () => this.#changed(), { signal });
		addEventListener('focus', () => this.#arrived(), { signal });
		document.addEventListener('visibilitychange', () => this.#arrived(), { signal });
		this.#line.start();
		this.refresh();
	}

	/** Ends the connection and every timer; what was written stays in the store. */
	stop() {
		this.#open = false;
		this.#listening?.abort();
		for (const timer of Object.values(this.#timers)) clearTimeout(timer);
		this.#line.stop();
		this.outbox.stop();
	}

	// ---- what is shown ----

	/** There is no socket to be had, and the server answers all the same. */
	get #paced() {
		return this.#line.refused && this.loaded && !this.interrupted && navigator.onLine;
	}

	/** @returns {'' | 'offline' | 'reconnecting' | 'interrupted' | 'replaced' | 'paced'} */
	get banner() {
		const { trouble } = this.#line;
		if (this.#paced) return 'paced';
		return this.interrupted && trouble !== 'offline' && trouble !== 'replaced' ? 'interrupted' : trouble;
	}

	get list() {
		return [...this.chats.values()];
	}

	get current() {
		return this.chats.get(this.selected);
	}

	/** @param {string} id */
	select(id) {
		if (this.selected && this.selected !== id) this.tellTyping(this.selected, false);
		this.selected = this.chats.has(id) ? id : '';
		this.papers.keepSelected(this.selected);
		this.#looked();
		this.#changed();
	}

	/** @param {string} chat @param {import('./papers.js').DraftKind} kind @param {string} text */
	keepDraft(chat, kind, text) {
		this.papers.keepDraft(chat, kind, text);
		this.#changed();
	}

	/** @param {Notice | null} notice */
	say(notice) {
		this.notice = notice;
		if (notice) this.#later('notice', NOTICE_MS, () => this.say(null));
		this.#changed();
	}

	// ---- what the operator does ----

	/** @param {string} state */
	async setPresence(state) {
		await this.duty.setPresence(state).catch((error) => this.#refused(error, 'notice.presence'));
		this.refresh();
	}

	/** @param {string} name @param {boolean} joined */
	async join(name, joined) {
		await this.duty.join(name, joined).catch((error) => this.#refused(error, 'notice.queues'));
	}

	/** @param {string} chat @param {string} body @param {'message' | 'note'} kind */
	write(chat, body, kind) {
		if (kind === 'message') this.guide.sent(chat, body);
		this.outbox.add({ chat, body, kind });
		this.keepDraft(chat, kind, '');
	}

	/** @param {string} chat @param {boolean} on */
	tellTyping(chat, on) {
		if (this.chats.get(chat)?.ended === false) this.#line.send({ t: 'typing', chat, on });
	}

	/** Takes an ended chat off the desk. @param {HeldChat} chat */
	clear(chat) {
		this.papers.forget(chat.id);
		this.outbox.discardChat(chat.id);
		this.#drop(chat);
	}

	/** Another tab took the connection over; this one takes it back. */
	takeOver() {
		this.#line.start();
	}

	// ---- chats ----

	/** @param {OperatorChat} info @returns {HeldChat} */
	#hold(info) {
		const known = this.chats.get(info.id);
		if (known) {
			known.update(info);
			return known;
		}
		const chat = new HeldChat(info);
		chat.seen = Math.max(chat.seen, this.papers.seen(info.id));
		this.chats.set(info.id, chat);
		this.#mend(chat);
		return chat;
	}

	/** @param {HeldChat} chat */
	#drop(chat) {
		const at = this.list.indexOf(chat);
		this.chats.delete(chat.id);
		this.guide.forget(chat.id);
		if (this.selected === chat.id) this.select(this.list[Math.min(at, this.chats.size - 1)]?.id ?? '');
		this.#keepUnfiled();
		this.#changed();
	}

	#keepUnfiled() {
		this.papers.keepUnfiled(this.list.filter((chat) => chat.ended).map((chat) => ({ ...chat.info, state: 'ended' })));
	}

	/** All events after those we have. @param {HeldChat} chat */
	async #fetch(chat) {
		for (;;) {
			const answer = await this.#api.get(`operator/chats/${chat.id}/events?after=${chat.events.contiguous}&limit=200`);
			this.#take(chat, answer.events ?? []);
			if (!answer.more || !answer.events?.length) return;
		}
	}

	/** @param {HeldChat} chat */
	#mend(chat) {
		this.#fetch(chat).catch((error) => {
			if (this.#lost(error)) return;
			if (error.passing) this.#later(`mend:${chat.id}`, this.#backoff.next(), () => this.#mend(chat));
			else if (!chat.owned) this.#drop(chat);
		});
	}

	/** @param {HeldChat} chat @param {ChatEvent[]} events */
	#take(chat, events) {
		for (const event of events) if (event.cid) this.outbox.confirm(event.cid);
		const { seen } = chat;
		const fresh = chat.take(events);
		if (!fresh.length) return;
		if (fresh.some((event) => event.kind === 'ended' && event.data?.reason === 'erased')) return this.clear(chat);
		if (chat.ended) this.#keepUnfiled();
		if (chat.events.highest > chat.events.contiguous) this.#later(`mend:${chat.id}`, HOLE_PATIENCE_MS, () => this.#mend(chat));
		this.#looked();
		const to = chat.refusedBy(fresh);
		if (to && chat.busy !== 'transfer') this.say({ kind: 'info', name: 'notice.transfer_failed', values: { name: chat.info.name ?? '', to } });
		const reminded = fresh.some((event) => event.kind === 'reminder' && event.data?.to === 'operator');
		if (reminded && chat.waitingSince) this.dispatchEvent(new CustomEvent('reminded', { detail: chat }));
		const unseen = chat.newest(fresh, seen);
		// what is in view of who works in another window is read, and all the same he is called
		if (unseen && (chat.unread || !document.hasFocus())) this.dispatchEvent(new CustomEvent('heard', { detail: { chat, event: unseen } }));
		this.#changed();
	}

	/** Somebody may be looking again, perhaps after the machine slept: find out at once whether the connection still lives. */
	#arrived() {
		if (document.visibilityState === 'visible') this.#line.nudge();
		this.#looked();
	}

	/** Something may have come into view: remember what was looked at, tell the customers. */
	#looked() {
		const chat = this.current;
		const newest = chat?.events.contiguous ?? 0;
		if (chat && document.visibilityState === 'visible' && newest > chat.seen) {
			chat.seen = newest;
			this.papers.keepSeen(chat.id, newest);
			this.#changed();
		}
		this.#later('receipts', RECEIPT_PAUSE_MS, () => this.#tellReceipts());
	}

	#tellReceipts() {
		if (!this.#line.ready && !this.#paced) return;
		for (const chat of this.list) {
			if (chat.ended || !chat.owned) continue;
			chat.marks.own.got = chat.events.contiguous;
			chat.marks.tell(chat.id, (frame) => this.#line.send(frame), (news) => this.#api.post(`operator/chats/${chat.id}/marks`, news)).catch(() => {});
		}
	}

	// ---- the desk as the server sees it ----

	/** Asks for everything; what is asked while an answer is under way is asked again after it. */
	async refresh() {
		if (!this.#open) return;
		if (this.#refreshing) {
			this.#again = true;
			return;
		}
		this.#refreshing = true;
		this.#again = false;
		let pause = this.#line.ready ? REFRESH_MS : REFRESH_WITHOUT_SOCKET_MS;
		try {
			const asked = performance.now();
			const [desk] = await Promise.all([this.#api.get('me/chats'), this.duty.refresh()]);
			if (!this.#open) return;
			this.#apply(desk, asked);
			this.dispatchEvent(new Event('moved'));
			this.loaded = true;
			this.interrupted = false;
			this.#backoff.reset();
			if (this.#paced) this.#looked();
		} catch (error) {
			if (this.#lost(error)) return;
			this.interrupted = error.status >= 500;
			pause = Math.max(error.retryMs ?? 0, this.#backoff.next());
		} finally {
			this.#refreshing = false;
		}
		this.#later('refresh', this.#again ? 0 : pause, () => this.refresh());
		this.#changed();
	}

	/** @param {{chats: OperatorChat[], offers: Offer[], presence?: Presence, inbox?: {new: number, mine: number}}} desk @param {number} asked when, by the page's clock */
	#apply(desk, asked) {
		const owned = new Set(desk.chats.map((chat) => chat.id));
		for (const [id, at] of this.#answered) if (at < asked) this.#answered.delete(id);
		this.duty.hear(desk.presence, asked);
		if (desk.inbox) this.counted(desk.inbox);
		for (const info of desk.chats) {
			if (this.#answered.has(info.id)) continue; // the answer to that says more
			if (this.loaded && !this.chats.has(info.id)) this.#given(info);
			const chat = this.#hold(info);
			if ((info.last_seq ?? 0) > chat.events.contiguous) this.#later(`mend:${chat.id}`, this.#line.ready ? HOLE_PATIENCE_MS : 0, () => this.#mend(chat));
		}
		for (const chat of this.list) if (!owned.has(chat.id) && chat.since < asked) this.#unlisted(chat);
		for (const offer of this.offers.replace(desk.offers, asked)) this.dispatchEvent(new CustomEvent('offered', { detail: offer }));
		if (!this.chats.has(this.selected)) this.select('');
	}

	/** How many notes there are now; one more that nobody has is news. @param {{new: number, mine: number}} inbox */
	counted(inbox) {
		const more = this.loaded && inbox.new > this.inbox.new;
		this.inbox = { new: inbox.new, mine: inbox.mine };
		if (more) this.dispatchEvent(new Event('left'));
		this.#changed();
	}

	/** The server no longer counts it as ours: it has ended and waits for its result, or somebody else has it. @param {HeldChat} chat */
	async #unlisted(chat) {
		chat.owned = false;
		if (chat.ended) return;
		try {
			await this.#fetch(chat);
		} catch (error) {
			if (this.#lost(error) || error.passing) return;
		}
		if (chat.owned || chat.ended || chat.busy || !this.chats.has(chat.id)) return;
		const moved = chat.events.events.findLast((event) => event.kind === 'left');
		const to = moved?.data?.reason === 'transferred' ? chat.events.events.findLast((event) => event.kind === 'transferred')?.data?.to : '';
		/** @type {Record<string, string>} */
		const reasons = { supervisor: 'notice.supervisor', operator_silent: 'notice.silent' };
		const name = to ? 'notice.passed' : reasons[String(moved?.data?.reason)] ?? 'notice.chat_left';
		this.say({ kind: 'info', name, values: { name: chat.info.name ?? '', to: to ?? '' } });
		this.#drop(chat);
	}

	/** A chat that nobody here asked for: its queue hands them out without asking, or another of our windows took it. @param {OperatorChat} info */
	#given(info) {
		if (this.offers.list.some((offer) => offer.chat === info.id && offer.busy)) return;
		this.dispatchEvent(new CustomEvent('given', { detail: info }));
	}

	// ---- the connection ----

	/** @param {OutboxEntry} entry */
	#post(entry) {
		return this.#line.post(entry).catch((error) => {
			this.#lost(error);
			throw error;
		});
	}

	/** @param {{entry: OutboxEntry} & import('../lib/acks.js').Ack} sent */
	#stored({ entry, seq, at, body }) {
		const chat = this.chats.get(entry.chat);
		if (!chat) return;
		const author = { kind: /** @type {const} */ ('operator'), name: this.duty.operator.name };
		this.#take(chat, [{ chat: entry.chat, seq, kind: entry.kind, author, body: body ?? entry.body, at: at ?? entry.at, cid: entry.cid, local: true }]);
	}

	#connection() {
		if (this.#line.ready) {
			for (const chat of this.list) chat.marks.doubt();
			this.outbox.kick();
			this.#looked();
		}
		if (this.#line.ready || this.#line.trouble) this.refresh(); // without a socket: the answer tells what is wrong, and renews the lease
		this.#changed();
	}

	/** @param {any} error @returns {boolean} true: the session is over, and the desk with it */
	#lost(error) {
		if (error?.code !== 'unauthorized') return false;
		if (this.#open) {
			this.stop();
			this.dispatchEvent(new Event('signed-out'));
		}
		return true;
	}

	/** @param {any} error @param {string} name of the notice */
	#refused(error, name) {
		if (!this.#lost(error)) this.say({ kind: 'bad', name: error.passing ? 'notice.again' : name, reference: error.reference });
	}

	/** @param {Frame} frame @returns {unknown} */
	#frame(frame) {
		const chat = this.chats.get(frame.chat);
		switch (frame.t) {
			case 'event':
				if (chat) this.#take(chat, [/** @type {any} */ (frame)]);
				if (!chat || MOVES.has(frame.kind)) this.refresh();
				return;
			case 'synced':
				chat?.marks.take(frame.marks);
				this.outbox.kick(frame.chat);
				return this.#looked();
			case 'offer':
				if (this.offers.put(/** @type {any} */ (frame))) this.dispatchEvent(new CustomEvent('offered', { detail: this.offers.get(frame.offer) }));
				return this.#changed();
			case 'offer_gone':
				return this.#offerGone(frame);
			case 'accepted':
				this.offers.over(frame.offer);
				this.#hold(frame.chat);
				return this.#changed();
			case 'desk':
			case 'error':
				return this.refresh();
			default:
				return chat && this.#signal(chat, frame);
		}
	}

	/** @param {Frame} frame */
	#offerGone(frame) {
		if (this.offers.get(frame.offer)?.busy) return; // the answer to our own request says more
		const offer = this.offers.gone(frame.offer);
		if (!offer) return;
		const name = GONE[String(frame.reason)];
		if (name) this.say({ kind: 'info', name, values: { name: offer.name ?? '' } });
		this.refresh();
		this.#changed();
	}

	/** @param {HeldChat} chat @param {Frame} frame what passes and is never stored */
	#signal(chat, frame) {
		if (frame.t === 'resync') {
			chat.forget();
		} else if (frame.author?.kind === 'operator') {
			return;
		} else if (frame.t === 'typing') {
			chat.typing = frame.on === true;
			clearTimeout(this.#timers[`typing:${chat.id}`]);
			if (chat.typing) this.#later(`typing:${chat.id}`, TYPING_SHOWN_MS, () => { chat.typing = false; this.#changed(); });
		} else if (frame.t === 'got' || frame.t === 'read') {
			chat.marks.hear(frame);
		} else if (frame.t === 'presence') {
			chat.hear(frame);
		}
		this.#changed();
	}

	/** @param {string} name @param {number} ms @param {() => void} act */
	#later(name, ms, act) {
		clearTimeout(this.#timers[name]);
		this.#timers[name] = setTimeout(act, ms);
	}

	#changed() {
		this.dispatchEvent(new Event('change'));
	}
}
