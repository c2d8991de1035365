-- SPDX-License-Identifier: ISC
-- What all verbs stand on: errors, settings, time as text, doorbells, who acts.
--
-- What runs on every message or decision is plpgsql: its plans are kept for the session, whereas a function in SQL that cannot be inlined is planned at
-- every call.
--
-- Time: a function that decides takes p_now and looks at no clock; the verbs in schema api have no time parameter and pass clock_timestamp(), read
-- after their locks are held.

-- Raises one of our errors: p_sqlstate 'SBnnn', p_name the wire name, p_field the parameter at fault, p_extra further members of the error object.
create function internal.fail(p_sqlstate text, p_name text, p_field text default null, p_extra jsonb default null) returns void
language plpgsql as $$
begin
	raise exception using errcode = p_sqlstate, message = p_name || coalesce(': ' || p_field, ''), constraint = p_name,
		column = coalesce(p_field, ''), detail = coalesce(p_extra::text, '');
end $$;

-- A number of chat.setting; an unknown name is a bug and raises.
create function internal.setting(p_setting text) returns bigint
language plpgsql stable as $$
declare
	v_value bigint;
begin
	select s.value::bigint into strict v_value from chat.setting s where s.name = p_setting;
	return v_value;
end $$;

create function internal.seconds(p_setting text) returns interval
language sql stable as $$ select make_interval(secs => internal.setting(p_setting)) $$;

-- RFC 3339, UTC, milliseconds. (Stable as to_char is: declared immutable it would not be inlined, and planned at each call.)
create function internal.rfc3339(p_at timestamptz) returns text
language sql stable as $$ select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- The first instant of a day. Where the clocks go back at one in the night (the Azores, Cuba) midnight comes twice; by itself PostgreSQL takes the second.
create function internal.day_begins(p_day date, p_zone text) returns timestamptz
language sql stable as $$
	select p_day::timestamp at time zone p_zone
		- case when ((p_day::timestamp at time zone p_zone - interval '1 hour') at time zone p_zone)::date = p_day then interval '1 hour' else interval '0' end
$$;

-- Rings the router: something it decides on has changed. Folded to one notification a transaction.
create function internal.ring_router() returns void
language sql as $$ select pg_notify('switchboard_route', '') $$;

-- Tells the workers of the api that configuration has changed: what they keep of it they throw away, at COMMIT.
create function internal.ring_api() returns void
language sql as $$ select pg_notify('switchboard_configuration', '') $$;

-- Tells every live relay to look: p_word is c:<chat>, o:<operator> (offers, chats), w:<operator> (what he is) or s:<operator> (sessions). Heard at COMMIT.
create function internal.ring_relays(p_word text, p_now timestamptz, p_but_relays int[] default '{}') returns void
language plpgsql as $$
begin
	perform pg_notify('switchboard_relay_' || r.relay, p_word)
	from chat.relay r, chat.setting s
	where s.name = 'relay_lost_s' and r.heartbeat_at + make_interval(secs => s.value::int) > p_now and r.relay <> all (p_but_relays);
end $$;

-- Is a session still good: used and begun not too long ago?
create function internal.session_holds(p_session chat.session, p_now timestamptz, p_idle interval, p_max interval) returns boolean
language sql stable as $$ select p_session.last_used_at > p_now - p_idle and p_session.created_at > p_now - p_max $$;

create function internal.session_holds(p_session chat.session, p_now timestamptz) returns boolean
language sql stable as $$ select internal.session_holds(p_session, p_now, internal.seconds('session_idle_s'), internal.seconds('session_max_s')) $$;

-- Names who acts for the audit rows of this transaction.
create function internal.act_as(p_kind text, p_actor text) returns void
language plpgsql as $$
declare
	v_set text;
begin
	v_set := set_config('switchboard.actor_kind', p_kind, true);
	v_set := set_config('switchboard.actor', p_actor, true);
end $$;

-- Who acts in this transaction; a program for itself where nobody was named.
create function internal.actor_kind() returns text
language sql stable as $$ select coalesce(nullif(current_setting('switchboard.actor_kind', true), ''), 'program') $$;

create function internal.actor() returns text
language sql stable as $$ select coalesce(current_setting('switchboard.actor', true), '') $$;

create function internal.audit(p_action text, p_object text, p_key text, p_old jsonb default null, p_new jsonb default null) returns void
language plpgsql as $$
begin
	insert into chat.audit (actor_kind, actor, action, object, key, old, new) values (internal.actor_kind(), internal.actor(), p_action, p_object, p_key, p_old, p_new);
end $$;

-- The best of p_available for what a browser asks for (Accept-Language or one tag): by q, exact tag before language alone; else p_fallback.
create function internal.best_locale(p_wanted text, p_available text[], p_fallback text) returns text
language plpgsql immutable as $$
begin
	if p_wanted ~ '^[a-z]{2,3}$' and p_wanted = any (p_available) then
		return p_wanted; -- as most ask: there is nothing to weigh
	end if;
	return (with wanted as (
		select lower(m[1]) as tag, case when m[3] ~ '^[01](\.[0-9]{0,3})?$' then m[3]::numeric else 1 end as q, w.ord
		from regexp_split_to_table(left(coalesce(p_wanted, ''), 200), '\s*,\s*') with ordinality as w (item, ord),
			regexp_match(w.item, '^\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*(;\s*q=([0-9.]+))?\s*$') as m
		where m is not null
	)
	select coalesce((
		select a.locale
		from wanted w join unnest(p_available) as a (locale)
			on lower(a.locale) = w.tag or lower(a.locale) = split_part(w.tag, '-', 1) or split_part(lower(a.locale), '-', 1) = w.tag
		where w.q > 0
		order by w.q desc, w.ord, lower(a.locale) = w.tag desc, length(a.locale), a.locale
		limit 1), p_fallback));
end $$;

-- A sentence of the system in the language of a chat; English where there is no better.
create function internal.text(p_name text, p_locale text) returns text
language plpgsql stable as $$
begin
	return (select t.text
	from chat.text t
	where t.name = p_name
	order by t.locale = internal.best_locale(p_locale, array(select a.locale from chat.text a where a.name = p_name), 'en') desc, t.locale = 'en' desc, t.locale
	limit 1);
end $$;

create function internal.queue_label(p_queue text, p_locale text) returns text
language plpgsql stable as $$
begin
	return (select coalesce((
		select l.label from chat.queue_label l
		where l.queue = p_queue and l.locale = internal.best_locale(p_locale, array(select a.locale from chat.queue_label a where a.queue = p_queue), null)
	), (select q.label from chat.queue q where q.queue = p_queue)));
end $$;

create function internal.epoch() returns text
language plpgsql stable as $$
begin
	return (select i.epoch::text from internal.installation i);
end $$;
