// SPDX-License-Identifier: ISC
// A bot as somebody else might write it that connects to the relay: a program of its own, which a test starts, tells how to behave by what its customers say, and kills.
//   node tests/support/relay-bot.mjs URL ORIGIN TOKEN     prints a line of JSON for each frame it gets
// What it understands: as http-bot.mjs, but "slow" (nothing), "rubbish" (no JSON), "unknown" (a field there is not), "die"; "late" hands over and talks on.

import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';

const [url, origin, token] = process.argv.slice(2);
const socket = new WebSocket(url, 'chat.v1', { origin });
const send = (frame) => socket.send(JSON.stringify(frame));
const turn = (chat, content) => send({ t: 'turn', chat, cid: randomUUID(), turn: content });
const says = (chat, text, more = {}) => turn(chat, { messages: [{ text }], ...more });

const TURNS = {
	hours: (chat) => turn(chat, { messages: [{ text: 'Always.', choices: [{ id: 'again', label: 'Again' }] }] }),
	twice: (chat) => turn(chat, { messages: [{ text: 'one' }, { text: 'two' }] }),
	plain: (chat) => send({ t: 'send', chat, cid: randomUUID(), body: 'just so' }),
	slow: () => {},
	rubbish: () => socket.send('not even { JSON'),
	unknown: (chat) => says(chat, 'x', { mood: 'good' }),
	billing: (chat) => says(chat, 'To billing.', { action: 'hand_over', queue: 'billing', answers: { order: 'A-1' } }),
	late: (chat) => {
		turn(chat, { action: 'hand_over' });
		says(chat, 'One more thing.');
	},
	bye: (chat) => says(chat, 'Bye.', { action: 'end' }),
	die: () => process.exit(1),
};

socket.on('open', () => send({ t: 'hello', bot_token: token }));
socket.on('close', (code) => {
	console.log(JSON.stringify({ t: 'closed', code }));
	process.exit(0);
});
socket.on('message', (data) => {
	const frame = JSON.parse(data);
	console.log(JSON.stringify(frame));
	if (frame.t === 'chat') says(frame.chat, `Hello ${frame.customer.name}, I am connected.`);
	if (frame.t !== 'event' || frame.kind !== 'message' || frame.author.kind !== 'customer') return;
	(TURNS[frame.body] ?? ((chat) => says(chat, frame.data?.choice ? `pressed ${frame.data.choice}` : `echo ${frame.body}`)))(frame.chat);
});
