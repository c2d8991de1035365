-- SPDX-License-Identifier: ISC
-- The database's side of random histories (history.mjs): the base tables as the model reads them, and the router's turn. Expects table play.invariant
-- (name, query), filled from sql/invariants.sql, before play.compile().
create schema play;
create table play.invariant (name text primary key, query text not null);

-- Which offer was made after which: once the clock has been set back, offered_at does not tell any more.
create table play.made (number bigint generated always as identity primary key, offer uuid not null);

create function play.offer_made() returns trigger language plpgsql as $$
begin
	insert into play.made (offer) values (new.offer);
	return null;
end $$;

create trigger play_offer_made after insert on chat.offer for each row execute function play.offer_made();

-- One column of rows.
create function play.rows(p_query text) returns text language sql immutable as
	$$ select format('(select coalesce(jsonb_agg(to_jsonb(r)), ''[]'') from (%s) r)', p_query) $$;

-- A function that gives back one object of the results of several expressions; its plans are kept for the session.
create function play.object(p_name text, p_members text[][]) returns void language plpgsql as $$
begin
	execute format('create function play.%I() returns jsonb language plpgsql as %L', p_name, format('begin return jsonb_build_object(%s); end',
		(select string_agg(format('%L, %s', p_members[i][1], p_members[i][2]), ', ') from generate_subscripts(p_members, 1) i)));
end $$;

-- What stands still while the router runs.
select play.object('configuration', array[
	['settings', $$(select jsonb_object_agg(s.name, s.value::bigint) from chat.setting s where s.kind = 'int')$$],
	['queues', play.rows('select * from chat.queue order by queue')],
	['demands', play.rows('select * from chat.queue_skill')],
	['members', play.rows('select * from chat.queue_member')],
	['relaxations', play.rows('select * from chat.relaxation')],
	['hours', play.rows('select * from chat.opening_hours')],
	['closures', case when to_regclass('chat.closure') is null then $$'[]'::jsonb$$ else play.rows('select * from chat.closure') end],
	['ratings', play.rows('select * from chat.operator_skill')],
	['joined', play.rows('select * from chat.operator_queue')]]);

-- What changes: operators with what they hold, waiting chats with what they ask for and who declined them.
select play.object('runtime', array[
	['operators', play.rows($$select o.operator, o.active, o.max_chats, s.presence, s.lease_until, s.signed_in_at, s.last_accept_at, s.penalty_until,
		(select f.offered_at from chat.offer f join play.made m on m.offer = f.offer where f.operator = o.operator order by m.number desc limit 1) as offered_at,
		(select count(*) from chat.offer f where f.operator = o.operator and f.state = 'open')
			+ (select count(*) from chat.assignment a where a.operator = o.operator and a.ended_at is null and a.idle_since is null) as load
		from chat.operator o join chat.operator_state s on s.operator = o.operator order by o.operator$$)],
	['chats', play.rows($$select c.*, array(select d.operator from chat.chat_decline d where d.chat = c.chat) as declined,
		(select coalesce(jsonb_agg(to_jsonb(k)), '[]') from chat.chat_skill k where k.chat = c.chat) as skills
		from chat.chat c where c.state = 'queued'$$)]]);

-- What else may happen next is chosen from these.
select play.object('stage', array[
	['offers', play.rows($$select f.offer, f.chat, f.operator, f.expires_at, f.kind from chat.offer f where f.state = 'open' order by f.chat$$)],
	['running', play.rows($$select c.chat, c.state, a.operator from chat.chat c left join chat.assignment a on a.chat = c.chat and a.ended_at is null
		where c.state in ('queued', 'offered', 'active', 'wrap_up') order by c.chat$$)]]);

create function play.compile() returns void language plpgsql as $$
begin
	execute format('create function play.broken() returns setof text language plpgsql as %L', 'begin ' || (
		select string_agg(format('return query select %L || '': '' || to_jsonb(v)::text from (%s) v;', i.name, i.query), ' ' order by i.name) from play.invariant i) || ' return; end');
end $$;

-- A chat enters its queue through the real door, from where the bot would be.
create function play.arrive(p_n int, p_queue text, p_level int, p_preferred text, p_skills jsonb, p_now timestamptz) returns void language plpgsql as $$
declare
	v_chat uuid := ('00000000-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid;
	v_secret bytea := sha256(convert_to(v_chat::text, 'UTF8'));
begin
	insert into chat.chat (chat, site, widget, state, locale, created_at, customer_seen_at, level, preferred_operator)
	values (v_chat, 'play', 'play', 'bot', 'en', p_now, p_now, p_level, p_preferred);
	insert into chat.chat_counter (chat) values (v_chat);
	insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash) values (v_chat, v_secret, v_secret, v_secret);
	insert into chat.chat_skill (chat, skill, required, min_rating, weight)
	select v_chat, s.skill, s.required, s.min_rating, s.weight from jsonb_populate_recordset(null::chat.chat_skill, p_skills) s;
	perform internal.enqueue(v_chat, p_queue, p_now);
end $$;

-- The owner passes a chat on, to a colleague or to a queue; what the product refuses him is no event.
create function play.pass_on(p_chat uuid, p_operator text, p_queue text, p_now timestamptz) returns void language plpgsql as $$
declare
	v_from chat.operator;
	v_chat chat.chat;
begin
	select o.* into strict v_from from chat.assignment a join chat.operator o on o.operator = a.operator where a.chat = p_chat and a.ended_at is null;
	select * into strict v_chat from chat.chat c where c.chat = p_chat;
	if p_operator is null then
		perform internal.transfer_to_queue(v_from, v_chat, p_queue, null, p_now);
	else
		perform internal.transfer_to_operator(v_from, v_chat, p_operator, 'Please', p_now);
	end if;
exception when sqlstate 'SB409' or sqlstate 'SB422' or sqlstate 'SB404' then
	null;
end $$;

create function play.offers_since(p_offers uuid[]) returns jsonb language sql as $$
	select coalesce(jsonb_agg(to_jsonb(f) order by f.chat), '[]') from chat.offer f where f.kind = 'routed' and f.offer <> all (p_offers)
$$;

-- Everything the router would offer in one go, from the same tables and the same instant; undone.
create function play.in_one_go(p_seen uuid[], p_now timestamptz) returns jsonb language plpgsql as $$
declare
	v_offers jsonb;
begin
	perform internal.route(p_now, 1000);
	v_offers := play.offers_since(p_seen);
	raise exception using errcode = 'PL001', detail = v_offers::text;
exception when sqlstate 'PL001' then
	get stacked diagnostics v_offers = pg_exception_detail;
	return v_offers;
end $$;

-- The router's turn: what fell due, then one decision after another until it is idle. {configuration, turns: [{runtime, offers}], runtime, stage, broken, next}.
-- p_at_once: `at_once` is what one call makes of it.
create function play.settle(p_now timestamptz, p_sweep boolean, p_at_once boolean) returns jsonb language plpgsql as $$
declare
	v_seen uuid[];
	v_turns jsonb := '[]';
	v_runtime jsonb;
	v_at_once jsonb;
	v_made int;
begin
	perform internal.run_deadlines(p_now, p_sweep);
	v_seen := array(select f.offer from chat.offer f);
	if p_at_once then
		v_at_once := play.in_one_go(v_seen, p_now);
	end if;
	loop
		v_runtime := play.runtime();
		v_made := internal.route(p_now, 1);
		exit when v_made = 0;
		v_turns := v_turns || jsonb_build_object('runtime', v_runtime, 'made', v_made, 'offers', play.offers_since(v_seen));
		v_seen := array(select f.offer from chat.offer f);
	end loop;
	return jsonb_build_object('configuration', play.configuration(), 'turns', v_turns, 'runtime', v_runtime, 'unrecorded', play.offers_since(v_seen), 'stage', play.stage(),
		'at_once', v_at_once, 'broken', (select coalesce(jsonb_agg(b), '[]') from play.broken() b), 'next', internal.next_deadline(p_now));
end $$;

create function play.lease(p_operator text, p_now timestamptz, p_seconds int) returns void language sql as $$
	update chat.operator_state s set lease_until = p_now + p_seconds * interval '1 second' where s.operator = p_operator
$$;
