/* SPDX-License-Identifier: ISC */
/* What operators do with the notes that customers have left. */
#include "api/handlers.h"
#include "api/post.h"
#include "chat/statements.h"

#include <inttypes.h>
#include <stdio.h>

#define PAGE_MAX 100
#define PAGE_USUAL 50

enum status inbox_list(struct call *call)
{
	const char *view = uri_param(&call->request.uri, "view"), *after = uri_param(&call->request.uri, "after");
	enum status status;
	char digits[24];
	int64_t limit;

	status = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_USUAL, &limit);
	if (status == STATUS_OK && after && !uuid_is_canonical(after))
		status = call_fail(call, STATUS_INVALID, "after");
	if (status != STATUS_OK)
		return status;
	snprintf(digits, sizeof digits, "%" PRId64, limit);
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(view ? view : "open"), PARAM_TEXT(after), PARAM_TEXT(digits) };

	return call_answer(call, &STATEMENT_INBOX, params, ARRAY_SIZE(params));
}

enum status inbox_entry(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, &STATEMENT_INBOX_ENTRY, params, ARRAY_SIZE(params));
}

enum status inbox_people(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, &STATEMENT_INBOX_PEOPLE, params, ARRAY_SIZE(params));
}

enum status inbox_state(struct call *call)
{
	const char *state = NULL, *operator= NULL;
	const struct json_field fields[] = { { "state", JSON_TOKEN, true, 0, 16, &state },
										 {
											 "operator",
											 JSON_TOKEN,
											 false,
											 0,
											 64,
											 &operator},
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(state), PARAM_TEXT(operator) };

	return call_answer(call, &STATEMENT_MOVE_ENTRY, params, ARRAY_SIZE(params));
}

static enum status answer(struct call *call, const char *cid, const char *body, const char *base, const char *code)
{
	const struct param params[] = {
		SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(cid), PARAM_TEXT(body), PARAM_TEXT(base), PARAM_TEXT(code),
	};

	return call_answer(call, &STATEMENT_ANSWER_ENTRY, params, ARRAY_SIZE(params));
}

enum status inbox_answer(struct call *call)
{
	const char *cid = NULL, *body = NULL;
	const struct json_field fields[] = {
		{ "cid", JSON_UUID, true, 0, 0, &cid },
		{ "body", JSON_BODY, true, 0, POST_BODY_MAX, &body },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	return status == STATUS_OK ? answer(call, cid, body, NULL, NULL) : status;
}

/* The code is made here and known to the mail alone; the database keeps its hash. */
enum status inbox_invite(struct call *call)
{
	const struct public_url *url = &call->api->url;
	const char *cid = NULL, *body = NULL;
	const struct json_field fields[] = {
		{ "cid", JSON_UUID, true, 0, 0, &cid },
		{ "body", JSON_BODY, false, 0, POST_BODY_MAX, &body },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));
	char base[sizeof url->origin + sizeof url->prefix], code[SECRET_TOKEN_LEN + 1];

	if (status != STATUS_OK)
		return status;
	secret_token(code);
	snprintf(base, sizeof base, "%s%s", url->origin, url->prefix);
	return answer(call, cid, body, base, code);
}
