// SPDX-License-Identifier: ISC
import { isCustomers } from './held-chat.js';
import { rankPhrases } from './phrases.js';

/** @typedef {import('./phrases.js').Phrase} Phrase */
/** @typedef {{kind: 'ask' | 'step' | 'transfer' | 'wrap_up', label?: string, phrase?: Phrase, step?: string, queue?: string, disposition?: string}} Action */
/** @typedef {{item: string, text: string, done: boolean}} Item */
/** @typedef {{step: string, title: string, say?: Phrase, tip?: string, items: Item[], actions: Action[]}} Step */
/** @typedef {{disposition: string, label: string, codes?: Code[]}} Code */
/**
 * @typedef {object} Guidance
 * @property {Phrase[]} suggestions
 * @property {boolean} phrases there are some in the chat's queue
 * @property {{dialog: string, title: string}[]} dialogs
 * @property {{dialog: string, title: string, step: string, steps: Step[]}} [dialog]
 * @property {{required: boolean, codes: Code[]}} dispositions
 */

const LIST_HOLDS_MS = 60_000;
const AGAIN_MS = 3_000;
const NOTHING = /** @type {Guidance} */ ({ suggestions: [], phrases: false, dialogs: [], dispositions: { required: false, codes: [] } });

/**
 * What the server advises in each chat. Events: `change`; `insert` (detail {chat, phrase}) for words that are to be written; `act` (detail {chat, action}) for the next
 * action that was chosen.
 */
export class Guide extends EventTarget {
	#api;
	/** @type {Map<string, Guidance>} */
	#known = new Map();
	/** @type {Map<string, string>} for which state of the chat it was asked last */
	#asked = new Map();
	/** @type {Map<string, {at: number, list: Promise<{phrases: Phrase[], more: boolean}>}>} */
	#lists = new Map();
	/** @type {Map<string, Map<string, string>>} phrases that were inserted and not sent yet, by chat */
	#inserted = new Map();
	/** @type {Map<string, Set<string>>} placeholders that nobody knows, by chat */
	#unknown = new Map();
	/** @type {Map<string, Promise<boolean>>} the last that is told of a chat's dialog: one waits for the other, so that the server hears them in their order */
	#telling = new Map();

	/** @param {import('../lib/api.js').Api} api */
	constructor(api) {
		super();
		this.#api = api;
	}

	/** @param {string} chat @returns {Guidance | undefined} undefined: not known yet */
	of(chat) {
		return this.#known.get(chat);
	}

	/** Is there anything to show beside this chat? @param {string} chat */
	speaks(chat) {
		const known = this.#known.get(chat);
		return Boolean(known && (known.dialog || known.phrases));
	}

	/** Asks when something has changed that the advice depends on. @param {import('./held-chat.js').HeldChat} chat */
	async look(chat) {
		const said = chat.events.events.findLast(isCustomers)?.seq ?? 0;
		const key = `${said} ${chat.info.queue} ${chat.ended} ${chat.owned}`;
		if (this.#asked.get(chat.id) === key) return;
		this.#asked.set(chat.id, key);
		const telling = this.#telling.get(chat.id);
		try {
			await telling; // the answer knows of it
			const guidance = await this.#api.get(`guidance?chat=${chat.id}&locale=${document.documentElement.lang}`);
			if (this.#asked.get(chat.id) !== key) return;
			const { dialog, dialogs } = this.#known.get(chat.id) ?? guidance;
			// of what was told meanwhile it may not
			this.#take(chat.id, telling === this.#telling.get(chat.id) ? guidance : { ...guidance, dialog, dialogs });
		} catch (error) {
			if (this.#asked.get(chat.id) !== key) return;
			if (!this.#known.has(chat.id) && !error.passing) this.#take(chat.id, NOTHING);
			if (error.passing) setTimeout(() => this.#again(chat.id, key), Math.max(AGAIN_MS, error.retryMs ?? 0));
		}
	}

	/** @param {string} chat @param {string} key */
	#again(chat, key) {
		if (this.#asked.get(chat) !== key) return;
		this.#asked.delete(chat);
		this.dispatchEvent(new Event('change'));
	}

	/** @param {string} chat @param {Guidance} guidance */
	#take(chat, guidance) {
		this.#known.set(chat, guidance);
		this.dispatchEvent(new Event('change'));
	}

	/** @param {string} chat that has left the desk */
	forget(chat) {
		for (const map of [this.#known, this.#asked, this.#lists, this.#inserted, this.#unknown, this.#telling]) map.delete(chat);
	}

	// ---- the dialog ----

	/** @param {string} chat @param {string} dialog @param {string} [step] none: the first @returns {Promise<boolean>} */
	go(chat, dialog, step) {
		const known = this.#known.get(chat);
		if (known?.dialog?.dialog === dialog && step) this.#take(chat, { ...known, dialog: { ...known.dialog, step } });
		return this.#tell(chat, step ? { dialog, step } : { dialog });
	}

	/** @param {string} chat @param {string} step @param {string} item @param {boolean} done @returns {Promise<boolean>} */
	tick(chat, step, item, done) {
		const known = this.#known.get(chat);
		if (!known?.dialog) return Promise.resolve(false);
		const steps = known.dialog.steps.map((one) => (one.step !== step ? one
			: { ...one, items: one.items.map((other) => (other.item === item ? { ...other, done } : other)) }));
		this.#take(chat, { ...known, dialog: { ...known.dialog, steps } });
		return this.#tell(chat, { dialog: known.dialog.dialog, step, item, done });
	}

	/** Tells the server, whose word counts. @param {string} chat @param {object} change @returns {Promise<boolean>} false: it was not kept */
	#tell(chat, change) {
		const before = this.#telling.get(chat) ?? Promise.resolve();
		/** @type {Promise<boolean>} */
		const told = before.then(() => this.#told(chat, change, () => told === this.#telling.get(chat)));
		this.#telling.set(chat, told);
		return told;
	}

	/** @param {string} chat @param {object} change @param {() => boolean} last what is shown already goes beyond the answer to one that is not */
	async #told(chat, change, last) {
		try {
			const answer = await this.#api.post(`operator/chats/${chat}/dialog?locale=${document.documentElement.lang}`, change);
			const known = this.#known.get(chat);
			if (known && last()) this.#take(chat, { ...known, ...answer });
			return true;
		} catch {
			this.#asked.delete(chat);
			this.dispatchEvent(new Event('change'));
			return false;
		}
	}

	// ---- phrases ----

	/** Those that answer to what is typed behind the slash. Where there are too many to hold here the server looks. @param {string} chat @param {string} typed */
	async phrases(chat, typed) {
		let held = this.#lists.get(chat);
		if (!held || performance.now() - held.at > LIST_HOLDS_MS) {
			held = { at: performance.now(), list: this.#api.get(`phrases?chat=${chat}`) };
			held.list.catch(() => this.#lists.delete(chat));
			this.#lists.set(chat, held);
		}
		const { phrases, more } = await held.list;
		if (!more || !typed.trim()) return rankPhrases(phrases, typed);
		const found = await this.#api.get(`phrases?chat=${chat}&limit=50&q=${encodeURIComponent(typed.trim())}`);
		return /** @type {Phrase[]} */ (found.phrases);
	}

	/** @param {string} chat @param {Phrase} phrase words to be written for the operator, who looks at them before they are sent */
	insert(chat, phrase) {
		this.dispatchEvent(new CustomEvent('insert', { detail: { chat, phrase } }));
	}

	/** @param {string} chat @param {Action} action */
	act(chat, action) {
		this.dispatchEvent(new CustomEvent('act', { detail: { chat, action } }));
	}

	/** @param {string} chat @param {Phrase} phrase that stands in the composer now */
	inserted(chat, phrase) {
		if (phrase.phrase) this.#inserted.set(chat, (this.#inserted.get(chat) ?? new Map()).set(phrase.phrase, phrase.text));
		for (const name of phrase.unknown ?? []) this.#unknown.set(chat, (this.#unknown.get(chat) ?? new Set()).add(name));
	}

	/** @param {string} chat @returns {Iterable<string>} */
	unknown(chat) {
		return this.#unknown.get(chat) ?? [];
	}

	/** Counts the phrases that a message was made of. @param {string} chat @param {string} text */
	sent(chat, text) {
		const inserted = this.#inserted.get(chat);
		this.#inserted.delete(chat);
		for (const [phrase, words] of inserted ?? []) {
			const [longest] = words.split(/\{[^{}]*\}|[.!?\n]/u).sort((a, b) => b.length - a.length);
			if (text.includes(longest.trim())) this.#api.post(`operator/chats/${chat}/phrases`, { phrase }).catch(() => {}); // a count, nothing more
		}
	}
}
