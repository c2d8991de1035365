// SPDX-License-Identifier: ISC
// A private Switchboard for one test file: its own database, nginx, api, relays and router on a port of its own.
//
//   const stack = useStack();                     at the top of a test file: starts before its tests, stops and judges after them
//   stack.url        http://localhost:PORT/chat   stack.shopUrl   http://127.0.0.1:PORT/ (another origin)
//   stack.query(sql, values, role)                rows, as superuser or as a role (switchboard_api, ...)
//   stack.passwords.ana                           the demo's operators
//   stack.api, stack.relay, stack.router, stack.nginx    programs (program.mjs): pid, log, stop(), start(), kill(signal); stack.web is whatever web server it is
//
// Options: { relays: 1, routers: 1, couriers: 0, options: {heartbeat_s: 2, ...}, prepare: async (stack) => {} (before the programs start),
//            ownCluster: false (true: stack.postgres('stop', '-m', 'immediate') and 'start'), volume: null ('400M': the same, and its data has that much room),
//            limitExempt: true,
//            mayReport: [] (patterns of lines that look like a sanitizer's report and are none),
//            web: 'nginx' (or 'proxy_fcgi', 'fcgid': web.mjs; with the last one there is no stack.api), prefix: '/chat', cacheSeconds: 0, behind: [networks],
//            modules: [] (of Apache besides: 'qos'), exempt: [networks],
//            tls: false (true: stack.url is https, stack.certificate is what to trust, plain HTTP is at stack.plainPort) }
//
// After the tests the file fails if a program ended by itself, a log holds a sanitizer report, a core file or a process is left, or
// sql/invariants.sql returns a row; logs are then kept below tests/output. With SWITCHBOARD_KEEP_LOGS (a directory) they always are, with what
// was logged during which test (excerpts.mjs).

import { execFile } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import { openCluster, openDatabase } from './database.mjs';
import { findInstallation } from './installation.mjs';
import { api } from './http.mjs';
import { judge } from './judgement.mjs';
import { ownPort } from './port.mjs';
import { answers, Program } from './program.mjs';
import { PATIENCE_MS, until } from './waiting.mjs';
import { configureWeb } from './web.mjs';

const run = promisify(execFile);

// What the product ends by time ends nothing that a slow machine is still busy with: a test of such an end sets its own time.
const PATIENT = `
	update chat.queue set offer_timeout_s = 300;
	update chat.setting set value = '600' where name = 'operator_lease_s';
	update chat.setting set value = '86400' where name = 'customer_gone_s'`;
// Nor is a request of a test refused that met somebody else's rows on such a machine: a test of such a refusal sets its own time, too. (A worker is ended after 10 s.) What is
// measured, in benches and soaks, keeps the product's limits.
const PATIENT_ROLES = ['switchboard_api', 'switchboard_relay'];
const PATIENT_LIMITS = { lock_timeout: '8s', statement_timeout: '9s' };

export function useStack(options = {}) {
	const stack = new Stack({ patientStatements: true, ...options });
	before(() => stack.start());
	beforeEach(({ name }) => stack.mark(name));
	after(() => stack.finish().finally(() => mustEnd(stack)));
	process.once('exit', () => stack.abandon());
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
	return stack;
}

// What a test that failed has left open (a client that comes back for ever) would keep the process alive, and nobody would hear why it failed.
function mustEnd(stack) {
	setTimeout(() => {
		if (Stack.open > 0) return;
		console.error(`tests that use ${stack.dir} are over, and the process does not end: ${process.getActiveResourcesInfo().join(', ')}`);
		process.exit(1);
	}, PATIENCE_MS).unref();
}

export class Stack {
	static open = 0; // in this process
	#over = false;

	constructor(options = {}) {
		this.settings = { relays: 1, routers: 1, couriers: 0, options: {}, prepare: null, ownCluster: false, volume: null, mayReport: [], limitExempt: true, web: 'nginx', prefix: '/chat',
			cacheSeconds: 0, behind: [], modules: [], exempt: [], tls: false, patientStatements: false, ...options };
		this.problems = [];
		this.programs = [];
		this.marks = [];
	}

	async start() {
		Stack.open++;
		try {
			await this.#start();
		} catch (error) {
			this.problems.push(`the stack did not start: ${error.message}`);
			await this.finish().catch(() => {});
			throw error;
		}
	}

	async #start() {
		this.installation = findInstallation();
		this.account = await unprivileged();
		this.dir = mkdtempSync('/tmp/sbt.');
		chmodSync(this.dir, 0o755);
		for (const name of ['run', 'run/apache-cache', 'log', 'etc']) this.#mkdir(name);
		this.own(this.dir);
		this.cluster = await openCluster({ own: this.settings.ownCluster, volume: this.settings.volume, account: this.account });
		this.database = await openDatabase(this);
		this.passwords = this.database.passwords;
		await this.query(PATIENT);
		if (this.settings.patientStatements) for (const role of PATIENT_ROLES) {
			for (const [limit, time] of Object.entries(PATIENT_LIMITS)) await this.query(`alter role ${role} in database ${this.database.name} set ${limit} = '${time}'`);
		}
		if (this.settings.limitExempt) await this.query("update chat.setting set value = '1000' where name = 'login_failures_max'");
		this.plainPort = await ownPort();
		this.port = this.settings.tls ? await ownPort() : this.plainPort;
		this.shopUrl = `http://127.0.0.1:${this.plainPort}/`;
		await this.query('update chat.site set origins = array[$1] where site = \'shop\'', [new URL(this.shopUrl).origin]);
		this.url = `http${this.settings.tls ? 's' : ''}://localhost:${this.port}${this.settings.prefix}`;
		this.#configure();
		this.webCommand = await configureWeb(this);
		if (this.settings.prepare) await this.settings.prepare(this);
		this.#definePrograms();
		await Promise.all(this.programs.map((program) => program.start()));
		await until(async () => (await api(this, 'GET', 'health')).status === 200, { what: 'health to answer 200' });
	}

	query(sql, values, role) {
		return this.database.query(sql, values, role);
	}

	// pg_ctl of this stack's own cluster: await stack.postgres('stop', '-m', 'immediate')
	postgres(...args) {
		if (!this.cluster.pg_ctl) throw new Error('only with { ownCluster: true } or a volume');
		return this.cluster.pg_ctl(...args);
	}

	// Where relay 1, 2, … listens, for who wants to speak to that one and without the web server in between.
	relaySocket(number = 1) {
		return this.#path(`relay-${number}.sock`);
	}

	get relaySockets() {
		return this.#relayNumbers().map((number) => this.relaySocket(number));
	}

	get apiSocket() {
		return this.#path('api.sock');
	}

	// For who starts the api otherwise than this file does.
	get apiConfig() {
		const path = `${this.dir}/etc/api.conf`;
		writeFileSync(path, `${readFileSync(this.config, 'utf8')}database = ${this.database.dsn('switchboard_api')}\n`);
		return path;
	}

	// Everything the programs have logged so far.
	get logs() {
		return readdirSync(`${this.dir}/log`).map((name) => readFileSync(`${this.dir}/log/${name}`, 'utf8')).join('');
	}

	// From here on the logs are about this test.
	mark(test) {
		if (!this.dir) return; // it did not start
		const sizes = readdirSync(`${this.dir}/log`).map((name) => [name, statSync(`${this.dir}/log/${name}`).size]);
		this.marks.push({ test, sizes: Object.fromEntries(sizes) });
	}

	// When the test process itself is ended: nothing is judged, nothing is left.
	abandon() {
		for (const program of this.programs) program.abandon();
		if (process.env.SWITCHBOARD_KEEP_LOGS) this.#keepLogs();
		if (this.dir) rmSync(this.dir, { recursive: true, force: true });
	}

	// Stops everything, then judges. Throws and sets the exit code when something is wrong; whatever is, nothing is left running.
	async finish() {
		if (this.#over) return;
		this.#over = true;
		await this.#end().catch((error) => this.problems.push(`the stack did not end: ${error.message}`));
		for (const program of this.programs) program.abandon();
		if (this.problems.length > 0 || process.env.SWITCHBOARD_KEEP_LOGS) this.#keepLogs();
		if (this.dir) rmSync(this.dir, { recursive: true, force: true });
		Stack.open--;
		if (this.problems.length === 0) return;
		process.exitCode = 1;
		throw new Error(`after the tests:\n  ${this.problems.join('\n  ')}\n  logs: ${this.kept?.replace(/^.*(tests\/output\/)/, '$1')}`);
	}

	async #end() {
		try {
			await Promise.all(this.programs.filter((program) => program !== this.web).map((program) => program.stop()));
			if (this.web) await this.web.stop();
			if (this.database) await judge(this);
		} finally {
			await this.database?.close().catch((error) => this.problems.push(`closing the database: ${error.message}`));
			await this.cluster?.close();
			this.database = this.cluster = null;
		}
	}

	#configure() {
		const key = `${this.dir}/etc/server.key`;
		writeFileSync(key, randomBytes(48).toString('base64'), { mode: 0o600 });
		this.own(key);
		const lines = {
			public_url: this.url, server_key_file: key, static_dir: this.installation.staticDir, log_level: 'debug',
			api_socket: this.apiSocket, relay_socket: this.#path('relay-1.sock'),
			messages_per_second: 0, sockets_per_second: 0, relay_memory_max_mib: 0, chat_wait_max_ms: 0,
			password_hashes_max: 256, courier_private_hosts: '127.0.0.0/8 ::1', limit_exempt: this.settings.limitExempt ? '127.0.0.0/8 ::1' : '', ...this.settings.options,
		};
		this.config = `${this.dir}/etc/switchboard.conf`;
		writeFileSync(this.config, Object.entries(lines).filter(([, value]) => value !== '').map(([name, value]) => `${name} = ${value}\n`).join(''));
	}

	#definePrograms() {
		this.web = this.#program(this.settings.web, this.webCommand, {}, () => portAnswers(this.plainPort), true);
		if (this.settings.web === 'nginx') this.nginx = this.web;
		if (this.settings.web !== 'fcgid') this.api = this.#switchboard('api', 'api', [], () => answers(this.apiSocket));
		this.relays = this.#relayNumbers().map((number) => {
			const socket = this.relaySocket(number);
			return this.#switchboard(`relay-${number}`, 'relay', ['--relay_socket', socket, '--relay_name', `relay-${number}`], () => answers(socket));
		});
		this.routers = Array.from({ length: this.settings.routers }, (_, i) => this.#switchboard(`router-${i + 1}`, 'router', [], () => true));
		this.couriers = Array.from({ length: this.settings.couriers }, (_, i) => this.#switchboard(`courier-${i + 1}`, 'courier', [], () => true));
		[this.relay] = this.relays;
		[this.courier] = this.couriers;
		[this.router] = this.routers;
	}

	#switchboard(name, which, args, ready) {
		const env = { SWITCHBOARD_DATABASE: this.database.dsn(`switchboard_${which}`) };
		return this.#program(name, [this.installation.program(`switchboard-${which}`), '--config', this.config, ...args], env, ready);
	}

	#program(name, command, env, ready, group = false) {
		const program = new Program({
			name, command, env, ready, cwd: `${this.dir}/run`, log: `${this.dir}/log/${name}.log`, account: this.account,
			problems: this.problems, group,
		});
		this.programs.push(program);
		return program;
	}

	#relayNumbers() {
		return Array.from({ length: this.settings.relays }, (_, i) => i + 1);
	}

	#path(name) {
		return `${this.dir}/run/${name}`;
	}

	#mkdir(name) {
		mkdirSync(`${this.dir}/${name}`);
		this.own(`${this.dir}/${name}`);
	}

	// Gives a file to whom the programs run as.
	own(path) {
		if (this.account.uid !== undefined) chownSync(path, this.account.uid, this.account.gid);
	}

	#keepLogs() {
		const place = process.env.SWITCHBOARD_KEEP_LOGS ?? `${this.installation?.source ?? '.'}/tests/output`;
		if (!this.dir || !existsSync(`${this.dir}/log`)) return;
		this.kept = `${place}/${basename(process.argv[1] ?? 'stack').replace(/\W+/g, '-')}-${process.pid}`;
		cpSync(`${this.dir}/log`, this.kept, { recursive: true });
		writeFileSync(`${this.kept}/marks.json`, JSON.stringify(this.marks));
	}
}

// Whom programs run as: ourselves, or PostgreSQL's user when we are root, because nothing here shall need root.
export async function unprivileged() {
	if (process.getuid() !== 0) return {};
	const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)));
	return { uid, gid };
}

async function portAnswers(port) {
	return (await fetch(`http://127.0.0.1:${port}/`)).status < 500;
}
