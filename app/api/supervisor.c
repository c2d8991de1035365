/* SPDX-License-Identifier: ISC */
/* What a supervisor sees and does. */
#include "api/handlers.h"
#include "chat/statements.h"

#define KEY_MAX 63
#define REASON_MAX 200

enum status supervisor_take(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, &STATEMENT_TAKE_CHAT, params, ARRAY_SIZE(params)) : status;
}

enum status supervisor_requeue(struct call *call)
{
	const char *queue = NULL, *reason = NULL;
	const struct json_field fields[] = {
		{ "queue", JSON_TOKEN, false, 0, KEY_MAX, &queue },
		{ "reason", JSON_NAME, false, 0, REASON_MAX, &reason },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(queue), PARAM_TEXT(reason) };

	return call_answer(call, &STATEMENT_REQUEUE_CHAT, params, ARRAY_SIZE(params));
}

enum status supervisor_board(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_BOARD, params, ARRAY_SIZE(params));
}
