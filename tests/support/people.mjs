// SPDX-License-Identifier: ISC
// Customers and operators as a test sees them: real HTTP and real sockets through the web server, nothing of the product's own client code.
//
//   const kim = await Customer.open(stack, { queue: 'billing' });   await kim.connect();   const { seq } = await kim.say('hello');
//   const ana = await Operator.logIn(stack, 'ana', ['billing']);    await ana.connect();   await ana.accept(await ana.nextOffer());
//
// Each keeps what its socket said: `frames` (all), `events` per chat in order of arrival; closing a person is the test's business (`close()`).

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import { send } from './http.mjs';
import { PATIENCE_MS, until } from './waiting.mjs';

export class HttpError extends Error {
	constructor(method, path, status, body) {
		super(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
		Object.assign(this, { status, body, code: body?.error?.code });
	}
}

class Person {
	constructor(stack) {
		this.stack = stack;
		this.frames = [];
		this.socket = null;
		this.from = null; // another address of this machine, from which all that he does comes
	}

	async call(method, path, body, headers = {}) {
		if (this.from) return this.#callFrom(method, path, body, headers);
		const response = await fetch(`${this.stack.url}/api/v1/${path}`, {
			method, headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...this.headers(), ...headers },
			body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS),
		});
		const text = await response.text();
		const answer = text && response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
		if (!response.ok) throw new HttpError(method, path, response.status, answer);
		return answer;
	}

	async #callFrom(method, path, body, headers) {
		const answer = await send(this.stack, { method, path: `/api/v1/${path}`, body, headers: { ...this.headers(), ...headers }, from: this.from });
		if (answer.status >= 300) throw new HttpError(method, path, answer.status, answer.json ?? answer.text);
		return answer.json ?? answer.text;
	}

	// Opens a socket and says hello; resolves with the `ready` frame. `onFrame` sees each frame as it comes, `onClose` the code at the end;
	// `relay` = 1, 2, … goes to that relay's own socket instead of through the web server, `port` to somebody in front of it (link.mjs, wrong-relay.mjs);
	// `origin` is another one than our own.
	async connect(hello, { onFrame, onClose, relay, port = this.stack.port, origin = new URL(this.stack.url).origin } = {}) {
		const address = relay ? `ws+unix:${this.stack.relaySocket(relay)}:/chat/relay` : `ws://localhost:${port}/chat/relay`;
		const socket = new WebSocket(address, 'chat.v1', { origin, ...(this.from ? { localAddress: this.from, family: 4 } : {}) });
		this.socket = socket;
		this.closed = null;
		const from = this.frames.length;
		socket.on('message', (data) => {
			const frame = JSON.parse(data);
			frame.heard_at = performance.now();
			this.frames.push(frame);
			onFrame?.(frame);
		});
		socket.on('close', (code) => {
			if (this.socket === socket) this.closed = code;
			onClose?.(code);
		});
		socket.on('error', () => {});
		await until(() => socket.readyState === WebSocket.OPEN || this.closed !== null, { what: 'the socket to open' });
		this.send({ t: 'hello', ...hello });
		await until(() => this.frames.slice(from).some(({ t }) => t === 'ready') || this.closed !== null, { what: 'ready' });
		if (this.closed !== null) throw Object.assign(new Error(`closed with ${this.closed} instead of ready`), { closed: this.closed });
		return this.frames.slice(from).find(({ t }) => t === 'ready');
	}

	send(frame) {
		this.socket.send(JSON.stringify(frame));
	}

	// The first frame that fits, of those heard already or still to come; fails at once when the socket has been closed by the other side.
	frame(fits, what) {
		return this.#heard(() => this.frames.find(fits), what);
	}

	#heard(condition, what) {
		return until(condition, { what, hopeless: () => this.closed !== null && this.#lastWords() });
	}

	// How the socket ended and what it said before: without it nobody knows why an answer never came.
	#lastWords() {
		const last = this.frames.slice(-5).map(({ heard_at, ...frame }) => `  ${JSON.stringify(frame).slice(0, 300)}`);
		return `the socket was closed with ${this.closed}; its last frames:\n${last.join('\n') || '  none'}`;
	}

	// Sends one message (a note with { t: 'note' }) and resolves with its ack; an error is thrown.
	async say(chat, body, more = {}) {
		const answer = await this.post(chat, body, more);
		if (answer.t === 'error') throw new Error(`message ${answer.cid} was refused: ${JSON.stringify(answer)}`);
		return answer;
	}

	// The same for who expects a refusal: resolves with the ack or the error.
	async post(chat, body, more = {}) {
		const cid = more.cid ?? randomUUID();
		const from = this.frames.length;
		this.send({ t: 'send', chat, cid, ...(body === null ? {} : { body }), ...more });
		return this.#heard(() => this.frames.slice(from).find((frame) => frame.cid === cid && ['ack', 'error'].includes(frame.t)),
			`an answer to message ${cid}`);
	}

	// What the socket has told about a chat, once each, in order of seq.
	events(chat) {
		const bySeq = new Map(this.frames.filter((frame) => frame.t === 'event' && frame.chat === chat).map((event) => [event.seq, event]));
		return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
	}

	// The code with which the other side closes this socket.
	async closeCode() {
		await until(() => this.closed !== null, { what: 'the socket to be closed' });
		return this.closed;
	}

	// Everything sent so far on this socket has been dealt with: the answer to a ping follows the answers before it.
	async settled() {
		const n = Math.floor(Math.random() * 2 ** 40);
		this.send({ t: 'ping', n });
		return this.frame(({ t, n: echo }) => t === 'pong' && echo === n, 'the answer to a ping');
	}

	close() {
		this.socket?.terminate();
	}
}

export class Customer extends Person {
	static async open(stack, request = {}, { from = null } = {}) {
		const customer = Object.assign(new Customer(stack), { from });
		const answer = await customer.call('POST', 'chats', { request_key: randomUUID(), widget: 'demo-shop', ...request });
		Object.assign(customer, { chat: answer.chat.id, token: answer.token, epoch: answer.epoch, opened: answer });
		return customer;
	}

	headers() {
		return this.token ? { Authorization: `Bearer ${this.token}` } : {};
	}

	connect({ last_seq = 0, hello = {}, ...more } = {}) {
		return super.connect({ token: this.token, chat: this.chat, last_seq, ...hello }, more);
	}

	say(body, more) {
		return super.say(this.chat, body, more);
	}

	async view() {
		return (await this.call('GET', `chats/${this.chat}`)).chat;
	}

	// Another tab: the same chat, a socket of its own.
	tab() {
		return Object.assign(new Customer(this.stack), { chat: this.chat, token: this.token, epoch: this.epoch });
	}
}

export class Operator extends Person {
	// Logs in; with `queues` joins them and becomes available.
	static async logIn(stack, name, queues = null) {
		const operator = new Operator(stack);
		operator.name = name;
		const response = await fetch(`${stack.url}/api/v1/session`, {
			method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'switchboard' },
			body: JSON.stringify({ operator: name, password: stack.passwords[name] }), signal: AbortSignal.timeout(PATIENCE_MS),
		});
		assert.equal(response.status, 200, `${name} logs in`);
		[operator.cookie] = response.headers.get('set-cookie').split(';');
		operator.display = (await response.json()).operator.name;
		if (queues) {
			await operator.call('PUT', 'me/queues', { joined: queues });
			await operator.presence('available');
		}
		return operator;
	}

	headers() {
		return { Cookie: this.cookie, 'X-Requested-With': 'switchboard' };
	}

	async ticket() {
		return (await this.call('POST', 'session/ticket', {})).ticket;
	}

	async connect({ cursors = {}, hello = {}, ...more } = {}) {
		return super.connect({ ticket: await this.ticket(), cursors, ...hello }, more);
	}

	presence(state) {
		return this.call('PUT', 'me/presence', { state });
	}

	// Another tab: the same session, a socket of its own.
	tab() {
		return Object.assign(new Operator(this.stack), { name: this.name, display: this.display, cookie: this.cookie });
	}

	async chats() {
		return (await this.call('GET', 'me/chats')).chats;
	}

	// The frame of an offer not seen by an earlier call.
	async nextOffer() {
		this.taken ??= new Set();
		const offer = await this.frame(({ t, offer: id }) => t === 'offer' && !this.taken.has(id), `an offer for ${this.name}`);
		this.taken.add(offer.offer);
		return offer;
	}

	accept(offer) {
		return this.call('POST', `offers/${offer.offer}/accept`, {});
	}

	decline(offer) {
		return this.call('POST', `offers/${offer.offer}/decline`, {});
	}

	end(chat) {
		return this.call('POST', `operator/chats/${chat}/end`, {});
	}
}
