-- SPDX-License-Identifier: ISC
-- The inbox: what customers leave when nobody is there. An operator sees the notes of the queues that he has joined and those that he has; a supervisor sees all. A
-- change of an entry leaves a row in the audit that says nothing of the customer.

-- ---- customers ------------------------------------------------------------------------------------------------------

-- What the customer is told: letters and digits that cannot be taken for each other, as K7QF-2M9D.
create function internal.inbox_reference() returns text
language sql volatile as $$
	select left(r.code, 4) || '-' || right(r.code, 4)
	from (select string_agg(substr('23456789BCDFGHJKMNPQRSTVWXYZ', 1 + get_byte(b.bytes, n) % 28, 1), '' order by n) as code
		from (select sha256(uuid_send(gen_random_uuid())) as bytes) b, generate_series(0, 7) n) r
$$;

-- May a note be left in this queue, from this address? Raises queue_full, rate_limited.
create function internal.check_inbox_limits(p_queue text, p_address inet, p_exempt boolean, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_max bigint := internal.setting('inbox_max');
	v_per_address bigint := internal.setting('notes_per_address');
	v_network cidr := internal.address_network(p_address);
begin
	if (select count(*) from (select from chat.inbox i where i.queue = p_queue and i.state = 'new' limit v_max) n) >= v_max then
		perform internal.fail('SB503', 'queue_full', 'queue', jsonb_build_object('retry_ms', 600000));
	end if;
	if p_exempt or v_per_address = 0 then
		return;
	end if;
	perform pg_advisory_xact_lock(hashtextextended('notes of ' || v_network, 0)); -- of many at once no more get through
	if (select count(*) from (select from chat.inbox i
		where network(set_masklen(coalesce(i.address, '::'), case family(coalesce(i.address, '::')) when 4 then 32 else 64 end)) = v_network
			and i.created_at > p_now - interval '24 hours' limit v_per_address) n) >= v_per_address then
		perform internal.fail('SB429', 'rate_limited', null, jsonb_build_object('retry_ms', 3600000));
	end if;
end $$;

-- A note. The same request_key again is the same note, with another body a conflict. Whether the queue is open does not matter: it may have opened while somebody wrote.
create function api.leave_note(p_request_key_hash bytea, p_request_hash bytea, p_widget text, p_origin text, p_queue text, p_name text, p_email text, p_body text, p_locale text,
	p_page_url text, p_address inet, p_identity jsonb, p_exempt boolean)
returns table (created boolean, body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, p_origin);
	v_entry chat.inbox;
	v_queue text;
	v_email text := coalesce(p_identity ->> 'email', p_email);
	v_now timestamptz;
begin
	if v_widget.features ->> 'notes' = 'false' then
		perform internal.fail('SB403', 'forbidden');
	end if;
	perform pg_advisory_xact_lock(hashtextextended(encode(p_request_key_hash, 'hex'), 2)); -- two of the same key at once: the second sees the first
	perform internal.admit_customer(v_widget.site, p_identity, p_email, p_address, clock_timestamp());
	select * into v_entry from chat.inbox i where i.request_key_hash = p_request_key_hash;
	if found then
		if v_entry.request_hash <> p_request_hash then
			perform internal.fail('SB409', 'conflict', 'request_key');
		end if;
		return query select false, jsonb_build_object('reference', v_entry.reference)::text;
		return;
	end if;
	perform internal.act_as('customer', '');
	if not internal.is_mail_address(v_email) then
		perform internal.fail('SB422', 'invalid', 'email');
	end if;
	v_queue := internal.person_queue(p_widget, p_queue);
	v_now := clock_timestamp();
	perform internal.check_inbox_limits(v_queue, p_address, p_exempt, v_now);
	if not p_exempt then
		perform internal.take_site_rate(v_widget.site, v_now);
	end if;
	loop
		insert into chat.inbox (reference, request_key_hash, request_hash, site, widget, queue, name, email, email_verified, person, locale, page_url, body, address, created_at)
		values (internal.inbox_reference(), p_request_key_hash, p_request_hash, v_widget.site, v_widget.widget, v_queue,
			left(internal.masked(v_widget.site, coalesce(p_identity ->> 'name', p_name)), 100), v_email, coalesce(p_identity ? 'email', false), p_identity ->> 'sub',
			coalesce(p_locale, v_widget.locale), internal.masked(v_widget.site, p_page_url), internal.masked(v_widget.site, p_body), p_address, v_now)
		on conflict (reference) do nothing returning * into v_entry;
		exit when found;
	end loop;
	perform internal.audit('note left', 'inbox', v_entry.entry::text, null, jsonb_build_object('queue', v_queue));
	perform internal.mail_notices(v_entry, v_now);
	perform internal.tell_webhooks_of(v_entry.site, v_entry.entry, null, 'note_left', jsonb_build_object('data', jsonb_build_object('note', v_entry.entry,
		'reference', v_entry.reference, 'widget', v_entry.widget, 'queue', v_entry.queue)), v_now);
	perform internal.ring_inbox(v_entry, v_now);
	return query select true, jsonb_build_object('reference', v_entry.reference)::text;
end $$;

-- ---- whose notes ----------------------------------------------------------------------------------------------------

create function internal.sees_entry(p_operator chat.operator, p_entry chat.inbox) returns boolean
language sql stable as $$
	select p_operator.role = 'supervisor' or coalesce(p_entry.operator = p_operator.operator, false)
		or exists (select from chat.operator_queue j where j.operator = p_operator.operator and j.queue = p_entry.queue)
$$;

-- Desks that show this note, or its count, are told to look. (Up to 500: the others see it with their next look, which comes anyway.)
create function internal.ring_inbox(p_entry chat.inbox, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.ring_relays('w:' || o.operator, p_now)
	from (select s.operator from chat.operator_state s join chat.operator r on r.operator = s.operator
		where s.presence <> 'offline' and s.lease_until > p_now
			and (r.role = 'supervisor' or r.operator = p_entry.operator or exists (select from chat.operator_queue j where j.operator = s.operator and j.queue = p_entry.queue))
		limit 500) o;
end $$;

-- How many are new, of those an operator sees, and how many he has; counted up to 1000.
create function internal.inbox_counts(p_operator chat.operator) returns jsonb
language plpgsql stable as $$
begin
	return jsonb_build_object(
		'new', (select count(*) from (select from chat.inbox i where i.state = 'new' and (p_operator.role = 'supervisor'
			or i.queue in (select j.queue from chat.operator_queue j where j.operator = p_operator.operator)) limit 1000) n),
		'mine', (select count(*) from (select from chat.inbox i where i.state = 'taken' and i.operator = p_operator.operator limit 1000) n));
end $$;

create function internal.entry_json(p_entry chat.inbox, p_full boolean) returns jsonb
language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('entry', p_entry.entry, 'reference', p_entry.reference, 'state', p_entry.state, 'site', p_entry.site, 'queue', p_entry.queue,
			'queue_label', (select q.label from chat.queue q where q.queue = p_entry.queue), 'name', p_entry.name, 'email', p_entry.email,
			'verified', case when p_entry.email_verified then true end, 'person', p_entry.person, 'locale', p_entry.locale, 'page_url', p_entry.page_url,
			'body', case when p_full then p_entry.body else left(p_entry.body, 200) end, 'created_at', internal.rfc3339(p_entry.created_at), 'operator', p_entry.operator,
			'operator_name', internal.operator_name(p_entry.operator), 'taken_at', internal.rfc3339(p_entry.taken_at), 'closed_at', internal.rfc3339(p_entry.closed_at),
			'chat', p_entry.chat, 'failed', case when exists (select from chat.inbox_reply r where r.entry = p_entry.entry and r.state = 'failed') then true end))
		|| case when p_full then jsonb_build_object('mail', internal.mail_account_of(p_entry.site) is not null, 'replies', (
			select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('n', r.n, 'kind', r.kind, 'operator_name', internal.operator_name(r.operator), 'body', r.body,
				'at', internal.rfc3339(r.at), 'state', r.state, 'error', r.error)) order by r.n), '[]') from chat.inbox_reply r where r.entry = p_entry.entry))
		else '{}' end;
end $$;

-- A page of those an operator sees. view: new and mine (the oldest first), open (new and taken, by anybody), closed (the newest first). p_after: the last one of the page before.
create function api.inbox(p_session bytea, p_view text, p_after uuid, p_limit int) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_after timestamptz;
	v_found uuid[];
begin
	if p_view is null or p_view not in ('new', 'mine', 'open', 'closed') then
		perform internal.fail('SB422', 'invalid', 'view');
	elsif p_limit is null or p_limit not between 1 and 100 then
		perform internal.fail('SB422', 'invalid', 'limit');
	end if;
	select case when p_view = 'closed' then i.closed_at else i.created_at end into v_after from chat.inbox i where i.entry = p_after;
	v_found := array(
		select i.entry from chat.inbox i
		where i.erased_at is null and internal.sees_entry(v_operator, i)
			and case p_view when 'new' then i.state = 'new' when 'mine' then i.state = 'taken' and i.operator = v_operator.operator when 'open' then i.state in ('new', 'taken')
				else i.closed_at is not null end
			and (p_after is null or case p_view when 'closed' then (i.closed_at, i.entry) < (v_after, p_after) else (i.created_at, i.entry) > (v_after, p_after) end)
		order by case when p_view = 'closed' then i.closed_at end desc, case when p_view <> 'closed' then i.created_at end, case when p_view = 'closed' then i.entry end desc, i.entry
		limit p_limit + 1);
	return query select (jsonb_build_object('entries', (select coalesce(jsonb_agg(internal.entry_json(i, false) order by f.ord), '[]')
			from unnest(v_found[1:p_limit]) with ordinality f (entry, ord) join chat.inbox i on i.entry = f.entry),
		'more', cardinality(v_found) > p_limit) || internal.inbox_counts(v_operator))::text;
end $$;

create function api.inbox_entry(p_session bytea, p_entry uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_entry chat.inbox;
begin
	select * into v_entry from chat.inbox i where i.entry = p_entry;
	if not found or not internal.sees_entry(v_operator, v_entry) then
		perform internal.fail('SB404', 'not_found');
	elsif v_entry.erased_at is not null then
		perform internal.fail('SB410', 'gone');
	elsif v_operator.role = 'supervisor' and v_entry.operator is distinct from v_operator.operator then
		perform internal.audit('read', 'inbox', p_entry::text);
	end if;
	return query select jsonb_build_object('entry', internal.entry_json(v_entry, true))::text;
end $$;

-- ---- what an operator does with one ---------------------------------------------------------------------------------

-- The entry, locked, of somebody who sees it; raises not_found, gone.
create function internal.entry_for(p_operator chat.operator, p_entry uuid) returns chat.inbox
language plpgsql as $$
declare
	v_entry chat.inbox;
begin
	select * into v_entry from chat.inbox i where i.entry = p_entry for no key update;
	if not found or not internal.sees_entry(p_operator, v_entry) then
		perform internal.fail('SB404', 'not_found');
	elsif v_entry.erased_at is not null then
		perform internal.fail('SB410', 'gone');
	end if;
	return v_entry;
end $$;

-- Files it anew, with its audit row and the bell; gives back what it is then.
create function internal.put_entry(p_entry chat.inbox, p_action text, p_state text, p_operator text, p_now timestamptz) returns chat.inbox
language plpgsql as $$
declare
	v_entry chat.inbox;
begin
	if (p_entry.state, coalesce(p_entry.operator, '')) = (p_state, coalesce(p_operator, '')) then
		return p_entry;
	end if;
	update chat.inbox i set state = p_state, operator = p_operator,
		taken_at = case when p_operator is null then null when p_operator = i.operator then i.taken_at else p_now end,
		closed_at = case when p_state in ('answered', 'done', 'spam') then coalesce(i.closed_at, p_now) end
	where i.entry = p_entry.entry returning * into v_entry;
	perform internal.audit(p_action, 'inbox', p_entry.entry::text, jsonb_strip_nulls(jsonb_build_object('state', p_entry.state, 'operator', p_entry.operator)),
		jsonb_strip_nulls(jsonb_build_object('state', p_state, 'operator', p_operator)));
	perform internal.ring_inbox(p_entry, p_now), internal.ring_inbox(v_entry, p_now);
	return v_entry;
end $$;

-- p_state: taken (by p_to, else by himself), new (nobody has it any more), done, spam.
create function api.move_entry(p_session bytea, p_entry uuid, p_state text, p_to text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_entry chat.inbox := internal.entry_for(v_operator, p_entry);
	v_now timestamptz := clock_timestamp();
begin
	if v_entry.state = 'taken' and v_entry.operator <> v_operator.operator and v_operator.role <> 'supervisor' then
		perform internal.fail('SB409', 'already_taken', null, jsonb_build_object('operator_name', internal.operator_name(v_entry.operator)));
	elsif p_to is not null and not exists (select from chat.operator o where o.operator = p_to and o.active) then
		perform internal.fail('SB404', 'not_found', 'operator');
	end if;
	case p_state
		when 'taken' then v_entry := internal.put_entry(v_entry, case when p_to is null then 'take' else 'assign' end, 'taken', coalesce(p_to, v_operator.operator), v_now);
		when 'new' then v_entry := internal.put_entry(v_entry, 'release', 'new', null, v_now);
		when 'done', 'spam' then v_entry := internal.put_entry(v_entry, p_state, p_state, coalesce(v_entry.operator, v_operator.operator), v_now);
		else perform internal.fail('SB422', 'invalid', 'state');
	end case;
	return query select jsonb_build_object('entry', internal.entry_json(v_entry, true))::text;
end $$;

-- Whom it could be assigned to: those who joined its queue, and supervisors.
create function api.inbox_people(p_session bytea, p_entry uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_entry chat.inbox := internal.entry_for(v_operator, p_entry);
begin
	return query select jsonb_build_object('operators', coalesce(jsonb_agg(jsonb_build_object('operator', o.operator, 'name', o.name) order by o.name, o.operator), '[]'))::text
		from (select p.operator, p.name from chat.operator p where p.active and p.operator is distinct from v_entry.operator
			and (p.role = 'supervisor' or exists (select from chat.operator_queue j where j.operator = p.operator and j.queue = v_entry.queue)) order by p.name limit 200) o;
end $$;

-- ---- the answer -----------------------------------------------------------------------------------------------------

-- Answers by mail, or with p_code invites to a chat: the link begins with p_base and holds the code. The same cid again is the same answer. Takes the note where nobody has it.
create function api.answer_entry(p_session bytea, p_entry uuid, p_cid uuid, p_body text, p_base text, p_code text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_entry chat.inbox := internal.entry_for(v_operator, p_entry);
	v_body text := internal.masked(v_entry.site, p_body);
	v_kind text := case when p_code is null then 'answer' else 'invitation' end;
	v_old chat.inbox_reply;
	v_n int;
	v_now timestamptz := clock_timestamp();
begin
	select * into v_old from chat.inbox_reply r where r.entry = p_entry and r.cid = p_cid;
	if found then
		if (v_old.kind, coalesce(v_old.body, '')) <> (v_kind, coalesce(v_body, '')) then
			perform internal.fail('SB409', 'conflict', 'cid');
		end if;
		return query select jsonb_build_object('entry', internal.entry_json(v_entry, true))::text;
		return;
	end if;
	if v_entry.state = 'taken' and v_entry.operator <> v_operator.operator then
		perform internal.fail('SB409', 'already_taken', null, jsonb_build_object('operator_name', internal.operator_name(v_entry.operator)));
	elsif internal.mail_account_of(v_entry.site) is null then
		perform internal.fail('SB409', 'conflict', 'mail');
	elsif v_entry.chat is not null and v_kind = 'invitation' then
		perform internal.fail('SB409', 'chat_exists', null, jsonb_build_object('chat', v_entry.chat));
	end if;
	v_n := 1 + (select count(*) from chat.inbox_reply r where r.entry = p_entry);
	if v_n > 50 then
		perform internal.fail('SB409', 'conflict', 'entry');
	end if;
	insert into chat.inbox_reply (entry, n, kind, cid, operator, body, at, item)
	values (p_entry, v_n, v_kind, p_cid, v_operator.operator, v_body, v_now,
		internal.send_mail('inbox/' || p_entry, v_entry.site, null, jsonb_strip_nulls(jsonb_build_object('what', 'answer', 'entry', p_entry, 'n', v_n,
			'link', p_base || '/widget/?key=' || v_entry.widget || '#invitation=' || p_code)), v_now));
	if v_kind = 'invitation' then
		delete from chat.invitation v where v.entry = p_entry;
		insert into chat.invitation (invitation, entry, operator, made_at, expires_at)
		values (sha256(convert_to(p_code, 'UTF8')), p_entry, v_operator.operator, v_now, v_now + internal.seconds('invitation_s'));
	end if;
	v_entry := internal.put_entry(v_entry, case v_kind when 'answer' then 'answer' else 'invite' end, 'answered', v_operator.operator, v_now);
	return query select jsonb_build_object('entry', internal.entry_json(v_entry, true))::text;
end $$;

-- ---- what is held of a customer -------------------------------------------------------------------------------------

create function internal.entries_of_person(p_email text, p_site text) returns uuid[]
language sql stable as $$ select array(select i.entry from chat.inbox i where lower(i.email) = lower(btrim(p_email)) and (p_site is null or i.site = p_site)) $$;

-- Takes everything away that tells of the customer; what was mailed is not sent any more. Gives back how many rows were written where.
create function internal.erase_entries(p_entries uuid[], p_why text, p_now timestamptz) returns table (relation text, rows bigint)
language plpgsql as $$
declare
	v_entries uuid[];
	v_rows bigint;
begin
	v_entries := array(select l.entry from (select i.entry from chat.inbox i where i.entry = any (p_entries) and i.erased_at is null order by i.entry for no key update) l);
	perform internal.audit('erase', 'inbox', u.entry::text, null, jsonb_build_object('reason', p_why)) from unnest(v_entries) u (entry);
	update chat.inbox i set erased_at = p_now, name = null, email = null, email_verified = false, person = null, page_url = null, body = null, address = null, request_hash = null,
		request_key_hash = null, state = case when i.closed_at is null then 'done' else i.state end, closed_at = coalesce(i.closed_at, p_now)
	where i.entry = any (v_entries);
	get diagnostics v_rows = row_count;
	return query select 'chat.inbox', v_rows where v_rows > 0;
	delete from chat.invitation v where v.entry = any (v_entries);
	delete from chat.outbox o where o.item in (select r.item from chat.inbox_reply r where r.entry = any (v_entries)) and o.state <> 'sending';
	update chat.inbox_reply r set body = null, error = null, state = case r.state when 'queued' then 'failed' else r.state end, finished_at = coalesce(r.finished_at, p_now)
	where r.entry = any (v_entries);
	get diagnostics v_rows = row_count;
	return query select 'chat.inbox_reply', v_rows where v_rows > 0;
end $$;

create function internal.export_entry(p_entry uuid) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(to_jsonb(i) - array['request_key_hash', 'request_hash']) || jsonb_build_object(
		'replies', (select coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(r) - array['entry', 'operator', 'cid', 'item']) order by r.n), '[]') from chat.inbox_reply r where r.entry = i.entry),
		'audit', (select coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'action', a.action, 'old', a.old, 'new', a.new) order by a.audit), '[]')
			from chat.audit a where a.object = 'inbox' and a.key = i.entry::text))
	from chat.inbox i where i.entry = p_entry
$$;

-- Some closed ones that are past the retention of their queue.
create function internal.entries_past_retention(p_now timestamptz, p_limit int) returns uuid[]
language sql stable as $$
	select array(
		select i.entry from chat.queue q
		cross join lateral (select case when q.retention_days is null then internal.limit_of('retention_days', p_now) else p_now - make_interval(days => q.retention_days) end as before) t
		join chat.inbox i on i.queue = q.queue and i.closed_at <= t.before and i.erased_at is null
		limit p_limit)
$$;

-- A bite of the nightly run: how many notes were erased, how many addresses shortened.
create function internal.retain_inbox(p_began_at timestamptz, p_now timestamptz) returns table (notes bigint, addresses bigint)
language plpgsql as $$
declare
	v_notes bigint;
	v_addresses bigint;
begin
	select coalesce(sum(e.rows), 0) into v_notes from internal.erase_entries(internal.entries_past_retention(p_began_at, 50), 'retention', p_now) e where e.relation = 'chat.inbox';
	update chat.inbox i set address = internal.short_address(i.address)
	where i.entry in (select d.entry from chat.inbox d
		where masklen(d.address) = case family(d.address) when 4 then 32 else 128 end and d.created_at <= internal.limit_of('address_days', p_began_at)
		limit 500 for no key update skip locked);
	get diagnostics v_addresses = row_count;
	delete from chat.invitation v where v.expires_at <= p_now;
	return query select v_notes, v_addresses;
end $$;
