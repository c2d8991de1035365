// SPDX-License-Identifier: ISC
// Clients that do not read or do not answer: closed with 4408, resumed later, and nobody else feels them (PF12, PF13).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { OPCODE, RawSocket } from '../support/raw-socket.mjs';
import { allHeard, converse, lastSeq } from '../support/conversation.mjs';
import { Customer } from '../support/people.mjs';

const HEARTBEAT_S = 4; // who reads and answers does so in that time even on a machine that is very busy
const CLOCK_MS = 5; // the relay counts whole milliseconds
const stack = useStack({ options: { heartbeat_s: HEARTBEAT_S, out_queue_max_bytes: 65536, out_queue_max_events: 50 } });
const origin = () => new URL(stack.url).origin;
const residentKiB = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${stack.relay.pid}/status`, 'utf8'))[1]);

// Another tab of this customer or operator as a raw socket.
async function rawTab(person, { pongs = true } = {}) {
	const raw = await RawSocket.open({ path: stack.relaySocket() }, { origin: origin(), pongs });
	raw.text(person.chat ? { t: 'hello', token: person.token, chat: person.chat, last_seq: 0 } : { t: 'hello', ticket: await person.ticket(),
		cursors: {} });
	await raw.message(({ t }) => t === 'synced', 'synced');
	return raw;
}

// So much is said that who does not read falls behind, but no more at a time than a socket may be behind: who reads is never too slow, however busy the
// machine. Goes on until `enough`; resolves with the answers.
async function flood(say, chat, people, enough) {
	const answers = [];
	for (let round = 0; !enough(round); round++) {
		answers.push(...await Promise.all(Array.from({ length: 10 }, (_, i) => say(`${round}.${i} `.padEnd(4000, 'x')))));
		await allHeard(stack, chat, people);
	}
	return answers;
}

const closings = () => stack.relay.log.split('event=closing code=4408').length - 1;
const eventsOf = (raw, chat) => raw.messages.filter((frame) => frame.t === 'event' && frame.chat === chat).map(({ seq }) => seq);

for (const side of ['customer', 'operator']) {
	const name = `PF13: a ${side} who reads nothing is closed with 4408; the others hear everything; the cursor brings the rest`;
	test(name, { timeout: 300000 }, async (t) => {
		const { operator: ana, customers: [kim] } = await converse(stack, t);
		const [slow, say] = side === 'customer' ? [kim, (body) => ana.say(kim.chat, body)] : [ana, (body) => kim.say(body)];
		const raw = await rawTab(slow);
		raw.pause();
		const before = closings();
		let over = false;
		const closing = until(() => closings() > before, { what: 'the one who reads nothing to be closed', timeout_ms: 240000, every_ms: 100 }).then(() => {
			over = true;
			raw.resume(); // at once: the Close frame waits for him 5 s, no longer
		});
		closing.catch(() => {}); // it is awaited below
		const answers = await flood(say, kim.chat, [kim, ana], () => over);
		await closing;
		assert.ok(answers.every(({ t: type }) => type === 'ack'), 'who speaks is not held up');
		assert.equal(await raw.closed(), 4408);
		const last = await lastSeq(stack, kim.chat);
		const heard = eventsOf(raw, kim.chat);
		assert.ok(heard.length < last, 'it was closed before the end');
		assert.deepEqual(heard, Array.from({ length: heard.length }, (_, i) => i + 1), 'what it heard has no gap');
		const back = slow.tab();
		await back.connect(side === 'customer' ? { last_seq: heard.length } : { cursors: { [kim.chat]: heard.length } });
		await back.frame(({ t: type }) => type === 'synced', 'synced');
		assert.deepEqual(back.frames.filter(({ t: type }) => type === 'event').map(({ seq }) => seq),
			Array.from({ length: last - heard.length }, (_, i) => heard.length + 1 + i));
		assert.deepEqual([kim.closed, ana.closed], [null, null]);
		back.close();
	});
}

test('many who read nothing do not make the relay grow without bound', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const raws = await Promise.all(Array.from({ length: 100 }, () => rawTab(kim)));
	const before = residentKiB();
	for (const raw of raws) raw.pause();
	await flood((body) => ana.say(kim.chat, body), kim.chat, [kim, ana], (round) => round === 100);
	const grown = residentKiB() - before;
	t.diagnostic(`100 tabs that read nothing, 4 MB said to each: the relay has grown by ${grown} KiB`);
	assert.ok(grown < 131072, `it has grown by ${grown} KiB, a copy for each would be 400,000`);
	for (const raw of raws) {
		raw.resume();
		await raw.closed();
		raw.close();
	}
	assert.equal(kim.closed, null);
});

test('PF12: a client that answers no pings is closed with 4408, one that is only quiet is not', { timeout: 300000 }, async () => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	const quiet = await rawTab(kim);
	const began = performance.now();
	const dead = await rawTab(kim, { pongs: false });
	assert.equal(await dead.closed(), 4408);
	const took = performance.now() - began;
	assert.ok(took > 2 * HEARTBEAT_S * 1000 - CLOCK_MS, `closed after ${Math.round(took)} ms, before its time`);
	assert.equal(dead.frames.filter(({ opcode }) => opcode === OPCODE.ping).length, 1, 'it was asked before');
	assert.equal(quiet.code, null, 'the quiet one answers pings and stays');
	quiet.text({ t: 'ping', n: 4 });
	await quiet.message(({ t, n }) => t === 'pong' && n === 4, 'the quiet one to be answered');
	for (const raw of [dead, quiet]) raw.close();
});

test('a half-open operator is noticed: the customer sees him away, his chat goes on when he is back', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	ana.close();
	const dead = await rawTab(ana, { pongs: false });
	await until(() => kim.frames.filter(({ t: type }) => type === 'presence').at(-1)?.online, { what: 'the operator to be seen' });
	assert.equal(await dead.closed(), 4408);
	await until(() => kim.frames.filter(({ t: type }) => type === 'presence').at(-1)?.online === false, { what: 'the operator to be seen away' });
	await ana.connect();
	assert.equal((await ana.say(kim.chat, 'back again')).t, 'ack');
	dead.close();
});
