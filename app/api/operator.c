/* SPDX-License-Identifier: ISC */
/* What an operator says about himself and about the chats held out to him. */
#include "api/handlers.h"
#include "chat/statements.h"
#include "db/array.h"

#define REASON_MAX 200
#define JOINED_MAX 500
#define JOINED_MAX_BYTES (JOINED_MAX * (2 * JSON_STRINGS_ITEM_MAX + 3) + 3)

static enum status answer_session(struct call *call, const struct statement *statement)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, statement, params, ARRAY_SIZE(params));
}

enum status operator_queues(struct call *call)
{
	return answer_session(call, &STATEMENT_MY_QUEUES);
}

enum status operator_chats(struct call *call)
{
	return answer_session(call, &STATEMENT_MY_CHATS);
}

enum status operator_join(struct call *call)
{
	struct json_object *joined = NULL;
	const struct json_field fields[] = { { "joined", JSON_STRINGS, true, 0, JOINED_MAX, &joined } };
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));
	struct buf array;
	size_t i;

	if (status != STATUS_OK)
		return status;
	buf_init(&array, JOINED_MAX_BYTES);
	array_begin(&array);
	for (i = 0; i < json_object_array_length(joined); i++)
		array_add_text(&array, json_object_get_string(json_object_array_get_idx(joined, i)));
	array_end(&array);
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(array.data) };

	status = call_answer(call, &STATEMENT_JOIN_QUEUES, params, ARRAY_SIZE(params));
	buf_fini(&array);
	return status;
}

enum status operator_presence(struct call *call)
{
	const char *state = NULL, *reason = NULL;
	const struct json_field fields[] = {
		{ "state", JSON_TOKEN, true, 0, 32, &state },
		{ "reason", JSON_NAME, false, 0, REASON_MAX, &reason },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(state), PARAM_TEXT(reason) };

	return call_answer(call, &STATEMENT_SET_PRESENCE, params, ARRAY_SIZE(params));
}

enum status operator_accept(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, &STATEMENT_ACCEPT_OFFER, params, ARRAY_SIZE(params)) : status;
}

enum status operator_decline(struct call *call)
{
	const char *reason = NULL;
	const struct json_field fields[] = { { "reason", JSON_NAME, false, 0, REASON_MAX, &reason } };
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(reason) };

	return call_answer(call, &STATEMENT_DECLINE_OFFER, params, ARRAY_SIZE(params));
}
