/* SPDX-License-Identifier: ISC */
#include "base/status.h"
#include "base_suites.h"

#include <stdlib.h>
#include <string.h>

static void every_status_has_code_name_and_message(void)
{
	for (int i = 0; i < STATUS_COUNT; i++) {
		enum status status = (enum status)i;
		int code = status_http_code(status);

		CU_ASSERT_FATAL(status_wire_name(status) != NULL);
		CU_ASSERT_FATAL(status_message(status) != NULL);
		CU_ASSERT(code == 200 || (code >= 400 && code <= 503));
		CU_ASSERT(strspn(status_wire_name(status), "abcdefghijklmnopqrstuvwxyz_") == strlen(status_wire_name(status)));
		CU_ASSERT(strlen(status_message(status)) > 4);
		for (int j = 0; j < i; j++)
			CU_ASSERT(strcmp(status_wire_name(status), status_wire_name((enum status)j)) != 0);
	}
}

static void codes_are_those_of_the_contract(void)
{
	static const struct {
		enum status status;
		int code;
		const char *name;
	} rows[] = {
		{ STATUS_BAD_REQUEST, 400, "bad_request" },
		{ STATUS_BAD_JSON, 400, "bad_json" },
		{ STATUS_UNAUTHORIZED, 401, "unauthorized" },
		{ STATUS_IDENTITY_REQUIRED, 401, "identity_required" },
		{ STATUS_FORBIDDEN, 403, "forbidden" },
		{ STATUS_ORIGIN_DENIED, 403, "origin_denied" },
		{ STATUS_NOT_FOUND, 404, "not_found" },
		{ STATUS_METHOD_NOT_ALLOWED, 405, "method_not_allowed" },
		{ STATUS_CONFLICT, 409, "conflict" },
		{ STATUS_ALREADY_TAKEN, 409, "already_taken" },
		{ STATUS_OFFER_EXPIRED, 409, "offer_expired" },
		{ STATUS_CHAT_EXISTS, 409, "chat_exists" },
		{ STATUS_CLOSED, 409, "closed" },
		{ STATUS_NOT_OWNER, 409, "not_owner" },
		{ STATUS_BAD_STATE, 409, "bad_state" },
		{ STATUS_GONE, 410, "gone" },
		{ STATUS_LENGTH_REQUIRED, 411, "length_required" },
		{ STATUS_TOO_LARGE, 413, "too_large" },
		{ STATUS_UNSUPPORTED_MEDIA, 415, "unsupported_media" },
		{ STATUS_INVALID, 422, "invalid" },
		{ STATUS_UNKNOWN_TYPE, 422, "unknown_type" },
		{ STATUS_UPGRADE_REQUIRED, 426, "upgrade_required" },
		{ STATUS_RATE_LIMITED, 429, "rate_limited" },
		{ STATUS_SITE_BUSY, 429, "site_busy" },
		{ STATUS_UNAVAILABLE, 503, "unavailable" },
		{ STATUS_QUEUE_FULL, 503, "queue_full" },
		{ STATUS_INTERNAL, 500, "internal" },
	};

	CU_ASSERT(sizeof rows / sizeof rows[0] == STATUS_COUNT - 1);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CU_ASSERT_EQUAL(status_http_code(rows[i].status), rows[i].code);
		CU_ASSERT_STRING_EQUAL(status_wire_name(rows[i].status), rows[i].name);
	}
}

static void our_sqlstates_map_by_name_then_by_code(void)
{
	CU_ASSERT_EQUAL(status_from_sqlstate("SB409", "already_taken"), STATUS_ALREADY_TAKEN);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB409", "closed"), STATUS_CLOSED);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB409", NULL), STATUS_CONFLICT);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB409", "no_such_name"), STATUS_CONFLICT);
	/* a name of another code does not win over the code */
	CU_ASSERT_EQUAL(status_from_sqlstate("SB404", "closed"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB503", "queue_full"), STATUS_QUEUE_FULL);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB503", NULL), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB422", NULL), STATUS_INVALID);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB499", NULL), STATUS_INTERNAL);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB200", "ok"), STATUS_INTERNAL);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB4O4", NULL), STATUS_INTERNAL);
	CU_ASSERT_EQUAL(status_from_sqlstate("SB4040", NULL), STATUS_INTERNAL);
	for (int i = STATUS_OK + 1; i < STATUS_COUNT; i++) {
		char sqlstate[8] = "SB";

		sqlstate[2] = (char)('0' + status_http_code((enum status)i) / 100);
		sqlstate[3] = (char)('0' + status_http_code((enum status)i) / 10 % 10);
		sqlstate[4] = (char)('0' + status_http_code((enum status)i) % 10);
		CU_ASSERT_EQUAL(status_from_sqlstate(sqlstate, status_wire_name((enum status)i)), (enum status)i);
	}
}

static void foreign_sqlstates_are_unavailable_bad_request_or_a_bug(void)
{
	static const char *const unavailable[] = { "57014", "55P03", "40001", "40P01", "53300", "53100", "57P01", "57P03", "08006", "08003" };
	static const char *const bugs[] = { "42P01", "23505", "P0001", "22P02", "00000", "", "42501" };

	for (size_t i = 0; i < sizeof unavailable / sizeof unavailable[0]; i++)
		CU_ASSERT_EQUAL(status_from_sqlstate(unavailable[i], NULL), STATUS_UNAVAILABLE);
	for (size_t i = 0; i < sizeof bugs / sizeof bugs[0]; i++)
		CU_ASSERT_EQUAL(status_from_sqlstate(bugs[i], "conflict"), STATUS_INTERNAL);
	CU_ASSERT_EQUAL(status_from_sqlstate("22021", NULL), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(status_from_sqlstate("22P05", NULL), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(status_from_sqlstate(NULL, NULL), STATUS_INTERNAL);
}

static void a_problem_keeps_its_field_and_cuts_it_between_characters(void)
{
	struct problem problem = { .status = STATUS_OK, .retry_ms = 5, .extra = "{\"a\":1}" };
	char long_name[200] = "";

	CU_ASSERT_EQUAL(problem_set(&problem, STATUS_INVALID, "name"), STATUS_INVALID);
	CU_ASSERT_EQUAL(problem.status, STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "name");
	CU_ASSERT_EQUAL(problem.retry_ms, 0);
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
	CU_ASSERT_EQUAL(problem_set(&problem, STATUS_GONE, NULL), STATUS_GONE);
	CU_ASSERT_STRING_EQUAL(problem.field, "");
	for (size_t i = 0; i < 40; i++)
		memcpy(long_name + 1 + 2 * i, "\xc3\xa9", 3);
	long_name[0] = 'x';
	CU_ASSERT_EQUAL(problem_set(&problem, STATUS_INVALID, long_name), STATUS_INVALID);
	CU_ASSERT_EQUAL(strlen(problem.field), 63);
	memmove(long_name + 1, long_name, sizeof long_name - 2);
	CU_ASSERT_EQUAL(problem_set(&problem, STATUS_INVALID, long_name), STATUS_INVALID);
	CU_ASSERT_EQUAL(strlen(problem.field), 62);
}

CU_TestInfo status_tests[] = {
	{ "every status has code, name and message", every_status_has_code_name_and_message },
	{ "codes are those of the contract", codes_are_those_of_the_contract },
	{ "our SQLSTATEs map by name, then by code", our_sqlstates_map_by_name_then_by_code },
	{ "foreign SQLSTATEs are unavailable, bad request or a bug", foreign_sqlstates_are_unavailable_bad_request_or_a_bug },
	{ "a problem keeps its field and cuts it between characters", a_problem_keeps_its_field_and_cuts_it_between_characters },
	CU_TEST_INFO_NULL,
};
