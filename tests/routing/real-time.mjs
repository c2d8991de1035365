// SPDX-License-Identifier: ISC
// ROUTING 4.4: chats arrive by chance, wait, are offered and accepted over real sockets and end after a time, 150 times as fast as in life; then the database's
// own timestamps are judged. Its cluster keeps the instant of each commit (with-postgres turns that on).

import { setTimeout as pause } from 'node:timers/promises';
import { Customer, Operator } from '../support/people.mjs';
import { until } from '../support/waiting.mjs';
import { chance, figures, waitsByOrder } from './line.mjs';

const QUEUE = 'line';
const SEEN_MS = 100; // a commit is stamped a moment before others see it: on a busy machine a long moment
const names = (count) => Array.from({ length: count }, (_, i) => `op${String(i + 1).padStart(2, '0')}`);

// For `prepare` of a stack: one queue, and so many operators with room for one chat and the password of one of the demo's.
export async function prepareLine(stack, operators) {
	await stack.query("update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s')");
	await stack.query(`insert into chat.queue (queue, label, mode, max_length, offer_timeout_s) values ('${QUEUE}', 'Line', 'availability', 0, 600)`);
	await stack.query(`insert into chat.widget_queue (widget, queue) values ('demo-shop', '${QUEUE}')`);
	for (const name of names(operators)) {
		await stack.query('insert into chat.operator (operator, name, max_chats) values ($1::text, $1::text, 1)', [name]);
		await stack.query("insert into chat.operator_password (operator, hash, changed_at) select $1, hash, changed_at from chat.operator_password where operator = 'ana'", [name]);
		stack.passwords[name] = stack.passwords.ana;
	}
}

// Plays the line and gives back its figures: see judgeLine().
export async function playLine(stack, { operators: count, load, aht_s, target_s, chats, seed }) {
	const line = chance({ load, aht_s, chats, seed });
	const heard = new Map(); // chat → epoch in ms of the offer's frame
	const offers = new Map();
	const operators = [];
	const failed = [];
	let ended = 0;
	const serve = async (operator, { chat, name }) => {
		await pause(Number(name)); // the customer's name says how long he will talk
		await operator.end(chat);
		ended++;
	};
	for (const name of names(count)) {
		const operator = await Operator.logIn(stack, name);
		await operator.connect({ onFrame: (frame) => {
			if (frame.t === 'offer') {
				heard.set(frame.chat, performance.timeOrigin + frame.heard_at);
				offers.set(frame.offer, frame);
				operator.send({ t: 'accept', offer: frame.offer });
			}
			if (frame.t === 'error') failed.push(new Error(JSON.stringify(frame)));
			if (frame.t === 'accepted') serve(operator, offers.get(frame.offer)).catch((error) => failed.push(error));
		} });
		await operator.call('PUT', 'me/queues', { joined: [QUEUE] });
		await operator.presence('available');
		operators.push(operator);
	}
	const began = performance.now();
	for (const { arrive, work } of line) {
		await pause(Math.max(0, began + arrive / 1000 - performance.now()));
		Customer.open(stack, { queue: QUEUE, name: (work / 1000).toFixed(3) }).catch((error) => failed.push(error));
	}
	await until(() => failed.length > 0 || ended === chats, { what: 'every chat to be served', timeout_ms: 300000, every_ms: 100 });
	for (const operator of operators) {
		await operator.presence('offline');
		operator.close();
	}
	if (failed.length > 0) throw failed[0];
	return { byOrder: figures(waitsByOrder(line, count), target_s).within, ...judgeLine(await timeline(stack), { heard, operators: count, target_s }) };
}

// A row a chat: when it arrived, when that was committed, when it was decided for it and when that was committed, when its end was committed; epochs in ms.
async function timeline(stack) {
	const ms = (instant) => `extract(epoch from ${instant})::float8 * 1000`;
	const change = (state) => `(select pg_xact_commit_timestamp(a.xmin) from chat.audit a
		where a.action = 'state' and a.object = 'chat' and a.key = c.chat::text and a.new ->> 'state' = '${state}')`;
	return stack.query(`
		select c.chat, ${ms('c.arrived_at')} as arrived_at, ${ms('pg_xact_commit_timestamp(q.xmin)')} as arrived, ${ms('o.offered_at')} as offered_at,
			${ms(change('offered'))} as offered, ${ms('s.started_at')} as started_at, ${ms(change('ended'))} as ended
		from chat.chat c
		join chat.message q on q.chat = c.chat and q.kind = 'queued'
		join chat.offer o on o.chat = c.chat
		join chat.assignment s on s.chat = c.chat
		where c.queue = '${QUEUE}' order by c.arrived_at, c.chat`);
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const at = (numbers, share) => sorted(numbers)[Math.min(numbers.length - 1, Math.floor(share * numbers.length))];
const spread = (numbers) => ({ p50: at(numbers, 0.5), p99: at(numbers, 0.99), max: at(numbers, 1) });

// within: share of the chats that had their operator within the target. decided: from the commit of the event that made a decision possible (the arrival, or the end
// that freed the slot) to the commit of the decision; heard: to the frame on the operator's socket. beside: the longest time in which somebody waited beside
// a free operator. overtaken: chats that somebody behind them in line was decided for before, although their arrival had been committed.
export function judgeLine(rows, { heard, operators, target_s }) {
	const arrived = sorted(rows.map((row) => row.arrived));
	const free = [...new Array(operators).fill(-Infinity), ...sorted(rows.map((row) => row.ended))];
	const events = sorted(rows.map((row) => row.offered)).map((_, i) => Math.max(arrived[i], free[i]));
	const byOffer = [...rows].sort((a, b) => a.offered - b.offered);
	return {
		chats: rows.length,
		within: rows.filter(({ started_at, arrived_at }) => started_at - arrived_at <= target_s * 1000).length / rows.length,
		decided: spread(byOffer.map(({ offered }, i) => offered - events[i])),
		heard: spread(byOffer.map(({ chat }, i) => heard.get(chat) - events[i])),
		beside: longestBeside(rows, operators),
		overtaken: rows.filter((first, i) => rows.slice(i + 1).some(({ offered_at }) => offered_at < first.offered_at && first.arrived + SEEN_MS < offered_at)).length,
	};
}

function longestBeside(rows, operators) {
	const changes = rows.flatMap(({ arrived, offered, ended }) => [
		{ at: arrived, waiting: 1, free: 0 }, { at: offered, waiting: -1, free: -1 }, { at: ended, waiting: 0, free: 1 }]).sort((a, b) => a.at - b.at);
	let [waiting, free, since, longest] = [0, operators, null, 0];
	for (const change of changes) {
		waiting += change.waiting;
		free += change.free;
		const beside = waiting > 0 && free > 0;
		if (!beside && since !== null) longest = Math.max(longest, change.at - since);
		if (!beside) since = null;
		else since ??= change.at;
	}
	return longest;
}

const ms = (number) => number.toFixed(1);

export function tellLine({ chats, within, byOrder, decided, heard, beside, overtaken }, exact) {
	return `${chats} chats: P(W ≤ T) ${within.toFixed(4)} (arithmetic with the same times ${byOrder.toFixed(4)}, exact ${exact.toFixed(4)}); event → decision committed `
		+ `p50 ${ms(decided.p50)} p99 ${ms(decided.p99)} max ${ms(decided.max)} ms; → on the socket p50 ${ms(heard.p50)} p99 ${ms(heard.p99)} max ${ms(heard.max)} ms; `
		+ `longest beside a free operator ${ms(beside)} ms; ${overtaken} overtaken`;
}
