/* SPDX-License-Identifier: ISC */
/* Who is there goes before who has gone. libuv takes up to 1,024 events at a time from the kernel, in the order in which they came, and does so up to 48 times before its
 * loop turns: when thousands of sockets are cut in the same instant, to close them takes longer than anybody's message should wait, and every message that
 * comes stands behind all of them. So sockets that were hung up are put aside, and handed out behind the others and a few at a time. The kernel would tell of each of them
 * at every call, which costs more than to close them, so it is told that once is enough. libuv has no place for that: this stands in for the functions of libc by which
 * it waits. */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AT_ONCE 4
#define LOOKS_MAX 64
#define ASIDE_MAX 65536 /* a descriptor above is handed out at once */
#define KERNEL_SIGSET_BYTES 8

/* A ring: no descriptor is in it twice. */
static _Thread_local struct {
	int loop; /* the one it belongs to */
	int fds[ASIDE_MAX];
	bool is_in[ASIDE_MAX];
	unsigned first, count;
} aside;

/* libuv's name of a socket is its descriptor, and what it wants to hear of one that was hung up it hears in any case. */
static bool tell(int loop, int fd, unsigned how)
{
	struct epoll_event event = { .events = EPOLLIN | how, .data.fd = fd };

	return epoll_ctl(loop, EPOLL_CTL_MOD, fd, &event) == 0;
}

static bool put_aside(int loop, int fd)
{
	if (fd < 0 || fd >= ASIDE_MAX)
		return false;
	if (aside.is_in[fd])
		return true;
	if (!tell(loop, fd, EPOLLET))
		return false;
	aside.fds[(aside.first + aside.count++) % ASIDE_MAX] = fd;
	aside.is_in[fd] = true;
	return true;
}

static bool is_among(const struct epoll_event *events, int count, int fd)
{
	for (int i = 0; i < count; i++)
		if (events[i].data.fd == fd)
			return true;
	return false;
}

/* Adds to the `left` events in front those behind them of who is there, and of who could not be put aside → how many these are together. */
static int sort(int loop, struct epoll_event *events, int left, int count)
{
	int known = left;

	for (const struct epoll_event *event = events + left; count > 0; event++, count--)
		if (!(event->events & EPOLLHUP) ? !is_among(events, known, event->data.fd) : !put_aside(loop, event->data.fd))
			events[left++] = *event;
	return left;
}

/* The kernel tells of what is ready in turn: who is there may stand behind thousands who have gone, in a list that is longer than what can be taken at once. */
static int look(int loop, struct epoll_event *events, int max, int count)
{
	int left = sort(loop, events, 0, count), room = max;

	for (int looks = 0; count == room && left < AT_ONCE && looks < LOOKS_MAX; looks++) {
		room = max - left;
		count = (int)syscall(SYS_epoll_pwait, loop, events + left, room, 0, NULL, KERNEL_SIGSET_BYTES);
		left = sort(loop, events, left, count);
	}
	return left;
}

/* Who was put aside may be closed by now, and the descriptor somebody else's: only what is still hung up is told. */
static int hand_out(int loop, struct epoll_event *events, int max)
{
	struct pollfd lot[AT_ONCE];
	int size = 0, count = 0;

	for (; size < AT_ONCE && size < max && aside.count > 0; size++, aside.count--) {
		lot[size] = (struct pollfd){ .fd = aside.fds[aside.first], .events = POLLIN };
		aside.is_in[lot[size].fd] = false;
		aside.first = (aside.first + 1) % ASIDE_MAX;
	}
	if (size == 0 || poll(lot, (nfds_t)size, 0) <= 0)
		return 0;
	for (int i = 0; i < size; i++)
		if (lot[i].revents & POLLHUP && tell(loop, lot[i].fd, 0))
			events[count++] = (struct epoll_event){ .events = (uint32_t)lot[i].revents, .data.fd = lot[i].fd };
	return count;
}

int epoll_pwait(int loop, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
	for (;;) {
		bool waiting = aside.count > 0 && aside.loop == loop;
		int count = (int)syscall(SYS_epoll_pwait, loop, events, max, waiting ? 0 : timeout_ms, mask, KERNEL_SIGSET_BYTES);

		if (count < 0 || (count <= AT_ONCE && !waiting) || (aside.count > 0 && !waiting))
			return count;
		aside.loop = loop;
		count = look(loop, events, max, count);
		count += hand_out(loop, events + count, max - count);
		if (count > 0)
			return count;
	}
}

int epoll_wait(int loop, struct epoll_event *events, int max, int timeout_ms)
{
	return epoll_pwait(loop, events, max, timeout_ms, NULL);
}
