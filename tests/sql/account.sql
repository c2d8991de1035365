-- SPDX-License-Identifier: ISC
-- Accounts: who ends which session, links that work once, the second step and its codes, and the audit of it all (G16, D4, D8, P44).
\ir fixture.psql
select no_plan();
select t.operator('ana'), t.log_in('ana'), t.operator('bo'), t.log_in('bo'), t.operator('sam'), t.log_in('sam');
update chat.operator set role = 'supervisor' where operator = 'sam';
select t.log_in('sam');
create function t.hash(p_n int) returns text language sql immutable as $$ select '$y$j9T$abcdefgh$' || p_n $$;
create function t.link(p_n int) returns bytea language sql immutable as $$ select sha256(convert_to('link ' || p_n, 'UTF8')) $$;
create function t.code(p_n int) returns bytea language sql immutable as $$ select sha256(convert_to('code ' || p_n, 'UTF8')) $$;
create function t.sealed(p_n int) returns bytea language sql immutable as $$ select convert_to(lpad(p_n::text, 49, '0'), 'UTF8') $$;
-- A second session of somebody.
create function t.second(p_operator text) returns bytea language sql immutable as $$ select sha256(convert_to('second ' || p_operator, 'UTF8')) $$;
create function t.log_in_again(p_operator text) returns void language sql as $$
	insert into chat.session (session, operator, created_at, last_used_at, address, user_agent)
	values (t.second(p_operator), p_operator, clock_timestamp(), clock_timestamp(), '10.0.0.7', 'Firefox')
$$;
-- What was done to accounts, since it was asked last.
create function t.trail() returns setof text language sql as $$
	with gone as (delete from chat.audit a where a.object = 'operator' and a.action not in ('insert', 'update') returning a.*)
	select concat_ws(' ', g.actor_kind, nullif(g.actor, ''), g.action, g.key) from gone g order by g.audit
$$;
-- A second step that counts, last used in half minute 100, with recovery codes 1 and 2.
create function t.enrol(p_operator text) returns void language sql as $$
	select from api.totp_begin(t.session(p_operator), t.sealed(1));
	select from api.totp_confirm(t.session(p_operator), t.sealed(1), 100, array[t.code(1), t.code(2)]);
$$;
select t.trail();
savepoint story;

-- ---- sessions -------------------------------------------------------------------------------------------------------
select t.fails(format('select * from api.%s', v), 'SB401', 'unauthorized', null, 'D4: no session: ' || split_part(v, '(', 1)) from unnest(array[
	'my_sessions(null)', 'end_session(null, null)', 'end_sessions_of(null, ''bo'')', 'my_password(null)', 'change_password(null, t.hash(1), t.hash(2))',
	'account_refused(null, ''totp'', null)', 'account(null)', 'totp_begin(null, t.sealed(1))', 'my_totp(null, true)', 'totp_confirm(null, t.sealed(1), 1, ''{}'')',
	'totp_off(null, 1, null)', 'totp_new_codes(null, 1, null, ''{}'')', 'reset_totp_of(null, ''bo'')']) v;
select t.log_in_again('ana');
select results_eq($$select e ->> 'current', e ->> 'browser', e ->> 'address', e ->> 'way' from api.my_sessions(t.session('ana')), jsonb_array_elements(body::jsonb -> 'sessions') e$$,
	$$values ('true', null, null, 'password'), ('false', 'Firefox', '10.0.0.7', 'password')$$, 'a person sees his own sessions, this one first');
select t.fails($$select * from api.end_session(t.session('bo'), (select id from chat.session where session = t.second('ana')))$$, 'SB404', 'not_found', null,
	'D4: nobody ends the session of somebody else');
select t.fails($$select * from api.end_session(t.session('ana'), (select id from chat.session where session = t.session('ana')))$$, 'SB409', 'conflict', 'session',
	'this one is ended by logging out');
select is(body::jsonb, '{"ended": 1}', 'one is ended') from api.end_session(t.session('ana'), (select id from chat.session where session = t.second('ana')));
select is((select array_agg(session) from chat.session where operator = 'ana'), array[t.session('ana')], 'and this one stays');
select results_eq('select t.trail()', array['operator ana sessions ended ana'], 'G16: it is in the audit');
:next_story
select t.log_in_again('ana');
select is(body::jsonb, '{"ended": 1}', 'all others are ended') from api.end_session(t.session('ana'), null);
select is((select array_agg(session order by operator) from chat.session where operator in ('ana', 'bo')), array[t.session('ana'), t.session('bo')], 'of the same person only');
:next_story
select t.fails($$select * from api.end_sessions_of(t.session('bo'), 'ana')$$, 'SB403', 'forbidden', null, 'D4: only a supervisor ends those of others');
select t.fails($$select * from api.end_sessions_of(t.session('sam'), 'nobody')$$, 'SB404', 'not_found', 'operator', 'of somebody who is there');
select t.log_in_again('ana');
select is(body::jsonb, '{"ended": 2}', 'a supervisor ends all of them') from api.end_sessions_of(t.session('sam'), 'ana');
select t.log_in_again('sam');
select is(body::jsonb, '{"ended": 1}', 'of his own all but this one') from api.end_sessions_of(t.session('sam'), 'sam');
select results_eq('select t.trail()', array['operator sam sessions ended ana', 'operator sam sessions ended sam'], 'G16: by whom');
select is(chat.end_sessions('bo'), 1, 'a DBA does it in SQL');
select is((select count(*) from chat.session where operator = 'bo'), 0::bigint, 'and then there is none');
select results_eq('select t.trail()', array['dba postgres sessions ended bo'], 'G16: the DBA is named');
select t.fails($$select chat.end_sessions('nobody')$$, 'SB404', 'not_found', 'operator', 'not of nobody');
:next_story

-- ---- passwords ------------------------------------------------------------------------------------------------------
select api.set_password('ana', t.hash(1)), t.log_in('ana'), t.log_in_again('ana');
select is((operator, hash, enrolling)::text, format('(ana,%s,f)', t.hash(1)), 'what the old password is held against') from api.my_password(t.session('ana'));
select t.fails($$select * from api.change_password(t.session('ana'), t.hash(9), t.hash(2))$$, 'SB422', 'invalid', 'password', 'D8: one replaced meanwhile changes nothing');
select is((select count(*) from api.change_password(t.session('ana'), t.hash(1), t.hash(2))), 1::bigint, 'a new password');
select is((select array_agg(session) from chat.session where operator = 'ana'), array[t.session('ana')], 'D8: the other sessions are over, this one is not');
select t.fails($$select * from api.login('ana', sha256('x'), null, null, t.hash(1))$$, 'SB401', 'unauthorized', null, 'D8: who proved the old one comes too late');
select is((select count(*) from api.login('ana', sha256('x'), null, null, t.hash(2))), 1::bigint, 'the new one lets in');
select api.account_refused(t.session('ana'), 'password', '10.0.0.7');
select results_eq('select t.trail()', array['dba postgres password ana', 'operator ana password ana', 'operator ana login ana', 'operator ana change refused ana'], 'G16: all of it in the audit');
:next_story

-- ---- links ----------------------------------------------------------------------------------------------------------
select t.fails($$select * from api.make_link('nobody', 'invite', t.link(1))$$, 'SB404', 'not_found', 'operator', 'a link for nobody');
select is((select count(*) from api.make_link('ana', 'invite', t.link(1))), 1::bigint, 'an invitation');
select is(body::jsonb - 'expires_at', '{"operator": "ana", "name": "Ana", "purpose": "invite"}', 'tells whose it is') from api.link_view(t.link(1));
select is((select (k.expires_at - k.made_at)::text from chat.account_link k), '7 days', 'for a week');
select is(body::jsonb, '{"operator": "ana"}', 'sets a password') from api.use_link(t.link(1), t.hash(1), '10.0.0.7');
select is(hash, t.hash(1), 'the one that was chosen') from api.login_lookup('ana');
select is((select count(*) from chat.session where operator = 'ana'), 0::bigint, 'D8: sessions from before are over');
select t.fails($$select * from api.use_link(t.link(1), t.hash(2), null)$$, 'SB404', 'not_found', null, 'and works once');
select is_empty($$select * from api.link_view(t.link(1))$$, 'then there is no such link');
select t.fails($$select * from api.make_link('ana', 'invite', t.link(1))$$, 'SB409', 'conflict', 'password', 'who has a password is not invited');
select is((select count(*) from api.make_link('ana', 'reset', t.link(2))), 1::bigint, 'but may have a new one');
select is((select count(*) from api.make_link('ana', 'reset', t.link(3))), 1::bigint, 'and another link');
select is_empty($$select * from api.link_view(t.link(2))$$, 'which makes the one before void');
select api.set_password('ana', t.hash(4));
select is_empty($$select * from api.link_view(t.link(3))$$, 'a password set meanwhile does too');
select is((select count(*) from api.make_link('ana', 'reset', t.link(5))), 1::bigint, 'a link');
update chat.account_link set expires_at = clock_timestamp();
select is_empty($$select * from api.link_view(t.link(5))$$, 'that has run out does not exist');
select t.fails($$select * from api.use_link(t.link(5), t.hash(2), null)$$, 'SB404', 'not_found', null, 'nor sets a password');
select internal.forget_sessions(clock_timestamp() + interval '1 second');
select is((select count(*) from chat.account_link), 0::bigint, 'and is forgotten');
select is((select count(*) from api.make_link('ana', 'reset', t.link(6))), 1::bigint, 'a link');
update chat.operator set active = false where operator = 'ana';
select is_empty($$select * from api.link_view(t.link(6))$$, 'of who was switched off does not exist');
select t.fails($$select * from api.make_link('ana', 'reset', t.link(7))$$, 'SB409', 'conflict', 'active', 'and gets no other');
select results_eq('select t.trail()', array['dba postgres link ana', 'operator ana password ana', 'dba postgres link ana', 'dba postgres link ana', 'dba postgres password ana',
	'dba postgres link ana', 'dba postgres link ana'], 'G16: each link and each use');
:next_story

-- ---- the second step ------------------------------------------------------------------------------------------------
select is(secret, null, 'P44: one row without a second step') from api.totp_lookup('ana');
select is((select count(*) from api.totp_begin(t.session('ana'), t.sealed(1))), 1::bigint, 'a secret');
select is(secret, null, 'is not asked for before it is confirmed') from api.totp_lookup('ana');
select is((select count(*) from api.login('ana', sha256('x'), null, null)), 1::bigint, 'so that the password alone lets in');
select is((select count(*) from api.totp_begin(t.session('ana'), t.sealed(2))), 1::bigint, 'another one takes its place');
select t.fails($$select * from api.totp_confirm(t.session('ana'), t.sealed(1), 100, '{}')$$, 'SB409', 'conflict', 'totp', 'a code of the first confirms nothing');
select is((select count(*) from api.totp_confirm(t.session('ana'), t.sealed(2), 100, array[t.code(1), t.code(2)])), 1::bigint, 'a code of the second does');
select is((secret, last_step)::text, (t.sealed(2), 100)::text, 'from then on it is asked for') from api.totp_lookup('ana');
select t.fails($$select * from api.login('ana', sha256('y'), null, null)$$, 'SB401', 'unauthorized', 'totp', 'without a code nobody comes in');
select t.fails($$select * from api.login('ana', sha256('y'), null, null, null, 100, null)$$, 'SB401', 'unauthorized', 'totp', 'nor with the one used before');
select is((select count(*) from api.login('ana', sha256('y'), null, null, null, 101, null)), 1::bigint, 'with the next one he does');
select t.fails($$select * from api.login('ana', sha256('z'), null, null, null, 101, null)$$, 'SB401', 'unauthorized', 'totp', 'once');
select t.fails($$select * from api.login('ana', sha256('z'), null, null, null, null, t.code(3))$$, 'SB401', 'unauthorized', 'totp', 'a recovery code that is none');
select is((select count(*) from api.login('ana', sha256('z'), null, null, null, null, t.code(1))), 1::bigint, 'a recovery code lets in');
select t.fails($$select * from api.login('ana', sha256('w'), null, null, null, null, t.code(1))$$, 'SB401', 'unauthorized', 'totp', 'once');
select results_eq($$select operator::text from chat.totp_sealed_before(clock_timestamp())$$, array['ana'], 'a DBA who changes the key of the server sees whose secret the key before has sealed');
select api.totp_reseal(t.sealed(4), t.sealed(5));
select is((secret, last_step)::text, (t.sealed(2), 101)::text, 'sealed anew is the secret that is there') from api.totp_lookup('ana');
select api.totp_reseal(t.sealed(2), t.sealed(6));
select is((secret, last_step)::text, (t.sealed(6), 101)::text, 'and nothing else of it changes') from api.totp_lookup('ana');
select is_empty($$select * from chat.totp_sealed_before(now())$$, 'the DBA sees that too');
select is((body::jsonb #>> '{totp,codes}'), '1', 'and he sees how many are left') from api.account(t.session('ana'));
select t.fails($$select * from api.totp_begin(t.session('ana'), t.sealed(3))$$, 'SB409', 'conflict', 'totp', 'one that counts is not replaced');
select results_eq('select t.trail()', array['operator ana login ana', 'operator ana totp on ana', 'operator ana login ana', 'operator ana recovery code ana', 'operator ana login ana'],
	'G16: set up and used');
:next_story
select t.enrol('ana');
select t.fails($$select * from api.totp_off(t.session('ana'), 100, null)$$, 'SB422', 'invalid', 'totp', 'switching it off takes a fresh code');
select is((select count(*) from api.totp_new_codes(t.session('ana'), 101, null, array[t.code(7)])), 1::bigint, 'new recovery codes');
select t.fails($$select * from api.totp_off(t.session('ana'), null, t.code(1))$$, 'SB422', 'invalid', 'totp', 'make the old ones void');
select is((select count(*) from api.totp_off(t.session('ana'), null, t.code(7))), 1::bigint, 'with a new one it is switched off');
select is((select count(*) from api.login('ana', sha256('x'), null, null)), 1::bigint, 'and the password alone lets in again');
:next_story
select t.enrol('ana');
select api.totp_refused('ana', null) from generate_series(1, 9);
select is((select count(*) from api.totp_lookup('ana')), 1::bigint, 'nine wrong codes');
select api.totp_refused('ana', null);
select t.fails($$select * from api.totp_lookup('ana')$$, 'SB429', 'rate_limited', 'totp', 'P45: ten make a pause');
select t.fails($$select * from api.my_totp(t.session('ana'), true)$$, 'SB429', 'rate_limited', 'totp', 'for who is logged in as well');
update chat.operator_totp set missed_at = missed_at - interval '15 minutes';
select is((select count(*) from api.totp_lookup('ana')), 1::bigint, 'of a quarter of an hour');
select is((select count(*) from api.login('ana', sha256('x'), null, null, null, 101, null)), 1::bigint, 'a right one');
select is((select misses from chat.operator_totp), 0, 'begins anew');
:next_story
select t.enrol('ana'), t.log_in_again('ana');
select t.fails($$select * from api.reset_totp_of(t.session('bo'), 'ana')$$, 'SB403', 'forbidden', null, 'D4: only a supervisor resets that of others');
select t.trail();
select is(body::jsonb, '{"reset": true}', 'a supervisor does') from api.reset_totp_of(t.session('sam'), 'ana');
select is((select count(*) from chat.session where operator = 'ana'), 0::bigint, 'D8: and the sessions are over');
select is(body::jsonb, '{"reset": false}', 'once') from api.reset_totp_of(t.session('sam'), 'ana');
select t.fails($$select * from api.reset_totp_of(t.session('sam'), 'sam')$$, 'SB403', 'forbidden', 'operator', 'his own takes a code');
select results_eq('select t.trail()', array['operator sam totp reset ana'], 'G16: by whom');
:next_story
select t.enrol('ana');
select t.trail();
select ok(chat.reset_totp('ana'), 'a DBA resets it in SQL');
select ok(not chat.reset_totp('ana'), 'once');
select results_eq('select t.trail()', array['dba postgres totp reset ana'], 'G16: the DBA is named');
:next_story

-- ---- where a role asks for it ----------------------------------------------------------------------------------------
select t.set('totp_operators', 1);
select is((select count(*) from api.session_view(t.session('ana'))), 1::bigint, 'who is logged in stays');
select is(body::jsonb -> 'enrolling', 'true', 'who logs in sets it up first') from api.login('ana', sha256('x'), null, null);
select is(body::jsonb -> 'enrolling', 'true', 'which he is told') from api.session_view(sha256('x'));
select t.fails(format('select * from api.%s', v), 'SB403', 'forbidden', 'totp', 'he may nothing else: ' || split_part(v, '(', 1)) from unnest(array[
	'make_ticket(sha256(''x''), t.link(1), null)', 'my_queues(sha256(''x''))', 'set_presence(sha256(''x''), ''available'', null)', 'my_chats(sha256(''x''))', 'board(sha256(''x''))',
	'change_password(sha256(''x''), t.hash(1), t.hash(2))', 'totp_off(sha256(''x''), 1, null)', 'end_sessions_of(sha256(''x''), ''bo'')']) v;
select from api.totp_begin(sha256('x'), t.sealed(1));
select is((select count(*) from api.totp_confirm(sha256('x'), t.sealed(1), 100, array[t.code(1)])), 1::bigint, 'when he has');
select is((select count(*) from api.my_queues(sha256('x'))), 1::bigint, 'he may go on');
select t.fails($$select * from api.totp_off(sha256('x'), 101, null)$$, 'SB403', 'forbidden', 'totp', 'and cannot switch it off');
select is(body::jsonb -> 'enrolling', null, 'a role of which it is not asked goes in at once') from api.login('sam', sha256('s'), null, null);
select is(body::jsonb -> 'enrolling', null, 'nor is it asked for where the web server knows him') from api.login_sso('bo', sha256('b'), null, null, false, null, null);
select is((select way from chat.session where session = sha256('b')), 'sso', 'which is written down');
select is(body::jsonb -> 'enrolling', 'true', 'unless an option says so') from api.login_sso('bo', sha256('c'), null, null, true, null, null);
select ok(known, 'whom the web server names') from api.sso_lookup('bo', null);
select ok(not known, 'is known or not') from api.sso_lookup('Bo', null);
:next_story
\ir verdict.psql
