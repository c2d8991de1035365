/* SPDX-License-Identifier: ISC */
#include "api/call.h"

#include "api/locale.h"
#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define OBJECT_MAX_BYTES 8192

bool call_is_monitored(const struct call *call)
{
	return networks_contain(&call->api->monitors, call->request.remote_addr);
}

const char *call_address(const struct call *call)
{
	return call->request.remote_addr ? call->request.remote_addr : "unknown";
}

enum status call_fail(struct call *call, enum status status, const char *field)
{
	return problem_set(&call->problem, status, field);
}

bool call_object_fits(struct json_object *object)
{
	return !object || strlen(json_plain(object)) <= OBJECT_MAX_BYTES;
}

enum status call_read(struct call *call, const struct json_field *fields, size_t count)
{
	const struct buf *text = &call->request.body;
	bool optional = true;
	size_t i;

	for (i = 0; i < count; i++)
		optional = optional && !fields[i].required;
	if (text->len == 0 && optional)
		return STATUS_OK;
	if (json_parse(text->data, text->len, &call->body) != STATUS_OK)
		return call_fail(call, STATUS_BAD_JSON, NULL);
	return json_read(call->body, fields, count, &call->problem);
}

enum status call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t fallback, int64_t *ret_value)
{
	const char *text = uri_param(&call->request.uri, name);
	size_t len = text ? strlen(text) : 0;
	int64_t value;

	if (!text) {
		*ret_value = fallback;
		return STATUS_OK;
	}
	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return call_fail(call, STATUS_INVALID, name);
	value = strtoll(text, NULL, 10);
	if (value < min || value > max)
		return call_fail(call, STATUS_INVALID, name);
	*ret_value = value;
	return STATUS_OK;
}

enum status call_query_locale(struct call *call, const char **ret_locale)
{
	const char *locale = uri_param(&call->request.uri, "locale");

	if (locale && !locale_is_wellformed(locale))
		return call_fail(call, STATUS_INVALID, "locale");
	*ret_locale = locale;
	return STATUS_OK;
}

enum status call_run(struct call *call, const struct statement *statement, const struct param *params, size_t count, PGresult **ret_result)
{
	PGresult *result;
	enum status status;

	assert(count == (size_t)statement->params);
	(void)count;
	status = conn_exec(call->api->conn, statement, params, &result, &call->problem);
	if (status != STATUS_OK)
		return status;
	if (PQntuples(result) == 0) {
		PQclear(result);
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	}
	*ret_result = result;
	return STATUS_OK;
}

enum status call_answer(struct call *call, const struct statement *statement, const struct param *params, size_t count)
{
	PGresult *result;
	enum status status = call_run(call, statement, params, count, &result);
	const char *body;

	if (status != STATUS_OK)
		return status;
	body = result_str(result, 0, "body");
	if (body) {
		response_json(&call->response, HTTP_OK, body);
	} else {
		log_event(LOG_LEVEL_ERROR, "verb gave no body", "statement", statement->name, NULL);
		status = call_fail(call, STATUS_INTERNAL, NULL);
	}
	PQclear(result);
	return status;
}
