-- SPDX-License-Identifier: ISC
-- Who is silent whose turn it is: reminded, and in the end the customer's chat is closed, the operator's goes back into the line (chat.silence_rule). The router's pass looks at
-- the chats that are due, many at once, and at nothing between; a message touches nothing here, so a look may find that it came for nothing.
--
-- Whose turn: the operator's until he has written since the chat became his, and after each word of the customer; since then, or since the first word that he left
-- unanswered. The customer's after a word of the operator or the bot. While it is the bot's turn, or the bot has the last word, nobody is waited for here.
--
-- Each reminder comes once in a silence. A router that slept through several makes up for them by one, and what comes after the reminders comes no sooner after
-- the last of them than the rule says: no outage of ours ends a chat without a word.

-- A chat is with an operator or a bot now, or no longer.
create function internal.watch_silence(p_chat chat.chat) returns void
language plpgsql as $$
begin
	if p_chat.state in ('active', 'bot') then
		insert into internal.silence (chat, check_at)
		values (p_chat.chat, coalesce((select p_chat.created_at + r.shortest from internal.silence_rule(p_chat.queue, p_chat.channel) r where p_chat.state = 'bot'),
			(select a.started_at + r.shortest from chat.assignment a, internal.silence_rule(p_chat.queue, p_chat.channel) r where a.chat = p_chat.chat and a.ended_at is null), 'infinity'))
		on conflict (chat) do update set check_at = excluded.check_at, party = null, since = null, reminders = 0, reminded_at = null;
	else
		delete from internal.silence s where s.chat = p_chat.chat;
	end if;
end $$;

create function internal.chat_runs() returns trigger
language plpgsql as $$
begin
	perform internal.watch_silence(new);
	return null;
end $$;

create trigger chat_runs after insert on chat.chat
	for each row when (new.state in ('active', 'bot')) execute function internal.chat_runs();

create function internal.silence_rule_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	insert into internal.silence_rule_changed (mark) values (true);
	return null;
end $$;

create trigger silence_rule_changes after insert or update or delete or truncate on chat.silence_rule
	for each statement execute function internal.silence_rule_changes();

-- The rule of a chat, no row where there is none; shortest: the first thing that it could have done after a word.
create function internal.silence_rule(p_queue text, p_channel text)
returns table (customer_s int[], customer_end_s int, operator_s int[], operator_requeue_s int, reminder_text text, closing_text text, shortest interval)
language plpgsql stable as $$
begin
	return query
		select r.customer_reminders_s::int[], r.customer_end_s, r.operator_reminders_s::int[], r.operator_requeue_s, r.reminder_text::text, r.closing_text::text,
			make_interval(secs => least(r.customer_reminders_s[1], r.customer_end_s, r.operator_reminders_s[1], r.operator_requeue_s))
		from chat.silence_rule r
		where r.rule in (p_queue || '/' || p_channel, p_queue || '/*', '*/' || p_channel, '*/*')
		order by r.queue is null, r.channel is null limit 1;
end $$;

-- Of these chats: whose turn it is and since when, what is to be done now (remind, end, requeue; NULL: nothing), as the how manieth reminder, and when to look again.
create type internal.silent as (chat uuid, party text, since timestamptz, act text, n int, look_at timestamptz, locale text, reminder_text text, closing_text text);

create function internal.silences(p_chats uuid[], p_now timestamptz) returns setof internal.silent
language plpgsql stable as $$
begin
	return query
	with turn as (
		select c.chat, c.queue::text, c.channel, c.locale, f.party,
			case f.party when 'customer' then l.at when 'operator' then case when o.seq is null then a.started_at else w.at end end as since, s.party as told, s.since as told_since,
			s.reminders, s.reminded_at
		from internal.silence s
		join chat.chat c on c.chat = s.chat
		left join chat.assignment a on a.chat = c.chat and a.ended_at is null and c.state = 'active'
		left join lateral (select m.seq, m.author_kind, m.at from chat.message m
			where m.chat = c.chat and m.kind in ('message', 'bot_message') and m.at >= coalesce(a.started_at, c.created_at) order by m.seq desc limit 1) l on true
		cross join lateral (select case when c.state = 'active' then case when l.author_kind = 'operator' then 'customer' else 'operator' end
			when c.state = 'bot' and c.closing_until is null and l.author_kind <> 'customer' then 'customer' end as party) f
		left join lateral (select m.seq from chat.message m
			where m.chat = c.chat and m.kind = 'message' and m.author_kind = 'operator' and m.at >= a.started_at order by m.seq desc limit 1) o on f.party = 'operator'
		left join lateral (select m.at from chat.message m
			where m.chat = c.chat and m.seq > o.seq and m.kind = 'message' and m.author_kind = 'customer' order by m.seq limit 1) w on o.seq is not null
		where s.chat = any (p_chats)
	), told as (
		select t.*, case when (t.told, t.told_since) = (t.party, t.since) then t.reminders else 0 end as done,
			case when (t.told, t.told_since) = (t.party, t.since) then t.reminded_at end as last_at, r.shortest, r.reminder_text as words, r.closing_text as last_words,
			case t.party when 'customer' then r.customer_s when 'operator' then r.operator_s end as delays,
			case t.party when 'customer' then r.customer_end_s when 'operator' then r.operator_requeue_s end as end_s
		from turn t left join internal.silence_rule(t.queue, t.channel) r on true
	), due as (
		select t.*, (select count(*)::int from unnest(t.delays) d (s) where t.since + make_interval(secs => d.s) <= p_now) as passed,
			case when t.done < cardinality(t.delays) then t.since + make_interval(secs => t.delays[t.done + 1]) end as remind_at,
			case when t.done >= cardinality(t.delays) then greatest(t.since + make_interval(secs => t.end_s),
				t.last_at + make_interval(secs => t.end_s - t.delays[cardinality(t.delays)])) end as end_at
		from told t
	)
	select d.chat, d.party, d.since, case when d.remind_at <= p_now then 'remind' when d.end_at <= p_now then case d.party when 'customer' then 'end' else 'requeue' end end,
		greatest(d.passed, d.done), coalesce(least(d.remind_at, d.end_at, p_now + d.shortest), 'infinity'), d.locale, d.words, d.last_words
	from due d;
end $$;

-- The words of the company to a silent customer; a name without words is made up for by those that came with the program.
create function internal.silence_text(p_name text, p_default text, p_locale text) returns text
language sql stable as $$ select coalesce(internal.text(p_name, p_locale), internal.text(p_default, p_locale)) $$;

create function internal.remind(p_silence internal.silent, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_data jsonb := jsonb_build_object('to', p_silence.party, 'n', p_silence.n, 'since', internal.rfc3339(p_silence.since));
begin
	perform internal.add_event(p_silence.chat, p_now, 'reminder', p_data => v_data,
		p_body => case p_silence.party when 'customer' then internal.silence_text(p_silence.reminder_text, 'silent_customer', p_silence.locale) end);
	update internal.silence s set party = p_silence.party, since = p_silence.since, reminders = p_silence.n, reminded_at = p_now where s.chat = p_silence.chat;
end $$;

-- What a silence leads to. The chat and its counter are held.
create function internal.answer_silence(p_silence internal.silent, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_silence.act = 'remind' then
		perform internal.remind(p_silence, p_now);
	elsif p_silence.act = 'end' then
		perform internal.add_event(p_silence.chat, p_now, 'reminder', p_body => internal.silence_text(p_silence.closing_text, 'silent_closing', p_silence.locale),
			p_data => jsonb_build_object('to', 'customer', 'closing', true, 'since', internal.rfc3339(p_silence.since)));
		perform internal.end_chat(p_silence.chat, 'system', '', 'customer_silent', p_now);
	else
		perform internal.set_aside(p_silence.chat, a.operator, 'silent', p_now) from chat.assignment a where a.chat = p_silence.chat and a.ended_at is null;
		perform internal.requeue(p_silence.chat, 'operator_silent', p_now);
	end if;
end $$;

-- Changed rules count for the chats that run, too.
create function internal.apply_silence_rules(p_now timestamptz) returns void
language plpgsql as $$
begin
	delete from internal.silence_rule_changed;
	if found then
		update internal.silence s set check_at = p_now where s.check_at > p_now;
	end if;
end $$;

-- A pass: looks at what is due, and at what will be within a second, so that many chats do not wake the router one by one. A message that comes in meanwhile
-- finds its chat's counter held, and is looked at before anything is done.
create function internal.mind_silences(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_due uuid[];
	v_acts uuid[];
	v_chat uuid;
	v_silence internal.silent;
	v_count int := 0;
begin
	perform internal.apply_silence_rules(p_now);
	v_due := array(select s.chat from internal.silence s where s.check_at <= p_now + interval '1 second' order by s.check_at limit 1000);
	if cardinality(v_due) = 0 then
		return 0;
	end if;
	with looked as materialized (
		select l.chat, l.act, l.look_at from internal.silences(v_due, p_now) l
	), put_off as (
		update internal.silence s set check_at = l.look_at
		from looked l where s.chat = l.chat and l.act is null and s.check_at <> l.look_at
	)
	select array_agg(l.chat order by l.chat) into v_acts from looked l where l.act is not null;
	for v_chat in
		select c.chat from chat.chat c join chat.chat_counter n on n.chat = c.chat
		where c.chat = any (v_acts) order by c.chat limit 250 for no key update of c skip locked for update of n skip locked
	loop
		select * into v_silence from internal.silences(array[v_chat], p_now);
		continue when v_silence.act is null or (v_silence.act <> 'remind' and not internal.try_lock_states(internal.parties(v_chat)));
		perform internal.answer_silence(v_silence, p_now);
		update internal.silence s set check_at = l.look_at from internal.silences(array[v_chat], p_now) l where s.chat = v_chat and l.chat = v_chat;
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;
