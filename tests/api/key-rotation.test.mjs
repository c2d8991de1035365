// SPDX-License-Identifier: ISC
// The server's key is changed under a running chat: two keys hold for a time (deploy/manual/identity.md says how).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, chatRequest } from '../support/http.mjs';
import { Customer } from '../support/people.mjs';

const [OLD, NEW, NEWEST] = Array.from({ length: 3 }, () => randomBytes(32).toString('hex'));
const keyFile = () => `${stack.dir}/etc/server.key`;
const stack = useStack({ prepare: async ({ dir }) => writeFileSync(`${dir}/etc/server.key`, `${OLD}\n`) });

const open = (request) => api(stack, 'POST', 'chats', { body: request });
async function restartWith(...keys) {
	await stack.api.stop();
	writeFileSync(keyFile(), keys.map((key) => `${key}\n`).join(''));
	await stack.api.start();
}

test('a chat goes on while the key of the server changes, and a request repeated across the change has the same answer', async () => {
	assert.equal(readFileSync(keyFile(), 'utf8'), `${OLD}\n`);
	const request = chatRequest({ queue: 'sales' });
	const first = (await open(request)).json;
	const kim = Object.assign(new Customer(stack), { chat: first.chat.id, token: first.token });
	await kim.connect();
	await kim.say('under the old key');

	await restartWith(NEW, OLD);
	assert.equal((await open(request)).json.token, first.token, 'made with the key before');
	assert.equal((await kim.view()).state, 'queued');
	await kim.say('between');
	const later = chatRequest();
	const second = (await open(later)).json;
	assert.equal((await open(later)).json.token, second.token, 'made with the new one');

	await restartWith(NEWEST, NEW);
	assert.equal((await open(later)).json.token, second.token);
	assertError(await open(request), 409, 'conflict', 'request_key'); // the token cannot be made again; nothing else is given instead
	assert.equal((await kim.view()).state, 'queued', 'who has his token keeps it');
	await kim.say('without the old key');
	assert.deepEqual((await kim.call('GET', `chats/${kim.chat}/events`)).events.filter(({ kind }) => kind === 'message').map(({ body }) => body), [
		'under the old key',
		'between',
		'without the old key',
	]);
	kim.close();
	assertNotLogged(stack, OLD, NEW, NEWEST, first.token, second.token);
});
