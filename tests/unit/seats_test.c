/* SPDX-License-Identifier: ISC */
#include "base/seats.h"
#include "base_suites.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that takes a seat, says which by a byte, and sits until it is killed. */
static pid_t sit(const struct seats *seats, int *ret_seat)
{
	signed char seat = -2;
	int ends[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		seat = (signed char)seats_take(seats, 0);
		if (write(ends[1], &seat, 1) == 1)
			pause();
		_exit(0);
	}
	CU_ASSERT_EQUAL(read(ends[0], &seat, 1), 1);
	close(ends[0]);
	close(ends[1]);
	*ret_seat = seat;
	return pid;
}

static void leave(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void who_is_killed_has_left_its_seat(void)
{
	struct seats seats;
	pid_t pids[3];
	int got[3];

	CU_ASSERT_TRUE_FATAL(seats_init(&seats, 2));
	for (int i = 0; i < 3; i++)
		pids[i] = sit(&seats, &got[i]);
	CU_ASSERT_EQUAL(got[0], 0);
	CU_ASSERT_EQUAL(got[1], 1);
	CU_ASSERT_EQUAL(got[2], -1);
	CU_ASSERT_EQUAL(seats_take(&seats, 20), -1);
	leave(pids[0]);
	CU_ASSERT_EQUAL(seats_take(&seats, 0), 0);
	seats_leave(&seats, 0);
	leave(pids[1]);
	leave(pids[2]);
	seats_fini(&seats);
}

static void a_seat_can_be_taken_again(void)
{
	struct seats seats;

	CU_ASSERT_TRUE_FATAL(seats_init(&seats, 1));
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(seats_take(&seats, 0), 0);
		seats_leave(&seats, 0);
	}
	seats_fini(&seats);
	CU_ASSERT_EQUAL(seats.fd, -1);
}

CU_TestInfo seats_tests[] = {
	{ "who_is_killed_has_left_its_seat", who_is_killed_has_left_its_seat },
	{ "a_seat_can_be_taken_again", a_seat_can_be_taken_again },
	CU_TEST_INFO_NULL,
};
