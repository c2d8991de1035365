// SPDX-License-Identifier: ISC
// The operator's side in a real browser; the customers are people.mjs's, over real HTTP and sockets.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

// Chats are filed in operators' own words here.
const stack = useStack({ prepare: (fresh) => fresh.query('update chat.operator set max_chats = 4; update chat.disposition_code set active = false') });
const browser = useBrowser(stack);
const customers = [];

// Nobody is left waiting for the next test, however this one went.
afterEach(async () => {
	for (const someone of customers.splice(0)) {
		await someone.call('POST', `chats/${someone.chat}/end`, {}).catch((error) => assert.equal(error.status, 410));
		someone.close();
	}
});

async function customer(name, queue = 'billing', more = {}) {
	const someone = await Customer.open(stack, { queue, name, ...more });
	customers.push(someone);
	await someone.connect();
	return someone;
}

const item = (ana, someone) => ana.page.locator(`[data-testid=chat-item][data-chat="${someone.chat}"]`);

/** The offer of this customer is accepted and the chat is open. */
async function take(ana, name) {
	const card = ana.at('offer-card').filter({ hasText: name });
	await card.getByTestId('offer-accept').click();
	await ana.page.locator('sb-conversation header h2', { hasText: name }).waitFor();
}

/** What has focus, through all shadow trees. */
const focused = (ana) => ana.page.evaluate(() => {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element?.dataset.testid ?? element?.id ?? '';
});

/** Whatever can be seen or used and is not wholly within the width of the window, through all shadow trees. */
function beyondTheEdges() {
	const found = [];
	const look = (root) => {
		for (const element of root.querySelectorAll('*')) {
			const { left, right, width } = element.getBoundingClientRect();
			const shown = width > 1 && element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden');
			if (shown && (left < -0.5 || right > innerWidth + 0.5)) found.push(`${element.localName}.${element.className} ${Math.round(left)}..${Math.round(right)}`);
			if (element.shadowRoot) look(element.shadowRoot);
		}
	};
	look(document);
	return found;
}

const end = (someone) => someone.call('POST', `chats/${someone.chat}/end`, {});

test('a wrong password is told, the name stays; a queue that one may not join says why', async () => {
	const ana = await browser.person('ana');
	await ana.page.goto(`${stack.url}/console/`);
	await ana.at('login-operator').fill('ana');
	await ana.at('login-submit').click();
	await ana.at('login-problem').waitFor();
	await until(async () => (await focused(ana)) === 'login-password', { what: 'the focus where something is missing' });
	await ana.at('login-password').fill('not the password');
	await ana.at('login-submit').click();
	await ana.at('login-problem').filter({ hasText: 'do not belong together' }).waitFor();
	assert.equal(await ana.at('login-operator').inputValue(), 'ana');
	await ana.shoot('wrong password');
	await ana.takeDuty('ana', ['billing']);
	assert.equal(await ana.at('queue-support').isDisabled(), true);
	await ana.page.getByText('Needs the skill “technical”').waitFor();
});

test('several chats: each with its own draft and unread messages, and both outlive a reload', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const [kim, amelie, walid] = [await customer('Kim'), await customer('Amélie'), await customer('وليد')];
	for (const name of ['Kim', 'Amélie', 'وليد']) await take(ana, name);
	await item(ana, kim).click();
	await ana.deskComposer.fill('half a sentence for Kim');
	await item(ana, amelie).click();
	assert.equal(await ana.deskComposer.inputValue(), '', 'a draft stays with its chat');
	await ana.deskComposer.fill('another for Amélie');
	await kim.say('<img src=x onerror=alert(1)> and javascript:alert(1)');
	await kim.say('second');
	await item(ana, kim).getByTestId('unread').filter({ hasText: '2' }).waitFor();
	await ana.shoot('several chats');
	assert.match(await ana.page.title(), /^\(2\)/);

	await ana.page.reload();
	await item(ana, kim).getByTestId('unread').filter({ hasText: '2' }).waitFor();
	await until(async () => (await ana.deskComposer.inputValue()) === 'another for Amélie', { what: 'the draft of the chat that was open' });
	await item(ana, kim).click();
	assert.equal(await ana.deskComposer.inputValue(), 'half a sentence for Kim');
	await ana.deskBubble('<img src=x onerror=alert(1)> and javascript:alert(1)').waitFor();
	assert.equal(await ana.at('thread').locator('.bubble :is(img, a)').count(), 0, 'text is text');
	await until(async () => (await item(ana, kim).getByTestId('unread').count()) === 0, { what: 'what was looked at to count as read' });
	await kim.frame((frame) => frame.t === 'read' && frame.author.kind === 'operator', 'the customer to learn that it was read');
	await walid.say('مرحبا');
	await item(ana, walid).getByTestId('unread').waitFor();
});

test('typing, presence and seen marks come across; a note stays inside', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const kim = await customer('Kim');
	await take(ana, 'Kim');
	await until(async () => { // as a client does while it lasts; her socket may follow the chat a moment after she has it
		kim.send({ t: 'typing', chat: kim.chat, on: true });
		return (await ana.at('typing').count()) > 0;
	}, { what: 'Kim to be seen typing', every_ms: 500 });
	await ana.deskComposer.pressSequentially('Hel');
	await kim.frame((frame) => frame.t === 'typing' && frame.on === true && frame.author.kind === 'operator', 'typing');
	await ana.deskSay('Hello Kim');
	const { seq } = await kim.frame((frame) => frame.t === 'event' && frame.body === 'Hello Kim', 'the message');
	kim.send({ t: 'read', chat: kim.chat, seq });
	await ana.at('thread').locator('.state.read').waitFor();

	await ana.at('note-toggle').click();
	await ana.deskSay('pays late');
	await ana.at('thread').locator('.message.note .bubble', { hasText: 'pays late' }).waitFor();
	await ana.shoot('note');
	await kim.frame((frame) => frame.t === 'event' && frame.kind === 'note', 'the place of the note');
	assert.equal(JSON.stringify(kim.frames).includes('pays late'), false);

	kim.close();
	await ana.page.locator(`[data-chat="${kim.chat}"][data-state=away]`).waitFor();
});

test('an offer can be declined; one whose customer has left goes away and says so', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await customer('Kim');
	await ana.at('offer-card').waitFor();
	const ben = await Operator.logIn(stack, 'ben', ['billing']);
	await ben.connect();
	await ana.at('offer-decline').click();
	await ana.at('offer-card').waitFor({ state: 'detached' });
	assert.equal((await ben.nextOffer()).name, 'Kim', 'somebody else gets it');
	await ben.presence('offline');
	ben.close();
	const zoe = await customer('Zoë');
	const card = ana.at('offer-card').filter({ hasText: 'Zoë' });
	await card.waitFor();
	const told = ana.willBeTold('Zoë has left');
	await end(zoe);
	await card.waitFor({ state: 'detached' });
	await told;
});

test('what comes unasked does not move what one is about to press: offers, a break, a notice', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const places = async () => Promise.all(['inbox-link', 'queue-billing', 'queue-support'].map((id) => ana.at(id).boundingBox()));
	const before = await places();
	await customer('Kim');
	const first = ana.at('offer-card').filter({ hasText: 'Kim' });
	await first.waitFor();
	assert.deepEqual(await places(), before, 'an offer');
	const accept = await first.getByTestId('offer-accept').evaluate(async (button) => { // where it is when it has come
		await Promise.all(button.closest('article').getAnimations().map(({ finished }) => finished));
		return button.getBoundingClientRect().toJSON();
	});
	const zoe = await customer('Zoë');
	await ana.at('offer-card').filter({ hasText: 'Zoë' }).waitFor();
	assert.deepEqual(await first.getByTestId('offer-accept').evaluate((button) => button.getBoundingClientRect().toJSON()), accept, 'another one does not move the first');
	await ana.shoot('two offers');
	const told = ana.willBeTold('Zoë has left');
	await end(zoe);
	await told;
	assert.deepEqual(await places(), before, 'a notice');
	await stack.query("select internal.put_presence('ana', 'break', 'not responding', 'not_responding', clock_timestamp())");
	await ana.at('put-off').waitFor();
	assert.deepEqual(await places(), before, 'why one is on a break');
	await ana.at('back-on-duty').click();
});

test('who works in another window is called by the desktop, and a click there leads to the chat', async () => {
	const ana = await browser.person('ana');
	await ana.context.addInitScript(() => {
		globalThis.called = [];
		globalThis.Notification = class {
			static permission = 'granted';
			constructor(title, { body, tag }) {
				globalThis.called.push(Object.assign(this, { title, body, tag }));
			}
			close() {}
		};
		Document.prototype.hasFocus = () => !globalThis.elsewhere;
	});
	await ana.takeDuty('ana', ['billing']);
	const [kim, zoe] = [await customer('Kim'), await customer('Zoë')];
	for (const name of ['Kim', 'Zoë']) await take(ana, name);
	const called = () => ana.page.evaluate(() => globalThis.called.map(({ title, body }) => `${title}: ${body}`));
	await zoe.say('in view');
	await ana.deskBubble('in view').waitFor();
	assert.ok(!(await called()).some((words) => words.includes('in view')), 'what one looks at calls nobody');
	await ana.page.evaluate(() => { globalThis.elsewhere = true; });
	await zoe.say('in view of nobody');
	await until(async () => (await called()).includes('Message from Zoë: in view of nobody'), { what: 'a call for the chat that is open' });
	await kim.say('are you there?');
	await until(async () => (await called()).includes('Message from Kim: are you there?'), { what: 'a call for the other' });
	await ana.page.evaluate(() => globalThis.called.at(-1).onclick());
	await ana.page.locator('sb-conversation header h2', { hasText: 'Kim' }).waitFor();
});

test('a session that ends leads to the login; after it the draft is where it was', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const kim = await customer('Kim');
	await take(ana, 'Kim');
	await ana.deskComposer.fill('not lost');
	await ana.page.evaluate(() => fetch('../api/v1/session', { method: 'DELETE', headers: { 'X-Requested-With': 'switchboard' } }));
	await ana.page.getByText('Your session has ended').waitFor();
	await until(async () => (await focused(ana)) === 'login-password', { what: 'only the password to be asked for' });
	assert.equal(await ana.at('login-operator').inputValue(), 'ana');
	await ana.shoot('session ended');
	await ana.takeDuty('ana', ['billing']);
	await until(async () => (await ana.deskComposer.inputValue()) === 'not lost', { what: 'the draft' });
});

test('a chat that the customer ended waits for its result, also through a reload', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const kim = await customer('Kim');
	await take(ana, 'Kim');
	await end(kim);
	await ana.at('wrap-up-save').click();
	await ana.page.getByText('Say in a few words how it ended.').waitFor();
	await ana.at('wrap-up-disposition').fill('Solved');
	await ana.at('wrap-up-note').fill('two\nlines');
	await ana.page.reload();
	await until(async () => (await ana.at('wrap-up-disposition').inputValue()) === 'Solved', { what: 'the entries after the reload' });
	await ana.shoot('result');
	await ana.at('wrap-up-save').click();
	await ana.at('chat-item').waitFor({ state: 'detached' });
	const [row] = await stack.query('select disposition, wrap_up_note from chat.chat where chat = $1', [kim.chat]);
	assert.deepEqual(row, { disposition: 'Solved', wrap_up_note: 'two\nlines' });
});

test('a keyboard is enough, and an offer does not take the focus from who writes', async () => {
	const ana = await browser.person('ana');
	const press = (...keys) => keys.reduce((done, key) => done.then(() => ana.page.keyboard.press(key)), Promise.resolve());
	const tabTo = (id, key = 'Tab') => until(async () => { await press(key); return (await focused(ana)) === id; }, { what: `${id} to be reached by ${key}` });
	await ana.page.goto(`${stack.url}/console/`);
	await until(async () => (await focused(ana)) === 'login-operator', { what: 'the focus in the first field' });
	await ana.page.keyboard.type('ana');
	await press('Tab');
	await ana.page.keyboard.type(stack.passwords.ana);
	await press('Enter');
	await ana.at('presence-available').waitFor();
	await tabTo('queue-billing');
	if (!(await ana.at('queue-billing').isChecked())) await press('Space');
	await ana.at('presence-available').focus();
	await press('Enter');
	const kim = await customer('Kim');
	await ana.at('offer-card').waitFor();
	await tabTo('offer-accept');
	await press('Enter');
	await until(async () => (await focused(ana)) === 'composer-input', { what: 'the focus where one answers' });
	await ana.page.keyboard.type('first');
	await press('Shift+Enter');
	await ana.page.keyboard.type('second');
	await press('Enter');
	await kim.frame((frame) => frame.body === 'first\nsecond', 'both lines in one message');
	await ana.page.keyboard.type('still writ');
	const zoe = await customer('Zoë');
	await ana.at('offer-card').waitFor();
	await ana.page.keyboard.type('ing');
	assert.equal(await ana.deskComposer.inputValue(), 'still writing');
	await ana.page.locator('[role=status]', { hasText: 'New chat: Zoë' }).waitFor({ state: 'attached' });
	await tabTo('end-chat', 'Shift+Tab');
	await press('Enter');
	await ana.at('end-confirm').waitFor();
	await press('Escape');
	await ana.at('end-confirm').waitFor({ state: 'hidden' });
});

for (const [locale, colorScheme] of [['de-DE', 'light'], ['ar', 'dark']])
	test(`a phone of 320 px holds all of it (${locale}, ${colorScheme})`, async () => {
		const ana = await browser.person(`ana ${locale}`, { viewport: { width: 320, height: 640 }, locale, colorScheme });
		const fits = async (what) => {
			await ana.shoot(what);
			assert.deepEqual(await ana.page.evaluate(beyondTheEdges), [], `${what} fits`);
		};
		await ana.takeDuty('ana', ['billing']);
		const kim = await customer('Kim-Charlotte von Rosenberg-Wittelsbach', 'billing', { answers: { order: '4711'.repeat(30) }, email: 'kim@example.com' });
		await ana.at('offer-card').waitFor();
		await fits('offer');
		await ana.at('offer-accept').click();
		await kim.say('https://shop.example/' + 'long'.repeat(40));
		await ana.deskBubble('long').waitFor();
		await fits('chat');
		await customer('Zoë');
		await ana.at('offer-call').waitFor();
		await fits('offer during a chat');
		await ana.at('offer-call').click();
		await until(async () => (await focused(ana)) === 'offer-accept', { what: 'the way to lead to the offer' });
		await ana.at('offer-decline').click();
		await ana.at('chat-item').click();
		await ana.at('details-toggle').click();
		await ana.page.locator('sb-details').waitFor();
		await fits('details');
		await ana.page.locator('sb-details button').click();
		await ana.at('back').click();
		await ana.at('chat-item').waitFor();
		await fits('list');
		await ana.at('chat-item').click();
		await ana.at('end-chat').click();
		await fits('end');
		await ana.at('end-confirm').click();
		await ana.at('wrap-up-disposition').waitFor();
		await fits('result');
		await ana.at('wrap-up-skip').click();
		await ana.at('presence-available').waitFor();
	});
