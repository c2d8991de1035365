// SPDX-License-Identifier: ISC
// One request through all of it: its id is in the answer, the log, the database's session while it works for it, and the audit; a statement that takes long is told
// by its name.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { api, assertNotLogged } from '../support/http.mjs';
import { Customer } from '../support/people.mjs';
import { parse } from '../support/exposition.mjs';

const stack = useStack({ options: { api_workers: 2, slow_statement_ms: 100 } });

const WAITING = `select application_name as name from pg_stat_activity
	where datname = current_database() and wait_event_type = 'Lock' and application_name like 'switchboard-api%' and query_start < clock_timestamp() - interval '200 milliseconds'`;

async function slowStatements() {
	const { text } = await api(stack, 'GET', 'metrics');
	return parse(text).sum('switchboard_program_slow_statements_total', { program: 'api' });
}

test('a statement that takes long is logged by name and request, without what it was asked, and counted', async () => {
	const kim = await Customer.open(stack, { queue: 'sales' });
	const dba = await stack.database.connect();
	await dba.query('begin');
	await dba.query('select 1 from chat.chat_counter where chat = $1 for update', [kim.chat]);
	const answered = api(stack, 'POST', `chats/${kim.chat}/messages`, { headers: kim.headers(), body: { cid: '0f8fad5b-d9cb-469f-a165-70867728950e', body: 'words of a person' } });
	const [{ name }] = await until(async () => {
		const rows = await stack.query(WAITING);
		return rows.length > 0 && rows;
	}, { what: 'the request to wait for the lock' });
	await dba.query('rollback');
	await dba.end();
	const { status, headers } = await answered;
	const id = headers['x-request-id'];
	assert.equal(status, 200);
	assert.equal(name, `switchboard-api ${id}`, 'while it works for a request, the session says so');
	await until(() => new RegExp(`level=warn program=api pid=\\d+ event="slow statement" request_id=${id} ms=\\d+ statement=post_message\\n`).test(stack.api.log), { what: 'the line' });
	assertNotLogged(stack, 'words of a person');
	await until(async () => (await slowStatements()) > 0, { what: 'it to be counted', every_ms: 250 });
	const names = "select distinct application_name as name from pg_stat_activity where datname = current_database() and usename = 'switchboard_api'";
	await until(async () => (await stack.query(names)).map(({ name: each }) => each).join() === 'switchboard-api', { what: 'the sessions to be nobody\'s afterwards' });
});

test('what a request changes is audited with its id, and nothing else is', async () => {
	const { headers, status } = await api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: { 'X-Requested-With': 'switchboard' } });
	assert.equal(status, 200);
	const [login] = await stack.query("select request_id, application from chat.audit where action = 'login' order by audit desc limit 1");
	assert.deepEqual(login, { request_id: headers['x-request-id'], application: 'switchboard-api' });
	await stack.query("update chat.skill set description = 'Invoices' where skill = 'billing'");
	const [change] = await stack.query("select request_id from chat.audit_log where object = 'skill' order by audit desc limit 1");
	assert.equal(change.request_id, null);
});
