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

#define KEY_FILE_MAX SECRET_TEXT_MAX
#define BASE64_MAX 65536
#define BASE64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

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

void secret_base64(const uint8_t *data, size_t len, char *ret_text)
{
	assert(len < INT32_MAX / 2);
	EVP_EncodeBlock((unsigned char *)ret_text, data, (int)len);
}

void secret_base64url(const uint8_t *data, size_t len, char *ret_text)
{
	secret_base64(data, len, ret_text);
	ret_text[strcspn(ret_text, "=")] = '\0';
	for (char *c = ret_text; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
}

enum status secret_base64url_decode(const char *text, size_t len, uint8_t *ret_data, size_t size, size_t *ret_len)
{
	size_t out = len * 3 / 4, padded = (len + 3) / 4 * 4;
	enum status status = STATUS_INVALID;
	char *copy, *again;

	if (len % 4 == 1 || out > size || len > BASE64_MAX || strspn(text, BASE64URL) < len)
		return STATUS_INVALID;
	copy = alloc_zero(padded + 4, 1); /* the decoder wants the other alphabet and padding, and writes whole groups */
	again = alloc_zero(padded + 4, 1);
	for (size_t i = 0; i < padded; i++)
		copy[i] = i >= len ? '=' : text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
	if (len > 0 && EVP_DecodeBlock((unsigned char *)copy, (const unsigned char *)copy, (int)padded) < 0)
		goto out;
	secret_base64url((const uint8_t *)copy, out, again);
	if (strlen(again) != len || memcmp(again, text, len) != 0)
		goto out; /* bits left over: the same bytes would have many names */
	memcpy(ret_data, copy, out);
	*ret_len = out;
	status = STATUS_OK;
out:
	OPENSSL_cleanse(copy, padded + 4);
	OPENSSL_cleanse(again, padded + 4);
	free(copy);
	free(again);
	return status;
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
	uint8_t b[UUID_BYTES];

	secret_random(b, sizeof b);
	secret_uuid_of(b, ret_uuid);
}

void secret_uuid_of(const uint8_t bytes[UUID_BYTES], char ret_uuid[UUID_LEN + 1])
{
	uint8_t b[UUID_BYTES];

	memcpy(b, bytes, sizeof b);
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
	return token && strnlen(token, SECRET_TOKEN_LEN + 1) == SECRET_TOKEN_LEN && strspn(token, BASE64URL) == SECRET_TOKEN_LEN;
}

/* Digits of one key, hexadecimal, → its bytes in place; 0 when that is not what stands there. */
static size_t bytes_of_hex(uint8_t *data, size_t len)
{
	size_t digits = strspn((char *)data, "0123456789abcdefABCDEF"), out = 0;

	if (digits != len || digits % 2 || digits < 2 * SECRET_BYTES)
		return 0;
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
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return "owned by another user, who may change it";
	if (st.st_size > KEY_FILE_MAX)
		return "longer than 4096 bytes";
	return NULL;
}

/* Longer secrets count whole. */
static const char *take_key(const uint8_t *data, size_t len, uint8_t ret_key[SECRET_BYTES])
{
	if (len < SECRET_BYTES)
		return "shorter than 32 bytes";
	if (len == SECRET_BYTES)
		memcpy(ret_key, data, SECRET_BYTES);
	else
		secret_sha256(data, len, ret_key);
	return NULL;
}

/* One line of hexadecimal, or two; anything else is one key as it stands. `data` is NUL-terminated behind `len`. */
static const char *take_keys(uint8_t *data, size_t len, struct secret_keys *ret_keys)
{
	uint8_t *end = memchr(data, '\n', len), *second = end ? end + 1 : data + len;
	size_t first_len = (size_t)((end ? end : data + len) - data), second_len = len - (size_t)(second - data), bytes;
	const char *fault;

	if (second_len > 0 && second[second_len - 1] == '\n')
		second_len--;
	if (strspn((char *)data, "0123456789abcdefABCDEF\n") != len || first_len < 2 * SECRET_BYTES || first_len % 2)
		return take_key(data, len, ret_keys->current);
	data[first_len] = '\0';
	bytes = bytes_of_hex(data, first_len);
	fault = take_key(data, bytes, ret_keys->current);
	if (fault || second_len == 0)
		return fault;
	second[second_len] = '\0';
	bytes = bytes_of_hex(second, second_len);
	if (bytes == 0)
		return "its second line is no key of 64 or more hexadecimal digits";
	ret_keys->has_previous = true;
	return take_key(second, bytes, ret_keys->previous);
}

static const char *keys_read(int fd, struct secret_keys *ret_keys)
{
	uint8_t data[KEY_FILE_MAX + 1];
	ssize_t got = read(fd, data, KEY_FILE_MAX);
	const char *fault;

	if (got < 0)
		return strerror(errno);
	data[got] = '\0';
	fault = take_keys(data, (size_t)got, ret_keys);
	OPENSSL_cleanse(data, sizeof data);
	return fault;
}

static const char *text_read(int fd, char ret_text[SECRET_TEXT_MAX + 1])
{
	ssize_t got = read(fd, ret_text, SECRET_TEXT_MAX);

	if (got < 0)
		return strerror(errno);
	ret_text[got] = '\0';
	return strlen(ret_text) == (size_t)got && got > 0 ? NULL : "empty, or not a text";
}

/* One of the two is asked for; untouched on failure. */
static enum status load(const char *path, struct secret_keys *ret_keys, char *ret_text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *fault = key_file_fault(fd);
	struct secret_keys keys = { .has_previous = false };

	if (!fault)
		fault = ret_keys ? keys_read(fd, &keys) : text_read(fd, ret_text);
	if (fd >= 0)
		close(fd);
	if (!fault && ret_keys)
		*ret_keys = keys;
	OPENSSL_cleanse(&keys, sizeof keys);
	if (!fault)
		return STATUS_OK;
	log_event(LOG_LEVEL_ERROR, "key file refused", "path", path, "reason", fault, NULL);
	return STATUS_INVALID;
}

enum status secret_load_keys(const char *path, struct secret_keys *ret_keys)
{
	return load(path, ret_keys, NULL);
}

enum status secret_load_text(const char *path, char ret_text[SECRET_TEXT_MAX + 1])
{
	return load(path, NULL, ret_text);
}
