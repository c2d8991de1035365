-- SPDX-License-Identifier: ISC
-- When a queue is open: local times, daylight saving both ways, across midnight, holidays and exceptional hours, and when it opens next.
\ir fixture.psql
select no_plan();
\ir opening.psql
savepoint story;

select is(t.sign('sales', t.at(0)), 'open', 'a queue without hours is always open');
update chat.queue set active = false;
select is(t.sign('sales', t.at(0)), 'closed for good', 'one that is switched off is not');
:next_story

-- ---- an office in Berlin, Monday to Friday 9 to 17 ------------------------------------------------------------------
select t.zone('sales', 'Europe/Berlin'), t.hours('sales', '{1,2,3,4,5}', '09:00', '17:00');
savepoint office;
select t.signs('sales',
	'2026-06-01 06:59:59+00 = opens 2026-06-01 07:00', '2026-06-01 07:00:00+00 = open', '2026-06-01 14:59:59.999+00 = open',
	'2026-06-01 15:00:00+00 = opens 2026-06-02 07:00',
	'2026-06-05 15:00:00+00 = opens 2026-06-08 07:00', '2026-06-07 12:00:00+00 = opens 2026-06-08 07:00',
	'2026-01-05 07:59:59+00 = opens 2026-01-05 08:00', '2026-01-05 08:00:00+00 = open');
-- the weekend on which the clocks change: the clock on the wall stays, the instant moves
select t.signs('sales', '2026-03-27 16:00:00+00 = opens 2026-03-30 07:00', '2026-03-27 15:59:00+00 = open', '2026-03-30 07:00:00+00 = open',
	'2026-03-30 15:00:00+00 = opens 2026-03-31 07:00',
	'2026-10-23 15:00:00+00 = opens 2026-10-26 08:00', '2026-10-26 07:59:59+00 = opens 2026-10-26 08:00', '2026-10-26 15:59:00+00 = open');
-- a lunch break
select t.hours('sales', '{6}', '09:00', '12:00'), t.hours('sales', '{6}', '13:00', '16:00');
select t.signs('sales', '2026-06-06 09:59:00+00 = open', '2026-06-06 10:30:00+00 = opens 2026-06-06 11:00', '2026-06-06 11:00:00+00 = open');
rollback to office;

-- ---- exceptions: they replace the hours that begin on a day ---------------------------------------------------------
insert into chat.opening_exception values ('sales', '2026-12-24', '09:00', '12:00', 'Christmas Eve'), ('sales', '2026-12-25', null, null,
	'Christmas'), ('sales', '2026-12-27', '10:00', '11:00', 'a Sunday');
select t.signs('sales', '2026-12-24 10:59:00+00 = open', '2026-12-24 11:00:00+00 = opens 2026-12-27 09:00',
	'2026-12-25 12:00:00+00 = opens 2026-12-27 09:00', '2026-12-27 09:30:00+00 = open',
	'2026-12-27 10:00:00+00 = opens 2026-12-28 08:00');
select is(t.sign('billing', '2026-12-25 12:00+00'), 'open', 'another queue has its own');
rollback to office;
insert into chat.opening_exception select 'sales', d::date from generate_series(timestamp '2026-06-01', '2026-06-30', '1 day') d;
select t.signs('sales', '2026-06-01 07:00:00+00 = opens 2026-07-01 07:00');
insert into chat.opening_exception select 'sales', d::date from generate_series(timestamp '2026-07-01', '2028-06-30', '1 day') d;
select t.signs('sales', '2026-06-01 07:00:00+00 = closed for good');
:next_story
insert into chat.opening_exception values ('sales', '2026-06-01', null, null), ('sales', '2026-06-02', '10:00', '12:00'), ('sales',
	'2026-06-03', null, null);
select t.signs('sales', '2026-05-31 23:59:00+00 = open', '2026-06-01 00:00:00+00 = opens 2026-06-02 10:00', '2026-06-02 11:00:00+00 = open',
	'2026-06-02 12:00:00+00 = opens 2026-06-04 00:00',
	'2026-06-04 00:00:00+00 = open');
:next_story

-- ---- across midnight ------------------------------------------------------------------------------------------------
select t.zone('sales', 'America/New_York'), t.hours('sales', '{5,6}', '22:00', '06:00');
savepoint night;
select t.signs('sales', '2026-06-06 01:59:00+00 = opens 2026-06-06 02:00', '2026-06-06 02:00:00+00 = open', '2026-06-06 09:59:59+00 = open',
	'2026-06-06 10:00:00+00 = opens 2026-06-07 02:00',
	'2026-06-07 09:00:00+00 = open', '2026-06-07 10:00:00+00 = opens 2026-06-13 02:00');
-- the night in which the clocks change is an hour shorter or longer
select t.signs('sales', '2026-03-08 03:00:00+00 = open', '2026-03-08 09:59:00+00 = open', '2026-03-08 10:00:00+00 = opens 2026-03-14 02:00',
	'2026-11-01 10:59:00+00 = open', '2026-11-01 11:00:00+00 = opens 2026-11-07 03:00');
insert into chat.opening_exception values ('sales', '2026-06-06', null, null);
select t.signs('sales', '2026-06-06 09:00:00+00 = open',
	'2026-06-07 03:00:00+00 = opens 2026-06-13 02:00'); -- Friday's night goes on into the holiday
rollback to night;
select t.hours('sales', '{1}', '00:00', '00:00');
select t.signs('sales', '2026-06-01 04:00:00+00 = open', '2026-06-02 03:59:59+00 = open',
	'2026-06-02 04:00:00+00 = opens 2026-06-06 02:00'); -- the whole day
:next_story

-- ---- hours that fall into the gap of the spring night ---------------------------------------------------------------
select t.zone('sales', 'Europe/Berlin'), t.hours('sales', '{7}', '02:00', '03:00');
select t.signs('sales', '2026-03-28 12:00:00+00 = opens 2026-04-05 00:00',
	'2026-03-29 01:00:00+00 = opens 2026-04-05 00:00'); -- they do not exist on 29 March
:next_story
select t.zone('sales', 'Europe/Berlin'), t.hours('sales', '{7}', '02:30', '04:00');
select t.signs('sales', '2026-03-29 01:29:00+00 = opens 2026-03-29 01:30', '2026-03-29 01:59:00+00 = open',
	'2026-03-29 02:00:00+00 = opens 2026-04-05 00:30');
:next_story
select t.zone('sales', 'Europe/Berlin'), t.hours('sales', '{7}', '02:00', '03:00'); -- in autumn this hour comes twice: it is kept once
select t.signs('sales', '2026-10-25 00:30:00+00 = opens 2026-10-25 01:00', '2026-10-25 01:30:00+00 = open',
	'2026-10-25 02:00:00+00 = opens 2026-11-01 01:00');
:next_story

-- ---- two zones, one instant -----------------------------------------------------------------------------------------
select t.zone('sales', 'Asia/Kolkata'), t.hours('sales', '{1}', '09:00', '10:00'), t.zone('billing', 'Pacific/Auckland'), t.hours('billing',
	'{2}', '09:00', '10:00');
select t.signs('sales', '2026-06-01 03:30:00+00 = open', '2026-06-01 03:29:00+00 = opens 2026-06-01 03:30');
select t.signs('billing', '2026-06-01 21:00:00+00 = open', '2026-06-01 20:59:00+00 = opens 2026-06-01 21:00',
	'2026-06-01 22:00:00+00 = opens 2026-06-08 21:00'); -- there it is Tuesday
:next_story
\ir verdict.psql
