-- SPDX-License-Identifier: ISC
-- Operators' accounts: what a person is shown of a session, the second step of the login, links that set a password once.
set local role switchboard_owner;

alter table chat.session
	add column id uuid not null default gen_random_uuid() constraint session_id_is_its_own unique,
	add column way text not null default 'password' constraint known_way check (way in ('password', 'sso')),
	add column enrolling boolean not null default false;
comment on column chat.session.id is 'What the person sees of it, to end it';
comment on column chat.session.way is 'How he logged in: password, or sso (by the web server)';
comment on column chat.session.enrolling is 'true: may do nothing but set up the second step that his role asks for';

create table chat.operator_totp (
	operator     chat.key primary key references chat.operator on update cascade on delete cascade,
	secret       bytea not null constraint secret_is_sealed check (octet_length(secret) = 49),
	made_at      timestamptz not null,
	confirmed_at timestamptz,
	last_step    bigint not null default 0 constraint last_step_from_0 check (last_step >= 0),
	misses       int not null default 0 constraint misses_from_0 check (misses >= 0),
	missed_at    timestamptz
);
comment on table chat.operator_totp is 'The second step of the login: a code from an authenticator (RFC 6238); no role but the owner reads it';
comment on column chat.operator_totp.secret is 'Encrypted with a key made from the server''s key file, of which the database knows nothing';
comment on column chat.operator_totp.made_at is 'When it was made';
comment on column chat.operator_totp.confirmed_at is 'When a first code was right; NULL: not yet, and not asked for';
comment on column chat.operator_totp.last_step is 'The half minute of the last code that was taken; none is taken twice';
comment on column chat.operator_totp.misses is 'Wrong codes since the last right one';
comment on column chat.operator_totp.missed_at is 'When the last wrong one came';

create table chat.recovery_code (
	operator chat.key not null references chat.operator_totp on update cascade on delete cascade,
	code     bytea not null constraint code_is_sha256 check (octet_length(code) = 32),
	primary key (operator, code)
);
comment on table chat.recovery_code is 'Codes for who has lost his authenticator, each good once; no role but the owner reads it';
comment on column chat.recovery_code.code is 'SHA-256 of it';

create table chat.account_link (
	operator   chat.key primary key references chat.operator on update cascade on delete cascade,
	link       bytea not null constraint link_is_its_own unique constraint link_is_sha256 check (octet_length(link) = 32),
	purpose    text not null constraint known_purpose check (purpose in ('invite', 'reset')),
	made_at    timestamptz not null,
	expires_at timestamptz not null
);
comment on table chat.account_link is 'Links that let somebody choose a password, once: the newest of each operator; no role but the owner reads it';
comment on column chat.account_link.link is 'SHA-256 of its token';
comment on column chat.account_link.purpose is 'invite (a first password) or reset';
comment on column chat.account_link.made_at is 'When it was made';
comment on column chat.account_link.expires_at is 'Until when it may be used';

insert into chat.setting (name, value, kind, low, high, description) values
	('invite_link_s',    '604800', 'int', 60, 2592000, 'Seconds in which a link of switchboard operator invite may be used, once'),
	('reset_link_s',     '3600',   'int', 60, 604800,  'Seconds in which a link of switchboard operator reset may be used, once'),
	('totp_operators',   '0',      'int', 0, 1,        '1: operators log in with a code as well; who has no authenticator yet sets one up at the next login, before anything else'),
	('totp_supervisors', '0',      'int', 0, 1,        '1: supervisors log in with a code as well, as totp_operators says of operators');
