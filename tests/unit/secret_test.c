/* SPDX-License-Identifier: ISC */
#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"
#include "base_suites.h"
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct capture capture;

static const char *hex(const uint8_t bytes[SECRET_BYTES])
{
	static char text[2 * SECRET_BYTES + 1];

	for (size_t i = 0; i < SECRET_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

static void sha256_matches_its_published_vectors(void)
{
	uint8_t hash[SECRET_BYTES];

	secret_sha256("abc", 3, hash);
	CU_ASSERT_STRING_EQUAL(hex(hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	secret_sha256("", 0, hash);
	CU_ASSERT_STRING_EQUAL(hex(hash), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static const char *hmac(const void *key, size_t key_len, const void *data, size_t len)
{
	uint8_t mac[SECRET_BYTES];

	secret_hmac_sha256(key, key_len, data, len, mac);
	return hex(mac);
}

static void hmac_matches_rfc_4231(void)
{
	uint8_t key[131], data[50];

	memset(key, 0x0b, 20);
	CU_ASSERT_STRING_EQUAL(hmac(key, 20, "Hi There", 8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	CU_ASSERT_STRING_EQUAL(hmac("Jefe", 4, "what do ya want for nothing?", 28),
	                       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	memset(data, 0xdd, sizeof data);
	CU_ASSERT_STRING_EQUAL(hmac(key, 20, data, sizeof data), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	for (uint8_t i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	memset(data, 0xcd, sizeof data);
	CU_ASSERT_STRING_EQUAL(hmac(key, 25, data, sizeof data), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	memset(key, 0xaa, sizeof key);
	CU_ASSERT_STRING_EQUAL(hmac(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
	                       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static const char *base64url(const char *data, size_t len)
{
	static char text[64];

	secret_base64url((const uint8_t *)data, len, text);
	return text;
}

static void base64url_matches_rfc_4648(void)
{
	CU_ASSERT_STRING_EQUAL(base64url("", 0), "");
	CU_ASSERT_STRING_EQUAL(base64url("f", 1), "Zg");
	CU_ASSERT_STRING_EQUAL(base64url("fo", 2), "Zm8");
	CU_ASSERT_STRING_EQUAL(base64url("foo", 3), "Zm9v");
	CU_ASSERT_STRING_EQUAL(base64url("foob", 4), "Zm9vYg");
	CU_ASSERT_STRING_EQUAL(base64url("fooba", 5), "Zm9vYmE");
	CU_ASSERT_STRING_EQUAL(base64url("foobar", 6), "Zm9vYmFy");
	CU_ASSERT_STRING_EQUAL(base64url("\xfb\xff\xbf", 3), "-_-_");
}

static void tokens_are_well_formed_and_differ(void)
{
	char a[SECRET_TOKEN_LEN + 1], b[SECRET_TOKEN_LEN + 1];

	secret_token(a);
	secret_token(b);
	CU_ASSERT_EQUAL(strlen(a), SECRET_TOKEN_LEN);
	CU_ASSERT_TRUE(secret_token_is_wellformed(a));
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
	a[0] = '+';
	CU_ASSERT_FALSE(secret_token_is_wellformed(a));
	a[0] = 'A';
	a[SECRET_TOKEN_LEN - 1] = '\0';
	CU_ASSERT_FALSE(secret_token_is_wellformed(a));
	CU_ASSERT_FALSE(secret_token_is_wellformed("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	CU_ASSERT_FALSE(secret_token_is_wellformed(""));
	CU_ASSERT_FALSE(secret_token_is_wellformed(NULL));
}

static void uuids_are_of_version_4(void)
{
	char a[UUID_LEN + 1], b[UUID_LEN + 1];

	for (int i = 0; i < 100; i++) {
		secret_uuid(a);
		secret_uuid(b);
		CU_ASSERT_TRUE(uuid_is_canonical(a));
		CU_ASSERT_EQUAL(a[14], '4');
		CU_ASSERT_PTR_NOT_NULL(strchr("89ab", a[19]));
		CU_ASSERT_STRING_NOT_EQUAL(a, b);
	}
}

static void empty_never_equals(void)
{
	CU_ASSERT_TRUE(secret_equal("abc", 3, "abc", 3));
	CU_ASSERT_FALSE(secret_equal("abc", 3, "abd", 3));
	CU_ASSERT_FALSE(secret_equal("abc", 3, "abcd", 4));
	CU_ASSERT_FALSE(secret_equal("", 0, "", 0));
	CU_ASSERT_FALSE(secret_equal(NULL, 0, NULL, 0));
}

/* A file of that content and mode → what secret_load_keys() says; the current key as hex in `ret_hex`, the whole in `loaded`. */
static struct secret_keys loaded;

static enum status load(const void *content, size_t len, mode_t mode, char ret_hex[2 * SECRET_BYTES + 1], const char **ret_log)
{
	char path[] = "/tmp/switchboard-key-XXXXXX";
	int fd = mkstemp(path);
	enum status status;

	CU_ASSERT_FATAL(fd >= 0 && write(fd, content, len) == (ssize_t)len && fchmod(fd, mode) == 0);
	close(fd);
	log_init("unit", LOG_LEVEL_INFO);
	capture_begin(&capture, STDERR_FILENO);
	loaded = (struct secret_keys){ .has_previous = false };
	status = secret_load_keys(path, &loaded);
	*ret_log = capture_end(&capture);
	unlink(path);
	snprintf(ret_hex, 2 * SECRET_BYTES + 1, "%s", hex(loaded.current));
	return status;
}

static void a_key_is_raw_or_hexadecimal(void)
{
	static const char digits[] = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
	static const char expected[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
	char key[2 * SECRET_BYTES + 1], other[2 * SECRET_BYTES + 1];
	uint8_t raw[SECRET_BYTES];
	const char *log;

	for (uint8_t i = 0; i < SECRET_BYTES; i++)
		raw[i] = i;
	CU_ASSERT_EQUAL(load(raw, sizeof raw, 0600, key, &log), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(key, expected);
	CU_ASSERT_EQUAL(load(digits, 65, 0400, key, &log), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(key, expected);
	CU_ASSERT_EQUAL(load(digits, 64, 0600, key, &log), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(key, expected);
	CU_ASSERT_STRING_EQUAL(log, "");
	/* longer secrets count whole */
	CU_ASSERT_EQUAL(load("a secret of more than thirty-two bytes, 1", 41, 0600, key, &log), STATUS_OK);
	CU_ASSERT_EQUAL(load("a secret of more than thirty-two bytes, 2", 41, 0600, other, &log), STATUS_OK);
	CU_ASSERT_STRING_NOT_EQUAL(key, other);
}

#define NEW_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OLD_KEY "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void two_lines_are_the_key_and_the_one_before(void)
{
	static const char both[] = NEW_KEY "\n" OLD_KEY "\n", bad[] = NEW_KEY "\nff01\n", odd[] = NEW_KEY "\n" OLD_KEY "0\n", three[] = NEW_KEY "\n" OLD_KEY "\n" OLD_KEY "\n";
	char key[2 * SECRET_BYTES + 1];
	const char *log;

	CU_ASSERT_EQUAL(load(NEW_KEY "\n", 65, 0600, key, &log), STATUS_OK);
	CU_ASSERT_FALSE(loaded.has_previous);
	CU_ASSERT_EQUAL(load(both, sizeof both - 1, 0600, key, &log), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(key, NEW_KEY);
	CU_ASSERT_TRUE(loaded.has_previous);
	CU_ASSERT_STRING_EQUAL(hex(loaded.previous), OLD_KEY);
	CU_ASSERT_EQUAL(load(both, sizeof both - 2, 0600, key, &log), STATUS_OK); /* without the last line end */
	CU_ASSERT_TRUE(loaded.has_previous);
	for (size_t i = 0; i < 3; i++) {
		const char *content = (const char *const[]){ bad, odd, three }[i];

		CU_ASSERT_EQUAL(load(content, strlen(content), 0600, key, &log), STATUS_INVALID);
		CU_ASSERT_PTR_NOT_NULL(strstr(log, "second line"));
		CU_ASSERT_PTR_NULL(strstr(log, "ff01"));
		CU_ASSERT_FALSE(loaded.has_previous);
	}
}

static void a_bad_key_file_is_refused_with_its_reason(void)
{
	char content[5000], key[2 * SECRET_BYTES + 1];
	const char *log;

	memset(content, 'k', sizeof content);
	CU_ASSERT_EQUAL(load(content, 31, 0600, key, &log), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(log, "shorter than 32 bytes"));
	CU_ASSERT_EQUAL(load(content, 0, 0600, key, &log), STATUS_INVALID);
	CU_ASSERT_EQUAL(load(content, 40, 0640, key, &log), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(log, "readable by others"));
	CU_ASSERT_EQUAL(load(content, 40, 0604, key, &log), STATUS_INVALID);
	CU_ASSERT_EQUAL(load(content, 5000, 0600, key, &log), STATUS_INVALID);
	CU_ASSERT_PTR_NULL(strstr(log, "kkkk"));
	capture_begin(&capture, STDERR_FILENO);
	CU_ASSERT_EQUAL(secret_load_keys("/nonexistent/key", &loaded), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(capture_end(&capture), "path=/nonexistent/key reason=\"No such file or directory\""));
	capture_begin(&capture, STDERR_FILENO);
	CU_ASSERT_EQUAL(secret_load_keys("/", &loaded), STATUS_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(capture_end(&capture), "not a regular file"));
}

CU_TestInfo secret_tests[] = {
	{ "SHA-256 matches its published vectors", sha256_matches_its_published_vectors },
	{ "HMAC matches RFC 4231", hmac_matches_rfc_4231 },
	{ "base64url matches RFC 4648", base64url_matches_rfc_4648 },
	{ "tokens are well-formed and differ", tokens_are_well_formed_and_differ },
	{ "UUIDs are of version 4", uuids_are_of_version_4 },
	{ "empty never equals", empty_never_equals },
	{ "a key is raw or hexadecimal", a_key_is_raw_or_hexadecimal },
	{ "two lines are the key and the one before", two_lines_are_the_key_and_the_one_before },
	{ "a bad key file is refused with its reason", a_bad_key_file_is_refused_with_its_reason },
	CU_TEST_INFO_NULL,
};
