// SPDX-License-Identifier: ISC
// From the output of a test runner to { passed, failed, skipped, details }.

// Plain TAP of one or several programs: an `ok` line is a test, the `#` lines after a `not ok` say why.
export function countTap(text) {
	const result = { passed: 0, failed: 0, skipped: 0, details: '' };
	let explaining = false;
	for (const line of text.split('\n')) {
		const test = /^(not )?ok\b.*?(#\s*skip\b)?/i.exec(line);
		if (test) {
			const skipped = /#\s*skip\b/i.test(line);
			explaining = Boolean(test[1]) && !/#\s*todo\b/i.test(line);
			result[skipped ? 'skipped' : explaining ? 'failed' : 'passed']++;
		}
		if (/^Bail out!/.test(line)) result.failed++;
		if (explaining && (test || line.startsWith('#')) || /^Bail out!/.test(line)) result.details += `  ${line}\n`;
	}
	return result;
}

// node --test --test-reporter=tap, perhaps with other output around: its last lines count, nested `not ok` blocks say why.
export function countNode(text) {
	const sum = (name) => [...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, 'gm'))].reduce((n, match) => n + Number(match[1]), 0);
	const details = [];
	let depth = null;
	for (const line of text.split('\n')) {
		const indent = /^ */.exec(line)[0].length;
		if (/^ *not ok /.test(line)) {
			details.push(line);
			depth = indent;
		} else if (depth !== null && indent > depth) {
			details.push(line);
		} else {
			depth = null;
		}
	}
	const skipped = sum('skipped') + sum('todo');
	return { passed: sum('pass'), failed: sum('fail') + sum('cancelled'), skipped, details: details.map((line) => `  ${line}\n`).join('') };
}

// make check with automake's parallel driver: its summary counts, the logs of what failed are named in it.
export function countAutomake(text) {
	const sum = (name) => [...text.matchAll(new RegExp(`^# ${name}: +(\\d+)$`, 'gm'))].reduce((n, match) => n + Number(match[1]), 0);
	const details = text.split('\n').filter((line) => /^(FAIL|XPASS|ERROR): |error:|^make: /.test(line)).map((line) => `  ${line}\n`).join('');
	return { passed: sum('PASS'), failed: sum('FAIL') + sum('XPASS') + sum('ERROR'), skipped: sum('SKIP') + sum('XFAIL'), details };
}
