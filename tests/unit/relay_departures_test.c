/* SPDX-License-Identifier: ISC */
#include "relay_suites.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS 100
#define AT_ONCE 32

static int ours[SOCKETS], theirs[SOCKETS], loop;

static void all_are_there(void)
{
	loop = epoll_create1(EPOLL_CLOEXEC);
	for (uint32_t i = 0; i < SOCKETS; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };
		int pair[2];

		CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		ours[i] = pair[0];
		theirs[i] = pair[1];
		CU_ASSERT_EQUAL_FATAL(epoll_ctl(loop, EPOLL_CTL_ADD, ours[i], &event), 0);
	}
}

static void all_go(void)
{
	for (int i = 0; i < SOCKETS; i++) {
		close(theirs[i]);
		close(ours[i]);
	}
	close(loop);
}

static void hang_up(int i)
{
	close(theirs[i]);
	theirs[i] = -1;
}

static void who_writes_stands_before_all_who_have_gone(void)
{
	struct epoll_event events[SOCKETS];
	int left = SOCKETS - 2;

	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		if (i != 50 && i != 99)
			hang_up(i);
	CU_ASSERT_EQUAL(write(theirs[99], "x", 1), 1);
	CU_ASSERT_EQUAL(write(theirs[50], "x", 1), 1);
	CU_ASSERT_EQUAL_FATAL(epoll_wait(loop, events, SOCKETS, 0), 2 + AT_ONCE);
	CU_ASSERT_EQUAL(events[0].data.u32, 99);
	CU_ASSERT_EQUAL(events[1].data.u32, 50);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(epoll_ctl(loop, EPOLL_CTL_DEL, ours[events[i].data.u32], NULL), 0);
	/* The others are told of in their turn, each of them. */
	for (int count; (count = epoll_wait(loop, events, SOCKETS, 0)) > 0; left -= count) {
		CU_ASSERT_EQUAL(count, left < AT_ONCE ? left : AT_ONCE);
		for (int i = 0; i < count; i++)
			CU_ASSERT_EQUAL(epoll_ctl(loop, EPOLL_CTL_DEL, ours[events[i].data.u32], NULL), 0);
	}
	CU_ASSERT_EQUAL(left, 0);
	all_go();
}

static void nobody_waits_while_all_are_there(void)
{
	struct epoll_event events[SOCKETS];

	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		CU_ASSERT_EQUAL(write(theirs[i], "x", 1), 1);
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, 0), SOCKETS);
	all_go();
}

CU_TestInfo departures_tests[] = {
	{ "who_writes_stands_before_all_who_have_gone", who_writes_stands_before_all_who_have_gone },
	{ "nobody_waits_while_all_are_there", nobody_waits_while_all_are_there },
	CU_TEST_INFO_NULL,
};
