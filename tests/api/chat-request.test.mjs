// SPDX-License-Identifier: ISC
// The chat request (ACCEPTANCE P04 to P22).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, bearer, chatRequest, JSON_TYPE, leavesNothing, send } from '../support/http.mjs';

const stack = useStack();
const shopOrigin = () => new URL(stack.shopUrl).origin;

const open = (body, headers = {}) => api(stack, 'POST', 'chats', { body, headers });
const raw = (body, headers = JSON_TYPE) => api(stack, 'POST', 'chats', { body, headers });
const refused = (body, status, code, field) => leavesNothing(stack, async () => assertError(await open(body), status, code, field));
const rawRefused = (body, status = 400, code = 'bad_request') => leavesNothing(stack, async () => assertError(await raw(body), status, code));

test('a chat request opens a chat behind the bot', async () => {
	const answer = await open(
		chatRequest({
			name: '  Zoë  ',
			email: 'zoe@example.com',
			locale: 'de',
			page_url: 'https://shop.example/cart',
			referrer: 'https://search.example/',
			answers: { topic: 'order', numbers: [1, 2, { deep: null }] },
			context: { cart: 3 },
		}),
	);
	assert.equal(answer.status, 201, answer.text);
	const { chat, token, epoch, relay } = answer.json;
	assert.match(token, /^[\w-]{43}$/);
	assert.equal(chat.state, 'bot');
	assert.match(chat.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.match(chat.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	assert.ok(epoch);
	assert.equal(relay.protocol, 'chat.v1');
	const [row] = await stack.query('select name, email, locale, answers, context, host(address) address from chat.chat where chat = $1', [chat.id]);
	assert.deepEqual(row, {
		name: 'Zoë',
		email: 'zoe@example.com',
		locale: 'de',
		answers: { topic: 'order', numbers: [1, 2, { deep: null }] },
		context: { cart: 3 },
		address: '127.0.0.1',
	});
	assert.equal((await api(stack, 'GET', `chats/${chat.id}`, { headers: bearer(token) })).json.chat.id, chat.id);
});

test('P04 a preflight from a listed origin is allowed, from another it is not', async () => {
	const shop = shopOrigin();
	const ask = (origin, path = 'chats', method = 'POST') =>
		leavesNothing(stack, () => api(stack, 'OPTIONS', path, { headers: { Origin: origin, 'Access-Control-Request-Method': method } }));
	const listed = await ask(shop);
	assert.equal(listed.status, 204);
	assert.equal(listed.headers['access-control-allow-origin'], shop);
	assert.match(listed.headers.vary, /\bOrigin\b/);
	assert.equal(listed.headers['access-control-allow-methods'], 'POST, OPTIONS');
	assert.match(listed.headers['access-control-allow-headers'], /Content-Type/);
	assert.equal(listed.headers['access-control-allow-credentials'], undefined);
	for (const [origin, path] of [
		['https://evil.example', 'chats'],
		['null', 'chats'],
		[`${shop}:1`, 'chats'],
		[shop, 'session'],
		[shop, 'me/chats'],
	]) {
		const denied = await ask(origin, path);
		assert.equal(denied.status, 403, `${origin} ${path}`);
		assert.equal(denied.headers['access-control-allow-origin'], undefined);
	}
	const own = await ask(new URL(stack.url).origin);
	assert.equal(own.status, 204);
	assert.equal(own.headers.allow, 'POST, OPTIONS');
});

test('a listed origin may send a chat request and read the answer; another may not', async () => {
	const shop = shopOrigin();
	const answer = await open(chatRequest(), { Origin: shop });
	assert.equal(answer.status, 201);
	assert.equal(answer.headers['access-control-allow-origin'], shop);
	await leavesNothing(stack, async () => {
		const denied = await open(chatRequest(), { Origin: 'https://evil.example' });
		assertError(denied, 403, 'origin_denied');
		assert.equal(denied.headers['access-control-allow-origin'], undefined);
	});
});

test('P05 a chat request is not a GET', async () => {
	await leavesNothing(stack, async () => {
		const answer = await api(stack, 'GET', 'chats');
		assertError(answer, 405, 'method_not_allowed');
		assert.equal(answer.headers.allow, 'POST, OPTIONS');
	});
});

test('P06 JSON under another type is refused', async () => {
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain; application/json', 'application/json; charset=latin1', '']) {
		await leavesNothing(stack, async () =>
			assertError(await raw(JSON.stringify(chatRequest()), { 'Content-Type': type }), 415, 'unsupported_media'),
		);
	}
	await leavesNothing(stack, async () => assertError(await raw(JSON.stringify(chatRequest()), {}), 415, 'unsupported_media'));
	assert.equal((await raw(JSON.stringify(chatRequest()), { 'Content-Type': 'Application/JSON; charset=UTF-8' })).status, 201);
});

test('P07 an empty body is refused', () => rawRefused(''));

test('P08 half an object is refused', () => rawRefused('{'));

test('P09 something behind the object is refused', () => rawRefused('{"name":"a"} trailing'));

test('P10 a top level that is no object is refused', async () => {
	for (const body of ['[]', '[{}]', '1', '"a"', 'null', 'true', '""']) await rawRefused(body);
});

test('P11 nesting deeper than eight is refused, eight are not', async () => {
	const nested = (depth) => JSON.stringify(chatRequest()).replace(/}$/, `,"context":${'{"a":'.repeat(depth - 1)}1${'}'.repeat(depth - 1)}}`);
	await rawRefused(nested(9));
	await rawRefused(`{"context":${'['.repeat(30000)}${']'.repeat(30000)}}`);
	assert.equal((await raw(nested(8))).status, 201);
});

test('P12 bytes that are no UTF-8 are refused', async () => {
	for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
		const [head, tail] = JSON.stringify(chatRequest({ name: 'aXb' })).split('X');
		await rawRefused(Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(tail)]));
	}
});

test('P13 a body of more than 64 KiB is refused, one of 64 KiB is read', async () => {
	const padded = (length) => JSON.stringify(chatRequest()).padEnd(length, ' ');
	await leavesNothing(stack, async () => {
		const answer = await raw(padded(65537));
		assert.equal(answer.status, 413);
		assert.equal(answer.json.error.code, 'too_large');
	});
	assert.equal((await raw(padded(65536))).status, 201);
});

test('P14 an unknown field is refused and named', async () => {
	await refused(chatRequest({ nickname: 'x' }), 422, 'invalid', 'nickname');
	await refused(chatRequest({ '<script>': 'x' }), 422, 'invalid', '?script?');
	await refused(chatRequest({ Name: 'x' }), 422, 'invalid', 'Name');
	await refused(chatRequest({ __proto: {} }), 422, 'invalid', '__proto');
});

test('P15 a name is a string', async () => {
	for (const name of [1, 1.5, true, null, {}, ['a'], { first: 'a' }]) await refused(chatRequest({ name }), 422, 'invalid', 'name');
});

test('P16 a name has 1 to 100 characters on one line', async () => {
	for (const name of ['', ' ', '\u3000\u00a0', '\u200b', 'a'.repeat(101), '😀'.repeat(101), 'a\nb', 'a\tb', 'a\u007fb', 'a\u2028b', 'a\u0085b']) {
		await refused(chatRequest({ name }), 422, 'invalid', 'name');
	}
	for (const name of ['a', 'a'.repeat(100), '😀'.repeat(100), `  ${'é'.repeat(100)}  `, 'O\'Brien "Bob" <b>']) {
		const { status, json } = await open(chatRequest({ name }));
		assert.equal(status, 201);
		assert.equal((await stack.query('select name from chat.chat where chat = $1', [json.chat.id]))[0].name, name.trim());
	}
});

test('P17 an e-mail address has one @ between something', async () => {
	for (const email of ['', 'zoe', '@', 'zoe@', '@example.com', 'a@b@c', 'zoe @example.com', 'zoe@example.com\n', `${'a'.repeat(250)}@b.cd`, 5]) {
		await refused(chatRequest({ email }), 422, 'invalid', 'email');
	}
});

test('P18 a queue that does not exist is refused', async () => {
	for (const queue of ['no-such-queue', 'SALES', "sales';--", 'x'.repeat(65), '', 7])
		await refused(chatRequest({ queue }), 422, 'invalid', 'queue');
});

test('P19 a closed queue says when it opens, and no chat is left', async () => {
	const days =
		"select 'billing', d, time '03:00', time '03:01' from generate_series(1, 7) d where d <> extract(isodow from now() at time zone 'Europe/Berlin')";
	await stack.query(`insert into chat.opening_hours (queue, weekday, opens, closes) ${days}`);
	try {
		const answer = await leavesNothing(stack, () => open(chatRequest({ queue: 'billing' })));
		assertError(answer, 409, 'closed');
		assert.match(answer.json.error.next_opening, /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
		assert.ok(Date.parse(answer.json.error.next_opening) > Date.now());
		assert.equal((await open(chatRequest())).status, 201, 'behind the bot it is judged when the queue is chosen');
		const { json } = await api(stack, 'GET', 'widgets/demo-shop/status');
		const billing = json.queues.find(({ name }) => name === 'billing');
		assert.equal(billing.state, 'closed');
		assert.equal(billing.next_opening, answer.json.error.next_opening);
	} finally {
		await stack.query("delete from chat.opening_hours where queue = 'billing'");
	}
});

test('P20 the same request_key gives the same answer and one chat', async () => {
	const request = chatRequest({ name: 'Kim', answers: { a: 1, b: 2 } });
	const first = await open(request);
	assert.equal(first.status, 201);
	const again = await leavesNothing(stack, () => open(request));
	assert.equal(again.status, 201);
	assert.deepEqual(again.json, first.json);
	const reordered = await leavesNothing(stack, () =>
		raw(JSON.stringify({ answers: { b: 2, a: 1 }, name: 'Kim', widget: request.widget, request_key: request.request_key }, null, 2)),
	);
	assert.deepEqual(reordered.json, first.json, 'the order of members and white space mean nothing');
	assert.equal((await api(stack, 'GET', `chats/${first.json.chat.id}`, { headers: bearer(again.json.token) })).status, 200);
});

test('P20 the same request_key many times at once gives one chat', async () => {
	const request = chatRequest({ name: 'Hasty' });
	const answers = await Promise.all(Array.from({ length: 20 }, () => open(request)));
	for (const { status, json } of answers) {
		assert.equal(status, 201);
		assert.deepEqual(json, answers[0].json);
	}
	assert.equal((await stack.query("select count(*)::int n from chat.chat where name = 'Hasty'"))[0].n, 1);
});

test('P21 the same request_key with another body is a conflict', async () => {
	const request = chatRequest({ name: 'Kim' });
	assert.equal((await open(request)).status, 201);
	for (const other of [{ name: 'Tim' }, { queue: 'sales' }, { answers: {} }, { name: undefined }])
		await refused({ ...request, ...other }, 409, 'conflict', 'request_key');
});

test('P22 a full queue takes no more', async () => {
	await stack.query("update chat.queue set max_length = 2 where queue = 'support'");
	try {
		for (let i = 0; i < 2; i++) assert.equal((await open(chatRequest({ queue: 'support' }))).status, 201);
		const answer = await leavesNothing(stack, () => open(chatRequest({ queue: 'support' })));
		assertError(answer, 503, 'queue_full');
		assert.ok(Number(answer.headers['retry-after']) >= 1);
		assert.equal(answer.json.error.retry_ms, Number(answer.headers['retry-after']) * 1000);
		const late = await Promise.all(Array.from({ length: 5 }, () => open(chatRequest({ queue: 'support' }))));
		assert.deepEqual(
			late.map(({ status }) => status),
			Array(5).fill(503),
		);
	} finally {
		await stack.query("update chat.queue set max_length = 100 where queue = 'support'");
	}
});

test('every other field has its form', async () => {
	for (const [field, values] of Object.entries({
		request_key: [undefined, '', 'x', 5, null, randomUUID().toUpperCase(), `{${randomUUID()}}`],
		widget: [undefined, '', 'a b', 5, 'x'.repeat(65)],
		locale: ['', 'd', 'de_DE', 'de;q=1', 'x'.repeat(36), 1],
		page_url: ['', 'a\nb', 'x'.repeat(2001), {}],
		referrer: ['', 'x'.repeat(2001), []],
		answers: [[], 'a', 1, null, { text: 'x'.repeat(8192) }],
		context: [[], 'a', true, { text: 'x'.repeat(8192) }],
	})) {
		for (const value of values) await refused(chatRequest({ [field]: value }), 422, 'invalid', field);
	}
	await refused(chatRequest({ widget: 'no-such-shop' }), 404, 'not_found');
});

test('a chunked body has its length measured by the web server', async () => {
	const answer = await send(stack, {
		method: 'POST',
		path: '/api/v1/chats',
		headers: { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' },
		body: JSON.stringify(chatRequest()),
	});
	assert.equal(answer.status, 201);
});

test('neither tokens nor request keys are stored or logged', async () => {
	const request = chatRequest({ name: 'Quiet Quentin', email: 'quentin@example.com' });
	const { json } = await open(request);
	assertNotLogged(stack, json.token, request.request_key, 'Quentin', 'quentin@example.com');
	const columns =
		await stack.query(`select table_name, column_name from information_schema.columns where table_schema = 'chat' and data_type in ('text', 'uuid', 'jsonb', 'bytea')
		and table_name in (select table_name from information_schema.tables where table_schema = 'chat' and table_type = 'BASE TABLE')`);
	for (const { table_name: table, column_name: column } of columns) {
		const rows = await stack.query(`select 1 from chat.${table} where "${column}"::text like any ($1)`, [
			[`%${json.token}%`, `%${request.request_key}%`, `%${Buffer.from(json.token).toString('hex')}%`],
		]);
		assert.equal(rows.length, 0, `chat.${table}.${column} holds a secret`);
	}
});
