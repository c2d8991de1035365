// SPDX-License-Identifier: ISC
// Every route of the table (app/api/routes.c), asked by everybody who has no business there, with the ids of others, and by a foreign page in the
// name of those who have: nobody learns anything, nothing in the database changes. A new route is in by itself; one that takes a body must give one here.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { api, bearer, CSRF } from '../support/http.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();
const EVIL = 'https://evil.example';
const FORMS = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
const BELOW = 'api/v1/';

const ROUTES = [...readFileSync(new URL('../../app/api/routes.c', import.meta.url), 'utf8').matchAll(/\{ HTTP_(\w+), "([^"]*)", WHO_(\w+),/g)]
	.map(([, method, path, who]) => ({ method, path, who, name: `${method} ${path}` }))
	.filter(({ path }) => path.startsWith(BELOW));

// What a request needs to be good, but for who sends it.
const message = () => ({ cid: randomUUID(), body: 'from somebody else' });
const BODIES = {
	'POST chats': () => ({ request_key: randomUUID(), widget: 'demo-shop' }),
	'POST widgets/{key}/notes': () => ({ request_key: randomUUID(), email: 'kim@mail.example', body: 'from somebody else' }),
	'POST chats/{uuid}/transcript': () => ({ email: 'kim@mail.example' }),
	'POST chats/{uuid}/messages': message,
	'POST chats/{uuid}/marks': () => ({ got: 1 }),
	'POST chats/{uuid}/queue': () => ({ queue: 'sales' }),
	'POST chats/{uuid}/end': () => ({}),
	'POST chats/{uuid}/rating': () => ({ score: 1 }),
	'POST chats/{uuid}/identity': () => ({ widget: 'demo-shop', identity: 'eyJhbGciOiJIUzI1NiJ9.e30.AA' }),
	'POST session': () => ({ operator: 'ana', password: 'no such password' }),
	'POST session/ticket': () => ({}),
	'POST session/sso': () => ({}),
	'POST session/end': () => ({ others: true }),
	'POST account/password': () => ({ password: 'no such password', new_password: 'another that is long enough' }),
	'POST account/totp': () => ({}),
	'POST account/totp/confirm': () => ({ totp: '123456' }),
	'POST account/totp/codes': () => ({ totp: '123456' }),
	'POST account/totp/off': () => ({ totp: '123456' }),
	'POST link': () => ({ token: 'A'.repeat(43) }),
	'POST link/password': () => ({ token: 'A'.repeat(43), password: 'a password that is long enough' }),
	'POST operators/{key}/logout': () => ({}),
	'POST operators/{key}/totp/reset': () => ({}),
	'PUT me/queues': () => ({ joined: [] }),
	'PUT me/presence': () => ({ state: 'break' }),
	'POST offers/{uuid}/accept': () => ({}),
	'POST offers/{uuid}/decline': () => ({}),
	'POST inbox/{uuid}/state': () => ({ state: 'taken' }),
	'POST inbox/{uuid}/answers': message,
	'POST inbox/{uuid}/invitation': () => ({ cid: randomUUID() }),
	'POST operator/chats/{uuid}/messages': message,
	'POST operator/chats/{uuid}/notes': message,
	'POST operator/chats/{uuid}/marks': () => ({ got: 1 }),
	'POST operator/chats/{uuid}/end': () => ({}),
	'POST operator/chats/{uuid}/wrap-up': () => ({ disposition: 'done' }),
	'POST operator/chats/{uuid}/dialog': () => ({ dialog: 'sale' }),
	'POST operator/chats/{uuid}/phrases': () => ({ phrase: 'hello' }),
	'POST operator/chats/{uuid}/transfer': () => ({ queue: 'sales' }),
	'POST operator/chats/{uuid}/take': () => ({}),
	'POST operator/chats/{uuid}/requeue': () => ({}),
	'POST operator/chats/{uuid}/block': () => ({ kinds: ['address'], reason: 'he asked' }),
	'POST outbox/replay': () => ({ kind: 'webhook', account: 'crm' }),
	'POST outbox/{uuid}/replay': () => ({}),
	'POST operator/chats/{uuid}/messages/{key}/redact': () => ({ reason: 'not his' }),
};
// Of an operator's routes those that only a supervisor has.
const SUPERVISOR = /^(board|reports\/|blocks|outbox|operators\/|operator\/chats\/\{uuid\}\/(take|requeue|block|messages\/\{key\}\/redact))/;
const NOT_YOURS = [401, 403, 404];

const world = {};
const below = ({ path }) => path.slice(BELOW.length);
const bodyOf = (route) => BODIES[`${route.method} ${below(route)}`]?.();

// The route with the ids of the victims in it.
function pathOf(route) {
	const { kim, lou, block, entry } = world;
	let path = below(route).replace(/^offers\/\{uuid\}/, `offers/${lou.offer}`).replace(/^blocks\/\{uuid\}/, `blocks/${block}`).replace(/^inbox\/\{uuid\}/, `inbox/${entry}`);
	path = path.replace('{uuid}', kim.chat).replace('{uuid}', kim.chat);
	return path.replace(/messages\/\{key\}/, 'messages/1').replace('widgets/{key}', 'widgets/demo-shop').replace('{key}', 'ana');
}

const ask = (route, headers, more = {}) => api(stack, route.method, pathOf(route), { body: route.method === 'GET' || route.method === 'DELETE' ? undefined : bodyOf(route), headers, ...more });

// Every row of every table, but what programs write by themselves while nobody asks anything.
const BY_ITSELF = ['relay', 'relay_chat', 'relay_mail', 'router', 'router_term', 'wait_shown', 'program_metrics', 'metric'];
async function everything() {
	const tables = await stack.query(`select c.relname::text name, array(select a.attname::text from pg_attribute a
		where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname not in ('last_used_at', 'last_seen_at', 'seen_at', 'lease_until')) columns
		from pg_class c where c.relnamespace = 'chat'::regnamespace and c.relkind = 'r' and not c.relname = any ($1) order by 1`, [BY_ITSELF]);
	const sums = await Promise.all(tables.map(async ({ name, columns }) => {
		const [{ sum }] = await stack.query(`select count(*) || ' ' || coalesce(sum(hashtextextended(row(${columns.map((c) => `t."${c}"`).join(', ')})::text, 0)), 0) sum from chat."${name}" t`);
		return [name, sum];
	}));
	return Object.fromEntries(sums);
}

async function populate() {
	await stack.query("insert into chat.site (site, name, origins) values ('rival', 'Rival', array['http://rival.example'])");
	await stack.query("insert into chat.widget (widget, site, default_queue) values ('rival-shop', 'rival', 'sales')");
	const [ana, ben, chloe, sam] = await Promise.all(['ana', 'ben', 'chloe', 'sam'].map((name) => Operator.logIn(stack, name)));
	await ana.call('PUT', 'me/queues', { joined: ['billing'] });
	await ana.presence('available');
	const kim = await Customer.open(stack, { queue: 'billing', name: 'Kim' });
	const openOffer = (chat) => until(async () => (await stack.query("select offer from chat.offer where chat = $1 and state = 'open'", [chat]))[0]?.offer, { what: 'an offer' });
	await ana.accept({ offer: await openOffer(kim.chat) });
	const lou = await Customer.open(stack, { queue: 'billing', name: 'Lou' });
	lou.offer = await openOffer(lou.chat);
	const mia = await Customer.open(stack, { name: 'Mia' });
	const leo = await Customer.open(stack, { name: 'Leo', widget: 'rival-shop', queue: 'sales' });
	const { block } = (await stack.query(`insert into chat.block (site, kind, value, reason, made_by) select 'shop', 'address', '203.0.113.9', 'a test', 'sam' returning block`))[0];
	await kim.call('POST', 'widgets/demo-shop/notes', { ...BODIES['POST widgets/{key}/notes'](), name: 'Kim', queue: 'billing' });
	const { entry } = (await stack.query('select entry from chat.inbox'))[0];
	const gone = chloe.headers();
	await chloe.call('DELETE', 'session');
	Object.assign(world, { ana, ben, sam, kim, lou, mia, leo, block, entry, gone });
}

test('D4: the table is read whole, and every route that takes a body gives one here', () => {
	assert.ok(ROUTES.length > 50, `${ROUTES.length} routes`);
	// what providers send is signed, and refused otherwise: channels.test.mjs (P48)
	const bare = ROUTES.filter((route) => ['POST', 'PUT'].includes(route.method) && route.who !== 'PROVIDER' && !bodyOf(route)).map(({ name }) => name);
	assert.deepEqual(bare, []);
});

test('D4, D7: with the ids of others, every route is shut to whoever has no part in them, and nothing changes', async (t) => {
	await populate();
	const { ana, ben, kim, leo, mia, gone } = world;
	const hasIds = ({ path }) => path.includes('{');
	const supervisors = (route) => SUPERVISOR.test(below(route));
	const forms = { CUSTOMER: ROUTES.filter(({ who }) => who === 'CUSTOMER'), OPERATOR: ROUTES.filter(({ who }) => who === 'OPERATOR') };
	const all = [...forms.CUSTOMER, ...forms.OPERATOR];
	const attackers = [
		['nobody', {}, all],
		['nobody who says that he is the console', CSRF, all],
		['a token that is none', bearer('A'.repeat(43)), all],
		['a customer of the same site', { ...CSRF, ...bearer(mia.token) }, all],
		['a customer of another site', { ...CSRF, ...bearer(leo.token) }, all],
		['the customer herself, as an operator', { ...CSRF, ...bearer(kim.token) }, forms.OPERATOR],
		['her token as a session', { ...CSRF, Cookie: `sid=${kim.token}` }, forms.OPERATOR],
		['an operator, as a customer', ana.headers(), forms.CUSTOMER],
		['his session as a token', { ...CSRF, ...bearer(ana.cookie.slice(4)) }, all],
		['a session that is over', gone, all],
		['an operator who has no part', ben.headers(), forms.OPERATOR.filter((route) => hasIds(route) || supervisors(route))],
		['the operator of the chat, at what supervisors do', ana.headers(), forms.OPERATOR.filter(supervisors)],
	];
	const before = await everything();
	let asked = 0;
	for (const [who, headers, routes] of attackers) {
		for (const route of routes) {
			const answer = await ask(route, headers);
			assert.ok(NOT_YOURS.includes(answer.status), `${who}: ${route.name} was answered with ${answer.status} ${answer.text.slice(0, 200)}`);
			assert.ok(!/Kim|Lou|Ana Silva/.test(answer.text), `${who}: ${route.name} says a name: ${answer.text}`);
			asked++;
		}
	}
	assert.deepEqual(await everything(), before, 'nothing has changed');
	t.diagnostic(`${asked} requests over ${ROUTES.length} routes`);
});

test('D16, P46: a foreign page in the browser of who may, at every route: refused, and nothing changes', async (t) => {
	const { ana, kim, sam } = world;
	const victims = { CUSTOMER: bearer(kim.token), OPERATOR: sam.headers(), LOGIN: CSRF, ANYONE: {} };
	const routes = ROUTES.filter(({ who }) => who in victims);
	const before = await everything();
	let asked = 0;
	const refused = async (route, headers, statuses, what, more) => {
		const answer = await ask(route, { ...victims[route.who], ...headers }, more);
		assert.ok(statuses.includes(answer.status), `${what}: ${route.name} was answered with ${answer.status} ${answer.text.slice(0, 200)}`);
		for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'set-cookie']) assert.equal(answer.headers[name], undefined, `${what}: ${route.name}: ${name}`);
		asked++;
	};
	for (const route of routes) {
		for (const [what, headers] of [
			['a page of somebody', { Origin: EVIL }],
			['a page in a sandbox', { Origin: 'null' }],
			['a page that names no origin', { 'Sec-Fetch-Site': 'cross-site' }],
			['a page whose name begins as ours', { Origin: `${new URL(stack.url).origin}.evil.example` }],
			['a page that ends as ours', { Origin: `http://evil.localhost:${stack.port}` }],
		])
			await refused(route, headers, [403], what);
		if (route.method === 'GET') continue;
		if (route.who === 'OPERATOR' || route.who === 'LOGIN') {
			await refused(route, { 'X-Requested-With': '' }, [403], 'a form of our own origin, or of who can send no header');
			await refused(route, { Origin: new URL(stack.shopUrl).origin }, [403], 'a page of a site that embeds the widget');
		}
		if (route.method !== 'DELETE')
			for (const type of FORMS) await refused(route, { 'Content-Type': type }, [415], type, { body: JSON.stringify(bodyOf(route)) });
		const preflight = await api(stack, 'OPTIONS', pathOf(route), { headers: { Origin: EVIL, 'Access-Control-Request-Method': route.method } });
		assert.equal(preflight.headers['access-control-allow-origin'], undefined, `the preflight of ${route.name}`);
	}
	assert.deepEqual(await everything(), before, 'nothing has changed');
	assert.equal((await ana.call('GET', 'session')).operator.presence.state, 'available');
	t.diagnostic(`${asked} requests over ${routes.length} routes`);
});
