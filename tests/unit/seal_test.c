/* SPDX-License-Identifier: ISC */
#include "base/seal.h"
#include "base_suites.h"

#include <string.h>

static const uint8_t server_key[SECRET_BYTES] = "0123456789abcdef0123456789abcde";
static const uint8_t plain[20] = "nobody may read this";

static void what_is_sealed_is_opened_with_the_same_key_only(void)
{
	uint8_t key[SECRET_BYTES], other[SECRET_BYTES], sealed[sizeof plain + SEAL_OVERHEAD], again[sizeof sealed], opened[sizeof plain];

	seal_key(server_key, "one purpose", key);
	seal_key(server_key, "another", other);
	CU_ASSERT(memcmp(key, other, sizeof key) != 0);
	seal_close(key, plain, sizeof plain, sealed);
	CU_ASSERT_TRUE(seal_open(key, sealed, sizeof sealed, opened));
	CU_ASSERT(memcmp(opened, plain, sizeof plain) == 0);
	CU_ASSERT_FALSE(seal_open(other, sealed, sizeof sealed, opened));
	CU_ASSERT(memcmp(opened, plain, sizeof plain) != 0);
	seal_close(key, plain, sizeof plain, again);
	CU_ASSERT(memcmp(sealed, again, sizeof sealed) != 0);
}

static void what_was_changed_is_not_opened(void)
{
	uint8_t key[SECRET_BYTES], sealed[sizeof plain + SEAL_OVERHEAD], opened[sizeof plain];

	seal_key(server_key, "one purpose", key);
	seal_close(key, plain, sizeof plain, sealed);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		CU_ASSERT_FALSE(seal_open(key, sealed, sizeof sealed, opened));
		sealed[i] ^= 1;
	}
	for (size_t len = 0; len < sizeof sealed; len++)
		CU_ASSERT_FALSE(seal_open(key, sealed, len, opened));
	CU_ASSERT_TRUE(seal_open(key, sealed, sizeof sealed, opened));
}

CU_TestInfo seal_tests[] = {
	{ "what is sealed is opened with the same key only", what_is_sealed_is_opened_with_the_same_key_only },
	{ "what was changed is not opened", what_was_changed_is_not_opened },
	CU_TEST_INFO_NULL,
};
