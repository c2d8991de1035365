/* SPDX-License-Identifier: ISC */
#include "base/common_passwords.h"
#include "base/password.h"
#include "base_suites.h"

#include <string.h>

static char hash[PASSWORD_HASH_SIZE];

static void a_password_verifies_against_its_hash_only(void)
{
	char again[PASSWORD_HASH_SIZE];

	CU_ASSERT_EQUAL(password_hash("correct horse", hash), STATUS_OK);
	CU_ASSERT_EQUAL(strncmp(hash, "$y$", 3), 0);
	CU_ASSERT_TRUE(password_verify("correct horse", hash));
	CU_ASSERT_FALSE(password_verify("correct horsf", hash));
	CU_ASSERT_FALSE(password_verify("correct hors", hash));
	CU_ASSERT_FALSE(password_verify("", hash));
	CU_ASSERT_EQUAL(password_hash("correct horse", again), STATUS_OK);
	CU_ASSERT_STRING_NOT_EQUAL(hash, again);
}

static void too_short_too_long_and_no_text_are_refused(void)
{
	char password[PASSWORD_MAX + 2];

	CU_ASSERT_EQUAL(password_hash("1234567", hash), STATUS_INVALID);
	CU_ASSERT_EQUAL(password_hash("", hash), STATUS_INVALID);
	/* eight bytes, four characters */
	CU_ASSERT_EQUAL(password_hash("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", hash), STATUS_INVALID);
	CU_ASSERT_EQUAL(password_hash("12345678\xff", hash), STATUS_INVALID);
	CU_ASSERT_EQUAL(password_hash("12345679x", hash), STATUS_OK);
	memset(password, 'p', sizeof password - 1);
	password[sizeof password - 1] = '\0';
	CU_ASSERT_EQUAL(password_hash(password, hash), STATUS_INVALID);
	password[PASSWORD_MAX] = '\0';
	CU_ASSERT_EQUAL(password_hash(password, hash), STATUS_OK);
	CU_ASSERT_TRUE(password_verify(password, hash));
	password[PASSWORD_MAX - 1] = 'q';
	CU_ASSERT_FALSE(password_verify(password, hash));
}

static void each_fault_has_its_word_and_its_sentence(void)
{
	static const char *const bad[][2] = { { "1234567", "short" }, { "correct \xff horse", "no_text" }, { "password1", "common" } };
	char password[PASSWORD_MAX + 2] = "";

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(password_fault(bad[i][0]));
		CU_ASSERT_STRING_EQUAL(password_fault(bad[i][0]), bad[i][1]);
		CU_ASSERT_PTR_NOT_NULL(password_fault_sentence(bad[i][1]));
	}
	memset(password, 'p', sizeof password - 1);
	CU_ASSERT_STRING_EQUAL(password_fault(password), "long");
	CU_ASSERT_PTR_NULL(password_fault("correct horse"));
	CU_ASSERT_PTR_NULL(password_fault_sentence(NULL));
	/* no rules of composition, and 64 characters of any script */
	CU_ASSERT_PTR_NULL(password_fault("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"));
	CU_ASSERT_PTR_NULL(password_fault("\xe5\xaf\x86\xe7\xa0\x81\xe5\xaf\x86\xe7\xa0\x81\xe5\xaf\x86\xe7\xa0\x81\xe5\xaf\x86\xe7\xa0\x81"));
}

static void what_is_tried_first_is_refused_however_it_is_written(void)
{
	static const char *const common[] = { "password", "12345678", "iloveyou", "football", "q1w2e3r4t5", "PassWord1", "SUNSHINE" };

	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		CU_ASSERT_PTR_NOT_NULL(password_fault(common[i]));
		CU_ASSERT_EQUAL(password_hash(common[i], hash), STATUS_INVALID);
	}
	CU_ASSERT_PTR_NULL(password_fault("password iloveyou"));
	CU_ASSERT_TRUE(common_passwords_count >= 2990);
	for (size_t i = 1; i < common_passwords_count; i++)
		CU_ASSERT_TRUE(common_passwords[i - 1] < common_passwords[i]);
}

static void expect_one_hash(const char *password, const char *against, bool expected)
{
	unsigned long long before = password_hashes_computed();

	CU_ASSERT_EQUAL(password_verify(password, against), expected);
	CU_ASSERT_EQUAL(password_hashes_computed(), before + 1);
}

static void every_verification_computes_one_hash(void)
{
	char long_password[PASSWORD_MAX + 2];

	CU_ASSERT_EQUAL(password_hash("correct horse", hash), STATUS_OK);
	memset(long_password, 'p', sizeof long_password - 1);
	long_password[sizeof long_password - 1] = '\0';
	expect_one_hash("correct horse", hash, true);
	expect_one_hash("wrong", hash, false);
	expect_one_hash("correct horse", NULL, false);
	expect_one_hash("no such operator", NULL, false);
	expect_one_hash("correct horse", "", false);
	expect_one_hash("correct horse", "*0", false);
	expect_one_hash("correct horse", "no hash at all", false);
	expect_one_hash(long_password, hash, false);
}

CU_TestInfo password_tests[] = {
	{ "a password verifies against its hash only", a_password_verifies_against_its_hash_only },
	{ "too short, too long and no text are refused", too_short_too_long_and_no_text_are_refused },
	{ "each fault has its word and its sentence", each_fault_has_its_word_and_its_sentence },
	{ "what is tried first is refused, however it is written", what_is_tried_first_is_refused_however_it_is_written },
	{ "every verification computes one hash", every_verification_computes_one_hash },
	CU_TEST_INFO_NULL,
};
