-- SPDX-License-Identifier: ISC
-- Who may read which column, one by one: a new table or column is read by nobody until it stands here (P53, P54, SECURITY 4.1). Programs read none (roles.sql).
\ir fixture.psql
select no_plan();
create table t.reads (role text, relation text, columns text);
insert into t.reads values
	('audit', 'chat.audit', 'audit at actor_kind actor db_user action object key old new txid application request_id'),
	('audit', 'chat.audit_log', 'audit at who actor_kind db_user application action object key changed old new txid request_id'),
	('dba', 'chat.assignment', 'assignment chat operator offer started_at ended_at end_reason idle_since idle_check_at'),
	('dba', 'chat.block', 'block kind value site since until reason made_by network'),
	('dba', 'chat.board_operator', 'operator name presence reason code live load cap chats idle offers queues signed_in_at'),
	('dba', 'chat.board_queue', 'queue label mode level state waiting oldest_s on_duty free target_s'),
	('dba', 'chat.bot', 'bot name first_node active'),
	('dba', 'chat.bot_choice', 'bot node choice position next_node'),
	('dba', 'chat.bot_node', 'bot node queue'),
	('dba', 'chat.bot_text', 'bot node choice locale text'),
	('dba', 'chat.channel_account', 'account channel widget own_address user_name api_url allowed_hosts plain_http locale idle_release_s idle_end_s reopen_s ask_rating rating_s active'),
	('dba', 'chat.channel_chat', 'chat account began_at last_in_at sent_at rating_until idle_end_at'),
	('dba', 'chat.channel_received', 'account id at outcome chat'),
	('dba', 'chat.channel_secret', 'account kind slot created_at created_by last_used_at'),
	('dba', 'chat.channel_sent', 'item chat seq part account state id error at'),
	('dba', 'chat.channel_state', 'account webhook_url last_in_at'),
	('dba', 'chat.chat', 'chat site widget state queue arrived_at locale created_at wrap_up_until ended_at ended_by end_reason disposition erased_at channel'),
	('dba', 'chat.chat_decline', 'chat operator declined_at reason'),
	('dba', 'chat.chat_skill', 'chat skill required min_rating weight'),
	('dba', 'chat.chat_state', 'state final'),
	('dba', 'chat.chat_transition', 'from_state to_state cause'),
	('dba', 'chat.closure', 'closure queue since until text'),
	('dba', 'chat.courier', 'courier name started_at heartbeat_at asleep_until'),
	('dba', 'chat.delivery', 'chat party got read'),
	('dba', 'chat.login_failure', 'network operator failures since last_at'),
	('dba', 'chat.offer', 'offer chat operator queue state offered_at expires_at closed_at rule why reason kind from_operator note_seq candidates'),
	('dba', 'chat.opening_exception', 'queue day opens closes reason'),
	('dba', 'chat.opening_hours', 'queue weekday opens closes'),
	('dba', 'chat.operator', 'operator name role max_chats active created_at'),
	('dba', 'chat.operator_queue', 'operator queue joined_at'),
	('dba', 'chat.operator_skill', 'operator skill rating valid_from valid_to'),
	('dba', 'chat.operator_state', 'operator presence reason load lease_until signed_in_at last_accept_at last_offer_at penalty_until missed_offers slots on_duty code'),
	('dba', 'chat.outbox', 'item position kind lane account chat state tries created_at next_try_at give_up_at courier finished_at last_status last_error'),
	('dba', 'chat.outbox_lane', 'lane account depth due_at sending'),
	('dba', 'chat.program_metrics', 'program instance at metrics'),
	('dba', 'chat.queue', 'queue label mode level target_s offer_timeout_s wrap_up_s max_per_operator max_length time_zone active auto_accept after_hours preferred_grace_s '
		'idle_release_s retention_days prefer_last_operator'),
	('dba', 'chat.queue_label', 'queue locale label'),
	('dba', 'chat.queue_member', 'queue operator'),
	('dba', 'chat.queue_skill', 'queue skill required min_rating weight'),
	('dba', 'chat.relaxation', 'queue after_s skill min_rating extra_queue'),
	('dba', 'chat.relay', 'relay name started_at heartbeat_at'),
	('dba', 'chat.retention_run', 'run began_at finished_at chats messages addresses audit_rows'),
	('dba', 'chat.router', 'name leads started_at heartbeat_at swept_at pid backend_start beat seen_term seen_beat seen_times'),
	('dba', 'chat.router_term', 'term router pid backend_start began_at ended_at cause predecessor leaderless_for'),
	('dba', 'chat.setting', 'name value kind low high description'),
	('dba', 'chat.site', 'site name origins active mask_cards identity'),
	('dba', 'chat.site_rate', 'site full_at'),
	('dba', 'chat.site_secret', 'site slot created_at created_by last_used_at'),
	('dba', 'chat.skill', 'skill description'),
	('dba', 'chat.text', 'name locale text'),
	('dba', 'chat.wait_error', 'queue day shown served covered shorter longer median_error'),
	('dba', 'chat.wait_shown', 'chat n shown_at queue position state low_s high_s'),
	('dba', 'chat.waiting', 'chat queue declined arrived_at need level preferred due_at'),
	('dba', 'chat.widget', 'widget site title locale bot default_queue accent position features active'),
	('dba', 'chat.widget_queue', 'widget queue position'),
	('dba', 'chat.widget_text', 'widget locale name text'),
	('report', 'chat.assignment', 'assignment chat operator offer started_at ended_at end_reason idle_since idle_check_at'),
	('report', 'chat.board_operator', 'operator name presence reason code live load cap chats idle offers queues signed_in_at'),
	('report', 'chat.board_queue', 'queue label mode level state waiting oldest_s on_duty free target_s'),
	('report', 'chat.chat', 'chat site widget state queue arrived_at locale created_at wrap_up_until ended_at ended_by end_reason erased_at channel'),
	('report', 'chat.chat_decline', 'chat operator declined_at'),
	('report', 'chat.chat_rating', 'chat score rated_at'),
	('report', 'chat.chat_skill', 'chat skill required min_rating weight'),
	('report', 'chat.chat_state', 'state final'),
	('report', 'chat.chat_transition', 'from_state to_state cause'),
	('report', 'chat.closure', 'closure queue since until text'),
	('report', 'chat.delivery', 'chat party got read'),
	('report', 'chat.offer', 'offer chat operator queue state offered_at expires_at closed_at rule kind from_operator note_seq'),
	('report', 'chat.opening_exception', 'queue day opens closes reason'),
	('report', 'chat.opening_hours', 'queue weekday opens closes'),
	('report', 'chat.operator', 'operator name role max_chats active created_at'),
	('report', 'chat.operator_queue', 'operator queue joined_at'),
	('report', 'chat.operator_skill', 'operator skill rating valid_from valid_to'),
	('report', 'chat.operator_state', 'operator presence reason load lease_until signed_in_at last_accept_at last_offer_at penalty_until missed_offers slots on_duty code'),
	('report', 'chat.program_metrics', 'program instance at metrics'),
	('report', 'chat.queue', 'queue label mode level target_s offer_timeout_s wrap_up_s max_per_operator max_length time_zone active auto_accept after_hours preferred_grace_s '
		'idle_release_s retention_days prefer_last_operator'),
	('report', 'chat.queue_member', 'queue operator'),
	('report', 'chat.queue_skill', 'queue skill required min_rating weight'),
	('report', 'chat.relaxation', 'queue after_s skill min_rating extra_queue'),
	('report', 'chat.relay', 'relay name started_at heartbeat_at'),
	('report', 'chat.retention_run', 'run began_at finished_at chats messages addresses audit_rows'),
	('report', 'chat.router', 'name leads started_at heartbeat_at swept_at pid backend_start beat seen_term seen_beat seen_times'),
	('report', 'chat.router_term', 'term router pid backend_start began_at ended_at cause predecessor leaderless_for'),
	('report', 'chat.site', 'site name origins active mask_cards identity'),
	('report', 'chat.skill', 'skill description'),
	('report', 'chat.wait_error', 'queue day shown served covered shorter longer median_error'),
	('report', 'chat.wait_shown', 'chat n shown_at queue position state low_s high_s'),
	('report', 'chat.waiting', 'chat queue declined arrived_at need level preferred due_at'),
	('report', 'chat.widget', 'widget site title locale bot default_queue accent position features active');

create view t.readable as
	select r.role, c.oid::regclass::text as relation, a.attname::text as col
	from unnest(array['dba', 'report', 'audit', 'api', 'relay', 'router', 'courier']) r (role), pg_class c join pg_attribute a on a.attrelid = c.oid
	where c.relnamespace in ('chat'::regnamespace, 'internal'::regnamespace, 'api'::regnamespace) and c.relkind in ('r', 'v', 'm', 'p', 'f') and a.attnum > 0
	  and not a.attisdropped and has_column_privilege('switchboard_' || r.role, c.oid, a.attnum, 'select');
select set_eq('select role, relation, col from t.readable', 'select r.role, r.relation, k.col from t.reads r, string_to_table(r.columns, '' '') k (col)',
	'each role reads these columns and no others');

-- What people wrote, or can be recognised by, is in no report.
create table t.words (relation text, columns text);
insert into t.words values ('chat.chat', 'name email page_url referrer answers context address disposition wrap_up_note'), ('chat.message', '*'), ('chat.chat_access', '*'),
	('chat.chat_rating', 'comment'), ('chat.chat_decline', 'reason'), ('chat.offer', 'reason why candidates'), ('chat.audit', '*'), ('chat.session', '*'),
	('chat.operator_password', '*');
select is_empty($$select r.* from t.readable r join t.words w on w.relation = r.relation where r.role = 'report' and (w.columns = '*' or r.col = any (string_to_array(w.columns, ' ')))$$,
	'P54: a report reads nothing of a person');
select is_empty($$select r.* from t.readable r join t.words w on w.relation = r.relation where r.role = 'dba' and r.relation not in ('chat.offer', 'chat.chat_decline')
	and r.col <> 'disposition' and (w.columns = '*' or r.col = any (string_to_array(w.columns, ' ')))$$,
	'a DBA what operators say why they do not take a chat, and what they file it under');
\ir verdict.psql
