-- SPDX-License-Identifier: ISC
-- Which queue a chat enters and what it asks for there, by chat.entry_rule.

-- A pattern with * as one for LIKE.
create function internal.like_pattern(p_glob text) returns text
language sql immutable as $$ select replace(regexp_replace(p_glob, '([\\%_])', '\\\1', 'g'), '*', '%') $$;

-- The page of a rule: with a / in front it is the path alone; without a ? what follows one in the address does not count, nor does what follows a #.
create function internal.page_fits(p_pattern text, p_page_url text) returns boolean
language sql immutable as $$
	select regexp_replace(regexp_replace(p_page_url, case when p_pattern like '%?%' then '#.*$' else '[?#].*$' end, ''),
			case when p_pattern like '/%' then '^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*' else '^$' end, '')
		like internal.like_pattern(p_pattern)
$$;

-- A chat that is about to be opened, as far as rules ask for it.
create function internal.newcomer(p_widget chat.widget, p_locale text, p_page_url text, p_context jsonb, p_told internal.told) returns chat.chat
language plpgsql immutable as $$
declare
	v_chat chat.chat;
begin
	v_chat.site := p_widget.site;
	v_chat.widget := p_widget.widget;
	v_chat.locale := p_locale;
	v_chat.page_url := p_page_url;
	v_chat.context := coalesce(p_context, '{}');
	v_chat.answers := p_told.answers;
	return v_chat;
end $$;

-- The rules whose conditions hold for a chat that is on its way to p_queue (NULL: nobody has chosen one), in their order.
create function internal.fitting_rules(p_chat chat.chat, p_queue text) returns setof chat.entry_rule
language plpgsql stable as $$
begin
	return query select r.* from chat.entry_rule r
		where r.active
		  and (r.site is null or r.site = p_chat.site) and (r.widget is null or r.widget = p_chat.widget) and (r.from_queue is null or r.from_queue = p_queue)
		  and (r.locale is null or lower(p_chat.locale) = lower(r.locale) or lower(p_chat.locale) like lower(r.locale) || '-%')
		  and (r.page_url is null or internal.page_fits(r.page_url, p_chat.page_url))
		  and (r.context = '{}' or p_chat.context @> r.context) and (r.answers = '{}' or p_chat.answers @> r.answers)
		order by r.position, r.rule;
end $$;

-- The queue that the rules make of p_queue. One that was chosen stays, unless a rule speaks of it.
create function internal.ruled_queue(p_chat chat.chat, p_queue text) returns text
language plpgsql stable as $$
begin
	return coalesce((select r.queue from internal.fitting_rules(p_chat, p_queue) with ordinality r where r.queue is not null and (p_queue is null or r.from_queue = p_queue)
		order by r.ordinality limit 1), p_queue);
end $$;

create function internal.rules_bypass_bot(p_chat chat.chat) returns boolean
language plpgsql stable as $$
begin
	return exists (select from internal.fitting_rules(p_chat, null) r where r.bypass);
end $$;

-- On entering a queue: the skills and the urgency that the rules give the chat; a skill that the chat asks for already stays as it is. Who is in the queue already is filed anew by the triggers.
create function internal.obey_rules(p_chat uuid, p_queue text) returns void
language plpgsql as $$
declare
	v_chat chat.chat;
	v_level int;
begin
	if not exists (select from chat.entry_rule r where r.active) then
		return;
	end if;
	select * into v_chat from chat.chat c where c.chat = p_chat;
	perform internal.ask_skill(p_chat, r.skill, r.required, r.min_rating, r.weight)
	from (select distinct on (f.skill) f.* from internal.fitting_rules(v_chat, p_queue) with ordinality f where f.skill is not null order by f.skill, f.ordinality) r
	where not exists (select from chat.chat_skill s where s.chat = p_chat and s.skill = r.skill);
	select r.level into v_level from internal.fitting_rules(v_chat, p_queue) with ordinality r where r.level is not null order by r.ordinality limit 1;
	update chat.chat c set level = v_level where c.chat = p_chat and v_level is not null and c.level is distinct from v_level;
end $$;

create type internal.entrance as (queue text, bot text, told internal.told);

-- Where a chat request leads: to a bot, or into a queue; and what it told. p_queue: the one that the customer has chosen; who has not meets the bot, unless a rule leads past it. A queue that
-- only a rule has chosen asks nothing: no form knew of it.
create function internal.entrance(p_widget chat.widget, p_queue text, p_locale text, p_page_url text, p_context jsonb, p_answers jsonb, p_name text, p_email text) returns internal.entrance
language plpgsql stable as $$
declare
	v_way internal.entrance;
	v_chat chat.chat;
begin
	v_way.queue := case when p_queue is not null then internal.person_queue(p_widget.widget, p_queue) end;
	select b.bot into v_way.bot from chat.bot b where b.bot = p_widget.bot and b.active and p_queue is null;
	v_way.told := internal.read_answers(v_way.queue, p_answers, p_name, p_email);
	v_chat := internal.newcomer(p_widget, p_locale, p_page_url, p_context, v_way.told);
	if v_way.bot is not null and not internal.rules_bypass_bot(v_chat) then
		return v_way;
	end if;
	v_way.queue := internal.ruled_queue(v_chat, v_way.queue);
	if v_way.queue is null then
		v_way.queue := p_widget.default_queue;
		v_way.told := case when v_way.bot is null then internal.read_answers(v_way.queue, (v_way.told).answers, (v_way.told).name, (v_way.told).email) else v_way.told end;
	end if;
	v_way.bot := null;
	return v_way;
end $$;
