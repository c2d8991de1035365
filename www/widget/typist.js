// SPDX-License-Identifier: ISC

const SHOWN_MS = 7000;

/** Who is writing to us, until it is said that he is not, or nothing is said for a while. */
export class Typist {
	name = '';
	#changed;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	#timer;

	/** @param {() => void} changed */
	constructor(changed) {
		this.#changed = changed;
	}

	/** @param {string} name '' nobody */
	tell(name) {
		clearTimeout(this.#timer);
		this.name = name;
		if (name) this.#timer = setTimeout(() => this.tell(''), SHOWN_MS);
		this.#changed();
	}

	/** Without a word to anybody. */
	rest() {
		clearTimeout(this.#timer);
		this.name = '';
	}
}
