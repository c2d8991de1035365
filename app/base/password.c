/* SPDX-License-Identifier: ISC */
#include "base/password.h"
#include "base/alloc.h"
#include "base/secret.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

_Static_assert(PASSWORD_HASH_SIZE >= CRYPT_OUTPUT_SIZE, "every crypt(3) hash must fit");
_Static_assert(PASSWORD_MAX < CRYPT_MAX_PASSPHRASE_SIZE, "crypt(3) must take every password we take");

static unsigned long long hashes_computed;

unsigned long long password_hashes_computed(void)
{
	return hashes_computed;
}

static void new_setting(char ret_setting[CRYPT_GENSALT_OUTPUT_SIZE])
{
	/* cost 0 = the default of yescrypt (5); NULL = salt from getrandom(2) */
	if (!crypt_gensalt_rn("$y$", 0, NULL, 0, ret_setting, CRYPT_GENSALT_OUTPUT_SIZE))
		abort();
}

/* false when `setting` is no hash that crypt(3) knows: nothing was computed then. */
static bool compute(const char *password, const char *setting, char ret_hash[PASSWORD_HASH_SIZE])
{
	struct crypt_data *data = alloc_zero(1, sizeof *data);
	const char *hash = crypt_r(password, setting, data);
	bool good = hash && hash[0] != '*';

	if (good) {
		hashes_computed++;
		snprintf(ret_hash, PASSWORD_HASH_SIZE, "%s", hash);
	}
	OPENSSL_cleanse(data, sizeof *data);
	free(data);
	return good;
}

enum status password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE])
{
	size_t len = strnlen(password, PASSWORD_MAX + 1);
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (len > PASSWORD_MAX || u8_check((const uint8_t *)password, len) || u8_mbsnlen((const uint8_t *)password, len) < PASSWORD_MIN)
		return STATUS_INVALID;
	new_setting(setting);
	if (!compute(password, setting, ret_hash))
		abort();
	return STATUS_OK;
}

bool password_verify(const char *password, const char *hash)
{
	char computed[PASSWORD_HASH_SIZE], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	bool equal = false;

	if (strnlen(password, PASSWORD_MAX + 1) <= PASSWORD_MAX && hash && compute(password, hash, computed)) {
		equal = secret_equal(computed, strlen(computed), hash, strlen(hash));
	} else {
		new_setting(setting);
		if (!compute("no such operator", setting, computed))
			abort();
	}
	OPENSSL_cleanse(computed, sizeof computed);
	return equal;
}
