-- SPDX-License-Identifier: ISC
-- Who is not served. A block is judged at a chat request, at a hello, whenever a token is looked at again, and at every verb of a customer; what the customer hears is
-- `forbidden` each time, whatever the kind.

-- Does one of the blocks that hold at an instant name this customer? NULL matches nothing.
create function internal.is_blocked(p_site text, p_person text, p_email text, p_address inet, p_now timestamptz) returns boolean
language plpgsql stable set plan_cache_mode = force_generic_plan as $$ -- planned once a session, not at each call
begin
	return exists (select from chat.block b where b.kind = 'identity' and b.value = p_person and b.site = p_site
			and b.since <= p_now and coalesce(b.until > p_now, true))
		or exists (select from chat.block b where b.kind = 'email' and b.value = lower(p_email) and coalesce(b.site = p_site, true)
			and b.since <= p_now and coalesce(b.until > p_now, true))
		-- all that match are counted: looking for any one, the planner hopes to meet it soon without the index
		or 0 < (select count(*) from chat.block b where b.network >>= p_address and coalesce(b.site = p_site, true)
			and b.since <= p_now and coalesce(b.until > p_now, true));
end $$;

create function internal.chat_is_blocked(p_chat chat.chat, p_now timestamptz) returns boolean
language sql stable as $$ select internal.is_blocked(p_chat.site, p_chat.person, p_chat.email, p_chat.address, p_now) $$;

-- Open sockets of who is blocked now are looked at at once: the relays that have one are told.
create function internal.block_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.ring_relays('k:' || c.chat, v_now)
	from chat.chat c
	where c.ended_at is null and exists (select from chat.relay_chat k where k.chat = c.chat) and exists (
		select from new_rows b
		where coalesce(b.site = c.site, true) and case b.kind when 'identity' then b.value = c.person when 'email' then b.value = lower(c.email) else b.network >>= c.address end);
	return null;
end $$;

create trigger block_changes_insert after insert on chat.block referencing new table as new_rows
	for each statement execute function internal.block_changes();
create trigger block_changes_update after update on chat.block referencing new table as new_rows
	for each statement execute function internal.block_changes();

-- ---- supervisors ----------------------------------------------------------------------------------------------------

create function internal.block_json(p_block chat.block, p_now timestamptz) returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('block', p_block.block, 'kind', p_block.kind, 'value', p_block.value, 'site', p_block.site, 'since', internal.rfc3339(p_block.since),
		'until', internal.rfc3339(p_block.until), 'over', case when p_block.until <= p_now then true end, 'reason', p_block.reason,
		'made_by', coalesce(internal.operator_name(p_block.made_by), p_block.made_by)))
$$;

-- Blocks the customer of a chat on its site by what is known of him, for some days or for good, and ends the chat if asked. Of an IPv6 address its /64 is blocked:
-- the rest is the customer's to choose. Blocking again changes reason and end.
create function api.block_customer(p_session bytea, p_chat uuid, p_kinds text[], p_reason text, p_days int, p_end boolean) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.supervisor(p_session, clock_timestamp());
	v_now timestamptz;
	v_chat chat.chat;
	v_kind text;
	v_value text;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	if not found then
		perform internal.fail('SB404', 'not_found');
	elsif coalesce(cardinality(p_kinds), 0) = 0 then
		perform internal.fail('SB422', 'invalid', 'kinds');
	end if;
	v_now := clock_timestamp();
	foreach v_kind in array p_kinds loop
		v_value := case v_kind when 'identity' then v_chat.person when 'email' then lower(v_chat.email)
			when 'address' then case when family(v_chat.address) = 6 then network(set_masklen(v_chat.address, 64))::text else host(v_chat.address) end end;
		if v_value is null then
			perform internal.fail('SB422', 'invalid', 'kinds');
		end if;
		insert into chat.block as b (kind, value, site, since, until, reason, made_by)
		values (v_kind, v_value, v_chat.site, v_now, v_now + make_interval(days => p_days), p_reason, v_operator.operator)
		on conflict (kind, value, site) do update set since = excluded.since, until = excluded.until, reason = excluded.reason, made_by = excluded.made_by;
	end loop;
	if p_end and v_chat.state not in ('ended', 'abandoned', 'wrap_up') then
		perform internal.end_chat(p_chat, 'operator', v_operator.name, 'operator_ended', v_now); -- the customer is not told why
		select * into v_chat from chat.chat c where c.chat = p_chat;
	end if;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now), 'blocks', coalesce((
		select jsonb_agg(internal.block_json(b, v_now) order by b.kind) from chat.block b where b.made_by = v_operator.operator and b.since = v_now), '[]'))::text;
end $$;

-- The latest 500, the newest first; those that are over too, until somebody lifts them.
create function api.blocks(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.supervisor(p_session, v_now);
	return query select jsonb_build_object('blocks', coalesce((select jsonb_agg(internal.block_json(b, v_now) order by b.since desc, b.block)
		from (select * from chat.block x order by x.since desc, x.block limit 500) b), '[]'))::text;
end $$;

create function api.lift_block(p_session bytea, p_block uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_block chat.block;
begin
	perform internal.supervisor(p_session, v_now);
	delete from chat.block b where b.block = p_block returning * into v_block;
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	return query select jsonb_build_object('block', internal.block_json(v_block, v_now))::text;
end $$;
