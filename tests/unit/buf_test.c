/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "base_suites.h"

#include <string.h>

static void it_grows_up_to_its_maximum(void)
{
	struct buf b;

	buf_init(&b, 1000);
	for (int i = 0; i < 100; i++)
		buf_add_str(&b, "0123456789");
	CU_ASSERT_FALSE(b.overflow);
	CU_ASSERT_EQUAL(b.len, 1000);
	CU_ASSERT_EQUAL(b.data[1000], '\0');
	CU_ASSERT_EQUAL(strlen(b.data), 1000);
	buf_add(&b, "", 0);
	CU_ASSERT_FALSE(b.overflow);
	buf_add(&b, "x", 1);
	CU_ASSERT_TRUE(b.overflow);
	CU_ASSERT_EQUAL(b.len, 1000);
	buf_fini(&b);
}

static void overflow_is_for_good_until_reset(void)
{
	struct buf b;

	buf_init(&b, 4);
	buf_add_str(&b, "12345");
	CU_ASSERT_TRUE(b.overflow);
	CU_ASSERT_STRING_EQUAL(b.data, "");
	buf_add_str(&b, "1");
	CU_ASSERT_STRING_EQUAL(b.data, "");
	buf_addf(&b, "%d", 1);
	CU_ASSERT_STRING_EQUAL(b.data, "");
	buf_reset(&b);
	CU_ASSERT_FALSE(b.overflow);
	buf_add_str(&b, "1234");
	CU_ASSERT_STRING_EQUAL(b.data, "1234");
	CU_ASSERT_FALSE(b.overflow);
	buf_fini(&b);
}

static void a_length_that_would_wrap_is_an_overflow(void)
{
	struct buf b;

	buf_init(&b, 100);
	buf_add_str(&b, "abc");
	buf_add(&b, "abc", (size_t)-2);
	CU_ASSERT_TRUE(b.overflow);
	CU_ASSERT_EQUAL(b.len, 3);
	buf_fini(&b);
}

static void formatted_text_is_whole_or_absent(void)
{
	struct buf b;

	buf_init(&b, 8);
	buf_addf(&b, "%s-%d", "ab", 12);
	CU_ASSERT_STRING_EQUAL(b.data, "ab-12");
	buf_addf(&b, "%s", "1234");
	CU_ASSERT_TRUE(b.overflow);
	CU_ASSERT_STRING_EQUAL(b.data, "ab-12");
	buf_fini(&b);
}

static void json_strings_are_escaped(void)
{
	static const char input[] = "a\"b\\c\n\r\t\x01\x7f</script>\xc3\xa9 \0 end";
	struct buf b;

	buf_init(&b, 200);
	buf_add_json_str(&b, input, sizeof input - 1);
	CU_ASSERT_STRING_EQUAL(b.data, "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u007f\\u003c/script>\xc3\xa9 \\u0000 end\"");
	buf_reset(&b);
	buf_add_json_str(&b, "", 0);
	CU_ASSERT_STRING_EQUAL(b.data, "\"\"");
	buf_fini(&b);
}

static void freeing_twice_is_harmless(void)
{
	struct buf b;

	buf_init(&b, 10);
	buf_fini(&b);
	buf_fini(&b);
	CU_ASSERT_PTR_NULL(b.data);
}

CU_TestInfo buf_tests[] = {
	{ "it grows up to its maximum", it_grows_up_to_its_maximum },
	{ "overflow is for good until reset", overflow_is_for_good_until_reset },
	{ "a length that would wrap is an overflow", a_length_that_would_wrap_is_an_overflow },
	{ "formatted text is whole or absent", formatted_text_is_whole_or_absent },
	{ "JSON strings are escaped", json_strings_are_escaped },
	{ "freeing twice is harmless", freeing_twice_is_harmless },
	CU_TEST_INFO_NULL,
};
