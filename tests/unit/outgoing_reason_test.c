/* SPDX-License-Identifier: ISC */
#include "courier/reason.h"
#include "outgoing_suites.h"

static void an_end_of_a_transfer_is_one_of_a_few_codes(void)
{
	static const struct {
		CURLcode code;
		const char *reason;
	} ends[] = {
		{ CURLE_OPERATION_TIMEDOUT, "timeout" },       { CURLE_COULDNT_CONNECT, "unreachable" }, { CURLE_COULDNT_RESOLVE_HOST, "unknown_host" },
		{ CURLE_PEER_FAILED_VERIFICATION, "insecure" }, { CURLE_LOGIN_DENIED, "login_refused" },  { CURLE_GOT_NOTHING, "connection_lost" },
		{ CURLE_WEIRD_SERVER_REPLY, "answer_unusable" }, { CURLE_OUT_OF_MEMORY, "other" },
	};

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		CU_ASSERT_STRING_EQUAL(reason_of(ends[i].code, 0), ends[i].reason);
}

static void what_a_mail_server_refuses_is_refused_however_libcurl_calls_it(void)
{
	CU_ASSERT_STRING_EQUAL(reason_of(CURLE_SEND_ERROR, 550), "refused");
	CU_ASSERT_STRING_EQUAL(reason_of(CURLE_WEIRD_SERVER_REPLY, 552), "refused");
	CU_ASSERT_STRING_EQUAL(reason_of(CURLE_SEND_ERROR, 250), "connection_lost");
	CU_ASSERT_STRING_EQUAL(reason_of(CURLE_LOGIN_DENIED, 535), "login_refused");
	CU_ASSERT_STRING_EQUAL(reason_of(CURLE_USE_SSL_FAILED, 454), "insecure");
}

CU_TestInfo outgoing_reason_tests[] = {
	{ "an end of a transfer is one of a few codes", an_end_of_a_transfer_is_one_of_a_few_codes },
	{ "what a mail server refuses is refused, however libcurl calls it", what_a_mail_server_refuses_is_refused_however_libcurl_calls_it },
	CU_TEST_INFO_NULL,
};
