-- SPDX-License-Identifier: ISC
-- Operators: login, sessions, one-use tickets, joining queues and why not, presence, offers over the verbs, who may see what.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
select t.operator('ana'), t.log_in('ana'), t.operator('bo'), t.log_in('bo');
create function t.ticket(p_n int) returns bytea language sql immutable as $$ select sha256(convert_to('ticket ' || p_n, 'UTF8')) $$;
create function t.queues(p_operator text) returns text language sql as $$
	select string_agg(concat_ws(' ', q ->> 'name', case when (q ->> 'eligible')::boolean then 'yes' else 'no: ' || (q ->> 'reason') end,
		case when (q ->> 'joined')::boolean then 'joined' end), ', ' order by q ->> 'name')
	from api.my_queues(t.session(p_operator)) m, jsonb_array_elements(m.body::jsonb -> 'queues') q
$$;
savepoint story;

-- ---- login ----------------------------------------------------------------------------------------------------------
select is(hash, null, 'no password, no hash') from api.login_lookup('ana');
select is(hash, null, 'P44: nobody, one row all the same') from api.login_lookup('nobody');
select api.set_password('ana', '$y$j9T$abcdefgh$0123456789');
select is(hash, '$y$j9T$abcdefgh$0123456789', 'a password') from api.login_lookup('ana');
select t.fails($$select * from api.session_view(t.session('ana'))$$, 'SB401', 'unauthorized', null, 'D8: a new password ends the sessions');
update chat.operator set active = false where operator = 'ana';
select is(hash, null, 'P44: one who is switched off has none') from api.login_lookup('ana');
select t.fails($$select * from api.login('ana', sha256('new'), null, null)$$, 'SB401', 'unauthorized', null, 'and cannot log in');
select t.fails($$select api.set_password('nobody', '$y$j9T$abcdefgh$0123456789')$$, 'SB404', 'not_found', 'operator', 'a password for nobody');
:next_story
select is(body::jsonb, '{"operator": {"operator": "bo", "name": "Bo", "role": "operator", "max_chats": 3, "presence": {"state": "offline"}}}',
	'who logs in sees who he is')
from api.login('bo', sha256('new'), '10.0.0.1', repeat('agent', 100));
select is((select length(user_agent) from chat.session where session = sha256('new')), 300, 'a long user agent is cut');
:next_story

-- ---- sessions -------------------------------------------------------------------------------------------------------
select t.fails(format('select * from api.%s', v), 'SB401', 'unauthorized', null, 'D4: no session: ' || split_part(v, '(', 1)) from unnest(array[
	'session_view(null)', 'logout(sha256(''x''))', 'make_ticket(null, t.ticket(1), null)', 'my_queues(null)', 'join_queues(null, ''{}'')',
	'set_presence(null, ''busy'', null)', 'my_chats(null)',
	'accept_offer(null, t.chat(1))', 'decline_offer(null, t.chat(1), null)', 'operator_events(null, t.chat(1), 0, 1)',
	'operator_end(null, t.chat(1))', 'wrap_up(null, t.chat(1), ''x'', null)',
	'operator_chats(null)', 'operator_offers(null, ''{}'')']) v;
select is((select count(*) from api.session_view(t.session('ana'))), 1::bigint, 'a session');
update chat.session set last_used_at = clock_timestamp() - interval '1801 seconds';
select t.fails($$select * from api.session_view(t.session('ana'))$$, 'SB401', 'unauthorized', null, 'unused for half an hour it is over');
:next_story
update chat.session set last_used_at = clock_timestamp() - interval '1700 seconds';
select from api.session_view(t.session('ana'));
select cmp_ok((select last_used_at from chat.session where session = t.session('ana')), '>', clock_timestamp() - interval '10 seconds',
	'use keeps it alive');
update chat.session set created_at = clock_timestamp() - interval '43201 seconds';
select t.fails($$select * from api.session_view(t.session('ana'))$$, 'SB401', 'unauthorized', null, 'but not for more than twelve hours');
:next_story
update chat.operator set role = 'supervisor' where operator = 'ana';
select t.fails($$select * from api.session_view(t.session('ana'))$$, 'SB401', 'unauthorized', null, 'D8: who gets another role logs in again');
select is((select count(*) from api.session_view(t.session('bo'))), 1::bigint, 'others do not');
:next_story
select from api.relay_register('r1', '{}');
select is((select array_agg(session) from api.relay_beat((select relay from chat.relay), array[t.session('ana'), sha256('gone'),
	t.session('bo')])), array[sha256('gone')], 'a beat tells which sessions are over');
select t.sign_in('ana', '{sales}', clock_timestamp()), api.logout(t.session('ana'));
select is((select presence from chat.operator_state where operator = 'ana'), 'offline', 'the last logout takes off duty');
:next_story
insert into chat.session (session, operator, created_at, last_used_at) values (sha256('second'), 'ana', clock_timestamp(), clock_timestamp());
select t.sign_in('ana', '{sales}', clock_timestamp()), api.logout(t.session('ana'));
select is((select presence from chat.operator_state where operator = 'ana'), 'available', 'a logout beside another session does not');
:next_story
-- who could take a queue's chats once its demands are relaxed may join it
insert into chat.queue_skill (queue, skill, min_rating) values ('support', 'technical', 6);
insert into chat.operator_skill (operator, skill, rating) values ('ana', 'technical', 4);
select is((select q - 'waiting' from api.my_queues(t.session('ana')) m, jsonb_array_elements(m.body::jsonb -> 'queues') q where q ->> 'name' = 'support'),
	'{"name": "support", "label": "Support", "eligible": false, "joined": false, "code": "below_minimum", "skill": "technical", "needs": 6, "has": 4, "reason": "has technical at 4, 6 is needed"}',
	'why not, as a sentence and as a code with its figures');
insert into chat.relaxation (queue, after_s, skill, min_rating) values ('support', 300, 'technical', 4);
select is((select q - 'waiting' from api.my_queues(t.session('ana')) m, jsonb_array_elements(m.body::jsonb -> 'queues') q where q ->> 'name' = 'support'),
	'{"name": "support", "label": "Support", "eligible": true, "joined": false}', 'who is good enough for the last step may join');
select lives_ok($$select * from api.join_queues(t.session('ana'), '{support}')$$, 'and does');
:next_story
-- signing out with open chats
update chat.queue set wrap_up_s = 60;
select t.set('missed_offer_penalty_s', 0);
select t.sign_in('ana', '{sales,support}', clock_timestamp()), t.arrive(n, 'sales', clock_timestamp()) from generate_series(1, 3) n;
select t.route(clock_timestamp()), t.accept(1, clock_timestamp()), t.accept(2, clock_timestamp()), t.end_chat(2, 'customer', clock_timestamp());
select t.fails($$select api.logout(t.session('ana'))$$, 'SB409', 'conflict', null, 'who has chats that run does not get away by mistake');
select is((select presence || ' ' || t.owner(1) || ' ' || t.offered_to(3) from chat.operator_state where operator = 'ana'), 'available ana ana', 'and nothing changes');
insert into chat.session (session, operator, created_at, last_used_at) values (sha256('second'), 'ana', clock_timestamp(), clock_timestamp());
select is(api.logout(sha256('second'))::text, '', 'another tab''s session may end');
select api.logout(t.session('ana'), true);
select is((select string_agg(t.number(chat) || ' ' || state, ', ' order by chat) from chat.chat), '1 queued, 2 ended, 3 queued',
	'on purpose: what runs is queued again, what is written about is filed, what was held out goes back');
select is(t.kinds(1), 'queued assigned joined left requeued', 'the customer is told, the history kept');
select is((select data ->> 'reason' from chat.message where chat = t.chat(1) and kind = 'requeued'), 'signed_out', 'and why');
select is((select array_agg(t.number(chat) order by arrived_at, chat) from chat.waiting), '{1,3}', 'in front by its age');
select is((select presence || ' ' || load from chat.operator_state where operator = 'ana'), 'offline 0', 'she is gone at once');
select t.fails($$select * from api.session_view(t.session('ana'))$$, 'SB401', 'unauthorized', null, 'signed out');
:next_story

-- ---- tickets --------------------------------------------------------------------------------------------------------
select from api.relay_register('r1', '{}');
create function t.hello(p_n int, p_origin text default null) returns text language sql as $$ select h.operator
	from api.hello_operator(t.ticket(p_n), p_origin, (select relay from chat.relay)) h $$;
select is(expires_in_s, 30, 'a ticket lives half a minute') from api.make_ticket(t.session('ana'), t.ticket(1), null);
select is(t.hello(1), 'ana', 'and says who is there');
select t.fails('select t.hello(1)', 'SB401', 'unauthorized', null, 'once');
select from api.make_ticket(t.session('ana'), t.ticket(2), null);
update chat.ticket set expires_at = clock_timestamp();
select t.fails('select t.hello(2)', 'SB401', 'unauthorized', null, 'not when its time is over');
select t.fails('select t.hello(99)', 'SB401', 'unauthorized', null, 'nor an invented one');
select from api.make_ticket(t.session('ana'), t.ticket(3), 'https://console.example');
select t.fails(format('select t.hello(3, %L)', o), 'SB403', 'forbidden', null, format('from the origin %L', o)) from unnest(array[null,
	'https://evil.example', '']) o;
select is(t.hello(3, 'https://console.example'), 'ana', 'from its own');
select from api.make_ticket(t.session('ana'), t.ticket(4), null);
update chat.operator set active = false where operator = 'ana';
select t.fails('select t.hello(4)', 'SB401', 'unauthorized', null, 'an operator who was switched off in between');
:next_story
select from api.make_ticket(t.session('ana'), t.ticket(4), null);
select api.logout(t.session('ana'));
select is((select count(*) from chat.ticket), 0::bigint, 'a ticket ends with its session');
:next_story

-- ---- joining --------------------------------------------------------------------------------------------------------
select is(t.queues('ana'), 'billing no: has no rating for billing, 3 is needed, sales yes, support yes', 'what keeps him out is said');
select t.rate('ana', 'billing', 2);
select is(t.queues('ana'), 'billing no: has billing at 2, 3 is needed, sales yes, support yes', 'and by how much');
insert into chat.queue_skill (queue, skill) values ('billing', 'german');
select is(t.queues('ana'), 'billing no: has billing at 2, 3 is needed and has no rating for german, 1 is needed, sales yes, support yes', 'all of it');
insert into chat.queue_member values ('support', 'bo');
select alike(t.queues('ana'), '%support no: is not a member of the queue', 'membership');
select alike(t.queues('bo'), '%support yes', 'which he has');
update chat.queue set active = false where queue = 'sales';
select unalike(t.queues('ana'), '%sales%', 'a queue that is switched off is not shown');
:next_story
select is((select count(*) from api.join_queues(t.session('ana'), '{sales,support,sales}')), 1::bigint, 'join two');
select is(t.queues('ana'), 'billing no: has no rating for billing, 3 is needed, sales yes joined, support yes joined', 'joined');
select t.fails(format('select * from api.join_queues(t.session(''ana''), %L)', q), 'SB422', 'invalid',
	'joined', format('the queues %s', q)) from unnest(array['{sales,billing}', '{nowhere}', '{NULL}', '{""}']) q;
select is(t.queues('ana'), 'billing no: has no rating for billing, 3 is needed, sales yes joined, support yes joined', 'a refused wish changes nothing');
select is((select count(*) from api.join_queues(t.session('ana'), '{support}')), 1::bigint, 'join exactly these');
select is(t.queues('ana'), 'billing no: has no rating for billing, 3 is needed, sales yes, support yes joined', 'the others are left');
select is((select count(*) from api.join_queues(t.session('ana'), '{}')), 1::bigint, 'none');
select is((select count(*) from chat.operator_queue), 0::bigint, 'is none');
:next_story

-- ---- presence -------------------------------------------------------------------------------------------------------
select t.fails(format('select * from api.set_presence(t.session(''ana''), %L, null)', p), 'SB422', 'invalid',
	'state', format('the state %L', p)) from unnest(array['gone', '', 'AVAILABLE', null]) p;
select is(body::jsonb #>> '{operator,presence,state}', p, p) from unnest(array['available', 'busy', 'break',
	'offline']) p, api.set_presence(t.session('ana'), p, 'why');
:next_story

-- ---- offers and chats over the verbs --------------------------------------------------------------------------------
select from api.join_queues(t.session('ana'), '{sales}');
select from api.set_presence(t.session('ana'), 'available', null);
select t.open(1, 'plain'), t.open(2, 'plain');
select is((select offers from api.router_pass()), 2, 'two offers');
select is(jsonb_array_length(body::jsonb -> 'offers'), 2, 'which he sees') from api.my_chats(t.session('ana'));
select t.fails(format('select * from api.accept_offer(t.session(''bo''), %L)', (t.offer(1)).offer), 'SB404', 'not_found', 'offer',
	'another''s offer does not exist for him');
select t.fails(format('select * from api.decline_offer(t.session(''bo''), %L, null)', (t.offer(1)).offer), 'SB404', 'not_found', 'offer',
	'nor to decline');
create temp table offer1 as select (t.offer(1)).offer;
select is(body::jsonb #>> '{chat,state}', 'active', 'accepted') from api.accept_offer(t.session('ana'), (t.offer(1)).offer);
select t.fails('select * from api.accept_offer(t.session(''ana''), (select offer from offer1))', 'SB409', 'already_taken', 'offer', 'twice');
update chat.offer set expires_at = clock_timestamp() where state = 'open';
select t.fails(format('select * from api.accept_offer(t.session(''ana''), %L)', (t.offer(2)).offer), 'SB409', 'offer_expired', 'offer',
	'G9: too late, though nobody has swept it yet');
select is(t.state(2), 'offered', 'nothing has changed');
select t.fails('select * from api.operator_end(t.session(''bo''), t.chat(1))', 'SB404', 'not_found', null, 'another''s chat does not end');
select is(body::jsonb #>> '{chat,state}', 'ended', 'his own does') from api.operator_end(t.session('ana'), t.chat(1));
select t.fails('select * from api.operator_end(t.session(''ana''), t.chat(1))', 'SB410', 'gone', null, 'once');
select is(body::jsonb #>> '{chat,state}', 'ended', 'the result of a chat may be filed afterwards') from api.wrap_up(t.session('ana'),
	t.chat(1), 'solved', 'fine');
select is((select (disposition, wrap_up_note)::text from chat.chat where chat = t.chat(1)), '(solved,fine)', 'it is kept');
select t.fails('select * from api.wrap_up(t.session(''bo''), t.chat(1), ''x'', null)', 'SB404', 'not_found', null, 'by who had the chat');
:next_story
\ir verdict.psql
