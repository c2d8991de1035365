// SPDX-License-Identifier: ISC
// Sockets come and go in every way there is while PostgreSQL restarts now and then: what the relay and the router hold, descriptors and memory, stays the same.
//
//   node tests/soak/connects.mjs [CONNECTS]            2,000; some minutes
//
// Both with and without sanitizers: with them leaks and bad memory are found, without them memory is judged. The first quarter is not judged: it warms up.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { Customer } from '../support/people.mjs';
import { judgeResources, pssKiB, readResources } from '../support/resources.mjs';
import { Stack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const CONNECTS = Number(process.argv[2] ?? 2000);
const LANES = 20; // customers, each with one socket after the other
const RESTARTS = 16; // of PostgreSQL, in the whole run
const GROWTH_KIB = 1024;
const PACE_MS = 200; // of a lane, so that sockets come while PostgreSQL is away

const stack = new Stack({ ownCluster: true });
const outcomes = new Map();

// How a socket is used and how it ends. Each resolves when the relay must have noticed.
const WAYS = {
	'a message, closed in order': async (person) => {
		await person.connect({ last_seq: person.seq });
		const { seq } = await person.say('hello');
		person.seq = seq;
		person.socket.close(1000);
		await person.closeCode();
	},
	'a message, torn off': async (person) => {
		await person.connect({ last_seq: person.seq });
		person.send({ t: 'send', chat: person.chat, cid: crypto.randomUUID(), body: 'is it there?' });
		person.close();
	},
	'all of it again': async (person) => {
		await person.connect({ last_seq: 0 });
		await person.settled();
		person.close();
	},
	'a wrong token': (person) => closedWith(person, 4401, { hello: { token: 'A'.repeat(43) } }),
	'bytes that are no text': async (person) => {
		await person.connect({ last_seq: person.seq });
		person.socket.send(Buffer.from([1, 2, 3]));
		assert.equal(await person.closeCode(), 1003);
	},
	'torn off before it is answered': async (person) => {
		person.connect({ last_seq: person.seq }).catch(() => {});
		await until(() => person.socket.readyState !== person.socket.CONNECTING, { what: 'the socket to open', every_ms: 1 });
		person.close();
	},
};

async function closedWith(person, code, how) {
	await assert.rejects(person.connect(how), (error) => error.closed === code || [1006, 1013, 4503].includes(error.closed));
}

let begun = 0;

// One customer after his next socket, until so many have been begun in all. What PostgreSQL's restart spoils is counted as that.
async function lane(person, upTo) {
	while (begun < upTo) {
		const way = Object.keys(WAYS)[begun++ % Object.keys(WAYS).length];
		const outcome = await WAYS[way](person).then(() => way, (error) => {
			const spoilt = [1001, 1006, 1013, 4503].includes(person.closed) || /unavailable/.test(error.message);
			if (!spoilt) throw error;
			return `${way}: ended by a restart`;
		});
		person.close();
		person.frames.length = 0;
		outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
		await pause(PACE_MS);
	}
}

async function connects(people, count) {
	const from = begun;
	const restarts = Math.round(RESTARTS * count / CONNECTS);
	for (let i = 1; i <= restarts; i++) {
		const [half, whole] = [i - 0.5, i].map((part) => from + Math.floor(part * count / restarts));
		const coming = Promise.all(people.map((person) => lane(person, whole)));
		await until(() => begun >= half, { what: 'sockets to come' });
		await stack.postgres('restart', '-m', i % 2 ? 'fast' : 'immediate');
		await coming;
		await until(async () => (await fetch(`${stack.url}/api/v1/health`)).status === 200, { what: 'everything to work' });
	}
	await pause(1000); // for what is freed a little later
}

function measure(what) {
	const held = Object.fromEntries([stack.relay, stack.router].map((program) => [program.name, pssKiB(program.pid)]));
	console.log(`${what}: ${Object.entries(held).map(([name, kib]) => `${name} ${kib} KiB`).join(', ')}`);
	return held;
}

async function run() {
	await stack.query('update chat.queue set max_length = 0');
	const people = [];
	for (let i = 0; i < LANES; i++) people.push(Object.assign(await Customer.open(stack, { queue: 'billing' }), { seq: 0 }));
	const idle = await readResources(stack);
	measure('at rest');
	await connects(people, Math.round(CONNECTS / 4));
	const before = measure(`after ${begun} sockets`);
	await connects(people, CONNECTS - begun);
	const problems = await judgeResources(stack, idle);
	const after = measure(`after ${begun} sockets`);
	console.log(`descriptors: ${[...idle].map(([name, n]) => `${name} ${n}`).join(', ')} before, ${[...await readResources(stack)].map(([name, n]) => `${name} ${n}`).join(', ')} after`);
	for (const [outcome, n] of [...outcomes].sort()) console.log(`${String(n).padStart(6)} ${outcome}`);
	const sanitized = readFileSync(`/proc/${stack.relay.pid}/maps`, 'utf8').includes('libasan');
	if (!sanitized) for (const [name, kib] of Object.entries(after)) if (kib > before[name] + GROWTH_KIB) problems.push(`${name} has grown from ${before[name]} to ${kib} KiB`);
	assert.deepEqual(problems, []);
}

process.once('exit', () => stack.abandon());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
await stack.start();
try {
	await run();
	console.log('flat');
} finally {
	await stack.finish();
}
