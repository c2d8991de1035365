-- SPDX-License-Identifier: ISC
-- The built-in bot: it greets, shows buttons, understands a button, its words, a question that it has an answer to, and the wish for a person; it asks what a node
-- or a queue wants to know, and hands over. The chat's row is held by whoever calls; nothing of this is touched while people have the chat.

create function internal.bot_text(p_bot text, p_node text, p_choice text, p_locale text) returns text
language plpgsql stable as $$
begin
	return (select t.text
	from chat.bot_text t
	where t.bot = p_bot and t.node = p_node and t.choice = p_choice
	order by t.locale = internal.best_locale(p_locale,
		array(select a.locale from chat.bot_text a where a.bot = p_bot and a.node = p_node and a.choice = p_choice), 'en') desc, t.locale = 'en' desc, t.locale
	limit 1);
end $$;

-- The buttons of a node, the way to a person always last.
create function internal.bot_choices(p_bot text, p_node text, p_locale text) returns jsonb
language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('id', c.choice, 'label', coalesce(internal.bot_text(p_bot, p_node, c.choice, p_locale), c.choice))
			order by c.position, c.choice), '[]')
		|| jsonb_build_array(jsonb_build_object('id', 'person', 'label', internal.text('person', p_locale)))
	from chat.bot_choice c where c.bot = p_bot and c.node = p_node);
end $$;

-- May the question that is asked now be left out?
create function internal.bot_may_skip(p_chat chat.chat) returns boolean
language plpgsql stable as $$
begin
	return not p_chat.bot_hands_over and coalesce((select n.optional from chat.bot_node n where n.bot = p_chat.bot and n.node = p_chat.bot_node), false);
end $$;

-- What the customer may press now: while a question is asked its answers and the way past it stand before the buttons of the node.
create function internal.bot_buttons(p_chat chat.chat) returns jsonb
language plpgsql stable as $$
begin
	if p_chat.bot_question is null then
		return internal.bot_choices(p_chat.bot, p_chat.bot_node, p_chat.locale);
	end if;
	return internal.question_choices(p_chat.bot_question, p_chat.locale)
		|| case when internal.bot_may_skip(p_chat) then jsonb_build_array(jsonb_build_object('id', 'skip', 'label', internal.text('skip', p_chat.locale))) else '[]' end
		|| internal.bot_choices(p_chat.bot, case when not p_chat.bot_hands_over then p_chat.bot_node end, p_chat.locale);
end $$;

create function internal.bot_says(p_chat uuid, p_body text, p_choices jsonb, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.add_event(p_chat, p_now, 'bot_message', 'bot', c.bot, b.name, p_body,
		case when p_choices is not null then jsonb_build_object('choices', p_choices) end)
	from chat.chat c join chat.bot b on b.bot = c.bot where c.chat = p_chat;
end $$;

-- The queue of a hand-over may be closed or full: then the bot says so and stays. True when the chat now waits for a person. p_text: what it says instead of the
-- usual words. Asks nothing: who has come this far gets to people.
create function internal.bot_hands_over(p_chat chat.chat, p_queue text, p_now timestamptz, p_text text default null) returns boolean
language plpgsql as $$
declare
	v_name text;
	v_extra text;
	v_queue text := internal.ruled_queue(p_chat, p_queue);
begin
	update chat.chat c set bot_question = null, bot_hands_over = false, bot_misses = 0
	where c.chat = p_chat.chat and (c.bot_question is not null or c.bot_hands_over or c.bot_misses > 0);
	perform internal.check_queue_takes(v_queue, p_now);
	perform internal.bot_says(p_chat.chat, coalesce(p_text, internal.text('hand_over', p_chat.locale)), null, p_now);
	perform internal.enqueue(p_chat.chat, v_queue, p_now);
	return true;
exception when sqlstate 'SB409' or sqlstate 'SB503' then
	get stacked diagnostics v_name = constraint_name, v_extra = pg_exception_detail;
	update chat.chat c set bot_question = null, bot_hands_over = false, bot_misses = 0
	where c.chat = p_chat.chat and (c.bot_question is not null or c.bot_hands_over or c.bot_misses > 0);
	perform internal.bot_says(p_chat.chat, coalesce(nullif(v_extra, '')::jsonb ->> 'text', internal.text('queue_' || replace(v_name, 'queue_', ''), p_chat.locale)),
		internal.bot_choices(p_chat.bot, p_chat.bot_node, p_chat.locale), p_now);
	return false;
end $$;

-- The queue for a customer who asks for a person: the named one, which the widget must offer, else the widget's default.
create function internal.person_queue(p_widget text, p_queue text) returns text
language plpgsql stable as $$
declare
	v_queue text;
begin
	if p_queue is null then
		select w.default_queue into strict v_queue from chat.widget w where w.widget = p_widget;
		return v_queue;
	end if;
	if not exists (select from chat.widget w where w.widget = p_widget and w.default_queue = p_queue)
		and not exists (select from chat.widget_queue q where q.widget = p_widget and q.queue = p_queue) then
		perform internal.fail('SB422', 'invalid', 'queue');
	end if;
	return p_queue;
end $$;

-- The same for who talks with a bot: what was chosen on the way, by a rule, by the bot, by the widget.
create function internal.bot_person_queue(p_chat chat.chat) returns text
language plpgsql stable as $$
begin
	return coalesce(p_chat.bot_queue, internal.ruled_queue(p_chat, null), (select b.queue from chat.bot b where b.bot = p_chat.bot), internal.person_queue(p_chat.widget, null));
end $$;

-- ---- asking ---------------------------------------------------------------------------------------------------------

-- Asks a question of a node or of the queue that the chat is on its way to.
create function internal.bot_asks(p_chat chat.chat, p_question text, p_text text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	update chat.chat c set bot_question = p_question, bot_misses = 0 where c.chat = p_chat.chat returning * into v_chat;
	perform internal.bot_says(p_chat.chat, coalesce(p_text, internal.question_label(p_question, v_chat.locale)), internal.bot_buttons(v_chat), p_now);
end $$;

-- On the way to people: asks what the queue must know and is not known yet, then hands over. Where the queue is closed nothing is asked in vain.
create function internal.bot_passes_on(p_chat chat.chat, p_queue text, p_now timestamptz, p_text text default null) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_question text;
	v_queue text := internal.ruled_queue(p_chat, p_queue);
begin
	if internal.queue_is_open(v_queue, p_now) then
		select q.question into v_question from chat.queue_question q
		where q.queue = v_queue and q.required and not internal.answer_is_known(p_chat, q.question) order by q.position, q.question limit 1;
	end if;
	if v_question is null then
		perform internal.bot_hands_over(p_chat, p_queue, p_now, p_text);
		return;
	end if;
	update chat.chat c set bot_queue = v_queue, bot_hands_over = true where c.chat = p_chat.chat returning * into v_chat;
	perform internal.bot_asks(v_chat, v_question, null, p_now);
end $$;

-- Goes to a node, through those whose questions are answered already: asks, hands over, ends, or says its text and stays. A node that has no words in any language
-- is no answer: people take over. p_heard: the customer has spoken first. Then the text comes without the buttons, which stand below the answer that he gets next; before a
-- question he gets his answer at once.
create function internal.bot_enters(p_chat chat.chat, p_node text, p_now timestamptz, p_heard text default null) returns void
language plpgsql as $$
declare
	v_chat chat.chat := p_chat;
	v_node chat.bot_node;
	v_at text := p_node;
	v_text text;
	v_steps int := 0;
begin
	loop
		select * into v_node from chat.bot_node n where n.bot = p_chat.bot and n.node = v_at;
		perform internal.ask_skill(p_chat.chat, s.skill, s.required, s.min_rating, s.weight) from chat.bot_node_skill s where s.bot = p_chat.bot and s.node = v_at;
		if v_node.stays then
			update chat.chat c set bot_queue = v_node.queue where c.chat = p_chat.chat returning * into v_chat;
		end if;
		exit when v_node.question is null or not internal.answer_is_known(v_chat, v_node.question);
		v_at := v_node.next_node;
		v_steps := v_steps + 1;
		if v_steps > 50 then
			raise exception 'the bot % goes round in circles at node %', p_chat.bot, v_at;
		end if;
	end loop;
	v_text := internal.bot_text(p_chat.bot, v_at, '', p_chat.locale);
	if v_node.queue is not null and not v_node.stays then
		perform internal.bot_passes_on(v_chat, v_node.queue, p_now, v_text);
		return;
	elsif v_node.escalates or (v_text is null and v_node.question is null and not coalesce(v_node.ends, false)) then
		if v_node.escalates is not true and internal.bot_ends_unheard(p_chat, p_now) then
			return;
		end if;
		perform internal.bot_passes_on(v_chat, internal.bot_person_queue(v_chat), p_now, v_text);
		return;
	end if;
	update chat.chat c set bot_node = v_at, bot_misses = 0, bot_question = null, bot_hands_over = false where c.chat = p_chat.chat returning * into v_chat;
	if v_node.question is not null then
		perform internal.bot_says(p_chat.chat, a.text, null, p_now) from internal.bot_finds(p_chat.bot, p_chat.locale, p_heard) a where a.answer is not null;
		perform internal.bot_asks(v_chat, v_node.question, v_text, p_now);
	elsif v_node.ends then
		perform internal.bot_says(p_chat.chat, v_text, null, p_now) where v_text is not null;
		perform internal.end_chat(p_chat.chat, 'bot', b.name, 'bot_ended', p_now) from chat.bot b where b.bot = p_chat.bot;
	else
		perform internal.bot_says(p_chat.chat, v_text, case when p_heard is null then internal.bot_buttons(v_chat) end, p_now);
	end if;
end $$;

-- What a choice stands for: the label of a button of the present node (or of the reserved choice), NULL when there is no such button.
create function internal.bot_choice_label(p_chat chat.chat, p_choice text) returns text
language plpgsql stable as $$
begin
	return case when p_choice = 'person' then internal.text('person', p_chat.locale)
		when internal.bot_kind(p_chat.bot) <> 'built_in' then internal.external_choice_label(p_chat.chat, p_choice)
		else (select c ->> 'label' from jsonb_array_elements(internal.bot_buttons(p_chat)) c where c ->> 'id' = p_choice limit 1) end;
end $$;

-- ---- a turn ---------------------------------------------------------------------------------------------------------

-- It did not understand: says so and shows what there is, or gives up after so many in a row.
create function internal.bot_misses(p_chat chat.chat, p_text text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if p_chat.bot_misses + 1 >= coalesce((select b.misses_max from chat.bot b where b.bot = p_chat.bot), internal.setting('bot_misses_max')) then
		perform internal.bot_hands_over(p_chat, internal.bot_person_queue(p_chat), p_now);
		return;
	end if;
	update chat.chat c set bot_misses = c.bot_misses + 1 where c.chat = p_chat.chat;
	perform internal.bot_says(p_chat.chat, p_text, internal.bot_buttons(p_chat), p_now);
end $$;

-- The customer thanks, says good-bye or hello, and asks for nothing: he is answered in kind, and it is no miss. Who thanks is led on where the node says so; a question that is
-- asked is asked again. False: he has said more.
create function internal.bot_is_polite(p_chat chat.chat, p_words text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_thanks boolean := internal.only_thanks(p_words);
	v_next text;
	v_text text;
begin
	if not v_thanks and (p_words = '' or not internal.only_greets(p_words)) then
		return false;
	elsif p_chat.bot_question is not null then
		v_text := internal.question_label(p_chat.bot_question, p_chat.locale);
	elsif v_thanks then
		select n.courtesy_node into v_next from chat.bot_node n where n.bot = p_chat.bot and n.node = p_chat.bot_node;
	else
		v_text := internal.bot_text(p_chat.bot, p_chat.bot_node, '', p_chat.locale);
	end if;
	if v_next is not null then
		perform internal.bot_enters(p_chat, v_next, p_now);
	else
		perform internal.bot_says(p_chat.chat, coalesce(v_text, internal.text('courtesy', p_chat.locale)), internal.bot_buttons(p_chat), p_now);
	end if;
	return true;
end $$;

-- The answer to the question that is asked.
create function internal.bot_hears_answer(p_chat chat.chat, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_question chat.question;
	v_value jsonb;
begin
	select * into strict v_question from chat.question q where q.question = p_chat.bot_question;
	if p_choice is distinct from 'skip' or not internal.bot_may_skip(p_chat) then
		v_value := internal.answer_value(v_question, to_jsonb(coalesce(p_choice, p_body)), true);
		if v_value is null then
			if not internal.bot_is_polite(p_chat, internal.plain_words(p_body), p_now) then
				perform internal.bot_misses(p_chat, internal.answer_error(v_question, p_chat.locale), p_now);
			end if;
			return;
		end if;
	end if;
	perform internal.keep_answer(p_chat, v_question, coalesce(v_value, 'null'));
	update chat.chat c set bot_question = null, bot_misses = 0 where c.chat = p_chat.chat returning * into v_chat;
	if v_chat.bot_hands_over then
		perform internal.bot_passes_on(v_chat, v_chat.bot_queue, p_now);
	else
		perform internal.bot_enters(v_chat, n.next_node, p_now) from chat.bot_node n where n.bot = v_chat.bot and n.node = v_chat.bot_node;
	end if;
end $$;

-- An answer of the table, and where it leads.
create function internal.bot_gives(p_chat chat.chat, p_answer chat.bot_answer, p_now timestamptz) returns void
language plpgsql as $$
begin
	update chat.chat c set bot_misses = 0 where c.chat = p_chat.chat and c.bot_misses > 0;
	perform internal.bot_says(p_chat.chat, p_answer.text, case when p_answer.next_node is null then internal.bot_buttons(p_chat) end, p_now);
	perform internal.bot_enters(p_chat, p_answer.next_node, p_now) where p_answer.next_node is not null;
end $$;

-- What the bot makes of a message: a button (pressed, or its label typed), the wish for a person, the answer to what it asked, a question it has an answer to, the
-- words of a button, a courtesy; in this order.
create function internal.bot_turn(p_chat chat.chat, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_words text := internal.plain_words(p_body);
	v_choice text := p_choice;
	v_next text;
	v_answer chat.bot_answer;
begin
	if v_choice is null and v_words <> '' then
		select c ->> 'id' into v_choice from jsonb_array_elements(internal.bot_buttons(p_chat)) c where internal.plain_words(c ->> 'label') = v_words limit 1;
	end if;
	if v_choice = 'person' or (v_choice is null and internal.wants_person(v_words)) then
		if p_chat.bot_hands_over then -- asked again: without further questions
			perform internal.bot_hands_over(p_chat, p_chat.bot_queue, p_now);
		else
			perform internal.bot_passes_on(p_chat, internal.bot_person_queue(p_chat), p_now);
		end if;
		return;
	elsif internal.external_bot_hears(p_chat, p_now) then
		return;
	end if;
	select c.next_node into v_next from chat.bot_choice c where c.bot = p_chat.bot and c.node = p_chat.bot_node and c.choice = v_choice and not p_chat.bot_hands_over
		and not exists (select from chat.question_choice q where q.question = p_chat.bot_question and q.choice = v_choice);
	if found then
		perform internal.bot_enters(p_chat, v_next, p_now);
		return;
	elsif p_chat.bot_question is not null then
		perform internal.bot_hears_answer(p_chat, p_body, v_choice, p_now);
		return;
	end if;
	v_answer := internal.bot_finds(p_chat.bot, p_chat.locale, p_body);
	if v_answer.answer is not null then
		perform internal.bot_gives(p_chat, v_answer, p_now);
		return;
	end if;
	v_next := internal.bot_button_of(p_chat, p_body);
	if v_next is not null then
		perform internal.bot_enters(p_chat, v_next, p_now);
		return;
	end if;
	if not internal.bot_is_polite(p_chat, v_words, p_now) then
		perform internal.bot_misses(p_chat, internal.text('not_understood', p_chat.locale), p_now);
	end if;
end $$;

-- The trouble of the database and not of the bot: a deadlock, no room, a shutdown. It is the caller's to repeat.
create function internal.is_of_the_database(p_sqlstate text) returns boolean
language sql immutable as $$ select left(p_sqlstate, 2) in ('40', '53', '57', '58') $$;

-- An error of the bot harms nobody: what it did in this turn is taken back and written down, and the customer gets to people. Where even that fails the chat stays
-- with the bot, and the next message tries again.
create function internal.bot_fails(p_chat chat.chat, p_sqlstate text, p_error text, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.audit('bot failed', 'chat', p_chat.chat::text, null, jsonb_build_object('bot', p_chat.bot, 'node', p_chat.bot_node, 'sqlstate', p_sqlstate, 'error', left(p_error, 500)));
	if internal.bot_ends_unheard(p_chat, p_now) then
		return;
	end if;
	perform internal.bot_hands_over(p_chat, internal.bot_person_queue(p_chat), p_now, internal.text('bot_failed', p_chat.locale));
exception when others then
	if internal.is_of_the_database(sqlstate) then
		raise;
	end if;
	perform internal.audit('bot failed', 'chat', p_chat.chat::text, null, jsonb_build_object('bot', p_chat.bot, 'node', p_chat.bot_node, 'sqlstate', p_sqlstate, 'error', left(p_error, 500),
		'hand_over', sqlstate));
end $$;

-- Begins with the first node (p_how: start); with another where an operator gives it a chat back (return) or has ended it (closing).
create function internal.bot_begins(p_chat chat.chat, p_now timestamptz, p_how text default 'start') returns void
language plpgsql as $$
begin
	if internal.external_bot_begins(p_chat, p_how, p_now) then
		return;
	end if;
	perform internal.bot_enters(p_chat, coalesce(case p_how when 'closing' then coalesce(b.closing_node, b.return_node) when 'return' then b.return_node end, b.first_node), p_now)
	from chat.bot b where b.bot = p_chat.bot;
exception when others then
	if internal.is_of_the_database(sqlstate) then
		raise;
	end if;
	perform internal.bot_fails(p_chat, sqlstate, sqlerrm, p_now);
end $$;

-- ---- the customer speaks first --------------------------------------------------------------------------------------

-- Nothing but words of greeting (internal.plain_words): there is nothing to answer.
create function internal.only_greets(p_words text) returns boolean
language sql stable as $$ select p_words = '' or upper(p_words) ~ '^\S+( \S+){0,5}$' and string_to_array(upper(p_words), ' ') <@ internal.setting_words('greeting_words') $$;

-- Greets who has spoken first, by a channel, and answers him. A question in the greeting is not one that he has answered.
create function internal.bot_meets(p_chat chat.chat, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_words text := internal.plain_words(p_body);
	v_person boolean := p_choice is not distinct from 'person' or (p_choice is null and internal.wants_person(v_words));
	v_node chat.bot_node;
	v_chat chat.chat;
begin
	select n.* into v_node from chat.bot b join chat.bot_node n on n.bot = b.bot and n.node = b.first_node where b.bot = p_chat.bot;
	if v_person and v_node.question is not null then -- asked for nothing first
		perform internal.bot_passes_on(p_chat, internal.bot_person_queue(p_chat), p_now);
		return;
	end if;
	perform internal.bot_enters(p_chat, b.first_node, p_now, case when p_choice is not null or not internal.only_greets(v_words) then p_body end) from chat.bot b where b.bot = p_chat.bot;
	select * into strict v_chat from chat.chat c where c.chat = p_chat.chat;
	if v_chat.state = 'bot' and (v_person or (v_chat.bot_question is null and (p_choice is not null or not internal.only_greets(v_words)))) then
		perform internal.bot_turn(v_chat, p_body, p_choice, p_now);
	end if;
end $$;

-- p_choice where it is a button of the bot's before it has shown any: one of its first node, or whatever the maker of a program has put into a menu of his; NULL else.
create function internal.bot_opening_choice(p_bot text, p_choice text) returns text
language plpgsql stable as $$
begin
	return (select p_choice from chat.bot b where b.bot = p_bot and p_choice ~ '^[A-Za-z0-9_.-]{1,63}$' and (p_choice = 'person' or b.kind <> 'built_in'
		or exists (select from chat.bot_choice c where c.bot = b.bot and c.node = b.first_node and c.choice = p_choice)));
end $$;

-- As internal.bot_begins, where the customer's first word is stored already. p_choice: one of internal.bot_opening_choice.
create function internal.bot_begins_with(p_chat chat.chat, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
begin
	if internal.external_bot_begins(p_chat, 'start', p_now, n.last_seq) from chat.chat_counter n where n.chat = p_chat.chat then
		perform internal.bot_passes_on(c, internal.bot_person_queue(c), p_now) from chat.chat c
		where c.chat = p_chat.chat and c.state = 'bot' and (p_choice = 'person' or (p_choice is null and internal.wants_person(internal.plain_words(p_body))));
		return;
	end if;
	perform internal.bot_meets(p_chat, p_body, p_choice, p_now);
exception when others then
	if internal.is_of_the_database(sqlstate) then
		raise;
	end if;
	perform internal.bot_fails(p_chat, sqlstate, sqlerrm, p_now);
end $$;

-- The bot's turn after the customer's message.
create function internal.bot_answers(p_chat_id uuid, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	select * into strict v_chat from chat.chat c where c.chat = p_chat_id for no key update;
	if v_chat.state <> 'bot' then
		return;
	end if;
	begin
		perform internal.bot_turn(v_chat, p_body, p_choice, p_now);
	exception when others then
		if internal.is_of_the_database(sqlstate) then
			raise;
		end if;
		perform internal.bot_fails(v_chat, sqlstate, sqlerrm, p_now);
	end;
end $$;
