// SPDX-License-Identifier: ISC
// The general input rules (ACCEPTANCE section 2) on every endpoint there is.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { api, assertError, bearer, chatRequest, CSRF, JSON_TYPE, leavesNothing, send, sendText } from '../support/http.mjs';

const stack = useStack();
const uuid = randomUUID();
const NOBODY = '00000000-0000-4000-8000-000000000000'; // an offer or chat that is not there

// Every route that takes a body: path, what would be good, whose credential.
const BODIES = [
	['POST', 'chats', () => chatRequest(), 'anyone'],
	['POST', 'chats/{chat}/messages', () => ({ cid: uuid, body: 'x' }), 'customer'],
	['POST', 'chats/{chat}/queue', () => ({ queue: 'sales' }), 'customer'],
	['POST', 'chats/{chat}/end', () => ({}), 'customer'],
	['POST', 'chats/{chat}/rating', () => ({ score: 5 }), 'customer'],
	['POST', 'chats/{chat}/transcript', () => ({}), 'customer'],
	['POST', 'session', () => ({ operator: 'ana', password: 'x' }), 'login'],
	['POST', 'session/ticket', () => ({}), 'operator'],
	['PUT', 'me/queues', () => ({ joined: [] }), 'operator'],
	['PUT', 'me/presence', () => ({ state: 'offline' }), 'operator'],
	['POST', `offers/${NOBODY}/accept`, () => ({}), 'operator'],
	['POST', `offers/${NOBODY}/decline`, () => ({}), 'operator'],
	['POST', `operator/chats/${NOBODY}/messages`, () => ({ cid: uuid, body: 'x' }), 'operator'],
	['POST', `operator/chats/${NOBODY}/notes`, () => ({ cid: uuid, body: 'x' }), 'operator'],
	['POST', `operator/chats/${NOBODY}/end`, () => ({}), 'operator'],
	['POST', `operator/chats/${NOBODY}/wrap-up`, () => ({ disposition: 'x' }), 'operator'],
];
const READS = [
	['GET', 'health', null, 'server'],
	['GET', 'widgets/demo-shop', null, 'anyone'],
	['GET', 'widgets/demo-shop/status', null, 'anyone'],
	['GET', 'chats/{chat}', null, 'customer'],
	['GET', 'chats/{chat}/events', null, 'customer'],
	['GET', 'chats/{chat}/transcript', null, 'customer'],
	['GET', 'session', null, 'operator'],
	['GET', 'me/queues', null, 'operator'],
	['GET', 'me/chats', null, 'operator'],
	['GET', `operator/chats/${NOBODY}/events`, null, 'operator'],
	['DELETE', 'session', null, 'operator'],
];
const credentials = { anyone: {}, server: {}, login: CSRF };
let chat;

// Within the first test, when the stack has started.
async function credential(who) {
	if (!chat) {
		const { json } = await api(stack, 'POST', 'chats', { body: chatRequest() });
		chat = json.chat.id;
		credentials.customer = bearer(json.token);
		const login = await api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: CSRF });
		credentials.operator = { ...CSRF, Cookie: login.headers['set-cookie'][0].split(';')[0] };
	}
	return credentials[who];
}

const call = async ([method, path, , who], { query = '', headers = {}, ...rest }) => {
	const own = await credential(who);
	return api(stack, method, path.replace('{chat}', chat) + query, { headers: { ...own, ...headers }, ...rest });
};

// [what, bytes]: no I-JSON object, whatever the endpoint
const NO_JSON = [
	['half an object', '{'],
	['a trailing comma', '{"a":1,}'],
	['something behind', '{} x'],
	['two objects', '{}{}'],
	['an array', '[]'],
	['a number', '1'],
	['a string', '"a"'],
	['null', 'null'],
	['a byte order mark', '\ufeff{}'],
	['single quotes', "{'a':1}"],
	['NaN', '{"a":NaN}'],
	['Infinity', '{"a":-Infinity}'],
	['a comment', '{/**/}'],
	['TRUE', '{"a":TRUE}'],
	['a leading zero', '{"a":01}'],
	['an integer of 65 bits', '{"a":18446744073709551616}'],
	['a number beyond all', '{"a":1e999}'],
	['a zero character', '{"a":"\\u0000"}'],
	['a zero byte', '{"a":"\u0000"}'],
	['a lone surrogate', '{"a":"\\ud800"}'],
	['a surrogate the wrong way round', '{"a":"\\udc00\\ud800"}'],
	['a raw line end in a string', '{"a":"\n"}'],
	['a raw tab in a string', '{"a":"\t"}'],
	['a bad escape', '{"a":"\\x41"}'],
	['a name twice', '{"a":1,"a":1}'],
	['a name twice, escaped', '{"a":1,"\\u0061":1}'],
	['a name twice, deep', '{"a":{"b":1,"b":2}}'],
	['bad UTF-8', Buffer.from('7b2261223a22ff227d', 'hex')],
	['overlong UTF-8', Buffer.from('7b2261223a22c0af227d', 'hex')],
	['nine levels', '{"a":'.repeat(8) + '{}' + '}'.repeat(8)],
];

test('what is no I-JSON object is refused everywhere', async () => {
	for (const route of BODIES) {
		await credential(route[3]);
		await leavesNothing(stack, async () => {
			for (const [what, body] of NO_JSON) {
				const answer = await call(route, { body, headers: JSON_TYPE });
				assert.equal(answer.status, 400, `${route[1]}: ${what}: ${answer.text}`);
				assertError(answer, 400, 'bad_request');
			}
		});
	}
});

test('another content type, or none, is refused everywhere', async () => {
	for (const route of BODIES) {
		await leavesNothing(stack, async () => {
			for (const headers of [
				{ 'Content-Type': 'text/plain' },
				{ 'Content-Type': 'application/json; charset=utf-16' },
				{ 'Content-Type': 'multipart/form-data; boundary=x' },
				{},
			]) {
				assertError(await call(route, { body: JSON.stringify(route[2]()), headers }), 415, 'unsupported_media');
			}
		});
	}
});

test('an unknown field is refused everywhere', async () => {
	for (const route of BODIES)
		await leavesNothing(stack, async () => assertError(await call(route, { body: { ...route[2](), nonsense: 1 } }), 422, 'invalid', 'nonsense'));
});

test('a body too large, or without its length, is refused everywhere', async () => {
	for (const route of BODIES) {
		await leavesNothing(stack, async () => {
			const large = await call(route, { body: JSON.stringify(route[2]()).padEnd(65537), headers: JSON_TYPE });
			assert.equal(large.status, 413);
			assert.equal(large.json.error.code, 'too_large');
			const [method, path, , who] = route;
			const lines = Object.entries({ Host: `localhost:${stack.port}`, Connection: 'close', ...JSON_TYPE, ...(await credential(who)) }).map(
				([name, value]) => `${name}: ${value}\r\n`,
			);
			const without = await sendText(stack, `${method} /chat/api/v1/${path.replace('{chat}', chat)} HTTP/1.1\r\n${lines.join('')}\r\n`);
			assert.equal(without.status, 411, `${path}: ${without.text}`);
		});
	}
});

test('unknown query parameters and credentials in a query are refused everywhere', async () => {
	for (const route of [...BODIES, ...READS]) {
		await leavesNothing(stack, async () => {
			assertError(await call(route, { query: '?nonsense=1', ...(route[2] ? { body: route[2]() } : {}) }), 422, 'invalid', 'query');
			for (const query of ['?token=x', '?access_token=x', '?a=1&a=2', '?a=%', '?a=%00', '?%zz']) {
				assertError(await call(route, { query, ...(route[2] ? { body: route[2]() } : {}) }), 400, 'bad_request');
			}
		});
	}
});

test('a method override is refused everywhere', async () => {
	for (const route of [...BODIES, ...READS]) {
		for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
			await leavesNothing(stack, async () =>
				assertError(await call(route, { headers: { [name]: 'DELETE' }, ...(route[2] ? { body: route[2]() } : {}) }), 400, 'bad_request'),
			);
		}
	}
});

test('a method that a path does not know is answered with those it knows', async () => {
	const known = new Map();
	for (const [method, path] of [...BODIES, ...READS])
		known.set(path, [...(known.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
	for (const [path, methods] of known) {
		await credential('customer');
		for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'].filter((name) => !methods.includes(name))) {
			await leavesNothing(stack, async () => {
				const answer = await api(stack, method, path.replace('{chat}', chat), { body: {}, headers: CSRF });
				assertError(answer, 405, 'method_not_allowed');
				assert.deepEqual(answer.headers.allow.split(', ').sort(), [...methods, 'OPTIONS'].sort(), path);
			});
		}
		const options = await api(stack, 'OPTIONS', path.replace('{chat}', chat));
		assert.equal(options.status, 204);
		assert.deepEqual(options.headers.allow.split(', ').sort(), [...methods, 'OPTIONS'].sort(), path);
	}
});

test('a path that cannot be meant is refused, one that is not there is not found', async () => {
	await leavesNothing(stack, async () => {
		for (const path of [
			'//widgets/demo-shop',
			'/widgets//demo-shop',
			'/x/../widgets/demo-shop',
			'/./widgets/demo-shop',
			'/%2e%2e/v1/widgets/demo-shop',
			'/widgets/demo%2Dshop%2fstatus',
			'/widgets/a%0ab',
			'/widgets/%7f',
		]) {
			assertError(await send(stack, { path: `/api/v1${path}` }), 400, 'bad_request');
		}
		for (const path of ['/widgets/%', '/widgets/%zz', '/widgets/a%00b'])
			assert.equal((await send(stack, { path: `/api/v1${path}` })).status, 400, 'by nginx or by us');
		for (const path of [
			'',
			'/',
			'/nothing',
			'/widgets',
			'/chats/x',
			`/chats/${uuid.toUpperCase()}`,
			`/chats/${uuid}/`,
			`/chats/{${uuid}}`,
			`/chats/${uuid.replaceAll('-', '')}`,
			`/chats/${uuid}/nothing`,
			`/offers/1/accept`,
			'/WIDGETS/demo-shop',
			'/operator/chats/1/events',
		]) {
			assertError(await send(stack, { path: `/api/v1${path}`, headers: credentials.customer }), 404, 'not_found');
		}
		for (const path of ['/api/', '/api/v2/widgets/demo-shop', '/api/v1x/widgets/demo-shop'])
			assertError(await send(stack, { path }), 404, 'not_found');
		const long = await send(stack, { path: `/api/v1/widgets/${'a'.repeat(5000)}` });
		assertError(long, 404, 'not_found');
	});
	assert.equal((await api(stack, 'GET', 'widgets/demo%2Dshop')).status, 200, 'an escape of a plain character is that character');
});

test('headers that must be single are refused twice', async () => {
	await leavesNothing(stack, async () => {
		for (const [name, value] of [
			['Content-Type', 'application/json'],
			['Origin', new URL(stack.url).origin],
			['X-Requested-With', 'switchboard'],
			['Sec-Fetch-Site', 'same-origin'],
		]) {
			const answer = await api(stack, 'POST', 'chats', {
				body: JSON.stringify(chatRequest()),
				headers: { ...JSON_TYPE, [name]: [value, value] },
			});
			assert.equal(answer.status, 400, `${name}: ${answer.text}`);
		}
	});
});

test('what a client claims about itself is not believed', async () => {
	const headers = {
		'X-Forwarded-For': '203.0.113.9',
		'X-Real-IP': '203.0.113.9',
		Forwarded: 'for=203.0.113.9',
		'X-Forwarded-Host': 'evil.example',
		'X-Forwarded-Proto': 'https',
		'X-Remote-User': 'sam',
		'Remote-User': 'sam',
		Authorization: 'Basic c2FtOng=',
		'X-Original-URL': '/chat/api/v1/session',
		Proxy: 'http://evil.example',
	};
	const { status, json } = await api(stack, 'POST', 'chats', { body: chatRequest(), headers });
	assert.equal(status, 201);
	assert.deepEqual(await stack.query('select host(address) address from chat.chat where chat = $1', [json.chat.id]), [{ address: '127.0.0.1' }]);
	assert.equal(json.relay.url, `${stack.url.replace('http', 'ws')}/relay`);
	assertError(await api(stack, 'GET', 'session', { headers }), 401, 'unauthorized');
	const host = await api(stack, 'GET', 'widgets/demo-shop', { headers: { Host: `localhost:${stack.port}`, 'X-Request-Id': 'evil\tid' } });
	assert.match(host.headers['x-request-id'], /^[0-9a-f]{32}$/, 'the web server names the request');
});

test('health tells this machine how it stands', async () => {
	const answer = await api(stack, 'GET', 'health');
	assert.equal(answer.status, 200);
	assert.equal(answer.json.database, 'ok');
	assert.equal(answer.json.relays, 1);
});

test('every request leaves one line in the log, with its id and without what was asked', async () => {
	const answer = await api(stack, 'GET', 'widgets/no-such-shop-here?locale=de');
	const told = () => stack.api.log.split('\n').slice(0, -1).filter((line) => line.includes(`request_id=${answer.headers['x-request-id']}`));
	await until(() => told().some((line) => line.includes(' event=request ')), { what: 'the request to be logged' });
	const lines = told();
	assert.equal(lines.filter((line) => line.includes(' event=request ')).length, 1);
	assert.match(lines.at(-1), / method=GET route=api\/v1\/widgets\/\{key\} code=404 result=not_found$/);
	assert.ok(!lines.some((line) => line.includes('no-such-shop-here')));
});

test('a body that ends early is no request', async () => {
	await leavesNothing(stack, async () => {
		await assert.rejects(
			send(stack, {
				method: 'POST',
				path: '/api/v1/chats',
				headers: { ...JSON_TYPE, 'Content-Length': 500, Connection: 'close' },
				body: '{"request_key":',
			}).then(() => {
				throw new Error('answered');
			}),
			(error) => error.message !== 'answered',
		);
	});
});
