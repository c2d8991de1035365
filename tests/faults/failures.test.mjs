// SPDX-License-Identifier: ISC
// Every call of libpq and every allocation on the way of a message and of a chat request fails in turn (PF24): an error or success, nothing lost, nothing doubled,
// nothing acked that is not stored, no crash. All of them in tests/soak/failures.mjs; here some, evenly chosen.

import { after, test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { Failures } from './fail.mjs';
import { furnish } from './shift.mjs';

const LONG = { timeout: 600000 };
// libfcgi ends a process that gets no memory, too, in its own words
const stack = useStack({ prepare: furnish, mayReport: [/fcgiapp\.c:\d+: Malloc: Assertion/] });
let opened = null;
const failures = () => opened ??= Failures.of(stack);
after(async () => (await opened)?.close());

// What failed and what came of it stands in the report.
async function tell(t) {
	for (const line of (await failures()).told.splice(0)) t.diagnostic(line);
}

test('PF24: the N-th libpq call on a message\'s way through the relay fails', LONG, async (t) => {
	await (await failures()).messages('libpq', { most: 30 });
	await tell(t);
});

test('PF24: the N-th libpq call fails while the relay opens its sessions', LONG, async (t) => {
	await (await failures()).setUp('libpq', { most: 10 });
	await tell(t);
});

test('PF24: the N-th allocation on a message\'s way through the relay fails', LONG, async (t) => {
	await (await failures()).messages('memory', { most: 12 });
	await tell(t);
});

test('PF24: the N-th libpq call on the way of a chat request fails', LONG, async (t) => {
	await (await failures()).chatRequests('libpq', { most: 8 });
	await (await failures()).chatRequests('libpq', { most: 24, fresh: true });
	await tell(t);
});

test('PF24: the N-th libpq call on the way of a message over HTTP fails', LONG, async (t) => {
	await (await failures()).httpMessages('libpq', { most: 24, fresh: true });
	await tell(t);
});

test('PF24: the N-th allocation on the way of a chat request and of a message over HTTP fails', LONG, async (t) => {
	await (await failures()).chatRequests('memory', { most: 12 });
	await (await failures()).httpMessages('memory', { most: 12 });
	await tell(t);
});

test('PF24: after all of that the history is whole', LONG, async () => {
	await (await failures()).over();
});
