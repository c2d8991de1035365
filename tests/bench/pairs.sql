-- SPDX-License-Identifier: ISC
-- Upon company.sql with one queue and one slot for each operator: what its chats need before both sides can open a socket and write; and customers who only wait.
-- Every chat is where a real one would be, so that sql/invariants.sql holds afterwards too.

create function bench.hash(p_text text) returns bytea language sql immutable as $$ select sha256(convert_to(p_text, 'UTF8')) $$;
-- Of the form of a real one: 32 bytes as base64url.
create function bench.secret(p_text text) returns text language sql immutable as
	$$ select rtrim(translate(replace(encode(bench.hash(p_text), 'base64'), E'\n', ''), '+/', '-_'), '=') $$;
create function bench.token(p_chat uuid) returns text language sql immutable as $$ select bench.secret('token ' || p_chat) $$;
create function bench.ticket(p_chat uuid) returns text language sql immutable as $$ select bench.secret('ticket ' || p_chat) $$;

-- Customers can say hello in these chats, which began as others do.
create function bench.admit(p_chats uuid[]) returns void language sql as $$
	insert into chat.chat_access (chat, token_hash, request_key_hash, request_hash)
	select c, bench.hash(bench.token(c)), bench.hash('key-' || c), bench.hash('request-' || c) from unnest(p_chats) c;
	update chat.chat c set name = 'Customer ' || right(c.chat::text, 6) where c.chat = any (p_chats);
	insert into chat.audit (actor_kind, action, object, key, new)
	select 'program', 'state', 'chat', c.chat::text, jsonb_build_object('state', c.state) from chat.chat c where c.chat = any (p_chats);
	insert into chat.audit (actor_kind, action, object, key, new)
	select 'program', 'assigned', 'chat', a.chat::text, jsonb_build_object('operator', a.operator) from chat.assignment a where a.chat = any (p_chats);
$$;

-- p_pairs chats, each with an operator of its own who has one session.
create function bench.pairs(p_pairs int) returns void language plpgsql as $$
begin
	delete from chat.operator;
	perform bench.build(p_pairs, 1, 1, 1);
	perform bench.sign_in();
	update chat.site set origins = (select s.origins from chat.site s where s.site = 'shop') where site = 'bench';
	perform bench.fill_slots();
	perform bench.admit(array(select a.chat from chat.assignment a where a.ended_at is null));
	insert into chat.session (session, operator, created_at, last_used_at)
	select bench.hash('session-' || a.operator), a.operator, clock_timestamp(), clock_timestamp() from chat.assignment a where a.ended_at is null;
end $$;

-- Tickets for one opening of all sockets: CHAT TOKEN TICKET LAST_SEQ.
create function bench.tickets() returns table (line text) language sql as $$
	delete from chat.ticket;
	insert into chat.ticket (ticket, session, origin, expires_at)
	select bench.hash(bench.ticket(a.chat)), bench.hash('session-' || a.operator), null, clock_timestamp() + interval '1 hour'
	from chat.assignment a where a.ended_at is null;
	select concat_ws(' ', a.chat, bench.token(a.chat), bench.ticket(a.chat), c.last_seq)
	from chat.assignment a join chat.chat_counter c using (chat) where a.ended_at is null order by a.assignment
$$;

-- p_count customers before a bot: CHAT TOKEN. (In a queue they would be told their places again and again, which is not what is measured.)
create function bench.idle(p_count int) returns table (line text) language plpgsql as $$
declare
	v_chats uuid[];
begin
	select array_agg(n.chat) into v_chats from bench.new_chats(p_count, 'bot', bench.queue(0), interval '10 ms') n;
	perform bench.admit(v_chats);
	return query select concat_ws(' ', c, bench.token(c)) from unnest(v_chats) c;
end $$;
