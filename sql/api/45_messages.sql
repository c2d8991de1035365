-- SPDX-License-Identifier: ISC
-- Messages in: one function for one message or many, over HTTP or a socket.

create type internal.party as (kind text, author text, name text, problem text);

-- What an author sent, to tell a repeat from a conflict. Kept with a message only when it made a choice: without one its body is what was sent. Card numbers are masked
-- before, whatever the site wants: a hash of one could be tried out.
-- (Stable as convert_to is: declared immutable it would not be inlined.)
create function internal.sent_hash(p_body text, p_choice text) returns bytea
language sql stable as $$ select sha256(convert_to(coalesce(p_body, '') || E'\x01' || coalesce(p_choice, ''), 'UTF8')) $$;

-- Who speaks: the customer whose token this is, or the operator whose session this is and who owns the chat now. `problem` is the wire name of what
-- stands against it: unauthorized (no such credential), not_found (not his chat), not_owner (his chat once, not now), gone (over).
create function internal.party_of(p_chat uuid, p_credential bytea, p_kind text, p_now timestamptz) returns internal.party
language plpgsql stable as $$
declare
	v_state text;
	v_party internal.party;
	v_owner text;
begin
	select 'customer', '', coalesce(c.name, ''), case when a.chat <> p_chat then 'not_found' when p_kind <> 'message' then 'forbidden'
		when c.state in ('ended', 'abandoned', 'wrap_up') then 'gone' end
	into v_party
	from chat.chat_access a join chat.chat c on c.chat = a.chat where a.token_hash = p_credential;
	if found then
		return v_party;
	end if;
	select 'operator', o.operator, o.name, null into v_party
	from chat.session s join chat.operator o on o.operator = s.operator
	where s.session = p_credential and o.active and internal.session_holds(s, p_now);
	if not found then
		return (null, null, null, 'unauthorized')::internal.party;
	end if;
	select c.state, (select a.operator from chat.assignment a where a.chat = p_chat and a.ended_at is null) into v_state, v_owner from chat.chat c where c.chat = p_chat;
	if v_owner is not distinct from v_party.author then
		v_party.problem := case when v_state = 'wrap_up' and p_kind = 'message' then 'gone' end;
	elsif exists (select from chat.assignment a where a.chat = p_chat and a.operator = v_party.author) then
		v_party.problem := case when v_state in ('ended', 'abandoned') then 'gone' else 'not_owner' end;
	else
		v_party.problem := 'not_found';
	end if;
	return v_party;
end $$;

-- The field that makes a message unfit to be stored, NULL when it is fit. Nothing that gets past here may be refused by a constraint: a batch would fail whole.
create function internal.bad_field(p_kind text, p_cid uuid, p_body text, p_choice text) returns text
language sql immutable as $$
	select case
		when p_kind is null or p_kind not in ('message', 'note') then 'kind'
		when p_cid is null then 'cid'
		when p_body is null and p_choice is null or ascii(p_body) not between 33 and 126 and p_body !~ '\S' or char_length(p_body) > 4000 then 'body'
	end
$$;

create type internal.post_result as (ord int, status text, field text, seq bigint, last_seq bigint, at text, author_kind text, author_name text, body text, data text, repeat boolean);

-- Stores one message, whose body is masked; the caller holds the chat's counter row (and, while a bot answers, the chat's row).
create function internal.post_one(p_chat uuid, p_credential bytea, p_kind text, p_cid uuid, p_body text, p_choice text, p_now timestamptz)
returns internal.post_result
language plpgsql as $$
declare
	v_party internal.party := internal.party_of(p_chat, p_credential, p_kind, p_now);
	v_old chat.message;
	v_chat chat.chat;
	v_label text;
	v_result internal.post_result;
begin
	if v_party.problem in ('unauthorized', 'not_found') then
		v_result.status := v_party.problem;
		return v_result;
	end if;
	-- a repeat gets the first answer, whatever has become of the chat since; of a message that was removed nothing is left to compare it with
	select * into v_old from chat.message m where m.chat = p_chat and m.cid = p_cid and m.author = v_party.author;
	if found then
		v_result.status := case when (v_old.data ? 'removed'
				or coalesce(v_old.sent_hash, internal.sent_hash(internal.mask_cards(v_old.body), null)) = internal.sent_hash(internal.mask_cards(p_body), p_choice))
			and (v_old.kind = 'note') = (p_kind = 'note') then 'ok' else 'conflict' end;
		v_result.field := case when v_result.status = 'conflict' then 'cid' end;
		v_result.seq := v_old.seq;
		v_result.at := internal.rfc3339(v_old.at);
		v_result.repeat := true;
		return v_result;
	end if;
	if v_party.problem is not null then
		v_result.status := v_party.problem;
		return v_result;
	end if;
	v_result.field := internal.bad_field(p_kind, p_cid, p_body, p_choice);
	if v_result.field is not null then
		v_result.status := 'invalid';
		return v_result;
	end if;
	if v_party.kind = 'operator' and p_kind = 'message' then
		v_result.field := internal.channel_silence(p_chat, p_now);
		if v_result.field is not null then
			v_result.status := 'forbidden';
			return v_result;
		end if;
	end if;
	if p_choice is not null then
		select * into v_chat from chat.chat c where c.chat = p_chat;
		v_label := case when v_party.kind = 'customer' and v_chat.state = 'bot' then internal.bot_choice_label(v_chat, p_choice)
			when v_party.kind = 'customer' and p_choice = 'person' then internal.text('person', v_chat.locale) end;
		if v_label is null then
			v_result.status := 'invalid';
			v_result.field := 'choice';
			return v_result;
		end if;
		v_result.body := coalesce(p_body, v_label);
		v_result.data := jsonb_build_object('choice', p_choice)::text;
	end if;
	v_result.status := 'ok';
	v_result.repeat := false;
	v_result.author_kind := v_party.kind;
	v_result.author_name := v_party.name;
	v_result.at := internal.rfc3339(p_now);
	v_result.seq := internal.add_event(p_chat, p_now, p_kind, v_party.kind, v_party.author, v_party.name, coalesce(v_result.body, p_body), v_result.data::jsonb, p_cid,
		case when p_choice is not null then internal.sent_hash(internal.mask_cards(p_body), p_choice) end);
	if v_party.kind = 'customer' then
		if exists (select from chat.assignment a where a.chat = p_chat and a.ended_at is null and a.idle_since is not null) then -- an index that is nearly empty
			insert into internal.woken (chat) values (p_chat);
			perform internal.ring_router();
		end if;
		perform internal.bot_answers(p_chat, coalesce(v_result.body, p_body), p_choice, p_now) from chat.chat c where c.chat = p_chat and c.state = 'bot';
	end if;
	return v_result;
end $$;

-- The messages of the batch that are left because they are not plain, one by one in their order: those of the chats whose counter (p_seqs of p_free) has not moved. While a bot
-- answers its chat's row is needed too, for the answer may move the chat on: who holds it now is not waited for, since we hold counters.
create function internal.post_apart(p_credentials bytea[], p_chats uuid[], p_kinds text[], p_cids uuid[], p_bodies text[], p_choices text[], p_free uuid[],
	p_seqs bigint[], p_now timestamptz)
returns setof internal.post_result
language plpgsql as $$
declare
	v_row record;
	v_result internal.post_result;
	v_results internal.post_result[] := '{}';
	v_bots uuid[];
begin
	perform set_config('switchboard.quiet', 'on', true);
	select array_agg(l.chat) into v_bots
	from (select c.chat from unnest(p_free) f (chat) join chat.chat c on c.chat = f.chat where c.state = 'bot' order by c.chat for no key update of c skip locked) l;
	for v_row in
		select r.ord, r.known, r.free and (r.state <> 'bot' or r.bot) as free
		from (select u.ord, c.chat is not null as known, c.state, u.chat in (select f.chat from unnest(p_free) f (chat)) as free,
				u.chat in (select b.chat from unnest(v_bots) b (chat)) as bot,
				(u.chat, n.last_seq) in (select f.chat, f.last_seq from unnest(p_free, p_seqs) f (chat, last_seq)) as left_over
			from unnest(p_chats) with ordinality u (chat, ord) left join chat.chat c on c.chat = u.chat left join chat.chat_counter n on n.chat = u.chat) r
		where r.free is not true or r.left_over
		order by r.ord
	loop
		if v_row.free then
			v_result := internal.post_one(p_chats[v_row.ord], p_credentials[v_row.ord], p_kinds[v_row.ord], p_cids[v_row.ord], p_bodies[v_row.ord],
				p_choices[v_row.ord], p_now);
		else
			v_result := null;
			v_result.status := case when v_row.known then 'busy' else 'not_found' end;
		end if;
		v_result.ord := v_row.ord;
		v_results := v_results || v_result;
	end loop;
	return query
		select r.ord, r.status, r.field, r.seq, n.last_seq, r.at, r.author_kind, r.author_name, r.body, r.data, coalesce(r.repeat, false)
		from unnest(v_results) r left join chat.chat_counter n on n.chat = p_chats[r.ord]
		order by r.ord;
end $$;

-- Is this message plain, and who says it? No row: there is no such chat. Plain is what is stored as it comes: a party without problem, fields that fit, a cid not seen before
-- (p_new: the caller takes it for new), no choice, nobody woken and nothing sent on by it. What is let through here must be stored by post_one too, with the same words.
-- A single select, so that it becomes a part of whatever asks it.
create function internal.plain_message(p_credential bytea, p_chat uuid, p_kind text, p_cid uuid, p_body text, p_choice text, p_now timestamptz, p_new boolean)
returns table (author_kind text, author text, author_name text, plain boolean)
language sql stable as $$
	select case when a.chat is null then 'operator' else 'customer' end,
		case when a.chat is null then o.operator::text else '' end,
		case when a.chat is null then o.name::text else coalesce(c.name, '') end,
		p_choice is null and c.channel = 'web' and internal.bad_field(p_kind, p_cid, p_body, p_choice) is null
		and case
			when a.chat is not null then a.chat = p_chat and p_kind = 'message' and c.state in ('queued', 'offered', 'active') and w.idle_since is null
			else o.operator = w.operator and o.active and (c.state = 'active' or (c.state = 'wrap_up' and p_kind = 'note'))
				and s.last_used_at > (select p_now - make_interval(secs => i.value::bigint) from chat.setting i where i.name = 'session_idle_s')
				and s.created_at > (select p_now - make_interval(secs => i.value::bigint) from chat.setting i where i.name = 'session_max_s')
		end
		and (p_new or not exists (select from chat.message m
			where m.chat = p_chat and m.cid = p_cid and m.author = case when a.chat is null then o.operator::text else '' end))
	from chat.chat c
	left join chat.assignment w on w.chat = p_chat and w.ended_at is null
	left join chat.chat_access a on a.token_hash = p_credential
	left join chat.session s on s.session = case when a.chat is null then p_credential end
	left join chat.operator o on o.operator = s.operator
	where c.chat = p_chat
$$;

-- The relay's batch: six arrays of one length, one row back for each element; `ord` says of which, and the rows of one chat come in its order. One bad row
-- never harms another. A chat that somebody else writes to at this moment gives 'busy': it comes again with the next batch and holds up nobody. Rows are
-- durable when the call returns.
--
-- What is plain is stored in a few passes over the whole batch: chats all of whose messages are plain, each cid once. A chat with anything else in the batch (a customer who comes
-- by a channel, a choice, a bot, a repeat, a refusal, a customer who was silent) is left to post_one, which says what the rules are. Seqs are counted on from the counters, which
-- are held; a row that is held stays where it is, so its place (ctid) finds it again without an index.
--
-- Planned once a session and by index whatever the tables' size is then: a plan by hash or by the whole table suits one batch and ruins the others, and
-- planning takes longer than a batch. Beginning and ending a statement is what a small batch costs, hence one statement for all that is plain; and most batches are one message,
-- which needs neither that statement's arrays nor its windows: three of a few nodes each cost two thirds of it.
--
-- Card numbers in bodies are masked before anything else happens; `body` is what was stored where that is not what was sent.
--
-- p_new: the caller takes no cid for a repeat. Then none is looked for, and if one is after all the whole call fails with unique_violation.
create function api.post_messages(p_credentials bytea[], p_chats uuid[], p_kinds text[], p_cids uuid[], p_bodies text[], p_choices text[], p_new boolean default false)
returns setof internal.post_result
language plpgsql security definer set search_path = chat, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off set jit = off as $$
declare
	v_count int := cardinality(p_chats);
	v_free uuid[];
	v_seqs bigint[];
	v_now timestamptz;
	v_stored bigint := 0;
	v_bodies text[];
	v_masked boolean;
	v_at text;
	v_counter tid;
	v_one internal.post_result;
begin
	if num_nulls(p_credentials, p_chats, p_kinds, p_cids, p_bodies, p_choices) > 0 or cardinality(p_credentials) <> v_count or cardinality(p_kinds) <> v_count
		or cardinality(p_cids) <> v_count or cardinality(p_bodies) <> v_count or cardinality(p_choices) <> v_count then
		perform internal.fail('SB400', 'bad_request'); -- the caller's mistake, nobody's message
	end if;
	v_bodies := internal.masked(p_chats, p_bodies);
	v_masked := v_bodies <> p_bodies;
	if v_count = 1 then
		select n.last_seq + 1, n.ctid into v_one.seq, v_counter from chat.chat_counter n where n.chat = p_chats[1] for no key update skip locked;
		v_now := clock_timestamp();
		insert into chat.message (chat, seq, kind, author_kind, author, author_name, body, at, cid)
		select p_chats[1], v_one.seq, p_kinds[1], k.author_kind, k.author, k.author_name, v_bodies[1], v_now, p_cids[1]
		from internal.plain_message(p_credentials[1], p_chats[1], p_kinds[1], p_cids[1], v_bodies[1], p_choices[1], v_now, p_new) k
		where k.plain and v_counter is not null
		returning message.author_kind, message.author_name into v_one.author_kind, v_one.author_name;
		if found then
			update chat.chat_counter n
			set last_seq = v_one.seq, customer_at = case when v_one.author_kind = 'customer' then v_now else n.customer_at end where n.ctid = v_counter;
			v_one := row(1, 'ok', null, v_one.seq, v_one.seq, internal.rfc3339(v_now), v_one.author_kind, v_one.author_name,
				case when v_masked then v_bodies[1] end, null, false)::internal.post_result;
			return next v_one;
			return;
		elsif v_counter is not null then
			v_free := p_chats;
			v_seqs := array[v_one.seq - 1];
		end if;
	else
		select array_agg(l.chat), array_agg(l.last_seq) into v_free, v_seqs
		from (select n.chat, n.last_seq from chat.chat_counter n where n.chat = any (p_chats) order by n.chat for no key update of n skip locked) l;
		v_now := clock_timestamp();
		v_at := internal.rfc3339(v_now);
		return query
		with known as (
			select g.ord, g.chat, g.kind, g.cid, g.body, n.last_seq, n.ctid as counter, k.author_kind, k.author, k.author_name,
				g.chat in (select f.chat from unnest(v_free) f (chat))
				and g.cid not in (select u.cid from unnest(p_cids) u (cid) where u.cid is not null group by u.cid having count(*) > 1) and k.plain as plain
			from unnest(p_credentials, p_chats, p_kinds, p_cids, v_bodies, p_choices) with ordinality g (credential, chat, kind, cid, body, choice, ord)
			join chat.chat_counter n on n.chat = g.chat
			cross join lateral internal.plain_message(g.credential, g.chat, g.kind, g.cid, g.body, g.choice, v_now, p_new) k
		), numbered as (
			select k.ord, k.chat, k.kind, k.cid, k.body, k.counter, k.author_kind, k.author, k.author_name, -- not k.*: plain would be worked out twice
				k.last_seq + row_number() over whole as seq, k.last_seq + count(*) over whole as last_seq, bool_and(coalesce(k.plain, false)) over whole as stored,
				bool_or(k.author_kind = 'customer' and k.kind = 'message') over whole as by_customer
			from known k
			window whole as (partition by k.chat order by k.ord rows between unbounded preceding and unbounded following)
		), messages as (
			insert into chat.message (chat, seq, kind, author_kind, author, author_name, body, at, cid)
			select m.chat, m.seq, m.kind, m.author_kind, m.author, m.author_name, m.body, v_now, m.cid from numbered m where m.stored
		), counters as (
			update chat.chat_counter n set last_seq = m.last_seq, customer_at = case when m.by_customer then v_now else n.customer_at end
			from numbered m where n.ctid = m.counter and m.stored and m.seq = m.last_seq
		)
		select m.ord::int, 'ok', null::text, m.seq, m.last_seq, v_at, m.author_kind, m.author_name,
			case when v_masked then nullif(m.body, p_bodies[m.ord]) end, null::text, false
		from numbered m where m.stored;
		get diagnostics v_stored = row_count;
	end if;
	if v_stored < v_count then
		return query
			select r.ord, r.status, r.field, r.seq, r.last_seq, r.at, r.author_kind, r.author_name,
				coalesce(r.body, case when v_masked and r.status = 'ok' then nullif(v_bodies[r.ord], p_bodies[r.ord]) end), r.data, r.repeat
			from internal.post_apart(p_credentials, p_chats, p_kinds, p_cids, v_bodies, p_choices, v_free, v_seqs, v_now) r;
	end if;
end $$;

-- The same for a batch so large that looking for repeats costs more than a transaction within it: where the unique index finds one, all of it is done again with a look, and
-- for ten seconds everything in this session. Nobody gains by repeats: who sends them on and on makes batches cost what they cost without this.
create function api.post_many(p_credentials bytea[], p_chats uuid[], p_kinds text[], p_cids uuid[], p_bodies text[], p_choices text[])
returns setof internal.post_result
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	if clock_timestamp() > coalesce(nullif(current_setting('switchboard.repeats_until', true), ''), '-infinity')::timestamptz then
		begin
			return query select * from api.post_messages(p_credentials, p_chats, p_kinds, p_cids, p_bodies, p_choices, true); -- nothing of it gets out before the end
			return;
		exception when unique_violation then
			perform set_config('switchboard.repeats_until', (clock_timestamp() + interval '10 s')::text, false);
		end;
	end if;
	return query select * from api.post_messages(p_credentials, p_chats, p_kinds, p_cids, p_bodies, p_choices);
end $$;

-- One message over HTTP; waits for its turn instead of answering busy. p_origin as at every customer verb. p_party: whose route it came by, 'customer' or
-- 'operator'; the credential of the other side is none here. `body` as in api.post_messages.
create function api.post_message(p_chat uuid, p_credential bytea, p_origin text, p_kind text, p_cid uuid, p_body text, p_choice text, p_party text) returns table (seq bigint, body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_result internal.post_result;
	v_body text := internal.masked(p_chat, p_body);
begin
	perform internal.check_chat_origin(p_chat, p_origin);
	if exists (select from chat.chat_access a where a.token_hash = p_credential) <> (p_party = 'customer') then
		perform internal.fail('SB401', 'unauthorized');
	elsif p_party = 'customer' then
		perform internal.fail('SB403', 'forbidden') from chat.chat c where c.chat = p_chat and internal.chat_is_blocked(c, clock_timestamp());
	end if;
	perform 1 from chat.chat c where c.chat = p_chat and c.state = 'bot' for no key update;
	perform 1 from chat.chat_counter n where n.chat = p_chat for update;
	v_result := internal.post_one(p_chat, p_credential, p_kind, p_cid, v_body, p_choice, clock_timestamp());
	if v_result.status <> 'ok' then
		perform internal.fail(case v_result.status when 'unauthorized' then 'SB401' when 'not_found' then 'SB404' when 'conflict' then 'SB409' when 'not_owner' then 'SB409'
			when 'gone' then 'SB410' when 'forbidden' then 'SB403' else 'SB422' end, v_result.status, v_result.field);
	end if;
	return query select v_result.seq, nullif(v_body, p_body);
end $$;
