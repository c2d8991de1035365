/* SPDX-License-Identifier: ISC */
#include "relay/marks.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include "base/secret.h"

#include <stdio.h>

#define OTHER_ROOMS 250 /* more than one statement takes */

static struct marks marks;
static struct room *room;

static void begin(void)
{
	marks_init(&marks, NULL, &stage.rooms, stage.signals.transport);
	room = room_enter(&stage.rooms, CHAT_A, 9);
}

static void end(void)
{
	marks_drop(&marks);
	room_release(room);
}

static void read_up_to(struct room *where, uint64_t seq)
{
	signals_mark(&stage.signals, where, PARTY_CUSTOMER, HINT_GOT, seq);
	signals_mark(&stage.signals, where, PARTY_CUSTOMER, HINT_READ, seq);
	marks_changed(&marks, where);
}

static void a_flurry_is_noted_once_and_late(void)
{
	begin();
	for (uint64_t seq = 1; seq <= 9; seq++)
		read_up_to(room, seq);
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 0);
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "{\"customer\"}");
	CU_ASSERT_STRING_EQUAL(stage.params[2], "{9}");
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{9}");
	stage_done();
	signals_mark(&stage.signals, room, PARTY_CUSTOMER, HINT_READ, 4);
	CU_ASSERT_EQUAL(stage.marks_changed, 18); /* going back is nothing that changed */
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1);
	end();
}

static void many_rooms_make_one_statement_and_wait_for_it(void)
{
	struct room *rooms[OTHER_ROOMS];

	begin();
	for (int i = 0; i < OTHER_ROOMS; i++) {
		char chat[UUID_LEN + 1];

		(void)snprintf(chat, sizeof chat, "0b0c2f5e-0000-4000-8000-0000000%05d", i);
		rooms[i] = room_enter(&stage.rooms, chat, 9);
		read_up_to(rooms[i], 5);
		room_release(rooms[i]); /* nobody is there any more: it lives until it is noted */
	}
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_EQUAL(marks.rows, 200);
	stage_done();
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_EQUAL(marks.rows, 250);
	stage_done();
	CU_ASSERT_EQUAL(HASH_COUNT(stage.rooms.by_chat), 1);
	end();
}

static void what_was_under_way_when_the_database_went_is_noted_again(void)
{
	begin();
	read_up_to(room, 7);
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	stage_fail(STATUS_UNAVAILABLE);
	stage.database_up = false;
	marks_again(&marks);
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1);
	stage.database_up = true;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{7}");
	stage_done();
	end();
}

static void what_a_failed_statement_was_to_note_comes_again(void)
{
	struct room *left = room_enter(&stage.rooms, CHAT_B, 9);

	begin();
	read_up_to(room, 7);
	read_up_to(left, 4);
	room_release(left); /* nobody is there any more */
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{7,4}");
	stage_fail(STATUS_UNAVAILABLE); /* a lock it waited for too long, say: the session lives */
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1); /* not at once */
	signals_mark(&stage.signals, room, PARTY_CUSTOMER, HINT_READ, 8);
	marks_changed(&marks, room);
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{8,4}");
	stage_done();
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_PTR_NULL(room_find(&stage.rooms, CHAT_B));
	end();
}

static void what_rises_while_a_statement_is_under_way_is_noted_after_it(void)
{
	begin();
	read_up_to(room, 3);
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	read_up_to(room, 6);
	stage_done();
	stage.now_ms += MARKS_WAIT_MS;
	marks_sweep(&marks);
	CU_ASSERT_EQUAL(stage.statements, 2);
	CU_ASSERT_STRING_EQUAL(stage.params[3], "{6}");
	stage_done();
	end();
}

static void what_never_can_be_noted_is_let_go(void)
{
	begin();
	read_up_to(room, 7);
	for (int i = 0; i <= MARKS_TRIES_MAX; i++) {
		stage.now_ms += MARKS_WAIT_MS;
		marks_sweep(&marks);
		if (stage.statements == (unsigned)i + 1)
			stage_fail(STATUS_INTERNAL);
	}
	CU_ASSERT_EQUAL(stage.statements, MARKS_TRIES_MAX);
	CU_ASSERT_PTR_NULL(marks.line.head);
	end();
}

static void going_down_notes_at_once(void)
{
	begin();
	read_up_to(room, 3);
	marks_flush(&marks);
	CU_ASSERT_EQUAL(stage.statements, 1);
	CU_ASSERT_EQUAL(marks.flying, 1);
	stage_done();
	CU_ASSERT_EQUAL(marks.flying, 0);
	end();
}

CU_TestInfo marks_tests[] = {
	{ "a_flurry_is_noted_once_and_late", a_flurry_is_noted_once_and_late },
	{ "many_rooms_make_one_statement_and_wait_for_it", many_rooms_make_one_statement_and_wait_for_it },
	{ "what_was_under_way_when_the_database_went_is_noted_again", what_was_under_way_when_the_database_went_is_noted_again },
	{ "what_a_failed_statement_was_to_note_comes_again", what_a_failed_statement_was_to_note_comes_again },
	{ "what_rises_while_a_statement_is_under_way_is_noted_after_it", what_rises_while_a_statement_is_under_way_is_noted_after_it },
	{ "what_never_can_be_noted_is_let_go", what_never_can_be_noted_is_let_go },
	{ "going_down_notes_at_once", going_down_notes_at_once },
	CU_TEST_INFO_NULL,
};
