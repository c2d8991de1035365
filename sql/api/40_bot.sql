-- SPDX-License-Identifier: ISC
-- The built-in menu bot: it greets, shows buttons, understands a button or its label, and hands over.

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

create function internal.bot_says(p_chat uuid, p_body text, p_choices jsonb, p_now timestamptz) returns void
language plpgsql as $$
begin
	perform internal.add_event(p_chat, p_now, 'bot_message', 'bot', c.bot, b.name, p_body,
		case when p_choices is not null then jsonb_build_object('choices', p_choices) end)
	from chat.chat c join chat.bot b on b.bot = c.bot where c.chat = p_chat;
end $$;

-- The queue of a hand-over may be closed or full: then the bot says so and stays. True when the chat now waits for a person.
create function internal.bot_hands_over(p_chat chat.chat, p_queue text, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_name text;
	v_extra text;
begin
	perform internal.check_queue_takes(p_queue, p_now);
	perform internal.bot_says(p_chat.chat, internal.text('hand_over', p_chat.locale), null, p_now);
	perform internal.enqueue(p_chat.chat, p_queue, p_now);
	return true;
exception when sqlstate 'SB409' or sqlstate 'SB503' then
	get stacked diagnostics v_name = constraint_name, v_extra = pg_exception_detail;
	perform internal.bot_says(p_chat.chat, coalesce(nullif(v_extra, '')::jsonb ->> 'text', internal.text('queue_' || replace(v_name, 'queue_', ''), p_chat.locale)),
		internal.bot_choices(p_chat.bot, p_chat.bot_node, p_chat.locale), p_now);
	return false;
end $$;

-- Goes to a node: says its text, or hands over where the node names a queue.
create function internal.bot_enters(p_chat chat.chat, p_node text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_queue text;
	v_text text := internal.bot_text(p_chat.bot, p_node, '', p_chat.locale);
begin
	if internal.external_bot_begins(p_chat, p_now) then
		return;
	end if;
	select n.queue into v_queue from chat.bot_node n where n.bot = p_chat.bot and n.node = p_node;
	if v_queue is not null and internal.bot_hands_over(p_chat, v_queue, p_now) then
		return;
	end if;
	if v_queue is null then
		update chat.chat c set bot_node = p_node, bot_misses = 0 where c.chat = p_chat.chat;
		perform internal.bot_says(p_chat.chat, v_text, internal.bot_choices(p_chat.bot, p_node, p_chat.locale), p_now);
	end if;
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

-- What a choice stands for: the label of a button of the present node (or of the reserved choice), NULL when there is no such button.
create function internal.bot_choice_label(p_chat chat.chat, p_choice text) returns text
language plpgsql stable as $$
begin
	return (select case
		when p_choice = 'person' then internal.text('person', p_chat.locale)
		when internal.bot_kind(p_chat.bot) <> 'built_in' then internal.external_choice_label(p_chat.chat, p_choice)
		else (select coalesce(internal.bot_text(c.bot, c.node, c.choice, p_chat.locale), c.choice)
			from chat.bot_choice c where c.bot = p_chat.bot and c.node = p_chat.bot_node and c.choice = p_choice)
	end);
end $$;

-- The bot's turn after the customer's message. A typed label counts as its button.
create function internal.bot_answers(p_chat_id uuid, p_body text, p_choice text, p_now timestamptz) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_choice text := p_choice;
	v_next text;
begin
	select * into strict v_chat from chat.chat c where c.chat = p_chat_id for no key update;
	if v_chat.state <> 'bot' then
		return;
	end if;
	if v_choice is null then
		select c ->> 'id' into v_choice from jsonb_array_elements(internal.bot_choices(v_chat.bot, v_chat.bot_node, v_chat.locale)) c
		where lower(c ->> 'label') = lower(btrim(p_body, E' \t\n.!')) limit 1;
	end if;
	if v_choice = 'person' then
		perform internal.bot_hands_over(v_chat, internal.person_queue(v_chat.widget, null), p_now);
		return;
	end if;
	if internal.external_bot_hears(v_chat, p_now) then
		return;
	end if;
	select c.next_node into v_next from chat.bot_choice c where c.bot = v_chat.bot and c.node = v_chat.bot_node and c.choice = v_choice;
	if found then
		perform internal.bot_enters(v_chat, v_next, p_now);
		return;
	end if;
	if v_chat.bot_misses + 1 >= internal.setting('bot_misses_max') then
		update chat.chat c set bot_misses = 0 where c.chat = p_chat_id;
		perform internal.bot_hands_over(v_chat, internal.person_queue(v_chat.widget, null), p_now);
		return;
	end if;
	update chat.chat c set bot_misses = c.bot_misses + 1 where c.chat = p_chat_id;
	perform internal.bot_says(p_chat_id, internal.text('not_understood', v_chat.locale), internal.bot_choices(v_chat.bot, v_chat.bot_node, v_chat.locale), p_now);
end $$;
