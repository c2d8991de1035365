// SPDX-License-Identifier: ISC
// The network between clients and the web server, as a TCP proxy of the test: it can be cut (both ends see a reset), cut in the middle of a frame, or fall
// silent (half-open: nobody sees anything, nothing gets through).
//
//   const link = await openLink(stack.port);    new Talker(kim, history, { connection: { port: link.port } })    link.cut()    link.stall()    await link.close()

import { connect, createServer } from 'node:net';

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

	constructor(to) {
		this.cuts = 0;
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

	async close() {
		this.cut();
		await new Promise((resolve) => {
			this.server.close(resolve);
		});
	}

	#join(near, far) {
		const pair = { near, far, left: Infinity };
		this.#pairs.add(pair);
		near.on('data', (data) => far.write(data));
		far.on('data', (data) => this.#toClient(pair, data));
		for (const end of [near, far]) {
			end.setNoDelay(true);
			end.on('error', () => {});
			end.on('close', () => this.#end(pair));
			if (this.#silent) end.pause();
		}
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
