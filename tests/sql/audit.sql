-- SPDX-License-Identifier: ISC
-- Who changed what: one audit row for each changed row of configuration, in the transaction of the change, and never a secret (G16).
\ir fixture.psql
select no_plan();
truncate chat.audit;
create function t.trail() returns setof text language sql as $$
	select concat_ws(' ', a.actor_kind, a.action, a.object, a.key) from chat.audit a order by a.audit
$$;
create function t.forget() returns void language sql as $$ delete from chat.audit $$;

select t.operator('ana');
select results_eq('select t.trail()', array['dba insert operator ana'], 'a new operator');
select is((select (actor, db_user, old is null, new ->> 'max_chats', txid = pg_current_xact_id())::text from chat.audit),
	'(postgres,postgres,t,3,t)', 'by whom, from nothing to what, in which transaction');
select t.forget();
update chat.operator set max_chats = 5 where operator = 'ana';
select is((select (action, old ->> 'max_chats', new ->> 'max_chats')::text from chat.audit), '(update,3,5)', 'a change: from what to what');
select t.forget();
update chat.operator set max_chats = 5 where operator = 'ana';
select is((select count(*) from chat.audit), 0::bigint, 'an update that changes nothing leaves nothing');
insert into chat.operator_skill values ('ana', 'billing', 5), ('ana', 'german', 6);
select results_eq('select t.trail()', array['dba insert operator_skill ana/billing', 'dba insert operator_skill ana/german'], 'one row for each row');
select t.forget();
update chat.operator_skill set rating = rating + 1 where operator = 'ana';
select results_eq('select t.trail()', array['dba update operator_skill ana/billing', 'dba update operator_skill ana/german'], 'each with its key');
select t.forget();
update chat.operator_skill set rating = 10 where skill = 'german';
select is((select (old ->> 'rating', new ->> 'rating')::text from chat.audit), '(7,10)', 'the old and the new rating');
select t.forget();
delete from chat.operator where operator = 'ana';
select set_eq('select t.trail()', array['dba delete operator ana', 'dba delete operator_skill ana/billing',
	'dba delete operator_skill ana/german'], 'what a deletion takes along is told too');
select t.forget();
update chat.skill set skill = 'deutsch' where skill = 'german';
select is((select count(*) from chat.audit where coalesce(old, new) ->> 'skill' in ('german', 'deutsch')), 2::bigint,
	'a renamed key: the old went, the new came');
select t.forget();
update chat.setting set value = '9' where name = 'stagger_s';
select is((select (key, old ->> 'value', new ->> 'value')::text from chat.audit), '(stagger_s,5,9)', 'a setting');

-- ---- every table a DBA may change -----------------------------------------------------------------------------------
create function t.unaudited() returns setof text language sql as $$
	select c.oid::regclass || ' ' || e.event
	from pg_class c cross join (values ('insert', 4), ('delete', 8), ('update', 16), ('truncate', 32)) e (event, bit)
	where c.relnamespace = 'chat'::regnamespace and c.relkind = 'r' and has_any_column_privilege('switchboard_dba', c.oid, 'insert, update')
	  and not exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgtype & e.bit > 0 and g.tgenabled = 'O'
		and g.tgfoid in ('internal.configuration_changes'::regproc, 'internal.configuration_goes'::regproc))
$$;
select is_empty('select t.unaudited()', 'no table that a DBA may change goes without the audit of insert, update, delete and truncate');
savepoint table_of_tomorrow;
create table chat.fax_number (number text primary key);
grant insert on chat.fax_number to switchboard_dba;
select set_eq('select t.unaudited()', array['chat.fax_number insert', 'chat.fax_number delete', 'chat.fax_number update', 'chat.fax_number truncate'], 'a new one without it is seen');
rollback to table_of_tomorrow;
select is_empty($$
	select g.tgrelid::regclass, k.column from pg_trigger g
	cross join regexp_split_to_table(encode(g.tgargs, 'escape'), '\\000') k ("column")
	where g.tgfoid = 'internal.configuration_changes'::regproc and k.column <> ''
	  and not exists (select from pg_attribute a where a.attrelid = g.tgrelid and a.attname = k.column and not a.attisdropped)$$, 'each is told by columns it has');
-- what stands there is told by its key: two rows have two keys
select is_empty($$
	select c.conrelid::regclass from pg_constraint c join pg_trigger g on g.tgrelid = c.conrelid and g.tgfoid = 'internal.configuration_changes'::regproc
	where c.contype in ('p', 'u') group by c.conrelid
	having not bool_or(g.tgnargs = cardinality(c.conkey))$$, 'which are a key of it');

-- a new kind of row: what a queue may do without
select t.forget();
insert into chat.relaxation (queue, after_s, skill, min_rating) values ('billing', 60, 'billing', 2);
insert into chat.relaxation (queue, after_s, extra_queue) values ('billing', 90, 'sales');
update chat.relaxation set min_rating = 1 where skill is not null;
delete from chat.relaxation where after_s = 90;
select results_eq('select t.trail()', array['dba insert relaxation billing/60/billing', 'dba insert relaxation billing/90/sales', 'dba update relaxation billing/60/billing',
	'dba delete relaxation billing/90/sales'], 'relaxations');

-- TRUNCATE, which only the owner may
select t.forget();
truncate chat.relaxation;
select is((select concat_ws(' ', actor_kind, action, object, key, old ->> 'min_rating', new) from chat.audit),
	'dba truncate relaxation billing/60/billing 1', 'what is taken away at once is told row by row');

-- ---- who: the session's user and application, or the operator whom one of our programs serves --------------------------
-- by a role of a person
create role t_person in role switchboard_dba;
select t.forget();
set local role t_person;
insert into chat.skill (skill) values ('x');
reset role;
select is((select db_user from chat.audit), session_user::text, 'the session''s user is named, whatever role he has taken');
drop role t_person;
select t.forget();
set local application_name = 'nightly ratings';
select internal.act_as('operator', 'ana');
update chat.skill set description = 'Bills' where skill = 'billing';
select is((select concat_ws('|', actor_kind, actor, application) from chat.audit), 'dba|postgres|nightly ratings', 'who is not one of our programs speaks for nobody else');
select t.forget();
grant switchboard_dba to switchboard_api; -- as if a verb of the api changed configuration
set session authorization switchboard_api;
update chat.skill set description = 'Invoices' where skill = 'billing';
reset session authorization;
revoke switchboard_dba from switchboard_api;
select is((select concat_ws('|', actor_kind, actor, db_user) from chat.audit), 'operator|ana|switchboard_api', 'a program speaks for the operator it serves');
select internal.act_as('', '');

-- ---- the view -------------------------------------------------------------------------------------------------------
select t.operator('eve');
select t.forget();
insert into chat.operator_skill (operator, skill, rating) values ('eve', 'billing', 4);
update chat.operator_skill set rating = 6, valid_to = '2026-12-31' where operator = 'eve';
set local role switchboard_audit;
select results_eq($$select who || ' ' || application || ': ' || action || ' ' || object || ' ' || key || ' ' || changed || ' ' || coalesce(old, '-') || ' ' || coalesce(new, '-')
	from chat.audit_log order by audit, changed$$, array['postgres nightly ratings: insert operator_skill eve/billing operator - eve',
	'postgres nightly ratings: insert operator_skill eve/billing rating - 4', 'postgres nightly ratings: insert operator_skill eve/billing skill - billing',
	'postgres nightly ratings: update operator_skill eve/billing rating 4 6', 'postgres nightly ratings: update operator_skill eve/billing valid_to - 2026-12-31T00:00:00+00:00'],
	'the auditor reads who changed which column from what to what');
reset role;
select throws_ok('insert into chat.audit_log (who) values (''me'')', null, null, 'and nobody writes there');

-- secrets
select t.operator('bo'), t.forget();
select api.set_password('bo', '$y$j9T$abcdefgh$0123456789');
select results_eq('select t.trail()', array['dba password operator bo'], 'a new password leaves its trace');
select is((select (old, new)::text from chat.audit), '(,)', 'and nothing of itself');
select t.log_in('bo'), api.logout(t.session('bo'));
select set_eq('select t.trail()', array['dba password operator bo', 'operator logout operator bo'], 'a logout');
select t.forget();
select from api.login('bo', t.session('bo'), '10.0.0.1', 'agent');
select api.login_failed('nobody', '10.0.0.2');
select results_eq('select t.trail()', array['operator login operator bo', 'operator login refused operator nobody'], 'a login and a refused one');
select is_empty($$select * from chat.audit a where a::text ~ '\$y\$' or a::text like '%' || encode(t.session('bo'), 'hex') || '%'$$,
	'no hash and no session stands in the audit');
select t.open(1, 'plain'), t.post(1, t.token(1), 1, 'my secret'), t.end_chat(1, 'customer', clock_timestamp());
select is_empty($$select * from chat.audit a where a::text ~ 'secret|Customer 1' or a::text like '%' || encode(t.token(1), 'hex') || '%'$$,
	'no word, name or token of a customer');
\ir verdict.psql
