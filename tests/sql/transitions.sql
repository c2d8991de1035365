-- SPDX-License-Identifier: ISC
-- Every pair of states: a chat moves from one to the other exactly when chat.chat_transition says so, and each move leaves an audit row (C13).
\ir fixture.psql
select no_plan();

-- A chat standing in a state, put there behind the triggers' back.
create function t.standing(p_n int, p_state text) returns uuid language plpgsql as $$
begin
	set local session_replication_role = replica;
	insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at, ended_at, ended_by)
	values (t.chat(p_n), 'shop', 'plain', p_state, 'sales', t.at(0), 'en', t.at(0), t.at(0), case when p_state in ('ended', 'abandoned') then t.at(0) end, 'system');
	if p_state = 'queued' then
		insert into chat.waiting (chat, queue, arrived_at) values (t.chat(p_n), 'sales', t.at(0));
	end if;
	set local session_replication_role = origin;
	return t.chat(p_n);
end $$;

-- What becomes of the move: 'moved and audited', or 'refused'.
create function t.move(p_n int, p_from text, p_to text) returns text language plpgsql as $$
declare
	v_chat uuid := t.standing(p_n, p_from);
	v_audit int;
begin
	if (p_from, p_to) = ('queued', 'offered') then
		perform internal.leave_line(v_chat); -- this move has its own statements, of which this is one; internal.make_offer is below
	else
		update chat.chat set state = p_to, ended_at = case when p_to in ('ended', 'abandoned') then t.at(1) end where chat = v_chat;
	end if;
	select count(*) into v_audit from chat.audit a where a.object = 'chat' and a.key = v_chat::text and a.action = 'state' and a.old ->> 'state' = p_from and a.new ->> 'state' = p_to;
	if exists (select from chat.waiting w where w.chat = v_chat) <> (p_to = 'queued') then
		return 'moved, and the waiting list is wrong';
	end if;
	return case v_audit when 1 then 'moved and audited' else format('moved with %s audit rows', v_audit) end;
exception when sqlstate 'SB409' then
	return 'refused';
end $$;

select is(t.move(row_number() over (order by f.state, s.state)::int, f.state, s.state),
	case when exists (select from chat.chat_transition x where x.from_state = f.state and x.to_state = s.state) then 'moved and audited' else 'refused' end,
	f.state || ' → ' || s.state)
from chat.chat_state f, chat.chat_state s where f.state <> s.state order by f.state, s.state;

select set_eq('select state from chat.chat_state', array['bot', 'queued', 'offered', 'active', 'wrap_up', 'ended', 'abandoned'], 'the states of the contract');
select set_eq('select state from chat.chat_state where final', array['ended', 'abandoned'], 'two of them are final');
select is_empty('select x.* from chat.chat_transition x join chat.chat_state s on s.state = x.from_state where s.final', 'nothing leads out of a final state');
select results_eq($$
	with recursive reached (state) as (values ('bot') union select x.to_state from reached r join chat.chat_transition x on x.from_state = r.state)
	select count(*) from reached$$, 'select count(*) from chat.chat_state', 'every state can be reached from the first');
select t.refused($$insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at)
	values (t.chat(900), 'shop', 'plain', 'asleep', 'sales', now(), 'en', now(), now())$$,
	'known_state', 'an unknown state');
select t.refused($$insert into chat.chat (chat, site, widget, state, locale, created_at, customer_seen_at) values (t.chat(901), 'shop', 'plain', 'queued', 'en', now(), now())$$,
	'a_chat_with_people_has_a_queue', 'a waiting chat without a queue');
select t.refused($$insert into chat.chat (chat, site, widget, state, locale, created_at, customer_seen_at) values (t.chat(902), 'shop', 'plain', 'ended', 'en', now(), now())$$,
	'an_ended_chat_has_its_end', 'an ended chat without its end');

-- the chats above were planted without messages and owners; the invariants are asked about a chat that went the whole way
delete from chat.chat where chat <> t.chat(999);
delete from chat.audit where object = 'chat';
select t.set('stagger_s', 0);
select t.arrive(999, 'sales', t.at(0));
select t.sign_in('ana', '{sales}', t.at(0));
select t.route(t.at(0));
select t.accept(999, t.at(1));
select t.end_chat(999, 'operator', t.at(2));
select results_eq($$select a.old ->> 'state', a.new ->> 'state' from chat.audit a where a.key = t.chat(999)::text and a.action = 'state' order by a.audit$$,
	$$values ('queued', 'offered'), ('offered', 'active'), ('active', 'ended')$$, 'the audit tells the way of a chat');
-- The router's own move writes all that the triggers write for the others.
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(950, 'sales', t.at(1));
select t.route(t.at(2));
select is(t.state(950), 'offered', 'held out by the router');
select results_eq($$select action, old ->> 'state', new ->> 'state', new ->> 'queue' from chat.audit where object = 'chat' and key = t.chat(950)::text$$,
	$$values ('state', 'queued', 'offered', 'sales')$$, 'and audited');
select is_empty('select chat from chat.waiting where chat = t.chat(950)', 'it waits no longer');
select results_eq('select load::int, last_offer_at from chat.operator_state', $$values (1, t.at(2))$$, 'its load and the instant of the offer count');
\ir verdict.psql
