// SPDX-License-Identifier: ISC
// Nobody is there: a customer leaves a message, an operator finds it in the inbox and works it off.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { MailServer } from '../support/mail-server.mjs';
import { Customer } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { axe } from './axe.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack({ couriers: 1 });
const browser = useBrowser(stack);
const inside = ({ page }) => page.frames().find((frame) => frame.url().includes('/widget/'));

test('a customer who finds everything closed leaves a message; it comes to the operator\'s inbox and is taken, given away, filed', async (t) => {
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['billing']);
	await stack.query("update chat.widget set bot = null; select chat.close_everything('We are on holiday.')");
	t.after(() => stack.query("select chat.open_everything(); update chat.widget set bot = 'guide'"));

	const mia = await browser.person('mia', { viewport: { width: 320, height: 640 }, bypassCSP: true });
	await mia.visit();
	await mia.open();
	await mia.chat.getByRole('heading', { name: 'Leave us a message' }).waitFor();
	await mia.shoot('closed');
	await mia.chat.getByRole('button', { name: 'Send message' }).click();
	await mia.chat.getByText('Please give an address such as name@example.com.').waitFor();
	await mia.chat.getByLabel('Your name').fill('Mia');
	await mia.chat.getByLabel('Your e-mail address').fill('mia@mail.example');
	await mia.chat.getByLabel('What is it about?').selectOption({ label: 'Billing' });
	await mia.chat.getByLabel('Your message').fill('<b>My invoice</b> has the wrong address.');
	await mia.shoot('written');
	await axe(inside(mia), 'the form of a note');
	await mia.chat.getByRole('button', { name: 'Send message' }).click();
	await mia.chat.getByText('We will answer to mia@mail.example.').waitFor();
	const [{ reference }] = await stack.query('select reference from chat.inbox');
	await mia.chat.getByText(`Reference: ${reference}`).waitFor();
	await mia.shoot('left');

	await until(async () => (await ana.at('inbox-count-new').textContent().catch(() => ''))?.trim().endsWith('1'), { what: 'the count of the inbox' });
	await ana.at('inbox-link').click();
	await ana.at('inbox-item').click();
	await ana.at('entry-body').getByText('<b>My invoice</b> has the wrong address.').waitFor();
	await ana.page.getByText('E-mail is not set up').waitFor();
	await ana.shoot('read');
	await axe(ana.page, 'the inbox and a note');
	await ana.at('entry-take').click();
	await ana.at('entry-state').getByText('In progress').waitFor();
	await ana.at('entry-assign').click();
	await ana.at('entry-people').waitFor();
	await ana.shoot('taken');
	await ana.at('entry-done').click();
	await ana.at('entry-state').getByText('Done').waitFor();
	await ana.at('inbox-closed').click();
	await ana.at('inbox-item').waitFor();
	await ana.shoot('closed');
	assert.equal((await stack.query('select state from chat.inbox'))[0].state, 'done');
});

async function mailing(t) {
	const mail = await MailServer.open(t);
	await stack.query("insert into chat.mail_account (account, url, starttls, from_address, from_name) values ('mail', $1, 'none', 'desk@shop.example', 'The Corner Shop')", [mail.url]);
	t.after(() => stack.query("delete from chat.mail_account where account = 'mail'"));
	return mail;
}

test('a note is answered by mail from the console; the mail arrives, and the console says so', async (t) => {
	const mail = await mailing(t);
	const noCaller = new Customer(stack);
	const { reference } = await noCaller.call('POST', 'widgets/demo-shop/notes', { request_key: randomUUID(), email: 'zoe@mail.example', body: 'Does it fit a dishwasher?', queue: 'billing' });
	const ana = await browser.person('ana', { colorScheme: 'dark' });
	await ana.takeDuty('ana', ['billing']);
	await ana.at('inbox-link').click();
	await ana.at('inbox-item').first().click();
	await ana.at('entry-body').getByText('Does it fit a dishwasher?').waitFor();
	await ana.at('entry-answer').fill('It does.\nUpper rack only.');
	await axe(ana.page, 'answering a note');
	await ana.shoot('answering by mail');
	await ana.at('entry-send').click();
	const letter = await mail.letter(({ to }) => to.includes('zoe@mail.example'), 'the answer');
	assert.match(letter.header('subject'), new RegExp(reference));
	assert.match(letter.part('text/plain'), /^It does\.\nUpper rack only\.\n/);
	await ana.at('entry-reply').filter({ hasText: 'sent by e-mail' }).waitFor();
	await ana.at('entry-state').getByText('Answered').waitFor();
	await ana.shoot('answered by mail');
	await axe(ana.page, 'a note that is answered');
});

test('a customer has the transcript sent to the address she types', async (t) => {
	const mail = await mailing(t);
	const ana = await browser.person('ana');
	await ana.takeDuty('ana', ['sales']);
	const mia = await browser.person('mia', { viewport: { width: 320, height: 640 }, bypassCSP: true });
	await mia.startChat('Mia');
	await mia.pick('Talk to a person');
	await ana.at('offer-accept').click();
	await ana.deskSay('Your parcel is on its way.');
	await mia.bubble('Your parcel is on its way.').waitFor();
	await ana.at('end-chat').click();
	await ana.at('end-confirm').click();
	await mia.chat.getByTestId('mail-transcript').click();
	await mia.chat.getByLabel('Where shall we send the transcript?').fill('mia@mail.example');
	await axe(inside(mia), 'asking for the transcript');
	await mia.shoot('where to send the transcript');
	await mia.chat.getByRole('button', { name: 'Send transcript' }).click();
	await mia.chat.getByText('The transcript is on its way to mia@mail.example.').waitFor();
	const letter = await mail.letter(({ to }) => to.includes('mia@mail.example'), 'the transcript');
	assert.match(letter.part('text/plain'), /Ana Silva: Your parcel is on its way\./);
	await mia.shoot('transcript sent');
	await ana.at('wrap-up-save').waitFor();
});
