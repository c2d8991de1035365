-- SPDX-License-Identifier: ISC
-- What customers are asked before the chat: answers by their kind, the form of a queue, the chat request with answers; rules that choose queue, skills and urgency.
\ir fixture.psql
select no_plan();
insert into chat.question (question, kind, pattern, example, low, high, max_length) values ('order', 'pattern', 'A-[0-9]{5}|X', 'A-12345', null, null, 500),
	('topic', 'choice', null, '', null, null, 500),
	('phone', 'phone', null, '', null, null, 500), ('more', 'text', null, '', null, null, 10), ('count', 'number', null, '', 1, 10.5, 500), ('mail', 'email', null, '', null, null, 500);
insert into chat.question (question, kind, field) values ('name', 'text', 'name'), ('address', 'email', 'email');
insert into chat.question_text (question, locale, label, error) values ('order', 'en', 'Order number', 'Like A-12345'), ('order', 'de', 'Bestellnummer', null);
insert into chat.question_choice (question, choice, position) values ('topic', 'refund', 2), ('topic', 'price', 1);
insert into chat.question_choice_text (question, choice, locale, label) values ('topic', 'refund', 'en', 'My money back'), ('topic', 'refund', 'de', 'Geld zurück');

-- A chat request with answers.
create function t.ask(p_n int, p_widget text, p_queue text, p_answers jsonb, p_name text default null, p_page text default null, p_context jsonb default null, p_locale text default 'en')
returns text language plpgsql as $$
declare
	v_column text;
	v_constraint text;
begin
	perform api.open_chat(t.chat(p_n), t.token(p_n), t.key(p_n), t.key(p_n), p_widget, 'https://shop.example', p_queue,
		p_name, null, p_locale, p_page, null, p_answers, p_context, null, 'wss://relay');
	return (select concat_ws(' ', c.state, c.queue, c.answers) from chat.chat c where c.chat = t.chat(p_n));
exception when sqlstate 'SB422' then
	get stacked diagnostics v_constraint = constraint_name, v_column = column_name;
	return v_constraint || ' ' || v_column;
end $$;
create function t.skills(p_n int) returns text language sql as
	$$ select string_agg(concat_ws(' ', s.skill, case when s.required then s.min_rating end), ', ' order by s.skill) from chat.chat_skill s where s.chat = t.chat(p_n) $$;
savepoint story;

-- ---- kinds ----------------------------------------------------------------------------------------------------------
create table t.answer (question text, given jsonb, kept jsonb);
insert into t.answer values
	('more', '"ok"', '"ok"'), ('more', '"  ok "', '"ok"'), ('more', '"12345678901"', null), ('more', '""', null), ('more', '"   "', null), ('more', '"a\u0007"', null), ('more', '7', '"7"'),
	('more', 'true', null), ('more', '["x"]', null), ('more', '{"x":1}', null), ('more', 'null', null),
	('mail', '"a@b.example"', '"a@b.example"'), ('mail', '"a@b"', null), ('mail', '"a b@c.example"', null), ('mail', '"a@b@c.example"', null), ('mail', '"@b.example"', null),
	('mail', '"a@b.example."', null),
	('phone', '"+49 (30) 123-456"', '"+49 (30) 123-456"'), ('phone', '"0301234567"', '"0301234567"'), ('phone', '"1234"', null), ('phone', '"call me"', null), ('phone', '"1234567890123456"', null),
	('phone', '"٠٣٠١٢٣٤٥"', '"03012345"'), ('phone', '4930123456', '"4930123456"'),
	('count', '3', '3'), ('count', '"3"', '3'), ('count', '"3,5"', '3.5'), ('count', '"٣"', '3'), ('count', '0', null), ('count', '10.5', '10.5'), ('count', '10.6', null),
	('count', '"many"', null), ('count', '1e3', null),
	('topic', '"refund"', '"refund"'), ('topic', '"my money back"', '"refund"'), ('topic', '"Geld zurück!"', '"refund"'), ('topic', '"other"', null), ('topic', '1', null),
	('order', '"A-12345"', '"A-12345"'), ('order', '"a-12345"', '"a-12345"'), ('order', '"A-123456"', null), ('order', '"it is A-12345"', null), ('order', '"x"', '"x"'),
	('order', '"A-12345X"', null),
	('order', '"A-١٢٣٤٥"', '"A-12345"'),
	('name', '"Eve"', '"Eve"'), ('name', '"Eve\nX"', null);
select is(internal.answer_value(q, a.given), a.kept, format('%s: %s', a.question, a.given)) from t.answer a join chat.question q on q.question = a.question;
select is(internal.answer_value(q, '"It is A-12345."', true) || internal.answer_value(q, '"BA-123456"', true), null,
	'a part of a longer word is no answer') from chat.question q where q.question = 'order';
select is(internal.answer_value(q, '"It is A-12345."', true), '"A-12345"', 'in a sentence a bot finds it') from chat.question q where q.question = 'order';
select is(internal.answer_value(q, '"(a@b.example), please"', true), '"a@b.example"', 'an address too') from chat.question q where q.question = 'mail';

-- ---- the form -------------------------------------------------------------------------------------------------------
insert into chat.queue_question (queue, question, position, required) values ('billing', 'order', 2, true), ('billing', 'topic', 1, false), ('billing', 'address', 3, true);
select is(c.body::jsonb #> '{queues,0,questions}', '[
	{"name": "topic", "kind": "choice", "label": "topic", "required": false, "error": "Please choose one of these:",
		"choices": [{"id": "price", "label": "price"}, {"id": "refund", "label": "My money back"}]},
	{"name": "order", "kind": "pattern", "label": "Order number", "required": true, "example": "A-12345", "error": "Like A-12345"},
	{"name": "address", "kind": "email", "label": "address", "required": true, "field": "email", "error": "That does not look like an e-mail address. It should be like name@example.com."}]',
	'the configuration of a widget has the questions of each queue, in order') from api.widget_config('plain', 'en', null, 'wss://relay') c;
select is(c.body::jsonb #>> '{queues,0,questions,1,label}', 'Bestellnummer', 'in the customer''s language') from api.widget_config('plain', 'de', null, 'wss://relay') c;
select is(c.body::jsonb -> 'default_queue', '{"name": "sales", "label": "Sales", "questions": []}',
	'and says where who chooses nothing gets') from api.widget_config('plain', 'en', null, 'wss://relay') c;

-- ---- the chat request -----------------------------------------------------------------------------------------------
select is(t.ask(1, 'plain', 'billing', '{"order": "A-12345", "address": "eve@shop.example"}'), 'queued billing {"order": "A-12345"}', 'answers that fit');
select is((select email from chat.chat), 'eve@shop.example', 'the address is the customer''s address');
select is(t.ask(2, 'plain', 'billing', '{"order": "B", "address": "eve@shop.example"}'), 'invalid answers.order', 'one that does not fit: which');
select is(t.ask(2, 'plain', 'billing', '{"address": "eve@shop.example"}'), 'invalid answers.order', 'a required one that is missing');
select is(t.ask(2, 'plain', 'billing', '{"order": null, "address": "eve@shop.example"}'), 'invalid answers.order', 'or empty');
select is(t.ask(2, 'plain', 'billing', null), 'invalid answers.order', 'none at all');
select is(t.ask(2, 'plain', 'billing', '{"order": "A-12345", "topic": "", "address": "a@b.example"}'), 'queued billing {"order": "A-12345", "topic": null}', 'what may be left out');
select is(t.ask(3, 'plain', 'sales', '{"anything": {"else": 1}}'), 'queued sales {"anything": {"else": 1}}', 'what nobody asks for is kept as it is');
select is(t.ask(4, 'plain', 'sales', '{"order": "B"}'), 'invalid answers.order', 'an answer to a question of elsewhere must fit, too');
select is(t.ask(4, 'guided', null, '{"order": "A-00001"}'), 'bot {"order": "A-00001"}', 'with a bot nothing is required yet');
select t.post(4, t.token(4), 1, null, 'billing');
select is((select bot_question::text from chat.chat where chat = t.chat(4)), 'address', 'it asks what is required and not known, and only that');
select is(t.ask(5, 'plain', 'billing', '{"order": "A-12345", "address": "a@b.example", "topic": "4111 1111 1111 1111"}'), 'invalid answers.topic', 'nonsense');
insert into chat.queue_question (queue, question) values ('sales', 'name');
select is(t.ask(5, 'plain', null, null), 'invalid answers.name', 'who chooses no queue is asked what the default asks');
select is(t.ask(5, 'plain', null, null, 'Eve'), 'queued sales {}', 'a name that is known is not asked for');
select is(t.ask(6, 'plain', null, '{"name": "Eve"}'), 'queued sales {}', 'or comes as an answer');
select is((select name from chat.chat where chat = t.chat(6)), 'Eve', 'and becomes the name');
select is(t.ask(7, 'plain', 'sales', '{"name": "Eve", "x": "4111 1111 1111 1111"}'), 'queued sales {"x": "**** **** **** 1111"}', 'card numbers are masked');
:next_story

-- ---- rules ----------------------------------------------------------------------------------------------------------
insert into chat.entry_rule (rule, position, page_url, queue) values ('help', 10, '/help/*', 'support');
select is(t.ask(1, 'plain', null, null, p_page => 'https://shop.example/help/returns?x=1#y'), 'queued support {}', 'a rule chooses the queue by the page');
select is(t.ask(2, 'plain', null, null, p_page => 'https://shop.example/'), 'queued sales {}', 'another page');
select is(t.ask(3, 'plain', null, null), 'queued sales {}', 'no page');
select is(t.ask(4, 'plain', 'billing', null, p_page => 'https://shop.example/help/returns'), 'queued billing {}', 'what the customer has chosen stays');
select is(t.ask(5, 'guided', null, null, p_page => 'https://shop.example/help/returns'), 'bot {}', 'a bot comes first');
select t.post(5, t.token(5), 1, null, 'person');
select is((select queue::text from chat.chat where chat = t.chat(5)), 'support', 'and hands over where the rule says');
update chat.entry_rule set bypass = true;
select is(t.ask(6, 'guided', null, null, p_page => 'https://shop.example/help/'), 'queued support {}', 'or is passed by');
select is(t.ask(7, 'guided', null, null, p_page => 'https://shop.example/helpless'), 'bot {}', 'on that page only');
:next_story
insert into chat.entry_rule (rule, widget, bypass) values ('straight', 'guided', true);
select is(t.ask(1, 'guided', null, null), 'queued sales {}', 'a whole widget past the bot, into its default queue');
update chat.entry_rule set active = false;
select is(t.ask(2, 'guided', null, null), 'bot {}', 'a rule that is off is passed over, from COMMIT on');
:next_story
select is(internal.page_fits(p, u), f, format('%s %s %s', p, case when f then 'is' else 'is not' end, u)) from (values
	('/a', 'https://x.example/a', true), ('/a', 'https://x.example/a/', false), ('/a*', 'https://x.example/ab?c', true), ('*/cart', 'https://x.example/shop/cart#z', true),
	('https://x.example/*', 'https://x.example/', true), ('https://x.example/*', 'http://x.example/', false), ('/a?b=*', 'https://x.example/a?b=1#c', true),
	('/100%', 'https://x.example/100%', true),
	('/100%', 'https://x.example/100x', false), ('/a_c', 'https://x.example/abc', false), ('/\', 'https://x.example/\', true), ('/*', 'about:blank', false)) x (p, u, f);
:next_story
insert into chat.entry_rule (rule, position, context, level, skill, min_rating) values ('gold', 1, '{"plan": "gold"}', 0, 'technical', 7), ('silver', 2, '{"plan": "silver"}', 1, null, 1);
insert into chat.entry_rule (rule, position, locale, skill, min_rating) values ('deutsch', 5, 'de', 'german', 5), ('deutsch2', 6, 'de', 'german', 9);
insert into chat.entry_rule (rule, position, answers, from_queue, queue) values ('refunds', 9, '{"topic": "refund"}', 'billing', 'support');
select is(t.ask(1, 'plain', null, null, p_context => '{"plan": "gold", "age": 3}', p_locale => 'de-CH'), 'queued sales {}', 'rules without a queue');
select is(t.skills(1), 'german 5, technical 7', 'each adds its skill, the first says how');
select is((select level::int from chat.chat where chat = t.chat(1)), 0, 'and how urgent it is');
select is(t.ask(2, 'plain', null, null, p_context => '{"plan": "golden"}', p_locale => 'den'), 'queued sales {}', 'others');
select is(t.skills(2), null, 'get none of it');
select is(t.ask(3, 'plain', 'billing', '{"topic": "refund"}'), 'queued support {"topic": "refund"}', 'a rule that speaks of the chosen queue leads away from it, by an answer');
select is(t.ask(4, 'plain', 'billing', '{"topic": "price"}'), 'queued billing {"topic": "price"}', 'another answer');
select is(t.ask(5, 'plain', 'sales', '{"topic": "refund"}'), 'queued sales {"topic": "refund"}', 'another queue');
insert into chat.queue_question (queue, question) values ('billing', 'topic');
select is(t.ask(6, 'guided', null, null, p_locale => 'de'), 'bot {}', 'through the bot');
select t.post(6, t.token(6), 1, null, 'billing'), t.post(6, t.token(6), 2, null, 'refund');
select is((select concat_ws(' ', state, queue, answers) from chat.chat where chat = t.chat(6)), 'queued support {"topic": "refund"}', 'the answer leads there as well');
select is(t.skills(6), 'german 5', 'and the language is asked for');
select t.sign_in('ana', '{support}', clock_timestamp()), t.sign_in('bo', '{support}', clock_timestamp()), t.rate('bo', 'german', 6), t.rate('ana', 'german', 4);
select t.set('stagger_s', 0), internal.route(clock_timestamp(), 10);
select is(t.offered_to(6), 'bo', 'it goes to who has it');
:next_story
select t.refused($$insert into chat.entry_rule (rule) values ('x')$$, 'a_rule_does_something');
select t.refused($$insert into chat.entry_rule (rule, bypass, context) values ('x', true, '[]')$$, 'context_is_an_object');
insert into chat.entry_rule (rule, bypass) values ('x', true);
select is((select concat_ws(' ', actor_kind, action, object, key) from chat.audit where object = 'entry_rule'), 'dba insert entry_rule x', 'G16: a rule is audited as all configuration');
:next_story

-- ---- a dialogue that is only played ---------------------------------------------------------------------------------
insert into chat.queue_question (queue, question) values ('billing', 'order');
insert into chat.entry_rule (rule, locale, skill, min_rating) values ('deutsch', 'de', 'german', 5);
select results_eq($$select who, says, array_to_string(buttons, ', ') from chat.bot_test('guide', array['hm', '/billing', 'A-00001'], 'de')$$, $$values
	('bot', 'Hallo!', 'billing = Meine Rechnung, hours = hours, person = Mit einem Menschen sprechen'), ('customer', 'hm', ''),
	('bot', 'Das habe ich leider nicht verstanden. Bitte wählen Sie:', 'billing = Meine Rechnung, hours = hours, person = Mit einem Menschen sprechen'), ('customer', 'Meine Rechnung', ''),
	('bot', 'Bestellnummer', 'person = Mit einem Menschen sprechen'), ('customer', 'A-00001', ''), ('bot', 'Ich verbinde Sie mit einer Kollegin oder einem Kollegen.', ''),
	('system', 'goes to the queue billing', ''), ('result', 'waits in billing', ''), ('result', 'asks for german at 5 or better', ''), ('result', 'knows order: A-00001', '')$$,
	'a dialogue can be played');
select is((select count(*) from chat.chat) + (select count(*) from chat.message) + (select count(*) from chat.audit where object = 'chat'), 0::bigint, 'and nothing of it is kept');
select is((select says from chat.bot_test('guide') where who = 'result'), 'is with the bot, at node start', 'without a word of the customer');
select t.fails($$select * from chat.bot_test('nobody')$$, 'SB404', 'not_found', 'bot', 'an unknown bot');
select t.fails($$select * from chat.bot_test('guide', array['/nothing'])$$, 'SB422', 'invalid', 'choice', 'an unknown button');
select t.fails($$select * from chat.bot_test('guide', array_fill('x'::text, array[201]))$$, 'SB422', 'invalid', 'says', 'too long a dialogue');
insert into chat.bot_answer (bot, locale, answer, question, text) values ('guide', 'en', 'price', 'What does it cost? price', 'Ten.');
create function t.plays(variadic p_says text[]) returns text language sql as $$
	select string_agg(p.who || ': ' || p.says || case when p.buttons <> '{}' then ' [' || cardinality(p.buttons) || ']' else '' end, ' | ' order by p.line)
	from chat.bot_test('guide', p_says, p_customer_first => true) p where p.who <> 'result' $$;
select is(t.plays('', 'What does it cost?', 'xyzzy'), 'customer: What does it cost? | bot: Hello! | bot: Ten. [3] | customer: xyzzy | bot: ' || internal.text('not_understood', 'en') || ' [3]',
	'where the customer speaks first he is greeted with the answer, as by a channel');
select is(t.plays('Hi'), 'customer: Hi | bot: Hello! [3]', 'one who only greets is greeted');
select is(t.plays('/hours'), 'customer: hours | bot: Hello! | bot: Always. [2]', 'a button of a menu counts');
select is(t.plays(variadic '{}'), null, 'who says nothing hears nothing');
select t.fails($$select * from chat.bot_test('guide', array['/back'], p_customer_first => true)$$, 'SB422', 'invalid', 'choice', 'a button that no menu can have');
:next_story
\ir verdict.psql
