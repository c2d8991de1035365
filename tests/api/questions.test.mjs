// SPDX-License-Identifier: ISC
// Questions before the chat over HTTP: told in the configuration, judged in the chat request.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { api, assertError, bearer, chatRequest, leavesNothing } from '../support/http.mjs';

const stack = useStack({
	prepare: async (begun) => {
		await begun.query(`insert into chat.question (question, kind, low, high) values ('pieces', 'number', 1, 99)`);
		await begun.query(`insert into chat.question_text (question, locale, label) values ('pieces', 'en', 'How many?')`);
		await begun.query(`insert into chat.queue_question (queue, question, position) values ('support', 'pieces', 1)`);
	},
});

const open = (body) => api(stack, 'POST', 'chats', { body: chatRequest(body) });
const refused = (body, field) => leavesNothing(stack, async () => assertError(await open(body), 422, 'invalid', field));

test('the configuration of a widget tells what each queue asks', async () => {
	const { json } = await api(stack, 'GET', 'widgets/demo-shop');
	const support = json.queues.find(({ name }) => name === 'support');
	assert.deepEqual(support.questions, [{ name: 'pieces', kind: 'number', label: 'How many?', required: true, low: 1, high: 99,
		error: 'That is not a number that fits. Please write it in figures.' }]);
	const order = json.queues.find(({ name }) => name === 'billing').questions.find(({ name }) => name === 'order_number');
	assert.deepEqual([order.kind, order.required, order.example], ['pattern', false, 'A-12345']);
	assert.deepEqual(json.default_queue, { name: 'sales', label: 'Sales', questions: [] });
});

test('a new question stands in the configuration from COMMIT on', async () => {
	await stack.query("insert into chat.queue_question (queue, question, required) values ('sales', 'order_number', false)");
	const asked = await until(async () => {
		const { questions } = (await api(stack, 'GET', 'widgets/demo-shop')).json.default_queue;
		return questions.length > 0 && questions;
	}, { what: 'the question to be asked' });
	assert.deepEqual(asked.map(({ name }) => name), ['order_number']);
	await stack.query("delete from chat.queue_question where queue = 'sales'");
});

test('answers that are missing or do not fit are refused by name, and leave nothing', async () => {
	await refused({ queue: 'support' }, 'answers.pieces');
	await refused({ queue: 'support', answers: {} }, 'answers.pieces');
	for (const pieces of ['', null, 0, 100, 'many', true, [3], { n: 3 }, '1e1', `1${'0'.repeat(400)}`]) await refused({ queue: 'support', answers: { pieces } }, 'answers.pieces');
	await refused({ queue: 'billing', answers: { matter: 'weather' } }, 'answers.matter');
	await refused({ queue: 'billing', answers: { reply_to: 'nowhere' } }, 'answers.reply_to');
	await refused({ answers: { order_number: "'; drop table chat.chat; --" } }, 'answers.order_number');
});

test('answers that fit are kept by their kind; a repeat of the request is the same chat', async () => {
	const body = chatRequest({ queue: 'support', answers: { pieces: '3', note: 'kept as it is' } });
	const { status, json } = await api(stack, 'POST', 'chats', { body });
	assert.equal(status, 201);
	const [{ answers }] = await stack.query('select answers from chat.chat where chat = $1', [json.chat.id]);
	assert.deepEqual(answers, { pieces: 3, note: 'kept as it is' });
	assert.equal((await api(stack, 'POST', 'chats', { body })).json.chat.id, json.chat.id);
	const { json: mail } = await open({ queue: 'billing', answers: { matter: 'Eine Erstattung', reply_to: 'eve@shop.example' } });
	const [row] = await stack.query('select answers, email from chat.chat where chat = $1', [mail.chat.id]);
	assert.deepEqual(row, { answers: { matter: 'refund' }, email: 'eve@shop.example' });
});

test('the bot asks what its queue must know, and takes the answer over HTTP', async () => {
	const { json } = await open({});
	const post = (member) => api(stack, 'POST', `chats/${json.chat.id}/messages`, { headers: bearer(json.token), body: { cid: crypto.randomUUID(), ...member } });
	const state = async () => (await api(stack, 'GET', `chats/${json.chat.id}`, { headers: bearer(json.token) })).json.chat;
	assert.equal((await post({ choice: 'support' })).status, 200);
	assert.equal((await state()).state, 'bot');
	assertError(await post({ choice: 'sales' }), 422, 'invalid', 'choice');
	assert.equal((await post({ body: 'seven' })).status, 200);
	assert.equal((await state()).state, 'bot');
	assert.equal((await post({ body: '7' })).status, 200);
	const { state: then, queue } = await state();
	assert.deepEqual([then, queue], ['queued', 'support']);
	const [{ answers }] = await stack.query('select answers from chat.chat where chat = $1', [json.chat.id]);
	assert.deepEqual(answers, { pieces: 7 });
});

test('who asks for a person out of the talk with the bot brings answers, which are judged as those of a chat request', async () => {
	const { json } = await open({ name: 'Eve', answers: { note: 'from the page' } });
	const ask = (body) => api(stack, 'POST', `chats/${json.chat.id}/queue`, { headers: bearer(json.token), body });
	const kept = async () => (await stack.query('select answers, name, email, state from chat.chat where chat = $1', [json.chat.id]))[0];
	const before = await kept();
	for (const [body, field] of [
		[{ queue: 'support', answers: {} }, 'answers.pieces'],
		[{ queue: 'support', answers: { pieces: 100 } }, 'answers.pieces'],
		[{ queue: 'billing', answers: { matter: 'weather' } }, 'answers.matter'],
		[{ answers: { pieces: 'many' } }, 'answers.pieces'],
		[{ queue: 'support', answers: { pieces: 3, note: 'x'.repeat(8192) } }, 'answers'],
		[{ queue: 'support', answers: ['3'] }, 'answers'],
	])
		await leavesNothing(stack, async () => assertError(await ask(body), 422, 'invalid', field));
	assert.deepEqual(await kept(), before);
	const { status, json: told } = await ask({ queue: 'support', answers: { pieces: '3', reply_to: 'eve@shop.example', card: '4111 1111 1111 1111' } });
	assert.deepEqual([status, told.chat.state, told.chat.queue], [200, 'queued', 'support']);
	const { answers, ...row } = await kept();
	assert.deepEqual(row, { name: 'Eve', email: 'eve@shop.example', state: 'queued' });
	assert.deepEqual([answers.pieces, answers.note], [3, 'from the page'], 'beside what was known');
	assert.ok(answers.card.endsWith('1111') && !answers.card.includes('4111'), 'a card number is masked');
	assert.equal((await ask({ answers: { pieces: 5 } })).json.chat.state, 'queued', 'asking again does no harm');
	assert.deepEqual((await kept()).answers, answers, 'and changes nothing');
});

test('a person can be had without answers, whatever the queue asks', async () => {
	const { json } = await open({});
	const { json: told } = await api(stack, 'POST', `chats/${json.chat.id}/queue`, { headers: bearer(json.token), body: { queue: 'support' } });
	assert.equal(told.chat.state, 'queued');
});
