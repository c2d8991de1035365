/* SPDX-License-Identifier: ISC */
#include "relay_stage.h"
#include "relay_suites.h"

#include <string.h>

static void third_strike_closes_after_its_error(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	const struct problem problem = { .status = STATUS_UNKNOWN_TYPE };

	client_strike(kim, &problem, NULL);
	client_strike(kim, &problem, NULL);
	CU_ASSERT_EQUAL(kim->state, CLIENT_READY);
	client_strike(kim, &problem, NULL);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0); /* the errors go out first */
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), "{\"t\":\"error\",\"code\":\"unknown_type\"} {\"t\":\"error\",\"code\":\"unknown_type\"} "
	                                         "{\"t\":\"error\",\"code\":\"unknown_type\"} ");
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4400);
}

static void closes_even_when_nobody_reads(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	const struct problem problem = { .status = STATUS_BAD_JSON };

	for (int i = 0; i < 3; i++)
		client_strike(kim, &problem, NULL);
	stage.now_ms += 4999;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	stage.now_ms += 1;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4400);
}

static void rate_limit_rejects_then_closes(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	struct client *ana = stage_client(PARTY_OPERATOR);
	int accepted = 0;

	for (int i = 0; i < 39; i++)
		accepted += client_may_send(kim, CID("01"));
	CU_ASSERT_EQUAL(accepted, 10);
	CU_ASSERT_EQUAL(kim->state, CLIENT_READY);
	CU_ASSERT_FALSE(client_may_send(kim, CID("01")));
	CU_ASSERT_EQUAL(kim->close_code, 4429);
	CU_ASSERT_PTR_NOT_NULL(strstr(stage_hear(kim), "\"code\":\"rate_limited\",\"cid\":\"" CID("01") "\",\"retry_ms\":200}"));
	for (int i = 0; i < 100; i++)
		CU_ASSERT_TRUE(client_may_send(ana, CID("02")));
}

static void rejections_are_forgotten_after_a_quiet_time(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);

	for (int i = 0; i < 39; i++)
		(void)client_may_send(kim, CID("01"));
	stage.now_ms += 2000;
	for (int i = 0; i < 39; i++)
		(void)client_may_send(kim, CID("01"));
	CU_ASSERT_EQUAL(kim->state, CLIENT_READY);
}

static void hello_is_awaited_so_long(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);

	stage.now_ms += 4999;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	stage.now_ms += 1;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

/* The sweep runs every second; heard or not is the only difference. */
static void live_for(struct client *client, unsigned seconds, bool heard)
{
	for (unsigned i = 0; i < seconds; i++) {
		stage.now_ms += 1000;
		if (heard)
			client_heard(client);
		clients_sweep(&stage.clients);
	}
}

static void silence_is_pinged_then_closed(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);

	deadline_clear(&kim->hello_deadline);
	live_for(kim, 100, true);
	CU_ASSERT_EQUAL(socket_of(kim)->pings, 0);
	live_for(kim, 40, false);
	CU_ASSERT_EQUAL(socket_of(kim)->pings, 1);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	live_for(kim, 23, false);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

/* Its own absence is nobody's silence: what came meanwhile is still to be read. */
static void an_absence_of_ours_closes_nobody(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *newcomer = stage_client(PARTY_CUSTOMER);

	deadline_clear(&kim->hello_deadline);
	live_for(newcomer, 4, true);
	live_for(kim, 40 - 4, false);
	CU_ASSERT_EQUAL(socket_of(kim)->pings, 1);
	CU_ASSERT_EQUAL(socket_of(newcomer)->close_code, 4408); /* no hello */
	for (int i = 0; i < 3; i++) {
		stage.now_ms += 60000;
		clients_forgive(&stage.clients, 60000);
		clients_sweep(&stage.clients);
	}
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	live_for(kim, 23, false);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

/* A late sweep finds somebody silent for twice the time who was never asked. */
static void nobody_is_closed_who_was_not_pinged(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);

	deadline_clear(&kim->hello_deadline);
	stage.now_ms += 70000;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->pings, 1);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	live_for(kim, 38, false);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

static void unanswered_messages_stop_reading(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);

	for (int i = 0; i < 4; i++)
		client_asked(kim);
	CU_ASSERT_TRUE(socket_of(kim)->held);
	deadline_clear(&kim->hello_deadline);
	live_for(kim, 120, false); /* silent by our doing: neither pinged nor closed */
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	client_answered(kim);
	CU_ASSERT_TRUE(socket_of(kim)->held);
	client_answered(kim);
	CU_ASSERT_FALSE(socket_of(kim)->held);
	client_answered(kim);
	client_answered(kim);
}

static void queue_of_control_frames_is_bounded(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	const struct problem problem = { .status = STATUS_INVALID };

	for (int i = 0; i < 512; i++)
		client_send_error(kim, &problem, NULL, NULL);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	client_send_error(kim, &problem, NULL, NULL);
	CU_ASSERT_STRING_EQUAL(stage_hear(kim), ""); /* the Close frame goes out when the socket takes something again, and nothing else */
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

static void takes_nothing_for_too_long(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER);
	const struct problem problem = { .status = STATUS_INVALID };

	deadline_clear(&kim->hello_deadline);
	client_send_error(kim, &problem, NULL, NULL);
	stage.now_ms += 19999;
	client_heard(kim);
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 0);
	stage.now_ms += 1;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(kim->close_code, 4408);
	stage.now_ms += 5000;
	clients_sweep(&stage.clients);
	CU_ASSERT_EQUAL(socket_of(kim)->close_code, 4408);
}

static unsigned long long closed_with(const char *code)
{
	for (int i = 0; i < CLOSE_KINDS; i++)
		if (strcmp(client_close_names[i], code) == 0)
			return stage.clients.closed[i];
	return 0;
}

static void who_goes_is_counted_once_by_code_and_reason(void)
{
	struct client *kim = stage_client(PARTY_CUSTOMER), *lee = stage_client(PARTY_CUSTOMER), *ana = stage_client(PARTY_OPERATOR);

	CU_ASSERT_EQUAL(stage.clients.welcomed[PARTY_CUSTOMER], 2);
	CU_ASSERT_EQUAL(stage.clients.welcomed[PARTY_OPERATOR], 1);
	client_cull(kim, CULL_SLOW);
	client_cull(kim, CULL_STALLED);
	client_close(ana, CLOSE_UNAUTHORIZED);
	CU_ASSERT_EQUAL(stage.clients.culled[CULL_SLOW], 1);
	CU_ASSERT_EQUAL(stage.clients.culled[CULL_STALLED], 0);
	stage_gone(kim);
	stage_gone(lee);
	stage_gone(ana);
	CU_ASSERT_EQUAL(closed_with("4408"), 1);
	CU_ASSERT_EQUAL(closed_with("4401"), 1);
	CU_ASSERT_EQUAL(closed_with("peer"), 1);
	CU_ASSERT_EQUAL(stage.clients.welcomed[PARTY_CUSTOMER], 0);
	CU_ASSERT_EQUAL(stage.clients.welcomed[PARTY_OPERATOR], 0);
}

CU_TestInfo client_tests[] = {
	{ "third_strike_closes_after_its_error", third_strike_closes_after_its_error },
	{ "closes_even_when_nobody_reads", closes_even_when_nobody_reads },
	{ "rate_limit_rejects_then_closes", rate_limit_rejects_then_closes },
	{ "rejections_are_forgotten_after_a_quiet_time", rejections_are_forgotten_after_a_quiet_time },
	{ "hello_is_awaited_so_long", hello_is_awaited_so_long },
	{ "silence_is_pinged_then_closed", silence_is_pinged_then_closed },
	{ "an_absence_of_ours_closes_nobody", an_absence_of_ours_closes_nobody },
	{ "nobody_is_closed_who_was_not_pinged", nobody_is_closed_who_was_not_pinged },
	{ "unanswered_messages_stop_reading", unanswered_messages_stop_reading },
	{ "queue_of_control_frames_is_bounded", queue_of_control_frames_is_bounded },
	{ "who_goes_is_counted_once_by_code_and_reason", who_goes_is_counted_once_by_code_and_reason },
	{ "takes_nothing_for_too_long", takes_nothing_for_too_long },
	CU_TEST_INFO_NULL,
};
