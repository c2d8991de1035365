// SPDX-License-Identifier: ISC
// Messages of a running chat: acknowledged after COMMIT, stored once, in one order for everybody (G1–G3, P24, P40).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { allHeard, converse, lastSeq, meet, onDuty, part, transcript } from '../support/conversation.mjs';

const stack = useStack();
const isEvent = (frame, chat) => frame.t === 'event' && frame.chat === chat;

test('G1: when the ack arrives the row exists, for another session too', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const looks = [];
	const look = (frame) => {
		if (frame.t !== 'ack') return;
		const row = stack.query('select seq from chat.message where chat = $1 and cid = $2', [frame.chat, frame.cid]);
		looks.push(row.then(([stored]) => [stored?.seq, frame.seq]));
	};
	for (const person of [ana, kim]) person.socket.on('message', (data) => look(JSON.parse(data)));
	for (let i = 0; i < 20; i++) await Promise.all([kim.say(`from the customer ${i}`), ana.say(kim.chat, `from the operator ${i}`)]);
	assert.equal(looks.length, 40);
	for (const [stored, acked] of await Promise.all(looks)) assert.equal(stored, acked);
});

test('G1: while the chat is locked there is no ack, and another chat is not held up; then the ack comes', async () => {
	const [kim, lee] = await Promise.all([Customer.open(stack, { queue: 'billing' }), Customer.open(stack, { queue: 'billing' })]);
	await Promise.all([kim.connect(), lee.connect()]);
	const session = await stack.database.connect();
	await session.query('begin');
	await session.query('select 1 from chat.chat_counter where chat = $1 for update', [kim.chat]);
	const cid = randomUUID();
	kim.send({ t: 'send', chat: kim.chat, cid, body: 'waits' });
	for (let i = 0; i < 5; i++) assert.equal((await lee.say(`goes on ${i}`)).t, 'ack');
	assert.ok(!kim.frames.some((frame) => frame.cid === cid), 'neither an ack nor an error while the lock is held');
	await session.query('rollback');
	await session.end();
	const ack = await kim.frame((frame) => frame.cid === cid, 'the ack after the lock is gone');
	assert.deepEqual([ack.t, ack.seq], ['ack', 2]);
	for (const person of [kim, lee]) person.close();
});

test('P40: the same cid twice is one row and two acks with the same seq; others hear it once', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const cid = randomUUID();
	for (const [who, say] of [['customer', (more) => kim.say('once', more)], ['operator', (more) => ana.say(kim.chat, 'once', more)]]) {
		const first = await say({ cid });
		const again = await say({ cid });
		assert.deepEqual([first.t, again.t, again.seq], ['ack', 'ack', first.seq], who);
	}
	await Promise.all([kim.say('at the end'), ana.say(kim.chat, 'at the end')]);
	await allHeard(stack, kim.chat, [kim, ana]);
	const rows = (await transcript(stack, kim.chat)).filter((row) => row.cid === cid);
	assert.deepEqual(rows.map(({ author_kind }) => author_kind), ['customer', 'operator'], 'one row an author: a cid is the author\'s own');
	assert.equal(ana.frames.filter((frame) => isEvent(frame, kim.chat) && frame.cid === cid && frame.author.kind === 'customer').length, 1);
	assert.equal(kim.frames.filter((frame) => isEvent(frame, kim.chat) && frame.cid === cid && frame.author.kind === 'operator').length, 1);
});

test('G2: ten repeats at once, over the socket and over HTTP, get the same seq', async (t) => {
	const { customers: [kim] } = await converse(stack, t);
	const cid = randomUUID();
	for (let i = 0; i < 5; i++) kim.send({ t: 'send', chat: kim.chat, cid, body: 'hurry' });
	const answers = await Promise.all(Array.from({ length: 5 }, () => kim.call('POST', `chats/${kim.chat}/messages`, { cid, body: 'hurry' })));
	await until(() => kim.frames.filter((frame) => frame.t === 'ack' && frame.cid === cid).length === 5, { what: 'five acks' });
	const acks = kim.frames.filter((frame) => frame.t === 'ack' && frame.cid === cid);
	const seqs = new Set([...answers, ...acks].map(({ seq }) => seq));
	assert.equal(seqs.size, 1);
	assert.equal((await transcript(stack, kim.chat)).filter((row) => row.cid === cid).length, 1);
});

test('G2: the same cid with another body is a conflict and changes nothing', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const { cid, seq } = await kim.say('the first');
	for (const again of [{ body: 'the second' }, { body: 'the first ' }, { body: null, choice: 'person' }]) {
		const answer = await kim.post(kim.chat, again.body, { cid, ...(again.choice ? { choice: again.choice } : {}) });
		assert.deepEqual([answer.t, answer.code], ['error', 'conflict'], JSON.stringify(again));
	}
	assert.deepEqual((await kim.say('the first', { cid })).seq, seq, 'the right repeat is still answered');
	const note = await ana.say(kim.chat, 'a word', { t: 'note' });
	assert.equal((await ana.post(kim.chat, 'a word', { cid: note.cid })).code, 'conflict', 'a note is not a message');
	assert.deepEqual((await transcript(stack, kim.chat)).filter((row) => row.cid === cid).map(({ body }) => body), ['the first']);
});

test('G3: a hundred messages from either side at once have one gap-free order that both hear alike', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const from = await lastSeq(stack, kim.chat);
	const acks = await Promise.all(Array.from({ length: 100 }, (_, i) => [kim.say(`customer ${i}`), ana.say(kim.chat, `operator ${i}`)]).flat());
	await allHeard(stack, kim.chat, [kim, ana]);
	assert.ok(acks.every(({ t: type }) => type === 'ack'));
	assert.deepEqual(acks.map(({ seq }) => seq).sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => from + 1 + i));
	const stored = (await transcript(stack, kim.chat)).slice(from);
	assert.deepEqual(stored.filter(({ author_kind }) => author_kind === 'customer').map(({ body }) => body),
		Array.from({ length: 100 }, (_, i) => `customer ${i}`), 'in the order they were sent');
	assert.deepEqual(stored.filter(({ author_kind }) => author_kind === 'operator').map(({ body }) => body),
		Array.from({ length: 100 }, (_, i) => `operator ${i}`));
	for (const person of [kim, ana]) {
		const heard = person.frames.filter((frame) => frame.chat === kim.chat && ['event', 'ack'].includes(frame.t)).map(({ seq }) => seq);
		assert.deepEqual(heard, heard.map((_, i) => heard[0] + i), 'acks stand in the place of one\'s own events');
	}
});

test('an event carries what is stored: author, kind, body, time and cid', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const { cid, seq } = await kim.say('hello');
	const event = await ana.frame((frame) => isEvent(frame, kim.chat) && frame.seq === seq, 'the event');
	const [{ at }] = await stack.query('select at from chat.message where chat = $1 and seq = $2', [kim.chat, seq]);
	const { heard_at, ...said } = event;
	assert.deepEqual(said, { t: 'event', chat: kim.chat, seq, kind: 'message', author: { kind: 'customer', name: 'Customer 1' }, body: 'hello',
		at: at.toISOString(), cid });
	assert.ok(heard_at);
	const answer = await ana.say(kim.chat, 'good day');
	const reply = await kim.frame((frame) => isEvent(frame, kim.chat) && frame.seq === answer.seq, 'the answer');
	assert.deepEqual(reply.author, { kind: 'operator', name: 'Ana Silva' });
});

test('P24: markup and templates are stored and delivered byte-exact', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const bodies = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '{{7*7}}', 'javascript:alert(1)', '\'; drop table chat.message; --',
		'%s%n%x', '\\u0041 "quoted" \\',
		'a,b;{c}', '{"a":1}', 'NULL', '\\N', '\\x41', 'e\u0301 \u202e ﷽ 😀', 'Tab\there', 'two\nlines', ' spaces around '];
	for (const body of bodies) {
		for (const [from, to] of [[kim, ana], [ana, kim]]) {
			const ack = await (from === kim ? kim.say(body) : ana.say(kim.chat, body));
			assert.equal(ack.t, 'ack', body);
			const event = await to.frame((frame) => isEvent(frame, kim.chat) && frame.seq === ack.seq, 'the event');
			assert.equal(event.body, body);
		}
	}
	const stored = (await transcript(stack, kim.chat)).filter(({ kind }) => kind === 'message').map(({ body }) => body);
	assert.deepEqual(stored, bodies.flatMap((body) => [body, body]));
});

test('a choice is stored with the label the customer saw, answered by the bot, and one that is not offered is invalid', async () => {
	const kim = await Customer.open(stack);
	await kim.connect();
	const greeting = await kim.frame(({ kind }) => kind === 'bot_message', 'the greeting');
	assert.ok(greeting.data.choices.some(({ id, label }) => id === 'hours' && label === 'When are you open?'), 'the bot shows choices');
	assert.deepEqual([greeting.author.kind, greeting.author.name], ['bot', 'Guide']);
	const refusal = await kim.post(kim.chat, null, { choice: 'nonsense' });
	assert.deepEqual([refusal.code, refusal.field], ['invalid', 'choice']);
	const ack = await kim.say(null, { choice: 'hours' });
	assert.equal(ack.t, 'ack');
	await kim.frame(({ kind, seq }) => kind === 'bot_message' && seq > ack.seq, 'the bot\'s answer');
	const [row] = await stack.query('select kind, body, data from chat.message where chat = $1 and seq = $2', [kim.chat, ack.seq]);
	assert.deepEqual(row, { kind: 'message', body: 'When are you open?', data: { choice: 'hours' } });
	await kim.say(null, { choice: 'back' });
	await kim.say(null, { choice: 'billing' });
	const queued = await kim.frame(({ kind }) => kind === 'queued', 'to be queued');
	assert.equal(queued.data.queue, 'billing');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	kim.close();
});

test('the choice person asks for a person', async () => {
	const kim = await Customer.open(stack);
	await kim.connect();
	assert.equal((await kim.say(null, { choice: 'person' })).t, 'ack');
	await kim.frame(({ kind }) => kind === 'queued', 'to be queued');
	assert.equal((await kim.view()).state, 'queued');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	kim.close();
});

test('a note is the operators\' own: the customer gets a bare placeholder that keeps the seq, live and on resume', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const tab = ana.tab();
	await tab.connect();
	const note = await ana.say(kim.chat, 'he is right', { t: 'note' });
	assert.equal(note.t, 'ack');
	const after = await ana.say(kim.chat, 'one moment');
	await kim.frame((frame) => isEvent(frame, kim.chat) && frame.seq === after.seq, 'the message after the note');
	const seen = await tab.frame((frame) => isEvent(frame, kim.chat) && frame.seq === note.seq, 'the note in the other tab');
	assert.deepEqual([seen.kind, seen.body, seen.author.name], ['note', 'he is right', 'Ana Silva']);
	const again = kim.tab();
	await again.connect();
	for (const person of [kim, again]) {
		const { heard_at, at, ...placeholder } = await person.frame((frame) => isEvent(frame, kim.chat) && frame.seq === note.seq, 'the placeholder');
		assert.deepEqual(placeholder, { t: 'event', chat: kim.chat, seq: note.seq, kind: 'note' });
		assert.ok(at && heard_at);
	}
	for (const person of [tab, again]) person.close();
});

test('one operator socket carries several chats: each message finds its chat, each customer only his own', async (t) => {
	const { operator: ana, customers } = await converse(stack, t, { customers: 4 });
	await Promise.all(customers.flatMap((customer, i) => [customer.say(`from ${i}`), ana.say(customer.chat, `to ${i}`)]));
	for (const [i, customer] of customers.entries()) {
		await allHeard(stack, customer.chat, [ana, customer]);
		const bodies = (await transcript(stack, customer.chat)).filter(({ kind }) => kind === 'message').map(({ body }) => body).sort();
		assert.deepEqual(bodies, [`from ${i}`, `to ${i}`]);
		assert.deepEqual([...new Set(customer.frames.map(({ chat }) => chat).filter(Boolean))], [customer.chat], 'nothing of another chat');
	}
});

test('an operator\'s second tab hears everything: events with cid where the author\'s socket has acks', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const tab = ana.tab();
	await tab.connect({ cursors: { [kim.chat]: await lastSeq(stack, kim.chat) } });
	const ack = await ana.say(kim.chat, 'from the first tab');
	const event = await tab.frame((frame) => isEvent(frame, kim.chat) && frame.seq === ack.seq, 'the event in the second tab');
	assert.deepEqual([event.cid, event.body], [ack.cid, 'from the first tab']);
	assert.ok(!tab.frames.some(({ t: type }) => type === 'ack'), 'the ack is the author\'s');
	const reply = await tab.say(kim.chat, 'from the second tab');
	assert.equal((await ana.frame((frame) => isEvent(frame, kim.chat) && frame.seq === reply.seq, 'the event in the first tab')).cid, reply.cid);
	tab.close();
});

test('P27 over the socket: a message to an ended chat is gone; the customer hears the end, then 4410', async () => {
	const ana = await onDuty(stack, 'ana', ['sales']);
	const kim = await Customer.open(stack, { queue: 'sales' });
	await kim.connect();
	await meet(ana, kim);
	const { cid, seq } = await ana.say(kim.chat, 'goodbye');
	await ana.end(kim.chat);
	assert.equal((await kim.frame((frame) => isEvent(frame, kim.chat) && frame.kind === 'ended', 'the end')).data.by, 'operator');
	assert.equal(await kim.closeCode(), 4410);
	const before = await lastSeq(stack, kim.chat);
	assert.equal((await ana.post(kim.chat, 'too late')).code, 'gone');
	assert.equal((await ana.say(kim.chat, 'goodbye', { cid })).seq, seq, 'a repeat of what was stored is still answered');
	assert.equal(await lastSeq(stack, kim.chat), before);
	await part(stack, ana, []);
});

test('an operator\'s message to a chat that is no longer his is not_owner, and he hears nothing more of it (PF12)', async () => {
	const ana = await onDuty(stack, 'ana', ['sales']);
	const kim = await Customer.open(stack, { queue: 'sales' });
	await kim.connect();
	await meet(ana, kim);
	await ana.presence('busy');
	await until(async () => { // as if she had vanished; the relay renews the lease now and then
		await stack.query('update chat.operator_state set lease_until = clock_timestamp() - interval \'1 hour\' where operator = \'ana\'');
		return (await kim.view()).state === 'queued';
	}, { what: 'the chat to be queued again' });
	const chloe = await onDuty(stack, 'chloe', ['sales']);
	await meet(chloe, kim);
	const refusal = await ana.post(kim.chat, 'I am back');
	assert.deepEqual([refusal.t, refusal.code], ['error', 'not_owner']);
	await chloe.say(kim.chat, 'I take over');
	await kim.frame((frame) => isEvent(frame, kim.chat) && frame.body === 'I take over', 'the new operator');
	await ana.settled();
	const lost = (await transcript(stack, kim.chat)).find(({ kind }) => kind === 'requeued').seq;
	assert.ok(ana.events(kim.chat).every(({ seq }) => seq <= lost), 'nothing after he lost it');
	assert.ok(!kim.events(kim.chat).some(({ body }) => body === 'I am back'));
	ana.close();
	await part(stack, chloe, [kim]);
});
