-- SPDX-License-Identifier: ISC
-- The audit also says from which application a change came.
set local role switchboard_owner;

alter table chat.audit add column application text not null default '';
alter table chat.audit alter column application set default coalesce(current_setting('application_name', true), '');
