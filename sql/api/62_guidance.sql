-- SPDX-License-Identifier: ISC
-- What operators say often: phrases with placeholders, and which of them fit what a customer has written.

-- ---- the index ------------------------------------------------------------------------------------------------------
-- The words of a text as the language's dictionary gives them (stems, no stop words), and how often each stands there. What has no letter tells nothing.
create function internal.words(p_locale text, p_text text) returns table (word text, n int)
language sql stable as $$
	select u.lexeme, cardinality(u.positions)::int from unnest(to_tsvector(internal.search_config(p_locale), left(p_text, 4000))) u where u.lexeme ~ '[[:alpha:]]'
$$;

-- What each word tells of a phrase, 0 to 1 (BM25F): how customers ask for it tells most, then its title, then what it says. A word said again tells less each time,
-- and one of many less than one of few.
create function internal.phrase_words(p_locale text, p_title text, p_text text, p_asked text) returns table (word text, weight real)
language sql stable as $$
	with field as (
		select f.boost, f.usual, w.word, w.n, sum(w.n) over (partition by f.boost) as length
		from (values (3.0, 14, p_asked), (2.0, 3, p_title), (1.0, 20, regexp_replace(p_text, '\{[^{}]*\}', ' ', 'g'))) f (boost, usual, text)
		cross join lateral internal.words(p_locale, f.text) w
	), said as (
		select f.word, sum(f.boost * f.n / (0.6 + 0.4 * f.length / f.usual)) as much from field f group by f.word
	)
	select s.word, (s.much / (1.2 + s.much))::real from said s
$$;

-- A word's letters in threes, its beginning counted twice: by how many of them two words share a misspelt one is told.
create function internal.trigrams(p_word text) returns text[]
language sql immutable as $$ select array(select distinct substr('  ' || p_word || ' ', n, 3) from generate_series(1, length(p_word) + 1) n) $$;

-- The share of the trigrams of two words that they have in common, 0 to 1.
create function internal.likeness(p_one text[], p_other text[]) returns float8
language sql immutable as $$
	select c.common / (cardinality(p_one) + cardinality(p_other) - c.common)
	from (select count(*)::float8 as common from unnest(p_one) u (trigram) where u.trigram = any (p_other)) c
$$;

-- Finds these texts by their present words.
create function internal.index_phrases(p_phrases text[], p_locales text[]) returns void
language plpgsql as $$
begin
	delete from internal.phrase_word w using unnest(p_phrases, p_locales) u (phrase, locale) where w.phrase = u.phrase and w.locale = u.locale;
	insert into internal.phrase_word (locale, word, phrase, weight)
	select t.locale, w.word, t.phrase, w.weight
	from unnest(p_phrases, p_locales) u (phrase, locale) join chat.phrase_text t on t.phrase = u.phrase and t.locale = u.locale
	cross join lateral internal.phrase_words(t.locale, t.title, t.text, t.asked) w;
	insert into internal.phrase_vocabulary (locale, word, trigrams)
	select w.locale, w.word, internal.trigrams(w.word) from unnest(p_phrases, p_locales) u (phrase, locale) join internal.phrase_word w on w.phrase = u.phrase and w.locale = u.locale
	group by w.locale, w.word order by 1, 2 -- everybody in one order: two who write at once wait for each other and never in a ring
	on conflict do nothing;
end $$;

create function internal.phrase_text_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.index_phrases(array_agg(n.phrase::text order by n.phrase, n.locale), array_agg(n.locale::text order by n.phrase, n.locale)) from new_rows n;
	return null;
end $$;

create trigger phrase_text_insert after insert on chat.phrase_text referencing new table as new_rows
	for each statement execute function internal.phrase_text_changes();
create trigger phrase_text_update after update on chat.phrase_text referencing new table as new_rows
	for each statement execute function internal.phrase_text_changes();

-- Which words are kept, and how they are weighed, may be another matter with these functions than with those before.
delete from internal.phrase_vocabulary;
select internal.index_phrases(array_agg(t.phrase::text), array_agg(t.locale::text)) from chat.phrase_text t;

-- ---- placeholders ---------------------------------------------------------------------------------------------------
create function internal.placeholder_known(p_name text) returns boolean
language sql immutable as $$ select p_name in ('customer', 'operator', 'queue', 'site') or p_name ~ '^(answer|context)\.[A-Za-z0-9_.-]{1,63}$' $$;

-- The placeholders of a text that nobody knows. {{ and }} stand for themselves.
create function internal.unknown_placeholders(p_text text) returns text[]
language sql immutable as $$
	select array(select distinct split_part(m[1], '|', 1) from regexp_matches(replace(replace(p_text, '{{', ''), '}}', ''), '\{([^{}]*)\}', 'g') m
		where not internal.placeholder_known(split_part(m[1], '|', 1)) order by 1)
$$;

-- One line of what a customer or his page has given, of a bounded length; NULL for nothing.
create function internal.placeholder_value(p_value jsonb) returns text
language sql immutable as $$
	select case when jsonb_typeof(p_value) in ('string', 'number') then nullif(left(btrim(regexp_replace(p_value #>> '{}', '\s+', ' ', 'g')), 200), '') end
$$;

-- What the placeholders stand for in this chat, when this operator writes.
create function internal.placeholder_values(p_chat chat.chat, p_operator text) returns jsonb
language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('customer', p_chat.name, 'operator', p_operator, 'queue', internal.queue_label(p_chat.queue, p_chat.locale),
			'site', (select s.name from chat.site s where s.site = p_chat.site)))
		|| coalesce((select jsonb_object_agg(v.name, v.value) from (
			select 'answer.' || a.key as name, internal.placeholder_value(a.value) as value from jsonb_each(p_chat.answers) a
			union all
			select 'context.' || c.key, internal.placeholder_value(c.value) from jsonb_each(p_chat.context) c) v where v.value is not null), '{}');
end $$;

-- A text with its placeholders filled: {"text", "missing"?, "unknown"?}. Where there is no value and no word for that case (behind the |), the placeholder stays, and is
-- named: the console sends no text in which one is left.
create function internal.filled(p_text text, p_values jsonb) returns jsonb
language plpgsql immutable as $$
declare
	v_place text := '\{\{|\}\}|\{[^{}]*\}';
	v_text text := '';
	v_from int := 1;
	v_at int;
	v_found text;
	v_name text;
	v_missing text[] := '{}';
	v_unknown text[] := '{}';
begin
	loop
		v_at := regexp_instr(p_text, v_place, v_from);
		exit when v_at = 0;
		v_found := regexp_substr(p_text, v_place, v_from);
		v_text := v_text || substr(p_text, v_from, v_at - v_from);
		v_from := v_at + length(v_found);
		v_name := split_part(btrim(v_found, '{}'), '|', 1);
		if v_found in ('{{', '}}') then
			v_text := v_text || left(v_found, 1);
		elsif not internal.placeholder_known(v_name) then
			v_text := v_text || v_found;
			v_unknown := v_unknown || v_name;
		elsif p_values ? v_name then
			v_text := v_text || (p_values ->> v_name);
		elsif strpos(v_found, '|') > 0 then
			v_text := v_text || rtrim(substr(v_found, strpos(v_found, '|') + 1), '}');
		else
			v_text := v_text || v_found;
			v_missing := v_missing || v_name;
		end if;
	end loop;
	return jsonb_strip_nulls(jsonb_build_object('text', v_text || substr(p_text, v_from), 'missing', case when cardinality(v_missing) > 0 then to_jsonb(v_missing) end,
		'unknown', case when cardinality(v_unknown) > 0 then to_jsonb(v_unknown) end));
end $$;

-- ---- which of them there are for a chat ------------------------------------------------------------------------------
-- The language in which a chat is answered: the best of those that its queue has phrases in.
create function internal.phrase_locale(p_queue text, p_locale text) returns text
language plpgsql stable as $$
begin
	return internal.best_locale(p_locale, array(select distinct t.locale::text from chat.phrase p join chat.phrase_text t on t.phrase = p.phrase
		where p.active and (p.queue = p_queue or p.queue is null)), 'en');
end $$;

-- How near a language is to the one that is wanted: 0 the same, 1 the same but for the region, 2 English, 3 another one.
create function internal.locale_distance(p_locale text, p_wanted text) returns int
language sql immutable as $$
	select case when p_locale = p_wanted then 0 when split_part(p_locale, '-', 1) = split_part(p_wanted, '-', 1) then 1 when p_locale = 'en' then 2 else 3 end
$$;

create function internal.phrase_uses(p_phrase text, p_now timestamptz) returns bigint
language plpgsql stable as $$
begin
	return (select coalesce(sum(u.uses), 0) from chat.phrase_use u where u.phrase = p_phrase and u.day > (p_now - interval '90 days')::date);
end $$;

-- p_values NULL: the text as it is written down.
create function internal.phrase_json(p_phrase chat.phrase, p_text chat.phrase_text, p_values jsonb, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return jsonb_strip_nulls(jsonb_build_object('phrase', p_phrase.phrase, 'shortcut', coalesce(p_phrase.shortcut, p_phrase.phrase), 'queue', p_phrase.queue, 'locale', p_text.locale,
			'title', p_text.title, 'uses', internal.phrase_uses(p_phrase.phrase, p_now)))
		|| case when p_values is null then jsonb_strip_nulls(jsonb_build_object('text', p_text.text, 'unknown',
				(select to_jsonb(u) from internal.unknown_placeholders(p_text.text) u where cardinality(u) > 0)))
			else internal.filled(p_text.text, p_values) end;
end $$;

-- The phrases of a queue (NULL: of all), each in one language, that answer to what somebody types behind the slash; everything to nothing typed. By shortcut, by how it
-- begins, by a word in the title, by the words said, by the same letters in the same order; then by use.
create function internal.phrases_found(p_queue text, p_locale text, p_typed text, p_limit int) returns table (phrase text, locale text)
language plpgsql stable as $$
declare
	v_typed text := lower(btrim(coalesce(p_typed, '')));
	v_letters text := (select string_agg(regexp_replace(c.letter, '([^[:alnum:]])', '\\\1'), '.*' order by c.ord) from string_to_table(v_typed, null) with ordinality c (letter, ord));
begin
	return query
		with used as materialized (
			select u.phrase, sum(u.uses) as uses from chat.phrase_use u group by u.phrase
		), own as (
			select distinct on (p.phrase) p.phrase, t.locale, lower(coalesce(p.shortcut, p.phrase)) as shortcut, lower(t.title) as title, lower(t.text) as said
			from chat.phrase p join chat.phrase_text t on t.phrase = p.phrase
			where p.active and (p_queue is null or p.queue = p_queue or p.queue is null)
			order by p.phrase, internal.locale_distance(t.locale, p_locale), t.locale
		), ranked as (
			select o.phrase, o.locale, o.title, case
				when v_typed = '' then 0
				when o.shortcut = v_typed then 0
				when starts_with(o.shortcut, v_typed) then 1
				when starts_with(o.title, v_typed) then 2
				when strpos(' ' || translate(o.title || ' ' || o.shortcut, '-_.', '   '), ' ' || v_typed) > 0 then 3
				when strpos(o.shortcut, v_typed) > 0 or strpos(o.title, v_typed) > 0 then 4
				when strpos(o.said, v_typed) > 0 then 5
				when length(v_typed) > 2 and o.shortcut || ' ' || o.title ~ v_letters then 6 end as rank
			from own o
		)
		select r.phrase::text, r.locale::text from ranked r left join used u on u.phrase = r.phrase
		where r.rank is not null order by r.rank, coalesce(u.uses, 0) desc, r.title, r.phrase limit p_limit;
end $$;

-- ---- which of them fit ------------------------------------------------------------------------------------------------
-- What a word of a message may have been meant for among the words that phrases are found by, and how surely. It stands for itself, and for longer ones that begin with it (zurück
-- for zurückgeben). One that no phrase has stands for what it is made of (Kreditkartenzahlung), and for what it may be a misspelling of: those with the same first letter, about as long.
create function internal.meant_words(p_locale text, p_word text) returns table (word text, sure float8)
language plpgsql stable as $$
declare
	v_known boolean := exists (select from internal.phrase_word i where i.locale = p_locale and i.word = p_word);
	v_trigrams text[] := internal.trigrams(p_word);
begin
	return query
		with meant as (
			select p_word as word, 1.0::float8 as sure where v_known
			union all
			(select v.word, case when v_known then 0.5 else 0.7 end from internal.phrase_vocabulary v
			where length(p_word) > 4 and v.locale = p_locale and v.word > p_word and v.word < p_word || U&'\+10FFFF' limit 20)
			union all
			select v.word, 0.8 from generate_series(5, length(p_word) - 1) n (letters) cross join lateral (values (left(p_word, n.letters)), (right(p_word, n.letters))) part (word)
			join internal.phrase_vocabulary v on v.locale = p_locale and v.word = part.word
			where not v_known
			union all
			select v.word, internal.likeness(v.trigrams, v_trigrams) from internal.phrase_vocabulary v
			where not v_known and length(p_word) > 3 and v.locale = p_locale and v.word >= left(p_word, 1) and v.word < left(p_word, 1) || U&'\+10FFFF'
				and abs(length(v.word) - length(p_word)) <= 2 and v.trigrams && v_trigrams and internal.likeness(v.trigrams, v_trigrams) >= 0.4
		)
		select m.word, max(m.sure) from meant m group by m.word order by 2 desc, 1 limit 4;
end $$;

-- The phrases that answer what was written, the best first: the sum of what each of its words tells of a phrase, the rarer the word is the more. What was written before counts
-- half, a phrase of every queue less than one of this. Left out are words that stand in more than a tenth of the phrases (and in two hundred), as long as there are others, so
-- that many phrases cost little more than some; and phrases that cover less than a sixth of what was said.
create function internal.suggestions(p_queue text, p_locale text, p_last text, p_before text, p_now timestamptz, p_limit int) returns table (phrase text, score numeric)
language plpgsql stable as $$
declare
	v_phrases float8 := (select count(*) from chat.phrase p where p.active and (p.queue = p_queue or p.queue is null));
	v_most int := greatest(200, v_phrases / 10);
	v_said text[];
	v_words text[];
	v_sure float8[];
	v_found int[];
begin
	-- (In two steps, because the plan of the second depends on what the first finds.)
	select array_agg(s.word), array_agg(m.word), array_agg(s.share * m.sure),
		array_agg((select count(*) from (select from internal.phrase_word i where i.locale = p_locale and i.word = m.word limit v_most + 1) i))
	into v_said, v_words, v_sure, v_found
	from (select w.word, max(w.share) as share
		from (select l.word, 1.0::float8 as share from internal.words(p_locale, p_last) l union all select b.word, 0.5 from internal.words(p_locale, p_before) b) w
		group by w.word order by 2 desc, 1 limit 40) s
	left join lateral internal.meant_words(p_locale, s.word) m on true;
	return query
		with nearest as materialized (
			select u.said, u.word, u.sure, u.found from unnest(v_said, v_words, v_sure, v_found) u (said, word, sure, found)
		), hit as materialized (
			select n.said, n.word, n.sure, i.phrase, i.weight * case when p.queue is null then 0.7::float8 else 1 end as weight
			from nearest n
			cross join lateral (select w.phrase, w.weight from internal.phrase_word w where w.locale = p_locale and w.word = n.word limit 2 * v_most) i
			join chat.phrase p on p.phrase = i.phrase
			where p.active and (p.queue = p_queue or p.queue is null)
				and (n.found <= v_most or n.found <= (select min(o.found) from nearest o where o.found > 0))
		), rare as materialized (
			select h.word, ln(1 + (v_phrases - count(*) + 0.5) / (count(*) + 0.5)) as worth from hit h group by h.word
		), points as (
			select h.said, h.phrase, max(h.sure * h.weight * r.worth) as points, max(h.sure * r.worth) as covered from hit h join rare r on r.word = h.word group by h.said, h.phrase
		), everything as (
			select sum(w.worth) as worth
			from (select max(coalesce(n.sure * r.worth, case when n.found <= v_most or n.found is null then 0.5 * ln(1 + v_phrases) else 0 end)) as worth
				from nearest n left join rare r on r.word = n.word group by n.said) w
		), best as (
			select t.phrase, sum(t.points) as score from points t group by t.phrase having sum(t.covered) * 6 >= (select e.worth from everything e) order by 2 desc, 1 limit 4 * p_limit
		)
		select b.phrase::text, round((b.score * (1 + 0.03 * ln(1 + internal.phrase_uses(b.phrase, p_now)::float8)))::numeric, 3) from best b order by 2 desc, 1 limit p_limit;
end $$;

-- What the customer has written since an operator last answered: the last message, what stood before it (up to four more), and the seq of the last.
create function internal.customer_said(p_chat uuid) returns table (seq bigint, last text, before text)
language plpgsql stable as $$
begin
	return query
		with newest as materialized (
			select m.seq, m.author_kind, m.kind, m.body from chat.message m where m.chat = p_chat and m.kind in ('message', 'bot_message') and m.body is not null order by m.seq desc limit 30
		), said as (
			select n.seq, n.body, row_number() over (order by n.seq desc) as place from newest n where n.author_kind = 'customer' and n.kind = 'message'
			and n.seq > coalesce((select max(o.seq) from newest o where o.author_kind = 'operator'
				and o.seq < (select max(c.seq) from newest c where c.author_kind = 'customer' and c.kind = 'message')), 0)
		)
		select max(s.seq), max(s.body) filter (where s.place = 1), left(string_agg(s.body, E'\n' order by s.seq) filter (where s.place between 2 and 5), 4000) from said s having count(*) > 0;
end $$;

-- ---- what the api asks -----------------------------------------------------------------------------------------------
-- A chat that somebody wants to be guided in: as he may read it.
create function internal.guided_chat(p_operator chat.operator, p_chat text, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	if p_chat is null or p_chat !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
		perform internal.fail('SB422', 'invalid', 'chat');
	end if;
	perform internal.readable_chat(p_operator, p_chat::uuid, p_now);
	select * into v_chat from chat.chat c where c.chat = p_chat::uuid;
	return v_chat;
end $$;

-- Of a chat: its queue's, in its language, filled. Without: all there are, as they are written, in p_locale.
create function api.phrases(p_session bytea, p_chat text, p_typed text, p_locale text, p_limit int) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
	v_chat chat.chat;
	v_locale text := p_locale;
	v_values jsonb;
begin
	if char_length(p_typed) > 100 then
		perform internal.fail('SB422', 'invalid', 'q');
	end if;
	if p_chat is not null then
		v_chat := internal.guided_chat(v_operator, p_chat, v_now);
		v_locale := internal.phrase_locale(v_chat.queue, v_chat.locale);
		v_values := internal.placeholder_values(v_chat, v_operator.name);
	end if;
	return query
		with found as materialized (select f.*, row_number() over () as place from internal.phrases_found(v_chat.queue, coalesce(v_locale, 'en'), p_typed, p_limit + 1) f)
		select jsonb_build_object('locale', coalesce(v_locale, 'en'), 'more', (select count(*) > p_limit from found), 'phrases', coalesce((
			select jsonb_agg(internal.phrase_json(p, t, v_values, v_now) order by f.place)
			from found f join chat.phrase p on p.phrase = f.phrase join chat.phrase_text t on t.phrase = f.phrase and t.locale = f.locale where f.place <= p_limit), '[]'))::text;
end $$;

-- A phrase was sent in a chat of his.
create function api.phrase_used(p_session bytea, p_chat uuid, p_phrase text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
	v_queue text;
begin
	select c.queue into v_queue from chat.chat c join chat.assignment a on a.chat = c.chat and a.operator = v_operator.operator where c.chat = p_chat limit 1;
	if not found then
		perform internal.fail('SB404', 'not_found');
	elsif not exists (select from chat.phrase p where p.phrase = p_phrase and p.active and (p.queue = v_queue or p.queue is null)) then
		perform internal.fail('SB404', 'not_found', 'phrase');
	end if;
	insert into chat.phrase_use as u (phrase, day, queue, uses) values (p_phrase, (v_now at time zone 'UTC')::date, v_queue, 1)
	on conflict (phrase, day, queue) do update set uses = u.uses + 1;
	return query select jsonb_build_object('phrase', p_phrase, 'uses', internal.phrase_uses(p_phrase, v_now))::text;
end $$;
