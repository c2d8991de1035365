-- SPDX-License-Identifier: ISC
-- What chat.check (81_check.sql) says of sessions that stand in the way.

-- Transactions left open that hold rows of ours: for 10 s already, or while somebody has been waiting for a second. Often nobody waits and it matters all the
-- same, because routing passes over rows that are held. Since when a transaction is open the owner sees as a member of pg_read_all_stats (roles.sql).
create function internal.check_sessions(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with holder as materialized (
		select l.pid, string_agg(distinct n.nspname || '.' || c.relname, ', ' order by n.nspname || '.' || c.relname) as tables
		from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
		where l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid() and c.relkind in ('r', 'p') and n.nspname in ('chat', 'internal')
		  and l.database = (select d.oid from pg_database d where d.datname = current_database())
		  and l.mode in ('RowShareLock', 'RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
		group by l.pid
	), waiter as materialized (
		select l.pid, min(l.waitstart) as since from pg_locks l where not l.granted group by l.pid
	), waited_for as materialized (
		select b.pid, count(*) as waiting, min(w.since) as since
		from waiter w cross join lateral (select distinct u.pid from unnest(pg_blocking_pids(w.pid)) u (pid)) b
		group by b.pid
	)
	select 'warning', 'transaction_open', 'session', a.pid::text,
		format('%s (process %s%s) has had a transaction open%s and holds rows of %s%s.', coalesce(a.usename, 'Somebody'), a.pid, ', ' || nullif(a.application_name, ''),
			' for ' || extract(epoch from p_now - a.xact_start)::int || ' s', h.tables,
			case w.waiting when 1 then '; 1 session waits for it' else '; ' || w.waiting || ' sessions wait for it' end),
		format('commit or roll back there, or select pg_terminate_backend(%s); meanwhile no chat is given to an operator whose row is held, and no chat whose row is held', a.pid)
	from holder h join pg_stat_activity a on a.pid = h.pid left join waited_for w on w.pid = h.pid
	where (a.xact_start <= p_now - interval '10 seconds' or w.since <= p_now - interval '1 second')
	  and not exists (select from waiter x where x.pid = h.pid) -- who waits himself is not the cause
$$;
