-- SPDX-License-Identifier: ISC
-- A report sees the chats of the site it names, and what hangs on them; without a name none (SECURITY 4.4, D7, P54). What it may see of them says readers.sql.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
select t.open(1, 'plain'), t.open(2, 'elsewhere', null, null, 'https://other.example');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana');
select internal.route(clock_timestamp(), 9);
select t.decline(1, clock_timestamp()), t.decline(2, clock_timestamp());
select internal.route(clock_timestamp(), 9);
select t.accept(1, clock_timestamp()), t.accept(2, clock_timestamp());
select t.open(3, 'plain'), t.open(4, 'elsewhere', null, null, 'https://other.example');
insert into chat.chat_skill (chat, skill) select t.chat(n), 'german' from generate_series(1, 2) n;
insert into chat.chat_rating (chat, score, rated_at) select t.chat(n), 5, now() from generate_series(1, 2) n;
insert into chat.delivery (chat, party, got, read) select t.chat(n), 'customer', 1, 1 from generate_series(1, 2) n;
insert into chat.wait_shown (chat, n, shown_at, queue, position, state) select t.chat(n), 1, now(), 'sales', 1, 'unknown' from generate_series(1, 2) n;

create view t.held as select c.oid::regclass as relation from pg_class c where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity;
-- every table that names a chat and that a report may read
select set_eq('select relation from t.held', $$select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid
	where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'p') and a.attname in ('chat', 'entry') and a.atttypid = 'uuid'::regtype
	  and has_any_column_privilege('switchboard_report', c.oid, 'select')$$,
	'each table of chats that a report may read is held');
select is_empty($$select r.relation from t.held r where not exists (select from pg_policy p where p.polrelid = r.relation and p.polroles = array['switchboard_report'::regrole::oid])$$,
	'by a policy for reports');
create function t.sites(p_but text default '') returns table (relation regclass, sites text) language plpgsql as $$
declare
	v_relation regclass;
begin
	for v_relation in select unnest(array['chat.chat', 'chat.chat_rating', 'chat.chat_skill', 'chat.chat_decline', 'chat.offer', 'chat.assignment', 'chat.waiting', 'chat.wait_shown',
		'chat.delivery']::regclass[]) loop
		continue when v_relation::text = p_but;
		return query execute format(
			'select %L::regclass, (select string_agg(distinct c.site::text, '' '') from chat.chat c where c.chat in (select r.chat from %s r))', v_relation, v_relation);
	end loop;
end $$;
grant usage on schema t to public;
grant execute on all functions in schema t to public;

set local role switchboard_report;
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites() s), '{-}', 'a report that says nothing sees no chat, and nothing that hangs on one');
set local app.site = 'shop';
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites() s), '{shop}', 'one that names a site sees its chats, in every table');
set local app.site = 'other';
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites() s), '{other}', 'of another site the other''s');
set local app.site = 'nowhere';
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites() s), '{-}', 'of one that is not there none');
set local app.site = '*';
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites() s), '{"other shop"}', 'of all all');
set local app.site = '';
select is((select count(*) from chat.chat), 0::bigint, 'an empty name is none');
reset role;
set local role switchboard_dba;
select is((select array_agg(distinct coalesce(s.sites, '-')) from t.sites('chat.chat_rating') s), '{"other shop"}', 'a DBA serves the company');
reset role;
select is_empty($$select c.oid::regclass from pg_class c where c.relnamespace = 'chat'::regnamespace and c.relkind = 'v'
	and coalesce(array_to_string(c.reloptions, ','), '') !~ 'security_invoker=true' and c.oid not in ('chat.board_queue'::regclass, 'chat.board_operator'::regclass)$$,
	'a view shows what who reads it may read; the two of the board show no chat');
\ir verdict.psql
