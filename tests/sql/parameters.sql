-- SPDX-License-Identifier: ISC
-- No function is given what it does not look at, but for two families that are called alike: the checks (all by p_now), and verbs whose C sends what the verb beside them takes.
\ir fixture.psql
select no_plan();
create view t.unused as
	select p.oid::regproc::text as function, a.name
	from pg_proc p cross join lateral unnest(p.proargnames[1:cardinality(p.proargtypes)]) a (name)
	where p.pronamespace in ('api'::regnamespace, 'internal'::regnamespace, 'chat'::regnamespace) and p.prosrc <> '' and a.name <> ''
	  and regexp_replace(p.prosrc, '--[^\n]*', '', 'g') !~ ('\m' || a.name || '\M');
select is_empty($$select * from t.unused u where u.function !~ '^(internal\.check_|api\.)'$$, 'every parameter is used');
select is_empty($$select * from t.unused u where u.function ~ '^internal\.check_' and u.name <> 'p_now'$$, 'checks are given the time, whether they look at it or not');
select is((select string_agg(concat_ws(' ', u.function, u.name), ', ' order by u.function, u.name) from t.unused u where u.function ~ '^api\.'),
	'api.hello_bot p_relay, api.hello_operator p_relay, api.open_invited p_answers, api.open_invited p_context, api.open_invited p_email, api.open_invited p_name, '
	'api.open_invited p_queue, api.open_invited p_resume, api.operator_gone p_relay',
	'these verbs take what api.hello_customer, api.open_chat and api.customers_gone do');
create function internal.does(p_used int, p_unused int) returns int language sql as $$
	select p_used -- p_unused
$$;
select is((select string_agg(u.name, ' ') from t.unused u where u.function = 'internal.does'), 'p_unused', 'a parameter that only a comment names is found');
\ir verdict.psql
