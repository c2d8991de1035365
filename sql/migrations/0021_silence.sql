-- SPDX-License-Identifier: ISC
-- What happens when one side of a chat is silent: reminders, the end, back into the line. Nothing does until a DBA says so.
set local role switchboard_owner;

create domain chat.delays as int[]
	constraint up_to_5_rising_delays_of_1_s_to_30_days check (value = '{}'
		or (array_ndims(value) = 1 and array_lower(value, 1) = 1 and cardinality(value) <= 5
		and array_position(value, null) is null and value[1] >= 1 and value[cardinality(value)] <= 2592000
		and coalesce(value[2] > value[1], true) and coalesce(value[3] > value[2], true) and coalesce(value[4] > value[3], true) and coalesce(value[5] > value[4], true)));
comment on domain chat.delays is 'Up to five rising numbers of seconds, such as {120,300}';

create table chat.silence_rule (
	rule                 text generated always as (coalesce(queue::text, '*') || '/' || coalesce(channel, '*')) stored primary key,
	queue                chat.key references chat.queue on update cascade on delete cascade,
	channel              text constraint known_channel check (channel in ('web', 'sms', 'messenger', 'generic')),
	customer_reminders_s chat.delays not null default '{}',
	customer_end_s       int constraint customer_end_between_1_s_and_90_days check (customer_end_s between 1 and 7776000),
	operator_reminders_s chat.delays not null default '{}',
	operator_requeue_s   int constraint operator_requeue_between_1_s_and_90_days check (operator_requeue_s between 1 and 7776000),
	reminder_text        chat.key not null default 'silent_customer',
	closing_text         chat.key not null default 'silent_closing',
	constraint the_end_comes_after_the_reminders check (customer_end_s > customer_reminders_s[cardinality(customer_reminders_s)]),
	constraint requeueing_comes_after_the_reminders check (operator_requeue_s > operator_reminders_s[cardinality(operator_reminders_s)])
);
create index on chat.silence_rule (queue);
comment on table chat.silence_rule is 'What happens when a side of a running chat is silent whose turn it is, by queue and channel. Of the rows that fit a chat one'
	' counts, as a whole: queue and channel, else queue, else channel, else neither';
comment on column chat.silence_rule.rule is 'Its key, made of the two next: sales/web, sales/*, */sms or */*';
comment on column chat.silence_rule.queue is 'NULL: every queue, and chats that are still with a bot';
comment on column chat.silence_rule.channel is 'web, sms, messenger, generic; NULL: every channel';
comment on column chat.silence_rule.customer_reminders_s is 'Seconds after the last word of the other side at which a silent customer is reminded';
comment on column chat.silence_rule.customer_end_s is 'Seconds of a customer''s silence after which the chat is closed, with the closing text; NULL: never.'
	' Reminders come first, with their whole distance';
comment on column chat.silence_rule.operator_reminders_s is 'Seconds for which a customer has waited for the operator''s answer at which the operator is reminded';
comment on column chat.silence_rule.operator_requeue_s is 'Seconds without an answer after which the chat goes back into the line, to somebody else where there is'
	' somebody; NULL: never';
comment on column chat.silence_rule.reminder_text is 'Name of the reminder''s words in chat.text';
comment on column chat.silence_rule.closing_text is 'Name of the closing words in chat.text';
grant select, insert, update, delete on chat.silence_rule to switchboard_dba;
grant select on chat.silence_rule to switchboard_report;

-- Posting a message touches nothing here: who is silent, and since when, is found out when it is time to look.
create table internal.silence (
	chat        uuid primary key references chat.chat on delete cascade,
	check_at    timestamptz not null,
	party       text constraint a_side check (party in ('customer', 'operator')),
	since       timestamptz,
	reminders   int not null default 0 constraint reminders_from_0 check (reminders >= 0),
	reminded_at timestamptz
) with (fillfactor = 50);
create index silence_check_at on internal.silence (check_at);
comment on table internal.silence is 'The chats that run, with an operator or a bot: when to look whose turn it is, and how often who was reminded in this silence';

create table internal.silence_rule_changed (
	mark boolean not null
);
comment on table internal.silence_rule_changed is 'A mark that rules have changed: the chats that run are to be looked at';

insert into internal.silence (chat, check_at) select c.chat, now() from chat.chat c where c.state in ('active', 'bot');

insert into chat.text (name, locale, text) values
	('silent_customer', 'en', 'Are you still there? We are happy to go on when you are.'),
	('silent_customer', 'de', 'Sind Sie noch da? Wir machen gern weiter, sobald Sie so weit sind.'),
	('silent_customer', 'fr', 'Êtes-vous toujours là ? Nous poursuivons dès que vous le souhaitez.'),
	('silent_customer', 'es', '¿Sigue ahí? Continuamos cuando usted quiera.'),
	('silent_customer', 'ar', 'هل ما زلت معنا؟ يسعدنا أن نواصل متى شئت.'),
	('silent_closing', 'en', 'We have not heard from you for a while, so we close this chat. You can start a new one at any time.'),
	('silent_closing', 'de', 'Wir haben eine Weile nichts von Ihnen gehört und schließen diesen Chat. Sie können jederzeit einen neuen beginnen.'),
	('silent_closing', 'fr', 'Sans nouvelles de votre part, nous fermons cette conversation. Vous pouvez en ouvrir une autre à tout moment.'),
	('silent_closing', 'es', 'Hace un rato que no sabemos de usted y cerramos este chat. Puede abrir otro cuando quiera.'),
	('silent_closing', 'ar', 'لم تصلنا منك رسالة منذ فترة، لذلك نغلق هذه المحادثة. يمكنك بدء محادثة جديدة في أي وقت.');
