// SPDX-License-Identifier: ISC
// Webhooks out: what happens to a chat is told in order, signed, under a key that stays, and nowhere it should not go.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { meet, onDuty } from '../support/conversation.mjs';
import { api } from '../support/http.mjs';
import { Customer } from '../support/people.mjs';
import { Receiver, signs } from '../support/receiver.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 2, prepare: async ({ query }) => query.call(stack, "update chat.setting set value = '1' where name in ('outbox_backoff_s', 'outbox_backoff_max_s')") });

// A webhook to this receiver, with a secret; gone after the test.
async function webhook(t, receiver, { name = 'crm', events = null, ...columns } = {}) {
	const row = { webhook: name, url: receiver.url, plain_http: true, ...(events ? { events } : {}), ...columns };
	const names = Object.keys(row);
	await stack.query(`insert into chat.webhook (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row));
	t.after(() => stack.query('delete from chat.webhook where webhook = $1', [name]));
	return addSecret(name);
}

const addSecret = async (name) => (await stack.query('select secret from api.add_outgoing_secret($1, $2)', ['webhook', name]))[0].secret;
const events = (receiver) => receiver.requests.map(({ body }) => body.event);
const of = (receiver, chat) => receiver.requests.filter(({ body }) => body.chat?.id === chat);
const outbox = async (chat) => stack.query('select * from chat.outbox where chat = $1 order by position', [chat]);
const settled = (chat, state = 'done') => until(async () => {
	const items = await outbox(chat);
	return items.length > 0 && items.every((item) => item.state === state) && items;
}, { what: `everything of the chat to be ${state}` });

test('a chat is told from its beginning to its rating, in order, signed, each under a key of its own', async (t) => {
	const crm = await Receiver.open(t);
	const secret = await webhook(t, crm);
	const operator = await onDuty(stack, 'ana', ['sales']);
	t.after(() => operator.close());
	const kim = await Customer.open(stack, { queue: 'sales', name: 'Kim Söder', email: 'kim@example.com', context: { basket: 3 } });
	await kim.connect();
	await meet(operator, kim);
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	await kim.call('POST', `chats/${kim.chat}/rating`, { score: 4, comment: 'quick' });
	kim.close();
	await settled(kim.chat);

	assert.deepEqual(events(crm), ['chat.started', 'chat.queued', 'chat.assigned', 'chat.ended', 'chat.rated']);
	for (const request of crm.requests) {
		assert.ok(signs(request, secret), 'its signature is good');
		assert.ok(!signs({ ...request, text: `${request.text} ` }, secret), 'of another body it would not be');
		assert.ok(!signs(request, secret, Date.now() / 1000 + 600), 'nor for ever');
		assert.equal(request.key, request.body.id);
		assert.equal(request.headers['switchboard-event'], request.body.event);
		assert.deepEqual(request.body.chat.customer, { name: 'Kim Söder', email: 'kim@example.com', name_verified: false, email_verified: false });
		assert.deepEqual(request.body.chat.context, { basket: 3 });
	}
	assert.equal(new Set(crm.requests.map(({ key }) => key)).size, 5);
	const data = crm.requests.map(({ body }) => body.data);
	assert.deepEqual([data[2].operator, data[3].by, data[4]], ['ana', 'customer', { score: 4, comment: 'quick' }]);
});

test('a note that somebody leaves is told of, and not what it says', async (t) => {
	const crm = await Receiver.open(t);
	const secret = await webhook(t, crm, { events: ['note_left'] });
	const left = { request_key: randomUUID(), email: 'kim@mail.example', body: 'Please call me', queue: 'billing' };
	const { json, text } = await api(stack, 'POST', 'widgets/demo-shop/notes', { body: left });
	assert.ok(json?.reference, text);
	const request = await until(() => crm.requests[0], { what: 'word of the note' });
	assert.ok(signs(request, secret), 'its signature is good');
	const [{ entry }] = await stack.query('select entry from chat.inbox where reference = $1', [json.reference]);
	assert.deepEqual([request.body.event, request.body.data], ['note.left', { note: entry, reference: json.reference, widget: 'demo-shop', queue: 'billing' }]);
	assert.doesNotMatch(request.text, /call me|kim@/);
	await until(async () => (await stack.query("select from chat.outbox where account = 'crm' and finished_at is null")).length === 0, { what: 'it to be done' });
});

test('what fails comes again under the same key, before what is behind it', async (t) => {
	const crm = await Receiver.open(t);
	const secret = await webhook(t, crm, { events: ['started', 'queued'] });
	const answers = [{ status: 500 }, { status: 429, headers: { 'Retry-After': '1' } }, { status: 200, body: 'x'.repeat(70000) }];
	crm.answer = () => answers.shift() ?? { status: 200 };
	const kim = await Customer.open(stack, { queue: 'sales' });
	const items = await settled(kim.chat);
	assert.deepEqual(events(crm), ['chat.started', 'chat.started', 'chat.started', 'chat.started', 'chat.queued']);
	assert.deepEqual([...new Set(crm.requests.map(({ key }) => key))], items.map(({ item }) => item));
	assert.ok(crm.requests.every((request) => signs(request, secret)));
	assert.equal(items[0].tries, 4);
});

test('while a secret is changed both hold', async (t) => {
	const crm = await Receiver.open(t);
	const first = await webhook(t, crm, { events: ['started'] });
	const second = await addSecret('crm');
	const one = await Customer.open(stack, { queue: 'sales' });
	await settled(one.chat);
	assert.ok(signs(crm.requests[0], first) && signs(crm.requests[0], second));
	await stack.query("select from api.retire_outgoing_secret('webhook', 'crm', false)");
	const two = await Customer.open(stack, { queue: 'sales' });
	await settled(two.chat);
	assert.ok(!signs(crm.requests[1], first) && signs(crm.requests[1], second));
});

test('a redirect is an answer that is not followed, and a dead letter', async (t) => {
	const [crm, elsewhere] = [await Receiver.open(t), await Receiver.open(t)];
	await webhook(t, crm, { events: ['started'] });
	crm.answer = () => ({ status: 307, headers: { Location: elsewhere.url } });
	const kim = await Customer.open(stack, { queue: 'sales' });
	const [item] = await settled(kim.chat, 'dead');
	assert.match(item.last_error, /answered 307/);
	assert.deepEqual([item.last_reason, item.last_status, item.given_up], ['refused', 307, 'final']);
	assert.equal(elsewhere.requests.length, 0);
});

test('nothing goes to a host that is not allowed, nor by http where https is asked for', async (t) => {
	const crm = await Receiver.open(t);
	await webhook(t, crm, { events: ['started'], allowed_hosts: ['crm.example'] });
	const kim = await Customer.open(stack, { queue: 'sales' });
	const item = await until(async () => (await outbox(kim.chat)).find(({ last_error: error }) => error), { what: 'an attempt to fail' });
	assert.match(item.last_error, /host is not one of those that are allowed/);
	assert.equal(item.last_reason, 'host_not_allowed');
	assert.equal(crm.requests.length, 0);
	await stack.query("update chat.webhook set allowed_hosts = '{127.0.0.1}'");
	await settled(kim.chat);
	assert.equal(of(crm, kim.chat).length, 1, 'G19: a change counts from COMMIT on');
	await assert.rejects(stack.query('update chat.webhook set plain_http = false'), /http_is_allowed_or_not_used/);
});

test('an answer that trickles, and one that never ends, have their time', async (t) => {
	const crm = await Receiver.open(t);
	await webhook(t, crm, { events: ['started'], timeout_s: 1 });
	let requests = 0;
	crm.answer = (request, outgoing) => {
		requests++;
		if (requests > 1) return { status: 200 };
		outgoing.writeHead(200);
		const timer = setInterval(() => outgoing.write('.'), 50);
		outgoing.once('close', () => clearInterval(timer));
		return new Promise(() => {});
	};
	const kim = await Customer.open(stack, { queue: 'sales' });
	const [item] = await settled(kim.chat);
	assert.ok(item.tries >= 2, 'the first one was given up'); // a good answer may be too late, too
});

test('one that is slow does not hold up another', async (t) => {
	const [slow, quick] = [await Receiver.open(t), await Receiver.open(t)];
	await webhook(t, slow, { name: 'slow', events: ['started'], timeout_s: 60 });
	await webhook(t, quick, { name: 'quick', events: ['started'] });
	let release;
	const released = new Promise((resolve) => { release = resolve; });
	slow.answer = () => released;
	const kims = await Promise.all(Array.from({ length: 24 }, () => Customer.open(stack, { queue: 'sales' })));
	await until(() => quick.requests.length === kims.length, { what: 'the quick one to hear of all' });
	const under = (await stack.query("select count(*)::int as n from chat.outbox_lane where account = 'webhook/slow' and sending"))[0].n;
	assert.ok(under <= 16 * 2, `no more than outbox_account_max under way at once: ${under}`);
	release();
	for (const kim of kims) await settled(kim.chat);
	assert.equal(new Set(slow.requests.map(({ key }) => key)).size, kims.length);
});

test('a dead letter says by a code why the last attempt failed, with the status that came, and that there was no further one', async (t) => {
	const crm = await Receiver.open(t);
	await stack.query("update chat.setting set value = '1' where name = 'outbox_tries'");
	t.after(() => stack.query("update chat.setting set value = '40' where name = 'outbox_tries'"));
	const silent = () => new Promise(() => {});
	const closing = (_, outgoing) => outgoing.destroy();
	const outcomes = [
		[{ timeout_s: 1 }, silent, ['timeout', null]],
		[{}, () => ({ status: 200, body: 'x'.repeat(70000) }), ['answer_too_large', 200]],
		[{}, closing, ['connection_lost', null]],
		[{}, () => ({ status: 503 }), ['refused', 503]],
		[{ url: 'http://127.0.0.1:9/' }, closing, ['unreachable', null]],
		[{ url: `https://127.0.0.1:${crm.port}/`, plain_http: false }, closing, ['insecure', null]],
	];
	for (const [i, [columns, answer, expected]] of outcomes.entries()) {
		crm.answer = answer;
		await webhook(t, crm, { name: `w${i}`, events: ['started'], ...columns });
		const kim = await Customer.open(stack, { queue: 'sales' });
		const item = (await settled(kim.chat, 'dead')).find(({ account }) => account === `w${i}`);
		assert.deepEqual([item.last_reason, item.last_status, item.given_up], [...expected, 'tries'], item.last_error);
		await stack.query('delete from chat.webhook where webhook = $1', [`w${i}`]);
	}
});
