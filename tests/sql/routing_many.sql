-- SPDX-License-Identifier: ISC
-- Many decisions written together are what they are one after the other: the same offers in the same order, with the same figures and candidates on record, and the same is left
-- behind. Companies are drawn by number, so that one that goes wrong can be looked at again: select t.draw(N), then what t.outcome says of 1 and of 50 at a time.
\ir fixture.psql
select no_plan();

-- One of 0 to p_sides - 1: the same for the same words.
create function t.dice(p_sides int, variadic p_words text[]) returns int language sql immutable as
	$$ select abs(('x' || left(md5(array_to_string(p_words, ' ')), 8))::bit(32)::bigint % p_sides)::int $$;

-- A company: queues of one mode or of all, operators with ratings and a chat or two, a line in which some are urgent, some have been declined and some ask for somebody.
create function t.draw(p_seed int) returns void language plpgsql as $$
declare
	v_modes text[] := (array['{availability}', '{skill}', '{availability,skill}', '{balanced}', '{balanced,availability}', '{balanced,skill,availability}'])[1 + p_seed % 6]::text[];
	v_operators int := 2 + t.dice(12, p_seed::text, 'operators');
	v_name text;
begin
	perform t.set('stagger_s', case when t.dice(3, p_seed::text, 'stagger') = 0 then 0 else 5 end), t.set('promote_s', 60), t.set('decision_candidates', 1 + t.dice(12, p_seed::text, 'recorded'));
	delete from chat.queue_skill;
	update chat.queue q set mode = v_modes[1 + t.dice(cardinality(v_modes), p_seed::text, q.queue)], level = t.dice(3, p_seed::text, q.queue, 'level'),
		auto_accept = t.dice(6, p_seed::text, q.queue, 'auto') = 0, max_per_operator = 1 + t.dice(3, p_seed::text, q.queue, 'cap'), target_s = 20 + 20 * t.dice(3, p_seed::text, q.queue, 'target');
	insert into chat.queue_skill (queue, skill, required, min_rating, weight)
	select q.queue, k.skill, t.dice(2, p_seed::text, q.queue, k.skill) = 0, 1, 1 + t.dice(3, p_seed::text, q.queue, k.skill, 'weight')
	from chat.queue q, chat.skill k where t.dice(2, p_seed::text, q.queue, k.skill, 'asked') = 0;
	for i in 1 .. v_operators loop
		v_name := format('o%s', lpad(i::text, 2, '0'));
		perform t.operator(v_name, 1 + case when t.dice(2, p_seed::text, 'slots') = 0 then 0 else t.dice(3, p_seed::text, v_name, 'slots') end);
		perform t.rate(v_name, k.skill, 1 + t.dice(10, p_seed::text, v_name, k.skill)) from chat.skill k where t.dice(4, p_seed::text, v_name, k.skill, 'has') > 0;
		perform t.sign_in(v_name, array(select q.queue from chat.queue q where t.dice(4, p_seed::text, v_name, q.queue) > 0), t.at(t.dice(5, p_seed::text, v_name, 'since')));
		update chat.operator_state s set last_accept_at = case when t.dice(3, p_seed::text, v_name, 'idle') > 0 then t.at(-t.dice(4, p_seed::text, v_name, 'accepted')) end,
			last_offer_at = case when t.dice(8, p_seed::text, v_name, 'offered') = 0 then t.at(999) end where s.operator = v_name;
	end loop;
	for i in 1 .. t.dice(40, p_seed::text, 'line') loop
		perform t.arrive(i, (array['sales', 'support', 'billing'])[1 + t.dice(3, p_seed::text, i::text, 'queue')], t.at(900 + t.dice(90, p_seed::text, i::text, 'arrived')));
		update chat.chat c set level = case when t.dice(10, p_seed::text, i::text, 'urgent') = 0 then 0 end,
			preferred_operator = case when t.dice(15, p_seed::text, i::text, 'prefers') = 0 then 'o01' end,
			preferred_since = case when t.dice(15, p_seed::text, i::text, 'prefers') = 0 then t.at(990) end where c.chat = t.chat(i);
	end loop;
	insert into chat.chat_decline (chat, operator, declined_at)
	select c.chat, 'o02', t.at(995) from chat.chat c where t.dice(15, p_seed::text, c.chat::text, 'declined') = 0;
	update chat.waiting w set declined = '{o02}', need = null where w.chat in (select d.chat from chat.chat_decline d);
end $$;

-- Routes until nobody is left, p_limit decisions at a time at most; gives back what came of it, and undoes it.
create function t.outcome(p_limit int) returns jsonb language plpgsql as $$
declare
	v_outcome jsonb;
begin
	loop
		exit when internal.route(t.at(1000), p_limit) = 0;
	end loop;
	select jsonb_build_object(
		'offers', (select jsonb_agg(to_jsonb(f) - 'offer' order by f.chat) from chat.offer f),
		'order', (select coalesce(jsonb_agg(a.key order by a.audit), '[]') from chat.audit a where a.new ->> 'state' = 'offered'),
		'chats', (select jsonb_agg(jsonb_build_array(c.chat, c.state) order by c.chat) from chat.chat c),
		'waiting', (select jsonb_agg(w.chat order by w.chat) from chat.waiting w),
		'assignments', (select jsonb_agg(jsonb_build_array(a.chat, a.operator, a.started_at) order by a.chat) from chat.assignment a),
		'operators', (select jsonb_agg(to_jsonb(s) order by s.operator) from chat.operator_state s),
		'together', (select coalesce(sum(n), 0) from (select count(*) n from chat.offer f group by f.xmin, f.cmin) x where n > 1)) into v_outcome;
	raise exception using errcode = 'TEST1', message = v_outcome::text;
exception when sqlstate 'TEST1' then
	return sqlerrm::jsonb;
end $$;

-- The first places in which two documents differ.
create function t.differences(p_one jsonb, p_many jsonb, p_path text default '') returns setof text language plpgsql as $$
begin
	if p_one is not distinct from p_many then
		return;
	elsif jsonb_typeof(p_one) = 'object' and jsonb_typeof(p_many) = 'object' then
		return query select d.* from (select * from jsonb_object_keys(p_one) union select * from jsonb_object_keys(p_many)) k (key),
			t.differences(p_one -> k.key, p_many -> k.key, p_path || '.' || k.key) d;
	elsif jsonb_typeof(p_one) = 'array' and jsonb_typeof(p_many) = 'array' then
		return query select d.* from generate_series(0, greatest(jsonb_array_length(p_one), jsonb_array_length(p_many)) - 1) n, t.differences(p_one -> n, p_many -> n, p_path || '.' || n) d;
	else
		return next format('%s: %s, together %s', p_path, p_one, p_many);
	end if;
end $$;

-- One company both ways, undone: what differs, and how many offers were made and how many of them together.
create function t.both(p_seed int) returns jsonb language plpgsql as $$
declare
	v_one jsonb;
	v_many jsonb;
begin
	perform t.draw(p_seed);
	v_one := t.outcome(1);
	v_many := t.outcome(50);
	raise exception using errcode = 'TEST2', message = jsonb_build_object('modes', p_seed % 6, 'offers', jsonb_array_length(v_one -> 'order'),
		'alone', v_one -> 'together', 'together', v_many -> 'together',
		'differs', (select string_agg(format('company %s: %s', p_seed, d), E'\n') from (select * from t.differences(v_one - 'together', v_many - 'together') d limit 4) x))::text;
exception when sqlstate 'TEST2' then
	return sqlerrm::jsonb;
end $$;

create table t.result as select t.both(n) as r from generate_series(1, 240) n;
select is((select string_agg(r ->> 'differs', E'\n') from (select * from t.result where r ->> 'differs' is not null limit 10) x), null, 'the same comes of decisions one by one and together');
select is((select sum((r ->> 'alone')::int) from t.result), 0::bigint, 'one by one none is written with another');
select cmp_ok((select sum((r ->> 'offers')::int) from t.result), '>', 1000::bigint, 'many decisions were made');
select cmp_ok((select min(x.share) from (select avg((r ->> 'together')::numeric / nullif((r ->> 'offers')::int, 0)) as share from t.result group by r ->> 'modes') x), '>', 0.2,
	'and in each mixture of modes a good part of them together');
select diag(format('%s decisions, %s of them with others', sum((r ->> 'offers')::int), sum((r ->> 'together')::int))) from t.result;

-- ---- more than one notification can name: they are told of in several -----------------------------------------------
savepoint crowd;
insert into chat.relay (name, started_at, heartbeat_at) values ('ear', t.at(0), t.at(1000));
select t.sign_in(rpad('o' || lpad(n::text, 3, '0'), 63, 'x'), '{sales}', t.at(0)) from generate_series(1, 150) n;
select t.arrive(n, 'sales', t.at(n)) from generate_series(1, 150) n;
select is(internal.route(t.at(1000), 1000), 150, 'a hundred and fifty operators with the longest names get their offers in one go');
rollback to crowd;

-- ---- one of many cannot be had: those before it are made, those behind it are decided anew --------------------------
savepoint story;
select t.sign_in(o, '{sales}', t.at(0)) from unnest('{ana,bo,cy}'::text[]) o;
select t.arrive(n, 'sales', t.at(n)) from generate_series(1, 3) n;
select is(internal.route(t.at(100), 0), 0, 'nothing asked for, nothing made');
create function t.pairs() returns internal.pair[] language sql as
	$$ select internal.next_pairs(r, '{ana,bo,cy}', null, '{}', 50, t.at(100)) from internal.routing_rule r $$;
select internal.refresh(t.at(100));
select is((select array_agg(format('%s %s', t.number(p.chat), p.operator)) from unnest(t.pairs()) p), '{1 ana,2 bo,3 cy}', 'three pairs');
savepoint planned;
create temporary table planned on commit drop as select t.pairs() as pairs;
update chat.operator_state set presence = 'break' where operator = 'bo';
delete from internal.stale;
select is((select internal.make_offers(p.pairs, t.at(100)) from planned p), 1, 'the second went on a break: the first is made, and nothing behind it');
select is(array[t.offered_to(1), t.offered_to(2), t.offered_to(3)], array['ana', null, null], 'none was given to who would not have been asked');
rollback to planned;
create temporary table planned on commit drop as select t.pairs() as pairs;
select t.end_chat(1, 'customer', t.at(100));
select is((select internal.make_offers(p.pairs, t.at(100)) from planned p), 0, 'the first customer is gone: none is made');
rollback to planned;
create temporary table planned on commit drop as select t.pairs() as pairs;
update chat.queue set label = 'Sale' where queue = 'sales';
select is((select internal.make_offers(p.pairs, t.at(100)) from planned p), 0, 'the configuration has changed: none is made');
select is(t.route(t.at(100)), 3, 'and the router decides anew');
:next_story
\ir verdict.psql
