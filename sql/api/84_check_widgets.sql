-- SPDX-License-Identifier: ISC
-- chat.check: what customers meet. Widgets, sites, bots.

-- Widgets that lead into queues where no chat can be opened; queues that no customer reaches.
create function internal.check_widgets(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with reached as materialized (select * from internal.reached_queues())
	select case when r.way = 'choice' then 'warning' else 'error' end, 'widget_closed_queue', 'widget', r.widget,
		format('%s %s, which %s.', case r.way when 'default' then 'Customers of ' || r.widget || ' who ask for a person land in' when 'choice' then r.widget || ' offers the queue'
				else format('The bot of %s hands over at node %s to', r.widget, r.node) end,
			r.queue, case when q.active then 'does not open within a year' else 'is switched off' end),
		case r.way when 'default' then format('update chat.widget set default_queue = ''…'' where widget = ''%s''', r.widget)
			when 'choice' then format('delete from chat.widget_queue where widget = ''%s'' and queue = ''%s''', r.widget, r.queue)
			else format('update chat.bot_node set queue = ''…'' where bot = ''%s'' and node = ''%s''', w.bot, r.node) end
			|| format('; or update chat.queue set active = true where queue = ''%s''', r.queue)
	from reached r join chat.queue q on q.queue = r.queue join chat.widget w on w.widget = r.widget
	where not q.active or not internal.ever_opens(q.queue, p_now)
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

-- Bots that lead nowhere, say nothing or speak a language only in part. Only bots of active widgets are looked at.
create function internal.check_bots(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with recursive used as materialized (
		select distinct b.* from chat.bot b join chat.widget w on w.bot = b.bot and w.active
	), step as (
		select b.bot::text as bot, n.node::text as node from used b join chat.bot_node n on n.bot = b.bot and n.node = b.first_node
		union
		select s.bot, c.next_node from step s join chat.bot_choice c on c.bot = s.bot and c.node = s.node
	), node as materialized (
		select n.bot::text as bot, n.node::text as node, n.queue, s.node is not null as met
		from used b join chat.bot_node n on n.bot = b.bot left join step s on s.bot = n.bot and s.node = n.node
	), said as materialized ( -- every text there should be: of a node that stays, and of each button
		select n.bot, n.node, '' as choice from node n where n.met and n.queue is null
		union all
		select c.bot, c.node, c.choice from node n join chat.bot_choice c on c.bot = n.bot and c.node = n.node where n.met and n.queue is null
	)
	select 'warning', 'bot_off', 'bot', b.bot::text, format('The bot %s is switched off, but the widget %s names it: its customers meet no bot.', b.bot,
			(select string_agg(w.widget, ', ' order by w.widget) from chat.widget w where w.bot = b.bot and w.active)),
		format('update chat.bot set active = true where bot = ''%s''; or update chat.widget set bot = null where bot = ''%s''', b.bot, b.bot)
	from used b where not b.active
	union all
	select 'error', 'bot_no_first_node', 'bot', b.bot, format('The bot %s begins at node %s, which does not exist.', b.bot, b.first_node),
		format('insert into chat.bot_node (bot, node) values (''%s'', ''%s'')', b.bot, b.first_node)
	from used b where b.active and not exists (select from chat.bot_node n where n.bot = b.bot and n.node = b.first_node)
	union all
	select 'warning', 'bot_dead_end', 'bot_node', n.bot || '/' || n.node, format('At node %s the bot %s offers nothing but a person.', n.node, n.bot),
		format('insert into chat.bot_choice (bot, node, choice, next_node) values (''%s'', ''%s'', ''back'', ''…'')', n.bot, n.node)
	from node n where n.met and n.queue is null and not exists (select from chat.bot_choice c where c.bot = n.bot and c.node = n.node)
	union all
	select 'notice', 'bot_node_unreached', 'bot_node', n.bot || '/' || n.node, format('No button of the bot %s leads to node %s.', n.bot, n.node),
		format('insert into chat.bot_choice (bot, node, choice, next_node) values (''%s'', ''…'', ''…'', ''%s'')', n.bot, n.node)
	from node n where not n.met
	union all
	select 'warning', case s.choice when '' then 'bot_silent' else 'bot_button_unlabelled' end, 'bot_text', s.bot || '/' || s.node || case s.choice when '' then '' else '/' || s.choice end,
		case s.choice when '' then format('The bot %s says nothing at node %s.', s.bot, s.node)
			else format('The button %s at node %s of the bot %s has no label: customers read its key.', s.choice, s.node, s.bot) end,
		format('insert into chat.bot_text (bot, node, choice, locale, text) values (''%s'', ''%s'', ''%s'', ''en'', ''…'')', s.bot, s.node, s.choice)
	from said s where not exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice)
	union all
	select 'notice', 'bot_language_in_part', 'bot', l.bot || '/' || l.locale, format('The bot %s speaks %s, but not everywhere: %s.', l.bot, l.locale,
			string_agg(s.node || case s.choice when '' then '' else '/' || s.choice end, ', ' order by s.node, s.choice)),
		format('insert into chat.bot_text (bot, node, choice, locale, text) values (''%s'', ''%s'', ''…'', ''%s'', ''…'')', l.bot, min(s.node), l.locale)
	from (select distinct t.bot::text as bot, t.locale::text as locale from chat.bot_text t) l join said s on s.bot = l.bot
	where not exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice and t.locale = l.locale)
	  and exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice)
	group by l.bot, l.locale
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
