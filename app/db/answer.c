/* SPDX-License-Identifier: ISC */
#include "db/answer.h"

#include <poll.h>
#include <time.h>

int64_t answer_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool answer_is_good(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
}

bool answer_is_lost(const PGresult *result)
{
	return result && PQresultStatus(result) == PGRES_FATAL_ERROR && !PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

/* Waits until libpq can do something: read, or write while some of the statement is not sent. False when `deadline_ms` has come (0 = never does). */
static bool await_socket(PGconn *pg, bool unsent, int64_t deadline_ms)
{
	struct pollfd waiting = { .fd = PQsocket(pg), .events = (short)(POLLIN | (unsent ? POLLOUT : 0)) };

	for (;;) {
		int64_t left_ms = deadline_ms - answer_now_ms();
		int ready = poll(&waiting, 1, deadline_ms == 0 ? -1 : left_ms > 0 ? (int)left_ms : 0);

		if (ready > 0)
			return true;
		if (ready == 0 && (left_ms <= 0 || deadline_ms - answer_now_ms() <= 0))
			return false;
	}
}

/* Until libpq has a result, or the end of the results, for us. False when that did not come in time. */
static bool await_result(PGconn *pg, int64_t deadline_ms)
{
	int unsent;

	while ((unsent = PQflush(pg)) > 0 || PQisBusy(pg)) {
		if (!await_socket(pg, unsent > 0, deadline_ms))
			return false;
		if (!PQconsumeInput(pg))
			break; /* PQgetResult() says why */
	}
	return true;
}

/* Of what comes in answer to one request: the first failure, else the last result. A failure may come behind a good result, for COMMIT is the last thing that
 * can fail; and after the server's reason libpq adds that the session is gone. */
static PGresult *keep(PGresult *kept, PGresult *next)
{
	if (!kept)
		return next;
	if (!next || !answer_is_good(kept)) {
		PQclear(next);
		return kept;
	}
	PQclear(kept);
	return next;
}

bool answer_read(PGconn *pg, int64_t deadline_ms, PGresult **ret_result)
{
	bool pipelined = PQpipelineStatus(pg) != PQ_PIPELINE_OFF, synced = false, at_end = false, more = true;

	*ret_result = NULL;
	while (more) {
		PGresult *next;

		if (!await_result(pg, deadline_ms))
			return false;
		next = PQgetResult(pg);
		if (pipelined && !next && at_end) /* libpq waits for nothing, and we wait for the sync */
			next = PQmakeEmptyPGresult(pg, PGRES_FATAL_ERROR);
		at_end = !next;
		synced = next && PQresultStatus(next) == PGRES_PIPELINE_SYNC;
		if (synced)
			PQclear(next);
		else
			*ret_result = keep(*ret_result, next);
		more = pipelined ? !synced && !answer_is_lost(*ret_result) && (next || PQstatus(pg) == CONNECTION_OK) : next != NULL;
	}
	return true;
}
