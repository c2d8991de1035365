/* SPDX-License-Identifier: ISC */
/* Operators come and go. A session is a random cookie of which the database knows the hash; a wrong password and an unknown name cost and answer the
 * same. */
#include "api/handlers.h"
#include "api/second_step.h"
#include "base/log.h"
#include "base/password.h"
#include "chat/statements.h"
#include "http/cookie.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COOKIE_MAX 256
#define USER_AGENT_MAX 300
#define SEAT_WAIT_MS 2000 /* those who begin their day at the same minute come one after the other */

struct login {
	const char *name;
	const char *password;
	const char *totp; /* a code of the second step; NULL = none given */
	char hash[PASSWORD_HASH_SIZE]; /* what the password was held against */
};

static void set_cookie(struct call *call, const char *token)
{
	struct buf value;

	buf_init(&value, COOKIE_MAX);
	cookie_format(&value, call->api->cookie_name, token, call->api->cookie_secure);
	response_header(&call->response, "Set-Cookie", value.data);
	buf_fini(&value);
}

/* A header is bytes of anybody's choosing; a text column is not. */
static void copy_printable(const char *from, char *ret_text, size_t size)
{
	size_t i;

	for (i = 0; from && from[i] && i + 1 < size; i++)
		ret_text[i] = from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?';
	ret_text[i] = '\0';
}

static enum status read_login(struct call *call, struct login *login)
{
	/* A password is taken as a message body is: every character counts, none is trimmed. */
	const struct json_field fields[] = {
		{ "operator", JSON_NAME, true, 0, 100, &login->name },
		{ "password", JSON_BODY, true, 0, PASSWORD_MAX, &login->password },
		{ "totp", JSON_NAME, false, 0, SECOND_STEP_MAX, &login->totp },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK && strlen(login->password) > PASSWORD_MAX)
		status = call_fail(call, STATUS_INVALID, "password");
	return status;
}

/* STATUS_UNAUTHORIZED when name and password do not belong together; the look-up counts, so that of many attempts at once no more are hashed than may be. */
static enum status hold_against(struct call *call, struct login *login)
{
	const struct param who[] = { PARAM_TEXT(login->name), PARAM_TEXT(call->request.remote_addr), PARAM_TEXT(guard_exempts(call) ? "true" : "false") };
	unsigned long long before = password_hashes_computed();
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_LOGIN_LOOKUP, who, ARRAY_SIZE(who), &result);
	char hashes[24];

	if (status != STATUS_OK)
		return status;
	if (result_int(result, 0, "wait_ms") > 0) {
		status = call_fail(call, STATUS_RATE_LIMITED, NULL);
		call->problem.retry_ms = (int)result_int(result, 0, "wait_ms");
	} else if (!password_verify(login->password, result_str(result, 0, "hash"))) {
		status = call_fail(call, STATUS_UNAUTHORIZED, NULL);
		snprintf(hashes, sizeof hashes, "%llu", password_hashes_computed() - before);
		/* Without the name: people type passwords there. The audit row has it. */
		log_security(LOG_LEVEL_WARN, "login refused", "address", call_address(call), "password_hashes", hashes, NULL);
	} else {
		snprintf(login->hash, sizeof login->hash, "%s", result_str(result, 0, "hash"));
	}
	PQclear(result);
	return status;
}

/* Hashing is made to be expensive: so many at once, and there must be workers left for everybody else. */
static enum status check_password(struct call *call, struct login *login)
{
	const struct param refused[] = { PARAM_TEXT(login->name), PARAM_TEXT(call->request.remote_addr) };
	int seat = seats_take(&call->api->guard.hashes, SEAT_WAIT_MS);
	PGresult *result;
	enum status status;

	if (seat < 0)
		return call_fail(call, STATUS_UNAVAILABLE, NULL);
	status = hold_against(call, login);
	seats_leave(&call->api->guard.hashes, seat);
	if (status != STATUS_UNAUTHORIZED)
		return status;
	status = call_run(call, &STATEMENT_LOGIN_FAILED, refused, ARRAY_SIZE(refused), &result);
	if (status != STATUS_OK)
		return status;
	PQclear(result);
	return call_fail(call, STATUS_UNAUTHORIZED, NULL);
}

/* ---- the second step ---------------------------------------------------------------------------------------- */

static enum status refuse_code(struct call *call, const char *operator)
{
	const struct param params[] = { PARAM_TEXT(operator), PARAM_TEXT(call->request.remote_addr) };
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_TOTP_REFUSED, params, ARRAY_SIZE(params), &result);

	log_security(LOG_LEVEL_WARN, "code refused", "address", call_address(call), NULL);
	if (status != STATUS_OK)
		return status;
	PQclear(result);
	return call_fail(call, STATUS_UNAUTHORIZED, "totp");
}

/* Asked for when the password was right, so that nobody else learns who has one. None given and a wrong one are answered alike. */
static enum status check_code(struct call *call, const char *operator, const char *code, struct second_step *ret_step)
{
	const struct param who[] = { PARAM_TEXT(operator) };
	uint8_t sealed[SECOND_STEP_SEALED];
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_TOTP_LOOKUP, who, ARRAY_SIZE(who), &result);
	bool right;

	if (status != STATUS_OK)
		return status;
	right = !result_str(result, 0, "secret") || second_step_read(call->api, result, code, ret_step, sealed);
	PQclear(result);
	if (right)
		return STATUS_OK;
	return code ? refuse_code(call, operator) : call_fail(call, STATUS_UNAUTHORIZED, "totp");
}

/* ---- a session begins --------------------------------------------------------------------------------------- */

/* Both verbs take the same, but for what the caller knows: the hash that the password was held against, or whether the second step is asked for. */
static enum status begin_session(struct call *call, const struct statement *verb, const char *operator, const char *known, const struct second_step *step)
{
	char token[SECRET_TOKEN_LEN + 1], user_agent[USER_AGENT_MAX + 1];
	uint8_t hash[SECRET_BYTES];
	enum status status;

	secret_token(token);
	secret_sha256(token, SECRET_TOKEN_LEN, hash);
	copy_printable(call->request.user_agent, user_agent, sizeof user_agent);
	const struct param params[] = {
		PARAM_TEXT(operator),
		PARAM_BYTES(hash, SECRET_BYTES),
		PARAM_TEXT(call->request.remote_addr),
		PARAM_TEXT(user_agent),
		PARAM_TEXT(known),
		second_step_param(step),
		second_step_recovery_param(step),
	};

	status = call_answer(call, verb, params, ARRAY_SIZE(params));
	if (status == STATUS_UNAUTHORIZED && strcmp(call->problem.field, "totp") == 0)
		return refuse_code(call, operator); /* used before */
	if (status != STATUS_OK)
		return status;
	set_cookie(call, token);
	log_security(LOG_LEVEL_INFO, "login", "operator", operator, "address", call_address(call), NULL);
	return STATUS_OK;
}

enum status session_login(struct call *call)
{
	struct second_step step = { 0 };
	struct login login = { 0 };
	enum status status;

	if (!call->api->password_login)
		return call_fail(call, STATUS_FORBIDDEN, "password");
	status = read_login(call, &login);
	if (status == STATUS_OK)
		status = check_password(call, &login);
	if (status == STATUS_OK)
		status = check_code(call, login.name, login.totp, &step);
	return status == STATUS_OK ? begin_session(call, &STATEMENT_LOGIN, login.name, login.hash, &step) : status;
}

/* STATUS_FORBIDDEN for whom the web server knows and we do not. */
static enum status check_named(struct call *call, const char *operator)
{
	const struct param params[] = { PARAM_TEXT(operator), PARAM_TEXT(call->request.remote_addr) };
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_SSO_LOOKUP, params, ARRAY_SIZE(params), &result);
	bool known;

	if (status != STATUS_OK)
		return status;
	known = result_bool(result, 0, "known");
	PQclear(result);
	if (known)
		return STATUS_OK;
	log_security(LOG_LEVEL_WARN, "login refused", "way", "sso", "address", call_address(call), NULL);
	return call_fail(call, STATUS_FORBIDDEN, "operator");
}

enum status session_sso(struct call *call)
{
	const char *operator = call->request.user, *totp = NULL;
	const struct json_field fields[] = { { "totp", JSON_NAME, false, 0, SECOND_STEP_MAX, &totp } };
	struct second_step step = { 0 };
	enum status status;

	if (!call->request.user_param)
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	status = call_read(call, fields, ARRAY_SIZE(fields));
	if (status != STATUS_OK)
		return status;
	if (!operator || *operator == '\0')
		return call_fail(call, STATUS_UNAUTHORIZED, NULL);
	status = check_named(call, operator);
	if (status == STATUS_OK && call->api->sso_totp)
		status = check_code(call, operator, totp, &step);
	return status == STATUS_OK ? begin_session(call, &STATEMENT_LOGIN_SSO, operator, call->api->sso_totp ? "true" : "false", &step) : status;
}

enum status session_ways(struct call *call)
{
	bool password = call->api->password_login, sso = call->request.user_param != NULL;
	char json[64];

	snprintf(json, sizeof json, "{\"ways\":[%s%s%s]}", password ? "\"password\"" : "", password && sso ? "," : "", sso ? "\"sso\"" : "");
	response_json(&call->response, HTTP_OK, json);
	return STATUS_OK;
}

enum status session_show(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_SESSION_VIEW, params, ARRAY_SIZE(params));
}

enum status session_logout(struct call *call)
{
	const char *requeue = uri_param(&call->request.uri, "requeue");
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(requeue ? requeue : "false") };
	PGresult *result;
	enum status status;

	if (requeue && strcmp(requeue, "true") != 0 && strcmp(requeue, "false") != 0)
		return call_fail(call, STATUS_INVALID, "requeue");
	status = call_run(call, &STATEMENT_LOGOUT, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	PQclear(result);
	set_cookie(call, "");
	return STATUS_OK;
}

enum status session_ticket(struct call *call)
{
	char ticket[SECRET_TOKEN_LEN + 1], json[1024];
	uint8_t hash[SECRET_BYTES];
	PGresult *result;
	enum status status = call_read(call, NULL, 0);

	if (status != STATUS_OK)
		return status;
	secret_token(ticket);
	secret_sha256(ticket, SECRET_TOKEN_LEN, hash);
	const struct param params[] = { SESSION_PARAM(call), PARAM_BYTES(hash, SECRET_BYTES), PARAM_TEXT(call->origin) };

	status = call_run(call, &STATEMENT_MAKE_TICKET, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	/* No string in here needs escaping: a token is base64url, and public_url_parse() lets no quote through. */
	snprintf(json, sizeof json, "{\"ticket\":\"%s\",\"expires_in_s\":%" PRId64 ",\"relay\":{\"url\":\"%s\",\"protocol\":\"" RELAY_PROTOCOL "\"}}",
			 ticket, result_int(result, 0, "expires_in_s"), call->api->url.relay_url);
	response_json(&call->response, HTTP_OK, json);
	PQclear(result);
	return STATUS_OK;
}
