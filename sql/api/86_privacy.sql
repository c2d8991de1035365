-- SPDX-License-Identifier: ISC
-- What is held of a customer: erased, handed out, taken away word by word.
--
-- Erasing takes away what tells of the person; rows stay, so that seqs have no gap and times, counts, queues, owners and scores go on being counted. Every row hangs
-- on a chat: a person is the chats that bear his address or identity. Copies outside the database (backups, a standby's delay, WAL) live as long as who makes
-- them lets them.
--
-- tests/sql/privacy.sql asks of every column that can hold text what it holds, and plants a word in each that holds something of a customer: erasure must take it
-- away, and the export must have had it.

-- Of what happened only what the system itself said of it stays; words of people do not, nor what a kind that is not known here carries.
create function internal.erased_data(p_kind text, p_data jsonb) returns jsonb
language sql immutable as $$
	select case
		when p_kind in ('message', 'bot_message', 'note') then '{"removed": "erased"}'
		when p_kind in ('queued', 'assigned', 'joined', 'left', 'transferred', 'transfer_failed', 'requeued', 'reminder', 'ended', 'rated', 'redacted') then p_data
	end
$$;

create function internal.erased_audit(p_action text, p_row jsonb) returns jsonb
language sql immutable as $$
	select jsonb_object_agg(m.key, m.value) from jsonb_each(p_row) m
	where m.key in ('state', 'queue', 'operator', 'offer', 'skill', 'required', 'min_rating', 'weight', 'seq', 'messages')
		or (m.key = 'reason' and p_action in ('assignment ended', 'transfer failed', 'erase'))
$$;

-- ---- erasing --------------------------------------------------------------------------------------------------------

-- A chat that is to be erased is over first: who is in it is told so.
create function internal.close_for_erasure(p_chat uuid, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_state text;
begin
	select c.state into v_state from chat.chat c where c.chat = p_chat;
	if v_state in ('bot', 'queued', 'offered', 'active') then
		perform internal.end_chat(p_chat, 'system', '', 'erased', p_now);
	end if;
	perform internal.finish_wrap_up(p_chat, p_now);
	perform internal.finish_filing(p_chat, p_now);
end $$;

-- Erases these chats, with one row of the audit each that says nothing of the person; gives back how many rows were written where. Those that are erased already stay as they
-- are. p_why: asked, or retention.
create function internal.erase_chats(p_chats uuid[], p_why text, p_now timestamptz) returns table (relation text, rows bigint)
language plpgsql as $$
declare
	v_chats uuid[];
	v_rows bigint;
begin
	v_chats := array(select l.chat from (select c.chat from chat.chat c where c.chat = any (p_chats) and c.erased_at is null order by c.chat for no key update) l);
	perform internal.close_for_erasure(u.chat, p_now) from unnest(v_chats) u (chat);
	perform 1 from chat.chat_counter n where n.chat = any (v_chats) order by n.chat for update; -- no message comes in between
	perform internal.audit('erase', 'chat', u.chat::text, null, jsonb_build_object('reason', p_why,
		'messages', (select count(*) from chat.message m where m.chat = u.chat and m.kind in ('message', 'bot_message', 'note')))) from unnest(v_chats) u (chat);

	update chat.chat c set erased_at = p_now, name = null, email = null, page_url = null, referrer = null, answers = '{}', context = '{}', address = null, disposition = null,
		wrap_up_note = null, person = null, name_verified = false, email_verified = false
	where c.chat = any (v_chats);
	get diagnostics v_rows = row_count;
	return query select 'chat.chat', v_rows;

	update chat.message m set author_name = case m.author_kind when 'customer' then '' else m.author_name end, body = null, data = internal.erased_data(m.kind, m.data), sent_hash = null
	where m.chat = any (v_chats);
	get diagnostics v_rows = row_count;
	return query select 'chat.message', v_rows;

	update chat.chat_rating r set comment = null where r.chat = any (v_chats) and r.comment is not null;
	get diagnostics v_rows = row_count;
	return query select 'chat.chat_rating', v_rows;

	update chat.chat_decline d set reason = null where d.chat = any (v_chats) and d.reason is not null;
	get diagnostics v_rows = row_count;
	return query select 'chat.chat_decline', v_rows;

	update chat.offer o set candidates = null, reason = case when o.state <> 'declined' then o.reason end
	where o.chat = any (v_chats) and (o.candidates is not null or (o.state = 'declined' and o.reason is not null));
	get diagnostics v_rows = row_count;
	return query select 'chat.offer', v_rows;

	update chat.audit a set old = internal.erased_audit(a.action, a.old), new = internal.erased_audit(a.action, a.new) where a.object = 'chat' and a.key = any (v_chats::text[]);
	get diagnostics v_rows = row_count;
	return query select 'chat.audit', v_rows;

	delete from chat.outbox x where x.chat = any (v_chats); -- what has not left does not leave
	get diagnostics v_rows = row_count;
	return query select 'chat.outbox', v_rows;

	return query select e.relation, e.rows from internal.erase_entries(array(select i.entry from chat.inbox i where i.chat = any (v_chats)), p_why, p_now) e;

	delete from chat.outbox x using chat.channel_chat k
	where k.chat = any (v_chats) and x.kind = 'channel' and x.chat is null and x.account = k.account and x.body ->> 'to' = k.address; -- the answer to his first HELP
	delete from chat.channel_sent s where s.chat = any (v_chats);
	delete from chat.channel_chat k where k.chat = any (v_chats);
	get diagnostics v_rows = row_count;
	return query select 'chat.channel_chat', v_rows;

	delete from chat.chat_access a where a.chat = any (v_chats); -- whoever still has a socket loses it
	get diagnostics v_rows = row_count;
	return query select 'chat.chat_access', v_rows;
end $$;

-- As a person asks for it. p_dry_run: does everything, says what that was, and takes it back.
create function internal.erase_asked(p_chats uuid[], p_dry_run boolean, p_entries uuid[] default '{}') returns table (relation text, rows bigint)
language plpgsql as $$
declare
	v_relations text[];
	v_rows bigint[];
begin
	perform internal.act_as('dba', session_user);
	begin
		select array_agg(e.relation order by e.relation), array_agg(e.rows order by e.relation) into v_relations, v_rows
		from (select u.relation, sum(u.rows)::bigint as rows
			from (select * from internal.erase_chats(p_chats, 'asked', clock_timestamp()) union all select * from internal.erase_entries(p_entries, 'asked', clock_timestamp())) u
			group by u.relation) e;
		if p_dry_run then
			raise exception using errcode = 'SBDRY';
		end if;
	exception when sqlstate 'SBDRY' then
		null;
	end;
	return query select u.relation, u.rows from unnest(v_relations, v_rows) u (relation, rows);
end $$;

-- The chats of a person: an e-mail address counts as it was typed, whoever typed it; or the number or id by which a customer of a channel writes.
create function internal.chats_of_person(p_email text, p_site text) returns uuid[]
language plpgsql stable as $$
begin
	if p_email is null or btrim(p_email) = '' then
		perform internal.fail('SB422', 'invalid', 'email');
	elsif p_site is not null and not exists (select from chat.site s where s.site = p_site) then
		perform internal.fail('SB404', 'not_found', 'site');
	end if;
	return array(
		select c.chat from chat.chat c where lower(c.email) = lower(btrim(p_email)) and (p_site is null or c.site = p_site)
		union select k.chat from chat.channel_chat k join chat.chat c on c.chat = k.chat where k.address = btrim(p_email) and (p_site is null or c.site = p_site));
end $$;

-- Those of whom a site has signed for (51_identity.sql): the same sub on two sites is two people.
create function internal.chats_of_identity(p_identity text, p_site text) returns uuid[]
language plpgsql stable as $$
begin
	if p_identity is null or p_identity = '' then
		perform internal.fail('SB422', 'invalid', 'identity');
	elsif not exists (select from chat.site s where s.site = p_site) then
		perform internal.fail('SB404', 'not_found', 'site');
	end if;
	return array(select c.chat from chat.chat c where c.person = p_identity and c.site = p_site);
end $$;

create function internal.one_chat(p_chat uuid) returns uuid[]
language plpgsql stable as $$
begin
	if not exists (select from chat.chat c where c.chat = p_chat) then
		perform internal.fail('SB404', 'not_found', 'chat');
	end if;
	return array[p_chat];
end $$;

create function chat.erase_chat(p_chat uuid, p_dry_run boolean default false) returns table (relation text, rows bigint)
language sql security definer set search_path = chat, pg_temp as $$ select e.relation, e.rows from internal.erase_asked(internal.one_chat(p_chat), p_dry_run) e $$;

create function chat.erase_person(p_email text, p_site text default null, p_dry_run boolean default false) returns table (relation text, rows bigint)
language sql security definer set search_path = chat, pg_temp as $$
	select e.relation, e.rows from internal.erase_asked(internal.chats_of_person(p_email, p_site), p_dry_run, internal.entries_of_person(p_email, p_site)) e
$$;

create function chat.erase_identity(p_identity text, p_site text, p_dry_run boolean default false) returns table (relation text, rows bigint)
language sql security definer set search_path = chat, pg_temp as $$ select e.relation, e.rows from internal.erase_asked(internal.chats_of_identity(p_identity, p_site), p_dry_run,
	array(select i.entry from chat.inbox i where i.person = p_identity and i.site = p_site)) e $$;

-- ---- handing out ----------------------------------------------------------------------------------------------------

create function internal.export_chat(p_chat uuid) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(to_jsonb(c)) || jsonb_build_object(
		'messages', (select coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(m) - array['chat', 'author', 'sent_hash']) order by m.seq), '[]') from chat.message m where m.chat = c.chat),
		'rating', (select to_jsonb(r) - 'chat' from chat.chat_rating r where r.chat = c.chat),
		'skills', (select coalesce(jsonb_agg(to_jsonb(s) - 'chat' order by s.skill), '[]') from chat.chat_skill s where s.chat = c.chat),
		'offers', (select coalesce(jsonb_agg(jsonb_build_object('offered_at', o.offered_at, 'state', o.state, 'reason', o.reason) order by o.offered_at), '[]')
			from chat.offer o where o.chat = c.chat),
		'declines', (select coalesce(jsonb_agg(jsonb_build_object('declined_at', d.declined_at, 'reason', d.reason) order by d.declined_at), '[]')
			from chat.chat_decline d where d.chat = c.chat),
		'waits_told', (select coalesce(jsonb_agg(to_jsonb(w) - 'chat' order by w.n), '[]') from chat.wait_shown w where w.chat = c.chat),
		'delivery', (select coalesce(jsonb_agg(to_jsonb(d) - 'chat' order by d.party), '[]') from chat.delivery d where d.chat = c.chat),
		'outbox', (select coalesce(jsonb_agg(jsonb_build_object('at', x.created_at, 'kind', x.kind, 'account', x.account, 'state', x.state, 'body', x.body, 'last_error', x.last_error)
			order by x.position), '[]') from chat.outbox x where x.chat = c.chat),
		'channel', (select to_jsonb(k) - 'chat' from chat.channel_chat k where k.chat = c.chat),
		'sent', (select coalesce(jsonb_agg(jsonb_build_object('seq', s.seq, 'part', s.part, 'state', s.state, 'error', s.error, 'at', s.at) order by s.seq, s.part), '[]')
			from chat.channel_sent s where s.chat = c.chat),
		'audit', (select coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'action', a.action, 'old', a.old, 'new', a.new) order by a.audit), '[]')
			from chat.audit a where a.object = 'chat' and a.key = c.chat::text))
	from chat.chat c where c.chat = p_chat
$$;

create function internal.export_chats(p_chats uuid[], p_entries uuid[] default '{}') returns jsonb
language plpgsql as $$
begin
	perform internal.act_as('dba', session_user);
	perform internal.audit('export', 'chat', c.chat::text) from unnest(p_chats) c (chat);
	perform internal.audit('export', 'inbox', i.entry::text) from unnest(p_entries) i (entry);
	return jsonb_build_object('made_at', internal.rfc3339(clock_timestamp()), 'chats',
		coalesce((select jsonb_agg(internal.export_chat(c.chat) order by h.created_at, c.chat) from unnest(p_chats) c (chat) join chat.chat h on h.chat = c.chat), '[]'),
		'notes', coalesce((select jsonb_agg(internal.export_entry(i.entry)) from unnest(p_entries) i (entry)), '[]'));
end $$;

create function chat.export_chat(p_chat uuid) returns jsonb
language sql security definer set search_path = chat, pg_temp as $$ select internal.export_chats(internal.one_chat(p_chat), array(select i.entry from chat.inbox i where i.chat = p_chat)) $$;

create function chat.export_person(p_email text, p_site text default null) returns jsonb
language sql security definer set search_path = chat, pg_temp as $$ select internal.export_chats(internal.chats_of_person(p_email, p_site), internal.entries_of_person(p_email, p_site)) $$;

create function chat.export_identity(p_identity text, p_site text) returns jsonb
language sql security definer set search_path = chat, pg_temp as $$ select internal.export_chats(internal.chats_of_identity(p_identity, p_site),
	array(select i.entry from chat.inbox i where i.person = p_identity and i.site = p_site)) $$;

comment on function chat.erase_chat(uuid, boolean) is 'Takes everything away that tells of the customer of a chat, ends the chat where it runs, and says in how many rows; p_dry_run: only says so';
comment on function chat.erase_person(text, text, boolean) is 'The same for all chats that bear an e-mail address, on one site or all';
comment on function chat.erase_identity(text, text, boolean) is 'The same for all chats of whom a site has signed for: the sub of its tokens';
comment on function chat.export_chat(uuid) is 'Everything that is held of the customer of a chat, as JSON; leaves a row in the audit';
comment on function chat.export_person(text, text) is 'The same for all chats that bear an e-mail address, on one site or all';
comment on function chat.export_identity(text, text) is 'The same for all chats of whom a site has signed for: the sub of its tokens';

-- ---- one message ----------------------------------------------------------------------------------------------------

-- A supervisor takes the words of one message or note away. Its place stays, marked; an event behind it tells every screen that shows it. Done already: nothing happens.
create function api.redact_message(p_session bytea, p_chat uuid, p_seq bigint, p_reason text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.supervisor(p_session, clock_timestamp());
	v_chat chat.chat;
	v_message chat.message;
	v_now timestamptz;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	perform 1 from chat.chat_counter n where n.chat = p_chat for update;
	select * into v_message from chat.message m where m.chat = p_chat and m.seq = p_seq and m.kind in ('message', 'bot_message', 'note');
	if not found then
		perform internal.fail('SB404', 'not_found');
	elsif v_chat.erased_at is not null then
		perform internal.fail('SB410', 'gone');
	elsif v_message.data ? 'removed' is not true then
		v_now := clock_timestamp();
		update chat.message m set body = null, sent_hash = null, data = '{"removed": "redacted"}' where m.chat = p_chat and m.seq = p_seq;
		perform internal.add_event(p_chat, v_now, 'redacted', 'operator', v_operator.operator, v_operator.name, p_data => jsonb_build_object('seq', p_seq));
		perform internal.audit('redact', 'chat', p_chat::text, null, jsonb_strip_nulls(jsonb_build_object('seq', p_seq, 'reason', internal.masked(v_chat.site, p_reason))));
	end if;
	return query select jsonb_build_object('chat', p_chat, 'seq', p_seq, 'removed', 'redacted')::text;
end $$;
