// SPDX-License-Identifier: ISC
// Sign-on through Apache, as deploy/manual/sign-on.md says it, behind mod_proxy_fcgi and mod_fcgid: mod_auth_basic stands for the identity provider. What the api makes
// of the parameter, and nginx: tests/api/sso.test.mjs.

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { useStack } from '../support/stack.mjs';
import { api, assertError, CSRF } from '../support/http.mjs';

const PEOPLE = ['ana', 'stranger'];
const PASSWORD = 'at the company';
const MODULES = ['authn_core', 'authn_file', 'authz_user', 'auth_basic'];
// crypt(3) of PASSWORD
const HASH = '$5$switchboard$ir2nCpQLox1b2oyTjyVVJydbHY2jgpNA0UaZzDKGMm2';

// The block that the manual has for this mount, word for word but for the provider.
function snippet(stack, title) {
	const manual = readFileSync(`${stack.installation.source}/deploy/manual/sign-on.md`, 'utf8');
	const block = manual.slice(manual.indexOf(title)).match(/```apache\n(.*?)```/s)[1];
	assert.match(block, /AuthType openid-connect\n/);
	return block.replace('AuthType openid-connect', `AuthType Basic\n\tAuthName company\n\tAuthUserFile ${stack.dir}/etc/people`);
}

function protect(title) {
	return (stack) => {
		const file = `${stack.dir}/etc/apache/switchboard-apache.conf`;
		writeFileSync(`${stack.dir}/etc/people`, PEOPLE.map((name) => `${name}:${HASH}\n`).join(''));
		writeFileSync(file, `${readFileSync(file, 'utf8')}\n${snippet(stack, title)}`);
	};
}

for (const [web, param, title] of [['proxy_fcgi', 'SWITCHBOARD_USER', '**mod_proxy_fcgi**'], ['fcgid', 'REMOTE_USER', '**mod_fcgid**']]) describe(title, () => {
	const stack = useStack({ web, modules: MODULES, options: { sso_param: param, password_login: 'no' }, prepare: protect(title) });
	const basic = (name, password = PASSWORD) => ({ Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
	const signOn = (headers) => api(stack, 'POST', 'session/sso', { body: {}, headers: { ...CSRF, ...headers } });

	async function nobodyComesIn(work) {
		const sessions = () => stack.query('select session from chat.session order by session');
		const before = await sessions();
		await work();
		assert.deepEqual(await sessions(), before);
	}

	test('whom Apache has authenticated is logged in, and the session is his', async () => {
		const answer = await signOn(basic('ana'));
		assert.deepEqual([answer.status, answer.json?.operator?.operator], [200, 'ana'], answer.text);
		const cookie = answer.headers['set-cookie'][0].split(';')[0];
		assert.equal((await api(stack, 'GET', 'session', { headers: { Cookie: cookie } })).json.operator.operator, 'ana');
		assert.deepEqual(await stack.query("select key, new ->> 'way' as way from chat.audit where action = 'login'"), [{ key: 'ana', way: 'sso' }]);
	});

	test('whom it does not know, or we do not, is refused', async () => {
		await nobodyComesIn(async () => {
			assert.equal((await signOn({})).status, 401);
			assert.equal((await signOn(basic('ana', 'wrong'))).status, 401);
			assertError(await signOn(basic('stranger')), 403, 'forbidden', 'operator');
		});
	});

	test('no header of a client says who he is, neither there nor elsewhere', async () => {
		await nobodyComesIn(async () => {
			for (const name of ['Switchboard-User', 'X-Switchboard-User', 'Remote-User', 'X-Remote-User', 'SWITCHBOARD_USER', 'REMOTE_USER', 'Proxy-User']) {
				assert.equal((await signOn({ [name]: 'ana' })).status, 401, name);
				assertError(await api(stack, 'GET', 'session', { headers: { ...basic('ana'), [name]: 'ana' } }), 401, 'unauthorized');
				const other = await signOn({ ...basic('stranger'), [name]: 'ana' });
				assertError(other, 403, 'forbidden', 'operator');
			}
		});
	});
});
