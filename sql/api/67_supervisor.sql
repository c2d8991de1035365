-- SPDX-License-Identifier: ISC
-- What a supervisor sees and does: the live board, taking a chat, sending one back into the line.

create function internal.supervisor(p_session bytea, p_now timestamptz) returns chat.operator
language plpgsql as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, p_now);
begin
	if v_operator.role <> 'supervisor' then
		perform internal.fail('SB403', 'forbidden');
	end if;
	return v_operator;
end $$;

-- A chat that can be taken or queued, its row locked; raises not_found, gone, bad_state (still with the bot, or in wrap-up).
create function internal.chat_in_hand(p_chat uuid) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	if not found then
		perform internal.fail('SB404', 'not_found');
	elsif v_chat.ended_at is not null then
		perform internal.fail('SB410', 'gone');
	elsif v_chat.state not in ('queued', 'offered', 'active') then
		perform internal.fail('SB409', 'bad_state', 'state');
	end if;
	return v_chat;
end $$;

-- Takes a chat, out of the line or from whoever has it; his own: nothing happens. His skills do not count, his cap does.
create function api.take_chat(p_session bytea, p_chat uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.supervisor(p_session, clock_timestamp());
	v_chat chat.chat := internal.chat_in_hand(p_chat);
	v_now timestamptz := clock_timestamp();
	v_owner text;
	v_presence text;
	v_load int;
begin
	select a.operator into v_owner from chat.assignment a where a.chat = p_chat and a.ended_at is null;
	if v_owner is distinct from v_operator.operator then
		perform internal.lock_states(internal.parties(p_chat) || v_operator.operator::text);
		perform internal.close_offer(o.offer, 'withdrawn', 'taken by a supervisor', v_now) from chat.offer o where o.chat = p_chat and o.state = 'open';
		select s.presence, s.load into v_presence, v_load from chat.operator_state s where s.operator = v_operator.operator;
		if v_presence = 'offline' then
			perform internal.refuse(jsonb_build_object('code', 'presence', 'state', v_presence));
		elsif v_load >= internal.cap(v_chat.queue, v_operator.operator) then
			perform internal.refuse(jsonb_build_object('code', 'full', 'load', v_load, 'cap', internal.cap(v_chat.queue, v_operator.operator)));
		end if;
		perform internal.leave_line(p_chat);
		v_chat := internal.accept(v_operator, internal.offer_by_hand(v_chat, 'supervisor', v_owner, v_operator.operator, null, interval '0', v_now), v_now);
		perform internal.renew_lease(v_operator.operator, v_now);
	end if;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- Sends a chat back into the line, of its own queue or another, at its place by age; not to who had it, while somebody else is on duty.
create function api.requeue_chat(p_session bytea, p_chat uuid, p_queue text, p_reason text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.supervisor(p_session, clock_timestamp());
	v_chat chat.chat := internal.chat_in_hand(p_chat);
	v_now timestamptz := clock_timestamp();
begin
	if p_queue is not null and not exists (select from chat.queue q where q.queue = p_queue and q.active) then
		perform internal.fail('SB404', 'not_found', 'queue');
	elsif v_chat.state <> 'active' and p_queue is null then
		perform internal.fail('SB409', 'bad_state', 'state');
	elsif p_queue <> v_chat.queue then
		perform internal.check_queue_takes(p_queue, v_now);
	end if;
	perform internal.audit('requeue', 'chat', p_chat::text, jsonb_build_object('queue', v_chat.queue), 
		jsonb_strip_nulls(jsonb_build_object('queue', p_queue, 'reason', internal.masked(v_chat.site, p_reason))));
	if v_chat.state = 'active' then
		perform internal.set_aside(p_chat, a.operator, 'supervisor', v_now) from chat.assignment a where a.chat = p_chat and a.ended_at is null;
		perform internal.requeue(p_chat, 'supervisor', v_now, p_queue);
	elsif p_queue <> v_chat.queue then
		perform internal.change_queue(p_chat, p_queue, 'supervisor', v_now);
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- ---- the board ------------------------------------------------------------------------------------------------------
-- One set of functions for the console and the DBA's views, so that both see the same figures.

-- free: slots of those who could take a chat of this queue now.
create function internal.board_queues(p_now timestamptz)
returns table (queue text, label text, mode text, level int, state text, waiting bigint, oldest_s int, on_duty bigint, free bigint, target_s int)
language sql stable as $$
	select q.queue, q.label, coalesce(q.mode, case when exists (select from chat.queue_skill n where n.queue = q.queue and n.required) then 'balanced' else 'availability' end), q.level,
		case when not internal.queue_is_open(q.queue, p_now) then 'closed' when d.on_duty > 0 then 'open' else 'unstaffed' end,
		w.waiting, extract(epoch from p_now - w.oldest)::int, coalesce(d.on_duty, 0), coalesce(d.free, 0), q.target_s
	from chat.queue q
	cross join lateral (select count(*) as waiting, min(x.arrived_at) as oldest from chat.waiting x where x.queue = q.queue) w
	left join internal.duty(p_now) d on d.queue = q.queue
	where q.active
$$;

create function internal.board_operators(p_now timestamptz)
returns table (operator text, name text, presence text, reason text, code text, live boolean, load int, cap bigint, chats bigint, idle bigint, offers bigint, queues text[], signed_in_at timestamptz)
language sql stable as $$
	select o.operator, o.name, s.presence, s.reason, s.code, s.lease_until > p_now, s.load, least(o.max_chats, internal.setting('max_chats')), a.chats, a.idle,
		(select count(*) from chat.offer f where f.operator = o.operator and f.state = 'open'),
		array(select j.queue::text from chat.operator_queue j where j.operator = o.operator order by j.queue), s.signed_in_at
	from chat.operator o
	join chat.operator_state s on s.operator = o.operator
	cross join lateral (select count(*) as chats, count(*) filter (where x.idle_since is not null) as idle from chat.assignment x where x.operator = o.operator and x.ended_at is null) a
	where o.active
$$;

create function internal.board_chats(p_limit int) returns setof chat.chat
language sql stable as $$
	select c.* from chat.chat c where c.ended_at is null and c.state in ('queued', 'offered', 'active', 'wrap_up')
	order by c.state in ('active', 'wrap_up'), c.arrived_at, c.chat limit p_limit
$$;

create function internal.board_json(p_now timestamptz, p_limit int) returns jsonb
language sql stable as $$
	select jsonb_build_object(
		'queues', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', q.queue, 'label', q.label, 'mode', q.mode, 'state', q.state, 'waiting', q.waiting, 'oldest_s', q.oldest_s,
				'on_duty', q.on_duty, 'free', q.free, 'target_s', q.target_s)) order by q.level, q.label, q.queue)
			from (select * from internal.board_queues(p_now) b order by b.level, b.label, b.queue limit p_limit) q), '[]'),
		'operators', coalesce((select jsonb_agg(jsonb_build_object('operator', o.operator, 'name', o.name, 'load', o.load, 'cap', o.cap, 'queues', o.queues,
				'presence', jsonb_strip_nulls(jsonb_build_object('state', o.presence, 'reason', o.reason, 'code', o.code))) order by o.presence = 'offline', o.name, o.operator)
			from (select * from internal.board_operators(p_now) b order by b.presence = 'offline', b.name, b.operator limit p_limit) o), '[]'),
		'chats', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', c.chat, 'state', c.state, 'queue', c.queue, 'queue_label', q.label, 'name', c.name,
				'operator', coalesce(a.operator, f.operator), 'operator_name', internal.operator_name(coalesce(a.operator, f.operator)),
				'waited_s', greatest(0, extract(epoch from coalesce(a.started_at, p_now) - c.arrived_at)::int), 'created_at', internal.rfc3339(c.created_at),
				'assigned_s', case when a.started_at is not null then greatest(0, extract(epoch from p_now - a.started_at)::int) end,
				'last_seq', (select n.last_seq from chat.chat_counter n where n.chat = c.chat),
				'idle', case when a.idle_since is not null then true end, 'transfer', case when f.kind = 'transfer' then internal.operator_name(f.operator) end))
				order by c.state in ('active', 'wrap_up'), c.arrived_at, c.chat)
			from internal.board_chats(p_limit) c join chat.queue q on q.queue = c.queue
			left join chat.assignment a on a.chat = c.chat and a.ended_at is null
			left join chat.offer f on f.chat = c.chat and f.state = 'open'), '[]'),
		'outbox', internal.outbox_counts(), 'at', internal.rfc3339(p_now))
$$;

create function api.board(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.supervisor(p_session, v_now);
	return query select internal.board_json(v_now, 500)::text;
end $$;

-- For a DBA: select * from chat.board_queue; select * from chat.board_operator;
create function chat.board_queues()
returns table (queue text, label text, mode text, level int, state text, waiting bigint, oldest_s int, on_duty bigint, free bigint, target_s int)
language sql stable security definer set search_path = chat, pg_temp as $$ select * from internal.board_queues(clock_timestamp()) b order by b.level, b.queue $$;

create function chat.board_operators()
returns table (operator text, name text, presence text, reason text, code text, live boolean, load int, cap bigint, chats bigint, idle bigint, offers bigint, queues text[], signed_in_at timestamptz)
language sql stable security definer set search_path = chat, pg_temp as $$ select * from internal.board_operators(clock_timestamp()) b order by b.operator $$;

comment on function chat.board_queues() is 'What the view chat.board_queue shows';
comment on function chat.board_operators() is 'What the view chat.board_operator shows';

create view chat.board_queue as select * from chat.board_queues();
comment on view chat.board_queue is 'Each queue now: how many wait and for how long, who is on duty, how many slots are free';
create view chat.board_operator as select * from chat.board_operators();
comment on view chat.board_operator is 'Each operator now: presence, what is held, what is held out';
grant select on chat.board_queue, chat.board_operator to switchboard_dba, switchboard_report;
