-- SPDX-License-Identifier: ISC
-- Which pair next: the order of operators and of chats, with every tie-break (ROUTING section 2), levels and promotion, and what an offer says about itself.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);

-- Whom a chat is held out to.
create function t.gets(p_n int) returns text language plpgsql as $$
begin
	perform t.route(t.at(1000));
	return t.offered_to(p_n);
end $$;

-- ---- availability: fewest chats, longest since last acceptance (never = longest), earliest sign-in, id --------------
savepoint story;
select t.sign_in('cy', '{sales}', t.at(0));
select t.sign_in('bo', '{sales}', t.at(0));
select t.sign_in('ana', '{sales}', t.at(0));
select t.arrive(1, 'sales', t.at(10));
select is(t.gets(1), 'ana', 'equal in all else: the id decides');
:next_story

select t.sign_in('ana', '{sales}', t.at(5));
select t.sign_in('bo', '{sales}', t.at(4));
select t.arrive(1, 'sales', t.at(10));
select is(t.gets(1), 'bo', 'before the id: the earliest sign-in');
:next_story

select t.sign_in('ana', '{sales}', t.at(4));
select t.sign_in('bo', '{sales}', t.at(5));
update chat.operator_state set last_accept_at = t.at(-100) where operator = 'ana';
update chat.operator_state set last_accept_at = t.at(-200) where operator = 'bo';
select t.arrive(1, 'sales', t.at(10));
select is(t.gets(1), 'bo', 'before the sign-in: the longest since the last acceptance');
:next_story

select t.sign_in('ana', '{sales}', t.at(4));
select t.sign_in('bo', '{sales}', t.at(5));
update chat.operator_state set last_accept_at = t.at(-9999) where operator = 'ana';
select t.arrive(1, 'sales', t.at(10));
select is(t.gets(1), 'bo', 'never accepted is the longest of all');
:next_story

select t.sign_in('ana', '{sales}', t.at(0));
select t.sign_in('bo', '{sales}', t.at(5));
update chat.operator_state set last_accept_at = t.at(9) where operator = 'bo';
select t.arrive(1, 'sales', t.at(10));
select t.arrive(2, 'sales', t.at(11));
select is(t.gets(2), 'bo', 'before the last acceptance: the fewest chats');
select is(t.offered_to(1), 'ana', 'an offer counts as a chat');
:next_story

-- ---- skill: the highest sum of ratings over the queue's required skills, then as availability -----------------------
insert into chat.queue_skill (queue, skill, required, min_rating) values ('billing', 'german', true, 1), ('billing', 'technical', false, 1);
savepoint skilled;
select t.sign_in('ana', '{billing}', t.at(0)), t.rate('ana', 'billing', 6), t.rate('ana', 'german', 6), t.rate('ana', 'technical', 10);
select t.sign_in('bo', '{billing}', t.at(1)), t.rate('bo', 'billing', 10), t.rate('bo', 'german', 3);
select t.sign_in('cy', '{billing}', t.at(2)), t.rate('cy', 'billing', 2), t.rate('cy', 'german', 10);
savepoint story;
select t.arrive(1, 'billing', t.at(10));
select is(t.gets(1), 'bo', 'the sum of the required skills decides (13 before 12); a desired skill and one below its minimum do not count');
select is((t.offer(1)).rule, 'skill', 'the offer names the rule');
select is(((t.offer(1)).why ->> 'score')::int, 13, 'and the score');
select matches((t.offer(1)).why ->> 'sentence', '13', 'and says so in a sentence');
:next_story

update chat.operator_state set load = 0 where operator = 'bo';
select t.arrive(1, 'billing', t.at(10)), t.arrive(2, 'billing', t.at(11)), t.arrive(3, 'billing', t.at(12)), t.arrive(4, 'billing', t.at(13));
select is(t.gets(3), 'bo', 'the rating goes before the load: the best gets chats up to his cap');
select is(t.offered_to(4), 'ana', 'then the next best');
:next_story

select t.rate('ana', 'billing', 7);
update chat.operator_state set last_accept_at = t.at(3) where operator = 'ana';
select t.arrive(1, 'billing', t.at(10));
select is(t.gets(1), 'bo', 'equal sums: then as availability (bo never accepted)');
:next_story

select t.arrive(1, 'sales', t.at(10));
insert into chat.operator_queue values ('bo', 'sales', t.at(0)), ('ana', 'sales', t.at(0));
select is(t.gets(1), 'ana', 'ratings mean nothing where the queue goes by availability');
select is((t.offer(1)).rule, 'availability', 'and the offer says that rule');
rollback to skilled;

update chat.queue set mode = 'skill' where queue = 'support';
select t.sign_in('ana', '{support}', t.at(5)), t.sign_in('bo', '{support}', t.at(4));
select t.arrive(1, 'support', t.at(10));
select is(t.gets(1), 'bo', 'mode skill without required skills: everybody scores the same');
:next_story

-- ---- which chat, when an operator frees up: level, arrived_at, id ---------------------------------------------------
select t.operator('ana', 1);
savepoint story;
select t.set('promote_s', 0);
update chat.queue set level = case queue when 'sales' then 2 else 1 end where queue in ('sales', 'support');
select t.sign_in('ana', '{sales,support}', t.at(0));
select t.arrive(1, 'sales', t.at(10)), t.arrive(2, 'support', t.at(20));
select t.route(t.at(1000));
select is(t.offered_to(2), 'ana', 'the lower level goes first, however long the other has waited');
:next_story

update chat.queue set level = 0 where queue = 'support';
select t.sign_in('ana', '{sales,support}', t.at(0));
select t.arrive(1, 'sales', t.at(10)), t.arrive(2, 'support', t.at(20));
savepoint promoted;
select t.route(t.at(609.999));
select is(t.offered_to(2), 'ana', 'before promote_s has passed the level stands');
rollback to promoted;
select t.route(t.at(610));
select is(t.offered_to(1), 'ana', 'after promote_s the chat has risen a level, and was there first');
:next_story

update chat.queue set level = 9 where queue = 'sales';
update chat.queue set level = 0 where queue = 'support';
select t.sign_in('ana', '{sales,support}', t.at(0));
select t.arrive(1, 'sales', t.at(0)), t.arrive(2, 'support', t.at(5400 - 1));
savepoint promoted;
select t.route(t.at(5399.5));
select is(t.offered_to(2), 'ana', 'level 9 is not yet 0 …');
rollback to promoted;
select t.route(t.at(5400));
select is(t.offered_to(1), 'ana', '… and is after 9 × promote_s: overtaking is bounded (L8)');
:next_story

select is(internal.effective_level(3, t.at(0), 600, t.at(-5)), 3, 'a chat from the future is not promoted, nor set back');
select is(internal.effective_level(3, t.at(0), 600, t.at(99999)), 0, 'no level below 0');

select t.sign_in('ana', '{sales,support}', t.at(0));
select t.arrive(1, 'sales', t.at(20)), t.arrive(2, 'support', t.at(10));
select t.route(t.at(100));
select is(t.offered_to(2), 'ana', 'one level: the earliest arrival over all joined queues');
:next_story

select t.sign_in('ana', '{sales,support}', t.at(0));
select t.arrive(2, 'sales', t.at(10)), t.arrive(1, 'support', t.at(10));
select t.route(t.at(100));
select is(t.offered_to(1), 'ana', 'one instant: the id decides (L7)');
:next_story

-- ---- a place is kept ------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.sign_in('bo', '{sales}', t.at(1));
update chat.operator set max_chats = 1;
select t.arrive(1, 'sales', t.at(10)), t.arrive(2, 'sales', t.at(20)), t.arrive(3, 'sales', t.at(30));
select t.route(t.at(40));
select is(t.offered_to(1) || t.offered_to(2), 'anabo', 'two chats for two');
select t.decline(1, t.at(41));
select t.route(t.at(42));
select is(t.offered_to(3), 'ana', 'who declined is free for the next in line');
select t.accept(2, t.at(43)), t.end_chat(2, 'operator', t.at(50));
select t.route(t.at(51));
select is(t.offered_to(1), 'bo', 'the declined chat is still the oldest');
:next_story

-- ---- the record -----------------------------------------------------------------------------------------------------
select t.sign_in('ana', '{sales}', t.at(0)), t.sign_in('bo', '{sales}', t.at(1));
select t.arrive(1, 'sales', t.at(10));
select t.route(t.at(15));
select is((t.offer(1)).expires_at, t.at(35), 'an offer runs as long as its queue says');
select is((t.offer(1)).why - 'sentence', '{"operator": "ana", "level": 1, "load": 0, "cap": 1, "stagger_s": 0, "others": 1}', 'the offer carries what decided');
select is(t.state(1), 'offered', 'an offered chat …');
select is((select count(*) from chat.waiting), 0::bigint, '… does not wait');
:next_story

-- ---- the same tables and the same instant give the same decision (L7) -----------------------------------------------
select t.sign_in(o, '{sales,support}', t.at(0)) from unnest(array['dora', 'bo', 'cy', 'eli']) o;
select t.arrive(n, case n % 2 when 0 then 'sales' else 'support' end, t.at(n / 4)) from generate_series(1, 11) n;
create function t.decision() returns text language plpgsql as $$
declare
	v_text text;
begin
	perform t.route(t.at(50));
	select string_agg(t.number(o.chat) || ' ' || o.operator, ', ' order by o.chat) into v_text from chat.offer o where o.state = 'open';
	raise exception using errcode = 'P0001', message = v_text; -- undone
exception when sqlstate 'P0001' then
	return sqlerrm;
end $$;
select is(t.decision(), t.decision(), 'twice the same decision');
select matches(t.decision(), '1 bo, 2 cy, 3 dora, 4 eli, 5 bo', 'and it is the one expected');
:next_story
\ir verdict.psql
