-- SPDX-License-Identifier: ISC
-- What accounts of channels share with their providers (switchboard channel secret).

-- One beside the one there is; the newer one is used for what leaves. Raises not_found, invalid (kind, secret), conflict (two already).
create function api.add_channel_secret(p_account text, p_kind text, p_secret text) returns table (slot int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_channel text;
begin
	perform internal.act_as('dba', session_user);
	select a.channel into v_channel from chat.channel_account a where a.account = p_account for no key update;
	if not found then
		perform internal.fail('SB404', 'not_found', 'account');
	elsif p_kind is null or p_kind not in ('secret', 'token', 'verify') or (p_kind <> 'secret' and v_channel <> 'messenger') then
		perform internal.fail('SB422', 'invalid', 'kind');
	elsif p_secret is null or p_secret !~ '^[\x21-\x7e]+$' or char_length(p_secret) not between 8 and 1000 then
		perform internal.fail('SB422', 'invalid', 'secret');
	end if;
	select min(n) into v_slot from generate_series(1, 2) n where not exists (select from chat.channel_secret k where k.account = p_account and k.kind = p_kind and k.slot = n);
	if v_slot is null then
		perform internal.fail('SB409', 'conflict', 'account');
	end if;
	insert into chat.channel_secret (account, kind, slot, secret, created_at) values (p_account, p_kind, v_slot, p_secret, clock_timestamp());
	return query select v_slot;
end $$;

-- The older one goes; the only one when p_last says so.
create function api.retire_channel_secret(p_account text, p_kind text, p_last boolean) returns table (slot int, remaining int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_slot int;
	v_count int;
begin
	perform internal.act_as('dba', session_user);
	perform 1 from chat.channel_account a where a.account = p_account for no key update;
	select count(*), (array_agg(k.slot order by k.created_at, k.slot))[1] into v_count, v_slot from chat.channel_secret k where k.account = p_account and k.kind = p_kind;
	if v_count = 0 then
		perform internal.fail('SB404', 'not_found', 'account');
	elsif v_count = 1 and not p_last then
		perform internal.fail('SB409', 'conflict', 'last');
	end if;
	delete from chat.channel_secret k where k.account = p_account and k.kind = p_kind and k.slot = v_slot;
	return query select v_slot, v_count - 1;
end $$;

-- Both leave their row in the audit, and so does a DBA who deletes one.
create trigger channel_secret_changes after insert or delete on chat.channel_secret
	for each row execute function internal.secret_changes('account', 'kind', 'slot');
