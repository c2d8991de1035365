-- SPDX-License-Identifier: ISC
-- Metrics: each program's row, and the answer to GET metrics.

-- A program's values. Nothing of it is worth waiting for the disk. What nobody has written for ten minutes (a program that is no more) goes.
create function api.note_metrics(p_program text, p_instance text, p_metrics jsonb) returns void
language plpgsql security definer set search_path = chat, pg_temp set synchronous_commit = off as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	if octet_length(p_metrics::text) > 65536 then
		perform internal.fail('SB413', 'too_large');
	end if;
	insert into chat.program_metrics as m (program, instance, at, metrics) values (p_program, p_instance, v_now, p_metrics)
	on conflict (program, instance) do update set at = v_now, metrics = p_metrics;
	delete from chat.program_metrics m
	where (m.program, m.instance) in (
		select o.program, o.instance from chat.program_metrics o where o.at not between v_now - interval '10 minutes' and v_now + interval '10 minutes' for update skip locked);
end $$;

-- What the database itself knows at this moment.
create function internal.own_metrics(p_now timestamptz) returns jsonb
language sql stable as $$
	with queues as (
		select q.queue, count(w.chat) as waiting, coalesce(extract(epoch from p_now - min(w.arrived_at)), 0) as longest
		from chat.queue q left join chat.waiting w on w.queue = q.queue where q.active group by q.queue),
	chats as (select c.state, count(*) as count from chat.chat c where c.ended_at is null group by c.state),
	operators as (select s.presence, count(*) as count from chat.operator_state s join chat.operator o on o.operator = s.operator where o.active group by s.presence)
	select jsonb_build_object(
		'switchboard_queue_waiting', coalesce((select jsonb_object_agg(q.queue, q.waiting) from queues q), '{}'),
		'switchboard_queue_longest_wait_seconds', coalesce((select jsonb_object_agg(q.queue, greatest(0, round(q.longest, 3))) from queues q), '{}'),
		'switchboard_chats', (select jsonb_object_agg(s.state, coalesce(c.count, 0)) from unnest(array['bot', 'queued', 'offered', 'active', 'wrap_up']) s (state)
			left join chats c on c.state = s.state),
		'switchboard_operators', (select jsonb_object_agg(p.presence, coalesce(o.count, 0)) from unnest(array['available', 'busy', 'break', 'offline']) p (presence)
			left join operators o on o.presence = p.presence),
		'switchboard_outbox_items', jsonb_build_object('open', (select coalesce(sum(l.depth), 0) from chat.outbox_lane l),
			'dead', (select count(*) from chat.outbox o where o.state = 'dead')),
		'switchboard_outbox_oldest_seconds', (select greatest(0, round(coalesce(extract(epoch from p_now - min(l.due_at)), 0), 3)) from chat.outbox_lane l where not l.sending),
		'switchboard_notify_queue_ratio', round(pg_notification_queue_usage()::numeric, 6))
$$;

-- One row a program, then the database's own with neither program nor instance. What a program wrote more than 15 s ago is left out: only that it is down, and since when.
create function api.metrics() returns table (program text, instance text, metrics text)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	return query
		select m.program, m.instance, (case when a.fresh then m.metrics else '{}' end
			|| jsonb_build_object('switchboard_program_up', a.fresh::int, 'switchboard_program_age_seconds', round(greatest(0, a.age), 3)))::text
		from chat.program_metrics m
		cross join lateral (select extract(epoch from v_now - m.at) as age, v_now - m.at < interval '15 seconds' as fresh) a
		order by m.program, m.instance;
	return query select null::text, null::text, internal.own_metrics(v_now)::text;
end $$;
