-- SPDX-License-Identifier: ISC
-- An operator's chats and offers.

create function internal.chat_for_operator_json(p_chat chat.chat, p_now timestamptz) returns jsonb
language plpgsql stable as $$ -- (its plan is kept)
begin
	return (select jsonb_strip_nulls(jsonb_build_object('id', p_chat.chat, 'state', case when p_chat.closing_until is not null then 'wrap_up' else p_chat.state end,
			'queue', p_chat.queue, 'queue_label', q.label, 'site', p_chat.site,
			'name', p_chat.name, 'email', p_chat.email, 'person', p_chat.person, 'verified', internal.verified_json(p_chat),
			'locale', p_chat.locale, 'page_url', p_chat.page_url, 'referrer', p_chat.referrer, 'answers', p_chat.answers, 'told', internal.told_json(p_chat),
			'context', p_chat.context, 'created_at', internal.rfc3339(p_chat.created_at), 'assigned_at', internal.rfc3339(a.started_at),
			'waited_s', greatest(0, extract(epoch from coalesce(a.started_at, p_now) - p_chat.arrived_at)::int),
			'wrap_up_until', internal.rfc3339(coalesce(p_chat.wrap_up_until, (select f.until from chat.filing f where f.chat = p_chat.chat and p_chat.closing_until is not null))),
			'closing', case when p_chat.closing_until is not null then (select b.name from chat.bot b where b.bot = p_chat.bot) end,
			'customer_here', w.since is null, 'customer_away_since', internal.rfc3339(w.since),
			'idle', case when a.idle_since is not null then true end, 'channel', internal.channel_json(p_chat),
			'transfer', (select jsonb_build_object('offer', t.offer, 'operator', t.operator, 'name', internal.operator_name(t.operator), 'expires_in_s',
					greatest(0, round(extract(epoch from t.expires_at - p_now), 1)))
				from chat.offer t where t.chat = p_chat.chat and t.state = 'open' and t.kind = 'transfer'),
			'marks', internal.marks_json(p_chat.chat), 'last_seq', (select n.last_seq from chat.chat_counter n where n.chat = p_chat.chat)))
		from (select p_chat.queue) x (queue)
		cross join internal.customer_away_since(p_chat, p_now) w (since)
		left join chat.queue q on q.queue = x.queue
		left join chat.assignment a on a.chat = p_chat.chat and a.ended_at is null);
end $$;

-- What of a customer's data the site vouches for, as against what anybody may have typed; NULL: nothing.
create function internal.verified_json(p_chat chat.chat) returns jsonb
language sql stable as $$
	select case when p_chat.person is not null then to_jsonb(array_remove(array[case when p_chat.name_verified then 'name' end, case when p_chat.email_verified then 'email' end], null)) end
$$;

create function internal.offer_json(p_offer chat.offer, p_now timestamptz) returns jsonb
language plpgsql stable as $$ -- (its plan is kept, where that of an SQL function is made at each call)
begin
	return (
		select jsonb_strip_nulls(jsonb_build_object('offer', p_offer.offer, 'chat', p_offer.chat, 'queue', p_offer.queue, 'queue_label', q.label,
			'waited_s', greatest(0, extract(epoch from p_now - c.arrived_at)::int), 'expires_in_s', greatest(0, round(extract(epoch from p_offer.expires_at - p_now), 1)),
			'kind', p_offer.kind, 'from', internal.operator_name(p_offer.from_operator),
			'note', (select m.body from chat.message m where m.chat = p_offer.chat and m.seq = p_offer.note_seq),
			'why', p_offer.why ->> 'sentence', 'decision', case when p_offer.kind = 'routed' then jsonb_build_object('rule', p_offer.rule, 'others', p_offer.why -> 'others',
				'score', p_offer.why -> 'score', 'load', p_offer.why -> 'load') end, 'name', c.name, 'verified', internal.verified_json(c),
				'answers', c.answers, 'told', internal.told_json(c), 'page_url', c.page_url, 'locale', c.locale, 'channel', internal.channel_json(c)))
		from chat.chat c join chat.queue q on q.queue = p_offer.queue where c.chat = p_offer.chat);
end $$;

create function api.my_chats(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	perform internal.renew_lease(v_operator.operator, v_now);
	return query select jsonb_build_object(
		'chats', (select coalesce(jsonb_agg(internal.chat_for_operator_json(c, v_now) order by a.started_at, a.assignment), '[]')
			from (select g.chat, g.started_at, g.assignment from chat.assignment g where g.operator = v_operator.operator and g.ended_at is null
				union all select f.chat, null, 0 from chat.filing f where f.operator = v_operator.operator) a
			join chat.chat c on c.chat = a.chat where a.assignment > 0 or c.closing_until is not null or c.state = 'ended'),
		'offers', (select coalesce(jsonb_agg(internal.offer_json(o, v_now) order by o.offered_at, o.offer), '[]')
			from chat.offer o where o.operator = v_operator.operator and o.state = 'open' and o.expires_at > v_now),
		'presence', internal.presence_json(v_operator.operator), 'inbox', internal.inbox_counts(v_operator))::text;
end $$;

-- The offer of an operator with its chat's row locked; raises not_found, already_taken, offer_expired.
create function internal.open_offer(p_operator text, p_offer uuid) returns chat.offer
language plpgsql as $$
declare
	v_offer chat.offer;
begin
	perform 1 from chat.chat c where c.chat = (select o.chat from chat.offer o where o.offer = p_offer and o.operator = p_operator) for no key update;
	select * into v_offer from chat.offer o where o.offer = p_offer and o.operator = p_operator;
	if not found then
		perform internal.fail('SB404', 'not_found', 'offer');
	elsif v_offer.state = 'accepted' then
		perform internal.fail('SB409', 'already_taken', 'offer');
	elsif v_offer.state <> 'open' or v_offer.expires_at <= clock_timestamp() then
		perform internal.fail('SB409', 'offer_expired', 'offer');
	end if;
	return v_offer;
end $$;

create function api.accept_offer(p_session bytea, p_offer uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_offer chat.offer := internal.open_offer(v_operator.operator, p_offer);
	v_now timestamptz := least(clock_timestamp(), v_offer.expires_at); -- it was open when we looked
	v_chat chat.chat := internal.accept(v_operator, v_offer, v_now);
begin
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

create function api.decline_offer(p_session bytea, p_offer uuid, p_reason text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
begin
	perform internal.open_offer(v_operator.operator, p_offer);
	perform internal.close_offer(p_offer, 'declined', internal.masked(o.chat, p_reason), clock_timestamp()) from chat.offer o where o.offer = p_offer;
	return query select jsonb_build_object('offer', p_offer)::text;
end $$;

-- A chat an operator may look at: his own (now or once), one held out to him, any for a supervisor (audited). Anything else does not exist for him. Of one that was
-- erased there is nothing to look at.
create function internal.readable_chat(p_operator chat.operator, p_chat uuid, p_now timestamptz) returns void
language plpgsql as $$
begin
	if exists (select from chat.chat c where c.chat = p_chat and c.erased_at is not null) then
		perform internal.fail('SB410', 'gone');
	elsif exists (select from chat.assignment a where a.chat = p_chat and a.operator = p_operator.operator)
		or exists (select from chat.offer o where o.chat = p_chat and o.operator = p_operator.operator and o.state = 'open' and o.expires_at > p_now) then
		return;
	elsif p_operator.role = 'supervisor' and exists (select from chat.chat c where c.chat = p_chat) then
		perform internal.audit('read', 'chat', p_chat::text);
		return;
	end if;
	perform internal.fail('SB404', 'not_found');
end $$;

create function api.operator_events(p_session bytea, p_chat uuid, p_after bigint, p_limit int) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	perform internal.readable_chat(internal.session_operator(p_session, v_now), p_chat, v_now);
	return query select internal.events_page(p_chat, p_after, p_limit, true)::text;
end $$;

-- The chat an operator owns, its row locked; raises not_found, not_owner (his once), gone (over).
create function internal.owned_chat(p_operator chat.operator, p_chat uuid) returns chat.chat
language plpgsql as $$
declare
	v_chat chat.chat;
begin
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	if exists (select from chat.assignment a where a.chat = p_chat and a.operator = p_operator.operator and a.ended_at is null) then
		return v_chat;
	elsif not exists (select from chat.assignment a where a.chat = p_chat and a.operator = p_operator.operator) then
		perform internal.fail('SB404', 'not_found');
	elsif v_chat.state in ('ended', 'abandoned') then
		perform internal.fail('SB410', 'gone');
	end if;
	perform internal.fail('SB409', 'not_owner');
end $$;

create function api.operator_end(p_session bytea, p_chat uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_chat chat.chat := internal.owned_chat(v_operator, p_chat);
	v_now timestamptz := clock_timestamp();
begin
	if v_chat.state = 'active' then
		if not internal.bot_closes(v_operator, v_chat, v_now) then
			perform internal.end_chat(p_chat, 'operator', v_operator.name, 'operator_ended', v_now);
		end if;
		select * into v_chat from chat.chat c where c.chat = p_chat;
	end if;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;

-- Files the result of a chat, a disposition where its queue has some, and frees the slot. Also after the wrap-up time, by who had the chat last.
create function api.wrap_up(p_session bytea, p_chat uuid, p_disposition text, p_note text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
	v_chat chat.chat;
	v_now timestamptz := clock_timestamp();
begin
	select * into v_chat from chat.chat c where c.chat = p_chat for no key update;
	if (select a.operator from chat.assignment a where a.chat = p_chat order by a.assignment desc limit 1) is distinct from v_operator.operator then
		perform internal.fail('SB404', 'not_found');
	elsif v_chat.erased_at is not null then
		perform internal.fail('SB410', 'gone');
	elsif v_chat.state not in ('wrap_up', 'ended') and v_chat.closing_until is null then
		perform internal.fail('SB409', 'conflict', 'state');
	end if;
	if internal.check_disposition(v_chat.queue, p_disposition) then
		update chat.chat c set filed_under = p_disposition, disposition = null, wrap_up_note = internal.masked(c.site, p_note) where c.chat = p_chat;
	else
		update chat.chat c set disposition = internal.masked(c.site, p_disposition), filed_under = null, wrap_up_note = internal.masked(c.site, p_note) where c.chat = p_chat;
	end if;
	perform internal.finish_wrap_up(p_chat, v_now);
	perform internal.finish_filing(p_chat, v_now);
	select * into v_chat from chat.chat c where c.chat = p_chat;
	return query select jsonb_build_object('chat', internal.chat_for_operator_json(v_chat, v_now))::text;
end $$;
