-- SPDX-License-Identifier: ISC
-- Signed identity: who a customer is, as the site's own server says. The api checks the token (app/api/identity.c); what it says comes here as p_identity,
-- {"sub", "secret": slot, "name"?, "email"?}. Only that is believed, and only by it a person's chats are found.

-- What a token is held against: the secrets of the widget's site, and the database's clock.
create function api.identity_terms(p_widget text, p_origin text) returns table (site text, secret_1 text, secret_2 text, now_s bigint, tolerance_s bigint)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, p_origin);
begin
	return query select v_widget.site::text, (select k.secret from chat.site_secret k where k.site = v_widget.site and k.slot = 1),
		(select k.secret from chat.site_secret k where k.site = v_widget.site and k.slot = 2), floor(extract(epoch from clock_timestamp()))::bigint,
		internal.setting('identity_tolerance_s');
end $$;

-- Is this customer served at all? Raises identity_required, forbidden.
create function internal.admit_customer(p_site text, p_identity jsonb, p_email text, p_address inet, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_identity is null and exists (select from chat.site s where s.site = p_site and s.identity = 'required') then
		perform internal.fail('SB401', 'identity_required');
	elsif internal.is_blocked(p_site, p_identity ->> 'sub', coalesce(p_identity ->> 'email', p_email), p_address, p_now)
		or (p_identity ? 'email' and internal.is_blocked(p_site, null, p_email, null, p_now)) then
		perform internal.fail('SB403', 'forbidden');
	end if;
	if p_identity is not null then
		update chat.site_secret k set last_used_at = p_now
		from (select u.site, u.slot from chat.site_secret u where u.site = p_site and u.slot = (p_identity ->> 'secret')::int
			and coalesce(u.last_used_at < p_now - interval '1 hour', true) for no key update skip locked) u
		where k.site = u.site and k.slot = u.slot;
	end if;
end $$;

-- The open chat of a person; the caller goes on under a lock of the person, so that of two requests at once the second sees the chat of the first.
create function internal.open_chat_of(p_site text, p_person text) returns uuid
language plpgsql as $$
begin
	perform pg_advisory_xact_lock(hashtextextended('person ' || p_site || ' ' || p_person, 0));
	return (select c.chat from chat.chat c where c.site = p_site and c.person = p_person and c.ended_at is null and c.state <> 'wrap_up' order by c.created_at desc limit 1);
end $$;

-- A further token for the open chat of a person: another device, or a browser that has lost the first. Raises identity_required, not_found (not that person's), gone.
-- Beyond ten tokens the oldest holds no longer.
create function internal.resume_chat(p_chat uuid, p_site text, p_person text, p_access chat.chat_access, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	if p_person is null then
		perform internal.fail('SB401', 'identity_required');
	elsif not exists (select from chat.chat c where c.chat = p_chat and c.site = p_site and c.person = p_person) then -- before the lock: nobody holds up a stranger's chat
		perform internal.fail('SB404', 'not_found', 'resume');
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	if v_chat.state in ('ended', 'abandoned', 'wrap_up') then
		perform internal.fail('SB410', 'gone');
	end if;
	insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash, made_at)
	values (p_chat, p_access.token_hash, p_access.request_key_hash, p_access.request_hash, p_now);
	delete from chat.chat_access a
	where a.token_hash in (select o.token_hash from chat.chat_access o where o.chat = p_chat order by o.made_at desc, o.token_hash offset 10);
	perform internal.audit('resumed', 'chat', p_chat::text);
	return v_chat;
end $$;

-- The site says who has this chat. It is bound to the first person named; for another one it is a conflict, and the client starts anew.
create function api.identify_chat(p_chat uuid, p_token_hash bytea, p_origin text, p_widget text, p_identity jsonb) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin, true);
	v_now timestamptz := clock_timestamp();
	v_other uuid;
begin
	if not exists (select from chat.widget w where w.widget = p_widget and w.site = v_chat.site) then
		perform internal.fail('SB404', 'not_found', 'widget');
	elsif v_chat.person is not null and v_chat.person <> p_identity ->> 'sub' then
		perform internal.fail('SB409', 'conflict', 'identity');
	elsif v_chat.state in ('ended', 'abandoned', 'wrap_up') then
		perform internal.fail('SB410', 'gone');
	end if;
	perform internal.admit_customer(v_chat.site, p_identity, v_chat.email, v_chat.address, v_now);
	if v_chat.person is null then
		v_other := internal.open_chat_of(v_chat.site, p_identity ->> 'sub');
		if v_other is not null then
			perform internal.fail('SB409', 'chat_exists', null, jsonb_build_object('chat', v_other));
		end if;
		update chat.chat c set person = p_identity ->> 'sub', name = coalesce(p_identity ->> 'name', c.name), name_verified = p_identity ? 'name',
			email = coalesce(p_identity ->> 'email', c.email), email_verified = p_identity ? 'email'
		where c.chat = p_chat returning * into v_chat;
		perform internal.audit('identified', 'chat', p_chat::text, null, jsonb_build_object('secret', p_identity -> 'secret'));
		perform internal.ring_relays('o:' || a.operator, v_now), internal.ring_relays('w:' || a.operator, v_now)
		from chat.assignment a where a.chat = p_chat and a.ended_at is null;
	end if;
	return query select jsonb_build_object('chat', internal.chat_json(v_chat, v_now))::text;
end $$;

-- ---- what an operator learns of a person ----------------------------------------------------------------------------

-- Who talked with this person last, where the queue asks him first; NULL: nobody, or the queue does not.
create function internal.last_operator(p_site text, p_person text, p_queue text) returns text
language plpgsql stable as $$
begin
	if p_person is null or not exists (select from chat.queue q where q.queue = p_queue and q.prefer_last_operator) then
		return null;
	end if;
	return (
		select a.operator from chat.chat c join chat.assignment a on a.chat = c.chat join chat.operator o on o.operator = a.operator and o.active
		where c.site = p_site and c.person = p_person order by a.started_at desc limit 1);
end $$;

-- A chat whose person's earlier chats this operator may see: one that he has now, any for a supervisor. Raises not_found.
create function internal.chat_of_person(p_operator chat.operator, p_chat uuid) returns chat.chat
language plpgsql stable as $$
declare
	v_chat chat.chat;
begin
	select c.* into v_chat from chat.chat c
	where c.chat = p_chat and (p_operator.role = 'supervisor' or exists (
		select from chat.assignment a where a.chat = p_chat and a.operator = p_operator.operator and a.ended_at is null));
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	return v_chat;
end $$;

-- The latest fifty earlier chats of the same person on the same site, the newest first; none for whom no site vouches for.
create function api.person_chats(p_session bytea, p_chat uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.chat_of_person(internal.session_operator(p_session, clock_timestamp()), p_chat);
begin
	if v_chat.person is not null then
		perform internal.audit('history', 'chat', p_chat::text);
	end if;
	return query select jsonb_build_object('chats', coalesce((
		select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', c.chat, 'state', c.state, 'created_at', internal.rfc3339(c.created_at), 'ended_at', internal.rfc3339(c.ended_at),
			'queue', c.queue, 'queue_label', q.label, 'operator_name', (select o.name from chat.assignment a join chat.operator o on o.operator = a.operator
				where a.chat = c.chat order by a.assignment desc limit 1),
			'disposition', coalesce(internal.disposition_label(c.filed_under, c.locale), c.disposition), 'score', r.score)) order by c.created_at desc, c.chat)
		from (select * from chat.chat p where p.site = v_chat.site and p.person = v_chat.person and p.chat <> p_chat order by p.created_at desc, p.chat limit 50) c
		left join chat.queue q on q.queue = c.queue left join chat.chat_rating r on r.chat = c.chat), '[]'))::text;
end $$;

-- The transcript of one of them, notes included.
create function api.person_chat_events(p_session bytea, p_chat uuid, p_earlier uuid, p_after bigint, p_limit int) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.chat_of_person(internal.session_operator(p_session, clock_timestamp()), p_chat);
begin
	if not exists (select from chat.chat c where c.chat = p_earlier and c.site = v_chat.site and c.person = v_chat.person) then
		perform internal.fail('SB404', 'not_found');
	end if;
	perform internal.audit('read', 'chat', p_earlier::text, null, jsonb_build_object('from', p_chat));
	return query select internal.events_page(p_earlier, p_after, p_limit, true)::text;
end $$;

-- ---- a site's secrets -----------------------------------------------------------------------------------------------

-- A new secret beside the one there is. It is made here, so that it stands in no statement and no log of statements; this answer is the only one that shows it.
create function api.add_site_secret(p_site text) returns table (slot int, secret text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_secret text := 'sb_' || translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), E'+/=\n', '-_');
begin
	perform internal.act_as('dba', session_user);
	perform 1 from chat.site s where s.site = p_site for no key update;
	if not found then
		perform internal.fail('SB404', 'not_found', 'site');
	end if;
	select min(n) into v_slot from generate_series(1, 2) n where not exists (select from chat.site_secret k where k.site = p_site and k.slot = n);
	if v_slot is null then
		perform internal.fail('SB409', 'conflict', 'site');
	end if;
	insert into chat.site_secret (site, slot, secret) values (p_site, v_slot, v_secret);
	return query select v_slot, v_secret;
end $$;

-- The older secret of a site goes: tokens signed with it are refused from COMMIT on. The only one goes when p_last says so.
create function api.retire_site_secret(p_site text, p_last boolean) returns table (slot int, remaining int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_count int;
begin
	perform internal.act_as('dba', session_user);
	perform 1 from chat.site s where s.site = p_site for no key update;
	select count(*), (array_agg(k.slot order by k.created_at, k.slot))[1] into v_count, v_slot from chat.site_secret k where k.site = p_site;
	if v_count = 0 then
		perform internal.fail('SB404', 'not_found', 'site');
	elsif v_count = 1 and not p_last then
		perform internal.fail('SB409', 'conflict', 'last');
	end if;
	delete from chat.site_secret k where k.site = p_site and k.slot = v_slot;
	return query select v_slot, v_count - 1;
end $$;

-- Both leave their row in the audit, and so does a DBA who deletes one.
create trigger site_secret_changes after insert or delete on chat.site_secret
	for each row execute function internal.secret_changes('site', 'slot');
