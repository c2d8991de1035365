// SPDX-License-Identifier: ISC
// Passing chats on over HTTP, and a supervisor's verbs: shapes, errors, the desk that is told; what they do is held by tests/sql.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { api, assertError, leavesNothing } from '../support/http.mjs';

const stack = useStack();
const people = {};

// Ana has Kim's chat; Chloé is on duty, too; Sam supervises.
async function talk({ owner = 'ana', ...request } = {}) {
	for (const name of ['ana', 'chloe', 'sam']) people[name] ??= await Operator.logIn(stack, name, ['sales']);
	for (const [name, person] of Object.entries(people)) await person.presence(name === owner ? 'available' : 'busy');
	const customer = await Customer.open(stack, { queue: 'sales', name: 'Kim', ...request });
	const { offer } = await offerTo(customer, owner);
	await people[owner].accept({ offer });
	await Promise.all(Object.values(people).map((person) => person.presence('available')));
	return customer;
}
const offerTo = ({ chat }, operator) =>
	until(async () => (await stack.query("select offer from chat.offer where chat = $1 and operator = $2 and state = 'open'", [chat, operator]))[0], {
		what: `an offer to ${operator}`,
	});
const path = ({ chat }, verb) => `operator/chats/${chat}/${verb}`;
const ask = (who, method, where, body) => api(stack, method, where, { body, headers: people[who].headers() });

test('to a colleague: offered, accepted, and the chat has moved', async () => {
	const kim = await talk();
	const { chat } = await people.ana.call('POST', path(kim, 'transfer'), { operator: 'chloe', note: 'Speaks French.' });
	assert.equal(chat.state, 'active');
	assert.deepEqual([chat.transfer.operator, chat.transfer.name], ['chloe', 'Chloé Martin']);
	assert.ok(chat.transfer.expires_in_s > 10);
	const [mine] = (await people.ana.call('GET', 'me/chats')).chats.filter(({ id }) => id === kim.chat);
	assert.equal(mine.transfer.offer, chat.transfer.offer);
	const [offer] = (await people.chloe.call('GET', 'me/chats')).offers;
	assert.deepEqual([offer.offer, offer.kind, offer.from, offer.note], [chat.transfer.offer, 'transfer', 'Ana Silva', 'Speaks French.']);
	const again = await ask('ana', 'POST', path(kim, 'transfer'), { operator: 'sam' });
	assertError(again, 409, 'conflict', 'operator');
	assert.equal(again.json.error.reason_code, 'pending');
	await people.chloe.accept(offer);
	assert.equal((await kim.view()).operator, 'Chloé Martin');
	assertError(await ask('ana', 'POST', path(kim, 'transfer'), { queue: 'sales' }), 409, 'not_owner');
	const events = (await kim.call('GET', `chats/${kim.chat}/events`)).events.filter(({ kind }) => ['transferred', 'joined'].includes(kind));
	assert.deepEqual(events.map(({ kind, author, data }) => [kind, author.name, data.to ?? data.from ?? '']),
		[['joined', 'Ana Silva', ''], ['transferred', 'Ana Silva', 'Chloé Martin'], ['joined', 'Chloé Martin', 'Ana Silva']]);
	await people.chloe.end(kim.chat);
});

test('declined or taken back: the chat stays, both sides are told', async () => {
	const kim = await talk();
	for (const over of [
		async ({ offer }) => people.chloe.call('POST', `offers/${offer}/decline`, {}),
		async () => people.ana.call('DELETE', path(kim, 'transfer')),
	]) {
		const { chat } = await people.ana.call('POST', path(kim, 'transfer'), { operator: 'chloe' });
		await over(chat.transfer);
		assert.equal((await people.ana.chats()).find(({ id }) => id === kim.chat).transfer, undefined);
	}
	const failed = (await kim.call('GET', `chats/${kim.chat}/events`)).events.filter(({ kind }) => kind === 'transfer_failed');
	assert.deepEqual(failed.map(({ data }) => data), [{ to: 'Chloé Martin', reason: 'declined' }, { to: 'Chloé Martin', reason: 'withdrawn' }]);
	await people.ana.end(kim.chat);
});

test('to a queue: the chat is gone from the desk and goes to somebody else', async () => {
	const kim = await talk();
	const { chat } = await people.ana.call('POST', path(kim, 'transfer'), { queue: 'sales', note: 'x'.repeat(4000) });
	assert.ok(['queued', 'offered'].includes(chat.state));
	assert.ok(!(await people.ana.chats()).some(({ id }) => id === kim.chat));
	const [{ operator }] = await until(async () => {
		const offers = await stack.query("select operator from chat.offer where chat = $1 and state = 'open'", [kim.chat]);
		return offers.length > 0 && offers;
	}, { what: 'the next offer' });
	assert.notEqual(operator, 'ana');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
});

test('what cannot be is refused, with the reason, and changes nothing', async () => {
	const kim = await talk();
	const refused = (body, status, code, field) =>
		leavesNothing(stack, async () => {
			const answer = await ask('ana', 'POST', path(kim, 'transfer'), body);
			assertError(answer, status, code, field);
			return answer.json.error;
		});
	await refused({}, 422, 'invalid', 'queue');
	await refused({ queue: 'sales', operator: 'chloe' }, 422, 'invalid', 'operator');
	await refused({ operator: 'ana' }, 422, 'invalid', 'operator');
	await refused({ queue: 5 }, 422, 'invalid', 'queue');
	await refused({ operator: 'x'.repeat(64) }, 422, 'invalid', 'operator');
	await refused({ queue: 'sales', note: 'x'.repeat(4001) }, 422, 'invalid', 'note');
	await refused({ queue: 'sales', note: ' ' }, 422, 'invalid', 'note');
	await refused({ queue: 'sales', extra: 1 }, 422, 'invalid', 'extra');
	await refused({ queue: 'nowhere' }, 404, 'not_found', 'queue');
	await refused({ operator: 'nobody' }, 404, 'not_found', 'operator');
	assertError(await ask('chloe', 'POST', path(kim, 'transfer'), { queue: 'sales' }), 404, 'not_found');
	assertError(await ask('ana', 'POST', `operator/chats/${randomUUID()}/transfer`, { queue: 'sales' }), 404, 'not_found');
	assertError(await ask('chloe', 'DELETE', path(kim, 'transfer')), 404, 'not_found');
	assertError(await ask('chloe', 'GET', path(kim, 'targets')), 404, 'not_found');

	await people.chloe.presence('break');
	const away = await ask('ana', 'POST', path(kim, 'transfer'), { operator: 'chloe' });
	assertError(away, 409, 'conflict', 'operator');
	assert.deepEqual([away.json.error.reason_code, away.json.error.state], ['presence', 'break']);
	assert.ok(away.json.error.reason.length > 5, 'a sentence');
	const { operators, queues } = await people.ana.call('GET', path(kim, 'targets'));
	assert.deepEqual(operators.filter(({ able }) => able).map(({ operator }) => operator), ['sam']);
	assert.deepEqual(operators.find(({ operator }) => operator === 'chloe').code, 'presence');
	assert.ok(operators.every(({ operator, able, reason }) => operator !== 'ana' && (able || reason)));
	assert.deepEqual(queues.map(({ name, open }) => [name, open]), [['billing', true], ['sales', true], ['support', true]]);

	await stack.query("select chat.close_queue('billing', 'Stocktaking until Monday.', now() + interval '1 hour')");
	const closed = await ask('ana', 'POST', path(kim, 'transfer'), { queue: 'billing' });
	assertError(closed, 409, 'closed', 'queue');
	assert.equal(closed.json.error.text, 'Stocktaking until Monday.');
	assert.match(closed.json.error.next_opening, /^\d{4}-\d\d-\d\dT/);
	const request = { request_key: randomUUID(), widget: 'demo-shop', queue: 'billing' };
	const shut = await api(stack, 'POST', 'chats', { body: request });
	assertError(shut, 409, 'closed', 'queue');
	assert.equal(shut.json.error.text, 'Stocktaking until Monday.');
	const status = (await api(stack, 'GET', 'widgets/demo-shop/status')).json.queues.find(({ name }) => name === 'billing');
	assert.deepEqual([status.state, status.text], ['closed', 'Stocktaking until Monday.']);
	await stack.query("select chat.close_queue('billing', $1)", ['ü'.repeat(299) + '"']);
	assert.equal((await api(stack, 'POST', 'chats', { body: request })).json.error.text, 'ü'.repeat(299) + '"', 'the longest text arrives whole');
	await stack.query("select chat.open_queue('billing')");
	await people.ana.end(kim.chat);
});

test('a supervisor takes a chat, sends it back, sees the board; nobody else does', async () => {
	const kim = await talk();
	for (const [method, where, body] of [['POST', path(kim, 'take'), {}], ['POST', path(kim, 'requeue'), {}], ['GET', 'board', undefined]]) {
		await leavesNothing(stack, async () => assertError(await ask('ana', method, where, body), 403, 'forbidden'));
	}
	assertError(await ask('sam', 'POST', path(kim, 'take'), { x: 1 }), 422, 'invalid', 'x');
	assertError(await ask('sam', 'POST', path(kim, 'requeue'), { reason: 5 }), 422, 'invalid', 'reason');
	assertError(await ask('sam', 'POST', `operator/chats/${randomUUID()}/take`, {}), 404, 'not_found');
	assert.equal((await people.sam.call('POST', path(kim, 'take'), {})).chat.state, 'active');
	assert.ok((await people.sam.chats()).some(({ id }) => id === kim.chat));
	assert.ok(!(await people.ana.chats()).some(({ id }) => id === kim.chat));
	const board = await people.sam.call('GET', 'board');
	assert.deepEqual(Object.keys(board).sort(), ['at', 'chats', 'operators', 'outbox', 'queues']);
	const row = board.chats.find(({ id }) => id === kim.chat);
	assert.deepEqual([row.operator, row.operator_name, row.state, row.queue_label], ['sam', 'Sam Reyes', 'active', 'Sales']);
	assert.deepEqual(board.queues.find(({ name }) => name === 'sales').on_duty, 3);
	await people.sam.call('POST', path(kim, 'requeue'), { reason: 'a test' });
	await until(async () => ['queued', 'offered'].includes((await kim.view()).state), { what: 'the chat in the line again' });
	await kim.call('POST', `chats/${kim.chat}/end`, {});
});

test('who signs out with chats that run is asked first; on purpose they are queued again', async () => {
	const kim = await talk();
	const refused = await ask('ana', 'DELETE', 'session');
	assertError(refused, 409, 'conflict');
	assert.equal(refused.json.error.chats, 1);
	assertError(await ask('ana', 'DELETE', 'session?requeue=maybe'), 422, 'invalid', 'requeue');
	assert.equal((await ask('ana', 'DELETE', 'session?requeue=false')).status, 409);
	assert.equal((await people.ana.call('GET', 'me/chats')).presence.state, 'available', 'she is still there');
	assert.equal((await ask('ana', 'DELETE', 'session?requeue=true')).status, 204);
	assertError(await ask('ana', 'GET', 'session'), 401, 'unauthorized');
	const { events } = await kim.call('GET', `chats/${kim.chat}/events`);
	assert.deepEqual(events.filter(({ kind }) => ['left', 'requeued'].includes(kind)).map(({ data }) => data.reason), ['signed_out', 'signed_out']);
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	people.ana = await Operator.logIn(stack, 'ana', ['sales']);
});
