-- SPDX-License-Identifier: ISC
-- chat.check: accounts of channels that cannot hear or cannot speak.
create function internal.check_channels(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'error', 'channel_no_' || k.kind, 'channel_account', a.account::text, format(case k.kind
			when 'secret' then '%s has no secret: nothing that its provider posts is taken.' when 'token' then '%s has no token of its page: nothing can be sent.'
			else '%s has no verify token: Meta cannot be told to post to it.' end, a.account),
		format('switchboard channel secret add %s %s', a.account, k.kind)
	from chat.channel_account a cross join (values ('secret'), ('token'), ('verify')) k (kind)
	where a.active and (k.kind = 'secret' or a.channel = 'messenger') and not exists (select from chat.channel_secret s where s.account = a.account and s.kind = k.kind)
	union all
	select 'error', 'channel_off', 'channel_account', a.account::text, format('%s uses the widget %s, which is switched off: its customers have no queue.', a.account, w.widget),
		format('update chat.channel_account set widget = … where account = ''%s''', a.account)
	from chat.channel_account a join chat.widget w on w.widget = a.widget join chat.site s on s.site = w.site
	where a.active and not (w.active and s.active)
	union all
	select 'warning', 'channel_failing', 'channel_account', x.account::text, format('%s of what was to be sent by %s within the last day failed, %s of it.', x.failed, x.account,
			case when x.failed = x.all then 'all' else round(100.0 * x.failed / x.all) || ' percent' end),
		format('select error, count(*) from chat.channel_sent where account = ''%s'' and state = ''failed'' group by 1', x.account)
	from (select s.account, count(*) filter (where s.state = 'failed') as failed, count(*) as all from chat.channel_sent s where s.at > p_now - interval '1 day' group by s.account) x
	where x.failed * 5 > x.all and x.failed >= 5
$$;
