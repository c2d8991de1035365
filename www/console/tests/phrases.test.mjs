// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gapIn, rankPhrases, typedFor } from '../phrases.js';

const phrase = (shortcut, title, text = '') => ({ phrase: shortcut, shortcut, title, text });
const all = [phrase('refund', 'Refund: when', 'Your money'), phrase('return', 'Return: how', 'Send it back'), phrase('size', 'Größenberatung', 'It runs true')];
const ranked = (typed) => rankPhrases(all, typed).map(({ shortcut }) => shortcut);

test('what is typed behind the slash finds phrases: by shortcut, title, words, then letters in their order', () => {
	assert.deepEqual(ranked(''), ['refund', 'return', 'size'], 'nothing typed: all, in their order');
	assert.deepEqual(ranked('ret'), ['return', 'size'], 'what begins so goes before letters in between');
	assert.deepEqual(ranked('how'), ['return']);
	assert.deepEqual(ranked('money'), ['refund']);
	assert.deepEqual(ranked('refnd'), ['refund']);
	assert.deepEqual(ranked('GROSSENB'), [], 'ß is no ss');
	assert.deepEqual(ranked('größ'), ['size']);
	assert.deepEqual(ranked('gro'), ['size'], 'without its accent');
	assert.deepEqual(ranked('zzz'), []);
});

test('a slash looks for something at the beginning of a text or of a word, nowhere else', () => {
	for (const [before, typed] of [['/', ''], ['/ref', 'ref'], ['/30 days', '30 days'], ['Hello /ref', 'ref'], ['Hello\n/', ''], ['', null], ['and/or', null], ['https://x', null],
		['/a\nb', null], ['Hello /ref und', null], ['1/2', null]]) assert.equal(typedFor(before), typed, before);
});

test('a placeholder that is left is found, other braces are words', () => {
	assert.equal(gapIn('Your order {answer.order} of {customer|x}'), '{answer.order}');
	assert.equal(gapIn('if (x) { y } {"a": 1} {nobody}'), '');
	assert.equal(gapIn('{nobody} and {site}', ['nobody']), '{nobody}');
	assert.equal(gapIn('all is said'), '');
});
