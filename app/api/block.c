/* SPDX-License-Identifier: ISC */
/* Who is not to be served, as a supervisor says. */
#include "api/handlers.h"
#include "chat/statements.h"
#include "db/array.h"

#include <inttypes.h>
#include <stdio.h>

#define KINDS_MAX 3 /* identity, address, email */
#define REASON_MAX 200
#define DAYS_MAX 3650

static void format_kinds(struct buf *out, struct json_object *kinds)
{
	array_begin(out);
	for (size_t i = 0; i < json_object_array_length(kinds); i++)
		array_add_text(out, json_object_get_string(json_object_array_get_idx(kinds, i)));
	array_end(out);
}

enum status block_make(struct call *call)
{
	struct json_object *kinds = NULL;
	const char *reason = NULL;
	bool end = false;
	int64_t days = 0;
	const struct json_field fields[] = {
		{ "kinds", JSON_STRINGS, true, 0, KINDS_MAX, &kinds },
		{ "reason", JSON_NAME, true, 0, REASON_MAX, &reason },
		{ "days", JSON_INT, false, 1, DAYS_MAX, &days },
		{ "end", JSON_BOOL, false, 0, 0, &end },
	};
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));
	struct buf list;
	char digits[24];

	if (status != STATUS_OK)
		return status;
	buf_init(&list, KINDS_MAX * (2 * JSON_STRINGS_ITEM_MAX + 4) + 16);
	format_kinds(&list, kinds);
	snprintf(digits, sizeof digits, "%" PRId64, days);
	const struct param params[] = {
		SESSION_PARAM(call),    PARAM_TEXT(call->match.args[0]),  PARAM_TEXT(list.data), PARAM_TEXT(reason), PARAM_TEXT(days ? digits : NULL),
		PARAM_TEXT(end ? "true" : "false"),
	};

	status = call_answer(call, &STATEMENT_BLOCK_CUSTOMER, params, ARRAY_SIZE(params));
	buf_fini(&list);
	return status;
}

enum status block_list(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call) };

	return call_answer(call, &STATEMENT_BLOCKS, params, ARRAY_SIZE(params));
}

enum status block_lift(struct call *call)
{
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]) };

	return call_answer(call, &STATEMENT_LIFT_BLOCK, params, ARRAY_SIZE(params));
}
