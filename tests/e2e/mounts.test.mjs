// SPDX-License-Identifier: ISC
// The main path of a chat in real browsers behind both Apache mounts, with TLS and under another prefix: request, bot, queue, accepted, both talk, ended.
// Behind nginx all of it is in chat.test.mjs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { MOUNTS } from '../support/web.mjs';
import { useBrowser } from './browser.mjs';

for (const web of ['proxy_fcgi', 'fcgid']) describe(MOUNTS[web].title, () => {
	const stack = useStack({ web, prefix: '/help/desk', tls: true });
	const browser = useBrowser(stack);

	test('a customer and an operator: bot, queue, offer, talk, end', async () => {
		const ana = await browser.person('ana', { ignoreHTTPSErrors: true });
		await ana.takeDuty('ana', ['billing']);
		const [cookie] = (await ana.context.cookies(stack.url)).filter(({ name }) => name.endsWith('sid'));
		assert.deepEqual([cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path], ['__Host-sid', true, true, 'Strict', '/']);
		const mia = await browser.person('mia', { ignoreHTTPSErrors: true });
		await mia.startChat('Mia');
		await mia.pick('Billing');
		await ana.at('offer-accept').click();
		await mia.chat.getByText('Ana Silva is here to help').waitFor();
		await mia.say('My invoice has the wrong address.');
		await ana.deskBubble('My invoice has the wrong address.').waitFor();
		await ana.deskSay('You get a new one.');
		await mia.bubble('You get a new one.').waitFor();
		await ana.deskShows(await mia.messages());
		for (const person of [ana, mia]) assert.ok(person.sockets.length > 0 && person.sockets.every((url) => url === `${stack.url.replace('https', 'wss')}/relay`), person.sockets.join());
		await mia.shoot(`talk behind ${web}`);
		await ana.at('end-chat').click();
		await ana.at('end-confirm').click();
		await mia.chat.getByText('Ana Silva ended the chat').waitFor();
		await until(async () => (await stack.query('select state from chat.chat order by created_at desc limit 1'))[0].state !== 'active', { what: 'the chat to be over' });
	});
});
