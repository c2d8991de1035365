// SPDX-License-Identifier: ISC
// The way between the frame and the page around it: who is heard, who is told, and what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bridge } from '../bridge.js';

const SHOP = 'https://shop.example';

/** A bridge in a frame of the page `hash` names: what it posts, what it says, and how to post to it. */
function inFrame(hash = `#host=${encodeURIComponent(SHOP)}`) {
	const posted = [];
	const parent = { postMessage: (message, to) => posted.push([message, to]) };
	let listener;
	Object.assign(globalThis, { window: { parent }, addEventListener: (name, heard) => { if (name === 'message') listener = heard; } });
	const bridge = new Bridge(hash);
	const said = [];
	for (const name of ['show', 'hide', 'identity', 'context']) bridge.addEventListener(name, (event) => said.push([name, event.detail]));
	const hear = (message, { source = parent, origin = SHOP } = {}) => listener?.({ source, origin, data: message });
	return { bridge, posted, said, hear };
}

test('D20 the page is heard, and nobody else: another window, another origin, what is not meant for us', () => {
	const { said, hear } = inFrame();
	const show = { switchboard: 1, type: 'show', focus: true };
	hear(show, { source: {} });
	for (const origin of ['https://shop.example.evil', 'http://shop.example', 'https://www.shop.example', 'https://shop.example:8443', 'null', '']) hear(show, { origin });
	for (const message of [null, 'show', { type: 'show' }, { switchboard: 2, type: 'show' }, { switchboard: 1, type: 'toString' }]) hear(message);
	assert.deepEqual(said, []);
	hear(show);
	hear({ switchboard: 1, type: 'hide' });
	assert.deepEqual(said, [['show', { focus: true }], ['hide', { focus: false }]]);
});

test('D20 only the page is told, and only what stands in the list', () => {
	const { bridge, posted } = inFrame();
	bridge.tell('unread', { count: 2, token: 'secret' });
	bridge.tell('ready', { token: 'secret' });
	assert.deepEqual(posted, [[{ switchboard: 1, type: 'unread', count: 2 }, SHOP], [{ switchboard: 1, type: 'ready' }, SHOP]]);
});

test('a page that names no origin, or none of the web, is neither heard nor told', () => {
	for (const hash of ['', '#host=', '#host=shop.example', '#host=javascript%3Aalert(1)', '#host=file%3A%2F%2F%2Fetc']) {
		const { bridge, posted, said, hear } = inFrame(hash);
		bridge.tell('ready');
		hear({ switchboard: 1, type: 'show' }, { origin: 'null' });
		assert.deepEqual([bridge.embedded, posted, said], [false, [], []], hash);
	}
});

test('what is no token, and a context that is too long or of another kind, is left out', () => {
	const { said, hear } = inFrame();
	for (const token of ['x', 'a.b', 'a.b.c.d', 'a.b.c d', 7, {}, `${'a'.repeat(4096)}.b.c`, undefined]) hear({ switchboard: 1, type: 'identity', token });
	assert.deepEqual(said, []);
	hear({ switchboard: 1, type: 'identity', token: 'a.b-.c_' });
	hear({ switchboard: 1, type: 'identity', token: null });
	hear({ switchboard: 1, type: 'context', url: 'u'.repeat(2001), referrer: 7, locale: 'de', vouched: 1, context: '[1]', more: 'x' });
	hear({ switchboard: 1, type: 'context', url: 'https://shop.example/cart', context: '{"plan":"gold"}', vouched: true });
	assert.deepEqual(said, [['identity', 'a.b-.c_'], ['identity', null],
		['context', { url: undefined, referrer: undefined, locale: 'de', vouched: false, context: undefined }],
		['context', { url: 'https://shop.example/cart', referrer: undefined, locale: undefined, vouched: true, context: { plan: 'gold' } }]]);
});
