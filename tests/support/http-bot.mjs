// SPDX-License-Identifier: ISC
// A bot as somebody else might write it: an HTTP server of its own, which a test starts, tells how to behave by what its customers say, and kills.
//   node tests/support/http-bot.mjs SECRET [PORT]     prints its port, then one line of JSON a turn
// What it understands: "hours" (an answer with a button), "twice" (two messages), "slow" (no answer at all), "rubbish", "unknown" (a field there is not), "die" (it
// ends in the middle of the turn), "billing", "person" and "german" (it hands over), "bye" (it ends the chat); all else it echoes.

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

const [secret, port = '0'] = process.argv.slice(2);

function isSigned(request, text) {
	const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})/.exec(request.headers['switchboard-signature'] ?? '') ?? [];
	return mac === createHmac('sha256', secret).update(`${time}.${text}`).digest('hex');
}

const says = (text, more = {}) => ({ messages: [{ text }], ...more });
const TURNS = {
	hours: () => ({ messages: [{ text: 'Always.', choices: [{ id: 'again', label: 'Again' }] }] }),
	twice: () => ({ messages: [{ text: 'one' }, { text: 'two' }] }),
	rubbish: () => '<html>It works!</html>',
	unknown: () => ({ ...says('x'), mood: 'good' }),
	billing: () => says('To billing.', { action: 'hand_over', queue: 'billing', answers: { order: 'A-1' } }),
	german: () => says('Deutsch.', { action: 'hand_over', skills: [{ skill: 'german' }] }),
	person: () => ({ action: 'hand_over' }),
	bye: () => says('Bye.', { action: 'end' }),
	die: () => process.exit(1),
};

function turn({ event, message }) {
	if (event === 'start') return says('Hello, I am a program.');
	if (event === 'hand_over_refused') return says('Nobody there.');
	if (event === 'left') return '';
	return TURNS[message.text]?.() ?? says(message.choice ? `pressed ${message.choice}` : `echo ${message.text}`);
}

const server = createServer(async (request, response) => {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	const text = Buffer.concat(chunks).toString();
	if (!isSigned(request, text)) {
		response.writeHead(401).end();
		return;
	}
	const body = JSON.parse(text);
	console.log(JSON.stringify({ key: request.headers['idempotency-key'], ...body }));
	if (body.message?.text === 'slow') return;
	const answer = turn(body);
	response.writeHead(200, { 'Content-Type': 'application/json' }).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
});
server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port));
