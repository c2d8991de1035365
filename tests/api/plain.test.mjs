// SPDX-License-Identifier: ISC
// The page without JavaScript, request by request: the whole chat in forms, and what is refused.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { assertNotLogged, leavesNothing, send } from '../support/http.mjs';
import { Operator } from '../support/people.mjs';
import { PlainBrowser, words } from '../support/plain.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();

const said = (chat) => stack.query("select body, cid from chat.message where chat = $1 and author_kind = 'customer' and kind = 'message' order by seq", [chat]);

// A chat behind the bot.
async function arrive(name = 'Kim', options = {}) {
	const browser = new PlainBrowser(stack, options);
	await browser.open();
	await browser.submit('', { name });
	assert.equal(browser.page.status, 200, browser.page.text);
	return browser;
}

test('the whole chat in forms: the bot, a person, messages both ways, the end, the rating, the transcript, another chat', async () => {
	const kim = await arrive();
	let frame = await kim.read();
	assert.equal(frame.headers.refresh, '5');
	assert.match(words(frame.text), /Guide/);
	assert.match(frame.text, /name="choice" value="billing"/);
	await kim.submit('/message', { choice: 'person' }, { html: frame.text });
	assert.equal((await stack.query('select state from chat.chat where chat = $1', [kim.chat]))[0].state, 'queued');
	frame = await kim.read();
	assert.match(words(frame.text), /You are next|Nobody is there right now|We are closed right now/);
	await kim.submit('/message', { body: 'hello\r\nthere' });
	assert.deepEqual((await said(kim.chat)).at(-1).body, 'hello\nthere');
	await kim.open('/end');
	assert.match(words(kim.page.text), /End this chat\?/);
	await kim.submit('/end');
	assert.match(words(kim.page.text), /This chat has ended/);
	frame = await kim.read();
	assert.equal(frame.headers.refresh, undefined, 'a chat that is over asks for nothing any more');
	assert.match(words(frame.text), /You ended the chat/);
	const before = kim.page.text;
	await kim.submit('/rating', { score: '4', comment: 'fine' });
	assert.match(words(kim.page.text), /Thank you for your rating/);
	assert.deepEqual(await stack.query('select score, comment from chat.chat_rating where chat = $1', [kim.chat]), [{ score: 4, comment: 'fine' }]);
	await kim.submit('/rating', { score: '1', comment: '' }, { html: before });
	assert.deepEqual(await stack.query('select score from chat.chat_rating where chat = $1', [kim.chat]), [{ score: 4 }], 'once');
	const transcript = await kim.ask('GET', '/transcript?format=txt');
	assert.match(transcript.headers['content-type'], /^text\/plain/);
	assert.match(transcript.headers['content-disposition'], /^attachment/);
	assert.match(transcript.text, /hello/);
	await kim.submit('/new');
	assert.equal(kim.chat, undefined);
	assert.match(kim.page.text, /name="name"/);
});

test('G2 a message sent again, by a reload or a second click, is stored once; another text from the same page is another message', async () => {
	const kim = await arrive();
	const page = kim.page.text;
	await Promise.all([1, 2, 3].map(() => kim.submit('/message', { body: 'once' }, { html: page })));
	assert.equal((await said(kim.chat)).filter(({ body }) => body === 'once').length, 1);
	await kim.submit('/message', { body: 'twice' }, { html: page });
	await kim.submit('/message', { body: 'once' });
	assert.deepEqual((await said(kim.chat)).map(({ body }) => body), ['once', 'twice', 'once'], 'a page that was shown anew says it anew');
	await kim.submit('/message', { body: ' \r\n ' });
	assert.equal(kim.page.status, 200);
	assert.equal((await said(kim.chat)).length, 3, 'nothing said is nothing to store');
});

test('P20 the form that opens a chat, sent twice, opens one; who has a chat is shown it', async () => {
	const kim = new PlainBrowser(stack);
	await kim.open();
	const form = kim.page.text;
	await kim.submit('', { name: 'Kim' }, { html: form });
	const first = kim.chat;
	await kim.submit('', { name: 'Kim' }, { html: form });
	assert.equal(kim.chat, first);
	await kim.submit('', { name: 'Kimberly' }, { html: form });
	assert.equal(kim.chat, first, 'another name is another request, and the chat there is stands');
	assert.match(kim.page.text, /<iframe/);
	await kim.open();
	assert.match(kim.page.text, /<iframe/, 'the address leads to the chat');
	assert.equal((await stack.query('select count(*)::int n from chat.chat where chat = $1', [first]))[0].n, 1);
});

test("the token is in a cookie for this page alone, in no address and in no log", async () => {
	const kim = new PlainBrowser(stack);
	await kim.open();
	const answer = await kim.ask('POST', '', { body: String(new URLSearchParams({ ...kim.fields(''), name: 'Kim' })) });
	assert.equal(answer.status, 303);
	assert.equal(answer.headers.location, `${stack.url}/plain/demo-shop/chat`);
	const [cookie] = answer.headers['set-cookie'];
	assert.match(cookie, /^chat=[0-9a-f-]{36}\.[\w-]{43}; Path=\/chat\/plain\/demo-shop; HttpOnly; SameSite=Lax; Max-Age=86400$/);
	const page = await kim.open();
	assert.ok(!page.text.includes(kim.token) && !(await kim.read()).text.includes(kim.token), 'and in no page');
	assertNotLogged(stack, kim.token);
});

test('where nothing new is to be seen the answer is 304, and the customer counts as being there', async () => {
	const kim = await arrive();
	await kim.read(); // tells what was read
	const first = await kim.read();
	assert.equal(first.headers['cache-control'], 'private, no-cache');
	await stack.query("update chat.chat set customer_seen_at = customer_seen_at - interval '1 minute', customer_polls_until = null where chat = $1", [kim.chat]);
	const again = await kim.ask('GET', '/messages', { headers: { 'If-None-Match': first.headers.etag } });
	assert.equal(again.status, 304);
	assert.equal(again.text, '');
	assert.equal(again.headers.refresh, '5');
	assert.ok((await stack.query('select customer_polls_until > now() there from chat.chat where chat = $1', [kim.chat]))[0].there);
	await kim.submit('/message', { body: 'something new' });
	const news = await kim.ask('GET', '/messages', { headers: { 'If-None-Match': first.headers.etag } });
	assert.equal(news.status, 200);
	assert.match(news.text, /something new/);
	assert.equal((await kim.ask('GET', '/messages?hold=1')).headers.refresh, undefined, 'who reads at leisure is not hurried');
});

test('the language is the one asked for, else the browser\'s; Arabic runs from the right', async () => {
	const kim = new PlainBrowser(stack, { headers: { 'Accept-Language': 'de-AT, en;q=0.5' } });
	assert.match((await kim.open()).text, /<html lang="de" dir="ltr">/);
	assert.match((await kim.open('?locale=fr')).text, /<html lang="fr" dir="ltr">/);
	assert.match(kim.page.text, /action="\/chat\/plain\/demo-shop\?locale=fr"/, 'and stays with who goes on');
	for (const [language, direction] of [['ar', 'rtl'], ['es', 'ltr'], ['en', 'ltr']])
		assert.ok((await kim.open(`?locale=${language}`)).text.includes(`<html lang="${language}" dir="${direction}">`), language);
	await kim.open('?locale=ar');
	await kim.submit('', { name: 'كيم' });
	assert.equal((await stack.query('select locale from chat.chat where chat = $1', [kim.chat]))[0].locale, 'ar');
});

/** Nobody shall be offered it later. */
async function leave(kim) {
	await kim.open('/end');
	await kim.submit('/end');
}

test('the queue is chosen, its questions are asked, and what is missing is said at its field with all that was filled in', async (t) => {
	await stack.query(`update chat.widget set bot = null where widget = 'demo-shop';
		insert into chat.question (question, kind) values ('order-no', 'text');
		insert into chat.question_text (question, locale, label) values ('order-no', 'en', 'Which <order>?');
		delete from chat.queue_question where queue = 'billing';
		insert into chat.queue_question (queue, question, position, required) values ('billing', 'order-no', 1, true)`);
	t.after(() => stack.query(`update chat.widget set bot = 'guide' where widget = 'demo-shop';
		delete from chat.queue_question where question = 'order-no'; delete from chat.question where question = 'order-no'`));
	const kim = new PlainBrowser(stack);
	await kim.open();
	assert.doesNotMatch(kim.page.text, /<form/);
	assert.match(kim.page.text, /href="\/chat\/plain\/demo-shop\?queue=billing"/);
	await kim.open('?queue=billing');
	assert.match(kim.page.text, /Which &lt;order&gt;\?/);
	await kim.submit('', { name: '"Kim" <b>' });
	assert.equal(kim.page.status, 422);
	assert.match(kim.page.text, /aria-invalid="true"/);
	assert.match(kim.page.text, /value="&quot;Kim&quot; &lt;b&gt;"/);
	await kim.submit('', { name: 'Kim', 'answers.order-no': 'A-12' });
	assert.equal(kim.page.status, 200, words(kim.page.text));
	assert.deepEqual(await stack.query('select queue, name, answers from chat.chat where chat = $1', [kim.chat]), [{ queue: 'billing', name: 'Kim', answers: { 'order-no': 'A-12' } }]);
	assert.match(words((await kim.read()).text), /You asked for Billing/);
	await leave(kim);
});

test('questions of every kind have a field of their kind, and what does not fit is said at it', async (t) => {
	await stack.query(`update chat.widget set bot = null where widget = 'demo-shop';
		insert into chat.question (question, kind, low, high) values ('pieces', 'number', 1, 9), ('ring', 'phone', null, null), ('mail-to', 'email', null, null), ('size', 'choice', null, null);
		insert into chat.question_text (question, locale, label) values ('pieces', 'en', 'How many?'), ('ring', 'en', 'Your number?'), ('mail-to', 'en', 'Where to?'), ('size', 'en', 'Which size?');
		insert into chat.question_choice (question, choice, position) values ('size', 'small', 1), ('size', 'large', 2);
		insert into chat.question_choice_text (question, choice, locale, label) values ('size', 'small', 'en', 'Small'), ('size', 'large', 'en', 'Large');
		create table held as select * from chat.queue_question where queue = 'billing';
		delete from chat.queue_question where queue = 'billing';
		insert into chat.queue_question (queue, question, position, required) select 'billing', q.question, 1, q.question <> 'ring'
		from chat.question q where q.question in ('pieces', 'ring', 'mail-to', 'size')`);
	t.after(() => stack.query(`update chat.widget set bot = 'guide' where widget = 'demo-shop';
		delete from chat.queue_question where queue = 'billing'; insert into chat.queue_question select * from held; drop table held;
		delete from chat.question where question in ('pieces', 'ring', 'mail-to', 'size')`));
	const kim = new PlainBrowser(stack);
	await kim.open('?queue=billing');
	for (const [name, kind] of [['mail-to', 'type="email"'], ['ring', 'type="tel"'], ['pieces', 'inputmode="decimal"']])
		assert.match(kim.page.text, new RegExp(`<input[^>]*name="answers\\.${name}"[^>]*${kind}|<input[^>]*${kind}[^>]*name="answers\\.${name}"`), name);
	assert.match(kim.page.text, /<input type="radio" name="answers\.size" value="large" required>/);
	const fits = { name: 'Kim', 'answers.pieces': '2', 'answers.mail-to': 'kim@mail.example', 'answers.size': 'large', 'answers.ring': '' };
	for (const [name, value] of [['pieces', '12'], ['pieces', 'many'], ['mail-to', 'kim'], ['size', 'huge'], ['ring', 'none'], ['size', '']]) {
		await kim.submit('', { ...fits, [`answers.${name}`]: value });
		assert.equal(kim.page.status, 422, `${name} ${value}`);
		assert.equal((kim.page.text.match(/aria-invalid="true"/g) ?? []).length, 1, `${name} ${value}`);
		assert.match(kim.page.text, /value="large" required checked|value="large" required>/);
	}
	await kim.submit('', fits);
	assert.equal(kim.page.status, 200, words(kim.page.text));
	const [{ answers }] = await stack.query('select answers from chat.chat where chat = $1', [kim.chat]);
	assert.deepEqual([answers.pieces, answers['mail-to'], answers.size, answers.ring ?? null], [2, 'kim@mail.example', 'large', null]);
	await leave(kim);
});

test('the transcript leaves by mail where the company has a mail account and somebody has answered', async (t) => {
	const kim = await arrive();
	const ana = await Operator.logIn(stack, 'ana', ['sales']);
	await ana.connect();
	t.after(() => ana.presence('offline'));
	await kim.submit('/message', { choice: 'person' }, { html: (await kim.read()).text });
	await ana.accept(await ana.frame(({ t, chat }) => t === 'offer' && chat === kim.chat, 'an offer'));
	await ana.say(kim.chat, 'On its way.');
	await leave(kim);
	assert.doesNotMatch(kim.page.text, /action="[^"]*\/transcript"/, 'without an account there is no such form');
	await stack.query("insert into chat.mail_account (account, url, starttls, from_address, from_name) values ('mail', 'smtp://127.0.0.1:1', 'none', 'desk@shop.example', 'Shop')");
	t.after(() => stack.query("delete from chat.mail_account where account = 'mail'"));
	await kim.open();
	const form = kim.page.text;
	await kim.submit('/transcript', { email: 'nobody' });
	assert.equal(kim.page.status, 422);
	assert.match(words(kim.page.text), /Please give an address such as/);
	await kim.submit('/transcript', { email: 'kim@mail.example' }, { html: form });
	assert.equal(kim.page.status, 200);
	assert.match(words(kim.page.text), /The transcript is on its way to kim@mail\.example\./);
	assert.equal((await stack.query('select count(*)::int as n from chat.mailed_transcript where chat = $1', [kim.chat]))[0].n, 1);
	await kim.submit('/transcript', { email: 'all@mail.example' }, { html: form });
	assert.equal(kim.page.status, 409, 'and to no other address');
});

test('P19 when all is closed a message can be left, once, and what is wrong with it is said at its field', async (t) => {
	await stack.query("update chat.widget set bot = null; select chat.close_everything('We are on <holiday>.')");
	t.after(() => stack.query("select chat.open_everything(); update chat.widget set bot = 'guide'"));
	const kim = new PlainBrowser(stack);
	await kim.open('?queue=billing');
	await kim.submit('', { name: 'Kim' });
	assert.equal(kim.page.status, 409);
	assert.match(kim.page.text, /We are on &lt;holiday&gt;\./);
	assert.equal(kim.chat, undefined);
	await kim.open('/note');
	await kim.submit('/note', { email: 'kim', body: 'My <b>invoice</b>' });
	assert.equal(kim.page.status, 422);
	assert.match(words(kim.page.text), /Please give an address such as name@example\.com\./);
	assert.match(kim.page.text, /My &lt;b&gt;invoice&lt;\/b&gt;<\/textarea>/);
	const form = kim.page.text;
	for (let i = 0; i < 2; i++) await kim.submit('/note', { email: ' kim@mail.example ', body: 'My <b>invoice</b>', queue: 'billing' }, { html: form });
	const notes = await stack.query('select reference, email, queue from chat.inbox');
	assert.equal(notes.length, 1);
	assert.ok(words(kim.page.text).includes(`Reference: ${notes[0].reference}`));
	assert.equal(notes[0].email, 'kim@mail.example');
});

const PAYLOADS = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '{{7*7}}', 'javascript:alert(1)', '"><svg/onload=alert(1)>', '</textarea><script>alert(1)</script>',
	'https://x.example/"onclick="alert(1)', "' autofocus onfocus='alert(1)", '&lt;script&gt;'];

test('P24, D6: what anybody writes is text in every page, and only http and https are links', async () => {
	const kim = await arrive(PAYLOADS[0]);
	for (const body of PAYLOADS) await kim.submit('/message', { body });
	await kim.submit('/message', { body: 'see https://shop.example/a?b=1&c=2, or http://x.example.' });
	assert.deepEqual((await said(kim.chat)).map(({ body }) => body).slice(0, PAYLOADS.length), PAYLOADS, 'stored as it was written');
	const frame = await kim.read();
	const tags = [...frame.text.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag);
	assert.deepEqual(tags.filter((tag) => ['script', 'img', 'svg', 'style'].includes(tag)), ['style'], 'the colour of the site');
	assert.doesNotMatch(frame.text, /<[^>]* on[a-z]+=/);
	for (const body of PAYLOADS) assert.ok(words(frame.text).includes(body), body);
	assert.deepEqual([...frame.text.matchAll(/<a rel="noopener noreferrer nofollow" target="_blank" href="([^"]*)"/g)].map(([, href]) => href),
		['https://x.example/', 'https://shop.example/a?b=1&amp;c=2', 'http://x.example']);
	await kim.submit('/message', { body: `${'x'.repeat(4001)}</textarea><script>` });
	assert.equal(kim.page.status, 422);
	assert.match(kim.page.text, /&lt;\/textarea&gt;&lt;script&gt;<\/textarea>/, 'what was too long to send is still there to be shortened');
	assert.doesNotMatch(kim.page.text, /<script/);
});

test('D16 a form of another site, without our mark or of another browser does nothing', async () => {
	const kim = await arrive();
	const lou = await arrive('Lou');
	const evil = 'https://evil.example';
	const body = String(new URLSearchParams({ ...kim.fields('/message'), body: 'not hers' }));
	const bare = (fields) => String(new URLSearchParams({ ...kim.fields('/message'), body: 'not hers', ...fields }));
	await leavesNothing(stack, async () => {
		for (const [what, more] of [
			['another origin', { body, headers: { Origin: evil, 'Sec-Fetch-Site': 'cross-site' } }],
			['an origin that is none', { body, headers: { Origin: 'null' } }],
			['the shop', { body, headers: { Origin: new URL(stack.shopUrl).origin } }],
			['a neighbour host', { body, headers: { 'Sec-Fetch-Site': 'same-site' } }],
			['no cookies', { body, cookies: false }],
			['no mark', { body: 'body=not+hers' }],
			['a mark that is none', { body: bare({ form: 'A'.repeat(43) }) }],
			["another browser's mark", { body: bare({ form: lou.fields('/message').form }) }],
		]) {
			const answer = await kim.ask('POST', '/message', more);
			assert.equal(answer.status, 403, what);
			assert.match(answer.headers['content-type'], /^text\/html/, what);
			assert.match(answer.text, /Error 403/, what);
		}
	});
	assert.deepEqual(await said(kim.chat), []);
});

test('D4, P25, P26: without a chat, with a token that is none or with that of another chat every page of a chat is shut', async () => {
	const kim = await arrive('Kim Kindly');
	const lou = await arrive('Lou');
	await kim.submit('/message', { body: 'a secret of hers' });
	const gets = ['/chat', '/messages', '/end', '/transcript?format=txt'];
	const posts = ['/message', '/end', '/rating', '/transcript'];
	await leavesNothing(stack, async () => {
		for (const held of [undefined, `${kim.chat}.${'A'.repeat(43)}`, `${kim.chat}.${lou.token}`, `${randomUUID()}.${kim.token}`, 'nonsense', `${kim.chat}.`]) {
			const thief = new PlainBrowser(stack);
			await thief.open();
			if (held !== undefined) thief.cookies.set('chat', held);
			const mark = thief.fields('');
			for (const at of gets) {
				const answer = await thief.ask('GET', at);
				assert.ok([401, 404].includes(answer.status), `${at} with ${held}: ${answer.status}`);
				assert.doesNotMatch(answer.text, /secret|Kindly/);
			}
			for (const at of posts) {
				const fields = { '/message': { body: 'x' }, '/rating': { score: '1' } }[at] ?? {};
				const answer = await thief.ask('POST', at, { body: String(new URLSearchParams({ ...mark, ...fields })) });
				assert.ok([401, 404].includes(answer.status), `${at} with ${held}: ${answer.status} ${words(answer.text)}`);
			}
		}
	});
	assert.equal((await said(kim.chat)).length, 1);
});

test('every refusal is a page with its code and what to do, and nothing is stored', async () => {
	const kim = await arrive();
	const form = kim.fields('/message');
	const type = (value) => ({ body: 'body=x', headers: { 'Content-Type': value } });
	await leavesNothing(stack, async () => {
		for (const [method, at, more, status] of [
			['GET', '/nothing', {}, 404],
			['GET', '?locale=%22', {}, 422],
			['GET', '?colour=red', {}, 422],
			['GET', '/chat?token=abc', {}, 400],
			['DELETE', '/chat', {}, 405],
			['GET', '/message', {}, 405],
			['POST', '/message', type('application/json'), 415],
			['POST', '/message', type('text/plain'), 415],
			['POST', '/message', { body: 'body=%zz' }, 400],
			['POST', '/message', { body: 'body=a&body=b' }, 400],
			['POST', '/message', { body: 'body=%ff' }, 400],
			['POST', '/message', { body: 'body=a%00b' }, 400],
			['POST', '/message', { body: String(new URLSearchParams({ ...form, body: 'x', colour: 'red' })) }, 422],
			['POST', '/message', { body: String(new URLSearchParams({ ...form, body: 'x', nonce: 'short' })) }, 422],
			['POST', '/message', { body: String(new URLSearchParams({ ...form, body: 'a\u0007b' })) }, 422],
			['POST', '/message', { body: String(new URLSearchParams({ ...form, choice: 'x'.repeat(65) })) }, 422],
			['POST', '/rating', { body: String(new URLSearchParams({ ...form, score: '9' })) }, 422],
			['POST', '/rating', { body: String(new URLSearchParams(form)) }, 422],
		]) {
			const answer = await kim.ask(method, at, more);
			assert.equal(answer.status, status, `${method} ${at} ${JSON.stringify(more)}: ${words(answer.text)}`);
			if (at.includes('token=')) continue;
			assert.match(answer.headers['content-type'], /^text\/html/, `${method} ${at}`);
			assert.match(answer.headers['content-security-policy'], /default-src 'none'/);
			assert.doesNotMatch(answer.text, /"error":/);
		}
	});
	const unknown = await new PlainBrowser(stack, { widget: 'no-such-shop' }).open();
	assert.equal(unknown.status, 404);
	assert.match(unknown.text, /Error 404/);
	const german = await new PlainBrowser(stack, { widget: 'no-such-shop', headers: { 'Accept-Language': 'de' } }).open();
	assert.match(german.text, /Fehler 404/);
	assert.equal((await send(stack, { path: '/plain/' })).status, 404);
});

test('the policy lets nothing run, nobody else frame the page and no form go elsewhere', async () => {
	const kim = await arrive();
	const page = await kim.open();
	const [, style] = /<style>([^<]*)<\/style>/.exec(page.text);
	const hash = createHash('sha256').update(style).digest('base64');
	assert.ok(page.headers['content-security-policy'].startsWith(`default-src 'none'; style-src 'self' 'sha256-${hash}'; img-src`), 'the one rule that is in no file');
	assert.match(page.headers['content-security-policy'], /^default-src 'none'; .*form-action 'self'; base-uri 'none'; .*frame-ancestors 'none'$/);
	assert.match((await kim.read()).headers['content-security-policy'], /frame-ancestors 'self'$/);
	assert.equal(page.headers['referrer-policy'], 'same-origin');
	assert.equal(page.headers['cache-control'], 'no-store');
	const [, css] = /<link rel="stylesheet" href="\/chat(\/assets\/plain-[A-Z0-9]+\.css)">/.exec(page.text);
	assert.equal((await send(stack, { path: css })).status, 200);
});

test('G10, G11: an operator who meets such a customer is told of, and what he says comes with the next look', async () => {
	const ben = await Operator.logIn(stack, 'ana', ['billing']);
	await ben.connect();
	await stack.query("update chat.widget set bot = null where widget = 'demo-shop'");
	const kim = new PlainBrowser(stack);
	await kim.open('?queue=billing');
	await kim.submit('', { name: 'Kim' });
	await stack.query("update chat.widget set bot = 'guide' where widget = 'demo-shop'");
	const offer = await ben.frame(({ t, chat }) => t === 'offer' && chat === kim.chat, 'an offer');
	await ben.accept(offer);
	await until(async () => /is here to help/.test(words((await kim.read()).text)), { what: 'the operator to be told of' });
	await ben.say(kim.chat, 'How can I help?');
	const frame = await until(async () => { const answer = await kim.read(); return /How can I help\?/.test(answer.text) && answer; }, { what: 'what he said' });
	assert.match(words(frame.text), /Ana Silva Is here for you/);
	await ben.end(kim.chat);
	await kim.open();
	assert.match(words(kim.page.text), /How was it\?/);
	assert.match(words((await kim.read()).text), /ended the chat/);
	await kim.submit('/message', { body: 'too late' }, { html: `${(await kim.open('/chat')).text.replaceAll('/rating', '/message')}` });
	assert.equal(kim.page.status, 200, 'who writes too late is shown the end');
});
