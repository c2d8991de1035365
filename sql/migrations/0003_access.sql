-- SPDX-License-Identifier: ISC
-- Who may do what, and who did: passwords, sessions, tickets, the audit trail, grants.
set local role switchboard_owner;

create table chat.operator_password (
	operator   chat.key primary key references chat.operator on update cascade on delete cascade,
	hash       text not null constraint hash_is_yescrypt check (hash like '$y$%' and char_length(hash) <= 384),
	changed_at timestamptz not null
);
comment on table chat.operator_password is 'crypt(3) hashes; no role but the owner reads them';

create table chat.session (
	session      bytea primary key constraint session_is_sha256 check (octet_length(session) = 32),
	operator     chat.key not null references chat.operator on update cascade on delete cascade,
	created_at   timestamptz not null,
	last_used_at timestamptz not null,
	address      inet,
	user_agent   text
);
create index on chat.session (operator);
comment on table chat.session is 'Operators who are logged in; the key is the hash of the cookie';

create table chat.ticket (
	ticket     bytea primary key constraint ticket_is_sha256 check (octet_length(ticket) = 32),
	session    bytea not null references chat.session on delete cascade,
	origin     text,
	expires_at timestamptz not null
);
create index on chat.ticket (expires_at);
comment on table chat.ticket is 'One-use tickets for an operator''s socket';

create table chat.audit (
	audit      bigint generated always as identity primary key,
	at         timestamptz not null default clock_timestamp(),
	actor_kind text not null constraint known_actor_kind check (actor_kind in ('customer', 'operator', 'program', 'dba')),
	actor      text not null default '',
	db_user    text not null default session_user,
	action     text not null,
	object     text not null,
	key        text not null,
	old        jsonb,
	new        jsonb,
	txid       xid8 not null default pg_current_xact_id()
);
create index on chat.audit (object, key, at);
create index on chat.audit (at);
comment on table chat.audit is 'Who changed what and when, written in the transaction of the change';

grant select, insert, update, delete on chat.site, chat.widget, chat.widget_queue, chat.widget_text, chat.skill, chat.operator, chat.operator_skill,
	chat.queue, chat.queue_label, chat.queue_skill, chat.queue_member, chat.opening_hours, chat.opening_exception, chat.bot, chat.bot_node,
	chat.bot_choice, chat.bot_text, chat.text to switchboard_dba;
grant select, update (value) on chat.setting to switchboard_dba;
grant select on chat.chat_state, chat.chat_transition, chat.operator_state, chat.operator_queue, chat.offer, chat.assignment, chat.waiting, chat.chat_decline,
	chat.relay, chat.router to switchboard_dba, switchboard_report;
grant select on chat.site, chat.widget, chat.skill, chat.operator, chat.operator_skill, chat.queue, chat.queue_skill, chat.queue_member, chat.opening_hours,
	chat.opening_exception to switchboard_report;
grant select (chat, score, rated_at) on chat.chat_rating to switchboard_report;
grant select (chat, site, widget, state, queue, arrived_at, locale, created_at, wrap_up_until, ended_at, ended_by, end_reason, disposition)
	on chat.chat to switchboard_dba, switchboard_report;
grant select on chat.audit to switchboard_audit;
