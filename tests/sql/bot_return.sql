-- SPDX-License-Identifier: ISC
-- A chat given back to the bot it came from, where its queue says so.
\ir fixture.psql
select no_plan();
create function t.press(p_n int, p_cid int, p_choice text) returns text language sql as $$ select (t.post(p_n, t.token(p_n), p_cid, null, p_choice)).status $$;
create function t.back(p_n int, p_note text default null, p_by text default 'ana') returns jsonb language sql as
	$$ select x.body::jsonb -> 'chat' from api.return_to_bot(t.session(p_by), t.chat(p_n), p_note) x $$;
create function t.last(p_n int) returns text language sql as
	$$ select m.author_kind || ': ' || m.body from chat.message m where m.chat = t.chat(p_n) and m.body is not null order by m.seq desc limit 1 $$;
select t.set('stagger_s', 0), t.set('missed_offer_penalty_s', 0);
insert into chat.bot_node (bot, node) values ('guide', 'again');
insert into chat.bot_choice (bot, node, choice, position, next_node) values ('guide', 'again', 'start', 1, 'start');
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'again', '', 'en', 'Anything else?'), ('guide', 'again', 'start', 'en', 'Yes');
update chat.bot set return_node = 'again' where bot = 'guide';
update chat.queue set bot_returns = true where queue = 'sales';
select t.sign_in('ana', '{sales}', now()), t.log_in('ana'), t.sign_in('bo', '{sales}', now()), t.log_in('bo');
select internal.change_presence('bo', 'busy', null, now());
update chat.operator_state set lease_until = 'infinity';
select t.open(1, 'guided'), t.press(1, 1, 'person'), t.route(now()), t.accept(1, now());
savepoint story;

-- ---- given back -----------------------------------------------------------------------------------------------------
select is(t.state(1) || ' ' || t.owner(1), 'active ana', 'the bot has handed over, ana has the chat');
select is(internal.targets_json(c, 'ana', now()) ->> 'bot', 'Guide', 'she sees that it could go back') from chat.chat c;
select is(t.back(1, 'She has what she wanted.') ->> 'state', 'bot', 'she gives it back');
select is(t.last(1), 'bot: Anything else?', 'and the bot goes on, at the node that is meant for it');
select is((select s.load::int from chat.operator_state s where s.operator = 'ana'), 0, 'ana is free again');
select is(t.kinds(1), 'bot_message message bot_message queued assigned joined note transferred left bot_message', 'the transcript tells it');
select is((select data from chat.message where kind = 'transferred'), '{"bot": "guide", "label": "Guide"}', 'to whom');
select is((select string_agg(coalesce(e ->> 'body', e ->> 'kind'), ', ') from jsonb_array_elements((select body from api.chat_events(t.chat(1), t.token(1), null, 6, 100))::jsonb -> 'events') e),
	'note, transferred, left, Anything else?', 'the customer is told, but for what the note says');
select is((select operator || ' ' || end_reason from chat.assignment), 'ana transferred', 'her part is over');
select is((select old || new from chat.audit where action = 'transfer'), '{"operator": "ana", "queue": "sales", "bot": "guide"}', 'G16: and audited');
select is((select (t.post(1, t.session('ana'), 7, 'one more thing')).status), 'not_owner', 'what she still says is refused');
select t.fails('select t.back(1)', 'SB409', 'not_owner', null, 'and so is giving it back again');

-- ---- and to people once more ----------------------------------------------------------------------------------------
select internal.change_presence('bo', 'available', null, now());
select is(t.press(1, 2, 'person'), 'ok', 'the customer wants a person after all');
select is((select state || ' ' || preferred_operator from chat.chat), 'queued ana', 'who knows the case is asked first');
select is((select arrived_at > created_at from chat.chat), true, 'his wait begins anew');
select t.route(clock_timestamp());
select is(t.offered_to(1), 'ana', 'and is offered the chat');
select t.accept(1, clock_timestamp());
select t.back(1);
select is(t.last(1), 'bot: Anything else?', 'it may go back as often as people say so');
:next_story
select t.back(1);
select is(t.press(1, 2, 'start') || ' ' || t.last(1), 'ok bot: Hello!', 'its buttons work as ever');
:next_story
update chat.bot set return_node = null where bot = 'guide';
select t.back(1);
select is(t.last(1), 'bot: Hello!', 'without a node of its own it begins anew');
:next_story
update chat.bot set return_node = 'nowhere' where bot = 'guide';
select t.back(1);
select is(t.state(1), 'queued', 'a bot that cannot go on brings people back');
select is((select string_agg(f.code, ' ') from internal.check_bots(now()) f where f.severity = 'error'), 'bot_no_return_node', 'and the check says why');
:next_story

-- ---- where that is not to be ----------------------------------------------------------------------------------------
update chat.queue set bot_returns = false where queue = 'sales';
select t.fails('select t.back(1)', 'SB409', 'conflict', 'bot', 'the queue must say so');
select is(internal.targets_json(c, 'ana', now()) ? 'bot', false, 'and no bot is shown') from chat.chat c;
:next_story
update chat.bot set active = false where bot = 'guide';
select t.fails('select t.back(1)', 'SB409', 'conflict', 'bot', 'a bot that is switched off takes nothing back');
:next_story
select t.arrive(2, 'sales', now()), t.route(clock_timestamp()), t.accept(2, clock_timestamp());
select t.fails('select t.back(2)', 'SB409', 'conflict', 'bot', 'nor is there one for a chat that came without');
:next_story
select t.fails('select t.back(1, null, ''bo'')', 'SB404', 'not_found', null, 'a chat of somebody else');
select from api.operator_end(t.session('ana'), t.chat(1));
select t.fails('select t.back(1)', 'SB409', 'bad_state', 'state', 'a conversation that is over') where t.state(1) = 'wrap_up';
:next_story

-- ---- a bot that is a program ----------------------------------------------------------------------------------------
insert into chat.bot (bot, name, kind, url) values ('helper', 'Helper', 'http', 'https://bot.example/turn');
select from api.add_outgoing_secret('bot', 'helper');
update chat.chat set bot = 'helper', bot_left_at = now();
select t.back(1);
select is((select o.kind || ' ' || (o.body ->> 'event') from chat.outbox o where o.chat = t.chat(1)), 'bot return', 'one by HTTP is told that the chat is back');
select is((select l.bot::text from chat.bot_lease l), 'helper', 'and has its claim again');
select is((select bot_left_at from chat.chat), null, 'under a new lease');
create function t.says(p_lease uuid) returns bigint language plpgsql as $$
begin
	perform internal.bot_answered(jsonb_populate_record(o, jsonb_build_object('body', o.body || jsonb_build_object('lease', p_lease))),
		'{"messages": [{"text": "Where were we?"}]}', clock_timestamp()) from chat.outbox o where o.chat = t.chat(1);
	return (select count(*) from chat.message where chat = t.chat(1) and author = 'helper');
end $$;
select is(t.says(gen_random_uuid()), 0::bigint, 'what it answers under the lease of before is not heard');
select is(t.says(l.lease), 1::bigint, 'under this one it is') from chat.bot_lease l;
\ir verdict.psql
