// SPDX-License-Identifier: ISC

/** How far both sides of a chat have got and read it, and what of ours the server knows. Every mark only rises. */
export class Marks {
	/** highest seq that the other side has got, and read */
	got = 0;
	read = 0;
	/** ours: what this page has, and what was in view on it */
	own = { got: 0, read: 0 };

	#me;
	/** what the server knows of ours */
	#told = { got: 0, read: 0 };

	/** @param {'customer' | 'operator'} me */
	constructor(me) {
		this.#me = me;
	}

	/** The server's word on both, of `synced` or an answer: what we read elsewhere is read here. @param {ChatMarks | undefined} marks */
	take(marks) {
		if (!marks) return;
		const theirs = marks[this.#me === 'customer' ? 'operator' : 'customer'];
		const ours = marks[this.#me];
		this.#rise(this, theirs);
		this.#rise(this.#told, ours);
		this.own.read = Math.max(this.own.read, ours?.read ?? 0);
	}

	/** @param {Frame} frame `got` or `read` */
	hear(frame) {
		if (frame.author?.kind === this.#me) return;
		this.#rise(this, frame.t === 'read' ? { got: frame.seq, read: frame.seq } : { got: frame.seq, read: 0 });
	}

	/** What the last connection took may never have been noted: its successor is told again what the server does not say it knows. */
	doubt() {
		this.#told = { got: 0, read: 0 };
	}

	/** A history that starts over says nothing about the one before. */
	clear() {
		this.got = this.read = 0;
		this.own = { got: 0, read: 0 };
		this.doubt();
	}

	/**
	 * Tells the server what it does not know. Not to be read is what has not been got.
	 * @param {string} chat
	 * @param {(frame: Frame) => boolean} send over the socket; false: there is none
	 * @param {(news: {got?: number, read?: number}) => Promise<unknown>} post the way without
	 */
	async tell(chat, send, post) {
		const now = { got: this.own.got, read: Math.min(this.own.read, this.own.got) };
		const news = /** @type {('got' | 'read')[]} */ (['got', 'read']).filter((mark) => now[mark] > this.#told[mark]);
		const unsent = news.filter((t) => !send({ t, chat, seq: now[t] }));
		for (const mark of news) if (!unsent.includes(mark)) this.#told[mark] = now[mark];
		if (!unsent.length) return;
		await post(Object.fromEntries(unsent.map((mark) => [mark, now[mark]])));
		this.#rise(this.#told, now);
	}

	/** @param {{got: number, read: number}} marks @param {{got: number, read: number} | undefined} to */
	#rise(marks, to) {
		marks.read = Math.max(marks.read, to?.read ?? 0);
		marks.got = Math.max(marks.got, to?.got ?? 0, marks.read);
	}
}
