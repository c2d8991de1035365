// SPDX-License-Identifier: ISC
// A relay that gets no processor for a while, as on a machine that is too busy or was suspended.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { useStack } from '../support/stack.mjs';
import { RawSocket } from '../support/raw-socket.mjs';
import { converse } from '../support/conversation.mjs';

const HEARTBEAT_MS = 5000; // who answers does so in that time even on a machine that is very busy
const stack = useStack({ options: { heartbeat_s: HEARTBEAT_MS / 1000, hello_timeout_s: 5 } });

test('a relay that was away closes nobody for its own absence', { timeout: 300000 }, async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t);
	const newcomer = await RawSocket.open({ path: stack.relaySocket() }, { origin: new URL(stack.url).origin });
	stack.relay.signal('SIGSTOP');
	newcomer.text({ t: 'hello', token: kim.token, chat: kim.chat, last_seq: 0 });
	await pause(3 * HEARTBEAT_MS); // the absence itself: longer than any of its deadlines
	stack.relay.signal('SIGCONT');
	await newcomer.message(({ t: type }) => type === 'ready', 'a hello that was there in time to be heard');
	assert.equal((await ana.say(kim.chat, 'are you there?')).t, 'ack');
	assert.equal((await kim.say('yes')).t, 'ack');
	assert.deepEqual([kim.closed, ana.closed, newcomer.code], [null, null, null]);
	assert.match(stack.relay.log, /event=was_away/);
	newcomer.close();
});
