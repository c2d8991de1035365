-- SPDX-License-Identifier: ISC
-- Who has vanished: nobody is asked before his time could be over, and nobody is forgotten. Drawn histories are compared with the rule as one reads it.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0), t.set('customer_gone_s', 120), t.set('customer_resume_s', 1800), t.set('relay_lost_s', 30);
create function t.sweep(p_at timestamptz) returns int language sql as $$ select internal.part_with_customers(p_at) $$;
create function t.relay(p_relay text, p_at timestamptz) returns void language sql as $$
	insert into chat.relay (name, started_at, heartbeat_at) values (p_relay, p_at, p_at) on conflict (name) do update set heartbeat_at = p_at $$;
create function t.connect(p_n int, p_relay text) returns void language sql as $$
	insert into chat.relay_chat (relay, chat) select r.relay, t.chat(p_n) from chat.relay r where r.name = p_relay on conflict do nothing $$;
create function t.leave(p_n int, p_relay text, p_at timestamptz) returns void language sql as $$
	select internal.await_customers(r.relay, array[t.chat(p_n)], p_at) from chat.relay r where r.name = p_relay $$;
create function t.next_look(p_n int) returns timestamptz language sql as $$ select w.check_at from internal.customer_watch w where w.chat = t.chat(p_n) $$;
savepoint story;

select t.relay('r1', t.at(500)), t.arrive(1, 'sales', t.at(0)), t.connect(1, 'r1');
select is(t.sweep(t.at(501)), 0, 'who is there stays');
select is(t.next_look(1), t.at(620), 'and is not looked at again before he could have gone and his time be over');
select t.leave(1, 'r1', t.at(502)), t.sweep(t.at(619));
select is(t.sweep(t.at(621.999)), 0, 'he goes, and has his whole time');
select is(t.sweep(t.at(622)), 1, 'no more');
select t.sweep(t.at(623));
select is(t.next_look(1), null, 'a chat that is over is not looked at any more');
:next_story
select t.arrive(1, 'sales', t.at(0)), t.sweep(t.at(1));
select t.set('customer_gone_s', 10);
select is(t.sweep(t.at(10)), 1, 'a time that is made shorter counts for those who wait already');
:next_story
select t.sign_in('ana', '{sales}', t.at(0)), t.arrive(1, 'sales', t.at(0)), t.route(t.at(1)), t.accept(1, t.at(2)), t.sweep(t.at(900));
select is(t.next_look(1), t.at(1800), 'the running chat of somebody who is gone');
select internal.requeue(t.chat(1), 'operator_gone', t.at(901));
select is(t.sweep(t.at(902)), 1, 'is over with the patience for those who wait, when it goes back into the line');
:next_story
select t.arrive(1, 'sales', t.at(1000)), t.sweep(t.at(1001));
update chat.chat set customer_seen_at = t.at(800);
select is(t.sweep(t.at(1001)), 1, 'a sign of life that is taken back');
:next_story
select t.arrive(n, 'sales', t.at(0)) from generate_series(1, 1100) n;
select is(t.sweep(t.at(1)), 0, 'many');
select is((select count(*) from internal.customer_watch w where isfinite(w.check_at)), 1000::bigint, 'are looked at a thousand at a time');
select is(t.sweep(t.at(120)) + t.sweep(t.at(121)), 200, 'and parted with a hundred at a time');
select is((select count(*) from chat.chat c where c.state = 'abandoned'), 200::bigint, 'each once');
:next_story

-- ---- drawn histories ----------------------------------------------------------------------------------------------------
create function t.dice(p_sides int) returns int language sql as $$ select floor(random() * p_sides)::int $$;
-- whose time is over, as the rule says it
create function t.over(p_at timestamptz) returns uuid[] language sql as $$
	select coalesce(array_agg(c.chat order by c.chat), '{}') from chat.chat c,
		lateral (select internal.seconds(case c.state when 'active' then 'customer_resume_s' else 'customer_gone_s' end) as patience) p
	where c.ended_at is null and c.channel = 'web' and c.state in ('bot', 'queued', 'offered', 'active') and c.customer_seen_at <= p_at - p.patience
	  and not exists (select from chat.relay_chat k join chat.relay r on r.relay = k.relay where k.chat = c.chat and r.heartbeat_at > p_at - internal.seconds('relay_lost_s') - p.patience)
$$;
create function t.history(p_seed float8, p_steps int, out sweeps int, out gone int, out wrong text) language plpgsql as $$
declare
	v_at timestamptz := t.at(0);
	v_before uuid[];
	v_over uuid[];
	v_chats int := 0;
	v_n int;
	v_state text;
	v_next text;
begin
	perform setseed(p_seed);
	sweeps := 0;
	gone := 0;
	perform t.relay('r1', v_at), t.relay('r2', v_at);
	for i in 1 .. p_steps loop
		v_at := v_at + (array[0.1, 1, 5, 20, 60, 119.9, 600])[1 + t.dice(7)] * interval '1 second';
		v_n := 1 + t.dice(greatest(1, v_chats));
		perform t.relay(r, v_at) from unnest(array['r1', 'r2']) r where t.dice(4) > 0;
		case t.dice(10)
			when 0, 1 then
				v_chats := v_chats + 1;
				perform t.arrive(v_chats, 'sales', v_at);
			when 2, 3 then
				perform t.connect(v_n, (array['r1', 'r2'])[1 + t.dice(2)]) where v_chats > 0;
			when 4 then
				perform t.leave(v_n, (array['r1', 'r2'])[1 + t.dice(2)], v_at);
			when 5 then
				update chat.chat c set customer_seen_at = v_at where c.chat = t.chat(v_n) and c.ended_at is null; -- a question over HTTP
			when 6, 7 then
				select c.state into v_state from chat.chat c where c.chat = t.chat(v_n);
				select x.to_state into v_next from chat.chat_transition x
				where x.from_state = v_state and x.to_state in ('bot', 'queued', 'offered', 'active', 'wrap_up') order by random() limit 1;
				if (v_state, v_next) = ('queued', 'offered') then
					perform internal.leave_line(t.chat(v_n));
				else
					update chat.chat c set state = v_next where c.chat = t.chat(v_n) and v_next is not null;
				end if;
				v_next := null;
			when 8 then
				perform t.set(s, (array[5, 60, 120, 600])[1 + t.dice(4)]) from unnest(array['customer_gone_s', 'customer_resume_s', 'relay_lost_s']) s where t.dice(6) = 0;
			when 9 then
				update chat.chat c set customer_seen_at = c.customer_seen_at - interval '100 seconds' where c.chat = t.chat(v_n) and c.ended_at is null and t.dice(3) = 0;
		end case;
		continue when t.dice(3) = 0;
		v_before := array(select c.chat from chat.chat c where c.ended_at is not null);
		v_over := t.over(v_at);
		perform t.sweep(v_at);
		sweeps := sweeps + 1;
		gone := gone + cardinality(v_over);
		if v_over <> array(select c.chat from chat.chat c where c.ended_at is not null and c.chat <> all (v_before) order by c.chat) then
			wrong := format('step %s', i);
			return;
		end if;
	end loop;
end $$;
create table t.told (seed int, sweeps int, gone int, wrong text);
create function t.play(p_seed int) returns void language plpgsql as $$
declare
	v_told record;
begin
	begin
		select * into v_told from t.history(p_seed / 1000.0, 150);
		raise exception using errcode = 'SBOK1';
	exception when sqlstate 'SBOK1' then -- the next one begins with nothing
		insert into t.told values (p_seed, v_told.sweeps, v_told.gone, v_told.wrong);
	end;
end $$;
select t.play(n) from generate_series(1, 40) n;
select is((select string_agg(format('seed %s %s', o.seed, o.wrong), ', ') from t.told o where o.wrong is not null), null, 'each sweep parts with exactly those whose time is over');
select cmp_ok((select sum(o.sweeps) from t.told o), '>', 3000::bigint, 'of thousands of sweeps');
select cmp_ok((select sum(o.gone) from t.told o), '>', 300::bigint, 'with hundreds of them');
\ir verdict.psql
