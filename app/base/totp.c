/* SPDX-License-Identifier: ISC */
#include "base/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA1_BYTES 20

uint32_t totp_hotp(const uint8_t *secret, size_t len, uint64_t counter, unsigned digits)
{
	static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };
	uint8_t message[8], mac[SHA1_BYTES];
	uint32_t code;
	size_t at;

	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (uint8_t)(counter >> (8 * (sizeof message - 1 - i)));
	if (digits >= sizeof powers / sizeof powers[0] || !HMAC(EVP_sha1(), secret, (int)len, message, sizeof message, mac, NULL))
		abort();
	at = mac[SHA1_BYTES - 1] & 0x0f;
	code = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	OPENSSL_cleanse(mac, sizeof mac);
	return code % powers[digits];
}

bool totp_check(const uint8_t secret[TOTP_SECRET_BYTES], const char *code, int64_t now_s, int64_t last_step, int64_t *ret_step)
{
	int64_t now = now_s / TOTP_PERIOD_S, found = -1;
	char right[16];

	if (strnlen(code, TOTP_DIGITS + 1) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS || now < 1)
		return false;
	for (int64_t step = now - 1; step <= now + 1; step++) {
		snprintf(right, sizeof right, "%06u", totp_hotp(secret, TOTP_SECRET_BYTES, (uint64_t)step, TOTP_DIGITS));
		if (CRYPTO_memcmp(right, code, TOTP_DIGITS) == 0 && step > last_step)
			found = step;
	}
	OPENSSL_cleanse(right, sizeof right);
	if (found < 0)
		return false;
	*ret_step = found;
	return true;
}

void totp_base32(const uint8_t *data, size_t len, char *ret_text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < len; i++) {
		held = (held << 8 | data[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			*ret_text++ = alphabet[held >> (bits - 5) & 0x1f];
	}
	if (bits > 0)
		*ret_text++ = alphabet[held << (5 - bits) & 0x1f];
	*ret_text = '\0';
}
