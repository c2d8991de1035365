-- SPDX-License-Identifier: ISC
-- What holds whoever writes: allowed transitions, the waiting list, the load counter.

-- A change of state must stand in chat.chat_transition; each leaves an audit row, and whoever has to do with the new state is told: one trigger for all, because each
-- condition of a trigger is read and prepared anew by every statement that might fire it. A chat that waits is held out by two statements only, which take it out
-- of the line and write the row of the audit themselves: internal.make_offer (what it writes is most of the cost of a decision) and internal.leave_line.
create function internal.chat_moves() returns trigger
language plpgsql as $$
begin
	if old.state = new.state then
		return null;
	elsif not exists (select from chat.chat_transition t where t.from_state = old.state and t.to_state = new.state) then
		perform internal.fail('SB409', 'bad_state', 'state', jsonb_build_object('from', old.state, 'to', new.state));
	end if;
	perform internal.check_whole(new);
	insert into chat.audit (actor_kind, actor, action, object, key, old, new)
	values (internal.actor_kind(), internal.actor(), 'state', 'chat', new.chat, jsonb_build_object('state', old.state, 'queue', old.queue),
		jsonb_build_object('state', new.state, 'queue', new.queue));
	if old.state = 'bot' then
		perform internal.bot_leaves(new.chat, case when new.ended_at is null then 'handed_over' else 'ended' end, clock_timestamp());
	end if;
	if old.state in ('active', 'bot') or new.state in ('active', 'bot') then
		perform internal.watch_silence(new);
	end if;
	if 'active' in (old.state, new.state) and new.ended_at is null and new.state <> 'wrap_up' then
		perform internal.watch_customer(new.chat); -- what time a customer has to come back is another now
	end if;
	if old.state = 'queued' then
		delete from chat.waiting w where w.chat = new.chat;
	elsif new.state = 'queued' then
		perform internal.join_line(new);
	end if;
	return null;
end $$;

create trigger chat_moves after update of state on chat.chat
	for each row when (old.state <> 'queued' or new.state <> 'offered') execute function internal.chat_moves();

-- What holds in each state. A CHECK constraint would be prepared anew by each statement, also by those that hold a chat out.
create function internal.check_whole(p_chat chat.chat) returns void
language plpgsql as $$
begin
	if (p_chat.state in ('ended', 'abandoned')) <> (p_chat.ended_at is not null) then
		raise exception using errcode = 'check_violation', schema = 'chat', table = 'chat', constraint = 'an_ended_chat_has_its_end',
			message = format('a chat in state "%s" %s', p_chat.state, case when p_chat.ended_at is null then 'has no ended_at' else 'has ended_at' end);
	elsif p_chat.state not in ('bot', 'ended', 'abandoned') and (p_chat.queue is null or p_chat.arrived_at is null) then
		raise exception using errcode = 'check_violation', schema = 'chat', table = 'chat', constraint = 'a_chat_with_people_has_a_queue',
			message = format('a chat in state "%s" has no queue or no arrived_at', p_chat.state);
	end if;
end $$;

create function internal.chat_stays_whole() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.check_whole(new);
	return null;
end $$;

create trigger chat_stays_whole after insert or update of ended_at, queue, arrived_at on chat.chat
	for each row execute function internal.chat_stays_whole();

-- chat.waiting holds the chats in state queued, no others.
create function internal.join_line(p_chat chat.chat) returns void
language plpgsql as $$
begin
	insert into chat.waiting (chat, queue, declined, arrived_at, need, level, preferred, due_at)
	select p_chat.chat, p_chat.queue, array(select d.operator::text from chat.chat_decline d where d.chat = p_chat.chat order by d.operator), p_chat.arrived_at,
		p.need, p.level, p.preferred, p.due_at
	from internal.place(p_chat.chat, p_chat.arrived_at) p;
	perform internal.ring_router();
end $$;

create function internal.chat_waits() returns trigger
language plpgsql as $$
begin
	perform internal.join_line(new);
	return null;
end $$;

create trigger chat_waits after insert on chat.chat
	for each row when (new.state = 'queued') execute function internal.chat_waits();

create function internal.leave_line(p_chat uuid) returns void
language plpgsql as $$
begin
	with moved as (update chat.chat c set state = 'offered' where c.chat = p_chat and c.state = 'queued' returning c.chat, c.queue),
		taken as (delete from chat.waiting w using moved m where w.chat = m.chat)
	insert into chat.audit (actor_kind, actor, action, object, key, old, new)
	select internal.actor_kind(), internal.actor(), 'state', 'chat', m.chat, jsonb_build_object('state', 'queued', 'queue', m.queue), jsonb_build_object('state', 'offered', 'queue', m.queue)
	from moved m;
end $$;

-- Who declined a waiting chat was renamed, by somebody who may write nothing here. (Who declines it does so before it waits again.)
create function internal.decline_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	update chat.waiting w set declined = array(select d.operator::text from chat.chat_decline d where d.chat = w.chat order by d.operator) where w.chat = old.chat;
	return null;
end $$;

create trigger decline_changes after update of operator on chat.chat_decline
	for each row execute function internal.decline_changes();

-- A waiting chat that asks for something else now is filed anew by the router.
create function internal.chat_asks() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if tg_table_name = 'chat' then
		update chat.waiting w set queue = new.queue, arrived_at = new.arrived_at, need = null where w.chat = new.chat;
	else
		update chat.waiting w set need = null where w.chat in (case when tg_op <> 'DELETE' then new.chat end, case when tg_op <> 'INSERT' then old.chat end);
	end if;
	if found then
		perform internal.ring_router();
	end if;
	return null;
end $$;

create trigger chat_asks after update of queue, arrived_at, level, preferred_operator, preferred_since on chat.chat
	for each row when (old.state = 'queued' and new.state = 'queued') execute function internal.chat_asks();
create trigger chat_asks after insert or update or delete on chat.chat_skill
	for each row execute function internal.chat_asks();

-- operator_state.load = open offers + open assignments that are not idle + chats that are filed while the bot has them. A falling load frees a slot: the router is rung.
-- Who makes an offer counts it himself, and begins the stagger interval (internal.make_offer, internal.offer_by_hand).
create function internal.load_changes(p_operator text, p_change int) returns void
language plpgsql as $$
begin
	update chat.operator_state s set load = s.load + p_change where s.operator = p_operator;
	if p_change < 0 then
		perform internal.ring_router();
	end if;
end $$;

create function internal.offer_closes() returns trigger
language plpgsql as $$
begin
	if (new.state = 'open') <> (new.closed_at is null) then
		raise exception using errcode = 'check_violation', schema = 'chat', table = 'offer', constraint = 'an_open_offer_is_not_closed',
			message = format('an offer in state "%s" %s', new.state, case when new.closed_at is null then 'has no closed_at' else 'has closed_at' end);
	elsif old.state = 'open' and new.state <> 'open' then
		perform internal.load_changes(new.operator, -1);
	end if;
	return null;
end $$;

create trigger offer_closes after update of state, closed_at on chat.offer
	for each row execute function internal.offer_closes();

create function internal.assignment_loads() returns trigger
language plpgsql as $$
begin
	perform internal.load_changes(new.operator, case when new.ended_at is null and new.idle_since is null then 1 else -1 end);
	return null;
end $$;

create trigger assignment_starts after insert on chat.assignment
	for each row when (new.ended_at is null) execute function internal.assignment_loads();
create trigger assignment_ends after update of ended_at on chat.assignment
	for each row when (old.ended_at is null and new.ended_at is not null and old.idle_since is null) execute function internal.assignment_loads();
create trigger assignment_idles after update of idle_since on chat.assignment
	for each row when (old.ended_at is null and new.ended_at is null and (old.idle_since is null) <> (new.idle_since is null)) execute function internal.assignment_loads();

create function internal.filing_loads() returns trigger
language plpgsql as $$
begin
	perform internal.load_changes(coalesce(new.operator, old.operator), case tg_op when 'INSERT' then 1 else -1 end);
	return null;
end $$;

create trigger filing_loads after insert or delete on chat.filing
	for each row execute function internal.filing_loads();

-- Marks what the router has to work out again (internal.refresh): argument 1 says what, argument 2 names the column with the key. Both the old and the new
-- key are marked, so that a renamed one leaves nothing behind.
create function internal.mark_stale() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if tg_op <> 'DELETE' then
		insert into internal.stale (what, key) select distinct tg_argv[0], coalesce(to_jsonb(n) ->> tg_argv[1], '') from new_rows n;
	end if;
	if tg_op <> 'INSERT' then
		insert into internal.stale (what, key) select distinct tg_argv[0], coalesce(to_jsonb(o) ->> tg_argv[1], '') from old_rows o;
	end if;
	return null;
end $$;

do $$
declare
	v_table record;
begin
	for v_table in select * from (values
		('setting', 'setting', 'name'), ('skill', 'everything', 'skill'), ('operator', 'operator', 'operator'), ('operator_skill', 'operator', 'operator'),
		('operator_queue', 'joined', 'operator'), ('queue', 'queue', 'queue'), ('queue_skill', 'queue', 'queue'), ('queue_member', 'queue', 'queue'),
		('relaxation', 'queue', 'queue'), ('opening_hours', 'queue', 'queue'), ('opening_exception', 'queue', 'queue')
	) as t (name, what, key) loop
		execute format('create trigger stale_insert after insert on chat.%I referencing new table as new_rows'
			' for each statement execute function internal.mark_stale(%L, %L)', v_table.name, v_table.what, v_table.key);
		execute format('create trigger stale_update after update on chat.%I referencing old table as old_rows new table as new_rows'
			' for each statement execute function internal.mark_stale(%L, %L)', v_table.name, v_table.what, v_table.key);
		execute format('create trigger stale_delete after delete on chat.%I referencing old table as old_rows'
			' for each statement execute function internal.mark_stale(%L, %L)', v_table.name, v_table.what, v_table.key);
	end loop;
end $$;

-- Somebody comes or goes. A lease that only grows changes nothing.
create function internal.duty_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	insert into internal.stale (what, key) values ('duty', new.operator);
	return null;
end $$;

create trigger duty_changes after update of presence, lease_until, on_duty on chat.operator_state
	for each row when ((new.presence = 'available') is distinct from new.on_duty or (new.on_duty and new.lease_until < old.lease_until))
	execute function internal.duty_changes();

-- A new operator has a state row at once; one switched off loses sessions and sockets.
create function internal.operator_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	insert into chat.operator_state (operator) values (new.operator) on conflict do nothing;
	if not new.active or (tg_op = 'UPDATE' and old.role <> new.role) then
		delete from chat.session s where s.operator = new.operator;
		perform internal.ring_relays('s:' || new.operator, clock_timestamp());
	end if;
	return null;
end $$;

create trigger operator_changes after insert or update of active, role on chat.operator
	for each row execute function internal.operator_changes();

-- An unknown time zone is refused where it is typed.
create function internal.queue_time_zone() returns trigger
language plpgsql as $$
begin
	if not exists (select from pg_timezone_names z where z.name = new.time_zone) then
		raise exception using errcode = 'check_violation', constraint = 'time_zone_known', message = format('unknown time zone "%s"', new.time_zone),
			hint = 'Names such as Europe/Berlin or America/New_York: select name from pg_timezone_names';
	end if;
	return new;
end $$;

create trigger queue_time_zone before insert or update of time_zone on chat.queue
	for each row execute function internal.queue_time_zone();

-- An unknown skill is refused with the names that come near.
create function internal.skill_is_known() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if not exists (select from chat.skill s where s.skill = new.skill) then
		raise exception using errcode = 'foreign_key_violation', constraint = 'skill_known', message = format('unknown skill "%s"', new.skill),
			hint = 'Known skills: ' || coalesce((select string_agg(n.skill, ', ') from (select s.skill from chat.skill s
				order by left(s.skill, 1) = left(new.skill, 1) desc, abs(length(s.skill) - length(new.skill)), s.skill limit 8) n), 'none yet');
	end if;
	return new;
end $$;

create trigger skill_is_known before insert or update of skill on chat.operator_skill
	for each row execute function internal.skill_is_known();
create trigger skill_is_known before insert or update of skill on chat.queue_skill
	for each row execute function internal.skill_is_known();

-- With a chat goes its counter, and with its counter all it has numbered. (Instead of a foreign key of chat.message, which would look the chat up for
-- each message; that the chat is there is what the counter's row proves, which every writer of an event holds.)
create function internal.message_goes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if tg_op = 'TRUNCATE' then
		truncate chat.message;
	else
		delete from chat.message m where m.chat = old.chat;
	end if;
	return null;
end $$;

create trigger message_goes after delete on chat.chat_counter
	for each row execute function internal.message_goes();
create trigger message_goes_all after truncate on chat.chat_counter
	for each statement execute function internal.message_goes();

-- A customer's token that is replaced or taken away holds no longer on an open socket either: the relays that have one are told. (A chat that is erased takes
-- its token along; most of those have been over for long, and nobody is told.)
create function internal.access_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if exists (select from chat.relay_chat k where k.chat = old.chat) then
		perform internal.ring_relays('k:' || old.chat, clock_timestamp());
	end if;
	return null;
end $$;

create trigger access_changes_update after update of token_hash on chat.chat_access
	for each row when (old.token_hash is distinct from new.token_hash) execute function internal.access_changes();
create trigger access_changes_delete after delete on chat.chat_access
	for each row execute function internal.access_changes();

-- What foreign keys would do for states of operators, places in line, offers, assignments and the needs of the router, had they not locked rows of others for each row
-- written there. Nobody can slip in between: who makes an offer holds the rows of its chat and of the operator's state, which is renamed or deleted first here,
-- and a queue is not deleted while a chat names it (that key is looked at before this: triggers go by name, those of keys begin with a capital).
create function internal.offers_follow_operator() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if tg_op = 'UPDATE' then
		update chat.operator_state s set operator = new.operator where s.operator = old.operator;
		update chat.offer o set operator = new.operator where o.operator = old.operator;
		update chat.offer o set from_operator = new.operator where o.from_operator = old.operator;
		update chat.assignment a set operator = new.operator where a.operator = old.operator;
		return null;
	end if;
	delete from chat.operator_state s where tg_op = 'TRUNCATE' or s.operator = old.operator;
	if tg_op = 'DELETE' and (exists (select from chat.offer o where old.operator in (o.operator, o.from_operator)) or exists (select from chat.assignment a where a.operator = old.operator)) then
		raise exception using errcode = 'foreign_key_violation', constraint = 'offer_operator', message = format('operator "%s" has had chats and cannot be deleted', old.operator),
			hint = 'Switch off who has left: update chat.operator set active = false.';
	end if;
	return null;
end $$;

create trigger offers_follow_rename after update of operator on chat.operator
	for each row when (old.operator <> new.operator) execute function internal.offers_follow_operator();
create trigger offers_follow_delete after delete on chat.operator
	for each row execute function internal.offers_follow_operator();
create trigger offers_follow_truncate after truncate on chat.operator
	for each statement execute function internal.offers_follow_operator();

create function internal.offers_follow_queue() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if tg_op = 'UPDATE' then
		update chat.offer o set queue = new.queue where o.queue = old.queue;
	elsif exists (select from chat.offer o where o.queue = old.queue) then
		raise exception using errcode = 'foreign_key_violation', constraint = 'offer_queue', message = format('queue "%s" has had chats and cannot be deleted', old.queue),
			hint = 'Switch off a queue that is no longer used: update chat.queue set active = false.';
	end if;
	return null;
end $$;

create trigger offers_follow_rename after update of queue on chat.queue
	for each row when (old.queue <> new.queue) execute function internal.offers_follow_queue();
create trigger offers_follow_delete after delete on chat.queue
	for each row execute function internal.offers_follow_queue();

create function internal.offers_follow_chat() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	delete from chat.waiting w where tg_op = 'TRUNCATE' or w.chat = old.chat;
	delete from chat.offer o where tg_op = 'TRUNCATE' or o.chat = old.chat;
	return null;
end $$;

create trigger offers_follow_delete after delete on chat.chat
	for each row execute function internal.offers_follow_chat();
create trigger offers_follow_truncate after truncate on chat.chat
	for each statement execute function internal.offers_follow_chat();
