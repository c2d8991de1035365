/* SPDX-License-Identifier: ISC */
#include "base/password.h"
#include "base/alloc.h"
#include "base/common_passwords.h"
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

static int compare_marks(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static bool is_common(const char *password, size_t len)
{
	uint8_t hash[SECRET_BYTES];
	char lower[PASSWORD_MAX];
	uint64_t mark = 0;
	size_t i;

	for (i = 0; i < len; i++)
		lower[i] = password[i] >= 'A' && password[i] <= 'Z' ? (char)(password[i] - 'A' + 'a') : password[i];
	secret_sha256(lower, len, hash);
	OPENSSL_cleanse(lower, sizeof lower);
	for (i = 0; i < 6; i++)
		mark = mark << 8 | hash[i];
	return bsearch(&mark, common_passwords, common_passwords_count, sizeof mark, compare_marks) != NULL;
}

const char *password_fault(const char *password)
{
	size_t len = strnlen(password, PASSWORD_MAX + 1);

	if (len > PASSWORD_MAX)
		return "long";
	if (u8_check((const uint8_t *)password, len))
		return "no_text";
	if (u8_mbsnlen((const uint8_t *)password, len) < PASSWORD_MIN)
		return "short";
	return is_common(password, len) ? "common" : NULL;
}

const char *password_fault_sentence(const char *fault)
{
	static const struct {
		const char *fault, *sentence;
	} rows[] = {
		{ "long", "The password is longer than 256 bytes." },
		{ "no_text", "The password is not UTF-8." },
		{ "short", "The password has fewer than 8 characters; 15 or more are better." },
		{ "common", "The password is one of those that are tried first; take another." },
	};

	for (size_t i = 0; fault && i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].fault, fault) == 0)
			return rows[i].sentence;
	return NULL;
}

enum status password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (password_fault(password))
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
