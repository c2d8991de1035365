/* SPDX-License-Identifier: ISC */
#include "relay_stage.h"
#include "relay_suites.h"

#include <stdio.h>
#include <string.h>

/* What a socket heard, by type and seq only: "event1 ack2 synced2" */
static const char *heard(struct client *client)
{
	static char brief[4096];
	const char *p = stage_hear(client);
	size_t len = 0;

	brief[0] = '\0';
	while ((p = strstr(p, "{\"t\":\"")) != NULL) {
		const char *type = p + strlen("{\"t\":\"");
		const char *end = strchr(p + 1, '}');
		const char *seq = strstr(p, "\"seq\":");
		int type_len = (int)strcspn(type, "\"");
		bool has_seq = seq && end && (seq < end || !strstr(p + 1, "{\"t\""));

		len += (size_t)snprintf(brief + len, sizeof brief - len, "%s%.*s", len > 0 ? " " : "", type_len, type);
		if (has_seq)
			len += (size_t)snprintf(brief + len, sizeof brief - len, "%.*s", (int)strspn(seq + 6, "0123456789"), seq + 6);
		p = type;
	}
	return brief;
}

static struct sub *join(struct client *client, uint64_t cursor, uint64_t last_seq)
{
	struct room *room = room_enter(&stage.rooms, CHAT_A, last_seq);
	struct sub *sub = room_join(room, client, cursor);

	room_release(room);
	return sub;
}

static void live_sockets_get_events_once_and_the_room_keeps_none(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *tab = stage_client(PARTY_CUSTOMER);
	struct room *room = join(kim, 0, 0)->room;

	(void)join(tab, 0, 0);
	CU_ASSERT_STRING_EQUAL(heard(kim), "synced0");
	room_append(room, stage_event(1));
	room_append(room, stage_event(2));
	CU_ASSERT_EQUAL(room->count, 2);
	CU_ASSERT_STRING_EQUAL(heard(kim), "event1 event2");
	CU_ASSERT_EQUAL(room->count, 2); /* the other tab has not had them */
	CU_ASSERT_STRING_EQUAL(heard(tab), "synced0 event1 event2");
	CU_ASSERT_EQUAL(room->count, 0);
	CU_ASSERT_PTR_NULL(room->ring);
	CU_ASSERT_STRING_EQUAL(heard(kim), "");
}

static void author_gets_the_ack_in_the_events_place(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *tab = stage_client(PARTY_CUSTOMER);
	struct room *room = join(kim, 0, 0)->room;

	(void)join(tab, 0, 0);
	room_append(room, stage_event(1));
	CU_ASSERT_TRUE(room_ack_in_place(room, 2, kim));
	room_append(room, stage_event(2));
	room_append(room, stage_event(3));
	CU_ASSERT_STRING_EQUAL(heard(kim), "synced0 event1 ack2 event3");
	CU_ASSERT_STRING_EQUAL(heard(tab), "synced0 event1 event2 event3");
}

static void ack_waits_for_what_lies_before_it(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct room *room = join(kim, 0, 0)->room;

	CU_ASSERT_STRING_EQUAL(heard(kim), "synced0");
	CU_ASSERT_TRUE(room_ack_in_place(room, 3, kim)); /* stored as 3; 1 and 2 are somebody else's and not here yet */
	room_want(room, 3);
	CU_ASSERT_EQUAL(stage.tails_asked, 1);
	CU_ASSERT_STRING_EQUAL(heard(kim), "");
	for (uint64_t seq = 1; seq <= 3; seq++)
		room_append(room, stage_event(seq));
	room_tail_done(room, true);
	CU_ASSERT_STRING_EQUAL(heard(kim), "event1 event2 ack3");
}

/* It has just come and was not writable yet: what it said arrives as a page of the table, where events are events. */
static void no_ack_waits_in_a_page(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *ana = stage_client(PARTY_OPERATOR);
	struct room *room = join(kim, 7, 7)->room;

	(void)heard(kim);
	(void)join(ana, 0, 7);
	CU_ASSERT_FALSE(room_ack_in_place(room, 8, ana));
	room_append(room, stage_event(8));
	CU_ASSERT_STRING_EQUAL(heard(ana), "presence");
	sub_page(stage.page_sub, stage_page(1, 8));
	CU_ASSERT_STRING_EQUAL(heard(ana), "event1 event2 event3 event4 event5 event6 event7 event8 synced8");
	CU_ASSERT_TRUE(room_ack_in_place(room, 9, ana));
	room_append(room, stage_event(9));
	CU_ASSERT_STRING_EQUAL(heard(ana), "ack9");
}

static void resuming_meets_live_without_gap_or_overlap(void)
{
	struct client *ana = stage_client(PARTY_OPERATOR), *kim = stage_client(PARTY_CUSTOMER);
	struct room *room = join(ana, 10, 10)->room;
	struct sub *sub = join(kim, 3, 10);

	CU_ASSERT_STRING_EQUAL(heard(kim), "presence");
	CU_ASSERT_EQUAL(stage.pages_asked, 1);
	CU_ASSERT_PTR_EQUAL(stage.page_sub, sub);
	(void)heard(ana);
	room_append(room, stage_event(11)); /* meanwhile the chat goes on */
	CU_ASSERT_STRING_EQUAL(heard(ana), "event11");
	CU_ASSERT_EQUAL(room->count, 1); /* held for the one who resumes */
	CU_ASSERT_STRING_EQUAL(heard(kim), "");
	sub_page(sub, stage_page(4, 11)); /* the table was read after 11 was stored */
	room_append(room, stage_event(12));
	CU_ASSERT_STRING_EQUAL(heard(kim), "event4 event5 event6 event7 event8 event9 event10 event11 synced11 event12");
	(void)heard(ana);
	CU_ASSERT_EQUAL(room->count, 0);
}

static void a_full_page_is_followed_by_the_next(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct sub *sub = join(kim, 0, 4);

	(void)heard(kim);
	CU_ASSERT_EQUAL(stage.pages_asked, 1);
	sub_page(sub, stage_page(1, 2));
	CU_ASSERT_STRING_EQUAL(heard(kim), "event1 event2");
	CU_ASSERT_EQUAL(stage.pages_asked, 2);
	sub_page(sub, stage_page(3, 4));
	CU_ASSERT_STRING_EQUAL(heard(kim), "event3 event4 synced4");
	CU_ASSERT_EQUAL(stage.pages_asked, 2);
}

static void an_empty_page_is_not_asked_for_again(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct sub *sub = join(kim, 2, 5);

	(void)heard(kim);
	sub_page(sub, NULL);
	CU_ASSERT_STRING_EQUAL(heard(kim), "synced5");
	CU_ASSERT_EQUAL(stage.pages_asked, 1);
}

static void a_hint_during_a_fetch_looks_again(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct room *room = join(kim, 0, 0)->room;

	room_look(room);
	room_look(room);
	CU_ASSERT_EQUAL(stage.tails_asked, 1);
	room_tail_done(room, true);
	CU_ASSERT_EQUAL(stage.tails_asked, 2);
	room_tail_done(room, true);
	CU_ASSERT_EQUAL(stage.tails_asked, 2);
}

static void a_wrong_word_of_more_events_ends(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct room *room = join(kim, 0, 0)->room;

	room_want(room, 99);
	room_tail_done(room, true);
	CU_ASSERT_EQUAL(stage.tails_asked, 1);
	CU_ASSERT_EQUAL(room->wanted, 0);
}

static void slow_sockets_are_culled_quick_ones_are_not(void)
{
	struct client *slow = stage_client(PARTY_CUSTOMER), *quick = stage_client(PARTY_OPERATOR);
	struct room *room = join(slow, 0, 0)->room;
	uint64_t seq = 0;

	(void)join(quick, 0, 0);
	(void)heard(slow);
	(void)heard(quick);
	while (seq < 300) /* one answer of the database, more than anybody can have been sent yet */
		room_append(room, stage_event(++seq));
	CU_ASSERT_EQUAL(socket_of(slow)->close_code, 0);
	(void)heard(quick);
	stage.now_ms += 1001;
	room_append(room, stage_event(++seq));
	CU_ASSERT_STRING_EQUAL(heard(slow), "");
	CU_ASSERT_EQUAL(socket_of(slow)->close_code, 4408);
	CU_ASSERT_EQUAL(socket_of(quick)->close_code, 0);
	CU_ASSERT_STRING_EQUAL(heard(quick), "event301");
	CU_ASSERT_EQUAL(room->count, 0); /* nothing is kept for the one who goes */
}

static void notes_are_bare_for_customers(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *ana = stage_client(PARTY_OPERATOR);
	struct room *room = join(kim, 0, 0)->room;

	(void)join(ana, 0, 0);
	room_append(room, event_new(&(struct event_row){ .chat = CHAT_A, .seq = 1, .kind = "note", .author_kind = "operator", .author_name = "Ana", .body = "secret",
	                                                 .at = "T", .cid = CID("01"), .operators_only = true }));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(ana), "\"body\":\"secret\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "{\"t\":\"event\",\"chat\":\"" CHAT_A "\",\"seq\":1,\"kind\":\"note\",\"at\":\"T\"}"));
}

static void an_ended_chat_closes_its_customer_after_the_last_event(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *ana = stage_client(PARTY_OPERATOR);
	struct room *room = join(kim, 0, 0)->room;

	(void)join(ana, 0, 0);
	(void)heard(kim);
	room_set_state(room, "ended");
	room_append(room, stage_event(1));
	room_append(room, stage_event(2));
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	CU_ASSERT_STRING_EQUAL(heard(kim), "event1 event2");
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4410);
	CU_ASSERT_STRING_EQUAL(heard(ana), "synced0 event1 event2 presence");
	CU_ASSERT_EQUAL(socket_of(ana)->close_code, 0);
}

static void a_leaving_operator_sees_why_and_nothing_after(void)
{
	struct client *ana = stage_client(PARTY_OPERATOR), *kim = stage_client(PARTY_CUSTOMER);
	struct sub *sub = join(ana, 0, 0);
	struct room *room = sub->room;

	(void)join(kim, 0, 0);
	(void)heard(ana);
	sub->leaving = true;
	room_look(room);
	room_append(room, event_new(&(struct event_row){ .chat = CHAT_A, .seq = 1, .kind = "left", .author_kind = "operator", .author_name = "Ana", .at = "T" }));
	room_append(room, stage_event(2)); /* for the next operator */
	room_tail_done(room, true);
	CU_ASSERT_STRING_EQUAL(heard(ana), "event1");
	CU_ASSERT_PTR_NULL(client_sub(ana, CHAT_A));
	CU_ASSERT_PTR_NOT_NULL(client_sub(kim, CHAT_A));
}

static void a_leaving_operator_with_nothing_to_come_goes_at_once(void)
{
	struct client *ana = stage_client(PARTY_OPERATOR);
	struct sub *sub = join(ana, 0, 0);
	struct room *room = sub->room;

	sub->leaving = true;
	room_look(room);
	room_tail_done(room, true);
	CU_ASSERT_PTR_NULL(client_sub(ana, CHAT_A));
}

CU_TestInfo room_tests[] = {
	{ "live_sockets_get_events_once_and_the_room_keeps_none", live_sockets_get_events_once_and_the_room_keeps_none },
	{ "author_gets_the_ack_in_the_events_place", author_gets_the_ack_in_the_events_place },
	{ "ack_waits_for_what_lies_before_it", ack_waits_for_what_lies_before_it },
	{ "no_ack_waits_in_a_page", no_ack_waits_in_a_page },
	{ "resuming_meets_live_without_gap_or_overlap", resuming_meets_live_without_gap_or_overlap },
	{ "a_full_page_is_followed_by_the_next", a_full_page_is_followed_by_the_next },
	{ "an_empty_page_is_not_asked_for_again", an_empty_page_is_not_asked_for_again },
	{ "a_hint_during_a_fetch_looks_again", a_hint_during_a_fetch_looks_again },
	{ "a_wrong_word_of_more_events_ends", a_wrong_word_of_more_events_ends },
	{ "slow_sockets_are_culled_quick_ones_are_not", slow_sockets_are_culled_quick_ones_are_not },
	{ "notes_are_bare_for_customers", notes_are_bare_for_customers },
	{ "an_ended_chat_closes_its_customer_after_the_last_event", an_ended_chat_closes_its_customer_after_the_last_event },
	{ "a_leaving_operator_sees_why_and_nothing_after", a_leaving_operator_sees_why_and_nothing_after },
	{ "a_leaving_operator_with_nothing_to_come_goes_at_once", a_leaving_operator_with_nothing_to_come_goes_at_once },
	CU_TEST_INFO_NULL,
};
