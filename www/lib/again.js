// SPDX-License-Identifier: ISC
import { Backoff } from './backoff.js';

/** Does by itself again what failed for a reason that passes, while its element is in the page: not before the server said, and ever more seldom. */
export class Again {
	#act;
	#backoff = new Backoff({ min: 1000, max: 10_000 });
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/** @param {import('lit').ReactiveControllerHost} host @param {() => void} act */
	constructor(host, act) {
		this.#act = act;
		host.addController(this);
	}

	hostDisconnected() {
		this.rest();
	}

	/** It was done, or is not wanted any more. */
	rest() {
		clearTimeout(this.#timer);
		this.#backoff.reset();
	}

	/** @param {any} error it failed */
	after(error) {
		clearTimeout(this.#timer);
		if (error.passing) this.#timer = setTimeout(this.#act, Math.max(error.retryMs ?? 0, this.#backoff.next()));
	}
}
