/* SPDX-License-Identifier: ISC */
/* Tokens of customers' identities: one line as it is (nobody outside knows the secret: it never opens), then header and payload, signed here as a site would,
 * so that what stands behind the signature is read too. */
#include "base/jwt.h"
#include "base/secret.h"
#include "fuzz.h"

#include <json-c/json.h>
#include <string.h>

static const char *const secrets[] = { NULL, "", "the secret of the site's own server" };
#define COUNT (sizeof secrets / sizeof secrets[0])

static void stranger_stays_outside(const char *token)
{
	struct json_object *claims = NULL;
	size_t secret = COUNT;

	fuzz_holds(jwt_open(token, secrets, COUNT, &claims, &secret) != NULL);
	fuzz_holds(!claims && secret == COUNT);
}

static void signed_token_says_what_was_signed(const char *header, const char *payload)
{
	char token[2 * JWT_MAX_BYTES];
	uint8_t mac[SECRET_BYTES];
	struct json_object *claims = NULL;
	size_t secret = COUNT, len;
	const char *fault;

	if (strlen(header) > JWT_MAX_BYTES / 3 || strlen(payload) > JWT_MAX_BYTES / 3)
		return;
	secret_base64url((const uint8_t *)header, strlen(header), token);
	len = strlen(token);
	token[len++] = '.';
	secret_base64url((const uint8_t *)payload, strlen(payload), token + len);
	len += strlen(token + len);
	secret_hmac_sha256((const uint8_t *)secrets[2], strlen(secrets[2]), token, len, mac);
	token[len++] = '.';
	secret_base64url(mac, sizeof mac, token + len);
	fault = jwt_open(token, secrets, COUNT, &claims, &secret);
	if (fault) {
		fuzz_holds(!claims && secret == COUNT);
		return;
	}
	fuzz_holds(secret == 2 && json_object_is_type(claims, json_type_object));
	json_object_put(claims);
	token[len] = token[len] == 'A' ? 'B' : 'A'; /* another signature */
	stranger_stays_outside(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *token = fuzz_take(&data, &size, '\n');
	char *header = fuzz_take(&data, &size, '\n');
	char *payload = fuzz_string(data, size);

	stranger_stays_outside(token);
	signed_token_says_what_was_signed(header, payload);
	free(token);
	free(header);
	free(payload);
	return 0;
}
