// SPDX-License-Identifier: ISC
// More to do than workers: new chats are given up first, the chats that run go on.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { api, assertError, chatRequest } from '../support/http.mjs';

const WAIT_MS = 300;
const CONNECTING = '02'; // the kernel's SS_CONNECTING
const stack = useStack({ options: { api_workers: 1, chat_wait_max_ms: WAIT_MS }, prepare });

// Who waits for a lock that the test holds waits as long as the test needs.
async function prepare({ database }) {
	for (const setting of ['lock_timeout', 'statement_timeout']) await database.query(`alter role switchboard_api in database ${database.name} set ${setting} = '60s'`);
}

// Connections that the web server has made and no worker has taken yet.
const inLine = () => readFileSync('/proc/net/unix', 'utf8').split('\n').filter((line) => line.endsWith(` ${stack.apiSocket}`) && line.split(/\s+/)[5] === CONNECTING).length;

test('a chat request that waited too long for a worker is unavailable with Retry-After, while messages of running chats are stored', async () => {
	const kim = await until(() => Customer.open(stack, { queue: 'sales' }), { what: 'a chat' });
	const say = (body) => kim.call('POST', `chats/${kim.chat}/messages`, { cid: randomUUID(), body });
	const client = await stack.database.connect();
	try {
		await client.query('begin');
		await client.query('select from chat.chat_counter where chat = $1 for update', [kim.chat]);
		const first = say('the only worker is busy with this');
		await until(async () => (await stack.query("select count(*)::int n from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'switchboard-api%'"))[0].n > 0,
			{ what: 'the worker to wait for the lock' });
		const chat = api(stack, 'POST', 'chats', { body: chatRequest() });
		const second = say('this came while it was busy');
		await until(() => inLine() === 2, { what: 'both to wait for the worker' });
		const since = performance.now();
		await until(() => performance.now() > since + 2 * WAIT_MS, { what: 'the chat request to have waited too long' });
		await client.query('rollback');
		const refused = await chat;
		assertError(refused, 503, 'unavailable');
		assert.equal(refused.headers['retry-after'], '5');
		assert.deepEqual([(await first).seq > 0, (await second).seq > 0], [true, true]);
	} finally {
		await client.end();
	}
	await until(async () => (await api(stack, 'POST', 'chats', { body: chatRequest() })).status === 201, { what: 'a chat to be opened again' });
});
