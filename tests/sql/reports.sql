-- SPDX-License-Identifier: ISC
-- Reports: what each says of chats that were counted by hand (a night without an hour's name, midnight, a chat over two days), who may ask, what is refused, CSV.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
grant usage on schema t to switchboard_dba, switchboard_report;
update chat.queue set time_zone = 'Europe/Berlin', target_s = 60 where queue = 'sales';
insert into chat.operator (operator, name, role) values ('sam', 'Sam', 'supervisor');
select t.operator('ana', 9), t.log_in('ana'), t.log_in('sam');

-- A chat of sales from arrival to end: answered after p_wait seconds, over after p_talk more; nobody answered: NULL, then given up after p_talk.
create function t.story(p_n int, p_at timestamptz, p_wait int, p_talk int, p_score int default null) returns void language plpgsql as $$
begin
	perform t.sign_in('ana', '{sales}', p_at - interval '1 minute'), t.arrive(p_n, 'sales', p_at);
	if p_wait is not null then
		perform t.route(p_at + p_wait * interval '1 s');
		perform t.accept(p_n, p_at + p_wait * interval '1 s');
		perform t.end_chat(p_n, 'customer', p_at + (p_wait + p_talk) * interval '1 s');
	else
		perform internal.end_chat(t.chat(p_n), 'customer', '', 'customer_left', p_at + p_talk * interval '1 s');
	end if;
	insert into chat.chat_rating (chat, score, rated_at) select t.chat(p_n), p_score, p_at + interval '1 hour' where p_score is not null;
end $$;
-- the clocks of Berlin go back on 25 October 2026 at 01:00 UTC, from 03:00 to 02:00
select t.story(1, '2026-10-24 21:59:30+00', 60, 600, 5),   -- 23:59:30, answered at 00:00:30: of the 24th, within 60 s, over at 00:10:30 of the 25th
	t.story(2, '2026-10-24 22:10:00+00', 120, 300, 2),     -- 00:10 of the 25th, late
	t.story(3, '2026-10-25 00:30:00+00', 10, 100),         -- the first 02:30
	t.story(4, '2026-10-25 01:30:00+00', 20, 200),         -- the second 02:30
	t.story(5, '2026-10-25 22:59:00+00', null, 30),        -- 23:59, given up
	t.story(6, '2026-10-25 23:00:00+00', 30, 90000);       -- 00:00 of the 26th, over a day later
savepoint story;

-- offered, answered, within, abandoned, level, average, median, 90th percentile, longest
select results_eq($$select local_start, offered, answered, within_target, abandoned, service_level, wait_avg_s, wait_median_s, wait_p90_s, wait_max_s
	from internal.report_service('2026-10-24', '2026-10-26', 'sales', 'day')$$, $$values
	('2026-10-24', 1::bigint, 1::bigint, 1::bigint, 0::bigint, 100.0, 60.0, 60.0, 60.0, 60.0),
	('2026-10-25', 4::bigint, 3::bigint, 2::bigint, 1::bigint, 50.0, 50.0, 20.0, 100.0, 120.0),
	('2026-10-26', 1::bigint, 1::bigint, 1::bigint, 0::bigint, 100.0, 30.0, 30.0, 30.0, 30.0)$$, 'service by day, each day from midnight to midnight of the queue');
select results_eq($$select starts_at, local_start, offered from internal.report_service('2026-10-25', '2026-10-25', 'sales', 'hour')$$, $$values
	('2026-10-24T22:00:00.000Z', '2026-10-25 00:00', 1::bigint), ('2026-10-25T00:00:00.000Z', '2026-10-25 02:00', 1::bigint),
	('2026-10-25T01:00:00.000Z', '2026-10-25 02:00', 1::bigint), ('2026-10-25T22:00:00.000Z', '2026-10-25 23:00', 1::bigint)$$, 'the hour that comes twice is two');
select results_eq($$select starts_at, local_start, offered from internal.report_service('2026-10-24', '2026-10-26', 'sales', 'week')$$, $$values
	('2026-10-18T22:00:00.000Z', '2026-10-19', 5::bigint), ('2026-10-25T23:00:00.000Z', '2026-10-26', 1::bigint)$$, 'a week begins on Monday');
select results_eq($$select starts_at, time_zone, offered, answered, abandoned, service_level, wait_avg_s from internal.report_service('2026-10-24', '2026-10-26', null, null)$$,
	$$values (null::text, 'Europe/Berlin', 6::bigint, 5::bigint, 1::bigint, 66.7, 48.0)$$, 'in all');
select is((select offered from internal.report_service('2026-10-24T22:10:00Z', '2026-10-25T01:30:00Z', 'sales', null)), 2::bigint, 'instants: the first counts, the last does not');
select results_eq($$select day::text, offered, answered, within_target, abandoned, wait_avg_s from chat.report_service where queue = 'sales' order by day$$, $$values
	('2026-10-24', 1::bigint, 1::bigint, 1::bigint, 0::bigint, 60.0), ('2026-10-25', 4::bigint, 3::bigint, 2::bigint, 1::bigint, 50.0),
	('2026-10-26', 1::bigint, 1::bigint, 1::bigint, 0::bigint, 30.0)$$,
	'the view says the same');
select is((select (q.wait_s, q.outcome)::text from chat.report_chat q where chat = t.chat(5)), '(,abandoned)', 'who was not answered has no wait');

-- ana had 1 from 22:00:30 to 22:10:30, 2 from 22:12:00 to 22:17:00 …; each rating counts with who had the chat
select results_eq($$select local_start, operator, offers, accepted, chats, handled_s, handled_avg_s, busy_s, ratings, rating_avg from internal.report_operators('2026-10-24',
	'2026-10-26', null, 'day')$$, $$values
	('2026-10-25', 'ana', 4::bigint, 4::bigint, 4::bigint, 1200.0, 300.0, 1200.0, 2::bigint, 3.50), ('2026-10-26',
	'ana', 1::bigint, 1::bigint, 1::bigint, 90000.0, 90000.0, 90000.0, 0::bigint, null)$$,
	'operators: a chat counts where it began, with all of its time');
select t.arrive(7, 'sales', '2026-10-27 09:00+00'), t.arrive(8, 'sales', '2026-10-27 09:00+00'), t.sign_in('ana', '{sales}', '2026-10-27 09:00+00'), t.route('2026-10-27 09:00+00');
select t.accept(7, '2026-10-27 09:00:10+00'), t.accept(8, '2026-10-27 09:00:20+00'), t.end_chat(7, 'customer', '2026-10-27 09:01:10+00'), t.end_chat(8, 'customer', '2026-10-27 09:02:00+00');
select is((select handled_s || ' ' || busy_s from internal.report_operators('2026-10-27', '2026-10-27', null, null)), '160.0 110.0', 'two at once: 60 and 100 seconds of handling in 110');
select t.arrive(9, 'sales', '2026-10-28 09:00+00'), t.sign_in('ana', '{sales}', '2026-10-28 09:00+00'), t.route('2026-10-28 09:00+00'), t.decline(9, '2026-10-28 09:00:05+00');
select is((select (offers, accepted, declined, missed, chats)::text from internal.report_operators('2026-10-28', '2026-10-28', null, null)), '(1,0,1,0,0)', 'declined');
select t.sign_in('bo', '{sales}', '2026-10-28 09:01+00'), t.route('2026-10-28 09:01+00'), internal.close_offer((t.offer(9)).offer, 'expired', null, '2026-10-28 09:02+00');
select is((select (offers, missed)::text from internal.report_operators('2026-10-28', '2026-10-28', null, null) where operator = 'bo'), '(1,1)', 'missed');
:next_story

select results_eq($$select local_start, ratings, rating_avg, score_1, score_2, score_5 from internal.report_ratings('2026-10-24', '2026-10-26', 'sales', 'day')$$,
	$$values ('2026-10-25', 2::bigint, 3.50, 0::bigint, 1::bigint, 1::bigint)$$, 'ratings by when they were given');
insert into chat.disposition_code (disposition) values ('sold');
update chat.chat set filed_under = 'sold' where chat in (t.chat(2), t.chat(3));
select results_eq($$select local_start, disposition, chats from internal.report_dispositions('2026-10-24', '2026-10-27', 'sales', 'day')$$, $$values
	('2026-10-25', 'sold', 2::bigint), ('2026-10-25', null, 2::bigint), ('2026-10-27', null, 1::bigint)$$, 'dispositions by when the chat ended; of those with an operator');
select results_eq($$select filed, count(*) from internal.report_chats('2026-10-24', '2026-10-27', 'sales') where outcome = 'answered' group by filed order by filed$$, $$values
	('sold', 2::bigint), (null, 3::bigint)$$, 'one by one they say the same');
select is((select bool_and(ended_at <= before) from (select ended_at, lag(ended_at) over () as before from internal.report_chats('2026-10-24', '2026-10-27', null)) o), true, 'the latest first');

-- today's results: 1 to 4 end on the 25th of Berlin, 1 before 2 before 3 before 4 (at 01:33:40 UTC)
create function t.results(p_at timestamptz) returns text language sql as $$
	select string_agg(concat_ws(' ', r.queue, r.heading, coalesce(r.disposition, '-'), case when r.own_words then 'own' end, r.chats), ', ' order by r.disposition, r.own_words)
	from internal.results_today(p_at) r $$;
select is(t.results('2026-10-25 12:00+00'), 'sales sold 2, sales - 2', 'results of today: what was chosen, how often, and how many have none');
select is(t.results('2026-10-25 22:59:59+00'), 'sales sold 2, sales - 2', 'until midnight of the queue, on the day that has 25 hours');
select is(t.results('2026-10-25 23:00+00'), null, 'and not after it');
select is(t.results('2026-10-25 01:00+00'), 'sales sold 2, sales - 1', 'nor what is not over yet');
update chat.queue set time_zone = 'America/New_York' where queue = 'sales';
select is(t.results('2026-10-25 03:59+00'), 'sales sold 2, sales - 2', 'a midnight is that of each queue: in New York it is still the 24th');
select is(t.results('2026-10-25 04:00+00'), null, 'and now it is not');
-- in the Azores it is 00:00 twice that night, at 00:00 and 01:00 UTC; 4 began at 01:30 UTC and ended at 01:33:40, 3 is over since 00:31:50
update chat.queue set time_zone = 'Atlantic/Azores' where queue = 'sales';
select is(t.results('2026-10-25 00:59+00'), 'sales sold 1', 'where midnight comes twice the day begins with the first');
select is(t.results('2026-10-25 02:00+00'), 'sales sold 1, sales - 1', 'and goes on with the second');
select results_eq($$select starts_at, local_start, offered from internal.report_service('2026-10-25', '2026-10-25', 'sales', 'day')$$,
	$$values ('2026-10-25T00:00:00.000Z', '2026-10-25', 4::bigint)$$, 'so it does in a report, and has 25 hours');
select is((select sum(offered) from internal.report_service('2026-10-24', '2026-10-24', 'sales', 'day')), 2::numeric, 'and the day before has none of them');
update chat.queue set time_zone = 'Europe/Berlin' where queue = 'sales';
insert into chat.disposition_code (disposition) values ('money');
update chat.disposition_code set parent = 'money' where disposition = 'sold';
insert into chat.disposition_text (disposition, locale, label) values ('sold', 'en', 'Sold'), ('sold', 'de', 'Verkauft'), ('money', 'de', 'Geld');
update chat.chat set disposition = 'as we said' where chat = t.chat(4);
select is(internal.results_json('de-AT', 100, '2026-10-25 12:00+00'), '{"at": "2026-10-25T12:00:00.000Z", "queues": [{"name": "sales", "label": "Sales", "chats": 4, "required": false,
	"unfiled": 1, "own_words": 1, "more": 0, "results": [{"disposition": "sold", "label": "Verkauft", "heading": "Geld", "chats": 2}]}]}', 'in the language of who asks; nobody''s words');
insert into chat.disposition_code (disposition) values ('advice');
update chat.chat set filed_under = 'advice' where chat = t.chat(1);
select is((internal.results_json('en', 1, '2026-10-25 12:00+00') #> '{queues,0}') - '{name,label,required}'::text[], '{"chats": 4, "unfiled": 0, "own_words": 1, "more": 1,
	"results": [{"disposition": "sold", "label": "Sold", "heading": "Geld", "chats": 2}]}', 'the most frequent first, the others together');
select is(internal.results_json('en', 1, '2026-11-25 12:00+00') -> 'queues', '[]', 'a day on which nothing ended');
select t.fails('select from api.results(t.session(''ana''), null)', 'SB403', 'forbidden', null, 'D7: for supervisors');
select lives_ok('select body::jsonb -> ''queues'' from api.results(t.session(''sam''), ''de'')', 'who may ask');
update chat.chat set ended_at = case when chat in (t.chat(2), t.chat(4)) then now() else now() - interval '2 days' end where ended_at is not null;
set local role switchboard_dba;
select results_eq('select queue, heading, disposition, chats from chat.result_today order by disposition', $$values ('sales', 'money', 'sold', 1::bigint), ('sales', null, null, 1::bigint)$$,
	'a DBA selects the same');
reset role;
:next_story
update chat.chat set channel = 'sms' where chat = t.chat(5);
select results_eq($$select channel, offered, answered, abandoned, wait_avg_s, rating_avg from internal.report_channels('2026-10-24', '2026-10-26', 'sales', null)$$, $$values
	('sms', 1::bigint, 0::bigint, 1::bigint, null::numeric, null::numeric), ('web', 5::bigint, 5::bigint, 0::bigint, 48.0, 3.50)$$, 'channels');
update chat.chat set channel = 'web';
:next_story
-- a day is the queue's, and it may end while this runs: from yesterday to tomorrow
create function t.yesterday() returns text language sql stable as $$ select internal.report_ago(1, now()) $$;
create function t.tomorrow() returns text language sql stable as $$ select internal.report_ago(-1, now()) $$;
select t.open(11, 'guided'), t.open(12, 'guided'), t.open(13, 'guided'), t.open(14, 'guided');
select internal.end_chat(t.chat(11), 'bot', '', 'bot_ended', now()) from api.ask_person(t.chat(13), t.token(13), null, 'billing');
select is((select (bot, queue, chats, contained, "left", escalated, running, containment)::text from internal.report_bots(t.yesterday(), t.tomorrow(), 'sales', null)),
	'(guide,sales,3,1,0,0,2,100.0)',
	'bots: what ended there, what runs');
select is((select (bot, chats, escalated, containment)::text from internal.report_bots(t.yesterday(), t.tomorrow(), 'billing', null)), '(guide,1,1,0.0)', 'what went to people');
:next_story

-- ---- the answer ---------------------------------------------------------------------------------------------------------
create function t.report(p_report text, p_from text default null, p_to text default null, p_queue text default null, p_by text default null, p_csv boolean default false, p_who text default 'sam')
returns text language sql as $$ select r.body from api.report(t.session(p_who), p_report, p_from, p_to, p_queue, p_by, p_csv) r $$;
select is((t.report('service', '2026-10-25', '2026-10-25', 'sales', 'day')::jsonb - 'at' - 'columns') - 'rows',
	'{"report": "service", "from": "2026-10-25", "to": "2026-10-25", "queue": "sales", "by": "day"}'::jsonb, 'it says what it answers');
select is(t.report('service', '2026-10-25', '2026-10-25', 'sales', 'day')::jsonb -> 'rows' -> 0 ->> 'answered', '3', 'and the rows');
select is(t.report('ratings', '2026-10-25', '2026-10-25', null, 'day', true),
	E'starts_at,local_start,time_zone,queue,label,ratings,rating_avg,score_1,score_2,score_3,score_4,score_5\r\n'
	'2026-10-24T22:00:00.000Z,2026-10-25,Europe/Berlin,sales,Sales,2,3.50,0,1,0,0,1\r\n', 'CSV');
select is(t.report('bots', '2001-01-01', '2001-01-02', null, null, true), E'starts_at,local_start,time_zone,queue,label,bot,chats,contained,left,escalated,running,containment\r\n',
	'CSV without a row has its head');
select is(internal.csv_cell(v), e, 'CSV cell ' || v)
	from (values ('plain', 'plain'), ('a,b', '"a,b"'), ('say "hi"', '"say ""hi"""'), (E'two\r\nlines', E'"two\r\nlines"'), ('=1+1', '''=1+1'), ('+49', '''+49'),
	('-1', '''-1'), ('@SUM(A1)', '''@SUM(A1)'), ('  =x', '''  =x'), (E'\tx', E'''\tx'), ('=a,"b"', '"''=a,""b"""'), ('＝1', '''＝1'), ('Grüße', 'Grüße')) c (v, e);
update chat.queue set label = '=HYPERLINK("x")' where queue = 'sales';
select matches(t.report('service', '2026-10-25', '2026-10-25', null, 'day', true), '"''=HYPERLINK\(""x""\)"', 'a label is no formula');
select ok(octet_length(t.report(r)) > 0, r || ' answers') from unnest(array['service', 'operators', 'ratings', 'dispositions', 'channels', 'bots', 'chats']) r;
select ok(octet_length(t.report(r, null, null, null, b, true)) > 0, r || ' answers as CSV by ' || b)
	from unnest(array['service', 'operators', 'ratings', 'dispositions', 'channels', 'bots', 'chats']) r, unnest(array['hour', 'day', 'week']) b;

select t.fails($$select t.report('service', p_who => 'ana')$$, 'SB403', 'forbidden', null, 'an operator sees no report');
select t.fails($$select * from api.report(null, 'service', null, null, null, null, false)$$, 'SB401', 'unauthorized', null, 'D4: no session');
select t.fails($$select t.report('columns')$$, 'SB404', 'not_found', null, 'there is no such report');
select t.fails($$select t.report('service', p_queue => 'nowhere')$$, 'SB404', 'not_found', 'queue', 'nor such a queue');
select t.fails($$select t.report('service', p_by => 'month')$$, 'SB422', 'invalid', 'by', 'by what');
select t.fails(format('select t.report(''service'', %L)', v), 'SB422', 'invalid', 'from', 'P6: from ' || v)
	from unnest(array['yesterday', '2026-02-30', '2026-13-01', '2026-01-01 10:00', '2026-01-01T25:00:00Z', 'infinity', '2026-01-01T10:00:00+99:00']) v;
select t.fails($$select t.report('service', '2026-01-01', '2026-1-2')$$, 'SB422', 'invalid', 'to', 'to');
select t.fails($$select t.report('service', '2026-01-02', '2026-01-01')$$, 'SB422', 'invalid', 'to', 'it ends before it begins');
select t.fails($$select t.report('service', '2026-01-01', '2026-03-01', p_by => 'hour')$$, 'SB422', 'invalid', 'by', 'two months by the hour');
select lives_ok($$select t.report('service', '2026-01-01', '2026-01-31', p_by => 'hour')$$, 'a month by the hour');
select t.fails($$select t.report('service', '2010-01-01', '2026-01-01')$$, 'SB422', 'invalid', 'from', 'longer than five years');

-- ---- who reads the views ----------------------------------------------------------------------------------------------
set local role switchboard_report;
select is((select count(*) from chat.report_chat), 0::bigint, 'D7: a report that names no site sees no chat');
set local app.site = 'shop';
select is((select sum(offered) from chat.report_service), 6::numeric, 'with it those of the site');
select is((select count(*) || ' ' || (select count(*) from chat.report_stint) from chat.report_offer), '5 5', 'and their offers and stints');
reset role;
set local role switchboard_dba;
select is((select count(*) from chat.report_chat), 6::bigint, 'a DBA sees all');
reset role;
\ir verdict.psql
