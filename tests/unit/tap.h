/* SPDX-License-Identifier: ISC */
/* CUnit's registry printed as TAP: CU_basic_run_tests() returns 0 even when assertions fail, so we count ourselves. */
#ifndef SWITCHBOARD_TESTS_TAP_H
#define SWITCHBOARD_TESTS_TAP_H

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>

/* Runs the suites (ended by CU_SUITE_INFO_NULL); returns the exit code of the program: 0 only when everything ran and nothing failed. */
int tap_run(CU_SuiteInfo *suites);

#endif
