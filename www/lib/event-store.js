// SPDX-License-Identifier: ISC

/** @param {ChatEvent} event @returns {ChatEvent} */
const emptied = (event) => ({ ...event, body: undefined, data: { removed: 'redacted' } });

/** The events of one chat in order of seq, each once, however often and in whatever order they arrive. */
export class EventStore {
	/** @type {ChatEvent[]} sorted by seq */
	events = [];
	/** highest seq with all before it present: what `hello` and `events?after=` start from */
	contiguous = 0;
	/** @type {Map<string, number>} cid → seq, for own messages */
	#cids = new Map();
	/** @type {Set<number>} seqs of messages whose words were taken away */
	#removed = new Set();

	/** @param {ChatEvent} event @returns {boolean} true: it was not known, or only as our own acknowledged copy */
	add(event) {
		if (!Number.isSafeInteger(event.seq) || event.seq < 1) return false;
		if (event.kind === 'redacted') this.#remove(Number(event.data?.seq));
		if (this.#removed.has(event.seq)) event = emptied(event);
		const at = this.#place(event.seq);
		const known = this.events[at];
		if (known?.seq === event.seq) {
			if (!known.local || event.local) return false;
			this.events[at] = event;
		} else {
			this.events.splice(at, 0, event);
		}
		if (event.cid) this.#cids.set(event.cid, event.seq);
		this.#advance();
		return true;
	}

	/** @param {string} cid */
	hasCid(cid) {
		return this.#cids.has(cid);
	}

	/** Highest seq seen; above `contiguous` there is a hole to fill. */
	get highest() {
		return this.events.at(-1)?.seq ?? 0;
	}

	clear() {
		this.events = [];
		this.contiguous = 0;
		this.#cids.clear();
		this.#removed.clear();
	}

	/** What was shown is shown no more. @param {number} seq */
	#remove(seq) {
		this.#removed.add(seq);
		const at = this.#place(seq);
		if (this.events[at]?.seq === seq) this.events[at] = emptied(this.events[at]);
	}

	/** @param {number} seq @returns {number} index of the first event not before seq */
	#place(seq) {
		let low = 0;
		let high = this.events.length;
		if (high && this.events[high - 1].seq < seq) return high;
		while (low < high) {
			const mid = (low + high) >> 1;
			if (this.events[mid].seq < seq) low = mid + 1;
			else high = mid;
		}
		return low;
	}

	#advance() {
		// seqs are 1..n without gaps and each is here once, so the n-th event is in its place exactly when its seq is n
		while (this.events[this.contiguous]?.seq === this.contiguous + 1) this.contiguous++;
	}
}
