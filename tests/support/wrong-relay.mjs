// SPDX-License-Identifier: ISC
// A relay that is wrong in one way: the real one behind a proxy that speaks WebSocket and changes what passes. The proof of the history checker.
//
//   const wrong = await openWrongRelay(stack, { toClient, toRelay });    new Talker(kim, history, { connection: { port: wrong.port } })    await wrong.close()
//
// `toClient(frame, link)` and `toRelay(frame, link)` give the frames that go on in the place of one; `link` is an object a connection: its hello, and
// tell(frame), which says something to the client.

import { createServer } from 'node:http';
import WebSocket, { WebSocketServer } from 'ws';

const same = (frame) => [frame];

export async function openWrongRelay(stack, { toClient = same, toRelay = same } = {}) {
	const http = createServer();
	const server = new WebSocketServer({ server: http, handleProtocols: () => 'chat.v1' });
	server.on('connection', (near, { headers }) => join(near, headers.origin, stack, { toClient, toRelay }));
	await new Promise((resolve, reject) => {
		http.once('error', reject).listen(0, 'localhost', resolve);
	});
	const close = async () => {
		for (const client of server.clients) client.terminate();
		await new Promise((resolve) => {
			http.close(resolve);
		});
	};
	return { port: http.address().port, close };
}

function join(near, origin, stack, { toClient, toRelay }) {
	const far = new WebSocket(`ws+unix:${stack.relaySocket()}:/chat/relay`, 'chat.v1', { origin });
	const send = (to, frames) => frames.forEach((frame) => to.readyState === WebSocket.OPEN && to.send(JSON.stringify(frame)));
	const link = { hello: null, tell: (frame) => send(near, [frame]) };
	const waiting = [];
	near.on('message', (data) => {
		const frame = JSON.parse(data);
		link.hello ??= frame;
		if (far.readyState === WebSocket.CONNECTING) waiting.push(frame);
		else send(far, toRelay(frame, link));
	});
	far.on('open', () => waiting.splice(0).forEach((frame) => send(far, toRelay(frame, link))));
	far.on('message', (data) => send(near, toClient(JSON.parse(data), link)));
	far.on('close', (code) => (code >= 3000 || code <= 1003 ? near.close(code) : near.terminate()));
	near.on('close', () => far.terminate());
	for (const end of [near, far]) end.on('error', () => {});
}
