-- SPDX-License-Identifier: ISC
-- What time does by itself: offers expire, wrap-ups end, operators and customers who vanish are parted with (G9, G10, G11), and when the router must wake.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0), t.set('operator_lease_s', 30), t.set('operator_grace_s', 60), t.set('customer_gone_s', 120), t.set('customer_resume_s', 1800),
	t.set('relay_lost_s', 30), t.set('missed_offer_penalty_s', 15);
create function t.due(p_at timestamptz) returns int language sql as $$ select internal.run_deadlines(p_at, true) $$;
create function t.load(p_operator text) returns int language sql as $$ select s.load from chat.operator_state s where s.operator = p_operator $$;
-- A customer's socket on a relay, and when that relay last gave a sign.
create function t.connect(p_n int, p_heartbeat_at timestamptz) returns void language plpgsql as $$
begin
	insert into chat.relay (name, started_at, heartbeat_at) values ('r1', t.at(0), p_heartbeat_at) on conflict (name) do update set heartbeat_at = p_heartbeat_at;
	insert into chat.relay_chat (relay, chat) select r.relay, t.chat(p_n) from chat.relay r on conflict do nothing;
end $$;
savepoint story;

-- ---- offers ---------------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.arrive(2, 'sales', t.at(1));
update chat.operator set max_chats = 1;
select t.route(t.at(10));
select is(internal.next_deadline(t.at(10)), t.at(30), 'the router wakes when the offer expires');
select is(t.due(t.at(29.999)), 0, 'an offer is open until it expires');
select is(t.due(t.at(30)), 1, 'and not at that instant (G9)');
select is(t.state(1), 'queued', 'the chat waits again');
select is((select arrived_at from chat.waiting where chat = t.chat(1)), t.at(0), 'at its old place');
select is((select declined from chat.waiting where chat = t.chat(1)), '{}', 'an expired offer is not a declined one');
select is((select state || ' ' || closed_at from chat.offer), 'expired ' || t.at(30), 'the offer is closed as expired');
select is(t.load('ana'), 0, 'the slot is free');
select is((select missed_offers || ' ' || penalty_until from chat.operator_state), '1 ' || t.at(45), 'who missed it gets a penalty');
select is(t.due(t.at(31)), 0, 'and it expires once');
select t.route(t.at(45)), t.accept(1, t.at(46));
select is((select missed_offers from chat.operator_state), 0, 'an acceptance wipes the count');
select is(t.route(t.at(47)), 0, 'and the place of the other waits');
:next_story

-- ---- wrap-up --------------------------------------------------------------------------------------------------------
update chat.queue set wrap_up_s = 20;
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(1)), t.accept(1, t.at(2)), t.end_chat(1, 'customer', t.at(10));
select is(t.state(1), 'wrap_up', 'after the conversation the operator has notes to write');
select is(t.load('ana'), 1, 'which takes his slot');
select is(t.owner(1), 'ana', 'the chat is still his');
select is(internal.next_deadline(t.at(10)), t.at(30), 'the router wakes when the time is over');
select is(t.due(t.at(29.999)), 0, 'not before');
select is(t.due(t.at(30)), 1, 'then it ends by itself');
select is(t.state(1) || ' ' || t.load('ana'), 'ended 0', 'and the slot is free');
select is((select ended_by || ' ' || end_reason from chat.chat), 'customer customer_ended', 'who ended it is remembered');
select is(t.kinds(1), 'queued assigned joined ended', 'the transcript ended with the conversation');
:next_story
update chat.queue set wrap_up_s = 20;
select t.arrive(1, 'sales', t.at(0)), t.end_chat(1, 'customer', t.at(10));
select is(t.state(1), 'abandoned', 'no wrap-up for a chat nobody had');
:next_story

-- ---- an operator who vanishes (G10) ---------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0), t.at(30)), t.sign_in('bo', '{sales}', t.at(1)), internal.change_presence('bo', 'break', null, t.at(2));
update chat.operator_state set lease_until = 'infinity' where operator = 'bo';
select t.arrive(1, 'sales', t.at(5)), t.route(t.at(6)), t.accept(1, t.at(7)), t.arrive(2, 'sales', t.at(8)), t.route(t.at(25)), t.arrive(3, 'sales', t.at(9));
select is(t.offered_to(2), 'ana', 'ana has a chat and an offer');
select t.due(t.at(46));
select is(internal.next_deadline(t.at(46)), t.at(90), 'her penalty wakes nobody, she is not there; the end of lease and grace does');
select is(t.due(t.at(89.999)), 0, 'in her grace time she keeps the chat');
select is(t.due(t.at(90)), 1, 'then she is off duty');
select is(t.state(1), 'queued', 'and the chat waits again');
select is(t.kinds(1), 'queued assigned joined left requeued', 'with its history');
select is((select array_agg(t.number(chat) order by arrived_at, chat) from chat.waiting), '{1,2,3}', 'in front of those who came later');
select is((select presence || ' ' || reason || ' ' || load from chat.operator_state where operator = 'ana'), 'offline connection lost 0', 'she is offline, her slots are free');
select is((select end_reason from chat.assignment), 'operator_gone', 'the assignment says why it ended');
select internal.change_presence('bo', 'available', null, t.at(91));
update chat.operator set max_chats = 1 where operator = 'bo';
select is(t.route(t.at(92)), 1, 'bo is back');
select is(t.offered_to(1), 'bo', 'and gets the requeued chat first');
select is((select count(*) from chat.audit where action = 'assignment ended' and key = t.chat(1)::text), 1::bigint, 'G16: the audit says so');
:next_story
select t.sign_in('ana', '{sales}', t.at(0), t.at(30));
select t.due(t.at(89));
select is((select presence from chat.operator_state), 'available', 'grace time');
select internal.renew_lease('ana', t.at(80));
select is(t.due(t.at(90)), 0, 'who comes back in time stays on duty');
select t.arrive(1, 'sales', t.at(90));
select is(t.route(t.at(90)), 1, 'and is served again');
:next_story
update chat.queue set wrap_up_s = 3600;
select t.sign_in('ana', '{sales}', t.at(0), t.at(30)), t.arrive(1, 'sales', t.at(5)), t.route(t.at(6)), t.accept(1, t.at(7)), t.end_chat(1, 'customer', t.at(8));
select t.due(t.at(90));
select is(t.state(1), 'ended', 'the wrap-up of who vanished is over');
:next_story
select t.sign_in('ana', '{sales}', t.at(0), t.at(30)), t.arrive(1, 'sales', t.at(5)), t.route(t.at(6)), t.accept(1, t.at(7)), internal.change_presence('ana', 'offline', null, t.at(10));
select is(t.due(t.at(69.999)), 0, 'who goes offline with chats has the grace time too');
select is(t.owner(1), 'ana', 'and keeps them so long');
select t.due(t.at(70));
select is(t.state(1), 'queued', 'then they are queued again');
:next_story

-- ---- an operator who does not answer --------------------------------------------------------------------------------
create function t.presence(p_operator text) returns text language sql as $$ select concat_ws(' ', s.presence, s.code, s.missed_offers) from chat.operator_state s where s.operator = p_operator $$;
select t.set('missed_offer_penalty_s', 0), t.set('missed_offers_max', 2);
savepoint unanswered;
select t.operator('ana', 2), t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.due(t.at(20));
select is(t.presence('ana'), 'available 1', 'one offer missed: she stays available');
select t.route(t.at(21)), t.arrive(2, 'sales', t.at(30)), t.route(t.at(30));
select is(t.load('ana'), 2, 'two are held out to her');
select t.due(t.at(41));
select is(t.presence('ana'), 'break not_responding 0', 'the second in a row: she is put on a break');
select is((select string_agg(state || coalesce(' ' || reason, ''), ', ' order by offered_at) from chat.offer), 'expired, expired, withdrawn not responding', 'what else was held out is withdrawn');
select is(t.route(t.at(50)), 0, 'and nothing comes');
select is((select array_agg(t.number(chat) order by arrived_at, chat) from chat.waiting), '{1,2}', 'the chats keep their places');
select is(internal.presence_json('ana'), '{"state": "break", "reason": "not responding", "code": "not_responding"}', 'she is told why');
select is((select count(*) from chat.audit where action = 'not responding' and key = 'ana'), 1::bigint, 'the audit too');
select internal.change_presence('ana', 'available', null, t.at(60));
select is(t.presence('ana'), 'available 0', 'one click brings her back');
select is(t.route(t.at(60)), 2, 'and the chats come');
rollback to unanswered;
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.due(t.at(20)), t.route(t.at(20)), t.accept(1, t.at(21));
select is(t.presence('ana'), 'available 0', 'an acceptance begins the count anew');
select t.arrive(2, 'sales', t.at(22)), t.route(t.at(22)), t.due(t.at(42)), t.arrive(3, 'sales', t.at(42)), t.route(t.at(42));
select is(t.presence('ana'), 'available 1', 'one missed');
select t.decline(2, t.at(43)), t.due(t.at(62));
select is(t.presence('ana'), 'available 1', 'and so does a refusal: only what expires in a row counts');
rollback to unanswered;
select t.set('missed_offers_max', 1);
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), internal.change_presence('ana', 'busy', null, t.at(1)), t.due(t.at(20));
select is(t.presence('ana'), 'busy 0', 'what is withdrawn is not missed');
:next_story
select t.sign_in('ana', '{sales}', t.at(0), t.at(30)), t.due(t.at(90));
select is(internal.presence_json('ana'), '{"state": "offline", "reason": "connection lost", "code": "connection_lost"}', 'who vanished is told, when back, that it was the connection');
select internal.change_presence('ana', 'available', null, t.at(100));
select is(internal.presence_json('ana'), '{"state": "available"}', 'her own word ends it');
:next_story

-- ---- a customer who vanishes (G11) ----------------------------------------------------------------------------------
select t.arrive(1, 'sales', t.at(0));
select is(t.due(t.at(119.999)), 0, 'a waiting customer who gives no sign keeps the place for a while');
select is(t.due(t.at(120)), 1, 'then the chat is abandoned');
select is((select state || ' ' || ended_by || ' ' || end_reason from chat.chat), 'abandoned system customer_gone', 'and says why');
select is((select count(*) from chat.waiting), 0::bigint, 'nobody waits');
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(119));
select t.due(t.at(120));
select is((select state from chat.offer), 'abandoned', 'an offer of such a chat is withdrawn (I6)');
select is(t.load('ana'), 0, 'and the operator is free');
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(1)), t.accept(1, t.at(2));
select is(t.due(t.at(1799.999)), 0, 'a running chat waits longer for its customer');
select is(t.due(t.at(1800)), 1, 'but not for ever');
select is(t.state(1), 'ended', 'and ends');
:next_story
select t.arrive(1, 'sales', t.at(0)), t.connect(1, t.at(5000));
select is(t.due(t.at(5020)), 0, 'who has a socket on a living relay is there, however long');
:next_story

-- ---- a relay that is lost -------------------------------------------------------------------------------------------
select t.arrive(1, 'sales', t.at(0)), t.connect(1, t.at(5000));
select is(t.due(t.at(5149.999)), 0, 'its waiting customers have their time from when it was lost');
select is(t.due(t.at(5150)), 1, 'and are gone after it');
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.connect(1, t.at(5000)), t.route(t.at(1)), t.accept(1, t.at(2));
select is(t.due(t.at(5000 + 30 + 1799)), 0, 'a running chat has the whole resume window after its relay was lost');
select is(t.due(t.at(5000 + 30 + 1800)), 1, 'and ends after it');
:next_story
select t.arrive(1, 'sales', clock_timestamp() - interval '1 hour'), t.connect(1, clock_timestamp() - interval '2 minutes');
select api.relay_register('r1', '{}');
select is(t.due(clock_timestamp() + interval '119 seconds'), 0, 'a relay that starts again without the customer: he is awaited from then on');
select is(t.due(clock_timestamp() + interval '121 seconds'), 1, 'as long as any');
:next_story
select t.arrive(1, 'sales', clock_timestamp() - interval '1 hour'), t.connect(1, clock_timestamp() - interval '2 minutes');
select api.relay_register('r1', array[t.chat(1)]);
select is(t.due(clock_timestamp() + interval '149 seconds'), 0, 'a relay whose session with the database was broken keeps those it still holds');
:next_story
insert into chat.relay (name, started_at, heartbeat_at) select name, clock_timestamp() - age, clock_timestamp() - age
	from (values ('of last month', interval '8 days'), ('of last night', interval '6 days')) r (name, age);
select api.relay_register('r1', '{}');
select set_eq('select name from chat.relay', array['r1', 'of last night'], 'relays that are no more are forgotten after a week');
:next_story

-- ---- everything at one instant: what frees comes before what takes --------------------------------------------------
update chat.operator set max_chats = 1;
select t.operator('ana', 1);
update chat.queue set wrap_up_s = 10;
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.accept(1, t.at(0)), t.end_chat(1, 'customer', t.at(10)), t.arrive(2, 'sales', t.at(1));
select t.due(t.at(20)), t.route(t.at(20));
select is(t.offered_to(2), 'ana', 'the slot that a wrap-up frees is given in the same pass');
:next_story
select is(internal.next_deadline(t.at(0)), null, 'nothing due: the router sleeps until it is rung');
select is(t.due(t.at(0)), 0, 'and a pass over nothing does nothing');

-- ---- the detail of decisions is kept for a time ---------------------------------------------------------------------
select t.set('decision_detail_days', 2);
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.accept(1, t.at(1)), t.end_chat(1, 'customer', t.at(10));
select t.due(t.at(2 * 86400 - 1));
select isnt((select candidates from chat.offer), null, 'the candidates of a decision are kept');
select t.due(t.at(2 * 86400));
select is((select candidates from chat.offer), null, 'until decision_detail_days are over');
select is((select why ->> 'operator' from chat.offer), 'ana', 'the decision itself stays');
:next_story

-- ---- the pass itself ------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', clock_timestamp(), clock_timestamp() - interval '2 minutes');
select cmp_ok((select next_in_ms from api.router_pass()), '>=', 100::bigint, 'what is due but waits for the sweep does not make the router spin');
select api.router_lead('router-1');
select is((select deadlines from api.router_pass()), 1, 'the leading router sweeps');
select is((select presence from chat.operator_state), 'offline', 'and finds who is gone');
\ir verdict.psql
