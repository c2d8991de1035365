/* SPDX-License-Identifier: ISC */
#include "relay/report.h"

#include "base/hash.h"
#include "chat/metrics.h"
#include "chat/statements.h"

#include <utlist.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add(struct buf *row, enum metric metric, double value)
{
	metrics_value(row, &chat_metrics[metric], value);
}

static void add_each(struct buf *row, enum metric metric, const char *const *labels, const unsigned long long *counts, size_t count)
{
	double values[CLOSE_KINDS];

	for (size_t i = 0; i < count; i++)
		values[i] = (double)counts[i];
	metrics_values(row, &chat_metrics[metric], labels, values, count);
}

static void add_connections(struct buf *row, const struct clients *clients)
{
	static const char *const parties[] = { "none", "customer", "operator" };
	unsigned long long open[PARTY_COUNT] = { clients->count, clients->welcomed[PARTY_CUSTOMER], clients->welcomed[PARTY_OPERATOR] };

	open[PARTY_UNKNOWN] -= open[PARTY_CUSTOMER] + open[PARTY_OPERATOR];
	add_each(row, METRIC_RELAY_CONNECTIONS, parties, open, COUNT(open));
	add(row, METRIC_RELAY_OPENED, (double)clients->opened);
	add_each(row, METRIC_RELAY_CLOSED, client_close_names, clients->closed, CLOSE_KINDS);
	add_each(row, METRIC_RELAY_CULLED, client_cull_names, clients->culled, CULL_COUNT);
	add(row, METRIC_RELAY_RESUMED, (double)clients->resumed);
	add(row, METRIC_RELAY_RESYNCED, (double)clients->resynced);
	add(row, METRIC_RELAY_RATE_LIMITED, (double)clients->rate_limited);
	add(row, METRIC_RELAY_STRIKES, (double)clients->strikes);
}

static void add_messages(struct buf *row, const struct batch *batch)
{
	static const char *const results[] = { "stored", "repeated", "refused" };
	const unsigned long long counts[] = { batch->stored, batch->repeated, batch->refused };

	add_each(row, METRIC_RELAY_MESSAGES, results, counts, COUNT(counts));
	add(row, METRIC_RELAY_WAITING, (double)(batch->waiting_count + batch->flying_count));
	metrics_histogram(row, &chat_metrics[METRIC_RELAY_BATCH_ROWS], &batch->rows);
	metrics_histogram(row, &chat_metrics[METRIC_RELAY_COMMIT], &batch->commit);
	metrics_histogram(row, &chat_metrics[METRIC_RELAY_STORE_LAG], &batch->lag);
}

static double larger(double a, uint64_t b)
{
	return (double)b > a ? (double)b : a;
}

/* Who has something to be sent stands in the line of those who must take something in time: idle sockets are not looked at. */
static void add_out_queues(struct buf *row, const struct clients *clients)
{
	struct deadline *deadline;
	double sockets = 0, bytes = 0, bytes_max = 0, events_max = 0;

	DL_FOREACH(clients->drain_line.head, deadline) {
		const struct client *client = DEADLINE_OWNER(deadline, struct client, drain_deadline);
		uint64_t events = client->note_count, size = client->note_bytes;
		const struct sub *sub;

		DL_FOREACH2(client->subs, sub, client_next) {
			events += sub_events_behind(sub);
			size += sub_bytes_behind(sub);
		}
		sockets++;
		bytes += (double)size;
		bytes_max = larger(bytes_max, size);
		events_max = larger(events_max, events);
	}
	add(row, METRIC_RELAY_OUT_SOCKETS, sockets);
	add(row, METRIC_RELAY_OUT_BYTES, bytes);
	add(row, METRIC_RELAY_OUT_BYTES_MAX, bytes_max);
	add(row, METRIC_RELAY_OUT_EVENTS_MAX, events_max);
}

static void add_database(struct buf *row, const struct relay *r)
{
	const struct pipe *const pipes[] = { r->pipe, r->post_pipe };
	unsigned long long again = 0;
	bool up = true;

	for (size_t i = 0; i < COUNT(pipes); i++) {
		unsigned long long sessions = pipe_sessions(pipes[i]);

		up = up && pipe_is_up(pipes[i]);
		again += sessions > 0 ? sessions - 1 : 0;
	}
	add(row, METRIC_RELAY_DATABASE_UP, up);
	add(row, METRIC_RELAY_DATABASE_RECONNECTS, (double)again);
	add(row, METRIC_RELAY_DATABASE_IN_FLIGHT, (double)(pipe_in_flight(r->pipe) + pipe_in_flight(r->post_pipe)));
}

static void write_row(struct buf *row, const struct relay *r)
{
	metrics_begin(row);
	metrics_program(row, pipe_slow_count(r->pipe) + pipe_slow_count(r->place_pipe) + pipe_slow_count(r->post_pipe) + pipe_slow_count(r->hint_pipe));
	add_connections(row, &r->clients);
	add(row, METRIC_RELAY_REFUSED, (double)r->crowding.refused);
	add(row, METRIC_RELAY_REVOKED, (double)r->access.revoked);
	add(row, METRIC_RELAY_ROOMS, HASH_COUNT(r->rooms.by_chat));
	add_messages(row, &r->batch);
	metrics_histogram(row, &chat_metrics[METRIC_RELAY_DELIVERY_LAG], &r->rooms.delivery);
	add_out_queues(row, &r->clients);
	add(row, METRIC_RELAY_FETCHED, (double)r->history.events);
	add(row, METRIC_RELAY_HINTS_SENT, (double)r->hints.sent);
	add(row, METRIC_RELAY_HINTS_RECEIVED, (double)r->hints.received);
	add(row, METRIC_RELAY_HINT_STATEMENTS, (double)r->hints.statements);
	add(row, METRIC_RELAY_BUS_UP, r->bus.works);
	add(row, METRIC_RELAY_BUS_SENT, (double)r->bus.sent);
	add(row, METRIC_RELAY_BUS_RECEIVED, (double)r->bus.received);
	add(row, METRIC_RELAY_BUS_FAILURES, (double)r->bus.failures);
	add_database(row, r);
	add(row, METRIC_RELAY_DRAINING, r->draining);
	metrics_end(row);
}

static void on_noted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct relay *r = arg;

	(void)result; /* lost: the next row says it all */
	(void)problem;
	r->report_flying = false;
}

void report_sweep(struct relay *r)
{
	uint64_t now_ms = r->transport->now_ms();
	struct buf row;

	if (r->report_flying || !pipe_is_up(r->hint_pipe) || (r->report_ms > 0 && now_ms - r->report_ms < METRICS_EVERY_MS))
		return;
	r->report_ms = now_ms;
	buf_init(&row, METRICS_ROW_MAX);
	write_row(&row, r);
	r->report_flying = !row.overflow &&
		pipe_send(r->hint_pipe, &STATEMENT_NOTE_METRICS, (const struct param[]){ PARAM_TEXT("relay"), PARAM_TEXT(r->name), PARAM_TEXT(row.data) }, on_noted, r) == STATUS_OK;
	buf_fini(&row);
}
