// SPDX-License-Identifier: ISC
// What happens in a random history. An event is data, drawn before anything has happened: { kind, after, … } with `after` in milliseconds and every choice as a
// number 0 <= x < 1 of a list that is known only when it happens. So a history can be played again with some of its events left out.
//
// Each kind has a weight, draw(dice) → its choices, and act(event, scene) → [sql, values], or null when there is nothing it could happen to. The scene:
// { now (SQL), model, offers, running, queues, operators, number }.

import { randomDemand, randomQueue, randomRating, randomRelaxation } from './company.mjs';
import { Dice } from './dice.mjs';

const SKILLS = ['s1', 's2', 's3', 's4'];
const one = (list, choice) => list[Math.floor(choice * list.length)];
const chatIn = (scene, choice, ...states) => one(scene.running.filter(({ state }) => states.includes(state)), choice);

// Further choices come from dice with a seed of their own, drawn with the event.
const choose = (dice) => ({ who: dice.roll(), where: dice.roll(), seed: dice.int(1, 1e9) });
const diceOf = (event) => new Dice(event.seed);

function randomWish(dice, skill) {
	const { queue, ...wish } = randomDemand(dice, null, skill);
	return wish;
}

function insert(table, row, conflict = '') {
	const columns = Object.keys(row).join(', ');
	return [`insert into chat.${table} (${columns}) select ${columns} from jsonb_populate_record(null::chat.${table}, $1) ${conflict}`, [JSON.stringify(row)]];
}

const CUSTOMERS = {
	arrive: { weight: 50, act: (event, { now, model, queues, operators, number }) => {
		const dice = diceOf(event);
		const queue = one(queues, event.where);
		if (!model.isOpen(model.queue.get(queue))) return null;
		const skills = dice.chance(0.2) ? dice.some(SKILLS, 0.4).map((skill) => randomWish(dice, skill)) : [];
		return ['select play.arrive($1, $2, $3, $4, $5, $6)', [number * 7919 % 99991, queue, dice.chance(0.1) ? dice.int(0, 3) : null,
			dice.chance(0.15) ? dice.pick(operators) : null, JSON.stringify(skills), now]];
	} },
	end: { weight: 20, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'queued', 'offered', 'active', 'active');
		const by = event.where < 0.5 ? 'customer' : 'operator';
		return chat && ['select internal.end_chat($1, $2, \'\', $2 || \'_ended\', $3)', [chat.chat, by, scene.now]];
	} },
	write: { weight: 4, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'active', 'queued');
		return chat && ["select internal.post_one(a.chat, a.token_hash, 'message', gen_random_uuid(), 'Hello', null, $2) from chat.chat_access a where a.chat = $1", [chat.chat, scene.now]];
	} },
	ask_more: { weight: 2, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'queued', 'offered');
		const dice = diceOf(event);
		return chat && insert('chat_skill', { chat: chat.chat, ...randomWish(dice, dice.pick(SKILLS)) }, 'on conflict do nothing');
	} },
	ask_less: { weight: 1, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'queued');
		return chat && ['delete from chat.chat_skill where chat = $1', [chat.chat]];
	} },
	prefer: { weight: 1, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'queued', 'offered');
		return chat && ['update chat.chat set preferred_operator = $2, level = $3 where chat = $1', [chat.chat, one([null, ...scene.operators], event.where),
			diceOf(event).pick([null, 0, 1, 2])]];
	} },
};

const OPERATORS = {
	accept: { weight: 28, act: ({ who }, { now, model, offers }) => {
		const offer = one(offers.filter(({ expires_at }) => Date.parse(expires_at) > model.now), who);
		return offer && ['select internal.accept(o, f, $2) from chat.offer f join chat.operator o on o.operator = f.operator where f.offer = $1', [offer.offer, now]];
	} },
	decline: { weight: 8, act: ({ who }, { now, offers }) => {
		const offer = one(offers, who);
		return offer && ["select internal.close_offer($1, 'declined', 'no', $2)", [offer.offer, now]];
	} },
	finish_wrap_up: { weight: 2, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'wrap_up');
		return chat && ['select internal.finish_wrap_up($1, $2)', [chat.chat, scene.now]];
	} },
	sign_in: { weight: 10, act: (event, { now, queues, operators }) => {
		const dice = diceOf(event);
		return [`with joined as (insert into chat.operator_queue (operator, queue, joined_at) select $1, q, $3 from unnest($2::text[]) q on conflict do nothing)
			select internal.change_presence($1, 'available', null, $3), play.lease($1, $3, $4)`,
		[one(operators, event.who), dice.some(queues, 0.85), now, dice.pick([3, 20, 200, 1000, 1000])]];
	} },
	away: { weight: 3, act: ({ who, where }, { now, operators }) =>
		['select internal.change_presence($1, $2, null, $3)', [one(operators, who), one(['break', 'busy', 'offline'], where), now]] },
	sign_of_life: { weight: 3, act: ({ who }, { now, operators }) => ['select internal.renew_lease($1, $2)', [one(operators, who), now]] },
	fall_silent: { weight: 2, act: ({ who, where }, { now, operators }) => ['select play.lease($1, $2, $3)', [one(operators, who), now, one([0, 1, 5], where)]] },
	join: { weight: 2, act: ({ who, where }, { now, queues, operators }) =>
		['insert into chat.operator_queue (operator, queue, joined_at) values ($1, $2, $3) on conflict do nothing', [one(operators, who), one(queues, where), now]] },
	leave: { weight: 2, act: ({ who, where }, { queues, operators }) =>
		['delete from chat.operator_queue where operator = $1 and queue = $2', [one(operators, who), one(queues, where)]] },
	hand_over: { weight: 5, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'active');
		return chat && ['select play.pass_on($1, $2, null, $3)', [chat.chat, one(scene.operators, event.where), scene.now]];
	} },
	take_back: { weight: 1, act: (event, scene) => {
		const offer = one(scene.offers.filter(({ kind }) => kind === 'transfer'), event.who);
		return offer && ["select internal.close_transfer($1, 'withdrawn', 'taken back', $2)", [offer.chat, scene.now]];
	} },
	to_queue: { weight: 2, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'active');
		return chat && ['select play.pass_on($1, null, $2, $3)', [chat.chat, one(scene.queues, event.where), scene.now]];
	} },
	requeue: { weight: 1, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'active');
		return chat && ["select internal.requeue($1, 'supervisor', $2, $3)", [chat.chat, scene.now, one([null, ...scene.queues], event.where)]];
	} },
	move: { weight: 1, act: (event, scene) => {
		const chat = chatIn(scene, event.who, 'queued', 'offered');
		return chat && ["select internal.change_queue($1, $2, 'supervisor', $3)", [chat.chat, one(scene.queues, event.where), scene.now]];
	} },
	sign_out: { weight: 1, act: ({ who }, { now, operators }) =>
		["select internal.lock_chats_of($1), internal.requeue_all($1, 'operator_left', $2), internal.change_presence($1, 'offline', null, $2)", [one(operators, who), now]] },
};

const CONFIGURATION = {
	rate: { weight: 5, act: (event, { model, operators }) => {
		const dice = diceOf(event);
		const { valid_from, valid_to, ...row } = randomRating(dice, one(operators, event.who), dice.pick(SKILLS));
		const moved = (text) => text && new Date(Date.parse(text) + model.now - Date.UTC(2026, 5, 1, 12)).toISOString();
		return insert('operator_skill', { ...row, valid_from: moved(valid_from), valid_to: moved(valid_to) },
			'on conflict (operator, skill) do update set rating = excluded.rating, valid_from = excluded.valid_from, valid_to = excluded.valid_to');
	} },
	unlearn: { weight: 2, act: ({ who, where }, { operators }) => ['delete from chat.operator_skill where operator = $1 and skill = $2', [one(operators, who), one(SKILLS, where)]] },
	switch_operator: { weight: 1, act: ({ who }, { operators }) => ['update chat.operator set active = not active where operator = $1', [one(operators, who)]] },
	max_chats: { weight: 1, act: (event, { operators }) => ['update chat.operator set max_chats = $2 where operator = $1', [one(operators, event.who), diceOf(event).int(1, 4)]] },
	queue: { weight: 3, act: (event, { queues }) => {
		const dice = diceOf(event);
		const column = dice.pick(['mode', 'level', 'target_s', 'max_per_operator', 'wrap_up_s', 'offer_timeout_s', 'preferred_grace_s', 'auto_accept', 'after_hours']);
		return [`update chat.queue set ${column} = (jsonb_populate_record(null::chat.queue, $2)).${column} where queue = $1`,
			[one(queues, event.where), JSON.stringify(randomQueue(dice, 'any'))]];
	} },
	switch_queue: { weight: 1, act: ({ where }, { queues }) => ['update chat.queue set active = not active where queue = $1', [one(queues, where)]] },
	demand: { weight: 2, act: (event, { queues }) => {
		const dice = diceOf(event);
		return insert('queue_skill', randomDemand(dice, one(queues, event.where), dice.pick(SKILLS)),
			'on conflict (queue, skill) do update set required = excluded.required, min_rating = excluded.min_rating, weight = excluded.weight');
	} },
	demand_less: { weight: 1, act: ({ who, where }, { queues }) => ['delete from chat.queue_skill where queue = $1 and skill = $2', [one(queues, where), one(SKILLS, who)]] },
	member: { weight: 1, act: ({ who, where }, { queues, operators }) =>
		['insert into chat.queue_member (queue, operator) values ($1, $2) on conflict do nothing', [one(queues, where), one(operators, who)]] },
	no_members: { weight: 1, act: ({ where }, { queues }) => ['delete from chat.queue_member where queue = $1', [one(queues, where)]] },
	relax: { weight: 1, act: (event, { queues }) => insert('relaxation', randomRelaxation(diceOf(event), one(queues, event.where), queues), 'on conflict do nothing') },
	relax_less: { weight: 1, act: ({ where }, { queues }) => ['delete from chat.relaxation where queue = $1', [one(queues, where)]] },
	setting: { weight: 2, act: (event) => {
		const dice = diceOf(event);
		const [name, values] = dice.pick([['stagger_s', [0, 1, 5]], ['max_chats', [1, 2, 20]], ['promote_s', [0, 5, 30, 600]], ['missed_offer_penalty_s', [0, 10]],
			['balanced_fit', [0, 300]], ['balanced_reserve', [0, 3000]], ['balanced_load', [0, 600]], ['balanced_slots', [0, 1000]]]);
		return ['update chat.setting set value = $2 where name = $1', [name, String(dice.pick(values))]];
	} },
	close: { weight: 0.7, act: (event, { now, queues }) => [
		"insert into chat.closure (queue, since, until) values ($1, $2::timestamptz, $2::timestamptz + $3 * interval '1 second') on conflict do nothing",
		[one([null, ...queues], event.where), now, diceOf(event).pick([5, 20, null])]] },
	reopen: { weight: 1, act: () => ['delete from chat.closure', []] },
	rename_operator: { weight: 0.5, act: ({ who }, { operators, number }) => ['update chat.operator set operator = $2 where operator = $1', [one(operators, who), `o${number}x`]] },
	rename_queue: { weight: 0.5, act: ({ where }, { queues, number }) => ['update chat.queue set queue = $2 where queue = $1', [one(queues, where), `q${number}x`]] },
	hire: { weight: 0.5, act: (event, { number }) => insert('operator', { operator: `o${number}h`, name: 'Hired', max_chats: diceOf(event).int(1, 3) }) },
	new_queue: { weight: 0.5, act: (event, { number }) => insert('queue', randomQueue(diceOf(event), `q${number}n`)) },
	nothing: { weight: 3, act: () => null },
};

export const KINDS = { ...CUSTOMERS, ...OPERATORS, ...CONFIGURATION };
const WEIGHTS = Object.fromEntries(Object.entries(KINDS).map(([kind, { weight }]) => [kind, weight]));

// Now and then much time passes, and now and then the clock is set back.
function drawAfter(dice) {
	const which = dice.weighted({ none: 25, little: 62, more: 10, much: 2, back: 1 });
	return { none: 0, little: dice.int(1, 32) * 250, more: dice.int(10, 40) * 1000, much: dice.int(60, 400) * 1000, back: dice.int(-40, -1) * 250 }[which];
}

export function drawEvents(dice, company, count) {
	const staff = company.operators.map(() => ({ kind: 'sign_in', after: 0, ...choose(dice) }));
	return [...staff, ...Array.from({ length: count }, () => ({ kind: dice.weighted(WEIGHTS), after: drawAfter(dice), sweep: dice.chance(0.3), ...choose(dice) }))];
}
