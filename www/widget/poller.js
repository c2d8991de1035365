// SPDX-License-Identifier: ISC
import { Backoff } from '../lib/backoff.js';

// Quick while people talk, seldom while nothing comes, and well within the 20 s for which the server takes a question for a sign of life.
const TALKING_MS = 1500;
const QUIET_MS = 4000;
const HIDDEN_MS = 8000;
const TALK_LASTS_MS = 60_000;

/** Asks again and again over HTTP while no socket can be had. Event `state` after each answer. */
export class Poller extends EventTarget {
	running = false;
	/** the last question was answered */
	working = false;

	#ask;
	#backoff = new Backoff({ min: 1000 });
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;
	#stirredAt = 0;
	#asking = false;

	/** @param {() => Promise<boolean>} ask true: there was something new */
	constructor(ask) {
		super();
		this.#ask = ask;
	}

	start() {
		if (this.running) return;
		this.running = true;
		this.#turn();
	}

	stop() {
		this.running = this.working = false;
		clearTimeout(this.#timer);
	}

	/** Something was said or somebody looks: what comes of it is to be seen soon. */
	stir() {
		this.#stirredAt = Date.now();
		if (this.running && this.working && !this.#asking) this.#turnAfter(TALKING_MS);
	}

	get #pace() {
		if (document.visibilityState === 'hidden') return HIDDEN_MS;
		return Date.now() - this.#stirredAt < TALK_LASTS_MS ? TALKING_MS : QUIET_MS;
	}

	/** @param {number} ms */
	#turnAfter(ms) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#turn(), ms);
	}

	async #turn() {
		if (this.#asking) return;
		this.#asking = true;
		let pause;
		try {
			if (await this.#ask()) this.#stirredAt = Date.now();
			this.#backoff.reset();
			this.working = this.running;
			pause = this.#pace;
		} catch (error) {
			pause = Math.max(error?.retryMs ?? 0, this.#backoff.next());
			this.working = false;
		}
		this.#asking = false;
		if (!this.running) return;
		this.#turnAfter(pause);
		this.dispatchEvent(new Event('state'));
	}
}
