// SPDX-License-Identifier: ISC
// Operators over HTTP: log in, sessions, queues, presence, chats (ACCEPTANCE P44, P46, P47).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { api, assertError, assertNotLogged, CSRF, leavesNothing } from '../support/http.mjs';

// Chats are filed in operators' own words here.
const stack = useStack({ prepare: (fresh) => fresh.query('update chat.disposition_code set active = false') });
const logIn = (operator, password, headers = CSRF) => api(stack, 'POST', 'session', { body: { operator, password }, headers });
const cookieOf = (answer) => answer.headers['set-cookie'][0].split(';')[0];
const offerTo = (chat, operator) =>
	until(async () => (await stack.query("select offer from chat.offer where chat = $1 and operator = $2 and state = 'open'", [chat, operator]))[0], {
		what: `an offer to ${operator}`,
	});

// What an operator can change, each with a body that would be good.
const changes = (chat = randomUUID(), offer = randomUUID()) => [
	['POST', 'session/ticket', {}],
	['PUT', 'me/queues', { joined: [] }],
	['PUT', 'me/presence', { state: 'break' }],
	['POST', `offers/${offer}/accept`, {}],
	['POST', `offers/${offer}/decline`, {}],
	['POST', `operator/chats/${chat}/messages`, { cid: randomUUID(), body: 'x' }],
	['POST', `operator/chats/${chat}/notes`, { cid: randomUUID(), body: 'x' }],
	['POST', `operator/chats/${chat}/end`, {}],
	['POST', `operator/chats/${chat}/wrap-up`, { disposition: 'done' }],
	['DELETE', 'session', undefined],
];

test('the right password gives a session, a cookie for the server alone', async () => {
	const answer = await logIn('ana', stack.passwords.ana);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.operator.operator, 'ana');
	assert.match(answer.headers['set-cookie'][0], /^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
	const Cookie = cookieOf(answer);
	assert.equal((await api(stack, 'GET', 'session', { headers: { Cookie } })).json.operator.operator, 'ana');
	const out = await api(stack, 'DELETE', 'session', { headers: { Cookie, ...CSRF } });
	assert.equal(out.status, 204);
	assert.match(out.headers['set-cookie'][0], /^sid=; .*Max-Age=0/);
	assertError(await api(stack, 'GET', 'session', { headers: { Cookie } }), 401, 'unauthorized');
	assertNotLogged(stack, Cookie.slice(4), stack.passwords.ana);
});

test('P44 a wrong password and an unknown user get one answer and cost one hash each', async (t) => {
	const hashes = () => [...stack.api.log.matchAll(/event="login refused".* password_hashes=(\d+)/g)].map(([, number]) => Number(number));
	await stack.query("insert into chat.operator (operator, name, role, max_chats) values ('newcomer', 'No password yet', 'operator', 1)");
	const times = {};
	const texts = new Set();
	for (const [kind, name] of [
		['wrong password', 'ana'],
		['unknown user', 'nobody-here'],
		['no password set', 'newcomer'],
		['odd name', "ana' or '1'='1"],
	]) {
		times[kind] = [];
		for (let i = 0; i < 5; i++) {
			const before = hashes().length;
			const started = performance.now();
			const answer = await leavesNothing(stack, () => logIn(name, `wrong password ${i}`));
			times[kind].push(performance.now() - started);
			assertError(answer, 401, 'unauthorized');
			assert.equal(answer.headers['set-cookie'], undefined);
			texts.add(JSON.stringify({ ...answer.json.error, request_id: '' }));
			await until(() => hashes().length === before + 1, { what: 'the refused login to be logged' });
			assert.equal(hashes().at(-1), 1, `${kind}: one hash`);
		}
	}
	assert.equal(texts.size, 1, 'one and the same answer');
	for (const [kind, list] of Object.entries(times)) t.diagnostic(`${kind}: median ${list.sort((a, b) => a - b)[2].toFixed(1)} ms`);
	const [{ n }] = await stack.query("select count(*)::int n from chat.audit where action = 'login refused'");
	assert.equal(n, 20, 'each refusal is in the audit trail');
	assertNotLogged(stack, 'wrong password 3', "or '1'='1");
});

test('a login has its form', async () => {
	const refused = (body, field) =>
		leavesNothing(stack, async () => assertError(await api(stack, 'POST', 'session', { body, headers: CSRF }), 422, 'invalid', field));
	const password = stack.passwords.ana;
	for (const operator of ['', ' ', 5, null, {}, 'x'.repeat(101)]) await refused({ operator, password }, 'operator');
	for (const wrong of ['', 5, null, 'x'.repeat(257), 'ü'.repeat(200)]) await refused({ operator: 'ana', password: wrong }, 'password');
	await refused({ operator: 'ana' }, 'password');
	await refused({ operator: 'ana', password, admin: true }, 'admin');
	await leavesNothing(stack, async () => {
		assertError(await logIn('ana', password, {}), 403, 'forbidden');
		assertError(await logIn('ana', password, { 'X-Requested-With': 'XMLHttpRequest' }), 403, 'forbidden');
		assertError(await logIn('ana', password, { ...CSRF, Origin: new URL(stack.shopUrl).origin }), 403, 'origin_denied');
		assertError(await logIn('ana', password, { ...CSRF, 'Sec-Fetch-Site': 'cross-site' }), 403, 'origin_denied');
	});
});

test('a session ends when it is idle, when the operator is switched off, when the password changes', async () => {
	const session = async () => ({ Cookie: cookieOf(await logIn('dara', stack.passwords.dara)) });
	const [idle, old, off] = [await session(), await session(), await session()];
	const expire = (column, cookie) =>
		stack.query(`update chat.session set ${column} = now() - interval '30 days' where session = sha256(convert_to($1, 'UTF8'))`, [
			cookie.Cookie.slice(4),
		]);
	await expire('last_used_at', idle);
	await expire('created_at', old);
	for (const headers of [idle, old]) assertError(await api(stack, 'GET', 'session', { headers }), 401, 'unauthorized');
	await stack.query("update chat.operator set active = false where operator = 'dara'");
	assertError(await api(stack, 'GET', 'session', { headers: off }), 401, 'unauthorized');
	assertError(await logIn('dara', stack.passwords.dara), 401, 'unauthorized');
	await stack.query("update chat.operator set active = true where operator = 'dara'");
});

test('a cookie that is none, or is there twice, is no session', async () => {
	const answer = await logIn('ana', stack.passwords.ana);
	const Cookie = cookieOf(answer);
	await leavesNothing(stack, async () => {
		for (const wrong of [
			'',
			'sid=',
			'sid=x',
			`${Cookie}x`,
			`${Cookie}; ${Cookie}`,
			`SID=${Cookie.slice(4)}`,
			`__Host-${Cookie}`,
			`xsid=${Cookie.slice(4)}`,
			`sid=${'a'.repeat(43)}`,
			`sid=${'%'.repeat(43)}`,
		]) {
			assertError(await api(stack, 'GET', 'session', { headers: { Cookie: wrong } }), 401, 'unauthorized');
		}
		assertError(await api(stack, 'GET', 'session', { headers: { Authorization: `Bearer ${Cookie.slice(4)}` } }), 401, 'unauthorized');
	});
	assert.equal((await api(stack, 'GET', 'session', { headers: { Cookie: `a=b; ${Cookie}; c=d` } })).status, 200);
});

test('a ticket is random, short-lived and stored hashed', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	const tickets = await Promise.all([1, 2, 3].map(() => ana.call('POST', 'session/ticket', {})));
	assert.equal(new Set(tickets.map(({ ticket }) => ticket)).size, 3);
	for (const { ticket, expires_in_s: expires, relay } of tickets) {
		assert.match(ticket, /^[\w-]{43}$/);
		assert.equal(expires, 30);
		assert.deepEqual(relay, { url: `${stack.url.replace('http', 'ws')}/relay`, protocol: 'chat.v1' });
		assert.equal((await stack.query("select 1 from chat.ticket where ticket = sha256(convert_to($1, 'UTF8'))", [ticket])).length, 1);
	}
	assertNotLogged(stack, ...tickets.map(({ ticket }) => ticket));
});

test('P46 a change without the CSRF header, or from a foreign origin, is refused', async () => {
	const ana = await Operator.logIn(stack, 'ana', ['sales']);
	const { Cookie } = ana.headers();
	for (const [method, path, body] of changes()) {
		await leavesNothing(stack, async () => {
			for (const [headers, code] of [
				[{}, 'forbidden'],
				[{ 'X-Requested-With': 'XMLHttpRequest' }, 'forbidden'],
				[{ 'X-Requested-With': '' }, 'forbidden'],
				[{ ...CSRF, Origin: 'https://evil.example' }, 'origin_denied'],
				[{ ...CSRF, Origin: new URL(stack.shopUrl).origin }, 'origin_denied'],
				[{ ...CSRF, Origin: 'null' }, 'origin_denied'],
				[{ ...CSRF, 'Sec-Fetch-Site': 'cross-site' }, 'origin_denied'],
			]) {
				assertError(await api(stack, method, path, { body, headers: { Cookie, ...headers } }), 403, code);
			}
			assertError(await api(stack, method, path, { body, headers: CSRF }), 401, 'unauthorized');
			if (body)
				assertError(
					await api(stack, method, path, { body: JSON.stringify(body), headers: { Cookie, ...CSRF, 'Content-Type': 'text/plain' } }),
					415,
					'unsupported_media',
				);
		});
	}
	for (const path of ['session', 'me/queues', 'me/chats'])
		assertError(await api(stack, 'GET', path, { headers: { Cookie, Origin: 'https://evil.example' } }), 403, 'origin_denied');
	const { presence } = (await ana.call('GET', 'session')).operator;
	assert.equal(presence.state, 'available', 'nothing of it was done');
	assert.equal(
		(await api(stack, 'PUT', 'me/presence', { body: { state: 'available' }, headers: { Cookie, ...CSRF, Origin: new URL(stack.url).origin } }))
			.status,
		200,
		'our own origin is fine',
	);
});

test('P47 a chat that an operator neither owns nor was offered does not exist for him', async () => {
	const [ana, ben, sam] = [await Operator.logIn(stack, 'ana', ['sales']), await Operator.logIn(stack, 'ben'), await Operator.logIn(stack, 'sam')];
	const customer = await Customer.open(stack, { queue: 'sales', name: 'Kim' });
	const { offer } = await offerTo(customer.chat, 'ana');
	const strangers = (headers) =>
		[
			['GET', `operator/chats/${customer.chat}/events`, undefined],
			...changes(customer.chat, offer).filter(([, path]) => /^(operator|offers)\//.test(path)),
		].map(([method, path, body]) => api(stack, method, path, { body, headers }));
	await leavesNothing(stack, async () => {
		for (const answer of await Promise.all(strangers(ben.headers()))) assertError(answer, 404, 'not_found');
		assertError(await api(stack, 'GET', `operator/chats/${randomUUID()}/events`, { headers: ben.headers() }), 404, 'not_found');
	});
	assert.equal((await ana.call('GET', `operator/chats/${customer.chat}/events`)).events[0].seq, 1, 'who was offered it may read it');

	const reads = () => stack.query("select actor from chat.audit where action = 'read' and object = 'chat' and key = $1", [customer.chat]);
	assert.deepEqual(await reads(), []);
	assert.equal((await sam.call('GET', `operator/chats/${customer.chat}/events`)).events[0].seq, 1);
	assert.deepEqual(await reads(), [{ actor: 'sam' }], 'a supervisor may, and it is in the audit trail');
	await ana.accept({ offer });
	await ana.end(customer.chat);
});

test('a chat from offer to wrap-up', async () => {
	const ana = await Operator.logIn(stack, 'ana', ['sales']);
	await stack.query("update chat.queue set wrap_up_s = 60 where queue = 'sales'");
	const customer = await Customer.open(stack, { queue: 'sales', name: 'Kim', answers: { topic: 'shoes' } });
	const { offer } = await offerTo(customer.chat, 'ana');
	const { offers } = await ana.call('GET', 'me/chats');
	assert.equal(offers[0].offer, offer);
	assert.deepEqual(offers[0].answers, { topic: 'shoes' });
	const { chat } = await ana.accept({ offer });
	assert.equal(chat.id, customer.chat);
	assert.equal(chat.state, 'active');
	assertError(await api(stack, 'POST', `offers/${offer}/accept`, { body: {}, headers: ana.headers() }), 409, 'already_taken');
	assert.equal((await customer.view()).operator, 'Ana Silva');

	const cid = randomUUID();
	const say = (body, verb = 'messages') => ana.call('POST', `operator/chats/${chat.id}/${verb}`, { cid, ...body });
	const { seq } = await say({ body: 'Hello Kim' });
	assert.deepEqual(await say({ body: 'Hello Kim' }), { seq }, 'a repeat gets the first answer');
	await ana.call('POST', `operator/chats/${chat.id}/notes`, { cid: randomUUID(), body: 'a secret note' });
	const seen = (await customer.call('GET', `chats/${chat.id}/events`)).events;
	assert.equal(seen.find((event) => event.seq === seq).body, 'Hello Kim');
	assert.deepEqual(
		Object.keys(seen.find(({ kind }) => kind === 'note')).sort(),
		['at', 'chat', 'kind', 'seq'],
		'of a note the customer sees that there is one',
	);
	assert.ok(
		(await ana.call('GET', `operator/chats/${chat.id}/events`)).events.some(({ kind, body }) => kind === 'note' && body === 'a secret note'),
	);
	for (const format of ['txt', 'json', 'html']) {
		const transcript = await api(stack, 'GET', `chats/${chat.id}/transcript?format=${format}`, { headers: customer.headers() });
		assert.ok(transcript.text.includes('Hello Kim') && !transcript.text.includes('secret'), format);
	}

	assert.equal((await ana.end(chat.id)).chat.state, 'wrap_up');
	assert.equal((await customer.view()).state, 'ended');
	for (const disposition of [undefined, '', 5, 'x'.repeat(201)]) {
		assertError(
			await api(stack, 'POST', `operator/chats/${chat.id}/wrap-up`, { body: { disposition }, headers: ana.headers() }),
			422,
			'invalid',
			'disposition',
		);
	}
	assert.equal((await ana.call('POST', `operator/chats/${chat.id}/wrap-up`, { disposition: 'sold', note: 'blue, size 42' })).chat.state, 'ended');
	assert.deepEqual(await ana.chats(), []);
	assert.deepEqual(await stack.query('select disposition, wrap_up_note from chat.chat where chat = $1', [chat.id]), [
		{ disposition: 'sold', wrap_up_note: 'blue, size 42' },
	]);
});

test('a declined offer goes to somebody else, and is over', async () => {
	const chloe = await Operator.logIn(stack, 'chloe', ['sales']);
	for (const name of ['ana', 'sam']) await (await Operator.logIn(stack, name)).presence('break');
	const customer = await Customer.open(stack, { queue: 'sales' });
	const { offer } = await offerTo(customer.chat, 'chloe');
	await leavesNothing(stack, async () => {
		for (const reason of ['', 5, 'x'.repeat(201), 'a\nb'])
			assertError(
				await api(stack, 'POST', `offers/${offer}/decline`, { body: { reason }, headers: chloe.headers() }),
				422,
				'invalid',
				'reason',
			);
	});
	await chloe.call('POST', `offers/${offer}/decline`, { reason: 'lunch' });
	assertError(await api(stack, 'POST', `offers/${offer}/accept`, { body: {}, headers: chloe.headers() }), 409, 'offer_expired');
	await customer.call('POST', `chats/${customer.chat}/end`, {});
});

test('queues and presence have their form', async () => {
	const ana = await Operator.logIn(stack, 'ana', ['sales']);
	const refused = (path, body, field) =>
		leavesNothing(stack, async () => assertError(await api(stack, 'PUT', path, { body, headers: ana.headers() }), 422, 'invalid', field));
	for (const joined of [
		undefined,
		null,
		'sales',
		{},
		[1],
		[null],
		['no-such-queue'],
		['support'],
		['sales', 'a b'],
		['x'.repeat(129)],
		['"', '}', '{'],
		Array(501).fill('sales'),
	])
		await refused('me/queues', { joined }, 'joined');
	for (const state of [undefined, null, '', 'AVAILABLE', 'here', 1]) await refused('me/presence', { state }, 'state');
	for (const reason of ['', 1, 'x'.repeat(201), 'a\nb']) await refused('me/presence', { state: 'break', reason }, 'reason');
	const { queues } = await ana.call('GET', 'me/queues');
	assert.deepEqual(
		queues.filter(({ joined }) => joined).map(({ name }) => name),
		['sales'],
	);
	const away = await ana.call('PUT', 'me/presence', { state: 'break', reason: 'tea' });
	assert.deepEqual(away.operator.presence, { state: 'break', reason: 'tea' });
});
