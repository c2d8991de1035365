// SPDX-License-Identifier: ISC
// Every state of the widget and the console against the machine-checkable rules of WCAG 2.2 AA, light and dark, from right to left, at 320 px.
import { test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe as check, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

const ways = [
	{ name: 'light', colorScheme: 'light', viewport: { width: 1280, height: 860 }, locale: 'en-GB' },
	{ name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE' },
	{ name: 'right to left', colorScheme: 'light', viewport: { width: 400, height: 800 }, locale: 'ar' },
];

for (const { name, ...context } of ways)
	test(`the widget, ${name}`, async () => {
		const dara = await Operator.logIn(stack, 'dara', ['sales']);
		await dara.connect();
		const mia = await browser.person(`mia ${name}`, { ...context, bypassCSP: true });
		await mia.visit();
		await check(mia.page, 'shop and launcher');
		await mia.open();
		await mia.chat.locator('.queues li').first().waitFor();
		const frame = mia.page.frames().find((f) => f.url().includes('/widget/'));
		const look = async (what) => {
			await check(frame, what);
			await fits(frame, what);
			await mia.shoot(what);
		};
		await look('welcome');
		await mia.chat.locator('sb-welcome button[type=submit]').click();
		await mia.chat.locator('.choice').first().waitFor();
		await look('bot');
		await mia.chat.locator('.choice').first().click();
		await mia.chat.locator('.waiting').waitFor();
		await look('waiting');
		const offer = await dara.nextOffer();
		await dara.accept(offer);
		await dara.say(offer.chat, 'See https://shop.example/a-rather-long-address-that-must-break-somewhere-or-it-does-not-fit');
		await mia.bubble('See').waitFor();
		await mia.say('Thank you');
		await mia.bubble('Thank you').waitFor();
		dara.send({ t: 'typing', chat: offer.chat, on: true });
		await mia.chat.locator('.typing').waitFor();
		await look('talk');
		await mia.chat.locator('#menu').click();
		await look('menu');
		await mia.page.keyboard.press('Escape');
		await dara.end(offer.chat);
		await mia.chat.locator('.stars label').nth(4).click();
		await look('ended');
		await dara.presence('offline');
		dara.close();
	});

for (const { name, ...context } of ways)
	test(`the console, ${name}`, async () => {
		const ana = await browser.person(`ana ${name}`, { ...context, bypassCSP: true });
		await ana.page.goto(`${stack.url}/console/`);
		await ana.at('login-submit').waitFor();
		await check(ana.page, 'login');
		await ana.takeDuty('ana', ['billing']);
		await check(ana.page, 'on duty');
		await fits(ana.page, 'on duty');
		await ana.shoot('on duty');
		if (context.viewport.width === 320) { // lying on its side, or the text enlarged: what does not fit scrolls, by keyboard too
			await ana.page.setViewportSize({ width: 320, height: 260 });
			await check(ana.page, 'on duty, scrolled');
			await fits(ana.page, 'on duty, scrolled');
			const sees = () => ana.page.evaluate(() => {
				const tree = (node) => (node.shadowRoot ?? node);
				let scroll = document.activeElement;
				while (scroll?.shadowRoot?.activeElement && !tree(scroll).querySelector('.scroll')) scroll = scroll.shadowRoot.activeElement;
				return tree(scroll).querySelector('.scroll')?.scrollTop ?? -1;
			});
			await ana.at('inbox-link').focus();
			await ana.page.keyboard.press('End');
			await until(async () => (await sees()) > 0, { what: 'the list to be scrolled by keyboard' });
		}
	});

for (const { name, ...context } of ways)
	test(`chats that change hands and the board, ${name}`, async () => {
		const sam = await browser.person(`sam ${name}`, { ...context, bypassCSP: true });
		const phone = context.viewport.width < 760;
		const look = async (what) => {
			await check(sam.page, what);
			await fits(sam.page, what);
			await sam.shoot(what);
		};
		for (const other of ['ana', 'ben']) await (await Operator.logIn(stack, other)).presence('offline'); // of the tests before
		await stack.query('delete from chat.session');
		await sam.takeDuty('sam', ['billing']);
		const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim-Charlotte von Rosenberg-Wittelsbach' });
		await sam.at('offer-accept').click();
		const ben = await Operator.logIn(stack, 'ben', ['billing']);
		await ben.connect();
		await sam.at('transfer').click();
		await sam.at('target-operator:ben').waitFor();
		await sam.at('transfer-search').fill('nobody of this name');
		await look('transfer to nobody');
		await sam.at('transfer-search').fill('');
		await sam.at('target-operator:ben').check();
		await sam.at('transfer-search').fill('ana');
		await sam.at('target-operator:ben').waitFor();
		await look('transfer');
		await sam.at('transfer-confirm').click();
		await sam.at('transfer-pending').waitFor();
		await look('asked');
		await sam.at('transfer-cancel').click();
		await sam.at('transfer-pending').waitFor({ state: 'detached' });

		if (phone) await sam.at('back').click();
		await sam.bePresent('busy');
		const zoe = await Customer.open(stack, { queue: 'billing', name: 'Zoë' });
		await ben.accept(await ben.frame((frame) => frame.t === 'offer' && frame.chat === zoe.chat, 'the offer for Ben'));
		await sam.bePresent('available');
		await ben.call('POST', `operator/chats/${zoe.chat}/transfer`, { operator: 'sam', note: 'Wants a refund for order 4711, and soon.' });
		await sam.at('offer-from').waitFor();
		await look('passed on by a colleague');
		await sam.at('offer-decline').click();
		await sam.at('offer-card').waitFor({ state: 'detached' });
		await sam.at('logout').click();
		await sam.at('logout-confirm').waitFor();
		await look('log out');
		await sam.page.keyboard.press('Escape');
		await stack.query("select internal.put_presence('sam', 'break', 'not responding', 'not_responding', clock_timestamp())");
		await sam.at('put-off').waitFor();
		await look('missed offers');
		await sam.at('back-on-duty').click();

		await sam.at('board-link').click();
		await sam.at('board-chats').waitFor();
		await look('board');
		await sam.at('board-take').first().click();
		await look('take');
		await sam.page.keyboard.press('Escape');
		await sam.at('board-requeue').first().click();
		await look('requeue');
		await sam.page.keyboard.press('Escape');
		await kim.call('POST', `chats/${kim.chat}/end`, {});
		await zoe.call('POST', `chats/${zoe.chat}/end`, {});
		await sam.at('board-chats').locator('.empty').waitFor();
		await look('empty board');
		ben.close();
	});
