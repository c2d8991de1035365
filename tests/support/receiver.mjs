// SPDX-License-Identifier: ISC
// Somebody whom the courier sends to: an HTTP server that keeps what it was sent and answers as it is told.
//
//   const crm = await Receiver.open(t);    crm.url    crm.requests: [{ method, path, headers, text, body (JSON), key, at }]
//   crm.answer = async (request) => ({ status: 200, headers: {}, body: 'text, or an object' })    a promise that stays open is a server that does not answer
//   signs(request, secret): is its signature good?

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

export class Receiver {
	static async open(t) {
		const receiver = new Receiver();
		await new Promise((resolve, reject) => receiver.server.once('error', reject).listen(0, '127.0.0.1', resolve));
		receiver.port = receiver.server.address().port;
		receiver.url = `http://127.0.0.1:${receiver.port}/hook`;
		t?.after(() => receiver.close());
		return receiver;
	}

	constructor() {
		this.requests = [];
		this.answer = () => ({ status: 204 });
		this.server = createServer((incoming, outgoing) => this.#take(incoming, outgoing));
	}

	async #take(incoming, outgoing) {
		const chunks = [];
		try {
			for await (const chunk of incoming) chunks.push(chunk);
		} catch {
			return; // who sent it was killed in the middle
		}
		const text = Buffer.concat(chunks).toString();
		const request = { method: incoming.method, path: incoming.url, headers: incoming.headers, text, key: incoming.headers['idempotency-key'], at: Date.now() };
		request.body = parsed(text);
		this.requests.push(request);
		const { status = 200, headers = {}, body = '' } = await this.answer(request, outgoing, incoming) ?? {};
		if (outgoing.destroyed || outgoing.headersSent) return;
		outgoing.writeHead(status, { Connection: 'keep-alive', ...headers });
		outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
	}

	close() {
		this.server.closeAllConnections();
		return new Promise((resolve) => this.server.close(resolve));
	}
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

// As deploy/manual/webhooks.md tells a receiver to judge.
export function signs(request, secret, now_s = Date.now() / 1000) {
	const [time, ...rest] = (request.headers['switchboard-signature'] ?? '').split(',');
	const seconds = /^t=(\d+)$/.exec(time)?.[1];
	if (!seconds || Math.abs(now_s - Number(seconds)) > 300) return false;
	const due = createHmac('sha256', secret).update(`${seconds}.${request.text}`).digest();
	return rest.some((part) => {
		const given = Buffer.from(/^v1=([0-9a-f]{64})$/.exec(part)?.[1] ?? '', 'hex');
		return given.length === due.length && timingSafeEqual(given, due);
	});
}
