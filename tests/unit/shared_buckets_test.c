/* SPDX-License-Identifier: ISC */
#include "base/shared_buckets.h"
#include "base_suites.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOW_US UINT64_C(5000000000)
#define CHILDREN 4
#define STRANGERS 300000 /* more than twice of what there is room for */

static const struct rate rate = { .count = 20, .per_s = 1, .burst = 40 };

static void each_key_has_a_bucket_of_its_own(void)
{
	struct shared_buckets *buckets = shared_buckets_new();
	uint32_t wait_ms = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	for (int i = 0; i < 40; i++)
		CU_ASSERT_TRUE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms));
	CU_ASSERT_FALSE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms));
	CU_ASSERT_TRUE(wait_ms >= 49 && wait_ms <= 53); /* 64 µs of rounding each time */
	CU_ASSERT_TRUE(shared_buckets_take(buckets, "lee", 3, &rate, NOW_US, &wait_ms));
	CU_ASSERT_TRUE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US + 60000, &wait_ms));
	CU_ASSERT_FALSE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US + 60000, &wait_ms));
	shared_buckets_free(&buckets);
	CU_ASSERT_PTR_NULL(buckets);
}

/* At whatever instant: none of the burst is lost to the units in which the time is kept. */
static void the_whole_burst_is_there_at_every_instant(void)
{
	static const struct rate slow = { .count = 1, .per_s = 60, .burst = 5 };
	struct shared_buckets *buckets = shared_buckets_new();
	uint32_t wait_ms;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	for (uint64_t past = 0; past < 64; past++) {
		int taken = 0;

		for (int i = 0; i < 7; i++)
			taken += shared_buckets_take(buckets, &past, sizeof past, &slow, NOW_US + past, &wait_ms);
		CU_ASSERT_EQUAL(taken, 5);
	}
	shared_buckets_free(&buckets);
}

static void no_limit_keeps_nothing(void)
{
	static const struct rate none = { .count = 0, .per_s = 1, .burst = 1 };
	struct shared_buckets *buckets = shared_buckets_new();
	uint32_t wait_ms;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(shared_buckets_take(buckets, "kim", 3, &none, NOW_US, &wait_ms));
	shared_buckets_free(&buckets);
}

/* What of 1,000 attempts was let through, or dies over it when `dies`. */
static pid_t take_a_thousand(struct shared_buckets *buckets, bool dies, int *ret_end)
{
	int ends[2], taken = 0;
	uint32_t wait_ms;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 1000 || dies; i++)
			taken += shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms);
		_exit(write(ends[1], &taken, sizeof taken) != sizeof taken);
	}
	close(ends[1]);
	*ret_end = ends[0];
	return pid;
}

static int count_taken(pid_t pid, int end)
{
	int taken = 0;

	CU_ASSERT_EQUAL(read(end, &taken, sizeof taken), (ssize_t)sizeof taken);
	close(end);
	waitpid(pid, NULL, 0);
	return taken;
}

static void processes_share_a_bucket_exactly(void)
{
	struct shared_buckets *buckets = shared_buckets_new();
	pid_t pids[CHILDREN];
	int ends[CHILDREN], taken = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	for (int i = 0; i < CHILDREN; i++)
		pids[i] = take_a_thousand(buckets, false, &ends[i]);
	for (int i = 0; i < CHILDREN; i++)
		taken += count_taken(pids[i], ends[i]);
	CU_ASSERT_EQUAL(taken, 40);
	shared_buckets_free(&buckets);
}

static void who_is_killed_leaves_nothing_locked(void)
{
	struct shared_buckets *buckets = shared_buckets_new();
	struct timespec shortly = { .tv_nsec = 500000 };
	uint32_t wait_ms;
	pid_t pid;
	int end;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	for (int i = 0; i < 50; i++) {
		pid = take_a_thousand(buckets, true, &end);
		nanosleep(&shortly, NULL); /* somewhere in the middle of it, or before */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(end);
	}
	(void)shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms);
	CU_ASSERT_TRUE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US + 3000000, &wait_ms));
	CU_ASSERT_TRUE(shared_buckets_take(buckets, "lee", 3, &rate, NOW_US, &wait_ms));
	shared_buckets_free(&buckets);
}

/* An attacker with more addresses than there is room for, each with its whole burst taken: whoever comes now is served, whoever comes back too. */
static void strangers_never_make_a_limit_stricter(void)
{
	struct shared_buckets *buckets = shared_buckets_new();
	uint32_t wait_ms;
	int refused = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(buckets);
	CU_ASSERT_TRUE(shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms));
	for (int i = 0; i < STRANGERS; i++)
		refused += !shared_buckets_take(buckets, &i, sizeof i, &rate, NOW_US, &wait_ms);
	for (int i = 1; i < 40; i++)
		refused += !shared_buckets_take(buckets, "kim", 3, &rate, NOW_US, &wait_ms);
	CU_ASSERT_EQUAL(refused, 0);
	shared_buckets_free(&buckets);
}

CU_TestInfo shared_buckets_tests[] = {
	{ "each_key_has_a_bucket_of_its_own", each_key_has_a_bucket_of_its_own },
	{ "the_whole_burst_is_there_at_every_instant", the_whole_burst_is_there_at_every_instant },
	{ "no_limit_keeps_nothing", no_limit_keeps_nothing },
	{ "processes_share_a_bucket_exactly", processes_share_a_bucket_exactly },
	{ "who_is_killed_leaves_nothing_locked", who_is_killed_leaves_nothing_locked },
	{ "strangers_never_make_a_limit_stricter", strangers_never_make_a_limit_stricter },
	CU_TEST_INFO_NULL,
};
