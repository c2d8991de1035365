-- SPDX-License-Identifier: ISC
-- The life of a chat in full: passed on by offer, released while its customer is silent, taken back by a supervisor; a queue closed by hand.
set local role switchboard_owner;

alter table chat.operator_state
	add column code text constraint known_presence_code check (code in ('not_responding', 'connection_lost'));
comment on column chat.operator_state.code is 'Why the system, not the operator, chose the presence: not_responding (missed offers), connection_lost';

alter table chat.offer
	add column from_operator chat.key references chat.operator on update cascade,
	add column note_seq bigint,
	add constraint a_transfer_has_a_giver check (kind <> 'transfer' or from_operator is not null);
comment on column chat.offer.from_operator is 'Who passes the chat on, or from whom a supervisor took it';
comment on column chat.offer.note_seq is 'The note that goes with a transfer, as seq of chat.message';

alter table chat.chat_counter add column customer_at timestamptz;
comment on column chat.chat_counter.customer_at is 'When the customer last wrote';

alter table chat.assignment add column idle_check_at timestamptz;
comment on column chat.assignment.idle_check_at is 'When to look whether the customer has been silent for idle_release_s; put off lazily, so that a message touches nothing here';
create index assignment_idle_check_at on chat.assignment (idle_check_at) where idle_check_at is not null;
create index assignment_idle on chat.assignment (chat) where ended_at is null and idle_since is not null;

-- No key: whoever posts a message must wait for nobody here.
create table internal.woken (
	chat uuid not null references chat.chat on delete cascade
);
comment on table internal.woken is 'Chats whose customer wrote while they did not count in the load; the router counts them again before it decides';

create table internal.idle_rule_changed (
	queue text not null
);
comment on table internal.idle_rule_changed is 'Queues whose idle_release_s was changed: the chats that run there are to be looked at again';

create table chat.closure (
	closure bigint generated always as identity primary key,
	queue   chat.key references chat.queue on update cascade on delete cascade,
	since   timestamptz not null default now(),
	until   timestamptz,
	text    text constraint text_of_1_to_300 check (char_length(text) between 1 and 300 and text !~ '^\s|\s$|[\x01-\x09\x0b-\x1f\x7f]'),
	constraint one_closure_a_queue unique nulls not distinct (queue),
	constraint since_before_until check (since < until)
);
comment on table chat.closure is 'Queues closed by hand, whatever their hours say: from since until until (NULL: until opened by hand). queue NULL closes everything';
comment on column chat.closure.text is 'What customers are told instead of the usual words';

grant select, insert, update, delete on chat.closure to switchboard_dba;
grant select on chat.closure to switchboard_report;
