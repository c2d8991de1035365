-- SPDX-License-Identifier: ISC
-- A bot may get its chat back from the operator it handed it to, where the queue says so.
set local role switchboard_owner;

insert into chat.chat_transition values ('active', 'bot', 'the operator gave the chat back to its bot');

alter table chat.queue add column bot_returns boolean not null default false;
comment on column chat.queue.bot_returns is 'true: an operator may give a chat of this queue back to the bot it came from';

alter table chat.bot add column return_node chat.key;
comment on column chat.bot.return_node is 'The node at which it goes on when an operator gives a chat back; NULL: first_node';
