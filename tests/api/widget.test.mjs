// SPDX-License-Identifier: ISC
// What anybody may know about a widget, and the page inside its frame (ACCEPTANCE P01 to P03).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { api, assertError, leavesNothing, send } from '../support/http.mjs';

const stack = useStack();
const shopOrigin = () => new URL(stack.shopUrl).origin;

test('the configuration names texts, looks, queues and the relay', async () => {
	const answer = await api(stack, 'GET', 'widgets/demo-shop');
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['cache-control'], 'max-age=60');
	assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
	assert.equal(answer.headers['x-content-type-options'], 'nosniff');
	assert.equal(answer.headers['access-control-allow-origin'], undefined);
	const { json } = answer;
	assert.equal(json.widget, 'demo-shop');
	assert.deepEqual(
		json.queues.map(({ name }) => name),
		['sales', 'billing', 'support'],
	);
	assert.deepEqual(json.relay, { url: `${stack.url.replace('http', 'ws')}/relay`, protocol: 'chat.v1' });
	for (const member of ['texts', 'theme', 'features', 'locale']) assert.ok(json[member], member);
});

test("the language is the one asked for, else the browser's, else the widget's", async () => {
	const locale = async (query, header) =>
		(await api(stack, 'GET', `widgets/demo-shop${query}`, { headers: header ? { 'Accept-Language': header } : {} })).json.locale;
	assert.equal(await locale('', undefined), 'en');
	assert.equal(await locale('', 'fr-CH, fr;q=0.9, en;q=0.8'), 'fr');
	assert.equal(await locale('', 'xx, de;q=0.1'), 'de');
	assert.equal(await locale('?locale=es', 'de'), 'es');
	assert.equal(await locale('?locale=de-AT', 'fr'), 'de');
	assert.equal(await locale('', '"; drop table chat.chat; --'), 'en');
	assert.equal(await locale('', 'a'.repeat(4000)), 'en');
	assertError(await api(stack, 'GET', 'widgets/demo-shop?locale=d'), 422, 'invalid', 'locale');
	assertError(await api(stack, 'GET', `widgets/demo-shop?locale=${'a'.repeat(36)}`), 422, 'invalid', 'locale');
});

test('a known configuration is not sent again', async () => {
	const first = await api(stack, 'GET', 'widgets/demo-shop');
	const again = await api(stack, 'GET', 'widgets/demo-shop', { headers: { 'If-None-Match': `"x", W/${first.headers.etag}` } });
	assert.equal(again.status, 304);
	assert.equal(again.text, '');
	assert.equal(again.headers.etag, first.headers.etag);
	assert.equal(
		(await api(stack, 'GET', 'widgets/demo-shop?locale=de', { headers: { 'If-None-Match': first.headers.etag } })).status,
		200,
		'another language is another text',
	);
	const [{ title }] = await stack.query("select title from chat.widget where widget = 'demo-shop'");
	await stack.query("update chat.widget set title = 'Another title' where widget = 'demo-shop'");
	const changed = await api(stack, 'GET', 'widgets/demo-shop', { headers: { 'If-None-Match': first.headers.etag } });
	await stack.query("update chat.widget set title = $1 where widget = 'demo-shop'", [title]);
	assert.equal(changed.status, 200, 'a change made in SQL counts from COMMIT on');
	assert.equal(changed.json.texts.title, 'Another title');
});

test('HEAD is answered as GET is, without the body', async () => {
	const get = await api(stack, 'GET', 'widgets/demo-shop');
	const head = await api(stack, 'HEAD', 'widgets/demo-shop');
	assert.equal(head.status, 200);
	assert.equal(head.headers.etag, get.headers.etag);
	assert.equal(head.text, '');
});

test('the status of each queue is told', async () => {
	const answer = await api(stack, 'GET', 'widgets/demo-shop/status');
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['cache-control'], 'max-age=5');
	assert.deepEqual(
		answer.json.queues.map(({ name, state }) => [name, state]),
		[
			['sales', 'unstaffed'],
			['billing', 'unstaffed'],
			['support', 'unstaffed'],
		],
	);
});

test('P01 an unknown site key is not found', async () => {
	for (const path of [
		'widgets/no-such-shop',
		'widgets/no-such-shop/status',
		'widgets/a%20b',
		'widgets/',
		`widgets/${'a'.repeat(65)}`,
		'widgets/%FF',
		'widgets/*',
	]) {
		await leavesNothing(stack, async () => assertError(await api(stack, 'GET', path), 404, 'not_found'));
	}
});

test('P02 the configuration cannot be posted', async () => {
	await leavesNothing(stack, async () => {
		for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
			const answer = await api(stack, method, 'widgets/demo-shop', { body: {} });
			assertError(answer, 405, 'method_not_allowed');
			assert.equal(answer.headers.allow, 'GET, HEAD, OPTIONS');
		}
	});
});

test('P03 an origin that the site does not list is denied', async () => {
	const shop = shopOrigin();
	await leavesNothing(stack, async () => {
		for (const origin of [
			'https://evil.example',
			`${shop}.evil.example`,
			shop.replace('http:', 'https:'),
			'null',
			'',
			`${shop}/`,
			`${shop} ${shop}`,
			'http://127.0.0.1',
			'*',
		]) {
			for (const path of ['widgets/demo-shop', 'widgets/demo-shop/status']) {
				const answer = await api(stack, 'GET', path, { headers: { Origin: origin } });
				assertError(answer, 403, 'origin_denied');
				assert.equal(answer.headers['access-control-allow-origin'], undefined, origin);
			}
		}
	});
});

test('a listed origin may read the answer, and is named exactly', async () => {
	const shop = shopOrigin();
	for (const path of ['widgets/demo-shop', 'widgets/demo-shop/status']) {
		const answer = await api(stack, 'GET', path, { headers: { Origin: shop } });
		assert.equal(answer.status, 200);
		assert.equal(answer.headers['access-control-allow-origin'], shop);
		assert.match(answer.headers.vary, /\bOrigin\b/);
		assert.equal(answer.headers['access-control-allow-credentials'], undefined);
	}
	const missing = await api(stack, 'GET', 'widgets/no-such-shop', { headers: { Origin: shop } });
	assertError(missing, 404, 'not_found');
	assert.equal(missing.headers['access-control-allow-origin'], shop, 'a listed origin may read errors too');
});

test('without Origin, what a browser calls cross-site is denied', async () => {
	assertError(await api(stack, 'GET', 'widgets/demo-shop', { headers: { 'Sec-Fetch-Site': 'cross-site' } }), 403, 'origin_denied');
	for (const site of ['same-origin', 'same-site', 'none']) {
		assert.equal((await api(stack, 'GET', 'widgets/demo-shop', { headers: { 'Sec-Fetch-Site': site } })).status, 200);
	}
});

test('the page in the frame loads nothing but our own files, and only the site may frame it', async () => {
	const shop = shopOrigin();
	const answer = await send(stack, { path: '/widget/?key=demo-shop', headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'iframe' } });
	assert.equal(answer.status, 200);
	assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
	assert.equal(answer.headers['referrer-policy'], 'no-referrer');
	const policy = Object.fromEntries(
		answer.headers['content-security-policy'].split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1).join(' ')]),
	);
	assert.equal(policy['default-src'], "'none'");
	assert.equal(policy['script-src'], "'self'");
	assert.equal(policy['style-src'], "'self'");
	assert.equal(policy['frame-ancestors'], `'self' ${shop}`);
	assert.equal(policy['connect-src'], `'self' ${new URL(stack.url).origin.replace('http', 'ws')}`);
	assert.equal(policy['require-trusted-types-for'], "'script'");
	assert.equal(policy['trusted-types'], 'lit-html switchboard');
	for (const name of ['base-uri', 'form-action', 'object-src']) assert.equal(policy[name], "'none'");
	assert.ok(!/<script(?![^>]* src=)|<style|\son\w+=|javascript:/i.test(answer.text), 'nothing inline');
	const files = [...answer.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
	assert.equal(files.length, 2);
	for (const url of files) assert.equal((await fetch(new URL(url, stack.url))).status, 200, url);
});

test('a title is text in the page', async () => {
	const shop = shopOrigin();
	await stack.query("update chat.widget set title = $1 where widget = 'demo-shop'", ['</title><script>alert(1)</script>"&\'']);
	const { text } = await send(stack, { path: '/widget/?key=demo-shop' });
	assert.ok(text.includes('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;</title>'), text);
});

test('however many origins a site lists, the policy stays whole', async () => {
	const origins = Array.from({ length: 50 }, (_, i) => `https://${'x'.repeat(230)}${i}.example`);
	const [site] = await stack.query("select origins from chat.site where site = 'shop'");
	await stack.query("update chat.site set origins = $1 where site = 'shop'", [origins]);
	const { status, headers } = await send(stack, { path: '/widget/?key=demo-shop' });
	await stack.query("update chat.site set origins = $1 where site = 'shop'", [site.origins]);
	assert.equal(status, 200);
	const policy = headers['content-security-policy'];
	assert.match(policy, /^default-src 'none'; .*; require-trusted-types-for 'script'; frame-ancestors 'self' https:/);
	const framers = policy.split("frame-ancestors 'self' ")[1].split(' ');
	assert.ok(framers.length >= 40 && framers.every((origin) => origins.includes(origin)), 'whole origins, as many as fit');
});

test('a page that is not there says so to people', async () => {
	for (const [path, status] of [
		['/widget/?key=no-such-shop', 404],
		['/widget/', 404],
		['/widget/?key=', 404],
		['/widget/?key=%27%3B--', 404],
		['/widget/?key=demo-shop&key=x', 400],
		['/widget/?key=demo-shop&token=x', 400],
		['/widget/?key=demo-shop&x=1', 422],
	]) {
		const answer = await leavesNothing(stack, () => send(stack, { path }));
		assert.equal(answer.status, status, path);
		assert.ok(!answer.text.includes('no-such-shop'), 'what was asked for is not repeated');
	}
});
