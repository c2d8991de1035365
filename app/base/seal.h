/* SPDX-License-Identifier: ISC */
/* A short secret for a table, encrypted with a key that only the programs' machine has (AES-256-GCM): version, nonce, ciphertext, tag. */
#ifndef SWITCHBOARD_BASE_SEAL_H
#define SWITCHBOARD_BASE_SEAL_H

#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_OVERHEAD (1 + 12 + 16)

/* The key of one purpose ("totp secret"), from the installation's. */
void seal_key(const uint8_t server_key[SECRET_BYTES], const char *purpose, uint8_t ret_key[SECRET_BYTES]);

/* `ret_sealed` has len + SEAL_OVERHEAD bytes. */
void seal_close(const uint8_t key[SECRET_BYTES], const uint8_t *plain, size_t len, uint8_t *ret_sealed);

/* false: another key, or not what was sealed. `ret_plain` has len - SEAL_OVERHEAD bytes. */
bool seal_open(const uint8_t key[SECRET_BYTES], const uint8_t *sealed, size_t len, uint8_t *ret_plain);

#endif
