// SPDX-License-Identifier: ISC
// Marks: what each side has got and read, and what of ours the server is told, once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Marks } from '../marks.js';

const none = async () => assert.fail('not over HTTP');
const theirs = ({ got, read }) => [got, read];

test('the other side\'s marks only rise, and what was read was got', () => {
	const marks = new Marks('customer');
	marks.hear({ t: 'got', seq: 4, author: { kind: 'operator' } });
	assert.deepEqual(theirs(marks), [4, 0]);
	marks.hear({ t: 'read', seq: 6, author: { kind: 'operator' } });
	marks.hear({ t: 'read', seq: 5, author: { kind: 'operator' } });
	marks.hear({ t: 'got', seq: 5, author: { kind: 'operator' } });
	marks.hear({ t: 'read', seq: 9, author: { kind: 'customer' } });
	assert.deepEqual(theirs(marks), [6, 6]);
	marks.take({ customer: { got: 3, read: 2 }, operator: { got: 7, read: 1 } });
	assert.deepEqual(theirs(marks), [7, 6]);
	marks.take(undefined);
	assert.deepEqual(theirs(marks), [7, 6]);
});

test('what was read on another device is read here, and not told again', async () => {
	const marks = new Marks('operator');
	marks.take({ operator: { got: 8, read: 5 } });
	assert.equal(marks.own.read, 5);
	marks.own.got = 8;
	await marks.tell('c', () => assert.fail('nothing is new'), none);
});

test('the server is told once what is new; nobody reads what he has not got', async () => {
	const marks = new Marks('customer');
	const sent = [];
	const send = ({ t, seq }) => Boolean(sent.push(`${t}${seq}`));
	marks.own = { got: 3, read: 9 };
	await marks.tell('c', send, none);
	await marks.tell('c', send, none);
	assert.deepEqual(sent, ['got3', 'read3']);
	marks.own.got = 9;
	await marks.tell('c', send, none);
	assert.deepEqual(sent.slice(2), ['got9', 'read9']);
	marks.doubt();
	marks.take({ customer: { got: 9, read: 4 } });
	await marks.tell('c', send, none);
	assert.deepEqual(sent.slice(4), ['read9'], 'after a loss only what the server does not know');
});

test('without a socket it goes over HTTP, and again when that fails', async () => {
	const marks = new Marks('operator');
	marks.own = { got: 5, read: 2 };
	const posted = [];
	await assert.rejects(marks.tell('c', () => false, async () => { throw new Error('away'); }));
	await marks.tell('c', () => false, async (news) => posted.push(news));
	await marks.tell('c', () => false, async (news) => posted.push(news));
	assert.deepEqual(posted, [{ got: 5, read: 2 }]);
});
