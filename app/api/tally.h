/* SPDX-License-Identifier: ISC */
/* What one api worker counts, written into its row (chat/metrics.h) between two requests. */
#ifndef SWITCHBOARD_API_TALLY_H
#define SWITCHBOARD_API_TALLY_H

#include "base/histogram.h"
#include "db/conn.h"

#include <stdint.h>

#define TALLY_CLASSES 4 /* of status codes, 2xx to 5xx */
#define TALLY_INSTANCE_MAX 256

struct tally {
	char instance[TALLY_INSTANCE_MAX + 1]; /* HOST:SOCKET:WORKER, the same for who takes this worker's place */
	unsigned long long requests[TALLY_CLASSES];
	unsigned long long limited; /* answered 429 */
	struct histogram seconds;
	int64_t due_ms;
};

void tally_init(struct tally *tally, const char *socket_path, unsigned worker);
void tally_request(struct tally *tally, int code, int64_t began_us, int64_t ended_us);

/* Writes the row when it is due, over the worker's own connection; returns the milliseconds until it is due again. `now_ms`: of CLOCK_MONOTONIC. */
int tally_write(struct tally *tally, struct conn *conn, int64_t now_ms);

#endif
