-- SPDX-License-Identifier: ISC
-- Who is not served: by identity, address or e-mail, from COMMIT on and as long as it is said (D2, D10).
\ir fixture.psql
select no_plan();
select t.operator('ana'), t.operator('sue');
update chat.operator set role = 'supervisor' where operator = 'sue';
select t.log_in('ana'), t.log_in('sue');

create function t.ask(p_n int, p_sub text default null, p_email text default null, p_address inet default '192.0.2.1', p_widget text default 'plain', p_signed_email text default null)
returns void language sql as $$
	select from api.open_chat(t.chat(p_n), t.token(p_n), t.key(p_n), sha256(''), p_widget, null, null, null, p_email, null, null, null, null, null, p_address, '',
		case when p_sub is not null then jsonb_strip_nulls(jsonb_build_object('sub', p_sub, 'secret', 1, 'email', p_signed_email)) end, false)
$$;
create function t.forbidden(p_sql text, p_description text) returns text language sql as $$ select t.fails(p_sql, 'SB403', 'forbidden', null, p_description) $$;
create function t.lapsed(p_n int) returns text language sql as $$ select l.reason from api.lapsed_customers(array[t.chat(p_n)], array[t.token(p_n)]) l $$;
savepoint story;

-- ---- a chat request -------------------------------------------------------------------------------------------------
set local role switchboard_dba;
insert into chat.block (kind, value, site, reason) values ('identity', '7', 'shop', 'threats'), ('email', 'bad@example.com', null, 'spam'), ('address', '198.51.100.0/24', null, 'spam'),
	('address', '2001:db8:1::/64', 'shop', 'spam');
reset role;
select is((select string_agg(distinct made_by, ' ') from chat.block), session_user::text, 'who made it is noted');
select t.forbidden($$select t.ask(1, '7')$$, 'a blocked person gets no chat');
select t.forbidden($$select t.ask(1, null, 'bad@example.com')$$, 'D10: an e-mail block matches what is typed');
select t.forbidden($$select t.ask(1, null, 'Bad@Example.COM')$$, 'however it is typed');
select t.forbidden($$select t.ask(1, '8', null, p_signed_email => 'bad@example.com')$$, 'and what is signed');
select t.forbidden($$select t.ask(1, '8', 'bad@example.com', p_signed_email => 'good@example.com')$$, 'also when the site signs another one');
select t.forbidden($$select t.ask(1, p_address => '198.51.100.77')$$, 'an address of a blocked network');
select t.forbidden($$select t.ask(1, p_address => '2001:db8:1::5')$$, 'and of IPv6');
select is((select count(*) from chat.chat), 0::bigint, 'no row stays');
select lives_ok($$select t.ask(1)$$, 'others are served');
select lives_ok($$select t.ask(2, '8', 'good@example.com', '198.51.101.1')$$, 'near is not the same');
select lives_ok($$select t.ask(3, '7', p_widget => 'elsewhere')$$, 'on another site the sub is another person');
select lives_ok($$select t.ask(4, p_address => '2001:db8:1::5', p_widget => 'elsewhere')$$, 'a block of one site counts there');
select t.forbidden($$select t.ask(5, null, 'bad@example.com', p_widget => 'elsewhere')$$, 'one without a site counts everywhere');
:next_story

-- ---- from when to when ----------------------------------------------------------------------------------------------
insert into chat.block (kind, value, reason, since, until) values ('email', 'bad@example.com', 'spam', t.at(0), t.at(60));
select is(array(select internal.is_blocked('shop', null, 'bad@example.com', null, t.at(s)) from unnest(array[-1, 0, 59, 60]) s), array[false, true, true, false], 'it holds from since until until');
select is(internal.is_blocked('shop', null, null, null, t.at(1)), false, 'nothing known is nobody');
delete from chat.block;
select is(internal.is_blocked('shop', null, 'bad@example.com', null, t.at(1)), false, 'lifted in SQL it is over at once');
:next_story
select t.refused($$insert into chat.block (kind, value, reason) values ('identity', '7', 'x')$$, 'an_identity_belongs_to_a_site', 'an identity is one of a site');
select t.refused($$insert into chat.block (kind, value, reason) values ('email', 'Bad@example.com', 'x')$$, 'an_email_is_lower_case', 'e-mail in lower case');
select t.refused($$insert into chat.block (kind, value, reason) values ('email', 'bad', 'x')$$, 'an_email_is_lower_case', 'and with its @');
select t.refused($$insert into chat.block (kind, value, reason) values ('address', '0.0.0.0/0', 'x')$$, 'not_everybody_s_address', 'not everybody');
select throws_ok($$insert into chat.block (kind, value, reason) values ('address', 'nonsense', 'x')$$, '22P02', null, 'no address');
select t.refused($$insert into chat.block (kind, value, reason) values ('email', 'a@b', ' ')$$, 'reason_of_1_to_200', 'a reason is given');
select t.refused($$insert into chat.block (kind, value, reason) values ('email', 'a@b', 'x'), ('email', 'a@b', 'y')$$, 'one_block_a_value', 'once');
:next_story

-- ---- a chat that runs -----------------------------------------------------------------------------------------------
select t.ask(1, '7', 'x@example.com');
select t.ask(2);
select is(array[t.lapsed(1), t.lapsed(2)], array[null, null]::text[], '(both are welcome)');
insert into chat.block (kind, value, site, reason) values ('identity', '7', 'shop', 'threats');
select is(array[t.lapsed(1), t.lapsed(2)], array['forbidden', null], 'an open socket of who is blocked is not welcome any more');
select t.forbidden($$select api.hello_customer(t.chat(1), t.token(1), null, 1)$$, 'nor is a hello');
select t.forbidden($$select api.chat_view(t.chat(1), t.token(1), null)$$, 'nor does he read');
select t.forbidden($$select api.chat_events(t.chat(1), t.token(1), null, 0, 10)$$, 'nor read on');
select t.forbidden($$select api.post_message(t.chat(1), t.token(1), null, 'message', t.cid(1), 'x', null, 'customer')$$, 'nor write');
select lives_ok($$select api.post_message(t.chat(2), t.token(2), null, 'message', t.cid(1), 'x', null, 'customer')$$, 'others write');
delete from chat.block;
select is(t.lapsed(1), null, 'lifted, he is welcome');
:next_story

-- ---- a supervisor ---------------------------------------------------------------------------------------------------
create function t.block(p_operator text, p_n int, p_kinds text[], p_days int default null, p_end boolean default false) returns jsonb language sql as
	$$ select b.body::jsonb from api.block_customer(t.session(p_operator), t.chat(p_n), p_kinds, 'threats', p_days, p_end) b $$;
savepoint story;
select t.ask(1, '7', 'X@example.com', '2001:db8:2:3:4::5');
select t.forbidden($$select t.block('ana', 1, array['email'])$$, 'an operator blocks nobody');
select t.forbidden($$select api.blocks(t.session('ana'))$$, 'nor sees who is');
select t.forbidden($$select api.lift_block(t.session('ana'), t.chat(1))$$, 'nor lifts');
select t.fails($$select t.block('sue', 9, array['email'])$$, 'SB404', 'not_found', null, 'a chat that is not there');
select t.fails($$select t.block('sue', 1, array['phone'])$$, 'SB422', 'invalid', 'kinds', 'no such kind');
select t.fails($$select t.block('sue', 1, '{}')$$, 'SB422', 'invalid', 'kinds', 'by what');
select is(t.state(1), 'queued', 'the chat goes on');
select is((select string_agg(e ->> 'kind', ' ') from jsonb_array_elements(t.block('sue', 1, array['identity', 'email', 'address'], 30, true) -> 'blocks') e), 'address email identity',
	'a supervisor blocks by all that is known');
select results_eq('select kind, value, site::text, reason, made_by, round(extract(epoch from until - since) / 86400)::int from chat.block order by kind',
	$$values ('address', '2001:db8:2:3::/64', 'shop', 'threats', 'sue', 30), ('email', 'x@example.com', 'shop', 'threats', 'sue', 30), ('identity', '7', 'shop', 'threats', 'sue', 30)$$,
	'on the site of the chat, of IPv6 the network');
select is(t.state(1) || ' ' || (select end_reason from chat.chat), 'abandoned operator_ended', 'and ends the chat in the same transaction');
select is((select data ->> 'reason' from chat.message where kind = 'ended'), 'operator_ended', 'D2: the customer is not told why');
select is((select count(*) from chat.audit where object = 'block' and action = 'insert'), 3::bigint, 'each is audited');
select t.block('sue', 1, array['email']);
select is((select until from chat.block where kind = 'email'), null, 'blocked again: the new end counts');
select is((select string_agg(e ->> 'kind', ' ' order by e ->> 'kind') from api.blocks(t.session('sue')) b, jsonb_array_elements(b.body::jsonb -> 'blocks') e), 'address email identity', 'the list');
select t.forbidden($$select t.ask(2, '7')$$, 'it holds');
select lives_ok(format('select api.lift_block(t.session(''sue''), %L)', block), 'lifts ' || kind) from chat.block;
select lives_ok($$select t.ask(2, '7', 'x@example.com', '2001:db8:2:3:4::5')$$, 'and is over at once');
select is((select count(*) from chat.audit where object = 'block' and action = 'delete'), 3::bigint, 'audited too');
select t.fails($$select api.lift_block(t.session('sue'), t.chat(1))$$, 'SB404', 'not_found', null, 'none such');
:next_story
select t.ask(1);
select t.fails($$select t.block('sue', 1, array['identity'])$$, 'SB422', 'invalid', 'kinds', 'what is not known of him cannot be blocked');
select is((select count(*) from chat.block), 0::bigint, 'and nothing is');
:next_story
\ir verdict.psql
