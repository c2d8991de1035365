-- SPDX-License-Identifier: ISC
-- What is kept of people, and for how long.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('retention_days', '0',  'int', 0, 36500, 'Days after its end until a chat is erased, where its queue does not say otherwise; 0 = never'),
	('address_days',   '30', 'int', 0, 36500, 'Days until network addresses are shortened to their network (/24, IPv6 /48); 0 = never'),
	('audit_days',     '0',  'int', 0, 36500, 'Days the audit is kept; 0 = for ever'),
	('retention_hour', '2',  'int', 0, 23,    'Hour of the day (UTC) at which the nightly run of retention begins');

alter table chat.site add column mask_cards boolean not null default true;
comment on column chat.site.mask_cards is 'true: card numbers that customers or operators write are masked to their last four digits before they are stored';

alter table chat.queue add column retention_days int constraint retention_between_1_and_36500_days check (retention_days between 1 and 36500);
comment on column chat.queue.retention_days is 'Days after its end until a chat of this queue is erased; NULL: the setting retention_days';

alter table chat.chat add column erased_at timestamptz;
comment on column chat.chat.erased_at is 'When everything that told of the customer was taken away; times, queue, owners and score stay';
create index chat_to_erase on chat.chat (queue, ended_at) where ended_at is not null and erased_at is null;
create index chat_full_address on chat.chat (created_at) where masklen(address) = case family(address) when 4 then 32 else 128 end;

alter table chat.message
	drop constraint known_kind,
	add constraint known_kind check (kind in ('message', 'bot_message', 'queued', 'assigned', 'joined', 'left', 'transferred', 'transfer_failed', 'requeued', 'note',
		'reminder', 'ended', 'rated', 'redacted'));

create table chat.retention_run (
	run         bigint generated always as identity primary key,
	began_at    timestamptz not null,
	finished_at timestamptz,
	chats       bigint not null default 0,
	messages    bigint not null default 0,
	addresses   bigint not null default 0,
	audit_rows  bigint not null default 0
) with (fillfactor = 50);
create unique index one_run_at_a_time on chat.retention_run ((true)) where finished_at is null;
comment on table chat.retention_run is 'What each nightly run of retention did';
comment on column chat.retention_run.run is 'Its key';
comment on column chat.retention_run.began_at is 'When it began';
comment on column chat.retention_run.finished_at is 'When nothing was left to do; NULL: it is still at work, a few rows with each sweep of the router';
comment on column chat.retention_run.chats is 'Chats erased';
comment on column chat.retention_run.messages is 'Rows of chat.message whose words went with them';
comment on column chat.retention_run.addresses is 'Network addresses shortened';
comment on column chat.retention_run.audit_rows is 'Rows of the audit deleted';
grant select on chat.retention_run to switchboard_dba, switchboard_report;

-- ---- who reads what -------------------------------------------------------------------------------------------------
-- What operators wrote of customers is no figure: reports do without it.
revoke select on chat.offer, chat.chat_decline from switchboard_report;
revoke select (disposition) on chat.chat from switchboard_report;
grant select (offer, chat, operator, queue, state, offered_at, expires_at, closed_at, rule, kind, from_operator, note_seq) on chat.offer to switchboard_report;
grant select (chat, operator, declined_at) on chat.chat_decline to switchboard_report;
grant select (erased_at) on chat.chat to switchboard_dba, switchboard_report;

-- A report says whose chats it is about: set app.site = 'shop', or '*' for those of every site. One that says nothing sees none. (The owner, as whom every function
-- runs, is not held by the policies: nobody logs in as it, and each function judges by itself who may see what.)
alter table chat.chat enable row level security;
create policy company on chat.chat for select to switchboard_dba using (true);
create policy one_site on chat.chat for select to switchboard_report using (current_setting('app.site', true) in (site, '*'));
do $$
declare
	v_table text;
begin
	foreach v_table in array array['chat_rating', 'chat_skill', 'chat_decline', 'offer', 'assignment', 'waiting', 'wait_shown', 'delivery'] loop
		execute format('alter table chat.%I enable row level security', v_table);
		execute format('create policy company on chat.%I for select to switchboard_dba using (true)', v_table);
		execute format('create policy one_site on chat.%1$I for select to switchboard_report using (exists (select from chat.chat c where c.chat = %1$I.chat))', v_table);
	end loop;
end $$;
