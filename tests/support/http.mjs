// SPDX-License-Identifier: ISC
// Requests as they are written: no normalised path, no merged headers, any bytes as body. What fetch() makes of them is not what an attacker sends.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connectWeb } from './raw-socket.mjs';
import { PATIENCE_MS } from './waiting.mjs';

export const JSON_TYPE = { 'Content-Type': 'application/json' };
export const CSRF = { 'X-Requested-With': 'switchboard' };
export const bearer = (token) => ({ Authorization: `Bearer ${token}` });

// { method, path (below the prefix, as it is), headers (an array of values = several lines), body: object → JSON with its type, else as it is,
//   from: another address of this machine }
// → { status, headers, text, json }
export function send(stack, { method = 'GET', path, headers = {}, body, from }) {
	const isObject = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
	const bytes = isObject ? Buffer.from(JSON.stringify(body)) : body === undefined ? undefined : Buffer.from(body);
	const own = isObject && !('Content-Type' in headers) ? JSON_TYPE : {};
	const length = bytes && !('Transfer-Encoding' in headers) && !('Content-Length' in headers) ? { 'Content-Length': bytes.length } : {};
	return new Promise((resolve, reject) => {
		const outgoing = (stack.certificate ? httpsRequest : httpRequest)({
			host: '127.0.0.1',
			servername: 'localhost',
			ca: stack.certificate,
			localAddress: from,
			port: stack.port,
			method,
			path: new URL(stack.url).pathname + path,
			agent: false,
			setHost: false,
			timeout: PATIENCE_MS,
			headers: { Host: `localhost:${stack.port}`, ...own, ...length, ...headers },
		});
		outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} within ${PATIENCE_MS} ms`)));
		outgoing.on('error', reject);
		outgoing.on('response', (response) => {
			const chunks = [];
			response.on('data', (chunk) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const text = Buffer.concat(chunks).toString('utf8');
				const json = text && response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : undefined;
				resolve({ status: response.statusCode, headers: response.headers, text, json });
			});
		});
		outgoing.end(bytes);
	});
}

// A request as text, for what no client library sends. → { status, text }
export function sendText(stack, text) {
	return new Promise((resolve, reject) => {
		const chunks = [];
		const socket = connectWeb(stack);
		socket.write(text);
		socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
		socket
			.on('error', reject)
			.on('data', (chunk) => chunks.push(chunk))
			.on('end', () => {
				const answer = Buffer.concat(chunks).toString('utf8');
				resolve({ status: Number(answer.split(' ')[1]), text: answer });
			});
	});
}

export const api = (stack, method, path, rest = {}) => send(stack, { method, path: `/api/v1/${path}`, ...rest });

// A whole chat request, with what the test wants otherwise.
export const chatRequest = (more = {}) => ({ request_key: randomUUID(), widget: 'demo-shop', ...more });

export function assertError(answer, status, code, field) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.json?.error?.code, code, answer.text);
	assert.match(answer.json.error.request_id, /^[\w.-]{8,64}$/);
	assert.equal(answer.headers['x-request-id'], answer.json.error.request_id);
	assert.equal(answer.headers['cache-control'], 'no-store');
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
	if (field !== undefined) assert.equal(answer.json.error.field, field, answer.text);
}

// The workers of the api, by their parent.
export function workers(stack) {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) \S+ (\d+) .*$/s, '$1')) === stack.api.pid;
			} catch {
				return false; // it ended while we looked
			}
		})
		.sort((a, b) => a - b);
}

const STORED = `select (select count(*) from chat.chat) chats, (select count(*) from chat.message) messages,
	(select count(*) from chat.session) sessions,
	(select count(*) from chat.ticket) tickets, (select count(*) from chat.chat_rating) ratings, (select count(*) from chat.assignment) assignments,
	(select count(*) from chat.operator_queue) joined, (select count(*) from chat.chat_access) accesses`;

// Does something that must be refused, and holds what every refusal must leave behind: the same processes, a service that works, nothing stored.
export async function leavesNothing(stack, work) {
	await stack.query("select internal.forget_sessions(clock_timestamp() + interval '10 minutes')"); // or the router does, in the middle of it
	const before = { stored: await stack.query(STORED), pids: workers(stack), starts: stack.api.starts };
	const result = await work();
	const good = await api(stack, 'GET', 'widgets/demo-shop');
	assert.equal(good.status, 200, 'a good request right after works');
	assert.deepEqual(
		{ stored: await stack.query(STORED), pids: workers(stack), starts: stack.api.starts },
		before,
		'nothing is stored and no process has changed',
	);
	return result;
}

// No secret, no text of a person in any log.
export function assertNotLogged(stack, ...texts) {
	const { logs } = stack;
	for (const text of texts) assert.ok(!logs.includes(text), `a log holds what no log may hold: ${text.slice(0, 12)}…`);
}
