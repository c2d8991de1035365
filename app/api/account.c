/* SPDX-License-Identifier: ISC */
/* Passwords: one's own is replaced by who knows the old one, a first or forgotten one by who has a link, which works once. */
#include "api/account.h"

#include "api/handlers.h"
#include "chat/statements.h"

#include <openssl/crypto.h>
#include <stdio.h>

#define ACCOUNT_SEAT_WAIT_MS 2000 /* as at a login */

enum status account_show(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_ACCOUNT, params, ARRAY_SIZE(params));
}

enum status account_owner(struct call *call, struct owner *ret_owner)
{
	const struct param params[] = { SESSION_PARAM(call) };
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_MY_PASSWORD, params, ARRAY_SIZE(params), &result);
	const char *hash;

	if (status != STATUS_OK)
		return status;
	hash = result_str(result, 0, "hash");
	snprintf(ret_owner->hash, sizeof ret_owner->hash, "%s", hash ? hash : "");
	ret_owner->enrolling = result_bool(result, 0, "enrolling");
	PQclear(result);
	return STATUS_OK;
}

enum status account_refuse(struct call *call, const char *field)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(field), PARAM_TEXT(call->request.remote_addr) };
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_ACCOUNT_REFUSED, params, ARRAY_SIZE(params), &result);

	if (status != STATUS_OK)
		return status;
	PQclear(result);
	return call_fail(call, STATUS_INVALID, field);
}

enum status account_check_password(struct call *call, const struct owner *owner, const char *password)
{
	int seat;
	bool right;

	if (!password)
		return call_fail(call, STATUS_INVALID, "password");
	seat = seats_take(&call->api->guard.hashes, ACCOUNT_SEAT_WAIT_MS);
	if (seat < 0)
		return call_fail(call, STATUS_UNAVAILABLE, NULL);
	right = password_verify(password, owner->hash[0] ? owner->hash : NULL);
	seats_leave(&call->api->guard.hashes, seat);
	return right ? STATUS_OK : account_refuse(call, "password");
}

/* The one judge of a new password here. */
static enum status hash_new(struct call *call, const char *password, const char *field, char ret_hash[PASSWORD_HASH_SIZE])
{
	return password_hash(password, ret_hash) == STATUS_OK ? STATUS_OK : call_fail(call, STATUS_INVALID, field);
}

enum status account_password(struct call *call)
{
	const char *old = NULL, *password = NULL;
	const struct json_field fields[] = {
		{ "password", JSON_BODY, true, 0, PASSWORD_MAX, &old },
		{ "new_password", JSON_BODY, true, 0, PASSWORD_MAX, &password },
	};
	char hash[PASSWORD_HASH_SIZE];
	struct owner owner;
	enum status status;

	if (!call->api->password_login)
		return call_fail(call, STATUS_FORBIDDEN, "password");
	status = call_read(call, fields, ARRAY_SIZE(fields));
	if (status == STATUS_OK)
		status = account_owner(call, &owner);
	if (status == STATUS_OK)
		status = account_check_password(call, &owner, old);
	if (status == STATUS_OK)
		status = hash_new(call, password, "new_password", hash);
	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(owner.hash), PARAM_TEXT(hash) };

	return call_answer(call, &STATEMENT_CHANGE_PASSWORD, params, ARRAY_SIZE(params));
}

/* ---- by link ------------------------------------------------------------------------------------------------ */

/* What is no token is a link that does not exist. */
static enum status hash_token(struct call *call, const char *token, uint8_t ret_hash[SECRET_BYTES])
{
	if (!call->api->password_login)
		return call_fail(call, STATUS_FORBIDDEN, "password");
	if (!secret_token_is_wellformed(token))
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	secret_sha256(token, SECRET_TOKEN_LEN, ret_hash);
	return STATUS_OK;
}

enum status account_link(struct call *call)
{
	const char *token = NULL;
	const struct json_field fields[] = { { "token", JSON_TOKEN, true, 0, SECRET_TOKEN_LEN, &token } };
	uint8_t link[SECRET_BYTES];
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK)
		status = hash_token(call, token, link);
	if (status != STATUS_OK)
		return status;
	const struct param params[] = { PARAM_BYTES(link, SECRET_BYTES) };

	return call_answer(call, &STATEMENT_LINK_VIEW, params, ARRAY_SIZE(params));
}

/* A hash is dear: it is made only for a link that there is. */
enum status account_link_password(struct call *call)
{
	const char *token = NULL, *password = NULL;
	const struct json_field fields[] = {
		{ "token", JSON_TOKEN, true, 0, SECRET_TOKEN_LEN, &token },
		{ "password", JSON_BODY, true, 0, PASSWORD_MAX, &password },
	};
	char hash[PASSWORD_HASH_SIZE];
	uint8_t link[SECRET_BYTES];
	PGresult *result;
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK)
		status = hash_token(call, token, link);
	if (status != STATUS_OK)
		return status;
	const struct param view[] = { PARAM_BYTES(link, SECRET_BYTES) };

	status = call_run(call, &STATEMENT_LINK_VIEW, view, ARRAY_SIZE(view), &result);
	if (status != STATUS_OK)
		return status;
	PQclear(result);
	status = hash_new(call, password, "password", hash);
	if (status != STATUS_OK)
		return status;
	const struct param params[] = { PARAM_BYTES(link, SECRET_BYTES), PARAM_TEXT(hash), PARAM_TEXT(call->request.remote_addr) };

	return call_answer(call, &STATEMENT_USE_LINK, params, ARRAY_SIZE(params));
}
