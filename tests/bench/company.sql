-- SPDX-License-Identifier: ISC
-- A company of any size, at the moment when everybody is busy and many wait; and the plain claim it is measured against.
create schema bench;
create sequence bench.number;

create function bench.operator(p_n int) returns text language sql immutable as $$ select 'o' || lpad(p_n::text, 5, '0') $$;
create function bench.queue(p_n int) returns text language sql immutable as $$ select 'q' || lpad(p_n::text, 2, '0') $$;
create function bench.skill(p_n int) returns text language sql immutable as $$ select 's' || lpad(p_n::text, 2, '0') $$;
create function bench.chat(p_n bigint) returns uuid language sql immutable as $$ select ('00000000-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid $$;

-- Every queue asks for a skill of its own; each operator has p_joined of them, with ratings from 3 to 10, and has joined their queues. One more queue asks
-- for what nobody can do.
create function bench.build(p_operators int, p_queues int, p_joined int, p_slots int) returns void language plpgsql as $$
begin
	update chat.setting set value = '0' where name in ('stagger_s', 'missed_offer_penalty_s');
	insert into chat.site (site, name) values ('bench', 'Bench');
	insert into chat.skill (skill) select bench.skill(n) from generate_series(0, p_queues) n;
	insert into chat.queue (queue, label, mode, max_length) select bench.queue(n), 'Queue ' || n, 'availability', 0 from generate_series(0, p_queues) n;
	insert into chat.queue_skill (queue, skill, min_rating) select bench.queue(n), bench.skill(n), 3 from generate_series(0, p_queues) n;
	insert into chat.widget (widget, site, default_queue) values ('bench', 'bench', bench.queue(0));
	insert into chat.operator (operator, name, max_chats) select bench.operator(n), 'Operator ' || n, p_slots from generate_series(1, p_operators) n;
	create table bench.joined as
		select distinct bench.operator(n) as operator, 1 + (n + k * greatest(1, p_queues / p_joined)) % p_queues as queue, 3 + (n * 7 + k * 5) % 8 as rating
		from generate_series(1, p_operators) n, generate_series(0, p_joined - 1) k;
	insert into chat.operator_skill (operator, skill, rating) select j.operator, bench.skill(j.queue), max(j.rating) from bench.joined j group by 1, 2;
	insert into chat.operator_queue (operator, queue, joined_at) select distinct j.operator, bench.queue(j.queue), clock_timestamp() from bench.joined j;
end $$;

-- Everybody comes to work, for as long as we measure.
create function bench.sign_in() returns void language plpgsql as $$
begin
	perform internal.change_presence(o.operator, 'available', null, clock_timestamp()) from chat.operator o;
	update chat.operator_state s set lease_until = clock_timestamp() + interval '1 year';
end $$;

create function bench.new_chats(p_count bigint, p_state text, p_queue text, p_every interval) returns table (chat uuid, n bigint) language plpgsql as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	return query
		with numbered as materialized (
			select i, nextval('bench.number') as number from generate_series(1, p_count) i
		), added as (
			insert into chat.chat as c (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at)
			select bench.chat(x.number), 'bench', 'bench', p_state,
				coalesce(p_queue, bench.queue(1 + (x.number % (select count(*) - 1 from chat.queue))::int)),
				v_now - (p_count - x.i) * p_every, 'en', v_now, v_now + interval '1 year'
			from numbered x returning c.chat
		), counted as (
			insert into chat.chat_counter (chat) select a.chat from added a
		)
		select bench.chat(x.number), x.i from numbered x;
end $$;

-- All slots of all operators are taken.
create function bench.fill_slots() returns void language plpgsql as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	create temporary table held on commit drop as
		select s.operator, s.queue, c.chat, gen_random_uuid() as offer
		from (select o.operator, (select min(j.queue) from chat.operator_queue j where j.operator = o.operator) as queue, row_number() over () as n
			from chat.operator o, generate_series(1, o.max_chats)) s
		join bench.new_chats((select sum(o.max_chats) from chat.operator o), 'active', bench.queue(1), interval '0') c on c.n = s.n;
	update chat.chat c set queue = h.queue from held h where c.chat = h.chat and c.queue <> h.queue;
	insert into chat.offer (offer, chat, operator, queue, state, offered_at, expires_at, closed_at, rule)
	select h.offer, h.chat, h.operator, h.queue, 'accepted', v_now, v_now + interval '20 s', v_now, 'availability' from held h;
	insert into chat.assignment (chat, operator, offer, started_at) select h.chat, h.operator, h.offer, v_now from held h;
end $$;

-- More chats wait: they have arrived in turn in all queues, ten milliseconds apart, or all in one.
create function bench.arrive(p_count bigint, p_queue text default null) returns void language sql as $$
	select count(*) from bench.new_chats(p_count, 'queued', p_queue, interval '10 ms')
$$;

-- A chat of this operator ends: one slot is free.
create function bench.free_slot(p_operator text) returns void language plpgsql as $$
declare
	v_chat uuid;
begin
	select a.chat into strict v_chat from chat.assignment a where a.operator = p_operator and a.ended_at is null order by a.assignment limit 1;
	perform 1 from chat.chat c where c.chat = v_chat for no key update;
	perform internal.end_chat(v_chat, 'operator', '', 'operator_ended', clock_timestamp());
end $$;

-- Whoever was offered a chat takes it, and another one arrives in its queue: as many wait as before. Gives back how many offers there were.
create function bench.settle(p_arrive boolean) returns bigint language plpgsql as $$
declare
	v_offer chat.offer;
	v_operator chat.operator;
	v_count bigint := 0;
begin
	for v_offer in select o.* from chat.offer o where o.state = 'open' loop
		perform 1 from chat.chat c where c.chat = v_offer.chat for no key update;
		select o.* into strict v_operator from chat.operator o where o.operator = v_offer.operator;
		perform internal.accept(v_operator, v_offer, clock_timestamp());
		if p_arrive then
			perform bench.arrive(1, v_offer.queue);
		end if;
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;

-- ---- the plain claim: one table, one index, the oldest row that nobody else holds -----------------------------------
create table bench.claim (
	id         uuid primary key default gen_random_uuid(),
	state      text not null default 'waiting',
	operator   text,
	arrived_at timestamptz not null default clock_timestamp(),
	taken_at   timestamptz
);
create index on bench.claim (arrived_at, id) where state = 'waiting';

create function bench.claimable(p_count bigint) returns void language sql as $$
	insert into bench.claim (arrived_at) select clock_timestamp() from generate_series(1, p_count)
$$;
