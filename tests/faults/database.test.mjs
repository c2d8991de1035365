// SPDX-License-Identifier: ISC
// PostgreSQL dies, is restarted or stays away while people talk: what was acked is there, nothing is acked that is not, service is back without hand work.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Customer } from '../support/people.mjs';
import { memoryKiB } from '../support/resources.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish } from './shift.mjs';

const LONG = { timeout: 600000 };
const OUTAGE_MS = 3000; // the specification's 5 s and 60 s are for the long run (tests/soak)
const ANSWER_MS = 20000; // it gives an answer 2 s: ten times that for a machine that is short of processors, far from the 60 s of a proxy's patience
const GROWN_KIB = 131072; // what waits for the database is limited to 32 MiB (waiting_max_bytes)
const FAIR = [4503, 1013, null]; // closed for want of a database; turned away at the hello for it; no ticket for it
const stack = useStack({ ownCluster: true, prepare: furnish, options: { database_grace_s: 600 } }); // an outage is as long as the machine makes it: sockets stay

// Nobody hears of the database any more: what the relay knew of it has been told by then.
async function everybodyHeard(shift) {
	for (let i = 0; i < 2; i++) await Promise.all(shift.talkers.filter(({ ready, over }) => ready && over.size === 0).map(({ person }) => person.settled().catch(() => {})));
}

function assertFair(shift) {
	assert.deepEqual([...shift.codes].filter((code) => !FAIR.includes(code)), [], 'sockets stay, or are closed with 4503');
}

test('PF06: immediate stop of PostgreSQL and a start some seconds later: no ack meanwhile, all that was acked is there', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	await stack.postgres('stop', '-m', 'immediate');
	await everybodyHeard(shift);
	const stopped = performance.now();
	await pause(OUTAGE_MS);
	const started = performance.now();
	await stack.postgres('start');
	assert.deepEqual(shift.acksBetween(stopped, started), [], 'no ack during the outage');
	await shift.back('the start of PostgreSQL', started);
	await shift.over();
	assertFair(shift);
});

test('PF07: restart of PostgreSQL (-m fast): the same', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	const since = performance.now();
	await stack.postgres('restart', '-m', 'fast');
	await shift.back('the beginning of the restart', since);
	await shift.over();
	assertFair(shift);
});

// People who wait in a queue that nobody serves and write all the time: each much more than the relay reads of one socket before it is answered.
async function chatterboxes() {
	const people = await Promise.all(Array.from({ length: 12 }, () => Customer.open(stack, { queue: 'billing' })));
	await Promise.all(people.map((person) => person.connect()));
	return people.map((person) => ({ person, cids: [] }));
}

function writeOn({ person, cids }) {
	for (let i = 0; i < 20; i++) {
		cids.push(randomUUID());
		person.send({ t: 'send', chat: person.chat, cid: cids.at(-1), body: 'x'.repeat(4000) });
	}
}

// Each of their messages is answered, and what was acked is stored.
async function judgeChatterbox({ person, cids }) {
	const answers = new Map();
	await until(() => {
		for (const { t, cid } of person.frames) if (cid && ['ack', 'error'].includes(t)) answers.set(cid, t);
		return answers.size === cids.length;
	}, { what: 'every message to be answered', hopeless: () => person.closed && `closed with ${person.closed}` });
	const stored = new Set((await stack.query('select cid from chat.message where chat = $1 and cid is not null', [person.chat])).map(({ cid }) => cid));
	assert.deepEqual(cids.filter((cid) => (answers.get(cid) === 'ack') !== stored.has(cid)), [], 'acked is stored');
	person.close();
	await person.call('POST', `chats/${person.chat}/end`, {});
}

test('PF08: the database is away: HTTP answers 503 with Retry-After at once, the relay\'s memory is bounded', LONG, async (t) => {
	const shift = await begin(stack, t);
	const writers = await chatterboxes();
	await shift.underWay();
	await stack.postgres('stop', '-m', 'immediate');
	const down = performance.now();
	const before = memoryKiB(stack.relay.pid);
	const ask = async (method, path, body) => {
		const asked = performance.now();
		const answer = await fetch(`${stack.url}/api/v1/${path}`, { method, headers: { 'Content-Type': 'application/json' }, body });
		return { took_ms: performance.now() - asked, status: answer.status, again: answer.headers.get('retry-after'), ...await answer.json() };
	};
	const answers = [];
	do {
		writers.forEach(writeOn);
		answers.push(...await Promise.all([
			ask('POST', 'chats', JSON.stringify({ request_key: randomUUID(), widget: 'demo-shop' })), ask('GET', 'widgets/demo-shop'), ask('GET', 'health')]));
		await pause(250);
	} while (performance.now() - down < OUTAGE_MS);
	const grown = memoryKiB(stack.relay.pid) - before;
	const started = performance.now();
	await stack.postgres('start');
	const slowest = Math.max(...answers.map(({ took_ms }) => took_ms));
	t.diagnostic(`${answers.length} answers, the slowest after ${Math.round(slowest)} ms; the relay has grown by ${grown} KiB`);
	const wrong = answers.filter(({ status, again, error }) => status !== 503 || !(Number(again) > 0) || error.code !== 'unavailable');
	assert.deepEqual(wrong, []);
	assert.ok(slowest < ANSWER_MS, `an answer took ${slowest} ms`);
	assert.ok(grown < GROWN_KIB, `the relay has grown by ${grown} KiB`);
	await shift.back('the start of PostgreSQL', started);
	for (const writer of writers) await judgeChatterbox(writer);
	await shift.over();
	assertFair(shift);
});

test('kill -9 of every program at once and an immediate stop of PostgreSQL: the same people go on talking', LONG, async (t) => {
	const shift = await begin(stack, t);
	await shift.underWay();
	const since = performance.now();
	await Promise.all([stack.postgres('stop', '-m', 'immediate'), ...[stack.relay, stack.router, stack.api].map((program) => program.kill('SIGKILL'))]);
	await stack.postgres('start');
	await shift.back('the death of everybody', since);
	await shift.over();
	await until(() => stack.programs.every(({ running }) => running), { what: 'every program to run' });
});
