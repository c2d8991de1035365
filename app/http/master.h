/* SPDX-License-Identifier: ISC */
/* The parent of the workers: holds the listening socket, starts them, starts another for each that dies, ends them. It touches no request and no
 * database, so there is little in it that could go wrong. */
#ifndef SWITCHBOARD_HTTP_MASTER_H
#define SWITCHBOARD_HTTP_MASTER_H

#include "http/worker.h"

#define MASTER_WORKERS_MAX 256

/* Runs until SIGTERM or SIGINT; then workers finish the request in hand (those that have not within 4 s are killed) and 0 is returned. A worker that
 * dies is replaced at once; one that dies within its first second waits 0.1 s, then twice as long each time, up to 5 s. Workers get SIGTERM when
 * this process dies, however it dies. In a worker the call does not return: the process exits. */
int master_run(const struct worker_program *program, int listen_fd, int workers, int request_timeout_s);

#endif
