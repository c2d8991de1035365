// SPDX-License-Identifier: ISC
// Coming back (G4, G5): whatever broke off where, the rest comes, once and in order, then `synced`.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { allHeard, converse, lastSeq, transcript } from '../support/conversation.mjs';

const stack = useStack();
const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

// The order of things a socket was told about a chat: seqs of events, and 'synced'.
const told = (person, chat) => person.frames.filter((frame) => frame.chat === chat && ['event', 'synced', 'resync', 'ack'].includes(frame.t))
	.map(({ t, seq }) => (t === 'event' ? seq : t));

test('G4: from every last_seq a customer gets exactly the rest, then synced', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	for (let i = 0; i < 12; i++) await kim.say(`message ${i}`);
	const last = await lastSeq(stack, kim.chat);
	for (const last_seq of range(0, last)) {
		const tab = kim.tab();
		await tab.connect({ last_seq, hello: { epoch: kim.epoch } });
		const synced = await tab.frame(({ t }) => t === 'synced', 'synced');
		assert.equal(synced.seq, last);
		assert.deepEqual(told(tab, kim.chat), [...range(last_seq + 1, last), 'synced'], `last_seq ${last_seq}`);
		tab.close();
	}
	kim.close();
});

test('G4: an operator\'s cursors count for each chat by itself; chats that are not named come from the beginning', async (t) => {
	const { operator: ana, customers: [kim, lee, max] } = await converse(stack, t, { customers: 3 });
	for (let i = 0; i < 5; i++) await Promise.all([kim.say(`one ${i}`), ana.say(lee.chat, `two ${i}`), max.say(`three ${i}`)]);
	const last = new Map(await Promise.all([kim, lee, max].map(async ({ chat }) => [chat, await lastSeq(stack, chat)])));
	for (const [a, b] of [[0, 3], [2, 8], [last.get(kim.chat), last.get(lee.chat)]]) {
		const tab = ana.tab();
		await tab.connect({ cursors: { [kim.chat]: a, [lee.chat]: b, [randomUUID()]: 5 } });
		await until(() => tab.frames.filter(({ t: type }) => type === 'synced').length === 3, { what: 'three chats to be synced' });
		assert.deepEqual(told(tab, kim.chat), [...range(a + 1, last.get(kim.chat)), 'synced']);
		assert.deepEqual(told(tab, lee.chat), [...range(b + 1, last.get(lee.chat)), 'synced']);
		assert.deepEqual(told(tab, max.chat), [...range(1, last.get(max.chat)), 'synced']);
		tab.close();
	}
});

test('G4: what is said while a replay is under way follows it without gap and overlap', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	await Promise.all(Array.from({ length: 100 }, (_, i) => ana.say(kim.chat, `before ${i}`)));
	const saying = Promise.all(Array.from({ length: 100 }, (_, i) => ana.say(kim.chat, `meanwhile ${i}`)));
	const tabs = await Promise.all(range(1, 10).map(async (i) => {
		const tab = kim.tab();
		await tab.connect({ last_seq: i * 5 });
		return tab;
	}));
	await saying;
	const last = await lastSeq(stack, kim.chat);
	for (const [i, tab] of tabs.entries()) {
		await until(() => tab.frames.some(({ t: type, seq }) => type === 'event' && seq === last), { what: 'the last event' });
		await tab.frame(({ t: type }) => type === 'synced', 'synced');
		assert.deepEqual(told(tab, kim.chat).filter((entry) => entry !== 'synced'), range((i + 1) * 5 + 1, last));
		assert.equal(told(tab, kim.chat).filter((entry) => entry === 'synced').length, 1);
		tab.close();
	}
});

test('a history longer than a socket may be behind is replayed all the same', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	await Promise.all(Array.from({ length: 1200 }, (_, i) => kim.say(`${i} `.repeat(200))));
	const last = await lastSeq(stack, kim.chat);
	const tab = kim.tab();
	await tab.connect();
	await tab.frame(({ t }) => t === 'synced', 'synced');
	assert.deepEqual(told(tab, kim.chat), [...range(1, last), 'synced']);
	assert.equal(tab.closed, null);
	for (const person of [kim, tab]) person.close();
});

test('two tabs of a customer hear the same; the ack goes to the author, the event with its cid to the other', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const tab = kim.tab();
	await tab.connect({ last_seq: await lastSeq(stack, kim.chat) });
	const first = await kim.say('from the first tab');
	const second = await tab.say('from the second tab');
	const heard = await tab.frame(({ t: type, seq }) => type === 'event' && seq === first.seq, 'the event');
	assert.equal(heard.cid, first.cid);
	assert.equal((await kim.frame(({ t: type, seq }) => type === 'event' && seq === second.seq, 'the event')).cid, second.cid);
	assert.ok(!tab.frames.some(({ t: type, cid }) => type === 'ack' && cid === first.cid));
	kim.close();
	const third = await ana.say(kim.chat, 'still there?');
	await tab.frame(({ t: type, seq }) => type === 'event' && seq === third.seq, 'the event in the tab that is left');
	tab.close();
});

test('G5: a message whose ack was lost is sent again and stored once, over a socket or over HTTP', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	for (let i = 0; i < 10; i++) {
		const cid = randomUUID();
		kim.send({ t: 'send', chat: kim.chat, cid, body: `lost ${i}` });
		kim.close(); // before any answer
		const last_seq = kim.events(kim.chat).at(-1)?.seq ?? 0;
		const overHttp = i % 2 === 1 && await kim.call('POST', `chats/${kim.chat}/messages`, { cid, body: `lost ${i}` });
		await kim.connect({ last_seq });
		const { seq } = overHttp || await kim.say(`lost ${i}`, { cid });
		const rows = (await transcript(stack, kim.chat)).filter((row) => row.cid === cid);
		assert.deepEqual(rows.map((row) => row.seq), [seq]);
	}
	await allHeard(stack, kim.chat, [ana]);
	assert.equal(new Set(ana.events(kim.chat).filter(({ body }) => body?.startsWith('lost')).map(({ cid }) => cid)).size, 10);
});
