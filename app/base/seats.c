/* SPDX-License-Identifier: ISC */
#include "base/seats.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_MS 10

bool seats_init(struct seats *seats, int count)
{
	*seats = (struct seats){ .fd = memfd_create("seats", MFD_CLOEXEC), .count = count };
	return seats->fd >= 0;
}

void seats_fini(struct seats *seats)
{
	if (seats->fd >= 0)
		close(seats->fd);
	seats->fd = -1;
}

static bool set_lock(const struct seats *seats, int seat, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = seat, .l_len = 1 };

	return fcntl(seats->fd, F_SETLK, &lock) == 0;
}

static int find_free(const struct seats *seats)
{
	for (int seat = 0; seat < seats->count; seat++)
		if (set_lock(seats, seat, F_WRLCK))
			return seat;
	return -1;
}

int seats_take(const struct seats *seats, int wait_ms)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	int seat;

	while ((seat = find_free(seats)) < 0 && wait_ms > 0) {
		nanosleep(&pause, NULL);
		wait_ms -= LOOK_EVERY_MS;
	}
	return seat;
}

void seats_leave(const struct seats *seats, int seat)
{
	(void)set_lock(seats, seat, F_UNLCK);
}
