// SPDX-License-Identifier: ISC
// What a request costs, as ratios to something that does less on the same machine in the same minutes; what the programs hold in memory; how soon they are
// ready. Explained in tests/bench/README.md.
//
//   SWITCHBOARD_BUILD=BUILD-DIRECTORY node tests/bench/api.mjs [--runs 5] [--seconds 5] [--clients 8] [--workers 8] [--requests 100000]
//        [--only rest,config,cached,chats,memory] [--json FILE]

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { DurableStack, median } from './load.mjs';
import { Program, answers } from '../support/program.mjs';
import { children, computedSeconds, pssKiB } from '../support/resources.mjs';
import { until } from '../support/waiting.mjs';

const run = promisify(execFile);
const { values: given } = parseArgs({
	options: {
		runs: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' }, clients: { type: 'string', default: '8' }, workers: { type: 'string', default: '8' },
		requests: { type: 'string', default: '100000' }, only: { type: 'string', default: 'rest,config,cached,chats,memory' }, json: { type: 'string' },
	},
});
const [runs, seconds, clients, requests] = ['runs', 'seconds', 'clients', 'requests'].map((name) => Number(given[name]));
const CONFIG = '/chat/api/v1/widgets/demo-shop';
const here = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');
const stack = new DurableStack({ couriers: 1, cacheSeconds: 1, options: { api_workers: given.workers } });
const results = {};

// ---- others beside the stack ------------------------------------------------------------------------------------------

// A web server configured as the stack's is, word for word, but for its port, the FastCGI socket, and a cache it may have.
async function besides(name, port, socket) {
	const [from, to] = [`${stack.dir}/etc/nginx`, `${stack.dir}/etc/${name}`];
	mkdirSync(to);
	for (const file of readdirSync(from)) {
		const text = readFileSync(`${from}/${file}`, 'utf8').replaceAll(from, to).replaceAll(`:${stack.port}`, `:${port}`).replaceAll(`${stack.dir}/run/api.sock`, socket)
			.replaceAll('/nginx.pid', `/${name}.pid`).replace(/^\s*fastcgi_cache .*$/gm, 'fastcgi_cache off;');
		writeFileSync(`${to}/${file}`, text);
	}
	const command = ['nginx', '-p', `${stack.dir}/run`, '-e', 'stderr', '-c', `${to}/stack.conf`, '-g', 'daemon off;'];
	return start(name, command, async () => (await fetch(`http://127.0.0.1:${port}/`)).status < 500, true);
}

// The floor has four threads, so the api has four workers meanwhile.
async function withWorkers(count, work) {
	const restart = async (env) => {
		await stack.api.stop();
		stack.api.change({ env });
		await stack.api.start();
	};
	await restart({ SWITCHBOARD_API_WORKERS: String(count) });
	await work();
	await restart({});
}

async function start(name, command, ready, group = false) {
	const program = new Program({ name, command, ready, group, env: {}, cwd: `${stack.dir}/run`, log: `${stack.dir}/log/${name}.log`, account: stack.account, problems: stack.problems });
	stack.programs.push(program);
	await program.start();
	return program;
}

const family = ({ pid }) => [pid, ...children(pid)];

// ---- measuring ----------------------------------------------------------------------------------------------------------

// The web server's answers a second, and the computing time of the web server, the program behind it and the database for one of them, in microseconds.
async function wrk(url, { script, for_s = seconds, web, program }) {
	const args = ['-t1', `-c${clients}`, `-d${for_s}s`, '--timeout', '10s', ...(script ? ['-s', `${here}/${script}.lua`] : []), url];
	const parties = [family(web), family(program), stack.serverProcesses()];
	const before = parties.map(computedSeconds);
	const { stdout } = await run('wrk', args, { env: { ...process.env, BENCH_DIR: here } });
	const computed = parties.map((pids, i) => computedSeconds(pids) - before[i]);
	const [, count, time, unit] = /(\d+) requests in ([\d.]+)(s|m)/.exec(stdout);
	const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0) + (/Socket errors/.test(stdout) ? 1 : 0);
	return { requests: Number(count), rate: Number(count) / (Number(time) * (unit === 'm' ? 60 : 1)), cpu_us: computed.map((s) => s / Number(count) * 1e6), bad };
}

// Its sessions plan everything anew, so the first two seconds do not count.
async function pgbench(for_s) {
	const dsn = new URLSearchParams(stack.database.dsn('switchboard_api').replaceAll(' ', '&'));
	const bindir = (await run('pg_config', ['--bindir']).catch(() => ({ stdout: '/usr/bin' }))).stdout.trim();
	const args = ['-n', '-M', 'prepared', '-f', `${here}/chats.pgbench.sql`, '-c', String(clients), '-j', '1', '-P', '1', '-T', String(for_s + 2),
		'-h', dsn.get('host'), '-U', dsn.get('user'), dsn.get('dbname')];
	const { stdout, stderr } = await run(`${bindir}/pgbench`, args).catch((error) => (error.code === 'ENOENT' ? run('pgbench', args) : Promise.reject(error)));
	const rates = [...stderr.matchAll(/^progress: [\d.]+ s, ([\d.]+) tps/gm)].map(([, rate]) => Number(rate)).slice(2);
	return { rate: rates.reduce((a, b) => a + b, 0) / rates.length, bad: Number(/failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0) };
}

// Medians of runs in turn; what answered anything but 2xx makes the whole fail.
async function inTurn(sides) {
	const taken = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
	for (const [name, side] of Object.entries(sides)) await side(1);
	for (let i = 0; i < runs; i++) {
		for (const [name, side] of Object.entries(sides)) {
			const result = await side(seconds);
			taken[name].push(result);
			if (result.bad > 0) {
				console.log(`${name}: ${result.bad} answers were not good`);
				process.exitCode = 1;
			}
		}
	}
	return Object.fromEntries(Object.entries(taken).map(([name, list]) => [name, {
		rate: median(list.map(({ rate }) => rate)), ...(list[0].cpu_us && cpuOf(list)),
	}]));
}

function cpuOf(list) {
	const sum = ({ cpu_us: parts }) => parts.reduce((a, b) => a + b, 0);
	return { cpu_us: median(list.map(sum)), parts: [0, 1, 2].map((i) => median(list.map(({ cpu_us: parts }) => parts[i]))) };
}

function tell(title, sides, ratio, goal) {
	console.log(title);
	for (const [name, { rate, cpu_us: cpu, parts }] of Object.entries(sides)) {
		const computing = cpu ? `${cpu.toFixed(1).padStart(8)} µs of computing each: ${['nginx', 'program', 'database'].map((who, i) => `${who} ${parts[i].toFixed(1)}`).join(', ')}` : '';
		console.log(`  ${name.padEnd(30)}${rate.toFixed(0).padStart(7)} a second${computing}`);
	}
	console.log(`  ratio ${ratio.toFixed(2)} (goal: ${goal})`);
}

// ---- the parts ------------------------------------------------------------------------------------------------------------

const ours = () => [stack.api, stack.relay, stack.router, stack.courier];
const held = () => Object.fromEntries(ours().map((program) => [program.name, family(program).map(pssKiB)]));
const total = (lists) => Object.values(lists).flat().reduce((sum, kib) => sum + kib, 0);
const mib = (kib) => `${(kib / 1024).toFixed(1)} MiB`;

const PARTS = {
	// Memory and start of the programs when nobody asks for anything.
	async rest() {
		const rest = held();
		const [master, ...workers] = rest.api;
		console.log(`at rest, Pss: ${mib(total(rest))} (goal: 40 MB): api ${mib(master)} and ${workers.length} workers ${workers.map(mib).join(', ')}; `
			+ ['relay', 'router', 'courier'].map((name) => `${name} ${mib(total({ a: rest[`${name}-1`] }))}`).join(', '));
		const times = [];
		for (let i = 0; i < runs; i++) {
			await Promise.all(ours().map((program) => program.stop()));
			const began = performance.now();
			for (const program of ours()) program.start();
			await until(async () => (await fetch(`${stack.url}/api/v1/health`)).status === 200, { what: 'health to answer 200', every_ms: 5 });
			await until(() => answers(stack.relaySocket()), { what: 'the relay to listen', every_ms: 5 });
			times.push(performance.now() - began);
		}
		console.log(`from start to ready: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms (goal: 1000)`);
		results.rest = { pss_kib: total(rest), ready_ms: times };
	},

	// GET widgets/{key} without a cache in front, against who knows one answer.
	async config() {
		const socket = `${stack.dir}/run/constant.sock`;
		const constant = await start('constant', [stack.installation.program('tests/load/constant'), socket], () => answers(socket));
		const nginx = { floor: await besides('floor', stack.port + 1, socket), bare: await besides('bare', stack.port + 2, `${stack.dir}/run/api.sock`) };
		const at = (port) => `http://localhost:${port}${CONFIG}`;
		let sides;
		await withWorkers(4, async () => {
			sides = await inTurn({
				'600 constant bytes': (for_s) => wrk(at(stack.port + 1), { for_s, web: nginx.floor, program: constant }),
				'GET widgets/{key}': (for_s) => wrk(at(stack.port + 2), { for_s, web: nginx.bare, program: stack.api }),
			});
		});
		constant.supervised = false; // libfcgi's own idea of SIGTERM ends no program of several threads
		await Promise.all([constant.kill('SIGKILL'), nginx.floor.stop(), nginx.bare.stop()]);
		const ratio = sides['GET widgets/{key}'].cpu_us / sides['600 constant bytes'].cpu_us;
		tell('GET widgets/{key}, nothing cached in front', sides, ratio, 'at most 1.5 times the computing time');
		results.config = { ...sides, ratio };
	},

	// The same as nginx is configured, against a file of the same length.
	async cached() {
		const text = await (await fetch(`${stack.url}/api/v1/widgets/demo-shop`)).text();
		writeFileSync(`${stack.dir}/shop/config.html`, text);
		const sides = await inTurn({
			'a file of the same length': (for_s) => wrk(`${stack.shopUrl}config.html`, { for_s, web: stack.nginx, program: stack.api }),
			'GET widgets/{key}': (for_s) => wrk(`http://localhost:${stack.port}${CONFIG}`, { for_s, web: stack.nginx, program: stack.api }),
		});
		const ratio = sides['GET widgets/{key}'].rate / sides['a file of the same length'].rate;
		tell('GET widgets/{key}, as nginx is configured', sides, ratio, 'at least 0.9 times the rate');
		results.cached = { ...sides, ratio };
	},

	// POST chats, which is answered after COMMIT, against the same statement from pgbench.
	async chats() {
		const sides = await inTurn({
			'pgbench, the same statement': pgbench,
			'POST chats': (for_s) => wrk(`http://localhost:${stack.port}/`, { for_s, script: 'chats', web: stack.nginx, program: stack.api }),
		});
		const ratio = sides['POST chats'].rate / sides['pgbench, the same statement'].rate;
		tell(`POST chats, ${clients} clients`, sides, ratio, 'at least 0.6 times the rate');
		results.chats = { ...sides, ratio };
	},

	// Good and bad requests until each worker has settled, then many more.
	async memory() {
		const ask = (for_s) => wrk(`http://localhost:${stack.port}/`, { for_s, script: 'mixed', web: stack.nginx, program: stack.api });
		const after = async (wanted) => {
			let count = 0;
			while (count < wanted) count += (await ask(2)).requests;
			return { count, workers: children(stack.api.pid).map(pssKiB) };
		};
		const early = await after(2000);
		const late = await after(requests);
		console.log(`Pss of the workers after ${early.count} requests: ${early.workers.map(mib).join(', ')}; after ${late.count} more: ${late.workers.map(mib).join(', ')}`);
		results.memory = { early, late };
	},
};

process.once('exit', () => stack.abandon());
await stack.start();
for (const name of given.only.split(',')) await PARTS[name]();
if (given.json) writeFileSync(given.json, `${JSON.stringify(results, null, '\t')}\n`);
await stack.finish();
