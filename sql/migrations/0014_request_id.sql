-- SPDX-License-Identifier: ISC
-- Which request a row of the audit came from: by the id that the logs of web server, api and database have of it.
set local role switchboard_owner;

alter table chat.audit add column request_id text;
alter table chat.audit alter column request_id set default nullif(current_setting('switchboard.request_id', true), '');
-- meanwhile the name of the application has the id behind it, for log_line_prefix (%a)
alter table chat.audit alter column application set default coalesce(case when current_setting('switchboard.request_id', true) <> ''
	then split_part(current_setting('application_name', true), ' ', 1) else current_setting('application_name', true) end, '');
comment on column chat.audit.request_id is 'The HTTP request it came from, as the web server, the api and PostgreSQL''s log (%a) name it; NULL: none';
