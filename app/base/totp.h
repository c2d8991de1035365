/* SPDX-License-Identifier: ISC */
/* Codes of an authenticator: HOTP (RFC 4226) over the half minutes since 1970 (RFC 6238), SHA-1, six digits, which is what every authenticator takes. */
#ifndef SWITCHBOARD_BASE_TOTP_H
#define SWITCHBOARD_BASE_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET_BYTES 20
#define TOTP_DIGITS 6
#define TOTP_PERIOD_S 30
#define TOTP_BASE32_SIZE(len) (((len) * 8 + 4) / 5 + 1)

/* The code of one counter, as a number below 10^digits; up to 8 digits. */
uint32_t totp_hotp(const uint8_t *secret, size_t len, uint64_t counter, unsigned digits);

/* Is `code` (exactly six digits) that of this half minute, or of the one before or behind, and of a later one than `last_step`? Takes as long for a wrong one
 * as for a right one. `*ret_step` is the half minute, which is not to be taken again. */
bool totp_check(const uint8_t secret[TOTP_SECRET_BYTES], const char *code, int64_t now_s, int64_t last_step, int64_t *ret_step);

/* RFC 4648 base32 in capitals, without padding; `ret_text` has TOTP_BASE32_SIZE(len) bytes. */
void totp_base32(const uint8_t *data, size_t len, char *ret_text);

#endif
