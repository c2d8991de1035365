-- SPDX-License-Identifier: ISC
-- What happens because time has passed. Rows that somebody else holds are left for the next pass.

-- An offer nobody answered. Who let missed_offers_max of them expire in a row does not look: he is put on a break and comes back with one click.
create function internal.expire_offers(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_offer record;
	v_missed int;
	v_count int := 0;
begin
	for v_offer in
		select o.offer, o.chat, o.operator from chat.offer o join chat.chat c on c.chat = o.chat
		where o.state = 'open' and o.expires_at <= p_now order by o.expires_at, o.chat for no key update of c, o skip locked
	loop
		continue when not internal.try_lock_states(internal.parties(v_offer.chat)) or not internal.close_offer(v_offer.offer, 'expired', null, p_now);
		update chat.operator_state s set missed_offers = s.missed_offers + 1, penalty_until = p_now + internal.seconds('missed_offer_penalty_s')
		where s.operator = v_offer.operator returning s.missed_offers into v_missed;
		if v_missed >= internal.setting('missed_offers_max') then
			perform internal.withdraw_offers(v_offer.operator, 'not responding', p_now);
			perform internal.put_presence(v_offer.operator, 'break', 'not responding', 'not_responding', p_now) from chat.operator_state s
			where s.operator = v_offer.operator and s.presence = 'available';
			perform internal.audit('not responding', 'operator', v_offer.operator, null, jsonb_build_object('missed_offers', v_missed));
		end if;
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

create function internal.finish_wrap_ups(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat uuid;
	v_count int := 0;
begin
	for v_chat in
		select c.chat from chat.chat c where c.state = 'wrap_up' and c.wrap_up_until <= p_now order by c.chat for no key update skip locked
	loop
		continue when not internal.try_lock_states(internal.parties(v_chat));
		perform internal.finish_wrap_up(v_chat, p_now);
		v_count := v_count + 1;
	end loop;
	for v_chat in
		select f.chat from chat.filing f where f.until <= p_now order by f.chat for update skip locked
	loop
		continue when not internal.try_lock_states(array(select f.operator::text from chat.filing f where f.chat = v_chat));
		perform internal.finish_filing(v_chat, p_now);
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

-- ---- chats of silent customers --------------------------------------------------------------------------------------
-- A chat whose customer has not written for the queue's idle_release_s counts no more in its operator's load; his next word makes it count again, at once and
-- even where the load then exceeds the cap by one. A message only leaves a row in internal.woken.

create function internal.wake_chats(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat uuid;
	v_count int := 0;
begin
	if not exists (select from internal.woken) then
		return 0;
	end if;
	for v_chat in
		select c.chat from chat.chat c where c.chat in (select w.chat from internal.woken w) order by c.chat for no key update skip locked
	loop
		continue when not internal.try_lock_states(internal.parties(v_chat));
		delete from internal.woken w where w.chat = v_chat;
		perform internal.wake(v_chat, p_now);
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

create function internal.wake(p_chat uuid, p_now timestamptz) returns void
language sql as $$
	with woken as (
		update chat.assignment a set idle_since = null, idle_check_at = p_now from chat.chat c
		where a.chat = p_chat and c.chat = p_chat and a.ended_at is null and a.idle_since is not null and c.state = 'active' returning a.operator)
	select internal.ring_relays('w:' || w.operator, p_now) from woken w
$$;

-- The row of the counter is held too: no message of the customer can slip in between the look and the release.
create function internal.release_chats(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat record;
	v_silent_from timestamptz;
	v_count int := 0;
begin
	for v_chat in
		select a.assignment, a.chat, a.operator, a.started_at, c.state, internal.idle_release_s(c.chat, q.idle_release_s) as idle_release_s, n.customer_at, s.presence
		from chat.assignment a join chat.chat c on c.chat = a.chat join chat.chat_counter n on n.chat = a.chat join chat.queue q on q.queue = c.queue
		join chat.operator_state s on s.operator = a.operator
		where a.idle_check_at <= p_now order by a.chat limit 500 for no key update of c skip locked for update of n skip locked
	loop
		v_silent_from := greatest(v_chat.started_at, v_chat.customer_at) + make_interval(secs => v_chat.idle_release_s);
		if v_chat.state <> 'active' or v_chat.idle_release_s = 0 then
			update chat.assignment a set idle_check_at = null where a.assignment = v_chat.assignment;
		elsif v_silent_from > p_now then
			update chat.assignment a set idle_check_at = v_silent_from where a.assignment = v_chat.assignment;
		elsif v_chat.presence = 'offline' then -- by what somebody who is offline holds one knows that he has to be retired
			update chat.assignment a set idle_check_at = p_now + interval '5 seconds' where a.assignment = v_chat.assignment;
		elsif internal.try_lock_states(array[v_chat.operator]) then
			update chat.assignment a set idle_since = p_now, idle_check_at = null where a.assignment = v_chat.assignment;
			perform internal.ring_relays('w:' || v_chat.operator, p_now);
			v_count := v_count + 1;
		end if;
	end loop;
	return v_count;
end $$;

-- A changed idle_release_s counts for the chats that run, too.
create function internal.idle_rule_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	insert into internal.idle_rule_changed (queue) values (new.queue);
	return null;
end $$;

create trigger idle_rule_changes after update of idle_release_s on chat.queue
	for each row when (old.idle_release_s <> new.idle_release_s) execute function internal.idle_rule_changes();

create function internal.apply_idle_rules(p_now timestamptz) returns void
language plpgsql as $$
declare
	v_queues text[];
begin
	with gone as (delete from internal.idle_rule_changed returning queue) select array_agg(g.queue) into v_queues from gone g;
	if v_queues is not null then
		update chat.assignment a set idle_check_at = p_now from chat.chat c
		where a.ended_at is null and a.idle_since is null and c.chat = a.chat and c.state = 'active' and c.queue = any (v_queues);
	end if;
end $$;

-- ---- who is gone ----------------------------------------------------------------------------------------------------

-- Operators whose lease and grace are over: offers go back, chats are queued again in front by their age, presence becomes offline.
create function internal.retire_operators(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_operator text;
	v_chat record;
	v_count int := 0;
begin
	perform internal.refresh(p_now); -- takes those whose lease is over off duty
	for v_operator in
		select s.operator from chat.operator_state s
		where not s.on_duty and (s.presence <> 'offline' or s.load > 0) and s.lease_until <= p_now - (select internal.seconds('operator_grace_s'))
		order by s.operator for update skip locked -- who comes back at this moment holds the row, or finds it judged
	loop
		perform internal.withdraw_offers(v_operator, 'operator gone', p_now);
		perform internal.park_chats(v_operator, p_now);
		for v_chat in
			select c.chat, c.state from chat.assignment a join chat.chat c on c.chat = a.chat
			where a.operator = v_operator and a.ended_at is null order by c.chat for no key update of c skip locked
		loop
			continue when not internal.try_lock_states(internal.parties(v_chat.chat));
			if v_chat.state = 'active' then
				perform internal.requeue(v_chat.chat, 'operator_gone', p_now);
			else
				perform internal.finish_wrap_up(v_chat.chat, p_now);
			end if;
		end loop;
		delete from chat.filing f where f.chat in (select g.chat from chat.filing g where g.operator = v_operator for update skip locked);
		if exists (select from chat.operator_state s where s.operator = v_operator and s.presence <> 'offline') then
			perform internal.put_presence(v_operator, 'offline', 'connection lost', 'connection_lost', p_now);
			perform internal.audit('offline', 'operator', v_operator, null, jsonb_build_object('reason', 'lease lost'));
		end if;
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

-- Nearly every customer is there, and is not asked for each second: internal.customer_watch says when to look at each again, and that is never after his time could be
-- over. Only a time that becomes shorter needs a word. Who says one holds the chat's row; the router waits for nobody's.
create function internal.watch_customer(p_chat uuid) returns void
language plpgsql as $$
begin
	insert into internal.customer_watch as w (chat, check_at) values (p_chat, '-infinity') on conflict (chat) do update set check_at = '-infinity' where isfinite(w.check_at);
end $$;

create function internal.customer_time_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.watch_customer(new.chat);
	return null;
end $$;

create trigger customer_comes after insert on chat.chat
	for each row when (new.channel = 'web' and new.ended_at is null) execute function internal.customer_time_changes();
create trigger customer_was_seen_earlier after update of customer_seen_at on chat.chat
	for each row when (new.customer_seen_at < old.customer_seen_at) execute function internal.customer_time_changes();

-- When the time of a customer who gives no sign of life any more is over. A socket counts as long as its relay lives, and relay_lost_s longer: within that it may still come back and
-- say that the customer left a moment ago.
create function internal.customer_until(p_chat chat.chat, p_heard timestamptz, p_gone interval, p_resume interval, p_lost interval) returns timestamptz
language sql stable as $$ select greatest(p_chat.customer_seen_at, p_heard + p_lost) + case p_chat.state when 'active' then p_resume else p_gone end $$;

-- Who may have vanished: whose time is over now, as it seems before their rows are locked. The others are put off; chats that are over are looked at no more.
create function internal.missing_customers(p_gone interval, p_resume interval, p_lost interval, p_now timestamptz) returns uuid[]
language plpgsql as $$
declare
	v_due uuid[];
	v_missing uuid[];
begin
	if (select (r.gone, r.resume, r.lost) is distinct from (p_gone, p_resume, p_lost) from internal.customer_rule r) then
		update internal.customer_rule r set gone = p_gone, resume = p_resume, lost = p_lost;
		update internal.customer_watch w set check_at = '-infinity' where w.chat in (select x.chat from internal.customer_watch x where isfinite(x.check_at) for update skip locked);
	end if;
	v_due := array(select w.chat from internal.customer_watch w where w.check_at <= p_now order by w.check_at limit 1000 for update skip locked);
	if v_due = '{}' then
		return null;
	end if;
	with looked as materialized ( -- a statement of its own: what was said of them before they were held is seen here, what is said now comes after
		select d.chat, c.chat is not null as runs, greatest(c.customer_seen_at, h.at) + least(p_gone, p_resume) as check_at,
			internal.customer_until(c, h.at, p_gone, p_resume, p_lost) as until
		from unnest(v_due) d (chat)
		left join chat.chat c on c.chat = d.chat and c.channel = 'web' and c.state in ('bot', 'queued', 'offered', 'active')
		cross join internal.customer_heard(d.chat) h
	), over as (
		delete from internal.customer_watch w using looked l where w.chat = l.chat and not l.runs
	), put_off as (
		update internal.customer_watch w set check_at = case when l.check_at > p_now then l.check_at else l.until end
		from looked l where w.chat = l.chat and l.until > p_now
	)
	select array_agg(l.chat) into v_missing from looked l where l.until <= p_now;
	return v_missing;
end $$;

-- Customers who vanished: a waiting chat is abandoned, a running one ends when the time for coming back is over.
create function internal.part_with_customers(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_gone interval := internal.seconds('customer_gone_s');
	v_resume interval := internal.seconds('customer_resume_s');
	v_lost interval := internal.seconds('relay_lost_s');
	v_missing uuid[] := internal.missing_customers(v_gone, v_resume, v_lost, p_now);
	v_chat uuid;
	v_count int := 0;
begin
	for v_chat in
		select c.chat from chat.chat c cross join internal.customer_heard(c.chat) h
		where c.chat = any (v_missing) and c.channel = 'web' and c.state in ('bot', 'queued', 'offered', 'active')
		  and internal.customer_until(c, h.at, v_gone, v_resume, v_lost) <= p_now
		order by c.chat limit 100 for no key update of c skip locked
	loop
		continue when not internal.try_lock_states(internal.parties(v_chat));
		perform internal.end_chat(v_chat, 'system', '', 'customer_gone', p_now);
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

-- The detail of decisions goes after decision_detail_days, a few at each sweep; who decided what by which rule and figures stays.
create function internal.forget_candidates(p_now timestamptz) returns void
language plpgsql as $$
begin
	update chat.offer o set candidates = null
	where o.offer in (select d.offer from chat.offer d
		where d.candidates is not null and d.state <> 'open' and d.offered_at <= p_now - make_interval(days => internal.setting('decision_detail_days')::int)
		order by d.offered_at limit 200 for no key update skip locked);
end $$;

create function internal.forget_sessions(p_now timestamptz) returns void
language plpgsql as $$
begin
	delete from chat.ticket t where t.expires_at <= p_now;
	delete from chat.account_link k where k.expires_at <= p_now;
	delete from chat.session s
	where s.last_used_at <= p_now - internal.seconds('session_idle_s') or s.created_at <= p_now - internal.seconds('session_max_s');
end $$;

-- The next instant at which something falls due or a decision could change by itself; NULL when nothing will. (Promotion is none: it changes the order of
-- chats, and when the router sleeps there is no free operator to choose for.)
create function internal.next_deadline(p_now timestamptz) returns timestamptz
language plpgsql stable as $$
begin
	return least(
		(select min(o.expires_at) from chat.offer o where o.state = 'open'),
		(select min(c.wrap_up_until) from chat.chat c where c.state = 'wrap_up'),
		(select min(f.until) from chat.filing f), (select min(c.closing_until) from chat.chat c where c.closing_until is not null),
		(select min(a.idle_check_at) from chat.assignment a where a.idle_check_at is not null),
		(select min(s.lease_until) + (select internal.seconds('operator_grace_s')) from chat.operator_state s where not s.on_duty and (s.presence <> 'offline' or s.load > 0)),
		(select r.change_at from internal.routing_rule r where isfinite(r.change_at)),
		(select min(w.due_at) from chat.waiting w where w.due_at is not null),
		(select nullif(min(s.check_at), 'infinity') from internal.silence s),
		case when exists (select from chat.waiting) then (
			select min(greatest(s.last_offer_at + r.stagger, s.penalty_until)) from chat.operator_state s, internal.routing_rule r
			where s.on_duty and s.load < s.slots and greatest(s.last_offer_at + r.stagger, s.penalty_until) > p_now) end);
end $$;

-- Whether a look at what falls due between two sweeps is worth while: nearly always nothing is.
create function internal.something_is_due(p_now timestamptz) returns boolean
language plpgsql stable as $$
begin
	return exists (select from internal.woken) or exists (select from chat.offer o where o.state = 'open' and o.expires_at <= p_now)
		or exists (select from chat.chat c where c.wrap_up_until <= p_now) or exists (select from chat.assignment a where a.idle_check_at <= p_now)
		or exists (select from internal.silence s where s.check_at <= p_now)
		or exists (select from chat.filing f where f.until <= p_now) or exists (select from chat.chat c where c.closing_until <= p_now);
end $$;

-- Everything that fell due, in an order that counts what woke before it frees, and frees before the router takes.
create function internal.run_deadlines(p_now timestamptz, p_sweep boolean) returns int
language plpgsql as $$
declare
	v_count int := 0;
	v_due boolean;
begin
	v_due := internal.something_is_due(p_now);
	if v_due then
		v_count := v_count + internal.wake_chats(p_now);
		v_count := v_count + internal.expire_offers(p_now);
		v_count := v_count + internal.finish_wrap_ups(p_now);
		v_count := v_count + internal.finish_closings(p_now);
	end if;
	if p_sweep then
		perform internal.apply_idle_rules(p_now);
		v_count := v_count + internal.retire_operators(p_now);
		v_count := v_count + internal.part_with_customers(p_now);
		v_count := v_count + internal.retire_bots(p_now);
		v_count := v_count + internal.end_idle_channel_chats(p_now);
		perform internal.forget_received(p_now);
		perform internal.forget_sessions(p_now);
		perform internal.forget_candidates(p_now);
		perform internal.keep_retention(p_now);
	end if;
	if v_due or p_sweep then
		v_count := v_count + internal.release_chats(p_now);
		v_count := v_count + internal.mind_silences(p_now);
	end if;
	return v_count;
end $$;
