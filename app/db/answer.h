/* SPDX-License-Identifier: ISC */
/* What comes back over a session that does not block: waiting for it, and what of several results is the answer. */
#ifndef SWITCHBOARD_DB_ANSWER_H
#define SWITCHBOARD_DB_ANSWER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* Reads all that comes for what was sent, in pipeline mode up to its sync. `*ret_result`, the caller's: the first failure, else the last result; NULL when the session
 * is gone without a word or a bare sync was answered. False when it did not come until `deadline_ms` (0: for ever) of answer_now_ms(). */
bool answer_read(PGconn *pg, int64_t deadline_ms, PGresult **ret_result);

bool answer_is_good(const PGresult *result);

/* libpq itself speaks, not the server: something was not sent whole, or an answer was lost, be it for want of memory. Whose the next answers are is not known any more,
 * the session is good for nothing. */
bool answer_is_lost(const PGresult *result);

int64_t answer_now_ms(void);

#endif
