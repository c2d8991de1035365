/* SPDX-License-Identifier: ISC */
#include "base/public_url.h"
#include "base_suites.h"

#include <stdio.h>
#include <string.h>

static struct public_url url;

static void it_is_taken_apart(void)
{
	CU_ASSERT_EQUAL_FATAL(public_url_parse("https://Chat.Example.com/chat", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "https://chat.example.com");
	CU_ASSERT_STRING_EQUAL(url.prefix, "/chat");
	CU_ASSERT_STRING_EQUAL(url.relay_origin, "wss://chat.example.com");
	CU_ASSERT_STRING_EQUAL(url.relay_url, "wss://chat.example.com/chat/relay");
	CU_ASSERT_TRUE(url.secure);
	CU_ASSERT_FALSE(url.loopback);
}

static void the_root_is_an_empty_prefix(void)
{
	CU_ASSERT_EQUAL_FATAL(public_url_parse("http://localhost:8080", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "http://localhost:8080");
	CU_ASSERT_STRING_EQUAL(url.prefix, "");
	CU_ASSERT_STRING_EQUAL(url.relay_url, "ws://localhost:8080/relay");
	CU_ASSERT_FALSE(url.secure);
	CU_ASSERT_TRUE(url.loopback);
}

static void a_default_port_is_left_out_as_browsers_do(void)
{
	CU_ASSERT_EQUAL(public_url_parse("https://a.example:443/x", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "https://a.example");
	CU_ASSERT_EQUAL(public_url_parse("http://a.example:80", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "http://a.example");
	CU_ASSERT_EQUAL(public_url_parse("https://a.example:80", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "https://a.example:80");
	CU_ASSERT_EQUAL(public_url_parse("http://[::1]:8080/c", &url), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(url.origin, "http://[::1]:8080");
	CU_ASSERT_TRUE(url.loopback);
}

static void what_is_no_plain_url_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"chat.example.com",
		"ftp://a",
		"https://",
		"https:///chat",
		"https://a/",
		"https://a/chat/",
		"https://a//chat",
		"https://a/../chat",
		"https://a/chat?x=1",
		"https://a/chat#x",
		"https://user@a/chat",
		"https://user:secret@a/chat",
		"https://a b/chat",
		"https://a/ch at",
		"https://a:0/chat",
		"https://a:65536/chat",
		"https://a:/chat",
		"https://a:8x/chat",
		"https://caf\xc3\xa9.example",
		"https://a\n",
		"https://-a",
		"https://[::1",
	};
	char endless[PUBLIC_URL_MAX + 2] = "https://";

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (public_url_parse(bad[i], &url) != STATUS_INVALID) {
			printf("# accepted: %s\n", bad[i]);
			CU_FAIL("a URL was judged wrongly");
		}
	memset(endless + 8, 'a', sizeof endless - 9);
	CU_ASSERT_EQUAL(public_url_parse(endless, &url), STATUS_INVALID);
	endless[PUBLIC_URL_MAX] = '\0';
	CU_ASSERT_EQUAL(public_url_parse(endless, &url), STATUS_OK);
}

CU_TestInfo public_url_tests[] = {
	{ "it is taken apart", it_is_taken_apart },
	{ "the root is an empty prefix", the_root_is_an_empty_prefix },
	{ "a default port is left out, as browsers do", a_default_port_is_left_out_as_browsers_do },
	{ "what is no plain URL is refused", what_is_no_plain_url_is_refused },
	CU_TEST_INFO_NULL,
};
