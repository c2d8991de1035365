// SPDX-License-Identifier: ISC
// A migrated database for one test file, with the demo's company or bare: a clone of a template, made once in each cluster.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const BARE = 'switchboard_bare';
const DEMO = 'switchboard_demo';
const ENDING_MS = 10000;
const LOCK = 727001; // held while the template is made and while it is cloned
const ROLES = ['api', 'relay', 'router', 'courier', 'dba', 'report', 'audit'].map((name) => `switchboard_${name}`);

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

// The cluster of this run (SWITCHBOARD_TEST_DSN, from tests/support/with-postgres), or one of its own; with its data on a volume of this size ('300M'), which is
// mounted where nobody else sees it (no root is needed).
export async function openCluster({ own = false, volume = null, account = {} } = {}) {
	if (process.env.SWITCHBOARD_TEST_DSN && !own && !volume) return { dsn: process.env.SWITCHBOARD_TEST_DSN, pg_ctl: null, close: async () => {} };
	const script = fileURLToPath(new URL('with-postgres', import.meta.url));
	const tellAndWait = 'printf "%s\\n%s\\n" "$SWITCHBOARD_TEST_DSN" "$SWITCHBOARD_TEST_PG_CTL"; cat';
	const command = [...(volume ? ['unshare', '--map-current-user', '--keep-caps', '--mount'] : []), script, 'sh', '-c', tellAndWait];
	const child = spawn(command[0], command.slice(1), {
		stdio: ['pipe', 'pipe', 'inherit'], ...(volume ? { cwd: '/', env: { ...process.env, SWITCHBOARD_TEST_VOLUME: volume }, ...account } : {}) });
	const ended = new Promise((resolve) => child.once('exit', resolve));
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const dsn = (await lines.next()).value;
	const control = (await lines.next()).value;
	if (!control) throw new Error('tests/support/with-postgres gave no cluster');
	return {
		dsn,
		pg_ctl: (...args) => (volume ? run('nsenter', ['-t', child.pid, '--user', '--preserve-credentials', '--mount', control, ...args], account) : run(control, args)),
		close: async () => {
			child.stdin.end();
			await ended;
		},
	};
}

// { cluster, installation: {cli, sqlDir}, demo } → the clone; `passwords` of it are those of the demo's operators.
export async function openDatabase({ cluster, installation, demo = true }) {
	const name = `t_${randomBytes(6).toString('hex')}`;
	const template = demo ? DEMO : BARE;
	const passwords = await withLock(cluster, async (client) => {
		const made = await passwordsOf(client, BARE) ?? await makeBare(cluster, client, installation);
		const kept = demo ? await passwordsOf(client, DEMO) ?? await makeDemo(cluster, client, installation) : made;
		await client.query(`create database ${name} template ${template}`);
		await client.query(`revoke all on database ${name} from public`);
		await client.query(`grant connect on database ${name} to ${ROLES.join(', ')}`);
		// A clone's sequences believe that the numbers their template had set aside are written to the log, which is true of the template only: after a crash they
		// would be given out again. After a checkpoint they set aside anew. (A cluster of everybody's is never crashed.)
		if (cluster.pg_ctl) await client.query('checkpoint');
		return kept;
	});
	return new Database(cluster, name, passwords);
}

async function withLock(cluster, work) {
	const client = new pg.Client({ connectionString: dsnToUrl(cluster.dsn) });
	client.on('error', () => {}); // whatever waits for an answer is told
	await client.connect();
	try {
		await client.query('select pg_advisory_lock($1)', [LOCK]);
		return await work(client);
	} finally {
		await client.end();
	}
}

// A template that is complete has the passwords of its operators as its comment, for whoever clones it later; else null.
async function passwordsOf(client, template) {
	const { rows } = await client.query('select shobj_description(oid, \'pg_database\') text from pg_database where datname = $1', [template]);
	return rows[0]?.text ? JSON.parse(rows[0].text) : null;
}

async function complete(client, template, passwords) {
	await client.query(`comment on database ${template} is ${client.escapeLiteral(JSON.stringify(passwords))}`);
	return passwords;
}

async function makeBare(cluster, client, { cli, sqlDir }) {
	await client.query(`drop database if exists ${BARE}`);
	await client.query(`create database ${BARE}`);
	await run(cli, ['migrate'], { env: commandEnvironment(withDatabase(cluster.dsn, BARE), sqlDir) });
	return complete(client, BARE, {});
}

async function makeDemo(cluster, client, { cli, sqlDir }) {
	await client.query(`drop database if exists ${DEMO}`);
	await client.query(`create database ${DEMO} template ${BARE}`);
	const dsn = withDatabase(cluster.dsn, DEMO);
	const psql = ['-X', '-q', '-A', '-t', '-1', '-v', 'ON_ERROR_STOP=1', '-d', dsn, '-f', `${sqlDir}/demo.sql`];
	const { stdout } = await run('psql', [...psql, '-c', 'select operator from chat.operator where active order by 1']);
	const passwords = {};
	for (const operator of stdout.trim().split('\n')) {
		const generated = await run(cli, ['operator', 'password', operator, '--generate'], { env: commandEnvironment(dsn, sqlDir) });
		passwords[operator] = generated.stdout.trim();
	}
	return complete(client, DEMO, passwords);
}

function commandEnvironment(dsn, sqlDir) {
	return { PATH: process.env.PATH, SWITCHBOARD_DATABASE: dsn, SWITCHBOARD_SQL_DIR: sqlDir };
}

export class Database {
	#pools = new Map();

	constructor(cluster, name, passwords) {
		this.cluster = cluster;
		this.name = name;
		this.passwords = passwords;
	}

	dsn(role = 'postgres') {
		return withDatabase(this.cluster.dsn, this.name, role);
	}

	// Rows of one statement, as the superuser or as a program's role.
	async query(sql, values = undefined, role = 'postgres') {
		if (!this.#pools.has(role)) {
			const pool = new pg.Pool({ connectionString: dsnToUrl(this.dsn(role)), max: 8 });
			pool.on('error', () => {}); // an idle session dies with its server; the next query opens another
			this.#pools.set(role, pool);
		}
		const result = await this.#pools.get(role).query(sql, values);
		return Array.isArray(result) ? result.map(({ rows }) => rows) : result.rows;
	}

	// A session of its own, for transactions and LISTEN; the caller ends it.
	async connect(role = 'postgres') {
		const client = new pg.Client({ connectionString: dsnToUrl(this.dsn(role)) });
		client.on('error', () => {});
		await client.connect();
		return client;
	}

	// Each query of sql/invariants.sql must return nothing; what it returns is described here, one text a row, with the query's name.
	async brokenInvariants(sqlDir) {
		const broken = [];
		for (const part of readFileSync(`${sqlDir}/invariants.sql`, 'utf8').split(/^-- name: /m).slice(1)) {
			const rows = await this.query(part.slice(part.indexOf('\n')));
			const name = part.slice(0, part.indexOf('\n'));
			broken.push(...rows.map((row) => `broken invariant: ${name}: ${JSON.stringify(row)}`));
		}
		return broken;
	}

	// What a failed test left waiting for a lock is not waited for: its session ends with the database.
	async close() {
		const ended = Promise.all([...this.#pools.values()].map((pool) => pool.end()));
		this.#pools.clear();
		await Promise.race([ended, pause(ENDING_MS, null, { ref: false })]);
		await withLock(this.cluster, (client) => client.query(`drop database if exists ${this.name} with (force)`));
	}
}

function withDatabase(dsn, dbname, user = 'postgres') {
	return dsn.replace(/\bdbname=\S+/, `dbname=${dbname}`).replace(/\buser=\S+/, `user=${user}`);
}

// pg takes a socket directory as the host of a URL only in its escaped form.
function dsnToUrl(dsn) {
	const part = Object.fromEntries(dsn.split(/\s+/).map((word) => word.split('=')));
	return `postgresql://${part.user}@/${part.dbname}?host=${encodeURIComponent(part.host)}`;
}
