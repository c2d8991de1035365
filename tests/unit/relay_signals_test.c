/* SPDX-License-Identifier: ISC */
#include "relay_stage.h"
#include "relay_suites.h"

#include <stdio.h>
#include <string.h>

static struct client *kim, *ana;
static struct room *room;

static void both_join(void)
{
	kim = stage_client(PARTY_CUSTOMER);
	ana = stage_client(PARTY_OPERATOR);
	room = room_enter(&stage.rooms, CHAT_A, 5);
	(void)room_join(room, kim, 5);
	(void)room_join(room, ana, 5);
	room_release(room);
	(void)stage_hear(kim);
	(void)stage_hear(ana);
}

static void typing_is_told_once_a_second_and_ends_by_itself(void)
{
	static const char on[] = "{\"t\":\"typing\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"on\":true} ";

	both_join();
	signals_typing(&stage.signals, room, PARTY_CUSTOMER, true);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), on);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "");
	stage.now_ms += 999;
	signals_typing(&stage.signals, room, PARTY_CUSTOMER, true);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage.now_ms += 1;
	signals_typing(&stage.signals, room, PARTY_CUSTOMER, true);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), on);
	stage.now_ms += 5999;
	signals_sweep(&stage.signals);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage.now_ms += 1;
	signals_sweep(&stage.signals);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"on\":false"));
}

static void who_comes_in_the_middle_of_a_word_is_told(void)
{
	struct client *tab;

	both_join();
	signals_typing(&stage.signals, room, PARTY_CUSTOMER, true);
	(void)stage_hear(ana);
	tab = stage_client(PARTY_OPERATOR);
	(void)room_join(room, tab, 5);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(tab), "{\"t\":\"typing\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"on\":true}"));
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
}

static void toggling_is_told_once_a_second_too(void)
{
	both_join();
	for (int i = 0; i < 500; i++)
		signals_typing(&stage.signals, room, PARTY_CUSTOMER, i % 2 == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"on\":")); /* one frame, with the state of now */
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage.now_ms += 1000;
	signals_sweep(&stage.signals);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"on\":false"));
	stage.now_ms += 1000;
	signals_sweep(&stage.signals);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
}

static void a_flurry_costs_one_frame(void)
{
	both_join();
	for (uint64_t seq = 1; seq <= 5; seq++)
		signals_mark(&stage.signals, room, PARTY_CUSTOMER, HINT_READ, seq);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "{\"t\":\"read\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"seq\":5} ");
	signals_mark(&stage.signals, room, PARTY_CUSTOMER, HINT_READ, 3); /* nobody unreads */
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	signals_mark(&stage.signals, room, PARTY_CUSTOMER, HINT_GOT, 99); /* no more than there is */
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"t\":\"got\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"seq\":5}"));
}

static void coming_and_going_is_told_for_the_last_socket_only(void)
{
	struct client *tab;

	both_join();
	tab = stage_client(PARTY_CUSTOMER);
	room_hold(room);
	(void)room_join(room, tab, 5);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage_gone(kim);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage_gone(tab);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "{\"t\":\"presence\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"online\":false,\"away_s\":0} ");
	room_release(room);
}

static void the_database_sets_right_what_hints_have_left(void)
{
	static const char here[] = "{\"t\":\"presence\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"customer\"},\"online\":true} ";

	both_join();
	signals_seen(&stage.signals, room, PARTY_CUSTOMER, 90);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), ""); /* a socket here knows better */
	stage_gone(kim);
	(void)stage_hear(ana);
	signals_seen(&stage.signals, room, PARTY_CUSTOMER, -1);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), ""); /* the database may not have heard yet that the socket is gone */
	stage.now_ms += 1500;
	signals_seen(&stage.signals, room, PARTY_CUSTOMER, -1);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), here); /* without a socket, or on a relay that tells nothing */
	stage.now_ms += 60000;
	signals_seen(&stage.signals, room, PARTY_CUSTOMER, 20);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"online\":false,\"away_s\":20}"));
	signals_seen(&stage.signals, room, PARTY_CUSTOMER, 22);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
}

static void a_party_on_two_relays_is_gone_when_it_has_left_both(void)
{
	struct hint hint = { .type = HINT_PRESENCE, .chat = CHAT_A, .who = PARTY_CUSTOMER, .on = false };

	both_join();
	hints_company(&stage.hints);
	(void)snprintf(stage.hints.relay, sizeof stage.hints.relay, "1");
	hints_flush(&stage.hints);
	stage_done();
	signals_hint(&stage.signals, &hint);
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	hints_flush(&stage.hints);
	CU_ASSERT_STRING_EQUAL(stage.params[1], "p:" CHAT_A ":customer:1"); /* it is still here: said again */
	stage_done();
}

static void words_of_other_relays_count_as_well(void)
{
	struct hint hint = { .type = HINT_TYPING, .chat = CHAT_A, .who = PARTY_OPERATOR, .on = true };

	both_join();
	signals_hint(&stage.signals, &hint);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "\"t\":\"typing\""));
	CU_ASSERT_STRING_EQUAL(stage_hear(ana), "");
	stage_gone(ana);
	(void)stage_hear(kim);
	hint.type = HINT_PRESENCE;
	signals_hint(&stage.signals, &hint);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "\"t\":\"presence\",\"chat\":\"" CHAT_A "\",\"author\":{\"kind\":\"operator\"},\"online\":true}"));
	memcpy(hint.chat, CHAT_B, sizeof hint.chat); /* a chat nobody follows here */
	signals_hint(&stage.signals, &hint);
}

CU_TestInfo signals_tests[] = {
	{ "typing_is_told_once_a_second_and_ends_by_itself", typing_is_told_once_a_second_and_ends_by_itself },
	{ "who_comes_in_the_middle_of_a_word_is_told", who_comes_in_the_middle_of_a_word_is_told },
	{ "toggling_is_told_once_a_second_too", toggling_is_told_once_a_second_too },
	{ "a_flurry_costs_one_frame", a_flurry_costs_one_frame },
	{ "coming_and_going_is_told_for_the_last_socket_only", coming_and_going_is_told_for_the_last_socket_only },
	{ "the_database_sets_right_what_hints_have_left", the_database_sets_right_what_hints_have_left },
	{ "a_party_on_two_relays_is_gone_when_it_has_left_both", a_party_on_two_relays_is_gone_when_it_has_left_both },
	{ "words_of_other_relays_count_as_well", words_of_other_relays_count_as_well },
	CU_TEST_INFO_NULL,
};
