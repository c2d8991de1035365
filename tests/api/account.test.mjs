// SPDX-License-Identifier: ISC
// Accounts over HTTP: sessions seen and ended, one's own password, links that work once, the second step (ACCEPTANCE P44, P46; SECURITY D8, D11, D13, D16).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { halfMinutePasses, totp, wrongTotp } from '../support/authenticator.mjs';
import { api, assertError, assertNotLogged, CSRF, leavesNothing } from '../support/http.mjs';
import { Operator } from '../support/people.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack();
const logIn = (operator, more = {}) => api(stack, 'POST', 'session', { body: { operator, password: stack.passwords[operator], ...more }, headers: CSRF });
const cookieOf = (answer) => ({ Cookie: answer.headers['set-cookie'][0].split(';')[0], ...CSRF });
const post = (path, body, headers) => api(stack, 'POST', path, { body, headers });
const trail = async (action) => (await stack.query('select actor_kind, actor, key, new from chat.audit where action = $1 order by audit', [action]));

async function makeLink(operator, purpose = 'reset') {
	const token = randomBytes(32).toString('base64url');
	await stack.query('select from api.make_link($1, $2, sha256(convert_to($3, \'UTF8\')))', [operator, purpose, token]);
	return token;
}

// Sets the second step up, as the console does. → { secret, codes }
async function enrol(operator) {
	const { secret, uri } = await operator.call('POST', 'account/totp', { password: stack.passwords[operator.name] });
	const { recovery_codes: codes } = await operator.call('POST', 'account/totp/confirm', { totp: totp(secret) });
	await halfMinutePasses(stack, operator.name);
	return { secret, uri, codes };
}

const withoutTotp = (operator) => stack.query('select chat.reset_totp($1)', [operator]);

test('a person sees where he is logged in, and ends one session or all others', async () => {
	const browsers = ['Mozilla/5.0 Firefox/140.0', 'Mozilla/5.0 Chrome/150.0'];
	const [here, there, third] = [await Operator.logIn(stack, 'ana'), ...(await Promise.all(browsers.map((agent) =>
		api(stack, 'POST', 'session', { body: { operator: 'ana', password: stack.passwords.ana }, headers: { ...CSRF, 'User-Agent': agent } }).then(cookieOf))))];
	const ben = await Operator.logIn(stack, 'ben');
	const { sessions } = await here.call('GET', 'session/list');
	assert.equal(sessions.length, 3);
	assert.deepEqual(sessions.map(({ current }) => current), [true, false, false]);
	assert.deepEqual(sessions.slice(1).map(({ browser }) => browser).sort(), [...browsers].sort());
	for (const session of sessions) {
		assert.deepEqual(Object.keys(session).sort(), ['address', 'browser', 'current', 'id', 'last_used', 'since', 'way'].filter((key) => key in session).sort());
		assert.equal(session.way, 'password');
		assert.match(session.address, /^(127\.0\.0\.1|::1)$/);
	}
	const firefox = sessions.find(({ browser }) => browser === browsers[0]);
	await leavesNothing(stack, async () => {
		assertError(await post('session/end', { session: firefox.id }, ben.headers()), 404, 'not_found');
		assertError(await post('session/end', { session: sessions[0].id }, here.headers()), 409, 'conflict', 'session');
		for (const body of [{}, { session: firefox.id, others: true }, { others: false }]) assertError(await post('session/end', body, here.headers()), 422, 'invalid', 'session');
		for (const session of ['x', 5, null, '']) assertError(await post('session/end', { session }, here.headers()), 422, 'invalid', 'session');
	});
	assert.deepEqual(await here.call('POST', 'session/end', { session: firefox.id }), { ended: 1 });
	assertError(await api(stack, 'GET', 'session', { headers: there }), 401, 'unauthorized');
	assert.equal((await api(stack, 'GET', 'session', { headers: third })).status, 200);
	assert.deepEqual(await here.call('POST', 'session/end', { others: true }), { ended: 1 });
	assertError(await api(stack, 'GET', 'session', { headers: third }), 401, 'unauthorized');
	assert.equal((await here.call('GET', 'session/list')).sessions.length, 1);
	await ben.call('GET', 'session');
	assert.deepEqual((await trail('sessions ended')).map(({ actor, new: what }) => [actor, what.ended]), [['ana', 1], ['ana', 1]]);
});

test('a supervisor ends the sessions of somebody, nobody else does', async () => {
	const [ana, ben, sam] = [await Operator.logIn(stack, 'ana'), await Operator.logIn(stack, 'ben'), await Operator.logIn(stack, 'sam')];
	await leavesNothing(stack, async () => {
		for (const verb of ['logout', 'totp/reset']) {
			assertError(await post(`operators/ana/${verb}`, {}, ben.headers()), 403, 'forbidden');
			assertError(await post(`operators/nobody/${verb}`, {}, sam.headers()), 404, 'not_found');
		}
	});
	assert.ok((await sam.call('POST', 'operators/ana/logout', {})).ended >= 1);
	assertError(await api(stack, 'GET', 'session', { headers: ana.headers() }), 401, 'unauthorized');
	await ben.call('GET', 'session');
});

test('P46 every change of an account needs our header, our origin and JSON', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	const { Cookie } = ana.headers();
	const changes = [
		['session/end', { others: true }], ['account/password', { password: 'x', new_password: 'y' }], ['account/totp', {}], ['account/totp/confirm', { totp: '000000' }],
		['account/totp/codes', { totp: '000000' }], ['account/totp/off', { totp: '000000' }], ['link', { token: 'x' }], ['link/password', { token: 'x', password: 'y' }],
		['operators/ben/logout', {}], ['operators/ben/totp/reset', {}], ['session/sso', {}],
	];
	await leavesNothing(stack, async () => {
		for (const [path, body] of changes) {
			assertError(await post(path, body, { Cookie }), 403, 'forbidden');
			assertError(await post(path, body, { Cookie, ...CSRF, Origin: 'https://evil.example' }), 403, 'origin_denied');
			assertError(await post(path, body, { Cookie, ...CSRF, 'Sec-Fetch-Site': 'cross-site' }), 403, 'origin_denied');
			assertError(await post(path, JSON.stringify(body), { Cookie, ...CSRF, 'Content-Type': 'text/plain' }), 415, 'unsupported_media');
			if (!/^link|sso$/.test(path)) assertError(await post(path, body, CSRF), 401, 'unauthorized');
			assert.equal((await api(stack, 'GET', path, { headers: { Cookie } })).status, 405);
		}
	});
});

test('who knows the old password chooses a new one, which ends the other sessions', async () => {
	const [here, there] = [await Operator.logIn(stack, 'dara'), await Operator.logIn(stack, 'dara')];
	const change = (body) => post('account/password', body, here.headers());
	const password = stack.passwords.dara;
	await leavesNothing(stack, async () => {
		assertError(await change({ password: 'not the old one', new_password: 'a good long phrase' }), 422, 'invalid', 'password');
		assertError(await change({ password, new_password: 'short' }), 422, 'invalid', 'new_password');
		assertError(await change({ password }), 422, 'invalid', 'new_password');
		assertError(await change({ new_password: 'a good long phrase' }), 422, 'invalid', 'password');
	});
	assert.equal((await trail('change refused')).filter(({ actor, new: { step } }) => actor === 'dara' && step === 'password').length, 1);
	assert.equal((await change({ password, new_password: 'a good long phrase' })).status, 200);
	assertError(await api(stack, 'GET', 'session', { headers: there.headers() }), 401, 'unauthorized');
	await here.call('GET', 'session');
	assertError(await logIn('dara'), 401, 'unauthorized');
	assert.equal((await logIn('dara', { password: 'a good long phrase' })).status, 200);
	assert.equal((await change({ password: 'a good long phrase', new_password: password })).status, 200);
	assertNotLogged(stack, 'a good long phrase', 'not the old one');
});

test('a link sets a password once, however many use it at once', async () => {
	const old = await Operator.logIn(stack, 'chloe');
	const token = await makeLink('chloe');
	const { json } = await post('link', { token }, CSRF);
	assert.deepEqual({ ...json, expires_at: '' }, { operator: 'chloe', name: old.display, purpose: 'reset', expires_at: '' });
	await leavesNothing(stack, async () => {
		for (const wrong of ['x', randomBytes(32).toString('base64url'), `${token.slice(0, 42)}!`]) {
			assertError(await post('link', { token: wrong }, CSRF), 404, 'not_found');
			assertError(await post('link/password', { token: wrong, password: 'a good long phrase' }, CSRF), 404, 'not_found');
		}
		assertError(await post('link', { token: `${token}x` }, CSRF), 422, 'invalid', 'token');
		assertError(await post('link/password', { token, password: 'short' }, CSRF), 422, 'invalid', 'password');
	});
	const phrases = Array.from({ length: 6 }, (_, i) => `a good long phrase ${i}`);
	const answers = await Promise.all(phrases.map((password) => post('link/password', { token, password }, CSRF)));
	assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404]);
	const winner = phrases[answers.findIndex(({ status }) => status === 200)];
	assert.equal((await logIn('chloe', { password: winner })).status, 200);
	assertError(await api(stack, 'GET', 'session', { headers: old.headers() }), 401, 'unauthorized');
	assertError(await post('link', { token }, CSRF), 404, 'not_found');
	assert.equal((await stack.query("select 1 from chat.account_link where link = convert_to($1, 'UTF8')", [token])).length, 0);
	stack.passwords.chloe = winner;
	assertNotLogged(stack, token, ...phrases);
});

test('the second step: a code is asked for when the password was right, is good for a minute and a half, and once', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	assert.deepEqual((await ana.call('GET', 'account')).totp, { required: false });
	await leavesNothing(stack, async () => assertError(await post('account/totp', { password: 'wrong one' }, ana.headers()), 422, 'invalid', 'password'));
	const { secret, uri, codes } = await enrol(ana);
	assert.match(secret, /^[A-Z2-7]{32}$/);
	assert.equal(uri, `otpauth://totp/${encodeURIComponent(new URL(stack.url).host)}:ana?secret=${secret}&issuer=${encodeURIComponent(new URL(stack.url).host)}`);
	assert.equal(new Set(codes).size, 10);
	for (const code of codes) assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);

	const bodies = new Set();
	const refused = async (more) => {
		const answer = await leavesNothing(stack, () => logIn('ana', more));
		assertError(answer, 401, 'unauthorized', 'totp');
		bodies.add(JSON.stringify({ ...answer.json.error, request_id: '' }));
	};
	await refused({});
	await refused({ totp: wrongTotp(secret) });
	await refused({ totp: '12345' });
	await refused({ totp: 'AAAA-AAAA-AAAA-AAAA' });
	assert.equal(bodies.size, 1, 'one answer, whether it is missing or wrong');
	const unknown = await logIn('ana', { password: 'wrong', totp: totp(secret) });
	assertError(unknown, 401, 'unauthorized');
	assert.equal(unknown.json.error.field, undefined, 'P44: with a wrong password nobody learns of a second step');
	assertError(await logIn('ana', { totp: 'x'.repeat(41) }), 422, 'invalid', 'totp');

	const code = totp(secret);
	assert.equal((await logIn('ana', { totp: `${code.slice(0, 3)} ${code.slice(3)}` })).status, 200, 'as an authenticator shows it');
	await refused({ totp: code });
	await halfMinutePasses(stack, 'ana');
	const one = totp(secret);
	const at_once = await Promise.all(Array.from({ length: 5 }, () => logIn('ana', { totp: one })));
	assert.equal(at_once.filter(({ status }) => status === 200).length, 1, 'of five at once one comes in');
	await stack.query("update chat.operator_totp set misses = 0 where operator = 'ana'");

	const recovery = codes[3].toLowerCase().replaceAll('-', ' ');
	assert.equal((await logIn('ana', { totp: recovery })).status, 200, 'a recovery code, typed as people do');
	await refused({ totp: recovery });
	assert.equal((await ana.call('GET', 'account')).totp.codes, 9);
	const [{ secret: stored }] = await stack.query("select secret from chat.operator_totp where operator = 'ana'");
	assert.equal(stored.length, 49);
	assertNotLogged(stack, secret, code, ...codes, codes[3].replaceAll('-', ''));
	const refusals = (await trail('login refused')).filter(({ new: { step } }) => step === 'totp');
	assert.ok(refusals.length >= 5, 'wrong codes are in the audit');
	await withoutTotp('ana');
});

test('the second step is not switched off, nor its recovery codes renewed, without password and code', async () => {
	const ben = await Operator.logIn(stack, 'ben');
	const { secret } = await enrol(ben);
	const password = stack.passwords.ben;
	await leavesNothing(stack, async () => {
		for (const verb of ['off', 'codes']) {
			assertError(await post(`account/totp/${verb}`, { totp: totp(secret) }, ben.headers()), 422, 'invalid', 'password');
			assertError(await post(`account/totp/${verb}`, { totp: totp(secret), password: 'wrong one' }, ben.headers()), 422, 'invalid', 'password');
			assertError(await post(`account/totp/${verb}`, { totp: wrongTotp(secret), password }, ben.headers()), 422, 'invalid', 'totp');
		}
		assertError(await post('account/totp', { password }, ben.headers()), 409, 'conflict', 'totp');
		assertError(await post('account/totp/confirm', { totp: totp(secret) }, ben.headers()), 409, 'conflict', 'totp');
	});
	const { recovery_codes: codes } = await ben.call('POST', 'account/totp/codes', { totp: totp(secret), password });
	assert.equal(codes.length, 10);
	assertError(await post('account/totp/off', { totp: totp(secret), password }, ben.headers()), 422, 'invalid', 'totp');
	assert.equal((await post('account/totp/off', { totp: codes[0], password }, ben.headers())).status, 204);
	assert.equal((await logIn('ben')).status, 200);
});

test('P45 wrong codes behind a right password make a pause, and a supervisor can help', async () => {
	const ben = await Operator.logIn(stack, 'ben');
	const { secret } = await enrol(ben);
	for (let i = 0; i < 10; i++) assertError(await logIn('ben', { totp: wrongTotp(secret) }), 401, 'unauthorized', 'totp');
	const paused = await logIn('ben', { totp: totp(secret) });
	assertError(paused, 429, 'rate_limited', 'totp');
	assert.ok(Number(paused.headers['retry-after']) > 0);
	assertError(await api(stack, 'POST', 'session', { body: { operator: 'ben', password: 'wrong' }, headers: CSRF }), 401, 'unauthorized');
	const sam = await Operator.logIn(stack, 'sam');
	assert.deepEqual(await sam.call('POST', 'operators/ben/totp/reset', {}), { reset: true });
	assertError(await api(stack, 'GET', 'session', { headers: ben.headers() }), 401, 'unauthorized');
	assert.equal((await logIn('ben')).status, 200);
});

test('where the role asks for a second step, it is set up before anything else', async () => {
	await stack.query("update chat.setting set value = '1' where name = 'totp_supervisors'");
	const answer = await logIn('sam');
	assert.equal(answer.json.enrolling, true);
	const headers = cookieOf(answer);
	await leavesNothing(stack, async () => {
		assertError(await api(stack, 'GET', 'me/chats', { headers }), 403, 'forbidden', 'totp');
		assertError(await post('session/ticket', {}, headers), 403, 'forbidden', 'totp');
		assertError(await api(stack, 'GET', 'board', { headers }), 403, 'forbidden', 'totp');
		assertError(await post(`operator/chats/${randomUUID()}/take`, {}, headers), 403, 'forbidden', 'totp');
	});
	assert.equal((await api(stack, 'GET', 'session', { headers })).json.enrolling, true);
	const { json: { secret } } = await post('account/totp', {}, headers);
	assert.equal((await post('account/totp/confirm', { totp: totp(secret) }, headers)).status, 200);
	assert.equal((await api(stack, 'GET', 'board', { headers })).status, 200);
	await halfMinutePasses(stack, 'sam');
	assertError(await post('account/totp/off', { totp: totp(secret), password: stack.passwords.sam }, headers), 403, 'forbidden', 'totp');
	await stack.query("update chat.setting set value = '0' where name = 'totp_supervisors'");
	await withoutTotp('sam');
});

test('a secret that was sealed with another server key is refused, not guessed at', async () => {
	const ana = await Operator.logIn(stack, 'ana');
	const { secret, codes } = await enrol(ana);
	await stack.query("update chat.operator_totp set secret = set_byte(secret, 20, 255 - get_byte(secret, 20)) where operator = 'ana'");
	assertError(await logIn('ana', { totp: totp(secret) }), 401, 'unauthorized', 'totp');
	await until(() => /a second step cannot be read with this server key/.test(stack.logs), { what: 'the reason in the log' });
	assert.equal((await logIn('ana', { totp: codes[0] })).status, 200, 'a recovery code still lets in');
	await withoutTotp('ana');
});
