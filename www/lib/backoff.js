// SPDX-License-Identifier: ISC

/** Full-jitter back-off: each delay is drawn between `min` and a bound that doubles from one failure to the next, up to `max`. */
export class Backoff {
	#min;
	#max;
	#random;
	#bound;

	/** @param {{min?: number, max?: number, random?: () => number}} [options] milliseconds */
	constructor({ min = 500, max = 30_000, random = Math.random } = {}) {
		this.#min = min;
		this.#max = max;
		this.#random = random;
		this.#bound = min;
	}

	/** @returns {number} milliseconds to wait before the next attempt */
	next() {
		this.#bound = Math.min(this.#max, this.#bound * 2);
		return Math.round(this.#min + this.#random() * (this.#bound - this.#min));
	}

	reset() {
		this.#bound = this.#min;
	}
}
