-- SPDX-License-Identifier: ISC
-- What programs count and what the database knows; which customers would not be let in any more.
\ir fixture.psql
select no_plan();
truncate chat.program_metrics;
create function t.metrics(p_program text, p_instance text) returns jsonb language sql as $$
	select m.metrics::jsonb from api.metrics() m where m.program is not distinct from p_program and m.instance is not distinct from p_instance
$$;
create function t.own(p_name text) returns jsonb language sql as $$ select t.metrics(null, null) -> ('switchboard_' || p_name) $$;

-- ---- a row a program ------------------------------------------------------------------------------------------------
select api.note_metrics('relay', 'here', '{"switchboard_x_total": 1}'), api.note_metrics('relay', 'there', '{}'), api.note_metrics('relay', 'here', '{"switchboard_x_total": 2}');
select results_eq($$select program, instance, (metrics::jsonb -> 'switchboard_x_total')::int, (metrics::jsonb -> 'switchboard_program_up')::int from api.metrics() where program is not null$$,
	$$values ('relay', 'here', 2, 1), ('relay', 'there', null, 1)$$, 'each says what it said last, and that it is up');
select cmp_ok((t.metrics('relay', 'here') -> 'switchboard_program_age_seconds')::numeric, '<', 15.0, 'and for how long it has said nothing');
update chat.program_metrics set at = clock_timestamp() - interval '16 seconds' where instance = 'here';
select is(t.metrics('relay', 'here') - 'switchboard_program_age_seconds', '{"switchboard_program_up": 0}', 'what is older than 15 seconds is left out');
select cmp_ok((t.metrics('relay', 'here') -> 'switchboard_program_age_seconds')::numeric, '>=', 16.0, 'its age is told');
update chat.program_metrics set at = clock_timestamp() - interval '601 seconds' where instance = 'here';
select api.note_metrics('router', 'r', '{}');
select set_eq('select instance from chat.program_metrics', '{there,r}'::text[], 'who has said nothing for ten minutes is forgotten');
update chat.program_metrics set at = clock_timestamp() + interval '1 hour' where instance = 'there';
select is((t.metrics('relay', 'there') -> 'switchboard_program_age_seconds')::numeric, 0.0, 'a clock that was set back makes no age below nothing');
select api.note_metrics('router', 'r', '{}');
select set_eq('select instance from chat.program_metrics', '{r}'::text[], 'nor a row that stays for ever');
select t.fails($$select api.note_metrics('api', 'x', jsonb_build_object('a', repeat('x', 65536)))$$, 'SB413', 'too_large', null, 'a row has its size');
select t.refused($$insert into chat.program_metrics values ('Relay', 'x', now(), '{}')$$, 'program_is_a_word');
select t.refused($$insert into chat.program_metrics values ('relay', '', now(), '{}')$$, 'instance_up_to_300');
select t.refused($$insert into chat.program_metrics values ('relay', 'x', now(), '[]')$$, 'metrics_is_an_object');

-- ---- what the database knows ----------------------------------------------------------------------------------------
select is(t.own('queue_waiting'), '{"sales": 0, "billing": 0, "support": 0}', 'nobody waits');
select is(t.own('queue_longest_wait_seconds'), '{"sales": 0, "billing": 0, "support": 0}', 'not a second');
select t.arrive(1, 'sales', clock_timestamp() - interval '90 seconds'), t.arrive(2, 'sales', clock_timestamp()), t.arrive(3, 'billing', clock_timestamp() + interval '1 hour');
select is(t.own('queue_waiting'), '{"sales": 2, "billing": 1, "support": 0}', 'who waits');
select cmp_ok((t.own('queue_longest_wait_seconds') -> 'sales')::numeric, '>=', 90.0, 'and how long the first');
select is((t.own('queue_longest_wait_seconds') -> 'billing')::numeric, 0.0, 'never less than nothing');
select is(t.own('chats'), '{"bot": 0, "queued": 3, "active": 0, "offered": 0, "wrap_up": 0}', 'chats by state');
select t.operator('ana'), t.operator('ben');
update chat.operator_state set presence = 'available' where operator = 'ana';
select is(t.own('operators'), '{"busy": 0, "break": 0, "offline": 1, "available": 1}', 'operators by presence');
select is(jsonb_typeof(t.own('notify_queue_ratio')), 'number', 'how full the notification queue is');
update chat.queue set active = false where queue = 'support';
select is(t.own('queue_waiting') ? 'support', false, 'a queue that is switched off is none');

-- ---- customers who would not be let in any more ---------------------------------------------------------------------
create function t.lapsed(p_chats int[], p_tokens int[]) returns text language sql as $$
	select string_agg(l.ord || ' ' || l.reason, ', ' order by l.ord)
	from api.lapsed_customers(array(select t.chat(c) from unnest(p_chats) with ordinality u (c, n) order by n), array(select t.token(k) from unnest(p_tokens) with ordinality u (k, n) order by n)) l
$$;
select is(t.lapsed('{1,2,3}', '{1,2,3}'), null, 'all of them are welcome');
select is(t.lapsed('{}', '{}'), null, 'so is nobody');
select is(t.lapsed('{1,2,77,3,1}', '{1,3,2,3,1}'), '2 unauthorized, 3 unauthorized', 'another''s token, no such chat');
update chat.chat_access set token_hash = t.token(9) where chat = t.chat(2);
select is(t.lapsed('{1,2,2}', '{1,2,9}'), '2 unauthorized', 'a token that was replaced');
select t.end_chat(1, 'customer', clock_timestamp());
select is(t.lapsed('{1,2}', '{1,9}'), '1 gone', 'a chat that is over');
delete from chat.chat where chat = t.chat(1);
select is(t.lapsed('{1,2}', '{1,9}'), '1 unauthorized', 'a chat that is erased');
\ir verdict.psql
