// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStore } from '../event-store.js';

const event = (seq, more = {}) => ({ chat: 'c', seq, kind: 'message', body: `m${seq}`, at: '2026-01-01T00:00:00.000Z', ...more });

test('events are kept in order of seq, each once, in whatever order they arrive', () => {
	const store = new EventStore();
	for (const seq of [3, 1, 3, 2, 5, 1]) store.add(event(seq));
	assert.deepEqual(store.events.map((e) => e.seq), [1, 2, 3, 5]);
	assert.equal(store.contiguous, 3);
	assert.equal(store.highest, 5);
	store.add(event(4));
	assert.equal(store.contiguous, 5);
});

test('a repeat changes nothing; the server\'s event takes the place of our acknowledged copy', () => {
	const store = new EventStore();
	assert.equal(store.add(event(1, { local: true, cid: 'x', at: 'ours' })), true);
	assert.equal(store.add(event(1, { local: true, cid: 'x' })), false);
	assert.equal(store.add(event(1, { cid: 'x', at: 'theirs' })), true);
	assert.equal(store.add(event(1, { cid: 'x', at: 'again' })), false);
	assert.equal(store.events[0].at, 'theirs');
	assert.equal(store.hasCid('x'), true);
});

test('a seq that is no positive integer is no event', () => {
	const store = new EventStore();
	for (const seq of [0, -1, 1.5, NaN, '1', undefined]) assert.equal(store.add(event(seq)), false);
	assert.equal(store.highest, 0);
});

test('after clear everything can come again', () => {
	const store = new EventStore();
	store.add(event(1));
	store.clear();
	assert.equal(store.contiguous, 0);
	assert.equal(store.add(event(1)), true);
});

test('words that were taken away are gone, whether the message was here before or comes after', () => {
	const store = new EventStore();
	const removal = (seq, of) => event(seq, { kind: 'redacted', body: undefined, data: { seq: of } });
	store.add(event(1, { cid: 'x' }));
	store.add(removal(3, 1));
	assert.deepEqual([store.events[0].body, store.events[0].data], [undefined, { removed: 'redacted' }]);
	assert.equal(store.hasCid('x'), true);
	store.add(removal(4, 2));
	store.add(event(2, { body: 'late' }));
	assert.deepEqual(store.events.map((e) => e.body), [undefined, undefined, undefined, undefined]);
	assert.equal(store.contiguous, 4);
	store.clear();
	store.add(event(1));
	assert.equal(store.events[0].body, 'm1');
});
