-- SPDX-License-Identifier: ISC
-- Channels: what providers post becomes messages, once and in order; what the customer should see is sent; STOP, ratings, windows, silence.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
insert into chat.channel_account (account, channel, widget, own_address, user_name) values ('sms1', 'sms', 'plain', '+18005550100', 'AC1'), ('sms2', 'sms', 'guided', '+18005550101', 'AC1');
insert into chat.channel_account (account, channel, widget, own_address) values ('page', 'messenger', 'guided', '900');
insert into chat.channel_account (account, channel, widget, api_url, locale) values ('bridge', 'generic', 'plain', 'https://bridge.example/in', 'de');
insert into chat.channel_secret (account, kind, slot, secret) values ('sms1', 'secret', 1, '12345678'), ('sms2', 'secret', 1, '12345678'), ('page', 'secret', 1, 'appsecret'),
	('page', 'token', 1, 'pagetoken'), ('page', 'verify', 1, 'verifytoken'), ('bridge', 'secret', 1, 'bridgesecret');

-- As the api hands it over; the outcomes in their order.
create function t.take(p_channel text, p_account text, p_payload jsonb, p_item uuid default null) returns text language sql as $$
	select string_agg(e ->> 'outcome', ' ' order by ord)
	from api.channel_take(p_channel, p_account, p_payload, p_item, 1, 'https://chat.example/hook') k, jsonb_array_elements(k.body::jsonb -> 'events') with ordinality x (e, ord)
$$;
create function t.sms(p_id text, p_from text, p_text text, p_more jsonb default '{}', p_account text default 'sms1') returns text language sql as $$
	select t.take('sms', p_account, jsonb_build_object('MessageSid', p_id, 'From', p_from, 'To', '+18005550100', 'Body', p_text, 'SmsStatus', 'received', 'NumMedia', '0') || p_more)
$$;
create function t.page(p_messaging jsonb) returns text language sql as $$
	select t.take('messenger', 'page', jsonb_build_object('object', 'page', 'entry', jsonb_build_array(jsonb_build_object('id', '900', 'time', 1, 'messaging', p_messaging))))
$$;
create function t.meta(p_mid text, p_from text, p_text text, p_more jsonb default '{}', p_at_s bigint default 1) returns jsonb language sql as $$
	select jsonb_build_object('sender', jsonb_build_object('id', p_from), 'recipient', jsonb_build_object('id', '900'), 'timestamp', p_at_s * 1000,
		'message', jsonb_build_object('mid', p_mid, 'text', p_text) || p_more)
$$;
create function t.chat_of(p_address text) returns uuid language sql as $$ select k.chat from chat.channel_chat k where k.address = p_address order by k.began_at desc limit 1 $$;
create function t.said(p_address text) returns text language sql as $$
	select string_agg(m.kind || coalesce(':' || m.author_kind || ':' || m.body, ''), ' | ' order by m.seq) from chat.message m where m.chat = t.chat_of(p_address) $$;
-- What is on its way to a customer, oldest first.
create function t.out(p_address text) returns text[] language sql as $$
	select array_agg(o.body ->> 'text' order by o.position) from chat.outbox o left join chat.channel_chat k on k.chat = o.chat
	where o.kind = 'channel' and o.state <> 'done' and coalesce(o.body ->> 'to', k.address) = p_address $$;
create function t.last_out(p_address text) returns chat.outbox language sql as $$
	select o from chat.outbox o join chat.channel_chat k on k.chat = o.chat where o.kind = 'channel' and k.address = p_address order by o.position desc limit 1 $$;
-- A courier takes everything that is due and the provider answers 201 with ids.
create function t.deliver() returns int language plpgsql as $$
declare
	v_row record;
	v_count int := 0;
begin
	loop
		select * into v_row from api.claim_outbox(1, 1);
		exit when not found;
		if v_row.problem is not null then
			perform api.outbox_failed(v_row.item, v_row.lease, v_row.problem, true);
		else
			v_count := v_count + 1;
			perform api.outbox_answered(v_row.item, v_row.lease, 201, jsonb_build_object(case v_row.kind when 'channel' then 'sid' end, 'SM' || v_row.item)::text);
		end if;
	end loop;
	return v_count;
end $$;
create function t.falls_silent() returns void language plpgsql as $$
begin
	perform t.sms('SM1', '+49161', 'Hello'), t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana');
	perform internal.route(clock_timestamp(), 9);
	perform from api.accept_offer(t.session('ana'), (select o.offer from chat.offer o where o.state = 'open'));
	perform internal.run_deadlines(clock_timestamp() + interval '1 hour', true);
end $$;
savepoint story;

-- ---- in -------------------------------------------------------------------------------------------------------------
select is(t.sms('SM1', '+4915112345678', 'Hello there'), 'stored', 'a message opens a chat');
select is(t.said('+4915112345678'), 'queued | message:customer:Hello there', 'with the message in it');
select results_eq($$select state::text, queue::text, channel::text, name::text, person::text from chat.chat where chat = t.chat_of('+4915112345678')$$,
	$$values ('queued', 'sales', 'sms', '+4915112345678', 'channel:sms1:+4915112345678')$$, 'in the queue of the account''s widget');
select is(t.sms('SM1', '+4915112345678', 'Hello there'), 'repeated', 'P49: the same again is known');
select is(t.sms('SM2', '+4915112345678', E'more\r\nof it ', '{"NumMedia": "2", "MediaUrl0": "https://m.example/0", "MediaContentType0": "image/png", "MediaUrl1": "https://m.example/1"}'),
	'stored', 'a second one continues it');
select is(t.said('+4915112345678'), E'queued | message:customer:Hello there | message:customer:more\nof it\nhttps://m.example/0\nhttps://m.example/1', 'in order, media as links');
select is((select count(*) from chat.chat), 1::bigint, 'in one chat');
select is(t.sms('SM3', '+4915112345678', '', '{"MediaUrl0": "https://m.example/2"}'), 'stored', 'a picture alone is a message');
select is(t.sms('SM4', '+4915112345678', '  '), 'stored', 'even nothing is');
select is(t.sms('SMC', '+4915177777777', E'red \x1b[31m\x07\r09:00 Ana: \u2028forged\u0085and \x0bso on',
	jsonb_build_object('ProfileName', E'Kim\u2028 \x1b[2J\u0085Ana', 'MediaUrl0', E'https://m.example/a\n09:00', 'MediaContentType0', E'image/\nx')),
	'stored', 'D14: control characters come, too');
select is(t.said('+4915177777777'), E'queued | message:customer:red  [31m \n09:00 Ana: \nforged\nand \nso on\n[image/ x]', 'and none of them is kept, nor a line end of another kind');
select is((select name::text from chat.chat where chat = t.chat_of('+4915177777777')), 'Kim   [2J Ana', 'nor in a name');
select is(t.sms('SM5', '+4915199999999', 'My card is 4111 1111 1111 1111'), 'stored', 'another customer');
select is((select m.body from chat.message m where m.chat = t.chat_of('+4915199999999') and m.kind = 'message'), 'My card is **** **** **** 1111', 'card numbers are masked');
select t.fails($$select t.take('sms', 'sms1', '{"MessageSid": "SM9"}')$$, 'SB422', 'invalid', 'From', 'a form without a sender');
select t.fails($$select t.take('sms', 'page', '{}')$$, 'SB404', 'not_found', null, 'an account of another channel is none');
update chat.channel_account set active = false where account = 'sms1';
select t.fails($$select t.sms('SM6', '+4915112345678', 'x')$$, 'SB404', 'not_found', null, 'nor is one that is off');
select is_empty($$select from api.channel_terms('sms', 'sms1')$$, 'not even by its secrets');
:next_story

-- several customers in one post, and each message once
select is(t.page(jsonb_build_array(t.meta('m1', 'A', 'one'), t.meta('m2', 'B', 'two'), t.meta('m1', 'A', 'one'), t.meta('m3', 'A', 'three', p_at_s => 2), t.meta('m9', 'A', 'echo',
	'{"is_echo": true}'),
	'{"sender": {"id": "A"}, "recipient": {"id": "901"}, "message": {"mid": "m8", "text": "other page"}}', '{"reaction": 1}')), 'stored stored repeated stored', 'Meta sends them in bundles');
select is((select string_agg(m.body, ' | ' order by m.seq) from chat.message m where m.chat = t.chat_of('A') and m.author_kind = 'customer'), 'one | three', 'each has its order');
select is(t.page(jsonb_build_array(t.meta('m4', 'A', 'two and a half', p_at_s => 1))), 'stored', 'one that comes late');
select is((select m.data ->> 'late' from chat.message m where m.chat = t.chat_of('A') and m.body = 'two and a half'), 'true', 'is marked as late');
select is((select m.data ->> 'late' from chat.message m where m.chat = t.chat_of('A') and m.body = 'three'), null, 'others are not');
select is(t.page('[]'), null, 'an empty bundle is nothing');
select is(t.take('messenger', 'page', '{"object": "page"}'), null, 'nor is what we do not know');
select is(t.page('[{"sender": {"id": "C"}, "recipient": {"id": "900"}, "timestamp": 5, "message": {"mid": "m5", "attachments": [
	{"type": "image", "payload": {"url": "https://cdn.example/a.png"}}, {"type": "location", "payload": {"coordinates": {"lat": 1}}}]}}]'),
	'stored', 'attachments');
select is((select m.body from chat.message m where m.chat = t.chat_of('C') and m.author_kind = 'customer'), E'https://cdn.example/a.png\n[location]', 'are links, or say what they were');
:next_story

-- a bridge says it in our words
create function t.bridge(p_event jsonb) returns text language sql as $$ select t.take('generic', 'bridge', jsonb_build_object('events', jsonb_build_array(p_event))) $$;
select is(t.bridge('{"kind": "message", "id": "1", "from": "zoe@example.com", "name": "Zoë", "text": "Guten Tag", "sent_at": "2026-06-01T12:00:00Z"}'), 'stored', 'a generic channel');
select results_eq($$select name::text, locale from chat.chat where chat = t.chat_of('zoe@example.com')$$, $$values ('Zoë', 'de')$$, 'has name and language');
select t.fails(format('select t.bridge(%L)', r.event), 'SB422', 'invalid', r.field, r.event) from (values
	('{"kind": "shout", "id": "1", "from": "a", "text": "x"}', 'kind'), ('{"id": "1"}', 'kind'), ('{"kind": "message", "from": "a", "text": "x"}', 'id'),
	('{"kind": "message", "id": "1", "text": "x"}', 'from'), ('{"kind": "message", "id": "1", "from": "a"}', 'text'), ('{"kind": "message", "id": 1, "from": "a", "text": "x"}', 'id'),
	('{"kind": "message", "id": "1", "from": "a", "text": " "}', 'text'), ('{"kind": "message", "id": "1", "from": "a", "text": "x", "more": 1}', 'more'),
	('{"kind": "message", "id": "1", "from": "a", "text": "x", "locale": "?"}', 'locale'), ('{"kind": "message", "id": "1", "from": "a", "text": "x", "sent_at": "soon"}', 'sent_at'),
	('{"kind": "message", "id": "1", "from": "a", "attachments": []}', 'attachments'), ('{"kind": "message", "id": "1", "from": "a", "attachments": [{"url": "javascript:x"}]}', 'attachments'),
	('{"kind": "status", "state": "delivered"}', 'item'), ('{"kind": "status", "item": "x", "state": "delivered"}', 'item'),
	('{"kind": "status", "item": "00000000-0000-4000-8000-000000000001", "state": "lost"}', 'state'), ('"x"', 'events')) r (event, field);
select t.fails($$select t.take('generic', 'bridge', '{"events": [], "x": 1}')$$, 'SB422', 'invalid', 'events', 'no events');
:next_story

-- ---- out ------------------------------------------------------------------------------------------------------------
select t.sms('SM1', '+49151', 'Hello');
select is(t.out('+49151'), array['Thank you, we have your message. Somebody will answer you here.'], 'who waits is told that he was heard');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), internal.route(clock_timestamp(), 9);
create function t.take_it(p_address text) returns void language sql as $$
	select from api.accept_offer(t.session('ana'), (select o.offer from chat.offer o where o.chat = t.chat_of(p_address) and o.state = 'open')) $$;
create function t.say(p_address text, p_cid int, p_body text) returns internal.post_result language sql as $$
	select r from api.post_messages(array[t.session('ana')], array[t.chat_of(p_address)], array['message'], array[t.cid(p_cid)], array[p_body], array[null::text]) r $$;
select t.take_it('+49151');
select is((t.say('+49151', 1, 'Hi, how can I help?')).status, 'ok', 'an operator writes by the relay''s batch');
select is((t.say('+49151', 1, 'Hi, how can I help?')).repeat, true, 'twice');
select is((t.out('+49151'))[2], 'Hi, how can I help?', 'and it is sent');
select is(cardinality(t.out('+49151')), 2, 'once');
select r.seq from api.post_messages(array[t.session('ana')], array[t.chat_of('+49151')], array['note'], array[t.cid(7)], array['psst'], array[null::text]) r;
select is(cardinality(t.out('+49151')), 2, 'a note is not');
create table t.request as select * from internal.channel_request((t.last_out('+49151')));
select results_eq('select method, url, content_type, body, user_name, secret, scheme from t.request', format($$values ('POST',
	'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json', 'application/x-www-form-urlencoded',
	'To=%%2B49151&From=%%2B18005550100&Body=Hi%%2C%%20how%%20can%%20I%%20help%%3F&StatusCallback=https%%3A%%2F%%2Fchat.example%%2Fhook%%3Fitem%%3D%s', 'AC1', '12345678', 'basic')$$,
	(t.last_out('+49151')).item), 'as Twilio wants it');
select matches((internal.channel_request(jsonb_populate_record(t.last_out('+49151'), '{"body": {"text": "Fr\u00a0? «\u202fa"}}'))).body, '&Body=Fr%20%3F%20%C2%AB%20a&',
	'a no-break space, which the alphabet of SMS does not have, leaves as a plain one');
select is(t.deliver(), 2, 'the courier sends both');
select is((select string_agg(s.state, ' ' order by s.seq) from chat.channel_sent s), 'sent sent', 'they are sent');
select is(t.take('sms', 'sms1', jsonb_build_object('MessageSid', s.id, 'MessageStatus', 'delivered'), s.item), 'noted', 'Twilio says that it was delivered') from chat.channel_sent s
	where s.seq = (select max(seq) from chat.channel_sent);
select is((select internal.marks_json(t.chat_of('+49151')) #>> '{customer,got}')::bigint, (select max(seq) from chat.channel_sent), 'which the operator sees');
select is(t.take('sms', 'sms1', jsonb_build_object('MessageSid', s.id, 'MessageStatus', 'sent'), s.item), 'noted', 'a callback that comes late') from chat.channel_sent s
	where s.seq = (select max(seq) from chat.channel_sent);
select is((select s.state from chat.channel_sent s order by s.seq desc limit 1), 'delivered', 'takes nothing back');
select t.say('+49151', 2, 'again');
select t.deliver();
select t.take('sms', 'sms1', jsonb_build_object('MessageSid', s.id, 'MessageStatus', 'undelivered', 'ErrorCode', '30003'), s.item) from chat.channel_sent s order by s.seq desc limit 1;
select is((select (m.kind, m.data ->> 'reason', (m.data ->> 'undelivered')::bigint = (select max(s.seq) from chat.channel_sent s))::text from chat.message m
	where m.chat = t.chat_of('+49151') order by m.seq desc limit 1),
	'(note,30003,t)', 'a message that was not delivered is told to the operator');
-- rating
select is((select internal.end_chat(t.chat_of('+49151'), 'operator', 'Ana', 'operator_ended', clock_timestamp()))::text, '', 'she ends it');
select is((t.last_out('+49151')).body ->> 'text',
	E'This conversation is closed. Write again whenever you need us.\nHow was it? Please answer with a number from 1 (poor) to 5 (very good).', 'he is told, and asked');
select is(t.sms('SM2', '+49151', ' ٥ '), 'rated', 'a number is the answer, whatever its digits');
select is((select r.score from chat.chat_rating r), 5, 'it is kept');
select is((t.last_out('+49151')).body ->> 'text', 'Thank you for your rating.', 'and thanked for');
select is(t.sms('SM3', '+49151', '4'), 'stored', 'a second number is a word');
select is((select (c.state, c.queue::text, c.preferred_operator::text)::text from chat.chat c where c.chat = t.chat_of('+49151')), '(queued,sales,ana)', 'who comes back asks for the same operator');
select is(t.deliver(), 3, 'all of it leaves');
:next_story

-- long texts
select is(internal.split_text('short', 10), array['short'], 'a short text is one');
select is(internal.split_text('one two three four', 10), array['one two', 'three four'], 'words stay whole');
select is(internal.split_text(repeat('x', 25), 10), array[repeat('x', 10), repeat('x', 10), repeat('x', 5)], 'unless there is no other way');
select is(internal.split_text(E'A sentence. Another one here', 20), array['A sentence.', 'Another one here'], 'sentences are better');
select cmp_ok((select max(char_length(p)) from unnest(internal.split_text(repeat('Ein Satz. ', 900), 1600)) p), '<=', 1600, 'none is too long');
select is(replace(array_to_string(internal.split_text(repeat('Ein Satz. ', 900), 1600), ''), ' ', ''), replace(repeat('Ein Satz. ', 900), ' ', ''), 'and nothing is lost');
select is(internal.form_encoded('a b&ü=😀'), 'a%20b%26%C3%BC%3D%F0%9F%98%80', 'forms are encoded byte by byte');
select t.sms('SM1', '+49152', 'Hello'), t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), internal.route(clock_timestamp(), 9);
select from api.accept_offer(t.session('ana'), (select o.offer from chat.offer o where o.state = 'open'));
select r.seq from api.post_messages(array[t.session('ana')], array[t.chat_of('+49152')], array['message'], array[t.cid(7)], array[repeat('Ein Satz. ', 390)], array[null::text]) r;
select is((select array_agg(o.body ->> 'part' order by o.position) from chat.outbox o where o.body ->> 'kind' = 'message'), '{1,2,3}', 'a long SMS leaves in parts, in order');
:next_story

-- ---- a bot ----------------------------------------------------------------------------------------------------------
select is(t.sms('SM1', '+49153', 'Hello', p_account => 'sms2'), 'stored', 'a bot is there');
select is(t.said('+49153'), 'message:customer:Hello | bot_message:bot:Hello!', 'and answers the first word');
select is((t.last_out('+49153')).body ->> 'text', E'Hello!\n\n1. My bill\n2. hours\n3. Talk to a person', 'its buttons are a numbered list');
select t.sms('SM2', '+49153', '2.', p_account => 'sms2');
select is((select m.data ->> 'choice' from chat.message m where m.chat = t.chat_of('+49153') and m.seq = 3), 'hours', 'a number is its button');
select is((t.last_out('+49153')).body ->> 'text', E'Always.\n\n1. back\n2. Talk to a person', 'and the next list counts');
select t.sms('SM3', '+49153', 'Talk to a person', p_account => 'sms2');
select is((select c.state from chat.chat c where c.chat = t.chat_of('+49153')), 'queued', 'so do its words');
:next_story
select t.page(jsonb_build_array(t.meta('m1', 'A', 'Hi')));
select is((internal.channel_request(t.last_out('A'))).body::jsonb, '{"recipient": {"id": "A"}, "messaging_type": "RESPONSE", "message": {"text": "Hello!", "quick_replies": [
	{"content_type": "text", "title": "My bill", "payload": "billing"}, {"content_type": "text", "title": "hours", "payload": "hours"},
	{"content_type": "text", "title": "Talk to a person", "payload": "person"}]}}', 'as Messenger wants it');
select is((internal.channel_request(t.last_out('A'))).url, 'https://graph.facebook.com/v21.0/me/messages', 'there');
select is((internal.channel_request(t.last_out('A'))).secret, 'pagetoken', 'with the page''s token');
select t.page(jsonb_build_array(t.meta('m2', 'A', 'My bill', '{"quick_reply": {"payload": "billing"}}')));
select is((select c.state from chat.chat c where c.chat = t.chat_of('A')), 'queued', 'a quick reply is a choice');
select t.page(jsonb_build_array(t.meta('m3', 'A', 'My bill', '{"quick_reply": {"payload": "billing"}}')));
select is((select count(*) from chat.message m where m.chat = t.chat_of('A') and m.body = 'My bill'), 2::bigint, 'one that is shown no more is its words');
:next_story

-- the first word is answered
insert into chat.bot_answer (bot, answer, locale, question, text) values ('guide', 'hours', 'en', 'What are your opening hours? When do you open?', 'From nine to five.');
insert into chat.escalation_phrase (locale, phrase) values ('en', 'real human');
create function t.first(p_text text, p_more jsonb default '{}') returns text language sql as $$
	select t.page(jsonb_build_array(t.meta('m1', 'A', p_text, p_more))) $$;
create function t.bot_at() returns text language sql as $$ select concat_ws(' ', c.state, c.bot_node, c.bot_misses) from chat.chat c where c.chat = t.chat_of('A') $$;
savepoint words;
select is(t.first('What are your opening hours?') || ': ' || t.said('A'), 'stored: message:customer:What are your opening hours? | bot_message:bot:Hello! | bot_message:bot:From nine to five.',
	'who begins with a question is greeted and answered');
select is((select string_agg(coalesce(jsonb_array_length(m.data -> 'choices'), 0)::text, ' ' order by m.seq) from chat.message m where m.chat = t.chat_of('A') and m.kind = 'bot_message'), '0 3',
	'the buttons stand once, below the answer');
select is(t.bot_at(), 'bot start 0', 'it was understood');
select t.page(jsonb_build_array(t.meta('m1', 'A', 'What are your opening hours?')));
select is((select count(*) from chat.message m where m.chat = t.chat_of('A')), 3::bigint, 'P49: the same again is answered once');
rollback to words;
select t.first('My parrot has flown away');
select is(t.said('A'), 'message:customer:My parrot has flown away | bot_message:bot:Hello! | bot_message:bot:' || internal.text('not_understood', 'en'), 'who is not understood is told so');
select is(t.bot_at(), 'bot start 1', 'and it counts');
select t.page(jsonb_build_array(t.meta('m2', 'A', 'Really'), t.meta('m3', 'A', 'It has')));
select is((select c.state from chat.chat c where c.chat = t.chat_of('A')), 'queued', 'as one of those that bring people');
rollback to words;
select t.first('Good morning!');
select is(t.said('A'), 'message:customer:Good morning! | bot_message:bot:Hello!', 'a greeting is answered by a greeting');
select is(t.bot_at(), 'bot start 0', 'and is no failure');
rollback to words;
select t.first('I want a real human, please');
select is(t.said('A'), 'message:customer:I want a real human, please | bot_message:bot:Hello! | bot_message:bot:' || internal.text('hand_over', 'en') || ' | queued',
	'an escalation phrase counts');
rollback to words;
select t.first('My bill', '{"quick_reply": {"payload": "billing"}}');
select is((select c.state || ' ' || c.queue || ' ' || (m.data ->> 'choice') from chat.chat c join chat.message m on m.chat = c.chat and m.seq = 1 where c.chat = t.chat_of('A')),
	'queued billing billing', 'a button of a menu that the page shows counts');
rollback to words;
select t.first('Menu', '{"quick_reply": {"payload": "GET_STARTED"}}');
select is(t.said('A'), 'message:customer:Menu | bot_message:bot:Hello!', 'one that is none of the bot''s is greeted');
rollback to words;
select t.first('Talk to a person', '{"quick_reply": {"payload": "person"}}');
select is((select c.state || ' ' || c.queue from chat.chat c where c.chat = t.chat_of('A')), 'queued sales', 'so does the way to a person');
rollback to words;
-- a bot that begins by asking
insert into chat.question (question, kind) values ('order', 'text');
insert into chat.question_text (question, locale, label) values ('order', 'en', 'Your order number?');
update chat.bot_node set question = 'order', next_node = 'hours' where node = 'start';
savepoint words;
select t.first('What are your opening hours?');
select is(t.said('A'), 'message:customer:What are your opening hours? | bot_message:bot:From nine to five. | bot_message:bot:Hello!', 'answers, then asks');
select is((select c.answers::text || c.bot_question from chat.chat c where c.chat = t.chat_of('A')), '{}order', 'and does not take the first word for the answer to what it asks');
rollback to words;
select t.first('I want a real human');
select is(t.said('A'), 'message:customer:I want a real human | bot_message:bot:' || internal.text('hand_over', 'en') || ' | queued', 'who wants a person is asked for nothing');
rollback to words;
-- one that is broken
update chat.bot set first_node = 'nowhere' where bot = 'guide';
select t.first('What are your opening hours?');
select is((select c.state from chat.chat c where c.chat = t.chat_of('A')), 'queued', 'a bot that fails at the first word brings people');
rollback to words;
-- one that is a program
insert into chat.bot (bot, name, kind, url) values ('helper', 'Helper', 'http', 'https://bot.example/turn');
select from api.add_outgoing_secret('bot', 'helper');
update chat.widget set bot = 'helper' where widget = 'guided';
select t.first('What are your opening hours?', '{"quick_reply": {"payload": "MENU.hours"}}');
select is((select jsonb_build_array(x.body -> 'event', x.body #> '{message,text}', x.body #> '{message,choice}') from chat.outbox o, internal.bot_body(o) x (body) where o.kind = 'bot'),
	'["start", "What are your opening hours?", "MENU.hours"]', 'has the first word with its first turn');
select t.page(jsonb_build_array(t.meta('m4', 'B', 'A real human!')));
select is((select c.state || ' ' || (select count(*) from chat.bot_lease l where l.chat = c.chat) from chat.chat c where c.chat = t.chat_of('B')), 'queued 0',
	'and not the chat of who wants a person');
:next_story

-- receipts and the window
select t.page(jsonb_build_array(t.meta('m1', 'A', 'Hi'))), t.deliver();
select is(t.page(jsonb_build_array(jsonb_build_object('sender', '{"id": "A"}'::jsonb, 'recipient', '{"id": "900"}'::jsonb, 'timestamp', 1,
	'delivery', jsonb_build_object('watermark', extract(epoch from clock_timestamp()) * 1000)))), 'noted', 'delivered');
select is(internal.marks_json(t.chat_of('A')) -> 'customer', '{"got": 2, "read": 0}', 'up to there');
select is(t.page(jsonb_build_array(jsonb_build_object('sender', '{"id": "A"}'::jsonb, 'recipient', '{"id": "900"}'::jsonb, 'timestamp', 1,
	'read', jsonb_build_object('watermark', round(extract(epoch from clock_timestamp()) * 1000))))), 'noted', 'read');
select is(internal.marks_json(t.chat_of('A')) -> 'customer', '{"got": 2, "read": 2}', 'up to there');
select t.page(jsonb_build_array(t.meta('m2', 'A', 'Talk to a person')));
select t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), internal.route(clock_timestamp(), 9);
select from api.accept_offer(t.session('ana'), (select o.offer from chat.offer o where o.state = 'open'));
select is((internal.channel_json(c) ->> 'window_until')::timestamptz, (select date_trunc('milliseconds', k.last_in_at) + interval '24 hours' from chat.channel_chat k
	where k.chat = c.chat), 'the operator sees how long')
	from chat.chat c where c.chat = t.chat_of('A');
update chat.channel_chat set last_in_at = clock_timestamp() - interval '24 hours' where chat = t.chat_of('A');
select is((select (r.status, r.field)::text from api.post_messages(array[t.session('ana')], array[t.chat_of('A')], array['message'], array[t.cid(7)], array['too late'], array[null::text]) r),
	'(forbidden,window)', 'after 24 hours nothing is taken');
select is((internal.channel_request(t.last_out('A'))).url, null, 'nor sent');
select t.fails(format('select from api.post_message(%L, t.session(''ana''), null, ''message'', t.cid(8), ''too late'', null, ''operator'')', t.chat_of('A')), 'SB403', 'forbidden',
	'window', 'over HTTP neither');
select t.page(jsonb_build_array(t.meta('m3', 'A', 'Still there?')));
select is((select r.status from api.post_messages(array[t.session('ana')], array[t.chat_of('A')], array['message'], array[t.cid(9)], array['Yes'], array[null::text]) r), 'ok',
	'until the customer writes again');
:next_story

-- ---- STOP, START, HELP ----------------------------------------------------------------------------------------------
select is(t.sms('SM0', '+49154', 'help'), 'helped', 'HELP');
select is(t.out('+49154'), array['Chat with us: write to us here and somebody will answer. Answer STOP to receive no more messages.'], 'is answered, and opens nothing');
select alike((internal.channel_request(o)).body, 'To=\%2B49154&From=\%2B18005550100&Body=Chat\%20with\%20us\%3A\%20write%', 'to him') from chat.outbox o;
select t.sms('SM1', '+49154', 'Hello');
select is(t.sms('SM2', '+49154', ' Stop. '), 'stopped', 'STOP');
select is((select c.state || ' ' || c.end_reason from chat.chat c where c.chat = t.chat_of('+49154')), 'abandoned opted_out', 'ends the chat');
select is(t.deliver(), 0, 'and not even what was on its way leaves');
select is(t.sms('SM3', '+49154', 'Hello?'), 'silenced', 'what he writes then');
select is((select count(*) from chat.chat), 1::bigint, 'opens nothing');
select is(t.sms('SM4', '+49154', 'start'), 'started', 'START');
select is(t.deliver(), 1, 'is answered');
select is(t.sms('SM5', '+49154', 'Hello again'), 'stored', 'and he is heard again');
select is(t.sms('SM6', '+49154', 'start'), 'stored', 'START by itself is a word');
select is(t.sms('SM7', '+49154', 'Please stop calling'), 'stored', 'and so is STOP in a sentence');
select is(t.sms('SM8', '+49155', 'ARRET', '{"OptOutType": "STOP"}'), 'stopped', 'Twilio may have answered by itself');
select is(t.sms('SM9', '+49155', 'START', '{"OptOutType": "START"}'), 'started', 'then we do not');
select is(t.out('+49155'), null, 'say anything');
:next_story
select t.sms('SM1', '+49156', 'Hello');
select api.outbox_answered(i.item, i.lease, 400, '{"code": 21610, "message": "unsubscribed recipient"}') from api.claim_outbox(1, 9) i;
select is(internal.channel_is_stopped('sms1', '+49156'), true, 'who said STOP to Twilio has said it to us');
select is((select s.state || ' ' || s.error from chat.channel_sent s), 'failed 21610', 'and it is known why');
:next_story
select t.sms('SM1', '+49156', 'Hello');
select api.outbox_answered(i.item, i.lease, 400, '{"code": 30003}') from api.claim_outbox(1, 9) i;
select isnt((select internal.channel_json(c) -> 'failed' from chat.chat c), null, 'what was not delivered is marked');
select chat.replay_outbox(o.item) from chat.outbox o;
select is((select s.state || coalesce(s.error, '') from chat.channel_sent s), 'queued', 'what is sent again is on its way');
select is(t.deliver(), 1, 'it leaves');
select is((select s.state || ' ' || (internal.channel_json(c) -> 'failed' is null) from chat.channel_sent s, chat.chat c), 'sent true', 'and is marked no more');
:next_story

-- ---- limits ---------------------------------------------------------------------------------------------------------
update chat.queue set max_length = 1 where queue = 'sales';
select is(t.sms('SM1', '+49157', 'first'), 'stored', 'a queue has its length');
select is(t.sms('SM2', '+49158', 'second'), 'full', 'beyond it');
select is((select c.state || ' ' || c.end_reason from chat.chat c where c.chat = t.chat_of('+49158')), 'ended queue_full', 'the chat is over');
select is(t.out('+49158'), array['Too many people are waiting right now. Please write again in a few minutes.'], 'and he is told');
select chat.close_queue('sales');
select t.sms('SM3', '+49157', 'still there?');
update chat.queue set max_length = 100 where queue = 'sales';
select is(t.sms('SM4', '+49159', 'hello'), 'stored', 'a closed queue takes who has time');
select is((t.out('+49159'))[1], 'Thank you, we have your message. Nobody is there right now; you will get the answer here when we are back.', 'and says so');
:next_story
select t.set('outbox_lane_max', 1);
select t.sms('SM1', '+49160', 'Hello'), t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), internal.route(clock_timestamp(), 9);
select from api.accept_offer(t.session('ana'), (select o.offer from chat.offer o where o.state = 'open'));
select is((select r.status from api.post_messages(array[t.session('ana')], array[t.chat_of('+49160')], array['message'], array[t.cid(7)], array['hi'], array[null::text]) r), 'ok',
	'a full outbox takes no message');
select is((select s.state || ' ' || s.error from chat.channel_sent s order by s.seq desc limit 1), 'failed full', 'which is known');
select is((select m.data ->> 'reason' from chat.message m where m.chat = t.chat_of('+49160') order by m.seq desc limit 1), 'full', 'and told');
delete from chat.outbox;
select is((select s.state || ' ' || s.error from chat.channel_sent s order by s.seq limit 1), 'failed dropped', 'what a DBA drops is not sent');
:next_story

-- ---- time -----------------------------------------------------------------------------------------------------------
select t.falls_silent();
select is((select s.load::int from chat.operator_state s where s.operator = 'ana'), 0, 'a silent customer takes no place');
select is((select c.state from chat.chat c where c.chat = t.chat_of('+49161')), 'active', 'his chat stays for days');
select t.sms('SM2', '+49161', 'I am back');
select internal.run_deadlines(clock_timestamp() + interval '1 minute', false);
select is((select a.idle_since from chat.assignment a), null, 'a word wakes it');
:next_story
select t.falls_silent();
select internal.change_presence('ana', 'offline', null, clock_timestamp());
select is((select c.state || ' ' || c.end_reason from chat.chat c where c.chat = t.chat_of('+49161')), 'ended parked', 'who goes takes no silent customer''s chat to a colleague');
select is(cardinality(t.out('+49161')), 1, 'the customer hears nothing of that');
select is(t.sms('SM3', '+49161', 'one more thing'), 'stored', 'and goes on');
select is((select (c.state, c.preferred_operator::text)::text from chat.chat c where c.chat = t.chat_of('+49161')), '(queued,ana)', 'with her first');
:next_story
select t.falls_silent();
select internal.run_deadlines(clock_timestamp() + interval '8 days', true);
select is((select c.state || ' ' || c.end_reason from chat.chat c where c.chat = t.chat_of('+49161')), 'ended idle', 'in the end it is closed');
select is((t.last_out('+49161')).body ->> 'kind', 'ended', 'and he is told');
select t.sms('SM4', '+49162', 'waiting'), internal.run_deadlines(clock_timestamp() + interval '29 days', true);
select is((select c.state from chat.chat c where c.chat = t.chat_of('+49162')), 'queued', 'who waits for us is never sent away');
select is((select count(*) from chat.channel_received r where r.id = 'SM1'), 1::bigint, 'ids are kept');
select internal.forget_received(clock_timestamp() + interval '31 days');
select is_empty('select from chat.channel_received', 'for channel_seen_days');
:next_story

-- ---- who is who -----------------------------------------------------------------------------------------------------
select t.sms('SM1', '+49163', 'Hello'), t.sms('SM2', '+49163', 'STOP'), t.sms('SM3', '+49163', 'START'), t.sms('SM4', '+49163', 'again');
select is(jsonb_array_length(chat.export_person('+49163') -> 'chats'), 2, 'a number is a person to hand out');
select t.sms('SM5', '+49163', 'STOP');
select lives_ok($$select chat.erase_person('+49163')$$, 'and to erase');
select is_empty($$select from chat.channel_chat$$, 'nobody is at the other end any more');
select is_empty($$select from chat.chat c where c::text like '%49163%'$$, 'G18: the number is nowhere');
select is_empty($$select from chat.outbox x where x.body::text like '%49163%'$$, 'nor on its way');
select is(t.sms('SM6', '+49163', 'hi'), 'silenced', 'but STOP holds');
:next_story
insert into chat.block (kind, value, site, reason) values ('identity', 'channel:sms1:+49164', 'shop', 'rude');
select is(t.sms('SM1', '+49164', 'Hello'), 'blocked', 'who is blocked is not heard');
select is((select count(*) from chat.chat), 0::bigint, 'nor answered');
:next_story

-- ---- secrets --------------------------------------------------------------------------------------------------------
select t.fails($$select api.add_channel_secret('sms1', 'secret', 'with space')$$, 'SB422', 'invalid', 'secret', 'a secret has no spaces');
select t.fails($$select api.add_channel_secret('sms1', 'token', '123456789')$$, 'SB422', 'invalid', 'kind', 'SMS has no token');
select t.fails($$select api.add_channel_secret('sms9', 'secret', '123456789')$$, 'SB404', 'not_found', 'account', 'an unknown account');
select is((select slot from api.add_channel_secret('sms1', 'secret', 'the-newer-one')), 2, 'a second one');
select t.fails($$select api.add_channel_secret('sms1', 'secret', '123456789')$$, 'SB409', 'conflict', 'account', 'two are enough');
select results_eq($$select secret_1, secret_2 from api.channel_terms('sms', 'sms1')$$, $$values ('12345678', 'the-newer-one')$$, 'both hold');
select is(internal.channel_secret('sms1', 'secret'), 'the-newer-one', 'the newer one is used');
select results_eq($$select slot, remaining from api.retire_channel_secret('sms1', 'secret', false)$$, $$values (1, 1)$$, 'the older one goes');
select t.fails($$select api.retire_channel_secret('sms1', 'secret', false)$$, 'SB409', 'conflict', 'last', 'not the last by accident');
select is((select count(*) from chat.audit a where a.object = 'channel_secret' and a.key like 'sms1/secret/%' and coalesce(a.new, a.old) is null and a.actor = session_user), 3::bigint,
	'the audit knows, and not the secret');
:next_story

select is((select string_agg(f.code || ' ' || f.key, ', ' order by f.code) from internal.check_channels(clock_timestamp()) f), null, 'what is whole is not found fault with');
delete from chat.channel_secret;
update chat.widget set active = false where widget = 'guided';
select is((select string_agg(f.code || ' ' || f.key, ', ' order by f.code, f.key) from internal.check_channels(clock_timestamp()) f),
	'channel_no_secret bridge, channel_no_secret page, channel_no_secret sms1, channel_no_secret sms2, channel_no_token page, channel_no_verify page, channel_off page, channel_off sms2',
	'an account that cannot hear or speak is found');
:next_story

-- configuration is checked where it is typed
select t.refused($$insert into chat.channel_account (account, channel, widget) values ('x', 'sms', 'plain')$$, 'sms_has_a_user_name_and_an_own_address');
select t.refused($$insert into chat.channel_account (account, channel, widget) values ('x', 'generic', 'plain')$$, 'generic_has_an_api_url');
select t.refused($$insert into chat.channel_account (account, channel, widget, api_url) values ('x', 'generic', 'plain', 'http://127.0.0.1/in')$$, 'plain_http_is_allowed_where_it_is_used');
select t.refused($$insert into chat.channel_account (account, channel, widget, api_url) values ('x', 'generic', 'plain', 'https://u:p@host/in')$$, 'api_url_is_http');
\ir verdict.psql
