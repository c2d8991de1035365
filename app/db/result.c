/* SPDX-License-Identifier: ISC */
/* What comes back: columns by name, and the problem behind a failed result. Declared in conn.h, used by pipe.c too. */
#include "base/json.h"
#include "db/conn.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNAVAILABLE_RETRY_MS 1000

static int column_of(const PGresult *result, const char *column)
{
	int number = PQfnumber(result, column);

	assert(number >= 0);
	return number;
}

const char *result_str(const PGresult *result, int row, const char *column)
{
	int number = column_of(result, column);

	return PQgetisnull(result, row, number) ? NULL : PQgetvalue(result, row, number);
}

int64_t result_int(const PGresult *result, int row, const char *column)
{
	const char *text = result_str(result, row, column);

	assert(text);
	return strtoll(text, NULL, 10);
}

bool result_bool(const PGresult *result, int row, const char *column)
{
	const char *text = result_str(result, row, column);

	return text && *text == 't';
}

/* DETAIL of an SBnnn: members for the error object. retry_ms has a place of its own in every answer. */
static void take_detail(const char *detail, struct problem *problem)
{
	struct json_object *extra, *retry;
	const char *text;

	if (!detail || json_parse(detail, strlen(detail), &extra) != STATUS_OK)
		return;
	if (json_object_object_get_ex(extra, "retry_ms", &retry)) {
		if (json_object_is_type(retry, json_type_int))
			problem->retry_ms = json_object_get_int(retry);
		json_object_object_del(extra, "retry_ms");
	}
	text = json_plain(extra);
	/* half an object is none: what does not fit is left out whole */
	if (json_object_object_length(extra) > 0 && strlen(text) < sizeof problem->extra)
		snprintf(problem->extra, sizeof problem->extra, "%s", text);
	json_object_put(extra);
}

enum status problem_from_result(const PGresult *result, struct problem *problem)
{
	const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	enum status status;

	/* no SQLSTATE: libpq itself speaks, because the session broke */
	status = sqlstate ? status_from_sqlstate(sqlstate, PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME)) : STATUS_UNAVAILABLE;
	problem_set(problem, status, NULL);
	if (sqlstate && !strncmp(sqlstate, "SB", 2)) {
		problem_set(problem, status, PQresultErrorField(result, PG_DIAG_COLUMN_NAME));
		take_detail(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL), problem);
	}
	if (status == STATUS_UNAVAILABLE && !problem->retry_ms)
		problem->retry_ms = UNAVAILABLE_RETRY_MS;
	return status;
}
