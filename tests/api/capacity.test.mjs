// SPDX-License-Identifier: ISC
// Twenty customers at once for three operators with room for two each: nobody ever holds more than his two, the others wait in order and come as places free.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';

const NAMES = ['ana', 'chloe', 'sam'];
const stack = useStack();
const count = async (from) => (await stack.query(`select count(*)::int as n from ${from}`))[0].n;
const owned = () => count('chat.assignment where ended_at is null');

test('20 customers, 3 operators with capacity 2: never more than 6 owned chats, the rest in order, offered as slots free', async (t) => {
	await stack.query('update chat.operator set max_chats = 2 where operator = any ($1)', [NAMES]);
	const operators = await Promise.all(NAMES.map((name) => Operator.logIn(stack, name, ['sales'])));
	const accepted = [];
	let most = 0;
	for (const operator of operators) {
		await operator.connect({ onFrame: (frame) => {
			if (frame.t !== 'offer') return;
			accepted.push(operator.accept(frame).then(async () => {
				most = Math.max(most, await owned());
				return { chat: frame.chat, operator };
			}));
		} });
	}
	const customers = await Promise.all(Array.from({ length: 20 }, (_, i) => Customer.open(stack, { queue: 'sales', name: `Customer ${i + 1}` })));
	await until(async () => (await owned()) === 6, { what: 'six chats to be owned' });
	await until(async () => (await count('chat.waiting')) === 14, { what: 'fourteen chats to wait' });
	assert.equal(await count('chat.operator_state where load > 2'), 0);

	const positions = await Promise.all(customers.map(async (customer) => (await customer.view()).position ?? 0));
	assert.deepEqual(positions.filter((position) => position > 0).sort((a, b) => a - b), Array.from({ length: 14 }, (_, i) => i + 1), 'each waiting customer has a place of his own');

	const latencies = [];
	for (let ended = 0; ended < 20; ended++) {
		const { chat, operator } = await accepted[ended];
		const [next] = await stack.query('select chat from chat.waiting order by arrived_at, chat limit 1');
		await operator.end(chat);
		const answered = performance.now(); // the answer follows the commit
		if (!next) continue;
		const offer = await until(() => operators.flatMap(({ frames }) => frames).find((frame) => frame.t === 'offer' && frame.chat === next.chat),
			{ what: 'the first in line to be offered when a place is free' });
		latencies.push(offer.heard_at - answered);
		await until(() => accepted.length === ended + 7, { what: 'the next acceptance' });
	}
	await until(async () => (await owned()) === 0, { what: 'every chat to be over' });
	assert.ok(most <= 6, `never more than six owned chats, saw ${most}`);

	const overfull = await count(`chat.assignment a where (select count(*) from chat.assignment b
		where b.operator = a.operator and b.started_at <= a.started_at and coalesce(b.ended_at, 'infinity') > a.started_at) > 2`);
	assert.equal(overfull, 0, 'at no start of an assignment did its operator own more than two');
	// of those who came at once the first six are whose requests were committed first; the others were all in line before a place was free
	const order = await stack.query('select o.chat from chat.offer o join chat.chat c using (chat) order by o.offered_at, c.arrived_at, c.chat');
	assert.equal(new Set(order.map(({ chat }) => chat)).size, order.length, 'each is offered once');
	const arrival = await stack.query('select chat from chat.chat where chat <> all ($1) order by arrived_at, chat', [order.slice(0, 6).map(({ chat }) => chat)]);
	assert.deepEqual(order.slice(6).map(({ chat }) => chat), arrival.map(({ chat }) => chat), 'offered in order of arrival');

	latencies.sort((a, b) => a - b);
	const [{ p50, max }] = await stack.query(`
		select percentile_cont(0.5) within group (order by ms) as p50, max(ms) as max from (
			select extract(epoch from o.offered_at - a.ended_at) * 1000 as ms from chat.assignment a
			cross join lateral (select offered_at from chat.offer o where o.offered_at > a.ended_at order by offered_at limit 1) o) x`);
	t.diagnostic(`answer to the freeing request → offer frame at the client: p50 ${latencies[Math.floor(latencies.length / 2)].toFixed(1)} ms, max ${latencies.at(-1).toFixed(1)} ms;`
		+ ` freeing instant → instant of the offer in the database: p50 ${Number(p50).toFixed(1)} ms, max ${Number(max).toFixed(1)} ms`);
	for (const person of operators) person.close();
});
