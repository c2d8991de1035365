// SPDX-License-Identifier: ISC
// ROUTING 4.4: 14 operators at load 10 in real time, 150 times as fast as in life, over sockets and notifications, with its limits. By hand, on a quiet machine
// and a build without sanitizers; 5,000 chats take 17 minutes.
//
//   SWITCHBOARD_BUILD=... node tests/soak/real-time.mjs [CHATS] [SEED]

import { Stack } from '../support/stack.mjs';
import { erlangC } from '../routing/erlang.mjs';
import { playLine, prepareLine, tellLine } from '../routing/real-time.mjs';

const LINE = { operators: 14, load: 10, aht_s: 2, target_s: 0.2, chats: Number(process.argv[2] ?? 5000), seed: Number(process.argv[3] ?? 3) };
const stack = new Stack({ prepare: () => prepareLine(stack, LINE.operators) });
process.once('exit', () => stack.abandon());
await stack.start();
try {
	const found = await playLine(stack, LINE);
	const exact = erlangC(LINE).within(LINE.target_s);
	console.log(tellLine(found, exact));
	const limits = {
		'P(W ≤ T) within 0.06': Math.abs(found.within - exact) <= 0.06,
		'nobody waits beside a free operator for more than 50 ms': found.beside <= 50,
		'decision p99 within 50 ms of the commit of its event': found.decided.p99 <= 50,
		'nobody is overtaken': found.overtaken === 0,
		'everybody is served': found.chats === LINE.chats,
	};
	for (const [limit, kept] of Object.entries(limits)) console.log(`${kept ? 'kept' : 'BROKEN'}  ${limit}`);
	if (!Object.values(limits).every(Boolean)) process.exitCode = 1;
} finally {
	await stack.finish();
}
