-- SPDX-License-Identifier: ISC
-- The expected wait: how fast the line of a queue moves, and what customers were shown.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('wait_window_s', '7200', 'int', 300, 86400, 'Expected wait: seconds of history it is worked out of, or the last 100 chats served, whichever is less'),
	('wait_basis',    '5',    'int', 1, 100,     'Expected wait: chats served or ended in that time below which no range is shown');

-- Worked out anew when it is read and older than a few seconds (internal.pace); see there for the formula.
create table internal.queue_pace (
	queue        chat.key primary key references chat.queue on update cascade on delete cascade,
	measured_at  timestamptz not null default '-infinity',
	waiting      bigint not null default 0,  -- how many of those somebody on duty can serve
	slots        int not null default 0,     -- sum of caps of those on duty who are able for it
	rate         float8,                     -- chats a second that leave the line for an operator; NULL: no basis, or nobody on duty
	basis        float8 not null default 0,  -- on how many events the rate stands
	leave_rate   float8 not null default 0,  -- of one waiting customer, a second: he gives up
	accept_s     float8 not null default 0,  -- from the offer to the operator's yes
	open         boolean not null default false,
	holds        boolean not null default false, -- after hours the line is held
	closes_at    timestamptz,
	next_opening timestamptz                 -- after the present closing, or after closes_at
) with (fillfactor = 50);
comment on table internal.queue_pace is 'How fast the line of a queue moves';

create table chat.wait_shown (
	chat     uuid not null references chat.chat on delete cascade,
	n        int not null constraint n_between_1_and_50 check (n between 1 and 50),
	shown_at timestamptz not null,
	queue    chat.key not null references chat.queue on update cascade,
	position bigint not null,
	state    text not null constraint known_wait_state check (state in ('expected', 'unknown', 'unstaffed', 'closing', 'closed')),
	low_s    int,
	high_s   int,
	primary key (chat, n),
	constraint a_range_belongs_to_expected check ((state = 'expected') = (low_s is not null and high_s is not null)),
	constraint low_below_high check (low_s < high_s)
);
create index wait_shown_by_queue on chat.wait_shown (queue, shown_at);
comment on table chat.wait_shown is 'What waiting customers were told of their wait: a row when it changed, the first 50 changes of a chat.'
	' The view chat.wait_error holds it against what came true';
comment on column chat.wait_shown.n is '1 for the first thing this chat was told, then counting on';
comment on column chat.wait_shown.shown_at is 'When it was told first';
comment on column chat.wait_shown.state is 'expected: a range. unknown: nothing, there was no basis. unstaffed: nobody on duty is able for it.'
	' closed: its queue is. closing: its queue will be, before it is its turn';
comment on column chat.wait_shown.low_s is 'The lower end of the range, in seconds';
comment on column chat.wait_shown.high_s is 'The upper end; four of five waits should lie within';
comment on column chat.wait_shown.position is 'The place in line when this was shown first; moving up within the same range makes no row';

-- A place in line is counted level by level: see internal.place_in_line.
drop index chat.waiting_order;
create index waiting_order on chat.waiting (queue, level, arrived_at, chat);

create index offer_accepted on chat.offer (queue, offered_at) where state = 'accepted' and kind = 'routed';
create index assignment_ended on chat.assignment (ended_at) where ended_at is not null;
create index chat_over on chat.chat (queue, ended_at) where ended_at is not null; -- without the state: a change of state then touches no index

grant select on chat.wait_shown to switchboard_dba, switchboard_report;
