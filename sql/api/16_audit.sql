-- SPDX-License-Identifier: ISC
-- The audit of configuration: one row of chat.audit for each changed row, written in the transaction of the change, whoever makes it and by whatever program.

create function internal.configuration_key(p_row jsonb, p_columns text[]) returns text
language sql immutable as $$ select coalesce(string_agg(p_row ->> c.name, '/' order by c.ord), 'everything') from unnest(p_columns) with ordinality as c (name, ord) $$;

-- Who acts: the operator whom a program serves, where it is one of our programs that says so; else the user of the database session.
create function internal.configuration_actor() returns table (kind text, actor text)
language sql stable as $$
	select case when p.speaks then current_setting('switchboard.actor_kind', true) else 'dba' end,
		case when p.speaks then current_setting('switchboard.actor', true) else session_user end
	from (select session_user in ('switchboard_api', 'switchboard_relay', 'switchboard_router', 'switchboard_courier')
		and coalesce(current_setting('switchboard.actor_kind', true), '') <> '' as speaks) p
$$;

-- A secret comes or goes, whoever does it. Arguments: the key columns; the secret itself does not stand in the audit.
create function internal.secret_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	insert into chat.audit (actor_kind, actor, action, object, key)
	select w.kind, w.actor, lower(tg_op), tg_table_name, internal.configuration_key(to_jsonb(case tg_op when 'DELETE' then old else new end), tg_argv)
	from internal.configuration_actor() w;
	return null;
end $$;

-- Arguments: the key columns. One ring of the router and of the api a statement.
create function internal.configuration_changes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_who record;
begin
	select * into v_who from internal.configuration_actor();
	if tg_op = 'INSERT' then
		insert into chat.audit (actor_kind, actor, action, object, key, new)
		select v_who.kind, v_who.actor, 'insert', tg_table_name, internal.configuration_key(to_jsonb(n), tg_argv), to_jsonb(n) from new_rows n;
	elsif tg_op = 'DELETE' then
		insert into chat.audit (actor_kind, actor, action, object, key, old)
		select v_who.kind, v_who.actor, 'delete', tg_table_name, internal.configuration_key(to_jsonb(o), tg_argv), to_jsonb(o) from old_rows o;
	else
		insert into chat.audit (actor_kind, actor, action, object, key, old, new)
		select v_who.kind, v_who.actor, 'update', tg_table_name, coalesce(n.key, o.key), o.row, n.row
		from (select internal.configuration_key(to_jsonb(r), tg_argv) as key, to_jsonb(r) as row from old_rows r) o
		full join (select internal.configuration_key(to_jsonb(r), tg_argv) as key, to_jsonb(r) as row from new_rows r) n on n.key = o.key
		where o.row is distinct from n.row;
	end if;
	perform internal.ring_router();
	perform internal.ring_api();
	return null;
end $$;

-- TRUNCATE takes all rows at once and fires no other trigger (only the owner may): what stood there is written down before.
create function internal.configuration_goes() returns trigger
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_who record;
begin
	select * into v_who from internal.configuration_actor();
	execute format('insert into chat.audit (actor_kind, actor, action, object, key, old)
		select $1, $2, $3, $4, internal.configuration_key(to_jsonb(o), $5), to_jsonb(o) from chat.%I o', tg_table_name)
	using v_who.kind, v_who.actor, 'truncate', tg_table_name, tg_argv;
	insert into internal.stale (what) values ('everything');
	perform internal.ring_router();
	perform internal.ring_api();
	return null;
end $$;

do $$
declare
	v_table record;
	v_key text;
begin
	for v_table in select * from (values
		('setting', array['name']), ('site', array['site']), ('skill', array['skill']), ('operator', array['operator']), ('operator_skill', array['operator', 'skill']),
		('queue', array['queue']), ('queue_label', array['queue', 'locale']), ('queue_skill', array['queue', 'skill']), ('queue_member', array['queue', 'operator']),
		('opening_hours', array['queue', 'weekday', 'opens']), ('opening_exception', array['queue', 'day']), ('closure', array['queue']),
		('silence_rule', array['rule']), ('mail_account', array['account']), ('inbox_notice', array['notice']),
		('relaxation', array['queue', 'after_s', 'skill', 'extra_queue']), ('bot', array['bot']), ('bot_node', array['bot', 'node']),
		('bot_choice', array['bot', 'node', 'choice']), ('bot_text', array['bot', 'node', 'choice', 'locale']), ('widget', array['widget']),
		('widget_queue', array['widget', 'queue']), ('widget_text', array['widget', 'locale', 'name']), ('text', array['name', 'locale']), ('block', array['block']),
		('webhook', array['webhook']),
		('question', array['question']), ('question_text', array['question', 'locale']), ('question_choice', array['question', 'choice']),
		('question_choice_text', array['question', 'choice', 'locale']), ('queue_question', array['queue', 'question']), ('bot_node_skill', array['bot', 'node', 'skill']),
		('bot_answer', array['bot', 'locale', 'answer']), ('escalation_phrase', array['locale', 'phrase']), ('courtesy_phrase', array['locale', 'phrase']), ('entry_rule', array['rule']),
		('channel_account', array['account']),
		('phrase', array['phrase']), ('phrase_text', array['phrase', 'locale']), ('dialog', array['dialog']), ('dialog_text', array['dialog', 'locale']),
		('dialog_step', array['dialog', 'step']), ('dialog_step_text', array['dialog', 'step', 'locale']), ('dialog_item', array['dialog', 'step', 'item']),
		('dialog_item_text', array['dialog', 'step', 'item', 'locale']), ('dialog_action', array['dialog', 'step', 'position']),
		('disposition_code', array['disposition']), ('disposition_text', array['disposition', 'locale'])
	) as t (name, key_columns) loop
		select string_agg(quote_literal(c), ', ') into v_key from unnest(v_table.key_columns) c;
		execute format('create trigger configuration_insert after insert on chat.%I referencing new table as new_rows'
			' for each statement execute function internal.configuration_changes(%s)', v_table.name, v_key);
		execute format('create trigger configuration_update after update on chat.%I referencing old table as old_rows new table as new_rows'
			' for each statement execute function internal.configuration_changes(%s)', v_table.name, v_key);
		execute format('create trigger configuration_delete after delete on chat.%I referencing old table as old_rows'
			' for each statement execute function internal.configuration_changes(%s)', v_table.name, v_key);
		execute format('create trigger configuration_truncate before truncate on chat.%I'
			' for each statement execute function internal.configuration_goes(%s)', v_table.name, v_key);
	end loop;
end $$;

-- These functions are new, and what one of the old ones said may not be what the new ones say.
select internal.ring_api();
