/* SPDX-License-Identifier: ISC */
/* Is the service ready? 200 or 503 for anybody; how it stands only for an address of `monitor_from`. */
#include "api/handlers.h"
#include "chat/statements.h"

#include <stdio.h>

/* Left out where they do not fit: the code says enough. */
static void add_details(struct problem *problem, const char *details)
{
	if (details && snprintf(problem->extra, sizeof problem->extra, "{\"health\":%s}", details) >= (int)sizeof problem->extra)
		problem->extra[0] = '\0';
}

enum status health_show(struct call *call)
{
	const char *details;
	PGresult *result;
	enum status status = call_run(call, &STATEMENT_HEALTH, NULL, 0, &result);

	if (status != STATUS_OK)
		return status;
	details = call_is_monitored(call) ? result_str(result, 0, "body") : NULL;
	if (result_bool(result, 0, "ok")) {
		response_json(&call->response, HTTP_OK, details ? details : "{\"status\":\"ok\"}");
	} else {
		status = call_fail(call, STATUS_UNAVAILABLE, NULL);
		add_details(&call->problem, details);
	}
	PQclear(result);
	return status;
}
