// SPDX-License-Identifier: ISC
// A second opinion on the traces, written from the specification of the three modes alone and looking at every pair: when this and the router differ, this
// says who is wrong. Chats of one queue have equal needs here; who has a rating for a queue is eligible and has joined it.

import { agentsOf } from './virtual-time.mjs';

const B = 300, R = 3000, G = 600, K = 1000;
const sum = (list, value) => list.reduce((total, item) => total + value(item), 0);

// The first by a list of keys, smallest first.
function first(list, keys) {
	return list.map((item) => ({ item, key: keys(item) })).reduce((best, next) => {
		const i = best ? next.key.findIndex((value, n) => value !== best.key[n]) : 0;
		return !best || (i >= 0 && next.key[i] < best.key[i]) ? next : best;
	}, null)?.item;
}

// Seconds that speak for this pair.
function index({ chat, agent }, now, queues, staff) {
	const queue = queues.get(chat.queue);
	const able = (name) => staff.filter(({ ratings }) => name in ratings);
	const free = (name) => sum(able(name), ({ cap, load }) => cap - load);
	const others = Object.keys(agent.ratings).filter((name) => name !== chat.queue);
	const value = (now - chat.arrive_s) * Math.min(...[...queues.values()].map(({ target }) => target)) / queue.target
		+ K / sum(able(chat.queue), ({ cap }) => cap)
		+ B * agent.ratings[chat.queue] / Math.max(...able(chat.queue).map(({ ratings }) => ratings[chat.queue]))
		- R * sum(others, (name) => 1 / free(name) ** 2)
		- G * agent.load / agent.cap;
	return Math.round(value * 1e6) / 1e6;
}

// The chat and the agent that come next, undefined when there is no pair.
function decide(waiting, staff, { mode, promote, queues }, now) {
	const level = ({ queue, arrive_s }) => Math.max(0, queues.get(queue).level - (promote > 0 ? Math.floor((now - arrive_s) / promote) : 0));
	const pairs = waiting.flatMap((chat) => staff.filter(({ cap, load, ratings }) => load < cap && chat.queue in ratings).map((agent) => ({ chat, agent })));
	if (mode === 'balanced') {
		return first(pairs, (pair) => [level(pair.chat), -index(pair, now, queues, staff), pair.chat.arrive_s, pair.chat.chat,
			pair.agent.load, pair.agent.accepted, pair.agent.id]);
	}
	return first(pairs, ({ chat, agent }) => [level(chat), chat.arrive_s, chat.chat,
		mode === 'skill' ? -agent.ratings[chat.queue] : 0, agent.load, agent.accepted, agent.id]);
}

// What a trace's chats get: [{ chat, agent, assigned_s }].
export function replay({ scenario, mode, promote, chats }) {
	const queues = new Map(scenario.queues.map(({ name, priority = 0, target = scenario.target }) => [name, { level: priority, target }]));
	const staff = agentsOf(scenario).map(({ cap, ratings }, id) => ({ id, cap, ratings, load: 0, accepted: -Infinity }));
	const made = chats.map(({ chat, queue, arrive_s, patience_s, ended_s }) => ({ chat, queue, arrive_s: Number(arrive_s), agent: null, assigned_s: null,
		ended_s: ended_s && Number(ended_s), gone_s: patience_s && Math.round((Number(arrive_s) + Number(patience_s)) * 1e6) / 1e6 }));
	const instants = [...new Set(made.flatMap(({ arrive_s, gone_s, ended_s }) => [arrive_s, gone_s, ended_s, 0]))].filter((at) => at !== null).sort((a, b) => a - b);
	let waiting = [];
	for (const now of instants) {
		for (const { agent } of made.filter(({ ended_s, agent }) => ended_s === now && agent !== null)) staff[agent].load--;
		waiting = waiting.filter(({ gone_s }) => gone_s !== now).concat(made.filter(({ arrive_s }) => arrive_s === now));
		for (let pair = now >= 0 && decide(waiting, staff, { mode, promote, queues }, now); pair; pair = decide(waiting, staff, { mode, promote, queues }, now)) {
			Object.assign(pair.chat, { agent: pair.agent.id, assigned_s: now.toFixed(6) });
			pair.agent.load++;
			pair.agent.accepted = now;
			waiting = waiting.filter((chat) => chat !== pair.chat);
		}
	}
	return made.map(({ chat, agent, assigned_s }) => ({ chat, agent, assigned_s }));
}
