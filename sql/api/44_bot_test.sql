-- SPDX-License-Identifier: ISC
-- A dialogue with a bot, played to see what it says. It is played by the functions that serve customers, and taken back: nothing of it is kept, nobody hears of it,
-- and no lock outlives the call.

-- What became of the chat, in sentences.
create function internal.bot_test_result(p_chat chat.chat) returns table (who text, says text)
language sql stable as $$
	select 'error', format('%s: %s (%s)', a.action, a.new ->> 'error', a.new ->> 'sqlstate') from chat.audit a
	where a.object = 'chat' and a.key = p_chat.chat::text and a.action = 'bot failed'
	union all
	select 'result', case p_chat.state when 'queued' then 'waits in ' || p_chat.queue || coalesce(' at level ' || p_chat.level, '')
		when 'bot' then 'is with the bot, at ' || coalesce('node ' || p_chat.bot_node, 'no node')
			|| coalesce(', which asks for ' || p_chat.bot_question, '') || coalesce('; who asks for a person gets to ' || p_chat.bot_queue, '')
		else 'is over' end
	union all
	(select 'result', format('asks for %s%s%s', s.skill, case when s.min_rating > 1 then ' at ' || s.min_rating || ' or better' else '' end, case when s.required then '' else ', if possible' end)
	from chat.chat_skill s where s.chat = p_chat.chat order by s.skill)
	union all
	select 'result', 'knows ' || t.name || ': ' || t.value from (values ('name', p_chat.name), ('email', p_chat.email)) t (name, value) where t.value is not null
	union all
	(select 'result', 'knows ' || a.key || ': ' || coalesce(a.value #>> '{}', 'left out') from jsonb_each(p_chat.answers) a order by a.key)
$$;

-- A line of the customer: /id presses a button, all else is typed.
create function internal.bot_test_turn(p_chat uuid, p_line text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_choice text := (regexp_match(p_line, '^/([a-z0-9][a-z0-9_.-]{0,62})$'))[1];
	v_label text;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat;
	if v_chat.state <> 'bot' or p_line !~ '\S' then
		return;
	end if;
	if v_choice is not null then
		v_label := internal.bot_choice_label(v_chat, v_choice);
		if v_label is null then
			perform internal.fail('SB422', 'invalid', 'choice');
		end if;
	end if;
	perform internal.add_event(p_chat, p_now, 'message', 'customer', p_body => coalesce(v_label, internal.masked(v_chat.site, left(p_line, 4000))));
	perform internal.bot_answers(p_chat, coalesce(v_label, left(p_line, 4000)), v_choice, p_now);
end $$;

-- The first line where the customer speaks first, as by a channel: the bot greets him and answers. No button is shown yet; /id is one of a menu that the page has.
create function internal.bot_test_opens(p_chat chat.chat, p_line text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat := p_chat;
	v_choice text := (regexp_match(p_line, '^/([a-z0-9][a-z0-9_.-]{0,62})$'))[1];
	v_body text := left(p_line, 4000);
begin
	if v_choice is not null then
		if internal.bot_opening_choice(p_chat.bot, v_choice) is null then
			perform internal.fail('SB422', 'invalid', 'choice');
		end if;
		select b.first_node into v_chat.bot_node from chat.bot b where b.bot = p_chat.bot;
		v_body := coalesce(internal.bot_choice_label(v_chat, v_choice), v_choice);
	end if;
	perform internal.add_event(p_chat.chat, p_now, 'message', 'customer', p_body => internal.masked(p_chat.site, v_body));
	perform internal.bot_begins_with(p_chat, v_body, v_choice, p_now);
end $$;

create function internal.bot_test(p_bot text, p_says text[], p_locale text, p_widget text, p_page_url text, p_context jsonb, p_customer_first boolean, p_now timestamptz)
returns table (line int, who text, says text, buttons text[])
language plpgsql as $$
declare
	v_widget chat.widget;
	v_chat chat.chat;
	v_says text[] := case when p_customer_first then array(select s.line from unnest(p_says) with ordinality s (line, ord) where s.line ~ '\S' order by s.ord) else p_says end;
	v_line text;
	v_lines jsonb;
begin
	if not exists (select from chat.bot b where b.bot = p_bot) then
		perform internal.fail('SB404', 'not_found', 'bot');
	elsif cardinality(p_says) > 200 then
		perform internal.fail('SB422', 'invalid', 'says');
	end if;
	select * into v_widget from chat.widget w where case when p_widget is not null then w.widget = p_widget else true end
	order by w.bot is not distinct from p_bot desc, w.active desc, w.widget limit 1;
	if not found then
		perform internal.fail('SB404', 'not_found', 'widget');
	end if;
	begin
		insert into chat.chat (chat, site, widget, state, locale, page_url, context, bot, created_at, customer_seen_at)
		values (gen_random_uuid(), v_widget.site, v_widget.widget, 'bot', coalesce(p_locale, v_widget.locale), p_page_url, coalesce(p_context, '{}'), p_bot, p_now, p_now)
		returning * into v_chat;
		insert into chat.chat_counter (chat) values (v_chat.chat);
		if not p_customer_first then
			perform internal.bot_begins(v_chat, p_now);
		elsif cardinality(v_says) > 0 then
			perform internal.bot_test_opens(v_chat, v_says[1], p_now);
			v_says := v_says[2:];
		end if;
		foreach v_line in array v_says loop
			perform internal.bot_test_turn(v_chat.chat, v_line, p_now);
		end loop;
		select * into v_chat from chat.chat c where c.chat = v_chat.chat;
		select jsonb_agg(jsonb_build_object('who', l.who, 'says', l.says, 'buttons', l.buttons) order by l.part, l.ord) into v_lines from (
			select 1 as part, m.seq as ord, case when m.kind in ('message', 'bot_message') then m.author_kind else 'system' end as who,
				case m.kind when 'queued' then 'goes to the queue ' || (m.data ->> 'queue') when 'ended' then 'the chat is ended' else coalesce(m.body, '') end as says,
				(select jsonb_agg(format('%s = %s', c.value ->> 'id', c.value ->> 'label') order by c.ord) from jsonb_array_elements(m.data -> 'choices') with ordinality c (value, ord)) as buttons
			from chat.message m where m.chat = v_chat.chat
			union all
			select 2, r.ord, r.who, r.says, null from internal.bot_test_result(v_chat) with ordinality r (who, says, ord)) l;
		raise exception using errcode = 'SBDRY';
	exception when sqlstate 'SBDRY' then
		null;
	end;
	return query select l.ord::int, l.value ->> 'who', l.value ->> 'says', array(select jsonb_array_elements_text(nullif(l.value -> 'buttons', 'null')))
		from jsonb_array_elements(v_lines) with ordinality l (value, ord);
end $$;

create function chat.bot_test(p_bot text, p_says text[] default '{}', p_locale text default null, p_widget text default null, p_page_url text default null,
	p_context jsonb default null, p_customer_first boolean default false)
returns table (line int, who text, says text, buttons text[])
language sql security definer set search_path = chat, pg_temp as $$
	select t.line, t.who, t.says, t.buttons from internal.bot_test(p_bot, p_says, p_locale, p_widget, p_page_url, p_context, p_customer_first, clock_timestamp()) t
$$;
comment on function chat.bot_test(text, text[], text, text, text, jsonb, boolean) is 'Plays a dialogue with a bot and takes it back: what the customer says line by'
	' line (/id presses a button), what the bot says, and what becomes of the chat; p_customer_first: as by SMS or Messenger, where the bot greets with its first answer.'
	' `switchboard bot test` does it on the terminal';

-- Which answers of a bot fit a text, the best first: what chat.bot.min_score is to be set by.
create function chat.bot_matches(p_bot text, p_text text, p_locale text default 'en') returns table (answer text, score numeric)
language sql stable security definer set search_path = chat, pg_temp as $$ select m.answer, m.score from internal.bot_matches(p_bot, p_locale, p_text) m $$;
comment on function chat.bot_matches(text, text, text) is 'The answers of a bot that come into question for a text, the best first, with the score that chat.bot.min_score is compared with';
