-- SPDX-License-Identifier: ISC
-- What the company of the demonstration does beside answering, so that it can be seen: it reminds who is silent, and its bot has the last word in support.
insert into chat.silence_rule (customer_reminders_s, customer_end_s, operator_reminders_s, operator_requeue_s) values ('{60}', 300, '{60,120}', 600);
update chat.queue set bot_closes = true, bot_closing_s = 120 where queue = 'support';
