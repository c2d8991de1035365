// SPDX-License-Identifier: ISC
// A body that comes slowly is the web server's business until it is whole: the api's workers, few as they are, serve others meanwhile.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { api, chatRequest } from '../support/http.mjs';
import { until } from '../support/waiting.mjs';
import { MOUNTS } from '../support/web.mjs';

const SLOW = 12; // more than there are workers
const ASKED = 20; // in turn, so that the slow ones have arrived long before the last

function sendsSlowly(stack) {
	const socket = connect(stack.port, '127.0.0.1', () => socket.write(`POST ${stack.settings.prefix}/api/v1/chats HTTP/1.1\r\nHost: localhost:${stack.port}\r\n`
		+ 'Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{"name":'));
	socket.on('error', () => {}).on('close', () => { socket.over = true; }).on('data', () => { socket.over = true; });
	return socket;
}

for (const [web, { title }] of Object.entries(MOUNTS)) describe(title, () => {
	const stack = useStack({ web, options: { api_workers: 2 } });

	// On a machine that was so busy that the slow ones were cut for their slowness first, it is tried again.
	test('who sends bodies slowly occupies no worker', async () => {
		await until(async () => {
			const slow = Array.from({ length: SLOW }, () => sendsSlowly(stack));
			try {
				for (let n = 0; n < ASKED; n++) assert.equal((await api(stack, 'GET', 'health')).status, 200);
				assert.equal((await api(stack, 'POST', 'chats', { body: chatRequest() })).status, 201);
				return slow.every(({ over }) => !over);
			} finally {
				for (const socket of slow) socket.destroy();
			}
		}, { what: 'everybody to be answered while the slow ones are still sending' });
	});
});
