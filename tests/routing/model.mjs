// SPDX-License-Identifier: ISC
// What the router must do, said again in the shortest words: from the base tables (play.state of history.sql) and an instant to the pair that comes next,
// looking at every waiting chat and every operator. Shares nothing with sql/api.

const at = (text) => (text === null ? null : text === 'infinity' ? Infinity : text === '-infinity' ? -Infinity : Date.parse(text));
const sum = (list) => list.reduce((total, value) => total + value, 0);
const round6 = (value) => Math.round(value * 1e6) / 1e6;

// -1, 0 or 1: which of two lists of keys comes first. null (never) comes before every time.
export function compare(a, b) {
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i] ?? -Infinity, b[i] ?? -Infinity];
		if (x !== y) return x < y ? -1 : 1;
	}
	return 0;
}

const best = (pairs, key) => pairs.map((pair) => ({ pair, key: key(pair) })).sort((a, b) => compare(a.key, b.key))[0]?.pair ?? null;

export class Model {
	constructor(state, now) {
		Object.assign(this, state);
		this.now = now;
		this.queue = new Map(this.queues.map((queue) => [queue.queue, queue]));
		this.skillsOf = new Map(this.operators.map(({ operator }) => [operator, new Map(this.ratings
			.filter((row) => row.operator === operator && (at(row.valid_from) ?? -Infinity) <= now && now < (at(row.valid_to) ?? Infinity)).map((row) => [row.skill, row.rating]))]));
	}

	mode(queue) {
		return queue.mode ?? (this.demands.some((row) => row.queue === queue.queue && row.required) ? 'balanced' : 'availability');
	}

	// [{ skill, required, min_rating, weight }] that an operator of this queue is asked for, when the relaxation up to relaxed_s has been reached. What is
	// dropped is not required any more but stays desired.
	asks(queue, chatSkills, relaxedS) {
		const rows = [...this.demands.filter((row) => row.queue === queue), ...chatSkills];
		return [...new Set(rows.map(({ skill }) => skill))].map((skill) => {
			const own = rows.filter((row) => row.skill === skill);
			const required = own.filter((row) => row.required);
			const step = this.relaxations.filter((row) => row.queue === queue && row.skill === skill && row.after_s <= relaxedS).sort((a, b) => b.after_s - a.after_s)[0];
			const min = Math.max(0, ...required.map((row) => row.min_rating));
			return { skill, weight: Math.max(...own.map((row) => row.weight)), required: required.length > 0 && (!step || step.min_rating !== null),
				min_rating: Math.min(min, step?.min_rating ?? min) };
		});
	}

	// By configuration: may he take chats of this queue with these demands?
	isAble(operator, queue, chatSkills, relaxedS) {
		const fits = (name, skills, steps) => this.queue.get(name).active && this.mayJoin(operator, name)
			&& this.joined.some((row) => row.operator === operator.operator && row.queue === name)
			&& this.asks(name, skills, steps).every(({ skill, required, min_rating }) => !required || (this.skillsOf.get(operator.operator).get(skill) ?? 0) >= min_rating);
		const extra = this.relaxations.filter((row) => row.queue === queue && row.extra_queue && row.after_s <= relaxedS).map((row) => row.extra_queue);
		return operator.active && (fits(queue, chatSkills, relaxedS) || extra.some((name) => fits(name, chatSkills, 0)));
	}

	mayJoin(operator, queue) {
		const members = this.members.filter((row) => row.queue === queue);
		return members.length === 0 || members.some((row) => row.operator === operator.operator);
	}

	onDuty({ presence, lease_until }) {
		return presence === 'available' && at(lease_until) > this.now;
	}

	cap(operator, queue) {
		return Math.min(operator.max_chats, this.queue.get(queue).max_per_operator, this.settings.max_chats);
	}

	// The runtime reason that keeps an operator from one more chat of this queue; null: free.
	whyNotFree(operator, queue) {
		if (operator.presence !== 'available') return 'presence';
		if (at(operator.lease_until) <= this.now) return 'not_live';
		if (operator.load >= this.cap(operator, queue)) return 'full';
		if (operator.offered_at !== null && at(operator.offered_at) + this.settings.stagger_s * 1000 > this.now) return 'stagger';
		return operator.penalty_until !== null && at(operator.penalty_until) > this.now ? 'penalty' : null;
	}

	// Open by its hours (UTC, no midnight inside) and by hand?
	isOpen(queue) {
		const hours = this.hours.filter((row) => row.queue === queue.queue);
		const day = new Date(this.now).getUTCDay() || 7;
		const clock = new Date(this.now).toISOString().slice(11, 19);
		return queue.active && (hours.length === 0 || hours.some(({ weekday, opens, closes }) => weekday === day && opens <= clock && clock < closes))
			&& !this.closures.some((row) => (row.queue ?? queue.queue) === queue.queue && at(row.since) <= this.now && this.now < (at(row.until) ?? Infinity));
	}

	// The first relaxation from the one that has been reached on in which somebody is on duty: { step, able: everybody who is able then }.
	circle(chat) {
		const waited = (this.now - at(chat.arrived_at)) / 1000;
		const steps = [...new Set([0, ...this.relaxations.filter((row) => row.queue === chat.queue).map((row) => row.after_s)])].sort((a, b) => a - b);
		const reached = Math.max(0, ...steps.filter((after) => after <= waited));
		const able = (step) => this.operators.filter((operator) => this.isAble(operator, chat.queue, chat.skills, step));
		const open = steps.filter((step) => step >= reached).find((step) => able(step).some((operator) => this.onDuty(operator)));
		return { step: open ?? reached, able: able(open ?? reached) };
	}

	// Whether a chat passes over an operator who is able: because he declined it, or because it waits for another.
	whyNotHim(chat, operator, duty) {
		if (chat.declined.includes(operator.operator) && duty.some((other) => !chat.declined.includes(other.operator))) return 'declined';
		const graceMs = this.queue.get(chat.queue).preferred_grace_s * 1000;
		const until = Math.max(at(chat.arrived_at), at(chat.preferred_since) ?? -Infinity) + graceMs;
		const waitsFor = chat.preferred_operator !== null && graceMs > 0 && this.now < until && !chat.declined.includes(chat.preferred_operator)
			&& duty.find((other) => other.operator === chat.preferred_operator);
		return waitsFor && waitsFor !== operator ? 'preferred' : null;
	}

	level(chat) {
		const { promote_s } = this.settings;
		const risen = promote_s === 0 ? 0 : Math.floor(Math.max(0, this.now - at(chat.arrived_at)) / 1000 / promote_s);
		const level = chat.level ?? this.queue.get(chat.queue).level;
		return promote_s === 0 ? level : Math.max(0, level - risen);
	}

	score({ operator }, queue) {
		return sum(this.demands.filter((row) => row.queue === queue && row.required).map((row) => this.skillsOf.get(operator).get(row.skill) ?? 0));
	}

	fit({ operator }, chat) {
		return sum(this.asks(chat.queue, chat.skills, 0).map(({ skill, weight }) => weight * (this.skillsOf.get(operator).get(skill) ?? 0)));
	}

	// Free slots for a queue, of everybody who could take a chat of it now.
	free(queue) {
		return sum(this.operators.filter((operator) => this.isAble(operator, queue, [], 0) && !this.whyNotFree(operator, queue))
			.map((operator) => this.cap(operator, queue) - operator.load));
	}

	index(chat, operator, { step, able }) {
		const { queue, target_s } = this.queue.get(chat.queue);
		const { settings } = this;
		const waited = (this.now - at(chat.arrived_at)) / 1000;
		const slots = sum(able.filter((other) => this.onDuty(other)).map((other) => this.cap(other, queue)));
		const bestFit = Math.max(0, ...this.operators.filter((other) => this.isFit(other, chat, step)).map((other) => this.fit(other, chat)));
		const others = this.queues.filter((other) => other.queue !== queue && this.isAble(operator, other.queue, [], 0) && !this.whyNotFree(operator, other.queue));
		return round6(waited * Math.min(...this.queues.map((other) => other.target_s)) / target_s
			+ settings.balanced_slots / slots
			+ settings.balanced_fit * (bestFit > 0 ? this.fit(operator, chat) / bestFit : 1)
			- settings.balanced_reserve * sum(others.map((other) => 1 / this.free(other.queue) ** 2))
			- settings.balanced_load * operator.load / this.cap(operator, queue));
	}

	// Of the staff of a queue, there or not, joined or not: meets what the chat asks for at that relaxation.
	isFit(operator, chat, step) {
		return operator.active && this.mayJoin(operator, chat.queue) && this.asks(chat.queue, chat.skills, step)
			.every(({ skill, required, min_rating }) => !required || (this.skillsOf.get(operator.operator).get(skill) ?? 0) >= min_rating);
	}

	// Every pair of a waiting chat and an operator who may have it now.
	pairs() {
		return this.chats.filter((chat) => this.queue.get(chat.queue).after_hours !== 'hold' || this.isOpen(this.queue.get(chat.queue))).flatMap((chat) => {
			const circle = this.circle(chat);
			const duty = circle.able.filter((operator) => this.onDuty(operator));
			return duty.filter((operator) => !this.whyNotFree(operator, chat.queue) && !this.whyNotHim(chat, operator, duty))
				.map((operator) => ({ chat, operator, circle, mode: this.mode(this.queue.get(chat.queue)) }));
		});
	}

	// The pair that comes next, or null.
	next() {
		const pairs = this.pairs();
		const place = ({ chat }) => [this.level(chat), at(chat.arrived_at), chat.chat];
		const line = best(pairs.filter(({ mode }) => mode !== 'balanced'), (pair) => [...place(pair), pair.mode === 'skill' ? -this.score(pair.operator, pair.chat.queue) : 0,
			pair.operator.load, at(pair.operator.last_accept_at), at(pair.operator.signed_in_at), pair.operator.operator]);
		const weighed = pairs.filter(({ mode }) => mode === 'balanced').map((pair) => ({ ...pair, index: this.index(pair.chat, pair.operator, pair.circle) }));
		const balanced = best(weighed, (pair) => [this.level(pair.chat), -pair.index, at(pair.chat.arrived_at), pair.chat.chat,
			pair.operator.load, at(pair.operator.last_accept_at), pair.operator.operator]);
		if (!balanced || (line && compare(place(line), place(balanced)) < 0)) return line;
		return balanced;
	}
}
