/* SPDX-License-Identifier: ISC */
/* The way of a request through the api: parse, find the route, authorise, read the body, handle, answer, log. */
#ifndef SWITCHBOARD_API_DISPATCH_H
#define SWITCHBOARD_API_DISPATCH_H

#include "api/call.h"
#include "http/worker.h"

/* A struct worker_program's five: `arg` is the struct api, the state a struct call that serves one request after the other. */
void *dispatch_open(void *arg, unsigned worker);
bool dispatch_serve(void *state, char *const *environment, request_read_fn *read, void *stream, struct buf *out);
void dispatch_coming(void *state);
int dispatch_between(void *state);
void dispatch_close(void *state);

#endif
