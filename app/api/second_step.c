/* SPDX-License-Identifier: ISC */
#include "api/second_step.h"

#include "base/log.h"
#include "chat/statements.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#define PURPOSE "totp secret"
#define RECOVERY_BYTES 10
#define RECOVERY_LEN 16

static bool take_sealed(const PGresult *row, uint8_t ret_sealed[SECOND_STEP_SEALED])
{
	const char *text = result_str(row, 0, "secret");
	unsigned char *bytes;
	size_t len = 0;

	if (!text)
		return false;
	bytes = PQunescapeBytea((const unsigned char *)text, &len);
	if (bytes && len == SECOND_STEP_SEALED)
		memcpy(ret_sealed, bytes, SECOND_STEP_SEALED);
	PQfreemem(bytes);
	return len == SECOND_STEP_SEALED;
}

void second_step_seal(const struct api *api, const uint8_t secret[TOTP_SECRET_BYTES], uint8_t ret_sealed[SECOND_STEP_SEALED])
{
	uint8_t key[SECRET_BYTES];

	seal_key(api->server_keys.current, PURPOSE, key);
	seal_close(key, secret, TOTP_SECRET_BYTES, ret_sealed);
	OPENSSL_cleanse(key, sizeof key);
}

/* With the current key, or the one before while the key is being changed (`*ret_old`). */
static bool unseal(const struct api *api, const uint8_t sealed[SECOND_STEP_SEALED], uint8_t ret_secret[TOTP_SECRET_BYTES], bool *ret_old)
{
	uint8_t key[SECRET_BYTES];
	bool good = false;

	for (int i = 0; i < 1 + api->server_keys.has_previous && !good; i++) {
		seal_key(i == 0 ? api->server_keys.current : api->server_keys.previous, PURPOSE, key);
		good = seal_open(key, sealed, SECOND_STEP_SEALED, ret_secret);
		*ret_old = i > 0;
	}
	OPENSSL_cleanse(key, sizeof key);
	if (!good)
		log_event(LOG_LEVEL_ERROR, "a second step cannot be read with this server key", "mend", "switchboard operator totp reset", NULL);
	return good;
}

/* With the key that holds now, so that the one before can go one day. When it does not succeed the next code does it. */
static void reseal(const struct api *api, const uint8_t secret[TOTP_SECRET_BYTES], uint8_t sealed[SECOND_STEP_SEALED])
{
	uint8_t anew[SECOND_STEP_SEALED];
	struct problem problem = { 0 };
	PGresult *result = NULL;

	second_step_seal(api, secret, anew);
	if (conn_exec(api->conn, &STATEMENT_TOTP_RESEAL, (const struct param[]){ PARAM_BYTES(sealed, SECOND_STEP_SEALED), PARAM_BYTES(anew, sizeof anew) }, &result, &problem) == STATUS_OK)
		memcpy(sealed, anew, sizeof anew);
	PQclear(result);
}

/* Without the blanks and dashes between the groups, in capitals. */
static void squeeze(const char *code, char ret_code[SECOND_STEP_MAX + 1])
{
	size_t len = 0;

	for (; *code && len < SECOND_STEP_MAX; code++)
		if (*code != ' ' && *code != '-')
			ret_code[len++] = (char)toupper((unsigned char)*code);
	ret_code[len] = '\0';
}

bool second_step_read(const struct api *api, const PGresult *row, const char *code, struct second_step *ret_step, uint8_t ret_sealed[SECOND_STEP_SEALED])
{
	char plain[SECOND_STEP_MAX + 1];
	uint8_t secret[TOTP_SECRET_BYTES];
	int64_t step;
	bool right, old;

	if (!take_sealed(row, ret_sealed) || !code)
		return false;
	squeeze(code, plain);
	if (strlen(plain) == RECOVERY_LEN) {
		*ret_step = (struct second_step){ .recovers = true };
		secret_sha256(plain, RECOVERY_LEN, ret_step->recovery);
		return true;
	}
	if (!unseal(api, ret_sealed, secret, &old))
		return false;
	right = totp_check(secret, plain, result_int(row, 0, "now_s"), result_int(row, 0, "last_step"), &step);
	if (right && old)
		reseal(api, secret, ret_sealed);
	OPENSSL_cleanse(secret, sizeof secret);
	if (!right)
		return false;
	*ret_step = (struct second_step){ .recovers = false };
	snprintf(ret_step->step, sizeof ret_step->step, "%" PRId64, step);
	return true;
}

struct param second_step_param(const struct second_step *step)
{
	return step->step[0] ? PARAM_TEXT(step->step) : PARAM_NULL;
}

struct param second_step_recovery_param(const struct second_step *step)
{
	return step->recovers ? PARAM_BYTES(step->recovery, SECRET_BYTES) : PARAM_NULL;
}

void second_step_new_code(char ret_code[SECOND_STEP_CODE_SIZE], uint8_t ret_hash[SECRET_BYTES])
{
	char plain[TOTP_BASE32_SIZE(RECOVERY_BYTES)];
	uint8_t bytes[RECOVERY_BYTES];

	_Static_assert(sizeof plain == RECOVERY_LEN + 1, "80 bits are 16 characters");
	secret_random(bytes, sizeof bytes);
	totp_base32(bytes, sizeof bytes, plain);
	secret_sha256(plain, RECOVERY_LEN, ret_hash);
	snprintf(ret_code, SECOND_STEP_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", plain, plain + 4, plain + 8, plain + 12);
	OPENSSL_cleanse(bytes, sizeof bytes);
	OPENSSL_cleanse(plain, sizeof plain);
}
