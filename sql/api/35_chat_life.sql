-- SPDX-License-Identifier: ISC
-- How a chat moves from state to state. Whoever calls these holds the lock of the chat's row; locks are taken chat first, then operator_state.

-- May a chat enter this queue now? Raises closed (with next_opening, and the text of who closed it by hand) or queue_full; the length is exact because the last places are taken under a lock.
create function internal.check_queue_takes(p_queue text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_max int;
	v_length bigint;
begin
	if not internal.queue_is_open(p_queue, p_now) then
		perform internal.fail('SB409', 'closed', 'queue', jsonb_strip_nulls(jsonb_build_object('next_opening', internal.rfc3339(internal.next_opening(p_queue, p_now)),
			'text', (select k.text from internal.closure(p_queue, p_now) k))));
	end if;
	select q.max_length into v_max from chat.queue q where q.queue = p_queue;
	if v_max = 0 then
		return;
	end if;
	select count(*) into v_length from chat.waiting w where w.queue = p_queue;
	if v_length + 50 >= v_max then
		perform pg_advisory_xact_lock(hashtextextended('queue length ' || p_queue, 0));
		select count(*) into v_length from chat.waiting w where w.queue = p_queue;
	end if;
	if v_length >= v_max then
		perform internal.fail('SB503', 'queue_full', 'queue', jsonb_build_object('retry_ms', 30000));
	end if;
end $$;

-- From the bot into a queue.
create function internal.enqueue(p_chat uuid, p_queue text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_locale text;
begin
	perform internal.check_queue_takes(p_queue, p_now);
	perform internal.obey_rules(p_chat, p_queue);
	update chat.chat c set state = 'queued', queue = p_queue, arrived_at = p_now, bot_question = null, bot_hands_over = false, closing_until = null,
		preferred_operator = coalesce(c.preferred_operator, internal.last_operator(c.site, c.person, p_queue))
	where c.chat = p_chat returning c.locale into v_locale;
	perform internal.add_event(p_chat, p_now, 'queued', p_data => jsonb_build_object('queue', p_queue, 'label', internal.queue_label(p_queue, v_locale)));
end $$;

-- ---- locks ----------------------------------------------------------------------------------------------------------
-- Who may wait takes the state rows of all operators he is going to change in order of id, before the first change; background passes try, and leave for the
-- next pass what somebody else holds.

-- Everybody who holds a chat or to whom it is held out.
create function internal.parties(p_chat uuid) returns text[]
language plpgsql stable as $$
begin
	return array(
		select a.operator::text from chat.assignment a where a.chat = p_chat and a.ended_at is null
		union select o.operator::text from chat.offer o where o.chat = p_chat and o.state = 'open'
		order by 1);
end $$;

create function internal.lock_states(p_operators text[]) returns void
language plpgsql as $$
begin
	perform from chat.operator_state s where s.operator = any (p_operators) order by s.operator for update;
end $$;

create function internal.try_lock_states(p_operators text[]) returns boolean
language plpgsql as $$
begin
	return (
		with held as materialized (select from chat.operator_state s where s.operator = any (p_operators) order by s.operator for update skip locked)
		select count(*) = (select count(distinct p) from unnest(p_operators) p) from held);
end $$;

-- The rows of the configuration that a chat's row names. A row that is changed twice in one transaction has its keys looked at again, which waits for who holds
-- one of those: a background pass that does so tries this first.
create function internal.try_lock_keys(p_chat uuid) returns boolean
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat;
	perform from chat.site s, chat.widget w, chat.queue q where s.site = v_chat.site and w.widget = v_chat.widget and q.queue = v_chat.queue for key share skip locked;
	if found and v_chat.bot is not null then
		perform from chat.bot b where b.bot = v_chat.bot for key share skip locked;
	end if;
	if found and v_chat.preferred_operator is not null then
		perform from chat.operator o where o.operator = v_chat.preferred_operator for key share skip locked;
	end if;
	return found;
end $$;

-- The rows of all chats an operator has or is offered.
create function internal.lock_chats_of(p_operator text) returns void
language sql as $$
	select from chat.chat c
	where c.chat in (select a.chat from chat.assignment a where a.operator = p_operator and a.ended_at is null
		union all select o.chat from chat.offer o where o.operator = p_operator and o.state = 'open')
	order by c.chat for no key update
$$;

-- ---- offers ---------------------------------------------------------------------------------------------------------

-- Ends an open offer; p_state says how. A routed offer's chat goes back into the line, at its old place; of a transfer that failed both sides are told, the chat
-- stays where it is. False when it was not open any more.
create function internal.close_offer(p_offer uuid, p_state text, p_reason text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_offer chat.offer;
begin
	update chat.offer o set state = p_state, closed_at = p_now, reason = p_reason where o.offer = p_offer and o.state = 'open' returning * into v_offer;
	if not found then
		return false;
	end if;
	perform internal.ring_relays('o:' || v_offer.operator, p_now);
	if p_state = 'declined' then
		insert into chat.chat_decline (chat, operator, declined_at, reason) values (v_offer.chat, v_offer.operator, p_now, p_reason) on conflict do nothing;
		update chat.operator_state s set missed_offers = 0 where s.operator = v_offer.operator;
	end if;
	if p_state in ('declined', 'expired', 'withdrawn') then
		update chat.chat c set state = 'queued' where c.chat = v_offer.chat and c.state = 'offered';
		if v_offer.kind = 'transfer' then
			perform internal.transfer_failed(v_offer, p_now) from chat.chat c where c.chat = v_offer.chat and c.state = 'active';
		end if;
	end if;
	return true;
end $$;

create function internal.transfer_failed(p_offer chat.offer, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.audit('transfer failed', 'chat', p_offer.chat::text, null, jsonb_build_object('operator', p_offer.operator, 'reason', p_offer.state));
	perform internal.add_event(p_offer.chat, p_now, 'transfer_failed', p_data => jsonb_build_object('to', internal.operator_name(p_offer.operator), 'reason', p_offer.state));
	perform internal.ring_relays('w:' || p_offer.from_operator, p_now);
end $$;

-- Takes back what is held out to an operator, but for chats that somebody else holds at this moment. Who may wait has called lock_chats_of before.
create function internal.withdraw_offers(p_operator text, p_reason text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_offer uuid;
begin
	for v_offer in
		select o.offer from chat.offer o join chat.chat c on c.chat = o.chat
		where o.operator = p_operator and o.state = 'open' order by o.chat for no key update of c, o skip locked
	loop
		perform internal.close_offer(v_offer, 'withdrawn', p_reason, p_now);
	end loop;
end $$;

-- Takes back a transfer that is under way, if there is one; p_state as in close_offer.
create function internal.close_transfer(p_chat uuid, p_state text, p_reason text, p_now timestamptz) returns void
language sql as $$ select internal.close_offer(o.offer, p_state, p_reason, p_now) from chat.offer o where o.chat = p_chat and o.state = 'open' and o.kind = 'transfer' $$;

create function internal.operator_name(p_operator text) returns text
language plpgsql stable strict as $$
begin
	return (select o.name::text from chat.operator o where o.operator = p_operator);
end $$;

-- ---- owners ---------------------------------------------------------------------------------------------------------

-- Ends the open assignment of a chat, if there is one; gives back the operator.
create function internal.end_assignment(p_chat uuid, p_reason text, p_now timestamptz) returns text
language plpgsql as $$
declare
	v_operator text;
begin
	update chat.assignment a set ended_at = p_now, end_reason = p_reason, idle_check_at = null where a.chat = p_chat and a.ended_at is null returning a.operator into v_operator;
	if found then
		perform internal.audit('assignment ended', 'chat', p_chat::text, jsonb_build_object('operator', v_operator), jsonb_build_object('reason', p_reason));
		perform internal.ring_relays('o:' || v_operator, p_now);
	end if;
	return v_operator;
end $$;

-- The chat is his from now on: out of the line, or from whoever has it. The offer is open, the chat's row locked. Needs no session: an offer of a queue with
-- auto_accept is accepted by the router.
create function internal.accept(p_operator chat.operator, p_offer chat.offer, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
	v_from text;
begin
	if p_offer.kind <> 'routed' then
		perform internal.lock_states(internal.parties(p_offer.chat));
	end if;
	perform internal.close_offer(p_offer.offer, 'accepted', null, p_now);
	if p_offer.kind <> 'routed' then
		v_from := internal.end_assignment(p_offer.chat, case p_offer.kind when 'transfer' then 'transferred' else 'supervisor' end, p_now);
		perform internal.add_event(p_offer.chat, p_now, 'transferred', 'operator', v_from, internal.operator_name(v_from), p_data => jsonb_build_object('to', p_operator.name))
		where p_offer.kind = 'transfer';
		perform internal.say_left(p_offer.chat, v_from, case p_offer.kind when 'transfer' then 'transferred' else 'supervisor' end, p_now);
		delete from chat.chat_decline d where d.chat = p_offer.chat and d.operator = p_operator.operator; -- he has it: what he said before is over
	end if;
	insert into chat.assignment (chat, operator, offer, started_at, idle_check_at)
	select p_offer.chat, p_operator.operator, p_offer.offer, p_now, p_now + make_interval(secs => nullif(internal.idle_release_s(p_offer.chat, q.idle_release_s), 0))
	from chat.queue q where q.queue = p_offer.queue;
	update chat.chat c set state = 'active' where c.chat = p_offer.chat returning * into v_chat;
	update chat.operator_state s set last_accept_at = p_now, missed_offers = 0 where s.operator = p_operator.operator;
	perform internal.audit('assigned', 'chat', p_offer.chat::text, case when v_from is not null then jsonb_build_object('operator', v_from) end,
		jsonb_build_object('operator', p_operator.operator, 'offer', p_offer.offer));
	perform internal.add_event(p_offer.chat, p_now, 'assigned', p_data => jsonb_build_object('operator', p_operator.name, 'offer', p_offer.offer));
	perform internal.add_event(p_offer.chat, p_now, 'joined', 'operator', p_operator.operator, p_operator.name,
		p_data => jsonb_strip_nulls(jsonb_build_object('operator', p_operator.name, 'from', internal.operator_name(v_from))));
	return v_chat;
end $$;

create function internal.say_left(p_chat uuid, p_operator text, p_reason text, p_now timestamptz) returns void
language sql as $$
	select internal.add_event(p_chat, p_now, 'left', 'operator', p_operator, coalesce(internal.operator_name(p_operator), ''), p_data => jsonb_build_object('reason', p_reason))
	where p_operator is not null
$$;

-- ---- the end --------------------------------------------------------------------------------------------------------

-- The conversation is over. Waiting chats are abandoned, active ones go to the operator's wrap-up where the queue has one. What is held out is withdrawn.
create function internal.end_chat(p_chat uuid, p_by text, p_by_name text, p_reason text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_wrap_up_s int := 0;
begin
	perform internal.lock_states(internal.parties(p_chat));
	select * into strict v_chat from chat.chat c where c.chat = p_chat;
	perform internal.add_event(p_chat, p_now, 'ended', p_by, case when p_by = 'operator' then coalesce(current_setting('switchboard.actor', true), '') else '' end, p_by_name,
		p_data => jsonb_build_object('by', p_by, 'reason', p_reason));
	if v_chat.state = 'active' then
		select q.wrap_up_s into v_wrap_up_s from chat.queue q where q.queue = v_chat.queue;
	end if;
	if v_wrap_up_s > 0 then
		update chat.chat c set state = 'wrap_up', wrap_up_until = p_now + make_interval(secs => v_wrap_up_s), ended_by = p_by, end_reason = p_reason where c.chat = p_chat;
		perform internal.ring_relays('o:' || a.operator, p_now) from chat.assignment a where a.chat = p_chat and a.ended_at is null;
		perform internal.ring_router(); -- a new deadline
	else
		update chat.chat c set ended_at = p_now, ended_by = p_by, end_reason = p_reason, closing_until = null,
			state = case when c.state in ('queued', 'offered') or (c.state = 'bot' and p_reason = 'customer_gone'
				and not exists (select from chat.assignment a where a.chat = p_chat)) then 'abandoned' else 'ended' end
		where c.chat = p_chat;
	end if;
	perform internal.close_offer(o.offer, case when p_by = 'operator' then 'withdrawn' else 'abandoned' end, null, p_now) from chat.offer o where o.chat = p_chat and o.state = 'open';
	if v_wrap_up_s = 0 then
		perform internal.end_assignment(p_chat, case p_by when 'operator' then 'ended' else p_by || ' ended' end, p_now);
	end if;
end $$;

-- After the wrap-up: the operator's slot is free.
create function internal.finish_wrap_up(p_chat uuid, p_now timestamptz) returns void
language plpgsql as $$
begin
	update chat.chat c set state = 'ended', ended_at = p_now, wrap_up_until = null where c.chat = p_chat and c.state = 'wrap_up';
	if found then
		perform internal.end_assignment(p_chat, 'wrapped up', p_now);
	end if;
end $$;

-- The same for one who files while the bot has the chat.
create function internal.finish_filing(p_chat uuid, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_operator text := (select f.operator from chat.filing f where f.chat = p_chat);
begin
	if v_operator is not null then
		perform internal.lock_states(array[v_operator]);
		delete from chat.filing f where f.chat = p_chat;
		perform internal.ring_relays('o:' || v_operator, p_now);
	end if;
end $$;

-- ---- back into the line ---------------------------------------------------------------------------------------------

-- Takes an active chat from its operator and puts it back into the line, of its own or another queue, in front by its age.
create function internal.requeue(p_chat uuid, p_reason text, p_now timestamptz, p_queue text default null) returns void
language plpgsql as $$
begin
	perform internal.lock_states(internal.parties(p_chat));
	perform internal.close_transfer(p_chat, 'withdrawn', p_reason, p_now);
	perform internal.say_left(p_chat, internal.end_assignment(p_chat, p_reason, p_now), p_reason, p_now);
	update chat.chat c set state = 'queued', queue = coalesce(p_queue, c.queue) where c.chat = p_chat;
	perform internal.say_requeued(p_chat, p_reason, p_queue, p_now);
end $$;

-- The same for all chats of an operator who leaves: at once, those he still writes notes about are filed. How many were active? The caller has locked his chats;
-- one that came to him while it waited for others is taken too, unless somebody holds it: waiting for that would be waiting with states in hand. The router's
-- sweep finds it with an operator who is offline.
create function internal.requeue_all(p_operator text, p_reason text, p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chats uuid[];
	v_chat record;
	v_count int := 0;
begin
	v_chats := array(
		select c.chat from chat.assignment a join chat.chat c on c.chat = a.chat where a.operator = p_operator and a.ended_at is null order by c.chat for no key update of c skip locked);
	perform internal.lock_states(array(select unnest(internal.parties(u.chat)) from unnest(v_chats) u (chat)));
	for v_chat in select c.chat, c.state from chat.chat c where c.chat = any (v_chats) order by c.chat loop
		if v_chat.state = 'active' then
			perform internal.requeue(v_chat.chat, p_reason, p_now);
			v_count := v_count + 1;
		else
			perform internal.finish_wrap_up(v_chat.chat, p_now);
		end if;
	end loop;
	perform internal.lock_states(array[p_operator]);
	delete from chat.filing f where f.operator = p_operator;
	return v_count;
end $$;

create function internal.say_requeued(p_chat uuid, p_reason text, p_queue text, p_now timestamptz) returns void
language sql as $$
	select internal.add_event(p_chat, p_now, 'requeued', p_data => jsonb_strip_nulls(jsonb_build_object('reason', p_reason, 'queue', p_queue,
		'label', case when p_queue is not null then internal.queue_label(p_queue, c.locale) end)))
	from chat.chat c where c.chat = p_chat
$$;

-- A waiting chat goes to the line of another queue, at its place by age. What is held out is withdrawn.
create function internal.change_queue(p_chat uuid, p_queue text, p_reason text, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.lock_states(internal.parties(p_chat));
	perform internal.close_offer(o.offer, 'withdrawn', p_reason, p_now) from chat.offer o where o.chat = p_chat and o.state = 'open';
	update chat.chat c set queue = p_queue where c.chat = p_chat;
	perform internal.say_requeued(p_chat, p_reason, p_queue, p_now);
end $$;

-- ---- what a single chat asks for ------------------------------------------------------------------------------------

-- From now on the chat asks this operator first, for preferred_grace_s of its queue; NULL: nobody. Counts when it waits, now or later.
create function internal.prefer_operator(p_chat uuid, p_operator text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_operator is not null and not exists (select from chat.operator o where o.operator = p_operator and o.active) then
		perform internal.fail('SB404', 'not_found', 'operator');
	end if;
	update chat.chat c set preferred_operator = p_operator, preferred_since = p_now where c.chat = p_chat and c.ended_at is null;
	if not found then
		perform internal.fail('SB404', 'not_found', 'chat');
	end if;
	perform internal.audit('preferred', 'chat', p_chat::text, null, jsonb_build_object('operator', p_operator));
end $$;

-- From now on the chat asks for this skill beyond what its queue asks for; asked again, the last word counts.
create function internal.ask_skill(p_chat uuid, p_skill text, p_required boolean, p_min_rating int, p_weight numeric) returns void
language plpgsql as $$
begin
	if not exists (select from chat.skill s where s.skill = p_skill) then
		perform internal.fail('SB422', 'invalid', 'skill');
	elsif not exists (select from chat.chat c where c.chat = p_chat and c.ended_at is null) then
		perform internal.fail('SB404', 'not_found', 'chat');
	end if;
	insert into chat.chat_skill (chat, skill, required, min_rating, weight) values (p_chat, p_skill, p_required, p_min_rating, p_weight)
	on conflict (chat, skill) do update set required = excluded.required, min_rating = excluded.min_rating, weight = excluded.weight;
	perform internal.audit('asks for', 'chat', p_chat::text, null, jsonb_build_object('skill', p_skill, 'required', p_required, 'min_rating', p_min_rating, 'weight', p_weight));
end $$;

-- The same for a DBA: select chat.prefer_operator('…', 'ana'); select chat.ask_skill('…', 'german', p_min_rating => 5);
create function chat.prefer_operator(p_chat uuid, p_operator text) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.act_as('dba', session_user);
	perform 1 from chat.chat c where c.chat = p_chat for no key update;
	perform internal.prefer_operator(p_chat, p_operator, clock_timestamp());
end $$;

create function chat.ask_skill(p_chat uuid, p_skill text, p_required boolean default true, p_min_rating int default 1, p_weight numeric default 1) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.act_as('dba', session_user);
	perform 1 from chat.chat c where c.chat = p_chat for no key update;
	perform internal.ask_skill(p_chat, p_skill, p_required, p_min_rating, p_weight);
end $$;
