// SPDX-License-Identifier: ISC
// Several routers on several hosts, and the network between them and the database: what is sent into it is dropped, and nobody is told (PF12 for routers).

import { after, afterEach, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { until } from '../support/waiting.mjs';
import { median, openFloor } from './floor.mjs';
import { openHosts } from './hosts.mjs';

const TIMES = 3;
const NAMES = ['east', 'west'];
let hosts, floor;

before(async () => {
	hosts = await openHosts(NAMES);
});
after(() => hosts?.close());
beforeEach(async () => {
	floor = await openFloor(hosts.cluster);
});
afterEach(async () => {
	for (const name of NAMES) for (const end of ['host', 'server']) await hosts.plug(name, end);
	await floor?.close();
	floor = null;
});
process.once('exit', () => floor?.abandon());

// A router on each host; resolves when one leads and the other stands by.
async function two() {
	for (const name of NAMES) await floor.router(name, { dsn: hosts.dsn(name, floor.database, 'switchboard_router'), around: hosts.on(name) }).start();
	const leader = await floor.successor(null);
	await floor.standsBy(NAMES.find((name) => name !== leader.router));
	return leader;
}

const logOf = (name) => floor.routers.find((router) => router.name === name).log;

for (const end of ['host', 'server']) {
	test(`the leader's link is pulled at the ${end}'s end: the other leads; plugged in again it stands by`, { timeout: 600000 }, async (t) => {
		let leader = await two();
		const took = [];
		for (let i = 0; i < TIMES; i++) {
			const began = performance.now();
			await hosts.pull(leader.router, end);
			const asked = await floor.questions();
			const chat = await floor.chat();
			const next = await floor.successor(leader);
			await floor.tookOver(next, asked);
			await floor.offered(chat);
			took.push(performance.now() - began);
			assert.deepEqual([next.cause, next.predecessor], ['silent', leader.router]);
			await until(async () => (await floor.query('select 1 from pg_stat_activity where pid = $1 and backend_start = $2', [leader.pid, leader.backend_start])).length === 0,
				{ what: 'the old session to be gone on the server' });
			// the lost leader finds out by itself, though nobody can tell it
			await until(() => /event="database (does not answer|session lost)"/.test(logOf(leader.router)), { what: `${leader.router} to give its session up` });
			await hosts.plug(leader.router, end);
			await floor.standsBy(leader.router);
			assert.equal((await floor.leader()).term, next.term);
			leader = next;
		}
		t.diagnostic(`from the loss to an offer by the other router: median ${median(took).toFixed(0)} ms (${took.map((ms) => ms.toFixed(0)).join(' ')})`);
	});
}

test('the network of the database is gone for everybody, then back: one leads again within the time', { timeout: 600000 }, async (t) => {
	const leader = await two();
	for (const name of NAMES) await hosts.pull(name, 'server');
	for (const name of NAMES) await until(() => logOf(name).includes('event="database unreachable"'), { what: `${name} to find nobody` });
	const chat = await floor.chat();
	for (const name of NAMES) await hosts.plug(name, 'server');
	const began = performance.now();
	await floor.successor(leader);
	await floor.offered(chat);
	t.diagnostic(`offered ${(performance.now() - began).toFixed(0)} ms after the network was back`);
});

test('the server lets go of a router that vanished, also where no other is left to ask for it', { timeout: 300000 }, async () => {
	const leader = await two();
	for (const name of NAMES) await hosts.pull(name, 'host');
	// nobody is left who could end the session: keep-alives of the server do
	await until(async () => (await floor.query('select 1 from pg_stat_activity where pid = $1 and backend_start = $2', [leader.pid, leader.backend_start])).length === 0,
		{ what: 'the session to be gone on the server' });
});
