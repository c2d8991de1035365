/* SPDX-License-Identifier: ISC */
#include "db/conn.h"
#include "db/pipe.h"
#include "db_suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct statement SAY = { "say", "select $1::text as text", 1 };
static const struct statement FAIL = { "fail", "select 1 / $1::int as n", 1 };
static const struct statement DEFERRED = { "deferred", "select n from pipe_test_deferred($1::int)", 1 };
static const struct statement COUNT = { "count", "select count(*)::int as n from pipe_test", 0 };
static const struct statement BACKEND = { "backend", "select pg_backend_pid() as n", 0 };
static const struct statement SLEEP = { "sleep", "select pg_sleep($1::float8)", 1 };
static const struct statement HEAR = { "hear", "listen pipe_test", 0 };
static const struct statement RING = { "ring", "select pg_notify('pipe_test', $1::text)", 1 };
static const struct statement *const statements[] = { &SAY, &FAIL, &DEFERRED, &COUNT, &BACKEND, &SLEEP, &HEAR, &RING };
static const struct statement KILL = { "kill", "select pg_terminate_backend($1::int, 5000)", 1 };

/* A constraint that is judged at COMMIT, after the statement itself has succeeded. */
static const char setup[] =
	"create table pipe_test (n int, unique (n) deferrable initially deferred);"
	"create function pipe_test_deferred(p_n int) returns table (n int) language sql as 'insert into pipe_test values ($1), ($1) returning n';";

static uv_loop_t loop;
static struct pipe *pipe_;
static struct conn *conn;
static struct problem problem;
static unsigned ups, downs;
static char notified[64];
static char log_[4096];

static void on_up(void *arg)
{
	(void)arg;
	ups++;
}

static void on_down(void *arg)
{
	(void)arg;
	downs++;
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
	(void)arg;
	(void)snprintf(notified, sizeof notified, "%s %s", channel, payload);
}

/* Writes what came into the log: the first cell, or the failure's name. */
static void on_done(void *arg, const PGresult *result, const struct problem *p)
{
	size_t len = strlen(log_);
	const char *what = !result ? status_wire_name(p->status) : PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "ok";

	(void)arg;
	(void)snprintf(log_ + len, sizeof log_ - len, "%s ", what);
}

static void on_late(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

/* Turns the loop until `holds` or five seconds have passed. */
static void turn_until(bool (*holds)(void))
{
	bool late = false;
	uv_timer_t timer;

	uv_timer_init(&loop, &timer);
	timer.data = &late;
	uv_timer_start(&timer, on_late, 5000, 0);
	while (!holds() && !late)
		uv_run(&loop, UV_RUN_ONCE);
	CU_ASSERT_FALSE(late);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
}

static bool is_up(void)
{
	return pipe_is_up(pipe_);
}

static bool is_idle(void)
{
	return pipe_in_flight(pipe_) == 0;
}

static bool is_notified(void)
{
	return notified[0] != '\0';
}

static enum status send_text(const struct statement *statement, const char *param)
{
	return pipe_send(pipe_, statement, (const struct param[]){ PARAM_TEXT(param) }, on_done, NULL);
}

static void begin(void)
{
	const struct pipe_events events = { on_up, on_down, on_notify, NULL };

	log_[0] = notified[0] = '\0';
	ups = downs = 0;
	uv_loop_init(&loop);
	pipe_new(&loop, getenv("SWITCHBOARD_TEST_DSN"), "unit-pipe", statements, sizeof statements / sizeof statements[0], &events, &pipe_);
	turn_until(is_up);
}

static void end(void)
{
	pipe_free(&pipe_);
	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
}

int pipe_suite_begin(void)
{
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit", &conn);
	return conn_script(conn, setup, NULL, &problem) != STATUS_OK;
}

int pipe_suite_end(void)
{
	conn_free(&conn);
	return 0;
}

static void answers_come_in_order(void)
{
	char expected[4096] = "";

	begin();
	for (int i = 0; i < 200; i++) {
		char text[16];

		(void)snprintf(text, sizeof text, "%d", i);
		CU_ASSERT_EQUAL(send_text(&SAY, text), STATUS_OK);
		(void)snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s ", text);
	}
	turn_until(is_idle);
	CU_ASSERT_STRING_EQUAL(log_, expected);
	end();
}

static void an_error_harms_no_other_request(void)
{
	begin();
	CU_ASSERT_EQUAL(send_text(&SAY, "a"), STATUS_OK);
	CU_ASSERT_EQUAL(send_text(&FAIL, "0"), STATUS_OK);
	CU_ASSERT_EQUAL(send_text(&SAY, "b"), STATUS_OK);
	turn_until(is_idle);
	CU_ASSERT_STRING_EQUAL(log_, "a internal b ");
	end();
}

static void a_commit_that_fails_is_no_success(void)
{
	begin();
	CU_ASSERT_EQUAL(send_text(&DEFERRED, "7"), STATUS_OK);
	CU_ASSERT_EQUAL(pipe_send(pipe_, &COUNT, NULL, on_done, NULL), STATUS_OK);
	turn_until(is_idle);
	CU_ASSERT_STRING_EQUAL(log_, "internal 0 ");
	CU_ASSERT_EQUAL(downs, 0);
	end();
}

static void notifications_arrive(void)
{
	begin();
	CU_ASSERT_EQUAL(pipe_send(pipe_, &HEAR, NULL, on_done, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(send_text(&RING, "dong"), STATUS_OK);
	turn_until(is_notified);
	CU_ASSERT_STRING_EQUAL(notified, "pipe_test dong");
	end();
}

static void a_killed_session_is_unknown_and_comes_back(void)
{
	PGresult *result = NULL;
	char pid[16];

	begin();
	CU_ASSERT_EQUAL(pipe_send(pipe_, &BACKEND, NULL, on_done, NULL), STATUS_OK);
	turn_until(is_idle);
	(void)snprintf(pid, sizeof pid, "%.*s", (int)strcspn(log_, " "), log_);
	log_[0] = '\0';
	CU_ASSERT_EQUAL(send_text(&SLEEP, "60"), STATUS_OK);
	CU_ASSERT_EQUAL(send_text(&SAY, "behind"), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &KILL, (const struct param[]){ PARAM_TEXT(pid) }, &result, &problem), STATUS_OK);
	PQclear(result);
	turn_until(is_idle);
	CU_ASSERT_STRING_EQUAL(log_, "unavailable unavailable ");
	CU_ASSERT_EQUAL(downs, 1);
	CU_ASSERT_EQUAL(send_text(&SAY, "x"), STATUS_UNAVAILABLE);
	CU_ASSERT_NOT_EQUAL(pipe_down_since_ms(pipe_), 0);
	turn_until(is_up);
	CU_ASSERT_EQUAL(ups, 2);
	CU_ASSERT_EQUAL(pipe_down_since_ms(pipe_), 0);
	CU_ASSERT_EQUAL(send_text(&SAY, "again"), STATUS_OK);
	turn_until(is_idle);
	CU_ASSERT_STRING_EQUAL(log_, "unavailable unavailable again ");
	end();
}

static void a_full_pipe_refuses(void)
{
	int sent = 0;

	begin();
	while (send_text(&SAY, "x") == STATUS_OK)
		sent++;
	CU_ASSERT_EQUAL(sent, 1024);
	turn_until(is_idle);
	CU_ASSERT_EQUAL(send_text(&SAY, "x"), STATUS_OK);
	end(); /* with one under way: answered, not forgotten */
}

CU_TestInfo pipe_tests[] = {
	{ "answers_come_in_order", answers_come_in_order },
	{ "an_error_harms_no_other_request", an_error_harms_no_other_request },
	{ "a_commit_that_fails_is_no_success", a_commit_that_fails_is_no_success },
	{ "notifications_arrive", notifications_arrive },
	{ "a_killed_session_is_unknown_and_comes_back", a_killed_session_is_unknown_and_comes_back },
	{ "a_full_pipe_refuses", a_full_pipe_refuses },
	CU_TEST_INFO_NULL,
};
