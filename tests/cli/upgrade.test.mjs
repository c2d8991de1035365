// SPDX-License-Identifier: ISC
// switchboard migrate where somebody works already: data/installation-0008.sql.gz is what pg_dump wrote of an installation whose newest migration was 0008, with
// its functions, triggers and views, the demo's company and chats in several states.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { runProgram, useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
const dump = gunzipSync(readFileSync(new URL('data/installation-0008.sql.gz', import.meta.url))).toString();

// All there is in our schemas but its rows, as sorted lines of text. (What was dumped and restored has other parentheses in its checks.)
const SHAPE = `
	with ours as (select oid as schema, nspname from pg_namespace where nspname in ('chat', 'api', 'internal'))
	select line from (
		select format('column %s.%s %s%s%s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
			' default ' || pg_get_expr(d.adbin, d.adrelid)) as line
		from pg_class c join ours on schema = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
			left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where c.relkind in ('r', 'v')
		union all select format('constraint %s %s %s', coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), conname, translate(pg_get_constraintdef(c.oid), '()', ''))
		from pg_constraint c join ours on schema = c.connamespace
		union all select pg_get_indexdef(c.oid) from pg_class c join ours on schema = c.relnamespace where c.relkind = 'i'
		union all select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid join ours on schema = c.relnamespace where not t.tgisinternal
		union all select format('function %s %s', p.oid::regprocedure, md5(p.prosrc)) from pg_proc p join ours on schema = p.pronamespace
		union all select format('rights %s %s', c.oid::regclass, (select string_agg(x::text, ' ' order by x::text) from unnest(c.relacl) x))
		from pg_class c join ours on schema = c.relnamespace where c.relkind in ('r', 'v', 'S')
		union all select format('setting %s %s', s.name, to_jsonb(s) - 'name' - 'value') from chat.setting s) l
	order by 1`;

async function migrated(database) {
	const { code, stderr } = await database.run(['migrate']);
	assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
	return (await database.query(SHAPE)).map((row) => row.line);
}

test('an installation of migration 0008 comes to what a new one is, and keeps what it holds', async () => {
	const fresh = await migrated(await line.emptyDatabase());
	const database = await line.emptyDatabase();
	const restored = await runProgram('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-d', database.dsn], { input: dump });
	assert.deepEqual({ code: restored.code, stderr: restored.stderr }, { code: 0, stderr: '' });
	const held = `select chat::text, state::text, queue::text, (select string_agg(o.operator || ' ' || o.state, ', ' order by o.offered_at) from chat.offer o where o.chat = c.chat) as offers
		from chat.chat c order by chat`;
	const before = await database.query(held);
	assert.deepEqual([...new Set(before.map(({ state }) => state))].sort(), ['active', 'offered', 'queued']);

	assert.deepEqual(await migrated(database), fresh);
	assert.deepEqual(await database.query(held), before);
	const checked = await database.run(['check']);
	assert.match(checked.stdout, /^[1-9]\d* invariants checked, 0 broken, 0 could not be checked$/m);
});

test('what is in the outbox when its reasons become codes gets its code from its words', async () => {
	const database = await line.emptyDatabase();
	await migrated(database);
	await database.query('alter table chat.outbox drop column last_reason, drop column given_up');
	const letters = [['dead', 'answered 503: busy', 503, 'refused', 503, 'final'], ['dead', 'answered 404: SSL timeout', null, 'refused', 404, 'final'],
		['dead', 'Failed sending data to the peer: RCPT failed: 550', null, 'refused', 550, 'final'], ['queued', 'answered 200: what?', 200, 'answer_unusable', 200, null],
		['dead', 'there is nobody to send it to any more', null, 'no_receiver', null, 'final'], ['dead', 'its time was over', null, 'expired', null, 'final'],
		['queued', 'its request cannot be made: invalid: broken', null, 'not_made', null, null],
		['queued', 'crm.example is at 10.0.0.1, which is not public: the administrator can allow it (courier_private_hosts)', null, 'private_address', null, null],
		['queued', 'its host is not one of those that are allowed for it', null, 'host_not_allowed', null, null], ['dead', 'Login denied', null, 'login_refused', null, 'final'],
		['dead', 'Timeout was reached: Connection timed out after 10001 milliseconds', null, 'timeout', null, 'final'],
		['dead', 'Could not resolve hostname: Could not resolve host: x', null, 'unknown_host', null, 'final'], ['dead', 'Couldn\'t connect to server', null, 'unreachable', null, 'final'],
		['dead', 'SSL peer certificate or SSH remote key was not OK: certificate has expired', null, 'insecure', null, 'final'],
		['dead', 'its answer is longer than 65536 bytes', null, 'answer_too_large', null, 'final'], ['dead', null, null, 'other', null, 'final'], ['queued', null, null, null, null, null]];
	await database.query(`insert into chat.outbox (kind, lane, account, body, state, created_at, next_try_at, finished_at, last_error, last_status)
		select 'webhook', 'a', 'crm', '{}', l ->> 0, now(), now(), case l ->> 0 when 'dead' then now() end, l ->> 1, (l ->> 2)::int
		from jsonb_array_elements($1::jsonb) with ordinality x (l, n) order by n`,
	[JSON.stringify(letters)]);
	await database.query(`begin; ${readFileSync(`${line.sqlDir}/migrations/0032_letter_reason.sql`)}; commit`);
	const rows = await database.query('select state, last_error, last_reason, last_status, given_up from chat.outbox order by position');
	assert.deepEqual(rows.map((row) => Object.values(row)), letters.map(([state, error, , ...codes]) => [state, error, ...codes]));
});
