/* SPDX-License-Identifier: ISC */
/* What a supervisor sees and does. */
#include "api/handlers.h"
#include "chat/statements.h"

#include <string.h>

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

/* A seq as it stands in a path: up to 15 digits, the first no zero. */
static bool seq_is_wellformed(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len > 0 && len <= 15 && text[len] == '\0' && *text != '0';
}

enum status supervisor_redact(struct call *call)
{
	const char *reason = NULL, *seq = call->match.args[1];
	const struct json_field fields[] = { { "reason", JSON_NAME, false, 0, REASON_MAX, &reason } };
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	if (!seq_is_wellformed(seq))
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(seq), PARAM_TEXT(reason) };

	return call_answer(call, &STATEMENT_REDACT_MESSAGE, params, ARRAY_SIZE(params));
}

enum status supervisor_board(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_BOARD, params, ARRAY_SIZE(params));
}

enum status supervisor_results(struct call *call)
{
	const char *locale = NULL;
	enum status status = call_query_locale(call, &locale);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(locale) };

	return call_answer(call, &STATEMENT_RESULTS, params, ARRAY_SIZE(params));
}
