/* SPDX-License-Identifier: ISC */
#include "router/router.h"
#include "base/alloc.h"
#include "base/log.h"
#include "chat/metrics.h"
#include "chat/statements.h"
#include "db/conn.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RETRY_MS 250        /* between attempts while the database is away */
#define BEAT_EVERY_MS 500   /* heartbeat of everybody, and question of the stand-bys; with router_lost_s it bounds how long nobody leads */
#define LEAD_ANSWER_MS 2500 /* a heartbeat is answered in a millisecond; lock_timeout is 2 s */
#define PASS_ANSWER_MS 3500 /* statement_timeout is 3 s */
#define LEAVE_ANSWER_MS 1000
#define OWN_RING_MS 20    /* what our own pass rang for it has seen itself: a look back, but not now, when the relays fetch the offers */
#define TURNS_IN_A_ROW 10 /* then signals get theirs */

struct router {
	struct conn *conn;
	char *name;
	int sweep_ms;
	unsigned generation; /* of the session we LISTEN on; 0 = none */
	int64_t term;        /* in which this very session leads; 0 = it stands by */
	bool told;           /* whether this session leads or stands by has been logged */
	int64_t beat_at_ms;  /* when the next heartbeat is due … */
	int64_t pass_at_ms;  /* … and, for who leads, the next pass; 0 = now */
	int64_t report_at_ms;
	unsigned long long leads, offers, deadlines;
	struct histogram passes;
};

void router_new(const char *conninfo, const char *name, int sweep_ms, int slow_ms, struct router **ret_router)
{
	struct router *router = alloc_zero(1, sizeof *router);

	conn_new(conninfo, "switchboard-router", &router->conn);
	conn_limit(router->conn, LEAD_ANSWER_MS);
	conn_slow(router->conn, slow_ms);
	conn_reopen_only_when_asked(router->conn);
	router->name = alloc_copy_str(name);
	router->sweep_ms = sweep_ms;
	router->passes.buckets = &METRIC_SECONDS;
	*ret_router = router;
}

void router_free(struct router **router)
{
	if (!*router)
		return;
	conn_free(&(*router)->conn);
	free((*router)->name);
	free(*router);
	*router = NULL;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_ms(void)
{
	return now_us() / 1000;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum status run(struct router *router, const struct statement *statement, const struct param *params, int answer_ms, PGresult **ret_result)
{
	struct problem problem = { 0 };

	conn_limit(router->conn, answer_ms);
	return conn_exec(router->conn, statement, params, ret_result, &problem);
}

static enum status listen_to(struct router *router, const struct statement *statement)
{
	PGresult *result = NULL;
	enum status status = run(router, statement, NULL, LEAD_ANSWER_MS, &result);

	if (status == STATUS_OK)
		PQclear(result);
	return status;
}

/* A new session hears nothing and leads nothing until it has asked to: whoever led in another one (it may have been ended because we slept) stands by. */
static enum status session_ready(struct router *router)
{
	enum status status;

	if (conn_ready(router->conn) != STATUS_OK)
		return STATUS_UNAVAILABLE;
	if (conn_generation(router->conn) == router->generation)
		return STATUS_OK;
	router->term = 0;
	router->told = false;
	router->beat_at_ms = 0;
	status = listen_to(router, &STATEMENT_LISTEN_LEAD);
	if (status == STATUS_OK)
		router->generation = conn_generation(router->conn);
	return status;
}

static void tell(const struct router *router, const PGresult *answer)
{
	if (!router->term) {
		log_event(LOG_LEVEL_INFO, "standing by", "router", router->name, "leader", result_str(answer, 0, "leader"), NULL);
		return;
	}
	if (result_str(answer, 0, "predecessor"))
		log_event(LOG_LEVEL_INFO, "took over", "from", result_str(answer, 0, "predecessor"), "cause", result_str(answer, 0, "cause"), "after_ms",
				  result_str(answer, 0, "leaderless_ms"), NULL);
	log_count(LOG_LEVEL_INFO, "leading", "term", router->term, "router", router->name, NULL);
}

/* The heartbeat, when it is due, and whether we lead. */
static enum status beat(struct router *router)
{
	struct param params[] = { PARAM_TEXT(router->name) };
	PGresult *answer = NULL;
	enum status status;
	int64_t term;

	if (now_ms() < router->beat_at_ms)
		return STATUS_OK;
	status = run(router, &STATEMENT_ROUTER_LEAD, params, LEAD_ANSWER_MS, &answer);
	if (status != STATUS_OK)
		return status;
	router->beat_at_ms = now_ms() + BEAT_EVERY_MS;
	term = result_bool(answer, 0, "leads") ? result_int(answer, 0, "term") : 0;
	if (term && term != router->term) /* before the first pass: what rings from now on is heard, what changed before is seen by the pass */
		status = listen_to(router, &STATEMENT_LISTEN_ROUTE);
	if (status == STATUS_OK && (term != router->term || !router->told)) {
		router->leads += term && term != router->term;
		router->term = term;
		router->pass_at_ms = 0;
		router->told = true;
		tell(router, answer);
	}
	PQclear(answer);
	return status;
}

/* One pass, and when the next one is due unless somebody rings. */
static enum status pass(struct router *router)
{
	char term[24];
	struct param params[] = { PARAM_TEXT(term) };
	PGresult *result = NULL;
	int64_t offers, deadlines, sleep_ms = router->sweep_ms;
	int64_t began_us = now_us();
	enum status status;

	snprintf(term, sizeof term, "%lld", (long long)router->term);
	status = run(router, &STATEMENT_ROUTER_PASS, params, PASS_ANSWER_MS, &result);
	if (status != STATUS_OK)
		return status;
	histogram_note_us(&router->passes, (uint64_t)began_us, (uint64_t)now_us());
	offers = result_int(result, 0, "offers");
	deadlines = result_int(result, 0, "deadlines");
	if (!result_bool(result, 0, "leads"))
		router->beat_at_ms = 0; /* somebody else does: learn who */
	else if (result_bool(result, 0, "more"))
		sleep_ms = 0;
	else if (result_str(result, 0, "next_in_ms"))
		sleep_ms = smaller(sleep_ms, result_int(result, 0, "next_in_ms"));
	router->pass_at_ms = now_ms() + sleep_ms;
	PQclear(result);
	router->offers += (unsigned long long)offers;
	router->deadlines += (unsigned long long)deadlines;
	if (offers > 0)
		log_count(LOG_LEVEL_INFO, "offered", "chats", offers, NULL);
	if (deadlines > 0)
		log_count(LOG_LEVEL_INFO, "deadlines", "due", deadlines, NULL);
	return STATUS_OK;
}

static void write_row(const struct router *router, struct buf *row)
{
	unsigned sessions = conn_generation(router->conn);

	metrics_begin(row);
	metrics_program(row, conn_slow_count(router->conn));
	metrics_value(row, &chat_metrics[METRIC_ROUTER_LEADING], router->term != 0);
	metrics_value(row, &chat_metrics[METRIC_ROUTER_LEADS], (double)router->leads);
	metrics_value(row, &chat_metrics[METRIC_ROUTER_OFFERS], (double)router->offers);
	metrics_value(row, &chat_metrics[METRIC_ROUTER_DEADLINES], (double)router->deadlines);
	metrics_histogram(row, &chat_metrics[METRIC_ROUTER_PASS], &router->passes);
	metrics_value(row, &chat_metrics[METRIC_ROUTER_DATABASE_RECONNECTS], sessions > 0 ? sessions - 1 : 0);
	metrics_end(row);
}

/* What has been counted, when it is due. A failure is nobody's but the report's: a session that is lost is found by whoever needs it next. */
static void report(struct router *router)
{
	PGresult *result = NULL;
	struct buf row;

	if (now_ms() < router->report_at_ms)
		return;
	router->report_at_ms = now_ms() + METRICS_EVERY_MS;
	buf_init(&row, METRICS_ROW_MAX);
	write_row(router, &row);
	if (run(router, &STATEMENT_NOTE_METRICS, (const struct param[]){ PARAM_TEXT("router"), PARAM_TEXT(router->name), PARAM_TEXT(row.data) }, LEAD_ANSWER_MS, &result) == STATUS_OK)
		PQclear(result);
	buf_fini(&row);
}

/* The doorbells say nothing but "look": all waiting rings of one are answered by one look. */
static void drain_rings(struct router *router)
{
	char channel[64], payload[64];

	while (conn_next_notify(router->conn, channel, sizeof channel, payload, sizeof payload)) {
		if (!strcmp(channel, "switchboard_lead"))
			router->beat_at_ms = 0; /* the leader has left */
		else if (conn_notify_was_own(router->conn))
			router->pass_at_ms = smaller(router->pass_at_ms, now_ms() + OWN_RING_MS);
		else
			router->pass_at_ms = 0; /* something the decision depends on has changed */
	}
}

/* How long there is nothing to do. */
static int64_t idle_ms(const struct router *router)
{
	int64_t next_ms = router->term ? smaller(router->pass_at_ms, router->beat_at_ms) : router->beat_at_ms;

	return larger(0, next_ms - now_ms());
}

/* Everything there is to do now; how long there is nothing to do then. */
static enum status work(struct router *router, int64_t *ret_sleep_ms)
{
	enum status status = session_ready(router);

	if (status == STATUS_OK && router->told)
		report(router);
	for (int turns = 0; status == STATUS_OK && turns < TURNS_IN_A_ROW; turns++) {
		drain_rings(router); /* also those that came in with an answer: they do not show on the descriptor any more */
		*ret_sleep_ms = idle_ms(router);
		if (*ret_sleep_ms > 0)
			break;
		status = beat(router);
		if (status == STATUS_OK && router->term && now_ms() >= router->pass_at_ms)
			status = pass(router);
	}
	return status;
}

/* The stand-bys need not find out by themselves. */
static void leave(struct router *router)
{
	PGresult *result = NULL;

	if (conn_fd(router->conn) >= 0 && run(router, &STATEMENT_ROUTER_LEAVE, NULL, LEAVE_ANSWER_MS, &result) == STATUS_OK)
		PQclear(result);
}

void router_run(struct router *router, const volatile sig_atomic_t *stop, const sigset_t *wait_mask)
{
	while (!*stop) {
		int64_t sleep_ms = RETRY_MS;
		enum status status = work(router, &sleep_ms);
		struct pollfd bell = { .fd = -1, .events = POLLIN };
		struct timespec timeout;

		if (status != STATUS_OK)
			sleep_ms = RETRY_MS;
		else
			bell.fd = conn_fd(router->conn);
		timeout = (struct timespec){ .tv_sec = sleep_ms / 1000, .tv_nsec = sleep_ms % 1000 * 1000000 };
		/* what arrives between the pass and here stays readable on the descriptor: no ring is lost */
		ppoll(&bell, 1, &timeout, wait_mask);
	}
	leave(router);
}
