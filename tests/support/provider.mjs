// SPDX-License-Identifier: ISC
// A provider of channels as we see it: signs webhooks as Twilio, Meta and a bridge of our own form do, and receives what we send.
//
//   const provider = await Provider.open({ fails: (request) => boolean });   provider.url   provider.close()
//   await provider.sms(stack, { account, secret, fields });   provider.messenger(…);   provider.generic(…)
//   provider.sent(address)   what we sent to somebody, in the order in which it was taken, each once by its Idempotency-Key

import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { api } from './http.mjs';

const FORM = 'application/x-www-form-urlencoded';

export const twilioSignature = (secret, url, fields) =>
	createHmac('sha1', secret).update(url + Object.keys(fields).sort().map((name) => name + fields[name]).join('')).digest('base64');
export const hubSignature = (secret, body) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
export const timedSignature = (secret, body, at = Math.floor(Date.now() / 1000)) => `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;

// What Twilio posts for a message.
export const smsFields = (from, text, more = {}) => ({ MessageSid: `SM${randomUUID().replaceAll('-', '')}`, AccountSid: 'AC1', From: from, To: '+18005550100', Body: text, NumMedia: '0', ...more });

export function postSms(stack, { account, secret, fields, path = `channels/sms/${account}`, headers = {}, body = new URLSearchParams(fields).toString() }) {
	const signature = secret ? { 'X-Twilio-Signature': twilioSignature(secret, `${stack.url}/api/v1/${path}`, fields) } : {};
	return api(stack, 'POST', path, { body, headers: { 'Content-Type': FORM, ...signature, ...headers } });
}

// One message of a page's customer.
export const pageMessage = (from, text, { mid = `m_${randomUUID()}`, page = '900', at = Date.now(), more = {} } = {}) =>
	({ sender: { id: from }, recipient: { id: page }, timestamp: at, message: { mid, text, ...more } });

export function postMessenger(stack, { account, secret, messaging, headers = {}, body = JSON.stringify({ object: 'page', entry: [{ id: '900', time: Date.now(), messaging }] }) }) {
	// as Meta does: what is not ASCII is escaped
	const text = body.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
	const signature = secret ? { 'X-Hub-Signature-256': hubSignature(secret, text) } : {};
	return api(stack, 'POST', `channels/messenger/${account}`, { body: text, headers: { 'Content-Type': 'application/json', ...signature, ...headers } });
}

export function postGeneric(stack, { account, secret, events, at, headers = {}, body = JSON.stringify({ events }) }) {
	const signature = secret ? { 'Switchboard-Signature': timedSignature(secret, body, at) } : {};
	return api(stack, 'POST', `channels/generic/${account}`, { body, headers: { 'Content-Type': 'application/json', ...signature, ...headers } });
}

export class Provider {
	requests = []; // every one, in order: { key, path, headers, body, to, text, failed }
	#taken = new Map(); // by key

	static async open({ fails = () => false } = {}) {
		const provider = new Provider();
		provider.fails = fails;
		provider.server = createServer((request, response) => provider.#serve(request, response));
		await new Promise((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
		provider.url = `http://127.0.0.1:${provider.server.address().port}`;
		return provider;
	}

	close() {
		this.server.closeAllConnections();
		return new Promise((resolve) => this.server.close(resolve));
	}

	#serve(request, response) {
		const chunks = [];
		request.on('data', (chunk) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks).toString('utf8');
			const form = request.headers['content-type']?.startsWith(FORM) ? Object.fromEntries(new URLSearchParams(body)) : null;
			const json = form ? null : JSON.parse(body);
			const seen = { key: request.headers['idempotency-key'], path: request.url, headers: request.headers, body, form, json,
				to: form?.To ?? json?.recipient?.id ?? json?.to, text: form?.Body ?? json?.message?.text ?? json?.text };
			seen.failed = this.fails(seen);
			this.requests.push(seen);
			if (seen.failed === 'before') return void response.writeHead(500).end('{}');
			if (!this.#taken.has(seen.key)) this.#taken.set(seen.key, { ...seen, id: `out_${this.#taken.size + 1}` });
			const { id } = this.#taken.get(seen.key);
			if (seen.failed) return void request.socket.destroy(); // it was taken, and nobody hears of it
			response.writeHead(form ? 201 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(form ? { sid: id, status: 'queued' } : { message_id: id, id }));
		});
	}

	taken(address) {
		return [...this.#taken.values()].filter(({ to }) => to === address);
	}

	sent(address) {
		return this.taken(address).map(({ text }) => text);
	}
}

// Carries what is in the outbox, as the courier does; for tests that want to see each step. Each lane in order, several at once.
export async function carry(stack, limit = 20) {
	const items = await stack.query('select * from api.claim_outbox(1, $1)', [limit], 'switchboard_courier');
	await Promise.all(items.map(async (item) => {
		if (item.problem) return stack.query('select api.outbox_failed($1, $2, $3, $4, $5, $6)', [item.item, item.lease, item.problem, item.final, item.reason, item.status], 'switchboard_courier');
		const authorization = { basic: `Basic ${Buffer.from(`${item.user_name}:${item.secret}`).toString('base64')}`, bearer: `Bearer ${item.secret}` }[item.scheme];
		const headers = { 'Content-Type': item.content_type, 'Idempotency-Key': item.item, ...(authorization ? { Authorization: authorization } : {}),
			...(item.scheme === 'hmac' ? { 'Switchboard-Signature': timedSignature(item.secret, item.body) } : {}) };
		try {
			const answer = await fetch(item.url, { method: item.method, headers, body: item.body });
			await stack.query('select api.outbox_answered($1, $2, $3, $4)', [item.item, item.lease, answer.status, await answer.text()], 'switchboard_courier');
		} catch (error) {
			await stack.query('select api.outbox_failed($1, $2, $3, false)', [item.item, item.lease, error.message], 'switchboard_courier');
		}
	}));
	return items.length;
}
