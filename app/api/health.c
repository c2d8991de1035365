/* SPDX-License-Identifier: ISC */
/* Is the service ready? 200 or 503 for anybody; how it stands only for this machine. */
#include "api/handlers.h"
#include "chat/statements.h"

#include <stdio.h>
#include <string.h>

static bool is_loopback(const char *address)
{
	return address && (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0);
}

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
	details = is_loopback(call->request.remote_addr) ? result_str(result, 0, "body") : NULL;
	if (result_bool(result, 0, "ok")) {
		response_json(&call->response, HTTP_OK, details ? details : "{\"status\":\"ok\"}");
	} else {
		status = call_fail(call, STATUS_UNAVAILABLE, NULL);
		add_details(&call->problem, details);
	}
	PQclear(result);
	return status;
}
