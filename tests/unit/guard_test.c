/* SPDX-License-Identifier: ISC */
#include "api/call.h"
#include "api/guard.h"
#include "api_suites.h"

#include <stdio.h>
#include <time.h>

static struct api api;
static struct call call;

static void begin(const char *exempt)
{
	api = (struct api){ .guard = { .requests = { .count = 20, .per_s = 1, .burst = 40 }, .chats = { .count = 1, .per_s = 60, .burst = 5 }, .seldom = { .count = 1, .per_s = 240, .burst = 2 },
											 .webhooks = { .count = 1, .per_s = 60, .burst = 100 }, .hashes = { .fd = -1 }, .reports = { .fd = -1 } } };
	api.guard.buckets = shared_buckets_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(api.guard.buckets);
	CU_ASSERT_EQUAL_FATAL(networks_parse(exempt, &api.guard.exempt), STATUS_OK);
	call = (struct call){ .api = &api };
}

/* How many of `count` chat requests at once get through. */
static int chats(const char *address, int count)
{
	int good = 0;

	call.request.remote_addr = address;
	for (int i = 0; i < count; i++)
		good += guard_chat(&call) == STATUS_OK;
	return good;
}

static void each_address_has_its_burst_and_is_then_told_to_wait(void)
{
	begin("");
	CU_ASSERT_EQUAL(chats("192.0.2.1", 20), 5);
	CU_ASSERT_EQUAL(call.problem.status, STATUS_RATE_LIMITED);
	CU_ASSERT_TRUE(call.problem.retry_ms > 50000 && call.problem.retry_ms <= 60001);
	CU_ASSERT_EQUAL(chats("192.0.2.2", 20), 5);
	CU_ASSERT_EQUAL(guard_request(&call), STATUS_OK); /* requests are counted for themselves */
	guard_fini(&api.guard);
}

static void who_asks_for_more_than_a_quarter_asks_often(void)
{
	begin("10.0.0.0/8");
	call.request.remote_addr = "192.0.2.1";
	CU_ASSERT_FALSE(guard_asks_often(&call));
	CU_ASSERT_FALSE(guard_asks_often(&call));
	CU_ASSERT_TRUE(guard_asks_often(&call));
	CU_ASSERT_EQUAL(chats("192.0.2.1", 20), 5); /* what it may have is as before */
	call.request.remote_addr = "192.0.2.2";
	CU_ASSERT_FALSE(guard_asks_often(&call));
	call.request.remote_addr = "10.0.0.1";
	for (int i = 0; i < 10; i++)
		CU_ASSERT_FALSE(guard_asks_often(&call));
	guard_fini(&api.guard);
}

static void a_64_of_IPv6_is_one_address(void)
{
	begin("");
	CU_ASSERT_EQUAL(chats("2001:db8::1", 3), 3);
	CU_ASSERT_EQUAL(chats("2001:db8::ffff:2", 20), 2);
	CU_ASSERT_EQUAL(chats("2001:db8:0:1::1", 20), 5);
	guard_fini(&api.guard);
}

static void all_who_come_without_an_address_are_one(void)
{
	begin("127.0.0.0/8 ::1");
	CU_ASSERT_FALSE(chats(NULL, 20) != 5);
	CU_ASSERT_EQUAL(chats(NULL, 20), 0);
	CU_ASSERT_EQUAL(chats("192.0.2.1", 20), 5);
	guard_fini(&api.guard);
}

static void who_is_exempt_is_not_counted(void)
{
	begin("127.0.0.0/8 ::1 10.1.0.0/16");
	CU_ASSERT_EQUAL(chats("10.1.2.3", 1000), 1000);
	CU_ASSERT_EQUAL(chats("::1", 1000), 1000);
	CU_ASSERT_EQUAL(chats("10.2.0.1", 1000), 5);
	guard_fini(&api.guard);
}

static enum status chat_sent(double before_s)
{
	char text[32];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(text, sizeof text, "%.3f", (double)now.tv_sec + (double)now.tv_nsec / 1e9 - before_s);
	call.request.sent_at = text;
	return guard_chat(&call);
}

static void a_chat_request_that_waited_too_long_is_given_up(void)
{
	begin("");
	api.guard.chats.count = 0;
	CU_ASSERT_EQUAL(chat_sent(30), STATUS_OK);
	api.guard.chat_wait_ms = 10000;
	CU_ASSERT_EQUAL(chat_sent(0), STATUS_OK);
	CU_ASSERT_EQUAL(chat_sent(11), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(call.problem.retry_ms, 5000);
	CU_ASSERT_EQUAL(guard_request(&call), STATUS_OK);
	/* a clock that was set, or no time at all, is no wait */
	CU_ASSERT_EQUAL(chat_sent(3600), STATUS_OK);
	CU_ASSERT_EQUAL(chat_sent(-3600), STATUS_OK);
	call.request.sent_at = "soon";
	CU_ASSERT_EQUAL(guard_chat(&call), STATUS_OK);
	call.request.sent_at = NULL;
	CU_ASSERT_EQUAL(guard_chat(&call), STATUS_OK);
	guard_fini(&api.guard);
}

/* How many of `count` webhooks at once get through: before their signature, and for an account behind it. */
static int webhooks(const char *address, const char *account, int count)
{
	int good = 0;

	call.request.remote_addr = address;
	CU_ASSERT_EQUAL(uri_parse(&call.request.uri, "/chat/api/v1/channels/sms/a", "/chat"), STATUS_OK);
	for (int i = 0; i < count; i++)
		good += account ? guard_account(&call, account) == STATUS_OK : guard_request(&call) == STATUS_OK;
	return good;
}

static void webhooks_are_counted_by_address_and_by_account(void)
{
	begin("127.0.0.1");
	CU_ASSERT_EQUAL(webhooks("192.0.2.1", NULL, 200), 100);
	CU_ASSERT_EQUAL(call.problem.status, STATUS_RATE_LIMITED);
	CU_ASSERT_TRUE(call.problem.retry_ms >= 1);
	CU_ASSERT_EQUAL(webhooks("192.0.2.2", "sms", 200), 100);
	CU_ASSERT_EQUAL(webhooks("192.0.2.3", "sms", 20), 0); /* wherever they come from */
	CU_ASSERT_EQUAL(webhooks("192.0.2.3", "page", 20), 20);
	CU_ASSERT_EQUAL(webhooks("127.0.0.1", "sms", 20), 20);
	CU_ASSERT_EQUAL(uri_parse(&call.request.uri, "/chat/api/v1/chats", "/chat"), STATUS_OK);
	call.request.remote_addr = "192.0.2.1";
	CU_ASSERT_EQUAL(guard_request(&call), STATUS_OK); /* other requests are counted for themselves */
	guard_fini(&api.guard);
}

CU_TestInfo guard_tests[] = {
	{ "each address has its burst and is then told to wait", each_address_has_its_burst_and_is_then_told_to_wait },
	{ "who asks for more than a quarter asks often", who_asks_for_more_than_a_quarter_asks_often },
	{ "a /64 of IPv6 is one address", a_64_of_IPv6_is_one_address },
	{ "all who come without an address are one", all_who_come_without_an_address_are_one },
	{ "who is exempt is not counted", who_is_exempt_is_not_counted },
	{ "a chat request that waited too long is given up", a_chat_request_that_waited_too_long_is_given_up },
	{ "webhooks are counted by address and by account", webhooks_are_counted_by_address_and_by_account },
	CU_TEST_INFO_NULL,
};
