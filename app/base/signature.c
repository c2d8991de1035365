/* SPDX-License-Identifier: ISC */
#include "base/signature.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA1_BYTES 20
#define SHA1_BASE64_LEN 28
#define HEX_LEN (2 * SECRET_BYTES)
#define SIGNED_MAX (1 << 20)
#define TIME_DIGITS_MAX 15

static const char FAULT_NONE[] = "there is no signature";
static const char FAULT_FORM[] = "the signature is not of its form";
static const char FAULT_SECRET[] = "the signature is of none of the account's secrets";

static void to_hex(const uint8_t *bytes, char ret_hex[HEX_LEN + 1])
{
	for (size_t i = 0; i < SECRET_BYTES; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x", bytes[i]);
}

static bool is_usable(const char *secret)
{
	return secret && *secret;
}

/* ---- Twilio ------------------------------------------------------------------------------------------------- */

static int compare_fields(const void *left, const void *right)
{
	const struct signature_field *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->value, b->value);
}

static bool is_repeated(const struct signature_field *fields, size_t i)
{
	return i > 0 && compare_fields(&fields[i - 1], &fields[i]) == 0;
}

/* What Twilio signs; `port` stands behind the first `host_len` bytes of the URL, "" for nothing. */
static void add_signed(struct buf *text, const char *url, size_t host_len, const char *port, const struct signature_field *fields, size_t count)
{
	buf_add(text, url, host_len);
	buf_add_str(text, port);
	buf_add_str(text, url + host_len);
	for (size_t i = 0; i < count; i++) {
		if (is_repeated(fields, i))
			continue;
		buf_add_str(text, fields[i].name);
		buf_add_str(text, fields[i].value);
	}
}

static bool sha1_matches(const char *secret, const struct buf *text, const char *given)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	char own[SHA1_BASE64_LEN + 1];

	if (text->overflow || !HMAC(EVP_sha1(), secret, (int)strlen(secret), (const unsigned char *)text->data, text->len, mac, NULL))
		return false;
	EVP_EncodeBlock((unsigned char *)own, mac, SHA1_BYTES);
	return secret_equal(own, SHA1_BASE64_LEN, given, strlen(given));
}

/* Where the host of a URL ends, its port included. */
static size_t host_end(const char *url, bool *ret_has_port)
{
	const char *host = strstr(url, "://"), *colon;
	size_t len;

	if (!host) {
		*ret_has_port = true;
		return strlen(url);
	}
	host += 3;
	len = strcspn(host, "/?#");
	colon = memchr(host, ':', len);
	if (*host == '[') {
		const char *bracket = memchr(host, ']', len);

		colon = bracket ? memchr(bracket, ':', len - (size_t)(bracket - host)) : host;
	}
	*ret_has_port = colon != NULL;
	return (size_t)(host - url) + len;
}

const char *signature_twilio(const struct signature_keys *keys, const char *url, struct signature_field *fields, size_t count, const char *given, size_t *ret_slot)
{
	const char *fault = FAULT_SECRET;
	struct buf plain, with_port;
	bool has_port;
	size_t host_len = host_end(url, &has_port);

	if (!given)
		return FAULT_NONE;
	if (strlen(given) != SHA1_BASE64_LEN)
		return FAULT_FORM;
	if (count > 0)
		qsort(fields, count, sizeof *fields, compare_fields);
	buf_init(&plain, SIGNED_MAX);
	buf_init(&with_port, SIGNED_MAX);
	add_signed(&plain, url, host_len, "", fields, count);
	add_signed(&with_port, url, host_len, has_port ? "" : strncmp(url, "https:", 6) == 0 ? ":443" : ":80", fields, count);
	for (size_t i = 0; i < SIGNATURE_SECRETS; i++)
		if (is_usable(keys->secrets[i]) && (sha1_matches(keys->secrets[i], &plain, given) || sha1_matches(keys->secrets[i], &with_port, given))) {
			*ret_slot = i;
			fault = NULL;
		}
	buf_fini(&plain);
	buf_fini(&with_port);
	return fault;
}

bool signature_body_is(const char *hex, const void *body, size_t len)
{
	uint8_t hash[SECRET_BYTES];
	char own[HEX_LEN + 1];

	secret_sha256(body, len, hash);
	to_hex(hash, own);
	return hex && secret_equal(own, HEX_LEN, hex, strlen(hex));
}

/* ---- SHA-256 ------------------------------------------------------------------------------------------------ */

static bool is_hex(const char *text)
{
	return strspn(text, "0123456789abcdef") >= HEX_LEN;
}

/* True when the digits at `given` are the MAC of the data by this secret. */
static bool sha256_matches(const char *secret, const void *data, size_t len, const char *given)
{
	uint8_t mac[SECRET_BYTES];
	char own[HEX_LEN + 1];

	secret_hmac_sha256((const uint8_t *)secret, strlen(secret), data, len, mac);
	to_hex(mac, own);
	return secret_equal(own, HEX_LEN, given, HEX_LEN);
}

const char *signature_hub(const struct signature_keys *keys, const void *body, size_t len, const char *given, size_t *ret_slot)
{
	static const char prefix[] = "sha256=";
	const char *fault = FAULT_SECRET;

	if (!given)
		return FAULT_NONE;
	if (strncmp(given, prefix, sizeof prefix - 1) != 0 || strlen(given) != sizeof prefix - 1 + HEX_LEN || !is_hex(given + sizeof prefix - 1))
		return FAULT_FORM;
	for (size_t i = 0; i < SIGNATURE_SECRETS; i++)
		if (is_usable(keys->secrets[i]) && sha256_matches(keys->secrets[i], body, len, given + sizeof prefix - 1)) {
			*ret_slot = i;
			fault = NULL;
		}
	return fault;
}

struct timed {
	char digits[TIME_DIGITS_MAX + 1]; /* of the time, as they came: they are signed */
	int64_t at_s;
	const char *macs[SIGNATURE_TIMED_MAX]; /* HEX_LEN digits each, borrowed */
	size_t count;
};

static bool read_timed(const char *given, struct timed *ret)
{
	size_t len;

	*ret = (struct timed){ .count = 0 };
	if (strncmp(given, "t=", 2) != 0)
		return false;
	given += 2;
	len = strspn(given, "0123456789");
	if (len == 0 || len > TIME_DIGITS_MAX)
		return false;
	memcpy(ret->digits, given, len);
	ret->at_s = strtoll(ret->digits, NULL, 10);
	for (given += len; *given; given += HEX_LEN) {
		if (strncmp(given, ",v1=", 4) != 0 || ret->count == SIGNATURE_TIMED_MAX || !is_hex(given + 4))
			return false;
		given += 4;
		ret->macs[ret->count++] = given;
	}
	return ret->count > 0;
}

const char *signature_timed(const struct signature_keys *keys, const void *body, size_t len, const char *given, int64_t now_s, int64_t tolerance_s, size_t *ret_slot)
{
	const char *fault = FAULT_SECRET;
	struct timed timed;
	size_t digits;
	char *text;

	if (!given)
		return FAULT_NONE;
	if (!read_timed(given, &timed))
		return FAULT_FORM;
	if (timed.at_s < now_s - tolerance_s || timed.at_s > now_s + tolerance_s)
		return "the signature is too old, or the clock of one of the two is wrong";
	digits = strlen(timed.digits);
	text = alloc_zero(digits + 1 + len + 1, 1);
	memcpy(text, timed.digits, digits);
	text[digits] = '.';
	if (len > 0)
		memcpy(text + digits + 1, body, len);
	for (size_t i = 0; i < SIGNATURE_SECRETS; i++)
		for (size_t j = 0; j < timed.count; j++)
			if (is_usable(keys->secrets[i]) && sha256_matches(keys->secrets[i], text, digits + 1 + len, timed.macs[j])) {
				*ret_slot = i;
				fault = NULL;
			}
	free(text);
	return fault;
}
