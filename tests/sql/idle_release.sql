-- SPDX-License-Identifier: ISC
-- A chat whose customer is silent counts no more in its operator's load, and counts again with the customer's next word: first claim, one above the cap if need be.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0), t.set('customer_resume_s', 604800), t.set('customer_gone_s', 86400);
update chat.queue set idle_release_s = 300 where queue = 'sales';
create function t.due(p_at timestamptz) returns int language sql as $$ select internal.run_deadlines(p_at, true) $$;
create function t.load(p_operator text) returns int language sql as $$ select s.load from chat.operator_state s where s.operator = p_operator $$;
create function t.idle(p_n int) returns boolean language sql as $$ select a.idle_since is not null from chat.assignment a where a.chat = t.chat(p_n) and a.ended_at is null $$;
-- The customer writes, as any message does, at a given instant.
create function t.word(p_n int, p_cid int, p_at timestamptz) returns internal.post_result language sql as
	$$ select internal.post_one(t.chat(p_n), t.token(p_n), 'message', t.cid(p_cid), 'hello', null, p_at) $$;
select t.operator('ana', 1), t.sign_in('ana', '{sales,support}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.accept(1, t.at(10));
savepoint story;

select is(internal.next_deadline(t.at(10)), t.at(310), 'the router wakes when the chat may be released');
select t.due(t.at(309.999));
select is(t.load('ana'), 1, 'until then it counts');
select is(t.due(t.at(310)), 1, 'a silent customer''s chat is released');
select is((select load || ' ' || t.idle(1) from chat.operator_state), '0 true', 'and counts no more; she keeps it');
select is(internal.next_deadline(t.at(310)), null, 'only a word ends that');
select t.arrive(2, 'sales', t.at(320)), t.route(t.at(320));
select is(t.offered_to(2), 'ana', 'she gets another one');
select t.accept(2, t.at(321)), t.word(1, 1, t.at(330));
select is((select count(*) from internal.woken), 1::bigint, 'a word leaves a mark');
select t.word(1, 2, t.at(330));
select t.arrive(3, 'sales', t.at(331)), t.due(t.at(331)), t.route(t.at(331));
select is((select load || ' ' || t.idle(1) from chat.operator_state), '2 false', 'the chat counts again at once, above her cap');
select is(t.offered_to(3), null, 'and nobody else comes');
select is((select count(*) from internal.woken), 0::bigint, 'the marks are used up');
select t.end_chat(2, 'customer', t.at(332)), t.route(t.at(332));
select is(t.offered_to(3), null, 'also with her cap just full');
select t.end_chat(1, 'customer', t.at(333)), t.route(t.at(333));
select is(t.offered_to(3), 'ana', 'until she is below it');
:next_story

-- ---- whose word counts ----------------------------------------------------------------------------------------------
select t.word(1, 1, t.at(200));
select t.due(t.at(310));
select is(t.load('ana'), 1, 'who wrote in between is not silent');
select is(internal.next_deadline(t.at(310)), t.at(500), 'the time runs from his last word');
select internal.add_event(t.chat(1), t.at(400), 'message', 'operator', 'ana', 'Ana', 'are you there?');
select t.due(t.at(500));
select is(t.idle(1), true, 'the operator''s own words do not count');
select internal.add_event(t.chat(1), t.at(510), 'message', 'operator', 'ana', 'Ana', 'hello?');
select t.due(t.at(520));
select is(t.idle(1), true, 'nor do they wake it');
select is(t.load('ana'), 0, 'she is free');
:next_story

-- ---- the end of a released chat -------------------------------------------------------------------------------------
select t.due(t.at(310)), t.end_chat(1, 'customer', t.at(400));
select is(t.load('ana'), 0, 'its end takes nothing from the load');
:next_story
select t.due(t.at(310)), internal.requeue(t.chat(1), 'operator_gone', t.at(400));
select is(t.load('ana'), 0, 'nor does its way back into the line');
:next_story
select t.due(t.at(310)), internal.change_presence('ana', 'offline', null, t.at(320));
select is(t.load('ana'), 1, 'the chats of who goes offline all count');
update chat.operator_state set lease_until = t.at(320);
select t.due(t.at(1000));
select is(t.idle(1), null, 'so that they are queued again when her grace is over');
select is(t.state(1), 'queued', 'like any other');
:next_story
select t.due(t.at(310)), t.word(1, 1, t.at(320)), t.end_chat(1, 'customer', t.at(321)), t.due(t.at(322));
select is(t.load('ana'), 0, 'a word followed by the end wakes nothing');
select is_empty('select from internal.woken', 'and leaves no mark');
:next_story
select t.due(t.at(310)), t.word(1, 1, t.at(320));
delete from chat.chat;
select is_empty('select from internal.woken', 'a mark goes with its chat');
:next_story

-- ---- a DBA changes the rule -----------------------------------------------------------------------------------------
update chat.queue set idle_release_s = 60 where queue = 'sales';
select t.due(t.at(60));
select is(t.load('ana'), 1, 'a shorter time counts for the chats that run');
select t.due(t.at(70));
select is(t.load('ana'), 0, 'from the customer''s last word');
:next_story
update chat.queue set idle_release_s = 0 where queue = 'sales';
select t.due(t.at(1000));
select is(t.load('ana'), 1, 'switched off: nothing is released');
select is(internal.next_deadline(t.at(1000)), null, 'and nobody looks any more');
update chat.queue set idle_release_s = 500 where queue = 'sales';
select t.due(t.at(1001));
select is(t.load('ana'), 0, 'switched on again: at once, where the time is over');
:next_story
select t.end_chat(1, 'customer', t.at(20)), t.arrive(2, 'support', t.at(30)), t.route(t.at(30)), t.accept(2, t.at(31)), t.due(t.at(5000));
select is(t.load('ana'), 1, 'a queue that does not ask for it releases nothing');
:next_story
\ir verdict.psql
