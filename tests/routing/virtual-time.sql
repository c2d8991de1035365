-- SPDX-License-Identifier: ISC
-- A play in virtual time through the real functions: chats arrive, wait, are accepted the moment they are offered, end or give up; after every instant the
-- router runs until it is idle. Loaded into a test's own database by virtual-time.mjs. Fill virtual.chat and virtual.staff, virtual.open(), then
-- virtual.advance() until it gives back 0: one call is one transaction, so that row versions nobody sees any more can be pruned in between.
create schema virtual;

-- The play: instants are seconds after 1 January 2026, 00:00 UTC, with six digits, so that they are exact as timestamps.
create table virtual.chat (
	chat       int primary key,
	queue      text not null,
	arrive_s   numeric(16, 6) not null,
	work_s     numeric(16, 6) not null, -- from the acceptance to the end
	patience_s numeric(16, 6),          -- from the arrival until the customer gives up, unless accepted by then
	ended_s    numeric(16, 6),          -- when the end is known beforehand, it counts instead of work_s
	operator   text,                    -- what came of it
	assigned_s numeric(16, 6)
);
create table virtual.staff (
	operator  text primary key,
	sign_in_s numeric(16, 6) not null default 0
);
-- What is still to come. Within one instant: ends, who gives up, arrivals, sign-ins; then the router.
create table virtual.agenda (
	at_s  numeric(16, 6) not null,
	turn  int not null,
	what  text not null,
	primary key (at_s, turn, what)
);

create function virtual.at(p_seconds numeric) returns timestamptz language sql immutable as
	$$ select timestamptz '2026-01-01 00:00:00+00' + p_seconds * interval '1 second' $$;
create function virtual.id(p_chat int) returns uuid language sql immutable as
	$$ select ('00000000-0000-4000-8000-' || lpad(p_chat::text, 12, '0'))::uuid $$;
create function virtual.number(p_chat uuid) returns int language sql immutable as $$ select right(p_chat::text, 12)::int $$;

-- Writes the agenda of a play that has been filled in.
create function virtual.open() returns void language sql as $$
	insert into virtual.agenda (at_s, turn, what)
	select c.arrive_s, 2, c.chat::text from virtual.chat c
	union all select c.arrive_s + c.patience_s, 1, c.chat::text from virtual.chat c where c.patience_s is not null
	union all select s.sign_in_s, 3, s.operator from virtual.staff s
$$;

-- A chat enters its queue, as a chat request does.
create function virtual.arrive(p_chat uuid, p_queue text, p_now timestamptz) returns void language plpgsql as $$
declare
	v_secret bytea := sha256(convert_to(p_chat::text, 'UTF8'));
begin
	insert into chat.chat (chat, site, widget, state, queue, arrived_at, locale, created_at, customer_seen_at)
	values (p_chat, 'virtual', 'virtual', 'queued', p_queue, p_now, 'en', p_now, p_now);
	insert into chat.chat_counter (chat) values (p_chat);
	insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash) values (p_chat, v_secret, v_secret, v_secret);
	perform internal.add_event(p_chat, p_now, 'queued', p_data => jsonb_build_object('queue', p_queue));
end $$;

-- On duty from an instant on, and live until the play is over.
create function virtual.sign_in(p_operator text, p_now timestamptz) returns void language plpgsql as $$
begin
	perform internal.change_presence(p_operator, 'available', null, p_now);
	update chat.operator_state s set lease_until = 'infinity' where s.operator = p_operator;
end $$;

create function virtual.happen(p_turn int, p_what text, p_now timestamptz) returns void language plpgsql as $$
declare
	v_chat uuid := case when p_turn < 3 then virtual.id(p_what::int) end;
	v_state text := (select c.state from chat.chat c where c.chat = v_chat);
begin
	if p_turn = 0 and v_state = 'active' then
		perform internal.end_chat(v_chat, 'operator', '', 'operator_ended', p_now);
	elsif p_turn = 1 and v_state in ('queued', 'offered') then
		perform internal.end_chat(v_chat, 'customer', '', 'customer_ended', p_now);
	elsif p_turn = 2 then
		perform virtual.arrive(v_chat, (select v.queue from virtual.chat v where v.chat = p_what::int), p_now);
	elsif p_turn = 3 then
		perform virtual.sign_in(p_what, p_now);
	end if;
end $$;

-- Runs the router until it is idle; each offer is accepted before the next decision.
create function virtual.route(p_at_s numeric) returns void language plpgsql as $$
declare
	v_now timestamptz := virtual.at(p_at_s);
	v_offer chat.offer;
	v_operator chat.operator;
begin
	while internal.route(v_now, 1) > 0 loop
		for v_offer in select * from chat.offer o where o.state = 'open' loop
			select * into strict v_operator from chat.operator o where o.operator = v_offer.operator;
			perform internal.accept(v_operator, v_offer, v_now);
			update virtual.chat v set operator = v_offer.operator, assigned_s = p_at_s where v.chat = virtual.number(v_offer.chat);
			insert into virtual.agenda (at_s, turn, what)
			select greatest(p_at_s, coalesce(v.ended_s, p_at_s + v.work_s)), 0, v.chat::text from virtual.chat v where v.chat = virtual.number(v_offer.chat);
		end loop;
	end loop;
end $$;

-- Plays the next p_instants instants; gives back how many things are still to come.
create function virtual.advance(p_instants int) returns bigint language plpgsql as $$
declare
	v_at_s numeric;
	v_item virtual.agenda;
begin
	for v_n in 1 .. p_instants loop
		select a.at_s into v_at_s from virtual.agenda a order by a.at_s limit 1;
		exit when not found;
		for v_item in select * from virtual.agenda a where a.at_s = v_at_s order by a.turn, length(a.what), a.what loop
			perform virtual.happen(v_item.turn, v_item.what, virtual.at(v_at_s));
		end loop;
		delete from virtual.agenda a where a.at_s = v_at_s;
		perform virtual.route(v_at_s);
	end loop;
	return (select count(*) from virtual.agenda);
end $$;
