/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base_suites.h"

#include <stdio.h>
#include <string.h>

#define UNTOUCHED "untouched"

static struct problem problem;

static struct json_object *parse(const char *text)
{
	struct json_object *root = NULL;

	CU_ASSERT_EQUAL_FATAL(json_parse(text, strlen(text), &root), STATUS_OK);
	return root;
}

/* Reads {"v": `value`} as one field of `kind`; a borrowed string is compared before its tree goes. `expected` NULL = refused. */
static void expect(enum json_kind kind, int64_t max, const char *value, const char *expected)
{
	const char *str = UNTOUCHED;
	const struct json_field field = { .name = "v", .kind = kind, .required = true, .max = max, .ret = &str };
	struct json_object *root;
	enum status status;
	char text[4096];

	snprintf(text, sizeof text, "{\"v\":%s}", value);
	root = parse(text);
	problem = (struct problem){ 0 };
	status = json_read(root, &field, 1, &problem);
	if (status != (expected ? STATUS_OK : STATUS_INVALID) || strcmp(str, expected ? expected : UNTOUCHED) != 0) {
		printf("# %s gave status %d and \"%s\"\n", value, (int)status, str);
		CU_FAIL("a value was judged wrongly");
	}
	if (!expected) {
		CU_ASSERT_EQUAL(problem.status, STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(problem.field, "v");
	}
	json_object_put(root);
}

static void names_are_one_line_and_trimmed(void)
{
	expect(JSON_NAME, 5, "\"Ana\"", "Ana");
	expect(JSON_NAME, 5, "\"  Ana  \"", "Ana");
	expect(JSON_NAME, 5, "\"\\u00a0\\u3000Ana\\u2003\"", "Ana");
	expect(JSON_NAME, 7, "\"A  na B\"", "A  na B");
	expect(JSON_NAME, 5, "\"\"", NULL);
	expect(JSON_NAME, 5, "\"   \"", NULL);
	expect(JSON_NAME, 5, "\"\\u200b\\ufeff\"", NULL);
	expect(JSON_NAME, 5, "\"a\\nb\"", NULL);
	expect(JSON_NAME, 5, "\"ab\\n\"", NULL);
	expect(JSON_NAME, 5, "\"a\\tb\"", NULL);
	expect(JSON_NAME, 5, "\"a\\u0085b\"", NULL);
	expect(JSON_NAME, 5, "\"a\\u2028b\"", NULL);
	expect(JSON_NAME, 5, "\"a\x7f\"", NULL);
}

static void lengths_are_counted_in_code_points_after_trimming(void)
{
	expect(JSON_NAME, 3, "\"\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9\"", "\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9");
	expect(JSON_NAME, 3, "\" abc \"", "abc");
	expect(JSON_NAME, 3, "\"abcd\"", NULL);
	expect(JSON_NAME, 3, "\"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\"", NULL);
	expect(JSON_BODY, 3, "\"\xc3\xa9\xc3\xa9\xc3\xa9\"", "\xc3\xa9\xc3\xa9\xc3\xa9");
	expect(JSON_BODY, 3, "\"abcd\"", NULL);
	expect(JSON_BODY, 3, "\"a\\r\\nb\"", "a\nb");
}

static void bodies_keep_their_bytes_but_for_line_ends(void)
{
	expect(JSON_BODY, 100, "\"  <script>alert(1)</script>\\t{{7*7}}  \"", "  <script>alert(1)</script>\t{{7*7}}  ");
	expect(JSON_BODY, 100, "\"a\\r\\nb\\r\\n\\r\\nc\\n\"", "a\nb\n\nc\n");
	expect(JSON_BODY, 100, "\"a\\rb\"", NULL);
	expect(JSON_BODY, 100, "\"a\\r\\r\\nb\"", NULL);
	expect(JSON_BODY, 100, "\"\"", NULL);
	expect(JSON_BODY, 100, "\" \\r\\n\\t \\u3000\"", NULL);
	expect(JSON_BODY, 100, "\"\\u200b\"", NULL);
	expect(JSON_BODY, 100, "\"a\\u0007\"", NULL);
	expect(JSON_BODY, 100, "\"a\\u0080\"", NULL);
	expect(JSON_BODY, 100, "\"a\\u001b[2J\"", NULL);
	/* a family joined by ZERO WIDTH JOINER is not blank and not touched */
	expect(JSON_BODY, 100, "\"\\ud83d\\udc68\\u200d\\ud83d\\udc69\"", "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9");
}

static void tokens_are_printable_ascii(void)
{
	expect(JSON_TOKEN, 8, "\"billing\"", "billing");
	expect(JSON_TOKEN, 8, "\"!~\"", "!~");
	expect(JSON_TOKEN, 8, "\"12345678\"", "12345678");
	expect(JSON_TOKEN, 8, "\"123456789\"", NULL);
	expect(JSON_TOKEN, 8, "\"\"", NULL);
	expect(JSON_TOKEN, 8, "\"a b\"", NULL);
	expect(JSON_TOKEN, 8, "\"a\\n\"", NULL);
	expect(JSON_TOKEN, 8, "\"\xc3\xa9\"", NULL);
	expect(JSON_TOKEN, 8, "\"\x7f\"", NULL);
}

static void addresses_have_one_at_between_something(void)
{
	expect(JSON_EMAIL, 20, "\"ana@example.com\"", "ana@example.com");
	expect(JSON_EMAIL, 20, "\"\xc3\xa9@example.com\"", "\xc3\xa9@example.com");
	expect(JSON_EMAIL, 20, "\"example.com\"", NULL);
	expect(JSON_EMAIL, 20, "\"@example.com\"", NULL);
	expect(JSON_EMAIL, 20, "\"ana@\"", NULL);
	expect(JSON_EMAIL, 20, "\"a@b@c\"", NULL);
	expect(JSON_EMAIL, 20, "\"a @b\"", NULL);
	expect(JSON_EMAIL, 20, "\"a@b\\n\"", NULL);
	expect(JSON_EMAIL, 20, "\"a@b\\r\\nBcc: c@d\"", NULL);
	expect(JSON_EMAIL, 6, "\"ana@ex.com\"", NULL);
}

static void uuids_are_canonical(void)
{
	expect(JSON_UUID, 0, "\"de2c8b3a-6caa-4429-bfee-869c1d659ecb\"", "de2c8b3a-6caa-4429-bfee-869c1d659ecb");
	expect(JSON_UUID, 0, "\"DE2C8B3A-6caa-4429-bfee-869c1d659ecb\"", NULL);
	expect(JSON_UUID, 0, "\"x\"", NULL);
}

static void a_string_is_a_string(void)
{
	static const enum json_kind kinds[] = { JSON_NAME, JSON_BODY, JSON_TOKEN, JSON_UUID, JSON_EMAIL };
	static const char *const others[] = { "1", "1.5", "true", "null", "{}", "{\"a\":\"b\"}", "[]", "[\"a\"]" };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		for (size_t j = 0; j < sizeof others / sizeof others[0]; j++)
			expect(kinds[i], 100, others[j], NULL);
}

static bool int_is(const char *text, int64_t expected)
{
	int64_t number = -77;
	const struct json_field field = { .name = "n", .kind = JSON_INT, .min = -5, .max = 5000000000, .ret = &number };
	struct json_object *root = parse(text);
	enum status status = json_read(root, &field, 1, &problem);

	json_object_put(root);
	return status == (expected == -77 ? STATUS_INVALID : STATUS_OK) && number == expected;
}

static void an_integer_is_a_json_integer_in_its_range(void)
{
	CU_ASSERT_TRUE(int_is("{\"n\":-5}", -5));
	CU_ASSERT_TRUE(int_is("{\"n\":5000000000}", 5000000000));
	CU_ASSERT_TRUE(int_is("{\"n\":-6}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":5000000001}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":9223372036854775807}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":1.0}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":1e2}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":\"1\"}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":true}", -77));
	CU_ASSERT_TRUE(int_is("{\"n\":null}", -77));
}

static void a_boolean_is_a_boolean(void)
{
	static const char *const others[] = { "{\"b\":\"true\"}", "{\"b\":1}", "{\"b\":null}", "{\"b\":[]}" };
	bool value = false;
	const struct json_field field = { .name = "b", .kind = JSON_BOOL, .ret = &value };
	struct json_object *root = parse("{\"b\":true}");

	CU_ASSERT_EQUAL(json_read(root, &field, 1, &problem), STATUS_OK);
	CU_ASSERT_TRUE(value);
	json_object_put(root);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		root = parse(others[i]);
		CU_ASSERT_EQUAL(json_read(root, &field, 1, &problem), STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(problem.field, "b");
		json_object_put(root);
	}
}

static enum status read_tree(enum json_kind kind, const char *text, struct json_object **ret_value)
{
	const struct json_field field = { .name = "v", .kind = kind, .max = 2, .ret = ret_value };
	struct json_object *root = parse(text);
	enum status status = json_read(root, &field, 1, &problem);

	json_object_put(root);
	return status;
}

static void lists_hold_a_bounded_number_of_tokens(void)
{
	struct json_object *value = NULL;
	char text[256] = "{\"v\":[\"";

	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[\"a\",\"b\"]}", &value), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(value);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[]}", &value), STATUS_OK);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[\"a\",\"b\",\"c\"]}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[1]}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[\"\"]}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":[null]}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, "{\"v\":\"a\"}", &value), STATUS_INVALID);
	memset(text + 7, 'x', JSON_STRINGS_ITEM_MAX + 1);
	memcpy(text + 7 + JSON_STRINGS_ITEM_MAX + 1, "\"]}", 4);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, text, &value), STATUS_INVALID);
	memcpy(text + 7 + JSON_STRINGS_ITEM_MAX, "\"]}", 4);
	CU_ASSERT_EQUAL(read_tree(JSON_STRINGS, text, &value), STATUS_OK);
}

static void an_object_is_an_object(void)
{
	struct json_object *value = NULL;

	CU_ASSERT_EQUAL(read_tree(JSON_OBJECT, "{\"v\":{\"any\":[1]}}", &value), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(value);
	CU_ASSERT_EQUAL(read_tree(JSON_OBJECT, "{\"v\":[]}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_OBJECT, "{\"v\":null}", &value), STATUS_INVALID);
	CU_ASSERT_EQUAL(read_tree(JSON_OBJECT, "{\"v\":\"{}\"}", &value), STATUS_INVALID);
}

static void unknown_and_missing_names_are_told(void)
{
	const char *a = NULL, *b = NULL;
	const struct json_field fields[] = {
		{ .name = "a", .kind = JSON_TOKEN, .required = true, .max = 9, .ret = &a },
		{ .name = "b", .kind = JSON_TOKEN, .max = 9, .ret = &b },
	};
	struct json_object *root = parse("{\"a\":\"1\",\"c\":\"2\"}");

	CU_ASSERT_EQUAL(json_read(root, fields, 2, &problem), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "c");
	CU_ASSERT_PTR_NULL(a);
	json_object_put(root);
	root = parse("{\"b\":\"1\"}");
	CU_ASSERT_EQUAL(json_read(root, fields, 2, &problem), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "a");
	CU_ASSERT_PTR_NULL(b);
	json_object_put(root);
	root = parse("{\"a\":\"1\"}");
	CU_ASSERT_EQUAL(json_read(root, fields, 2, &problem), STATUS_OK);
	CU_ASSERT_PTR_NULL(b);
	json_object_put(root);
}

static void an_unknown_name_goes_back_without_markup(void)
{
	struct json_object *root = parse("{\"<img src=x>\xc3\xa9\":1}");

	CU_ASSERT_EQUAL(json_read(root, NULL, 0, &problem), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "?img?src?x???");
	json_object_put(root);
	root = parse("{\"a123456789b123456789c123456789d123456789e123456789f123456789g123456789\":1}");
	CU_ASSERT_EQUAL(json_read(root, NULL, 0, &problem), STATUS_INVALID);
	CU_ASSERT_EQUAL(strlen(problem.field), 63);
	json_object_put(root);
}

CU_TestInfo json_read_tests[] = {
	{ "names are one line and trimmed", names_are_one_line_and_trimmed },
	{ "lengths are counted in code points after trimming", lengths_are_counted_in_code_points_after_trimming },
	{ "bodies keep their bytes but for line ends", bodies_keep_their_bytes_but_for_line_ends },
	{ "tokens are printable ASCII", tokens_are_printable_ascii },
	{ "addresses have one @ between something", addresses_have_one_at_between_something },
	{ "UUIDs are canonical", uuids_are_canonical },
	{ "a string is a string", a_string_is_a_string },
	{ "an integer is a JSON integer in its range", an_integer_is_a_json_integer_in_its_range },
	{ "a boolean is a boolean", a_boolean_is_a_boolean },
	{ "lists hold a bounded number of tokens", lists_hold_a_bounded_number_of_tokens },
	{ "an object is an object", an_object_is_an_object },
	{ "unknown and missing names are told", unknown_and_missing_names_are_told },
	{ "an unknown name goes back without markup", an_unknown_name_goes_back_without_markup },
	CU_TEST_INFO_NULL,
};
