/* SPDX-License-Identifier: ISC */
/* Letters that have not arrived, as a supervisor sees them. */
#include "api/handlers.h"
#include "chat/statements.h"

#define KIND_MAX 20
#define ACCOUNT_MAX 100

enum status outbox_list(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_DEAD_LETTERS, params, ARRAY_SIZE(params));
}

enum status outbox_send(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, &STATEMENT_SEND_LETTER, params, ARRAY_SIZE(params)) : status;
}

enum status outbox_send_all(struct call *call)
{
	const char *kind = NULL, *account = NULL;
	const struct json_field fields[] = {
		{ "kind", JSON_TOKEN, true, 0, KIND_MAX, &kind },
		{ "account", JSON_TOKEN, true, 0, ACCOUNT_MAX, &account },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(kind), PARAM_TEXT(account) };

	return call_answer(call, &STATEMENT_SEND_LETTERS, params, ARRAY_SIZE(params));
}

enum status outbox_give_up(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, &STATEMENT_GIVE_UP_LETTER, params, ARRAY_SIZE(params));
}
