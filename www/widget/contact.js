// SPDX-License-Identifier: ISC

const BLINK_MS = 5000;
const AGAIN_MS = 10_000;

/**
 * Is the operator who has the chat there? His socket may come and go with a reload, and he may do without one: only when it has been away for a while
 * the server is asked whether he is live.
 */
export class Contact {
	/** nobody who has the chat is live */
	away = false;

	#ask;
	#changed;
	#online = false;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/** @param {() => Promise<boolean | undefined>} ask is he live? @param {() => void} changed */
	constructor(ask, changed) {
		this.#ask = ask;
		this.#changed = changed;
	}

	/** @param {boolean} online what a `presence` frame says of his sockets */
	hear(online) {
		this.#online = online;
		if (online) this.tell(true);
	}

	/** @param {boolean} active somebody has the chat, and we have a connection that would tell of him */
	watch(active) {
		if (!active) this.reset();
		else if (!this.#online && !this.#timer) this.#timer = setTimeout(() => this.#look(), BLINK_MS);
	}

	/** @param {boolean | undefined} live the server's word */
	tell(live) {
		if (live) this.#rest();
		const away = live === false;
		if (away === this.away) return;
		this.away = away;
		this.#changed();
	}

	reset() {
		this.#rest();
		this.#online = false;
		this.away = false;
	}

	#rest() {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	async #look() {
		const turn = this.#timer;
		const live = await this.#ask().catch(() => undefined);
		if (turn !== this.#timer) return; // he came back meanwhile, or the chat went on without him
		if (live !== undefined) this.tell(live);
		this.#timer = setTimeout(() => this.#look(), AGAIN_MS);
	}
}
