-- SPDX-License-Identifier: ISC
-- Customers whom a site vouches for, and customers who are not to come back.
set local role switchboard_owner;

insert into chat.setting (name, value, kind, low, high, description) values
	('identity_tolerance_s', '60', 'int', 0, 300, 'Signed identity: seconds that the clock of a site''s server may be ahead of or behind the database''s');

alter table chat.site
	add column identity text not null default 'optional' constraint identity_optional_or_required check (identity in ('optional', 'required'));
comment on column chat.site.identity is 'optional: a chat request may carry a token signed by the site''s server. required: without a good one there is no chat (401 identity_required)';

-- The key of the table allows two secrets a site, so that one can take over from the other. Retiring one takes its row away.
create table chat.site_secret (
	site         chat.key not null references chat.site on update cascade on delete cascade,
	slot         int not null constraint slot_1_or_2 check (slot in (1, 2)),
	secret       text not null constraint secret_of_32_to_200_characters check (char_length(secret) between 32 and 200 and secret ~ '^[\x21-\x7e]+$'),
	created_at   timestamptz not null default now(),
	created_by   text not null default session_user,
	last_used_at timestamptz,
	primary key (site, slot)
) with (fillfactor = 50);
comment on table chat.site_secret is 'What a site''s server signs identities with; made and retired by switchboard site secret. No role but the owner reads the secret itself';
comment on column chat.site_secret.slot is 'Two may hold at once, while one takes over from the other';
comment on column chat.site_secret.last_used_at is 'When a token signed with it was last accepted, to the hour';
grant select (site, slot, created_at, created_by, last_used_at), delete on chat.site_secret to switchboard_dba;

alter table chat.chat
	add column person text constraint person_of_1_to_200 check (char_length(person) between 1 and 200),
	add column name_verified boolean not null default false,
	add column email_verified boolean not null default false;
comment on column chat.chat.person is 'The sub of the token that the site''s server signed; NULL: nobody vouches for who this is. It never changes once it is there';
comment on column chat.chat.name_verified is 'The name came in the signed token; else it is what the customer typed';
comment on column chat.chat.email_verified is 'The e-mail address came in the signed token; else it is what the customer typed';
create index chat_of_person on chat.chat (site, person, created_at) where person is not null;

-- A person whom the site vouches for may come into an open chat from a second device: a token each.
alter table chat.chat_access
	drop constraint chat_access_pkey,
	drop constraint chat_access_token_hash_key,
	add primary key (token_hash),
	add column made_at timestamptz not null default now();
create index chat_access_of_chat on chat.chat_access (chat);
comment on column chat.chat_access.made_at is 'The oldest token of a chat goes when there would be more than ten';

alter table chat.queue
	add column prefer_last_operator boolean not null default false;
comment on column chat.queue.prefer_last_operator is 'Ask the operator first who last talked with this person (a verified one), for preferred_grace_s';

create table chat.block (
	block   uuid primary key default gen_random_uuid(),
	kind    text not null constraint kind_identity_address_or_email check (kind in ('identity', 'address', 'email')),
	value   text not null constraint value_of_1_to_254 check (char_length(value) between 1 and 254),
	site    chat.key references chat.site on update cascade on delete cascade,
	since   timestamptz not null default now(),
	until   timestamptz,
	reason  text not null constraint reason_of_1_to_200 check (char_length(reason) between 1 and 200 and reason !~ '^\s|\s$|[\x01-\x1f\x7f]'),
	made_by text not null default session_user,
	network inet generated always as (case when kind = 'address' then value::inet end) stored,
	constraint an_identity_belongs_to_a_site check (kind <> 'identity' or site is not null),
	constraint an_email_is_lower_case check (kind <> 'email' or (value = lower(value) and value ~ '^[^@[:space:]]+@[^@[:space:]]+$')),
	constraint not_everybody_s_address check (network is null or masklen(network) >= 8),
	constraint since_before_until check (since < until),
	constraint one_block_a_value unique nulls not distinct (kind, value, site)
);
create index block_network on chat.block using gist (network inet_ops) where network is not null;
comment on table chat.block is 'Who is not served: a chat request is answered 403 forbidden, an open socket is closed with 4403. Counts from COMMIT on, until it is deleted or over';
comment on column chat.block.kind is 'identity: the sub of a signed token of one site. email: also as typed by anybody. address: one, or a network such as 203.0.113.0/24';
comment on column chat.block.site is 'Where it counts; NULL: on every site';
comment on column chat.block.until is 'When it ends by itself; NULL: never';
comment on column chat.block.made_by is 'The operator or database user who made it';
comment on column chat.block.network is 'The value of an address block, as the database compares it';
grant select, delete on chat.block to switchboard_dba;
grant insert (kind, value, site, since, until, reason), update (kind, value, site, since, until, reason) on chat.block to switchboard_dba;
