/* SPDX-License-Identifier: ISC */
#include "api/accent.h"
#include "api_suites.h"

static void rules_are(const char *hex, const char *expected)
{
	struct buf rules;

	buf_init(&rules, 1024);
	accent_rules(hex, &rules);
	CU_ASSERT_FALSE(rules.overflow);
	CU_ASSERT_STRING_EQUAL(rules.data, expected);
	buf_fini(&rules);
}

/* What www/lib/colour.js makes of them. */
static void text_on_a_colour_and_in_it_can_be_read(void)
{
	rules_are("#0b6e4f", ":root{--accent:#0b6e4f;--on-accent:#ffffff;--accent-strong:#095c42;--accent-text:#0b6e4f;--accent-soft:#e7f1ed;}"
						 "@media (prefers-color-scheme:dark){:root{--accent-text:#6da895;--accent-soft:#142729;}}");
	rules_are("#ffdd00", ":root{--accent:#ffdd00;--on-accent:#10151d;--accent-strong:#ffe229;--accent-text:#7a6a00;--accent-soft:#fffce6;}"
						 "@media (prefers-color-scheme:dark){:root{--accent-text:#ffdd00;--accent-soft:#3b391d;}}");
	rules_are("#777777", ":root{--accent:#727272;--on-accent:#ffffff;--accent-strong:#606060;--accent-text:#696969;--accent-soft:#f1f1f1;}"
						 "@media (prefers-color-scheme:dark){:root{--accent-text:#989898;--accent-soft:#262930;}}");
	rules_are("#000000", ":root{--accent:#000000;--on-accent:#ffffff;--accent-strong:#000000;--accent-text:#000000;--accent-soft:#e6e6e6;}"
						 "@media (prefers-color-scheme:dark){:root{--accent-text:#999999;--accent-soft:#12161d;}}");
	rules_are("#ffffff", ":root{--accent:#ffffff;--on-accent:#10151d;--accent-strong:#ffffff;--accent-text:#666666;--accent-soft:#ffffff;}"
						 "@media (prefers-color-scheme:dark){:root{--accent-text:#ffffff;--accent-soft:#3b3f45;}}");
}

static void what_is_no_colour_sets_nothing(void)
{
	static const char *const none[] = { NULL, "", "#fff", "0b6e4f", "#0b6e4g", "#0b6e4f;", "red" };

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		rules_are(none[i], "");
}

CU_TestInfo accent_tests[] = {
	{ "text on a colour, and in it, can be read", text_on_a_colour_and_in_it_can_be_read },
	{ "what is no colour sets nothing", what_is_no_colour_sets_nothing },
	CU_TEST_INFO_NULL,
};
