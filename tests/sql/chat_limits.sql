-- SPDX-License-Identifier: ISC
-- How many chats a site, an address, a customer may open.
\ir fixture.psql
select no_plan();
create function t.ask(p_n int, p_address inet, p_exempt boolean default false, p_held bytea default null, p_widget text default 'plain') returns void language sql as $$
	select from api.open_chat(t.chat(p_n), t.token(p_n), t.key(p_n), sha256(''), p_widget, null, null, null, null, null, null, null, null, null, p_address, '',
		p_held_token_hash => p_held, p_exempt => p_exempt)
$$;
create function t.takes(p_at timestamptz, p_often boolean default false) returns text language plpgsql as $$
declare
	v_extra text;
begin
	perform internal.take_site_rate('shop', p_at, p_often);
	return 'yes';
exception when others then
	get stacked diagnostics v_extra = pg_exception_detail;
	return sqlstate || ' ' || sqlerrm || ' ' || (v_extra::jsonb ->> 'retry_ms');
end $$;
savepoint story;

-- ---- a site ---------------------------------------------------------------------------------------------------------
select is(count(*), 60::bigint, 'a minute''s worth at once') from generate_series(1, 60) g where t.takes(t.at(0)) = 'yes';
select is(t.takes(t.at(0)), 'SB429 site_busy 1000', 'then the wait is told');
select is(t.takes(t.at(0.9)), 'SB429 site_busy 100', 'and grows shorter');
select is(t.takes(t.at(1)), 'yes', 'one a second');
select is(t.takes(t.at(1)), 'SB429 site_busy 1000', 'and no more');
select is(count(*), 60::bigint, 'after a quiet time all of it') from generate_series(1, 100) g where t.takes(t.at(500)) = 'yes';
select lives_ok($$select internal.take_site_rate('other', t.at(0))$$, 'another site has its own');
select is(count(*), 30::bigint, 'who asks often has half of it') from generate_series(1, 60) g where t.takes(t.at(1000), true) = 'yes';
select is(t.takes(t.at(1000.6), true), 'SB429 site_busy 400', 'and is told when there will be more');
select is(count(*), 30::bigint, 'the other half is kept for others') from generate_series(1, 60) g where t.takes(t.at(1000)) = 'yes';
select is(t.takes(t.at(1030), true), 'SB429 site_busy 1000', 'who come first');
select is(t.takes(t.at(1031), true), 'yes', 'until they are served');
select t.set('site_chats_per_minute', 1);
select is(t.takes(t.at(2000), true), 'yes', 'half of one is one');
select t.set('site_chats_per_minute', 0);
select is(t.takes(t.at(500)), 'yes', '0: no limit');
:next_story

-- ---- an address -----------------------------------------------------------------------------------------------------
select t.set('chats_per_address', 2);
select t.ask(1, '192.0.2.1'), t.ask(2, '192.0.2.1');
select t.fails($$select t.ask(3, '192.0.2.1')$$, 'SB429', 'rate_limited', null, 'a third of one address');
select lives_ok($$select t.ask(3, '192.0.2.2')$$, 'not of another');
select lives_ok($$select t.ask(4, '192.0.2.1', true)$$, 'not where it is exempt');
select t.end_chat(n, 'customer', clock_timestamp()) from unnest(array[1, 4]) n;
select lives_ok($$select t.ask(5, '192.0.2.1')$$, 'and not when one has ended');
select t.ask(11, '2001:db8:0:1::1'), t.ask(12, '2001:db8:0:1:ffff::2');
select t.fails($$select t.ask(13, '2001:db8:0:1::3')$$, 'SB429', 'rate_limited', null, 'a /64 of IPv6 is one address');
select lives_ok($$select t.ask(13, '2001:db8:0:2::1')$$, 'the next /64 is another');
select t.ask(21, null), t.ask(22, null);
select t.fails($$select t.ask(23, null)$$, 'SB429', 'rate_limited', null, 'all that come without one are one');
select t.set('chats_per_address', 0);
select lives_ok($$select t.ask(23, null)$$, '0: no limit');
:next_story
set local enable_seqscan = off;
create function t.plan(p_sql text) returns setof text language plpgsql as $$ begin return query execute 'explain ' || p_sql; end $$;
select ok(bool_or(p like '%chat_open_by_address%'), 'the open chats of an address are found by their index') from t.plan($$select count(*) from chat.chat c
	where network(set_masklen(coalesce(c.address, '::'), case family(coalesce(c.address, '::')) when 4 then 32 else 64 end)) = '192.0.2.1/32'
		and c.ended_at is null and c.state in ('bot', 'queued', 'offered', 'active')$$) p;
:next_story

-- ---- a customer -----------------------------------------------------------------------------------------------------
select t.ask(1, '192.0.2.1');
select t.fails($$select t.ask(2, '192.0.2.1', p_held => t.token(1))$$, 'SB409', 'chat_exists', null, 'who has an open chat');
select lives_ok($$select t.ask(2, '192.0.2.1', p_held => t.token(1), p_widget => 'elsewhere')$$, 'not with another site');
select lives_ok($$select t.ask(3, '192.0.2.1', p_held => t.token(77))$$, 'an unknown token says nothing');
select t.set('chats_per_customer', 0);
select lives_ok($$select t.ask(4, '192.0.2.1', p_held => t.token(1))$$, '0: as many as he likes');
select t.set('chats_per_customer', 1);
select t.end_chat(1, 'customer', clock_timestamp());
select lives_ok($$select t.ask(5, '192.0.2.1', p_held => t.token(1))$$, 'and not when it has ended');
\ir verdict.psql
