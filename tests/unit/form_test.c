/* SPDX-License-Identifier: ISC */
#include "http/form.h"
#include "http_suites.h"

#include <stdio.h>
#include <string.h>

static enum status parse(const char *text, struct form *form)
{
	return form_parse(text, strlen(text), form);
}

static void fields_are_decoded(void)
{
	struct form form;

	CU_ASSERT_EQUAL(parse("From=%2B14155550100&Body=a+b%0Ac%26%C3%A9&Empty=&x=1=2", &form), STATUS_OK);
	CU_ASSERT_EQUAL(form.count, 4);
	CU_ASSERT_STRING_EQUAL(form_value(&form, "From"), "+14155550100");
	CU_ASSERT_STRING_EQUAL(form_value(&form, "Body"), "a b\nc&\xc3\xa9");
	CU_ASSERT_STRING_EQUAL(form_value(&form, "Empty"), "");
	CU_ASSERT_STRING_EQUAL(form_value(&form, "x"), "1=2");
	CU_ASSERT_PTR_NULL(form_value(&form, "from"));
	form_fini(&form);
	CU_ASSERT_EQUAL(parse("", &form), STATUS_OK);
	CU_ASSERT_EQUAL(form.count, 0);
	form_fini(&form);
}

static void what_cannot_be_meant_is_refused(void)
{
	static const char *const rows[] = { "a=1&a=2", "a=1&%61=2", "a=%00", "%00=a", "a=%", "a=%4", "a=%4g", "a=%zz", "a", "=1", "&", "a=1&", "&a=1", "a=1&&b=2", "a=\xc3\xa9", "a=%C3",
										"a=%FF", "a=%ED%A0%80", "a=b c", "a=b\nc", "a=\x7f" };
	struct form form;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CU_ASSERT_EQUAL(parse(rows[i], &form), STATUS_BAD_REQUEST);
		form_fini(&form);
	}
	CU_ASSERT_EQUAL(form_parse("a=1\0&b=2", 8, &form), STATUS_BAD_REQUEST);
	form_fini(&form);
}

static void fields_are_counted(void)
{
	char text[16 * (FORM_FIELDS_MAX + 1)] = "";
	struct form form;
	size_t len = 0;

	for (int i = 0; i < FORM_FIELDS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%sf%d=%d", i ? "&" : "", i, i);
	CU_ASSERT_EQUAL(parse(text, &form), STATUS_OK);
	CU_ASSERT_EQUAL(form.count, FORM_FIELDS_MAX);
	form_fini(&form);
	snprintf(text + len, sizeof text - len, "&more=1");
	CU_ASSERT_EQUAL(parse(text, &form), STATUS_BAD_REQUEST);
	form_fini(&form);
}

CU_TestInfo form_tests[] = {
	{ "fields are decoded", fields_are_decoded },
	{ "what cannot be meant is refused: broken escapes, NUL, a name twice", what_cannot_be_meant_is_refused },
	{ "fields are counted", fields_are_counted },
	CU_TEST_INFO_NULL,
};
