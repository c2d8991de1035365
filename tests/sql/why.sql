-- SPDX-License-Identifier: ISC
-- chat.why and chat.why_idle: in each planted case every candidate has the one reason that holds, in the words a DBA reads.
\ir fixture.psql
select no_plan();
set local jit = off;
select t.set('stagger_s', 0);
insert into chat.router (name, pid, backend_start, leads, started_at, heartbeat_at) values ('one', 1, t.at(0), true, t.at(0), t.at(10000));
create function t.why(p_n int, p_at timestamptz) returns setof text language sql set search_path = chat, pg_temp as
	$$ select coalesce(to_char(w.at at time zone 'UTC', 'MI:SS') || ' ', '') || coalesce(w.operator || ' ', 'it ') || w.answer from internal.why(t.chat(p_n), p_at) w $$;
create function t.of(p_operator text, p_n int, p_at timestamptz) returns text language sql set search_path = chat, pg_temp as
	$$ select string_agg(w.answer, ' | ') from internal.standing(t.chat(p_n), p_at) w where w.operator = p_operator $$;
create function t.idle(p_operator text, p_queue text, p_at timestamptz) returns text language sql set search_path = chat, pg_temp as
	$$ select w.answer from internal.why_idle(p_operator, p_at) w where w.queue is not distinct from p_queue $$;
-- ana is good, bo is fair at billing; both are there for everything.
select t.operator('ana'), t.operator('bo'), t.rate('ana', 'billing', 8), t.rate('bo', 'billing', 5);
select t.sign_in('ana', '{sales,billing}', t.at(0)), t.sign_in('bo', '{sales,billing}', t.at(1));
savepoint story;

-- ---- a waiting chat: what keeps each ----------------------------------------------------------------------------------
select t.operator('cy', 1), t.sign_in('cy', '{billing}', t.at(2));
select t.arrive(1, 'billing', t.at(10)), t.route(t.at(11));
select internal.change_presence('ana', 'break', 'lunch', t.at(12));
select t.route(t.at(12)), t.decline(1, t.at(13));
savepoint waiting;
select is(t.of('ana', 1, t.at(14)), 'is on a break (lunch)', '1: on a break');
select is(t.of('cy', 1, t.at(14)), 'has no rating for billing, 3 is needed', '2: no rating');
select t.rate('cy', 'billing', 2);
select is(t.of('cy', 1, t.at(14)), 'has billing at 2, 3 is needed', '3: below the minimum');
select t.rate('cy', 'billing', 3), internal.refresh(t.at(14));
select is(t.of('bo', 1, t.at(14)), 'declined this chat', '4: declined it, while another is on duty');
select is(t.of('cy', 1, t.at(14)), 'is free: the router offers it with its next pass', '5: free, and the router is about to');
update chat.router set heartbeat_at = t.at(0);
select is(t.of('cy', 1, t.at(20)), 'is free, but no router has given a sign of life since 2026-06-01T12:00:00.000Z', '6: free, and the router is gone');
delete from chat.router;
select is(t.of('cy', 1, t.at(20)), 'is free, but no router is running', '6: or there is none');
rollback to waiting;
update chat.operator set active = false where operator = 'cy';
select is(t.of('cy', 1, t.at(14)), 'is switched off', '7: switched off');
update chat.operator set active = true where operator = 'cy';
select t.rate('cy', 'billing', 9);
insert into chat.queue_member values ('billing', 'bo');
select is(t.of('cy', 1, t.at(14)), 'is not a member of the queue', '8: no member');
rollback to waiting;
select t.rate('cy', 'billing', 9);
delete from chat.operator_queue where operator = 'cy';
select is(t.of('cy', 1, t.at(14)), 'has not joined the queue', '9: has not joined');
rollback to waiting;
update chat.queue set active = false where queue = 'billing';
select is(t.of('bo', 1, t.at(14)), 'cannot be asked: the queue is switched off', '10: the queue is off');
rollback to waiting;
select t.rate('cy', 'billing', 9);
update chat.operator_state set lease_until = t.at(13) where operator = 'cy';
select is(t.of('cy', 1, t.at(14)), 'has not been heard of; the lease ran out at 2026-06-01T12:00:13.000Z', '11: connection lost');
rollback to waiting;
select t.rate('cy', 'billing', 9), t.arrive(2, 'billing', t.at(9)), t.route(t.at(14));
select is(t.of('cy', 1, t.at(15)), 'is full, 1 of 1', '12: full');
select is((select count(*) from internal.standing(t.chat(1), t.at(15)) w where w.operator is not null), 3::bigint, 'one line an operator');
select is((select w.answer from internal.standing(t.chat(1), t.at(15)) w where w.operator is null),
	'waits in billing since 2026-06-01T12:00:10.000Z, asks for billing at 3 or better', 'and one of the chat');
rollback to waiting;
select t.rate('cy', 'billing', 9), t.set('stagger_s', 5);
update chat.operator set max_chats = 2 where operator = 'cy';
select t.arrive(2, 'billing', t.at(9)), t.route(t.at(14));
select is(t.of('cy', 1, t.at(15)), 'had an offer a moment ago, the next not before 2026-06-01T12:00:19.000Z', '13: stagger');
select t.set('stagger_s', 0), internal.run_deadlines(t.at(34), false);
select is(t.of('cy', 1, t.at(35)), 'missed an offer, the next not before 2026-06-01T12:00:49.000Z', '14: penalty');
:next_story

-- whom a chat prefers, and what is held until a queue opens
select t.arrive(1, 'sales', t.at(10));
update chat.chat set preferred_operator = 'bo' where chat = t.chat(1);
select internal.refresh(t.at(11));
select is(t.of('ana', 1, t.at(11)), 'has to wait: the chat is held for bo a little longer', '15: another one is preferred');
select is(t.of('bo', 1, t.at(11)), 'is free: the router offers it with its next pass', 'who is free for it');
:next_story
update chat.queue set after_hours = 'hold' where queue = 'sales';
insert into chat.opening_hours values ('sales', 1, '09:00', '11:00'), ('sales', 2, '09:00', '11:00');
select t.arrive(1, 'sales', t.at(10)), internal.refresh(t.at(11));
select is(t.of('ana', 1, t.at(11)), 'cannot be asked: the queue is closed until 2026-06-02T09:00:00.000Z', '16: held until it opens');
:next_story

-- others go first
select t.arrive(n, 'sales', t.at(n)) from generate_series(1, 3) n;
select internal.refresh(t.at(11));
select is(t.of('ana', 1, t.at(11)), 'is free: the router offers it with its next pass', '17: the oldest');
select is(t.of('ana', 2, t.at(11)), 'is free: 1 older or more urgent chat goes first', 'the second');
select is(t.of('ana', 3, t.at(11)), 'is free: 2 older or more urgent chats go first', 'the third');
update chat.chat set level = 0 where chat = t.chat(3);
select internal.refresh(t.at(12));
select is(t.of('ana', 3, t.at(12)), 'is free: the router offers it with its next pass', 'the most urgent');
:next_story

-- what a chat asks for itself, and what has been relaxed
select t.arrive(1, 'billing', t.at(10));
insert into chat.chat_skill (chat, skill, min_rating) values (t.chat(1), 'german', 4);
insert into chat.relaxation values ('billing', 60, 'german', 2);
select internal.refresh(t.at(11));
select is(t.of('ana', 1, t.at(11)), 'has no rating for german, 4 is needed', '18: what the chat asks for');
select t.rate('ana', 'german', 3), internal.refresh(t.at(12));
select is(t.of('ana', 1, t.at(12)), 'is free: the router offers it with its next pass', 'nobody better is there: relaxed at once');
select t.rate('cy', 'billing', 3), t.rate('cy', 'german', 4) from t.sign_in('cy', '{billing}', t.at(12));
select internal.refresh(t.at(13));
select is(t.of('ana', 1, t.at(13)), 'has german at 3, 4 is needed', 'somebody better is there');
select t.rate('bo', 'german', 1), internal.refresh(t.at(71));
select is(t.of('bo', 1, t.at(71)), 'has german at 1, 2 is needed', 'relaxed');
select is(t.of('ana', 1, t.at(71)), 'is free: the router offers it with its next pass', 'and now good enough');
select is((select w.answer from internal.standing(t.chat(1), t.at(71)) w where w.operator is null),
	'waits in billing since 2026-06-01T12:00:10.000Z, asks for billing at 3 or better and german at 2 or better, relaxed since it waited 60 s', 'the chat says so');
:next_story

-- changed a moment ago, the router has not seen it: the configuration counts
select t.arrive(1, 'billing', t.at(10)), internal.refresh(t.at(11));
update chat.operator_skill set rating = 1 where operator = 'ana';
select is(t.of('ana', 1, t.at(12)), 'has billing at 1, 3 is needed', '19: what was changed this moment counts');
select t.arrive(2, 'billing', t.at(12));
insert into chat.chat_skill (chat, skill) values (t.chat(2), 'technical');
select is(t.of('bo', 2, t.at(12)), 'has no rating for technical, 1 is needed', 'also for a chat that the router has not looked at');
:next_story

-- ---- a chat that was given to somebody: the story ---------------------------------------------------------------------
update chat.queue set mode = 'skill' where queue = 'billing';
select t.operator('cy', 1), t.rate('cy', 'billing', 9), t.sign_in('cy', '{billing}', t.at(2));
select t.arrive(1, 'billing', t.at(5)), t.route(t.at(6)), t.accept(1, t.at(7));
select t.arrive(2, 'billing', t.at(10)), t.route(t.at(11));
select results_eq('select t.why(2, t.at(12))', array['00:10 it entered the queue billing',
	'00:11 ana was offered it: the best ratings (8 in total) of 2 who were free', '00:11 bo was free too, but has ratings of 5 in total against 8',
	'00:11 cy was not asked: is full, 1 of 1', '00:12 it is held out; until the answer nobody else is asked', '00:12 ana holds the offer until 2026-06-01T12:00:31.000Z'],
	'20: the decision, each candidate with his reason');
select t.decline(2, t.at(15)), t.route(t.at(15)), t.accept(2, t.at(16));
select results_eq('select t.why(2, t.at(20)) offset 4', array['00:15 ana declined it: no, after 4.0 s', '00:15 bo was offered it: the only one who was free',
	'00:15 ana was not asked: declined this chat', '00:15 cy was not asked: is full, 1 of 1', '00:16 bo accepted it, after 1.0 s', '00:20 bo has it since 2026-06-01T12:00:16.000Z'],
	'21: declined, to the next');
select t.end_chat(2, 'customer', t.at(30));
select results_eq('select t.why(2, t.at(40)) offset 9', array['00:30 bo has it no more: customer ended', '00:30 it was ended by customer: customer_ended'], '22: until the end');
:next_story
select t.arrive(1, 'sales', t.at(10)), t.route(t.at(11)), t.accept(1, t.at(12));
select t.arrive(2, 'sales', t.at(20)), t.route(t.at(21)), t.accept(2, t.at(22)), t.end_chat(1, 'customer', t.at(23)), t.end_chat(2, 'customer', t.at(23));
select results_eq('select t.why(1, t.at(40)) offset 1 limit 2', array['00:11 ana was offered it: the fewest chats (0), then the longest without a new one, of 2 who were free',
	'00:11 bo was free too, but signed in later or comes later by name'], '23: availability: equal but for the sign-in');
select results_eq('select t.why(2, t.at(40)) offset 1 limit 2', array['00:21 bo was offered it: the fewest chats (0), then the longest without a new one, of 2 who were free',
	'00:21 ana was free too, but held 1 chat against 0'], '24: availability: fewer chats');
select t.arrive(3, 'sales', t.at(30)), t.route(t.at(31));
select results_eq('select t.why(3, t.at(40)) offset 1 limit 2', array['00:31 ana was offered it: the fewest chats (0), then the longest without a new one, of 2 who were free',
	'00:31 bo was free too, but had a new chat later (2026-06-01T12:00:22.000Z against 2026-06-01T12:00:12.000Z)'], '25: availability: longer without one');
select internal.run_deadlines(t.at(51), false);
select ok(exists (select from t.why(3, t.at(52)) w where w = '00:51 ana let the offer expire, after 20.0 s'), '26: an offer that expired');
:next_story
update chat.queue set mode = 'balanced' where queue = 'billing';
select t.arrive(1, 'billing', t.at(10)), t.route(t.at(11));
select matches((select w from t.why(1, t.at(12)) w where w like '% ana %' limit 1), '^00:11 ana was offered it: the largest index \([0-9.]+ s\) of 2 who were free$', '27: balanced');
select matches((select w from t.why(1, t.at(12)) w where w like '% bo %'), '^00:11 bo was free too, but has the index [0-9.]+ s against [0-9.]+ s \(fit 187.500 against 300.000, spared for others',
	'by which terms');
:next_story

-- a person decided: passed on to a colleague, to a queue, taken by a supervisor
update chat.operator set role = 'supervisor' where operator = 'bo';
select t.operator('cy'), t.sign_in('cy', '{sales,support}', t.at(2));
select t.arrive(1, 'sales', t.at(10)), t.route(t.at(11)), t.accept(1, t.at(12));
select internal.transfer_to_operator(o, c, 'cy', null, t.at(20)) from chat.operator o, chat.chat c where o.operator = 'ana' and c.chat = t.chat(1);
select results_eq('select t.why(1, t.at(21)) offset 5', array['00:20 cy was offered it by ana, who passes it on', '00:21 ana has it since 2026-06-01T12:00:12.000Z',
	'00:21 cy holds the offer until 2026-06-01T12:00:40.000Z'], '28: passed on to a colleague');
select t.accept(1, t.at(22)), internal.change_presence('bo', 'busy', null, t.at(23)), internal.change_presence('ana', 'busy', null, t.at(23));
select t.sign_in('bo', '{support}', t.at(23));
select internal.transfer_to_queue(o, c, 'support', null, t.at(30)) from chat.operator o, chat.chat c where o.operator = 'cy' and c.chat = t.chat(1);
select internal.refresh(t.at(31));
select set_eq('select t.why(1, t.at(31)) offset 6', array['00:22 ana has it no more: transferred', '00:22 cy accepted it, after 2.0 s', '00:30 cy has it no more: transferred',
	'00:30 cy passed it on to the queue support',
	'00:30 it entered the queue support', '00:31 it waits in support since 2026-06-01T12:00:10.000Z', '00:31 bo is free: the router offers it with its next pass',
	'00:31 cy had it before: somebody else on duty comes first', '00:31 ana has not joined the queue'], '29: to a queue');
:next_story

-- ---- why somebody gets nothing ----------------------------------------------------------------------------------------
select is(t.idle('ana', null, t.at(5)), 'ana is free: 0 of 3', '30: free');
select is(t.idle('ana', 'sales', t.at(5)), 'ana is able; no chat waits', 'and no chat waits');
select is(t.idle('ana', 'support', t.at(5)), 'ana has not joined the queue; no chat waits', '31: has not joined');
select t.operator('cy'), internal.change_presence('cy', 'available', null, t.at(5));
update chat.operator_state set lease_until = 'infinity' where operator = 'cy';
select is(t.idle('cy', null, t.at(6)), 'cy has joined no queue', '32: joined none');
select is(t.idle('cy', 'billing', t.at(6)), 'cy has no rating for billing, 3 is needed; no chat waits', '33: no rating');
select t.arrive(n, 'billing', t.at(10)) from generate_series(1, 2) n;
select is(t.idle('cy', 'billing', t.at(11)), 'cy has no rating for billing, 3 is needed; 2 chats wait', 'whatever waits there');
select internal.change_presence('ana', 'busy', null, t.at(12)), internal.refresh(t.at(12));
select is(t.idle('ana', null, t.at(12)), 'ana is busy', '34: busy');
select is(t.idle('ana', 'billing', t.at(12)), '2 chats wait: ana is busy', 'in each queue');
select is(t.idle('bo', 'billing', t.at(12)), '2 chats wait, the oldest since 2026-06-01T12:00:10.000Z: bo is free: the router offers it with its next pass', '35: a chat waits and he may');
delete from chat.router;
select is(t.idle('bo', null, t.at(12)), 'bo is free for one more, but no router is running', '36: no router');
insert into chat.chat_skill (chat, skill) select t.chat(n), 'technical' from generate_series(1, 2) n;
select internal.refresh(t.at(13));
select is(t.idle('bo', 'billing', t.at(13)), '2 chats wait: bo has no rating for technical, 1 is needed', '37: what waits asks for more');
update chat.operator set active = false where operator = 'bo';
select is(t.idle('bo', null, t.at(13)), 'bo is switched off', '38: switched off');
select set_eq($$select queue from internal.why_idle('bo', t.at(13))$$, array[null, 'billing', 'sales', 'support'], 'one line for each queue');
:next_story

-- ---- as a DBA types it ------------------------------------------------------------------------------------------------
select t.arrive(1, 'billing', t.at(10));
set local role switchboard_dba;
select isnt_empty($$select at, operator, answer from chat.why('00000000-0000-4000-8000-000000000001')$$, 'why');
select isnt_empty($$select queue, answer from chat.why_idle('ana')$$, 'why_idle');
select throws_ok($$select * from chat.why('00000000-0000-4000-8000-000000000009')$$, 'SB404', 'there is no chat 00000000-0000-4000-8000-000000000009', 'no such chat');
select throws_ok($$select * from chat.why_idle('nobody')$$, 'SB404', 'there is no operator "nobody"', 'no such operator');
reset role;
select is_empty($$select * from internal.why(t.chat(1), t.at(20)) w where w.answer ~ 'Customer 1' or w.answer = '' or w.answer is null$$, 'no name of a customer');
-- the words stand on the reasons of the decision: an operator has a reason exactly when the router makes no pair of him and the chat
select t.operator('cy', 1), t.rate('cy', 'billing', 2), t.sign_in('cy', '{sales,billing}', t.at(3)), t.arrive(2, 'sales', t.at(11)), t.arrive(3, 'billing', t.at(12));
update chat.operator_state set last_offer_at = t.at(11), penalty_until = t.at(30) where operator = 'bo';
select internal.refresh(t.at(13));
select set_eq($$select o.operator::text, w.chat from chat.waiting w, chat.operator o where internal.why_not_now(o.operator, w, t.at(13)) is null$$,
	$$select a.operator::text, w.chat from chat.waiting w join internal.need n on n.need = w.need join internal.able a on a.need = n.circle
		cross join internal.look(t.at(13)) l where a.operator = any (l.free)$$, 'free for a chat is who the router may pair with it');
:next_story
\ir verdict.psql
