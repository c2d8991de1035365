/* SPDX-License-Identifier: ISC */
#include "courier/reason.h"
#include "courier/target.h"
#include "outgoing_suites.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static struct target_rules rules;

static void begin(const char *private_hosts)
{
	CU_ASSERT_EQUAL_FATAL(target_rules_init(&rules, private_hosts), STATUS_OK);
}

static void private_and_reserved_addresses_are_not_public(void)
{
	static const char *const reserved[] = {
		"127.0.0.1",     "127.255.255.255", "0.0.0.0",         "10.1.2.3",      "100.64.0.1",         "169.254.169.254", "172.16.0.1",        "172.31.255.255",
		"192.168.1.1",   "192.0.2.1",       "198.18.0.1",      "198.51.100.1",  "203.0.113.1",        "224.0.0.1",       "255.255.255.255",   "::",
		"::1",           "fe80::1",         "fc00::1",         "fd12:3456::1",  "ff02::1",            "2001:db8::1",     "2002:7f00:1::",     "2001::1",
		"::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1", "64:ff9b:1::1",     "3fff::1",         "fec0::1",           "not an address",
	};

	begin(NULL);
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (target_is_public(&rules, reserved[i]))
			CU_FAIL(reserved[i]);
	target_rules_fini(&rules);
}

static void others_are(void)
{
	static const char *const open[] = { "8.8.8.8", "172.15.255.255", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2a00:1450::1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8" };

	begin(NULL);
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
		if (!target_is_public(&rules, open[i]))
			CU_FAIL(open[i]);
	target_rules_fini(&rules);
}

static bool allowed(const char *host, const char *address)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return target_allows(&rules, host, (const struct sockaddr *)&v4, text, sizeof text);
	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return target_allows(&rules, host, (const struct sockaddr *)&v6, text, sizeof text) && strcmp(text, address) == 0;
}

static void the_administrator_allows_addresses_networks_and_names(void)
{
	struct sockaddr local = { .sa_family = AF_UNIX };
	char text[INET6_ADDRSTRLEN];

	begin("127.0.0.0/8 fd00:1::/32 10.0.0.7 crm.intranet mail-2.example");
	CU_ASSERT_TRUE(allowed("anything.example", "127.0.0.1"));
	CU_ASSERT_TRUE(allowed("anything.example", "fd00:1::9"));
	CU_ASSERT_TRUE(allowed("anything.example", "10.0.0.7"));
	CU_ASSERT_FALSE(allowed("anything.example", "10.0.0.8"));
	CU_ASSERT_TRUE(allowed("crm.intranet", "10.0.0.8"));
	CU_ASSERT_TRUE(allowed("CRM.intranet", "10.0.0.8"));
	CU_ASSERT_TRUE(allowed("mail-2.example", "::1"));
	CU_ASSERT_FALSE(allowed("x.crm.intranet", "10.0.0.8"));
	CU_ASSERT_TRUE(allowed("anything.example", "8.8.8.8"));
	CU_ASSERT_FALSE(target_allows(&rules, "crm.intranet", &local, text, sizeof text));
	target_rules_fini(&rules);
}

static void what_is_no_such_list_is_refused(void)
{
	static const char *const bad[] = { "10.0.0.0/33", "10.0.0.300", "http://crm.intranet", "crm.intranet:80", "Crm.Intranet", "-x", "10.0.0.1/8" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (target_rules_init(&rules, bad[i]) == STATUS_OK)
			CU_FAIL(bad[i]);
		target_rules_fini(&rules);
	}
}

/* "" when the letter may go there, else why not; `host` is what it is judged by. */
static const char *judged(const char *url, bool plain_http, const char *allowed_hosts, char host[64])
{
	char url_copy[256], hosts_copy[256] = "";
	struct letter letter = { .url = url_copy, .plain_http = plain_http, .allowed_hosts = hosts_copy };
	char *found = NULL;
	const char *reason = NULL, *why = NULL;
	CURLU *parts;

	(void)snprintf(url_copy, sizeof url_copy, "%s", url);
	(void)snprintf(hosts_copy, sizeof hosts_copy, "%s", allowed_hosts);
	parts = target_of(&letter, &found, &reason, &why);
	(void)snprintf(host, 64, "%s", found ? found : "");
	CU_ASSERT_EQUAL(parts != NULL, why == NULL);
	CU_ASSERT_STRING_EQUAL(reason, why && strstr(why, "allowed for it") && strstr(why, "host") ? REASON_HOST_NOT_ALLOWED : REASON_BAD_ADDRESS);
	curl_url_cleanup(parts);
	free(found);
	return why ? why : "";
}

static void a_url_is_judged_by_scheme_user_and_host(void)
{
	char host[64];

	CU_ASSERT_STRING_EQUAL(judged("https://Crm.Example./hook?x=1", false, "", host), "");
	CU_ASSERT_STRING_EQUAL(host, "crm.example");
	CU_ASSERT_STRING_EQUAL(judged("https://[2001:db8::1]:8443/", false, "", host), "");
	CU_ASSERT_STRING_EQUAL(host, "2001:db8::1");
	CU_ASSERT_STRING_EQUAL(judged("http://crm.example/", true, "", host), "");
	CU_ASSERT_STRING_EQUAL(judged("smtp://mail.example:25", false, "", host), "");
	CU_ASSERT_STRING_EQUAL(judged("https://crm.example/", false, "a.example crm.example", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("http://crm.example/", false, "", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("https://crm.example.evil.example/", false, "crm.example", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("https://crm.example@evil.example/", false, "crm.example", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("https://user:word@crm.example/", false, "", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("file:///etc/passwd", true, "", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("gopher://crm.example/", true, "", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("https://", true, "", host), "");
	CU_ASSERT_STRING_NOT_EQUAL(judged("", true, "", host), "");
	CU_ASSERT_STRING_EQUAL(judged("https://2130706433/", false, "127.0.0.1", host), ""); /* an address is an address however it is written */
	CU_ASSERT_STRING_EQUAL(host, "127.0.0.1");
}

CU_TestInfo outgoing_target_tests[] = {
	{ "private, link-local and reserved addresses are not public", private_and_reserved_addresses_are_not_public },
	{ "others are", others_are },
	{ "the administrator allows addresses, networks and names", the_administrator_allows_addresses_networks_and_names },
	{ "what is no such list is refused", what_is_no_such_list_is_refused },
	{ "a URL is judged by scheme, user and host", a_url_is_judged_by_scheme_user_and_host },
	CU_TEST_INFO_NULL,
};
