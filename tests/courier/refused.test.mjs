// SPDX-License-Identifier: ISC
// A courier that nobody has allowed anything: what is not public is refused after its name was resolved, whatever a table says, and no connection is made.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Receiver } from '../support/receiver.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 1, options: { courier_private_hosts: '' },
	prepare: (s) => s.query("update chat.setting set value = '1' where name in ('outbox_backoff_s', 'outbox_backoff_max_s')") });

test('loopback by address, by name, as a number and in the clothes of IPv6: each is refused, and nobody is connected to', async (t) => {
	const inside = await Receiver.open(t);
	let connections = 0;
	inside.server.on('connection', () => connections++);
	const hosts = ['127.0.0.1', 'localhost', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'];
	for (const [i, host] of hosts.entries()) {
		await stack.query('insert into chat.webhook (webhook, url, plain_http) values ($1, $2, true)', [`w${i}`, `http://${host}:${inside.port}/`]);
		await stack.query("select from api.add_outgoing_secret('webhook', $1)", [`w${i}`]);
		await stack.query("select internal.send_out('webhook', $1, $1, null, '{\"event\": \"note_left\"}', clock_timestamp())", [`w${i}`]);
	}
	const tried = () => stack.query('select account, last_error, last_reason from chat.outbox where last_error is not null order by account');
	await until(async () => (await tried()).length === hosts.length, { what: 'each to be tried' });
	for (const { account, last_error: error, last_reason: reason } of await tried()) {
		assert.match(error, /is at \S+, which is not public/, account);
		assert.equal(reason, 'private_address', account);
	}
	assert.equal(connections, 0);
	await new Promise((resolve) => connect(inside.port, '127.0.0.1', resolve).end());
	await until(() => connections === 1, { what: 'the receiver to be there all the same' });
});
