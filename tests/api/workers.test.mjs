// SPDX-License-Identifier: ISC
// The processes of the api: they die and are replaced, drain, refuse to start without secrets, and answer while the database is away.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { useStack } from '../support/stack.mjs';
import { PATIENCE_MS, until } from '../support/waiting.mjs';
import { Customer } from '../support/people.mjs';
import { api, assertError, chatRequest, workers } from '../support/http.mjs';

const WORKERS = 3;
const REQUEST_TIMEOUT_S = 12; // below what nginx waits
const stack = useStack({ ownCluster: true, options: { api_workers: WORKERS, api_request_timeout_s: REQUEST_TIMEOUT_S }, prepare });

// A request that a test makes wait for a lock waits as long as the test needs.
async function prepare({ database }) {
	for (const setting of ['lock_timeout', 'statement_timeout']) await database.query(`alter role switchboard_api in database ${database.name} set ${setting} = '60s'`);
}

const alive = (pid) => existsSync(`/proc/${pid}`);
const works = async () => (await api(stack, 'GET', 'widgets/demo-shop')).status === 200;
const complete = () => until(() => workers(stack).length === WORKERS, { what: `${WORKERS} workers` });

// Holds a lock that makes `work`'s requests wait, until it has done what it wants and calls release().
async function whileLocked(sql, values, work) {
	const client = await stack.database.connect();
	try {
		await client.query('begin');
		await client.query(sql, values);
		const waiting = (number) =>
			until(
				async () =>
					(
						await stack.query(
							"select count(*)::int n from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'switchboard-api %'",
						)
					)[0].n >= number,
				{ what: 'a request to wait for the lock' },
			);
		return await work({ waiting, release: () => client.query('rollback') });
	} finally {
		await client.end();
	}
}

test('there are as many workers as asked for, each with one session', async () => {
	await complete();
	await until(
		async () => (await stack.query("select count(*)::int n from pg_stat_activity where application_name = 'switchboard-api'"))[0].n === WORKERS,
		{ what: 'one session for each worker' },
	);
});

test('a worker that is killed is replaced', async () => {
	const before = workers(stack);
	process.kill(before[0], 'SIGKILL');
	await until(() => workers(stack).length === WORKERS && !workers(stack).includes(before[0]), { what: 'another worker' });
	assert.deepEqual(
		workers(stack).filter((pid) => before.includes(pid)),
		before.slice(1),
		'the others go on',
	);
	assert.ok(await works());
	await until(() => stack.api.log.includes(`event="worker ended" worker=${before[0]} how="signal 9"`), { what: 'its end to be logged' });
});

test('a request in a worker that is killed gets no answer of success, and its repeat gives one chat', async () => {
	const request = chatRequest({ name: 'Persistent Pat' });
	const first = await whileLocked('lock table chat.chat in share row exclusive mode', [], async ({ waiting, release }) => {
		const answer = api(stack, 'POST', 'chats', { body: request });
		await waiting(1);
		for (const pid of workers(stack)) process.kill(pid, 'SIGKILL');
		const { status } = await answer;
		await release();
		return status;
	});
	assert.equal(first, 503, 'the web server says so');
	await complete();
	const again = await until(
		async () => {
			const answer = await api(stack, 'POST', 'chats', { body: request });
			return answer.status === 201 && answer;
		},
		{ what: 'the repeat to be answered' },
	);
	assert.deepEqual((await api(stack, 'POST', 'chats', { body: request })).json, again.json);
	assert.equal((await stack.query("select count(*)::int n from chat.chat where name = 'Persistent Pat'"))[0].n, 1);
});

test('workers die with their parent, and the next parent takes over its socket', async () => {
	await complete();
	const [before, starts] = [workers(stack), stack.api.starts];
	await stack.api.kill('SIGKILL');
	await until(() => before.every((pid) => !alive(pid)), { what: 'the workers to end' });
	await stack.api.ready();
	assert.equal(stack.api.starts, starts + 1);
	await until(works, { what: 'the service to be back' });
	await complete();
});

test('SIGTERM lets the request in hand finish', async () => {
	const customer = await Customer.open(stack, { queue: 'sales' });
	await complete();
	const { answer, outcome } = await whileLocked(
		'select 1 from chat.chat_counter where chat = $1 for update',
		[customer.chat],
		async ({ waiting, release }) => {
			const message = customer.call('POST', `chats/${customer.chat}/messages`, {
				cid: '0f8fad5b-d9cb-469f-a165-70867728950e',
				body: 'last words',
			});
			await waiting(1);
			const ended = stack.api.stop();
			await until(() => workers(stack).length === 1, { what: 'the idle workers to end' });
			await release();
			return { answer: await message, outcome: await ended };
		},
	);
	assert.ok(answer.seq > 0);
	assert.deepEqual(outcome, { code: 0, signal: null });
	assert.equal((await api(stack, 'GET', 'widgets/demo-shop')).status, 503, 'while it is down the web server answers');
	await stack.api.start();
	assert.ok(await works());
	assert.equal((await customer.call('GET', `chats/${customer.chat}/events`)).events.filter(({ body }) => body === 'last words').length, 1);
});

test('a second instance does not take the socket of the first', async () => {
	const { code, stderr } = await run(['--config', stack.config]);
	assert.equal(code, 1);
	assert.match(stderr, /another instance is listening there/);
	assert.ok(await works());
});

test('it refuses to start without public_url, key, or with a key that others can read', async () => {
	const dir = `${stack.dir}/etc`;
	const key = `${dir}/open.key`;
	writeFileSync(key, 'k'.repeat(64), { mode: 0o644 });
	const socket = ['--api-socket', `${dir}/refused.sock`];
	const url = ['--public-url', 'http://localhost:1/chat'];
	for (const [args, reason] of [
		[[...socket, '--server-key-file', key], /public_url/],
		[[...socket, ...url], /server_key_file/],
		[[...socket, ...url, '--server-key-file', `${dir}/none.key`], /none\.key/],
		[[...socket, ...url, '--server-key-file', key], /open\.key/],
		[[...socket, '--public-url', 'localhost', '--server-key-file', key], /public_url/],
		[[...socket, ...url, '--server-key-file', key, '--monitor-from', '10.0.0.1/8'], /monitor_from/],
		[[...socket, ...url, '--server-key-file', key, '--api-workers', '0'], /api_workers|api-workers/],
		[[...socket, ...url, '--no-such-option', '1'], /no.such.option/],
	]) {
		const { code, stderr } = await run(args);
		assert.equal(code, 1, args.join(' '));
		assert.match(stderr, reason);
	}
	chmodSync(key, 0o600);
	assert.ok(!existsSync(`${dir}/refused.sock`));
});

test('connections that say nothing hold up nobody for long', async () => {
	const path = `${stack.dir}/run/api.sock`;
	const silent = await Promise.all(
		Array.from(
			{ length: WORKERS },
			() =>
				new Promise((resolve, reject) => {
					const socket = connect(path, () => resolve(socket)).on('error', reject);
				}),
		),
	);
	await until(works, { what: 'a good request to be answered' });
	for (const socket of silent) socket.destroy();
	await complete();
});

test('a worker stuck with its database is ended and replaced', async (t) => {
	await complete();
	const before = workers(stack);
	const backends = await stack.query("select pid from pg_stat_activity where application_name = 'switchboard-api'");
	for (const { pid } of backends) process.kill(pid, 'SIGSTOP');
	let answer;
	const started = performance.now();
	try {
		answer = await api(stack, 'GET', 'widgets/demo-shop');
		t.diagnostic(`answered after ${Math.round(performance.now() - started)} ms`);
	} finally {
		for (const { pid } of backends) process.kill(pid, 'SIGCONT');
	}
	assert.equal(answer.status, 503);
	await until(() => timesStuck() > 0, { what: 'the end to be logged' });
	await until(() => workers(stack).length === WORKERS && workers(stack).some((pid) => !before.includes(pid)), { what: 'another worker' });
	await until(works, { what: 'the service to be back' });
});

test('while the database is away every answer is 503 and no worker is stuck, and afterwards all is well without a restart', async () => {
	const customer = await Customer.open(stack, { queue: 'sales' });
	await complete();
	const [pids, { starts }, stuck] = [workers(stack), stack.api, timesStuck()];
	await stack.postgres('stop', '-m', 'immediate');
	for (const [method, path, body] of [
		['GET', 'health'],
		['GET', 'widgets/demo-shop'],
		['POST', 'chats', chatRequest()],
		['GET', `chats/${customer.chat}`],
		['POST', `chats/${customer.chat}/messages`, { cid: '7f8fad5b-d9cb-469f-a165-70867728950e', body: 'x' }],
	]) {
		for (let i = 0; i < WORKERS; i++) {
			const answer = await api(stack, method, path, { body, headers: customer.headers() });
			assertError(answer, 503, 'unavailable');
			assert.ok(Number(answer.headers['retry-after']) >= 1);
		}
	}
	assertError(await api(stack, 'POST', 'chats', { body: {} }), 422, 'invalid', 'request_key');
	assert.equal(timesStuck(), stuck, 'nobody waited for it until the supervisor lost patience');
	await stack.postgres('start');
	await until(works, { what: 'the service to be back' });
	const { seq } = await customer.call('POST', `chats/${customer.chat}/messages`, { cid: '7f8fad5b-d9cb-469f-a165-70867728950e', body: 'x' });
	assert.ok(seq > 0);
	assert.deepEqual({ pids: workers(stack), starts: stack.api.starts }, { pids, starts });
});

const timesStuck = () => stack.api.log.split('how="took too long over a request"').length - 1;

function run(args) {
	return new Promise((resolve) => {
		execFile(
			stack.installation.program('switchboard-api'),
			args,
			{ env: { PATH: process.env.PATH, SWITCHBOARD_CONFIG: '/dev/null' }, timeout: PATIENCE_MS, ...stack.account },
			(error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
		);
	});
}
