-- SPDX-License-Identifier: ISC
-- What each kind of item means: a line a kind in each of four functions; the kind's own functions stand in its own file.

-- How it leaves: internal.<kind>_request(item).
create function internal.outbox_request(p_item chat.outbox) returns internal.outgoing
language plpgsql stable as $$
begin
	case p_item.kind
		when 'webhook' then return internal.webhook_request(p_item);
		when 'bot' then return internal.bot_request(p_item);
		when 'mail' then return internal.mail_request(p_item);
		when 'channel' then return internal.channel_request(p_item);
		else return null;
	end case;
end $$;

-- It was answered 2xx: what that means, in the transaction that marks it delivered. False: the answer will not do, it is tried again. Raising SB4xx: nor will any other.
create function internal.outbox_answered(p_item chat.outbox, p_answer text, p_now timestamptz) returns boolean
language plpgsql as $$
begin
	case p_item.kind
		when 'bot' then return internal.bot_answered(p_item, p_answer, p_now);
		when 'mail' then return internal.mail_answered(p_item, p_now);
		when 'channel' then return internal.channel_answered(p_item, p_answer, p_now);
		else return true;
	end case;
end $$;

-- It is given up: a dead letter. p_item.last_status is the last answer's.
create function internal.outbox_died(p_item chat.outbox, p_error text, p_now timestamptz) returns void
language plpgsql as $$
begin
	case p_item.kind
		when 'bot' then perform internal.bot_died(p_item, p_error, p_now);
		when 'mail' then perform internal.mail_died(p_item, p_error, p_now);
		when 'channel' then perform internal.channel_died(p_item, p_error, p_now);
		else null;
	end case;
end $$;

-- A dead letter is sent again.
create function internal.outbox_replayed(p_item chat.outbox, p_now timestamptz) returns void
language plpgsql as $$
begin
	case p_item.kind
		when 'channel' then perform internal.channel_replayed(p_item, p_now);
		else null; -- a mail says so when it has arrived
	end case;
end $$;
