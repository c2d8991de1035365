#!/usr/bin/env node
// SPDX-License-Identifier: ISC
// A bridge of a generic channel, whole and small: a chat in the terminal. What is typed goes to Switchboard as a customer's message, what comes back is printed. Take it as
// the pattern for WhatsApp, Teams or e-mail: only `fromCustomer` and `toCustomer` know what is bridged. The form of both webhooks is in deploy/manual/channels.md.
//
//   node terminal.mjs --to https://chat.example.com/chat/api/v1/channels/generic/terminal --secret-file FILE [--listen 127.0.0.1:8090] [--from NAME]
//
// The account (SQL):  insert into chat.channel_account (account, channel, widget, api_url, plain_http)
//                     values ('terminal', 'generic', 'demo-shop', 'http://127.0.0.1:8090/', true);
// and its secret:     switchboard channel secret add terminal secret --generate >FILE

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const TOLERANCE_S = 300;
const BODY_MAX = 65536;

const { values: options } = parseArgs({ options: {
	to: { type: 'string' }, 'secret-file': { type: 'string' }, listen: { type: 'string', default: '127.0.0.1:8090' }, from: { type: 'string', default: process.env.USER ?? 'somebody' },
} });
const secret = readFileSync(options['secret-file'], 'utf8').trim();
const seen = new Set(); // items that were shown: each may come more than once
let choices = [];

const mac = (time, body) => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');

// One of the signatures in "t=…,v1=…[,v1=…]" must be ours, and not old.
function isSigned(header, body) {
	const [time, ...signatures] = (header ?? '').split(',').map((part) => part.split('=')[1] ?? '');
	if (!(Math.abs(Date.now() / 1000 - Number(time)) <= TOLERANCE_S)) return false;
	const own = Buffer.from(mac(time, body));
	return signatures.some((given) => given.length === own.length && timingSafeEqual(Buffer.from(given), own));
}

// Posts events, again and again until they are taken: with the same ids nothing is doubled.
async function post(events) {
	const body = JSON.stringify({ events });
	for (let wait_ms = 500; ; wait_ms = Math.min(wait_ms * 2, 30_000)) {
		const time = Math.floor(Date.now() / 1000);
		const headers = { 'Content-Type': 'application/json', 'Switchboard-Signature': `t=${time},v1=${mac(time, body)}` };
		const answer = await fetch(options.to, { method: 'POST', headers, body }).catch((error) => ({ status: 0, text: () => error.message }));
		if (answer.status === 200) return;
		console.error(`! ${answer.status} ${await answer.text()}`);
		if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return; // it will not become better
		await pause(wait_ms);
	}
}

// ---- what is bridged ------------------------------------------------------------------------------------------------

function fromCustomer(line) {
	const choice = choices[Number(line) - 1];
	const said = { text: choice?.label ?? line, ...(choice ? { choice: choice.id } : {}) };
	return post([{ kind: 'message', id: randomUUID(), from: options.from, name: options.from, ...said, sent_at: new Date().toISOString() }]);
}

function toCustomer(message) {
	console.log(`${message.author?.name || 'Switchboard'}: ${message.text}`);
	choices = message.choices ?? [];
	for (const [i, { label }] of choices.entries()) console.log(`  ${i + 1}. ${label}`);
}

// ---- between the two ------------------------------------------------------------------------------------------------

const server = createServer((request, response) => {
	const chunks = [];
	let length = 0;
	const answer = (code, object) => response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(object));
	request.on('data', (chunk) => {
		length += chunk.length;
		if (length <= BODY_MAX) chunks.push(chunk);
	});
	request.on('end', () => {
		const body = Buffer.concat(chunks).toString('utf8');
		if (request.method !== 'POST' || length > BODY_MAX) return answer(400, {});
		if (!isSigned(request.headers['switchboard-signature'], body)) return answer(403, {});
		const message = JSON.parse(body);
		if (!seen.has(message.item)) {
			seen.add(message.item);
			toCustomer(message);
			post([{ kind: 'status', item: message.item, state: 'delivered' }]);
		}
		answer(200, { id: message.item });
	});
});
const [host, port] = options.listen.split(/:(?=\d+$)/);
server.listen(Number(port), host, () => console.log(`You are ${options.from}. Write:`));

let last = Promise.resolve(); // one after the other: what is typed first arrives first
createInterface({ input: process.stdin }).on('line', (line) => {
	if (line.trim()) last = last.then(() => fromCustomer(line.trim()));
}).on('close', () => last.then(() => server.close()));
