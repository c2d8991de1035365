-- SPDX-License-Identifier: ISC
-- What is held of a customer is known column by column: erasure takes all of it away, the export has all of it (G16, G18).
\ir fixture.psql
select no_plan();

-- ---- what each column holds -----------------------------------------------------------------------------------------
-- Every column that can hold text, bytes or an address: `customer` holds something of a customer, `note` of one who left a note; all else does not. A new column fails here until it says what it
-- holds; one that holds something of a customer fails below until erasure and export know it.
create table t.holds (relation text, columns text[], holds text);
insert into t.holds values
	-- whole tables in which nothing of a customer can stand
	('chat.setting', '{*}', 'configuration'), ('chat.site', '{*}', 'configuration'), ('chat.skill', '{*}', 'configuration'), ('chat.queue', '{*}', 'configuration'),
	('chat.queue_label', '{*}', 'configuration'), ('chat.queue_skill', '{*}', 'configuration'), ('chat.queue_member', '{*}', 'configuration'),
	('chat.opening_hours', '{*}', 'configuration'), ('chat.opening_exception', '{*}', 'configuration'), ('chat.closure', '{*}', 'configuration'), ('chat.silence_rule', '{*}', 'configuration'),
	('chat.question', '{*}', 'configuration'), ('chat.question_text', '{*}', 'configuration'), ('chat.question_choice', '{*}', 'configuration'),
	('chat.question_choice_text', '{*}', 'configuration'), ('chat.queue_question', '{*}', 'configuration'), ('chat.bot_node_skill', '{*}', 'configuration'),
	('chat.bot_answer', '{*}', 'configuration'), ('chat.escalation_phrase', '{*}', 'configuration'), ('chat.courtesy_phrase', '{*}', 'configuration'), ('chat.entry_rule', '{*}', 'configuration'),
	('chat.relaxation', '{*}', 'configuration'), ('chat.bot', '{*}', 'configuration'), ('chat.bot_node', '{*}', 'configuration'), ('chat.bot_choice', '{*}', 'configuration'),
	('chat.bot_text', '{*}', 'configuration'), ('chat.widget', '{*}', 'configuration'), ('chat.widget_queue', '{*}', 'configuration'),
	('chat.widget_text', '{*}', 'configuration'), ('chat.text', '{*}', 'configuration'), ('chat.chat_state', '{*}', 'configuration'),
	('chat.chat_transition', '{*}', 'configuration'), ('chat.relay', '{*}', 'machine'), ('chat.router', '{*}', 'machine'), ('chat.router_term', '{*}', 'machine'),
	('chat.program_metrics', '{*}', 'machine'), ('internal.migration', '{*}', 'machine'), ('internal.stale', '{*}', 'machine'),
	('internal.need', '{*}', 'machine'), ('internal.able', '{*}', 'machine'), ('internal.idle_rule_changed', '{*}', 'machine'),
	('internal.queue_pace', '{*}', 'machine'), ('chat.site_rate', '{*}', 'machine'), ('chat.site_secret', '{*}', 'configuration'),
	('chat.channel_account', '{*}', 'configuration'), ('chat.channel_secret', '{*}', 'configuration'), ('chat.channel_state', '{*}', 'machine'),
	('chat.channel_received', '{*}', 'machine'), ('chat.channel_stop', '{*}', 'hash'),
	('chat.courier', '{*}', 'machine'), ('chat.outbox_lane', '{*}', 'machine'),
	('internal.silence', '{*}', 'machine'),
	('chat.mail_account', '{*}', 'configuration'), ('chat.mail_password', '{*}', 'configuration'), ('chat.inbox_notice', '{*}', 'configuration'), ('chat.webhook', '{*}', 'configuration'),
	('chat.outgoing_secret', '{*}', 'configuration'), ('chat.bot_session', '{*}', 'machine'), ('chat.bot_lease', '{*}', 'machine'), ('chat.filing', '{*}', 'machine'),
	('chat.phrase', '{*}', 'configuration'), ('chat.phrase_text', '{*}', 'configuration'), ('chat.phrase_use', '{*}', 'machine'), ('chat.dialog', '{*}', 'configuration'),
	('chat.dialog_text', '{*}', 'configuration'), ('chat.dialog_step', '{*}', 'configuration'), ('chat.dialog_step_text', '{*}', 'configuration'),
	('chat.dialog_item', '{*}', 'configuration'), ('chat.dialog_item_text', '{*}', 'configuration'), ('chat.dialog_action', '{*}', 'configuration'),
	('chat.disposition_code', '{*}', 'configuration'), ('chat.disposition_text', '{*}', 'configuration'), ('chat.chat_dialog', '{*}', 'machine'),
	('chat.chat_dialog_item', '{*}', 'machine'), ('internal.phrase_word', '{*}', 'configuration'), ('internal.phrase_vocabulary', '{*}', 'configuration'),
	-- people who work here
	('chat.operator', '{*}', 'staff'), ('chat.operator_skill', '{*}', 'staff'), ('chat.operator_queue', '{*}', 'staff'), ('chat.operator_state', '{*}', 'staff'),
	('chat.operator_password', '{*}', 'staff'), ('chat.session', '{*}', 'staff'), ('chat.ticket', '{*}', 'staff'),
	('chat.operator_totp', '{*}', 'staff'), ('chat.recovery_code', '{*}', 'staff'), ('chat.account_link', '{*}', 'staff'), ('chat.login_failure', '{*}', 'staff'),
	-- a decision of a supervisor about somebody, which erasing his chats does not undo (deploy/manual/privacy.md)
	('chat.block', '{*}', 'kept'),
	-- what hangs on a chat
	('chat.chat', '{site,widget,state,channel,queue,locale,bot,bot_node,bot_queue,bot_question,ended_by,end_reason,preferred_operator,filed_under}', 'machine'),
	('chat.chat', '{name,email,page_url,referrer,answers,context,address,disposition,wrap_up_note,person}', 'customer'),
	('chat.message', '{kind,author_kind,author}', 'machine'), ('chat.message', '{author_name,body,data}', 'customer'), ('chat.message', '{sent_hash}', 'hash'),
	('chat.chat_access', '{token_hash,request_key_hash,request_hash}', 'hash'),
	('chat.chat_rating', '{comment}', 'customer'), ('chat.chat_skill', '{skill}', 'machine'),
	('chat.chat_decline', '{operator}', 'staff'), ('chat.chat_decline', '{reason}', 'customer'),
	('chat.offer', '{operator,from_operator,queue,state,rule,kind,why}', 'machine'), ('chat.offer', '{reason}', 'customer'), ('chat.offer', '{candidates}', 'staff'),
	('chat.assignment', '{operator,end_reason}', 'machine'), ('chat.waiting', '{queue,declined,preferred}', 'machine'), ('chat.wait_shown', '{queue,state}', 'machine'),
	('chat.delivery', '{party}', 'machine'),
	-- what was left in the inbox: tests/sql/inbox.sql plants words there
	('chat.inbox', '{reference,site,widget,queue,locale,state}', 'machine'), ('chat.inbox', '{request_key_hash,request_hash}', 'hash'), ('chat.inbox', '{operator}', 'staff'),
	('chat.inbox', '{name,email,person,page_url,body,address}', 'note'), ('chat.inbox_reply', '{kind,message_id,state}', 'machine'), ('chat.inbox_reply', '{operator}', 'staff'),
	('chat.inbox_reply', '{body,error}', 'note'), ('chat.invitation', '{invitation}', 'hash'), ('chat.invitation', '{operator}', 'staff'),
	('chat.outbox', '{kind,lane,account,state,last_reason,given_up}', 'machine'), ('chat.outbox', '{body,last_error}', 'customer'),
	('chat.channel_chat', '{account}', 'machine'), ('chat.channel_chat', '{address,choices}', 'customer'),
	('chat.channel_sent', '{account,state,id}', 'machine'), ('chat.channel_sent', '{error}', 'customer'),
	('chat.audit', '{actor_kind,actor,db_user,action,object,key,application,request_id}', 'machine'), ('chat.audit', '{old,new}', 'customer');

create view t.text_column as
	select c.oid::regclass::text as relation, a.attname::text as col, format_type(a.atttypid, null) as type
	from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type y on y.oid = a.atttypid left join pg_type b on b.oid = y.typbasetype
	where c.relnamespace in ('chat'::regnamespace, 'internal'::regnamespace) and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
	  and coalesce(nullif(b.typname, ''), y.typname) not in ('int2', 'int4', 'int8', 'bool', 'timestamptz', 'numeric', 'float8', 'uuid', 'interval', 'date', 'time', 'xid8', 'oid');
select is_empty($$select c.relation, c.col, c.type from t.text_column c where not exists (
	select from t.holds h where h.relation = c.relation and (h.columns = '{*}' or c.col = any (h.columns)))$$, 'of every column it is known what it holds');
select is_empty($$select h.relation, k.col from t.holds h, unnest(h.columns) k (col) where not exists (
	select from t.text_column c where c.relation = h.relation and (k.col in ('*', c.col)))$$, 'and there is none that does not exist');
select is_empty($$select c.relation, c.col from t.text_column c join t.holds h on h.relation = c.relation and (h.columns = '{*}' or c.col = any (h.columns))
	group by 1, 2 having count(*) > 1$$, 'each is one thing');

-- ---- a word planted in each of them ---------------------------------------------------------------------------------
select t.set('stagger_s', 0);
select t.open(1, 'plain'), t.open(2, 'plain'), t.open(3, 'plain');
select t.sign_in('ana', '{sales}', clock_timestamp()), t.log_in('ana'), t.operator('sam'), t.log_in('sam');
update chat.operator set role = 'supervisor' where operator = 'sam';
select t.log_in('sam');
select internal.route(clock_timestamp(), 9);
select t.decline(1, clock_timestamp());
select internal.route(clock_timestamp(), 9);
select t.accept(1, clock_timestamp()), t.accept(2, clock_timestamp());
select t.post(1, t.token(1), 1, 'one'), t.post(1, t.session('ana'), 2, 'two'), t.post(1, t.session('ana'), 3, 'three', null, 'note');
select from api.rate_chat(t.chat(1), t.token(1), null, 5, 'fine');
select internal.send_out('webhook', 'chat/1', 'crm', t.chat(1), '{}', clock_timestamp());
-- chat 1 as one that came by a channel
insert into chat.channel_account (account, channel, widget, api_url) values ('bridge', 'generic', 'plain', 'https://bridge.example/in');
update chat.chat set channel = 'generic' where chat = t.chat(1);
update chat.chat_counter set by_channel = true where chat = t.chat(1);
insert into chat.channel_chat (chat, account, address, began_at, last_in_at, choices) values (t.chat(1), 'bridge', 'x', clock_timestamp(), clock_timestamp(), '{}');
insert into chat.channel_sent (item, chat, seq, part, account, state, at)
select gen_random_uuid(), m.chat, m.seq, 1, 'bridge', 'failed', clock_timestamp() from chat.message m where m.chat = t.chat(1) and m.kind = 'message' and m.author_kind = 'operator';
savepoint story;

-- Puts the word with the column's name into all its rows, as its type allows; where others write there too, into the customer's.
create function t.plant(p_relation text, p_column text) returns text language plpgsql as $$
declare
	v_type text := (select c.type from t.text_column c where c.relation = p_relation and c.col = p_column);
	v_word text := 'planted_' || p_column;
	v_rows bigint;
begin
	execute format('update %s set %I = %s', p_relation, p_column, case
		when v_type = 'jsonb' then format('%I || jsonb_build_object(''word'', %L, ''reason'', %L)', p_column, v_word, v_word)
		when v_type = 'inet' then quote_literal('203.0.113.77') else quote_literal(v_word) end)
		|| case p_column when 'data' then ' where kind = ''message''' when 'author_name' then ' where author_kind = ''customer'''
			when 'reason' then ' where ' || case p_relation when 'chat.offer' then 'state = ''declined''' else 'true' end else '' end;
	get diagnostics v_rows = row_count;
	return case when v_type = 'inet' then '203.0.113.77' else v_word end;
end $$;
create table t.word as select h.relation, k.col, null::text as word from t.holds h, unnest(h.columns) k (col) where h.holds = 'customer';
create function t.plant_all() returns void language plpgsql as $$
begin
	update chat.offer set reason = 'x' where state = 'declined';
	update chat.message set data = '{}', sent_hash = sha256('word') where kind = 'message';
	update chat.audit set old = coalesce(old, '{}'), new = coalesce(new, '{}') where object = 'chat';
	update t.word w set word = t.plant(w.relation, w.col);
end $$;
-- Where a word stands, in rows of a chat.
create function t.found(p_relation text, p_word text, p_n int) returns bigint language plpgsql as $$
declare
	v_rows bigint;
begin
	execute format('select count(*) from %s r where %s and position(%L in r::text) > 0',
		p_relation,
		case p_relation when 'chat.audit' then 'r.object = ''chat'' and r.key = ' || quote_literal(t.chat(p_n)) else 'r.chat = ' || quote_literal(t.chat(p_n)) end, p_word) into v_rows;
	return v_rows;
end $$;

select t.plant_all();
select is_empty('select w.* from t.word w where t.found(w.relation, w.word, 1) = 0', 'a word stands in every such column of chat 1');
create table t.export as select internal.export_chat(t.chat(1)) as export;
select is_empty('select w.* from t.word w, t.export e where position(w.word in e.export::text) = 0', 'the export has every one of them');
select is_empty($$select k.* from t.export e, jsonb_path_query(e.export, '$.**') v, jsonb_object_keys(case when jsonb_typeof(v) = 'object' then v else '{}' end) k
	where k ~ 'hash|token|candidates'$$, 'and no hash, and nothing of candidates');
select is((select array_agg(k order by k) from t.export e, jsonb_object_keys(e.export) k where jsonb_typeof(e.export -> k) in ('array', 'object')),
	'{answers,audit,channel,context,declines,delivery,messages,offers,outbox,rating,sent,skills,waits_told}', 'this is what hangs on a chat');

select results_eq($$select relation, rows > 0 from chat.erase_chat(t.chat(1), true) order by 1$$,
	$$values ('chat.audit', true), ('chat.channel_chat', true), ('chat.chat', true), ('chat.chat_access', true), ('chat.chat_decline', true), ('chat.chat_rating', true), ('chat.message', true),
		('chat.offer', true), ('chat.outbox', true)$$,
	'a dry run says what would be done');
select is_empty('select w.* from t.word w where t.found(w.relation, w.word, 1) = 0', 'and does nothing');
select is(t.state(1), 'active', 'not even to the chat');
select lives_ok('select from chat.erase_chat(t.chat(1))', 'erased');
select is_empty('select w.*, t.found(w.relation, w.word, 1) from t.word w where t.found(w.relation, w.word, 1) > 0', 'G18: no word is left');
select is_empty('select w.* from t.word w where t.found(w.relation, w.word, 2) = 0 and w.relation in (''chat.chat'', ''chat.audit'')', 'another customer''s are');
select is_empty('select from chat.offer o where o.chat = t.chat(1) and o.candidates is not null', 'what was noted of candidates is gone');
select is_empty('select from chat.chat_access a where a.chat = t.chat(1)', 'his token is');
select is_empty('select from chat.message m where m.chat = t.chat(1) and m.sent_hash is not null', 'and so is every hash of his words, which could be tried out');
update chat.chat set person = null; -- the same word in two open chats would be one person with two
:next_story

-- ---- what stays -----------------------------------------------------------------------------------------------------
select from chat.erase_chat(t.chat(1));
select is(t.state(1), 'ended', 'a running chat is ended');
select is((select array_agg(m.seq order by m.seq) from chat.message m where m.chat = t.chat(1)),
	(select array_agg(s) from generate_series(1, (select n.last_seq from chat.chat_counter n where n.chat = t.chat(1))) s),
	'seqs have no gap (G3)');
select is((select array_agg(distinct m.data) from chat.message m where m.chat = t.chat(1) and m.kind in ('message', 'note')),
	array['{"removed": "erased"}'::jsonb], 'messages say that they were erased');
select is((select m.data from chat.message m where m.chat = t.chat(1) and m.kind = 'ended'), '{"by": "system", "reason": "erased"}', 'the last event tells why the chat is over');
select is((select (c.queue, c.created_at is not null, c.ended_at is not null, r.score)::text from chat.chat c join chat.chat_rating r on r.chat = c.chat where c.chat = t.chat(1)),
	'(sales,t,t,5)', 'times, queue and score stay');
select is((select array_agg(a.operator::text order by a.assignment) from chat.assignment a where a.chat = t.chat(1)), '{ana}', 'who had it, too');
select is((select (a.actor_kind, a.actor, a.old, a.new)::text from chat.audit a where a.action = 'erase' and a.key = t.chat(1)::text),
	'(dba,' || session_user || ',,"{""reason"": ""asked"", ""messages"": 3}")',
	'G16: the audit says that it was done, and not about whom');
select results_eq($$select sum(rows) from chat.erase_chat(t.chat(1))$$, 'values (0::numeric)', 'twice is once');
select t.fails($$select from api.operator_events(t.session('ana'), t.chat(1), 0, 10)$$, 'SB410', 'gone', null, 'its operator looks at nothing any more');
select t.fails($$select from api.wrap_up(t.session('ana'), t.chat(1), 'x', 'y')$$, 'SB410', 'gone', null, 'and files nothing about it');
select t.fails($$select from api.chat_view(t.chat(1), t.token(1), null)$$, 'SB401', 'unauthorized', null, 'the customer has no token for it');
select is((select reason from api.lapsed_customers(array[t.chat(1)], array[t.token(1)])), 'unauthorized', 'nor an open socket');
select is((t.post(1, t.session('ana'), 9, 'late')).status, 'gone', 'nothing is written into it');
:next_story

-- every state a chat can be in
update chat.queue set wrap_up_s = 600;
select t.open(4, 'guided'), t.end_chat(2, 'customer', clock_timestamp());
select internal.route(clock_timestamp(), 9);
select is(array[t.state(4), t.state(3), t.state(1), t.state(2)], '{bot,offered,active,wrap_up}', 'a chat with the bot, one held out, one that runs, one in wrap-up');
select t.open(5, 'plain', 'billing');
select lives_ok('select chat.erase_chat(t.chat(n)) from generate_series(1, 5) n', 'can be erased, and one that waits');
select is((select array_agg(t.state(n) order by n) from generate_series(1, 5) n), '{ended,ended,abandoned,ended,abandoned}', 'then they are over');
select is((select s.load::int from chat.operator_state s where s.operator = 'ana'), 0, 'and the operator is free');
:next_story

-- ---- whom ----------------------------------------------------------------------------------------------------------
update chat.chat set email = case chat when t.chat(1) then 'Kim@Shop.example' when t.chat(2) then 'kim@shop.example' end where chat in (t.chat(1), t.chat(2));
select t.open(6, 'elsewhere', null, null, 'https://other.example');
update chat.chat set email = 'kim@shop.example' where chat = t.chat(6);
select is((select count(*) from jsonb_array_elements(chat.export_person(' kim@shop.example ') -> 'chats')), 3::bigint, 'by address, as it may have been typed');
select is((select count(*) from chat.audit a where a.action = 'export'), 3::bigint, 'an export leaves its row');
select is((select sum(rows) from chat.erase_person('nobody@shop.example')), 0::numeric, 'who is not there');
select is((select rows from chat.erase_person('kim@shop.example', 'shop') where relation = 'chat.chat'), 2::bigint, 'on one site');
select is((select c.email from chat.chat c where c.chat = t.chat(6)), 'kim@shop.example', 'not on another');
select is((select rows from chat.erase_person('kim@shop.example') where relation = 'chat.chat'), 1::bigint, 'on all');
select t.fails($$select from chat.erase_person(' ')$$, 'SB422', 'invalid', 'email', 'nobody in particular');
select t.fails($$select from chat.erase_person('a@b.example', 'nowhere')$$, 'SB404', 'not_found', 'site', 'no such site');
update chat.chat set person = 'u-1' where chat in (t.chat(3), t.chat(6));
select is((select array_agg((j ->> 'chat')::uuid) from jsonb_array_elements(chat.export_identity('u-1', 'shop') -> 'chats') j), array[t.chat(3)], 'by identity, of one site');
select is((select rows from chat.erase_identity('u-1', 'shop') where relation = 'chat.chat'), 1::bigint, 'erased by identity');
select is((select array_agg(c.person order by c.chat = t.chat(6)) from chat.chat c where c.chat in (t.chat(3), t.chat(6))), '{null,u-1}', 'the same sub on another site is another person');
select t.fails($$select from chat.erase_identity('', 'shop')$$, 'SB422', 'invalid', 'identity', 'nobody in particular, by identity');
select t.fails($$select from chat.erase_identity('u-1', null)$$, 'SB404', 'not_found', 'site', 'an identity has a site');
select t.fails($$select from chat.erase_chat(t.chat(99))$$, 'SB404', 'not_found', 'chat', 'no such chat');
select t.fails($$select chat.export_chat(t.chat(99))$$, 'SB404', 'not_found', 'chat', 'for the export neither');
set local role switchboard_dba;
select lives_ok('select from chat.erase_person(''kim@shop.example'', null, true)', 'a DBA may');
select lives_ok('select chat.export_identity(''u-1'', ''shop'')', 'and by identity');
reset role;
set local role switchboard_report;
select throws_ok('select from chat.erase_person(''kim@shop.example'')', '42501', null, 'a report may not');
select throws_ok('select from chat.erase_identity(''u-1'', ''shop'')', '42501', null, 'by identity neither');
select throws_ok('select chat.export_person(''kim@shop.example'')', '42501', null, 'nor hand anything out');
reset role;
:next_story

-- ---- one message ----------------------------------------------------------------------------------------------------
create function t.says(p_result internal.post_result) returns text language sql as
	$$ select concat_ws(' ', p_result.status, p_result.field, p_result.seq, p_result.body, case when p_result.repeat then 'repeat' end) $$;
create function t.seq(p_body text) returns bigint language sql as $$ select m.seq from chat.message m where m.chat = t.chat(1) and m.body = p_body $$;
create table t.seqs as select t.seq('one') as one, t.seq('three') as three;
select is((select body::jsonb from api.redact_message(t.session('sam'), t.chat(1), (select one from t.seqs), 'a secret')),
	(select jsonb_build_object('chat', t.chat(1), 'seq', one, 'removed', 'redacted') from t.seqs), 'a supervisor takes the words of a message away');
select is((select (m.kind, m.body, m.data, m.sent_hash)::text from chat.message m, t.seqs where m.chat = t.chat(1) and m.seq = one), '(message,,"{""removed"": ""redacted""}",)', 'its place stays');
select is((select (m.kind, m.author, m.data)::text from chat.message m where m.chat = t.chat(1) order by m.seq desc limit 1),
	format('(redacted,sam,"{""seq"": %s}")', (select one from t.seqs)), 'the last event says so');
select is((select (a.actor, a.new)::text from chat.audit a where a.action = 'redact'),
	format('(sam,"{""seq"": %s, ""reason"": ""a secret""}")', (select one from t.seqs)), 'and the audit, with the reason');
select lives_ok('select from api.redact_message(t.session(''sam''), t.chat(1), (select one from t.seqs), null)', 'twice');
select is((select count(*) from chat.message m where m.kind = 'redacted'), 1::bigint, 'is once');
select is(t.says(t.post(1, t.token(1), 1, 'one')), format('ok %s repeat', (select one from t.seqs)), 'the author''s repeat is one still (G2)');
select lives_ok('select from api.redact_message(t.session(''sam''), t.chat(1), (select three from t.seqs), null)', 'a note too');
select t.fails('select from api.redact_message(t.session(''ana''), t.chat(1), (select one from t.seqs), null)', 'SB403', 'forbidden', null, 'an operator may not');
select t.fails('select from api.redact_message(t.session(''sam''), t.chat(1), 1, null)', 'SB404', 'not_found', null, 'nor can what nobody said be');
select t.fails('select from api.redact_message(t.session(''sam''), t.chat(99), 1, null)', 'SB404', 'not_found', null, 'nor what is not there');
select from chat.erase_chat(t.chat(1));
select t.fails('select from api.redact_message(t.session(''sam''), t.chat(1), (select one from t.seqs), null)', 'SB410', 'gone', null, 'in an erased chat there is nothing to take away');
select is_empty($$select from chat.audit a where a.action = 'redact' and a.new ? 'reason'$$, 'and the reason is gone');
\ir verdict.psql
