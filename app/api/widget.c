/* SPDX-License-Identifier: ISC */
/* What anybody may know about a widget: its texts, its looks, its queues. */
#include "api/handlers.h"
#include "api/locale.h"
#include "chat/statements.h"

enum status widget_config(struct call *call)
{
	const char *locale = uri_param(&call->request.uri, "locale");
	struct response *response = &call->response;
	PGresult *result;
	enum status status;

	if (locale && !locale_is_wellformed(locale))
		return call_fail(call, STATUS_INVALID, "locale");
	const struct param params[] = {
		PARAM_TEXT(call->match.args[0]),
		PARAM_TEXT(locale ? locale : locale_accepted(&call->request)),
		PARAM_TEXT(call->origin),
		PARAM_TEXT(call->api->url.relay_url),
	};

	status = call_run(call, &STATEMENT_WIDGET_CONFIG, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	response_json(response, HTTP_OK, result_str(result, 0, "body"));
	response->cache_control = "max-age=60";
	response_vary(response, "Accept-Language");
	response_etag(response, result_str(result, 0, "etag"), call->request.if_none_match);
	PQclear(result);
	return STATUS_OK;
}

enum status widget_status(struct call *call)
{
	const struct param params[] = { PARAM_TEXT(call->match.args[0]), PARAM_TEXT(call->origin) };
	enum status status = call_answer(call, &STATEMENT_WIDGET_STATUS, params, ARRAY_SIZE(params));

	if (status == STATUS_OK)
		call->response.cache_control = "max-age=5";
	return status;
}
