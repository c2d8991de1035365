// SPDX-License-Identifier: ISC
// Nobody is there: a customer leaves a message, an operator finds it in the inbox and works it off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

test('a customer who finds everything closed leaves a message; it comes to the operator\'s inbox and is taken, given away, filed', async (t) => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await stack.query("update chat.widget set bot = null; select chat.close_everything('We are on holiday.')");
	t.after(() => stack.query("select chat.open_everything(); update chat.widget set bot = 'guide'"));

	const mia = await browser.person('mia', { viewport: { width: 320, height: 640 } });
	await mia.visit();
	await mia.launcher.click();
	await mia.chat.getByRole('heading', { name: 'Leave us a message' }).waitFor();
	await mia.shoot('closed');
	await mia.chat.getByRole('button', { name: 'Send message' }).click();
	await mia.chat.getByText('Please give an address such as name@example.com.').waitFor();
	await mia.chat.getByLabel('Your name').fill('Mia');
	await mia.chat.getByLabel('Your e-mail address').fill('mia@mail.example');
	await mia.chat.getByLabel('What is it about?').selectOption({ label: 'Billing' });
	await mia.chat.getByLabel('Your message').fill('<b>My invoice</b> has the wrong address.');
	await mia.shoot('written');
	await mia.chat.getByRole('button', { name: 'Send message' }).click();
	await mia.chat.getByText('We will answer to mia@mail.example.').waitFor();
	const [{ reference }] = await stack.query('select reference from chat.inbox');
	await mia.chat.getByText(`Reference: ${reference}`).waitFor();
	await mia.shoot('left');

	await until(async () => (await ana.at('inbox-count-new').textContent().catch(() => ''))?.trim().endsWith('1'), { what: 'the count of the inbox' });
	await ana.at('inbox-link').click();
	await ana.at('inbox-item').click();
	await ana.at('entry-body').getByText('<b>My invoice</b> has the wrong address.').waitFor();
	await ana.page.getByText('E-mail is not set up').waitFor();
	await ana.shoot('read');
	await ana.at('entry-take').click();
	await ana.at('entry-state').getByText('In progress').waitFor();
	await ana.at('entry-assign').click();
	await ana.at('entry-people').waitFor();
	await ana.shoot('taken');
	await ana.at('entry-done').click();
	await ana.at('entry-state').getByText('Done').waitFor();
	await ana.at('inbox-closed').click();
	await ana.at('inbox-item').waitFor();
	await ana.shoot('closed');
	assert.equal((await stack.query('select state from chat.inbox'))[0].state, 'done');
});
