-- SPDX-License-Identifier: ISC
-- Writes deploy/manual/reference.md from the catalog of a database that was just migrated: psql -X -q -A -t -f reference.sql. `make reference` runs it, a
-- test holds the file in the tree against it.
\set ON_ERROR_STOP on
set search_path = pg_catalog;
begin;
create schema w; -- undone at the end

-- Text in a cell of a table.
create function w.cell(p_text text) returns text language sql as $$ select replace(replace(p_text, '|', '\|'), E'\n', ' ') $$;

create view w.relation as
	select c.oid, c.relname as name, c.relkind as kind, obj_description(c.oid) as comment,
		case when c.relkind = 'v' then 2 when has_any_column_privilege('switchboard_dba', c.oid, 'insert, update') then 0 else 1 end as part
	from pg_class c where c.relnamespace = 'chat'::regnamespace and c.relkind in ('r', 'v');

create function w.columns(p_relation oid) returns text language sql as $$
	select E'| column | type | | meaning |\n|---|---|---|---|\n' || string_agg(format('| `%s` | %s | %s | %s |', a.attname, format_type(a.atttypid, a.atttypmod),
			concat_ws(', ', case when a.attnum = any (k.conkey) then 'key' when a.attnotnull then 'not null' end, case when a.attidentity <> '' then 'generated' end,
				'default `' || w.cell(pg_get_expr(d.adbin, d.adrelid)) || '`'),
			concat_ws(' ', w.cell(col_description(a.attrelid, a.attnum)), f.targets)), E'\n' order by a.attnum)
	from pg_attribute a
	left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'p'
	left join lateral (select string_agg(distinct '→ ' || f.confrelid::regclass, ' ') as targets from pg_constraint f
		where f.conrelid = a.attrelid and f.contype = 'f' and a.attnum = any (f.conkey)) f on true
	where a.attrelid = p_relation and a.attnum > 0 and not a.attisdropped
$$;

create function w.constraints(p_relation oid) returns text language sql as $$
	select string_agg(format('- `%s`: %s', c.conname, regexp_replace(pg_get_constraintdef(c.oid), '\s+', ' ', 'g')), E'\n' order by c.contype, c.conname)
	from pg_constraint c where c.conrelid = p_relation and c.contype in ('c', 'u')
$$;

create function w.indexes(p_relation oid) returns text language sql as $$
	select string_agg(format('- `%s`: unique %s', i.indexrelid::regclass, regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', '')), E'\n' order by i.indexrelid::regclass::text)
	from pg_index i where i.indrelid = p_relation and i.indisunique and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
$$;

-- 'switchboard_dba: select, insert'; a right to some columns only is 'update (value)'.
create function w.rights(p_relation oid) returns text language sql as $$
	select string_agg(format('%s: %s', r.role, r.rights), '; ' order by r.role)
	from (
		select g.role, string_agg(coalesce(p.right || case when t.whole then '' else format(' (%s)', t.part) end), ', ' order by p.ord) as rights
		from unnest(array['switchboard_dba', 'switchboard_report', 'switchboard_audit']) g (role)
		cross join unnest(array['select', 'insert', 'update', 'delete']) with ordinality p ("right", ord)
		cross join lateral (
			select has_table_privilege(g.role, p_relation, p.right) as whole,
				(select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a where p.right <> 'delete' and a.attrelid = p_relation and a.attnum > 0 and not a.attisdropped
					and has_column_privilege(g.role, a.attrelid, a.attnum, case p.right when 'delete' then 'select' else p.right end)) as part) t
		where t.whole or t.part is not null
		group by g.role) r
$$;

create function w.relations(p_part int) returns setof text language sql as $$
	select concat_ws(E'\n\n', format('### chat.%s', r.name), r.comment || '.', w.columns(r.oid), nullif(concat_ws(E'\n', w.constraints(r.oid), w.indexes(r.oid)), ''),
		coalesce(w.rights(r.oid), 'The owner alone reads it') || '.') || E'\n'
	from w.relation r where r.part = p_part order by r.name
$$;

select $$# Reference of the database

Written from the catalog by `make reference`; what stands here is what `\d+` says. Names are natural keys: a DBA types
`insert into chat.operator_skill values ('ana', 'billing', 8)`. A change takes effect at COMMIT and leaves its audit row in the same transaction.

- [Functions](#functions) · [Configuration](#configuration) · [Settings](#settings) · [What happens](#what-happens) · [Views](#views) · [Types](#types)

## Functions
$$;
select format(E'### chat.%s(%s)\n\n%s\n\n%s.\n', p.proname, pg_get_function_identity_arguments(p.oid), regexp_replace(obj_description(p.oid), '([^.])$', '\1.'),
	coalesce('Returns ' || regexp_replace(pg_get_function_result(p.oid), '^TABLE\((.*)\)$', 'rows (\1)'), '')
	|| coalesce('; may be called by ' || (select string_agg(a.grantee::regrole::text, ', ' order by a.grantee::regrole::text) from aclexplode(p.proacl) a where a.grantee <> p.proowner), ''))
from pg_proc p where p.pronamespace = 'chat'::regnamespace order by p.proname, 1;

select $$## Configuration

Tables that members of `switchboard_dba` change.
$$;
select * from w.relations(0);

select $$## Settings

Rows of `chat.setting` with the values of a new installation: `update chat.setting set value = '10' where name = 'stagger_s'`.

| name | value | from | to | meaning |
|---|---|---|---|---|$$;
select format('| `%s` | %s | %s | %s | %s |', s.name, w.cell(s.value), s.low, s.high, w.cell(s.description)) from chat.setting s order by s.name;

select $$
## What happens

Tables that the programs write, to be read: who waits, who is there, which offer was made and why.
$$;
select * from w.relations(1);

select $$## Views
$$;
select * from w.relations(2);

select $$## Types
$$;
select format('- `chat.%s` (%s): %s.%s', t.typname, format_type(t.typbasetype, t.typtypmod), obj_description(t.oid, 'pg_type'),
	(select string_agg(format(' `%s`: %s', c.conname, pg_get_constraintdef(c.oid)), ';' order by c.conname) from pg_constraint c where c.contypid = t.oid))
from pg_type t where t.typnamespace = 'chat'::regnamespace and t.typtype = 'd' order by t.typname;
select format('- `chat.%s` (%s): %s.', t.typname,
	(select string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum) from pg_attribute a where a.attrelid = t.typrelid),
	obj_description(t.oid, 'pg_type'))
from pg_type t join pg_class c on c.oid = t.typrelid where t.typnamespace = 'chat'::regnamespace and c.relkind = 'c' order by t.typname;
rollback;
