/* SPDX-License-Identifier: ISC */
/* An operator passes his chat on: to a queue, by an offer to a colleague, or back to its bot. */
#include "api/handlers.h"
#include "chat/statements.h"

#define KEY_MAX 63
#define NOTE_MAX 4000

static enum status answer_chat(struct call *call, const struct statement *statement)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, statement, params, ARRAY_SIZE(params));
}

enum status transfer_make(struct call *call)
{
	const char *queue = NULL, *operator = NULL, *note = NULL;
	bool bot = false;
	const struct json_field fields[] = {
		{ "queue", JSON_TOKEN, false, 0, KEY_MAX, &queue },
		{ "operator", JSON_TOKEN, false, 0, KEY_MAX, &operator },
		{ "bot", JSON_BOOL, false, 0, 0, &bot },
		{ "note", JSON_BODY, false, 0, NOTE_MAX, &note },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	if (bot && (queue || operator))
		return call_fail(call, STATUS_INVALID, "bot");
	if (bot) {
		const struct param back[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(note) };

		return call_answer(call, &STATEMENT_RETURN_TO_BOT, back, ARRAY_SIZE(back));
	}
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(queue), PARAM_TEXT(operator), PARAM_TEXT(note) };

	return call_answer(call, &STATEMENT_TRANSFER_CHAT, params, ARRAY_SIZE(params));
}

enum status transfer_withdraw(struct call *call)
{
	return answer_chat(call, &STATEMENT_WITHDRAW_TRANSFER);
}

enum status transfer_targets(struct call *call)
{
	return answer_chat(call, &STATEMENT_TRANSFER_TARGETS);
}
