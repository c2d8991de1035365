// SPDX-License-Identifier: ISC
// Stand-ins for the browser: a socket one can drive by hand, storage, and a way to wait for what must become true.

export class FakeSocket {
	/** @type {FakeSocket[]} */
	static all = [];
	sent = [];
	readyState = 0;

	constructor(url, protocol) {
		Object.assign(this, { url, protocol });
		FakeSocket.all.push(this);
	}

	static get last() {
		return FakeSocket.all.at(-1);
	}

	static reset() {
		FakeSocket.all = [];
	}

	send(text) {
		this.sent.push(JSON.parse(text));
	}

	close() {
		this.readyState = 3;
	}

	open() {
		this.readyState = 1;
		this.onopen();
	}

	say(frame) {
		this.onmessage({ data: JSON.stringify(frame) });
	}

	/** The server closes. */
	end(code) {
		this.readyState = 3;
		this.onclose({ code });
	}
}

/** @returns {Storage} */
export function fakeStorage() {
	const map = new Map();
	return {
		get length() { return map.size; },
		key: (i) => [...map.keys()][i] ?? null,
		getItem: (key) => map.get(key) ?? null,
		setItem: (key, value) => void map.set(key, value),
		removeItem: (key) => void map.delete(key),
		clear: () => map.clear(),
	};
}

export async function until(condition, what, ms = 60000) {
	const end = Date.now() + ms;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`never: ${what}`);
		await new Promise((go) => { setTimeout(go, 2); });
	}
}
