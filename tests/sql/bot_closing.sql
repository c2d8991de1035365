-- SPDX-License-Identifier: ISC
-- An operator ends a chat and its bot has the last word, where the queue says so.
\ir fixture.psql
select no_plan();
create function t.press(p_n int, p_cid int, p_choice text) returns text language sql as $$ select (t.post(p_n, t.token(p_n), p_cid, null, p_choice)).status $$;
create function t.ends(p_n int) returns jsonb language sql as $$ select x.body::jsonb -> 'chat' from api.operator_end(t.session('ana'), t.chat(p_n)) x $$;
create function t.files(p_n int, p_words text) returns jsonb language sql as $$ select x.body::jsonb -> 'chat' from api.wrap_up(t.session('ana'), t.chat(p_n), p_words, null) x $$;
create function t.desk() returns jsonb language sql as $$ select x.body::jsonb -> 'chats' from api.my_chats(t.session('ana')) x $$;
create function t.last(p_n int) returns text language sql as
	$$ select m.author_kind || ': ' || m.body from chat.message m where m.chat = t.chat(p_n) and m.body is not null order by m.seq desc limit 1 $$;
create function t.load() returns int language sql as $$ select s.load from chat.operator_state s where s.operator = 'ana' $$;
create function t.over(p_n int) returns text language sql as $$ select concat_ws(' ', c.state, c.ended_by, c.end_reason) from chat.chat c where c.chat = t.chat(p_n) $$;
select t.set('stagger_s', 0), t.set('missed_offer_penalty_s', 0);
insert into chat.bot_node (bot, node, ends) values ('guide', 'well', false), ('guide', 'bye', true);
insert into chat.bot_choice (bot, node, choice, position, next_node) values ('guide', 'well', 'more', 1, 'start'), ('guide', 'well', 'done', 2, 'bye');
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'well', '', 'en', 'Is all well?'), ('guide', 'well', 'more', 'en', 'Something else'),
	('guide', 'well', 'done', 'en', 'Yes'), ('guide', 'bye', '', 'en', 'Good-bye.');
update chat.bot set closing_node = 'well' where bot = 'guide';
update chat.queue set bot_closes = true, wrap_up_s = 30, bot_closing_s = 300;
select t.sign_in('ana', '{sales}', now()), t.log_in('ana');
update chat.operator_state set lease_until = 'infinity';
select t.open(1, 'guided'), t.press(1, 1, 'person'), t.route(now()), t.accept(1, now());
update chat.chat set customer_polls_until = 'infinity', customer_seen_at = 'infinity';
savepoint story;

-- ---- he ends it -----------------------------------------------------------------------------------------------------
create table t.answer as select t.ends(1) as chat;
select is((select chat ->> 'state' || ' ' || (chat ->> 'closing') from t.answer), 'wrap_up Guide', 'P48: who ends a chat has his wrap-up');
select is(t.over(1) || ' ' || t.last(1), 'bot bot: Is all well?', 'and the bot has the last word');
select is(t.kinds(1), 'bot_message message bot_message queued assigned joined left bot_message', 'the transcript tells it');
select is((select a.end_reason from chat.assignment a), 'ended', 'his part is over, and no transfer');
select is(t.load(), 1, 'his slot is taken while he writes his notes');
select is((select d ->> 'state' from jsonb_array_elements(t.desk()) d), 'wrap_up', 'the chat stays on his desk');
select is((t.post(1, t.session('ana'), 7, 'one more thing')).status, 'not_owner', 'what he still says is refused');
select ok(internal.next_deadline(clock_timestamp()) < clock_timestamp() + interval '31 s', 'his time ends by itself');
select internal.run_deadlines(clock_timestamp() + interval '31 s', false);
select is(t.load() || ' ' || t.over(1), '0 bot', 'then the slot is free, and the bot goes on');
select is(t.desk(), '[]', 'the desk is empty');
select is(t.files(1, 'solved') ->> 'state', 'wrap_up', 'filing it later counts, too');
select is((select c.disposition from chat.chat c), 'solved', 'and is kept');
select is(t.press(1, 2, 'done') || ' ' || t.last(1) || ' ' || t.over(1), 'ok bot: Good-bye. ended bot bot_ended', 'the customer is content: the bot ends the chat');
select is((select c.closing_until from chat.chat c), null, 'and nothing is waited for');
select is((select count(*) from chat.message m where m.kind = 'ended'), 1::bigint, 'it ends once');
:next_story
select t.ends(1), t.files(1, 'solved');
select is(t.load() || ' ' || t.over(1), '0 bot', 'who files it at once is free at once');
select is(t.desk(), '[]', 'and has it on his desk no more');
:next_story
update chat.queue set wrap_up_s = 0;
select is(t.ends(1) ->> 'state', 'wrap_up', 'without a wrap-up time');
select is(t.load(), 0, 'the slot is free at once');
select is(t.files(1, 'solved') ->> 'state', 'wrap_up', 'and it may be filed all the same');
:next_story

-- ---- the customer is silent, or gone, or wants more -----------------------------------------------------------------
insert into chat.silence_rule (customer_reminders_s, customer_end_s) values ('{60}', 120);
select t.ends(1), internal.run_deadlines(clock_timestamp() + interval '290 s', true);
select is(t.over(1) || ' ' || (select count(*) from chat.message m where m.kind = 'reminder'), 'bot 0', 'nobody is reminded of a chat that is done');
select internal.run_deadlines(clock_timestamp() + interval '301 s', false);
select is(t.over(1), 'ended bot bot_ended', 'who says nothing more is let go');
:next_story
select t.ends(1), t.press(1, 2, 'more');
update chat.message set at = at + interval '200 s' where seq >= 9;
select internal.run_deadlines(clock_timestamp() + interval '301 s', false);
select is(t.over(1), 'bot', 'a word gives him time anew');
select internal.run_deadlines(clock_timestamp() + interval '502 s', false);
select is(t.over(1), 'ended bot bot_ended', 'until he is silent');
:next_story
select t.ends(1);
update chat.chat set customer_polls_until = null, customer_seen_at = now();
select internal.part_with_customers(clock_timestamp() + interval '1 day');
select is(t.over(1), 'ended system customer_gone', 'who goes has not been abandoned: he was answered');
:next_story
select t.ends(1), t.press(1, 2, 'more'), t.press(1, 3, 'person');
select is((select c.state || ' ' || c.preferred_operator || ' ' || (c.closing_until is null) from chat.chat c), 'queued ana true', 'who wants a person again gets to the one who knows him');
select is(t.load(), 1, 'who may still be writing his notes');
select t.route(clock_timestamp()), t.accept(1, clock_timestamp());
select is(t.owner(1) || ' ' || t.load(), 'ana 2', 'and takes it');
select internal.run_deadlines(clock_timestamp() + interval '31 s', false);
select is(t.owner(1) || ' ' || t.load(), 'ana 1', 'his time for the notes ends as ever');
select t.ends(1), t.files(1, 'solved twice');
select is(t.over(1) || ' ' || t.load(), 'bot 0', 'it may end so as often as there is something else');
:next_story
select t.ends(1);
update chat.operator_state set lease_until = now() - interval '1 day' where operator = 'ana';
select internal.run_deadlines(clock_timestamp() + interval '10 s', true);
select is(t.load() || ' ' || t.over(1), '0 bot', 'an operator who is gone writes no notes, and the bot goes on');
:next_story
select t.ends(1);
select from internal.erase_chats(array[t.chat(1)], 'asked', clock_timestamp());
select is(t.load() || ' ' || (select count(*) from chat.filing), '0 0', 'D11: what is erased is filed by nobody');
:next_story

-- ---- where it just ends ---------------------------------------------------------------------------------------------
update chat.queue set bot_closes = false;
select is(t.ends(1) ->> 'state' || ' ' || t.over(1), 'wrap_up wrap_up operator operator_ended', 'the queue must say so');
:next_story
update chat.bot set closing_node = null where bot = 'guide';
select t.ends(1);
select is(t.over(1), 'wrap_up operator operator_ended', 'and the bot have something to say');
select is((select string_agg(f.code, ' ') from internal.check_bots(now()) f where f.code like 'bot_has%'), 'bot_has_no_last_word', 'which the check tells');
:next_story
update chat.chat set customer_polls_until = null;
select t.ends(1);
select is(t.over(1), 'wrap_up operator operator_ended', 'somebody must be there to hear it');
:next_story
update chat.bot set closing_node = 'nowhere' where bot = 'guide';
select t.ends(1);
select is(t.over(1), 'ended bot bot_ended', 'a bot that fails at its last word brings nobody back');
select is(t.load(), 1, 'and the operator has his time');
select is((select string_agg(f.code, ' ') from internal.check_bots(now()) f where f.severity = 'error'), 'bot_no_closing_node', 'the check says why');
:next_story

-- ---- a bot that is a program ----------------------------------------------------------------------------------------
insert into chat.bot (bot, name, kind, url) values ('helper', 'Helper', 'http', 'https://bot.example/turn');
select from api.add_outgoing_secret('bot', 'helper');
update chat.chat set bot = 'helper', bot_left_at = now();
savepoint program;
select t.ends(1);
select is((select o.kind || ' ' || (o.body ->> 'event') from chat.outbox o where o.chat = t.chat(1)), 'bot closing', 'one by HTTP is told what it is for');
select internal.retire_bots(clock_timestamp() + interval '1 hour');
select is(t.over(1), 'ended bot bot_ended', 'and when it is silent the chat is over');
select is_empty('select t.broken_invariants()', 'no invariant is broken');
rollback to program;
select t.ends(1), t.post(1, t.token(1), 2, 'My order has not come');
select internal.retire_bots(clock_timestamp() + interval '1 hour');
select is(t.over(1), 'queued', 'but people come when the customer has said something');
\ir verdict.psql
