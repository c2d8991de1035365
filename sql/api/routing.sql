-- SPDX-License-Identifier: ISC
-- The routing decision, top to bottom: who has a free slot → the heads of the line → the next pair → the offer with its record. Everything here decides by
-- p_now; the only clock is read by api.router_pass. Who is able to take what, by configuration, stands in internal.able (file 25_needs.sql).
--
-- Chats: lowest effective level, earliest arrived_at, id. Operators, modes availability and skill: (skill: highest sum of ratings over the queue's required
-- skills,) fewest chats, longest since the last acceptance (never = longest), earliest sign-in, id. Mode balanced: of all pairs the one with the lowest
-- effective level, then the largest index, then arrived_at, chat, load, last acceptance, operator. Between modes the chat goes first that is first by level,
-- arrived_at and id. Every order ends in an id: the same tables and the same instant give the same decision.

-- A decision that is not written yet. free: how many were free for this chat; candidates: the best of them, as many as are recorded; last: it takes his last slot.
create type internal.pair as (need int, level int, arrived_at timestamptz, chat uuid, declined text[], preferred text, operator text, last boolean, free bigint, candidates chat.candidate[]);

-- The runtime reason that keeps an operator from one more chat now; NULL: he is free. p_cap: how many he may hold when one comes from that queue.
create function internal.why_not_free(p_state chat.operator_state, p_cap int, p_stagger interval, p_now timestamptz) returns jsonb
language sql stable as $$
	select case
		when p_state.presence <> 'available' then jsonb_strip_nulls(jsonb_build_object('code', 'presence', 'state', p_state.presence, 'reason', p_state.reason))
		when p_state.lease_until <= p_now then jsonb_build_object('code', 'not_live', 'until', internal.rfc3339(p_state.lease_until))
		when p_state.load >= p_cap then jsonb_build_object('code', 'full', 'load', p_state.load, 'cap', p_cap)
		when p_state.last_offer_at + p_stagger > p_now then jsonb_build_object('code', 'stagger', 'until', internal.rfc3339(p_state.last_offer_at + p_stagger))
		when p_state.penalty_until > p_now then jsonb_build_object('code', 'penalty', 'until', internal.rfc3339(p_state.penalty_until))
	end
$$;

-- What a decision looks at first, by one statement. outdated: the derived tables are to be worked out anew (internal.refresh) before anything is decided. free: everybody
-- who could take one more chat of some queue now, if any waits; by the conditions above, against his own cap: those of the queues follow per pair. circles: what they
-- can take, when they are few; of a full house with a slot or two only that is looked at. NULL: all. p_held: operators whose rows somebody else holds.
create function internal.look(p_now timestamptz, p_held text[] default '{}') returns table (rule internal.routing_rule, outdated boolean, free text[], circles int[])
language sql stable as $$
	select r, p_now < r.fresh_at or p_now >= r.change_at or exists (select from internal.stale)
			or (select w.chat from chat.waiting w where w.need is null order by w.chat limit 1) is not null or exists (select from chat.waiting w where w.due_at <= p_now),
		f.free, case when cardinality(f.free) <= 20 then array(select a.need from internal.able a where a.operator = any (f.free)) end
	from internal.routing_rule r
	cross join lateral (
		select array(
			select s.operator::text
			from chat.operator_state s
			where s.on_duty and s.load < s.slots and s.presence = 'available' and s.lease_until > p_now and s.operator <> all (p_held)
			  and (s.last_offer_at is null or s.last_offer_at + r.stagger <= p_now) and (s.penalty_until is null or s.penalty_until <= p_now)
			  and exists (select from chat.waiting)) as free
		offset 0) f -- once, however often it is named
$$;

-- 0 is the most urgent; waiting makes a chat more urgent, one level each promote_s.
create function internal.effective_level(p_level int, p_arrived_at timestamptz, p_promote_s int, p_now timestamptz) returns int
language sql immutable as $$
	select case when p_promote_s = 0 then p_level
		else greatest(0, p_level - floor(greatest(0, extract(epoch from p_now - p_arrived_at)) / p_promote_s)::int) end
$$;

-- The head of each class of waiting chats. A class is what has equal needs: need, own level, declined set, preferred operator in grace. Found by stepping
-- through the index from class to class, so that the length of the line does not matter. p_circles: only needs that ask one of these circles; NULL: all. p_passed:
-- chats that cannot be had.
create function internal.class_heads(p_circles int[], p_balanced boolean, p_passed uuid[], p_promote_s int, p_now timestamptz)
returns table (need int, queue text, circle int, mode text, target_s int, usual int, own int, level int, chat uuid, arrived_at timestamptz, declined text[], preferred text)
language sql stable as $$
	with recursive head as (
		select n.need, n.queue, n.circle, n.mode, n.target_s, n.level as usual, w.*
		from internal.need n
		cross join lateral (select w.level, w.declined, w.preferred, w.arrived_at, w.chat from chat.waiting w where w.need = n.need and w.chat <> all (p_passed)
			order by w.level, w.declined, w.preferred, w.arrived_at, w.chat limit 1) w
		where (p_circles is null or n.circle = any (p_circles)) and (n.mode = 'balanced') = p_balanced and not n.held
		union all
		select h.need, h.queue, h.circle, h.mode, h.target_s, h.usual, w.*
		from head h
		cross join lateral (select w.level, w.declined, w.preferred, w.arrived_at, w.chat from chat.waiting w
			where w.need = h.need and (w.level, w.declined, w.preferred) > (h.level, h.declined, h.preferred) and w.chat <> all (p_passed)
			order by w.level, w.declined, w.preferred, w.arrived_at, w.chat limit 1) w
	)
	select h.need, h.queue, h.circle, h.mode, h.target_s, h.usual, h.level, internal.effective_level(case when h.level < 0 then h.usual else h.level end, h.arrived_at, p_promote_s, p_now),
		h.chat, h.arrived_at, h.declined, h.preferred
	from head h
$$;

-- May a chat go to this operator, considering who has declined it and whom it prefers? Who declined gets it only when nobody else is on duty; a preferred
-- operator on duty has it for himself as long as the grace lasts. NULL: yes, else the reason.
create function internal.why_not_him(p_operator text, p_circle int, p_declined text[], p_preferred text) returns jsonb
language sql stable as $$
	select case
		when p_operator = any (p_declined) and exists (select from internal.able a join chat.operator_state s on s.operator = a.operator
			where a.need = p_circle and s.on_duty and a.operator <> all (p_declined)) then jsonb_build_object('code', 'declined')
		when p_preferred not in ('', p_operator) and exists (select from internal.able a join chat.operator_state s on s.operator = a.operator
			where a.need = p_circle and s.on_duty and a.operator = p_preferred) then jsonb_build_object('code', 'preferred', 'operator', p_preferred)
	end
$$;

-- A reason as an English sentence without its subject: "has billing at 2, 3 is needed".
create function internal.reason_sentence(p_reason jsonb) returns text
language sql immutable as $$
	select case p_reason ->> 'code'
		when 'inactive' then 'is switched off'
		when 'queue_off' then 'cannot be asked: the queue is switched off'
		when 'not_member' then 'is not a member of the queue'
		when 'not_joined' then 'has not joined the queue'
		when 'missing_skill' then format('has no rating for %s, %s is needed', p_reason ->> 'skill', p_reason ->> 'needs')
		when 'below_minimum' then format('has %s at %s, %s is needed', p_reason ->> 'skill', p_reason ->> 'has', p_reason ->> 'needs')
		when 'presence' then format('is %s%s', case p_reason ->> 'state' when 'break' then 'on a break' else p_reason ->> 'state' end, coalesce(' (' || (p_reason ->> 'reason') || ')', ''))
		when 'not_live' then format('has not been heard of; the lease ran out at %s', p_reason ->> 'until')
		when 'full' then format('is full, %s of %s', p_reason ->> 'load', p_reason ->> 'cap')
		when 'stagger' then format('had an offer a moment ago, the next not before %s', p_reason ->> 'until')
		when 'penalty' then format('missed an offer, the next not before %s', p_reason ->> 'until')
		when 'declined' then 'declined this chat'
		when 'preferred' then format('has to wait: the chat is held for %s a little longer', p_reason ->> 'operator')
		when 'held' then 'cannot be asked: the queue is closed' || coalesce(' until ' || (p_reason ->> 'until'), '')
		when 'not_seen_yet' then 'could take it; the router has not looked yet'
	end || coalesce((select string_agg(' and ' || internal.reason_sentence(a.also), '' order by a.ord) from jsonb_array_elements(p_reason -> 'also') with ordinality a (also, ord)), '')
$$;

-- Modes availability and skill: the free operators for the chats of a class, in the order in which they are asked, at most p_limit. free: how many there are;
-- last: the first one's last slot. p_few is written as true or false where this is called, so that a plan has one of the two ways to find them.
create function internal.line_candidates(p_few boolean, p_free text[], p_circle int, p_mode text, p_declined text[], p_preferred text, p_limit int)
returns table (operator text, last boolean, free bigint, candidates chat.candidate[])
language sql stable as $$
	select (array_agg(k.operator order by k.place))[1], (array_agg(k.last order by k.place))[1], max(k.free),
		array_agg(row(k.operator, k.place, k.presence, k.reason, k.lease_until, k.load, k.cap, k.last_offer_at, k.penalty_until, k.last_accept_at,
			k.score, null, null, null, null, null, null)::chat.candidate order by k.place)
	from (
		select s.*, s.load + 1 >= s.slots as last, count(*) over () as free, row_number() over (
			order by case p_mode when 'skill' then s.score end desc nulls last, s.load, s.last_accept_at nulls first, s.signed_in_at, s.operator collate "C") as place
		from ( -- few are looked up one by one (offset 0: by no plan that goes through everybody), many are sifted out of those who are able
			select t.*, x.cap, x.score from unnest(p_free) f (operator)
			cross join lateral (select a.cap, a.score from internal.able a where a.operator = f.operator and a.need = p_circle offset 0) x
			cross join lateral (select * from chat.operator_state o where o.operator = f.operator offset 0) t
			where p_few
			union all
			select t.*, x.cap, x.score from internal.able x join chat.operator_state t on t.operator = x.operator
			where not p_few and x.need = p_circle and (x.operator in (select unnest(p_free))) is true) s
		where s.load < s.cap
		  and case when p_declined <> '{}' or p_preferred <> '' then internal.why_not_him(s.operator, p_circle, p_declined, p_preferred) is null else true end) k
	where k.place <= p_limit
	having count(*) > 0
$$;

-- Modes availability and skill: the first chat that somebody free can take, and the best operator for it.
create function internal.next_in_line(p_few boolean, p_free text[], p_circles int[], p_passed uuid[], p_promote_s int, p_candidates int, p_now timestamptz)
returns setof internal.pair
language sql stable as $$
	select h.need, h.level, h.arrived_at, h.chat, h.declined, h.preferred, k.*
	from (select * from internal.class_heads(p_circles, false, p_passed, p_promote_s, p_now) x order by x.level, x.arrived_at, x.chat) h
	cross join lateral internal.line_candidates(p_few, p_free, h.circle, h.mode, h.declined, h.preferred, greatest(1, p_candidates)) k
	order by h.level, h.arrived_at, h.chat
	limit 1
$$;

-- The same where one operator alone is free, as nearly always in a busy house: there is nobody to compare him with, and the plan has half as many steps.
create function internal.next_in_line_for(p_operator text, p_circles int[], p_passed uuid[], p_promote_s int, p_now timestamptz)
returns setof internal.pair
language sql stable as $$
	select h.need, h.level, h.arrived_at, h.chat, h.declined, h.preferred, s.operator, s.load + 1 >= s.slots, 1::bigint,
		array[row(s.operator, 1, s.presence, s.reason, s.lease_until, s.load, a.cap, s.last_offer_at, s.penalty_until, s.last_accept_at,
			a.score, null, null, null, null, null, null)::chat.candidate]
	from internal.class_heads(p_circles, false, p_passed, p_promote_s, p_now) h
	cross join lateral (select x.cap, x.score from internal.able x where x.operator = p_operator and x.need = h.circle offset 0) a
	cross join lateral (select * from chat.operator_state o where o.operator = p_operator offset 0) s
	where s.load < a.cap
	  and case when h.declined <> '{}' or h.preferred <> '' then internal.why_not_him(s.operator, h.circle, h.declined, h.preferred) is null else true end
	order by h.level, h.arrived_at, h.chat
	limit 1
$$;

-- Mode balanced: every pair of a head and a free operator with its index (ROUTING, section 2), in seconds:
--   waited·T0/T_q + K/slots_q + B·fit − R·reserve − G·load/cap
-- fit is the operator's against the best on staff; reserve is the sum over the operator's other queues j of 1/free_j², free_j being the free slots of all who
-- could take a chat of j now: how badly others would miss him. Rounded to a microsecond, so that equal pairs tie whatever the order of a sum.
create function internal.balanced_pairs(p_free text[], p_circles int[], p_passed uuid[], p_rule internal.routing_rule, p_now timestamptz)
returns table (need int, chat uuid, level int, arrived_at timestamptz, declined text[], preferred text, operator text,
	waited float8, slots float8, fit float8, reserve float8, busy float8, index numeric, state chat.operator_state, cap int, score int)
language sql stable as $$
	select h.need, h.chat, h.level, h.arrived_at, h.declined, h.preferred, o.operator, t.*,
		round((t.waited + t.slots + t.fit - t.reserve - t.busy)::numeric, 6), o.state, o.cap, o.score
	from internal.class_heads(p_circles, true, p_passed, p_rule.promote_s, p_now) h
	join (
		select m.*, coalesce(sum(m.missed) over (partition by m.operator), 0) - coalesce(sum(m.missed) over (partition by m.operator, m.queue), 0) as others
		from (
			select a.operator, a.need, n.queue, n.slots, n.best_score, a.cap, a.score, a.fit, s.load, s as state,
				case when n.asked = '[]' and n.relaxed_s = 0 then 1 / (sum(a.cap - s.load) over (partition by a.need) ^ 2)::float8 end as missed
			from unnest(p_free) f (operator)
			join internal.able a on a.operator = f.operator
			join internal.need n on n.need = a.need
			join chat.operator_state s on s.operator = f.operator
			where s.load < a.cap) m) o on o.need = h.circle
	cross join lateral (select
		extract(epoch from p_now - h.arrived_at)::float8 * p_rule.t0 / h.target_s as waited,
		p_rule.slots / o.slots as slots,
		p_rule.fit * case when o.best_score > 0 then (o.fit / o.best_score)::float8 else 1 end as fit,
		p_rule.reserve * o.others as reserve,
		p_rule.load * o.load / o.cap as busy) t
	where case when h.declined <> '{}' or h.preferred <> '' then internal.why_not_him(o.operator, h.circle, h.declined, h.preferred) is null else true end
$$;

create function internal.next_balanced(p_free text[], p_circles int[], p_passed uuid[], p_rule internal.routing_rule, p_now timestamptz)
returns setof internal.pair
language sql stable as $$
	with pair as materialized (
		select * from internal.balanced_pairs(p_free, p_circles, p_passed, p_rule, p_now)
	), best as (
		select * from pair p order by p.level, p.index desc, p.arrived_at, p.chat, (p.state).load, (p.state).last_accept_at nulls first, p.operator collate "C" limit 1
	)
	select b.need, b.level, b.arrived_at, b.chat, b.declined, b.preferred, b.operator, (b.state).load + 1 >= (b.state).slots, c.free, c.candidates
	from best b
	cross join lateral (
		select max(k.free) as free, array_agg(row(k.operator, k.place, (k.state).presence, (k.state).reason, (k.state).lease_until, (k.state).load, k.cap, (k.state).last_offer_at,
			(k.state).penalty_until, (k.state).last_accept_at, k.score, k.index, k.waited, k.slots, k.fit, k.reserve, k.busy)::chat.candidate order by k.place) as candidates
		from (select p.*, count(*) over () as free,
				row_number() over (order by p.index desc, (p.state).load, (p.state).last_accept_at nulls first, p.operator collate "C") as place
			from pair p where p.chat = b.chat) k
		where k.place <= greatest(1, p_rule.candidates)) c
$$;

-- The same where one operator alone is free: the pairs have the same index, and the only candidate is he.
create function internal.next_balanced_for(p_operator text, p_circles int[], p_passed uuid[], p_rule internal.routing_rule, p_now timestamptz)
returns setof internal.pair
language sql stable as $$
	select p.need, p.level, p.arrived_at, p.chat, p.declined, p.preferred, p.operator, (p.state).load + 1 >= (p.state).slots, 1::bigint,
		array[row(p.operator, 1, (p.state).presence, (p.state).reason, (p.state).lease_until, (p.state).load, p.cap, (p.state).last_offer_at,
			(p.state).penalty_until, (p.state).last_accept_at, p.score, p.index, p.waited, p.slots, p.fit, p.reserve, p.busy)::chat.candidate]
	from internal.balanced_pairs(array[p_operator], p_circles, p_passed, p_rule, p_now) p
	order by p.level, p.index desc, p.arrived_at, p.chat
	limit 1
$$;

-- The one reason that kept a candidate of a decision from being asked; NULL for those who were free (or had become so when the others were looked at).
create function internal.why_passed_over(p_candidate chat.candidate, p_why jsonb, p_at timestamptz) returns jsonb
language sql stable as $$
	select case when p_candidate.place is null then coalesce(
		internal.why_not_free(jsonb_populate_record(null::chat.operator_state, to_jsonb(p_candidate)), p_candidate.cap, make_interval(secs => (p_why ->> 'stagger_s')::int), p_at),
		case when p_why -> 'declined' ? p_candidate.operator then jsonb_build_object('code', 'declined')
			when p_why ? 'preferred' then jsonb_build_object('code', 'preferred', 'operator', p_why -> 'preferred') end) end
$$;

-- Holds a chat out to an operator and writes down why; the arguments are a row of next_in_line or next_balanced. What triggers do where people hold out chats
-- (15_triggers.sql) it does itself, by statements as plain as can be. The first one's quals are looked at again in the rows as they are when they are locked. Gives
-- back `made`, or why not: `changed`: the configuration has changed since it was looked at, the decision is made again. `chat`, `operator`: that is not what it
-- seemed any more, or somebody else holds its row: such rows are passed over, never waited for (their holder may wait for one that we hold), and the router comes again soon.
create function internal.make_offer(p_need int, p_level int, p_chat uuid, p_declined text[], p_preferred text, p_operator text, p_free bigint, p_candidates chat.candidate[],
	p_now timestamptz) returns text
language plpgsql as $$
declare
	v_held record;
	v_offer uuid := gen_random_uuid();
begin
	select c.queue, s.load, n.mode, n.circle, n.offer_timeout_s, n.auto_accept, r.stagger, r.candidates as recorded into v_held
	from chat.chat c, chat.waiting w, chat.operator_state s, internal.need n, internal.routing_rule r
	where c.chat = p_chat and c.state = 'queued' and w.chat = p_chat and s.operator = p_operator and n.need = p_need and n.queue = c.queue
	  and s.presence = 'available' and s.lease_until > p_now and s.load < (p_candidates[1]).cap
	  and (s.last_offer_at is null or s.last_offer_at + r.stagger <= p_now) and (s.penalty_until is null or s.penalty_until <= p_now)
	  and case when n.auto_accept or c.xmin = pg_current_xact_id_if_assigned()::xid then internal.try_lock_keys(p_chat) else true end
	  and not exists (select from internal.stale t where t.what not in ('duty', 'line')) -- whether he is there stands in his row
	for no key update of c, w, s skip locked;
	if not found then
		return internal.why_not_made(p_operator, (p_candidates[1]).cap, p_now);
	end if;
	insert into chat.offer (offer, chat, operator, queue, offered_at, expires_at, rule, why, candidates)
	values (v_offer, p_chat, p_operator, v_held.queue, p_now, p_now + make_interval(secs => v_held.offer_timeout_s), v_held.mode,
		internal.offer_figures(v_held.mode, p_level, v_held.load, v_held.stagger, p_candidates[1], p_free - 1, p_declined, p_preferred)
			|| case when p_operator = any (p_declined) then jsonb_build_object('fresh', internal.on_duty_but(v_held.circle, p_declined)) else '{}' end,
		p_candidates || internal.not_asked(v_held.circle, p_candidates, v_held.recorded, '{}', '{}', p_now));
	delete from chat.waiting w where w.chat = p_chat;
	update chat.chat c set state = 'offered' where c.chat = p_chat;
	update chat.operator_state s set load = s.load + 1, last_offer_at = p_now where s.operator = p_operator;
	insert into chat.audit (actor_kind, actor, action, object, key, old, new)
	values (internal.actor_kind(), internal.actor(), 'state', 'chat', p_chat,
		format('{"state": "queued", "queue": "%s"}', v_held.queue)::jsonb, format('{"state": "offered", "queue": "%s"}', v_held.queue)::jsonb);
	if v_held.auto_accept then
		perform internal.accept(p, o, p_now) from chat.operator p, chat.offer o where p.operator = p_operator and o.offer = v_offer;
	end if;
	perform internal.ring_relays('o:' || p_operator, p_now);
	return 'made';
end $$;

-- Some of those who are able and could not be asked, as they are now, so that the record holds p_recorded. p_offered: who got an offer a moment ago that is not written yet, if
-- he stands in p_accepting with his yes to it. Its plan is kept.
create function internal.not_asked(p_circle int, p_asked chat.candidate[], p_recorded int, p_offered text[], p_accepting text[], p_now timestamptz) returns chat.candidate[]
language plpgsql stable as $$
begin
	return array(
		select row(s.operator, null, s.presence, s.reason, s.lease_until, s.load + s.offered::int, a.cap, case when s.offered then p_now else s.last_offer_at end, s.penalty_until,
			case when s.offered and s.operator = any (p_accepting) then p_now else s.last_accept_at end, a.score, null, null, null, null, null, null)::chat.candidate
		from (select x.operator, x.cap, x.score from internal.able x
			where x.need = p_circle and x.operator <> all (array(select c.operator from unnest(p_asked) c)) order by x.operator
			limit greatest(0, p_recorded - cardinality(p_asked))) a
		cross join lateral (select x.*, x.operator = any (p_offered) as offered from chat.operator_state x where x.operator = a.operator offset 0) s
		order by a.operator);
end $$;

create function internal.why_not_made(p_operator text, p_cap int, p_now timestamptz) returns text
language plpgsql as $$
begin
	if exists (select from internal.stale t where t.what not in ('duty', 'line')) then
		return 'changed';
	end if;
	perform set_config('switchboard.passed_over', 'on', true);
	perform from chat.operator_state s, internal.routing_rule r where s.operator = p_operator and internal.why_not_free(s, p_cap, r.stagger, p_now) is null for no key update of s skip locked;
	return case when found then 'chat' else 'operator' end;
end $$;

-- How many there are on duty who could take a chat of that circle, without these.
create function internal.on_duty_but(p_circle int, p_operators text[]) returns bigint
language sql stable as $$
	select count(*) from internal.able a join chat.operator_state s on s.operator = a.operator where a.need = p_circle and s.on_duty and a.operator <> all (p_operators)
$$;

-- What decided, as it stands with the offer for ever. declined and preferred: of the chat, for the reasons against the others. Put together as text, what is missing
-- left out: keys, numbers, times and our own sentence need no quoting, and jsonb_build_object costs a third of the row of the offer.
create function internal.offer_figures(p_mode text, p_level int, p_load int, p_stagger interval, p_best chat.candidate, p_others bigint, p_declined text[], p_preferred text) returns jsonb
language sql stable as $$
	select concat('{"operator": "', p_best.operator, '", "level": ', p_level, ', "load": ', p_load, ', "cap": ', p_best.cap,
		', "stagger_s": ', extract(epoch from p_stagger)::int, ', "others": ', p_others, case p_mode when 'skill' then ', "score": ' || p_best.score end, ', "index": ' || p_best.index,
		', "last_accept_at": "' || internal.rfc3339(p_best.last_accept_at) || '"', case when p_declined <> '{}' then ', "declined": ' || to_jsonb(p_declined)::text end,
		', "preferred": "' || nullif(p_preferred, '') || '"', ', "sentence": "', internal.offer_sentence(p_mode, p_best.score, p_load, p_others), '"}')::jsonb
$$;

-- The same for the operator, as one sentence of the offer.
create function internal.offer_sentence(p_mode text, p_score int, p_load int, p_others bigint) returns text
language sql stable as $$
	select case
		when p_others = 0 then 'You are the only one free for it.'
		when p_mode = 'skill' then format('You have the best ratings for it (%s in total) of %s who are free.', p_score, p_others + 1)
		when p_mode = 'balanced' then format('You suit it best of %s who are free, all things weighed.', p_others + 1)
		else format('You have the fewest chats (%s) and have waited longest of %s who are free.', p_load, p_others + 1)
	end
$$;

-- The next pair of all who wait and of these who are free; without a chat where nobody can take any.
create function internal.next_pair(p_rule internal.routing_rule, p_free text[], p_circles int[], p_passed uuid[], p_now timestamptz) returns internal.pair
language plpgsql stable as $$
declare
	v_pair internal.pair;
	v_other internal.pair;
	v_one boolean := cardinality(p_free) = 1;
begin
	if p_rule.lines then
		if v_one then
			select * into v_pair from internal.next_in_line_for(p_free[1], p_circles, p_passed, p_rule.promote_s, p_now);
		elsif p_circles is not null then
			select * into v_pair from internal.next_in_line(true, p_free, p_circles, p_passed, p_rule.promote_s, p_rule.candidates, p_now);
		else
			select * into v_pair from internal.next_in_line(false, p_free, null, p_passed, p_rule.promote_s, p_rule.candidates, p_now);
		end if;
	end if;
	if p_rule.balances then
		if v_one then
			select * into v_other from internal.next_balanced_for(p_free[1], p_circles, p_passed, p_rule, p_now);
		else
			select * into v_other from internal.next_balanced(p_free, p_circles, p_passed, p_rule, p_now);
		end if;
		if v_pair.chat is null or (v_other.level, v_other.arrived_at, v_other.chat) < (v_pair.level, v_pair.arrived_at, v_pair.chat) then
			return v_other;
		end if;
	end if;
	return v_pair;
end $$;

-- Makes offers until no waiting chat has a free operator, p_limit at most; gives back how many. Where several slots are free the decisions are made one after the
-- other, each as if the one before had been written, and then written together (routing_many.sql): what a statement costs to begin and end is shared. One alone, or one whose
-- rows were not to be had, goes by itself. Its plans are made once and for indexes: a line that was empty when a plan was made may be long the next moment.
create function internal.route(p_now timestamptz, p_limit int) returns int
language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
	v_look record;
	v_pair internal.pair;
	v_pairs internal.pair[];
	v_made text;
	v_many int;
	v_alone boolean := false; -- the next one goes by itself
	v_passed uuid[] := '{}'; -- chats that could not be had
	v_held text[] := '{}';   -- operators who could not
	v_waited boolean := false;
	v_offers int := 0;
	v_again int := 0;
begin
	while v_offers < p_limit and v_again < 10 loop -- somebody who changes the configuration all the time shall not keep us
		select * into v_look from internal.look(p_now, v_held);
		if v_look.outdated then
			perform internal.refresh(p_now);
			select * into v_look from internal.look(p_now, v_held);
		end if;
		exit when v_look.free = '{}';
		if v_alone or cardinality(v_look.free) = 1 or p_limit - v_offers = 1 then
			v_pair := internal.next_pair(v_look.rule, v_look.free, v_look.circles, v_passed, p_now);
			exit when v_pair.chat is null;
		else
			v_pairs := internal.next_pairs(v_look.rule, v_look.free, v_look.circles, v_passed, p_limit - v_offers, p_now);
			exit when v_pairs = '{}';
			v_pair := v_pairs[1];
			if cardinality(v_pairs) > 1 then
				v_many := internal.make_offers(v_pairs, p_now);
				v_offers := v_offers + v_many;
				v_alone := v_many < cardinality(v_pairs);
				exit when v_many = cardinality(v_look.free); -- whoever frees a slot meanwhile rings
				continue;
			end if;
		end if;
		v_alone := false;
		v_made := internal.make_offer(v_pair.need, v_pair.level, v_pair.chat, v_pair.declined, v_pair.preferred, v_pair.operator, v_pair.free, v_pair.candidates, p_now);
		case v_made
			when 'made' then
				v_offers := v_offers + 1;
				exit when cardinality(v_look.free) = 1 and v_pair.last; -- the steady state of a busy house: whoever frees a slot meanwhile rings
			when 'changed' then
				v_again := v_again + 1;
			when 'operator' then
				v_held := v_held || v_pair.operator;
			when 'chat' then -- a customer who does something loses his turn to nobody behind him; who holds his row for longer does
				if v_waited then
					v_passed := v_passed || v_pair.chat;
				else
					perform pg_sleep(0.003);
					v_waited := true;
				end if;
		end case;
	end loop;
	return v_offers;
end $$;
