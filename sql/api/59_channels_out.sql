-- SPDX-License-Identifier: ISC
-- Channels, outwards. What the customer of such a chat should see becomes items of the outbox in the transaction that stores the event (internal.add_event); what a provider
-- is asked is made when an item is claimed. What becomes of each part stands in chat.channel_sent, and is shown to the operator by the marks of the chat.

-- ---- texts ----------------------------------------------------------------------------------------------------------

-- A text in parts of up to p_max characters, cut where it hurts least: between paragraphs, lines, sentences, words.
create function internal.split_text(p_text text, p_max int) returns text[]
language plpgsql immutable as $$
declare
	v_rest text := btrim(p_text, E' \t\r\n');
	v_parts text[] := '{}';
	v_head text;
	v_break text;
	v_length int;
begin
	while char_length(v_rest) > p_max loop
		v_head := left(v_rest, p_max);
		v_length := null;
		foreach v_break in array array[E'\n\\s*\n', E'\n', '[.!?…؟。]\s', '\s'] loop
			v_length := (select max(regexp_instr(v_head, v_break, 1, n, 1)) - 1 from generate_series(1, regexp_count(v_head, v_break)) n);
			exit when v_length >= p_max / 2;
			v_length := null;
		end loop;
		v_length := coalesce(v_length, p_max);
		v_parts := v_parts || rtrim(left(v_rest, v_length), E' \t\r\n');
		v_rest := ltrim(substr(v_rest, v_length + 1), E' \t\r\n');
	end loop;
	return case when v_rest = '' then v_parts else v_parts || v_rest end;
end $$;

create function internal.channel_text(p_name text, p_locale text, p_title text) returns text
language sql stable as $$ select replace(internal.text(p_name, p_locale), '{name}', p_title) $$;

-- By SMS buttons are a numbered list.
create function internal.numbered(p_text text, p_choices jsonb) returns text
language sql immutable as $$
	select case when jsonb_array_length(p_choices) > 0 then p_text || E'\n\n' || string_agg(c.n || '. ' || (c.choice ->> 'label'), E'\n' order by c.n) else p_text end
	from (select) x left join jsonb_array_elements(p_choices) with ordinality c (choice, n) on true
$$;

-- ---- may we? --------------------------------------------------------------------------------------------------------

-- Messenger takes what we write for 24 hours after the customer's last word; NULL: there is no such end.
create function internal.channel_window(p_account chat.channel_account, p_channel chat.channel_chat) returns timestamptz
language sql stable as $$ select case p_account.channel when 'messenger' then p_channel.last_in_at + interval '24 hours' end $$;

-- Why nothing can be sent to this customer: window, opted_out; NULL: it can.
create function internal.channel_silence(p_chat uuid, p_now timestamptz) returns text
language plpgsql stable as $$
declare
	v_channel chat.channel_chat;
	v_account chat.channel_account;
begin
	select * into v_channel from chat.channel_chat k where k.chat = p_chat;
	if not found then
		return null;
	end if;
	select * into v_account from chat.channel_account a where a.account = v_channel.account;
	return case when internal.channel_is_stopped(v_channel.account, v_channel.address) then 'opted_out'
		when internal.channel_window(v_account, v_channel) <= p_now then 'window' end;
end $$;

-- ---- what is sent ---------------------------------------------------------------------------------------------------

-- What the customer should see of an event, with its buttons; NULL: nothing.
create function internal.channel_words(p_chat chat.chat, p_account chat.channel_account, p_message chat.message, out text text, out choices jsonb)
language plpgsql stable as $$
declare
	v_title text := (select w.title from chat.widget w where w.widget = p_chat.widget);
	v_reason text := p_message.data ->> 'reason';
begin
	case p_message.kind
		when 'message' then
			text := case when p_message.author_kind <> 'customer' then p_message.body end;
		when 'bot_message', 'reminder' then
			text := p_message.body;
			choices := p_message.data -> 'choices';
		when 'queued' then
			text := case when p_chat.bot is null then internal.channel_text(
				case when internal.queue_is_open(p_chat.queue, p_message.at) then 'channel_waiting' else 'channel_closed' end, p_chat.locale, v_title) end;
		when 'ended' then
			text := case when v_reason = 'queue_full' then internal.channel_text('channel_full', p_chat.locale, v_title)
				when p_message.author_kind <> 'customer' and coalesce(v_reason, '') not in ('parked', 'erased') then
					coalesce(p_message.body, internal.channel_text('channel_ended', p_chat.locale, v_title)) end;
			if text is not null and internal.channel_asks_rating(p_chat.chat, p_account) then
				text := text || E'\n' || internal.channel_text('channel_rating', p_chat.locale, v_title);
				choices := (select jsonb_agg(jsonb_build_object('id', 'rating:' || n, 'label', n::text) order by n) from generate_series(1, 5) n);
			end if;
		when 'rated' then
			text := case when p_chat.state in ('wrap_up', 'ended', 'abandoned') then internal.channel_text('channel_rated', p_chat.locale, v_title) end;
		else
			null;
	end case;
end $$;

create function internal.channel_asks_rating(p_chat uuid, p_account chat.channel_account) returns boolean
language sql stable as $$
	select p_account.ask_rating and exists (select from chat.assignment a where a.chat = p_chat) and not exists (select from chat.chat_rating r where r.chat = p_chat)
$$;

-- Called for each event of a chat that came by a channel; the caller holds its counter.
create function internal.channel_sends(p_chat_id uuid, p_seq bigint, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_channel chat.channel_chat;
	v_account chat.channel_account;
	v_message chat.message;
	v_words record;
	v_silence text;
	v_parts text[];
begin
	select * into v_message from chat.message m where m.chat = p_chat_id and m.seq = p_seq;
	if v_message.kind not in ('message', 'bot_message', 'reminder', 'queued', 'ended', 'rated') or (v_message.kind = 'message' and v_message.author_kind = 'customer') then
		return;
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat_id;
	select * into v_channel from chat.channel_chat k where k.chat = p_chat_id;
	if v_channel.chat is null then
		return; -- erased
	end if;
	select * into v_account from chat.channel_account a where a.account = v_channel.account;
	select * into v_words from internal.channel_words(v_chat, v_account, v_message);
	if coalesce(v_words.text, '') !~ '\S' then
		return;
	end if;
	if v_message.kind = 'bot_message' then
		update chat.channel_chat k set choices = v_words.choices where k.chat = p_chat_id and k.choices is distinct from v_words.choices;
	elsif v_message.kind = 'ended' and v_words.choices is not null then
		update chat.channel_chat k set rating_until = p_now + make_interval(secs => v_account.rating_s), idle_end_at = null where k.chat = p_chat_id;
	end if;
	v_silence := internal.channel_silence(p_chat_id, p_now);
	v_parts := case v_account.channel
		when 'sms' then internal.split_text(case when v_message.kind = 'ended' then v_words.text else internal.numbered(v_words.text, v_words.choices) end, 1600)
		when 'messenger' then internal.split_text(v_words.text, 2000) else array[v_words.text] end;
	for v_part in 1..cardinality(v_parts) loop
		perform internal.channel_part(v_channel, v_message, v_part, cardinality(v_parts), v_parts[v_part],
			case when v_part = cardinality(v_parts) then v_words.choices end, v_silence, p_now);
	end loop;
end $$;

-- Lanes are those of customers: what is said in two chats, one after the other, leaves in this order, too.
create function internal.channel_lane(p_account text, p_address text) returns text
language sql stable as $$ select 'channel/' || p_account || '/' || md5(p_address) $$;

create function internal.channel_part(p_channel chat.channel_chat, p_message chat.message, p_part int, p_parts int, p_text text, p_choices jsonb, p_silence text, p_now timestamptz)
returns void
language plpgsql as $$
declare
	v_item uuid;
	v_error text := p_silence;
begin
	if p_silence is null then
		v_item := internal.try_send_out('channel', internal.channel_lane(p_channel.account, p_channel.address), p_channel.account, p_channel.chat,
			jsonb_strip_nulls(jsonb_build_object('text', p_text, 'choices', p_choices, 'kind', p_message.kind, 'seq', p_message.seq, 'part', p_part, 'parts', p_parts,
				'author', jsonb_build_object('kind', p_message.author_kind, 'name', p_message.author_name), 'at', internal.rfc3339(p_now))), p_now);
		v_error := case when v_item is null then 'full' end;
	end if;
	insert into chat.channel_sent (item, chat, seq, part, account, state, error, at)
	values (coalesce(v_item, gen_random_uuid()), p_channel.chat, p_message.seq, p_part, p_channel.account, case when v_error is null then 'queued' else 'failed' end, v_error, p_now);
	if v_error is not null and p_message.kind in ('message', 'bot_message') and p_part = 1 then
		perform internal.channel_undelivered(p_channel.chat, p_message.seq, v_error, p_now);
	end if;
end $$;

-- A text that belongs to no event: the answer to HELP and START.
create function internal.channel_notice(p_account chat.channel_account, p_address text, p_chat uuid, p_text text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_widget chat.widget;
begin
	select * into v_widget from chat.widget w where w.widget = p_account.widget;
	perform internal.try_send_out('channel', internal.channel_lane(p_account.account, p_address), p_account.account, p_chat, jsonb_build_object('kind', 'notice', 'to', p_address,
		'text', internal.channel_text(p_text, coalesce((select c.locale from chat.chat c where c.chat = p_chat), p_account.locale, v_widget.locale), v_widget.title)), p_now,
		null, p_now + interval '1 hour');
end $$;

-- Operators are told, below what they wrote; in a chat that is over nobody is.
create function internal.channel_undelivered(p_chat uuid, p_seq bigint, p_error text, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.add_event(p_chat, p_now, 'note', p_body => format('Message %s was not delivered: %s', p_seq, p_error),
		p_data => jsonb_build_object('undelivered', p_seq, 'reason', p_error))
	from chat.chat c where c.chat = p_chat and c.ended_at is null and c.state <> 'wrap_up';
end $$;

-- ---- the requests ---------------------------------------------------------------------------------------------------

create function internal.form_encoded(p_text text) returns text
language sql immutable as $$
	select coalesce(string_agg(case when c.letter ~ '^[A-Za-z0-9._~-]$' then c.letter else (
		select string_agg('%' || upper(encode(substring(b.bytes from i for 1), 'hex')), '' order by i)
		from (select convert_to(c.letter, 'UTF8') as bytes) b, generate_series(1, length(b.bytes)) i) end, '' order by c.ord), '')
	from string_to_table(p_text, null) with ordinality c (letter, ord)
$$;

create function internal.channel_secret(p_account text, p_kind text, p_nth int default 1) returns text
language sql stable as $$
	select k.secret from chat.channel_secret k where k.account = p_account and k.kind = p_kind order by k.created_at desc, k.slot desc limit 1 offset p_nth - 1
$$;

-- No-break spaces leave as plain ones: the alphabet of SMS has none, and one of them doubles what a message costs.
create function internal.sms_request(p_account chat.channel_account, p_item chat.outbox, p_address text) returns internal.outgoing
language plpgsql stable as $$
declare
	v_out internal.outgoing;
	v_callback text := (select s.webhook_url from chat.channel_state s where s.account = p_account.account);
begin
	v_out.url := coalesce(rtrim(p_account.api_url, '/'), 'https://api.twilio.com') || '/2010-04-01/Accounts/' || p_account.user_name || '/Messages.json';
	v_out.content_type := 'application/x-www-form-urlencoded';
	v_out.body := 'To=' || internal.form_encoded(p_address) || case when p_account.own_address like 'MG%' then '&MessagingServiceSid=' else '&From=' end || internal.form_encoded(p_account.own_address)
		|| '&Body=' || internal.form_encoded(translate(p_item.body ->> 'text', U&'\00A0\202F', '  '))
		|| coalesce('&StatusCallback=' || internal.form_encoded(v_callback || '?item=' || p_item.item), '');
	v_out.scheme := 'basic';
	v_out.user_name := p_account.user_name;
	v_out.secret := internal.channel_secret(p_account.account, 'secret');
	return v_out;
end $$;

-- Quick replies: up to 13, titles of up to 20 characters; where there are more, the last one (a person) stays.
create function internal.messenger_request(p_account chat.channel_account, p_item chat.outbox, p_address text) returns internal.outgoing
language plpgsql stable as $$
declare
	v_out internal.outgoing;
	v_count int := jsonb_array_length(p_item.body -> 'choices');
begin
	v_out.url := coalesce(rtrim(p_account.api_url, '/'), 'https://graph.facebook.com/v21.0') || '/me/messages';
	v_out.content_type := 'application/json';
	v_out.body := jsonb_build_object('recipient', jsonb_build_object('id', p_address), 'messaging_type', 'RESPONSE',
		'message', jsonb_strip_nulls(jsonb_build_object('text', p_item.body ->> 'text', 'quick_replies', (
			select jsonb_agg(jsonb_build_object('content_type', 'text', 'payload', c.choice ->> 'id',
				'title', case when char_length(c.choice ->> 'label') > 20 then left(c.choice ->> 'label', 19) || '…' else c.choice ->> 'label' end) order by c.n)
			from jsonb_array_elements(p_item.body -> 'choices') with ordinality c (choice, n) where c.n <= 12 or c.n = v_count))));
	v_out.scheme := 'bearer';
	v_out.secret := internal.channel_secret(p_account.account, 'token');
	return v_out;
end $$;

create function internal.generic_request(p_account chat.channel_account, p_item chat.outbox, p_address text) returns internal.outgoing
language plpgsql stable as $$
declare
	v_out internal.outgoing;
begin
	v_out.url := p_account.api_url;
	v_out.content_type := 'application/json';
	v_out.body := p_item.body - array['to', 'part', 'parts'] || jsonb_strip_nulls(jsonb_build_object('item', p_item.item, 'account', p_account.account, 'to', p_address, 'chat', p_item.chat));
	v_out.scheme := 'hmac';
	v_out.secret := internal.channel_secret(p_account.account, 'secret');
	v_out.other_secret := internal.channel_secret(p_account.account, 'secret', 2);
	return v_out;
end $$;

-- Nothing where the account is off, the chat erased, or the customer not to be written to (any more).
create function internal.channel_request(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_account chat.channel_account;
	v_channel chat.channel_chat;
	v_address text := p_item.body ->> 'to';
	v_out internal.outgoing;
begin
	select * into v_account from chat.channel_account a where a.account = p_item.account and a.active;
	select * into v_channel from chat.channel_chat k where k.chat = p_item.chat;
	v_address := coalesce(v_address, v_channel.address);
	if v_account.account is null or v_address is null or internal.channel_is_stopped(v_account.account, v_address)
		or (p_item.body ->> 'kind' <> 'notice' and internal.channel_window(v_account, v_channel) <= clock_timestamp()) then
		return null;
	end if;
	v_out := case v_account.channel when 'sms' then internal.sms_request(v_account, p_item, v_address) when 'messenger' then internal.messenger_request(v_account, p_item, v_address)
		else internal.generic_request(v_account, p_item, v_address) end;
	if v_out.secret is null then
		perform internal.fail('SB422', 'invalid', 'secret');
	end if;
	v_out.method := 'POST';
	v_out.timeout_ms := 15000;
	v_out.max_answer_bytes := 65536;
	v_out.allowed_hosts := v_account.allowed_hosts;
	v_out.plain_http := v_account.plain_http;
	return v_out;
end $$;

-- The provider took it. An answer that tells no id is good, too.
create function internal.channel_answered(p_item chat.outbox, p_answer text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_answer jsonb := '{}';
	v_id text;
begin
	begin
		v_answer := p_answer::jsonb;
	exception when others then
		null;
	end;
	v_id := nullif(left(coalesce(v_answer ->> 'sid', v_answer ->> 'message_id', v_answer ->> 'id'), 200), '');
	update chat.channel_sent s set id = coalesce(s.id, v_id), state = case s.state when 'queued' then 'sent' else s.state end, at = case s.state when 'queued' then p_now else s.at end
	where s.item = p_item.item;
	return true;
end $$;

-- Given up. Twilio's 21610: he said STOP to Twilio itself. Our own refusals say why in one word.
create function internal.channel_died(p_item chat.outbox, p_error text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_code text := (regexp_match(p_error, '"(?:code|error_code)"\s*:\s*"?([0-9]{1,9})'))[1];
	v_channel chat.channel_chat;
	v_sent chat.channel_sent;
begin
	select * into v_channel from chat.channel_chat k where k.chat = p_item.chat;
	if v_code = '21610' then
		insert into chat.channel_stop (account, address_hash, at)
		select p_item.account, internal.channel_stop_hash(p_item.account, coalesce(p_item.body ->> 'to', v_channel.address)), p_now
		where coalesce(p_item.body ->> 'to', v_channel.address) is not null on conflict do nothing;
	end if;
	update chat.channel_sent s set state = 'failed', error = coalesce(v_code, internal.channel_silence(p_item.chat, p_now), left(p_error, 300)), at = p_now
	where s.item = p_item.item and s.state = 'queued' returning * into v_sent;
	if found and p_item.body ->> 'kind' in ('message', 'bot_message') then
		perform internal.channel_undelivered(v_sent.chat, v_sent.seq, v_sent.error, p_now);
	end if;
end $$;

-- Sent again: no longer what was not delivered.
create function internal.channel_replayed(p_item chat.outbox, p_now timestamptz) returns void
language sql as $$ update chat.channel_sent s set state = 'queued', error = null, at = p_now where s.item = p_item.item and s.state = 'failed' $$;

-- An item is taken out of the outbox before it has left.
create function internal.channel_item_goes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	update chat.channel_sent s set state = 'failed', error = 'dropped' from old_rows o where o.kind = 'channel' and o.finished_at is null and s.item = o.item and s.state = 'queued';
	return null;
end $$;

create trigger channel_item_goes after delete on chat.outbox referencing old table as old_rows
	for each statement execute function internal.channel_item_goes();

-- ---- what became of it ----------------------------------------------------------------------------------------------

create function internal.delivery_rank(p_state text) returns int
language sql immutable as $$ select array_position(array['queued', 'sent', 'failed', 'delivered', 'read'], p_state) $$;

-- The marks of the chat: got up to the last message all parts of which have been delivered, and read likewise.
create function internal.channel_marks(p_chat uuid, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_got bigint;
	v_read bigint;
begin
	select max(s.seq) filter (where s.got), max(s.seq) filter (where s.read) into v_got, v_read
	from (select x.seq, bool_and(x.state in ('delivered', 'read')) as got, bool_and(x.state = 'read') as read from chat.channel_sent x where x.chat = p_chat group by x.seq) s;
	perform internal.tell_marks(p_chat, 'customer', coalesce(v_got, 0), coalesce(v_read, 0), p_now);
end $$;

-- Only forward: callbacks may come in any order. Locks: the chat first (internal.lock_channel).
create function internal.channel_status(p_account chat.channel_account, p_event jsonb, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_sent chat.channel_sent;
begin
	update chat.channel_sent s set state = p_event ->> 'state', id = coalesce(s.id, p_event ->> 'id'), at = p_now,
		error = case p_event ->> 'state' when 'failed' then left(coalesce(p_event ->> 'error', 'the provider could not deliver it'), 300) end
	where s.account = p_account.account and (s.item = (p_event ->> 'item')::uuid or (not p_event ? 'item' and s.id = p_event ->> 'id'))
		and internal.delivery_rank(p_event ->> 'state') > internal.delivery_rank(s.state)
	returning * into v_sent;
	if not found then
		return;
	elsif v_sent.state = 'failed' then
		perform internal.channel_undelivered(v_sent.chat, v_sent.seq, v_sent.error, p_now) from chat.message m
		where m.chat = v_sent.chat and m.seq = v_sent.seq and m.kind in ('message', 'bot_message');
	else
		perform internal.channel_marks(v_sent.chat, p_now);
	end if;
end $$;

-- Everything that was sent to this customer up to an instant of the provider's clock, which need not be quite ours.
create function internal.channel_receipt(p_account chat.channel_account, p_event jsonb, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat uuid;
begin
	for v_chat in
		select k.chat from chat.channel_chat k where k.account = p_account.account and k.address = p_event ->> 'from' and k.began_at > p_now - interval '30 days' order by k.chat
	loop
		update chat.channel_sent s set state = p_event ->> 'state'
		where s.chat = v_chat and s.at <= (p_event ->> 'until')::timestamptz + interval '2 seconds' and s.state in ('sent', 'delivered')
			and internal.delivery_rank(p_event ->> 'state') > internal.delivery_rank(s.state);
		if found then
			perform internal.channel_marks(v_chat, p_now);
		end if;
	end loop;
end $$;

-- ---- what an operator is told ---------------------------------------------------------------------------------------

-- How the customer of a chat talks with us; NULL: by the widget.
create function internal.channel_json(p_chat chat.chat) returns jsonb
language plpgsql stable as $$
begin
	if p_chat.channel = 'web' then
		return null;
	end if;
	return (select jsonb_strip_nulls(jsonb_build_object('kind', p_chat.channel, 'account', a.account, 'address', case p_chat.channel when 'messenger' then null else k.address end,
			'window_until', internal.rfc3339(internal.channel_window(a, k)), 'opted_out', case when internal.channel_is_stopped(k.account, k.address) then true end,
			'failed', (select jsonb_agg(distinct s.seq) from chat.channel_sent s where s.chat = p_chat.chat and s.state = 'failed')))
		from chat.channel_chat k join chat.channel_account a on a.account = k.account where k.chat = p_chat.chat);
end $$;

-- ---- time -----------------------------------------------------------------------------------------------------------

-- Seconds of silence after which a chat takes no place of its operator's: of the account where the chat came by one that says so, else of the queue.
create function internal.idle_release_s(p_chat uuid, p_queue int) returns int
language plpgsql stable as $$
begin
	return coalesce((select nullif(a.idle_release_s, 0) from chat.channel_chat k join chat.channel_account a on a.account = k.account where k.chat = p_chat), p_queue);
end $$;

-- An operator goes; chats whose customers have long been silent are not passed on to somebody else: they rest, and who writes again asks for this operator first.
create function internal.park_chats(p_operator text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat uuid;
begin
	for v_chat in
		select c.chat from chat.assignment a join chat.chat c on c.chat = a.chat
		where a.operator = p_operator and a.ended_at is null and a.idle_since is not null and c.channel <> 'web' and c.state = 'active' order by c.chat for no key update of c skip locked
	loop
		continue when not internal.try_lock_states(internal.parties(v_chat));
		perform internal.end_chat(v_chat, 'system', '', 'parked', p_now);
		perform internal.finish_wrap_up(v_chat, p_now);
	end loop;
end $$;

-- Chats in which nobody has written for the account's idle_end_s, unless the customer waits for us.
create function internal.end_idle_channel_chats(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat record;
	v_due_at timestamptz;
	v_count int := 0;
begin
	for v_chat in
		select c.chat, c.state, k.last_in_at, a.idle_end_s from chat.channel_chat k join chat.chat c on c.chat = k.chat join chat.channel_account a on a.account = k.account
		where k.idle_end_at <= p_now order by c.chat limit 100 for no key update of c skip locked
	loop
		v_due_at := greatest(v_chat.last_in_at, (select m.at from chat.message m where m.chat = v_chat.chat order by m.seq desc limit 1)) + make_interval(secs => nullif(v_chat.idle_end_s, 0));
		if v_chat.state not in ('bot', 'queued', 'offered', 'active') or v_due_at is null then
			update chat.channel_chat k set idle_end_at = null where k.chat = v_chat.chat;
		elsif v_due_at > p_now or v_chat.state in ('queued', 'offered') then
			update chat.channel_chat k set idle_end_at = greatest(v_due_at, p_now + interval '1 minute') where k.chat = v_chat.chat;
		elsif internal.try_lock_states(internal.parties(v_chat.chat)) then
			perform internal.end_chat(v_chat.chat, 'system', '', 'idle', p_now);
			v_count := v_count + 1;
		end if;
	end loop;
	return v_count;
end $$;

-- What came long ago does not come again.
create function internal.forget_received(p_now timestamptz) returns void
language plpgsql as $$
begin
	delete from chat.channel_received r
	where (r.account, r.id) in (select d.account, d.id from chat.channel_received d
		where d.at <= p_now - make_interval(days => internal.setting('channel_seen_days')::int) order by d.at limit 500 for update skip locked);
end $$;
