/* SPDX-License-Identifier: ISC */
#include "base/log.h"
#include "capture.h"
#include "db/conn.h"
#include "db_suites.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct statement ADD = { "add", "select $1::int + 1 as sum, $2::text as word, $3::bytea as bytes, true as yes", 3 };
static const struct statement PID = { "pid", "select pg_backend_pid() as pid", 0 };
static const struct statement RAISE = { "raise", "select test_raise($1::text, $2::text, $3::text, $4::text)", 4 };
static const struct statement SLEEP = { "sleep", "select pg_sleep($1::float8)", 1 };
static const struct statement LISTEN = { "listen", "listen test_channel", 0 };
static const struct statement KILL = { "kill", "select pg_terminate_backend($1::int, 5000)", 1 };
static const struct statement SLEEPS = { "sleeps", "select count(*) as count from pg_stat_activity where pid = $1::int and wait_event = 'PgSleep'",
										 1 };
static const struct statement MADE = { "made", "select n from test_made()", 0 };
static const struct statement ECHO = { "echo", "select $1::text as text", 1 };

static struct capture capture;
static struct conn *conn, *other;
static struct problem problem;

/* Everything the tests call, made once. */
static const char setup[] =
	"create function test_raise(p_state text, p_name text, p_field text, p_detail text) returns void language plpgsql as $$ begin"
	"  raise exception using errcode = p_state, message = 'raised', constraint = coalesce(p_name, ''), column = coalesce(p_field, ''),"
	"    detail = coalesce(p_detail, ''); end $$;"
	"create function test_made() returns table (n int) language sql as 'select 1';";

int conn_suite_begin(void)
{
	log_init("unit", LOG_LEVEL_INFO);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit", &conn);
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit-other", &other);
	return conn_script(other, setup, NULL, &problem) != STATUS_OK;
}

int conn_suite_end(void)
{
	conn_free(&conn);
	conn_free(&other);
	conn_free(&other);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum status exec_one(struct conn *c, const struct statement *statement, const char *param)
{
	PGresult *result = NULL;
	enum status status;

	problem = (struct problem){ 0 };
	status = conn_exec(c, statement, (struct param[]){ { .value = param } }, &result, &problem);
	CU_ASSERT((status == STATUS_OK) == (result != NULL));
	PQclear(result);
	return status;
}

static int backend_of(struct conn *c)
{
	PGresult *result;
	int pid;

	CU_ASSERT_EQUAL_FATAL(conn_exec(c, &PID, NULL, &result, &problem), STATUS_OK);
	pid = (int)result_int(result, 0, "pid");
	PQclear(result);
	return pid;
}

static void values_go_in_and_out_by_name(void)
{
	const struct param params[] = { PARAM_TEXT("41"), PARAM_NULL, PARAM_BYTES("\0\xff", 2) };
	PGresult *result;

	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &ADD, params, &result, &problem), STATUS_OK);
		CU_ASSERT_EQUAL(result_int(result, 0, "sum"), 42);
		CU_ASSERT_PTR_NULL(result_str(result, 0, "word"));
		CU_ASSERT_STRING_EQUAL(result_str(result, 0, "bytes"), "\\x00ff");
		CU_ASSERT_TRUE(result_bool(result, 0, "yes"));
		CU_ASSERT_FALSE(result_bool(result, 0, "word"));
		PQclear(result);
	}
}

static void a_terminated_session_is_opened_anew_unnoticed(void)
{
	unsigned before = conn_generation(conn);
	char pid[16];

	for (int i = 0; i < 3; i++) {
		snprintf(pid, sizeof pid, "%d", backend_of(conn));
		CU_ASSERT_EQUAL(exec_one(other, &KILL, pid), STATUS_OK);
		CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "again"), STATUS_OK);
	}
	CU_ASSERT_EQUAL(conn_generation(conn), before + 3);
}

/* In a process of its own: waits until that backend sleeps, then ends it. */
static pid_t kill_when_asleep(int backend)
{
	int64_t deadline = now_ms() + 60000, asleep = 0;
	pid_t child = fork();
	struct conn *own;
	PGresult *result;
	char pid[16];

	if (child != 0)
		return child;
	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit-killer", &own);
	snprintf(pid, sizeof pid, "%d", backend);
	while (!asleep && now_ms() < deadline) {
		if (conn_exec(own, &SLEEPS, (struct param[]){ PARAM_TEXT(pid) }, &result, &problem) != STATUS_OK)
			_exit(1);
		asleep = result_int(result, 0, "count");
		PQclear(result);
	}
	_exit(exec_one(own, &KILL, pid));
}

static void a_statement_whose_session_dies_under_it_is_not_repeated(void)
{
	pid_t killer = kill_when_asleep(backend_of(conn));

	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "20"), STATUS_UNAVAILABLE);
	CU_ASSERT(problem.retry_ms > 0);
	waitpid(killer, NULL, 0);
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "works"), STATUS_OK);
}

static int pg_ctl(const char *verb)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl(getenv("SWITCHBOARD_TEST_PG_CTL"), "pg_ctl", verb, "-m", "immediate", (char *)NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child ? status : -1;
}

static void a_pinned_connection_is_not_opened_anew(void)
{
	struct conn *pinned;
	char pid[16];

	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit-pinned", &pinned);
	conn_pin(pinned);
	CU_ASSERT_EQUAL(conn_ready(pinned), STATUS_OK);
	snprintf(pid, sizeof pid, "%d", backend_of(pinned));
	CU_ASSERT_EQUAL(exec_one(other, &KILL, pid), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(pinned, &ECHO, "lost"), STATUS_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(conn_error(pinned), "the session with the database was lost");
	CU_ASSERT_EQUAL(conn_ready(pinned), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_script(pinned, "select 1", NULL, &problem), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_generation(pinned), 1);
	conn_free(&pinned);
}

static int count(const char *text, const char *word)
{
	int found = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		found++;
	}
	return found;
}

static void a_stopped_server_is_unavailable_at_once_and_found_again(void)
{
	int64_t began, took;
	int attempts;

	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "before"), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(pg_ctl("stop"), 0);
	began = now_ms();
	capture_begin(&capture, STDERR_FILENO);
	for (int i = 0; i < 200; i++) {
		CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "during"), STATUS_UNAVAILABLE);
		CU_ASSERT_EQUAL(conn_ready(conn), STATUS_UNAVAILABLE);
	}
	took = now_ms() - began;
	CU_ASSERT(problem.retry_ms > 0);
	/* one attempt, and one more for each 250 ms that this took */
	attempts = count(capture_end(&capture), "event=\"database unreachable\"");
	CU_ASSERT(attempts >= 1 && attempts <= 1 + (int)(took / 250));
	CU_ASSERT_EQUAL(conn_fd(conn), -1);
	CU_ASSERT(strlen(conn_error(conn)) > 0);
	CU_ASSERT_EQUAL_FATAL(pg_ctl("start"), 0);
	began = now_ms();
	while (exec_one(conn, &ECHO, "after") != STATUS_OK && now_ms() - began < 60000)
		poll(NULL, 0, 10);
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "found again"), STATUS_OK);
	while (conn_ready(other) != STATUS_OK && now_ms() - began < 60000)
		poll(NULL, 0, 10);
}

static enum status sql_raises(const char *state, const char *name, const char *field, const char *detail)
{
	const struct param params[] = { PARAM_TEXT(state), PARAM_TEXT(name), PARAM_TEXT(field), PARAM_TEXT(detail) };
	PGresult *result;

	problem = (struct problem){ 0 };
	return conn_exec(conn, &RAISE, params, &result, &problem);
}

static void what_sql_raises_becomes_the_problem(void)
{
	CU_ASSERT_EQUAL(sql_raises("SB422", "invalid", "queue", NULL), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(problem.field, "queue");
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
	CU_ASSERT_EQUAL(problem.retry_ms, 0);
	CU_ASSERT_EQUAL(sql_raises("SB409", "closed", NULL, "{\"next_opening\":\"2026-01-01T08:00:00Z\"}"), STATUS_CLOSED);
	CU_ASSERT_STRING_EQUAL(problem.extra, "{\"next_opening\":\"2026-01-01T08:00:00Z\"}");
	CU_ASSERT_EQUAL(sql_raises("SB429", "rate_limited", NULL, "{\"retry_ms\":700}"), STATUS_RATE_LIMITED);
	CU_ASSERT_EQUAL(problem.retry_ms, 700);
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
	CU_ASSERT_EQUAL(sql_raises("SB409", NULL, NULL, "no JSON"), STATUS_CONFLICT);
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
	CU_ASSERT_EQUAL(sql_raises("P0001", "not_found", "secret_field", "{\"a\":1}"), STATUS_INTERNAL);
	CU_ASSERT_STRING_EQUAL(problem.field, "");
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
}

static void an_extra_that_does_not_fit_is_left_out_whole(void)
{
	char detail[sizeof problem.extra + 16] = "{\"a\":\"";

	memset(detail + 6, 'x', sizeof problem.extra);
	memcpy(detail + 6 + sizeof problem.extra, "\"}", 3);
	CU_ASSERT_EQUAL(sql_raises("SB409", "closed", NULL, detail), STATUS_CLOSED);
	CU_ASSERT_STRING_EQUAL(problem.extra, "");
}

static void bytes_that_are_no_text_are_the_clients_fault(void)
{
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "\xff"), STATUS_BAD_REQUEST);
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "fine"), STATUS_OK);
}

static void a_statement_that_takes_too_long_is_unavailable(void)
{
	CU_ASSERT_EQUAL(conn_script(conn, "set statement_timeout = '50ms'", NULL, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "10"), STATUS_UNAVAILABLE);
	CU_ASSERT(problem.retry_ms > 0);
	CU_ASSERT_EQUAL(conn_script(conn, "reset statement_timeout", NULL, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "0"), STATUS_OK);
}

static void a_rebuilt_function_is_called_anew(void)
{
	CU_ASSERT_EQUAL(exec_one(conn, &MADE, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(conn_script(other,
								"drop function test_made(); create function test_made() returns table (n text) language sql as $$select 'x'$$;", NULL,
								&problem),
					STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(conn, &MADE, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(conn, &MADE, NULL), STATUS_OK);
}

static void a_frozen_server_is_given_up_at_the_limit(void)
{
	int backend = backend_of(conn);
	unsigned before = conn_generation(conn);
	int64_t began;

	conn_limit(conn, 300);
	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "0.05"), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(kill(backend, SIGSTOP), 0);
	began = now_ms();
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "anybody?"), STATUS_UNAVAILABLE);
	CU_ASSERT(now_ms() - began >= 300);
	CU_ASSERT(problem.retry_ms > 0);
	CU_ASSERT_STRING_EQUAL(conn_error(conn), "the database does not answer");
	CU_ASSERT_EQUAL(conn_fd(conn), -1);
	CU_ASSERT_EQUAL(conn_generation(conn), before);
	CU_ASSERT_EQUAL(kill(backend, SIGCONT), 0);
	CU_ASSERT_EQUAL(exec_one(conn, &ECHO, "another"), STATUS_OK);
	CU_ASSERT_EQUAL(conn_generation(conn), before + 1);
	conn_limit(conn, 0);
}

static void a_statement_that_outruns_the_limit_is_given_up_too(void)
{
	conn_limit(conn, 100);
	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "20"), STATUS_UNAVAILABLE);
	CU_ASSERT_STRING_EQUAL(conn_error(conn), "the database does not answer");
	conn_limit(conn, 0);
	CU_ASSERT_EQUAL(exec_one(conn, &SLEEP, "0.2"), STATUS_OK);
}

static void more_than_the_socket_holds_goes_out_and_comes_in(void)
{
	const size_t size = 8 << 20;
	char *text = malloc(size + 1);
	PGresult *result;

	memset(text, 'x', size);
	text[size] = '\0';
	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &ECHO, (struct param[]){ PARAM_TEXT(text) }, &result, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "text"), text);
	PQclear(result);
	free(text);
}

static void who_asks_for_sessions_himself_gets_none_unasked(void)
{
	static const char rebuild[] = "drop function test_made(); create function test_made() returns table (n bigint) language sql as 'select 2::bigint'";
	struct conn *own;
	char pid[16];

	conn_new(getenv("SWITCHBOARD_TEST_DSN"), "unit-asks", &own);
	conn_reopen_only_when_asked(own);
	CU_ASSERT_EQUAL(exec_one(own, &ECHO, "too early"), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_ready(own), STATUS_OK);
	snprintf(pid, sizeof pid, "%d", backend_of(own));
	CU_ASSERT_EQUAL(exec_one(other, &KILL, pid), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(own, &ECHO, "lost"), STATUS_UNAVAILABLE);
	CU_ASSERT(problem.retry_ms > 0);
	CU_ASSERT_EQUAL(conn_generation(own), 1);
	CU_ASSERT_EQUAL(conn_ready(own), STATUS_OK);
	CU_ASSERT_EQUAL(conn_generation(own), 2);
	CU_ASSERT_EQUAL(exec_one(own, &MADE, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(conn_script(other, rebuild, NULL, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(own, &MADE, NULL), STATUS_UNAVAILABLE);
	CU_ASSERT_EQUAL(conn_fd(own), -1);
	CU_ASSERT_EQUAL(conn_ready(own), STATUS_OK);
	CU_ASSERT_EQUAL(exec_one(own, &MADE, NULL), STATUS_OK);
	conn_free(&own);
}

static bool wait_for_notify(char ret_payload[64])
{
	struct pollfd waiting = { .fd = conn_fd(conn), .events = POLLIN };
	int64_t deadline = now_ms() + 60000;
	char channel[64];

	while (!conn_next_notify(conn, channel, sizeof channel, ret_payload, 64)) {
		if (now_ms() > deadline || conn_fd(conn) < 0)
			return false;
		poll(&waiting, 1, 100);
	}
	CU_ASSERT_STRING_EQUAL(channel, "test_channel");
	return true;
}

static void notifications_are_read_one_by_one(void)
{
	char channel[64], payload[64];

	CU_ASSERT_EQUAL(exec_one(conn, &LISTEN, NULL), STATUS_OK);
	CU_ASSERT_FALSE(conn_next_notify(conn, channel, sizeof channel, payload, sizeof payload));
	CU_ASSERT_EQUAL(conn_script(other, "notify test_channel, 'one'; notify test_channel, 'two'", NULL, &problem), STATUS_OK);
	CU_ASSERT_TRUE_FATAL(wait_for_notify(payload));
	CU_ASSERT_STRING_EQUAL(payload, "one");
	CU_ASSERT_TRUE_FATAL(wait_for_notify(payload));
	CU_ASSERT_STRING_EQUAL(payload, "two");
	CU_ASSERT_FALSE(conn_notify_was_own(conn));
	CU_ASSERT_FALSE(conn_next_notify(conn, channel, sizeof channel, payload, sizeof payload));
	CU_ASSERT_EQUAL(conn_script(conn, "notify test_channel, 'mine'", NULL, &problem), STATUS_OK);
	CU_ASSERT_TRUE_FATAL(wait_for_notify(payload));
	CU_ASSERT_TRUE(conn_notify_was_own(conn));
}

static void a_listener_whose_session_ends_learns_it(void)
{
	char pid[16], payload[64];
	unsigned before = conn_generation(conn);

	snprintf(pid, sizeof pid, "%d", backend_of(conn));
	CU_ASSERT_EQUAL(exec_one(other, &KILL, pid), STATUS_OK);
	CU_ASSERT_FALSE(wait_for_notify(payload));
	CU_ASSERT_EQUAL(conn_fd(conn), -1);
	CU_ASSERT_EQUAL(conn_ready(conn), STATUS_OK);
	CU_ASSERT_EQUAL(conn_generation(conn), before + 1);
}

static void a_failing_script_says_why(void)
{
	CU_ASSERT_EQUAL(conn_script(conn, "select 1;\nselect nonsense", NULL, &problem), STATUS_INTERNAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(conn_error(conn), "column \"nonsense\" does not exist"));
	CU_ASSERT_PTR_NOT_NULL(strstr(conn_error(conn), "LINE 2"));
	CU_ASSERT_EQUAL(conn_script(conn, "-- nothing but a comment", NULL, &problem), STATUS_OK);
	CU_ASSERT_EQUAL(conn_script(conn, "", NULL, &problem), STATUS_OK);
}

static void the_session_names_its_program_and_speaks_utf8(void)
{
	static const struct statement names = { "names",
											"select current_setting('application_name') as name, current_setting('client_encoding') as encoding", 0 };
	PGresult *result;

	CU_ASSERT_EQUAL_FATAL(conn_exec(conn, &names, NULL, &result, &problem), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "name"), "unit");
	CU_ASSERT_STRING_EQUAL(result_str(result, 0, "encoding"), "UTF8");
	PQclear(result);
}

CU_TestInfo conn_tests[] = {
	{ "values go in and out by name", values_go_in_and_out_by_name },
	{ "the session names its program and speaks UTF-8", the_session_names_its_program_and_speaks_utf8 },
	{ "a terminated session is opened anew unnoticed", a_terminated_session_is_opened_anew_unnoticed },
	{ "a statement whose session dies under it is not repeated", a_statement_whose_session_dies_under_it_is_not_repeated },
	{ "what SQL raises becomes the problem", what_sql_raises_becomes_the_problem },
	{ "an extra that does not fit is left out whole", an_extra_that_does_not_fit_is_left_out_whole },
	{ "bytes that are no text are the client's fault", bytes_that_are_no_text_are_the_clients_fault },
	{ "a statement that takes too long is unavailable", a_statement_that_takes_too_long_is_unavailable },
	{ "a frozen server is given up at the limit", a_frozen_server_is_given_up_at_the_limit },
	{ "a statement that outruns the limit is given up too", a_statement_that_outruns_the_limit_is_given_up_too },
	{ "more than the socket holds goes out and comes in", more_than_the_socket_holds_goes_out_and_comes_in },
	{ "who asks for sessions himself gets none unasked", who_asks_for_sessions_himself_gets_none_unasked },
	{ "a rebuilt function is called anew", a_rebuilt_function_is_called_anew },
	{ "notifications are read one by one", notifications_are_read_one_by_one },
	{ "a listener whose session ends learns it", a_listener_whose_session_ends_learns_it },
	{ "a failing script says why", a_failing_script_says_why },
	{ "a pinned connection is not opened anew", a_pinned_connection_is_not_opened_anew },
	{ "a stopped server is unavailable at once and found again", a_stopped_server_is_unavailable_at_once_and_found_again },
	CU_TEST_INFO_NULL,
};
