// SPDX-License-Identifier: ISC
// HTTP requests and WebSocket frames byte by byte: for what no decent client would send.
//
//   const answer = await request(to, ['GET /chat/relay HTTP/1.1', 'Host: x', ...]);   { status, head, socket } or null when closed without an answer
//   const raw = await RawSocket.open(to, { origin });   raw.text('{}');   raw.frame({ opcode: 2, payload });   await raw.closed()
//
// `to` is { path } of a unix socket, or { port } on 127.0.0.1 with { certificate } for TLS (a stack is that). A RawSocket answers pings (unless `pongs` is false) and nothing else by itself.

import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PATIENCE_MS, until } from './waiting.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// A connection to the web server of a stack, with TLS where that speaks it.
export function connectWeb({ port, certificate }) {
	if (certificate) return connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
	return connect({ port, host: '127.0.0.1' });
}

// Sends the lines as they are, with an empty one behind (`unfinished`: without), and reads up to the end of the answer's head.
export function request(to, lines, { unfinished = false, timeout_ms = PATIENCE_MS } = {}) {
	return new Promise((resolve, reject) => {
		const socket = to.path ? connect({ path: to.path }) : connectWeb(to);
		let bytes = Buffer.alloc(0);
		const deadline = setTimeout(() => {
			socket.destroy();
			reject(new Error(`no answer and no end within ${timeout_ms} ms to: ${lines[0]}`));
		}, timeout_ms);
		const finish = (answer) => {
			clearTimeout(deadline);
			socket.removeAllListeners('data');
			resolve(answer);
		};
		socket.on('error', () => {});
		socket.on('close', () => finish(null));
		socket.on('data', (data) => {
			bytes = Buffer.concat([bytes, data]);
			const end = bytes.indexOf('\r\n\r\n');
			if (end < 0) return;
			socket.pause();
			const head = bytes.subarray(0, end).toString('latin1');
			finish({ status: Number(/^HTTP\/\d\.\d (\d+)/.exec(head)?.[1]), head, rest: bytes.subarray(end + 4), socket });
		});
		socket.write(`${lines.join('\r\n')}\r\n${unfinished ? '' : '\r\n'}`);
	});
}

// The lines of a good upgrade request; `change` replaces headers by name (null leaves one out).
export function upgradeLines({ first = 'GET /chat/relay HTTP/1.1', host = 'localhost', origin, key = randomBytes(16).toString('base64'),
	...change } = {}) {
	const headers = {
		Host: host, Upgrade: 'websocket', Connection: 'Upgrade', Origin: origin, 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13',
		'Sec-WebSocket-Protocol': 'chat.v1', ...change,
	};
	const present = Object.entries(headers).filter(([, value]) => value !== null && value !== undefined);
	return [first, ...present.map(([name, value]) => `${name}: ${value}`)];
}

export function acceptOf(key) {
	return createHash('sha1').update(key + GUID).digest('base64');
}

// One frame. `length` announces another length than the payload has; `mask: false` leaves the mask out, which no client may.
export function encode({ fin = true, rsv = 0, opcode = OPCODE.text, payload = Buffer.alloc(0), mask = true, length = payload.length }) {
	const announced = BigInt(length);
	const size = announced < 126n ? 0 : announced < 65536n ? 2 : 8;
	const head = Buffer.alloc(2 + size);
	head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
	head[1] = (mask ? 0x80 : 0) | (size === 0 ? Number(announced) : size === 2 ? 126 : 127);
	if (size === 2) head.writeUInt16BE(Number(announced), 2);
	if (size === 8) head.writeBigUInt64BE(announced, 2);
	if (!mask) return Buffer.concat([head, payload]);
	const key = randomBytes(4);
	return Buffer.concat([head, key, payload.map((byte, i) => byte ^ key[i % 4])]);
}

export class RawSocket {
	#socket;
	#bytes = Buffer.alloc(0);
	#ended = false;

	constructor(socket, rest, { pongs = true } = {}) {
		this.#socket = socket;
		this.pongs = pongs;
		this.frames = []; // { fin, rsv, opcode, payload }
		this.code = null; // of the close frame; 0 = a close frame without one
		socket.on('data', (data) => this.#read(data));
		socket.on('close', () => { this.#ended = true; });
		this.#read(rest);
		socket.resume();
	}

	static async open(to, { origin, pongs, ...change } = {}) {
		const answer = await request(to, upgradeLines({ origin, ...change }));
		if (answer?.status !== 101) throw new Error(`not upgraded: ${answer?.head ?? 'closed without an answer'}`);
		return new RawSocket(answer.socket, answer.rest, { pongs });
	}

	write(bytes) {
		this.#socket.write(bytes);
	}

	frame(description) {
		this.write(encode(description));
	}

	// A text frame; an object goes as JSON.
	text(content, more = {}) {
		this.frame({ payload: Buffer.from(typeof content === 'object' ? JSON.stringify(content) : content), ...more });
	}

	// What the text frames said.
	get messages() {
		return this.frames.filter(({ opcode }) => opcode === OPCODE.text).map(({ payload }) => JSON.parse(payload));
	}

	message(fits, what) {
		return until(() => this.messages.find(fits), { what, hopeless: () => (this.#ended || this.code !== null) && `the socket was closed with ${this.code ?? 1006}` });
	}

	// How it ended: the code of the close frame, 0 for one without a code, 1006 when the connection just ended.
	async closed() {
		await until(() => this.#ended || this.code !== null, { what: 'the socket to be closed' });
		return this.code ?? 1006;
	}

	get ended() {
		return this.#ended;
	}

	// Stops and goes on reading: the other side feels it when the kernel's buffers are full.
	pause() {
		this.#socket.pause();
	}

	resume() {
		this.#socket.resume();
	}

	close() {
		this.#socket.destroy();
	}

	#read(data) {
		this.#bytes = Buffer.concat([this.#bytes, data]);
		for (let frame = this.#take(); frame; frame = this.#take()) {
			this.frames.push(frame);
			if (frame.opcode === OPCODE.ping && this.pongs) this.frame({ opcode: OPCODE.pong, payload: frame.payload });
			if (frame.opcode === OPCODE.close) this.code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 0;
		}
	}

	#take() {
		const bytes = this.#bytes;
		if (bytes.length < 2) return null;
		const short = bytes[1] & 0x7f;
		const start = short === 127 ? 10 : short === 126 ? 4 : 2;
		if (bytes.length < start) return null;
		const length = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
		if (bytes.length < start + length) return null;
		this.#bytes = bytes.subarray(start + length);
		return { fin: bytes[0] >= 0x80, rsv: (bytes[0] >> 4) & 7, opcode: bytes[0] & 15, masked: bytes[1] >= 0x80,
			payload: bytes.subarray(start, start + length) };
	}
}
