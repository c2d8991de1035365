// SPDX-License-Identifier: ISC
// Two relays on one database: the parties of a chat on different ones have the same guarantees, with hints, without them, and when one relay dies.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { withBody } from '../support/function-body.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { gather } from '../support/crowd.mjs';
import { allHeard, converse, heardUpTo, lastSeq, meet, onDuty, part, serves } from '../support/conversation.mjs';

const SWEEP_MS = 20000; // a lost hint costs no more than that
const stack = useStack({ relays: 2 });
const apart = { relay: 1, customerRelay: 2 };

// The sessions of the relays, those that LISTEN among them.
const sessionsOfRelays = () => stack.query('select pid from pg_stat_activity where datname = current_database() and usename = \'switchboard_relay\'');

// A frame in the middle of a person's story, after so many others.
const after = (person, from, fits, what) => until(() => person.frames.slice(from).find(fits), { what });

test('messages cross from one relay to the other, in order, with acks on the author\'s', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const acks = await Promise.all(Array.from({ length: 100 }, (_, i) => [kim.say(`customer ${i}`), ana.say(kim.chat, `operator ${i}`)]).flat());
	assert.ok(acks.every(({ t: type }) => type === 'ack'));
	await allHeard(stack, kim.chat, [kim, ana]);
	for (const person of [kim, ana]) {
		const heard = person.frames.filter((frame) => frame.chat === kim.chat && ['event', 'ack'].includes(frame.t)).map(({ seq }) => seq);
		assert.deepEqual(heard, heard.map((_, i) => heard[0] + i));
	}
});

test('a message crosses within moments when hints work', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const took = [];
	for (let i = 0; i < 50; i++) {
		const { seq } = await kim.say(`message ${i}`);
		const acked = performance.now();
		const event = await ana.frame(({ t: type, chat, seq: at }) => type === 'event' && chat === kim.chat && at === seq, 'the event');
		took.push(event.heard_at - acked);
	}
	took.sort((a, b) => a - b);
	t.diagnostic(`from the ack here to the event there: p50 ${took[25].toFixed(1)} ms, max ${took.at(-1).toFixed(1)} ms`);
	assert.ok(took[25] < SWEEP_MS / 4, `p50 ${took[25]} ms: a sweep, no hint`);
});

test('typing, marks and presence cross', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	kim.send({ t: 'typing', chat: kim.chat, on: true });
	await ana.frame(({ t: type, on, author }) => type === 'typing' && on && author.kind === 'customer', 'typing to cross');
	kim.send({ t: 'typing', chat: kim.chat, on: false });
	await ana.frame(({ t: type, on }) => type === 'typing' && !on, 'typing to end there too');
	const { seq } = await ana.say(kim.chat, 'read this');
	await kim.frame(({ t: type, seq: at }) => type === 'event' && at === seq, 'the event');
	kim.send({ t: 'got', chat: kim.chat, seq });
	kim.send({ t: 'read', chat: kim.chat, seq });
	for (const mark of ['got', 'read']) await ana.frame(({ t: type, seq: upTo }) => type === mark && upTo === seq, `${mark} to cross`);
	await ana.frame(({ t: type, chat, online }) => type === 'presence' && chat === kim.chat && online, 'the customer to be there');
	const from = ana.frames.length;
	kim.close();
	await after(ana, from, ({ t: type, chat, online }) => type === 'presence' && chat === kim.chat && !online, 'the customer to be away');
});

test('offers reach an operator on either relay; one tab accepts here, the other hears of it there', async () => {
	for (const relay of [1, 2]) {
		const ana = await onDuty(stack, 'ana', ['sales'], { relay });
		const tab = ana.tab();
		await tab.connect({ relay: 3 - relay });
		const kim = await Customer.open(stack, { queue: 'sales' });
		await kim.connect({ relay: 3 - relay });
		const [offer] = await Promise.all([ana, tab].map((person) => person.frame(({ t, chat }) => t === 'offer' && chat === kim.chat, 'the offer')));
		ana.send({ t: 'accept', offer: offer.offer });
		const gone = await tab.frame(({ t, offer: id }) => t === 'offer_gone' && id === offer.offer, 'offer_gone on the other relay');
		assert.equal(gone.reason, 'taken');
		const { seq } = await kim.say('hello both');
		for (const person of [ana, tab]) await person.frame(({ t, chat, seq: at }) => t === 'event' && chat === kim.chat && at === seq,
			'the message on both relays');
		tab.close();
		await part(stack, ana, [kim]);
	}
});

test('the same cid over both relays at once is stored once', async (t) => {
	const { customers: [kim] } = await converse(stack, t, apart);
	const other = kim.tab();
	await other.connect({ relay: 1 });
	for (let i = 0; i < 30; i++) {
		const cid = randomUUID();
		const [here, there] = await Promise.all([kim.say(`message ${i}`, { cid }), other.say(`message ${i}`, { cid })]);
		assert.deepEqual([here.t, there.t, there.seq], ['ack', 'ack', here.seq]);
	}
	other.close();
});

test('a tab that comes back on the other relay resumes there', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	for (let i = 0; i < 5; i++) await ana.say(kim.chat, `message ${i}`);
	const last = await lastSeq(stack, kim.chat);
	const back = kim.tab();
	await back.connect({ relay: 1, last_seq: last - 3 });
	await back.frame(({ t: type }) => type === 'synced', 'synced');
	assert.deepEqual(back.events(kim.chat).map(({ seq }) => seq), [last - 2, last - 1, last]);
	back.close();
});

test('PF09 for relays: their sessions are ended in the database: nothing is lost, hints work again', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	for (let round = 0; round < 3; round++) {
		const sessions = await sessionsOfRelays();
		assert.ok(sessions.length >= 2, 'the relays have sessions');
		await stack.query('select pg_terminate_backend(pid) from unnest($1::int[]) as s (pid)', [sessions.map(({ pid }) => pid)]);
		const answers = await Promise.all([kim.say(`after cut ${round}`), ana.say(kim.chat, `after cut ${round}`)]);
		assert.ok(answers.every(({ t: type }) => type === 'ack'), 'what is said meanwhile is acked once the session is back');
		await allHeard(stack, kim.chat, [kim, ana]);
	}
	assert.deepEqual([kim.closed, ana.closed], [null, null], 'no socket was closed for it');
});

test('a relay that was stopped for a while and heard no hint catches up', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	stack.relays[1].signal('SIGSTOP');
	try {
		for (let i = 0; i < 20; i++) assert.equal((await ana.say(kim.chat, `to a sleeper ${i}`)).t, 'ack', 'the other relay goes on');
	} finally {
		stack.relays[1].signal('SIGCONT');
	}
	await until(async () => kim.events(kim.chat).at(-1).seq === await lastSeq(stack, kim.chat),
		{ what: 'the sleeper\'s customer to hear everything' });
	assert.equal((await kim.say('awake')).t, 'ack');
});

test('hints that never arrive cost a sweep, not a message', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	await withBody(stack, 'ring_relays', 'begin end', async () => { // nobody is rung any more
		for (let i = 0; i < 10; i++) await Promise.all([kim.say(`unheard ${i}`), ana.say(kim.chat, `unheard ${i}`)]);
		await until(async () => {
			const last = await lastSeq(stack, kim.chat);
			return [kim, ana].every((person) => heardUpTo(person, kim.chat) >= last);
		}, { what: 'the sweep' });
	});
});

test('what a relay could not tell is made up for when it can speak again', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, apart);
	const took = [];
	for (let round = 0; round < 5; round++) {
		const { seq } = await withBody(stack, 'ring_relays', 'begin end', () => ana.say(kim.chat, `unheard ${round}`));
		const since = performance.now();
		await stack.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = \'switchboard-relay-hints\'');
		await kim.frame(({ t: type, seq: at }) => type === 'event' && at === seq, 'the message');
		took.push(performance.now() - since);
	}
	took.sort((a, b) => a - b);
	t.diagnostic(`heard after ${took.map((ms) => Math.round(ms)).join(', ')} ms`);
	assert.ok(took[2] < SWEEP_MS / 4, `p50 ${took[2]} ms: a sweep`);
});

test('one relay is killed during talk across both: its clients come back on the other, nothing is lost (C1–C7)', { timeout: 300000 }, async (t) => {
	let at = { operator: 1, customer: 2 };
	const crowd = await gather(stack, t, { operators: ['ana', 'chloe'], perOperator: 2,
		connection: (kind, i) => () => ({ relay: i % 2 === 0 ? at[kind] : 3 - at[kind] }) });
	const talk = crowd.chatter({ messages: 150, every_ms: 20 });
	await until(() => crowd.history.entries.filter(({ what }) => what === 'ack').length > 200, { what: 'the talk to be under way' });
	const killed = performance.now();
	const dying = stack.relays[1].kill('SIGKILL');
	at = { operator: 1, customer: 1 };
	crowd.talkers.forEach((talker) => { talker.connection = () => ({ relay: 1 }); });
	await dying;
	await until(() => crowd.talkers.every(({ ready }) => ready), { what: 'everybody to be back' });
	t.diagnostic(`everybody back after ${Math.round(performance.now() - killed)} ms`);
	await talk;
	await crowd.settle();
	await crowd.judge();
	await stack.relays[1].ready();
	await serves(stack);
});

test('an operator on a relay that has just started is offered chats and meets customers of the other', async () => {
	await stack.relays[0].kill('SIGKILL');
	await stack.relays[0].ready();
	const ana = await onDuty(stack, 'ana', ['sales'], { relay: 1 });
	const kim = await Customer.open(stack, { queue: 'sales' });
	await kim.connect({ relay: 2 });
	await meet(ana, kim);
	const { seq } = await kim.say('good morning');
	await ana.frame(({ t, chat, seq: at }) => t === 'event' && chat === kim.chat && at === seq, 'the message');
	await part(stack, ana, [kim]);
});

test('both refuse for a moment: when they are back everybody is let in, not one every few seconds', async () => {
	const people = await Promise.all(Array.from({ length: 16 }, () => Customer.open(stack, { queue: 'sales' })));
	for (const relay of stack.relays) await relay.stop();
	for (const person of people.slice(0, 4)) await assert.rejects(person.connect(), 'nobody is there');
	for (const relay of stack.relays) await relay.start();
	// each keeps his socket: the web server learns of no end
	const lets = (person) => until(() => person.connect().then(() => true, () => false), { what: 'the web server to let him in', every_ms: 50, timeout_ms: 10000 });
	await Promise.all(people.map(lets));
	for (const person of people) person.close();
});
