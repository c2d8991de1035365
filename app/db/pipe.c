/* SPDX-License-Identifier: ISC */
#include "db/pipe.h"

#include "base/alloc.h"
#include "base/log.h"
#include "db/answer.h"
#include "db/conn.h"
#include "db/ring.h"

#include <assert.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>

#define CONNECT_STEP_MS 5
#define CONNECT_LIMIT_MS 5000
#define RETRY_FIRST_MS 50
#define RETRY_MS 500
#define WATCH_MS 1000
#define HUNG_MS 15000 /* no statement may take longer (statement_timeout is 3 s): the path or the server is dead */

enum pipe_state { PIPE_WAITING, PIPE_CONNECTING, PIPE_PREPARING, PIPE_UP, PIPE_CLOSED };

struct pipe {
	uv_loop_t *loop;
	char *conninfo;
	char *application_name;
	const struct statement *const *statements;
	size_t statement_count;
	struct pipe_events events;

	enum pipe_state state;
	PGconn *pg;
	bool broken;     /* libpq could not take a request whole: what answers what is not known any more, the session is to end */
	uv_poll_t *poll; /* on the heap: it outlives its session until libuv has closed it */
	int poll_events;
	uv_timer_t timer;
	uint64_t down_since_ms;
	uint64_t connect_start_ms;
	unsigned failures; /* connects in a row that failed */
	unsigned long long sessions;
	unsigned slow_ms; /* a statement that takes so long is logged; 0 = none is */
	unsigned long long slow;

	struct ring ring;
	size_t setup_left; /* set-up requests not answered yet */
	PGresult *result;  /* of the head request, waiting for its sync */
};

static void connect_start(struct pipe *p);
static void on_timer(uv_timer_t *timer);

/* ---- the session's end -------------------------------------------------------------------------------------- */

static void fail_all(struct pipe *p)
{
	struct problem problem = { 0 };
	size_t left = p->ring.count; /* what a callback sends meanwhile is refused: the state is no longer up */

	(void)problem_set(&problem, STATUS_UNAVAILABLE, NULL);
	PQclear(p->result);
	p->result = NULL;
	while (left-- > 0) {
		struct request r = ring_pop(&p->ring, uv_now(p->loop));

		if (r.done)
			r.done(r.arg, NULL, &problem);
	}
}

static void on_poll_closed(uv_handle_t *handle)
{
	free(handle);
}

static void poll_end(struct pipe *p)
{
	if (!p->poll)
		return;
	uv_poll_stop(p->poll);
	uv_close((uv_handle_t *)p->poll, on_poll_closed);
	p->poll = NULL;
}

static void session_end(struct pipe *p)
{
	poll_end(p);
	PQfinish(p->pg);
	p->pg = NULL;
}

static void session_lost(struct pipe *p, const char *why)
{
	bool was_up = p->state == PIPE_UP;
	unsigned wait_ms = p->failures == 0 ? RETRY_FIRST_MS : RETRY_MS + (unsigned)(uv_hrtime() / 1000 % (RETRY_MS / 2));

	if (was_up || p->failures == 0)
		log_event(LOG_LEVEL_WARN, "database_lost", "reason", why, "detail", p->pg ? PQerrorMessage(p->pg) : "", NULL);
	p->state = PIPE_WAITING;
	p->failures++;
	if (p->down_since_ms == 0)
		p->down_since_ms = uv_now(p->loop);
	session_end(p);
	fail_all(p);
	if (was_up)
		p->events.down(p->events.arg);
	uv_timer_start(&p->timer, on_timer, wait_ms, 0);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static void on_socket(uv_poll_t *handle, int status, int events);

/* libpq closes its socket by itself when it finds it dead, while it writes too. Whoever opens one next may get the same descriptor, and libuv allows two handles of
 * one descriptor to nobody: so ours goes at once, and not when the session is ended soon after. */
static bool watch(struct pipe *p, int events)
{
	if (PQsocket(p->pg) < 0)
		poll_end(p);
	if (!p->poll)
		return false;
	if (events == p->poll_events)
		return true;
	p->poll_events = events;
	return uv_poll_start(p->poll, events, on_socket) == 0;
}

/* false: the session is broken; the caller lets the next read find out, so that nothing ends under a caller's feet */
static bool flush(struct pipe *p)
{
	int rc = PQflush(p->pg);
	bool watched = watch(p, rc <= 0 ? UV_READABLE : UV_READABLE | UV_WRITABLE);

	return rc >= 0 && watched;
}

/* At the next turn, so that nothing ends under a caller's feet; its descriptor is left to others now. */
static void end_soon(struct pipe *p)
{
	p->broken = true;
	(void)watch(p, p->poll_events);
	uv_timer_start(&p->timer, on_timer, 0, 0);
}

enum status pipe_send(struct pipe *p, const struct statement *statement, const struct param *params, pipe_done_fn *done, void *arg)
{
	const char *values[STATEMENT_MAX_PARAMS];
	int lengths[STATEMENT_MAX_PARAMS];
	int formats[STATEMENT_MAX_PARAMS];

	assert(done && statement->params <= STATEMENT_MAX_PARAMS);
	if (p->state != PIPE_UP || p->broken || ring_is_full(&p->ring))
		return STATUS_UNAVAILABLE;
	for (int i = 0; i < statement->params; i++) {
		values[i] = params[i].value;
		lengths[i] = params[i].length;
		formats[i] = params[i].format;
	}
	if (!PQsendQueryPrepared(p->pg, statement->name, statement->params, values, lengths, formats, 0)) {
		end_soon(p);
		return STATUS_UNAVAILABLE;
	}
	/* From here on the request may have reached the server: it is answered through `done`, whatever happens to the session. */
	ring_push(&p->ring, statement, done, arg, uv_now(p->loop));
	if (!PQpipelineSync(p->pg) || !flush(p))
		end_soon(p);
	return STATUS_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static void session_up(struct pipe *p)
{
	p->state = PIPE_UP;
	p->sessions++;
	p->failures = 0;
	p->down_since_ms = 0;
	uv_timer_start(&p->timer, on_timer, WATCH_MS, WATCH_MS);
	log_event(LOG_LEVEL_INFO, "database_up", "application", p->application_name, NULL);
	p->events.up(p->events.arg);
}

static void log_failure(const struct statement *statement, const PGresult *result)
{
	const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	log_event(LOG_LEVEL_ERROR, "statement_failed", "statement", statement->name, "sqlstate", sqlstate ? sqlstate : "", "detail", message ? message : "", NULL);
}

/* Its name, never what it was asked: parameters are people's words. */
static void note_time(struct pipe *p, const struct request *r)
{
	uint64_t took_ms = uv_now(p->loop) - r->sent_ms;

	if (!r->done || !p->slow_ms || took_ms < p->slow_ms)
		return;
	p->slow++;
	log_count(LOG_LEVEL_WARN, "slow statement", "ms", (long long)took_ms, "statement", r->statement->name, NULL);
}

/* The sync of the head request has come: hand its result over. false: the set-up failed, the session is of no use. */
static bool request_finish(struct pipe *p)
{
	struct request r = ring_pop(&p->ring, uv_now(p->loop));
	PGresult *result = p->result;
	struct problem problem = { 0 };
	bool usable = true;

	p->result = NULL;
	note_time(p, &r);
	if (r.done) {
		if (!result)
			(void)problem_set(&problem, STATUS_INTERNAL, NULL);
		else if (!answer_is_good(result) && problem_from_result(result, &problem) == STATUS_OK)
			(void)problem_set(&problem, STATUS_INTERNAL, NULL);
		if (problem.status == STATUS_INTERNAL || problem.status == STATUS_UNAVAILABLE)
			log_failure(r.statement, result);
		r.done(r.arg, problem.status == STATUS_OK ? result : NULL, &problem);
	} else {
		usable = answer_is_good(result);
		if (!usable)
			log_event(LOG_LEVEL_ERROR, "prepare_failed", "statement", r.statement->name, "detail",
			          result ? PQresultErrorMessage(result) : "", NULL);
		p->setup_left--;
	}
	PQclear(result);
	if (usable && p->state == PIPE_PREPARING && p->setup_left == 0)
		session_up(p);
	return usable;
}

/* false: an answer was lost */
static bool take_result(struct pipe *p, PGresult *result)
{
	bool lost = answer_is_lost(result);

	/* One error is followed by nothing but its sync; after a good result only an error of the COMMIT can come. */
	if (!p->result || !answer_is_good(result)) {
		PQclear(p->result);
		p->result = result;
	} else {
		PQclear(result);
	}
	return !lost;
}

/* false: the session is to be ended */
static bool read_results(struct pipe *p)
{
	bool at_end = false;

	while (p->ring.count > 0 && !PQisBusy(p->pg)) {
		PGresult *result = PQgetResult(p->pg);

		if (!result && at_end)
			return false; /* libpq waits for nothing, and we wait for a sync */
		at_end = !result;
		if (!result)
			continue; /* end of one statement; its sync follows */
		if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
			if (!take_result(p, result))
				return false;
			continue;
		}
		PQclear(result);
		if (!request_finish(p))
			return false;
		if (!p->pg)
			return true; /* a callback closed the pipe */
	}
	return true;
}

static void read_notifies(struct pipe *p)
{
	PGnotify *notify;

	while (p->pg && (notify = PQnotifies(p->pg)) != NULL) {
		if (p->state == PIPE_UP)
			p->events.notify(p->events.arg, notify->relname, notify->extra);
		PQfreemem(notify);
	}
}

static void on_socket(uv_poll_t *handle, int status, int events)
{
	struct pipe *p = handle->data;

	(void)events;
	if (status < 0 || p->broken || !PQconsumeInput(p->pg) || PQstatus(p->pg) != CONNECTION_OK) {
		session_lost(p, "read");
		return;
	}
	if (!read_results(p)) {
		session_lost(p, "answers");
		return;
	}
	read_notifies(p);
	if (p->pg && !flush(p))
		session_lost(p, "write");
}

/* ---- connecting --------------------------------------------------------------------------------------------- */

static bool prepare_all(struct pipe *p)
{
	p->setup_left = 0;
	for (size_t i = 0; i < p->statement_count; i++) {
		const struct statement *s = p->statements[i];

		if (!PQsendPrepare(p->pg, s->name, s->sql, s->params, NULL) || !PQpipelineSync(p->pg))
			return false;
		ring_push(&p->ring, s, NULL, NULL, uv_now(p->loop));
		p->setup_left++;
	}
	return true;
}

static void session_begin(struct pipe *p)
{
	p->state = PIPE_PREPARING;
	p->broken = false;
	p->poll = alloc_zero(1, sizeof *p->poll);
	p->poll_events = 0;
	p->poll->data = p;
	if (uv_poll_init(p->loop, p->poll, PQsocket(p->pg)) != 0) {
		free(p->poll);
		p->poll = NULL;
		session_lost(p, "poll");
		return;
	}
	uv_timer_start(&p->timer, on_timer, WATCH_MS, WATCH_MS);
	if (PQsetnonblocking(p->pg, 1) != 0 || !PQenterPipelineMode(p->pg) || !prepare_all(p) || !flush(p))
		session_lost(p, "setup");
}

static void on_notice(void *arg, const PGresult *result)
{
	(void)arg;
	log_event(LOG_LEVEL_DEBUG, "database_notice", "detail", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), NULL);
}

static void connect_start(struct pipe *p)
{
	const char *names[] = { "dbname", "application_name", NULL };
	const char *values[] = { p->conninfo, p->application_name, NULL };

	p->state = PIPE_CONNECTING;
	p->connect_start_ms = uv_now(p->loop);
	p->pg = PQconnectStartParams(names, values, 1);
	alloc_check(p->pg);
	if (PQstatus(p->pg) == CONNECTION_BAD) {
		session_lost(p, "connect");
		return;
	}
	PQsetNoticeReceiver(p->pg, on_notice, NULL);
	uv_timer_start(&p->timer, on_timer, 0, CONNECT_STEP_MS);
}

/* While connecting the descriptor may change between steps (several hosts, SSL fall-back), so it is looked at, not adopted. */
static void connect_step(struct pipe *p)
{
	struct pollfd fd = { .fd = PQsocket(p->pg), .events = POLLIN | POLLOUT };

	for (int steps = 0; steps < 8 && poll(&fd, 1, 0) > 0; steps++) {
		switch (PQconnectPoll(p->pg)) {
		case PGRES_POLLING_OK:
			session_begin(p);
			return;
		case PGRES_POLLING_READING:
			fd.events = POLLIN;
			break;
		case PGRES_POLLING_WRITING:
			fd.events = POLLOUT;
			break;
		case PGRES_POLLING_ACTIVE:
		case PGRES_POLLING_FAILED:
		default:
			session_lost(p, "connect");
			return;
		}
		fd.fd = PQsocket(p->pg);
	}
	if (uv_now(p->loop) - p->connect_start_ms > CONNECT_LIMIT_MS)
		session_lost(p, "connect_timeout");
}

static void on_timer(uv_timer_t *timer)
{
	struct pipe *p = timer->data;

	switch (p->state) {
	case PIPE_WAITING:
		connect_start(p);
		break;
	case PIPE_CONNECTING:
		connect_step(p);
		break;
	case PIPE_PREPARING:
	case PIPE_UP:
		if (p->broken || PQstatus(p->pg) != CONNECTION_OK || !flush(p))
			session_lost(p, "write");
		else if (p->ring.count > 0 && uv_now(p->loop) - ring_head_sent_ms(&p->ring) > HUNG_MS)
			session_lost(p, "no_answer");
		else
			uv_timer_start(&p->timer, on_timer, WATCH_MS, WATCH_MS);
		break;
	case PIPE_CLOSED:
	default:
		break;
	}
}

/* ---- life --------------------------------------------------------------------------------------------------- */

void pipe_new(uv_loop_t *loop, const char *conninfo, const char *application_name, const struct statement *const *statements, size_t count,
              const struct pipe_events *events, struct pipe **ret_pipe)
{
	struct pipe *p = alloc_zero(1, sizeof *p);

	p->loop = loop;
	p->conninfo = alloc_copy_str(conninfo);
	p->application_name = alloc_copy_str(application_name);
	p->statements = statements;
	p->statement_count = count;
	p->events = *events;
	p->down_since_ms = uv_now(loop) > 0 ? uv_now(loop) : 1;
	uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	uv_timer_start(&p->timer, on_timer, 0, 0);
	*ret_pipe = p;
}

bool pipe_is_up(const struct pipe *p)
{
	return p->state == PIPE_UP;
}

size_t pipe_in_flight(const struct pipe *p)
{
	return p->ring.count;
}

void pipe_slow(struct pipe *p, unsigned slow_ms)
{
	p->slow_ms = slow_ms;
}

unsigned long long pipe_slow_count(const struct pipe *p)
{
	return p->slow;
}

unsigned long long pipe_sessions(const struct pipe *p)
{
	return p->sessions;
}

uint64_t pipe_down_since_ms(const struct pipe *p)
{
	return p->down_since_ms;
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct pipe *p = handle->data;

	free(p->conninfo);
	free(p->application_name);
	free(p);
}

void pipe_free(struct pipe **pp)
{
	struct pipe *p = *pp;

	if (!p)
		return;
	*pp = NULL;
	p->state = PIPE_CLOSED;
	session_end(p);
	fail_all(p);
	uv_timer_stop(&p->timer);
	uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}
