/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_API_SUITES_H
#define SWITCHBOARD_TESTS_API_SUITES_H

#include "tap.h"

extern CU_TestInfo routes_tests[], canonical_tests[], locale_tests[], assets_tests[], guard_tests[], identity_tests[], accent_tests[];

#endif
