/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_DB_SUITES_H
#define SWITCHBOARD_TESTS_DB_SUITES_H

#include "tap.h"

extern CU_TestInfo array_tests[], conn_tests[], pipe_tests[], trip_tests[];

int conn_suite_begin(void);
int conn_suite_end(void);
int pipe_suite_begin(void);
int pipe_suite_end(void);
int trip_suite_begin(void);
int trip_suite_end(void);

#endif
