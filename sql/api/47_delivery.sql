-- SPDX-License-Identifier: ISC
-- Delivery state: stored (it has a seq), got (it has reached the other side's browser), read (it was in view there).

-- {"customer":{"got","read"},"operator":{"got","read"}}; a side that has told nothing yet stands at 0.
create function internal.marks_json(p_chat uuid) returns jsonb
language plpgsql stable as $$
begin
	return (select jsonb_object_agg(p.party, jsonb_build_object('got', coalesce(d.got, 0), 'read', coalesce(d.read, 0)))
	from unnest(array['customer', 'operator']) p (party) left join chat.delivery d on d.chat = p_chat and d.party = p.party);
end $$;

-- Notes marks, arrays of one length; gives back what is new. They only rise, and never above what is stored. In one order, so that two who note the same chats
-- never wait for each other in a circle.
create function internal.note_marks(p_chats uuid[], p_parties text[], p_got bigint[], p_read bigint[]) returns setof chat.delivery
language plpgsql as $$
begin
	return query insert into chat.delivery as d (chat, party, got, read)
	select m.chat, m.party, least(max(greatest(m.got, m.read)), n.last_seq), least(max(m.read), n.last_seq)
	from unnest(p_chats, p_parties, p_got, p_read) as m (chat, party, got, read) join chat.chat_counter n on n.chat = m.chat
	group by m.chat, m.party, n.last_seq having max(greatest(m.got, m.read)) > 0 order by m.chat, m.party
	on conflict (chat, party) do update set got = greatest(d.got, excluded.got), read = greatest(d.read, excluded.read)
		where excluded.got > d.got or excluded.read > d.read
	returning d.*;
end $$;

-- What a relay heard from its sockets, some seconds of it at once. A crash may forget the last of it: each client tells it again when it comes back.
create function api.note_marks(p_chats uuid[], p_parties text[], p_got bigint[], p_read bigint[]) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform set_config('synchronous_commit', 'off', true);
	perform internal.note_marks(p_chats, p_parties, p_got, p_read);
end $$;

-- One side tells it over HTTP; the sockets of the other side hear of it. Gives back the marks of both.
create function internal.tell_marks(p_chat uuid, p_party text, p_got bigint, p_read bigint, p_now timestamptz) returns text
language plpgsql as $$
begin
	perform internal.ring_relays(format('d:%s:%s:g:%s d:%s:%s:r:%s', n.chat, n.party, n.got, n.chat, n.party, n.read), p_now)
	from internal.note_marks(array[p_chat], array[p_party], array[p_got], array[p_read]) n;
	return jsonb_build_object('marks', internal.marks_json(p_chat))::text;
end $$;

create function api.customer_marks(p_chat uuid, p_token_hash bytea, p_origin text, p_got bigint, p_read bigint) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.customer_chat(p_chat, p_token_hash, p_origin);
	return query select internal.tell_marks(p_chat, 'customer', p_got, p_read, clock_timestamp());
end $$;

create function api.operator_marks(p_session bytea, p_chat uuid, p_got bigint, p_read bigint) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	if not exists (select from chat.assignment a where a.chat = p_chat and a.operator = v_operator.operator and a.ended_at is null) then
		perform internal.fail('SB404', 'not_found');
	end if;
	return query select internal.tell_marks(p_chat, 'operator', p_got, p_read, v_now);
end $$;

-- When the relays that hold a socket of this chat's customer were heard of last; NULL: there is none. (In the FROM of a statement over many chats it is one plan with that.)
create function internal.customer_heard(p_chat uuid) returns table (at timestamptz)
language sql stable as $$ select max(r.heartbeat_at) from chat.relay_chat k join chat.relay r on r.relay = k.relay where k.chat = p_chat $$;

-- Is the customer there? Who comes by a channel always is; else a socket on a relay that lives, or questions over HTTP that go on. NULL when he is; else when he was there last.
-- p_heard: internal.customer_heard, p_lost: the setting relay_lost_s. (One plan with the statement around it, too.)
create function internal.away_since(p_chat chat.chat, p_heard timestamptz, p_lost interval, p_now timestamptz) returns timestamptz
language sql stable as $$
	select case when p_chat.channel <> 'web' or p_chat.customer_polls_until > p_now or p_heard > p_now - p_lost then null else least(p_chat.customer_seen_at, p_now) end
$$;

-- The same in seconds.
create function internal.away_s(p_chat chat.chat, p_heard timestamptz, p_lost interval, p_now timestamptz) returns bigint
language sql stable as $$ select extract(epoch from p_now - internal.away_since(p_chat, p_heard, p_lost, p_now))::bigint $$;

create function internal.customer_away_since(p_chat chat.chat, p_now timestamptz) returns timestamptz
language plpgsql stable as $$
begin
	return internal.away_since(p_chat, (select h.at from internal.customer_heard(p_chat.chat) h), internal.seconds('relay_lost_s'), p_now);
end $$;

-- For how many seconds the customer has been gone; NULL while he is there.
create function internal.customer_away_s(p_chat chat.chat, p_now timestamptz) returns bigint
language sql stable as $$
	select extract(epoch from p_now - internal.customer_away_since(p_chat, p_now))::bigint
$$;

-- Is the operator who has the chat live? NULL when nobody has it.
create function internal.operator_is_live(p_chat uuid, p_now timestamptz) returns boolean
language plpgsql stable as $$
begin
	return (select s.lease_until > p_now from chat.assignment a join chat.operator_state s on s.operator = a.operator where a.chat = p_chat and a.ended_at is null);
end $$;
