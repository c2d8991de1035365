// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

const heard = new Map();
const page = { hidden: false };
Object.assign(globalThis, { addEventListener: (type, act) => heard.set(type, act), document: page });
const { lull } = await import('../lull.js');

let timers;
beforeEach(() => {
	timers = [];
	page.hidden = false;
	mock.method(globalThis, 'setTimeout', (act, ms) => timers.push({ act, ms }));
});
afterEach(() => mock.restoreAll());

const settle = () => new Promise((done) => { setImmediate(done); });

// Begins one and lets pass what the server has asked for.
async function begin(failures, asked = 0) {
	const state = { over: false };
	lull(failures, asked).then(() => { state.over = true; });
	assert.equal(timers[0].ms, asked);
	timers.shift().act();
	await settle();
	return state;
}

test('waits at random between a half and a whole of what doubles with each failure, a minute or so at most', async () => {
	for (const [failures, least] of [[0, 500], [1, 1000], [6, 32_000], [50, 32_000]]) {
		const state = await begin(failures);
		const { act, ms } = timers.shift();
		assert.ok(ms >= least && ms <= 2 * least, `${failures} failures: ${ms}`);
		assert.equal(state.over, false);
		act();
		await settle();
		assert.equal(state.over, true);
	}
});

test('is over at once when the network is back or somebody looks at the page, and not in a tab that nobody looks at', async () => {
	for (const type of ['online', 'visibilitychange']) {
		const state = await begin(6);
		page.hidden = true;
		heard.get(type)();
		await settle();
		assert.equal(state.over, false);
		page.hidden = false;
		heard.get(type)();
		await settle();
		assert.equal(state.over, true);
		timers = [];
	}
});

test('is never shorter than the server has asked for', async () => {
	let over = false;
	lull(0, 9000).then(() => { over = true; });
	assert.equal(timers[0].ms, 9000);
	heard.get('online')();
	await settle();
	assert.equal(over, false);
});
