// SPDX-License-Identifier: ISC
// A supervisor takes the words of a message away: every socket hears of it, on whatever relay; who comes back later gets a placeholder (CONTRACT: kind `redacted`, data.removed).

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { useStack } from '../support/stack.mjs';
import { Operator } from '../support/people.mjs';
import { allHeard, converse } from '../support/conversation.mjs';

const stack = useStack({ relays: 2 });

test('both sides on both relays hear it as an event; resume and HTTP deliver the placeholder, and seqs have no gap (G3, G4)', async (t) => {
	const { operator: ana, customers: [kim] } = await converse(stack, t, { relay: 1, customerRelay: 2 });
	const sam = await Operator.logIn(stack, 'sam');
	const { seq, cid } = await kim.say('a secret of mine');
	await ana.say(kim.chat, 'I see');
	await sam.call('POST', `operator/chats/${kim.chat}/messages/${seq}/redact`, { reason: 'asked for' });
	for (const person of [kim, ana]) {
		const event = await person.frame(({ t: type, chat, kind }) => type === 'event' && chat === kim.chat && kind === 'redacted', 'the removal');
		assert.deepEqual([event.data, event.body, event.author], [{ seq }, undefined, { kind: 'operator', name: sam.display }]);
	}
	assert.equal((await kim.say('a secret of mine', { cid })).seq, seq, 'a repeat of it is still a repeat (G2)');
	await allHeard(stack, kim.chat, [kim, ana]);

	for (const [person, options] of [[kim.tab(), { relay: 1 }], [ana.tab(), { relay: 2, cursors: { [kim.chat]: 0 } }]]) {
		await person.connect(options);
		await allHeard(stack, kim.chat, [person]);
		const heard = person.events(kim.chat);
		const placeholder = heard.find((event) => event.seq === seq);
		assert.deepEqual([placeholder.kind, placeholder.body, placeholder.data, placeholder.cid], ['message', undefined, { removed: 'redacted' }, cid]);
		assert.deepEqual(heard.map((event) => event.seq), heard.map((_, i) => i + 1));
		assert.ok(!JSON.stringify(person.frames).includes('secret'));
		person.close();
	}
	const { events } = await kim.call('GET', `chats/${kim.chat}/events?after=0`);
	assert.deepEqual(events[seq - 1].data, { removed: 'redacted' });
	assert.ok(!JSON.stringify(events).includes('secret'));
});
