-- SPDX-License-Identifier: ISC
-- Signed identity in the database: what is believed of a customer (D10), one open chat a person, further tokens, earlier chats, secrets of a site.
\ir fixture.psql
select no_plan();
grant usage on schema t to public;
select t.operator('ana'), t.operator('bo'), t.operator('sue');
update chat.operator set role = 'supervisor' where operator = 'sue';

-- A chat request of a person, as the api passes it on once the token was good.
create function t.person(p_sub text, p_more jsonb default '{}') returns jsonb language sql immutable as $$ select jsonb_build_object('sub', p_sub, 'secret', 1) || p_more $$;
create function t.ask(p_n int, p_identity jsonb, p_key int default null, p_resume boolean default false, p_widget text default 'plain', p_queue text default null,
	p_name text default 'Typed', p_email text default 'typed@example.com', p_body text default '')
returns table (chat uuid, token_hash bytea, created boolean, body jsonb) language sql as $$
	select o.chat, o.token_hash, o.created, o.body::jsonb from api.open_chat(t.chat(p_n), t.token(coalesce(p_key, p_n)), t.key(coalesce(p_key, p_n)), sha256(convert_to(p_body, 'UTF8')),
		p_widget, null, p_queue, p_name, p_email, null, null, null, null, null, '192.0.2.1', '', p_identity, p_resume) o
$$;
create function t.asked(p_n int, p_identity jsonb) returns void language sql as $$ select from t.ask(p_n, p_identity) $$;
create function t.told(p_sql text) returns jsonb language plpgsql as $$
declare
	v_detail text;
begin
	execute p_sql;
	return null;
exception when others then
	get stacked diagnostics v_detail = pg_exception_detail;
	return v_detail::jsonb;
end $$;
-- Talked to by an operator, and over.
create function t.talked(p_n int, p_operator text) returns void language plpgsql as $$
begin
	perform t.sign_in(p_operator, array['sales'], clock_timestamp());
	update chat.operator_state set presence = 'break', on_duty = false where operator <> p_operator;
	perform internal.route(clock_timestamp(), 10);
	perform t.accept(p_n, clock_timestamp());
end $$;
savepoint story;

-- ---- what is believed -----------------------------------------------------------------------------------------------
select t.asked(1, null);
select is((person, name, name_verified, email, email_verified)::text, '(,Typed,f,typed@example.com,f)', 'D10: what a customer types is a label') from chat.chat;
select is(internal.chat_for_operator_json(c, clock_timestamp()) ? 'verified', false, 'D10: and nobody vouches for it') from chat.chat c;
:next_story
select t.asked(1, t.person('7', '{"name": "Zoë", "email": "zoe@example.com"}'));
select is((person, name, name_verified, email, email_verified)::text, '(7,Zoë,t,zoe@example.com,t)', 'D10: what the site says is taken, and what was typed is not') from chat.chat;
select is(internal.chat_for_operator_json(c, clock_timestamp()) -> 'verified', '["name", "email"]', 'the operator sees that the site vouches for both') from chat.chat c;
select is(b.body #> '{chat,identified}', 'true', 'the customer''s side learns that the chat has a person') from t.ask(1, t.person('7')) b;
:next_story
select t.asked(1, t.person('7', '{"name": "Zoë"}'));
select is((name_verified, email, email_verified)::text, '(t,typed@example.com,f)', 'what the token leaves out stays a label') from chat.chat;
select is(internal.chat_for_operator_json(c, clock_timestamp()) -> 'verified', '["name"]', 'and is shown as one') from chat.chat c;
select t.refused($$update chat.chat set person = ''$$, 'person_of_1_to_200', 'a person has a name');
:next_story

-- ---- enforce --------------------------------------------------------------------------------------------------------
update chat.site set identity = 'required' where site = 'shop';
select t.fails('select t.asked(1, null)', 'SB401', 'identity_required', null, 'a site that asks for an identity gets no chat without one');
select is((select count(*) from chat.chat), 0::bigint, 'no row');
select lives_ok($$select t.asked(1, t.person('7'))$$, 'with one it does');
select lives_ok($$select from t.ask(2, null, p_widget => 'elsewhere')$$, 'another site is not asked');
select t.refused($$update chat.site set identity = 'enforce'$$, 'identity_optional_or_required', 'there are two modes');
:next_story

-- ---- one open chat a person -----------------------------------------------------------------------------------------
select t.asked(1, t.person('7'));
select t.fails($$select t.asked(2, t.person('7'))$$, 'SB409', 'chat_exists', null, 'a second chat of the same person');
select is(t.told($$select t.asked(2, t.person('7'))$$), jsonb_build_object('chat', t.chat(1)), 'says which one is open');
select is((select count(*) from chat.chat), 1::bigint, 'no row');
select lives_ok($$select t.asked(3, t.person('8'))$$, 'another person has a chat of his own');
select lives_ok($$select from t.ask(4, t.person('7'), p_widget => 'elsewhere')$$, 'on another site the same sub is somebody else');
select is(o.created, false, 'the same request again is no second chat') from t.ask(1, t.person('7')) o;
select t.end_chat(1, 'customer', clock_timestamp());
select lives_ok($$select t.asked(5, t.person('7'))$$, 'when it is over there may be another');
:next_story

-- ---- back into it, from another device ------------------------------------------------------------------------------
select t.asked(1, t.person('7'));
select is((o.chat, o.created, o.token_hash)::text, (t.chat(1), false, t.token(21))::text, 'the person gets a further token for the open chat')
from t.ask(1, t.person('7'), 21, true) o;
select is((o.chat, o.token_hash)::text, (t.chat(1), t.token(21))::text, 'the same request again, the same token') from t.ask(1, t.person('7'), 21, true) o;
select lives_ok(format('select api.chat_view(t.chat(1), t.token(%s), null)', n), format('token %s opens it', n)) from unnest(array[1, 21]) n;
select is((select count(*) from chat.audit where action = 'resumed'), 1::bigint, 'it is audited');
select t.fails($$select t.ask(1, t.person('8'), 22, true)$$, 'SB404', 'not_found', 'resume', 'somebody else does not get in');
select t.fails($$select t.ask(1, null, 22, true)$$, 'SB401', 'identity_required', null, 'nor does who has no identity');
select t.fails($$select t.ask(1, t.person('7'), 22, true, 'elsewhere')$$, 'SB404', 'not_found', 'resume', 'nor the same sub of another site');
select t.fails($$select t.ask(9, t.person('7'), 22, true)$$, 'SB404', 'not_found', 'resume', 'nor into a chat that is not there');
select lives_ok(format($$select t.ask(1, t.person('7'), %s, true)$$, n), 'device ' || n) from generate_series(31, 39) n;
update chat.chat_access set made_at = made_at - interval '1 day' where token_hash = t.token(1);
select t.ask(1, t.person('7'), 40, true);
select is((select count(*) from chat.chat_access), 10::bigint, 'a chat has ten tokens at the most');
select t.fails('select api.chat_view(t.chat(1), t.token(1), null)', 'SB401', 'unauthorized', null, 'the oldest holds no longer');
select t.end_chat(1, 'customer', clock_timestamp());
select t.fails($$select t.ask(1, t.person('7'), 50, true)$$, 'SB410', 'gone', null, 'nobody comes back into a chat that is over');
:next_story
select t.asked(1, null);
select t.fails($$select t.ask(1, t.person('7'), 22, true)$$, 'SB404', 'not_found', 'resume', 'a chat without a person is nobody''s to come back into');
:next_story

-- ---- named while it runs --------------------------------------------------------------------------------------------
create function t.identify(p_n int, p_identity jsonb, p_widget text default 'plain') returns jsonb language sql as
	$$ select i.body::jsonb from api.identify_chat(t.chat(p_n), t.token(p_n), null, p_widget, p_identity) i $$;
savepoint story;
select t.asked(1, null);
select is(t.identify(1, t.person('7', '{"email": "zoe@example.com"}')) #> '{chat,identified}', 'true', 'a chat gets its person while it runs');
select is((person, name, name_verified, email, email_verified)::text, '(7,Typed,f,zoe@example.com,t)', 'D10: from then on the site vouches for what it said') from chat.chat;
select lives_ok($$select t.identify(1, t.person('7'))$$, 'the same person again');
select t.fails($$select t.identify(1, t.person('8'))$$, 'SB409', 'conflict', 'identity', 'a chat stays with its first person');
select is((select person from chat.chat), '7', 'and nothing is changed');
select t.fails($$select t.identify(1, t.person('7'), 'elsewhere')$$, 'SB404', 'not_found', 'widget', 'another site has no say in it');
select is((select count(*) from chat.audit where action = 'identified'), 1::bigint, 'it is audited once');
select t.asked(2, null);
select t.fails($$select t.identify(2, t.person('7'))$$, 'SB409', 'chat_exists', null, 'a person has one open chat');
select t.end_chat(2, 'customer', clock_timestamp());
select t.fails($$select t.identify(2, t.person('9'))$$, 'SB410', 'gone', null, 'what is over gets no person');
:next_story

-- ---- earlier chats --------------------------------------------------------------------------------------------------
select t.asked(1, t.person('7'));
select t.talked(1, 'ana');
select t.end_chat(1, 'operator', clock_timestamp());
update chat.chat set disposition = 'refund' where chat = t.chat(1);
select t.asked(2, null);
select t.asked(3, t.person('7'));
select t.asked(4, t.person('8'));
select t.log_in('ana'), t.log_in('bo'), t.log_in('sue');
create function t.earlier(p_operator text, p_n int) returns text language sql as $$
	select string_agg(t.number((e ->> 'id')::uuid)::text, ' ') from api.person_chats(t.session(p_operator), t.chat(p_n)) c, jsonb_array_elements(c.body::jsonb -> 'chats') e $$;
create function t.read_earlier(p_operator text, p_n int, p_earlier int) returns jsonb language sql as
	$$ select c.body::jsonb from api.person_chat_events(t.session(p_operator), t.chat(p_n), t.chat(p_earlier), 0, 200) c $$;
savepoint with_history;
select t.fails($$select t.earlier('bo', 3)$$, 'SB404', 'not_found', null, 'who has not the chat learns nothing of its person');
select t.fails($$select t.earlier('ana', 1)$$, 'SB404', 'not_found', null, 'nor who had one once');
select is(t.earlier('sue', 3), '1', 'a supervisor sees the earlier chats of the person');
select is(t.earlier('sue', 4), null, 'another person has none');
select is(t.earlier('sue', 2), null, 'D10: and who is not verified has none, whatever name and address he types');
update chat.operator_queue set queue = 'sales';
select t.sign_in('bo', array['sales'], clock_timestamp());
update chat.operator_state set presence = 'break', on_duty = false where operator <> 'bo';
update chat.setting set value = '0' where name = 'stagger_s';
select internal.route(clock_timestamp(), 10);
select t.accept(3, clock_timestamp()) where t.offered_to(3) = 'bo';
select is(t.owner(3), 'bo', '(he has the chat)');
select is(t.earlier('bo', 3), '1', 'who has the chat sees the earlier ones of the same person');
select is((select c.body::jsonb #>> '{chats,0,operator_name}' || ' ' || (c.body::jsonb #>> '{chats,0,disposition}') from api.person_chats(t.session('bo'), t.chat(3)) c), 'Ana refund',
	'with who had it and what came of it');
select is(t.read_earlier('bo', 3, 1) #>> '{events,0,kind}', 'queued', 'and reads them');
select is((select count(*) from chat.audit where action = 'read' and key = t.chat(1)::text and actor = 'bo'), 1::bigint, 'which is audited');
select cmp_ok((select count(*) from chat.audit where action = 'history' and key = t.chat(3)::text and actor = 'bo'), '>=', 1::bigint, 'as the list is');
select t.fails(format($$select t.read_earlier('bo', 3, %s)$$, n), 'SB404', 'not_found', null, format('chat %s is not of this person', n)) from unnest(array[2, 4, 99]) n;
select t.end_chat(3, 'operator', clock_timestamp());
select t.fails($$select t.read_earlier('bo', 3, 1)$$, 'SB404', 'not_found', null, 'afterwards he reads them no more');
:next_story

-- ---- the operator he knows ------------------------------------------------------------------------------------------
select t.asked(1, t.person('7'));
select t.talked(1, 'ana');
select t.end_chat(1, 'operator', clock_timestamp());
select t.asked(2, t.person('7'));
select is(preferred_operator, null, 'nobody is asked first unless the queue says so') from chat.chat where chat = t.chat(2);
select t.end_chat(2, 'customer', clock_timestamp());
update chat.queue set prefer_last_operator = true where queue = 'sales';
select t.asked(3, t.person('7'));
select is(preferred_operator, 'ana', 'the operator who talked with this person last is asked first') from chat.chat where chat = t.chat(3);
select t.asked(4, t.person('8'));
select is(preferred_operator, null, 'another person has no such operator') from chat.chat where chat = t.chat(4);
select t.end_chat(3, 'customer', clock_timestamp());
select t.ask(5, t.person('7'), p_widget => 'guided');
select is(preferred_operator, null, 'behind the bot there is no queue yet') from chat.chat where chat = t.chat(5);
select internal.enqueue(t.chat(5), 'sales', clock_timestamp());
select is(preferred_operator, 'ana', 'when the bot has handed over there is') from chat.chat where chat = t.chat(5);
select t.end_chat(5, 'customer', clock_timestamp());
update chat.operator set active = false where operator = 'ana';
select t.asked(6, t.person('7'));
select is(preferred_operator, null, 'who has left is not waited for') from chat.chat where chat = t.chat(6);
:next_story

-- ---- secrets --------------------------------------------------------------------------------------------------------
create temp table secret (slot int, secret text);
grant insert, select on secret to switchboard_dba;
set local role switchboard_dba;
insert into secret select * from api.add_site_secret('shop');
select matches((select secret from secret), '^sb_[A-Za-z0-9_-]{43}$', 'a secret of 256 bits, in characters that survive any file');
select is((select slot from secret), 1, 'the first');
select is((select s.slot from api.add_site_secret('shop') s), 2, 'and the one that takes over');
select t.fails($$select api.add_site_secret('shop')$$, 'SB409', 'conflict', 'site', 'two at the most');
select t.fails($$select api.add_site_secret('nowhere')$$, 'SB404', 'not_found', 'site', 'a site that is not there');
select throws_ok('select secret from chat.site_secret', '42501', null, 'D11: a DBA sees that it is there and not what it is');
select throws_ok($$insert into chat.site_secret (site, slot, secret) values ('other', 1, repeat('x', 32))$$, '42501', null, 'nor makes one up');
select is((select count(*) from (select site, slot, created_at, created_by, last_used_at from chat.site_secret) s), 2::bigint, 'how old, by whom, when used');
reset role;
select is((select secret_1 from api.identity_terms('plain', null)), (select secret from secret), 'the api is given the secrets of the widget''s site');
select is((select secret_1 from api.identity_terms('elsewhere', null)), null, 'and of no other');
select t.fails($$select api.identity_terms('plain', 'https://other.example')$$, 'SB403', 'origin_denied', null, 'P03: not from another site''s pages');
select is((select count(*) from chat.audit where object = 'site_secret' and action = 'insert' and key in ('shop/1', 'shop/2')), 2::bigint, 'both are audited');
select is_empty(format('select audit from chat.audit where new::text ~ %L or old::text ~ %L', (select secret from secret), (select secret from secret)), 'without the secret');
select t.asked(1, t.person('7'));
select isnt((select last_used_at from chat.site_secret where slot = 1), null, 'its use is noted');
set local role switchboard_dba;
select is((select (slot, remaining)::text from api.retire_site_secret('shop', false)), '(1,1)', 'the older one is retired');
select t.fails($$select api.retire_site_secret('shop', false)$$, 'SB409', 'conflict', 'last', 'the only one is kept');
select is((select (slot, remaining)::text from api.retire_site_secret('shop', true)), '(2,0)', 'unless that is meant');
select t.fails($$select api.retire_site_secret('shop', true)$$, 'SB404', 'not_found', 'site', 'there is none left');
reset role;
:next_story
insert into chat.site_secret (site, slot, secret) values ('shop', 1, repeat('x', 32));
select t.refused($$insert into chat.site_secret (site, slot, secret) values ('shop', 3, repeat('x', 32))$$, 'slot_1_or_2', 'a third secret');
select t.refused($$insert into chat.site_secret (site, slot, secret) values ('shop', 2, repeat('x', 31))$$, 'secret_of_32_to_200_characters', 'one that is too short');
select t.refused($$insert into chat.site_secret (site, slot, secret) values ('shop', 1, repeat('y', 32))$$, 'site_secret_pkey', 'two in one place');
:next_story

-- ---- chat.check -----------------------------------------------------------------------------------------------------
create function t.found(p_at timestamptz) returns text language sql as $$ select string_agg(f.severity || ' ' || f.code || ' ' || f.key, ', ' order by f.code) from internal.check_identity(p_at) f $$;
savepoint story;
select is(t.found(t.at(0)), null, 'nothing to say of a site without identities');
update chat.site set identity = 'required' where site = 'shop';
select is(t.found(t.at(0)), 'error identity_no_secret shop', 'a site that asks for what it cannot check');
insert into chat.site_secret (site, slot, secret, created_at) values ('shop', 1, repeat('x', 32), t.at(0));
select is(t.found(t.at(86400)), null, 'a new secret may take its time');
select is(t.found(t.at(8 * 86400)), 'warning identity_secret_unused shop/1', 'one that nobody uses');
update chat.site_secret set last_used_at = t.at(8 * 86400);
select is(t.found(t.at(9 * 86400)), null, 'one that is used');
select is(t.found(t.at(39 * 86400)), 'warning identity_secret_unused shop/1', 'one that is used no longer');
update chat.site_secret set last_used_at = t.at(400 * 86400);
select is(t.found(t.at(400 * 86400)), 'notice identity_secret_old shop/1', 'an old one');
:next_story
\ir verdict.psql
