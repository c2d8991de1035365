-- SPDX-License-Identifier: ISC
-- Why an attempt to deliver failed, as a code beside the words, and what a dead letter was given up for. What is in the outbox already gets its code from its words, once.
set local role switchboard_owner;

alter table chat.outbox
	add column last_reason text constraint last_reason_is_one_of_these check (last_reason in ('refused', 'answer_unusable', 'answer_too_large', 'timeout', 'unreachable',
		'unknown_host', 'connection_lost', 'insecure', 'login_refused', 'private_address', 'host_not_allowed', 'bad_address', 'no_receiver', 'not_made', 'interrupted', 'expired',
		'other')),
	add column given_up text constraint given_up_final_tries_or_time check (given_up in ('final', 'tries', 'time'));
comment on column chat.outbox.last_reason is 'Why the last attempt failed: refused (last_status says how), answer_unusable (taken, and answered what its kind cannot use), answer_too_large, timeout,'
	' unreachable (no connection), unknown_host (its name is not found), connection_lost, insecure (no TLS, or a certificate that does not hold), login_refused, private_address (not'
	' public, and not in courier_private_hosts), host_not_allowed (not in allowed_hosts), bad_address (no URL that may be used), no_receiver (whom it is for is gone or inactive),'
	' not_made (its request cannot be put together: no secret, no sender), interrupted (the courier ended), expired (its time was over before it was tried), other';
comment on column chat.outbox.given_up is 'What a dead letter was given up for, last_reason being why its last attempt failed: final (no further one would do better), tries (the last one that'
	' outbox_tries or its kind allows), time (no further one before give_up_at)';
grant select (last_reason, given_up) on chat.outbox to switchboard_dba;

with failed as (
	select o.item, substring(o.last_error from '^(?:answered |[^:]*: [A-Z]+ failed: )([1-5][0-9]{2})')::int as status from chat.outbox o where o.last_error is not null
)
update chat.outbox o set
	last_status = coalesce(o.last_status, f.status),
	last_reason = case
		when f.status between 200 and 299 then 'answer_unusable'
		when f.status is not null then 'refused'
		when o.last_status between 200 and 299 then 'answer_unusable'
		when o.last_error = 'there is nobody to send it to any more' then 'no_receiver'
		when o.last_error = 'its time was over' then 'expired'
		when o.last_error like 'its request cannot be made%' or o.last_error like 'it is no mail:%' then 'not_made'
		when o.last_error like '%which is not public%' then 'private_address'
		when o.last_error = 'its host is not one of those that are allowed for it' then 'host_not_allowed'
		when o.last_error like 'its address %' then 'bad_address'
		when o.last_error like '%its answer is longer than %' then 'answer_too_large'
		when o.last_error like 'the courier %' then 'interrupted'
		when o.last_error ~* '^(login|authentication)' then 'login_refused'
		when o.last_error ~* 'time-?out|timed out' then 'timeout'
		when o.last_error ~* 'resolve' then 'unknown_host'
		when o.last_error ~* 'connect to server' then 'unreachable'
		when o.last_error ~* '\m(ssl|tls|certificate)' then 'insecure'
		when o.last_error ~* '^(failed sending|failure when receiving|server returned nothing|transferred a partial)' then 'connection_lost'
		else 'other' end
from failed f where o.item = f.item;

update chat.outbox o set last_reason = coalesce(o.last_reason, 'other'), given_up = case
	when o.tries >= (select s.value::int from chat.setting s where s.name = 'outbox_tries') then 'tries'
	when o.give_up_at <= o.finished_at then 'time'
	else 'final' end
where o.state = 'dead';
