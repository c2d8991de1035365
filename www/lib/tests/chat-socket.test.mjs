// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ChatSocket } from '../chat-socket.js';
import { FakeSocket, until } from './fakes.mjs';

/** @type {ChatSocket} */
let chat;
beforeEach(() => FakeSocket.reset());
afterEach(() => chat.stop());

function make(options = {}) {
	chat = new ChatSocket({ url: () => 'ws://x/relay', hello: () => ({ t: 'hello', last_seq: 4 }), WebSocket: FakeSocket, random: () => 0, ...options });
	return chat;
}

async function connect(options) {
	make(options).start();
	await until(() => FakeSocket.all.length === 1, 'a socket');
	FakeSocket.last.open();
	FakeSocket.last.say({ t: 'ready', epoch: 'e1', heartbeat_s: 25 });
}

test('hello is the first frame; ready brings the epoch', async () => {
	make().start();
	await until(() => FakeSocket.all.length === 1, 'a socket');
	assert.equal(FakeSocket.last.protocol, 'chat.v1');
	assert.equal(chat.send({ t: 'typing' }), false, 'nothing goes out before ready');
	FakeSocket.last.open();
	assert.deepEqual(FakeSocket.last.sent, [{ t: 'hello', last_seq: 4 }]);
	FakeSocket.last.say({ t: 'ready', epoch: 'e1', heartbeat_s: 25 });
	assert.equal(chat.state, 'ready');
	assert.equal(chat.epoch, 'e1');
	assert.equal(chat.send({ t: 'typing' }), true);
});

test('frames reach the listener, unreadable ones are dropped', async () => {
	const frames = [];
	await connect();
	chat.addEventListener('frame', (e) => frames.push(e.detail.t));
	FakeSocket.last.say({ t: 'event' });
	FakeSocket.last.onmessage({ data: '{' });
	FakeSocket.last.say({ t: 'pong', n: 1 });
	assert.deepEqual(frames, ['event']);
});

for (const code of [1001, 1006, 1011, 1013, 4408, 4429, 4503])
	test(`close ${code}: it backs off and connects again`, async () => {
		await connect();
		FakeSocket.last.end(code);
		assert.equal(chat.state, 'waiting');
		const wait = chat.retryAt - Date.now();
		assert.ok(wait > 300 && wait <= 30_000, `${wait} ms`);
		chat.nudge();
		await until(() => FakeSocket.all.length === 2, 'the next socket');
	});

for (const [code, reason] of [[1000, 'done'], [4400, 'protocol'], [4401, 'unauthorized'], [4403, 'forbidden'], [4404, 'not_found'], [4409, 'replaced'], [4410, 'gone']])
	test(`close ${code}: it stops and says ${reason}`, async () => {
		await connect();
		FakeSocket.last.end(code);
		assert.equal(chat.state, 'stopped');
		assert.equal(chat.reason, reason);
		chat.nudge();
		assert.equal(FakeSocket.all.length, 1);
	});

for (const code of [1002, 1003, 1007, 1008, 1009])
	test(`close ${code}: once more, then it reports`, async () => {
		await connect();
		FakeSocket.last.end(code);
		assert.equal(chat.state, 'waiting');
		chat.nudge();
		await until(() => FakeSocket.all.length === 2, 'the next socket');
		FakeSocket.last.end(code);
		assert.equal(chat.state, 'stopped');
	});

test('4401 with a renewable credential: one new hello, no loop', async () => {
	let hellos = 0;
	await connect({ renewable: true, hello: () => ({ t: 'hello', ticket: ++hellos }) });
	FakeSocket.last.end(4401);
	chat.nudge();
	await until(() => FakeSocket.all.length === 2, 'the next socket');
	assert.equal(hellos, 2);
	FakeSocket.last.end(4401);
	assert.equal(chat.state, 'stopped');
	assert.equal(chat.reason, 'unauthorized');
});

test('reconnect {after_ms} is obeyed', async () => {
	await connect();
	FakeSocket.last.say({ t: 'reconnect', after_ms: 7000 });
	FakeSocket.last.end(1001);
	assert.ok(chat.retryAt - Date.now() > 6900);
});

test('a hello that cannot be made now is made later; one that is refused stops', async () => {
	make({ hello: () => Promise.reject(Object.assign(new Error('x'), { code: 'unavailable', retryMs: 0 })) }).start();
	await until(() => chat.state === 'waiting', 'waiting');
	chat.stop();
	make({ hello: () => Promise.reject(Object.assign(new Error('x'), { code: 'unauthorized' })) }).start();
	await until(() => chat.state === 'stopped', 'stopped');
	assert.equal(FakeSocket.all.length, 0);
});

test('the heartbeat is answered by pings', async () => {
	make().start();
	await until(() => FakeSocket.all.length === 1, 'a socket');
	FakeSocket.last.open();
	FakeSocket.last.say({ t: 'ready', epoch: 'e', heartbeat_s: 1 });
	await until(() => FakeSocket.last.sent.some((f) => f.t === 'ping'), 'a ping');
	assert.deepEqual(FakeSocket.last.sent.at(-1), { t: 'ping', n: 1 });
});

test('who is nudged again and again pings once: the relay closes a flood of pings', async () => {
	await connect();
	for (let i = 0; i < 50; i++) {
		chat.nudge();
		FakeSocket.last.say({ t: 'event' });
	}
	assert.equal(FakeSocket.last.sent.filter((f) => f.t === 'ping').length, 1);
	assert.equal(chat.state, 'ready');
});

test('failures count until the next ready', async () => {
	make().start();
	for (let i = 1; i <= 3; i++) {
		await until(() => FakeSocket.all.length === i, 'a socket');
		FakeSocket.last.end(1006);
		assert.equal(chat.failures, i);
		chat.nudge();
	}
	await until(() => FakeSocket.all.length === 4, 'a socket');
	FakeSocket.last.open();
	FakeSocket.last.say({ t: 'ready', epoch: 'e', heartbeat_s: 25 });
	assert.equal(chat.failures, 0);
});
