-- SPDX-License-Identifier: ISC
-- Waiting, told honestly: the place in line, the expected wait as a range, and what became of it.
--
-- The estimate follows the queue length: the chat at place k starts when the line has moved k times (Whitt, Predicting Queueing Delays, Management Science 45,
-- 1999; where customers give up, QL_m of Ibrahim and Whitt, Real-Time Delay Estimation in Overloaded Multiserver Queues with Abandonments, Management Science 55, 2009).
--   rate r    how often the line moves: starts of service of chats that had to wait, for each second that an eligible slot was busy while somebody waited, times
--             the slots on duty now. What other queues take from the same operators is in it, and a colleague who comes or goes changes it at once.
--             Before there is enough of that (up to 10 events' worth): slots × ends of chats by these operators for each busy second × the part of the freed
--             slots that falls to this queue, judged by the lines of the queues they serve that are as urgent or more.
--   leaving θ how often a waiting customer gives up, for each second of waiting
--   mean      m = 1/(r·f) + Σ(i = 1 … k−1) 1/(r + iθ); f is the part of the slots that is able for this very chat (1 for most), k counts the chats ahead that can be served
--   variance  v = the same sum of squares; the shape m²/v is k in a line that nobody leaves (Erlang)
--   range     the 10 % and 90 % quantiles of m times an F variable with 2m²/v and 2·basis degrees of freedom: the gamma law of the line and how well its rate is
--             known from so few events, in one; then the mean time from offer to acceptance is added, and both ends are rounded to the nearest step that people use

-- (These functions of one expression are inlined where their arguments are variables, as in wait_range.)

-- The quantile of an F variable with 2/(9·p_b) and 2/(9·p_c) degrees of freedom; p_z is the normal one (−1.2816 for 10 %). Wilson and Hilferty's cube roots of
-- both gamma variables are nearly normal; Paulson's quadratic solves for their ratio (Abramowitz and Stegun 26.6.15). Right within 2 % from shape 2 and basis 5
-- on; for shape 1 it is 8 % low at 10 %.
create function internal.f_quantile(p_b float8, p_c float8, p_z float8) returns float8
language sql immutable as $$
	select greatest(0, ((1 - p_b) * (1 - p_c) + p_z * sqrt((1 - p_b) ^ 2 * p_c + (1 - p_c) ^ 2 * p_b - p_z ^ 2 * p_b * p_c)) / ((1 - p_c) ^ 2 - p_z ^ 2 * p_c)) ^ 3
$$;

-- Σ(i = 1 … n) 1/(r + iθ), and with squares, by the midpoint rule: exact for θ = 0, and at the very worst (θ far above r) a tenth too much, a third for the squares.
create function internal.line_mean(p_n float8, p_rate float8, p_leave float8) returns float8
language sql immutable as $$
	select case when p_leave * p_n < p_rate * 1e-6 then p_n / p_rate else ln((p_rate + (p_n + 0.5) * p_leave) / (p_rate + 0.5 * p_leave)) / p_leave end
$$;
create function internal.line_variance(p_n float8, p_rate float8, p_leave float8) returns float8
language sql immutable as $$
	select case when p_leave * p_n < p_rate * 1e-6 then p_n / p_rate ^ 2 else (1 / (p_rate + 0.5 * p_leave) - 1 / (p_rate + (p_n + 0.5) * p_leave)) / p_leave end
$$;

-- The distance of steps that people use around so many seconds: 30 s, then 1 minute up to 5, 2 up to 10, 5 up to 30, 10 up to an hour, then half hours.
create function internal.wait_step(p_seconds float8) returns int
language sql immutable as $$
	select case when p_seconds < 45 then 30 when p_seconds < 330 then 60 when p_seconds < 660 then 120 when p_seconds < 1950 then 300
		when p_seconds < 3900 then 600 else 1800 end
$$;

-- The range for the chat that has p_ahead servable chats before it; p_part as f above. NULL without a basis. Both ends go to the nearest step, neither is
-- pushed outwards: the range stays what it says.
create function internal.wait_range(p_pace internal.queue_pace, p_ahead float8, p_part float8, out low_s int, out high_s int)
language plpgsql immutable as $$
declare
	v_rate float8 := p_pace.rate;
	v_leave float8 := p_pace.leave_rate;
	v_own float8;
	v_mean float8;
	v_b float8;
	v_c float8;
	v_low float8;
	v_high float8;
begin
	if v_rate is null or p_part <= 0 then
		return;
	end if;
	v_own := 1 / (v_rate * p_part);
	v_mean := v_own + internal.line_mean(p_ahead, v_rate, v_leave);
	v_b := (v_own ^ 2 + internal.line_variance(p_ahead, v_rate, v_leave)) / (9 * v_mean ^ 2); -- 1 / (9 × shape)
	v_c := 1 / (9 * p_pace.basis);
	v_low := p_pace.accept_s + v_mean * internal.f_quantile(v_b, v_c, -1.2816);
	v_high := p_pace.accept_s + v_mean * internal.f_quantile(v_b, v_c, 1.2816);
	low_s := round(v_low / internal.wait_step(v_low)) * internal.wait_step(v_low);
	high_s := greatest(round(v_high / internal.wait_step(v_high)) * internal.wait_step(v_high), low_s + internal.wait_step(low_s));
end $$;

-- ---- how fast the line moves ----------------------------------------------------------------------------------------

-- Who is able for a queue's chats that ask for nothing more, and whether he is there; of the circle that is asked now.
create function internal.team(p_queue text, p_now timestamptz) returns table (operator text, cap int, here boolean, free boolean)
language sql stable as $$
	select s.operator, a.cap, h.here, h.here and s.load < a.cap
	from internal.need n join internal.able a on a.need = n.circle join chat.operator_state s on s.operator = a.operator
	cross join lateral (select s.presence = 'available' and s.lease_until > p_now as here) h
	where n.queue = p_queue and n.asked = '[]' and n.relaxed_s = 0
$$;

-- The chats of a queue whose wait ended after p_since: from when (the last time they came into line) to when, who took it, or that the customer gave up.
-- Chats that found a free operator at once are in it, with no time.
create function internal.waits_since(p_queue text, p_since timestamptz, p_now timestamptz)
returns table (came timestamptz, went timestamptz, operator text, given_up boolean, accept_s float8)
language sql stable as $$
	select greatest(p_since, c.arrived_at, (select max(a.ended_at) from chat.assignment a where a.chat = o.chat and a.ended_at <= o.offered_at)), o.offered_at,
		o.operator, false, extract(epoch from o.closed_at - o.offered_at)::float8
	from chat.offer o join chat.chat c on c.chat = o.chat
	where o.queue = p_queue and o.state = 'accepted' and o.kind = 'routed' and o.offered_at > p_since and o.offered_at <= p_now
	union all
	select greatest(p_since, c.arrived_at, (select max(a.ended_at) from chat.assignment a where a.chat = c.chat)), c.ended_at, null, true, null
	from (select * from chat.chat x where x.queue = p_queue and x.state = 'abandoned' and x.ended_at > p_since and x.arrived_at is not null order by x.ended_at desc limit 1000) c
$$;

-- The line of a queue now: how many, since when there is one, for how many seconds they wait in sum, all from p_since on. Chats that nobody on duty can serve
-- are not in it: they do not hold up those behind them. The oldest may have come back from an operator: they wait since then.
create function internal.line(p_queue text, p_since timestamptz, p_now timestamptz, out waiting bigint, out since timestamptz, out waited_s float8)
language sql stable as $$
	select count(*), min(case when l.place > 50 then l.came else greatest(l.came, (select max(a.ended_at) from chat.assignment a where a.chat = l.chat)) end),
		coalesce(sum(greatest(0, extract(epoch from p_now - l.came))), 0)::float8
	from (
		select w.chat, greatest(p_since, w.arrived_at) as came, row_number() over (order by w.arrived_at, w.chat) as place
		from chat.waiting w left join internal.need n on n.need = w.need left join internal.need k on k.need = n.circle
		where w.queue = p_queue and (k.need is null or (k.slots > 0 and not n.held))) l
$$;

-- Since when history counts: wait_window_s ago, or the last 100 chats served, whichever is less.
create function internal.pace_since(p_queue text, p_now timestamptz) returns timestamptz
language sql stable as $$
	select coalesce((select o.offered_at from chat.offer o
		where o.queue = p_queue and o.state = 'accepted' and o.kind = 'routed' and o.offered_at > p_now - internal.seconds('wait_window_s') and o.offered_at <= p_now
		order by o.offered_at desc offset 100 limit 1), p_now - internal.seconds('wait_window_s'))
$$;

-- The part of the slots of this queue's team that falls to it while others wait for the same operators: its own line (and the next to come) against what
-- each of their slots is asked for by the other queues that are as urgent or more.
create function internal.pace_part(p_queue text, p_now timestamptz) returns float8
language sql stable as $$
	with line as materialized (select w.queue, count(*)::float8 as waiting from chat.waiting w group by w.queue),
	rival as materialized (
		select n.need, l.waiting / n.slots as a_slot
		from chat.queue q join internal.need n on n.queue <> q.queue and n.level <= q.level and n.asked = '[]' and n.relaxed_s = 0 and n.slots > 0 and not n.held
		join line l on l.queue = n.queue
		where q.queue = p_queue)
	select m.mine / (m.mine + coalesce((select sum(t.cap * r.a_slot) from internal.team(p_queue, p_now) t join internal.able a on a.operator = t.operator
		join rival r on r.need = a.need where t.here), 0))
	from (select 1 + coalesce((select l.waiting from line l where l.queue = p_queue), 0) as mine) m
$$;

-- Works the pace of a queue out anew.
create function internal.measure_pace(p_queue text, p_now timestamptz) returns internal.queue_pace
language plpgsql stable set jit = off as $$
declare
	v_pace internal.queue_pace;
	v_since timestamptz := internal.pace_since(p_queue, p_now);
	v_line tstzmultirange;   -- when somebody had to wait
	v_moves float8;          -- chats that had waited and went to one of the team
	v_ends float8;           -- chats of the team that ended, of any queue
	v_busy_s float8;         -- slot-seconds of the team
	v_line_busy_s float8;    -- of these, while somebody waited
	v_prior float8 := 0;
	v_now record;            -- the line as it is
begin
	v_pace.queue := p_queue;
	v_pace.measured_at := p_now;
	select coalesce(sum(t.cap) filter (where t.here), 0) into v_pace.slots from internal.team(p_queue, p_now) t;
	select * into v_now from internal.line(p_queue, v_since, p_now);
	v_pace.waiting := v_now.waiting;
	select coalesce(range_agg(tstzrange(w.came, greatest(w.came, w.went))) filter (where w.went > w.came + interval '1 second'), '{}'),
		count(*) filter (where w.went > w.came + interval '1 second' and w.operator in (select t.operator from internal.team(p_queue, p_now) t)),
		coalesce(count(*) filter (where w.given_up) / nullif(v_now.waited_s + sum(greatest(0, extract(epoch from w.went - w.came))), 0), 0), coalesce(avg(w.accept_s), 0)
	into v_line, v_moves, v_pace.leave_rate, v_pace.accept_s
	from internal.waits_since(p_queue, v_since, p_now) w;
	if v_now.since < p_now then
		v_line := v_line + tstzmultirange(tstzrange(v_now.since, p_now));
	end if;
	select count(*) filter (where h.ended), coalesce(sum(greatest(0, extract(epoch from h.till - h.since))), 0), coalesce(sum(l.s), 0)
	into v_ends, v_busy_s, v_line_busy_s
	from (
		select false as ended, greatest(a.started_at, v_since) as since, p_now as till
		from internal.team(p_queue, p_now) t join chat.assignment a on a.operator = t.operator and a.ended_at is null where a.started_at < p_now
		union all
		select true, greatest(a.started_at, v_since), a.ended_at
		from internal.team(p_queue, p_now) t join chat.assignment a on a.operator = t.operator and a.ended_at > v_since and a.ended_at <= p_now) h
	cross join lateral (select sum(extract(epoch from upper(r) - lower(r))) as s from unnest(v_line * tstzmultirange(tstzrange(h.since, greatest(h.since, h.till)))) r) l;
	if v_busy_s > 0 and v_moves < least(v_ends, 10) then
		v_prior := least(v_ends, 10) - v_moves;
		v_line_busy_s := v_line_busy_s + v_prior * v_busy_s / (v_ends * internal.pace_part(p_queue, p_now));
	end if;
	v_pace.basis := v_moves + v_prior;
	if v_pace.slots > 0 and v_pace.basis >= internal.setting('wait_basis') and v_line_busy_s > 0 then
		v_pace.rate := v_pace.slots * v_pace.basis / v_line_busy_s;
	end if;
	select internal.queue_is_open(p_queue, p_now), q.after_hours = 'hold' into v_pace.open, v_pace.holds from chat.queue q where q.queue = p_queue;
	if v_pace.open then
		v_pace.closes_at := internal.closing(p_queue, p_now);
	end if;
	v_pace.next_opening := internal.next_opening(p_queue, coalesce(v_pace.closes_at, p_now));
	return v_pace;
end $$;

-- When an open queue closes, by its hours or because somebody has set an hour; NULL when it does not, or only because a day of exception begins.
create function internal.closing(p_queue text, p_now timestamptz) returns timestamptz
language sql stable as $$
	select least(max(o.closes_at), (select min(k.since) from chat.closure k where (k.queue = p_queue or k.queue is null) and k.since > p_now))
	from chat.queue q cross join lateral (select (p_now at time zone q.time_zone)::date as day) l
	left join lateral internal.openings(p_queue, l.day - 1, l.day) o on o.opens_at <= p_now and p_now < o.closes_at
	where q.queue = p_queue
$$;

-- The paces of these queues, none older than 5 s, or than the last change of who is there at all. One caller at a time measures; the others take what is there.
create function internal.paces(p_queues text[], p_now timestamptz) returns setof internal.queue_pace
language plpgsql as $$
declare
	v_queue text;
	v_new internal.queue_pace;
begin
	insert into internal.queue_pace (queue) select q.queue from chat.queue q where q.queue = any (p_queues)
		and not exists (select from internal.queue_pace p where p.queue = q.queue) order by q.queue on conflict do nothing;
	for v_queue in
		select p.queue from internal.queue_pace p
		where p.queue = any (p_queues) and (p.measured_at not between p_now - interval '5 seconds' and p_now
			or (p.slots > 0) is distinct from exists (select from internal.team(p.queue, p_now) t where t.here))
		order by p.queue for no key update skip locked
	loop
		v_new := internal.measure_pace(v_queue, p_now);
		update internal.queue_pace p set measured_at = v_new.measured_at, waiting = v_new.waiting, slots = v_new.slots, rate = v_new.rate, basis = v_new.basis, leave_rate = v_new.leave_rate,
			accept_s = v_new.accept_s, open = v_new.open, holds = v_new.holds, closes_at = v_new.closes_at, next_opening = v_new.next_opening
		where p.queue = v_queue;
	end loop;
	return query select p.* from internal.queue_pace p where p.queue = any (p_queues);
end $$;

-- ---- the place in line ----------------------------------------------------------------------------------------------

-- Which part of the slots of its queue is able for a need: 0 when nobody on duty is, or its line is held; 1 for what asks for nothing beyond the queue.
create function internal.need_parts(p_queue text) returns table (need int, base boolean, part float8)
language sql stable as $$
	select n.need, n.need = o.need, case when n.held then 0 else least(1, k.slots / greatest(1, b.slots)::float8) end
	from internal.need o join internal.need b on b.need = o.circle join internal.need n on n.queue = o.queue join internal.need k on k.need = n.circle
	where o.queue = p_queue and o.asked = '[]' and o.relaxed_s = 0
$$;

-- The place of one waiting chat in the line of its queue, by the order in which the router looks at them: effective level, arrived_at, id. Level by level those
-- are counted who have risen above its level (arrived at `above` or earlier) and those at its level (later, but at `beside` or earlier) who came before it;
-- each is a range of an index.
create function internal.place_in_line(p_chat uuid, p_now timestamptz) returns bigint
language plpgsql stable as $$
declare
	v_promote_s int := (select r.promote_s from internal.routing_rule r);
begin
	return (
		select 1 + sum((select count(*) from chat.waiting b where b.queue = w.queue and b.level = l.level and b.arrived_at <= t.above)
			+ (select count(*) from chat.waiting b where b.queue = w.queue and b.level = l.level and b.arrived_at > t.above and b.arrived_at <= t.beside
				and (b.arrived_at, b.chat) < (w.arrived_at, w.chat)))
		from (select w.*, q.level as of_queue, internal.effective_level(case when w.level < 0 then q.level else w.level end, w.arrived_at, v_promote_s, p_now) as mine
			from chat.waiting w join chat.queue q on q.queue = w.queue where w.chat = p_chat) w
		cross join lateral (select x.level, case when x.level < 0 then w.of_queue else x.level end as own from generate_series(-1, 9) as x (level)
			cross join lateral (select from chat.waiting e where e.queue = w.queue and e.level = x.level order by e.arrived_at limit 1) e) l
		cross join lateral (select
			case when w.mine = 0 then '-infinity' when l.own < w.mine then 'infinity' when v_promote_s = 0 then '-infinity'
				else p_now - make_interval(secs => (l.own - w.mine + 1) * v_promote_s) end as above,
			case when l.own <= w.mine then 'infinity' when v_promote_s = 0 then '-infinity' else p_now - make_interval(secs => (l.own - w.mine) * v_promote_s) end as beside) t);
end $$;

-- The places of these chats, in one pass over the lines of their queues. `ahead` counts those before a chat whom somebody on duty can serve; `part` is the
-- part of the queue's slots that is able for it, 0 when nobody on duty is. A chat the router has not looked at yet counts as one that asks for nothing more.
create function internal.places(p_chats uuid[], p_now timestamptz) returns table (chat uuid, queue text, "position" bigint, ahead bigint, part float8)
language plpgsql stable as $$
declare
	v_promote_s int := (select r.promote_s from internal.routing_rule r);
	v_place bigint;
begin
	if cardinality(p_chats) = 1 and not exists (select from chat.waiting w, internal.need_parts(w.queue) n where w.chat = p_chats[1] and n.part = 0) then
		v_place := internal.place_in_line(p_chats[1], p_now); -- nobody in line is passed over: the index answers
		return query select w.chat, w.queue::text, v_place, v_place - 1, coalesce(n.part, 0)
			from chat.waiting w left join internal.need_parts(w.queue) n on case when w.need is null then n.base else n.need = w.need end
			where w.chat = p_chats[1];
		return;
	end if;
	return query
	with need as materialized (
		select x.queue, n.* from (select distinct w.queue from unnest(p_chats) a (chat) join chat.waiting w on w.chat = a.chat) x
		left join lateral internal.need_parts(x.queue) n on true
	), placed as (
		select w.chat, w.queue, w.need, row_number() over line as place, count(*) filter (where n.part = 0) over line as passed_over
		from chat.queue q join chat.waiting w on w.queue = q.queue left join need n on n.need = w.need
		where q.queue in (select x.queue from need x)
		window line as (partition by w.queue
			order by internal.effective_level(case when w.level < 0 then q.level else w.level end, w.arrived_at, v_promote_s, p_now), w.arrived_at, w.chat rows unbounded preceding)
	)
	select p.chat, p.queue::text, p.place, p.place - 1 - p.passed_over + coalesce((n.part = 0)::int, 0), coalesce(n.part, 0)
	from unnest(p_chats) a (chat) join placed p on p.chat = a.chat left join need n on n.queue = p.queue and case when p.need is null then n.base else n.need = p.need end;
end $$;

-- ---- what the customer is told --------------------------------------------------------------------------------------

-- The expected wait of these chats as a state with, for `expected`, a range: unstaffed (nobody on duty is able for it), closed (its queue is, and either holds
-- its line or nobody is there), closing (held, and it will hardly come before that), unknown (no basis).
create function internal.waits(p_chats uuid[], p_now timestamptz)
returns table (chat uuid, queue text, "position" bigint, state text, low_s int, high_s int, closes_at timestamptz, next_opening timestamptz)
language plpgsql as $$
begin
	return query
	with place as materialized (select * from internal.places(p_chats, p_now)),
	pace as materialized (select * from internal.paces(array(select distinct x.queue from place x), p_now))
	select l.chat, l.queue, l.position, s.state, case when s.state = 'expected' then r.low_s end, case when s.state = 'expected' then r.high_s end,
		case when s.state = 'closing' then p.closes_at end, case when s.state in ('closing', 'closed') then p.next_opening end
	from place l join pace p on p.queue = l.queue
	cross join lateral internal.wait_range(p, l.ahead, l.part) r
	cross join lateral (select case
		when not p.open and (p.holds or l.part = 0) then 'closed'
		when l.part = 0 then 'unstaffed'
		when r.low_s is null then 'unknown'
		when p.holds and p_now + r.low_s * interval '1 second' >= p.closes_at then 'closing'
		else 'expected' end as state) s;
end $$;

-- The same, told: what is new is written to chat.wait_shown. At the same place a range stays for half a minute, so that it does not flicker between two steps.
create function internal.tell_waits(p_chats uuid[], p_now timestamptz)
returns table (chat uuid, "position" bigint, wait jsonb)
language plpgsql set jit = off as $$ -- nothing here runs for so long that compiling it would pay, whatever the planner guesses of tables without statistics
begin
	return query
	with told as materialized (
		select w.chat, w.queue, w.position, w.state, w.closes_at, w.next_opening, w.state = coalesce(o.state, 'unknown') as same, coalesce(o.n, 0) as n, k.stays,
			case when k.stays then o.low_s else w.low_s end as low_s, case when k.stays then o.high_s else w.high_s end as high_s,
			w.low_s is distinct from o.low_s or w.high_s is distinct from o.high_s as moved
		from internal.waits(p_chats, p_now) w
		left join lateral (select * from chat.wait_shown s where s.chat = w.chat order by s.n desc limit 1) o on true
		cross join lateral (select w.state = 'expected' and o.state = 'expected' and o.position = w.position and o.shown_at > p_now - interval '30 seconds' as stays) k
	), kept as (
		insert into chat.wait_shown (chat, n, shown_at, queue, position, state, low_s, high_s)
		select t.chat, t.n + 1, p_now, t.queue, t.position, t.state, t.low_s, t.high_s from told t
		where t.n < 50 and (not t.same or (t.moved and t.stays is not true))
		order by t.chat
		on conflict do nothing
	)
	select t.chat, t.position, case t.state when 'expected' then jsonb_build_object('low_s', t.low_s, 'high_s', t.high_s) when 'unknown' then null
		else jsonb_strip_nulls(jsonb_build_object('state', t.state, 'closes_at', internal.rfc3339(t.closes_at), 'next_opening', internal.rfc3339(t.next_opening))) end
	from told t;
end $$;

-- What somebody who came now would wait: {low_s, high_s}, NULL without a basis or where nobody would come. With a free slot and nobody in line only the
-- operator's yes stands between.
create function internal.newcomer_wait(p_queue text, p_now timestamptz) returns jsonb
language plpgsql set jit = off as $$
begin
	return (select jsonb_build_object('low_s', w.low_s, 'high_s', w.high_s)
	from internal.paces(array[p_queue], p_now) p
	cross join lateral (
		select 0 as low_s, greatest(30, 30 * ceil(p.accept_s / 15))::int as high_s
		where p.waiting = 0 and exists (select from internal.team(p_queue, p_now) t where t.free)
		union all
		select r.low_s, r.high_s from internal.wait_range(p, p.waiting, 1) r where r.low_s is not null) w
	where p.open and p.slots > 0
	limit 1);
end $$;

-- For the relay: chats → rows (chat, position, wait), only those that wait. `wait` is JSON as in GET chats/{id}, NULL without a basis.
create function api.queue_positions(p_chats uuid[]) returns table (chat uuid, "position" bigint, wait text)
language sql security definer set search_path = chat, pg_temp as $$
	select set_config('synchronous_commit', 'off', true); -- what was told need not outlive a crash, and no message may wait for it
	select t.chat, t.position, t.wait::text from internal.tell_waits(p_chats, clock_timestamp()) t
$$;

-- ---- what became of it ----------------------------------------------------------------------------------------------

drop view if exists chat.wait_error;
create view chat.wait_error with (security_invoker = true) as
select s.queue, (s.shown_at at time zone q.time_zone)::date as day, count(*) as shown,
	count(*) filter (where s.waited_s is not null) as served,
	round(avg((s.waited_s between s.low_s and s.high_s)::int), 3) as covered,
	round(avg((s.waited_s < s.low_s)::int), 3) as shorter,
	round(avg((s.waited_s > s.high_s)::int), 3) as longer,
	round((percentile_cont(0.5) within group (order by abs(s.waited_s - s.middle_s) / s.middle_s))::numeric, 3) as median_error
from (
	select w.queue, w.shown_at, w.low_s, w.high_s, (w.low_s + w.high_s) / 2.0::float8 as middle_s,
		(select extract(epoch from min(a.started_at) - w.shown_at) from chat.assignment a where a.chat = w.chat and a.started_at >= w.shown_at) as waited_s
	from chat.wait_shown w
	where w.state = 'expected') s
join chat.queue q on q.queue = s.queue
group by s.queue, day;
comment on view chat.wait_error is 'How true the expected waits were, by queue and day (of the queue''s time zone). Each range that was shown counts, from the moment it was shown';
comment on column chat.wait_error.queue is 'The queue';
comment on column chat.wait_error.day is 'The day the ranges were shown, in the queue''s time zone';
comment on column chat.wait_error.shown is 'Ranges shown';
comment on column chat.wait_error.served is 'Those whose chat got an operator later; the others gave up, or still wait, and are not judged';
comment on column chat.wait_error.covered is 'The share of the served whose wait lay within the range: about 0.8 when the estimate is honest';
comment on column chat.wait_error.shorter is 'The share of the served who waited less than the range said';
comment on column chat.wait_error.longer is 'The share of the served who waited longer than the range said';
comment on column chat.wait_error.median_error is 'The median of |waited − middle of the range| / middle';
grant select on chat.wait_error to switchboard_dba, switchboard_report;
