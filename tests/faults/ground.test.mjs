// SPDX-License-Identifier: ISC
// What the programs stand on gives way: the disk of the logs is full, the clock jumps.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { Customer } from '../support/people.mjs';
import { ENVIRONMENT } from '../support/program.mjs';
import { readService } from '../support/service.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish, insist } from './shift.mjs';

const LONG = { timeout: 600000 };
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const JUMPS = ['+1h', '-1h', '+0'];
const stack = useStack({ prepare: furnish });

const ours = () => [stack.relay, stack.router, stack.api];

async function restart(programs) {
	await Promise.all(programs.map((program) => program.stop()));
	await Promise.all(programs.map((program) => program.start()));
}

test('PF22: no log line can be written any more: the service goes on, and its health tells', LONG, async (t) => {
	const programs = [...ours(), stack.nginx];
	for (const program of programs) program.change({ output: '/dev/full' });
	await restart(programs);
	t.after(async () => {
		for (const program of programs) program.change();
		await restart(programs);
	});
	const shift = await begin(stack, t);
	await shift.underWay();
	await shift.back('nothing in particular');
	await shift.over();
	const health = async () => (await fetch(`${stack.url}/api/v1/health`)).json();
	await until(async () => (await health()).log_lines_lost > 0, { what: 'health to tell of lost lines' });
});

// The clock of a program, to be turned by writing into a file. What it measures times with (CLOCK_MONOTONIC) no jump moves, as in life.
class Clock {
	constructor(program) {
		this.program = program;
		this.path = `${stack.dir}/run/${program.name}.clock`;
		this.turn('+0');
		program.change({ env: { LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: this.path, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DISABLE_SHM: '1',
			ASAN_OPTIONS: `${ENVIRONMENT.ASAN_OPTIONS}:verify_asan_link_order=0` } });
	}

	turn(to) {
		writeFileSync(this.path, to);
		this.to = to;
	}

	// What it has logged since stands under the time it believes in.
	async believed(from) {
		const hours = { '+1h': 1, '-1h': -1, '+0': 0 }[this.to];
		await until(() => {
			const last = /.*\bts=(\S+)[^\n]*\n?$/s.exec(this.program.log.slice(from))?.[1];
			return last && Math.round((new Date(last) - Date.now()) / 3600000) === hours;
		}, { what: `${this.program.name} to believe that it is ${this.to}` });
	}
}

async function turnableClocks(t) {
	assert.ok(existsSync(LIBRARY), 'libfaketime is installed');
	const clocks = ours().map((program) => new Clock(program));
	await restart(ours());
	t.after(async () => {
		for (const program of ours()) program.change();
		await restart(ours());
	});
	return clocks;
}

test('PF23: the clock of one program after the other jumps by an hour, forth and back: nothing times out', LONG, async (t) => {
	const clocks = await turnableClocks(t);
	const shift = await begin(stack, t, { messages: 20 });
	for (const clock of clocks) {
		for (const to of JUMPS) {
			const from = clock.program.log.length;
			clock.turn(to);
			await shift.back(`${clock.program.name}'s clock was turned to ${to}`); // each program logs something of it
			await clock.believed(from);
		}
	}
	await shift.over();
	assert.deepEqual([...shift.codes], [], 'no socket was closed');
	const offers = await stack.query('select state, count(*)::int as n from chat.offer where offered_at >= $1 group by 1', [shift.since]);
	assert.deepEqual(offers.map(({ state }) => state), ['accepted'], 'no offer ran out');
	const waited = shift.talkers.flatMap(({ frames }) => frames).flatMap(({ t: type, waited_s, wait }) => {
		if (type === 'offer') return [waited_s];
		return type === 'queue' && wait ? [wait.low_s, wait.high_s] : [];
	});
	assert.ok(waited.length > 0 && waited.every((seconds) => seconds >= 0 && seconds < 600), `waits of ${waited.join(', ')} s`);
	const back = 'select m.chat, m.seq from chat.message m join chat.message n on n.chat = m.chat and n.seq = m.seq + 1 where n.at < m.at';
	assert.deepEqual(await stack.query(back), [], 'no event stands before an earlier one');
});

test('PF23: the router\'s clock jumps while chats wait: their order is unchanged', LONG, async (t) => {
	const [, clock] = await turnableClocks(t);
	const since = new Date();
	const chats = await Promise.all(Array.from({ length: 30 }, () => insist(() => Customer.open(stack, { queue: 'sales' }))));
	clock.turn('+1h');
	const shift = await begin(stack, t, { customers: 0 });
	const served = () => stack.query('select from chat.assignment a join chat.chat c using (chat) where c.arrived_at >= $1', [since]);
	await until(async () => (await served()).length >= 6, { what: 'some to be served', every_ms: 1 });
	clock.turn('-1h');
	for (const { chat } of chats) shift.expect(chat, { customer: 0, operator: 0, byOperator: true });
	await until(async () => (await stack.query('select from chat.chat where ended_at is null and queue = \'sales\'')).length === 0, { what: 'all of them to be served' });
	await shift.over();
	const tables = await readService(stack, { queue: 'sales', since });
	const arrived = new Map(tables.chats.map(({ chat, at }) => [chat, at]));
	const order = [...tables.offers].sort((a, b) => a.from - b.from || arrived.get(a.chat) - arrived.get(b.chat)).map(({ chat }) => arrived.get(chat));
	assert.deepEqual(order, [...order].sort((a, b) => a - b), 'who came first was offered first');
});
