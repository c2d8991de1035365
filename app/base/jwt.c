/* SPDX-License-Identifier: ISC */
#include "base/jwt.h"

#include "base/secret.h"

#include <string.h>

/* A segment of the token → the JSON object in it, owned by the caller; NULL when there is none. */
static struct json_object *read_segment(const char *text, size_t len)
{
	uint8_t bytes[JWT_MAX_BYTES];
	struct json_object *object = NULL;
	size_t size;

	if (secret_base64url_decode(text, len, bytes, sizeof bytes, &size) != STATUS_OK || json_parse((const char *)bytes, size, &object) != STATUS_OK)
		return NULL;
	return object;
}

/* An algorithm that the token chooses is what an attacker chooses: there is one. An extension that must be understood is not. */
static const char *check_header(const char *text, size_t len)
{
	struct json_object *header = read_segment(text, len), *alg;
	const char *fault = NULL;

	if (!header)
		return "the header is no JSON object in base64url";
	if (!json_object_object_get_ex(header, "alg", &alg) || !json_object_is_type(alg, json_type_string) || strcmp(json_object_get_string(alg), "HS256") != 0)
		fault = "alg is not HS256";
	else if (json_object_object_get_ex(header, "crit", NULL))
		fault = "crit asks for what is not understood";
	json_object_put(header);
	return fault;
}

static const char *check_signature(const char *token, size_t signed_len, const char *const *secrets, size_t count, size_t *ret_secret)
{
	const char *fault = "the signature is of none of the site's secrets";
	uint8_t given[SECRET_BYTES], mac[SECRET_BYTES];
	size_t size;

	if (secret_base64url_decode(token + signed_len + 1, strlen(token + signed_len + 1), given, sizeof given, &size) != STATUS_OK || size != sizeof given)
		return "the signature is not 32 bytes in base64url";
	for (size_t i = 0; i < count; i++) {
		if (!secrets[i] || !*secrets[i])
			continue;
		secret_hmac_sha256((const uint8_t *)secrets[i], strlen(secrets[i]), token, signed_len, mac);
		if (secret_equal(mac, sizeof mac, given, sizeof given)) {
			*ret_secret = i;
			fault = NULL;
		}
	}
	return fault;
}

const char *jwt_open(const char *token, const char *const *secrets, size_t count, struct json_object **ret_claims, size_t *ret_secret)
{
	const char *payload, *signature, *fault;
	struct json_object *claims;
	size_t secret = 0;

	if (strnlen(token, JWT_MAX_BYTES + 1) > JWT_MAX_BYTES)
		return "longer than 4096 bytes";
	payload = strchr(token, '.');
	signature = payload ? strchr(payload + 1, '.') : NULL;
	if (!signature || strchr(signature + 1, '.'))
		return "not three segments";
	fault = check_header(token, (size_t)(payload - token));
	if (!fault)
		fault = check_signature(token, (size_t)(signature - token), secrets, count, &secret);
	if (fault)
		return fault;
	claims = read_segment(payload + 1, (size_t)(signature - payload - 1));
	if (!claims)
		return "the payload is no JSON object in base64url";
	*ret_claims = claims;
	*ret_secret = secret;
	return NULL;
}
