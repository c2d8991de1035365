// SPDX-License-Identifier: ISC
// ROUTING 4.4 in small: the same run with 5,000 chats and its limits is tests/soak/real-time.mjs. A slow machine may be late here, but nobody is forgotten or overtaken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useStack } from '../support/stack.mjs';
import { erlangC } from './erlang.mjs';
import { playLine, prepareLine, tellLine } from './real-time.mjs';

const LINE = { operators: 14, load: 10, aht_s: 2, target_s: 0.2, chats: 200, seed: 3 };
const stack = useStack({ prepare: () => prepareLine(stack, LINE.operators) });

test('200 chats by chance, 14 operators on their sockets: everybody is served, in order', async (t) => {
	const found = await playLine(stack, LINE);
	t.diagnostic(tellLine(found, erlangC(LINE).within(LINE.target_s)));
	assert.equal(found.chats, LINE.chats);
	assert.equal(found.overtaken, 0);
});
