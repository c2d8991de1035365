-- SPDX-License-Identifier: ISC
-- The nightly run: what is past its time is erased, shortened, deleted; a few rows at a time; a row says what was done.
\ir fixture.psql
select no_plan();
truncate chat.retention_run;

-- Chats that ended so many days before t.at(0), a Monday at noon.
create function t.old(p_n int, p_queue text, p_days int) returns void language sql as $$
	select t.arrive(p_n, p_queue, t.at(0) - p_days * interval '1 day');
	update chat.chat set address = '203.0.113.77', email = 'kim@shop.example' where chat = t.chat(p_n);
	select t.end_chat(p_n, 'customer', t.at(0) - p_days * interval '1 day' + interval '1 minute');
$$;
create function t.email(p_n int) returns text language sql as $$ select c.email from chat.chat c where c.chat = t.chat(p_n) $$;
-- Sweeps until there is nothing more to do; how many it took.
create function t.sweep(p_at timestamptz) returns int language plpgsql as $$
begin
	for n in 1..1000 loop
		perform internal.keep_retention(p_at + n * interval '2 seconds');
		if not exists (select from chat.retention_run r where r.finished_at is null) then
			return n;
		end if;
	end loop;
	raise 'it never ends';
end $$;
create function t.run() returns text language sql as $$ select concat_ws(' ', r.chats, r.messages, r.addresses, r.audit_rows) from chat.retention_run r order by r.run desc limit 1 $$;
savepoint story;

-- ---- off, until somebody says so ------------------------------------------------------------------------------------
select t.old(1, 'sales', 4000);
select is(t.sweep(t.at(0)), 2, 'a run ends when it finds nothing more');
select is(t.run(), '0 0 1 0', 'no chat is erased, an address is shortened');
select is((select array_agg(s.value order by s.name) from chat.setting s where s.name in ('retention_days', 'audit_days', 'address_days')), '{30,0,0}', 'as installed');
select is(t.email(1), 'kim@shop.example', 'it is there');
select is(t.sweep(t.at(60)), 1, 'one run a night');
select is((select count(*) from chat.retention_run), 1::bigint, 'not two');
select t.sweep(t.at(13 * 3600)), t.sweep(t.at(14 * 3600 + 5));
select is((select count(*) from chat.retention_run), 2::bigint, 'the next begins at retention_hour');
select is((select r.began_at from chat.retention_run r order by r.run desc limit 1), t.at(14 * 3600 + 7), 'of the next day');
select t.set('retention_hour', 13);
select t.sweep(t.at(25 * 3600 - 3600)), t.sweep(t.at(25 * 3600));
select is((select count(*) from chat.retention_run), 3::bigint, 'whatever hour that is');
:next_story

-- ---- chats ----------------------------------------------------------------------------------------------------------
update chat.queue set retention_days = 30 where queue = 'sales';
select t.set('retention_days', 365);
select t.old(1, 'sales', 31), t.old(2, 'sales', 29), t.old(3, 'support', 366), t.old(4, 'support', 364), t.arrive(5, 'sales', t.at(0) - interval '100 days');
select t.sweep(t.at(0));
select is((select array_agg(t.number(c.chat) order by 1) from chat.chat c where c.erased_at is not null), '{1,3}',
	'each queue has its time, else the setting''s; a chat that still waits is never past it');
select is((select array_agg(coalesce(t.email(n), '-') order by n) from generate_series(1, 4) n), '{-,kim@shop.example,-,kim@shop.example}', 'erased like one that was asked for');
select is((select count(*) from chat.audit a where a.action = 'erase' and a.new ->> 'reason' = 'retention' and a.actor_kind = 'program'), 2::bigint, 'G16: each with its row in the audit');
select is(t.run(), '2 4 1 0', 'and the row of the run counts them, with the address of who stays');
update chat.queue set retention_days = null where queue = 'sales';
select t.sweep(t.at(86400));
select is(t.run(), '0 0 1 0', 'the next night there is nothing more, but an address that is thirty days old now');
:next_story
-- a chat that was never in a queue
select t.set('retention_days', 10), t.open(1, 'guided');
update chat.chat set created_at = t.at(-86400 * 12), customer_seen_at = t.at(-86400 * 12) where chat = t.chat(1);
select t.end_chat(1, 'customer', t.at(-86400 * 11));
select t.sweep(t.at(0));
select is(t.run(), '1 2 0 0', 'the bot''s chats have the setting''s time');
:next_story
-- in bites
select t.set('retention_days', 10);
select t.old(n, 'sales', 20) from generate_series(1, 50) n;
select is(t.sweep(t.at(0)), 4, 'fifty chats take three bites and a look');
select is(t.run(), '50 100 0 0', 'all are done');
:next_story

-- ---- addresses ------------------------------------------------------------------------------------------------------
select is(array[internal.short_address('203.0.113.77'), internal.short_address('2001:db8:1:2:3:4:5:6'), internal.short_address('10.0.0.0/8'), internal.short_address('203.0.113.0/24')],
	array['203.0.113.0/24', '2001:db8:1::/48', '10.0.0.0/8', '203.0.113.0/24']::inet[], 'an address becomes its network, a network stays one');
select t.old(1, 'sales', 31), t.old(2, 'sales', 29), t.old(3, 'sales', 31);
update chat.chat set address = '2001:db8:1:2:3:4:5:6' where chat = t.chat(3);
insert into chat.audit (at, actor_kind, action, object, key, new) values (t.at(-86400 * 31), 'operator', 'login', 'operator', 'ana', '{"address": "203.0.113.77"}'),
	(t.at(-86400 * 29), 'operator', 'login', 'operator', 'ana', '{"address": "203.0.113.78"}');
select t.sweep(t.at(0));
select is((select array_agg(c.address::text order by c.chat) from chat.chat c), '{203.0.113.0/24,203.0.113.77/32,2001:db8:1::/48}', 'after address_days, not before');
select is((select array_agg(a.new ->> 'address' order by a.at) from chat.audit a where a.action = 'login'), '{203.0.113.0/24,203.0.113.78}', 'where operators logged in from, too');
select is(t.run(), '0 0 3 0', 'counted');
select t.sweep(t.at(86400 * 2));
select is((select array_agg(a.new ->> 'address' order by a.at) from chat.audit a where a.action = 'login'), '{203.0.113.0/24,203.0.113.0/24}', 'the next night the next ones');
select t.set('address_days', 0), t.old(4, 'sales', 400);
select t.sweep(t.at(86400 * 3));
select is((select c.address from chat.chat c where c.chat = t.chat(4)), '203.0.113.77', '0 is never');
:next_story

-- ---- the audit ------------------------------------------------------------------------------------------------------
select t.set('audit_days', 100);
truncate chat.audit;
insert into chat.audit (at, actor_kind, action, object, key) select t.at(-86400 * d), 'dba', 'insert', 'skill', 'x' from generate_series(1, 200) d, generate_series(1, 12);
select is(t.sweep(t.at(0)), 3, 'two bites of a thousand and a look');
select is((select count(*) from chat.audit), 99 * 12::bigint, 'what is older than audit_days is gone');
select is(t.run(), '0 0 0 ' || 101 * 12, 'counted');
:next_story
\ir verdict.psql
