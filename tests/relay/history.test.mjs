// SPDX-License-Identifier: ISC
// The history checker itself: a good history passes, and each way of losing, doubling or mixing up messages is caught.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { judgeHistory } from '../support/history.mjs';

const CHAT = 'chat-1';
const kim = { kind: 'customer', name: CHAT };
const ana = { kind: 'operator', name: 'ana', display: 'Ana' };
const by = (who) => ({ kind: who.kind, name: who.display ?? '' });

// A short chat in which nothing is wrong: [entries, tables]. The customer is cut off and resumes after 2.
function good() {
	const row = (seq, kind, who, body = null, cid = null) => ({ chat: CHAT, seq, kind, author_kind: who?.kind ?? 'system',
		author: who === ana ? 'ana' : '', body, cid });
	const messages = [row(1, 'queued'), row(2, 'joined', ana), row(3, 'message', kim, 'hi', 'c1'), row(4, 'message', ana, 'hello', 'c2'),
		row(5, 'note', ana, 'nice', 'c3')];
	const system = { kind: 'system', name: '' };
	const recv = (who, seq, more) => ({ who, what: 'recv', chat: CHAT, seq, ...more });
	const queued = { kind: 'queued', author: system };
	const joined = { kind: 'joined', author: by(ana) };
	const entries = [
		{ who: kim, what: 'connect', cursors: { [CHAT]: 0 } }, recv(kim, 1, queued), recv(kim, 2, joined),
		{ who: kim, what: 'synced', chat: CHAT, seq: 2 },
		{ who: ana, what: 'connect', cursors: {} }, { who: ana, what: 'offer', chat: CHAT }, recv(ana, 1, queued), recv(ana, 2, joined),
		{ who: ana, what: 'synced', chat: CHAT, seq: 2 },
		{ who: kim, what: 'send', chat: CHAT, cid: 'c1', body: 'hi' }, { who: kim, what: 'close', code: 1006 },
		recv(ana, 3, { kind: 'message', author: by(kim), body: 'hi', cid: 'c1' }),
		{ who: ana, what: 'send', chat: CHAT, cid: 'c2', body: 'hello' }, { who: ana, what: 'ack', chat: CHAT, cid: 'c2', seq: 4 },
		{ who: ana, what: 'send', chat: CHAT, cid: 'c3', body: 'nice' }, { who: ana, what: 'ack', chat: CHAT, cid: 'c3', seq: 5 },
		{ who: kim, what: 'connect', cursors: { [CHAT]: 2 } }, { who: kim, what: 'send', chat: CHAT, cid: 'c1', body: 'hi' },
		recv(kim, 3, { kind: 'message', author: by(kim), body: 'hi', cid: 'c1' }), { who: kim, what: 'ack', chat: CHAT, cid: 'c1', seq: 3 },
		recv(kim, 4, { kind: 'message', author: by(ana), body: 'hello', cid: 'c2' }), recv(kim, 5, { kind: 'note' }),
		{ who: kim, what: 'synced', chat: CHAT, seq: 5 },
	];
	return [entries, { messages, parties: [{ chat: CHAT, operator: 'ana' }], lastSeq: new Map([[CHAT, 5]]) }];
}

function catches(name, expected, spoil) {
	test(`caught: ${name}`, () => {
		const [entries, tables] = good();
		const find = (what, who, key) => entries.findIndex((entry) => entry.what === what && entry.who === who && [entry.seq, entry.cid].includes(key));
		const spoiled = spoil(entries, tables, find) ?? entries;
		const problems = judgeHistory(spoiled, tables);
		assert.ok(problems.some((problem) => problem.startsWith(expected)), `expected ${expected}, got ${JSON.stringify(problems)}`);
	});
}

test('a good history passes, a repeat that was answered twice too', () => {
	const [entries, tables] = good();
	assert.deepEqual(judgeHistory(entries, tables), []);
	assert.deepEqual(judgeHistory([...entries, { who: kim, what: 'ack', chat: CHAT, cid: 'c1', seq: 3 }], tables), []);
});

catches('an ack before COMMIT of something that was then lost', 'C1', (entries, { messages, lastSeq }) => {
	messages.pop();
	lastSeq.set(CHAT, 4);
});
catches('an ack with another seq than the stored one', 'C1', (entries, _, find) => { entries[find('ack', ana, 'c3')].seq = 4; });
catches('a message stored twice', 'C2', (_, { messages, lastSeq }) => {
	messages.push({ ...messages[2], seq: 6 });
	lastSeq.set(CHAT, 6);
});
catches('a message nobody sent', 'C3', (entries) => entries.filter(({ what, cid }) => what !== 'send' || cid !== 'c2'));
catches('a message stored with another body', 'C3', (_, { messages }) => { messages[2].body = 'Hi'; });
catches('an event told with another body than stored', 'C3', (entries, _, find) => { entries[find('recv', ana, 3)].body = 'ho'; });
catches('a hole in the seqs of the table', 'C4', (_, { messages }) => { messages.splice(1, 1); });
catches('a counter that is ahead of the table', 'C4', (_, { lastSeq }) => { lastSeq.set(CHAT, 6); });
catches('an event dropped on resume', 'C5', (entries) => entries.filter(({ what, who, seq }) => what !== 'recv' || who !== kim || seq !== 4));
catches('the last event dropped', 'C5', (entries, _, find) => {
	entries[find('synced', kim, 5)].seq = 4;
	return entries.filter(({ what, who, seq }) => what !== 'recv' || who !== kim || seq !== 5);
});
catches('an event told twice on one connection', 'C5', (entries, _, find) => [...entries, entries[find('recv', ana, 3)]]);
catches('an event told again though the hello named it as known', 'C5', (entries, _, find) => {
	entries.splice(find('recv', kim, 3), 0, entries[find('recv', kim, 2)]);
});
catches('events out of order', 'C5', (entries, _, find) => {
	const at = find('recv', ana, 1);
	[entries[at], entries[at + 1]] = [entries[at + 1], entries[at]];
});
catches('synced before everything was told', 'C5', (entries, _, find) => {
	const at = find('synced', kim, 5);
	[entries[at - 1], entries[at]] = [entries[at], entries[at - 1]];
});
catches('a customer who hears of another\'s chat', 'C7', (entries, _, find) => {
	entries.push({ ...entries[find('recv', kim, 3)], who: { kind: 'customer', name: 'chat-2' } });
});
catches('an operator who hears of a chat he was never given', 'C7', (_, tables) => { tables.parties = []; });
