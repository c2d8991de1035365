// SPDX-License-Identifier: ISC
// Somebody does to the server all that one address can (attacker.mjs) while fifty customers chat from addresses of their own, and new ones come: what they wait
// before, meanwhile and afterwards, what the programs hold, and how soon everything is as before. With the limits that a new installation has.
//
//   SWITCHBOARD_BUILD=... node tests/soak/abuse.mjs [SECONDS [MOUNT...]]         30; nginx proxy_fcgi fcgid
//
// By hand, on a quiet machine and a build without sanitizers. The attacker's programs are nice: in life they are on other machines.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { children, computedSeconds, judgeResources, pssKiB, readResources } from '../support/resources.mjs';
import { Customer, Operator } from '../support/people.mjs';
import { Stack } from '../support/stack.mjs';
import { until } from '../support/waiting.mjs';
import { MOUNTS } from '../support/web.mjs';

const SECONDS = Number(process.argv[2] ?? 30);
const MOUNTED = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(MOUNTS);
const CALM_S = 15; // before and after
const OPERATORS = ['ana', 'ben', 'chloe', 'dara', 'sam'];
const EACH = 10; // chats of an operator
const EVERY_MS = 500; // a message of each customer
const NEW_EVERY_MS = 5000; // a new customer
const MEMORY_KIB = 512 * 1024;
const NORMAL_MS = 10000;
const FLOOR_MS = 20; // a p99 below it is as good as any: it is what a scheduler does with a machine that has something to do
// The limits are those of a new installation; what the tests' stacks leave out is in again.
const DEFAULTS = { messages_per_second: '', sockets_per_second: '', relay_memory_max_mib: '', chat_wait_max_ms: '' };

const percentile = (list, p) => list.length ? [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))] : NaN;
const ms = (value) => value.toFixed(1);

class Observed {
	samples = []; // { kind, at, took } and { kind, at, failed }

	async time(kind, act) {
		const at = performance.now();
		try {
			const answer = await act();
			this.samples.push({ kind, at, took: performance.now() - at });
			return answer;
		} catch (error) {
			this.samples.push({ kind, at, failed: error.message.slice(0, 200) });
			return null;
		}
	}

	between(kind, from, to) {
		return this.samples.filter((sample) => sample.kind === kind && sample.at >= from && sample.at < to);
	}

	p99(kind, from, to) {
		return percentile(this.between(kind, from, to).filter(({ took }) => took !== undefined).map(({ took }) => took), 0.99);
	}
}

async function company(stack) {
	await stack.query('update chat.setting set value = $1 where name = \'max_chats\'', [String(EACH)]);
	await stack.query('update chat.operator set max_chats = $1', [EACH]);
	await stack.query('insert into chat.operator_skill (operator, skill, rating) values (\'ben\', \'sales\', 5) on conflict do nothing');
	await stack.query('update chat.setting set value = \'0\' where name = \'site_chats_per_minute\'');
	const operators = [];
	for (const [i, name] of OPERATORS.entries()) {
		const operator = Object.assign(await Operator.logIn(stack, name, ['sales']), { from: `127.0.2.${i + 1}`, heard: new Map() });
		await operator.connect({ onFrame: (frame) => {
			if (frame.t === 'offer') operator.send({ t: 'accept', offer: frame.offer });
			if (frame.t === 'event') operator.heard.set(frame.cid ?? frame.body, frame.heard_at);
			if (operator.frames.length > 500) operator.frames.splice(0, 400);
		} });
		operators.push(operator);
	}
	const customers = [];
	for (let i = 0; i < OPERATORS.length * EACH; i++) customers.push(await Customer.open(stack, { queue: 'sales' }, { from: `127.0.1.${i + 1}` }));
	const ours = customers.map(({ chat }) => chat);
	await until(async () => (await stack.query('select count(*)::int n from chat.assignment where ended_at is null and chat = any ($1)', [ours]))[0].n === ours.length,
		{ what: 'every customer to have an operator' });
	await Promise.all(customers.map((customer) => customer.connect()));
	const readers = [];
	for (let i = 0; i < 5; i++) readers.push(await Customer.open(stack, {}));
	await stack.query('update chat.setting set value = \'60\' where name = \'site_chats_per_minute\'');
	await stack.query('delete from chat.site_rate');
	return { operators, customers, readers };
}

// One customer: a message every so often, and how long its ack took. Who is cut connects again, as the widget does.
async function chat(customer, observed, going) {
	await pause(Math.random() * EVERY_MS);
	for (let n = 0; going(); n++) {
		const begun = performance.now();
		if (customer.closed !== null) await observed.time('reconnect', () => customer.connect({ last_seq: n }));
		await observed.time('message', () => customer.say(`message ${n}`));
		customer.frames.length = 0;
		await pause(Math.max(0, EVERY_MS - (performance.now() - begun)));
	}
}

// New customers: configuration, chat request, socket, end.
async function arrivals(stack, observed, going) {
	for (let n = 0; going(); n++) {
		const from = `127.0.3.${n % 250 + 1}`;
		const begun = performance.now();
		const customer = await observed.time('chat request', () => Customer.open(stack, { queue: 'sales' }, { from }));
		if (customer) {
			await observed.time('socket', () => customer.connect());
			customer.close();
			await observed.time('end', () => customer.call('POST', `chats/${customer.chat}/end`, {}));
		}
		await pause(Math.max(0, NEW_EVERY_MS - (performance.now() - begun)));
	}
}

const processes = (program) => [program.pid, ...children(program.pid)];

// Of a core, by each program since then: what an attack costs, however busy the machine is otherwise.
function computing(stack) {
	return Object.fromEntries(stack.programs.map((program) => [program.name, computedSeconds(processes(program))]));
}

function tellComputing(what, from, to, ms) {
	console.log(`  computing ${what}: ${Object.keys(to).map((name) => `${name} ${((to[name] - from[name]) / ms * 1e5).toFixed(1)}`).join(', ')} % of a core`);
}

function held(stack) {
	return Object.fromEntries(stack.programs.map((program) => [program.name, processes(program).reduce((sum, pid) => {
		try {
			return sum + pssKiB(pid);
		} catch {
			return sum; // it has ended
		}
	}, 0)]));
}

function raise(most, now) {
	for (const [name, kib] of Object.entries(now)) most[name] = Math.max(most[name] ?? 0, kib);
}

async function attack(stack, readers, most) {
	const chats = readers.map(({ chat: id, token }) => ({ chat: id, token }));
	const attacker = spawn('nice', ['-n', '19', process.execPath, new URL('attacker.mjs', import.meta.url).pathname, stack.url, SECONDS, JSON.stringify(chats)].map(String),
		{ stdio: ['ignore', 'pipe', 'inherit'] });
	let said = '';
	attacker.stdout.on('data', (chunk) => { said += chunk; });
	const watch = setInterval(() => raise(most, held(stack)), 1000);
	await new Promise((resolve) => attacker.once('close', resolve));
	clearInterval(watch);
	return JSON.parse(said.trim().split('\n').pop());
}

// The first second after `from` from which on no second is worse than twice as before.
function normalAfter(observed, from, to, limit) {
	let normal = 0;
	for (let at = from; at + 1000 <= to; at += 1000) {
		const samples = observed.between('message', at, at + 1000);
		if (samples.some(({ failed }) => failed) || !(percentile(samples.map(({ took }) => took), 0.99) <= limit)) normal = at + 1000 - from;
	}
	return normal;
}

async function run(stack) {
	const idle = await readResources(stack);
	const { operators, customers, readers } = await company(stack);
	const observed = new Observed();
	let over = false;
	const going = () => !over;
	const life = [...customers.map((customer) => chat(customer, observed, going)), arrivals(stack, observed, going)];
	await pause(3000);
	const most = {};
	const before = performance.now();
	const computed = [computing(stack)];
	await pause(CALM_S * 1000);
	const rest = held(stack);
	computed.push(computing(stack));
	const begun = performance.now();
	const done = await attack(stack, readers, most);
	const ended = performance.now();
	computed.push(computing(stack));
	await pause(CALM_S * 1000);
	const last = performance.now();
	over = true;
	await Promise.all(life);
	const spans = { before: [before, begun], during: [begun, ended], after: [ended, last] };
	for (const kind of ['message', 'chat request', 'socket', 'end', 'reconnect']) {
		for (const [name, [from, to]] of Object.entries(spans)) {
			const all = observed.between(kind, from, to);
			const took = all.filter((sample) => sample.took !== undefined).map((sample) => sample.took);
			const failed = all.filter((sample) => sample.failed);
			const why = [...new Set(failed.map(({ failed: text }) => text))].slice(0, 3).join(' | ');
			if (all.length) console.log(`  ${kind.padEnd(13)}${name.padEnd(8)}${String(all.length).padStart(6)}  p50 ${ms(percentile(took, 0.5))} ms,`
				+ ` p99 ${ms(percentile(took, 0.99))} ms, longest ${ms(Math.max(...took))} ms, failed ${failed.length} ${why}`);
		}
	}
	tellComputing('before', computed[0], computed[1], begun - before);
	tellComputing('during', computed[1], computed[2], ended - begun);
	for (const [what, n] of Object.entries(done)) console.log(`  ${what}: ${n}`);
	const mib = (programs) => Object.entries(programs).map(([name, kib]) => `${name} ${(kib / 1024).toFixed(1)}`).join(', ');
	console.log(`  held at rest ${mib(rest)} MiB; at most ${mib(most)} MiB`);
	const limit = Math.max(FLOOR_MS, 2 * observed.p99('message', ...spans.before));
	const normal = normalAfter(observed, ended, last, limit);
	console.log(`  normal ${normal / 1000} s after the end; load of the machine ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`);
	for (const person of [...customers, ...operators]) person.close();
	const problems = await judgeResources(stack, idle);
	const broken = (what, is) => { if (is) problems.push(what); };
	broken(`p99 of a message was ${ms(observed.p99('message', ...spans.during))} ms, more than ${ms(limit)} ms`, !(observed.p99('message', ...spans.during) <= limit));
	broken('somebody was refused or cut', observed.samples.some(({ failed }) => failed));
	broken('not normal again within 10 s', normal > NORMAL_MS);
	for (const [name, kib] of Object.entries(most)) broken(`${name} held ${kib} KiB`, kib > MEMORY_KIB);
	return problems;
}

let broken = 0;
for (const web of MOUNTED) {
	const stack = new Stack({ web, limitExempt: false, cacheSeconds: 1, options: DEFAULTS, modules: web === 'nginx' ? [] : ['qos'] });
	const abandon = () => stack.abandon();
	process.once('exit', abandon);
	await stack.start();
	try {
		console.log(MOUNTS[web].title);
		const problems = await run(stack);
		for (const problem of problems) console.log(`  BROKEN  ${problem}`);
		broken += problems.length;
	} finally {
		await stack.finish();
		process.removeListener('exit', abandon);
	}
}
if (broken > 0) process.exitCode = 1;
