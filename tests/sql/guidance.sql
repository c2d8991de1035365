-- SPDX-License-Identifier: ISC
-- Phrases with placeholders and which of them fit, dialogs kept per chat, dispositions.
\ir fixture.psql
select no_plan();
truncate chat.phrase, chat.dialog, chat.disposition_code cascade;
delete from internal.phrase_vocabulary;
create function t.fill(p_text text, p_values jsonb default '{"customer": "Mia", "operator": "Ana"}') returns jsonb language sql as $$ select internal.filled(p_text, p_values) $$;
create function t.best(p_said text, p_locale text default 'en', p_queue text default 'sales', p_before text default null) returns text language sql as
	$$ select coalesce(string_agg(s.phrase, ' ' order by s.score desc, s.phrase), '-') from internal.suggestions(p_queue, p_locale, p_said, p_before, clock_timestamp(), 3) s $$;
create function t.found(p_typed text, p_queue text default 'sales', p_locale text default 'en') returns text language sql as
	$$ select coalesce(string_agg(f.phrase, ' ' order by f.place), '-') from (select x.phrase, row_number() over () as place from internal.phrases_found(p_queue, p_locale, p_typed, 10) x) f $$;
create function t.guide(p_operator text, p_n int, p_locale text default 'en') returns jsonb language sql as
	$$ select g.body::jsonb from api.guidance(t.session(p_operator), t.chat(p_n)::text, p_locale) g $$;
create function t.go(p_operator text, p_n int, p_dialog text, p_step text default null, p_item text default null, p_done boolean default null) returns jsonb language sql as
	$$ select g.body::jsonb -> 'dialog' from api.guide_chat(t.session(p_operator), t.chat(p_n), p_dialog, p_step, p_item, p_done, 'en') g $$;
create function t.file(p_operator text, p_n int, p_disposition text) returns text language sql as
	$$ select x.body from api.wrap_up(t.session(p_operator), t.chat(p_n), p_disposition, null) x $$;
create function t.codes(p_object text) returns text language sql as
	$$ select coalesce(string_agg(f.severity || ' ' || f.code || ' ' || f.key, ', ' order by f.code, f.key), '-') from internal.findings(clock_timestamp()) f
		where f.object = p_object and f.code !~ '^(queue|no_|nothing|unserved)' $$;

-- ---- placeholders ---------------------------------------------------------------------------------------------------
select is(t.fill('Hello {customer}, I am {operator}.'), '{"text": "Hello Mia, I am Ana."}', 'placeholders are filled');
select is(t.fill('Hi {queue|there}!'), '{"text": "Hi there!"}', 'where nothing is known its own word stands');
select is(t.fill('Hi{queue|}!'), '{"text": "Hi!"}', 'or nothing');
select is(t.fill('Order {answer.order} of {site}'), '{"text": "Order {answer.order} of {site}", "missing": ["answer.order", "site"]}', 'what has no value is named, and stays to be seen');
select is(t.fill('{Customer} {order number|x}'), '{"text": "{Customer} {order number|x}", "unknown": ["Customer", "order number"]}',
	'what nobody knows is told, and is not sent as if it were words');
select is(t.fill('{{customer}} is {customer}'), '{"text": "{customer} is Mia"}', 'doubled braces stand for themselves');
select is(t.fill('{customer}', '{"customer": "{operator} \\1 %s", "operator": "Ana"}'), '{"text": "{operator} \\1 %s"}', 'a name is never taken for a placeholder');
select is(internal.unknown_placeholders('{{x}} {customer|y} {answer.a} {nobody} {nobody} {context.b} {answer.}'), '{answer.,nobody}'::text[], 'the check names the same ones');
select is(internal.placeholder_value('"  a\nb  "'), 'a b', 'a value is one line');
select is(internal.placeholder_value('{"a": 1}'), null, 'of words or figures');
select is(internal.placeholder_value('""'), null, 'an empty one is none');

-- ---- phrases that fit -----------------------------------------------------------------------------------------------
insert into chat.phrase (phrase, queue, shortcut) values ('refund', 'sales', 'rf'), ('return', 'sales', null), ('greet', null, 'hi'), ('shipping', 'sales', null), ('elsewhere', 'billing', 'rf');
insert into chat.phrase_text (phrase, locale, title, text, asked) values
	('refund', 'en', 'Refund', 'Your refund takes three days, {customer}.', 'When do I get my money back?'),
	('refund', 'de', 'Erstattung', 'Die Erstattung dauert drei Tage.', 'Wann bekomme ich mein Geld?'),
	('return', 'en', 'Return', 'Send it back within 30 days.', 'How do I return an article?'),
	('return', 'de', 'Rücksendung', 'Senden Sie es in 30 Tagen zurück.', 'Ich möchte den Artikel zurückgeben.'),
	('greet', 'en', 'Greeting', 'Hello {customer}!', 'Hello'),
	('shipping', 'en', 'Shipping', 'We ship to {answer.country}.', 'Do you ship abroad?'),
	('elsewhere', 'en', 'Refund of a bill', 'We refund the bill.', 'money back money back');
select is(t.best('I want my money'), 'refund', 'by the words in which customers ask');
select is(t.best('MONEY, money!!'), 'refund', 'whatever the letters and marks');
select is(t.best('returning articles'), 'return', 'by stems');
select is(t.best('the refnd please'), 'refund', 'in spite of a typing mistake');
select is(t.best('ich will mein geld', 'de'), 'refund', 'in the language of the chat, by its own stems');
select is(t.best('Artikelzurückgabe', 'de'), 'return', 'a compound is found by what it is made of');
select is(t.best('wie gebe ich ihn zurück?', 'de'), 'return', 'a word by longer ones that begin with it');
select is(t.best('money', 'en', 'billing'), 'elsewhere', 'a queue has its own');
select is(t.best('hello', 'en', 'billing'), 'greet', 'and those of every queue');
select is(t.best('the of and'), '-', 'stop words say nothing');
select is(t.best('12345 67'), '-', 'nor do figures');
select is(t.best(''), '-', 'nor silence');
select is(t.best('the quick brown fox jumps over some lazy dogs, two horses, many cats and piles of money'), '-', 'one word in many is no reason');
select is(t.best('and how long?', p_before => 'I want my money'), 'refund', 'what stood before counts, too');
select is(t.best(repeat('money ', 700)), 'refund', 'a long message is as good');
update chat.phrase_text set asked = 'Where are the tulips?' where phrase = 'return' and locale = 'en';
select is(t.best('tulips'), 'return', 'a change counts at once');
select is(t.best('article'), '-', 'and what is gone is found no more');
update chat.phrase set phrase = 'sending' where phrase = 'return';
select is(t.best('tulips'), 'sending', 'another key, the same phrase');
update chat.phrase set active = false where phrase = 'sending';
select is(t.best('tulips'), '-', 'one that is switched off is proposed to nobody');
update chat.phrase set active = true, phrase = 'return' where phrase = 'sending';
select is((select count(*) from internal.phrase_word w where w.phrase = 'sending'), 0::bigint, 'the index follows');

-- ---- phrases that are typed for ---------------------------------------------------------------------------------------
select is(t.found(''), 'greet refund return shipping', 'a slash shows all of the queue and of every queue');
select is(t.found('rf'), 'refund', 'by shortcut');
select is(t.found('rf', 'billing'), 'elsewhere', 'of this queue');
select is(t.found('ret'), 'return greet', 'by how it begins, then by its letters');
select is(t.found('30 days'), 'return', 'by what it says');
select is(t.found('shiping'), 'shipping', 'nearly');
select is(t.found('zzz'), '-', 'nothing is found by nothing');
select is(t.found('erst', p_locale => 'de'), 'refund', 'in the language of the chat');
select is(t.found('greeting', p_locale => 'de'), 'greet', 'else in English');

-- ---- a story ----------------------------------------------------------------------------------------------------------
insert into chat.disposition_code (disposition, queue, parent, position) values
	('money', 'sales', null, 1), ('refunded', 'sales', 'money', 1), ('refused', 'sales', 'money', 2), ('advice', 'sales', null, 2),
	('spam', null, null, 9), ('off', 'sales', null, 3), ('bill', 'billing', null, 1);
update chat.disposition_code set active = false where disposition = 'off';
insert into chat.disposition_text (disposition, locale, label) values ('money', 'en', 'Money'), ('refunded', 'en', 'Refunded'), ('refunded', 'de', 'Erstattet'), ('refused', 'en', 'Refused'),
	('advice', 'en', 'Advice'), ('spam', 'en', 'Spam'), ('off', 'en', 'Off'), ('bill', 'en', 'Bill');
insert into chat.dialog (dialog, queue, position) values ('back', 'sales', 2), ('sale', 'sales', 1), ('other', 'billing', 1);
insert into chat.dialog_text (dialog, locale, title) values ('back', 'en', 'Give back'), ('sale', 'en', 'Sell'), ('sale', 'de', 'Verkaufen'), ('other', 'en', 'Other');
insert into chat.dialog_step (dialog, step, position) values ('sale', 'ask', 1), ('sale', 'close', 2), ('back', 'only', 1), ('other', 'one', 1);
insert into chat.dialog_step_text (dialog, step, locale, title, say, tip) values ('sale', 'ask', 'en', 'Ask', 'Hello {customer}?', 'Be kind.'),
	('sale', 'ask', 'de', 'Fragen', 'Hallo {customer}?', 'Freundlich sein.'),
	('sale', 'close', 'en', 'Close', '', ''), ('back', 'only', 'en', 'Only', 'Hm.', ''), ('other', 'one', 'en', 'One', 'Ah.', '');
insert into chat.dialog_item (dialog, step, item, position) values ('sale', 'ask', 'name', 1), ('sale', 'ask', 'size', 2);
insert into chat.dialog_item_text (dialog, step, item, locale, text) values ('sale', 'ask', 'name', 'en', 'Name'), ('sale', 'ask', 'size', 'en', 'Size');
insert into chat.dialog_action (dialog, step, position, kind, phrase, next_step, queue, disposition) values ('sale', 'ask', 1, 'ask',
	'refund', null, null, null), ('sale', 'ask', 2, 'step', null, 'close', null, null),
	('sale', 'close', 1, 'transfer', null, null, 'billing', null), ('sale', 'close', 2, 'wrap_up', null, null, null, 'refunded');
select t.set('stagger_s', 0);
select t.sign_in('ana', '{sales,billing}', now()), t.sign_in('bo', '{sales,billing}', now()), t.log_in('ana'), t.log_in('bo'), t.operator('eve'), t.log_in('eve');
select t.rate('ana', 'billing', 9), t.rate('bo', 'billing', 8);
select internal.change_presence('bo', 'busy', null, now());
select t.arrive(1, 'sales', now()), t.route(now()), t.accept(1, now());
update chat.operator_state set lease_until = 'infinity';
select is((select (t.post(1, t.token(1), 1, 'give me my money')).status), 'ok', 'a customer writes');
savepoint story;

select is(t.guide('ana', 1) #> '{suggestions,0}', '{"phrase": "refund", "shortcut": "rf", "queue": "sales", "locale": "en", "title": "Refund",
	"text": "Your refund takes three days, Customer 1.", "uses": 0}',
	'guidance proposes the phrase, filled');
select is(t.guide('ana', 1) ->> 'about', (select max(seq)::text from chat.message where author_kind = 'customer'), 'and says for which message');
select is((select string_agg(s ->> 'title', ' ') from jsonb_array_elements(t.guide('ana', 1) #> '{dialog,steps}') s), 'Ask Close', 'the first dialog, its steps in their order');
select is(t.guide('ana', 1) #>> '{dialog,step}', 'ask', 'begins at the first');
select is(t.guide('ana', 1, 'de') #>> '{dialog,steps,0,title}', 'Fragen', 'titles are in the operator''s language');
select is(t.guide('ana', 1, 'de') #>> '{dialog,steps,0,say,text}', 'Hello Customer 1?', 'what is said in the customer''s');
select is((select string_agg(a ->> 'kind' || ' ' || (a ->> 'label'), ', ') from jsonb_array_elements(t.guide('ana', 1) #> '{dialog,steps,0,actions}') a), 'ask Refund, step Close', 'what comes next');
select is(t.guide('ana', 1) -> 'dispositions', '{"required": false, "codes": [{"disposition": "money", "label": "Money", "codes": [{"disposition": "refunded", "label": "Refunded"},
	{"disposition": "refused", "label": "Refused"}]}, {"disposition": "advice", "label": "Advice"}, {"disposition": "spam", "label": "Spam"}]}', 'what it can be filed under, on two levels');
select t.fails($$select t.guide('bo', 1)$$, 'SB404', 'not_found', null, 'P47 who has nothing to do with a chat is not guided in it');
select t.fails($$select * from api.guidance(t.session('ana'), 'x', null)$$, 'SB422', 'invalid', 'chat', 'what is no chat is told');
select t.fails($$select * from api.guidance(t.session('ana'), null, null)$$, 'SB422', 'invalid', 'chat', 'and a chat has to be named');
select is((select jsonb_array_length(p.body::jsonb -> 'phrases') from api.phrases(t.session('ana'), t.chat(1)::text, null, null, 200) p), 4, 'phrases of the chat');
select is((select p.body::jsonb #>> '{phrases,0,text}' from api.phrases(t.session('ana'), t.chat(1)::text, 'ship', null, 1) p), 'We ship to {answer.country}.', 'missing values are left');
select is((select p.body::jsonb #> '{phrases,0,missing}' from api.phrases(t.session('ana'), t.chat(1)::text, 'ship', null, 1) p), '["answer.country"]', 'and named');
select is((select p.body::jsonb ->> 'more' from api.phrases(t.session('ana'), null, null, 'en', 2) p), 'true', 'there are more than were asked for');

-- the step is kept, and passed on
select is(t.go('ana', 1, 'sale', 'ask', 'name', true) #>> '{steps,0,items,0,done}', 'true', 'something is ticked off');
select is(t.go('ana', 1, 'sale', 'ask', 'name', true) #>> '{steps,0,items,0,done}', 'true', 'twice is once');
select is(t.go('ana', 1, 'sale', 'close') ->> 'step', 'close', 'another step');
select is(t.guide('ana', 1) #>> '{dialog,step}', 'close', 'is kept');
select internal.change_presence('bo', 'available', null, now());
select from api.transfer_chat(t.session('ana'), t.chat(1), null, 'bo', null);
select from api.accept_offer(t.session('bo'), (t.offer(1)).offer);
select is(t.guide('bo', 1) #>> '{dialog,step}', 'close', 'who gets the chat next sees the step');
select is(t.guide('bo', 1) #>> '{dialog,steps,0,items,0,done}', 'true', 'and what was ticked off');
select t.fails($$select t.go('ana', 1, 'sale', 'ask')$$, 'SB409', 'not_owner', null, 'who has passed it on moves it no more');
select is(t.go('bo', 1, 'sale', 'ask', 'name', false) #>> '{steps,0,items,0,done}', 'false', 'a tick is taken back');
select t.fails($$select t.go('bo', 1, 'nothing')$$, 'SB422', 'invalid', 'dialog', 'no such dialog');
select t.fails($$select t.go('bo', 1, 'other')$$, 'SB422', 'invalid', 'dialog', 'nor one of another queue');
select t.fails($$select t.go('bo', 1, 'sale', 'nowhere')$$, 'SB422', 'invalid', 'step', 'no such step');
select t.fails($$select t.go('bo', 1, 'sale', 'ask', 'nothing', true)$$, 'SB422', 'invalid', 'item', 'no such item');
select is(t.go('bo', 1, 'back') ->> 'dialog', 'back', 'the operator chooses another dialog');
update chat.chat set queue = 'billing' where chat = t.chat(1);
select is(t.guide('bo', 1) #>> '{dialog,dialog}', 'back', 'which stays in another queue');
delete from chat.dialog where dialog = 'back';
select is(t.guide('bo', 1) #>> '{dialog,dialog}', 'other', 'one that is gone counts as none');
:next_story

-- use
select is((select u.body::jsonb from api.phrase_used(t.session('ana'), t.chat(1), 'refund') u), '{"phrase": "refund", "uses": 1}', 'a use is counted');
select is((select u.body::jsonb ->> 'uses' from api.phrase_used(t.session('ana'), t.chat(1), 'refund') u), '2', 'and another');
select is(t.found(''), 'refund greet return shipping', 'what is used most stands first');
select is((select (queue, uses)::text from chat.phrase_use), '(sales,2)', 'by queue, for who looks at it in SQL');
select t.fails($$select * from api.phrase_used(t.session('ana'), t.chat(1), 'elsewhere')$$, 'SB404', 'not_found', 'phrase', 'only phrases of the queue');
select t.fails($$select * from api.phrase_used(t.session('bo'), t.chat(1), 'refund')$$, 'SB404', 'not_found', null, 'P47 and only chats of his');
:next_story

-- dispositions
select from api.operator_end(t.session('ana'), t.chat(1));
select is(t.guide('ana', 1) -> 'suggestions', '[]', 'a chat that is over is answered no more');
select t.fails($$select t.file('ana', 1, 'nothing')$$, 'SB422', 'invalid', 'disposition', 'there is no such disposition');
select t.fails($$select t.file('ana', 1, 'bill')$$, 'SB422', 'invalid', 'disposition', 'one of another queue is none');
select t.fails($$select t.file('ana', 1, 'off')$$, 'SB422', 'invalid', 'disposition', 'nor is one that is switched off');
select t.fails($$select t.file('ana', 1, 'money')$$, 'SB422', 'invalid', 'disposition', 'nor a heading');
savepoint over;
select lives_ok($$select t.file('ana', 1, null)$$, 'none is asked for');
rollback to over;
update chat.queue set disposition_required = true where queue = 'sales';
select t.fails($$select t.file('ana', 1, null)$$, 'SB422', 'invalid', 'disposition', 'one is asked for');
select lives_ok($$select t.file('ana', 1, 'refunded')$$, 'and given');
select is((select (filed_under, disposition)::text from chat.chat where chat = t.chat(1)), '(refunded,)', 'it is kept by its key');
select is((select (queue, heading, disposition, chats)::text from chat.disposition_use), '(sales,money,refunded,1)', 'and counted');
select t.refused($$delete from chat.disposition_code where disposition = 'refunded'$$, 'chat_filed_under_fkey', 'what was filed under it stays');
update chat.disposition_code set disposition = 'paid-back' where disposition = 'refunded';
select is((select filed_under from chat.chat where chat = t.chat(1))::text, 'paid-back', 'another key, the same disposition');
select from chat.erase_chat(t.chat(1));
select is((select filed_under from chat.chat where chat = t.chat(1))::text, 'paid-back', 'G18 an erased chat goes on being counted under it: it tells of nobody');
select t.fails($$select t.guide('ana', 1)$$, 'SB410', 'gone', null, 'and nobody is guided in it');
:next_story
select t.arrive(2, 'support', now()), t.sign_in('ana', '{support}', now()), t.route(now()), t.accept(2, now());
delete from chat.disposition_code where disposition = 'spam';
select from api.operator_end(t.session('ana'), t.chat(2));
select t.fails($$select t.file('ana', 2, null)$$, 'SB422', 'invalid', 'disposition', 'without a list the operator''s own words are asked for');
select lives_ok($$select t.file('ana', 2, 'She was glad.')$$, 'and kept');
select is((select (filed_under, disposition)::text from chat.chat where chat = t.chat(2)), '(,"She was glad.")', 'as words');
:next_story
select t.refused($$insert into chat.disposition_code (disposition, queue, parent) values ('x', 'sales', 'refunded')$$, 'two_levels', 'there are two levels');
select t.refused($$update chat.disposition_code set parent = 'advice' where disposition = 'money'$$, 'two_levels', 'whichever is moved');
select t.refused($$insert into chat.disposition_code (disposition, queue, parent) values ('x', 'billing', 'money')$$, 'of_one_queue', 'of one queue');
select t.refused($$insert into chat.dialog_action (dialog, step, position, kind) values ('sale', 'ask', 9, 'ask')$$, 'what_the_kind_needs_and_nothing_else', 'an action has what it needs');

-- ---- what the check finds ---------------------------------------------------------------------------------------------
select is(t.codes('phrase_text'), '-', 'nothing wrong with the words');
select is(t.codes('phrase'), 'notice phrase_language_in_part de', 'some phrases there are in English alone');
update chat.phrase_text set text = 'Your {refnd} comes' where phrase = 'refund' and locale = 'de';
insert into chat.phrase (phrase) values ('mute');
insert into chat.phrase (phrase, queue, shortcut) values ('again', 'sales', 'hi');
insert into chat.phrase_text (phrase, locale, title, text) values ('again', 'en', 'Again', 'Again'), ('again', 'de', 'Noch', 'Noch');
insert into chat.dialog (dialog) values ('empty');
insert into chat.dialog_step (dialog, step) values ('sale', 'blank');
update chat.phrase set active = false where phrase = 'refund';
insert into chat.disposition_code (disposition) values ('bare');
select is(t.codes('phrase'), 'notice phrase_language_in_part de, warning phrase_wordless mute, warning shortcut_twice again', 'phrases without words, shortcuts with two meanings');
select is(t.codes('dialog'), 'notice dialog_language_in_part sale/de, warning dialog_no_steps empty', 'dialogs without steps or in part of the languages');
select is(t.codes('dialog_step'), 'warning dialog_step_wordless sale/blank', 'steps without words');
select is(t.codes('dialog_action'), 'warning dialog_action_void sale/ask/1', 'what is suggested and cannot be done');
select is(t.codes('disposition_code'), 'warning disposition_unlabelled bare', 'dispositions without a label');
update chat.phrase set active = true where phrase = 'refund';
select is(t.codes('phrase_text'), 'error placeholder_unknown refund/de', 'a placeholder that nobody knows is told before anybody sends it');
\ir verdict.psql
