// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Again } from '../again.js';
import { ApiError } from '../api.js';

test('what failed for a reason that passes is done again when the server said, and no more when it was done or nobody looks', (t) => {
	const timers = [];
	mock.method(globalThis, 'setTimeout', (act, ms) => timers.push({ act, ms }));
	mock.method(globalThis, 'clearTimeout', (n) => { if (n) timers[n - 1].act = null; });
	t.after(() => mock.restoreAll());
	let done = 0;
	const again = new Again({ addController: () => {} }, () => { done++; });
	again.after(new ApiError(503, { code: 'unavailable', retry_ms: 5000 }));
	assert.ok(timers[0].ms >= 5000);
	timers[0].act();
	assert.equal(done, 1);
	for (let i = 0; i < 20; i++) again.after(new ApiError(0, {}));
	const waits = timers.slice(1).map(({ ms }) => ms);
	assert.ok(waits.every((ms) => ms >= 1000 && ms <= 10_000), waits.join());
	assert.equal(timers.filter(({ act }) => act).length, 1, 'one at a time');
	again.hostDisconnected();
	assert.equal(timers.filter(({ act }) => act).length, 0);
	again.after(new ApiError(404, { code: 'not_found' }));
	assert.equal(timers.length, 21, 'what will not pass is not asked again');
});
