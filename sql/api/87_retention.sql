-- SPDX-License-Identifier: ISC
-- The nightly run: what is old is erased, shortened, forgotten. A few rows with each sweep of the router, so that no lock is held for long and no pass takes long; one row
-- of chat.retention_run a night says what was done.

create function internal.short_address(p_address inet) returns inet
language sql immutable as $$ select network(set_masklen(p_address, least(masklen(p_address), case family(p_address) when 4 then 24 else 48 end))) $$;

-- Everything from before then is over its time; -infinity where there is no limit.
create function internal.limit_of(p_setting text, p_now timestamptz) returns timestamptz
language sql stable as $$ select case when d.days > 0 then p_now - make_interval(days => d.days::int) else '-infinity' end from internal.setting(p_setting) d (days) $$;

-- Some chats that are past the retention of their queue (of none: the setting's).
create function internal.chats_past_retention(p_now timestamptz, p_limit int) returns uuid[]
language sql stable as $$
	select array(
		select d.chat
		from (select q.queue::text, q.retention_days from chat.queue q union all select null, null) r
		cross join lateral (select case when r.retention_days is null then internal.limit_of('retention_days', p_now) else p_now - make_interval(days => r.retention_days) end as before) t
		cross join lateral (select c.chat from chat.chat c
			where c.queue is not distinct from r.queue and c.ended_at is not null and c.erased_at is null and c.ended_at <= t.before order by c.ended_at limit p_limit) d
		limit p_limit)
$$;

-- One bite of the run; true while there was something to do.
create function internal.retention_bite(p_run bigint, p_began_at timestamptz, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_chats uuid[] := internal.chats_past_retention(p_began_at, 20);
	v_messages bigint := 0;
	v_addresses bigint;
	v_logins bigint;
	v_audit bigint;
	v_inbox record;
begin
	v_chats := array(select l.chat from (select c.chat from chat.chat c where c.chat = any (v_chats) and c.erased_at is null order by c.chat for no key update skip locked) l);
	if cardinality(v_chats) > 0 then
		select e.rows into v_messages from internal.erase_chats(v_chats, 'retention', p_now) e where e.relation = 'chat.message';
	end if;

	update chat.chat c set address = internal.short_address(c.address)
	where c.chat in (select d.chat from chat.chat d
		where masklen(d.address) = case family(d.address) when 4 then 32 else 128 end and d.created_at <= internal.limit_of('address_days', p_began_at)
		order by d.created_at limit 500 for no key update skip locked);
	get diagnostics v_addresses = row_count;

	-- since the run before: what that one has been through is not looked at again
	update chat.audit a set new = jsonb_set(a.new, '{address}', to_jsonb(internal.short_address((a.new ->> 'address')::inet)::text))
	where a.audit in (select l.audit from chat.audit l
		where l.at <= internal.limit_of('address_days', p_began_at) and l.new ->> 'address' !~ '/'
		  and l.at > coalesce((select internal.limit_of('address_days', max(r.began_at)) - interval '1 day' from chat.retention_run r where r.run < p_run), '-infinity')
		order by l.at limit 500 for no key update skip locked);
	get diagnostics v_logins = row_count;

	select * into v_inbox from internal.retain_inbox(p_began_at, p_now);

	delete from chat.audit a
	where a.audit in (select o.audit from chat.audit o where o.at <= internal.limit_of('audit_days', p_began_at) order by o.at limit 1000 for update skip locked);
	get diagnostics v_audit = row_count;

	update chat.retention_run r set chats = r.chats + cardinality(v_chats), messages = r.messages + v_messages, addresses = r.addresses + v_addresses + v_logins + v_inbox.addresses,
		notes = r.notes + v_inbox.notes,
		audit_rows = r.audit_rows + v_audit
	where r.run = p_run;
	return cardinality(v_chats) + v_addresses + v_logins + v_audit + v_inbox.notes + v_inbox.addresses > 0;
end $$;

-- Called with each sweep of the router. The next run begins when retention_hour has come (UTC) and none has begun since; rows that somebody holds wait for the next night.
create function internal.keep_retention(p_now timestamptz) returns void
language plpgsql as $$
declare
	v_run chat.retention_run;
	v_due timestamptz := date_trunc('day', p_now, 'UTC') + make_interval(hours => internal.setting('retention_hour')::int);
begin
	select * into v_run from chat.retention_run r where r.finished_at is null for update skip locked;
	if not found then
		v_due := v_due - case when v_due > p_now then interval '1 day' else interval '0' end;
		if exists (select from chat.retention_run r where r.finished_at is null or r.began_at >= v_due) then
			return;
		end if;
		insert into chat.retention_run (began_at) values (p_now) on conflict do nothing returning * into v_run;
	end if;
	if v_run.run is not null and not internal.retention_bite(v_run.run, v_run.began_at, p_now) then
		update chat.retention_run r set finished_at = p_now where r.run = v_run.run;
		delete from chat.retention_run r where r.began_at < p_now - interval '10 years';
		delete from chat.phrase_use u where u.day < (p_now - interval '2 years')::date;
	end if;
end $$;
