/* SPDX-License-Identifier: ISC */
/* Every metric of every program and of the database: name, type, label, help. deploy/manual/metrics.md tells administrators; a test holds it
 * against what GET metrics answers. */
#ifndef SWITCHBOARD_CHAT_METRICS_H
#define SWITCHBOARD_CHAT_METRICS_H

#include "base/metrics.h"

#include <stddef.h>

#define METRICS_EVERY_MS 5000 /* a program writes its row */

enum metric {
	/* of each program; the first two are what the database says of its row */
	METRIC_UP,
	METRIC_AGE,
	METRIC_CPU,
	METRIC_LOG_LOST,
	METRIC_SLOW,
	/* the relay */
	METRIC_RELAY_CONNECTIONS,
	METRIC_RELAY_OPENED,
	METRIC_RELAY_REFUSED,
	METRIC_RELAY_CLOSED,
	METRIC_RELAY_CULLED,
	METRIC_RELAY_RESUMED,
	METRIC_RELAY_RESYNCED,
	METRIC_RELAY_RATE_LIMITED,
	METRIC_RELAY_STRIKES,
	METRIC_RELAY_REVOKED,
	METRIC_RELAY_ROOMS,
	METRIC_RELAY_MESSAGES,
	METRIC_RELAY_WAITING,
	METRIC_RELAY_BATCH_ROWS,
	METRIC_RELAY_COMMIT,
	METRIC_RELAY_STORE_LAG,
	METRIC_RELAY_DELIVERY_LAG,
	METRIC_RELAY_OUT_SOCKETS,
	METRIC_RELAY_OUT_BYTES,
	METRIC_RELAY_OUT_BYTES_MAX,
	METRIC_RELAY_OUT_EVENTS_MAX,
	METRIC_RELAY_FETCHED,
	METRIC_RELAY_HINTS_SENT,
	METRIC_RELAY_HINTS_RECEIVED,
	METRIC_RELAY_HINT_STATEMENTS,
	METRIC_RELAY_BUS_UP,
	METRIC_RELAY_BUS_SENT,
	METRIC_RELAY_BUS_RECEIVED,
	METRIC_RELAY_BUS_FAILURES,
	METRIC_RELAY_DATABASE_UP,
	METRIC_RELAY_DATABASE_RECONNECTS,
	METRIC_RELAY_DATABASE_IN_FLIGHT,
	METRIC_RELAY_DRAINING,
	/* the router */
	METRIC_ROUTER_LEADING,
	METRIC_ROUTER_LEADS,
	METRIC_ROUTER_OFFERS,
	METRIC_ROUTER_DEADLINES,
	METRIC_ROUTER_PASS,
	METRIC_ROUTER_DATABASE_RECONNECTS,
	/* the api, each worker for itself */
	METRIC_API_REQUESTS,
	METRIC_API_LIMITED,
	METRIC_API_REQUEST_SECONDS,
	METRIC_API_DATABASE_RECONNECTS,
	/* the database, at the moment of the question */
	METRIC_QUEUE_WAITING,
	METRIC_QUEUE_LONGEST_WAIT,
	METRIC_CHATS,
	METRIC_OPERATORS,
	METRIC_NOTIFY_QUEUE,
	METRIC_COUNT
};

extern const struct metric_def chat_metrics[METRIC_COUNT];

extern const struct buckets METRIC_SECONDS; /* from what a commit takes to what nobody would wait for */
extern const struct buckets METRIC_ROWS;

/* What every program says of itself. */
void metrics_program(struct buf *row, unsigned long long slow_statements);

#endif
