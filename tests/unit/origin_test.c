/* SPDX-License-Identifier: ISC */
#include "http/origin.h"
#include "http_suites.h"

static void origins_are_ours_foreign_or_denied(void)
{
	static const struct {
		const char *origin, *fetch_site;
		enum status status;
		bool foreign;
	} rows[] = {
		{ NULL, NULL, STATUS_OK, false },
		{ NULL, "same-origin", STATUS_OK, false },
		{ NULL, "same-site", STATUS_OK, false },
		{ NULL, "none", STATUS_OK, false },
		{ NULL, "cross-site", STATUS_ORIGIN_DENIED, false },
		{ "https://chat.example.com", NULL, STATUS_OK, false },
		{ "https://chat.example.com", "same-origin", STATUS_OK, false },
		{ "https://shop.example.com", "cross-site", STATUS_OK, true },
		{ "http://chat.example.com", NULL, STATUS_OK, true },
		{ "https://chat.example.com:8443", NULL, STATUS_OK, true },
		{ "https://chat.example.com.evil.net", NULL, STATUS_OK, true },
		{ "https://[2001:db8::1]:8080", NULL, STATUS_OK, true },
		{ "null", NULL, STATUS_ORIGIN_DENIED, false },
		{ "", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://", NULL, STATUS_ORIGIN_DENIED, false },
		{ "://x", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://chat.example.com/", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://Chat.example.com", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://a https://b", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://a,https://b", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://a;b", NULL, STATUS_ORIGIN_DENIED, false },
		{ "https://user@a", NULL, STATUS_ORIGIN_DENIED, false },
		{ "*", NULL, STATUS_ORIGIN_DENIED, false },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request request = { .origin = rows[i].origin, .sec_fetch_site = rows[i].fetch_site };
		const char *foreign = NULL;

		CU_ASSERT_EQUAL(origin_check(&request, "https://chat.example.com", &foreign), rows[i].status);
		CU_ASSERT_PTR_EQUAL(foreign, rows[i].foreign ? rows[i].origin : NULL);
	}
}

CU_TestInfo origin_tests[] = {
	{ "origins are ours, foreign or denied", origins_are_ours_foreign_or_denied },
	CU_TEST_INFO_NULL,
};
