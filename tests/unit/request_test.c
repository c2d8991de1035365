/* SPDX-License-Identifier: ISC */
#include "http/request.h"
#include "http_suites.h"

#include <stdio.h>
#include <string.h>

static struct request request;

/* Parses an environment given as lines; it stays until the next call. */
static enum status parse_lines(const char *lines)
{
	static char text[1024];
	static char *environment[32];
	size_t count = 0;
	char *line;

	memset(text, 0, sizeof text);
	snprintf(text, sizeof text - 1, "%s", lines);
	for (line = text; *line; line += strlen(line) + 1) {
		environment[count++] = line;
		line[strcspn(line, "\n")] = '\0';
	}
	environment[count] = NULL;
	return request_parse(&request, environment, "/chat");
}

/* The same for a good request with more lines. */
static enum status parse(const char *more)
{
	char lines[1024];

	snprintf(lines, sizeof lines, "REQUEST_METHOD=GET\nREQUEST_URI=/chat/x\n%s", more);
	return parse_lines(lines);
}

static void headers_are_taken_from_the_environment(void)
{
	request_init(&request);
	CU_ASSERT_EQUAL(
		parse("REMOTE_ADDR=192.0.2.1\nHTTP_ORIGIN=https://a\nHTTP_COOKIE=a=b\nCONTENT_TYPE=\nCONTENT_LENGTH=\nHTTP_X_FORWARDED_FOR=203.0.113.9\n"
			  "no equals sign"),
		STATUS_OK);
	CU_ASSERT_EQUAL(request.method, HTTP_GET);
	CU_ASSERT_STRING_EQUAL(request.remote_addr, "192.0.2.1");
	CU_ASSERT_STRING_EQUAL(request.origin, "https://a");
	CU_ASSERT_STRING_EQUAL(request.cookie, "a=b");
	CU_ASSERT_PTR_NULL(request.content_type);
	CU_ASSERT_PTR_NULL(request.content_length);
	CU_ASSERT_EQUAL(request.uri.segment_count, 1);

	CU_ASSERT_EQUAL(parse("REMOTE_ADDR=unix:"), STATUS_OK);
	CU_ASSERT_PTR_NULL(request.remote_addr);
	CU_ASSERT_PTR_NULL(request.origin);
	CU_ASSERT_PTR_NULL(request.cookie);
	request_fini(&request);
}

static void who_the_user_is_says_one_parameter_once(void)
{
	static const char *const bad[] = { "", "HTTP_X_USER", "HTTP_", "REMOTE_ADDR", "REQUEST_URI", "CONTENT_TYPE", "Switchboard", "A-B", "A=B", "9A" };

	request_init(&request);
	CU_ASSERT_EQUAL(parse("SWITCHBOARD_USER=ana"), STATUS_OK);
	CU_ASSERT_PTR_NULL(request.user);
	request.user_param = "SWITCHBOARD_USER";
	CU_ASSERT_EQUAL(parse("SWITCHBOARD_USER=ana"), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(request.user, "ana");
	CU_ASSERT_EQUAL(parse("SWITCHBOARD_USER=ana\nSWITCHBOARD_USER=ana"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse("SWITCHBOARD_USER=\nSWITCHBOARD_USER=ana"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse("HTTP_SWITCHBOARD_USER=ana\nREMOTE_USER=ana\nSWITCHBOARD_USERS=ana\nSWITCHBOARD=ana"), STATUS_OK);
	CU_ASSERT_PTR_NULL(request.user);
	request.user_param = NULL;
	CU_ASSERT_TRUE(request_user_param_is_good("SWITCHBOARD_USER"));
	CU_ASSERT_TRUE(request_user_param_is_good("REMOTE_USER"));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_FALSE(request_user_param_is_good(bad[i]));
	request_fini(&request);
}

static void what_must_be_single_may_not_occur_twice(void)
{
	static const char *const lines[] = {
		"HTTP_AUTHORIZATION=Bearer a\nHTTP_AUTHORIZATION=Bearer b",
		"HTTP_AUTHORIZATION=Bearer a\nHTTP_AUTHORIZATION=Bearer a",
		"REMOTE_USER=admin\nREMOTE_USER=",
		"REMOTE_ADDR=127.0.0.1\nREMOTE_ADDR=192.0.2.1",
		"HTTP_CONTENT_TYPE=application/json\nHTTP_CONTENT_TYPE=text/plain",
		"CONTENT_LENGTH=1\nCONTENT_LENGTH=2",
		"HTTP_COOKIE=a=1\nHTTP_COOKIE=a=2",
		"HTTP_ORIGIN=https://a\nHTTP_ORIGIN=https://b",
		"HTTP_X_REQUESTED_WITH=switchboard\nHTTP_X_REQUESTED_WITH=x",
		"REQUEST_METHOD=POST",
		"REQUEST_URI=/chat/y",
	};
	size_t i;

	request_init(&request);
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		CU_ASSERT_EQUAL(parse(lines[i]), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse("HTTP_ACCEPT_LANGUAGE=de\nHTTP_ACCEPT_LANGUAGE=fr"), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(request.accept_language, "de");
	request_fini(&request);
}

static void method_overrides_are_refused(void)
{
	request_init(&request);
	CU_ASSERT_EQUAL(parse("HTTP_X_HTTP_METHOD_OVERRIDE=DELETE"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse("HTTP_X_HTTP_METHOD=PUT"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse("HTTP_X_METHOD_OVERRIDE="), STATUS_BAD_REQUEST);
	request_fini(&request);
}

static void a_request_without_method_or_target_is_none(void)
{
	request_init(&request);
	CU_ASSERT_EQUAL(parse_lines("REQUEST_METHOD=GET"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse_lines("REQUEST_URI=/chat/x"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(parse_lines(""), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(strlen(request.id), 36);
	request_fini(&request);
}

static void methods_are_known_by_their_exact_names(void)
{
	static const struct {
		const char *name;
		enum http_method method;
	} rows[] = {
		{ "GET", HTTP_GET },         { "HEAD", HTTP_HEAD },   { "POST", HTTP_POST }, { "PUT", HTTP_PUT },     { "DELETE", HTTP_DELETE },
		{ "OPTIONS", HTTP_OPTIONS }, { "TRACE", HTTP_OTHER }, { "get", HTTP_OTHER }, { "PATCH", HTTP_OTHER }, { "", HTTP_OTHER },
	};
	char lines[64];
	size_t i;

	request_init(&request);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(lines, sizeof lines, "REQUEST_URI=/chat/x\nREQUEST_METHOD=%s", rows[i].name);
		CU_ASSERT_EQUAL(parse_lines(lines), STATUS_OK);
		CU_ASSERT_EQUAL(request.method, rows[i].method);
	}
	request_fini(&request);
}

static void the_request_id_is_the_proxys_or_new(void)
{
	request_init(&request);
	CU_ASSERT_EQUAL(parse("HTTP_X_REQUEST_ID=0123456789abcdef"), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(request.id, "0123456789abcdef");
	CU_ASSERT_EQUAL(parse("HTTP_X_REQUEST_ID=short"), STATUS_OK);
	CU_ASSERT_EQUAL(strlen(request.id), 36);
	CU_ASSERT_EQUAL(parse("HTTP_X_REQUEST_ID=with a space in it"), STATUS_OK);
	CU_ASSERT_EQUAL(strlen(request.id), 36);
	CU_ASSERT_EQUAL(parse("HTTP_X_REQUEST_ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), STATUS_OK);
	CU_ASSERT_EQUAL(strlen(request.id), 36);
	request_fini(&request);
}

static void only_json_is_json(void)
{
	static const struct {
		const char *type;
		bool json;
	} rows[] = {
		{ "application/json", true },
		{ "Application/JSON", true },
		{ "application/json; charset=utf-8", true },
		{ "application/json;charset=UTF-8", true },
		{ "application/json; charset=\"utf-8\"", true },
		{ "application/json; charset=latin1", false },
		{ "application/json; charset=utf-8; x=y", false },
		{ "application/json;", false },
		{ "application/json, text/plain", false },
		{ "application/jsonx", false },
		{ "text/plain", false },
		{ "application/x-www-form-urlencoded", false },
		{ NULL, false },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		request = (struct request){ .content_type = rows[i].type };
		CU_ASSERT_EQUAL(request_is_json(&request), rows[i].json);
	}
}

struct source {
	const char *data;
	size_t left;
	int reads;
};

/* Gives at most three bytes at a time, as a slow socket would. */
static size_t read_source(void *stream, char *data, size_t len)
{
	struct source *source = stream;
	size_t give = len < 3 ? len : 3;

	source->reads++;
	if (give > source->left)
		give = source->left;
	memcpy(data, source->data, give);
	source->data += give;
	source->left -= give;
	return give;
}

static void a_body_is_as_long_as_it_says(void)
{
	static const struct {
		const char *length;
		enum status status;
		const char *body; /* what was taken in */
	} rows[] = {
		{ "10", STATUS_OK, "0123456789" },   { "4", STATUS_OK, "0123" },          { "0", STATUS_OK, "" },
		{ "00004", STATUS_OK, "0123" },      { "11", STATUS_BAD_REQUEST, NULL },  { "-1", STATUS_BAD_REQUEST, NULL },
		{ "+4", STATUS_BAD_REQUEST, NULL },  { " 4", STATUS_BAD_REQUEST, NULL },  { "4 ", STATUS_BAD_REQUEST, NULL },
		{ "0x4", STATUS_BAD_REQUEST, NULL }, { "4,4", STATUS_BAD_REQUEST, NULL }, { NULL, STATUS_LENGTH_REQUIRED, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct source source = { "0123456789", 10, 0 };

		request_init(&request);
		request.content_length = rows[i].length;
		CU_ASSERT_EQUAL(request_read_body(&request, read_source, &source), rows[i].status);
		if (rows[i].body)
			CU_ASSERT_STRING_EQUAL(request.body.data, rows[i].body);
		request_fini(&request);
	}
}

static void a_body_too_large_is_not_even_read(void)
{
	static const char *const lengths[] = { "65537", "18446744073709551617", "99999999999999999999999999999999999999" };
	struct source source = { "x", 1, 0 };
	size_t i;

	request_init(&request);
	for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		request.content_length = lengths[i];
		CU_ASSERT_EQUAL(request_read_body(&request, read_source, &source), STATUS_TOO_LARGE);
	}
	CU_ASSERT_EQUAL(source.reads, 0);
	request_fini(&request);
}

static void a_bearer_token_is_found(void)
{
	request = (struct request){ .authorization = "Bearer abc" };
	CU_ASSERT_STRING_EQUAL(request_bearer(&request), "abc");
	request.authorization = "bearer abc";
	CU_ASSERT_STRING_EQUAL(request_bearer(&request), "abc");
	request.authorization = "Basic abc";
	CU_ASSERT_PTR_NULL(request_bearer(&request));
	request.authorization = "Bearer";
	CU_ASSERT_PTR_NULL(request_bearer(&request));
	request.authorization = NULL;
	CU_ASSERT_PTR_NULL(request_bearer(&request));
}

CU_TestInfo request_tests[] = {
	{ "headers are taken from the environment", headers_are_taken_from_the_environment },
	{ "who the user is says one parameter, once", who_the_user_is_says_one_parameter_once },
	{ "what must be single may not occur twice", what_must_be_single_may_not_occur_twice },
	{ "method overrides are refused", method_overrides_are_refused },
	{ "a request without method or target is none", a_request_without_method_or_target_is_none },
	{ "methods are known by their exact names", methods_are_known_by_their_exact_names },
	{ "the request id is the proxy's or new", the_request_id_is_the_proxys_or_new },
	{ "only JSON is JSON", only_json_is_json },
	{ "a body is as long as it says", a_body_is_as_long_as_it_says },
	{ "a body too large is not even read", a_body_too_large_is_not_even_read },
	{ "a bearer token is found", a_bearer_token_is_found },
	CU_TEST_INFO_NULL,
};
