-- SPDX-License-Identifier: ISC
-- Opening hours on named dates: the nights of 2027 in which clocks change, holidays in them, hours across midnight, several time zones at one instant; and what
-- becomes of who waits in a queue that holds its line until it opens.
\ir fixture.psql
select no_plan();
\ir opening.psql

-- Would a chat that has waited for an hour be offered at these instants? One operator is free all the time; 'YYYY-MM-DD HH:MM+00 = offered' or '= held'.
create function t.fate(p_queue text, p_at timestamptz) returns text language plpgsql as $$
declare
	v_fate text;
begin
	perform t.arrive(1, p_queue, p_at - interval '1 hour');
	perform t.route(p_at);
	select case t.state(1) when 'offered' then 'offered' when 'queued' then 'held' else 'lost' end into v_fate;
	raise exception using errcode = 'SB000', message = v_fate; -- as if it had not been
exception when sqlstate 'SB000' then
	return sqlerrm;
end $$;
create function t.fates(p_queue text, variadic p_cases text[]) returns setof text language sql as $$
	select is(t.fate(p_queue, split_part(c, ' = ', 1)::timestamptz), split_part(c, ' = ', 2), 'in the line: ' || c) from unnest(p_cases) c
$$;

-- The instant of the offer when the router does nothing but sleep from deadline to deadline, from p_from on.
create function t.offered_at(p_queue text, p_from timestamptz) returns text language plpgsql as $$
declare
	v_now timestamptz := p_from;
	v_deadlines int := 0;
begin
	perform t.arrive(1, p_queue, p_from);
	loop
		perform internal.run_deadlines(v_now, false);
		perform t.route(v_now);
		exit when t.state(1) = 'offered';
		v_deadlines := v_deadlines + 1;
		if v_deadlines > 50 or internal.next_deadline(v_now) is null or internal.next_deadline(v_now) <= v_now then
			v_now := null; -- it would sleep for good, or not at all
			exit;
		end if;
		v_now := internal.next_deadline(v_now);
	end loop;
	raise exception using errcode = 'SB000', message = coalesce(to_char(v_now at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'never');
exception when sqlstate 'SB000' then
	return sqlerrm;
end $$;

create function t.hold(p_queue text, p_zone text) returns void language sql as $$
	update chat.queue set after_hours = 'hold', time_zone = p_zone where queue = p_queue;
	select t.sign_in('ana', array[p_queue], timestamptz '2027-01-01 00:00+00');
$$;
savepoint story;

-- ---- Berlin: the night of 28 March 2027 has no 02:00 to 03:00, that of 31 October has it twice ---------------------------------
select t.hold('sales', 'Europe/Berlin'), t.hours('sales', '{6}', '22:00', '02:00'); -- Saturday evening into the night
savepoint saturday;
select t.signs('sales', '2027-03-27 20:59:59+00 = opens 2027-03-27 21:00', '2027-03-27 21:00:00+00 = open', '2027-03-28 00:59:59.999+00 = open',
	'2027-03-28 01:00:00+00 = opens 2027-04-03 20:00', -- 02:00 is 03:00, the week after is summer time
	'2027-10-30 19:59:59+00 = opens 2027-10-30 20:00', '2027-10-30 20:00:00+00 = open',
	'2027-10-31 00:30:00+00 = open', -- 02:30 for the first time
	'2027-10-31 00:59:59+00 = open', '2027-10-31 01:00:00+00 = opens 2027-11-06 21:00'); -- closes at the second 02:00: five hours
select t.fates('sales', '2027-03-27 20:59:59.999999+00 = held', '2027-03-27 21:00+00 = offered', '2027-03-28 00:59:59.999999+00 = offered',
	'2027-03-28 01:00+00 = held', '2027-04-03 19:59:59.999999+00 = held', '2027-04-03 20:00+00 = offered',
	'2027-10-30 19:59:59.999999+00 = held', '2027-10-30 20:00+00 = offered', '2027-10-31 00:30+00 = offered', '2027-10-31 01:00+00 = held');
select is(t.offered_at('sales', '2027-03-28 01:00+00'), '2027-04-03 20:00', 'the router sleeps until the opening, across the change of clocks');
select is(t.offered_at('sales', '2027-10-31 01:00+00'), '2027-11-06 21:00', 'and back');
rollback to saturday;

-- Friday's night ends before the clocks change, Saturday's in it, each by its own row
select t.hours('sales', '{5}', '22:00', '02:00');
select t.signs('sales', '2027-03-26 20:59:59+00 = opens 2027-03-26 21:00', '2027-03-27 00:59:59+00 = open', '2027-03-27 01:00:00+00 = opens 2027-03-27 21:00',
	'2027-03-28 01:00:00+00 = opens 2027-04-02 20:00',
	'2027-10-30 00:00:00+00 = opens 2027-10-30 20:00', '2027-10-29 23:59:59+00 = open', '2027-10-31 01:00:00+00 = opens 2027-11-05 21:00');
select t.fates('sales', '2027-03-27 00:59+00 = offered', '2027-03-27 01:00+00 = held', '2027-10-29 23:59+00 = offered', '2027-10-30 00:00+00 = held');

-- holidays: they replace the hours that begin on their day
insert into chat.opening_exception values ('sales', '2027-03-27', null, null, 'the night before is kept');
select t.signs('sales', '2027-03-27 00:59:00+00 = open', '2027-03-27 21:30:00+00 = opens 2027-04-02 20:00');
select t.fates('sales', '2027-03-27 00:59+00 = offered', '2027-03-27 21:30+00 = held');
select is(t.offered_at('sales', '2027-03-27 21:30+00'), '2027-04-02 20:00', 'the router sleeps over the holiday');
insert into chat.opening_exception values ('sales', '2027-03-28', '01:30', '03:30', 'over the gap: one hour'), ('sales', '2027-10-31', '01:30', '03:30', 'three hours');
select t.signs('sales', '2027-03-28 00:29:59+00 = opens 2027-03-28 00:30', '2027-03-28 00:30:00+00 = open', '2027-03-28 01:29:59+00 = open',
	'2027-03-28 01:30:00+00 = opens 2027-04-02 20:00',
	'2027-10-31 01:00:00+00 = open', -- Saturday's night is over, the exception has begun at 01:30
	'2027-10-31 02:29:59+00 = open', '2027-10-31 02:30:00+00 = opens 2027-11-05 21:00');
select t.fates('sales', '2027-03-28 00:29:59+00 = held', '2027-03-28 00:30+00 = offered', '2027-03-28 01:30+00 = held',
	'2027-10-31 02:29+00 = offered', '2027-10-31 02:30+00 = held');
:next_story

-- a queue that is always open, closed for a day: the day has 23 or 25 hours
select t.hold('sales', 'Europe/Berlin');
insert into chat.opening_exception values ('sales', '2027-03-28', null, null, 'short'), ('sales', '2027-10-31', null, null, 'long');
select t.signs('sales', '2027-03-27 22:59:59+00 = open', '2027-03-27 23:00:00+00 = opens 2027-03-28 22:00', '2027-03-28 21:59:59+00 = opens 2027-03-28 22:00',
	'2027-03-28 22:00:00+00 = open',
	'2027-10-30 21:59:59+00 = open', '2027-10-30 22:00:00+00 = opens 2027-10-31 23:00', '2027-10-31 22:59:59+00 = opens 2027-10-31 23:00',
	'2027-10-31 23:00:00+00 = open');
select t.fates('sales', '2027-03-27 22:59:59+00 = offered', '2027-03-27 23:00+00 = held', '2027-03-28 22:00+00 = offered',
	'2027-10-30 22:00+00 = held', '2027-10-31 22:59:59+00 = held', '2027-10-31 23:00+00 = offered');
select is(t.offered_at('sales', '2027-03-27 23:00+00'), '2027-03-28 22:00', 'the router sleeps 23 hours');
select is(t.offered_at('sales', '2027-10-30 22:00+00'), '2027-10-31 23:00', 'and 25');
:next_story

-- ---- the Azores: on 31 October 2027 midnight comes twice, at 00:00 and 01:00 UTC; a closed day ends, or begins, with the first -----------------
select t.hold('sales', 'Atlantic/Azores');
insert into chat.opening_exception values ('sales', '2027-10-30');
select t.signs('sales', '2027-10-30 23:59:59+00 = opens 2027-10-31 00:00', '2027-10-31 00:00:00+00 = open', '2027-10-31 01:00:00+00 = open');
select is(t.offered_at('sales', '2027-10-30 12:00+00'), '2027-10-31 00:00', 'who waits is offered then');
update chat.opening_exception set day = '2027-10-31' where queue = 'sales';
select is(internal.opening_changes_at('sales', '2027-10-30 23:00+00'), timestamptz '2027-10-31 00:00+00', 'a closed day begins with it');
select t.signs('sales', '2027-10-30 23:59:59+00 = open', '2027-10-31 00:00:00+00 = opens 2027-11-01 01:00');
:next_story

-- ---- New York: 14 March and 7 November 2027 ------------------------------------------------------------------------------------
select t.hold('sales', 'America/New_York'), t.hours('sales', '{6}', '22:00', '04:00'), t.hours('sales', '{1,2,3,4,5}', '09:00', '17:00');
select t.signs('sales', '2027-03-12 21:59:59+00 = open', '2027-03-12 22:00:00+00 = opens 2027-03-14 03:00', '2027-03-14 07:30:00+00 = open',
	'2027-03-14 08:00:00+00 = opens 2027-03-15 13:00', -- five hours; on Monday 9 o'clock is an hour earlier
	'2027-11-05 20:59:59+00 = open', '2027-11-05 21:00:00+00 = opens 2027-11-07 02:00', '2027-11-07 06:30:00+00 = open', '2027-11-07 08:59:59+00 = open',
	'2027-11-07 09:00:00+00 = opens 2027-11-08 14:00'); -- seven hours
select t.fates('sales', '2027-03-14 02:59:59+00 = held', '2027-03-14 03:00+00 = offered', '2027-03-14 07:59:59+00 = offered', '2027-03-14 08:00+00 = held',
	'2027-03-15 12:59:59+00 = held', '2027-03-15 13:00+00 = offered',
	'2027-11-07 08:59:59+00 = offered', '2027-11-07 09:00+00 = held', '2027-11-08 13:59:59+00 = held', '2027-11-08 14:00+00 = offered');
select is(t.offered_at('sales', '2027-03-14 08:00+00'), '2027-03-15 13:00', 'the router sleeps until Monday, summer time');
select is(t.offered_at('sales', '2027-11-07 09:00+00'), '2027-11-08 14:00', 'until Monday, winter time');
:next_story
select t.zone('sales', 'America/New_York'), t.hours('sales', '{6}', '22:00', '01:30'); -- an end that comes twice
select t.signs('sales', '2027-11-07 05:30:00+00 = open', '2027-11-07 06:29:59+00 = open', '2027-11-07 06:30:00+00 = opens 2027-11-14 03:00');
:next_story

-- ---- midnight itself is in the gap: Beirut, 28 March 2027 ----------------------------------------------------------------------
select t.hold('sales', 'Asia/Beirut'), t.hours('sales', '{6}', '22:00', '00:00'), t.hours('sales', '{7}', '00:00', '02:00');
select t.signs('sales', '2027-03-27 20:00:00+00 = open', '2027-03-27 21:59:59+00 = open', '2027-03-27 22:00:00+00 = open', -- 24:00 is 01:00
	'2027-03-27 22:59:59+00 = open', '2027-03-27 23:00:00+00 = opens 2027-04-03 19:00');
select t.fates('sales', '2027-03-27 22:00+00 = offered', '2027-03-27 23:00+00 = held');
:next_story

-- ---- several zones at one instant ----------------------------------------------------------------------------------------------
-- Europe and America change on different Sundays: from 14 to 28 March New York is five hours behind Berlin, not six.
select t.hold('sales', 'Europe/Berlin'), t.hold('billing', 'America/New_York'), t.hours('sales', '{1,2,3,4,5,6,7}', '09:00', '17:00'),
	t.hours('billing', '{1,2,3,4,5,6,7}', '09:00', '17:00');
update chat.queue set mode = 'availability' where queue = 'billing';
delete from chat.queue_skill;
select t.signs('sales', '2027-03-13 13:30:00+00 = open', '2027-03-14 13:30:00+00 = open', '2027-03-28 13:30:00+00 = open', '2027-03-28 15:00:00+00 = opens 2027-03-29 07:00',
	'2027-03-27 15:59:59+00 = open', '2027-10-30 15:00:00+00 = opens 2027-10-31 08:00', '2027-10-31 15:30:00+00 = open');
select t.signs('billing', '2027-03-13 13:30:00+00 = opens 2027-03-13 14:00', '2027-03-14 13:30:00+00 = open', '2027-03-14 12:59:59+00 = opens 2027-03-14 13:00',
	'2027-03-28 13:30:00+00 = open', '2027-11-07 13:30:00+00 = opens 2027-11-07 14:00', '2027-11-06 13:30:00+00 = open');
select t.fates('sales', '2027-03-13 13:30+00 = offered', '2027-03-14 13:30+00 = offered', '2027-03-28 15:00+00 = held', '2027-10-31 15:30+00 = offered');
select t.fates('billing', '2027-03-13 13:30+00 = held', '2027-03-14 13:30+00 = offered', '2027-11-06 13:30+00 = offered', '2027-11-07 13:30+00 = held');
-- both lines wait for the same operator; each opens for itself
select t.arrive(7, 'billing', '2027-03-13 10:00+00'), t.arrive(8, 'sales', '2027-03-13 10:30+00');
select is(t.route('2027-03-13 13:30+00'), 1, 'the chat of the open queue is offered');
select is(t.offered_to(8), 'ana', 'although the other has waited longer');
select t.accept(8, '2027-03-13 13:30:01+00'), t.end_chat(8, 'operator', '2027-03-13 13:40+00');
select is(t.route('2027-03-13 13:59:59.999999+00'), 0, 'New York still sleeps');
select is(t.route('2027-03-13 14:00+00'), 1, 'it opens');
select is(t.offered_to(7), 'ana', 'and its line goes on');
:next_story

-- quarters of an hour and the date line: the same Monday, 29 March 2027, 9 to 17 on the wall
select t.hold('sales', 'Asia/Kolkata'), t.hold('support', 'Asia/Kathmandu'), t.hold('billing', 'Pacific/Apia');
update chat.queue set mode = 'availability' where queue = 'billing';
delete from chat.queue_skill;
select t.hours(q, '{1}', '09:00', '17:00') from unnest('{sales,support,billing}'::text[]) q;
select t.signs('sales', '2027-03-29 03:29:59+00 = opens 2027-03-29 03:30', '2027-03-29 03:30:00+00 = open', '2027-03-29 11:29:59+00 = open',
	'2027-03-29 11:30:00+00 = opens 2027-04-05 03:30');
select t.signs('support', '2027-03-29 03:14:59+00 = opens 2027-03-29 03:15', '2027-03-29 03:15:00+00 = open', '2027-03-29 11:15:00+00 = opens 2027-04-05 03:15');
select t.signs('billing', '2027-03-28 19:59:59+00 = opens 2027-03-28 20:00', '2027-03-28 20:00:00+00 = open', '2027-03-29 03:59:59+00 = open',
	'2027-03-29 04:00:00+00 = opens 2027-04-04 20:00'); -- in Greenwich it is Sunday
select t.fates('sales', '2027-03-29 03:20+00 = held', '2027-03-29 03:30+00 = offered');
select t.fates('support', '2027-03-29 03:10+00 = held', '2027-03-29 03:20+00 = offered');
select t.fates('billing', '2027-03-28 19:59+00 = held', '2027-03-28 20:00+00 = offered', '2027-03-29 04:00+00 = held');
select is(t.offered_at('billing', '2027-03-29 04:00+00'), '2027-04-04 20:00', 'the router sleeps until Monday in Apia');
select is(t.offered_at('support', '2027-03-29 11:15+00'), '2027-04-05 03:15', 'and in Kathmandu');
:next_story

-- ---- who waits at closing time ----------------------------------------------------------------------------------------------------
select t.zone('sales', 'Europe/Berlin'), t.hours('sales', '{6}', '22:00', '02:00'), t.sign_in('ana', '{sales}', '2027-01-01 00:00+00');
select t.fates('sales', '2027-03-28 00:59+00 = offered', '2027-03-28 01:00+00 = offered'); -- serve: offers go on
update chat.queue set after_hours = 'hold' where queue = 'sales';
select t.arrive(1, 'sales', '2027-03-28 00:30+00'), t.arrive(2, 'sales', '2027-03-28 00:40+00'), t.arrive(3, 'sales', '2027-03-28 00:50+00');
update chat.operator set max_chats = 1;
select is(t.route('2027-03-28 00:59+00'), 1, 'one is offered before it closes');
select is(t.offered_to(1), 'ana', 'the first');
select t.accept(1, '2027-03-28 00:59:10+00'), t.end_chat(1, 'operator', '2027-03-28 01:30+00');
select is(t.route('2027-03-28 01:30+00'), 0, 'his chat ends after closing time: the others are held');
select is(t.route('2027-04-03 20:00+00'), 1, 'when it opens');
select is(t.offered_to(2), 'ana', 'they are at their places');
:next_story
\ir verdict.psql
