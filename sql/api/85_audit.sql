-- SPDX-License-Identifier: ISC
-- The audit, readable. (Functions in a view would run as whoever reads it, so there is none of ours.)
drop view if exists chat.audit_log;
create view chat.audit_log with (security_invoker = true) as
	select a.audit, a.at, coalesce(nullif(a.actor, ''), a.db_user) as who, a.actor_kind, a.db_user, a.application, a.action, a.object, a.key, c.changed, c.old, c.new, a.txid, a.request_id
	from chat.audit a
	left join lateral (
		select coalesce(o.key, n.key) as changed, o.value as old, n.value as new
		from jsonb_each_text(coalesce(a.old, '{}')) o full join jsonb_each_text(coalesce(a.new, '{}')) n on n.key = o.key
		where o.value is distinct from n.value) c on true;
comment on view chat.audit_log is 'chat.audit in readable form: one row for each column that changed, of an insert or delete one for each that is set. '
	'select * from chat.audit_log where object = ''operator_skill'' order by audit desc, changed';
comment on column chat.audit_log.who is 'The operator, where one acted through a program; else the database user';
comment on column chat.audit_log.changed is 'The column that differs';
comment on column chat.audit_log.old is 'Its value before; NULL: none';
comment on column chat.audit_log.new is 'Its value after; NULL: none';
comment on column chat.audit_log.request_id is 'The HTTP request it came from, as the logs name it; NULL: none';
grant select on chat.audit_log to switchboard_audit;
