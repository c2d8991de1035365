/* SPDX-License-Identifier: ISC */
/* What a customer does in his chat, also where sockets are blocked. */
#include "api/handlers.h"
#include "api/identity.h"
#include "api/post.h"
#include "chat/statements.h"

#include <inttypes.h>
#include <stdio.h>

enum status customer_chat(struct call *call)
{
	const struct param params[] = { CUSTOMER_PARAMS(call) };

	return call_answer(call, &STATEMENT_CHAT_VIEW, params, ARRAY_SIZE(params));
}

enum status customer_events(struct call *call)
{
	struct post_page page;
	enum status status = post_read_page(call, &page);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(page.after), PARAM_TEXT(page.limit) };

	return call_answer(call, &STATEMENT_CHAT_EVENTS, params, ARRAY_SIZE(params));
}

enum status customer_message(struct call *call)
{
	struct post post = { .party = "customer", .kind = "message" };
	const struct json_field fields[] = {
		{ "cid", JSON_UUID, true, 0, 0, &post.cid },
		{ "body", JSON_BODY, false, 0, POST_BODY_MAX, &post.body },
		{ "choice", JSON_TOKEN, false, 0, POST_CHOICE_MAX, &post.choice },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK && !post.body && !post.choice)
		status = call_fail(call, STATUS_INVALID, "body");
	return status == STATUS_OK ? post_store(call, &post) : status;
}

enum status customer_marks(struct call *call)
{
	struct post_marks marks;
	enum status status = post_read_marks(call, &marks);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(marks.got), PARAM_TEXT(marks.read) };

	return call_answer(call, &STATEMENT_CUSTOMER_MARKS, params, ARRAY_SIZE(params));
}

enum status customer_queue(struct call *call)
{
	const char *queue = NULL;
	struct json_object *answers = NULL;
	const struct json_field fields[] = {
		{ "queue", JSON_TOKEN, false, 0, 64, &queue },
		{ "answers", JSON_OBJECT, false, 0, 0, &answers },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	if (!call_object_fits(answers))
		return call_fail(call, STATUS_INVALID, "answers");
	const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(queue), PARAM_TEXT(json_plain(answers)) };

	return call_answer(call, &STATEMENT_ASK_PERSON, params, ARRAY_SIZE(params));
}

enum status customer_end(struct call *call)
{
	const struct param params[] = { CUSTOMER_PARAMS(call) };
	enum status status = call_read(call, NULL, 0);

	return status == STATUS_OK ? call_answer(call, &STATEMENT_CUSTOMER_END, params, ARRAY_SIZE(params)) : status;
}

enum status customer_rating(struct call *call)
{
	const char *comment = NULL;
	int64_t score = 0;
	const struct json_field fields[] = {
		{ "score", JSON_INT, true, 1, 5, &score },
		{ "comment", JSON_BODY, false, 0, 1000, &comment },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));
	char digits[24];

	if (status != STATUS_OK)
		return status;
	snprintf(digits, sizeof digits, "%" PRId64, score);
	const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(digits), PARAM_TEXT(comment) };

	return call_answer(call, &STATEMENT_RATE_CHAT, params, ARRAY_SIZE(params));
}

/* The site says who this is while the chat runs: the person it has already, one for a chat that had none, or somebody else (a conflict: the client starts anew). */
enum status customer_identity(struct call *call)
{
	const char *widget = NULL, *identity = NULL;
	const struct json_field fields[] = {
		{ "widget", JSON_TOKEN, true, 0, 64, &widget },
		{ "identity", JSON_TOKEN, true, 0, IDENTITY_FIELD_MAX, &identity },
	};
	struct json_object *person = NULL;
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK)
		status = identity_read(call, widget, identity, &person);
	if (status == STATUS_OK) {
		const struct param params[] = { CUSTOMER_PARAMS(call), PARAM_TEXT(widget), PARAM_TEXT(json_plain(person)) };

		status = call_answer(call, &STATEMENT_IDENTIFY_CHAT, params, ARRAY_SIZE(params));
	}
	json_object_put(person);
	return status;
}
