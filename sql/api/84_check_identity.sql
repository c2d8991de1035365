-- SPDX-License-Identifier: ISC
-- chat.check: sites that ask for a signed identity and cannot check one; secrets that nobody uses, or that are old.
create function internal.check_identity(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'error', 'identity_no_secret', 'site', s.site::text, format('%s asks for a signed identity but has no secret to check one with: nobody can open a chat.', s.site),
		format('switchboard site secret add %s; or update chat.site set identity = ''optional'' where site = ''%s''', s.site, s.site)
	from chat.site s where s.active and s.identity = 'required' and not exists (select from chat.site_secret k where k.site = s.site)
	union all
	select 'warning', 'identity_secret_unused', 'site_secret', k.site || '/' || k.slot, format('Nobody has used this secret of %s for %s days: who has it can still sign.', k.site,
			extract(day from p_now - coalesce(k.last_used_at, k.created_at))),
		format('switchboard site secret retire %s', k.site)
	from chat.site_secret k where coalesce(k.last_used_at, k.created_at) < p_now - case when k.last_used_at is null then interval '7 days' else interval '30 days' end
	union all
	select 'notice', 'identity_secret_old', 'site_secret', k.site || '/' || k.slot, format('This secret of %s is %s days old.', k.site, extract(day from p_now - k.created_at)),
		format('switchboard site secret add %s, then change the site''s server, then switchboard site secret retire %s', k.site, k.site)
	from chat.site_secret k where k.created_at < p_now - interval '365 days'
$$;
