-- SPDX-License-Identifier: ISC
-- A message alone, many in one call and post_one go different ways through sql/api/45_messages.sql: whatever is sent, all say and store the same (G2, G3, PF16).
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
select t.open(1, 'plain'), t.open(2, 'plain'), t.open(3, 'guided');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.sign_in('bo', '{sales}', clock_timestamp()), t.log_in('ana'), t.log_in('bo');
update chat.operator set max_chats = 1;
select internal.route(clock_timestamp(), 9);
select t.accept(1, clock_timestamp()), t.accept(2, clock_timestamp());

-- Twelve messages, the same for the same seed (where it is small customers are silent): plain ones, with few cids, so that some come again, and some of everything that is
-- not plain; p_trouble says how much of that.
create table t.sent (ord int primary key, credential bytea, chat uuid, kind text, cid uuid, body text, choice text);
create function t.draw(p_seed float, p_trouble float) returns void language plpgsql as $$
begin
	delete from t.sent;
	perform setseed(p_seed);
	insert into t.sent
	select i, case when random() < 0.2 * p_trouble then (array[t.token(9), null, t.session('bo'), t.token(2)])[1 + floor(random() * 4)::int]
			when a = 1 then t.token(d.n) else t.session(case d.n when 1 then 'ana' else 'bo' end) end,
		t.chat(case when random() < 0.05 * p_trouble then 99 else d.n end), case when random() < 0.05 + 0.1 * p_trouble then 'note' when random() < 0.05 * p_trouble then 'nonsense' else 'message' end,
		case when random() > 0.04 * p_trouble then t.cid(floor(random() * (80 - 70 * p_trouble))::int) end,
		(array['Hello', 'Hello', 'Good day', 'Good day', 'My card is 4111 1111 1111 1111', 'ö', E'two\nlines', ' ', null])[1 + floor(random() * (7 + 2 * p_trouble))::int],
		case when random() < 0.06 * p_trouble then (array['person', 'hours', 'nowhere'])[1 + floor(random() * 3)::int] end
	from (
		select g as i, case when p_seed < 0.2 then 2 else 1 + floor(random() * 1.9)::int end as a, (array[1, 1, 1, 2, 2, 2, 2, 3])[1 + floor(random() * 8)::int] as n from generate_series(1, 12) g
	) d;
end $$;

create function t.alone() returns setof internal.post_result language plpgsql as $$
declare
	v_sent t.sent;
begin
	for v_sent in select * from t.sent s order by s.ord loop
		return query select v_sent.ord, r.status, r.field, r.seq, r.last_seq, r.at, r.author_kind, r.author_name, r.body, r.data, r.repeat
			from api.post_messages(array[v_sent.credential], array[v_sent.chat], array[v_sent.kind], array[v_sent.cid], array[v_sent.body], array[v_sent.choice]) r;
	end loop;
end $$;

create function t.together() returns setof internal.post_result language sql as $$
	select r.* from (select array_agg(s.credential order by s.ord) as credentials, array_agg(s.chat order by s.ord) as chats, array_agg(s.kind order by s.ord) as kinds,
			array_agg(s.cid order by s.ord) as cids, array_agg(s.body order by s.ord) as bodies, array_agg(s.choice order by s.ord) as choices from t.sent s) a,
		api.post_messages(a.credentials, a.chats, a.kinds, a.cids, a.bodies, a.choices) r
$$;

create function t.one_by_one() returns setof internal.post_result language plpgsql as $$
declare
	v_sent t.sent;
	v_result internal.post_result;
begin
	for v_sent in select * from t.sent s order by s.ord loop
		v_result := null;
		if exists (select from chat.chat c where c.chat = v_sent.chat) then
			v_result := internal.post_one(v_sent.chat, v_sent.credential, v_sent.kind, v_sent.cid, internal.masked(v_sent.chat, v_sent.body), v_sent.choice, clock_timestamp());
		else
			v_result.status := 'not_found';
		end if;
		v_result.ord := v_sent.ord;
		v_result.body := coalesce(v_result.body, case when v_result.status = 'ok' then nullif(internal.masked(v_sent.chat, v_sent.body), v_sent.body) end);
		v_result.repeat := coalesce(v_result.repeat, false);
		return next v_result;
	end loop;
end $$;

-- What was said and what stands in the tables then, but for the times; nothing of it stays.
create function t.outcome(p_way text) returns jsonb language plpgsql as $$
declare
	v_said jsonb;
	v_stored jsonb;
begin
	begin
		execute format('select jsonb_agg(to_jsonb(r) - ''last_seq'' - ''at'' || jsonb_build_object(''at'', r.at is not null) order by r.ord) from t.%I() r', p_way) into v_said;
		select jsonb_build_object('messages', (select jsonb_agg(to_jsonb(m) - 'at' order by m.chat, m.seq) from chat.message m), 'states', (select jsonb_agg(c.state order by c.chat) from chat.chat c),
			'counters', (select jsonb_agg(jsonb_build_array(n.last_seq, n.customer_at is not distinct from
				(select max(m.at) from chat.message m where m.chat = n.chat and m.kind = 'message' and m.author_kind = 'customer')) order by n.chat) from chat.chat_counter n)) into v_stored;
		raise exception using errcode = 'ZZ001';
	exception when sqlstate 'ZZ001' then
		return jsonb_build_object('said', v_said, 'stored', v_stored);
	end;
end $$;

create table t.seen as select null::float as seed, null::jsonb as alone, null::jsonb as together, null::jsonb as one_by_one where false;
do $$ begin
	for i in 1..60 loop
		perform t.draw(i / 100.0, i % 3 / 2.0); -- none, half, all
		insert into t.seen select i / 100.0, t.outcome('alone'), t.outcome('together'), t.outcome('one_by_one');
	end loop;
end $$;
select is_empty('select seed, alone, one_by_one from t.seen where alone is distinct from one_by_one', 'a message alone is told and stored as post_one does it');
select is_empty('select seed, together, one_by_one from t.seen where together is distinct from one_by_one', 'and so are many in one call');
create function t.word(p_said jsonb) returns text language sql immutable as
	$$ select coalesce(p_said ->> 'field', p_said ->> 'status') || case when (p_said ->> 'repeat')::boolean then ' again' else '' end $$;
select is((select string_agg(distinct t.word(r), ', ' order by t.word(r)) from t.seen, jsonb_array_elements(alone -> 'said') r),
	'body, choice, cid, cid again, forbidden, kind, not_found, ok, ok again, unauthorized', 'everything that can be said of a message was said of some');
select ok((select count(*) > 200 from t.seen, jsonb_array_elements(alone -> 'said') r where r ->> 'status' = 'ok' and not (r ->> 'repeat')::boolean and r ->> 'data' is null), 'and most were stored');
select is_empty('select t.broken_invariants()', 'no invariant is broken');
\ir verdict.psql
