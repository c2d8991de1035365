/* SPDX-License-Identifier: ISC */
/* The table internal.migration: what has been applied to this database, when and by whom. */
#ifndef SWITCHBOARD_CLI_LEDGER_H
#define SWITCHBOARD_CLI_LEDGER_H

#include "base/status.h"
#include "cli/sql_file.h"
#include "db/conn.h"

#include <stddef.h>

struct ledger {
	size_t applied;                         /* migrations 1..applied have run, each as its file is now */
	char functions_sha256[SHA256_HEX_SIZE]; /* of the files of sql/api that were applied last; "" = never */
};

/* Makes the table where it is missing. */
enum status MUST_CHECK ledger_open(struct conn *conn, struct problem *problem);

/* Reads the table (absent = nothing applied) and holds it against the files. A migration that was edited after it ran, or that the files do not have, is
 * STATUS_CONFLICT and has been told to the user. */
enum status MUST_CHECK ledger_read(struct conn *conn, const struct sql_file *files, size_t count, struct ledger *ret_ledger, struct problem *problem);

/* Within the caller's transaction. Number 0 = the functions. */
enum status MUST_CHECK ledger_add(struct conn *conn, int number, const char *name, const char *sha256, struct problem *problem);

#endif
