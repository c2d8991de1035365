-- SPDX-License-Identifier: ISC
-- What a decision writes down, as it was looked at: whoever asks later (chat.why) reads the figures and finds the reasons by the functions that decided. Working
-- the reasons out while deciding cost more than deciding. What earlier decisions wrote down about others is forgotten here.
set local role switchboard_owner;

create type chat.candidate as (
	operator       text,
	place          int,
	presence       text,
	reason         text,
	lease_until    timestamptz,
	load           int,
	cap            int,
	last_offer_at  timestamptz,
	penalty_until  timestamptz,
	last_accept_at timestamptz,
	score          int,
	index          numeric,
	waited         float8,
	slots          float8,
	fit            float8,
	reserve        float8,
	busy           float8
);
comment on type chat.candidate is 'An operator at the instant of a decision: place 1 got the offer, the next places were free too, without a place he could not be asked';

drop index chat.offer_detail;
alter table chat.offer drop column candidates;
alter table chat.offer add column candidates chat.candidate[];
create index offer_detail on chat.offer (offered_at) where candidates is not null;
comment on column chat.offer.candidates is 'Who was looked at, best first, then some of those who could not be asked; kept decision_detail_days. chat.why(chat) puts it in words';

-- What the decision reads of a queue stands with its need, so that deciding touches fewer tables.
alter table internal.need
	add column offer_timeout_s int not null default 20,
	add column auto_accept boolean not null default false;
alter table internal.routing_rule
	add column lines boolean not null default true,
	add column balances boolean not null default true;
insert into internal.stale (what) values ('everything');

-- A row of a table with many CHECK constraints is dear to change: each is read and prepared anew by each statement, also for columns that stay as they are. A domain
-- is checked when its own column is written. So on the tables that a decision and a message change, what concerns one column is said by the column's type.
-- What stands on these columns in an installation that is running is put aside meanwhile: its triggers are back when this is committed, its views when the functions
-- have been made anew.
create temporary table aside on commit drop as
	select t.tgrelid::regclass as relation, t.tgname as name, pg_get_triggerdef(t.oid) as definition from pg_trigger t
	where not t.tgisinternal and t.tgrelid in ('chat.chat'::regclass, 'chat.offer'::regclass, 'chat.operator_state'::regclass, 'chat.audit'::regclass);
do $$
declare
	v_drop text;
begin
	for v_drop in
		select format('drop trigger %I on %s', a.name, a.relation) from pg_temp.aside a
		union all
		select format('drop view if exists %s cascade', c.oid::regclass) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'chat' and c.relkind = 'v'
	loop
		execute v_drop;
	end loop;
end $$;

create domain chat.state as text constraint known_state check (value in ('bot', 'queued', 'offered', 'active', 'wrap_up', 'ended', 'abandoned'));
create domain chat.party as text constraint a_party check (value in ('customer', 'operator', 'bot', 'system'));
create domain chat.person_name as text constraint name_of_1_to_100 check (char_length(value) between 1 and 100);
create domain chat.email as text constraint email_up_to_254 check (char_length(value) <= 254);
create domain chat.url as text constraint url_up_to_2000 check (char_length(value) <= 2000);
create domain chat.disposition as text constraint disposition_up_to_200 check (char_length(value) <= 200);
create domain chat.note as text constraint note_up_to_4000 check (char_length(value) <= 4000);
create domain chat.level as int constraint level_between_0_and_9 check (value between 0 and 9);
create domain chat.reason as text constraint reason_up_to_200 check (char_length(value) <= 200);
create domain chat.offer_state as text constraint known_offer_state check (value in ('open', 'accepted', 'declined', 'expired', 'abandoned', 'withdrawn'));
create domain chat.offer_kind as text constraint known_offer_kind check (value in ('routed', 'transfer', 'supervisor'));
create domain chat.presence as text constraint known_presence check (value in ('available', 'busy', 'break', 'offline'));
create domain chat.presence_code as text constraint known_presence_code check (value in ('not_responding', 'connection_lost'));
create domain chat.load as int constraint load_from_0 check (value >= 0);
create domain chat.actor_kind as text constraint known_actor_kind check (value in ('customer', 'operator', 'program', 'dba'));
comment on domain chat.state is 'State of a chat; chat.chat_state says what each means, chat.chat_transition what can follow';
comment on domain chat.party is 'Who takes part in a chat';
comment on domain chat.person_name is 'Name of a customer, 1 to 100 characters';
comment on domain chat.email is 'E-mail address, up to 254 characters';
comment on domain chat.url is 'Address of a page, up to 2000 characters';
comment on domain chat.disposition is 'What a chat was about, in the operator''s words, up to 200 characters';
comment on domain chat.note is 'Note of an operator, up to 4000 characters';
comment on domain chat.level is 'Urgency, 0 is the most urgent, 9 the least';
comment on domain chat.reason is 'Reason in somebody''s words, up to 200 characters';
comment on domain chat.offer_state is 'open, or how the offer ended';
comment on domain chat.offer_kind is 'Who decided: the router, a colleague who passes a chat on, or a supervisor';
comment on domain chat.presence is 'Presence of an operator';
comment on domain chat.presence_code is 'Why the server has changed a presence';
comment on domain chat.load is 'Number of chats an operator holds or is offered';
comment on domain chat.actor_kind is 'What kind of somebody acts';

alter table chat.chat
	drop constraint chat_state_fkey,
	drop constraint disposition_up_to_200,
	drop constraint email_up_to_254,
	drop constraint ended_by_a_party,
	drop constraint level_between_0_and_9,
	drop constraint name_of_1_to_100,
	drop constraint page_url_up_to_2000,
	drop constraint referrer_up_to_2000,
	drop constraint wrap_up_note_up_to_4000,
	alter column state type chat.state,
	alter column ended_by type chat.party,
	alter column name type chat.person_name,
	alter column email type chat.email,
	alter column page_url type chat.url,
	alter column referrer type chat.url,
	alter column disposition type chat.disposition,
	alter column wrap_up_note type chat.note,
	alter column level type chat.level;
alter table chat.offer
	drop constraint known_offer_state,
	drop constraint known_offer_kind,
	drop constraint reason_up_to_200,
	alter column state type chat.offer_state,
	alter column kind type chat.offer_kind,
	alter column reason type chat.reason;
alter table chat.operator_state
	drop constraint known_presence,
	drop constraint known_presence_code,
	drop constraint load_from_0,
	drop constraint reason_up_to_200,
	alter column presence type chat.presence,
	alter column code type chat.presence_code,
	alter column load type chat.load,
	alter column reason type chat.reason;
alter table chat.audit
	drop constraint known_actor_kind,
	alter column actor_kind type chat.actor_kind;

do $$
declare
	v_definition text;
begin
	for v_definition in select a.definition from pg_temp.aside a loop
		execute v_definition;
	end loop;
end $$;
