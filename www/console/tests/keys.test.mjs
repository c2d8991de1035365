// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyWithAlt, longestWaiting, neighbour } from '../keys.js';

const pressed = (key, code, more = {}) => keyWithAlt({ altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, defaultPrevented: false, key, code, composedPath: () => [], ...more });

test('a key with Alt is known by its letter, and by its place where Alt writes another sign', () => {
	assert.equal(pressed('j', 'KeyJ'), 'J');
	assert.equal(pressed('w', 'KeyZ'), 'W', 'a French keyboard has W elsewhere');
	assert.equal(pressed('\u2206', 'KeyJ'), 'J', 'as a Mac writes it');
	assert.equal(pressed('\u062a', 'KeyJ'), 'J', 'an Arabic keyboard');
	assert.equal(pressed('ArrowDown', 'ArrowDown'), 'ArrowDown');
	assert.equal(pressed('1', 'Digit1'), '');
	for (const other of [{ altKey: false }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { defaultPrevented: true }, { composedPath: () => [{ localName: 'dialog' }] }])
		assert.equal(pressed('j', 'KeyJ', other), '', JSON.stringify(other));
});

test('the next and the previous chat, around the ends; alone there is no other', () => {
	const list = ['a', 'b', 'c'];
	assert.deepEqual([neighbour(list, 'a', 1), neighbour(list, 'a', -1), neighbour(list, 'c', 1)], ['b', 'c', 'a']);
	assert.deepEqual([neighbour(list, undefined, 1), neighbour(list, undefined, -1)], ['a', 'c']);
	assert.equal(neighbour(['a'], 'a', 1), undefined);
	assert.equal(neighbour([], undefined, 1), undefined);
});

test('of the chats that wait for a word the one that has waited longest comes next, unless it is shown', () => {
	const [early, late, none] = [{ waitingSince: '2026-01-01T10:00:00.000Z' }, { waitingSince: '2026-01-01T10:05:00.000Z' }, { waitingSince: '' }];
	assert.equal(longestWaiting([none, late, early], none), early);
	assert.equal(longestWaiting([none, late, early], early), late);
	assert.equal(longestWaiting([none, early], early), undefined);
});
