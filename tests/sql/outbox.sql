-- SPDX-License-Identifier: ISC
-- The outbox: order, leases, pauses, dead letters, limits.
\ir fixture.psql
select no_plan();

-- A kind for these stories: `to` is where it goes (none: to nobody), `bad` an answer that will not do.
create or replace function internal.webhook_request(p_item chat.outbox) returns internal.outgoing language plpgsql stable as $$
declare
	v_out internal.outgoing;
begin
	if p_item.body ? 'broken' then
		perform internal.fail('SB422', 'invalid', 'broken');
	end if;
	v_out.url := p_item.body ->> 'to';
	v_out.body := p_item.body ->> 'n';
	v_out.headers := array['X-One: 1', 'X-Two: 2'];
	v_out.allowed_hosts := '{a.example,b.example}';
	v_out.timeout_ms := 2000;
	v_out.tries := (p_item.body ->> 'tries')::int;
	return v_out;
end $$;
create or replace function internal.outbox_answered(p_item chat.outbox, p_answer text, p_now timestamptz) returns boolean language plpgsql as $$
begin
	if p_answer = 'refused' then
		perform internal.fail('SB422', 'invalid', 'answer');
	end if;
	return p_answer <> 'bad';
end $$;
create table t.death (item uuid, error text);
grant usage on schema t to switchboard_owner;
grant insert on t.death to switchboard_owner;
create or replace function internal.outbox_died(p_item chat.outbox, p_error text, p_now timestamptz) returns void language plpgsql as $$
begin
	insert into t.death values (p_item.item, p_error);
	if p_error = 'and this' then
		raise exception 'broken too';
	end if;
end $$;

create function t.put(p_lane text, p_n int, p_more jsonb default '{}', p_account text default 'crm') returns uuid language sql as $$
	select internal.send_out('webhook', p_lane, p_account, null, jsonb_build_object('to', 'https://a.example/', 'n', p_n) || p_more, clock_timestamp()) $$;
create table t.claimed (n int, item uuid, lease uuid, problem text, attempt int, courier int, reason text, status int, final boolean);
-- The numbers a courier gets.
create function t.claim(p_courier int default 1, p_limit int default 10) returns int[] language sql as $$
	with c as (insert into t.claimed select c.body::int, c.item, c.lease, c.problem, c.attempt, p_courier, c.reason, c.status, c.final from api.claim_outbox(p_courier, p_limit) c returning n)
	select coalesce(array_agg(n order by n), '{}') from c $$;
create function t.last(p_n int) returns t.claimed language sql as $$ select c from t.claimed c where c.n = p_n order by c.attempt desc limit 1 $$;
create function t.answer(p_n int, p_status int default 200, p_answer text default '') returns text language sql as $$
	select o.outcome from t.last(p_n) c, api.outbox_answered(c.item, c.lease, p_status, p_answer) o $$;
create function t.failed(p_n int, p_error text, p_final boolean default false, p_reason text default 'timeout', p_status int default null) returns text language sql as $$
	select o.outcome from t.last(p_n) c, api.outbox_failed(c.item, c.lease, p_error, p_final, p_reason, p_status) o $$;
-- Its problem, as the courier tells it back.
create function t.reported(p_n int) returns text language sql as $$ select t.failed(c.n, c.problem, c.final, c.reason, c.status) from t.last(p_n) c $$;
-- As if the pauses and leases were over.
create function t.due() returns void language plpgsql as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	update chat.outbox set next_try_at = v_now where finished_at is null;
	update chat.outbox_lane set due_at = v_now;
end $$;
create function t.item(p_n int) returns chat.outbox language sql as $$ select o from chat.outbox o where o.body ->> 'n' = p_n::text $$;
savepoint story;

-- ---- order ----------------------------------------------------------------------------------------------------------
select t.put('a', 1), t.put('a', 2), t.put('b', 3);
select is(t.claim(), '{1,3}', 'the first of each lane, and nothing behind it');
select is(t.claim(), '{}', 'nothing twice');
select is(t.answer(1), 'done', 'delivered');
select is(t.claim(), '{2}', 'then the next of its lane');
select is(array[t.answer(3), t.answer(2)], '{done,done}', 'lanes do not wait for each other');
select is_empty('select from chat.outbox_lane', 'a lane that is empty is gone');
select is((select string_agg(o.state, ' ') from chat.outbox o), 'done done done', 'what was delivered is kept for a while');
select is(t.answer(2), 'stale', 'a second report changes nothing');
:next_story
select t.put('a', 1);
select is((c.headers, c.allowed_hosts, c.method, c.timeout_ms, c.scheme)::text, E'("X-One: 1\nX-Two: 2","a.example b.example",POST,2000,none)', 'the request is given in lines and words')
	from api.claim_outbox(1, 1) c;
:next_story

-- ---- an attempt that fails ------------------------------------------------------------------------------------------
select t.put('a', 1), t.put('a', 2);
select t.claim();
select is(t.answer(1, 503, 'busy'), 'retry', 'tried again after a 503');
select is((select (state, tries, last_status, last_reason, last_error, next_try_at > created_at)::text from t.item(1)), '(queued,1,503,refused,"answered 503: busy",t)', 'it says why and when');
select t.due();
select is(t.claim(), '{1}', 'before the one behind it');
select is((select count(distinct item) from t.claimed), 1::bigint, 'under the same key');
select is((t.last(1)).attempt, 2, 'the second attempt');
select is(t.failed(1, 'connection refused'), 'retry', 'no answer: the same');
select t.due(), t.claim();
select is(t.answer(1, 200, 'bad'), 'retry', 'nor an answer that its kind does not take');
select t.due(), t.claim();
select is(t.answer(1, 200, 'refused'), 'dead', 'one that never will do is the last');
select is((select (state, last_status, last_reason, given_up, last_error)::text from t.item(1)), '(dead,200,answer_unusable,final,"invalid: answer")', 'a dead letter says why');
select is((select error from t.death), 'invalid: answer', 'its kind is told');
select is(t.claim(), '{2}', 'and the lane goes on');
:next_story
select t.put('a', 1), t.claim();
select is(t.answer(1, 422, 'no such number'), 'dead', 'an answer that asking again does not change is final');
:next_story
select results_eq('select s, internal.outbox_status_is_final(s) from unnest(array[302, 400, 401, 403, 404, 408, 409, 413, 422, 425, 429, 500, 503]) s',
	$$values (302, true), (400, true), (401, false), (403, false), (404, false), (408, false), (409, false), (413, true), (422, true), (425, false), (429, false), (500, false), (503, false)$$,
	'which answers are final: no redirect is followed, what a DBA there can mend is tried again');
select t.put('a', 1, '{"tries": 2}'), t.claim();
select is(t.failed(1, 'one'), 'retry', 'a kind may allow fewer attempts');
select t.due(), t.claim();
select is(t.failed(1, 'two', false, 'unknown_host'), 'dead', 'after the last it is a dead letter');
select is((select (last_status, last_reason, given_up)::text from t.item(1)), '(,unknown_host,tries)', 'of the last attempt it keeps why, and that there was no further one');
:next_story
select t.put('a', 1), t.put('b', 2), t.claim();
select t.answer(1, 503, 'busy'), t.failed(2, 'Timeout was reached', false, 'timeout', 200);
select t.set('outbox_tries', 1), t.due(), t.claim();
select results_eq('select problem, reason, status, final from t.claimed where attempt = 2 order by n',
	$$values ('answered 503: busy', 'refused', 503, false), ('Timeout was reached', 'timeout', 200, false)$$, 'one that was tried often enough is claimed with what its last attempt came to');
select t.reported(1), t.reported(2);
select results_eq('select o.last_status, o.last_reason, o.given_up, o.last_error from chat.outbox o order by o.position',
	$$values (503, 'refused', 'tries', 'answered 503: busy'), (200, 'timeout', 'tries', 'Timeout was reached')$$, 'which it keeps, the status too');
:next_story
select t.put('a', 1), t.claim();
select is(t.failed(1, 'and this', true), 'dead', 'a kind whose last word fails keeps nothing alive');
select is_empty('select from t.death', 'what it did is taken back');
:next_story
select t.put('a', 1, '{"to": null}'), t.put('b', 2, '{"broken": 1}');
select results_eq('select problem, reason, final from api.claim_outbox(1, 5) order by problem',
	$$values ('its request cannot be made: invalid: broken', 'not_made', false), ('there is nobody to send it to any more', 'no_receiver', true)$$,
	'what cannot be sent is claimed with its problem; what a DBA can mend is tried again');
:next_story
select internal.send_out('webhook', 'a', 'crm', null, '{"to": "https://a.example", "n": 1}', clock_timestamp(), null, clock_timestamp() + interval '1 millisecond');
select pg_sleep(0.002), t.claim();
select is((t.last(1)).problem, 'its time was over', 'nothing is sent after give_up_at');
select is(t.reported(1), 'dead');
select is((select (last_reason, given_up)::text from t.item(1)), '(expired,time)', 'its time is why');
:next_story
select internal.send_out('webhook', 'a', 'crm', null, '{"to": "https://a.example", "n": 1}', clock_timestamp(), null, clock_timestamp() + interval '20 seconds');
select t.set('outbox_backoff_s', 3600), t.set('outbox_backoff_max_s', 86400), t.claim();
select is((select count(*) from t.last(1) c, api.outbox_answered(c.item, c.lease, 503, 'later', 60) o where o.outcome = 'dead'), 1::bigint, 'an attempt that would come too late is not waited for');
select is((select (last_status, last_reason, given_up)::text from t.item(1)), '(503,refused,time)', 'its last answer is why, and that no time was left');
:next_story
select t.put('a', 1), t.claim();
select is((select count(*) from t.last(1) c, api.outbox_answered(c.item, c.lease, 429, 'later', 600) o), 1::bigint);
select ok((select next_try_at >= created_at + interval '600 seconds' from t.item(1)), 'Retry-After is the shortest pause');
:next_story

-- ---- pauses ---------------------------------------------------------------------------------------------------------
select results_eq('select extract(epoch from internal.outbox_pause(n, 1))::int from unnest(array[1, 2, 3, 10, 11, 12, 13, 1000]) n',
	'values (2), (4), (8), (1024), (2048), (3600), (3600), (3600)', 'pauses double up to outbox_backoff_max_s');
select is(internal.outbox_pause(5, 0), interval '0', 'full jitter: they are drawn from nothing');
select is(internal.outbox_pause(5, 0.25), interval '8 seconds', 'to all');
:next_story

-- ---- couriers -------------------------------------------------------------------------------------------------------
select t.put('a', 1), t.put('b', 2), t.put('c', 3);
select is(t.claim(1, 2), '{1,2}', 'several share the work');
select is(t.claim(2, 2), '{3}', 'nobody gets what another has');
select t.due();
select is(t.claim(2, 5), '{1,2,3}', 'an attempt whose lease is over is made again');
select is((select count(*) from t.claimed c, api.outbox_answered(c.item, c.lease, 200, '') o where c.courier = 1 and o.outcome = 'stale'), 2::bigint, 'the late answer counts no more');
select is(t.answer(1), 'done', 'the present one does');
:next_story
select is(r.courier > 0, true, 'a courier has a number') from api.courier_register('one') r;
select t.put('a', 1);
select t.claim((select courier from chat.courier));
insert into chat.courier (name, started_at, heartbeat_at) values ('gone', t.at(0), t.at(0));
select t.put('b', 2), t.claim((select courier from chat.courier where name = 'gone'));
select is((select next_in_ms from chat.courier c, api.courier_beat(c.courier, true) where c.name = 'one'), 0::bigint, 'the heartbeat finds what one that is gone has left');
select is((select array_agg(name) from chat.courier), '{one}', 'and forgets that one');
select is(t.claim((select courier from chat.courier)), '{2}', 'which is sent again at once, and no other');
select is((select count(*) from api.courier_beat(-1, false)), 0::bigint, 'who is not registered learns it');
:next_story
select is(r.courier > 0, true, 'a courier that finds nothing') from api.courier_register('idle') r;
select is((select array_agg(next_in_ms) from chat.courier c, api.courier_beat(c.courier, true)), '{null}', 'is told of nothing to wake up for');
select t.put('a', 1), t.claim();
select cmp_ok((select next_in_ms from chat.courier c, api.courier_beat(c.courier, true)), '>', 1000::bigint, 'nor is what another sends due before its lease is over');
:next_story

-- ---- limits ---------------------------------------------------------------------------------------------------------
select t.set('outbox_lane_max', 2), t.put('a', 1), t.put('a', 2);
select t.fails($$select t.put('a', 3)$$, 'SB503', 'queue_full', 'outbox', 'a lane is bounded');
select is(internal.try_send_out('webhook', 'a', 'crm', null, '{}', clock_timestamp()), null, 'who can do without is told softly');
select lives_ok($$select t.put('b', 4)$$, 'another lane is not full');
:next_story
select t.set('outbox_max', 3), t.put('a', 1), t.put('b', 2), t.put('c', 3);
select t.fails($$select t.put('d', 4)$$, 'SB503', 'queue_full', 'outbox', 'so is the outbox');
select t.claim(), t.answer(2);
select lives_ok($$select t.put('d', 4)$$, 'there is room again, whatever the positions say');
:next_story
select t.set('outbox_account_max', 2);
select t.put('l' || n, n, '{}', 'slow') from generate_series(1, 5) n;
select t.put('m' || n, n + 10, '{}', 'quick') from generate_series(1, 2) n;
select is(t.claim(), '{1,2,11,12}', 'an account has no more under way than outbox_account_max: a slow one does not hold up another');
select t.answer(1);
select is(t.claim(), '{3}', 'one done, one more');
:next_story

-- ---- what goes ------------------------------------------------------------------------------------------------------
select t.arrive(1, 'sales', t.at(0));
select internal.send_out('webhook', 'x', 'crm', t.chat(1), jsonb_build_object('to', 'https://a.example', 'n', n), clock_timestamp()) from generate_series(1, 3) n;
select t.claim();
select from chat.erase_chat(t.chat(1));
select is_empty('select from chat.outbox where chat is not null union all select from chat.outbox_lane where lane = ''x''', 'with a chat that is erased goes what has not left');
select is(t.answer(1), 'stale', 'a report about it comes too late');
:next_story
select t.put('a', 1), t.put('a', 2), t.claim();
delete from chat.outbox where body ->> 'n' = '2';
select is((select (depth, sending, due_at > clock_timestamp())::text from chat.outbox_lane), '(1,t,t)', 'one that is dropped from behind leaves the first under way');
select is(t.answer(1), 'done', 'to be delivered');
:next_story
select t.put('a', 1), t.put('b', 2), t.claim(), t.answer(1), t.failed(2, 'no', true);
update chat.outbox set finished_at = finished_at - interval '25 hours';
select internal.forget_outbox(clock_timestamp());
select is((select string_agg(state, ' ') from chat.outbox), 'dead', 'delivered items are kept outbox_keep_h');
update chat.outbox set finished_at = finished_at - interval '30 days';
select internal.forget_outbox(clock_timestamp());
select is_empty('select from chat.outbox', 'dead ones outbox_dead_days');

\ir verdict.psql
