// SPDX-License-Identifier: ISC
// A real browser for the tests: people with a context each, who report every violation of a policy and every uncaught error.
//
//   const browser = useBrowser(stack);                              at the top of a test file
//   const mia = await browser.person('mia');                        a page of her own; mia.problems must stay empty, and is judged after each test
//   await mia.shoot('bot asks')                                     → tests/output/e2e/FILE/01-mia-bot-asks.png
//
// SWITCHBOARD_SLOW_MS=1500 (tests/run --slow 1500): every other request of the pages sets out up to so much later, so that answers come in any order and long after what is seen of them first.
// A test that stands on the order of two things which nothing orders passes by luck on a quick machine; it fails here.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { PATIENCE_MS, until } from '../support/waiting.mjs';

const SLOW_MS = Number(process.env.SWITCHBOARD_SLOW_MS ?? 0);
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const output = fileURLToPath(new URL('../output/e2e/', import.meta.url));

export function useBrowser(stack) {
	const browser = new Browser(stack);
	before(() => browser.start());
	afterEach(() => browser.judge());
	after(() => browser.stop());
	return browser;
}

class Browser {
	#people = [];
	#shots = 0;

	constructor(stack) {
		this.stack = stack;
		this.dir = `${output}${basename(process.argv[1] ?? 'shots', '.test.mjs')}`;
	}

	async start() {
		rmSync(this.dir, { recursive: true, force: true });
		mkdirSync(this.dir, { recursive: true });
		this.chromium = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS, timeout: PATIENCE_MS });
	}

	// `quiet`: patterns of browser messages that the test causes on purpose.
	async person(name, { quiet = [], ...context } = {}) {
		const person = new Human(this, name, quiet, await this.chromium.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', ...context }));
		this.#people.push(person);
		if (SLOW_MS > 0) await person.isFarAway();
		await person.newPage();
		return person;
	}

	async judge() {
		const problems = this.#people.flatMap(({ name, problems: found }) => found.map((problem) => `${name}: ${problem}`));
		await Promise.all(this.#people.splice(0).map(({ context }) => context.close()));
		assert.deepEqual(problems, [], 'no violation of a policy and no uncaught error in any page');
	}

	async stop() {
		await this.chromium?.close();
	}

	fileFor(words) {
		this.#shots++;
		return `${this.dir}/${String(this.#shots).padStart(2, '0')}-${words.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.png`;
	}
}

class Human {
	problems = [];
	// what went to the server: { method, url, headers }
	requests = [];
	sockets = [];

	constructor(browser, name, quiet, context) {
		Object.assign(this, { browser, name, quiet, context });
	}

	// What a test answers itself it orders itself: it asks for it later than this, and so comes before it.
	async isFarAway() {
		await this.context.route(/\/api\/v1\//, async (route) => {
			if (Math.random() < 0.5) await pause(Math.random() * SLOW_MS);
			await route.fallback().catch(() => {}); // the page may have gone, or have given it up
		});
	}

	async newPage() {
		const page = await this.context.newPage();
		page.setDefaultTimeout(PATIENCE_MS);
		page.on('pageerror', (error) => this.problems.push(`uncaught: ${error.message}`));
		page.on('console', (message) => this.#heard(message));
		page.on('request', (request) => this.requests.push(request));
		page.on('websocket', (socket) => this.sockets.push(socket.url()));
		this.page = page;
		return page;
	}

	// A refused connection is part of the outages; anything a policy blocks, and any error a script reports, is not.
	#heard(message) {
		const text = message.text();
		const policy = /Content Security Policy|Trusted ?Type|Refused to|violates/i.test(text);
		const network = /Failed to load resource|WebSocket connection to|net::ERR/.test(text);
		if ((policy || (message.type() === 'error' && !network)) && !this.quiet.some((pattern) => pattern.test(text))) this.problems.push(text);
	}

	async shoot(words) {
		await this.page.screenshot({ path: this.browser.fileFor(`${this.name} ${words}`) });
	}

	get launcher() {
		return this.page.locator('switchboard-widget .launcher');
	}

	// The chat inside its frame.
	get chat() {
		return this.page.frameLocator('switchboard-widget iframe');
	}

	// The frame hears of it a moment after the page, and what comes in between counts as seen.
	async isClosed() {
		await until(() => this.chat.locator('switchboard-chat').evaluate(({ shown }) => !shown), { what: 'the frame to know that it is closed' });
	}

	async visit(path = '') {
		await this.page.goto(new URL(path, this.browser.stack.shopUrl).href);
		await this.launcher.waitFor();
	}

	// The frame is of another site and so of another process: until what it has drawn is part of the picture, a click on it goes to the page behind, and nobody notices.
	async open() {
		await this.launcher.click();
		const page = this.chat.locator('switchboard-chat');
		await until(async () => {
			await page.hover();
			return page.evaluate((element) => element.matches(':hover'));
		}, { what: 'the frame to feel the pointer' });
	}

	async startChat(name = '') {
		await this.visit();
		await this.open();
		await this.chat.locator('sb-welcome #name').fill(name);
		await this.chat.getByRole('button', { name: 'Start chat' }).click();
		await this.chat.locator('.choice').first().waitFor();
	}

	async pick(label) {
		await this.chat.getByRole('button', { name: label, exact: true }).click();
	}

	async say(text) {
		await this.chat.locator('sb-composer textarea').fill(text);
		await this.chat.locator('sb-composer textarea').press('Enter');
	}

	bubble(text) {
		return this.chat.locator('.bubble').filter({ hasText: text });
	}

	// What the thread shows, bubble by bubble.
	messages() {
		return this.chat.locator('.message .bubble').allTextContents();
	}

	// ---- at the console ----

	at(id) {
		return this.page.getByTestId(id);
	}

	// Logs in, joins exactly these queues and becomes available.
	async takeDuty(operator, queues) {
		await this.page.goto(`${this.browser.stack.url}/console/`);
		await this.at('login-operator').fill(operator);
		await this.at('login-password').fill(this.browser.stack.passwords[operator]);
		await this.at('login-submit').click();
		for (const queue of queues) {
			const choice = this.at(`queue-${queue}`);
			if (!(await choice.isChecked())) assert.equal((await this.#answered('me/queues', () => choice.click())).status(), 200, `${operator} joins ${queue}`);
			await until(() => choice.isChecked(), { what: `${operator} in the queue ${queue}` });
		}
		await this.bePresent('available');
	}

	// Chooses a presence and waits for the server's word on it: the button shows the wish at once.
	async bePresent(state) {
		const answer = await this.#answered('me/presence', () => this.at(`presence-${state}`).click(), (wish) => wish.state === state);
		assert.equal(answer.status(), 200, `${this.name} ${state}`);
		await until(async () => (await this.at(`presence-${state}`).getAttribute('aria-checked')) === 'true', { what: `${this.name} ${state}` });
	}

	// The server's answer to the change that a click brings about: what the page shows at once is only the wish.
	async #answered(path, click, fits = () => true) {
		const isIt = (response) => response.url().endsWith(`/${path}`) && response.request().method() === 'PUT' && fits(response.request().postDataJSON());
		const [answer] = await Promise.all([this.page.waitForResponse(isIt), click()]);
		return answer;
	}

	// The next such request is answered that there is no time for it now; resolves with what counts how often that was said.
	async isPutOff(url) {
		let times = 0;
		await this.context.route(url, async (route) => {
			times++;
			const error = { code: 'unavailable', message: 'The service is not available for a moment.', request_id: '0'.repeat(32), retry_ms: 200 };
			await route.fulfill({ status: 503, headers: { 'Access-Control-Allow-Origin': '*' }, json: { error } });
		}, { times: 1 });
		return () => times;
	}

	// The next such answer is as old as it is now when it comes: { made (when there is one), release() }, which resolves when the page has dealt with it.
	async getsLate(url) {
		let go, tell;
		const released = new Promise((resolve) => { go = resolve; });
		const made = new Promise((resolve) => { tell = resolve; });
		await this.context.route(url, async (route) => {
			const response = await route.fetch();
			tell(route.request());
			await released;
			await route.fulfill({ response });
		}, { times: 1 });
		const release = async () => {
			const request = await made;
			go();
			await (await request.response())?.finished(); // none where the page has waited too long and given it up
			await this.page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => setTimeout(drawn)); }));
		};
		return { made, release };
	}

	// A notice stands for some seconds only: who has other things to look at first begins to wait for it before he causes it, and awaits it afterwards.
	willBeTold(text) {
		const told = this.at('notice').filter({ hasText: text }).waitFor();
		told.catch(() => {}); // it is awaited by the test
		return told;
	}

	get deskComposer() {
		return this.page.locator('sb-conversation sb-guided-composer textarea');
	}

	async deskSay(text) {
		await this.deskComposer.fill(text);
		await this.deskComposer.press('Enter');
	}

	deskBubble(text) {
		return this.at('thread').locator('.bubble').filter({ hasText: text });
	}

	// The thread holds exactly these. The desk asks for what was said before it took the chat, and may show what is said now first.
	async deskShows(messages) {
		await until(async () => (await this.deskMessages()).length >= messages.length, { what: `the desk to show ${messages.length} messages` });
		assert.deepEqual(await this.deskMessages(), messages);
	}

	deskMessages() {
		return this.at('thread').locator('.message .bubble').allTextContents();
	}
}
