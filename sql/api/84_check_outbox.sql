-- SPDX-License-Identifier: ISC
-- chat.check: what leaves and does not arrive, webhooks and external bots without a secret, bots that fail.
create function internal.check_outbox(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'error', 'outbox_no_courier', 'outbox', 'everything', format('%s items wait to be sent, the first for %s minutes, and no courier is there.', count(*),
		floor(extract(epoch from p_now - min(l.due_at)) / 60)), 'start switchboard-courier'
	from chat.outbox_lane l
	where l.due_at < p_now - interval '1 minute' and not exists (select from chat.courier c where c.heartbeat_at > p_now - interval '1 minute')
	having count(*) > 0
	union all
	select 'warning', 'outbox_dead', 'outbox', o.kind || '/' || o.account, format('%s dead letters to %s %s; the last: %s', count(*), o.kind, o.account,
		coalesce((array_agg(left(o.last_error, 200) order by o.finished_at desc))[1], 'no reason')),
		format('mend the cause, then: switchboard outbox replay %s/%s', o.kind, o.account)
	from chat.outbox o where o.state = 'dead' and o.kind <> 'bot' and o.finished_at > p_now - interval '7 days' group by o.kind, o.account
	union all
	select 'error', 'webhook_no_secret', 'webhook', w.webhook::text, format('Webhook %s has no secret to sign with: nothing is sent to it.', w.webhook),
		format('switchboard webhook secret add %s', w.webhook)
	from chat.webhook w where w.active and not exists (select from chat.outgoing_secret s where s.webhook = w.webhook)
	union all
	select 'error', 'bot_no_secret', 'bot', b.bot::text, format('Bot %s is a program of its own and has no %s: its chats go straight to people.', b.bot,
			case b.kind when 'http' then 'secret' else 'token' end),
		format('switchboard bot %s add %s', case b.kind when 'http' then 'secret' else 'token' end, b.bot)
	from chat.bot b where b.active and b.kind <> 'built_in' and not exists (select from chat.outgoing_secret s where s.bot = b.bot)
	union all
	select 'warning', 'bot_fails', 'bot', a.new ->> 'bot', format('Bot %s has failed in %s chats of the last day; the last time: %s', a.new ->> 'bot', count(*),
		(array_agg(left(a.new ->> 'error', 200) order by a.at desc))[1]), 'deploy/manual/bots.md says what it has to do'
	from chat.audit a where a.action = 'bot failed' and a.object = 'chat' and a.at > p_now - interval '1 day' and a.new ? 'bot' group by a.new ->> 'bot'
$$;
