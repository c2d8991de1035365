// SPDX-License-Identifier: ISC
// Who is silent whose turn it is: the reminder goes to him alone, the end and the way back into the line to both, and what is said counts from COMMIT on (G9, G17, G19).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { allHeard, converse, meet, onDuty, part } from '../support/conversation.mjs';

const stack = useStack({ relays: 2 });

const rule = (row) => stack.query(`insert into chat.silence_rule (customer_reminders_s, customer_end_s, operator_reminders_s, operator_requeue_s) values ($1, $2, $3, $4)
	on conflict (rule) do update set customer_reminders_s = excluded.customer_reminders_s, customer_end_s = excluded.customer_end_s,
		operator_reminders_s = excluded.operator_reminders_s, operator_requeue_s = excluded.operator_requeue_s`,
[row.customer ?? '{}', row.end ?? null, row.operator ?? '{}', row.requeue ?? null]);
const noRule = () => stack.query('delete from chat.silence_rule');
const event = (person, chat, kind, more = () => true) =>
	person.frame((frame) => frame.t === 'event' && frame.chat === chat && frame.kind === kind && more(frame), `${kind} for ${person.name ?? 'the customer'}`);

test('a silent customer is reminded in his language and sees his chat closed; the operator sees both', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, { relay: 1, customerRelay: 2 });
	t.after(noRule);
	await stack.query('update chat.chat set locale = \'fr\' where chat = $1', [kim.chat]);
	await ana.say(kim.chat, 'Which one is it?');
	await rule({ customer: '{1}', end: 2 });
	for (const person of [kim, ana]) {
		const reminder = await event(person, kim.chat, 'reminder');
		assert.deepEqual([reminder.author, reminder.data.to, reminder.data.n], [{ kind: 'system', name: '' }, 'customer', 1]);
		assert.match(reminder.body, /^Êtes-vous toujours là/);
		assert.match((await event(person, kim.chat, 'reminder', ({ data }) => data.closing)).body, /nous fermons cette conversation/);
		assert.deepEqual((await event(person, kim.chat, 'ended')).data, { by: 'system', reason: 'customer_silent' });
	}
	assert.equal(ana.events(kim.chat).filter(({ kind, data }) => kind === 'reminder' && !data.closing).length, 1, 'once');
});

test('a silent operator is reminded and the customer is not told; then the chat goes to somebody else', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, { relay: 1, customerRelay: 2 });
	const bob = await onDuty(stack, 'sam', ['sales'], { relay: 2 });
	t.after(() => part(stack, bob, []));
	t.after(noRule);
	await kim.say('hello?');
	await rule({ operator: '{1}', requeue: 2 });
	const reminder = await event(ana, kim.chat, 'reminder');
	assert.deepEqual([reminder.data.to, reminder.body], ['operator', undefined]);
	const bare = await event(kim, kim.chat, 'reminder');
	delete bare.heard_at;
	assert.deepEqual(Object.keys(bare).sort(), ['at', 'chat', 'kind', 'seq', 't'], 'a place in the order of the chat is all that the customer gets');
	assert.equal((await event(kim, kim.chat, 'requeued')).data.reason, 'operator_silent');
	await meet(bob, kim);
	await noRule();
	assert.equal((await ana.post(kim.chat, 'sorry')).code, 'not_owner', 'who lost it writes no more');
	await bob.say(kim.chat, 'Here I am.');
	await allHeard(stack, kim.chat, [kim]);
	const { events } = await kim.call('GET', `chats/${kim.chat}/events?after=0&limit=200`);
	assert.deepEqual(events.filter(({ kind }) => kind === 'reminder').map((each) => Object.keys(each).sort()), [['at', 'chat', 'kind', 'seq']], 'over HTTP neither');
	assert.deepEqual(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
});
