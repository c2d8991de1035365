-- SPDX-License-Identifier: ISC
-- chat.doctor: what of an installation shows in its database: settings that lose data, roles that may not do their work, programs that are not there, what does not
-- leave. `switchboard doctor` prints it beside what shows from outside (files, sockets, the web server).

create type internal.diagnosis as (verdict text, name text, sentence text, advice text);

create function internal.doctor_settings(p_sessions int) returns setof internal.diagnosis
language sql stable as $$
	with setting as (select s.name, s.setting from pg_settings s)
	select case s.setting when 'on' then 'ok' else w.verdict end, w.name, w.name || ' is ' || s.setting, case s.setting when 'on' then null else w.advice end
	from (values
		('fsync', 'wrong', 'a power failure can destroy the database: set it on in postgresql.conf'),
		('full_page_writes', 'wrong', 'a power failure can destroy pages of the database: set it on in postgresql.conf'),
		('autovacuum', 'wrong', 'tables grow and statements become slow: set it on in postgresql.conf')) w (name, verdict, advice)
	join setting s on s.name = w.name
	union all
	select case when s.setting = 'off' then 'wrong' else 'ok' end, s.name, s.name || ' is ' || s.setting,
		case when s.setting = 'off' then 'what was acknowledged can be lost in a power failure: set it on in postgresql.conf' end
	from setting s where s.name = 'synchronous_commit'
	union all
	select 'ok', s.name, 'data_checksums is ' || s.setting || case s.setting when 'off' then '; PostgreSQL does not notice when a disk changes data (pg_checksums switches it on)' else '' end, null
	from setting s where s.name = 'data_checksums'
	union all
	select case when m.most - m.kept < p_sessions then 'wrong' when m.most - m.kept - m.others < p_sessions then 'warning' else 'ok' end, 'max_connections',
		format('the programs as configured take %s sessions each host, max_connections leaves %s, others hold %s now', p_sessions, m.most - m.kept, m.others),
		case when m.most - m.kept - m.others < p_sessions then 'raise max_connections, or lower api_workers' end
	from (select current_setting('max_connections')::int as most, current_setting('superuser_reserved_connections')::int as kept,
		(select count(*) from pg_stat_activity a where a.backend_type = 'client backend'
			and a.usename::text not in ('switchboard_api', 'switchboard_relay', 'switchboard_router', 'switchboard_courier')
			and a.pid <> pg_backend_pid())::int as others) m
$$;

-- Each program's role: there, able to log in, no superuser, with its time-outs and its verbs.
create function internal.doctor_roles() returns setof internal.diagnosis
language sql stable as $$
	with verb as (
		select p.proname::text as verb, p.oid from pg_proc p where p.pronamespace = 'api'::regnamespace
	), expected (role, verbs) as (values
		('switchboard_api', array['open_chat', 'post_message', 'login', 'board', 'health', 'metrics', 'note_metrics']),
		('switchboard_relay', array['relay_register', 'relay_beat', 'hello_customer', 'hello_operator', 'post_messages', 'fetch_events', 'note_metrics']),
		('switchboard_router', array['router_lead', 'router_pass', 'router_leave', 'note_metrics']),
		('switchboard_courier', array['courier_register', 'courier_beat', 'claim_outbox', 'outbox_answered', 'outbox_failed', 'note_metrics'])
	), judged as (
		select e.role, r.rolcanlogin as login, r.rolsuper as super, r.oid is not null as there,
			(select string_agg('api.' || v.verb, ', ' order by v.verb) from verb v
				where v.verb = any (e.verbs) and r.oid is not null and not has_function_privilege(r.oid, v.oid, 'execute')) as refused,
			r.oid is not null and has_schema_privilege(r.oid, 'api', 'usage') and has_database_privilege(r.oid, current_database(), 'connect') as enters,
			exists (select from pg_db_role_setting s cross join unnest(s.setconfig) c where s.setrole = r.oid and c ~ '^statement_timeout=' and c !~ '^statement_timeout=0') as limited
		from expected e left join pg_roles r on r.rolname = e.role
	)
	select case when j.fault is null then 'ok' when j.grave then 'wrong' else 'warning' end, 'role ' || j.role, coalesce(j.fault, 'may log in, has its verbs and its time-outs'),
		case when j.fault is not null then j.advice end
	from (select j.role,
		case when not j.there then 'is not there'
			when not j.login then 'may not log in'
			when not j.enters then 'may not enter the database or its schema api'
			when j.refused is not null then 'may not call ' || j.refused
			when j.super then 'is a superuser'
			when not j.limited then 'has no statement_timeout' end as fault,
		not (j.there and j.login and j.enters and j.refused is null) or j.super as grave,
		case when j.there and not j.login then format('alter role %s login', j.role) when j.super then format('alter role %s nosuperuser', j.role)
			else 'switchboard migrate --force puts it right' end as advice
		from judged j) j
$$;

-- Who is there: a relay, a leading router, a courier.
create function internal.doctor_programs(p_now timestamptz) returns setof internal.diagnosis
language sql stable as $$
	select case when r.alive > 0 then 'ok' else 'wrong' end, 'relays', case when r.alive > 0 then format('%s alive, the last heartbeat %s s ago', r.alive, r.age)
			when r.age is null then 'none has ever registered' else format('none is alive, the last heartbeat was %s s ago', r.age) end,
		case when r.alive = 0 then 'start switchboard-relay, and read its log if it does not stay' end
	from (select count(*) filter (where x.heartbeat_at > p_now - internal.seconds('relay_lost_s')) as alive, round(extract(epoch from p_now - max(x.heartbeat_at)), 1) as age from chat.relay x) r
	union all
	select case when r.age < 15 then 'ok' else 'wrong' end, 'router',
		case when r.age < 15 then format('%s leads, its last heartbeat %s s ago; %s in all', r.name, r.age, r.alive)
			when r.age is null then 'none leads: nobody who waits is offered to an operator'
			else format('the leader %s was last heard of %s s ago: nobody who waits is offered to an operator', r.name, r.age) end,
		case when r.age < 15 then null else 'start switchboard-router, and read its log if it does not stay' end
	from (select max(x.name) filter (where x.leads) as name, round(extract(epoch from p_now - max(x.heartbeat_at) filter (where x.leads)), 1) as age,
		count(*) filter (where x.heartbeat_at > p_now - interval '15 seconds') as alive from chat.router x) r
	union all
	select case when c.alive > 0 then 'ok' when o.waits > 0 then 'wrong' else 'warning' end, 'couriers', case when c.alive > 0 then format('%s alive', c.alive)
			else format('none is alive; %s items wait to be sent', o.waits) end,
		case when c.alive = 0 then 'start switchboard-courier: without it no mail, webhook, bot of its own or channel works' end
	from (select count(*) as alive from chat.courier x where x.heartbeat_at > p_now - interval '1 minute') c,
		(select coalesce(sum(l.depth), 0) as waits from chat.outbox_lane l) o
$$;

create function internal.doctor_outbox(p_now timestamptz) returns setof internal.diagnosis
language sql stable as $$
	select case when o.dead > 0 then 'warning' else 'ok' end, 'dead letters', case when o.dead > 0 then format('%s to %s', o.dead, o.accounts) else 'none' end,
		case when o.dead > 0 then 'switchboard outbox list --state=dead says why; mend the cause, then switchboard outbox replay' end
	from (select count(*) as dead, string_agg(distinct x.kind || '/' || x.account, ', ') as accounts from chat.outbox x where x.state = 'dead') o
	union all
	select case when o.age > 3600 then 'wrong' when o.age > 300 then 'warning' else 'ok' end, 'outbox',
		case when o.items = 0 then 'nothing waits' else format('%s items, the oldest put in %s s ago', o.items, o.age) end,
		case when o.age > 300 then 'switchboard outbox list says what failed last' end
	from (select count(*) as items, coalesce(greatest(0, round(extract(epoch from p_now - min(x.created_at)))), 0) as age from chat.outbox x where x.finished_at is null) o
	union all
	select case when f.errors > 0 then 'wrong' when f.warnings > 0 then 'warning' else 'ok' end, 'contact centre',
		format('%s errors and %s warnings in queues, people, bots and widgets', f.errors, f.warnings),
		case when f.errors + f.warnings > 0 then 'switchboard check names them' end
	from (select count(*) filter (where x.severity = 'error') as errors, count(*) filter (where x.severity = 'warning') as warnings from internal.findings(p_now) x) f
$$;

-- p_sessions: how many sessions the programs of one host hold as they are configured.
create function chat.doctor(p_sessions int default 13) returns table (verdict text, name text, sentence text, advice text)
language sql stable security definer set search_path = chat, pg_temp set jit = off as $$
	select * from internal.doctor_settings(p_sessions)
	union all select * from internal.doctor_roles()
	union all select * from internal.doctor_programs(clock_timestamp())
	union all select * from internal.doctor_outbox(clock_timestamp())
$$;
comment on function chat.doctor(int) is 'The state of the installation as its database shows it, one row a check: verdict is ok, warning or wrong, sentence says what was found, advice what to do. '
	'`switchboard doctor` prints it together with what it finds on the host and through the web server';
