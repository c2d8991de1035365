/* SPDX-License-Identifier: ISC */
#include "relay/bus.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include <stdio.h>
#include <string.h>

static const char *const columns[] = { "relays", "unreached" };

/* Relay 3 is connected and hears itself; relay 5 says that it hears too. */
static void begin(void)
{
	bus_register(&stage.bus, "3", "epoch");
	hints_hello(&stage.hints, "3");
	hints_flush(&stage.hints); /* by the database: there is no other way yet */
	stage_answer(columns, 2, (const char *const[]){ "1", "1" }, 1);
	stage.statements = 0;
	bus_carrier_events.up(&stage.bus);
	CU_ASSERT_STRING_EQUAL(stage.carrier_said, "n:3:0");
	stage_comes("n:3:0");
	CU_ASSERT_STRING_EQUAL(stage.carrier_said, "n:3:1");
	CU_ASSERT_EQUAL(stage.bus_worked, 1);
	stage_comes("n:5:1");
}

/* A second of everybody's beats. */
static void a_second_passes(void)
{
	stage.now_ms += BUS_BEAT_MS;
	bus_tick(&stage.bus);
	stage_comes("n:3:1");
	stage_comes("n:5:1");
}

static void say_something(void)
{
	hints_chat(&stage.hints, CHAT_A);
	hints_flush(&stage.hints);
}

static void words_go_by_the_bus_alone_once_nobody_needs_the_database(void)
{
	begin();
	say_something();
	CU_ASSERT_STRING_EQUAL(stage.carrier_said, "n:3:1 c:" CHAT_A);
	CU_ASSERT_EQUAL(stage.statements, 1); /* somebody may need it */
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{\"5\"}");
	stage_answer(columns, 2, (const char *const[]){ "1", "0" }, 1);
	say_something();
	say_something();
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_EQUAL(stage.bus.sent, 3);
}

static void while_one_is_not_reached_words_go_both_ways(void)
{
	begin();
	for (int i = 1; i <= 3; i++) {
		say_something();
		CU_ASSERT_EQUAL(stage.statements, (unsigned)i);
		CU_ASSERT_STRING_EQUAL(stage.params[2], "{\"5\"}");
		stage_answer(columns, 2, (const char *const[]){ "2", "1" }, 1);
	}
	CU_ASSERT_EQUAL(stage.bus.sent, 3);
}

static void who_does_not_hear_himself_is_not_counted_on(void)
{
	begin();
	stage_comes("n:7:0");
	say_something();
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{\"5\"}");
	stage_answer(columns, 2, (const char *const[]){ "2", "1" }, 1);
	stage_comes("n:5:0"); /* it has begun anew */
	CU_ASSERT_EQUAL(stage.bus_peers_lost, 1);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "r:"); /* whoever is not reached looks at everything */
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{}");
	stage_done();
}

static void an_answer_from_before_a_peer_was_lost_counts_for_nothing(void)
{
	begin();
	say_something(); /* asked while 5 was reached */
	hints_doubt_bus(&stage.hints);
	stage_answer(columns, 2, (const char *const[]){ "1", "0" }, 1);
	say_something();
	CU_ASSERT_EQUAL(stage.statements, 2);
	stage_done();
}

static void who_is_silent_is_reached_by_the_database_again(void)
{
	begin();
	for (int i = 0; i < 10; i++)
		a_second_passes();
	CU_ASSERT_EQUAL(stage.bus_peers_lost + stage.bus_failed, 0);
	for (int i = 0; i < 4; i++) {
		stage.now_ms += BUS_BEAT_MS;
		stage_comes("n:3:1"); /* we hear ourselves, 5 we do not */
		bus_tick(&stage.bus);
	}
	CU_ASSERT_EQUAL(stage.bus_peers_lost, 1);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "r:");
	stage_answer(columns, 2, (const char *const[]){ "1", "1" }, 1);
	say_something();
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{}");
	stage_done();
}

static void what_one_says_by_the_database_counts_at_once(void)
{
	begin();
	bus_peer_gone(&stage.bus, 5);
	CU_ASSERT_EQUAL(stage.bus_peers_lost, 1);
	stage_done();
	bus_peer_gone(&stage.bus, 5);
	CU_ASSERT_EQUAL(stage.bus_peers_lost, 1);
}

static void silence_of_our_own_is_a_failure_that_everybody_hears_of(void)
{
	begin();
	say_something();
	stage_answer(columns, 2, (const char *const[]){ "1", "0" }, 1);
	for (int i = 0; i < 4; i++) {
		stage.now_ms += BUS_BEAT_MS;
		bus_tick(&stage.bus);
	}
	CU_ASSERT_EQUAL(stage.bus_failed, 1);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "n:3:0 r:");
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{}");
	stage_done();
	stage_comes("n:3:0");
	CU_ASSERT_EQUAL(stage.bus_worked, 2); /* it comes back by itself */
}

static void an_absence_of_our_own_is_no_silence_of_the_others(void)
{
	begin();
	stage.now_ms += 60000;
	bus_forgive(&stage.bus, 60000);
	bus_tick(&stage.bus);
	CU_ASSERT_EQUAL(stage.bus_failed + stage.bus_peers_lost, 0);
}

static void a_connection_that_ends_is_told_once(void)
{
	begin();
	bus_carrier_events.down(&stage.bus, "closed");
	CU_ASSERT_EQUAL(stage.bus_failed, 1);
	stage_done();
	bus_carrier_events.down(&stage.bus, "connection refused");
	CU_ASSERT_EQUAL(stage.bus_failed, 1);
	stage_comes("n:3:1"); /* an old one, late */
	CU_ASSERT_EQUAL(stage.bus_worked, 1);
	say_something();
	CU_ASSERT_EQUAL(stage.bus.sent, 0);
	stage_done();
}

static void what_the_carrier_does_not_take_goes_by_the_database(void)
{
	begin();
	say_something();
	stage_answer(columns, 2, (const char *const[]){ "1", "0" }, 1);
	stage.carrier_full = true;
	say_something();
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "c:" CHAT_A);
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{}");
	stage_done();
	bus_tick(&stage.bus);
	CU_ASSERT_EQUAL(stage.bus_failed, 1);
	stage_done();
}

static void what_we_had_no_room_for_is_a_failure(void)
{
	begin();
	bus_carrier_events.lost(&stage.bus);
	CU_ASSERT_EQUAL(stage.bus_failed, 1);
	stage_done();
}

static void others_are_heard_and_our_own_words_and_garbage_are_not(void)
{
	static const char *const garbage[] = { "", "n", "n:", "n:5", "n:5:", "n:5:2", "n:5:1x", "n::1 c:" CHAT_A, "n:x:1 c:" CHAT_A, "c:" CHAT_A, "n:3:1 c:" CHAT_A,
		"n:1234567890123456:1 c:" CHAT_A };

	begin();
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++)
		stage_comes(garbage[i]);
	CU_ASSERT_STRING_EQUAL(stage.bus_heard, "");
	stage_comes("n:5:1 c:" CHAT_A " r:");
	CU_ASSERT_STRING_EQUAL(stage.bus_heard, "c:" CHAT_A " r:");
	CU_ASSERT_EQUAL(stage.bus.received, 1);
}

static void forged_relays_fill_no_memory(void)
{
	char text[32];
	struct buf reached;

	begin();
	for (int i = 10; i < 1000; i++) {
		(void)snprintf(text, sizeof text, "n:%d:1", i);
		stage_comes(text);
	}
	bus_reached(&stage.bus, &reached);
	CU_ASSERT_FALSE(reached.overflow);
	CU_ASSERT_PTR_NOT_NULL(strstr(reached.data, "\"10\""));
	CU_ASSERT_PTR_NULL(strstr(reached.data, "\"999\""));
	buf_fini(&reached);
}

static void urls_are_judged(void)
{
	static const char *const good[] = { "nats://localhost", "nats://127.0.0.1:4222", "tls://nats.example.com:4443", "nats://a:1,nats://b:65535" };
	static const char *const bad[] = { "", "localhost", "localhost:4222", "http://localhost", "nats://", "nats://:4222", "nats://a:", "nats://a:0", "nats://a:65536", "nats://a:x",
		"nats://ana:secret@localhost", "nats://a,", ",nats://a", "nats://a,tls://b", "tls://a,nats://b", "nats://a/b", "nats://a b", "NATS://a" };
	char many[1024];
	int len = 0;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		CU_ASSERT_PTR_NULL(bus_url_fault(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_PTR_NOT_NULL(bus_url_fault(bad[i]));
	for (int i = 0; i <= BUS_URLS_MAX; i++)
		len += snprintf(many + len, sizeof many - (size_t)len, "%snats://a", i > 0 ? "," : "");
	CU_ASSERT_PTR_NOT_NULL(bus_url_fault(many));
}

CU_TestInfo bus_tests[] = {
	{ "words_go_by_the_bus_alone_once_nobody_needs_the_database", words_go_by_the_bus_alone_once_nobody_needs_the_database },
	{ "while_one_is_not_reached_words_go_both_ways", while_one_is_not_reached_words_go_both_ways },
	{ "who_does_not_hear_himself_is_not_counted_on", who_does_not_hear_himself_is_not_counted_on },
	{ "an_answer_from_before_a_peer_was_lost_counts_for_nothing", an_answer_from_before_a_peer_was_lost_counts_for_nothing },
	{ "who_is_silent_is_reached_by_the_database_again", who_is_silent_is_reached_by_the_database_again },
	{ "what_one_says_by_the_database_counts_at_once", what_one_says_by_the_database_counts_at_once },
	{ "silence_of_our_own_is_a_failure_that_everybody_hears_of", silence_of_our_own_is_a_failure_that_everybody_hears_of },
	{ "an_absence_of_our_own_is_no_silence_of_the_others", an_absence_of_our_own_is_no_silence_of_the_others },
	{ "a_connection_that_ends_is_told_once", a_connection_that_ends_is_told_once },
	{ "what_the_carrier_does_not_take_goes_by_the_database", what_the_carrier_does_not_take_goes_by_the_database },
	{ "what_we_had_no_room_for_is_a_failure", what_we_had_no_room_for_is_a_failure },
	{ "others_are_heard_and_our_own_words_and_garbage_are_not", others_are_heard_and_our_own_words_and_garbage_are_not },
	{ "forged_relays_fill_no_memory", forged_relays_fill_no_memory },
	{ "urls_are_judged", urls_are_judged },
	CU_TEST_INFO_NULL,
};
