-- SPDX-License-Identifier: ISC
-- Reports find the chats of a period without reading all of them: these columns grow with the table, so a small index of ranges is enough.
set local role switchboard_owner;

create index chat_by_arrival on chat.chat using brin (arrived_at) with (pages_per_range = 32, autosummarize = on);
create index chat_by_end on chat.chat using brin (ended_at) with (pages_per_range = 32, autosummarize = on);
create index chat_rating_by_time on chat.chat_rating using brin (rated_at) with (pages_per_range = 32, autosummarize = on);
create index offer_by_time on chat.offer using brin (offered_at) with (pages_per_range = 32, autosummarize = on);
create index assignment_by_start on chat.assignment using brin (started_at) with (pages_per_range = 32, autosummarize = on);

grant select (chat, score, rated_at) on chat.chat_rating to switchboard_dba;
grant select (bot) on chat.chat to switchboard_dba, switchboard_report;
