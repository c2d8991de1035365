/* SPDX-License-Identifier: ISC */
/* The loop of one worker process: waits for a connection or for the word to stop, takes one FastCGI request at a time, has it served, sends the
 * answer. */
#ifndef SWITCHBOARD_HTTP_WORKER_H
#define SWITCHBOARD_HTTP_WORKER_H

#include "base/buf.h"
#include "http/request.h"

/* What a program does in a worker. All three run in the worker's own process. */
struct worker_program {
	void *(*open)(void *arg); /* makes the worker's state, such as its database connection; NULL ends the worker */
	/* Serves one request: `environment` and the body behind `read` in, the complete FastCGI response out. */
	void (*serve)(void *state, char *const *environment, request_read_fn *read, void *stream, struct buf *out);
	void (*close)(void *state);
	void *arg;
};

/* Returns the process's exit code: 0 after SIGTERM or SIGINT, once the request in hand is answered. A request (its arrival included) that takes
 * longer than `request_timeout_s` ends the process by SIGALRM. SIGTERM and SIGINT must be blocked by the caller; they are read here. */
int worker_run(const struct worker_program *program, int listen_fd, int request_timeout_s);

#endif
