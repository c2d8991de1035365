// SPDX-License-Identifier: ISC
// What a message costs from frame to ack and delivery, held against a bare relay on the same libraries and the same database in the same run. Explained in
// tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=BUILD-DIRECTORY node tests/bench/messages.mjs [--pairs 500] [--seconds 8] [--runs 3] [--rate 2000] [--body 120] [--window 1]
//        [--idle 0] [--sessions 2] [--only floor|ours] [--json FILE]

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { parseArgs, promisify } from 'node:util';
import { Stack } from '../support/stack.mjs';
import { answers } from '../support/program.mjs';
import { until } from '../support/waiting.mjs';

const run = promisify(execFile);
const { values: given } = parseArgs({
	options: {
		pairs: { type: 'string', default: '500' }, seconds: { type: 'string', default: '8' }, runs: { type: 'string', default: '3' },
		rate: { type: 'string', default: '2000' }, body: { type: 'string', default: '120' }, window: { type: 'string', default: '1' },
		idle: { type: 'string', default: '0' }, sessions: { type: 'string', default: '2' }, only: { type: 'string' }, json: { type: 'string' },
	},
});
const stack = new Stack({ ownCluster: true, options: { log_level: 'info', messages_per_second: 0 }, prepare });

async function prepare() {
	await stack.postgres('stop');
	const { data } = settings();
	// as a careful DBA would run it: what is acknowledged is on the disk, and checkpoints do not fall into the middle of a run
	writeFileSync(`${data}/postgresql.conf`, ['fsync = on', 'max_wal_size = 8GB', 'checkpoint_timeout = 30min', 'shared_buffers = 256MB', ''].join('\n'), { flag: 'a' });
	await stack.postgres('start');
	for (const file of ['company.sql', 'pairs.sql']) await stack.query(readFileSync(new URL(file, import.meta.url), 'utf8'));
	await stack.query('select bench.pairs($1)', [Number(given.pairs)]);
	if (Number(given.idle) > 0) writeFileSync(`${stack.dir}/idle`, await lines('select line from bench.idle($1)', [Number(given.idle)]));
	await stack.query('create schema floor; create table floor.message (chat uuid, author text, body text)');
	await stack.query('vacuum analyze');
}

function settings() {
	const dir = stack.cluster.dsn.match(/host=(\S+)/)[1];
	return { data: `${dir}/data`, postmaster: () => Number(readFileSync(`${dir}/data/postmaster.pid`, 'utf8').split('\n')[0]) };
}

const lines = async (sql, values) => (await stack.query(sql, values)).map(({ line }) => `${line}\n`).join('');

// Every process of the server: a child of the first one.
function serverProcesses() {
	const parent = settings().postmaster();
	return readdirSync('/proc').filter((name) => {
		try {
			return /^\d+$/.test(name) && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(parent);
		} catch {
			return false; // it has ended meanwhile
		}
	});
}

async function measure(relay, socket, rate) {
	writeFileSync(`${stack.dir}/pairs`, await lines('select line from bench.tickets()'));
	const idle = Number(given.idle) > 0 && relay === stack.relay ? ['--idle', `${stack.dir}/idle`] : [];
	const { stdout, stderr } = await run(stack.installation.program('tests/load/load'), ['--socket', socket, '--origin', new URL(stack.url).origin, '--pairs', `${stack.dir}/pairs`, ...idle,
		'--seconds', given.seconds, '--rate', String(rate), '--body', given.body, '--window', given.window, '--watch', [relay.pid, ...serverProcesses()].join(',')]);
	process.stderr.write(stderr);
	return JSON.parse(stdout);
}

async function openFloor() {
	const socket = `${stack.dir}/run/floor.sock`;
	const child = spawn(stack.installation.program('tests/load/floor'), ['--socket', socket, '--database', stack.database.dsn(), '--sessions', given.sessions], { stdio: 'inherit' });
	await until(() => answers(socket), { what: 'the floor to listen' });
	return { pid: child.pid, socket, close: () => child.kill() && once(child, 'exit') };
}

const SIDES = {
	async floor(rate) {
		const floor = await openFloor();
		try {
			return await measure(floor, floor.socket, rate);
		} finally {
			await floor.close();
			await stack.query('truncate floor.message');
		}
	},
	ours: (rate) => measure(stack.relay, stack.relaySocket(), rate),
};

const FIGURES = ['rate', 'cpu_s_per_100k', 'relay_s_per_100k', 'server_s_per_100k', 'ack_p50_ms', 'ack_p99_ms', 'delivery_p50_ms', 'delivery_p99_ms'];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

function faults(result) {
	const lost = { unacknowledged: result.sent - result.acked, undelivered: result.sent - result.delivered };
	for (const name of ['errors', 'gaps', 'closed', 'held_back']) lost[name] = result[name];
	return Object.entries(lost).filter(([, count]) => count !== 0).map(([name, count]) => `${count} ${name}`);
}

async function compare(title, rate) {
	const results = { floor: [], ours: [] };
	for (let i = 0; i < Number(given.runs); i++) {
		for (const side of Object.keys(SIDES).filter((name) => !given.only || name === given.only)) {
			const result = await SIDES[side](rate);
			results[side].push(result);
			const wrong = faults(result);
			if (wrong.length > 0) {
				console.log(`${side}: ${wrong.join(', ')}`);
				process.exitCode = 1;
			}
		}
	}
	console.log(`${title.padEnd(34)}${'floor'.padStart(10)}${'ours'.padStart(10)}${'ours/floor'.padStart(12)}`);
	for (const figure of FIGURES) {
		const [floor, ours] = ['floor', 'ours'].map((side) => median(results[side].map((result) => result[figure])));
		const text = (number) => (number === undefined ? '-' : number.toFixed(figure === 'rate' ? 0 : 3)).padStart(10);
		console.log(`  ${figure.padEnd(32)}${text(floor)}${text(ours)}${(floor && ours ? (ours / floor).toFixed(2) : '-').padStart(12)}`);
	}
	return results;
}

process.once('exit', () => stack.abandon());
await stack.start();
const results = { saturated: await compare(`saturated, ${given.pairs} pairs`, 0) };
if (Number(given.rate) > 0) results.steady = await compare(`${given.rate} messages a second`, Number(given.rate));
if (given.json) writeFileSync(given.json, `${JSON.stringify(results, null, '\t')}\n`);
await stack.finish();
