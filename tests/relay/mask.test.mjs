// SPDX-License-Identifier: ISC
// Card numbers are masked before anybody but their author sees them, and the author is told what was stored (SECURITY: PCI DSS; numbers and fields: tests/sql/mask.sql).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { allHeard, converse, transcript } from '../support/conversation.mjs';

const stack = useStack({ relays: 2 });
const CARD = '4111 1111 1111 1111';
const MASKED = '**** **** **** 1111';

test('a card number in a message reaches neither the table, nor the other side, nor the other relay; its author hears the masked words in ack and event', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, { relay: 1, customerRelay: 2 });
	const cid = randomUUID();
	const ack = await kim.say(`mine is ${CARD}`, { cid });
	assert.equal(ack.body, `mine is ${MASKED}`);
	assert.equal((await kim.say('and nothing else')).body, undefined, 'an ack says words only where they are other than those sent');
	assert.deepEqual([(await kim.say(`mine is ${CARD}`, { cid })).seq, (await ana.say(kim.chat, `yours is ${CARD}`)).body], [ack.seq, `yours is ${MASKED}`]);
	assert.equal((await ana.say(kim.chat, CARD, { t: 'note' })).body, MASKED);
	await allHeard(stack, kim.chat, [kim, ana]);
	for (const person of [kim, ana]) assert.equal(person.events(kim.chat).find((event) => event.cid === cid).body, `mine is ${MASKED}`);
	const bodies = (await transcript(stack, kim.chat)).map(({ body }) => body).filter(Boolean);
	assert.deepEqual(bodies, [`mine is ${MASKED}`, 'and nothing else', `yours is ${MASKED}`, MASKED]);
	assert.ok(!JSON.stringify(ana.frames).includes('4111'), 'the other side never had it');
});

test('over HTTP too, and in the chat request', async (t) => {
	const { customers: [kim] } = await converse(stack, t);
	const cid = randomUUID();
	const message = { cid, body: `mine is ${CARD}` };
	const first = await kim.call('POST', `chats/${kim.chat}/messages`, message);
	assert.equal(first.body, `mine is ${MASKED}`);
	assert.deepEqual(await kim.call('POST', `chats/${kim.chat}/messages`, message), first, 'a repeat is answered the same');
	await assert.rejects(kim.call('POST', `chats/${kim.chat}/messages`, { cid, body: 'something else' }), { status: 409, code: 'conflict' });
	const { events } = await kim.call('GET', `chats/${kim.chat}/events?after=0`);
	assert.equal(events.find((event) => event.cid === cid).body, `mine is ${MASKED}`);
	assert.ok(!(await kim.call('GET', `chats/${kim.chat}/transcript?format=txt`)).includes('4111'));
});
