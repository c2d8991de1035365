/* SPDX-License-Identifier: ISC */
/* Deadlines that all wait equally long stand in one line in the order of their arming: arming, clearing and looking for what is due
 * cost the same with one socket as with ten thousand. */
#ifndef SWITCHBOARD_RELAY_DEADLINE_H
#define SWITCHBOARD_RELAY_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

struct deadline_line;

struct deadline {
	struct deadline *prev, *next;
	struct deadline_line *line; /* NULL: not armed */
	uint64_t due_ms;
};

struct deadline_line {
	struct deadline *head;
	uint32_t wait_ms;
};

/* Zero-initialised things are ready: set `wait_ms` of the line. */
void deadline_arm(struct deadline_line *line, struct deadline *deadline, uint64_t now_ms); /* armed already: starts again */
void deadline_clear(struct deadline *deadline);
/* The next one that is due, taken out of the line; NULL when none is. */
struct deadline *deadline_due(struct deadline_line *line, uint64_t now_ms);

#define DEADLINE_OWNER(deadline, type, member) ((type *)(void *)((char *)(deadline) - offsetof(type, member)))

#endif
