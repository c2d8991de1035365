/* SPDX-License-Identifier: ISC */
#include "api/post.h"

#include "chat/statements.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_DEFAULT 200
#define PAGE_MAX 500
#define SEQ_MAX 9007199254740991 /* what JSON numbers hold exactly */

enum status post_store(struct call *call, const struct post *post)
{
	const struct param params[] = {
		CUSTOMER_PARAMS(call), PARAM_TEXT(post->kind), PARAM_TEXT(post->cid), PARAM_TEXT(post->body), PARAM_TEXT(post->choice),
		PARAM_TEXT(post->party),
	};
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_POST_MESSAGE, params, ARRAY_SIZE(params), &result);
	struct buf *out = &call->response.body;
	const char *body;
	char json[48];

	if (status != STATUS_OK)
		return status;
	snprintf(json, sizeof json, "{\"seq\":%" PRId64, result_int(result, 0, "seq"));
	response_json(&call->response, HTTP_OK, json);
	body = result_str(result, 0, "body");
	if (body) {
		buf_add_str(out, ",\"body\":");
		buf_add_json_str(out, body, strlen(body));
	}
	buf_add_str(out, "}");
	PQclear(result);
	return STATUS_OK;
}

enum status post_read_page(struct call *call, struct post_page *ret_page)
{
	int64_t after = 0, limit = 0;
	enum status status = call_query_int(call, "after", 0, INT64_MAX, 0, &after);

	if (status == STATUS_OK)
		status = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit);
	if (status != STATUS_OK)
		return status;
	snprintf(ret_page->after, sizeof ret_page->after, "%" PRId64, after);
	snprintf(ret_page->limit, sizeof ret_page->limit, "%" PRId64, limit);
	return STATUS_OK;
}

enum status post_read_marks(struct call *call, struct post_marks *ret_marks)
{
	int64_t got = 0, read = 0;
	const struct json_field fields[] = {
		{ "got", JSON_INT, false, 1, SEQ_MAX, &got },
		{ "read", JSON_INT, false, 1, SEQ_MAX, &read },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status == STATUS_OK && got == 0 && read == 0)
		status = call_fail(call, STATUS_INVALID, "got");
	if (status != STATUS_OK)
		return status;
	snprintf(ret_marks->got, sizeof ret_marks->got, "%" PRId64, got);
	snprintf(ret_marks->read, sizeof ret_marks->read, "%" PRId64, read);
	return STATUS_OK;
}
