/* SPDX-License-Identifier: ISC */
#include "base/secret.h"
#include "base/alloc.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 4096

void secret_random(uint8_t *ret_bytes, size_t len)
{
	/* up to 256 bytes come whole once the kernel's pool is ready; anything else means there is no randomness to go on with */
	ssize_t got;

	assert(len <= 256);
	do {
		got = getrandom(ret_bytes, len, 0);
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)len)
		abort();
}

void secret_base64url(const uint8_t *data, size_t len, char *ret_text)
{
	int out;

	assert(len < INT32_MAX / 2);
	out = EVP_EncodeBlock((unsigned char *)ret_text, data, (int)len);
	while (out > 0 && ret_text[out - 1] == '=')
		out--;
	ret_text[out] = '\0';
	for (char *c = ret_text; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
}

void secret_token(char ret_token[SECRET_TOKEN_LEN + 1])
{
	uint8_t bytes[SECRET_BYTES];
	char text[(SECRET_BYTES + 2) / 3 * 4 + 1];

	secret_random(bytes, sizeof bytes);
	secret_base64url(bytes, sizeof bytes, text);
	memcpy(ret_token, text, SECRET_TOKEN_LEN + 1);
	OPENSSL_cleanse(bytes, sizeof bytes);
	OPENSSL_cleanse(text, sizeof text);
}

void secret_uuid(char ret_uuid[UUID_LEN + 1])
{
	uint8_t b[16];

	secret_random(b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* RFC 4122 variant */
	snprintf(ret_uuid, UUID_LEN + 1, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
	         b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

void secret_sha256(const void *data, size_t len, uint8_t ret_hash[SECRET_BYTES])
{
	if (!EVP_Digest(data, len, ret_hash, NULL, EVP_sha256(), NULL))
		abort();
}

void secret_hmac_sha256(const uint8_t *key, size_t key_len, const void *data, size_t len, uint8_t ret_mac[SECRET_BYTES])
{
	assert(key_len < INT32_MAX);
	if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, ret_mac, NULL))
		abort();
}

bool secret_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return a_len == b_len && a_len > 0 && CRYPTO_memcmp(a, b, a_len) == 0;
}

bool secret_token_is_wellformed(const char *token)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return token && strnlen(token, SECRET_TOKEN_LEN + 1) == SECRET_TOKEN_LEN && strspn(token, alphabet) == SECRET_TOKEN_LEN;
}

/* Hexadecimal with at most one line end behind it → bytes in place. */
static size_t key_from_hex(uint8_t *data, size_t len)
{
	size_t digits = strspn((char *)data, "0123456789abcdefABCDEF"), out = 0;

	if (digits % 2 || digits < 2 * SECRET_BYTES || (digits != len && !(digits == len - 1 && data[digits] == '\n')))
		return len;
	for (size_t i = 0; i < digits; i += 2) {
		char pair[3] = { (char)data[i], (char)data[i + 1], '\0' };

		data[out++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return out;
}

/* NULL when the file will do, else what is wrong with it. */
static const char *key_file_fault(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_mode & 077)
		return "readable by others than its owner; chmod 0600 it";
	if (st.st_size > KEY_FILE_MAX)
		return "longer than 4096 bytes";
	return NULL;
}

static const char *key_read(int fd, uint8_t ret_key[SECRET_BYTES])
{
	uint8_t data[KEY_FILE_MAX + 1];
	ssize_t got = read(fd, data, KEY_FILE_MAX);
	const char *fault = NULL;
	size_t len;

	if (got < 0)
		return strerror(errno);
	data[got] = '\0';
	len = key_from_hex(data, (size_t)got);
	if (len < SECRET_BYTES)
		fault = "shorter than 32 bytes";
	else if (len == SECRET_BYTES)
		memcpy(ret_key, data, SECRET_BYTES);
	else
		secret_sha256(data, len, ret_key);
	OPENSSL_cleanse(data, sizeof data);
	return fault;
}

enum status secret_load_key(const char *path, uint8_t ret_key[SECRET_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *fault = key_file_fault(fd);

	if (!fault)
		fault = key_read(fd, ret_key);
	if (fd >= 0)
		close(fd);
	if (!fault)
		return STATUS_OK;
	log_event(LOG_LEVEL_ERROR, "key file refused", "path", path, "reason", fault, NULL);
	return STATUS_INVALID;
}
