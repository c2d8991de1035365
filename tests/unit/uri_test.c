/* SPDX-License-Identifier: ISC */
#include "http/uri.h"
#include "http_suites.h"

#include <stdio.h>
#include <string.h>

static struct uri uri;

/* "api|v1|chats" with a slash behind where the path ends in one */
static const char *path_of(const struct uri *u)
{
	static char text[512];
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < u->segment_count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", i ? "|" : "", u->segments[i]);
	snprintf(text + len, sizeof text - len, "%s", u->trailing_slash ? "/" : "");
	return text;
}

static void paths_are_split_below_the_prefix(void)
{
	static const struct {
		const char *target, *prefix, *path;
	} rows[] = {
		{ "/chat/api/v1/chats", "/chat", "api|v1|chats" },
		{ "/api/v1/chats", "", "api|v1|chats" },
		{ "/a/b/api", "/a/b", "api" },
		{ "/chat/widget/?key=x", "/chat", "widget/" },
		{ "/chat/", "/chat", "/" },
		{ "/chat/w%69dgets/a%20b", "/chat", "widgets|a b" },
		{ "/chat/x+y", "/chat", "x+y" },
		{ "/chat/%E2%82%AC", "/chat", "\xe2\x82\xac" },
		{ "/chat/...", "/chat", "..." },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CU_ASSERT_EQUAL(uri_parse(&uri, rows[i].target, rows[i].prefix), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(path_of(&uri), rows[i].path);
	}
}

static void what_cannot_be_meant_is_refused(void)
{
	static const char *const targets[] = {
		"",
		"chat/api",
		"http://host/chat/api",
		"*",
		"/chat//api",
		"/chat/api//x",
		"/chat/../api",
		"/chat/api/..",
		"/chat/./api",
		"/chat/%2e%2e/api",
		"/chat/.%2E/x",
		"/chat/a%2fb",
		"/chat/a%2Fb",
		"/chat/a%00b",
		"/chat/%0a",
		"/chat/%7f",
		"/chat/a\nb",
		"/chat/%",
		"/chat/%4",
		"/chat/%zz",
		"/chat/%4g",
		"/chat/1/2/3/4/5/6/7/8/9/10/11",
		"/chat/x?a=%",
		"/chat/x?a=%0",
		"/chat/x?a=%00",
		"/chat/x?%zz=1",
		"/chat/x?a=1&a=2",
		"/chat/x?a=1&%61=2",
		"/chat/x?=1",
		"/chat/x?a=1&",
		"/chat/x?&a=1",
		"/chat/x?a&&b",
		"/chat/x?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17",
	};
	size_t i;

	for (i = 0; i < sizeof targets / sizeof targets[0]; i++)
		CU_ASSERT_EQUAL(uri_parse(&uri, targets[i], "/chat"), STATUS_BAD_REQUEST);
}

static void credentials_in_a_query_are_refused(void)
{
	static const char *const targets[] = {
		"/chat/x?token=1",    "/chat/x?a=1&token=", "/chat/x?Token=1",   "/chat/x?%74oken=1", "/chat/x?access_token=1", "/chat/x?ticket=1",
		"/chat/x?password=1", "/chat/x?sid=1",      "/chat/x?session=1", "/chat/x?api_key=1", "/chat/x?request_key=1",  "/elsewhere?token=1",
	};
	size_t i;

	for (i = 0; i < sizeof targets / sizeof targets[0]; i++)
		CU_ASSERT_EQUAL(uri_parse(&uri, targets[i], "/chat"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(uri_parse(&uri, "/chat/x?key=demo", "/chat"), STATUS_OK);
}

static void what_is_outside_the_prefix_is_not_there(void)
{
	CU_ASSERT_EQUAL(uri_parse(&uri, "/chats/x", "/chat"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(uri_parse(&uri, "/chat", "/chat"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(uri_parse(&uri, "/c%68at/x", "/chat"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(uri_parse(&uri, "/", "/chat"), STATUS_NOT_FOUND);
}

static void parameters_are_decoded_as_forms_are(void)
{
	CU_ASSERT_EQUAL_FATAL(uri_parse(&uri, "/chat/x?after=12&name=a+b%2Bc&flag&empty=&pair=a=b", "/chat"), STATUS_OK);
	CU_ASSERT_EQUAL(uri.param_count, 5);
	CU_ASSERT_STRING_EQUAL(uri_param(&uri, "after"), "12");
	CU_ASSERT_STRING_EQUAL(uri_param(&uri, "name"), "a b+c");
	CU_ASSERT_STRING_EQUAL(uri_param(&uri, "flag"), "");
	CU_ASSERT_STRING_EQUAL(uri_param(&uri, "empty"), "");
	CU_ASSERT_STRING_EQUAL(uri_param(&uri, "pair"), "a=b");
	CU_ASSERT_PTR_NULL(uri_param(&uri, "other"));
	CU_ASSERT_EQUAL(uri_parse(&uri, "/chat/x?", "/chat"), STATUS_OK);
	CU_ASSERT_EQUAL(uri.param_count, 0);
}

static void a_target_has_a_longest_length(void)
{
	static char target[URI_MAX + 2];

	memset(target, 'a', URI_MAX + 1);
	memcpy(target, "/chat/", 6);
	CU_ASSERT_EQUAL(uri_parse(&uri, target, "/chat"), STATUS_BAD_REQUEST);
	target[URI_MAX] = '\0';
	CU_ASSERT_EQUAL(uri_parse(&uri, target, "/chat"), STATUS_OK);
}

CU_TestInfo uri_tests[] = {
	{ "paths are split below the prefix", paths_are_split_below_the_prefix },
	{ "what cannot be meant is refused", what_cannot_be_meant_is_refused },
	{ "credentials in a query are refused", credentials_in_a_query_are_refused },
	{ "what is outside the prefix is not there", what_is_outside_the_prefix_is_not_there },
	{ "parameters are decoded as forms are", parameters_are_decoded_as_forms_are },
	{ "a target has a longest length", a_target_has_a_longest_length },
	CU_TEST_INFO_NULL,
};
