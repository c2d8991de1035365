// SPDX-License-Identifier: ISC
// So many come at once that their hellos are more than the relay's session with the database takes at a time.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';

const CROWD = 1200; // a session takes 1,024 statements
const AT_ONCE = 100; // the listen queue is not what is tested

// The relay's patience, with a client and with a lock, is not what is tested.
const stack = useStack({ options: { hello_timeout_s: 60 }, prepare: async (fresh) => {
	for (const setting of ['lock_timeout', 'statement_timeout']) {
		await fresh.query(`alter role switchboard_relay in database ${fresh.database.name} set ${setting} = '60s'`);
	}
} });

function open() {
	const socket = new WebSocket(`ws+unix:${stack.relaySocket()}:/chat/relay`, 'chat.v1', { origin: new URL(stack.url).origin });
	socket.on('error', () => {});
	socket.on('message', (data) => { socket.synced ||= JSON.parse(data).t === 'synced'; });
	socket.on('close', (code) => { socket.code = code; });
	return socket;
}

async function openMany(count) {
	const sockets = [];
	while (sockets.length < count) {
		const some = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, open);
		await until(() => some.every(({ readyState }) => readyState === WebSocket.OPEN), { what: 'the sockets to open' });
		sockets.push(...some);
	}
	return sockets;
}

test('everybody of a crowd is let in, however many hellos wait for the database', { timeout: 300000 }, async (t) => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	const sockets = await openMany(CROWD);
	t.after(() => sockets.forEach((socket) => socket.terminate()));
	const lock = await stack.database.connect();
	t.after(() => lock.end());
	await lock.query('begin; lock table chat.relay_chat');
	for (const socket of sockets) socket.send(JSON.stringify({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 }));
	await openMany(1); // the relay has read what came before
	await lock.query('commit');
	await until(() => sockets.every(({ synced }) => synced), {
		what: 'all to be synced', hopeless: () => sockets.find(({ code }) => code) && 'one was closed',
	});
	assert.equal(sockets.filter(({ code }) => code).length, 0);
});
