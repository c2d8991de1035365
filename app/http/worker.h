/* SPDX-License-Identifier: ISC */
/* The loop of one worker process: waits for a connection or for the word to stop, takes one FastCGI request at a time, has it served, sends the
 * answer. */
#ifndef SWITCHBOARD_HTTP_WORKER_H
#define SWITCHBOARD_HTTP_WORKER_H

#include "base/buf.h"
#include "http/request.h"

/* What a program does in a worker. They all run in the worker's own process. */
struct worker_program {
	void *(*open)(void *arg, unsigned worker); /* makes the worker's state, such as its database connection; NULL ends the worker */
	void (*coming)(void *state); /* somebody has connected, and nothing of the request is read: what may be begun already; may be NULL */
	/* Serves one request: `environment` and the body behind `read` in, the complete FastCGI response out. Was the body read as far as its announced length? */
	bool (*serve)(void *state, char *const *environment, request_read_fn *read, void *stream, struct buf *out);
	int (*between)(void *state); /* between two requests: what is due by time; returns the milliseconds until it wants to be called again; may be NULL */
	void (*close)(void *state);
	void *arg;
};

/* `worker` counts from 0; who takes the place of another has its number. Returns the process's exit code: 0 after SIGTERM or SIGINT, once the request in hand
 * is answered. A request (its arrival included) or what is done between two that takes longer than `request_timeout_s` ends the process by
 * SIGALRM. SIGTERM and SIGINT must be blocked by the caller; they are read here. */
int worker_run(const struct worker_program *program, unsigned worker, int listen_fd, int request_timeout_s);

/* Without a master: one process of several that somebody else (mod_fcgid, spawn-fcgi) starts and counts. Its number is its process id. */
int worker_run_alone(const struct worker_program *program, int listen_fd, int request_timeout_s);

#endif
