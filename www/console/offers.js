// SPDX-License-Identifier: ISC

/**
 * @typedef {Offer & {deadline: number, waitingFrom: number, since: number, busy: '' | 'accept' | 'decline', problem: string}} HeldOffer
 *   times by the page's clock in ms; the server's own clock decides, this one only shows
 */

const MISSING_MAX = 20;
const OVER_MAX = 100;

/** The chats held out to this operator, oldest first. */
export class Offers {
	/** @type {Map<string, HeldOffer>} */
	#held = new Map();
	/** what the list was without before anybody said why: the word about it may still come @type {Map<string, HeldOffer>} */
	#missing = new Map();
	/** those that are over: a list that was asked for before does not know it yet @type {Set<string>} */
	#over = new Set();
	#now;

	/** @param {() => number} [now] */
	constructor(now = () => performance.now()) {
		this.#now = now;
	}

	/** @returns {HeldOffer[]} */
	get list() {
		return [...this.#held.values()];
	}

	/** @param {string} id */
	get(id) {
		return this.#held.get(id);
	}

	/** @param {Offer} offer @returns {boolean} true: it is new */
	put(offer) {
		if (this.#over.has(offer.offer)) return false;
		const now = this.#now();
		const known = this.#held.get(offer.offer);
		this.#missing.delete(offer.offer);
		const times = { deadline: now + offer.expires_in_s * 1000, waitingFrom: now - (offer.waited_s ?? 0) * 1000 };
		if (known) Object.assign(known, offer, times);
		else this.#held.set(offer.offer, { ...offer, ...times, since: now, busy: '', problem: '' });
		return !known;
	}

	/** @param {string} id @returns {HeldOffer | undefined} what was there */
	take(id) {
		const offer = this.#held.get(id);
		this.#held.delete(id);
		return offer;
	}

	/** The server has said that it is over. @param {string} id @returns {HeldOffer | undefined} what was there */
	over(id) {
		this.#over.add(id);
		const [oldest] = this.#over;
		if (this.#over.size > OVER_MAX) this.#over.delete(oldest);
		return this.take(id);
	}

	/** @param {string} id @returns {HeldOffer | undefined} what was there until just now: the server has told what became of it */
	gone(id) {
		const offer = this.over(id) ?? this.#missing.get(id);
		this.#missing.delete(id);
		return offer;
	}

	/** @param {HeldOffer} offer */
	#miss(offer) {
		this.#held.delete(offer.offer);
		this.#missing.set(offer.offer, offer);
		const [oldest] = this.#missing.keys();
		if (this.#missing.size > MISSING_MAX) this.#missing.delete(oldest);
	}

	/**
	 * The server's whole list, asked for at `asked`. What came in since then is not in it and stays.
	 * @param {Offer[]} offers @param {number} asked @returns {HeldOffer[]} the new ones
	 */
	replace(offers, asked) {
		const listed = new Set(offers.map((offer) => offer.offer));
		for (const held of this.list) if (!listed.has(held.offer) && held.since < asked && !held.busy) this.#miss(held);
		return offers.filter((offer) => this.put(offer)).map((offer) => /** @type {HeldOffer} */ (this.#held.get(offer.offer)));
	}
}
