-- SPDX-License-Identifier: ISC
-- A customer follows the link of an invitation: the chat request of an ordinary chat, with what stands in the note. It waits in the note's queue and asks the operator
-- who invited him first.
create function api.open_invited(p_chat uuid, p_token_hash bytea, p_request_key_hash bytea, p_request_hash bytea, p_widget text, p_origin text, p_queue text, p_name text,
	p_email text, p_locale text, p_page_url text, p_referrer text, p_answers jsonb, p_context jsonb, p_address inet, p_relay_url text,
	p_identity jsonb, p_resume boolean, p_held_token_hash bytea, p_exempt boolean, p_invitation bytea, p_often boolean default false)
returns table (chat uuid, token_hash bytea, created boolean, body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_invitation chat.invitation;
	v_entry chat.inbox;
	v_opened record;
	v_now timestamptz := clock_timestamp();
begin
	select * into v_invitation from chat.invitation v where v.invitation = p_invitation and v.expires_at > v_now;
	select * into v_entry from chat.inbox i where i.entry = v_invitation.entry and i.widget = p_widget and i.erased_at is null for no key update;
	if v_entry.entry is null then
		perform internal.fail('SB404', 'not_found', 'invitation');
	elsif v_entry.chat is not null and not exists (select from chat.chat_access a where a.chat = v_entry.chat and a.request_key_hash = p_request_key_hash) then
		perform internal.fail('SB410', 'gone', 'invitation'); -- it opens one chat; who opened it finds it again by its token
	end if;
	select o.chat, o.token_hash, o.created, o.body into v_opened
	from api.open_chat(p_chat, p_token_hash, p_request_key_hash, p_request_hash, p_widget, p_origin, v_entry.queue, v_entry.name, v_entry.email, p_locale, p_page_url, p_referrer,
		'{}', jsonb_build_object('note', v_entry.reference), p_address, p_relay_url, p_identity, false, p_held_token_hash, p_exempt, p_often) o;
	if v_opened.created then
		update chat.inbox i set chat = v_opened.chat where i.entry = v_entry.entry;
		perform internal.add_event(v_opened.chat, v_now, 'message', 'customer', '', coalesce(v_entry.name, ''), v_entry.body, null, gen_random_uuid());
		perform internal.prefer_operator(v_opened.chat, o.operator, v_now) from chat.operator o where o.operator = v_invitation.operator and o.active;
		perform internal.audit('chat opened', 'inbox', v_entry.entry::text, null, jsonb_build_object('operator', v_invitation.operator));
		perform internal.ring_inbox(v_entry, v_now);
	end if;
	return query select v_opened.chat, v_opened.token_hash, v_opened.created, v_opened.body;
end $$;
