-- SPDX-License-Identifier: ISC
-- How many chats a site, an address, a customer may open, judged in the transaction that opens one, under a lock, so that of many at once no more get through.

-- What counts as one address: of IPv6 the /64. As the index chat_open_by_address has it. All that come without one are one.
create function internal.address_network(p_address inet) returns cidr
language sql immutable as $$ select network(set_masklen(coalesce(p_address, '::'), case family(coalesce(p_address, '::')) when 4 then 32 else 64 end)) $$;

-- Raises rate_limited when an address has as many open chats as it may.
create function internal.check_chats_of_address(p_address inet) returns void
language plpgsql as $$
declare
	v_max bigint := internal.setting('chats_per_address');
	v_network cidr := internal.address_network(p_address);
	v_open bigint;
begin
	if v_max = 0 then
		return;
	end if;
	perform pg_advisory_xact_lock(hashtextextended('chats of ' || v_network, 0));
	select count(*) into v_open from (
		select from chat.chat c
		where network(set_masklen(coalesce(c.address, '::'), case family(coalesce(c.address, '::')) when 4 then 32 else 64 end)) = v_network
			and c.ended_at is null and c.state in ('bot', 'queued', 'offered', 'active')
		limit v_max) n;
	if v_open >= v_max then
		perform internal.fail('SB429', 'rate_limited', null, jsonb_build_object('retry_ms', 30000));
	end if;
end $$;

-- One more chat request of a site. A minute's worth at once, then one each so many seconds: the generic cell rate algorithm, as app/base/bucket.h. A request that is
-- refused, for whatever reason, is rolled back and costs nothing. The second half of it is kept for addresses that ask seldom, so that one that asks often (p_often: the
-- api counts them) cannot use up a site.
create function internal.take_site_rate(p_site text, p_now timestamptz, p_often boolean default false) returns void
language plpgsql as $$
declare
	v_max bigint := internal.setting('site_chats_per_minute');
	v_full_at timestamptz;
	v_room interval;
begin
	if v_max = 0 then
		return;
	end if;
	insert into chat.site_rate as r (site, full_at) values (p_site, p_now + interval '1 minute' / v_max)
	on conflict (site) do update set full_at = greatest(r.full_at, p_now) + interval '1 minute' / v_max
	returning r.full_at into v_full_at;
	v_room := case when p_often then greatest(interval '1 minute' / 2, interval '1 minute' / v_max) else interval '1 minute' end;
	if v_full_at > p_now + v_room then
		perform internal.fail('SB429', 'site_busy', null, jsonb_build_object('retry_ms', ceil(extract(epoch from v_full_at - p_now - v_room) * 1000)::int));
	end if;
end $$;

-- May this customer, from this address, open one more chat with the site? The row of the site's rate stays locked until COMMIT.
create function internal.check_chat_limits(p_site text, p_address inet, p_often boolean, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.check_chats_of_address(p_address);
	perform internal.take_site_rate(p_site, p_now, p_often);
end $$;

-- Raises chat_exists, with its id, when the token that a customer shows with the request is that of an open chat with this site.
create function internal.check_held_chat(p_site text, p_held_token_hash bytea) returns void
language plpgsql stable as $$
declare
	v_chat uuid;
begin
	select c.chat into v_chat from chat.chat_access a join chat.chat c on c.chat = a.chat
	where a.token_hash = p_held_token_hash and c.site = p_site and c.state in ('bot', 'queued', 'offered', 'active');
	if found and internal.setting('chats_per_customer') > 0 then
		perform internal.fail('SB409', 'chat_exists', null, jsonb_build_object('chat', v_chat));
	end if;
end $$;
