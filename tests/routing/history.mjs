// SPDX-License-Identifier: ISC
// Random histories on a real database: after each event the router runs until it is idle, and the model says of every decision whether it was right. A history
// is its seed; one that goes wrong is shrunk to the events that it takes.

import { readFileSync } from 'node:fs';
import { openDatabase } from '../support/database.mjs';
import { randomCompany, stamp } from './company.mjs';
import { Dice } from './dice.mjs';
import { drawEvents, KINDS } from './events.mjs';
import { Model } from './model.mjs';

const AT_ONCE = 2;
const here = (name) => new URL(name, import.meta.url);

// A database for histories, played in one session each in a transaction that is rolled back.
export async function openStage({ cluster, installation }) {
	const database = await openDatabase({ cluster, installation, demo: false });
	await database.query(readFileSync(here('history.sql'), 'utf8'));
	for (const part of readFileSync(`${installation.sqlDir}/invariants.sql`, 'utf8').split(/^-- name: /m).slice(1)) {
		const [name, query] = [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).replace(/^--.*$/gm, '').trim().replace(/;$/, '')];
		await database.query('insert into play.invariant (name, query) values ($1, $2)', [name, query]);
	}
	await database.query('select play.compile()');
	await database.query('alter table chat.queue disable trigger queue_time_zone'); // reads every zone there is for each queue
	const client = await database.connect();
	await client.query('set jit = off');
	return {
		database, client,
		close: async () => {
			await client.end();
			await database.close();
		},
	};
}

export function drawHistory(seed, length) {
	const dice = new Dice(seed);
	const company = randomCompany(dice);
	return { seed, company, events: drawEvents(dice, company, length) };
}

async function fill(client, { settings, tables }) {
	for (const [name, value] of Object.entries(settings)) await client.query('update chat.setting set value = $2 where name = $1', [name, String(value)]);
	for (const [table, rows] of Object.entries(tables)) {
		if (rows.length === 0) continue;
		const columns = Object.keys(rows[0]).join(', ');
		await client.query(`insert into chat.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::chat.${table}, $1)`, [JSON.stringify(rows)]);
	}
}

const pairOf = ({ chat, operator }) => `${chat.slice(-5)} to ${operator}`;

// What is wrong with one decision, null when nothing is.
function judgeTurn(configuration, { runtime, made, offers }, ms) {
	const model = new Model({ ...configuration, ...runtime }, Date.parse(stamp(ms)));
	const best = model.next();
	const wanted = best ? `${pairOf({ chat: best.chat.chat, operator: best.operator.operator })} by ${best.mode}` : 'nothing';
	const got = offers.map((offer) => `${pairOf(offer)} by ${offer.rule}`).join(', ') || 'nothing';
	if (made !== 1 || offers.length !== 1 || got !== wanted) return `the model wants ${wanted}${best?.index === undefined ? '' : ` (${best.index})`}, the router made ${got}`;
	const [{ why }] = offers;
	if (why.load !== best.operator.load || why.cap !== model.cap(best.operator, best.chat.queue)) return `${got}: load and cap are not ${why.load}/${why.cap}`;
	if (best.mode === 'balanced' && Math.abs(why.index - best.index) > 1e-5) return `${got}: the index is ${best.index}, not ${why.index}`;
	return null;
}

// These compare instants, and cannot be judged any more once the clock has been set back.
const BY_CLOCK = /overlap in time|\(I5|a stagger interval apart|a transfer|every transfer|was released after it began/;

function judge(answer, ms, back) {
	const { configuration, turns, runtime, unrecorded, broken, at_once } = answer;
	for (const turn of turns) {
		const wrong = judgeTurn(configuration, turn, ms);
		if (wrong) return wrong;
	}
	if (unrecorded.length > 0) return `an offer was made and not counted: ${pairOf(unrecorded[0])}`;
	const left = new Model({ ...configuration, ...runtime }, Date.parse(stamp(ms))).next();
	if (left) return `the router is idle, but the model wants ${pairOf({ chat: left.chat.chat, operator: left.operator.operator })} by ${left.mode}`;
	const told = (offers) => offers.map((offer) => `${pairOf(offer)} by ${offer.rule}`).sort().join(', ');
	const single = told(turns.flatMap(({ offers }) => offers));
	if (at_once && told(at_once) !== single) return `in one go the router makes ${told(at_once)}, one at a time ${single} (L7)`;
	return broken.find((name) => !back || !BY_CLOCK.test(name)) ?? null;
}

// Plays a history. { wrong: null or a sentence, step, decisions }; `log` gets a line an event.
export async function playHistory({ client }, { company, events }, log = () => {}) {
	let [ms, number, decisions, back] = [0, 0, 0, false];
	await client.query('begin');
	try {
		await fill(client, company);
		let answer = await settle(client, ms, {});
		for (const event of events) {
			number++;
			ms += event.after;
			back ||= event.after < 0;
			const statement = KINDS[event.kind].act(event, sceneOf(answer, ms, number));
			if (statement) await client.query(...statement);
			answer = await settle(client, ms, event);
			decisions += answer.turns.length;
			log(`${(ms / 1000).toFixed(2)} s ${event.kind} ${statement ? JSON.stringify(statement[1] ?? []) : '-'} → ${answer.turns.flatMap(({ offers }) => offers).map(pairOf).join(', ') || '-'}`);
			const wrong = judge(answer, ms, back);
			if (wrong) return { wrong: `step ${number}, ${ms / 1000} s, after ${event.kind}: ${wrong}`, step: number, decisions };
		}
		return { wrong: null, step: number, decisions };
	} catch (error) {
		return { wrong: `step ${number}, ${ms / 1000} s, at ${events[number - 1]?.kind}: ${error.message}${error.where ? ` (${error.where.split('\n')[0]})` : ''}`, step: number, decisions };
	} finally {
		await client.query('rollback');
	}
}

async function settle(client, ms, { sweep = true, seed = 0 }) {
	const { rows } = await client.query({ name: 'settle', text: 'select play.settle($1, $2, $3) as answer', values: [stamp(ms), sweep, seed % 4 === 0] });
	return rows[0].answer;
}

function sceneOf({ configuration, runtime, stage }, ms, number) {
	return { now: stamp(ms), number, ...stage, model: new Model({ ...configuration, ...runtime }, Date.parse(stamp(ms))),
		queues: configuration.queues.map(({ queue }) => queue), operators: runtime.operators.map(({ operator }) => operator) };
}

// What is wrong without the names and figures of the case.
export const kindOf = (wrong) => wrong?.replace(/^step .*?: /, '').replace(/[0-9a-f]{5} to \w+/g, 'a pair').replace(/[-\d.]+/g, 'n').slice(0, 60) ?? null;

// The same history with as few events as it takes to go wrong in the same way: ever smaller pieces are left out as long as it still does.
export async function shrink(stage, history) {
	let { events } = history;
	const kind = kindOf((await playHistory(stage, history)).wrong);
	const fails = async (some) => kindOf((await playHistory(stage, { ...history, events: some })).wrong) === kind;
	for (let size = Math.ceil(events.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
		for (let from = 0; from < events.length;) {
			const fewer = [...events.slice(0, from), ...events.slice(from + size)];
			if (await fails(fewer)) events = fewer;
			else from += size;
		}
	}
	return { ...history, events };
}

// What to print of a history that went wrong.
export async function explain(stage, history) {
	const small = await shrink(stage, history);
	const lines = [];
	const { wrong } = await playHistory(stage, small, (line) => lines.push(line));
	const { settings, tables } = small.company;
	const rows = Object.entries(tables).filter(([table]) => !['skill', 'site', 'widget'].includes(table)).map(([table, list]) => `${table}: ${JSON.stringify(list)}`);
	return [`seed ${history.seed}, ${small.events.length} of ${history.events.length} events are enough: ${wrong}`, ...lines, `settings: ${JSON.stringify(settings)}`, ...rows].join('\n');
}

// Plays `count` histories from a seed on, on AT_ONCE databases: { histories, steps, decisions, failures: [what to print of each] }. Ends early after `enough`
// failures. `progress` is called after each history.
export async function playMany({ cluster, installation }, { seed, count, length, enough = 1, progress = () => {} }) {
	const total = { histories: 0, steps: 0, decisions: 0, failures: [] };
	let next = seed;
	const worker = async () => {
		const stage = await openStage({ cluster, installation });
		try {
			while (next < seed + count && total.failures.length < enough) {
				const history = drawHistory(next++, length);
				const { wrong, step, decisions } = await playHistory(stage, history);
				total.histories++;
				total.steps += step;
				total.decisions += decisions;
				if (wrong) total.failures.push(await explain(stage, history));
				if (total.histories % 200 === 0) await stage.database.query('vacuum'); // what was rolled back lies in the tables
				progress(total);
			}
		} finally {
			await stage.close();
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return total;
}
