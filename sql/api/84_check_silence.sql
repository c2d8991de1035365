-- SPDX-License-Identifier: ISC
-- chat.check: rules of silence that say nothing, or not in words.
create function internal.check_silence(p_now timestamptz) returns setof internal.finding
language sql stable as $$
	select 'warning', 'silence_no_text', 'silence_rule', r.rule, format('The rule %s names the text %s, which has no words: the usual ones are sent.', r.rule, t.name),
		format('insert into chat.text (name, locale, text) values (''%s'', ''en'', ''…'')', t.name)
	from chat.silence_rule r cross join lateral (values (r.reminder_text::text, cardinality(r.customer_reminders_s) > 0), (r.closing_text, r.customer_end_s is not null)) t (name, used)
	where t.used and not exists (select from chat.text x where x.name = t.name)
	union all
	select 'notice', 'silence_no_warning', 'silence_rule', r.rule, format('By the rule %s a silent customer''s chat is closed without a reminder.', r.rule),
		format('update chat.silence_rule set customer_reminders_s = ''{%s}'' where rule = ''%s''', greatest(1, r.customer_end_s / 2), r.rule)
	from chat.silence_rule r where r.customer_end_s is not null and cardinality(r.customer_reminders_s) = 0
	union all
	select 'notice', 'silence_does_nothing', 'silence_rule', r.rule, format('The rule %s does nothing; it keeps more general ones from counting.', r.rule),
		format('delete from chat.silence_rule where rule = ''%s''', r.rule)
	from chat.silence_rule r
	where cardinality(r.customer_reminders_s) = 0 and cardinality(r.operator_reminders_s) = 0 and r.customer_end_s is null and r.operator_requeue_s is null
$$;
