// SPDX-License-Identifier: ISC
// What passes leaves nothing behind on a page: no error that stands when the server has time again, no older answer in the place of a newer one.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

async function samOnDuty() {
	const sam = await browser.person('sam');
	await sam.takeDuty('sam', []);
	return sam;
}

test('what the server has no time for is there when it has: the button on a page, the widget, a link, the account, the inbox, who is blocked, the queues of the reports', async () => {
	const mia = await browser.person('mia');
	const counts = [await mia.isPutOff('**/api/v1/widgets/demo-shop*')];
	await mia.visit();
	counts.push(await mia.isPutOff('**/api/v1/widgets/demo-shop*'));
	await mia.open();
	await mia.chat.getByRole('button', { name: 'Start chat' }).waitFor();

	const token = randomBytes(32).toString('base64url');
	await stack.query("select from api.make_link('ana', 'reset', sha256(convert_to($1, 'UTF8')))", [token]);
	const ana = await browser.person('ana');
	counts.push(await ana.isPutOff('**/api/v1/link'));
	await ana.page.goto(`${stack.url}/console/#link=${token}`);
	await ana.at('link-password').waitFor();

	const sam = await samOnDuty();
	counts.push(await sam.isPutOff('**/api/v1/account'), await sam.isPutOff('**/api/v1/inbox?*'), await sam.isPutOff('**/api/v1/blocks'));
	await sam.at('account').click();
	await sam.at('account-password').waitFor();
	await sam.page.keyboard.press('Escape');
	await sam.at('inbox-link').click();
	await sam.page.getByText('No new messages.').waitFor();
	await sam.at('board-link').click();
	await sam.at('blocks').click();
	await sam.page.getByText('Nobody is blocked.').waitFor();
	counts.push(await sam.isPutOff('**/api/v1/board'));
	await sam.at('reports-link').click();
	await sam.at('reports-queue').locator('option[value=billing]').waitFor({ state: 'attached' });
	assert.deepEqual(counts.map((times) => times()), [1, 1, 1, 1, 1, 1, 1]);
});

test('where only the web server says who it is, nobody is asked for a password for good because the server had no time to say so', async () => {
	const kim = await browser.person('kim');
	await kim.context.route('**/api/v1/session/ways', (route) => route.fulfill({ json: { ways: ['sso'] } }));
	const times = await kim.isPutOff('**/api/v1/session/ways');
	await kim.page.goto(`${stack.url}/console/`);
	await kim.at('login-sso').waitFor();
	assert.equal(await kim.at('login-password').count(), 0);
	assert.equal(times(), 1);
});

test('who was off the network for a moment has the button when it is back; a frame that was answered with an error is asked for again, and is seen to load', async () => {
	const mia = await browser.person('mia', { viewport: { width: 320, height: 640 } });
	await mia.page.addInitScript(() => addEventListener('switchboard', () => { window.heard = true; }));
	await mia.context.route('**/api/v1/widgets/demo-shop*', (route) => route.abort('internetdisconnected'), { times: 1 });
	const times = await mia.isPutOff(/\/widget\/\?key=/);
	await mia.visit();
	assert.equal(await mia.page.evaluate(() => window.heard && typeof window.Switchboard.open), 'function', 'the scripts of the site hear of it');
	await mia.launcher.click();
	await mia.page.getByRole('progressbar').waitFor();
	await mia.shoot('the chat loads');
	await mia.chat.getByRole('button', { name: 'Start chat' }).waitFor();
	assert.equal(await mia.page.getByRole('progressbar').isVisible(), false);
	assert.equal(times(), 1);
});

test('a chat that is slow to load is said to be out of reach, can be asked for again, and comes all the same', async () => {
	const mia = await browser.person('mia');
	await mia.page.clock.install();
	let go;
	let asked = 0;
	const released = new Promise((resolve) => { go = resolve; });
	await mia.context.route(/\/widget\/\?key=/, async (route) => {
		asked++;
		await released;
		await route.continue().catch(() => {}); // given up for a new one
	});
	await mia.visit();
	await mia.launcher.click();
	const sorry = mia.page.getByText('The chat cannot be reached right now.');
	const late = () => until(async () => (await mia.page.clock.fastForward(15_000), sorry.isVisible()), { what: 'the time to be over' });
	await late();
	await mia.shoot('the chat is slow');
	await mia.page.getByRole('button', { name: 'Try again' }).click();
	await mia.page.getByRole('progressbar').waitFor();
	await until(() => asked === 2, { what: 'another frame' });
	await late();
	go();
	await mia.chat.getByRole('button', { name: 'Start chat' }).waitFor();
	assert.equal(await sorry.isVisible(), false);
});

test('an older look at the desk brings nothing back: no offer that was accepted, no chat that was passed on', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim' });
	await ana.at('offer-card').waitFor();
	const look = async () => {
		const late = await ana.getsLate('**/api/v1/me/chats');
		await ana.page.locator('switchboard-console').evaluate(({ desk }) => { desk.refresh(); });
		await late.made;
		return late;
	};
	const offered = await look();
	await ana.at('offer-accept').click();
	await ana.deskComposer.waitFor();
	await offered.release();
	assert.equal(await ana.at('offer-card').count(), 0);

	const held = await look();
	const told = ana.willBeTold('Kim now waits in the queue Technical support.');
	await ana.at('transfer').click();
	await ana.at('target-queue:support').check();
	await ana.at('transfer-confirm').click();
	await told;
	await held.release();
	assert.equal(await ana.at('chat-item').count(), 0);
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	await ana.bePresent('offline');
});

test('an event tells of the end before the answer does: the question goes, and a result that is saved meanwhile is filed', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim' });
	await ana.at('offer-accept').click();
	await ana.at('end-chat').click();
	const ended = await ana.getsLate('**/operator/chats/*/end');
	await ana.at('end-confirm').click();
	await ended.made;
	await ana.at('disposition-refunded').check({ force: true });
	await ana.at('wrap-up-save').click({ force: true });
	await ended.release();
	await until(async () => (await ana.at('chat-item').count()) === 0, { what: 'the chat to leave the desk' });
	assert.deepEqual(await stack.query('select filed_under from chat.chat where chat = $1', [kim.chat]), [{ filed_under: 'refunded' }]);
	await ana.bePresent('offline');
});

test('a page of the console that is loaded late does not come over the one that was asked for after it', async () => {
	const sam = await samOnDuty();
	const board = await sam.getsLate(/\/board-[^/]*\.js$/);
	await sam.at('board-link').click();
	await board.made;
	await sam.at('inbox-link').click();
	await sam.page.locator('sb-inbox').waitFor();
	await board.release();
	assert.deepEqual([await sam.page.locator('sb-inbox').count(), await sam.page.locator('sb-board').count()], [1, 0]);
});

test('an older answer takes nothing away: from the board, from the inbox, from a chat that is read', async () => {
	const ben = await Operator.logIn(stack, 'ben', ['billing']);
	await ben.connect();
	const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim' });
	await ben.accept(await ben.nextOffer());
	await ben.say(kim.chat, 'the first word');
	const sam = await samOnDuty();
	await sam.at('board-link').click();
	const rows = sam.at('board-chats').locator('tbody tr');
	await rows.filter({ hasText: 'Kim' }).waitFor();

	const board = await sam.getsLate('**/api/v1/board');
	await sam.page.locator('sb-board').evaluate((element) => { element.ask(); });
	await board.made;
	const zoe = await Customer.open(stack, { queue: 'billing', name: 'Zoë' });
	await sam.page.locator('sb-board').evaluate((element) => { element.ask(); });
	await rows.filter({ hasText: 'Zoë' }).waitFor();
	await board.release();
	assert.equal(await rows.filter({ hasText: 'Zoë' }).count(), 1, 'on the board');

	await rows.filter({ hasText: 'Kim' }).getByTestId('board-read').click();
	const said = sam.at('reader').locator('.bubble');
	await said.filter({ hasText: 'the first word' }).waitFor();
	const words = await sam.getsLate(`**/operator/chats/${kim.chat}/events?*`);
	await ben.say(kim.chat, 'the second word');
	await words.made;
	await sam.page.keyboard.press('Escape');
	await sam.at('reader').waitFor({ state: 'detached' });
	await rows.filter({ hasText: 'Kim' }).getByTestId('board-read').click();
	await sam.at('reader').waitFor();
	await words.release();
	for (const text of ['the first word', 'the second word']) await said.filter({ hasText: text }).waitFor();
	assert.deepEqual(await said.allTextContents(), ['the first word', 'the second word'], 'all of it, once');
	await sam.page.keyboard.press('Escape');

	await kim.call('POST', 'widgets/demo-shop/notes', { request_key: randomUUID(), email: 'kim@mail.example', body: 'Does it fit?', queue: 'billing' });
	await sam.at('inbox-link').click();
	await sam.at('inbox-item').waitFor();
	const inbox = await sam.getsLate('**/api/v1/inbox?*');
	await sam.page.locator('sb-inbox').evaluate((element) => { element.load(); });
	await inbox.made;
	await sam.at('inbox-item').click();
	await sam.at('entry-body').getByText('Does it fit?').waitFor();
	await inbox.release();
	assert.equal(await sam.at('entry-body').count(), 1, 'what is read in the inbox');
	for (const person of [kim, zoe]) await person.call('POST', `chats/${person.chat}/end`, {});
	ben.close();
});
