/* SPDX-License-Identifier: ISC */
/* Tests of app/base, one suite a module. */
#include "base_suites.h"

int main(void)
{
	CU_SuiteInfo suites[] = {
		{ "status", NULL, NULL, NULL, NULL, status_tests },
		{ "network", NULL, NULL, NULL, NULL, network_tests },
		{ "bucket", NULL, NULL, NULL, NULL, bucket_tests },
		{ "buf", NULL, NULL, NULL, NULL, buf_tests },
		{ "metrics", NULL, NULL, NULL, NULL, metrics_tests },
		{ "log", NULL, NULL, NULL, NULL, log_tests },
		{ "json", NULL, NULL, NULL, NULL, json_tests },
		{ "json_read", NULL, NULL, NULL, NULL, json_read_tests },
		{ "signature", NULL, NULL, NULL, NULL, signature_tests },
		{ "jwt", NULL, NULL, NULL, NULL, jwt_tests },
		{ "seal", NULL, NULL, NULL, NULL, seal_tests },
		{ "totp", NULL, NULL, NULL, NULL, totp_tests },
		{ "secret", NULL, NULL, NULL, NULL, secret_tests },
		{ "seats", NULL, NULL, NULL, NULL, seats_tests },
		{ "shared_buckets", NULL, NULL, NULL, NULL, shared_buckets_tests },
		{ "password", NULL, NULL, NULL, NULL, password_tests },
		{ "public_url", NULL, NULL, NULL, NULL, public_url_tests },
		{ "options", NULL, NULL, NULL, NULL, options_tests },
		{ "public_url", NULL, NULL, NULL, NULL, public_url_tests },
		CU_SUITE_INFO_NULL,
	};

	return tap_run(suites);
}
