// SPDX-License-Identifier: ISC
// switchboard why and switchboard why idle: what chat.why and chat.why_idle say, as lines or as JSON.

import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
const CHAT = '00000000-0000-4000-8000-000000000001';
let company;
before(async () => {
	company = await line.emptyDatabase();
	assert.equal((await company.run(['migrate'])).code, 0);
	await company.query(readFileSync(`${line.sqlDir}/demo.sql`, 'utf8'));
	await company.query(`
		insert into chat.chat (chat, site, widget, state, queue, arrived_at, name, locale, created_at, customer_seen_at)
			values ('${CHAT}', 'shop', 'demo-shop', 'queued', 'billing', now(), 'Eve', 'en', now(), now());
		insert into chat.chat_counter (chat) values ('${CHAT}');
		insert into chat.operator_queue (operator, queue, joined_at) values ('ana', 'billing', now()), ('chloe', 'billing', now());
		update chat.operator_state set presence = 'available', lease_until = 'infinity' where operator in ('ana', 'chloe')`);
});

test('a waiting chat: one line of the chat, one an operator', async () => {
	const { code, stdout, stderr } = await company.run(['why', CHAT]);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	const said = new Map(stdout.trimEnd().split('\n').map((text) => /^\d{4}-\d\d-\d\dT[\d:.]{12}Z {2}(.+?) {2}(.+)$/.exec(text).slice(1)));
	assert.match(said.get('the chat'), /^waits in billing since .*, asks for billing at 4 or better$/);
	assert.equal(said.get('ana'), 'is free, but no router is running');
	assert.equal(said.get('chloe'), 'has billing at 3, 4 is needed');
	assert.equal(said.get('ben'), 'has not joined the queue');
	assert.equal(said.size, 6);
});

test('the story of a chat as JSON', async () => {
	await company.query('select internal.route(clock_timestamp(), 10)');
	const rows = JSON.parse((await company.run(['why', CHAT, '--json'])).stdout);
	assert.deepEqual(rows.map(({ operator, answer }) => [operator, answer]).slice(0, 2), [['ana', 'was offered it: the only one who was free'],
		[null, 'is held out; until the answer nobody else is asked']]);
	for (const { at } of rows) assert.match(at, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
});

test('an idle operator: one line for all queues, one for each', async () => {
	const { code, stdout } = await company.run(['why', 'idle', 'chloe']);
	assert.equal(code, 0);
	assert.equal(stdout, `all queues  chloe is free for one more, but no router is running
billing  chloe has billing at 3, 4 is needed; no chat waits
sales  chloe has not joined the queue; no chat waits
support  chloe has no rating for technical, 5 is needed; no chat waits
`);
	const rows = JSON.parse((await company.run(['why', 'idle', 'ana', '--json'])).stdout);
	assert.deepEqual(rows.map(({ queue }) => queue), [null, 'billing', 'sales', 'support']);
});

test('what is not there is named', async () => {
	const cases = [[['why', '00000000-0000-4000-8000-00000000000f'], 'there is no chat 00000000-0000-4000-8000-00000000000f'], [['why', 'idle', 'nobody'], 'there is no operator nobody'],
		[['why', '17'], '"17" is not the key of a chat, such as 3f0c6d1e-8a51-4b7c-9d3e-5a2b1c4d6e7f'], [['why'], 'why takes 1 word, not 0; usage: switchboard why CHAT [OPTION...]']];
	for (const [args, message] of cases) {
		assert.deepEqual(await company.run(args), { code: 1, stdout: '', stderr: `switchboard: ${message}\n` });
	}
});
