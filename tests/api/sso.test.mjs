// SPDX-License-Identifier: ISC
// Sign-on through the web server: nginx with auth_basic stands for the identity provider (SECURITY D3, D13; PLATFORM trap 8).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { totp } from '../support/authenticator.mjs';
import { api, assertError, CSRF, leavesNothing } from '../support/http.mjs';
import { useStack } from '../support/stack.mjs';

const run = promisify(execFile);
const PARAM = 'SWITCHBOARD_USER';

// The address that the manual names is protected.
function protect(stack) {
	const file = `${stack.dir}/etc/nginx/switchboard-nginx.conf`;
	const fastcgi = `include ${stack.dir}/etc/nginx/switchboard-fastcgi.conf;`;
	writeFileSync(`${stack.dir}/etc/people`, ['ana', 'ben', 'stranger', 'off'].map((name) => `${name}:{PLAIN}at the company\n`).join(''));
	const guard = `auth_basic "company"; auth_basic_user_file ${stack.dir}/etc/people;`;
	writeFileSync(file, `${readFileSync(file, 'utf8')}
		location = /chat/api/v1/session/sso { ${guard} fastcgi_param ${PARAM} $remote_user; ${fastcgi} }\n`);
}

const stack = useStack({ options: { sso_param: PARAM, password_login: 'no' }, prepare: protect });
const basic = (name, password = 'at the company') => ({ Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
const signOn = (headers, body = {}) => api(stack, 'POST', 'session/sso', { body, headers: { ...CSRF, ...headers } });

test('whom the web server has authenticated is logged in, without a password', async () => {
	const answer = await signOn(basic('ana'));
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.json.operator.operator, 'ana');
	const headers = { Cookie: answer.headers['set-cookie'][0].split(';')[0] };
	const { sessions } = (await api(stack, 'GET', 'session/list', { headers })).json;
	assert.deepEqual(sessions.map(({ way }) => way), ['sso']);
	assert.deepEqual(await stack.query("select key, new ->> 'way' as way from chat.audit where action = 'login'"), [{ key: 'ana', way: 'sso' }]);
});

test('whom it does not know, or we do not, is refused', async () => {
	await stack.query("insert into chat.operator (operator, name, active) values ('off', 'Switched off', false)");
	await leavesNothing(stack, async () => {
		assert.equal((await signOn({})).status, 401);
		assert.equal((await signOn(basic('ana', 'wrong'))).status, 401);
		for (const name of ['stranger', 'off']) assertError(await signOn(basic(name)), 403, 'forbidden', 'operator');
		assertError(await signOn({ ...basic('ana'), 'X-Requested-With': 'x' }), 403, 'forbidden');
		assertError(await signOn({ ...basic('ana'), Origin: 'https://evil.example' }), 403, 'origin_denied');
	});
	const refused = await stack.query("select key, new ->> 'way' as way from chat.audit where action = 'login refused' order by audit");
	assert.deepEqual(refused, [{ key: 'stranger', way: 'sso' }, { key: 'off', way: 'sso' }]);
});

test('no header of a client says who he is', async () => {
	await leavesNothing(stack, async () => {
		for (const name of ['Switchboard-User', 'X-Switchboard-User', 'Remote-User', 'X-Remote-User', 'SWITCHBOARD_USER']) {
			const answer = await api(stack, 'POST', 'session/sso', { body: {}, headers: { ...CSRF, [name]: 'ana' } });
			assert.equal(answer.status, 401, name);
		}
		assertError(await api(stack, 'GET', 'session', { headers: basic('ana') }), 401, 'unauthorized');
	});
});

test('the console is told that there are no passwords here, and there are none', async () => {
	assert.deepEqual((await api(stack, 'GET', 'session/ways')).json, { ways: ['sso'] });
	await leavesNothing(stack, async () => {
		assertError(await api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: CSRF }), 403, 'forbidden', 'password');
		assertError(await api(stack, 'POST', 'link', { body: { token: 'a'.repeat(43) }, headers: CSRF }), 403, 'forbidden', 'password');
	});
});

test('the second step is the provider\'s, unless an option says otherwise', async () => {
	const answer = await signOn(basic('ben'));
	const headers = { ...CSRF, Cookie: answer.headers['set-cookie'][0].split(';')[0] };
	const { secret } = (await api(stack, 'POST', 'account/totp', { body: {}, headers })).json;
	assert.equal((await api(stack, 'POST', 'account/totp/confirm', { body: { totp: totp(secret) }, headers })).status, 200);
	assert.equal((await signOn(basic('ben'))).status, 200);
	await stack.api.stop();
	writeFileSync(stack.config, `${readFileSync(stack.config, 'utf8')}sso_totp = yes\n`);
	await stack.api.start();
	assertError(await signOn(basic('ben')), 401, 'unauthorized', 'totp');
	await stack.query("update chat.operator_totp set last_step = 0 where operator = 'ben'");
	assert.equal((await signOn(basic('ben'), { totp: totp(secret) })).status, 200);
});

test('a parameter that a client could set is no such parameter, and somebody must be able to log in', async () => {
	const lines = readFileSync(stack.config, 'utf8');
	const start = (config, ...flags) => {
		writeFileSync(`${stack.dir}/etc/other.conf`, config);
		return run(stack.installation.program('switchboard-api'), ['--config', `${stack.dir}/etc/other.conf`, ...flags], { timeout: 60000 });
	};
	for (const name of ['HTTP_X_USER', 'REMOTE_ADDR', 'REQUEST_URI', 'switchboard_user', 'A=B', '9LIVES'])
		await assert.rejects(start(lines, `--sso-param=${name}`), (error) => error.code === 1 && /sso_param is no FastCGI parameter/.test(error.stderr), name);
	await assert.rejects(start(lines.replace(/^sso_param.*\n/m, '')), (error) => error.code === 1 && /nobody could log in/.test(error.stderr));
});
