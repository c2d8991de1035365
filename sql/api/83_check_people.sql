-- SPDX-License-Identifier: ISC
-- chat.check: people. Operators, members, ratings that end, and customers who wait for somebody who does not exist.

-- Operators whom no chat can reach, or who cannot log in.
create function internal.check_operators(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with able as materialized (select distinct a.queue, a.operator from internal.able_by_step() a where upper(a.during) > p_now and a.door = a.queue),
	lone as materialized (select o.operator::text as operator from chat.operator o where o.active and not exists (select from able a where a.operator = o.operator)
		and exists (select from chat.queue q where q.active))
	select 'warning', 'operator_no_queue', 'operator', l.operator, format('%s can take chats of no queue: %s.', l.operator,
			case when exists (select from chat.operator_skill k where k.operator = l.operator) then 'the ratings and memberships are not enough for any'
				else 'there is no rating' end),
		format('select * from chat.why_idle(''%s''); insert into chat.operator_skill (operator, skill, rating) values (''%s'', ''…'', 5)', l.operator, l.operator)
	from lone l
	union all
	select 'warning', 'operator_joined_none', 'operator', s.operator, format('%s is available, but has joined %s.', s.operator, case
			when exists (select from chat.operator_queue j where j.operator = s.operator) then format('only queues that %s may not serve', s.operator) else 'no queue' end),
		format('queues are chosen in the console; select * from chat.why_idle(''%s'')', s.operator)
	from chat.operator_state s join chat.operator o on o.operator = s.operator
	where o.active and s.presence = 'available' and s.lease_until > p_now and s.operator not in (select l.operator from lone l)
	  and not exists (select from chat.operator_queue j join able a on a.operator = j.operator and a.queue = j.queue where j.operator = s.operator)
	union all
	select 'warning', 'operator_no_password', 'operator', o.operator, format('%s has had no password since %s and cannot log in.', o.operator, to_char(o.created_at, 'YYYY-MM-DD')),
		format('switchboard operator password %s; or update chat.operator set active = false where operator = ''%s''', o.operator, o.operator)
	from chat.operator o
	where o.active and o.created_at < p_now - interval '1 day' and not exists (select from chat.operator_password p where p.operator = o.operator)
	union all
	select 'notice', 'operator_above_limit', 'operator', o.operator,
		format('%s may hold %s chats, but nobody holds more than %s (setting max_chats).', o.operator, o.max_chats, internal.setting('max_chats')),
		format('update chat.operator set max_chats = %s where operator = ''%s''', internal.setting('max_chats'), o.operator)
	from chat.operator o where o.active and o.max_chats > internal.setting('max_chats')
$$;

-- Members who cannot serve their queue.
create function internal.check_members(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with able as materialized (select distinct a.queue, a.operator from internal.able_by_step() a where upper(a.during) > p_now)
	select case when o.active then 'warning' else 'notice' end, 'member_unable', 'queue_member', m.queue || '/' || m.operator,
		case when o.active then format('%s is a member of %s, but has not what it asks for (%s).', m.operator, m.queue, internal.demands(m.queue))
			else format('%s is a member of %s and switched off.', m.operator, m.queue) end,
		format('delete from chat.queue_member where queue = ''%s'' and operator = ''%s''', m.queue, m.operator)
			|| case when o.active then '; or rate the operator in chat.operator_skill' else '' end
	from chat.queue_member m join chat.queue q on q.queue = m.queue and q.active join chat.operator o on o.operator = m.operator
	where not exists (select from able a where a.queue = m.queue and a.operator = m.operator)
$$;

-- Ratings that end within 14 days: they leave a queue with nobody in its opening hours, or with somebody less; skills that nothing knows.
create function internal.check_ratings(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with able as materialized (select * from internal.able_by_step()),
	queue as materialized (
		select q.queue, q.time_zone, h.until, internal.open_times(q.queue, p_now, h.until) as open, internal.last_relaxation(q.queue) as widest,
			coalesce((select range_agg(a.during) from able a where a.queue = q.queue), '{}') as served
		from chat.queue q cross join (select p_now + interval '28 days' as until) h where q.active
	)
	select distinct 'warning', 'rating_expires', 'operator_skill', k.operator || '/' || k.skill,
		format('The rating of %s in %s ends on %s; then nobody can take chats of %s %s (%s).', k.operator, k.skill, to_char(k.valid_to at time zone q.time_zone, 'FMDay FMDD FMMonth HH24:MI'),
			q.queue, internal.stretches(q.open * tstzmultirange(u), q.time_zone, q.until), q.time_zone),
		format('update chat.operator_skill set valid_to = null where operator = ''%s'' and skill = ''%s''', k.operator, k.skill)
	from queue q
	cross join lateral unnest(tstzmultirange(tstzrange(p_now, q.until)) - q.served) u
	join able a on a.queue = q.queue and a.relaxed_s = q.widest and upper(a.during) = lower(u)
	join lateral internal.asks(a.door, '[]', case when a.door = q.queue then q.widest else 0 end) n on n.required
	join chat.operator_skill k on k.operator = a.operator and k.skill = n.skill and k.valid_to = lower(u)
	where lower(u) > p_now and lower(u) <= p_now + interval '14 days' and not isempty(q.open * tstzmultirange(u))
	union all
	select 'notice', 'rating_ends', 'operator_skill', k.operator || '/' || k.skill,
		format('The rating of %s in %s ends on %s; then others alone take chats of %s.', k.operator, k.skill, to_char(k.valid_to at time zone min(q.time_zone), 'FMDay FMDD FMMonth HH24:MI'),
			string_agg(q.queue, ', ' order by q.queue)),
		format('update chat.operator_skill set valid_to = null where operator = ''%s'' and skill = ''%s''', k.operator, k.skill)
	from chat.operator_skill k
	join able a on a.operator = k.operator and a.relaxed_s = 0 and upper(a.during) = k.valid_to
	join queue q on q.queue = a.queue and q.served @> k.valid_to
	join chat.queue_skill n on n.queue = q.queue and n.skill = k.skill and n.required
	where k.valid_to > p_now and k.valid_to <= p_now + interval '14 days'
	group by k.operator, k.skill, k.valid_to
	union all
	select 'notice', 'skill_unknown', 'skill', s.skill, format('Nobody is rated in %s and no queue asks for it.', s.skill), format('delete from chat.skill where skill = ''%s''', s.skill)
	from chat.skill s
	where not exists (select from chat.operator_skill k where k.skill = s.skill) and not exists (select from chat.queue_skill n where n.skill = s.skill)
	  and not exists (select from chat.relaxation r where r.skill = s.skill) and not exists (select from chat.chat_skill c where c.skill = s.skill)
$$;

-- Chats that wait and that no operator there is could ever take, however long they wait: one row for all of a queue that ask for the same.
create function internal.check_waiting(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with need as materialized (
		select w.queue::text as queue, internal.asked(w.chat) as asked, count(*) as chats, min(w.arrived_at) as since, (array_agg(w.chat order by w.arrived_at, w.chat))[1] as chat
		from chat.waiting w group by 1, 2
	), judged as (
		select n.*, q.active, q.after_hours = 'hold' and not internal.ever_opens(n.queue, p_now) as held,
			exists (select from internal.able_when(n.queue, n.asked, internal.last_relaxation(n.queue)) a where upper(a.during) > p_now) as hope
		from need n join chat.queue q on q.queue = n.queue
	)
	select 'error', 'endless_wait', 'chat', j.chat::text,
		format('%s in %s since %s%s and nobody can ever take %s: %s.', case j.chats when 1 then 'A chat waits' else j.chats || ' chats wait' end, j.queue,
			to_char(j.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), case j.chats when 1 then '' else ' (the oldest)' end, case j.chats when 1 then 'it' else 'them' end,
			case when j.hope then 'they are held until the queue opens, which it does not within a year'
				when not j.active then 'the queue is switched off'
				else 'no active operator has ' || coalesce((select string_agg(format('%s at %s or better', a.skill, a.min_rating), ' and ' order by a.skill)
					from internal.asks(j.queue, j.asked, internal.last_relaxation(j.queue)) a where a.required), 'a place among its members') end),
		format('select * from chat.why(''%s''); rate somebody, relax what is asked for (chat.relaxation), or delete from chat.chat_skill', j.chat)
	from judged j where not j.hope or j.held
$$;
