-- SPDX-License-Identifier: ISC
-- The outbox: everything that leaves by HTTP or SMTP. Who has something to send calls internal.send_out in the transaction in which it becomes true; couriers claim what is
-- due, send it, and report: the answer, or why there is none (a code of chat.outbox.last_reason, and words). An item is sent at least once, each time under the same key, and
-- those of a lane one after the other.
--
-- Locks are taken in this order: chat, its counter, lane, item. A claim waits for nobody.
--
-- Nobody is rung while a courier is awake (it looks by itself ten times a second): a commit with a notification waits for a lock of the whole cluster, so there is one
-- when work comes after a pause, and none under load. A bell that is missed costs a second.

-- ---- in -------------------------------------------------------------------------------------------------------------

create function internal.ring_couriers(p_now timestamptz) returns void
language plpgsql as $$
begin
	if exists (select from chat.courier c where c.asleep_until > p_now) then
		perform pg_notify('switchboard_outbox', '');
	end if;
end $$;

-- Is the outbox full? Positions tell cheaply that it is not; only where they do not are items counted.
create function internal.outbox_is_full() returns boolean
language plpgsql stable as $$
declare
	v_max bigint := internal.setting('outbox_max');
	v_first bigint := (select o.position from chat.outbox o where o.finished_at is null order by o.position limit 1);
begin
	if v_first is null or (select o.position from chat.outbox o where o.finished_at is null order by o.position desc limit 1) - v_first + 1 < v_max then
		return false;
	end if;
	return (select count(*) from (select from chat.outbox o where o.finished_at is null limit v_max) c) >= v_max;
end $$;

-- Adds one item; its key, or NULL when the lane or the outbox is full. p_give_up_at: it is worth nothing after that.
create function internal.try_send_out(p_kind text, p_lane text, p_account text, p_chat uuid, p_body jsonb, p_now timestamptz, p_not_before timestamptz default null,
	p_give_up_at timestamptz default null) returns uuid
language plpgsql as $$
declare
	v_item uuid;
	v_due timestamptz := greatest(p_now, p_not_before);
	v_max bigint := internal.setting('outbox_lane_max');
begin
	if internal.outbox_is_full() then
		return null;
	end if;
	insert into chat.outbox_lane as l (lane, account, depth, due_at) values (p_lane, p_kind || '/' || p_account, 1, v_due)
	on conflict (lane) do update set depth = l.depth + 1 where l.depth < v_max;
	if not found then
		return null;
	end if;
	insert into chat.outbox (kind, lane, account, chat, body, created_at, next_try_at, give_up_at)
	values (p_kind, p_lane, p_account, p_chat, p_body, p_now, v_due, coalesce(p_give_up_at, 'infinity'))
	returning item into v_item;
	if v_due <= p_now then
		perform internal.ring_couriers(p_now);
	end if;
	return v_item;
end $$;

-- The same for who cannot go on without it: raises queue_full.
create function internal.send_out(p_kind text, p_lane text, p_account text, p_chat uuid, p_body jsonb, p_now timestamptz, p_not_before timestamptz default null,
	p_give_up_at timestamptz default null) returns uuid
language plpgsql as $$
declare
	v_item uuid := internal.try_send_out(p_kind, p_lane, p_account, p_chat, p_body, p_now, p_not_before, p_give_up_at);
begin
	if v_item is null then
		perform internal.fail('SB503', 'queue_full', 'outbox', jsonb_build_object('retry_ms', 30000));
	end if;
	return v_item;
end $$;

-- ---- out ------------------------------------------------------------------------------------------------------------

-- The lane's first item is finished or waits for its next attempt: when does the lane come again?
create function internal.settle_lane(p_lane text, p_finished int) returns void
language plpgsql as $$
begin
	delete from chat.outbox_lane l where l.lane = p_lane and l.depth <= p_finished;
	if not found then
		update chat.outbox_lane l set depth = l.depth - p_finished, sending = l.sending and h.state = 'sending',
			due_at = case when h.state = 'sending' then l.due_at else h.next_try_at end
		from (select o.state, o.next_try_at from chat.outbox o where o.lane = p_lane and o.finished_at is null order by o.position limit 1) h
		where l.lane = p_lane;
	end if;
end $$;

-- An item that goes unfinished (its chat is erased, a DBA drops it) leaves its lane.
create function internal.outbox_goes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.settle_lane(g.lane, g.count) from (select o.lane, count(*)::int as count from old_rows o where o.finished_at is null group by o.lane order by o.lane) g;
	return null;
end $$;

create trigger outbox_goes after delete on chat.outbox referencing old table as old_rows
	for each statement execute function internal.outbox_goes();

-- Lanes that are due, of each account as many as it may have under way; they are locked.
create function internal.due_lanes(p_limit int, p_now timestamptz) returns table (lane text)
language plpgsql as $$
declare
	v_account_max bigint := internal.setting('outbox_account_max');
begin
	return query
		with recursive account (account) as (
			(select l.account from chat.outbox_lane l order by l.account limit 1)
			union all
			select (select l.account from chat.outbox_lane l where l.account > a.account order by l.account limit 1) from account a where a.account is not null
		)
		select d.lane from account a
		cross join lateral (select count(*) as count from chat.outbox_lane l where l.account = a.account and l.sending and l.due_at > p_now) s
		cross join lateral (select l.lane, l.due_at from chat.outbox_lane l
			where l.account = a.account and l.due_at <= p_now order by l.due_at limit greatest(0, v_account_max - s.count) for no key update skip locked) d
		where a.account is not null
		order by d.due_at limit p_limit;
end $$;

-- Claims up to p_limit items. An item whose `problem` says something is not sent: the courier reports it as failed with this `reason` and `status` (those of the last attempt,
-- where no further one is made), for good where `final` says so. An attempt counts from
-- here, so that one which takes its courier along is not made for ever.
create function api.claim_outbox(p_courier int, p_limit int)
returns table (item uuid, lease uuid, kind text, account text, attempt int, problem text, reason text, status int, final boolean, method text, url text, headers text, content_type text, body text,
	user_name text, secret text, other_secret text, scheme text, timeout_ms int, max_answer_bytes int, allowed_hosts text, plain_http boolean,
	mail_from text, rcpt text, subject text, text_body text, html_body text, starttls text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_lane text;
	v_item chat.outbox;
	v_out internal.outgoing;
	v_problem text;
	v_reason text;
	v_final boolean;
begin
	for v_lane in select d.lane from internal.due_lanes(least(p_limit, 100), v_now) d loop
		select * into v_item from chat.outbox o where o.lane = v_lane and o.finished_at is null order by o.position limit 1 for update skip locked;
		continue when not found;
		v_out := null;
		v_problem := null;
		v_reason := null;
		v_final := false;
		begin
			v_out := internal.outbox_request(v_item);
			if v_out.url is null then
				v_problem := 'there is nobody to send it to any more';
				v_reason := 'no_receiver';
				v_final := true;
			elsif v_item.tries >= coalesce(v_out.tries, internal.setting('outbox_tries')) then
				v_problem := coalesce(v_item.last_error, 'the courier ended in the middle of the attempt');
				v_reason := coalesce(v_item.last_reason, 'interrupted');
			elsif v_item.give_up_at <= v_now then
				v_problem := coalesce(v_item.last_error, 'its time was over');
				v_reason := coalesce(v_item.last_reason, 'expired');
			end if;
		exception when others then
			v_problem := left('its request cannot be made: ' || sqlerrm, 1000); -- a DBA can mend that
			v_reason := 'not_made';
		end;
		v_out.timeout_ms := greatest(100, least(coalesce(v_out.timeout_ms, 10000), 60000));
		update chat.outbox o set state = 'sending', tries = o.tries + 1, lease = gen_random_uuid(), courier = p_courier where o.item = v_item.item returning * into v_item;
		update chat.outbox_lane l set sending = true, due_at = v_now + make_interval(secs => v_out.timeout_ms / 1000.0 + 15) where l.lane = v_lane;
		return query select v_item.item, v_item.lease, v_item.kind, v_item.account, v_item.tries, v_problem,
			v_reason, case when v_reason = v_item.last_reason then v_item.last_status end, v_final, coalesce(v_out.method, 'POST'), v_out.url,
			array_to_string(v_out.headers, E'\n'), v_out.content_type, v_out.body, v_out.user_name, v_out.secret, v_out.other_secret, coalesce(v_out.scheme, 'none'),
			v_out.timeout_ms, greatest(0, least(coalesce(v_out.max_answer_bytes, 65536), 1048576)), array_to_string(v_out.allowed_hosts, ' '), coalesce(v_out.plain_http, false),
			v_out.mail_from, array_to_string(v_out.rcpt, E'\n'), v_out.subject, v_out.text_body, v_out.html_body, coalesce(v_out.starttls, 'required');
	end loop;
end $$;

-- The item of a report, with chat, counter, lane and item locked in this order; all NULL when it is gone or the attempt is not the present one.
create function internal.outbox_item(p_item uuid, p_lease uuid) returns chat.outbox
language plpgsql as $$
declare
	v_item chat.outbox;
begin
	select * into v_item from chat.outbox o where o.item = p_item;
	perform 1 from chat.chat c where c.chat = v_item.chat for no key update;
	perform 1 from chat.chat_counter n where n.chat = v_item.chat for update; -- who posts holds it, and then the lane
	perform 1 from chat.outbox_lane l where l.lane = v_item.lane for update;
	select * into v_item from chat.outbox o where o.item = p_item and o.lease = p_lease and o.state = 'sending' for update;
	return v_item;
end $$;

-- Which answers do not become better by asking again; all others may.
create function internal.outbox_status_is_final(p_status int) returns boolean
language sql immutable as $$ select p_status between 300 and 399 or p_status in (400, 405, 406, 411, 413, 414, 415, 422, 431, 451, 501, 505) $$;

-- The pause before the next attempt: exponential, with full jitter (p_random between 0 and 1).
create function internal.outbox_pause(p_tries int, p_random float8) returns interval
language sql stable as $$
	select make_interval(secs => p_random * least(internal.setting('outbox_backoff_max_s'), internal.setting('outbox_backoff_s') * 2 ^ least(greatest(p_tries, 1) - 1, 30)))
$$;

create function internal.known_reason(p_reason text) returns text
language sql immutable as $$
	select case when p_reason in ('refused', 'answer_unusable', 'answer_too_large', 'timeout', 'unreachable', 'unknown_host', 'connection_lost', 'insecure', 'login_refused',
		'private_address', 'host_not_allowed', 'bad_address', 'no_receiver', 'not_made', 'interrupted', 'expired') then p_reason else 'other' end
$$;

-- The attempt failed: again later, or never. p_reason: a code of last_reason; where a courier gives none, or one that we do not know, it is other.
-- What the dead letter means to its kind is done in the same transaction; where that fails the letter is dead all the same.
create function internal.outbox_fails(p_item chat.outbox, p_status int, p_reason text, p_error text, p_retry_after interval, p_final boolean, p_now timestamptz) returns text
language plpgsql as $$
declare
	v_next timestamptz := p_now + greatest(internal.outbox_pause(p_item.tries, random()), least(p_retry_after, internal.seconds('outbox_backoff_max_s')));
	v_tries bigint := internal.setting('outbox_tries');
	v_reason text := internal.known_reason(p_reason);
	v_item chat.outbox := p_item;
begin
	begin
		v_tries := coalesce((internal.outbox_request(p_item)).tries, v_tries);
	exception when others then
		null; -- it cannot be made now, perhaps it can later
	end;
	if not p_final and p_item.tries < v_tries and v_next < p_item.give_up_at then
		update chat.outbox o set state = 'queued', next_try_at = v_next, last_status = p_status, last_reason = v_reason, last_error = left(p_error, 1000)
		where o.item = p_item.item;
		perform internal.settle_lane(p_item.lane, 0);
		return 'retry';
	end if;
	update chat.outbox o set state = 'dead', finished_at = p_now, last_status = p_status, last_reason = v_reason, last_error = left(p_error, 1000),
		given_up = case when p_item.tries > v_tries then 'tries' when p_final then 'final' when p_item.give_up_at <= p_now or p_item.tries < v_tries then 'time' else 'tries' end
	where o.item = p_item.item returning * into v_item;
	perform internal.settle_lane(p_item.lane, 1);
	begin
		perform internal.outbox_died(v_item, p_error, p_now);
	exception when others then
		if sqlstate ~ '^(40|55|57)' then
			raise; -- the report comes again
		end if;
		raise warning 'dead letter %: %', p_item.item, sqlerrm;
	end;
	return 'dead';
end $$;

-- The answer to an attempt: done, retry, dead; stale when the attempt counts no more. p_answer is its text, cut at max_answer_bytes.
create function api.outbox_answered(p_item uuid, p_lease uuid, p_status int, p_answer text, p_retry_after_s int default null) returns table (outcome text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_item chat.outbox := internal.outbox_item(p_item, p_lease);
	v_now timestamptz := clock_timestamp();
	v_error text := format('answered %s', p_status) || coalesce(': ' || nullif(left(btrim(p_answer), 300), ''), '');
	v_reason text := case when p_status between 200 and 299 then 'answer_unusable' else 'refused' end;
	v_final boolean := internal.outbox_status_is_final(p_status);
begin
	if v_item.item is null then
		return query select 'stale';
		return;
	end if;
	if p_status between 200 and 299 then
		begin
			update chat.outbox o set state = 'done', finished_at = v_now, last_status = p_status, last_reason = null, last_error = null where o.item = p_item;
			perform internal.settle_lane(v_item.lane, 1);
			if internal.outbox_answered(v_item, p_answer, v_now) then
				return query select 'done';
				return;
			end if;
			raise exception using errcode = 'SBNOT'; -- back to where it was
		exception when others then
			if sqlstate ~ '^(40|55|57)' then
				raise; -- the report comes again
			elsif sqlstate <> 'SBNOT' then
				v_error := sqlerrm;
				v_final := sqlstate ~ '^SB4'; -- an answer that is understood and refused is refused again
			end if;
		end;
	end if;
	return query select internal.outbox_fails(v_item, p_status, v_reason, v_error, make_interval(secs => p_retry_after_s), v_final, v_now);
end $$;

-- The attempt had no answer, or none that is one. p_final: and never will (`problem` of the claim, an address that is refused). p_status: what a server said last, if anything.
create function api.outbox_failed(p_item uuid, p_lease uuid, p_error text, p_final boolean, p_reason text default null, p_status int default null) returns table (outcome text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_item chat.outbox := internal.outbox_item(p_item, p_lease);
begin
	return query select case when v_item.item is null then 'stale' else internal.outbox_fails(v_item, p_status, p_reason, p_error, null, p_final, clock_timestamp()) end;
end $$;

-- ---- couriers -------------------------------------------------------------------------------------------------------

-- What a courier that is gone had under way is due now.
create function internal.retire_courier(p_courier int, p_now timestamptz) returns void
language plpgsql as $$
begin
	update chat.outbox_lane l set due_at = p_now, sending = false
	where l.lane in (
		select d.lane from chat.outbox_lane d join chat.outbox o on o.lane = d.lane
		where o.courier = p_courier and o.state = 'sending' order by d.lane for no key update of d skip locked);
	delete from chat.courier c where c.courier = p_courier
		and not exists (select from chat.outbox o join chat.outbox_lane l on l.lane = o.lane where o.courier = p_courier and o.state = 'sending' and l.sending);
end $$;

create function internal.retire_couriers(p_but int, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_courier int;
begin
	for v_courier in select c.courier from chat.courier c where c.courier <> p_but order by c.courier loop
		if pg_try_advisory_xact_lock(7399, v_courier) then
			perform internal.retire_courier(v_courier, p_now);
		end if;
	end loop;
end $$;

create function internal.forget_outbox(p_now timestamptz) returns void
language sql as $$
	delete from chat.outbox o
	where o.item in (select d.item from chat.outbox d
		where d.finished_at <= p_now - make_interval(hours => internal.setting('outbox_keep_h')::int) and d.state = 'done' order by d.finished_at limit 500 for update skip locked);
	delete from chat.outbox o
	where o.item in (select d.item from chat.outbox d
		where d.finished_at <= p_now - make_interval(days => internal.setting('outbox_dead_days')::int) and d.state = 'dead' order by d.finished_at limit 500 for update skip locked);
$$;

-- This session is a courier from now on: its number. Attempts that it made in an earlier session and has not reported stay its own; what others left behind is due.
create function api.courier_register(p_name text, p_leases uuid[] default '{}') returns table (courier int)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_courier int;
begin
	insert into chat.courier as c (name, started_at, heartbeat_at) values (p_name, v_now, v_now) returning c.courier into v_courier;
	perform pg_advisory_lock(7399, v_courier);
	update chat.outbox o set courier = v_courier where o.state = 'sending' and o.lease = any (p_leases);
	perform internal.retire_couriers(v_courier, v_now);
	execute format('listen %I', 'switchboard_outbox');
	return query select v_courier;
end $$;

-- The courier's heartbeat, and when the next lane is due (NULL: none is). p_asleep: it will look again only in next_in_ms, or when somebody rings.
-- Registered no more (its row is gone): no row comes back, and it registers anew.
create function api.courier_beat(p_courier int, p_asleep boolean) returns table (next_in_ms bigint)
language plpgsql security definer set search_path = chat, pg_temp set synchronous_commit = off as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	update chat.courier c set heartbeat_at = v_now, asleep_until = case when p_asleep then v_now + interval '10 seconds' else '-infinity' end where c.courier = p_courier;
	if not found then
		return;
	end if;
	perform internal.retire_couriers(p_courier, v_now);
	perform internal.forget_outbox(v_now);
	return query select case when l.due_at > v_now then ceil(extract(epoch from l.due_at - v_now) * 1000)::bigint when l.due_at is not null then 0 end
		from (select min(due_at) as due_at from chat.outbox_lane) l;
end $$;

-- A courier ends in order; it has nothing under way.
create function api.courier_leave(p_courier int) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.retire_courier(p_courier, clock_timestamp());
	perform pg_advisory_unlock(7399, p_courier);
end $$;
