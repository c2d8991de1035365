// SPDX-License-Identifier: ISC
// Plays of virtual-time.sql: a company as a row of data/scenarios.json describes it, chats, and what the real functions make of them.

import { readFileSync } from 'node:fs';
import { openDatabase } from '../support/database.mjs';

const here = (name) => new URL(name, import.meta.url);
const INSTANTS_A_CALL = 200;

// Agents 0, 1, 2 … of a scenario, in the order of its pools: { operator, cap, ratings: {QUEUE: rating} }. Their ids sort as they count.
export function agentsOf({ pools }) {
	return pools.flatMap(({ n, cap = 1, ratings }) => Array.from({ length: n }, () => ({ cap, ratings }))).map((agent, i) => ({ operator: nameOf(i), ...agent }));
}

export const nameOf = (agent) => `op${String(agent).padStart(3, '0')}`;
export const agentOf = (operator) => (operator === null ? null : Number(operator.slice(2)));

// A fresh database (the caller closes it) with the scenario's company: one skill a queue, asked for by it; everybody joins the queues he has a rating for and
// signs in at instant 0. No stagger, no wrap-up; offers do not run out.
export async function openPlay({ cluster, installation, scenario, mode, promote = 600 }) {
	const database = await openDatabase({ cluster, installation, demo: false });
	await database.query(readFileSync(here('virtual-time.sql'), 'utf8'));
	await database.query("update chat.setting set value = case name when 'stagger_s' then '0' else $1::text end where name in ('stagger_s', 'promote_s')", [String(promote)]);
	for (const { name, priority = 0, target = scenario.target } of scenario.queues) {
		const queue = name.toLowerCase();
		await database.query('insert into chat.skill (skill) values ($1)', [queue]);
		await database.query('insert into chat.queue (queue, label, mode, level, target_s, max_length, offer_timeout_s) values ($1, $2, $3, $4, $5, 0, 600)',
			[queue, name, mode, priority, target]);
		await database.query('insert into chat.queue_skill (queue, skill) values ($1::text, $1::text)', [queue]);
	}
	for (const { operator, cap, ratings } of agentsOf(scenario)) {
		await database.query('insert into chat.operator (operator, name, max_chats) values ($1::text, $1::text, $2)', [operator, cap]);
		for (const [name, rating] of Object.entries(ratings)) {
			await database.query('insert into chat.operator_skill (operator, skill, rating) values ($1, $2, $3)', [operator, name.toLowerCase(), rating]);
			await database.query('insert into chat.operator_queue (operator, queue, joined_at) values ($1, $2, virtual.at(0))', [operator, name.toLowerCase()]);
		}
		await database.query('insert into virtual.staff (operator) values ($1)', [operator]);
	}
	await database.query("insert into chat.site (site, name) values ('virtual', 'Virtual')");
	await database.query("insert into chat.widget (widget, site, default_queue) values ('virtual', 'virtual', $1)", [scenario.queues[0].name.toLowerCase()]);
	return database;
}

// chats: [{ chat, queue, arrive_s, work_s, patience_s?, ended_s? }], instants as text or numbers with six digits. Gives back [{ chat, agent, assigned_s }].
export async function play(database, chats) {
	const column = (name) => chats.map((chat) => chat[name] ?? null);
	await database.query(`insert into virtual.chat (chat, queue, arrive_s, work_s, patience_s, ended_s)
		select * from unnest($1::int[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[])`,
	[column('chat'), chats.map(({ queue }) => queue.toLowerCase()), ...['arrive_s', 'work_s', 'patience_s', 'ended_s'].map(column)]);
	await database.query('select virtual.open()');
	for (let left = 1; left > 0;) [{ left }] = await database.query(`select virtual.advance(${INSTANTS_A_CALL}) as left`);
	const rows = await database.query('select chat, operator, assigned_s from virtual.chat order by chat');
	return rows.map(({ chat, operator, assigned_s }) => ({ chat, agent: agentOf(operator), assigned_s }));
}
