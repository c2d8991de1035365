// SPDX-License-Identifier: ISC
// GET reports/…: who may, what is refused and how, JSON and CSV. The figures are judged in tests/sql/reports.sql.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { api, assertError } from '../support/http.mjs';
import { makeNoon } from '../support/noon.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();
const REPORTS = ['service', 'operators', 'ratings', 'dispositions', 'channels', 'bots', 'chats'];
const ask = async (path, { who = 'sam', headers = {} } = {}) => api(stack, 'GET', `reports/${path}`, { headers: { ...headers, Cookie: (await Operator.logIn(stack, who)).cookie } });

test('only a supervisor has reports (D4)', async () => {
	for (const report of REPORTS) {
		assertError(await api(stack, 'GET', `reports/${report}`), 401, 'unauthorized');
		assertError(await ask(report, { who: 'ana' }), 403, 'forbidden');
	}
	assertError(await ask('everything'), 404, 'not_found');
});

test('a chat of today is in the report, nothing of its customer is', async () => {
	const kim = await Customer.open(stack, { queue: 'sales', name: 'Kim Secret', email: 'kim@mail.example' });
	const { status, json: body } = await ask('service?queue=sales&by=day');
	assert.equal(status, 200);
	assert.deepEqual([body.report, body.queue, body.by], ['service', 'sales', 'day']);
	assert.match(body.from, /^\d{4}-\d\d-\d\d$/);
	assert.match(body.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	assert.deepEqual([body.rows.length, body.rows[0].offered, body.rows[0].waiting], [1, 1, 1]);
	assert.deepEqual(Object.keys(body.rows[0]), body.columns);
	for (const report of REPORTS) {
		for (const format of ['json', 'csv']) assert.ok(!/Kim|mail\.example/.test((await ask(`${report}?format=${format}`)).text), report);
	}
	await kim.call('POST', `chats/${kim.chat}/end`, {});
});

// The queues are 25 hours apart, so that their days differ at every hour.
test('days are those of each queue, and seven where nothing is said', async () => {
	const zones = await stack.query('select queue, time_zone from chat.queue');
	await stack.query("update chat.queue set time_zone = case queue when 'sales' then 'Pacific/Kiritimati' else 'Pacific/Pago_Pago' end");
	const kim = await Customer.open(stack, { queue: 'sales' });
	const [one, usual] = [(await ask('service?days=1&by=day')).json, (await ask('service')).json];
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	for (const { queue, time_zone: zone } of zones) await stack.query('update chat.queue set time_zone = $2 where queue = $1', [queue, zone]);
	const day = (zone, { at }, ago = 0) => new Date(new Date(`${new Date(at).toLocaleDateString('en-CA', { timeZone: zone })}T00:00:00Z`) - ago * 86_400_000).toISOString().slice(0, 10);
	assert.deepEqual([one.days, one.from, one.to], [1, day('Pacific/Pago_Pago', one), day('Pacific/Kiritimati', one)]);
	assert.deepEqual(one.rows.filter(({ queue }) => queue === 'sales').map(({ local_start: start, waiting }) => [start, waiting]), [[one.to, 1]]);
	assert.deepEqual([usual.days, usual.from, usual.to], [7, day('Pacific/Pago_Pago', usual, 6), day('Pacific/Kiritimati', usual)]);
});

test('today\'s results are for supervisors, in their language, and tell nothing of a customer (D7, D15)', async () => {
	const results = async (who, query = '') => api(stack, 'GET', `results${query}`, { headers: who ? { Cookie: (await Operator.logIn(stack, who)).cookie } : {} });
	assertError(await results(), 401, 'unauthorized');
	assertError(await results('ana'), 403, 'forbidden');
	assertError(await results('sam', '?locale=d_e'), 422, 'invalid', 'locale');
	assertError(await results('sam', '?queue=sales'), 422, 'invalid', 'query');
	await makeNoon(stack);
	const ben = await Operator.logIn(stack, 'ben', ['billing']);
	await ben.connect();
	const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim Secret', email: 'kim@mail.example' });
	await ben.accept(await ben.nextOffer());
	await ben.call('POST', `operator/chats/${kim.chat}/end`, {});
	await ben.call('POST', `operator/chats/${kim.chat}/wrap-up`, { disposition: 'payment-bank' });
	const told = await until(async () => {
		const { json, text } = await results('sam', '?locale=de');
		return json.queues.length && { json, text };
	}, { what: 'the chat to be over' });
	await ben.presence('offline');
	ben.close();
	assert.deepEqual(told.json.queues.map(({ name, chats, unfiled, own_words: own, results: [first] }) => [name, chats, unfiled, own, first]),
		[['billing', 1, 0, 0, { disposition: 'payment-bank', label: 'Liegt bei der Bank', heading: 'Zahlung', chats: 1 }]]);
	assert.doesNotMatch(told.text, /Kim|mail\.example/);
});

test('CSV by format or by Accept: its head, its lines, its name, and no formula in it', async () => {
	const [{ label }] = await stack.query("select label from chat.queue where queue = 'sales'");
	await stack.query("update chat.queue set label = '=1+1' where queue = 'sales'");
	const answers = [await ask('service?queue=sales&format=csv'), await ask('service?queue=sales', { headers: { Accept: 'text/csv' } })];
	await stack.query("update chat.queue set label = $1 where queue = 'sales'", [label]);
	for (const { status, headers, text } of answers) {
		assert.equal(status, 200);
		assert.match(headers['content-type'], /^text\/csv; charset=utf-8/);
		assert.equal(headers['content-disposition'], 'attachment; filename="service.csv"');
		assert.equal(headers['cache-control'], 'no-store');
		const lines = text.split('\r\n');
		assert.match(lines[0], /^starts_at,local_start,time_zone,queue,label,target_s,offered,/);
		assert.match(lines[1], /^,,[^,]+,sales,'=1\+1,\d+,2,/);
		assert.deepEqual(lines.slice(2), ['']);
	}
	assert.match((await ask('service?format=json', { headers: { Accept: 'text/csv' } })).headers['content-type'], /^application\/json/, 'format counts more');
});

test('a parameter that is wrong is named (P6)', async () => {
	for (const [query, field] of [
		['from=yesterday', 'from'], ['from=2026-02-30', 'from'], [`from=${'1'.repeat(40)}`, 'from'], ['from=2026-01-01%27', 'from'], ['to=2026-1-1', 'to'], ['from=2026-01-02&to=2026-01-01', 'to'],
		['by=month', 'by'], ['by=day%20', 'by'], ['from=2026-01-01&to=2026-03-01&by=hour', 'by'], ['from=2010-01-01&to=2026-01-01', 'from'], ['format=pdf', 'format'],
		['days=0', 'days'], ['days=1831', 'days'], ['days=-1', 'days'], ['days=7d', 'days'], ['days=', 'days'], [`days=${'9'.repeat(20)}`, 'days'], ['days=7&from=2026-01-01', 'days'],
		['days=7&to=2026-01-01', 'days'], ['days=32&by=hour', 'by'], ['days=7&days=7', null], ['queue=%00', null],
		['from=2026-01-01&from=2026-01-02', null], ['site=shop', null],
	]) {
		const { status, json: body } = await ask(`service?${query}`);
		assert.ok(status === 422 || (field === null && status === 400), `${query}: ${status}`);
		if (field) assert.deepEqual([body.error.code, body.error.field], ['invalid', field], query);
	}
	assertError(await ask('service?queue=nowhere'), 404, 'not_found', 'queue');
	for (const query of ['from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00%2B01:00&by=hour', 'days=31&by=hour', 'days=1830']) assert.equal((await ask(`service?${query}`)).status, 200, query);
});

test('a report may take longer than any other statement, and only so many are made at once', async () => {
	for (const [setting, value] of [['statement_timeout', '300ms'], ['lock_timeout', '60s']])
		await stack.database.query(`alter role switchboard_api in database ${stack.database.name} set ${setting} = '${value}'`);
	const sam = { Cookie: (await Operator.logIn(stack, 'sam')).cookie };
	const old = (await stack.query("select pid, pg_terminate_backend(pid) from pg_stat_activity where application_name = 'switchboard-api'")).map(({ pid }) => pid);
	await until(async () => (await stack.query('select from pg_stat_activity where pid = any ($1)', [old])).length === 0, { what: 'the old sessions to be over' });
	const report = () => api(stack, 'GET', 'reports/service', { headers: sam });
	const waiting = (s) => stack.query(`select pid from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'switchboard-api %'
		and query_start < clock_timestamp() - make_interval(secs => $1)`, [s]);
	const whileTwoWait = async () => {
		const client = await stack.database.connect();
		const two = [];
		try {
			await client.query('begin');
			await client.query('lock table chat.chat');
			two.push(report(), report());
			await until(async () => (await waiting(0.6)).length === 2, { what: 'two reports to wait for longer than a statement may take', timeout_ms: 9000 });
			const third = await report();
			assertError(third, 503, 'unavailable');
			assert.equal(third.headers['retry-after'], '1');
			assertError(await api(stack, 'GET', `operator/chats/${randomUUID()}/events`, { headers: sam }), 503, 'unavailable'); // it looks at the same table, and has its 300 ms
			await client.query('rollback');
			assert.deepEqual((await Promise.all(two)).map(({ status }) => status), [200, 200]);
			assert.equal((await report()).status, 200);
			return true;
		} finally {
			await client.end();
			await Promise.allSettled(two);
		}
	};
	try {
		await until(whileTwoWait, { what: 'two long reports and a third' }); // once more where the machine stood still for longer than the 300 ms, or the 8 s of a report
	} finally {
		for (const setting of ['statement_timeout', 'lock_timeout']) await stack.database.query(`alter role switchboard_api in database ${stack.database.name} reset ${setting}`);
	}
});
