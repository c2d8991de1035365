// SPDX-License-Identifier: ISC
// Every libpq call and every allocation on the way of a message and of a chat request fails in turn, one a try (PF24); then the history is judged.
//
//   node tests/soak/failures.mjs            a quarter of an hour
//
// Worth most with sanitizers, which tell of leaks, too. tests/faults/failures.test.mjs takes some of them, evenly chosen.

import { Failures } from '../faults/fail.mjs';
import { furnish } from '../faults/shift.mjs';
import { Stack } from '../support/stack.mjs';

const ALL = { most: Infinity };
const SET_UP = { most: 300 }; // each statement is prepared in the same way
const stack = new Stack({ prepare: furnish, mayReport: [/fcgiapp\.c:\d+: Malloc: Assertion/] }); // libfcgi ends a process that gets no memory in its own words
process.once('exit', () => stack.abandon());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

async function run() {
	const failures = await Failures.of(stack);
	for (const kind of ['libpq', 'memory']) {
		await failures.messages(kind, ALL).finally(() => tell(failures));
		await failures.setUp(kind, SET_UP).finally(() => tell(failures));
		for (const fresh of [false, true]) {
			await failures.chatRequests(kind, { ...ALL, fresh }).finally(() => tell(failures));
			await failures.httpMessages(kind, { ...ALL, fresh }).finally(() => tell(failures));
		}
	}
	await failures.over();
	return failures;
}

function tell(failures) {
	for (const line of failures.told.splice(0)) console.log(line);
}

await stack.start();
try {
	await run();
	console.log('the history is whole');
} finally {
	await stack.finish();
}
