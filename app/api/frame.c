/* SPDX-License-Identifier: ISC */
/* GET widget/?key=KEY: the document inside the widget's frame. Nothing of the customer is in it; what it may load and who may frame it stands in its
 * policy. */
#include "api/frame.h"

#include "api/handlers.h"
#include "api/locale.h"
#include "base/log.h"
#include "chat/statements.h"
#include "http/html.h"
#include "http/origin.h"

#include <stdio.h>
#include <string.h>

#define POLICY_MAX 12288 /* web servers take response headers of 16 KiB */
#define KEY_MAX 64

/* The origins are a DBA's text: each is checked again before it stands in a policy, where a semicolon would end the directive. */
static void add_ancestors(struct buf *policy, const char *origins)
{
	char origin[ORIGIN_MAX + 1];
	size_t len;

	for (; *origins; origins += len) {
		origins += strspn(origins, " ");
		len = strcspn(origins, " ");
		snprintf(origin, sizeof origin, "%.*s", (int)len, origins);
		if (len > 0 && len <= ORIGIN_MAX && origin_is_wellformed(origin))
			buf_addf(policy, " %s", origin);
		else if (len > 0)
			log_event(LOG_LEVEL_ERROR, "site lists what is no origin", "origin", origin, NULL);
	}
}

/* The fixed directives first: whatever the list of origins holds or however long it is, none of them can be lost. */
static void add_policy(struct call *call, const char *origins)
{
	struct buf policy;

	buf_init(&policy, POLICY_MAX);
	buf_addf(&policy,
			 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self' %s; base-uri 'none';"
			 " form-action 'none'; object-src 'none'; trusted-types lit-html switchboard; require-trusted-types-for 'script'; frame-ancestors 'self'",
			 call->api->url.relay_origin);
	add_ancestors(&policy, origins);
	if (policy.overflow)
		log_event(LOG_LEVEL_ERROR, "site lists more origins than a header can hold: the last ones may not frame the widget", NULL);
	response_header(&call->response, "Content-Security-Policy", policy.data);
	buf_fini(&policy);
}

static void add_document(struct call *call, const char *title)
{
	const struct assets *assets = &call->api->assets;
	const char *prefix = call->api->url.prefix;
	struct buf *body = &call->response.body;

	buf_add_str(body,
				"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
				"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content\">\n"
				"<meta name=\"robots\" content=\"noindex\">\n<title>");
	html_add(body, title);
	buf_add_str(body, "</title>\n");
	if (assets->css[0])
		buf_addf(body, "<link rel=\"stylesheet\" href=\"%s/%s\">\n", prefix, assets->css);
	buf_addf(body, "<script type=\"module\" src=\"%s/%s\"></script>\n</head>\n<body></body>\n</html>\n", prefix, assets->js);
}

static void add_page_headers(struct response *response)
{
	response->content_type = "text/html; charset=utf-8";
	response_header(response, "Referrer-Policy", "no-referrer");
	response_header(response, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

enum status frame_page(struct call *call)
{
	const char *key = uri_param(&call->request.uri, "key");
	const char *locale = uri_param(&call->request.uri, "locale");
	const struct param params[] = { PARAM_TEXT(key) };
	PGresult *result;
	enum status status;

	if (!key || !*key || strlen(key) > KEY_MAX)
		return call_fail(call, STATUS_NOT_FOUND, NULL);
	if (locale && !locale_is_wellformed(locale))
		return call_fail(call, STATUS_INVALID, "locale");
	status = assets_refresh(&call->api->assets);
	if (status != STATUS_OK)
		return call_fail(call, status, NULL);
	status = call_run(call, &STATEMENT_WIDGET_FRAME, params, ARRAY_SIZE(params), &result);
	if (status != STATUS_OK)
		return status;
	call->response.code = HTTP_OK;
	add_page_headers(&call->response);
	add_policy(call, result_str(result, 0, "origins"));
	add_document(call, result_str(result, 0, "title"));
	PQclear(result);
	return STATUS_OK;
}

void frame_problem(struct response *response)
{
	buf_reset(&response->body);
	add_page_headers(response);
	response_header(response, "Content-Security-Policy", "default-src 'none'");
	buf_add_str(&response->body, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Chat</title>\n</head>\n"
								 "<body><p>This chat is not available at the moment.</p></body>\n</html>\n");
}
