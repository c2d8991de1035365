// SPDX-License-Identifier: ISC
// One program of a stack: started, stopped, killed by the tests; when it ends without having been asked to, that is a problem and it is started anew.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS, until } from './waiting.mjs';

// Within this time after its start a program has its signal handlers.
const HANDLER_MS = 10000;

export const ENVIRONMENT = {
	ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99',
	UBSAN_OPTIONS: 'print_stacktrace=1',
};

// True when somebody accepts connections there.
export function answers(socketPath) {
	return new Promise((resolve) => {
		const socket = connect(socketPath);
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}

export class Program {
	#child = null;
	#ended = null;
	#asked = true;
	#description;
	#change = {};

	// { name, command: [file, ...arguments], env, cwd, log, account: {uid, gid} or {}, ready: async () => boolean, problems: [],
	//   group: true for a program whose workers outlive it when it is killed (nginx) and would keep its port }
	constructor(description) {
		this.#description = description;
		this.name = description.name;
		this.supervised = true;
		this.starts = 0;
		this.mayEnd = () => false; // what by itself is no problem: ({ code, signal }) => boolean
		this.endings = []; // those
	}

	get pid() {
		return this.#child?.pid;
	}

	get running() {
		return this.#child !== null;
	}

	// Everything it wrote since the stack was started.
	get log() {
		return readFileSync(this.#description.log, 'utf8');
	}

	// From the next start on: what its environment has besides, and where its words go instead of the log. Without arguments: as it was.
	change({ env = {}, output } = {}) {
		this.#change = { env, output };
	}

	async start() {
		if (this.running) return;
		this.#spawn();
		await this.ready();
	}

	// Waits until it does its work; fails early when it has ended.
	async ready() {
		const { ready } = this.#description;
		await until(() => {
			if (!this.running && !this.supervised) throw new Error(`${this.name} has ended`);
			return this.running && ready();
		}, { what: `${this.name} to be ready` });
	}

	// SIGTERM, and SIGKILL when that does not end it in time, which is a problem. Resolves with {code, signal}; stays down until start().
	async stop() {
		if (!this.running) return null;
		this.#asked = true;
		this.supervised = false;
		const ended = this.#ended;
		const child = this.#child;
		// A stopped program goes on first. The other way round SIGCONT could arrive while its leak checker, at its end, waits for the SIGSTOP it sent itself: that one is lost then.
		child.kill('SIGCONT');
		// One that was started a moment ago has no handler yet: the signal would end it as it ends any process. (One that never has a handler is asked all the same.)
		await until(() => !this.running || heedsSigterm(child.pid), { timeout_ms: HANDLER_MS }).catch(() => {});
		child.kill('SIGTERM');
		const outcome = await Promise.race([ended, pause(PATIENCE_MS, null, { ref: false })]);
		if (outcome) {
			this.supervised = true;
			if (outcome.code !== 0) this.#problem(`SIGTERM: it ended with ${describe(outcome)}`);
			return outcome;
		}
		this.#problem(`SIGTERM did not end it within ${PATIENCE_MS} ms: ${whereItStands(child.pid)}`);
		child.kill('SIGKILL');
		const killed = await ended;
		this.supervised = true;
		return killed;
	}

	// A signal out of the blue. When it kills, the supervisor starts the program again (unless `supervised` is false); resolves when it has ended.
	async kill(signal = 'SIGKILL') {
		if (!this.running) throw new Error(`${this.name} does not run`);
		this.#asked = true;
		const ended = this.#ended;
		this.#child.kill(signal);
		return ended;
	}

	// A signal that does not end it (SIGSTOP, SIGCONT, SIGHUP).
	signal(signal) {
		if (!this.running) throw new Error(`${this.name} does not run`);
		this.#child.kill(signal);
	}

	// For the end of the test process itself: at once, without waiting.
	abandon() {
		this.supervised = false;
		this.#asked = true;
		this.#child?.kill('SIGKILL');
		if (this.#child && this.#description.group) killGroup(this.#child.pid);
	}

	#spawn() {
		const { command, env, cwd, log, account, group = false } = this.#description;
		const fd = openSync(this.#change.output ?? log, 'a');
		const child = spawn(command[0], command.slice(1), {
			cwd, stdio: ['ignore', fd, fd], detached: group,
			env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...ENVIRONMENT, ...env, ...this.#change.env }, ...account,
		});
		closeSync(fd);
		this.#child = child;
		this.#asked = false;
		this.starts++;
		this.#ended = new Promise((resolve) => {
			child.once('error', (error) => resolve({ code: null, signal: null, error }));
			child.once('exit', (code, signal) => resolve({ code, signal }));
		}).then((outcome) => {
			this.#child = null;
			if (group) killGroup(child.pid);
			this.#onEnd(outcome);
			return outcome;
		});
	}

	#onEnd(outcome) {
		const allowed = !this.#asked && this.mayEnd(outcome);
		if (allowed) this.endings.push(outcome);
		if (!this.#asked && !allowed) this.#problem(`it ended with ${describe(outcome)} though nobody asked it to`);
		if (this.supervised && this.starts - this.endings.length < 100) {
			setTimeout(() => this.supervised && !this.running && this.#spawn(), 100).unref();
		}
	}

	#problem(text) {
		this.#description.problems.push(`${this.name}: ${text}`);
	}
}

function killGroup(leader) {
	try {
		process.kill(-leader, 'SIGKILL');
	} catch {
		// nobody is left
	}
}

function describe({ code, signal, error }) {
	if (error) return error.message;
	return signal ? `signal ${signal}` : `code ${code}`;
}

// By a handler, by waiting for it while it is blocked, or not at all: anything but the default.
function heedsSigterm(pid) {
	try {
		const masks = [...readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^Sig(?:Cgt|Blk|Ign):\s*([0-9a-f]+)$/gm)];
		return masks.some(([, mask]) => (BigInt(`0x${mask}`) >> 14n) % 2n === 1n);
	} catch {
		return false; // it has just ended
	}
}

// What the kernel says of a process that should have ended: state, and the system call of each thread.
function whereItStands(pid) {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n').filter((line) => /^(State|TracerPid|Sig(Pnd|Blk|Cgt)|ShdPnd)/.test(line)).join(', ');
		const threads = readdirSync(`/proc/${pid}/task`).map((id) => `${id}: ${readFileSync(`/proc/${pid}/task/${id}/syscall`, 'utf8').trim()}`).join('; ');
		return `${status}; ${threads}`.replace(/\t/g, ' ');
	} catch (error) {
		return error.message;
	}
}
