// SPDX-License-Identifier: ISC
// The history checker (ACCEPTANCE section 1): what simulated clients noted, held against what the tables say.
//
//   const history = new History();   history.note(who, { what: 'send', chat, cid, body });   ...
//   const problems = judgeHistory(history.entries, await readTables(stack));      [] = nothing is wrong
//   await assertHistory(stack, history);                                          the same, as an assertion
//
// An entry: { who, at (monotonic ms), what, ... }; `who` is { kind: 'customer'|'operator', name } (a customer's name is the id of the chat).
//   connect { cursors: {chat: seq} }   a hello was accepted; what it asked for        close { code }
//   send { chat, cid, body }           ack { chat, cid, seq }      fail { chat, cid, code }
//   recv { chat, seq, cid, kind, author: {kind, name}, body }      synced { chat, seq }      resync { chat }
//   offer { chat }   accepted { chat }   refused { chat, code }
// Entries of one `who` and one connection stand in the order in which the socket brought them. Several connections of one party are several names.

import assert from 'node:assert/strict';

export class History {
	constructor() {
		this.entries = [];
	}

	note(who, entry) {
		this.entries.push({ who, at: performance.now(), ...entry });
	}
}

// { messages: rows of chat.message, parties: rows (chat, operator) of who was ever offered or given a chat }
export async function readTables(stack) {
	const [messages, parties, last] = await Promise.all([
		stack.query('select chat, seq, kind, author_kind, author, body, cid from chat.message order by chat, seq'),
		stack.query('select chat, operator from chat.offer union select chat, operator from chat.assignment'),
		stack.query('select chat, last_seq from chat.chat_counter'),
	]);
	return { messages, parties, lastSeq: new Map(last.map(({ chat, last_seq }) => [chat, last_seq])) };
}

export async function assertHistory(stack, history) {
	const problems = judgeHistory(history.entries, await readTables(stack));
	assert.deepEqual(problems.slice(0, 20), [], `${problems.length} problems in the history`);
}

// C1–C7 of ACCEPTANCE section 1, as texts; the rest of that section is held by sql/invariants.sql.
export function judgeHistory(entries, tables) {
	const sent = tables.messages.filter(({ cid }) => cid !== null);
	const stored = new Map(sent.map((row) => [keyOf(row.chat, row.author_kind, row.author, row.cid), row]));
	return [
		...ackedAreStored(entries, stored), ...storedOnce(tables), ...storedWereSent(entries, tables), ...withoutGaps(tables),
		...receivedInOrder(entries, tables), ...onlyParties(entries, tables),
	];
}

const authorOf = ({ kind, name }) => (kind === 'customer' ? '' : name.split('#')[0]);
const keyOf = (chat, kind, author, cid) => [chat, kind, author, cid].join(' ');
const keyOfEntry = ({ who, chat, cid }) => keyOf(chat, who.kind, authorOf(who), cid);
const label = ({ who, chat, cid, seq }) => `${who.kind} ${who.name}, chat ${chat}, seq ${seq ?? '?'}${cid ? `, cid ${cid}` : ''}`;

// C1, G2: what was acked is stored under that seq; every ack of a cid says the same.
function* ackedAreStored(entries, stored) {
	for (const entry of entries.filter(({ what }) => what === 'ack')) {
		const row = stored.get(keyOfEntry(entry));
		if (!row) yield `C1 acked but not stored: ${label(entry)}`;
		else if (row.seq !== entry.seq) yield `C1 acked with another seq than stored (${row.seq}): ${label(entry)}`;
	}
}

// C2, C6
function* storedOnce({ messages }) {
	const seen = new Set();
	for (const row of messages.filter(({ cid }) => cid !== null)) {
		const key = keyOf(row.chat, row.author_kind, row.author, row.cid);
		if (seen.has(key)) yield `C2 stored twice: ${key}`;
		seen.add(key);
	}
}

// C3: judged for the chats of which the history has any entry.
function* storedWereSent(entries, { messages }) {
	const sent = new Map(entries.filter(({ what }) => what === 'send').map((entry) => [keyOfEntry(entry), entry.body]));
	const known = new Set(entries.map(({ chat }) => chat));
	for (const row of messages.filter(({ cid, chat }) => cid !== null && known.has(chat))) {
		const key = keyOf(row.chat, row.author_kind, row.author, row.cid);
		if (!sent.has(key)) yield `C3 stored but never sent: ${key}`;
		else if (sent.get(key) !== row.body) yield `C3 stored with another body than sent: ${key}`;
	}
}

// C4
function* withoutGaps({ messages, lastSeq }) {
	const next = new Map();
	for (const { chat, seq } of messages) {
		if (seq !== (next.get(chat) ?? 1)) yield `C4 chat ${chat}: seq ${seq} where ${next.get(chat) ?? 1} was due`;
		next.set(chat, seq + 1);
	}
	for (const [chat, last] of lastSeq) {
		if ((next.get(chat) ?? 1) - 1 !== last) yield `C4 chat ${chat}: the counter says ${last}, the last message is ${(next.get(chat) ?? 1) - 1}`;
	}
}

// C5, G4: on each connection every event is the next one after what the hello asked for (an ack stands in the place of an own event); none comes
// twice on one connection; `synced` comes when everything it names was there; in the end the receiver has everything he was synced for.
function* receivedInOrder(entries, tables) {
	const rows = new Map(tables.messages.map((row) => [`${row.chat} ${row.seq}`, row]));
	const readers = new Map();
	for (const entry of entries) {
		const name = `${entry.who.kind} ${entry.who.name}`;
		if (!readers.has(name)) readers.set(name, new Reader(rows));
		yield* readers.get(name).read(entry);
	}
	for (const [name, reader] of readers) {
		for (const chat of reader.synced) {
			const last = tables.lastSeq.get(chat);
			const cursor = reader.cursors.get(chat);
			if (!reader.left.has(chat) && cursor !== last) yield `C5 ${name}, chat ${chat}: ended at ${cursor} of ${last}`;
		}
	}
}

// A customer is told of a note only that there is one.
function isToldAs(row, { who, kind, author, body, cid }) {
	if (row.kind !== kind) return false;
	if (kind === 'note' && who.kind === 'customer') return body === undefined && author === undefined;
	return row.author_kind === author.kind && (row.body ?? undefined) === body && (row.cid ?? undefined) === cid;
}

class Reader {
	constructor(rows) {
		this.rows = rows;
		this.cursors = new Map();
		this.synced = new Set();
		this.left = new Set(); // chats this operator has lost: he is told no more
		this.told = new Set(); // events of this connection
		this.own = new Set(); // acks of this connection that took the place of an event
	}

	* read(entry) {
		const { what, chat, seq } = entry;
		if (what === 'connect') this.#begin(entry.cursors ?? {});
		if (what === 'resync') this.cursors.set(chat, 0);
		if (what === 'ack' && seq === this.#cursor(chat) + 1) {
			this.cursors.set(chat, seq);
			this.own.add(`${chat} ${seq}`);
		}
		if (what === 'recv') yield* this.#event(entry);
		if (what === 'synced') {
			this.synced.add(chat);
			if (this.#cursor(chat) < seq) yield `C5 synced too early, at ${this.#cursor(chat)}: ${label(entry)}`;
		}
	}

	#begin(cursors) {
		for (const [chat, seq] of Object.entries(cursors)) this.cursors.set(chat, seq);
		this.told.clear();
		this.own.clear();
		this.synced.clear();
	}

	#cursor(chat) {
		return this.cursors.get(chat) ?? 0;
	}

	* #event(entry) {
		const { who, chat, seq, kind, author } = entry;
		const place = `${chat} ${seq}`;
		const row = this.rows.get(place);
		if (this.told.has(place)) yield `C5 told twice on one connection: ${label(entry)}`;
		this.told.add(place);
		if (seq > this.#cursor(chat) + 1) yield `C5 told before ${this.#cursor(chat) + 1}: ${label(entry)}`;
		if (seq <= this.#cursor(chat) && !this.own.has(place)) yield `C5 told again what the hello named as known: ${label(entry)}`;
		if (seq === this.#cursor(chat) + 1) this.cursors.set(chat, seq);
		if (!row) yield `C3 told but not stored: ${label(entry)}`;
		else if (!isToldAs(row, entry)) yield `C3 told otherwise than stored: ${label(entry)}`;
		if (who.kind === 'operator' && kind === 'left' && author.name === who.display) this.left.add(chat);
		if (who.kind === 'operator' && kind === 'joined' && author.name === who.display) this.left.delete(chat);
	}
}

// C7
function* onlyParties(entries, { parties }) {
	const allowed = new Set(parties.map(({ chat, operator }) => `${chat} ${operator}`));
	for (const entry of entries.filter(({ what, chat }) => chat && ['recv', 'ack', 'synced', 'offer', 'accepted'].includes(what))) {
		const { who, chat } = entry;
		const his = who.kind === 'customer' ? who.name.split('#')[0] === chat : allowed.has(`${chat} ${authorOf(who)}`);
		if (!his) yield `C7 a chat that is not his: ${label(entry)}`;
	}
}
