-- SPDX-License-Identifier: ISC
-- Dead letters before a supervisor: what he is told of them (D7, D15), sending one again, giving it up.
\ir fixture.psql
select no_plan();
select t.operator('ana'), t.operator('sam');
update chat.operator set role = 'supervisor' where operator = 'sam';
select t.log_in('ana'), t.log_in('sam');
insert into chat.webhook (webhook, url, site, events) values ('crm', 'https://crm.example/', 'shop', '{rated}');
insert into chat.channel_account (account, channel, widget, own_address, user_name) values ('sms-de', 'sms', 'plain', '+4930123', 'AC0');
-- A letter that is given up for this reason, a second after the one before.
create function t.dies(p_kind text, p_lane text, p_account text, p_error text, p_body jsonb default '{}', p_chat uuid default null, p_reason text default 'refused',
	p_status int default null) returns uuid language plpgsql as $$
declare
	v_item uuid := internal.send_out(p_kind, p_lane, p_account, p_chat, p_body, clock_timestamp());
begin
	perform from api.claim_outbox(1, 100) c, api.outbox_failed(c.item, c.lease, p_error, true, p_reason, p_status) o;
	update chat.outbox o set finished_at = now() + interval '1 second' * (select count(*) from chat.outbox d where d.state = 'dead') where o.item = v_item;
	return v_item;
end $$;
create function t.letters() returns jsonb language sql as $$ select x.body::jsonb from api.dead_letters(t.session('sam')) x $$;
create function t.send(p_item uuid) returns text language sql as $$ select x.body::jsonb ->> 'item' from api.send_letter(t.session('sam'), p_item) x $$;
create function t.drop(p_item uuid) returns text language sql as $$ select x.body::jsonb ->> 'item' from api.give_up_letter(t.session('sam'), p_item) x $$;
create function t.states() returns text language sql as $$ select string_agg(o.state, ' ' order by o.position) from chat.outbox o $$;
savepoint story;

-- ---- nobody else ----------------------------------------------------------------------------------------------------
create table t.dead as select t.dies('webhook', 'a', 'crm', 'answered 500') as item;
select t.fails(format('select * from api.%s', v), 'SB403', 'forbidden', null, 'D7: an operator may not: ' || split_part(v, '(', 1))
from unnest(array['dead_letters(t.session(''ana''))', 'send_letter(t.session(''ana''), t.chat(1))', 'give_up_letter(t.session(''ana''), t.chat(1))',
	'send_letters(t.session(''ana''), ''webhook'', ''crm'')']) v;
select t.fails(format('select * from api.%s', v), 'SB401', 'unauthorized', null, 'D4: no session: ' || split_part(v, '(', 1))
from unnest(array['dead_letters(null)', 'send_letter(null, t.chat(1))', 'give_up_letter(null, t.chat(1))', 'send_letters(null, ''webhook'', ''crm'')']) v;
select is(t.states(), 'dead', 'and nothing is changed');
:next_story

-- ---- what is told ---------------------------------------------------------------------------------------------------
select is(t.letters(), '{"waiting": 0, "dead": 0, "courier": false, "accounts": [], "letters": []}', 'an empty outbox');
select t.arrive(1, 'sales', now());
select t.dies('webhook', 'a', 'crm', 'answered 500: <p>Zoë, zoe@mail.example</p>', '{"event": "note_left"}', p_status => 500),
	t.dies('channel', 'b', 'sms-de', 'answered 400: {"code": 21211, "message": "The number +491511234567 is not valid"}',
		'{"kind": "notice", "to": "+491511234567", "text": "secret words"}', t.chat(1), p_status => 400),
	t.dies('mail', 'c', 'gone', 'Failed sending data to the peer: RCPT failed: 550', '{"what": "transcript", "site": "shop", "to": "zoe@mail.example"}', p_status => 550),
	t.dies('bot', 'd', 'helper', 'Timeout was reached');
select internal.send_out('webhook', 'e', 'crm', null, '{}', now() - interval '90 seconds');
select is(t.letters() #- '{letters}' #- '{oldest_s}', '{"waiting": 1, "dead": 3, "courier": false,
	"accounts": [{"kind": "channel", "account": "sms-de", "dead": 1}, {"kind": "mail", "account": "gone", "dead": 1}, {"kind": "webhook", "account": "crm", "dead": 1}]}',
	'how many wait, how many are dead, of which accounts; turns of a bot are nobody''s');
select ok((t.letters() ->> 'oldest_s')::int >= 90, 'for how long');
select is((select jsonb_agg(l - array['item', 'created_at', 'died_at']) from jsonb_array_elements(t.letters() -> 'letters') l), '[
	{"kind": "mail", "account": "gone", "site": "Shop", "tries": 1, "reason": {"code": "refused", "status": 550}},
	{"kind": "channel", "account": "sms-de", "channel": "sms", "site": "Shop", "tries": 1, "reason": {"code": "refused", "status": 400}},
	{"kind": "webhook", "account": "crm", "site": "Shop", "tries": 1, "reason": {"code": "refused", "status": 500}}]'::jsonb, 'of each what, to whom, of which site and why, the latest first');
create function t.told() returns text language sql as $$ select string_agg((l - 'item')::text, '') from jsonb_array_elements(t.letters() -> 'letters') l $$;
select unalike(t.told(), '%' || w || '%', 'D15: nobody''s words or address: ' || w) from unnest(array['Zoë', 'zoe@', '4915', 'secret', '21211', 'not valid']) w;
select is(t.letters() -> 'letters' -> 0 ->> 'item', (select o.item::text from chat.outbox o where o.kind = 'mail'), 'by its key');
select is((select b.body::jsonb -> 'outbox' from api.board(t.session('sam')) b), '{"dead": 3, "waiting": 1}', 'the board knows how many');
insert into chat.courier (name, started_at, heartbeat_at) values ('courier', now(), clock_timestamp());
select is(t.letters() -> 'courier', 'true', 'and a courier is there, or none');
select is(jsonb_array_length(internal.dead_letters_json(2, now()) -> 'letters'), 2, 'bounded');
:next_story
create function t.why(p_item uuid) returns jsonb language sql as $$ select l -> 'reason' from jsonb_array_elements(t.letters() -> 'letters') l where l ->> 'item' = p_item::text $$;
create table t.dead as select t.dies('webhook', 'a', 'crm', 'crm.example is at 10.0.0.1', p_reason => 'private_address') as item;
select is(t.why(item), '{"code": "private_address"}', 'the reason is the code that the courier gave') from t.dead;
update chat.outbox set given_up = 'tries', last_reason = 'refused', last_status = 503;
select is(t.why(item), '{"code": "refused", "status": 503, "given_up": "tries"}', 'that of the last attempt, also where the attempts were used up') from t.dead;
select t.dies('webhook', 'b', 'crm', 'answered 500', p_reason => 'brand_new'), t.dies('webhook', 'c', 'crm', 'Timeout was reached', p_reason => null);
select is((select jsonb_agg(l -> 'reason' -> 'code') from jsonb_array_elements(t.letters() -> 'letters') l where l ->> 'item' <> (select item::text from t.dead)), '["other", "other"]',
	'of a courier that knows other codes, or none, it is other; its words are not read');
select is_empty($$select c from (select (regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g'))[1] as c from pg_constraint where conname = 'last_reason_is_one_of_these') k
	where internal.known_reason(c) <> c$$, 'every code that the table takes is known');
:next_story

-- ---- again, or never ------------------------------------------------------------------------------------------------
create table t.dead as select t.dies('webhook', 'a', 'crm', 'answered 500') as item;
select is(t.send(item), item::text, 'a letter is sent again') from t.dead;
select is(t.states(), 'queued', 'it waits');
select is((select (kind, attempt, item = (select d.item from t.dead d))::text from api.claim_outbox(1, 9)), '(webhook,1,t)', 'for the courier, under its key');
select t.fails(format('select t.send(%L)', item), 'SB409', 'bad_state', 'item', 'one that is under way is not dead') from t.dead;
select t.fails(format('select t.drop(%L)', item), 'SB409', 'bad_state', 'item', 'nor given up') from t.dead;
select t.fails('select t.send(t.chat(1))', 'SB404', 'not_found', 'item', 'none such');
select t.fails('select t.drop(t.chat(1))', 'SB404', 'not_found', 'item', 'nor that');
select is((select string_agg(concat_ws(' ', a.actor_kind, a.actor, a.action, a.object, a.key = (select item::text from t.dead)), ', ') from chat.audit a where a.object = 'outbox'),
	'operator sam replay outbox t', 'G16: the audit knows who it was');
:next_story
create table t.dead as select t.dies('webhook', 'a', 'crm', 'answered 500') as item;
select is(t.drop(item), item::text, 'a letter is given up') from t.dead;
select is(t.states(), null, 'it is gone');
select is((select string_agg(concat_ws(' ', a.actor_kind, a.actor, a.action), ', ') from chat.audit a where a.object = 'outbox'), 'operator sam drop', 'G16: audited');
:next_story
create table t.dead as select t.dies('bot', 'a', 'helper', 'Timeout was reached') as item;
select t.fails(format('select t.send(%L)', item), 'SB404', 'not_found', 'item', 'a turn of a bot is not there for him') from t.dead;
select t.fails(format('select t.drop(%L)', item), 'SB404', 'not_found', 'item', 'in no way') from t.dead;
:next_story
select t.dies('webhook', 'a', 'crm', 'answered 500', jsonb_build_object('n', n)) from generate_series(1, 3) n;
select t.dies('webhook', 'a', 'other', 'answered 500');
select is((select x.body::jsonb from api.send_letters(t.session('sam'), 'webhook', 'crm') x), '{"items": 3}', 'all to one account, at once');
select is((select string_agg(o.account || ' ' || o.state || coalesce(' ' || (o.body ->> 'n'), ''), ', ' order by o.position) from chat.outbox o),
	'other dead, crm queued 1, crm queued 2, crm queued 3', 'in their order, and nobody else''s');
select is((select x.body::jsonb from api.send_letters(t.session('sam'), 'webhook', 'crm') x), '{"items": 0}', 'once');
select t.fails('select from api.send_letters(t.session(''sam''), ''bot'', ''helper'')', 'SB422', 'invalid', 'kind', 'no turns of a bot');
:next_story
select t.dies('webhook', 'a', 'crm', 'answered 500', jsonb_build_object('n', n)) from generate_series(1, 201) n;
select is((select x.body::jsonb from api.send_letters(t.session('sam'), 'webhook', 'crm') x), '{"items": 200}', 'up to two hundred at a time');
select is((select o.body ->> 'n' from chat.outbox o where o.state = 'dead'), '201', 'the oldest first');
\ir verdict.psql
