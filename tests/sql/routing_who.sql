-- SPDX-License-Identifier: ISC
-- Who may get a chat now: eligibility and its changes, caps, stagger, penalty, presence, declined chats, and that nobody stops those behind him (L1, L3, I1–I5).
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);

-- ---- caps -----------------------------------------------------------------------------------------------------------
create function t.held(p_operator text) returns int language sql as $$ select s.load from chat.operator_state s where s.operator = p_operator $$;
create function t.crowd(p_queue text, p_count int default 30) returns void language sql as $$ select t.arrive(n, p_queue, t.at(n)) from generate_series(1, p_count) n $$;
savepoint story;

select t.operator('ana', 2), t.sign_in('ana', '{sales}', t.at(0)), t.crowd('sales');
select is(t.route(t.at(100)), 2, 'no more offers than the operator''s cap');
select is(t.held('ana'), 2, 'and the load says so');
select t.accept(1, t.at(101)), t.accept(2, t.at(101));
select is(t.route(t.at(102)), 0, 'open chats count as well');
select t.end_chat(1, 'customer', t.at(103));
select is(t.route(t.at(104)), 1, 'an ended chat frees a slot');
select is(t.offered_to(3), 'ana', 'for the next in line');
:next_story

update chat.queue set max_per_operator = 1 where queue = 'sales';
select t.sign_in('ana', '{sales,support}', t.at(0)), t.crowd('sales', 3), t.arrive(50, 'support', t.at(50)), t.arrive(51, 'support', t.at(51)), t.arrive(52, 'support', t.at(52));
select is(t.route(t.at(100)), 3, 'the queue''s cap holds for that queue, the operator''s for the others');
select results_eq($$select t.number(o.chat) from chat.offer o order by o.chat$$, 'values (1), (50), (51)', 'one of sales, two of support');
:next_story

select t.set('max_chats', 2);
select t.sign_in('ana', '{sales}', t.at(0)), t.crowd('sales');
select is(t.route(t.at(100)), 2, 'the company''s cap holds for everybody');
:next_story

select t.sign_in('ana', '{sales}', t.at(0)), t.crowd('sales');
select t.route(t.at(100));
update chat.operator set max_chats = 1;
select is(t.route(t.at(101)), 0, 'a lowered cap takes nothing away and gives nothing more');
select is(t.held('ana'), 3, 'what he holds he keeps');
:next_story

-- ---- stagger and penalty --------------------------------------------------------------------------------------------
select t.set('stagger_s', 5);
select t.sign_in('ana', '{sales}', t.at(0)), t.crowd('sales');
select is(t.route(t.at(100)), 1, 'one offer an interval (I4)');
select is(t.route(t.at(104.999)), 0, 'not before it is over');
select is(t.route(t.at(105)), 1, 'but then');
select is(internal.next_deadline(t.at(106)), t.at(110), 'the router is woken when it is over');
:next_story

select t.set('missed_offer_penalty_s', 15);
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(10));
select t.route(t.at(100));
select is(internal.run_deadlines(t.at(120), false), 1, 'an offer that nobody answered expires');
select is(t.route(t.at(134.999)), 0, 'who misses an offer gets none for a while');
select is(internal.next_deadline(t.at(121)), t.at(135), 'the router is woken when the penalty is over');
select is(t.route(t.at(135)), 1, 'and then again');
:next_story

-- ---- presence -------------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(10));
savepoint present;
create function t.offers_when(p_state text) returns int language plpgsql as $$
begin
	perform internal.change_presence('ana', p_state, null, t.at(20));
	return t.route(t.at(30));
end $$;
select is(t.offers_when(s), 0, format('no offer to who is %s (I5)', s)) from unnest(array['busy', 'break', 'offline']) s;
rollback to present;
update chat.operator_state set lease_until = t.at(30);
select is(t.route(t.at(30)), 0, 'no offer to who gives no sign of life');
select is(t.route(t.at(29.999)), 1, 'he counted until then');
rollback to present;
update chat.operator set active = false;
select is(t.route(t.at(30)), 0, 'no offer to who is switched off');
rollback to present;
delete from chat.operator_queue;
select is(t.route(t.at(30)), 0, 'no offer to who has not joined the queue');
rollback to present;
select t.operator('bo');
insert into chat.queue_member values ('sales', 'bo');
select is(t.route(t.at(30)), 0, 'no offer to who is no member where there are members');
insert into chat.queue_member values ('sales', 'ana');
select is(t.route(t.at(31)), 1, 'as a member he gets it');
rollback to present;
select t.route(t.at(30)), internal.change_presence('ana', 'break', null, t.at(31));
select is(t.state(1), 'queued', 'who goes on a break gives back the offers held out to him');
select is((select arrived_at from chat.waiting), t.at(10), 'and the chat keeps its place');
select is((select state || ' ' || reason from chat.offer), 'withdrawn break', 'the offer says why');
rollback to present;
select t.route(t.at(30)), t.accept(1, t.at(31)), internal.change_presence('ana', 'break', null, t.at(32));
select is(t.owner(1), 'ana', 'his chats stay with him');
:next_story

-- ---- skills, as a DBA changes them: at once, in the same instant (G19, PF18) ----------------------------------------
select t.sign_in('ana', '{billing}', t.at(0)), t.crowd('billing', 3);
select is(t.route(t.at(100)), 0, 'without the skill nothing');
select t.rate('ana', 'billing', 2);
select is(t.route(t.at(100)), 0, 'below the minimum nothing');
update chat.operator_skill set rating = 3;
savepoint rated;
select is(t.route(t.at(100)), 3, 'at the minimum: in the same instant');
rollback to rated;
select t.set('stagger_s', 5);
select is(t.route(t.at(100)), 1, 'one is offered');
select t.accept(1, t.at(101));
delete from chat.operator_skill;
select is(t.route(t.at(110)), 0, 'PF18: skill taken, no more of them');
select is(t.owner(1), 'ana', 'PF18: the running one goes on');
rollback to rated;
update chat.queue_skill set min_rating = 4;
select is(t.route(t.at(100)), 0, 'a queue that asks for more is obeyed at once');
rollback to rated;
update chat.operator_skill set valid_from = t.at(200), valid_to = t.at(300);
select is(t.route(t.at(199.999)), 0, 'a rating does not count before valid_from');
select is(internal.next_deadline(t.at(100)), t.at(200), 'and the router is woken when it begins to');
savepoint valid;
select is(t.route(t.at(200)), 3, 'it counts from valid_from on');
rollback to valid;
select is(t.route(t.at(299.999)), 3, 'until valid_to');
rollback to valid;
select is(t.route(t.at(300)), 0, 'which does not belong to it');
:next_story

-- ---- a class nobody can serve does not stop the others (L3) ---------------------------------------------------------
update chat.queue set level = 0 where queue = 'billing';
select t.sign_in('ana', '{sales}', t.at(0)), t.crowd('billing', 20), t.arrive(50, 'sales', t.at(50));
select is(t.route(t.at(100)), 1, 'twenty that nobody can serve stand in front, more urgent and older');
select is(t.offered_to(50), 'ana', 'the one behind them is served');
:next_story

-- ---- declined -------------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.sign_in('bo', '{sales}', t.at(1)), t.arrive(1, 'sales', t.at(10));
select t.route(t.at(20));
select is(t.offered_to(1), 'ana', 'first to ana');
select t.decline(1, t.at(21)), t.route(t.at(22));
select is(t.offered_to(1), 'bo', 'declined: to bo');
select is((select declined from chat.waiting), null, 'and out of the waiting list');
savepoint declined;
select t.decline(1, t.at(23));
select is((select declined from chat.waiting), '{ana,bo}', 'both are remembered');
savepoint remembered;
update chat.operator set operator = 'zoe' where operator = 'ana';
select is((select declined from chat.waiting), '{bo,zoe}', 'under a new name too');
rollback to remembered;
select t.route(t.at(24));
select is(t.offered_to(1), 'ana', 'when everybody on duty has declined it is offered again, by the usual order');
select is((t.offer(1)).why ->> 'fresh', '0', 'and the offer says that nobody was left who had not declined');
select is(t.violations('the router offered no chat to who had declined it while another one on duty had not (I5: a later decline is no violation)'), 0::bigint,
	'which breaks no invariant, though another one is free');
rollback to declined;
update chat.operator set max_chats = 1 where operator = 'bo';
select t.accept(1, t.at(23)), t.arrive(2, 'sales', t.at(24)), t.route(t.at(25));
select t.decline(2, t.at(26));
select is(t.route(t.at(27)), 0, 'declined by ana: the chat waits while bo is on duty, though he is full and she is free');
select internal.change_presence('bo', 'break', null, t.at(28)), t.route(t.at(29));
select is(t.offered_to(2), 'ana', 'nobody else on duty: to her after all');
:next_story

-- ---- limits ---------------------------------------------------------------------------------------------------------
select t.operator('ana', 10), t.sign_in('ana', '{sales}', t.at(0)), t.crowd('sales');
select is(internal.route(t.at(100), 4), 4, 'a pass makes no more offers than it was told');
select is(internal.route(t.at(100), 4), 4, 'the next goes on');
select is(internal.route(t.at(100), 4), 2, 'until nothing is left (L1)');
select is(internal.route(t.at(100), 4), 0, 'idle');
select results_eq('select t.number(chat) from chat.offer order by chat', 'select generate_series(1, 10)', 'the ten oldest');
:next_story
\ir verdict.psql
