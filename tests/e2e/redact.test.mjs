// SPDX-License-Identifier: ISC
// A supervisor takes the words of a message away, in real browsers: nobody's screen shows them any more, at once and after a reload; a masked card number is what its
// author sees too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);
const REMOVED = 'This message was removed.';

test('a message is removed after a question, with the keyboard too; customer and supervisor read that it was, before and after a reload', async () => {
	const sam = await browser.person('sam');
	await sam.takeDuty('sam', ['billing']);
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.pick('Billing');
	await sam.at('offer-accept').click();
	await sam.deskBubble('Billing').first().waitFor();
	await mia.say('My card is 4111 1111 1111 1111');
	await mia.bubble('My card is **** **** **** 1111').waitFor();
	await sam.deskBubble('My card is **** **** **** 1111').waitFor();
	await mia.say('and my password is hunter2');
	await sam.deskBubble('hunter2').waitFor();
	await sam.deskSay('Thank you, I have seen it.');
	await mia.bubble('I have seen it').waitFor();

	const message = sam.at('thread').locator('.message').filter({ hasText: 'hunter2' });
	await message.hover();
	await sam.shoot('the button');
	await message.getByRole('button', { name: 'Remove this message' }).click();
	await sam.page.getByText('Remove this message?').waitFor();
	await sam.at('redact-reason').fill('a password');
	await sam.shoot('the question');
	await sam.page.keyboard.press('Escape');
	await until(async () => !(await sam.at('redact-confirm').isVisible()), { what: 'the question to be gone' });
	assert.equal(await sam.deskBubble('hunter2').count(), 1, 'asked is not done');
	await message.getByRole('button', { name: 'Remove this message' }).focus();
	await sam.page.keyboard.press('Enter');
	await sam.at('redact-reason').fill('a password');
	await sam.page.keyboard.press('Enter');
	await Promise.all([sam.deskBubble(REMOVED).waitFor(), mia.bubble(REMOVED).waitFor()]);
	for (const messages of [await sam.deskMessages(), await mia.messages()]) assert.ok(!messages.join().includes('hunter2'), 'nobody reads it');
	await sam.shoot('removed');
	await mia.shoot('removed');

	await mia.page.reload();
	await mia.bubble(REMOVED).waitFor();
	await sam.page.reload();
	await sam.deskBubble(REMOVED).waitFor();
	await mia.page.emulateMedia({ colorScheme: 'dark' });
	await mia.shoot('removed after dark');
	await sam.page.emulateMedia({ colorScheme: 'dark' });
	await sam.shoot('removed after dark');
	const [audit] = await stack.query('select actor, new from chat.audit where action = \'redact\'');
	assert.deepEqual([audit.actor, audit.new.reason], ['sam', 'a password']);

	// the chat is erased while both look at it
	const [{ chat }] = await stack.query('select chat from chat.chat where state = \'active\'');
	await stack.query('select from chat.erase_chat($1)', [chat]);
	await until(async () => (await sam.at('chat-item').count()) === 0, { what: 'the chat to leave the desk' });
	await sam.page.reload();
	await sam.at('presence-available').waitFor();
	assert.equal(await sam.page.getByText('Mia').count(), 0, 'nor does a reload bring it back');
});
