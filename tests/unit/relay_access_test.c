/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include <string.h>

static const char *const columns[] = { "ord", "reason" };

/* A customer of this chat whose turn comes 20 s from now. */
static struct client *customer_of(const char *chat)
{
	struct client *client = stage_client(PARTY_CUSTOMER);
	struct room *room = room_enter(&stage.rooms, chat, 0);

	deadline_clear(&client->hello_deadline);
	(void)room_join(room, client, 0);
	room_release(room);
	access_watch(&stage.access, client);
	(void)stage_hear(client);
	return client;
}

static void pass_ms(uint64_t ms)
{
	stage.now_ms += ms;
	access_sweep(&stage.access);
}

static void many_are_looked_at_in_one_statement_when_their_time_has_come(void)
{
	(void)customer_of(CHAT_A);
	stage.now_ms += 900;
	(void)customer_of(CHAT_B);
	pass_ms(19000);
	CU_ASSERT_EQUAL(stage.statements, 0);
	pass_ms(100);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_PTR_EQUAL(stage.statement, &STATEMENT_LAPSED_CUSTOMERS);
	CU_ASSERT_STRING_EQUAL(stage.params[0], "{\"" CHAT_A "\",\"" CHAT_B "\"}");
	stage_done();
	pass_ms(19999);
	CU_ASSERT_EQUAL(stage.statements, 1);
	pass_ms(1);
	CU_ASSERT_EQUAL(stage.statements, 2);
	stage_done();
}

static void whose_token_does_not_hold_is_closed_and_nobody_else(void)
{
	struct client *kim = customer_of(CHAT_A), *lee = customer_of(CHAT_B);
	const char *const cells[] = { "2", "unauthorized" };

	pass_ms(20000);
	stage_answer(columns, 2, cells, 1);
	CU_ASSERT_EQUAL(socket_of(lee)->close_code, 4401);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	CU_ASSERT_EQUAL(stage.access.revoked, 1);
}

static void a_chat_that_is_over_is_told_to_its_end_first(void)
{
	struct client *kim = customer_of(CHAT_A);
	const char *const cells[] = { "1", "gone" };

	pass_ms(20000);
	stage_answer(columns, 2, cells, 1);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	CU_ASSERT_EQUAL(stage.tails_asked, 1);
	room_append(stage.tail_room, stage_event(1));
	room_tail_done(stage.tail_room, true);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "\"body\":\"m1\""));
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4410);
}

static void a_change_that_is_told_is_looked_at_at_once(void)
{
	struct client *kim = customer_of(CHAT_A);
	const char *const cells[] = { "1", "unauthorized" };

	(void)customer_of(CHAT_B);
	access_changed(&stage.access, CHAT_A);
	CU_ASSERT_STRING_EQUAL(stage.params[0], "{\"" CHAT_A "\"}");
	access_changed(&stage.access, "0b0c2f5e-0000-4000-8000-00000000000f");
	access_changed(&stage.access, CHAT_A); /* while the first question is under way: asked again, its answer may be older */
	CU_ASSERT_EQUAL(stage.statements, 1);
	stage_done();
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[0], "{\"" CHAT_A "\"}");
	stage_answer(columns, 2, cells, 1);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4401);
	CU_ASSERT_EQUAL(stage.statements, 2);
}

static void a_question_that_failed_is_asked_again_soon_but_not_in_circles(void)
{
	(void)customer_of(CHAT_A);
	pass_ms(20000);
	stage_fail(STATUS_UNAVAILABLE);
	pass_ms(200);
	CU_ASSERT_EQUAL(stage.statements, 1);
	pass_ms(800);
	CU_ASSERT_EQUAL(stage.statements, 2);
	stage_done();
	pass_ms(19000);
	CU_ASSERT_EQUAL(stage.statements, 2);
}

static void without_database_nothing_is_forgotten(void)
{
	(void)customer_of(CHAT_A);
	stage.database_up = false;
	pass_ms(60000);
	access_changed(&stage.access, CHAT_A);
	CU_ASSERT_EQUAL(stage.statements, 0);
	stage.database_up = true;
	pass_ms(200);
	CU_ASSERT_EQUAL(stage.statements, 1);
	stage_done();
}

static void who_goes_meanwhile_is_not_asked_for(void)
{
	struct client *kim = customer_of(CHAT_A), *lee = customer_of(CHAT_B);
	const char *const cells[] = { "1", "unauthorized" };

	pass_ms(20000);
	stage_gone(kim);
	client_close(lee, CLOSE_GOING_AWAY);
	stage_answer(columns, 2, cells, 1);
	CU_ASSERT_EQUAL(stage.access.revoked, 0);
	pass_ms(60000);
	CU_ASSERT_EQUAL(stage.statements, 1);
}

CU_TestInfo access_tests[] = {
	{ "many_are_looked_at_in_one_statement_when_their_time_has_come", many_are_looked_at_in_one_statement_when_their_time_has_come },
	{ "whose_token_does_not_hold_is_closed_and_nobody_else", whose_token_does_not_hold_is_closed_and_nobody_else },
	{ "a_chat_that_is_over_is_told_to_its_end_first", a_chat_that_is_over_is_told_to_its_end_first },
	{ "a_change_that_is_told_is_looked_at_at_once", a_change_that_is_told_is_looked_at_at_once },
	{ "a_question_that_failed_is_asked_again_soon_but_not_in_circles", a_question_that_failed_is_asked_again_soon_but_not_in_circles },
	{ "without_database_nothing_is_forgotten", without_database_nothing_is_forgotten },
	{ "who_goes_meanwhile_is_not_asked_for", who_goes_meanwhile_is_not_asked_for },
	CU_TEST_INFO_NULL,
};
