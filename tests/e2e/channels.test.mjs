// SPDX-License-Identifier: ISC
// Customers who come by SMS and Messenger, as an operator sees them in a real browser.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { carry, pageMessage, postMessenger, postSms, Provider, smsFields } from '../support/provider.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const SECRET = 'a-secret-of-twilio-and-others';
let provider;
const stack = useStack({
	prepare: async (begun) => {
		provider = await Provider.open();
		await begun.query("insert into chat.widget (widget, site, default_queue) values ('plain', 'shop', 'billing')");
		await begun.query(`insert into chat.channel_account (account, channel, widget, own_address, user_name, api_url, plain_http) values
			('sms', 'sms', 'plain', '+18005550100', 'AC1', $1, true), ('page', 'messenger', 'plain', '900', null, $1, true)`, [provider.url]);
		for (const [account, kind] of [['sms', 'secret'], ['page', 'secret'], ['page', 'token']]) await begun.query('select api.add_channel_secret($1, $2, $3)', [account, kind, SECRET]);
		await begun.query('update chat.operator set max_chats = 4');
	},
});
const browser = useBrowser(stack);
after(() => provider?.close());

const sms = (fields, path) => postSms(stack, { account: 'sms', secret: SECRET, fields, path });
const page = (messaging) => postMessenger(stack, { account: 'page', secret: SECRET, messaging });

test('an operator sees by what channel a customer writes, and what became of an answer', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await sms(smsFields('+4915112345678', 'My bill is wrong'));
	const card = ana.at('offer-card');
	await card.getByTestId('channel').filter({ hasText: 'SMS' }).waitFor();
	await ana.shoot('offer by sms');
	await card.getByTestId('offer-accept').click();
	await ana.page.locator('sb-conversation header').getByTestId('channel').waitFor();
	await ana.deskComposer.fill('Which one?');
	await ana.deskComposer.press('Enter');
	await until(async () => (await carry(stack), provider.sent('+4915112345678').includes('Which one?')), { what: 'the answer at the provider' });
	const sent = provider.taken('+4915112345678').at(-1);
	const callback = new URL(sent.form.StatusCallback);
	const told = (state, more = {}) => sms({ MessageSid: sent.id, MessageStatus: state, ...more }, callback.pathname.split('/api/v1/')[1] + callback.search);
	assert.equal((await told('delivered')).status, 200);
	await ana.page.locator('article[data-state=got]', { hasText: 'Which one?' }).waitFor();
	await ana.deskComposer.fill('Are you there?');
	await ana.deskComposer.press('Enter');
	await until(async () => (await carry(stack), provider.sent('+4915112345678').includes('Are you there?')), { what: 'the second at the provider' });
	const last = provider.taken('+4915112345678').at(-1);
	const other = new URL(last.form.StatusCallback);
	await sms({ MessageSid: last.id, MessageStatus: 'undelivered', ErrorCode: '30003' }, other.pathname.split('/api/v1/')[1] + other.search);
	await ana.page.getByText('A message was not delivered: 30003').waitFor();
	await ana.shoot('undelivered');
	await ana.page.locator('sb-details').getByText('+4915112345678').first().waitFor();
	await ana.shoot('details');
});

test('the console shows how long a customer of Messenger can be answered, and when it is over', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await page([pageMessage('77', 'Hello')]);
	await ana.at('offer-card').getByTestId('offer-accept').click();
	await ana.page.locator('sb-conversation header').getByTestId('channel-window').filter({ hasText: /23 h left|24 h left/ }).waitFor();
	await ana.shoot('window');
	await ana.page.setViewportSize({ width: 320, height: 640 });
	await ana.shoot('window on a phone');
	await ana.page.setViewportSize({ width: 1280, height: 860 });
	await stack.query(`with k as (update chat.channel_chat set last_in_at = last_in_at - interval '25 hours' where address = '77' returning chat)
		update chat.message m set at = m.at - interval '25 hours' from k where m.chat = k.chat`);
	await ana.page.reload();
	await ana.page.locator('[data-testid=chat-item]', { hasText: 'Customer' }).first().click();
	await ana.at('channel-silent').filter({ hasText: 'more than 24 hours ago' }).waitFor();
	assert.equal(await ana.deskComposer.isDisabled(), true);
	await ana.shoot('window over');
	await page([pageMessage('77', 'I am back')]);
	await until(async () => !(await ana.deskComposer.isDisabled()), { what: 'the composer to be usable again' });
});
