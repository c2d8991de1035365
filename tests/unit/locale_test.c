/* SPDX-License-Identifier: ISC */
#include "api/locale.h"
#include "api_suites.h"

#include <string.h>

static void tags_are_groups_of_letters_and_digits(void)
{
	static const char *const good[] = { "de", "en-GB", "zh-Hant-TW", "sr-Latn", "es-419", "abcdefgh" };
	static const char *const bad[] = { "",    "d",         "-de",          "de-",    "de--DE", "de_DE",
									   "1de", "abcdefghi", "de-abcdefghi", "de;q=1", "de DE",  "en-GB-aaaaaaaa-bbbbbbbb-cccccccc-dddd" };
	size_t i;

	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		CU_ASSERT(locale_is_wellformed(good[i]));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT(!locale_is_wellformed(bad[i]));
}

static void a_strange_header_asks_for_nothing(void)
{
	struct request request = { .accept_language = "de-DE,de;q=0.9, *;q=0.1" };
	static char longest[300];

	CU_ASSERT_PTR_EQUAL(locale_accepted(&request), request.accept_language);
	request.accept_language = "de\"";
	CU_ASSERT_PTR_NULL(locale_accepted(&request));
	request.accept_language = "\xff";
	CU_ASSERT_PTR_NULL(locale_accepted(&request));
	memset(longest, 'a', sizeof longest - 1);
	request.accept_language = longest;
	CU_ASSERT_PTR_NULL(locale_accepted(&request));
	request.accept_language = NULL;
	CU_ASSERT_PTR_NULL(locale_accepted(&request));
}

CU_TestInfo locale_tests[] = {
	{ "tags are groups of letters and digits", tags_are_groups_of_letters_and_digits },
	{ "a strange header asks for nothing", a_strange_header_asks_for_nothing },
	CU_TEST_INFO_NULL,
};
