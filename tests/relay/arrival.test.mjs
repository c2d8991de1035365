// SPDX-License-Identifier: ISC
// A chat that has just become an operator's: what he says before his socket has been told of it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { allHeard, onDuty, part } from '../support/conversation.mjs';

// The relay's patience with a lock is not what is tested.
const stack = useStack({ prepare: async (fresh) => {
	for (const setting of ['lock_timeout', 'statement_timeout']) {
		await fresh.query(`alter role switchboard_relay in database ${fresh.database.name} set ${setting} = '60s'`);
	}
} });

async function relaySession() {
	const [row] = await stack.query('select state, wait_event_type from pg_stat_activity where application_name = \'switchboard-relay\' and datname = current_database()');
	return row;
}

// While the table of assignments is locked the relay cannot learn whose the chat is, and what is said waits behind that question; stopped, it then finds
// both answers at once.
test('the first message after an acceptance is acked, also when its answer comes together with the chat itself', { timeout: 300000 }, async (t) => {
	const ana = await onDuty(stack, 'ana', ['sales']);
	const kim = await Customer.open(stack, { queue: 'sales' });
	t.after(() => part(stack, ana, [kim]));
	await kim.connect();
	const offer = await ana.nextOffer();
	const lock = await stack.database.connect();
	t.after(() => lock.end());
	stack.relay.signal('SIGSTOP');
	await ana.accept(offer);
	await lock.query('begin; lock table chat.assignment');
	stack.relay.signal('SIGCONT');
	await until(async () => (await relaySession()).wait_event_type === 'Lock', { what: 'the relay to ask whose the chat is' });
	const answer = ana.say(kim.chat, 'hello');
	answer.catch(() => {}); // it is awaited below
	await ana.settled();
	await ana.settled(); // the message is on its way to the database
	stack.relay.signal('SIGSTOP');
	await lock.query('commit');
	await until(async () => {
		const stored = await stack.query('select 1 from chat.message where chat = $1 and body = \'hello\'', [kim.chat]);
		return stored.length === 1 && (await relaySession()).state === 'idle';
	}, { what: 'the message to be stored and the session to be done with it' });
	stack.relay.signal('SIGCONT');
	assert.equal((await answer).t, 'ack');
	await allHeard(stack, kim.chat, [ana, kim]);
});
