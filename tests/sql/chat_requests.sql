-- SPDX-License-Identifier: ISC
-- The chat request and what a customer does with a chat: idempotence, closed and full queues, foreign origins, rating, end (P01–P03, P18–P22, P25–P27).
\ir fixture.psql
select no_plan();
create function t.chats() returns bigint language sql as $$ select count(*) from chat.chat $$;
create function t.raised_detail(p_sql text) returns jsonb language plpgsql as $$
declare
	v_detail text;
begin
	execute p_sql;
	return null;
exception when others then
	get stacked diagnostics v_detail = pg_exception_detail;
	return v_detail::jsonb;
end $$;
savepoint story;

-- ---- once -----------------------------------------------------------------------------------------------------------
select is(o.created, true, 'a chat request makes a chat') from t.request(1, 'plain') o;
select is(t.kinds(1), 'queued', 'its first event');
select is((select (site, widget, queue, locale, state)::text from chat.chat), '(shop,plain,sales,en,queued)', 'the widget says the site, the default queue and the language');
create temp table answer as select o.body from t.request(1, 'plain') o;
select is((o.created, o.chat, o.body), (false, t.chat(1), (select body from answer)), 'P20: the same again is answered with the same chat') from t.request(1, 'plain') o;
select is(chat, t.chat(1), 'P20: and keeps its id, though the client proposes another')
from api.open_chat(t.chat(2), t.token(2), t.key(1), sha256(''), 'plain', null, null, null, null, null, null, null, null, null, null, '');
select is(t.chats(), 1::bigint, 'P20: one row');
select t.fails($$select t.open(1, 'plain', p_body => 'other')$$, 'SB409', 'conflict', 'request_key', 'P21: the same key with another body');
select is(t.chats(), 1::bigint, 'P21: no row');
select t.end_chat(1, 'customer', clock_timestamp());
select is(o.body #>> '{chat,state}', 'abandoned', 'a late repeat tells what has become of it') from t.request(1, 'plain') o;
:next_story

-- ---- where ----------------------------------------------------------------------------------------------------------
select t.fails($$select t.open(1, 'nonsense')$$, 'SB404', 'not_found', null, 'P01: an unknown widget');
select t.fails($$select t.open(1, 'plain', p_origin => 'https://other.example')$$, 'SB403', 'origin_denied', null, 'P03: another site''s origin');
select t.fails(format('select t.open(1, ''plain'', p_origin => %L)', o), 'SB403', 'origin_denied', null, format('P03: the origin %L', o))
from unnest(array['', 'null', 'https://shop.example.evil', 'https://SHOP.example', 'http://shop.example', 'https://shop.example:444', 'https://shop.example/']) o;
select lives_ok($$select t.open(1, 'plain', p_origin => null)$$, 'our own pages');
:next_story
select t.fails(format('select t.open(1, ''plain'', %L)', q), 'SB422', 'invalid', 'queue', format('P18: the queue %L', q)) from unnest(array['nowhere', 'support', '', 'SALES']) q;
select is(t.chats(), 0::bigint, 'no row stays');
select is(o.body #>> '{chat,queue}', 'billing', 'a queue of the widget') from t.request(1, 'plain', 'billing') o;
:next_story
update chat.widget set active = false where widget = 'plain';
select t.fails($$select t.open(1, 'plain')$$, 'SB404', 'not_found', null, 'a widget that is switched off');
:next_story
update chat.site set active = false where site = 'shop';
select t.fails($$select t.open(1, 'plain')$$, 'SB404', 'not_found', null, 'a site that is switched off');
:next_story

-- ---- closed and full ------------------------------------------------------------------------------------------------
insert into chat.opening_hours select 'sales', extract(isodow from (now() at time zone 'UTC')::date + d), '00:00', '00:00' from unnest(array[3, 4]) d;
select t.fails($$select t.open(1, 'plain')$$, 'SB409', 'closed', 'queue', 'P19: a closed queue');
select is((t.raised_detail($$select t.open(1, 'plain')$$) ->> 'next_opening')::timestamptz, date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '3 days',
	'P19: says when it opens');
select is(t.chats() + (select count(*) from chat.message) + (select count(*) from chat.chat_access), 0::bigint, 'P19: no row');
select t.fails($$select t.open(1, 'guided', 'sales')$$, 'SB409', 'closed', 'queue', 'with a bot too, when the customer names the queue');
select is(o.created, true, 'behind the bot it is judged when the queue is chosen') from t.request(1, 'guided') o;
:next_story
update chat.queue set active = false where queue = 'sales';
select is(t.raised_detail($$select t.open(1, 'plain')$$), '{}', 'a queue that is switched off is closed for good');
:next_story
update chat.queue set max_length = 2 where queue = 'sales';
select t.open(1, 'plain'), t.open(2, 'plain');
select t.fails($$select t.open(3, 'plain')$$, 'SB503', 'queue_full', 'queue', 'P22: a full queue');
select ok((t.raised_detail($$select t.open(3, 'plain')$$) ->> 'retry_ms')::int > 0, 'P22: says when to try again');
select is(t.chats(), 2::bigint, 'P22: no row');
select is(o.created, false, 'a repeat of one that is in gets its answer, though the queue is full') from t.request(1, 'plain') o;
select t.end_chat(1, 'customer', clock_timestamp());
select is(o.created, true, 'a place is free again') from t.request(3, 'plain') o;
update chat.queue set max_length = 0 where queue = 'sales';
select is(o.created, true, '0 is no limit') from t.request(4, 'plain') o;
:next_story
update chat.queue set max_length = 1 where queue = 'sales';
select t.set('stagger_s', 0), t.open(1, 'plain'), t.sign_in('ana', '{sales}', clock_timestamp()), internal.route(clock_timestamp(), 1), t.open(2, 'plain');
select internal.change_presence('ana', 'break', null, clock_timestamp());
select is((select count(*) from chat.waiting), 2::bigint, 'who comes back into a full queue is not sent away');
select t.fails($$select t.open(3, 'plain')$$, 'SB503', 'queue_full', 'queue', 'a new one is');
:next_story

-- ---- the customer's own chat ----------------------------------------------------------------------------------------
select t.open(n, 'plain') from generate_series(1, 3) n;
select t.fails(format('select * from api.%s', v), 'SB404', 'not_found', null, 'P25: another chat''s token: ' || split_part(v, '(', 1)) from unnest(array[
	'chat_view(t.chat(1), t.token(2), null)', 'chat_events(t.chat(1), t.token(2), null, 0, 10)', 'ask_person(t.chat(1), t.token(2), null, null)',
	'customer_end(t.chat(1), t.token(2), null)', 'rate_chat(t.chat(1), t.token(2), null, 5, null)', 'transcript(t.chat(1), t.token(2), null)']) v;
select t.fails(format('select * from api.%s', v), 'SB401', 'unauthorized', null, 'P26: no such token: ' || split_part(v, '(', 1)) from unnest(array[
	'chat_view(t.chat(1), sha256(''x''), null)', 'chat_events(t.chat(1), null, null, 0, 10)', 'ask_person(t.chat(1), sha256(''x''), null, null)',
	'customer_end(t.chat(1), sha256(''x''), null)', 'rate_chat(t.chat(1), sha256(''x''), null, 5, null)', 'transcript(t.chat(1), sha256(''x''), null)']) v;
select t.fails(format('select * from api.%s', v), 'SB403', 'origin_denied', null, 'G14: another site''s origin: ' || split_part(v, '(', 1)) from unnest(array[
	'chat_view(t.chat(1), t.token(1), ''https://other.example'')', 'customer_end(t.chat(1), t.token(1), ''https://other.example'')',
	'transcript(t.chat(1), t.token(1), ''https://other.example'')']) v;
select is((body::jsonb -> 'chat') - 'created_at' - 'marks', jsonb_build_object('id', t.chat(3), 'state', 'queued', 'queue', 'sales', 'queue_label', 'Sales', 'position', 3,
	'wait', '{"state": "unstaffed"}'::jsonb), 'the third in line')
from api.chat_view(t.chat(3), t.token(3), null);
select is(body::jsonb #>> '{chat,state}', 'abandoned', 'who leaves while waiting') from api.customer_end(t.chat(1), t.token(1), null);
select is(body::jsonb #>> '{chat,state}', 'abandoned', 'leaving twice is no error') from api.customer_end(t.chat(1), t.token(1), null);
select is(t.kinds(1), 'queued ended', 'and one event');
select is((select jsonb_agg(position order by chat) from api.queue_positions(array[t.chat(1), t.chat(2), t.chat(3)])), '[1, 2]', 'the others move up');
:next_story

-- ---- the rating -----------------------------------------------------------------------------------------------------
select t.open(1, 'plain');
select t.fails(format('select * from api.rate_chat(t.chat(1), t.token(1), null, %L, null)', s), 'SB422', 'invalid', 'score', format('a score of %L', s)) from unnest(array[0, 6, -1, null]) s;
select t.fails('select * from api.rate_chat(t.chat(1), t.token(1), null, 5, repeat(''x'', 1001))', 'SB422', 'invalid', 'comment', 'a comment that is too long');
select is(body::jsonb, '{"rating": {"score": 4}}', 'a rating') from api.rate_chat(t.chat(1), t.token(1), null, 4, 'good');
select is(body::jsonb, '{"rating": {"score": 4}}', 'the same again') from api.rate_chat(t.chat(1), t.token(1), null, 4, 'good');
select t.fails('select * from api.rate_chat(t.chat(1), t.token(1), null, 5, ''good'')', 'SB409', 'conflict', 'score', 'another score');
select t.fails('select * from api.rate_chat(t.chat(1), t.token(1), null, 4, null)', 'SB409', 'conflict', 'score', 'another comment');
select is(t.kinds(1), 'queued rated', 'one event');
select t.end_chat(1, 'customer', clock_timestamp());
select is(body::jsonb, '{"rating": {"score": 4}}', 'and after the end') from api.rate_chat(t.chat(1), t.token(1), null, 4, 'good');
:next_story

-- ---- the widget -----------------------------------------------------------------------------------------------------
select t.fails('select * from api.widget_config(''nonsense'', null, null, '''')', 'SB404', 'not_found', null, 'P01: the configuration of an unknown widget');
select t.fails('select * from api.widget_config(''plain'', null, ''https://other.example'', '''')', 'SB403', 'origin_denied', null, 'P03: for another site');
select is(body::jsonb -> 'queues', '[{"name": "billing", "label": "Billing", "questions": []}, {"name": "sales", "label": "Verkauf", "questions": []}]',
	'queues in the best language') from api.widget_config('plain', 'de-CH, fr;q=0.5', null, '');
select is(body::jsonb ->> 'locale', e, format('%L is answered in %s', l, e)) from (values ('fr;q=0.4, de;q=0.8', 'de'), ('xx', 'en'), (null, 'en'), ('*', 'en'), ('de;q=0, fr', 'fr'),
	(repeat('a,', 3000), 'en'), ('DE-de', 'de')) v (l, e), api.widget_config('plain', l, null, '');
select is((select etag from api.widget_config('plain', 'de', null, '')), (select etag from api.widget_config('plain', 'de', null, '')), 'the same configuration, the same tag');
select isnt((select etag from api.widget_config('plain', 'de', null, '')), (select etag from api.widget_config('plain', 'fr', null, '')), 'another one, another tag');
select is(body::jsonb -> 'queues', '[{"name": "billing", "state": "unstaffed", "wait": null}, {"name": "sales", "state": "unstaffed", "wait": null}]', 'nobody is on duty')
from api.widget_status('plain', null);
select t.sign_in('ana', '{sales}', clock_timestamp());
select is(body::jsonb #>> '{queues,1,state}', 'open', 'somebody is') from api.widget_status('plain', null);
select is(origins, 'https://shop.example', 'who may frame it') from api.widget_frame('plain');
\ir verdict.psql
