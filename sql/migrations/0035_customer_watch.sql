-- SPDX-License-Identifier: ISC
-- Who looks each second whether customers have vanished looked at every open chat: with ten thousand of them at their sockets that was most of what the server had to do.
set local role switchboard_owner;

create table internal.customer_watch (
	chat     uuid primary key,
	check_at timestamptz not null
) with (fillfactor = 50);
create index customer_watch_check_at on internal.customer_watch (check_at);
comment on table internal.customer_watch is 'The open chats of web customers: when to look next whether the customer is still there. A chat that is over goes at that look';

insert into internal.customer_watch (chat, check_at) select c.chat, '-infinity' from chat.chat c where c.channel = 'web' and c.state in ('bot', 'queued', 'offered', 'active');

create table internal.customer_rule (
	gone   interval,
	resume interval,
	lost   interval
);
comment on table internal.customer_rule is 'The settings (customer_gone_s, customer_resume_s, relay_lost_s) by which internal.customer_watch was worked out; one row';
insert into internal.customer_rule values (null, null, null);
