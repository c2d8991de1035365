-- SPDX-License-Identifier: ISC
-- psql: 5,000 phrases of one queue, of words as frequent as words are, and what it costs to find those that fit, and those that somebody types.
-- usage: psql -f tests/bench/phrases.sql DATABASE (of a bare installation: it leaves its rows behind)
\set QUIET on
set role switchboard_owner;
insert into chat.queue (queue, label) values ('bench', 'Bench');
create temporary table word as
	select n, (select string_agg((array['ba','de','fi','go','lu','ma','ne','pi','ro','su','ta','ve','wi','zo','ka','le'])[1 + ((n * 7919 + k * 104729) / (16 ^ k)::int) % 16], '') || n % 7
		from generate_series(0, 2 + n % 3) k) as word from generate_series(1, 8000) n;
select setseed(0.5);
create function pg_temp.said(p_words int, p_seed int) returns text language sql volatile as $$
	select string_agg(w.word, ' ') from generate_series(1, p_words + p_seed * 0) g cross join lateral (select (8000 ^ random())::int + g * 0 as n) r join word w on w.n = 20 + r.n
$$;
create unique index on word (n);
analyze word;
insert into chat.phrase (phrase, queue) select 'p' || n, 'bench' from generate_series(1, 5000) n;
\timing on
\echo index 5,000 phrases
insert into chat.phrase_text (phrase, locale, title, text, asked) select 'p' || n, 'en', pg_temp.said(4, n), pg_temp.said(25, n), pg_temp.said(12, n) from generate_series(1, 5000) n;
\timing off
analyze chat.phrase, chat.phrase_text, internal.phrase_word, internal.phrase_vocabulary;
select count(*) as words from internal.phrase_word \gset
select count(*) as vocabulary from internal.phrase_vocabulary \gset
\echo :words words, :vocabulary different ones
create temporary table message as select n, pg_temp.said(10, n) as known, pg_temp.said(10, n) || ' bafigoluro sutaveximo zokaledemo' as typos from generate_series(1, 50) n;
create temporary table took (what text, ms float8);
do $$
declare
	v_message record;
	v_from timestamptz;
begin
	for i in 1..2 loop
		for v_message in select * from message loop
			v_from := clock_timestamp();
			perform internal.suggestions('bench', 'en', v_message.known, null, now(), 3);
			insert into took values ('suggestions, 10 known words', extract(epoch from clock_timestamp() - v_from) * 1000);
			v_from := clock_timestamp();
			perform internal.suggestions('bench', 'en', v_message.typos, null, now(), 3);
			insert into took values ('suggestions, 3 unknown words more', extract(epoch from clock_timestamp() - v_from) * 1000);
			v_from := clock_timestamp();
			perform internal.phrases_found('bench', 'en', left(v_message.known, 6), 20);
			insert into took values ('phrases typed behind the slash', extract(epoch from clock_timestamp() - v_from) * 1000);
		end loop;
	end loop;
end $$;
select what, round(percentile_cont(0.5) within group (order by ms)::numeric, 1) as median_ms,
	round(percentile_cont(0.95) within group (order by ms)::numeric, 1) as p95_ms from took group by 1 order by 1;
