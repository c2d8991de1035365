/* SPDX-License-Identifier: ISC */
#include "api/tally.h"

#include "chat/metrics.h"
#include "chat/statements.h"

#include <stdio.h>
#include <unistd.h>

#define DOWN_MS 15000  /* until the next attempt without a database: it may take the worker two seconds */
#define ANSWER_MS 3500 /* statement_timeout is 3 s; a database that stands still is found out by whoever needs it */

void tally_init(struct tally *tally, const char *socket_path, unsigned worker)
{
	char host[128] = "";

	*tally = (struct tally){ .seconds = { .buckets = &METRIC_SECONDS } };
	(void)gethostname(host, sizeof host - 1);
	(void)snprintf(tally->instance, sizeof tally->instance, "%s:%s:%u", host, socket_path, worker);
}

void tally_request(struct tally *tally, int code, int64_t began_us, int64_t ended_us)
{
	int class = code / 100 - 2;

	if (class >= 0 && class < TALLY_CLASSES)
		tally->requests[class]++;
	tally->limited += code == status_http_code(STATUS_RATE_LIMITED);
	histogram_note_us(&tally->seconds, (uint64_t)began_us, (uint64_t)ended_us);
}

static void write_row(const struct tally *tally, const struct conn *conn, struct buf *row)
{
	static const char *const classes[TALLY_CLASSES] = { "2xx", "3xx", "4xx", "5xx" };
	unsigned sessions = conn_generation(conn);
	double requests[TALLY_CLASSES];

	for (int i = 0; i < TALLY_CLASSES; i++)
		requests[i] = (double)tally->requests[i];
	metrics_begin(row);
	metrics_program(row, conn_slow_count(conn));
	metrics_values(row, &chat_metrics[METRIC_API_REQUESTS], classes, requests, TALLY_CLASSES);
	metrics_value(row, &chat_metrics[METRIC_API_LIMITED], (double)tally->limited);
	metrics_histogram(row, &chat_metrics[METRIC_API_REQUEST_SECONDS], &tally->seconds);
	metrics_value(row, &chat_metrics[METRIC_API_DATABASE_RECONNECTS], sessions > 0 ? sessions - 1 : 0);
	metrics_end(row);
}

static enum status send_row(const struct tally *tally, struct conn *conn)
{
	struct problem problem = { 0 };
	PGresult *result = NULL;
	enum status status;
	struct buf row;

	buf_init(&row, METRICS_ROW_MAX);
	write_row(tally, conn, &row);
	conn_limit(conn, ANSWER_MS);
	status = conn_exec(conn, &STATEMENT_NOTE_METRICS, (const struct param[]){ PARAM_TEXT("api"), PARAM_TEXT(tally->instance), PARAM_TEXT(row.data) }, &result, &problem);
	conn_limit(conn, 0);
	if (status == STATUS_OK)
		PQclear(result);
	buf_fini(&row);
	return status;
}

int tally_write(struct tally *tally, struct conn *conn, int64_t now_ms)
{
	if (now_ms >= tally->due_ms)
		tally->due_ms = now_ms + (conn_ready(conn) == STATUS_OK && send_row(tally, conn) == STATUS_OK ? METRICS_EVERY_MS : DOWN_MS);
	return (int)(tally->due_ms - now_ms);
}
