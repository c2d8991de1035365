-- SPDX-License-Identifier: ISC
-- chat.check: each mistake planted alone is found, named and nothing else is; a sound configuration finds nothing.
\ir fixture.psql
select no_plan();
set local jit = off;
create function t.findings(p_at timestamptz) returns setof text language sql set search_path = chat, pg_temp as
	$$ select concat_ws(' ', f.severity, f.code, f.object, nullif(f.key, '')) from internal.findings(p_at) f order by 1 $$;
create function t.says(p_code text, p_at timestamptz) returns text language sql set search_path = chat, pg_temp as
	$$ select string_agg(f.sentence, ' | ' order by f.key, f.sentence) from internal.findings(p_at) f where f.code = p_code $$;
create function t.hint(p_code text, p_at timestamptz) returns text language sql set search_path = chat, pg_temp as
	$$ select min(f.hint) from internal.findings(p_at) f where f.code = p_code $$;
-- Exactly these findings, at noon of Monday, 1 June 2026.
create function t.finds(p_description text, variadic p_findings text[]) returns text language sql as
	$$ select set_eq('select t.findings(t.at(0))', p_findings, p_description) $$;
create function t.hours(p_queue text, p_days int[], p_opens time, p_closes time) returns void language sql as
	$$ insert into chat.opening_hours select p_queue, d, p_opens, p_closes from unnest(p_days) d $$;
create function t.until(p_operator text, p_skill text, p_until timestamptz) returns void language sql as
	$$ update chat.operator_skill set valid_to = p_until where operator = p_operator and skill = p_skill $$;

-- ---- the demo's company is sound ------------------------------------------------------------------------------------
savepoint before;
truncate chat.site, chat.bot, chat.queue, chat.operator, chat.skill, chat.question cascade;
\ir ../../sql/demo.sql
select is_empty('select t.findings(t.at(0))', 'the demo finds nothing');
select is_empty('select * from chat.check()', 'nor today');
set local role switchboard_dba;
select lives_ok('select severity, code, object, key, sentence, hint from chat.check()', 'a DBA may ask');
reset role;
rollback to before;

-- ---- so is this one, in which the mistakes are planted --------------------------------------------------------------
select t.operator('ana'), t.operator('bo'), t.operator('sam');
update chat.operator set role = 'supervisor' where operator = 'sam';
select t.rate('ana', 'billing', 8), t.rate('bo', 'billing', 4), t.rate('bo', 'german', 6), t.rate('sam', 'technical', 5);
insert into chat.widget_queue values ('plain', 'support');
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'start', 'hours', 'en', 'Hours'), ('guide', 'hours', 'back', 'en', 'Back'),
	('guide', 'start', 'hours', 'de', 'Wann'), ('guide', 'hours', 'back', 'de', 'Zurück'), ('guide', 'hours', '', 'de', 'Immer.');
savepoint story;
select is_empty('select t.findings(t.at(0))', 'a sound configuration finds nothing');
:next_story

-- ---- nobody serves a queue ------------------------------------------------------------------------------------------
update chat.operator_skill set rating = 2 where skill = 'billing';
select t.finds('below the minimum', 'error queue_unserved queue billing', 'error skill_nobody queue_skill billing/billing');
select is(t.says('queue_unserved', t.at(0)), 'Nobody can take chats of billing: no active operator has billing at 3 or better.', 'why');
select is(t.says('skill_nobody', t.at(0)), 'billing requires billing at 3 or better and nobody who may serve it has that; the best is ana with 2.', 'and who comes nearest');
select is(t.hint('skill_nobody', t.at(0)), 'update chat.queue_skill set min_rating = 2 where queue = ''billing'' and skill = ''billing''', 'what to type');
update chat.queue_skill set min_rating = 2 where queue = 'billing' and skill = 'billing';
select is_empty('select t.findings(t.at(0))', 'which helps');
:next_story
update chat.operator set active = false;
select t.finds('nobody is active', 'error queue_unserved queue billing', 'error queue_unserved queue sales', 'error queue_unserved queue support',
	'error skill_nobody queue_skill billing/billing', 'notice nothing_there operator');
:next_story
insert into chat.queue_member values ('sales', 'bo');
update chat.operator set active = false where operator = 'bo';
select t.finds('members, and none is active', 'error queue_unserved queue sales', 'notice member_unable queue_member sales/bo', 'notice queue_one_operator queue billing');
select is(t.says('queue_unserved', t.at(0)), 'Nobody can take chats of sales: it has members, and none of them is active.', 'it says so');
:next_story
insert into chat.queue_member values ('billing', 'sam'), ('billing', 'ana');
select t.finds('a member without the skill', 'warning member_unable queue_member billing/sam', 'notice queue_one_operator queue billing');
:next_story
insert into chat.queue_skill values ('billing', 'german', true, 5);
select t.rate('ana', 'german', 4);
update chat.operator_skill set rating = 2 where operator = 'bo' and skill = 'billing';
select t.finds('each skill is there, but nobody has both', 'error queue_unserved queue billing');
:next_story

-- ---- stretches of the opening hours ---------------------------------------------------------------------------------
update chat.queue set time_zone = 'Europe/Berlin';
select t.hours('billing', '{6}', '10:00', '16:00'), t.until('ana', 'billing', '2026-06-06 14:00+02'), t.until('bo', 'billing', '2026-06-06 12:00+02');
select t.finds('the last rating ends within the hours of Saturday', 'error queue_gap queue billing', 'warning rating_expires operator_skill ana/billing',
	'notice rating_ends operator_skill bo/billing');
select matches(t.says('queue_gap', t.at(0)), '^Nobody can take chats of billing on Saturday 6 June 14:00–16:00, on Saturday 13 June 10:00–16:00, on Saturday 20 June 10:00–16:00'
	' and 1 more time \(Europe/Berlin\): the rating of ana ends\.$', 'Saturday 14:00–16:00, and the Saturdays after it');
select matches(t.says('rating_expires', t.at(0)), '^The rating of ana in billing ends on Saturday 6 June 14:00; then nobody can take chats of billing on Saturday 6 June 14:00–16:00,',
	'whose rating, and when');
savepoint ended;
select t.rate('sam', 'billing', 9);
select t.finds('somebody else stays', 'notice rating_ends operator_skill ana/billing', 'notice rating_ends operator_skill bo/billing');
select is(t.says('rating_ends', t.at(0)), 'The rating of ana in billing ends on Saturday 6 June 14:00; then others alone take chats of billing.'
	' | The rating of bo in billing ends on Saturday 6 June 12:00; then others alone take chats of billing.', 'who goes');
update chat.operator_skill set valid_from = '2026-06-06 16:00+02' where operator = 'sam' and skill = 'billing';
select t.finds('somebody else, but later', 'error queue_gap queue billing', 'warning rating_expires operator_skill ana/billing', 'notice rating_ends operator_skill bo/billing');
select is(t.says('queue_gap', t.at(0)), 'Nobody can take chats of billing on Saturday 6 June 14:00–16:00 (Europe/Berlin): the rating of ana ends.', 'a gap between two');
update chat.operator_skill set valid_from = '2026-06-13 10:00+02' where operator = 'sam' and skill = 'billing';
insert into chat.opening_exception values ('billing', '2026-06-06', '10:00', '14:00');
select t.finds('an exception that closes for the gap', 'notice rating_ends operator_skill bo/billing');
rollback to ended;
delete from chat.opening_hours;
select matches(t.says('queue_gap', t.at(0)), '^Nobody can take chats of billing from Saturday 6 June 14:00 on \(', 'a queue that is always open');
rollback to ended;
select t.until('ana', 'billing', '2026-06-15 14:01+02');
select t.finds('more than 14 days ahead: not yet', 'notice rating_ends operator_skill bo/billing');
select set_eq('select t.findings(t.at(60))', array['warning rating_expires operator_skill ana/billing', 'notice rating_ends operator_skill bo/billing'], 'a minute later');
select t.until('ana', 'billing', '2026-05-30 14:00+02'), t.until('bo', 'billing', '2026-05-30 14:00+02');
select t.finds('all have ended', 'error queue_unserved queue billing', 'error skill_nobody queue_skill billing/billing');
:next_story
select t.hours('sales', '{5}', '22:00', '06:00');
update chat.queue set time_zone = 'America/New_York' where queue = 'sales';
insert into chat.queue_skill values ('sales', 'german');
select t.rate('ana', 'german', 5), t.until('ana', 'german', '2026-06-06 03:00-04'), t.until('bo', 'german', '2026-06-06 01:00-04');
select matches(t.says('queue_gap', t.at(0)), '^Nobody can take chats of sales on Saturday 6 June 03:00–06:00, from Friday 12 June 22:00 to Saturday 13 June 06:00,', 'across midnight');
:next_story

-- the openings are those of internal.queue_is_open, at every quarter of an hour around exceptions, nights and both changes of the clock
update chat.queue set time_zone = 'Europe/Berlin';
select t.hours('sales', '{1,2,3,4,5}', '09:00', '17:00'), t.hours('sales', '{5,6}', '22:00', '06:00'), t.hours('sales', '{7}', '02:00', '03:00');
insert into chat.opening_exception values ('sales', '2026-03-28', null, null), ('sales', '2026-10-24', '12:00', '03:00'), ('support', '2026-03-28', '20:00', '04:00'),
	('support', '2026-03-30', null, null), ('support', '2026-10-25', null, null), ('support', '2026-10-24', '20:00', '04:00');
insert into chat.closure (queue, since, until) values ('sales', '2026-03-26 10:00+00', '2026-03-26 11:00+00'), ('support', '2026-10-28 10:00+00', null),
	(null, '2026-03-31 10:00+00', '2026-03-31 22:00+00');
select is((select count(*) from generate_series(d, d + interval '9 days', interval '15 minutes') at
	where internal.open_times(q, d, d + interval '10 days') @> at <> internal.queue_is_open(q, at)), 0::bigint, format('open_times of %s from %s', q, d::date))
from unnest(array['sales', 'support', 'billing']) q, unnest(array['2026-03-24 00:00+00', '2026-10-20 00:00+00']::timestamptz[]) d;
select is(internal.open_times('sales', t.at(0), t.at(3600)), '{[2026-06-01 12:00+00, 2026-06-01 13:00+00)}'::tstzmultirange, 'cut to what was asked');
:next_story

-- ---- skills, modes, wishes ------------------------------------------------------------------------------------------
update chat.queue set mode = 'skill' where queue = 'sales';
update chat.queue set mode = 'balanced' where queue = 'support';
select t.finds('a mode that decides by ratings, and no skill to rate', 'warning mode_without_skills queue sales', 'warning mode_without_skills queue support');
:next_story
insert into chat.skill values ('sanskrit');
select t.finds('a skill nobody has and nothing asks for', 'notice skill_unknown skill sanskrit');
insert into chat.queue_skill values ('billing', 'sanskrit', false);
update chat.queue set mode = 'balanced' where queue = 'billing';
select t.finds('a wish nobody can meet', 'warning wish_nobody queue_skill billing/sanskrit');
update chat.queue_skill set skill = 'german' where skill = 'sanskrit';
select t.finds('one that somebody can', 'notice skill_unknown skill sanskrit');
update chat.queue set mode = 'availability' where queue = 'billing';
delete from chat.skill where skill = 'sanskrit';
select t.finds('a wish where nobody looks at wishes', 'notice wish_without_effect queue_skill billing/german');
:next_story
delete from chat.operator_skill where operator = 'bo' and skill = 'billing';
select t.finds('one person alone', 'notice queue_one_operator queue billing');
:next_story

-- ---- relaxation -----------------------------------------------------------------------------------------------------
update chat.queue_skill set min_rating = 5 where queue = 'billing';
insert into chat.relaxation values ('billing', 60, 'billing', 4);
select is_empty('select t.findings(t.at(0))', 'a lower minimum that lets bo in');
update chat.relaxation set min_rating = 5;
select t.finds('no lower than before', 'warning relaxation_no_help relaxation billing/60/billing', 'notice queue_one_operator queue billing');
select is(t.says('relaxation_no_help', t.at(0)), 'After 60 s billing asks only for 5 of billing: it asked for 5 before.', 'why');
update chat.relaxation set min_rating = 4;
insert into chat.relaxation values ('billing', 120, 'billing', 3);
select t.finds('lower, but nobody is between', 'warning relaxation_no_help relaxation billing/120/billing');
delete from chat.relaxation where after_s = 120;
insert into chat.relaxation values ('billing', 120, 'billing', null);
select is_empty('select t.findings(t.at(0))', 'dropped: sam may');
insert into chat.relaxation values ('billing', 180, 'german', null);
select t.finds('a skill that is not asked for', 'warning relaxation_no_help relaxation billing/180/german');
select t.arrive(1, 'billing', t.at(-10));
insert into chat.chat_skill (chat, skill) values (t.chat(1), 'german');
select is_empty('select t.findings(t.at(0))', 'but by some chats');
:next_story
update chat.queue_skill set min_rating = 9 where queue = 'billing';
insert into chat.relaxation values ('billing', 60, 'billing', 8);
select t.finds('nobody without relaxation', 'warning queue_only_relaxed queue billing', 'warning skill_nobody queue_skill billing/billing', 'notice queue_one_operator queue billing');
:next_story
insert into chat.relaxation (queue, after_s, extra_queue) values ('billing', 60, 'sales');
select is_empty('select t.findings(t.at(0))', 'an extra queue whose operators may not take billing');
insert into chat.queue_member values ('sales', 'ana'), ('sales', 'bo');
select t.finds('one whose operators are asked before', 'warning relaxation_no_help relaxation billing/60/sales');
update chat.queue set active = false where queue = 'sales';
delete from chat.queue_member;
select matches(t.says('relaxation_no_help', t.at(0)), 'operators of sales, which is switched off', 'one that is switched off');
:next_story
insert into chat.relaxation (queue, after_s, extra_queue) values ('billing', 60, 'sales'), ('sales', 90, 'support'), ('support', 30, 'billing');
select is(t.says('overflow_loop', t.at(0)), 'Extra queues lead round in a circle: billing → sales → support → billing.', 'a circle, told once');
delete from chat.relaxation where queue = 'support';
select is(t.says('overflow_loop', t.at(0)), null, 'a chain is none');
:next_story

-- ---- numbers --------------------------------------------------------------------------------------------------------
update chat.queue set offer_timeout_s = 31 where queue = 'sales';
update chat.queue set max_length = 0 where queue = 'support';
update chat.queue set preferred_grace_s = 31 where queue = 'billing';
select t.finds('numbers that work against the target', 'warning offer_longer_than_target queue sales', 'notice max_length_unlimited queue support',
	'notice grace_longer_than_target queue billing');
:next_story
update chat.queue set level = 0, target_s = 300 where queue = 'sales';
select t.finds('most urgent with the longest target', 'warning level_against_target queue sales');
select t.set('promote_s', 0);
update chat.queue set target_s = 30 where queue = 'sales';
select t.finds('levels without promotion', 'warning promotion_off setting promote_s');
:next_story
select t.set('max_chats', 2);
select t.finds('more than anybody may', 'notice operator_above_limit operator ana', 'notice operator_above_limit operator bo', 'notice operator_above_limit operator sam');
:next_story

-- ---- hours ----------------------------------------------------------------------------------------------------------
select t.hours('sales', '{1,2}', '09:00', '17:00'), t.hours('sales', '{1}', '16:00', '18:00');
select t.finds('hours that overlap', 'warning hours_overlap opening_hours sales/1/09:00:00');
select is(t.says('hours_overlap', t.at(0)), 'Two opening hours of sales overlap: Monday 09:00–17:00 and Monday 16:00–18:00.', 'which');
delete from chat.opening_hours;
select t.hours('sales', '{7}', '20:00', '02:00'), t.hours('sales', '{1}', '01:00', '09:00');
select t.finds('also from Sunday night into Monday', 'warning hours_overlap opening_hours sales/7/20:00:00');
delete from chat.opening_hours;
select t.hours('sales', '{1}', '09:00', '17:00'), t.hours('sales', '{1}', '17:00', '19:00'), t.hours('sales', '{7}', '20:00', '00:00');
select is_empty('select t.findings(t.at(0))', 'one after the other is no overlap');
delete from chat.opening_hours;
select t.hours('sales', '{1,2}', '00:00', '23:59');
select t.finds('a minute before midnight', 'warning hours_to_23_59 opening_hours sales/1/00:00:00');
:next_story
insert into chat.opening_exception (queue, day) select 'support', d::date from generate_series(timestamp '2026-05-31', '2027-12-31', interval '1 day') d;
select t.finds('closed on every day of a year', 'warning queue_never_open queue support', 'warning widget_closed_queue widget plain');
:next_story
insert into chat.opening_exception (queue, day, reason) values ('sales', '2026-07-04', 'Independence Day'), ('support', '2026-07-04', 'Independence Day');
select t.finds('the others have a holiday', 'notice holiday_forgotten queue billing');
select is(t.says('holiday_forgotten', t.at(0)), 'billing is open on Saturday 4 July, when 2 of 2 other queues in UTC are closed (Independence Day).', 'which');
select t.hours('billing', '{1,2,3,4,5}', '09:00', '17:00');
select is_empty('select t.findings(t.at(0))', 'closed on Saturdays anyway');
:next_story

insert into chat.closure (queue, since) values ('sales', t.at(-3600));
select t.finds('closed by hand, without an end', 'notice closed_by_hand closure sales');
select is(t.says('closed_by_hand', t.at(0)), 'sales has been closed by hand since Monday 1 June 11:00, without an end; customers come there from elsewhere, guided, plain.', 'who leads there');
select set_eq('select t.findings(t.at(2 * 86400))', array['warning closed_by_hand closure sales'], 'it seems forgotten');
update chat.closure set until = t.at(86400);
select is_empty('select t.findings(t.at(0))', 'until tomorrow');
:next_story
insert into chat.opening_exception (queue, day) select 'support', d::date from generate_series(timestamp '2026-05-31', '2026-06-10', interval '1 day') d;
select t.finds('closed for a week and more', 'notice widget_queue_opens_late widget plain');
select is(t.says('widget_queue_opens_late', t.at(0)), 'plain leads to support, which does not open before Thursday 11 June.', 'until when');
:next_story

-- what the last four weeks have taught: Saturday, 30 May, 14:00 to 16:00 in Berlin
update chat.queue set time_zone = 'Europe/Berlin' where queue = 'sales';
select t.arrive(n, 'sales', '2026-05-30 14:00+02'::timestamptz + n * interval '15 minutes'), t.end_chat(n, 'customer', '2026-05-30 17:00+02') from generate_series(0, 7) n;
select t.finds('customers came and nobody was there', 'warning hours_unanswered queue sales');
select is(t.says('hours_unanswered', t.at(0)), 'In the last four weeks 8 chats of sales came on Saturdays 14:00–16:00 (Europe/Berlin) and none was answered.', 'when');
savepoint unanswered;
select t.hours('sales', '{1,2,3,4,5}', '09:00', '17:00');
select is_empty('select t.findings(t.at(0))', 'closed by now');
rollback to unanswered;
select is_empty('select t.findings(t.at(27 * 86400))', 'forgotten after four weeks');
update chat.chat set arrived_at = arrived_at - interval '1 day' where t.number(chat) in (1, 5, 6);
select is(t.says('hours_unanswered', t.at(0)), 'In the last four weeks 3 chats of sales came on Saturdays 14:00–15:00 (Europe/Berlin) and none was answered.',
	'two in an hour are not told');
:next_story

-- ---- people ---------------------------------------------------------------------------------------------------------
insert into chat.queue_member values ('sales', 'ana'), ('support', 'ana'), ('sales', 'bo'), ('support', 'bo');
select t.finds('an operator for whom there is no queue', 'warning operator_no_queue operator sam');
:next_story
select t.log_in('ana'), internal.change_presence('ana', 'available', null, t.at(0));
select t.finds('available, but in no queue', 'warning operator_joined_none operator ana');
insert into chat.operator_queue values ('sam', 'billing', t.at(0)), ('ana', 'sales', t.at(0));
select is_empty('select t.findings(t.at(0))', 'joined one; who is away may have joined what he likes');
select internal.change_presence('sam', 'available', null, t.at(0));
select is(t.says('operator_joined_none', t.at(0)), 'sam is available, but has joined only queues that sam may not serve.', 'only the wrong one');
:next_story
update chat.operator set created_at = t.at(-2 * 86400) where operator = 'bo';
select t.finds('no password for a day', 'warning operator_no_password operator bo');
select api.set_password('bo', '$y$j9T$abcdefgh$0123456789');
select is_empty('select t.findings(t.at(0))', 'and with one');
:next_story
update chat.operator set role = 'operator';
select t.finds('no supervisor', 'notice nothing_there operator');
:next_story
truncate chat.site, chat.queue, chat.operator cascade;
select t.finds('an empty company', 'notice nothing_there operator', 'notice nothing_there queue', 'notice nothing_there widget', 'notice skill_unknown skill billing',
	'notice skill_unknown skill german', 'notice skill_unknown skill technical');
:next_story

-- ---- an endless wait ------------------------------------------------------------------------------------------------
select t.arrive(1, 'billing', t.at(-100)), t.arrive(2, 'billing', t.at(-90)), t.arrive(3, 'billing', t.at(-80));
insert into chat.chat_skill (chat, skill, min_rating) values (t.chat(2), 'technical', 3), (t.chat(3), 'technical', 3);
select t.finds('what two chats ask for, nobody has both', 'error endless_wait chat 00000000-0000-4000-8000-000000000002');
select matches(t.says('endless_wait', t.at(0)), '^2 chats wait in billing since 2026-06-01 11:58 UTC \(the oldest\) and nobody can ever take them: no active operator has billing at 3 or better'
	' and technical at 3 or better\.$', 'what they ask for');
savepoint endless;
insert into chat.relaxation values ('billing', 600, 'technical', 1);
select t.finds('a relaxation that does not help', 'error endless_wait chat 00000000-0000-4000-8000-000000000002');
update chat.relaxation set skill = 'technical', min_rating = null;
select is_empty('select t.findings(t.at(0))', 'one that does, in time');
rollback to endless;
select t.rate('ana', 'technical', 3);
select is_empty('select t.findings(t.at(0))', 'somebody who has both');
select t.until('ana', 'technical', t.at(-1));
select t.finds('who had both', 'error endless_wait chat 00000000-0000-4000-8000-000000000002');
rollback to endless;
delete from chat.chat_skill;
update chat.queue set active = false where queue = 'billing';
select matches(t.says('endless_wait', t.at(0)), '^3 chats wait in billing .*: the queue is switched off\.$', 'a queue that was switched off while they waited');
:next_story

-- ---- what customers meet --------------------------------------------------------------------------------------------
update chat.queue set active = false where queue = 'billing';
select t.finds('a queue is switched off that a widget offers and a bot hands over to', 'error widget_closed_queue widget guided', 'warning widget_closed_queue widget guided',
	'warning widget_closed_queue widget plain');
select is(t.says('widget_closed_queue', t.at(0)), 'The bot of guided hands over at node to-billing to billing, which is switched off. | guided offers the queue billing, which is switched off.'
	' | plain offers the queue billing, which is switched off.', 'who leads there');
delete from chat.bot_choice where next_node = 'to-billing';
delete from chat.widget_queue where queue = 'billing';
select t.finds('nobody leads there any more', 'notice bot_node_unreached bot_node guide/to-billing');
update chat.queue set active = true;
select t.finds('nor now that it is on again', 'notice bot_node_unreached bot_node guide/to-billing', 'notice queue_unreached queue billing');
:next_story
update chat.queue set active = false where queue = 'sales';
select is(t.says('widget_closed_queue', t.at(0)), 'Customers of elsewhere who ask for a person land in sales, which is switched off.'
	' | Customers of guided who ask for a person land in sales, which is switched off. | guided offers the queue sales, which is switched off.'
	' | Customers of plain who ask for a person land in sales, which is switched off. | plain offers the queue sales, which is switched off.', 'the default queue of three widgets');
:next_story
update chat.site set origins = '{}' where site = 'other';
update chat.site set origins = '{http://shop.example,http://localhost:8080,http://127.0.0.1:8080}' where site = 'shop';
select t.finds('sites that cannot show the widget, or not safely', 'error site_no_origins site other', 'warning origin_unencrypted site shop');
update chat.site set active = false, origins = '{}';
select t.finds('sites that are off', 'notice site_off site other', 'notice site_off site shop', 'notice nothing_there widget');
:next_story
update chat.bot set first_node = 'begin';
select t.finds('a bot that begins nowhere', 'error bot_no_first_node bot guide', 'notice bot_node_unreached bot_node guide/start', 'notice bot_node_unreached bot_node guide/hours',
	'notice bot_node_unreached bot_node guide/to-billing');
:next_story
update chat.bot set active = false;
select t.finds('a bot that is off', 'warning bot_off bot guide');
:next_story
delete from chat.bot_choice where node = 'hours';
delete from chat.bot_text where node = 'start' and choice = 'billing' and locale = 'de';
select t.finds('a dead end, and a label that is missing in one language', 'warning bot_dead_end bot_node guide/hours', 'notice bot_language_in_part bot guide/de');
delete from chat.bot_text where node = 'start' and choice = 'billing';
delete from chat.bot_text where node = 'hours' and choice = '';
select t.finds('nothing said, nothing on a button', 'warning bot_dead_end bot_node guide/hours', 'warning bot_silent bot_text guide/hours',
	'warning bot_button_unlabelled bot_text guide/start/billing');
:next_story
insert into chat.question (question, kind) values ('topic', 'choice'), ('more', 'text');
insert into chat.bot_node (bot, node, question, next_node) values ('guide', 'ask', 'topic', 'hours'), ('guide', 'ask2', 'more', 'ask');
insert into chat.bot_choice (bot, node, choice, next_node) values ('guide', 'start', 'ask', 'ask2');
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'start', 'ask', 'en', 'Ask me'), ('guide', 'start', 'ask', 'de', 'Frag mich');
select t.finds('questions without words and without answers', 'error question_without_choices question topic', 'warning question_unworded question more', 'warning question_unworded question topic');
insert into chat.question_text (question, locale, label) values ('topic', 'en', 'Topic?'), ('more', 'en', 'More?'), ('more', 'de', 'Mehr?');
insert into chat.question_choice (question, choice) values ('topic', 'a');
select t.finds('an answer without words, a question that is not translated', 'warning question_unworded question topic/a', 'notice question_language_in_part question de');
insert into chat.question_choice_text (question, choice, locale, label) values ('topic', 'a', 'en', 'A'), ('topic', 'a', 'de', 'A');
insert into chat.question_text (question, locale, label) values ('topic', 'de', 'Thema?');
insert into chat.bot_choice (bot, node, choice, next_node) values ('guide', 'ask', 'a', 'hours');
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'ask', 'a', 'en', 'A'), ('guide', 'ask', 'a', 'de', 'A');
select t.finds('a button that an answer hides', 'warning bot_button_hides_answer bot_choice guide/ask/a');
delete from chat.bot_choice where node = 'ask';
update chat.bot_node set next_node = 'ask2' where node = 'ask';
select t.finds('a circle of questions', 'error bot_circle bot_node guide/ask');
select alike(t.says('bot_circle', t.at(0)), 'The questions of the bot guide lead in a circle from ask to ask2 to ask:%', 'along which way');
update chat.bot_node set next_node = 'start' where node = 'ask';
update chat.question set example = repeat('x', 60), max_length = 50 where question = 'more';
select t.finds('an example that is no answer', 'warning question_example_wrong question more');
:next_story
insert into chat.bot_node (bot, node, queue) values ('guide', 'other', 'support');
select t.finds('a node that nothing leads to', 'notice bot_node_unreached bot_node guide/other');
insert into chat.bot_answer (bot, locale, answer, question, text, next_node) values ('guide', 'en', 'x', 'parcel', 'Two days.', 'other');
select t.finds('an answer leads there, but it is not there in German', 'notice bot_answer_untranslated bot_answer guide/de');
insert into chat.bot_answer (bot, locale, answer, question, text) values ('guide', 'de', 'x', 'und oder', 'Zwei Tage.');
select t.finds('an answer that nothing finds', 'warning bot_answer_unfindable bot_answer guide/de/x');
:next_story
insert into chat.bot_node (bot, node, ends) values ('guide', 'bye', true);
insert into chat.bot_text (bot, node, choice, locale, text) values ('guide', 'bye', '', 'en', 'Bye.'), ('guide', 'bye', '', 'de', 'Tschüss.');
update chat.bot_node set courtesy_node = 'bye' where node = 'hours';
select is_empty('select t.findings(t.at(0))', 'thanks lead to a node as buttons do');
delete from chat.courtesy_phrase where locale = 'de';
insert into chat.courtesy_phrase values ('de-AT', 'Küss die Hand'), ('en', 'thanks, agent');
select t.finds('a courtesy that is none', 'warning courtesy_phrase_escalates courtesy_phrase en/thanks, agent');
delete from chat.courtesy_phrase where locale like 'de%' or phrase like '%agent';
select t.finds('a language in which nobody can be polite', 'notice bot_language_without_courtesy courtesy_phrase de');
select is(t.says('bot_language_without_courtesy', t.at(0)), 'Bots speak de (guide), but no courtesy is known in it: who says thanks there is not understood.', 'which, and of whom');
:next_story
insert into chat.bot_node_skill (bot, node, skill, min_rating) values ('guide', 'hours', 'german', 9);
insert into chat.entry_rule (rule, skill, min_rating) values ('german', 'german', 10);
select t.finds('skills that nobody has', 'warning bot_skill_unserved bot_node_skill guide/hours/german', 'warning rule_skill_unserved entry_rule german');
update chat.bot_node_skill set required = false;
update chat.entry_rule set required = false;
select is_empty('select t.findings(t.at(0))', 'as a wish they do no harm');
:next_story
insert into chat.entry_rule (rule, position, queue, answers) values ('refund', 1, 'support', '{"topic": "refund"}');
select t.finds('a rule that waits for an answer that nobody asks for', 'warning rule_answer_unknown entry_rule refund');
insert into chat.entry_rule (rule, position, queue) values ('all', 2, 'support'), ('late', 3, 'sales');
update chat.entry_rule set active = false where rule = 'refund';
select t.finds('a rule behind one that holds always', 'warning rule_never_decides entry_rule late');
update chat.queue set active = false where queue = 'support';
select t.finds('a rule into a queue that is off', 'warning rule_never_decides entry_rule late', 'warning rule_queue_off entry_rule all',
	'warning widget_closed_queue widget plain');
:next_story

-- ---- who may take what is what the router's own function says, for any configuration ---------------------------------
select setseed(0.7);
insert into chat.skill select 's' || n from generate_series(1, 4) n;
insert into chat.queue (queue, label, active) select 'q' || n, 'Q', n <> 6 from generate_series(1, 6) n;
select t.operator('o' || n) from generate_series(1, 12) n;
update chat.operator set active = random() < 0.8 where operator ~ '^o';
insert into chat.operator_skill (operator, skill, rating, valid_from, valid_to)
	select 'o' || o, 's' || s, 1 + floor(random() * 10)::int, case when random() < 0.3 then t.at(floor(random() * 100)::int) end,
		case when random() < 0.3 then t.at(100 + floor(random() * 100)::int) end
	from generate_series(1, 12) o, generate_series(1, 4) s where random() < 0.8;
insert into chat.queue_skill (queue, skill, required, min_rating)
	select 'q' || q, 's' || s, random() < 0.8, 1 + floor(random() * 6)::int from generate_series(1, 6) q, generate_series(1, 4) s where random() < 0.5;
insert into chat.queue_member select 'q' || q, 'o' || o from generate_series(1, 3) q, generate_series(1, 12) o where random() < 0.5;
insert into chat.relaxation (queue, after_s, skill, min_rating)
	select 'q' || q, 60 * a, 's' || s, case when random() < 0.6 then 1 + floor(random() * 5)::int end
	from generate_series(1, 6) q, generate_series(1, 2) a, generate_series(1, 4) s where random() < 0.3;
insert into chat.relaxation (queue, after_s, extra_queue) select 'q' || q, 90, 'q' || q + 1 from generate_series(1, 5) q where random() < 0.7;
create function t.may(p_queue text, p_asked jsonb, p_relaxed_s int, p_operator text, p_at timestamptz) returns boolean language sql set search_path = chat, pg_temp as $$
	select exists (select from internal.circle(p_queue, p_relaxed_s) c
		where internal.shortcoming(p_operator, c.queue, p_asked, case when c.queue = p_queue then p_relaxed_s else 0 end, p_at) is null)
$$;
create temporary table t_pair as
	select q.queue, k.asked, r.relaxed_s, o.operator, p.at, t.may(q.queue, k.asked, r.relaxed_s, o.operator, p.at) as may
	from chat.queue q, (values ('[]'::jsonb), ('[{"skill":"s2","required":true,"min_rating":5,"weight":1}]')) k (asked),
		(values (0), (60), (90), (120)) r (relaxed_s), chat.operator o,
		(values (t.at(0)), (t.at(50)), (t.at(120)), (t.at(250))) p (at)
	where q.queue ~ '^q' and o.operator ~ '^o';
select cmp_ok((select count(*) from t_pair where may), '>', 200::bigint, 'pairs that may');
select cmp_ok((select count(*) from t_pair where not may), '>', 200::bigint, 'pairs that may not');
select is_empty($$
	select p.* from t_pair p where p.may <> exists (select from internal.able_when(p.queue, p.asked, p.relaxed_s) a
		where a.operator = p.operator and a.during @> p.at)$$, 'able_when agrees with each');
select lives_ok('select t.findings(t.at(0))', 'and the checks cope with whatever was configured');
:next_story

-- ---- the worst first ------------------------------------------------------------------------------------------------
update chat.queue set max_length = 0 where queue = 'billing';
update chat.queue set offer_timeout_s = 31 where queue = 'sales';
update chat.site set origins = '{}' where site = 'other';
select results_eq('select severity, code from chat.check()', $$values ('error', 'site_no_origins'), ('warning', 'offer_longer_than_target'), ('notice', 'max_length_unlimited')$$, 'the worst first');
select is_empty($$select * from chat.check() c where c.hint = '' or c.sentence !~ '^\S.*\.$'$$, 'each with a sentence and a hint');
:next_story
\ir verdict.psql
