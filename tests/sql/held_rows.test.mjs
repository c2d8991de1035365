// SPDX-License-Identifier: ISC
// Somebody holds a row that the router touches, in a transaction that he does not end (PF17). The router waits for nobody: everybody else is served meanwhile,
// and when he is done, so is what he held.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openCluster, openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';

const installation = findInstallation();
const sha256 = (text) => createHash('sha256').update(text).digest();
const session = (operator) => sha256(`session ${operator}`);
const OPERATORS = ['ana', 'bo'];
let cluster, database, holder;

before(async () => {
	cluster = await openCluster();
});

after(() => cluster.close());

beforeEach(async () => {
	database = await openDatabase({ cluster, installation, demo: false });
	await database.query(`
		alter role switchboard_router in database ${database.name} set lock_timeout = '300ms'; -- who waits is found out soon
		insert into chat.skill (skill) values ('german');
		insert into chat.queue (queue, label) values ('sales', 'Sales'), ('billing', 'Billing'), ('later', 'Later');
		insert into chat.site (site, name) values ('shop', 'Shop');
		insert into chat.widget (widget, site, default_queue) values ('plain', 'shop', 'sales');
		insert into chat.widget_queue (widget, queue) values ('plain', 'billing');
		update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s')`);
	for (const operator of OPERATORS) {
		await database.query('insert into chat.operator (operator, name, max_chats) values ($1::text, $1::text, 5)', [operator]);
		await database.query("insert into chat.operator_skill (operator, skill, rating) values ($1, 'german', 5)", [operator]);
		await call('api', 'login', operator, session(operator), null, null);
		await call('api', 'join_queues', session(operator), ['sales', 'billing']);
	}
	holder = await database.connect();
});

afterEach(async () => {
	try {
		await holder.end();
		await everythingIsServed();
		assert.deepEqual(await database.brokenInvariants(installation.sqlDir), []);
	} finally {
		await database.close();
	}
});

function call(program, verb, ...values) {
	const places = values.map((_, i) => `$${i + 1}`).join(', ');
	return database.query(`select * from api.${verb}(${places})`, values, `switchboard_${program}`);
}

async function arrives(queue, { german = false } = {}) {
	const chat = randomUUID();
	await call('api', 'open_chat', chat, sha256(`token ${chat}`), sha256(`key ${chat}`), sha256(''), 'plain', null, queue, 'Kim', null, 'en', null, null, null, null, null, '');
	if (german) await database.query("select chat.ask_skill($1, 'german')", [chat]);
	return chat;
}

const available = (...operators) => Promise.all(operators.map((operator) => call('api', 'set_presence', session(operator), 'available', null)));

// Passes until one finds nothing to do, or has passed something over; none may fail.
async function route() {
	for (let pass = 0, offers = 1; offers > 0; pass++) {
		[{ offers }] = await call('router', 'router_pass').catch((error) => assert.fail(`${error.message}\n${error.where}`));
		assert.ok(pass < 50, 'it comes to an end');
	}
}

async function offered() {
	return (await database.query("select chat from chat.offer where state = 'open' order by chat")).map(({ chat }) => chat);
}

async function holds(role, text, values) {
	await holder.query('begin');
	if (role) await holder.query(`set local role switchboard_${role}`);
	await holder.query(text, values);
}

// Once nobody holds anything, every chat in line has been offered.
async function everythingIsServed() {
	await available(...OPERATORS);
	await route();
	await route();
	assert.deepEqual(await database.query('select w.chat, w.queue from chat.waiting w'), [], 'nobody waits beside free operators');
}

for (const [what, hold] of [
	['the row of an operator', "select from chat.operator where operator = 'ana' for update"],
	['the row of a queue', "select from chat.queue where queue = 'sales' for update"],
	['all configuration', 'select from chat.queue, chat.operator, chat.setting for update; select from chat.operator_skill for update'],
]) {
	test(`PF17: a DBA holds ${what}: everybody is served`, async () => {
		const chats = [await arrives('sales'), await arrives('billing'), await arrives('sales')];
		await available(...OPERATORS);
		await holds('dba', hold);
		await route();
		assert.deepEqual(await offered(), chats.sort());
	});
}

test('PF17: and so is a chat that asks for what no other did', async () => {
	await route();
	const german = await arrives('sales', { german: true });
	await available('ana');
	await holds('dba', 'select from chat.queue, chat.operator, chat.site, chat.widget for update');
	await route();
	assert.deepEqual(await offered(), [german]);
});

test('PF17: while a DBA holds the queues, offers run out and are made again; only what is accepted by itself waits for him', async () => {
	await database.query("update chat.queue set auto_accept = true where queue = 'billing'");
	const first = await arrives('sales');
	await available('ana');
	await route();
	const [sales, billing] = [await arrives('sales'), await arrives('billing')];
	await holds('dba', 'select from chat.queue, chat.operator for update');
	await database.query("update chat.offer set offered_at = offered_at - interval '1 minute', expires_at = expires_at - interval '1 minute'; update chat.operator_state set last_offer_at = null");
	await route();
	const states = await database.query('select chat, state from chat.chat where chat = any ($1) order by array_position($1::uuid[], chat)', [[first, sales, billing]]);
	assert.deepEqual(states.map(({ state }) => state), ['offered', 'offered', 'queued']);
});

for (const [what, hold] of [
	['a chat', 'select from chat.chat where chat = $1 for update'],
	['a chat\'s place in line', 'select from chat.waiting where chat = $1 for update'],
	['a chat that a DBA gives to somebody', "select chat.prefer_operator($1, 'bo')"],
]) {
	test(`PF17: somebody holds ${what}: the others are served, also while the configuration changes`, async () => {
		const chat = await arrives('sales');
		await route();
		await holds(null, hold, [chat]);
		const others = [await arrives('sales'), await arrives('billing')];
		await available(...OPERATORS);
		await database.query("insert into chat.relaxation (queue, after_s, extra_queue) values ('sales', 1, 'later')");
		await route();
		assert.deepEqual(await offered(), others.sort());
		await database.query("delete from chat.relaxation; update chat.queue set preferred_grace_s = 60");
		const one_more = await arrives('sales');
		await route();
		assert.deepEqual(await offered(), [...others, one_more].sort());
	});
}

test('PF17: somebody holds what an operator is doing, and an offer that ran out: the others are served', async () => {
	const held = await arrives('sales');
	await available('bo');
	await route();
	await database.query("update chat.offer set offered_at = offered_at - interval '1 minute', expires_at = expires_at - interval '1 minute'");
	await available('ana');
	await holds(null, 'select from chat.offer where chat = $1 for update', [held]);
	const sales = await arrives('sales');
	await route();
	assert.deepEqual(await offered(), [held, sales].sort());
	await holder.query('rollback');
	await holds(null, "select from chat.operator_state where operator = 'bo' for update");
	const billing = await arrives('billing');
	await route();
	await route();
	const { rows: [{ offers }] } = await holder.query("select count(*)::int offers from chat.offer where operator = 'ana' and chat = $1", [billing]);
	assert.equal(offers, 1);
});

test('PF17: a DBA renames a queue and an operator and goes to lunch: the other queue and operator go on', async () => {
	const held = await arrives('sales');
	await holds('dba', "update chat.queue set queue = 'selling' where queue = 'sales'; update chat.operator set operator = 'anna' where operator = 'ana'");
	const billing = await arrives('billing');
	await call('api', 'set_presence', session('bo'), 'available', null);
	await route();
	assert.deepEqual(await offered(), [billing]);
	await holder.query('commit');
	await call('api', 'set_presence', session('ana'), 'available', null);
	await route();
	assert.deepEqual(await offered(), [held, billing].sort());
	assert.deepEqual(await database.query('select distinct queue from chat.offer order by queue'), [{ queue: 'billing' }, { queue: 'selling' }]);
	await database.query("update chat.queue set queue = 'bills' where queue = 'billing'; update chat.operator set operator = 'bob' where operator = 'bo'");
	const old = await database.query("select 1 from chat.offer where queue = 'billing' or operator = 'bo'");
	assert.deepEqual(old, [], 'offers follow their queue and operator');
	await assert.rejects(database.query("delete from chat.operator where operator = 'bob'"), { constraint: 'offer_operator' });
});
