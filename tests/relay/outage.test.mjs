// SPDX-License-Identifier: ISC
// What an outage looks like from one socket: closed with the code that says why, and the rest is said again (PF08, PF20). Under load: tests/faults.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { serves } from '../support/conversation.mjs';

const stack = useStack({ ownCluster: true, options: { database_grace_s: 10 } });

// Until a new chat can be opened and answered by an operator; gives the time it took.
async function serviceIsBack(since) {
	await until(() => serves(stack).then(() => true), { what: 'a new chat to be served' });
	return Math.round(performance.now() - since);
}

test('the sockets of an outage longer than the grace time are closed with 4503; messages wait in the client', { timeout: 300000 }, async (t) => {
	const patient = await Customer.open(stack, { queue: 'billing' });
	await patient.connect();
	await stack.relay.ready();
	await stack.postgres('stop', '-m', 'immediate');
	let started;
	try {
		patient.send({ t: 'send', chat: patient.chat, cid: randomUUID(), body: 'into the void' });
		const code = await patient.closeCode(); // after database_grace_s
		assert.equal(code, 4503);
		assert.ok(!patient.frames.some(({ t: type }) => type === 'ack'), 'not acked');
	} finally {
		started = performance.now();
		await stack.postgres('start');
	}
	t.diagnostic(`a new chat is served ${await serviceIsBack(started)} ms after the start of PostgreSQL`);
	await patient.connect();
	assert.equal((await patient.say('again')).t, 'ack');
	patient.close();
});

test('PF20: SIGTERM: a reconnect frame, close 1001, exit 0; people come back', { timeout: 300000 }, async (t) => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	await kim.connect();
	const ana = await Operator.logIn(stack, 'ana');
	await ana.connect();
	const cids = Array.from({ length: 20 }, () => randomUUID());
	for (const cid of cids) kim.send({ t: 'send', chat: kim.chat, cid, body: 'last words' });
	const started = performance.now();
	const outcome = await stack.relay.stop();
	const took = performance.now() - started;
	await stack.relay.start();
	assert.deepEqual(outcome, { code: 0, signal: null });
	t.diagnostic(`gone after ${Math.round(took)} ms`);
	for (const person of [kim, ana]) {
		assert.equal(await person.closeCode(), 1001);
		const { after_ms } = person.frames.find(({ t: type }) => type === 'reconnect');
		assert.ok(after_ms >= 0 && after_ms <= 30000);
	}
	const acked = kim.frames.filter(({ t: type }) => type === 'ack').map(({ cid }) => cid);
	const rows = () => stack.query('select cid from chat.message where chat = $1 and kind = \'message\'', [kim.chat]);
	const stored = (await rows()).map(({ cid }) => cid);
	assert.deepEqual(acked.filter((cid) => !stored.includes(cid)), [], 'what was acked is stored');
	await kim.connect();
	for (const cid of cids) assert.equal((await kim.say('last words', { cid })).t, 'ack', 'the rest is acked when it is sent again');
	assert.equal((await rows()).length, cids.length, 'all of it once');
	for (const person of [kim, ana]) person.close();
});
