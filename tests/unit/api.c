/* SPDX-License-Identifier: ISC */
/* Tests of those parts of app/api that need no database; the handlers are tested through a web server, in tests/api. */
#include "api_suites.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "accent", NULL, NULL, NULL, NULL, accent_tests },
		{ "routes", NULL, NULL, NULL, NULL, routes_tests },
		{ "canonical", NULL, NULL, NULL, NULL, canonical_tests },
		{ "identity", NULL, NULL, NULL, NULL, identity_tests },
		{ "locale", NULL, NULL, NULL, NULL, locale_tests },
		{ "assets", NULL, NULL, NULL, NULL, assets_tests },
		{ "guard", NULL, NULL, NULL, NULL, guard_tests },
		CU_SUITE_INFO_NULL,
	};

	return tap_run(suites);
}
