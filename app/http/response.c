/* SPDX-License-Identifier: ISC */
#include "http/response.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

#define HEADERS_MAX 16384
#define KEEP_BODY_BYTES 1048576 /* memory that stays with a worker between two requests */
#define RETRY_DEFAULT_MS 1000

/* RFC 9112 wants a space and a phrase behind the code; nginx puts there what we say and nothing else. */
static const char *reason_phrase(int code)
{
	static const struct {
		int code;
		const char *phrase;
	} rows[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 426, "Upgrade Required" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].code == code)
			return rows[i].phrase;
	return "Other";
}

void response_init(struct response *r)
{
	*r = (struct response){ .code = HTTP_NO_CONTENT };
	buf_init(&r->vary, 256);
	buf_init(&r->headers, HEADERS_MAX);
	buf_init(&r->body, RESPONSE_BODY_MAX);
}

void response_fini(struct response *r)
{
	buf_fini(&r->vary);
	buf_fini(&r->headers);
	buf_fini(&r->body);
}

void response_reset(struct response *r)
{
	r->code = HTTP_NO_CONTENT;
	r->content_type = NULL;
	r->cache_control = "no-store";
	r->etag[0] = '\0';
	buf_reset(&r->vary);
	buf_reset(&r->headers);
	if (r->body.size > KEEP_BODY_BYTES) {
		buf_fini(&r->body);
		buf_init(&r->body, RESPONSE_BODY_MAX);
	}
	buf_reset(&r->body);
}

void response_json(struct response *r, enum http_code code, const char *json)
{
	r->code = code;
	r->content_type = "application/json; charset=utf-8";
	buf_reset(&r->body);
	buf_add_str(&r->body, json);
}

static bool value_is_clean(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return false;
	return true;
}

void response_header(struct response *r, const char *name, const char *value)
{
	if (!value_is_clean(value)) {
		log_event(LOG_LEVEL_ERROR, "header with control character left out", "header", name, NULL);
		return;
	}
	buf_addf(&r->headers, "%s: %s\r\n", name, value);
}

void response_vary(struct response *r, const char *name)
{
	buf_addf(&r->vary, "%s%s", r->vary.len ? ", " : "", name);
}

void response_allow_origin(struct response *r, const char *origin)
{
	response_header(r, "Access-Control-Allow-Origin", origin);
	response_header(r, "Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id");
}

/* "W/" is ignored: the comparison of If-None-Match is the weak one (RFC 9110 section 13.1.2). */
static bool list_has_etag(const char *list, const char *quoted)
{
	size_t len;

	for (; *list; list += len) {
		list += strspn(list, " \t,");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		len = strcspn(list, ",");
		while (len > 0 && (list[len - 1] == ' ' || list[len - 1] == '\t'))
			len--;
		if ((len == strlen(quoted) && strncmp(list, quoted, len) == 0) || (len == 1 && *list == '*'))
			return true;
		len = strcspn(list, ",");
	}
	return false;
}

void response_etag(struct response *r, const char *etag, const char *if_none_match)
{
	if (strchr(etag, '"') || !value_is_clean(etag) || strlen(etag) + 3 > sizeof r->etag) {
		log_event(LOG_LEVEL_ERROR, "entity tag left out", "etag", etag, NULL);
		return;
	}
	snprintf(r->etag, sizeof r->etag, "\"%s\"", etag);
	if (if_none_match && list_has_etag(if_none_match, r->etag)) {
		r->code = HTTP_NOT_MODIFIED;
		r->content_type = NULL;
		buf_reset(&r->body);
	}
}

static void add_member(struct buf *body, const char *name, const char *value)
{
	buf_addf(body, ",\"%s\":", name);
	buf_add_json_str(body, value, strlen(value));
}

static int retry_ms(const struct problem *problem)
{
	if (problem->retry_ms > 0)
		return problem->retry_ms;
	switch ((int)problem->status) {
	case STATUS_RATE_LIMITED:
	case STATUS_SITE_BUSY:
	case STATUS_UNAVAILABLE:
	case STATUS_QUEUE_FULL:
		return RETRY_DEFAULT_MS;
	default:
		return 0;
	}
}

void response_problem(struct response *r, const struct problem *problem, const char *request_id)
{
	/* On sockets a frame that is no JSON is a strike of its own; over HTTP it is one more bad request. */
	enum status status = problem->status == STATUS_BAD_JSON ? STATUS_BAD_REQUEST : problem->status;
	size_t extra_len = strlen(problem->extra);
	int wait_ms = retry_ms(problem);
	char seconds[16];

	response_reset(r);
	r->code = status_http_code(status);
	r->content_type = "application/json; charset=utf-8";
	buf_add_str(&r->body, "{\"error\":{\"code\":");
	buf_add_json_str(&r->body, status_wire_name(status), strlen(status_wire_name(status)));
	add_member(&r->body, "message", status_message(status));
	add_member(&r->body, "request_id", request_id);
	if (problem->field[0])
		add_member(&r->body, "field", problem->field);
	if (wait_ms > 0) {
		buf_addf(&r->body, ",\"retry_ms\":%d", wait_ms);
		snprintf(seconds, sizeof seconds, "%d", (wait_ms + 999) / 1000);
		response_header(r, "Retry-After", seconds);
	}
	if (extra_len > 2) {
		buf_add_str(&r->body, ",");
		buf_add(&r->body, problem->extra + 1, extra_len - 2);
	}
	buf_add_str(&r->body, "}}");
	if (status == STATUS_UNAUTHORIZED || status == STATUS_IDENTITY_REQUIRED)
		response_header(r, "WWW-Authenticate", "Bearer realm=\"switchboard\"");
}

static void add_line(struct buf *out, const char *name, const char *value)
{
	buf_add_str(out, name);
	buf_add_str(out, value);
	buf_add_str(out, "\r\n");
}

void response_format(const struct response *r, const char *request_id, struct buf *out)
{
	buf_addf(out, "Status: %d %s\r\n", r->code, reason_phrase(r->code));
	if (r->content_type)
		add_line(out, "Content-Type: ", r->content_type);
	if (r->code != HTTP_NO_CONTENT && r->code != HTTP_NOT_MODIFIED)
		buf_addf(out, "Content-Length: %zu\r\n", r->body.len);
	add_line(out, "Cache-Control: ", r->cache_control);
	add_line(out, "X-Content-Type-Options: ", "nosniff");
	add_line(out, "X-Request-Id: ", request_id);
	if (r->etag[0])
		add_line(out, "ETag: ", r->etag);
	if (r->vary.len)
		add_line(out, "Vary: ", r->vary.data);
	buf_add(out, r->headers.data, r->headers.len);
	buf_add_str(out, "\r\n");
	buf_add(out, r->body.data, r->body.len);
}
