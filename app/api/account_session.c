/* SPDX-License-Identifier: ISC */
/* Where somebody is logged in, and how that ends: his own sessions, and as a supervisor those of others. */
#include "api/handlers.h"
#include "chat/statements.h"

enum status account_sessions(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_MY_SESSIONS, params, ARRAY_SIZE(params));
}

/* {session} or {others:true}, one of the two */
enum status account_end_session(struct call *call)
{
	const char *session = NULL;
	bool others = false;
	const struct json_field fields[] = {
		{ "session", JSON_UUID, false, 0, 0, &session },
		{ "others", JSON_BOOL, false, 0, 0, &others },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	if ((session != NULL) == others)
		return call_fail(call, STATUS_INVALID, "session");
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(session) };

	return call_answer(call, &STATEMENT_END_SESSION, params, ARRAY_SIZE(params));
}

static enum status act_on(struct call *call, const struct statement *verb)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, verb, params, ARRAY_SIZE(params)) : status;
}

enum status supervisor_end_sessions(struct call *call)
{
	return act_on(call, &STATEMENT_END_SESSIONS_OF);
}

enum status supervisor_reset_totp(struct call *call)
{
	return act_on(call, &STATEMENT_RESET_TOTP_OF);
}
