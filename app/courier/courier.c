/* SPDX-License-Identifier: ISC */
#include "courier/courier.h"

#include "base/alloc.h"
#include "base/log.h"
#include "chat/metrics.h"
#include "chat/statements.h"
#include "courier/letter.h"
#include "courier/sender.h"
#include "courier/target.h"
#include "db/array.h"
#include "db/conn.h"
#include "db/pipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define AWAKE_MS 100     /* while there is work: from one look to the next, besides those that a delivery causes */
#define WORK_LASTS_MS 1000 /* so long after the last work nobody needs to ring */
#define SHORTEST_MS 25
#define BEAT_MS 1000     /* heartbeat, and the slow look: what a lost bell can cost */
#define REPORT_AGAIN_MS 250
#define CLAIM_MAX 32

/* The fate of a letter on its way into the database. */
struct report {
	struct report *prev, *next;
	struct courier *courier;
	struct letter *letter;
	int status;
	long retry_s;
	const char *reason; /* NULL: it was answered */
	bool final, flying;
	char *text;
	uint64_t took_ms;
};

struct courier {
	uv_loop_t *loop;
	struct pipe *pipe;
	struct sender *sender;
	struct target_rules rules;
	char *name;
	char number[16]; /* of this session; "" until it is registered */
	size_t max;
	uv_timer_t timer, report_timer;
	uint64_t worked_ms, beat_ms, metrics_ms;
	int64_t next_in_ms;
	bool registering, claiming, beating, noting, asleep, draining, leaving, left;
	struct report *reports;
	size_t report_count;
	struct letter **sending; /* by place; NULL = free */
	unsigned long long claimed, delivered, retried, dead, stale;
	struct histogram seconds;
};

static void look(struct courier *c);
static void reports_send(struct courier *c);

/* ---- what a letter's fate is ------------------------------------------------------------------------------------ */

static void report_end(struct report *r)
{
	struct courier *c = r->courier;

	DL_DELETE(c->reports, r);
	c->report_count--;
	letter_free(&r->letter);
	free(r->text);
	free(r);
}

static void count_fate(struct courier *c, const struct report *r, const char *fate)
{
	bool done = strcmp(fate, "done") == 0, dead = strcmp(fate, "dead") == 0;
	char attempt[16], status[16];

	c->delivered += done;
	c->dead += dead;
	c->retried += strcmp(fate, "retry") == 0;
	c->stale += strcmp(fate, "stale") == 0;
	(void)snprintf(attempt, sizeof attempt, "%d", r->letter->attempt);
	(void)snprintf(status, sizeof status, "%d", r->status);
	log_count(done ? LOG_LEVEL_DEBUG : dead ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, fate, "ms", (long long)r->took_ms, "item", r->letter->item, "kind", r->letter->kind, "account",
			  r->letter->account, "attempt", attempt, "status", status, "reason", r->reason ? r->reason : "", "error", r->reason ? r->text : "", NULL);
}

static void on_reported(void *arg, const PGresult *result, const struct problem *problem)
{
	struct report *r = arg;
	struct courier *c = r->courier;

	r->flying = false;
	if (result) {
		count_fate(c, r, result_str(result, 0, "outcome"));
		report_end(r);
		c->worked_ms = uv_now(c->loop);
		look(c); /* the next of its lane */
	} else if (problem->status != STATUS_UNAVAILABLE) {
		log_event(LOG_LEVEL_ERROR, "report_refused", "item", r->letter->item, "problem", status_wire_name(problem->status), NULL);
		report_end(r); /* its lease ends, and it is tried again */
	}
}

static void report_send(struct report *r)
{
	const struct letter *l = r->letter;
	char status[16], retry[24];
	enum status sent;

	(void)snprintf(status, sizeof status, "%d", r->status);
	if (!r->reason) {
		(void)snprintf(retry, sizeof retry, "%ld", r->retry_s);
		sent = pipe_send(r->courier->pipe, &STATEMENT_OUTBOX_ANSWERED,
						 (const struct param[]){ PARAM_TEXT(l->item), PARAM_TEXT(l->lease), PARAM_TEXT(status), PARAM_TEXT(r->text),
														 r->retry_s > 0 ? PARAM_TEXT(retry) : PARAM_NULL },
						 on_reported, r);
	} else {
		sent = pipe_send(r->courier->pipe, &STATEMENT_OUTBOX_FAILED,
						 (const struct param[]){ PARAM_TEXT(l->item), PARAM_TEXT(l->lease), PARAM_TEXT(r->text), PARAM_TEXT(r->final ? "t" : "f"), PARAM_TEXT(r->reason),
														 r->status > 0 ? PARAM_TEXT(status) : PARAM_NULL },
						 on_reported, r);
	}
	r->flying = sent == STATUS_OK;
}

/* Those that the database did not take go again. */
static void reports_send(struct courier *c)
{
	struct report *r, *next;

	DL_FOREACH_SAFE(c->reports, r, next)
		if (!r->flying)
			report_send(r);
}

static void on_report_timer(uv_timer_t *timer)
{
	reports_send(timer->data);
}

static void on_outcome(void *arg, struct letter *letter, const struct outcome *outcome)
{
	struct courier *c = arg;
	struct report *r = alloc_zero(1, sizeof *r);

	for (size_t i = 0; i < c->max; i++)
		if (c->sending[i] == letter)
			c->sending[i] = NULL;
	r->courier = c;
	r->letter = letter;
	r->status = outcome->status;
	r->retry_s = outcome->retry_s;
	r->reason = outcome->reason;
	r->final = outcome->final;
	r->text = alloc_copy_str(outcome->text);
	r->took_ms = outcome->took_ms;
	histogram_note_us(&c->seconds, 0, outcome->took_ms * 1000);
	DL_APPEND(c->reports, r);
	c->report_count++;
	report_send(r);
}

/* ---- claiming --------------------------------------------------------------------------------------------------- */

static size_t room(const struct courier *c)
{
	size_t busy = sender_active(c->sender) + c->report_count;

	return busy < c->max ? c->max - busy : 0;
}

static void keep(struct courier *c, struct letter *letter)
{
	for (size_t i = 0; i < c->max; i++)
		if (!c->sending[i]) {
			c->sending[i] = letter;
			return;
		}
}

static void on_claimed(void *arg, const PGresult *result, const struct problem *problem)
{
	struct courier *c = arg;
	int count = result ? PQntuples(result) : 0;

	(void)problem; /* the next look says more */
	c->claiming = false;
	c->claimed += (unsigned long long)count;
	if (count > 0)
		c->worked_ms = uv_now(c->loop);
	for (int row = 0; row < count; row++) {
		struct letter *letter = letter_read(result, row);

		keep(c, letter);
		sender_send(c->sender, letter);
	}
	if (count > 0)
		look(c);
}

static void look(struct courier *c)
{
	char limit[16];
	size_t free_places = room(c);

	if (c->draining || c->claiming || c->number[0] == '\0' || free_places == 0 || !pipe_is_up(c->pipe))
		return;
	(void)snprintf(limit, sizeof limit, "%zu", free_places < CLAIM_MAX ? free_places : CLAIM_MAX);
	c->claiming = pipe_send(c->pipe, &STATEMENT_CLAIM_OUTBOX, (const struct param[]){ PARAM_TEXT(c->number), PARAM_TEXT(limit) }, on_claimed, c) == STATUS_OK;
}

/* ---- the heartbeat ---------------------------------------------------------------------------------------------- */

static bool is_awake(const struct courier *c)
{
	return sender_active(c->sender) + c->report_count > 0 || uv_now(c->loop) - c->worked_ms < WORK_LASTS_MS;
}

static void on_tick(uv_timer_t *timer);

static void sleep_for(struct courier *c)
{
	uint64_t ms = is_awake(c) ? AWAKE_MS : BEAT_MS;

	if (!is_awake(c) && c->next_in_ms >= 0 && c->next_in_ms < (int64_t)ms)
		ms = (uint64_t)c->next_in_ms < SHORTEST_MS ? SHORTEST_MS : (uint64_t)c->next_in_ms; /* what is due may be for others to send */
	uv_timer_start(&c->timer, on_tick, ms, 0);
}

static void register_here(struct courier *c);

static void on_beat(void *arg, const PGresult *result, const struct problem *problem)
{
	struct courier *c = arg;

	(void)problem;
	c->beating = false;
	if (result && PQntuples(result) == 0) {
		c->number[0] = '\0'; /* somebody took us for gone */
		register_here(c);
		return;
	}
	if (result)
		c->next_in_ms = result_str(result, 0, "next_in_ms") ? result_int(result, 0, "next_in_ms") : -1;
	look(c); /* behind the COMMIT that says that we sleep: who did not see it has committed before */
	sleep_for(c);
}

static void beat(struct courier *c)
{
	c->asleep = !is_awake(c);
	c->beat_ms = uv_now(c->loop);
	c->beating = pipe_send(c->pipe, &STATEMENT_COURIER_BEAT, (const struct param[]){ PARAM_TEXT(c->number), PARAM_TEXT(c->asleep ? "t" : "f") }, on_beat, c) == STATUS_OK;
}

static void on_noted(void *arg, const PGresult *result, const struct problem *problem)
{
	struct courier *c = arg;

	(void)result; /* lost: the next row says it all */
	(void)problem;
	c->noting = false;
}

static void note_metrics(struct courier *c)
{
	static const char *const fates[] = { "done", "retry", "dead", "stale" };
	const double counts[] = { (double)c->delivered, (double)c->retried, (double)c->dead, (double)c->stale };
	unsigned long long sessions = pipe_sessions(c->pipe);
	struct buf row;

	if (c->noting || uv_now(c->loop) - c->metrics_ms < METRICS_EVERY_MS)
		return;
	c->metrics_ms = uv_now(c->loop);
	buf_init(&row, METRICS_ROW_MAX);
	metrics_begin(&row);
	metrics_program(&row, pipe_slow_count(c->pipe));
	metrics_value(&row, &chat_metrics[METRIC_COURIER_CLAIMED], (double)c->claimed);
	metrics_values(&row, &chat_metrics[METRIC_COURIER_ATTEMPTS], fates, counts, 4);
	metrics_value(&row, &chat_metrics[METRIC_COURIER_ACTIVE], (double)sender_active(c->sender));
	metrics_histogram(&row, &chat_metrics[METRIC_COURIER_SECONDS], &c->seconds);
	metrics_value(&row, &chat_metrics[METRIC_COURIER_DATABASE_RECONNECTS], (double)(sessions > 0 ? sessions - 1 : 0));
	metrics_end(&row);
	c->noting = !row.overflow && pipe_send(c->pipe, &STATEMENT_NOTE_METRICS, (const struct param[]){ PARAM_TEXT("courier"), PARAM_TEXT(c->name), PARAM_TEXT(row.data) },
										   on_noted, c) == STATUS_OK;
	buf_fini(&row);
}

static void on_tick(uv_timer_t *timer)
{
	struct courier *c = timer->data;

	if (pipe_is_up(c->pipe) && c->number[0] != '\0') {
		note_metrics(c);
		if (!c->beating && (c->asleep != !is_awake(c) || uv_now(c->loop) - c->beat_ms >= BEAT_MS || c->asleep)) {
			beat(c);
			return;
		}
		look(c);
	} else if (pipe_is_up(c->pipe)) {
		register_here(c);
	}
	sleep_for(c);
}

/* ---- the session ------------------------------------------------------------------------------------------------ */

static void on_registered(void *arg, const PGresult *result, const struct problem *problem)
{
	struct courier *c = arg;

	c->registering = false;
	if (!result) {
		log_event(LOG_LEVEL_ERROR, "not_registered", "problem", status_wire_name(problem->status), NULL);
		return; /* a session that is lost comes back and tries again; so does the tick */
	}
	(void)snprintf(c->number, sizeof c->number, "%s", result_str(result, 0, "courier"));
	log_event(LOG_LEVEL_INFO, "registered", "courier", c->name, "number", c->number, NULL);
	reports_send(c);
	beat(c);
}

/* What we still have is ours; what else the database believes us to have is due again. */
static void register_here(struct courier *c)
{
	struct report *r;
	struct buf leases;

	if (c->registering || c->draining)
		return;
	buf_init(&leases, (c->max * 2 + 1) * sizeof c->sending[0]->lease);
	array_begin(&leases);
	for (size_t i = 0; i < c->max; i++)
		if (c->sending[i])
			array_add_text(&leases, c->sending[i]->lease);
	DL_FOREACH(c->reports, r)
		array_add_text(&leases, r->letter->lease);
	array_end(&leases);
	c->registering =
		pipe_send(c->pipe, &STATEMENT_COURIER_REGISTER, (const struct param[]){ PARAM_TEXT(c->name), PARAM_TEXT(leases.data) }, on_registered, c) == STATUS_OK;
	buf_fini(&leases);
}

static void on_up(void *arg)
{
	register_here(arg);
}

static void on_down(void *arg)
{
	struct courier *c = arg;

	c->number[0] = '\0';
	c->next_in_ms = -1;
}

/* The bell: somebody put something in while we slept. */
static void on_notify(void *arg, const char *channel, const char *payload)
{
	struct courier *c = arg;

	(void)channel;
	(void)payload;
	c->worked_ms = uv_now(c->loop);
	look(c);
	sleep_for(c);
}

/* ---- the courier ------------------------------------------------------------------------------------------------ */

enum status courier_new(uv_loop_t *loop, const struct options *options, const char *name, struct courier **ret_courier)
{
	struct courier *c = alloc_zero(1, sizeof *c);
	enum status status;

	c->loop = loop;
	c->name = alloc_copy_str(name);
	c->max = (size_t)option_int(options, "courier_requests_max");
	c->sending = alloc_zero(c->max, sizeof *c->sending);
	c->seconds.buckets = &METRIC_SECONDS;
	c->next_in_ms = -1;
	status = target_rules_init(&c->rules, option_str(options, "courier_private_hosts"));
	if (status != STATUS_OK)
		log_event(LOG_LEVEL_ERROR, "bad_courier_private_hosts", "value", option_str(options, "courier_private_hosts"), NULL);
	else
		status = sender_new(loop, &c->rules, option_str(options, "courier_ca_file"), on_outcome, c, &c->sender);
	if (status != STATUS_OK) {
		target_rules_fini(&c->rules);
		free(c->sending);
		free(c->name);
		free(c);
		return status;
	}
	uv_timer_init(loop, &c->timer);
	uv_timer_init(loop, &c->report_timer);
	c->timer.data = c->report_timer.data = c;
	pipe_new(loop, option_str(options, "database"), "switchboard-courier", statements_courier, statements_courier_count,
			 &(const struct pipe_events){ .up = on_up, .down = on_down, .notify = on_notify, .arg = c }, &c->pipe);
	pipe_slow(c->pipe, (unsigned)option_int(options, "slow_statement_ms"));
	uv_timer_start(&c->report_timer, on_report_timer, REPORT_AGAIN_MS, REPORT_AGAIN_MS);
	sleep_for(c);
	*ret_courier = c;
	return STATUS_OK;
}

void courier_drain(struct courier *c)
{
	c->draining = true;
}

static void on_left(void *arg, const PGresult *result, const struct problem *problem)
{
	struct courier *c = arg;

	(void)result; /* the end of our session says it too */
	(void)problem;
	c->left = true;
}

bool courier_is_drained(struct courier *c)
{
	if (!pipe_is_up(c->pipe) || c->number[0] == '\0')
		return sender_active(c->sender) == 0;
	if (c->claiming || sender_active(c->sender) + c->report_count > 0)
		return false;
	if (!c->leaving)
		c->leaving = pipe_send(c->pipe, &STATEMENT_COURIER_LEAVE, (const struct param[]){ PARAM_TEXT(c->number) }, on_left, c) == STATUS_OK;
	return c->left;
}

void courier_give_up(struct courier *c)
{
	sender_abort(c->sender);
}

void courier_close(struct courier *c)
{
	sender_abort(c->sender);
	sender_close(c->sender);
	uv_close((uv_handle_t *)&c->timer, NULL);
	uv_close((uv_handle_t *)&c->report_timer, NULL);
	pipe_free(&c->pipe);
}

void courier_free(struct courier **courier)
{
	struct courier *c = *courier;

	if (!c)
		return;
	log_count(LOG_LEVEL_INFO, "stopped", "delivered", (long long)c->delivered, "courier", c->name, NULL);
	while (c->reports)
		report_end(c->reports);
	sender_free(&c->sender);
	target_rules_fini(&c->rules);
	free(c->sending);
	free(c->name);
	free(c);
	*courier = NULL;
}
