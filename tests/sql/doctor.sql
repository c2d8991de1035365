-- SPDX-License-Identifier: ISC
-- chat.doctor: each thing that is wrong in the database is told with what to do, and of what is sound nothing.
\ir fixture.psql
select no_plan();
create function t.verdict(p_name text, p_sessions int default 12) returns text language sql as
	$$ select d.verdict || ': ' || d.sentence || coalesce(' -> ' || nullif(d.advice, ''), '') from chat.doctor(p_sessions) d where d.name = p_name $$;
create function t.says(p_name text, p_like text, p_why text) returns text language sql as $$ select alike(t.verdict(p_name), p_like, p_why) $$;
-- Roles belong to the whole cluster: of two who change the same one at once PostgreSQL refuses one.
create function t.role(p_sql text) returns void language plpgsql as $$
begin
	for i in 1..100 loop
		begin
			execute p_sql;
			return;
		exception when internal_error then
			null;
		end;
	end loop;
	execute p_sql;
end $$;
insert into chat.relay (name, started_at, heartbeat_at) values ('one', now(), now());
truncate chat.router;
insert into chat.router (name, leads, started_at, heartbeat_at, pid, backend_start) values ('first', true, now(), now(), 1, now()), ('second', false, now(), now(), 2, now());
insert into chat.courier (name, started_at, heartbeat_at) values ('post', now(), now());
savepoint story;

select is_empty($$select d.name from chat.doctor() d where d.verdict <> 'ok' and d.name not in ('fsync', 'full_page_writes', 'contact centre')$$, 'nothing is wrong here');
select is_empty($$select d.name from chat.doctor(100000) d where d.verdict <> 'ok' and (d.advice is null or d.advice = '')$$, 'what is not right says what to do');
set local role switchboard_dba;
select lives_ok('select verdict, name, sentence, advice from chat.doctor()', 'a DBA may ask');
reset role;

select set_config('synchronous_commit', 'off', true);
select t.says('synchronous_commit', 'wrong: synchronous_commit is off -> %', 'commits that can be lost');
:next_story
select alike(t.verdict('max_connections', 100000), 'wrong: the programs as configured take 100000 sessions% -> raise max_connections%', 'more sessions than there can be');
select alike(t.verdict('max_connections', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int), '%take % sessions%', 'as many as there can be');

select t.role('alter role switchboard_relay nologin');
select t.says('role switchboard_relay', 'wrong: may not log in -> alter role switchboard_relay login', 'a program that cannot come in');
:next_story
select t.role('alter role switchboard_router superuser');
select t.says('role switchboard_router', 'wrong: is a superuser -> alter role switchboard_router nosuperuser', 'one that may do everything');
:next_story
select t.role('alter role switchboard_courier reset statement_timeout');
select t.says('role switchboard_courier', 'warning: has no statement_timeout -> switchboard migrate --force%', 'one that may wait for ever');
:next_story
revoke usage on schema api from switchboard_relay;
select t.says('role switchboard_relay', 'wrong: may not enter %', 'one without the schema');
:next_story
revoke execute on function api.router_lead from switchboard_router;
select t.says('role switchboard_router', 'wrong: may not call api.router_lead -> %', 'one without its verb');
:next_story

update chat.relay set heartbeat_at = now() - interval '10 minutes';
select t.says('relays', 'wrong: none is alive, the last heartbeat was %.% s ago -> start switchboard-relay%', 'no relay lives');
truncate chat.relay cascade;
select t.says('relays', 'wrong: none has ever registered -> %', 'there was none');
:next_story
update chat.router set heartbeat_at = now() - interval '1 minute' where leads;
select t.says('router', 'wrong: the leader first was last heard of %.% s ago: %', 'the leader is silent');
delete from chat.router where leads;
select t.says('router', 'wrong: none leads%', 'nobody leads');
:next_story
truncate chat.courier;
select t.says('couriers', 'warning: none is alive; 0 items wait to be sent -> start switchboard-courier%', 'no courier, nothing to send');
insert into chat.outbox (kind, lane, account, body, created_at, next_try_at) values ('webhook', 'webhook/crm', 'crm', '{}', now() - interval '10 minutes', now());
insert into chat.outbox_lane (lane, account, depth, due_at) values ('webhook/crm', 'webhook/crm', 1, now());
select t.says('couriers', 'wrong: none is alive; 1 items wait%', 'something to send');
select t.says('outbox', 'warning: 1 items, the oldest put in % s ago -> %', 'it waits for long');
update chat.outbox set created_at = now() - interval '2 hours';
select t.says('outbox', 'wrong: 1 items, the oldest put in % s ago -> %', 'for too long');
:next_story
insert into chat.outbox (kind, lane, account, body, state, created_at, next_try_at, finished_at, last_reason, last_error, given_up)
values ('mail', 'mail/main', 'main', '{}', 'dead', now(), now(), now(), 'timeout', 'Timeout was reached', 'tries');
select t.says('dead letters', 'warning: 1 to mail/main -> switchboard outbox list%', 'what was given up');
:next_story
update chat.site set origins = '{}';
select t.says('contact centre', 'wrong: % errors% -> switchboard check names them', 'what check finds');
\ir verdict.psql
