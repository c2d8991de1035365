-- SPDX-License-Identifier: ISC
-- Functions are made without a look at their bodies (they name each other in any order), and a body is compiled only where it passes. Here each is read whole: names,
-- types, what is given back.
\ir fixture.psql
select no_plan();
create extension plpgsql_check;

create function t.findings(p_function regprocedure) returns setof text language sql as $$
	select f.text from plpgsql_check_function(p_function, fatal_errors := false, other_warnings := false, performance_warnings := false, extra_warnings := false) f (text)
$$;
create function t.functions(p_language text) returns setof regprocedure language sql as $$
	select p.oid::regprocedure from pg_proc p join pg_language l on l.oid = p.prolang
	where p.pronamespace in ('chat'::regnamespace, 'api'::regnamespace, 'internal'::regnamespace) and l.lanname = p_language and p.prorettype <> 'trigger'::regtype
$$;
-- What PostgreSQL says of a body in SQL when the function is made anew, now that all others are there; NULL: nothing.
create function t.complaint(p_function regprocedure) returns text language plpgsql set check_function_bodies = on as $$
begin
	execute pg_get_functiondef(p_function);
	return null;
exception when others then
	return sqlerrm;
end $$;

select is_empty($$select f, x from t.functions('plpgsql') f, t.findings(f) x$$, 'every function in PL/pgSQL reads well');
select is_empty($$select f, t.complaint(f) from t.functions('sql') f where t.complaint(f) is not null$$, 'and every one in SQL');
select cmp_ok((select count(*) from t.functions('plpgsql')), '>', 100::bigint, 'there are many of the one');
select cmp_ok((select count(*) from t.functions('sql')), '>', 100::bigint, 'and of the other');

create function internal.planted() returns table (state text) language plpgsql as $$ begin return query select c.state from chat.chat c; end $$;
select isnt_empty($$select t.findings('internal.planted()')$$, 'a column of another type than is promised is found');
set check_function_bodies = off;
create function internal.planted_too() returns bigint language sql as $$ select count(*) from chat.no_such_table $$;
select isnt(t.complaint('internal.planted_too()'), null, 'and a table that is not there');
\ir verdict.psql
