/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include <string.h>

static const char *const columns[] = { "ord", "status", "field", "seq", "last_seq", "at", "author_kind", "author_name", "body", "data", "repeat" };

#define ROW(ord, status, field, seq, last, repeat) ord, status, field, seq, last, "T", "customer", "Kim", "-", "-", repeat
#define ANSWER_NOW(...) \
	do { \
		const char *const cells[] = { __VA_ARGS__ }; \
		stage_answer(columns, 11, cells, (int)(sizeof cells / sizeof cells[0] / 11)); \
	} while (0)
/* and the loop goes to sleep */
#define ANSWER(...) \
	do { \
		ANSWER_NOW(__VA_ARGS__); \
		batch_run(&stage.batch); \
	} while (0)
#define STORED(ord, seq, last) ROW(ord, "ok", "-", seq, last, "f")

static struct client *kim, *ana;
static struct room *room;

static void both_join(void)
{
	kim = stage_client(PARTY_CUSTOMER);
	ana = stage_client(PARTY_OPERATOR);
	room = room_enter(&stage.rooms, CHAT_A, 0);
	(void)room_join(room, kim, 0);
	(void)room_join(room, ana, 0);
	room_release(room);
	(void)stage_hear(kim);
	(void)stage_hear(ana);
}

static enum status post(struct client *author, const char *cid, const char *body)
{
	return batch_post(&stage.batch, author, CHAT_A, "message", cid, body, NULL);
}

static void fail(enum status status)
{
	stage_fail(status);
	batch_run(&stage.batch);
}

static void what_arrives_meanwhile_goes_with_the_next(void)
{
	both_join();
	CU_ASSERT_EQUAL(post(kim, CID("01"), "one"), STATUS_OK);
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_PTR_EQUAL(stage.statement, &STATEMENT_POST_MESSAGES);
	CU_ASSERT_EQUAL(post(kim, CID("02"), "two"), STATUS_OK);
	CU_ASSERT_EQUAL(post(ana, CID("03"), "th\"r\\ee"), STATUS_OK);
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), ""); /* nothing is acknowledged before the answer */
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"two\",\"th\\\"r\\\\ee\"}");
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"ack\",\"cid\":\"" CID("01") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"seq\":1,\"kind\":\"message\",\"author\":{\"kind\":\"customer\",\"name\":\"Kim\"},\"body\":\"one\""));
	ANSWER(STORED("1", "2", "3"), STORED("2", "3", "3"));
	CU_ASSERT_TRUE(batch_is_empty(&stage.batch));
	CU_ASSERT_EQUAL(stage.batch.stored, 3);
	CU_ASSERT_EQUAL(stage.tails_asked, 0);
	CU_ASSERT_EQUAL(kim->unanswered, 0);
}

static void a_repeat_is_acknowledged_and_told_to_nobody(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	ANSWER(ROW("1", "ok", "-", "7", "7", "t"));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "\"seq\":7}"));
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	CU_ASSERT_EQUAL(stage.batch.repeated, 1);
}

static void a_refused_row_harms_no_other(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	(void)!post(kim, CID("02"), "two");
	batch_run(&stage.batch);
	ANSWER(ROW("1", "conflict", "cid", "-", "1", "f"), STORED("2", "1", "1"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"error\",\"code\":\"conflict\",\"cid\":\"" CID("01") "\",\"field\":\"cid\"} "
	                                        "{\"t\":\"ack\",\"cid\":\"" CID("02") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
}

static void a_busy_row_goes_first_next_time(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	(void)!post(kim, CID("02"), "two");
	ANSWER(ROW("1", "busy", "-", "-", "-", "f"));
	CU_ASSERT_EQUAL(stage.statements, 1); /* not at once: it would turn in circles */
	CU_ASSERT_TRUE(batch_is_resting(&stage.batch));
	batch_pulse(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"one\",\"two\"}");
	stage.now_ms += 5001;
	ANSWER(ROW("1", "busy", "-", "-", "-", "f"), STORED("2", "1", "1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "{\"t\":\"error\",\"code\":\"unavailable\",\"cid\":\"" CID("01") "\",\"retry_ms\":1000}"));
}

static void a_lost_batch_is_sent_again_with_the_same_ids(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	(void)!post(ana, CID("02"), "two");
	batch_run(&stage.batch);
	(void)!post(kim, CID("03"), "three");
	stage.database_up = false;
	fail(STATUS_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "");
	stage.database_up = true;
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{\"" CID("01") "\",\"" CID("02") "\",\"" CID("03") "\"}");
	ANSWER(ROW("1", "ok", "-", "1", "3", "t"), STORED("2", "2", "3"), STORED("3", "3", "3"));
	CU_ASSERT_EQUAL(stage.tails_asked, 1); /* 1 was stored before: its event is fetched */
}

static void a_failing_statement_is_halved_until_the_bad_row_is_alone(void)
{
	both_join();
	(void)!post(kim, CID("01"), "bad");
	(void)!post(kim, CID("02"), "good");
	batch_run(&stage.batch);
	fail(STATUS_BAD_REQUEST);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"bad\"}");
	fail(STATUS_BAD_REQUEST);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"good\"}");
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"error\",\"code\":\"bad_request\",\"cid\":\"" CID("01") "\"} "
	                                        "{\"t\":\"ack\",\"cid\":\"" CID("02") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
}

static void what_waits_is_bounded(void)
{
	both_join();
	stage.database_up = false;
	for (int i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(post(kim, CID("01"), "x"), STATUS_OK);
	CU_ASSERT_EQUAL(post(kim, CID("01"), "x"), STATUS_UNAVAILABLE);
	/* what operators send in their chats still goes, a quarter more of it */
	for (int i = 0; i < 25; i++)
		CU_ASSERT_EQUAL(post(ana, CID("01"), "x"), STATUS_OK);
	CU_ASSERT_EQUAL(post(ana, CID("01"), "x"), STATUS_UNAVAILABLE);
	CU_ASSERT_TRUE(socket_of(ana)->held);
}

static void an_author_who_left_harms_nothing(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	stage_gone(kim);
	(void)stage_hear(ana);
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"body\":\"one\""));
}

static void somebody_elses_events_between_are_fetched(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	ANSWER(STORED("1", "2", "3"));
	CU_ASSERT_EQUAL(stage.tails_asked, 1);
	CU_ASSERT_EQUAL(room->wanted, 3);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "");
}

static void rows_are_told_apart_by_their_number_not_by_their_place(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	(void)!batch_post(&stage.batch, ana, CHAT_B, "message", CID("02"), "two", NULL);
	(void)!post(kim, CID("03"), "three");
	batch_run(&stage.batch);
	ANSWER(STORED("2", "9", "9"), STORED("1", "1", "2"), STORED("3", "2", "2"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"ack\",\"cid\":\"" CID("01") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} "
	                                        "{\"t\":\"ack\",\"cid\":\"" CID("03") "\",\"chat\":\"" CHAT_A "\",\"seq\":2} ");
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "{\"t\":\"ack\",\"cid\":\"" CID("02") "\",\"chat\":\"" CHAT_B "\",\"seq\":9}"));
}

static void an_answer_to_something_else_acknowledges_nothing(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	(void)!post(kim, CID("02"), "two");
	batch_run(&stage.batch);
	ANSWER(STORED("1", "1", "2"), STORED("1", "2", "2"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "");
	CU_ASSERT_FALSE(batch_is_empty(&stage.batch));
}

static void a_small_statement_is_followed_by_one_that_waits_for_company(void)
{
	both_join();
	stage.limits.batch_gather_ms = 1;
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1); /* the first after a quiet moment goes at once */
	(void)!post(ana, CID("02"), "two");
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_TRUE(batch_is_gathering(&stage.batch));
	(void)!post(kim, CID("03"), "three");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	batch_gathered(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"two\",\"three\"}");
	ANSWER(STORED("1", "2", "3"), STORED("2", "3", "3"));
	batch_gathered(&stage.batch); /* nobody came */
	CU_ASSERT_EQUAL(stage.statements, 2);
	(void)!post(kim, CID("04"), "four");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 3);
}

static void enough_company_ends_the_wait(void)
{
	both_join();
	stage.limits.batch_gather_ms = 1;
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	ANSWER(STORED("1", "1", "1"));
	for (int i = 0; i < 15; i++)
		(void)!post(ana, CID("02"), "x");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	(void)!post(ana, CID("02"), "x");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_FALSE(batch_is_gathering(&stage.batch));
}

static void a_line_is_posted(void)
{
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	for (int i = 0; i < 16; i++)
		(void)!post(ana, CID("02"), "x");
}

static void a_long_line_goes_before_the_answer_is_told(void)
{
	both_join();
	a_line_is_posted();
	ANSWER_NOW(STORED("1", "1", "1"));
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_EQUAL(stage.batch.flying_count, 16);
	CU_ASSERT_EQUAL(stage.batch.landed_count, 0);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"ack\",\"cid\":\"" CID("01") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
}

static void a_short_line_waits_for_what_can_be_read(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	(void)!post(ana, CID("02"), "two");
	ANSWER_NOW(STORED("1", "1", "1"));
	CU_ASSERT_EQUAL(stage.statements, 1);
	(void)!post(ana, CID("03"), "three");
	batch_run(&stage.batch);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"two\",\"three\"}");
}

static void nothing_overtakes_a_busy_row(void)
{
	both_join();
	a_line_is_posted();
	ANSWER(ROW("1", "busy", "-", "-", "-", "f"));
	CU_ASSERT_EQUAL(stage.statements, 1);
	batch_pulse(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_EQUAL(strncmp(stage.params[4], "{\"one\",\"x\"", 10), 0);
}

/* From frame to answer, from statement to answer, from answer to frame; a repeat is no message more. */
static void it_counts_what_it_stores_and_how_long_that_took(void)
{
	both_join();
	(void)!post(kim, CID("01"), "one");
	stage.now_ms += 10;
	(void)!post(kim, CID("02"), "two");
	batch_run(&stage.batch);
	stage.now_ms += 30;
	ANSWER(STORED("1", "1", "1"), ROW("2", "ok", "-", "1", "1", "t"));
	stage.now_ms += 2;
	(void)stage_hear(ana);
	CU_ASSERT_DOUBLE_EQUAL(stage.batch.rows.sum, 2, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(stage.batch.commit.sum, 0.03, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(stage.batch.lag.sum, 0.04, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(stage.rooms.delivery.sum, 0.002, 1e-9);
	(void)stage_hear(kim);
	CU_ASSERT_DOUBLE_EQUAL(stage.rooms.delivery.sum, 0.004, 1e-9);
}

/* ---- two sessions ------------------------------------------------------------------------------------------- */

static void both_join_and_two_sessions_stand(void)
{
	both_join();
	stage.batch.flights[0].pipe = stage_session(1);
	stage.batch.flights[1].pipe = stage_session(2);
}

static enum status post_b(const char *cid, const char *body)
{
	return batch_post(&stage.batch, ana, CHAT_B, "message", cid, body, NULL);
}

static void a_small_statement_does_not_wait_for_another(void)
{
	both_join_and_two_sessions_stand();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.session, 1);
	(void)!post_b(CID("02"), "two");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.session, 2);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"two\"}");
	ANSWER(STORED("1", "9", "9"));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "{\"t\":\"ack\",\"cid\":\"" CID("02") "\",\"chat\":\"" CHAT_B "\",\"seq\":9}"));
	CU_ASSERT_FALSE(batch_is_empty(&stage.batch));
	stage.session = 1;
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"ack\",\"cid\":\"" CID("01") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
	CU_ASSERT_TRUE(batch_is_empty(&stage.batch));
}

static void a_chat_flies_by_one_session_at_a_time(void)
{
	both_join_and_two_sessions_stand();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	(void)!post(kim, CID("02"), "two");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	(void)!post_b(CID("03"), "three");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"three\"}"); /* it overtakes what another chat waits for */
	stage.session = 1;
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_EQUAL(stage.session, 1);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"two\"}");
}

static void a_long_line_or_a_session_that_is_busy_waits_for_the_first(void)
{
	both_join_and_two_sessions_stand();
	for (int i = 0; i < 16; i++)
		(void)!post(ana, CID("02"), "x");
	batch_run(&stage.batch);
	(void)!post_b(CID("03"), "three");
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 1);
	stage_fail(STATUS_BAD_REQUEST);
	batch_run(&stage.batch);
	CU_ASSERT_EQUAL(stage.statements, 2); /* and who looks for a row that is at fault does so alone */
	CU_ASSERT_EQUAL(stage.batch.flying_count, 8);
}

static void what_was_lost_on_one_session_goes_by_the_other_in_its_order(void)
{
	both_join_and_two_sessions_stand();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	(void)!post_b(CID("02"), "two");
	batch_run(&stage.batch);
	(void)!post(kim, CID("03"), "three");
	stage.session = 1;
	stage.database_up = false;
	stage_fail(STATUS_UNAVAILABLE);
	CU_ASSERT_TRUE(batch_is_cut_off(&stage.batch));
	stage.database_up = true;
	batch_run(&stage.batch);
	CU_ASSERT_STRING_EQUAL(stage.params[4], "{\"one\",\"three\"}");
	CU_ASSERT_EQUAL(stage.batch.flying_count, 3);
}

/* The table shows what was stored before its answer is here, for both come by different sessions. */
static void an_author_gets_the_ack_although_the_table_showed_his_message_first(void)
{
	unsigned asked;

	both_join_and_two_sessions_stand();
	(void)!post(kim, CID("01"), "one");
	batch_run(&stage.batch);
	CU_ASSERT_TRUE(batch_flies(&stage.batch, CHAT_A, CID("01")));
	CU_ASSERT_FALSE(batch_flies(&stage.batch, CHAT_B, CID("01")));
	room_look(room);
	asked = stage.tails_asked;
	room_tail_waits(room, 2, true);
	CU_ASSERT_EQUAL(stage.tails_asked, asked);
	ANSWER(STORED("1", "1", "1"));
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"ack\",\"cid\":\"" CID("01") "\",\"chat\":\"" CHAT_A "\",\"seq\":1} ");
	CU_ASSERT_EQUAL(stage.tails_asked, asked + 1); /* for what stood behind it */
}

CU_TestInfo batch_tests[] = {
	{ "a_small_statement_does_not_wait_for_another", a_small_statement_does_not_wait_for_another },
	{ "a_chat_flies_by_one_session_at_a_time", a_chat_flies_by_one_session_at_a_time },
	{ "a_long_line_or_a_session_that_is_busy_waits_for_the_first", a_long_line_or_a_session_that_is_busy_waits_for_the_first },
	{ "what_was_lost_on_one_session_goes_by_the_other_in_its_order", what_was_lost_on_one_session_goes_by_the_other_in_its_order },
	{ "an_author_gets_the_ack_although_the_table_showed_his_message_first", an_author_gets_the_ack_although_the_table_showed_his_message_first },
	{ "what_arrives_meanwhile_goes_with_the_next", what_arrives_meanwhile_goes_with_the_next },
	{ "a_repeat_is_acknowledged_and_told_to_nobody", a_repeat_is_acknowledged_and_told_to_nobody },
	{ "a_refused_row_harms_no_other", a_refused_row_harms_no_other },
	{ "a_busy_row_goes_first_next_time", a_busy_row_goes_first_next_time },
	{ "a_lost_batch_is_sent_again_with_the_same_ids", a_lost_batch_is_sent_again_with_the_same_ids },
	{ "a_failing_statement_is_halved_until_the_bad_row_is_alone", a_failing_statement_is_halved_until_the_bad_row_is_alone },
	{ "what_waits_is_bounded", what_waits_is_bounded },
	{ "an_author_who_left_harms_nothing", an_author_who_left_harms_nothing },
	{ "somebody_elses_events_between_are_fetched", somebody_elses_events_between_are_fetched },
	{ "rows_are_told_apart_by_their_number_not_by_their_place", rows_are_told_apart_by_their_number_not_by_their_place },
	{ "an_answer_to_something_else_acknowledges_nothing", an_answer_to_something_else_acknowledges_nothing },
	{ "a_small_statement_is_followed_by_one_that_waits_for_company", a_small_statement_is_followed_by_one_that_waits_for_company },
	{ "enough_company_ends_the_wait", enough_company_ends_the_wait },
	{ "a_long_line_goes_before_the_answer_is_told", a_long_line_goes_before_the_answer_is_told },
	{ "a_short_line_waits_for_what_can_be_read", a_short_line_waits_for_what_can_be_read },
	{ "nothing_overtakes_a_busy_row", nothing_overtakes_a_busy_row },
	{ "it_counts_what_it_stores_and_how_long_that_took", it_counts_what_it_stores_and_how_long_that_took },
	CU_TEST_INFO_NULL,
};
