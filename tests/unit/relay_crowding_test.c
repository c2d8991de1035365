/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "relay/crowding.h"
#include "relay_stage.h"
#include "relay_suites.h"

#include <unistd.h>

static uint64_t now_us(void)
{
	return stage.now_ms * 1000;
}

static uint64_t now_ms(void)
{
	return stage.now_ms;
}

static const struct transport clock_only = { .now_us = now_us, .now_ms = now_ms };
static struct crowding crowding;

static void begin(void)
{
	crowding = (struct crowding){ .batch = &stage.batch, .transport = &clock_only, .sockets_per_address = 2, .arrivals = { .count = 10, .per_s = 1, .burst = 20 } };
	CU_ASSERT_EQUAL_FATAL(networks_parse("10.1.0.0/16", &crowding.exempt), STATUS_OK);
}

/* Silent: what is refused is logged. */
static bool admits(const char *address, size_t open)
{
	int kept = dup(STDERR_FILENO);
	bool good;

	close(STDERR_FILENO);
	good = crowding_admits(&crowding, address, open, 1024);
	(void)dup2(kept, STDERR_FILENO);
	close(kept);
	return good;
}

static void an_address_has_its_share(void)
{
	struct peer *first, *second, *other;

	begin();
	CU_ASSERT_TRUE(admits("2001:db8::1", 0));
	first = crowding_enter(&crowding, "2001:db8::1");
	CU_ASSERT_TRUE(admits("2001:db8::2", 1));
	second = crowding_enter(&crowding, "2001:db8::2");
	CU_ASSERT_FALSE(admits("2001:db8::3", 2));
	CU_ASSERT_TRUE(admits("2001:db8:0:1::1", 2));
	other = crowding_enter(&crowding, "2001:db8:0:1::1");
	crowding_leave(&crowding, &second);
	CU_ASSERT_PTR_NULL(second);
	CU_ASSERT_TRUE(admits("2001:db8::3", 2));
	crowding_leave(&crowding, &first);
	crowding_leave(&crowding, &other);
	CU_ASSERT_PTR_NULL(crowding.peers);
	CU_ASSERT_EQUAL(crowding.refused, 1);
	crowding_fini(&crowding);
}

static void who_is_exempt_or_has_no_address_is_not_counted(void)
{
	struct peer *none;

	begin();
	for (int i = 0; i < 5; i++) {
		CU_ASSERT_PTR_NULL(crowding_enter(&crowding, "10.1.2.3"));
		CU_ASSERT_PTR_NULL(crowding_enter(&crowding, NULL));
	}
	CU_ASSERT_TRUE(admits("10.1.2.3", 10));
	CU_ASSERT_TRUE(admits(NULL, 10));
	none = NULL;
	crowding_leave(&crowding, &none);
	crowding_fini(&crowding);
}

static void a_storm_is_taken_in_bit_by_bit(void)
{
	int taken = 0;

	begin();
	for (int i = 0; i < 100; i++)
		taken += admits(NULL, 0);
	CU_ASSERT_EQUAL(taken, 20);
	stage.now_ms += 1000;
	for (int i = 0; i < 100; i++)
		taken += admits(NULL, 0);
	CU_ASSERT_EQUAL(taken, 30);
	crowding_fini(&crowding);
}

static void descriptors_are_left_to_refuse_with(void)
{
	begin();
	CU_ASSERT_TRUE(admits(NULL, 960));
	CU_ASSERT_FALSE(admits(NULL, 961));
	crowding_fini(&crowding);
}

static void sockets_are_refused_before_typing_is_dropped(void)
{
	begin();
	stage.batch.waiting_count = 24; /* of 100 */
	CU_ASSERT_TRUE(admits(NULL, 0));
	stage.batch.waiting_count = 25;
	CU_ASSERT_FALSE(admits(NULL, 0));
	CU_ASSERT_FALSE(crowding_drops_typing(&crowding));
	stage.batch.waiting_count = 50;
	CU_ASSERT_TRUE(crowding_drops_typing(&crowding));
	stage.batch.waiting_count = 0;
	stage.batch.waiting_bytes = stage.limits.batch_bytes / 2;
	CU_ASSERT_TRUE(crowding_drops_typing(&crowding));
	stage.batch.waiting_bytes = 0;
	crowding_fini(&crowding);
}

static void memory_is_looked_at(void)
{
	begin();
	crowding_look(&crowding);
	CU_ASSERT_FALSE(crowding.heavy);
	crowding.memory_max_bytes = 1;
	log_init("unit", LOG_LEVEL_OFF);
	crowding_look(&crowding);
	CU_ASSERT_TRUE(crowding.heavy);
	CU_ASSERT_FALSE(admits(NULL, 0));
	crowding.memory_max_bytes = UINT64_C(1) << 40;
	crowding_look(&crowding);
	log_init("unit", LOG_LEVEL_ERROR);
	CU_ASSERT_TRUE(admits(NULL, 0));
	crowding_fini(&crowding);
}

CU_TestInfo crowding_tests[] = {
	{ "an_address_has_its_share", an_address_has_its_share },
	{ "who_is_exempt_or_has_no_address_is_not_counted", who_is_exempt_or_has_no_address_is_not_counted },
	{ "a_storm_is_taken_in_bit_by_bit", a_storm_is_taken_in_bit_by_bit },
	{ "descriptors_are_left_to_refuse_with", descriptors_are_left_to_refuse_with },
	{ "sockets_are_refused_before_typing_is_dropped", sockets_are_refused_before_typing_is_dropped },
	{ "memory_is_looked_at", memory_is_looked_at },
	CU_TEST_INFO_NULL,
};
