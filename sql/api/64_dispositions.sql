-- SPDX-License-Identifier: ISC
-- What a chat is filed under when it is over.

-- A heading is none itself and belongs to the queue of what stands under it, or to all.
create function internal.disposition_stands() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_wrong record;
begin
	select n.disposition, p.disposition as heading, p.parent is not null or exists (select from chat.disposition_code c where c.parent = n.disposition) as deep into v_wrong
	from chat.disposition_code n join chat.disposition_code p on p.disposition = n.parent
	where p.parent is not null or exists (select from chat.disposition_code c where c.parent = n.disposition) or (p.queue is not null and p.queue is distinct from n.queue)
	limit 1;
	if v_wrong.deep then
		raise exception using errcode = 'check_violation', constraint = 'two_levels', message = format('"%s" cannot stand under "%s": there are two levels', v_wrong.disposition, v_wrong.heading);
	elsif v_wrong.deep is not null then
		raise exception using errcode = 'check_violation', constraint = 'of_one_queue',
			message = format('"%s" cannot stand under "%s", which is of another queue', v_wrong.disposition, v_wrong.heading);
	end if;
	return null;
end $$;

create trigger disposition_stands after insert or update on chat.disposition_code
	for each statement execute function internal.disposition_stands();

-- Those of a queue: its own and those of every queue; a heading counts only while something stands under it.
create function internal.dispositions_of(p_queue text) returns table (disposition text, parent text, place int, heading boolean)
language plpgsql stable as $$
begin
	return query
		select d.disposition::text, d.parent::text, d.position, exists (select from chat.disposition_code c where c.parent = d.disposition)
		from chat.disposition_code d left join chat.disposition_code h on h.disposition = d.parent
		where d.active and coalesce(h.active, true) and (d.queue = p_queue or d.queue is null);
end $$;

create function internal.may_file(p_queue text, p_disposition text) returns boolean
language plpgsql stable as $$
begin
	return exists (select from internal.dispositions_of(p_queue) d where d.disposition = p_disposition and not d.heading);
end $$;

-- {required, codes:[{disposition, label, codes?:[{disposition, label}]}]}; no codes: the operator's own words.
create function internal.dispositions_json(p_queue text, p_locale text) returns jsonb
language plpgsql stable as $$
begin
	return (
		with own as materialized (select * from internal.dispositions_of(p_queue)), labelled as materialized (
			select o.*, jsonb_build_object('disposition', o.disposition, 'label', internal.disposition_label(o.disposition, p_locale)) as body from own o
		), under as (
			select l.parent, jsonb_agg(l.body order by l.place, l.disposition) as codes from labelled l where l.parent is not null group by l.parent
		)
		select jsonb_build_object('required', coalesce((select q.disposition_required from chat.queue q where q.queue = p_queue), false), 'codes', coalesce((
			select jsonb_agg(l.body || case when u.codes is not null then jsonb_build_object('codes', u.codes) else '{}' end order by l.place, l.disposition)
			from labelled l left join under u on u.parent = l.disposition where l.parent is null and (not l.heading or u.codes is not null)), '[]')));
end $$;

-- What a chat of this queue is filed under: a disposition that there is, none where none is asked for, or (NULL, NULL words) the words of who has no list to choose from.
create function internal.check_disposition(p_queue text, p_disposition text) returns boolean
language plpgsql stable as $$
declare
	v_listed boolean := exists (select from internal.dispositions_of(p_queue) d where not d.heading);
	v_wrong boolean;
begin
	v_wrong := case when v_listed and p_disposition is null then (select q.disposition_required from chat.queue q where q.queue = p_queue)
		when v_listed then not internal.may_file(p_queue, p_disposition) else p_disposition is null end;
	if v_wrong then
		perform internal.fail('SB422', 'invalid', 'disposition');
	end if;
	return v_listed;
end $$;

-- How often what was chosen, by the day (UTC) the chat ended; NULL: not filed, or in the operator's own words.
drop view if exists chat.disposition_use;
create view chat.disposition_use with (security_invoker = true) as
	select (c.ended_at at time zone 'UTC')::date as day, c.queue, d.parent as heading, c.filed_under as disposition, count(*) as chats
	from chat.chat c left join chat.disposition_code d on d.disposition = c.filed_under
	where c.ended_at is not null and c.queue is not null and exists (select from chat.assignment a where a.chat = c.chat)
	group by 1, 2, 3, 4;
comment on view chat.disposition_use is 'What chats with an operator were filed under, by the day (UTC) they ended and queue; disposition NULL: not filed, or in the operator''s own words';
grant select on chat.disposition_use to switchboard_dba, switchboard_report;
