-- SPDX-License-Identifier: ISC
-- How far each side of a chat has got and read it; customers who come without sockets.
set local role switchboard_owner;

-- Apart from the message path: nothing is written here when a message is stored. A row holds what was last noted, which is seldom and never goes back.
create table chat.delivery (
	chat  uuid not null references chat.chat on delete cascade,
	party text not null constraint known_party check (party in ('customer', 'operator')),
	got   bigint not null,
	read  bigint not null,
	primary key (chat, party),
	constraint read_up_to_got check (read between 0 and got)
) with (fillfactor = 50);
comment on table chat.delivery is 'How far each side of a chat has got and read it, noted by the relay some seconds after it was told, each time as a whole';
comment on column chat.delivery.party is 'Whose browser: customer, or operator (whoever has the chat)';
comment on column chat.delivery.got is 'The seq up to which it has reached that browser';
comment on column chat.delivery.read is 'The seq up to which it has been in view there';
grant select on chat.delivery to switchboard_dba, switchboard_report;

alter table chat.chat add column customer_polls_until timestamptz;
comment on column chat.chat.customer_polls_until is 'Until then a customer without a socket, who asks over HTTP again and again, counts as there';
