-- SPDX-License-Identifier: ISC
-- A DBA who types \d+ reads what a thing is: everything under schema chat has a comment, and no comment tells of what is not there.
\ir fixture.psql
select no_plan();
select is_empty($$
	select c.oid::regclass from pg_class c where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'v', 'm', 'p') and obj_description(c.oid) is null$$,
	'every table and view has a comment');
select is_empty($$
	select a.attrelid::regclass, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
	where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and col_description(a.attrelid, a.attnum) is null
	  and not exists (select from pg_constraint f where f.conrelid = a.attrelid and f.contype = 'f' and a.attnum = any (f.conkey))$$,
	'so has every column, unless it only refers to another table');
select is_empty($$select p.oid::regprocedure from pg_proc p where p.pronamespace = 'chat'::regnamespace and obj_description(p.oid) is null$$, 'and every function');
select is_empty($$select t.oid::regtype from pg_type t where t.typnamespace = 'chat'::regnamespace and t.typtype = 'd' and obj_description(t.oid, 'pg_type') is null$$, 'and every domain');
select is_empty($$select s.name from chat.setting s where s.description = ''$$, 'and every setting says what it does');
select cmp_ok((select count(*) from pg_description d join pg_class c on c.oid = d.objoid where c.relnamespace = 'chat'::regnamespace), '>', 150::bigint, 'there are comments to look at');
select is_empty($$
	select d.description from pg_description d join pg_class c on c.oid = d.objoid where c.relnamespace = 'chat'::regnamespace and d.description ~ '\.$|^\s|\s$'$$,
	'they are sentences without a full stop, as everywhere in PostgreSQL');
\ir verdict.psql
