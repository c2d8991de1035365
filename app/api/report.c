/* SPDX-License-Identifier: ISC */
/* GET reports/{name}: what happened in a period, as JSON or CSV; SQL makes both. */
#include "api/handlers.h"
#include "chat/statements.h"

#include <stdio.h>
#include <string.h>

#define TIME_MAX 35 /* bytes */
#define KEY_MAX 63
#define DAYS_MAX 1830
#define DAYS_SIZE 5 /* bytes, of its digits and their end */
#define BUSY_RETRY_MS 1000

/* format=csv or format=json; without it CSV for who asks for nothing else (Accept: text/csv). */
static enum status find_format(struct call *call, bool *ret_csv)
{
	const char *format = uri_param(&call->request.uri, "format"), *accept = call->request.accept;

	if (format && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0)
		return call_fail(call, STATUS_INVALID, "format");
	*ret_csv = format ? *format == 'c' : accept && strncmp(accept, "text/csv", 8) == 0;
	return STATUS_OK;
}

/* days=7; SQL judges what it may not stand beside. NULL when absent. */
static enum status find_days(struct call *call, char buffer[DAYS_SIZE], const char **ret_days)
{
	int64_t days = 0;
	enum status status = call_query_int(call, "days", 1, DAYS_MAX, 0, &days);

	if (status == STATUS_OK && days > 0) {
		snprintf(buffer, DAYS_SIZE, "%d", (int)days);
		*ret_days = buffer;
	}
	return status;
}

/* A parameter that SQL will judge, but for its length and characters; NULL when absent or empty. */
static enum status find_word(struct call *call, const char *name, size_t max, const char **ret_word)
{
	const char *word = uri_param(&call->request.uri, name);

	if (word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:+-") != strlen(word))
		return call_fail(call, STATUS_INVALID, name);
	if (word && strlen(word) > max)
		return call_fail(call, STATUS_INVALID, name);
	*ret_word = word && *word ? word : NULL;
	return STATUS_OK;
}

static void answer_csv(struct call *call, const char *csv)
{
	char disposition[128];

	call->response.code = HTTP_OK;
	call->response.content_type = "text/csv; charset=utf-8; header=present";
	buf_add_str(&call->response.body, csv);
	snprintf(disposition, sizeof disposition, "attachment; filename=\"%s.csv\"", call->match.args[0]);
	response_header(&call->response, "Content-Disposition", disposition);
}

static enum status make_report(struct call *call, const struct param *params, size_t count, bool csv)
{
	PGresult *result;
	enum status status;

	if (!csv)
		return call_answer(call, &STATEMENT_REPORT, params, count);
	status = call_run(call, &STATEMENT_REPORT, params, count, &result);
	if (status != STATUS_OK)
		return status;
	answer_csv(call, result_str(result, 0, "body"));
	PQclear(result);
	return STATUS_OK;
}

/* A year of a large company takes longer than anything else may, so there are only so many at once, and there are workers left for everybody else. */
static enum status make_in_turn(struct call *call, const struct param *params, size_t count, bool csv)
{
	int seat = seats_take(&call->api->guard.reports, 0);
	enum status status;

	if (seat < 0) {
		call_fail(call, STATUS_UNAVAILABLE, NULL);
		call->problem.retry_ms = BUSY_RETRY_MS;
		return STATUS_UNAVAILABLE;
	}
	conn_serve(call->api->conn, &STATEMENT_SERVE_LONG, call->served);
	status = make_report(call, params, count, csv);
	seats_leave(&call->api->guard.reports, seat);
	return status;
}

enum status supervisor_report(struct call *call)
{
	const char *from = NULL, *to = NULL, *days = NULL, *queue = NULL, *by = NULL;
	char digits[DAYS_SIZE];
	bool csv = false;
	enum status status = find_format(call, &csv);

	if (status == STATUS_OK)
		status = find_word(call, "from", TIME_MAX, &from);
	if (status == STATUS_OK)
		status = find_word(call, "to", TIME_MAX, &to);
	if (status == STATUS_OK)
		status = find_days(call, digits, &days);
	if (status == STATUS_OK)
		status = find_word(call, "queue", KEY_MAX, &queue);
	if (status == STATUS_OK)
		status = find_word(call, "by", KEY_MAX, &by);
	if (status != STATUS_OK)
		return status;
	const struct param params[] = { SESSION_PARAM(call), PARAM_TEXT(call->match.args[0]), PARAM_TEXT(from), PARAM_TEXT(to), PARAM_TEXT(queue), PARAM_TEXT(by),
									PARAM_TEXT(csv ? "true" : "false"), PARAM_TEXT(days) };

	return make_in_turn(call, params, ARRAY_SIZE(params), csv);
}
