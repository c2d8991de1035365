/* SPDX-License-Identifier: ISC */
#include "api/cors.h"

#include "api/routes.h"
#include "chat/statements.h"
#include "http/origin.h"

#define PREFLIGHT_AGE_S "600"

static bool is_for_other_origins(const struct route *route)
{
	return route && (route->who == WHO_ANYONE || route->who == WHO_CUSTOMER);
}

/* STATUS_ORIGIN_DENIED when no site lists it. */
static enum status find_listed(struct call *call, const char *origin, struct problem *problem)
{
	PGresult *result;
	enum status status = conn_exec(call->api->conn, &STATEMENT_ORIGIN_IS_LISTED, (const struct param[]){ PARAM_TEXT(origin) }, &result, problem);

	if (status == STATUS_OK && !result_bool(result, 0, "listed"))
		status = problem_set(problem, STATUS_ORIGIN_DENIED, NULL);
	PQclear(result);
	return status;
}

enum status cors_preflight(struct call *call)
{
	struct response *response = &call->response;
	const char *origin = NULL;
	struct buf allow;
	enum status status;

	buf_init(&allow, 64);
	router_format_allow(call->match.allow, &allow);
	status = origin_check(&call->request, call->api->url.origin, &origin);
	if (status == STATUS_OK && origin && !is_for_other_origins(call->match.route))
		status = STATUS_ORIGIN_DENIED;
	if (status != STATUS_OK)
		call_fail(call, status, NULL);
	else if (origin)
		status = find_listed(call, origin, &call->problem);
	if (status == STATUS_OK) {
		response_header(response, "Allow", allow.data);
		response_vary(response, "Origin");
	}
	if (status == STATUS_OK && origin) {
		response_allow_origin(response, origin);
		response_header(response, "Access-Control-Allow-Methods", allow.data);
		response_header(response, "Access-Control-Allow-Headers", "Authorization, Content-Type");
		response_header(response, "Access-Control-Max-Age", PREFLIGHT_AGE_S);
	}
	buf_fini(&allow);
	return status;
}

void cors_allow(struct call *call, enum status status)
{
	struct problem unheard = { 0 };

	if (!is_for_other_origins(call->match.route))
		return;
	response_vary(&call->response, "Origin");
	response_vary(&call->response, "Sec-Fetch-Site"); /* judged where there is no origin */
	if (!call->origin || status == STATUS_ORIGIN_DENIED || status == STATUS_UNAVAILABLE)
		return;
	if (status == STATUS_OK || find_listed(call, call->origin, &unheard) == STATUS_OK)
		response_allow_origin(&call->response, call->origin);
}
