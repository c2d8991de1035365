-- SPDX-License-Identifier: ISC
-- Several routers at once: who there is, who leads, who led.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('router_lost_s', '2', 'int', 1, 60, 'Seconds of silence after which a stand-by ends the session of the leading router and leads instead');

-- A router is one session of the database: two programs that were given the same name are two.
truncate chat.router;
alter table chat.router
	drop constraint router_pkey,
	add column pid int not null,
	add column backend_start timestamptz not null,
	add column beat bigint not null default 0,
	add column seen_term bigint,
	add column seen_beat bigint not null default 0,
	add column seen_times int not null default 0,
	add primary key (pid, backend_start),
	set (fillfactor = 50); -- two updates a second, none of an indexed column
comment on table chat.router is 'The routers there are; one leads, the others stand by';
comment on column chat.router.name is 'As configured (router_name), else host and process; need not be unique';
comment on column chat.router.pid is 'Its session''s server process, as in pg_stat_activity';
comment on column chat.router.backend_start is 'Since when that server process has been there; with pid the identity of a session';
comment on column chat.router.leads is 'Leads, or led until it fell silent: see heartbeat_at';
comment on column chat.router.beat is 'Grows with each heartbeat; a stand-by judges by it, so that a step of the clock takes nobody for silent';
comment on column chat.router.seen_term is 'Of a stand-by: whose heartbeat it has seen last …';
comment on column chat.router.seen_beat is '… which heartbeat …';
comment on column chat.router.seen_times is '… and how many times in a row the same one';

create table chat.router_term (
	term           bigint primary key,
	router         text not null,
	pid            int not null,
	backend_start  timestamptz not null,
	began_at       timestamptz not null,
	ended_at       timestamptz,
	cause          text not null constraint known_cause check (cause in ('first', 'released', 'gone', 'silent')),
	predecessor    text,
	leaderless_for interval
);
comment on table chat.router_term is 'Who led from when on; the highest term leads. The last 1000 are kept';
comment on column chat.router_term.ended_at is 'When it gave the lead up by itself (SIGTERM); NULL for the present one, and for one that did not get to say so';
comment on column chat.router_term.cause is 'Why a new leader was needed. first: there was none. released: the one before was stopped in order. gone: its session had ended.'
	' silent: it was there and did nothing, and its session was ended';
comment on column chat.router_term.predecessor is 'Who led before';
comment on column chat.router_term.leaderless_for is 'Since the last heartbeat of the one before';

grant select on chat.router_term to switchboard_dba, switchboard_report;
