/* SPDX-License-Identifier: ISC */
/* The requests of a pipeline that are not answered yet, in the order in which they were sent. Internal to db. */
#ifndef SWITCHBOARD_DB_RING_H
#define SWITCHBOARD_DB_RING_H

#include "db/pipe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAX 1024

/* One request is one group of the pipeline, closed by a sync. Its statement commits at the sync, after CommandComplete: so the
 * result is kept until the sync has come and only then handed over, and an error in between (a COMMIT that failed) replaces it. */
struct request {
	const struct statement *statement;
	pipe_done_fn *done;                /* NULL: a PREPARE of the session's set-up */
	void *arg;
	uint64_t sent_ms;
};

/* Zeroed is empty. */
struct ring {
	struct request slots[RING_MAX];
	size_t head, count;
};

bool ring_is_full(const struct ring *ring);
/* Not into a full one. */
void ring_push(struct ring *ring, const struct statement *statement, pipe_done_fn *done, void *arg, uint64_t now_ms);
/* Out of one that is not empty; the turn of the next begins now. */
struct request ring_pop(struct ring *ring, uint64_t now_ms);
/* Of one that is not empty. */
uint64_t ring_head_sent_ms(const struct ring *ring);

#endif
