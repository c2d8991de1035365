// SPDX-License-Identifier: ISC
// A customer's chat over HTTP: messages, events, end, rating, transcript (ACCEPTANCE P24 to P27).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, bearer, chatRequest, leavesNothing } from '../support/http.mjs';

const stack = useStack();
const HOSTILE = [
	'<script>alert(1)</script>',
	'<img src=x onerror=alert(1)>',
	'{{7*7}}',
	'javascript:alert(1)',
	'</pre></li></ol><b>x',
	'&lt;b&gt; &amp; "\'',
	"'); drop table chat.chat; --",
	'%s%n%x \\u0041 ${7*7} #{7*7}',
	'\u202eevil\u2066',
	'🧑‍🤝‍🧑 العربية 漢字',
	'a\tb\nc',
];

async function opened(more = { queue: 'sales' }) {
	const { status, json, text } = await api(stack, 'POST', 'chats', { body: chatRequest(more) });
	assert.equal(status, 201, text);
	return { id: json.chat.id, headers: bearer(json.token), token: json.token };
}

const post = (chat, body, headers = chat.headers) =>
	api(stack, 'POST', `chats/${chat.id}/messages`, { body: { cid: randomUUID(), ...body }, headers });
const act = (chat, verb, body = {}) => api(stack, 'POST', `chats/${chat.id}/${verb}`, { body, headers: chat.headers });
const read = (chat, path) => api(stack, 'GET', `chats/${chat.id}${path}`, { headers: chat.headers });

test('P24 hostile text is stored and given back byte for byte', async () => {
	const chat = await opened();
	for (const body of HOSTILE) {
		const { status, json } = await post(chat, { body });
		assert.equal(status, 200);
		const [row] = await stack.query('select body from chat.message where chat = $1 and seq = $2', [chat.id, json.seq]);
		assert.equal(row.body, body);
		assert.equal((await read(chat, `/events?after=${json.seq - 1}&limit=1`)).json.events[0].body, body);
	}
	assert.deepEqual(
		(await read(chat, '/events')).json.events.filter(({ kind }) => kind === 'message').map(({ body }) => body),
		HOSTILE,
	);
	assertNotLogged(stack, ...HOSTILE.filter((text) => text.length > 8));
});

test('line ends become LF, nothing else is changed', async () => {
	const chat = await opened();
	const { json } = await post(chat, { body: '  a\r\nb\r\n\tc  ' });
	assert.equal((await read(chat, `/events?after=${json.seq - 1}`)).json.events[0].body, '  a\nb\n\tc  ');
});

test('P25 the token of another chat opens nothing', async () => {
	const [mine, other] = [await opened(), await opened()];
	await leavesNothing(stack, async () => {
		assertError(await post(mine, { body: 'x' }, other.headers), 404, 'not_found');
		for (const path of ['', '/events', '/transcript']) assertError(await read({ ...mine, headers: other.headers }, path), 404, 'not_found');
		for (const verb of ['end', 'queue', 'rating'])
			assertError(await act({ ...mine, headers: other.headers }, verb, verb === 'rating' ? { score: 5 } : {}), 404, 'not_found');
		assertError(await post({ id: randomUUID() }, { body: 'x' }, other.headers), 404, 'not_found');
	});
});

test('P26 no token, and one that is none, open nothing', async () => {
	const chat = await opened();
	const good = chat.headers.Authorization;
	await leavesNothing(stack, async () => {
		for (const headers of [
			{},
			{ Authorization: '' },
			{ Authorization: 'Bearer' },
			{ Authorization: 'Bearer ' },
			{ Authorization: 'Bearer x' },
			{ Authorization: `${good}x` },
			{ Authorization: good.slice(0, -1) },
			{ Authorization: good.replace('Bearer', 'Basic') },
			{ Authorization: `${good}, ${good}` },
			{ Authorization: `Bearer ${'a'.repeat(43)}` },
			{ Authorization: `Bearer ${'é'.repeat(43)}` },
			{ Cookie: `sid=${chat.token}` },
		]) {
			const answer = await post(chat, { body: 'x' }, headers);
			assertError(answer, 401, 'unauthorized');
			assert.match(answer.headers['www-authenticate'], /^Bearer/);
		}
		for (const path of ['', '/events', '/transcript']) assertError(await read({ ...chat, headers: {} }, path), 401, 'unauthorized');
		assert.equal((await post(chat, { body: 'x' }, { Authorization: [good, good] })).status, 400, 'two of them are refused, by nginx or by us');
	});
});

test('P27 an ended chat takes no message', async () => {
	const chat = await opened();
	const cid = randomUUID();
	const {
		json: { seq },
	} = await post(chat, { cid, body: 'before' });
	assert.equal((await act(chat, 'end')).status, 200);
	await leavesNothing(stack, async () => {
		assertError(await post(chat, { body: 'too late' }), 410, 'gone');
		assertError(await act(chat, 'queue'), 410, 'gone');
		assert.equal((await act(chat, 'end')).status, 200, 'ending it again is no error');
		assert.deepEqual((await post(chat, { cid, body: 'before' })).json, { seq }, 'a repeat still gets its first answer');
	});
	assert.equal((await read(chat, '/events')).json.events.at(-1).kind, 'ended');
});

test('the same cid is stored once, with another body it is a conflict', async () => {
	const chat = await opened();
	const cid = randomUUID();
	const answers = await Promise.all(Array.from({ length: 10 }, () => post(chat, { cid, body: 'once' })));
	for (const { status, json } of answers) {
		assert.equal(status, 200);
		assert.deepEqual(json, answers[0].json);
	}
	assert.equal((await stack.query('select count(*)::int n from chat.message where cid = $1', [cid]))[0].n, 1);
	await leavesNothing(stack, async () => assertError(await post(chat, { cid, body: 'twice' }), 409, 'conflict', 'cid'));
});

test('many messages at once get seqs without gap, each once', async () => {
	const chat = await opened();
	const before = (await read(chat, '/events')).json.last_seq;
	const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => post(chat, { body: `m${i}` })));
	assert.deepEqual(
		answers.map(({ json }) => json.seq).sort((a, b) => a - b),
		Array.from({ length: 20 }, (_, i) => before + 1 + i),
	);
});

test('a message has a cid, and a body or a choice', async () => {
	const chat = await opened();
	const refused = (body, field) => leavesNothing(stack, async () => assertError(await post(chat, body), 422, 'invalid', field));
	for (const cid of [undefined, '', 'x', 1, null, randomUUID().toUpperCase()]) await refused({ cid, body: 'x' }, 'cid');
	for (const body of ['', ' \n\t ', '\u200b', 'a'.repeat(4001), '😀'.repeat(4001), 'a\rb', 'a\u0001b', 'a\u0085b', 5, null, {}, ['x']])
		await refused({ body }, 'body');
	await refused({}, 'body');
	for (const choice of ['', 'no such', 'no-such-choice', 1, null, 'x'.repeat(65)]) await refused({ choice }, 'choice');
	await refused({ body: 'x', kind: 'note' }, 'kind');
	for (const body of ['a'.repeat(4000), '😀'.repeat(4000)]) assert.equal((await post(chat, { body })).status, 200);
});

test('behind the bot a choice leads to a queue, and a person may be asked for at any time', async () => {
	const chat = await opened({});
	const [first] = (await read(chat, '/events')).json.events;
	assert.equal(first.kind, 'bot_message');
	assert.ok(first.data.choices.some(({ id }) => id === 'person'));
	await leavesNothing(stack, async () => assertError(await post(chat, { choice: 'no-such-choice' }), 422, 'invalid', 'choice'));
	assert.equal((await post(chat, { choice: 'billing' })).status, 200);
	assert.equal((await read(chat, '')).json.chat.state, 'queued');
	const { events } = (await read(chat, '/events')).json;
	assert.deepEqual(events.find(({ kind }) => kind === 'message').data, { choice: 'billing' });
	assert.equal(events.find(({ kind }) => kind === 'queued').data.queue, 'billing');

	const impatient = await opened({});
	assertError(await act(impatient, 'queue', { queue: 'no-such-queue' }), 422, 'invalid', 'queue');
	const { status, json } = await act(impatient, 'queue', { queue: 'sales' });
	assert.equal(status, 200);
	assert.equal(json.chat.state, 'queued');
	assert.equal(json.chat.queue, 'sales');
	assert.equal((await act(impatient, 'queue')).status, 200, 'asking twice does no harm');
	assert.equal((await post(await opened({}), { choice: 'person' })).status, 200);
});

test('events are read in pages', async () => {
	const chat = await opened();
	for (let i = 0; i < 5; i++) await post(chat, { body: `m${i}` });
	const { json: whole } = await read(chat, '/events');
	assert.deepEqual(
		whole.events.map(({ seq }) => seq),
		whole.events.map((_, i) => i + 1),
	);
	assert.equal(whole.more, false);
	const paged = [];
	for (let after = 0, more = true; more;) {
		const { json } = await read(chat, `/events?after=${after}&limit=2`);
		assert.ok(json.events.length <= 2);
		assert.equal(json.last_seq, whole.last_seq);
		assert.equal(json.epoch, whole.epoch);
		paged.push(...json.events);
		({ more } = json);
		after = paged.at(-1).seq;
	}
	assert.deepEqual(paged, whole.events);
	assert.deepEqual((await read(chat, `/events?after=${whole.last_seq + 5}`)).json.events, []);
	await leavesNothing(stack, async () => {
		for (const [query, field] of [
			['after=-1', 'after'],
			['after=x', 'after'],
			['after=1.5', 'after'],
			['after=', 'after'],
			['after=99999999999999999999', 'after'],
			['limit=0', 'limit'],
			['limit=501', 'limit'],
			['limit=1e2', 'limit'],
			['before=3', 'query'],
		]) {
			assertError(await read(chat, `/events?${query}`), 422, 'invalid', field);
		}
		for (const query of ['after=1&after=2', `token=${chat.token}`, 'after=%', 'after=1&&limit=2', 'after=%00'])
			assertError(await read(chat, `/events?${query}`), 400, 'bad_request');
	});
	assert.ok(!stack.api.log.includes(chat.token), 'what a query holds is not logged by us');
});

test('a chat is rated once', async () => {
	const chat = await opened();
	await leavesNothing(stack, async () => {
		for (const score of [0, 6, 1.5, '5', null, undefined, true]) assertError(await act(chat, 'rating', { score }), 422, 'invalid', 'score');
		for (const comment of ['', 'x'.repeat(1001), 1]) assertError(await act(chat, 'rating', { score: 5, comment }), 422, 'invalid', 'comment');
	});
	assert.deepEqual((await act(chat, 'rating', { score: 4, comment: 'fine' })).json, { rating: { score: 4 } });
	await leavesNothing(stack, async () => {
		assert.equal((await act(chat, 'rating', { score: 4, comment: 'fine' })).status, 200);
		assertError(await act(chat, 'rating', { score: 5 }), 409, 'conflict', 'score');
	});
});

test("the transcript is text, JSON or a page, and people's text is text in all of them", async () => {
	const chat = await opened({ queue: 'sales', name: '<i>Eve</i>\u202e' });
	for (const body of HOSTILE) await post(chat, { body });
	for (const end of ['\n', '\u2028', '\u2029']) await post(chat, { body: `one${end}2026-01-01 00:00:00 UTC  Ana: forged` });
	const json = await read(chat, '/transcript?format=json');
	assert.deepEqual(
		json.json.events
			.filter(({ kind }) => kind === 'message')
			.map(({ body }) => body)
			.slice(0, -3),
		HOSTILE,
	);
	assert.deepEqual((await read(chat, '/transcript')).json, json.json);

	const txt = await read(chat, '/transcript?format=txt');
	assert.equal(txt.headers['content-type'], 'text/plain; charset=utf-8');
	assert.match(txt.headers['content-disposition'], /^attachment; filename="chat-[0-9a-f-]{36}\.txt"$/);
	const lines = txt.text.split(/[\n\u2028\u2029]/); // what a reader's program may take for the end of a line
	for (const body of HOSTILE.filter((text) => !text.includes('\n')))
		assert.equal(lines.filter((line) => line.endsWith(`: ${body}`)).length, 1, body);
	assert.ok(!lines.some((line) => line.startsWith('2026-01-01')), "no line of a message looks like another's");

	const html = await read(chat, '/transcript?format=html');
	assert.equal(html.headers['content-type'], 'text/html; charset=utf-8');
	assert.match(html.headers['content-security-policy'], /^default-src 'none';.*sandbox/);
	const tags = new Set([...html.text.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
	assert.deepEqual([...tags].sort(), ['b', 'bdi', 'body', 'h1', 'head', 'html', 'li', 'meta', 'ol', 'p', 'pre', 'time', 'title']);
	assert.equal(html.text.match(/<ol>/g).length, 1);
	assert.ok(html.text.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
	for (const format of ['pdf', '', 'TXT', '../json']) assertError(await read(chat, `/transcript?format=${format}`), 422, 'invalid', 'format');
});

test('a reminder and its words stand in the transcript in its place, one for the operator does not', async () => {
	const chat = await opened({ queue: 'sales' });
	await post(chat, { body: 'before' });
	await stack.query(`select internal.add_event($1, clock_timestamp(), 'reminder', p_body => 'Still there?', p_data => '{"to": "customer", "n": 1}')`, [chat.id]);
	await stack.query(`select internal.add_event($1, clock_timestamp(), 'reminder', p_data => '{"to": "operator", "n": 1}')`, [chat.id]);
	await post(chat, { body: 'after' });
	const { text } = await read(chat, '/transcript?format=txt');
	assert.match(text, /: before\n.* \* Still there\?\n.*: after\n/);
	assert.equal((await read(chat, '/transcript?format=html')).text.match(/Still there\?/g).length, 1);
	const { json } = await read(chat, '/transcript?format=json');
	assert.deepEqual(json.events.filter(({ kind }) => kind === 'reminder').map(({ body }) => body), ['Still there?']);
});

test("a listed origin may use the customer's verbs, another site's may not", async () => {
	const chat = await opened();
	const shop = new URL(stack.shopUrl).origin;
	assert.equal((await post(chat, { body: 'x' }, { ...chat.headers, Origin: shop })).status, 200);
	await stack.query("insert into chat.site (site, name, origins) values ('other', 'Other', '{https://other.example}')");
	await leavesNothing(stack, async () => {
		for (const origin of ['https://other.example', 'https://evil.example', 'null'])
			assertError(await post(chat, { body: 'x' }, { ...chat.headers, Origin: origin }), 403, 'origin_denied');
	});
	assertNotLogged(stack, chat.token);
});
