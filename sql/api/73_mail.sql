-- SPDX-License-Identifier: ISC
-- Mail: the answer to a note, a transcript that a customer asks for, the notice of a new note. Each is an item of the outbox that says what it is of; the words are put
-- together when a courier claims it, from what stands in the tables then. What is erased meanwhile goes nowhere.
--
-- Nothing that anybody typed gets into a head: subjects and names are the company's texts, the only address that comes from outside has the strict form of
-- chat.mail_address. A mail goes to whom the chat or the note names, and to nobody else.

-- ---- who sends ------------------------------------------------------------------------------------------------------

-- The account for mails of a site: its own, else the general one; NULL: there is none.
create function internal.mail_account_of(p_site text) returns text
language plpgsql stable as $$
begin
	return (select m.account from chat.mail_account m where m.active and (m.site = p_site or m.site is null) order by m.site is null limit 1);
end $$;

create function internal.is_mail_address(p_text text) returns boolean
language plpgsql immutable as $$
begin
	perform p_text::chat.mail_address;
	return p_text is not null;
exception when check_violation then
	return false;
end $$;

-- Puts a mail into the outbox; raises conflict with the field mail where there is no account. Worth nothing after three days.
create function internal.send_mail(p_lane text, p_site text, p_chat uuid, p_body jsonb, p_now timestamptz) returns uuid
language plpgsql as $$
declare
	v_account text := internal.mail_account_of(p_site);
begin
	if v_account is null then
		perform internal.fail('SB409', 'conflict', 'mail');
	end if;
	return internal.send_out('mail', p_lane, v_account, p_chat, p_body || jsonb_build_object('site', p_site), p_now, null, p_now + interval '3 days');
end $$;

-- ---- words ----------------------------------------------------------------------------------------------------------

-- A text of the company with its {names} filled in. What is filled in is not looked at again.
create function internal.mail_filled(p_text text, p_values jsonb) returns text
language sql stable as $$
	select string_agg(case when m.part ~ '^\{[a-z]+\}$' then coalesce(p_values ->> btrim(m.part, '{}'), m.part) else m.part end, '' order by m.ord)
	from (select r.ord, r.hit[1] as part from regexp_matches(p_text, '(\{[a-z]+\}|[^{]+|\{)', 'g') with ordinality r (hit, ord)) m
$$;

create function internal.mail_text(p_name text, p_locale text, p_values jsonb default '{}') returns text
language sql stable as $$ select internal.mail_filled(internal.text(p_name, p_locale), p_values) $$;

-- Somebody's words in a mail without markup: every line of them begins with p_before, however it is ended (U+2028 and U+2029 end one, too), so that none looks like one of ours.
create function internal.mail_quoted(p_text text, p_before text) returns text
language sql immutable as $$ select replace(translate(p_text, chr(8232) || chr(8233), E'\n\n'), E'\n', E'\n' || p_before) $$;

create function internal.html(p_text text) returns text
language sql immutable as $$ select replace(replace(replace(replace(replace(p_text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;') $$;

create function internal.html_lines(p_text text) returns text
language sql immutable as $$ select replace(internal.html(p_text), E'\n', E'<br>\n') $$;

create function internal.mail_direction(p_locale text) returns text
language sql immutable as $$ select case when split_part(p_locale, '-', 1) in ('ar', 'fa', 'he', 'ur') then 'rtl' else 'ltr' end $$;

create function internal.mail_html(p_locale text, p_inner text) returns text
language sql immutable as $$
	select format('<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"></head><body style="font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:0;padding:1em">%s</body></html>',
		internal.html(p_locale), internal.mail_direction(p_locale), p_inner)
$$;

-- A day as everybody reads it.
create function internal.mail_date(p_at timestamptz) returns text
language sql stable as $$ select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') $$;

-- An address with its name in front. A name of ASCII is quoted, another one encoded by the courier; what could end either is left out.
create function internal.mail_name(p_name text, p_address text) returns text
language sql immutable as $$
	select case when n.name = '' then p_address when n.name ~ '^[\x20-\x7e]+$' then format('"%s" <%s>', n.name, p_address) else format('%s <%s>', n.name, p_address) end
	from (select btrim(translate(regexp_replace(coalesce(p_name, ''), '[\x01-\x1f\x7f]', ' ', 'g'), '<>"\', '')) as name) n
$$;

-- ---- the envelope ---------------------------------------------------------------------------------------------------

-- What all mails have; url NULL: the account is gone or switched off.
create function internal.mail_begin(p_item chat.outbox, p_to text, p_automatic boolean) returns internal.outgoing
language plpgsql stable as $$
declare
	v_account chat.mail_account;
	v_site text := p_item.body ->> 'site';
	v_out internal.outgoing;
begin
	select * into v_account from chat.mail_account m where m.account = internal.mail_account_of(v_site);
	if v_account.account is null or not internal.is_mail_address(p_to) then
		return null;
	end if;
	v_out.url := v_account.url;
	v_out.starttls := v_account.starttls;
	v_out.allowed_hosts := array[lower(substring(v_account.url from '^smtps?://([^:/]+)'))];
	v_out.user_name := v_account.user_name;
	v_out.secret := (select p.password from chat.mail_password p where p.account = v_account.account);
	v_out.scheme := case when v_account.user_name is null then 'none' else 'basic' end;
	v_out.timeout_ms := 30000;
	v_out.mail_from := v_account.from_address;
	v_out.rcpt := array[p_to];
	v_out.headers := array_remove(array[
		'From: ' || internal.mail_name(coalesce(v_account.from_name, (select s.name from chat.site s where s.site = v_site)), v_account.from_address),
		'Reply-To: ' || v_account.reply_to,
		case when p_automatic then 'Auto-Submitted: auto-generated' end], null);
	return v_out;
end $$;

create function internal.mail_request(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
begin
	case p_item.body ->> 'what'
		when 'answer' then return internal.answer_mail(p_item);
		when 'notice' then return internal.notice_mail(p_item);
		when 'transcript' then return internal.transcript_mail(p_item);
		else return null;
	end case;
end $$;

-- ---- the answer to a note -------------------------------------------------------------------------------------------

create function internal.answer_mail(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_entry chat.inbox;
	v_reply chat.inbox_reply;
	v_out internal.outgoing;
	v_before text;
	v_words jsonb;
	v_texts text[];
begin
	select * into v_entry from chat.inbox i where i.entry = (p_item.body ->> 'entry')::uuid and i.erased_at is null;
	select * into v_reply from chat.inbox_reply r where r.entry = v_entry.entry and r.n = (p_item.body ->> 'n')::int;
	if v_reply.entry is null then
		return null;
	end if;
	v_out := internal.mail_begin(p_item, v_entry.email, false);
	if v_out.url is null then
		return null;
	end if;
	v_words := jsonb_build_object('reference', v_entry.reference, 'date', internal.mail_date(v_entry.created_at), 'link', p_item.body ->> 'link');
	v_out.subject := internal.mail_text('mail_answer_subject', v_entry.locale, v_words);
	v_before := (select string_agg(r.message_id, ' ' order by r.n) from chat.inbox_reply r where r.entry = v_entry.entry and r.n < v_reply.n and r.message_id is not null);
	if v_before is not null then
		v_out.subject := 'Re: ' || v_out.subject;
		v_out.headers := v_out.headers || array['In-Reply-To: ' || split_part(v_before, ' ', -1), 'References: ' || v_before];
	end if;
	v_texts := array_remove(array[nullif(v_reply.body, ''), case when p_item.body ? 'link' then internal.mail_text('mail_invitation', v_entry.locale, v_words) end,
		internal.operator_name(v_reply.operator)], null);
	v_out.text_body := array_to_string(v_texts, E'\n\n') || E'\n\n' || internal.mail_text('mail_answer_quote', v_entry.locale, v_words) || E'\n\n'
		|| '> ' || internal.mail_quoted(v_entry.body, '> ') || E'\n';
	v_out.html_body := internal.mail_html(v_entry.locale, (select string_agg('<p dir="auto">' || case
			when p_item.body ? 'link' and position(p_item.body ->> 'link' in t.text) > 0
				then replace(internal.html_lines(t.text), internal.html(p_item.body ->> 'link'), format('<a href="%1$s">%1$s</a>', internal.html(p_item.body ->> 'link')))
			else internal.html_lines(t.text) end || '</p>', E'\n' order by t.ord) from unnest(v_texts) with ordinality t (text, ord))
		|| format(E'\n<p style="color:#555">%s</p>\n<blockquote dir="auto" style="margin:0;padding-inline-start:1em;border-inline-start:3px solid #ccc;color:#555">%s</blockquote>',
			internal.html(internal.mail_text('mail_answer_quote', v_entry.locale, v_words)), internal.html_lines(v_entry.body)));
	return v_out;
end $$;

-- ---- the notice -----------------------------------------------------------------------------------------------------

-- Those who want to know of a new note are told that there is one, not what it says. Where mail is not set up or the outbox is full they are not; the note is there all the same.
create function internal.mail_notices(p_entry chat.inbox, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_account text := internal.mail_account_of(p_entry.site);
begin
	perform internal.try_send_out('mail', 'notice/' || n.address, v_account, null, jsonb_build_object('what', 'notice', 'entry', p_entry.entry, 'to', n.address, 'site', p_entry.site), p_now,
		null, p_now + interval '1 day')
	from (select distinct w.address from chat.inbox_notice w where v_account is not null and (w.queue = p_entry.queue or w.queue is null) order by w.address limit 20) n;
end $$;

create function internal.notice_mail(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_entry chat.inbox;
	v_out internal.outgoing;
	v_words jsonb;
	v_locale text;
begin
	select * into v_entry from chat.inbox i where i.entry = (p_item.body ->> 'entry')::uuid and i.state = 'new';
	if not found or not exists (select from chat.inbox_notice w where w.address = p_item.body ->> 'to') then
		return null;
	end if;
	select w.locale into v_locale from chat.widget w where w.widget = v_entry.widget;
	v_out := internal.mail_begin(p_item, p_item.body ->> 'to', true);
	v_words := jsonb_build_object('reference', v_entry.reference, 'queue', internal.queue_label(v_entry.queue, v_locale));
	v_out.subject := internal.mail_text('mail_notice_subject', v_locale, v_words);
	v_out.text_body := internal.mail_text('mail_notice', v_locale, v_words) || E'\n';
	v_out.html_body := internal.mail_html(v_locale, '<p>' || internal.html_lines(internal.mail_text('mail_notice', v_locale, v_words)) || '</p>');
	return v_out;
end $$;

-- ---- the transcript -------------------------------------------------------------------------------------------------

-- The customer wants the transcript by mail: to the address of his chat, which he may give now where it has none. Unless the site vouches for the address somebody of
-- the company must have taken part, so that nobody sends his own words to a stranger through us. Raises conflict (field mail: there is none; email: another address;
-- chat: nobody took part), invalid, rate_limited.
create function api.mail_transcript(p_chat uuid, p_token_hash bytea, p_origin text, p_email text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin, true);
	v_now timestamptz := clock_timestamp();
	v_email text := coalesce(v_chat.email, p_email);
	v_n int;
begin
	if not internal.is_mail_address(v_email) then
		perform internal.fail('SB422', 'invalid', 'email');
	elsif lower(p_email) <> lower(v_email) then
		perform internal.fail('SB409', 'conflict', 'email');
	elsif internal.mail_account_of(v_chat.site) is null then
		perform internal.fail('SB409', 'conflict', 'mail');
	elsif not v_chat.email_verified and not exists (select from chat.message m where m.chat = p_chat and m.kind = 'message' and m.author_kind = 'operator') then
		perform internal.fail('SB409', 'conflict', 'chat');
	elsif internal.is_blocked(v_chat.site, null, v_email, null, v_now) then
		perform internal.fail('SB403', 'forbidden');
	end if;
	v_n := 1 + (select count(*) from chat.mailed_transcript m where m.chat = p_chat);
	perform pg_advisory_xact_lock(hashtextextended('transcripts to ' || lower(v_email), 0)); -- of many at once no more get through
	if v_n > internal.setting('transcripts_per_chat') or (select count(*) from chat.mailed_transcript m join chat.chat c on c.chat = m.chat
			where m.at > v_now - interval '24 hours' and lower(c.email) = lower(v_email)) >= internal.setting('transcripts_per_email') then
		perform internal.fail('SB429', 'rate_limited', null, jsonb_build_object('retry_ms', 3600000));
	end if;
	update chat.chat c set email = v_email where c.chat = p_chat and c.email is null;
	insert into chat.mailed_transcript (chat, n, at, item)
	values (p_chat, v_n, v_now, internal.send_mail('chat/' || p_chat || '/mail', v_chat.site, p_chat, '{"what": "transcript"}', v_now));
	perform internal.audit('transcript mailed', 'chat', p_chat::text);
	return query select jsonb_build_object('email', v_email)::text;
end $$;

create function internal.transcript_lines(p_chat uuid) returns table (seq bigint, at text, who text, said text)
language sql stable as $$
	select m.seq, to_char(m.at at time zone 'UTC', 'HH24:MI'), case m.author_kind when 'customer' then '→' else '←' end || coalesce(' ' || nullif(m.author_name, ''), ''), m.body
	from chat.message m where m.chat = p_chat and m.body is not null and (m.kind in ('message', 'bot_message') or (m.kind = 'reminder' and m.data ->> 'to' = 'customer'))
	order by m.seq desc limit 2000
$$;

create function internal.transcript_mail(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
declare
	v_chat chat.chat;
	v_out internal.outgoing;
	v_words jsonb;
	v_intro text;
begin
	select * into v_chat from chat.chat c where c.chat = p_item.chat and c.erased_at is null;
	v_out := internal.mail_begin(p_item, v_chat.email, true);
	if v_chat.chat is null or v_out.url is null then
		return null;
	end if;
	v_words := jsonb_build_object('date', to_char(v_chat.created_at at time zone 'UTC', 'YYYY-MM-DD'));
	v_intro := internal.mail_text('mail_transcript_intro', v_chat.locale, v_words);
	v_out.subject := internal.mail_text('mail_transcript_subject', v_chat.locale, v_words);
	select v_intro || E'\n\n' || coalesce(string_agg(format('%s  %s: %s', l.at, l.who, internal.mail_quoted(l.said, '       ')), E'\n' order by l.seq), '') || E'\n',
		internal.mail_html(v_chat.locale, '<p>' || internal.html_lines(v_intro) || E'</p>\n' || coalesce(string_agg(format('<p dir="auto"><small>%s</small> <b><bdi>%s</bdi></b><br>%s</p>', l.at,
			internal.html(l.who), internal.html_lines(l.said)), E'\n' order by l.seq), ''))
	into v_out.text_body, v_out.html_body from internal.transcript_lines(p_item.chat) l;
	return v_out;
end $$;

-- ---- what became of it ----------------------------------------------------------------------------------------------

-- A mail server took it. The code of an invitation stands in the customer's mail from now on and nowhere else.
create function internal.mail_answered(p_item chat.outbox, p_now timestamptz) returns boolean
language plpgsql as $$
begin
	if p_item.body ? 'link' then
		update chat.outbox o set body = o.body - 'link' where o.item = p_item.item;
	end if;
	update chat.inbox_reply r set state = 'sent', finished_at = p_now, error = null,
		message_id = (select format('<%s@%s>', p_item.item, split_part(m.from_address, '@', 2)) from chat.mail_account m where m.account = p_item.account)
	where r.item = p_item.item;
	if found then
		perform internal.ring_inbox(i, p_now) from chat.inbox i where i.entry = (p_item.body ->> 'entry')::uuid;
	end if;
	return true;
end $$;

-- Given up: who answered has the note before him again. (Where somebody holds it at this moment it stays where it is, marked.)
create function internal.mail_died(p_item chat.outbox, p_error text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_entry chat.inbox;
begin
	update chat.inbox_reply r set state = 'failed', finished_at = p_now, error = left(p_error, 300) where r.item = p_item.item and r.state = 'queued';
	if not found then
		return;
	end if;
	select * into v_entry from chat.inbox i where i.entry = (p_item.body ->> 'entry')::uuid and i.state = 'answered' and i.erased_at is null for no key update skip locked;
	if found then
		perform internal.put_entry(v_entry, 'answer failed', 'taken', v_entry.operator, p_now);
	end if;
end $$;

-- For the command line: the password of an account; NULL takes it away.
create function api.set_mail_password(p_account text, p_password text) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.act_as('dba', session_user);
	if not exists (select from chat.mail_account m where m.account = p_account) then
		perform internal.fail('SB404', 'not_found', 'account');
	elsif p_password is null then
		delete from chat.mail_password p where p.account = p_account;
	else
		insert into chat.mail_password (account, password, set_at, set_by) values (p_account, p_password, clock_timestamp(), session_user)
		on conflict (account) do update set password = excluded.password, set_at = excluded.set_at, set_by = excluded.set_by;
	end if;
	perform internal.audit('mail password', 'mail_account', p_account, null, jsonb_build_object('set', p_password is not null));
end $$;
