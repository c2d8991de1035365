/* SPDX-License-Identifier: ISC */
#include "relay/bucket.h"
#include "relay_suites.h"

static void burst_then_rate(void)
{
	struct bucket bucket = { 0 };
	uint32_t wait_ms = 0;

	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, 5, 10, 1000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, 5, 10, 1000, &wait_ms));
	CU_ASSERT_EQUAL(wait_ms, 200);
	CU_ASSERT_FALSE(bucket_take(&bucket, 5, 10, 1199, &wait_ms));
	CU_ASSERT_EQUAL(wait_ms, 1);
	CU_ASSERT_TRUE(bucket_take(&bucket, 5, 10, 1200, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, 5, 10, 1200, &wait_ms));
}

static void fills_up_when_left_alone(void)
{
	struct bucket bucket = { 0 };
	uint32_t wait_ms;

	CU_ASSERT_TRUE(bucket_is_full(&bucket, 1));
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, 5, 10, 1000, &wait_ms));
	CU_ASSERT_FALSE(bucket_is_full(&bucket, 2999));
	CU_ASSERT_TRUE(bucket_is_full(&bucket, 3000));
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, 5, 10, 100000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, 5, 10, 100000, &wait_ms));
}

static void rate_zero_is_no_limit(void)
{
	struct bucket bucket = { 0 };
	uint32_t wait_ms;

	for (int i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, 0, 1, 1000, &wait_ms));
}

CU_TestInfo bucket_tests[] = {
	{ "burst_then_rate", burst_then_rate },
	{ "fills_up_when_left_alone", fills_up_when_left_alone },
	{ "rate_zero_is_no_limit", rate_zero_is_no_limit },
	CU_TEST_INFO_NULL,
};
