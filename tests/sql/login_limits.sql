-- SPDX-License-Identifier: ISC
-- Guessing passwords (P45): a name at an address, and all names of an address.
\ir fixture.psql
select no_plan();
create function t.try(p_operator text, p_address inet, p_at timestamptz, p_exempt boolean default false) returns int language sql as
	$$ select internal.login_attempt(p_operator, p_address, p_exempt, p_at) / 1000 $$;
savepoint story;

select results_eq($$select t.try('ana', '192.0.2.1', t.at(g)) from generate_series(1, 8) g$$, array[0, 0, 0, 0, 0, 4, 3, 2], 'P45: the 6th has to wait, and does not make it longer');
select is(t.try('ana', '192.0.2.2', t.at(8)), 0, 'P45: not from another address');
select is(t.try('ben', '192.0.2.1', t.at(8)), 0, 'nor somebody else');
select is(t.try('eva', '192.0.2.1', t.at(2)) + t.try('eva', '192.0.2.1', t.at(1)), 0, 'who read the clock before another attempt of the same moment does not wait for that');
select results_eq($$select t.try('ana', '192.0.2.1', t.at(s)) from unnest(array[10, 11, 20, 21, 40, 41, 80, 81, 140, 141, 200, 201]) s$$,
	array[0, 9, 0, 19, 0, 39, 0, 59, 0, 59, 0, 59], 'the wait doubles up to a minute');
select internal.login_succeeded('ana', '192.0.2.1');
select is(t.try('ana', '192.0.2.1', t.at(202)), 0, 'who has logged in is forgiven');
:next_story
select t.try('ana', '192.0.2.1', t.at(g)) from generate_series(1, 6) g;
select is(t.try('ana', '192.0.2.1', t.at(906)), 0, 'after a quarter of an hour it is forgotten');
select is((select failures from chat.login_failure where operator = 'ana'), 1, 'and counted anew');
:next_story
select t.try('Ana', '192.0.2.1', t.at(g)) from generate_series(1, 5) g;
select cmp_ok(t.try('Ana', '192.0.2.1', t.at(5)), '>', 0, 'P44: a name that nobody has counts alike');
:next_story
select is(count(*), 50::bigint, '50 of one address in an hour, whoever they name') from generate_series(1, 60) g where t.try('name ' || g, ('2001:db8::' || g)::inet, t.at(g)) = 0;
select is(t.try('one more', '2001:db8::1', t.at(600)), 3001, 'the rest waits for the hour to end');
select is(t.try('one more', '2001:db8::1', t.at(600), true), 0, 'not where it is exempt');
select is(t.try('one more', '2001:db8:0:1::1', t.at(600)), 0, 'not from the next /64');
select is(t.try('one more', '2001:db8::1', t.at(3602)), 0, 'after an hour it begins anew');
:next_story
select t.try('ana', '10.0.0.1', t.at(g), true) from generate_series(1, 5) g;
select cmp_ok(t.try('ana', '10.0.0.1', t.at(5), true), '>', 0, 'one name is limited where the address is exempt, too');
:next_story
select t.try('ana', null, t.at(g)) from generate_series(1, 5) g;
select cmp_ok(t.try('ana', null, t.at(5)), '>', 0, 'all that come without an address are one');
:next_story
select t.try('good ' || g, '192.0.2.1', t.at(g)), internal.login_succeeded('good ' || g, '192.0.2.1') from generate_series(1, 200) g;
select is((select count(*) from chat.login_failure), 0::bigint, 'who gets in leaves nothing, be there ever so many at one address');
:next_story
select t.try('name ' || g, ('10.1.' || g || '.1')::inet, t.at(0)) from generate_series(1, 40) g;
select t.try('ana', '192.0.2.1', t.at(7200)), t.try('ana', '192.0.2.1', t.at(7201));
select is((select count(*) from chat.login_failure), 2::bigint, 'what is old goes');
:next_story
select t.operator('ana'), api.set_password('ana', '$y$j9T$abcdefgh$0123456789');
select ok(wait_ms = 0 and hash = '$y$j9T$abcdefgh$0123456789', 'who need not wait gets the hash') from api.login_lookup('ana', '192.0.2.1', false);
update chat.login_failure set failures = 5;
select ok(wait_ms > 0 and hash is null, 'who has to gets none') from api.login_lookup('ana', '192.0.2.1', false);
set local role switchboard_dba;
delete from chat.login_failure where operator = 'ana';
reset role;
select is(wait_ms, 0, 'a DBA may forgive') from api.login_lookup('ana', '192.0.2.1', false);
\ir verdict.psql
