// SPDX-License-Identifier: ISC
import { dayKey } from './time.js';

const GROUP_MS = 5 * 60_000;
// Kinds that become a line in the middle; everything else without a body is for the program only.
const LINES = new Set(['queued', 'joined', 'left', 'transferred', 'transfer_failed', 'requeued', 'reminder', 'ended']);

/**
 * @typedef {{type: 'day', key: string, at: string}} DayRow
 * @typedef {{type: 'line', key: string, event: ChatEvent}} LineRow
 * @typedef {{type: 'message', key: string, side: 'mine' | 'theirs', kind: AuthorKind, name: string, body: string, at: string, seq: number, note: boolean,
 *   choices: Choice[], removed: boolean,
 *   state: '' | 'waiting' | 'sending' | 'failed' | 'sent' | 'got' | 'read', code: string, cid: string, first: boolean, last: boolean, foot: boolean}} MessageRow
 * @typedef {DayRow | LineRow | MessageRow} Row
 */

/**
 * What a thread shows: days, lines and messages, grouped by author.
 * @param {{events: ChatEvent[], pending: OutboxEntry[], me: 'customer' | 'operator', got?: number, read?: number}} thread
 * @returns {Row[]}
 */
export function threadRows({ events, pending, me, got = 0, read = 0 }) {
	/** @type {Row[]} */
	const rows = [];
	const stored = new Set(events.map((e) => e.cid).filter(Boolean));
	let day = '';
	// a chat that is passed on leaves one operator and may wait again: the line of the passing says it all
	let passing = false;
	/** @param {string} at */
	const turnDay = (at) => {
		const key = dayKey(at);
		if (key !== day) rows.push({ type: 'day', key: `day-${key}`, at });
		day = key;
	};
	for (const event of events) {
		if (event.kind === 'note' && event.data?.undelivered) {
			turnDay(event.at);
			rows.push({ type: 'line', key: `seq-${event.seq}`, event });
		} else if ((event.body || event.data?.removed) && isMessage(event)) {
			turnDay(event.at);
			rows.push(storedRow(event, me, got, read));
			passing = false;
		} else if (LINES.has(event.kind) && !isForOthers(event, me) && !(passing && (event.kind === 'left' || event.kind === 'queued'))) {
			turnDay(event.at);
			rows.push({ type: 'line', key: `seq-${event.seq}`, event });
			passing = event.kind === 'transferred';
		}
	}
	for (const entry of pending) {
		if (stored.has(entry.cid)) continue;
		turnDay(entry.at);
		rows.push(pendingRow(entry, me));
	}
	group(rows);
	return rows;
}

/** A reminder to the other side, of which there is nothing to show here. @param {ChatEvent} event @param {'customer' | 'operator'} me */
const isForOthers = (event, me) => event.kind === 'reminder' && !event.body && event.data?.to !== me;

/** @param {ChatEvent} event */
const isMessage = (event) => event.kind === 'message' || event.kind === 'bot_message' || event.kind === 'note';

/** @param {ChatEvent} event @param {'customer' | 'operator'} me @param {number} got @param {number} read @returns {MessageRow} */
function storedRow(event, me, got, read) {
	const kind = event.author?.kind ?? (event.kind === 'bot_message' ? 'bot' : 'system');
	const side = me === 'customer' ? kind === 'customer' : kind !== 'customer';
	const own = kind === me && event.kind !== 'note';
	return {
		type: 'message', key: event.cid ? `cid-${event.cid}` : `seq-${event.seq}`, side: side ? 'mine' : 'theirs', kind, name: event.author?.name ?? '',
		body: event.body ?? '', at: event.at, seq: event.seq, note: event.kind === 'note', choices: event.data?.choices ?? [], removed: Boolean(event.data?.removed),
		state: !own ? '' : event.seq <= read ? 'read' : event.seq <= got ? 'got' : 'sent', code: '', cid: event.cid ?? '', first: true, last: true, foot: true,
	};
}

/** @param {OutboxEntry} entry @param {'customer' | 'operator'} me @returns {MessageRow} */
function pendingRow(entry, me) {
	return {
		type: 'message', key: `cid-${entry.cid}`, side: 'mine', kind: me, name: '', body: entry.body ?? entry.label ?? '', at: entry.at, seq: 0,
		note: entry.kind === 'note', choices: [], removed: false, state: entry.state, code: entry.code ?? '', cid: entry.cid, first: true, last: true, foot: true,
	};
}

/** @param {Row[]} rows */
function group(rows) {
	for (let i = 1; i < rows.length; i++) {
		const [a, b] = [rows[i - 1], rows[i]];
		if (a.type !== 'message' || b.type !== 'message') continue;
		const sameName = a.name === b.name || !a.seq || !b.seq;
		const joined = a.kind === b.kind && a.note === b.note && sameName && a.state !== 'failed' && !a.choices.length
			&& Date.parse(b.at) - Date.parse(a.at) < GROUP_MS;
		a.last = !joined;
		// how far a message has come is said under the last one of which it is true
		a.foot = !joined || a.state !== b.state || a.state === 'failed';
		b.first = !joined;
	}
}
