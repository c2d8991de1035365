/* SPDX-License-Identifier: ISC */
/* Rows of the database as JSON, for commands that take --json. */
#ifndef SWITCHBOARD_CLI_ROWS_H
#define SWITCHBOARD_CLI_ROWS_H

#include "base/json.h"

#include <libpq-fe.h>

/* An array of objects, a string or null under each column's name; `most` of the rows at the most. Owned by the caller. */
struct json_object *rows_json(const PGresult *rows, int most);

/* Writes a tree as indented JSON to stdout and frees it. */
void rows_print_json(struct json_object *tree);

#endif
