// SPDX-License-Identifier: ISC
// kill -9 of couriers at any point: each item leaves at least once under its key, none is forgotten, and each lane keeps its order.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Receiver } from '../support/receiver.mjs';
import { seeded } from '../support/seeded.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const LANES = 12, PER_LANE = 15;

const stack = useStack({ couriers: 2, prepare: (s) => s.query("update chat.setting set value = '1' where name in ('outbox_backoff_s', 'outbox_backoff_max_s')") });

test('couriers that are killed before, during and after their requests lose nothing', async (t) => {
	const crm = await Receiver.open(t);
	await stack.query("insert into chat.webhook (webhook, url, plain_http, timeout_s) values ('crm', $1, true, 5)", [crm.url]);
	await stack.query("select from api.add_outgoing_secret('webhook', 'crm')");
	const random = seeded(6);
	const taken = [];
	let asked = 0, kills = 0;
	const killOne = () => {
		const victim = stack.couriers[Math.floor(random() * stack.couriers.length)];
		if (kills < 25 && victim.running) {
			kills++;
			victim.kill();
		}
	};
	crm.answer = async (request) => {
		asked++;
		if (asked % 7 === 0) killOne(); // in the middle
		if (random() < 0.2) return { status: 503 };
		taken.push(request);
		if (asked % 11 === 0) setImmediate(killOne); // when the answer is on its way, and not reported yet
		return { status: 200 };
	};
	await stack.query(`
		select internal.send_out('webhook', 'lane ' || l, 'crm', null, jsonb_build_object('event', 'note_left', 'data', jsonb_build_object('lane', l, 'n', n)), clock_timestamp())
		from generate_series(1, $1::int) l, generate_series(1, $2::int) n order by n, l`, [LANES, PER_LANE]);
	const left = async () => (await stack.query('select count(*)::int as n from chat.outbox where finished_at is null'))[0].n;
	for (let before = await left(); before > 0; before = await left())
		await until(async () => await left() < before, { what: `the outbox to go on (${before} left, ${kills} couriers killed)` });
	assert.ok(kills >= 10, `${kills} were killed`);
	const items = await stack.query("select item, state, body -> 'data' as data from chat.outbox order by position");
	assert.equal(items.length, LANES * PER_LANE);
	assert.deepEqual([...new Set(items.map(({ state }) => state))], ['done'], 'none was given up');
	assert.deepEqual(new Set(taken.map(({ key }) => key)), new Set(items.map(({ item }) => item)), 'each has come under its key');
	for (const { key, body } of crm.requests) assert.equal(body.id, key);
	const first = new Map();
	for (const { key, body } of taken) if (!first.has(key)) first.set(key, body.data);
	for (let lane = 1; lane <= LANES; lane++) {
		const order = [...first.values()].filter((data) => data.lane === lane).map(({ n }) => n);
		assert.deepEqual(order, Array.from({ length: PER_LANE }, (_, i) => i + 1), `lane ${lane} in its order`);
	}
});

test('a courier that is stopped in order finishes what is under way and leaves nothing behind', async (t) => {
	const crm = await Receiver.open(t);
	await stack.query('update chat.webhook set url = $1, timeout_s = 60', [crm.url]); // longer than the idle courier takes to end
	let answer;
	crm.answer = () => new Promise((resolve) => { answer = resolve; });
	await stack.query(`select internal.send_out('webhook', 'last', 'crm', null, '{"event": "note_left"}', clock_timestamp())`);
	await until(() => answer, { what: 'the request' });
	const stopping = Promise.all(stack.couriers.map((courier) => courier.stop()));
	await until(async () => (await stack.query('select count(*)::int as n from chat.courier'))[0].n === 1, { what: 'the idle one to be gone' });
	answer({ status: 200 });
	await stopping;
	assert.deepEqual(await stack.query("select state, tries from chat.outbox where lane = 'last'"), [{ state: 'done', tries: 1 }]);
	assert.deepEqual(await stack.query('select * from chat.courier'), []);
});
