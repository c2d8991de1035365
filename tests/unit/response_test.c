/* SPDX-License-Identifier: ISC */
#include "capture.h"
#include "http/response.h"
#include "http_suites.h"

#include <string.h>

static struct response response;
static struct buf out;

static const char *formatted(void)
{
	buf_reset(&out);
	response_format(&response, "id-12345", &out);
	return out.data;
}

static int begin(void)
{
	response_init(&response);
	response_reset(&response);
	buf_init(&out, 65536);
	return 0;
}

static void end(void)
{
	response_fini(&response);
	buf_fini(&out);
}

static void an_answer_is_safe_by_default(void)
{
	begin();
	response_json(&response, HTTP_CREATED, "{\"a\":1}");
	CU_ASSERT_STRING_EQUAL(formatted(),
						   "Status: 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 7\r\nCache-Control: no-store\r\n"
						   "X-Content-Type-Options: nosniff\r\nX-Request-Id: id-12345\r\n\r\n{\"a\":1}");
	end();
}

static void an_empty_answer_has_no_length(void)
{
	begin();
	CU_ASSERT_PTR_NULL(strstr(formatted(), "Content-Length"));
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Status: 204 No Content\r\n"));
	end();
}

static void every_status_has_its_phrase(void)
{
	int status;

	begin();
	for (status = STATUS_OK + 1; status < STATUS_COUNT; status++) {
		struct problem problem = { .status = (enum status)status };

		response_problem(&response, &problem, "id-12345");
		CU_ASSERT_PTR_NULL(strstr(formatted(), " Other\r\n"));
	}
	end();
}

static void a_header_with_a_control_character_never_leaves(void)
{
	static struct capture capture;

	begin();
	capture_begin(&capture, 2);
	response_header(&response, "X-Good", "fine");
	response_header(&response, "X-Bad", "a\r\nSet-Cookie: x=y");
	response_header(&response, "X-Worse", "a\nb");
	CU_ASSERT_PTR_NOT_NULL(strstr(capture_end(&capture), "X-Bad"));
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "X-Good: fine\r\n"));
	CU_ASSERT_PTR_NULL(strstr(formatted(), "Set-Cookie"));
	CU_ASSERT_PTR_NULL(strstr(formatted(), "X-Worse"));
	end();
}

static void a_problem_says_what_and_where(void)
{
	struct problem problem = { .status = STATUS_INVALID, .field = "name", .extra = "{\"next_opening\":\"2026\",\"b\":1}" };

	begin();
	response_header(&response, "X-Left-Over", "x");
	response_problem(&response, &problem, "id-12345");
	CU_ASSERT_STRING_EQUAL(response.body.data, "{\"error\":{\"code\":\"invalid\",\"message\":\"A field is missing, unknown or not acceptable.\","
											   "\"request_id\":\"id-12345\",\"field\":\"name\",\"next_opening\":\"2026\",\"b\":1}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Status: 422 Unprocessable Content\r\n"));
	CU_ASSERT_PTR_NULL(strstr(formatted(), "Retry-After"));
	CU_ASSERT_PTR_NULL(strstr(formatted(), "X-Left-Over"));
	end();
}

static void a_passing_problem_says_when_to_come_back(void)
{
	struct problem given = { .status = STATUS_RATE_LIMITED, .retry_ms = 1500 };
	struct problem unavailable = { .status = STATUS_UNAVAILABLE };
	struct problem full = { .status = STATUS_QUEUE_FULL };

	begin();
	response_problem(&response, &given, "id-12345");
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Retry-After: 2\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(response.body.data, "\"retry_ms\":1500"));
	response_problem(&response, &unavailable, "id-12345");
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Retry-After: 1\r\n"));
	response_problem(&response, &full, "id-12345");
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Retry-After: 1\r\n"));
	end();
}

static void bad_json_is_a_bad_request_here(void)
{
	struct problem problem = { .status = STATUS_BAD_JSON };

	begin();
	response_problem(&response, &problem, "id-12345");
	CU_ASSERT_PTR_NOT_NULL(strstr(response.body.data, "\"code\":\"bad_request\""));
	end();
}

static void a_known_tag_needs_no_body(void)
{
	static const struct {
		const char *if_none_match;
		int code;
	} rows[] = {
		{ NULL, 200 },    { "\"abc\"", 304 }, { "W/\"abc\"", 304 }, { "\"x\", \"abc\"", 304 }, { "\"x\",W/\"abc\" , \"y\"", 304 },
		{ "*", 304 },     { "abc", 200 },     { "\"abcd\"", 200 },  { "\"ab\"", 200 },         { "", 200 },
		{ "\"x\"", 200 },
	};
	size_t i;

	begin();
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		response_reset(&response);
		response_json(&response, HTTP_OK, "{}");
		response_etag(&response, "abc", rows[i].if_none_match);
		CU_ASSERT_EQUAL(response.code, rows[i].code);
		CU_ASSERT_EQUAL(response.body.len, rows[i].code == 304 ? 0 : 2);
		CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "ETag: \"abc\"\r\n"));
	}
	end();
}

static void another_origin_is_named_exactly(void)
{
	begin();
	response_vary(&response, "Accept-Language");
	response_vary(&response, "Origin");
	response_allow_origin(&response, "https://shop.example.com");
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Vary: Accept-Language, Origin\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(formatted(), "Access-Control-Allow-Origin: https://shop.example.com\r\n"));
	CU_ASSERT_PTR_NULL(strstr(formatted(), "Allow-Credentials"));
	end();
}

CU_TestInfo response_tests[] = {
	{ "an answer is safe by default", an_answer_is_safe_by_default },
	{ "an empty answer has no length", an_empty_answer_has_no_length },
	{ "every status has its phrase", every_status_has_its_phrase },
	{ "a header with a control character never leaves", a_header_with_a_control_character_never_leaves },
	{ "a problem says what and where", a_problem_says_what_and_where },
	{ "a passing problem says when to come back", a_passing_problem_says_when_to_come_back },
	{ "bad JSON is a bad request here", bad_json_is_a_bad_request_here },
	{ "a known tag needs no body", a_known_tag_needs_no_body },
	{ "another origin is named exactly", another_origin_is_named_exactly },
	CU_TEST_INFO_NULL,
};
