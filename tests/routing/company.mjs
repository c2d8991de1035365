// SPDX-License-Identifier: ISC
// A random company: queues in all modes with skills, levels, caps, relaxation, members and hours; operators with ratings; settings. Small, so that operators
// are scarce, ties are frequent and every rule gets to speak.

const SKILLS = ['s1', 's2', 's3', 's4'];
export const NOON = Date.UTC(2026, 5, 1, 12); // a Monday; when histories begin

// An instant of a history (milliseconds after NOON) as SQL reads it.
export const stamp = (ms) => new Date(NOON + ms).toISOString();
const clock = (minutes) => new Date(NOON + minutes * 60_000).toISOString().slice(11, 19);

export function randomQueue(dice, queue) {
	return {
		queue, label: queue, max_length: 0,
		mode: dice.pick(['availability', 'skill', 'balanced', 'balanced', null]),
		level: dice.pick([0, 1, 1, 1, 2, 3]),
		target_s: dice.pick([20, 30, 30, 60, 120]),
		max_per_operator: dice.pick([1, 2, 100, 100, 100]),
		wrap_up_s: dice.pick([0, 0, 5]),
		offer_timeout_s: dice.pick([5, 20, 20]),
		preferred_grace_s: dice.pick([0, 10, 30]),
		idle_release_s: dice.pick([0, 0, 4, 15]),
		auto_accept: dice.chance(0.12),
		after_hours: dice.pick(['serve', 'hold']),
	};
}

export function randomDemand(dice, queue, skill) {
	const required = dice.chance(0.7);
	return { queue, skill, required, min_rating: dice.pick([1, 1, 2, 3, 5, 7]), weight: dice.pick([1, 1, 1, 0.5, 2.25]) };
}

export function randomRating(dice, operator, skill) {
	const from = dice.chance(0.1) ? dice.int(-30, 60) * 1000 : null;
	const to = dice.chance(0.1) ? (from ?? 0) + dice.int(5, 90) * 1000 : null;
	return { operator, skill, rating: dice.int(1, 10), valid_from: from === null ? null : stamp(from), valid_to: to === null ? null : stamp(to) };
}

// Either a skill that is asked for less or not at all, or another queue's operators.
export function randomRelaxation(dice, queue, queues) {
	const after_s = dice.pick([3, 8, 15, 30, 60]);
	const others = queues.filter((name) => name !== queue);
	if (others.length > 0 && dice.chance(0.4)) return { queue, after_s, skill: null, min_rating: null, extra_queue: dice.pick(others) };
	return { queue, after_s, skill: dice.pick(SKILLS), min_rating: dice.chance(0.6) ? dice.int(1, 4) : null, extra_queue: null };
}

function unique(rows, ...columns) {
	return [...new Map(rows.map((row) => [JSON.stringify(columns.map((column) => row[column])), row])).values()];
}

function randomSettings(dice) {
	return {
		max_chats: dice.pick([1, 2, 20, 20, 20]),
		stagger_s: dice.pick([0, 2, 5]),
		missed_offer_penalty_s: dice.pick([0, 15]),
		promote_s: dice.pick([0, 10, 30, 60]),
		operator_lease_s: dice.pick([30, 600]),
		operator_grace_s: dice.pick([5, 60]),
		customer_gone_s: dice.pick([60, 86400]),
		...(dice.chance(0.5) ? { balanced_fit: dice.pick([0, 300, 1000]), balanced_reserve: dice.pick([0, 3000]), balanced_load: dice.pick([0, 600]),
			balanced_slots: dice.pick([0, 1000]) } : {}),
	};
}

// { queues, operators, skills, settings, tables: { name: rows } }, tables in an order that foreign keys allow.
export function randomCompany(dice) {
	const queues = Array.from({ length: dice.int(1, 5) }, (_, i) => `q${i + 1}`);
	const operators = Array.from({ length: dice.int(2, 7) }, (_, i) => `o${i + 1}`);
	return {
		queues, operators, skills: SKILLS,
		settings: randomSettings(dice),
		tables: {
			skill: SKILLS.map((skill) => ({ skill })),
			queue: queues.map((queue) => randomQueue(dice, queue)),
			queue_skill: queues.flatMap((queue) => (dice.chance(0.5) ? [] : dice.some(SKILLS, 0.35).map((skill) => randomDemand(dice, queue, skill)))),
			operator: operators.map((operator) => ({ operator, name: operator, max_chats: dice.pick([1, 2, 3, 4]) })),
			operator_skill: operators.flatMap((operator) => dice.some(SKILLS, 0.85).map((skill) => randomRating(dice, operator, skill))),
			queue_member: queues.flatMap((queue) => (dice.chance(0.1) ? dice.some(operators, 0.6).map((operator) => ({ queue, operator })) : [])),
			relaxation: unique(queues.flatMap((queue) => Array.from({ length: dice.pick([0, 0, 1, 2, 4]) }, () => randomRelaxation(dice, queue, queues))),
				'queue', 'after_s', 'skill', 'extra_queue'),
			opening_hours: queues.flatMap((queue) => (dice.chance(0.1) ? randomHours(dice, queue) : [])),
			site: [{ site: 'play', name: 'Play' }],
			widget: [{ widget: 'play', site: 'play', default_queue: queues[0], title: 'Play', locale: 'en' }],
		},
	};
}

// Every day some minutes around noon.
function randomHours(dice, queue) {
	const [opens, closes] = [clock(dice.int(-10, 1)), clock(dice.int(2, 8))];
	return [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ queue, weekday, opens, closes }));
}
