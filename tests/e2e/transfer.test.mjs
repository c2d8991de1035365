// SPDX-License-Identifier: ISC
// Chats that change hands, in real browsers: passed on to a colleague or a queue, sent back by who logs out, handed out without asking.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const settings = 'update chat.queue set offer_timeout_s = 300, auto_accept = false, idle_release_s = 0';
const stack = useStack({ prepare: (fresh) => fresh.query(`update chat.operator set max_chats = 3; ${settings}`) });
const browser = useBrowser(stack);
const customers = [];

// Nobody and nothing is left for the next test, however this one went.
afterEach(async () => {
	for (const someone of customers.splice(0)) {
		await someone.call('POST', `chats/${someone.chat}/end`, {}).catch((error) => assert.equal(error.status, 410));
		someone.close();
	}
	for (const name of ['ana', 'ben', 'dara']) {
		const operator = await Operator.logIn(stack, name);
		for (const { id, state } of await operator.chats()) if (state === 'active') await operator.end(id);
		await operator.presence('offline');
	}
	await stack.query('delete from chat.session');
	await stack.query('delete from chat.closure');
	await stack.query(settings);
});

async function customer(name, queue = 'billing') {
	const someone = await Customer.open(stack, { queue, name });
	customers.push(someone);
	await someone.connect();
	return someone;
}

async function onDuty(name, queues) {
	const operator = await Operator.logIn(stack, name, queues);
	await operator.connect();
	return operator;
}

/** Ana at her console, with the chat of this customer open. */
async function anaWith(name) {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const someone = await customer(name);
	await ana.at('offer-accept').click();
	await ana.deskComposer.waitFor();
	return { ana, someone };
}

/** Ana asks a colleague in the dialog. */
async function ask(ana, colleague, note = '') {
	await ana.at('transfer').click();
	await ana.at(`target-operator:${colleague}`).check();
	await ana.at('transfer-note').fill(note);
	await ana.at('transfer-confirm').click();
	await ana.at('transfer-pending').waitFor();
}

const line = (thread, text) => thread.locator('.line').filter({ hasText: text });
const items = (ana) => ana.at('chat-item').count();

test('passed on to a colleague: by keyboard, with a note the customer never sees, and the chat moves when he accepts', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.pick('Billing');
	await ana.at('offer-accept').click();
	await ana.deskSay('Hello Mia');
	await mia.bubble('Hello Mia').waitFor();
	const ben = await browser.person('ben');
	await ben.takeDuty('ben', ['billing']);

	await ana.deskComposer.press('Alt+KeyT');
	await ana.page.keyboard.type('okoro');
	await ana.at('target-operator:ben').and(ana.page.locator(':enabled')).waitFor();
	assert.equal(await ana.at('target-operator:dara').count(), 0, 'the search leaves out whom nobody looks for');
	await ana.page.keyboard.press('Tab');
	await ana.page.keyboard.press('Space');
	await ana.page.keyboard.press('Tab');
	await ana.page.keyboard.type('wants a refund');
	await ana.shoot('transfer');
	await ana.page.keyboard.press('Tab');
	await ana.page.keyboard.press('Tab');
	await ana.page.keyboard.press('Enter');
	await ana.at('transfer-pending').filter({ hasText: 'Asked Ben Okoro' }).waitFor();
	await ana.shoot('pending');
	await ben.at('offer-from').filter({ hasText: 'Ana Silva passes this chat on' }).filter({ hasText: 'wants a refund' }).waitFor();
	await ben.shoot('asked');
	await ana.deskSay('One moment, I ask a colleague');
	await mia.bubble('One moment').waitFor();

	const told = ana.willBeTold('Ben Okoro has taken over the chat with Mia');
	await ben.at('offer-accept').click();
	await ben.deskBubble('Hello Mia').waitFor();
	await line(ben.at('thread'), 'Ana Silva transferred the chat to Ben Okoro').waitFor();
	await ben.at('thread').locator('.message.note', { hasText: 'wants a refund' }).waitFor();
	await told;
	await until(async () => (await items(ana)) === 0, { what: 'it not to be Ana\'s any more' });
	await line(mia.chat, 'You have been passed on to Ben Okoro').waitFor();
	await ben.deskSay('Ben here');
	await mia.bubble('Ben here').waitFor();
	assert.equal(await mia.chat.getByText('wants a refund').count(), 0);
	await mia.shoot('passed on');
	await ben.shoot('taken over');
});

test('a colleague who declines, and one who is no longer asked: the chat stays, and everybody is told', async () => {
	const { ana, someone } = await anaWith('Kim');
	const ben = await onDuty('ben', ['billing']);
	await ask(ana, 'ben');
	const first = await ben.nextOffer();
	assert.deepEqual([first.kind, first.from], ['transfer', 'Ana Silva']);
	await ana.at('transfer-cancel').click();
	await ana.at('transfer-pending').waitFor({ state: 'detached' });
	await ben.frame((frame) => frame.t === 'offer_gone' && frame.offer === first.offer, 'the offer to be withdrawn');
	await line(ana.at('thread'), 'no longer asks Ben Okoro').waitFor();

	await ask(ana, 'ben');
	const told = ana.willBeTold('Ben Okoro did not take over the chat with Kim. It stays with you.');
	await ben.decline(await ben.nextOffer());
	await told;
	await ana.at('transfer-pending').waitFor({ state: 'detached' });
	await line(ana.at('thread'), 'Ben Okoro declined to take it over').waitFor();
	await someone.frame((frame) => frame.kind === 'transfer_failed' && frame.data.reason === 'declined', 'the customer to learn of it');
	await ana.shoot('declined');
	await ana.deskSay('Still here');
	await someone.frame((frame) => frame.body === 'Still here', 'Ana to go on');
	ben.close();
});

test('passed on to a queue: a closed one cannot be chosen, the chat leaves the desk and comes to who is there', async () => {
	const { ana, someone } = await anaWith('Kim');
	const dara = await onDuty('dara', ['support']);
	await stack.query('insert into chat.closure (queue, text) values (\'sales\', \'Sold out.\')');
	await ana.at('transfer').click();
	await ana.at('target-queue:sales').waitFor();
	assert.equal(await ana.at('target-queue:sales').isDisabled(), true);
	await ana.at('transfer-confirm').click();
	await ana.at('transfer-problem').filter({ hasText: 'Choose a queue or a colleague.' }).waitFor();
	await ana.at('target-queue:support').check();
	const told = ana.willBeTold('Kim now waits in the queue Technical support.');
	await ana.at('transfer-confirm').click();
	await told;
	await until(async () => (await items(ana)) === 0, { what: 'the chat to leave the desk' });
	const offer = await dara.nextOffer();
	assert.equal(offer.chat, someone.chat);
	await someone.frame((frame) => frame.kind === 'transferred' && frame.data.label === 'Technical support', 'the customer to learn where to');
	await dara.accept(offer);
	await stack.query('delete from chat.closure');
	dara.close();
});

test('who cannot take it is told by his reason, and the one who has just become busy too', async () => {
	const { ana } = await anaWith('Kim');
	const ben = await onDuty('ben', ['billing']);
	await ana.at('transfer').click();
	await ana.at('target-operator:ben').check();
	const reason = (name) => ana.page.locator('sb-transfer label').filter({ hasText: name }).locator('.says');
	assert.equal(await reason('Chloé Martin').textContent(), 'Has “billing” at 3, needed is 4');
	assert.equal(await reason('Dara Novak').textContent(), 'Has not joined this queue');
	await ben.presence('busy');
	await ana.at('transfer-confirm').click();
	await ana.at('transfer-problem').filter({ hasText: 'Not possible right now. Busy' }).waitFor();
	await ana.shoot('refused');
	await until(() => ana.at('target-operator:ben').isDisabled(), { what: 'the list to know better' });
	await ana.page.keyboard.press('Escape');
	await ana.at('transfer-confirm').waitFor({ state: 'detached' });
	assert.equal(await items(ana), 1);
	ben.close();
});

test('logging out with a chat asks first; then the chat is queued again and somebody else gets it', async () => {
	const { ana, someone } = await anaWith('Kim');
	await ana.at('logout').click();
	await ana.at('logout-confirm').waitFor();
	await ana.page.getByText('You still have 1 chat.').waitFor();
	await ana.shoot('log out');
	await ana.page.keyboard.press('Escape');
	await ana.at('logout-confirm').waitFor({ state: 'hidden' });
	await ana.deskSay('Still here');
	await someone.frame((frame) => frame.body === 'Still here', 'nothing to have happened');
	const ben = await onDuty('ben', ['billing']);
	await ana.at('logout').click();
	await ana.at('logout-confirm').click();
	await ana.at('login-submit').waitFor();
	await someone.frame((frame) => frame.kind === 'requeued', 'the customer to be told');
	assert.equal((await ben.nextOffer()).chat, someone.chat);
	ben.close();
});

test('who misses offers is put on a break, sees why, and is back with one click', async () => {
	await stack.query('update chat.queue set offer_timeout_s = 1');
	await stack.query('update chat.setting set value = \'0\' where name = \'missed_offer_penalty_s\'');
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await customer('Kim');
	await ana.at('put-off').filter({ hasText: 'You missed the last offers, so you are on a break.' }).waitFor();
	assert.equal(await ana.at('presence-break').getAttribute('aria-checked'), 'true');
	await ana.shoot('missed offers');
	await stack.query(settings);
	await ana.at('back-on-duty').click();
	await ana.at('put-off').waitFor({ state: 'detached' });
	await until(async () => (await ana.at('presence-available').getAttribute('aria-checked')) === 'true', { what: 'her to be available' });
	await ana.at('offer-card').filter({ hasText: 'Kim' }).waitFor();
});

test('a queue that hands out without asking: the chat is there, and so is a word about it', async () => {
	await stack.query('update chat.queue set auto_accept = true');
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const told = ana.willBeTold('You have a new chat: Kim, Billing');
	const kim = await customer('Kim');
	await told;
	await ana.deskSay('Hello Kim');
	await kim.frame((frame) => frame.body === 'Hello Kim', 'the answer');
	await ana.shoot('handed out');
});

test('a chat whose customer is silent is marked until the next word', async () => {
	await stack.query('update chat.queue set idle_release_s = 1');
	const { ana, someone } = await anaWith('Kim');
	await ana.at('chat-item').getByText('Silent').waitFor();
	await ana.shoot('silent');
	await stack.query('update chat.queue set idle_release_s = 3600'); // or he is silent again before anybody has seen that he spoke
	await someone.say('back again');
	await ana.at('chat-item').getByText('Silent').waitFor({ state: 'detached' });
});

test('what a company closed by hand tells its customers stands in the widget', async () => {
	const mia = await browser.person('mia');
	await stack.query('insert into chat.closure (queue, text) values (null, \'We celebrate today. Back tomorrow!\')');
	await mia.visit();
	await mia.open();
	await mia.chat.locator('.closing').filter({ hasText: 'We celebrate today. Back tomorrow!' }).waitFor();
	await mia.shoot('all closed');
	await stack.query('delete from chat.closure');
	await stack.query('insert into chat.closure (queue, text) values (\'billing\', \'The ledger is at the printer.\')');
	const zoe = await browser.person('zoe');
	await zoe.visit();
	await zoe.open();
	await zoe.chat.locator('.queues li').filter({ hasText: 'Billing' }).getByText('The ledger is at the printer.').waitFor();
	assert.equal(await zoe.chat.locator('.closing').count(), 0);
	await zoe.shoot('one closed');
	await stack.query('delete from chat.closure');
});
