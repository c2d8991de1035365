-- SPDX-License-Identifier: ISC
-- chat.check: bots, the questions before a chat, the rules that choose its queue.

-- From which node of a bot to which: by a button, by the answer to a question, by thanks, by an answer of the table (which may come anywhere: from is NULL).
create function internal.bot_ways() returns table (bot text, from_node text, to_node text)
language sql stable as $$
	select c.bot::text, c.node::text, c.next_node::text from chat.bot_choice c
	union select n.bot, n.node, n.next_node from chat.bot_node n where n.next_node is not null
	union select n.bot, n.node, n.courtesy_node from chat.bot_node n where n.courtesy_node is not null
	union select a.bot, null, a.next_node from chat.bot_answer a where a.next_node is not null
$$;

-- The nodes that customers can reach.
create function internal.bot_reached() returns table (bot text, node text)
language sql stable as $$
	with recursive way as materialized (select * from internal.bot_ways()), step as (
		select b.bot::text as bot, n.node::text as node from chat.bot b join chat.bot_node n on n.bot = b.bot and n.node = b.first_node
		union
		select b.bot, n.node from chat.bot b join chat.bot_node n on n.bot = b.bot and n.node = b.return_node where exists (select from chat.queue q where q.bot_returns or q.bot_closes)
		union
		select b.bot, n.node from chat.bot b join chat.bot_node n on n.bot = b.bot and n.node = b.closing_node where exists (select from chat.queue q where q.bot_closes)
		union
		select w.bot, w.to_node from way w where w.from_node is null
		union
		select s.bot, w.to_node from step s join way w on w.bot = s.bot and w.from_node = s.node
	)
	select s.bot, s.node from step s
$$;

-- Every text there should be of the bots of active widgets: of a node that stays, and of each button.
create function internal.bot_texts() returns table (bot text, node text, choice text)
language sql stable as $$
	with node as (
		select n.* from chat.bot_node n join internal.bot_reached() r on r.bot = n.bot and r.node = n.node
		where (n.queue is null or n.stays) and exists (select from chat.widget w where w.bot = n.bot and w.active)
	)
	select n.bot::text, n.node::text, '' from node n where n.question is null and not n.escalates
	union all
	select c.bot, c.node, c.choice from node n join chat.bot_choice c on c.bot = n.bot and c.node = n.node
$$;

-- What to say of a demand that no active operator meets; NULL: somebody does.
create function internal.unserved_skill(p_who text, p_skill text, p_min_rating int) returns text
language sql stable as $$
	select format('%s asks for %s at %s or better, which no active operator has: such a chat waits for ever.', p_who, p_skill, p_min_rating)
	where not exists (select from chat.operator_skill k join chat.operator o on o.operator = k.operator and o.active where k.skill = p_skill and k.rating >= p_min_rating)
$$;

-- Bots that lead nowhere or say nothing. Only bots of active widgets are looked at.
create function internal.check_bots(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with recursive used as materialized (
		select distinct b.* from chat.bot b join chat.widget w on w.bot = b.bot and w.active
	), node as materialized (
		select n.*, s.node is not null as met, (n.queue is not null and not n.stays) or n.escalates or n.ends or n.question is not null as leads_on
		from used b join chat.bot_node n on n.bot = b.bot left join internal.bot_reached() s on s.bot = n.bot and s.node = n.node
	), circle as ( -- from a question to the next one, when all are answered already
		select n.bot, n.node, n.next_node, array[n.node::text] as path from node n where n.met and n.question is not null
		union all
		select c.bot, c.node, n.next_node, c.path || n.node::text from circle c join node n on n.bot = c.bot and n.node = c.next_node and n.question is not null
		where n.node <> all (c.path)
	)
	select 'warning', 'bot_off', 'bot', b.bot::text, format('The bot %s is switched off, but the widget %s names it: its customers meet no bot.', b.bot,
			(select string_agg(w.widget, ', ' order by w.widget) from chat.widget w where w.bot = b.bot and w.active)),
		format('update chat.bot set active = true where bot = ''%s''; or update chat.widget set bot = null where bot = ''%s''', b.bot, b.bot)
	from used b where not b.active
	union all
	select 'error', 'bot_no_first_node', 'bot', b.bot, format('The bot %s begins at node %s, which does not exist.', b.bot, b.first_node),
		format('insert into chat.bot_node (bot, node) values (''%s'', ''%s'')', b.bot, b.first_node)
	from used b where b.active and b.kind = 'built_in' and not exists (select from chat.bot_node n where n.bot = b.bot and n.node = b.first_node)
	union all
	select 'error', 'bot_no_return_node', 'bot', b.bot, format('The bot %s goes on at node %s when a chat is given back to it, which does not exist.', b.bot, b.return_node),
		format('insert into chat.bot_node (bot, node) values (''%s'', ''%s'')', b.bot, b.return_node)
	from used b where b.active and b.kind = 'built_in' and b.return_node is not null and not exists (select from chat.bot_node n where n.bot = b.bot and n.node = b.return_node)
	union all
	select 'error', 'bot_no_closing_node', 'bot', b.bot, format('The bot %s goes on at node %s when an operator ends a chat, which does not exist.', b.bot, b.closing_node),
		format('insert into chat.bot_node (bot, node) values (''%s'', ''%s'')', b.bot, b.closing_node)
	from used b where b.active and b.kind = 'built_in' and b.closing_node is not null and not exists (select from chat.bot_node n where n.bot = b.bot and n.node = b.closing_node)
	union all
	select 'notice', 'bot_has_no_last_word', 'bot', b.bot, format('A queue gives chats that end to their bot, but the bot %s has no words for that: those of its chats just end.', b.bot),
		format('update chat.bot set closing_node = ''…'' where bot = ''%s''', b.bot)
	from used b where b.active and b.kind = 'built_in' and coalesce(b.closing_node, b.return_node) is null and exists (select from chat.queue q where q.bot_closes)
	union all
	select 'warning', 'bot_dead_end', 'bot_node', n.bot || '/' || n.node, format('At node %s the bot %s offers nothing but a person.', n.node, n.bot),
		format('insert into chat.bot_choice (bot, node, choice, next_node) values (''%s'', ''%s'', ''back'', ''…'')', n.bot, n.node)
	from node n where n.met and not n.leads_on and not exists (select from chat.bot_choice c where c.bot = n.bot and c.node = n.node)
	union all
	select 'notice', 'bot_node_unreached', 'bot_node', n.bot || '/' || n.node, format('No button, question or answer of the bot %s leads to node %s.', n.bot, n.node),
		format('insert into chat.bot_choice (bot, node, choice, next_node) values (''%s'', ''…'', ''…'', ''%s'')', n.bot, n.node)
	from node n where not n.met
	union all
	select 'error', 'bot_circle', 'bot_node', c.bot || '/' || c.node, format('The questions of the bot %s lead in a circle from %s: whose answers are all known gets nowhere.', c.bot,
			array_to_string(c.path || c.node::text, ' to ')),
		format('update chat.bot_node set next_node = ''…'' where bot = ''%s'' and node = ''%s''', c.bot, c.path[cardinality(c.path)])
	from circle c where c.next_node = c.node and c.node = (select min(p) from unnest(c.path) p)
	union all
	select 'warning', 'bot_button_hides_answer', 'bot_choice', n.bot || '/' || n.node || '/' || c.choice,
		format('The button %s at node %s of the bot %s has the key of an answer to its question %s: it cannot be pressed.', c.choice, n.node, n.bot, n.question),
		format('update chat.bot_choice set choice = ''…'' where bot = ''%s'' and node = ''%s'' and choice = ''%s''', n.bot, n.node, c.choice)
	from node n join chat.bot_choice c on c.bot = n.bot and c.node = n.node join chat.question_choice q on q.question = n.question and q.choice = c.choice
	union all
	select 'warning', 'bot_answer_unfindable', 'bot_answer', a.bot || '/' || a.locale || '/' || a.answer,
		format('The question of answer %s of the bot %s has no word that is looked up in %s.', a.answer, a.bot, a.locale),
		format('update chat.bot_answer set question = ''…'' where bot = ''%s'' and locale = ''%s'' and answer = ''%s''', a.bot, a.locale, a.answer)
	from used b join chat.bot_answer a on a.bot = b.bot where a.search = ''
	union all
	select 'warning', 'bot_skill_unserved', 'bot_node_skill', k.bot || '/' || k.node || '/' || k.skill, internal.unserved_skill(format('At node %s the bot %s', k.node, k.bot), k.skill, k.min_rating),
		format('update chat.bot_node_skill set min_rating = … where bot = ''%s'' and node = ''%s'' and skill = ''%s''', k.bot, k.node, k.skill)
	from node n join chat.bot_node_skill k on k.bot = n.bot and k.node = n.node
	where n.met and k.required and internal.unserved_skill('', k.skill, k.min_rating) is not null
$$;

-- Texts that are missing, altogether or in a language that the bot speaks elsewhere.
create function internal.check_bot_texts(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with said as materialized (select * from internal.bot_texts()), spoken as materialized (
		select distinct t.bot::text as bot, t.locale::text as locale from chat.bot_text t where exists (select from said s where s.bot = t.bot))
	select 'warning', case s.choice when '' then 'bot_silent' else 'bot_button_unlabelled' end, 'bot_text', s.bot || '/' || s.node || case s.choice when '' then '' else '/' || s.choice end,
		case s.choice when '' then format('The bot %s says nothing at node %s.', s.bot, s.node)
			else format('The button %s at node %s of the bot %s has no label: customers read its key.', s.choice, s.node, s.bot) end,
		format('insert into chat.bot_text (bot, node, choice, locale, text) values (''%s'', ''%s'', ''%s'', ''en'', ''…'')', s.bot, s.node, s.choice)
	from said s where not exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice)
	union all
	select 'notice', 'bot_language_in_part', 'bot', l.bot || '/' || l.locale, format('The bot %s speaks %s, but not everywhere: %s.', l.bot, l.locale,
			string_agg(s.node || case s.choice when '' then '' else '/' || s.choice end, ', ' order by s.node, s.choice)),
		format('insert into chat.bot_text (bot, node, choice, locale, text) values (''%s'', ''%s'', ''…'', ''%s'', ''…'')', l.bot, min(s.node), l.locale)
	from spoken l join said s on s.bot = l.bot
	where not exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice and t.locale = l.locale)
	  and exists (select from chat.bot_text t where t.bot = s.bot and t.node = s.node and t.choice = s.choice)
	group by l.bot, l.locale
	union all
	select 'notice', 'bot_answer_untranslated', 'bot_answer', x.bot || '/' || x.locale, format('The bot %s speaks %s, but %s of its answers %s not there in it: %s.', x.bot, x.locale, count(*),
			case count(*) when 1 then 'is' else 'are' end, array_to_string((array_agg(x.answer order by x.answer))[1:5], ', ') || case when count(*) > 5 then ', …' else '' end),
		format('insert into chat.bot_answer (bot, locale, answer, question, text) values (''%s'', ''%s'', ''%s'', ''…'', ''…'')', x.bot, x.locale, min(x.answer))
	from (select l.bot, l.locale, a.answer::text as answer from spoken l join (select distinct b.bot, b.answer from chat.bot_answer b) a on a.bot = l.bot
		where not exists (select from chat.bot_answer o where o.bot = a.bot and o.answer = a.answer and o.locale = l.locale)) x
	group by x.bot, x.locale
	union all
	select 'notice', 'bot_language_without_courtesy', 'courtesy_phrase', l.locale, format('Bots speak %s (%s), but no courtesy is known in it: who says thanks there is not understood.', l.locale,
			string_agg(distinct l.bot, ', ')),
		format('insert into chat.courtesy_phrase (locale, phrase) values (''%s'', ''…'')', l.locale)
	from spoken l join chat.bot b on b.bot = l.bot and b.active and b.kind = 'built_in'
	where not exists (select from chat.courtesy_phrase p where split_part(p.locale, '-', 1) = split_part(l.locale, '-', 1))
	group by l.locale
	union all
	select 'warning', 'courtesy_phrase_escalates', 'courtesy_phrase', p.locale || '/' || p.phrase, format('Who says "%s" is handed over to people: an escalation phrase stands in it.', p.phrase),
		format('delete from chat.courtesy_phrase where locale = ''%s'' and phrase = %L', p.locale, p.phrase)
	from chat.courtesy_phrase p where internal.wants_person(internal.plain_words(p.phrase))
$$;

-- Questions that cannot be asked or answered, or have no words in a language in which others have.
create function internal.check_questions(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	with asked as materialized (
		select q.* from chat.question q where exists (select from chat.queue_question u where u.question = q.question) or exists (select from chat.bot_node n where n.question = q.question)
	), spoken as materialized (
		select distinct t.locale::text as locale from asked a join chat.question_text t on t.question = a.question
	), label as materialized (
		select a.question::text as question, ''::text as choice, array(select t.locale::text from chat.question_text t where t.question = a.question) as locales from asked a
		union all
		select c.question, c.choice, array(select t.locale::text from chat.question_choice_text t where t.question = c.question and t.choice = c.choice)
		from asked a join chat.question_choice c on c.question = a.question
	)
	select 'error', 'question_without_choices', 'question', a.question::text, format('The question %s is to be answered by a choice, but there is none.', a.question),
		format('insert into chat.question_choice (question, choice) values (''%s'', ''…'')', a.question)
	from asked a where a.kind = 'choice' and not exists (select from chat.question_choice c where c.question = a.question)
	union all
	select 'warning', 'question_example_wrong', 'question', a.question, format('The example "%s" does not answer the question %s.', a.example, a.question),
		format('update chat.question set example = ''…'' where question = ''%s''', a.question)
	from asked a where a.example <> '' and internal.answer_value(a, to_jsonb(a.example)) is null
	union all
	select 'warning', 'question_unworded', 'question', concat_ws('/', l.question, nullif(l.choice, '')), format('%s has no words: customers read its key.',
			case l.choice when '' then 'The question ' || l.question else format('The answer %s of the question %s', l.choice, l.question) end),
		case l.choice when '' then format('insert into chat.question_text (question, locale, label) values (''%s'', ''en'', ''…'')', l.question)
			else format('insert into chat.question_choice_text (question, choice, locale, label) values (''%s'', ''%s'', ''en'', ''…'')', l.question, l.choice) end
	from label l where l.locales = '{}'
	union all
	select 'notice', 'question_language_in_part', 'question', x.locale, format('Questions are asked in %s, but not all: %s.', x.locale,
			string_agg(concat_ws('/', x.question, nullif(x.choice, '')), ', ' order by x.question, x.choice)),
		format('insert into chat.question_text (question, locale, label) values (''%s'', ''%s'', ''…'')', min(x.question), x.locale)
	from (select s.locale, l.question, l.choice from spoken s cross join label l where l.locales <> '{}' and s.locale <> all (l.locales)) x
	group by x.locale
$$;

-- Rules that can never hold, or do nothing when they do.
create function internal.check_rules(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'warning', 'rule_queue_off', 'entry_rule', r.rule::text, format('The rule %s sends chats to %s, which is switched off.', r.rule, r.queue),
		format('update chat.entry_rule set queue = ''…'' where rule = ''%s''', r.rule)
	from chat.entry_rule r join chat.queue q on q.queue = r.queue and not q.active where r.active
	union all
	select 'warning', 'rule_answer_unknown', 'entry_rule', r.rule, format('The rule %s waits for the answer %s to %s, which %s.', r.rule, a.value, a.key,
			case when q.question is null then 'nobody asks' else 'cannot be given' end),
		format('update chat.entry_rule set answers = ''{…}'' where rule = ''%s''', r.rule)
	from chat.entry_rule r cross join lateral jsonb_each(r.answers) a left join chat.question q on q.question = a.key
	where r.active and (q.question is null or internal.answer_value(q, a.value) is distinct from a.value)
	union all
	select 'warning', 'rule_skill_unserved', 'entry_rule', r.rule, internal.unserved_skill('The rule ' || r.rule, r.skill, r.min_rating),
		format('update chat.entry_rule set min_rating = … where rule = ''%s''', r.rule)
	from chat.entry_rule r where r.active and r.skill is not null and r.required and internal.unserved_skill('', r.skill, r.min_rating) is not null
	union all
	select 'warning', 'rule_never_decides', 'entry_rule', r.rule, format('The rule %s never chooses a queue: %s stands before it and holds always.', r.rule, b.rule),
		format('update chat.entry_rule set position = %s where rule = ''%s''', b.position - 1, r.rule)
	from chat.entry_rule r cross join lateral (
		select e.rule, e.position from chat.entry_rule e
		where e.active and (e.position, e.rule) < (r.position, r.rule) and e.queue is not null and e.from_queue is not distinct from r.from_queue
		  and e.locale is null and e.page_url is null and e.context = '{}' and e.answers = '{}' and (e.site is null or e.site = r.site) and (e.widget is null or e.widget = r.widget)
		order by e.position, e.rule limit 1) b
	where r.active and r.queue is not null and not r.bypass and r.skill is null and r.level is null
$$;
