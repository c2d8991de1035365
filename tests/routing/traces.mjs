// SPDX-License-Identifier: ISC
// The reference's decisions: data/scenarios.json and one file of data/ for each scenario and mode.

import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('data/', import.meta.url);
const scenarios = JSON.parse(readFileSync(new URL('scenarios.json', folder), 'utf8'));

export const traceNames = readdirSync(folder).filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, -4)).sort();

// s9-priority-availability → { scenario, mode: 'availability', promote, chats: [{ chat, queue, arrive_s, …, agent, assigned_s, ended_s }] }, instants as text.
export function readTrace(name) {
	const [id, ...words] = name.split('-');
	const [, scenario] = Object.entries(scenarios).find(([title]) => title.toLowerCase().startsWith(`${id} `));
	const [head, ...lines] = readFileSync(new URL(`${name}.csv`, folder), 'utf8').trim().split('\n').map((line) => line.split(','));
	const chats = lines.map((values) => Object.fromEntries(head.map((column, i) => [column, values[i] === '' ? null : values[i]])));
	for (const chat of chats) {
		chat.chat = Number(chat.chat);
		chat.agent = chat.agent === null ? null : Number(chat.agent);
	}
	return { scenario, mode: words.at(-1), promote: words.includes('priority') ? 0 : 600, chats };
}
