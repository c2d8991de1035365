// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { FakeSocket, fakeStorage } from '../../lib/tests/fakes.mjs';
import { Store } from '../../lib/storage.js';
import { ChatSession } from '../session.js';

Object.assign(globalThis, { WebSocket: FakeSocket, addEventListener: () => {}, document: { visibilityState: 'visible', addEventListener: () => {} } });

beforeEach(() => {
	FakeSocket.reset();
	mock.method(globalThis, 'setTimeout', () => 0);
});
afterEach(() => mock.restoreAll());

const QUEUED = { chat: 'c', seq: 1, kind: 'queued', data: { label: 'Billing' }, at: '2026-01-01T00:00:00Z' };
const settle = () => new Promise((done) => { setImmediate(done); });

// A chat in the line, of which the place is asked over HTTP: { session, socket, answer(position) }.
async function inLine() {
	/** @type {((chat: object) => void)[]} */
	const asked = [];
	const api = {
		token: null,
		get: (path) => (path === 'chats/c' ? new Promise((go) => { asked.push(go); }) : Promise.resolve({ events: [] })),
		post: () => Promise.resolve({}),
	};
	const [store, tab] = ['a:', 'b:'].map((prefix) => new Store(prefix, fakeStorage));
	store.set('chat', { id: 'c', token: 't' });
	const session = new ChatSession({ api, key: 'shop', store, tab, relay: { url: 'ws://relay', protocol: 'chat.v1' } });
	session.resume();
	for (let i = 0; !FakeSocket.last && i < 10; i++) await settle();
	const socket = FakeSocket.last;
	socket.open();
	socket.say({ t: 'ready', epoch: 'e' });
	socket.say({ t: 'event', ...QUEUED });
	const ask = async () => {
		session.end().catch(() => {}); // reads the chat anew
		const before = asked.length;
		for (let i = 0; asked.length === before && i < 10; i++) await settle();
		return asked.at(-1);
	};
	return { session, socket, ask };
}

test('the place in the line is the newest that was heard, over whatever connection', async () => {
	const { session, socket, ask } = await inLine();
	const answer = await ask();
	socket.say({ t: 'queue', chat: 'c', position: 1 });
	answer({ chat: { position: 3 } });
	await settle();
	assert.equal(session.place.position, 1, 'the answer is older than the frame');

	const [older, newer] = [await ask(), await ask()];
	newer({ chat: { position: 4 } });
	older({ chat: { position: 2 } });
	await settle();
	assert.equal(session.place.position, 4, 'the answer to the older question came last');
});

test('an answer about the place brings nothing back when somebody has come, nor after a new start', async () => {
	const first = await inLine();
	const late = await first.ask();
	first.socket.say({ t: 'event', chat: 'c', seq: 2, kind: 'joined', author: { kind: 'operator', name: 'Ana' }, at: QUEUED.at });
	late({ chat: { position: 1 } });
	await settle();
	assert.equal(first.session.place, null);

	FakeSocket.reset();
	const second = await inLine();
	const left = await second.ask();
	second.session.restart();
	left({ chat: { position: 1 } });
	await settle();
	assert.equal(second.session.place, null);
});
