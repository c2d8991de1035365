/* SPDX-License-Identifier: ISC */
/* Tests of app/db against the private PostgreSQL of tests/support/with-postgres. */
#include "db_suites.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "array", NULL, NULL, NULL, NULL, array_tests },
		{ "conn", conn_suite_begin, conn_suite_end, NULL, NULL, conn_tests },
		{ "pipe", pipe_suite_begin, pipe_suite_end, NULL, NULL, pipe_tests },
		{ "trip", trip_suite_begin, trip_suite_end, NULL, NULL, trip_tests },
		CU_SUITE_INFO_NULL,
	};

	if (!getenv("SWITCHBOARD_TEST_DSN") || !getenv("SWITCHBOARD_TEST_PG_CTL")) {
		puts("Bail out! run me as: tests/support/with-postgres tests/unit/db.pg");
		return 1;
	}
	return tap_run(suites);
}
