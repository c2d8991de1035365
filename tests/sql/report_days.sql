-- SPDX-License-Identifier: ISC
-- Reports of so many days up to now: of each queue its own days, at whatever hour somebody asks. The queues lie as far from one another as zones do.
\ir fixture.psql
select no_plan();
update chat.queue q set time_zone = z.zone from (values ('sales', 'Pacific/Kiritimati'), ('support', 'Pacific/Pago_Pago'), ('billing', 'Atlantic/Azores')) z (queue, zone) where z.queue = q.queue;
insert into chat.operator (operator, name, role) values ('sam', 'Sam', 'supervisor');
select t.log_in('sam');
create function t.days(p_days int, p_now timestamptz) returns table (queue text, day text, offered bigint) language sql as
	$$ select r.queue, r.local_start, r.offered from internal.report_service(internal.report_ago(p_days - 1, p_now), internal.report_ago(0, p_now), null, 'day') r $$;
-- what the walls of the queues say of each chat
create function t.expected(p_days int, p_now timestamptz) returns table (queue text, day text, offered bigint) language sql as $$
	select c.queue::text, (c.arrived_at at time zone q.time_zone)::date::text, count(*) from chat.chat c join chat.queue q using (queue)
	where (p_now at time zone q.time_zone)::date - (c.arrived_at at time zone q.time_zone)::date between 0 and p_days - 1 group by 1, 2
$$;

savepoint story;

-- ---- a chat in every hour of ten days, the clocks of the Azores going back in the middle (25 October, 01:00 UTC) ----------
select t.arrive((3 * h + n)::int, queue, timestamptz '2026-10-20 00:30+00' + h * interval '1 hour')
	from generate_series(0, 239) h, unnest(array['sales', 'support', 'billing']) with ordinality q (queue, n);
select results_eq($$select * from t.days(1, '2026-10-25 10:30+00') order by queue$$, $$values
	('billing', '2026-10-25', 25::bigint), ('sales', '2026-10-26', 24::bigint), ('support', '2026-10-24', 24::bigint)$$, 'half past ten UTC is three days');
select results_eq($$select * from t.days(2, '2026-10-25 09:30+00') order by queue, day$$, $$values
	('billing', '2026-10-24', 24::bigint), ('billing', '2026-10-25', 25::bigint), ('sales', '2026-10-24', 24::bigint), ('sales', '2026-10-25', 24::bigint),
	('support', '2026-10-23', 24::bigint), ('support', '2026-10-24', 24::bigint)$$, 'an hour earlier two; each queue has as many of its own');
select is_empty($$select at, n, found, expected from generate_series(timestamptz '2026-10-25 00:45+00', '2026-10-26 00:45+00', interval '1 hour') at, unnest(array[1, 4]) n
	cross join lateral (select array(select d::text from t.days(n, at) d order by 1) as found, array(select e::text from t.expected(n, at) e order by 1) as expected) f where found <> expected$$,
	'at each hour, of one day and of more, neither a chat too few nor one too many');
select is((select string_agg(concat_ws(' ', since, until), ', ') from internal.report_named(internal.report_ago(6, '2026-10-25 10:30+00'), internal.report_ago(0, '2026-10-25 10:30+00'), q)), e,
	'from the first to the last day of ' || coalesce(q, 'any queue')) from (values (null, '2026-10-18 2026-10-26'), ('sales', '2026-10-20 2026-10-26'), ('support', '2026-10-18 2026-10-24')) v (q, e);
:next_story

-- ---- by the clock on the wall, whatever it shows; what is expected goes by the instant of the answer, for it may turn midnight before that ------
select t.arrive((3 * h + n)::int, queue, now() - interval '1 minute' - h * interval '1 hour')
	from generate_series(0, 240) h, unnest(array['sales', 'support', 'billing']) with ordinality q (queue, n);
create function t.ask(p_days int default null, p_queue text default null, p_from text default null, p_to text default null) returns jsonb language sql as
	$$ select r.body::jsonb from api.report(t.session('sam'), 'service', p_from, p_to, p_queue, 'day', false, p_days) r $$;
create function t.rows(p_answer jsonb) returns table (queue text, day text, offered bigint) language sql as
	$$ select r ->> 'queue', r ->> 'local_start', (r ->> 'offered')::bigint from jsonb_array_elements(p_answer -> 'rows') r $$;
create function t.today(p_answer jsonb, p_queue text) returns date language sql as
	$$ select ((p_answer ->> 'at')::timestamptz at time zone q.time_zone)::date from chat.queue q where q.queue = p_queue $$;
create table t.answer as select coalesce(n, 7) as days, t.ask(n) as body from unnest(array[1, 2, null, 8]) n;
select results_eq(format('select r.* from t.answer a, t.rows(a.body) r where days = %s order by queue, day', n),
	format('select e.* from t.answer a, t.expected(a.days, (a.body ->> ''at'')::timestamptz) e where days = %s order by queue, day', n), 'days ' || n) from unnest(array[1, 2, 7, 8]) n;
select is((select array_agg(distinct r.queue order by r.queue) from t.answer a, t.rows(a.body) r where days = 2), '{billing,sales,support}', 'a chat of a minute ago is seen in every queue');
select is((select concat_ws(' ', body ->> 'days', body ->> 'from', body ->> 'to') from t.answer where days = 2),
	(select concat_ws(' ', 2, t.today(body, 'support') - 1, t.today(body, 'sales')) from t.answer where days = 2), 'the answer says from when to when, in any of the queues');
select is(concat_ws(' ', a ->> 'days', a ->> 'from', a ->> 'to'), concat_ws(' ', 7, t.today(a, 'support') - 6, t.today(a, 'support')), 'seven where nothing is said; of one queue its own')
	from t.ask(p_queue => 'support') a;
select is(b.body::jsonb ->> 'days', '7', 'the release before asks without the parameter') from api.report(t.session('sam'), 'service', null, null, null, null, false) b;

-- ---- from or to alone --------------------------------------------------------------------------------------------------
create table t.since as select (now() at time zone 'UTC')::date - 3 as day;
create table t.newest as select t.ask(p_from => day::text) as body from t.since;
select is((select sum(r.offered) from t.newest n, t.rows(n.body) r), (select count(*) from chat.chat c join chat.queue q using (queue), t.since s
	where (c.arrived_at at time zone q.time_zone)::date >= s.day)::numeric, 'without an end it ends with what is newest in any queue');
select is((select body ->> 'to' from t.newest), (select t.today(body, 'sales')::text from t.newest), 'and says so');
select is(concat_ws(' ', a ->> 'days', a ->> 'from', a ->> 'to'), '2026-10-19 2026-10-25', 'without a beginning the seven days up to the end') from t.ask(p_to => '2026-10-25') a;

-- ---- what is wrong -------------------------------------------------------------------------------------------------------
select t.fails(format('select t.ask(%s)', n), 'SB422', 'invalid', 'days', 'P6: days ' || n) from unnest(array[0, -1, 1831, 2147483647]) n;
select t.fails($$select t.ask(7, p_from => '2026-10-25')$$, 'SB422', 'invalid', 'days', 'P6: days beside a beginning');
select t.fails($$select t.ask(7, p_to => '2026-10-25')$$, 'SB422', 'invalid', 'days', 'P6: days beside an end');
select t.fails($$select t.ask(p_from => '6@2026-10-25T00:00:00Z')$$, 'SB422', 'invalid', 'from', 'P6: how days are said within is nobody''s to say');
select t.fails($$select api.report(t.session('sam'), 'service', null, null, null, 'hour', false, 32)$$, 'SB422', 'invalid', 'by', 'P6: more than 31 days by the hour');
select lives_ok($$select api.report(t.session('sam'), 'service', null, null, null, 'hour', false, 31)$$, '31 by the hour');
select lives_ok($$select t.ask(1830)$$, 'five years');
truncate chat.site, chat.queue cascade;
select is(concat_ws(' ', a ->> 'from', a ->> 'to'), concat_ws(' ', (a ->> 'at')::date, (a ->> 'at')::date), 'where there is no queue at all a day is that of UTC') from t.ask(1) a;
\ir verdict.psql
