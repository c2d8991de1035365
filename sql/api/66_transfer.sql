-- SPDX-License-Identifier: ISC
-- An operator passes his chat on: to a queue, where it keeps its age, or to a colleague, by an offer; the chat stays his until the colleague accepts.

-- How many chats and offers an operator may hold when one comes from this queue.
create function internal.cap(p_queue text, p_operator text) returns int
language sql stable as $$
	select least(o.max_chats, q.max_per_operator, internal.setting('max_chats'))::int from chat.operator o, chat.queue q where o.operator = p_operator and q.queue = p_queue
$$;

-- Why somebody may not be given a chat now, whoever decides it: the first thing in the configuration, then presence, then his load. NULL: he may. Stagger and
-- penalty bind the router, not a person.
create function internal.why_not_hold(p_operator text, p_chat chat.chat, p_now timestamptz) returns jsonb
language sql stable as $$
	select coalesce(
		internal.shortcoming(p_operator, p_chat.queue, internal.asked(p_chat.chat), greatest(0, extract(epoch from p_now - p_chat.arrived_at))::int, p_now),
		case when not exists (select from chat.operator_queue j where j.operator = p_operator and j.queue = p_chat.queue) then jsonb_build_object('code', 'not_joined') end,
		(select internal.why_not_free(jsonb_populate_record(s, '{"penalty_until": null}'), internal.cap(p_chat.queue, p_operator), null, p_now)
			from chat.operator_state s where s.operator = p_operator))
$$;

create function internal.refuse(p_why jsonb) returns void
language sql as $$ select internal.fail('SB409', 'conflict', 'operator', internal.reason_json(p_why, 'reason_code')) $$;

-- A person's decision as an offer: a colleague's, which waits for its acceptance, or a supervisor's own, which does not. Not bound to stagger and penalty, but the
-- next offer keeps its distance from it. The caller holds the chat's row and the operator's state and has judged.
create function internal.offer_by_hand(p_chat chat.chat, p_kind text, p_from text, p_to text, p_note_seq bigint, p_timeout interval, p_now timestamptz) returns chat.offer
language plpgsql as $$
declare
	v_offer chat.offer;
begin
	insert into chat.offer (chat, operator, queue, kind, from_operator, note_seq, offered_at, expires_at, rule, why)
	select p_chat.chat, p_to, p_chat.queue, p_kind, p_from, p_note_seq, p_now, p_now + p_timeout, p_kind, jsonb_build_object('load', s.load, 'cap', internal.cap(p_chat.queue, p_to),
		'sentence', case p_kind when 'transfer' then internal.operator_name(p_from) || ' passes this chat on to you.' else 'You took this chat.' end)
	from chat.operator_state s where s.operator = p_to
	returning * into v_offer;
	update chat.operator_state s set load = s.load + 1, last_offer_at = p_now where s.operator = p_to;
	perform internal.audit(p_kind, 'chat', p_chat.chat::text, jsonb_build_object('operator', p_from), jsonb_build_object('operator', p_to, 'offer', v_offer.offer));
	perform internal.ring_relays('o:' || p_to, p_now);
	perform internal.ring_router(); -- a new deadline
	return v_offer;
end $$;

create function internal.transfer_to_operator(p_from chat.operator, p_chat chat.chat, p_to text, p_note text, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_to chat.operator;
	v_why jsonb;
	v_queue chat.queue;
	v_offer chat.offer;
	v_note bigint;
begin
	select * into v_to from chat.operator o where o.operator = p_to;
	if not found then
		perform internal.fail('SB404', 'not_found', 'operator');
	elsif p_to = p_from.operator then
		perform internal.fail('SB422', 'invalid', 'operator');
	elsif exists (select from chat.offer o where o.chat = p_chat.chat and o.state = 'open') then
		perform internal.fail('SB409', 'conflict', 'operator', jsonb_build_object('reason_code', 'pending', 'reason', 'This chat is being passed on already.'));
	end if;
	perform internal.lock_states(array[p_from.operator::text, p_to]);
	v_why := internal.why_not_hold(p_to, p_chat, p_now);
	if v_why is not null then
		perform internal.refuse(v_why);
	end if;
	select * into v_queue from chat.queue q where q.queue = p_chat.queue;
	if p_note is not null then
		v_note := internal.add_event(p_chat.chat, p_now, 'note', 'operator', p_from.operator, p_from.name, p_note);
	end if;
	v_offer := internal.offer_by_hand(p_chat, 'transfer', p_from.operator, p_to, v_note, make_interval(secs => v_queue.offer_timeout_s), p_now);
	if v_queue.auto_accept then
		return internal.accept(v_to, v_offer, p_now);
	end if;
	perform internal.ring_relays('w:' || p_from.operator, p_now);
	return p_chat;
end $$;

-- His part is over, whoever has the chat next: {queue, label} or {bot, label}. The state of the chat is the caller's to change.
create function internal.lets_go(p_from chat.operator, p_chat chat.chat, p_note text, p_to jsonb, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.lock_states(internal.parties(p_chat.chat));
	perform internal.close_transfer(p_chat.chat, 'withdrawn', 'passed on', p_now);
	perform internal.add_event(p_chat.chat, p_now, 'note', 'operator', p_from.operator, p_from.name, p_note) where p_note is not null;
	perform internal.add_event(p_chat.chat, p_now, 'transferred', 'operator', p_from.operator, p_from.name, p_data => p_to);
	perform internal.end_assignment(p_chat.chat, 'transferred', p_now);
	perform internal.say_left(p_chat.chat, p_from.operator, 'transferred', p_now);
	perform internal.audit('transfer', 'chat', p_chat.chat::text, jsonb_build_object('operator', p_from.operator, 'queue', p_chat.queue), p_to - 'label');
end $$;

-- Ahead of new work, because it keeps its age; not back to who passed it on while somebody else is on duty.
create function internal.transfer_to_queue(p_from chat.operator, p_chat chat.chat, p_queue text, p_note text, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
	v_named jsonb := jsonb_build_object('queue', p_queue, 'label', internal.queue_label(p_queue, p_chat.locale));
begin
	if not exists (select from chat.queue q where q.queue = p_queue and q.active) then
		perform internal.fail('SB404', 'not_found', 'queue');
	end if;
	perform internal.check_queue_takes(p_queue, p_now);
	perform internal.lets_go(p_from, p_chat, p_note, v_named, p_now);
	perform internal.set_aside(p_chat.chat, p_from.operator, 'transferred', p_now);
	update chat.chat c set state = 'queued', queue = p_queue, preferred_operator = nullif(c.preferred_operator, p_from.operator) where c.chat = p_chat.chat returning * into v_chat;
	perform internal.add_event(p_chat.chat, p_now, 'queued', p_data => v_named);
	return v_chat;
end $$;

-- Marks the chat as declined by him, so that it goes to somebody else where there is somebody. Before the chat begins to wait.
create function internal.set_aside(p_chat uuid, p_operator text, p_reason text, p_now timestamptz) returns void
language sql as $$
	insert into chat.chat_decline (chat, operator, declined_at, reason) values (p_chat, p_operator, p_now, p_reason)
	on conflict (chat, operator) do update set declined_at = excluded.declined_at, reason = excluded.reason
$$;

-- Exactly one of p_queue and p_operator.
create function api.transfer_chat(p_session bytea, p_chat uuid, p_queue text, p_operator text, p_note text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_chat chat.chat := internal.owned_chat(v_operator, p_chat);
	v_now timestamptz := clock_timestamp();
	v_note text := internal.masked(v_chat.site, p_note);
begin
	if (p_queue is null) = (p_operator is null) then
		perform internal.fail('SB422', 'invalid', case when p_queue is null then 'queue' else 'operator' end);
	elsif v_chat.state <> 'active' then
		perform internal.fail('SB409', 'bad_state', 'state');
	end if;
	if p_queue is not null then
		v_chat := internal.transfer_to_queue(v_operator, v_chat, p_queue, v_note, v_now);
	else
		v_chat := internal.transfer_to_operator(v_operator, v_chat, p_operator, v_note, v_now);
	end if;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- Takes a pending transfer back. One that is over already is no error: the answer says where the chat is.
create function api.withdraw_transfer(p_session bytea, p_chat uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_chat chat.chat := internal.owned_chat(v_operator, p_chat);
	v_now timestamptz := clock_timestamp();
begin
	perform internal.lock_states(internal.parties(p_chat));
	perform internal.close_transfer(p_chat, 'withdrawn', 'taken back', v_now);
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- Who is there for each queue, as the router sees it: those who could take a chat that asks for nothing more than the queue, and their free slots.
create function internal.duty(p_now timestamptz) returns table (queue text, on_duty bigint, free bigint)
language sql stable as $$
	select n.queue, count(*), sum(greatest(0, a.cap - s.load))
	from internal.need n join internal.able a on a.need = n.need join chat.operator_state s on s.operator = a.operator
	where n.asked = '[]' and n.relaxed_s = 0 and s.presence = 'available' and s.lease_until > p_now
	group by n.queue
$$;

create function internal.targets_json(p_chat chat.chat, p_but text, p_now timestamptz) returns jsonb
language sql stable as $$
	select coalesce((select jsonb_build_object('bot', b.name) from internal.returning_bot(p_chat) b where b.bot is not null), '{}') || jsonb_build_object(
		'queues', coalesce((select jsonb_agg(jsonb_build_object('name', q.queue, 'label', q.label, 'open', internal.queue_is_open(q.queue, p_now),
				'waiting', (select count(*) from chat.waiting w where w.queue = q.queue), 'on_duty', coalesce(d.on_duty, 0)) order by q.label, q.queue)
			from (select * from chat.queue x where x.active order by x.label, x.queue limit 500) q left join internal.duty(p_now) d on d.queue = q.queue), '[]'),
		'operators', coalesce((select jsonb_agg(internal.reason_json(w.why) || jsonb_build_object('operator', o.operator, 'name', o.name, 'state', s.presence, 'load', s.load,
				'cap', internal.cap(p_chat.queue, o.operator), 'able', w.why is null) order by w.why is not null, o.name, o.operator)
			from (select * from chat.operator x where x.active and x.operator is distinct from p_but order by x.name, x.operator limit 500) o
			join chat.operator_state s on s.operator = o.operator
			cross join lateral (select internal.why_not_hold(o.operator, p_chat, p_now) as why offset 0) w), '[]'))
$$;

-- Where this chat could go: for its owner, or a supervisor.
create function api.transfer_targets(p_session bytea, p_chat uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
	v_chat chat.chat;
	v_owner text;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat;
	select a.operator into v_owner from chat.assignment a where a.chat = p_chat and a.ended_at is null;
	if v_chat.chat is null or v_chat.queue is null or (v_owner is distinct from v_operator.operator and v_operator.role <> 'supervisor') then
		perform internal.fail('SB404', 'not_found');
	end if;
	return query select internal.targets_json(v_chat, v_owner, v_now)::text;
end $$;
