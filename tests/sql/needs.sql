-- SPDX-License-Identifier: ISC
-- The router's table of who is able for what agrees with the function that explains it, for companies made at random: skills, minimums, members, relaxations
-- with extra queues, chats that ask for more, ratings that are valid for a time, operators and queues that are switched off.
\ir fixture.psql
select no_plan();

create function t.company(p_seed float8) returns void language plpgsql as $$
begin
	perform setseed(p_seed);
	delete from chat.operator_queue;
	delete from chat.queue_skill;
	insert into chat.operator (operator, name, max_chats, active) select 'r' || n, 'R', 1 + (random() * 5)::int, random() < 0.9 from generate_series(1, 25) n;
	insert into chat.operator_skill (operator, skill, rating, valid_from, valid_to)
	select o.operator, s.skill, 1 + (random() * 9)::int, case when random() < 0.2 then t.at((random() * 200)::int) end,
		case when random() < 0.2 then t.at(201 + (random() * 200)::int) end
	from chat.operator o, chat.skill s where random() < 0.6;
	insert into chat.operator_queue (operator, queue, joined_at) select o.operator, q.queue, t.at(0) from chat.operator o, chat.queue q where random() < 0.6;
	insert into chat.queue_skill (queue, skill, required, min_rating, weight)
	select q.queue, s.skill, random() < 0.7, 1 + (random() * 7)::int, 0.5 + (random() * 3)::int from chat.queue q, chat.skill s where random() < 0.5;
	insert into chat.queue_member (queue, operator) select 'support', o.operator from chat.operator o where random() < 0.5;
	insert into chat.relaxation (queue, after_s, skill, min_rating)
	select q.queue, a.s, k.skill, case when random() < 0.5 then 1 + (random() * 4)::int end from chat.queue q, (values (30), (60)) a (s), chat.skill k where random() < 0.5;
	insert into chat.relaxation (queue, after_s, extra_queue) select q.queue, 60, e.queue from chat.queue q, chat.queue e where q.queue <> e.queue and random() < 0.3;
	update chat.queue set active = random() < 0.9;
	perform t.arrive(n, q.queue, t.at(100)) from generate_series(1, 6) n, lateral (select queue from chat.queue where active order by random() + n limit 1) q;
	insert into chat.chat_skill (chat, skill, required, min_rating, weight)
	select c.chat, s.skill, random() < 0.6, 1 + (random() * 5)::int, 1 + (random() * 2)::int from chat.chat c, chat.skill s where random() < 0.5;
end $$;

-- Every pair there is, told by the table and by the functions.
create function t.disagree(p_now timestamptz) returns setof text language sql as $$
	select format('%s for %s %s after %s s: table %s, functions %s', o.operator, n.queue, n.asked, n.relaxed_s, (a.cap, a.score, a.fit), (x.cap, x.score, x.fit))
	from chat.operator o cross join internal.need n
	left join internal.able a on a.operator = o.operator and a.need = n.need
	left join lateral (
		select least(o.max_chats, q.max_per_operator, 20) as cap, s.score, s.fit
		from chat.queue q, internal.suit(o.operator, n.queue, n.asked, p_now) s
		where q.queue = n.queue and internal.why_not_able(o.operator, n.need, p_now) is null) x on true
	where (a.cap, a.score, a.fit) is distinct from (x.cap, x.score, x.fit)
$$;
savepoint story;

create function t.pairs() returns bigint language sql as $$ select count(*) from internal.able $$;
select t.company(0.1);
select internal.refresh(t.at(150));
select cmp_ok(t.pairs(), '>', 20::bigint, 'there is something to compare');
select cmp_ok((select count(*) from internal.need n where n.asked <> '[]'), '>', 2::bigint, 'also chats that ask for more');
select is_empty('select t.disagree(t.at(150))', 'table and functions agree');
update internal.able set score = score + 1 where need = (select min(need) from internal.able);
select isnt_empty('select t.disagree(t.at(150))', 'and would be found not to');
:next_story

create function t.agrees(p_seed float8) returns text language plpgsql as $$
declare
	v_found text;
begin
	perform t.company(p_seed);
	perform internal.refresh(t.at(150));
	select 'at once: ' || d into v_found from t.disagree(t.at(150)) d limit 1;
	if v_found is null then -- time goes on, an operator learns, one joins, a queue changes: only what is marked is worked out anew
		update chat.operator_skill set rating = 1 + (rating + 3) % 10 where operator in ('r3', 'r4');
		delete from chat.operator_queue where operator = 'r5';
		delete from chat.queue_skill where queue = 'billing' and skill = 'german';
		perform internal.refresh(t.at(260));
		select 'after changes: ' || d into v_found from t.disagree(t.at(260)) d limit 1;
	end if;
	raise exception using errcode = 'ZZ001', message = coalesce(v_found, 'agrees');
exception when sqlstate 'ZZ001' then -- leaves nothing behind for the next company
	return sqlerrm;
end $$;
select is(t.agrees(n / 100.0), 'agrees', 'company ' || n) from generate_series(1, 20) n;
:next_story
\ir verdict.psql
