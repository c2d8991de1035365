/* SPDX-License-Identifier: ISC */
/* The second step as its owner sets it up, renews its recovery codes, switches it off. Secret and codes are told once and stored sealed and hashed. */
#include "api/account.h"
#include "api/handlers.h"
#include "api/second_step.h"
#include "chat/statements.h"
#include "db/array.h"

#include <openssl/crypto.h>
#include <string.h>

#define CODES_MAX_BYTES (SECOND_STEP_CODES * (2 * SECRET_BYTES + 8) + 16)
#define ANSWER_MAX_BYTES 2048

/* Who has a password proves it is he before anything about the second step changes, but for one who has just given it and may do nothing else. */
static enum status prove(struct call *call, const char *password)
{
	struct owner owner;
	enum status status = account_owner(call, &owner);

	if (status != STATUS_OK || owner.enrolling || !owner.hash[0] || !call->api->password_login)
		return status;
	return account_check_password(call, &owner, password);
}

/* ---- setting it up ------------------------------------------------------------------------------------------ */

/* Host and port of the public URL: what an authenticator shows beside the name. */
static const char *issuer(const struct api *api)
{
	const char *host = strstr(api->url.origin, "://");

	return host ? host + 3 : api->url.origin;
}

static void add_escaped(struct buf *b, const char *text)
{
	for (; *text; text++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-~", *text))
			buf_add(b, text, 1);
		else
			buf_addf(b, "%%%02X", (unsigned char)*text);
}

/* No string in here needs escaping for JSON: base32, an operator's key, and what add_escaped() has gone over. */
static void answer_secret(struct call *call, const uint8_t secret[TOTP_SECRET_BYTES], const char *operator)
{
	char base32[TOTP_BASE32_SIZE(TOTP_SECRET_BYTES)];
	struct buf json;

	totp_base32(secret, TOTP_SECRET_BYTES, base32);
	buf_init(&json, ANSWER_MAX_BYTES);
	buf_addf(&json, "{\"secret\":\"%s\",\"uri\":\"otpauth://totp/", base32);
	add_escaped(&json, issuer(call->api));
	buf_addf(&json, ":%s?secret=%s&issuer=", operator, base32);
	add_escaped(&json, issuer(call->api));
	buf_addf(&json, "\"}");
	response_json(&call->response, HTTP_OK, json.data);
	OPENSSL_cleanse(json.data, json.len);
	OPENSSL_cleanse(base32, sizeof base32);
	buf_fini(&json);
}

enum status account_totp_begin(struct call *call)
{
	const char *password = NULL;
	const struct json_field fields[] = { { "password", JSON_BODY, false, 0, PASSWORD_MAX, &password } };
	uint8_t secret[TOTP_SECRET_BYTES], sealed[SECOND_STEP_SEALED];
	PGresult *result;
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK)
		status = prove(call, password);
	if (status != STATUS_OK)
		return status;
	secret_random(secret, sizeof secret);
	second_step_seal(call->api, secret, sealed);
	const struct param params[] = { SESSION_PARAM(call), PARAM_BYTES(sealed, sizeof sealed) };

	status = call_run(call, &STATEMENT_TOTP_BEGIN, params, ARRAY_SIZE(params), &result);
	if (status == STATUS_OK) {
		answer_secret(call, secret, result_str(result, 0, "operator"));
		PQclear(result);
	}
	OPENSSL_cleanse(secret, sizeof secret);
	return status;
}

/* ---- recovery codes ----------------------------------------------------------------------------------------- */

struct codes {
	struct buf hashes; /* an array for the verb */
	struct buf json;   /* the answer */
};

static void codes_init(struct codes *codes)
{
	char code[SECOND_STEP_CODE_SIZE];
	uint8_t hash[SECRET_BYTES];

	buf_init(&codes->hashes, CODES_MAX_BYTES);
	buf_init(&codes->json, ANSWER_MAX_BYTES);
	array_begin(&codes->hashes);
	buf_addf(&codes->json, "{\"recovery_codes\":[");
	for (int i = 0; i < SECOND_STEP_CODES; i++) {
		second_step_new_code(code, hash);
		array_add_bytes(&codes->hashes, hash, sizeof hash);
		buf_addf(&codes->json, "%s\"%s\"", i ? "," : "", code);
	}
	array_end(&codes->hashes);
	buf_addf(&codes->json, "]}");
	OPENSSL_cleanse(code, sizeof code);
}

static void codes_fini(struct codes *codes)
{
	OPENSSL_cleanse(codes->json.data, codes->json.len);
	buf_fini(&codes->json);
	buf_fini(&codes->hashes);
}

/* ---- with a code in hand ------------------------------------------------------------------------------------ */

/* {password?, totp}; the code is right, as far as it can be told before it is used up. `ret_sealed`: the secret it was held against. */
static enum status take_code(struct call *call, bool confirmed, struct second_step *ret_step, uint8_t ret_sealed[SECOND_STEP_SEALED])
{
	const char *password = NULL, *totp = NULL;
	const struct json_field fields[] = {
		{ "totp", JSON_NAME, true, 0, SECOND_STEP_MAX, &totp },
		{ "password", JSON_BODY, false, 0, PASSWORD_MAX, &password },
	};
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(confirmed ? "true" : "false") };
	PGresult *result;
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));
	bool right;

	if (status == STATUS_OK && confirmed)
		status = prove(call, password);
	if (status == STATUS_OK)
		status = call_run(call, &STATEMENT_MY_TOTP, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	right = second_step_read(call->api, result, totp, ret_step, ret_sealed) && (confirmed || !ret_step->recovers);
	PQclear(result);
	return right ? STATUS_OK : account_refuse(call, "totp");
}

/* A code that the verb finds used counts as wrong. */
static enum status run_verb(struct call *call, const struct statement *verb, const struct param *params, size_t count)
{
	PGresult *result;
	enum status status = call_run(call, verb, params, count, &result);

	if (status == STATUS_INVALID && strcmp(call->problem.field, "totp") == 0)
		return account_refuse(call, "totp");
	if (status == STATUS_OK)
		PQclear(result);
	return status;
}

enum status account_totp_confirm(struct call *call)
{
	uint8_t sealed[SECOND_STEP_SEALED];
	struct second_step step = { 0 };
	struct codes codes;
	enum status status = take_code(call, false, &step, sealed);

	if (status != STATUS_OK)
		return status;
	codes_init(&codes);
	const struct param params[] = { SESSION_PARAM(call), PARAM_BYTES(sealed, sizeof sealed), second_step_param(&step), PARAM_TEXT(codes.hashes.data) };

	status = run_verb(call, &STATEMENT_TOTP_CONFIRM, params, ARRAY_SIZE(params));
	if (status == STATUS_OK)
		response_json(&call->response, HTTP_OK, codes.json.data);
	codes_fini(&codes);
	return status;
}

enum status account_totp_codes(struct call *call)
{
	uint8_t sealed[SECOND_STEP_SEALED];
	struct second_step step = { 0 };
	struct codes codes;
	enum status status = take_code(call, true, &step, sealed);

	if (status != STATUS_OK)
		return status;
	codes_init(&codes);
	const struct param params[] = { SESSION_PARAM(call), second_step_param(&step), second_step_recovery_param(&step), PARAM_TEXT(codes.hashes.data) };

	status = run_verb(call, &STATEMENT_TOTP_NEW_CODES, params, ARRAY_SIZE(params));
	if (status == STATUS_OK)
		response_json(&call->response, HTTP_OK, codes.json.data);
	codes_fini(&codes);
	return status;
}

enum status account_totp_off(struct call *call)
{
	uint8_t sealed[SECOND_STEP_SEALED];
	struct second_step step = { 0 };
	enum status status = take_code(call, true, &step, sealed);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), second_step_param(&step), second_step_recovery_param(&step) };

	return run_verb(call, &STATEMENT_TOTP_OFF, params, ARRAY_SIZE(params));
}
