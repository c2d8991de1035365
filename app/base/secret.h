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

void secret_random(uint8_t *ret_bytes, size_t len); /* up to 256 */
void secret_token(char ret_token[SECRET_TOKEN_LEN + 1]);
void secret_uuid(char ret_uuid[UUID_LEN + 1]); /* version 4, random */
void secret_sha256(const void *data, size_t len, uint8_t ret_hash[SECRET_BYTES]);
void secret_hmac_sha256(const uint8_t *key, size_t key_len, const void *data, size_t len, uint8_t ret_mac[SECRET_BYTES]);
void secret_base64url(const uint8_t *data, size_t len, char *ret_text); /* ret_text: at least (len + 2) / 3 * 4 + 1 bytes */
bool secret_equal(const void *a, size_t a_len, const void *b, size_t b_len); /* constant time at equal length; empty never equals */
bool secret_token_is_wellformed(const char *token); /* exactly SECRET_TOKEN_LEN base64url characters */

/* Reads the installation's key from a file that only its owner may read: at least 32 bytes, hex or raw; refuses (STATUS_INVALID, with a
 * log line naming path and reason) a missing, short or group/world-readable-for-others file. Caller frees with OPENSSL_cleanse + free. */
enum status MUST_CHECK secret_load_key(const char *path, uint8_t ret_key[SECRET_BYTES]);

#endif
