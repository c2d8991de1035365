-- SPDX-License-Identifier: ISC
-- When a queue is open: its hours, unless somebody closed it by hand. Hours are local times of the queue's time zone, so that DST moves the instant and not the clock on the wall.

-- The openings of a queue whose local day of beginning lies between two dates; a queue without hours and exceptions has none (it is always open).
create function internal.openings(p_queue text, p_from date, p_to date) returns table (opens_at timestamptz, closes_at timestamptz)
language sql stable as $$
	select i.opens_at, i.closes_at
	from chat.queue q
	cross join lateral (select g.day::date as day from generate_series(p_from::timestamp, p_to::timestamp, interval '1 day') as g (day)) d
	cross join lateral (
		select e.opens, e.closes from chat.opening_exception e where e.queue = q.queue and e.day = d.day and e.opens is not null
		union all
		select o.opens, o.closes from chat.opening_hours o where o.queue = q.queue and o.weekday = extract(isodow from d.day)
			and not exists (select from chat.opening_exception e where e.queue = q.queue and e.day = d.day)
	) h
	cross join lateral (
		select (d.day + h.opens) at time zone q.time_zone as opens_at,
			(d.day + h.closes + case when h.closes <= h.opens then interval '1 day' else interval '0' end) at time zone q.time_zone as closes_at
	) i
	where q.queue = p_queue and i.opens_at < i.closes_at -- hours in the gap of a spring night are none
$$;

create function internal.has_hours(p_queue text) returns boolean
language plpgsql stable as $$
begin
	return (select exists (select from chat.opening_hours h where h.queue = p_queue));
end $$;

-- Its plan is kept: every look at a queue comes by here.
create function internal.open_by_hours(p_queue text, p_at timestamptz) returns boolean
language plpgsql stable as $$
begin
	return (select case
		when internal.has_hours(p_queue) or exists (select from chat.opening_exception e where e.queue = p_queue and e.day = l.day and e.opens is not null) then
			exists (select from internal.openings(p_queue, l.day - 1, l.day) o where o.opens_at <= p_at and p_at < o.closes_at)
		else not exists (select from chat.opening_exception e where e.queue = p_queue and e.day = l.day)
	end
	from chat.queue q, lateral (select (p_at at time zone q.time_zone)::date as day) l
	where q.queue = p_queue);
end $$;

-- What closes a queue by hand at an instant: its own closure, else that of everything.
create function internal.closure(p_queue text, p_at timestamptz) returns setof chat.closure
language sql stable as $$
	select k.* from chat.closure k
	where (k.queue = p_queue or k.queue is null) and k.since <= p_at and coalesce(k.until, 'infinity') > p_at
	order by k.queue nulls last limit 1
$$;

create function internal.queue_is_open(p_queue text, p_now timestamptz) returns boolean
language plpgsql stable as $$
begin
	return (select q.active and not exists (select from internal.closure(p_queue, p_now)) and internal.open_by_hours(p_queue, p_now) from chat.queue q where q.queue = p_queue);
end $$;

-- The first instant from p_from on at which the hours allow it; NULL when none does within a year.
create function internal.next_hours(p_queue text, p_from timestamptz) returns timestamptz
language plpgsql stable as $$
declare
	v_day date;
	v_next timestamptz;
	v_zone text;
begin
	if internal.open_by_hours(p_queue, p_from) then
		return p_from;
	end if;
	select (p_from at time zone q.time_zone)::date, q.time_zone into v_day, v_zone from chat.queue q where q.queue = p_queue;
	if not internal.has_hours(p_queue) then -- closed by an exception for a day: the first local midnight without one, or the exception's own hours
		select min(internal.day_begins(d.day, v_zone)) into v_next
		from (select (v_day + n) as day from generate_series(1, 366) as n) d
		where not exists (select from chat.opening_exception e where e.queue = p_queue and e.day = d.day);
		return least(v_next, (select min(o.opens_at) from internal.openings(p_queue, v_day, v_day + 366) o where o.opens_at > p_from));
	end if;
	select min(o.opens_at) into v_next from internal.openings(p_queue, v_day, v_day + 8) o where o.opens_at > p_from;
	if v_next is null then
		select min(o.opens_at) into v_next from internal.openings(p_queue, v_day + 9, v_day + 366) o;
	end if;
	return v_next;
end $$;

-- The next instant at which a closed queue opens; NULL when it does not within a year, is closed until somebody opens it, or is open now.
create function internal.next_opening(p_queue text, p_now timestamptz) returns timestamptz
language plpgsql stable as $$
declare
	v_next timestamptz := p_now;
	v_until timestamptz;
begin
	if internal.queue_is_open(p_queue, p_now) or not exists (select from chat.queue q where q.queue = p_queue and q.active) then
		return null;
	end if;
	loop -- each closure is passed once, so this ends
		v_next := internal.next_hours(p_queue, v_next);
		select max(coalesce(k.until, 'infinity')) into v_until from chat.closure k
		where (k.queue = p_queue or k.queue is null) and k.since <= v_next and coalesce(k.until, 'infinity') > v_next;
		exit when v_next is null or v_until is null;
		v_next := v_until;
		exit when v_next = 'infinity';
	end loop;
	return nullif(v_next, 'infinity');
end $$;

-- The next instant at which queue_is_open may give another answer; NULL when none is known within eight days.
create function internal.opening_changes_at(p_queue text, p_now timestamptz) returns timestamptz
language sql stable as $$
	select min(c.at)
	from chat.queue q
	cross join lateral (select (p_now at time zone q.time_zone)::date as day) l
	cross join lateral (
		select unnest(array[o.opens_at, o.closes_at]) as at from internal.openings(p_queue, l.day - 1, l.day + 8) o
		union all select internal.day_begins(e.day + n, q.time_zone) from chat.opening_exception e, generate_series(0, 1) n
			where e.queue = p_queue and e.day between l.day - 1 and l.day + 8
		union all select unnest(array[k.since, k.until]) from chat.closure k where k.queue = p_queue or k.queue is null
	) c
	where q.queue = p_queue and c.at > p_now
$$;

-- ---- by hand --------------------------------------------------------------------------------------------------------

create function internal.closure_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_queue text;
begin
	foreach v_queue in array case tg_op when 'INSERT' then array[coalesce(new.queue, '')] when 'DELETE' then array[coalesce(old.queue, '')]
		else array[coalesce(old.queue, ''), coalesce(new.queue, '')] end
	loop
		insert into internal.stale (what, key) values (case v_queue when '' then 'everything' else 'queue' end, v_queue);
	end loop;
	return null;
end $$;

create trigger closure_changes after insert or update or delete on chat.closure for each row execute function internal.closure_changes();

-- Closes a queue now, whatever its hours say, until an instant or until it is opened again; p_text is what customers are told.
--   select chat.close_queue('billing', 'Our billing system is down. We are back at 3 pm.', '2026-06-01 15:00 Europe/Berlin');
create function chat.close_queue(p_queue text, p_text text default null, p_until timestamptz default null) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	if p_queue is not null and not exists (select from chat.queue q where q.queue = p_queue) then
		raise exception using errcode = 'SB404', constraint = 'not_found', message = format('there is no queue "%s"', p_queue),
			hint = 'Queues: ' || coalesce((select string_agg(q.queue, ', ' order by q.queue) from chat.queue q), 'none yet');
	elsif p_until <= v_now then
		raise exception using errcode = 'SB422', constraint = 'invalid', column = 'until', message = 'until lies in the past';
	end if;
	insert into chat.closure (queue, since, until, text) values (p_queue, v_now, p_until, p_text)
	on conflict on constraint one_closure_a_queue do update set since = excluded.since, until = excluded.until, text = excluded.text;
end $$;

-- Ends a closing by hand; the hours hold again. False when the queue was not closed by hand. What was closed with everything opens with everything.
create function chat.open_queue(p_queue text) returns boolean
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	delete from chat.closure k where k.queue is not distinct from p_queue;
	return found;
end $$;

-- Closes every queue; a queue closed by itself as well keeps its own text.
create function chat.close_everything(p_text text default null, p_until timestamptz default null) returns void
language sql security definer set search_path = chat, pg_temp as $$ select chat.close_queue(null, p_text, p_until) $$;

create function chat.open_everything() returns boolean
language sql security definer set search_path = chat, pg_temp as $$ select chat.open_queue(null) $$;
