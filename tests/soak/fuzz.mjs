// SPDX-License-Identifier: ISC
// Lets clang's libFuzzer look for inputs that break a parser (tests/fuzz/README.md). By hand; a minute of each target in turn, until each has computed for SECONDS:
// of a machine that has other work to do, time by the clock says little.
//
//   SWITCHBOARD_BUILD_DIR=BUILD [SWITCHBOARD_FUZZ_KEEP=DIRECTORY] node tests/soak/fuzz.mjs [SECONDS [TARGET...]]
//
// BUILD is a configured tree (for config.h). With a directory to keep things in, a run that was stopped goes on where it was: the inputs found so far and what each
// target has computed (SECONDS counts that, too) stand there. Ends with a status other than 0 when something was found; what was found is left in tests/output/fuzz.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const build = process.env.SWITCHBOARD_BUILD_DIR ?? source;
const seconds = Number(process.argv[2] ?? 3600);
const targets = process.argv.length > 3 ? process.argv.slice(3) : readdirSync(`${source}/tests/fuzz/data`);
const work = mkdtempSync(`${tmpdir()}/fuzz.`);
const keep = process.env.SWITCHBOARD_FUZZ_KEEP ?? work;
const ledger = `${keep}/ledger.json`; // { target: { seconds, inputs, ways, rss } }
const found = `${source}/tests/output/fuzz`;
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
mkdirSync(found, { recursive: true });

const packages = ['json-c', 'libcrypto', 'libpq', 'libuv', 'fcgi', 'libcrypt'];
const flags = (kind) => execFileSync('pkg-config', [kind, ...packages], { encoding: 'utf8' }).trim().split(/\s+/);
const compile = ['-std=gnu17', '-g', '-O1', '-fsanitize=fuzzer-no-link,address,undefined', '-fno-sanitize-recover=undefined', '-include', `${build}/config.h`,
	`-I${build}`, `-I${source}/app`, `-I${source}/tests/fuzz`, '-DSWITCHBOARD_CONFIG_FILE="/none"', '-DSWITCHBOARD_SQL_DIR="/none"', '-DSWITCHBOARD_WWW_DIR="/none"', ...flags('--cflags')];

// Every layer that the targets stand on, as one archive: the linker takes what each needs.
const layers = ['base', 'db', 'chat', 'http', 'api', 'relay'];
const alone = new Set(['main.c', 'socket.c', 'wire.c', 'listen.c', 'carrier_nats.c']); // programs, and what needs libraries of its own
for (const layer of layers) {
	for (const file of readdirSync(`${source}/app/${layer}`)) {
		if (!file.endsWith('.c') || alone.has(file)) continue;
		const done = spawnSync('clang', [...compile, '-c', `${source}/app/${layer}/${file}`, '-o', `${work}/${layer}-${file}.o`], { stdio: 'inherit' });
		if (done.status !== 0) process.exit(1);
	}
}
execFileSync('ar', ['cr', `${work}/all.a`, ...readdirSync(work).filter((name) => name.endsWith('.o')).map((name) => `${work}/${name}`)]);

for (const target of targets) {
	execFileSync('clang', [...compile, '-fsanitize=fuzzer,address,undefined', `${source}/tests/fuzz/${target}.c`, `${source}/tests/fuzz/input.c`, `${work}/all.a`,
		'-o', `${work}/${target}`, ...flags('--libs'), '-lunistring'], { stdio: 'inherit' });
}

const corpus = (target) => `${keep}/corpus-${target}`;
const known = (target) => readdirSync(`${source}/tests/fuzz/data/${target}`).length;
const done = existsSync(ledger) ? JSON.parse(readFileSync(ledger, 'utf8')) : {};
for (const target of targets) {
	done[target] ??= { seconds: 0, inputs: 0, ways: 0, rss: 0 };
	cpSync(`${source}/tests/fuzz/data/${target}`, corpus(target), { recursive: true });
}

// What all children that were waited for have computed (proc(5): cutime and cstime, in hundredths of a second).
const childSeconds = () => {
	const [cutime, cstime] = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(13, 15).map(Number);
	return (cutime + cstime) / 100;
};

// One minute by the clock, or what is left; false: something broke.
const slice = (target) => {
	const mine = done[target];
	const before = childSeconds();
	const limit = Math.max(1, Math.min(60, Math.ceil(seconds - mine.seconds)));
	const run = spawnSync(`${work}/${target}`, [corpus(target), `-max_total_time=${limit}`, '-max_len=9000', '-timeout=60', '-rss_limit_mb=1024', `-artifact_prefix=${found}/${target}-`,
		'-print_final_stats=1', '-verbosity=0'], { encoding: 'utf8', maxBuffer: 1 << 28 });
	const stat = (name) => Number(run.stderr.match(new RegExp(`stat::${name}:\\s+(\\d+)`))?.[1] ?? 0);
	mine.seconds += childSeconds() - before;
	mine.inputs += stat('number_of_executed_units');
	mine.ways = readdirSync(corpus(target)).length - known(target);
	mine.rss = Math.max(mine.rss, stat('peak_rss_mb'));
	writeFileSync(ledger, JSON.stringify(done, null, '\t'));
	if (run.status === 0) return true;
	console.log(`${target}: BROKEN\n${run.stderr.split('\n').filter((line) => !/^(INFO|#\d)/.test(line)).slice(0, 60).join('\n')}`);
	return false;
};

const broken = new Set();
const open = () => targets.filter((target) => done[target].seconds < seconds && !broken.has(target));
while (open().length > 0) {
	for (const target of open()) if (!slice(target)) broken.add(target);
}
for (const target of targets) {
	const { seconds: computed, inputs, ways, rss } = done[target];
	console.log(`${target}: ${inputs} inputs in ${Math.round(computed)} s of computing, ${ways} of them new ways through, ${rss} MB, ${broken.has(target) ? 'BROKEN' : 'nothing broken'}`);
}
process.exitCode = broken.size > 0 ? 1 : 0;
