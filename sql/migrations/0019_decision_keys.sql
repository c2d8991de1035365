-- SPDX-License-Identifier: ISC
-- A decision waits for nobody. Foreign keys that stood on what the router writes locked a row of the configuration for each row written: who held the row of one
-- operator or queue (select … for update) stopped the router for everybody. What they promised is held by rows that the writer holds anyway, and by the triggers
-- offers_follow_… (sql/api/15_triggers.sql); sql/invariants.sql proves it.
set local role switchboard_owner;

-- Whoever makes an offer holds the rows of its chat and of its operator's state, and the chat's row has its queue.
alter table chat.offer drop constraint offer_chat_fkey, drop constraint offer_operator_fkey, drop constraint offer_queue_fkey;
-- An assignment stands on an offer to the same operator.
alter table chat.assignment drop constraint assignment_operator_fkey;
-- A chat waits in the queue that its own row names, as long as that row says so.
alter table chat.waiting drop constraint waiting_queue_fkey, drop constraint waiting_chat_fkey;
-- Operators and their states come and go by triggers. (A key is looked at again when a row changes for the second time in one transaction.)
alter table chat.operator_state drop constraint operator_state_operator_fkey;
-- The router drops the needs of a queue that is gone (internal.drop_needs): it alone writes this table.
alter table internal.need drop constraint need_queue_fkey;

-- A chat of the line whose row somebody held is looked at again.
alter table internal.stale drop constraint known_mark,
	add constraint known_mark check (what in ('everything', 'setting', 'queue', 'operator', 'joined', 'duty', 'line'));

comment on column chat.offer.chat is 'The chat; goes with it';
comment on column chat.offer.operator is 'To whom it is held out; one who has had offers cannot be deleted, only switched off';
comment on column chat.offer.queue is 'The queue in which the chat was at that time; one that has had offers cannot be deleted, only switched off';
comment on column chat.assignment.operator is 'Whose chat it was; the operator of the offer';
comment on column chat.operator_state.operator is 'The operator; goes with him';
comment on column chat.waiting.chat is 'The chat; goes with it';
comment on column chat.waiting.queue is 'The queue of the chat';
