// SPDX-License-Identifier: ISC
// People talk while every program is killed again and again, PostgreSQL is stopped in the middle of whatever it does, rows are held, a skill is taken away, the disk is
// full; then the history is judged.
//
//   node tests/soak/faults.mjs [MINUTES] [SEED]            fifteen minutes
//
// The load of the ring `faults` without an end: whenever a customer has been served the next one comes. On a stack of its own whose PostgreSQL writes its WAL to the disk
// (fsync on) and its data to a volume of 1 GB, started again by the supervisor of the tests. Half of the sockets go through a link that is cut now and then.

import { setTimeout as pause } from 'node:timers/promises';
import { begin, furnish } from '../faults/shift.mjs';
import { openLink } from '../support/link.mjs';
import { children, memoryKiB } from '../support/resources.mjs';
import { seeded } from '../support/seeded.mjs';
import { Stack } from '../support/stack.mjs';
import { filler } from '../support/volume.mjs';
import { until } from '../support/waiting.mjs';

const MINUTES = Number(process.argv[2] ?? 15);
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const CALM_MS = { least: 2000, most: 9000 }; // between faults
const AWAY_MS = 6000; // PostgreSQL, at most
const LONG_AWAY_MS = 60000; // and once in a run that is long enough (PF08)
const STOPPED_MS = 20000; // a router (PF10), and the volume without room (PF21)
const HELD_MS = 30000; // a transaction of a DBA (PF17), and a skill that is gone (PF18)
const CUSTOMERS = 20;

const HELD = [
	'update chat.operator set max_chats = max_chats where operator = \'ana\'', 'select from chat.operator_state where operator = \'ana\' for update',
	'update chat.queue set target_s = target_s where queue = \'sales\'',
];
const next = seeded(SEED);
const between = (least, most) => least + next() * (most - least);
const one = (list) => list[Math.floor(next() * list.length)];

async function openStack() {
	const stack = new Stack({
		volume: '1G', relays: 2, routers: 2,
		prepare: async (started) => {
			await furnish(started);
			await started.query('alter system set fsync = on');
			await started.query('select pg_reload_conf()');
		},
	});
	await stack.start();
	return stack;
}

// What can happen: name → what is done; resolves when the cause is gone, not when everybody has recovered.
function faultsOf(stack, link) {
	const killIfThere = (pid) => {
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// it has just ended
		}
	};
	const kill = (program) => program.running && program.kill('SIGKILL');
	const database = (mode, away_ms) => async () => {
		await stack.postgres('stop', '-m', mode);
		await pause(away_ms());
		await stack.postgres('start');
	};
	const held = async () => {
		const dba = await stack.database.connect();
		try {
			await dba.query('begin');
			await dba.query(one(HELD));
			await pause(HELD_MS);
		} finally {
			await dba.end();
		}
	};
	return {
		'kill -9 relay': () => kill(one(stack.relays)),
		'kill -9 router': () => kill(one(stack.routers)),
		'kill -9 api': () => kill(stack.api),
		'kill -9 api workers': () => stack.api.running && children(stack.api.pid).forEach(killIfThere),
		'kill -9 nginx': () => kill(stack.nginx),
		'kill -9 everything': () => Promise.all(stack.programs.map(kill)),
		'SIGTERM relay': async () => {
			const relay = one(stack.relays);
			await relay.stop();
			await relay.start();
		},
		'PostgreSQL stops at once': database('immediate', () => between(0, AWAY_MS)),
		'PostgreSQL restarts': database('fast', () => 0),
		'a session is ended': () => stack.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like \'switchboard_%\' limit 3'),
		'links are cut': () => link.cut(),
		'a router is stopped': async () => {
			const router = one(stack.routers);
			router.signal('SIGSTOP');
			await pause(STOPPED_MS);
			router.signal('SIGCONT');
		},
		'rows are held': held,
		'a skill is gone': async () => {
			const [rating] = await stack.query('delete from chat.operator_skill where operator = \'ana\' and skill = \'sales\' returning rating');
			await pause(HELD_MS);
			await stack.query('insert into chat.operator_skill (operator, skill, rating) values (\'ana\', \'sales\', $1)', [rating.rating]);
		},
		'the volume is full': async () => {
			const volume = await filler(stack);
			try {
				await volume.fill();
				await pause(STOPPED_MS);
			} finally {
				await volume.empty();
			}
		},
	};
}

async function untilCalm(stack) {
	await until(async () => stack.programs.every(({ running }) => running) && (await fetch(`${stack.url}/api/v1/health`)).status === 200, { what: 'everything to run' });
}

function report({ shift, counts, served_ms, most_kib }) {
	const entries = (wanted) => shift.history.entries.filter(({ what }) => what === wanted);
	const sorted = [...served_ms].sort((a, b) => a - b);
	const figures = {
		seed: SEED, minutes: MINUTES, customers: shift.talkers.length - shift.operators.length, messages: new Set(entries('send').map(({ cid }) => cid)).size,
		sends: entries('send').length, acks: entries('ack').length, events: entries('recv').length, hellos: entries('connect').length,
		'closed sockets': shift.talkers.reduce((sum, { codes }) => sum + codes.length, 0), 'RTO median ms': sorted[Math.floor(sorted.length / 2)], 'RTO max ms': sorted.at(-1),
		'longest beside free ms': shift.longest_ms, 'relay most KiB': most_kib, ...counts,
	};
	for (const { codes } of shift.talkers) for (const code of codes) figures[`closed ${code ?? 'before it stood'}`] = (figures[`closed ${code ?? 'before it stood'}`] ?? 0) + 1;
	for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(28)} ${value}`);
}

async function run(stack) {
	const link = await openLink(stack.port);
	// a row of hers is held, or her skill is gone: the service is not judged by her
	const shift = await begin(stack, null, { customers: CUSTOMERS, absent: ['ana'], free_ms: LONG_AWAY_MS + 30000, connection: (kind, i) => (i % 2 === 0 ? { port: link.port } : {}) });
	const faults = faultsOf(stack, link);
	const state = { shift, counts: {}, served_ms: [], most_kib: 0 };
	let going = true;
	const coming = (async () => {
		for (; going; await pause(50)) if (shift.there < CUSTOMERS) shift.visit();
	})();
	const end = performance.now() + MINUTES * 60000;
	for (let i = 0, long = MINUTES >= 5; performance.now() < end; i++) {
		await pause(between(CALM_MS.least, CALM_MS.most));
		const name = long && i === 10 ? 'PostgreSQL is away for 60 s' : one(Object.keys(faults));
		if (name in faults) {
			await faults[name]();
		} else {
			await stack.postgres('stop', '-m', 'immediate');
			await pause(LONG_AWAY_MS);
			await stack.postgres('start');
		}
		state.counts[name] = (state.counts[name] ?? 0) + 1;
		state.served_ms.push(await shift.back(name));
		console.log(`${new Date().toISOString()} ${name}: a new chat was served after ${state.served_ms.at(-1)} ms`);
		await untilCalm(stack);
		state.most_kib = Math.max(state.most_kib, ...stack.relays.filter(({ running }) => running).map(({ pid }) => memoryKiB(pid)));
	}
	going = false;
	await coming;
	await shift.over().finally(() => report(state));
	await link.close();
}

console.log(`seed ${SEED}`);
const stack = await openStack();
process.once('exit', () => stack.abandon());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
	await run(stack);
	console.log('the history is whole');
} finally {
	await stack.finish();
}
