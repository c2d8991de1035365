-- SPDX-License-Identifier: ISC
-- Answers for a DBA: why a chat was, or was not, given to somebody, and why somebody gets nothing. They stand on the functions that decide (why_not_able,
-- why_not_free, why_not_him) and on what the decision wrote down (chat.offer), so that they cannot tell another story. Nothing is changed.

-- NULL while a router leads and gives signs of life, else what is wrong.
create function internal.router_missing(p_now timestamptz) returns text
language sql stable as $$
	select case when max(r.heartbeat_at) is null then 'no router is running'
		when max(r.heartbeat_at) < p_now - interval '15 seconds' then format('no router has given a sign of life since %s', internal.rfc3339(max(r.heartbeat_at))) end
	from chat.router r where r.leads
$$;

-- The one reason that keeps an operator from a waiting chat now, from the configuration as it is (the router's own tables may be a moment behind); NULL: he is free for it.
create function internal.why_not_now(p_operator text, p_waiting chat.waiting, p_now timestamptz) returns jsonb
language sql stable as $$
	select coalesce(
		case when n.need is not null then internal.why_not_able(p_operator, n.circle, p_now)
			else coalesce(internal.shortcoming(p_operator, p_waiting.queue, internal.asked(p_waiting.chat), 0, p_now),
				case when not exists (select from chat.operator_queue j where j.operator = p_operator and j.queue = p_waiting.queue) then jsonb_build_object('code', 'not_joined') end) end,
		internal.why_not_free(s, internal.cap(p_waiting.queue, p_operator), internal.seconds('stagger_s'), p_now),
		case when n.need is not null then internal.why_not_him(p_operator, n.circle, p_waiting.declined, p_waiting.preferred) end,
		case when q.after_hours = 'hold' and not internal.queue_is_open(q.queue, p_now)
			then jsonb_strip_nulls(jsonb_build_object('code', 'held', 'until', internal.rfc3339(internal.next_opening(q.queue, p_now)))) end)
	from chat.operator_state s
	join chat.queue q on q.queue = p_waiting.queue
	left join internal.need n on n.need = p_waiting.need
	where s.operator = p_operator
$$;

-- What stands between a chat and an operator who is free for it: other chats, or the router.
create function internal.why_not_yet(p_operator text, p_waiting chat.waiting, p_now timestamptz) returns text
language sql stable as $$
	select case
		when internal.router_missing(p_now) is not null then format('is free, but %s', internal.router_missing(p_now))
		when a.first > 0 then format('is free: %s older or more urgent %s first', case when a.first > 99 then 'a hundred or more' else a.first::text end,
			case a.first when 1 then 'chat goes' else 'chats go' end)
		else 'is free: the router offers it with its next pass' end
	from (
		select count(*) as first
		from (
			select from chat.waiting x
			join internal.need m on m.need = x.need
			join internal.able b on b.need = m.circle and b.operator = p_operator
			cross join (select n.level from internal.need n where n.need = p_waiting.need) mine
			cross join internal.routing_rule r
			where x.chat <> p_waiting.chat and not m.held and p_operator <> all (x.declined) and x.preferred in ('', p_operator)
			  and (internal.effective_level(case when x.level < 0 then m.level else x.level end, x.arrived_at, r.promote_s, p_now), x.arrived_at, x.chat)
				< (internal.effective_level(case when p_waiting.level < 0 then mine.level else p_waiting.level end, p_waiting.arrived_at, r.promote_s, p_now), p_waiting.arrived_at, p_waiting.chat)
			limit 100) y) a
$$;

-- Why somebody was offered a chat, by what the decision wrote down.
create function internal.ahead(p_offer chat.offer) returns text
language sql immutable as $$
	select case
		when p_offer.kind = 'transfer' then format('was offered it by %s, who passes it on', p_offer.from_operator)
		when p_offer.kind = 'supervisor' then 'took it as a supervisor' || coalesce(' from ' || p_offer.from_operator, '')
		else 'was offered it: ' || case
			when w.free = 1 then 'the only one who was free'
			when p_offer.rule = 'skill' then format('the best ratings (%s in total) of %s who were free', p_offer.why ->> 'score', w.free)
			when p_offer.rule = 'balanced' then format('the largest index (%s s) of %s who were free', p_offer.why ->> 'index', w.free)
			else format('the fewest chats (%s), then the longest without a new one, of %s who were free', p_offer.why ->> 'load', w.free) end
			|| case when p_offer.why ->> 'fresh' = '0' then '; everybody on duty had declined it' else '' end
	end
	from (select (p_offer.why ->> 'others')::int + 1 as free) w
$$;

-- Why another one of the free was not: the first term of the order in which he stands behind.
create function internal.behind(p_rule text, p_winner chat.candidate, p_other chat.candidate) returns text
language sql stable as $$
	select 'was free too, ' || case
		when p_rule = 'skill' and p_other.score < p_winner.score then format('but has ratings of %s in total against %s', p_other.score, p_winner.score)
		when p_rule = 'balanced' and p_other.index < p_winner.index
			then format('but has the index %s s against %s s (fit %s against %s, spared for others %s against %s, for the load %s against %s)', p_other.index, p_winner.index,
				internal.brief(p_other.fit), internal.brief(p_winner.fit), internal.brief(p_other.reserve), internal.brief(p_winner.reserve),
				internal.brief(p_other.busy), internal.brief(p_winner.busy))
		when p_other.load > p_winner.load then format('but held %s %s against %s', p_other.load, case p_other.load when 1 then 'chat' else 'chats' end, p_winner.load)
		when p_other.last_accept_at > coalesce(p_winner.last_accept_at, '-infinity')
			then format('but had a new chat later (%s against %s)', internal.rfc3339(p_other.last_accept_at), coalesce(internal.rfc3339(p_winner.last_accept_at), 'never'))
		else 'but signed in later or comes later by name' end
$$;

-- A term of the index as it is told.
create function internal.brief(p_seconds float8) returns numeric
language sql immutable as $$ select round(p_seconds::numeric, 3) $$;

-- What became of a chat, in order. ord tells apart what happened at one instant.
create function internal.story(p_chat uuid) returns table (at timestamptz, ord int, operator text, answer text)
language sql stable as $$
	select m.at, 1, case m.kind when 'transferred' then m.author end, case m.kind
			when 'transferred' then 'passed it on to the queue ' || (m.data ->> 'queue')
			when 'queued' then 'entered the queue ' || coalesce(m.data ->> 'queue', (select c.queue from chat.chat c where c.chat = p_chat), '')
			when 'requeued' then 'went back into the line' || coalesce(' of ' || (m.data ->> 'queue'), '') || coalesce(': ' || (m.data ->> 'reason'), '')
			else format('was ended by %s: %s', m.data ->> 'by', m.data ->> 'reason') end
	from chat.message m where m.chat = p_chat and (m.kind in ('queued', 'requeued', 'ended') or (m.kind = 'transferred' and m.data ? 'queue'))
	union all
	select o.offered_at, 2, o.operator, internal.ahead(o) from chat.offer o where o.chat = p_chat
	union all
	select o.offered_at, 3, x.operator,
		coalesce('was not asked: ' || internal.reason_sentence(internal.why_passed_over(x, o.why, o.offered_at)), internal.behind(o.rule, o.candidates[1], x))
	from chat.offer o cross join lateral unnest(o.candidates) x
	where o.chat = p_chat and o.kind = 'routed' and x.place is distinct from 1
	union all
	select o.closed_at, 0, o.operator, case o.state when 'accepted' then 'accepted it' when 'declined' then 'declined it' when 'expired' then 'let the offer expire'
			when 'abandoned' then 'lost the offer: the customer left' else 'lost the offer, which was withdrawn' end
			|| coalesce(': ' || o.reason, '') || format(', after %s s', round(extract(epoch from o.closed_at - o.offered_at), 1))
	from chat.offer o where o.chat = p_chat and o.closed_at is not null and o.kind <> 'supervisor'
	union all
	select a.ended_at, 0, a.operator, format('has it no more: %s', a.end_reason) from chat.assignment a where a.chat = p_chat and a.ended_at is not null
$$;

-- How a chat stands now: who has it, or what keeps each operator from it, those nearest to it first.
create function internal.standing(p_chat uuid, p_now timestamptz) returns table (ord bigint, operator text, answer text)
language sql stable as $$
	select 0, null::text, case c.state when 'bot' then 'is with the bot ' || c.bot when 'offered' then 'is held out; until the answer nobody else is asked'
			else format('waits in %s since %s', c.queue, internal.rfc3339(c.arrived_at))
				|| coalesce(', asks for ' || (select string_agg(a.skill || case when a.min_rating > 1 then format(' at %s or better', a.min_rating) else '' end, ' and ' order by a.skill)
					from internal.asks(c.queue, internal.asked(c.chat), coalesce(n.relaxed_s, 0)) a where a.required), '')
				|| case when n.relaxed_s > 0 then format(', relaxed since it waited %s s', n.relaxed_s) else '' end end
	from chat.chat c left join chat.waiting w on w.chat = c.chat left join internal.need n on n.need = w.need
	where c.chat = p_chat and c.state in ('bot', 'queued', 'offered')
	union all
	select 1, o.operator, format('holds the offer until %s', internal.rfc3339(o.expires_at)) from chat.offer o where o.chat = p_chat and o.state = 'open'
	union all
	select 1, a.operator, case c.state when 'wrap_up' then 'writes notes' else 'has it' end || ' since ' || internal.rfc3339(a.started_at)
	from chat.assignment a join chat.chat c on c.chat = a.chat where a.chat = p_chat and a.ended_at is null
	union all
	select row_number() over (order by array_position(array['full', 'stagger', 'penalty', 'held', 'declined', 'preferred', 'presence', 'not_live', 'not_joined', 'below_minimum',
			'missing_skill', 'not_member', 'inactive', 'queue_off'], y.reason ->> 'code') nulls first, o.operator), o.operator,
		case when y.reason ->> 'code' = 'declined' and not exists (select from chat.offer d where d.chat = p_chat and d.operator = o.operator and d.state = 'declined')
			then 'had it before: somebody else on duty comes first'
			else coalesce(internal.reason_sentence(y.reason), internal.why_not_yet(o.operator, w, p_now)) end
	from chat.waiting w cross join chat.operator o
	cross join lateral (select internal.why_not_now(o.operator, w, p_now) as reason) y
	where w.chat = p_chat
$$;

create function internal.why(p_chat uuid, p_now timestamptz) returns table (at timestamptz, operator text, answer text)
language sql stable as $$
	select x.at, x.operator, x.answer
	from (
		select s.at, s.ord::bigint, s.operator, s.answer, 0 as part from internal.story(p_chat) s
		union all
		select p_now, s.ord, s.operator, s.answer, 1 from internal.standing(p_chat, p_now) s) x
	order by x.part, x.at, x.ord, x.operator
$$;

create function chat.why(p_chat uuid) returns table (at timestamptz, operator text, answer text)
language plpgsql stable security definer set search_path = chat, pg_temp set jit = off as $$
begin
	if not exists (select from chat.chat c where c.chat = p_chat) then
		raise exception using errcode = 'SB404', message = format('there is no chat %s', p_chat), constraint = 'not_found';
	end if;
	return query select * from internal.why(p_chat, clock_timestamp());
end $$;
comment on function chat.why(uuid) is 'Why this chat was given to whom, and why nobody else has it: what became of it in order, each decision with one line a candidate, then how it stands now.'
	' A line without operator tells of the chat itself';

-- What keeps an operator from the chats of one queue now; NULL where he could take one. With chats waiting there each group of equal needs is asked for.
create function internal.why_idle_in(p_operator text, p_queue text, p_now timestamptz) returns text
language sql stable as $$
	with class as (
		select (array_agg(w order by w.arrived_at, w.chat))[1] as head, count(*) as chats, min(w.arrived_at) as since
		from chat.waiting w where w.queue = p_queue group by w.need, w.declined, w.preferred, case when w.need is null then w.chat end
	), judged as (
		select c.*, internal.why_not_now(p_operator, c.head, p_now) as reason from class c
	), own as (
		select coalesce(internal.shortcoming(p_operator, p_queue, '[]', 0, p_now),
			case when not exists (select from chat.operator_queue j where j.operator = p_operator and j.queue = p_queue) then jsonb_build_object('code', 'not_joined') end) as reason
	), line as (
		select coalesce(sum(j.chats), 0) as chats, min(j.since) as since from judged j
	)
	select case
		when f.found then format('%s, the oldest since %s: %s %s', internal.chats_wait(l.chats), internal.rfc3339(l.since), p_operator, internal.why_not_yet(p_operator, f.head, p_now))
		when own.reason is not null then format('%s %s; %s', p_operator, internal.reason_sentence(own.reason), internal.chats_wait(l.chats))
		when l.chats = 0 then p_operator || ' is able; no chat waits'
		else format('%s: %s %s', internal.chats_wait(l.chats), p_operator, internal.reason_sentence((select j.reason from judged j order by j.since, (j.head).chat limit 1))) end
	from own cross join line l left join lateral (select j.head, true as found from judged j where j.reason is null order by j.since, (j.head).chat limit 1) f on true
$$;

create function internal.chats_wait(p_chats numeric) returns text
language sql immutable as $$ select case p_chats when 0 then 'no chat waits' when 1 then '1 chat waits' else p_chats || ' chats wait' end $$;

create function internal.why_idle(p_operator text, p_now timestamptz) returns table (queue text, answer text)
language sql stable as $$
	(select null::text, coalesce(
		case when not o.active then p_operator || ' is switched off' end,
		p_operator || ' ' || internal.reason_sentence(internal.why_not_free(s, least(o.max_chats, internal.setting('max_chats'))::int, internal.seconds('stagger_s'), p_now)),
		case when not exists (select from chat.operator_queue j where j.operator = p_operator) then p_operator || ' has joined no queue' end,
		p_operator || ' is free for one more, but ' || internal.router_missing(p_now),
		format('%s is free: %s of %s', p_operator, s.load, least(o.max_chats, internal.setting('max_chats'))))
	from chat.operator o join chat.operator_state s on s.operator = o.operator where o.operator = p_operator)
	union all
	(select q.queue, internal.why_idle_in(p_operator, q.queue, p_now) from chat.queue q where q.active order by q.queue)
$$;

create function chat.why_idle(p_operator text) returns table (queue text, answer text)
language plpgsql stable security definer set search_path = chat, pg_temp set jit = off as $$
begin
	if not exists (select from chat.operator o where o.operator = p_operator) then
		raise exception using errcode = 'SB404', message = format('there is no operator "%s"', p_operator), constraint = 'not_found';
	end if;
	return query select * from internal.why_idle(p_operator, clock_timestamp());
end $$;
comment on function chat.why_idle(text) is 'Why an operator gets no chat: what stands against all of them, then for each active queue what stands against its chats, or that none waits';
