-- SPDX-License-Identifier: ISC
-- Whom the installation tells what happens, and bots that are programs of somebody else's.
set local role switchboard_owner;

create domain chat.endpoint as text
	constraint an_address_of_http check (value ~ '^https?://[^\s/@?#]+(/\S*)?$' and char_length(value) <= 2000);
comment on domain chat.endpoint is 'Where a request goes: https://host/path, without user, spaces and fragment, up to 2000 characters';

create table chat.webhook (
	webhook       chat.key primary key,
	url           chat.endpoint not null,
	events        text[] not null default '{started,queued,assigned,ended,rated,note_left}'
		constraint known_events check (events <@ '{started,queued,assigned,ended,rated,note_left}' and cardinality(events) > 0),
	site          chat.key references chat.site on update cascade on delete cascade,
	plain_http    boolean not null default false,
	allowed_hosts text[] not null default '{}' constraint up_to_50_hosts check (cardinality(allowed_hosts) <= 50),
	timeout_s     int not null default 10 constraint timeout_between_1_and_60_s check (timeout_s between 1 and 60),
	active        boolean not null default true,
	constraint http_is_allowed_or_not_used check (plain_http or url like 'https://%')
);
comment on table chat.webhook is 'Addresses that are told what happens to chats, in order for each chat (deploy/manual/webhooks.md); secrets: switchboard webhook secret add';
comment on column chat.webhook.webhook is 'Its key';
comment on column chat.webhook.url is 'Where events are posted to';
comment on column chat.webhook.events is 'Which: started, queued, assigned, ended, rated, note_left';
comment on column chat.webhook.site is 'Of which site''s chats; NULL: of all';
comment on column chat.webhook.plain_http is 'true: http is good enough for it';
comment on column chat.webhook.allowed_hosts is 'Hosts that url may name; empty: any that is public';
comment on column chat.webhook.timeout_s is 'Seconds it has for an answer';
comment on column chat.webhook.active is 'false: it is told nothing any more, and what waits for it is dropped';
grant select, insert, update, delete on chat.webhook to switchboard_dba;

alter table chat.bot
	add column kind text not null default 'built_in' constraint kind_built_in_http_or_relay check (kind in ('built_in', 'http', 'relay')),
	add column url chat.endpoint,
	add column plain_http boolean not null default false,
	add column allowed_hosts text[] not null default '{}' constraint up_to_50_hosts check (cardinality(allowed_hosts) <= 50),
	add column timeout_s int not null default 5 constraint timeout_between_1_and_30_s check (timeout_s between 1 and 30),
	add column give_up_s int not null default 15 constraint give_up_between_1_and_300_s check (give_up_s between 1 and 300),
	add constraint only_an_http_bot_has_an_address check ((kind = 'http') = (url is not null)),
	add constraint http_is_allowed_or_not_used check (plain_http or url is null or url like 'https://%');
comment on table chat.bot is 'Who meets customers first: the built-in bot, or a program of somebody else''s (deploy/manual/bots.md)';
comment on column chat.bot.kind is 'built_in: its nodes stand in chat.bot_node. http: each turn is a request to url. relay: it connects to the relay with a token (switchboard bot token add)';
comment on column chat.bot.url is 'Of an http bot: where its turns are posted to';
comment on column chat.bot.plain_http is 'true: http is good enough for url';
comment on column chat.bot.allowed_hosts is 'Hosts that url may name; empty: any that is public';
comment on column chat.bot.timeout_s is 'Of an http bot: seconds for one attempt to get an answer';
comment on column chat.bot.give_up_s is 'Of an external bot: seconds after a customer''s word, attempts and all, after which people take the chat';

-- The owner of a chat while an external bot has it. With the row its claim is gone: whatever it says later is refused.
create table chat.bot_lease (
	chat      uuid primary key references chat.chat on delete cascade,
	bot       chat.key not null references chat.bot on update cascade,
	lease     uuid not null unique default gen_random_uuid(),
	taken_at  timestamptz not null,
	answer_by timestamptz
) with (fillfactor = 50);
create index bot_lease_answer_by on chat.bot_lease (answer_by) where answer_by is not null;
create index on chat.bot_lease (bot);
comment on table chat.bot_lease is 'Which external bot has which chat now. It is no operator: queues and statistics do not know it';
comment on column chat.bot_lease.lease is 'Names its claim: an answer under another one counts no more';
comment on column chat.bot_lease.taken_at is 'Since when';
comment on column chat.bot_lease.answer_by is 'Until when it has to answer the customer; NULL: it is the customer''s turn';
alter table chat.chat add column bot_left_at timestamptz;
comment on column chat.chat.bot_left_at is 'When an external bot handed over, failed or was left; it does not come back into this chat by itself';
grant select on chat.bot_lease to switchboard_dba;
grant select (bot_left_at) on chat.chat to switchboard_dba;

-- Two secrets each, so that one can take over from the other. A token of a bot that connects is not kept itself.
create table chat.outgoing_secret (
	webhook      chat.key references chat.webhook on update cascade on delete cascade,
	bot          chat.key references chat.bot on update cascade on delete cascade,
	slot         int not null constraint slot_1_or_2 check (slot in (1, 2)),
	secret       text constraint secret_of_32_to_200_characters check (char_length(secret) between 32 and 200 and secret ~ '^[\x21-\x7e]+$'),
	token_hash   bytea unique constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
	created_at   timestamptz not null default now(),
	created_by   text not null default session_user,
	last_used_at timestamptz,
	constraint of_a_webhook_or_a_bot check (num_nonnulls(webhook, bot) = 1),
	constraint a_secret_or_a_token_of_a_bot check (num_nonnulls(secret, token_hash) = 1 and (token_hash is null or bot is not null)),
	constraint one_in_a_slot unique nulls not distinct (webhook, bot, slot)
) with (fillfactor = 50);
create index on chat.outgoing_secret (bot);
comment on table chat.outgoing_secret is 'What requests to a webhook or an external bot are signed with, and the tokens of bots that connect; made by switchboard.'
	' No role but the owner reads them';
comment on column chat.outgoing_secret.webhook is 'Whose it is: a webhook''s …';
comment on column chat.outgoing_secret.bot is '… or a bot''s';
comment on column chat.outgoing_secret.slot is 'Two may hold at once, while one takes over from the other';
comment on column chat.outgoing_secret.secret is 'Its characters are the key of HMAC-SHA256; no role but the owner reads it';
comment on column chat.outgoing_secret.token_hash is 'SHA-256 of the token of a bot that connects to the relay';
comment on column chat.outgoing_secret.created_at is 'When it was made';
comment on column chat.outgoing_secret.created_by is 'The database user who made it';
comment on column chat.outgoing_secret.last_used_at is 'When a bot last connected with it, to the hour';
grant select (webhook, bot, slot, created_at, created_by, last_used_at), delete on chat.outgoing_secret to switchboard_dba;

-- A bot that is connected to a relay.
create table chat.bot_session (
	session      bytea primary key constraint session_is_sha256 check (octet_length(session) = 32),
	bot          chat.key not null references chat.bot on update cascade on delete cascade,
	token_hash   bytea not null references chat.outgoing_secret (token_hash) on delete cascade,
	created_at   timestamptz not null,
	last_used_at timestamptz not null
) with (fillfactor = 50);
create index on chat.bot_session (bot);
create index on chat.bot_session (token_hash);
comment on table chat.bot_session is 'External bots that are connected to a relay';
comment on column chat.bot_session.session is 'SHA-256, made at its hello';
comment on column chat.bot_session.token_hash is 'The token it came with; with that it goes';
comment on column chat.bot_session.created_at is 'Since when';
comment on column chat.bot_session.last_used_at is 'The relay''s last word of it';
grant select (bot, created_at, last_used_at) on chat.bot_session to switchboard_dba;
