/* SPDX-License-Identifier: ISC */
/* What operators are guided by: phrases, the dialog of a chat, what it can be filed under. */
#include "api/handlers.h"
#include "api/locale.h"
#include "chat/statements.h"

#include <inttypes.h>

#define KEY_MAX 63
#define PHRASES_MAX 500
#define PHRASES_DEFAULT 200

enum status guidance_phrases(struct call *call)
{
	const struct uri *uri = &call->request.uri;
	const char *locale = NULL;
	char limit_text[24];
	int64_t limit;
	enum status status = call_query_locale(call, &locale);

	if (status == STATUS_OK)
		status = call_query_int(call, "limit", 1, PHRASES_MAX, PHRASES_DEFAULT, &limit);
	if (status != STATUS_OK)
		return status;
	snprintf(limit_text, sizeof limit_text, "%" PRId64, limit);
	const struct param params[] = {
		SESSION_PARAM(call), PARAM_TEXT(uri_param(uri, "chat")), PARAM_TEXT(uri_param(uri, "q")), PARAM_TEXT(locale), PARAM_TEXT(limit_text),
	};

	return call_answer(call, &STATEMENT_PHRASES, params, ARRAY_SIZE(params));
}

enum status guidance_show(struct call *call)
{
	const char *locale = NULL;
	enum status status = call_query_locale(call, &locale);

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(uri_param(&call->request.uri, "chat")), PARAM_TEXT(locale) };

	return call_answer(call, &STATEMENT_GUIDANCE, params, ARRAY_SIZE(params));
}

enum status guidance_step(struct call *call)
{
	const char *dialog = NULL, *step = NULL, *item = NULL, *locale = NULL;
	bool done = true;
	const struct json_field fields[] = {
		{ "dialog", JSON_TOKEN, true, 0, KEY_MAX, &dialog },
		{ "step", JSON_TOKEN, false, 0, KEY_MAX, &step },
		{ "item", JSON_TOKEN, false, 0, KEY_MAX, &item },
		{ "done", JSON_BOOL, false, 0, 0, &done },
	};
	enum status status = call_query_locale(call, &locale);

	if (status == STATUS_OK)
		status = call_read(call, fields, ARRAY_SIZE(fields));
	if (status != STATUS_OK)
		return status;
	const struct param params[] = {
		SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(dialog), PARAM_TEXT(step), PARAM_TEXT(item),
		PARAM_TEXT(!item ? NULL : done ? "true" : "false"), PARAM_TEXT(locale),
	};

	return call_answer(call, &STATEMENT_GUIDE_CHAT, params, ARRAY_SIZE(params));
}

enum status guidance_used(struct call *call)
{
	const char *phrase = NULL;
	const struct json_field fields[] = { { "phrase", JSON_TOKEN, true, 0, KEY_MAX, &phrase } };
	enum status status = call_read(call, fields, ARRAY_SIZE(fields));

	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(phrase) };

	return call_answer(call, &STATEMENT_PHRASE_USED, params, ARRAY_SIZE(params));
}
