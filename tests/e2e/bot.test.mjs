// SPDX-License-Identifier: ISC
// A bot in real browsers: it greets in the page's language, answers from its table, gives up after three misses; what it asked stands at the head of the operator's
// conversation; a node asks for a language, and the chat goes to who speaks it. And the form of a widget without a bot.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

afterEach(async () => {
	for (const name of ['ana', 'ben', 'dara']) {
		const operator = await Operator.logIn(stack, name);
		for (const { id } of await operator.chats()) await operator.end(id);
		await operator.presence('offline');
	}
	await stack.query('delete from chat.session');
});

const greetings = { 'de-DE': 'Hallo! Ich bin der Wegweiser des Ladens.', fr: 'Bonjour\u00a0! Je suis le guide de la boutique.',
	es: '¡Hola! Soy la guía de la tienda.', ar: 'مرحبًا! أنا دليل المتجر.' };

// Opens the chat on the shop's page and waits for the bot.
async function meet(person) {
	await person.visit();
	await person.open();
	await person.chat.locator('sb-welcome button[type=submit]').click();
	await person.chat.locator('.choice').first().waitFor();
}

test('a bot greets in the page\'s language', async () => {
	for (const [locale, greeting] of Object.entries(greetings)) {
		const person = await browser.person(`visitor ${locale}`, { locale });
		await meet(person);
		await person.bubble(greeting).waitFor();
		await person.shoot('greeting');
	}
});

test('a bot answers a question, fails three times and escalates; the operator sees its part and the answers', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['sales', 'billing']);
	const mia = await browser.person('mia', { locale: 'de-DE' });
	await meet(mia);
	await mia.say('Wie kann ich den Deckel zurückschicken?');
	await mia.bubble('Alles kann innerhalb von 30 Tagen zurück.').waitFor();
	await mia.pick('Es geht um meine Bestellung');
	await mia.bubble('Wie lautet Ihre Bestellnummer?').waitFor();
	await mia.shoot('asked for the order');
	await mia.say('weiß ich nicht');
	await mia.bubble('Eine Bestellnummer sieht so aus: A-12345.').waitFor();
	await mia.say('Sie lautet A-12345');
	await ana.at('offer-card').waitFor();
	assert.match(await ana.at('offer-answers').textContent(), /What is your order number\?\s*A-12345/);
	await ana.shoot('offer with an answer');
	await ana.at('offer-accept').click();
	await ana.at('told').getByText('A-12345').waitFor();
	const botPart = ['Hallo! Ich bin der Wegweiser', 'Wie kann ich den Deckel', 'Alles kann innerhalb von 30 Tagen', 'Eine Bestellnummer sieht so aus', 'Ich verbinde Sie'];
	for (const said of botPart) await ana.deskBubble(said).first().waitFor();
	await ana.shoot('told before');
	await axe(ana.page, 'what was told');

	const zoe = await browser.person('zoe');
	await meet(zoe);
	for (const [nth, words] of ['xyzzy', 'plugh', 'frotz'].entries()) {
		await zoe.say(words);
		if (nth < 2) await until(async () => (await zoe.messages()).filter((text) => text.startsWith('Sorry, I did not understand')).length === nth + 1, { what: `miss ${nth + 1}` });
	}
	await zoe.bubble('I am passing you on to a colleague.').waitFor();
	await ana.at('offer-accept').click();
	await ana.deskBubble('frotz').waitFor();
	await ana.deskBubble('Sorry, I did not understand').first().waitFor();
	await ana.deskSay('A person, at last.');
	await zoe.bubble('A person, at last.').waitFor();
	assert.equal(await ana.at('told').count(), 0, 'who has told nothing has no card');
});

test('a person can be asked for at any time, by the button and in words', async () => {
	const dara = await Operator.logIn(stack, 'dara', ['sales']);
	await dara.connect();
	const mia = await browser.person('mia');
	await meet(mia);
	await mia.say('Could I talk to a real person please?');
	await dara.accept(await dara.nextOffer());
	await mia.chat.getByText('Dara Novak is here to help').waitFor();
	const zoe = await browser.person('zoe');
	await meet(zoe);
	await zoe.pick('It is about my order');
	await zoe.bubble('What is your order number?').waitFor();
	await zoe.pick('Talk to a person');
	await dara.accept(await dara.nextOffer());
	await zoe.chat.getByText('Dara Novak is here to help').waitFor();
	dara.close();
});

// The bot has passed Mia on to Dara, who has said so much to her.
async function talkInSupport(words) {
	const dara = await browser.person('dara');
	await dara.takeDuty('dara', ['support']);
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.pick('Something does not work');
	await dara.at('offer-card').filter({ hasText: 'Mia' }).getByTestId('offer-accept').click();
	await dara.deskSay(words);
	await mia.bubble(words).waitFor();
	return { dara, mia };
}

test('an operator gives the chat back to the bot, which goes on with the customer and ends it', async () => {
	const { dara, mia } = await talkInSupport('It is on its way');
	await dara.at('transfer').click();
	await dara.at('target-bot').check();
	await dara.shoot('back to the bot');
	await axe(dara.page, 'the bot among those to whom a chat can go');
	const told = dara.willBeTold('Mia is with the bot again.');
	await dara.at('transfer-confirm').click();
	await told;
	await mia.bubble('Can I do anything else for you?').waitFor();
	await mia.chat.getByText('You are being passed on to Guide').waitFor();
	await mia.shoot('with the bot again');
	await mia.pick('No, thank you');
	await mia.bubble('You are welcome. Good-bye!').waitFor();
	await until(async () => (await stack.query("select from chat.chat where state = 'ended' and ended_by = 'bot' and name = 'Mia'")).length === 1, { what: 'the bot to end the chat' });
});

test('an operator ends the chat, and the bot has the last word where the queue says so: he files it meanwhile', async () => {
	await stack.query("update chat.queue set bot_closes = true where queue = 'support'");
	const { dara, mia } = await talkInSupport('It works again.');
	await dara.at('end-chat').click();
	await dara.at('end-confirm').click();
	await dara.page.getByText('Guide has the last word. How did it go?').waitFor();
	await mia.bubble('Can I do anything else for you?').waitFor();
	await mia.chat.getByText('Dara Novak has left').waitFor();
	await dara.shoot('filing while the bot has the last word');
	await mia.shoot('the last word');
	await axe(dara.page, 'filing while the bot has the last word');
	await dara.page.locator('sb-dispositions input[type=radio]').first().check({ force: true });
	await dara.at('wrap-up-save').click();
	await dara.at('wrap-up-save').waitFor({ state: 'detached' });
	await mia.pick('No, thank you');
	await mia.chat.locator('sb-ended').waitFor();
	const [row] = await stack.query("select c.state, c.ended_by, c.filed_under is not null as filed from chat.chat c where c.queue = 'support' order by c.created_at desc limit 1");
	assert.deepEqual(row, { state: 'ended', ended_by: 'bot', filed: true });
	await stack.query("update chat.queue set bot_closes = false where queue = 'support'");
});

test('a node ends the chat: the customer reads its last words and that it is over', async () => {
	await stack.query("insert into chat.bot_node (bot, node, ends) values ('guide', 'bye', true)");
	await stack.query("insert into chat.bot_choice (bot, node, choice, position, next_node) values ('guide', 'start', 'bye', 7, 'bye')");
	await stack.query("insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'start', 'bye', 'en', 'Nothing, thanks'), ('guide', 'bye', '', 'en', 'Have a nice day!')");
	const mia = await browser.person('mia');
	await meet(mia);
	await mia.pick('Nothing, thanks');
	await mia.bubble('Have a nice day!').waitFor();
	await mia.chat.locator('sb-ended').waitFor();
	await stack.query("delete from chat.bot_choice where choice = 'bye'");
	await stack.query("delete from chat.bot_node where node = 'bye'");
});

test('a node asks for a language: the chat goes to who speaks it, and to nobody else', async () => {
	const ben = await Operator.logIn(stack, 'ben', ['billing']);
	const dara = await Operator.logIn(stack, 'dara', ['billing']);
	await Promise.all([ben.connect(), dara.connect()]);
	const mia = await browser.person('mia', { locale: 'de-DE' });
	await meet(mia);
	await mia.pick('Auf Deutsch, bitte');
	await mia.bubble('Sie sprechen mit jemandem, der Deutsch kann.').waitFor();
	await mia.pick('Rechnung');
	await mia.chat.locator('.waiting').waitFor();
	const other = await Operator.logIn(stack, 'ana', ['billing']);
	await other.connect();
	const offer = await other.nextOffer();
	await other.accept(offer);
	await mia.chat.getByText('Ana Silva ist für Sie da').waitFor();
	assert.deepEqual((await stack.query('select distinct operator from chat.offer where chat = $1', [offer.chat])).map(({ operator }) => operator), ['ana']);
	for (const each of [ben, dara, other]) each.close();
});

for (const { name, ...context } of [{ name: 'light' }, { name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE' },
	{ name: 'right to left', viewport: { width: 400, height: 800 }, locale: 'ar' }])
	test(`a widget without a bot asks what the chosen queue wants to know, ${name}`, async () => {
		await stack.query("update chat.queue_question set required = true where queue = 'billing' and question = 'matter'");
		const mia = await browser.person(`mia ${name}`, { ...context, bypassCSP: true });
		await mia.page.goto(`${stack.url}/widget/?key=demo-form`);
		const page = mia.page;
		await page.locator('.chooser input').first().waitFor();
		assert.equal(await page.locator('.chooser input:checked').getAttribute('value'), 'sales', 'the default is chosen');
		await axe(page, 'chooser');
		await page.locator('.chooser input[value=billing]').check();
		await page.getByTestId('question-order_number').waitFor();
		await mia.shoot('form');
		await page.locator('sb-welcome button[type=submit]').click();
		await page.locator('[data-testid=question-matter] .error').waitFor();
		await axe(page, 'a missing answer');
		await fits(page, 'a missing answer');
		await page.locator('[data-testid=question-matter] input[value=refund]').check();
		await page.locator('#question-order_number').fill('no such order');
		await page.locator('#question-reply_to').fill('mia@shop.example');
		await page.locator('sb-welcome button[type=submit]').click();
		await page.locator('[data-testid=question-order_number] .error').waitFor();
		await mia.shoot('refused by the server');
		await axe(page, 'a wrong answer');
		assert.equal(await page.locator('#question-order_number').inputValue(), 'no such order', 'nothing that was filled in is lost');
		await page.locator('#question-order_number').fill('A-12345');
		await page.locator('sb-welcome button[type=submit]').click();
		await page.locator('.waiting').waitFor();
		const [row] = await stack.query("select queue, answers, email from chat.chat where widget = 'demo-form' order by created_at desc limit 1");
		assert.deepEqual(row, { queue: 'billing', answers: { order_number: 'A-12345', matter: 'refund' }, email: 'mia@shop.example' });
	});

test('what the site tells in its tag chooses the queue', async () => {
	await stack.query("insert into chat.entry_rule (rule, context, queue, bypass) values ('gold', '{\"plan\": \"gold\"}', 'support', true)");
	const mia = await browser.person('mia');
	await mia.page.addInitScript(() => {
		new MutationObserver((changes, observer) => {
			const script = document.querySelector('script[data-widget]');
			if (!script) return;
			observer.disconnect();
			script.dataset.context = '{"plan": "gold"}';
		}).observe(document, { childList: true, subtree: true });
	});
	await mia.visit();
	await mia.open();
	await mia.chat.locator('sb-welcome button[type=submit]').click();
	await mia.chat.locator('.waiting').waitFor();
	const [row] = await stack.query('select queue, context from chat.chat order by created_at desc limit 1');
	assert.deepEqual(row, { queue: 'support', context: { plan: 'gold' } });
	await stack.query('delete from chat.entry_rule where rule = \'gold\'');
});
