-- SPDX-License-Identifier: ISC
-- What a bot finds in what customers type: answers by full-text search, buttons by their words, the wish for a person, courtesies.

create function internal.bot_answer_search() returns trigger
language plpgsql as $$
begin
	new.search := to_tsvector(internal.search_config(new.locale), new.question);
	return new;
end $$;

create trigger bot_answer_search before insert or update on chat.bot_answer
	for each row execute function internal.bot_answer_search();

-- One word of the index as a query. (Not by a parser: it is one already, and would be changed again.)
create function internal.word_query(p_word text) returns tsquery
language sql immutable as $$ select ('''' || replace(replace(p_word, '\', '\\'), '''', '''''') || '''')::tsquery $$;

-- The languages a bot has answers in, each found by one step through the key.
create function internal.answer_locales(p_bot text) returns text[]
language plpgsql stable as $$
begin
	return array(with recursive l as (
		(select a.locale::text as locale from chat.bot_answer a where a.bot = p_bot order by a.locale limit 1)
		union all
		select (select a.locale::text from chat.bot_answer a where a.bot = p_bot and a.locale > l.locale::chat.locale order by a.locale limit 1) from l where l.locale is not null)
	select l.locale from l where l.locale is not null);
end $$;

-- The answers that come into question for a message, the best first. The score is the share of the message's words that the answer's question has; a word weighs
-- more the rarer it is among the answers, and one that stands in none of them a little. Looked up are the five rarest, of each the first hundred answers, so
-- that what a message costs does not grow with the table.
create function internal.bot_matches(p_bot text, p_locale text, p_text text) returns table (answer text, score numeric)
language plpgsql stable as $$
declare
	v_locale text := internal.best_locale(p_locale, internal.answer_locales(p_bot), 'en');
	v_which text := p_bot || '/' || v_locale; -- not by the key: for each word the whole of it would be read
	v_words text[];
	v_counts int[];
begin
	v_words := (tsvector_to_array(to_tsvector(internal.search_config(v_locale), left(p_text, 1000))))[1:24];
	if cardinality(v_words) = 0 then
		return;
	end if;
	v_counts := array(
		select (select count(*) from (select from chat.bot_answer a where a.search @@ internal.word_query(w.word) and a.bot || '/' || a.locale = v_which limit 100) c)
		from unnest(v_words) with ordinality w (word, ord) order by w.ord);
	if 0 = all (v_counts) then
		return;
	end if;
	return query
		with word as (
			select u.word, internal.word_query(u.word) as query, u.rows, case when u.rows = 0 then 0.15 else 1 / (1 + ln(1 + u.rows)) end as weight
			from unnest(v_words, v_counts) u (word, rows)
		), found as (
			select distinct a.answer, a.search from (select * from word u where u.rows > 0 order by u.rows, u.word limit 5) w
			cross join lateral (select b.answer, b.search from chat.bot_answer b where b.search @@ w.query and b.bot || '/' || b.locale = v_which limit 100) a
		)
		select f.answer::text, round((sum(w.weight) filter (where f.search @@ w.query) / sum(w.weight))::numeric, 3)
		from found f cross join word w
		group by f.answer, f.search
		order by 2 desc, length(f.search), f.answer
		limit 5;
end $$;

-- The best of them, if it is good enough; a row of NULLs else.
create function internal.bot_finds(p_bot text, p_locale text, p_text text) returns chat.bot_answer
language plpgsql stable as $$
declare
	v_answer chat.bot_answer;
begin
	select a.* into v_answer
	from internal.bot_matches(p_bot, p_locale, p_text) m join chat.bot b on b.bot = p_bot
	join chat.bot_answer a on a.bot = p_bot and a.answer = m.answer and a.locale = internal.best_locale(p_locale, internal.answer_locales(p_bot), 'en')
	where m.score >= b.min_score
	order by m.score desc, length(a.search), a.answer limit 1;
	return v_answer;
end $$;

-- Where the one button leads whose words the message has, all of them; NULL: none, or several.
create function internal.bot_button_of(p_chat chat.chat, p_text text) returns text
language plpgsql stable as $$
declare
	v_config regconfig := internal.search_config(p_chat.locale);
	v_words tsvector := to_tsvector(v_config, left(p_text, 1000));
	v_nodes text[];
begin
	v_nodes := array(
		select c.next_node from chat.bot_choice c
		cross join lateral plainto_tsquery(v_config, coalesce(internal.bot_text(c.bot, c.node, c.choice, p_chat.locale), c.choice)) q
		where c.bot = p_chat.bot and c.node = p_chat.bot_node and numnode(q) > 0 and v_words @@ q limit 2);
	return case when cardinality(v_nodes) = 1 then v_nodes[1] end;
end $$;

-- Does somebody who writes these words (internal.plain_words) want to talk to a person?
create function internal.wants_person(p_words text) returns boolean
language plpgsql stable as $$
begin
	return exists (select from chat.escalation_phrase e where position(' ' || internal.plain_words(e.phrase) || ' ' in ' ' || p_words || ' ') > 0);
end $$;

-- Nothing but thanks and the like (internal.plain_words): phrases of chat.courtesy_phrase one after the other, to the end. What is long says more.
create function internal.only_thanks(p_words text) returns boolean
language plpgsql stable as $$
begin
	return char_length(p_words) between 1 and 200 and exists (
		with recursive phrase as materialized (
			select distinct internal.plain_words(c.phrase) || ' ' as words from chat.courtesy_phrase c
		), rest as (
			select p_words || ' ' as words
			union
			select substr(r.words, char_length(p.words) + 1) from rest r join phrase p on starts_with(r.words, p.words)
		)
		select from rest r where r.words = '');
end $$;
