// SPDX-License-Identifier: ISC
// Stored and reflected scripts (D6): what customers, operators and the rows of a DBA say comes to the screens of all others as the text it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Customer, Operator } from '../support/people.mjs';
import { bearer, send } from '../support/http.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { useBrowser } from './browser.mjs';

// Each would call hit() if it ran where it is put: element, attribute, URL, template, style, event handler, mutation of the parser, bidi and NUL tricks.
const PAYLOADS = [
	'<script>hit()</script>', '<img src=x onerror=hit()>', '<svg/onload=hit()>', '"><script>hit()</script>', "' onfocus='hit()' autofocus='", '" onmouseover="hit()" x="',
	'</textarea><script>hit()</script>', '</title><svg onload=hit()>', '<iframe srcdoc="<script>parent.hit()</script>">', '<a href="javascript:hit()">x</a>',
	'javascript:hit()', 'data:text/html,<script>hit()</script>', 'https://x.example/" onclick="hit()', 'https://x.example/<img src=x onerror=hit()>',
	'{{constructor.constructor("hit()")()}}', '${hit()}', '<style>*{background:url(javascript:hit())}</style>', '<math><mtext><table><mglyph><style><img src onerror=hit()>',
	'<noscript><p title="</noscript><img src onerror=hit()>">', '<template shadowrootmode=open><img src onerror=hit()></template>', '&lt;img src=x onerror=hit()&gt;',
	'\u202e)(tih=rorreno x=crs gmi<', '<!--><img src onerror=hit()>-->', ']]><img src onerror=hit()>',
];
const ELEMENTS = 'script, img, iframe, object, embed, style, template, math, mtext, a[href^="javascript"], a[href^="data"]';

const stack = useStack({ prepare: (fresh) => fresh.query('update chat.operator set max_chats = 20') });
const DESK = 5; // so many chats stay open at once
const browser = useBrowser(stack);

// A page in which the payloads would be heard, in every frame.
async function listening(name) {
	const person = await browser.person(name);
	person.hits = [];
	await person.context.exposeFunction('hit', () => person.hits.push('a script of somebody ran'));
	person.page?.on('dialog', (dialog) => dialog.dismiss().then(() => person.hits.push('a dialog')));
	return person;
}

// What of the payloads has become an element: through all shadow trees, but what the page itself is built of.
const built = (page, root) => page.locator(root).evaluate((top, selector) => {
	const found = [];
	const look = (tree) => {
		for (const element of tree.querySelectorAll('*')) {
			if (element.matches(selector) && !element.closest('svg.icon')) found.push(element.outerHTML.slice(0, 120));
			for (const { name } of element.attributes) if (name.startsWith('on')) found.push(`${element.localName} ${name}`);
			if (element.shadowRoot) look(element.shadowRoot);
		}
	};
	look(top.shadowRoot ?? top);
	return found;
}, ELEMENTS);

test('D6 a script in whatever customers say runs on no screen of operators and supervisors, and is read as it was written', { timeout: 300000 }, async () => {
	const ana = await listening('ana');
	await ana.takeDuty('ana', ['billing']);
	const sam = await listening('sam');
	await sam.takeDuty('sam', []);
	const customers = [];
	for (const payload of PAYLOADS) {
		const said = { topic: payload, [payload.replace(/[^a-z]/g, '')]: payload };
		const someone = await Customer.open(stack, { queue: 'billing', name: payload, page_url: payload, referrer: payload, answers: said, context: said });
		customers.push(someone);
		const card = ana.at('offer-card').filter({ hasText: payload.slice(0, 20) }).first();
		await card.waitFor();
		assert.deepEqual(await built(ana.page, 'body'), [], `the offer of ${payload}`);
		await someone.call('POST', `chats/${someone.chat}/messages`, { cid: crypto.randomUUID(), body: payload });
		await card.getByTestId('offer-accept').click();
		await ana.deskBubble(payload).first().waitFor();
		const details = ana.page.locator('sb-details');
		if (!(await details.isVisible())) await ana.at('details-toggle').click();
		await details.waitFor();
		await details.getByText(payload).first().waitFor();
		assert.deepEqual(await built(ana.page, 'body'), [], `the chat of ${payload}`);
		if (customers.length > DESK) await someone.call('POST', `chats/${someone.chat}/end`, {});
	}
	const links = await ana.page.locator('sb-conversation a').evaluateAll((all) => all.map((a) => a.href));
	assert.deepEqual(links.filter((href) => !/^https?:/.test(href)), []);
	await sam.at('board-link').click();
	for (const payload of PAYLOADS.slice(0, DESK)) await sam.page.getByText(payload, { exact: true }).first().waitFor();
	assert.deepEqual(await built(sam.page, 'body'), [], 'the board');
	await ana.shoot('hostile customers');
	await sam.shoot('hostile names on the board');
	assert.deepEqual([ana.hits, sam.hits], [[], []]);
	assert.doesNotMatch(stack.relay.log, /closing code=1008/, 'and whoever is busy keeps the connection');
	for (const someone of customers.slice(0, DESK)) await someone.call('POST', `chats/${someone.chat}/end`, {});
});

test('D6 a script in whatever operators and the DBA say runs in no widget and no transcript', { timeout: 300000 }, async () => {
	const [first] = PAYLOADS;
	await stack.query("update chat.operator set name = $1 where operator = 'ben'", ['<img src=x onerror=hit()>']);
	await stack.query("update chat.queue set label = $1 where queue = 'support'", [first]);
	await stack.query("update chat.queue_label set label = $1 where queue = 'support'", [first]);
	await stack.query("update chat.bot_text set text = $1 where bot = 'guide' and node = 'start' and choice = 'support'", [PAYLOADS[1]]);
	await stack.query("update chat.bot_text set text = $1 where bot = 'guide' and node = 'start' and choice = ''", [PAYLOADS.join(' ')]);
	await stack.query("update chat.widget set title = $1", ['</title><svg onload=hit()>']);
	const ben = await Operator.logIn(stack, 'ben', ['support']);
	await ben.connect();
	const mia = await listening('mia');
	const opened = mia.page.waitForResponse((response) => response.url().endsWith('/api/v1/chats') && response.request().method() === 'POST');
	await mia.startChat(first);
	const { token } = await (await opened).json();
	await mia.bubble(PAYLOADS[5]).waitFor();
	await mia.pick(PAYLOADS[1]);
	const offer = await ben.nextOffer();
	await ben.accept(offer);
	await mia.chat.getByText('<img src=x onerror=hit()>').first().waitFor();
	for (const [i, payload] of PAYLOADS.entries()) {
		await ben.say(offer.chat, `${i} ${payload}`);
		await mia.bubble(`${i} ${payload}`).waitFor();
	}
	assert.deepEqual(await mia.chat.locator(`.bubble :is(${ELEMENTS})`).count(), 0);
	await mia.shoot('hostile operator');

	const customer = (await stack.query('select chat from chat.chat where chat = $1', [offer.chat]))[0].chat;
	const transcript = await send(stack, { path: `/api/v1/chats/${customer}/transcript?format=html`, headers: bearer(token) });
	assert.equal(transcript.status, 200);
	assert.match(transcript.headers['content-security-policy'], /default-src 'none'/);
	const page = await mia.newPage();
	await page.setContent(transcript.text); // without the policy of its headers: the text alone must hold
	for (const [i, payload] of PAYLOADS.entries()) await page.getByText(`${i} ${payload}`).first().waitFor();
	assert.deepEqual(await built(page, 'body'), [], 'the transcript');
	assert.deepEqual(mia.hits, []);
	await ben.end(offer.chat);
	ben.close();
	await until(async () => (await stack.query("select from chat.chat where chat = $1 and state in ('wrap_up', 'ended')", [customer])).length === 1, { what: 'the end' });
});
