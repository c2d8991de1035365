-- SPDX-License-Identifier: ISC
-- Roles and schemas. Applied first and every time; each statement may be run again. Needs CREATEROLE and CREATE on the database.
--
--   switchboard_owner   owns schemas, tables, functions; nobody logs in as it
--   switchboard_api, _relay, _router, _courier   the programs: EXECUTE on their verbs in schema api, no table right
--   switchboard_dba     group: configuration tables; switchboard_report: reporting; switchboard_audit: the audit trail
do $$
declare
	v_role text;
begin
	foreach v_role in array array['switchboard_owner', 'switchboard_dba', 'switchboard_report', 'switchboard_audit'] loop
		if not exists (select from pg_roles where rolname = v_role) then
			execute format('create role %I nologin', v_role);
		end if;
	end loop;
	foreach v_role in array array['switchboard_api', 'switchboard_relay', 'switchboard_router', 'switchboard_courier'] loop
		if not exists (select from pg_roles where rolname = v_role) then
			execute format('create role %I login', v_role);
		end if;
	end loop;
	if not pg_has_role(current_user, 'switchboard_owner', 'member') then
		execute format('grant switchboard_owner to %I', current_user);
	end if;
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to switchboard_api, switchboard_relay, switchboard_router, switchboard_courier,'
		' switchboard_dba, switchboard_report, switchboard_audit', current_database());
	execute format('grant create, connect, temporary on database %I to switchboard_owner', current_database());
end $$;

-- The programs' sessions: a statement that hangs is worse than one that fails and is tried again.
alter role switchboard_api set statement_timeout = '3s';
alter role switchboard_relay set statement_timeout = '3s';
alter role switchboard_router set statement_timeout = '3s'; -- a stand-by takes over from one that is stuck within 5 s
alter role switchboard_courier set statement_timeout = '5s';
alter role switchboard_api set lock_timeout = '2s';
alter role switchboard_relay set lock_timeout = '2s';
alter role switchboard_router set lock_timeout = '2s';
alter role switchboard_courier set lock_timeout = '2s';
alter role switchboard_api set idle_in_transaction_session_timeout = '10s';
alter role switchboard_relay set idle_in_transaction_session_timeout = '10s';
alter role switchboard_router set idle_in_transaction_session_timeout = '10s';
alter role switchboard_courier set idle_in_transaction_session_timeout = '10s';
alter role switchboard_api set search_path = pg_catalog;
alter role switchboard_relay set search_path = pg_catalog;
alter role switchboard_router set search_path = pg_catalog;
alter role switchboard_courier set search_path = pg_catalog;
-- No statement of theirs runs for so long that compiling it would pay, whatever the planner guesses of tables without statistics.
alter role switchboard_api set jit = off;
alter role switchboard_relay set jit = off;
alter role switchboard_router set jit = off;
alter role switchboard_courier set jit = off;

-- The router's server process notices soon that its router is gone, be it in the middle of a statement, be it behind a network that drops everything: its lock
-- is free then. (The last four count for TCP only; on a unix socket the kernel tells at once.)
alter role switchboard_router set client_connection_check_interval = '500ms';
alter role switchboard_router set tcp_keepalives_idle = 2;
alter role switchboard_router set tcp_keepalives_interval = 1;
alter role switchboard_router set tcp_keepalives_count = 2;
alter role switchboard_router set tcp_user_timeout = '4s';

-- A stand-by ends the session of a leader that has fallen silent (internal.end_router, which judges that itself). Ending a session takes membership in its role
-- or in pg_signal_backend, which could end anybody's: the owner gets the former. The router itself gains nothing, and nobody logs in as the owner.
grant switchboard_router to switchboard_owner;

-- chat.check names transactions that hold our rows, and since when they have been open: that PostgreSQL shows to members of pg_read_all_stats only. It reads no data,
-- and of what it shows more (what statements others run, in the whole cluster) our functions give nothing to anybody: who may call them learns a time. Where whoever
-- installs may not grant it, or takes it back, chat.check names only those transactions that somebody waits for.
do $$
begin
	if not pg_has_role('switchboard_owner', 'pg_read_all_stats', 'member') then
		grant pg_read_all_stats to switchboard_owner;
	end if;
exception when insufficient_privilege then
	raise notice 'switchboard_owner is no member of pg_read_all_stats: chat.check does not see how long a transaction has been open';
end $$;

create schema if not exists chat authorization switchboard_owner;
create schema if not exists api authorization switchboard_owner;
create schema if not exists internal authorization switchboard_owner;
revoke all on schema chat, api, internal from public;
revoke create on schema public from public;
grant usage on schema api to switchboard_api, switchboard_relay, switchboard_router, switchboard_courier, switchboard_dba;
grant usage on schema chat to switchboard_dba, switchboard_report, switchboard_audit;
alter default privileges for role switchboard_owner revoke execute on functions from public;
