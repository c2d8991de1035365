// SPDX-License-Identifier: ISC
// What is told and never stored: typing, delivered and read, who is there, places in the queue.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { converse, lastSeq, meet, onDuty, part } from '../support/conversation.mjs';

const stack = useStack();
const heard = (person, t) => person.frames.filter((frame) => frame.t === t);

test('typing is told to the other side only, not to the own tabs, and is not stored', async (t) => {
	const { operator: ana, customers: [kim, lee] } = await converse(stack, t, { customers: 2 });
	const tab = ana.tab();
	await tab.connect();
	const before = await lastSeq(stack, kim.chat);
	ana.send({ t: 'typing', chat: kim.chat, on: true });
	const frame = await kim.frame(({ t: type, on }) => type === 'typing' && on, 'typing');
	assert.deepEqual([frame.chat, frame.author.kind], [kim.chat, 'operator']);
	ana.send({ t: 'typing', chat: kim.chat, on: false });
	await kim.frame(({ t: type, on }) => type === 'typing' && !on, 'typing to end');
	kim.send({ t: 'typing', chat: kim.chat, on: true });
	for (const person of [ana, tab]) {
		const seen = await person.frame(({ t: type, on }) => type === 'typing' && on, 'typing');
		assert.deepEqual([seen.chat, seen.author.kind], [kim.chat, 'customer']);
	}
	await Promise.all([ana, kim, lee].map((person) => person.settled()));
	assert.ok(heard(kim, 'typing').every(({ author }) => author.kind === 'operator'), 'nobody hears himself');
	assert.ok([...heard(ana, 'typing'), ...heard(tab, 'typing')].every(({ author }) => author.kind === 'customer'));
	assert.equal(heard(lee, 'typing').length, 0, 'nor does another customer');
	assert.equal(await lastSeq(stack, kim.chat), before);
	tab.close();
});

test('who comes while somebody types is told so', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	kim.send({ t: 'typing', chat: kim.chat, on: true });
	await ana.frame(({ t: type, on }) => type === 'typing' && on, 'typing');
	const again = setInterval(() => kim.send({ t: 'typing', chat: kim.chat, on: true }), 2000); // as a client does; she hears of it once, whenever she comes
	t.after(() => clearInterval(again));
	const tab = ana.tab();
	await tab.connect();
	await tab.frame(({ t: type, on, chat }) => type === 'typing' && on && chat === kim.chat, 'typing in the new tab');
	tab.close();
});

test('typing ends by itself when it is not renewed, or when who typed is gone', async (t) => {
	const { operator: ana, customers: [kim, lee] } = await converse(stack, t, { customers: 2 });
	for (const customer of [kim, lee]) customer.send({ t: 'typing', chat: customer.chat, on: true });
	for (const customer of [kim, lee]) await ana.frame(({ t: type, on, chat }) => type === 'typing' && on && chat === customer.chat, 'typing');
	lee.close();
	for (const customer of [kim, lee]) {
		await ana.frame(({ t: type, on, chat }) => type === 'typing' && !on && chat === customer.chat, 'typing to end');
	}
});

test('a storm of typing is coalesced, and costs nobody the connection', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	for (let i = 0; i < 500; i++) kim.send({ t: 'typing', chat: kim.chat, on: i % 2 === 0 });
	kim.send({ t: 'typing', chat: kim.chat, on: true });
	assert.equal((await kim.say('done typing')).t, 'ack');
	await ana.frame(({ t: type, body }) => type === 'event' && body === 'done typing', 'the message');
	assert.ok(heard(ana, 'typing').length <= 250, `${heard(ana, 'typing').length} frames`);
	assert.equal(kim.closed, null);
});

test('got and read are told to the other side, with the highest seq', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const { seq } = await ana.say(kim.chat, 'did you get this?');
	kim.send({ t: 'got', chat: kim.chat, seq });
	const got = await ana.frame(({ t: type, seq: upTo }) => type === 'got' && upTo === seq, 'got');
	assert.deepEqual([got.chat, got.author.kind], [kim.chat, 'customer']);
	kim.send({ t: 'read', chat: kim.chat, seq });
	assert.equal((await ana.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === seq, 'read')).author.kind, 'customer');
	const answer = await kim.say('yes');
	ana.send({ t: 'read', chat: kim.chat, seq: answer.seq });
	assert.equal((await kim.frame(({ t: type, seq: upTo }) => type === 'read' && upTo === answer.seq, 'read')).author.kind, 'operator');
	kim.send({ t: 'read', chat: kim.chat, seq: 1 });
	await kim.say('and an older mark');
	await ana.frame(({ t: type, body }) => type === 'event' && body === 'and an older mark', 'the message');
	await ana.settled();
	assert.ok(heard(ana, 'read').at(-1).seq >= seq, 'a mark never goes back');
	assert.ok(!heard(kim, 'got').some(({ author }) => author.kind === 'customer'), 'nobody hears his own marks');
});

test('a mark above what is stored is refused or ignored, never told', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	kim.send({ t: 'read', chat: kim.chat, seq: 1000000 });
	await kim.say('hello');
	await ana.frame(({ t: type, body }) => type === 'event' && body === 'hello', 'the message');
	await ana.settled();
	const last = await lastSeq(stack, kim.chat);
	assert.ok(heard(ana, 'read').every(({ seq }) => seq <= last), 'the operator is told of nothing that does not exist');
});

test('each side sees the other come and go', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	await kim.frame(({ t: type, online, author }) => type === 'presence' && online && author.kind === 'operator', 'the operator to be there');
	await ana.frame(({ t: type, online, chat }) => type === 'presence' && online && chat === kim.chat, 'the customer to be there');
	const from = ana.frames.length;
	kim.close();
	const left = await until(() => ana.frames.slice(from).find(({ t: type, chat, online }) => type === 'presence' && chat === kim.chat && !online),
		{ what: 'the customer to be away' });
	assert.equal(left.author.kind, 'customer');
	await kim.connect({ last_seq: await lastSeq(stack, kim.chat) });
	await until(() => ana.frames.filter(({ t: type, chat }) => type === 'presence' && chat === kim.chat).at(-1).online,
		{ what: 'the customer to be back' });
	ana.close();
	await until(() => kim.frames.filter(({ t: type }) => type === 'presence').at(-1).online === false, { what: 'the operator to be away' });
	await ana.connect();
});

test('who waits is told the place in the queue, and when it changes', async () => {
	const customers = [];
	for (let i = 0; i < 3; i++) {
		const customer = await Customer.open(stack, { queue: 'support' });
		await customer.connect();
		customers.push(customer);
	}
	const place = (customer) => heard(customer, 'queue').at(-1)?.position;
	await until(() => customers.map(place).join() === '1,2,3', { what: 'places 1, 2, 3' });
	const frame = heard(customers[0], 'queue').at(-1);
	assert.equal(frame.chat, customers[0].chat);
	assert.deepEqual(frame.wait, { state: 'unstaffed' });
	await customers[0].call('POST', `chats/${customers[0].chat}/end`, {});
	await until(() => customers.slice(1).map(place).join() === '1,2', { what: 'places 1, 2' });
	const ben = await onDuty(stack, 'ben', ['support']);
	await meet(ben, customers[1]);
	await part(stack, ben, customers.slice(1));
	await customers[2].call('POST', `chats/${customers[2].chat}/end`, {});
});

test('a live operator socket keeps the operator live; without one the lease runs out', { timeout: 300000 }, async () => {
	const state = async () => (await stack.query(
		'select lease_until, lease_until > clock_timestamp() as live from chat.operator_state where operator = \'dara\''))[0];
	await stack.query('update chat.setting set value = \'15\' where name = \'operator_lease_s\'');
	const dara = await Operator.logIn(stack, 'dara', ['sales']);
	await dara.connect();
	const first = await state();
	await until(async () => (await state()).lease_until > first.lease_until, { what: 'the relay to renew the lease' });
	assert.ok((await state()).live);
	dara.close();
	await until(async () => !((await state()).live), { what: 'the lease to run out' });
	await stack.query('update chat.setting set value = \'600\' where name = \'operator_lease_s\'');
	await dara.presence('offline');
});
