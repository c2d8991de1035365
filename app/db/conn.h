/* SPDX-License-Identifier: ISC */
/* One blocking connection for programs that do one thing at a time (an api worker, the router, the command line).
 * Statements are prepared on first use and again after a reconnect. A connection that is gone is opened anew at the next call, at most once
 * a call and no sooner than 250 ms after an attempt that failed; a statement is sent again only when it certainly did not run, otherwise
 * the answer is STATUS_UNAVAILABLE and the client's retry (request_key, cid) settles it. Every session gets statement_timeout and friends
 * from its role (sql/roles.sql). */
#ifndef SWITCHBOARD_DB_CONN_H
#define SWITCHBOARD_DB_CONN_H

#include "base/status.h"
#include "db/statement.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;

/* Does not connect yet. `conninfo` is copied; connect_timeout=2 (seconds) is added where it names none. */
void conn_new(const char *conninfo, const char *application_name, struct conn **ret_conn);
void conn_free(struct conn **conn);

/* Runs one statement; on success `*ret_result` is owned by the caller (PQclear) and has status PGRES_TUPLES_OK or COMMAND_OK.
 * On failure `problem` says what SQL meant (status.h); with UNAVAILABLE it always carries a retry_ms. Nothing is logged for a status the
 * client caused; an INTERNAL or UNAVAILABLE is logged here once. */
enum status MUST_CHECK conn_exec(struct conn *conn, const struct statement *statement, const struct param *params, PGresult **ret_result,
								 struct problem *problem);

/* Plain SQL of one or more statements, for the migration runner and tests only (the lint holds it to app/cli). `ret_result` may be NULL; else
 * the rows of the last statement, owned by the caller. */
enum status MUST_CHECK conn_script(struct conn *conn, const char *sql, PGresult **ret_result, struct problem *problem);

/* From now on a session that is lost is not opened anew: whoever holds a transaction or a lock of the session must not go on without it. */
void conn_pin(struct conn *conn);

/* From now on `statement` runs before each statement, in its transaction and its round trip: it tells the server whom we serve. NULL: nobody. Both borrowed until the next call. */
void conn_serve(struct conn *conn, const struct statement *statement, const struct param *params);

/* A statement that took `slow_ms` or longer is logged by its name and counted; 0 = none is. */
void conn_slow(struct conn *conn, int slow_ms);
unsigned long long conn_slow_count(const struct conn *conn);

/* For who must know soon that the server, or the way to it, is gone: from now on conn_exec() waits `answer_ms` at most for an answer, then closes the session
 * (a cancel would have to go the same dead way; the server's own time-outs end what it still does) and says UNAVAILABLE: the statement may have run or not.
 * Sessions opened from now on carry short TCP time-outs too: a peer that does not answer is given up after 4 s, busy or idle. On a unix socket those mean
 * nothing and are not needed: the end of the other process is seen at once, and a process that is there but frozen only by `answer_ms`. 0 = wait for ever. */
void conn_limit(struct conn *conn, int answer_ms);

/* From now on only conn_ready() opens a session that is lost, conn_exec() answers UNAVAILABLE without one: for who has to begin anew with a new session. */
void conn_reopen_only_when_asked(struct conn *conn);

/* Connects now if needed. */
enum status MUST_CHECK conn_ready(struct conn *conn);

/* For LISTEN loops (router): the descriptor (-1 when not connected), the waiting notifications, how often the session was opened
 * (a rise means: LISTEN again, read the tables again). Notifications may have come in with an answer of conn_exec(): before a poll() on the
 * descriptor, call conn_next_notify() until it says false. */
int conn_fd(const struct conn *conn);
bool conn_next_notify(struct conn *conn, char *ret_channel, size_t channel_size, char *ret_payload, size_t payload_size);
bool conn_notify_was_own(const struct conn *conn); /* the one that was read last had been sent by this very session */
unsigned conn_generation(const struct conn *conn);

/* The shortest of all round trips, a bare Sync, after which every notification of a COMMIT that was answered before this call is here: the server signals its listeners
 * before it answers, and looks at signals before it reads on. `*ret_notified`: there was one since the last call; they are dropped, whatever they say. Opens no session:
 * STATUS_UNAVAILABLE without one, or when it breaks. */
enum status MUST_CHECK conn_sync(struct conn *conn, bool *ret_notified);
/* Sends the Sync already, so that its answer is here when conn_sync() asks. It covers what was committed before this call. */
void conn_sync_begin(struct conn *conn);

/* Last server error text for the command line's user; "" when none. Borrowed until the next call. */
const char *conn_error(const struct conn *conn);

/* Column by name; asserts that it exists. NULL for SQL NULL. Borrowed from the result. */
const char *result_str(const PGresult *result, int row, const char *column);
int64_t result_int(const PGresult *result, int row, const char *column); /* asserts not NULL */
bool result_bool(const PGresult *result, int row, const char *column);

/* The problem behind a failed PGresult (shared with db/pipe.c). */
enum status problem_from_result(const PGresult *result, struct problem *problem);

#endif
