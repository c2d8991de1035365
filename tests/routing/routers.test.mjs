// SPDX-License-Identifier: ISC
// Several routers at once: one leads, and whatever becomes of it, another does within 5 s (PF02, PF09, PF10). How long it took is printed.

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { openCluster } from '../support/database.mjs';
import { until } from '../support/waiting.mjs';
import { median, openFloor } from './floor.mjs';

const TIMES = 5;
let cluster, floor;

before(async () => {
	cluster = await openCluster({ own: true });
});
after(() => cluster.close());
beforeEach(async () => {
	floor = await openFloor(cluster);
});
afterEach(() => {
	thaw();
	return floor?.close();
});
process.once('exit', () => floor?.abandon());

// Two routers; resolves when one leads and the other stands by.
async function two() {
	const routers = ['r1', 'r2'].map((name) => floor.router(name));
	for (const router of routers) await router.start();
	const leader = await floor.successor(null);
	await until(async () => (await floor.query('select 1 from chat.router where not leads and seen_times > 0')).length === 1, { what: 'a stand-by' });
	return { routers, leader, of: (row) => routers.find(({ name }) => name === row.router) };
}

// A chat that comes when the leader is ill is offered by the next one, and nothing but the take-over can have told it to.
async function takesOver(leader, ill, well) {
	const began = performance.now();
	await ill();
	const asked = await floor.questions();
	const chat = await floor.chat();
	const next = await floor.successor(leader);
	await floor.tookOver(next, asked);
	await floor.offered(chat);
	const took = performance.now() - began;
	await well?.();
	return { next, took };
}

// Stops a server process while it waits for its client: else, in the middle of a statement or of reading notifications, which it does while it is called idle, it may
// hold whatever it likes, and nobody can take that from it.
const frozen = new Set();

function freeze(pid) {
	frozen.add(pid);
	return until(async () => {
		process.kill(pid, 'SIGSTOP');
		const [row] = await floor.query('select state, wait_event from pg_stat_activity where pid = $1', [pid]);
		if (row.state === 'idle' && row.wait_event === 'ClientRead') return true;
		process.kill(pid, 'SIGCONT');
		return false;
	}, { what: `server process ${pid} to be idle` });
}

// Also where a test has failed: or nothing would work any more for those after it.
function thaw() {
	for (const pid of frozen) {
		try {
			process.kill(pid, 'SIGCONT');
		} catch {
			// it was ended
		}
	}
	frozen.clear();
}

// The same again and again; routers that were ill stand by and get their turn.
async function measured(t, cause, ill, well) {
	// who is slow for two seconds is not what is tested, unless it is
	if (cause !== 'silent') await floor.query('update chat.setting set value = \'60\' where name = \'router_lost_s\'');
	const pair = await two();
	const took = [];
	const leaderless = [];
	let { leader } = pair;
	for (let i = 0; i < TIMES; i++) {
		const patient = leader;
		const result = await takesOver(patient, () => ill(pair.of(patient), patient), () => well?.(pair.of(patient), patient));
		assert.equal(result.next.cause, cause);
		assert.equal(result.next.predecessor, patient.router);
		took.push(result.took);
		leaderless.push(result.next.leaderless_ms);
		leader = result.next;
		await until(async () => {
			const rows = await floor.query('select leads, seen_times, seen_term from chat.router');
			return rows.some((row) => !row.leads && row.seen_term === leader.term && row.seen_times > 0);
		}, { what: 'the other to stand by again' });
		assert.deepEqual(await floor.leader().then(({ term }) => term), leader.term, 'the one that was ill leads no more');
	}
	const figures = (list) => `${median(list).toFixed(0)} ms (${list.map((ms) => ms.toFixed(0)).join(' ')})`;
	t.diagnostic(`from the fault to an offer by another router: median ${figures(took)}; nobody led for ${figures(leaderless)}`);
	return pair;
}

test('one leads, the others stand by, and say so', async () => {
	const { routers, leader, of } = await two();
	assert.equal(leader.cause, 'first');
	const other = routers.find(({ name }) => name !== leader.router);
	const says = (router, text) => until(() => router.log.includes(text), { what: `${router.name} to log ${text}` });
	await says(of(leader), `event=leading term=1 router=${leader.router}\n`);
	await says(other, `event="standing by" router=${other.name} leader=${leader.router}\n`);
	await floor.offered(await floor.chat());
});

test('kill -9 of the leader', { timeout: 600000 }, async (t) => {
	const { routers } = await measured(t, 'gone', async (router) => void router.kill('SIGKILL'));
	assert.ok(routers.some(({ log }) => /event="took over" from=r\d cause=gone after_ms=\d+\n/.test(log)));
});

test('SIGSTOP of the leader; woken it finds its session ended, stands by and decides nothing (PF10)', { timeout: 600000 }, async (t) => {
	const { routers } = await measured(t, 'silent', (router) => router.signal('SIGSTOP'), (router) => router.signal('SIGCONT'));
	for (const { log } of routers) assert.match(log, /event="database session lost"\n.*event="standing by"/);
});

test('the server process of the leader stands still: ended or not, it leads no more', { timeout: 600000 }, async (t) => {
	await measured(t, 'silent', (router, { pid }) => freeze(pid), (router, { pid }) => process.kill(pid, 'SIGCONT'));
});

test('SIGTERM of the leader hands over at once', { timeout: 600000 }, async (t) => {
	await measured(t, 'released', async (router) => void router.kill('SIGTERM'));
});

test('the session of the leader is ended by a DBA: somebody leads, and nothing is lost (PF09)', { timeout: 600000 }, async () => {
	const { leader } = await two();
	await takesOver(leader, () => floor.query('select pg_terminate_backend($1)', [leader.pid]));
});

test('two routers of one name are two', { timeout: 600000 }, async (t) => {
	const [one, other] = [floor.router('same'), floor.router('same')];
	await one.start();
	const leader = await floor.successor(null);
	await other.start();
	await floor.standsBy('same');
	assert.equal((await floor.leader()).term, leader.term, 'the second does not push the first out');
	const { next, took } = await takesOver(leader, () => one.signal('SIGSTOP'), () => one.signal('SIGCONT'));
	assert.deepEqual([next.cause, next.predecessor], ['silent', 'same']);
	assert.notEqual(next.pid, leader.pid);
	t.diagnostic(`${took.toFixed(0)} ms`);
});

test('a router alone that loses its server process leads again by itself', { timeout: 300000 }, async () => {
	await floor.router('r1').start();
	const leader = await floor.successor(null);
	await freeze(leader.pid);
	try {
		const chat = await floor.chat();
		assert.equal((await floor.successor(leader)).cause, 'silent');
		await floor.offered(chat);
		assert.ok(floor.routers[0].log.includes('event="database does not answer"'), 'its own limit told it');
	} finally {
		process.kill(leader.pid, 'SIGCONT');
	}
});

for (const mode of ['fast', 'immediate']) {
	test(`the database is stopped (${mode}) and comes back: one of the routers leads, also one that was started meanwhile`, { timeout: 600000 }, async (t) => {
		const { leader } = await two();
		await cluster.pg_ctl('stop', '-m', mode);
		const late = floor.router('late');
		await late.start();
		await until(() => late.log.includes('event="database unreachable"'), { what: 'the late one to find no database' });
		await cluster.pg_ctl('start');
		const began = performance.now();
		const chat = await floor.chat();
		await floor.successor(leader);
		await floor.offered(chat);
		t.diagnostic(`offered ${(performance.now() - began).toFixed(0)} ms after the start of the database`);
		await until(async () => (await floor.query('select 1 from chat.router')).length >= 3, { what: 'all three to be there' });
	});
}

test('a step of the clock takes nobody for silent', { timeout: 300000 }, async () => {
	const { leader } = await two();
	const asks = async () => (await floor.query('select beat from chat.router where not leads'))[0].beat;
	for (const step of ['1 hour', '-1 hour']) {
		const from = await asks();
		// as if the clock had been moved by that much since the last heartbeat, several times
		for (let seen = from; seen < from + 8; seen = await asks()) {
			await floor.query(`update chat.router set heartbeat_at = heartbeat_at - interval '${step}' where leads`);
			await until(async () => await asks() > seen, { what: 'the stand-by to ask' });
		}
	}
	assert.equal((await floor.leader()).term, leader.term);
	await floor.offered(await floor.chat());
});
