-- SPDX-License-Identifier: ISC
-- A supervisor takes a chat, sends one back into the line, and sees the board.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
create function t.in(p_seconds numeric) returns timestamptz language sql stable as $$ select now() + p_seconds * interval '1 second' $$;
create function t.load(p_operator text) returns int language sql as $$ select s.load from chat.operator_state s where s.operator = p_operator $$;
create function t.take(p_n int, p_by text default 'sam') returns text language sql as $$ select x.body::jsonb -> 'chat' ->> 'state' from api.take_chat(t.session(p_by), t.chat(p_n)) x $$;
create function t.send_back(p_n int, p_queue text default null, p_reason text default null, p_by text default 'sam') returns text language sql as
	$$ select x.body::jsonb -> 'chat' ->> 'state' from api.requeue_chat(t.session(p_by), t.chat(p_n), p_queue, p_reason) x $$;
insert into chat.operator (operator, name, role, max_chats) values ('sam', 'Sam', 'supervisor', 2);
grant usage on schema t to switchboard_dba, switchboard_report;
select t.sign_in('ana', '{sales}', now()), t.log_in('ana'), t.log_in('sam'), internal.change_presence('sam', 'busy', null, now());
select t.arrive(1, 'sales', t.in(-30)), t.route(now()), t.accept(1, now()), t.arrive(2, 'sales', t.in(-20)), t.route(now()), t.arrive(3, 'billing', t.in(-10));
-- now: 1 is ana's, 2 is held out to her, 3 waits where nobody is
savepoint story;

select t.fails($$select t.take(1, 'ana')$$, 'SB403', 'forbidden', null, 'an operator takes nothing');
select t.fails($$select t.send_back(1, p_by => 'ana')$$, 'SB403', 'forbidden', null, 'nor sends back');
select t.fails($$select * from api.board(t.session('ana'))$$, 'SB403', 'forbidden', null, 'nor sees the board');
select t.fails(format('select * from api.%s', v), 'SB401', 'unauthorized', null, 'D4: no session: ' || split_part(v, '(', 1))
from unnest(array['take_chat(null, t.chat(1))', 'requeue_chat(null, t.chat(1), null, null)', 'board(null)', 'transfer_chat(null, t.chat(1), ''sales'', null, null)',
	'withdraw_transfer(null, t.chat(1))', 'transfer_targets(null, t.chat(1))']) v;

-- ---- take -----------------------------------------------------------------------------------------------------------
select is(t.take(1), 'active', 'a supervisor takes somebody''s chat');
select is(t.owner(1) || t.load('ana') || t.load('sam'), 'sam11', 'it is his from now on');
select is(t.kinds(1), 'queued assigned joined left assigned joined', 'everybody is told');
select is((select data ->> 'reason' from chat.message where kind = 'left'), 'supervisor', 'how');
select is((select kind || rule || state || from_operator from chat.offer where operator = 'sam'), 'supervisorsupervisoracceptedana', 'I7: an offer explains it');
select is(t.take(1), 'active', 'his own: nothing happens');
select is((select count(*) from chat.assignment where chat = t.chat(1)), 2::bigint, 'indeed');
select is(t.take(2), 'active', 'one that is held out to somebody');
select is((select state || ' ' || reason from chat.offer where chat = t.chat(2) and operator = 'ana'), 'withdrawn taken by a supervisor', 'whose offer is withdrawn');
select is(t.load('ana') || ' ' || t.load('sam'), '0 2', 'the loads are right');
select t.fails('select t.take(3)', 'SB409', 'conflict', 'operator', 'nobody exceeds his cap');
select is(t.state(3), 'queued', 'and the chat stays where it is');
select t.end_chat(1, 'customer', now());
select is(t.take(3), 'active', 'one that waits; his skills do not count');
select is((select string_agg(old ->> 'state' || ' ' || (new ->> 'state'), ', ' order by audit) from chat.audit where action = 'state' and key = t.chat(3)::text),
	'queued offered, offered active', 'by the usual way');
select t.fails('select t.take(99)', 'SB404', 'not_found', null, 'an unknown chat');
select t.fails('select t.take(1)', 'SB410', 'gone', null, 'one that is over');
:next_story
select t.open(4, 'guided');
select t.fails('select t.take(4)', 'SB409', 'bad_state', 'state', 'one that is with the bot');
select internal.change_presence('sam', 'offline', null, now());
select t.fails('select t.take(1)', 'SB409', 'conflict', 'operator', 'who is offline takes nothing: it would be queued again');
:next_story

-- ---- back into the line ---------------------------------------------------------------------------------------------
update chat.operator set max_chats = 9 where operator = 'ana';
select is(t.send_back(1, null, 'cannot help'), 'queued', 'somebody''s chat goes back into the line');
select is(t.kinds(1), 'queued assigned joined left requeued', 'everybody is told');
select is((select array_agg(t.number(chat) order by arrived_at) from chat.waiting), '{1,3}', 'at its place by age');
select is((select new ->> 'reason' from chat.audit where action = 'requeue'), 'cannot help', 'the audit knows why');
select t.sign_in('bo', '{sales}', now()), t.route(now());
select is(t.offered_to(1), 'bo', 'it goes to somebody else');
:next_story
select is(t.send_back(1, 'billing'), 'queued', 'into another queue');
select is((select array_agg(t.number(chat) order by arrived_at) from chat.waiting where queue = 'billing'), '{1,3}', 'by its age there too');
:next_story
select is(t.send_back(2, 'billing'), 'queued', 'one that is held out to somebody, into another queue');
select is((select string_agg(state, ' ' order by offered_at) from chat.offer where chat = t.chat(2)), 'withdrawn', 'the offer is withdrawn');
select is((select array_agg(t.number(chat) order by arrived_at) from chat.waiting where queue = 'billing'), '{2,3}', 'by its age');
select is(t.send_back(3, 'sales'), 'queued', 'one that waits, into another queue');
select is((select queue || ' ' || (need is null) from chat.waiting where chat = t.chat(3)), 'sales true', 'to be filed anew');
select t.route(now());
select is(t.offered_to(3), 'ana', 'where somebody is');
select is(t.kinds(3), 'queued requeued', 'the customer is told');
:next_story
select t.fails('select t.send_back(3)', 'SB409', 'bad_state', 'state', 'one that waits has to be told where else to wait');
select t.fails($$select t.send_back(3, 'nonsense')$$, 'SB404', 'not_found', 'queue', 'an unknown queue');
select chat.close_queue('sales');
select t.fails($$select t.send_back(3, 'sales')$$, 'SB409', 'closed', 'queue', 'a closed one');
select is(t.send_back(1), 'queued', 'but its own queue takes a chat back, closed or not');
:next_story

-- ---- the board ------------------------------------------------------------------------------------------------------
update chat.assignment set idle_since = now(), idle_check_at = null;
create function t.board() returns jsonb language sql as $$ select x.body::jsonb from api.board(t.session('sam')) x $$;
select is((select string_agg(concat_ws(' ', q ->> 'name', q ->> 'label', q ->> 'mode', q ->> 'state', q ->> 'waiting', q ->> 'on_duty', q ->> 'free', q ->> 'target_s'), ', ')
	from jsonb_array_elements(t.board() -> 'queues') q), 'billing Billing skill unstaffed 1 0 0 30, sales Sales availability open 0 1 2 30, support Support availability unstaffed 0 0 0 30', 'queues');
select ok((t.board() -> 'queues' -> 0 ->> 'oldest_s')::int between 10 and (select ceil(extract(epoch from clock_timestamp() - min(w.arrived_at))) from chat.waiting w
	where w.queue = 'billing'), 'how long the first has waited');
select is((select string_agg(concat_ws(' ', o ->> 'operator', o ->> 'name', o -> 'presence' ->> 'state', o ->> 'load', o ->> 'cap'), ', ') from jsonb_array_elements(t.board() -> 'operators') o),
	'ana Ana available 1 3, sam Sam busy 0 2', 'operators');
select is((select string_agg(concat_ws(' ', right(c ->> 'id', 1), c ->> 'state', c ->> 'queue_label', c ->> 'name', c ->> 'operator', c ->> 'operator_name', c ->> 'idle'), ', ')
	from jsonb_array_elements(t.board() -> 'chats') c),
	'2 offered Sales Customer 2 ana Ana, 3 queued Billing Customer 3, 1 active Sales Customer 1 ana Ana true', 'chats, those who wait first');
select is((select string_agg(concat_ws(' ', right(c ->> 'id', 1), (c ->> 'assigned_s') is not null,
		(c ->> 'last_seq')::int = (select max(m.seq) from chat.message m where m.chat = (c ->> 'id')::uuid)), ', ')
	from jsonb_array_elements(t.board() -> 'chats') c), '2 f t, 3 f t, 1 t t', 'only what somebody has lasts, and of each how far it has come');
select is(jsonb_array_length(internal.board_json(now(), 1) -> 'chats'), 1, 'bounded');
set local role switchboard_report;
select is((select waiting || ' ' || state from chat.board_queue where queue = 'billing'), '1 unstaffed', 'the same for reports, as a view');
reset role;
set local role switchboard_dba;
select is((select load || ' ' || chats || ' ' || idle || ' ' || offers from chat.board_operator where operator = 'ana'), '1 1 1 1', 'and for a DBA');
reset role;
:next_story

-- ---- what one chat asks for -----------------------------------------------------------------------------------------
set local role switchboard_dba;
select chat.ask_skill(t.chat(3), 'german', p_min_rating => 5), chat.ask_skill(t.chat(3), 'german', p_min_rating => 6), chat.prefer_operator(t.chat(3), 'ana');
reset role;
select is((select skill || required || min_rating from chat.chat_skill), 'germantrue6', 'a DBA gives one chat a skill to ask for; the last word counts');
select is((select preferred_operator::text from chat.chat where chat = t.chat(3)), 'ana', 'and somebody to be asked first');
select is((select count(*) from chat.audit where key = t.chat(3)::text and action in ('asks for', 'preferred') and actor_kind = 'dba'), 3::bigint, 'audited');
select t.fails($$select chat.ask_skill(t.chat(3), 'nonsense')$$, 'SB422', 'invalid', 'skill', 'an unknown skill');
select t.fails($$select chat.ask_skill(t.chat(99), 'german')$$, 'SB404', 'not_found', 'chat', 'an unknown chat');
select t.fails($$select chat.prefer_operator(t.chat(3), 'nobody')$$, 'SB404', 'not_found', 'operator', 'an unknown operator');
select t.fails($$select chat.prefer_operator(t.chat(99), 'ana')$$, 'SB404', 'not_found', 'chat', 'an unknown chat');
\ir verdict.psql
