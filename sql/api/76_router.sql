-- SPDX-License-Identifier: ISC
-- The router's verbs: who leads, and one pass.
--
-- One router leads at a time: the one of the highest term in chat.router_term. Its session holds the advisory lock (7397, term); when it is gone, the lock is free
-- and the next stand-by to ask begins the next term. A leader that is there but silent (stopped, cut off, its server process frozen) keeps its lock: a stand-by
-- judges that by its heartbeat, ends its session and begins the next term all the same. Nothing hangs on the old session really being gone: each pass says in
-- which term it decides and does nothing when that is over. And the decision itself is safe without any of this, by its row locks: leading saves work.

-- The lock of a term.
create function internal.router_lock(p_term bigint) returns int
language sql immutable as $$ select (p_term % 2147483647)::int $$;

-- The present term; a row of NULLs before the first.
create function internal.router_term() returns chat.router_term
language plpgsql stable as $$
declare
	v_term chat.router_term;
begin
	select * into v_term from chat.router_term t order by t.term desc limit 1;
	return v_term;
end $$;

-- Since when the server process of this session has been there; -infinity where the owner may not see it, because this is no session of switchboard_router (a
-- person's, a test's): such a session can lead, but not be ended by a stand-by.
create function internal.backend_start() returns timestamptz
language sql stable as $$ select coalesce((select a.backend_start from pg_stat_get_activity(pg_backend_pid()) a), '-infinity') $$;

-- A stand-by looks at the leader's heartbeat: how many times in a row it has now seen the same one.
create function internal.watch_router(p_term chat.router_term, p_pid int, p_start timestamptz) returns int
language plpgsql as $$
declare
	v_times int;
begin
	update chat.router r set seen_term = p_term.term, seen_beat = coalesce(l.beat, 0),
		seen_times = case when r.seen_term is not distinct from p_term.term and r.seen_beat = coalesce(l.beat, 0) then least(r.seen_times + 1, 1000000) else 1 end
	from (select) one left join chat.router l on l.pid = p_term.pid and l.backend_start = p_term.backend_start
	where r.pid = p_pid and r.backend_start = p_start
	returning r.seen_times into v_times;
	return v_times;
end $$;

-- Is the leader of that term silent? Its last heartbeat is older than router_lost_s, or lies so far in the future (the clock was set back), and the asking stand-by
-- has seen no other in its last four questions (the clock may have been set on: a living leader beats between them). A leader whose statement still runs
-- is at work, unless it should have been ended by statement_timeout, and one that has just ended a long one gets its time too. (The owner sees the sessions of
-- switchboard_router: roles.sql.)
create function internal.router_is_silent(p_term chat.router_term, p_seen_times int, p_now timestamptz) returns boolean
language sql stable as $$
	select p_seen_times >= 4
		and not exists (
			select from chat.router r
			where r.pid = p_term.pid and r.backend_start = p_term.backend_start
			  and r.heartbeat_at between p_now - internal.seconds('router_lost_s') and p_now + internal.seconds('router_lost_s'))
		and not exists (
			select from pg_stat_get_activity(p_term.pid) a
			where a.backend_start = p_term.backend_start
			  and case a.state when 'active' then a.query_start > p_now - interval '250 milliseconds'
					- (select make_interval(secs => s.setting::float8 / 1000) from pg_settings s where s.name = 'statement_timeout')
				else a.state_change > p_now - internal.seconds('router_lost_s') end)
$$;

-- Ends the session of a leader: that very one, not a younger one with its process number. False when it cannot be (it is gone, or not a session that the owner
-- may end: roles.sql makes the owner a member of switchboard_router, of nothing more).
create function internal.end_router(p_term chat.router_term) returns boolean
language plpgsql as $$
begin
	return coalesce(bool_or(pg_terminate_backend(a.pid)), false) from pg_stat_get_activity(p_term.pid) a where a.backend_start = p_term.backend_start;
exception when insufficient_privilege then
	raise warning 'the session of router % cannot be ended: it does not log in as switchboard_router', p_term.router;
	return false;
end $$;

-- This session shows that it lives.
create function internal.beat_router(p_name text, p_pid int, p_start timestamptz, p_leads boolean, p_now timestamptz) returns void
language plpgsql as $$
begin
	insert into chat.router as r (name, pid, backend_start, leads, started_at, heartbeat_at) values (p_name, p_pid, p_start, p_leads, p_now, p_now)
	on conflict (pid, backend_start) do update set name = p_name, leads = p_leads, heartbeat_at = p_now, beat = r.beat + 1;
end $$;

-- Begins the next term for this session; false when another stand-by was quicker. Rows of routers that are no more go with it.
create function internal.begin_router_term(p_name text, p_pid int, p_start timestamptz, p_last chat.router_term, p_cause text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_term bigint := coalesce(p_last.term, 0) + 1;
begin
	insert into chat.router_term (term, router, pid, backend_start, began_at, cause, predecessor, leaderless_for)
	select v_term, p_name, p_pid, p_start, p_now, p_cause, p_last.router,
		p_now - coalesce(p_last.ended_at, (select r.heartbeat_at from chat.router r where r.pid = p_last.pid and r.backend_start = p_last.backend_start))
	on conflict (term) do nothing;
	if not found then
		return false;
	end if;
	perform set_config('synchronous_commit', 'on', true); -- a term that was begun is not forgotten in a crash: none is ever begun twice
	perform pg_try_advisory_lock(7397, internal.router_lock(v_term));
	delete from chat.router_term t where t.term <= v_term - 1000;
	delete from chat.router r
	where (r.pid, r.backend_start) in (
		select o.pid, o.backend_start from chat.router o
		where (o.pid, o.backend_start) = (p_last.pid, p_last.backend_start) or o.heartbeat_at not between p_now - interval '1 day' and p_now + interval '1 day'
		for update skip locked);
	return true;
end $$;

-- The heartbeat of every router, and the question whether it leads; asked twice a second, and at once on a ring of switchboard_lead. The answer to a session that
-- has just begun to lead says whom it follows, why (chat.router_term.cause) and how long after that one's last heartbeat; to a stand-by: who leads. A heartbeat
-- does not wait for the disk: none outlives the server. The beginning of a term does.
create function api.router_lead(p_name text) returns table (leads boolean, term bigint, leader text, began boolean, cause text, predecessor text, leaderless_ms bigint)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_pid int := pg_backend_pid();
	v_start timestamptz := internal.backend_start();
	v_term chat.router_term := internal.router_term();
	v_leads boolean;
	v_seen int;
	v_cause text;
begin
	perform set_config('synchronous_commit', 'off', true);
	v_leads := coalesce((v_term.pid, v_term.backend_start) = (v_pid, v_start) and v_term.ended_at is null, false);
	perform internal.beat_router(p_name, v_pid, v_start, v_leads, v_now);
	if v_leads then
		return query select true, v_term.term, p_name, false, null::text, null::text, null::bigint;
		return;
	end if;
	perform pg_advisory_unlock_all(); -- of a term that has been taken from this session
	v_seen := internal.watch_router(v_term, v_pid, v_start);
	v_cause := case when v_term.term is null then 'first' when v_term.ended_at is not null then 'released'
		when pg_try_advisory_xact_lock(7397, internal.router_lock(v_term.term)) then 'gone'
		when internal.router_is_silent(v_term, v_seen, v_now) then 'silent' end;
	if v_cause = 'silent' then
		perform internal.end_router(v_term);
	end if;
	if v_cause is not null and internal.begin_router_term(p_name, v_pid, v_start, v_term, v_cause, v_now) then
		perform internal.beat_router(p_name, v_pid, v_start, true, v_now);
		return query select true, t.term, p_name, true, t.cause, t.predecessor, (extract(epoch from t.leaderless_for) * 1000)::bigint
			from chat.router_term t where t.term = coalesce(v_term.term, 0) + 1;
	else
		return query select false, t.term, t.router, false, null::text, null::text, null::bigint from internal.router_term() t;
	end if;
end $$;

-- A router ends in order: it is no more, and when it led, the stand-bys are rung and one leads at once.
create function api.router_leave() returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_term chat.router_term := internal.router_term();
begin
	delete from chat.router r where r.pid = pg_backend_pid() and r.backend_start = internal.backend_start();
	if (v_term.pid, v_term.backend_start) = (pg_backend_pid(), internal.backend_start()) and v_term.ended_at is null then
		update chat.router_term t set ended_at = clock_timestamp() where t.term = v_term.term;
		perform pg_notify('switchboard_lead', '');
	end if;
end $$;

-- One pass: deadlines, then offers; one at a time, because each holds the rows of many operators. p_term: the term in which the caller leads; when it is over, or is that
-- of another session, nothing is done and `leads` is false. Without a term (by hand, tests) it is made in any case. next_in_ms: sleep no longer than that; what is
-- due but could not be done (somebody else held a row; it waits for the next sweep) comes again after a breath. A pass that made offers does not look for the next
-- deadline: the offers wait for its COMMIT. It asks for another one a moment later, which does. more: there was too much for one transaction.
create function api.router_pass(p_term bigint default null) returns table (leads boolean, offers int, deadlines int, next_in_ms bigint, more boolean)
language plpgsql security definer set search_path = chat, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off as $$
declare
	v_term record;
	v_now timestamptz;
	v_sweep boolean := false;
	v_due int;
	v_few int;
	v_offers int := 0;
	v_made int;
	v_more boolean := true;
	v_next timestamptz;
begin
	-- of the term: who begins the next one does not wait for a pass of a frozen predecessor
	perform pg_advisory_xact_lock(7398, internal.router_lock(coalesce(p_term, (internal.router_term()).term, 0)));
	v_now := clock_timestamp();
	select t.*, r.swept_at into v_term
	from (select x.term, x.pid, x.backend_start, x.ended_at from chat.router_term x order by x.term desc limit 1) t
	left join chat.router r on r.pid = t.pid and r.backend_start = t.backend_start and r.leads;
	if p_term is not null and (v_term.term is distinct from p_term or v_term.pid <> pg_backend_pid() or v_term.ended_at is not null) then
		return query select false, 0, 0, null::bigint, false;
		return;
	end if;
	if v_term.swept_at not between v_now - interval '1 second' and v_now then
		update chat.router r set swept_at = v_now
		where r.ctid = (select o.ctid from chat.router o where o.leads and o.pid = v_term.pid and o.backend_start = v_term.backend_start for no key update skip locked);
		v_sweep := found;
	end if;
	v_due := internal.run_deadlines(v_now, v_sweep);
	-- a decision costs the more the more are free: of a crowd that signs in at once few at a time, so that no pass goes on until it is cut off
	v_few := greatest(1, 5000 / (1 + (select count(*) from chat.operator_state s where s.on_duty and s.load < s.slots)));
	while v_offers < 50 and clock_timestamp() < v_now + interval '500 milliseconds' loop
		v_made := internal.route(v_now, least(50 - v_offers, v_few));
		v_offers := v_offers + v_made;
		v_more := v_made = v_few;
		exit when not v_more;
	end loop;
	v_next := case when v_offers > 0 then v_now + interval '20 milliseconds' else internal.next_deadline(v_now) end;
	if v_next <= v_now then
		v_next := v_now + interval '200 milliseconds';
	end if;
	if current_setting('switchboard.passed_over', true) = 'on' then
		v_next := least(v_next, v_now + interval '50 milliseconds');
	end if;
	return query select true, v_offers, v_due, case when v_next is not null then greatest(1, ceil(extract(epoch from v_next - v_now) * 1000))::bigint end, v_more or v_offers >= 50;
end $$;
