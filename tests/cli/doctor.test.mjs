// SPDX-License-Identifier: ISC
// switchboard doctor: of a sound installation nothing is wrong; each thing that is broken has its line, what to do, and the code for cron.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { runProgram } from '../support/commandline.mjs';
import { findProgram, sourceTree } from '../support/installation.mjs';
import { useStack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';

const stack = useStack({ couriers: 1 });

// { code, lines: { name: {verdict, sentence, advice} }, … }. `options` go into a copy of the stack's configuration.
async function doctor(args = [], { options = {}, env = {} } = {}) {
	const config = `${stack.dir}/etc/doctor.conf`;
	const lines = Object.fromEntries(readFileSync(stack.config, 'utf8').trim().split('\n').map((line) => line.split(' = ')));
	writeFileSync(config, Object.entries({ ...lines, ...options }).filter(([, value]) => value !== null).map(([name, value]) => `${name} = ${value}\n`).join(''));
	const { code, stdout, stderr } = await runProgram(findProgram('switchboard'), ['doctor', '--json', `--config=${config}`, ...args],
		{ env: { SWITCHBOARD_DATABASE: stack.database.dsn(), SWITCHBOARD_SQL_DIR: `${sourceTree}/sql`, ...env } });
	if (!stdout) return { code, stderr };
	const { checks, ...counts } = JSON.parse(stdout);
	return { code, stderr, checks, counts, lines: Object.fromEntries(checks.map(({ name, ...rest }) => [name, rest])) };
}

function says(report, name, verdict, sentence) {
	const line = report.lines[name];
	assert.ok(line, `no line ${name} in ${JSON.stringify(report.checks)}`);
	assert.equal(line.verdict, verdict, `${name}: ${line.sentence}`);
	assert.match(line.sentence, sentence);
	if (verdict !== 'ok') assert.ok(line.advice, `${name} says what to do`);
	if (verdict === 'wrong') assert.equal(report.code, 2);
}

// Something else in the web server's place: listener(request, response).
async function instead(listener, run, { tls = null, upgrade = null } = {}) {
	const server = tls ? createSecureServer(tls, listener) : createServer(listener);
	if (upgrade) server.on('upgrade', upgrade);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await run(`127.0.0.1:${server.address().port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

// Of every tests' cluster fsync is off; the demo's company and the stack's numbers are not what is judged here.
const OF_TESTS = ['fsync', 'contact centre', 'disk', 'open files'];

test('of a sound installation nothing is wrong, and everything was looked at', async () => {
	const bad = ({ checks }) => checks.filter(({ verdict, name }) => verdict !== 'ok' && !OF_TESTS.includes(name));
	await until(async () => bad(await doctor()).length === 0, { what: 'the programs to have told of themselves' });
	const report = await doctor();
	for (const name of ['configuration', 'public_url', 'server_key_file', 'database', 'clock', 'migrations', 'max_connections', 'autovacuum', 'data_checksums', 'role switchboard_api',
		'role switchboard_relay', 'role switchboard_router', 'role switchboard_courier', 'relays', 'router', 'couriers', 'dead letters', 'outbox', 'health', 'widget.js', 'websocket',
		'api_socket', 'relay_socket']) assert.equal(report.lines[name]?.verdict, 'ok', name);
	assert.equal(report.counts.ok + report.counts.warnings + report.counts.wrong, report.checks.length);
	says(report, 'fsync', 'wrong', /^fsync is off$/);
});

test('as text each check is one line, and how many there were of each stands below', async () => {
	const { code, stdout } = await runProgram(findProgram('switchboard'), ['doctor', `--config=${stack.config}`],
		{ env: { SWITCHBOARD_DATABASE: stack.database.dsn(), SWITCHBOARD_SQL_DIR: `${sourceTree}/sql` } });
	assert.equal(code, 2);
	assert.match(stdout, /^(?:(?:ok|warning|wrong) +[^:\n]+: .+\n)+\d+ ok, \d+ warnings, \d+ wrong\n$/);
	assert.match(stdout, /^wrong {4}fsync: fsync is off -> .*postgresql\.conf$/m);
});

test('what stands wrong in the configuration ends it with the code of something wrong', async () => {
	const { code, stderr } = await doctor([], { options: { heartbeat_s: 'often' } });
	assert.equal(code, 2);
	assert.match(stderr, /doctor\.conf:\d+: /);
});

test('a configuration that others may write, or read a password in', async () => {
	const path = `${stack.dir}/etc/open.conf`;
	writeFileSync(path, `database = ${stack.database.dsn()} password=secret\n`);
	chmodSync(path, 0o644);
	says(await doctor([`--config=${path}`], { env: { SWITCHBOARD_DATABASE: '' } }), 'configuration', 'wrong', /password .* read by everybody/);
	chmodSync(path, 0o666);
	says(await doctor([`--config=${path}`]), 'configuration', 'wrong', /written by everybody/);
});

test('a public_url that is missing, none, or plain http', async () => {
	says(await doctor([], { options: { public_url: null } }), 'public_url', 'wrong', /^is not set$/);
	says(await doctor([], { options: { public_url: 'chat.example.com' } }), 'public_url', 'wrong', /^chat\.example\.com is no URL/);
	says(await doctor([`--connect-to=127.0.0.1:${stack.port}`], { options: { public_url: 'http://chat.example.com/chat' } }), 'public_url', 'wrong', /plain http$/);
});

test('a server key that is missing, short or open to others', async () => {
	const key = `${stack.dir}/etc/doctor.key`;
	const asks = () => doctor([], { options: { server_key_file: key } });
	says(await doctor([], { options: { server_key_file: null } }), 'server_key_file', 'wrong', /^is not set$/);
	says(await asks(), 'server_key_file', 'wrong', /No such file/);
	writeFileSync(key, 'x'.repeat(31), { mode: 0o600 });
	says(await asks(), 'server_key_file', 'wrong', /has 31 bytes, fewer than 32/);
	writeFileSync(key, 'x'.repeat(40));
	says(await asks(), 'server_key_file', 'ok', /alone$/);
	chmodSync(key, 0o640);
	says(await asks(), 'server_key_file', 'wrong', /open to others \(mode 0640\)/);
	says(await doctor([], { options: { nats_credentials_file: key } }), 'nats_credentials_file', 'wrong', /open to others/);
});

test('a database that is not there, and one that is empty', async () => {
	says(await doctor([], { env: { SWITCHBOARD_DATABASE: 'host=/nonexistent' } }), 'database', 'wrong', /^no connection: /);
	const empty = await doctor([], { env: { SWITCHBOARD_DATABASE: stack.database.dsn().replace(/dbname=\S+/, 'dbname=postgres') } });
	says(empty, 'migrations', 'wrong', /^0 of \d+ are applied, 0001_configuration is the next$/);
	says(empty, 'installation', 'wrong', /cannot be asked about itself/);
});

test('files that are newer or older than the database', async () => {
	const dir = mkdtempSync(`${tmpdir()}/swdoctor-`);
	try {
		cpSync(`${sourceTree}/sql`, dir, { recursive: true });
		const asks = () => doctor([], { env: { SWITCHBOARD_SQL_DIR: dir } });
		writeFileSync(`${dir}/api/zzz_more.sql`, 'select 1;\n');
		says(await asks(), 'migrations', 'wrong', /the functions .* not those of this version/);
		const names = readdirSync(`${dir}/migrations`).sort();
		const next = `${String(names.length + 1).padStart(4, '0')}_more`;
		writeFileSync(`${dir}/migrations/${next}.sql`, 'select 1;\n');
		says(await asks(), 'migrations', 'wrong', new RegExp(`^${names.length} of ${names.length + 1} are applied, ${next} is the next$`));
		rmSync(`${dir}/migrations/${next}.sql`);
		rmSync(`${dir}/migrations/${names.at(-1)}`);
		says(await asks(), 'migrations', 'wrong', /do not belong together/);
		says(await doctor([], { env: { SWITCHBOARD_SQL_DIR: '/nonexistent' } }), 'migrations', 'wrong', /cannot be read/);
	} finally {
		rmSync(dir, { recursive: true });
	}
});

test('who may not look is told whom to be', async () => {
	const report = await doctor([], { env: { SWITCHBOARD_DATABASE: stack.database.dsn('switchboard_relay') } });
	says(report, 'migrations', 'warning', /permission denied/);
	says(report, 'installation', 'wrong', /permission denied/);
});

test('a right that a program has lost', async () => {
	await stack.query('revoke execute on function api.board from switchboard_api');
	says(await doctor(), 'role switchboard_api', 'wrong', /^may not call api\.board$/);
	await stack.query('grant execute on function api.board to switchboard_api');
});

test('a clock that is off', async () => {
	const asks = (by) => doctor([], { env: { LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', FAKETIME: by, ASAN_OPTIONS: 'verify_asan_link_order=0' } });
	says(await asks('+10s'), 'clock', 'warning', /^this host's is \d+\.\d s ahead of the database's$/);
	says(await asks('-100s'), 'clock', 'wrong', /^this host's is (99|100|9\d)\.\d s behind the database's$/);
});

test('little room on the disk, and a warning that counts when asked', async () => {
	const report = await doctor(['--disk-min-mib=1073741824']);
	says(report, 'disk', 'warning', /^\d+ MiB are free in \//);
});

test('the api is not there', async () => {
	await stack.api.stop();
	const report = await doctor();
	says(report, 'api_socket', 'wrong', /No such file|refused/);
	says(report, 'health', 'wrong', /^the answer is 50[23]$/);
	says(report, 'websocket', 'ok', /./);
	await stack.api.start();
});

test('the relay is not there', async () => {
	await stack.relay.stop();
	const report = await doctor();
	says(report, 'relay_socket', 'wrong', /No such file|refused/);
	says(report, 'websocket', 'wrong', /^the answer to the handshake is 50[23], not 101$/);
	await stack.relay.start();
});

test('a program that may open few files', async () => {
	const path = `${stack.dir}/run/few.sock`;
	const few = spawn('sh', ['-c', 'ulimit -n 300; exec "$0" -e "require(\'net\').createServer().listen(process.argv[1])" "$1"', process.execPath, path]);
	try {
		await until(async () => (await doctor([], { options: { relay_socket: path } })).lines.relay_socket.sentence.endsWith('takes connections'), { what: 'the socket' });
		const report = await doctor([], { options: { relay_socket: path } });
		const limits = report.checks.filter(({ name }) => name === 'open files').map(({ verdict, sentence }) => `${verdict} ${sentence}`);
		assert.ok(limits.includes('warning switchboard-relay may open 300'), limits.join('; '));
	} finally {
		few.kill();
		await once(few, 'exit');
	}
});

test('nobody answers at public_url, or somebody else', async () => {
	says(await doctor(['--connect-to=127.0.0.1:1']), 'web server', 'wrong', /does not answer: /);
	await instead((request, response) => response.writeHead(404).end(), async (place) => {
		const report = await doctor([`--connect-to=${place}`]);
		says(report, 'health', 'wrong', /is not found$/);
		says(report, 'widget.js', 'wrong', /^the answer is 404$/);
		says(report, 'websocket', 'wrong', /is 404, not 101$/);
	});
});

test('widget.js as something else, kept too long, or not at all', async () => {
	for (const [head, verdict, sentence] of [
		[{ 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=60' }, 'wrong', /is served as text\/plain/],
		[{ 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=31536000, immutable' }, 'warning', /keep the old one/],
		[{ 'Content-Type': 'text/javascript' }, 'warning', /for as long as they like/],
	]) await instead((request, response) => response.writeHead(200, head).end('{}'), async (place) => says(await doctor([`--connect-to=${place}`]), 'widget.js', verdict, sentence));
});

test('a WebSocket that opens without our protocol', async () => {
	const upgrade = (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n');
	await instead((request, response) => response.writeHead(200).end('{}'), async (place) => {
		says(await doctor([`--connect-to=${place}`]), 'websocket', 'wrong', /opens without chat\.v1/);
	}, { upgrade });
});

test('a certificate that expires soon, one that is good, one that is not trusted', async () => {
	for (const [days, verdict] of [[5, 'warning'], [90, 'ok']]) {
		const [certificate, key] = ['crt', 'pem'].map((ending) => `${stack.dir}/etc/doctor.${ending}`);
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', '/CN=chat.example.com',
			'-addext', 'subjectAltName=DNS:chat.example.com', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
		await instead((request, response) => response.writeHead(200).end('{}'), async (place) => {
			const options = { public_url: 'https://chat.example.com/chat' };
			says(await doctor([`--connect-to=${place}`, `--ca-file=${certificate}`], { options }), 'certificate', verdict, days === 5 ? /^expires on \d{4}-\d\d-\d\d, in 5 days$/ : /^is good until /);
			says(await doctor([`--connect-to=${place}`], { options }), 'web server', 'wrong', /certificate/);
		}, { tls: { cert: readFileSync(certificate), key: readFileSync(key) } });
	}
});
