// SPDX-License-Identifier: ISC
// How long the question for places in the queue takes is nobody's business but theirs who wait: messages do not stand behind it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { converse } from '../support/conversation.mjs';

const stack = useStack({
	options: { slow_statement_ms: 1 },
	prepare: async (started) => {
		// the question is to wait as long as the test holds it up
		for (const limit of ['lock_timeout', 'statement_timeout']) await started.query(`alter role switchboard_relay in database ${started.database.name} set ${limit} = '600s'`);
	},
});

const asks = () => stack.query('select from pg_stat_activity where datname = current_database() and application_name = \'switchboard-relay-places\' and wait_event_type = \'Lock\'');

test('a message is acknowledged while the question for places in the queue is not answered, and that it was slow is logged', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const waiting = await Customer.open(stack, { queue: 'billing' });
	await waiting.connect();
	await waiting.frame(({ t: type }) => type === 'queue', 'a place');
	const client = await stack.database.connect();
	try {
		await client.query('begin');
		await client.query('lock table internal.queue_pace in access exclusive mode');
		await until(async () => (await asks()).length > 0, { what: 'the question to wait' });
		for (let i = 0; i < 5; i++) {
			assert.equal((await kim.say(`message ${i}`)).t, 'ack');
			assert.equal((await ana.say(kim.chat, `answer ${i}`)).t, 'ack');
		}
		assert.equal((await asks()).length, 1, 'it still waits');
	} finally {
		await client.end();
	}
	const next = await Customer.open(stack, { queue: 'billing' });
	await next.connect();
	await next.frame(({ t: type, position }) => type === 'queue' && position === 2, 'places are told again');
	await until(() => /event="slow statement" .*statement=queue_positions\n/.test(stack.relay.log), { what: 'the slow one to be named' });
	for (const customer of [waiting, next]) {
		await customer.call('POST', `chats/${customer.chat}/end`, {});
		customer.close();
	}
});
