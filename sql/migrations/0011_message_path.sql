-- SPDX-License-Identifier: ISC
-- What storing a message costs.
set local role switchboard_owner;

-- A message belongs to its chat's counter, which belongs to the chat: whoever writes an event holds the counter's row, so no message can come to a chat that is
-- not there, and with a chat its counter and with that its messages go (trigger message_goes). The key that stood here looked the chat up for every
-- message and locked its row, a quarter of what storing a message cost.
alter table chat.message drop constraint message_chat_fkey;

-- Chat and cid first: two numbers of 16 bytes tell almost everything apart. Only customers, whose author is '', and operators, whose key never is, send cids: the
-- kind of author adds nothing.
drop index chat.message_once;
create unique index message_once on chat.message (chat, cid, author) where cid is not null;
comment on column chat.message.sent_hash is 'Hash of what the author sent where that is not the body as it stands (a choice), to tell a repeat (same answer) from a conflict';
