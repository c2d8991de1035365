-- SPDX-License-Identifier: ISC
-- Notes that customers leave: once each, within limits; seen by whose queues they are; taken, answered by mail, filed; erased, exported, forgotten (D4, G14, G16, G18).
\ir fixture.psql
select no_plan();
insert into chat.mail_account (account, url, starttls, from_address) values ('mail', 'smtp://mail.example:25', 'none', 'desk@shop.example');
select t.operator('ana'), t.operator('bob'), t.operator('eve'), t.operator('sam');
update chat.operator set role = 'supervisor' where operator = 'sam';
select t.log_in('ana'), t.log_in('bob'), t.log_in('eve'), t.log_in('sam');
insert into chat.operator_queue (operator, queue, joined_at) values ('ana', 'sales', t.at(0)), ('bob', 'sales', t.at(0)), ('eve', 'support', t.at(0));

create function t.leave(p_n int, p_body text default 'Is it dishwasher-safe?', p_queue text default null, p_email text default 'kim@mail.example', p_name text default 'Kim',
	p_address inet default null, p_identity jsonb default null, p_exempt boolean default true, p_widget text default 'plain') returns jsonb language sql as $$
	select l.body::jsonb || jsonb_build_object('created', l.created) from api.leave_note(t.key(p_n), sha256(convert_to(p_body || coalesce(p_email, ''), 'UTF8')), p_widget, 'https://shop.example',
		p_queue, p_name, p_email, p_body, 'de', 'https://shop.example/pot', p_address, p_identity, p_exempt) l $$;
create function t.entry(p_n int) returns uuid language sql as $$ select i.entry from chat.inbox i where i.request_key_hash = t.key(p_n) $$;
create function t.move(p_operator text, p_n int, p_state text, p_to text default null) returns jsonb language sql as $$
	select m.body::jsonb -> 'entry' from api.move_entry(t.session(p_operator), t.entry(p_n), p_state, p_to) m $$;
create function t.reply(p_operator text, p_n int, p_cid int, p_body text default 'Yes, it is.', p_code text default null) returns jsonb language sql as $$
	select a.body::jsonb -> 'entry' from api.answer_entry(t.session(p_operator), t.entry(p_n), t.cid(p_cid), p_body,
		case when p_code is not null then 'https://chat.example/chat' end, p_code) a $$;
create function t.sees(p_operator text, p_view text default 'open') returns text language sql as $$
	select string_agg(substring(e ->> 'body' for 3), ' ') from api.inbox(t.session(p_operator), p_view, null, 50) b, jsonb_array_elements(b.body::jsonb -> 'entries') e $$;
create function t.counts(p_operator text) returns text language sql as $$
	select concat_ws(' ', b.body::jsonb ->> 'new', b.body::jsonb ->> 'mine') from api.inbox(t.session(p_operator), 'open', null, 1) b $$;
create function t.actions(p_n int) returns text language sql as $$
	select string_agg(concat_ws(' ', a.action, a.new ->> 'operator'), ', ' order by a.audit) from chat.audit a where a.object = 'inbox' and a.key = t.entry(p_n)::text $$;
-- Follows the link of an invitation.
create function t.follow(p_n int, p_code bytea default 'c0de', p_widget text default 'plain') returns uuid language sql as $$
	select o.chat from api.open_invited(t.chat(p_n), t.token(p_n), t.key(p_n), t.key(p_n), p_widget, 'https://shop.example', null, null, null, 'en', null, null, null, null, null, 'wss://relay',
		null, false, null, true, sha256(p_code)) o $$;
savepoint story;

-- ---- a customer leaves one ------------------------------------------------------------------------------------------
select matches(t.leave(1) ->> 'reference', '^[2-9BCDFGHJKMNP-TV-Z]{4}-[2-9BCDFGHJKMNP-TV-Z]{4}$', 'a customer gets a reference');
select is(t.leave(1), (select jsonb_build_object('reference', i.reference, 'created', false) from chat.inbox i), 'P20: the same again is the same note');
select is((select (i.queue, i.state, i.name, i.email, i.locale, i.email_verified)::text from chat.inbox i), '(sales,new,Kim,kim@mail.example,de,f)', 'in the widget''s queue');
select t.fails('select t.leave(1, ''other'')', 'SB409', 'conflict', 'request_key', 'P21: the same key with another body');
select t.fails('select t.leave(2, p_queue => ''support'')', 'SB422', 'invalid', 'queue', 'P18: a queue that the widget does not offer');
select t.fails('select t.leave(2, p_widget => ''nowhere'')', 'SB404', 'not_found', null, 'P01: no such widget');
select t.fails('select t.leave(2, p_widget => ''elsewhere'')', 'SB403', 'origin_denied', null, 'P03: a page of another site');
select t.fails(format('select t.leave(2, p_email => %L)', e), 'SB422', 'invalid', 'email', 'P17: no address: ' || e)
from unnest(array[E'kim@mail.example\r\nBcc: all@mail.example', 'kim@mail.example, all@mail.example', 'kim <kim@mail.example>', '"kim b"@mail.example', 'kim@', '@mail.example',
	'kim@mail..example', 'kïm@mail.example', E'kim@mail.example\n', 'kim@[127.0.0.1]']) e;
select is((select count(*) from chat.inbox), 1::bigint, 'of all that nothing is stored');
select t.leave(3, 'card 4111 1111 1111 1111', p_name => 'Kim 4111111111111111');
select is((select (i.name, i.body)::text from chat.inbox i where i.request_key_hash = t.key(3)), '("Kim ************1111","card **** **** **** 1111")', 'card numbers are masked');
select t.leave(4, p_identity => '{"sub": "p1", "secret": 1, "name": "Kim Real", "email": "real@mail.example"}');
select is((select (i.name, i.email, i.email_verified, i.person)::text from chat.inbox i where i.request_key_hash = t.key(4)), '("Kim Real",real@mail.example,t,p1)',
	'D10: whom the site vouches for is known by its word');
update chat.site set identity = 'required' where site = 'shop';
select t.fails('select t.leave(5)', 'SB401', 'identity_required', null, 'D10: where the site asks for it, nobody else');
update chat.site set identity = 'optional' where site = 'shop';
insert into chat.block (kind, value, reason) values ('email', 'kim@mail.example', 'spam');
select t.fails('select t.leave(6)', 'SB403', 'forbidden', null, 'who is blocked leaves none');
update chat.widget set features = '{"notes": false}' where widget = 'plain';
delete from chat.block;
select t.fails('select t.leave(7)', 'SB403', 'forbidden', null, 'nor where the widget has none');
:next_story

select t.set('notes_per_address', 2);
select t.leave(1, p_address => '192.0.2.1', p_exempt => false), t.leave(2, p_address => '192.0.2.1', p_exempt => false);
select t.fails('select t.leave(3, p_address => ''192.0.2.1'', p_exempt => false)', 'SB429', 'rate_limited', null, 'an address may leave so many');
select lives_ok('select t.leave(1, p_address => ''192.0.2.1'', p_exempt => false)', 'a repeat is none');
select lives_ok('select t.leave(3, p_address => ''192.0.2.2'', p_exempt => false)', 'another address may');
select lives_ok('select t.leave(4, p_address => ''192.0.2.1'')', 'and who is exempt');
select t.set('inbox_max', 4);
select t.fails('select t.leave(5)', 'SB503', 'queue_full', 'queue', 'an inbox that is full takes no more');
:next_story

-- ---- whose they are -------------------------------------------------------------------------------------------------
update chat.widget set default_queue = 'support' where widget = 'guided';
select t.leave(1, 'one'), t.leave(2, 'two', p_widget => 'guided');
update chat.inbox set created_at = created_at - interval '1 minute' where entry = t.entry(1);
select is(array[t.sees('ana'), t.sees('eve'), t.sees('sam')], '{one,two,"one two"}', 'G14: an operator sees those of his queues, a supervisor all');
select is(array[t.counts('ana'), t.counts('sam')], '{"1 0","2 0"}', 'and how many');
select t.fails('select from api.inbox_entry(t.session(''ana''), t.entry(2))', 'SB404', 'not_found', null, 'D4: another queue''s is not there for him');
select t.fails('select t.move(''ana'', 2, ''taken'')', 'SB404', 'not_found', null, 'nor to be taken');
select t.fails('select t.reply(''ana'', 2, 1)', 'SB404', 'not_found', null, 'nor to be answered');
select is((select body::jsonb -> 'inbox' from api.my_chats(t.session('ana'))), '{"new": 1, "mine": 0}', 'his desk says how many wait');
select t.move('sam', 2, 'taken', 'ana');
select is(t.sees('ana', 'mine'), 'two', 'what is assigned to him he sees, whatever its queue');
select is(t.actions(2), 'note left, assign ana', 'G16: each step is in the audit');
select t.fails('select t.move(''sam'', 2, ''taken'', ''nobody'')', 'SB404', 'not_found', 'operator', 'to somebody who is there');
:next_story

-- ---- taken, filed ---------------------------------------------------------------------------------------------------
select t.leave(1, 'one');
select is((t.move('ana', 1, 'taken') ->> 'operator'), 'ana', 'she takes it');
select is((t.move('ana', 1, 'taken') ->> 'state'), 'taken', 'twice is once');
select t.fails('select t.move(''bob'', 1, ''taken'')', 'SB409', 'already_taken', null, 'a colleague does not');
select t.fails('select t.move(''bob'', 1, ''done'')', 'SB409', 'already_taken', null, 'nor file it');
select t.fails('select t.reply(''bob'', 1, 1)', 'SB409', 'already_taken', null, 'nor answer it');
select is(array[t.counts('ana'), t.counts('bob')], '{"0 1","0 0"}', 'it is hers');
select is(t.move('ana', 1, 'new') ? 'operator', false, 'she lets go of it');
select is(t.sees('bob', 'new'), 'one', 'and it is new again');
select is(t.move('bob', 1, 'spam') ->> 'state', 'spam', 'he files it as spam');
select is(array[t.sees('bob'), t.sees('bob', 'closed')], '{NULL,one}', 'then it lies with those that are done');
select is(t.move('ana', 1, 'taken') ->> 'closed_at', null, 'from where it can be taken again');
select is(t.move('sam', 1, 'taken') ->> 'operator', 'sam', 'a supervisor takes it from anybody');
select is(t.actions(1), 'note left, take ana, release, spam bob, take ana, take sam', 'G16: as the audit tells');
select t.fails('select t.move(''sam'', 1, ''lost'')', 'SB422', 'invalid', 'state', 'there is no such state');
:next_story

-- pages
select t.leave(n, n::text) from generate_series(10, 14) n;
update chat.inbox set created_at = t.at(body::int);
create table t.page as select body::jsonb as page from api.inbox(t.session('ana'), 'open', null, 3);
select is((select page ->> 'more' from t.page), 'true', 'a page says that there is more');
select is((select string_agg(e ->> 'body', ' ') from api.inbox(t.session('ana'), 'open', (select (page #>> '{entries,2,entry}')::uuid from t.page), 3) b,
	jsonb_array_elements(b.body::jsonb -> 'entries') e), '13 14', 'and the next one goes on behind it');
select t.move('ana', n, 'done') from generate_series(10, 14) n;
update chat.inbox set closed_at = t.at(body::int);
select is(t.sees('ana', 'closed'), '14 13 12 11 10', 'of those that are done the newest comes first');
select t.fails($$select from api.inbox(t.session('ana'), 'all', null, 3)$$, 'SB422', 'invalid', 'view', 'no such view');
:next_story

-- ---- answered -------------------------------------------------------------------------------------------------------
select t.leave(1, E'Is it\n<b>safe</b>?');
select is(t.reply('ana', 1, 1) ->> 'state', 'answered', 'she answers');
select is(t.reply('ana', 1, 1) #>> '{replies,0,state}', 'queued', 'G2: the same again is the same answer');
select t.fails('select t.reply(''ana'', 1, 1, ''No'')', 'SB409', 'conflict', 'cid', 'with other words it is none');
select is((select count(*) from chat.outbox), 1::bigint, 'one mail leaves');
create table t.mail as select (internal.mail_request(o)).* from chat.outbox o;
select is((select (m.url, m.starttls, m.mail_from, m.rcpt, m.allowed_hosts, m.scheme)::text from t.mail m),
	'(smtp://mail.example:25,none,desk@shop.example,{kim@mail.example},{mail.example},none)', 'to the customer, by the company''s server');
select is((select m.subject from t.mail m), 'Ihre Nachricht ' || (select i.reference from chat.inbox i), 'in the customer''s language');
select is((select m.headers from t.mail m), array['From: "Shop" <desk@shop.example>'], 'in the name of the site');
select matches((select m.text_body from t.mail m), E'^Yes, it is\\.\n\nAna\n\nSie schrieben am [0-9: -]+ UTC:\n\n> Is it\n> <b>safe</b>\\?\n$', 'with her words and his');
select ok((select position('&lt;b&gt;safe&lt;/b&gt;' in m.html_body) > 0 and position('<b>safe' in m.html_body) = 0 from t.mail m), 'P24: his are words in the HTML, too');
create table t.item as select o.item from chat.outbox o;
select internal.mail_answered(o, t.at(9)) from chat.outbox o;
select is((select (r.state, r.message_id)::text from chat.inbox_reply r), format('(sent,<%s@shop.example>)', (select item from t.item)), 'when the server has it, it is sent');
select t.reply('ana', 1, 2, 'One more thing');
select is((select (m.subject, m.headers[2:3])::text from chat.outbox o, internal.mail_request(o) m where o.item <> (select item from t.item)),
	format('("Re: Ihre Nachricht %1$s","{""In-Reply-To: <%2$s@shop.example>"",""References: <%2$s@shop.example>""}")', (select i.reference from chat.inbox i),
		(select item from t.item)),
	'a further one belongs to it');
select internal.mail_died(o, 'answered 550: no such user', t.at(10)) from chat.outbox o where o.item <> (select item from t.item);
select is((select (i.state, i.operator, r.error)::text from chat.inbox i join chat.inbox_reply r on r.n = 2), '(taken,ana,"answered 550: no such user")',
	'one that nobody takes lies before her again');
select is((select e.failed from api.inbox(t.session('ana'), 'mine', null, 9) b, jsonb_to_recordset(b.body::jsonb -> 'entries') e (failed boolean)), true, 'with its mark');
:next_story

-- the sender
update chat.mail_account set from_name = 'Häuser <x> "y"', reply_to = 'box@shop.example', user_name = 'desk';
select from api.set_mail_password('mail', 'secret word');
select t.leave(1), t.reply('ana', 1, 1);
select is((select (m.headers, m.user_name, m.secret, m.scheme)::text from chat.outbox o, internal.mail_request(o) m),
	'("{""From: Häuser x y <desk@shop.example>"",""Reply-To: box@shop.example""}",desk,"secret word",basic)', 'a name cannot end its header, and the server asks who it is');
select is((select count(*) from chat.audit a where a::text ~ 'secret word'), 0::bigint, 'D19: the password is in no audit');
update chat.mail_account set active = false;
select is((select m.url from chat.outbox o, internal.mail_request(o) m), null, 'an account that is switched off sends nothing');
select t.fails('select t.reply(''ana'', 1, 2)', 'SB409', 'conflict', 'mail', 'and takes nothing');
insert into chat.mail_account (account, site, url, from_address) values ('own', 'shop', 'smtps://other.example', 'own@shop.example');
select is((select m.mail_from from chat.outbox o, internal.mail_request(o) m), 'own@shop.example', 'the present account counts');
select t.refused($$insert into chat.mail_account (account, url, from_address) values ('x', 'http://mail.example', 'a@b.example')$$, 'url_of_an_smtp_server');
select t.refused($$insert into chat.mail_account (account, url, from_address) values ('x', 'smtp://mail.example/', 'a@b.example')$$, 'url_of_an_smtp_server', 'nothing behind the host');
select t.refused($$insert into chat.mail_account (account, url, from_address) values ('x', 'smtp://mail.example', E'a@b.example\nBcc: c@d.example')$$, 'plain_mail_address');
:next_story

-- an invitation
select t.leave(1), t.reply('ana', 1, 1, 'Let us talk', 'c0de');
select is((select substring(m.text_body from 'https://\S+') from chat.outbox o, internal.mail_request(o) m), 'https://chat.example/chat/widget/?key=plain#invitation=c0de', 'an invitation has a link');
select ok((select position('<a href="https://chat.example/chat/widget/?key=plain#invitation=c0de">' in m.html_body) > 0 from chat.outbox o, internal.mail_request(o) m), 'that can be followed');
select is((select v.invitation from chat.invitation v), sha256('c0de'), 'whose code is known as a hash');
select internal.mail_answered(o, t.at(9)) from chat.outbox o;
select is_empty($$select from chat.outbox o where o.body::text ~ 'c0de'$$, 'and nowhere else when it has gone out');
:next_story

select t.leave(1), t.reply('ana', 1, 1, 'Let us talk', 'c0de');
select t.fails('select t.follow(11, ''other'')', 'SB404', 'not_found', 'invitation', 'a wrong code opens nothing');
select t.fails('select t.follow(11, p_widget => ''guided'')', 'SB404', 'not_found', 'invitation', 'nor does the right one in another widget');
select is(t.follow(11), t.chat(11), 'the link opens a chat');
select is((select (c.state, c.queue, c.name, c.email, c.preferred_operator, c.context)::text from chat.chat c),
	(select format('(queued,sales,Kim,kim@mail.example,ana,"{""note"": ""%s""}")', i.reference) from chat.inbox i),
	'which waits for her with what he said of himself');
select is((select array_agg(m.kind || ' ' || coalesce(m.body, '') order by m.seq) from chat.message m), '{"queued ","message Is it dishwasher-safe?"}', 'and begins with his note');
select is(t.follow(11), t.chat(11), 'P20: the same again is the same chat');
select t.fails('select t.follow(12)', 'SB410', 'gone', 'invitation', 'somebody else who has the link gets none');
select is((select i.chat from chat.inbox i), t.chat(11), 'the note knows its chat');
select t.fails('select t.reply(''ana'', 1, 2, ''again'', ''c1de'')', 'SB409', 'chat_exists', null, 'there is no second one');
select from chat.erase_chat(t.chat(11));
select is((select i.body from chat.inbox i), null, 'G18: who erases the chat erases the note');
:next_story
select t.leave(1), t.reply('ana', 1, 1, 'Let us talk', 'c0de');
update chat.invitation set expires_at = clock_timestamp();
select t.fails('select t.follow(11)', 'SB404', 'not_found', 'invitation', 'a link is good for its time');
:next_story

-- ---- the team is told -----------------------------------------------------------------------------------------------
insert into chat.inbox_notice (queue, address) values ('sales', 'sales@shop.example'), (null, 'all@shop.example'), (null, 'sales@shop.example'), ('support', 'support@shop.example');
select t.leave(1, 'a secret');
select set_eq('select m.rcpt[1] from chat.outbox o, internal.mail_request(o) m', '{all@shop.example,sales@shop.example}'::text[], 'whoever wants to know of the queue is told, once');
select is((select m.headers from chat.outbox o, internal.mail_request(o) m limit 1), array['From: "Shop" <desk@shop.example>', 'Auto-Submitted: auto-generated'], 'automatically, as the mail says');
select is_empty($$select m from chat.outbox o, internal.mail_request(o) m where m::text ~ 'secret|Kim|kim@'$$, 'and nothing of the customer');
select t.move('ana', 1, 'done');
select is((select count(m.url) from chat.outbox o, internal.mail_request(o) m), 0::bigint, 'not any more when it has been seen to');
update chat.mail_account set active = false;
select lives_ok('select t.leave(2)', 'without mail a note is left all the same');
:next_story

-- ---- what is held of him --------------------------------------------------------------------------------------------
select t.leave(1, 'planted_body', p_name => 'planted_name', p_email => 'planted_email@mail.example', p_address => '203.0.113.77',
	p_identity => '{"sub": "planted_person", "secret": 1, "name": "planted_name"}'), t.leave(2, 'two'), t.reply('ana', 1, 1, 'planted_reply'), t.reply('ana', 2, 2, 'other');
update chat.inbox set page_url = 'planted_page' where entry = t.entry(1);
update chat.inbox_reply set error = 'planted_error' where entry = t.entry(1);
create table t.word (word text);
insert into t.word values ('planted_body'), ('planted_name'), ('planted_email'), ('203.0.113.77'), ('planted_person'), ('planted_reply'), ('planted_page'), ('planted_error');
create table t.export as select chat.export_person(' Planted_Email@mail.example ')::text as export;
select is_empty('select w.word from t.word w, t.export e where position(w.word in e.export) = 0', 'the export has all of it');
select ok((select e.export !~ 'hash|invitation' from t.export e), 'and no hash');
select set_eq($$select relation, rows from chat.erase_person('planted_email@mail.example', null, true) where rows > 0$$,
	$$values ('chat.inbox', 1::bigint), ('chat.inbox_reply', 1)$$, 'a dry run says what would go');
create table t.key1 as select t.entry(1) as entry;
select from chat.erase_person('planted_email@mail.example');
select is_empty($$select x.row from (select i::text from chat.inbox i union all select r::text from chat.inbox_reply r union all select a::text from chat.audit a
	union all select o::text from chat.outbox o) x (row), t.word w where position(w.word in x.row) > 0$$, 'G18: then no word is left');
select is((select (i.state, i.queue, i.erased_at is not null)::text from chat.inbox i, t.key1 k where i.entry = k.entry), '(answered,sales,t)', 'that there was one stays');
select is((select count(*) from chat.outbox), 1::bigint, 'what had not left does not leave');
select t.fails('select from api.inbox_entry(t.session(''ana''), (select entry from t.key1))', 'SB410', 'gone', null, 'nobody looks at it');
select is(t.sees('ana', 'closed'), 'two', 'and nobody finds it');
select is((select i.body from chat.inbox i where i.entry = t.entry(2)), 'two', 'another customer''s is there');
:next_story

select t.leave(1), t.leave(2), t.leave(3, p_address => '198.51.100.9');
select t.move('ana', 1, 'done'), t.move('ana', 2, 'done');
select t.set('retention_days', 10), t.set('address_days', 5);
update chat.inbox set created_at = t.at(0), closed_at = case entry when t.entry(1) then t.at(0) when t.entry(2) then t.at(0) + interval '8 days' end;
select is((select (notes, addresses)::text from internal.retain_inbox(t.at(0) + interval '10 days 1 second', t.at(0) + interval '10 days 1 second')), '(1,1)', 'what is old goes with the nightly run');
select is((select count(*) from chat.inbox where erased_at is not null), 1::bigint, 'counted from when it was filed');
select is((select i.address from chat.inbox i where i.entry = t.entry(3)), '198.51.100.0/24', 'addresses are shortened');
:next_story

-- ---- the check ------------------------------------------------------------------------------------------------------
insert into chat.inbox_notice (address) values ('all@shop.example');
select t.leave(1);
update chat.inbox set created_at = created_at - interval '4 days';
update chat.mail_account set url = 'smtp://mail.example:25', user_name = 'desk';
select set_eq('select code, key from internal.check_mail(clock_timestamp())',
	$$values ('mail_no_password', 'mail'), ('mail_in_the_clear', 'mail'), ('inbox_waits', 'sales')$$, 'what is wrong with mail is found');
update chat.mail_account set active = false;
select set_eq('select code, key from internal.check_mail(clock_timestamp())',
	$$values ('mail_not_set_up', 'shop'), ('notice_without_mail', '*/all@shop.example'), ('inbox_waits', 'sales')$$, 'and that there is none');
:next_story
\ir verdict.psql
