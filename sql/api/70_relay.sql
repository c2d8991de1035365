-- SPDX-License-Identifier: ISC
-- The relay's verbs: its own life, hellos, who is there.

-- These customers have no socket on this relay any more: their time to come back begins. Rows are locked in id order, as everybody does who locks several.
create function internal.await_customers(p_relay int, p_chats uuid[], p_now timestamptz) returns void
language plpgsql as $$
begin
	perform 1 from chat.chat c where c.chat = any (p_chats) and c.ended_at is null order by c.chat for no key update;
	delete from chat.relay_chat k where k.relay = p_relay and k.chat = any (p_chats);
	update chat.chat c set customer_seen_at = p_now, customer_polls_until = null where c.chat = any (p_chats) and c.ended_at is null;
end $$;

-- A relay has a new session: its number, and whose sockets it holds now (none when it has just started). Customers it held before are awaited from now on. Relays not heard
-- of for a week are forgotten: where each start has a new name (containers) every word that is told would look at all there ever were.
create function api.relay_register(p_name text, p_chats uuid[]) returns table (relay int, epoch text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_relay int;
	v_now timestamptz := clock_timestamp();
begin
	insert into chat.relay as r (name, started_at, heartbeat_at) values (p_name, v_now, v_now)
	on conflict (name) do update set started_at = v_now, heartbeat_at = v_now returning r.relay into v_relay;
	delete from chat.relay r where r.heartbeat_at < v_now - interval '7 days';
	perform internal.await_customers(v_relay, array(select k.chat from chat.relay_chat k where k.relay = v_relay and k.chat <> all (p_chats)), v_now);
	insert into chat.relay_chat (relay, chat) select v_relay, c.chat from chat.chat c where c.chat = any (p_chats) on conflict do nothing;
	execute format('listen %I', 'switchboard_relay_' || v_relay);
	return query select v_relay, internal.epoch();
end $$;

-- The relay's heartbeat. Renews the leases behind live sessions, gives back the sessions that are over.
create function api.relay_beat(p_relay int, p_sessions bytea[]) returns table (session bytea)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_live bytea[];
	v_idle interval := internal.seconds('session_idle_s'); -- once, not for each session
	v_max interval := internal.seconds('session_max_s');
begin
	update chat.relay r set heartbeat_at = v_now where r.relay = p_relay;
	select coalesce(array_agg(s.session), '{}') into v_live
	from chat.session s join chat.operator o on o.operator = s.operator
	where s.session = any (p_sessions) and o.active and internal.session_holds(s, v_now, v_idle, v_max);
	v_live := v_live || internal.live_bots(p_sessions, v_now);
	update chat.session s set last_used_at = v_now where s.session = any (v_live) and s.last_used_at < v_now - interval '60 seconds';
	perform internal.renew_lease(l.operator, v_now)
	from (select distinct s.operator from chat.session s where s.session = any (v_live) order by s.operator) l;
	return query select p.session from unnest(p_sessions) as p (session) where p.session <> all (v_live);
end $$;

create function api.allowed_origins() returns table (origin text)
language sql stable security definer set search_path = chat, pg_temp as $$
	select distinct o.origin from chat.site s, unnest(s.origins) as o (origin) where s.active
$$;

create function api.hello_customer(p_chat uuid, p_token_hash bytea, p_origin text, p_relay int)
returns table (state text, last_seq bigint, epoch text, name text, customer_got bigint, customer_read bigint, operator_got bigint, operator_read bigint)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat;
begin
	select c.* into v_chat from chat.chat_access a join chat.chat c on c.chat = a.chat where a.token_hash = p_token_hash and a.chat = p_chat;
	if not found then
		perform internal.fail('SB401', 'unauthorized');
	elsif not internal.origin_is_listed(v_chat.site, p_origin) then
		perform internal.fail('SB403', 'forbidden');
	elsif internal.chat_is_blocked(v_chat, clock_timestamp()) then
		perform internal.fail('SB403', 'forbidden');
	elsif v_chat.state in ('ended', 'abandoned', 'wrap_up') then
		perform internal.fail('SB410', 'gone');
	end if;
	-- What a crash of the server may forget here a relay tells anew when it registers again; so nobody waits for the disk when thousands come back at once.
	perform set_config('synchronous_commit', 'off', true);
	insert into chat.relay_chat (relay, chat) values (p_relay, p_chat) on conflict do nothing;
	perform internal.ring_relays('o:' || a.operator, clock_timestamp()) from chat.assignment a where a.chat = p_chat and a.ended_at is null;
	return query select v_chat.state::text, n.last_seq, internal.epoch(), coalesce(v_chat.name, ''), c.got, c.read, o.got, o.read
		from chat.chat_counter n left join chat.delivery c on c.chat = n.chat and c.party = 'customer' left join chat.delivery o on o.chat = n.chat and o.party = 'operator'
		where n.chat = p_chat;
end $$;

-- Which of these customers, all of them let in before, would not be let in now (`ord` says which, `reason` what a hello would hear). An erased chat is no chat
-- of anybody's. Each is looked up by its key, however many rows the tables have.
create function api.lapsed_customers(p_chats uuid[], p_tokens bytea[]) returns table (ord int, reason text)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_blocks boolean := exists (select from chat.block);
	v_now timestamptz := clock_timestamp();
begin
	return query
		select h.ord, case when h.state is null then 'unauthorized' when h.blocked then 'forbidden' else 'gone' end
		from (
			select u.ord::int as ord, case when v_blocks then (select internal.chat_is_blocked(b, v_now) from chat.chat b where b.chat = u.chat) end as blocked,
				(select c.state from chat.chat c where c.chat = (select a.chat from chat.chat_access a where a.chat = u.chat and a.token_hash = u.token)) as state
			from unnest(p_chats, p_tokens) with ordinality u (chat, token, ord)
			offset 0) h -- each looked up once
		where h.state is null or h.blocked or h.state in ('ended', 'abandoned', 'wrap_up');
end $$;

create function api.hello_operator(p_ticket bytea, p_origin text, p_relay int) returns table (session bytea, operator text, name text, role text, epoch text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_ticket chat.ticket;
	v_operator chat.operator;
begin
	delete from chat.ticket t where t.ticket = p_ticket returning * into v_ticket;
	if not found or v_ticket.expires_at <= v_now then
		perform internal.fail('SB401', 'unauthorized');
	elsif v_ticket.origin is distinct from p_origin then
		perform internal.fail('SB403', 'forbidden');
	end if;
	v_operator := internal.session_operator(v_ticket.session, v_now);
	perform internal.renew_lease(v_operator.operator, v_now);
	return query select v_ticket.session, v_operator.operator::text, v_operator.name::text, v_operator.role, internal.epoch();
end $$;

-- The last socket of these customers on this relay is closed: from now on they are awaited.
create function api.customers_gone(p_relay int, p_chats uuid[]) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.await_customers(p_relay, p_chats, v_now);
	perform internal.ring_relays('o:' || a.operator, v_now) from chat.assignment a where a.chat = any (p_chats) and a.ended_at is null;
end $$;

-- The last socket of this session on this relay is closed. The lease runs on: a reload is no absence.
create function api.operator_gone(p_relay int, p_session bytea) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.renew_lease(s.operator, clock_timestamp()) from chat.session s where s.session = p_session;
	delete from chat.bot_session b where b.session = p_session;
end $$;

-- away_s: for so long the customer has been gone; NULL while he is there. One plan for ever, of look-ups by key: asked with each offer and change of an operator's chats,
-- it was planned anew each time.
create function api.operator_chats(p_session bytea)
returns table (chat uuid, state text, last_seq bigint, customer_got bigint, customer_read bigint, operator_got bigint, operator_read bigint, away_s bigint, about text)
language plpgsql security definer set search_path = chat, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
	v_now timestamptz := clock_timestamp();
	v_lost interval := internal.seconds('relay_lost_s');
	v_operator chat.operator;
begin
	if exists (select from chat.bot_session b where b.session = p_session) then
		return query select b.* from internal.bot_chats(p_session, v_now) b;
		return;
	end if;
	v_operator := internal.session_operator(p_session, v_now);
	return query select c.chat, c.state::text, n.last_seq, d.got, d.read, e.got, e.read,
			internal.away_s(c, h.at, v_lost, v_now), null::text
		from chat.assignment a join chat.chat c on c.chat = a.chat join chat.chat_counter n on n.chat = c.chat
		left join chat.delivery d on d.chat = c.chat and d.party = 'customer' left join chat.delivery e on e.chat = c.chat and e.party = 'operator'
		cross join internal.customer_heard(a.chat) h
		where a.operator = v_operator.operator and a.ended_at is null order by a.assignment;
end $$;

create function api.operator_offers(p_session bytea, p_known uuid[]) returns table (offer uuid, reason text, frame text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator;
begin
	if exists (select from chat.bot_session b where b.session = p_session) then
		return; -- nothing is offered to a bot
	end if;
	v_operator := internal.session_operator(p_session, v_now);
	return query
		select o.offer, null::text, internal.offer_json(o, v_now)::text
		from chat.offer o where o.operator = v_operator.operator and o.state = 'open';
	if p_known <> '{}' then -- apart: the plan of this one is made anew for each array, and who waits for his first offer has none
		return query
			select k.offer, coalesce(case o.state when 'accepted' then 'taken' else o.state end, 'withdrawn'), null
			from unnest(p_known) as k (offer) left join chat.offer o on o.offer = k.offer and o.operator = v_operator.operator
			where o.state is distinct from 'open';
	end if;
end $$;

-- What lies on many desks, for the relay's slow sweep: for each session that is still good (`ord` says which) a mark that changes with its operator's chats and
-- open offers, and a row for each of these chats with its last seq, marks and customer (as operator_chats). One statement instead of two for every desk: nearly always nothing has changed.
create function api.desk_marks(p_sessions bytea[])
returns table (ord int, mark text, chat uuid, last_seq bigint, customer_got bigint, customer_read bigint, operator_got bigint, operator_read bigint, away_s bigint)
language plpgsql security definer set search_path = chat, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
	v_now timestamptz := clock_timestamp();
	v_idle interval := internal.seconds('session_idle_s'); -- once, not for each desk: a third of what this cost
	v_max interval := internal.seconds('session_max_s');
	v_lost interval := internal.seconds('relay_lost_s');
begin
	return query
		select d.ord::int, md5(concat_ws(' ', 'offers', d.offers, 'chats', d.chats)), a.chat, n.last_seq, e.got, e.read, g.got, g.read,
			case when c.chat is not null then internal.away_s(c, h.at, v_lost, v_now) end
		from (
			select u.ord, o.operator,
				(select string_agg(f.offer::text, ' ' order by f.offer) from chat.offer f where f.operator = o.operator and f.state = 'open') as offers,
				(select string_agg(k.chat::text, ' ' order by k.chat) from chat.assignment k where k.operator = o.operator and k.ended_at is null) as chats
			from unnest(p_sessions) with ordinality u (session, ord) join chat.session s on s.session = u.session join chat.operator o on o.operator = s.operator
			where o.active and internal.session_holds(s, v_now, v_idle, v_max)
		) d
		left join chat.assignment a on a.operator = d.operator and a.ended_at is null left join chat.chat_counter n on n.chat = a.chat
		left join chat.delivery e on e.chat = a.chat and e.party = 'customer' left join chat.delivery g on g.chat = a.chat and g.party = 'operator'
		left join chat.chat c on c.chat = a.chat
		cross join internal.customer_heard(a.chat) h;
	return query select b.* from internal.bot_marks(p_sessions, v_now) b;
end $$;

-- Sends hints to every other live relay but those that hear them otherwise; `relays` is how many others there are, `unreached` to how many of them it sent.
-- Nothing durable: the words only say where to look.
create function api.hint_relays(p_relay int, p_words text, p_reached int[] default '{}') returns table (relays bigint, unreached bigint)
language plpgsql security definer set search_path = chat, pg_temp set synchronous_commit = off as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	if octet_length(p_words) > 7900 then
		perform internal.fail('SB413', 'too_large');
	end if;
	perform internal.ring_relays(p_words, v_now, p_relay || p_reached);
	return query select count(*), count(*) filter (where r.relay <> all (p_reached)) from chat.relay r where r.relay <> p_relay and r.heartbeat_at > v_now - internal.seconds('relay_lost_s');
end $$;

-- Ready to serve? `ok` asks for a live relay and a leading router; the body says who is there, and how many log lines the programs could not write.
create function api.health() returns table (ok boolean, body text)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_relays bigint;
	v_router numeric;
	v_lost numeric;
begin
	select count(*) into v_relays from chat.relay r where r.heartbeat_at > v_now - internal.seconds('relay_lost_s');
	select round(extract(epoch from v_now - max(r.heartbeat_at)), 1) into v_router from chat.router r where r.leads;
	select coalesce(sum((m.metrics ->> 'switchboard_program_log_lines_lost_total')::numeric), 0) into v_lost from chat.program_metrics m;
	return query select v_relays > 0 and coalesce(v_router < 15, false), jsonb_build_object('database', 'ok', 'relays', v_relays, 'router_heartbeat_s', v_router, 'log_lines_lost', v_lost,
		'couriers', (select count(*) from chat.courier c where c.heartbeat_at > v_now - interval '15 seconds'),
		'notify_queue', round(pg_notification_queue_usage()::numeric, 4))::text;
end $$;
