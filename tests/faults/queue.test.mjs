// SPDX-License-Identifier: ISC
// Many want the same thing at the same moment: an offer, an operator, a seq.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Customer } from '../support/people.mjs';
import { seeded } from '../support/seeded.mjs';
import { judgeService, readService } from '../support/service.mjs';
import { useStack } from '../support/stack.mjs';
import { Talker } from '../support/talker.mjs';
import { until } from '../support/waiting.mjs';
import { begin, furnish, insist, session } from './shift.mjs';

const LONG = { timeout: 600000 };
const COPIES = 3;
const SHUFFLE_MS = 20;
const stack = useStack({
	prepare: async (started) => {
		await furnish(started);
		await started.query('insert into chat.operator (operator, name, max_chats) values (\'eva\', \'Eva Lind\', 3)');
		await started.query('insert into chat.operator_skill (operator, skill, rating) values (\'eva\', \'billing\', 7)');
	},
});

test('PF14: fifty sessions accept the same offer at the same moment: one has the chat, 49 are told already_taken', LONG, async (t) => {
	const shift = await begin(stack, t);
	const sessions = await Promise.all(Array.from({ length: 50 }, () => session(stack, 'eva')));
	await shift.underWay();
	assert.equal((await sessions[0]('PUT', 'me/queues', { joined: ['billing'] })).status, 200);
	assert.equal((await sessions[0]('PUT', 'me/presence', { state: 'available' })).status, 200);
	const kim = await Customer.open(stack, { queue: 'billing' });
	const { offer } = await until(async () => (await sessions[0]('GET', 'me/chats')).body.offers[0], { what: 'the offer' });
	const answers = await Promise.all(sessions.map((ask) => ask('POST', `offers/${offer}/accept`, {})));
	assert.equal(answers.filter(({ status }) => status === 200).length, 1);
	assert.equal(answers.filter(({ status, body }) => status === 409 && body.error.code === 'already_taken').length, 49);
	assert.equal((await stack.query('select from chat.assignment where chat = $1', [kim.chat])).length, 1);
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	await sessions[0]('PUT', 'me/presence', { state: 'offline' });
	await shift.over();
});

test('PF15: 200 chats wait for 4 operators with room for 3 each: never more than 12 at once, and in their order', LONG, async (t) => {
	const since = new Date();
	const customers = [];
	await Promise.all(Array.from({ length: 200 }, async () => customers.push(await insist(() => Customer.open(stack, { queue: 'sales' })))));
	const shift = await begin(stack, t, { customers: 0 });
	for (const { chat } of customers) shift.expect(chat, { customer: 0, operator: 0, byOperator: true }); // taken, and ended at once
	await until(async () => (await stack.query('select from chat.chat where ended_at is null and queue = \'sales\'')).length === 0, { what: 'all of them to be served', timeout_ms: 300000 });
	await shift.over();
	const tables = await readService(stack, { queue: 'sales', since });
	assert.equal(tables.assignments.length, 200);
	assert.deepEqual(judgeService(tables).problems, [], 'nobody has more than three');
	const held = tables.assignments.map(({ from }) => tables.assignments.filter((other) => other.from <= from && other.to > from).length);
	assert.ok(Math.max(...held) <= 12, `${Math.max(...held)} at once`);
	const arrived = new Map(tables.chats.map(({ chat, at }) => [chat, at]));
	const order = [...tables.offers].sort((a, b) => a.from - b.from || arrived.get(a.chat) - arrived.get(b.chat)).map(({ chat }) => arrived.get(chat));
	assert.deepEqual(order, [...order].sort((a, b) => a - b), 'who came first was offered first');
});

// Sends everything three times over two connections, in any order.
class Stutterer extends Talker {
	#pending = [];
	#timer = null;
	#next;

	constructor(person, history, { next, ...options }) {
		super(person, history, { ...options, transmit: (frame) => this.#scatter(frame) });
		this.#next = next;
		this.tab = new Talker(person.tab(), history, { ...options, name: `${this.who.name}#2` });
	}

	async start(timeout_ms) {
		await Promise.all([super.start(timeout_ms), this.tab.start(timeout_ms)]);
		return this;
	}

	// The second connection hears the end on its own; stopped before, it would have missed it by our hand.
	async stop() {
		clearTimeout(this.#timer);
		const { chat } = this.person;
		if (this.over.has(chat)) await until(() => this.tab.over.has(chat), { what: `${this.tab.who.name} to hear the end` });
		await Promise.all([super.stop(), this.tab.stop()]);
	}

	#scatter(frame) {
		this.#pending.push(...Array.from({ length: COPIES }, () => ({ frame, place: this.#next() })));
		this.#timer ??= setTimeout(() => this.#flush(), SHUFFLE_MS);
	}

	#flush() {
		this.#timer = null;
		const copies = this.#pending.splice(0).sort((a, b) => a.place - b.place);
		for (const { frame } of copies) {
			const way = this.#next() < 0.5 && this.tab.ready ? this.tab : this;
			if (way.ready) way.person.send(frame);
		}
	}
}

test('PF16: every message is sent three times over two connections, shuffled: stored once, in one order (C2, C4)', LONG, async (t) => {
	const seed = Date.now() % 2 ** 31;
	t.diagnostic(`seed ${seed}`);
	const next = seeded(seed);
	const shift = await begin(stack, t, { talker: (person, history, options) => new Stutterer(person, history, { ...options, next }) });
	await shift.over();
	const acks = shift.history.entries.filter(({ what }) => what === 'ack');
	assert.ok(acks.length > 2 * new Set(acks.map(({ cid }) => cid)).size, `${acks.length} acks: the copies were answered, too`);
});
