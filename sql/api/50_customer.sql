-- SPDX-License-Identifier: ISC
-- What a customer does over HTTP. Each verb begins with (chat, hash of the token, foreign origin or NULL).

create function internal.origin_is_listed(p_site text, p_origin text) returns boolean
language plpgsql stable as $$
begin
	return (select p_origin is null or exists (select from chat.site s where s.site = p_site and p_origin = any (s.origins)));
end $$;

create function internal.check_chat_origin(p_chat uuid, p_origin text) returns void
language plpgsql stable as $$
begin
	if p_origin is not null and not exists (select from chat.chat c where c.chat = p_chat and internal.origin_is_listed(c.site, p_origin)) then
		perform internal.fail('SB403', 'origin_denied');
	end if;
end $$;

-- The widget by its key; raises not_found, origin_denied.
create function internal.widget(p_widget text, p_origin text) returns chat.widget
language plpgsql stable as $$
declare
	v_widget chat.widget;
begin
	select w.* into v_widget from chat.widget w join chat.site s on s.site = w.site where w.widget = p_widget and w.active and s.active;
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	if not internal.origin_is_listed(v_widget.site, p_origin) then
		perform internal.fail('SB403', 'origin_denied');
	end if;
	return v_widget;
end $$;

-- Is this the customer's chat? Raises unauthorized (no such token), not_found (another chat's token), origin_denied, forbidden (blocked). Notes that the customer is there.
create function internal.customer_chat(p_chat uuid, p_token_hash bytea, p_origin text, p_lock boolean default false) returns chat.chat
language plpgsql as $$
declare
	v_mine uuid;
	v_chat chat.chat;
begin
	select a.chat into v_mine from chat.chat_access a where a.token_hash = p_token_hash;
	if not found then
		perform internal.fail('SB401', 'unauthorized');
	elsif v_mine <> p_chat then
		perform internal.fail('SB404', 'not_found');
	end if;
	perform internal.check_chat_origin(p_chat, p_origin);
	if p_lock then
		select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	else
		select * into v_chat from chat.chat c where c.chat = p_chat;
	end if;
	if internal.chat_is_blocked(v_chat, clock_timestamp()) then
		perform internal.fail('SB403', 'forbidden');
	end if;
	perform internal.act_as('customer', '');
	return v_chat;
end $$;

create function internal.customer_seen(p_chat chat.chat, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_chat.ended_at is null and (p_chat.customer_seen_at < p_now - interval '5 seconds' or p_chat.customer_polls_until is null) then
		update chat.chat c set customer_seen_at = p_now, customer_polls_until = p_now + interval '20 seconds' where c.chat = p_chat.chat;
	end if;
end $$;

-- Where the chat stands, as its customer is told; what he is told of his wait is kept (file 37_wait.sql). p_tell false: the place without the wait, for who enters
-- the line in this transaction: until its COMMIT the router does not see him, and one who came later must not be seen before him.
-- (What a chat of this state cannot have is not looked for: most are asked for when they are new.)
create function internal.chat_json(p_chat chat.chat, p_now timestamptz, p_tell boolean default true) returns jsonb
language plpgsql as $$
declare
	v_position bigint;
	v_wait jsonb;
	v_owned boolean := p_chat.state in ('active', 'wrap_up');
begin
	if p_chat.state = 'queued' and p_tell then
		select w.position, w.wait into v_position, v_wait from internal.tell_waits(array[p_chat.chat], p_now) w;
	elsif p_chat.state = 'queued' then
		v_position := internal.place_in_line(p_chat.chat, p_now);
	end if;
	return jsonb_strip_nulls(jsonb_build_object(
		'id', p_chat.chat,
		'state', case p_chat.state when 'wrap_up' then 'ended' else p_chat.state end,
		'queue', p_chat.queue,
		'queue_label', case when p_chat.queue is not null then internal.queue_label(p_chat.queue, p_chat.locale) end,
		'position', v_position,
		'wait', v_wait,
		'operator', case when v_owned then (select o.name from chat.assignment a join chat.operator o on o.operator = a.operator where a.chat = p_chat.chat and a.ended_at is null) end,
		'operator_live', case when v_owned then internal.operator_is_live(p_chat.chat, p_now) end, 'marks', internal.marks_json(p_chat.chat),
		'identified', case when p_chat.person is not null then true end,
		'created_at', internal.rfc3339(p_chat.created_at)));
end $$;

-- The workers of the api keep the answer until configuration changes (app/api/shelf.h), so it may stand on nothing else: tests/sql/configuration_kept.sql holds that.
create function api.widget_config(p_widget text, p_locale text, p_origin text, p_relay_url text) returns table (body text, etag text)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, p_origin);
	v_locale text;
	v_body text;
begin
	v_locale := internal.best_locale(p_locale, array(select distinct t.locale::text from chat.widget_text t where t.widget = v_widget.widget
		union select distinct t.locale from chat.text t), v_widget.locale);
	v_body := jsonb_build_object(
		'widget', v_widget.widget,
		'locale', v_locale,
		'texts', jsonb_build_object('title', v_widget.title) || coalesce((select jsonb_object_agg(t.name, t.text) from chat.widget_text t
			where t.widget = v_widget.widget and t.locale = internal.best_locale(v_locale, array(select a.locale from chat.widget_text a where a.widget = v_widget.widget), v_widget.locale)), '{}'),
		'theme', jsonb_build_object('accent', v_widget.accent, 'position', v_widget.position),
		'features', v_widget.features || jsonb_build_object('bot', v_widget.bot is not null, 'mail', internal.mail_account_of(v_widget.site) is not null),
		'queues', coalesce((select jsonb_agg(jsonb_build_object('name', q.queue, 'label', internal.queue_label(q.queue, v_locale),
				'questions', internal.queue_questions(q.queue, v_locale)) order by q.position, q.queue)
			from chat.widget_queue q join chat.queue u on u.queue = q.queue where q.widget = v_widget.widget and u.active), '[]'),
		'default_queue', jsonb_build_object('name', v_widget.default_queue, 'label', internal.queue_label(v_widget.default_queue, v_locale),
			'questions', internal.queue_questions(v_widget.default_queue, v_locale)),
		'relay', jsonb_build_object('url', p_relay_url, 'protocol', 'chat.v1'))::text;
	return query select v_body, md5(v_body);
end $$;

-- open: somebody who could take a chat is live; unstaffed: nobody is; closed: by its hours, or by hand (then with the text that was given).
create function internal.queue_status(p_queue text, p_now timestamptz) returns jsonb
language plpgsql as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('name', p_queue,
		'state', case when not internal.queue_is_open(p_queue, p_now) then 'closed'
			when internal.is_staffed(p_queue, p_now) then 'open' else 'unstaffed' end,
		'next_opening', internal.rfc3339(internal.next_opening(p_queue, p_now)), 'text', (select k.text from internal.closure(p_queue, p_now) k)))
		|| jsonb_build_object('wait', internal.newcomer_wait(p_queue, p_now));
end $$;

create function api.widget_status(p_widget text, p_origin text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, p_origin);
	v_now timestamptz := clock_timestamp();
begin
	return query select jsonb_build_object('queues', coalesce(jsonb_agg(internal.queue_status(q.queue, v_now) order by q.position, q.queue), '[]'))::text
		from chat.widget_queue q where q.widget = v_widget.widget;
end $$;

-- Does any site list this origin? For preflights and refusals, where it is not known yet which site is meant.
create function api.origin_is_listed(p_origin text) returns table (listed boolean)
language sql stable security definer set search_path = chat, pg_temp as $$ select exists (select from chat.site s where s.active and s.origins @> array[p_origin]) $$;

create function api.widget_frame(p_widget text) returns table (origins text, title text)
language plpgsql stable security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, null);
begin
	return query select array_to_string(s.origins, ' '), v_widget.title::text from chat.site s where s.site = v_widget.site;
end $$;

-- The chat request. The same request_key again gives the same chat; with another body it is a conflict. A queue named by the customer is judged here (closed,
-- queue_full: no row stays); behind a bot it is judged when the queue is chosen. A person whom the site vouches for (p_identity, file 51_identity.sql) has one open
-- chat: a second one is chat_exists with its id, and with p_resume the same call gives a further token for that one.
create function api.open_chat(p_chat uuid, p_token_hash bytea, p_request_key_hash bytea, p_request_hash bytea, p_widget text, p_origin text, p_queue text, p_name text,
	p_email text, p_locale text, p_page_url text, p_referrer text, p_answers jsonb, p_context jsonb, p_address inet, p_relay_url text,
	p_identity jsonb default null, p_resume boolean default false, p_held_token_hash bytea default null, p_exempt boolean default true, p_often boolean default false)
returns table (chat uuid, token_hash bytea, created boolean, body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_widget chat.widget := internal.widget(p_widget, p_origin);
	v_old chat.chat_access;
	v_token_hash bytea := p_token_hash;
	v_person text := p_identity ->> 'sub';
	v_open uuid;
	v_chat chat.chat;
	v_created boolean := false;
	v_now timestamptz;
	v_way internal.entrance;
	v_locale text;
begin
	perform pg_advisory_xact_lock(hashtextextended(encode(p_request_key_hash, 'hex'), 1)); -- two of the same key at once: the second sees the first
	perform internal.admit_customer(v_widget.site, p_identity, p_email, p_address, clock_timestamp());
	select * into v_old from chat.chat_access a where a.request_key_hash = p_request_key_hash;
	if found then
		if v_old.request_hash <> p_request_hash then
			perform internal.fail('SB409', 'conflict', 'request_key');
		end if;
		v_token_hash := v_old.token_hash;
		select * into v_chat from chat.chat c where c.chat = v_old.chat;
	elsif p_resume then
		perform internal.act_as('customer', '');
		v_chat := internal.resume_chat(p_chat, v_widget.site, v_person, (p_chat, p_token_hash, p_request_key_hash, p_request_hash, null)::chat.chat_access, clock_timestamp());
	else
		if v_person is null then
			perform internal.check_held_chat(v_widget.site, p_held_token_hash);
		else
			v_open := internal.open_chat_of(v_widget.site, v_person);
		end if;
		if v_open is not null then
			perform internal.fail('SB409', 'chat_exists', null, jsonb_build_object('chat', v_open));
		end if;
		v_created := true;
		v_now := clock_timestamp();
		perform internal.act_as('customer', '');
		v_locale := coalesce(p_locale, v_widget.locale);
		v_way := internal.entrance(v_widget, p_queue, v_locale, p_page_url, p_context, p_answers, coalesce(p_identity ->> 'name', p_name), coalesce(p_identity ->> 'email', p_email));
		if v_way.bot is null then
			perform internal.check_queue_takes(v_way.queue, v_now);
		end if;
		if not p_exempt then
			perform internal.check_chat_limits(v_widget.site, p_address, p_often, v_now);
		end if;
		insert into chat.chat (chat, site, widget, state, queue, arrived_at, name, email, locale, page_url, referrer, answers, context, address, bot, created_at, customer_seen_at,
			person, name_verified, email_verified, preferred_operator)
		values (p_chat, v_widget.site, p_widget, case when v_way.bot is null then 'queued' else 'bot' end, v_way.queue, case when v_way.bot is null then v_now end,
			internal.masked(v_widget.site, (v_way.told).name), internal.masked(v_widget.site, (v_way.told).email), v_locale,
			internal.masked(v_widget.site, p_page_url), internal.masked(v_widget.site, p_referrer), internal.masked(v_widget.site, (v_way.told).answers),
			coalesce(internal.masked(v_widget.site, p_context), '{}'), p_address, v_way.bot, v_now, v_now,
			v_person, coalesce(p_identity ? 'name', false), coalesce(p_identity ? 'email', false), internal.last_operator(v_widget.site, v_person, v_way.queue))
		returning * into v_chat;
		insert into chat.chat_counter (chat) values (p_chat);
		insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash) values (p_chat, p_token_hash, p_request_key_hash, p_request_hash);
		if v_way.bot is null then
			perform internal.obey_rules(p_chat, v_way.queue);
			perform internal.add_event(p_chat, v_now, 'queued', p_data => jsonb_build_object('queue', v_way.queue, 'label', internal.queue_label(v_way.queue, v_locale)));
		else
			perform internal.bot_begins(v_chat, v_now);
			select * into v_chat from chat.chat c where c.chat = p_chat;
		end if;
	end if;
	return query select v_chat.chat, v_token_hash, v_created, jsonb_build_object('chat', internal.chat_json(v_chat, v_now, false), 'epoch', internal.epoch(),
		'relay', jsonb_build_object('url', p_relay_url, 'protocol', 'chat.v1'))::text;
end $$;

create function api.chat_view(p_chat uuid, p_token_hash bytea, p_origin text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin);
	v_now timestamptz := clock_timestamp();
begin
	perform internal.customer_seen(v_chat, v_now);
	return query select jsonb_build_object('chat', internal.chat_json(v_chat, v_now))::text;
end $$;

create function api.chat_events(p_chat uuid, p_token_hash bytea, p_origin text, p_after bigint, p_limit int) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin);
	v_now timestamptz := clock_timestamp();
begin
	perform internal.customer_seen(v_chat, v_now);
	return query select (internal.events_page(p_chat, p_after, p_limit, false)
		|| jsonb_strip_nulls(jsonb_build_object('operator_live', internal.operator_is_live(p_chat, v_now))))::text;
end $$;

-- Asks for a person. Who already waits or talks gets the present state: asking twice does no harm. Answers are judged as those of a chat request, beside what the chat
-- knows already; who sends none is asked none, so that a person can be had at any time.
create function api.ask_person(p_chat uuid, p_token_hash bytea, p_origin text, p_queue text, p_answers jsonb default null) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin, true);
	v_now timestamptz := clock_timestamp();
	v_queue text;
	v_told internal.told;
begin
	if v_chat.state in ('ended', 'abandoned', 'wrap_up') then
		perform internal.fail('SB410', 'gone');
	elsif v_chat.state = 'bot' then
		v_queue := case when p_queue is null then internal.bot_person_queue(v_chat) else internal.person_queue(v_chat.widget, p_queue) end;
		if p_answers is not null then
			v_told := internal.read_answers(case when p_queue is not null then v_queue end, v_chat.answers || p_answers, v_chat.name, v_chat.email);
			update chat.chat c set name = internal.masked(c.site, v_told.name), email = internal.masked(c.site, v_told.email), answers = internal.masked(c.site, v_told.answers)
			where c.chat = p_chat returning * into v_chat;
		end if;
		perform internal.enqueue(p_chat, internal.ruled_queue(v_chat, v_queue), v_now);
		select * into v_chat from chat.chat c where c.chat = p_chat;
	elsif p_queue is not null and p_queue is distinct from v_chat.queue then
		perform internal.fail('SB409', 'conflict', 'queue');
	end if;
	return query select jsonb_build_object('chat', internal.chat_json(v_chat, v_now, false))::text;
end $$;

-- Ends the chat; ending an ended one is no error.
create function api.customer_end(p_chat uuid, p_token_hash bytea, p_origin text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin, true);
	v_now timestamptz := clock_timestamp();
begin
	if v_chat.state not in ('ended', 'abandoned', 'wrap_up') then
		perform internal.end_chat(p_chat, 'customer', coalesce(v_chat.name, ''), 'customer_left', v_now);
		select * into v_chat from chat.chat c where c.chat = p_chat;
	end if;
	return query select jsonb_build_object('chat', internal.chat_json(v_chat, v_now))::text;
end $$;

-- Once a chat, after or during it; the same score again is no error, another one is a conflict.
create function api.rate_chat(p_chat uuid, p_token_hash bytea, p_origin text, p_score int, p_comment text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin, true);
	v_now timestamptz := clock_timestamp();
	v_old chat.chat_rating;
	v_comment text := internal.masked(v_chat.site, p_comment);
begin
	if p_score is null or p_score not between 1 and 5 then
		perform internal.fail('SB422', 'invalid', 'score');
	end if;
	if char_length(p_comment) > 1000 then
		perform internal.fail('SB422', 'invalid', 'comment');
	end if;
	select * into v_old from chat.chat_rating r where r.chat = p_chat;
	if found and (v_old.score, coalesce(v_old.comment, '')) <> (p_score, coalesce(v_comment, '')) then
		perform internal.fail('SB409', 'conflict', 'score');
	elsif not found then
		insert into chat.chat_rating (chat, score, comment, rated_at) values (p_chat, p_score, v_comment, v_now);
		perform internal.add_event(p_chat, v_now, 'rated', 'customer', '', coalesce(v_chat.name, ''), p_data => jsonb_build_object('score', p_score));
	end if;
	return query select jsonb_build_object('rating', jsonb_build_object('score', p_score))::text;
end $$;

create function api.transcript(p_chat uuid, p_token_hash bytea, p_origin text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_chat chat.chat := internal.customer_chat(p_chat, p_token_hash, p_origin);
begin
	return query select jsonb_build_object('chat', internal.chat_json(v_chat, clock_timestamp()),
		'events', (select coalesce(jsonb_agg(internal.event_json(m, false) order by m.seq), '[]') from chat.message m where m.chat = p_chat and not internal.operators_only(m.kind, m.data)))::text;
end $$;
