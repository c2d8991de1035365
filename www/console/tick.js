// SPDX-License-Identifier: ISC

/** Draws its element again every second while it is in the page: for what shows a running time. */
export class Tick {
	#host;
	/** @type {ReturnType<typeof setInterval> | undefined} */
	#timer;

	/** @param {import('lit').ReactiveControllerHost} host */
	constructor(host) {
		this.#host = host;
		host.addController(this);
	}

	hostConnected() {
		this.#timer = setInterval(() => this.#host.requestUpdate(), 1000);
	}

	hostDisconnected() {
		clearInterval(this.#timer);
	}
}
