// SPDX-License-Identifier: ISC
// The demo as a person starts it: it comes up by itself, brings back what dies, and leaves nothing behind.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { processesLeft } from '../support/judgement.mjs';
import { until } from '../support/waiting.mjs';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../deploy/demo', import.meta.url));
const dir = mkdtempSync('/tmp/sbd.');
let said;

function statOf(pid) {
	try {
		const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
		return { state, group: Number(group) };
	} catch {
		return null; // it ended while we looked
	}
}

const describe = () => JSON.parse(readFileSync(`${dir}/demo.json`, 'utf8'));
const healthy = async () => (await fetch(`${describe().base_url}/api/v1/health`)).status === 200;
const groupIsGone = (leader) => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).every((pid) => {
	const stat = statOf(pid);
	return !stat || stat.state === 'Z' || stat.group !== leader;
});
const alive = (pid) => existsSync(`/proc/${pid}`);

before(async () => {
	said = (await run(script, ['--keep', dir, '--detach'], { maxBuffer: 16 << 20 })).stdout;
});

after(async () => {
	await run(script, ['--stop', dir]).catch(() => {});
	rmSync(dir, { recursive: true, force: true });
});

test('its last line is ready, before it come URLs and logins', () => {
	assert.equal(said.trimEnd().split('\n').pop(), 'ready');
	for (const text of [describe().shop_url, describe().console_url, 'ana', 'sam']) assert.ok(said.includes(text), text);
});

test('the shell command that it prints is switchboard for this demo', async () => {
	assert.match(said, /\/switchboard doctor$/m);
	const { stdout } = await run(`${dir}/switchboard`, ['why', 'idle', 'ana']);
	assert.match(stdout, /^billing/m);
});

test('demo.json holds what scripts want to know, for its user only', () => {
	const demo = describe();
	assert.match(demo.base_url, /^http:\/\/localhost:\d+\/chat$/);
	assert.match(demo.shop_url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
	assert.equal(demo.widget, 'demo-shop');
	assert.ok(demo.operators.length >= 4 && demo.operators.every(({ operator, password }) => operator && password.length >= 12));
	for (const name of ['postgres', 'nginx', 'api', 'relay', 'router', 'router2', 'courier']) assert.ok(alive(demo.pids[name]), name);
	assert.ok(statSync(demo.logs).isDirectory());
	assert.equal(statSync(`${dir}/demo.json`).mode & 0o077, 0);
});

test('the dsn leads into the database, the logins into the console', async () => {
	const { dsn, base_url: url, operators: [{ operator, password }] } = describe();
	const part = Object.fromEntries(dsn.split(' ').map((word) => word.split('=')));
	const client = new pg.Client({ host: part.host, user: part.user, database: part.dbname });
	await client.connect();
	assert.equal((await client.query('select count(*)::int n from chat.operator')).rows[0].n, 5);
	await client.end();
	const response = await fetch(`${url}/api/v1/session`, {
		method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'switchboard' }, body: JSON.stringify({ operator, password }),
	});
	assert.equal(response.status, 200);
});

for (const name of ['relay', 'router', 'courier', 'api', 'nginx', 'postgres']) {
	test(`${name} comes back after kill -9, and demo.json knows it`, async () => {
		const before = describe().pids[name];
		process.kill(before, 'SIGKILL');
		await until(() => describe().pids[name] !== before && alive(describe().pids[name]), { what: `another ${name}` });
		await until(healthy, { what: 'health to be 200 again' });
		await until(() => groupIsGone(before), { what: `the workers of the old ${name} to be gone` });
	});
}

test('a second start in the same directory and a port that is taken are refused with advice', async () => {
	await assert.rejects(run(script, ['--keep', dir, '--detach']), /runs in .* already/);
	const server = createServer().listen(0, '127.0.0.1');
	await until(() => server.listening);
	await assert.rejects(run(script, ['--detach', '--port', String(server.address().port)]), /port \d+ is taken/);
	server.close();
});

test('--stop ends every process and keeps what --keep asked to keep', async () => {
	const { pids } = describe();
	await run(script, ['--stop', dir]);
	for (const [name, pid] of Object.entries(pids)) assert.ok(!alive(pid) || statOf(pid)?.state === 'Z', `${name} is gone`);
	assert.deepEqual(processesLeft(dir), []);
	assert.ok(!existsSync(`${dir}/demo.json`));
	assert.ok(existsSync(`${dir}/data/PG_VERSION`));
});
