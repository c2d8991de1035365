// SPDX-License-Identifier: ISC
// A worker that has served thousands of requests, good and bad, holds no more than one that has served some.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { useStack } from '../support/stack.mjs';
import { sourceTree } from '../support/installation.mjs';
import { ENVIRONMENT } from '../support/program.mjs';
import { pssKiB } from '../support/resources.mjs';
import { until } from '../support/waiting.mjs';
import { workers } from '../support/http.mjs';

const run = promisify(execFile);
const stack = useStack({ options: { api_workers: 1, log_level: 'error' } });

const FIRST = 2000;
const MORE = 10000;
const KIB_A_REQUEST = 0.25; // what a leak would take at the least: the smallest object and what the allocator puts around it

// At least so many requests, by the tool that makes the benchmark's.
async function requests(count) {
	const bench = `${sourceTree}/tests/bench`;
	for (let made = 0; made < count;) {
		const { stdout } = await run('wrk', ['-t1', '-c4', '-d1s', '--timeout', '30s', '-s', `${bench}/mixed.lua`, `http://localhost:${stack.port}/`], { env: { ...process.env, BENCH_DIR: bench } });
		made += Number(/(\d+) requests in/.exec(stdout)[1]);
	}
}

test('the memory of a worker does not grow with what it has served', async (t) => {
	// a sanitizer that keeps what is freed would look like a leak
	await stack.api.stop();
	stack.api.change({ env: { ASAN_OPTIONS: `${ENVIRONMENT.ASAN_OPTIONS}:quarantine_size_mb=0:thread_local_quarantine_size_kb=0` } });
	await stack.api.start();
	const [worker] = await until(() => workers(stack).length === 1 && workers(stack), { what: 'the worker' });
	await requests(FIRST);
	const early = pssKiB(worker);
	await requests(MORE);
	const late = pssKiB(worker);
	t.diagnostic(`Pss ${early} KiB after ${FIRST} requests, ${late} KiB after ${MORE} more`);
	assert.deepEqual(workers(stack), [worker], 'it is still the same');
	assert.ok(late - early < MORE * KIB_A_REQUEST, `${early} KiB, then ${late} KiB`);
});
