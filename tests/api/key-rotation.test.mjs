// SPDX-License-Identifier: ISC
// The server's key is changed under a running chat: two keys hold for a time (deploy/manual/identity.md says how).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, chatRequest, CSRF } from '../support/http.mjs';
import { halfMinutePasses, totp, wrongTotp } from '../support/authenticator.mjs';
import { Customer, Operator } from '../support/people.mjs';

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

test('a second step that the key before has sealed is sealed anew by its next right code, and outlives that key', async () => {
	await restartWith(OLD);
	const ana = await Operator.logIn(stack, 'ana');
	const { secret } = await ana.call('POST', 'account/totp', { password: stack.passwords.ana });
	await ana.call('POST', 'account/totp/confirm', { totp: totp(secret) });
	const sealed = async () => (await stack.query("select encode(secret, 'hex') as secret from chat.operator_totp where operator = 'ana'"))[0].secret;
	const logIn = async (code) => {
		await halfMinutePasses(stack, 'ana');
		return api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana, totp: code() }, headers: CSRF });
	};
	const left = async (time) => (await stack.query('select operator from chat.totp_sealed_before($1)', [time])).map(({ operator }) => operator);

	await restartWith(NEW, OLD);
	const [{ now: changed }] = await stack.query('select clock_timestamp() as now');
	const first = await sealed();
	assert.deepEqual(await left(changed), ['ana']);
	assertError(await logIn(() => wrongTotp(secret)), 401, 'unauthorized', 'totp');
	assert.equal(await sealed(), first, 'a wrong code changes nothing');
	assert.equal((await logIn(() => totp(secret))).status, 200);
	const second = await sealed();
	assert.notEqual(second, first);
	assert.deepEqual(await left(changed), []);
	assert.equal((await logIn(() => totp(secret))).status, 200);
	assert.equal(await sealed(), second, 'once');

	await restartWith(NEW);
	assert.equal((await logIn(() => totp(secret))).status, 200, 'without the key before');
	await restartWith(NEWEST);
	assertError(await logIn(() => totp(secret)), 401, 'unauthorized', 'totp');
	assertNotLogged(stack, OLD, NEW, NEWEST, secret);
});
