-- SPDX-License-Identifier: ISC
-- chat.check: what customers meet. Widgets and sites.

-- Widgets that lead into queues where no chat can be opened; queues that no customer reaches.
create function internal.check_widgets(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with reached as materialized (select * from internal.reached_queues())
	select case when r.way = 'choice' then 'warning' else 'error' end, 'widget_closed_queue', 'widget', r.widget,
		format('%s %s, which %s.', case r.way when 'default' then 'Customers of ' || r.widget || ' who ask for a person land in' when 'choice' then r.widget || ' offers the queue'
				when 'rule' then format('The rule %s leads from %s to', r.node, r.widget)
				when 'bot default' then format('The bot of %s sends who asks for a person to', r.widget)
				else format('The bot of %s hands over at node %s to', r.widget, r.node) end,
			r.queue, case when q.active then 'does not open within a year' else 'is switched off' end),
		case r.way when 'default' then format('update chat.widget set default_queue = ''…'' where widget = ''%s''', r.widget)
			when 'choice' then format('delete from chat.widget_queue where widget = ''%s'' and queue = ''%s''', r.widget, r.queue)
			when 'rule' then format('update chat.entry_rule set queue = ''…'' where rule = ''%s''', r.node)
			when 'bot default' then format('update chat.bot set queue = ''…'' where bot = ''%s''', w.bot)
			else format('update chat.bot_node set queue = ''…'' where bot = ''%s'' and node = ''%s''', w.bot, r.node) end
			|| format('; or update chat.queue set active = true where queue = ''%s''', r.queue)
	from reached r join chat.queue q on q.queue = r.queue join chat.widget w on w.widget = r.widget
	where (not q.active and r.way <> 'rule') or (q.active and not internal.ever_opens(q.queue, p_now))
	union all
	select 'notice', 'widget_queue_opens_late', 'widget', r.widget, format('%s leads to %s, which does not open before %s.', r.widget, r.queue,
			to_char(o.at at time zone q.time_zone, 'FMDay FMDD FMMonth')),
		format('select * from chat.opening_exception where queue = ''%s'' order by day', r.queue)
	from (select distinct x.widget, x.queue from reached x) r join chat.queue q on q.queue = r.queue and q.active
	cross join lateral (select internal.next_hours(q.queue, p_now) as at) o
	where o.at > p_now + interval '7 days'
	union all
	select 'notice', 'queue_unreached', 'queue', q.queue, format('No active widget or bot leads to %s: chats only come by transfer.', q.queue),
		format('insert into chat.widget_queue (widget, queue) values (''…'', ''%s'')', q.queue)
	from chat.queue q
	where q.active and not exists (select from reached r where r.queue = q.queue) and exists (select from reached)
$$;

-- Sites where the widget cannot be shown, or not safely.
create function internal.check_sites(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'error', 'site_no_origins', 'site', s.site::text, format('%s has no origins: no page may embed its widget %s.', s.site, string_agg(w.widget, ', ' order by w.widget)),
		format('update chat.site set origins = array[''https://…''] where site = ''%s''', s.site)
	from chat.site s join chat.widget w on w.site = s.site and w.active where s.active and cardinality(s.origins) = 0 group by s.site
	union all
	select 'notice', 'site_off', 'site', s.site, format('The widget %s is active, but its site %s is switched off.', string_agg(w.widget, ', ' order by w.widget), s.site),
		format('update chat.site set active = true where site = ''%s''', s.site)
	from chat.site s join chat.widget w on w.site = s.site and w.active where not s.active group by s.site
	union all
	select 'warning', 'origin_unencrypted', 'site', s.site, format('%s lists %s: whoever is on the way can change that page and the chat in it.', s.site, o.origin),
		format('update chat.site set origins = array_replace(origins, ''%s'', ''%s'') where site = ''%s''', o.origin, replace(o.origin, 'http://', 'https://'), s.site)
	from chat.site s cross join lateral unnest(s.origins) o (origin)
	where s.active and o.origin like 'http://%' and o.origin !~ '^http://(localhost|127(\.[0-9]+){3}|[a-z0-9.-]+\.localhost)(:|$)'
$$;

-- What a contact centre cannot be without.
create function internal.check_completeness(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'notice', 'nothing_there', x.object, '', format('There is no %s: %s.', x.what, x.so), x.hint
	from (values
		(exists (select from chat.queue q where q.active), 'queue', 'active queue', 'no chat can wait for anybody', 'insert into chat.queue (queue, label) values (''…'', ''…'')'),
		(exists (select from chat.operator o where o.active), 'operator', 'active operator', 'nobody can answer', 'switchboard operator add NAME --name="Full Name"'),
		(exists (select from chat.operator o where o.active and o.role = 'supervisor') or not exists (select from chat.operator o where o.active),
			'operator', 'active supervisor', 'nobody sees the board', 'update chat.operator set role = ''supervisor'' where operator = ''…'''),
		(exists (select from chat.widget w join chat.site s on s.site = w.site where w.active and s.active), 'widget', 'active widget', 'no customer can open a chat',
			'insert into chat.widget (widget, site, default_queue) values (''…'', ''…'', ''…'')')
	) x (found, object, what, so, hint)
	where not x.found
$$;
