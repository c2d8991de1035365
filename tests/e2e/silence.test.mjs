// SPDX-License-Identifier: ISC
// What a silent customer and a silent operator see of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

test('the operator is called to who waits; the customer is asked whether he is there, counted as unread, and told why his chat was closed', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.pick('Billing');
	await ana.at('offer-accept').click();
	await mia.chat.getByText('Ana Silva is here to help').waitFor();

	const called = ana.page.getByRole('status').getByText('Mia is waiting for your answer').waitFor({ state: 'attached' });
	called.catch(() => {}); // it is awaited below
	await stack.query("insert into chat.silence_rule (operator_reminders_s) values ('{1}')");
	await ana.at('thread').getByText(/The customer has waited for your answer since/).waitFor();
	await called;
	await ana.shoot('reminded');
	assert.equal(await mia.chat.locator('.line.reminder').count(), 0, 'that is not for the customer');

	await ana.deskSay('Which invoice is it?');
	await mia.bubble('Which invoice is it?').waitFor();
	await mia.chat.getByRole('button', { name: 'Close chat window' }).click();
	await mia.isClosed();
	await stack.query("update chat.silence_rule set operator_reminders_s = '{}', customer_reminders_s = '{1}'");
	await until(async () => await mia.page.locator('switchboard-widget .badge').textContent() === '1', { what: 'a mark on the launcher' });
	await mia.open();
	await mia.chat.getByText('Are you still there?').waitFor();
	await mia.shoot('asked');
	await ana.at('thread').getByText('Are you still there?').waitFor();
	await ana.shoot('customer asked');

	await stack.query('update chat.silence_rule set customer_end_s = 2');
	await mia.chat.getByText('This chat was closed because we did not hear from you').waitFor();
	await mia.chat.getByText(/We have not heard from you for a while/).waitFor();
	await mia.shoot('closed');
	await ana.at('thread').getByText('The chat was closed because the customer did not answer').waitFor();
	await ana.shoot('closed');
});
