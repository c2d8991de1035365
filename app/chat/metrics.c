/* SPDX-License-Identifier: ISC */
#include "chat/metrics.h"

#include "base/log.h"

#include <time.h>

const struct buckets METRIC_SECONDS = { 13, { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5 } };
const struct buckets METRIC_ROWS = { 10, { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512 } };

#define COUNTER(name, label, help) { "switchboard_" name, METRIC_COUNTER, label, NULL, help }
#define GAUGE(name, label, help) { "switchboard_" name, METRIC_GAUGE, label, NULL, help }
#define HISTOGRAM(name, buckets, help) { "switchboard_" name, METRIC_HISTOGRAM, NULL, &(buckets), help }

/* clang-format off: a table to be read */
const struct metric_def chat_metrics[METRIC_COUNT] = {
	[METRIC_UP] = GAUGE("program_up", NULL, "1: its values are at most 15 seconds old; 0: they are older and left out."),
	[METRIC_AGE] = GAUGE("program_age_seconds", NULL, "Since it last wrote its values."),
	[METRIC_CPU] = COUNTER("program_cpu_seconds_total", NULL, "Processor time it has used."),
	[METRIC_LOG_LOST] = COUNTER("program_log_lines_lost_total", NULL, "Log lines that could not be written."),
	[METRIC_SLOW] = COUNTER("program_slow_statements_total", NULL, "Statements that took slow_statement_ms or longer; the log names each."),

	[METRIC_RELAY_CONNECTIONS] = GAUGE("relay_connections", "party", "Open sockets: customer, operator, or none before a hello was good."),
	[METRIC_RELAY_OPENED] = COUNTER("relay_connections_opened_total", NULL, "Sockets opened."),
	[METRIC_RELAY_REFUSED] = COUNTER("relay_connections_refused_total", NULL, "Sockets refused because there were too many."),
	[METRIC_RELAY_CLOSED] = COUNTER("relay_connections_closed_total", "code", "Sockets closed, by the code we gave; peer: the other side went."),
	[METRIC_RELAY_CULLED] = COUNTER("relay_culls_total", "reason",
		"Sockets closed with 4408: no hello, a message not finished, no answer to pings, nothing taken for too long (stalled), too far behind (slow)."),
	[METRIC_RELAY_RESUMED] = COUNTER("relay_resumes_total", NULL, "Chats that a socket took up again at its cursor."),
	[METRIC_RELAY_RESYNCED] = COUNTER("relay_resyncs_total", NULL, "Chats whose cursor meant nothing here and that were told from the beginning."),
	[METRIC_RELAY_RATE_LIMITED] = COUNTER("relay_rate_limited_total", NULL, "Messages refused as rate_limited."),
	[METRIC_RELAY_STRIKES] = COUNTER("relay_strikes_total", NULL, "Frames not understood."),
	[METRIC_RELAY_REVOKED] = COUNTER("relay_revoked_total", NULL, "Sockets of customers closed because their token no longer holds."),
	[METRIC_RELAY_ROOMS] = GAUGE("relay_rooms", NULL, "Chats that some socket here follows."),
	[METRIC_RELAY_MESSAGES] = COUNTER("relay_messages_total", "result", "Messages the database has answered: stored, repeated (stored before), refused."),
	[METRIC_RELAY_WAITING] = GAUGE("relay_messages_waiting", NULL, "Messages on their way to the database."),
	[METRIC_RELAY_BATCH_ROWS] = HISTOGRAM("relay_batch_messages", METRIC_ROWS, "Messages of one statement."),
	[METRIC_RELAY_COMMIT] = HISTOGRAM("relay_commit_seconds", METRIC_SECONDS, "From sending a batch to the answer behind its COMMIT."),
	[METRIC_RELAY_STORE_LAG] = HISTOGRAM("relay_store_lag_seconds", METRIC_SECONDS, "From a message's frame to the answer behind its COMMIT."),
	[METRIC_RELAY_DELIVERY_LAG] = HISTOGRAM("relay_delivery_lag_seconds", METRIC_SECONDS, "From an event's coming from the database to its frame for a socket that is up to date."),
	[METRIC_RELAY_OUT_SOCKETS] = GAUGE("relay_out_queue_sockets", NULL, "Sockets that have something to be sent."),
	[METRIC_RELAY_OUT_BYTES] = GAUGE("relay_out_queue_bytes", NULL, "Bytes to be sent, all sockets together."),
	[METRIC_RELAY_OUT_BYTES_MAX] = GAUGE("relay_out_queue_bytes_max", NULL, "Bytes the socket farthest behind has before it."),
	[METRIC_RELAY_OUT_EVENTS_MAX] = GAUGE("relay_out_queue_events_max", NULL, "Events the socket farthest behind has before it."),
	[METRIC_RELAY_FETCHED] = COUNTER("relay_events_fetched_total", NULL, "Events read from the table: by who resumes, and what other relays stored."),
	[METRIC_RELAY_HINTS_SENT] = COUNTER("relay_hints_sent_total", NULL, "Words sent to other relays."),
	[METRIC_RELAY_HINTS_RECEIVED] = COUNTER("relay_hints_received_total", NULL, "Words heard from other relays and from the database."),
	[METRIC_RELAY_HINT_STATEMENTS] = COUNTER("relay_hint_statements_total", NULL, "Statements that carried the words sent."),
	[METRIC_RELAY_BUS_UP] = GAUGE("relay_bus_up", NULL, "1: hints go by NATS; 0: it is not configured or does not work, and they go by the database."),
	[METRIC_RELAY_BUS_SENT] = COUNTER("relay_bus_sent_total", NULL, "Payloads of hints sent by NATS."),
	[METRIC_RELAY_BUS_RECEIVED] = COUNTER("relay_bus_received_total", NULL, "Payloads of hints that came from other relays by NATS."),
	[METRIC_RELAY_BUS_FAILURES] = COUNTER("relay_bus_failures_total", NULL, "Times that NATS stopped working."),
	[METRIC_RELAY_DATABASE_UP] = GAUGE("relay_database_up", NULL, "1: the sessions stand that messages, hellos and events go by. (The row comes over another one.)"),
	[METRIC_RELAY_DATABASE_RECONNECTS] = COUNTER("relay_database_reconnects_total", NULL, "Of those sessions, how many were opened after the first ones."),
	[METRIC_RELAY_DATABASE_IN_FLIGHT] = GAUGE("relay_database_statements_in_flight", NULL, "Statements sent and not answered."),
	[METRIC_RELAY_DRAINING] = GAUGE("relay_draining", NULL, "1: it has been told to stop."),

	[METRIC_ROUTER_LEADING] = GAUGE("router_leading", NULL, "1: this router leads; 0: it stands by."),
	[METRIC_ROUTER_LEADS] = COUNTER("router_leads_total", NULL, "Terms it began."),
	[METRIC_ROUTER_OFFERS] = COUNTER("router_offers_total", NULL, "Offers made."),
	[METRIC_ROUTER_DEADLINES] = COUNTER("router_deadlines_total", NULL, "Deadlines carried out."),
	[METRIC_ROUTER_PASS] = HISTOGRAM("router_pass_seconds", METRIC_SECONDS, "Passes, from question to answer."),
	[METRIC_ROUTER_DATABASE_RECONNECTS] = COUNTER("router_database_reconnects_total", NULL, "Sessions opened after the first one."),

	[METRIC_COURIER_CLAIMED] = COUNTER("courier_claimed_total", NULL, "Items taken to be sent."),
	[METRIC_COURIER_ATTEMPTS] = COUNTER("courier_attempts_total", "result", "What became of them: done, retry, dead (given up), stale (it came too late to count)."),
	[METRIC_COURIER_ACTIVE] = GAUGE("courier_requests", NULL, "Requests and mails under way."),
	[METRIC_COURIER_SECONDS] = HISTOGRAM("courier_request_seconds", METRIC_SECONDS, "From the beginning of a request or mail to its answer or failure."),
	[METRIC_COURIER_DATABASE_RECONNECTS] = COUNTER("courier_database_reconnects_total", NULL, "Sessions opened after the first one."),

	[METRIC_API_REQUESTS] = COUNTER("api_requests_total", "status", "Requests answered, by class of the status code."),
	[METRIC_API_LIMITED] = COUNTER("api_requests_limited_total", NULL, "Requests answered 429, because somebody wanted too much."),
	[METRIC_API_REQUEST_SECONDS] = HISTOGRAM("api_request_seconds", METRIC_SECONDS, "Requests, from the first byte read to the answer."),
	[METRIC_API_DATABASE_RECONNECTS] = COUNTER("api_database_reconnects_total", NULL, "Sessions opened after the first one."),

	[METRIC_QUEUE_WAITING] = GAUGE("queue_waiting", "queue", "Chats that wait for an operator."),
	[METRIC_QUEUE_LONGEST_WAIT] = GAUGE("queue_longest_wait_seconds", "queue", "For how long the first of them has waited."),
	[METRIC_CHATS] = GAUGE("chats", "state", "Chats that are not over."),
	[METRIC_OPERATORS] = GAUGE("operators", "presence", "Active operators."),
	[METRIC_NOTIFY_QUEUE] = GAUGE("notify_queue_ratio", NULL, "How full the database's notification queue is; at 1 nothing can be stored."),
	[METRIC_OUTBOX] = GAUGE("outbox_items", "state", "Items of the outbox that wait or are under way (open), and dead letters that nobody has looked after (dead)."),
	[METRIC_OUTBOX_OLDEST] = GAUGE("outbox_oldest_seconds", NULL, "For how long the oldest item that is due has been so."),
};
/* clang-format on */

void metrics_program(struct buf *row, unsigned long long slow_statements)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	metrics_value(row, &chat_metrics[METRIC_CPU], (double)used.tv_sec + (double)(used.tv_nsec / 1000) / 1e6);
	metrics_value(row, &chat_metrics[METRIC_LOG_LOST], (double)log_lost());
	metrics_value(row, &chat_metrics[METRIC_SLOW], (double)slow_statements);
}
