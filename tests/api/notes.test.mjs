// SPDX-License-Identifier: ISC
// Notes that customers leave, and the inbox they lie in (ACCEPTANCE section 2; P01 to P23 where they fit; D4, D16).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, bearer, chatRequest, CSRF, JSON_TYPE, leavesNothing } from '../support/http.mjs';

const stack = useStack();
const shopOrigin = () => new URL(stack.shopUrl).origin;
const note = (more = {}) => ({ request_key: randomUUID(), email: 'kim@mail.example', body: 'Is it dishwasher-safe?', ...more });
const leave = (body, headers = {}, widget = 'demo-shop') => api(stack, 'POST', `widgets/${widget}/notes`, { body, headers });
const count = async () => (await stack.query('select count(*)::int as n from chat.inbox'))[0].n;

async function refused(body, status, code, field, headers, widget) {
	const before = await count();
	await leavesNothing(stack, async () => assertError(await leave(body, headers, widget), status, code, field));
	assert.equal(await count(), before, 'nothing is stored');
}

async function logIn(operator, queues) {
	const login = await api(stack, 'POST', 'session', { body: { operator, password: stack.passwords[operator] }, headers: CSRF });
	assert.equal(login.status, 200, login.text);
	const headers = { ...CSRF, Cookie: login.headers['set-cookie'][0].split(';')[0] };
	const call = (method, path, body) => api(stack, method, path, { headers, body });
	if (queues) assert.equal((await call('PUT', 'me/queues', { joined: queues })).status, 200);
	return call;
}

test('a note is left from the shop\'s page and gets a reference; the same again is the same note (P20, P21)', async () => {
	const body = note({ name: '  Zoë  ', queue: 'billing', locale: 'de', page_url: 'https://shop.example/pot' });
	const answer = await leave(body, { Origin: shopOrigin() });
	assert.equal(answer.status, 201, answer.text);
	assert.deepEqual(Object.keys(answer.json), ['reference']);
	assert.match(answer.json.reference, /^[2-9B-Z]{4}-[2-9B-Z]{4}$/);
	assert.equal(answer.headers['access-control-allow-origin'], shopOrigin());
	const again = await leave(body, { Origin: shopOrigin() });
	assert.deepEqual([again.status, again.json], [201, answer.json]);
	await refused({ ...body, body: 'another' }, 409, 'conflict', 'request_key');
	const [row] = await stack.query('select name, email, queue, locale, page_url, body, host(address) as address from chat.inbox where reference = $1', [answer.json.reference]);
	assert.deepEqual(row, { name: 'Zoë', email: 'kim@mail.example', queue: 'billing', locale: 'de', page_url: 'https://shop.example/pot', body: 'Is it dishwasher-safe?',
		address: '127.0.0.1' });
	await assertNotLogged(stack, 'dishwasher', 'kim@mail.example', body.request_key);
});

test('what is no note is refused and not stored (P01, P03, P12 to P18)', async () => {
	await refused(note(), 404, 'not_found', undefined, {}, 'nowhere');
	await refused(note(), 403, 'origin_denied', undefined, { Origin: 'https://evil.example' });
	for (const [field, value] of [
		['request_key', 'x'], ['request_key', undefined], ['email', undefined], ['email', 'kim'], ['email', 7],
		['email', 'kim@mail.example\nBcc: x@y.example'],
		['email', 'kim@mail.example,x@y.example'], ['email', '<kim@mail.example>'], ['body', undefined], ['body', '  \n'], ['body', 'x'.repeat(4001)], ['body', {}],
		['name', 'x'.repeat(101)], ['name', ' '], ['queue', 'nowhere'], ['locale', '!'], ['page_url', 7], ['extra', 1], ['identity', 'x']])
		await refused({ ...note(), [field]: value }, ...(field === 'identity' ? [401, 'unauthorized', 'identity'] : [422, 'invalid', field]));
	await refused('{', 400, 'bad_request', undefined, JSON_TYPE);
	await refused(Buffer.from('{"request_key":"\xff"}', 'latin1'), 400, 'bad_request', undefined, JSON_TYPE);
	await refused(JSON.stringify(note()), 415, 'unsupported_media', undefined, { 'Content-Type': 'text/plain' });
	await refused(note({ body: 'x'.repeat(66_000) }), 413, 'too_large');
	assert.equal((await api(stack, 'GET', 'widgets/demo-shop/notes')).status, 405);
});

test('an operator works off his inbox; what is another queue\'s is not there for him (D4, D16)', async () => {
	await leave(note({ queue: 'billing', body: 'my bill' }));
	const ana = await logIn('ana', ['billing']);
	const ben = await logIn('ben', ['support']);
	const { entry } = (await ana('GET', 'inbox?view=new')).json.entries.find(({ body }) => body === 'my bill');
	assert.ok(!(await ben('GET', 'inbox')).text.includes('my bill'));
	for (const [method, path, body] of [['GET', ''], ['GET', '/people'], ['POST', '/state', { state: 'taken' }], ['POST', '/answers', { cid: randomUUID(), body: 'x' }],
		['POST', '/invitation', { cid: randomUUID() }]]) assertError(await ben(method, `inbox/${entry}${path}`, body), 404, 'not_found');
	assert.equal((await ana('GET', `inbox/${entry}`)).json.entry.body, 'my bill');
	assert.equal((await ana('POST', `inbox/${entry}/state`, { state: 'taken' })).json.entry.operator, 'ana');
	assert.deepEqual((await ana('GET', 'me/chats')).json.inbox.mine, 1);
	assertError(await ana('POST', `inbox/${entry}/answers`, { cid: randomUUID(), body: 'x' }), 409, 'conflict', 'mail');
	assertError(await ana('POST', `inbox/${entry}/answers`, { cid: 'x', body: 'x' }), 422, 'invalid', 'cid');
	assertError(await ana('POST', `inbox/${entry}/answers`, { cid: randomUUID(), body: ' ' }), 422, 'invalid', 'body');
	assertError(await ana('POST', `inbox/${entry}/state`, { state: 'gone' }), 422, 'invalid', 'state');
	assertError(await ana('POST', `inbox/${entry}/state`, {}), 422, 'invalid', 'state');
	assertError(await ana('GET', 'inbox?view=all'), 422, 'invalid', 'view');
	assertError(await ana('GET', 'inbox?after=x'), 422, 'invalid', 'after');
	assertError(await ana('GET', 'inbox?limit=101'), 422, 'invalid', 'limit');
	assertError(await ana('GET', 'inbox/not-a-uuid'), 404, 'not_found');
	const sam = await logIn('sam');
	assert.equal((await sam('POST', `inbox/${entry}/state`, { state: 'taken', operator: 'ben' })).json.entry.operator_name, 'Ben Okoro');
	assert.ok((await ben('GET', 'inbox?view=mine')).text.includes('my bill'));
	assert.equal((await ben('POST', `inbox/${entry}/state`, { state: 'done' })).json.entry.state, 'done');
	for (const headers of [{}, CSRF]) assertError(await api(stack, 'GET', 'inbox', { headers }), 401, 'unauthorized');
	const login = await api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: CSRF });
	const cookie = login.headers['set-cookie'][0].split(';')[0];
	assertError(await api(stack, 'POST', `inbox/${entry}/state`, { body: { state: 'taken' }, headers: { Cookie: cookie } }), 403, 'forbidden');
});

test('a transcript by mail needs its chat\'s token and a mail server', async () => {
	const { json } = await api(stack, 'POST', 'chats', { body: chatRequest() });
	const ask = (body, headers = bearer(json.token)) => api(stack, 'POST', `chats/${json.chat.id}/transcript`, { body, headers });
	assertError(await ask({}), 422, 'invalid', 'email');
	assertError(await ask({ email: 'x' }), 422, 'invalid', 'email');
	assertError(await ask({ email: 'kim@mail.example' }), 409, 'conflict', 'mail');
	assertError(await ask({ to: 'x@y.example' }), 422, 'invalid', 'to');
	assertError(await ask({}, {}), 401, 'unauthorized');
});

test('an invitation opens nothing without its code', async () => {
	await leavesNothing(stack, async () => assertError(await api(stack, 'POST', 'chats', { body: chatRequest({ invitation: 'A'.repeat(43) }) }), 404, 'not_found', 'invitation'));
});
