// SPDX-License-Identifier: ISC
// switchboard operator invite, reset, logout, totp reset: what an administrator does about somebody's account.
import { before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { useCommandLine } from '../support/commandline.mjs';

const line = useCommandLine();
const url = 'https://chat.example.com/chat';
const env = { SWITCHBOARD_PUBLIC_URL: url };
let database;
before(async () => {
	database = await line.emptyDatabase();
	assert.equal((await database.run(['migrate'])).code, 0);
	for (const name of ['ana', 'ben']) assert.equal((await database.run(['operator', 'add', name, `--name=${name}`])).code, 0);
});

const stored = () => database.query("select operator, purpose, encode(link, 'hex') as link from chat.account_link order by operator");

test('an invitation is a link of which the database has the hash, and the token stands behind the #', async () => {
	const { code, stdout, stderr } = await database.run(['operator', 'invite', 'ana'], { env });
	assert.equal(code, 0, stderr);
	const [, token] = /^https:\/\/chat\.example\.com\/chat\/console\/#link=([\w-]{43})\n$/.exec(stdout) ?? [];
	assert.ok(token, stdout);
	assert.match(stderr, /^Good once, until \d{4}-\d\d-\d\dT/);
	assert.deepEqual(await stored(), [{ operator: 'ana', purpose: 'invite', link: createHash('sha256').update(token).digest('hex') }]);
	const again = await database.run(['operator', 'invite', 'ana', `--public-url=${url}`]);
	assert.notEqual(again.stdout, stdout);
	assert.equal((await stored()).length, 1, 'the one before is void');
});

test('who has a password is reset, not invited; who is switched off gets no link', async () => {
	await database.run(['operator', 'password', 'ben', '--generate']);
	const invited = await database.run(['operator', 'invite', 'ben'], { env });
	assert.equal(invited.code, 1);
	assert.match(invited.stderr, /has a password already; for a new one: switchboard operator reset ben/);
	assert.equal((await database.run(['operator', 'reset', 'ben'], { env })).code, 0);
	await database.query("update chat.operator set active = false where operator = 'ben'");
	assert.match((await database.run(['operator', 'reset', 'ben'], { env })).stderr, /ben is switched off/);
	await database.query("update chat.operator set active = true where operator = 'ben'");
});

test('without the public URL there is no link, and the other commands need none', async () => {
	const { code, stderr } = await database.run(['operator', 'invite', 'ana']);
	assert.equal(code, 1);
	assert.match(stderr, /public_url must be set/);
	assert.match((await database.run(['operator', 'invite', 'ana', '--public-url=nonsense'])).stderr, /public_url must be set/);
});

test('sessions and second steps are taken away, and the audit says by whom', async () => {
	await database.query("insert into chat.session (session, operator, created_at, last_used_at) values (sha256('x'), 'ana', now(), now()), (sha256('y'), 'ben', now(), now())");
	assert.deepEqual(await database.run(['operator', 'logout', 'ana']), { code: 0, stdout: 'ana: 1 session ended\n', stderr: '' });
	assert.deepEqual(await database.query('select operator from chat.session'), [{ operator: 'ben' }]);
	assert.deepEqual(await database.run(['operator', 'totp', 'reset', 'ana']), { code: 0, stdout: 'ana had no second step\n', stderr: '' });
	await database.query("insert into chat.operator_totp (operator, secret, made_at, confirmed_at) values ('ben', repeat('x', 49)::bytea, now(), now())");
	assert.deepEqual(await database.run(['operator', 'totp', 'reset', 'ben']), { code: 0, stdout: 'ben logs in with the password alone now\n', stderr: '' });
	assert.deepEqual(await database.query('select operator from chat.session'), []);
	for (const words of [['logout'], ['totp', 'reset'], ['invite'], ['reset']]) {
		const { code, stderr } = await database.run(['operator', ...words, 'nobody'], { env });
		assert.equal(code, 1);
		assert.match(stderr, /there is no operator "nobody"/);
	}
	const trail = await database.query("select action, key, actor_kind from chat.audit where action in ('sessions ended', 'totp reset', 'link') order by audit");
	assert.deepEqual(trail.slice(-2), [{ action: 'sessions ended', key: 'ana', actor_kind: 'dba' }, { action: 'totp reset', key: 'ben', actor_kind: 'dba' }]);
	assert.ok(trail.some(({ action }) => action === 'link'));
});
