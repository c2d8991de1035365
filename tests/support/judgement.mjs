// SPDX-License-Identifier: ISC
// What must hold after every test file, whatever it tested.

import { createReadStream, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { until } from './waiting.mjs';

const REPORT = /ERROR: (Address|Leak|Thread|Memory)Sanitizer|runtime error:|Assertion .* failed/;

export async function judge(stack) {
	await until(() => processesLeft(stack.dir).length === 0).catch(() => {}); // who was killed a moment ago is still ending; who stays is named below
	stack.problems.push(
		...await sanitizerReports(`${stack.dir}/log`, stack.settings?.mayReport ?? []), ...coreFiles(stack.dir), ...processesLeft(stack.dir),
		...await stack.database.brokenInvariants(stack.installation.sqlDir).catch((error) => [`invariants: ${error.message}`]));
}

// Line by line: a benchmark's logs are longer than a string may be.
async function sanitizerReports(logDir, allowed) {
	const reports = [];
	for (const name of readdirSync(logDir)) {
		for await (const line of createInterface({ input: createReadStream(`${logDir}/${name}`) })) {
			if (REPORT.test(line) && !allowed.some((pattern) => pattern.test(line))) reports.push(`${name}: ${line}`);
		}
	}
	return reports;
}

function coreFiles(dir) {
	return readdirSync(dir, { recursive: true }).filter((name) => /(^|\/)core(\.\d+)?$/.test(name)).map((name) => `a core file: ${name}`);
}

// Every program of a stack or a demo names its directory in its arguments or works in it; zombies do not count.
export function processesLeft(dir) {
	const left = [];
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
		try {
			const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
			const place = readlinkSync(`/proc/${pid}/cwd`);
			if (command.includes(dir) || `${place}/`.startsWith(`${dir}/`)) left.push(`a process is left: ${pid} ${command}`);
		} catch {
			// it ended while we looked, or is not ours to look at
		}
	}
	return left;
}
