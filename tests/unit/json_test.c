/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base_suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status parse_bytes(const char *text, size_t len)
{
	struct json_object *root = NULL;
	enum status status = json_parse(text, len, &root);

	CU_ASSERT((status == STATUS_OK) == (root != NULL));
	json_object_put(root);
	return status;
}

static bool accepts(const char *text)
{
	enum status status = parse_bytes(text, strlen(text));

	CU_ASSERT(status == STATUS_OK || status == STATUS_BAD_JSON);
	return status == STATUS_OK;
}

/* Says which text was judged wrongly; CU_ASSERT alone would show the loop's line only. */
static void expect(const char *text, bool good)
{
	if (accepts(text) == good)
		return;
	printf("# %s: %s\n", good ? "refused" : "accepted", text);
	CU_FAIL("a text was judged wrongly");
}

static void good_objects_are_accepted(void)
{
	static const char *const good[] = {
		"{}", " \t\r\n{ } \n", "{\"a\":1}", "{\"a\":-0}", "{\"a\":0.5e-3,\"b\":1E+2}", "{\"a\":null,\"b\":true,\"c\":false}",
		"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}", "{\"a\":\"\xc3\xa9 \xf0\x9f\x98\x80\"}", "{\"a\":\"\\ud83d\\ude00\"}",
		"{\"a\":9223372036854775807,\"b\":-9223372036854775808}", "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", "{\"\":1}",
		"{\"a\":\"it's: {[,]} // /* */ NaN\"}", "{\"a\":\"\x7f\"}",
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		expect(good[i], true);
}

static void the_top_level_is_one_object(void)
{
	static const char *const bad[] = { "", " ", "{", "}", "[]", "[{}]", "1", "\"a\"", "null", "true", "{}{}", "{} trailing", "{\"name\":\"a\"} trailing", "{},", "\xef\xbb\xbf{}" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect(bad[i], false);
}

static void what_strict_json_c_lets_through_is_refused(void)
{
	static const char *const bad[] = {
		"{'a':1}", "{\"a\":'b'}", "{\"a\":NaN}", "{\"a\":-Infinity}", "{\"a\":Infinity}", "{\"a\":nan}", "{\"a\":\"line\nbreak\"}",
		"{\"a\":\"tab\there\"}", "{\"a\":\"\x01\"}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}", "{\"a\":[{\"b\":1,\"b\":1}]}",
		"{\"a\":1,\"\\u0061\":2}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":18446744073709551616}",
		"{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}", "{\"a\":1e999}", "{\"a\":-1e999}",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect(bad[i], false);
}

static void bad_grammar_is_refused(void)
{
	static const char *const bad[] = {
		"{\"a\":1,}", "{\"a\":[1,]}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1 2}", "{a:1}", "{1:1}", "{\"a\":[1}}",
		"{\"a\":TRUE}", "{\"a\":True}", "{\"a\":nul}", "{\"a\":01}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1e+}",
		"{\"a\":0x10}", "{\"a\":1_0}", "{\"a\":--1}", "{\"a\":1 /* c */}", "{\"a\":1}// c", "{\"a\":\"\\x41\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u12\"}",
		"{\"a\":\"unterminated}", "{\"a\":\"\\\"}", "{\"a\":1\x0b}", "{\"a\":\xc2\xa0"
		"1}", "{\"a\"::1}", "{\"a\":1}}",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect(bad[i], false);
}

static void bytes_that_are_no_utf8_are_refused(void)
{
	static const char *const bad[] = {
		"{\"a\":\"\xff\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\x80\"}", "{\"a\":\"\xe0\x80\xaf\"}", "{\"a\":\"\xf4\x90\x80\x80\"}", "{\"\xff\":1}",
		"{\"a\":\"\xf8\x88\x80\x80\x80\"}",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect(bad[i], false);
}

static void escapes_that_stand_for_no_character_are_refused(void)
{
	static const char *const bad[] = {
		"{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud83dx\"}", "{\"a\":\"\\ud83d\\n\"}", "{\"a\":\"\\ud83d\\u0041\"}",
		"{\"a\":\"\\ud83d\\ud83d\\ude00\"}", "{\"a\":\"\\ude00\\ud83d\"}", "{\"\\u0000\":1}",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect(bad[i], false);
}

static void a_zero_byte_is_refused_wherever_it_stands(void)
{
	CU_ASSERT_EQUAL(parse_bytes("{}\0", 3), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_bytes("{\"a\":\"x\0y\"}", 11), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_bytes("\0{}", 3), STATUS_BAD_JSON);
}

static void the_length_counts_not_the_zero_behind(void)
{
	CU_ASSERT_EQUAL(parse_bytes("{\"a\":1}garbage behind", 7), STATUS_OK);
	CU_ASSERT_EQUAL(parse_bytes("{\"a\":1}", 6), STATUS_BAD_JSON);
}

/* `levels` containers inside each other, the top object included; `inner` stands in the last. */
static enum status parse_nested(int levels, const char *inner)
{
	char text[256] = "{\"a\":";
	size_t len = strlen(text);

	for (int i = 1; i < levels; i++)
		text[len++] = '[';
	memcpy(text + len, inner, strlen(inner));
	len += strlen(inner);
	for (int i = 1; i < levels; i++)
		text[len++] = ']';
	text[len++] = '}';
	return parse_bytes(text, len);
}

static void eight_levels_are_deep_enough(void)
{
	CU_ASSERT_EQUAL(parse_nested(8, "1"), STATUS_OK);
	CU_ASSERT_EQUAL(parse_nested(8, ""), STATUS_OK);
	CU_ASSERT_EQUAL(parse_nested(9, "1"), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_nested(9, ""), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_nested(9, "{}"), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_nested(100, ""), STATUS_BAD_JSON);
	/* side by side is not inside each other */
	expect("{\"a\":[[],[],[],[],[],[],[],[],[],[],[]]}", true);
}

static void every_cut_of_a_good_text_is_refused(void)
{
	static const char good[] = "{\"a\":[1,-2.5e3,\"\\ud83d\\ude00\xc3\xa9\"],\"b\":{\"c\":null},\"d\":true}";

	expect(good, true);
	for (size_t len = 0; len < sizeof good - 1; len++)
		CU_ASSERT_EQUAL(parse_bytes(good, len), STATUS_BAD_JSON);
}

static void a_text_above_the_last_limit_is_refused(void)
{
	size_t len = JSON_MAX_BYTES + 1;
	char *text = malloc(len);

	CU_ASSERT_FATAL(text != NULL);
	memset(text, ' ', len);
	text[0] = '{';
	text[len - 2] = '}';
	CU_ASSERT_EQUAL(parse_bytes(text, len), STATUS_BAD_JSON);
	CU_ASSERT_EQUAL(parse_bytes(text, len - 1), STATUS_OK);
	free(text);
}

static void a_uuid_is_canonical_or_none(void)
{
	CU_ASSERT_TRUE(uuid_is_canonical("de2c8b3a-6caa-4429-bfee-869c1d659ecb"));
	CU_ASSERT_TRUE(uuid_is_canonical("00000000-0000-0000-0000-000000000000"));
	CU_ASSERT_FALSE(uuid_is_canonical("DE2C8B3A-6CAA-4429-BFEE-869C1D659ECB"));
	CU_ASSERT_FALSE(uuid_is_canonical("de2c8b3a6caa4429bfee869c1d659ecb"));
	CU_ASSERT_FALSE(uuid_is_canonical("{de2c8b3a-6caa-4429-bfee-869c1d659ecb}"));
	CU_ASSERT_FALSE(uuid_is_canonical("de2c8b3a-6caa-4429-bfee-869c1d659ec"));
	CU_ASSERT_FALSE(uuid_is_canonical("de2c8b3a-6caa-4429-bfee-869c1d659ecb0"));
	CU_ASSERT_FALSE(uuid_is_canonical("de2c8b3a-6caa-4429-bfee-869c1d659ecg"));
	CU_ASSERT_FALSE(uuid_is_canonical("de2c8b3a06caa-4429-bfee-869c1d659ec-"));
	CU_ASSERT_FALSE(uuid_is_canonical(""));
	CU_ASSERT_FALSE(uuid_is_canonical(NULL));
}

CU_TestInfo json_tests[] = {
	{ "good objects are accepted", good_objects_are_accepted },
	{ "the top level is one object", the_top_level_is_one_object },
	{ "what strict json-c lets through is refused", what_strict_json_c_lets_through_is_refused },
	{ "bad grammar is refused", bad_grammar_is_refused },
	{ "bytes that are no UTF-8 are refused", bytes_that_are_no_utf8_are_refused },
	{ "escapes that stand for no character are refused", escapes_that_stand_for_no_character_are_refused },
	{ "a zero byte is refused wherever it stands", a_zero_byte_is_refused_wherever_it_stands },
	{ "the length counts, not the zero behind", the_length_counts_not_the_zero_behind },
	{ "eight levels are deep enough", eight_levels_are_deep_enough },
	{ "every cut of a good text is refused", every_cut_of_a_good_text_is_refused },
	{ "a text above the last limit is refused", a_text_above_the_last_limit_is_refused },
	{ "a UUID is canonical or none", a_uuid_is_canonical_or_none },
	CU_TEST_INFO_NULL,
};
