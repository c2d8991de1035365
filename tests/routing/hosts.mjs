// SPDX-License-Identifier: ISC
// A database server and hosts beside it, each in a network namespace of its own, joined by veth pairs: a link can be pulled, and whatever goes over it is lost
// without a word to either side. No root is needed: everything happens in a user namespace of the one who runs the test. PostgreSQL is reached by the test
// through its unix socket, by programs on the hosts through TCP.
//
//   const hosts = await openHosts(['east', 'west']);
//   hosts.cluster                     for openDatabase(); hosts.close() ends everything
//   hosts.on('east')                  the command in front of a program that shall run there
//   hosts.dsn('east', database, role) how a program there finds the database
//   await hosts.pull('east'), hosts.plug('east')                the host's end of its link goes down and up …
//   await hosts.pull('east', 'server'), hosts.plug(…)           … or the server's end

import { spawn } from 'node:child_process';
import { readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../support/waiting.mjs';
import { account, directory } from './floor.mjs';

const withPostgres = fileURLToPath(new URL('../support/with-postgres', import.meta.url));
// A line is run as it comes; its last line of output names its exit code.
const SHELL = 'trap \'kill $holders\' EXIT; while IFS= read -r line; do eval "$line" 2>&1; echo "done $?"; done';

export async function openHosts(names) {
	const hosts = new Hosts(names);
	try {
		await hosts.open();
	} catch (error) {
		await hosts.close();
		throw new Error(`no network namespaces for the test (unshare, ip and user namespaces are needed): ${error.message}`, { cause: error });
	}
	return hosts;
}

class Hosts {
	#shell;
	#lines;
	#ended;
	#number = new Map();
	#holder = new Map();

	constructor(names) {
		names.forEach((name, i) => this.#number.set(name, i + 1));
		this.dir = directory();
	}

	async open() {
		// the same user inside, because PostgreSQL refuses root, but with the right to make networks
		const command = ['--map-current-user', '--keep-caps', '--net', withPostgres, 'sh', '-c', SHELL];
		this.#shell = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/', ...account() });
		this.#ended = new Promise((resolve) => {
			this.#shell.once('error', resolve).once('exit', resolve);
		});
		this.#lines = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
		await this.#run('ip link set lo up');
		const [dsn] = await this.#run('echo "$SWITCHBOARD_TEST_DSN"');
		const [control] = await this.#run('echo "$SWITCHBOARD_TEST_PG_CTL"');
		this.cluster = { dsn, pg_ctl: (...args) => this.#run(`${control} ${args.join(' ')}`), close: async () => {} };
		for (const name of this.#number.keys()) await this.#addHost(name);
		const hba = `${this.dir}/pg_hba.conf`;
		writeFileSync(hba, 'local all all trust\nhost all all 10.77.0.0/16 trust\n');
		await this.cluster.pg_ctl('restart', '-m', 'fast', '-o', `'-c listen_addresses=* -c hba_file=${hba}'`);
	}

	async #addHost(name) {
		const i = this.#number.get(name);
		const own = readlinkSync(`/proc/${this.#shell.pid}/ns/net`);
		const [holder] = await this.#run('unshare --net sleep infinity >/dev/null 2>&1 & echo $!; holders="$holders $!"');
		this.#holder.set(name, holder);
		await until(() => readlinkSync(`/proc/${holder}/ns/net`) !== own, { what: `the network of ${name}` });
		await this.#run(`ip link add to${i} type veth peer name eth0 netns ${holder}`);
		await this.#run(`ip addr add 10.77.${i}.1/24 dev to${i} && ip link set to${i} up`);
		await this.#run(`nsenter -t ${holder} --net ip addr add 10.77.${i}.2/24 dev eth0 && nsenter -t ${holder} --net ip link set eth0 up`);
	}

	on(name) {
		return ['nsenter', '-t', this.#holder.get(name), '--user', '--preserve-credentials', '--net'];
	}

	dsn(name, database, role) {
		return `host=10.77.${this.#number.get(name)}.1 user=${role} dbname=${database.name}`;
	}

	pull(name, end) {
		return this.#set(name, end, 'down');
	}

	plug(name, end) {
		return this.#set(name, end, 'up');
	}

	#set(name, end, state) {
		const host = `nsenter -t ${this.#holder.get(name)} --net ip link set eth0 ${state}`;
		return this.#run(end === 'server' ? `ip link set to${this.#number.get(name)} ${state}` : host);
	}

	// The lines that a line of shell in the server's network printed.
	async #run(line) {
		this.#shell.stdin.write(`${line}\n`);
		const said = [];
		for (;;) {
			const { value, done } = await this.#lines.next();
			if (done) throw new Error(`the shell of the test network has ended${said.length > 0 ? `: ${said.join('; ')}` : ''}`);
			if (value === 'done 0') return said;
			if (/^done \d+$/.test(value)) throw new Error(`${line}: ${said.join('; ')}`);
			said.push(value);
		}
	}

	async close() {
		this.#shell?.stdin.end();
		await this.#ended;
		rmSync(this.dir, { recursive: true, force: true });
	}
}
