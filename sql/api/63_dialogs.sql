-- SPDX-License-Identifier: ISC
-- Guided conversations: what is to be said next, what is to be ticked off, how far a chat has come. And the whole of what an operator is shown beside a chat.

-- ---- words by language ------------------------------------------------------------------------------------------------
-- Operators read titles, tips and lists in their own language; what is said to the customer is in the customer's. Each text alone goes for the nearest language there is.
create function internal.dialog_title(p_dialog text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.title from chat.dialog_text t where t.dialog = p_dialog order by internal.locale_distance(t.locale, p_locale), t.locale limit 1), p_dialog);
end $$;

create function internal.step_title(p_dialog text, p_step text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.title from chat.dialog_step_text t where t.dialog = p_dialog and t.step = p_step
		order by internal.locale_distance(t.locale, p_locale), t.locale limit 1), p_step);
end $$;

create function internal.phrase_title(p_phrase text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.title from chat.phrase_text t where t.phrase = p_phrase order by internal.locale_distance(t.locale, p_locale), t.locale limit 1), p_phrase);
end $$;

create function internal.disposition_label(p_disposition text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.label from chat.disposition_text t where t.disposition = p_disposition order by internal.locale_distance(t.locale, p_locale), t.locale limit 1), p_disposition);
end $$;

-- ---- a dialog ---------------------------------------------------------------------------------------------------------
create function internal.actions_json(p_dialog text, p_step text, p_chat chat.chat, p_values jsonb, p_locale text, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', a.kind, 'step', a.next_step, 'queue', a.queue, 'disposition', a.disposition, 'phrase', f.phrase,
			'label', case a.kind when 'ask' then internal.phrase_title(a.phrase, p_locale) when 'step' then internal.step_title(p_dialog, a.next_step, p_locale)
				when 'transfer' then internal.queue_label(a.queue, p_locale) else internal.disposition_label(a.disposition, p_locale) end)) order by a.position), '[]')
	from chat.dialog_action a
	left join lateral (select internal.phrase_json(p, t, p_values, p_now) as phrase from chat.phrase p join chat.phrase_text t on t.phrase = p.phrase
		where p.phrase = a.phrase and p.active order by internal.locale_distance(t.locale, p_chat.locale), t.locale limit 1) f on true
	where a.dialog = p_dialog and a.step = p_step and (a.kind <> 'ask' or f.phrase is not null)
		and (a.queue is null or exists (select from chat.queue q where q.queue = a.queue and q.active))
		and (a.disposition is null or internal.may_file(p_chat.queue, a.disposition)));
end $$;

create function internal.step_json(p_dialog text, p_step text, p_chat chat.chat, p_values jsonb, p_locale text, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('step', p_step, 'title', internal.step_title(p_dialog, p_step, p_locale),
		'say', (select internal.filled(t.say, p_values) from chat.dialog_step_text t where t.dialog = p_dialog and t.step = p_step and t.say <> ''
			order by internal.locale_distance(t.locale, coalesce(p_chat.locale, 'en')), t.locale limit 1),
		'tip', (select t.tip from chat.dialog_step_text t where t.dialog = p_dialog and t.step = p_step and t.tip <> ''
			order by internal.locale_distance(t.locale, p_locale), t.locale limit 1),
		'items', (select coalesce(jsonb_agg(jsonb_build_object('item', i.item, 'done', d.chat is not null, 'text', coalesce((select t.text from chat.dialog_item_text t
				where t.dialog = p_dialog and t.step = p_step and t.item = i.item order by internal.locale_distance(t.locale, p_locale), t.locale limit 1), i.item))
				order by i.position, i.item), '[]')
			from chat.dialog_item i left join chat.chat_dialog_item d on d.chat = p_chat.chat and d.dialog = i.dialog and d.step = i.step and d.item = i.item
			where i.dialog = p_dialog and i.step = p_step),
		'actions', internal.actions_json(p_dialog, p_step, p_chat, p_values, p_locale, p_now)));
end $$;

-- Where a chat stands: as it was left, whichever queue that was in; else at the first step of its queue's first dialog. No row: there is none to guide it.
create function internal.dialog_place(p_chat chat.chat) returns table (dialog text, step text)
language plpgsql stable as $$
begin
	return query
		select d.dialog::text, s.step::text
		from chat.dialog d join chat.dialog_step s on s.dialog = d.dialog left join chat.chat_dialog c on c.chat = p_chat.chat and c.dialog = d.dialog
		where d.active and (d.queue = p_chat.queue or d.queue is null or c.chat is not null)
		order by c.chat is not null desc, d.queue is not null desc, d.position, d.dialog, c.step is not distinct from s.step desc, s.position, s.step limit 1;
end $$;

-- The dialog a chat stands in, with all its steps, and the others there are: {dialogs:[…], dialog?}.
create function internal.dialogs_json(p_chat chat.chat, p_values jsonb, p_locale text, p_now timestamptz) returns jsonb
language plpgsql stable as $$
declare
	v_place record;
begin
	select * into v_place from internal.dialog_place(p_chat);
	return jsonb_build_object('dialogs', (select coalesce(jsonb_agg(jsonb_build_object('dialog', d.dialog, 'title', internal.dialog_title(d.dialog, p_locale))
				order by d.queue is not null desc, d.position, d.dialog), '[]')
			from chat.dialog d where d.active and (d.queue = p_chat.queue or d.queue is null or d.dialog = v_place.dialog)
			and exists (select from chat.dialog_step s where s.dialog = d.dialog)))
		|| case when v_place.dialog is null then '{}' else jsonb_build_object('dialog', jsonb_build_object('dialog', v_place.dialog,
			'title', internal.dialog_title(v_place.dialog, p_locale), 'step', v_place.step,
			'steps', (select jsonb_agg(internal.step_json(s.dialog, s.step, p_chat, p_values, p_locale, p_now) order by s.position, s.step)
				from chat.dialog_step s where s.dialog = v_place.dialog))) end;
end $$;

-- ---- what the api asks ------------------------------------------------------------------------------------------------
-- Everything that stands beside a chat: phrases that answer the customer's last words, the dialog, what it can be filed under.
create function api.guidance(p_session bytea, p_chat text, p_locale text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
	v_chat chat.chat := internal.guided_chat(v_operator, p_chat, v_now);
	v_values jsonb := internal.placeholder_values(v_chat, v_operator.name);
	v_locale text := internal.phrase_locale(v_chat.queue, v_chat.locale);
	v_said record;
begin
	select * into v_said from internal.customer_said(v_chat.chat);
	return query select (jsonb_strip_nulls(jsonb_build_object('chat', v_chat.chat, 'queue', v_chat.queue, 'locale', v_locale, 'about', v_said.seq))
		|| jsonb_build_object('suggestions', (
				select coalesce(jsonb_agg(internal.phrase_json(p, t, v_values, v_now) order by s.score desc, s.phrase), '[]')
				from internal.suggestions(v_chat.queue, v_locale, v_said.last, v_said.before, v_now, 3) s
				join chat.phrase p on p.phrase = s.phrase join chat.phrase_text t on t.phrase = s.phrase and t.locale = v_locale where v_chat.state in ('active', 'offered')),
			'phrases', exists (select from chat.phrase p where p.active and (p.queue = v_chat.queue or p.queue is null)),
			'dispositions', internal.dispositions_json(v_chat.queue, coalesce(p_locale, 'en')))
		|| internal.dialogs_json(v_chat, v_values, coalesce(p_locale, 'en'), v_now))::text;
end $$;

-- An operator goes to a step of a dialog in his chat, or ticks something off in it; no step: the first one. The same answer as before, without the suggestions. It takes
-- no lock of the chat: at worst it is told of a chat that has just been passed on.
create function api.guide_chat(p_session bytea, p_chat uuid, p_dialog text, p_step text, p_item text, p_done boolean, p_locale text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
	v_chat chat.chat;
	v_step text := p_step;
begin
	if not exists (select from chat.assignment a where a.chat = p_chat and a.operator = v_operator.operator and a.ended_at is null) then
		perform internal.owned_chat(v_operator, p_chat); -- raises
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat;
	if not exists (select from chat.dialog d where d.dialog = p_dialog and d.active and (d.queue = v_chat.queue or d.queue is null
		or exists (select from chat.chat_dialog k where k.chat = p_chat and k.dialog = p_dialog))) then
		perform internal.fail('SB422', 'invalid', 'dialog');
	end if;
	if v_step is null then
		select s.step into v_step from chat.dialog_step s where s.dialog = p_dialog order by s.position, s.step limit 1;
	end if;
	if not exists (select from chat.dialog_step s where s.dialog = p_dialog and s.step = v_step) then
		perform internal.fail('SB422', 'invalid', 'step');
	elsif p_item is not null and not exists (select from chat.dialog_item i where i.dialog = p_dialog and i.step = v_step and i.item = p_item) then
		perform internal.fail('SB422', 'invalid', 'item');
	elsif (p_item is null) <> (p_done is null) then
		perform internal.fail('SB422', 'invalid', 'done');
	end if;
	insert into chat.chat_dialog as k (chat, dialog, step, operator, at) values (p_chat, p_dialog, v_step, v_operator.operator, v_now)
	on conflict (chat) do update set dialog = excluded.dialog, step = excluded.step, operator = excluded.operator, at = excluded.at
	where p_item is null; -- ticking something off moves nobody back who has gone on in this moment
	if p_done then
		insert into chat.chat_dialog_item (chat, dialog, step, item, operator, at) values (p_chat, p_dialog, v_step, p_item, v_operator.operator, v_now) on conflict do nothing;
	elsif p_item is not null then
		delete from chat.chat_dialog_item k where k.chat = p_chat and k.dialog = p_dialog and k.step = v_step and k.item = p_item;
	end if;
	return query select internal.dialogs_json(v_chat, internal.placeholder_values(v_chat, v_operator.name), coalesce(p_locale, 'en'), v_now)::text;
end $$;
