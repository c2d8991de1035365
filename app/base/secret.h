/* SPDX-License-Identifier: ISC */
/* Random tokens, their hashes and MACs; all by libcrypto and getrandom(2). A token is 32 random bytes as 43 characters of
 * base64url (RFC 4648 section 5, no padding); tables only ever see its SHA-256. */
#ifndef SWITCHBOARD_BASE_SECRET_H
#define SWITCHBOARD_BASE_SECRET_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_BYTES 32
#define SECRET_TOKEN_LEN 43 /* characters of a token, without the NUL */
#define UUID_LEN 36
#define UUID_BYTES 16

void secret_random(uint8_t *ret_bytes, size_t len); /* up to 256 */
void secret_token(char ret_token[SECRET_TOKEN_LEN + 1]);
void secret_uuid(char ret_uuid[UUID_LEN + 1]); /* version 4, random */
void secret_uuid_of(const uint8_t bytes[UUID_BYTES], char ret_uuid[UUID_LEN + 1]); /* the same of bytes that nobody can guess */
void secret_sha256(const void *data, size_t len, uint8_t ret_hash[SECRET_BYTES]);
void secret_hmac_sha256(const uint8_t *key, size_t key_len, const void *data, size_t len, uint8_t ret_mac[SECRET_BYTES]);
/* base64 (RFC 4648 section 4, padded), for what others define. ret_text: as long as for base64url. */
void secret_base64(const uint8_t *data, size_t len, char *ret_text);
void secret_base64url(const uint8_t *data, size_t len, char *ret_text); /* ret_text: at least (len + 2) / 3 * 4 + 1 bytes */
/* Strict: no padding, no other character, no bits left over behind the last byte. STATUS_INVALID also where `size` bytes do not hold it. */
enum status MUST_CHECK secret_base64url_decode(const char *text, size_t len, uint8_t *ret_data, size_t size, size_t *ret_len);
bool secret_equal(const void *a, size_t a_len, const void *b, size_t b_len); /* constant time at equal length; empty never equals */
bool secret_token_is_wellformed(const char *token); /* exactly SECRET_TOKEN_LEN base64url characters */

/* What the installation signs with, and what it signed with before: while a key is changed both hold. Cleanse it at the end. */
struct secret_keys {
	uint8_t current[SECRET_BYTES];
	uint8_t previous[SECRET_BYTES];
	bool has_previous;
};

/* Reads the keys from a file that only its owner may read: one of at least 32 bytes, hex or raw; or two lines of hex, the current key above the previous one.
 * Refuses (STATUS_INVALID, with a log line naming path and reason) a missing or short file, and one that others may read or that is not ours. */
enum status MUST_CHECK secret_load_keys(const char *path, struct secret_keys *ret_keys);

/* Reads what somebody else's secret is, a password say: the whole text of a file under the same conditions. Caller wipes it with OPENSSL_cleanse. */
#define SECRET_TEXT_MAX 4096
enum status MUST_CHECK secret_load_text(const char *path, char ret_text[SECRET_TEXT_MAX + 1]);

#endif
