// SPDX-License-Identifier: ISC
// Apache with mod_qos: of one address so many connections are taken, whatever they are, so that it cannot occupy every thread; who is exempt, and a proxy in
// front (render --behind), is not counted.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { api } from '../support/http.mjs';
import { until } from '../support/waiting.mjs';

const SHARE = 200; // QS_SrvMaxConnPerIP
const [ATTACKER, OTHER] = ['127.0.1.1', '127.0.1.2'];

// Connections from an address that never finish their request: how many are still held when every one of them has been dealt with.
async function held(stack, from, count) {
	const sockets = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
		const socket = connect({ port: stack.port, host: '127.0.0.1', localAddress: from }, () => {
			socket.write(`GET ${stack.settings.prefix}/api/v1/health HTTP/1.1\r\nHost: localhost:${stack.port}\r\nX-Slow: `);
			resolve(socket);
		});
		socket.on('error', () => {}).on('close', () => { socket.over = true; }).resume();
	})));
	return { sockets, left: () => sockets.filter(({ over }) => !over).length, release: () => sockets.forEach((socket) => socket.destroy()) };
}

// How often mod_qos has said that an address has too many.
const denied = (stack, address) => stack.logs.split('\n').filter((line) => line.includes('QS_SrvMaxConnPerIP rule') && line.includes(`c=${address}`)).length;

for (const web of ['proxy_fcgi', 'fcgid']) describe(web, () => {
	const stack = useStack({ web, modules: ['qos'], limitExempt: false, exempt: ['127.0.2.0/24', '127.0.3.4/31', '2001:db8::/32'], behind: ['127.0.4.0/30'] });
	const health = (from) => api(stack, 'GET', 'health', { from }).then(({ status }) => status, () => 0);

	test('an address has so many connections; others are served beside it, and it is served again when they are gone', async () => {
		const attack = await held(stack, ATTACKER, SHARE + 60);
		await until(() => denied(stack, ATTACKER) > 0 && attack.left() <= SHARE, { what: 'what is too much to be cut' });
		assert.equal(await health(OTHER), 200);
		attack.release();
		await until(async () => (await health(ATTACKER)) === 200, { what: 'the address to be served again' });
	});

	test('who is exempt, and a proxy in front, may have more', async () => {
		for (const from of ['127.0.2.7', '127.0.3.5', '127.0.4.3']) {
			const many = await held(stack, from, SHARE + 10);
			assert.equal(await health(from), 200, `${from} beside ${SHARE + 10} connections of its own`);
			many.release();
			assert.equal(denied(stack, from), 0);
		}
		assert.deepEqual([stack.relay.starts, stack.web.starts], [1, 1]);
	});
});
