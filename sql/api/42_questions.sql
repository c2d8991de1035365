-- SPDX-License-Identifier: ISC
-- What customers are asked before the chat: questions by language, what answers them, where answers are kept. The form of a widget and the bot ask the same ones.

-- A message or a label as its words alone: lower case, one blank between them. (No character classes: what they hold depends on the database's locale.)
create function internal.plain_words(p_text text) returns text
language sql immutable as $$ select btrim(regexp_replace(lower(p_text), '[\s!-/:-@\[-`{-~¡¿«»„“”‘’…،؟؛–—\u00a0\u200e\u200f]+', ' ', 'g')) $$;

create function internal.question_label(p_question text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.label from chat.question_text t where t.question = p_question
		order by t.locale = internal.best_locale(p_locale, array(select a.locale from chat.question_text a where a.question = p_question), 'en') desc, t.locale = 'en' desc, t.locale
		limit 1), p_question);
end $$;

create function internal.question_choice_label(p_question text, p_choice text, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.label from chat.question_choice_text t where t.question = p_question and t.choice = p_choice
		order by t.locale = internal.best_locale(p_locale, array(select a.locale from chat.question_choice_text a where a.question = p_question and a.choice = p_choice), 'en') desc,
			t.locale = 'en' desc, t.locale
		limit 1), p_choice);
end $$;

-- [{id, label}], as buttons are told.
create function internal.question_choices(p_question text, p_locale text) returns jsonb
language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_build_object('id', c.choice, 'label', internal.question_choice_label(p_question, c.choice, p_locale)) order by c.position, c.choice), '[]')
		from chat.question_choice c where c.question = p_question);
end $$;

-- What is said to an answer that does not fit.
create function internal.answer_error(p_question chat.question, p_locale text) returns text
language plpgsql stable as $$
begin
	return coalesce((select t.error from chat.question_text t where t.question = p_question.question
			order by t.locale = internal.best_locale(p_locale, array(select a.locale from chat.question_text a where a.question = p_question.question), 'en') desc, t.locale = 'en' desc, t.locale
			limit 1), internal.text('answer_' || p_question.kind, p_locale));
end $$;

-- The questions of a queue, as a form asks them.
create function internal.queue_questions(p_queue text, p_locale text) returns jsonb
language plpgsql stable as $$
begin
	return (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', q.question, 'kind', q.kind, 'label', internal.question_label(q.question, p_locale),
			'required', u.required, 'field', q.field, 'example', nullif(q.example, ''), 'max_length', case when q.kind = 'text' then q.max_length end, 'low', q.low, 'high', q.high,
			'error', internal.answer_error(q, p_locale), 'choices', case when q.kind = 'choice' then internal.question_choices(q.question, p_locale) end)) order by u.position, u.question), '[]')
		from chat.queue_question u join chat.question q on q.question = u.question where u.queue = p_queue);
end $$;

-- ---- answers --------------------------------------------------------------------------------------------------------

-- The choice that a text stands for: its key, or its label in any language.
create function internal.choice_of(p_question text, p_text text) returns text
language plpgsql stable as $$
begin
	return (select c.choice from chat.question_choice c
		where c.question = p_question and (c.choice = p_text or exists (select from chat.question_choice_text t
			where t.question = p_question and t.choice = c.choice and internal.plain_words(t.label) = internal.plain_words(p_text)))
		order by c.choice = p_text desc, c.position, c.choice limit 1);
end $$;

-- An answer as it is kept, NULL where it does not fit. p_in_sentence: an address or a number that a pattern knows is found in a sentence, too ("it is A-12345").
create function internal.answer_value(p_question chat.question, p_value jsonb, p_in_sentence boolean default false) returns jsonb
language plpgsql stable as $$
declare
	v_text text := btrim(p_value #>> '{}', E' \t\r\n');
	v_plain text := translate(v_text, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789');
	v_number numeric;
begin
	if p_value is null or jsonb_typeof(p_value) not in ('string', 'number') or v_text = '' or char_length(v_text) > 4000 or v_text ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then
		return null;
	end if;
	case p_question.kind
	when 'text' then
		return case when char_length(v_text) <= least(p_question.max_length, case when p_question.field = 'name' then 100 else 2000 end)
			and (p_question.field is null or v_text !~ '[\r\n]') then to_jsonb(v_text) end;
	when 'email' then
		v_text := case when p_in_sentence then coalesce(regexp_substr(v_text, '[^\s@<>,;:"()]+@[^\s@<>,;:"()]+[^\s@<>,;:"().!?]'), v_text) else v_text end;
		return case when v_text ~ '^[^\s@<>,;"()]+@[^\s@.<>,;"()]+(\.[^\s@.<>,;"()]+)+$' and char_length(v_text) <= 254 then to_jsonb(v_text) end;
	when 'phone' then
		return case when v_plain ~ '^\+?[0-9 ()./-]{5,30}$' and char_length(regexp_replace(v_plain, '[^0-9]', '', 'g')) between 5 and 15 then to_jsonb(v_plain) end;
	when 'number' then
		if v_plain !~ '^[+-]?[0-9]{1,15}([.,٫][0-9]{1,6})?$' then
			return null;
		end if;
		v_number := translate(v_plain, ',٫', '..')::numeric;
		return case when v_number >= coalesce(p_question.low, v_number) and v_number <= coalesce(p_question.high, v_number) then to_jsonb(v_number) end;
	when 'choice' then
		return to_jsonb(internal.choice_of(p_question.question, v_text));
	when 'pattern' then
		if char_length(v_text) > 500 then
			return null;
		elsif v_plain ~* ('^(?:' || p_question.pattern || ')$') then
			return to_jsonb(v_plain);
		end if;
		return case when p_in_sentence then to_jsonb((regexp_match(v_plain, '(?:^|[^[:alnum:]])(' || p_question.pattern || ')(?![[:alnum:]])', 'i'))[1]) end;
	end case;
end $$;

-- Has the customer told it, or chosen not to? Then he is not asked.
create function internal.answer_is_known(p_chat chat.chat, p_question text) returns boolean
language plpgsql stable as $$
begin
	return p_chat.answers ? p_question or exists (select from chat.question q where q.question = p_question
		and case q.field when 'name' then p_chat.name when 'email' then p_chat.email end is not null);
end $$;

-- Keeps an answer with the chat: as the customer's name or address where the question is for that. JSON null: he would not say.
create function internal.keep_answer(p_chat chat.chat, p_question chat.question, p_value jsonb) returns void
language plpgsql as $$
declare
	v_value jsonb := internal.masked(p_chat.site, p_value);
begin
	update chat.chat c set
		name = case when p_question.field = 'name' and p_value <> 'null' then coalesce(c.name, left(v_value #>> '{}', 100)) else c.name end,
		email = case when p_question.field = 'email' and p_value <> 'null' then coalesce(c.email, left(v_value #>> '{}', 254)) else c.email end,
		answers = case when p_question.field is null or p_value = 'null' then c.answers || jsonb_build_object(p_question.question, v_value) else c.answers end
	where c.chat = p_chat.chat;
end $$;

create type internal.told as (name text, email text, answers jsonb);

-- What came with a chat request, as it is kept: answers by what their questions want, a name or an address moved to its place. An answer that does not fit is refused, and so is
-- a request without one that p_queue requires; what nobody asks for is kept as it came. A question that was shown and left empty counts as told.
create function internal.read_answers(p_queue text, p_answers jsonb, p_name text, p_email text) returns internal.told
language plpgsql stable as $$
declare
	v_told internal.told := (p_name, p_email, coalesce(p_answers, '{}'));
	v_question chat.question;
	v_given jsonb;
	v_value jsonb;
begin
	if v_told.answers = '{}' and not exists (select from chat.queue_question q where q.queue = p_queue) then
		return v_told; -- as most are
	end if;
	for v_question in
		select q.* from chat.question q
		where v_told.answers ? q.question::text or exists (select from chat.queue_question u where u.queue = p_queue and u.question = q.question)
		order by (select u.position from chat.queue_question u where u.queue = p_queue and u.question = q.question), q.question
	loop
		v_given := v_told.answers -> v_question.question;
		v_value := null;
		if v_given is not null and v_given not in ('null', '""') then
			v_value := internal.answer_value(v_question, v_given);
			if v_value is null then
				perform internal.fail('SB422', 'invalid', 'answers.' || v_question.question);
			end if;
		end if;
		if v_question.field is not null then
			v_told.answers := v_told.answers - v_question.question::text;
			v_told.name := case when v_question.field = 'name' then coalesce(v_told.name, v_value #>> '{}') else v_told.name end;
			v_told.email := case when v_question.field = 'email' then coalesce(v_told.email, v_value #>> '{}') else v_told.email end;
			v_value := case v_question.field when 'name' then to_jsonb(v_told.name) else to_jsonb(v_told.email) end;
		elsif v_given is not null then
			v_told.answers := v_told.answers || jsonb_build_object(v_question.question, coalesce(v_value, 'null'));
		end if;
		if v_value is null and exists (select from chat.queue_question u where u.queue = p_queue and u.question = v_question.question and u.required) then
			perform internal.fail('SB422', 'invalid', 'answers.' || v_question.question);
		end if;
	end loop;
	return v_told;
end $$;

-- What was asked and answered, for people: [{name, value, labels:{locale: …}, values?:{locale: …}}] in the order of the queue's questions. What the site or a page told without a
-- question has no labels; where nothing else was told, this is NULL.
create function internal.told_json(p_chat chat.chat) returns jsonb
language plpgsql stable as $$
begin
	if p_chat.answers = '{}' or not exists (select from chat.question q where p_chat.answers ? q.question::text) then
		return null;
	end if;
	return (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', a.key, 'value', a.value,
			'labels', (select jsonb_object_agg(t.locale, t.label) from chat.question_text t where t.question = a.key),
			'values', (select jsonb_object_agg(t.locale, t.label) from chat.question_choice_text t where t.question = a.key and t.choice = a.value #>> '{}')))
			order by q.position, a.key)
		from jsonb_each(p_chat.answers) a left join chat.queue_question q on q.queue = coalesce(p_chat.queue, p_chat.bot_queue) and q.question = a.key
		where a.value <> 'null');
end $$;
