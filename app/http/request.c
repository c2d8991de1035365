/* SPDX-License-Identifier: ISC */
#include "http/request.h"

#include "base/secret.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FIELD(member) offsetof(struct request, member)
#define NO_FIELD SIZE_MAX
#define MAPPED "::ffff:" /* before an IPv4 address, where the web server listens on both with one socket */

enum rule {
	RULE_ONCE,   /* twice is an attack or a broken web server */
	RULE_FIRST,  /* a list header: the first is as good as all */
	RULE_REFUSED /* must not be there at all */
};

/* Every parameter that we read or that would mean something to somebody; the rest is not looked at. */
static const struct {
	const char *name;
	size_t field;
	enum rule rule;
} parameters[] = {
	{ "REQUEST_METHOD", FIELD(method_name), RULE_ONCE },
	{ "REQUEST_URI", FIELD(target), RULE_ONCE },
	{ "CONTENT_LENGTH", FIELD(content_length), RULE_ONCE },
	{ "CONTENT_TYPE", FIELD(content_type), RULE_ONCE },
	{ "REMOTE_ADDR", FIELD(remote_addr), RULE_ONCE },
	{ "REMOTE_USER", NO_FIELD, RULE_ONCE },
	{ "SWITCHBOARD_SENT_AT", FIELD(sent_at), RULE_ONCE },
	{ "HTTP_AUTHORIZATION", FIELD(authorization), RULE_ONCE },
	{ "HTTP_CONTENT_LENGTH", NO_FIELD, RULE_ONCE },
	{ "HTTP_CONTENT_TYPE", NO_FIELD, RULE_ONCE },
	{ "HTTP_COOKIE", FIELD(cookie), RULE_ONCE },
	{ "HTTP_HOST", NO_FIELD, RULE_ONCE },
	{ "HTTP_ORIGIN", FIELD(origin), RULE_ONCE },
	{ "HTTP_SEC_FETCH_SITE", FIELD(sec_fetch_site), RULE_ONCE },
	{ "HTTP_X_REQUESTED_WITH", FIELD(requested_with), RULE_ONCE },
	{ "HTTP_X_REQUEST_ID", FIELD(proposed_id), RULE_ONCE },
	{ "HTTP_ACCESS_CONTROL_REQUEST_METHOD", FIELD(preflight_method), RULE_ONCE },
	{ "HTTP_IF_NONE_MATCH", FIELD(if_none_match), RULE_FIRST },
	{ "HTTP_ACCEPT", FIELD(accept), RULE_FIRST },
	{ "HTTP_ACCEPT_LANGUAGE", FIELD(accept_language), RULE_FIRST },
	{ "HTTP_USER_AGENT", FIELD(user_agent), RULE_FIRST },
	{ "HTTP_X_TWILIO_SIGNATURE", FIELD(twilio_signature), RULE_ONCE },
	{ "HTTP_X_HUB_SIGNATURE_256", FIELD(hub_signature), RULE_ONCE },
	{ "HTTP_SWITCHBOARD_SIGNATURE", FIELD(switchboard_signature), RULE_ONCE },
	{ "HTTP_X_HTTP_METHOD_OVERRIDE", NO_FIELD, RULE_REFUSED },
	{ "HTTP_X_HTTP_METHOD", NO_FIELD, RULE_REFUSED },
	{ "HTTP_X_METHOD_OVERRIDE", NO_FIELD, RULE_REFUSED },
};
#define PARAMETER_COUNT (sizeof parameters / sizeof parameters[0])

static const struct {
	enum http_method method;
	const char *name;
} methods[] = {
	{ HTTP_GET, "GET" }, { HTTP_HEAD, "HEAD" }, { HTTP_POST, "POST" }, { HTTP_PUT, "PUT" }, { HTTP_DELETE, "DELETE" }, { HTTP_OPTIONS, "OPTIONS" },
};
#define METHOD_COUNT (sizeof methods / sizeof methods[0])

void request_init(struct request *request)
{
	*request = (struct request){ .method = HTTP_OTHER };
	buf_init(&request->body, REQUEST_BODY_MAX);
}

void request_fini(struct request *request)
{
	buf_fini(&request->body);
}

static void forget(struct request *request)
{
	size_t i;

	for (i = 0; i < PARAMETER_COUNT; i++)
		if (parameters[i].field != NO_FIELD)
			*(const char **)((char *)request + parameters[i].field) = NULL;
	request->user = NULL;
	request->method = HTTP_OTHER;
	request->uri.segment_count = request->uri.param_count = 0;
	request->id[0] = '\0';
	buf_reset(&request->body);
}

bool request_user_param_is_good(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < PARAMETER_COUNT; i++)
		if (strcmp(parameters[i].name, name) == 0 && strcmp(name, "REMOTE_USER") != 0)
			return false;
	return len > 0 && len <= 64 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len && strncmp(name, "HTTP_", 5) != 0 && (name[0] < '0' || name[0] > '9');
}

/* False when the environment breaks a rule of the table; takes in all the rest nevertheless. */
static bool take_parameters(struct request *request, char *const *environment)
{
	static size_t lens[PARAMETER_COUNT]; /* of the names, worked out once */
	bool seen[PARAMETER_COUNT] = { false };
	bool good = true;
	size_t i, len;
	const char *name = request->user_param;

	for (i = 0; i < PARAMETER_COUNT && lens[i] == 0; i++)
		lens[i] = strlen(parameters[i].name);
	for (; *environment; environment++) {
		len = strcspn(*environment, "=");
		if ((*environment)[len] == '\0')
			continue;
		if (name && strncmp(name, *environment, len) == 0 && name[len] == '\0') {
			good = good && !request->user; /* twice: one of the two is not the web server's word */
			request->user = *environment + len + 1;
			continue;
		}
		for (i = 0; i < PARAMETER_COUNT; i++)
			if (lens[i] == len && memcmp(parameters[i].name, *environment, len) == 0)
				break;
		if (i == PARAMETER_COUNT)
			continue;
		if (parameters[i].rule == RULE_REFUSED || (seen[i] && parameters[i].rule == RULE_ONCE))
			good = false;
		if (!seen[i] && parameters[i].field != NO_FIELD)
			*(const char **)((char *)request + parameters[i].field) = *environment + len + 1;
		seen[i] = true;
	}
	return good;
}

/* Web servers pass these empty when the request has none. */
static void drop_if_empty(const char **value)
{
	if (*value && **value == '\0')
		*value = NULL;
}

static bool id_is_wellformed(const char *id)
{
	size_t len = strlen(id);

	return len >= 8 && len <= REQUEST_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

static bool address_is_wellformed(const char *address)
{
	struct in6_addr scratch;

	return inet_pton(AF_INET, address, &scratch) == 1 || inet_pton(AF_INET6, address, &scratch) == 1;
}

enum status request_parse(struct request *request, char *const *environment, const char *prefix)
{
	bool good;
	size_t i;

	forget(request);
	good = take_parameters(request, environment);
	drop_if_empty(&request->content_length);
	drop_if_empty(&request->content_type);
	if (request->remote_addr && strncasecmp(request->remote_addr, MAPPED, strlen(MAPPED)) == 0 && strchr(request->remote_addr, '.'))
		request->remote_addr += strlen(MAPPED);
	if (request->remote_addr && !address_is_wellformed(request->remote_addr))
		request->remote_addr = NULL;
	if (request->proposed_id && id_is_wellformed(request->proposed_id))
		snprintf(request->id, sizeof request->id, "%s", request->proposed_id);
	else
		secret_uuid(request->id);
	if (!good || !request->method_name || !request->target)
		return STATUS_BAD_REQUEST;
	for (i = 0; i < METHOD_COUNT; i++)
		if (strcmp(methods[i].name, request->method_name) == 0)
			request->method = methods[i].method;
	return uri_parse(&request->uri, request->target, prefix);
}

/* Alone or with charset=utf-8. */
static bool type_is(const char *content_type, const char *type)
{
	const char *rest;

	if (!content_type || strncasecmp(content_type, type, strlen(type)) != 0)
		return false;
	rest = content_type + strlen(type);
	rest += strspn(rest, " \t");
	if (*rest == '\0')
		return true;
	if (*rest++ != ';')
		return false;
	rest += strspn(rest, " \t");
	return strcasecmp(rest, "charset=utf-8") == 0 || strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

bool request_is_json(const struct request *request)
{
	return type_is(request->content_type, "application/json");
}

bool request_is_form(const struct request *request)
{
	return type_is(request->content_type, "application/x-www-form-urlencoded");
}

static enum status parse_length(const char *text, size_t *ret_length)
{
	size_t len = strlen(text), value = 0, i;

	if (strspn(text, "0123456789") != len)
		return STATUS_BAD_REQUEST;
	for (i = 0; i < len; i++) {
		value = value * 10 + (size_t)(text[i] - '0');
		if (value > REQUEST_BODY_MAX)
			return STATUS_TOO_LARGE;
	}
	*ret_length = value;
	return STATUS_OK;
}

enum status request_read_body(struct request *request, request_read_fn *read, void *stream)
{
	char chunk[4096];
	size_t length, want, got;
	enum status status;

	if (!request->content_length)
		return STATUS_LENGTH_REQUIRED;
	status = parse_length(request->content_length, &length);
	if (status != STATUS_OK)
		return status;
	while (request->body.len < length) {
		want = length - request->body.len < sizeof chunk ? length - request->body.len : sizeof chunk;
		got = read(stream, chunk, want);
		if (got == 0)
			return STATUS_BAD_REQUEST;
		buf_add(&request->body, chunk, got);
	}
	return STATUS_OK;
}

bool request_is_read(const struct request *request)
{
	size_t length = 0;

	return !request->content_length || (parse_length(request->content_length, &length) == STATUS_OK && request->body.len == length);
}

const char *request_bearer(const struct request *request)
{
	static const char scheme[] = "Bearer ";

	if (!request->authorization || strncasecmp(request->authorization, scheme, sizeof scheme - 1) != 0)
		return NULL;
	return request->authorization + sizeof scheme - 1;
}

const char *http_method_name(enum http_method method)
{
	size_t i;

	for (i = 0; i < METHOD_COUNT; i++)
		if (methods[i].method == method)
			return methods[i].name;
	return "OTHER";
}
