-- SPDX-License-Identifier: ISC
-- Least privilege: programs call their verbs and touch nothing else (P53), reports see no message (P54), PUBLIC has nothing.
\ir fixture.psql
select no_plan();
grant usage on schema t to public;
grant select on all tables in schema t to public;

create view t.relation as
	select n.nspname as schema, c.relname as name, c.oid, c.relkind, n.nspname || '.' || c.relname as path, c.relacl
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('chat', 'api', 'internal') and c.relkind in ('r', 'v', 'm', 'S', 'p', 'f');
create view t.function as
	select n.nspname as schema, p.proname as name, p.oid, p.oid::regprocedure::text as path, p.prosecdef, p.proconfig, p.proacl, p.proowner
	from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('chat', 'api', 'internal');
create view t.program as select 'switchboard_' || r as role from unnest(array['api', 'relay', 'router', 'courier']) r;

-- ---- tables ---------------------------------------------------------------------------------------------------------
select cmp_ok((select count(*) from t.relation), '>', 40::bigint, 'there are tables to look at');
select is_empty($$
	select p.role, r.path from t.program p, t.relation r where r.relkind <> 'S' and (has_any_column_privilege(p.role, r.oid, 'select, insert, update, references')
		or has_table_privilege(p.role, r.oid, 'delete, truncate, trigger'))
	union all
	select p.role, r.path from t.program p, t.relation r where r.relkind = 'S' and has_sequence_privilege(p.role, r.oid, 'usage, select, update')$$,
	'P53: no program has any right on any table, view or sequence');
select is_empty($$select p.role, s from t.program p, unnest(array['chat', 'internal']) s where has_schema_privilege(p.role, s, 'usage, create')$$,
	'no program enters the schemas chat and internal');
select is_empty($$select p.role, s from t.program p, unnest(array['api', 'public']) s where has_schema_privilege(p.role, s, 'create')$$, 'no program makes objects');
select is_empty($$select r.path from t.relation r, aclexplode(r.relacl) a where a.grantee = 0$$, 'PUBLIC has no right on a table');
select is_empty($$select n.nspname from pg_namespace n, aclexplode(n.nspacl) a where a.grantee = 0 and n.nspname in ('chat', 'api', 'internal')$$, 'PUBLIC enters no schema of ours');

-- ---- functions ------------------------------------------------------------------------------------------------------
select is_empty($$select f.path from t.function f left join lateral aclexplode(f.proacl) a on true where f.proacl is null or a.grantee = 0$$, 'PUBLIC can execute nothing');
select is_empty($$select f.path from t.function f where f.schema = 'api' and not f.prosecdef$$, 'every verb is SECURITY DEFINER');
select is_empty($$
	select f.path, f.proconfig from t.function f
	where f.prosecdef and not exists (select from unnest(f.proconfig) c where c in ('search_path=chat, pg_temp', 'search_path=pg_catalog, pg_temp'))$$,
	'every SECURITY DEFINER function has a fixed search_path that ends in pg_temp');
select is_empty($$select f.path from t.function f where f.prosecdef and f.proowner <> 'switchboard_owner'::regrole$$, 'it runs as the owner of the schemas');
select is_empty($$select r.path from t.relation r join pg_class c on c.oid = r.oid where c.relowner <> 'switchboard_owner'::regrole$$, 'who also owns every table');
select is_empty($$
	select f.path from t.function f join pg_proc p on p.oid = f.oid
	where f.schema in ('api', 'internal') and regexp_replace(replace(p.prosrc, '''execute''', ''), '\mexecute format\(''[^''%]*(%I[^''%]*)*'',', '', 'g') ~* '\mexecute\M'$$,
	'no function builds SQL from text, but for a quoted name');

-- what the grants file says, against what holds
\set grants `cat sql/api/zz_grants.sql`
create table t.granted (name text, role text);
insert into t.granted
select trim(f, E' \n\t'), trim(r, E' \n\t')
from regexp_matches(:'grants', 'grant execute on function ([^;]+)\sto\s([^;]+);', 'g') m, regexp_split_to_table(m[1], ',') f, regexp_split_to_table(m[2], ',') r;
select cmp_ok((select count(*) from t.granted), '>', 40::bigint, 'the grants were read');
select set_eq($$
	select f.schema || '.' || f.name, r.role from t.function f, (select role from t.program union select 'switchboard_' || g from unnest(array['dba', 'report', 'audit']) g) r
	where has_function_privilege(r.role, f.oid, 'execute')$$,
	'select name, role from t.granted', 'each role may call exactly what zz_grants.sql says');
select set_eq($$select name from t.granted where role = 'switchboard_router'$$, array['api.note_metrics', 'api.router_lead', 'api.router_leave', 'api.router_pass'], 'the router routes, and counts');
select is_empty($$select * from t.granted where role = 'switchboard_relay' and name ~ 'login|password|operator_end|open_chat|add_operator'$$, 'the relay logs nobody in');
select is_empty($$select * from t.granted where name ~ '^internal\.'$$, 'what decides by a given time is called by no program');

-- ---- roles ----------------------------------------------------------------------------------------------------------
select is_empty($$select rolname from pg_roles where rolname like 'switchboard\_%' and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication)$$,
	'no role is more than a role');
select is_empty($$select m.member::regrole from pg_auth_members m where m.member::regrole::text in (select role from t.program)$$, 'no program is a member of another role');
select set_eq($$select m.roleid::regrole::text, m.admin_option from pg_auth_members m where m.member = 'switchboard_owner'::regrole$$,
	$$values ('switchboard_router', false), ('pg_read_all_stats', false)$$, 'the owner may end sessions of the router, nobody else''s, and see since when a transaction is open');
select set_eq($$select f.oid::regproc::text, f.prosrc ~ '\mquery\M' from pg_proc f where f.proowner = 'switchboard_owner'::regrole and f.prosrc ~ 'pg_stat_(get_)?activity'$$,
	$$values ('internal.check_sessions', false), ('internal.doctor_settings', false), ('internal.backend_start', false), ('internal.router_is_silent', false), ('internal.end_router', false)$$,
	'that is all that functions look at in it: none at what others run');
select set_eq($$select rolname from pg_roles where rolname like 'switchboard\_%' and rolcanlogin$$, 'select role from t.program', 'only the programs log in');
select is_empty($$
	select p.role, s from t.program p, unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'search_path', 'jit']) s
	where not exists (select from pg_db_role_setting d join pg_roles r on r.oid = d.setrole, unnest(d.setconfig) c where r.rolname = p.role and c like s || '=%')$$,
	'no program hangs: time-outs and search_path are fixed');

-- ---- what people type -----------------------------------------------------------------------------------------------
select t.operator('ana');
select t.arrive(1, 'sales', t.at(0));

set local role switchboard_api;
select throws_ok('select * from chat.message', '42501', null, 'P53: the api reads no message');
reset role;

set local role switchboard_dba;
select lives_ok($$insert into chat.operator (operator, name) values ('bo', 'Bo')$$, 'a DBA adds an operator');
select lives_ok($$insert into chat.operator_skill values ('bo', 'billing', 8)$$, 'and a rating');
select lives_ok($$update chat.operator_skill set rating = 9 where operator = 'bo'$$, 'and changes it');
select lives_ok($$delete from chat.operator_skill where operator = 'bo'$$, 'and takes it away');
select lives_ok($$update chat.queue set max_length = 5, time_zone = 'Europe/Berlin' where queue = 'sales'$$, 'and changes a queue');
select lives_ok($$insert into chat.queue_member values ('sales', 'bo')$$, 'and makes somebody a member');
select lives_ok($$update chat.setting set value = '7' where name = 'stagger_s'$$, 'and a setting');
select lives_ok($$delete from chat.operator where operator = 'bo'$$, 'and deletes one without a history');
select lives_ok($$select * from chat.operator_state, chat.offer, chat.assignment, chat.waiting$$, 'a DBA sees what happens');
select throws_ok($$update chat.setting set high = 100000 where name = 'stagger_s'$$, '42501', null, 'but moves no limit of a setting');
select throws_ok($$insert into chat.setting values ('x', '1', 'int', 0, 9, '')$$, '42501', null, 'and invents none');
select throws_ok('select body from chat.message', '42501', null, 'a DBA reads no message');
select throws_ok('select name from chat.chat', '42501', null, 'and no customer''s name');
select throws_ok('select hash from chat.operator_password', '42501', null, 'and no password hash');
select throws_ok('select session from chat.session', '42501', null, 'and no session');
select throws_ok('select ticket from chat.ticket', '42501', null, 'and no ticket');
select throws_ok('select token_hash from chat.chat_access', '42501', null, 'and no token');
select throws_ok($$update chat.chat set state = 'ended'$$, '42501', null, 'a DBA moves no chat by hand');
select throws_ok('update chat.operator_state set load = 0', '42501', null, 'nor a load');
select throws_ok('delete from chat.audit', '42501', null, 'nor the audit');
select throws_ok('select internal.route(now(), 1)', '42501', null, 'nor routes by his own clock');
reset role;

set local role switchboard_report;
select throws_ok('select body from chat.message', '42501', null, 'P54: a report reads no message');
select throws_ok('select * from chat.message', '42501', null, 'P54: not one column of it');
select throws_ok('select email from chat.chat', '42501', null, 'and no customer''s address');
select lives_ok('select chat, state, queue, arrived_at, ended_at from chat.chat', 'a report reads what happened to chats');
reset role;
select is_empty($$select r.path from t.relation r where r.relkind <> 'S' and (has_any_column_privilege('switchboard_report', r.oid, 'insert, update')
	or has_table_privilege('switchboard_report', r.oid, 'delete, truncate'))$$, 'a report writes nothing');
select is_empty($$select r.path from t.relation r where r.relkind <> 'S' and r.path not in ('chat.audit', 'chat.audit_log') and has_any_column_privilege('switchboard_audit', r.oid, 'select')$$,
	'the auditor reads the audit, nothing else');

-- by name, so that a new column or table does not slip in
select is_empty($$
	select g.role, a.attrelid::regclass, a.attname
	from (values ('switchboard_dba'), ('switchboard_report')) g (role), pg_attribute a
	where a.attnum > 0 and has_column_privilege(g.role, a.attrelid, a.attnum, 'select') and (
		a.attrelid in ('chat.message'::regclass, 'chat.operator_password'::regclass, 'chat.session'::regclass, 'chat.ticket'::regclass, 'chat.chat_access'::regclass)
		or a.attrelid = 'chat.site_secret'::regclass and a.attname = 'secret'
		or a.attrelid = 'chat.chat'::regclass and a.attname in ('name', 'email', 'person', 'page_url', 'referrer', 'answers', 'context', 'address', 'wrap_up_note'))$$,
	'nobody but the owner reads what people wrote or prove themselves with');

-- forged notifications are possible (PostgreSQL has no right to NOTIFY); they carry no power: P55 is tested with the programs
\ir verdict.psql
