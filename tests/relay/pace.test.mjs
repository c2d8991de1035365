// SPDX-License-Identifier: ISC
// When many come at once they are let in one after the other; who waits is not refused.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { Customer } from '../support/people.mjs';

const PACE = 4; // a second
const AT_ONCE = 16; // app/relay/listen.c
const LATER = 6;
const stack = useStack({ options: { sockets_pace: PACE } });

test('those who come after the first sixteen are let in at the pace, and none is refused', { timeout: 300000 }, async (t) => {
	const kim = await Customer.open(stack, { queue: 'billing' });
	const crowd = await Promise.all(Array.from({ length: AT_ONCE + LATER }, () => Customer.open(stack, { queue: 'billing' })));
	t.after(() => [kim, ...crowd].forEach((customer) => customer.close()));
	const codes = [];
	const begin = performance.now();
	await kim.connect();
	await Promise.all(crowd.map((customer) => customer.connect({ onClose: (code) => codes.push(code) })));
	const took_s = (performance.now() - begin) / 1000;
	assert.ok(took_s >= LATER / PACE, `all of them were in after ${took_s} s`);
	assert.deepEqual(codes, []);
	for (const customer of crowd) assert.equal((await customer.say('here')).t, 'ack');
});
