/* SPDX-License-Identifier: ISC */
/* What `switchboard migrate` would do, as a script for psql: for a DBA who runs everything by hand. It leaves the same ledger behind. */
#ifndef SWITCHBOARD_CLI_PRINT_SQL_H
#define SWITCHBOARD_CLI_PRINT_SQL_H

#include "cli/sql_file.h"

#include <stddef.h>
#include <stdio.h>

/* The lock, the roles and the ledger: what every migration begins with. */
void print_sql_preparation(FILE *out, const struct sql_file *roles);

/* One transaction: files and their row in the ledger. `name` and `sha256` are words without quotes (sql_file.h sees to that). */
void print_sql_step(FILE *out, const struct sql_file *files, size_t count, int number, const char *name, const char *sha256);

#endif
