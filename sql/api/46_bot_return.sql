-- SPDX-License-Identifier: ISC
-- An operator is done and gives the chat back to the bot it came from, which goes on: asks whether there is anything else, takes the next order, ends the chat. It is a person who
-- decides that, each time: a bot that fails or hands over again does not come back by itself.

-- The bot that would get the chat back; all NULL when the queue does not say so, or no bot is there.
create function internal.returning_bot(p_chat chat.chat) returns chat.bot
language sql stable as $$
	select b from chat.bot b join chat.queue q on q.queue = p_chat.queue and q.bot_returns where b.bot = p_chat.bot and b.active
$$;

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
	update chat.chat c set state = 'bot', preferred_operator = p_from.operator, bot_left_at = null, bot_node = null, bot_misses = 0
	where c.chat = p_chat.chat returning * into v_chat;
	perform internal.bot_begins(v_chat, p_now, true);
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
