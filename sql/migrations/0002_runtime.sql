-- SPDX-License-Identifier: ISC
-- What happens: chats, their messages, offers, assignments, presence. Written by the functions of schema api only.
set local role switchboard_owner;

-- Says which life of the database this is. A client that knows another epoch starts over with the full history.
create table internal.installation (
	one   boolean primary key default true constraint only_one_row check (one),
	epoch uuid not null default gen_random_uuid()
);
insert into internal.installation default values;

create table chat.chat_state (
	state text primary key,
	final boolean not null default false
);
comment on table chat.chat_state is 'The states of a chat; a final one is never left';
insert into chat.chat_state values ('bot', false), ('queued', false), ('offered', false), ('active', false), ('wrap_up', false), ('ended', true), ('abandoned', true);

create table chat.chat_transition (
	from_state text not null references chat.chat_state,
	to_state   text not null references chat.chat_state,
	cause      text not null,
	primary key (from_state, to_state)
);
comment on table chat.chat_transition is 'Every change of state there is; a trigger refuses all others';
insert into chat.chat_transition values
	('bot', 'queued', 'the customer asked for a person or the bot handed over'),
	('bot', 'ended', 'the customer or the bot ended the chat'),
	('bot', 'abandoned', 'the customer vanished'),
	('queued', 'offered', 'the router held the chat out to an operator'),
	('queued', 'abandoned', 'the customer vanished or left while waiting'),
	('offered', 'queued', 'the offer was declined, expired or withdrawn'),
	('offered', 'active', 'the operator accepted'),
	('offered', 'abandoned', 'the customer vanished or left while waiting'),
	('active', 'queued', 'the operator vanished or passed the chat on'),
	('active', 'wrap_up', 'the conversation is over, the operator has notes to write'),
	('active', 'ended', 'the conversation is over'),
	('wrap_up', 'ended', 'the notes are written or their time is over');

create table chat.chat (
	chat             uuid primary key,
	site             chat.key not null references chat.site on update cascade,
	widget           chat.key not null references chat.widget on update cascade,
	state            text not null references chat.chat_state,
	queue            chat.key references chat.queue on update cascade,
	arrived_at       timestamptz,
	name             text constraint name_of_1_to_100 check (char_length(name) between 1 and 100),
	email            text constraint email_up_to_254 check (char_length(email) <= 254),
	locale           text not null,
	page_url         text constraint page_url_up_to_2000 check (char_length(page_url) <= 2000),
	referrer         text constraint referrer_up_to_2000 check (char_length(referrer) <= 2000),
	answers          jsonb not null default '{}',
	context          jsonb not null default '{}',
	address          inet,
	bot              chat.key references chat.bot on update cascade,
	bot_node         text,
	bot_misses       int not null default 0,
	created_at       timestamptz not null,
	customer_seen_at timestamptz not null,
	wrap_up_until    timestamptz,
	ended_at         timestamptz,
	ended_by         text constraint ended_by_a_party check (ended_by in ('customer', 'operator', 'bot', 'system')),
	end_reason       text,
	disposition      text constraint disposition_up_to_200 check (char_length(disposition) <= 200),
	wrap_up_note     text constraint wrap_up_note_up_to_4000 check (char_length(wrap_up_note) <= 4000),
	constraint a_chat_with_people_has_a_queue check (state in ('bot', 'ended', 'abandoned') or (queue is not null and arrived_at is not null)),
	constraint an_ended_chat_has_its_end check ((state in ('ended', 'abandoned')) = (ended_at is not null))
) with (fillfactor = 80);
create index chat_open_by_state on chat.chat (state) where ended_at is null;
create index chat_wrap_up_until on chat.chat (wrap_up_until) where state = 'wrap_up';
create index chat_created_at on chat.chat (created_at);
comment on table chat.chat is 'One conversation';
comment on column chat.chat.arrived_at is 'When it first entered a queue; kept through decline, time-out and requeue, so that it keeps its place';

-- Apart from chat.chat, so that posting a message never waits for routing and routing never for a message.
create table chat.chat_counter (
	chat     uuid primary key references chat.chat on delete cascade,
	last_seq bigint not null default 0
) with (fillfactor = 50);
comment on table chat.chat_counter is 'The last seq given out in a chat; whoever writes an event holds this row''s lock';

create table chat.chat_access (
	chat             uuid primary key references chat.chat on delete cascade,
	token_hash       bytea not null unique constraint token_hash_is_sha256 check (octet_length(token_hash) = 32),
	request_key_hash bytea not null unique constraint request_key_hash_is_sha256 check (octet_length(request_key_hash) = 32),
	request_hash     bytea not null constraint request_hash_is_sha256 check (octet_length(request_hash) = 32)
);
comment on table chat.chat_access is 'Hashes of a customer''s secrets; the secrets themselves are nowhere';

create table chat.message (
	chat        uuid not null references chat.chat on delete cascade,
	seq         bigint not null constraint seq_from_1 check (seq >= 1),
	kind        text not null constraint known_kind check (kind in ('message', 'bot_message', 'queued', 'assigned', 'joined', 'left', 'transferred',
		'transfer_failed', 'requeued', 'note', 'reminder', 'ended', 'rated')),
	author_kind text not null constraint known_author_kind check (author_kind in ('customer', 'operator', 'bot', 'system')),
	author      text not null default '',
	author_name text not null default '',
	body        text constraint body_up_to_4000 check (char_length(body) <= 4000),
	data        jsonb,
	at          timestamptz not null,
	cid         uuid,
	sent_hash   bytea,
	primary key (chat, seq)
);
create unique index message_once on chat.message (chat, author_kind, author, cid) where cid is not null;
comment on table chat.message is 'Everything a chat''s transcript shows, in order: seq is 1, 2, 3 … without a gap in each chat';
comment on column chat.message.sent_hash is 'Hash of what the author sent, to tell a repeat (same answer) from a conflict';

create table chat.chat_rating (
	chat     uuid primary key references chat.chat on delete cascade,
	score    int not null constraint score_between_1_and_5 check (score between 1 and 5),
	comment  text constraint comment_up_to_1000 check (char_length(comment) <= 1000),
	rated_at timestamptz not null
);
comment on table chat.chat_rating is 'What the customer thought of the conversation, once a chat';

create table chat.operator_state (
	operator       chat.key primary key references chat.operator on update cascade on delete cascade,
	presence       text not null default 'offline' constraint known_presence check (presence in ('available', 'busy', 'break', 'offline')),
	reason         text constraint reason_up_to_200 check (char_length(reason) <= 200),
	load           int not null default 0 constraint load_from_0 check (load >= 0),
	lease_until    timestamptz not null default '-infinity',
	signed_in_at   timestamptz,
	last_accept_at timestamptz,
	last_offer_at  timestamptz,
	penalty_until  timestamptz,
	missed_offers  int not null default 0
) with (fillfactor = 50);
comment on table chat.operator_state is 'What an operator is doing now';
comment on column chat.operator_state.load is 'Open chats and open offers, kept by triggers and proven by sql/invariants.sql';
comment on column chat.operator_state.lease_until is 'Until then he counts as live; every sign of life moves it on';

create table chat.operator_queue (
	operator  chat.key not null references chat.operator on update cascade on delete cascade,
	queue     chat.key not null references chat.queue on update cascade on delete cascade,
	joined_at timestamptz not null,
	primary key (operator, queue)
);
create index on chat.operator_queue (queue, operator);
comment on table chat.operator_queue is 'Which queues an operator has joined';

-- What the router reads. Chats of one queue with the same declined set have equal needs: they are one class.
create table chat.waiting (
	chat       uuid primary key references chat.chat on delete cascade,
	queue      chat.key not null references chat.queue on update cascade,
	declined   text[] not null default '{}',
	arrived_at timestamptz not null
);
create index waiting_class on chat.waiting (queue, declined, arrived_at, chat);
create index waiting_order on chat.waiting (queue, arrived_at, chat);
comment on table chat.waiting is 'One row for each chat in state queued';

create table chat.chat_decline (
	chat        uuid not null references chat.chat on delete cascade,
	operator    chat.key not null references chat.operator on update cascade on delete cascade,
	declined_at timestamptz not null,
	reason      text constraint reason_up_to_200 check (char_length(reason) <= 200),
	primary key (chat, operator)
);
comment on table chat.chat_decline is 'Who declined which chat: it is not offered to him again while somebody else is on duty';

create table chat.offer (
	offer      uuid primary key default gen_random_uuid(),
	chat       uuid not null references chat.chat on delete cascade,
	operator   chat.key not null references chat.operator on update cascade,
	queue      chat.key not null references chat.queue on update cascade,
	state      text not null default 'open' constraint known_offer_state check (state in ('open', 'accepted', 'declined', 'expired', 'abandoned', 'withdrawn')),
	offered_at timestamptz not null,
	expires_at timestamptz not null,
	closed_at  timestamptz,
	rule       text not null,
	why        jsonb not null default '{}',
	reason     text constraint reason_up_to_200 check (char_length(reason) <= 200),
	constraint an_open_offer_is_not_closed check ((state = 'open') = (closed_at is null))
);
create unique index one_open_offer_a_chat on chat.offer (chat) where state = 'open';
create index offer_open_by_operator on chat.offer (operator) where state = 'open';
create index offer_expires_at on chat.offer (expires_at) where state = 'open';
create index on chat.offer (chat);
comment on table chat.offer is 'A chat held out to one operator';

create table chat.assignment (
	assignment bigint generated always as identity primary key,
	chat       uuid not null references chat.chat on delete cascade,
	operator   chat.key not null references chat.operator on update cascade,
	offer      uuid not null references chat.offer on delete cascade,
	started_at timestamptz not null,
	ended_at   timestamptz,
	end_reason text,
	constraint an_ended_assignment_has_its_reason check ((ended_at is null) = (end_reason is null))
);
create unique index one_owner_a_chat on chat.assignment (chat) where ended_at is null;
create index assignment_open_by_operator on chat.assignment (operator) where ended_at is null;
create index on chat.assignment (chat);
comment on table chat.assignment is 'Who owned a chat from when to when';

create table chat.relay (
	relay        int generated always as identity primary key,
	name         text not null unique constraint name_of_1_to_200 check (char_length(name) between 1 and 200),
	started_at   timestamptz not null,
	heartbeat_at timestamptz not null
);
comment on table chat.relay is 'The relays there are; relay n listens on channel switchboard_relay_<n>';

create table chat.relay_chat (
	relay int not null references chat.relay on delete cascade,
	chat  uuid not null references chat.chat on delete cascade,
	primary key (chat, relay)
);
create index on chat.relay_chat (relay);
comment on table chat.relay_chat is 'Which relay holds a socket of which chat''s customer';

create table chat.router (
	name         text primary key,
	leads        boolean not null default false,
	started_at   timestamptz not null,
	heartbeat_at timestamptz not null,
	swept_at     timestamptz not null default '-infinity'
);
comment on table chat.router is 'The routers there are; one leads';
