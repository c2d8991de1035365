/* SPDX-License-Identifier: ISC */
#include "http/cookie.h"
#include "http_suites.h"

static void a_cookie_is_found_by_its_whole_name(void)
{
	static const struct {
		const char *header;
		const char *value; /* NULL = not found */
	} rows[] = {
		{ "sid=abc", "abc" },
		{ "a=1; sid=abc; b=2", "abc" },
		{ "a=1;sid=abc", "abc" },
		{ "sid=", "" },
		{ "sid=a=b", "a=b" },
		{ "xsid=abc", NULL },
		{ "sidx=abc", NULL },
		{ "sid", NULL },
		{ "SID=abc", NULL },
		{ "a=sid=abc", NULL },
		{ ";;;", NULL },
		{ "", NULL },
		{ NULL, NULL },
		{ "sid=abc; sid=def", NULL },
		{ "sid=abc; sid=abc", NULL },
		{ "sid=0123456789abcdef", NULL },
	};
	char value[16];
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CU_ASSERT_EQUAL(cookie_get(rows[i].header, "sid", value, sizeof value), rows[i].value != NULL);
		if (rows[i].value)
			CU_ASSERT_STRING_EQUAL(value, rows[i].value);
	}
}

static void a_cookie_is_for_the_server_alone(void)
{
	struct buf out;

	buf_init(&out, 256);
	cookie_format(&out, "__Host-sid", "abc", true);
	CU_ASSERT_STRING_EQUAL(out.data, "__Host-sid=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
	buf_reset(&out);
	cookie_format(&out, "sid", "", false);
	CU_ASSERT_STRING_EQUAL(out.data, "sid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	buf_reset(&out);
	cookie_format_below(&out, "__Secure-chat", "abc", "/chat/plain/key", 60, true);
	CU_ASSERT_STRING_EQUAL(out.data, "__Secure-chat=abc; Path=/chat/plain/key; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
	buf_reset(&out);
	cookie_format_below(&out, "seed", "abc", "/plain/key", 0, false);
	CU_ASSERT_STRING_EQUAL(out.data, "seed=abc; Path=/plain/key; HttpOnly; SameSite=Lax");
	buf_reset(&out);
	cookie_format_below(&out, "chat", "", "/plain/key", 60, false);
	CU_ASSERT_STRING_EQUAL(out.data, "chat=; Path=/plain/key; HttpOnly; SameSite=Lax; Max-Age=0");
	buf_fini(&out);
}

CU_TestInfo cookie_tests[] = {
	{ "a cookie is found by its whole name", a_cookie_is_found_by_its_whole_name },
	{ "a cookie is for the server alone", a_cookie_is_for_the_server_alone },
	CU_TEST_INFO_NULL,
};
