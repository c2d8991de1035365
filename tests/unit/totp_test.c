/* SPDX-License-Identifier: ISC */
#include "base/totp.h"
#include "base_suites.h"

#include <string.h>

static const uint8_t secret[] = "12345678901234567890"; /* of both RFCs */

static void codes_match_rfc_4226(void)
{
	static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };

	for (uint64_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		CU_ASSERT_EQUAL(totp_hotp(secret, 20, i, 6), codes[i]);
}

static void codes_match_rfc_6238(void)
{
	static const struct {
		uint64_t time_s;
		uint32_t code;
	} vectors[] = { { 59, 94287082 }, { 1111111109, 7081804 }, { 1111111111, 14050471 }, { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 } };

	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
		CU_ASSERT_EQUAL(totp_hotp(secret, 20, vectors[i].time_s / TOTP_PERIOD_S, 8), vectors[i].code);
}

/* 1111111109 is step 37037036; its code is 081804, the next one's 050471. */
static void one_step_of_tolerance_and_no_more(void)
{
	int64_t step = 0;

	CU_ASSERT_TRUE(totp_check(secret, "081804", 1111111109, 0, &step));
	CU_ASSERT_EQUAL(step, 37037036);
	CU_ASSERT_TRUE(totp_check(secret, "081804", 1111111109 + 30, 0, &step));
	CU_ASSERT_TRUE(totp_check(secret, "081804", 1111111109 - 30, 0, &step));
	CU_ASSERT_EQUAL(step, 37037036);
	step = 7;
	CU_ASSERT_FALSE(totp_check(secret, "081804", 1111111109 + 60, 0, &step));
	CU_ASSERT_FALSE(totp_check(secret, "081804", 1111111109 - 60, 0, &step));
	CU_ASSERT_EQUAL(step, 7);
}

static void a_code_is_taken_once(void)
{
	int64_t step = 0;

	CU_ASSERT_TRUE(totp_check(secret, "081804", 1111111109, 37037035, &step));
	CU_ASSERT_FALSE(totp_check(secret, "081804", 1111111109, 37037036, &step));
	CU_ASSERT_FALSE(totp_check(secret, "081804", 1111111109, 37037037, &step));
	CU_ASSERT_TRUE(totp_check(secret, "050471", 1111111109, 37037036, &step));
}

static void what_is_no_code_is_wrong(void)
{
	static const char *const wrong[] = { "", "0", "81804", "0818040", "08180a", " 81804", "-81804", "+81804", "081804\n", "\xd9\xa0\xd9\xa8" };
	int64_t step = 0;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CU_ASSERT_FALSE(totp_check(secret, wrong[i], 1111111109, 0, &step));
	CU_ASSERT_FALSE(totp_check(secret, "755224", 0, -1, &step)); /* a clock that stands at 1970 */
}

static const char *base32(const char *data)
{
	static char text[64];

	totp_base32((const uint8_t *)data, strlen(data), text);
	return text;
}

static void base32_matches_rfc_4648(void)
{
	CU_ASSERT_STRING_EQUAL(base32(""), "");
	CU_ASSERT_STRING_EQUAL(base32("f"), "MY");
	CU_ASSERT_STRING_EQUAL(base32("fo"), "MZXQ");
	CU_ASSERT_STRING_EQUAL(base32("foo"), "MZXW6");
	CU_ASSERT_STRING_EQUAL(base32("foob"), "MZXW6YQ");
	CU_ASSERT_STRING_EQUAL(base32("fooba"), "MZXW6YTB");
	CU_ASSERT_STRING_EQUAL(base32("foobar"), "MZXW6YTBOI");
	CU_ASSERT_STRING_EQUAL(base32("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

CU_TestInfo totp_tests[] = {
	{ "codes match RFC 4226", codes_match_rfc_4226 },
	{ "codes match RFC 6238", codes_match_rfc_6238 },
	{ "one step of tolerance and no more", one_step_of_tolerance_and_no_more },
	{ "a code is taken once", a_code_is_taken_once },
	{ "what is no code is wrong", what_is_no_code_is_wrong },
	{ "base32 matches RFC 4648", base32_matches_rfc_4648 },
	CU_TEST_INFO_NULL,
};
