-- SPDX-License-Identifier: ISC
-- A chat passed on: to a colleague by an offer (it stays where it is until he accepts), to a queue at its place by age.
\ir fixture.psql
select no_plan();
select t.set('stagger_s', 0), t.set('missed_offer_penalty_s', 0), t.set('missed_offers_max', 5), t.set('operator_grace_s', 60);
-- Transfers go by the verbs, which read the real clock: a story is told in seconds from now.
create function t.in(p_seconds numeric) returns timestamptz language sql stable as $$ select now() + p_seconds * interval '1 second' $$;
create function t.pass(p_n int, p_queue text, p_operator text, p_note text default null, p_by text default 'ana') returns jsonb language sql as
	$$ select x.body::jsonb -> 'chat' from api.transfer_chat(t.session(p_by), t.chat(p_n), p_queue, p_operator, p_note) x $$;
create function t.tells(p_n int, p_kinds text[]) returns text language sql as $$
	select string_agg(m.kind || ' ' || m.author_kind || coalesce(' ' || m.data::text, ''), ', ' order by m.seq) from chat.message m
	where m.chat = t.chat(p_n) and m.kind = any (p_kinds)
$$;
create function t.load(p_operator text) returns int language sql as $$ select s.load from chat.operator_state s where s.operator = p_operator $$;
create function t.due(p_at timestamptz) returns int language sql as $$ select internal.run_deadlines(p_at, true) $$;
-- What the refusal says beside its name.
create function t.detail(p_sql text) returns jsonb language plpgsql as $$
declare
	v_detail text;
begin
	execute p_sql;
	return null;
exception when others then
	get stacked diagnostics v_detail = pg_exception_detail;
	return v_detail;
end $$;
select t.sign_in('ana', '{sales,support}', now()), t.sign_in('bo', '{sales,support}', t.in(1)), t.log_in('ana'), t.log_in('bo');
select internal.change_presence('bo', 'busy', null, now());
select t.arrive(1, 'sales', t.in(-100)), t.route(now()), t.accept(1, now());
select internal.change_presence('bo', 'available', null, now());
update chat.operator_state set lease_until = 'infinity';
savepoint story;

-- ---- to a colleague: accepted ---------------------------------------------------------------------------------------
select is((select jsonb_object_agg(k, v) from jsonb_each(t.pass(1, null, 'bo', 'She is angry.') -> 'transfer') x (k, v) where k in ('operator', 'name')),
	'{"name": "Bo", "operator": "bo"}', 'ana sees that the chat is being passed on');
select is((select state || ' ' || t.owner(1) || ' ' || t.offered_to(1) from chat.chat), 'active ana bo', 'the chat stays hers while bo has an offer');
select is(t.load('ana') || ' ' || t.load('bo'), '1 1', 'the offer counts in his load');
select is((select o - 'offer' - 'expires_in_s' - 'waited_s' - 'answers' - 'locale' - 'name' from api.my_chats(t.session('bo')) m, jsonb_array_elements(m.body::jsonb -> 'offers') o),
	jsonb_build_object('chat', t.chat(1), 'queue', 'sales', 'queue_label', 'Sales', 'kind', 'transfer', 'from', 'Ana', 'note', 'She is angry.', 'why', 'Ana passes this chat on to you.'),
	'he sees from whom, and the note');
select is((select string_agg(body, '|') from chat.message where kind = 'note'), 'She is angry.', 'the note stands in the transcript');
select is((select string_agg(e ->> 'body', '') from jsonb_array_elements((select body from api.chat_events(t.chat(1), t.token(1), null, 0, 100))::jsonb -> 'events') e), null,
	'where the customer cannot read it');
select lives_ok($$select * from api.operator_events(t.session('bo'), t.chat(1), 0, 10)$$, 'bo may read what it is about');
select is((select (t.post(1, t.session('ana'), 1, 'one moment')).status), 'ok', 'ana goes on talking');
select is((select (t.post(1, t.session('bo'), 2, 'hello')).status), 'not_found', 'bo does not yet');
select is(t.detail($$select t.pass(1, null, 'bo')$$) ->> 'reason_code', 'pending', 'one transfer at a time');
select from api.accept_offer(t.session('bo'), (t.offer(1)).offer);
select is((select state || ' ' || t.owner(1) from chat.chat), 'active bo', 'he accepts: it is his');
select is(t.load('ana') || ' ' || t.load('bo'), '0 1', 'and counts for him alone');
select is(t.kinds(1), 'queued assigned joined note message transferred left assigned joined', 'the transcript tells it');
select is(t.tells(1, '{transferred,left,joined}'), 'joined operator {"operator": "Ana"}, transferred operator {"to": "Bo"}, left operator {"reason": "transferred"}, '
	'joined operator {"from": "Ana", "operator": "Bo"}', 'in these words');
select is((select string_agg(operator || coalesce(' ' || end_reason, ''), ', ' order by assignment) from chat.assignment), 'ana transferred, bo', 'one owner after the other');
select is((select arrived_at from chat.chat), t.in(-100), 'its age is kept');
select is((select kind || ' ' || rule || ' ' || state || ' ' || from_operator || ' ' || (why - 'sentence')::text from chat.offer where kind = 'transfer'),
	'transfer transfer accepted ana {"cap": 3, "load": 0}', 'I7: the offer explains it');
select is((select string_agg(action, ', ' order by audit) from chat.audit where key = t.chat(1)::text and actor in ('ana', 'bo')), 'transfer, assignment ended, assigned', 'G16: the audit too');
select t.fails($$select * from api.operator_end(t.session('ana'), t.chat(1))$$, 'SB409', 'not_owner', null, 'ana has it no more');
:next_story
update chat.queue set auto_accept = true;
select is(t.pass(1, null, 'bo') ->> 'state', 'active', 'in a queue that accepts by itself');
select is(t.owner(1), 'bo', 'it is his at once');
:next_story

-- ---- to a colleague: not accepted -----------------------------------------------------------------------------------
select t.pass(1, null, 'bo');
select from api.decline_offer(t.session('bo'), (t.offer(1)).offer, 'at lunch');
select is((select state || ' ' || t.owner(1) || ' ' || t.load('ana') || t.load('bo') from chat.chat), 'active ana 10', 'declined: it stays where it was');
select is(t.tells(1, '{transfer_failed}'), 'transfer_failed system {"to": "Bo", "reason": "declined"}', 'both sides are told');
select is((select internal.chat_for_operator_json(c, now()) ? 'transfer' from chat.chat c), false, 'it is not being passed on any more');
select is((select string_agg(action, ', ' order by audit) from chat.audit where key = t.chat(1)::text and action ~ 'transfer'), 'transfer, transfer failed', 'and so is the audit');
select internal.requeue(t.chat(1), 'operator_gone', t.in(5)), t.route(t.in(5));
select is(t.offered_to(1), 'ana', 'who declined a transfer declined the chat (I5)');
:next_story
select t.pass(1, null, 'bo');
select is(internal.next_deadline(now()), (t.offer(1)).expires_at, 'the router wakes when it expires');
select t.due((t.offer(1)).expires_at);
select is(t.tells(1, '{transfer_failed}'), 'transfer_failed system {"to": "Bo", "reason": "expired"}', 'expired');
select is((select missed_offers from chat.operator_state where operator = 'bo'), 1, 'it counts as missed');
select is((select state || ' ' || t.owner(1) from chat.chat), 'active ana', 'the chat is where it was');
select t.pass(1, null, 'bo');
select is(t.offered_to(1), 'bo', 'ana may try again');
select is((select body::jsonb -> 'chat' ? 'transfer' from api.withdraw_transfer(t.session('ana'), t.chat(1))), false, 'she takes it back');
select is(t.tells(1, '{transfer_failed}'), 'transfer_failed system {"to": "Bo", "reason": "expired"}, transfer_failed system {"to": "Bo", "reason": "withdrawn"}', 'withdrawn');
select lives_ok($$select * from api.withdraw_transfer(t.session('ana'), t.chat(1))$$, 'taking back what is over is no error');
select t.fails($$select * from api.withdraw_transfer(t.session('bo'), t.chat(1))$$, 'SB404', 'not_found', null, 'nobody else takes it back');
:next_story
select t.pass(1, null, 'bo'), internal.change_presence('bo', 'break', null, now());
select is(t.tells(1, '{transfer_failed}'), 'transfer_failed system {"to": "Bo", "reason": "withdrawn"}', 'who goes on a break accepts nothing');
:next_story
select t.pass(1, null, 'bo'), t.end_chat(1, 'customer', now());
select is((select state || ' ' || t.load('ana') || t.load('bo') || ' ' || (select state from chat.offer where kind = 'transfer') from chat.chat),
	'ended 00 abandoned', 'the customer ends the chat meanwhile');
select is(t.tells(1, '{transfer_failed,ended}'), 'ended customer {"by": "customer", "reason": "customer_ended"}', 'of the transfer there is nothing to say any more');
:next_story
update chat.queue set wrap_up_s = 30;
select t.pass(1, null, 'bo');
select from api.operator_end(t.session('ana'), t.chat(1));
select is((select state || ' ' || t.load('ana') || t.load('bo') || ' ' || (select state from chat.offer where kind = 'transfer') from chat.chat),
	'wrap_up 10 withdrawn', 'or ana does');
:next_story
select t.pass(1, null, 'bo');
update chat.operator_state set lease_until = t.in(-61) where operator = 'ana';
select t.due(now());
select is((select state || ' ' || t.load('ana') || t.load('bo') from chat.chat), 'queued 00', 'ana vanishes meanwhile: the chat waits again');
select is(t.kinds(1), 'queued assigned joined transfer_failed left requeued', 'everybody is told');
:next_story

-- ---- to whom not ----------------------------------------------------------------------------------------------------
create function t.why(p_operator text) returns text language sql as
	$$ select concat_ws(' ', d ->> 'reason_code', d ->> 'state', d ->> 'load', d ->> 'skill', d ->> 'has') from t.detail(format('select t.pass(1, null, %L)', p_operator)) d $$;
update chat.operator_state set presence = 'busy' where operator = 'bo';
select is(t.why('bo'), 'presence busy', 'not to who is busy');
update chat.operator_state set presence = 'available', lease_until = t.in(-1) where operator = 'bo';
select is(t.why('bo'), 'not_live', 'nor to who has vanished');
update chat.operator_state set lease_until = 'infinity' where operator = 'bo';
update chat.operator set max_chats = 1 where operator = 'bo';
select t.arrive(2, 'support', now()), t.route(now());
select is(t.why(t.offered_to(2)), 'full 1', 'nor to who is full; an open offer counts') where t.offered_to(2) = 'bo';
select is(t.load('bo'), 1, 'nobody is offered more than his cap');
update chat.operator set max_chats = 3 where operator = 'bo';
delete from chat.operator_queue where operator = 'bo' and queue = 'sales';
select is(t.why('bo'), 'not_joined', 'nor to who has not joined its queue');
insert into chat.queue_skill (queue, skill, min_rating) values ('sales', 'billing', 3);
select is(t.why('bo'), 'missing_skill billing', 'nor to who lacks a skill');
select t.rate('bo', 'billing', 2);
select is(t.why('bo'), 'below_minimum billing 2', 'or is not good enough at it');
delete from chat.queue_skill where queue = 'sales';
insert into chat.chat_skill (chat, skill) values (t.chat(1), 'german');
select is(t.why('bo'), 'missing_skill german', 'nor where the chat itself asks for more');
update chat.operator set active = false where operator = 'bo';
select is(t.why('bo'), 'inactive', 'nor to who is switched off');
select ok(length(t.detail($$select t.pass(1, null, 'bo')$$) ->> 'reason') > 5, 'a sentence goes with it');
select is((select count(*) from chat.offer where kind = 'transfer'), 0::bigint, 'nothing of it left a trace');
select t.fails($$select t.pass(1, null, 'nobody')$$, 'SB404', 'not_found', 'operator', 'an unknown operator');
select t.fails($$select t.pass(1, null, 'ana')$$, 'SB422', 'invalid', 'operator', 'oneself');
select t.fails($$select t.pass(1, null, null)$$, 'SB422', 'invalid', 'queue', 'nowhere');
select t.fails($$select t.pass(1, 'sales', 'bo')$$, 'SB422', 'invalid', 'operator', 'to both at once');
select t.fails($$select t.pass(1, 'nonsense', null)$$, 'SB404', 'not_found', 'queue', 'an unknown queue');
select t.fails($$select t.pass(1, 'sales', null, null, 'bo')$$, 'SB401', 'unauthorized', null, 'who is switched off passes nothing on');
:next_story
select t.fails($$select t.pass(1, 'sales', null, null, 'bo')$$, 'SB404', 'not_found', null, 'only the owner passes on');
update chat.queue set wrap_up_s = 30;
select t.end_chat(1, 'customer', now());
select t.fails($$select t.pass(1, 'sales', null)$$, 'SB409', 'bad_state', 'state', 'not in the wrap-up');
select is((select internal.finish_wrap_up(t.chat(1), now()))::text, '', 'over');
:next_story
update chat.operator set max_chats = 1 where operator = 'bo';
select t.set('stagger_s', 600);
update chat.operator_state set last_offer_at = now(), penalty_until = t.in(100) where operator = 'bo';
select is(t.pass(1, null, 'bo') ->> 'state', 'active', 'a person''s decision is not bound to stagger and penalty');
select t.arrive(2, 'sales', now());
select is(t.route(now()), 0, 'the router''s next offer keeps its distance from it');
:next_story

-- ---- to a queue -----------------------------------------------------------------------------------------------------
select t.arrive(2, 'support', t.in(-50)), t.arrive(3, 'support', t.in(-150));
select is((select x - 'id' from (select jsonb_object_agg(k, v) as x from jsonb_each(t.pass(1, 'support', null, 'Wants a refund.')) e (k, v) where k in ('id', 'state', 'queue', 'transfer')) y),
	'{"state": "queued", "queue": "support"}', 'the chat leaves ana at once');
select is((select array_agg(t.number(chat) order by arrived_at) from chat.waiting where queue = 'support'), '{3,1,2}', 'and stands there at its place by age');
select is(t.kinds(1), 'queued assigned joined note transferred left queued', 'the transcript tells it');
select is(t.tells(1, '{transferred,left}'), 'transferred operator {"label": "Support", "queue": "support"}, left operator {"reason": "transferred"}', 'in these words');
select t.end_chat(3, 'customer', now()), t.route(now());
select is(t.offered_to(1), 'bo', 'it goes to somebody else');
select internal.change_presence('bo', 'offline', null, now()), t.route(clock_timestamp());
select is(t.offered_to(1), 'ana', 'and back only when nobody else is on duty');
select t.accept(1, clock_timestamp());
select is((select count(*) from chat.offer where chat = t.chat(1) and state = 'accepted'), 2::bigint, 'she may have it again');
:next_story
select t.pass(1, null, 'bo'), t.pass(1, 'support', null);
select is((select string_agg(state, ' ' order by offered_at) from chat.offer where chat = t.chat(1)), 'accepted withdrawn', 'a transfer under way is withdrawn');
select is(t.kinds(1), 'queued assigned joined transfer_failed transferred left queued', 'and told');
:next_story
select chat.close_queue('support', 'Stocktaking.');
select is(t.detail($$select t.pass(1, 'support', null)$$) ->> 'text', 'Stocktaking.', 'a closed queue takes nothing');
select t.fails($$select t.pass(1, 'support', null)$$, 'SB409', 'closed', 'queue', 'and says so');
select chat.open_queue('support');
update chat.queue set max_length = 1 where queue = 'support';
select t.arrive(2, 'support', now());
select t.fails($$select t.pass(1, 'support', null)$$, 'SB503', 'queue_full', 'queue', 'nor does a full one');
select is((select state || ' ' || t.owner(1) from chat.chat where chat = t.chat(1)), 'active ana', 'the chat stays');
:next_story
select internal.prefer_operator(t.chat(1), 'ana', now());
select is((select preferred_since from chat.chat), now(), 'the grace counts from now');
select t.pass(1, 'support', null);
select is((select preferred_operator from chat.chat), null, 'who passes a chat on is not asked first for it');
:next_story

-- ---- where to -------------------------------------------------------------------------------------------------------
select t.operator('cy'), t.log_in('cy');
create function t.targets(p_by text default 'ana') returns jsonb language sql as $$ select x.body::jsonb from api.transfer_targets(t.session(p_by), t.chat(1)) x $$;
select is((select string_agg(concat_ws(' ', q ->> 'name', q ->> 'label', q ->> 'open', q ->> 'waiting', q ->> 'on_duty'), ', ') from jsonb_array_elements(t.targets() -> 'queues') q),
	'billing Billing true 0 0, sales Sales true 0 2, support Support true 0 2', 'the queues');
select is((select string_agg(concat_ws(' ', o ->> 'operator', o ->> 'name', o ->> 'state', o ->> 'load', o ->> 'cap', o ->> 'able', o ->> 'code'), ', ')
	from jsonb_array_elements(t.targets() -> 'operators') o),
	'bo Bo available 0 3 true, cy Cy offline 0 3 false not_joined', 'the colleagues, who can first, and why one cannot');
select t.fails($$select t.targets('bo')$$, 'SB404', 'not_found', null, 'not for whom the chat does not exist');
\ir verdict.psql
