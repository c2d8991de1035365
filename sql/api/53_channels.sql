-- SPDX-License-Identifier: ISC
-- Channels, inwards. What a provider posts becomes common events, the same for all; each message is taken once (chat.channel_received) and opens or continues a chat in
-- the same transaction. The api has checked the signature (app/api/channel.c).
--
-- A common event: {"kind", "id", "from", …}
--   message  id from name? locale? text? choice? attachments? [{url, type?}] sent_at? answered? (STOP, START or HELP: the provider answers by itself)
--   status   item? id? state (sent, delivered, read, failed) error?       of something that we sent
--   receipt  from state (delivered, read) until                          of everything sent to him up to then
--   stop, start  id from                                                 he is sent nothing any more; he is again
--
-- Locks: customers (advisory) in one order, then chats in one order, then counters, then what is sent.

-- ---- what the providers say -----------------------------------------------------------------------------------------

create function internal.sms_state(p_state text) returns text
language sql immutable as $$
	select case p_state when 'sent' then 'sent' when 'delivered' then 'delivered' when 'read' then 'read' when 'undelivered' then 'failed' when 'failed' then 'failed' end
$$;

-- Twilio's form: a message, or what became of one of ours.
create function internal.sms_events(p_payload jsonb, p_item uuid) returns setof jsonb
language plpgsql stable as $$
begin
	if p_payload ? 'MessageStatus' and not p_payload ? 'Body' then
		return query select jsonb_strip_nulls(jsonb_build_object('kind', 'status', 'item', p_item, 'id', p_payload ->> 'MessageSid', 'state', internal.sms_state(p_payload ->> 'MessageStatus'),
			'error', left(p_payload ->> 'ErrorCode', 100)));
	elsif coalesce(p_payload ->> 'MessageSid', '') = '' then
		perform internal.fail('SB422', 'invalid', 'MessageSid');
	elsif coalesce(p_payload ->> 'From', '') = '' then
		perform internal.fail('SB422', 'invalid', 'From');
	else
		return query select jsonb_strip_nulls(jsonb_build_object('kind', 'message', 'id', p_payload ->> 'MessageSid', 'from', p_payload ->> 'From', 'name', p_payload ->> 'ProfileName',
			'text', p_payload ->> 'Body', 'answered', case when p_payload ? 'OptOutType' then true end, 'keyword', p_payload ->> 'OptOutType',
			'attachments', (select jsonb_agg(jsonb_build_object('url', p_payload ->> ('MediaUrl' || n), 'type', p_payload ->> ('MediaContentType' || n)) order by n)
				from generate_series(0, 9) n where p_payload ? ('MediaUrl' || n))));
	end if;
end $$;

create function internal.at_ms(p_ms jsonb) returns timestamptz
language sql immutable as $$ select case when jsonb_typeof(p_ms) = 'number' and p_ms::numeric between 0 and 32503680000000 then to_timestamp(p_ms::numeric / 1000) end $$;

-- Meta's entries, in their order; those of other pages, echoes and what is unknown are nothing.
create function internal.messenger_events(p_account chat.channel_account, p_payload jsonb) returns setof jsonb
language sql stable as $$
	select e.event
	from jsonb_path_query(p_payload, 'lax $.entry[*].messaging[*]') with ordinality m (entry, ord)
	cross join lateral (select m.entry #>> '{sender,id}' as sender, internal.at_ms(m.entry -> 'timestamp') as at) s
	cross join lateral (
		select jsonb_strip_nulls(case
			when m.entry -> 'message' ->> 'mid' <> '' and m.entry -> 'message' -> 'is_echo' is distinct from 'true' and m.entry -> 'message' -> 'is_deleted' is distinct from 'true' then
				jsonb_build_object('kind', 'message', 'id', m.entry -> 'message' ->> 'mid', 'from', s.sender, 'text', m.entry -> 'message' ->> 'text',
					'choice', m.entry #>> '{message,quick_reply,payload}', 'sent_at', s.at, 'attachments', (
						select jsonb_agg(jsonb_build_object('url', a #>> '{payload,url}', 'type', a ->> 'type'))
						from jsonb_path_query(m.entry, 'lax $.message.attachments[*]') a))
			when m.entry ? 'postback' then
				jsonb_build_object('kind', 'message', 'id', coalesce(m.entry #>> '{postback,mid}', 'postback/' || s.sender || '/' || (m.entry ->> 'timestamp')), 'from', s.sender,
					'text', m.entry #>> '{postback,title}', 'choice', m.entry #>> '{postback,payload}', 'sent_at', s.at)
			when m.entry ? 'delivery' then
				jsonb_build_object('kind', 'receipt', 'from', s.sender, 'state', 'delivered', 'until', internal.at_ms(m.entry #> '{delivery,watermark}'))
			when m.entry ? 'read' then
				jsonb_build_object('kind', 'receipt', 'from', s.sender, 'state', 'read', 'until', internal.at_ms(m.entry #> '{read,watermark}'))
		end) as event) e
	where jsonb_typeof(m.entry) = 'object' and s.sender <> '' and e.event is not null and (p_account.own_address is null or m.entry #>> '{recipient,id}' = p_account.own_address)
	order by m.ord
$$;

-- A bridge says it in our words. Raises invalid with the field.
create function internal.generic_event(p_event jsonb) returns jsonb
language plpgsql stable as $$
declare
	v_kind text := p_event ->> 'kind';
	v_field text;
	v_at timestamptz;
begin
	if jsonb_typeof(p_event) is distinct from 'object' then
		perform internal.fail('SB422', 'invalid', 'events');
	elsif v_kind is null or v_kind not in ('message', 'status', 'stop', 'start') then
		perform internal.fail('SB422', 'invalid', 'kind');
	end if;
	select k.name into v_field from jsonb_each(p_event) k (name, value)
	left join (values ('kind', 'string', '{message,status,stop,start}'), ('id', 'string', '{message,stop,start}'), ('from', 'string', '{message,stop,start}'), ('name', 'string', '{message}'),
		('locale', 'string', '{message}'), ('text', 'string', '{message}'), ('choice', 'string', '{message}'), ('attachments', 'array', '{message}'),
		('sent_at', 'string', '{message}'), ('item', 'string', '{status}'), ('state', 'string', '{status}'), ('error', 'string', '{status}'))
		f (name, type, kinds) on f.name = k.name and f.type = jsonb_typeof(k.value) and v_kind = any (f.kinds::text[])
	where f.name is null or (f.type = 'string' and f.name <> 'text' and (k.value #>> '{}' !~ '\S' or char_length(k.value #>> '{}') > 200))
	order by k.name limit 1;
	v_field := coalesce(v_field, case
		when v_kind <> 'status' and not p_event ? 'id' then 'id'
		when v_kind <> 'status' and (not p_event ? 'from' or char_length(p_event ->> 'from') > 150) then 'from'
		when char_length(p_event ->> 'name') > 100 or p_event ->> 'name' ~ '[\x01-\x1f\x7f]' then 'name'
		when p_event ->> 'locale' !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' then 'locale'
		when char_length(p_event ->> 'text') > 4000 then 'text'
		when v_kind = 'message' and coalesce(p_event ->> 'text', '') !~ '\S' and not p_event ? 'choice' and not p_event ? 'attachments' then 'text'
		when v_kind = 'status' and (not p_event ? 'item' or p_event ->> 'item' !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') then 'item'
		when v_kind = 'status' and (not p_event ? 'state' or p_event ->> 'state' not in ('sent', 'delivered', 'read', 'failed')) then 'state'
		when p_event ? 'attachments' and (jsonb_array_length(p_event -> 'attachments') not between 1 and 10 or exists (
			select from jsonb_array_elements(p_event -> 'attachments') a
			where jsonb_typeof(a -> 'url') is distinct from 'string' or a ->> 'url' !~ '^https?://\S+$' or char_length(a ->> 'url') > 1500)) then 'attachments' end);
	if v_field is not null then
		perform internal.fail('SB422', 'invalid', left(v_field, 60));
	end if;
	if p_event ? 'sent_at' then
		begin
			v_at := (p_event ->> 'sent_at')::timestamptz;
		exception when others then
			perform internal.fail('SB422', 'invalid', 'sent_at');
		end;
	end if;
	return p_event || case when v_at is not null then jsonb_build_object('sent_at', v_at) else '{}' end;
end $$;

create function internal.generic_events(p_payload jsonb) returns setof jsonb
language plpgsql stable as $$
begin
	if jsonb_typeof(p_payload -> 'events') is distinct from 'array' or jsonb_array_length(p_payload -> 'events') not between 1 and 100 then
		perform internal.fail('SB422', 'invalid', 'events');
	elsif p_payload - 'events' <> '{}' then
		perform internal.fail('SB422', 'invalid', (select left(k, 60) from jsonb_object_keys(p_payload - 'events') k order by k limit 1));
	end if;
	return query select internal.generic_event(e.event) from jsonb_array_elements(p_payload -> 'events') with ordinality e (event, ord) order by e.ord;
end $$;

create function internal.channel_events(p_account chat.channel_account, p_payload jsonb, p_item uuid) returns setof jsonb
language plpgsql stable as $$
begin
	case p_account.channel
		when 'sms' then return query select internal.sms_events(p_payload, p_item);
		when 'messenger' then return query select internal.messenger_events(p_account, p_payload);
		else return query select internal.generic_events(p_payload);
	end case;
end $$;

-- ---- who is at the other end ----------------------------------------------------------------------------------------

-- The person of chat.chat: the provider vouches for the address, so history, blocks and preferred operators go by it.
create function internal.channel_person(p_account text, p_address text) returns text
language sql immutable as $$ select left('channel:' || p_account || ':' || p_address, 200) $$;

create function internal.channel_stop_hash(p_account text, p_address text) returns bytea
language sql stable as $$ select sha256(convert_to(p_account || ' ' || p_address, 'UTF8')) $$;

create function internal.channel_is_stopped(p_account text, p_address text) returns boolean
language plpgsql stable as $$
begin
	return exists (select from chat.channel_stop s where s.account = p_account and s.address_hash = internal.channel_stop_hash(p_account, p_address));
end $$;

create function internal.setting_words(p_setting text) returns text[]
language sql stable as $$ select array(select upper(w) from chat.setting s, regexp_split_to_table(s.value, '\s+') w where s.name = p_setting and w <> '') $$;

-- stop, start or help where the whole text is one of those words, by SMS only; NULL: it is a message.
create function internal.sms_keyword(p_event jsonb) returns text
language plpgsql stable as $$
declare
	v_word text := upper(btrim(p_event ->> 'text', E' \t\r\n.!"''*'));
begin
	if p_event ? 'keyword' then
		return lower(p_event ->> 'keyword');
	elsif v_word ~ '\s' or char_length(v_word) > 40 then
		return null;
	end if;
	return case when v_word = any (internal.setting_words('sms_stop_words')) then 'stop' when v_word = any (internal.setting_words('sms_start_words')) then 'start'
		when v_word = any (internal.setting_words('sms_help_words')) then 'help' end;
end $$;

-- What providers hand on is not held against the rules of the api: of control characters TAB and LF are left, whatever else ends a line is a line end.
create function internal.channel_clean(p_text text) returns text
language sql immutable as $$
	select regexp_replace(regexp_replace(p_text, '\r\n|[\r\x0b\x0c\u0085\u2028\u2029]', E'\n', 'g'), '[\x01-\x08\x0e-\x1f\x7f\u0080-\u009f]', ' ', 'g')
$$;

-- The body that is stored: text, and attachments as links below it.
create function internal.channel_body(p_event jsonb) returns text
language sql stable as $$
	select nullif(left(concat_ws(E'\n', nullif(btrim(internal.channel_clean(p_event ->> 'text'), E' \t\n'), ''),
		(select string_agg(coalesce(case when a ->> 'url' ~ '^https?://[^\s\x01-\x1f\x7f-\u009f]+$' then left(a ->> 'url', 1500) end,
				'[' || translate(internal.channel_clean(left(coalesce(a ->> 'type', 'attachment'), 40)), E'\n', ' ') || ']'), E'\n')
			from jsonb_array_elements(p_event -> 'attachments') a)), 4000), '')
$$;

-- A button, by its id, or by its number in the list that an SMS showed.
create function internal.channel_choice(p_choices jsonb, p_event jsonb, p_by_number boolean) returns text
language sql stable as $$
	select c.choice ->> 'id'
	from jsonb_array_elements(p_choices) with ordinality c (choice, n)
	where c.choice ->> 'id' = p_event ->> 'choice'
		or (p_by_number and not p_event ? 'choice' and c.n::text = btrim(translate(p_event ->> 'text', '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'), E' \t\r\n.)('))
	limit 1
$$;

-- ---- in -------------------------------------------------------------------------------------------------------------

-- The account's webhook is held against these. No row: there is no such account.
create function api.channel_terms(p_channel text, p_account text) returns table (secret_1 text, secret_2 text, verify_1 text, verify_2 text, now_s bigint, tolerance_s bigint)
language sql stable security definer set search_path = chat, pg_temp as $$
	select max(k.secret) filter (where k.kind = 'secret' and k.slot = 1), max(k.secret) filter (where k.kind = 'secret' and k.slot = 2),
		max(k.secret) filter (where k.kind = 'verify' and k.slot = 1), max(k.secret) filter (where k.kind = 'verify' and k.slot = 2),
		floor(extract(epoch from clock_timestamp()))::bigint, internal.setting('webhook_tolerance_s')
	from chat.channel_account a left join chat.channel_secret k on k.account = a.account
	where a.account = p_account and a.channel = p_channel and a.active
	group by a.account
$$;

create function internal.note_webhook(p_account text, p_slot int, p_url text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if not exists (select from chat.channel_state s where s.account = p_account and s.webhook_url = p_url and s.last_in_at > p_now - interval '1 minute') then
		insert into chat.channel_state as s (account, webhook_url, last_in_at) values (p_account, p_url, p_now)
		on conflict (account) do update set webhook_url = excluded.webhook_url, last_in_at = excluded.last_in_at;
	end if;
	update chat.channel_secret k set last_used_at = p_now
	from (select u.slot from chat.channel_secret u where u.account = p_account and u.kind = 'secret' and u.slot = p_slot
		and coalesce(u.last_used_at < p_now - interval '1 hour', true) for no key update skip locked) u
	where k.account = p_account and k.kind = 'secret' and k.slot = u.slot;
end $$;

-- Customers first, then their open chats and those that a status is about; each in one order.
create function internal.lock_channel(p_account text, p_events jsonb[]) returns void
language plpgsql as $$
begin
	perform pg_advisory_xact_lock(l.key)
	from (select distinct hashtextextended('channel ' || p_account || ' ' || (e ->> 'from'), 0) as key from unnest(p_events) e where e ? 'from' order by 1) l;
	perform 1 from chat.chat c
	where c.chat in (
		select k.chat from chat.channel_chat k join chat.chat h on h.chat = k.chat
		where k.account = p_account and k.address in (select e ->> 'from' from unnest(p_events) e) and (h.ended_at is null or k.rating_until is not null)
		union select s.chat from chat.channel_sent s where s.item in (select (e ->> 'item')::uuid from unnest(p_events) e)
		union select s.chat from chat.channel_sent s where s.account = p_account and s.id in (select e ->> 'id' from unnest(p_events) e where e ->> 'kind' = 'status'))
	order by c.chat for no key update;
end $$;

-- Takes what a provider posted. The same again does nothing and is answered the same way.
create function api.channel_take(p_channel text, p_account text, p_payload jsonb, p_item uuid, p_slot int, p_url text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_account chat.channel_account;
	v_events jsonb[];
	v_event jsonb;
	v_done jsonb := '[]';
	v_now timestamptz;
begin
	select * into v_account from chat.channel_account a where a.account = p_account and a.channel = p_channel and a.active;
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	perform internal.act_as('customer', '');
	v_events := array(select e from internal.channel_events(v_account, p_payload, p_item) e);
	perform internal.lock_channel(p_account, v_events);
	v_now := clock_timestamp();
	foreach v_event in array v_events loop
		v_done := v_done || jsonb_build_array(internal.take_channel_event(v_account, v_event, v_now));
	end loop;
	perform internal.note_webhook(p_account, p_slot, p_url, v_now);
	return query select jsonb_build_object('events', v_done)::text;
end $$;

create function internal.take_channel_event(p_account chat.channel_account, p_event jsonb, p_now timestamptz) returns jsonb
language plpgsql as $$
declare
	v_received chat.channel_received;
begin
	if p_event ->> 'kind' = 'status' then
		perform internal.channel_status(p_account, p_event, p_now);
		return jsonb_build_object('outcome', 'noted');
	elsif p_event ->> 'kind' = 'receipt' then
		perform internal.channel_receipt(p_account, p_event, p_now);
		return jsonb_build_object('outcome', 'noted');
	end if;
	insert into chat.channel_received (account, id, at, outcome) values (p_account.account, left(p_event ->> 'id', 200), p_now, 'stored') on conflict do nothing;
	if not found then
		select * into v_received from chat.channel_received r where r.account = p_account.account and r.id = left(p_event ->> 'id', 200);
		return jsonb_build_object('id', p_event ->> 'id', 'outcome', 'repeated', 'first', v_received.outcome);
	end if;
	v_received := internal.channel_message(p_account, p_event, p_now);
	update chat.channel_received r set outcome = v_received.outcome, chat = v_received.chat where r.account = p_account.account and r.id = left(p_event ->> 'id', 200);
	return jsonb_strip_nulls(jsonb_build_object('id', p_event ->> 'id', 'outcome', v_received.outcome, 'chat', v_received.chat));
end $$;

-- The customer's latest chat, its row locked.
create function internal.last_channel_chat(p_account text, p_address text) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	select c.* into v_chat from chat.channel_chat k join chat.chat c on c.chat = k.chat
	where k.account = p_account and k.address = p_address order by k.began_at desc limit 1 for no key update of c;
	return v_chat;
end $$;

-- Something that a customer did for the first time.
create function internal.channel_message(p_account chat.channel_account, p_event jsonb, p_now timestamptz) returns chat.channel_received
language plpgsql as $$
declare
	v_address text := left(p_event ->> 'from', 150);
	v_last chat.chat := internal.last_channel_chat(p_account.account, v_address);
	v_open boolean := coalesce(v_last.state in ('bot', 'queued', 'offered', 'active'), false);
	v_keyword text := case when p_event ->> 'kind' in ('stop', 'start') then p_event ->> 'kind' when p_account.channel = 'sms' then internal.sms_keyword(p_event) end;
	v_answered boolean := coalesce((p_event ->> 'answered')::boolean, false);
	v_done chat.channel_received;
begin
	v_done.chat := v_last.chat;
	if v_keyword = 'stop' then
		v_done.outcome := 'stopped';
		if v_open then
			perform internal.end_chat(v_last.chat, 'customer', coalesce(v_last.name, ''), 'opted_out', p_now);
		end if;
		insert into chat.channel_stop (account, address_hash, at) values (p_account.account, internal.channel_stop_hash(p_account.account, v_address), p_now) on conflict do nothing;
	elsif v_keyword = 'start' and (p_event ->> 'kind' = 'start' or p_event ? 'keyword' or internal.channel_is_stopped(p_account.account, v_address)) then
		v_done.outcome := 'started';
		delete from chat.channel_stop s where s.account = p_account.account and s.address_hash = internal.channel_stop_hash(p_account.account, v_address);
		if p_account.channel = 'sms' and not v_answered then
			perform internal.channel_notice(p_account, v_address, v_last.chat, 'channel_start', p_now);
		end if;
	elsif internal.channel_is_stopped(p_account.account, v_address) then
		v_done.outcome := 'silenced';
	elsif internal.is_blocked((select w.site from chat.widget w where w.widget = p_account.widget), internal.channel_person(p_account.account, v_address), null, null, p_now) then
		v_done.outcome := 'blocked';
	elsif v_keyword = 'help' and not (v_open and v_last.state <> 'bot') then
		v_done.outcome := 'helped';
		if not v_answered then
			perform internal.channel_notice(p_account, v_address, v_last.chat, 'channel_help', p_now);
		end if;
	elsif not v_open and internal.channel_rates(v_last.chat, p_event, p_now) then
		v_done.outcome := 'rated';
	else
		v_done := internal.channel_store(p_account, p_event, case when v_open then v_last.chat else internal.open_channel_chat(p_account, p_event, v_last, p_now) end, v_open, p_now);
	end if;
	return v_done;
end $$;

-- Stores a message in an open chat. p_old: the chat was there before.
create function internal.channel_store(p_account chat.channel_account, p_event jsonb, p_chat uuid, p_old boolean, p_now timestamptz) returns chat.channel_received
language plpgsql as $$
declare
	v_chat chat.chat;
	v_channel chat.channel_chat;
	v_token bytea;
	v_cid uuid := md5(p_account.account || ' ' || (p_event ->> 'id'))::uuid;
	v_body text := coalesce(internal.channel_body(p_event), '[…]');
	v_sent_at timestamptz := (p_event ->> 'sent_at')::timestamptz;
	v_choice text;
	v_result internal.post_result;
	v_done chat.channel_received;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat;
	select * into v_channel from chat.channel_chat k where k.chat = p_chat;
	select a.token_hash into v_token from chat.chat_access a where a.chat = p_chat;
	perform 1 from chat.chat_counter n where n.chat = p_chat for update;
	v_body := internal.masked(v_chat.site, v_body);
	v_choice := internal.channel_choice(v_channel.choices, p_event, p_account.channel = 'sms');
	if p_old or v_chat.state <> 'bot' then
		v_result := internal.post_one(p_chat, v_token, 'message', v_cid, v_body, v_choice, p_now);
		if v_result.status = 'invalid' and v_choice is not null then -- a button that is shown no more: its words are left
			v_result := internal.post_one(p_chat, v_token, 'message', v_cid, v_body, null, p_now);
		end if;
		if v_result.status <> 'ok' then
			perform internal.fail('SB422', 'invalid', coalesce(v_result.field, v_result.status));
		end if;
	else -- the first word to a bot: it greets, and answers
		v_choice := internal.bot_opening_choice(v_chat.bot, p_event ->> 'choice');
		perform internal.add_event(p_chat, p_now, 'message', 'customer', '', coalesce(v_chat.name, ''), v_body, case when v_choice is not null then jsonb_build_object('choice', v_choice) end, v_cid);
		perform internal.bot_begins_with(v_chat, case when p_event ? 'choice' and v_choice is null then '' else v_body end, v_choice, p_now);
	end if;
	update chat.channel_chat k set last_in_at = p_now, sent_at = greatest(k.sent_at, v_sent_at),
		idle_end_at = coalesce(k.idle_end_at, p_now + make_interval(secs => nullif(p_account.idle_end_s, 0)))
	where k.chat = p_chat;
	if v_sent_at is not null then
		update chat.message m set data = coalesce(m.data, '{}') || jsonb_strip_nulls(jsonb_build_object('sent_at', internal.rfc3339(v_sent_at),
			'late', case when v_sent_at < v_channel.sent_at then true end))
		where m.chat = p_chat and m.cid = v_cid and m.author = '' and (v_sent_at < v_channel.sent_at or v_sent_at < p_now - interval '1 minute');
	end if;
	v_done.outcome := 'stored';
	v_done.chat := p_chat;
	if not p_old and v_chat.bot is null and v_chat.state = 'bot' then
		perform internal.end_chat(p_chat, 'system', '', 'queue_full', p_now);
		v_done.outcome := 'full';
	end if;
	return v_done;
end $$;

-- A chat for somebody who has none. Who comes back soon after the last one comes back to its queue, without the bot, and its operator is asked first.
create function internal.open_channel_chat(p_account chat.channel_account, p_event jsonb, p_last chat.chat, p_now timestamptz) returns uuid
language plpgsql as $$
declare
	v_chat uuid := gen_random_uuid();
	v_widget chat.widget;
	v_address text := left(p_event ->> 'from', 150);
	v_operator text;
	v_queue text;
	v_bot text;
	v_full boolean := false;
	v_state text;
begin
	select * into strict v_widget from chat.widget w where w.widget = p_account.widget;
	if coalesce(p_last.ended_at, p_last.wrap_up_until, '-infinity') > p_now - make_interval(secs => p_account.reopen_s) then
		select a.operator into v_operator from chat.assignment a join chat.operator o on o.operator = a.operator and o.active where a.chat = p_last.chat order by a.assignment desc limit 1;
		v_queue := (select q.queue from chat.queue q where q.queue = p_last.queue and q.active and v_operator is not null);
	end if;
	select b.bot into v_bot from chat.bot b where b.bot = v_widget.bot and b.active and v_queue is null;
	if v_bot is null then
		v_queue := coalesce(v_queue, v_widget.default_queue);
		v_full := internal.queue_is_full(v_queue);
	end if;
	v_state := case when v_bot is null and not v_full then 'queued' else 'bot' end;
	insert into chat.chat (chat, site, widget, state, queue, arrived_at, name, locale, channel, bot, created_at, customer_seen_at, person, preferred_operator)
	values (v_chat, v_widget.site, v_widget.widget, v_state, v_queue, case when v_bot is null then p_now end,
		internal.masked(v_widget.site, 
			nullif(left(btrim(translate(internal.channel_clean(coalesce(p_event ->> 'name', case p_account.channel when 'sms' then v_address end)), E'\n\t', '  ')), 100), '')),
		coalesce(p_event ->> 'locale', p_account.locale, v_widget.locale), p_account.channel, v_bot, p_now, p_now,
		internal.channel_person(p_account.account, v_address), v_operator);
	insert into chat.chat_counter (chat, by_channel) values (v_chat, true);
	-- nobody knows the token that this is the hash of
	insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash)
	select v_chat, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), sha256('');
	insert into chat.channel_chat (chat, account, address, began_at, last_in_at) values (v_chat, p_account.account, v_address, p_now, p_now);
	if v_state = 'queued' then
		perform internal.add_event(v_chat, p_now, 'queued',
			p_data => jsonb_build_object('queue', v_queue, 'label', internal.queue_label(v_queue, coalesce(p_event ->> 'locale', p_account.locale, v_widget.locale))));
	end if;
	return v_chat;
end $$;

-- Has the queue no room? A closed one has: who writes by a channel has time.
create function internal.queue_is_full(p_queue text) returns boolean
language plpgsql as $$
declare
	v_max int := (select q.max_length from chat.queue q where q.queue = p_queue);
begin
	if v_max = 0 or (select count(*) from chat.waiting w where w.queue = p_queue) + 50 < v_max then
		return false;
	end if;
	perform pg_advisory_xact_lock(hashtextextended('queue length ' || p_queue, 0));
	return (select count(*) from chat.waiting w where w.queue = p_queue) >= v_max;
end $$;

-- A number from 1 to 5 after the end is a rating, while one was asked for.
create function internal.channel_rates(p_chat uuid, p_event jsonb, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_score int := (regexp_match(coalesce(p_event ->> 'choice', translate(p_event ->> 'text', '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789')), '^\s*(?:rating:)?([1-5])(?:\s*/\s*5)?[\s.!★*]*$'))[1];
begin
	if v_score is null or not exists (select from chat.channel_chat k where k.chat = p_chat and k.rating_until > p_now) then
		return false;
	end if;
	perform 1 from chat.chat_counter n where n.chat = p_chat for update;
	update chat.channel_chat k set rating_until = null where k.chat = p_chat;
	insert into chat.chat_rating (chat, score, rated_at) values (p_chat, v_score, p_now) on conflict do nothing;
	perform internal.add_event(p_chat, p_now, 'rated', 'customer', '', coalesce(c.name, ''), p_data => jsonb_build_object('score', v_score)) from chat.chat c where c.chat = p_chat;
	return true;
end $$;
