// SPDX-License-Identifier: ISC
// How much one address, one site, one customer may have (P22, P23, P42 is the relay's, P45), and who is not counted. 127.0.0.1 is exempt here, the other addresses of
// loopback are strangers; rates are slow, so that what is over a limit is so on any machine.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { api, assertError, bearer, chatRequest, CSRF, workers } from '../support/http.mjs';

const BURST = 5;
const stack = useStack({
	options: { limit_exempt: '127.0.0.1', requests_per_second: 1, requests_burst: 150, chats_per_minute: 1, chats_burst: BURST, password_hashes_max: 1 },
	prepare,
});

// Waits that outlast every test; and who waits for a lock that a test holds does so as long as the test needs.
async function prepare({ database, query }) {
	for (const [name, value] of [['login_failures_max', 5], ['login_delay_s', 600], ['login_delay_max_s', 600]]) {
		await query.call(stack, 'update chat.setting set value = $2 where name = $1', [name, `${value}`]);
	}
	for (const setting of ['lock_timeout', 'statement_timeout']) await database.query(`alter role switchboard_api in database ${database.name} set ${setting} = '60s'`);
}

const set = (name, value) => stack.query('update chat.setting set value = $2 where name = $1', [name, `${value}`]);
const open = (from, more = {}, headers = {}) => api(stack, 'POST', 'chats', { from, headers, body: chatRequest(more) });
const logIn = (from, operator, password) => api(stack, 'POST', 'session', { from, headers: CSRF, body: { operator, password } });
const chats = async () => (await stack.query('select count(*)::int n from chat.chat'))[0].n;
const all = (count, work) => Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const having = (answers, status) => answers.filter((answer) => answer.status === status);

function assertWaits(answer, code = 'rate_limited') {
	assertError(answer, 429, code);
	assert.ok(answer.json.error.retry_ms > 0, answer.text);
	assert.equal(Number(answer.headers['retry-after']), Math.ceil(answer.json.error.retry_ms / 1000));
}

test('P23 of 100 chat requests at once from one address some are rate_limited with Retry-After, the others open chats, and nothing fails', async () => {
	const before = await chats();
	const answers = await all(100, () => open('127.0.0.23'));
	const [good, refused] = [having(answers, 201), having(answers, 429)];
	assert.equal(good.length + refused.length, 100);
	assert.ok(good.length >= BURST && refused.length > 0);
	for (const answer of refused) assertWaits(answer);
	assert.equal(await chats(), before + good.length, 'who was refused has no row');
	assert.equal((await open('127.0.0.24')).status, 201, 'another address is not held up');
	await until(() => /stream=security event="limit reached" request_id=\S+ address=127\.0\.0\.23 method=POST route=api\/v1\/chats result=rate_limited/.test(stack.api.log),
		{ what: 'the refusal in the security log' });
});

test('requests of every kind are counted, also those that find nothing', async () => {
	const answers = await all(300, (i) => api(stack, 'GET', i % 2 ? 'widgets/demo-shop' : 'no/such/thing', { from: '127.0.0.25' }));
	assert.ok(having(answers, 429).length > 0);
	for (const answer of having(answers, 429)) assertWaits(answer);
	assert.equal(having(answers, 200).length + having(answers, 404).length + having(answers, 429).length, 300);
	assert.equal((await api(stack, 'GET', 'widgets/demo-shop', { from: '127.0.0.26' })).status, 200);
});

test('who is exempt is not counted, by address or by site', async () => {
	await set('site_chats_per_minute', 1);
	try {
		const answers = await all(4 * BURST, () => open('127.0.0.1'));
		assert.equal(having(answers, 201).length, 4 * BURST);
	} finally {
		await set('site_chats_per_minute', 60);
	}
});

test('what an address has used stays counted when every worker is killed', async () => {
	const answers = await all(4 * BURST, () => open('127.0.0.27'));
	assert.ok(having(answers, 429).length > 0);
	const before = workers(stack);
	for (const pid of before) process.kill(pid, 'SIGKILL');
	await until(() => workers(stack).length === before.length && workers(stack).every((pid) => !before.includes(pid)), { what: 'other workers' });
	assertWaits(await until(async () => {
		const answer = await open('127.0.0.27');
		return answer.status !== 503 && answer;
	}, { what: 'an answer of the new workers' }));
});

test('a site that is asked for more chats than it may have is site_busy, of many at once no more get through, and a repeat is no new request', async () => {
	await set('site_chats_per_minute', 1);
	await stack.query('delete from chat.site_rate');
	try {
		const before = await chats();
		const requests = Array.from({ length: 10 }, () => chatRequest());
		const answers = await all(10, (i) => api(stack, 'POST', 'chats', { from: `127.0.1.${i + 1}`, body: requests[i] }));
		assert.equal(having(answers, 201).length, 1);
		for (const answer of having(answers, 429)) assertWaits(answer, 'site_busy');
		assert.equal(having(answers, 429).length, 9);
		assert.equal(await chats(), before + 1);
		const first = answers.findIndex(({ status }) => status === 201);
		const again = await api(stack, 'POST', 'chats', { from: `127.0.1.${first + 1}`, body: requests[first] });
		assert.deepEqual(again.json, answers[first].json);
		await set('site_chats_per_minute', 0);
		assert.equal((await open('127.0.1.99')).status, 201, 'a change of the setting counts at once');
	} finally {
		await set('site_chats_per_minute', 60);
		await stack.query('delete from chat.site_rate');
	}
});

test('an address that asks often cannot use up a site: half of what a site has is kept for the others', async () => {
	await set('site_chats_per_minute', 4);
	const used = (seconds) => stack.query("update chat.site_rate set full_at = clock_timestamp() + make_interval(secs => $1)", [seconds]);
	try {
		for (let i = 0; i < 2; i++) { // a quarter of BURST
			await stack.query('delete from chat.site_rate');
			assert.equal((await open('127.0.1.101')).status, 201);
		}
		await used(44); // of 60 s; half would be 30
		assertWaits(await open('127.0.1.101'), 'site_busy');
		assert.equal((await open('127.0.1.102')).status, 201, 'another address has the rest');
		await stack.query('delete from chat.site_rate');
		assert.equal((await open('127.0.1.101')).status, 201, 'where nobody else asks, so may who asks often');
	} finally {
		await set('site_chats_per_minute', 60);
		await stack.query('delete from chat.site_rate');
	}
});

test('an address has so many open chats at once and no more; who ends one may open another', async () => {
	await set('chats_per_address', 2);
	try {
		const answers = await all(BURST, () => open('127.0.2.1'));
		const good = having(answers, 201);
		assert.equal(good.length, 2);
		for (const answer of having(answers, 429)) assertWaits(answer);
		assert.equal(having(answers, 429).length, BURST - 2);
		await stack.query("update chat.chat set address = '127.0.2.2' where address = '127.0.2.1'"); // whose requests are not used up
		assertWaits(await open('127.0.2.2'));
		const { chat, token } = good[0].json;
		assert.equal((await api(stack, 'POST', `chats/${chat.id}/end`, { headers: bearer(token), body: {} })).status, 200);
		assert.equal((await open('127.0.2.2')).status, 201);
	} finally {
		await set('chats_per_address', 50);
	}
});

test('who shows the token of an open chat gets no second one but its id, until it has ended', async () => {
	const first = (await open('127.0.3.1')).json;
	const answer = await open('127.0.3.1', {}, bearer(first.token));
	assertError(answer, 409, 'chat_exists');
	assert.equal(answer.json.error.chat, first.chat.id);
	assert.equal((await api(stack, 'POST', `chats/${first.chat.id}/end`, { headers: bearer(first.token), body: {} })).status, 200);
	assert.equal((await open('127.0.3.1', {}, bearer(first.token))).status, 201);
	assert.equal((await open('127.0.3.1', {}, bearer('no token of ours'))).status, 201, 'what is no token says nothing');
});

test('P45 of 10 wrong passwords from the 6th on 429, the right one from another address works, and a name that nobody has is answered alike', async () => {
	const bodies = new Set();
	const code = ({ json, headers }) => JSON.stringify({ ...json.error, request_id: '', retry_ms: json.error.retry_ms > 0, wait: headers['retry-after'] > 0 });
	for (const [operator, from] of [['ana', '127.0.4.1'], ['nobody-of-that-name', '127.0.4.2']]) {
		const answers = [];
		for (let i = 0; i < 10; i++) answers.push(await logIn(from, operator, `wrong password ${i}`));
		assert.deepEqual(answers.map(({ status }) => status), [...Array(5).fill(401), ...Array(5).fill(429)]);
		for (const answer of answers.slice(5)) assertWaits(answer);
		bodies.add(answers.map(code).join());
	}
	assert.equal(bodies.size, 1, 'one and the same answers');
	assertWaits(await logIn('127.0.4.1', 'ana', stack.passwords.ana));
	assert.equal((await logIn('127.0.4.3', 'ana', stack.passwords.ana)).status, 200, 'from another address');
	assert.equal((await logIn('127.0.4.1', 'ben', stack.passwords.ben)).status, 200, 'somebody else at the same address');
	await stack.query("delete from chat.login_failure where operator = 'ana'");
	assert.equal((await logIn('127.0.4.1', 'ana', stack.passwords.ana)).status, 200, 'a DBA may forgive');
});

test('P45 of many wrong passwords at once no more are tried than may fail', async () => {
	const answers = await all(20, (i) => logIn('127.0.4.4', 'ben', `wrong password ${i}`));
	assert.ok(having(answers, 401).length <= 5);
	for (const answer of having(answers, 503)) assertError(answer, 503, 'unavailable'); // all seats for hashing were taken
	assert.equal(having(answers, 401).length + having(answers, 429).length + having(answers, 503).length, 20);
});

test('an address that fails with ever other names is made to wait too', async () => {
	await set('login_address_max', 3);
	try {
		const answers = [];
		for (let i = 0; i < 5; i++) answers.push(await logIn('127.0.4.5', `name-${i}`, 'summer and sun'));
		assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401, 429, 429]);
		assert.equal((await logIn('127.0.4.6', 'ana', stack.passwords.ana)).status, 200);
	} finally {
		await set('login_address_max', 50);
	}
});

test('only so many passwords are hashed at once; a login beyond is unavailable and has not failed', async () => {
	const client = await stack.database.connect();
	try {
		await client.query('begin');
		await client.query('lock table chat.login_failure');
		const first = logIn('127.0.4.7', 'ana', stack.passwords.ana);
		await until(async () => (await stack.query("select count(*)::int n from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'switchboard-api%'"))[0].n > 0,
			{ what: 'a login to wait for the lock' });
		const second = await logIn('127.0.4.7', 'ana', stack.passwords.ana);
		assertError(second, 503, 'unavailable');
		assert.ok(Number(second.headers['retry-after']) >= 1);
		await client.query('rollback');
		assert.equal((await first).status, 200);
	} finally {
		await client.end();
	}
	assert.deepEqual(await stack.query("select failures from chat.login_failure where network = '127.0.4.7'"), []);
});

test('the security log tells of logins and of what was denied, with addresses, which no other line does', async () => {
	await logIn('127.0.5.1', 'ana', stack.passwords.ana);
	await logIn('127.0.5.2', 'ana', 'wrong password');
	await api(stack, 'GET', 'widgets/demo-shop', { from: '127.0.5.3', headers: { Origin: 'https://evil.example' } });
	const lines = () => stack.api.log.split('\n');
	const about = (address) => lines().filter((line) => line.includes(address));
	await until(() => ['127.0.5.1', '127.0.5.2', '127.0.5.3'].every((address) => about(address).length > 0), { what: 'all of it to be logged' });
	assert.match(about('127.0.5.1').join(), /level=info .*stream=security event=login request_id=\S+ operator=ana address=127\.0\.5\.1/);
	assert.match(about('127.0.5.2').join(), /level=warn .*stream=security event="login refused" request_id=\S+ address=127\.0\.5\.2 password_hashes=1/);
	assert.match(about('127.0.5.3').join(), /stream=security event=denied request_id=\S+ address=127\.0\.5\.3 method=GET route=api\/v1\/widgets\/\{key\} result=origin_denied/);
	assert.deepEqual(lines().filter((line) => /127\.0\.\d+\.\d+/.test(line) && !line.includes('stream=security') && !line.includes('limit_exempt')), []);
});
