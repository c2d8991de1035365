-- SPDX-License-Identifier: ISC
-- A DBA's mistakes are refused where they are typed, by a constraint whose name explains itself (P52).
\ir fixture.psql
select no_plan();
select t.operator('ana');

-- ratings
select t.refused($$insert into chat.operator_skill values ('ana', 'billing', 0)$$, 'rating_between_1_and_10', 'P52: a rating of 0');
select t.refused($$insert into chat.operator_skill values ('ana', 'billing', 11)$$, 'rating_between_1_and_10', 'P52: a rating of 11');
select lives_ok($$insert into chat.operator_skill values ('ana', 'billing', 8)$$, 'three words are enough for a rating');
select t.refused($$insert into chat.operator_skill values ('ana', 'billing', 9)$$, 'operator_skill_pkey', 'P52: a second rating for the same skill');
select t.refused($$insert into chat.operator_skill values ('ana', 'biling', 5)$$, 'skill_known', 'P52: an unknown skill');
select t.refused($$insert into chat.queue_skill (queue, skill) values ('sales', 'biling')$$, 'skill_known', 'a queue asks for an unknown skill');
create function t.hint(p_sql text) returns text language plpgsql as $$
declare
	v_hint text;
begin
	execute p_sql;
	return null;
exception when others then
	get stacked diagnostics v_hint = pg_exception_hint;
	return v_hint;
end $$;
select matches(t.hint($$insert into chat.operator_skill values ('ana', 'biling', 5)$$), '^Known skills: billing, ', 'P52: the hint names the nearest skill first');
select t.refused($$insert into chat.operator_skill values ('nobody', 'billing', 5)$$, 'operator_skill_operator_fkey', 'a rating for somebody unknown');
select t.refused($$insert into chat.operator_skill values ('ana', 'german', 5, '2026-02-01', '2026-01-01')$$, 'valid_from_before_valid_to');
select t.refused($$insert into chat.operator_skill values ('ana', 'german', 5, '2026-02-01', '2026-02-01')$$, 'valid_from_before_valid_to', 'an empty validity period');
select t.refused($$insert into chat.queue_skill (queue, skill, min_rating) values ('sales', 'german', 11)$$, 'min_rating_between_1_and_10');
select t.refused($$insert into chat.queue_skill (queue, skill, weight) values ('sales', 'german', 0)$$, 'weight_above_0_up_to_100');
select t.refused($$delete from chat.skill where skill = 'billing'$$, 'operator_skill_skill_fkey', 'a skill that somebody has is not deleted');

-- keys and labels
select t.refused(format('insert into chat.skill (skill) values (%L)', k), 'lower_case_word_of_up_to_63', format('the key %L', left(k, 20)))
from unnest(array['', 'Billing', ' billing', 'billing ', 'two words', '-x', 'ümlaut', 'a/b', E'a\nb', repeat('x', 64)]) k;
select lives_ok(format('insert into chat.skill (skill) values (%L)', repeat('x', 63)), 'a key of 63');
select t.refused(format('insert into chat.operator (operator, name) values (''bo'', %L)', k), 'trimmed_line_of_1_to_100', format('the name %L', left(k, 20)))
from unnest(array['', ' ', ' Bo', E'Bo\t', E'Bo\nBo', E'B\x01o', repeat('ö', 101)]) k;
select lives_ok(format('insert into chat.operator (operator, name) values (''bo'', %L)', repeat('ö', 100)), 'a name of 100 characters, not bytes');
select t.refused(format('insert into chat.queue_label values (''sales'', %L, ''x'')', k), 'language_tag', format('the language %L', k))
from unnest(array['', 'EN', 'english', 'de_AT', 'de-', 'd']) k;
select t.refused($$insert into chat.operator (operator, name, max_chats) values ('cy', 'Cy', 0)$$, 'max_chats_between_1_and_100');
select t.refused($$insert into chat.operator (operator, name, max_chats) values ('cy', 'Cy', 101)$$, 'max_chats_between_1_and_100');
select t.refused($$insert into chat.operator (operator, name, role) values ('cy', 'Cy', 'admin')$$, 'role_operator_or_supervisor');

-- queues
select t.refused(format('update chat.queue set %s where queue = ''sales''', c.change), c.name, c.change) from (values
	('mode = ''random''', 'mode_availability_skill_or_balanced'),
	('level = -1', 'level_between_0_and_9'), ('level = 10', 'level_between_0_and_9'),
	('target_s = 0', 'target_between_1_s_and_1_day'),
	('offer_timeout_s = 0', 'offer_timeout_between_1_s_and_10_min'), ('offer_timeout_s = 601', 'offer_timeout_between_1_s_and_10_min'),
	('wrap_up_s = -1', 'wrap_up_up_to_1_hour'),
	('max_per_operator = 0', 'max_per_operator_between_1_and_100'),
	('max_length = -1', 'max_length_up_to_1000000'),
	('time_zone = ''Europe/Atlantis''', 'time_zone_known'), ('time_zone = ''''', 'time_zone_known')) c (change, name);
select t.refused($$insert into chat.queue_member values ('sales', 'nobody')$$, 'queue_member_operator_fkey');
select t.refused($$insert into chat.opening_hours values ('sales', 0, '09:00', '17:00')$$, 'weekday_1_monday_to_7_sunday');
select t.refused($$insert into chat.opening_hours values ('sales', 8, '09:00', '17:00')$$, 'weekday_1_monday_to_7_sunday');
select t.refused($$insert into chat.opening_exception values ('sales', '2026-12-24', '09:00', null)$$, 'both_times_or_none');
select t.refused($$insert into chat.opening_exception values ('sales', '2026-12-24', null, '12:00')$$, 'both_times_or_none');

-- sites and widgets
select t.refused(format('insert into chat.site (site, name, origins) values (''x'', ''X'', %L)', o), 'origins_are_scheme_and_host_only', format('the origins %s', o))
from unnest(array['{https://a.example/}', E'{"https://a.example\nhttps://b.example"}', '{{https://a.example},{https://b.example}}',
	'{https://a.example/path}', '{https://A.example}', '{a.example}', '{ftp://a.example}', '{"https://a.example https://b.example"}', '{""}',
	'{https://a.example,""}', '{"",https://a.example}', '{NULL}', '{https://*.example}', '{https://a.example:123456}']) o;
select lives_ok($$insert into chat.site (site, name, origins) values ('x', 'X', '{https://a.example,http://localhost:8080,http://127.0.0.1}'), ('y', 'Y', '{}')$$, 'good origins');
select t.refused($$insert into chat.site (site, name, origins) select 'z', 'Z', array_agg('https://a' || n) from generate_series(1, 51) n$$, 'up_to_50_origins');
select t.refused($$update chat.widget set accent = 'red' where widget = 'plain'$$, 'accent_is_a_hex_colour');
select t.refused($$update chat.widget set position = 'top' where widget = 'plain'$$, 'position_left_or_right');
select t.refused($$update chat.widget set features = '[]' where widget = 'plain'$$, 'features_is_an_object');
select t.refused($$insert into chat.widget (widget, site, default_queue) values ('z', 'shop', 'nowhere')$$, 'widget_default_queue_fkey');
select t.refused($$delete from chat.queue where queue = 'sales'$$, 'widget_default_queue_fkey', 'a queue that a widget leads to is not deleted');

-- the bot
select t.refused($$insert into chat.bot_choice values ('guide', 'start', 'person', 9, 'hours')$$, 'person_is_reserved');
select t.refused($$insert into chat.bot_choice values ('guide', 'start', 'x', 9, 'nowhere')$$, 'bot_choice_bot_next_node_fkey', 'a button that leads nowhere');
select t.refused($$insert into chat.bot_text values ('guide', 'start', '', 'fr', '')$$, 'text_of_1_to_4000');

-- settings
select t.refused(format('update chat.setting set value = %L where name = ''stagger_s''', v), 'value_in_the_range_of_the_setting', format('stagger_s = %L', v))
from unnest(array['-1', '601', 'abc', '', '1.5', ' 1', '99999999999999999999']) v;
select lives_ok($$update chat.setting set value = '600' where name = 'stagger_s'$$, 'the largest value of a setting');

-- passwords
select t.refused($$insert into chat.operator_password values ('ana', 'secret', now())$$, 'hash_is_yescrypt', 'a password is never stored as it is');
\ir verdict.psql
