/* SPDX-License-Identifier: ISC */
/* A number of seats that processes share, for work of which there may only be so much at once. The kernel keeps them (a record lock on one byte each of an
 * anonymous file), so that a process that is killed has left its seat. */
#ifndef SWITCHBOARD_BASE_SEATS_H
#define SWITCHBOARD_BASE_SEATS_H

#include <stdbool.h>

struct seats {
	int fd; /* -1: not made */
	int count;
};

/* Made by the parent of those who share them, before it forks. false when the system has no descriptor for it. */
bool seats_init(struct seats *seats, int count);
void seats_fini(struct seats *seats);

/* One that nobody else sits on, 0 to count - 1; -1 when all are still taken after `wait_ms`. A process takes one at a time. */
int seats_take(const struct seats *seats, int wait_ms);
void seats_leave(const struct seats *seats, int seat);

#endif
