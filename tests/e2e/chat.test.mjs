// SPDX-License-Identifier: ISC
// A whole chat between two people in two browsers: from the shop's page to the filed result. Screenshots of each step are kept.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

// Chats are filed in operators' own words here.
const stack = useStack({ prepare: (fresh) => fresh.query('update chat.disposition_code set active = false') });
const browser = useBrowser(stack);

/** Names of what the frame has put down: in its storage, or in partitioned cookies where the browser denies storage. */
async function kept(person) {
	const frame = person.page.frames().find((each) => each.url().includes('/widget/'));
	return frame.evaluate(() => {
		const names = document.cookie.split('; ').filter(Boolean).map((pair) => decodeURIComponent(pair.split('=')[0]));
		for (const open of [() => localStorage, () => sessionStorage]) try { names.push(...Object.keys(open())); } catch { /* denied: then nothing is there */ }
		return names;
	});
}

test('a customer and an operator: bot, queue, offer, talk, typing, reload, end, transcript', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await ana.shoot('on duty');

	const mia = await browser.person('mia');
	await mia.visit();
	await mia.shoot('shop');
	await mia.startChat('Mia');
	await mia.shoot('bot asks');
	await mia.pick('Billing');
	await ana.at('offer-card').waitFor();
	await ana.shoot('offer');
	await mia.shoot('waiting');
	await ana.at('offer-accept').click();
	await mia.chat.getByText('Ana Silva is here to help').waitFor();
	await ana.deskBubble('Billing').first().waitFor();

	await until(async () => { // who types says so again while it lasts; Ana's socket may follow the chat a moment after she has it
		await mia.chat.locator('sb-composer textarea').pressSequentially('My invoice ');
		return (await ana.at('thread').locator('.typing').count()) > 0;
	}, { what: 'Mia to be seen typing', every_ms: 500 });
	await ana.shoot('customer types');
	await mia.say('My invoice has the wrong address.');
	await ana.deskBubble('My invoice has the wrong address.').waitFor();
	await ana.deskComposer.pressSequentially('Let me');
	await mia.chat.locator('.typing').waitFor();
	await mia.shoot('operator types');
	await ana.deskSay('Let me look.\nWhich one is it?');
	await mia.bubble('Which one is it?').waitFor();

	await mia.page.reload();
	await mia.bubble('Which one is it?').waitFor();
	await mia.chat.locator('h1').filter({ hasText: /^Ana Silva$/ }).waitFor(); // still with the same operator
	await mia.shoot('after the reload');
	assert.ok((await kept(mia)).some((name) => name.endsWith(':chat')), 'the chat is kept for the next page');
	await mia.say('The one of May.');
	await ana.deskBubble('The one of May.').waitFor();
	await ana.deskSay('Done. You get a new one by mail.');
	await mia.bubble('Done.').waitFor();
	await ana.shoot('talk');
	await mia.shoot('talk');
	await ana.deskShows(await mia.messages());

	const said = (await mia.messages()).map((text) => text.replaceAll('\r', ''));
	await ana.at('end-chat').click();
	await ana.at('end-confirm').click();
	await mia.chat.getByText('Ana Silva ended the chat').waitFor();
	await mia.shoot('ended');

	const downloading = mia.page.waitForEvent('download');
	await mia.chat.locator('sb-ended').getByRole('button', { name: 'Download transcript' }).click();
	const transcript = await readFile(await (await downloading).path(), 'utf8');
	let from = 0;
	for (const text of said) {
		const lines = text.split('\n');
		const at = transcript.indexOf(lines[0], from);
		assert.ok(at >= 0, `the transcript has, in order: ${text}`);
		from = at + lines[0].length;
	}
	for (const text of ['My invoice has the wrong address.', 'The one of May.', 'Done. You get a new one by mail.'])
		assert.equal(transcript.split(text).length, 2, `once: ${text}`);

	await ana.at('wrap-up-disposition').fill('Address corrected');
	await ana.shoot('wrap-up');
	await ana.at('wrap-up-save').click();
	await until(async () => (await ana.at('chat-item').count()) === 0, { what: 'the chat to leave the desk' });
	const [row] = await stack.query('select disposition, state from chat.chat order by created_at desc limit 1');
	assert.deepEqual(row, { disposition: 'Address corrected', state: 'ended' });
	const stored = await stack.query("select body from chat.message where chat = (select chat from chat.chat order by created_at desc limit 1) and body is not null order by seq");
	assert.deepEqual(stored.map(({ body }) => body), said, 'the table holds what both saw');

	await mia.chat.getByRole('radio').nth(4).check({ force: true });
	await mia.chat.getByRole('button', { name: 'Send rating' }).click();
	await mia.chat.getByText('Thank you for your rating!').waitFor();
	await mia.shoot('rated');
	await mia.chat.getByRole('button', { name: 'Start a new chat' }).click();
	await mia.chat.locator('sb-welcome').waitFor();
	await until(async () => (await kept(mia)).length === 0, { what: 'nothing of the chat to stay in the browser' });
});
