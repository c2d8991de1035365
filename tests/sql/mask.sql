-- SPDX-License-Identifier: ISC
-- Card numbers: what is masked and what is left alone; before it is stored, in every field that people fill, by every verb (SECURITY: PCI DSS).
\ir fixture.psql
select no_plan();

-- ---- the numbers ----------------------------------------------------------------------------------------------------
create table t.card (text text, masked text);
insert into t.card values
	('4111111111111111', '************1111'), -- the test numbers of the networks
	('378282246310005', '***********0005'),
	('30569309025904', '**********5904'),
	('4222222222222', '*********2222'),
	('6011000990139424', '************9424'),
	('5555 5555 5555 4444', '**** **** **** 4444'),
	('3782-822463-10005', '****-******-*0005'),
	('4111 - 1111 - 1111 - 1111', '**** - **** - **** - 1111'),
	('4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '* * * * * * * * * * * * 1 1 1 1'),
	('6304000000000000000', '***************0000'), -- 19 digits
	(E'4111\u00a01111\u202f1111\u20111111', E'****\u00a0****\u202f****\u20111111'), -- as copied from a page
	('٤١١١ ١١١١ ١١١١ ١١١١', '**** **** **** ١١١١'),
	('۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱', '************۱۱۱۱'),
	('４１１１１１１１１１１１１１１１', '************１１１１'),
	('My card is 4111 1111 1111 1111, valid 12/27, code 123.', 'My card is **** **** **** 1111, valid 12/27, code 123.'),
	('4111 1111 1111 1111 123', '**** **** **** 1111 123'), -- the code behind it is no part of it
	('12 4111 1111 1111 1111', '12 **** **** **** 1111'),
	('Visa4111111111111111', 'Visa************1111'),
	('4111111111111111 5555555555554444', '************1111 ************4444'),
	(E'4111 1111\n1111 1111', E'4111 1111\n1111 1111'), -- two lines are two numbers
	('Zürich 😀 4111111111111111', 'Zürich 😀 ************1111');
select is(internal.mask_cards(c.text), c.masked, format('%s is masked', to_json(c.text))) from t.card c where c.text <> c.masked;
select is(internal.mask_cards(c.text), c.masked, format('%s is not', to_json(c.text))) from t.card c where c.text = c.masked;
select is(char_length(internal.mask_cards(c.text)), char_length(c.text), 'no text grows: ' || to_json(c.text)) from t.card c;
select is(internal.mask_cards(internal.mask_cards(c.text)), internal.mask_cards(c.text), 'masked twice is masked once: ' || to_json(c.text)) from t.card c;

select is(internal.mask_cards(x.text), x.text, 'left alone: ' || x.what) from (values
	('4111111111111112', 'a wrong check digit'), ('411111111111', 'twelve digits'), ('41111111111111111111', 'twenty digits in a row'),
	('3f0c6d1e-8a51-4b7c-9d3e-5a2b1c4d6e7f', 'a UUID'), ('41111111-1111-1111-1111-111111111111', 'a UUID of digits'),
	('+4911111111116', 'a telephone number'), ('+49 (0)30 901820', 'a short one'), ('00 49 30 9018 20', 'one without a plus'),
	('DE89 3704 0044 0532 0130 00', 'an IBAN'), ('DE89370400440532013000', 'an IBAN in a row'), ('GB29 NWBK 6016 1331 9268 19', 'a British one'),
	('FR14 2004 1010 0505 0001 3M02 606', 'a French one'), ('2026-11-28 22:15:09.123456', 'a time'), ('1.234.567,89 and 9.876.543,21', 'amounts'),
	('Order 1000012345, invoice 20261128', 'an order'), ('', 'nothing'), ('****', 'stars')) x (text, what);
select is(internal.mask_cards(null::text), null, 'nothing stays nothing');

-- Numbers that mean something else: a tenth of all rows of 13 to 19 digits has a fitting check digit, no more may be hit.
select cmp_ok((select count(*) from generate_series(1, 1000) n where internal.mask_cards(n::text || '00000' || (7 * n)::text || '00001') <> n::text || '00000' || (7 * n)::text || '00001'),
	'<', 150::bigint, 'a number of that length which is no card is hit one time in ten');
select is((select count(*) from generate_series(1, 2000) n, lateral (select gen_random_uuid()::text as u, n) g where internal.mask_cards(g.u) <> g.u), 0::bigint, 'no UUID is hit');
-- and the longest message of the worst kind takes no time worth mentioning: each place costs the same
select is(internal.mask_cards(repeat('1 ', 2000)), repeat('1 ', 2000), '2,000 single digits without a card in them');

select is(internal.mask_cards('{"card": "4111 1111 1111 1111", "4111111111111111": [4111111111111111, {"a": "x"}], "n": 12.5, "ok": true}'::jsonb),
	'{"card": "**** **** **** 1111", "************1111": ["************1111", {"a": "x"}], "n": 12.5, "ok": true}'::jsonb, 'in JSON: names, values, numbers');

-- ---- messages -------------------------------------------------------------------------------------------------------
select t.set('stagger_s', 0);
update chat.queue set wrap_up_s = 60;
select t.open(1, 'plain'), t.open(2, 'guided');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana');
select internal.route(clock_timestamp(), 9);
select t.accept(1, clock_timestamp());
create function t.says(p_result internal.post_result) returns text language sql as
	$$ select concat_ws(' ', p_result.status, p_result.field, p_result.seq, p_result.body, case when p_result.repeat then 'repeat' end) $$;
create function t.body(p_n int, p_seq bigint) returns text language sql as $$ select m.body from chat.message m where m.chat = t.chat(p_n) and m.seq = p_seq $$;
savepoint story;

select is(t.says(t.post(1, t.token(1), 1, 'It is 4111111111111111')), 'ok 4 It is ************1111', 'the author is told what was stored');
select is(t.body(1, 4), 'It is ************1111', 'which is masked');
select is(t.says(t.post(1, t.token(1), 1, 'It is 4111111111111111')), 'ok 4 It is ************1111 repeat', 'the same again is a repeat (G2), and says the same');
select is(t.says(t.post(1, t.token(1), 1, 'It is ************1111')), 'ok 4 repeat', 'so is the masked text');
select is(t.says(t.post(1, t.token(1), 1, 'It is 5555555555554444')), 'conflict cid 4 repeat', 'another number is a conflict');
select is(t.says(t.post(1, t.session('ana'), 2, 'Yours is 4111111111111111?')), 'ok 5 Yours is ************1111?', 'of operators too');
select is(t.says(t.post(1, t.session('ana'), 3, '4111111111111111', null, 'note')), 'ok 6 ************1111', 'and in notes');
select is(t.says(t.post(2, t.token(2), 1, '4111111111111111')), 'ok 2 ************1111', 'to a bot');
select is(t.says(t.post(2, t.token(2), 2, '4111111111111111', 'billing')), 'ok 4 ************1111', 'beside a choice');
select is(t.says(t.post(2, t.token(2), 2, '4111111111111111', 'billing')), 'ok 4 ************1111 repeat', 'which is a repeat when it comes again');
select is_empty($$select from chat.message m where m.sent_hash = internal.sent_hash('4111111111111111', 'billing')$$, 'no hash of a card number is kept');
select is((select array_agg(r.body order by r.ord) from api.post_messages(array[t.token(1), t.token(1), t.session('ana')], array[t.chat(1), t.chat(1), t.chat(1)],
	'{message,message,message}', array[t.cid(10), t.cid(11), t.cid(10)], '{Hello,4111111111111111,None here}', '{NULL,NULL,NULL}') r), '{NULL,************1111,NULL}',
	'in a batch the others stay as they are');
select is((select p.body from api.post_message(t.chat(1), t.token(1), null, 'message', t.cid(20), '4111 1111 1111 1111', null, 'customer') p), '**** **** **** 1111', 'over HTTP');
select is((select p.body from api.post_message(t.chat(1), t.token(1), null, 'message', t.cid(21), 'Hello', null, 'customer') p), null, 'where nothing is said of what is stored as it came');
:next_story

update chat.site set mask_cards = false where site = 'shop';
select is(t.says(t.post(1, t.token(1), 1, '4111111111111111')), 'ok 4', 'a site may keep them: at once, from the change on');
select is(t.body(1, 4), '4111111111111111', 'as they came');
update chat.site set mask_cards = true where site = 'shop';
select is(t.says(t.post(1, t.token(1), 1, '4111111111111111')), 'ok 4 ************1111 repeat', 'a repeat is one even when the site has thought better of it meanwhile');
:next_story

-- ---- everything else that people fill -------------------------------------------------------------------------------
select from api.open_chat(t.chat(3), t.token(3), t.key(3), t.key(3), 'plain', null, null, '4111111111111111', '4111111111111111@x.example', null,
	'https://shop.example/?n=4111111111111111', 'https://shop.example/4111-1111-1111-1111', '{"card": "4111111111111111"}', '{"n": 4111111111111111}', null, 'wss://relay');
select is_empty($$select from chat.chat c where c.chat = t.chat(3) and c::text ~ '4111.?1111'$$, 'no field of a chat request keeps one');
select is((select c.email from chat.chat c where c.chat = t.chat(3)), '************1111@x.example', 'each is masked in its place');
select from api.rate_chat(t.chat(1), t.token(1), null, 5, 'Thanks, 4111111111111111');
select from api.rate_chat(t.chat(1), t.token(1), null, 5, 'Thanks, 4111111111111111');
select is((select r.comment from chat.chat_rating r where r.chat = t.chat(1)), 'Thanks, ************1111', 'a comment; and the same again is no conflict');
select t.sign_in('bo', '{sales}', clock_timestamp()), t.log_in('bo');
select from api.transfer_chat(t.session('ana'), t.chat(1), null, 'bo', 'Card 4111111111111111');
select is((select m.body from chat.message m where m.chat = t.chat(1) and m.kind = 'note'), 'Card ************1111', 'the note of a transfer');
select from api.decline_offer(t.session('bo'), (t.offer(1)).offer, 'No 4111111111111111');
select is((select o.reason from chat.offer o where o.chat = t.chat(1) and o.state = 'declined'), 'No ************1111', 'the reason of a refusal');
select is((select d.reason from chat.chat_decline d where d.chat = t.chat(1)), 'No ************1111', 'wherever it is kept');
update chat.operator set role = 'supervisor' where operator = 'bo';
select t.log_in('bo');
select from api.requeue_chat(t.session('bo'), t.chat(1), 'billing', 'Why 4111111111111111');
select is((select a.new ->> 'reason' from chat.audit a where a.action = 'requeue'), 'Why ************1111', 'the reason of a supervisor');
:next_story
select from api.operator_end(t.session('ana'), t.chat(1));
select from api.wrap_up(t.session('ana'), t.chat(1), 'Paid by 4111111111111111', 'With 5555 5555 5555 4444');
select is((select (c.disposition, c.wrap_up_note)::text from chat.chat c where c.chat = t.chat(1)), '("Paid by ************1111","With **** **** **** 4444")', 'what a chat is filed under');
\ir verdict.psql
