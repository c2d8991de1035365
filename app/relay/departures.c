/* SPDX-License-Identifier: ISC */
/* Who is there goes before who has gone. libuv takes up to 1,024 events at a time from the kernel, in the order in which they came, and does so up to 48 times before its
 * loop turns: when thousands of sockets are cut in the same instant, to close them takes longer than anybody's message should wait, and every message that
 * comes stands behind all of them. So sockets that were hung up are handed out last and a few at a time; the kernel tells of the others again at the next call. libuv has
 * no place for that: this stands in for the functions of libc by which it waits. */
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEPARTURES_AT_ONCE 32
#define KERNEL_SIGSET_BYTES 8

/* → how many are to be handled now, in front of the others */
static int order(struct epoll_event *events, int count)
{
	int staying = 0, leaving;

	for (int i = 0; i < count; i++) {
		struct epoll_event event = events[i];

		if (event.events & EPOLLHUP)
			continue;
		events[i] = events[staying];
		events[staying++] = event;
	}
	leaving = count - staying;
	return staying + (leaving < DEPARTURES_AT_ONCE ? leaving : DEPARTURES_AT_ONCE);
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
	long count = syscall(SYS_epoll_pwait, fd, events, max, timeout_ms, mask, KERNEL_SIGSET_BYTES);

	return count > DEPARTURES_AT_ONCE ? order(events, (int)count) : (int)count;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout_ms)
{
	return epoll_pwait(fd, events, max, timeout_ms, NULL);
}
