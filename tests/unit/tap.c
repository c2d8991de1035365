/* SPDX-License-Identifier: ISC */
#include "tap.h"

#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned tests_done, tests_failed;

static void on_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failures)
{
	tests_done++;
	tests_failed += failures != NULL;
	printf("%s %u - %s/%s\n", failures ? "not ok" : "ok", tests_done, suite->pName, test->pName);
	for (CU_pFailureRecord failure = failures; failure; failure = failure->pNext)
		printf("# %s:%u %s\n", failure->strFileName, failure->uiLineNumber, failure->strCondition);
	fflush(stdout);
}

static void on_suite_failure(const CU_pSuite suite)
{
	printf("Bail out! suite %s could not begin or end\n", suite->pName);
	exit(1);
}

int tap_run(CU_SuiteInfo *suites)
{
	unsigned planned;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		printf("Bail out! %s\n", CU_get_error_msg());
		return 1;
	}
	planned = CU_get_registry()->uiNumberOfTests;
	printf("1..%u\n", planned);
	fflush(stdout);
	CU_set_test_complete_handler(on_test);
	CU_set_suite_init_failure_handler(on_suite_failure);
	CU_set_suite_cleanup_failure_handler(on_suite_failure);
	CU_run_all_tests();
	CU_cleanup_registry();
	return tests_failed > 0 || tests_done != planned;
}
