/* SPDX-License-Identifier: ISC */
#include "api/authorise.h"

#include "api/routes.h"
#include "http/cookie.h"
#include "http/origin.h"

#include <string.h>

/* A browser sends this header across origins only after a preflight, which we refuse. */
#define CSRF_VALUE "switchboard"

static enum status take_bearer(struct call *call)
{
	const char *token = request_bearer(&call->request);

	if (!token || !secret_token_is_wellformed(token))
		return STATUS_UNAUTHORIZED;
	secret_sha256(token, SECRET_TOKEN_LEN, call->credential);
	return STATUS_OK;
}

static enum status take_session(struct call *call)
{
	char token[SECRET_TOKEN_LEN + 1];

	if (!cookie_get(call->request.cookie, call->api->cookie_name, token, sizeof token) || !secret_token_is_wellformed(token))
		return STATUS_UNAUTHORIZED;
	secret_sha256(token, SECRET_TOKEN_LEN, call->credential);
	return STATUS_OK;
}

/* The console is on our own origin only; a change must say that our own script asked for it. */
static enum status check_console(const struct call *call)
{
	const struct request *request = &call->request;
	bool change = request->method != HTTP_GET && request->method != HTTP_HEAD;

	if (call->origin)
		return STATUS_ORIGIN_DENIED;
	if (change && (!request->requested_with || strcmp(request->requested_with, CSRF_VALUE) != 0))
		return STATUS_FORBIDDEN;
	return STATUS_OK;
}

/* Anybody may link to a page of ours. A form of it is sent by itself alone: browsers say so, and what it holds says it where they do not (plain_form.c). */
static enum status check_form(struct call *call)
{
	const char *from = call->request.sec_fetch_site;
	enum status status;

	if (call->request.method != HTTP_POST)
		return STATUS_OK;
	status = origin_check(&call->request, call->api->url.origin, &call->origin);
	if (status == STATUS_OK && (call->origin || (from && strcmp(from, "same-origin") != 0 && strcmp(from, "none") != 0)))
		status = STATUS_ORIGIN_DENIED;
	return status;
}

enum status authorise(struct call *call)
{
	enum who who = (enum who)call->match.route->who;
	enum status status;

	if (who == WHO_PAGE || who == WHO_SERVER || who == WHO_PROVIDER)
		return STATUS_OK;
	if (who == WHO_PLAIN)
		return check_form(call);
	if (who == WHO_MONITOR)
		return call_is_monitored(call) ? STATUS_OK : STATUS_NOT_FOUND;
	status = origin_check(&call->request, call->api->url.origin, &call->origin);
	if (status != STATUS_OK)
		return status;
	switch (who) {
	case WHO_ANYONE:
		return STATUS_OK;
	case WHO_CUSTOMER:
		return take_bearer(call);
	case WHO_LOGIN:
		return check_console(call);
	case WHO_OPERATOR:
		status = check_console(call);
		return status == STATUS_OK ? take_session(call) : status;
	case WHO_PAGE:
	case WHO_PLAIN:
	case WHO_SERVER:
	case WHO_PROVIDER:
	case WHO_MONITOR:
		break;
	}
	return STATUS_FORBIDDEN;
}
