-- SPDX-License-Identifier: ISC
-- How an item leaves. Made when it is claimed, so that address and secrets are the present ones; all NULL: there is nobody to send it to any more.
--   method url headers ('Name: value') content_type body
--   user_name secret scheme: none, basic, bearer, hmac (Switchboard-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">; other_secret gives a second v1)
--   timeout_ms (for the whole exchange, up to 60000) max_answer_bytes (up to 1 MiB; a longer answer is a failure)
--   allowed_hosts: lower case, empty or NULL: any that is public; plain_http: http:// is good enough
--   tries: instead of the setting outbox_tries
--   scheme of url smtp:// or smtps://: mail_from rcpt subject text_body html_body starttls (none, optional, required); headers stand in the mail
create type internal.outgoing as (method text, url text, headers text[], content_type text, body text, user_name text, secret text, scheme text, other_secret text,
	timeout_ms int, max_answer_bytes int, allowed_hosts text[], plain_http boolean, tries int,
	mail_from text, rcpt text[], subject text, text_body text, html_body text, starttls text);
