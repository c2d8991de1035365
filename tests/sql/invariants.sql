-- SPDX-License-Identifier: ISC
-- A check that cannot fail is a defect: each invariant of sql/invariants.sql finds the violation planted for it, and is silent before.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
select t.sign_in('ana', '{sales}', t.at(0)), t.sign_in('bo', '{sales}', t.at(0));
select t.arrive(n, 'sales', t.at(n)) from generate_series(1, 7) n;
select t.route(t.at(10));
select t.accept(n, t.at(12)) from generate_series(1, 3) n;
select t.decline(4, t.at(13));
select t.end_chat(1, 'operator', t.at(20));
select t.arrive(9, 'support', t.at(30));
-- now: 1 ended, 2 and 3 active, 4 queued and declined by one, 5 and 6 offered, 7 and 9 queued
select is((select string_agg(t.number(chat) || ' ' || state, ', ' order by chat) from chat.chat),
	'1 ended, 2 active, 3 active, 4 queued, 5 offered, 6 offered, 7 queued, 9 queued', 'the story so far');
select is_empty('select t.broken_invariants()', 'breaks nothing');
create table t.planted (name text);

-- Plants a violation behind the triggers' back, sees it found, and takes it out again.
create function t.finds(p_begins text, p_plant text) returns text language plpgsql as $$
declare
	v_name text;
	v_found bigint;
begin
	select i.name into v_name from t.invariant i where i.name like p_begins || '%';
	if not found then
		return ok(false, p_begins || ': no such invariant');
	end if;
	insert into t.planted values (v_name);
	begin
		set local session_replication_role = replica;
		execute p_plant;
		set local session_replication_role = origin;
		v_found := t.violations(v_name);
		raise exception using errcode = 'P0001';
	exception when sqlstate 'P0001' then
		null;
	end;
	return ok(v_found > 0, format('found: not (%s)',
	v_name)) || case when t.violations(v_name) > 0 then E'\n' || diag('it was broken before') else '' end;
end $$;

select t.finds('seq of every chat', 'delete from chat.message where chat = t.chat(2) and seq = 2');
select t.finds('seq of every chat', 'delete from chat.message where chat = t.chat(2) and seq = 3');
select t.finds('seq of every chat', 'update chat.message set seq = 99 where chat = t.chat(2) and seq = 3');
select t.finds('seq of every chat', 'delete from chat.message where chat = t.chat(2)');
select t.finds('every message belongs', $$insert into chat.message (chat, seq, kind, author_kind, at) values (t.chat(99), 1, 'message', 'customer', t.at(50))$$);
select t.finds('every chat has its counter', 'delete from chat.chat_counter where chat = t.chat(2)');
select t.finds('every chat has its counter', 'delete from chat.chat_access where chat = t.chat(2)');
select t.finds('a person has one open chat', $$update chat.chat set person = '7' where state = 'active'$$);
select t.finds('a message is stored once', $$
	drop index chat.message_once; update chat.message set cid = t.cid(1), author_kind = 'customer', author = '' where chat = t.chat(2) and seq < 3$$);
select t.finds('the waiting list holds', 'delete from chat.waiting where chat = t.chat(7)');
select t.finds('the waiting list holds', 'insert into chat.waiting select t.chat(2), ''sales'', ''{}'', t.at(2)');
select t.finds('the waiting list holds', 'update chat.waiting set arrived_at = t.at(0) where chat = t.chat(7)');
select t.finds('the waiting list holds', 'update chat.waiting set queue = ''billing'' where chat = t.chat(7)');
select t.finds('an offer is of', 'delete from chat.chat where chat = t.chat(5)');
select t.finds('an offer is of', 'update chat.offer set operator = ''nobody'' where chat = t.chat(5)');
select t.finds('an offer is of', 'update chat.offer set queue = ''nowhere'' where chat = t.chat(5)');
select t.finds('a waiting chat carries', 'update chat.waiting set declined = ''{}'' where chat = t.chat(4)');
select t.finds('a waiting chat carries', 'update chat.waiting set declined = ''{bo}'' where chat = t.chat(7)');
select t.finds('an offered chat has one', 'update chat.offer set state = ''expired'', closed_at = t.at(40) where chat = t.chat(5)');
select t.finds('an offered chat has one', 'update chat.offer set state = ''open'', closed_at = null where chat = t.chat(4)');
select t.finds('an offered chat has one', 'update chat.chat set state = ''queued'' where chat = t.chat(5)');
select t.finds('an offered chat has one', $$
	insert into chat.offer (chat, operator, queue, offered_at, expires_at, rule) values (t.chat(2), 'bo', 'sales', t.at(40), t.at(60), 'availability')$$);
select t.finds('an offered chat has one', $$
	insert into chat.offer (chat, operator, queue, kind, from_operator, offered_at, expires_at, rule)
	select t.chat(2), 'bo', 'sales', 'transfer', o, t.at(40), t.at(60), 'transfer' from unnest(array['ana', 'bo']) o where o <> t.owner(2)$$);
select t.finds('an offered chat has one', $$update chat.offer set kind = 'transfer', from_operator = operator where chat = t.chat(5) and state = 'open'$$);
select t.finds('an active chat', 'update chat.assignment set ended_at = t.at(40), end_reason = ''x'' where chat = t.chat(2)');
select t.finds('an active chat', 'update chat.assignment set ended_at = null, end_reason = null where chat = t.chat(1)');
select t.finds('an active chat', 'update chat.chat set state = ''queued'' where chat = t.chat(2)');
select t.finds('no two assignments', $$
	insert into chat.assignment (chat, operator, offer, started_at, ended_at, end_reason) select chat, operator, offer, t.at(13), t.at(15),
	'x' from chat.assignment where chat = t.chat(1)$$);
select t.finds('the load of an operator', 'update chat.operator_state set load = load + 1 where operator = ''ana''');
select t.finds('the load of an operator', 'update chat.assignment set idle_since = t.at(40) where chat = t.chat(2)');
select t.finds('a chat whose customer is silent', 'update chat.assignment set idle_since = t.at(0) where chat = t.chat(2)');
select t.finds('a chat whose customer is silent', 'update chat.assignment set idle_since = t.at(40), idle_check_at = t.at(50) where chat = t.chat(2)');
select t.finds('every transfer that failed', $$
	insert into chat.offer (chat, operator, queue, kind, from_operator, state, offered_at, expires_at, closed_at, rule)
	values (t.chat(2), 'bo', 'sales', 'transfer', 'ana', 'declined', t.at(30), t.at(50), t.at(40), 'transfer')$$);
select t.finds('every transfer that failed', $$
	insert into chat.offer (chat, operator, queue, kind, from_operator, state, offered_at, expires_at, closed_at, rule)
	values (t.chat(2), 'bo', 'sales', 'transfer', 'ana', 'accepted', t.at(30), t.at(50), t.at(40), 'transfer')$$);
select t.finds('what is over has its end', p) from unnest(array['update chat.chat set ended_at = null where chat = t.chat(1)',
	'update chat.chat set ended_at = t.at(40) where chat = t.chat(2)', 'update chat.chat set queue = null where chat = t.chat(4)',
	'update chat.offer set closed_at = t.at(40) where chat = t.chat(5)', 'update chat.offer set closed_at = null where chat = t.chat(2)',
	'update chat.offer set kind = ''transfer'' where chat = t.chat(2)', 'update chat.offer set from_operator = ''nobody'' where chat = t.chat(2)']) p;
select t.finds('every assignment stands', 'update chat.offer set state = ''expired'' where chat = t.chat(2)');
select t.finds('every assignment stands',
	'update chat.offer set operator = case operator when ''ana'' then ''bo'' else ''ana'' end where chat = t.chat(2)');
select t.finds('every assignment stands', 'update chat.offer set chat = t.chat(7) where chat = t.chat(2)');
select t.finds('no assignment begins after', 'update chat.offer set expires_at = t.at(11) where chat = t.chat(2)');
select t.finds('the router offered no chat', 'insert into chat.chat_decline select chat, operator, t.at(5) from chat.offer where chat = t.chat(5)');
select t.finds('whom the router holds able', 'delete from chat.operator_queue where operator = ''ana''');
select t.finds('whom the router holds able', 'update chat.operator set active = false where operator = ''ana''');
select t.finds('whom the router holds able', 'insert into chat.queue_member values (''sales'', ''bo'')');
select t.finds('whom the router holds able', 'insert into chat.queue_skill (queue, skill, min_rating) values (''sales'', ''german'', 2)');
select t.finds('whom the router holds able',
	'update internal.need set asked = ''[{"skill": "german", "required": true, "min_rating": 2, "weight": 1}]'' where queue = ''sales''');
select t.finds('the record of a decision', $$update chat.offer set candidates[1].place = 2 where chat = t.chat(5)$$);
select t.finds('no operator held his cap', $$update chat.offer set why = why || '{"cap": 0}' where chat = t.chat(5)$$);
select t.finds('two offers to an operator', $$update chat.offer set why = why || '{"stagger_s": 5}'$$);
select t.finds('every operator has a state', 'delete from chat.operator_state where operator = ''ana''');
select t.finds('every operator has a state', 'insert into chat.operator_state (operator) values (''nobody'')');
select t.finds('a chat that is over', 'update chat.chat set ended_by = null where chat = t.chat(1)');
select t.finds('a chat that is over', 'update chat.message set kind = ''reminder'' where chat = t.chat(1) and kind = ''ended''');
select t.finds('no message of a party', $$
	insert into chat.message (chat, seq, kind, author_kind, at) select t.chat(1), 99, 'message', 'customer', t.at(50)$$);
select t.finds('nobody has got or read', 'insert into chat.delivery (chat, party, got, read) values (t.chat(2), ''customer'', 99, 0)');
select t.finds('every change of state', 'update chat.chat set state = ''active'' where chat = t.chat(7)');
select t.finds('every change of state', $$delete from chat.audit where key = t.chat(2)::text and new ->> 'state' = 'active'$$);
select t.finds('the changes of state of a chat', $$update chat.audit set old = old || '{"state": "bot"}' where key = t.chat(2)::text and new ->> 'state' = 'active'$$);
select t.finds('the changes of state of a chat', $$
	insert into chat.audit (actor_kind, action, object, key, old, new)
	select 'program', 'state', 'chat', t.chat(1)::text, '{"state": "ended"}', '{"state": "ended"}'$$);
select t.finds('every assignment left an audit row', $$delete from chat.audit where key = t.chat(2)::text and action = 'assigned'$$);
select t.finds('every assignment left an audit row', $$delete from chat.audit where key = t.chat(1)::text and action = 'assignment ended'$$);
select t.finds('a lane of the outbox is there', $$insert into chat.outbox_lane (lane, account, depth, due_at) values ('a', 'webhook/crm', 1, t.at(0))$$);
create function t.send(p_lane text) returns uuid language sql as $$ select internal.send_out('webhook', p_lane, 'crm', null, '{}', t.at(0)) $$;
select t.finds('of a lane only the first', $$select t.send('b'), t.send('b'); update chat.outbox o set state = 'sending', lease = t.chat(1), courier = 1
	where position = (select max(position) from chat.outbox)$$);
select t.finds('a lane that nobody sends', $$select t.send('c'); update chat.outbox_lane set due_at = 'infinity'$$);
select t.finds('a dead letter says why', $$select t.send('d'); update chat.outbox set last_error = 'answered 503'$$);
select t.finds('an external bot has a claim', $$update chat.bot set kind = 'relay'; update chat.chat set state = 'bot', bot = 'guide' where chat = t.chat(3)$$);
select t.finds('the silence of the chats', 'delete from internal.silence where chat = t.chat(2)');
select t.finds('the silence of the chats', 'insert into internal.silence (chat, check_at) values (t.chat(4), t.at(40))');
select t.finds('the customers of all open chats', 'delete from internal.customer_watch where chat = t.chat(7)');
select t.finds('a reminder comes once', $$insert into chat.message (chat, seq, kind, author_kind, at, data)
	select t.chat(2), n, 'reminder', 'system', t.at(n), '{"to": "customer", "n": 1, "since": "2026-06-01T12:00:00.000Z"}' from generate_series(98, 99) n$$);
select t.finds('only a chat that is with a bot', 'update chat.chat set bot_hands_over = true where state = ''active''');
select t.finds('a chat that came by a channel', 'update chat.chat set channel = ''sms'' where chat = t.chat(2)');
select t.finds('a chat that came by a channel', 'update chat.chat_counter set by_channel = true where chat = t.chat(2)');
create function t.by_channel(p_n int) returns void language sql as $$
	insert into chat.channel_account (account, channel, widget, api_url) values ('bridge', 'generic', 'plain', 'https://bridge.example/in') on conflict do nothing;
	update chat.chat set channel = 'generic' where chat = t.chat(p_n);
	update chat.chat_counter set by_channel = true where chat = t.chat(p_n);
	insert into chat.channel_chat (chat, account, address, began_at, last_in_at) values (t.chat(p_n), 'bridge', 'zoe', t.at(0), t.at(0));
$$;
select t.finds('a customer of a channel', 'select t.by_channel(2), t.by_channel(5)');
select t.finds('what operators and bots say', $$select t.by_channel(2); update chat.message set kind = 'message', author_kind = 'operator', body = 'x' where chat = t.chat(2) and seq = 1$$);
select t.finds('what waits to be sent by a channel', $$select t.by_channel(2);
	insert into chat.channel_sent (item, chat, seq, part, account, at) values (gen_random_uuid(), t.chat(2), 1, 1, 'bridge', t.at(0))$$);
select t.finds('only a chat that is over, or', $$insert into chat.disposition_code (disposition) values ('x'); update chat.chat set filed_under = 'x' where chat = t.chat(2)$$);
select t.finds('only a bot has the last word', $$update chat.chat set closing_until = t.at(99) where chat = t.chat(2)$$);
select t.finds('who files a chat', $$insert into chat.filing (chat, operator, until) values (t.chat(2), 'bo', t.at(99))$$);
select t.finds('every word a phrase', $$
	insert into internal.phrase_word (locale, word, phrase, weight) values ('en', 'nowhere', 'x', 1)$$);
select is_empty('select name from t.invariant except select name from t.planted', 'no invariant stands without its violation');
\ir verdict.psql
