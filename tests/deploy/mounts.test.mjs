// SPDX-License-Identifier: ISC
// The same behaviours of all three mounts, nginx, Apache mod_proxy_fcgi and Apache mod_fcgid: without TLS under /chat, and with TLS under another prefix.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { api, assertError, bearer, chatRequest, CSRF, JSON_TYPE, send, sendText } from '../support/http.mjs';
import { RawSocket, request, upgradeLines } from '../support/raw-socket.mjs';
import { until } from '../support/waiting.mjs';
import { MOUNTS } from '../support/web.mjs';

const SITES = [{ title: 'under /chat', prefix: '/chat', tls: false }, { title: 'with TLS under /help/desk', prefix: '/help/desk', tls: true }];
const POST = { method: 'POST', headers: JSON_TYPE };
const LARGE = 'x'.repeat(65537);
const chunked = (...chunks) => [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
const lines = (first, headers) => `${first}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

// Requests as they are written. { says, ask: a request of send() or (site) => text, status: one or those that will do, code: of the error,
//   also: (answer, site) => … }
const REQUESTS = [
	{ says: 'health is 200', ask: { path: '/api/v1/health' }, status: 200 },
	{ says: 'the configuration of a widget comes with its caching', ask: { path: '/api/v1/widgets/demo-shop' }, status: 200, also: ({ headers }) => {
		assert.match(headers['cache-control'], /^max-age=60\b/);
		assert.match(headers.etag, /^"[^"]+"$/);
		for (const name of ['Origin', 'Accept-Language']) assert.match(headers.vary, new RegExp(`\\b${name}\\b`));
		assert.equal(headers['access-control-allow-origin'], undefined);
		assert.equal(headers['content-type'], 'application/json; charset=utf-8');
	} },
	{ says: 'HEAD has no body', ask: { method: 'HEAD', path: '/api/v1/widgets/demo-shop' }, status: 200, also: ({ text }) => assert.equal(text, '') },
	{ says: 'P01 an unknown widget is not found', ask: { path: '/api/v1/widgets/no-such-shop' }, status: 404, code: 'not_found' },
	{ says: 'P02 a method that is not known says which are', ask: { ...POST, path: '/api/v1/widgets/demo-shop', body: {} }, status: 405, code: 'method_not_allowed',
		also: ({ headers }) => assert.equal(headers.allow, 'GET, HEAD, OPTIONS') },
	{ says: 'P03 an origin that nobody lists is denied', ask: { path: '/api/v1/widgets/demo-shop', headers: { Origin: 'https://evil.example' } }, status: 403, code: 'origin_denied', also: noOrigin },
	{ says: 'P03 a null origin is denied', ask: { path: '/api/v1/widgets/demo-shop', headers: { Origin: 'null' } }, status: 403, code: 'origin_denied', also: noOrigin },
	{ says: 'a listed origin may read', ask: { path: '/api/v1/widgets/demo-shop', headers: { Origin: ({ shop }) => shop } }, status: 200, also: itsOrigin },
	{ says: 'a request from another site without an origin is denied', ask: { path: '/api/v1/widgets/demo-shop', headers: { 'Sec-Fetch-Site': 'cross-site' } }, status: 403, code: 'origin_denied' },
	{ says: 'P04 a preflight of a listed origin', ask: { method: 'OPTIONS', path: '/api/v1/chats', headers: { Origin: ({ shop }) => shop, 'Access-Control-Request-Method': 'POST' } },
		status: 204, also: itsOrigin },
	{ says: 'P04 a preflight of another origin', ask: { method: 'OPTIONS', path: '/api/v1/chats', headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' } },
		status: 403, also: noOrigin },
	{ says: 'P06 another content type', ask: { method: 'POST', path: '/api/v1/chats', headers: { 'Content-Type': 'text/plain' }, body: '{}' }, status: 415, code: 'unsupported_media' },
	{ says: 'P07 an empty body', ask: { ...POST, path: '/api/v1/chats', body: '' }, status: [400, 411] },
	{ says: 'P08 half an object', ask: { ...POST, path: '/api/v1/chats', body: '{' }, status: 400, code: 'bad_request' },
	{ says: 'P13 a body of one byte too many', ask: { ...POST, path: '/api/v1/chats', body: LARGE }, status: 413, code: 'too_large' },
	{ says: 'P13 a length beyond all numbers', ask: (s) => s.post(['Content-Length: 99999999999999999999999'], '{}'), status: [400, 413] },
	{ says: 'P13 a body in chunks that is too large', ask: (s) => s.post(['Transfer-Encoding: chunked'], chunked(LARGE)), status: [411, 413] },
	{ says: 'a body in chunks', ask: (s) => s.post(['Transfer-Encoding: chunked'], chunked('{"nonsense"', ':1}')), status: [411, 422] },
	{ says: 'a body without its length', ask: (s) => s.post([], ''), status: 411, code: 'length_required' },
	{ says: 'P14 an unknown field', ask: { ...POST, path: '/api/v1/chats', body: { ...chatRequest(), nonsense: 1 } }, status: 422, code: 'invalid' },
	{ says: 'P26 no token', ask: { path: '/api/v1/chats/00000000-0000-4000-8000-000000000000' }, status: 401, code: 'unauthorized' },
	{ says: 'P46 no CSRF header', ask: { ...POST, path: '/api/v1/session', body: { operator: 'ana', password: 'x' } }, status: 403, code: 'forbidden' },
	{ says: 'a method override', ask: { path: '/api/v1/widgets/demo-shop', headers: { 'X-HTTP-Method-Override': 'DELETE' } }, status: 400, code: 'bad_request' },
	{ says: 'a credential in the query', ask: { path: '/api/v1/widgets/demo-shop?token=abc' }, status: 400, code: 'bad_request' },
	{ says: 'an origin twice', ask: { path: '/api/v1/session', headers: { Origin: ['https://a.example', 'https://a.example'] } }, status: [400, 403] },
	{ says: 'a user that nobody has verified', ask: { path: '/api/v1/session', headers: { Authorization: 'Basic c2FtOng=', 'Remote-User': 'sam', 'X-Remote-User': 'sam' } }, status: 401 },
	{ says: 'a name of a request that a client proposes', ask: { path: '/api/v1/widgets/no-such-shop', headers: { 'X-Request-Id': 'chosen-by-client' } }, status: 404,
		also: ({ headers }) => assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/) },
	{ says: 'a path that is not there', ask: { path: '/api/v1/nothing' }, status: 404, code: 'not_found' },
	{ says: 'an escaped slash', ask: (s) => s.get('/api/v1/widgets/demo%2Fshop'), status: 400, code: 'bad_request' },
	{ says: 'an escaped zero', ask: (s) => s.get('/api/v1/widgets/demo%00shop'), status: [400, 404] },
	{ says: 'a broken escape', ask: (s) => s.get('/api/v1/widgets/%zz'), status: 400 },
	{ says: 'a way up', ask: (s) => s.get('/api/v1/x/../widgets/demo-shop'), status: 400, code: 'bad_request' },
	{ says: 'an empty segment', ask: (s) => s.get('/api/v1//widgets/demo-shop'), status: 400, code: 'bad_request' },
	{ says: 'an address of 9,000 characters', ask: (s) => s.get(`/api/v1/widgets/${'x'.repeat(9000)}`), status: 414, code: 'too_large' },
	{ says: 'a header of 40,000 characters', ask: (s) => s.get('/api/v1/health', [`X-Long: ${'x'.repeat(40000)}`]), status: [400, 431], code: ['bad_request', 'too_large'] },
	{ says: 'a flood of headers', ask: (s) => s.get('/api/v1/health', Array.from({ length: 1000 }, (_, i) => `X-${i}: ${'x'.repeat(60)}`)), status: [400, 431], code: ['bad_request', 'too_large'] },
	{ says: 'no host', ask: (s) => lines(`GET ${s.prefix}/api/v1/health HTTP/1.1`, ['Connection: close']), status: 400, code: 'bad_request' },
	{ says: 'two hosts', ask: (s) => s.get('/api/v1/health', ['Host: evil.example']), status: 400, code: 'bad_request' },
	{ says: 'a zero byte in a header', ask: (s) => s.get('/api/v1/health', ['X-Zero: a\0b']), status: 400, code: 'bad_request' },
	{ says: 'a space in front of a colon', ask: (s) => s.get('/api/v1/health', ['X-Space : a']), status: [200, 400] },
	{ says: 'TRACE', ask: (s) => lines(`TRACE ${s.prefix}/api/v1/health HTTP/1.1`, [`Host: ${s.host}`, 'Connection: close']), status: 405, code: 'method_not_allowed' },
	{ says: 'CONNECT', ask: (s) => lines(`CONNECT ${s.host} HTTP/1.1`, [`Host: ${s.host}`, 'Connection: close']), status: [400, 403, 404, 405] },
	{ says: 'what is no request', ask: () => 'NONSENSE\r\n\r\n', status: 400 },
	{ says: 'two different lengths', ask: (s) => s.post(['Content-Length: 2', 'Content-Length: 3'], '{}'), status: 400, code: 'bad_request' },
	{ says: 'a request hidden behind a length and chunks', ask: (s) => s.smuggle(['Content-Length: 4', 'Transfer-Encoding: chunked']), also: once },
	{ says: 'a request hidden behind chunks that are called otherwise', ask: (s) => s.smuggle(['Content-Length: 4', 'Transfer-Encoding: xchunked']), also: once },
	{ says: 'a request hidden behind chunks and a length', ask: (s) => s.smuggle(['Transfer-Encoding: chunked', 'Content-Length: 4']), also: once },
	{ says: 'P29 the relay without an upgrade', ask: { path: '/relay' }, status: 426, code: 'upgrade_required', also: ({ headers }) => assert.equal(headers.upgrade, 'websocket') },
	{ says: 'P30 the relay with another upgrade', ask: (s) => s.get('/relay', ['Connection: close, Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']),
		status: 426, code: 'upgrade_required' },
	{ says: 'an upgrade of the api', ask: (s) => s.get('/api/v1/health', ['Connection: close, Upgrade', 'Upgrade: websocket']), status: 200 },
	{ says: 'another page', ask: { path: '/nothing' }, status: 404 },
	{ says: 'the list of the front end', ask: { path: '/manifest.json' }, status: 404 },
	{ says: 'a way out of the assets', ask: (s) => s.get('/assets/..%2fmanifest.json'), status: [400, 404] },
	{ says: 'a way out of the assets without a slash', ask: (s) => s.get('/assets../manifest.json'), status: 404 },
	{ says: 'the answers to errors themselves', ask: { path: '/error/503' }, status: [403, 404] },
	{ says: 'the frame of a widget', ask: { path: '/widget/?key=demo-shop' }, status: 200,
		also: ({ headers }, { shop }) => assert.ok(headers['content-security-policy'].endsWith(`frame-ancestors 'self' ${shop}`)) },
	{ says: 'the page without JavaScript', ask: { path: '/plain/demo-shop' }, status: 200, also: ({ headers }) => {
		assert.match(headers['content-type'], /^text\/html/);
		assert.ok(headers['content-security-policy'].endsWith("frame-ancestors 'none'"));
	} },
	{ says: 'a form of the page without JavaScript that nobody was shown', status: 403,
		ask: { method: 'POST', path: '/plain/demo-shop', body: 'name=Kim', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
		also: ({ headers, text }) => assert.ok(/^text\/html/.test(headers['content-type']) && /Error 403/.test(text)) },
	{ says: 'the frame of no widget', ask: { path: '/widget/?key=no-such-shop' }, status: 404, also: ({ headers }) => assert.match(headers['content-type'], /^text\/html/) },
];

function noOrigin({ headers }) {
	assert.equal(headers['access-control-allow-origin'], undefined);
}

function itsOrigin({ headers }, { shop }) {
	assert.equal(headers['access-control-allow-origin'], shop);
	assert.match(headers.vary, /\bOrigin\b/);
}

// nginx refuses it. Apache follows the chunks alone and forgets the length, so that what is behind them is a request of its own: with its own answer, to who sent it.
function once({ text }, { web }) {
	assert.ok(text.split('HTTP/1.1 ').length - 1 <= (web === 'nginx' ? 1 : 2), text);
}

function describeSite(stack) {
	const { host } = new URL(stack.url);
	const { prefix, web } = stack.settings;
	const head = (first, headers, body = '') => lines(`${first} HTTP/1.1`, [`Host: ${host}`, ...headers]) + body;
	return {
		host, prefix, web, shop: new URL(stack.shopUrl).origin, own: new URL(stack.url).origin,
		get: (path, headers = []) => head(`GET ${prefix}${path}`, [...headers, ...(headers.some((line) => /^connection:/i.test(line)) ? [] : ['Connection: close'])]),
		post: (headers, body) => head(`POST ${prefix}/api/v1/chats`, ['Content-Type: application/json', 'Connection: close', ...headers], body),
		smuggle: (headers) => head(`POST ${prefix}/api/v1/chats`, ['Content-Type: application/json', ...headers], 
			`0\r\n\r\n${lines(`GET ${prefix}/api/v1/health HTTP/1.1`, [`Host: ${host}`, 'Connection: close'])}`),
	};
}

function unchunk(text) {
	const length = parseInt(text, 16);
	const from = text.indexOf('\r\n') + 2;
	return length > 0 ? text.slice(from, from + length) + unchunk(text.slice(from + length + 2)) : '';
}

function parse({ status, text }) {
	const [head, ...rest] = text.split('\r\n\r\n');
	const headers = Object.fromEntries(head.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
	const body = headers['transfer-encoding'] === 'chunked' ? unchunk(rest.join('\r\n\r\n')) : rest.join('\r\n\r\n');
	const json = /^application\/json/.test(headers['content-type']) ? JSON.parse(/\{.*\}/s.exec(body)[0]) : undefined;
	return { status, headers, text, json };
}

async function ask(stack, what, site) {
	if (typeof what === 'function') return parse(await sendText(stack, what(site)));
	const headers = Object.fromEntries(Object.entries(what.headers ?? {}).map(([name, value]) => [name, typeof value === 'function' ? value(site) : value]));
	return send(stack, { ...what, headers });
}

const wanted = process.env.ONLY ? process.env.ONLY.split(',') : Object.keys(MOUNTS);
for (const [web, { title }] of Object.entries(MOUNTS).filter(([name]) => wanted.includes(name))) for (const options of SITES) describe(`${title} ${options.title}`, () => {
	const stack = useStack({ web, prefix: options.prefix, tls: options.tls });
	let site;
	const good = () => until(async () => (await api(stack, 'GET', 'widgets/demo-shop')).status === 200, { what: 'a good request to be answered' });

	for (const { says, ask: what, status, code, also } of REQUESTS) test(says, async () => {
		site ??= describeSite(stack);
		const answer = await ask(stack, what, site);
		if (status) assert.ok([status].flat().includes(answer.status), `${answer.status}: ${answer.text}`);
		if (code) {
			assert.ok([code].flat().includes(answer.json?.error.code), answer.text);
			assertError(answer, answer.status, answer.json.error.code);
		}
		also?.(answer, site);
		assert.equal((await api(stack, 'GET', 'health')).status, 200, 'a good request right after works');
	});

	test('a known configuration is 304', async () => {
		const { headers: { etag } } = await api(stack, 'GET', 'widgets/demo-shop');
		const again = await api(stack, 'GET', 'widgets/demo-shop', { headers: { 'If-None-Match': etag } });
		assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
	});

	test('a token and a cookie reach the api; whose address it is, is the web server\'s word', async () => {
		const claims = { 'X-Forwarded-For': '203.0.113.9', 'X-Real-IP': '203.0.113.9', Forwarded: 'for=203.0.113.9', 'Remote-Addr': '203.0.113.9' };
		const { json: { chat, token }, status } = await api(stack, 'POST', 'chats', { body: chatRequest(), headers: claims });
		assert.equal(status, 201);
		assert.deepEqual(await stack.query('select host(address) as address from chat.chat where chat = $1', [chat.id]), [{ address: '127.0.0.1' }]);
		assert.equal((await api(stack, 'GET', `chats/${chat.id}`, { headers: bearer(token) })).status, 200);
		const login = await api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: CSRF });
		const [cookie] = login.headers['set-cookie'];
		assert.match(cookie, options.tls ? /^__Host-sid=[^;]+(?=.*; Secure)(?=.*; HttpOnly)(?=.*; SameSite=Strict)(?=.*; Path=\/(;|$))/ : /^sid=/);
		const who = await api(stack, 'GET', 'session', { headers: { Cookie: cookie.split(';')[0] } });
		assert.deepEqual([who.status, who.json.operator.operator], [200, 'ana']);
		assert.equal((await api(stack, 'DELETE', 'session', { headers: { ...CSRF, Cookie: cookie.split(';')[0] } })).status, 204);
	});

	test('a socket opens, P28 for our own and for listed origins only, and P31 in the one version', async () => {
		const open = async (change) => {
			const answer = await request(stack, upgradeLines({ first: `GET ${options.prefix}/relay HTTP/1.1`, host: site.host, origin: site.own, ...change }));
			answer?.socket.destroy();
			return answer?.status;
		};
		for (const origin of [site.own, site.shop]) assert.equal(await open({ origin }), 101, origin);
		for (const origin of [null, 'null', 'https://evil.example', `${site.own}.evil.example`]) assert.equal(await open({ origin }), 403, origin);
		for (const version of ['8', '14']) assert.ok([400, 426].includes(await open({ 'Sec-WebSocket-Version': version })), version);
		assert.equal(await open({ 'Sec-WebSocket-Protocol': 'chat.v2' }), 400);
		assert.equal(await open({ first: `GET ${options.prefix}/relay?token=x HTTP/1.1` }), 400);
		assert.ok([403, 405].includes(await open({ first: `POST ${options.prefix}/relay HTTP/1.1`, 'Content-Length': '0' })));
		assert.ok([404, 426].includes(await open({ first: `GET ${options.prefix}/relay/more HTTP/1.1` })));
		const { json: { chat, token } } = await api(stack, 'POST', 'chats', { body: chatRequest() });
		const socket = await RawSocket.open(stack, { first: `GET ${options.prefix}/relay HTTP/1.1`, host: site.host, origin: site.own });
		socket.text({ t: 'hello', token, chat: chat.id, last_seq: 0 });
		await socket.message(({ t }) => t === 'ready', 'ready');
		socket.close();
	});

	test('without a relay a handshake is 503 with Retry-After, and what reaches a relay names nobody', async () => {
		const cookies = { Cookie: 'sid=x', Authorization: 'Bearer x', 'X-Real-IP': '203.0.113.9', 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9',
			'Sec-WebSocket-Extensions': 'permessage-deflate', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
		const asked = () => request(stack, upgradeLines({ first: `GET ${options.prefix}/relay HTTP/1.1`, host: site.host, origin: site.own, ...cookies }));
		await stack.relay.stop();
		const none = await asked();
		none.socket.destroy();
		assert.equal(none.status, 503);
		assert.match(none.head, /^Retry-After: \d+/im);
		const heads = [];
		const listener = createServer((socket) => socket.on('error', () => {}).once('data', (data) => {
			heads.push(data.toString('latin1'));
			socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
		}));
		await new Promise((resolve) => listener.listen(stack.relaySocket(), resolve));
		chmodSync(stack.relaySocket(), 0o777);
		await until(async () => { (await asked()).socket.destroy(); return heads.length > 0; }, { what: 'a handshake to reach the relay' });
		await new Promise((resolve) => listener.close(resolve));
		for (const name of ['cookie', 'authorization', 'sec-websocket-extensions', 'http2-settings', 'forwarded']) assert.doesNotMatch(heads[0], new RegExp(`^${name}: *\\S`, 'im'));
		for (const name of ['x-real-ip', 'x-forwarded-for']) assert.deepEqual(heads[0].match(new RegExp(`^${name}: .*`, 'gim')).map((line) => line.split(': ')[1].trim()), ['127.0.0.1'], name);
		assert.match(heads[0], /^x-request-id: [0-9a-f]{32}\r$/im);
		assert.match(heads[0], /^upgrade: websocket\r$/im);
		await stack.relay.start();
	});

	if (web !== 'fcgid') test('without the api the answer is 503 with Retry-After, and it is there again afterwards', async () => {
		await stack.api.stop();
		const answer = await api(stack, 'GET', 'widgets/demo-shop');
		assertError(answer, 503, 'unavailable');
		assert.match(answer.headers['retry-after'], /^\d+$/);
		await stack.api.start();
		await good();
	});

	test('files are kept as long as their names say, in the right type', async () => {
		const loader = await send(stack, { path: '/widget.js' });
		assert.equal(loader.status, 200);
		for (const [name, value] of Object.entries({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*',
			'cross-origin-resource-policy': 'cross-origin', 'x-content-type-options': 'nosniff' })) assert.equal(loader.headers[name], value, name);
		assert.equal((await send(stack, { path: '/widget.js', headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding'], 'gzip');
		const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml; charset=utf-8' };
		const names = readdirSync(`${stack.installation.staticDir}/assets`);
		assert.ok(names.length > 0);
		for (const name of names) {
			const { status, headers } = await send(stack, { path: `/assets/${name}` });
			assert.deepEqual([status, headers['cache-control'], headers['x-content-type-options']], [200, 'public, max-age=31536000, immutable', 'nosniff'], name);
			const type = types[name.split('.').pop()];
			if (type) assert.equal(headers['content-type'], type, name);
		}
		const missing = await send(stack, { path: '/assets/missing.js' });
		assert.deepEqual([missing.status, missing.headers['cache-control']], [404, undefined]);
	});

	test('the console runs nothing but its own files', async () => {
		const { status, headers, text } = await send(stack, { path: '/console/' });
		assert.equal(status, 200);
		assert.match(text, /<html/);
		const socket = site.own.replace('http', 'ws');
		assert.deepEqual(Object.fromEntries(['content-security-policy', 'content-type', 'x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-opener-policy',
			'cross-origin-resource-policy', 'permissions-policy', 'cache-control'].map((name) => [name, headers[name]])), {
			'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' ${socket}; frame-ancestors 'none';`
				+ ' base-uri \'none\'; form-action \'none\'; object-src \'none\'; require-trusted-types-for \'script\'; trusted-types lit-html switchboard',
			'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer',
			'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'permissions-policy': 'camera=(), microphone=(), geolocation=()', 'cache-control': 'no-cache',
		});
		const without = await send(stack, { path: '/console' });
		assert.equal(without.status, 308);
		assert.equal(new URL(without.headers.location, stack.url).href, `${stack.url}/console/`);
	});

	if (options.tls) test('without TLS a page is sent on, anything else is refused; with it, it says so for a year', async () => {
		const plain = (path, rest = {}) => send({ url: stack.url, port: stack.plainPort }, { path, headers: { Host: `localhost:${stack.plainPort}` }, ...rest });
		for (const path of ['/console/', '/widget.js', '/widget/?key=demo-shop']) {
			const { status, headers } = await plain(path);
			assert.deepEqual([status, headers.location], [301, `${stack.url}${path}`]);
		}
		const refused = await plain('/api/v1/widgets/demo-shop');
		assertError({ ...refused, headers: { 'x-content-type-options': 'nosniff', ...refused.headers } }, 403, 'forbidden');
		assert.equal((await plain('/api/v1/chats', { method: 'POST', body: chatRequest() })).status, 403);
		assert.equal((await plain('/relay')).status, 403);
		const [asset] = readdirSync(`${stack.installation.staticDir}/assets`);
		for (const path of ['/console/', '/widget.js', `/assets/${asset}`, '/widget/?key=demo-shop', '/api/v1/health', '/api/v1/widgets/demo-shop', '/api/v1/nothing', '/relay'])
			assert.equal((await send(stack, { path })).headers['strict-transport-security'], 'max-age=31536000', path);
	});
});
