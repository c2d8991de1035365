// SPDX-License-Identifier: ISC
// The command `switchboard` against an empty database of its own, for the tests of it.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before } from 'node:test';
import pg from 'pg';
import { openCluster } from './database.mjs';
import { findProgram, sourceTree } from './installation.mjs';

const HANGS_MS = 300000; // what takes so long never ends: its code is null then

// { code, stdout, stderr } of one run. `input` goes to its standard input; `answers` are pairs of a prompt and what is typed once it shows.
export function runProgram(file, args, { env = {}, input = '', answers = null } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, { env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env }, timeout: HANGS_MS, killSignal: 'SIGKILL' });
		const output = { stdout: '', stderr: '' };
		const waiting = [...(answers ?? [])];
		for (const name of ['stdout', 'stderr']) {
			child[name].setEncoding('utf8').on('data', (text) => {
				output[name] += text;
				while (waiting.length > 0 && output[name].includes(waiting[0][0])) child.stdin.write(waiting.shift()[1]);
			});
		}
		child.once('error', reject);
		child.once('close', (code) => resolve({ code, ...output }));
		child.stdin.on('error', () => {}); // it may end without reading
		if (answers === null) child.stdin.end(input);
	});
}

// Call it at the top of a test file, before its tests.
export function useCommandLine() {
	const line = new CommandLine();
	before(() => line.opened());
	after(() => line.close());
	return line;
}

class CommandLine {
	#cluster;
	#admin;
	#databases = [];
	#opening;

	// node:test does not wait for one `before` of a file before it calls the next.
	opened() {
		this.#opening ??= this.#open();
		return this.#opening;
	}

	async #open() {
		this.program = findProgram('switchboard');
		this.sqlDir = `${sourceTree}/sql`;
		this.temporary = mkdtempSync(`${tmpdir()}/swcli-`);
		this.#cluster = await openCluster();
		this.#admin = new pg.Client(clientOptions(this.#cluster.dsn));
		await this.#admin.connect();
	}

	async close() {
		for (const { name, client } of this.#databases) {
			await client.end();
			await this.#admin.query(`drop database if exists ${name} with (force)`);
		}
		await this.#admin.end();
		await this.#cluster.close();
		rmSync(this.temporary, { recursive: true });
	}

	// An empty database: { dsn, query(sql, values) → rows, run(args, options) → { code, stdout, stderr } }.
	async emptyDatabase() {
		await this.opened();
		const name = `cli_${randomBytes(6).toString('hex')}`;
		await this.#admin.query(`create database ${name}`);
		const dsn = this.#cluster.dsn.replace(/\bdbname=\S+/, `dbname=${name}`);
		const client = new pg.Client(clientOptions(dsn));
		client.on('error', () => {});
		await client.connect();
		this.#databases.push({ name, client });
		return {
			dsn,
			query: async (sql, values) => (await client.query(sql, values)).rows,
			run: (args, { sqlDir = this.sqlDir, env = {}, ...rest } = {}) =>
				runProgram(this.program, args, { env: { SWITCHBOARD_DATABASE: dsn, SWITCHBOARD_SQL_DIR: sqlDir, ...env }, ...rest }),
		};
	}

	// An SQL directory: { path, write(name, text), remove(name) }. Begins with the real roles.sql and nothing else.
	sqlDirectory(files = {}) {
		const path = mkdtempSync(`${this.temporary}/sql-`);
		const directory = {
			path,
			write: (name, text) => writeFileSync(`${path}/${name}.sql`, text),
			remove: (name) => rmSync(`${path}/${name}.sql`),
		};
		mkdirSync(`${path}/migrations`);
		mkdirSync(`${path}/api`);
		cpSync(`${this.sqlDir}/roles.sql`, `${path}/roles.sql`);
		for (const [name, text] of Object.entries(files)) directory.write(name, text);
		return directory;
	}
}

function clientOptions(dsn) {
	const { host, user, dbname } = Object.fromEntries(dsn.split(/\s+/).map((word) => word.split('=')));
	return { host, user, database: dbname };
}
