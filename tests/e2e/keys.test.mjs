// SPDX-License-Identifier: ISC
// The console without a mouse: every key of the list does what the list says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Customer } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack({ prepare: (fresh) => fresh.query('update chat.operator set max_chats = 4') });
const browser = useBrowser(stack);

const open = (ana) => ana.page.locator('sb-conversation header h2').textContent();

test('offers are accepted, chats changed, noted in, passed on and ended by keyboard alone', async () => {
	const ana = await browser.person('ana');
	await ana.page.goto(`${stack.url}/console/`);
	await ana.at('login-operator').fill('ana');
	await ana.page.keyboard.press('Tab');
	await ana.page.keyboard.type(stack.passwords.ana);
	await ana.page.keyboard.press('Enter');
	await ana.at('on-duty').click(); // nothing is open, so the middle says what to do
	await until(async () => (await ana.at('presence-available').getAttribute('aria-checked')) === 'true', { what: 'Ana to be available' });
	await ana.at('on-duty').waitFor({ state: 'detached' });
	await ana.page.getByRole('heading', { name: 'No chats right now' }).waitFor();
	await ana.at('queue-billing').click();
	const people = [];
	for (const name of ['Kim', 'Zoë', 'Noor']) {
		people.push(await Customer.open(stack, { queue: 'billing', name }));
		await ana.at('offer-card').filter({ hasText: name }).waitFor();
		await ana.page.keyboard.press('Alt+KeyY');
		await until(async () => (await open(ana).catch(() => '')) === name, { what: `${name} to be open` });
	}
	await ana.page.locator('sb-conversation textarea:focus').waitFor();
	await ana.page.keyboard.press('Alt+ArrowDown');
	await until(async () => (await open(ana)) === 'Kim', { what: 'the list to go around' });
	await ana.page.keyboard.press('Alt+ArrowUp');
	await until(async () => (await open(ana)) === 'Noor', { what: 'the way back' });
	await ana.page.locator('sb-conversation textarea:focus').waitFor();
	await ana.page.keyboard.type('A word for Noor');
	await ana.page.keyboard.press('Enter');
	await ana.deskBubble('A word for Noor').waitFor();
	for (const name of ['Kim', 'Zoë']) await ana.at('chat-item').filter({ hasText: name }).locator('.wait').waitFor(); // what was said there has been read
	await ana.page.keyboard.press('Alt+KeyJ');
	await until(async () => (await open(ana)) === 'Kim', { what: 'who has waited longest' });
	await ana.page.locator('sb-conversation textarea:focus').waitFor();
	await ana.page.keyboard.press('Alt+KeyM');
	await ana.page.keyboard.type('A note on Kim');
	await ana.page.keyboard.press('Enter');
	await ana.at('thread').locator('.note .bubble', { hasText: 'A note on Kim' }).waitFor();
	await ana.page.keyboard.press('Alt+KeyM');
	await ana.page.keyboard.press('Alt+KeyT');
	await ana.at('transfer-search').waitFor();
	await ana.page.keyboard.press('Alt+KeyJ'); // a question that is open is answered first
	await ana.page.keyboard.press('Escape');
	assert.equal(await open(ana), 'Kim');
	await ana.page.keyboard.press('Alt+KeyW');
	await ana.page.locator('sb-conversation dialog[open]').getByRole('button', { name: 'Keep chatting' }).press('Enter');
	for (const person of people) await person.call('POST', `chats/${person.chat}/end`, {});
});

for (const { name, ...context } of [{ name: 'light', locale: 'en-GB' }, { name: 'dark, from right to left, at 320 px', locale: 'ar', colorScheme: 'dark', viewport: { width: 320, height: 640 } }])
	test(`the list of the keys, ${name}: it opens by a key, and the focus is back where it was when it closes`, async () => {
		const ben = await browser.person('ben', { ...context, bypassCSP: true });
		await ben.takeDuty('ben', ['billing']);
		await ben.at('inbox-link').focus();
		await ben.page.keyboard.press('Alt+KeyK');
		await ben.at('keys-dialog').waitFor();
		await axe(ben.page, 'the list of the keys');
		await fits(ben.page, 'the list of the keys');
		await ben.shoot(`keys ${name}`);
		await ben.page.keyboard.press('Escape');
		await ben.at('keys-dialog').waitFor({ state: 'detached' });
		await ben.page.locator('[data-testid=inbox-link]:focus').waitFor();
		await ben.bePresent('offline');
	});
