-- SPDX-License-Identifier: ISC
-- Accounts: sessions begin here and are ended here, passwords are replaced, the second step of the login is set up, asked for and switched off. Whether a
-- password or a code is right is worked out by the caller; what follows from it, and that nothing is used twice, is decided here.

-- ---- the second step ------------------------------------------------------------------------------------------------

-- Does this operator's role ask for a second step that he has not set up yet?
create function internal.totp_is_missing(p_operator chat.operator) returns boolean
language sql stable as $$
	select internal.setting(case p_operator.role when 'supervisor' then 'totp_supervisors' else 'totp_operators' end) = 1
		and not exists (select from chat.operator_totp t where t.operator = p_operator.operator and t.confirmed_at is not null)
$$;

-- Ten wrong codes, which only who knows the password can send, make a pause of a quarter of an hour. Recovery codes count like the others.
create function internal.totp_pause(p_totp chat.operator_totp, p_now timestamptz) returns void
language plpgsql stable as $$
begin
	if p_totp.misses >= 10 and p_totp.missed_at > p_now - interval '15 minutes' then
		perform internal.fail('SB429', 'rate_limited', 'totp', jsonb_build_object('retry_ms',
			ceil(extract(epoch from p_totp.missed_at + interval '15 minutes' - p_now) * 1000)));
	end if;
end $$;

create function internal.totp_missed(p_operator text, p_now timestamptz) returns void
language sql as $$
	update chat.operator_totp t set misses = case when t.missed_at > p_now - interval '15 minutes' then t.misses + 1 else 1 end, missed_at = p_now where t.operator = p_operator
$$;

-- Uses up a code: the half minute of one from the authenticator (p_step), or a recovery code. False when that was used before, by whomever.
create function internal.pass_totp(p_operator text, p_step bigint, p_recovery bytea) returns boolean
language plpgsql as $$
declare
	v_left bigint;
begin
	if p_step is not null then
		update chat.operator_totp t set last_step = p_step, misses = 0, missed_at = null
		where t.operator = p_operator and t.confirmed_at is not null and t.last_step < p_step;
		return found;
	end if;
	delete from chat.recovery_code r where r.operator = p_operator and r.code = p_recovery;
	if not found then
		return false;
	end if;
	update chat.operator_totp t set misses = 0, missed_at = null where t.operator = p_operator;
	select count(*) into v_left from chat.recovery_code r where r.operator = p_operator;
	perform internal.audit('recovery code', 'operator', p_operator, null, jsonb_build_object('left', v_left));
	return true;
end $$;

-- What a code of this operator is held against; no row without a second step. Asked for only after the password was right.
create function api.totp_lookup(p_operator text) returns table (secret bytea, last_step bigint, now_s bigint)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_totp chat.operator_totp;
begin
	select t.* into v_totp from chat.operator_totp t where t.operator = p_operator and t.confirmed_at is not null;
	if found then
		perform internal.totp_pause(v_totp, v_now);
	end if;
	return query select v_totp.secret, v_totp.last_step, floor(extract(epoch from v_now))::bigint;
end $$;

-- The key of the server has changed: what was sealed with the one before is sealed anew, by who has both. Nothing when it has been replaced meanwhile.
create function api.totp_reseal(p_secret bytea, p_sealed bytea) returns void
language sql security definer set search_path = chat, pg_temp as $$
	update chat.operator_totp t set secret = p_sealed, made_at = clock_timestamp() where t.secret = p_secret
$$;

create function api.totp_refused(p_operator text, p_address inet) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.totp_missed(p_operator, clock_timestamp());
	perform internal.audit('login refused', 'operator', p_operator, null, jsonb_build_object('address', p_address, 'step', 'totp'));
end $$;

-- ---- a session begins -----------------------------------------------------------------------------------------------

-- The one place where a session is made. p_way says how the person was recognised; p_ask: whether his second step is asked for.
create function internal.begin_session(p_operator text, p_way text, p_ask boolean, p_step bigint, p_recovery bytea, p_session bytea, p_address inet, p_user_agent text,
	p_now timestamptz) returns text
language plpgsql as $$
declare
	v_operator chat.operator;
	v_enrolling boolean;
begin
	select o.* into v_operator from chat.operator o where o.operator = p_operator and o.active;
	if not found then
		perform internal.fail('SB401', 'unauthorized');
	end if;
	perform internal.act_as('operator', v_operator.operator);
	if p_ask and exists (select from chat.operator_totp t where t.operator = p_operator and t.confirmed_at is not null)
		and not internal.pass_totp(p_operator, p_step, p_recovery) then
		perform internal.fail('SB401', 'unauthorized', 'totp');
	end if;
	v_enrolling := p_ask and internal.totp_is_missing(v_operator);
	insert into chat.session (session, operator, created_at, last_used_at, address, user_agent, way, enrolling)
	values (p_session, v_operator.operator, p_now, p_now, p_address, left(p_user_agent, 300), p_way, v_enrolling);
	if p_way = 'password' then
		perform internal.login_succeeded(p_operator, p_address);
	end if;
	perform internal.audit('login', 'operator', v_operator.operator, null, jsonb_strip_nulls(jsonb_build_object('address', p_address, 'way', nullif(p_way, 'password'),
		'totp', nullif(p_step is not null or p_recovery is not null, false))));
	return (jsonb_build_object('operator', internal.operator_json(v_operator)) || case when v_enrolling then '{"enrolling": true}'::jsonb else '{}' end)::text;
end $$;

-- The password was right: p_hash is what it was held against, so that a password replaced meanwhile lets nobody in.
create function api.login(p_operator text, p_session bytea, p_address inet, p_user_agent text, p_hash text default null, p_step bigint default null,
	p_recovery bytea default null) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform from chat.operator_password p where p.operator = p_operator and p.hash = p_hash for share;
	if not found and p_hash is not null then
		perform internal.fail('SB401', 'unauthorized');
	end if;
	return query select internal.begin_session(p_operator, 'password', true, p_step, p_recovery, p_session, p_address, p_user_agent, clock_timestamp());
end $$;

-- The web server says who it is. Whom we do not know is told so: the name is not the visitor's to choose.
create function api.login_sso(p_operator text, p_session bytea, p_address inet, p_user_agent text, p_ask boolean, p_step bigint, p_recovery bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	return query select internal.begin_session(p_operator, 'sso', p_ask, p_step, p_recovery, p_session, p_address, p_user_agent, clock_timestamp());
end $$;

-- May he whom the web server names come in? Raises forbidden, with an audit row (which is why it is a verb of its own: login_sso() would take it back).
create function api.sso_lookup(p_operator text, p_address inet) returns table (known boolean)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_known boolean := exists (select from chat.operator o where o.operator = p_operator and o.active);
begin
	if not v_known then
		perform internal.audit('login refused', 'operator', left(p_operator, 63), null, jsonb_build_object('address', p_address, 'way', 'sso'));
	end if;
	return query select v_known;
end $$;

-- ---- sessions end ---------------------------------------------------------------------------------------------------

-- Ends the sessions of an operator, but for p_keep. Relays close the sockets at COMMIT.
create function internal.end_sessions(p_operator text, p_keep bytea default null) returns int
language plpgsql as $$
declare
	v_ended int;
begin
	delete from chat.session s where s.operator = p_operator and s.session is distinct from p_keep;
	get diagnostics v_ended = row_count;
	perform internal.ring_relays('s:' || p_operator, clock_timestamp());
	return v_ended;
end $$;

create function api.my_sessions(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now, true);
begin
	return query select jsonb_build_object('sessions', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', s.id, 'address', host(s.address), 'browser', s.user_agent,
			'since', internal.rfc3339(s.created_at), 'last_used', internal.rfc3339(s.last_used_at), 'way', s.way, 'current', s.session = p_session))
			order by s.session = p_session desc, s.last_used_at desc, s.id), '[]'))::text
		from chat.session s where s.operator = v_operator.operator and internal.session_holds(s, v_now);
end $$;

-- Ends one of his own sessions (p_id), or all but this one. This one is ended by logging out.
create function api.end_session(p_session bytea, p_id uuid) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp(), true);
	v_ended int;
begin
	if exists (select from chat.session s where s.session = p_session and s.id = p_id) then
		perform internal.fail('SB409', 'conflict', 'session');
	end if;
	if p_id is null then
		v_ended := internal.end_sessions(v_operator.operator, p_session);
	else
		delete from chat.session s where s.operator = v_operator.operator and s.id = p_id;
		get diagnostics v_ended = row_count;
		if v_ended = 0 then
			perform internal.fail('SB404', 'not_found');
		end if;
		perform internal.ring_relays('s:' || v_operator.operator, clock_timestamp());
	end if;
	perform internal.audit('sessions ended', 'operator', v_operator.operator, null, jsonb_build_object('ended', v_ended));
	return query select jsonb_build_object('ended', v_ended)::text;
end $$;

-- The operator of that name; raises not_found.
create function internal.somebody(p_operator text) returns chat.operator
language plpgsql stable as $$
declare
	v_operator chat.operator;
begin
	select o.* into v_operator from chat.operator o where o.operator = p_operator;
	if not found then
		perform internal.fail('SB404', 'not_found', 'operator');
	end if;
	return v_operator;
end $$;

-- A supervisor ends all sessions of somebody.
create function api.end_sessions_of(p_session bytea, p_operator text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_supervisor chat.operator := internal.supervisor(p_session, clock_timestamp());
	v_ended int;
begin
	perform internal.somebody(p_operator);
	v_ended := internal.end_sessions(p_operator, case when p_operator = v_supervisor.operator then p_session end);
	perform internal.audit('sessions ended', 'operator', p_operator, null, jsonb_build_object('ended', v_ended));
	return query select jsonb_build_object('ended', v_ended)::text;
end $$;

-- For a DBA and the command line: select chat.end_sessions('ana');
create function chat.end_sessions(p_operator text) returns int
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_ended int;
begin
	perform internal.somebody(p_operator);
	v_ended := internal.end_sessions(p_operator);
	perform internal.act_as('dba', session_user);
	perform internal.audit('sessions ended', 'operator', p_operator, null, jsonb_build_object('ended', v_ended));
	return v_ended;
end $$;

-- ---- passwords ------------------------------------------------------------------------------------------------------

-- Replaces a password: the sessions before it end, but for p_keep, and so does a link that was on its way.
create function internal.put_password(p_operator text, p_hash text, p_keep bytea, p_now timestamptz) returns void
language plpgsql as $$
begin
	insert into chat.operator_password (operator, hash, changed_at) values (p_operator, p_hash, p_now)
	on conflict (operator) do update set hash = excluded.hash, changed_at = excluded.changed_at;
	delete from chat.account_link k where k.operator = p_operator;
	perform internal.end_sessions(p_operator, p_keep);
end $$;

-- For the command line: a password (already hashed).
create function api.set_password(p_operator text, p_hash text) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.somebody(p_operator);
	perform internal.put_password(p_operator, p_hash, null, clock_timestamp());
	perform internal.act_as('dba', session_user);
	perform internal.audit('password', 'operator', p_operator);
end $$;

-- Whose session it is, the hash that his old password is held against (NULL: he has none), whether he has to set up his second step.
create function api.my_password(p_session bytea) returns table (operator text, hash text, enrolling boolean)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp(), true);
begin
	return query select v_operator.operator::text, (select p.hash from chat.operator_password p where p.operator = v_operator.operator), s.enrolling
		from chat.session s where s.session = p_session;
end $$;

-- The old password was right (p_old as in login: what it was held against). The person's other sessions end.
create function api.change_password(p_session bytea, p_old text, p_hash text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now);
begin
	perform from chat.operator_password p where p.operator = v_operator.operator and p.hash = p_old for update;
	if not found then
		perform internal.fail('SB422', 'invalid', 'password');
	end if;
	perform internal.put_password(v_operator.operator, p_hash, p_session, v_now);
	perform internal.audit('password', 'operator', v_operator.operator);
	return query select jsonb_build_object('changed_at', internal.rfc3339(v_now))::text;
end $$;

-- A wrong old password or code, of somebody who is logged in.
create function api.account_refused(p_session bytea, p_what text, p_address inet) returns void
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now, true);
begin
	if p_what = 'totp' then
		perform internal.totp_missed(v_operator.operator, v_now);
	end if;
	perform internal.audit('change refused', 'operator', v_operator.operator, null, jsonb_build_object('address', p_address, 'step', p_what));
end $$;

-- ---- links ----------------------------------------------------------------------------------------------------------

-- For the command line. An invitation is for who has no password yet; the link before it is void.
create function api.make_link(p_operator text, p_purpose text, p_link bytea) returns table (expires_at text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.somebody(p_operator);
	v_now timestamptz := clock_timestamp();
	v_expires_at timestamptz := v_now + internal.seconds(p_purpose || '_link_s');
begin
	if not v_operator.active then
		perform internal.fail('SB409', 'conflict', 'active');
	elsif p_purpose = 'invite' and exists (select from chat.operator_password p where p.operator = p_operator) then
		perform internal.fail('SB409', 'conflict', 'password');
	end if;
	insert into chat.account_link as k (operator, link, purpose, made_at, expires_at) values (p_operator, p_link, p_purpose, v_now, v_expires_at)
	on conflict (operator) do update set link = excluded.link, purpose = excluded.purpose, made_at = excluded.made_at, expires_at = excluded.expires_at;
	perform internal.act_as('dba', session_user);
	perform internal.audit('link', 'operator', p_operator, null, jsonb_build_object('purpose', p_purpose, 'expires_at', internal.rfc3339(v_expires_at)));
	return query select internal.rfc3339(v_expires_at);
end $$;

-- Whose link it is. One that is used, old or made up does not exist.
create function api.link_view(p_link bytea) returns table (body text)
language sql stable security definer set search_path = chat, pg_temp as $$
	select jsonb_build_object('operator', o.operator, 'name', o.name, 'purpose', k.purpose, 'expires_at', internal.rfc3339(k.expires_at))::text
	from chat.account_link k join chat.operator o on o.operator = k.operator
	where k.link = p_link and k.expires_at > clock_timestamp() and o.active
$$;

-- Uses it up. Of two at once one finds it.
create function api.use_link(p_link bytea, p_hash text, p_address inet) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_link chat.account_link;
begin
	delete from chat.account_link k using chat.operator o where k.link = p_link and k.expires_at > v_now and o.operator = k.operator and o.active returning k.* into v_link;
	if not found then
		perform internal.fail('SB404', 'not_found');
	end if;
	perform internal.put_password(v_link.operator, p_hash, null, v_now);
	perform internal.act_as('operator', v_link.operator);
	perform internal.audit('password', 'operator', v_link.operator, null, jsonb_build_object('link', v_link.purpose, 'address', p_address));
	return query select jsonb_build_object('operator', v_link.operator)::text;
end $$;

-- ---- the account as its owner sees it, and his second step -----------------------------------------------------------

create function api.account(p_session bytea) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp(), true);
begin
	return query select jsonb_build_object('operator', v_operator.operator, 'name', v_operator.name,
		'password', coalesce((select jsonb_build_object('changed_at', internal.rfc3339(p.changed_at)) from chat.operator_password p where p.operator = v_operator.operator), 'null'),
		'totp', jsonb_build_object('required', internal.setting(case v_operator.role when 'supervisor' then 'totp_supervisors' else 'totp_operators' end) = 1)
			|| coalesce((select jsonb_build_object('since', internal.rfc3339(t.confirmed_at), 'codes', (select count(*) from chat.recovery_code r where r.operator = t.operator))
				from chat.operator_totp t where t.operator = v_operator.operator and t.confirmed_at is not null), '{}'))::text;
end $$;

-- A new secret, sealed; it counts once a code of it was right. One that counts already is switched off first.
create function api.totp_begin(p_session bytea, p_secret bytea) returns table (operator text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now, true);
begin
	insert into chat.operator_totp as t (operator, secret, made_at) values (v_operator.operator, p_secret, v_now)
	on conflict on constraint operator_totp_pkey do update set secret = excluded.secret, made_at = excluded.made_at where t.confirmed_at is null;
	if not found then
		perform internal.fail('SB409', 'conflict', 'totp');
	end if;
	return query select v_operator.operator::text;
end $$;

-- What a code of his own is held against: of the secret that counts, or of the one that is to be confirmed. No such secret: conflict.
create function api.my_totp(p_session bytea, p_confirmed boolean) returns table (secret bytea, last_step bigint, now_s bigint)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now, true);
	v_totp chat.operator_totp;
begin
	select t.* into v_totp from chat.operator_totp t where t.operator = v_operator.operator and (t.confirmed_at is not null) = p_confirmed;
	if not found then
		perform internal.fail('SB409', 'conflict', 'totp');
	end if;
	perform internal.totp_pause(v_totp, v_now);
	return query select v_totp.secret, v_totp.last_step, floor(extract(epoch from v_now))::bigint;
end $$;

create function internal.put_recovery_codes(p_operator text, p_codes bytea[]) returns void
language sql as $$
	delete from chat.recovery_code r where r.operator = p_operator;
	insert into chat.recovery_code (operator, code) select p_operator, c.code from unnest(p_codes) c (code);
$$;

-- A code of the new secret was right: from now on it is asked for, and this session may go on.
create function api.totp_confirm(p_session bytea, p_secret bytea, p_step bigint, p_codes bytea[]) returns table (confirmed_at text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_now timestamptz := clock_timestamp();
	v_operator chat.operator := internal.session_operator(p_session, v_now, true);
begin
	update chat.operator_totp t set confirmed_at = v_now, last_step = p_step, misses = 0, missed_at = null
	where t.operator = v_operator.operator and t.confirmed_at is null and t.secret = p_secret and t.last_step < p_step;
	if not found then
		perform internal.fail('SB409', 'conflict', 'totp');
	end if;
	perform internal.put_recovery_codes(v_operator.operator, p_codes);
	update chat.session s set enrolling = false where s.operator = v_operator.operator and s.enrolling;
	perform internal.audit('totp on', 'operator', v_operator.operator);
	return query select internal.rfc3339(v_now);
end $$;

-- Uses a code up for a change of his own account; one used before is no code.
create function internal.pass_own_totp(p_operator text, p_step bigint, p_recovery bytea) returns void
language plpgsql as $$
begin
	if not internal.pass_totp(p_operator, p_step, p_recovery) then
		perform internal.fail('SB422', 'invalid', 'totp');
	end if;
end $$;

create function api.totp_off(p_session bytea, p_step bigint, p_recovery bytea) returns table (operator text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
begin
	if internal.setting(case v_operator.role when 'supervisor' then 'totp_supervisors' else 'totp_operators' end) = 1 then
		perform internal.fail('SB403', 'forbidden', 'totp');
	end if;
	perform internal.pass_own_totp(v_operator.operator, p_step, p_recovery);
	delete from chat.operator_totp t where t.operator = v_operator.operator;
	perform internal.audit('totp off', 'operator', v_operator.operator);
	return query select v_operator.operator::text;
end $$;

create function api.totp_new_codes(p_session bytea, p_step bigint, p_recovery bytea, p_codes bytea[]) returns table (operator text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_operator chat.operator := internal.session_operator(p_session, clock_timestamp());
begin
	perform internal.pass_own_totp(v_operator.operator, p_step, p_recovery);
	perform internal.put_recovery_codes(v_operator.operator, p_codes);
	perform internal.audit('recovery codes', 'operator', v_operator.operator);
	return query select v_operator.operator::text;
end $$;

-- Somebody has lost authenticator and codes: his second step is off, his sessions end. False when there was none.
create function internal.reset_totp(p_operator text) returns boolean
language plpgsql as $$
declare
	v_was boolean;
begin
	perform internal.somebody(p_operator);
	delete from chat.operator_totp t where t.operator = p_operator;
	v_was := found;
	if v_was then
		perform internal.end_sessions(p_operator);
		perform internal.audit('totp reset', 'operator', p_operator);
	end if;
	return v_was;
end $$;

-- A supervisor does that for somebody else: his own he switches off with a code, as anybody.
create function api.reset_totp_of(p_session bytea, p_operator text) returns table (body text)
language plpgsql security definer set search_path = chat, pg_temp as $$
declare
	v_supervisor chat.operator := internal.supervisor(p_session, clock_timestamp());
begin
	if v_supervisor.operator = p_operator then
		perform internal.fail('SB403', 'forbidden', 'operator');
	end if;
	return query select jsonb_build_object('reset', internal.reset_totp(p_operator))::text;
end $$;

-- For a DBA who changes the server's key: whose second steps are still sealed with the one before.
create function chat.totp_sealed_before(p_time timestamptz) returns table (operator chat.key, sealed_at timestamptz)
language sql stable security definer set search_path = chat, pg_temp as $$
	select t.operator, t.made_at from chat.operator_totp t where t.made_at < p_time and t.confirmed_at is not null order by t.operator
$$;

-- For a DBA and the command line: select chat.reset_totp('ana');
create function chat.reset_totp(p_operator text) returns boolean
language plpgsql security definer set search_path = chat, pg_temp as $$
begin
	perform internal.act_as('dba', session_user);
	return internal.reset_totp(p_operator);
end $$;
