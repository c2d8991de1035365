// SPDX-License-Identifier: ISC
// A mail leaves by SMTP as it should: envelope, head, both forms of its body; refusals are final, other failures are not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 1, prepare: (s) => s.query("update chat.setting set value = '1' where name in ('outbox_backoff_s', 'outbox_backoff_max_s')") });

// A mail server that keeps what it was given; `answers` maps a command's first word to another answer, one use each.
async function mailServer(t) {
	const server = { mails: [], answers: {} };
	const listener = createServer((socket) => {
		const mail = { commands: [] };
		let data = null, rest = '';
		socket.on('error', () => {});
		const say = (line) => socket.write(`${line}\r\n`);
		const take = (line) => {
			if (data !== null) {
				if (line !== '.') return data.push(line);
				mail.data = data.join('\n');
				data = null;
				server.mails.push({ ...mail });
				return say('250 taken');
			}
			const word = line.split(/[ :]/)[0].toUpperCase();
			mail.commands.push(line);
			const other = server.answers[word]?.shift();
			if (other) return say(other);
			if (word === 'DATA') {
				data = [];
				return say('354 go on');
			}
			say(word === 'EHLO' ? '250 mail.example' : word === 'QUIT' ? '221 bye' : '250 fine');
			return word === 'QUIT' && socket.end();
		};
		socket.on('data', (chunk) => {
			const lines = (rest + chunk).split('\r\n');
			rest = lines.pop();
			lines.forEach(take);
		});
		say('220 mail.example');
	});
	await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
	t.after(() => listener.close());
	server.url = `smtp://127.0.0.1:${listener.address().port}`;
	return server;
}

// A kind of item that is a mail.
async function send(url, more = {}) {
	await stack.query(`create or replace function internal.webhook_request(p_item chat.outbox) returns internal.outgoing language sql stable as $$
		select r from jsonb_populate_record(null::internal.outgoing, p_item.body) r $$`);
	const body = { url, starttls: 'none', mail_from: 'help@shop.example', rcpt: ['kim@example.com'], subject: 'Ihr Gespräch', text_body: 'Guten Tag\n.\nZoë', ...more };
	const [{ item }] = await stack.query("select internal.send_out('webhook', 'mail', 'mail', null, $1, clock_timestamp()) as item", [JSON.stringify(body)]);
	return item;
}

const becomes = (item, state) => until(async () => {
	const [row] = await stack.query('select state, tries, last_status, last_reason, given_up, last_error from chat.outbox where item = $1', [item]);
	return row.state === state && row;
}, { what: `the mail to be ${state}` });

test('envelope, head and body', async (t) => {
	const server = await mailServer(t);
	const item = await send(server.url, { html_body: '<p>Zoë</p>', rcpt: ['kim@example.com', 'lee@example.com'], headers: ['From: Zoës Laden <help@shop.example>', 'Reply-To: desk@shop.example'] });
	await becomes(item, 'done');
	const [{ commands, data }] = server.mails;
	assert.deepEqual(commands.filter((line) => /^(MAIL|RCPT)/.test(line)).map((line) => /<(.*?)>/.exec(line)[1]), ['help@shop.example', 'kim@example.com', 'lee@example.com']);
	assert.match(data, new RegExp(`^Message-ID: <${item}@shop\\.example>$`, 'm'));
	assert.match(data, /^To: kim@example\.com, lee@example\.com$/m);
	assert.match(data, /^Reply-To: desk@shop\.example$/m);
	assert.match(data, /^From: =\?UTF-8\?B\?\S+\?= <help@shop\.example>$/m);
	assert.match(data, /^Subject: =\?UTF-8\?B\?SWhyIEdlc3Byw6RjaA==\?=$/m);
	assert.match(data, /multipart\/alternative/);
	assert.match(data, /Guten Tag[^]*Zo=C3=AB[^]*<p>Zo=C3=AB<\/p>/);
});

test('a failure for now is tried again with the same Message-ID, one for good is a dead letter', async (t) => {
	const server = await mailServer(t);
	server.answers.RCPT = ['451 later', '250 fine'];
	const first = await send(server.url);
	assert.equal((await becomes(first, 'done')).tries, 2);
	server.answers.RCPT = ['550 no such user'];
	const second = await send(server.url);
	const dead = await becomes(second, 'dead');
	assert.equal(dead.tries, 1);
	assert.match(dead.last_error, /550/);
	assert.deepEqual([dead.last_reason, dead.last_status, dead.given_up], ['refused', 550, 'final']);
	assert.equal((await becomes(await send(server.url, { rcpt: ['kim@example.com>\r\nDATA'] }), 'dead')).last_reason, 'not_made');
	assert.equal(server.mails.length, 1);
});

test('no word of a mail goes over a line that is not encrypted, unless that is said', async (t) => {
	const server = await mailServer(t);
	const item = await send(server.url, { starttls: 'required', user_name: 'shop', secret: 'word' });
	const row = await until(async () => (await stack.query('select last_error, last_reason from chat.outbox where item = $1 and last_error is not null', [item]))[0], { what: 'an attempt to fail' });
	assert.match(row.last_error, /SSL|TLS/i);
	assert.equal(row.last_reason, 'insecure');
	assert.equal(server.mails.length, 0);
});
