-- SPDX-License-Identifier: ISC
-- What the api keeps of a widget's configuration (app/api/shelf.h) comes from tables that ring when they change, and from nothing else.
\ir fixture.psql
select no_plan();

-- The functions that api.widget_config reaches, and the tables that these read.
create view t.reached as
	with recursive reached (oid) as (
		select 'api.widget_config'::regproc::oid
		union
		select p.oid from reached r join pg_proc b on b.oid = r.oid cross join regexp_matches(b.prosrc, '(internal|chat)\.([a-z_]+)\s*\(', 'g') m
			join pg_proc p on p.proname = m[2] join pg_namespace n on n.oid = p.pronamespace and n.nspname = m[1]
	)
	select p.proname as function, p.prosrc as body from reached r join pg_proc p on p.oid = r.oid;
create view t.read as select distinct m[1] as name from t.reached r cross join regexp_matches(r.body, '(?:from|join)\s+(\w+\.[a-z_]+)(?!\w*\()', 'g') m;

select set_has('select name from t.read', $$select unnest(array['chat.site', 'chat.widget', 'chat.widget_text', 'chat.widget_queue', 'chat.queue', 'chat.queue_label', 'chat.text'])$$,
	'the tables that a configuration is made of are found');
select is_empty($$select r.name, e.event from t.read r cross join unnest(array['insert', 'update', 'delete', 'truncate']) e (event)
	where not exists (select from pg_trigger g where g.tgrelid = to_regclass(r.name) and g.tgname = 'configuration_' || e.event)$$, 'G19 each of them rings the api, whatever is done to it');
select is_empty($$select function from t.reached where body ~ '\m(now|clock_timestamp|statement_timestamp|current_(timestamp|date|user|setting)|random|session_user)\M'$$,
	'and none of the functions looks at a clock or at who asks');
select is_empty($$select f.name from unnest(array['internal.configuration_changes', 'internal.configuration_goes']) f (name)
	where (select p.prosrc from pg_proc p where p.oid = to_regproc(f.name)) !~ 'internal\.ring_api\(\)'$$, 'ringing is what their triggers do');
\ir verdict.psql
