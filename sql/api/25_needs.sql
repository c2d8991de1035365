-- SPDX-License-Identifier: ISC
-- What the router works out of the configuration before it decides: what a chat needs, who is able to take it, how many slots that makes.
--
-- A *need* is a queue, what a chat asks for beyond it, and how far the demands have been relaxed. internal.able holds the pairs (operator, need) for which
-- internal.why_not_able finds no reason. Only internal.refresh writes these tables, called by the router at the head of every pass; whoever changes
-- what they stand on leaves a mark in internal.stale (triggers in 15_triggers.sql).

-- The skills that a chat needs of an operator of p_queue: those of the queue, those the chat asks for (p_asked), relaxed by p_relaxed_s. A skill that is
-- dropped stays desired: it counts for the fit.
create function internal.asks(p_queue text, p_asked jsonb, p_relaxed_s int) returns table (skill text, required boolean, min_rating int, weight numeric)
language sql stable as $$
	select a.skill, a.required and (r.after_s is null or r.min_rating is not null), least(a.min_rating, coalesce(r.min_rating, a.min_rating)), a.weight
	from (
		select u.skill, bool_or(u.required) as required, coalesce(max(u.min_rating) filter (where u.required), 0) as min_rating, max(u.weight) as weight
		from (select q.skill, q.required, q.min_rating, q.weight from chat.queue_skill q where q.queue = p_queue
			union all
			select x.skill, x.required, x.min_rating, x.weight from jsonb_to_recordset(p_asked) as x (skill text, required boolean, min_rating int, weight numeric)) u
		group by u.skill) a
	left join lateral (select r.after_s, r.min_rating from chat.relaxation r
		where r.queue = p_queue and r.skill = a.skill and r.after_s <= p_relaxed_s order by r.after_s desc limit 1) r on true
$$;

-- What in the configuration keeps an operator from chats of this queue that ask for p_asked; NULL: nothing does. Of several skills that are missing the
-- first by name, the others under `also`. Its plan is kept: it is asked for every pair that is worked out.
create function internal.shortcoming(p_operator text, p_queue text, p_asked jsonb, p_relaxed_s int, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return (
	select case
		when not o.active then jsonb_build_object('code', 'inactive')
		when not q.active then jsonb_build_object('code', 'queue_off')
		when exists (select from chat.queue_member m where m.queue = p_queue)
			and not exists (select from chat.queue_member m where m.queue = p_queue and m.operator = p_operator) then jsonb_build_object('code', 'not_member')
		else (
			select l.lacks[1] || case when cardinality(l.lacks) > 1 then jsonb_build_object('also', to_jsonb(l.lacks[2:])) else '{}' end
			from (select array_agg(jsonb_strip_nulls(jsonb_build_object('code', case when k.rating is null then 'missing_skill' else 'below_minimum' end,
					'skill', a.skill, 'needs', a.min_rating, 'has', k.rating)) order by a.skill) as lacks
				from internal.asks(p_queue, p_asked, p_relaxed_s) a
				left join chat.operator_skill k on k.operator = p_operator and k.skill = a.skill
					and coalesce(k.valid_from, '-infinity') <= p_now and coalesce(k.valid_to, 'infinity') > p_now
				where a.required and coalesce(k.rating, 0) < a.min_rating) l)
	end
	from chat.operator o, chat.queue q where o.operator = p_operator and q.queue = p_queue);
end $$;

-- The queues whose operators a need asks: its own, and the extra queues that relaxation has opened.
create function internal.circle(p_queue text, p_relaxed_s int) returns table (queue text)
language sql stable as $$
	select p_queue
	union
	select r.extra_queue from chat.relaxation r where r.queue = p_queue and r.extra_queue is not null and r.after_s <= p_relaxed_s
$$;

-- Is somebody there who could take a chat of this queue, at the latest when its demands are relaxed? Reads the configuration itself, so that a chat request is
-- answered right also while no router runs.
create function internal.is_staffed(p_queue text, p_now timestamptz) returns boolean
language sql stable as $$
	select exists (
		select from (select p_queue as queue union select r.extra_queue from chat.relaxation r where r.queue = p_queue and r.extra_queue is not null) c
		join chat.operator_queue j on j.queue = c.queue
		join chat.operator_state s on s.operator = j.operator
		where s.presence = 'available' and s.lease_until > p_now
		  and internal.shortcoming(j.operator, c.queue, '[]', case when c.queue = p_queue then 86400 else 0 end, p_now) is null)
$$;

-- Why an operator cannot take chats of a need, whether he is there or not: NULL when he can, in the need's own queue or an extra one. Of several
-- reasons the one in its own queue is told.
create function internal.why_not_able(p_operator text, p_need int, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return (select w.reason
	from internal.need n
	cross join lateral internal.circle(n.queue, n.relaxed_s) c
	cross join lateral (select coalesce(internal.shortcoming(p_operator, c.queue, n.asked, case when c.queue = n.queue then n.relaxed_s else 0 end, p_now),
		case when not exists (select from chat.operator_queue j where j.operator = p_operator and j.queue = c.queue) then jsonb_build_object('code', 'not_joined') end) as reason) w
	where n.need = p_need
	order by w.reason is not null, c.queue <> n.queue
	limit 1);
end $$;

-- How good somebody is at what a need asks for. score: sum of ratings over the queue's required skills; fit: sum of weight × rating over all that is asked for.
create function internal.suit(p_operator text, p_queue text, p_asked jsonb, p_now timestamptz) returns table (score int, fit numeric)
language sql stable as $$
	select coalesce(sum(k.rating) filter (where s.required and s.of_queue), 0)::int, coalesce(sum(k.rating * s.weight), 0)
	from (
		select a.skill, a.required, a.weight, exists (select from chat.queue_skill q where q.queue = p_queue and q.skill = a.skill and q.required) as of_queue
		from internal.asks(p_queue, p_asked, 0) a) s
	join chat.operator_skill k on k.operator = p_operator and k.skill = s.skill
		and coalesce(k.valid_from, '-infinity') <= p_now and coalesce(k.valid_to, 'infinity') > p_now
$$;

-- What a chat may ask for beyond its queue, as it stands in internal.need.
create function internal.asked(p_chat uuid) returns jsonb
language plpgsql stable as $$
begin
	return coalesce((
		select jsonb_agg(jsonb_build_object('skill', s.skill, 'required', s.required, 'min_rating', s.min_rating, 'weight', s.weight) order by s.skill)
		from chat.chat_skill s where s.chat = p_chat), '[]');
end $$;

-- Where a waiting chat belongs at p_now: its need (NULL: the router has to make it first), whose turn it is first, and when that changes by itself.
create function internal.place(p_chat uuid, p_now timestamptz) returns table (need int, level int, preferred text, due_at timestamptz)
language plpgsql stable as $$
begin
	return query select n.need, coalesce(c.level, -1),
		case when p.until > p_now then c.preferred_operator::text else '' end,
		least(case when p.until > p_now then p.until end, c.arrived_at + make_interval(secs => r.next_s))
	from chat.chat c
	join chat.queue q on q.queue = c.queue
	cross join lateral (
		select case when c.preferred_operator is not null and q.preferred_grace_s > 0 -- without grace nobody is waited for, also when the clock was set back
			and not exists (select from chat.chat_decline d where d.chat = c.chat and d.operator = c.preferred_operator)
			then greatest(c.arrived_at, c.preferred_since) + make_interval(secs => q.preferred_grace_s) end as until) p
	cross join lateral (
		select coalesce(max(x.after_s) filter (where x.reached), 0) as reached_s, min(x.after_s) filter (where not x.reached) as next_s
		from (select x.after_s, c.arrived_at + make_interval(secs => x.after_s) <= p_now as reached from chat.relaxation x where x.queue = c.queue) x) r
	left join internal.need n on n.queue = c.queue and n.asked = internal.asked(c.chat) and n.relaxed_s = r.reached_s
	where c.chat = p_chat;
end $$;

-- Files the waiting chats whose needs have changed by themselves, or were never looked at; a row that somebody else holds in the next pass.
create function internal.file_chats(p_now timestamptz) returns void
language sql as $$
	with due as materialized (
		select d.chat from chat.waiting d where d.due_at <= p_now for no key update skip locked
	), unfiled as materialized (
		select u.chat from chat.waiting u where u.need is null for no key update skip locked
	)
	update chat.waiting w set need = p.need, level = p.level, preferred = p.preferred, due_at = p.due_at
	from (select d.chat from due d union select u.chat from unfiled u) t
	cross join lateral internal.place(t.chat, p_now) p
	where w.chat = t.chat
$$;

-- Makes the needs of these queues that are missing: one for each relaxation and each set of further demands that waits. Gives back the new ones.
create function internal.make_needs(p_queues text[]) returns int[]
language sql as $$
	with made as (
		insert into internal.need (queue, asked, relaxed_s)
		select q.queue, a.asked, s.after_s
		from unnest(p_queues) u (queue) join chat.queue q on q.queue = u.queue
		cross join lateral (select '[]'::jsonb as asked
			union select internal.asked(w.chat) from chat.waiting w where w.queue = q.queue and exists (select from chat.chat_skill k where k.chat = w.chat)) a
		cross join lateral (select 0 as after_s union select r.after_s from chat.relaxation r where r.queue = q.queue) s
		on conflict do nothing
		returning need)
	select coalesce(array_agg(m.need), '{}') from made m
$$;

-- Drops the needs of these queues that nothing asks for any more, and those of queues that are gone; their chats, if there are any, are filed anew. What a row asks
-- for that somebody else holds stays, until internal.refresh finds the row free.
create function internal.drop_needs(p_queues text[]) returns void
language sql as $$
	with useless as materialized (
		select n.need from internal.need n
		where n.queue = any (p_queues) and (
			not exists (select from chat.queue q where q.queue = n.queue)
			or (n.relaxed_s > 0 and not exists (select from chat.relaxation r where r.queue = n.queue and r.after_s = n.relaxed_s))
			or (n.asked <> '[]' and not exists (select from chat.waiting w join internal.need k on k.need = w.need where k.queue = n.queue and k.asked = n.asked)))
	), mine as materialized (
		select w.chat, w.need from chat.waiting w where w.need in (select u.need from useless u) for no key update skip locked
	), gone as (
		delete from internal.need n using useless u
		where n.need = u.need and not exists (select from chat.waiting w where w.need = u.need and w.chat not in (select m.chat from mine m))
		returning n.need)
	update chat.waiting w set need = null from mine m join gone g on g.need = m.need where w.chat = m.chat
$$;

-- The best fit there is on staff for a need, signed in or not; 0 where it asks for no skill.
create function internal.best_score(p_queue text, p_asked jsonb, p_relaxed_s int, p_now timestamptz) returns numeric
language sql stable as $$
	with asks as materialized (select * from internal.asks(p_queue, p_asked, p_relaxed_s))
	select coalesce(max(f.fit), 0)
	from (
		select k.operator, sum(k.rating * a.weight) as fit, count(*) filter (where a.required and k.rating >= a.min_rating) as met
		from asks a
		join chat.operator_skill k on k.skill = a.skill and coalesce(k.valid_from, '-infinity') <= p_now and coalesce(k.valid_to, 'infinity') > p_now
		group by k.operator) f
	join chat.operator o on o.operator = f.operator
	where o.active and f.met = (select count(*) from asks a where a.required)
	  and (not exists (select from chat.queue_member m where m.queue = p_queue)
		or exists (select from chat.queue_member m where m.queue = p_queue and m.operator = f.operator))
$$;

-- Copies what the queue says of these needs.
create function internal.describe_needs(p_needs int[], p_now timestamptz) returns void
language sql as $$
	update internal.need n set
		mode = coalesce(q.mode, case when exists (select from chat.queue_skill k where k.queue = q.queue and k.required) then 'balanced' else 'availability' end),
		level = q.level, target_s = q.target_s, offer_timeout_s = q.offer_timeout_s, auto_accept = q.auto_accept, circle = case n.circle when 0 then n.need else n.circle end,
		best_score = internal.best_score(q.queue, n.asked, n.relaxed_s, p_now)
	from chat.queue q
	where n.need = any (p_needs) and q.queue = n.queue
$$;

-- The pairs of these needs (any operator) and of these operators (any need), worked out anew: those for which internal.why_not_able finds no reason and whose
-- scores are those of internal.suit; tests/sql/needs.sql holds it to those two. All at once, because a company of 5,000 has tens of thousands of pairs; each is
-- looked up in tables by their keys, and no long list is joined with another: whatever the planner expects of their lengths, the work grows with the pairs.
create function internal.refresh_able(p_needs int[], p_operators text[], p_now timestamptz) returns void
language plpgsql as $$
begin
	delete from internal.able a where a.need = any (p_needs) or a.operator = any (p_operators);
	with door as materialized ( -- the queues whose operators are asked for a need, and what is required of them there
		select n.need, c.queue as door, array_agg(a.skill) filter (where a.required) as skills, array_agg(a.min_rating) filter (where a.required) as minima
		from internal.need n
		cross join lateral internal.circle(n.queue, n.relaxed_s) c
		join chat.queue d on d.queue = c.queue and d.active
		left join lateral internal.asks(c.queue, n.asked, case when c.queue = n.queue then n.relaxed_s else 0 end) a on true
		group by n.need, c.queue
	), wish as materialized ( -- what makes an operator's score and fit
		select n.need, n.queue, array_agg(a.skill) as skills, array_agg(a.weight) as weights,
			array_agg(a.required and exists (select from chat.queue_skill q where q.queue = n.queue and q.skill = a.skill and q.required)) as scores
		from internal.need n left join lateral internal.asks(n.queue, n.asked, 0) a on true
		group by n.need, n.queue
	), able as materialized (
		select distinct c.need, c.operator
		from (
			select d.*, j.operator from door d join chat.operator_queue j on j.queue = d.door where d.need = any (p_needs)
			union all
			select d.*, j.operator from chat.operator_queue j join door d on d.door = j.queue where j.operator = any (p_operators) and d.need <> all (p_needs)) c
		join chat.operator o on o.operator = c.operator and o.active
		where (not exists (select from chat.queue_member m where m.queue = c.door)
			or exists (select from chat.queue_member m where m.queue = c.door and m.operator = c.operator))
		  and not exists (
			select from unnest(c.skills, c.minima) a (skill, min_rating)
			where not exists (select from chat.operator_skill k where k.operator = c.operator and k.skill = a.skill and k.rating >= a.min_rating
				and coalesce(k.valid_from, '-infinity') <= p_now and coalesce(k.valid_to, 'infinity') > p_now))
	)
	insert into internal.able (operator, need, cap, score, fit)
	select b.operator, b.need, least(o.max_chats, q.max_per_operator, (select internal.setting('max_chats'))), coalesce(s.score, 0), coalesce(s.fit, 0)
	from able b
	join wish w on w.need = b.need
	join chat.operator o on o.operator = b.operator
	join chat.queue q on q.queue = w.queue
	cross join lateral (
		select sum(k.rating) filter (where u.scores) as score, sum(k.rating * u.weight) as fit
		from unnest(w.skills, w.weights, w.scores) u (skill, weight, scores)
		join chat.operator_skill k on k.operator = b.operator and k.skill = u.skill
			and coalesce(k.valid_from, '-infinity') <= p_now and coalesce(k.valid_to, 'infinity') > p_now) s;
end $$;

-- Adds (p_sign 1) or takes away (-1) what these operators contribute to the slots of the needs they are able for.
create function internal.count_slots(p_operators text[], p_sign int) returns void
language sql as $$
	update internal.need n set slots = n.slots + p_sign * x.caps
	from (select a.need, sum(a.cap) as caps from internal.able a join chat.operator_state s on s.operator = a.operator
		where s.operator = any (p_operators) and s.on_duty group by a.need) x
	where n.need = x.need
$$;

-- Who counts as there now, and how many chats each may hold. An operator whose row somebody else holds is looked at in the next pass, which comes soon: the
-- router never waits for a row while it holds others.
create function internal.refresh_duty(p_operators text[], p_now timestamptz) returns void
language plpgsql as $$
begin
	with seen as (
		select t.operator, t.presence = 'available' and t.lease_until > p_now as on_duty, least(o.max_chats, (select internal.setting('max_chats'))) as slots
		from chat.operator_state t join chat.operator o on o.operator = t.operator
		where t.operator = any (p_operators) order by t.operator for no key update of t skip locked
	), changed as (
		update chat.operator_state s set on_duty = x.on_duty, slots = x.slots
		from seen x where s.operator = x.operator and (s.on_duty, s.slots) is distinct from (x.on_duty, x.slots)
	)
	insert into internal.stale (what, key)
	select 'duty', s.operator from chat.operator_state s where s.operator = any (p_operators) and not exists (select from seen x where x.operator = s.operator);
	if found then
		perform set_config('switchboard.passed_over', 'on', true);
	end if;
end $$;

-- Another relaxation, another grace: each chat of these queues is looked at again. One whose row somebody else holds is looked at in the next pass, as above.
create function internal.review_lines(p_queues text[], p_now timestamptz) returns void
language plpgsql as $$
begin
	with asked as materialized (
		select w.chat, w.queue from chat.waiting w
		where w.queue = any (p_queues) and (w.due_at is not null or w.preferred <> '' or exists (select from chat.relaxation r where r.queue = w.queue)
			or w.need is not null and not exists (select from internal.need n
				where n.need = w.need and (n.relaxed_s = 0 or exists (select from chat.relaxation r where r.queue = n.queue and r.after_s = n.relaxed_s))))
	), mine as materialized (
		select w.chat from chat.waiting w where w.chat in (select a.chat from asked a) for no key update skip locked
	), again as (
		update chat.waiting w set due_at = p_now from mine m where w.chat = m.chat
	)
	insert into internal.stale (what, key)
	select distinct 'line', a.queue from asked a where not exists (select from mine m where m.chat = a.chat);
	if found then
		perform set_config('switchboard.passed_over', 'on', true);
	end if;
end $$;

-- Which needs are held back until their queue opens, and which circle each asks: its own, or the first further one when nobody is on duty in it.
create function internal.refresh_circles(p_now timestamptz) returns void
language sql as $$
	update internal.need n set circle = x.circle, held = x.held
	from (
		select m.need, q.after_hours = 'hold' and not internal.queue_is_open(q.queue, p_now) as held,
			case when m.slots > 0 then m.need
				else coalesce((select f.need from internal.need f where f.queue = m.queue and f.asked = m.asked and f.relaxed_s > m.relaxed_s and f.slots > 0
					order by f.relaxed_s limit 1), m.need) end as circle
		from internal.need m join chat.queue q on q.queue = m.queue) x
	where n.need = x.need and (n.circle, n.held) is distinct from (x.circle, x.held)
$$;

-- The settings of the decision in one row, and when time alone makes the derived tables wrong.
create function internal.refresh_rule(p_now timestamptz) returns void
language sql as $$
	update internal.routing_rule r set
		stagger = make_interval(secs => s.stagger_s), promote_s = s.promote_s, fit = s.balanced_fit, reserve = s.balanced_reserve, load = s.balanced_load,
		slots = s.balanced_slots, candidates = s.decision_candidates,
		t0 = coalesce((select min(q.target_s) from chat.queue q), 30),
		lines = exists (select from internal.need n where n.mode <> 'balanced'), balances = exists (select from internal.need n where n.mode = 'balanced'),
		fresh_at = p_now,
		change_at = coalesce(least(
			(select min(k.valid_from) from chat.operator_skill k where k.valid_from > p_now),
			(select min(k.valid_to) from chat.operator_skill k where k.valid_to > p_now),
			(select min(o.lease_until) from chat.operator_state o where o.on_duty),
			(select min(internal.opening_changes_at(q.queue, p_now)) from chat.queue q where q.after_hours = 'hold')), 'infinity')
	from (select max(v) filter (where name = 'stagger_s') as stagger_s, max(v) filter (where name = 'promote_s') as promote_s,
			max(v) filter (where name = 'balanced_fit') as balanced_fit, max(v) filter (where name = 'balanced_reserve') as balanced_reserve,
			max(v) filter (where name = 'balanced_load') as balanced_load, max(v) filter (where name = 'balanced_slots') as balanced_slots,
			max(v) filter (where name = 'decision_candidates') as decision_candidates
		from (select t.name, t.value::int as v from chat.setting t where t.kind = 'int') t) s
$$;

-- Adds to the marks what time alone has changed since the tables were worked out.
create function internal.mark_passed_time(p_now timestamptz) returns void
language sql as $$
	insert into internal.stale (what, key)
	select 'everything', '' from internal.routing_rule r where p_now < r.fresh_at -- the clock went back
	union all
	select 'operator', k.operator from chat.operator_skill k, internal.routing_rule r
	where (k.valid_from > r.fresh_at and k.valid_from <= p_now) or (k.valid_to > r.fresh_at and k.valid_to <= p_now)
	union all
	select 'duty', s.operator from chat.operator_state s where s.on_duty and s.lease_until <= p_now
$$;

-- Brings everything above up to date for p_now. When nothing is marked and no instant has passed it only looks.
create function internal.refresh(p_now timestamptz) returns void
language plpgsql as $$
declare
	v_look record;
	v_all boolean;
	v_queues text[];
	v_operators text[]; -- whose abilities are worked out anew
	v_skills boolean;
	v_duty text[];      -- of whom it is looked at whether they are there
	v_lines text[];     -- whose chats are looked at again
	v_needs int[] := '{}';
begin
	select p_now < r.fresh_at or p_now >= r.change_at as time_passed,
		exists (select from internal.stale) or (select w.chat from chat.waiting w where w.need is null order by w.chat limit 1) is not null as marked,
		(select min(w.due_at) from chat.waiting w where w.due_at is not null) <= p_now as due
	into v_look from internal.routing_rule r;
	if v_look.time_passed then
		perform internal.mark_passed_time(p_now);
	elsif not v_look.marked then
		if v_look.due then
			perform internal.file_chats(p_now);
			update internal.routing_rule r set fresh_at = p_now; -- so that it shows when the clock is set back before it
		end if;
		return;
	end if;
	with mark as (delete from internal.stale returning what, key)
	select coalesce(bool_or(what in ('everything', 'setting')), false), coalesce(array_agg(distinct key) filter (where what = 'queue'), '{}'),
		coalesce(array_agg(distinct key) filter (where what in ('operator', 'joined')), '{}'), coalesce(bool_or(what = 'operator'), false),
		coalesce(array_agg(distinct key) filter (where what in ('operator', 'joined', 'duty')), '{}'),
		coalesce(array_agg(distinct key) filter (where what = 'line'), '{}')
	into v_all, v_queues, v_operators, v_skills, v_duty, v_lines from mark;
	if v_all then
		v_queues := array(select q.queue::text from chat.queue q union select n.queue from internal.need n);
		v_operators := array(select o.operator::text from chat.operator o union select a.operator from internal.able a);
		v_duty := v_operators;
	end if;
	v_queues := v_queues || array(select r.queue::text from chat.relaxation r where r.extra_queue = any (v_queues));
	v_lines := v_lines || v_queues;
	v_needs := array(select a.need from internal.able a where a.operator = any (v_operators) -- he was renamed: his row of old counts still
		and not exists (select from chat.operator o where o.operator = a.operator));
	perform internal.count_slots(v_duty, -1);
	perform internal.drop_needs(v_lines);
	v_needs := v_needs || internal.make_needs(v_queues || array(select distinct w.queue::text from chat.waiting w where w.need is null))
		|| array(select n.need from internal.need n where n.queue = any (v_queues));
	perform internal.describe_needs(v_needs || array(select n.need from internal.need n where v_skills), p_now);
	perform internal.refresh_able(v_needs, v_operators, p_now);
	perform internal.refresh_duty(v_duty, p_now);
	perform internal.count_slots(v_duty, 1);
	update internal.need n set slots = coalesce((select sum(a.cap) from internal.able a join chat.operator_state s on s.operator = a.operator
		where a.need = n.need and s.on_duty), 0) where n.need = any (v_needs);
	perform internal.refresh_circles(p_now);
	perform internal.review_lines(v_lines, p_now);
	perform internal.file_chats(p_now);
	perform internal.refresh_rule(p_now);
end $$;
