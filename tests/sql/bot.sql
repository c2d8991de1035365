-- SPDX-License-Identifier: ISC
-- The built-in bot: greets, shows buttons, understands a button or its label, hands over; where nobody is there it says so and stays.
\ir fixture.psql
select no_plan();
create function t.said(p_n int) returns text language sql as
	$$ select string_agg(case m.kind when 'bot_message' then 'bot' when 'message' then 'customer' else m.kind end || ': ' || coalesce(m.body, '-'), ' | ' order by m.seq)
		from chat.message m where m.chat = t.chat(p_n) $$;
create function t.buttons(p_n int) returns text language sql as $$
	select (select string_agg((c ->> 'id') || '=' || (c ->> 'label'), ', ') from jsonb_array_elements(m.data -> 'choices') c)
	from chat.message m where m.chat = t.chat(p_n) and m.kind = 'bot_message' order by m.seq desc limit 1
$$;
create function t.type(p_n int, p_cid int, p_body text) returns text language sql as $$ select replace((t.post(p_n, t.token(p_n), p_cid, p_body)).status, 'ok', 'stored') $$;
create function t.press(p_n int, p_cid int, p_choice text) returns text language sql as 
	$$ select replace((t.post(p_n, t.token(p_n), p_cid, null, p_choice)).status, 'ok', 'stored') $$;
savepoint story;

-- ---- the greeting ---------------------------------------------------------------------------------------------------
select is(o.body #>> '{chat,state}', 'bot', 'a widget with a bot opens with it') from t.request(1, 'guided') o;
select is(t.said(1), 'bot: Hello!', 'it greets');
select is(t.buttons(1), 'billing=My bill, hours=hours, person=Talk to a person', 'with buttons in order, an unnamed one by its id, a person always last');
select t.open(2, 'guided', p_locale => 'de-AT');
select is(t.said(2) || t.buttons(2), 'bot: Hallo!billing=Meine Rechnung, hours=hours, person=Mit einem Menschen sprechen', 'in the customer''s language');
select t.open(3, 'guided', p_locale => 'pt-BR');
select is(t.said(3), 'bot: Hello!', 'in English where there is no better');
select is((select (author_kind, author_name, seq)::text from chat.message where chat = t.chat(1)), '(bot,Guide,1)', 'by its name, as the first event');
:next_story

-- ---- buttons and labels ---------------------------------------------------------------------------------------------
select t.open(1, 'guided');
select is(t.press(1, 1, 'hours'), 'stored', 'a button …');
select is(t.said(1), 'bot: Hello! | customer: hours | bot: Always.', '… leads to its node');
select is(t.buttons(1), 'back=back, person=Talk to a person', 'with the buttons of that');
select is(t.type(1, 2, ' Back! '), 'stored', 'a typed label …');
select is(t.said(1), 'bot: Hello! | customer: hours | bot: Always. | customer:  Back!  | bot: Hello!', '… counts as its button');
select is(t.press(1, 3, 'billing'), 'stored', 'a button that leads to a queue');
select is(t.state(1), 'queued', 'hands over');
select is((select queue from chat.chat), 'billing', 'to that queue');
select alike(t.said(1), '%customer: My bill | bot: I am passing you on to a colleague. | queued: -', 'and says so');
select is((select data from chat.message where kind = 'queued'), '{"queue": "billing", "label": "Billing"}', 'the event names the queue');
select is((select new from chat.audit where action = 'state'), '{"state": "queued", "queue": "billing"}', 'G16: the move is audited');
select t.type(1, 4, 'Hours'), t.type(1, 5, 'hello?');
select alike(t.said(1), '%queued: - | customer: Hours | customer: hello?', 'from then on the bot is silent');
:next_story
select t.open(1, 'guided', p_locale => 'de'), t.type(1, 1, 'MEINE RECHNUNG');
select is(t.state(1), 'queued', 'a typed label in the customer''s language, whatever the case');
:next_story

-- ---- misses ---------------------------------------------------------------------------------------------------------
select t.open(1, 'guided'), t.type(1, 1, 'blah');
select is(t.said(1), 'bot: Hello! | customer: blah | bot: Sorry, I did not understand that. Please choose one of these:', 'what it does not understand it says');
select is(t.buttons(1), 'billing=My bill, hours=hours, person=Talk to a person', 'with the buttons again');
select t.type(1, 2, 'blah');
select is(t.state(1), 'bot', 'twice');
select t.type(1, 3, 'blah');
select is(t.state(1) || ' ' || (select queue from chat.chat), 'queued sales', 'the third time in a row it hands over to the default queue');
:next_story
select t.open(1, 'guided'), t.type(1, 1, 'blah'), t.type(1, 2, 'blah'), t.press(1, 3, 'hours'), t.type(1, 4, 'blah'), t.type(1, 5, 'blah');
select is(t.state(1), 'bot', 'an understood answer starts the count anew');
:next_story
select t.set('bot_misses_max', 1), t.open(1, 'guided'), t.type(1, 1, 'blah');
select is(t.state(1), 'queued', 'how many is a setting');
:next_story
select t.open(1, 'guided'), t.type(1, 1, 'blah'), t.type(1, 1, 'blah'), t.type(1, 1, 'blah'), t.type(1, 1, 'blah');
select is(t.state(1), 'bot', 'a repeat of a message is no miss');
:next_story

-- ---- a person -------------------------------------------------------------------------------------------------------
select t.open(1, 'guided'), t.press(1, 1, 'person');
select is(t.state(1) || ' ' || (select queue from chat.chat), 'queued sales', 'the reserved button asks for a person');
select is(t.press(1, 2, 'person'), 'stored', 'asking again does no harm');
select is(t.kinds(1), 'bot_message message bot_message queued message', 'and is just a message');
:next_story
select t.open(1, 'guided'), t.type(1, 1, 'talk to a person.');
select is(t.state(1), 'queued', 'its label, typed');
:next_story
select t.open(1, 'guided');
select is(body::jsonb #>> '{chat,queue}', 'billing', 'the same by request, with a queue of the widget') from api.ask_person(t.chat(1), t.token(1), null, 'billing');
select is(body::jsonb #>> '{chat,state}', 'queued', 'twice is no error') from api.ask_person(t.chat(1), t.token(1), null, null);
select t.fails('select * from api.ask_person(t.chat(1), t.token(1), null, ''sales'')', 'SB409', 'conflict', 'queue', 'but another queue is a conflict');
:next_story
select t.open(1, 'guided');
select t.fails(format('select * from api.ask_person(t.chat(1), t.token(1), null, %L)', q), 'SB422', 'invalid', 'queue', format('the queue %L is not the widget''s', q))
from unnest(array['support', 'nowhere', '']) q;
select t.end_chat(1, 'customer', clock_timestamp());
select is(t.state(1), 'ended', 'a chat with the bot ends, it is not abandoned');
select t.fails('select * from api.ask_person(t.chat(1), t.token(1), null, null)', 'SB410', 'gone', null, 'an ended chat asks for nobody');
:next_story

insert into chat.question (question, kind, low, high) values ('pieces', 'number', 1, 99);
insert into chat.queue_question (queue, question, position) values ('billing', 'pieces', 1);
select t.open(1, 'guided'), t.open(2, 'guided');
select t.fails(format('select * from api.ask_person(t.chat(1), t.token(1), null, ''billing'', %L)', a), 'SB422', 'invalid', 'answers.pieces',
	format('of a queue that asks, the answers %s are refused', a))
from unnest(array['{}', '{"pieces": 100}', '{"pieces": null}']) a;
select is(t.state(1), 'bot', 'and the chat stays with the bot');
select is(body::jsonb #>> '{chat,queue}', 'billing', 'one that fits is taken')
from api.ask_person(t.chat(1), t.token(1), null, 'billing', '{"pieces": "3", "card": "4111 1111 1111 1111"}');
select is((select c.answers - 'card' from chat.chat c where c.chat = t.chat(1)), '{"pieces": 3}', 'and kept by its kind');
select alike((select c.answers ->> 'card' from chat.chat c where c.chat = t.chat(1)), '%1111', 'card numbers masked');
select unalike((select c.answers ->> 'card' from chat.chat c where c.chat = t.chat(1)), '4111%', 'to their last digits');
select is(body::jsonb #>> '{chat,state}', 'queued', 'who sends none is asked none') from api.ask_person(t.chat(2), t.token(2), null, 'billing');
:next_story

-- ---- nobody there ---------------------------------------------------------------------------------------------------
insert into chat.opening_exception (queue, day) select 'billing', (clock_timestamp() at time zone 'UTC')::date + d from generate_series(-1, 1) d;
select t.open(1, 'guided');
select is(t.press(1, 1, 'billing'), 'stored', 'the queue of the button is closed: the message is stored');
select is(t.state(1), 'bot', 'the chat stays with the bot');
select alike(t.said(1), '%| bot: Nobody is there right now.%', 'which says so');
select is(t.buttons(1), 'billing=My bill, hours=hours, person=Talk to a person', 'and shows the buttons of where we are');
select t.press(1, 2, 'hours');
select alike(t.said(1), '%| bot: Always.', 'and goes on');
select t.fails('select * from api.ask_person(t.chat(1), t.token(1), null, ''billing'')', 'SB409', 'closed', 'queue', 'over HTTP the same is an error');
:next_story
update chat.queue set max_length = 1 where queue = 'billing';
select t.arrive(9, 'billing', clock_timestamp()), t.open(1, 'guided'), t.press(1, 1, 'billing');
select is(t.state(1), 'bot', 'the queue is full: the chat stays with the bot');
select alike(t.said(1), '%| bot: Too many people are waiting there%', 'which says that');
select is((select count(*) from chat.message where chat = t.chat(1) and body like 'I am passing%'), 0::bigint, 'and promises nothing');
:next_story
update chat.queue set active = false where queue = 'sales';
select t.open(1, 'guided'), t.type(1, 1, 'blah'), t.type(1, 2, 'blah'), t.type(1, 3, 'blah'), t.type(1, 4, 'blah');
select is(t.state(1), 'bot', 'after three misses and nobody there: it goes on');
select alike(t.said(1), '%| bot: Nobody is there right now.% | customer: blah | bot: Sorry%', 'and counts anew');
:next_story

-- ---- odd bots -------------------------------------------------------------------------------------------------------
update chat.bot set first_node = 'to-billing';
select is(o.body #>> '{chat,state}', 'queued', 'a bot whose first node is a queue hands over at once') from t.request(1, 'guided') o;
:next_story
update chat.bot set first_node = 'to-billing';
update chat.queue set active = false where queue = 'billing';
select is(o.body #>> '{chat,state}', 'bot', 'and when that is closed the customer still has a way') from t.request(1, 'guided') o;
select is(t.buttons(1), 'person=Talk to a person', 'to a person');
select t.press(1, 1, 'person');
select is(t.state(1), 'queued', 'which works');
:next_story
update chat.bot set active = false;
select is(o.body #>> '{chat,state}', 'queued', 'a bot that is switched off is passed by') from t.request(1, 'guided') o;
:next_story
select is(o.body #>> '{chat,state}', 'queued', 'who names a queue passes it by as well') from t.request(1, 'guided', 'billing') o;
:next_story
select t.open(1, 'guided');
update chat.bot_node set queue = 'sales' where node = 'hours';
delete from chat.bot_choice where node = 'start';
select is(t.press(1, 1, 'hours'), 'invalid', 'a button that the DBA has just taken away');
select is(t.type(1, 2, 'hours'), 'stored', 'typed it is a miss');
select is(t.state(1), 'bot', 'and nothing breaks');
:next_story
\ir verdict.psql
