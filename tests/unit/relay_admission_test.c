/* SPDX-License-Identifier: ISC */
#include "relay/admission.h"
#include "relay_suites.h"

#include <string.h>

#define OWN "https://chat.example.com"
#define LISTED "https://shop.example.com"
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static struct admission admission;

static void begin(void)
{
	struct public_url url;

	CU_ASSERT_EQUAL_FATAL(public_url_parse(OWN "/chat", &url), STATUS_OK);
	admission_init(&admission, &url);
}

static void list_origins(const char *origin)
{
	char name[] = "origin", value[64];
	PGresAttDesc attribute = { .name = name, .typlen = -1 };
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

	(void)strncpy(value, origin, sizeof value - 1);
	value[sizeof value - 1] = '\0';
	CU_ASSERT_FATAL(PQsetResultAttrs(result, 1, &attribute));
	CU_ASSERT_FATAL(PQsetvalue(result, 0, 0, value, (int)strlen(value)));
	admission_take_origins(&admission, result);
	PQclear(result);
}

static int judge(struct handshake handshake, bool *ret_foreign)
{
	return admission_judge(&admission, &handshake, ret_foreign);
}

static const struct handshake good = { .is_get = true, .http = "HTTP/1.1", .path = "/chat/relay", .upgrade = "websocket", .version = "13", .key = KEY, .origin = OWN, .protocols = "chat.v1" };

static void table_of_handshakes(void)
{
	struct handshake h;
	bool foreign = true;

	begin();
	list_origins(LISTED);
	CU_ASSERT_EQUAL(judge(good, &foreign), 0);
	CU_ASSERT_FALSE(foreign);
	h = good, h.origin = LISTED;
	CU_ASSERT_EQUAL(judge(h, &foreign), 0);
	CU_ASSERT_TRUE(foreign);
	h = good, h.upgrade = "WebSocket", h.protocols = "chat.v0, chat.v1";
	CU_ASSERT_EQUAL(judge(h, &foreign), 0);
	h = good, h.is_get = false;
	CU_ASSERT_EQUAL(judge(h, &foreign), 405);
	h = good, h.upgrade = "h2c";
	CU_ASSERT_EQUAL(judge(h, &foreign), 426);
	h = good, h.version = "8";
	CU_ASSERT_EQUAL(judge(h, &foreign), 426);
	h = good, h.http = "HTTP/1.0";
	CU_ASSERT_EQUAL(judge(h, &foreign), 400);
	h = good, h.path = "/chat/relay2";
	CU_ASSERT_EQUAL(judge(h, &foreign), 404);
	h = good, h.has_query = true;
	CU_ASSERT_EQUAL(judge(h, &foreign), 400);
	h = good, h.key = "short";
	CU_ASSERT_EQUAL(judge(h, &foreign), 400);
	h = good, h.protocols = "";
	CU_ASSERT_EQUAL(judge(h, &foreign), 400);
	h = good, h.protocols = "chat.v11";
	CU_ASSERT_EQUAL(judge(h, &foreign), 400);
	admission_fini(&admission);
}

static void origins_match_exactly(void)
{
	static const char *const refused[] = { "", "null", "https://evil.example", OWN "/", OWN ".evil.example", "http://shop.example.com", LISTED ":444" };
	bool foreign;

	begin();
	list_origins(LISTED);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		struct handshake h = good;

		h.origin = refused[i];
		CU_ASSERT_EQUAL(judge(h, &foreign), 403);
	}
	admission_fini(&admission);
}

static void without_a_list_only_our_own(void)
{
	struct handshake h = good;
	bool foreign;

	begin();
	CU_ASSERT_EQUAL(judge(h, &foreign), 0);
	h.origin = LISTED;
	CU_ASSERT_EQUAL(judge(h, &foreign), 503);
	admission.draining = true;
	h.origin = OWN;
	CU_ASSERT_EQUAL(judge(h, &foreign), 503);
	admission_fini(&admission);
}

CU_TestInfo admission_tests[] = {
	{ "table_of_handshakes", table_of_handshakes },
	{ "origins_match_exactly", origins_match_exactly },
	{ "without_a_list_only_our_own", without_a_list_only_our_own },
	CU_TEST_INFO_NULL,
};
