/* SPDX-License-Identifier: ISC */
/* Messages on their way into the table. What arrives while a statement is under way goes with the next one; beside a small one a second may be under way on another
 * session, never with messages of the same chat, so that those keep their order. The answer of a row goes to its author only after COMMIT (pipe.h). Rows of a
 * statement whose session died stand in front of the line again with the same cids: the unique keys of the table settle what was stored already. */
#ifndef SWITCHBOARD_RELAY_BATCH_H
#define SWITCHBOARD_RELAY_BATCH_H

#include "base/buf.h"
#include "base/histogram.h"
#include "db/pipe.h"
#include "relay/client.h"
#include "relay/hints.h"
#include "relay/post.h"
#include "relay/room.h"

#include <stdbool.h>
#include <stddef.h>

#define BATCH_FLIGHTS 2

/* One statement under way. */
struct flight {
	struct batch *batch;
	struct pipe *pipe;
	struct post *posts; /* oldest first */
	size_t count;
	uint64_t sent_us;
};

struct batch {
	struct flight flights[BATCH_FLIGHTS]; /* the first by the messages' own session, the other by one that serves other things too */
	struct clients *clients;
	struct rooms *rooms;
	struct hints *hints;
	const struct limits *limits;
	struct post *waiting;            /* oldest first */
	struct post *landed;             /* flew, and what became of them is being told; none outside batch.c */
	size_t waiting_count, waiting_bytes, flying_count, landed_count;
	size_t rows_max;                 /* of the next statement: halved by a failure, doubled by a success */
	bool resting;                    /* do not send before the next pulse */
	bool gathering;                  /* the last statement was small: until batch_gathered() the next one waits for company */
	struct buf arrays[POST_ARRAY_COUNT];
	uint64_t answered_us;            /* the last one */
	struct histogram rows, commit, lag; /* of a statement; s from sending it to its answer; s from a message's frame to that */
	unsigned long long statements, stored, repeated, refused;
};

/* `spare` may be NULL. */
void batch_init(struct batch *b, struct pipe *pipe, struct pipe *spare, struct clients *clients, struct rooms *rooms, struct hints *hints, const struct limits *limits);
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
/* A statement with this message is under way. */
bool batch_flies(const struct batch *b, const char *chat, const char *cid);
/* No session is there that could take what waits. */
bool batch_is_cut_off(const struct batch *b);

#endif
