// SPDX-License-Identifier: ISC
// What has not arrived, over HTTP: a supervisor sees it, sends it again or gives it up; nobody else does (D4, D7, D15, G16).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { api, assertError, CSRF, leavesNothing } from '../support/http.mjs';
import { Operator } from '../support/people.mjs';

const stack = useStack({ prepare: (begun) => begun.query("insert into chat.webhook (webhook, url, site) values ('crm', 'https://crm.example/', 'shop')") });

// As many that a courier has given up; their keys.
async function dead(n) {
	await stack.query(`select internal.send_out('webhook', 'lane ' || gen_random_uuid(), 'crm', null, '{"event": "note_left", "secret": "words"}', clock_timestamp())
		from generate_series(1, $1::int)`, [n]);
	const rows = await stack.query("select c.item, o.outcome from api.claim_outbox(1, $1) c, api.outbox_failed(c.item, c.lease, 'answered 500: kim@mail.example', true, 'refused', 500) o", [n]);
	assert.deepEqual(rows.map(({ outcome }) => outcome), Array(n).fill('dead'));
	return rows.map(({ item }) => item);
}

async function who(name) {
	const operator = await Operator.logIn(stack, name, []);
	return (method, path, body) => api(stack, method, path, { body, headers: { ...operator.headers(), ...CSRF } });
}

test('a supervisor sees what has not arrived, sends one again, gives one up, sends the rest again', async () => {
	const sam = await who('sam');
	const items = await dead(4);
	const { status, json, text } = await sam('GET', 'outbox');
	assert.equal(status, 200, text);
	assert.deepEqual([json.waiting, json.dead, json.courier, json.accounts], [0, 4, false, [{ kind: 'webhook', account: 'crm', dead: 4 }]]);
	assert.deepEqual(json.letters.map(({ item }) => item).sort(), [...items].sort());
	const { item: _, created_at: created, died_at: died, ...rest } = json.letters[0];
	assert.deepEqual(rest, { kind: 'webhook', account: 'crm', site: 'The Corner Shop', tries: 1, reason: { code: 'refused', status: 500 } });
	assert.ok(Date.parse(died) >= Date.parse(created));
	assert.doesNotMatch(text, /words|kim@/, 'D15: neither what it says nor what was answered');
	assert.deepEqual((await sam('GET', 'board')).json.outbox, { waiting: 0, dead: 4 });

	assert.deepEqual((await sam('POST', `outbox/${items[0]}/replay`, {})).json, { item: items[0] });
	assertError(await sam('POST', `outbox/${items[0]}/replay`, {}), 409, 'bad_state', 'item');
	assertError(await sam('DELETE', `outbox/${items[0]}`), 409, 'bad_state', 'item');
	assert.deepEqual((await sam('DELETE', `outbox/${items[1]}`)).json, { item: items[1] });
	assertError(await sam('DELETE', `outbox/${items[1]}`), 404, 'not_found', 'item');
	assert.deepEqual((await sam('POST', 'outbox/replay', { kind: 'webhook', account: 'crm' })).json, { items: 2 });
	const left = (await sam('GET', 'outbox')).json;
	assert.deepEqual([left.waiting, left.dead, left.letters, left.accounts], [3, 0, [], []]);
	const audit = await stack.query("select action, actor_kind, actor from chat.audit where object = 'outbox' order by audit");
	assert.deepEqual(audit.map(({ action, actor_kind: kind, actor }) => `${kind} ${actor} ${action}`), ['operator sam replay', 'operator sam drop', 'operator sam replay', 'operator sam replay']);
});

test('an operator and what makes no sense are refused, and nothing is changed (D4, D7, P14)', async () => {
	const [ana, sam] = [await who('ana'), await who('sam')];
	const [item] = await dead(1);
	await leavesNothing(stack, async () => {
		assertError(await ana('GET', 'outbox'), 403, 'forbidden');
		assertError(await ana('POST', `outbox/${item}/replay`, {}), 403, 'forbidden');
		assertError(await ana('POST', 'outbox/replay', { kind: 'webhook', account: 'crm' }), 403, 'forbidden');
		assertError(await ana('DELETE', `outbox/${item}`), 403, 'forbidden');
		for (const [field, body] of [['kind', { account: 'crm' }], ['account', { kind: 'webhook' }], ['kind', { kind: 'bot', account: 'helper' }], ['kind', { kind: 7, account: 'crm' }],
			['all', { kind: 'webhook', account: 'crm', all: true }]]) assertError(await sam('POST', 'outbox/replay', body), 422, 'invalid', field);
		assertError(await sam('POST', `outbox/${item}/replay`, { now: true }), 422, 'invalid', 'now');
		assertError(await sam('POST', `outbox/${randomUUID()}/replay`, {}), 404, 'not_found', 'item');
		assertError(await sam('DELETE', 'outbox/crm'), 404, 'not_found');
		assertError(await sam('GET', 'outbox?state=dead'), 422, 'invalid', 'query');
	});
	assert.equal((await stack.query('select state from chat.outbox where item = $1', [item]))[0].state, 'dead');
});

test('every code of why a letter is dead has its words on the board, and the courier knows no other', async () => {
	const [{ def }] = await stack.query("select pg_get_constraintdef(oid) as def from pg_constraint where conname = 'last_reason_is_one_of_these'");
	const codes = [...def.matchAll(/'([a-z_]+)'/g)].map(([, code]) => code).sort();
	const { default: texts } = await import('../../www/console/letters/texts/en.js'); // the other languages have the same names: their own test holds that
	assert.deepEqual(Object.keys(texts).filter((name) => name.startsWith('letters.why.')).map((name) => name.slice(12)).sort(), codes);
	const courier = [...readFileSync(new URL('../../app/courier/reason.h', import.meta.url), 'utf8').matchAll(/#define REASON_\w+ "(\w+)"/g)].map(([, code]) => code);
	assert.deepEqual(courier.filter((code) => !codes.includes(code)), []);
	assert.ok(courier.length > 10);
});
