// SPDX-License-Identifier: ISC
// The supervisor's reports in a real browser: figures, chart, table, period, CSV; in Arabic, dark and on a phone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { axe, fits } from './axe.mjs';
import { useBrowser } from './browser.mjs';

// Where sales is, it is already a later day than where sam is, whatever the time: these two are 25 hours apart.
const FAR_WEST = { timezoneId: 'Pacific/Pago_Pago' };

// 40 chats of the last ten days: of every five one was given up, the others were answered after 20 s, handled for 5 minutes and rated. They never happened, so the last
// test takes them away before the stack is judged.
const HISTORY = `
	update chat.queue set time_zone = 'Pacific/Kiritimati' where queue = 'sales';
	with made as (
		insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at, ended_at, ended_by, page_url)
		select gen_random_uuid(), 'shop', 'demo-shop', case when n % 5 = 0 then 'abandoned' else 'ended' end,
			case when n % 3 = 0 then 'billing' else 'sales' end, a.at, 'en', a.at, a.at, a.at + interval '320 s', 'customer', 'https://made.example'
		from generate_series(1, 40) n cross join lateral (select now() - (n % 10) * interval '1 day' - interval '10 minutes' as at) a returning chat, queue, arrived_at, state
	), counted as (insert into chat.chat_counter (chat, last_seq) select chat, 30 from made),
	offered as (
		insert into chat.offer (chat, operator, queue, state, offered_at, expires_at, closed_at, rule)
		select m.chat, 'ana', m.queue, 'accepted', m.arrived_at + interval '10 s', m.arrived_at + interval '60 s', m.arrived_at + interval '20 s', 'availability'
		from made m where m.state = 'ended' returning offer, chat, closed_at
	), owned as (
		insert into chat.assignment (chat, operator, offer, started_at, ended_at, end_reason) select o.chat, 'ana', o.offer, o.closed_at, o.closed_at + interval '5 minutes', 'ended' from offered o)
	insert into chat.chat_rating (chat, score, rated_at) select m.chat, 4, m.arrived_at + interval '6 minutes' from made m where m.state = 'ended';
	insert into chat.message (chat, seq, at, kind, author_kind, author_name, cid, body)
	select c.chat, n, c.created_at + n * interval '1 s', 'message', 'customer', 'Kim', gen_random_uuid(), 'word ' || n
	from chat.chat c, generate_series(1, 30) n where c.page_url = 'https://made.example'`;
// One report at a time for everybody, so that whoever asks for more has to wait for it.
const stack = useStack({ options: { reports_max: '1' }, prepare: (started) => started.query(HISTORY) });
const browser = useBrowser(stack);

async function samReads(options) {
	const sam = await browser.person('sam', options);
	await sam.takeDuty('sam', []);
	await sam.at('reports-link').click();
	await sam.at('reports-chart').waitFor();
	return sam;
}

// All that was said is there, to its last word, within the dialog and below what the dialog says of the chat.
async function readsToItsEnd(person) {
	const dialog = person.at('closed-chat');
	await dialog.getByText('word 1', { exact: true }).waitFor();
	const last = dialog.getByText('word 30', { exact: true });
	await last.scrollIntoViewIfNeeded();
	const card = await dialog.locator('.card').boundingBox();
	const [about, thread, word] = await Promise.all([dialog.locator('.about'), dialog.locator('sb-thread'), last].map((place) => place.boundingBox()));
	assert.ok(card.y < about.y && about.height > 0 && about.y + about.height <= thread.y, `${JSON.stringify(about)} above ${JSON.stringify(thread)}`);
	assert.ok(thread.y < word.y && word.y + word.height <= card.y + card.height, `${JSON.stringify(word)} in ${JSON.stringify(card)}`);
}

test('a supervisor reads what happened, chooses the period, the queue and the report, and takes it along as CSV', async () => {
	const sam = await samReads(FAR_WEST);
	await sam.at('reports-period').selectOption('28');
	await sam.at('figure-offered').getByText('40', { exact: true }).waitFor();
	assert.equal(await sam.at('figure-answered').textContent(), '32');
	assert.equal(await sam.at('figure-abandoned').textContent(), '8');
	assert.equal(await sam.at('figure-wait_avg_s').textContent(), '0:20');
	await axe(sam.page, 'reports');
	await sam.shoot('reports');
	await sam.at('reports-queue').selectOption('billing');
	await sam.at('figure-offered').getByText('13', { exact: true }).waitFor();
	await sam.at('reports-queue').selectOption('');
	await sam.at('report-operators').click();
	await sam.at('reports-table').getByText('Ana').first().waitFor();
	const [download] = await Promise.all([sam.page.waitForEvent('download'), sam.at('reports-csv').click()]);
	assert.equal(download.suggestedFilename(), 'operators.csv');
	const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n').map((line) => line.split(','));
	assert.deepEqual(head.slice(0, 7), ['starts_at', 'local_start', 'time_zone', 'queue', 'label', 'operator', 'name']);
	assert.equal(lines.reduce((sum, line) => sum + Number(line[head.indexOf('chats')]), 0), 32, 'the same period as CSV');
	await stack.query("update chat.chat set filed_under = 'refunded' where page_url = 'https://made.example' and queue = 'billing' and state = 'ended'");
	await sam.at('report-chats').click();
	await sam.at('reports-table').getByText('Refunded').first().waitFor();
	await sam.shoot('chats that are over');
	await axe(sam.page, 'chats that are over');
	await sam.at('report-read').first().click();
	await readsToItsEnd(sam);
	await axe(sam.page, 'a chat that is over');
	await sam.page.keyboard.press('Escape');
	const [own] = await Promise.all([sam.page.waitForResponse(/reports\/service\?from=/), sam.at('reports-period').selectOption('0')]);
	assert.equal((await own.json()).rows.reduce((sum, { offered }) => sum + offered, 0), 40, 'own dates begin with those of the period before');
	await sam.at('reports-from').fill('2001-01-02');
	await sam.at('reports-to').fill('2001-01-01');
	await sam.page.getByRole('alert').getByText('Choose an end').waitFor();
	await sam.at('reports-to').fill('2001-01-03');
	await sam.page.getByText('Nothing happened in this period.').waitFor();
});

test('an operator has no reports', async () => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', []);
	assert.equal(await ana.at('reports-link').count(), 0);
});

test('two supervisors at once, in Arabic in the dark and on a phone', async () => {
	const [dark, phone] = await Promise.all([samReads({ locale: 'ar', colorScheme: 'dark' }), samReads({ viewport: { width: 320, height: 640 } })]);
	await axe(dark.page, 'in Arabic, dark');
	await dark.shoot('reports-arabic-dark');
	await dark.at('report-chats').click();
	await dark.at('report-read').first().waitFor();
	await axe(dark.page, 'chats in Arabic, dark');
	await dark.at('report-read').first().scrollIntoViewIfNeeded();
	await dark.shoot('chats-arabic-dark');
	await fits(phone.page, 'reports on a phone');
	await axe(phone.page, 'on a phone');
	await phone.shoot('reports-phone');
	await phone.at('report-chats').click();
	await phone.at('report-read').first().click();
	await readsToItsEnd(phone);
	await fits(phone.page, 'a chat that is over on a phone');
	await phone.shoot('a chat that is over on a phone');
	await stack.query("delete from chat.chat where page_url = 'https://made.example'");
});
