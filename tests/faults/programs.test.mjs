// SPDX-License-Identifier: ISC
// Programs die or are restarted while people talk: nothing that was acked is lost, nothing is doubled, service is back by itself (G15).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { withBody } from '../support/function-body.mjs';
import { Customer } from '../support/people.mjs';
import { children } from '../support/resources.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish, insist, session } from './shift.mjs';

const LONG = { timeout: 600000 };
const GONE_MS = 30000; // the specification gives a relay 5 s to go: six times that for a machine that is short of processors
const stack = useStack({
	prepare: async (started) => {
		await furnish(started);
		// PF04 holds a request in the middle: on a slow machine, too, it is to end by the kill
		for (const limit of ['lock_timeout', 'statement_timeout']) {
			await started.query(`alter role switchboard_api in database ${started.database.name} set ${limit} = '60s'`);
		}
	},
});

const waiting = async () => (await stack.query('select count(*)::int as n from chat.waiting where queue = \'sales\''))[0].n;

test('PF01: kill -9 of the relay: everybody resumes, nothing is lost or doubled', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	const there = shift.talkers.filter(({ ready }) => ready);
	const before = new Map(there.map((talker) => [talker, talker.connects]));
	await stack.relay.kill('SIGKILL');
	await shift.back('the kill');
	await until(() => there.every((talker) => talker.connects > before.get(talker) || talker.over.size > 0), { what: 'everybody to be back' });
	await shift.over();
	assert.ok(shift.codes.has(1006), 'the sockets were cut');
});

test('PF02: kill -9 of the router while chats queue: none is lost, none has two owners, the queue drains', LONG, async (t) => {
	const shift = await begin(stack, t);
	await until(async () => await waiting() > 0, { what: 'chats to queue' });
	stack.router.supervised = false;
	await stack.router.kill('SIGKILL');
	// chats end, others wait, and nobody gives them to whom is free
	await until(async () => {
		if (await waiting() === 0) shift.visit(); // those who waited had been given away just before
		const [{ n }] = await stack.query('select count(*)::int as n from chat.assignment a join chat.chat c using (chat) where a.ended_at is null and c.queue = \'sales\'');
		return n <= 9 && await waiting() > 0;
	}, { what: 'operators to be free beside chats that wait' });
	stack.router.supervised = true;
	const since = performance.now();
	await stack.router.start();
	await shift.back('the start of the router', since);
	await shift.over();
	assert.equal(await waiting(), 0);
});

test('PF03: kill -9 of the router after the assignment is committed, before anybody hears of it: the table tells the operator', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	await stack.query('update chat.queue set auto_accept = true where queue = \'support\''); // the router itself assigns
	t.after(() => stack.query('update chat.queue set auto_accept = false where queue = \'support\''));
	await withBody(stack, 'ring_relays', 'begin end', async () => {
		stack.router.supervised = false;
		const life = shift.visit({ queue: 'support', says: 1 });
		await until(async () => (await stack.query(`select from chat.assignment a join chat.chat c using (chat)
			where a.ended_at is null and c.queue = 'support' and c.arrived_at > $1`, [shift.since])).length > 0, { what: 'the assignment', every_ms: 1 });
		await stack.router.kill('SIGKILL');
		await life; // heard and answered with the router dead and every bell silent
	});
	stack.router.supervised = true;
	await stack.router.start();
	await shift.over();
});

test('PF04: kill -9 of an api worker during a request: an error or nothing; the same request again gives one chat', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	await until(() => shift.talkingCustomers.length === shift.customers, { what: 'everybody to have come: no request but ours is to be killed' });
	const requests = Array.from({ length: 6 }, (_, i) => ({ request_key: randomUUID(), queue: 'billing', name: `PF04 ${i}` }));
	const open = (request) => Customer.open(stack, request);
	const holder = await stack.database.connect();
	let answers;
	try {
		await holder.query('begin');
		await holder.query('select from chat.widget where widget = \'demo-shop\' for update'); // what a new chat refers to: its insert waits
		answers = Promise.allSettled(requests.map(open));
		const workers = children(stack.api.pid);
		await until(async () => {
			const held = 'select count(*)::int as n from pg_stat_activity where datname = current_database() and usename = \'switchboard_api\' and wait_event_type = \'Lock\'';
			return (await stack.query(held))[0].n === workers.length;
		}, { what: 'every worker to be in the middle of a request' });
		process.kill(workers[0], 'SIGKILL');
		await holder.query('rollback');
	} finally {
		await holder.end();
	}
	const failed = (await answers).filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
	assert.ok(failed.length > 0, 'somebody\'s request was killed');
	assert.ok(failed.every(({ status }) => status === undefined || [502, 503].includes(status)), failed.join('; '));
	const customers = await Promise.all(requests.map((request) => insist(() => open(request))));
	for (const [i, { chat }] of customers.entries()) {
		const rows = await stack.query('select chat from chat.chat where name = $1', [requests[i].name]);
		assert.deepEqual(rows, [{ chat }], 'one chat, whoever asked how often');
	}
	await Promise.all(customers.map((customer) => insist(() => customer.call('POST', `chats/${customer.chat}/end`, {}))));
	await shift.over();
});

test('PF05: kill -9 of all api workers, and of their master: live sockets go on', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	for (const pid of children(stack.api.pid)) process.kill(pid, 'SIGKILL');
	await shift.back('the death of all workers');
	await stack.api.kill('SIGKILL');
	await shift.back('the death of their master, too');
	await shift.over();
	assert.deepEqual([...shift.codes], [], 'no socket was closed for it');
});

test('PF09: the sessions that LISTEN are ended in the database: a chat request is served all the same', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	const ended = await stack.query(`select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and usename in ('switchboard_router', 'switchboard_relay')`);
	assert.ok(ended.length >= 3, 'the router\'s and the relay\'s');
	await shift.back('the end of the sessions');
	await shift.over();
	assert.deepEqual([...shift.codes], [], 'no socket was closed for it');
});

// Somebody of the queue billing, which nobody else serves here.
async function biller(operator) {
	await stack.query('insert into chat.operator (operator, name, max_chats) values ($1::text, $1::text, 3)', [operator]);
	await stack.query('insert into chat.operator_skill (operator, skill, rating) values ($1, \'billing\', 7)', [operator]);
	const ask = await session(stack, operator);
	assert.equal((await ask('PUT', 'me/queues', { joined: ['billing'] })).status, 200);
	return { ask, presence: (state) => ask('PUT', 'me/presence', { state }), offers: async () => (await ask('GET', 'me/chats')).body.offers };
}

test('PF10: the router is stopped for a while and goes on: what ran out meanwhile is not honoured, and nothing is given by what was true before', LONG, async (t) => {
	const shift = await begin(stack, t);
	const [eva, finn, gita] = [await biller('eva'), await biller('finn'), await biller('gita')];
	const offersOf = (chat) => stack.query('select operator, state from chat.offer where chat = $1 order by offered_at', [chat]);
	await shift.underWay();
	const penalty = (seconds) => stack.query('update chat.setting set value = $1 where name = \'missed_offer_penalty_s\'', [seconds]);
	await penalty('60'); // who let an offer run out is not the next to be asked
	t.after(() => penalty('0'));
	await eva.presence('available');
	const kim = await Customer.open(stack, { queue: 'billing' });
	const { offer } = await until(async () => (await offersOf(kim.chat))[0]?.state === 'open' && (await eva.offers())[0], { what: 'an offer for eva', every_ms: 5 });
	await gita.presence('available');
	stack.router.signal('SIGSTOP');
	t.after(() => stack.router.running && stack.router.signal('SIGCONT'));
	await until(async () => { // the server goes on with what it has been asked, and would still decide by what is true now
		const asked = 'select from pg_stat_activity where datname = current_database() and usename = \'switchboard_router\' and state = \'active\'';
		return (await stack.query(asked)).length === 0;
	}, { what: 'the router\'s last question to be answered' });
	await stack.query('update chat.offer set expires_at = clock_timestamp() where offer = $1', [offer]); // its time passes, with nobody to say so
	const late = await eva.ask('POST', `offers/${offer}/accept`, {});
	assert.deepEqual([late.status, late.body.error.code], [409, 'offer_expired']);
	assert.deepEqual(await stack.query('select from chat.assignment where chat = $1', [kim.chat]), []);
	// gita goes, finn comes, chats of the others end, more wait: the router, when it goes on, knows of none of it
	for (let i = 0; i < 4; i++) shift.visit();
	await gita.presence('break');
	await finn.presence('available');
	await until(async () => await waiting() > 0, { what: 'chats to wait' });
	const since = performance.now();
	stack.router.signal('SIGCONT');
	await until(async () => (await finn.offers())[0], { what: 'the chat to be held out to finn' });
	assert.deepEqual((await offersOf(kim.chat)).map(({ operator, state }) => `${operator} ${state}`), ['eva expired', 'finn open']);
	assert.equal((await finn.ask('POST', `offers/${(await finn.offers())[0].offer}/accept`, {})).status, 200);
	await shift.back('the router went on', since);
	assert.deepEqual(await stack.query('select offer from chat.offer where operator = \'gita\''), [], 'nothing for who is on a break by now');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	for (const { presence } of [finn, eva, gita]) await presence('offline');
	await shift.over();
});

test('PF19: reload and restart of nginx: clients resume, no accepted message is lost', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	stack.nginx.signal('SIGHUP');
	await shift.back('the reload');
	assert.deepEqual([...shift.codes], [], 'a reload closes no socket');
	const since = performance.now();
	await stack.nginx.stop();
	await stack.nginx.start();
	await shift.back('the restart', since);
	await shift.over();
	assert.ok(shift.codes.has(1006), 'a restart does');
});

test('PF20: SIGTERM to the relay: sockets are closed with 1001, it is gone in time with exit 0, everybody comes back', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	const there = shift.talkers.filter(({ ready }) => ready);
	const since = performance.now();
	const outcome = await stack.relay.stop();
	const took_ms = performance.now() - since;
	await stack.relay.start();
	t.diagnostic(`gone ${Math.round(took_ms)} ms after SIGTERM`);
	assert.deepEqual(outcome, { code: 0, signal: null });
	assert.ok(took_ms < GONE_MS, `it took ${took_ms} ms`);
	await shift.back('SIGTERM', since);
	await shift.over();
	const told = there.filter(({ frames }) => frames.some(({ t: type }) => type === 'reconnect'));
	assert.ok(told.some(({ codes }) => codes.includes(1001)) && told.every(({ codes }) => codes.includes(1001) || codes.includes(4410)),
		'who was there was told to come again, and closed with 1001; but whose chat ended just then');
});

test('kill -9 of every program at once: the same people go on talking', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	await Promise.all([stack.relay.kill('SIGKILL'), stack.router.kill('SIGKILL'), stack.api.kill('SIGKILL'), stack.nginx.kill('SIGKILL')]);
	await shift.back('the death of everybody');
	await shift.over();
});
