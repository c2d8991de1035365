/* SPDX-License-Identifier: ISC */
#include "api/dispatch.h"

#include "api/authorise.h"
#include "api/cors.h"
#include "api/frame.h"
#include "api/handlers.h"
#include "api/plain.h"
#include "api/routes.h"
#include "base/alloc.h"
#include "base/log.h"
#include "chat/statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PROGRAM_NAME "switchboard-api"

void *dispatch_open(void *arg, unsigned worker)
{
	struct call *call = alloc_zero(1, sizeof *call);

	call->api = arg;
	request_init(&call->request);
	call->request.user_param = call->api->sso_param;
	response_init(&call->response);
	tally_init(&call->api->tally, call->api->socket_path, worker);
	conn_new(call->api->database, PROGRAM_NAME, &call->api->conn);
	conn_slow(call->api->conn, call->api->slow_statement_ms);
	(void)!conn_ready(call->api->conn); /* a head start; the first request tries again */
	return call;
}

void dispatch_close(void *state)
{
	struct call *call = state;

	log_flush();
	shelf_clear(&call->api->shelf);
	assets_fini(&call->api->assets);
	conn_free(&call->api->conn);
	response_fini(&call->response);
	request_fini(&call->request);
	free(call);
}

static void begin(struct call *call)
{
	response_reset(&call->response);
	call->problem = (struct problem){ 0 };
	call->match = (struct route_match){ 0 };
	call->origin = NULL;
	call->body = NULL;
	call->shelved = false;
}

static enum status take_body(struct call *call, request_read_fn *read, void *stream)
{
	struct request *request = &call->request;

	if (request->method != HTTP_POST && request->method != HTTP_PUT)
		return STATUS_OK;
	if (call->match.route->who == WHO_PLAIN ? !request_is_form(request) : !request_is_json(request) && call->match.route->who != WHO_PROVIDER)
		return STATUS_UNSUPPORTED_MEDIA;
	return request_read_body(request, read, stream);
}

/* Everything before the handler; a failure has its problem set. */
static enum status admit(struct call *call, request_read_fn *read, void *stream)
{
	const char *unknown = router_unknown_param(call->match.route, &call->request.uri);
	enum status status;

	if (unknown)
		return call_fail(call, STATUS_INVALID, "query");
	status = authorise(call);
	if (status == STATUS_OK)
		status = take_body(call, read, stream);
	return status == STATUS_OK ? STATUS_OK : call_fail(call, status, NULL);
}

/* From here on the database knows which request it works for: it stands in its log, in pg_stat_activity and in the audit. */
static void name_request(struct call *call)
{
	(void)snprintf(call->application, sizeof call->application, PROGRAM_NAME " %s", call->request.id);
	call->served[0] = PARAM_TEXT(call->application);
	call->served[1] = PARAM_TEXT(call->request.id);
	log_set_request_id(call->request.id);
	conn_serve(call->api->conn, &STATEMENT_SERVE, call->served);
}

static enum status run(struct call *call, char *const *environment, request_read_fn *read, void *stream)
{
	struct request *request = &call->request;
	enum status status = request_parse(request, environment, call->api->url.prefix);

	name_request(call);
	if (guard_request(call) != STATUS_OK)
		return call->problem.status;
	if (status == STATUS_OK)
		status = router_find(routes, routes_count, &request->uri, request->method, &call->match);
	if (status != STATUS_OK)
		return call_fail(call, status, NULL);
	if (request->method == HTTP_OPTIONS)
		return cors_preflight(call);
	status = admit(call, read, stream);
	return status == STATUS_OK ? call->match.route->handle(call) : status;
}

static void answer_problem(struct call *call, enum status status)
{
	struct buf allow;

	call->problem.status = status;
	response_problem(&call->response, &call->problem, call->request.id);
	if (call->match.route && call->match.route->who == WHO_PAGE)
		frame_problem(&call->response);
	else if (plain_is_page(call))
		plain_problem(call);
	if (status != STATUS_METHOD_NOT_ALLOWED)
		return;
	buf_init(&allow, 64);
	router_format_allow(call->match.allow, &allow);
	response_header(&call->response, "Allow", allow.data);
	buf_fini(&allow);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void dispatch_coming(void *state)
{
	const struct call *call = state;

	shelf_prepare(&call->api->shelf, call->api->conn);
}

int dispatch_between(void *state)
{
	struct api *api = ((struct call *)state)->api;
	int64_t now_ms = now_us() / 1000;
	int due_ms, log_ms;

	shelf_tidy(&api->shelf, api->conn, now_ms);
	due_ms = tally_write(&api->tally, api->conn, now_ms);
	log_ms = log_tidy(now_ms);
	return log_ms >= 0 && log_ms < due_ms ? log_ms : due_ms;
}

/* The route's pattern, not the address that was asked for: that one is the client's text. */
static void log_request(const struct call *call, enum status status, int64_t took_ms)
{
	const struct route *route = call->match.route;
	char code[8];

	snprintf(code, sizeof code, "%d", call->response.code);
	log_hold(call->shelved && status == STATUS_OK && route->handle == widget_config); /* nothing was asked of the database, and nothing is to be traced */
	log_count(LOG_LEVEL_INFO, "request", "ms", took_ms, "method", http_method_name(call->request.method), "route", route ? route->path : "none",
			  "code", code, "result", status_wire_name(status), call->problem.field[0] ? "field" : NULL, call->problem.field, NULL);
	log_hold(false);
}

bool dispatch_serve(void *state, char *const *environment, request_read_fn *read, void *stream, struct buf *out)
{
	struct call *call = state;
	int64_t start_us = now_us(), end_us;
	enum status status;

	begin(call);
	call->began_ms = start_us / 1000;
	status = run(call, environment, read, stream);
	if (status == STATUS_OK && call->response.body.overflow)
		status = call_fail(call, STATUS_TOO_LARGE, NULL);
	if (status == STATUS_OK && call->response.headers.overflow)
		status = call_fail(call, STATUS_INTERNAL, NULL);
	if (status != STATUS_OK)
		answer_problem(call, status);
	if (call->request.method != HTTP_OPTIONS)
		cors_allow(call, status);
	response_format(&call->response, call->request.id, out);
	end_us = now_us();
	tally_request(&call->api->tally, call->response.code, start_us, end_us);
	guard_note(call, status);
	log_request(call, status, (end_us - start_us) / 1000);
	conn_serve(call->api->conn, NULL, NULL);
	json_object_put(call->body);
	call->body = NULL;
	return request_is_read(&call->request);
}
