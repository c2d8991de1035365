// SPDX-License-Identifier: ISC
// What a decision costs, held against a plain claim of one row on the same database in the same run. Explained in tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=... node tests/bench/routing.mjs [--waiting 10000] [--operators 500] [--queues 5] [--mode skill] [--rounds 300]
//        [--slots 1] [--joined 3] [--unservable 0] [--together 2,5,10,50] [--rate 500,1000,2000,4000] [--cold] [--functions] [--json FILE] [--sql DIR]
//
// --together: so many slots have become free, one at a time, since the router last decided. --rate: so many become free in a second, one after the other. --waiting,
// --operators, --queues, --mode, --together and --rate take lists (100,1000,10000). --cold measures the start of everybody at once instead of the steady state,
// --functions shows where the time of the decisions went, --sql takes migrations and functions from another tree.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openCluster, openDatabase } from '../support/database.mjs';
import { findInstallation } from '../support/installation.mjs';
import { seeded } from '../support/seeded.mjs';

const { values: given } = parseArgs({
	options: {
		waiting: { type: 'string', default: '10000' }, operators: { type: 'string', default: '500' }, queues: { type: 'string', default: '5' },
		mode: { type: 'string', default: 'availability,skill,balanced' }, rounds: { type: 'string', default: '300' }, slots: { type: 'string', default: '1' },
		joined: { type: 'string', default: '3' }, unservable: { type: 'string', default: '0' }, together: { type: 'string', default: '2,5,10,50' },
		rate: { type: 'string', default: '500,1000,2000,4000' }, cold: { type: 'boolean', default: false }, functions: { type: 'boolean', default: false },
		json: { type: 'string' }, sql: { type: 'string' },
	},
});
const list = (text) => text.split(',');
const numbers = (text) => list(text).map(Number).sort((a, b) => a - b);
const rounds = Number(given.rounds);

const STATEMENTS = {
	route: 'select internal.route(clock_timestamp(), 50) as offers',
	pass: 'select offers from api.router_pass()',
	claim: `update bench.claim set state = 'taken', operator = $1, taken_at = clock_timestamp()
		where id = (select id from bench.claim where state = 'waiting' order by arrived_at, id for update skip locked limit 1) returning 1 as offers`,
	claimable: 'select bench.claimable(1)',
	free: 'select bench.free_slot($1)',
	settle: 'select bench.settle($1) as offers',
};

// Prepared statements on one session; `timed` gives the milliseconds from the call to the answer after COMMIT, and those the server's process has computed
// (which other work on the machine does not change). Each kind of call has a session of its own, as in production: a session that calls functions now with
// one search_path and now with another plans everything anew each time.
class Session {
	constructor(client, pid) {
		this.client = client;
		this.pid = pid;
	}

	static async open(database) {
		const client = await database.connect();
		const { rows: [{ pid }] } = await client.query('select pg_backend_pid() pid');
		return new Session(client, pid);
	}

	computed() {
		return Number(readFileSync(`/proc/${this.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
	}

	async run(name, ...values) {
		return (await this.client.query({ name, text: STATEMENTS[name], values })).rows[0].offers;
	}

	async timed(name, ...values) {
		const before = this.computed();
		const start = process.hrtime.bigint();
		const offers = await this.run(name, ...values);
		const ms = Number(process.hrtime.bigint() - start) / 1e6;
		return { ms, cpu: this.computed() - before, offers };
	}
}

function summary(times) {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
	return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

// One slot frees at a time while everybody else is full: the decision alone, the router's whole pass, and the plain claim take turns.
async function steadyState(sessions, operators) {
	const random = seeded(1);
	const someone = () => `o${String(1 + Math.floor(random() * operators)).padStart(5, '0')}`;
	const times = { route: [], pass: [], claim: [] };
	const cpu = { route: [], pass: [], claim: [] };
	for (let round = -10; round < rounds; round++) { // the first ten warm up
		for (const name of ['route', 'pass', 'claim']) {
			const operator = someone();
			if (name !== 'claim') await sessions.hands.run('free', operator);
			const took = await sessions[name].timed(name, ...(name === 'claim' ? [operator] : []));
			if (took.offers !== 1) throw new Error(`${name} made ${took.offers} offers where one slot was free`);
			await (name === 'claim' ? sessions.hands.run('claimable') : sessions.hands.run('settle', true));
			if (round < 0) continue;
			times[name].push(took.ms);
			cpu[name].push(took.cpu);
		}
	}
	return Object.fromEntries(Object.keys(times).map((name) => [name, { ...summary(times[name]), cpu: summary(cpu[name]).p50 }]));
}

// Several slots have become free, one chat ending after the other, before the router has its turn: what each decision costs then, beside as many plain claims.
async function together(sessions, operators, slots) {
	const random = seeded(slots);
	const times = { route: [], claim: [] };
	const cpu = { route: [], claim: [] };
	for (let round = -3; round < Math.max(10, rounds / slots); round++) {
		const first = Math.floor(random() * operators);
		const someone = (i) => `o${String(1 + (first + i * Math.floor(operators / slots)) % operators).padStart(5, '0')}`;
		for (let i = 0; i < slots; i++) await sessions.hands.run('free', someone(i));
		const took = await sessions.route.timed('route');
		if (took.offers !== slots) throw new Error(`${took.offers} offers where ${slots} slots were free`);
		await sessions.hands.run('settle', true);
		const claim = { ms: 0, cpu: 0 };
		for (let i = 0; i < slots; i++) {
			const { ms, cpu: computed } = await sessions.claim.timed('claim', someone(i));
			claim.ms += ms;
			claim.cpu += computed;
			await sessions.hands.run('claimable');
		}
		if (round < 0) continue;
		times.route.push(took.ms / slots);
		cpu.route.push(took.cpu / slots);
		times.claim.push(claim.ms / slots);
		cpu.claim.push(claim.cpu / slots);
	}
	return Object.fromEntries(['route', 'claim'].map((name) => [name, { ...summary(times[name]), cpu: summary(cpu[name]).p50 }]));
}

// Slots free one at a time, so many a second, and the router makes one pass after the other: each finds what has freed meanwhile. The clock of this is the router's own
// (the time that its passes took, and what it waited for the next slot), because those whose chats end would need more processors than there are: what they do is not in it.
async function stream(sessions, operators, rate) {
	const someone = (i) => `o${String(1 + (i * 7) % operators).padStart(5, '0')}`;
	const due = (i) => i * 1000 / rate;
	const [after, claims] = [[], []];
	const wanted = Math.max(300, rounds);
	let [now, busy, passes, freed, made] = [0, 0, 0, 0, 0];
	while (made < wanted && freed - made < operators / 2) { // that many behind: it does not keep up
		if (made === freed) now = Math.max(now, due(freed)); // it sleeps until the bell
		for (; due(freed) <= now && freed - made < operators / 2; freed++) await sessions.hands.run('free', someone(freed));
		const took = await sessions.pass.timed('pass');
		if (took.offers !== Math.min(50, freed - made)) throw new Error(`${took.offers} offers where ${freed - made} slots were free`);
		await sessions.hands.run('settle', true);
		now += took.ms;
		busy += took.ms;
		passes++;
		for (const end = made + took.offers; made < end; made++) after.push(now - due(made));
		claims.push((await sessions.claim.timed('claim', someone(freed))).ms);
		await sessions.hands.run('claimable');
	}
	for (let more = 1; made < freed && more > 0; made += more) more = await sessions.pass.run('pass');
	await sessions.hands.run('settle', true);
	return {
		keeps_up: after.length >= wanted, per_second: after.length / now * 1000, a_pass: after.length / passes, busy: busy / now, ms: busy / after.length,
		claim: summary(claims).p50, after: summary(after),
	};
}

// Everybody is free and signs in at once: offers a second until nothing is left to offer. The first call also works out the configuration.
async function coldStart(session) {
	const calls = [];
	for (;;) {
		const { ms, offers } = await session.timed('route');
		calls.push({ ms, offers });
		if (offers === 0) break;
	}
	const offers = calls.reduce((sum, call) => sum + call.offers, 0);
	const ms = calls.reduce((sum, call) => sum + call.ms, 0);
	return { offers, first_ms: calls[0].ms, total_ms: ms, per_second: offers / ms * 1000 };
}

async function whereTheTimeWent(database) {
	const rows = await database.query(`select schemaname || '.' || funcname as name, calls, total_time, self_time from pg_stat_user_functions
		where schemaname in ('internal', 'api') order by self_time desc limit 15`);
	for (const { name, calls, total_time, self_time } of rows) {
		console.log(`    ${name.padEnd(40)} ${String(calls).padStart(8)} calls  ${(self_time / calls).toFixed(4)} ms self  ${(total_time / calls).toFixed(4)} ms each`);
	}
}

const ms = (number) => number.toFixed(3).padStart(8);

function print(row) {
	const { waiting, operators, queues, mode } = row;
	const head = `${String(waiting).padStart(7)} waiting ${String(operators).padStart(5)} operators ${String(queues).padStart(3)} queues ${mode.padEnd(12)}`;
	if (row.cold) {
		console.log(`${head} cold start: ${row.cold.offers} offers, ${row.cold.per_second.toFixed(0)}/s, first call ${row.cold.first_ms.toFixed(0)} ms`);
		return;
	}
	const ratio = (name, of) => `${(row.claim[of] / row[name][of]).toFixed(2)} x`;
	const figures = ['route', 'pass', 'claim'].map((name) => `${name}${ms(row[name].p50)} cpu${ms(row[name].cpu)} p99${ms(row[name].p99)}`);
	console.log(`${head} ${figures.join(' | ')} | ${(1000 / row.route.p50).toFixed(0).padStart(5)} decisions/s = ${ratio('route', 'p50')} claim `
		+ `(cpu ${ratio('route', 'cpu')}), pass ${ratio('pass', 'p50')} (cpu ${ratio('pass', 'cpu')})`);
	for (const [slots, { route, claim }] of Object.entries(row.together)) {
		console.log(`${' '.repeat(31)}${slots.padStart(3)} slots free together: a decision${ms(route.p50)} cpu${ms(route.cpu)} | claim${ms(claim.p50)} cpu${ms(claim.cpu)} | `
			+ `${(1000 / route.p50).toFixed(0).padStart(5)} decisions/s = ${(claim.p50 / route.p50).toFixed(2)} x claim (cpu ${(claim.cpu / route.cpu).toFixed(2)} x)`);
	}
	for (const [rate, { keeps_up, per_second, a_pass, busy, ms: each, claim, after }] of Object.entries(row.stream)) {
		console.log(`${' '.repeat(29)}${rate.padStart(5)} slots a second: ${per_second.toFixed(0).padStart(5)} decisions/s, ${a_pass.toFixed(1)} a pass, the router at work `
			+ `${(busy * 100).toFixed(0)} % | a decision${ms(each)} | claim${ms(claim)} = ${(claim / each).toFixed(2)} x | `
			+ (keeps_up ? `freed to decided${ms(after.p50)} p99${ms(after.p99)}` : 'does not keep up'));
	}
}

async function measure(cluster, installation, operators, queues, waitings, modes) {
	const results = [];
	const database = await openDatabase({ cluster, installation, demo: false });
	try {
		await database.query(`alter database ${database.name} set synchronous_commit = off`);
		if (given.functions) await database.query(`alter database ${database.name} set track_functions = 'all'`);
		const sessions = {};
		for (const name of ['route', 'pass', 'claim', 'hands']) sessions[name] = await Session.open(database);
		const { client } = sessions.hands;
		await client.query(readFileSync(new URL('company.sql', import.meta.url), 'utf8'));
		await client.query('select bench.build($1, $2, $3, $4)', [operators, queues, Math.min(queues, Number(given.joined)), Number(given.slots)]);
		if (Number(given.unservable) > 0) await client.query('select bench.arrive($1, bench.queue(0))', [Number(given.unservable)]);
		await client.query('select bench.sign_in()');
		if (!given.cold) await client.query('select bench.fill_slots()');
		let there = 0;
		for (const waiting of waitings) {
			await client.query('select bench.arrive($1)', [waiting - there]);
			await client.query('select bench.claimable($1)', [waiting - there]);
			there = waiting;
			for (const mode of modes) {
				await client.query('update chat.queue set mode = $1', [mode]);
				if (!given.cold) await sessions.route.run('route'); // works the configuration out
				await client.query('vacuum analyze'); // as it is in a house that has been open for some minutes
				const row = { waiting, operators, queues, mode };
				if (given.cold) row.cold = await coldStart(sessions.route);
				else {
					Object.assign(row, await steadyState(sessions, operators), { together: {}, stream: {} });
					for (const slots of numbers(given.together).filter((n) => n <= operators)) row.together[slots] = await together(sessions, operators, slots);
					for (const rate of numbers(given.rate)) row.stream[rate] = await stream(sessions, operators, rate);
				}
				results.push(row);
				print(row);
				if (given.functions) await whereTheTimeWent(database);
			}
		}
		for (const session of Object.values(sessions)) await session.client.end();
	} finally {
		await database.close();
	}
	return results;
}

const installation = findInstallation();
const cluster = await openCluster();
const results = [];
try {
	const source = { cli: installation.cli, sqlDir: given.sql ?? installation.sqlDir };
	// a cold start is one start: its database serves one measurement
	for (const operators of numbers(given.operators)) {
		for (const queues of numbers(given.queues)) {
			const runs = given.cold ? numbers(given.waiting).flatMap((waiting) => list(given.mode).map((mode) => [[waiting], [mode]]))
				: [[numbers(given.waiting), list(given.mode)]];
			for (const [waitings, modes] of runs) results.push(...await measure(cluster, source, operators, queues, waitings, modes));
		}
	}
} finally {
	await cluster.close();
}
if (given.json) writeFileSync(given.json, `${JSON.stringify(results, null, '\t')}\n`);
