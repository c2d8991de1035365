/* SPDX-License-Identifier: ISC */
/* Tests of app/http, one suite a module. */
#include "http_suites.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "uri", NULL, NULL, NULL, NULL, uri_tests },
		{ "request", NULL, NULL, NULL, NULL, request_tests },
		{ "origin", NULL, NULL, NULL, NULL, origin_tests },
		{ "cookie", NULL, NULL, NULL, NULL, cookie_tests },
		{ "form", NULL, NULL, NULL, NULL, form_tests },
		{ "router", NULL, NULL, NULL, NULL, router_tests },
		{ "response", NULL, NULL, NULL, NULL, response_tests },
		{ "html", NULL, NULL, NULL, NULL, html_tests },
		{ "listener", NULL, NULL, NULL, NULL, listener_tests },
		CU_SUITE_INFO_NULL,
	};

	return tap_run(suites);
}
