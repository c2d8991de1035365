// SPDX-License-Identifier: ISC
// What people see of delivery: how far a message has come, who is away since when, and a chat where no socket can be had.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
// A browser that is closed under load may leave its socket half open: then the heartbeat finds it, and the lease ends after that.
const AWAY_MS = 150_000;
const browser = useBrowser(stack);

async function chatOf(mia, ana, name) {
	await mia.startChat(name);
	await mia.pick('Billing');
	await ana.at('offer-accept').click();
	await mia.chat.getByText('Ana Silva is here to help').waitFor();
	await ana.at('chat-item').filter({ hasText: name }).click();
	await ana.deskBubble('Billing').first().waitFor();
}

const stateAt = (thread, text) => thread.locator('article').filter({ hasText: text }).getAttribute('data-state');
const deskState = (ana, text, state) => until(async () => (await stateAt(ana.at('thread'), text)) === state, { what: `“${text}” to be ${state} at the desk` });
const widgetState = (mia, text, state) => until(async () => (await stateAt(mia.chat.locator('sb-thread'), text)) === state, { what: `“${text}” to be ${state} in the widget` });

const customerIs = (ana, said) => until(async () => (await ana.at('customer-state').innerText()) === said, { what: `the customer to be “${said}” at the desk` });

async function over(ana) {
	await ana.at('end-chat').click();
	await ana.page.getByRole('dialog').getByRole('button', { name: 'End chat' }).click();
	await ana.at('wrap-up-skip').click();
}

test('the operator sees a message read, the customer gone since when, and what came of it; another device sees the same', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia');
	await chatOf(mia, ana, 'Mia');
	await ana.deskSay('which bill is it?');
	await deskState(ana, 'which bill is it?', 'read');
	await mia.say('the one of May');
	await widgetState(mia, 'the one of May', 'read');
	await mia.shoot('seen by the operator');

	const shop = mia.page.url();
	await mia.page.goto('about:blank');
	await until(async () => /^Offline since \d/.test(await ana.at('customer-state').innerText()), { what: 'the customer to be offline since when', timeout_ms: AWAY_MS });
	await ana.deskSay('that one is paid');
	await deskState(ana, 'that one is paid', 'sent');
	await ana.at('thread').getByText(/^Not delivered yet, offline since \d/).waitFor();
	await ana.shoot('not delivered yet');

	await mia.page.goto(shop);
	await mia.bubble('that one is paid').waitFor();
	await deskState(ana, 'that one is paid', 'read');
	await customerIs(ana, 'In the chat');
	await ana.shoot('delivered and read');

	await until(async () => (await stack.query("select count(*)::int as n from chat.delivery where read > 0"))[0].n === 2, { what: 'both marks to be kept' });
	await ana.page.goto('about:blank'); // nobody is to read what comes now
	await mia.say('thank you');
	await widgetState(mia, 'thank you', 'sent');
	const laptop = await browser.person('ana at her laptop');
	await laptop.page.goto(`${stack.url}/console/`);
	await laptop.at('login-operator').fill('ana');
	await laptop.at('login-password').fill(stack.passwords.ana);
	await laptop.at('login-submit').click();
	await until(async () => /^1\b/.test(await laptop.at('unread').innerText()), { what: 'one new message: what she has read at the other device is not new' });
	await laptop.shoot('one new message on another device');
	await laptop.at('chat-item').click();
	await until(async () => (await stateAt(laptop.at('thread'), 'that one is paid')) === 'read', { what: 'the mark on the other device' });
	await widgetState(mia, 'thank you', 'read');
	await mia.page.reload();
	await widgetState(mia, 'thank you', 'read');
	await over(laptop);
});

test('the customer sees that the operator is away, and back', { timeout: 300000 }, async () => {
	await stack.query("update chat.setting set value = '15' where name = 'operator_lease_s'"); // from now on: a lease that runs already is not cut short
	await stack.query('update chat.operator_state set lease_until = clock_timestamp()');
	await stack.query("update chat.setting set value = '600' where name = 'operator_grace_s'"); // she comes back before the chat goes to somebody else, however slowly
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia');
	await chatOf(mia, ana, 'Lea');
	await ana.page.goto('about:blank');
	await mia.chat.getByText('Ana Silva is not connected right now.').waitFor({ timeout: AWAY_MS });
	await mia.chat.getByText('Is away for a moment').waitFor();
	await mia.say('are you still there?');
	await widgetState(mia, 'are you still there?', 'sent');
	await mia.shoot('the operator is away');
	await ana.page.goto(`${stack.url}/console/`);
	await until(async () => (await mia.chat.getByTestId('operator-away').innerText()) === '', { what: 'the operator to be back' });
	await mia.chat.getByText('Is here for you').waitFor();
	await ana.at('chat-item').filter({ hasText: 'Lea' }).click();
	await widgetState(mia, 'are you still there?', 'read');
	await stack.query("update chat.setting set value = '600' where name = 'operator_lease_s'");
	await over(ana);
});

// The handshake meets something that knows no sockets, as behind such a proxy, until `window.unblocked`.
async function withoutSockets(name) {
	const person = await browser.person(name);
	await person.context.addInitScript(() => {
		const Real = window.WebSocket;
		window.WebSocket = class extends Real {
			constructor(url, protocol) {
				super(window.unblocked ? url : `${url}/blocked`, protocol);
			}
		};
	});
	return person;
}

const unblock = (person) => Promise.all(person.page.frames().map((frame) => frame.evaluate(() => { window.unblocked = true; })));
const hasSocket = (person) => person.sockets.some((url) => url.endsWith('/relay'));

test('where no socket can be had the chat goes on over HTTP, by itself, and back to sockets, each message once', { timeout: 300000 }, async () => {
	const ana = await withoutSockets('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await withoutSockets('mia');
	await chatOf(mia, ana, 'Zoe');
	await ana.page.getByText('No live connection from this network').waitFor();
	await mia.say('hello over HTTP');
	await ana.deskBubble('hello over HTTP').waitFor();
	await ana.deskSay('hello back');
	await mia.bubble('hello back').waitFor();
	await widgetState(mia, 'hello over HTTP', 'read');
	await deskState(ana, 'hello back', 'read');
	await customerIs(ana, 'In the chat'); // who asks over HTTP is there
	assert.ok(![mia, ana].some(hasSocket), 'no socket was had');
	await ana.shoot('without sockets');
	await mia.shoot('without sockets');

	for (let i = 0; i < 12; i++) {
		await mia.say(`customer ${i}`);
		await ana.deskSay(`operator ${i}`);
		if (i === 3) await unblock(mia);
		if (i === 7) await unblock(ana);
	}
	await until(() => [mia, ana].every(hasSocket), { what: 'both to be back on sockets', timeout_ms: 120000 });
	await until(async () => (await ana.page.getByTestId('connection-banner').count()) === 0, { what: 'the desk to be live' });
	await mia.say('and over a socket');
	await ana.deskBubble('and over a socket').waitFor();
	await ana.deskSay('as it should be');
	await mia.bubble('as it should be').waitFor();
	const stored = await stack.query("select body from chat.message where chat = (select chat from chat.chat order by created_at desc limit 1) and body is not null order by seq");
	const bodies = stored.map(({ body }) => body);
	assert.equal(new Set(bodies).size, bodies.length, 'each message once');
	await until(async () => (await mia.messages()).length === bodies.length && (await ana.deskMessages()).length === bodies.length, { what: 'both to have all of it' });
	assert.deepEqual(await mia.messages(), bodies);
	assert.deepEqual(await ana.deskMessages(), bodies);
	await deskState(ana, 'as it should be', 'read');
	await ana.shoot('back on a socket');
	await over(ana);
});
