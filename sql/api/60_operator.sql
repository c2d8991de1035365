-- SPDX-License-Identifier: ISC
-- Operators: log in, sessions, queues, presence. Each verb begins with the hash of the session cookie and finds out by itself who that is.

-- The operator behind a session; raises unauthorized. Counts as use of the session. One that has to set up its second step first may nothing else (forbidden),
-- but for what says p_enrolling.
create function internal.session_operator(p_session bytea, p_now timestamptz, p_enrolling boolean default false) returns chat.operator
language plpgsql as $$
declare
	v_session record;
	v_operator chat.operator;
begin
	select o as operator, s.last_used_at into v_session
	from chat.session s join chat.operator o on o.operator = s.operator
	where s.session = p_session and o.active and internal.session_holds(s, p_now) and (p_enrolling or not s.enrolling);
	if not found and not p_enrolling and exists (select from chat.session s where s.session = p_session and s.enrolling) then
		perform internal.fail('SB403', 'forbidden', 'totp');
	elsif v_session.operator is null then
		perform internal.fail('SB401', 'unauthorized');
	end if;
	v_operator := v_session.operator;
	if v_session.last_used_at < p_now - interval '30 seconds' then
		update chat.session s set last_used_at = p_now where s.session = p_session and s.last_used_at < p_now - interval '30 seconds';
	end if;
	perform internal.act_as('operator', v_operator.operator);
	return v_operator;
end $$;

create function internal.presence_json(p_operator text) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('state', s.presence, 'reason', s.reason, 'code', s.code)) from chat.operator_state s where s.operator = p_operator
$$;

create function internal.operator_json(p_operator chat.operator) returns jsonb
language sql stable as $$
	select jsonb_build_object('operator', p_operator.operator, 'name', p_operator.name, 'role', p_operator.role, 'max_chats', p_operator.max_chats,
		'presence', internal.presence_json(p_operator.operator))
$$;

-- The hash to verify a password against; NULL for who does not exist, is inactive or has no password (the caller hashes a dummy). wait_ms: how long who has failed too
-- often has to wait; 0: the attempt is counted as failed until api.login.
create function api.login_lookup(p_operator text, p_address inet default null, p_exempt boolean default false) returns table (wait_ms int, hash text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_wait_ms int := internal.login_attempt(p_operator, p_address, p_exempt, clock_timestamp());
begin
	return query select v_wait_ms, (select p.hash from chat.operator_password p join chat.operator o on o.operator = p.operator
		where o.operator = p_operator and o.active and v_wait_ms = 0);
end $$;

create function api.login_failed(p_operator text, p_address inet) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.audit('login refused', 'operator', left(p_operator, 63), null, jsonb_build_object('address', p_address));
end $$;

create function api.session_view(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp(), true);
begin
	return query select (jsonb_build_object('operator', internal.operator_json(v_operator))
		|| case when s.enrolling then '{"enrolling": true}'::jsonb else '{}' end)::text from chat.session s where s.session = p_session;
end $$;

-- Ends one session. The last one takes the operator off duty. Refused while he has chats that run (conflict, with how many), unless p_requeue: then they are
-- queued again at once, in front by their age.
create function api.logout(p_session bytea, p_requeue boolean default false) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp(), true);
	v_last boolean;
	v_chats int;
	v_now timestamptz;
begin
	perform 1 from chat.session s where s.operator = v_operator.operator order by s.session for update; -- of two at once one is the last
	v_last := not exists (select from chat.session s where s.operator = v_operator.operator and s.session <> p_session);
	if v_last then
		perform internal.lock_chats_of(v_operator.operator);
		perform internal.park_chats(v_operator.operator, clock_timestamp());
		select count(*) into v_chats from chat.assignment a join chat.chat c on c.chat = a.chat
		where a.operator = v_operator.operator and a.ended_at is null and c.state = 'active';
		if v_chats > 0 and not p_requeue then
			perform internal.fail('SB409', 'conflict', null, jsonb_build_object('chats', v_chats));
		end if;
		v_now := clock_timestamp();
		if p_requeue then
			perform internal.requeue_all(v_operator.operator, 'signed_out', v_now);
		end if;
		perform internal.change_presence(v_operator.operator, 'offline', null, v_now);
	end if;
	delete from chat.session s where s.session = p_session;
	perform internal.audit('logout', 'operator', v_operator.operator);
	perform internal.ring_relays('s:' || v_operator.operator, clock_timestamp());
end $$;

create function api.make_ticket(p_session bytea, p_ticket bytea, p_origin text) returns table (expires_in_s int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.session_operator(p_session, v_now);
	insert into chat.ticket (ticket, session, origin, expires_at) values (p_ticket, p_session, p_origin, v_now + interval '30 seconds');
	return query select 30;
end $$;

-- Why an operator may not join a queue; NULL when he may. He may who could take its chats at least when its demands are relaxed.
create function internal.why_not_join(p_operator text, p_queue text, p_now timestamptz) returns jsonb
language sql stable as $$ select internal.shortcoming(p_operator, p_queue, '[]', 86400, p_now) $$;

-- A reason as a client reads it: the sentence, and the code with its figures.
create function internal.reason_json(p_reason jsonb, p_code_name text default 'code') returns jsonb
language sql immutable as $$
	select case when p_reason is null then '{}' else (p_reason - 'code' - 'also') || jsonb_build_object(p_code_name, p_reason ->> 'code', 'reason', internal.reason_sentence(p_reason)) end
$$;

create function internal.queues_json(p_operator text, p_now timestamptz) returns text
language plpgsql stable as $$ -- (its plan is kept)
begin
	return (select jsonb_build_object('queues', coalesce(jsonb_agg(internal.reason_json(w.reason) || jsonb_build_object('name', q.queue, 'label', q.label, 'eligible', w.reason is null,
		'joined', j.queue is not null, 'waiting', (select count(*) from chat.waiting x where x.queue = q.queue)) order by q.level, q.label, q.queue), '[]'))::text
	from chat.queue q
	cross join lateral (select internal.why_not_join(p_operator, q.queue, p_now) as reason) w
	left join chat.operator_queue j on j.queue = q.queue and j.operator = p_operator
	where q.active);
end $$;

create function api.my_queues(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	return query select internal.queues_json(v_operator.operator, v_now);
end $$;

-- Joins exactly these queues and leaves the others. One that does not exist or that he is not eligible for is refused, and nothing changes.
create function api.join_queues(p_session bytea, p_joined text[]) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	if exists (select from unnest(p_joined) as j (queue) left join chat.queue q on q.queue = j.queue
		where q.queue is null or internal.why_not_join(v_operator.operator, q.queue, v_now) is not null) then
		perform internal.fail('SB422', 'invalid', 'joined');
	end if;
	delete from chat.operator_queue j where j.operator = v_operator.operator and j.queue <> all (p_joined);
	insert into chat.operator_queue (operator, queue, joined_at)
	select distinct v_operator.operator, u.queue, v_now from unnest(p_joined) as u (queue) on conflict do nothing;
	perform internal.ring_router();
	perform internal.ring_relays('o:' || v_operator.operator, v_now);
	return query select internal.queues_json(v_operator.operator, v_now);
end $$;

-- Whoever is not available gets no offers, and those held out to him go to somebody else. Chats stay; those of who is offline all count, so that he is retired.
-- The caller has called lock_chats_of.
create function internal.change_presence(p_operator text, p_state text, p_reason text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_state <> 'available' then
		perform internal.withdraw_offers(p_operator, p_state, p_now);
	end if;
	if p_state = 'offline' then
		perform internal.park_chats(p_operator, p_now);
		update chat.assignment a set idle_since = null, idle_check_at = p_now where a.operator = p_operator and a.ended_at is null and a.idle_since is not null;
	end if;
	perform internal.put_presence(p_operator, p_state, p_reason, null, p_now);
end $$;

-- Writes the presence: the operator's own (p_code NULL, which is also a sign of life), or one the system chose for him.
create function internal.put_presence(p_operator text, p_state text, p_reason text, p_code text, p_now timestamptz) returns void
language plpgsql as $$
begin
	update chat.operator_state s
	set presence = p_state, reason = p_reason, code = p_code, penalty_until = null, missed_offers = 0,
		signed_in_at = case when p_state = 'offline' then null else coalesce(s.signed_in_at, p_now) end,
		lease_until = case when p_state = 'offline' then least(s.lease_until, p_now) when p_code is not null then s.lease_until
			else greatest(s.lease_until, p_now + internal.seconds('operator_lease_s')) end
	where s.operator = p_operator;
	perform internal.ring_router();
	perform internal.ring_relays('o:' || p_operator, p_now);
	perform internal.ring_relays('w:' || p_operator, p_now);
end $$;

create function api.set_presence(p_session bytea, p_state text, p_reason text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	if p_state is null or p_state not in ('available', 'busy', 'break', 'offline') then
		perform internal.fail('SB422', 'invalid', 'state');
	end if;
	perform internal.lock_chats_of(v_operator.operator);
	v_now := clock_timestamp();
	perform internal.change_presence(v_operator.operator, p_state, p_reason, v_now);
	return query select jsonb_build_object('operator', internal.operator_json(v_operator))::text;
end $$;

-- A sign of life: the lease moves on; where somebody else holds the row, with the next sign (a beat renews many and must wait for none). Only who comes back from beyond his lease rings the router.
create function internal.renew_lease(p_operator text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if exists (select from chat.operator_state s where s.operator = p_operator and s.presence = 'available' and s.lease_until <= p_now) then
		perform internal.ring_router();
	end if;
	update chat.operator_state s set lease_until = p_now + internal.seconds('operator_lease_s')
	from (select l.operator from chat.operator_state l where l.operator = p_operator and l.presence <> 'offline'
		and l.lease_until < p_now + internal.seconds('operator_lease_s') - interval '1 second' for no key update skip locked) l
	where s.operator = l.operator;
end $$;

-- For the command line: a new operator.
create function api.add_operator(p_operator text, p_name text, p_role text, p_max_chats int) returns void
language sql security definer set search_path = chat, pg_temp as $$
	insert into chat.operator (operator, name, role, max_chats) values (p_operator, p_name, p_role, p_max_chats)
$$;
