// SPDX-License-Identifier: ISC
// What the programs of a stack logged while a test failed: a failure on a machine that nobody can log into must explain itself.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

const LINES = 15; // of each program

// `dir` holds the logs of stacks, as Stack keeps them; `details` has the `not ok` lines of what failed. → lines for a report, '' when nothing fits
export function excerpts(dir, details) {
	const failed = new Set([...details.matchAll(/^ *not ok \d+ - (.*?)(?: # .*)?$/gm)].map(([, name]) => name.replaceAll('\\#', '#')));
	if (!existsSync(dir)) return '';
	return readdirSync(dir).sort().flatMap((stack) => ofStack(`${dir}/${stack}`, failed)).map((line) => `  ${line}\n`).join('');
}

// The test of this file that began last in the stack whose logs were kept last, null where there is none.
export function lastMarked(dir, file) {
	if (!existsSync(dir)) return null;
	const [latest] = readdirSync(dir).filter((name) => name.startsWith(file.replace(/\W+/g, '-'))).map((stack) => `${dir}/${stack}`).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
	return latest ? marksOf(latest).at(-1)?.test ?? null : null;
}

function marksOf(dir) {
	return existsSync(`${dir}/marks.json`) ? JSON.parse(readFileSync(`${dir}/marks.json`, 'utf8')) : [];
}

function ofStack(dir, failed) {
	const marks = marksOf(dir);
	return marks.flatMap(({ test, sizes }, i) => (failed.has(test) ? ofTest(dir, test, sizes, marks[i + 1]?.sizes) : []));
}

function ofTest(dir, test, from, to) {
	const lines = readdirSync(dir).filter((name) => name.endsWith('.log')).sort().flatMap((name) => {
		const logged = readFileSync(`${dir}/${name}`).subarray(from[name] ?? 0, to?.[name]).toString('utf8').split('\n').filter(Boolean);
		return logged.slice(-LINES).map((line) => `${name.replace('.log', '')}: ${line.slice(0, 400)}`);
	});
	return lines.length > 0 ? [`logged during "${test}":`, ...lines.map((line) => `  ${line}`)] : [];
}
