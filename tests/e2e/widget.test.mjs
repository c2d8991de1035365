// SPDX-License-Identifier: ISC
// The customer's side in a real browser, on a shop of another origin than the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

const stack = useStack();
const browser = useBrowser(stack);

async function operatorFor(queue) {
	const operator = await Operator.logIn(stack, 'dara', [queue]);
	await operator.connect();
	return operator;
}

async function leave(operator) {
	for (const { id } of await operator.chats()) await operator.end(id);
	await operator.presence('offline');
	operator.close();
}

// Where it stands when it has stopped moving.
async function settled(locator) {
	let last;
	return until(async () => {
		const box = JSON.stringify(await locator.boundingBox());
		const same = box === last;
		last = box;
		return same && JSON.parse(box);
	}, { what: 'it to stand still', every_ms: 100 });
}

test('before the first click the page makes one request without credentials and writes nothing', async () => {
	const mia = await browser.person('mia');
	await mia.visit();
	await mia.page.waitForLoadState('networkidle');
	const origin = new URL(stack.url).origin;
	const asked = mia.requests.filter((request) => request.url().startsWith(origin)).map((request) => [request.method(), new URL(request.url()).pathname]);
	assert.deepEqual(asked, [['GET', '/chat/widget.js'], ['GET', '/chat/api/v1/widgets/demo-shop']]);
	for (const request of mia.requests) {
		const headers = await request.allHeaders();
		assert.equal(headers.cookie, undefined);
		assert.equal(headers.authorization, undefined);
	}
	assert.deepEqual(mia.sockets, []);
	assert.deepEqual(await mia.context.cookies(), []);
	assert.deepEqual(await mia.page.evaluate(async () => [sessionStorage.length, localStorage.length, (await indexedDB.databases()).length, frames.length]), [0, 0, 0, 0]);
});

for (const [screen, viewport] of [['a desk', { width: 1280, height: 860 }], ['a phone', { width: 320, height: 640 }]]) {
	test(`what arrives late does not move the button that one is about to press, on ${screen}`, async () => {
		const mia = await browser.person('mia', { viewport });
		let answer;
		const asked = new Promise((resolve) => { answer = resolve; });
		await mia.context.route(/\/status$/, async (route) => {
			await asked;
			await route.continue();
		});
		await mia.visit();
		await mia.launcher.click();
		const start = mia.chat.getByRole('button', { name: 'Start chat' });
		await mia.chat.locator('#name:focus').waitFor();
		const place = await settled(start);
		answer();
		await mia.chat.getByRole('button', { name: 'Leave a message instead' }).waitFor(); // nobody is on duty
		await mia.chat.locator('.queues .unstaffed').first().waitFor();
		assert.deepEqual(await settled(start), place);
		await mia.shoot(`late answer on ${screen}`);
	});
}

test('a reload and the next page keep the chat, its history and the open panel', async () => {
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.say('I have a question');
	await mia.bubble('choose one of these').waitFor();
	const before = await mia.messages();
	await mia.page.reload();
	await mia.bubble('choose one of these').waitFor();
	assert.deepEqual(await mia.messages(), before);
	await mia.visit('help.html');
	await mia.bubble('choose one of these').waitFor();
	assert.deepEqual(await mia.messages(), before);
	await mia.launcher.click();
	await mia.page.reload();
	await mia.launcher.waitFor();
	assert.equal(await mia.page.locator('switchboard-widget .panel').isVisible(), false, 'a panel that was closed stays closed');
});

test('a keyboard is enough, and the focus goes where one is', async () => {
	const mia = await browser.person('mia');
	await mia.visit();
	const focused = () => mia.page.evaluate(() => document.activeElement?.tagName);
	await until(async () => { await mia.page.keyboard.press('Tab'); return (await focused()) === 'SWITCHBOARD-WIDGET'; }, { what: 'the launcher to be reached' });
	await mia.page.keyboard.press('Enter');
	await mia.chat.locator('#name:focus').waitFor();
	await mia.page.keyboard.type('Mia');
	await mia.page.keyboard.press('Enter');
	await mia.chat.locator('textarea:focus').waitFor();
	await mia.chat.locator('.choice').first().waitFor();
	const topic = mia.chat.locator('.choice:focus', { hasText: 'Something does not work' });
	await until(async () => { await mia.page.keyboard.press('Shift+Tab'); return topic.isVisible(); }, { what: 'a choice to be reached' });
	await mia.page.keyboard.press('Enter');
	await mia.chat.locator('.waiting').waitFor();
	await until(async () => { await mia.page.keyboard.press('Tab'); return mia.chat.locator('textarea:focus').isVisible(); }, { what: 'the composer to be reached' });
	await mia.page.keyboard.type('first line');
	await mia.page.keyboard.press('Shift+Enter');
	await mia.page.keyboard.type('second line');
	await mia.page.keyboard.press('Enter');
	await mia.bubble('first line\nsecond line').waitFor();
	await mia.page.keyboard.press('Escape');
	await mia.page.locator('switchboard-widget .panel').waitFor({ state: 'hidden' });
	await until(() => mia.launcher.evaluate((button) => button.getRootNode().activeElement === button), { what: 'the focus to be back on the launcher' });
	await mia.page.keyboard.press('Enter');
	await mia.chat.locator('textarea:focus').waitFor();
	await until(async () => { await mia.page.keyboard.press('Shift+Tab'); return mia.chat.locator('#menu:focus').isVisible(); }, { what: 'the menu to be reached' });
	await mia.page.keyboard.press('Enter');
	const end = mia.chat.locator('.menu button:focus', { hasText: 'End chat' });
	await until(async () => (await end.isVisible()) || (await mia.page.keyboard.press('Tab'), false), { what: 'the end to be reached' });
	await mia.page.keyboard.press('Enter');
	const yes = mia.chat.locator('dialog button:focus', { hasText: 'End chat' });
	await until(async () => (await yes.isVisible()) || (await mia.page.keyboard.press('Tab'), false), { what: 'the confirmation to be reached' });
	await mia.page.keyboard.press('Enter');
	await mia.chat.getByText('You ended the chat').waitFor();
});

test('two tabs are one chat: what is said in one is in the other, once', async () => {
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	const first = mia.page;
	await mia.newPage();
	await mia.visit('help.html');
	await mia.launcher.click();
	await mia.chat.locator('.choice').first().waitFor();
	await mia.say('from the second tab');
	await mia.bubble('choose one of these').waitFor();
	const second = await mia.messages();
	mia.page = first;
	await mia.bubble('choose one of these').waitFor();
	assert.deepEqual(await mia.messages(), second);
	assert.equal(second.filter((text) => text === 'from the second tab').length, 1);
});

test('what anybody writes is text: no markup, no script, no link but http and https', async () => {
	const ana = await operatorFor('support');
	const mia = await browser.person('mia');
	await mia.startChat('<b>Mia</b>');
	await mia.pick('Something does not work');
	const offer = await ana.nextOffer();
	await ana.accept(offer);
	await mia.chat.getByText('Dara Novak is here to help').waitFor();
	const hostile = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '{{7*7}}', 'javascript:alert(1)', '\u202egnp.exe', 'see https://shop.example/x'];
	for (const [i, body] of hostile.entries()) {
		await mia.say(`${i} ${body}`);
		await mia.bubble(`${i} ${body}`).waitFor();
		await ana.say(offer.chat, `back ${i} ${body}`);
		await mia.bubble(`back ${i} ${body}`).waitFor();
	}
	const shown = await mia.messages();
	for (const [i, body] of hostile.entries()) for (const text of [`${i} ${body}`, `back ${i} ${body}`]) assert.ok(shown.includes(text), text);
	const links = mia.chat.locator('.bubble a');
	assert.deepEqual(await links.evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.rel, a.target])),
		Array(2).fill(['https://shop.example/x', 'noopener noreferrer nofollow', '_blank']));
	assert.equal(await mia.chat.locator('.bubble script, .bubble img').count(), 0);
	await mia.shoot('hostile text');
	await leave(ana);
});

test('where sockets are refused the chat goes over HTTP', async () => {
	const ana = await operatorFor('sales');
	const mia = await browser.person('mia');
	await mia.context.routeWebSocket(/\/relay$/, (socket) => socket.close({ code: 1011 }));
	await mia.startChat('Mia');
	await mia.pick('Buy something');
	const offer = await ana.nextOffer();
	await ana.accept(offer);
	await mia.chat.getByText('Dara Novak is here to help').waitFor();
	await mia.say('over HTTP');
	await ana.frame((frame) => frame.t === 'event' && frame.body === 'over HTTP', 'the customer\'s message');
	await ana.say(offer.chat, 'and back');
	await mia.bubble('and back').waitFor();
	await leave(ana);
});

test('a message that could not be sent outlives a reload and is stored once, in its place', async () => {
	const mia = await browser.person('mia');
	let cut = false;
	await mia.context.routeWebSocket(/\/relay$/, (socket) => {
		const server = socket.connectToServer();
		socket.onMessage((text) => { if (!cut || !/"t":"send"/.test(text)) server.send(text); });
	});
	await mia.context.route(/\/messages$/, (route) => (cut ? route.abort() : route.continue()));
	await mia.startChat('Mia');
	cut = true;
	await mia.say('first');
	await mia.say('second');
	await mia.chat.locator('.message.waiting .bubble, .message.sending .bubble').nth(1).waitFor();
	await mia.shoot('not sent yet');
	const [{ before }] = await stack.query("select count(*)::int as before from chat.message where body in ('first', 'second')");
	assert.equal(before, 0);
	cut = false;
	await mia.page.reload();
	await until(async () => (await stack.query("select 1 from chat.message where body in ('first', 'second')")).length === 2, { what: 'both to be stored' });
	for (const body of ['first', 'second']) await mia.bubble(body).waitFor(); // the page is there again
	await until(async () => (await mia.chat.locator('.message.waiting, .message.sending').count()) === 0, { what: 'both to be shown as stored' });
	const stored = await stack.query("select body from chat.message where body in ('first', 'second') order by seq");
	assert.deepEqual(stored.map(({ body }) => body), ['first', 'second']);
	assert.deepEqual((await mia.messages()).filter((text) => ['first', 'second'].includes(text)), ['first', 'second']);
});

test('the launcher keeps to the strictest policy a shop may have', async () => {
	const mia = await browser.person('mia');
	const server = new URL(stack.url).origin;
	await mia.page.route('**/widget.js', (route) => (route.request().resourceType() === 'script' && !mia.strict ? route.abort() : route.continue()));
	await mia.page.goto(stack.shopUrl);
	mia.strict = true;
	await mia.page.evaluate((origin) => {
		const script = document.createElement('script');
		Object.assign(script, { async: true, src: `${origin}/chat/widget.js` });
		script.dataset.widget = 'demo-shop';
		const policy = document.createElement('meta');
		policy.httpEquiv = 'Content-Security-Policy';
		// the browser fetches the shop's own icon when it likes
		policy.content = `default-src 'none'; img-src 'self'; script-src ${origin}; connect-src ${origin}; frame-src ${origin}; require-trusted-types-for 'script'; trusted-types 'none'`;
		document.head.append(policy, script);
	}, server);
	await mia.open();
	await mia.chat.getByRole('button', { name: 'Start chat' }).click();
	await mia.chat.locator('.choice').first().waitFor();
	await mia.shoot('under a strict policy');
});

test('a message that nobody sees makes a sound, until the customer turns that off', async () => {
	const ana = await operatorFor('billing');
	const mia = await browser.person('mia');
	await mia.context.addInitScript(() => {
		const { start } = OscillatorNode.prototype;
		globalThis.tones = 0;
		OscillatorNode.prototype.start = function (...given) {
			globalThis.tones++;
			return start.apply(this, given);
		};
	});
	await mia.startChat('Mia');
	const frame = mia.page.frames().find((f) => f.url().includes('/widget/'));
	const tones = () => frame.evaluate(() => globalThis.tones);
	await mia.pick('Billing');
	const offer = await ana.nextOffer();
	await ana.accept(offer);
	await mia.chat.getByText('Dara Novak is here to help').waitFor();
	await ana.say(offer.chat, 'seen at once');
	await mia.bubble('seen at once').waitFor();
	assert.equal(await tones(), 0, 'what one sees needs no sound');
	await mia.page.evaluate(() => window.Switchboard.close());
	await mia.isClosed();
	await ana.say(offer.chat, 'unseen');
	await until(async () => (await tones()) === 2, { what: 'two notes' });
	await mia.open();
	await mia.chat.locator('#menu').click();
	await mia.chat.getByRole('button', { name: 'Turn sound off' }).click();
	await mia.chat.locator('#menu').click();
	await mia.chat.getByRole('button', { name: 'Turn sound on' }).waitFor();
	await mia.page.evaluate(() => window.Switchboard.close());
	await mia.isClosed();
	await ana.say(offer.chat, 'unheard');
	await mia.page.locator('switchboard-widget .badge', { hasText: '1' }).waitFor();
	await mia.launcher.click();
	await mia.bubble('unheard').waitFor();
	assert.equal(await tones(), 2);
	await leave(ana);
});

test('the page is told what it may know: the API opens and closes, counts what is unread; D20 another frame of it says nothing', async () => {
	const ana = await operatorFor('billing');
	const mia = await browser.person('mia');
	await mia.startChat('Mia');
	await mia.page.evaluate(() => {
		window.heard = [];
		for (const type of ['open', 'close', 'unread']) window.Switchboard.on(type, (detail) => window.heard.push([type, detail ?? null]));
	});
	await mia.pick('Billing');
	const offer = await ana.nextOffer();
	await ana.accept(offer);
	await mia.chat.getByText('Dara Novak is here to help').waitFor();
	await mia.page.evaluate(() => window.Switchboard.close());
	await mia.isClosed();
	await ana.say(offer.chat, 'are you there?');
	await mia.page.locator('switchboard-widget .badge', { hasText: '1' }).waitFor();
	await until(async () => (await mia.page.title()).startsWith('(1) '), { what: 'the title to say it to who looks at another page' });
	await mia.shoot('unread');
	await mia.page.evaluate(() => window.Switchboard.open());
	await mia.bubble('are you there?').waitFor();
	await until(async () => (await mia.page.title()).startsWith('The Corner Shop'), { what: 'the title to be what it was' });
	await until(async () => (await mia.page.evaluate(() => window.heard)).some(([type, n]) => type === 'unread' && n === 0), { what: 'nothing unread' });
	const before = await mia.page.evaluate(() => window.heard);
	await mia.page.evaluate(() => new Promise((posted) => {
		addEventListener('message', posted, { once: true }); // behind the launcher's own
		postMessage({ switchboard: 1, type: 'close' }, '*');
	}));
	assert.deepEqual(await mia.page.evaluate(() => window.heard), before);
	const { token } = await mia.page.evaluate(() => ({ token: JSON.stringify({ ...sessionStorage }) }));
	assert.deepEqual(JSON.parse(token), { 'switchboard:demo-shop': 'open' }, 'one flag and nothing else in the storage of the page');
	await leave(ana);
});
