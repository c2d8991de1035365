// SPDX-License-Identifier: ISC
// What somebody who waits is told over the socket and over HTTP: that nobody is there, that nobody can say, or a range; and nothing twice.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { api } from '../support/http.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { meet, part } from '../support/conversation.mjs';

const stack = useStack();
const QUEUE = 'sales';
const told = (customer) => customer.frames.filter(({ t }) => t === 'queue');
const lastTold = (customer, fits, what) => until(() => {
	const last = told(customer).at(-1);
	return last && fits(last) ? last : null;
}, { what });
const statusOf = async () => (await api(stack, 'GET', 'widgets/demo-shop/status')).json.queues.find(({ name }) => name === QUEUE);

async function open() {
	const customer = await Customer.open(stack, { queue: QUEUE });
	await customer.connect();
	return customer;
}

test('who waits is told that nobody is there, then how long it takes once that is known; and the same is not said twice', { timeout: 180000 }, async () => {
	await stack.query('update chat.operator set max_chats = 1 where operator = \'ana\'');
	await stack.query('update chat.setting set value = \'2\' where name = \'wait_basis\'');
	const lonely = await open();
	assert.deepEqual((await lastTold(lonely, () => true, 'a place')).wait, { state: 'unstaffed' });
	assert.deepEqual((await lonely.view()).wait, { state: 'unstaffed' }, 'the same over HTTP');
	assert.equal((await statusOf()).wait, null);

	const ana = await Operator.logIn(stack, 'ana', [QUEUE]);
	await ana.connect();
	const first = await open();
	await meet(ana, lonely);
	const second = await open();
	assert.equal((await lastTold(first, ({ position, wait }) => position === 1 && wait === null, 'a place, and no guess')).position, 1);
	assert.ok(!('wait' in await first.view()), 'no basis, no range');
	for (const [done, next] of [[lonely, first], [first, second]]) {
		await ana.end(done.chat);
		await meet(ana, next);
	}
	const third = await open();
	let wait;
	await until(async () => { // what is told may change while one looks
		({ wait } = await lastTold(third, (frame) => frame.wait?.high_s > 0, 'a range'));
		return JSON.stringify((await third.view()).wait) === JSON.stringify(wait);
	}, { what: 'the same over HTTP' });
	assert.ok(wait.low_s >= 0 && wait.low_s < wait.high_s, JSON.stringify(wait));
	const newcomer = (await until(async () => (await statusOf()).wait, { what: 'what a newcomer would wait' }));
	assert.ok(newcomer.high_s >= wait.low_s, 'a newcomer comes behind him');

	const shown = await stack.query('select state, low_s, high_s from chat.wait_shown where chat = $1 order by n', [third.chat]);
	assert.ok(shown.some(({ state, low_s, high_s }) => state === 'expected' && low_s === wait.low_s && high_s === wait.high_s), `it is kept: ${JSON.stringify(shown)}`);
	for (const customer of [lonely, first, second, third]) {
		const frames = told(customer).map(({ position, wait: said }) => JSON.stringify([position, said]));
		assert.ok(frames.every((frame, i) => frame !== frames[i - 1]), `each frame tells something new: ${frames}`);
	}
	await third.call('POST', `chats/${third.chat}/end`, {});
	await part(stack, ana, [lonely, first, second]);
	third.close();
});

test('where an operator is free a newcomer hardly waits', async () => {
	const dara = await Operator.logIn(stack, 'dara', [QUEUE]);
	await dara.connect();
	const status = await until(async () => {
		const answer = await statusOf();
		return answer.wait && answer;
	}, { what: 'a wait' });
	assert.deepEqual([status.state, status.wait.low_s], ['open', 0]);
	assert.ok(status.wait.high_s >= 30);
	await part(stack, dara, []);
});
