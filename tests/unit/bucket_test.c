/* SPDX-License-Identifier: ISC */
#include "base/bucket.h"
#include "base_suites.h"

static const struct rate rate = { .count = 5, .per_s = 1, .burst = 10 };

static void burst_then_rate(void)
{
	struct bucket bucket = { 0 };
	uint32_t wait_ms = 0;

	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, &rate, 1000000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, &rate, 1000000, &wait_ms));
	CU_ASSERT_EQUAL(wait_ms, 200);
	CU_ASSERT_FALSE(bucket_take(&bucket, &rate, 1199000, &wait_ms));
	CU_ASSERT_EQUAL(wait_ms, 1);
	CU_ASSERT_TRUE(bucket_take(&bucket, &rate, 1200000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, &rate, 1200000, &wait_ms));
}

static void fills_up_when_left_alone(void)
{
	struct bucket bucket = { 0 };
	uint32_t wait_ms;

	CU_ASSERT_TRUE(bucket_is_full(&bucket, 1));
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, &rate, 1000000, &wait_ms));
	CU_ASSERT_FALSE(bucket_is_full(&bucket, 2999999));
	CU_ASSERT_TRUE(bucket_is_full(&bucket, 3000000));
	for (int i = 0; i < 10; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, &rate, 100000000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, &rate, 100000000, &wait_ms));
}

static void rate_zero_is_no_limit(void)
{
	static const struct rate none = { .count = 0, .per_s = 1, .burst = 1 };
	struct bucket bucket = { 0 };
	uint32_t wait_ms;

	for (int i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(bucket_take(&bucket, &none, 1000, &wait_ms));
}

static void some_a_minute(void)
{
	static const struct rate slow = { .count = 60, .per_s = 60, .burst = 2 };
	struct bucket bucket = { 0 };
	uint32_t wait_ms;

	CU_ASSERT_TRUE(bucket_take(&bucket, &slow, 1000000, &wait_ms));
	CU_ASSERT_TRUE(bucket_take(&bucket, &slow, 1000000, &wait_ms));
	CU_ASSERT_FALSE(bucket_take(&bucket, &slow, 1000000, &wait_ms));
	CU_ASSERT_EQUAL(wait_ms, 1000);
	CU_ASSERT_TRUE(bucket_take(&bucket, &slow, 2000000, &wait_ms));
}

CU_TestInfo bucket_tests[] = {
	{ "burst_then_rate", burst_then_rate },
	{ "fills_up_when_left_alone", fills_up_when_left_alone },
	{ "rate_zero_is_no_limit", rate_zero_is_no_limit },
	{ "some_a_minute", some_a_minute },
	CU_TEST_INFO_NULL,
};
