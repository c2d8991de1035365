// SPDX-License-Identifier: ISC
// What the web server itself answers: static files and their headers, what never reaches the programs, errors in the contract's shape.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { useStack } from '../support/stack.mjs';
import { PATIENCE_MS } from '../support/waiting.mjs';

const run = promisify(execFile);
const stack = useStack();

// One request byte for byte as given, and everything that comes back until the server closes or has nothing more to say.
function raw(text) {
	return new Promise((resolve, reject) => {
		const socket = connect(stack.port, '127.0.0.1', () => socket.write(text.replaceAll('\n', '\r\n')));
		let answer = '';
		socket.setEncoding('latin1').setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer to ${text}`)));
		socket.on('data', (chunk) => {
			answer += chunk;
			if (answer.includes('\r\n\r\n')) socket.end();
		});
		socket.once('error', reject).once('close', () => resolve({ status: Number(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? 0), text: answer }));
	});
}

const handshake = (extra, method = 'GET') => `${method} /chat/relay HTTP/1.1\nHost: localhost\n${extra}\n`;

async function contractError(response, status, code) {
	assert.equal(response.status, status);
	assert.match(response.headers.get('content-type'), /^application\/json/);
	assert.equal(response.headers.get('cache-control'), 'no-store');
	const { error } = await response.json();
	assert.equal(error.code, code);
	assert.equal(typeof error.message, 'string');
	assert.match(error.request_id, /^[0-9a-f]{32}$/);
	return error;
}

test('a plain GET of the relay is 426 (P29)', async () => {
	const response = await fetch(`${stack.url}/relay`);
	assert.equal(response.headers.get('upgrade'), 'websocket');
	await contractError(response, 426, 'upgrade_required');
});

test('an upgrade to h2c does not reach the relay (P30)', async () => {
	assert.equal((await raw(handshake('Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n'))).status, 426);
});

test('the relay takes no other method than GET', async () => {
	assert.equal((await raw(handshake('Connection: Upgrade\nUpgrade: websocket\nContent-Length: 0\n', 'POST'))).status, 403);
});

test('a body over 64 KiB is 413 in the shape of the api (P13)', async () => {
	const response = await fetch(`${stack.url}/api/v1/chats`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: 'x'.repeat(65537) });
	await contractError(response, 413, 'too_large');
});

test('a request with two lengths, or with a length and chunks, is refused', async () => {
	const post = (headers) => raw(`POST /chat/api/v1/chats HTTP/1.1\nHost: localhost\n${headers}\n{}`);
	assert.equal((await post('Content-Length: 2\nContent-Length: 3\n')).status, 400);
	assert.equal((await post('Content-Length: 2\nTransfer-Encoding: chunked\n')).status, 400);
	assert.equal((await raw('GET /chat/api/v1/health HTTP/1.1\n\n')).status, 400, 'no Host');
});

test('without the api the answer is 503 with Retry-After, and it is there again afterwards', async () => {
	await stack.api.stop();
	const response = await fetch(`${stack.url}/api/v1/widgets/demo-shop`);
	assert.match(response.headers.get('retry-after'), /^\d+$/);
	const error = await contractError(response, 503, 'unavailable');
	assert.equal(typeof error.retry_ms, 'number');
	await stack.api.start();
	assert.equal((await fetch(`${stack.url}/api/v1/widgets/demo-shop`)).status, 200);
});

test('without a relay a handshake is 503 with Retry-After', async () => {
	await stack.relay.stop();
	const answer = await raw(handshake('Connection: Upgrade\nUpgrade: websocket\n'));
	assert.equal(answer.status, 503);
	assert.match(answer.text, /\r\nRetry-After: \d+\r\n/);
	await stack.relay.start();
});

test('the loader is asked for again after five minutes and may be embedded anywhere', async () => {
	const response = await fetch(`${stack.url}/widget.js`);
	assert.equal(response.status, 200);
	assert.equal(response.headers.get('content-type'), 'text/javascript; charset=utf-8');
	assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
	assert.equal(response.headers.get('access-control-allow-origin'), '*');
	assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
	assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
});

test('files with a hash in their name are kept for ever, in the right type', async () => {
	const names = readdirSync(`${stack.installation.staticDir}/assets`);
	const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml; charset=utf-8' };
	assert.ok(names.length > 0);
	for (const name of names) {
		const response = await fetch(`${stack.url}/assets/${name}`);
		assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable', name);
		assert.equal(response.headers.get('x-content-type-options'), 'nosniff', name);
		const type = types[name.split('.').pop()];
		if (type) assert.equal(response.headers.get('content-type'), type, name);
	}
	assert.equal((await fetch(`${stack.url}/assets/missing.js`)).headers.get('cache-control'), null, 'an absent file is not kept');
});

test('the console comes with a policy that runs nothing but its own files', async () => {
	const response = await fetch(`${stack.url}/console/`);
	const policy = response.headers.get('content-security-policy');
	assert.equal(response.status, 200);
	for (const part of ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
		"object-src 'none'", "require-trusted-types-for 'script'", `connect-src 'self' ws://localhost:${stack.port};`]) {
		assert.ok(policy.includes(part), part);
	}
	assert.doesNotMatch(policy, /unsafe|\*/);
	assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
	assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
	assert.equal(response.headers.get('cross-origin-opener-policy'), 'same-origin');
	assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
});

test('nothing outside the public folders is served', async () => {
	for (const path of ['/chat/manifest.json', '/chat/assets/..%2fmanifest.json', '/chat/console/..%2fmanifest.json', '/chat/assets/%2e%2e/manifest.json', '/chat/assets../manifest.json']) {
		const { status } = await raw(`GET ${path} HTTP/1.1\nHost: localhost\n\n`);
		assert.ok([400, 404].includes(status), `${path}: ${status}`);
	}
});

test('the shop and the server do not answer for each other', async () => {
	assert.equal((await fetch(stack.shopUrl)).status, 200);
	assert.equal((await fetch(`${stack.shopUrl}chat/api/v1/health`)).status, 404);
	assert.match(await (await fetch(stack.shopUrl)).text(), new RegExp(`${stack.url}/widget\\.js`));
});

test('each FastCGI parameter is named once, and nobody else chooses who the user is', () => {
	const text = readFileSync(`${stack.dir}/etc/nginx/switchboard-fastcgi.conf`, 'utf8');
	const names = [...text.matchAll(/^fastcgi_param (\w+)/gm)].map(([, name]) => name);
	assert.equal(new Set(names).size, names.length);
	assert.doesNotMatch(text, /^(include|fastcgi_keep_conn)|^fastcgi_param REMOTE_USER/m);
});

test('render refuses what would break the configuration', async () => {
	const render = (...args) => run(stack.installation.renderWeb('nginx'), ['--output', `${stack.dir}/etc/elsewhere`, ...args]);
	await assert.rejects(render('--public-url', 'chat.example.com'), /public-url/);
	await assert.rejects(render('--public-url', 'https://chat.example.com/chat', '--api-socket', '/run/a;}'), /cannot take/);
	await render('--public-url', 'https://chat.example.com/chat', '--static-dir', '/usr/share/switchboard/www');
	assert.match(readFileSync(`${stack.dir}/etc/elsewhere/switchboard-nginx.conf`, 'utf8'), /connect-src 'self' wss:\/\/chat\.example\.com;/);
});
