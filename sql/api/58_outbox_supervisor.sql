-- SPDX-License-Identifier: ISC
-- The outbox as supervisors see it: how many letters wait, which are dead, sending one again or giving it up. What a letter says and whom it would reach is not told, nor the
-- words in which it was refused, for they may name either: of those only the code and the status. Turns of bots are left out: when they failed their chats went to people.

-- Why a letter is dead: {code, status?, given_up?}. The code is the last attempt's; `given_up` is there when it was the last one that there were tries or time for.
create function internal.letter_reason(p_letter chat.outbox) returns jsonb
language sql immutable as $$
	select jsonb_strip_nulls(jsonb_build_object('code', coalesce(p_letter.last_reason, 'other'), 'status', p_letter.last_status, 'given_up', nullif(p_letter.given_up, 'final')))
$$;

-- The site that a letter is of; NULL: of none.
create function internal.letter_site(p_letter chat.outbox) returns text
language sql stable as $$
	select coalesce((select c.site::text from chat.chat c where c.chat = p_letter.chat), case p_letter.kind when 'mail' then p_letter.body ->> 'site'
		when 'webhook' then (select w.site::text from chat.webhook w where w.webhook = p_letter.account)
		when 'channel' then (select w.site::text from chat.channel_account a join chat.widget w on w.widget = a.widget where a.account = p_letter.account) end)
$$;

create function internal.letter_json(p_letter chat.outbox) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('item', p_letter.item, 'kind', p_letter.kind, 'account', p_letter.account,
		'channel', (select a.channel from chat.channel_account a where p_letter.kind = 'channel' and a.account = p_letter.account),
		'site', (select s.name from chat.site s where s.site = internal.letter_site(p_letter)), 'tries', p_letter.tries, 'created_at', internal.rfc3339(p_letter.created_at),
		'died_at', internal.rfc3339(p_letter.finished_at), 'reason', internal.letter_reason(p_letter)))
$$;

-- For the board, which is asked for every few seconds: counted up to a thousand.
create function internal.outbox_counts() returns jsonb
language sql stable as $$
	select jsonb_build_object('waiting', (select count(*) from (select from chat.outbox o where o.finished_at is null limit 1000) w),
		'dead', (select count(*) from (select from chat.outbox o where o.state = 'dead' and o.kind <> 'bot' limit 1000) d))
$$;

-- {waiting, dead, oldest_s?, courier, accounts: [{kind, account, dead}], letters: [the latest p_limit]}.
create function internal.dead_letters_json(p_limit int, p_now timestamptz) returns jsonb
language sql stable as $$
	select internal.outbox_counts() || jsonb_strip_nulls(jsonb_build_object(
		'oldest_s', (select greatest(0, extract(epoch from p_now - o.created_at))::int from chat.outbox o where o.finished_at is null order by o.position limit 1),
		'courier', exists (select from chat.courier c where c.heartbeat_at > p_now - interval '1 minute'),
		'accounts', coalesce((select jsonb_agg(jsonb_build_object('kind', a.kind, 'account', a.account, 'dead', a.dead) order by a.dead desc, a.kind, a.account)
			from (select o.kind, o.account, count(*) as dead from chat.outbox o where o.state = 'dead' and o.kind <> 'bot'
				group by o.kind, o.account order by count(*) desc, o.kind, o.account limit p_limit) a), '[]'),
		'letters', coalesce((select jsonb_agg(internal.letter_json(l) order by l.finished_at desc, l.position desc)
			from (select * from chat.outbox o where o.state = 'dead' and o.kind <> 'bot' order by o.finished_at desc, o.position desc limit p_limit) l), '[]')))
$$;

create function api.dead_letters(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.supervisor(p_session, v_now);
	return query select internal.dead_letters_json(200, v_now)::text;
end $$;

-- not_found: no such letter, also one of a bot; bad_state: it is not dead, somebody else has sent it again.
create function api.send_letter(p_session bytea, p_item uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.supervisor(p_session, clock_timestamp());
	perform internal.hold_letter(p_item);
	perform internal.replay(p_item, clock_timestamp());
	return query select jsonb_build_object('item', p_item)::text;
end $$;

create function api.give_up_letter(p_session bytea, p_item uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.supervisor(p_session, clock_timestamp());
	perform internal.hold_letter(p_item);
	perform internal.drop_item(p_item, '{dead}');
	return query select jsonb_build_object('item', p_item)::text;
end $$;

-- The oldest 200 to one account; how many.
create function api.send_letters(p_session bytea, p_kind text, p_account text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.supervisor(p_session, v_now);
	return query select jsonb_build_object('items', internal.replay_account(p_kind, p_account, 200, v_now))::text;
end $$;

-- A letter that supervisors see, with what comes before it locked.
create function internal.hold_letter(p_item uuid) returns void
language plpgsql as $$
begin
	perform internal.hold_item(p_item);
	if exists (select from chat.outbox o where o.item = p_item and o.kind = 'bot') then
		perform internal.fail('SB404', 'not_found', 'item');
	end if;
end $$;
