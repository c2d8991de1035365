// SPDX-License-Identifier: ISC
// Runs the rings of tests side by side and adds them up: node tests/support/rings.mjs [RING|FILE]...
// One line a ring, the details of what failed, and last `N passed, N failed`. Environment: SWITCHBOARD_BUILD (installed programs),
// SWITCHBOARD_BUILD_DIR (where make works), SWITCHBOARD_TEST_DSN (a cluster, from with-postgres), SWITCHBOARD_LIMIT_S (seconds after which a file that does not end
// is ended).

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { excerpts, lastMarked } from './excerpts.mjs';
import { countAutomake, countNode, countTap } from './tap.mjs';

const source = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const output = `${source}/tests/output`;
const AT_ONCE = 3;
const LONGEST = 'e2e'; // whoever finds no ring left to begin helps with the files of this one, but no more than
const HELPED = 2; // at once: browsers take a processor each
const LIMIT_MS = 1000 * (process.env.SWITCHBOARD_LIMIT_S ?? 1200); // of one run: many times what the longest takes; what hangs is ended, and named
const GRACE_MS = 15000; // for what is ended to clean up
const SAID = 3000; // characters of what it said last

// Longest first. Each gives its runs: a command, and a function from its output to { passed, failed, skipped, details }.
const RINGS = {
	routing: (files) => nodeTests('routing', files),
	relay: (files) => nodeTests('relay', files),
	faults: (files) => nodeTests('faults', files),
	e2e: (files) => nodeTests('e2e', files),
	courier: (files) => nodeTests('courier', files),
	api: (files) => nodeTests('api', files),
	cli: (files) => nodeTests('cli', files),
	deploy: (files) => nodeTests('deploy', files),
	unit: () => [{ command: ['make', '-s', '-C', process.env.SWITCHBOARD_BUILD_DIR, 'check'], count: countAutomake }],
	sql: (files) => [...pgTap(files), ...(files.length === 0 || found('sql', /\.test\.mjs$/, files).length > 0 ? nodeTests('sql', files) : [])],
	www: () => [{ command: ['make', '-s', '-C', process.env.SWITCHBOARD_BUILD_DIR, 'check-www'], count: countNode }],
	lint: () => [{ command: ['tests/lint/run'], count: countTap }],
};

function found(ring, pattern, files) {
	if (files.length > 0) return files.filter((name) => pattern.test(name));
	const dir = `${source}/tests/${ring}`;
	if (!existsSync(dir)) return [];
	return readdirSync(dir, { recursive: true }).filter((name) => pattern.test(name)).sort().map((name) => `tests/${ring}/${name}`);
}

// A run a file.
function nodeTests(ring, files) {
	const wanted = found(ring, /\.test\.mjs$/, files);
	if (wanted.length === 0) return [{ command: ['sh', '-c', `echo "no test files in tests/${ring}"; exit 1`], count: countNode }];
	return wanted.map((file) => ({ command: ['node', '--test', '--test-reporter=tap', file], count: countNode, file }));
}

function pgTap(files) {
	const wanted = found('sql', /\.sql$/, files);
	return wanted.length > 0 || files.length === 0 ? [{ command: ['node', 'tests/support/pgtap.mjs', ...wanted], count: countTap }] : [];
}

// A ring under way: the runs that are left, and what the others came to.
function openRing(ring, files) {
	const stacks = `${output}/${ring}-logs`;
	const log = `${output}/${ring}.log`;
	rmSync(stacks, { recursive: true, force: true });
	writeFileSync(log, '');
	return { ring, log, stacks, started: Date.now(), runs: RINGS[ring](files), running: 0, total: { passed: 0, failed: 0, skipped: 0, details: '' } };
}

// Runs what is left of a ring, one after the other; whoever ends the last one reports it.
async function runRing(state) {
	while (state.runs.length > 0 && !ending) {
		const { command, count, file = command.join(' ') } = state.runs.shift();
		const alone = state.running++ === 0; // two that write to the log at once would be read by nobody
		const run = await runCommand(command, alone ? state.log : null, { SWITCHBOARD_KEEP_LOGS: state.stacks });
		if (!alone) appendFileSync(state.log, run.text);
		const result = run.hung ? hung(count, file, run.text, state.stacks) : verdict(count, run.text, run.code);
		for (const key of Object.keys(state.total)) state.total[key] += result[key];
		state.running--;
	}
	if (state.running === 0 && !state.closed) {
		state.closed = true;
		closeRing(state);
	}
}

function closeRing({ ring, log, stacks, started, total: ofRing }) {
	ofRing.details += excerpts(stacks, ofRing.details);
	if (ofRing.failed === 0) rmSync(stacks, { recursive: true, force: true });
	report({ ring, log, seconds: (Date.now() - started) / 1000, ...ofRing });
	for (const key of Object.keys(total)) total[key] += ofRing[key];
}

// Resolves with the command's whole output, which goes to the log (null: to none) while it runs, its exit code, and whether it was ended because it would not end by itself.
function runCommand(command, log, env) {
	return new Promise((resolve) => {
		let text = '', hung = false;
		const keep = (chunk) => {
			text += chunk;
			if (log) appendFileSync(log, chunk);
		};
		// a group of its own, so that it can be ended with all that it has started
		const child = spawn(command[0], command.slice(1), { cwd: source, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
		children.add(child);
		child.stdout.setEncoding('utf8').on('data', keep);
		child.stderr.setEncoding('utf8').on('data', keep);
		const limit = setTimeout(() => {
			hung = true;
			signalGroup(child, 'SIGTERM');
			setTimeout(() => {
				signalGroup(child, 'SIGKILL');
				for (const stream of [child.stdout, child.stderr]) stream.destroy(); // or who has left the group would hold them open
			}, GRACE_MS).unref();
		}, LIMIT_MS);
		const over = (code) => {
			clearTimeout(limit);
			children.delete(child);
			resolve({ text, code, hung });
		};
		child.once('error', (error) => {
			keep(`${error.message}\n`);
			over(1);
		});
		child.once('close', over);
	});
}

const children = new Set();
let ending = false;

function signalGroup({ pid }, signal) {
	try {
		process.kill(-pid, signal);
	} catch {
		// nobody is left
	}
}

// They are in groups of their own: who ends us ends them.
process.once('exit', () => {
	for (const child of children) signalGroup(child, 'SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.once(signal, () => {
		ending = true;
		for (const child of children) signalGroup(child, signal);
		setTimeout(() => process.exit(1), GRACE_MS).unref();
	});
}

// What passed before counts; what is printed names the file, the test it was in, and what was said last.
function hung(count, file, text, stacks) {
	const result = count(text);
	const test = lastMarked(stacks, basename(file));
	const lines = [`  not ok 1 - ${test ?? file}`, `    ${file} did not end within ${LIMIT_MS / 1000} s${test ? `; the last test that began is the one above` : ''}; it said last:`,
		...text.slice(-SAID).split('\n').map((line) => `    ${line}`)];
	return { ...result, failed: result.failed + 1, details: `${result.details}${lines.join('\n')}\n` };
}

// A command that fails without naming a failed test, or passes without a test, counts as one failure.
function verdict(count, text, code) {
	const result = count(text);
	if (result.failed === 0 && (code !== 0 || result.passed === 0)) {
		return { ...result, failed: 1, details: `${text.slice(-4000)}\n(ended with code ${code})` };
	}
	return result;
}

function sum({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function report({ ring, passed, failed, skipped, seconds, details, log }) {
	console.log(`${ring.padEnd(7)} ${sum({ passed, failed, skipped })}   ${seconds.toFixed(0)} s`);
	if (failed > 0) console.log(`${details.trimEnd()}\n  all of it: ${log.slice(source.length + 1)}\n`);
}

// Words are rings or files; a file belongs to the ring whose folder it is in.
function chosen(words) {
	const rings = new Map();
	for (const word of words) {
		const ring = word in RINGS ? word : /(?:^|\/)tests\/(\w+)\//.exec(word)?.[1];
		if (!(ring in RINGS)) throw new Error(`${word} is neither a ring (${Object.keys(RINGS).join(', ')}) nor a file in one`);
		rings.set(ring, [...(rings.get(ring) ?? []), ...(word in RINGS ? [] : [word])]);
	}
	return rings.size > 0 ? [...rings] : Object.keys(RINGS).map((ring) => [ring, []]);
}

const queue = chosen(process.argv.slice(2));
const total = { passed: 0, failed: 0, skipped: 0 };
let longest;
mkdirSync(output, { recursive: true });
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
	for (let next = queue.shift(); next && !ending; next = queue.shift()) {
		const state = openRing(...next);
		if (state.ring === LONGEST) longest = state;
		await runRing(state);
	}
	if (longest && longest.running > 0 && longest.running < HELPED) await runRing(longest);
}));
console.log(sum(total));
process.exitCode = ending || total.failed > 0 || total.skipped > 0 ? 1 : 0;
