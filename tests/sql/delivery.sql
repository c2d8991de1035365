-- SPDX-License-Identifier: ISC
-- How far each side has got and read a chat; whether the customer is there.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
create function t.note(p_n int, p_party text, p_got bigint, p_read bigint) returns text language sql as $$
	select string_agg(format('%s %s/%s', n.party, n.got, n.read), ' ') from internal.note_marks(array[t.chat(p_n)], array[p_party], array[p_got], array[p_read]) n
$$;
create function t.marks(p_n int) returns text language sql as $$
	select format('%s/%s %s/%s', m -> 'customer' ->> 'got', m -> 'customer' ->> 'read', m -> 'operator' ->> 'got', m -> 'operator' ->> 'read')
	from internal.marks_json(t.chat(p_n)) m
$$;
create function t.away(p_n int, p_at timestamptz) returns timestamptz language sql as $$ select internal.customer_away_since(c, p_at) from chat.chat c where c.chat = t.chat(p_n) $$;
create function t.customer(p_n int) returns chat.chat language sql as $$ select c from chat.chat c where c.chat = t.chat(p_n) $$;
select t.sign_in('ana', '{sales}', now()), t.log_in('ana'), t.log_in('ben') from t.operator('ben');
select t.arrive(1, 'sales', now()), t.arrive(2, 'billing', now()), t.route(now()), t.accept(1, now());
select count(internal.add_event(t.chat(1), now(), 'reminder')) from generate_series(1, 7);
select is((select last_seq from chat.chat_counter where chat = t.chat(1)), 10::bigint, 'the story: a chat of ten events');

-- ---- marks ----------------------------------------------------------------------------------------------------------
select is(t.marks(1), '0/0 0/0', 'nothing told is nothing got');
select is(t.note(1, 'customer', 4, 2), 'customer 4/2', 'noted');
select is(t.note(1, 'operator', 1, 0), 'operator 1/0', 'each side for itself');
select is(t.note(1, 'customer', 3, 1), null, 'a mark never goes back');
select is(t.note(1, 'customer', 0, 3), 'customer 4/3', 'one of the two moves on without the other');
select is(t.note(1, 'customer', 0, 6), 'customer 6/6', 'what was read was got');
select is(t.note(1, 'customer', 99, 99), 'customer 10/10', 'nobody has got what is not stored');
select is(t.note(2, 'customer', 0, 0), null, 'nothing makes no row');
select is(t.note(77, 'customer', 5, 5), null, 'nor does a chat that is not there');
select is(t.marks(1), '10/10 1/0', 'both as JSON');
select lives_ok($$select api.note_marks(array[t.chat(2), t.chat(1), t.chat(2)], '{customer,operator,customer}', '{1,2,1}', '{0,2,1}')$$,
	'many at once, the same twice, in any order');
select is(t.marks(1) || ' ' || t.marks(2), '10/10 2/2 1/1 0/0', 'the highest counts');
select t.refused($$insert into chat.delivery values (t.chat(2), 'operator', 1, 2)$$, 'read_up_to_got');
select t.refused($$insert into chat.delivery values (t.chat(2), 'system', 1, 1)$$, 'known_party');

-- ---- over HTTP ------------------------------------------------------------------------------------------------------
select is((select body::jsonb #>> '{marks,operator,read}' from api.operator_marks(t.session('ana'), t.chat(1), 0, 5)), '5', 'an operator tells');
select t.fails($$select * from api.operator_marks(t.session('ben'), t.chat(1), 1, 1)$$, 'SB404', 'not_found', null, 'another''s chat is nobody''s');
select t.fails($$select * from api.operator_marks(null, t.chat(1), 1, 1)$$, 'SB401', 'unauthorized', null, 'without a session nothing');
select t.fails($$select * from api.customer_marks(t.chat(1), t.token(2), null, 1, 1)$$, 'SB404', 'not_found', null, 'a customer with another chat''s token');
select t.fails($$select * from api.customer_marks(t.chat(1), t.token(1), 'https://evil.example', 1, 1)$$, 'SB403', 'origin_denied', null, 'from a foreign page');
select is((select body::jsonb -> 'marks' from api.customer_marks(t.chat(1), t.token(1), null, 10, 10)),
	'{"customer": {"got": 10, "read": 10}, "operator": {"got": 5, "read": 5}}', 'a customer tells');
select is((select (body::jsonb -> 'marks') || jsonb_build_object('live', body::jsonb -> 'operator_live') from api.chat_events(t.chat(1), t.token(1), null, 0, 1)),
	'{"customer": {"got": 10, "read": 10}, "operator": {"got": 5, "read": 5}, "live": true}', 'a page of events tells the customer both, and of his operator');
select is((select body::jsonb #> '{marks,customer,got}' from api.operator_events(t.session('ana'), t.chat(1), 0, 1)), '10', 'and the operator');
select is((select body::jsonb #> '{chat,marks,operator,read}' from api.chat_view(t.chat(1), t.token(1), null)), '5', 'so does the chat');
select is((select body::jsonb #> '{chats,0,marks,operator,read}' from api.my_chats(t.session('ana'))), '5', 'so does the desk');

-- ---- who is there ---------------------------------------------------------------------------------------------------
update chat.chat set customer_seen_at = t.at(0), customer_polls_until = null where chat = t.chat(1);
select is(t.away(1, t.at(9)), t.at(0), 'without socket and questions: gone since he was seen last');
select internal.customer_seen(t.customer(1), t.at(10));
select is(t.away(1, t.at(29)), null, 'who asks over HTTP is there');
select is(t.away(1, t.at(31)), t.at(10), 'until he asks no more');
insert into chat.relay (name, started_at, heartbeat_at) overriding system value values ('here', t.at(0), t.at(30));
insert into chat.relay_chat select relay, t.chat(1) from chat.relay where name = 'here';
select is(t.away(1, t.at(31)), null, 'a socket on a living relay');
select is(t.away(1, t.at(31) + interval '1 hour'), t.at(10), 'a socket on a dead one is none');
select internal.customer_seen(t.customer(1), t.at(40));
select internal.await_customers(relay, array[t.chat(1)], t.at(41)) from chat.relay where name = 'here';
select is(t.away(1, t.at(42)), t.at(41), 'whose last socket closes is gone at once, even if he asked over HTTP a moment ago');
select internal.customer_seen(t.customer(1), t.at(43));
select is(t.away(1, t.at(44)), null, 'unless he goes on over HTTP');
update chat.relay set heartbeat_at = clock_timestamp() where name = 'here';
insert into chat.relay_chat select relay, t.chat(1) from chat.relay where name = 'here';
select is((select away_s from api.operator_chats(t.session('ana'))), null, 'the relay is told that a customer is there');
delete from chat.relay_chat;
update chat.chat set customer_seen_at = clock_timestamp() - interval '95.4 seconds', customer_polls_until = null where chat = t.chat(1);
select is((select array[customer_got, customer_read, operator_got, operator_read, away_s] from api.operator_chats(t.session('ana'))), array[10, 10, 5, 5, 95]::bigint[],
	'or since when not; and the marks');
update chat.operator_state set lease_until = t.at(50);
select is(internal.operator_is_live(t.chat(1), t.at(49)), true, 'an operator whose lease runs is live');
select is(internal.operator_is_live(t.chat(1), t.at(51)), false, 'then he is away');
select is(internal.operator_is_live(t.chat(2), t.at(51)), null, 'where nobody has the chat there is nobody to be away');
\ir verdict.psql
