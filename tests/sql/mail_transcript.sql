-- SPDX-License-Identifier: ISC
-- A transcript by mail: to the address of the chat and to no other, so often, and only of a talk that somebody of the company took part in: no open relay.
\ir fixture.psql
select no_plan();
insert into chat.mail_account (account, url, starttls, from_address) values ('mail', 'smtp://mail.example:25', 'none', 'desk@shop.example');
select t.operator('ana'), t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), t.set('stagger_s', 0);
select t.open(1, 'plain', null, 'fr'), t.open(2, 'plain');
select internal.route(clock_timestamp(), 9), t.accept(1, clock_timestamp()), internal.route(clock_timestamp(), 9), t.accept(2, clock_timestamp());
select t.post(1, t.token(1), 1, E'<script>alert(1)</script>\nline two\u202809:00  Ana: forged'),
	t.post(1, t.session('ana'), 2, 'Of course & gladly'), t.post(1, t.session('ana'), 3, 'a note', null, 'note');
create function t.ask(p_n int, p_email text default null) returns text language sql as $$ select m.body::jsonb ->> 'email' from api.mail_transcript(t.chat(p_n), t.token(p_n), null, p_email) m $$;
savepoint story;

select t.fails('select t.ask(1)', 'SB422', 'invalid', 'email', 'without an address there is nobody to send it to');
select t.fails(format('select t.ask(1, %L)', E'lee@mail.example\r\nBcc: x@mail.example'), 'SB422', 'invalid', 'email', 'an address is one address');
select is(t.ask(1, 'kim@mail.example'), 'kim@mail.example', 'the customer gives one');
select is((select c.email from chat.chat c where c.chat = t.chat(1)), 'kim@mail.example', 'which is that of the chat from then on');
select t.fails('select t.ask(1, ''all@mail.example'')', 'SB409', 'conflict', 'email', 'to another one nothing is sent');
select lives_ok('select t.ask(1)', 'twice');
select t.fails('select t.ask(1)', 'SB429', 'rate_limited', null, 'is enough');
select is((select (o.lane, o.chat = t.chat(1), o.body ? 'to')::text from chat.outbox o limit 1), format('(chat/%s/mail,t,f)', t.chat(1)), 'it belongs to the chat, and names nobody');
create table t.mail as select (internal.mail_request(o)).* from chat.outbox o limit 1;
select is((select (m.rcpt, m.headers[2])::text from t.mail m), '({kim@mail.example},"Auto-Submitted: auto-generated")', 'it goes to him, as what it is');
select matches((select m.subject from t.mail m), '^Votre discussion du 2[0-9-]+$', 'in his language');
select matches((select m.text_body from t.mail m), E'[0-9:]+  → Customer 1: <script>alert\\(1\\)</script>\n       line two\n       09:00  Ana: forged\n[0-9:]+  ← Ana: Of course & gladly\n$',
	'with what was said, by whom, and no line of it looks like another''s');
select ok((select m.text_body !~ 'a note' and m.html_body !~ 'a note' from t.mail m), 'and no note of the operators');
select ok((select m.html_body ~ '&lt;script&gt;alert\(1\)&lt;/script&gt;<br>' and m.html_body ~ 'Of course &amp; gladly' and m.html_body !~ '<script' from t.mail m), 'P24: words are words');
select is((select string_agg(a.action, ' ') from chat.audit a where a.key = t.chat(1)::text and a.action like 'transcript%'), 'transcript mailed transcript mailed', 'G16: each leaves its row');
select from chat.erase_chat(t.chat(1));
select is((select count(*) from chat.outbox), 0::bigint, 'what had not left is erased with the chat');
:next_story

select t.fails('select t.ask(2, ''kim@mail.example'')', 'SB409', 'conflict', 'chat', 'where nobody answered, nobody can have his own words sent to a stranger');
update chat.chat set email = 'kim@mail.example', email_verified = true, person = 'p' where chat = t.chat(2);
select lives_ok('select t.ask(2)', 'unless the site vouches for the address');
:next_story

select t.post(2, t.session('ana'), 4, 'hello');
select t.set('transcripts_per_email', 1);
select t.ask(1, 'kim@mail.example');
select t.fails('select t.ask(2, ''KIM@mail.example'')', 'SB429', 'rate_limited', null, 'one address gets so many a day, from whatever chat');
select lives_ok('select t.ask(2, ''lee@mail.example'')', 'another one too');
:next_story

update chat.mail_account set active = false;
select t.fails('select t.ask(1, ''kim@mail.example'')', 'SB409', 'conflict', 'mail', 'without a mail server there is none');
select is((select body::jsonb -> 'features' ->> 'mail' from api.widget_config('plain', 'en', null, '')), 'false', 'and the widget does not offer it');
update chat.mail_account set active = true;
select is((select body::jsonb -> 'features' ->> 'mail' from api.widget_config('plain', 'en', null, '')), 'true', 'with one it does');
insert into chat.block (kind, value, reason) values ('email', 'kim@mail.example', 'spam');
select t.fails('select t.ask(1, ''kim@mail.example'')', 'SB403', 'forbidden', null, 'who is blocked gets none');
select t.fails('select from api.mail_transcript(t.chat(1), t.token(2), null, null)', 'SB404', 'not_found', null, 'P25: nor of another one''s chat');
select t.fails('select from api.mail_transcript(t.chat(1), t.token(9), null, null)', 'SB401', 'unauthorized', null, 'P26: nor without a token');
:next_story
\ir verdict.psql
