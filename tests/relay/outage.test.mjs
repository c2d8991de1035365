// SPDX-License-Identifier: ISC
// Processes die while people talk: nothing that was acked is lost, nothing is doubled, and service is back by itself
// (G15; PF01, PF02, PF06, PF07, PF20).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { gather } from '../support/crowd.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { serves } from '../support/conversation.mjs';

const stack = useStack({ ownCluster: true });
const HOUSE = { operators: ['ana', 'chloe'], perOperator: 3 };

// Until a new chat can be opened and answered by an operator; gives the time it took.
async function serviceIsBack(since) {
	await until(() => serves(stack).then(() => true), { what: 'a new chat to be served' });
	return Math.round(performance.now() - since);
}

// Talk of some seconds with a fault in the middle; then everything must be heard and the history be right.
async function talkThrough(t, fault, house = HOUSE) {
	const crowd = await gather(stack, t, house);
	const talk = crowd.chatter({ messages: 120, every_ms: 40 });
	await until(() => crowd.history.entries.filter(({ what }) => what === 'ack').length > 200, { what: 'the talk to be under way' });
	await fault(crowd);
	await talk;
	await crowd.settle();
	await crowd.judge();
	const chats = crowd.customers.map(({ person }) => person.chat);
	const [{ n }] = await stack.query('select count(*)::int as n from chat.message where kind = \'message\' and chat = any ($1)', [chats]);
	assert.equal(n, 2 * chats.length * 120, 'everything that was said is stored once');
	assert.ok(crowd.talkers.every(({ failed }) => failed.size === 0), 'and nothing was refused');
	return crowd;
}

test('PF01: kill -9 of the relay: everybody resumes, nothing is lost or doubled', { timeout: 300000 }, async (t) => {
	await talkThrough(t, async (crowd) => {
		const since = performance.now();
		await stack.relay.kill('SIGKILL');
		await until(() => crowd.talkers.every(({ ready, connects }) => ready && connects > 1), { what: 'everybody to be back' });
		t.diagnostic(`a new chat is served ${await serviceIsBack(since)} ms after the kill`);
	});
});

test('PF06: immediate stop of PostgreSQL, start after 5 s: no ack meanwhile, all that was acked is there', { timeout: 300000 }, async (t) => {
	const crowd = await talkThrough(t, async (people) => {
		await stack.postgres('stop', '-m', 'immediate');
		// twice there and back: whatever the relay had heard of the database by then has been told by now
		for (let i = 0; i < 2; i++) await Promise.all(people.talkers.map(({ person }) => person.settled()));
		const stopped = performance.now();
		await pause(5000); // the length of the outage
		const started = performance.now();
		assert.deepEqual(people.acksBetween(stopped, started), [], 'no ack during the outage');
		await stack.postgres('start');
		t.diagnostic(`a new chat is served ${await serviceIsBack(started)} ms after the start of PostgreSQL`);
		await until(() => people.acksBetween(started, Infinity).length > 0, { what: 'acks to go on' });
		await until(() => people.talkers.every(({ ready }) => ready), { what: 'everybody to be there' });
	});
	const codes = new Set(crowd.history.entries.filter(({ what }) => what === 'close').map(({ code }) => code));
	assert.deepEqual([...codes].filter((code) => code !== 4503), [], 'sockets stay, or are closed with 4503');
});

test('PF07: pg_ctl restart -m fast under load: the same', { timeout: 300000 }, async (t) => {
	const crowd = await talkThrough(t, async () => {
		await stack.postgres('restart', '-m', 'fast');
		await serviceIsBack(performance.now());
	});
	const codes = new Set(crowd.history.entries.filter(({ what }) => what === 'close').map(({ code }) => code));
	assert.deepEqual([...codes].filter((code) => code !== 4503), []);
});

test('PF02: kill -9 of the router while chats queue: talk goes on, none is lost, the queue drains', { timeout: 300000 }, async (t) => {
	await talkThrough(t, async (crowd) => {
		const waiting = await Promise.all(Array.from({ length: 3 }, () => Customer.open(stack, { queue: 'sales' })));
		await stack.router.kill('SIGKILL');
		const dara = await crowd.addOperator('dara', 'sales', 10);
		await until(async () => {
			const owned = await stack.query('select count(*)::int as n from chat.assignment where ended_at is null and operator = \'dara\'');
			return owned[0].n === 3;
		}, { what: 'the queue to drain' });
		for (const { chat } of waiting) await dara.person.end(chat);
	});
});

test('kill -9 of every program at once, and of PostgreSQL: the same people go on talking', { timeout: 300000 }, async (t) => {
	await talkThrough(t, async () => {
		await Promise.all([stack.postgres('stop', '-m', 'immediate'), stack.relay.kill('SIGKILL'), stack.router.kill('SIGKILL'),
			stack.api.kill('SIGKILL')]);
		await stack.postgres('start');
		await serviceIsBack(performance.now());
	});
});

test('the sockets of an outage longer than the grace time are closed with 4503; messages wait in the client', { timeout: 300000 }, async (t) => {
	const patient = await Customer.open(stack, { queue: 'billing' });
	await patient.connect();
	await stack.relay.ready();
	await stack.postgres('stop', '-m', 'immediate');
	let started;
	try {
		patient.send({ t: 'send', chat: patient.chat, cid: randomUUID(), body: 'into the void' });
		const code = await patient.closeCode(); // database_grace_s is 30
		assert.equal(code, 4503);
		assert.ok(!patient.frames.some(({ t: type }) => type === 'ack'), 'not acked');
	} finally {
		started = performance.now();
		await stack.postgres('start');
	}
	t.diagnostic(`a new chat is served ${await serviceIsBack(started)} ms after the start of PostgreSQL`);
	await patient.connect();
	assert.equal((await patient.say('again')).t, 'ack');
	patient.close();
});

test('PF20: SIGTERM: a reconnect frame, close 1001, exit 0; people come back', { timeout: 300000 }, async (t) => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	const ana = await Operator.logIn(stack, 'ana');
	await ana.connect();
	const cids = Array.from({ length: 20 }, () => randomUUID());
	for (const cid of cids) kim.send({ t: 'send', chat: kim.chat, cid, body: 'last words' });
	const started = performance.now();
	const outcome = await stack.relay.stop();
	const took = performance.now() - started;
	await stack.relay.start();
	assert.deepEqual(outcome, { code: 0, signal: null });
	t.diagnostic(`gone after ${Math.round(took)} ms`);
	for (const person of [kim, ana]) {
		assert.equal(await person.closeCode(), 1001);
		const { after_ms } = person.frames.find(({ t: type }) => type === 'reconnect');
		assert.ok(after_ms >= 0 && after_ms <= 30000);
	}
	const acked = kim.frames.filter(({ t: type }) => type === 'ack').map(({ cid }) => cid);
	const rows = () => stack.query('select cid from chat.message where chat = $1 and kind = \'message\'', [kim.chat]);
	const stored = (await rows()).map(({ cid }) => cid);
	assert.deepEqual(acked.filter((cid) => !stored.includes(cid)), [], 'what was acked is stored');
	await kim.connect();
	for (const cid of cids) assert.equal((await kim.say('last words', { cid })).t, 'ack', 'the rest is acked when it is sent again');
	assert.equal((await rows()).length, cids.length, 'all of it once');
	for (const person of [kim, ana]) person.close();
});

test('SIGTERM during talk loses nothing', { timeout: 300000 }, async (t) => {
	await talkThrough(t, async () => {
		assert.equal((await stack.relay.stop()).code, 0);
		await stack.relay.start();
	});
});
