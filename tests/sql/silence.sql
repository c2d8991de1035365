-- SPDX-License-Identifier: ISC
-- Who is silent whose turn it is: reminded, once each time; a customer's chat is closed in the end, an operator's goes back into the line.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0), t.set('customer_resume_s', 604800), t.set('customer_gone_s', 86400);
insert into chat.silence_rule (customer_reminders_s, customer_end_s, operator_reminders_s, operator_requeue_s) values ('{60,120}', 300, '{40}', 100);
create function t.due(p_at timestamptz) returns int language sql as $$ select internal.run_deadlines(p_at, true) $$;
-- As any message does, at a given instant.
create function t.word(p_n int, p_at timestamptz) returns void language sql as
	$$ select from internal.post_one(t.chat(p_n), t.token(p_n), 'message', gen_random_uuid(), 'hello', null, p_at) $$;
create function t.answer(p_n int, p_at timestamptz, p_operator text default 'ana') returns bigint language sql as
	$$ select internal.add_event(t.chat(p_n), p_at, 'message', 'operator', p_operator, initcap(p_operator), 'good day', null, gen_random_uuid()) $$;
-- What was said of silence: to whom, the how manieth time, when.
create function t.reminders(p_n int) returns text language sql as $$
	select string_agg(concat_ws(' ', m.data ->> 'to', coalesce(m.data ->> 'n', 'closing'), extract(epoch from m.at - t.at(0))::int), ', ' order by m.seq)
	from chat.message m where m.chat = t.chat(p_n) and m.kind = 'reminder' $$;
-- The router as it works: it sleeps until its next deadline, up to an instant.
create function t.work(p_from numeric, p_to numeric) returns int language plpgsql as $$
declare
	v_at timestamptz := t.at(p_from);
	v_passes int := 0;
begin
	loop
		perform internal.run_deadlines(v_at, false);
		v_passes := v_passes + 1;
		v_at := greatest(internal.next_deadline(v_at), v_at + interval '1 millisecond');
		exit when v_at is null or v_at > t.at(p_to);
	end loop;
	return v_passes;
end $$;
select t.due(t.at(-1));
select t.operator('ana', 5), t.sign_in('ana', '{sales,support}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(0)), t.accept(1, t.at(10));
savepoint story;

-- ---- the customer ---------------------------------------------------------------------------------------------------
select t.answer(1, t.at(20)), t.work(20, 79.999);
select is(t.reminders(1), null, 'a customer may think');
select t.work(80, 80);
select is(t.reminders(1), 'customer 1 80', 'and is reminded when the time has come');
select is((select (m.author_kind, m.body)::text from chat.message m where m.kind = 'reminder'), '(system,"Are you still there? We are happy to go on when you are.")', 'in words');
select t.work(80, 139.999), t.due(t.at(139.999));
select is(t.reminders(1), 'customer 1 80', 'once');
select t.work(140, 319.999);
select is(t.reminders(1), 'customer 1 80, customer 2 140', 'a second time');
select is(t.state(1), 'active', 'the chat goes on until the end');
select t.work(320, 320);
select is(t.reminders(1), 'customer 1 80, customer 2 140, customer closing 320', 'which is said');
select is((select (c.state, c.ended_by, c.end_reason)::text from chat.chat c where c.chat = t.chat(1)), '(ended,system,customer_silent)', 'and comes');
select is((select array_agg(m.kind order by m.seq desc) from (select * from chat.message m where m.chat = t.chat(1) order by m.seq desc limit 2) m), '{ended,reminder}', 'in this order');
select is((select s.load::int from chat.operator_state s where s.operator = 'ana'), 0, 'she is free');
select is((select count(*) from internal.silence), 0::bigint, 'nobody minds it any more');
:next_story

select t.answer(1, t.at(20)), t.work(20, 90), t.word(1, t.at(100)), t.answer(1, t.at(105)), t.work(90, 170);
select is(t.reminders(1), 'customer 1 80, customer 1 165', 'a word begins anew');
select t.answer(1, t.at(170)), t.work(170, 229.999);
select is(t.reminders(1), 'customer 1 80, customer 1 165', 'a further word of hers gives him time');
select t.work(230, 230);
select is(t.reminders(1), 'customer 1 80, customer 1 165, customer 1 230', 'and no more');
:next_story

-- an internal note is no word
select t.answer(1, t.at(20)), internal.add_event(t.chat(1), t.at(70), 'note', 'operator', 'ana', 'Ana', 'hm'), t.work(20, 80);
select is(t.reminders(1), 'customer 1 80', 'a note is no word to the customer');
:next_story

-- ---- the operator ---------------------------------------------------------------------------------------------------
select t.work(10, 49.999);
select is(t.reminders(1), null, 'an operator may read first');
select t.work(50, 50);
select is(t.reminders(1), 'operator 1 50', 'who does not greet is reminded');
select is((select m.body from chat.message m where m.kind = 'reminder'), null, 'the console has the words');
select is((select e.operators_only from api.fetch_events(array[t.chat(1)], array[0], 100) e where e.kind = 'reminder'), true, 'the customer is not told');
select is((select internal.event_json(m, false) -> 'data' from chat.message m where m.kind = 'reminder'), null, 'over HTTP neither');
select ok((select not body::jsonb @> '{"events":[{"kind":"reminder"}]}' from api.transcript(t.chat(1), t.token(1), null)), 'nor in the transcript');
select t.operator('bob', 5), t.sign_in('bob', '{sales}', t.at(60));
select t.work(50, 109.999);
select is(t.state(1), 'active', 'the chat stays');
select t.work(110, 110);
select is(t.state(1), 'queued', 'then it goes back into the line');
select is((select array_agg(m.kind || ' ' || (m.data ->> 'reason') order by m.seq) from chat.message m where m.chat = t.chat(1) and m.kind in ('left', 'requeued')),
	'{"left operator_silent","requeued operator_silent"}', 'and all are told');
select t.route(t.at(110));
select is(t.offered_to(1), 'bob', 'to somebody else');
select t.accept(1, t.at(112)), t.work(112, 152);
select is(t.reminders(1), 'operator 1 50, operator 1 152', 'whose turn it is then');
:next_story

select t.work(10, 50), t.word(1, t.at(60)), t.work(60, 110), t.route(t.at(110));
select is((select array[t.state(1), t.offered_to(1)]), '{offered,ana}', 'where nobody else is there it comes back to her');
:next_story

select t.answer(1, t.at(20)), t.word(1, t.at(30)), t.word(1, t.at(55)), t.work(20, 70);
select is(t.reminders(1), 'operator 1 70', 'who waits and asks again has waited since the first word');
select t.answer(1, t.at(75)), t.word(1, t.at(76)), t.work(70, 116);
select is(t.reminders(1), 'operator 1 70, operator 1 116', 'an answer begins anew');
select t.answer(1, t.at(120)), t.work(116, 200);
select is(t.reminders(1), 'operator 1 70, operator 1 116, customer 1 180', 'the turn goes to and fro');
:next_story

-- ---- nobody else's time ---------------------------------------------------------------------------------------------
select t.answer(1, t.at(20)), t.due(t.at(4000));
select is(t.reminders(1), 'customer 2 4000', 'a router that slept makes up by one reminder');
select t.work(4000, 4179.999);
select is(t.state(1), 'active', 'and the end comes no sooner after it than the rule says');
select t.work(4180, 4180);
select is(t.state(1), 'ended', 'but then');
:next_story
select t.due(t.at(4000));
select is(t.reminders(1), 'operator 1 4000', 'so for an operator');
select t.work(4000, 4060);
select is(t.state(1), 'queued', 'who has his time, too');
:next_story

-- a transfer: the turn is that of who has the chat now
select t.answer(1, t.at(20)), t.work(20, 80), t.operator('bob', 5), t.sign_in('bob', '{support}', t.at(81));
select internal.offer_by_hand(c, 'transfer', 'ana', 'bob', null, interval '60 seconds', t.at(90)) from chat.chat c where c.chat = t.chat(1);
select t.accept(1, t.at(95)), t.work(90, 135);
select is(t.reminders(1), 'customer 1 80, operator 1 135', 'who took it over has to speak');
:next_story

-- wrap-up, and chats that were released
update chat.queue set wrap_up_s = 600, idle_release_s = 70 where queue = 'sales';
select t.answer(1, t.at(20)), t.due(t.at(90));
select is((select a.idle_since is not null from chat.assignment a where a.chat = t.chat(1)), true, 'a chat that was released');
select t.work(90, 320);
select is(array[t.state(1), t.reminders(1)], '{wrap_up,"customer 1 90, customer 2 140, customer closing 320"}', 'is closed all the same, and filed by her');
select t.due(t.at(1000));
select is((select array[t.state(1), s.load::text] from chat.operator_state s where s.operator = 'ana'), '{ended,0}', 'and counts nowhere');
:next_story

-- who is gone is not silent: the chat is back in the line before anybody is reminded of it again
update chat.operator_state set lease_until = t.at(30) where operator = 'ana';
select t.due(t.at(91));
select is(t.state(1), 'queued', 'an operator who is gone loses the chat as ever');
select t.due(t.at(1000));
select is((select count(*) from chat.message m where m.kind = 'requeued'), 1::bigint, 'once');
:next_story

-- ---- with the bot ---------------------------------------------------------------------------------------------------
create function t.bot_at() returns timestamptz language sql as $$ select min(m.at) from chat.message m where m.chat = t.chat(2) $$;
select t.open(2, 'guided');
select is((select s.check_at - c.created_at from internal.silence s join chat.chat c using (chat) where c.chat = t.chat(2)), interval '40 seconds', 'a chat with the bot is minded');
select internal.mind_silences(t.bot_at() + interval '60 seconds'), internal.mind_silences(t.bot_at() + interval '120 seconds'), internal.mind_silences(t.bot_at() + interval '300 seconds');
select is((select string_agg(coalesce(m.data ->> 'n', 'closing'), ' ' order by m.seq) from chat.message m where m.chat = t.chat(2) and m.kind = 'reminder'), '1 2 closing',
	'who leaves its question open is reminded');
select is((select (c.state, c.end_reason)::text from chat.chat c where c.chat = t.chat(2)), '(ended,customer_silent)', 'and the chat is closed');
:next_story

-- ---- rules ----------------------------------------------------------------------------------------------------------
insert into chat.silence_rule (queue, channel, customer_reminders_s) values ('sales', null, '{1}'), (null, 'sms', '{2}'), ('sales', 'sms', '{3}');
create function t.rule(p_queue text, p_channel text) returns int[] language sql as $$ select r.customer_s from internal.silence_rule(p_queue, p_channel) r $$;
select is(array[t.rule('sales', 'sms'), t.rule('sales', 'web'), t.rule('support', 'sms')], '{{3},{1},{2}}', 'the rule that says most counts');
select is(array[t.rule('support', 'web'), t.rule(null, 'web')], '{{60,120},{60,120}}', 'else the general one');
select is(t.rule(null, 'sms'), '{2}', 'with the bot there is no queue');
select t.answer(1, t.at(20)), t.due(t.at(21));
select is(t.reminders(1), 'customer 1 21', 'a new rule counts for the chats that run');
delete from chat.silence_rule;
select t.due(t.at(22));
select is(internal.next_deadline(t.at(22)), null, 'without rules nobody wakes');
select t.due(t.at(9999));
select is(t.reminders(1), 'customer 1 21', 'and nothing happens');
:next_story
update chat.chat set channel = 'sms' where chat = t.chat(1);
insert into chat.silence_rule (channel, customer_end_s) values ('sms', 259200);
select t.answer(1, t.at(20)), t.due(t.at(259219));
select is(array[t.state(1), t.reminders(1)], '{active,NULL}', 'a channel has its own times');
select t.due(t.at(259220));
select is(t.reminders(1), 'customer closing 259220', 'of days, too');
update chat.chat set channel = 'web' where chat = t.chat(1); -- nobody is at its other end
:next_story
insert into chat.text (name, locale, text) values ('sales_ping', 'en', 'Knock, knock.'), ('sales_ping', 'de', 'Klopf, klopf.');
insert into chat.silence_rule (queue, customer_reminders_s, reminder_text) values ('sales', '{5}', 'sales_ping');
update chat.chat set locale = 'de-AT' where chat = t.chat(1);
select t.answer(1, t.at(20)), t.due(t.at(26));
select is((select m.body from chat.message m where m.kind = 'reminder'), 'Klopf, klopf.', 'a queue''s own words, in the customer''s language');
delete from chat.text where name = 'sales_ping';
select t.answer(1, t.at(30)), t.due(t.at(36));
select matches((select m.body from chat.message m where m.kind = 'reminder' order by m.seq desc limit 1), '^Sind Sie noch da', 'words that are missing are made up for');
select set_eq($$select f.code, f.key from internal.check_silence(t.at(0)) f$$, $$values ('silence_no_text', 'sales/*')$$, 'and the check says so');
update chat.silence_rule set customer_reminders_s = '{}', customer_end_s = 60 where rule = 'sales/*';
update chat.silence_rule set customer_reminders_s = '{}', customer_end_s = null, operator_reminders_s = '{}', operator_requeue_s = null where rule = '*/*';
select set_eq($$select f.code, f.key from internal.check_silence(t.at(0)) f$$, $$values ('silence_no_warning', 'sales/*'), ('silence_does_nothing', '*/*')$$, 'and what else is odd');
:next_story
select t.refused($$insert into chat.silence_rule (queue, customer_reminders_s) values ('sales', '{60,60}')$$, 'up_to_5_rising_delays_of_1_s_to_30_days');
select t.refused($$insert into chat.silence_rule (queue, customer_reminders_s) values ('sales', '{0}')$$, 'up_to_5_rising_delays_of_1_s_to_30_days', 'no delay of 0');
select t.refused($$insert into chat.silence_rule (queue, customer_reminders_s) values ('sales', '{1,2,3,4,5,6}')$$, 'up_to_5_rising_delays_of_1_s_to_30_days', 'six are too many');
select t.refused($$insert into chat.silence_rule (queue, customer_reminders_s, customer_end_s) values ('sales', '{60}', 60)$$, 'the_end_comes_after_the_reminders');
select t.refused($$insert into chat.silence_rule (queue, operator_reminders_s, operator_requeue_s) values ('sales', '{60}', 30)$$, 'requeueing_comes_after_the_reminders');
select t.refused($$insert into chat.silence_rule (channel) values ('fax')$$, 'known_channel');
select t.refused($$insert into chat.silence_rule (queue) values (null)$$, 'silence_rule_pkey', 'one rule a queue and channel');
select is((select (a.action, a.key)::text from chat.audit a where a.object = 'silence_rule' order by a.audit desc limit 1), '(insert,*/*)', 'a change is audited under its key');
:next_story

-- ---- an erased chat keeps the fact, not the words --------------------------------------------------------------------
select t.answer(1, t.at(20)), t.work(20, 80);
select from chat.erase_chat(t.chat(1));
select is((select (m.body, m.data ->> 'n')::text from chat.message m where m.kind = 'reminder'), '(,1)', 'that he was reminded stays');
:next_story

-- ---- many -----------------------------------------------------------------------------------------------------------
-- The looks of many chats are gathered: while nothing falls due the router is woken at most once a second.
update chat.operator set max_chats = 100 where operator = 'ana';
update chat.queue set max_length = 0;
select t.set('max_chats', 1000);
select t.arrive(n, 'sales', t.at(11)) from generate_series(2, 60) n;
select t.route(t.at(12)), t.accept(n, t.at(12 + n / 100.0)) from generate_series(2, 60) n;
select t.answer(n, t.at(13 + n / 100.0)) from generate_series(1, 60) n;
select cmp_ok(t.work(14, 73), '<=', 62, 'sixty chats of which nothing is due do not keep the router awake');
select is((select count(*) from chat.message m where m.kind = 'reminder'), 0::bigint, 'and nothing comes too early');
select t.work(73, 133);
select is((select count(distinct m.chat) || ' ' || count(*) from chat.message m where m.kind = 'reminder' and m.data ->> 'n' = '1'), '60 60', 'each is reminded');
select is_empty($$select m.chat, m.at from chat.message m join chat.message a on a.chat = m.chat and a.author_kind = 'operator' and a.kind = 'message'
	where m.kind = 'reminder' and m.at <> a.at + (m.data ->> 'n')::int * interval '1 minute'$$, 'to the instant');
:next_story
\ir verdict.psql
