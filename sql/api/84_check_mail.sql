-- SPDX-License-Identifier: ISC
-- chat.check: mail that cannot leave, notes that nobody reads.
create function internal.check_mail(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'warning', 'mail_not_set_up', 'site', i.site::text, format('Customers of %s left %s notes in the last 30 days, and nobody can answer them by mail.', i.site, count(*)),
		format('insert into chat.mail_account (account, url, user_name, from_address) values (''mail'', ''smtp://…:587'', ''…'', ''…''), then switchboard mail password mail;'
			' or update chat.widget set features = features || ''{"notes": false}'' where site = ''%s''', i.site)
	from chat.inbox i where i.created_at > p_now - interval '30 days' and internal.mail_account_of(i.site) is null group by i.site
	union all
	select 'error', 'mail_no_password', 'mail_account', m.account, format('The account %s logs in as %s and has no password.', m.account, m.user_name),
		format('switchboard mail password %s', m.account)
	from chat.mail_account m where m.active and m.user_name is not null and not exists (select from chat.mail_password p where p.account = m.account)
	union all
	select 'warning', 'mail_in_the_clear', 'mail_account', m.account, format('The account %s sends mails, and its password, without TLS.', m.account),
		format('update chat.mail_account set starttls = ''required'' where account = ''%s''', m.account)
	from chat.mail_account m where m.active and m.url like 'smtp://%' and m.starttls = 'none' and m.url !~ '^smtp://(localhost|127\.[0-9.]+)(:|$)'
	union all
	select 'warning', 'notice_without_mail', 'inbox_notice', n.notice, format('%s is to be told of new notes, and there is no account to send mail by.', n.address),
		'insert into chat.mail_account (account, url, user_name, from_address) values (''mail'', ''smtp://…:587'', ''…'', ''…'')'
	from chat.inbox_notice n where not exists (select from chat.mail_account m where m.active)
	union all
	select 'error', 'mail_given_up', 'mail_account', o.account, format('%s mails of the last seven days were given up; the last one because: %s', count(*),
			(array_agg(left(o.last_error, 200) order by o.finished_at desc))[1]), 'switchboard outbox'
	from chat.outbox o where o.kind = 'mail' and o.state = 'dead' and o.finished_at > p_now - interval '7 days' group by o.account
	union all
	select 'warning', 'inbox_waits', 'inbox', i.queue, format('%s notes for %s wait in the inbox, the oldest for %s days.', count(*), i.queue,
			extract(day from p_now - min(i.created_at))::int), format('select operator from chat.operator_queue where queue = ''%s''', i.queue)
	from chat.inbox i where i.state = 'new' group by i.queue having min(i.created_at) < p_now - interval '3 days'
$$;
