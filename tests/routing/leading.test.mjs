// SPDX-License-Identifier: ISC
// Who leads, judged by the database alone: sessions that speak the router's verbs, without a router.

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { openCluster } from '../support/database.mjs';
import { until } from '../support/waiting.mjs';
import { openFloor } from './floor.mjs';

let cluster, floor, sessions;

before(async () => {
	cluster = await openCluster();
});
after(() => cluster.close());
beforeEach(async () => {
	floor = await openFloor(cluster);
	sessions = [];
	await lostAfter(60); // whatever time the questions of a test take
});
afterEach(async () => {
	await Promise.all(sessions.map((client) => client.end().catch(() => {})));
	await floor.close();
});

// From when on who is silent is lost.
const lostAfter = (seconds) => floor.query('update chat.setting set value = $1 where name = \'router_lost_s\'', [`${seconds}`]);

async function session(role = 'switchboard_router') {
	const client = await floor.database.connect(role);
	sessions.push(client);
	return client;
}

const first = async (client, sql, values) => (await client.query(sql, values)).rows[0];
const lead = (client, name) => first(client, 'select * from api.router_lead($1)', [name]);
const pass = (client, term) => first(client, 'select * from api.router_pass($1)', [term]);
const processOf = async (client) => (await first(client, 'select pg_backend_pid() pid')).pid;
const lives = async (pid) => (await floor.query('select 1 from pg_stat_activity where pid = $1', [pid])).length > 0;
const leads = (client, name) => until(async () => {
	const answer = await lead(client, name);
	return answer.leads && answer;
}, { what: `${name} to lead`, every_ms: 50 });

test('the first to ask leads; the next learns who does, and follows at once when that one leaves or is gone', async () => {
	const [a, b, c] = [await session(), await session(), await session()];
	assert.deepEqual(await lead(a, 'a'), { leads: true, term: 1, leader: 'a', began: true, cause: 'first', predecessor: null, leaderless_ms: null });
	assert.deepEqual(await lead(a, 'a'), { leads: true, term: 1, leader: 'a', began: false, cause: null, predecessor: null, leaderless_ms: null });
	assert.deepEqual(await lead(b, 'b'), { leads: false, term: 1, leader: 'a', began: false, cause: null, predecessor: null, leaderless_ms: null });
	await c.query('listen switchboard_lead');
	const rung = new Promise((resolve) => c.once('notification', resolve));
	await a.query('select api.router_leave()');
	await rung;
	const { leaderless_ms: released, ...after } = await lead(c, 'c');
	assert.deepEqual(after, { leads: true, term: 2, leader: 'c', began: true, cause: 'released', predecessor: 'a' });
	assert.ok(released >= 0);
	assert.equal((await lead(b, 'b')).leads, false);
	await c.end();
	assert.deepEqual((await leads(b, 'b')).cause, 'gone');
	assert.deepEqual((await floor.query('select name, leads from chat.router order by 1')), [{ name: 'b', leads: true }]);
});

test('who asks at the same moment: one of them leads', async () => {
	const all = await Promise.all(Array.from({ length: 8 }, () => session()));
	for (let term = 1; term <= 5; term++) {
		const answers = await Promise.all(all.map((client, i) => lead(client, `r${i}`)));
		const leaders = answers.flatMap(({ leads: yes }, i) => (yes ? [all[i]] : []));
		assert.equal(leaders.length, 1);
		assert.equal((await floor.leader()).term, term);
		await leaders[0].query('select api.router_leave()');
	}
});

test('a leader that is silent is ended, by the judgement of the database, and no sooner', async () => {
	const [a, b] = [await session(), await session()];
	const pid = await processOf(a);
	await lead(a, 'a');
	for (let asked = 0; asked < 10; asked++) assert.equal((await lead(b, 'b')).leads, false, 'however often one asks within the time');
	assert.ok(await lives(pid));
	await lostAfter(1);
	const answer = await leads(b, 'b');
	assert.equal(answer.cause, 'silent');
	assert.ok(answer.leaderless_ms >= 1000);
	await until(async () => !await lives(pid), { what: 'the session of the silent one to end' });
	await assert.rejects(lead(a, 'a'));
});

test('a heartbeat that looks old or lies in the future is believed only when no other comes: the clock may have been moved', async () => {
	const [a, b] = [await session(), await session()];
	await lead(a, 'a');
	for (const shift of ['1 hour', '-1 hour']) {
		const moved = () => floor.query(`update chat.router set heartbeat_at = heartbeat_at + interval '${shift}' where leads`);
		for (let i = 0; i < 10; i++) {
			await lead(a, 'a');
			await moved();
			for (let asked = 0; asked < 3; asked++) assert.equal((await lead(b, 'b')).leads, false);
		}
		await lead(a, 'a');
	}
	await lostAfter(1);
	await floor.query('update chat.router set heartbeat_at = heartbeat_at + interval \'1 hour\' where leads');
	for (let asked = 0; asked < 3; asked++) assert.equal((await lead(b, 'b')).leads, false);
	assert.equal((await leads(b, 'b')).cause, 'silent', 'from the fourth time on it is sure, whatever the clock says');
});

test('a long statement is work, not silence, as long as its time-out lasts', async () => {
	const [a, b, c] = [await session(), await session(), await session()];
	await lead(a, 'a');
	for (const client of [a, b]) await client.query("set statement_timeout = '60s'"); // what the sessions of routers have in common, here longer
	const pid = await processOf(a);
	const working = a.query('select pg_sleep(600)').catch((error) => error);
	await lostAfter(1);
	const longer = async () => (await floor.query("select 1 from pg_stat_activity where pid = $1 and state = 'active' and clock_timestamp() > query_start + interval '2.5 s'", [pid])).length > 0;
	do assert.equal((await lead(b, 'b')).leads, false, 'b took over from one that works'); while (!await longer());
	await lostAfter(60);
	await floor.query('select pg_cancel_backend($1)', [pid]);
	assert.equal((await working).code, '57014');
	await lead(a, 'a');
	await lostAfter(1);
	const stuck = a.query('select pg_sleep(60)').catch((error) => error);
	await c.query("set statement_timeout = '1s'"); // what the sessions of routers have in common, here shorter
	assert.equal((await leads(c, 'c')).cause, 'silent');
	assert.equal((await stuck).code, '57P01');
	await until(async () => !await lives(pid), { what: 'the session that was stuck to end' });
});

test('whose session cannot be ended decides nothing any more either', async () => {
	const [a, b] = [await session('postgres'), await session()];
	const { term } = await lead(a, 'a');
	assert.deepEqual(await pass(a, term).then(({ leads: yes, offers }) => ({ yes, offers })), { yes: true, offers: 0 });
	await lostAfter(1);
	await leads(b, 'b');
	const chat = await floor.chat();
	const { leads: still, offers, next_in_ms: next } = await pass(a, term);
	assert.deepEqual({ still, offers, next }, { still: false, offers: 0, next: null });
	assert.deepEqual(await floor.query('select 1 from chat.offer where chat = $1', [chat]), []);
	assert.equal((await pass(b, term)).leads, false, 'a term is that of one session');
	assert.equal((await pass(b, term + 1)).offers, 1);
	assert.equal((await lead(a, 'a')).leads, false);
});

test('the one that leads sweeps once a second, also after the clock was set back', async () => {
	const a = await session();
	const { term } = await lead(a, 'a');
	const swept = async () => (await floor.query('select swept_at::text at from chat.router where leads'))[0].at;
	await pass(a, term);
	const before = await swept();
	await floor.query('update chat.router set swept_at = swept_at + interval \'1 hour\'');
	await pass(a, term);
	assert.notEqual(await swept(), before);
	assert.ok(await floor.query('select swept_at <= clock_timestamp() fine from chat.router').then(([{ fine }]) => fine));
});

test('a router can end nobody\'s session by itself but those of routers', async () => {
	const [a, other] = [await session(), await session('switchboard_api')];
	await assert.rejects(a.query('select pg_terminate_backend($1)', [await processOf(other)]), { code: '42501' });
	await assert.rejects(a.query('select internal.end_router(null)'), { code: '42501' });
});
