// SPDX-License-Identifier: ISC
// A chat that arrives when everybody is full or away is offered as soon as a slot or an operator appears, the right one first: by a notification, or because
// the router slept until the very instant. Its sweep is far away: it cannot have been that.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Customer } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { dbaSession, Scene } from './scene.mjs';
import { SCENES } from './scenes.mjs';

const SWEEP_S = 60;
const NOT_THE_SWEEP_MS = 10000;
const stack = useStack({ options: { router_sweep_s: SWEEP_S }, prepare });
const rings = []; // performance.now() of each notification for the router
let dba, ear;

async function prepare({ database }) {
	await database.query("update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s')");
	dba = await dbaSession(database);
	ear = await database.connect();
	ear.on('notification', () => rings.push(performance.now()));
	await ear.query('listen switchboard_route');
}

after(() => Promise.all([dba?.end(), ear?.end()]));

test('no sweep serves these tests: a chat for which nobody rang is not offered', async () => {
	const scene = new Scene(stack, { dba, hearing: 'socket', name: 'unheard' });
	try {
		await scene.queues();
		const ana = await scene.onDuty('ana');
		await until(async () => (await stack.query(`select from chat.operator_state s where s.operator = 'ana' and s.on_duty
			and not exists (select from pg_stat_activity a where a.usename = 'switchboard_router' and a.state <> 'idle')`)).length === 1,
		{ what: 'the router to know of her, and to sleep' });
		const chat = randomUUID();
		const client = await stack.database.connect();
		await client.query('set session_replication_role = replica'); // no trigger: nothing rings
		await client.query(`insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at)
			values ($1, 'shop', 'demo-shop', 'queued', $2, clock_timestamp(), 'en', clock_timestamp(), clock_timestamp())`, [chat, scene.line]);
		await client.query('insert into chat.chat_counter (chat) values ($1)', [chat]);
		await client.query(`insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash)
			select $1::uuid, h, h, h from sha256(convert_to($1::uuid::text, 'UTF8')) h`, [chat]);
		await client.query('insert into chat.waiting (chat, queue, arrived_at) values ($1, $2, clock_timestamp())', [chat, scene.line]);
		const [{ from }] = await stack.query('select clock_timestamp()::text as from');
		await until(async () => (await stack.query("select clock_timestamp() > $1::timestamptz + interval '3 seconds' as later", [from]))[0].later,
			{ what: 'the database\'s clock to go on', every_ms: 200 });
		await scene.wait(chat);
		await client.query("select pg_notify('switchboard_route', '')");
		await client.end();
		const offer = await scene.nextOffer(ana, chat);
		await scene.serves(ana, [chat], offer);
	} finally {
		await scene.over();
	}
});

for (const [index, [name, play]] of Object.entries(SCENES).entries()) {
	test(`offered at once: ${name}`, async (t) => {
		const scene = new Scene(stack, { dba, hearing: 'socket', name: `scene${index}` });
		try {
			const { operator, order, act, due, after: last } = await play(scene);
			const heard = rings.length;
			const began = performance.now();
			await act?.();
			const offer = await scene.nextOffer(operator, order[0]);
			const offered = await scene.offeredAt(offer);
			if (due) assert.ok(offered >= due, `not before its time: ${(due - offered).toFixed(1)} ms early`);
			const event = due ?? rings[heard];
			t.diagnostic(`${due ? 'due' : 'rung'} → decided ${(offered - event).toFixed(1)} ms → on the socket ${(offer.heard_at - event).toFixed(1)} ms`);
			if (!due) assert.ok(event >= began, 'it was rung for');
			assert.ok(offered - event < NOT_THE_SWEEP_MS, 'the sweep would have come later');
			await scene.serves(operator, order, offer);
			await last?.();
		} finally {
			await scene.over();
		}
	});
}

test('the stage is empty again: a new chat waits', async () => {
	const { opened } = await Customer.open(stack, { queue: 'sales' });
	assert.equal(opened.chat.state, 'queued');
});
