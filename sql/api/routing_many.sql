-- SPDX-License-Identifier: ISC
-- Many decisions at once, where several slots are free: each is made as if the one before had been written, and all are written together.
--
-- That is the same only where whoever gets an offer is out of it afterwards, because of the stagger interval or because it was his last slot: then those who are left are as
-- they were. And a chat that somebody has declined, or that is kept for somebody, goes by itself: who may have it depends on who else is there.

-- The next pairs, p_limit at most, in their order; none where nobody can take anything. Where modes are mixed each is looked for by itself. Never more than 100: whose desks
-- are to be looked at is one notification, which takes 8,000 bytes, and a name has up to 63.
create function internal.next_pairs(p_rule internal.routing_rule, p_free text[], p_circles int[], p_passed uuid[], p_limit int, p_now timestamptz) returns internal.pair[]
language plpgsql stable as $$
declare
	v_limit int := least(p_limit, cardinality(p_free), 100);
	v_pairs internal.pair[] := '{}';
	v_pair internal.pair;
	v_free text[] := p_free;
	v_passed uuid[] := p_passed;
begin
	if p_rule.stagger = interval '0' and exists (select from unnest(p_free) f (operator) join chat.operator_state s on s.operator = f.operator where s.load + 1 < s.slots) then
		v_limit := 1;
	elsif not p_rule.balances then
		v_pairs := internal.line_pairs(p_rule, p_free, p_circles, p_passed, v_limit, p_now);
	elsif not p_rule.lines then
		v_pairs := internal.weighed_pairs(p_rule, p_free, p_circles, p_passed, v_limit, p_now);
	end if;
	if v_pairs <> '{}' then
		return v_pairs;
	end if;
	while cardinality(v_pairs) < v_limit and v_free <> '{}' loop
		v_pair := internal.next_pair(p_rule, v_free, p_circles, v_passed, p_now);
		exit when v_pair.chat is null or v_pairs <> '{}' and (v_pair.declined <> '{}' or v_pair.preferred <> '');
		v_pairs := v_pairs || v_pair;
		exit when not (p_rule.balances and p_rule.lines) or v_pair.declined <> '{}' or v_pair.preferred <> '';
		v_free := array_remove(v_free, v_pair.operator);
		v_passed := v_passed || v_pair.chat;
	end loop;
	return v_pairs;
end $$;

-- The chats that wait, those who go first first, of each class p_limit at most. class: its number; plain: whether somebody may take it hangs on nobody else.
create function internal.line(p_circles int[], p_balanced boolean, p_passed uuid[], p_promote_s int, p_limit int, p_now timestamptz)
returns table (class bigint, need int, circle int, target_s int, level int, arrived_at timestamptz, chat uuid, plain boolean)
language sql stable as $$
	select h.class, h.need, h.circle, h.target_s, internal.effective_level(case when h.own < 0 then h.usual else h.own end, w.arrived_at, p_promote_s, p_now) as level,
		w.arrived_at, w.chat, h.declined = '{}' and h.preferred = ''
	from (select x.*, row_number() over () as class from internal.class_heads(p_circles, p_balanced, p_passed, p_promote_s, p_now) x) h
	cross join lateral (select w.arrived_at, w.chat from chat.waiting w
		where w.need = h.need and w.level = h.own and w.declined = h.declined and w.preferred = h.preferred and w.chat <> all (p_passed)
		order by w.arrived_at, w.chat limit p_limit) w
	order by level, w.arrived_at, w.chat
$$;

-- Modes availability and skill: who is free for each of these circles, in the order in which they are asked, circle by circle in three arrays of one length (who: place in
-- p_free). Of circle number i (circles[i]) they stand from firsts[i] to lasts[i].
create function internal.ranked(p_free text[], p_circles int[])
returns table (circles int[], firsts int[], lasts int[], who int[], last boolean[], candidates chat.candidate[])
language sql stable as $$
	with free as materialized (
		select n.need as circle, f.place, s.load + 1 >= s.slots as last,
			row(s.operator, null, s.presence, s.reason, s.lease_until, s.load, a.cap, s.last_offer_at, s.penalty_until, s.last_accept_at,
				a.score, null, null, null, null, null, null)::chat.candidate as candidate,
			row_number() over (order by n.need, case n.mode when 'skill' then a.score end desc nulls last,
				s.load, s.last_accept_at nulls first, s.signed_in_at, s.operator collate "C") as n
		from unnest(p_free) with ordinality f (operator, place)
		join internal.able a on a.operator = f.operator
		join internal.need n on n.need = a.need
		join chat.operator_state s on s.operator = f.operator
		where s.load < a.cap and n.need = any (p_circles)
	)
	select c.*, r.*
	from (select array_agg(x.circle order by x.circle), array_agg(x.first order by x.circle), array_agg(x.last order by x.circle)
		from (select f.circle, min(f.n)::int as first, max(f.n)::int as last from free f group by f.circle) x) c,
		(select array_agg(f.place::int order by f.n), array_agg(f.last order by f.n), array_agg(f.candidate order by f.n) from free f) r
$$;

-- Modes availability and skill: the order of the operators for a circle does not change while some of them drop out, so each chat, in the order of the line, gets the first
-- of its circle who is left; a chat for whom nobody is left will find nobody later in these decisions either. None where the first one is to go by itself.
create function internal.line_pairs(p_rule internal.routing_rule, p_free text[], p_circles int[], p_passed uuid[], p_limit int, p_now timestamptz) returns internal.pair[]
language plpgsql stable as $$
declare -- arrays of their own, not one record: an element of these is found without going through those before it
	v_circles int[]; v_next int[]; v_until int[]; -- next: of each circle the first who may be left
	v_who int[]; v_last boolean[]; v_candidates chat.candidate[];
	v_taken int[] := array_fill(0, array[cardinality(p_free)]); -- of each place in p_free: by which pair; 0: by none
	v_left int; -- circles in which somebody may be left
	v_line record;
	v_nth int;
	v_place int;
	v_needs int[] := '{}'; v_levels int[] := '{}'; v_arrivals timestamptz[] := '{}'; v_chats uuid[] := '{}'; v_places int[] := '{}'; v_ends int[] := '{}';
begin
	v_circles := array(select distinct n.circle from internal.need n where n.mode <> 'balanced' and not n.held and (p_circles is null or n.circle = any (p_circles)));
	select r.* into v_circles, v_next, v_until, v_who, v_last, v_candidates from internal.ranked(p_free, v_circles) r;
	v_left := coalesce(cardinality(v_circles), 0);
	for v_line in select * from internal.line(v_circles, false, p_passed, p_rule.promote_s, p_limit, p_now) where v_left > 0 loop
		v_nth := array_position(v_circles, v_line.circle);
		v_place := v_next[v_nth];
		continue when v_place > v_until[v_nth];
		while v_place <= v_until[v_nth] and v_taken[v_who[v_place]] > 0 loop
			v_place := v_place + 1;
		end loop;
		v_next[v_nth] := v_place;
		if v_place > v_until[v_nth] then
			v_left := v_left - 1;
			exit when v_left = 0;
			continue;
		end if;
		exit when not v_line.plain;
		v_needs := v_needs || v_line.need;
		v_levels := v_levels || v_line.level;
		v_arrivals := v_arrivals || v_line.arrived_at;
		v_chats := v_chats || v_line.chat;
		v_places := v_places || v_place;
		v_ends := v_ends || v_until[v_nth];
		v_taken[v_who[v_place]] := cardinality(v_chats);
		exit when cardinality(v_chats) = p_limit;
	end loop;
	return array(
		select row(p.need, p.level, p.arrived_at, p.chat, '{}', '', k.candidates[1].operator, v_last[p.place], k.free, k.candidates)::internal.pair
		from unnest(v_needs, v_levels, v_arrivals, v_chats, v_places, v_ends) with ordinality p (need, level, arrived_at, chat, place, until, nth)
		cross join lateral ( -- those who were left then: nobody before him
			select max(c.free) as free, array_agg(row((c.k).operator, c.place, (c.k).presence, (c.k).reason, (c.k).lease_until, (c.k).load, (c.k).cap, (c.k).last_offer_at,
				(c.k).penalty_until, (c.k).last_accept_at, (c.k).score, null, null, null, null, null, null)::chat.candidate order by c.place) as candidates
			from (select v_candidates[l.n] as k, l.place, l.free
				from (select n, row_number() over (order by n) as place, count(*) over () as free from generate_series(p.place, p.until) n
					where v_taken[v_who[n]] not between 1 and p.nth - 1) l
				where l.place <= greatest(1, p_rule.candidates) offset 0) c) k
		order by p.nth);
end $$;

-- Mode balanced: who is free for which need, in arrays of one length, the needs of one operator beside each other. who: place in p_free; nth: number of the need; base: it asks
-- for nothing beyond the queue; rank: the order of operators between equal pairs; slots, fit and busy: the terms of the index that do not change while others drop out;
-- room: free slots; rooms: the sum of those by number of the need.
create function internal.weighed(p_rule internal.routing_rule, p_free text[])
returns table (who int[], need int[], nth int[], queue int[], base boolean[], rank int[], last boolean[], slots float8[], fit float8[], busy float8[], room int[],
	candidates chat.candidate[], rooms bigint[])
language sql stable as $$
	with pair as materialized (
		select f.place, a.need, dense_rank() over (order by a.need) as nth, dense_rank() over (order by n.queue) as queue, n.asked = '[]' and n.relaxed_s = 0 as base,
			dense_rank() over (order by s.load, s.last_accept_at nulls first, s.operator collate "C") as rank, s.load + 1 >= s.slots as last,
			p_rule.slots / n.slots as slots, p_rule.fit * case when n.best_score > 0 then (a.fit / n.best_score)::float8 else 1 end as fit,
			p_rule.load * s.load / a.cap as busy, a.cap - s.load as room,
			row(s.operator, null, s.presence, s.reason, s.lease_until, s.load, a.cap, s.last_offer_at, s.penalty_until, s.last_accept_at,
				a.score, null, null, null, null, null, null)::chat.candidate as candidate
		from unnest(p_free) with ordinality f (operator, place)
		join internal.able a on a.operator = f.operator
		join internal.need n on n.need = a.need
		join chat.operator_state s on s.operator = f.operator
		where s.load < a.cap
	)
	select p.*, r.*
	from (select array_agg(x.place::int), array_agg(x.need), array_agg(x.nth::int), array_agg(x.queue::int), array_agg(x.base), array_agg(x.rank::int), array_agg(x.last),
			array_agg(x.slots), array_agg(x.fit), array_agg(x.busy), array_agg(x.room), array_agg(x.candidate)
		from (select * from pair o order by o.place, o.need) x) p,
		(select array_agg(x.room order by x.nth) from (select o.nth, sum(o.room) as room from pair o group by o.nth) x) r
$$;

-- Mode balanced: who drops out takes his free slots along, so every pair is weighed anew for each decision (internal.balanced_pairs says how), but nothing is read again.
create function internal.weighed_pairs(p_rule internal.routing_rule, p_free text[], p_circles int[], p_passed uuid[], p_limit int, p_now timestamptz) returns internal.pair[]
language plpgsql stable as $$
declare
	v_who int[]; v_need int[]; v_nth int[]; v_queue int[]; v_base boolean[]; v_rank int[]; v_last boolean[]; v_slots float8[]; v_fit float8[]; v_busy float8[]; v_room int[];
	v_candidates chat.candidate[];
	v_rooms bigint[];
	-- the line, class by class, and where each class has its head now
	v_class int[]; v_needs int[]; v_circle int[]; v_level int[]; v_arrived timestamptz[]; v_chat uuid[]; v_plain boolean[]; v_waited float8[];
	v_heads int[];
	v_taken boolean[] := array_fill(false, array[cardinality(p_free)]);
	v_best record;
	v_pairs internal.pair[] := '{}';
begin
	select w.* into v_who, v_need, v_nth, v_queue, v_base, v_rank, v_last, v_slots, v_fit, v_busy, v_room, v_candidates, v_rooms from internal.weighed(p_rule, p_free) w;
	select array_agg(l.class::int), array_agg(l.need), array_agg(l.circle), array_agg(l.level), array_agg(l.arrived_at), array_agg(l.chat), array_agg(l.plain),
		array_agg(extract(epoch from p_now - l.arrived_at)::float8 * p_rule.t0 / l.target_s)
	into v_class, v_needs, v_circle, v_level, v_arrived, v_chat, v_plain, v_waited
	from (select * from internal.line(p_circles, true, p_passed, p_rule.promote_s, p_limit, p_now) x order by x.class, x.arrived_at, x.chat) l;
	v_heads := array(select min(u.n) from unnest(v_class) with ordinality u (class, n) group by u.class order by u.class);
	while cardinality(v_pairs) < p_limit loop
		with pair as materialized (
			select h.n as head, m.n, m.others, round((v_waited[h.n] + v_slots[m.n] + v_fit[m.n] - p_rule.reserve * m.others - v_busy[m.n])::numeric, 6) as index
			from (
				select o.need, o.n, coalesce(sum(o.missed) over (partition by o.who), 0) - coalesce(sum(o.missed) over (partition by o.who, o.queue), 0) as others
				from (select u.*, case when v_base[u.n] then 1 / (v_rooms[v_nth[u.n]] ^ 2)::float8 end as missed
					from unnest(v_who, v_need, v_queue) with ordinality u (who, need, queue, n) where not v_taken[u.who]) o) m
			join unnest(v_heads) h (n) on v_circle[h.n] = m.need
		), best as (
			select * from pair p order by v_level[p.head], p.index desc, v_arrived[p.head], v_chat[p.head], v_rank[p.n] limit 1
		)
		select b.head, b.n, c.* into v_best
		from best b
		cross join lateral (
			select max(k.free) as free, array_agg(row((k.c).operator, k.place, (k.c).presence, (k.c).reason, (k.c).lease_until, (k.c).load, (k.c).cap, (k.c).last_offer_at, (k.c).penalty_until,
				(k.c).last_accept_at, (k.c).score, k.index, v_waited[k.head], v_slots[k.n], v_fit[k.n], p_rule.reserve * k.others, v_busy[k.n])::chat.candidate order by k.place) as candidates
			from (select l.*, v_candidates[l.n] as c
				from (select p.*, count(*) over () as free, row_number() over (order by p.index desc, v_rank[p.n]) as place from pair p where p.head = b.head) l
				where l.place <= greatest(1, p_rule.candidates) offset 0) k) c;
		exit when not found or not v_plain[v_best.head];
		v_pairs := v_pairs || row(v_needs[v_best.head], v_level[v_best.head], v_arrived[v_best.head], v_chat[v_best.head], '{}', '', v_best.candidates[1].operator,
			v_last[v_best.n], v_best.free, v_best.candidates)::internal.pair;
		v_taken[v_who[v_best.n]] := true;
		for i in array_position(v_who, v_who[v_best.n]) .. cardinality(v_who) loop
			exit when v_who[i] <> v_who[v_best.n];
			v_rooms[v_nth[i]] := v_rooms[v_nth[i]] - v_room[i];
		end loop;
		v_heads[v_class[v_best.head]] := case when v_class[v_best.head + 1] = v_class[v_best.head] then v_best.head + 1 end;
	end loop;
	return v_pairs;
end $$;

-- Writes these decisions down as internal.make_offer does one; gives back how many of them, from the first on: up to one whose rows are not what they seemed or are held by
-- somebody else, for those behind it were made as if it had been. That one goes by itself next, and the reason is told there.
create function internal.make_offers(p_pairs internal.pair[], p_now timestamptz) returns int
language plpgsql as $$
declare
	v_nths int[];
	v_loads int[];
	v_pairs internal.pair[];
	v_operators text[]; -- in order
	v_accepting text[]; -- those for whom an offer is accepted at once
begin
	select array_agg(h.nth order by h.nth), array_agg(h.load order by h.nth) into v_nths, v_loads
	from (
		select p.nth, s.load
		from unnest(p_pairs) with ordinality p (need, level, arrived_at, chat, declined, preferred, operator, last, free, candidates, nth),
			chat.chat c, chat.waiting w, chat.operator_state s, internal.need n, internal.routing_rule r
		where c.chat = p.chat and c.state = 'queued' and w.chat = p.chat and s.operator = p.operator and n.need = p.need and n.queue = c.queue
		  and s.presence = 'available' and s.lease_until > p_now and s.load < (p.candidates[1]).cap
		  and (s.last_offer_at is null or s.last_offer_at + r.stagger <= p_now) and (s.penalty_until is null or s.penalty_until <= p_now)
		  and case when n.auto_accept or c.xmin = pg_current_xact_id_if_assigned()::xid then internal.try_lock_keys(p.chat) else true end
		  and not exists (select from internal.stale t where t.what not in ('duty', 'line'))
		for no key update of c, w, s skip locked) h;
	v_pairs := p_pairs[:(select count(*) from unnest(v_nths) with ordinality u (nth, n) where u.nth = u.n)];
	if v_pairs = '{}' then
		return 0;
	end if;
	select array_agg(p.operator order by p.nth), array_agg(p.operator) filter (where n.auto_accept) into v_operators, v_accepting
	from unnest(v_pairs) with ordinality p (need, level, arrived_at, chat, declined, preferred, operator, last, free, candidates, nth) join internal.need n on n.need = p.need;
	with pair as materialized (
		select p.*, gen_random_uuid() as offer, v_loads[p.nth] as load, n.queue, n.mode, n.circle, n.offer_timeout_s, r.stagger, r.candidates as recorded
		from unnest(v_pairs) with ordinality p (need, level, arrived_at, chat, declined, preferred, operator, last, free, candidates, nth), internal.need n, internal.routing_rule r
		where n.need = p.need
	), taken as (
		update chat.operator_state s set load = s.load + 1, last_offer_at = p_now from pair p where s.operator = p.operator
	), served as (
		delete from chat.waiting w using pair p where w.chat = p.chat
	), moved as (
		update chat.chat c set state = 'offered' from pair p where c.chat = p.chat
	), noted as (
		insert into chat.audit (actor_kind, actor, action, object, key, old, new)
		select internal.actor_kind(), internal.actor(), 'state', 'chat', p.chat, format('{"state": "queued", "queue": "%s"}', p.queue)::jsonb,
			format('{"state": "offered", "queue": "%s"}', p.queue)::jsonb
		from pair p order by p.nth
	)
	insert into chat.offer (offer, chat, operator, queue, offered_at, expires_at, rule, why, candidates)
	select p.offer, p.chat, p.operator, p.queue, p_now, p_now + make_interval(secs => p.offer_timeout_s), p.mode,
		internal.offer_figures(p.mode, p.level, p.load, p.stagger, p.candidates[1], p.free - 1, p.declined, p.preferred),
		p.candidates || internal.not_asked(p.circle, p.candidates, p.recorded, v_operators[:p.nth - 1], v_accepting, p_now)
	from pair p order by p.nth;
	perform internal.accept(o, f, p_now)
	from unnest(v_pairs) with ordinality p (need, level, arrived_at, chat, declined, preferred, operator, last, free, candidates, nth)
	join internal.need n on n.need = p.need and n.auto_accept
	join chat.operator o on o.operator = p.operator
	join chat.offer f on f.chat = p.chat and f.state = 'open'
	order by p.nth;
	perform internal.ring_relays((select string_agg('o:' || p.operator, ' ' order by p.operator) from unnest(v_pairs) p), p_now);
	return cardinality(v_pairs);
end $$;
