// SPDX-License-Identifier: ISC
// SIGTERM: the relay sends its clients elsewhere and is gone with code 0, whoever reads nothing and whatever has become of the database (PF20).
//
// That it waits no longer than its limit is told by its own clock, in its log: what the machine did to the test or to the relay (`was_away`: it did not get
// the processor) is no time it has taken.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { allHeard, converse, serves } from '../support/conversation.mjs';
import { Customer } from '../support/people.mjs';
import { RawSocket } from '../support/raw-socket.mjs';

const LIMIT_MS = 15000; // CONTRACT: gone within 5 s; three times that for a machine that is short of processors just then
const FLOOD = { rounds: 20, at_once: 10, bytes: 4000 }; // many times what the kernel keeps for a socket
const stack = useStack({ ownCluster: true, options: { heartbeat_s: 60, out_queue_max_bytes: 67108864, out_queue_max_events: 100000, drain_timeout_s: 300 } });

// Stops the relay; what it said of that: { ms, left, complete }.
async function drain(t) {
	const outcome = await stack.relay.stop();
	const said = stack.relay.log.slice(stack.relay.log.lastIndexOf('event=draining'));
	const [, ms, left, complete] = /event=drained ms=(\d+) sockets_left=(\d+) complete=(\w+)/.exec(said) ?? assert.fail(`no word of the drain: ${said}`);
	const away = [...said.matchAll(/event=was_away ms=(\d+)/g)].reduce((sum, [, gap]) => sum + Number(gap), 0);
	await stack.relay.start();
	t.diagnostic(`drained after ${ms} ms, away for ${away} ms of them`);
	assert.deepEqual(outcome, { code: 0, signal: null });
	assert.ok(ms - away < LIMIT_MS, `it waited for ${ms} ms`);
	return { ms: Number(ms), left: Number(left), complete: complete === 'yes' };
}

async function wasSentElsewhere(person) {
	assert.equal(await person.closeCode(), 1001);
	const { after_ms } = person.frames.find(({ t }) => t === 'reconnect');
	assert.ok(after_ms >= 0 && after_ms <= 30000);
}

for (const loop of ['libuv', 'poll']) {
	test(`${loop}: the relay runs with this event loop`, async () => {
		stack.relay.change({ env: { SWITCHBOARD_RELAY_EVENT_LOOP: loop } });
		await stack.relay.stop();
		await stack.relay.start();
		assert.equal(readFileSync(`/proc/${stack.relay.pid}/environ`, 'latin1').split('\0').find((line) => line.startsWith('SWITCHBOARD_RELAY_EVENT_LOOP='))?.split('=')[1], loop);
		await serves(stack);
	});

	test(`${loop}: clients that read nothing are waited for no longer than the limit; the others have gone before`, { timeout: 300000 }, async (t) => {
		const { operator: ana, customers: [kim] } = await converse(stack, t);
		const raws = await Promise.all([1, 2, 3].map(() => RawSocket.open({ path: stack.relaySocket() }, { origin: new URL(stack.url).origin })));
		for (const raw of raws) {
			raw.text({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 });
			await raw.message(({ t: type }) => type === 'synced', 'synced');
			raw.pause();
		}
		for (let round = 0; round < FLOOD.rounds; round++) {
			await Promise.all(Array.from({ length: FLOOD.at_once }, (_, i) => ana.say(kim.chat, `${round}.${i} `.padEnd(FLOOD.bytes, 'x'))));
			await allHeard(stack, kim.chat, [kim, ana]);
		}
		const { left, complete } = await drain(t);
		assert.deepEqual({ left, complete }, { left: raws.length, complete: false });
		for (const person of [kim, ana]) await wasSentElsewhere(person);
		for (const raw of raws) raw.close();
		await ana.connect();
	});

	test(`${loop}: without a database nothing is waited for; what was not acked is sent again and stored once`, { timeout: 300000 }, async (t) => {
		const kim = await Customer.open(stack, { queue: 'billing' });
		await kim.connect();
		await stack.relay.ready();
		await stack.postgres('stop', '-m', 'immediate');
		const cid = randomUUID();
		let told;
		try {
			kim.send({ t: 'send', chat: kim.chat, cid, body: 'into the void' });
			await kim.settled();
			told = await drain(t);
		} finally {
			await stack.postgres('start');
		}
		assert.deepEqual({ left: told.left, complete: told.complete }, { left: 0, complete: true });
		await wasSentElsewhere(kim);
		assert.ok(!kim.frames.some(({ t: type }) => type === 'ack'), 'nothing was acked');
		await until(() => kim.connect().then(() => true), { what: 'the relay to let him in again' });
		assert.equal((await kim.say('into the void', { cid })).t, 'ack');
		assert.equal((await stack.query('select count(*)::int as n from chat.message where chat = $1 and cid = $2', [kim.chat, cid]))[0].n, 1);
		kim.close();
	});

	test(`${loop}: a message the database does not answer is waited for no longer than the limit, and was not acked`, { timeout: 300000 }, async (t) => {
		const kim = await Customer.open(stack, { queue: 'billing' });
		await kim.connect();
		const client = await stack.database.connect();
		try {
			await client.query('begin');
			await client.query('lock table chat.message in access exclusive mode'); // the statement waits for it, up to its lock_timeout, again and again
			kim.send({ t: 'send', chat: kim.chat, cid: randomUUID(), body: 'too late' });
			await until(async () => (await stack.query("select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'switchboard-relay-messages'")).length > 0,
				{ what: 'the message to wait for the lock' });
			const { left, complete } = await drain(t);
			assert.deepEqual({ left, complete }, { left: 0, complete: false });
		} finally {
			await client.end();
		}
		await wasSentElsewhere(kim);
		assert.ok(!kim.frames.some(({ t: type }) => type === 'ack'), 'nothing was acked');
		kim.close();
	});
}
