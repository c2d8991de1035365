-- SPDX-License-Identifier: ISC
-- Guessing passwords. What is counted is a name at an address, whether there is an operator of that name or not: from another address the right password works at
-- once, so nobody can lock somebody else out. Beside it all names of one address are counted, for who tries one password on many.

-- Seconds to wait after so many failures of one name at one address.
create function internal.login_delay_s(p_failures bigint) returns bigint
language sql stable as $$
	select case when p_failures < internal.setting('login_failures_max') then 0
		else least(internal.setting('login_delay_max_s'), internal.setting('login_delay_s') * 2 ^ least(p_failures - internal.setting('login_failures_max'), 20))::bigint end
$$;

-- Until when the failures of a row keep the next attempt waiting; NULL: they do not. An empty name stands for all of the address.
create function internal.login_waits_until(p_failure chat.login_failure, p_exempt boolean) returns timestamptz
language sql stable as $$
	select case when p_failure.operator <> '' and internal.login_delay_s(p_failure.failures) > 0 -- else another attempt of this very moment would be waited for
			then p_failure.last_at + make_interval(secs => internal.login_delay_s(p_failure.failures))
		when p_failure.operator = '' and not p_exempt and p_failure.failures >= internal.setting('login_address_max') and internal.setting('login_address_max') > 0
			then p_failure.since + interval '1 hour' end
$$;

-- One more attempt; returns the milliseconds it has to wait (then nothing is counted), or 0. It counts as failed from now on, so that of many at once no more are
-- tried than may be; internal.login_succeeded takes it back.
create function internal.login_attempt(p_operator text, p_address inet, p_exempt boolean, p_now timestamptz) returns int
language plpgsql as $$
declare
	v_names text[] := array[left(p_operator, 100), ''];
	v_network cidr := internal.address_network(p_address);
	v_failure chat.login_failure;
	v_until timestamptz;
begin
	delete from chat.login_failure f where (f.network, f.operator) in (
		select o.network, o.operator from chat.login_failure o where o.last_at < p_now - make_interval(secs => greatest(internal.setting('login_window_s'), 3600))
		limit 50 for update skip locked);
	insert into chat.login_failure (network, operator, failures, since, last_at)
	select v_network, n, 0, p_now, p_now from unnest(v_names) with ordinality as u (n, ord) order by ord on conflict do nothing;
	for v_failure in
		select f.* from chat.login_failure f where f.network = v_network and f.operator = any (v_names) order by f.operator desc for update
	loop
		if (v_failure.operator = '' and v_failure.since < p_now - interval '1 hour')
			or (v_failure.operator <> '' and v_failure.last_at < p_now - internal.seconds('login_window_s'))
		then
			update chat.login_failure f set failures = 0, since = p_now where f.network = v_network and f.operator = v_failure.operator;
		else
			v_until := greatest(v_until, internal.login_waits_until(v_failure, p_exempt));
		end if;
	end loop;
	if v_until > p_now then
		return ceil(extract(epoch from v_until - p_now) * 1000);
	end if;
	update chat.login_failure f set failures = f.failures + 1, last_at = p_now where f.network = v_network and f.operator = any (v_names);
	return 0;
end $$;

-- The name's failures at this address are forgiven, and this attempt was none of the address.
create function internal.login_succeeded(p_operator text, p_address inet) returns void
language plpgsql as $$
declare
	v_network cidr := internal.address_network(p_address);
begin
	delete from chat.login_failure f where f.network = v_network and f.operator = left(p_operator, 100);
	update chat.login_failure f set failures = greatest(f.failures - 1, 0) where f.network = v_network and f.operator = '';
	delete from chat.login_failure f where f.network = v_network and f.operator = '' and f.failures = 0;
end $$;
