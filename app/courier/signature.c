/* SPDX-License-Identifier: ISC */
#include "courier/signature.h"

#include "base/secret.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>

#define SIGNED_MAX 2097152 /* an item's body is bounded far below (sql/migrations/0018_outbox.sql) */

static void write_mac(struct buf *value, const char *secret, const struct buf *signed_text)
{
	uint8_t mac[SECRET_BYTES];

	if (!secret)
		return;
	secret_hmac_sha256((const uint8_t *)secret, strlen(secret), signed_text->data, signed_text->len, mac);
	buf_add_str(value, ",v1=");
	for (size_t i = 0; i < sizeof mac; i++)
		buf_addf(value, "%02x", mac[i]);
	OPENSSL_cleanse(mac, sizeof mac);
}

void signature_write(struct buf *value, int64_t unix_s, const char *secret, const char *other_secret, const char *body)
{
	struct buf text;

	buf_init(&text, SIGNED_MAX);
	buf_addf(&text, "%" PRId64 ".", unix_s);
	buf_add_str(&text, body ? body : "");
	buf_addf(value, "t=%" PRId64, unix_s);
	write_mac(value, secret, &text);
	write_mac(value, other_secret, &text);
	value->overflow = value->overflow || text.overflow;
	buf_fini(&text);
}
