-- SPDX-License-Identifier: ISC
-- chat.check: what operators are guided by. Phrases, dialogs, dispositions.

-- Phrases that cannot be sent, that nobody sees, or that are there in some of the languages only.
create function internal.check_phrases(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with said as materialized (
		select 'phrase_text' as object, t.phrase || '/' || t.locale as key, format('The phrase %s (%s)', t.phrase, t.locale) as what,
			format('update chat.phrase_text set text = ''…'' where phrase = ''%s'' and locale = ''%s''', t.phrase, t.locale) as hint, internal.unknown_placeholders(t.text) as unknown
		from chat.phrase p join chat.phrase_text t on t.phrase = p.phrase where p.active and t.text like '%{%'
		union all
		select 'dialog_step_text', concat_ws('/', t.dialog, t.step, t.locale), format('The step %s of the dialog %s (%s)', t.step, t.dialog, t.locale),
			format('update chat.dialog_step_text set say = ''…'' where dialog = ''%s'' and step = ''%s'' and locale = ''%s''', t.dialog, t.step, t.locale), internal.unknown_placeholders(t.say)
		from chat.dialog d join chat.dialog_step_text t on t.dialog = d.dialog where d.active and t.say like '%{%'
	)
	select 'error', 'placeholder_unknown', s.object, s.key, format('%s has %s, which stands for nothing: it cannot be sent as it is.', s.what,
			(select string_agg('{' || u.name || '}', ', ' order by u.name) from unnest(s.unknown) u (name))),
		s.hint || ' -- {customer} {operator} {queue} {site} {answer.NAME} {context.NAME}'
	from said s where cardinality(s.unknown) > 0
	union all
	select 'warning', 'phrase_wordless', 'phrase', p.phrase, format('The phrase %s has no text in any language.', p.phrase),
		format('insert into chat.phrase_text (phrase, locale, title, text) values (''%s'', ''en'', ''…'', ''…'')', p.phrase)
	from chat.phrase p where p.active and not exists (select from chat.phrase_text t where t.phrase = p.phrase)
	union all
	select 'notice', 'phrase_language_in_part', 'phrase', l.locale, format('There are phrases in %s, but not all: %s%s.', l.locale,
			(select string_agg(m.phrase, ', ' order by m.phrase) from (select unnest((array_agg(p.phrase order by p.phrase))[1:5]) as phrase) m),
			case when count(*) > 5 then format(' and %s more', count(*) - 5) else '' end),
		format('insert into chat.phrase_text (phrase, locale, title, text) values (''%s'', ''%s'', ''…'', ''…'')', min(p.phrase), l.locale)
	from (select distinct t.locale::text as locale from chat.phrase p join chat.phrase_text t on t.phrase = p.phrase where p.active) l
	join chat.phrase p on p.active and exists (select from chat.phrase_text t where t.phrase = p.phrase)
		and not exists (select from chat.phrase_text t where t.phrase = p.phrase and t.locale = l.locale)
	group by l.locale
	union all
	select 'warning', 'shortcut_twice', 'phrase', min(p.phrase), format('The shortcut /%s stands for %s%s.', coalesce(p.shortcut, p.phrase), string_agg(p.phrase, ' and ' order by p.phrase),
			case when coalesce(p.queue, q.queue) is not null then ' in ' || coalesce(p.queue, q.queue) else '' end),
		format('update chat.phrase set shortcut = ''…'' where phrase = ''%s''', max(p.phrase))
	from (select null::text as queue union all select k.queue from chat.queue k where k.active) q
	join chat.phrase p on p.active and (p.queue = q.queue or (p.queue is null and (q.queue is null or exists (
		select from chat.phrase o where o.active and o.queue = q.queue and coalesce(o.shortcut, o.phrase) = coalesce(p.shortcut, p.phrase)))))
	group by q.queue, coalesce(p.shortcut, p.phrase), coalesce(p.queue, q.queue) having count(*) > 1
$$;

-- Dialogs that lead through nothing, or speak a language only in part.
create function internal.check_dialogs(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with step as materialized (
		select s.dialog::text as dialog, s.step::text as step from chat.dialog d join chat.dialog_step s on s.dialog = d.dialog where d.active
	)
	select 'warning', 'dialog_no_steps', 'dialog', d.dialog, format('The dialog %s has no steps: nobody is shown it.', d.dialog),
		format('insert into chat.dialog_step (dialog, step) values (''%s'', ''greet'')', d.dialog)
	from chat.dialog d where d.active and not exists (select from chat.dialog_step s where s.dialog = d.dialog)
	union all
	select 'warning', 'dialog_step_wordless', 'dialog_step', s.dialog || '/' || s.step, format('The step %s of the dialog %s has no text in any language: operators read its key.', s.step, s.dialog),
		format('insert into chat.dialog_step_text (dialog, step, locale, title, say) values (''%s'', ''%s'', ''en'', ''…'', ''…'')', s.dialog, s.step)
	from step s where not exists (select from chat.dialog_step_text t where t.dialog = s.dialog and t.step = s.step)
	union all
	select 'notice', 'dialog_language_in_part', 'dialog', l.dialog || '/' || l.locale,
		format('The dialog %s speaks %s, but not everywhere: %s.', l.dialog, l.locale, string_agg(m.place, ', ' order by m.place)),
		format('select * from chat.dialog_step_text where dialog = ''%s'' order by step, locale', l.dialog)
	from (select distinct t.dialog::text as dialog, t.locale::text as locale from chat.dialog d join chat.dialog_step_text t on t.dialog = d.dialog where d.active) l
	cross join lateral (
		select 'its title' as place where not exists (select from chat.dialog_text t where t.dialog = l.dialog and t.locale = l.locale)
		union all
		select s.step from step s where s.dialog = l.dialog and not exists (select from chat.dialog_step_text t where t.dialog = s.dialog and t.step = s.step and t.locale = l.locale)
			and exists (select from chat.dialog_step_text t where t.dialog = s.dialog and t.step = s.step)
		union all
		select i.step || '/' || i.item from chat.dialog_item i where i.dialog = l.dialog
			and not exists (select from chat.dialog_item_text t where t.dialog = i.dialog and t.step = i.step and t.item = i.item and t.locale = l.locale)
	) m
	group by l.dialog, l.locale
	union all
	select 'warning', 'dialog_action_void', 'dialog_action', concat_ws('/', a.dialog, a.step, a.position), format('The step %s of the dialog %s suggests %s, which %s.', a.step, a.dialog,
			case when a.kind = 'ask' then 'the phrase ' || a.phrase when a.kind = 'transfer' then 'a transfer to ' || a.queue else 'the disposition ' || a.disposition end,
			case when a.kind = 'wrap_up' then 'cannot be chosen in ' || coalesce(d.queue, 'any queue') else 'is switched off' end),
		format('delete from chat.dialog_action where dialog = ''%s'' and step = ''%s'' and position = %s', a.dialog, a.step, a.position)
	from chat.dialog d join chat.dialog_action a on a.dialog = d.dialog
	where d.active and case a.kind when 'ask' then not (select p.active from chat.phrase p where p.phrase = a.phrase)
		when 'transfer' then not (select q.active from chat.queue q where q.queue = a.queue)
		when 'wrap_up' then a.disposition is not null and not case when d.queue is not null then internal.may_file(d.queue, a.disposition)
			else exists (select from chat.queue q where internal.may_file(q.queue, a.disposition)) end else false end
$$;

-- Queues that ask for what cannot be chosen, labels that are missing.
create function internal.check_dispositions(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'notice', 'disposition_required_of_words', 'queue', q.queue, format('%s asks for a disposition, but has none to choose from: operators write their own words.', q.queue),
		format('insert into chat.disposition_code (disposition, queue) values (''…'', ''%s'')', q.queue)
	from chat.queue q where q.active and q.disposition_required and not exists (select from internal.dispositions_of(q.queue) d where not d.heading)
	union all
	select 'warning', 'disposition_unlabelled', 'disposition_code', d.disposition, format('The disposition %s has no label in any language: operators read its key.', d.disposition),
		format('insert into chat.disposition_text (disposition, locale, label) values (''%s'', ''en'', ''…'')', d.disposition)
	from chat.disposition_code d where d.active and not exists (select from chat.disposition_text t where t.disposition = d.disposition)
	union all
	select 'notice', 'disposition_language_in_part', 'disposition_text', l.locale,
		format('Dispositions are labelled in %s, but not all: %s.', l.locale, string_agg(d.disposition, ', ' order by d.disposition)),
		format('insert into chat.disposition_text (disposition, locale, label) values (''%s'', ''%s'', ''…'')', min(d.disposition), l.locale)
	from (select distinct t.locale::text as locale from chat.disposition_text t) l
	join chat.disposition_code d on d.active and exists (select from chat.disposition_text t where t.disposition = d.disposition)
		and not exists (select from chat.disposition_text t where t.disposition = d.disposition and t.locale = l.locale)
	group by l.locale
$$;
