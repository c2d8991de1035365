// SPDX-License-Identifier: ISC
// How much a customer may send: P42, 5 messages a second with a burst of 10.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { converse, serves, transcript } from '../support/conversation.mjs';

const RATE = 5;
const BURST = 10;
const stack = useStack({ options: { messages_per_second: RATE, messages_burst: BURST } });

test('P42: 100 messages at once: some accepted, then rate_limited with retry_ms, then 4429; the accepted ones stored once and in order', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	const cids = Array.from({ length: 100 }, () => randomUUID());
	const began = performance.now();
	cids.forEach((cid, i) => kim.send({ t: 'send', chat: kim.chat, cid, body: `message ${i}` }));
	assert.equal(await kim.closeCode(), 4429);
	const took_s = (performance.now() - began) / 1000;
	const errors = kim.frames.filter(({ t }) => t === 'error');
	assert.ok(errors.length > 0);
	for (const { code, retry_ms, cid } of errors) {
		assert.ok(code === 'rate_limited' && retry_ms > 0 && retry_ms <= 10000 && cids.includes(cid), 'a refusal says which and when');
	}
	const acked = kim.frames.filter(({ t }) => t === 'ack').map(({ cid }) => cid);
	const stored = await until(async () => {
		const messages = (await transcript(stack, kim.chat)).filter(({ kind }) => kind === 'message');
		return messages.length >= BURST && messages; // the last may be on their way to the table when the socket closes
	}, { what: 'the burst to be stored' });
	assert.ok(stored.length <= BURST + Math.ceil(RATE * took_s), `${stored.length} accepted within ${took_s} s`);
	assert.deepEqual(stored.map(({ cid }) => cid), cids.slice(0, stored.length), 'in order');
	assert.ok(acked.every((cid) => stored.some((row) => row.cid === cid)), 'what was acked is stored');
	const refused = errors.map(({ cid }) => cid);
	assert.ok(!stored.some(({ cid }) => refused.includes(cid)), 'what was refused is not');
});

test('a refused message is accepted after retry_ms, and steady talk within the rate is never refused', async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	let refusal;
	for (let round = 0; !refusal; round++) { // a relay that is slow to read may have earned a place for every one of a handful
		assert.ok(round < 100, 'nobody may hurry for ever');
		const answers = await Promise.all(Array.from({ length: BURST + 1 }, (_, i) => kim.post(kim.chat, `hurry ${round}.${i}`)));
		refusal = answers.find(({ t }) => t === 'error');
	}
	assert.equal(refusal.code, 'rate_limited');
	const ack = await until(async () => {
		const answer = await kim.post(kim.chat, 'again', { cid: refusal.cid });
		return answer.t === 'ack' && answer;
	}, { what: 'the repeat to be accepted', every_ms: refusal.retry_ms });
	assert.equal(ack.cid, refusal.cid);
	assert.equal(kim.closed, null);
	kim.close();
});

test('operators are not slowed down', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => ana.say(kim.chat, `fast ${i}`)));
	assert.ok(answers.every(({ t: type }) => type === 'ack'));
	await serves(stack);
});
