// SPDX-License-Identifier: ISC
// Who is here, and whether a chat that the browser has kept may be shown to that person.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../lib/api.js';
import { openChat } from '../opening.js';
import { Person } from '../person.js';

const part = (/** @type {object} */ object) => Buffer.from(JSON.stringify(object)).toString('base64url');
const start = Math.floor(Date.now() / 1000);
const token = (/** @type {string} */ sub, seconds = 300, more = 0) => `${part({ alg: 'HS256' })}.${part({ sub, exp: start + seconds, more })}.x`;
const refusing = (/** @type {number} */ status, /** @type {object} */ problem) => /** @type {any} */ ({ post: async () => { throw new ApiError(status, problem); } });
const agreeing = /** @type {any} */ ({ post: async () => ({}) });

test('a token that is about to end is asked for anew, one that holds is not', async () => {
	let asked = 0;
	const person = new Person(() => { asked++; person.hear(token('kim', 300, asked)); });
	person.hear(token('kim', 300));
	assert.equal(await person.fresh(), token('kim', 300));
	assert.equal(asked, 0);
	person.hear(token('kim', 5));
	assert.equal(await person.fresh(), token('kim', 300, 1));
	assert.equal(await person.fresh(true), token('kim', 300, 2), 'one that was refused is asked for anew as well');
});

test('a fresh token of the same person is no change, another person and nobody are', () => {
	const person = new Person();
	const heard = [];
	person.addEventListener('change', () => heard.push(person.token));
	person.hear(token('kim'));
	person.hear(token('kim', 400));
	person.hear(token('lea'));
	person.hear(null);
	assert.equal(heard.length, 3);
});

test('what the page has announced is waited for', async () => {
	const person = new Person();
	person.expect();
	const fresh = person.fresh();
	person.hear(token('kim'));
	assert.equal(await fresh, token('kim'));
});

test('D10 a chat of a person is shown to that person only', async () => {
	const mine = { id: '1', token: 't', person: true };
	const anybodys = { id: '1', token: 't' };
	const person = new Person();
	assert.equal(await person.judge(agreeing, 'w', mine), 'unknown', 'the site has said nothing');
	assert.equal(await person.judge(agreeing, 'w', anybodys), 'yes');
	person.hear(null);
	assert.equal(await person.judge(agreeing, 'w', mine), 'no', 'nobody is logged in');
	assert.equal(await person.judge(agreeing, 'w', anybodys), 'yes');
	person.hear(token('kim'));
	assert.equal(await person.judge(agreeing, 'w', anybodys), 'bound');
	assert.equal(await person.judge(refusing(409, { code: 'conflict', field: 'identity' }), 'w', mine), 'no', 'somebody else');
	assert.equal(await person.judge(refusing(409, { code: 'chat_exists', chat: '2' }), 'w', anybodys), 'yes', 'has another chat: this one goes on as it is');
	assert.equal(await person.judge(refusing(410, { code: 'gone' }), 'w', mine), 'yes', 'over: its transcript is still his');
	for (const api of [refusing(0, {}), refusing(503, {}), refusing(401, { code: 'unauthorized', field: 'identity' })]) {
		assert.equal(await person.judge(api, 'w', mine), 'unknown', 'not shown before it is known');
		assert.equal(await person.judge(api, 'w', anybodys), 'yes');
	}
});

test('who has an open chat gets back into it, with a request of its own', async () => {
	/** @type {any[]} */
	const sent = [];
	/** @type {any[]} */
	const kept = [];
	const api = /** @type {any} */ ({
		post: async (/** @type {string} */ path, /** @type {any} */ body) => {
			sent.push([path, body]);
			if (!body.resume) throw new ApiError(409, { code: 'chat_exists', chat: 'open-one' });
			return { chat: { id: 'open-one', identified: true }, token: 'new', relay: undefined };
		},
	});
	const person = new Person();
	person.hear(token('kim'));
	const request = { request_key: 'first', widget: 'w', name: 'Kim' };
	const credential = await openChat({ api, request, person, keep: (again) => kept.push(again), wanted: () => true });
	assert.deepEqual(credential, { id: 'open-one', token: 'new', relay: undefined, person: true });
	assert.deepEqual(sent.map(([, body]) => [body.resume, body.identity === token('kim')]), [[undefined, true], ['open-one', true]]);
	assert.notEqual(sent[1][1].request_key, 'first');
	assert.ok(kept.every((again) => !('identity' in again)), 'D20: what is put by for a reload holds no token');
});
