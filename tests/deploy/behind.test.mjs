// SPDX-License-Identifier: ISC
// Behind another proxy (render --behind): whose address it is says a proxy that is listed and nobody else, to the api and to the relay, and limits count that one;
// of IPv6 the /64.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { api, chatRequest, send } from '../support/http.mjs';
import { request, upgradeLines } from '../support/raw-socket.mjs';
import { MOUNTS } from '../support/web.mjs';

const PROXIES = ['127.0.0.1', '127.0.0.8/30']; // the clients of this file are proxies, and 127.0.0.2 is none
const SHARE = 2; // sockets of an address
const FLOOD = 400; // requests at once: more than a web server's burst and what it forgives meanwhile
const QUICK_MS = 4000; // in which it forgives no more than 200

for (const [web, { title }] of Object.entries(MOUNTS)) describe(title, () => {
	const stack = useStack({ web, behind: PROXIES, limitExempt: false,
		options: { sockets_per_address: SHARE, requests_per_second: 0, chats_per_minute: 0, limit_exempt: '192.0.2.0/24' } });

	async function addressOf(forwarded, from) {
		const answer = await api(stack, 'POST', 'chats', { body: chatRequest(), from, headers: forwarded ? { 'X-Forwarded-For': forwarded } : {} });
		assert.equal(answer.status, 201, answer.text);
		const [{ address }] = await stack.query('select host(address) as address from chat.chat where chat = $1', [answer.json.chat.id]);
		return address;
	}

	test('a listed proxy says whose address it is; of several the last that is no proxy of ours', async () => {
		assert.equal(await addressOf('203.0.113.9'), '203.0.113.9');
		assert.equal(await addressOf('203.0.113.9', '127.0.0.9'), '203.0.113.9', 'a network of proxies');
		assert.equal(await addressOf('198.51.100.7, 203.0.113.9'), '203.0.113.9', 'what a client wrote in front is nobody\'s word');
		assert.equal(await addressOf('203.0.113.9, 127.0.0.10'), '203.0.113.9', 'two proxies of ours');
		assert.equal(await addressOf('2001:db8::7'), '2001:db8::7');
	});

	test('who is no listed proxy says nothing; what is no address is none', async () => {
		assert.equal(await addressOf('203.0.113.9', '127.0.0.2'), '127.0.0.2');
		assert.equal(await addressOf('', '127.0.0.2'), '127.0.0.2');
		assert.equal(await addressOf('nonsense'), '127.0.0.1');
	});

	test('the relay counts the sockets of that address, of IPv6 those of its /64, and not those of the proxy', async () => {
		const { host, origin } = new URL(stack.url);
		const open = [];
		const handshake = async (forwarded) => {
			const { status, socket } = await request(stack, upgradeLines({ host, origin, 'X-Forwarded-For': forwarded }));
			if (status === 101) open.push(socket);
			else socket.destroy();
			return status;
		};
		const several = async (...addresses) => {
			const statuses = [];
			for (const address of addresses) statuses.push(await handshake(address));
			return statuses;
		};
		assert.deepEqual(await several('203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2'), [101, 101, 503, 101]);
		assert.deepEqual(await several('2001:db8:0:1::1', '2001:db8:0:1::2', '2001:db8:0:1:ffff::3', '2001:db8:0:2::1'), [101, 101, 503, 101]);
		for (const socket of open) socket.destroy();
	});

	// Apache counts no requests (deploy/README.md, section 6).
	if (web === 'nginx') test('the web server\'s own limit counts a /64 of IPv6 as one, and an IPv4 address alone', async () => {
		const ask = (address) => send(stack, { path: '/api/v1/health', headers: { 'X-Forwarded-For': address } }).then(({ status }) => status);
		const flood = async (address) => {
			const begun = performance.now();
			const statuses = await Promise.all(Array.from({ length: FLOOD }, (_, i) => ask(address(i))));
			if (performance.now() - begun > QUICK_MS) return null; // so slow that nothing was too much
			return statuses.filter((status) => status === 429).length > 0;
		};
		assert.notEqual(await flood((i) => `2001:db8:1:1::${i.toString(16)}`), false, 'many addresses of one network');
		assert.equal(await ask('2001:db8:1:2::1'), 200, 'the network beside it');
		assert.equal((await flood((i) => `2001:db8:2:${i.toString(16)}::1`)) ?? false, false, 'as many, each of a network of its own');
		assert.notEqual(await flood(() => '203.0.113.20'), false, 'one address of IPv4');
		assert.equal(await ask('203.0.113.21'), 200, 'the address beside it');
	});
});
