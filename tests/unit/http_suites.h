/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_HTTP_SUITES_H
#define SWITCHBOARD_TESTS_HTTP_SUITES_H

#include "tap.h"

extern CU_TestInfo uri_tests[], request_tests[], origin_tests[], cookie_tests[], form_tests[], router_tests[], response_tests[], html_tests[], listener_tests[];

#endif
