/* SPDX-License-Identifier: ISC */
#include "base/network.h"
#include "base_suites.h"

#include <stdio.h>

static bool holds(const char *list, const char *address)
{
	struct networks networks;

	CU_ASSERT_EQUAL_FATAL(networks_parse(list, &networks), STATUS_OK);
	return networks_contain(&networks, address);
}

static void an_address_stands_for_itself_and_a_network_for_all_of_it(void)
{
	CU_ASSERT_TRUE(holds("127.0.0.0/8 ::1", "127.0.0.1"));
	CU_ASSERT_TRUE(holds("127.0.0.0/8 ::1", "127.255.255.255"));
	CU_ASSERT_TRUE(holds("127.0.0.0/8 ::1", "::1"));
	CU_ASSERT_TRUE(holds("\t10.1.0.0/20  2001:db8::/33 ", "10.1.15.255"));
	CU_ASSERT_TRUE(holds("2001:db8::/33", "2001:db8:7fff:ffff::1"));
	CU_ASSERT_TRUE(holds("192.0.2.7", "192.0.2.7"));
	CU_ASSERT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
	CU_ASSERT_TRUE(holds("::/0", "203.0.113.9"));
}

static void others_are_outside(void)
{
	CU_ASSERT_FALSE(holds("127.0.0.0/8 ::1", "128.0.0.1"));
	CU_ASSERT_FALSE(holds("127.0.0.0/8 ::1", "::2"));
	CU_ASSERT_FALSE(holds("10.1.0.0/20", "10.1.16.0"));
	CU_ASSERT_FALSE(holds("2001:db8::/33", "2001:db8:8000::"));
	CU_ASSERT_FALSE(holds("192.0.2.7", "192.0.2.6"));
	CU_ASSERT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
	CU_ASSERT_FALSE(holds("", "127.0.0.1"));
}

static void an_IPv4_address_in_IPv6_clothes_is_itself(void)
{
	CU_ASSERT_TRUE(holds("127.0.0.0/8", "::ffff:127.0.0.1"));
	CU_ASSERT_TRUE(holds("::ffff:192.0.2.0/120", "192.0.2.200"));
	CU_ASSERT_FALSE(holds("127.0.0.0/8", "::127.0.0.1"));
}

static void what_is_no_address_is_nowhere(void)
{
	static const char *const none[] = { NULL, "", "unix:", "localhost", "127.0.0.1:80", "127.0.0.1 ", "1", "[::1]", "127.0.0.0/8" };

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		CU_ASSERT_FALSE(holds("0.0.0.0/0 ::/0", none[i]));
}

static void a_list_that_is_wrong_is_refused(void)
{
	static const char *const wrong[] = { "localhost", "127.0.0.1/", "127.0.0.1/33", "::1/129", "10.1.0.0/x", "10.1.0.0/-1", "10.1.0.0/8x", "10.1.0.1/16", "2001:db8::1/64",
		"127.0.0.1,::1", "1.2.3", "10.0.0.0/0008", "10.0.0.0/8/8",
		"0123456789012345678901234567890123456789012345678901234567890123456789" };
	struct networks networks;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CU_ASSERT_EQUAL(networks_parse(wrong[i], &networks), STATUS_INVALID);
}

static const char *key_of(const char *address)
{
	static char text[2 * NETWORK_KEY_BYTES + 1];
	uint8_t key[NETWORK_KEY_BYTES];

	network_key(address, key);
	for (int i = 0; i < NETWORK_KEY_BYTES; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", key[i]);
	return text;
}

static void limits_count_an_IPv4_address_and_a_64_of_IPv6(void)
{
	CU_ASSERT_STRING_EQUAL(key_of("192.0.2.7"), "00000000000000000000ffffc0000207");
	CU_ASSERT_STRING_EQUAL(key_of("::ffff:192.0.2.7"), "00000000000000000000ffffc0000207");
	CU_ASSERT_STRING_EQUAL(key_of("2001:db8:1:2:3:4:5:6"), "20010db8000100020000000000000000");
	CU_ASSERT_STRING_EQUAL(key_of("2001:db8:1:2::1"), "20010db8000100020000000000000000");
	CU_ASSERT_STRING_EQUAL(key_of(NULL), "00000000000000000000000000000000");
	CU_ASSERT_STRING_EQUAL(key_of("unix:"), "00000000000000000000000000000000");
}

CU_TestInfo network_tests[] = {
	{ "an address stands for itself and a network for all of it", an_address_stands_for_itself_and_a_network_for_all_of_it },
	{ "others are outside", others_are_outside },
	{ "an IPv4 address in IPv6 clothes is itself", an_IPv4_address_in_IPv6_clothes_is_itself },
	{ "what is no address is nowhere", what_is_no_address_is_nowhere },
	{ "a list that is wrong is refused", a_list_that_is_wrong_is_refused },
	{ "limits count an IPv4 address, and a /64 of IPv6", limits_count_an_IPv4_address_and_a_64_of_IPv6 },
	CU_TEST_INFO_NULL,
};
