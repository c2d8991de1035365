// SPDX-License-Identifier: ISC
// Who may open a socket: judged by the web server and, for who gets past it, by the relay itself (P28–P31, SECURITY R1, R2, R4, R5).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { acceptOf, request, upgradeLines } from '../support/raw-socket.mjs';
import { serves } from '../support/conversation.mjs';

const HANDSHAKE_MS = 10000; // the relay's own patience (HANDSHAKE_S)
const stack = useStack();
const own = () => new URL(stack.url).origin;
const host = () => new URL(stack.url).host;
const WAYS = [['through nginx', () => ({ port: stack.port })], ['at the relay itself', () => ({ path: stack.relaySocket() })]];

// The status of the answer (null = closed without one). A refused connection must come to its end; an accepted one is ended here.
async function status(to, lines) {
	const answer = await request(to, lines);
	if (answer === null) return null;
	if (answer.status === 101) {
		answer.socket.destroy();
	} else {
		answer.socket.resume();
		if (to.path) await until(() => answer.socket.destroyed || answer.socket.readableEnded, { what: 'a refused connection to be closed' });
		answer.socket.destroy();
	}
	return answer.status;
}

function refused(change, expected, message) {
	return Promise.all(WAYS.map(async ([way, to]) => {
		const got = await status(to(), upgradeLines({ host: host(), origin: own(), ...change() }));
		assert.ok(expected.includes(got), `${message} ${way}: got ${got}, expected ${expected.join(' or ')}`);
	}));
}

for (const [way, to] of WAYS) {
	test(`a good handshake gets 101 with chat.v1 and no compression, ${way} (R4)`, async () => {
		const key = 'dGhlIHNhbXBsZSBub25jZQ==';
		const answer = await request(to(), upgradeLines({ host: host(), origin: own(), key,
			'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }));
		answer.socket.destroy();
		assert.equal(answer.status, 101, answer.head);
		assert.match(answer.head, new RegExp(`^sec-websocket-accept: ${acceptOf(key).replace(/[+/=]/g, '\\$&')}$`, 'im'));
		assert.match(answer.head, /^sec-websocket-protocol: chat\.v1\r?$/im);
		assert.doesNotMatch(answer.head, /^sec-websocket-extensions:/im);
	});

	test(`chat.v1 may stand anywhere in the list of subprotocols, ${way}`, async () => {
		assert.equal(await status(to(), upgradeLines({ host: host(), origin: own(), 'Sec-WebSocket-Protocol': 'chat.v9, chat.v1' })), 101);
	});

	test(`the origin of a site is welcome, ${way}`, async () => {
		assert.equal(await status(to(), upgradeLines({ host: host(), origin: new URL(stack.shopUrl).origin })), 101);
	});
}

test('P28: no Origin, a null one and foreign ones are refused with 403', async () => {
	await refused(() => ({ origin: null }), [403], 'no Origin');
	const foreign = [() => 'null', () => 'https://evil.example', () => `${own()}.evil.example`, () => `${own()}0`,
		() => own().replace('http:', 'https:'),
		() => `${own()}/`, () => own().toUpperCase(), () => 'http://localhost', () => ''];
	for (const origin of foreign) await refused(() => ({ origin: origin() }), [403], `Origin: ${origin()}`);
});

test('P29: a plain GET gets 426 or 404 and the connection is closed', async () => {
	await refused(() => ({ Upgrade: null, Connection: 'close' }), [426, 404], 'plain GET');
	await refused(() => ({ Upgrade: null, Connection: 'close', 'Sec-WebSocket-Key': null, 'Sec-WebSocket-Version': null,
		'Sec-WebSocket-Protocol': null }), [426, 404], 'bare GET');
});

test('P30: an upgrade to h2c is not carried out', async () => {
	for (const [way, to] of WAYS) {
		const got = await status(to(), ['GET /chat/relay HTTP/1.1', `Host: ${host()}`, `Origin: ${own()}`, 'Connection: Upgrade, HTTP2-Settings',
			'Upgrade: h2c',
			'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA']);
		assert.notEqual(got, 101, way);
	}
	await refused(() => ({ Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA' }), [426, 404, 400, 403, null],
		'h2c with the headers of a socket');
	await refused(() => ({ Upgrade: 'websocket2' }), [426, 404, 400, 403, null], 'an upgrade that only begins alike');
});

test('P31: another version than 13 gets 426 or 400', async () => {
	for (const version of ['8', '0', '14', '13, 8', 'x', null]) await refused(() => ({ 'Sec-WebSocket-Version': version }), [426, 400],
		`version ${version}`);
});

test('an upgrade by another method than GET is refused', async () => {
	for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE']) {
		await refused(() => ({ first: `${method} /chat/relay HTTP/1.1`, ...(method === 'POST' ? { 'Content-Length': '0' } : {}) }),
			[403, 405, 400, 426, 501, null], method);
	}
});

test('HTTP/1.0, CONNECT and another path open no socket', async () => {
	for (const [way, to] of WAYS) {
		for (const first of ['GET /chat/relay HTTP/1.0', `CONNECT ${host()} HTTP/1.1`, 'GET /chat/relay/../relay2 HTTP/1.1',
			'GET /elsewhere HTTP/1.1']) {
			if (first.endsWith('1.0') && to().port) continue; // nginx speaks 1.1 to the relay whatever its client speaks
			assert.notEqual(await status(to(), upgradeLines({ first, host: host(), origin: own() })), 101, `${first} ${way}`);
		}
	}
});

test('a missing, short or long key is refused', async () => {
	for (const key of [null, '', 'dGhlIHNhbXBsZQ==', `${'A'.repeat(30)}==`, 'A'.repeat(200)]) {
		await refused(() => ({ 'Sec-WebSocket-Key': key }), [400, 426], `key ${key}`);
	}
});

test('a missing or wrong subprotocol is refused', async () => {
	for (const protocol of [null, '', 'chat', 'chat.v2', 'chat.v11', 'CHAT.V1', 'http', 'chat.v2, chat.v3', 'raw', 'x'.repeat(140)]) {
		await refused(() => ({ 'Sec-WebSocket-Protocol': protocol }), [400, 403, 426], `subprotocol ${protocol}`);
	}
});

test('a credential in the query string is refused with 400', async () => {
	for (const name of ['token', 'ticket']) {
		await refused(() => ({ first: `GET /chat/relay?${name}=abcdefgh HTTP/1.1` }), [400], `?${name}=`);
	}
});

test('headers larger than the limit are refused, the relay lives on', async () => {
	for (const [way, to] of WAYS) {
		const got = await status(to(), upgradeLines({ host: host(), origin: own(), 'X-Long': 'x'.repeat(40000) }));
		assert.ok(got === null || (got >= 400 && got < 500), `${way}: ${got}`);
	}
	await serves(stack);
});

test('a hundred half-sent handshakes do not hold up a good client, and are cut', { timeout: 300000 }, async (t) => {
	const cut = [];
	let served = false;
	// one of the hundred, and its successors, so that there are a hundred until the good client has been served
	const halfSent = async () => {
		do {
			const opened = performance.now();
			const answer = await request({ path: stack.relaySocket() }, upgradeLines({ host: host(), origin: own() }), { unfinished: true });
			cut.push(performance.now() - opened);
			assert.ok(answer === null || answer.status >= 400, 'closed, perhaps with an answer');
			answer?.socket.destroy();
		} while (!served);
	};
	const all = Promise.all(Array.from({ length: 100 }, halfSent));
	await serves(stack);
	served = true;
	await all;
	cut.sort((a, b) => a - b);
	t.diagnostic(`cut after ${Math.round(cut[0])} to ${Math.round(cut.at(-1))} ms`);
	assert.ok(cut[0] > HANDSHAKE_MS - 1000, `cut after ${Math.round(cut[0])} ms, before its time`); // libwebsockets counts whole seconds
});

test('clients that are gone before the relay can answer their handshake harm nobody', async () => {
	const lines = `${upgradeLines({ host: host(), origin: own() }).join('\r\n')}\r\n\r\n`;
	for (let i = 0; i < 200; i++) {
		const socket = connect(stack.relaySocket());
		socket.on('error', () => {});
		socket.write(lines, () => socket.destroy());
		await once(socket, 'close');
	}
	await serves(stack);
});

test('after all this the same relay serves', async () => {
	await serves(stack);
	assert.equal(stack.relay.starts, 1);
});
