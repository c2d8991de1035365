// SPDX-License-Identifier: ISC
// The N-th call of libpq, or the N-th allocation, of a program fails, for N = 1, 2, … (PF24): fail.c is built and loaded into the program, what people do
// meanwhile is noted and judged.
//
//   const failures = await Failures.of(stack);      the relay and the api run with it from here on
//   await failures.messages('libpq', { most: 20 });      failures.setUp, failures.chatRequests, failures.httpMessages      await failures.over();
//
// `most`: so many of the calls that one try makes fail, evenly chosen; Infinity: each of them. Every try ends in success or in an error; after an error the client does
// what clients do (asks again with the same cid or request_key) and has what he wanted, once.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertHistory, History } from '../support/history.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { ENVIRONMENT } from '../support/program.mjs';
import { Talker } from '../support/talker.mjs';
import { until } from '../support/waiting.mjs';
import { insist } from './shift.mjs';

const run = promisify(execFile);
const SOURCE = fileURLToPath(new URL('fail.c', import.meta.url));
const KINDS = { libpq: 1, memory: 2 };
const COUNTED = 3; // tries
const REPEATED = 20; // a try, at most, until the call is reached
const PLACE = { kind: 0, at: 4, count: 8, failed: 12, pid: 16, try: 20, name: 24, size: 64 }; // struct control of fail.c
// the body is longer than any first buffer, with characters that are escaped on the way
const BODY = `a line, "quoted"\n\ttabbed \\ and ünïcödé — ${'so that it is long '.repeat(40)}`;

async function build(dir) {
	const library = `${dir}/fail.so`;
	const { stdout } = await run('pkg-config', ['--cflags', 'libpq']);
	await run(process.env.CC ?? 'cc', ['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-g', '-Wall', '-Wextra', '-fvisibility=hidden', '-fno-builtin', '-fno-omit-frame-pointer', '-shared', '-fPIC',
		...stdout.trim().split(/\s+/).filter(Boolean), '-o', library, SOURCE, '-ldl']);
	return library;
}

// What is to fail in one program.
class Control {
	#fd;
	#tries = 0;

	constructor(stack, program) {
		this.program = program;
		this.path = `${stack.dir}/run/${program.name}.fail`;
		writeFileSync(this.path, Buffer.alloc(PLACE.size));
		chmodSync(this.path, 0o666); // the program is somebody else
		this.#fd = openSync(this.path, 'r+');
	}

	// From here on calls of this kind are counted; the one with this number fails. A program that has just been started is given the time to come up.
	async arm(kind, at) {
		const { program } = this;
		await until(() => program.running && new RegExp(`\\bpid=${program.pid} event=listening\\b`).test(program.log), { what: `${program.name} to be up` });
		const state = Buffer.alloc(PLACE.size);
		this.disarm();
		this.starts = program.starts;
		state.writeUInt32LE(at, PLACE.at);
		state.writeUInt32LE(++this.#tries, PLACE.try);
		writeSync(this.#fd, state, 0, PLACE.size, 0);
		state.writeUInt32LE(KINDS[kind]);
		writeSync(this.#fd, state, 0, 4, 0);
	}

	get #state() {
		const state = Buffer.alloc(PLACE.size);
		readSync(this.#fd, state, 0, PLACE.size, 0);
		return state;
	}

	get reached() {
		return this.#state.readUInt32LE(PLACE.failed) === 1;
	}

	disarm() {
		writeSync(this.#fd, Buffer.alloc(4), 0, 4, 0);
		const state = this.#state;
		return {
			count: state.readUInt32LE(PLACE.count), pid: state.readUInt32LE(PLACE.pid),
			name: state.toString('latin1', PLACE.name).replace(/\0.*$/s, ''),
		};
	}
}

// 1 … last, of which at most so many, the first and the last among them.
function chosen(last, most) {
	if (last <= most) return Array.from({ length: last }, (_, i) => i + 1);
	return [...new Set(Array.from({ length: most }, (_, i) => 1 + Math.round(i * (last - 1) / (most - 1))))];
}

export class Failures {
	static async of(stack) {
		const failures = new Failures(stack);
		await failures.#open(await build(stack.dir));
		return failures;
	}

	constructor(stack) {
		this.stack = stack;
		this.history = new History();
		this.told = []; // what failed and what came of it, a line each
	}

	async #open(library) {
		const { stack } = this;
		// json-c 0.16 itself loses a value that it got no memory to put into its object; that we lose none of its trees every other test holds
		const suppressions = `${stack.dir}/run/suppressions`;
		writeFileSync(suppressions, 'leak:json_tokener_parse_ex\n');
		[this.relay, this.api] = [stack.relay, stack.api].map((program) => {
			const control = new Control(stack, program);
			program.change({ env: {
				LD_PRELOAD: library, FAIL_CONTROL: control.path, LSAN_OPTIONS: `suppressions=${suppressions}:print_suppressions=0`,
				ASAN_OPTIONS: `${ENVIRONMENT.ASAN_OPTIONS}:verify_asan_link_order=0:fast_unwind_on_malloc=0`,
			} });
			return control;
		});
		// who gets no memory says so and aborts; everything else that ends a program is a problem
		for (const { program } of [this.relay, this.api]) program.mayEnd = ({ signal }) => signal === 'SIGABRT';
		for (const { program } of [this.relay, this.api]) {
			await program.stop();
			await program.start();
		}
		const ana = await Operator.logIn(stack, 'ana', ['billing']);
		const kim = await Customer.open(stack, { queue: 'billing' });
		this.operator = new Talker(ana, this.history);
		this.operator.onFrame = ({ t, offer }) => t === 'offer' && ana.send({ t: 'accept', offer });
		this.customer = new Talker(kim, this.history);
		await this.operator.start();
		await this.customer.start();
		await until(() => this.operator.following.has(kim.chat), { what: 'the operator to have the chat' });
	}

	get chat() {
		return this.customer.person.chat;
	}

	// First how many calls a try makes (the program has other things to do, too, so no two tries make the same), then tries with one of them failing. `attempt`
	// resolves when the try is over, successful at last.
	async #each(what, control, kind, most, attempt) {
		const counts = [];
		for (let i = 0; i < COUNTED; i++) {
			await control.arm(kind, 0);
			await attempt();
			counts.push(control.disarm().count);
		}
		const count = Math.max(...counts);
		assert.ok(Math.min(...counts) > 0, `${what} makes calls of ${kind}`);
		for (const at of chosen(count, most)) {
			const { outcome, name, pid, restarted } = await this.#untilFailed(control, kind, at, attempt).catch((error) => {
				throw new Error(`${what}: ${kind} ${at} of ${count}, ${JSON.stringify(control.disarm())}: ${error.message}`, { cause: error });
			});
			this.told.push(`${what}: ${kind} ${at} of ${count}, ${name} in ${pid}: ${outcome}${restarted ? ', the program was started again' : ''}`);
		}
	}

	// A try that was a little shorter than those that were counted does not reach the call: the next one goes on counting from there. (A program that ended late, of the
	// failure before, and was started anew is counted anew.)
	async #untilFailed(control, kind, at, attempt) {
		await control.arm(kind, at);
		for (let i = 0; i < REPEATED; i++) {
			const outcome = await attempt();
			const restarted = control.program.starts > control.starts;
			if (control.reached) return { outcome, restarted, ...control.disarm() };
			if (restarted) await control.arm(kind, at);
		}
		throw new Error('never reached');
	}

	// ---- the relay --------------------------------------------------------------------------------------------------

	async #talk() {
		const talkers = [this.customer, this.operator];
		await until(() => talkers.every(({ ready }) => ready) && this.operator.following.has(this.chat), { what: 'both to be connected' });
		const refused = talkers.map(({ failed }) => failed.size);
		const from = this.history.entries.length;
		const cids = talkers.map((talker) => talker.say(this.chat, `${talker.who.kind} ${BODY}`));
		await until(() => talkers.every(({ outbox }) => outbox.size === 0), { what: 'what was said to be stored', every_ms: 5 });
		assert.deepEqual(talkers.map(({ failed }) => failed.size), refused, 'nobody\'s words are refused');
		// each has heard the other: the events have gone through, too
		await until(() => cids.every((cid) => this.history.entries.filter((entry) => entry.what === 'recv' && entry.cid === cid).length >= 1), { what: 'both to have heard', every_ms: 5 });
		const fails = this.history.entries.slice(from).filter(({ what }) => what === 'fail').map(({ code }) => code);
		return fails.length > 0 ? fails.join(' ') : 'stored';
	}

	messages(kind, { most }) {
		return this.#each('messages', this.relay, kind, most, () => this.#talk());
	}

	// The relay's sessions with the database are gone, and are opened anew.
	setUp(kind, { most }) {
		return this.#each('set-up of the relay', this.relay, kind, most, async () => {
			await this.#endSessions('switchboard_relay');
			return this.#talk();
		});
	}

	async #endSessions(role) {
		await this.stack.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = $1', [role]);
	}

	// ---- the api ----------------------------------------------------------------------------------------------------

	// The first answer, and what it came to when the client asked on.
	async #ask(call) {
		let first = 'success';
		const answer = await call().catch(async (error) => {
			first = error.status === undefined ? 'no answer' : `${error.status} ${error.code ?? ''}`.trim();
			assert.ok(error.status === undefined || error.status >= 500, `a good request was answered with ${first}`);
			return insist(call);
		});
		return { first, answer };
	}

	chatRequests(kind, { most, fresh = false }) {
		return this.#each(`chat request${fresh ? ', session anew' : ''}`, this.api, kind, most, async () => {
			const request = { request_key: randomUUID(), queue: 'support', name: `Kim ${randomUUID()} ${'von und zu '.repeat(4)}Ümläut`, answers: { topic: BODY.slice(0, 300) } };
			if (fresh) await this.#endSessions('switchboard_api');
			const { first, answer } = await this.#ask(() => Customer.open(this.stack, request));
			const rows = await this.stack.query('select chat, answers from chat.chat where name = $1', [request.name]);
			assert.deepEqual(rows, [{ chat: answer.chat, answers: request.answers }], 'one chat, as it was asked for');
			await insist(() => answer.call('POST', `chats/${answer.chat}/end`, {}));
			return first;
		});
	}

	httpMessages(kind, { most, fresh = false }) {
		const { who, person } = this.customer;
		return this.#each(`message over HTTP${fresh ? ', session anew' : ''}`, this.api, kind, most, async () => {
			const cid = randomUUID();
			if (fresh) await this.#endSessions('switchboard_api');
			this.history.note(who, { what: 'send', chat: this.chat, cid, body: BODY });
			const { first, answer } = await this.#ask(() => person.call('POST', `chats/${this.chat}/messages`, { cid, body: BODY }));
			const [{ seq }] = await this.stack.query('select seq from chat.message where cid = $1', [cid]);
			assert.equal(answer.seq, seq, 'acked as stored');
			return first;
		});
	}

	// Nobody comes back any more.
	close() {
		return Promise.all([this.customer?.stop(), this.operator?.stop()]);
	}

	// The end: everybody has heard everything, and the history is whole.
	async over() {
		const [{ last_seq }] = await this.stack.query('select last_seq from chat.chat_counter where chat = $1', [this.chat]);
		await this.customer.quiet(new Map([[this.chat, last_seq]]));
		await this.operator.quiet(new Map([[this.chat, last_seq]]));
		await this.close();
		await assertHistory(this.stack, this.history);
		const aborted = this.stack.relay.log.split('event="out of memory"').length - 1;
		assert.equal(this.stack.relay.endings.length, aborted, 'the relay ended for want of memory and for nothing else');
		await insist(() => this.operator.person.end(this.chat));
		await this.operator.person.presence('offline');
	}
}
