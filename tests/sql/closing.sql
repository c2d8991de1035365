-- SPDX-License-Identifier: ISC
-- Closing a queue, or everything, by hand: at once, with a text, until an instant or until it is opened again.
\ir fixture.psql
select no_plan();
-- sales: Mondays to Fridays, 9 to 17 UTC; t.at(0) is a Monday, noon
insert into chat.opening_hours (queue, weekday, opens, closes) select 'sales', d, '9:00', '17:00' from generate_series(1, 5) d;
create function t.closes(p_queue text, p_since numeric, p_until numeric, p_text text default null) returns void language sql as $$
	insert into chat.closure (queue, since, until, text) values (p_queue, t.at(p_since), t.at(p_until), p_text)
$$;
create function t.openness(p_at numeric) returns text language sql as $$
	select string_agg(q.queue || case when internal.queue_is_open(q.queue, t.at(p_at)) then ' open'
		else coalesce(' ' || internal.next_opening(q.queue, t.at(p_at)), ' closed') end, ', ' order by q.queue)
	from chat.queue q
$$;
set local time zone 'UTC';
grant usage on schema t to switchboard_dba;
savepoint story;

select is(t.openness(0), 'billing open, sales open, support open', 'all are open');
select t.closes('sales', 100, 3700);
select is(t.openness(99), 'billing open, sales open, support open', 'a closing announced beforehand does not count yet');
select is(t.openness(100), 'billing open, sales 2026-06-01 13:01:40+00, support open', 'from its beginning on the queue is closed, until its end');
select is(t.openness(3700), 'billing open, sales open, support open', 'then the hours hold again');
:next_story
select t.closes('sales', 0, 7 * 3600);
select is(t.openness(1), 'billing open, sales 2026-06-02 09:00:00+00, support open', 'a closing that ends outside the hours: the next hours');
select t.closes(null, 3600, 24 * 3600);
select is(t.openness(3600), 'billing 2026-06-02 12:00:00+00, sales 2026-06-02 12:00:00+00, support 2026-06-02 12:00:00+00', 'everything is closed, by both');
:next_story
select t.closes('sales', 0, null);
select is(t.openness(3600), 'billing open, sales closed, support open', 'without an end nobody can say when it opens');
:next_story
select is(internal.opening_changes_at('sales', t.at(0)), timestamptz '2026-06-01 17:00+00', 'the next change: its hours end');
select is(internal.opening_changes_at('support', t.at(0)), null, 'always open: no change ahead');
select t.closes('sales', 60, 90);
select is(internal.opening_changes_at('sales', t.at(0)), t.at(60), 'or somebody closes it');
select is(internal.opening_changes_at('sales', t.at(60)), t.at(90), 'and its end');
insert into chat.opening_exception (queue, day, reason) values ('support', '2026-06-03', 'holiday');
select is(internal.opening_changes_at('support', t.at(0)), timestamptz '2026-06-03 00:00+00', 'a holiday begins');
select is(internal.opening_changes_at('support', '2026-06-03 12:00+00'), timestamptz '2026-06-04 00:00+00', 'and ends');
:next_story

-- ---- what a DBA types -----------------------------------------------------------------------------------------------
delete from internal.stale;
set local role switchboard_dba;
select chat.close_queue('support', 'Back tomorrow.');
select chat.close_queue('support', 'Back on Tuesday.', now() + interval '1 day');
select is((select string_agg(queue || ' ' || text, ', ') from chat.closure), 'support Back on Tuesday.', 'closed again, the last word counts');
select ok(chat.open_queue('support'), 'opened');
select ok(not chat.open_queue('support'), 'was open already');
select chat.close_everything('We are moving.');
select ok(not chat.open_queue('support'), 'what was closed with everything opens with everything');
select ok(chat.open_everything(), 'opened');
select t.fails($$select chat.close_queue('nonsense')$$, 'SB404', 'not_found', null, 'an unknown queue');
select t.fails($$select chat.close_queue('sales', null, now() - interval '1 hour')$$, 'SB422', 'invalid', 'until', 'an end in the past');
select t.refused($$select chat.close_queue('sales', ' ')$$, 'text_of_1_to_300', 'an empty text');
select t.refused($$insert into chat.closure (queue, since, until) values ('sales', now(), now() - interval '1 s')$$, 'since_before_until', 'an end before the beginning');
insert into chat.closure (queue) values ('sales');
delete from chat.closure;
reset role;
select is((select string_agg(distinct what || ' ' || key, ', ' order by what || ' ' || key) from internal.stale), 'everything , queue sales, queue support', 'the router is told what to look at');
select is((select string_agg(action || ' ' || key, ', ' order by audit) from chat.audit where object = 'closure'),
	'insert support, update support, delete support, insert everything, delete everything, insert sales, delete sales', 'G16: the audit says who closed what');
:next_story

-- ---- who waits while it is closed -----------------------------------------------------------------------------------
delete from chat.opening_hours;
update chat.queue set after_hours = 'hold' where queue = 'support';
select t.arrive(1, 'sales', t.at(0)), t.arrive(2, 'support', t.at(0)), t.sign_in('ana', '{sales,support}', t.at(1)), t.set('stagger_s', 0);
select t.closes(q, 0, 600) from unnest(array['sales', 'support']) q;
select is(t.route(t.at(5)), 1, 'who waits in a queue that is closed');
select is(t.offered_to(1), 'ana', 'is served');
select is(t.offered_to(2), null, 'or held, as the queue says');
select t.accept(1, t.at(20));
select is(internal.next_deadline(t.at(30)), t.at(600), 'the router wakes when the closing ends');
select is(t.route(t.at(599)), 0, 'not before');
select is(t.route(t.at(600)), 1, 'then who was held is served');
:next_story
delete from chat.opening_hours;
update chat.queue set after_hours = 'hold' where queue = 'support';
select t.arrive(2, 'support', t.at(0)), t.sign_in('ana', '{support}', t.at(1)), t.closes(null, 0, null);
select is(t.route(t.at(5)), 0, 'everything is closed: it is held');
select chat.open_everything();
select is(t.route(t.at(6)), 1, 'opened by hand: it is served at once');
:next_story

-- ---- what customers are told ----------------------------------------------------------------------------------------
delete from chat.opening_hours;
select chat.close_queue('billing', 'Our billing system is down.', '2099-06-01 15:00+00');
select is((select body::jsonb -> 'queues' from api.widget_status('plain', null)), jsonb_build_array(
	jsonb_build_object('name', 'billing', 'state', 'closed', 'next_opening', '2099-06-01T15:00:00.000Z', 'text', 'Our billing system is down.', 'wait', null),
	jsonb_build_object('name', 'sales', 'state', 'unstaffed', 'wait', null)), 'the widget learns that it is closed, and why');
select t.fails($$select t.open(1, 'plain', 'billing')$$, 'SB409', 'closed', 'queue', 'a chat request is refused');
create function t.detail(p_sql text) returns jsonb language plpgsql as $$
declare
	v_detail text;
begin
	execute p_sql;
	return null;
exception when others then
	get stacked diagnostics v_detail = pg_exception_detail;
	return v_detail;
end $$;
select is(t.detail($$select t.open(1, 'plain', 'billing')$$), '{"next_opening": "2099-06-01T15:00:00.000Z", "text": "Our billing system is down."}', 'with the text');
select t.open(2, 'guided'), t.post(2, t.token(2), 1, null, 'billing');
select is((select body from chat.message where kind = 'bot_message' order by seq desc limit 1), 'Our billing system is down.', 'the bot says it too');
select is(t.state(2), 'bot', 'and stays');
select chat.close_queue('billing');
select t.post(2, t.token(2), 2, null, 'billing');
select is((select body from chat.message where kind = 'bot_message' order by seq desc limit 1), internal.text('queue_closed', 'en'), 'without a text: the usual words');
\ir verdict.psql
