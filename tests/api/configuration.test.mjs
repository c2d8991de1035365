// SPDX-License-Identifier: ISC
// What a worker keeps of a widget's configuration is never old: whatever changes is seen by the next request of every worker, from its COMMIT on (G19).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { PATIENCE_MS, until } from '../support/waiting.mjs';
import { api, assertError, workers } from '../support/http.mjs';

const WORKERS = 3;
const stack = useStack({ options: { api_workers: WORKERS } });
const config = (rest) => api(stack, 'GET', 'widgets/demo-shop', rest);

// The processes that gave these answers, by their log.
function servedBy(answers) {
	const pids = new Map([...stack.api.log.matchAll(/ pid=(\d+) event=request request_id=(\w+) /g)].map(([, pid, id]) => [id, pid]));
	return answers.map(({ headers }) => pids.get(headers['x-request-id']));
}

// Asks until each worker has answered; every single answer must hold.
async function everyWorkerSays(check, what) {
	const seen = new Set();
	for (const deadline = Date.now() + PATIENCE_MS; seen.size < WORKERS;) {
		assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
		const answers = await Promise.all(Array.from({ length: 4 * WORKERS }, () => config()));
		for (const answer of answers) check(answer);
		const pids = await until(() => servedBy(answers).every(Boolean) && servedBy(answers), { what: 'the requests to be logged' });
		for (const pid of pids) seen.add(pid);
	}
}

const titled = (title) => ({ status, json }) => assert.deepEqual([status, json?.texts?.title], [200, title]);

test('G19 a change counts for the next request of every worker', async () => {
	await until(() => workers(stack).length === WORKERS, { what: 'all workers' });
	for (let i = 0; i < 15; i++) {
		await stack.query("update chat.widget set title = $1 where widget = 'demo-shop'", [`Title ${i}`]);
		await everyWorkerSays(titled(`Title ${i}`), `every worker to say title ${i}`);
	}
});

test('G19 it counts from COMMIT on, and not before; what is undone never counted', async () => {
	await stack.query("update chat.widget set title = 'Before' where widget = 'demo-shop'");
	const dba = await stack.database.connect();
	for (const [end, title] of [['rollback', 'Before'], ['commit', 'After']]) {
		await dba.query('begin');
		await dba.query("update chat.widget set title = 'After' where widget = 'demo-shop'");
		await everyWorkerSays(titled('Before'), 'every worker to say what was');
		await dba.query(end);
		await everyWorkerSays(titled(title), `every worker to say what is after ${end}`);
	}
	await dba.end();
});

test('G19 every table that a configuration is made of counts', async () => {
	const shop = new URL(stack.shopUrl).origin;
	const asShop = { headers: { Origin: shop } };
	const german = { headers: { 'Accept-Language': 'de' } };
	const label = async (rest) => (await config(rest)).json.queues.find(({ name }) => name === 'sales')?.label;
	const gone = (answer) => assertError(answer, 404, 'not_found');
	const without = (queue) => ({ json }) => assert.ok(json.queues.every(({ name }) => name !== queue));
	for (const [sql, undo, rest, check] of [
		["update chat.site set origins = '{https://elsewhere.example}'", `update chat.site set origins = '{${shop}}'`, asShop, (answer) => assertError(answer, 403, 'origin_denied')],
		["update chat.site set active = false where site = 'shop'", "update chat.site set active = true where site = 'shop'", {}, gone],
		["update chat.widget set active = false where widget = 'demo-shop'", "update chat.widget set active = true where widget = 'demo-shop'", {}, gone],
		["update chat.queue set active = false where queue = 'sales'", "update chat.queue set active = true where queue = 'sales'", {}, without('sales')],
		["insert into chat.widget_text values ('demo-shop', 'de', 'greeting', 'Servus')", "delete from chat.widget_text where text = 'Servus'", german,
			({ json }) => assert.equal(json.texts.greeting, 'Servus')],
		["delete from chat.widget_queue where widget = 'demo-shop' and queue = 'support'",
			"insert into chat.widget_queue (widget, queue, position) values ('demo-shop', 'support', 3)", {}, without('support')],
	]) {
		const before = await config(rest);
		assert.equal(before.status, 200, sql);
		await stack.query(sql);
		check(await config(rest));
		await stack.query(undo);
		assert.deepEqual((await config(rest)).json, before.json, undo);
	}
	assert.equal(await label(german), 'Verkauf');
	await stack.query("update chat.queue_label set label = 'Laden' where queue = 'sales' and locale = 'de'");
	assert.equal(await label(german), 'Laden');
	assert.equal(await label(), 'Sales', 'each language for itself');
});

test('G19 a change made while the workers have lost their sessions counts', async () => {
	await everyWorkerSays(({ status }) => assert.equal(status, 200), 'every worker to keep it');
	await stack.query("select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = current_database() and application_name like 'switchboard-api%'");
	await stack.query("update chat.widget set title = 'While away' where widget = 'demo-shop'");
	await everyWorkerSays(titled('While away'), 'every worker to say the new title');
});

test('rubbish on the channel costs a look and nothing else (P55)', async () => {
	const before = workers(stack);
	for (const payload of ['', 'x'.repeat(7900), 'widget demo-shop', '\u{1f600}']) await stack.query('select pg_notify($1, $2)', ['switchboard_configuration', payload], 'switchboard_courier');
	await everyWorkerSays(titled('While away'), 'every worker to say what it said');
	assert.deepEqual(workers(stack), before);
});

test('however many languages are asked for, all are answered, and a worker keeps so much and no more', async () => {
	for (let i = 0; i < 3 * 64; i++) {
		const { status, json } = await config({ headers: { 'Accept-Language': `de;q=0.${100 + i}` } });
		assert.deepEqual([status, json.locale], [200, 'de']);
	}
	const again = await config({ headers: { 'Accept-Language': 'fr' } });
	assert.equal(again.json.locale, 'fr');
});
