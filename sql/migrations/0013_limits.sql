-- SPDX-License-Identifier: ISC
-- Limits that must hold for all hosts together: chat requests of a site, open chats of an address, failed logins.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('site_chats_per_minute', '60',   'int', 0, 100000, 'Chat requests a minute of one site; further ones are answered site_busy with the time to wait; 0 = no limit'),
	('chats_per_address',     '50',   'int', 0, 100000, 'Open chats of one address (of IPv6: one /64); a further request is answered rate_limited; 0 = no limit'),
	('chats_per_customer',    '1',    'int', 0, 1,      'Open chats of one customer; a further request is answered chat_exists with its id; 0 = no limit'),
	('login_failures_max',    '5',    'int', 1, 1000,   'Logins of one operator from one address that may fail before the next has to wait'),
	('login_window_s',        '900',  'int', 60, 86400, 'Seconds without a failure after which failed logins are forgotten'),
	('login_delay_s',         '5',    'int', 1, 3600,   'Seconds to wait after login_failures_max failures; twice as long after each further one'),
	('login_delay_max_s',     '60',   'int', 1, 3600,   'The longest of these waits'),
	('login_address_max',     '50',   'int', 0, 100000, 'Logins that may fail from one address (of IPv6: one /64) in an hour, whoever they name; 0 = no limit');

-- Not logged: after a crash everybody begins anew.
create unlogged table chat.site_rate (
	site    chat.key primary key references chat.site on update cascade on delete cascade,
	full_at timestamptz not null
) with (fillfactor = 50);
comment on table chat.site_rate is 'How much of its chat requests a minute (site_chats_per_minute) a site has used';
comment on column chat.site_rate.full_at is 'When it may send a whole minute''s worth again, should nobody ask meanwhile (generic cell rate algorithm)';

create index chat_open_by_address on chat.chat
	((network(set_masklen(coalesce(address, '::'), case family(coalesce(address, '::')) when 4 then 32 else 64 end))))
	where state in ('bot', 'queued', 'offered', 'active');

create table chat.login_failure (
	network  cidr not null,
	operator text not null constraint name_up_to_100 check (char_length(operator) <= 100),
	failures int not null constraint failures_not_negative check (failures >= 0),
	since    timestamptz not null,
	last_at  timestamptz not null,
	primary key (network, operator)
);
create index on chat.login_failure (last_at);
comment on table chat.login_failure is 'Logins that failed lately, by address and name; delete a row to forgive at once';
comment on column chat.login_failure.network is 'The address, of IPv6 its /64; ::/128 for all that came without one';
comment on column chat.login_failure.operator is 'As typed, whether there is one of that name or not; empty: all names together';
comment on column chat.login_failure.failures is 'How many, those under way included';
comment on column chat.login_failure.since is 'When the first of them was';
comment on column chat.login_failure.last_at is 'When the last of them was';

grant select on chat.site_rate to switchboard_dba;
grant select, delete on chat.login_failure to switchboard_dba;
