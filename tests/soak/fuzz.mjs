// SPDX-License-Identifier: ISC
// Lets clang's libFuzzer look for inputs that break a parser (tests/fuzz/README.md). By hand; one target after the other, each for SECONDS.
//
//   SWITCHBOARD_BUILD_DIR=BUILD node tests/soak/fuzz.mjs [SECONDS [TARGET...]]
//
// BUILD is a configured tree (for config.h). Ends with a status other than 0 when something was found; what was found is left in tests/output/fuzz.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const build = process.env.SWITCHBOARD_BUILD_DIR ?? source;
const seconds = Number(process.argv[2] ?? 3600);
const targets = process.argv.length > 3 ? process.argv.slice(3) : readdirSync(`${source}/tests/fuzz/data`);
const work = mkdtempSync(`${tmpdir()}/fuzz.`);
const found = `${source}/tests/output/fuzz`;
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
mkdirSync(found, { recursive: true });

const packages = ['json-c', 'libcrypto', 'libpq', 'libuv', 'fcgi', 'libcrypt'];
const flags = (kind) => execFileSync('pkg-config', [kind, ...packages], { encoding: 'utf8' }).trim().split(/\s+/);
const compile = ['-std=gnu17', '-g', '-O1', '-fsanitize=fuzzer-no-link,address,undefined', '-fno-sanitize-recover=undefined', '-include', `${build}/config.h`,
	`-I${build}`, `-I${source}/app`, `-I${source}/tests/fuzz`, '-DSWITCHBOARD_CONFIG_FILE="/none"', '-DSWITCHBOARD_SQL_DIR="/none"', '-DSWITCHBOARD_WWW_DIR="/none"', ...flags('--cflags')];

// Every layer that the targets stand on, as one archive: the linker takes what each needs.
const layers = ['base', 'db', 'chat', 'http', 'api', 'relay'];
const alone = new Set(['main.c', 'socket.c', 'wire.c', 'listen.c', 'courier_nats.c']); // programs, and what needs libraries of its own
for (const layer of layers) {
	for (const file of readdirSync(`${source}/app/${layer}`)) {
		if (!file.endsWith('.c') || alone.has(file)) continue;
		const done = spawnSync('clang', [...compile, '-c', `${source}/app/${layer}/${file}`, '-o', `${work}/${layer}-${file}.o`], { stdio: 'inherit' });
		if (done.status !== 0) process.exit(1);
	}
}
execFileSync('ar', ['cr', `${work}/all.a`, ...readdirSync(work).filter((name) => name.endsWith('.o')).map((name) => `${work}/${name}`)]);

let broken = 0;
for (const target of targets) {
	execFileSync('clang', [...compile, '-fsanitize=fuzzer,address,undefined', `${source}/tests/fuzz/${target}.c`, `${source}/tests/fuzz/input.c`, `${work}/all.a`,
		'-o', `${work}/${target}`, ...flags('--libs'), '-lunistring'], { stdio: 'inherit' });
	const corpus = `${work}/corpus-${target}`;
	cpSync(`${source}/tests/fuzz/data/${target}`, corpus, { recursive: true });
	const before = readdirSync(corpus).length;
	const run = spawnSync(`${work}/${target}`, [corpus, `-max_total_time=${seconds}`, '-max_len=9000', '-timeout=10', '-rss_limit_mb=1024', `-artifact_prefix=${found}/${target}-`,
		'-print_final_stats=1', '-verbosity=0'], { encoding: 'utf8', maxBuffer: 1 << 28 });
	const stat = (name) => run.stderr.match(new RegExp(`stat::${name}:\\s+(\\d+)`))?.[1] ?? '?';
	console.log(`${target}: ${stat('number_of_executed_units')} inputs in ${seconds} s, ${readdirSync(corpus).length - before} of them new ways through, `
		+ `${stat('peak_rss_mb')} MB, ${run.status === 0 ? 'nothing broken' : 'BROKEN'}`);
	if (run.status !== 0) {
		broken++;
		console.log(run.stderr.split('\n').filter((line) => !/^(INFO|#\d)/.test(line)).slice(0, 60).join('\n'));
	}
}
process.exitCode = broken > 0 ? 1 : 0;
