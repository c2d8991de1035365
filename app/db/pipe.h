/* SPDX-License-Identifier: ISC */
/* One non-blocking connection in pipeline mode on somebody's libuv loop: many requests under way, answers by callback in order, one
 * sync a request so that one error harms nobody else. Reconnects by itself (50 ms, then 500 ms with jitter); requests in flight when the
 * session dies end with STATUS_UNAVAILABLE (their outcome is unknown: the caller's unique keys settle it). */
#ifndef SWITCHBOARD_DB_PIPE_H
#define SWITCHBOARD_DB_PIPE_H

#include "base/status.h"
#include "db/statement.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct pipe;

/* `result` is borrowed, NULL on failure; `problem->status` says which. */
typedef void pipe_done_fn(void *arg, const PGresult *result, const struct problem *problem);

struct pipe_events {
	void (*up)(void *arg);   /* session ready: statements prepared. Called at every (re)connect: listen again, catch up */
	void (*down)(void *arg); /* session lost; all requests in flight have been answered UNAVAILABLE */
	void (*notify)(void *arg, const char *channel, const char *payload);
	void *arg;
};

/* `statements` (count) are prepared at every connect; `events` is copied, the rest of it borrowed. Starts connecting at once. */
void pipe_new(uv_loop_t *loop, const char *conninfo, const char *application_name, const struct statement *const *statements, size_t count,
              const struct pipe_events *events, struct pipe **ret_pipe);

/* Queues one request. Refused with STATUS_UNAVAILABLE (done is not called) while down or when `max_in_flight` (1024) are under way. */
enum status MUST_CHECK pipe_send(struct pipe *p, const struct statement *statement, const struct param *params, pipe_done_fn *done, void *arg);

bool pipe_is_up(const struct pipe *p);
size_t pipe_in_flight(const struct pipe *p);
unsigned long long pipe_sessions(const struct pipe *p); /* opened so far */
/* A statement that takes `slow_ms` or longer, from when its turn came, is logged by its name and counted; 0 = none is, as in the beginning. */
void pipe_slow(struct pipe *p, unsigned slow_ms);
unsigned long long pipe_slow_count(const struct pipe *p);
uint64_t pipe_down_since_ms(const struct pipe *p); /* uv_now() when it went down, 0 while up */

/* Closes the session and handles; run the loop afterwards so that libuv can finish. */
void pipe_free(struct pipe **p);

#endif
