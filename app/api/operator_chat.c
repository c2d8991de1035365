/* SPDX-License-Identifier: ISC */
/* What an operator does in a chat. */
#include "api/handlers.h"
#include "api/post.h"
#include "chat/statements.h"

#define DISPOSITION_MAX 200
#define NOTE_MAX 4000

enum status operator_events(struct call *call)
{
	struct post_page page;
	enum status status = post_read_page(call, &page);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(page.after), PARAM_TEXT(page.limit) };

	return call_answer(call, &STATEMENT_OPERATOR_EVENTS, params, ARRAY_SIZE(params));
}

static enum status store(struct call *call, const char *kind)
{
	struct post post = { .party = "operator", .kind = kind };
	const struct json_field fields[] = {
		{ "cid", JSON_UUID, true, 0, 0, &post.cid },
		{ "body", JSON_BODY, true, 0, POST_BODY_MAX, &post.body },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	return status == STATUS_OK ? post_store(call, &post) : status;
}

enum status operator_message(struct call *call)
{
	return store(call, "message");
}

enum status operator_note(struct call *call)
{
	return store(call, "note");
}

enum status operator_marks(struct call *call)
{
	struct post_marks marks;
	enum status status = post_read_marks(call, &marks);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(marks.got), PARAM_TEXT(marks.read) };

	return call_answer(call, &STATEMENT_OPERATOR_MARKS, params, ARRAY_SIZE(params));
}

enum status operator_end(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, &STATEMENT_OPERATOR_END, params, ARRAY_SIZE(params)) : status;
}

enum status operator_wrap_up(struct call *call)
{
	const char *disposition = NULL, *note = NULL;
	const struct json_field fields[] = {
		{ "disposition", JSON_NAME, false, 0, DISPOSITION_MAX, &disposition },
		{ "note", JSON_BODY, false, 0, NOTE_MAX, &note },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(disposition), PARAM_TEXT(note) };

	return call_answer(call, &STATEMENT_WRAP_UP, params, ARRAY_SIZE(params));
}
