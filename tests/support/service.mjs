// SPDX-License-Identifier: ISC
// What the tables say of the service afterwards (ACCEPTANCE section 1, C8–C11; C12 and C13 are sql/invariants.sql's): who had which chat when, and whether anybody
// waited beside somebody free.
//
//   const problems = judgeService(await readService(stack, { queue: 'sales', since }));      { problems: [] = nothing is wrong, longest_ms }
//
// Holds where nobody changes skills or caps, releases silent customers or goes off duty meanwhile: then what is configured now was true all the time.

const FINAL = ['ended', 'abandoned'];

// Everything of the chats of one queue that arrived `since` (a Date); times are milliseconds. Who was `absent` for some time could not be free.
export async function readService(stack, { queue, since, absent = [] }) {
	const values = [queue, since];
	const ms = (column) => `(extract(epoch from ${column}) * 1000)::float8`;
	const [chats, ends, states, offers, assignments, operators, unfit] = await Promise.all([
		stack.query(`select chat, state, ${ms('arrived_at')} as at from chat.chat where queue = $1 and arrived_at >= $2`, values),
		stack.query('select m.chat, count(*)::int as n from chat.message m join chat.chat c using (chat) where c.queue = $1 and c.arrived_at >= $2 and m.kind = \'ended\' group by 1', values),
		stack.query(`select a.key as chat, a.new ->> 'state' as state, ${ms('a.at')} as at from chat.audit a join chat.chat c on c.chat::text = a.key
			where a.object = 'chat' and a.action = 'state' and c.queue = $1 and c.arrived_at >= $2 order by a.audit`, values),
		stack.query(`select o.chat, o.operator, ${ms('o.offered_at')} as from, ${ms('o.closed_at')} as to from chat.offer o join chat.chat c using (chat)
			where c.queue = $1 and c.arrived_at >= $2`, values),
		stack.query(`select a.assignment, a.chat, a.operator, ${ms('a.started_at')} as from, ${ms('a.ended_at')} as to from chat.assignment a join chat.chat c using (chat)
			where c.queue = $1 and c.arrived_at >= $2 order by a.assignment`, values),
		stack.query(`select operator, max_chats as cap from chat.operator o where active and exists (
			select from chat.operator_queue q where q.operator = o.operator and q.queue = $1)`, [queue]),
		stack.query(`select a.assignment, s.skill from chat.assignment a join chat.offer o on o.offer = a.offer join chat.chat c on c.chat = a.chat
			join chat.queue_skill s on s.queue = o.queue and s.required
			where c.queue = $1 and c.arrived_at >= $2 and not exists (
				select from chat.operator_skill k where k.operator = a.operator and k.skill = s.skill and k.rating >= s.min_rating)`, values),
	]);
	return { chats, ends: new Map(ends.map(({ chat, n }) => [chat, n])), states, offers, assignments, operators, unfit, absent };
}

export function judgeService(tables) {
	const { longest_ms } = besideFree(tables);
	return { problems: [...twoOwners(tables), ...aboveCap(tables), ...withoutSkill(tables), ...ends(tables)], longest_ms };
}

// C8: intervals of one chat do not overlap.
function* twoOwners({ assignments }) {
	const last = new Map();
	for (const assignment of [...assignments].sort((a, b) => a.from - b.from)) {
		const before = last.get(assignment.chat);
		if (before && (before.to === null || before.to > assignment.from)) yield `C8 ${before.operator} and ${assignment.operator} have chat ${assignment.chat} at once`;
		last.set(assignment.chat, assignment);
	}
}

// C9: when a chat becomes his, an operator has fewer others than his cap.
function* aboveCap({ assignments, operators }) {
	const caps = new Map(operators.map(({ operator, cap }) => [operator, cap]));
	for (const { assignment, operator, from } of assignments) {
		const others = assignments.filter((other) => other.operator === operator && other.assignment !== assignment && other.from <= from && (other.to === null || other.to > from));
		if (others.length >= caps.get(operator)) yield `C9 ${operator} has ${others.length} chats when he takes assignment ${assignment}`;
	}
}

// C10
function* withoutSkill({ unfit }) {
	for (const { assignment, skill } of unfit) yield `C10 assignment ${assignment} to somebody without ${skill}`;
}

// C11: everything is over, once.
function* ends({ chats, ends: said, states }) {
	for (const { chat, state } of chats) {
		if (!FINAL.includes(state)) yield `C11 chat ${chat} is ${state}`;
		const changes = states.filter((row) => row.chat === chat && FINAL.includes(row.state)).length;
		if (changes !== 1 || said.get(chat) !== 1) yield `C11 chat ${chat} ended ${changes} times and says so ${said.get(chat) ?? 0} times`;
	}
}

// C11: the longest time in which some chat waited while somebody had room for it (what is held out to him counts as his).
function besideFree({ chats, states, offers, assignments, operators, absent }) {
	const changes = chats.map(({ at }) => ({ at, waiting: 1 }));
	const state = new Map(chats.map(({ chat }) => [chat, 'queued']));
	for (const { chat, state: to, at } of states) {
		if (state.get(chat) === 'queued' && to !== 'queued') changes.push({ at, waiting: -1 });
		if (state.get(chat) !== 'queued' && to === 'queued') changes.push({ at, waiting: 1 });
		state.set(chat, to);
	}
	for (const { operator, from, to } of [...offers, ...assignments]) {
		changes.push({ at: from, operator, load: 1 });
		if (to !== null) changes.push({ at: to, operator, load: -1 });
	}
	const load = new Map(operators.map(({ operator }) => [operator, 0]));
	let waiting = 0, since = null, longest_ms = 0;
	for (const change of changes.sort((a, b) => a.at - b.at)) {
		if (since !== null) longest_ms = Math.max(longest_ms, change.at - since);
		waiting += change.waiting ?? 0;
		if (change.operator) load.set(change.operator, (load.get(change.operator) ?? 0) + change.load);
		const free = operators.some(({ operator, cap }) => !absent.includes(operator) && load.get(operator) < cap);
		since = waiting > 0 && free ? since ?? change.at : null;
	}
	return { longest_ms };
}
