-- SPDX-License-Identifier: ISC
-- French punctuation keeps to its word: no line of a built-in text or of the demo begins with a question mark. (The texts of the pages: www/lib/tests/reading.test.mjs.)
\ir fixture.psql
select no_plan();
truncate chat.site, chat.bot, chat.queue, chat.operator, chat.skill, chat.question cascade;
\ir ../../sql/demo.sql
\ir ../../deploy/stack/shop-habits.sql

-- Every text of a table that has texts by language.
create function t.french() returns table (tab text, txt text) language plpgsql as $$
declare
	v_table regclass;
begin
	for v_table in select c.oid from pg_class c where c.relkind = 'r' and c.relnamespace = 'chat'::regnamespace
		and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'locale' and a.atttypid = 'chat.locale'::regtype)
	loop
		return query execute format('select %L::text, c.value from %s r, jsonb_each_text(to_jsonb(r)) c where r.locale = ''fr'' and c.value is not null', v_table, v_table);
	end loop;
end $$;
create function t.breaks(p_text text) returns boolean language sql as $$ select p_text ~ '\S [:;?!»]|« ' $$;
select is_empty('select * from t.french() where t.breaks(txt)', 'French punctuation keeps to its word');
select cmp_ok((select count(*) from t.french() where txt ~ '\u00a0[:;?!]'), '>', 50::bigint, 'there are such texts');
select is_empty($$select unnest(array['chat.text', 'chat.bot_text', 'chat.bot_answer', 'chat.question_text', 'chat.question_choice_text', 'chat.phrase_text']) except select tab from t.french()$$,
	'in all these tables');
select is(array[t.breaks('Prêt ?'), t.breaks('Prêt :'), t.breaks('« Prêt »'), t.breaks(E'Prêt\u00a0?'), t.breaks('Prêt.')], '{t,t,t,f,f}', 'and one that does not would be found');
\ir verdict.psql
