// SPDX-License-Identifier: ISC
// What operators are guided by, in a real browser: phrases behind the slash, suggestions, the steps of a dialog, dispositions.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack({ prepare: (fresh) => fresh.query('update chat.queue set offer_timeout_s = 300, auto_accept = false, idle_release_s = 0') });
const browser = useBrowser(stack);
const customers = [];

// Nobody and nothing is left for the next test, however this one went.
afterEach(async () => {
	for (const someone of customers.splice(0)) {
		await someone.call('POST', `chats/${someone.chat}/end`, {}).catch((error) => assert.equal(error.status, 410));
		someone.close();
	}
	for (const name of ['ana', 'ben']) {
		const operator = await Operator.logIn(stack, name);
		for (const { id, state } of await operator.chats()) if (state === 'active') await operator.end(id);
		await operator.presence('offline');
	}
	await stack.query('delete from chat.session');
});

/** Ana at her console, with the chat of a customer open. */
async function anaWith(name, { queue = 'billing', ...more } = {}) {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', [queue]);
	const someone = await Customer.open(stack, { queue, name, locale: 'en', ...more });
	customers.push(someone);
	await someone.connect();
	await ana.at('offer-accept').click();
	await ana.deskComposer.waitFor();
	return { ana, someone };
}
const value = (ana) => ana.deskComposer.inputValue();
const suggestion = (ana, phrase) => ana.at('suggestion').and(ana.page.locator(`[data-phrase="${phrase}"]`));
const uses = (phrase) => stack.query('select coalesce(sum(uses), 0)::int as n from chat.phrase_use where phrase = $1', [phrase]).then(([{ n }]) => n);

test('a slash finds phrases by keyboard and inserts one, filled; what has no value is selected and never sent raw', async () => {
	const { ana, someone } = await anaWith('Mia', { queue: 'sales' });
	await ana.deskComposer.pressSequentially('/he');
	await ana.at('phrase-hello').waitFor();
	assert.equal(await ana.at('phrase-hello').getAttribute('aria-selected'), 'true', 'the nearest is chosen');
	assert.equal(await ana.deskComposer.getAttribute('aria-activedescendant'), 'phrase-0', 'which a screen reader is told');
	await ana.page.keyboard.press('Escape');
	await ana.at('phrases').waitFor({ state: 'detached' });
	assert.equal(await value(ana), '/he', 'Escape leaves what was typed');
	await ana.deskComposer.press('l');
	await ana.at('phrase-hello').waitFor();
	await ana.page.keyboard.press('Enter');
	assert.match(await value(ana), /^Hello Mia! I am Ana Silva of The Corner Shop\./);
	await ana.page.keyboard.press('Enter');
	await ana.deskBubble('Hello Mia! I am Ana Silva').waitFor();
	await until(async () => (await uses('hello')) === 1, { what: 'the use to be counted' });

	await ana.deskComposer.pressSequentially('/');
	await ana.at('phrase-hello').waitFor();
	await ana.page.keyboard.type('trac');
	await ana.at('phrase-where-is-order').and(ana.page.locator('[aria-selected=true]')).waitFor();
	await ana.page.keyboard.press('Tab');
	assert.match(await value(ana), /^Your order \{answer\.order\} has left/);
	await ana.page.keyboard.press('Enter');
	await ana.at('phrase-gap').waitFor();
	await ana.page.keyboard.type('4711');
	await ana.page.keyboard.press('Enter');
	await ana.at('phrase-gap').waitFor();
	await ana.page.keyboard.type('4711');
	await ana.page.keyboard.press('Enter');
	await ana.deskBubble('shop.example/track/4711').waitFor();
	const said = await stack.query("select body from chat.message where chat = $1 and author_kind = 'operator' and kind = 'message'", [someone.chat]);
	assert.ok(said.every(({ body }) => !/[{}]/u.test(body)), 'no placeholder has left');
});

test('the panel proposes what answers the customer, and one key writes it', async () => {
	const { ana, someone } = await anaWith('Mia');
	await ana.at('guidance').waitFor();
	await someone.say(`My jacket is not right, how do I send it back?`);
	await suggestion(ana, 'return-how').waitFor();
	const at = (await ana.at('suggestion').evaluateAll((all) => all.map((one) => one.dataset.phrase))).indexOf('return-how');
	await ana.deskComposer.fill('Of course.');
	await ana.page.keyboard.press(`Alt+Digit${at + 1}`);
	assert.match(await value(ana), /^Of course\. You can send it back within 30 days\./, 'behind what is written already');
	await ana.page.keyboard.press('Enter');
	await someone.frame(({ t, kind, body }) => t === 'event' && kind === 'message' && body.startsWith('Of course. You can send it back'), 'the answer');
	await axe(ana.page, 'the desk with guidance');
});

test('the step of a dialog and what is ticked off are there after a reload, and for who gets the chat next', async () => {
	const { ana, someone } = await anaWith('Mia');
	await ana.at('step-identify').waitFor();
	await ana.page.keyboard.press('Alt+Digit0');
	assert.match(await value(ana), /^Hello Mia\. Which order/);
	await ana.at('item-order').check();
	await ana.at('step-next').click();
	await until(async () => (await stack.query('select step from chat.chat_dialog where chat = $1', [someone.chat]))[0]?.step === 'reason', { what: 'the step to be kept' });
	await ana.page.reload();
	await until(async () => (await ana.at('step-reason').getAttribute('aria-current', { timeout: 20_000 })) === 'step', { what: 'the step after the reload' });
	const ben = await browser.person('ben');
	await ben.takeDuty('ben', ['billing']);
	await ana.at('transfer').click();
	await ana.at('target-operator:ben').check();
	await ana.at('transfer-confirm').click();
	await ben.at('offer-accept').click();
	await until(async () => (await ben.at('step-reason').getAttribute('aria-current', { timeout: 20_000 })) === 'step', { what: 'the step at the colleague' });
	await ben.at('step-identify').click();
	await until(() => ben.at('item-order').isChecked(), { what: 'what was ticked off' });
});

test('a disposition that the queue asks for is chosen before the chat is filed', async () => {
	const { ana, someone } = await anaWith('Mia');
	await ana.at('step-pay').click();
	await ana.at('action-wrap_up').click();
	await ana.page.getByRole('button', { name: 'Keep chatting' }).click();
	await ana.at('end-chat').click();
	await ana.at('end-confirm').click();
	await ana.at('dispositions').waitFor();
	assert.equal(await ana.at('disposition-refunded').isChecked(), true, 'what the step suggested is chosen already');
	await stack.query("update chat.disposition_code set active = false where disposition = 'refunded'");
	try {
		await ana.page.reload();
		await ana.at('dispositions').waitFor();
		await ana.at('wrap-up-save').click();
		await ana.at('disposition-missing').waitFor();
		await axe(ana.page, 'filing a chat');
		await ana.at('disposition-payment-bank').check({ force: true });
		await ana.at('wrap-up-note').fill('Waits for the bank.');
		await ana.at('wrap-up-save').click();
		await ana.at('dispositions').waitFor({ state: 'detached' });
		assert.deepEqual(await stack.query('select filed_under from chat.chat where chat = $1', [someone.chat]), [{ filed_under: 'payment-bank' }]);
	} finally {
		await stack.query("update chat.disposition_code set active = true where disposition = 'refunded'");
	}
});

test('on a phone guidance is a sheet that is opened, read and left', async () => {
	const { ana, someone } = await anaWith('Mia');
	await someone.say('my card was declined at the checkout');
	await ana.page.setViewportSize({ width: 320, height: 640 });
	await ana.at('guidance-toggle').click();
	await suggestion(ana, 'payment-failed').waitFor();
	await fits(ana.page, 'the sheet');
	await axe(ana.page, 'the sheet');
	await ana.page.keyboard.press('Escape');
	await ana.at('guidance').waitFor({ state: 'hidden' });
	await ana.at('guidance-toggle').click();
	await suggestion(ana, 'payment-failed').click();
	await ana.at('guidance').waitFor({ state: 'hidden' });
	assert.match(await value(ana), /^Your bank has refused the payment/);
});
