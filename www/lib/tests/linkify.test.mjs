// SPDX-License-Identifier: ISC
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkify } from '../linkify.js';

const links = (text) => linkify(text).filter((part) => part.href).map((part) => part.text);
const whole = (text) => linkify(text).map((part) => part.text).join('');

test('web addresses become links, without the punctuation of the sentence', () => {
	assert.deepEqual(links('see https://shop.example/a?b=1#c.'), ['https://shop.example/a?b=1#c']);
	assert.deepEqual(links('(http://a.example/b_(c)) and https://x.example/!'), ['http://a.example/b_(c)', 'https://x.example/']);
	assert.deepEqual(links('„https://a.example“, «http://b.example»'), ['https://a.example“', 'http://b.example'].map((u) => u.replace('“', '')));
});

test('nothing but http and https is ever a link', () => {
	for (const text of ['javascript:alert(1)', 'data:text/html,<b>', 'file:///etc/passwd', 'ftp://a.example', 'vbscript:x', 'www.example.com', 'mailto:a@b.example',
		'JaVaScRiPt:alert(1)', 'https://', 'http://[', 'https://user:pass@evil.example/'])
		assert.deepEqual(links(text), [], text);
});

test('an address cannot smuggle markup or turn the direction of the text', () => {
	assert.deepEqual(links('https://a.example/"onmouseover="x'), ['https://a.example/']);
	assert.deepEqual(links('https://a.example/<script>'), ['https://a.example/']);
	assert.deepEqual(links('https://a.example/\u202egpj.exe'), ['https://a.example/']);
});

test('the text stays whole, whatever is in it', () => {
	for (const text of ['', 'plain', 'a https://b.example c', '<script>alert(1)</script>', '{{7*7}}', '<img src=x onerror=alert(1)>', 'https://a.example.https://b.example'])
		assert.equal(whole(text), text);
});

test('a million brackets behind an address keep no screen busy', () => {
	const brackets = ')]}'.repeat(333333);
	assert.deepEqual(links(`https://a.example/(b)${brackets}`), ['https://a.example/(b)']);
	assert.equal(links(`https://a.example/${'('.repeat(500000)}${')'.repeat(500001)}`)[0].length, 'https://a.example/'.length + 1000000);
});
