-- SPDX-License-Identifier: ISC
-- The first word by a channel is answered, unless it is a greeting.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('greeting_words', 'HELLO HI HEY GOOD MORNING AFTERNOON EVENING DAY THERE HALLO GUTEN TAG MORGEN ABEND MOIN SERVUS GRÜSS GOTT BONJOUR SALUT BONSOIR COUCOU HOLA BUENAS BUENOS DÍAS DIAS TARDES'
		' NOCHES QUÉ QUE TAL مرحبا أهلا اهلا السلام عليكم صباح مساء الخير START', 'text', null, null,
		'Words of greeting, separated by spaces: a first message by a channel that has no others is greeted by the bot; one that says more is answered, too');

-- When an operator ends a chat its bot may have the last word, where the queue says so; meanwhile the operator files it.
alter table chat.queue add column bot_closes boolean not null default false;
comment on column chat.queue.bot_closes is 'true: when an operator ends a chat of this queue it goes to its bot for the last words, or for whatever else the customer wants';
alter table chat.queue add column bot_closing_s int not null default 600 constraint bot_closing_30_s_to_7_days check (bot_closing_s between 30 and 604800);
comment on column chat.queue.bot_closing_s is 'After so many seconds without a word such a chat ends';

alter table chat.bot add column closing_node chat.key;
comment on column chat.bot.closing_node is 'The node at which it goes on when an operator ends a chat (chat.queue.bot_closes); NULL: return_node, and without that it has no last word';

alter table chat.chat add column closing_until timestamptz;
comment on column chat.chat.closing_until is 'The operator has ended his part and the bot has the last word: when to look whether the customer is silent';
create index chat_closing_until on chat.chat (closing_until) where closing_until is not null;

create table chat.filing (
	chat       uuid primary key references chat.chat on delete cascade,
	operator   chat.key not null references chat.operator on update cascade,
	until      timestamptz not null
);
create index on chat.filing (operator);
create index on chat.filing (until);
comment on table chat.filing is 'Who writes his notes about a chat while its bot has the last word; it counts in his load until then';
comment on column chat.filing.chat is 'The chat';
comment on column chat.filing.operator is 'Who ended his part of it';
comment on column chat.filing.until is 'When his slot is free again, if he is not done before';
grant select on chat.filing to switchboard_dba;
grant select (closing_until) on chat.chat to switchboard_dba;
