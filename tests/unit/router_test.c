/* SPDX-License-Identifier: ISC */
#include "http/router.h"
#include "http_suites.h"


#define ID "0f8fad5b-d9cb-469f-a165-70867728950e"

static const struct route table[] = {
	{ HTTP_GET, "page/", 0, "key locale", NULL },
	{ HTTP_GET, "v1/widgets/{key}", 1, NULL, NULL },
	{ HTTP_POST, "v1/chats", 2, NULL, NULL },
	{ HTTP_GET, "v1/chats/{uuid}", 3, NULL, NULL },
	{ HTTP_GET, "v1/session", 4, NULL, NULL },
	{ HTTP_DELETE, "v1/session", 5, NULL, NULL },
	{ HTTP_GET, "v1/chats/{uuid}/files/{key}", 6, NULL, NULL },
};
#define TABLE_COUNT (sizeof table / sizeof table[0])

static struct uri uri;

static enum status find(const char *target, enum http_method method, struct route_match *match)
{
	CU_ASSERT_EQUAL_FATAL(uri_parse(&uri, target, ""), STATUS_OK);
	return router_find(table, TABLE_COUNT, &uri, method, match);
}

static void a_row_is_found_by_method_and_path(void)
{
	static const struct {
		enum http_method method;
		const char *target;
		enum status status;
		int who;
	} rows[] = {
		{ HTTP_GET, "/page/?key=x", STATUS_OK, 0 },
		{ HTTP_GET, "/page", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/page//x", STATUS_BAD_REQUEST, 0 },
		{ HTTP_GET, "/v1/widgets/demo-shop", STATUS_OK, 1 },
		{ HTTP_HEAD, "/v1/widgets/demo-shop", STATUS_OK, 1 },
		{ HTTP_GET, "/v1/widgets/demo-shop/", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/widgets/a%20b", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/widgets/", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/widgets", STATUS_NOT_FOUND, 0 },
		{ HTTP_POST, "/v1/widgets/demo-shop", STATUS_METHOD_NOT_ALLOWED, 0 },
		{ HTTP_POST, "/v1/chats", STATUS_OK, 2 },
		{ HTTP_GET, "/v1/chats", STATUS_METHOD_NOT_ALLOWED, 0 },
		{ HTTP_HEAD, "/v1/chats", STATUS_METHOD_NOT_ALLOWED, 0 },
		{ HTTP_OTHER, "/v1/chats", STATUS_METHOD_NOT_ALLOWED, 0 },
		{ HTTP_GET, "/v1/chats/" ID, STATUS_OK, 3 },
		{ HTTP_GET, "/v1/chats/0F8FAD5B-D9CB-469F-A165-70867728950E", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/chats/" ID "x", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/chats/%7Buuid%7D", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/chats/" ID "/files", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/chats/" ID "/files/a", STATUS_OK, 6 },
		{ HTTP_DELETE, "/v1/session", STATUS_OK, 5 },
		{ HTTP_GET, "/V1/session", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/sess", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/v1/sessions", STATUS_NOT_FOUND, 0 },
		{ HTTP_GET, "/", STATUS_NOT_FOUND, 0 },
	};
	struct route_match match;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum status status = uri_parse(&uri, rows[i].target, "");

		if (status == STATUS_OK)
			status = router_find(table, TABLE_COUNT, &uri, rows[i].method, &match);
		CU_ASSERT_EQUAL(status, rows[i].status);
		if (status == STATUS_OK)
			CU_ASSERT_EQUAL(match.route->who, rows[i].who);
	}
}

static void placeholders_come_back_in_order(void)
{
	struct route_match match;

	CU_ASSERT_EQUAL_FATAL(find("/v1/chats/" ID "/files/a.b_c-D", HTTP_GET, &match), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(match.args[0], ID);
	CU_ASSERT_STRING_EQUAL(match.args[1], "a.b_c-D");
	CU_ASSERT_EQUAL_FATAL(find("/v1/session", HTTP_GET, &match), STATUS_OK);
	CU_ASSERT_PTR_NULL(match.args[0]);
	CU_ASSERT_PTR_NULL(match.args[1]);
}

static void a_path_knows_its_methods(void)
{
	static const struct {
		const char *target, *allow;
	} rows[] = {
		{ "/v1/widgets/x", "GET, HEAD, OPTIONS" },
		{ "/v1/chats", "POST, OPTIONS" },
		{ "/v1/session", "GET, HEAD, DELETE, OPTIONS" },
	};
	struct route_match match;
	struct buf allow;
	size_t i;

	buf_init(&allow, 64);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CU_ASSERT_EQUAL(find(rows[i].target, HTTP_PUT, &match), STATUS_METHOD_NOT_ALLOWED);
		buf_reset(&allow);
		router_format_allow(match.allow, &allow);
		CU_ASSERT_STRING_EQUAL(allow.data, rows[i].allow);
		CU_ASSERT_EQUAL(find(rows[i].target, HTTP_OPTIONS, &match), STATUS_OK);
		CU_ASSERT_PTR_NOT_NULL(match.route);
	}
	buf_fini(&allow);
}

static void unknown_parameters_are_named(void)
{
	CU_ASSERT_EQUAL(uri_parse(&uri, "/page/?key=a&locale=de", ""), STATUS_OK);
	CU_ASSERT_PTR_NULL(router_unknown_param(&table[0], &uri));
	CU_ASSERT_STRING_EQUAL(router_unknown_param(&table[1], &uri), "key");
	CU_ASSERT_EQUAL(uri_parse(&uri, "/page/?ke=a", ""), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(router_unknown_param(&table[0], &uri), "ke");
	CU_ASSERT_EQUAL(uri_parse(&uri, "/page/?key+locale=a", ""), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(router_unknown_param(&table[0], &uri), "key locale");
}

CU_TestInfo router_tests[] = {
	{ "a row is found by method and path", a_row_is_found_by_method_and_path },
	{ "placeholders come back in order", placeholders_come_back_in_order },
	{ "a path knows its methods", a_path_knows_its_methods },
	{ "unknown parameters are named", unknown_parameters_are_named },
	CU_TEST_INFO_NULL,
};
