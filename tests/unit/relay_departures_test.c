/* SPDX-License-Identifier: ISC */
#include "relay_suites.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS 100
#define AT_ONCE 4

static int ours[SOCKETS], theirs[SOCKETS], loop;
static struct epoll_event events[SOCKETS];

static void open_pair(int i)
{
	struct epoll_event event = { .events = EPOLLIN };
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ours[i] = event.data.fd = pair[0];
	theirs[i] = pair[1];
	CU_ASSERT_EQUAL_FATAL(epoll_ctl(loop, EPOLL_CTL_ADD, ours[i], &event), 0);
}

static void all_are_there(void)
{
	loop = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < SOCKETS; i++)
		open_pair(i);
}

static void hang_up(int i)
{
	close(theirs[i]);
	theirs[i] = -1;
}

static void all_go(void)
{
	for (int i = 0; i < SOCKETS; i++) {
		if (theirs[i] >= 0)
			close(theirs[i]);
		close(ours[i]);
	}
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, 0), 0);
	close(loop);
}

static int told_of(int i, int count)
{
	for (int n = 0; n < count; n++)
		if (events[n].data.fd == ours[i])
			return n;
	return -1;
}

static void leave(int count)
{
	for (int n = 0; n < count; n++) {
		CU_ASSERT(events[n].events & EPOLLHUP);
		CU_ASSERT_EQUAL(epoll_ctl(loop, EPOLL_CTL_DEL, events[n].data.fd, NULL), 0);
	}
}

static void who_writes_stands_before_all_who_have_gone(void)
{
	int left = SOCKETS - 2;

	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		if (i != 50 && i != 99)
			hang_up(i);
	CU_ASSERT_EQUAL(write(theirs[99], "x", 1), 1);
	CU_ASSERT_EQUAL(write(theirs[50], "x", 1), 1);
	CU_ASSERT_EQUAL_FATAL(epoll_wait(loop, events, SOCKETS, 0), 2 + AT_ONCE);
	CU_ASSERT(told_of(99, 2) >= 0);
	CU_ASSERT(told_of(50, 2) >= 0);
	for (int n = 0; n < 2 + AT_ONCE; n++)
		CU_ASSERT_EQUAL(epoll_ctl(loop, EPOLL_CTL_DEL, events[n].data.fd, NULL), 0);
	left -= AT_ONCE;
	/* The others are told of in their turn, each of them once, however long one would have waited. */
	for (int count; left > 0 && (count = epoll_wait(loop, events, SOCKETS, -1)) > 0; left -= count) {
		CU_ASSERT_EQUAL(count, left < AT_ONCE ? left : AT_ONCE);
		leave(count);
	}
	CU_ASSERT_EQUAL(left, 0);
	all_go();
}

static void who_writes_while_others_wait_to_be_closed_stands_before_them(void)
{
	all_are_there();
	for (int i = 1; i < SOCKETS; i++)
		hang_up(i);
	leave(epoll_wait(loop, events, SOCKETS, -1));
	CU_ASSERT_EQUAL(write(theirs[0], "x", 1), 1);
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, -1), 1 + AT_ONCE);
	CU_ASSERT_EQUAL(told_of(0, SOCKETS), 0);
	all_go();
}

static void who_has_gone_is_told_of_until_somebody_closes(void)
{
	bool told[SOCKETS] = { false };

	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		hang_up(i);
	for (int turns = 0; turns < 2 * SOCKETS / AT_ONCE + 2; turns++) {
		int count = epoll_wait(loop, events, SOCKETS, -1);

		for (int i = 0; i < SOCKETS; i++)
			told[i] = told[i] || told_of(i, count) >= 0;
	}
	for (int i = 0; i < SOCKETS; i++)
		CU_ASSERT(told[i]);
	CU_ASSERT(epoll_wait(loop, events, SOCKETS, -1) > 0);
	all_go();
}

static void a_descriptor_that_is_somebody_elses_by_now_is_not_told_of(void)
{
	int count;

	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		hang_up(i);
	count = epoll_wait(loop, events, SOCKETS, -1);
	CU_ASSERT_EQUAL(count, AT_ONCE);
	leave(count);
	for (int i = 0; i < SOCKETS; i++)
		if (told_of(i, count) < 0) {
			close(ours[i]);
			open_pair(i);
		}
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, 0), 0);
	CU_ASSERT_EQUAL(write(theirs[SOCKETS - 1], "x", 1), 1);
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, -1), 1);
	CU_ASSERT_EQUAL(events[0].events, EPOLLIN);
	all_go();
}

static void nobody_waits_while_all_are_there(void)
{
	all_are_there();
	for (int i = 0; i < SOCKETS; i++)
		CU_ASSERT_EQUAL(write(theirs[i], "x", 1), 1);
	CU_ASSERT_EQUAL(epoll_wait(loop, events, SOCKETS, 0), SOCKETS);
	all_go();
}

CU_TestInfo departures_tests[] = {
	{ "who_writes_stands_before_all_who_have_gone", who_writes_stands_before_all_who_have_gone },
	{ "who_writes_while_others_wait_to_be_closed_stands_before_them", who_writes_while_others_wait_to_be_closed_stands_before_them },
	{ "who_has_gone_is_told_of_until_somebody_closes", who_has_gone_is_told_of_until_somebody_closes },
	{ "a_descriptor_that_is_somebody_elses_by_now_is_not_told_of", a_descriptor_that_is_somebody_elses_by_now_is_not_told_of },
	{ "nobody_waits_while_all_are_there", nobody_waits_while_all_are_there },
	CU_TEST_INFO_NULL,
};
