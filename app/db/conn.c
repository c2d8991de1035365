/* SPDX-License-Identifier: ISC */
#include "db/conn.h"
#include "base/alloc.h"
#include "base/hash.h"
#include "base/log.h"
#include "db/answer.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_AFTER_MS 250
#define ERROR_SIZE 2048

/* One statement that the present session has prepared. */
struct prepared {
	const struct statement *statement;
	UT_hash_handle hh;
};

struct conn {
	char *conninfo;
	char *application_name;
	PGconn *pg; /* NULL = not connected */
	struct prepared *prepared;
	unsigned generation;
	bool pinned;           /* to the session that is or will be opened first */
	bool only_when_asked;  /* conn_exec() opens no session */
	bool notify_was_own;
	int answer_ms;         /* the longest wait for an answer; 0 = no limit */
	const struct statement *serve; /* goes before each statement, NULL: none does */
	const struct param *served;    /* its parameters */
	int slow_ms;                   /* a statement that takes so long is logged; 0 = none is */
	unsigned long long slow;       /* how many did */
	bool syncing;                  /* a bare sync is sent and not answered */
	int64_t failed_at_ms;  /* of the last attempt to connect; 0 = it worked */
	char error[ERROR_SIZE];
};

void conn_new(const char *conninfo, const char *application_name, struct conn **ret_conn)
{
	struct conn *conn = alloc_zero(1, sizeof *conn);

	conn->conninfo = alloc_copy_str(conninfo);
	conn->application_name = alloc_copy_str(application_name);
	*ret_conn = conn;
}

static void session_close(struct conn *conn)
{
	struct prepared *entry, *next;

	HASH_ITER (hh, conn->prepared, entry, next) {
		HASH_DEL(conn->prepared, entry);
		free(entry);
	}
	PQfinish(conn->pg);
	conn->pg = NULL;
	conn->syncing = false;
}

void conn_free(struct conn **conn)
{
	if (!*conn)
		return;
	session_close(*conn);
	free((*conn)->conninfo);
	free((*conn)->application_name);
	free(*conn);
	*conn = NULL;
}

/* The server's sentence without its line end. */
static void keep_error(struct conn *conn, const char *text)
{
	snprintf(conn->error, sizeof conn->error, "%s", text ? text : "");
	for (size_t len = strlen(conn->error); len > 0 && conn->error[len - 1] == '\n'; len--)
		conn->error[len - 1] = '\0';
}

static void on_notice(void *arg, const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	bool warning = severity && !strcmp(severity, "WARNING");

	(void)arg;
	log_event(warning ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "database notice", "message", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), NULL);
}

static bool session_open(struct conn *conn)
{
	/* libpq keeps the last of a repeated word: before dbname stand our defaults, behind it what the configuration cannot change */
	const char *const words[] = { "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
								  "application_name", "client_encoding", NULL };
	const char *const patient[] = { "2", "30", "10", "3", "10000", conn->conninfo, conn->application_name, "UTF8", NULL };
	const char *const limited[] = { "2", "2", "1", "2", "4000", conn->conninfo, conn->application_name, "UTF8", NULL };

	if (conn->failed_at_ms && answer_now_ms() - conn->failed_at_ms < RETRY_AFTER_MS)
		return false;
	conn->pg = PQconnectdbParams(words, conn->answer_ms ? limited : patient, 1);
	/* so that no send waits for a peer that takes nothing: await_answer() does, with its limit */
	if (PQstatus(conn->pg) == CONNECTION_OK && PQsetnonblocking(conn->pg, 1) == 0) {
		PQsetNoticeReceiver(conn->pg, on_notice, NULL);
		conn->failed_at_ms = 0;
		conn->generation++;
		return true;
	}
	keep_error(conn, PQerrorMessage(conn->pg));
	log_event(LOG_LEVEL_WARN, "database unreachable", "reason", conn->error, NULL);
	session_close(conn);
	conn->failed_at_ms = answer_now_ms();
	return false;
}

/* A session whose server has gone while we were idle has its end waiting in the socket: found here, a statement is not risked on it. */
static bool session_is_alive(struct conn *conn)
{
	struct pollfd waiting;

	if (!conn->pg || PQstatus(conn->pg) != CONNECTION_OK)
		return false;
	waiting = (struct pollfd){ .fd = PQsocket(conn->pg), .events = POLLIN };
	while (poll(&waiting, 1, 0) > 0)
		if (!PQconsumeInput(conn->pg))
			return false;
	return true;
}

static bool settle(struct conn *conn);

enum status conn_ready(struct conn *conn)
{
	(void)settle(conn);
	if (session_is_alive(conn))
		return STATUS_OK;
	if (conn->pg)
		log_event(LOG_LEVEL_WARN, "database session lost", NULL);
	session_close(conn);
	if (conn->pinned && conn->generation > 0) {
		keep_error(conn, "the session with the database was lost");
		return STATUS_UNAVAILABLE;
	}
	return session_open(conn) ? STATUS_OK : STATUS_UNAVAILABLE;
}

void conn_pin(struct conn *conn)
{
	conn->pinned = true;
}

void conn_limit(struct conn *conn, int answer_ms)
{
	conn->answer_ms = answer_ms;
}

void conn_serve(struct conn *conn, const struct statement *statement, const struct param *params)
{
	conn->serve = statement;
	conn->served = params;
}

void conn_slow(struct conn *conn, int slow_ms)
{
	conn->slow_ms = slow_ms;
}

unsigned long long conn_slow_count(const struct conn *conn)
{
	return conn->slow;
}

void conn_reopen_only_when_asked(struct conn *conn)
{
	conn->only_when_asked = true;
}

/* The result of what was just sent (`sent` as libpq has it: 1 = yes), good or failed; NULL with the session closed when it did not come in time. */
static PGresult *await_answer(struct conn *conn, int sent)
{
	PGresult *result;

	if (!sent) {
		result = PQmakeEmptyPGresult(conn->pg, PGRES_FATAL_ERROR);
	} else if (!answer_read(conn->pg, conn->answer_ms ? answer_now_ms() + conn->answer_ms : 0, &result)) {
		PQclear(result);
		keep_error(conn, "the database does not answer");
		log_count(LOG_LEVEL_WARN, "database does not answer", "limit_ms", conn->answer_ms, NULL);
		session_close(conn);
		return NULL;
	}
	/* with something of it lost or still under way, this session is good for nothing more */
	if (answer_is_lost(result) || !PQexitPipelineMode(conn->pg)) {
		keep_error(conn, result ? PQresultErrorMessage(result) : PQerrorMessage(conn->pg));
		log_event(LOG_LEVEL_WARN, "database session lost", "reason", conn->error, NULL);
		session_close(conn);
	}
	return result;
}

/* Reads the answer to a bare sync; false when there is none to be had. */
static bool settle(struct conn *conn)
{
	PGresult *result;

	if (!conn->syncing)
		return false;
	conn->syncing = false;
	result = await_answer(conn, true);
	PQclear(result);
	return !result && PQstatus(conn->pg) == CONNECTION_OK;
}

/* False: `*ret_failed` is the failed result, NULL when there is none. */
static bool prepare(struct conn *conn, const struct statement *statement, PGresult **ret_failed)
{
	struct prepared *entry;
	PGresult *result;

	HASH_FIND_PTR(conn->prepared, &statement, entry);
	if (entry)
		return true;
	result = await_answer(conn, PQsendPrepare(conn->pg, statement->name, statement->sql, statement->params, NULL));
	if (!answer_is_good(result)) {
		*ret_failed = result;
		return false;
	}
	PQclear(result);
	entry = alloc_zero(1, sizeof *entry);
	entry->statement = statement;
	HASH_ADD_PTR(conn->prepared, statement, entry);
	return true;
}

static int send_prepared(struct conn *conn, const struct statement *statement, const struct param *params)
{
	const char *values[STATEMENT_MAX_PARAMS];
	int lengths[STATEMENT_MAX_PARAMS], formats[STATEMENT_MAX_PARAMS];

	assert(statement->params <= STATEMENT_MAX_PARAMS);
	for (int i = 0; i < statement->params; i++) {
		values[i] = params[i].value;
		lengths[i] = params[i].length;
		formats[i] = params[i].format;
	}
	return PQsendQueryPrepared(conn->pg, statement->name, statement->params, values, lengths, formats, 0);
}

/* Whom it is for, the statement and its COMMIT go out together: one transaction, one round trip. */
static PGresult *execute(struct conn *conn, const struct statement *statement, const struct param *params)
{
	bool sent = PQenterPipelineMode(conn->pg) && (!conn->serve || send_prepared(conn, conn->serve, conn->served)) && send_prepared(conn, statement, params) &&
				PQpipelineSync(conn->pg);

	return await_answer(conn, sent);
}

/* Our functions were rebuilt under a session that prepared a call of the old ones, or a pooler gave us a session that never did. The statement
 * certainly did nothing, so a new session may try again. */
static bool session_is_stale(const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE), *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

	if (!sqlstate)
		return false;
	return !strcmp(sqlstate, "26000") || (!strcmp(sqlstate, "0A000") && function && !strcmp(function, "RevalidateCachedQuery"));
}

/* One try. `*ret_again` = the session was no good and the statement certainly did not run: a new session may be asked. */
static PGresult *run_once(struct conn *conn, const struct statement *statement, const struct param *params, bool *ret_again)
{
	PGresult *result = NULL;

	if ((conn->serve && !prepare(conn, conn->serve, &result)) || !prepare(conn, statement, &result)) {
		*ret_again = result && PQstatus(conn->pg) != CONNECTION_OK;
		return result;
	}
	result = execute(conn, statement, params);
	*ret_again = !answer_is_good(result) && session_is_stale(result);
	return result;
}

/* Its name, never what it was asked: parameters are people's words. */
static void note_time(struct conn *conn, const struct statement *statement, int64_t took_ms)
{
	if (!conn->slow_ms || took_ms < conn->slow_ms)
		return;
	conn->slow++;
	log_count(LOG_LEVEL_WARN, "slow statement", "ms", took_ms, "statement", statement->name, NULL);
}

/* Never the DETAIL, and no message of class 22: those quote data. */
static void log_failure(const struct conn *conn, const struct statement *statement, const PGresult *result, enum status status)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = sqlstate ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : conn->error;

	if (status != STATUS_INTERNAL && status != STATUS_UNAVAILABLE)
		return;
	if (sqlstate && !strncmp(sqlstate, "22", 2))
		message = NULL;
	log_event(status == STATUS_INTERNAL ? LOG_LEVEL_ERROR : LOG_LEVEL_WARN, "statement failed", "statement", statement->name, "sqlstate", sqlstate,
			  "message", message, "where", PQresultErrorField(result, PG_DIAG_CONTEXT), NULL);
}

enum status conn_exec(struct conn *conn, const struct statement *statement, const struct param *params, PGresult **ret_result,
					  struct problem *problem)
{
	PGresult *result = NULL;
	int64_t began_ms = conn->slow_ms ? answer_now_ms() : 0;
	enum status status;
	bool again = true;

	for (int attempt = 0; again && attempt < (conn->pinned || conn->only_when_asked ? 1 : 2); attempt++) {
		if (attempt > 0)
			session_close(conn);
		if (conn->only_when_asked ? !session_is_alive(conn) : conn_ready(conn) != STATUS_OK)
			break;
		PQclear(result);
		result = run_once(conn, statement, params, &again);
	}
	note_time(conn, statement, answer_now_ms() - began_ms);
	if (answer_is_good(result)) {
		*ret_result = result;
		return STATUS_OK;
	}
	if (again && conn->only_when_asked && result) { /* the functions are new, or the session broke: so shall the session be */
		session_close(conn);
		log_event(LOG_LEVEL_INFO, "database session given up", "statement", statement->name, NULL);
		PQclear(result);
		result = NULL;
	}
	status = problem_from_result(result, problem);
	if (result) { /* else who left us without one has said why */
		keep_error(conn, PQresultErrorMessage(result));
		log_failure(conn, statement, result, status);
	}
	PQclear(result);
	return status;
}

void conn_sync_begin(struct conn *conn)
{
	(void)settle(conn);
	if (!conn->pg)
		return;
	conn->syncing = PQenterPipelineMode(conn->pg) && PQpipelineSync(conn->pg);
	if (!conn->syncing)
		session_close(conn);
}

enum status conn_sync(struct conn *conn, bool *ret_notified)
{
	PGnotify *notify;

	if (!conn->syncing)
		conn_sync_begin(conn);
	if (!settle(conn))
		return STATUS_UNAVAILABLE;
	for (*ret_notified = false; (notify = PQnotifies(conn->pg)); *ret_notified = true)
		PQfreemem(notify);
	return STATUS_OK;
}

enum status conn_script(struct conn *conn, const char *sql, PGresult **ret_result, struct problem *problem)
{
	enum status status = STATUS_OK;
	PGresult *result;

	if (conn_ready(conn) != STATUS_OK)
		return problem_from_result(NULL, problem);
	result = PQexec(conn->pg, sql);
	/* a script of comments alone is empty for libpq */
	if (!answer_is_good(result) && PQresultStatus(result) != PGRES_EMPTY_QUERY) {
		keep_error(conn, result ? PQresultErrorMessage(result) : PQerrorMessage(conn->pg));
		status = problem_from_result(result, problem);
	} else if (ret_result) {
		*ret_result = result;
		result = NULL;
	}
	PQclear(result);
	return status;
}

int conn_fd(const struct conn *conn)
{
	return conn->pg ? PQsocket(conn->pg) : -1;
}

bool conn_next_notify(struct conn *conn, char *ret_channel, size_t channel_size, char *ret_payload, size_t payload_size)
{
	PGnotify *notify;

	if (!conn->pg)
		return false;
	notify = PQnotifies(conn->pg);
	if (!notify) {
		if (!session_is_alive(conn)) {
			session_close(conn);
			return false;
		}
		notify = PQnotifies(conn->pg);
	}
	if (!notify)
		return false;
	snprintf(ret_channel, channel_size, "%s", notify->relname);
	snprintf(ret_payload, payload_size, "%s", notify->extra);
	conn->notify_was_own = notify->be_pid == PQbackendPID(conn->pg);
	PQfreemem(notify);
	return true;
}

bool conn_notify_was_own(const struct conn *conn)
{
	return conn->notify_was_own;
}

unsigned conn_generation(const struct conn *conn)
{
	return conn->generation;
}

const char *conn_error(const struct conn *conn)
{
	return conn->error;
}
