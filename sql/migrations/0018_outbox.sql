-- SPDX-License-Identifier: ISC
-- What leaves by HTTP or SMTP: a queue that the couriers share.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('outbox_max',           '100000', 'int', 1, 10000000, 'Items that may wait in chat.outbox in all; beyond it nothing more is taken (503 queue_full; events for a webhook are left out)'),
	('outbox_lane_max',      '1000',   'int', 1, 1000000,  'Items that may wait in one lane of chat.outbox; answered as outbox_max'),
	('outbox_account_max',   '16',     'int', 1, 1000,     'Requests to one account that are under way at once: a slow one does not hold up the others'),
	('outbox_tries',         '40',     'int', 1, 1000,     'Attempts after which an item of chat.outbox is a dead letter'),
	('outbox_backoff_s',     '2',      'int', 1, 3600,     'Longest pause before the second attempt; twice as long before each further one (the pause is drawn between 0 and that)'),
	('outbox_backoff_max_s', '3600',   'int', 1, 86400,    'The longest of these pauses'),
	('outbox_keep_h',        '24',     'int', 0, 8760,     'Hours for which delivered items are kept in chat.outbox'),
	('outbox_dead_days',     '30',     'int', 1, 3650,     'Days for which dead letters are kept, and can be sent again');

create table chat.courier (
	courier      int generated always as identity primary key,
	name         text not null constraint name_of_1_to_200 check (char_length(name) between 1 and 200),
	started_at   timestamptz not null,
	heartbeat_at timestamptz not null,
	asleep_until timestamptz not null default '-infinity'
) with (fillfactor = 50);
comment on table chat.courier is 'The couriers there are: a row for each session of one. They share the work';
comment on column chat.courier.courier is 'Its number; its session holds the advisory lock (7399, number), so that others see at once when it is gone';
comment on column chat.courier.name is 'As configured (courier_name), else host and process';
comment on column chat.courier.started_at is 'When its session began';
comment on column chat.courier.heartbeat_at is 'Its last sign of life';
comment on column chat.courier.asleep_until is 'Until then it sleeps unless somebody rings (NOTIFY switchboard_outbox); while it is awake nobody needs to';

-- Apart from the items: who puts one into a lane holds the lane's row, so that the order of the lane is that of COMMIT; couriers claim lanes, so that a long one costs no more than a short one.
create table chat.outbox_lane (
	lane    text primary key constraint lane_of_1_to_200 check (char_length(lane) between 1 and 200),
	account text not null,
	depth   int not null constraint a_lane_without_items_is_deleted check (depth > 0),
	due_at  timestamptz not null,
	sending boolean not null default false
) with (fillfactor = 50);
create index outbox_lane_due on chat.outbox_lane (account, due_at);
create index outbox_lane_sending on chat.outbox_lane (account) where sending;
comment on table chat.outbox_lane is 'The lanes of chat.outbox that have something to do; of each only the first item is sent, and the next when that is delivered or dead';
comment on column chat.outbox_lane.lane is 'Its key, such as chat/<chat>/channel';
comment on column chat.outbox_lane.account is 'Kind and account of its items, kind/account; outbox_account_max counts by it';
comment on column chat.outbox_lane.depth is 'Items that are not finished';
comment on column chat.outbox_lane.due_at is 'When a courier takes its first item; while it is under way: until when it has time';
comment on column chat.outbox_lane.sending is 'Its first item is under way';

create table chat.outbox (
	item        uuid primary key default gen_random_uuid(),
	position    bigint generated always as identity,
	kind        text not null constraint kind_webhook_bot_channel_or_mail check (kind in ('webhook', 'bot', 'channel', 'mail')),
	lane        text not null,
	account     text not null constraint account_up_to_100 check (char_length(account) <= 100),
	chat        uuid references chat.chat on delete cascade,
	body        jsonb not null constraint body_is_an_object_of_up_to_1_mib check (jsonb_typeof(body) = 'object' and pg_column_size(body) <= 1048576),
	state       text not null default 'queued' constraint state_queued_sending_done_or_dead check (state in ('queued', 'sending', 'done', 'dead')),
	tries       int not null default 0,
	created_at  timestamptz not null,
	next_try_at timestamptz not null,
	give_up_at  timestamptz not null default 'infinity',
	lease       uuid,
	courier     int,
	finished_at timestamptz,
	last_status int,
	last_error  text constraint last_error_up_to_1000 check (char_length(last_error) <= 1000),
	constraint a_finished_item_says_when check ((state in ('done', 'dead')) = (finished_at is not null)),
	constraint an_item_that_is_sent_has_a_lease check (state <> 'sending' or (lease is not null and courier is not null))
) with (fillfactor = 70);
create index outbox_of_lane on chat.outbox (lane, position) where finished_at is null;
create index outbox_open on chat.outbox (position) where finished_at is null;
create index outbox_sending on chat.outbox (courier) where state = 'sending';
create index outbox_finished on chat.outbox (finished_at) where finished_at is not null;
create index outbox_dead on chat.outbox (finished_at) where state = 'dead';
create index outbox_of_chat on chat.outbox (chat) where chat is not null;
comment on table chat.outbox is 'What leaves by HTTP or SMTP: in order in each lane, at least once, with the same key each time. switchboard outbox lists, sends again and drops';
comment on column chat.outbox.item is 'Its key, and the Idempotency-Key under which it is sent, however often';
comment on column chat.outbox.position is 'Its place: a lane is sent in this order';
comment on column chat.outbox.kind is 'webhook (events for the company''s own systems), bot (an external bot), channel (SMS, Messenger, generic), mail';
comment on column chat.outbox.lane is 'Items of one lane leave one after the other; lanes do not wait for each other';
comment on column chat.outbox.account is 'To whom, within its kind: the key of the webhook, bot or channel account';
comment on column chat.outbox.chat is 'The chat it belongs to; it is erased with it';
comment on column chat.outbox.body is 'What its kind makes the request of, at the moment of sending; no role but the owner reads it';
comment on column chat.outbox.state is 'queued, sending, done (delivered), dead (given up: last_error says why)';
comment on column chat.outbox.tries is 'Attempts so far';
comment on column chat.outbox.created_at is 'When it was put in';
comment on column chat.outbox.next_try_at is 'Not before then';
comment on column chat.outbox.give_up_at is 'A dead letter when it is not delivered by then';
comment on column chat.outbox.lease is 'Names the present attempt: an answer to an older one counts no more';
comment on column chat.outbox.courier is 'Which courier made the last attempt';
comment on column chat.outbox.finished_at is 'When it was delivered or given up';
comment on column chat.outbox.last_status is 'The HTTP or SMTP status of the last answer; NULL: there was none';
comment on column chat.outbox.last_error is 'Why the last attempt failed';

alter table chat.chat add column channel text not null default 'web' constraint channel_web_sms_messenger_or_generic check (channel in ('web', 'sms', 'messenger', 'generic'));
comment on column chat.chat.channel is 'How the customer talks with us: web is the widget';
grant select (channel) on chat.chat to switchboard_dba, switchboard_report;

grant select on chat.courier, chat.outbox_lane to switchboard_dba;
grant select (item, position, kind, lane, account, chat, state, tries, created_at, next_try_at, give_up_at, courier, finished_at, last_status, last_error) on chat.outbox to switchboard_dba;
