-- SPDX-License-Identifier: ISC
-- Functions have no history: every file of this folder is applied in name order, in one transaction, after everything that was there is dropped.
-- Nothing with state (a constraint, a default, an index) may use a function of ours: it would be dropped with it.
set local role switchboard_owner;
set local check_function_bodies = off;
set local client_min_messages = warning;

do $$
declare
	v_drop text;
begin
	for v_drop in
		select format('drop %s %s cascade', case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure)
		from pg_proc p
		join pg_namespace n on n.oid = p.pronamespace
		where n.nspname in ('api', 'internal', 'chat')
		  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
	loop
		begin
			execute v_drop;
		exception when undefined_function then
			null; -- went with one it depended on
		end;
	end loop;
end $$;

do $$
declare
	v_type text;
begin
	for v_type in
		select t.oid::regtype::text from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_class c on c.oid = t.typrelid
		where n.nspname in ('api', 'internal') and c.relkind = 'c'
	loop
		execute 'drop type ' || v_type || ' cascade';
	end loop;
end $$;
