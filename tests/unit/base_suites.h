/* SPDX-License-Identifier: ISC */
#ifndef SWITCHBOARD_TESTS_BASE_SUITES_H
#define SWITCHBOARD_TESTS_BASE_SUITES_H

#include "tap.h"

extern CU_TestInfo status_tests[], buf_tests[], metrics_tests[], log_tests[], json_tests[], json_read_tests[], secret_tests[], password_tests[], options_tests[],
	public_url_tests[], bucket_tests[], seats_tests[], shared_buckets_tests[], network_tests[], jwt_tests[], signature_tests[], seal_tests[], totp_tests[];

#endif
