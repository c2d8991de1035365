// SPDX-License-Identifier: ISC
// A browser whose scripts are switched off: the whole chat with an operator, in the shop's own noscript link; every page against WCAG 2.2 AA, dark, from the right, at 320 px.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);
const frameOf = (page) => page.frames().find((frame) => frame.url().includes('/messages'));

async function noBot(t) {
	await stack.query("update chat.widget set bot = null where widget = 'demo-shop'");
	t.after(() => stack.query("update chat.widget set bot = 'guide' where widget = 'demo-shop'"));
}

test('without JavaScript a customer has the whole chat with an operator, and nothing of what she types is lost to a refresh', async (t) => {
	await noBot(t);
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia', { javaScriptEnabled: false });
	await mia.page.goto(stack.shopUrl);
	await mia.page.getByRole('link', { name: 'Chat with us' }).click();
	await mia.page.getByRole('heading', { name: 'Hello! How can we help you today?' }).waitFor();
	const colour = await mia.page.locator('body > header').evaluate((header) => getComputedStyle(header).backgroundColor);
	assert.equal(colour, 'rgb(11, 110, 79)', 'it has the colour of the site');
	await mia.shoot('queues');
	await mia.page.getByRole('link', { name: 'Billing' }).click();
	await mia.page.getByLabel('Your name').fill('Mia');
	await mia.shoot('welcome');
	await mia.page.getByRole('button', { name: 'Start chat' }).click();
	const talk = mia.page.frameLocator('iframe');
	await talk.getByText('You asked for Billing').waitFor();

	const draft = mia.page.getByLabel('Your message');
	await draft.fill('half a sentence');
	await ana.at('offer-accept').click();
	await talk.getByText('Ana Silva is here to help').waitFor(); // by a refresh of its own
	assert.equal(await draft.inputValue(), 'half a sentence');
	await mia.page.getByRole('button', { name: 'Send message' }).click();
	await talk.locator('.bubble').filter({ hasText: 'half a sentence' }).waitFor();
	await ana.deskBubble('half a sentence').waitFor();
	await ana.deskSay('and the other half');
	await talk.locator('.bubble').filter({ hasText: 'and the other half' }).waitFor();
	await until(() => talk.locator('.bubble').last().evaluate((bubble) => { // as often as a refresh comes in between
		const { bottom } = bubble.getBoundingClientRect();
		return bottom > 0 && bottom <= bubble.ownerDocument.documentElement.clientHeight;
	}), { what: 'the newest message to be in view' });
	await mia.shoot('talk');
	await mia.page.reload();
	await talk.locator('.bubble').filter({ hasText: 'and the other half' }).waitFor();

	await mia.page.getByRole('link', { name: 'End chat' }).click();
	await mia.page.getByRole('button', { name: 'End chat' }).click();
	await mia.page.getByRole('heading', { name: 'This chat has ended' }).waitFor();
	await mia.page.getByLabel('Very good').check();
	await mia.shoot('ended');
	await mia.page.getByRole('button', { name: 'Send rating' }).click();
	await mia.page.getByText('Thank you for your rating!').waitFor();
	const [download] = await Promise.all([mia.page.waitForEvent('download'), mia.page.getByRole('link', { name: 'Download transcript' }).click()]);
	assert.match(download.suggestedFilename(), /^chat-.*\.txt$/);
	await mia.page.getByRole('button', { name: 'Start a new chat' }).click();
	await mia.page.getByRole('link', { name: 'Billing' }).waitFor();
});

const ways = [
	{ name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 860 }, locale: 'en-GB' },
	{ name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE' },
	{ name: 'right to left', colorScheme: 'light', viewport: { width: 400, height: 800 }, locale: 'ar' },
];

// The rules are a script, so scripts run here; the pages have none of their own.
for (const { name, ...context } of ways)
	test(`the page without JavaScript, ${name}`, async () => {
		const mia = await browser.person(`mia ${name}`, { ...context, bypassCSP: true });
		const look = async (what) => {
			await axe(mia.page, what);
			await fits(mia.page, what);
			await mia.shoot(what);
		};
		const press = (at) => mia.page.locator(`form[action*="/plain/demo-shop${at}"] button`).first().click();
		await mia.page.goto(`${stack.url}/plain/demo-shop`);
		assert.equal(await mia.page.locator('script').count(), 0);
		await look('welcome');
		await press('');
		const talk = mia.page.frameLocator('iframe');
		await talk.locator('.choice').first().waitFor();
		await look('bot');
		await axe(frameOf(mia.page), 'the frame');
		await fits(frameOf(mia.page), 'the frame');
		await talk.locator('button.person').click();
		await talk.locator('.waiting').waitFor();
		await mia.page.locator('textarea').fill('<script>hit()</script> https://shop.example/a');
		await press('/message');
		await talk.locator('.mine').first().waitFor();
		await look('waiting');
		await axe(frameOf(mia.page), 'the frame of who waits');
		await mia.page.locator('a.danger').click();
		await mia.page.locator('button.danger').waitFor();
		await look('end');
		await press('/end');
		await mia.page.locator('fieldset').waitFor();
		await look('ended');
		await press('/new');
		await mia.page.goto(`${stack.url}/plain/demo-shop/note`);
		await look('note');
		await mia.page.goto(`${stack.url}/plain/demo-shop/nothing`);
		await look('an error');
	});

test('without JavaScript everything a bot asks is answered by buttons', async () => {
	const dara = await Operator.logIn(stack, 'dara', ['sales']);
	await dara.connect();
	const mia = await browser.person('mia', { javaScriptEnabled: false });
	await mia.page.goto(`${stack.url}/plain/demo-shop`);
	await mia.page.getByRole('button', { name: 'Start chat' }).click();
	const talk = mia.page.frameLocator('iframe');
	const choice = talk.locator('.choice').first();
	const label = (await choice.textContent()).trim();
	await choice.click();
	await talk.locator('.mine .bubble').filter({ hasText: label }).waitFor();
	await mia.shoot('answered');
});
