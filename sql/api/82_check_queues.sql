-- SPDX-License-Identifier: ISC
-- chat.check: queues. Who serves them and when, what they ask for, how they widen their circle, their times.

-- Nobody may take a queue's chats: never, or in a stretch of its opening hours; or only because the circle has been widened; or one person alone.
create function internal.check_service(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with able as materialized (select * from internal.able_by_step()),
	queue as materialized (
		select q.queue, q.time_zone, h.until,
			internal.open_times(q.queue, p_now, h.until) as open,
			coalesce((select range_agg(a.during) from able a where a.queue = q.queue), '{}') * tstzmultirange(tstzrange(p_now, null)) as served,
			coalesce((select range_agg(a.during) from able a where a.queue = q.queue and a.relaxed_s = 0), '{}') * tstzmultirange(tstzrange(p_now, null)) as by_itself,
			array(select distinct a.operator from able a where a.queue = q.queue and upper(a.during) > p_now order by a.operator) as operators
		from chat.queue q cross join (select p_now + interval '28 days' as until) h where q.active
	)
	select 'error', 'queue_unserved', 'queue', q.queue::text,
		format('Nobody can take chats of %s: %s.', q.queue, case
			when not exists (select from chat.operator o where o.active) then 'there is no active operator'
			when exists (select from chat.queue_member m where m.queue = q.queue)
				and not exists (select from chat.queue_member m join chat.operator o on o.operator = m.operator where m.queue = q.queue and o.active)
				then 'it has members, and none of them is active'
			else format('no active %s has %s', case when exists (select from chat.queue_member m where m.queue = q.queue) then 'member' else 'operator' end, internal.demands(q.queue))
		end),
		coalesce(format('insert into chat.operator_skill (operator, skill, rating) values (''…'', ''%s'', %s)', s.skill, s.min_rating),
			format('insert into chat.queue_member (queue, operator) values (''%s'', ''…'')', q.queue))
	from queue q
	left join lateral (select n.skill, n.min_rating from chat.queue_skill n where n.queue = q.queue and n.required
		order by exists (select from chat.operator_skill k where k.skill = n.skill and k.rating >= n.min_rating), n.skill limit 1) s on true
	where isempty(q.served)
	union all
	select 'error', 'queue_gap', 'queue', q.queue,
		format('Nobody can take chats of %s %s (%s)%s.', q.queue, internal.stretches(q.open * tstzmultirange(u), q.time_zone, q.until), q.time_zone,
			(select ': ' || string_agg(format('the rating of %s ends', a.operator), ', ' order by a.operator) from able a
				where a.queue = q.queue and upper(a.during) = lower(u) and a.relaxed_s = internal.last_relaxation(q.queue))),
		format('lengthen a rating: update chat.operator_skill set valid_to = null where operator = ''…'' and skill = ''…''; or close: insert into chat.opening_exception (queue, day)'
			' values (''%s'', ''%s'')', q.queue, (lower(q.open * tstzmultirange(u)) at time zone q.time_zone)::date)
	from queue q cross join lateral unnest(tstzmultirange(tstzrange(p_now, q.until)) - q.served) u
	where not isempty(q.served) and lower(q.open * tstzmultirange(u)) < p_now + interval '14 days'
	union all
	select 'warning', 'queue_only_relaxed', 'queue', q.queue,
		format('Nobody has what %s asks for (%s); every chat is given out by its relaxations.', q.queue, internal.demands(q.queue)),
		'lower min_rating in chat.queue_skill, or rate somebody'
	from queue q where isempty(q.by_itself) and not isempty(q.served)
	union all
	select 'notice', 'queue_one_operator', 'queue', q.queue, format('Only %s can take chats of %s.', q.operators[1], q.queue), 'let a second person be rated or become a member'
	from queue q where cardinality(q.operators) = 1 and (select count(*) from chat.operator o where o.active) > 1
$$;

-- Skills that nobody has, and modes, wishes and weights that have no effect.
create function internal.check_skills(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with asked as materialized (
		select q.queue, q.mode, n.skill, n.required, n.min_rating, n.weight, best.rating, best.operator,
			exists (select from chat.relaxation r where r.queue = q.queue and r.skill = n.skill and (r.min_rating is null or r.min_rating <= best.rating)) as relaxed
		from chat.queue q
		join chat.queue_skill n on n.queue = q.queue
		left join lateral (
			select k.rating, k.operator from chat.operator_skill k join chat.operator o on o.operator = k.operator
			where k.skill = n.skill and o.active and coalesce(k.valid_to, 'infinity') > p_now
			  and (not exists (select from chat.queue_member m where m.queue = q.queue)
				or exists (select from chat.queue_member m where m.queue = q.queue and m.operator = k.operator))
			order by k.rating desc, k.operator limit 1) best on true
		where q.active
	)
	select case when a.relaxed then 'warning' else 'error' end, 'skill_nobody', 'queue_skill', a.queue || '/' || a.skill,
		format('%s requires %s at %s or better and nobody who may serve it has that%s.', a.queue, a.skill, a.min_rating,
			coalesce(format('; the best is %s with %s', a.operator, a.rating), '')),
		coalesce(format('update chat.queue_skill set min_rating = %s where queue = ''%s'' and skill = ''%s''', a.rating, a.queue, a.skill),
			format('insert into chat.operator_skill (operator, skill, rating) values (''…'', ''%s'', %s)', a.skill, a.min_rating))
	from asked a where a.required and coalesce(a.rating, 0) < a.min_rating
	union all
	select 'warning', 'wish_nobody', 'queue_skill', a.queue || '/' || a.skill, format('%s wishes for %s and nobody who may serve it has it.', a.queue, a.skill),
		format('insert into chat.operator_skill (operator, skill, rating) values (''…'', ''%s'', 5)', a.skill)
	from asked a where not a.required and a.rating is null
	union all
	select 'warning', 'mode_without_skills', 'queue', q.queue, format('The mode of %s is %s, but it requires no skill: there are no ratings to decide by.', q.queue, q.mode),
		format('insert into chat.queue_skill (queue, skill) values (''%s'', ''…''); or update chat.queue set mode = null where queue = ''%s''', q.queue, q.queue)
	from chat.queue q where q.active and q.mode in ('skill', 'balanced') and not exists (select from chat.queue_skill n where n.queue = q.queue and (n.required or q.mode = 'balanced'))
	union all
	select 'notice', 'wish_without_effect', 'queue_skill', a.queue || '/' || a.skill,
		format('%s %s, which only the mode balanced looks at; its mode is %s.', a.queue,
			case when a.required then format('gives %s the weight %s', a.skill, a.weight::float8) else 'wishes for ' || a.skill end, a.mode),
		format('update chat.queue set mode = ''balanced'' where queue = ''%s''', a.queue)
	from asked a where a.mode in ('availability', 'skill') and (not a.required or a.weight <> 1)
$$;

-- Relaxations that bring nobody, and extra queues that lead round in a circle.
create function internal.check_relaxation(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with recursive able as materialized (
		select a.queue, a.relaxed_s, a.door, a.operator, a.during * tstzrange(p_now, null) as during from internal.able_by_step() a where upper(a.during) > p_now
	), relaxed as materialized ( -- each with what was asked before it
		select r.*, a.min_rating as was, coalesce(a.required, false) as asked
		from chat.relaxation r
		join chat.queue q on q.queue = r.queue and q.active
		left join lateral internal.asks(r.queue, '[]', coalesce((select max(b.after_s) from chat.relaxation b where b.queue = r.queue and b.after_s < r.after_s), 0)) a on a.skill = r.skill
	), hop as (
		select distinct r.queue::text as queue, r.extra_queue::text as next from chat.relaxation r join chat.queue q on q.queue = r.queue and q.active where r.extra_queue is not null
	), way as (
		select h.queue as origin, h.next, array[h.queue] as path from hop h
		union all
		select w.origin, h.next, w.path || h.queue from way w join hop h on h.queue = w.next where w.next > w.origin and h.queue <> all (w.path) and cardinality(w.path) < 10
	)
	select 'warning', 'relaxation_no_help', 'relaxation', concat_ws('/', r.queue, r.after_s, r.skill, r.extra_queue),
		case when r.extra_queue is not null then
			format('After %s s %s also asks the operators of %s, %s.', r.after_s, r.queue, r.extra_queue,
				case when not e.active then 'which is switched off'
					when not exists (select from able a where a.queue = e.queue and a.relaxed_s = 0) then 'which nobody can serve' else 'who are asked before anyway' end)
			else format('After %s s %s %s %s: %s.', r.after_s, r.queue, case when r.min_rating is null then 'no longer asks for' else format('asks only for %s of', r.min_rating) end, r.skill,
				case when not r.asked then 'it does not require it then' when r.min_rating >= r.was then format('it asked for %s before', r.was)
					else 'that brings nobody who could not take its chats before' end)
		end,
		format('delete from chat.relaxation where queue = ''%s'' and after_s = %s and %s', r.queue, r.after_s,
			case when r.skill is not null then format('skill = ''%s''', r.skill) else format('extra_queue = ''%s''', r.extra_queue) end)
	from relaxed r left join chat.queue e on e.queue = r.extra_queue
	where case
		when r.skill is not null and not r.asked then -- only chats that ask for it themselves could gain
			not exists (select from chat.chat_skill c join chat.chat h on h.chat = c.chat where c.skill = r.skill and c.required and h.queue = r.queue)
		when r.skill is not null then not exists (
			select from able a where a.queue = r.queue and a.relaxed_s = r.after_s and a.door = r.queue
				and not exists (select from chat.operator_skill k where k.operator = a.operator and k.skill = r.skill and k.rating >= r.was
					and a.during <@ tstzrange(k.valid_from, k.valid_to)))
		else not exists (
			select from able a where a.queue = r.queue and a.relaxed_s = r.after_s and a.door = r.extra_queue
				and not tstzmultirange(a.during) <@ coalesce((select range_agg(b.during) from able b
					where b.queue = a.queue and b.operator = a.operator and b.relaxed_s = a.relaxed_s and b.door <> a.door), '{}')) end
	union all
	select 'warning', 'overflow_loop', 'relaxation', w.origin, format('Extra queues lead round in a circle: %s → %s.', array_to_string(w.path, ' → '), w.origin),
		format('delete from chat.relaxation where queue = ''%s'' and extra_queue = ''%s''', w.path[cardinality(w.path)], w.origin)
	from way w where w.next = w.origin
$$;

-- Numbers that work against each other.
create function internal.check_timing(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'warning', 'offer_longer_than_target', 'queue', q.queue::text,
		format('One offer of %s lasts %s s, longer than its target of %s s: a single missed offer misses the target.', q.queue, q.offer_timeout_s, q.target_s),
		format('update chat.queue set offer_timeout_s = %s where queue = ''%s''', greatest(1, q.target_s / 2), q.queue)
	from chat.queue q where q.active and not q.auto_accept and q.offer_timeout_s > q.target_s
	union all
	select 'notice', 'grace_longer_than_target', 'queue', q.queue,
		format('A chat of %s waits up to %s s for its preferred operator, longer than the target of %s s.', q.queue, q.preferred_grace_s, q.target_s),
		format('update chat.queue set preferred_grace_s = %s where queue = ''%s''', q.target_s, q.queue)
	from chat.queue q where q.active and q.preferred_grace_s > greatest(q.target_s, 30)
	union all
	select 'notice', 'max_length_unlimited', 'queue', q.queue, format('The line of %s has no limit (max_length 0): nobody is ever told that it is full.', q.queue),
		format('update chat.queue set max_length = 100 where queue = ''%s''', q.queue)
	from chat.queue q where q.active and q.max_length = 0
	union all
	select 'warning', 'level_against_target', 'queue', q.queue,
		format('%s (level %s) is always served before %s (level %s), but may take longer: target %s s against %s s.', q.queue, q.level, o.queue, o.level, q.target_s, o.target_s),
		format('update chat.queue set level = %s where queue = ''%s''', o.level, q.queue)
	from chat.queue q
	cross join lateral (select x.* from chat.queue x where x.active and x.level > q.level and x.target_s < q.target_s order by x.target_s, x.queue limit 1) o
	where q.active
	union all
	select 'warning', 'promotion_off', 'setting', 'promote_s',
		format('Waiting chats never rise (promote_s is 0) and there are queues on %s levels: chats of level %s may wait for ever.', l.levels, l.last),
		'update chat.setting set value = ''600'' where name = ''promote_s'''
	from (select count(distinct q.level) as levels, max(q.level) as last from chat.queue q where q.active) l
	where internal.setting('promote_s') = 0 and l.levels > 1
$$;

-- Opening hours that say something else than was meant.
create function internal.check_hours(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with hours as materialized ( -- minutes since Monday 00:00
		select h.*, (h.weekday - 1) * 1440 + extract(epoch from h.opens) / 60 as first,
			(h.weekday - 1) * 1440 + extract(epoch from h.closes) / 60 + case when h.closes <= h.opens then 1440 else 0 end as last,
			to_char(date '2024-01-01' + h.weekday - 1, 'FMDay') || ' ' || to_char(h.opens, 'HH24:MI') || '–' || to_char(h.closes, 'HH24:MI') as text
		from chat.opening_hours h join chat.queue q on q.queue = h.queue and q.active
	)
	select 'warning', 'queue_never_open', 'queue', q.queue::text, format('%s is active, but does not open within a year.', q.queue),
		format('select * from chat.opening_hours where queue = ''%s''; select * from chat.opening_exception where queue = ''%s''', q.queue, q.queue)
	from chat.queue q where q.active and not internal.ever_opens(q.queue, p_now)
	union all
	select 'warning', 'hours_overlap', 'opening_hours', format('%s/%s/%s', a.queue, a.weekday, a.opens), format('Two opening hours of %s overlap: %s and %s.', a.queue, a.text, b.text),
		format('delete from chat.opening_hours where queue = ''%s'' and weekday = %s and opens = ''%s''', b.queue, b.weekday, b.opens)
	from hours a join hours b on b.queue = a.queue and (b.weekday, b.opens) <> (a.weekday, a.opens)
	cross join (values (0), (10080)) w (shift) -- Sunday night reaches into Monday
	where a.first < b.first + w.shift and b.first + w.shift < a.last or (a.first = b.first and a.opens < b.opens and w.shift = 0)
	union all
	select 'warning', 'hours_to_23_59', 'opening_hours', format('%s/%s/%s', h.queue, h.weekday, h.opens),
		format('%s closes at %s, a moment before midnight (%s).', h.queue, h.closes, h.text),
		format('00:00 means midnight: update chat.opening_hours set closes = ''00:00'' where queue = ''%s'' and weekday = %s and opens = ''%s''', h.queue, h.weekday, h.opens)
	from hours h where h.closes >= '23:59' and exists (select from hours n where n.queue = h.queue and n.opens = '00:00' and n.weekday = h.weekday % 7 + 1)
	union all
	select case when k.since < p_now - interval '1 day' then 'warning' else 'notice' end, 'closed_by_hand', 'closure', coalesce(k.queue, 'everything'),
		format('%s has been closed by hand since %s, without an end%s.', coalesce(k.queue, 'Everything'), to_char(k.since at time zone coalesce(q.time_zone, 'UTC'), 'FMDay FMDD FMMonth HH24:MI'),
			coalesce('; customers come there from ' || (select string_agg(distinct r.widget, ', ' order by r.widget) from internal.reached_queues() r where r.queue = k.queue), '')),
		case when k.queue is null then 'select chat.open_everything()' else format('select chat.open_queue(''%s'')', k.queue) end
	from chat.closure k left join chat.queue q on q.queue = k.queue
	where k.until is null and k.since <= p_now and coalesce(q.active, true)
	union all
	select 'notice', 'holiday_forgotten', 'queue', q.queue::text,
		format('%s is open on %s, when %s of %s other queues in %s are closed%s.', q.queue, to_char(d.day, 'FMDay FMDD FMMonth'), d.closed, d.others, q.time_zone,
			coalesce(' (' || nullif(d.reason, '') || ')', '')),
		format('insert into chat.opening_exception (queue, day, reason) values (''%s'', ''%s'', ''%s'')', q.queue, d.day, replace(coalesce(d.reason, ''), '''', ''''''))
	from chat.queue q
	cross join lateral (
		select e.day, count(*) as closed, max(e.reason) as reason, (select count(*) from chat.queue o where o.active and o.queue <> q.queue and o.time_zone = q.time_zone) as others
		from chat.opening_exception e join chat.queue o on o.queue = e.queue
		where o.active and o.queue <> q.queue and o.time_zone = q.time_zone and e.opens is null
		  and e.day between (p_now at time zone q.time_zone)::date and (p_now at time zone q.time_zone)::date + 60
		  and not exists (select from chat.opening_exception m where m.queue = q.queue and m.day = e.day)
		group by e.day) d
	where q.active and d.closed * 2 > d.others
	  and not isempty(internal.open_times(q.queue, d.day::timestamp at time zone q.time_zone, (d.day + 1)::timestamp at time zone q.time_zone))
$$;

-- Hours of the week in which customers came during the last four weeks, three or more in each, and nobody was answered, though the queue is open then.
create function internal.check_experience(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with came as (
		select c.queue::text as queue, q.time_zone, extract(isodow from l.at)::int as weekday, extract(hour from l.at)::int as hour, count(*) as chats
		from chat.chat c
		join chat.queue q on q.queue = c.queue and q.active
		cross join lateral (select c.arrived_at at time zone q.time_zone as at) l
		where c.created_at > p_now - interval '29 days' and c.arrived_at > p_now - interval '28 days' and c.ended_at is not null
		group by 1, 2, 3, 4
		having count(*) >= 3 and count(*) filter (where exists (select from chat.assignment a where a.chat = c.chat)) = 0
	), alone as (
		select h.*, h.hour - row_number() over (partition by h.queue, h.weekday order by h.hour) as run
		from came h
		cross join lateral (select ((p_now at time zone h.time_zone)::date + (h.weekday - extract(isodow from p_now at time zone h.time_zone)::int + 7) % 7
			+ make_time(h.hour, 30, 0)) at time zone h.time_zone as middle) m
		where internal.open_times(h.queue, m.middle, m.middle + interval '1 second') <> '{}'
	)
	select 'warning', 'hours_unanswered', 'queue', a.queue, format('In the last four weeks %s chats of %s came on %ss %s:00–%s:00 (%s) and none was answered.', sum(a.chats), a.queue,
			to_char(date '2024-01-01' + a.weekday - 1, 'FMDay'), lpad(min(a.hour)::text, 2, '0'), lpad((max(a.hour) + 1)::text, 2, '0'), a.time_zone),
		format('let somebody sign in then, or close: select * from chat.opening_hours where queue = ''%s'' and weekday = %s', a.queue, a.weekday)
	from alone a group by a.queue, a.time_zone, a.weekday, a.run
$$;
