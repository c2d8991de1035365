// SPDX-License-Identifier: ISC
// WebSocket frames as RFC 6455 forbids or allows them (P35–P37, SECURITY R6–R8, D17): what is wrong closes that one connection
// with the right code.

import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { encode, OPCODE, RawSocket } from '../support/raw-socket.mjs';
import { lastSeq, serves } from '../support/conversation.mjs';

const MESSAGE_S = 10; // message_timeout_s
const CLOCK_MS = 5; // the relay counts whole milliseconds
const stack = useStack();
const MARK = `mark${randomUUID()}`;
const bytes = (...list) => Buffer.from(list);

// A customer past his hello, as raw frames.
async function ready() {
	const kim = await Customer.open(stack, { queue: 'billing' });
	const raw = await RawSocket.open({ path: stack.relaySocket() }, { origin: new URL(stack.url).origin });
	raw.text({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 });
	await raw.message(({ t }) => t === 'synced', 'synced');
	return Object.assign(raw, { chat: kim.chat });
}

const message = (raw, body = MARK) => JSON.stringify({ t: 'send', chat: raw.chat, cid: randomUUID(), body });

// The socket closes with the code, and nothing is stored of what it said.
async function closesWith(code, act, what) {
	const raw = await ready();
	const before = await lastSeq(stack, raw.chat);
	await act(raw);
	const got = await raw.closed();
	assert.ok([code].flat().includes(got), `${what}: closed with ${got}, expected ${[code].flat().join(' or ')}`);
	assert.equal(await lastSeq(stack, raw.chat), before, `${what}: nothing is stored`);
	raw.close();
}

afterEach(async () => {
	await serves(stack);
	assert.equal(stack.relay.starts, 1, 'the relay lives');
});

test('P35: a binary frame closes with 1003', async () => {
	await closesWith(1003, (raw) => raw.frame({ opcode: OPCODE.binary, payload: Buffer.from(message(raw)) }), 'binary');
	await closesWith(1003, (raw) => raw.frame({ opcode: OPCODE.binary }), 'empty binary');
});

test('P36: text that is no UTF-8 closes with 1007: bad bytes, overlong, surrogates, beyond the range, cut off', async () => {
	const bad = { 'byte FF': bytes(0xff), 'overlong slash': bytes(0xc0, 0xaf), 'overlong euro': bytes(0xf0, 0x82, 0x82, 0xac),
		surrogate: bytes(0xed, 0xa0, 0x80),
		'above 10FFFF': bytes(0xf4, 0x90, 0x80, 0x80), 'lone continuation': bytes(0x80), 'cut off': bytes(0xe2, 0x82) };
	for (const [what, part] of Object.entries(bad)) {
		await closesWith(1007, (raw) => {
			const whole = Buffer.from(message(raw));
			const at = what === 'cut off' ? whole.length : whole.indexOf(MARK);
			raw.frame({ payload: Buffer.concat([whole.subarray(0, at), part, whole.subarray(at)]) });
		}, what);
	}
});

test('P36: UTF-8 split over fragments: good is stored byte-exact, bad closes with 1007', async () => {
	const raw = await ready();
	const body = 'Grüße 😀 €';
	const whole = Buffer.from(message(raw, body));
	[...whole].forEach((byte, i) => i < 60 && raw.frame({ fin: false, opcode: i === 0 ? OPCODE.text : OPCODE.continuation, payload: bytes(byte) }));
	const cut = whole.indexOf(bytes(0x9f, 0x98)); // inside the emoji
	raw.frame({ fin: false, opcode: OPCODE.continuation, payload: whole.subarray(60, cut) });
	raw.frame({ fin: false, opcode: OPCODE.continuation, payload: whole.subarray(cut, cut + 1) });
	raw.frame({ opcode: OPCODE.continuation, payload: whole.subarray(cut + 1) });
	await raw.message(({ t }) => t === 'ack', 'an ack');
	assert.equal((await stack.query('select body from chat.message where chat = $1 and kind = \'message\'', [raw.chat]))[0].body, body);
	raw.close();
	await closesWith(1007, (other) => {
		other.frame({ fin: false, payload: Buffer.concat([Buffer.from(`{"t":"send","x":"${MARK}`), bytes(0xe2)]) });
		other.frame({ opcode: OPCODE.continuation, payload: bytes(0x28, 0xa1) });
	}, 'a sequence broken in the next fragment');
	for (const [what, rest] of [['in a fragment of its own', bytes()], ['at the end of another', bytes(0x61, 0xe2, 0x82)]]) {
		await closesWith(1007, (other) => {
			other.frame({ fin: false, payload: Buffer.concat([Buffer.from('{"t":"'), rest.length > 0 ? rest.subarray(0, 0) : bytes(0xe2, 0x82)]) });
			other.frame({ opcode: OPCODE.continuation, payload: rest });
		}, `a sequence that is never completed, ${what}`);
	}
});

test('an empty last fragment ends a message like any other', async () => {
	const raw = await ready();
	raw.text({ t: 'ping', n: 3 }, { fin: false });
	raw.frame({ opcode: OPCODE.continuation });
	await raw.message(({ t, n }) => t === 'pong' && n === 3, 'an answer');
	raw.close();
});

test('P37: a message over 64 KiB closes with 1009, in one frame or in many; one that just fits is read', async () => {
	const raw = await ready();
	raw.text(JSON.stringify({ t: 'ping', n: 5 }).padEnd(65536));
	await raw.message(({ t }) => t === 'pong', 'an answer to 65,536 bytes');
	raw.close();
	await closesWith(1009, (other) => other.text(message(other).padEnd(65537)), '65,537 bytes');
	await closesWith(1009, (other) => {
		const whole = Buffer.from(message(other).padEnd(66000));
		for (let at = 0; at < whole.length; at += 6000) {
			other.frame({ fin: at + 6000 >= whole.length, opcode: at === 0 ? OPCODE.text : OPCODE.continuation,
				payload: whole.subarray(at, at + 6000) });
		}
	}, '66,000 bytes in eleven fragments');
});

test('P37: a frame that announces 2^20, 2^40 or 2^62 bytes closes with 1009 at once, one of 2^63 does no harm', async () => {
	for (const power of [20n, 40n, 62n]) {
		await closesWith(1009, (raw) => raw.write(encode({ payload: Buffer.from('{"t":"ping"'), length: 2n ** power })), `2^${power}`);
	}
	// libwebsockets ends this one without a close frame
	await closesWith([1002, 1009, 1006], (raw) => raw.write(encode({ payload: Buffer.from('{"t":"ping"'), length: 2n ** 63n })), '2^63');
});

test('P37: 65 fragments close with 1009, 64 are read', async () => {
	const inFragments = (raw, text, count) => {
		for (let i = 0; i < count; i++) {
			raw.text(i === count - 1 ? text.slice(i) : text[i], { fin: i === count - 1, opcode: i === 0 ? OPCODE.text : OPCODE.continuation });
		}
	};
	const raw = await ready();
	inFragments(raw, JSON.stringify({ t: 'ping', n: 7 }).padEnd(70), 64);
	await raw.message(({ t }) => t === 'pong', 'an answer to 64 fragments');
	raw.close();
	await closesWith(1009, (other) => inFragments(other, message(other), 65), '65 fragments');
	await closesWith(1009, (other) => {
		for (let i = 0; i < 200; i++) other.frame({ fin: false, opcode: i === 0 ? OPCODE.text : OPCODE.continuation });
	}, 'empty fragments without end');
});

test('control frames between the fragments of a message are answered, the message is read', async () => {
	const raw = await ready();
	const text = message(raw, 'in three parts');
	raw.text(text.slice(0, 10), { fin: false });
	raw.frame({ opcode: OPCODE.ping, payload: Buffer.from('are you there?') });
	await until(() => raw.frames.some(({ opcode, payload }) => opcode === OPCODE.pong && payload.toString() === 'are you there?'),
		{ what: 'a pong in the middle of a message' });
	raw.text(text.slice(10, 20), { fin: false, opcode: OPCODE.continuation });
	raw.frame({ opcode: OPCODE.pong, payload: Buffer.from('nobody asked') });
	raw.text(text.slice(20), { opcode: OPCODE.continuation });
	await raw.message(({ t }) => t === 'ack', 'an ack');
	assert.equal((await stack.query('select count(*)::int as n from chat.message where chat = $1 and body = \'in three parts\'', [raw.chat]))[0].n,
		1);
	raw.close();
});

test('reserved bits, unknown opcodes and malformed control frames close with 1002', async () => {
	for (const rsv of [1, 2, 4, 7]) await closesWith(1002, (raw) => raw.text(message(raw), { rsv }), `reserved bits ${rsv}`);
	for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) await closesWith(1002, (raw) => raw.text(message(raw), { opcode }), `opcode ${opcode}`);
	// libwebsockets ends this one without a close frame
	await closesWith([1002, 1006], (raw) => raw.frame({ opcode: OPCODE.ping, payload: Buffer.alloc(126) }), 'a ping of 126 bytes');
	await closesWith(1002, (raw) => raw.frame({ opcode: OPCODE.ping, fin: false, payload: Buffer.from('x') }), 'a fragmented ping');
	await closesWith(1002, (raw) => raw.frame({ opcode: OPCODE.close, fin: false }), 'a fragmented close');
});

test('broken fragmentation closes with 1002: a continuation of nothing, a new message inside another', async () => {
	await closesWith(1002, (raw) => raw.text(message(raw), { opcode: OPCODE.continuation }), 'a continuation of nothing');
	await closesWith(1002, (raw) => raw.text(message(raw), { opcode: OPCODE.continuation, fin: false }), 'an unfinished continuation of nothing');
	await closesWith(1002, (raw) => {
		raw.text(message(raw).slice(0, 20), { fin: false });
		raw.text(message(raw));
	}, 'a text frame inside a message');
	await closesWith([1002, 1003], (raw) => {
		raw.text(message(raw).slice(0, 20), { fin: false });
		raw.frame({ opcode: OPCODE.binary });
	}, 'a binary frame inside a message');
});

test('close frames: 1000 is echoed, codes that may not be sent close with 1002, one byte of code does no harm', async () => {
	const code = (number) => bytes(number >> 8, number & 255);
	await closesWith(1000, (raw) => raw.frame({ opcode: OPCODE.close, payload: code(1000) }), 'close 1000');
	for (const number of [0, 999, 1004, 1005, 1006, 1015, 2999]) {
		await closesWith(1002, (raw) => raw.frame({ opcode: OPCODE.close, payload: code(number) }), `close ${number}`);
	}
	// libwebsockets takes one byte for no code
	await closesWith([1002, 1000, 0, 1006], (raw) => raw.frame({ opcode: OPCODE.close, payload: bytes(3) }), 'close with one byte');
});

test('an unmasked frame closes with 1002 or is read like a masked one, and breaks nothing', async () => {
	// libwebsockets reads them; a browser cannot send them
	const raw = await ready();
	raw.text({ t: 'ping', n: 9 }, { mask: false });
	await until(() => raw.code !== null || raw.messages.some(({ t, n }) => t === 'pong' && n === 9), { what: 'an answer to an unmasked frame' });
	assert.ok([null, 1002].includes(raw.code));
	raw.close();
});

test('a message whose fragments take too long is given up with 4408', { timeout: 300000 }, async () => {
	const raw = await ready();
	const began = performance.now();
	raw.text(message(raw).slice(0, 20), { fin: false });
	assert.equal(await raw.closed(), 4408);
	const took = performance.now() - began;
	assert.ok(took > MESSAGE_S * 1000 - CLOCK_MS, `closed after ${Math.round(took)} ms, before its time`);
});

test('a connection cut anywhere inside a frame leaves nothing behind', async () => {
	for (const part of [1, 2, 5, 20, 60]) {
		const raw = await ready();
		raw.write(encode({ payload: Buffer.from(message(raw)) }).subarray(0, part));
		raw.close();
	}
});

test('nothing of all this is stored or logged', async () => {
	assert.equal((await stack.query('select count(*)::int as n from chat.message where body like $1', [`%${MARK}%`]))[0].n, 0);
	assert.ok(!stack.logs.includes(MARK));
});
