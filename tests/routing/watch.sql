-- SPDX-License-Identifier: ISC
-- Judges every offer in the transaction that makes it, from the base tables: the row of the operator is locked then, so nobody can change what is counted here.
-- Violations are collected; a test looks at watch.violation at its end.
create schema watch;
create table watch.violation (
	rule     text not null,
	chat     uuid not null,
	operator text not null,
	detail   text not null
);

-- Does this operator lack a skill that is required of him, by the queue or by the chat?
create function watch.lacks(p_operator text, p_queue text, p_chat uuid, p_now timestamptz) returns boolean language sql as $$
	select exists (
		select from (select q.skill, q.min_rating from chat.queue_skill q where q.queue = p_queue and q.required
			union all select s.skill, s.min_rating from chat.chat_skill s where s.chat = p_chat and s.required) n
		where not exists (select from chat.operator_skill k where k.operator = p_operator and k.skill = n.skill and k.rating >= n.min_rating
			and coalesce(k.valid_from, '-infinity') <= p_now and p_now < coalesce(k.valid_to, 'infinity')))
$$;

create function watch.offer() returns trigger language plpgsql security definer as $$
declare
	v_operator chat.operator;
	v_state chat.operator_state;
	v_held bigint;
	v_cap bigint;
begin
	select * into v_operator from chat.operator o where o.operator = new.operator;
	select * into v_state from chat.operator_state s where s.operator = new.operator;
	select count(*) into v_held from (
		select from chat.offer o where o.operator = new.operator and o.state = 'open'
		union all select from chat.assignment a where a.operator = new.operator and a.ended_at is null and a.idle_since is null) h;
	select least(v_operator.max_chats, q.max_per_operator, (select s.value::int from chat.setting s where s.name = 'max_chats')) into v_cap
	from chat.queue q where q.queue = new.queue;
	insert into watch.violation (rule, chat, operator, detail)
	select v.rule, new.chat, new.operator, v.detail
	from (values
		('I1 eligible', not v_operator.active or watch.lacks(new.operator, new.queue, new.chat, new.offered_at)
			or not exists (select from chat.operator_queue j where j.operator = new.operator and j.queue = new.queue), new.queue::text),
		('I2 load within cap', v_held > v_cap, format('%s of %s', v_held, v_cap)),
		('I3 one offer, no owner', (select count(*) from chat.offer o where o.chat = new.chat and o.state = 'open') <> 1
			or exists (select from chat.assignment a where a.chat = new.chat and a.ended_at is null), ''),
		('I4 stagger', exists (select from chat.offer o where o.operator = new.operator and o.offer <> new.offer
			and o.offered_at > new.offered_at - (select s.value::int from chat.setting s where s.name = 'stagger_s') * interval '1 second'), ''),
		('I5 there', v_state.presence <> 'available' or v_state.lease_until <= new.offered_at, v_state.presence),
		('I6 not over', (select c.ended_at is not null from chat.chat c where c.chat = new.chat), '')
	) as v (rule, broken, detail)
	where v.broken;
	return null;
end $$;

create trigger zz_watch after insert on chat.offer for each row when (new.kind = 'routed') execute function watch.offer();
