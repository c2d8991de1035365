// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Outbox } from '../outbox.js';
import { Store } from '../storage.js';
import { fakeStorage, until } from './fakes.mjs';

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const shelf = (storage = fakeStorage()) => new Store('t:', () => storage);

// An outbox tries for ever: after its test it is emptied, else its timers would keep the process.
const opened = [];
function open(store, post, options = { timeoutMs: 1000 }) {
	opened.push(new Outbox(store, post, options));
	return opened.at(-1);
}
afterEach(() => {
	for (const outbox of opened.splice(0)) for (const chat of ['a', 'b']) outbox.discardChat(chat);
});

/** A server that answers when told to. */
function server() {
	const asked = [];
	return { asked, post: (entry) => new Promise((resolve, reject) => asked.push({ entry, resolve, reject })) };
}

test('a message is in storage before it is sent and leaves it only when it is stored on the server', async () => {
	const storage = fakeStorage();
	const { asked, post } = server();
	const outbox = open(shelf(storage), post);
	const { cid } = outbox.add({ chat: 'a', body: 'one' });
	assert.match(cid, UUID4);
	assert.equal(JSON.parse(storage.getItem(`t:out:${cid}`)).body, 'one');
	let sent;
	outbox.addEventListener('sent', (e) => { sent = e.detail; });
	asked[0].resolve({ seq: 7 });
	await until(() => sent, 'sent');
	assert.equal(sent.seq, 7);
	assert.equal(storage.length, 0);
	assert.deepEqual(outbox.pending('a'), []);
});

test('messages of one chat go one after the other, those of two chats side by side', async () => {
	const { asked, post } = server();
	const outbox = open(shelf(), post);
	for (const body of ['1', '2', '3']) outbox.add({ chat: 'a', body });
	outbox.add({ chat: 'b', body: 'x' });
	assert.deepEqual(asked.map((q) => q.entry.body), ['1', 'x']);
	asked[0].resolve({ seq: 1 });
	await until(() => asked.length === 3, 'the second');
	assert.equal(asked[2].entry.body, '2');
	assert.deepEqual(outbox.pending('a').map((e) => e.body), ['2', '3']);
});

test('what passes is tried again under the same cid, and nothing overtakes it', async () => {
	const { asked, post } = server();
	const outbox = open(shelf(), post);
	outbox.add({ chat: 'a', body: '1' });
	outbox.add({ chat: 'a', body: '2' });
	asked[0].reject({ code: 'unavailable' });
	await until(() => outbox.pending('a')[0].state === 'waiting', 'waiting');
	outbox.kick('a');
	await until(() => asked.length === 2, 'again');
	assert.equal(asked[1].entry.cid, asked[0].entry.cid);
	asked[1].resolve({ seq: 1 });
	await until(() => asked.length === 3, 'the second');
	assert.equal(asked[2].entry.body, '2');
});

test('it waits as long as it is told before it tries again by itself', async () => {
	const { asked, post } = server();
	const outbox = open(shelf(), post);
	outbox.add({ chat: 'a', body: '1' });
	const from = Date.now();
	asked[0].reject({ code: 'rate_limited', retryMs: 1100 });
	await until(() => asked.length === 2, 'again');
	assert.ok(Date.now() - from >= 1090, `after ${Date.now() - from} ms`);
});

test('what is refused for good is kept, shown and can be tried again or thrown away; the next goes on', async () => {
	const storage = fakeStorage();
	const { asked, post } = server();
	const outbox = open(shelf(storage), post);
	const bad = outbox.add({ chat: 'a', body: 'bad' });
	outbox.add({ chat: 'a', body: 'good' });
	asked[0].reject({ code: 'conflict' });
	await until(() => asked.length === 2, 'the next');
	assert.equal(outbox.pending('a')[0].state, 'failed');
	assert.equal(JSON.parse(storage.getItem(`t:out:${bad.cid}`)).code, 'conflict');
	asked[1].resolve({ seq: 1 });
	await until(() => outbox.pending('a').length === 1, 'stored');
	outbox.retry(bad.cid);
	await until(() => asked.length === 3, 'the retry');
	assert.notEqual(asked[2].entry.cid, bad.cid, 'a cid in conflict is burnt');
	outbox.discard(asked[2].entry.cid);
	assert.equal(storage.length, 0);
});

test('after a reload the same messages go out under the same cids, in the same order', async () => {
	const storage = fakeStorage();
	const before = server();
	const old = open(shelf(storage), before.post);
	const cids = ['1', '2', '3'].map((body) => old.add({ chat: 'a', body }).cid);
	const after = server();
	const young = open(shelf(storage), after.post);
	assert.deepEqual(young.pending('a').map((e) => e.cid), cids);
	young.kick();
	for (let i = 0; i < 3; i++) {
		await until(() => after.asked.length === i + 1, `message ${i}`);
		assert.equal(after.asked[i].entry.cid, cids[i]);
		after.asked[i].resolve({ seq: i + 1 });
	}
	await until(() => young.pending('a').length === 0, 'all stored');
});

test('an event with its cid confirms a message whose answer was lost', async () => {
	const storage = fakeStorage();
	const { post } = server();
	const outbox = open(shelf(storage), post);
	const { cid } = outbox.add({ chat: 'a', body: '1' });
	outbox.confirm(cid);
	assert.deepEqual(outbox.pending('a'), []);
	assert.equal(storage.length, 0);
});

test('no answer at all is no answer: the message goes out again', async () => {
	const { asked, post } = server();
	const outbox = open(shelf(), post, { timeoutMs: 30 });
	outbox.add({ chat: 'a', body: '1' });
	await until(() => asked.length >= 2, 'again');
	assert.equal(asked[1].entry.cid, asked[0].entry.cid);
});
