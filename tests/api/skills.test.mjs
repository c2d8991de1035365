// SPDX-License-Identifier: ISC
// In skill mode the best rated gets the chat, and what a DBA writes counts from COMMIT on.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';

const stack = useStack();
const staff = {};

async function offerFor(customer) {
	const find = () => stack.query("select offer, operator, rule from chat.offer where chat = $1 and state = 'open'", [customer.chat]);
	return until(async () => (await find())[0], { what: 'an offer' });
}

test('the operator with the highest sum of ratings gets the chat', async () => {
	for (const name of ['ana', 'ben', 'dara']) staff[name] = await Operator.logIn(stack, name, ['billing']); // 8, 5, 6
	const offer = await offerFor(await Customer.open(stack, { queue: 'billing' }));
	assert.equal(offer.operator, 'ana');
	assert.equal(offer.rule, 'skill');
	await staff.ana.accept(offer);
});

test('an update of operator_skill decides about the next chat at COMMIT, without reload', async () => {
	const dba = await stack.database.connect();
	try {
		await dba.query('set role switchboard_dba');
		await dba.query('begin');
		await dba.query("update chat.operator_skill set rating = 10 where operator = 'ben' and skill = 'billing'");
		const before = await offerFor(await Customer.open(stack, { queue: 'billing' }));
		assert.equal(before.operator, 'ana', 'not committed: the old ratings count, and she has a free place');
		await staff.ana.accept(before);
		await dba.query('commit');
		const after = await offerFor(await Customer.open(stack, { queue: 'billing' }));
		assert.equal(after.operator, 'ben');
		await staff.ben.accept(after);
		await dba.query("delete from chat.operator_skill where operator = 'ben' and skill = 'billing'");
		const last = await offerFor(await Customer.open(stack, { queue: 'billing' }));
		assert.equal(last.operator, 'dara', 'ben has lost the skill and ana is full');
		assert.equal((await staff.ben.chats()).length, 1, 'the chat he has goes on');
		const { queues } = await staff.ben.call('GET', 'me/queues');
		assert.match(queues.find(({ name }) => name === 'billing').reason, /has no rating for billing/);
	} finally {
		await dba.end();
	}
});

test('a chat that waits for a skill is offered as soon as somebody has it', async () => {
	for (const person of Object.values(staff)) await person.presence('break');
	const chloe = await Operator.logIn(stack, 'chloe', ['sales']); // billing 3, the queue asks for 4
	await assert.rejects(chloe.call('PUT', 'me/queues', { joined: ['billing'] }), ({ status, body }) => status === 422 && body.error.field === 'joined');
	const customer = await Customer.open(stack, { queue: 'billing' });
	await stack.query("update chat.operator_skill set rating = 4 where operator = 'chloe' and skill = 'billing'");
	await chloe.call('PUT', 'me/queues', { joined: ['billing', 'sales'] });
	assert.equal((await offerFor(customer)).operator, 'chloe');
});
