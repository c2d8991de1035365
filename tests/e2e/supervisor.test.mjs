// SPDX-License-Identifier: ISC
// The supervisor's board in a real browser: what it shows, and what can be done from it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { makeNoon } from '../support/noon.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);
const people = [];

afterEach(async () => {
	for (const someone of people.splice(0)) {
		if (someone.token) await someone.call('POST', `chats/${someone.chat}/end`, {}).catch((error) => assert.equal(error.status, 410));
		else await someone.presence('offline');
		someone.close();
	}
	for (const name of ['ana', 'sam']) await (await Operator.logIn(stack, name)).presence('offline');
	await stack.query('delete from chat.session');
	await stack.query('delete from chat.outbox');
});

async function customer(name, queue = 'billing') {
	const someone = await Customer.open(stack, { queue, name });
	people.push(someone);
	await someone.connect();
	return someone;
}

async function onDuty(name, queues) {
	const operator = await Operator.logIn(stack, name, queues);
	people.push(operator);
	await operator.connect();
	return operator;
}

/** Sam with the board open; he takes no chats of any queue. */
async function samAtTheBoard(options) {
	const sam = await browser.person('sam', options);
	await sam.takeDuty('sam', []);
	await sam.at('board-link').click();
	await sam.at('board-chats').waitFor();
	return sam;
}

const row = (sam, table, text) => sam.at(`board-${table}`).locator('tbody tr').filter({ hasText: text });
const firsts = (sam, table) => sam.at(`board-${table}`).locator('tbody th').allTextContents().then((all) => all.map((text) => text.trim()));

test('only a supervisor has a board; it shows queues, people and chats, and keeps up', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', []);
	assert.equal(await ana.at('board-link').count(), 0);
	const sam = await samAtTheBoard();
	await sam.page.getByText('Nobody waits and nobody chats.').waitFor();
	await sam.shoot('empty');
	const kim = await customer('Kim');
	await row(sam, 'chats', 'Kim').filter({ hasText: 'Waiting' }).waitFor();
	await until(async () => /^\s*1\s*$/.test(await row(sam, 'queues', 'Billing').locator('td').first().textContent()), { what: 'one to wait in Billing' });
	await row(sam, 'queues', 'Billing').getByText('Nobody there').waitFor();
	const ben = await onDuty('ben', ['billing']);
	await ben.accept(await ben.nextOffer());
	await row(sam, 'chats', 'Kim').filter({ hasText: 'In conversation' }).filter({ hasText: 'Ben Okoro' }).waitFor();
	await row(sam, 'people', 'Ben Okoro').filter({ hasText: 'Available' }).filter({ hasText: '1 of 2' }).waitFor();
	await sam.shoot('board');
	await kim.call('POST', `chats/${kim.chat}/end`, {});
	await sam.page.getByText('Nobody waits and nobody chats.').waitFor();
});

test('a supervisor reads along in a chat, sees what is said meanwhile, and takes it; the audit knows that he has looked', async () => {
	const ben = await onDuty('ben', ['billing']);
	const kim = await customer('Kim');
	await ben.accept(await ben.nextOffer());
	await kim.say('where is my parcel?');
	const sam = await samAtTheBoard({ bypassCSP: true });
	await row(sam, 'chats', 'Kim').getByTestId('board-read').click();
	const said = sam.at('reader').locator('.bubble');
	await said.filter({ hasText: 'where is my parcel?' }).waitFor();
	await sam.at('reader-about').filter({ hasText: 'In conversation' }).filter({ hasText: 'Ben Okoro' }).waitFor();
	await ben.say(kim.chat, 'On its way.');
	await said.filter({ hasText: 'On its way.' }).waitFor();
	assert.equal(await said.filter({ hasText: 'where is my parcel?' }).count(), 1, 'what was read before is not shown twice');
	const looks = await stack.query("select 1 from chat.audit where action = 'read' and actor = 'sam' and key = $1", [kim.chat]);
	assert.ok(looks.length >= 2, 'each look is in the audit');
	await axe(sam.page, 'reading along');
	await fits(sam.page, 'reading along');
	await sam.shoot('reading along');
	await sam.at('reader-take').click();
	await sam.page.locator('sb-board dialog[open]').getByRole('button', { name: 'Take' }).click();
	await sam.page.locator('sb-conversation header h2', { hasText: 'Kim' }).waitFor();
	await sam.at('board-link').click();
	await row(sam, 'chats', 'Kim').filter({ hasText: 'Sam Reyes' }).waitFor();
	assert.equal(await row(sam, 'chats', 'Kim').getByTestId('board-read').count(), 0, 'his own he has open');
});

test('a waiting chat is taken with one click, an active one after a question; its operator and its customer are told', async () => {
	const sam = await samAtTheBoard();
	const kim = await customer('Kim');
	await row(sam, 'chats', 'Kim').getByTestId('board-take').click();
	await sam.deskSay('Sam here');
	await kim.frame((frame) => frame.body === 'Sam here', 'the supervisor to talk');

	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	const zoe = await customer('Zoë');
	await ana.at('offer-accept').click();
	await ana.deskSay('Ana here');
	await zoe.frame((frame) => frame.body === 'Ana here', 'Ana to talk, before the chat is taken from her');
	await sam.at('board-link').click();
	await row(sam, 'chats', 'Zoë').getByTestId('board-take').click();
	await sam.page.getByText('Ana Silva is talking to Zoë. The chat moves to you, and both are told.').waitFor();
	await sam.shoot('take');
	const told = ana.willBeTold('A supervisor has moved the chat with Zoë.');
	await sam.at('board-confirm').click();
	await sam.deskBubble('Ana here').waitFor();
	await sam.at('thread').locator('.line', { hasText: 'A supervisor took the chat from Ana Silva' }).waitFor();
	await told;
	await until(async () => (await ana.at('chat-item').count()) === 0, { what: 'the chat to leave Ana' });
	await zoe.frame((frame) => frame.kind === 'joined' && frame.author.name === 'Sam Reyes', 'the customer to learn of it');
	for (const { chat } of [kim, zoe]) await (await Operator.logIn(stack, 'sam')).end(chat);
});

test('a chat is put back in line, in another queue; a supervisor who is full is told so', async () => {
	await stack.query('update chat.operator set max_chats = 1 where operator = \'sam\'');
	const ben = await onDuty('ben', ['billing']);
	const kim = await customer('Kim');
	await ben.accept(await ben.nextOffer());
	const sam = await samAtTheBoard();
	await row(sam, 'chats', 'Kim').getByTestId('board-requeue').click();
	await sam.page.getByText('Ben Okoro loses the chat.').waitFor();
	await sam.at('requeue-queue').selectOption('support');
	await sam.at('requeue-reason').fill('needs a technician');
	await sam.shoot('requeue');
	const told = sam.willBeTold('Kim is back in line.');
	await sam.at('board-confirm').click();
	await told;
	await row(sam, 'chats', 'Kim').filter({ hasText: 'Technical support' }).filter({ hasText: 'Waiting' }).waitFor();
	await kim.frame((frame) => frame.kind === 'requeued', 'the customer to be told');

	const zoe = await customer('Zoë', 'support');
	await row(sam, 'chats', 'Kim').getByTestId('board-take').click();
	await sam.deskComposer.waitFor();
	await sam.at('board-link').click();
	await row(sam, 'chats', 'Zoë').getByTestId('board-take').click();
	await sam.page.getByText('You have 1 of 1 chats already').waitFor();
	await sam.shoot('full');
	await sam.page.keyboard.press('Escape');
	assert.equal((await zoe.view()).state, 'queued');
	await (await Operator.logIn(stack, 'sam')).end(kim.chat);
	await stack.query('update chat.operator set max_chats = 3 where operator = \'sam\'');
});

test('a supervisor ends the sessions of somebody and takes a lost second step away; his own he does in his account', async () => {
	const ben = await onDuty('ben', ['billing']);
	const again = await Operator.logIn(stack, 'ben');
	const sam = await samAtTheBoard();
	await row(sam, 'people', 'Ben Okoro').getByTestId('board-account').click();
	await sam.page.getByRole('dialog', { name: 'Account of Ben Okoro' }).waitFor();
	await sam.shoot('account of somebody');
	await sam.at('account-of-logout').click();
	await sam.at('account-of-said').filter({ hasText: '2 sessions ended.' }).waitFor();
	assert.equal(await ben.closeCode(), 4401);
	await assert.rejects(again.call('GET', 'session'), { status: 401 });
	await sam.at('account-of-totp').click();
	await sam.at('account-of-said').filter({ hasText: 'There was no second step.' }).waitFor();
	await sam.page.keyboard.press('Escape');
	await row(sam, 'people', 'Sam Reyes').getByTestId('board-account').click();
	await sam.at('account-of-logout').waitFor();
	assert.equal(await sam.at('account-of-totp').count(), 0);
	await sam.at('account-of-close').click();
	people.splice(people.indexOf(ben), 1);
});

test('the board\'s columns are ordered by keyboard, both ways, and say so', async () => {
	const sam = await samAtTheBoard();
	await customer('Kim');
	await customer('Amélie', 'sales');
	await until(async () => (await firsts(sam, 'chats')).join() === 'Kim,Amélie', { what: 'the longest waiting on top' });
	const heading = sam.at('board-chats').getByRole('columnheader', { name: 'Customer' });
	assert.equal(await heading.getAttribute('aria-sort'), 'none');
	await heading.getByRole('button').focus();
	await sam.page.keyboard.press('Enter');
	assert.deepEqual([await heading.getAttribute('aria-sort'), await firsts(sam, 'chats')], ['ascending', ['Amélie', 'Kim']]);
	await sam.page.keyboard.press('Enter');
	assert.deepEqual([await heading.getAttribute('aria-sort'), await firsts(sam, 'chats')], ['descending', ['Kim', 'Amélie']]);
	await sam.shoot('ordered');
});

/** Messages that a courier has given up: `[kind, account, error, reason, status?]`. */
async function dead(...letters) {
	await stack.query(`select internal.send_out(l ->> 0, 'lane ' || gen_random_uuid(), l ->> 1, null, '{"event": "note_left", "what": "transcript", "site": "shop"}', clock_timestamp())
		from jsonb_array_elements($1::jsonb) l`, [JSON.stringify(letters)]);
	await stack.query(`select o.outcome from api.claim_outbox(1, 100) c 
		cross join lateral (select l ->> 2 as error, l ->> 3 as reason, (l ->> 4)::int as status from jsonb_array_elements($1::jsonb) l where l ->> 1 = c.account limit 1) l,
		api.outbox_failed(c.item, c.lease, l.error, true, l.reason, l.status) o`, [JSON.stringify(letters)]);
}

test('what has not arrived is told on the board, sent again or discarded', async () => {
	await stack.query("insert into chat.webhook (webhook, url, site) values ('crm', 'https://crm.example/', 'shop')");
	await dead(['webhook', 'crm', 'answered 503: kim@mail.example', 'refused', 503], ['webhook', 'crm', 'answered 503', 'refused', 503], ['webhook', 'crm', 'answered 503', 'refused', 503],
		['mail', 'post', 'Timeout was reached', 'timeout']);
	const sam = await samAtTheBoard({ bypassCSP: true });
	const letters = sam.at('letters');
	await letters.getByText('4', { exact: true }).waitFor();
	await letters.focus();
	await sam.page.keyboard.press('Enter');
	const rows = sam.at('letters-table').locator('tbody tr');
	await until(async () => (await rows.count()) === 4, { what: 'all four to be shown' });
	await sam.at('letters-waiting').filter({ hasText: 'Nothing waits to be sent.' }).waitFor();
	await sam.at('letters-courier').waitFor();
	await rows.filter({ hasText: 'E-mail' }).filter({ hasText: 'The Corner Shop' }).filter({ hasText: 'No answer in time' }).waitFor();
	await rows.filter({ hasText: 'Webhook' }).filter({ hasText: 'Refused with code 503' }).first().waitFor();
	assert.equal(await sam.page.getByText('kim@').count(), 0, 'nobody\'s address is shown');
	await axe(sam.page, 'undelivered');
	await sam.at('letters-table').scrollIntoViewIfNeeded();
	await sam.shoot('undelivered');

	let told = sam.willBeTold('It is on its way again.');
	await rows.filter({ hasText: 'E-mail' }).getByTestId('letter-send').click();
	await told;
	await until(async () => (await rows.count()) === 3, { what: 'it to leave the list' });
	await sam.at('letters-waiting').filter({ hasText: 'One waits to be sent' }).waitFor();
	assert.ok(await letters.evaluate((summary) => summary.getRootNode().activeElement === summary), 'the focus is not lost with the row');

	await rows.first().getByTestId('letter-drop').click();
	await sam.page.getByRole('dialog', { name: 'Discard this message?' }).waitFor();
	await axe(sam.page, 'discard?');
	await sam.shoot('discard');
	await sam.page.keyboard.press('Escape');
	assert.equal(await rows.count(), 3);
	await rows.first().getByTestId('letter-drop').click();
	told = sam.willBeTold('The message is discarded.');
	await sam.at('letter-drop-confirm').click();
	await told;
	await until(async () => (await rows.count()) === 2, { what: 'it to be gone' });

	told = sam.willBeTold('2 are on their way again.');
	await sam.at('letters-all').filter({ hasText: 'Send all 2 to crm again' }).click();
	await told;
	await sam.at('letters-table').getByText('Nothing has failed.').waitFor();
	assert.deepEqual((await stack.query("select action, count(*)::int as n from chat.audit where object = 'outbox' and actor = 'sam' group by action order by action")), [
		{ action: 'drop', n: 1 }, { action: 'replay', n: 3 }]);
	await dead(['webhook', 'crm', 'answered 503', 'refused', 503]);
	await rows.first().waitFor(); // an open list keeps up with the board, also where its figures are those of a while ago
});

for (const { name, ...context } of [{ name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE' },
	{ name: 'right to left', viewport: { width: 400, height: 800 }, locale: 'ar' }])
	test(`what has not arrived, ${name}`, async () => {
		const long = ['webhook', 'a-rather-long-name-of-an-account-that-must-break-somewhere', 'answered 503', 'refused', 503];
		await dead(long, long, ['mail', 'post', 'there is nobody to send it to any more', 'no_receiver']);
		const sam = await samAtTheBoard({ bypassCSP: true, ...context });
		await sam.at('letters').click();
		await sam.at('letters-table').locator('tbody tr').nth(2).waitFor();
		await axe(sam.page, name);
		await fits(sam.page, name);
		await sam.at('letters-table').scrollIntoViewIfNeeded();
		await sam.shoot(`undelivered ${name}`);
		await sam.at('letters-all').scrollIntoViewIfNeeded();
		await sam.shoot(`undelivered, to the end, ${name}`);
		await sam.at('letter-drop').first().click();
		await sam.at('letter-drop-confirm').waitFor();
		await axe(sam.page, `discard? ${name}`);
		await sam.shoot(`discard ${name}`);
	});

/** Chats that ended a moment ago with ana: `[queue, disposition or null, own words or null, how many]`. */
async function over(...chats) {
	await stack.query(`with made as (
			insert into chat.chat (chat, site, widget, state, queue, locale, arrived_at, created_at, customer_seen_at, ended_at, ended_by, end_reason, filed_under, disposition)
			select gen_random_uuid(), 'shop', 'demo-shop', 'ended', l ->> 0, 'en', t.now, t.now, t.now, t.now, 'operator', 'operator_ended', l ->> 1, l ->> 2
			from jsonb_array_elements($1::jsonb) l, generate_series(1, (l ->> 3)::int), (select clock_timestamp() as now) t returning chat, queue, ended_at),
		counted as (insert into chat.chat_counter (chat) select chat from made),
		held as (insert into chat.offer (offer, chat, operator, queue, offered_at, expires_at, rule, why, candidates, state, closed_at)
			select gen_random_uuid(), chat, 'ana', queue, ended_at, ended_at, 'availability', '{}', '{}', 'accepted', ended_at from made returning offer, chat, offered_at)
		insert into chat.assignment (chat, operator, offer, started_at, ended_at, end_reason) select chat, 'ana', offer, offered_at, offered_at, 'ended' from held`, [JSON.stringify(chats)]);
}

for (const { name, title, none, ...context } of [{ name: 'light', title: 'Results today', none: 'Without a result' },
	{ name: 'dark at 320 px', colorScheme: 'dark', viewport: { width: 320, height: 640 }, locale: 'de-DE', title: 'Ergebnisse heute', none: 'Ohne Ergebnis' },
	{ name: 'right to left', viewport: { width: 400, height: 800 }, locale: 'ar', title: 'نتائج اليوم', none: 'بلا نتيجة' }])
	test(`what today's chats came to is on the board, by queue, ${name}`, async (t) => {
		t.after(() => stack.query('delete from chat.chat'));
		await makeNoon(stack);
		await over(['sales', 'sold', null, 7], ['sales', 'order-status', null, 4], ['sales', 'wrong-place', null, 1], ['sales', null, null, 3], ['billing', 'payment-bank', null, 2],
			['billing', null, null, 1], ['support', null, 'as we said', 2]);
		const sam = await samAtTheBoard({ bypassCSP: true, ...context });
		const panel = sam.at('results');
		assert.equal((await panel.textContent()).trim(), title);
		await panel.focus();
		await sam.page.keyboard.press('Enter');
		const sales = sam.at('results-list').locator('[data-queue=sales]');
		await sales.waitFor();
		const lines = await sales.locator('li').evaluateAll((items) => items.map((item) => item.innerText.replace(/\s+/g, ' ').trim()));
		assert.equal(lines.length, 4);
		assert.ok(lines[3].startsWith(none), lines[3]);
		if (name === 'light') assert.deepEqual(lines, ['Sold 7', 'Status told Order 4', 'Wrong place 1', 'Without a result 3']);
		assert.equal(await sam.page.getByText('as we said').count(), 0, 'nobody\'s words are shown');
		await axe(sam.page, name);
		await fits(sam.page, name);
		await sam.at('results-list').scrollIntoViewIfNeeded();
		await sam.shoot(`results ${name}`);
	});
