-- SPDX-License-Identifier: ISC
-- The bot's conversation: free text answered from a table, the wish for a person, questions, skills, the ways it ends; and what becomes of a bot that fails.
\ir fixture.psql
select no_plan();
create function t.said(p_n int) returns text language sql as
	$$ select string_agg(case m.kind when 'bot_message' then 'bot' when 'message' then 'customer' else m.kind end || ': ' || coalesce(m.body, '-'), ' | ' order by m.seq)
		from chat.message m where m.chat = t.chat(p_n) $$;
create function t.last(p_n int) returns text language sql as
	$$ select m.body from chat.message m where m.chat = t.chat(p_n) and m.kind = 'bot_message' order by m.seq desc limit 1 $$;
create function t.buttons(p_n int) returns text language sql as $$
	select (select string_agg((c ->> 'id') || '=' || (c ->> 'label'), ', ') from jsonb_array_elements(m.data -> 'choices') c)
	from chat.message m where m.chat = t.chat(p_n) and m.kind = 'bot_message' order by m.seq desc limit 1
$$;
create sequence t.cids start 1000;
create function t.type(p_n int, p_body text) returns text language sql as $$ select replace((t.post(p_n, t.token(p_n), nextval('t.cids')::int, p_body)).status, 'ok', 'stored') $$;
create function t.press(p_n int, p_choice text) returns text language sql as $$ select replace((t.post(p_n, t.token(p_n), nextval('t.cids')::int, null, p_choice)).status, 'ok', 'stored') $$;
create function t.where_is(p_n int) returns text language sql as $$ select concat_ws(' ', c.state, c.queue, c.bot_question) from chat.chat c where c.chat = t.chat(p_n) $$;

insert into chat.bot_answer (bot, locale, answer, question, text) values
	('guide', 'en', 'returns', 'How do I return an item? send back, give back, refund', 'Send it back within 30 days.'),
	('guide', 'en', 'delivery', 'Where is my order? delivery, shipping, parcel, late, arrive', 'Parcels take two days.'),
	('guide', 'en', 'invoice', 'Where do I find my invoice? bill, receipt', 'In your account.'),
	('guide', 'de', 'returns', 'Wie kann ich Ware zurückgeben? zurückschicken, Rückgabe, Retoure, Erstattung', 'Innerhalb von 30 Tagen.'),
	('guide', 'ar', 'returns', 'كيف يمكنني إرجاع المنتج؟ استرجاع، استبدال', 'خلال 30 يومًا.'),
	('guide', 'xx', 'returns', 'zork blub', 'Zork.');
insert into chat.question (question, kind, pattern, example) values ('order', 'pattern', 'A-[0-9]{5}', 'A-12345');
insert into chat.question (question, kind) values ('topic', 'choice'), ('phone', 'phone'), ('more', 'text');
insert into chat.question (question, kind, field) values ('mail', 'email', 'email');
insert into chat.question_text (question, locale, label, error) values ('order', 'en', 'Your order number?', 'It looks like A-12345.'), ('order', 'de', 'Ihre Bestellnummer?', null),
	('topic', 'en', 'What is it about?', null), ('mail', 'en', 'Your e-mail address?', null);
insert into chat.question_choice (question, choice, position) values ('topic', 'refund', 2), ('topic', 'price', 1);
insert into chat.question_choice_text (question, choice, locale, label) values ('topic', 'refund', 'en', 'My money back'), ('topic', 'refund', 'de', 'Geld zurück');
savepoint story;

-- ---- free text ------------------------------------------------------------------------------------------------------
select t.open(1, 'guided');
select t.type(1, 'I would like to send my teapot back');
select is(t.last(1), 'Send it back within 30 days.', 'a question in other words finds its answer');
select is(t.buttons(1), 'billing=My bill, hours=hours, person=Talk to a person', 'the buttons of where we are stay, a person among them');
select t.type(1, 'where is my parcel??');
select is(t.last(1), 'Parcels take two days.', 'and the next one another');
select t.type(1, 'xyzzy plugh'), t.type(1, 'xyzzy plugh'), t.type(1, 'returning an order');
select is((t.where_is(1), (select bot_misses from chat.chat))::text, '(bot,0)', 'an answer begins the count of misses anew');
select t.type(1, 'my grandmother likes cheese with onions and bread and an order of soup');
select alike(t.last(1), 'Sorry, I did not understand%', 'a word in common is not enough');
select is((select answer from chat.bot_matches('guide', 'Where is my invoice') limit 1), 'invoice', 'the matches can be looked at');
update chat.bot set min_score = 1;
select t.type(1, 'parcel from xyzzy');
select alike(t.last(1), 'Sorry, I did not understand%', 'how well it must fit is the bot''s, from COMMIT on');
:next_story
select t.open(1, 'guided', p_locale => 'de-AT'), t.type(1, 'Ich möchte die Kanne zurückschicken');
select is(t.last(1), 'Innerhalb von 30 Tagen.', 'in German, with its grammar');
select t.open(2, 'guided', p_locale => 'ar'), t.type(2, 'اريد ارجاع المنتج');
select is(t.last(2), 'خلال 30 يومًا.', 'in Arabic');
select t.open(3, 'guided', p_locale => 'xx'), t.type(3, 'ZORK!');
select is(t.last(3), 'Zork.', 'a language that PostgreSQL does not know by its words as they are');
select t.open(4, 'guided', p_locale => 'fi'), t.type(4, 'invoice please');
select is(t.last(4), 'In your account.', 'a language without answers has the English ones');
select is(internal.search_config('de-CH')::text || ' ' || internal.search_config('fr')::text || ' ' || internal.search_config('tlh')::text, 'german french simple',
	'the configuration of a language');
select lives_ok(format('select internal.search_config(%L)', l), 'a configuration for ' || l)
from unnest(array['ar', 'hy', 'eu', 'ca', 'da', 'nl', 'en', 'fi', 'fr', 'de', 'el', 'hi', 'hu', 'id', 'ga', 'it', 'lt', 'ne', 'no', 'nb', 'nn', 'pt', 'ro', 'ru', 'sr', 'es',
	'sv', 'ta', 'tr', 'yi']) l;
:next_story
select t.open(1, 'guided'), t.type(1, 'it is about my bill from yesterday, please look');
select alike(t.where_is(1), 'bot%', 'an answer of the table comes before the words of a button');
delete from chat.bot_answer;
select t.type(1, 'it is about my bill from yesterday, please look');
select is(t.where_is(1), 'queued billing', 'the words of a button in a sentence count as the button');
:next_story
update chat.bot_answer set next_node = 'hours' where answer = 'delivery';
select t.open(1, 'guided'), t.type(1, 'shipping?');
select alike(t.said(1), '%| bot: Parcels take two days. | bot: Always.', 'an answer can lead to a node');
:next_story
select t.open(1, 'guided');
select is(t.type(1, p), 'stored', 'P23 odd text does no harm: ' || left(p, 20)) from unnest(array['''', '\', ''' | ''a'':*', 'a & b | !c', repeat('return ', 500), E'\\ '' :*', '!!!',
	'٣', 'e-mail@x.y/z?a=b&c']) p;
select is((select count(*) from chat.audit where action = 'bot failed'), 0::bigint, 'and is no error of the bot');
:next_story

-- ---- the wish for a person ------------------------------------------------------------------------------------------
select t.open(n, 'guided', p_locale => l), t.type(n, b) from (values (1, 'en', 'I want to talk to an AGENT, now!'), (2, 'de', 'Bitte mit einem Menschen'), (3, 'fr',
	'je veux parler à quelqu''un'),
	(4, 'es', 'quiero hablar con una persona'), (5, 'ar', 'أريد التحدث مع شخص'), (6, 'de', 'agent please'), (7, 'en', 'agents of change')) x (n, l, b);
select is(string_agg(t.where_is(n), ', ' order by n), 'queued sales, queued sales, queued sales, queued sales, queued sales, queued sales, bot', 'phrases of all languages, as whole words')
from generate_series(1, 7) n;
:next_story
insert into chat.escalation_phrase values ('en', 'help me, please');
select t.open(1, 'guided'), t.type(1, 'Help me please!!');
select is(t.where_is(1), 'queued sales', 'a new phrase counts from COMMIT on, whatever its punctuation');
:next_story
update chat.bot set misses_max = 2, queue = 'billing';
select t.open(1, 'guided'), t.type(1, 'xyzzy'), t.type(1, 'xyzzy');
select is(t.where_is(1), 'queued billing', 'how many misses it takes, and where they lead, is the bot''s');
:next_story

-- ---- thanks and greetings -------------------------------------------------------------------------------------------
create function t.misses() returns text language sql as $$ select concat_ws(' ', c.state, c.bot_node, c.bot_misses) from chat.chat c where c.chat = t.chat(1) $$;
savepoint story;
select t.open(n, 'guided', p_locale => l), t.type(n, b) from (values (1, 'en', 'Thanks!'), (2, 'de', 'Super, vielen Dank. Tschüss!'), (3, 'fr', 'Merci beaucoup, c''est tout'),
	(4, 'es', '¡Muchas gracias!'), (5, 'ar', 'شكرًا جزيلًا، مع السلامة'), (6, 'fr', 'thank you 👍'), (7, 'en', 'OK, that’s all. Bye')) x (n, l, b);
select is(string_agg(t.last(n), ' | ' order by n), 'You are welcome. If there is anything else, I am here. | Gern geschehen. Wenn noch etwas ist, bin ich da. | Avec plaisir. S’il y a autre'
	' chose, je suis là. | De nada. Si necesita algo más, aquí estoy. | على الرحب والسعة. إن احتجت إلى شيء آخر فأنا هنا. | Avec plaisir. S’il y a autre chose, je suis là.'
	' | You are welcome. If there is anything else, I am here.',
	'thanks are answered in kind, in the language of the chat, whatever they are in and of how many phrases') from generate_series(1, 7) n;
select is(string_agg(c.state || c.bot_misses, ' '), 'bot0 bot0 bot0 bot0 bot0 bot0 bot0', 'and are no miss') from chat.chat c;
select is(t.buttons(1), 'billing=My bill, hours=hours, person=Talk to a person', 'the buttons of where we are stay');
select t.type(1, b) from unnest(array['thanks', 'danke', 'gracias', 'merci']) b;
select is(t.misses(), 'bot start 0', 'however often they are said');
select t.type(1, 'xyzzy'), t.type(1, 'thanks'), t.type(1, 'xyzzy'), t.type(1, 'ok'), t.type(1, 'thanks for nothing');
select is(t.where_is(1), 'queued sales', 'they do not stand between misses either, and who says more is not understood');
:next_story
select t.open(1, 'guided'), t.type(1, 'thanks, I want to send my teapot back');
select is(t.last(1), 'Send it back within 30 days.', 'a question that is asked politely is a question');
select t.type(1, 'thank you, but an agent please');
select is(t.where_is(1), 'queued sales', 'and the wish for a person is one');
select is(internal.only_thanks(p), false, 'P23 no courtesy: ' || left(coalesce(p, 'nothing'), 10)) from unnest(array['', 'thanksthanks', 'thank', 'thank you you', repeat('thanks ', 40), '👎']) p;
:next_story
insert into chat.bot_answer (bot, locale, answer, question, text) values ('guide', 'en', 'thanks', 'thanks', 'My pleasure.');
select t.open(1, 'guided'), t.type(1, 'thanks');
select is(t.last(1), 'My pleasure.', 'an answer of the bot''s own comes first');
:next_story
insert into chat.courtesy_phrase values ('en', 'Ta, mate!');
select t.open(1, 'guided'), t.type(1, 'ta mate');
select is(t.misses(), 'bot start 0', 'a new phrase counts from COMMIT on');
delete from chat.courtesy_phrase;
select t.type(1, 'ta mate');
select is(t.misses(), 'bot start 1', 'and no longer than it is there');
:next_story
insert into chat.bot_node (bot, node, ends) values ('guide', 'bye', true);
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'bye', '', 'en', 'Good-bye.');
update chat.bot_node set courtesy_node = 'bye' where node = 'hours';
select t.open(1, 'guided'), t.type(1, 'thanks'), t.press(1, 'hours'), t.type(1, 'no, thanks');
select is((select (state, ended_by)::text from chat.chat) || t.said(1), '(ended,bot)bot: Hello! | customer: thanks | bot: You are welcome. If there is anything else, I am here. | customer: hours'
	' | bot: Always. | customer: no, thanks | bot: Good-bye. | ended: -', 'a node can say where thanks lead');
:next_story
select t.open(1, 'guided'), t.type(1, 'Hello'), t.type(1, 'Good morning!');
select is(t.said(1) || ' ' || t.misses(), 'bot: Hello! | customer: Hello | bot: Hello! | customer: Good morning! | bot: Hello! bot start 0', 'who greets is greeted, and that is no miss either');
select t.press(1, 'hours'), t.type(1, 'hi');
select is(t.last(1), 'Always.', 'with the words of where he is');
:next_story
update chat.bot_node set question = 'order', next_node = 'to-billing' where node = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours'), t.type(1, 'ok'), t.type(1, 'hello'), t.type(1, 'thanks'), t.type(1, 'thanks');
select is(t.last(1) || ' ' || t.misses(), 'Your order number? bot hours 0', 'while a question is asked it is asked again');
select t.type(1, 'A-12345');
select is(t.where_is(1), 'queued billing', 'until it is answered');
:next_story

-- ---- questions of a node --------------------------------------------------------------------------------------------
insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'ask', 'order', 'to-billing');
update chat.bot_choice set next_node = 'ask' where choice = 'billing';
select t.open(1, 'guided'), t.press(1, 'billing');
select is(t.last(1), 'Your order number?', 'a node asks a question');
select is(t.buttons(1), 'person=Talk to a person', 'a person is a way out of it');
select is(t.where_is(1), 'bot order', 'the chat knows what it was asked');
select t.type(1, 'where is my order');
select is(t.last(1), 'It looks like A-12345.', 'an answer that does not fit is told so in the question''s words');
select t.type(1, 'it is a-12345, I think');
select is(t.where_is(1), 'queued billing', 'one that fits leads on, also in a sentence');
select is((select answers from chat.chat), '{"order": "a-12345"}', 'and is kept with the chat');
select is(internal.told_json(c), '[{"name": "order", "value": "a-12345", "labels": {"de": "Ihre Bestellnummer?", "en": "Your order number?"}}]',
	'with its words, for who reads it') from chat.chat c;
:next_story
insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'ask', 'order', 'to-billing');
update chat.bot_choice set next_node = 'ask' where choice = 'billing';
select t.open(1, 'guided'), t.press(1, 'billing'), t.type(1, 'no'), t.type(1, 'no'), t.type(1, 'no');
select is(t.where_is(1), 'queued sales', 'three answers that do not fit: people take over');
select t.open(2, 'guided'), t.press(2, 'billing'), t.press(2, 'person');
select is(t.where_is(2), 'queued sales', 'so does the button, and its words') union all
select is(t.where_is(3), 'queued sales', 'typed') from (select t.open(3, 'guided'), t.press(3, 'billing'), t.type(3, 'give me a human')) x;
select t.open(4, 'guided'), t.press(4, 'billing');
select is(t.where_is(4), 'bot order', 'asked');
select from api.ask_person(t.chat(4), t.token(4), null, null);
select is(t.where_is(4), 'queued sales', 'over HTTP too, and no question stays open');
:next_story
insert into chat.bot_node (bot, node, question, next_node, optional) values ('guide', 'ask', 'topic', 'hours', true);
update chat.bot_choice set next_node = 'ask' where choice = 'billing';
select t.open(1, 'guided', p_locale => 'de'), t.press(1, 'billing');
select is(t.last(1) || ' ' || t.buttons(1), 'What is it about? price=price, refund=Geld zurück, skip=Überspringen, person=Mit einem Menschen sprechen',
	'a choice has its buttons, in the customer''s language');
select is(t.press(1, 'hours'), 'invalid', 'other buttons are not there');
select t.press(1, 'refund');
select is((select answers from chat.chat), '{"topic": "refund"}', 'a button answers with its key');
select is(t.last(1), 'Always.', 'and leads on');
select t.open(2, 'guided'), t.press(2, 'billing'), t.type(2, 'my money back!');
select is((select answers from chat.chat where chat = t.chat(2)), '{"topic": "refund"}', 'so does its label, typed');
select t.open(3, 'guided'), t.press(3, 'billing'), t.press(3, 'skip');
select is((select answers from chat.chat where chat = t.chat(3)), '{"topic": null}', 'what may be left out can be left out');
select is(t.last(3), 'Always.', 'and is not asked again');
select t.press(3, 'back'), t.press(3, 'billing');
select is(t.last(3), 'Always.', 'however often one comes by');
:next_story
insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'ask', 'mail', 'hours');
update chat.bot_choice set next_node = 'ask' where choice = 'billing';
select t.open(1, 'guided'), t.press(1, 'billing'), t.type(1, 'write to eve@shop.example.');
select is((select email from chat.chat), 'eve@shop.example', 'an address becomes the customer''s address');
select t.press(1, 'back'), t.press(1, 'billing');
select is(t.last(1), 'Always.', 'a field that is known is not asked for');
:next_story

-- ---- questions of a queue -------------------------------------------------------------------------------------------
insert into chat.queue_question (queue, question, position, required) values ('billing', 'order', 1, true), ('billing', 'topic', 2, true), ('sales', 'more', 1, false);
select t.open(1, 'guided'), t.press(1, 'billing');
select is(t.where_is(1) || ': ' || t.last(1), 'bot order: Your order number?', 'on the way into a queue the bot asks what the queue wants to know');
select t.type(1, 'A-00001');
select is(t.last(1) || ' ' || t.buttons(1), 'What is it about? price=price, refund=My money back, person=Talk to a person', 'one after the other');
select t.press(1, 'price');
select is(t.where_is(1), 'queued billing', 'then hands over');
select is((select answers from chat.chat), '{"order": "A-00001", "topic": "price"}', 'with the answers');
select t.open(2, 'guided'), t.press(2, 'billing'), t.press(2, 'person');
select is(t.where_is(2), 'queued billing', 'who would rather talk gets there without');
select t.open(3, 'guided'), t.press(3, 'person');
select is(t.where_is(3), 'queued sales', 'what may be left out the bot does not ask');
select t.open(4, 'guided'), t.type(4, 'xyzzy'), t.type(4, 'xyzzy'), t.type(4, 'xyzzy');
select is(t.where_is(4), 'queued sales', 'nor who was not understood');
update chat.queue set active = false where queue = 'billing';
select t.open(5, 'guided'), t.press(5, 'billing');
select is(t.where_is(5), 'bot', 'for a queue that is closed nothing is asked in vain');
:next_story

-- ---- what a node does -----------------------------------------------------------------------------------------------
insert into chat.bot_node_skill (bot, node, skill, min_rating) values ('guide', 'hours', 'german', 5);
insert into chat.bot_node_skill (bot, node, skill, required, weight) values ('guide', 'hours', 'technical', false, 2);
select t.sign_in('ana', '{sales}', clock_timestamp()), t.sign_in('bo', '{sales}', clock_timestamp()), t.rate('bo', 'german', 6), t.set('stagger_s', 0);
select t.open(1, 'guided'), t.press(1, 'hours'), t.press(1, 'person');
select results_eq('select skill::text, required, min_rating, weight::int from chat.chat_skill order by skill',
	$$values ('german', true, 5, 1), ('technical', false, 1, 2)$$, 'a node gives the chat a required and a desired skill');
select internal.route(clock_timestamp(), 10);
select is(t.offered_to(1), 'bo', 'and the chat goes to who has it');
:next_story
update chat.bot_node set queue = 'billing', stays = true where node = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours');
select is(t.where_is(1) || ' ' || t.last(1), 'bot Always.', 'a node can choose the queue and stay');
select t.press(1, 'person');
select is(t.where_is(1), 'queued billing', 'who then asks for a person gets there');
:next_story
update chat.bot_node set escalates = true where node = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours');
select is(t.where_is(1) || ' ' || t.last(1), 'queued sales Always.', 'a node can hand over, in its own words');
:next_story
update chat.bot_node set ends = true where node = 'hours';
delete from chat.bot_choice where node = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours');
select is((select (state, ended_by, end_reason)::text from chat.chat), '(ended,bot,bot_ended)', 'or end the chat');
select alike(t.said(1), '%| bot: Always. | ended: -', 'with its words as the last ones');
select is(t.type(1, 'thanks'), 'gone', 'then nothing more is said');
:next_story
delete from chat.bot_text where node = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours');
select is(t.where_is(1), 'queued sales', 'a node without words is no answer: people take over');
:next_story
select t.refused('update chat.bot_node set ends = true where node = ''to-billing''', 'a_node_does_one_thing');
select t.refused('update chat.bot_node set escalates = true, ends = true where node = ''hours''', 'a_node_does_one_thing');
select t.refused('update chat.bot_node set stays = true where node = ''hours''', 'who_stays_has_a_queue');
select t.refused('update chat.bot_node set question = ''order'' where node = ''hours''', 'a_question_has_a_next_node');
select t.refused('update chat.bot_node set optional = true where node = ''hours''', 'only_a_question_is_optional');
select t.refused('update chat.bot_node set courtesy_node = ''start'' where node = ''to-billing''', 'thanked_is_only_who_stays');
select t.refused('update chat.question set pattern = null where question = ''order''', 'pattern_belongs_to_kind_pattern');
select t.refused('insert into chat.question (question, kind, field) values (''x'', ''text'', ''email'')', 'field_fits_the_kind');
select t.refused('insert into chat.question_choice (question, choice) values (''topic'', ''skip'')', 'skip_and_person_are_reserved');
select throws_ok('update chat.question set pattern = ''A-[0-9'' where question = ''order''', '2201B', null, 'a pattern that is no regular expression is refused');
:next_story

-- ---- a bot that fails -----------------------------------------------------------------------------------------------
insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'a', 'order', 'hours'), ('guide', 'b', 'order', 'a');
update chat.bot_node set next_node = 'b' where node = 'a';
update chat.bot_choice set next_node = 'a' where choice = 'hours';
select t.open(1, 'guided'), t.press(1, 'hours');
select is(t.type(1, 'A-12345'), 'stored', 'a bot that goes round in circles: the message is stored …');
select is(t.where_is(1), 'queued sales', '… and the customer gets to people');
select alike(t.last(1), 'Something went wrong on my side.%', 'who are told of in words');
select is((select (new ->> 'bot', new ->> 'sqlstate', new ->> 'error')::text from chat.audit where action = 'bot failed'),
	'(guide,P0001,"the bot guide goes round in circles at node a")', 'the error is written down');
select is((select answers from chat.chat), '{}', 'of the turn that failed nothing stays');
:next_story
update chat.queue set active = false where queue = 'sales';
create function t.break() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
create trigger break before insert on chat.message for each row when (new.kind = 'bot_message' and new.body like 'Always%') execute function t.break();
select t.open(1, 'guided');
select is(t.press(1, 'hours'), 'stored', 'an error while nobody is there');
select is(t.where_is(1) || ' ' || t.last(1), 'bot Nobody is there right now. Please choose something else or come back later.', 'is told, and the bot goes on');
select is((select count(*) from chat.audit where action = 'bot failed'), 1::bigint, 'written down once');
:next_story
create function t.break() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
create trigger break before insert on chat.message for each row when (new.kind = 'bot_message') execute function t.break();
select is(o.body #>> '{chat,state}', 'bot', 'a bot that can say nothing at all harms no chat request') from t.request(1, 'guided') o;
select is(t.type(1, 'hello'), 'stored', 'nor a message');
select is((select string_agg(coalesce(new ->> 'hand_over', '-'), ' ') from chat.audit where action = 'bot failed'), 'P0001 P0001', 'each time it is written down that even the hand-over failed');
:next_story
\ir verdict.psql
