-- SPDX-License-Identifier: ISC
-- The outbox as a DBA sees it: what waits, what is dead, sending it again, dropping it. The command `switchboard outbox` prints and calls it.

-- Items that are not delivered, dead ones first, then by place. p_state: only queued, sending or dead ones; or done, to look back.
create function chat.outbox_list(p_state text default null, p_limit int default 1000)
returns table (item uuid, kind text, account text, lane text, chat uuid, state text, tries int, created_at timestamptz, next_try_at timestamptz, last_status int, last_reason text,
	given_up text, last_error text)
language sql stable security definer set search_path = chat, pg_temp as $$
	select o.item, o.kind, o.account, o.lane, o.chat, o.state, o.tries, o.created_at, case when o.finished_at is null then o.next_try_at end, o.last_status, o.last_reason, o.given_up,
		o.last_error
	from chat.outbox o
	where o.state = p_state or (p_state is null and o.state <> 'done')
	order by o.state <> 'dead', o.position limit p_limit
$$;

-- Puts a dead letter at the end of its lane, under the key it has. Turns of a bot are worth nothing later.
create function internal.replay(p_item uuid, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_item chat.outbox;
begin
	select * into v_item from chat.outbox o where o.item = p_item;
	insert into chat.outbox_lane as l (lane, account, depth, due_at) values (v_item.lane, v_item.kind || '/' || v_item.account, 1, p_now)
	on conflict (lane) do update set depth = l.depth + 1;
	update chat.outbox o set state = 'queued', position = default, tries = 0, finished_at = null, given_up = null, next_try_at = p_now, give_up_at = 'infinity'
	where o.item = p_item and o.state = 'dead' and o.kind <> 'bot';
	if not found then
		perform internal.fail('SB409', 'bad_state', 'item');
	end if;
	perform internal.outbox_replayed(v_item, p_now);
	perform internal.audit('replay', 'outbox', p_item::text);
	perform internal.ring_couriers(p_now);
end $$;

-- Locks what comes before an item; raises not_found.
create function internal.hold_item(p_item uuid) returns void
language plpgsql as $$
declare
	v_chat uuid;
begin
	select o.chat into v_chat from chat.outbox o where o.item = p_item;
	if not found then
		perform internal.fail('SB404', 'not_found', 'item');
	end if;
	perform 1 from chat.chat c where c.chat = v_chat for no key update;
	perform 1 from chat.chat_counter n where n.chat = v_chat for update;
end $$;

create function internal.find_item(p_item uuid) returns void
language plpgsql as $$
begin
	perform internal.act_as('dba', session_user);
	perform internal.hold_item(p_item);
end $$;

create function chat.replay_outbox(p_item uuid) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.find_item(p_item);
	perform internal.replay(p_item, clock_timestamp());
end $$;

-- Of the dead letters to one account the oldest p_limit (NULL: all), in their order; how many. Those of bots are never sent again. Raises invalid (kind).
create function internal.replay_account(p_kind text, p_account text, p_limit int, p_now timestamptz) returns int
language plpgsql as $$
declare
	v_item uuid;
	v_count int := 0;
begin
	if p_kind not in ('webhook', 'channel', 'mail') then
		perform internal.fail('SB422', 'invalid', 'kind');
	end if;
	for v_item in select o.item from chat.outbox o where o.kind = p_kind and o.account = p_account and o.state = 'dead' order by o.position limit p_limit loop
		begin
			perform internal.hold_item(v_item);
			perform internal.replay(v_item, p_now);
			v_count := v_count + 1;
		exception when sqlstate 'SB404' or sqlstate 'SB409' then
			null; -- somebody else has sent it again or given it up meanwhile
		end;
	end loop;
	return v_count;
end $$;

create function chat.replay_account(p_kind text, p_account text) returns bigint
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.act_as('dba', session_user);
	return internal.replay_account(p_kind, p_account, null, clock_timestamp());
end $$;

-- Takes an item away that is in one of these states.
create function internal.drop_item(p_item uuid, p_states text[]) returns void
language plpgsql as $$
begin
	perform 1 from chat.outbox_lane l join chat.outbox o on o.lane = l.lane where o.item = p_item for update of l;
	delete from chat.outbox o where o.item = p_item and o.state = any (p_states);
	if not found then
		perform internal.fail('SB409', 'bad_state', 'item');
	end if;
	perform internal.audit('drop', 'outbox', p_item::text);
end $$;

-- Takes an item away that is not delivered; one that is under way may still arrive.
create function chat.drop_outbox(p_item uuid) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.find_item(p_item);
	perform internal.drop_item(p_item, '{queued,sending,dead}');
end $$;

comment on function chat.outbox_list(text, int) is 'What is not delivered: dead letters, then what waits or is under way; or what is in one state (queued, sending, done, dead)';
comment on function chat.replay_outbox(uuid) is 'Sends a dead letter again, under the same key';
comment on function chat.replay_account(text, text) is 'Sends all dead letters to one account again; how many';
comment on function chat.drop_outbox(uuid) is 'Takes an item out of the outbox that is not delivered';
