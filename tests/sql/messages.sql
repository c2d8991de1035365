-- SPDX-License-Identifier: ISC
-- Messages in: stored once, in order, without gaps; who may write where; a bad row of a batch harms nobody (G2, G3, G14, PF16).
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0);
select t.open(1, 'plain'), t.open(2, 'plain'), t.open(3, 'guided');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.sign_in('bo', '{sales}', clock_timestamp()), t.log_in('ana'), t.log_in('bo');
update chat.operator set max_chats = 1;
select internal.route(clock_timestamp(), 9);
select t.accept(1, clock_timestamp()), t.accept(2, clock_timestamp());
select is(t.owner(1) || t.owner(2), 'anabo', 'ana has chat 1, bo has chat 2, the guide has chat 3');

-- What a call says of a message: status, field, seq, and whether it is a repeat.
create function t.says(p_result internal.post_result) returns text language sql as
	$$ select concat_ws(' ', p_result.status, p_result.field, p_result.seq, case when p_result.repeat then 'repeat' end) $$;
create function t.body(p_n int, p_seq bigint) returns text language sql as $$ select m.body from chat.message m where m.chat = t.chat(p_n) and m.seq = p_seq $$;
create function t.last(p_n int) returns bigint language sql as $$ select n.last_seq from chat.chat_counter n where n.chat = t.chat(p_n) $$;
create function t.batch(p_credentials bytea[], p_chats int[], p_kinds text[], p_cids int[], p_bodies text[], p_choices text[]) returns text language sql as $$
	select string_agg(format('%s:%s', r.ord, t.says(r)), ', ' order by r.ord)
	from api.post_messages(p_credentials, array(select t.chat(c) from unnest(p_chats) with ordinality u (c, o) order by o), p_kinds,
		array(select t.cid(c) from unnest(p_cids) with ordinality u (c, o) order by o), p_bodies, p_choices) r
$$;
savepoint story;

-- ---- once -----------------------------------------------------------------------------------------------------------
select is(t.says(t.post(1, t.token(1), 1, 'Hello')), 'ok 4', 'a message gets the next seq');
select is(t.says(t.post(1, t.token(1), 1, 'Hello')), 'ok 4 repeat', 'G2: the same again gets the same seq');
select is(t.says(t.post(1, t.token(1), 1, 'Hallo')), 'conflict cid 4 repeat', 'G2: another body under the same cid is a conflict');
select is(t.says(t.post(1, t.session('ana'), 1, 'Hello')), 'ok 5', 'the cid belongs to its author');
select is(t.says(t.post(2, t.token(2), 1, 'Hello')), 'ok 4', 'and to its chat');
select is(t.last(1), 5::bigint, 'repeats and conflicts leave no gap (G3)');
select is((select array_agg(m.seq order by m.at, m.seq) from chat.message m where m.chat = t.chat(1)), '{1,2,3,4,5}', 'seq order is time order');
select t.end_chat(1, 'customer', clock_timestamp());
select is(t.says(t.post(1, t.token(1), 1, 'Hello')), 'ok 4 repeat', 'a repeat is answered even when the chat is over');
select is(t.says(t.post(1, t.token(1), 1, 'Other')), 'conflict cid 4 repeat', 'and so is a conflict');
:next_story
select is(t.says(t.post(1, t.session('ana'), 1, 'x', null, 'note')), 'ok 4', 'a note');
select is(t.says(t.post(1, t.session('ana'), 1, 'x', null, 'message')), 'conflict cid 4 repeat', 'a note is not a message of the same words');
:next_story

select t.post(2, t.token(2), 3, 'Hello'), t.post(1, t.token(1), 3, 'Hello');
create function t.messages() returns bigint[] language sql as $$ select array[count(*) filter (where m.chat = t.chat(1)), count(*) filter (where m.chat = t.chat(2))] from chat.message m $$;
select is(t.messages(), '{4,4}', 'two chats with messages');
select t.end_chat(1, 'operator', clock_timestamp());
delete from chat.chat where chat = t.chat(1);
select is(t.messages(), '{0,4}', 'with a chat go its messages, and no others');
select is_empty('select t.broken_invariants()', 'and all is well');
select is(t.says(t.post(1, t.token(1), 4, 'x')), 'not_found', 'nobody writes to it any more');
:next_story
truncate chat.chat cascade;
select is_empty('select from chat.message', 'with all chats go all messages');
rollback to story; -- what counted the chats of operators knows nothing of it

-- ---- who may write where --------------------------------------------------------------------------------------------
select is(t.says(t.post(1, t.token(2), 1, 'x')), 'not_found', 'P25: another chat''s token');
select is(t.says(t.post(1, t.session('bo'), 1, 'x')), 'not_found', 'an operator who never had the chat');
select is(t.says(t.post(1, sha256('nobody'), 1, 'x')), 'unauthorized', 'P26: an unknown token');
select is(t.says(t.post(1, null, 1, 'x')), 'unauthorized', 'P26: no token');
select is(t.says(t.post(99, t.token(1), 1, 'x')), 'not_found', 'an unknown chat');
select is(t.says(t.post(1, t.token(1), 1, 'x', null, 'note')), 'forbidden', 'P43: a customer writes no note');
select is(t.last(1), 3::bigint, 'none of these left anything');
update chat.session set last_used_at = clock_timestamp() - interval '1 day';
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'unauthorized', 'an idle session is over');
:next_story
update chat.session set created_at = clock_timestamp() - interval '13 hours';
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'unauthorized', 'no session lives for ever');
:next_story
update chat.operator set active = false where operator = 'ana';
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'unauthorized', 'who is switched off writes no more');
:next_story
select internal.requeue(t.chat(1), 'operator_gone', clock_timestamp());
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'not_owner', 'PF12: whose chat it was once does not write into it');
select is(t.says(t.post(1, t.token(1), 2, 'x')), 'ok 6', 'the customer does, while waiting');
:next_story
select t.post(1, t.session('ana'), 7, 'mine'), internal.requeue(t.chat(1), 'operator_gone', clock_timestamp());
select is(t.says(t.post(1, t.session('ana'), 7, 'mine')), 'ok 4 repeat', 'but what she had sent before is answered');
:next_story
select t.end_chat(1, 'operator', clock_timestamp());
select is(t.says(t.post(1, t.token(1), 1, 'x')), 'gone', 'P27: an ended chat');
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'gone', 'P27: for its operator too');
select is(t.last(1), 4::bigint, 'nothing stands behind the end');
:next_story
update chat.queue set wrap_up_s = 60;
select t.end_chat(1, 'operator', clock_timestamp());
select is(t.says(t.post(1, t.token(1), 1, 'x')), 'gone', 'in wrap-up the conversation is over for the customer');
select is(t.says(t.post(1, t.session('ana'), 1, 'x')), 'gone', 'and for messages of the operator');
select is(t.says(t.post(1, t.session('ana'), 1, 'x', null, 'note')), 'ok 5', 'a note is still possible');
:next_story

-- ---- what may be written --------------------------------------------------------------------------------------------
select is(t.says(t.post(1, t.token(1), 1, b)), 'invalid body', format('the body %L', left(b, 10))) from unnest(array[null, '', ' ', E' \n\t', repeat('x', 4001)]) b;
select is(t.says(t.post(1, t.token(1), 1, repeat('ö', 4000))), 'ok 4', '4000 characters, not bytes');
select is(t.says(t.post(1, t.token(1), 2, E'<script>alert(1)</script>\t{{7*7}}\n javascript:alert(1) ')), 'ok 5', 'P24: hostile words');
select is(t.body(1, 5), E'<script>alert(1)</script>\t{{7*7}}\n javascript:alert(1) ', 'P24: are stored as they are');
select is(t.says(t.post(1, t.session('ana'), 1, 'x', null, k)), 'invalid kind', format('the kind %L', k)) from unnest(array['ended', 'bot_message', 'nonsense', '', null]) k;
select is(t.says(t.post(1, t.session('ana'), null, 'x')), 'invalid cid', 'a message without a cid could not be told from its repeat');
select is(t.says(t.post(1, t.token(1), 9, null, 'billing')), 'invalid choice', 'no buttons in a chat with people');
select is(t.says(t.post(1, t.session('ana'), 9, null, 'person')), 'invalid choice', 'an operator chooses nothing');
select is(t.says(t.post(3, t.token(3), 9, null, 'back')), 'invalid choice', 'a button of another node');
select is(t.says(t.post(3, t.token(3), 9, null, '')), 'invalid choice', 'an empty button');
select is(t.says(t.post(3, t.token(3), 9, repeat('x', 4001), 'hours')), 'invalid body', 'a button does not carry a body that is too long');
select is(t.says(t.post(3, t.token(3), 9, '  ', 'hours')), 'invalid body', 'nor a blank one');
select is(t.says(t.post(3, t.token(3), 9, null, 'hours')), 'ok 2', 'a button of this node');
select is(t.body(3, 2), 'hours', 'the event has the button''s label, or its id where there is none');
:next_story

-- ---- the batch ------------------------------------------------------------------------------------------------------
select is(t.batch(array[t.token(1), t.token(2), t.token(1), t.session('ana'), t.token(1)], '{1,2,1,1,1}', array_fill('message'::text, '{5}'), '{1,1,2,1,3}', '{a,b,c,d,e}',
	array_fill(null::text, '{5}')), '1:ok 4, 2:ok 4, 3:ok 5, 4:ok 6, 5:ok 7', 'several messages to one chat keep the order of the batch');
select is((select string_agg(m.body, '' order by m.seq) from chat.message m where m.chat = t.chat(1) and m.kind = 'message'), 'acde', 'in the table too');
:next_story
select is(t.batch(array[t.token(1), t.token(9), null, t.token(1), t.token(1), t.token(2), t.token(2), t.token(1)], '{1,1,1,1,1,99,null,1}',
		array['message', 'message', 'message', 'note', null, 'message', 'message', 'message'], '{1,2,3,4,5,6,7,8}', array['a', 'b', 'c', 'd', 'e', 'f', 'g', 'z'],
		array_fill(null::text, '{8}')),
	'1:ok 4, 2:unauthorized, 3:unauthorized, 4:forbidden, 5:invalid kind, 6:not_found, 7:not_found, 8:ok 5', 'bad rows harm nobody and leave no gap');
:next_story
select is(t.batch(array[t.token(1), t.token(1), t.token(1)], '{1,1,1}', array_fill('message'::text, '{3}'), '{1,1,1}', '{a,a,b}', array_fill(null::text, '{3}')),
	'1:ok 4, 2:ok 4 repeat, 3:conflict cid 4 repeat', 'PF16: a repeat within one batch');
:next_story
select is(t.batch(array[t.token(1), t.token(3), t.session('ana'), t.token(2), t.token(2), t.session('bo'), t.token(1)], '{1,3,1,2,2,1,1}', array_fill('message'::text, '{7}'),
		'{1,1,1,1,1,1,2}', array['a', null, 'b', 'c', 'c', 'd', 'e'], array[null, 'hours', null, null, null, null, null]),
	'1:ok 4, 2:ok 2, 3:ok 5, 4:ok 4, 5:ok 4 repeat, 6:not_found, 7:ok 6', 'what wants a closer look is judged as if it came alone');
:next_story
select is(t.batch(array[t.token(1), t.session('ana'), t.session('bo'), t.session('ana'), t.token(2)], '{1,1,2,1,2}', '{message,message,message,note,message}', '{1,2,3,4,5}',
	'{a,b,c,d,e}', array_fill(null::text, '{5}')), '1:ok 4, 2:ok 5, 3:ok 4, 4:ok 6, 5:ok 5', 'a batch of nothing but plain messages');
select is((select string_agg(concat_ws(' ', m.seq, m.kind, m.author_kind, m.author, m.author_name, m.body, m.sent_hash is null, m.at = n.customer_at), ', '
		order by m.seq) from chat.message m join chat.chat_counter n using (chat) where m.chat = t.chat(1) and m.seq > 3),
	'4 message customer  Customer 1 a t t, 5 message operator ana Ana b t t, 6 note operator ana Ana d t t', 'is stored with all that belongs to it');
:next_story
create function t.many(p_credentials bytea[], p_chats int[], p_cids int[], p_bodies text[]) returns text language sql as $$
	select string_agg(format('%s:%s', r.ord, t.says(r)), ', ' order by r.ord)
	from api.post_many(p_credentials, array(select t.chat(c) from unnest(p_chats) with ordinality u (c, o) order by o), array_fill('message'::text, array[cardinality(p_chats)]),
		array(select t.cid(c) from unnest(p_cids) with ordinality u (c, o) order by o), p_bodies, array_fill(null::text, array[cardinality(p_chats)])) r
$$;
create function t.looks() returns boolean language sql as $$ select coalesce(current_setting('switchboard.repeats_until', true), '') <> '' $$;
select is(t.many(array[t.token(1), t.session('ana'), t.token(9), t.token(2)], '{1,1,1,2}', '{1,2,3,4}', '{a,b,c,d}'), '1:ok 4, 2:ok 5, 3:unauthorized, 4:ok 4',
	'a large batch says what a small one does');
select ok(not t.looks(), 'without a look for repeats');
select is(t.many(array[t.token(2), t.token(1), t.session('ana'), t.token(1)], '{2,1,1,1}', '{5,1,2,3}', '{e,a,x,f}'), '1:ok 5, 2:ok 4 repeat, 3:conflict cid 5 repeat, 4:ok 6',
	'PF16: a repeat in it is none the less known, and harms nobody');
select ok(t.looks(), 'from then on repeats are looked for');
select is(t.many(array[t.token(1), t.token(2)], '{1,2}', '{3,6}', '{f,g}'), '1:ok 6 repeat, 2:ok 6', 'and found');
select is(t.last(1) || ' ' || t.last(2), '6 6', 'without a gap (G3)');
:next_story
select is(t.batch('{}', '{}', '{}', '{}', '{}', '{}'), null, 'an empty batch is no error');
select t.fails($$select t.batch('{}', '{1}', '{message}', '{1}', '{a}', '{x}')$$, 'SB400', 'bad_request', null, 'arrays of different lengths are the caller''s mistake');
select t.fails($$select * from api.post_messages(null, null, null, null, null, null)$$, 'SB400', 'bad_request', null, 'and so are missing ones');
select is((t.post(1, t.token(1), 1, 'x')).last_seq, 4::bigint, 'last_seq tells what else has happened: nothing');
select is((t.post(3, t.token(3), 1, null, 'hours')).last_seq, 3::bigint, 'last_seq tells what else has happened: the bot has answered');
select is((t.post(3, t.token(3), 1, null, 'hours')).last_seq, 3::bigint, 'and does not answer a repeat');
:next_story
select is(t.batch(array[t.token(3), t.token(3), t.token(3)], '{3,3,3}', array_fill('message'::text, '{3}'), '{1,2,3}', array[null, 'my name is X', null], array['person', null, 'hours']),
	'1:ok 2, 2:ok 5, 3:invalid choice', 'the bot hands over in the middle of a batch: what follows meets a waiting chat');
select is(t.state(3), 'queued', 'which waits');
:next_story

-- ---- over HTTP ------------------------------------------------------------------------------------------------------
create function t.http(p_n int, p_credential text, p_origin text, p_body text, p_kind text default 'message', p_party text default 'customer') returns text language sql as $$
	select format('select seq from api.post_message(t.chat(%s), %s, %L, %L, t.cid(1), %L, null, %L)', p_n, p_credential, p_origin, p_kind, p_body, p_party)
$$;
select results_eq(t.http(1, 't.token(1)', null, 'a'), 'values (4::bigint)', 'the same rules over HTTP');
select results_eq(t.http(1, 't.token(1)', 'https://shop.example', 'a'), 'values (4::bigint)', 'a listed origin');
select t.fails(t.http(1, 't.token(1)', 'https://other.example', 'a'), 'SB403', 'origin_denied', null, 'another site''s origin');
select t.fails(t.http(1, 't.token(1)', null, 'b'), 'SB409', 'conflict', 'cid', 'a conflict');
select t.fails(t.http(1, 't.token(2)', null, 'a'), 'SB404', 'not_found', null, 'P25: another chat''s token');
select t.fails(t.http(1, 'null', null, 'a'), 'SB401', 'unauthorized', null, 'P26: no token');
select t.fails(t.http(1, 't.token(1)', null, 'z', 'message', 'operator'), 'SB401', 'unauthorized', null, 'D4: a customer''s token is no operator''s session');
select t.fails(t.http(1, 't.session(''ana'')', null, 'z'), 'SB401', 'unauthorized', null, 'D4: nor the other way round');
select t.fails(t.http(2, 't.token(2)', null, ' '), 'SB422', 'invalid', 'body', 'a blank body');
select t.fails(t.http(2, 't.token(2)', null, 'a', 'note'), 'SB403', 'forbidden', null, 'a customer''s note');
select t.end_chat(2, 'customer', clock_timestamp());
select t.fails(t.http(2, 't.token(2)', null, 'a'), 'SB410', 'gone', null, 'P27: an ended chat');
:next_story

-- ---- what the relay's sweep sees -------------------------------------------------------------------------------------
select results_eq('select ord, chat, last_seq from api.desk_marks(array[sha256(''nobody''), t.session(''bo''), t.session(''ana'')]) order by ord',
	'values (2, t.chat(2), 3::bigint), (3, t.chat(1), 3)', 'the chats of each desk; a session that is none has no desk');
select mark as before from api.desk_marks(array[t.session('ana')]) \gset
select t.post(1, t.token(1), 1, 'x');
select is((select mark || ' ' || last_seq from api.desk_marks(array[t.session('ana')])), :'before' || ' 4', 'a message leaves the mark as it was and moves the seq');
select internal.requeue(t.chat(1), 'operator_gone', clock_timestamp());
select isnt((select mark from api.desk_marks(array[t.session('ana')])), :'before', 'a chat that is gone changes the mark');
select mark as before from api.desk_marks(array[t.session('ana')]) \gset
insert into chat.offer (chat, operator, queue, offered_at, expires_at, rule) values (t.chat(1), 'ana', 'sales', clock_timestamp(), clock_timestamp() + interval '1 minute', 'x');
select isnt((select mark from api.desk_marks(array[t.session('ana')])), :'before', 'and so does an offer');
rollback to story;

-- ---- what each party sees -------------------------------------------------------------------------------------------
select t.post(1, t.session('ana'), 1, 'secret thought', null, 'note'), t.post(1, t.token(1), 1, 'hello');
select is((e #> '{events,3}') - 'at', jsonb_build_object('chat', t.chat(1), 'seq', 4, 'kind', 'note'), 'a customer gets the place of a note, not its words')
from (select body::jsonb as e from api.chat_events(t.chat(1), t.token(1), null, 0, 100)) x;
select unalike(body, '%secret%', 'nor in the transcript') from api.transcript(t.chat(1), t.token(1), null);
select alike(body, '%secret%', 'an operator reads it') from api.operator_events(t.session('ana'), t.chat(1), 0, 100);
select t.fails('select * from api.operator_events(t.session(''bo''), t.chat(1), 0, 100)', 'SB404', 'not_found', null, 'P47: not another''s chat');
update chat.operator set role = 'supervisor' where operator = 'bo';
select t.log_in('bo');
select lives_ok('select * from api.operator_events(t.session(''bo''), t.chat(1), 0, 100)', 'P47: a supervisor may');
select is((select count(*) from chat.audit where action = 'read' and key = t.chat(1)::text and actor = 'bo'), 1::bigint, 'P47: and the audit says so');
select is((select string_agg(operators_only || ' ' || seq, ', ') from api.fetch_events(array[t.chat(1), t.chat(2)], array[3, 2]::bigint[], 100)), 'true 4, false 5, false 3',
	'the relay reads several chats, each after its own seq');
select is(body::jsonb - 'events' - 'epoch' - 'marks' - 'operator_live', '{"last_seq": 5, "more": true}', 'a page says that there is more') from api.chat_events(t.chat(1), t.token(1), null, 0, 2);
select is(body::jsonb - 'epoch' - 'marks' - 'operator_live', '{"last_seq": 5, "more": false, "events": []}', 'behind the end there is nothing')
from api.chat_events(t.chat(1), t.token(1), null, 99, 2);
select t.fails(format('select * from api.chat_events(t.chat(1), t.token(1), null, %s, %s)', a, l), 'SB422', 'invalid', f, f || ' out of range')
from (values ('-1', '10', 'after'), ('null', '10', 'after'), ('0', '0', 'limit'), ('0', '501', 'limit'), ('0', 'null', 'limit')) v (a, l, f);
\ir verdict.psql
