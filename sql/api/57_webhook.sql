-- SPDX-License-Identifier: ISC
-- Webhooks out: what happens to chats is told to the company's own systems. What is queued says what happened; who the customer is is added when it is sent, so that
-- nothing more of a person waits in the outbox than must.

-- The two secrets there may be, the younger one first.
create function internal.outgoing_secrets(p_webhook text, p_bot text) returns text[]
language sql stable as $$
	select array(select s.secret from chat.outgoing_secret s
		where s.webhook is not distinct from p_webhook and s.bot is not distinct from p_bot and s.secret is not null order by s.created_at desc, s.slot desc)
$$;

-- A signed request to a webhook or a bot (p_kind, p_name: whom to name when there is no secret yet).
create function internal.signed_request(p_kind text, p_name text, p_secrets text[], p_body jsonb, p_url text, p_timeout_s int, p_allowed_hosts text[], p_plain_http boolean)
returns internal.outgoing
language plpgsql stable as $$
declare
	v_out internal.outgoing;
begin
	if cardinality(p_secrets) = 0 then
		raise exception '% "%" has no secret', p_kind, p_name using hint = format('switchboard %s secret add %s', p_kind, p_name);
	end if;
	v_out.url := p_url;
	v_out.body := p_body::text;
	v_out.scheme := 'hmac';
	v_out.secret := p_secrets[1];
	v_out.other_secret := p_secrets[2];
	v_out.timeout_ms := p_timeout_s * 1000;
	v_out.max_answer_bytes := 65536;
	v_out.allowed_hosts := p_allowed_hosts;
	v_out.plain_http := p_plain_http;
	return v_out;
end $$;

-- Tells every webhook that wants it, in the order of the subject: a chat, or what else belongs to a site. One that is full is left out: nothing stands still for the sake of
-- those who only watch.
create function internal.tell_webhooks_of(p_site text, p_subject uuid, p_chat uuid, p_event text, p_body jsonb, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_webhook text;
begin
	for v_webhook in
		select w.webhook from chat.webhook w where w.active and p_event = any (w.events) and (w.site is null or w.site = p_site) order by w.webhook
	loop
		perform internal.try_send_out('webhook', format('webhook/%s/%s', v_webhook, p_subject), v_webhook, p_chat,
			jsonb_strip_nulls(p_body || jsonb_build_object('event', p_event, 'at', internal.rfc3339(p_now))), p_now);
	end loop;
end $$;

create function internal.tell_webhooks(p_chat uuid, p_event text, p_seq bigint, p_data jsonb, p_now timestamptz) returns void
language plpgsql as $$
begin
	if exists (select from chat.webhook) then
		perform internal.tell_webhooks_of(c.site, p_chat, p_chat, p_event, jsonb_build_object('seq', p_seq, 'queue', c.queue, 'data', p_data), p_now)
		from chat.chat c where c.chat = p_chat;
	end if;
end $$;

-- Events of the transcript that are told, by kind.
create function internal.tell_event(p_chat uuid, p_kind text, p_seq bigint, p_data jsonb, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_kind in ('queued', 'requeued') then
		perform internal.tell_webhooks(p_chat, 'queued', p_seq, case when p_kind = 'requeued' then jsonb_build_object('reason', p_data ->> 'reason') end, p_now);
	elsif p_kind = 'assigned' then
		perform internal.tell_webhooks(p_chat, 'assigned', p_seq, (select jsonb_build_object('operator', a.operator, 'name', p_data ->> 'operator')
			from chat.assignment a where a.chat = p_chat and a.ended_at is null), p_now);
	elsif p_kind = 'ended' then
		perform internal.tell_webhooks(p_chat, 'ended', p_seq, jsonb_build_object('by', p_data ->> 'by', 'reason', p_data ->> 'reason'), p_now);
	elsif p_kind = 'rated' then
		perform internal.tell_webhooks(p_chat, 'rated', p_seq, jsonb_build_object('score', (select r.score from chat.chat_rating r where r.chat = p_chat)), p_now);
	end if;
end $$;

create function internal.chat_starts() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.tell_webhooks(new.chat, 'started', null, null, new.created_at);
	return null;
end $$;

create trigger chat_starts after insert on chat.chat
	for each row execute function internal.chat_starts();

-- Who the customer is, as far as it is known.
create function internal.customer_json(p_chat chat.chat) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('name', p_chat.name, 'email', p_chat.email, 'person', p_chat.person,
		'name_verified', case when p_chat.name is not null then p_chat.name_verified end, 'email_verified', case when p_chat.email is not null then p_chat.email_verified end))
$$;

create function internal.webhook_event_name(p_event text) returns text
language sql immutable as $$ select case p_event when 'note_left' then 'note.left' else 'chat.' || p_event end $$;

create function internal.webhook_body(p_item chat.outbox) returns jsonb
language plpgsql stable as $$
declare
	v_chat chat.chat;
	v_body jsonb := jsonb_build_object('id', p_item.item, 'event', internal.webhook_event_name(p_item.body ->> 'event'), 'at', p_item.body ->> 'at', 'seq', p_item.body -> 'seq',
		'data', p_item.body -> 'data');
begin
	select * into v_chat from chat.chat c where c.chat = p_item.chat;
	if found then
		v_body := v_body || jsonb_build_object('chat', jsonb_build_object('id', v_chat.chat, 'site', v_chat.site, 'widget', v_chat.widget, 'channel', v_chat.channel,
			'locale', v_chat.locale, 'queue', p_item.body ->> 'queue', 'created_at', internal.rfc3339(v_chat.created_at), 'customer', internal.customer_json(v_chat),
			'context', nullif(v_chat.context, '{}'), 'answers', nullif(v_chat.answers, '{}')));
	end if;
	if p_item.body ->> 'event' = 'rated' then
		v_body := jsonb_set(v_body, '{data,comment}', coalesce((select to_jsonb(r.comment) from chat.chat_rating r where r.chat = v_chat.chat), 'null'));
	end if;
	return jsonb_strip_nulls(v_body);
end $$;

create function internal.webhook_request(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_webhook chat.webhook;
	v_out internal.outgoing;
begin
	select * into v_webhook from chat.webhook w where w.webhook = p_item.account and w.active;
	if not found then
		return null;
	end if;
	v_out := internal.signed_request('webhook', p_item.account, internal.outgoing_secrets(p_item.account, null), internal.webhook_body(p_item), v_webhook.url, v_webhook.timeout_s,
		v_webhook.allowed_hosts, v_webhook.plain_http);
	v_out.headers := array['Switchboard-Event: ' || internal.webhook_event_name(p_item.body ->> 'event')];
	return v_out;
end $$;

-- ---- secrets --------------------------------------------------------------------------------------------------------

-- Locks whom it belongs to; raises not_found with the kind as field.
create function internal.lock_secret_owner(p_kind text, p_name text) returns void
language plpgsql as $$
begin
	if p_kind = 'webhook' then
		perform 1 from chat.webhook w where w.webhook = p_name for no key update;
	else
		perform 1 from chat.bot b where b.bot = p_name and b.kind = case p_kind when 'token' then 'relay' else 'http' end for no key update;
	end if;
	if not found then
		perform internal.fail('SB404', 'not_found', p_kind);
	end if;
end $$;

-- A new secret beside the one there is; p_kind: webhook, bot (an http bot's), token (a relay bot's). Made here, so that it stands in no statement and no log of
-- statements; this answer is the only one that shows it.
create function api.add_outgoing_secret(p_kind text, p_name text) returns table (slot int, secret text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_secret text := 'sb_' || translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), E'+/=\n', '-_');
	v_webhook text := case when p_kind = 'webhook' then p_name end;
	v_bot text := case when p_kind <> 'webhook' then p_name end;
begin
	perform internal.act_as('dba', session_user);
	perform internal.lock_secret_owner(p_kind, p_name);
	select min(n) into v_slot from generate_series(1, 2) n
	where not exists (select from chat.outgoing_secret k where k.webhook is not distinct from v_webhook and k.bot is not distinct from v_bot and k.slot = n);
	if v_slot is null then
		perform internal.fail('SB409', 'conflict', p_kind);
	end if;
	insert into chat.outgoing_secret (webhook, bot, slot, secret, token_hash)
	values (v_webhook, v_bot, v_slot, case when p_kind <> 'token' then v_secret end, case when p_kind = 'token' then sha256(convert_to(v_secret, 'UTF8')) end);
	return query select v_slot, v_secret;
end $$;

-- The older one goes; the only one when p_last says so.
create function api.retire_outgoing_secret(p_kind text, p_name text, p_last boolean) returns table (slot int, remaining int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_count int;
	v_webhook text := case when p_kind = 'webhook' then p_name end;
	v_bot text := case when p_kind <> 'webhook' then p_name end;
begin
	perform internal.act_as('dba', session_user);
	perform internal.lock_secret_owner(p_kind, p_name);
	select count(*), (array_agg(k.slot order by k.created_at, k.slot))[1] into v_count, v_slot
	from chat.outgoing_secret k where k.webhook is not distinct from v_webhook and k.bot is not distinct from v_bot;
	if v_count = 0 then
		perform internal.fail('SB404', 'not_found', p_kind);
	elsif v_count = 1 and not p_last then
		perform internal.fail('SB409', 'conflict', 'last');
	end if;
	delete from chat.outgoing_secret k where k.webhook is not distinct from v_webhook and k.bot is not distinct from v_bot and k.slot = v_slot;
	return query select v_slot, v_count - 1;
end $$;

create function internal.outgoing_secret_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_row chat.outgoing_secret := case tg_op when 'DELETE' then old else new end;
	v_who record;
begin
	select * into v_who from internal.configuration_actor();
	insert into chat.audit (actor_kind, actor, action, object, key)
	values (v_who.kind, v_who.actor, lower(tg_op), 'outgoing_secret', coalesce('webhook/' || v_row.webhook, 'bot/' || v_row.bot) || '/' || v_row.slot);
	perform internal.ring_relays('s:' || internal.bot_desk(v_row.bot), clock_timestamp()) where tg_op = 'DELETE' and v_row.token_hash is not null; -- who is connected with it is not any more
	return null;
end $$;

create trigger outgoing_secret_changes after insert or delete on chat.outgoing_secret
	for each row execute function internal.outgoing_secret_changes();
