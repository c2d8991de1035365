-- SPDX-License-Identifier: ISC
-- Routing in full: the third mode, what a single chat may ask for, relaxation, preferred operators, idle release; and the router's derived tables.
set local role switchboard_owner;

alter table chat.setting rename column setting to name;

insert into chat.setting (name, value, kind, low, high, description) values
	('missed_offers_max',      '2',    'int', 1, 100,    'Offers an operator may let expire in a row; then he is put on a break and comes back with one click'),
	('balanced_fit',           '300',  'int', 0, 100000, 'Mode balanced: seconds of waiting that the best fitting operator is worth'),
	('balanced_reserve',       '3000', 'int', 0, 100000, 'Mode balanced: seconds that sparing an operator whom other queues need is worth'),
	('balanced_load',          '600',  'int', 0, 100000, 'Mode balanced: seconds that an idle operator is worth against a full one'),
	('balanced_slots',         '1000', 'int', 0, 100000, 'Mode balanced: seconds that a queue with a single slot is ahead of one with many'),
	('decision_candidates',    '10',   'int', 0, 1000,   'Candidates of a decision that are recorded with their figures or the reason against them'),
	('decision_detail_days',   '30',   'int', 1, 3650,   'Days the candidates of a decision are kept; the decision itself stays');

alter table chat.queue
	drop constraint mode_availability_or_skill,
	alter column mode drop default,
	alter column mode drop not null,
	add constraint mode_availability_skill_or_balanced check (mode in ('availability', 'skill', 'balanced')),
	add column auto_accept boolean not null default false,
	add column after_hours text not null default 'serve' constraint after_hours_serve_or_hold check (after_hours in ('serve', 'hold')),
	add column preferred_grace_s int not null default 30 constraint preferred_grace_up_to_1_hour check (preferred_grace_s between 0 and 3600),
	add column idle_release_s int not null default 0 constraint idle_release_up_to_1_day check (idle_release_s between 0 and 86400);
comment on column chat.queue.mode is 'availability: fewest chats, then longest idle. skill: highest sum of ratings over the required skills, then as availability. balanced: the pair of chat and'
	' operator with the largest index. NULL: balanced where the queue requires a skill, else availability';
comment on column chat.queue.auto_accept is 'An offer is accepted by itself the moment it is made';
comment on column chat.queue.after_hours is 'What becomes of who still waits at closing time. serve: offers go on. hold: they wait, at their place, until the queue opens';
comment on column chat.queue.preferred_grace_s is 'How long a chat waits for its preferred operator while he is on duty; then anybody may take it';
comment on column chat.queue.idle_release_s is 'After so many seconds without a word of the customer the chat counts no more in the operator''s load, until the customer writes; 0 = never';

create table chat.relaxation (
	queue       chat.key not null references chat.queue on update cascade on delete cascade,
	after_s     int not null constraint after_s_up_to_1_day check (after_s between 1 and 86400),
	skill       chat.key references chat.skill on update cascade,
	min_rating  int constraint min_rating_between_1_and_10 check (min_rating between 1 and 10),
	extra_queue chat.key references chat.queue on update cascade on delete cascade,
	constraint relaxation_once unique nulls not distinct (queue, after_s, skill, extra_queue),
	constraint a_skill_or_an_extra_queue check ((skill is null) <> (extra_queue is null)),
	constraint min_rating_belongs_to_a_skill check (min_rating is null or skill is not null),
	constraint extra_queue_is_another check (extra_queue <> queue)
);
comment on table chat.relaxation is 'Widens the circle of operators for a chat that has waited after_s seconds: a lower minimum for a skill (or, without min_rating, the skill is not asked for any'
	' more), or the operators of another queue. The chat keeps its place. A circle in which nobody is on duty opens at once';

create table chat.chat_skill (
	chat       uuid not null references chat.chat on delete cascade,
	skill      chat.key not null references chat.skill on update cascade,
	required   boolean not null default true,
	min_rating int not null default 1 constraint min_rating_between_1_and_10 check (min_rating between 1 and 10),
	weight     numeric(6, 3) not null default 1 constraint weight_above_0_up_to_100 check (weight > 0 and weight <= 100),
	primary key (chat, skill)
);
comment on table chat.chat_skill is 'What one chat asks for beyond its queue: a language, a product, a topic from an answer or the bot';

alter table chat.chat
	add column level int constraint level_between_0_and_9 check (level between 0 and 9),
	add column preferred_operator chat.key references chat.operator on update cascade on delete set null,
	add column preferred_since timestamptz;
comment on column chat.chat.level is 'Urgency of this chat, 0 is the most urgent; NULL: that of its queue';
comment on column chat.chat.preferred_operator is 'Who is asked first, for preferred_grace_s of the queue';
comment on column chat.chat.preferred_since is 'From when the grace counts; NULL: from arrived_at';

-- A change of state that touches no indexed column rewrites no index (heap-only update): the indexes know whether a chat is open, not in which state.
drop index chat.chat_open_by_state;
create index chat_open on chat.chat (chat) where ended_at is null;
drop index chat.chat_wrap_up_until;
create index chat_wrap_up_until on chat.chat (wrap_up_until) where wrap_up_until is not null;

alter table chat.assignment add column idle_since timestamptz;
comment on column chat.assignment.idle_since is 'Since when the customer has been silent for so long that the chat does not count in the load';

alter table chat.offer
	add column kind text not null default 'routed' constraint known_offer_kind check (kind in ('routed', 'transfer', 'supervisor')),
	add column candidates jsonb;
comment on column chat.offer.kind is 'routed: the router decided. transfer: a colleague passes the chat on; it stays his until accepted. supervisor: a supervisor took it';
comment on column chat.offer.rule is 'The mode that decided: availability, skill or balanced; transfer and supervisor name a person''s decision';
comment on column chat.offer.why is 'What decided, as figures and as one sentence';
create index offer_detail on chat.offer (offered_at) where candidates is not null;
comment on column chat.offer.candidates is 'Each candidate with his figures or the reason against him; kept decision_detail_days';

alter table chat.operator_state
	add column slots int not null default 0,
	add column on_duty boolean not null default false;
comment on column chat.operator_state.slots is 'The most he may hold at once; copied by the router from his max_chats and the setting, so that who has a free slot is found by an index';
comment on column chat.operator_state.on_duty is 'Whether the router counts him as there: available, with a lease that has not run out';
create index operator_state_free on chat.operator_state (operator) where on_duty and load < slots;
create index operator_state_gone on chat.operator_state (lease_until) where not on_duty and (presence <> 'offline' or load > 0);

-- What the router has worked out of the configuration. It alone writes these tables (internal.refresh), so that no DBA's open transaction holds up routing and
-- none of two DBAs waits for the other; a change of configuration or presence only leaves a mark in internal.stale.
create table internal.stale (
	what text not null constraint known_mark check (what in ('everything', 'setting', 'queue', 'operator', 'joined', 'duty')),
	key  text not null default ''
);
comment on table internal.stale is 'Marks: what the router must work out again before it decides';
insert into internal.stale (what) values ('everything');

create table internal.need (
	need       int generated always as identity primary key,
	queue      chat.key not null references chat.queue on update cascade on delete cascade,
	asked      jsonb not null default '[]', -- what the chats of this need ask for beyond the queue: rows of chat.chat_skill without the chat, in order of skill
	relaxed_s  int not null default 0,      -- the relaxation that has been reached: rows with after_s up to this count
	mode       text not null default 'availability',
	level      int not null default 1,
	target_s   int not null default 30,
	best_score numeric not null default 0,  -- of all on staff, signed in or not
	slots      bigint not null default 0,   -- sum of caps of those on duty
	held       boolean not null default false, -- closed, and the queue holds its line until it opens
	circle     int not null default 0,      -- whose operators are asked: this need, or the first further step in which somebody is on duty
	unique (queue, asked, relaxed_s)
) with (fillfactor = 50);
create index on internal.need (circle);
comment on table internal.need is 'What a group of chats needs. Every queue has one with asked [] for each relaxation; others come with the chats that ask for more';

create table internal.able (
	operator chat.key not null,
	need     int not null references internal.need on delete cascade,
	cap      int not null,
	score    int not null,     -- sum of ratings over the queue's required skills
	fit      numeric not null, -- sum of weight × rating over all that is asked for
	primary key (operator, need)
);
create index on internal.able (need, operator);
comment on table internal.able is 'Who may take chats of which need, by configuration and the queues he has joined; whether he is there and free is another matter';

create table internal.routing_rule (
	one        boolean primary key default true constraint only_one_row check (one),
	stagger    interval not null default '5 s',
	promote_s  int not null default 600,
	fit        float8 not null default 300,
	reserve    float8 not null default 3000,
	load       float8 not null default 600,
	slots      float8 not null default 1000,
	t0         float8 not null default 30,  -- the smallest target of all queues
	candidates int not null default 20,
	fresh_at   timestamptz not null default '-infinity', -- the instant the derived tables were worked out for
	change_at  timestamptz not null default '-infinity'  -- when time alone makes them wrong: a rating begins or ends, a lease runs out, a queue opens or closes
);
insert into internal.routing_rule default values;
comment on table internal.routing_rule is 'The settings of the decision in one row, and until when the derived tables hold';

alter table chat.waiting
	add column need int,
	add column level int not null default -1,
	add column preferred text not null default '',
	add column due_at timestamptz;
comment on column chat.waiting.need is 'What it needs now; NULL: the router has not looked at it yet';
comment on column chat.waiting.level is 'The level of the chat itself, -1 for that of its queue';
comment on column chat.waiting.preferred is 'Its preferred operator, as long as his grace lasts';
comment on column chat.waiting.due_at is 'When its needs change by themselves: the next relaxation step, or the end of the grace';
drop index chat.waiting_class;
create index waiting_class on chat.waiting (need, level, declined, preferred, arrived_at, chat);
create index waiting_due on chat.waiting (due_at) where due_at is not null;
create index waiting_unfiled on chat.waiting (chat) where need is null;

create index operator_skill_valid_from on chat.operator_skill (valid_from) where valid_from is not null;
create index operator_skill_valid_to on chat.operator_skill (valid_to) where valid_to is not null;

grant select, insert, update, delete on chat.relaxation to switchboard_dba;
grant select on chat.chat_skill, chat.relaxation to switchboard_dba, switchboard_report;
