-- SPDX-License-Identifier: ISC
-- An operator is done, and the bot that the chat came from goes on: he gives it back (chat.queue.bot_returns), or ends it, and the bot has the last word (bot_closes): asks
-- whether all is well or there is anything else, says good-bye. It is a person who does so, each time: a bot that fails or hands over again does not come back by itself.

-- The bot that would get the chat back; all NULL when the queue does not say so, or no bot is there.
create function internal.returning_bot(p_chat chat.chat) returns chat.bot
language sql stable as $$
	select b from chat.bot b join chat.queue q on q.queue = p_chat.queue and q.bot_returns where b.bot = p_chat.bot and b.active
$$;

-- The bot has the chat, as if it had said nothing yet. p_how: return, closing (internal.bot_begins).
create function internal.give_to_bot(p_chat uuid, p_operator text, p_how text, p_now timestamptz, p_closing_until timestamptz default null) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	update chat.chat c set state = 'bot', closing_until = p_closing_until, preferred_operator = p_operator, bot_left_at = null, bot_node = null, bot_misses = 0
	where c.chat = p_chat returning * into v_chat;
	perform internal.bot_begins(v_chat, p_now, p_how);
end $$;

-- The chat as it was before anybody had it, but for its transcript, its answers and the skills it asks for. Should it come to people again, he who knows it is asked first.
create function internal.transfer_to_bot(p_from chat.operator, p_chat chat.chat, p_note text, p_now timestamptz) returns chat.chat
language plpgsql as $$
declare
	v_bot chat.bot := internal.returning_bot(p_chat);
	v_chat chat.chat;
begin
	if v_bot.bot is null then
		perform internal.fail('SB409', 'conflict', 'bot', jsonb_build_object('reason_code', 'no_bot', 'reason', 'This chat has no bot that could take it back.'));
	end if;
	perform internal.lets_go(p_from, p_chat, p_note, jsonb_build_object('bot', v_bot.bot, 'label', v_bot.name), p_now);
	perform internal.give_to_bot(p_chat.chat, p_from.operator, 'return', p_now);
	select * into strict v_chat from chat.chat c where c.chat = p_chat.chat;
	return v_chat;
end $$;

-- not_owner, bad_state as for api.transfer_chat; conflict (field bot): the queue lets no bot return, or the chat has none.
create function api.return_to_bot(p_session bytea, p_chat uuid, p_note text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_chat chat.chat := internal.owned_chat(v_operator, p_chat);
	v_now timestamptz := clock_timestamp();
begin
	if v_chat.state <> 'active' then
		perform internal.fail('SB409', 'bad_state', 'state');
	end if;
	v_chat := internal.transfer_to_bot(v_operator, v_chat, internal.masked(v_chat.site, p_note), v_now);
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- ---- the last word --------------------------------------------------------------------------------------------------

-- The bot that has the last word in a chat that an operator ends; all NULL: none has. One that is described in rows has something to say there.
create function internal.closing_bot(p_chat chat.chat) returns chat.bot
language sql stable as $$
	select b from chat.bot b join chat.queue q on q.queue = p_chat.queue and q.bot_closes
	where b.bot = p_chat.bot and b.active and (b.kind <> 'built_in' or coalesce(b.closing_node, b.return_node) is not null)
$$;

-- The operator ends the chat: his part is over, his wrap-up begins, the bot has the chat. False: it ends in the usual way, because no bot has the last word, or nobody is there to
-- hear it. What becomes of the chat then does not touch the operator: his notes are a row apart (chat.filing), for who writes a message must not wait for a state of his.
create function internal.bot_closes(p_operator chat.operator, p_chat chat.chat, p_now timestamptz) returns boolean
language plpgsql as $$
declare
	v_bot chat.bot := internal.closing_bot(p_chat);
	v_queue chat.queue;
begin
	if v_bot.bot is null or internal.channel_silence(p_chat.chat, p_now) is not null or exists (select from internal.customer_away_since(p_chat, p_now) w (since) where w.since is not null) then
		return false;
	end if;
	select * into strict v_queue from chat.queue q where q.queue = p_chat.queue;
	perform internal.lock_states(internal.parties(p_chat.chat) || array(select f.operator::text from chat.filing f where f.chat = p_chat.chat));
	perform internal.close_transfer(p_chat.chat, 'withdrawn', 'ended', p_now);
	delete from chat.filing f where f.chat = p_chat.chat;
	insert into chat.filing (chat, operator, until) select p_chat.chat, p_operator.operator, p_now + make_interval(secs => v_queue.wrap_up_s) where v_queue.wrap_up_s > 0;
	perform internal.end_assignment(p_chat.chat, 'ended', p_now);
	perform internal.add_event(p_chat.chat, p_now, 'left', 'operator', p_operator.operator, p_operator.name, p_data => jsonb_build_object('reason', 'ended', 'bot', v_bot.bot));
	perform internal.ring_router(); -- a new deadline
	perform internal.give_to_bot(p_chat.chat, p_operator.operator, 'closing', p_now, p_now + make_interval(secs => v_queue.bot_closing_s));
	return true;
end $$;

-- A bot that fails at its last word brings nobody back to a chat that is done, unless the customer has said something since. True: the chat is over.
create function internal.bot_ends_unheard(p_chat chat.chat, p_now timestamptz) returns boolean
language plpgsql as $$
begin
	if p_chat.closing_until is null or exists (select from chat.message m where m.chat = p_chat.chat and m.kind = 'message' and m.author_kind = 'customer'
			and m.seq > (select max(l.seq) from chat.message l where l.chat = p_chat.chat and l.kind = 'left')) then
		return false;
	end if;
	perform internal.end_chat(p_chat.chat, 'bot', b.name, 'bot_ended', p_now) from chat.bot b where b.bot = p_chat.bot;
	return true;
end $$;

-- Chats in which nobody has said anything for bot_closing_s while the bot had the last word are over. A word touches nothing here, so a look may find that it came for nothing.
create function internal.finish_closings(p_now timestamptz) returns int
language plpgsql as $$
declare
	v_chat record;
	v_due_at timestamptz;
	v_count int := 0;
begin
	for v_chat in
		select c.chat, q.bot_closing_s, b.name from chat.chat c join chat.chat_counter n on n.chat = c.chat join chat.queue q on q.queue = c.queue join chat.bot b on b.bot = c.bot
		where c.closing_until <= p_now order by c.chat limit 250 for no key update of c skip locked for update of n skip locked
	loop
		v_due_at := (select m.at from chat.message m where m.chat = v_chat.chat order by m.seq desc limit 1) + make_interval(secs => v_chat.bot_closing_s);
		if v_due_at > p_now then
			update chat.chat c set closing_until = v_due_at where c.chat = v_chat.chat;
		else
			perform internal.end_chat(v_chat.chat, 'bot', v_chat.name, 'bot_ended', p_now);
			v_count := v_count + 1;
		end if;
	end loop;
	return v_count;
end $$;
