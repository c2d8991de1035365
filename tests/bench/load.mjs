// SPDX-License-Identifier: ISC
// What the benchmarks stand on: a Switchboard on a server of its own that writes to the disk; for those of the relay pairs and customers who only wait, and the load
// client (tests/load) run against it.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { children } from '../support/resources.mjs';
import { Stack } from '../support/stack.mjs';

const run = promisify(execFile);

export class DurableStack extends Stack {
	constructor({ options = {}, prepare = async () => {}, ...settings }) {
		super({ ownCluster: true, ...settings, options: { log_level: 'info', messages_per_second: 0, ...options }, prepare: async () => {
			await this.#write();
			await prepare();
			await this.query('vacuum analyze');
		} });
		process.once('exit', () => this.abandon());
	}

	get #data() {
		return `${this.cluster.dsn.match(/host=(\S+)/)[1]}/data`;
	}

	// As a careful DBA would run it: what is acknowledged is on the disk, and checkpoints do not fall into the middle of a run.
	async #write() {
		await this.postgres('stop');
		const settings = ['fsync = on', 'max_wal_size = 8GB', 'checkpoint_timeout = 30min', 'shared_buffers = 256MB', ''];
		writeFileSync(`${this.#data}/postgresql.conf`, settings.join('\n'), { flag: 'a' });
		await this.postgres('start');
	}

	// Every process of the server: a child of the first one.
	serverProcesses() {
		return children(Number(readFileSync(`${this.#data}/postmaster.pid`, 'utf8').split('\n')[0]));
	}
}

export class LoadedStack extends DurableStack {
	constructor({ pairs, idle = 0, ...more }) {
		super({ ...more, prepare: () => this.#prepare(pairs, idle) });
	}

	async #prepare(pairs, idle) {
		for (const file of ['company.sql', 'pairs.sql']) await this.query(readFileSync(new URL(file, import.meta.url), 'utf8'));
		await this.query('select bench.pairs($1)', [pairs]);
		this.idle = idle > 0 ? await this.#lines('select line from bench.idle($1)', [idle]) : [];
		await this.query('create schema floor; create table floor.message (chat uuid, author text, body text)');
	}

	async #lines(sql, values) {
		return (await this.query(sql, values)).map(({ line }) => `${line}\n`);
	}

	// One run of the load client: { pid, socket, idle: how many who only wait, options: {seconds: '8', storm: true, operators: another relay's socket, …} }
	async load({ pid = this.relay.pid, socket = this.relaySocket(), idle = 0, options }) {
		writeFileSync(`${this.dir}/pairs`, (await this.#lines('select line from bench.tickets()')).join(''));
		const args = ['--socket', socket, '--origin', new URL(this.url).origin, '--pairs', `${this.dir}/pairs`, '--watch', [pid, ...this.serverProcesses()].join(',')];
		if (idle > 0) {
			writeFileSync(`${this.dir}/idle`, this.idle.slice(0, idle).join(''));
			args.push('--idle', `${this.dir}/idle`);
		}
		for (const [name, value] of Object.entries(options)) if (value !== false && value !== undefined) args.push(`--${name}`, ...(value === true ? [] : [String(value)]));
		const { stdout, stderr } = await run(this.installation.program('tests/load/load'), args);
		process.stderr.write(stderr);
		return JSON.parse(stdout);
	}
}

// What a run must not show.
export function faults(result) {
	const lost = { unacknowledged: result.sent - result.acked, undelivered: result.sent - result.delivered, idle_lost: result.idle_lost ?? 0 };
	for (const name of ['errors', 'gaps', 'closed', 'held_back']) lost[name] = result[name];
	return Object.entries(lost).filter(([, count]) => count !== 0).map(([name, count]) => `${count} ${name}`);
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
