-- SPDX-License-Identifier: ISC
-- Waiting, told honestly: the place in line, the expected wait and its error. The last stories let queues live through whole days in virtual time.
\ir fixture.psql
select no_plan();
create function t.place(p_n int, p_at timestamptz) returns bigint language sql as $$ select p.position from internal.places(array[t.chat(p_n)], p_at) p $$;
create function t.wait(p_n int, p_at timestamptz) returns jsonb language sql as $$ select w.wait from internal.tell_waits(array[t.chat(p_n)], p_at) w $$;
-- Chats of the past: each waited p_waited_s for an operator, from p_at on one every p_every_s, and was held p_held_s.
create function t.served(p_first int, p_count int, p_queue text, p_operator text, p_at numeric, p_every_s numeric, p_waited_s numeric, p_held_s numeric) returns void language plpgsql as $$
begin
	for n in 0 .. p_count - 1 loop
		perform t.arrive(p_first + n, p_queue, t.at(p_at + n * p_every_s - p_waited_s));
		insert into chat.offer (offer, chat, operator, queue, state, offered_at, expires_at, closed_at, rule)
		values (t.chat(p_first + n), t.chat(p_first + n), p_operator, p_queue, 'open', t.at(p_at + n * p_every_s), t.at(p_at + n * p_every_s + 20), null, 'availability');
		update chat.operator_state set load = load + 1, last_offer_at = t.at(p_at + n * p_every_s) where operator = p_operator;
		perform internal.leave_line(t.chat(p_first + n));
		perform internal.accept(o, f, t.at(p_at + n * p_every_s)) from chat.operator o, chat.offer f where o.operator = p_operator and f.offer = t.chat(p_first + n);
		perform t.end_chat(p_first + n, 'customer', t.at(p_at + n * p_every_s + p_held_s));
	end loop;
end $$;
-- What a range becomes that stands on so many events.
create function t.range(p_rate float8, p_basis float8, p_ahead float8, p_leave float8 default 0) returns text language sql as $$
	select r.low_s || '-' || r.high_s from internal.wait_range((null, null, 0, 1, p_rate, p_basis, p_leave, 0, true, false, null, null), p_ahead, 1) r
$$;
savepoint story;

-- ---- the arithmetic -------------------------------------------------------------------------------------------------
select cmp_ok(abs(internal.f_quantile(1 / (9 * shape), 1 / (9 * basis), z) / exact - 1)::numeric, '<', off, format('the quantile %s of F(%s, %s)', z, 2 * shape, 2 * basis))
from (values (1::float8, 5::float8, 1.2816::float8, 2.9245::float8, 0.02), (5, 5, 1.2816, 2.3226, 0.01), (5, 5, -1.2816, 0.43055, 0.01), (10, 10, 1.2816, 1.7938, 0.01),
	(1, 1e9, 1.2816, 2.30259, 0.02), (1, 1e9, -1.2816, 0.10536, 0.08),
	(2, 1e9, -1.2816, 0.26591, 0.02), (5, 1e9, 1.2816, 1.59872, 0.01), (5, 1e9, -1.2816, 0.48652, 0.01)) v (shape, basis, z, exact, off);
select cmp_ok(abs(internal.line_mean(n, r, l) / (select sum(1 / (r + i * l)) from generate_series(1, n) i) - 1)::numeric, '<', 0.02, format('the mean of a line of %s', n))
from (values (1, 0.1::float8, 0.0::float8), (10, 0.1, 0.0), (10, 0.1, 0.01), (1000, 0.1, 0.002), (5, 0.02, 0.004)) v (n, r, l);
select cmp_ok(abs(internal.line_variance(n, r, l) / (select sum(1 / (r + i * l) ^ 2) from generate_series(1, n) i) - 1)::numeric, '<', 0.03, format('its variance, of %s', n))
from (values (1, 0.1::float8, 0.0::float8), (10, 0.1, 0.01), (1000, 0.1, 0.002)) v (n, r, l);
select is(t.range(1 / 60.0, 1e6, a), e, format('%s ahead at one a minute', a)) from (values (0, '0-120'), (1, '30-240'), (4, '120-480'), (9, '360-900'), (99, '5400-7200')) v (a, e);
select is(t.range(1 / 60.0, 5, 4), '120-600', 'from five events it is known less well');
select is(t.range(1 / 60.0, 1e6, 9, 1 / 600.0), '240-600', 'who gives up thins the line');
select is(t.range(null, 100, 4), null, 'no rate, no range');
select ok(bool_and(r.low_s < r.high_s and r.low_s >= l.low_s and r.high_s >= l.high_s), 'a longer line never waits less, and no range is empty')
from generate_series(1, 3000) n,
	internal.wait_range((null, null, 0, 1, 0.02, 20, 0, 3, true, false, null, null), n, 1) r, internal.wait_range((null, null, 0, 1, 0.02, 20, 0, 3, true, false, null, null), n - 1, 1) l;

-- ---- the place ------------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.set('promote_s', 60);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.arrive(1, 'sales', t.at(1)), t.route(t.at(1));
select t.arrive(n, 'sales', t.at(n)) from generate_series(2, 5) n;
select t.arrive(6, 'support', t.at(6));
select is(array_agg(t.place(n, t.at(10)) order by n), '{NULL,1,2,3,4,1}', 'by age within the queue; who is offered has no place') from generate_series(1, 6) n;
update chat.chat set level = 0 where chat = t.chat(5);
select t.route(t.at(10));
select is(array_agg(t.place(n, t.at(10)) order by n), '{2,3,4,1}', 'an urgent one goes first') from generate_series(2, 5) n;
select is(array_agg(t.place(n, t.at(62.5)) order by n), '{1,3,4,2}', 'who has waited long enough is as urgent, and older') from generate_series(2, 5) n;
select is(array_agg(p.position || '/' || p.ahead order by p.position), '{1/0,1/0,2/1,3/2,4/3}', 'all at once: one place each')
from internal.places(array(select w.chat from chat.waiting w), t.at(10)) p;
:next_story
select setseed(0.3);
select t.set('promote_s', 100);
select t.arrive(n, (array['sales', 'support'])[1 + n % 2], t.at(floor(random() * 40)::int * 10)) from generate_series(1, 120) n; -- many at one instant
update chat.chat set level = floor(random() * 10) where random() < 0.6;
update chat.queue set level = 4 where queue = 'sales';
select internal.refresh(t.at(400));
select is_empty(format($$
	select w.chat, p.position, internal.place_in_line(w.chat, t.at(%1$s)), b.place
	from chat.waiting w join chat.chat c using (chat)
	cross join lateral (select 1 + count(*) as place from chat.chat o join chat.queue q on q.queue = o.queue
		where o.queue = c.queue and (greatest(0, coalesce(o.level, q.level) - floor(extract(epoch from t.at(%1$s) - o.arrived_at) / %2$s)), o.arrived_at, o.chat)
			< (greatest(0, coalesce(c.level, q.level) - floor(extract(epoch from t.at(%1$s) - c.arrived_at) / %2$s)), c.arrived_at, c.chat)) b
	left join internal.places(array(select x.chat from chat.waiting x), t.at(%1$s)) p on p.chat = w.chat
	where (p.position, internal.place_in_line(w.chat, t.at(%1$s))) is distinct from (b.place, b.place)$$, at, 100),
	format('against a brute force: one by one and all at once, at %s', at)) from unnest(array[400, 555, 1100]) at;
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.sign_in('ben', '{sales}', t.at(0)), t.rate('ben', 'german', 5);
update chat.operator set max_chats = 1;
select t.arrive(n, 'sales', t.at(n)) from generate_series(1, 2) n;
select t.route(t.at(2)), t.route(t.at(2));
select t.arrive(n, 'sales', t.at(n)) from generate_series(3, 6) n;
insert into chat.chat_skill (chat, skill) values (t.chat(3), 'technical'), (t.chat(5), 'german');
select internal.refresh(t.at(6));
select is((p.position, p.ahead, p.part)::text, e, format('chat %s: passed over are those whom nobody on duty can serve', n))
from (values (3, '(1,0,0)'), (4, '(2,0,1)'), (5, '(3,1,0.5)'), (6, '(4,2,1)')) v (n, e), internal.places(array[t.chat(n)], t.at(6)) p;
select is(t.wait(3, t.at(6)), '{"state": "unstaffed"}', 'nobody on duty speaks to engineers');
:next_story

-- ---- when there is no basis -----------------------------------------------------------------------------------------
select t.arrive(1, 'sales', t.at(0)), t.route(t.at(0));
select is(t.wait(1, t.at(1)), '{"state": "unstaffed"}', 'nobody is on duty');
select t.sign_in('ana', '{sales}', t.at(2));
update chat.operator_state set load = 3 where operator = 'ana';
select internal.refresh(t.at(2));
select is(t.wait(1, t.at(3)), null, 'somebody is, and nothing is known of how long it takes: told at once, though it was looked at a moment ago');
select internal.change_presence('ana', 'break', null, t.at(4)), internal.refresh(t.at(4));
select is(t.wait(1, t.at(5)), '{"state": "unstaffed"}', 'and nobody again');
select is((select array_agg(s.state order by s.n) from chat.wait_shown s where s.chat = t.chat(1)), '{unstaffed,unknown,unstaffed}', 'each change of what was told is kept');
update chat.operator_state set load = 0 where operator = 'ana';
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.set('stagger_s', 0);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.served(1, 4, 'sales', 'ana', 100, 60, 90, 60);
select t.arrive(10, 'sales', t.at(400)), t.route(t.at(400)), t.accept(10, t.at(400)), t.arrive(11, 'sales', t.at(401)), internal.refresh(t.at(401));
select is(t.wait(11, t.at(401)), null, 'four are too few');
select t.set('wait_basis', 4);
select is(t.wait(11, t.at(407)), '{"low_s": 0, "high_s": 120}', 'unless the setting says otherwise');
select t.set('wait_window_s', 300);
select is(t.wait(11, t.at(3000)), null, 'what is long ago is no basis');
:next_story

-- ---- closing time ---------------------------------------------------------------------------------------------------
insert into chat.opening_hours values ('sales', 1, '09:00', '12:10'), ('sales', 2, '09:00', '17:00');
select t.sign_in('ana', '{sales}', t.at(0)), t.set('stagger_s', 0);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.served(1, 8, 'sales', 'ana', -900, 60, 90, 60);
select t.arrive(10, 'sales', t.at(0)), t.route(t.at(0)), t.accept(10, t.at(0));
select t.arrive(n, 'sales', t.at(1)) from generate_series(11, 40) n;
select internal.refresh(t.at(2));
select is(t.wait(40, t.at(2)) ? 'low_s', true, 'a queue that serves who is left is expected to');
update chat.queue set after_hours = 'hold' where queue = 'sales';
select internal.refresh(t.at(8));
select is(t.wait(40, t.at(8)), '{"state": "closing", "closes_at": "2026-06-01T12:10:00.000Z", "next_opening": "2026-06-02T09:00:00.000Z"}',
	'one that holds its line: it will not be his turn before');
select is(t.wait(11, t.at(8)) ? 'low_s', true, 'it will for who is first');
select internal.refresh(t.at(601));
select is(t.wait(11, t.at(601)), '{"state": "closed", "next_opening": "2026-06-02T09:00:00.000Z"}', 'then it is closed');
update chat.queue set after_hours = 'serve' where queue = 'sales';
select internal.refresh(t.at(610));
select is(t.wait(11, t.at(610)) ? 'low_s', true, 'where offers go on after hours, so do estimates');
select internal.change_presence('ana', 'break', null, t.at(620)), internal.refresh(t.at(620));
select is(t.wait(11, t.at(620)) ->> 'state', 'closed', 'until everybody has gone');
:next_story

-- ---- how fast the line moves ----------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.set('stagger_s', 0);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.served(1, 30, 'sales', 'ana', 0, 60, 90, 60);
select t.arrive(50, 'sales', t.at(1800)), t.route(t.at(1800)), t.accept(50, t.at(1800)), t.arrive(51, 'sales', t.at(1800)), internal.refresh(t.at(1800));
select cmp_ok(abs((internal.measure_pace('sales', t.at(1800))).rate * 60 - 1)::numeric, '<', 0.05, 'a minute each: one a minute');
select t.sign_in('ben', '{sales}', t.at(1801)), internal.refresh(t.at(1801));
update chat.operator set max_chats = 1 where operator = 'ben';
select internal.refresh(t.at(1801));
select cmp_ok(abs((internal.measure_pace('sales', t.at(1801))).rate * 60 - 2)::numeric, '<', 0.1, 'a colleague comes: twice as fast, at once');
select is((internal.measure_pace('sales', t.at(1801))).leave_rate, 0::float8, 'nobody gave up');
select t.arrive(60, 'sales', t.at(1700)), t.end_chat(60, 'customer', t.at(1760));
select cmp_ok((internal.measure_pace('sales', t.at(1801))).leave_rate::numeric, '>', 0.0002, 'somebody did');
:next_story
select t.sign_in('ana', '{sales,support}', t.at(0)), t.set('stagger_s', 0);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.served(1, 12, 'sales', 'ana', 0, 60, 0, 60);
select t.arrive(50, 'sales', t.at(720)), t.route(t.at(720)), t.accept(50, t.at(720)), t.arrive(51, 'sales', t.at(720)), internal.refresh(t.at(720));
select is(internal.pace_part('sales', t.at(720)), 1::float8, 'nobody else waits for these operators');
select t.arrive(n, 'support', t.at(721)) from generate_series(60, 61) n;
select is(internal.pace_part('sales', t.at(721)), 0.5::float8, 'two others do: half');
update chat.queue set level = 2 where queue = 'support';
select internal.refresh(t.at(722));
select is(internal.pace_part('sales', t.at(722)), 1::float8, 'who is less urgent takes nothing away');
:next_story

-- ---- who comes now --------------------------------------------------------------------------------------------------
select internal.refresh(t.at(0));
select is(internal.newcomer_wait('sales', t.at(0)), null, 'nobody is there');
select t.sign_in('ana', '{sales}', t.at(1)), internal.refresh(t.at(1));
select is(internal.newcomer_wait('sales', t.at(1)), '{"low_s": 0, "high_s": 30}', 'somebody is free');
update chat.operator_state set load = 3 where operator = 'ana';
select is(internal.newcomer_wait('sales', t.at(1)), null, 'busy, and nothing is known');
update chat.operator_state set load = 0 where operator = 'ana';
update chat.operator set max_chats = 1 where operator = 'ana';
select t.set('stagger_s', 0), t.served(1, 10, 'sales', 'ana', 110, 60, 90, 60);
select t.arrive(50, 'sales', t.at(710)), t.route(t.at(710)), t.accept(50, t.at(710)), internal.refresh(t.at(710));
select is(internal.newcomer_wait('sales', t.at(710)), '{"low_s": 0, "high_s": 120}', 'busy: the next slot');
select t.arrive(n, 'sales', t.at(711)) from generate_series(51, 54) n;
select internal.newcomer_wait('sales', t.at(713)) = internal.newcomer_wait('sales', t.at(710)) as cached \gset
select ok(:'cached'::boolean, 'looked at again only after five seconds');
select cmp_ok((internal.newcomer_wait('sales', t.at(716)) ->> 'low_s')::int, '>=', 120, 'behind four');
:next_story

-- ---- what was told, and what became of it ---------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.set('stagger_s', 0);
update chat.operator set max_chats = 1 where operator = 'ana';
select t.served(1, 20, 'sales', 'ana', 0, 60, 90, 60);
select t.arrive(50, 'sales', t.at(1200)), t.route(t.at(1200)), t.accept(50, t.at(1200));
select t.arrive(n, 'sales', t.at(1200)) from generate_series(51, 53) n;
select internal.refresh(t.at(1200));
select count(*) as asked from (select t.wait(53, t.at(1201 + n)) from generate_series(0, 20) n) x \gset
select is((select count(*) from chat.wait_shown s where s.chat = t.chat(53)), 1::bigint, 'the same answer is kept once');
select t.end_chat(51, 'customer', t.at(1225)), t.end_chat(52, 'customer', t.at(1225));
select is((select position from internal.tell_waits(array[t.chat(53)], t.at(1226))), 1::bigint, 'the others leave');
select is((select array_agg(s.position order by s.n) from chat.wait_shown s where s.chat = t.chat(53)), '{3,1}', 'another place, another range: kept with the place');
update chat.wait_shown set low_s = 3600, high_s = 5400 where chat = t.chat(53) and n = 2;
select is(t.wait(53, t.at(1230)), '{"low_s": 3600, "high_s": 5400}', 'at the same place a range stays for half a minute');
select isnt(t.wait(53, t.at(1260)), '{"low_s": 3600, "high_s": 5400}', 'then it is told anew');
update chat.wait_shown set n = 50, low_s = 3600, high_s = 5400 where chat = t.chat(53) and n = 3;
select isnt(t.wait(53, t.at(1300)), null, 'after fifty changes');
select is((select max(n) from chat.wait_shown s where s.chat = t.chat(53)), 50, 'nothing more is kept');
select is_empty('select from internal.tell_waits(array[t.chat(1), t.chat(50), t.chat(999)], t.at(1300))', 'who does not wait is told nothing');
delete from chat.wait_shown;
insert into chat.wait_shown (chat, n, shown_at, queue, position, state, low_s, high_s) values -- chat 1 came at −90 and started at 0, chat 2 at 60 …
	(t.chat(1), 1, t.at(-90), 'sales', 1, 'expected', 60, 120), (t.chat(2), 1, t.at(-30), 'sales', 1, 'expected', 0, 60),
	(t.chat(3), 1, t.at(30), 'sales', 1, 'expected', 120, 240),
	(t.chat(3), 2, t.at(100), 'sales', 1, 'expected', 0, 40), (t.chat(51), 1, t.at(1201), 'sales', 1, 'expected', 0, 60), (t.chat(4), 1, t.at(100), 'sales', 1, 'unknown', null, null);
select is((e.queue::text, e.day, e.shown, e.served, e.covered, e.shorter, e.longer, e.median_error)::text, '(sales,2026-06-01,5,4,0.500,0.250,0.250,0.250)',
	'the error of the day') from chat.wait_error e;
update chat.queue set time_zone = 'Pacific/Auckland' where queue = 'sales';
select is(array_agg(e.day::text order by e.day), '{2026-06-01,2026-06-02}', 'days are the queue''s own') from chat.wait_error e;
delete from chat.wait_shown;
:next_story

-- ---- whole days -----------------------------------------------------------------------------------------------------
-- Poisson arrivals, exponential conversations and patience; every offer is accepted at once. Whoever arrives asks, and now and then everybody does.
create table t.due (n int primary key, at timestamptz not null);
create function t.draw(p_mean_s float8) returns interval language sql volatile as $$ select -ln(1 - random()) * p_mean_s * interval '1 second' $$;
create function t.live(p_chats int, p_every_s float8, p_held_s float8, p_patience_s float8) returns void language plpgsql as $$
declare
	v_now timestamptz;
	v_arrival timestamptz := t.at(0);
	v_n int := 0;
	v_due record;
	v_offer record;
begin
	while v_n < p_chats loop
		select d.n, d.at into v_due from t.due d order by d.at limit 1;
		v_now := least(v_arrival, v_due.at);
		if v_now = v_due.at then
			delete from t.due d where d.n = v_due.n;
			perform t.end_chat(v_due.n, 'customer', v_now);
		else
			v_n := v_n + 1;
			perform t.arrive(v_n, 'sales', v_now);
			if p_patience_s > 0 then
				insert into t.due values (v_n, v_now + t.draw(p_patience_s));
			end if;
			v_arrival := v_now + t.draw(p_every_s);
		end if;
		while t.route(v_now) > 0 loop
			for v_offer in select p as operator, o as offer from chat.offer o join chat.operator p using (operator) where o.state = 'open' order by o.chat loop
				perform internal.accept(v_offer.operator, v_offer.offer, v_now);
				insert into t.due values (t.number((v_offer.offer).chat), v_now + t.draw(p_held_s)) on conflict (n) do update set at = excluded.at;
			end loop;
		end loop;
		if v_now <> v_due.at or random() < 0.05 then
			perform internal.tell_waits(array(select w.chat from chat.waiting w where v_now = v_due.at or w.chat = t.chat(v_n)), v_now);
		end if;
	end loop;
end $$;
savepoint story;

-- six slots at 95 % load, then the same with customers who give up at 120 %: of the ranges shown about 80 % come true
select setseed(0.17), t.set('stagger_s', 0), t.operator('o' || n, 2), t.sign_in('o' || n, '{sales}', t.at(0)) from generate_series(1, 3) n;
select t.live(800, 52.6, 300, 0);
select diag(format('M/M/6, 800 chats: %s ranges judged, covered %s, shorter %s, longer %s, median error %s', sum(served), round(sum(covered * served) / sum(served), 3),
	round(sum(shorter * served) / sum(served), 3), round(sum(longer * served) / sum(served), 3), round(sum(median_error * served) / sum(served), 3))) from chat.wait_error;
select cmp_ok(sum(served), '>', 800::numeric, 'many ranges were shown and judged') from chat.wait_error;
select ok(sum(covered * served) / sum(served) between 0.74 and 0.87, 'M/M/6: the 80 % range covers about 80 %') from chat.wait_error;
:next_story
select setseed(0.71), t.set('stagger_s', 0), t.operator('o' || n, 2), t.sign_in('o' || n, '{sales}', t.at(0)) from generate_series(1, 3) n;
select t.live(600, 41.7, 300, 400);
select diag(format('M/M/6+M, 600 chats, %s given up: %s ranges judged, covered %s, shorter %s, longer %s, median error %s', (select count(*) from chat.chat where state = 'abandoned'),
	sum(served), round(sum(covered * served) / sum(served), 3), round(sum(shorter * served) / sum(served), 3), round(sum(longer * served) / sum(served), 3),
	round(sum(median_error * served) / sum(served), 3))) from chat.wait_error;
select ok(sum(covered * served) / sum(served) between 0.72 and 0.9, 'with customers who give up as well') from chat.wait_error;
\ir verdict.psql
