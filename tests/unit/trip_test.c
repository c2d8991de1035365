/* SPDX-License-Identifier: ISC */
/* What goes out together with a statement, and what a bare sync tells. */
#include "base/log.h"
#include "capture.h"
#include "db/conn.h"
#include "db_suites.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct statement SERVE = { "serve", "select set_config('application_name', $1::text, true), set_config('unit.who', $2::text, true)", 2 };
static const struct statement WHO = { "who", "select current_setting('application_name') || '|' || coalesce(current_setting('unit.who', true), '') as who", 0 };
static const struct statement FAIL = { "fail", "select 1 / $1::int", 1 };
static const struct statement LATE = { "late", "insert into unit_late values ($1::int) returning n", 1 };
static const struct statement LISTEN = { "listen_trip", "listen unit_trip", 0 };
static const struct statement NOTIFY = { "notify_trip", "select pg_notify('unit_trip', $1::text)", 1 };
static const struct statement SLEEP = { "sleep_trip", "select pg_sleep($1::float8)", 1 };

static const char setup[] = "create table unit_late (n int unique deferrable initially deferred)";

static struct conn *conn, *other;
static struct problem problem;

int trip_suite_begin(void)
{
	log_init("unit", LOG_LEVEL_INFO);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit", &conn);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit-other", &other);
	return conn_script(other, setup, NULL, &problem) != STATUS_OK;
}

int trip_suite_end(void)
{
	enum status status = conn_script(other, "drop table unit_late", NULL, &problem);

	conn_free(&conn);
	conn_free(&other);
	return status != STATUS_OK;
}

static enum status run(struct conn *c, const struct statement *statement, const char *param)
{
	PGresult *result = NULL;
	enum status status = conn_exec(c, statement, (struct param[]){ PARAM_TEXT(param) }, &result, &problem);

	PQclear(result);
	return status;
}

static void assert_who(const char *who)
{
	PGresult *result;

	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &WHO, NULL, &result, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "who"), who);
	PQclear(result);
}

static void the_server_knows_whom_a_statement_is_for(void)
{
	const struct param served[] = { PARAM_TEXT("unit 1"), PARAM_TEXT("somebody") };

	conn_serve(conn, &SERVE, served);
	assert_who("unit 1|somebody");
	CU_ASSERT_EQUAL(run(conn, &FAIL, "0"), STATUS_INTERNAL);
	assert_who("unit 1|somebody");
	conn_serve(conn, NULL, NULL);
	assert_who("unit|");
}

static void a_commit_that_fails_is_no_success(void)
{
	CU_ASSERT_EQUAL(run(conn, &LATE, "1"), STATUS_OK);
	CU_ASSERT_EQUAL(run(conn, &LATE, "1"), STATUS_INTERNAL);
	CU_ASSERT_EQUAL(run(conn, &LATE, "2"), STATUS_OK);
}

static bool told(void)
{
	bool notified = false;

	CU_ASSERT_EQUAL_FATAL(conn_sync(conn, &notified), STATUS_OK);
	return notified;
}

/* Each time: the sync is sent after the other's COMMIT was answered. */
static void a_sync_brings_every_notification_that_was_committed_before(void)
{
	CU_ASSERT_EQUAL_FATAL(run(conn, &LISTEN, NULL), STATUS_OK);
	CU_ASSERT_FALSE(told());
	for (int i = 0; i < 500; i++) {
		CU_ASSERT_EQUAL(run(other, &NOTIFY, "x"), STATUS_OK);
		CU_ASSERT_TRUE(told());
		CU_ASSERT_FALSE(told());
	}
}

/* What came with another statement is not lost, and a sync that was sent early answers for what was committed before it. */
static void a_sync_may_be_sent_ahead_and_left_alone(void)
{
	CU_ASSERT_EQUAL(run(other, &NOTIFY, "x"), STATUS_OK);
	conn_sync_begin(conn);
	conn_sync_begin(conn);
	assert_who("unit|");
	CU_ASSERT_TRUE(told());
	conn_sync_begin(conn);
	CU_ASSERT_FALSE(told());
}

static void without_a_session_a_sync_opens_none(void)
{
	unsigned generation = conn_generation(conn);
	bool notified;

	CU_ASSERT_EQUAL(conn_script(other, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'unit'", NULL, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(conn_sync(conn, &notified), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_sync(conn, &notified), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_generation(conn), generation);
	assert_who("unit|");
	CU_ASSERT_EQUAL(conn_generation(conn), generation + 1);
}

static void a_slow_statement_is_logged_by_its_name_and_counted(void)
{
	static struct capture capture;

	conn_slow(conn, 20);
	capture_begin(&capture, STDERR_FILENO);
	CU_ASSERT_EQUAL(run(conn, &SLEEP, "0.05"), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(capture_end(&capture), " statement=sleep_trip\n"));
	CU_ASSERT_EQUAL(conn_slow_count(conn), 1);
	conn_slow(conn, 0);
	CU_ASSERT_EQUAL(run(conn, &SLEEP, "0.05"), STATUS_OK);
	CU_ASSERT_EQUAL(conn_slow_count(conn), 1);
}

CU_TestInfo trip_tests[] = {
	{ "the server knows whom a statement is for", the_server_knows_whom_a_statement_is_for },
	{ "a COMMIT that fails is no success", a_commit_that_fails_is_no_success },
	{ "a sync brings every notification that was committed before (G19)", a_sync_brings_every_notification_that_was_committed_before },
	{ "a sync may be sent ahead and left alone", a_sync_may_be_sent_ahead_and_left_alone },
	{ "without a session a sync opens none", without_a_session_a_sync_opens_none },
	{ "a slow statement is logged by its name and counted", a_slow_statement_is_logged_by_its_name_and_counted },
	CU_TEST_INFO_NULL,
};
