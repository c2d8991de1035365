-- SPDX-License-Identifier: ISC
-- The transcript: one writer of events, two readers.

-- Appends one event and gives back its seq. Holds the chat's counter row, so that seq order is commit order. Rings the relays, but for the batches of a
-- relay (setting switchboard.quiet): a commit with a notification waits for a lock of the whole cluster, so the relay sends its hints apart.
create function internal.add_event(p_chat uuid, p_now timestamptz, p_kind text, p_author_kind text default 'system', p_author text default '',
	p_author_name text default '', p_body text default null, p_data jsonb default null, p_cid uuid default null, p_sent_hash bytea default null)
returns bigint
language plpgsql as $$
declare
	v_seq bigint;
	v_by_channel boolean;
begin
	update chat.chat_counter c set last_seq = c.last_seq + 1, customer_at = case when p_author_kind = 'customer' and p_kind = 'message' then p_now else c.customer_at end
	where c.chat = p_chat returning c.last_seq, c.by_channel into strict v_seq, v_by_channel;
	insert into chat.message (chat, seq, kind, author_kind, author, author_name, body, data, at, cid, sent_hash)
	values (p_chat, v_seq, p_kind, p_author_kind, p_author, p_author_name, p_body, p_data, p_now, p_cid, p_sent_hash);
	perform internal.tell_event(p_chat, p_kind, v_seq, p_data, p_now) where p_kind in ('queued', 'requeued', 'assigned', 'ended', 'rated');
	if coalesce(current_setting('switchboard.quiet', true), '') <> 'on' then
		perform internal.ring_relays('c:' || p_chat, p_now);
	end if;
	if v_by_channel then
		perform internal.channel_sends(p_chat, v_seq, p_now);
	end if;
	return v_seq;
end $$;

-- What customers get an empty placeholder of: notes, and what only the operator is reminded of.
create function internal.operators_only(p_kind text, p_data jsonb) returns boolean
language sql immutable as $$ select p_kind = 'note' or (p_kind = 'reminder' and coalesce(p_data ->> 'to' = 'operator', false)) $$;

create function internal.event_json(p_message chat.message, p_for_operator boolean) returns jsonb
language sql stable as $$
	select case when not p_for_operator and internal.operators_only(p_message.kind, p_message.data) then
		jsonb_build_object('chat', p_message.chat, 'seq', p_message.seq, 'kind', p_message.kind, 'at', internal.rfc3339(p_message.at))
	else
		jsonb_strip_nulls(jsonb_build_object('chat', p_message.chat, 'seq', p_message.seq, 'kind', p_message.kind,
			'author', jsonb_build_object('kind', p_message.author_kind, 'name', p_message.author_name),
			'body', p_message.body, 'data', p_message.data, 'at', internal.rfc3339(p_message.at), 'cid', p_message.cid))
	end
$$;

-- One page after a seq: {"events":[…],"last_seq","epoch","more","marks"}.
create function internal.events_page(p_chat uuid, p_after bigint, p_limit int, p_for_operator boolean) returns jsonb
language plpgsql stable as $$
declare
	v_last bigint;
	v_events jsonb;
	v_count int;
	v_high bigint;
begin
	if p_after is null or p_after < 0 then
		perform internal.fail('SB422', 'invalid', 'after');
	end if;
	if p_limit is null or p_limit not between 1 and 500 then
		perform internal.fail('SB422', 'invalid', 'limit');
	end if;
	select c.last_seq into v_last from chat.chat_counter c where c.chat = p_chat;
	select coalesce(jsonb_agg(internal.event_json(m, p_for_operator) order by m.seq), '[]'), count(*), max(m.seq) into v_events, v_count, v_high
	from (select * from chat.message e where e.chat = p_chat and e.seq > p_after and e.seq <= v_last order by e.seq limit p_limit) m;
	return jsonb_build_object('events', v_events, 'last_seq', v_last, 'epoch', internal.epoch(), 'more', coalesce(v_high, v_last) < v_last,
		'marks', internal.marks_json(p_chat));
end $$;

-- For the relay: the events of many chats, each after its own seq. Chats the relay names are those its sockets proved at hello. One plan for ever, of look-ups by key: asked
-- with each hello, each hint of another relay and for every room by the slow sweep, it was planned anew each time. Nearly always there is nothing new: then no chat is read.
create function api.fetch_events(p_chats uuid[], p_after bigint[], p_limit int)
returns table (chat uuid, seq bigint, kind text, author_kind text, author_name text, body text, data text, at text, cid uuid, operators_only boolean, state text)
language plpgsql stable security definer set search_path = chat, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
	return query
		select m.chat, m.seq, m.kind, m.author_kind, m.author_name::text, m.body::text, m.data::text, internal.rfc3339(m.at), m.cid, internal.operators_only(m.kind, m.data), c.state::text
		from unnest(p_chats, p_after) as a (chat, after)
		cross join lateral (select * from chat.message e where e.chat = a.chat and e.seq > a.after order by e.seq limit least(p_limit, 1000)) m
		join chat.chat c on c.chat = a.chat
		order by m.chat, m.seq;
end $$;
