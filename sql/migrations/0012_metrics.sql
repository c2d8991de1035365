-- SPDX-License-Identifier: ISC
-- What the programs count: a row each, written every five seconds.
set local role switchboard_owner;

-- Not logged: after a crash the programs write it anew.
create unlogged table chat.program_metrics (
	program  text not null constraint program_is_a_word check (program ~ '^[a-z]{1,20}$'),
	instance text not null constraint instance_up_to_300 check (char_length(instance) between 1 and 300),
	at       timestamptz not null,
	metrics  jsonb not null constraint metrics_is_an_object check (jsonb_typeof(metrics) = 'object'),
	primary key (program, instance)
) with (fillfactor = 50);
comment on table chat.program_metrics is 'What each program counts, written every five seconds for GET metrics; a row that is ten minutes old is dropped';
comment on column chat.program_metrics.program is 'relay, router or api';
comment on column chat.program_metrics.instance is 'Which one: relay_name, router_name, or host, socket and number of an api worker';
comment on column chat.program_metrics.at is 'When it was written, by the database''s clock';
comment on column chat.program_metrics.metrics is 'Values by name since the program started, as deploy/manual/metrics.md tells: a number, numbers by label, or counts and sum of a histogram';
grant select on chat.program_metrics to switchboard_dba, switchboard_report;
