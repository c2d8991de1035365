// SPDX-License-Identifier: ISC
// What a session is called in the list of one's sessions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName } from '../browser-name.js';

test('a browser is named as a person would', () => {
	const names = {
		'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox · Linux',
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36': 'Chrome · Windows',
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0': 'Edge · Windows',
		'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15': 'Safari · macOS',
		'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1': 'Safari · iPhone',
		'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36': 'Chrome · Android',
		'curl/8.5.0': '',
	};
	for (const [agent, name] of Object.entries(names)) assert.equal(browserName(agent), name);
	assert.equal(browserName(undefined), '');
});
