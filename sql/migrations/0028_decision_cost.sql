-- SPDX-License-Identifier: ISC
-- What a decision writes is five rows; most of what that cost was what stood around them: indexes that every change of a chat's state wrote to, and constraints that
-- each statement reads, plans and prepares anew for the whole row, whatever it changes.
set local role switchboard_owner;

-- An index whose predicate names the state makes every change of state write to all twelve of the table. (internal.check_chats_of_address asks for both.)
drop index chat.chat_open_by_address;
create index chat_open_by_address on chat.chat
	((network(set_masklen(coalesce(address, '::'), case family(coalesce(address, '::')) when 4 then 32 else 64 end))))
	where ended_at is null;

-- What was noted of candidates is looked for when an offer is over.
drop index chat.offer_detail;
create index offer_detail on chat.offer (offered_at) where candidates is not null and state <> 'open';

-- As in 0009: what concerns one column is said by its type.
create temporary table aside on commit drop as
	select t.tgrelid::regclass as relation, t.tgname as name, pg_get_triggerdef(t.oid) as definition from pg_trigger t
	where not t.tgisinternal and t.tgrelid = 'chat.chat'::regclass;
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
create domain chat.person_id as text constraint person_of_1_to_200 check (char_length(value) between 1 and 200);
create domain chat.channel_kind as text constraint channel_web_sms_messenger_or_generic check (value in ('web', 'sms', 'messenger', 'generic'));
comment on domain chat.person_id is 'Who a customer is to a site, in the site''s own words, 1 to 200 characters';
comment on domain chat.channel_kind is 'How a customer comes: web, or a channel of another kind';
alter table chat.chat
	drop constraint person_of_1_to_200,
	drop constraint channel_web_sms_messenger_or_generic,
	alter column person type chat.person_id,
	alter column channel type chat.channel_kind;
do $$
declare
	v_definition text;
begin
	for v_definition in select a.definition from pg_temp.aside a loop
		execute v_definition;
	end loop;
end $$;

-- What concerns several columns is held by the triggers that look at a change of them anyway (chat_moves, chat_stays_whole, offer_closes in sql/api/15_triggers.sql), and
-- proven by sql/invariants.sql. Who passed a chat on is renamed with its operator, and keeps him from being deleted, as in 0019.
alter table chat.chat drop constraint a_chat_with_people_has_a_queue, drop constraint an_ended_chat_has_its_end;
alter table chat.offer drop constraint an_open_offer_is_not_closed, drop constraint a_transfer_has_a_giver, drop constraint offer_from_operator_fkey;
