-- SPDX-License-Identifier: ISC
-- What today's chats came to, for the board: what those with an operator that ended since midnight were filed under, by queue, as the report of dispositions counts them.
-- Midnight is that of the queue's own time zone.

-- disposition NULL: not filed, or (own_words) in the operator's own words, where the queue has no list.
create function internal.results_today(p_now timestamptz) returns table (queue text, heading text, disposition text, own_words boolean, chats bigint)
language sql stable as $$
	select r.queue, d.parent::text, r.disposition, r.disposition is null and c.disposition is not null, count(*)
	from chat.report_chat r join chat.chat c on c.chat = r.chat left join chat.disposition_code d on d.disposition = r.disposition
	where r.outcome = 'answered' and r.ended_at <= p_now and r.ended_at >= internal.report_bucket(p_now, r.time_zone, 'day')
		and r.ended_at >= (select min(internal.report_bucket(p_now, q.time_zone, 'day')) from chat.queue q) -- for the index: the earliest midnight of all
	group by 1, 2, 3, 4
$$;

-- {at, queues: [{name, label, chats, required, unfiled, own_words, results: [{disposition, label, heading?, chats}, the most frequent p_limit], more}]}; more: chats under others.
create function internal.results_json(p_locale text, p_limit int, p_now timestamptz) returns jsonb
language sql stable as $$
	with r as materialized (
		select t.*, row_number() over (partition by t.queue order by t.disposition is null, t.chats desc, t.disposition) as place from internal.results_today(p_now) t
	), by_queue as (
		select r.queue, sum(r.chats) as chats, coalesce(sum(r.chats) filter (where r.disposition is null and not r.own_words), 0) as unfiled,
			coalesce(sum(r.chats) filter (where r.own_words), 0) as own_words, coalesce(sum(r.chats) filter (where r.disposition is not null and r.place > p_limit), 0) as more,
			coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('disposition', r.disposition, 'label', internal.disposition_label(r.disposition, p_locale),
					'heading', case when r.heading is not null then internal.disposition_label(r.heading, p_locale) end, 'chats', r.chats)) order by r.place)
				filter (where r.disposition is not null and r.place <= p_limit), '[]') as results
		from r group by r.queue
	)
	select jsonb_build_object('at', internal.rfc3339(p_now), 'queues', coalesce(jsonb_agg(jsonb_build_object('name', q.queue, 'label', q.label, 'chats', b.chats,
		'required', q.disposition_required, 'unfiled', b.unfiled, 'own_words', b.own_words, 'results', b.results, 'more', b.more) order by q.level, q.label, q.queue), '[]'))
	from (select * from chat.queue c order by c.level, c.label, c.queue limit 500) q join by_queue b on b.queue = q.queue
$$;

create function api.results(p_session bytea, p_locale text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.supervisor(p_session, v_now);
	return query select internal.results_json(p_locale, 100, v_now)::text;
end $$;

-- For a DBA, in the figures of the board: select * from chat.result_today;
create view chat.result_today with (security_invoker = true) as
	select r.queue, d.parent::text as heading, r.disposition, count(*) as chats
	from chat.report_chat r left join chat.disposition_code d on d.disposition = r.disposition
	where r.outcome = 'answered' and r.ended_at <= now() and (r.ended_at at time zone r.time_zone)::date = (now() at time zone r.time_zone)::date
		and r.ended_at >= (select min(date_trunc('day', now() at time zone q.time_zone) at time zone q.time_zone) from chat.queue q) - interval '1 hour' -- where midnight comes twice
	group by 1, 2, 3;
comment on view chat.result_today is 'What chats with an operator that ended today, in their queue''s time zone, were filed under; disposition NULL: not filed, or in the operator''s own words';
grant select on chat.result_today to switchboard_dba, switchboard_report;
