// SPDX-License-Identifier: ISC
// The first frame: who it lets in, and what it answers everybody else (P32–P34, P41).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { RawSocket } from '../support/raw-socket.mjs';
import { converse, lastSeq, serves } from '../support/conversation.mjs';

const OTHER_SITE = 'http://other.example';
const HELLO_S = 6; // whoever says it does so in that time even on a machine that is very busy
const CLOCK_MS = 5; // the relay counts whole milliseconds
const stack = useStack({ options: { hello_timeout_s: HELLO_S }, prepare: ({ query }) => query.call(stack, 'insert into chat.site (site, name, origins) values ($1, $2, $3)',
	['other', 'Another site', [OTHER_SITE]]) });
const own = () => new URL(stack.url).origin;
const open = (more = {}) => RawSocket.open({ path: stack.relaySocket() }, { origin: own(), ...more });
const token = () => randomBytes(32).toString('base64url');

// What a socket says to a first message: its close code and whatever came before.
async function answerTo(first, more) {
	const raw = await open(more);
	raw.text(first);
	const code = await raw.closed();
	return { code, messages: raw.messages.map(({ t, code: error }) => [t, error]) };
}

const closesWith = async (code, first, what, more) => assert.equal((await answerTo(first, more)).code, code, what);

test('P32: a socket that says nothing, or only half a hello, is closed with 4408', async () => {
	const began = performance.now();
	const [silent, half] = await Promise.all([open(), open()]);
	half.text('{"t":"hello",', { fin: false });
	assert.deepEqual(await Promise.all([silent.closed(), half.closed()]), [4408, 4408]);
	const took = performance.now() - began;
	assert.ok(took > HELLO_S * 1000 - CLOCK_MS, `closed after ${Math.round(took)} ms, before its time`);
});

test('P33: whatever comes first but a hello closes with 4401', async () => {
	const chat = randomUUID();
	const firsts = [{ t: 'send', chat, cid: randomUUID(), body: 'hi' }, { t: 'ping', n: 1 }, { t: 'typing', chat, on: true },
		{ t: 'accept', offer: chat }, { t: 'nothing' },
		{}, '', 'x', '{', '[]', 'null', '{"t":1}', '{"t":null}', '{"t":["hello"]}'];
	for (const first of firsts) await closesWith(4401, first, JSON.stringify(first));
});

test('a hello whose fields are wrong closes with 4401', async () => {
	const kim = await Customer.open(stack);
	const good = { t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 };
	const wrong = [{ token: undefined }, { token: 1 }, { token: null }, { token: '' }, { token: [] }, { chat: undefined }, { chat: 'x' },
		{ chat: kim.chat.toUpperCase() }, { chat: 7 },
		{ last_seq: -1 }, { last_seq: 1.5 }, { last_seq: '0' }, { last_seq: null }, { last_seq: 2 ** 60 }, { epoch: 7 }, { unknown: 1 },
		{ ticket: token() }, { cursors: {} }];
	for (const change of wrong) await closesWith(4401, { ...good, ...change }, `hello with ${JSON.stringify(change)}`);
	for (const cursors of [[], 'x', { x: 1 }, { [kim.chat]: -1 }, { [kim.chat]: '1' }, { [kim.chat.toUpperCase()]: 1 }]) {
		await closesWith(4401, { t: 'hello', ticket: token(), cursors }, `cursors ${JSON.stringify(cursors)}`);
	}
	await kim.connect();
	kim.close();
});

test('P34: a token that is wrong, malformed or another chat\'s, and an unknown chat, get the very same answer: 4401', async () => {
	const [kim, lee] = await Promise.all([Customer.open(stack), Customer.open(stack)]);
	const tries = [{ token: token() }, { token: 'x' }, { token: lee.token }, { chat: lee.chat }, { chat: randomUUID() },
		{ token: token(), chat: randomUUID() }, { token: `${kim.token}A` },
		{ token: kim.token.slice(0, -1) }, { token: kim.token.toLowerCase() }];
	for (const change of tries) {
		const answer = await answerTo({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0, ...change });
		assert.deepEqual(answer, { code: 4401, messages: [] }, JSON.stringify(Object.keys(change)));
	}
});

test('P34: a ticket that is wrong, used, expired or of a session that is over gets the very same answer: 4401', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	const used = await ana.ticket();
	const first = await open();
	first.text({ t: 'hello', ticket: used, cursors: {} });
	await first.message(({ t }) => t === 'ready', 'a ticket to be good once');
	const expired = await ana.ticket();
	await stack.query('update chat.ticket set expires_at = clock_timestamp() - interval \'1 second\'');
	const ben = await Operator.logIn(stack, 'ben');
	const orphan = await ben.ticket();
	await ben.call('DELETE', 'session');
	for (const [what, ticket] of Object.entries({ wrong: token(), malformed: 'x', used, expired, orphan, cookie: ana.cookie.split('=')[1] })) {
		assert.deepEqual(await answerTo({ t: 'hello', ticket, cursors: {} }), { code: 4401, messages: [] }, `a ticket that is ${what}`);
	}
	assert.equal(first.ended, false, 'who used it first stays');
	first.close();
});

test('the same ticket on two sockets at once lets one in', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	const ticket = await ana.ticket();
	const raws = await Promise.all(Array.from({ length: 5 }, () => open()));
	for (const raw of raws) raw.text({ t: 'hello', ticket, cursors: {} });
	await until(() => raws.every((raw) => raw.code !== null || raw.messages.some(({ t }) => t === 'ready')), { what: 'an answer on every socket' });
	assert.equal(raws.filter(({ code }) => code === null).length, 1, 'one is in');
	assert.equal(raws.filter(({ code }) => code === 4401).length, 4, 'the others are out');
	for (const raw of raws) raw.close();
});

test('ready carries the epoch of the database and the heartbeat; a new chat is synced at once', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	const ready = await kim.connect();
	assert.deepEqual({ ...ready, heard_at: 0 }, { t: 'ready', epoch: kim.epoch, heartbeat_s: 25, heard_at: 0 });
	const synced = await kim.frame(({ t }) => t === 'synced', 'synced');
	assert.deepEqual([synced.chat, synced.seq], [kim.chat, 1]);
	assert.deepEqual(kim.events(kim.chat).map(({ seq, kind }) => [seq, kind]), [[1, 'queued']]);
	kim.close();
});

test('P41: a last_seq above the stored maximum, or another epoch, gets resync and the full history', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	for (const body of ['one', 'two', 'three']) await kim.say(body);
	const last = await lastSeq(stack, kim.chat);
	kim.close();
	for (const hello of [{ last_seq: last + 1 }, { last_seq: 2 ** 40 }, { last_seq: last, epoch: randomUUID() },
		{ last_seq: 1, epoch: 'elsewhere' }]) {
		const again = kim.tab();
		await again.connect({ last_seq: hello.last_seq, hello });
		await again.frame(({ t }) => t === 'synced', 'synced');
		const told = again.frames.filter(({ t }) => ['resync', 'event', 'synced'].includes(t)).map(({ t, seq }) => (t === 'event' ? seq : t));
		assert.deepEqual(told, ['resync', ...Array.from({ length: last }, (_, i) => i + 1), 'synced'], JSON.stringify(hello));
		assert.equal(again.frames.find(({ t }) => t === 'resync').chat, kim.chat);
		again.close();
	}
	const right = kim.tab();
	await right.connect({ last_seq: last, hello: { epoch: kim.epoch } });
	await right.frame(({ t }) => t === 'synced', 'synced');
	assert.ok(!right.frames.some(({ t }) => ['resync', 'event'].includes(t)), 'nothing is told again to who is up to date');
	right.close();
});

test('P41: an operator\'s cursor above the maximum, or another epoch, gets resync for that chat', async (t) => {
	const { operator: ana, customers: [kim, lee] } = await converse(stack, t, { customers: 2 });
	const last = { [kim.chat]: await lastSeq(stack, kim.chat), [lee.chat]: await lastSeq(stack, lee.chat) };
	const tab = ana.tab();
	await tab.connect({ cursors: { [kim.chat]: last[kim.chat] + 5, [lee.chat]: last[lee.chat] } });
	await until(() => tab.frames.filter(({ t: type }) => type === 'synced').length === 2, { what: 'both chats to be synced' });
	assert.deepEqual(tab.frames.filter(({ t: type }) => type === 'resync').map(({ chat }) => chat), [kim.chat]);
	assert.equal(tab.events(kim.chat).length, last[kim.chat]);
	assert.equal(tab.events(lee.chat).length, 0);
	tab.close();
	const stranger = ana.tab();
	await stranger.connect({ cursors: last, hello: { epoch: randomUUID() } });
	await until(() => stranger.frames.filter(({ t: type }) => type === 'synced').length === 2, { what: 'both chats to be synced' });
	assert.deepEqual(stranger.frames.filter(({ t: type }) => type === 'resync').map(({ chat }) => chat).sort(), [kim.chat, lee.chat].sort());
	assert.equal(stranger.events(lee.chat).length, last[lee.chat]);
	stranger.close();
});

test('a hello larger than its limit (customers 1 KiB, operators 8 KiB) closes with 1009, one that just fits does not', async () => {
	const kim = await Customer.open(stack);
	const hello = JSON.stringify({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 });
	await closesWith(1009, hello.padEnd(1025), 'a customer\'s hello of 1,025 bytes');
	await closesWith(1009, 'x'.repeat(8193), 'anything of 8,193 bytes');
	const fits = await open();
	fits.text(hello.padEnd(1024));
	await fits.message(({ t }) => t === 'ready', 'a hello of 1,024 bytes to be welcome');
	fits.close();
	const ana = await Operator.logIn(stack, 'ana');
	const cursors = () => Object.fromEntries(Array.from({ length: 100 }, () => [randomUUID(), 1]));
	const many = await open();
	many.text(JSON.stringify({ t: 'hello', ticket: await ana.ticket(), cursors: cursors() }).padEnd(8192));
	await many.message(({ t }) => t === 'ready', 'an operator\'s hello of 8,192 bytes to be welcome');
	many.close();
	await closesWith(1009, JSON.stringify({ t: 'hello', ticket: await ana.ticket(), cursors: cursors() }).padEnd(8193),
		'an operator\'s hello of 8,193 bytes');
});

test('a second hello is bad_state, and the third strike closes with 4400', async () => {
	const kim = await Customer.open(stack);
	await kim.connect();
	const hello = { t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 };
	kim.send(hello);
	await kim.frame(({ t, code }) => t === 'error' && code === 'bad_state', 'bad_state');
	assert.equal((await kim.say('still here')).t, 'ack', 'the connection stays');
	kim.send(hello);
	kim.send(hello);
	assert.equal(await kim.closeCode(), 4400);
});

test('an ended chat closes with 4410, an abandoned one too', async () => {
	const ended = await Customer.open(stack);
	await ended.call('POST', `chats/${ended.chat}/end`, {});
	await closesWith(4410, { t: 'hello', token: ended.token, chat: ended.chat, last_seq: 0 }, 'ended');
	const abandoned = await Customer.open(stack, { queue: 'billing' });
	await abandoned.call('POST', `chats/${abandoned.chat}/end`, {});
	await closesWith(4410, { t: 'hello', token: abandoned.token, chat: abandoned.chat, last_seq: 3 }, 'abandoned');
});

test('the origin of another site closes with 4403, that of the chat\'s site is welcome', async () => {
	const kim = await Customer.open(stack);
	const hello = { t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 };
	await closesWith(4403, hello, 'a customer of the shop on another site', { origin: OTHER_SITE });
	const shop = await open({ origin: new URL(stack.shopUrl).origin });
	shop.text(hello);
	await shop.message(({ t }) => t === 'ready', 'the shop\'s origin to be welcome');
	shop.close();
	const ana = await Operator.logIn(stack, 'ana');
	const answer = await answerTo({ t: 'hello', ticket: await ana.ticket(), cursors: {} }, { origin: OTHER_SITE });
	assert.equal(answer.code, 4403, 'a ticket is bound to the origin it was made for');
});

test('a newer socket of the same session and tab closes the older one with 4409; another tab and another chat stay', async () => {
	const [kim, lee] = await Promise.all([Customer.open(stack), Customer.open(stack)]);
	const socketOf = async (customer, tab) => {
		const person = customer.tab();
		await person.connect({ hello: { tab } });
		return person;
	};
	const older = await socketOf(kim, 'tab-1');
	const otherTab = await socketOf(kim, 'tab-2');
	const otherChat = await socketOf(lee, 'tab-1');
	const newer = await socketOf(kim, 'tab-1');
	assert.equal(await older.closeCode(), 4409);
	for (const person of [newer, otherTab, otherChat]) {
		assert.equal((await person.say('hello')).t, 'ack');
		person.close();
	}
	const ana = await Operator.logIn(stack, 'ana');
	const second = ana.tab();
	await ana.connect({ hello: { tab: 'console' } });
	await second.connect({ hello: { tab: 'console' } });
	assert.equal(await ana.closeCode(), 4409);
	assert.equal(second.closed, null);
	second.close();
});

test('logging out closes the session\'s sockets with 4401, those of another session stay', async () => {
	const [ana, elsewhere] = [await Operator.logIn(stack, 'ana'), await Operator.logIn(stack, 'ana')];
	await ana.connect();
	await elsewhere.connect();
	await ana.call('DELETE', 'session');
	assert.equal(await ana.closeCode(), 4401);
	await elsewhere.settled();
	elsewhere.close();
});

test('a deactivated operator\'s sockets are closed with 4401 within 30 s', { timeout: 300000 }, async () => {
	const ben = await Operator.logIn(stack, 'ben');
	await ben.connect();
	await stack.query('update chat.operator set active = false where operator = \'ben\'');
	try {
		assert.equal(await ben.closeCode(), 4401);
	} finally {
		await stack.query('update chat.operator set active = true where operator = \'ben\'');
	}
});

test('after all this the same relay serves, and no token stands in a log', async () => {
	const kim = await Customer.open(stack);
	await kim.connect();
	await kim.say('hello');
	kim.close();
	await serves(stack);
	assert.equal(stack.relay.starts, 1);
	assert.ok(!stack.logs.includes(kim.token), 'the token is not logged');
});
