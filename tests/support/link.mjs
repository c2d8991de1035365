// SPDX-License-Identifier: ISC
// The network between clients and the web server, as a TCP proxy of the test: it can be cut (both ends see a reset), cut in the middle of a frame, fall
// silent (half-open: nobody sees anything, nothing gets through), or reorder: of two connections the later bytes arrive first.
//
//   const link = await openLink(stack.port);    new Talker(kim, history, { connection: { port: link.port } })    link.cut()    link.stall()    await link.close()

import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export async function openLink(to) {
	const link = new Link(to);
	await new Promise((resolve, reject) => {
		link.server.once('error', reject).listen(0, 'localhost', resolve);
	});
	return link;
}

class Link {
	#pairs = new Set();
	#silent = false;
	#hold_ms = () => 0;
	#came = 0; // pieces so far
	#last = 0; // of those that have gone on, the one that came last

	constructor(to) {
		this.cuts = 0;
		this.overtaken = 0; // pieces that went on after one that had come later, on another connection
		this.server = createServer({ allowHalfOpen: false }, (near) => this.#join(near, connect(to, '127.0.0.1')));
	}

	get port() {
		return this.server.address().port;
	}

	get connections() {
		return this.#pairs.size;
	}

	// Resets every connection, or those of which `choose` says so; how many there were.
	cut(choose = () => true) {
		const chosen = [...this.#pairs].filter(choose);
		for (const pair of chosen) this.#reset(pair);
		return chosen.length;
	}

	// One of the connections breaks when so many more bytes have come from the server: in the middle of a frame. `choice` is a number 0 <= x < 1.
	cutLater(choice, bytes) {
		const pair = [...this.#pairs][Math.floor(choice * this.#pairs.size)];
		if (pair) pair.left = bytes;
	}

	// From here on nothing gets through, and nobody is told; new connections hang, too.
	stall() {
		this.#silent = true;
		for (const { near, far } of this.#pairs) for (const end of [near, far]) end.pause();
	}

	// The silence is over. What stood in between is gone like the network it was in: who comes again comes anew.
	restore() {
		this.#silent = false;
		this.cut();
	}

	// From here on every piece is held back for some time of its own, `next()` of `most_ms`; within a connection and direction they stay in order, as TCP promises.
	reorder(next, most_ms) {
		this.#hold_ms = () => next() * most_ms;
	}

	async close() {
		this.cut();
		await new Promise((resolve) => {
			this.server.close(resolve);
		});
	}

	#join(near, far) {
		const pair = { near, far, left: Infinity, held: { up: null, down: null } };
		this.#pairs.add(pair);
		near.on('data', (data) => this.#pass(pair, 'up', () => far.write(data)));
		far.on('data', (data) => this.#pass(pair, 'down', () => this.#toClient(pair, data)));
		for (const end of [near, far]) {
			end.setNoDelay(true);
			end.on('error', () => {});
			end.on('close', () => (pair.held.up || pair.held.down ? Promise.all(Object.values(pair.held)).then(() => this.#end(pair)) : this.#end(pair)));
			if (this.#silent) end.pause();
		}
	}

	// At once, unless pieces are held back or one before it is.
	#pass(pair, way, go) {
		const number = ++this.#came;
		const hold_ms = this.#hold_ms();
		if (hold_ms === 0 && !pair.held[way]) {
			go();
			return;
		}
		const gone = (pair.held[way] ?? Promise.resolve()).then(() => pause(hold_ms)).then(() => {
			if (pair.held[way] === gone) pair.held[way] = null;
			if (number < this.#last) this.overtaken++;
			this.#last = Math.max(this.#last, number);
			if (this.#pairs.has(pair)) go();
		});
		pair.held[way] = gone;
	}

	#toClient(pair, data) {
		pair.near.write(data.subarray(0, pair.left));
		pair.left -= data.length;
		if (pair.left > 0) return;
		this.cuts++;
		pair.near.end(() => this.#reset(pair)); // what came before the cut does arrive
	}

	#end(pair) {
		this.#pairs.delete(pair);
		if (!this.#silent) for (const end of [pair.near, pair.far]) end.destroy();
	}

	#reset(pair) {
		this.#pairs.delete(pair);
		for (const end of [pair.near, pair.far]) if (!end.destroyed) end.resetAndDestroy();
	}
}
