// SPDX-License-Identifier: ISC
// The configuration of a widget, kept by the web server for a moment: a site never gets the answer of another, and a change made in SQL is seen in time.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { api, assertError } from '../support/http.mjs';
import { until } from '../support/waiting.mjs';
import { MOUNTS } from '../support/web.mjs';

const OTHER = 'https://other.example';

for (const [web, { title }] of Object.entries(MOUNTS)) describe(title, () => {
	// Longer than the test takes: whatever is kept stays kept, and nothing hides behind its end.
	const stack = useStack({ web, cacheSeconds: 3600, prepare: async ({ query }) => {
		await query.call(stack, "update chat.site set origins = origins || $1::text where site = 'shop'", [OTHER]);
	} });
	const config = (headers = {}, query = '') => api(stack, 'GET', `widgets/demo-shop${query}`, { headers });
	const shop = () => new URL(stack.shopUrl).origin;
	const setTitle = (text) => stack.query("update chat.widget set title = $1 where widget = 'demo-shop'", [text]);

	test('what one site may read is never given to another, in whatever order they ask', async () => {
		const origins = [undefined, shop(), OTHER];
		for (const first of origins) for (const second of origins) for (const origin of [first, second]) {
			const { status, headers } = await config(origin ? { Origin: origin } : {}, `?locale=de-${origins.indexOf(first)}${origins.indexOf(second)}`);
			assert.deepEqual([status, headers['access-control-allow-origin']], [200, origin], `${first} then ${second}`);
			assert.match(headers.vary, /\bOrigin\b/);
		}
		for (const origin of ['https://evil.example', 'null', `${OTHER}.evil.example`]) {
			const answer = await config({ Origin: origin });
			assertError(answer, 403, 'origin_denied');
			assert.equal(answer.headers['access-control-allow-origin'], undefined);
		}
		assertError(await config({ 'Sec-Fetch-Site': 'cross-site' }), 403, 'origin_denied');
		assert.equal((await config()).status, 200, 'a refusal is not kept for others');
	});

	test('languages and widgets do not mix', async () => {
		for (const [header, query, locale] of [['de', '', 'de'], ['fr', '', 'fr'], ['de', '', 'de'], ['fr', '?locale=es', 'es'], ['de', '?locale=fr', 'fr']])
			assert.equal((await config({ 'Accept-Language': header }, query)).json.locale, locale, `${header} ${query}`);
		assertError(await api(stack, 'GET', 'widgets/no-such-shop'), 404, 'not_found');
		for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) assertError(await config({ [name]: 'DELETE' }), 400, 'bad_request');
	});

	test('it is kept: a change is not seen before its time, by tag or without; each answer has a name of its own', async () => {
		let before, kept, change = 0;
		// an answer may be out before it is kept: then the next one is
		await until(async () => {
			before = await config({ Origin: OTHER, 'Accept-Language': 'en' });
			await setTitle(`Kept or not ${change++}`);
			kept = await config({ Origin: OTHER, 'Accept-Language': 'en' });
			return kept.headers.etag === before.headers.etag;
		}, { what: 'an answer without a question to the api' });
		assert.notEqual(kept.headers['x-request-id'], before.headers['x-request-id']);
		assert.match(kept.headers['cache-control'], /^max-age=60\b/);
		const again = await config({ Origin: OTHER, 'Accept-Language': 'en', 'If-None-Match': before.headers.etag });
		assert.deepEqual([again.status, again.text], [304, '']);
		assert.equal((await config({ 'Accept-Language': 'es-MX' })).json.texts.title, `Kept or not ${change - 1}`, 'who has not asked yet gets it as it is');
	});

	test('the state of the queues is not kept', async () => {
		const state = async () => (await api(stack, 'GET', 'widgets/demo-shop/status')).json.queues.find(({ name }) => name === 'billing').state;
		assert.equal(await state(), 'unstaffed');
		await stack.query("select chat.close_queue('billing', 'Back tomorrow')");
		assert.equal(await state(), 'closed');
	});
});

for (const [web, { title }] of Object.entries(MOUNTS)) describe(`${title}, as it is configured by default`, () => {
	const stack = useStack({ web, cacheSeconds: 1 });

	test('a change made in SQL is seen after a moment, for each origin', async () => {
		const title = async (origin) => (await api(stack, 'GET', 'widgets/demo-shop', { headers: origin ? { Origin: origin } : {} })).json.texts.title;
		for (const text of ['One', 'Another']) {
			await stack.query("update chat.widget set title = $1 where widget = 'demo-shop'", [text]);
			for (const origin of [undefined, new URL(stack.shopUrl).origin]) await until(async () => await title(origin) === text, { what: `${text} for ${origin}` });
		}
	});
});
