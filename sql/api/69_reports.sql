-- SPDX-License-Identifier: ISC
-- Reports: what happened in a period. The views give one row a chat, an offer, a stint of an operator, and are for who selects by himself; the functions add them up for
-- GET reports/…. Nothing in them tells of a customer.
--
-- A chat counts in the queue in which it was answered first, else in the one where it waits or was given up; each row's time is that queue's (its time_zone).

drop view if exists chat.result_today, chat.report_service, chat.report_chat, chat.report_offer, chat.report_stint;

create view chat.report_chat with (security_invoker = true) as
	select c.chat, c.site, c.channel, c.bot, coalesce(f.queue, c.queue)::text as queue, q.time_zone, q.target_s, c.created_at, c.arrived_at, f.started_at as answered_at, c.ended_at,
		case when f.started_at is not null then greatest(0, extract(epoch from f.started_at - c.arrived_at)) end as wait_s,
		case when f.started_at is not null then 'answered' when c.arrived_at is not null and c.state = 'abandoned' then 'abandoned' when c.arrived_at is not null then 'waiting'
			when c.state = 'ended' then 'contained' when c.state = 'abandoned' then 'left' else 'bot' end as outcome,
		r.score, r.rated_at, c.filed_under::text as disposition
	from chat.chat c
	left join (select a.chat, a.started_at, o.queue from chat.assignment a join chat.offer o on o.offer = a.offer
		where not exists (select from chat.assignment e where e.chat = a.chat and e.assignment < a.assignment)) f on f.chat = c.chat
	join chat.widget w on w.widget = c.widget
	join chat.queue q on q.queue = coalesce(f.queue, c.queue, w.default_queue)
	left join chat.chat_rating r on r.chat = c.chat;
comment on view chat.report_chat is 'One row a chat, as reports count it: when it came into a queue (arrived_at), was answered first and ended; wait_s from arrival to the first answer; outcome '
	'answered, abandoned, waiting, contained (a bot ended it), left (the customer left the bot) or bot (runs there). queue is where it was answered first, else where it is or was last; '
	'time_zone and target_s are that queue''s';

create view chat.report_offer with (security_invoker = true) as
	select o.chat, o.operator, o.queue, q.time_zone, o.offered_at, o.closed_at, o.kind, case o.state when 'expired' then 'missed' else o.state end as outcome
	from chat.offer o join chat.queue q on q.queue = o.queue;
comment on view chat.report_offer is 'One row an offer to an operator: outcome is open, accepted, declined, missed, abandoned or withdrawn';

create view chat.report_stint with (security_invoker = true) as
	select a.chat, a.operator, o.queue, q.time_zone, a.started_at, a.ended_at, a.end_reason, extract(epoch from a.ended_at - a.started_at) as handled_s,
		case when r.score is not null and not exists (select from chat.assignment n where n.chat = a.chat and n.assignment > a.assignment) then r.score end as score
	from chat.assignment a join chat.offer o on o.offer = a.offer join chat.queue q on q.queue = o.queue left join chat.chat_rating r on r.chat = a.chat;
comment on view chat.report_stint is 'One row for each time an operator had a chat, from start to end with wrap-up; score is the customer''s rating, with who had the chat last';

-- The start of the hour, day or week (from Monday) in which an instant falls on the walls of a zone. Of the hour that comes twice each is its own.
create function internal.report_bucket(p_at timestamptz, p_zone text, p_by text) returns timestamptz
language sql stable as $$
	select case p_by when 'hour' then p_at - ((p_at at time zone p_zone) - date_trunc('hour', p_at at time zone p_zone))
		when 'day' then internal.day_begins((p_at at time zone p_zone)::date, p_zone)
		when 'week' then internal.day_begins(date_trunc('week', p_at at time zone p_zone)::date, p_zone) end
$$;

create function internal.report_local(p_at timestamptz, p_zone text, p_by text) returns text
language sql stable as $$ select to_char(p_at at time zone p_zone, case p_by when 'hour' then 'YYYY-MM-DD HH24:MI' else 'YYYY-MM-DD' end) $$;

-- A limit of a period is a day (2026-10-25), an instant, or so many days before the day it is somewhere at an instant (6@2026-10-25T22:30:00Z), which is another day from zone to zone.
create function internal.report_ago(p_days int, p_now timestamptz) returns text
language sql stable as $$ select p_days || '@' || internal.rfc3339(p_now) $$;

-- The day that a limit names in a zone; of an instant NULL.
create function internal.report_day(p_limit text, p_zone text) returns date
language sql stable as $$
	select case when p_limit like '%@%' then (split_part(p_limit, '@', 2)::timestamptz at time zone p_zone)::date - split_part(p_limit, '@', 1)::int
		when length(p_limit) = 10 then p_limit::date end
$$;

-- Where a period begins and ends in a zone: a day as its first instant, and to its last; an instant as it is, the end excluded.
create function internal.report_from(p_from text, p_zone text) returns timestamptz
language sql stable as $$
	select case when length(p_from) = 10 or p_from like '%@%' then internal.day_begins(internal.report_day(p_from, p_zone), p_zone) else p_from::timestamptz end
$$;
create function internal.report_to(p_to text, p_zone text) returns timestamptz
language sql stable as $$
	select case when length(p_to) = 10 or p_to like '%@%' then internal.day_begins(internal.report_day(p_to, p_zone) + 1, p_zone) else p_to::timestamptz end
$$;

-- The queues of a report, and the period of each, computed once for each of them (offset 0: else it would be for every row); no instant of it lies outside first … last.
create function internal.report_queues(p_from text, p_to text, p_queue text)
returns table (queue text, label text, time_zone text, since timestamptz, until timestamptz)
language sql stable as $$
	select q.queue::text, q.label::text, q.time_zone, internal.report_from(p_from, q.time_zone), internal.report_to(p_to, q.time_zone)
	from chat.queue q where p_queue is null or q.queue = p_queue offset 0
$$;

-- Nothing before first or from last on is in the period of any queue: no zone is further from UTC than 14 hours, and the day of an instant began and ends within a day of it, or an
-- hour or two more where the clocks have changed since. Evaluated for every row where no index is used, and so as plain as may be.
create function internal.report_first(p_from text) returns timestamptz
language sql stable as $$
	select case when p_from like '%@%' then split_part(p_from, '@', 2)::timestamptz - make_interval(days => split_part(p_from, '@', 1)::int, hours => 26)
		else (p_from || case when length(p_from) = 10 then ' 00:00Z' else '' end)::timestamptz - interval '15 hours' end
$$;
create function internal.report_last(p_to text) returns timestamptz
language sql stable as $$
	select case when p_to like '%@%' then split_part(p_to, '@', 2)::timestamptz + make_interval(days => - split_part(p_to, '@', 1)::int, hours => 26)
		else (p_to || case when length(p_to) = 10 then ' 24:00Z' else '' end)::timestamptz + interval '15 hours' end
$$;

create function internal.report_percent(p_part numeric, p_whole numeric) returns numeric
language sql immutable as $$ select round(100 * p_part / nullif(p_whole, 0), 1) $$;

-- ---- the reports: their columns are those of the answer, in this order ------------------------------------------------

-- Chats that came into a queue in the period. service_level: those answered within the queue's target, of all that were answered or abandoned, in percent.
create function internal.report_service(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, target_s int, offered bigint, answered bigint, within_target bigint, abandoned bigint, waiting bigint,
	service_level numeric, wait_avg_s numeric, wait_median_s numeric, wait_p90_s numeric, wait_max_s numeric)
language sql stable as $$
	with c as materialized (select c.* from chat.report_chat c where c.arrived_at >= internal.report_first(p_from) and c.arrived_at < internal.report_last(p_to))
	select internal.rfc3339(b.at), internal.report_local(b.at, q.time_zone, p_by), q.time_zone, q.queue, q.label, max(c.target_s), count(*),
		count(*) filter (where c.outcome = 'answered'), count(*) filter (where c.outcome = 'answered' and c.wait_s <= c.target_s),
		count(*) filter (where c.outcome = 'abandoned'), count(*) filter (where c.outcome = 'waiting'),
		internal.report_percent(count(*) filter (where c.outcome = 'answered' and c.wait_s <= c.target_s), count(*) filter (where c.outcome in ('answered', 'abandoned'))),
		round(avg(c.wait_s), 1), round(percentile_cont(0.5) within group (order by c.wait_s::float8)::numeric, 1),
		round(percentile_cont(0.9) within group (order by c.wait_s::float8)::numeric, 1), round(max(c.wait_s), 1)
	from c join internal.report_queues(p_from, p_to, p_queue) q on q.queue = c.queue
	cross join lateral (select internal.report_bucket(c.arrived_at, q.time_zone, p_by) as at) b
	where c.arrived_at >= q.since and c.arrived_at < q.until
	group by b.at, q.time_zone, q.queue, q.label
	order by b.at nulls first, q.label, q.queue
$$;

-- Offers and chats that began in the period. handled_s counts chats that are over, wrap-up included; busy_s the time in which he had at least one chat, so that handled_s / busy_s
-- says how many at once. What a supervisor took by himself was no offer.
create function internal.report_operators(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, operator text, name text, offers bigint, accepted bigint, declined bigint, missed bigint,
	chats bigint, handled_s numeric, handled_avg_s numeric, busy_s numeric, ratings bigint, rating_avg numeric)
language sql stable as $$
	with fact as (
		select o.operator, o.queue, o.offered_at as at, o.outcome, false as stint, null::numeric as handled_s, null::int as score, null::tstzrange as busy
		from chat.report_offer o
		where o.kind <> 'supervisor' and o.offered_at >= internal.report_first(p_from) and o.offered_at < internal.report_last(p_to)
		union all
		select s.operator, s.queue, s.started_at, null, true, s.handled_s, s.score, tstzrange(s.started_at, greatest(s.started_at, s.ended_at))
		from chat.report_stint s
		where s.started_at >= internal.report_first(p_from) and s.started_at < internal.report_last(p_to)
	), grouped as (
		select b.at, q.time_zone, q.queue, q.label, f.operator, count(*) filter (where not f.stint) as offers, count(*) filter (where f.outcome = 'accepted') as accepted,
			count(*) filter (where f.outcome = 'declined') as declined, count(*) filter (where f.outcome = 'missed') as missed, count(*) filter (where f.stint) as chats,
			sum(f.handled_s) as handled_s, avg(f.handled_s) as handled_avg_s, range_agg(f.busy) filter (where f.handled_s is not null) as busy, count(f.score) as ratings, avg(f.score) as rating_avg
		from fact f join internal.report_queues(p_from, p_to, p_queue) q on q.queue = f.queue and f.at >= q.since and f.at < q.until
		cross join lateral (select internal.report_bucket(f.at, q.time_zone, p_by) as at) b
		group by b.at, q.time_zone, q.queue, q.label, f.operator
	)
	select internal.rfc3339(g.at), internal.report_local(g.at, g.time_zone, p_by), g.time_zone, g.queue, g.label, g.operator::text, o.name::text, g.offers, g.accepted, g.declined, g.missed, g.chats,
		round(g.handled_s, 1), round(g.handled_avg_s, 1), (select round(sum(extract(epoch from upper(r) - lower(r))), 1) from unnest(g.busy) r), g.ratings, round(g.rating_avg, 2)
	from grouped g join chat.operator o on o.operator = g.operator
	order by g.at nulls first, o.name, g.operator, g.label, g.queue
$$;

-- Ratings given in the period.
create function internal.report_ratings(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, ratings bigint, rating_avg numeric,
	score_1 bigint, score_2 bigint, score_3 bigint, score_4 bigint, score_5 bigint)
language sql stable as $$
	select internal.rfc3339(b.at), internal.report_local(b.at, q.time_zone, p_by), q.time_zone, q.queue, q.label, count(*), round(avg(c.score), 2),
		count(*) filter (where c.score = 1), count(*) filter (where c.score = 2), count(*) filter (where c.score = 3), count(*) filter (where c.score = 4), count(*) filter (where c.score = 5)
	from chat.chat_rating r join chat.report_chat c on c.chat = r.chat join internal.report_queues(p_from, p_to, p_queue) q on q.queue = c.queue
	cross join lateral (select internal.report_bucket(r.rated_at, q.time_zone, p_by) as at) b
	where r.rated_at >= internal.report_first(p_from) and r.rated_at < internal.report_last(p_to) and r.rated_at >= q.since and r.rated_at < q.until
	group by b.at, q.time_zone, q.queue, q.label
	order by b.at nulls first, q.label, q.queue
$$;

-- What chats with an operator that ended in the period were filed under; disposition NULL: not filed, or in the operator's own words.
create function internal.report_dispositions(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, heading text, disposition text, chats bigint)
language sql stable as $$
	with c as materialized (select c.* from chat.report_chat c where c.ended_at >= internal.report_first(p_from) and c.ended_at < internal.report_last(p_to))
	select internal.rfc3339(b.at), internal.report_local(b.at, q.time_zone, p_by), q.time_zone, q.queue, q.label, d.parent::text, c.disposition, count(*)
	from c join internal.report_queues(p_from, p_to, p_queue) q on q.queue = c.queue
	left join chat.disposition_code d on d.disposition = c.disposition
	cross join lateral (select internal.report_bucket(c.ended_at, q.time_zone, p_by) as at) b
	where c.outcome = 'answered' and c.ended_at >= q.since and c.ended_at < q.until
	group by b.at, q.time_zone, q.queue, q.label, d.parent, c.disposition
	order by b.at nulls first, q.label, q.queue, count(*) desc, c.disposition
$$;

-- Chats that came into a queue in the period, by the channel they came from.
create function internal.report_channels(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, channel text, offered bigint, answered bigint, abandoned bigint, wait_avg_s numeric, rating_avg numeric)
language sql stable as $$
	with c as materialized (select c.* from chat.report_chat c where c.arrived_at >= internal.report_first(p_from) and c.arrived_at < internal.report_last(p_to))
	select internal.rfc3339(b.at), internal.report_local(b.at, q.time_zone, p_by), q.time_zone, q.queue, q.label, c.channel, count(*), count(*) filter (where c.outcome = 'answered'),
		count(*) filter (where c.outcome = 'abandoned'), round(avg(c.wait_s), 1), round(avg(c.score), 2)
	from c join internal.report_queues(p_from, p_to, p_queue) q on q.queue = c.queue
	cross join lateral (select internal.report_bucket(c.arrived_at, q.time_zone, p_by) as at) b
	where c.arrived_at >= q.since and c.arrived_at < q.until
	group by b.at, q.time_zone, q.queue, q.label, c.channel
	order by b.at nulls first, q.label, q.queue, c.channel
$$;

-- Chats that began with a bot in the period: contained (the bot ended it), left (the customer did), escalated (went to people), running. queue: where it went, else the default of its widget.
create function internal.report_bots(p_from text, p_to text, p_queue text, p_by text)
returns table (starts_at text, local_start text, time_zone text, queue text, label text, bot text, chats bigint, contained bigint, "left" bigint, escalated bigint, running bigint, containment numeric)
language sql stable as $$
	with c as materialized (select c.* from chat.report_chat c where c.created_at >= internal.report_first(p_from) and c.created_at < internal.report_last(p_to)
		and c.bot is not null)
	select internal.rfc3339(b.at), internal.report_local(b.at, q.time_zone, p_by), q.time_zone, q.queue, q.label, c.bot::text, count(*), count(*) filter (where c.outcome = 'contained'),
		count(*) filter (where c.outcome = 'left'), count(*) filter (where c.arrived_at is not null), count(*) filter (where c.outcome = 'bot'),
		internal.report_percent(count(*) filter (where c.outcome = 'contained'), count(*) filter (where c.outcome <> 'bot'))
	from c join chat.chat x on x.chat = c.chat join chat.widget w on w.widget = x.widget
	join internal.report_queues(p_from, p_to, p_queue) q on q.queue = coalesce(c.queue, w.default_queue)
	cross join lateral (select internal.report_bucket(c.created_at, q.time_zone, p_by) as at) b
	where c.created_at >= q.since and c.created_at < q.until
	group by b.at, q.time_zone, q.queue, q.label, c.bot
	order by b.at nulls first, q.label, q.queue, c.bot
$$;

-- Chats that ended in the period, one by one, the latest first: who had each last, how it went and what it was filed under, by its code or in the operator's own words. Nothing
-- tells of the customer; who wants to read one is written down (api.operator_events).
create function internal.report_chats(p_from text, p_to text, p_queue text)
returns table (ended_at text, local_end text, time_zone text, queue text, label text, chat uuid, channel text, outcome text, operator text, name text, wait_s numeric, duration_s numeric,
	heading text, disposition text, filed text, score int)
language sql stable as $$
	select internal.rfc3339(c.ended_at), to_char(c.ended_at at time zone q.time_zone, 'YYYY-MM-DD HH24:MI'), q.time_zone, q.queue, q.label, c.chat, c.channel, c.outcome,
		a.operator::text, o.name::text, round(c.wait_s, 1), round(extract(epoch from c.ended_at - c.created_at), 1), d.parent::text, c.disposition,
		coalesce(internal.disposition_label(c.disposition, 'en'), x.disposition), c.score
	from chat.report_chat c join internal.report_queues(p_from, p_to, p_queue) q on q.queue = c.queue and c.ended_at >= q.since and c.ended_at < q.until
	join chat.chat x on x.chat = c.chat
	left join lateral (select s.operator from chat.assignment s where s.chat = c.chat order by s.assignment desc limit 1) a on true
	left join chat.operator o on o.operator = a.operator
	left join chat.disposition_code d on d.disposition = c.disposition
	where c.ended_at >= internal.report_first(p_from) and c.ended_at < internal.report_last(p_to)
	order by c.ended_at desc, c.chat
$$;

-- For a DBA: the service of each queue by day, in the figures of the report.
create view chat.report_service with (security_invoker = true) as
	select c.queue, (c.arrived_at at time zone c.time_zone)::date as day, count(*) as offered, count(*) filter (where c.outcome = 'answered') as answered,
		count(*) filter (where c.outcome = 'answered' and c.wait_s <= c.target_s) as within_target, count(*) filter (where c.outcome = 'abandoned') as abandoned,
		round(avg(c.wait_s), 1) as wait_avg_s
	from chat.report_chat c where c.arrived_at is not null group by c.queue, (c.arrived_at at time zone c.time_zone)::date;
comment on view chat.report_service is 'Each queue by day, in its own time zone: chats that came (offered), were answered, within the queue''s target, given up, and how long the answered had waited';
grant select on chat.report_chat, chat.report_offer, chat.report_stint, chat.report_service to switchboard_dba, switchboard_report;

-- ---- the answer --------------------------------------------------------------------------------------------------------

-- RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
create function internal.csv_cell(p_text text) returns text
language sql immutable as $$
	select case when c.cell ~ '[",\r\n]' then '"' || replace(c.cell, '"', '""') || '"' else c.cell end
	from (select case when p_text ~ '^\s*[-=+@＝＋－＠]' or p_text ~ '^[\t\r\n]' then '''' || p_text else coalesce(p_text, '') end as cell) c
$$;

create function internal.csv_line(p_cells text[]) returns text
language sql immutable as $$ select string_agg(internal.csv_cell(c.cell), ',' order by c.n) || E'\r\n' from unnest(p_cells) with ordinality c (cell, n) $$;

create function internal.report_columns(p_report text) returns text[]
language sql stable as $$
	select array_agg(a.name order by a.n) from pg_proc p cross join unnest(p.proargnames, p.proargmodes) with ordinality a (name, mode, n)
	where p.pronamespace = 'internal'::regnamespace and p.proname = 'report_' || p_report and a.mode = 't'
$$;

-- Each row as JSON whose members stand in the order of the columns.
create function internal.report_rows(p_report text, p_from text, p_to text, p_queue text, p_by text) returns setof json
language plpgsql stable as $$
begin
	case p_report
	when 'service' then return query select row_to_json(r) from internal.report_service(p_from, p_to, p_queue, p_by) r;
	when 'operators' then return query select row_to_json(r) from internal.report_operators(p_from, p_to, p_queue, p_by) r;
	when 'ratings' then return query select row_to_json(r) from internal.report_ratings(p_from, p_to, p_queue, p_by) r;
	when 'dispositions' then return query select row_to_json(r) from internal.report_dispositions(p_from, p_to, p_queue, p_by) r;
	when 'channels' then return query select row_to_json(r) from internal.report_channels(p_from, p_to, p_queue, p_by) r;
	when 'chats' then return query select row_to_json(r) from internal.report_chats(p_from, p_to, p_queue) r;
	when 'bots' then return query select row_to_json(r) from internal.report_bots(p_from, p_to, p_queue, p_by) r;
	else perform internal.fail('SB404', 'not_found');
	end case;
end $$;

-- A day or an instant as RFC 3339 writes them; anything else is invalid.
create function internal.check_report_time(p_text text, p_field text) returns void
language plpgsql stable as $$
begin
	if p_text !~ '^[12]\d{3}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?$' then
		perform internal.fail('SB422', 'invalid', p_field);
	end if;
	perform p_text::timestamptz;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
	perform internal.fail('SB422', 'invalid', p_field);
end $$;

-- The days of each queue, where days were asked for: the first and the last of any. What was named is said as it was.
create function internal.report_named(p_from text, p_to text, p_queue text) returns table (since text, until text)
language sql stable as $$
	select coalesce(min(case when p_from like '%@%' then internal.report_day(p_from, z.time_zone)::text end), p_from),
		coalesce(max(case when p_to like '%@%' then internal.report_day(p_to, z.time_zone)::text end), p_to)
	from (select q.time_zone from chat.queue q where p_queue is null or q.queue = p_queue union all select 'UTC' where not exists (select from chat.queue)) z
$$;

-- p_days: so many up to now, of each queue those before midnight there; seven where nothing is said. Without p_to a period ends with today, where it is latest. An hourly report
-- covers 31 days at the most, any other five years. (p_days comes last and may be missing: so the release before asks, which runs until it is restarted.)
create function api.report(p_session bytea, p_report text, p_from text, p_to text, p_queue text, p_by text, p_csv boolean, p_days int default null) returns table (body text)
language plpgsql stable security definer set search_path = chat, pg_temp set timezone = 'UTC' as $$
declare
	v_now timestamptz := clock_timestamp();
	v_days int := case when p_from is null and p_to is null then coalesce(p_days, 7) else p_days end;
	v_today text := internal.report_ago(0, v_now);
	v_from text;
	v_to text;
	v_columns text[] := internal.report_columns(p_report);
	v_rows json[];
begin
	perform internal.supervisor(p_session, v_now);
	if p_report not in ('service', 'operators', 'ratings', 'dispositions', 'channels', 'bots', 'chats') then
		perform internal.fail('SB404', 'not_found');
	elsif p_by not in ('hour', 'day', 'week') then
		perform internal.fail('SB422', 'invalid', 'by');
	elsif p_queue is not null and not exists (select from chat.queue q where q.queue = p_queue) then
		perform internal.fail('SB404', 'not_found', 'queue');
	elsif v_days not between 1 and 1830 or (p_from is not null or p_to is not null) and p_days is not null then
		perform internal.fail('SB422', 'invalid', 'days');
	end if;
	perform internal.check_report_time(p_from, 'from'), internal.check_report_time(p_to, 'to');
	if v_days is not null then
		v_from := internal.report_ago(v_days - 1, v_now);
		v_to := v_today;
	else
		v_to := coalesce(p_to, (select n.until from internal.report_named(v_today, v_today, p_queue) n));
		v_from := coalesce(p_from, to_char(internal.report_from(left(v_to, 10), 'UTC') - interval '6 days', 'YYYY-MM-DD'));
	end if;
	if internal.report_to(v_to, 'UTC') <= internal.report_from(v_from, 'UTC') then
		perform internal.fail('SB422', 'invalid', 'to');
	elsif internal.report_to(v_to, 'UTC') - internal.report_from(v_from, 'UTC') > (case p_by when 'hour' then interval '31 days' else interval '1830 days' end) then
		perform internal.fail('SB422', 'invalid', (case p_by when 'hour' then 'by' else 'from' end));
	end if;
	v_rows := array(select r from internal.report_rows(p_report, v_from, v_to, p_queue, p_by) r limit 20001);
	if cardinality(v_rows) > 20000 then
		perform internal.fail('SB413', 'too_large', 'by');
	end if;
	if p_csv then
		return query select internal.csv_line(v_columns)
			|| coalesce((select string_agg(internal.csv_line(array(select e.value from json_each_text(r.line) with ordinality e (key, value, n) order by e.n)), '' order by r.n)
				from unnest(v_rows) with ordinality r (line, n)), '');
	else
		-- by hand: of a jsonb the members would lose their order
		return query select left(jsonb_strip_nulls(jsonb_build_object('report', p_report, 'from', n.since, 'to', n.until, 'days', v_days, 'queue', p_queue, 'by', p_by,
			'at', internal.rfc3339(v_now), 'columns', v_columns))::text, -1) || ', "rows": ' || to_json(v_rows)::text || '}' from internal.report_named(v_from, v_to, p_queue) n;
	end if;
end $$;
