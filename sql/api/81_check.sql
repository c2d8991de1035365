-- SPDX-License-Identifier: ISC
-- The lint of a contact centre: what a DBA has configured that cannot work, will stop working, or has no effect. select * from chat.check();
--
-- What can be known. There is no table of shifts, so nobody can know who will be at work. What is known exactly is who *may* take a chat of a queue at an
-- instant: by being active, by membership, by ratings and their validity. A queue is unserved at an instant when nobody may, whoever is at work. The findings
-- judge the next 28 days of opening hours, with exceptions and daylight saving, and report what begins within 14. What happened is known too: hours of the week
-- in which customers came for four weeks and nobody ever answered are named.
--
-- Every check is a function of p_now that gives back rows of internal.finding; the files 82 to 84 hold them by what they look at.

-- severity: error (customers are or will be let down), warning (probably not what was meant), notice (worth knowing). object and key say where: the table and
-- its key, its columns joined by a slash. sentence says what is wrong, hint what to type.
create type internal.finding as (severity text, code text, object text, key text, sentence text, hint text);

-- Who may take chats of this queue that ask for p_asked, once they have waited p_relaxed_s, and when: the validity of his ratings. `door` is the queue whose
-- operators are asked, the queue itself or an extra one. Presence and joined queues do not count.
create function internal.able_when(p_queue text, p_asked jsonb, p_relaxed_s int) returns table (door text, operator text, during tstzrange)
language sql stable as $$
	with door as materialized (
		select q.queue, exists (select from chat.queue_member m where m.queue = q.queue) as has_members
		from internal.circle(p_queue, p_relaxed_s) c join chat.queue q on q.queue = c.queue and q.active
	), needed as materialized (
		select d.queue, a.skill, a.min_rating
		from door d cross join lateral internal.asks(d.queue, p_asked, case when d.queue = p_queue then p_relaxed_s else 0 end) a
		where a.required
	), rated as (
		select n.queue, k.operator, count(*) as met, coalesce(max(k.valid_from), '-infinity') as since, coalesce(min(k.valid_to), 'infinity') as until
		from needed n join chat.operator_skill k on k.skill = n.skill and k.rating >= n.min_rating
		group by n.queue, k.operator
	)
	select d.queue, o.operator, tstzrange(coalesce(r.since, '-infinity'), coalesce(r.until, 'infinity'))
	from door d
	join chat.operator o on o.active and (not d.has_members or exists (select from chat.queue_member m where m.queue = d.queue and m.operator = o.operator))
	left join rated r on r.queue = d.queue and r.operator = o.operator
	where coalesce(r.met, 0) = (select count(*) from needed n where n.queue = d.queue) and coalesce(r.since < r.until, true)
$$;

-- The same for every active queue and each of its relaxations (relaxed_s 0: the queue as it is).
create function internal.able_by_step() returns table (queue text, relaxed_s int, door text, operator text, during tstzrange)
language sql stable as $$
	select q.queue, s.relaxed_s, a.door, a.operator, a.during
	from chat.queue q
	cross join lateral (select 0 as relaxed_s union select r.after_s from chat.relaxation r where r.queue = q.queue) s
	cross join lateral internal.able_when(q.queue, '[]', s.relaxed_s) a
	where q.active
$$;

-- The last relaxation of a queue, 0 where it has none: the widest its circle gets.
create function internal.last_relaxation(p_queue text) returns int
language sql stable as $$ select coalesce(max(r.after_s), 0) from chat.relaxation r where r.queue = p_queue $$;

-- When a queue is open between two instants, by its hours, exceptions and closings by hand: internal.queue_is_open for all of them at once.
create function internal.open_times(p_queue text, p_from timestamptz, p_to timestamptz) returns tstzmultirange
language sql stable as $$
	select coalesce(range_agg(i.during), '{}') * tstzmultirange(tstzrange(p_from, p_to))
		- coalesce((select range_agg(tstzrange(k.since, k.until)) from chat.closure k where k.queue = p_queue or k.queue is null), '{}')
	from chat.queue q
	cross join lateral (select (p_from at time zone q.time_zone)::date - 1 as first, (p_to at time zone q.time_zone)::date as last) l
	cross join lateral (
		select tstzrange(o.opens_at, o.closes_at) as during from internal.openings(q.queue, l.first, l.last) o where internal.has_hours(q.queue)
		union all -- without hours it is open all day, but for days with exceptions: those have their own hours and what the night before left
		select case when e.day is null then d.during else d.during * tstzrange(o.opens_at, o.closes_at) end
		from generate_series(l.first::timestamp, l.last::timestamp, interval '1 day') g (day)
		cross join lateral (select tstzrange(g.day at time zone q.time_zone, (g.day + interval '1 day') at time zone q.time_zone) as during) d
		left join chat.opening_exception e on e.queue = q.queue and e.day = g.day::date
		left join lateral internal.openings(q.queue, g.day::date - 1, g.day::date) o on e.opens is not null and d.during && tstzrange(o.opens_at, o.closes_at)
		where not internal.has_hours(q.queue) and (e.day is null or o.opens_at is not null)
	) i
	where q.queue = p_queue and q.active
$$;

-- Do its hours open it at all within a year? (Who closed it by hand knows.)
create function internal.ever_opens(p_queue text, p_now timestamptz) returns boolean
language sql stable as $$ select internal.next_hours(p_queue, p_now) is not null $$;

-- 'Saturday 28 November 14:00–16:00', the days on the wall of p_zone; what lasts to p_end or longer is 'from Saturday 28 November 14:00 on'.
create function internal.stretch(p_stretch tstzrange, p_zone text, p_end timestamptz) returns text
language sql stable as $$
	select case
		when upper_inf(p_stretch) or upper(p_stretch) >= p_end then 'from ' || to_char(l.opens, 'FMDay FMDD FMMonth HH24:MI') || ' on'
		when l.opens::date = l.closes::date then 'on ' || to_char(l.opens, 'FMDay FMDD FMMonth HH24:MI') || '–' || to_char(l.closes, 'HH24:MI')
		when l.opens::date + 1 = l.closes then 'on ' || to_char(l.opens, 'FMDay FMDD FMMonth HH24:MI') || '–24:00'
		else 'from ' || to_char(l.opens, 'FMDay FMDD FMMonth HH24:MI') || ' to ' || to_char(l.closes, 'FMDay FMDD FMMonth HH24:MI')
	end
	from (select lower(p_stretch) at time zone p_zone as opens, upper(p_stretch) at time zone p_zone as closes) l
$$;

-- The first three of them, and how many more there are.
create function internal.stretches(p_stretches tstzmultirange, p_zone text, p_end timestamptz) returns text
language sql stable as $$
	select string_agg(internal.stretch(s.stretch, p_zone, p_end), ', ' order by s.n) filter (where s.n <= 3)
		|| case when count(*) > 3 then format(' and %s more %s', count(*) - 3, case count(*) when 4 then 'time' else 'times' end) else '' end
	from (select u as stretch, row_number() over (order by lower(u)) as n from unnest(p_stretches) u) s
$$;

-- What a queue requires of an operator: 'billing at 3 or better and german at 5 or better'.
create function internal.demands(p_queue text) returns text
language sql stable as $$
	select string_agg(n.skill || case when n.min_rating > 1 then format(' at %s or better', n.min_rating) else '' end, ' and ' order by n.skill)
	from chat.queue_skill n where n.queue = p_queue and n.required
$$;

-- The queues that customers of each active widget reach, and how: as its default, by choice, by a node of its bot or by a rule (its name stands under node). A bot
-- that is switched off leads nowhere.
create function internal.reached_queues() returns table (widget text, queue text, way text, node text)
language sql stable as $$
	with widget as materialized (
		select w.* from chat.widget w join chat.site s on s.site = w.site where w.active and s.active
	)
	select w.widget::text, w.default_queue::text, 'default', null::text from widget w
	union all
	select w.widget, c.queue, 'choice', null from widget w join chat.widget_queue c on c.widget = w.widget
	union all
	select w.widget, n.queue, 'bot', n.node from widget w join chat.bot b on b.bot = w.bot and b.active join internal.bot_reached() s on s.bot = b.bot
		join chat.bot_node n on n.bot = s.bot and n.node = s.node where n.queue is not null
	union all
	select w.widget, b.queue, 'bot default', null from widget w join chat.bot b on b.bot = w.bot and b.active where b.queue is not null
	union all
	select w.widget, r.queue, 'rule', r.rule from widget w
	join chat.entry_rule r on r.active and r.queue is not null and (r.widget is null or r.widget = w.widget) and (r.site is null or r.site = w.site)
$$;

-- All findings at an instant.
create function internal.findings(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select * from internal.check_service(p_now)
	union all select * from internal.check_skills(p_now)
	union all select * from internal.check_relaxation(p_now)
	union all select * from internal.check_timing(p_now)
	union all select * from internal.check_hours(p_now)
	union all select * from internal.check_experience(p_now)
	union all select * from internal.check_operators(p_now)
	union all select * from internal.check_members(p_now)
	union all select * from internal.check_ratings(p_now)
	union all select * from internal.check_waiting(p_now)
	union all select * from internal.check_widgets(p_now)
	union all select * from internal.check_sites(p_now)
	union all select * from internal.check_identity(p_now)
	union all select * from internal.check_channels(p_now)
	union all select * from internal.check_bots(p_now)
	union all select * from internal.check_outbox(p_now)
	union all select * from internal.check_silence(p_now)
	union all select * from internal.check_mail(p_now)
	union all select * from internal.check_bot_texts(p_now)
	union all select * from internal.check_questions(p_now)
	union all select * from internal.check_rules(p_now)
	union all select * from internal.check_phrases(p_now)
	union all select * from internal.check_dialogs(p_now)
	union all select * from internal.check_dispositions(p_now)
	union all select * from internal.check_completeness(p_now)
	union all select * from internal.check_sessions(p_now)
$$;

-- What is wrong with the configuration, the worst first; no row: nothing was found. Compiling plans of this size would take longer than running them. The command `switchboard check` prints it.
create function chat.check() returns table (severity text, code text, object text, key text, sentence text, hint text)
language sql stable security definer set search_path = chat, pg_temp set jit = off as $$
	select f.severity, f.code, f.object, f.key, f.sentence, f.hint
	from internal.findings(clock_timestamp()) f
	order by array_position(array['error', 'warning', 'notice'], f.severity), f.object, f.key, f.code, f.sentence
$$;
comment on function chat.check() is 'A lint for the contact centre: what is wrong with the configuration, the worst first; no row means that nothing was found. severity is error, warning or '
	'notice, object and key name the row, sentence says what is wrong, hint what to type. `switchboard check` prints it';
