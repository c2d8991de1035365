/* SPDX-License-Identifier: ISC */
/* Messages on their way into the table. What arrives while a statement is under way goes with the next one; one statement at a time, so
 * that the messages of one chat keep their order. The answer of a row goes to its author only after COMMIT (pipe.h). Rows of a statement
 * whose session died stand in front of the line again with the same cids: the unique keys of the table settle what was stored already. */
#ifndef SWITCHBOARD_RELAY_BATCH_H
#define SWITCHBOARD_RELAY_BATCH_H

#include "base/buf.h"
#include "base/histogram.h"
#include "db/pipe.h"
#include "relay/client.h"
#include "relay/hints.h"
#include "relay/room.h"

#include <stdbool.h>
#include <stddef.h>

struct post;

enum batch_array { BATCH_CREDENTIALS, BATCH_CHATS, BATCH_KINDS, BATCH_CIDS, BATCH_BODIES, BATCH_CHOICES, BATCH_ARRAY_COUNT }; /* as the statement's parameters */

struct batch {
	struct pipe *pipe;
	struct clients *clients;
	struct rooms *rooms;
	struct hints *hints;
	const struct limits *limits;
	struct post *waiting, *flying;   /* oldest first */
	struct post *landed;             /* flew, and what became of them is being told; none outside batch.c */
	size_t waiting_count, waiting_bytes, flying_count, landed_count;
	size_t rows_max;                 /* of the next statement: halved by a failure, doubled by a success */
	bool resting;                    /* do not send before the next pulse */
	bool gathering;                  /* the last statement was small: until batch_gathered() the next one waits for company */
	struct buf arrays[BATCH_ARRAY_COUNT];
	uint64_t sent_us, answered_us;   /* the statement under way or the last one */
	struct histogram rows, commit, lag; /* of a statement; s from sending it to its answer; s from a message's frame to that */
	unsigned long long statements, stored, repeated, refused;
};

void batch_init(struct batch *b, struct pipe *pipe, struct clients *clients, struct rooms *rooms, struct hints *hints, const struct limits *limits);
void batch_fini(struct batch *b);

/* One checked message; `kind` is "message" or "note", `body` or `choice` may be NULL; all copied. STATUS_UNAVAILABLE: too many wait. */
enum status MUST_CHECK batch_post(struct batch *b, struct client *author, const char *chat, const char *kind, const char *cid, const char *body, const char *choice);

/* Sends what waits, if it may; call after posting and when the database is back. */
void batch_run(struct batch *b);
/* A rest is over; call about every 10 ms while batch_is_resting(). */
void batch_pulse(struct batch *b);
bool batch_is_resting(const struct batch *b);
/* A statement costs as much to begin and to commit as some twenty messages cost in it. After a small one the next waits limits->batch_gather_ms for company,
 * or until enough has come; who writes after a quiet moment does not wait. Call when that time is over. */
void batch_gathered(struct batch *b);
bool batch_is_gathering(const struct batch *b);
bool batch_is_empty(const struct batch *b);

#endif
