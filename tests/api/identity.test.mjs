// SPDX-License-Identifier: ISC
// Signed identity and blocking over HTTP and sockets (SECURITY D10, D11; section 2, self-contained tokens).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { sourceTree } from '../support/installation.mjs';
import { useStack } from '../support/stack.mjs';
import { api, assertError, assertNotLogged, bearer, chatRequest, CSRF, leavesNothing } from '../support/http.mjs';
import { encode, identity, nowS, sign } from '../support/signed-identity.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { until } from '../support/waiting.mjs';

const run = promisify(execFile);
const tokens = [];
let secret;
const stack = useStack({
	prepare: async (begun) => {
		[{ secret }] = await begun.query("select secret from api.add_site_secret('shop')");
	},
});

const open = (body, headers = {}) => api(stack, 'POST', 'chats', { body, headers });
const token = (sub, more) => {
	const made = identity(secret, sub, more);
	tokens.push(made);
	return made;
};
const siteSecret = async (...words) =>
	(await run(stack.installation.cli, ['site', 'secret', ...words, '--database', stack.database.dsn()])).stdout.trim();

test('D10 a chat of a signed identity has the person, name and address that the site says', async () => {
	const answer = await open(chatRequest({ name: 'Typed', identity: token('d10', { name: 'Zoë', email: 'zoe@example.com' }) }));
	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.json.chat.identified, true);
	const [row] = await stack.query('select person, name, name_verified, email, email_verified from chat.chat where chat = $1', [answer.json.chat.id]);
	assert.deepEqual(row, { person: 'd10', name: 'Zoë', name_verified: true, email: 'zoe@example.com', email_verified: true });
});

test('D10 a token that is not good opens no chat, and the log names the reason', async () => {
	const good = { sub: 'bad', aud: 'shop', iat: nowS(), exp: nowS() + 300 };
	const bad = {
		'alg is not HS256': [sign(secret, good, { alg: 'none' }), `${encode({ alg: 'none' })}.${encode(good)}.`, sign(secret, good, { alg: 'HS512' }, 'sha512')],
		'the signature is of none': [sign('another secret of more than thirty-two bytes', good)],
		'not three segments': ['x', 'a.b', `${sign(secret, good)}.x`],
		'longer than 4096 bytes': [sign(secret, { ...good, more: 'x'.repeat(4000) })],
		'exp is missing': [sign(secret, { ...good, exp: undefined })],
		'exp is not within ten minutes': [sign(secret, { ...good, exp: nowS() + 86400 })],
		'aud is not the key': [sign(secret, { ...good, aud: 'other' })],
		expired: [sign(secret, { ...good, iat: nowS() - 3600, exp: nowS() - 3000 })],
		'not yet valid': [sign(secret, { ...good, iat: nowS() + 3000, exp: nowS() + 3300 })],
		'the payload is no JSON object': [sign(secret, `{"sub":"a","sub":"b","aud":"shop","iat":${good.iat},"exp":${good.exp}}`)],
	};
	for (const [reason, texts] of Object.entries(bad))
		for (const text of texts)
			await leavesNothing(stack, async () => {
				const answer = await open(chatRequest({ identity: text }));
				assertError(answer, 401, 'unauthorized', 'identity');
				assert.equal(answer.json.error.message, 'A valid token or session is needed.', 'the wire says nothing else');
				const { request_id } = answer.json.error;
				await until(() => stack.logs.split('\n').some((line) => line.includes(request_id) && line.includes('identity refused') && line.includes(reason)), {
					what: `the reason "${reason}" in the log`,
				});
			});
});

test('D10 a site that asks for an identity gives no chat without one', async () => {
	await stack.query("update chat.site set identity = 'required' where site = 'shop'");
	await leavesNothing(stack, async () => assertError(await open(chatRequest()), 401, 'identity_required'));
	assert.equal((await open(chatRequest({ identity: token('asked') }))).status, 201);
	await stack.query("update chat.site set identity = 'optional' where site = 'shop'");
	assert.equal((await open(chatRequest())).status, 201, 'a change counts from COMMIT on');
});

test('a request that is repeated with a fresh token of the same person is the same request', async () => {
	const request = chatRequest();
	const first = await open({ ...request, identity: token('repeat') });
	const second = await open({ ...request, identity: token('repeat', { iat: nowS() - 1 }) });
	assert.equal(second.status, 201, second.text);
	assert.deepEqual([second.json.chat.id, second.json.token], [first.json.chat.id, first.json.token]);
	assertError(await open({ ...request, identity: token('somebody') }), 409, 'conflict', 'request_key');
	assertError(await open(request), 409, 'conflict', 'request_key');
});

test('a person has one open chat and gets back into it from another device', async () => {
	const first = await open(chatRequest({ identity: token('devices') }));
	const denied = await open(chatRequest({ identity: token('devices') }));
	assertError(denied, 409, 'chat_exists');
	assert.equal(denied.json.error.chat, first.json.chat.id);
	const request = chatRequest({ resume: denied.json.error.chat });
	const second = await open({ ...request, identity: token('devices') });
	assert.equal(second.status, 201, second.text);
	assert.equal(second.json.chat.id, first.json.chat.id);
	assert.notEqual(second.json.token, first.json.token);
	assert.equal((await open({ ...request, identity: token('devices') })).json.token, second.json.token);
	for (const { json } of [first, second]) assert.equal((await api(stack, 'GET', `chats/${json.chat.id}`, { headers: bearer(json.token) })).status, 200);
	assertError(await open(chatRequest({ resume: first.json.chat.id, identity: token('thief') })), 404, 'not_found', 'resume');
	assertError(await open(chatRequest({ resume: first.json.chat.id })), 401, 'identity_required');
});

test('a running chat is bound to the first person the site names, another one is a conflict', async () => {
	const { json } = await open(chatRequest({ name: 'Typed' }));
	const say = (text, more = {}) => api(stack, 'POST', `chats/${json.chat.id}/identity`, { body: { widget: 'demo-shop', identity: text }, headers: { ...bearer(json.token), ...more } });
	assert.equal((await say(token('first', { name: 'Zoë' }))).json.chat.identified, true);
	assert.equal((await say(token('first'))).status, 200);
	assertError(await say(token('second')), 409, 'conflict', 'identity');
	assertError(await say('nonsense'), 401, 'unauthorized', 'identity');
	assertError(await say(token('first'), { Authorization: 'Bearer x' }), 401, 'unauthorized');
});

test('two secrets hold while one takes over from the other', async () => {
	const old = secret;
	const fresh = await siteSecret('add', 'shop');
	assert.match(fresh, /^sb_[\w-]{43}$/);
	for (const [who, text] of [['old', old], ['fresh', fresh]]) assert.equal((await open(chatRequest({ identity: identity(text, who) }))).status, 201, who);
	assert.match(await siteSecret('retire', 'shop'), /retired secret 1 of shop; 1 left/);
	secret = fresh;
	assertError(await open(chatRequest({ identity: identity(old, 'late') })), 401, 'unauthorized', 'identity');
	assert.equal((await open(chatRequest({ identity: token('on time') }))).status, 201);
	await assert.rejects(siteSecret('retire', 'shop'), /the only secret of shop/);
	assertNotLogged(stack, old);
});

test('D11 no secret stands in the command line or environment of a program', async () => {
	const key = readFileSync(`${stack.dir}/etc/server.key`, 'utf8');
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
		for (const file of ['cmdline', 'environ']) {
			let text = '';
			try {
				text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
			} catch {
				continue; // gone, or somebody else's
			}
			assert.ok(!text.includes(key) && !text.includes(secret), `/proc/${pid}/${file} holds a secret`);
		}
	assertNotLogged(stack, key, secret);
});

test('a blocked customer is told forbidden: at a request, on the open socket, at a hello', async () => {
	const kim = new Customer(stack);
	const { json } = await open(chatRequest({ identity: token('blocked', { email: 'blocked@example.com' }) }));
	Object.assign(kim, { chat: json.chat.id, token: json.token });
	await kim.connect();
	await stack.query("insert into chat.block (kind, value, site, reason) values ('identity', 'blocked', 'shop', 'threats')");
	await until(() => kim.closed === 4403, { what: 'the socket to be closed with 4403' });
	await assert.rejects(kim.connect(), ({ closed }) => closed === 4403);
	await leavesNothing(stack, async () => assertError(await open(chatRequest({ identity: token('blocked') })), 403, 'forbidden'));
	assertError(await api(stack, 'GET', `chats/${kim.chat}`, { headers: bearer(kim.token) }), 403, 'forbidden');
	await stack.query("delete from chat.block where kind = 'identity'");
	await kim.connect();
	kim.close();
});

test('a supervisor blocks and ends in one call, sees the blocks and lifts one; an operator does not', async () => {
	const call = (who, method, path, body) => api(stack, method, path, { body, headers: { ...who.headers(), ...CSRF } });
	await stack.query("update chat.operator set role = 'supervisor' where operator = 'ben'");
	const [ana, ben] = [await Operator.logIn(stack, 'ana', []), await Operator.logIn(stack, 'ben', [])];
	const { json } = await open(chatRequest({ identity: token('pest'), email: 'Pest@example.com' }));
	const block = { kinds: ['identity', 'email'], reason: 'threats', days: 7, end: true };
	assertError(await call(ana, 'POST', `operator/chats/${json.chat.id}/block`, block), 403, 'forbidden');
	assertError(await call(ana, 'GET', 'blocks'), 403, 'forbidden');
	for (const [field, more] of [['reason', { reason: undefined }], ['kinds', { kinds: ['phone'] }], ['days', { days: 0 }], ['kinds', { kinds: 'email' }], ['end', { end: 1 }]])
		assertError(await call(ben, 'POST', `operator/chats/${json.chat.id}/block`, { ...block, ...more }), 422, 'invalid', field);
	const done = await call(ben, 'POST', `operator/chats/${json.chat.id}/block`, block);
	assert.equal(done.status, 200, done.text);
	assert.equal(done.json.blocks.length, 2);
	assertError(await api(stack, 'GET', `chats/${json.chat.id}`, { headers: bearer(json.token) }), 403, 'forbidden');
	assertError(await open(chatRequest({ email: 'pest@example.com' })), 403, 'forbidden');
	const { blocks } = (await call(ben, 'GET', 'blocks')).json;
	assert.deepEqual(blocks.map(({ kind, value, site, reason }) => [kind, value, site, reason]).sort(), [
		['email', 'pest@example.com', 'shop', 'threats'],
		['identity', 'pest', 'shop', 'threats'],
	]);
	for (const { block: id } of blocks) assert.equal((await call(ben, 'DELETE', `blocks/${id}`)).status, 200);
	assertError(await call(ben, 'DELETE', `blocks/${blocks[0].block}`), 404, 'not_found');
	assert.equal((await open(chatRequest({ identity: token('pest') }))).status, 201);
	const [{ count }] = await stack.query("select count(*) from chat.audit where object = 'block' and actor = 'ben'");
	assert.equal(Number(count), 4);
	await stack.query("update chat.operator set role = 'operator' where operator = 'ben'");
});

test('the examples of the manual make tokens that are taken', async (t) => {
	const user = { id: 7, name: 'Zoë', email: 'zoe@example.com' };
	const write = (name, text) => writeFileSync(`${stack.dir}/etc/${name}`, text);
	const json = JSON.stringify(JSON.stringify(user));
	write('node.mjs', `${example('Node')}\nprocess.stdout.write(chatToken(process.env.SECRET, 'shop', JSON.parse(${json})));`);
	write('token.py', `${example('Python')}\nimport os\nprint(chat_token(os.environ["SECRET"], "shop", json.loads(${json})), end="")`);
	write('token.php', `<?php\n${example('PHP')}\necho chat_token(getenv('SECRET'), 'shop', json_decode(${json}, true));`);
	for (const [command, file] of [['node', 'node.mjs'], ['python3', 'token.py'], ['php', 'token.php']]) {
		const made = await run(command, [`${stack.dir}/etc/${file}`], { env: { PATH: process.env.PATH, SECRET: secret } }).catch((error) => error);
		if (typeof made.code === 'string') { // it could not be started
			t.diagnostic(`SKIPPED: there is no ${command} here`);
			continue;
		}
		assert.equal(made.stderr, '', command);
		tokens.push(made.stdout);
		const answer = await open(chatRequest({ identity: made.stdout }));
		assert.equal(answer.status, 201, `${command}: ${answer.text}`);
		const [row] = await stack.query('select person, name, name_verified, email from chat.chat where chat = $1', [answer.json.chat.id]);
		assert.deepEqual(row, { person: '7', name: 'Zoë', name_verified: true, email: 'zoe@example.com' }, command);
		await api(stack, 'POST', `chats/${answer.json.chat.id}/end`, { body: {}, headers: bearer(answer.json.token) });
	}
});

// The indented lines below the heading of a language.
function example(language) {
	const [, text] = new RegExp(`^\\*\\*${language}\\*\\*\\n\\n((?: {4}.*\\n|\\n)+)`, 'm').exec(readFileSync(`${sourceTree}/deploy/manual/identity.md`, 'utf8'));
	return text.replace(/^ {4}/gm, '');
}

test('D11 no token that a site has signed and no secret stands in a log', () => {
	assert.ok(tokens.length > 10);
	assertNotLogged(stack, secret, ...tokens);
});
