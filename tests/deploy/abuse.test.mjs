// SPDX-License-Identifier: ISC
// Somebody does what he can from one address, all at once: half requests, slow bodies, answers that he does not take, sockets that say nothing, chat requests without
// end. Others are served without an error meanwhile, nothing grows beyond its limit, and afterwards everything is as before. The figures are the soak's.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { api, chatRequest, workers } from '../support/http.mjs';
import { request, upgradeLines } from '../support/raw-socket.mjs';
import { judgeResources, memoryKiB, readResources } from '../support/resources.mjs';
import { until } from '../support/waiting.mjs';

const OTHER = '127.0.0.2'; // the attacker is 127.0.0.1
const MEMORY_KIB = 512 * 1024; // SECURITY section 5
const stack = useStack({ limitExempt: false, cacheSeconds: 1 });

// Connections that are opened, send `text` and then nothing more; `reads`: whether they take what comes. Closed by the other side, in the end.
function hold(count, text, reads = true) {
	return Array.from({ length: count }, () => {
		const socket = connect(stack.port, '127.0.0.1', () => socket.write(text));
		socket.on('error', () => {}).on('close', () => { socket.over = true; });
		if (reads) socket.resume();
		return socket;
	});
}

// One after the other, whatever goes on: configuration, chat request, chat, message.
async function customer() {
	const call = async (method, path, wanted, rest = {}) => {
		const answer = await api(stack, method, path, { from: OTHER, ...rest });
		assert.equal(answer.status, wanted, `${method} ${path}: ${answer.text}`);
		return answer.json;
	};
	await call('GET', 'widgets/demo-shop', 200);
	const { chat, token } = await call('POST', 'chats', 201, { body: chatRequest() });
	const headers = { Authorization: `Bearer ${token}` };
	await call('GET', `chats/${chat.id}/events?after=0`, 200, { headers });
	await call('POST', `chats/${chat.id}/end`, 200, { headers, body: {} });
}

test('half requests, slow bodies, slow readers, silent sockets and a flood of chat requests from one address hurt nobody else', { timeout: 300000 }, async () => {
	const idle = await readResources(stack);
	const host = new URL(stack.url).host;
	const head = (first, ...headers) => [first, `Host: ${host}`, ...headers].join('\r\n');
	const held = [
		...hold(400, head('GET /chat/api/v1/health HTTP/1.1', 'X-Slow: ')),
		...hold(100, `${head('POST /chat/api/v1/chats HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 60000')}\r\n\r\n{`),
		...hold(50, `${head('GET /chat/console/ HTTP/1.1')}\r\n\r\n`.repeat(50), false),
		...hold(200, ''),
	];
	const silent = Promise.all(Array.from({ length: 250 }, () => request(stack, upgradeLines({ host, origin: new URL(stack.url).origin }))));
	const flood = Promise.all(Array.from({ length: 150 }, () => api(stack, 'POST', 'chats', { body: chatRequest() }).catch(() => ({ status: 0 }))));
	for (let round = 0; round < 5; round++) await customer();
	const opened = (await silent).filter(Boolean);
	assert.ok(opened.every(({ status }) => status === 101 || status === 503), 'a socket too many is 503');
	assert.ok(opened.filter(({ status }) => status === 101).length <= 200);
	const refused = (await flood).map(({ status }) => status).filter((status) => status !== 201);
	assert.ok(refused.every((status) => status === 429), `the flood is taken or told to wait: ${refused}`);
	for (const pid of [stack.relay.pid, stack.api.pid, ...workers(stack)]) assert.ok(memoryKiB(pid) <= MEMORY_KIB, `${pid} holds ${memoryKiB(pid)} KiB`);
	await customer();
	for (const { socket } of opened) socket.resume();
	await until(() => [...held.slice(0, 500), ...opened.map(({ socket }) => socket)].every((socket) => socket.destroyed || socket.over), { what: 'what sends nothing to be cut' });
	for (const socket of held) socket.destroy();
	assert.deepEqual(await judgeResources(stack, idle), []);
	assert.deepEqual([stack.relay.starts, stack.api.starts], [1, 1]);
	await customer();
});
