-- SPDX-License-Identifier: ISC
-- Bots that are programs of somebody else's: by HTTP (each turn is an item of the outbox) or connected to a relay (deploy/manual/bots.md).
--
-- Such a bot owns its chat by a row of chat.bot_lease. The row goes in the transaction in which the chat leaves the bot, whatever the cause: hand-over, the customer's wish, the
-- end, a failure. From then on nothing that the bot says about the chat is taken. One that fails, is slow or is down hands over to people, once: it gets no further turn in
-- this chat; where no queue takes the chat at that moment each further word of the customer tries again.

create function internal.bot_kind(p_bot text) returns text
language sql stable as $$ select b.kind from chat.bot b where b.bot = p_bot $$;

-- What stands for it where operators have their names: its desk on the relays.
create function internal.bot_desk(p_bot text) returns text
language sql immutable as $$ select 'bot:' || p_bot $$;

create function internal.bot_is_connected(p_bot text, p_now timestamptz) returns boolean
language sql stable as $$
	select exists (select from chat.bot_session s where s.bot = p_bot and s.last_used_at > p_now - internal.seconds('relay_lost_s'))
$$;

create function internal.bot_lane(p_chat uuid) returns text
language sql immutable as $$ select 'bot/' || p_chat $$;

-- ---- turns ----------------------------------------------------------------------------------------------------------

-- The bot has something to answer. To an http bot it is sent; a connected one has it from the transcript.
create function internal.bot_turn_begins(p_chat uuid, p_event text, p_data jsonb, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_lease chat.bot_lease;
	v_bot chat.bot;
	v_by timestamptz;
begin
	select * into strict v_lease from chat.bot_lease l where l.chat = p_chat;
	select * into strict v_bot from chat.bot b where b.bot = v_lease.bot;
	v_by := p_now + make_interval(secs => v_bot.give_up_s);
	if v_bot.kind = 'http' then
		perform internal.send_out('bot', internal.bot_lane(p_chat), v_bot.bot, p_chat, p_data || jsonb_build_object('event', p_event, 'lease', v_lease.lease, 'at', internal.rfc3339(p_now)),
			p_now, null, v_by);
	else
		perform internal.ring_relays('o:' || internal.bot_desk(v_bot.bot), p_now);
	end if;
	update chat.bot_lease l set answer_by = least(l.answer_by, v_by) where l.chat = p_chat;
end $$;

-- A chat begins with its bot (event start), is given back to it (return), or its operator has ended it (closing). p_seq: what the customer has said first. False: the bot is a built-in one.
create function internal.external_bot_begins(p_chat chat.chat, p_event text, p_now timestamptz, p_seq bigint default null) returns boolean
language plpgsql as $$
declare
	v_kind text := internal.bot_kind(p_chat.bot);
begin
	if v_kind = 'built_in' then
		return false;
	end if;
	insert into chat.bot_lease (chat, bot, taken_at) values (p_chat.chat, p_chat.bot, p_now);
	if v_kind = 'relay' and not internal.bot_is_connected(p_chat.bot, p_now) then
		perform internal.external_bot_fails(p_chat, 'it is not connected', p_now);
		return true;
	end if;
	perform internal.bot_turn_begins(p_chat.chat, p_event, jsonb_strip_nulls(jsonb_build_object('seq', p_seq)), p_now);
	return true;
exception when sqlstate 'SB503' then -- the outbox is full
	perform internal.external_bot_fails(p_chat, sqlerrm, p_now);
	return true;
end $$;

-- The customer has said something. False: the bot is a built-in one.
create function internal.external_bot_hears(p_chat chat.chat, p_now timestamptz) returns boolean
language plpgsql as $$
begin
	if internal.bot_kind(p_chat.bot) = 'built_in' then
		return false;
	elsif p_chat.bot_left_at is not null then
		perform internal.bot_hands_over(p_chat, internal.person_queue(p_chat.widget, null), p_now);
		return true;
	end if;
	if internal.bot_kind(p_chat.bot) = 'relay' and not internal.bot_is_connected(p_chat.bot, p_now) then
		perform internal.external_bot_fails(p_chat, 'it is not connected', p_now);
		return true;
	end if;
	perform internal.bot_turn_begins(p_chat.chat, 'message', jsonb_build_object('seq', n.last_seq), p_now) from chat.chat_counter n where n.chat = p_chat.chat;
	return true;
exception when sqlstate 'SB503' then
	perform internal.external_bot_fails(p_chat, sqlerrm, p_now);
	return true;
end $$;

-- The label of a button that the bot has shown last.
create function internal.external_choice_label(p_chat uuid, p_choice text) returns text
language plpgsql stable as $$
begin
	return (select c ->> 'label'
		from (select m.data from chat.message m where m.chat = p_chat and m.kind = 'bot_message' and m.data ? 'choices' order by m.seq desc limit 1) m, jsonb_array_elements(m.data -> 'choices') c
		where c ->> 'id' = p_choice limit 1);
end $$;

-- ---- the end of its part --------------------------------------------------------------------------------------------

-- The chat is no longer the bot's: its claim is gone, what was on its way to it does not leave, and an http bot is told.
create function internal.bot_leaves(p_chat uuid, p_reason text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_lease chat.bot_lease;
begin
	delete from chat.bot_lease l where l.chat = p_chat returning * into v_lease;
	if not found then
		return;
	end if;
	update chat.chat c set bot_left_at = p_now where c.chat = p_chat;
	delete from chat.outbox o where o.lane = internal.bot_lane(p_chat) and o.finished_at is null;
	if internal.bot_kind(v_lease.bot) = 'http' then
		perform internal.try_send_out('bot', internal.bot_lane(p_chat), v_lease.bot, p_chat, jsonb_build_object('event', 'left', 'lease', v_lease.lease, 'reason', p_reason,
			'at', internal.rfc3339(p_now)), p_now, null, p_now + interval '5 minutes');
	else
		perform internal.ring_relays('o:' || internal.bot_desk(v_lease.bot), p_now);
	end if;
end $$;

-- The bot will not do; people take over. The caller holds the chat's row.
create function internal.external_bot_fails(p_chat chat.chat, p_error text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	perform internal.audit('bot failed', 'chat', p_chat.chat::text, null, jsonb_build_object('bot', p_chat.bot, 'error', left(p_error, 500)));
	perform internal.bot_leaves(p_chat.chat, 'failed', p_now);
	if internal.bot_ends_unheard(p_chat, p_now) then
		return;
	end if;
	update chat.chat c set bot_left_at = p_now where c.chat = p_chat.chat and c.bot_left_at is null; -- it did not even begin
	select * into strict v_chat from chat.chat c where c.chat = p_chat.chat;
	perform internal.bot_hands_over(v_chat, internal.person_queue(v_chat.widget, null), p_now);
end $$;

-- Bots that have not answered in time; those whose chats somebody holds wait for the next sweep.
create function internal.retire_bots(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat chat.chat;
	v_count int := 0;
begin
	for v_chat in
		select c.* from chat.bot_lease l join chat.chat c on c.chat = l.chat where l.answer_by <= p_now order by c.chat limit 100 for no key update of c skip locked
	loop
		if v_chat.state = 'bot' then
			perform internal.external_bot_fails(v_chat, 'it has not answered in time', p_now);
			v_count := v_count + 1;
		end if;
	end loop;
	return v_count;
end $$;

-- ---- what it says ---------------------------------------------------------------------------------------------------

-- One of the things a bot may do in a turn: {"messages": [{"text", "choices": [{"id", "label"}]}], "answers": {…}, "skills": [{"skill", "required", "min_rating"}],
-- "action": "hand_over" | "end", "queue": …}, all of it optional. Raises invalid with the field that is wrong.
create function internal.check_bot_message(p_message jsonb) returns void
language plpgsql as $$
begin
	if jsonb_typeof(p_message) <> 'object' or p_message - array['text', 'choices'] <> '{}' then
		perform internal.fail('SB422', 'invalid', 'messages');
	elsif coalesce(jsonb_typeof(p_message -> 'text'), '') <> 'string' or char_length(p_message ->> 'text') > 4000 or p_message ->> 'text' !~ '\S' then
		perform internal.fail('SB422', 'invalid', 'text');
	elsif p_message ? 'choices' and (jsonb_typeof(p_message -> 'choices') <> 'array' or jsonb_array_length(p_message -> 'choices') > 20) then
		perform internal.fail('SB422', 'invalid', 'choices');
	end if;
	perform internal.fail('SB422', 'invalid', 'choices') from jsonb_array_elements(coalesce(p_message -> 'choices', '[]')) c
	where jsonb_typeof(c) <> 'object' or coalesce(jsonb_typeof(c -> 'id'), '') <> 'string' or coalesce(jsonb_typeof(c -> 'label'), '') <> 'string'
		or c ->> 'id' !~ '^[A-Za-z0-9_.-]{1,63}$' or c ->> 'id' = 'person' or c ->> 'label' !~ '\S' or char_length(c ->> 'label') > 100;
end $$;

create function internal.check_bot_turn(p_turn jsonb) returns void
language plpgsql as $$
begin
	if jsonb_typeof(p_turn) <> 'object' then
		perform internal.fail('SB422', 'invalid', 'answer');
	elsif p_turn - array['messages', 'answers', 'skills', 'action', 'queue'] <> '{}' then
		perform internal.fail('SB422', 'invalid', (select min(k) from jsonb_object_keys(p_turn - array['messages', 'answers', 'skills', 'action', 'queue']) k));
	elsif p_turn ? 'messages' and (jsonb_typeof(p_turn -> 'messages') <> 'array' or jsonb_array_length(p_turn -> 'messages') > 10) then
		perform internal.fail('SB422', 'invalid', 'messages');
	elsif p_turn ? 'action' and p_turn -> 'action' not in ('"hand_over"', '"end"') then
		perform internal.fail('SB422', 'invalid', 'action');
	elsif p_turn ? 'queue' and (p_turn ->> 'action' is distinct from 'hand_over' or not exists (select from chat.queue q where q.queue = p_turn ->> 'queue' and q.active)) then
		perform internal.fail('SB422', 'invalid', 'queue');
	elsif p_turn ? 'answers' and (jsonb_typeof(p_turn -> 'answers') <> 'object' or pg_column_size(p_turn -> 'answers') > 8192) then
		perform internal.fail('SB422', 'invalid', 'answers');
	elsif p_turn ? 'skills' and (jsonb_typeof(p_turn -> 'skills') <> 'array' or jsonb_array_length(p_turn -> 'skills') > 20) then
		perform internal.fail('SB422', 'invalid', 'skills');
	end if;
	perform internal.check_bot_message(m) from jsonb_array_elements(coalesce(p_turn -> 'messages', '[]')) m;
	perform internal.fail('SB422', 'invalid', 'skills') from jsonb_array_elements(coalesce(p_turn -> 'skills', '[]')) s
	where jsonb_typeof(s) <> 'object' or not exists (select from chat.skill k where k.skill = s ->> 'skill')
		or coalesce(jsonb_typeof(s -> 'required'), 'boolean') <> 'boolean' or coalesce(s ->> 'min_rating', '1') !~ '^([1-9]|10)$';
end $$;

-- Says it. The way to a person stands below every message that has buttons, and below the last one.
create function internal.bot_speaks(p_chat chat.chat, p_messages jsonb, p_now timestamptz, p_cid uuid, p_hash bytea) returns void
language plpgsql as $$
declare
	v_person jsonb := jsonb_build_object('id', 'person', 'label', internal.text('person', p_chat.locale));
	v_message record;
	v_choices jsonb;
begin
	for v_message in
		select m.value, m.ordinality = 1 as first, m.ordinality = jsonb_array_length(p_messages) as last from jsonb_array_elements(p_messages) with ordinality m order by m.ordinality
	loop
		v_choices := (select jsonb_agg(jsonb_build_object('id', c ->> 'id', 'label', internal.masked(p_chat.site, c ->> 'label')))
			from jsonb_array_elements(v_message.value -> 'choices') c);
		perform internal.add_event(p_chat.chat, p_now, 'bot_message', 'bot', b.bot, b.name, internal.masked(p_chat.site, v_message.value ->> 'text'),
			case when v_choices is not null or v_message.last then jsonb_build_object('choices', coalesce(v_choices, '[]') || v_person) end,
			case when v_message.first then p_cid end, case when v_message.first then p_hash end)
		from chat.bot b where b.bot = p_chat.bot;
	end loop;
end $$;

-- Does what the bot wants; the caller holds the chat's row and has seen that the chat is the bot's. True unless it wanted to hand over and no queue takes the chat now.
create function internal.bot_acts(p_chat chat.chat, p_turn jsonb, p_now timestamptz, p_cid uuid default null, p_hash bytea default null) returns boolean
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	perform internal.act_as('program', p_chat.bot);
	perform internal.check_bot_turn(p_turn);
	perform internal.bot_speaks(p_chat, coalesce(p_turn -> 'messages', '[]'), p_now, p_cid, p_hash);
	update chat.chat c set answers = c.answers || internal.masked(c.site, p_turn -> 'answers') where c.chat = p_chat.chat and p_turn ? 'answers';
	perform internal.ask_skill(p_chat.chat, s ->> 'skill', coalesce((s ->> 'required')::boolean, true), coalesce((s ->> 'min_rating')::int, 1), 1)
	from jsonb_array_elements(coalesce(p_turn -> 'skills', '[]')) s;
	select * into strict v_chat from chat.chat c where c.chat = p_chat.chat;
	if p_turn ->> 'action' = 'end' then
		perform internal.end_chat(p_chat.chat, 'bot', b.name, 'bot_ended', p_now) from chat.bot b where b.bot = p_chat.bot;
	elsif p_turn ->> 'action' = 'hand_over' then
		return internal.bot_hands_over(v_chat, coalesce(p_turn ->> 'queue', internal.person_queue(v_chat.widget, null)), p_now);
	end if;
	return true;
end $$;

-- ---- by HTTP --------------------------------------------------------------------------------------------------------

create function internal.bot_body(p_item chat.outbox) returns jsonb
language plpgsql stable as $$
declare
	v_chat chat.chat;
	v_message chat.message;
begin
	select * into strict v_chat from chat.chat c where c.chat = p_item.chat;
	select * into v_message from chat.message m where m.chat = p_item.chat and m.seq = (p_item.body ->> 'seq')::bigint;
	return jsonb_strip_nulls(jsonb_build_object('id', p_item.item, 'event', p_item.body ->> 'event', 'at', p_item.body ->> 'at', 'lease', p_item.body ->> 'lease',
		'reason', p_item.body ->> 'reason', 'next_opening', p_item.body ->> 'next_opening',
		'chat', jsonb_build_object('id', v_chat.chat, 'site', v_chat.site, 'widget', v_chat.widget, 'channel', v_chat.channel, 'locale', v_chat.locale, 'page_url', v_chat.page_url,
			'customer', internal.customer_json(v_chat), 'context', nullif(v_chat.context, '{}'), 'answers', nullif(v_chat.answers, '{}')),
		'message', case when v_message.seq is not null then
			jsonb_build_object('seq', v_message.seq, 'text', v_message.body, 'choice', v_message.data ->> 'choice', 'at', internal.rfc3339(v_message.at)) end));
end $$;

create function internal.bot_request(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_bot chat.bot;
begin
	select * into v_bot from chat.bot b where b.bot = p_item.account and b.kind = 'http' and b.active;
	if not found then
		return null;
	end if;
	return internal.signed_request('bot', p_item.account, internal.outgoing_secrets(null, p_item.account), internal.bot_body(p_item), v_bot.url, v_bot.timeout_s, v_bot.allowed_hosts,
		v_bot.plain_http);
end $$;

-- Its answer to a turn; an empty one says nothing. What is no such answer is refused for good: the chat goes to people.
create function internal.bot_answered(p_item chat.outbox, p_answer text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_chat chat.chat;
	v_turn jsonb := '{}';
begin
	select c.* into v_chat from chat.chat c join chat.bot_lease l on l.chat = c.chat where c.chat = p_item.chat and l.lease::text = p_item.body ->> 'lease' and c.state = 'bot';
	if not found or p_item.body ->> 'event' = 'left' then
		return true; -- the chat is not the bot's any more: nobody listens
	end if;
	if btrim(p_answer, E' \t\r\n') <> '' then
		begin
			v_turn := p_answer::jsonb;
		exception when others then
			perform internal.fail('SB422', 'invalid', 'answer');
		end;
	end if;
	update chat.bot_lease l set answer_by = (select min(o.give_up_at) from chat.outbox o where o.lane = p_item.lane and o.finished_at is null) where l.chat = v_chat.chat;
	if not internal.bot_acts(v_chat, v_turn, p_now) and p_item.body ->> 'event' <> 'hand_over_refused' then
		perform internal.bot_turn_begins(v_chat.chat, 'hand_over_refused', jsonb_strip_nulls(jsonb_build_object('next_opening',
			internal.rfc3339(internal.next_opening(coalesce(v_turn ->> 'queue', internal.person_queue(v_chat.widget, null)), p_now)))), p_now);
	end if;
	return true;
end $$;

create function internal.bot_died(p_item chat.outbox, p_error text, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.external_bot_fails(c, p_error, p_now) from chat.chat c join chat.bot_lease l on l.chat = c.chat
	where c.chat = p_item.chat and l.lease::text = p_item.body ->> 'lease' and c.state = 'bot';
end $$;

-- ---- over the relay -------------------------------------------------------------------------------------------------

-- The bot of a session that still holds; all NULL when it does not.
create function internal.session_bot(p_session bytea) returns chat.bot
language sql stable as $$ select b from chat.bot_session s join chat.bot b on b.bot = s.bot where s.session = p_session and b.active and b.kind = 'relay' $$;

create function api.hello_bot(p_token_hash bytea, p_origin text, p_relay int) returns table (session bytea, operator text, name text, role text, epoch text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_bot chat.bot;
	v_session bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
begin
	select b.* into v_bot from chat.outgoing_secret k join chat.bot b on b.bot = k.bot where k.token_hash = p_token_hash and b.active and b.kind = 'relay';
	if not found then
		perform internal.fail('SB401', 'unauthorized');
	elsif p_origin is not null then -- a page of somebody's that has got hold of a token
		perform internal.fail('SB403', 'forbidden');
	end if;
	delete from chat.bot_session s where s.last_used_at < v_now - interval '1 hour';
	insert into chat.bot_session (session, bot, token_hash, created_at, last_used_at) values (v_session, v_bot.bot, p_token_hash, v_now, v_now);
	update chat.outgoing_secret k set last_used_at = v_now where k.token_hash = p_token_hash and (k.last_used_at is null or k.last_used_at < v_now - interval '1 hour');
	return query select v_session, internal.bot_desk(v_bot.bot), v_bot.name::text, 'bot', internal.epoch();
end $$;

-- Which of these sessions are bots' that are still good.
create function internal.live_bots(p_sessions bytea[], p_now timestamptz) returns bytea[]
language plpgsql as $$
begin
	if not exists (select from chat.bot_session) then
		return '{}';
	end if;
	update chat.bot_session s set last_used_at = p_now where s.session = any (p_sessions);
	return array(select s.session from chat.bot_session s join chat.bot b on b.bot = s.bot where s.session = any (p_sessions) and b.active and b.kind = 'relay');
end $$;

create function internal.bot_chats(p_session bytea, p_now timestamptz)
returns table (chat uuid, state text, last_seq bigint, customer_got bigint, customer_read bigint, operator_got bigint, operator_read bigint, away_s bigint, about text)
language plpgsql stable as $$
declare
	v_bot chat.bot := internal.session_bot(p_session);
begin
	if v_bot.bot is null then
		perform internal.fail('SB401', 'unauthorized');
	end if;
	return query
		select c.chat, c.state::text, n.last_seq, d.got, d.read, e.got, e.read, internal.customer_away_s(c, p_now),
			jsonb_strip_nulls(jsonb_build_object('chat', c.chat, 'site', c.site, 'widget', c.widget, 'channel', c.channel, 'locale', c.locale, 'page_url', c.page_url,
				'customer', internal.customer_json(c), 'context', nullif(c.context, '{}'), 'answers', nullif(c.answers, '{}')))::text
		from chat.bot_lease l join chat.chat c on c.chat = l.chat join chat.chat_counter n on n.chat = c.chat
		left join chat.delivery d on d.chat = c.chat and d.party = 'customer' left join chat.delivery e on e.chat = c.chat and e.party = 'operator'
		where l.bot = v_bot.bot order by l.taken_at, c.chat;
end $$;

-- As api.desk_marks, for bots.
create function internal.bot_marks(p_sessions bytea[], p_now timestamptz)
returns table (ord int, mark text, chat uuid, last_seq bigint, customer_got bigint, customer_read bigint, operator_got bigint, operator_read bigint, away_s bigint)
language plpgsql stable as $$
begin
	if not exists (select from chat.bot_session) then
		return;
	end if;
	return query
		select d.ord::int, md5(concat_ws(' ', 'chats', d.chats)), l.chat, n.last_seq, e.got, e.read, g.got, g.read, case when c.chat is not null then internal.customer_away_s(c, p_now) end
		from (
			select u.ord, b.bot, (select string_agg(k.chat::text, ' ' order by k.chat) from chat.bot_lease k where k.bot = b.bot) as chats
			from unnest(p_sessions) with ordinality u (session, ord) join chat.bot_session s on s.session = u.session join chat.bot b on b.bot = s.bot and b.active and b.kind = 'relay'
		) d
		left join chat.bot_lease l on l.bot = d.bot left join chat.chat_counter n on n.chat = l.chat left join chat.chat c on c.chat = l.chat
		left join chat.delivery e on e.chat = c.chat and e.party = 'customer' left join chat.delivery g on g.chat = c.chat and g.party = 'operator';
end $$;

-- A turn of a connected bot, as the answer of one by HTTP. unauthorized: no such session; not_found: never its chat; not_owner: its chat once, not now; gone: over. The same cid
-- again is answered with the seq it has; `refused`: no queue takes the chat that it wanted to hand over.
create function api.bot_turn(p_session bytea, p_chat uuid, p_cid uuid, p_turn jsonb) returns table (seq bigint, refused boolean)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_bot chat.bot := internal.session_bot(p_session);
	v_chat chat.chat;
	v_old chat.message;
	v_hash bytea := sha256(convert_to(p_turn::text, 'UTF8'));
	v_refused boolean;
begin
	if v_bot.bot is null then
		perform internal.fail('SB401', 'unauthorized');
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat and c.bot = v_bot.bot for no key update;
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	perform 1 from chat.chat_counter n where n.chat = p_chat for update;
	select * into v_old from chat.message m where m.chat = p_chat and m.cid = p_cid and m.author_kind = 'bot' and m.author = v_bot.bot;
	if found then
		if v_old.sent_hash is not null and v_old.sent_hash <> v_hash then
			perform internal.fail('SB409', 'conflict', 'cid');
		end if;
		return query select v_old.seq, false;
		return;
	elsif v_chat.state in ('ended', 'abandoned', 'wrap_up') then
		perform internal.fail('SB410', 'gone');
	elsif not exists (select from chat.bot_lease l where l.chat = p_chat and l.bot = v_bot.bot) then
		perform internal.fail('SB409', 'not_owner');
	end if;
	update chat.bot_lease l set answer_by = null where l.chat = p_chat;
	v_refused := not internal.bot_acts(v_chat, p_turn, clock_timestamp(), p_cid, v_hash);
	return query select coalesce((select min(m.seq) from chat.message m where m.chat = p_chat and m.cid = p_cid), n.last_seq), v_refused from chat.chat_counter n where n.chat = p_chat;
end $$;
