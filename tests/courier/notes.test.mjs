// SPDX-License-Identifier: ISC
// Mail, as a real mail server gets it: the answer to a note, an invitation, a notice to the team, a transcript.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { converse } from '../support/conversation.mjs';
import { MailServer } from '../support/mail-server.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 1 });

async function mailing(t, options) {
	const mail = await MailServer.open(t, options);
	await stack.query(`insert into chat.mail_account (account, url, starttls, user_name, from_address, from_name)
		values ('mail', $1, 'none', $2, 'desk@shop.example', 'Häuser & Töpfe')
		on conflict (account) do update set url = excluded.url, user_name = excluded.user_name`, [mail.url, options?.user ?? null]);
	if (options?.password) await stack.query('select api.set_mail_password($1, $2)', ['mail', options.password]);
	return mail;
}

const noCaller = new Customer(stack);
const leave = (more = {}) => noCaller.call('POST', 'widgets/demo-shop/notes',
	{ request_key: randomUUID(), email: 'kim@mail.example', body: 'Passt er in die Spülmaschine?\n.\nKim', queue: 'billing', locale: 'de', ...more });
const entryOf = async (reference) => (await stack.query('select entry from chat.inbox where reference = $1', [reference]))[0].entry;
const to = (address) => (letter) => letter.to.includes(address);

test('the answer to a note arrives, in the customer\'s language and in one thread, once and with its words', async (t) => {
	const mail = await mailing(t, { user: 'desk', password: 'a secret word' });
	const { reference } = await leave();
	const entry = await entryOf(reference);
	const ana = await Operator.logIn(stack, 'ana', ['billing']);
	const cid = randomUUID();
	const body = 'Ja, gern.\n\n.\n<b>nicht fett</b>';
	for (let i = 0; i < 2; i++) assert.equal((await ana.call('POST', `inbox/${entry}/answers`, { cid, body })).entry.state, 'answered');
	const letter = await mail.letter(to('kim@mail.example'), 'the answer');
	assert.deepEqual([letter.from, letter.to, letter.user], ['desk@shop.example', ['kim@mail.example'], 'desk']);
	assert.equal(letter.header('from'), 'Häuser & Töpfe <desk@shop.example>');
	assert.equal(letter.header('subject'), `Ihre Nachricht ${reference}`);
	assert.match(letter.header('message-id'), /^<[0-9a-f-]{36}@shop\.example>$/);
	assert.match(letter.header('date'), /^\w{3}, \d+ \w{3} \d{4} [\d:]{8} \+0000$/);
	assert.equal(letter.header('auto-submitted'), '', 'a person wrote it');
	assert.match(letter.part('text/plain'), /^Ja, gern\.\n\n\.\n<b>nicht fett<\/b>\n\nAna Silva\n\nSie schrieben am .*:\n\n> Passt er in die Spülmaschine\?\n> \.\n> Kim\n/);
	assert.ok(letter.part('text/html').includes('&lt;b&gt;nicht fett&lt;/b&gt;') && !letter.part('text/html').includes('<b>nicht'));
	await until(async () => (await ana.call('GET', `inbox/${entry}`)).entry.replies[0].state === 'sent', { what: 'the console to know that it was sent' });
	await ana.call('POST', `inbox/${entry}/answers`, { cid: randomUUID(), body: 'Noch etwas.' });
	const second = await mail.letter((each) => each.part('text/plain').startsWith('Noch etwas.'), 'the second answer');
	assert.equal(second.header('in-reply-to'), letter.header('message-id'));
	assert.equal(mail.letters.length, 2, 'each once');
	assert.ok(!stack.logs.includes('a secret word') && !stack.logs.includes('kim@mail.example'), 'no log holds a password or an address');
});

test('what a mail server refuses for good lies before the operator again, with the reason', async (t) => {
	const mail = await mailing(t);
	mail.refuse = () => 550;
	await stack.query("update chat.setting set value = '1' where name = 'outbox_tries'");
	t.after(() => stack.query("update chat.setting set value = '40' where name = 'outbox_tries'"));
	const entry = await entryOf((await leave()).reference);
	const ana = await Operator.logIn(stack, 'ana', ['billing']);
	await ana.call('POST', `inbox/${entry}/answers`, { cid: randomUUID(), body: 'Ja.' });
	const failed = await until(async () => {
		const { entry: now } = await ana.call('GET', `inbox/${entry}`);
		return now.replies[0].state === 'failed' && now;
	}, { what: 'the answer to have failed' });
	assert.deepEqual([failed.state, failed.operator], ['taken', 'ana']);
	assert.match(failed.replies[0].error, /550|refused|denied/i);
});

test('the link of an invitation opens a chat with who invited, once', async (t) => {
	const mail = await mailing(t);
	const entry = await entryOf((await leave()).reference);
	const ana = await Operator.logIn(stack, 'ana', ['billing']);
	await ana.call('POST', `inbox/${entry}/invitation`, { cid: randomUUID(), body: 'Sprechen wir?' });
	const letter = await mail.letter(to('kim@mail.example'), 'the invitation');
	const link = /https?:\/\/\S+/.exec(letter.part('text/plain'))[0];
	assert.ok(link.startsWith(`${stack.url}/widget/?key=demo-shop#invitation=`), link);
	const invitation = new URL(link).hash.slice('#invitation='.length);
	const kim = await Customer.open(stack, { invitation });
	t.after(() => kim.call('POST', `chats/${kim.chat}/end`, {}));
	const { events } = await kim.call('GET', `chats/${kim.chat}/events?after=0`);
	assert.ok(events.some(({ kind, body }) => kind === 'message' && body.startsWith('Passt er')), 'it begins with the note');
	assert.equal((await ana.call('GET', `inbox/${entry}`)).entry.chat, kim.chat);
	await assert.rejects(Customer.open(stack, { invitation }), { status: 410 });
	await until(async () => (await stack.query('select count(*)::int as n from chat.outbox where position($1 in body::text) > 0', [invitation]))[0].n === 0,
		{ what: 'the code to be in the mail alone' });
});

test('the team is told that a note was left, and nothing of who left it', async (t) => {
	const mail = await mailing(t);
	await stack.query("insert into chat.inbox_notice (queue, address) values ('billing', 'team@shop.example')");
	t.after(() => stack.query('delete from chat.inbox_notice'));
	const { reference } = await leave({ name: 'Kim' });
	const letter = await mail.letter(to('team@shop.example'), 'the notice');
	assert.equal(letter.header('subject'), `New message ${reference}: Billing`);
	assert.equal(letter.header('auto-submitted'), 'auto-generated');
	assert.ok(!/Kim|kim@|Spülmaschine/.test(letter.text + letter.part('text/plain')));
});

test('a transcript arrives at the address of the chat, and at no other', async (t) => {
	const mail = await mailing(t);
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	await kim.say('Where is my parcel?');
	await ana.say(kim.chat, 'On its way.');
	const ask = (body) => kim.call('POST', `chats/${kim.chat}/transcript`, body);
	assert.deepEqual(await ask({ email: 'kim@mail.example' }), { email: 'kim@mail.example' });
	await assert.rejects(ask({ email: 'all@mail.example' }), { status: 409 });
	const letter = await mail.letter(to('kim@mail.example'), 'the transcript');
	assert.match(letter.part('text/plain'), /→ Customer 1: Where is my parcel\?\n[\d:]+ {2}← Ana Silva: On its way\.\n/);
	assert.equal(letter.header('auto-submitted'), 'auto-generated');
	await ask({});
	await assert.rejects(ask({}), { status: 429 });
});
