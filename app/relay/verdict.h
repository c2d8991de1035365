/* SPDX-License-Identifier: ISC */
/* What the database says of the messages of one statement: a row for each, its columns found once. */
#ifndef SWITCHBOARD_RELAY_VERDICT_H
#define SWITCHBOARD_RELAY_VERDICT_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct verdict {
	const PGresult *result;
	int ord, status, field, seq, last_seq, at, author_kind, author_name, body, data, repeat; /* columns */
	int row;
};

struct verdict verdict_begin(const PGresult *result);
const char *verdict_str(const struct verdict *v, int column); /* NULL for SQL NULL */
uint64_t verdict_number(const struct verdict *v, int column); /* 0 for SQL NULL */
/* Somebody else writes to the chat of one of them at this moment. */
bool verdict_any_is_busy(const struct verdict *verdict);

#endif
