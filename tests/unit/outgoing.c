/* SPDX-License-Identifier: ISC */
/* Tests of app/courier, one suite a module; what needs a server is in tests/courier. */
#include "outgoing_suites.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "signature", NULL, NULL, NULL, NULL, outgoing_signature_tests },
		{ "target", NULL, NULL, NULL, NULL, outgoing_target_tests },
		{ "reason", NULL, NULL, NULL, NULL, outgoing_reason_tests },
		{ "mail", NULL, NULL, NULL, NULL, outgoing_mail_tests },
		CU_SUITE_INFO_NULL,
	};

	return tap_run(suites);
}
