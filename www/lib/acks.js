// SPDX-License-Identifier: ISC

/** @typedef {{seq: number, at?: string, body?: string}} Ack `body`: what was stored where that is not what was sent (a card number is masked) */

/** Who waits for the answer to which message sent over a socket. */
export class Acks {
	/** @type {Map<string, {resolve: (ack: Ack) => void, reject: (problem: {code: string, retryMs?: number}) => void}>} */
	#waiting = new Map();

	/** @param {string} cid @returns {Promise<Ack>} */
	expect(cid) {
		return new Promise((resolve, reject) => this.#waiting.set(cid, { resolve, reject }));
	}

	/** @param {Frame} frame an `ack`, or an `error` with a cid @returns {boolean} true: somebody waited for it */
	settle(frame) {
		const waiter = this.#waiting.get(frame.cid);
		if (!waiter) return false;
		this.#waiting.delete(frame.cid);
		if (frame.t === 'ack') waiter.resolve({ seq: frame.seq, at: frame.at, body: frame.body });
		else waiter.reject({ code: String(frame.code ?? 'unavailable'), retryMs: Number(frame.retry_ms) || 0 });
		return true;
	}

	/** The socket is gone: whether these were stored is unknown, so each is sent again under its cid. */
	fail() {
		for (const { reject } of this.#waiting.values()) reject({ code: 'offline' });
		this.#waiting.clear();
	}
}
