// SPDX-License-Identifier: ISC
// Signed identity in real browsers: the page of the site says who is here, the widget passes it on, the console shows it (SECURITY D10, D20).
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Operator } from '../support/people.mjs';
import { identity } from '../support/signed-identity.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

let secret;
const stack = useStack({
	prepare: async (begun) => {
		[{ secret }] = await begun.query("select secret from api.add_site_secret('shop')");
	},
});
const browser = useBrowser(stack);

afterEach(async () => {
	await stack.query('delete from chat.block');
	for (const name of ['ana', 'sam']) {
		const operator = await Operator.logIn(stack, name);
		for (const { id } of await operator.chats()) await operator.end(id);
		await operator.presence('offline');
	}
	await stack.query('delete from chat.session');
});

// A browser on the shop, whose own page knows who is logged in there: `who.sub` (null: nobody, undefined: the page says nothing), and what a token says besides.
async function visitor(name, who) {
	const person = await browser.person(name);
	await person.page.exposeFunction('tokenOfTheShop', () => (who.sub ? identity(secret, who.sub, who.claims) : null));
	await person.page.exposeFunction('knowsWho', () => who.sub !== undefined);
	await person.page.addInitScript(() => {
		addEventListener('switchboard', async () => {
			if (await window.knowsWho()) window.Switchboard.identify(() => window.tokenOfTheShop());
		});
	});
	return person;
}

async function open(person, name = '') {
	await person.startChat(name);
}

const welcome = (person) => person.chat.locator('sb-welcome').waitFor();

test('D10 a chat of who is logged in is shown to nobody else who comes to the same computer', async () => {
	const who = { sub: 'mia', claims: { name: 'Mia Moreau' } };
	const shared = await visitor('shared', who);
	await open(shared);
	await shared.say('my card number is a secret');
	await shared.bubble('my card number').waitFor();
	await until(async () => (await stack.query("select count(*)::int n from chat.chat where person = 'mia' and name_verified"))[0].n === 1, { what: 'the person to be known' });

	await shared.page.reload();
	await shared.bubble('my card number').waitFor(); // the same person: the chat is there again

	who.sub = 'kim';
	await shared.page.reload();
	await welcome(shared);
	assert.equal(await shared.bubble('my card number').count(), 0);
	await shared.shoot('another person gets the welcome');
	await until(async () => !/:chat\b/.test(await stored(shared)), { what: 'nothing of it to be kept here' });
});

// What the frame keeps of a chat or a token.
async function stored(person) {
	const frame = person.page.frames().find((candidate) => candidate.url().includes('/chat/widget/'));
	const texts = await Promise.all([frame, person.page.mainFrame()].map((place) => place.evaluate(() => {
		const found = [document.cookie];
		for (const open of [() => localStorage, () => sessionStorage]) {
			try {
				found.push(JSON.stringify({ ...open() }));
			} catch {
				found.push('denied');
			}
		}
		return decodeURIComponent(found.join(' '));
	})));
	return texts.join(' ');
}

test('D20 no token is kept in the browser, and logging out takes the chat away', async () => {
	const shared = await visitor('mia', { sub: 'mia-2' });
	await open(shared);
	await shared.say('where is my parcel');
	await shared.bubble('where is my parcel').waitFor();
	const kept = await stored(shared);
	assert.match(kept, /:chat\b/, '(the chat is kept)');
	assert.doesNotMatch(kept, /eyJ/, 'what the site has signed begins with that');
	await shared.page.evaluate(() => window.Switchboard.logout());
	await welcome(shared);
	await until(async () => !/:chat\b/.test(await stored(shared)), { what: 'nothing to be kept' });
});

test('the chat of a person is not shown while the page says nothing, and comes back when it does', async () => {
	const who = { sub: 'zoe' };
	const zoe = await visitor('zoe', who);
	await open(zoe);
	await zoe.say('private');
	await zoe.bubble('private').waitFor();
	who.sub = undefined;
	await zoe.page.reload();
	await welcome(zoe);
	who.sub = 'zoe';
	await zoe.page.evaluate(() => window.Switchboard.identify(() => window.tokenOfTheShop()));
	await zoe.bubble('private').waitFor();
});

test('a person gets back into the open chat from another device', async () => {
	const phone = await visitor('phone', { sub: 'lea' });
	await open(phone);
	await phone.say('from the phone');
	await phone.bubble('from the phone').waitFor();
	const laptop = await visitor('laptop', { sub: 'lea' });
	await laptop.visit();
	await laptop.open();
	await laptop.chat.getByRole('button', { name: 'Start chat' }).click();
	await laptop.bubble('from the phone').waitFor();
	await laptop.say('from the laptop');
	await phone.bubble('from the laptop').waitFor();
});

test('a site that asks for an identity tells who is not logged in what to do', async () => {
	await stack.query("update chat.site set identity = 'required' where site = 'shop'");
	try {
		const nobody = await visitor('nobody', { sub: null });
		await nobody.visit();
		await nobody.open();
		await nobody.chat.getByRole('button', { name: 'Start chat' }).click();
		await nobody.chat.getByRole('alert').filter({ hasText: 'Please sign in on this site first' }).waitFor();
		await nobody.shoot('is asked to sign in');
	} finally {
		await stack.query("update chat.site set identity = 'optional' where site = 'shop'");
	}
});

const stateOf = (person, state) =>
	until(async () => (await stack.query('select state from chat.chat where person = $1 order by created_at desc limit 1', [person]))[0].state === state, { what: `the chat to be ${state}` });

test('D10 the console marks what the site has confirmed, and shows the earlier chats of the same person; a supervisor blocks', async () => {
	const sam = await browser.person('sam');
	await sam.takeDuty('sam', ['billing']);
	const earlier = await stack.query(`insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at, ended_at, ended_by, person, disposition)
		values (gen_random_uuid(), 'shop', 'demo-shop', 'queued', 'billing', now() - interval '2 days', 'en', now() - interval '2 days', now(), null, null, 'ben-7', null)
		returning chat`);
	await stack.query('insert into chat.chat_counter (chat) values ($1)', [earlier[0].chat]);
	await stack.query(`insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash)
		select chat, sha256(chat::text::bytea), sha256(chat::text::bytea), sha256('') from chat.chat where chat = $1`, [earlier[0].chat]);
	await stack.query("select internal.add_event($1, now(), 'queued')", [earlier[0].chat]);
	await sam.at('offer-accept').click();
	await sam.deskSay('This was two days ago');
	await sam.at('thread').locator('article[data-state=sent]', { hasText: 'two days ago' }).waitFor(); // or the end would come before it
	await sam.at('end-chat').click();
	await sam.at('end-confirm').click();
	await stateOf('ben-7', 'ended');

	const ben = await visitor('ben', { sub: 'ben-7', claims: { name: 'Ben Okoro' } });
	await open(ben);
	await ben.pick('Billing');
	const busy = [await sam.isPutOff('**/history'), await sam.isPutOff('**/history/*/events?*')];
	await sam.at('offer-accept').click();
	await sam.page.getByText('confirmed by the site').first().waitFor();
	await sam.at('earlier-chat').first().waitFor();
	await sam.shoot('details of a person');
	await sam.at('earlier-chat').first().click();
	await sam.at('earlier-transcript').getByText('This was two days ago').waitFor();
	await sam.shoot('earlier transcript');
	assert.deepEqual(busy.map((times) => times()), [1, 1], 'which came by themselves when the server had time');
	await sam.page.keyboard.press('Escape');

	await sam.at('block').click();
	await sam.at('block-confirm').click();
	await sam.at('block-problem').filter({ hasText: 'give a reason' }).waitFor();
	await sam.at('block-reason').fill('threatens people');
	await sam.shoot('block dialog');
	const told = sam.willBeTold('Ben Okoro is blocked.');
	await sam.at('block-confirm').click();
	await told;
	await until(async () => (await stack.query("select count(*)::int n from chat.block where value = 'ben-7'"))[0].n === 1, { what: 'the block to stand' });
	await sam.at('board-link').click();
	await sam.at('blocks').click();
	await sam.at('blocks-table').getByText('threatens people').waitFor();
	await sam.shoot('blocked customers');
	await sam.at('lift').click();
	await sam.page.getByText('Nobody is blocked.').waitFor();
	assert.equal((await stack.query('select count(*)::int n from chat.block'))[0].n, 0);
});
