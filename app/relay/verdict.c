/* SPDX-License-Identifier: ISC */
#include "relay/verdict.h"

#include <stdlib.h>
#include <string.h>

struct verdict verdict_begin(const PGresult *result)
{
	return (struct verdict){
		.result = result,
		.ord = PQfnumber(result, "ord"),
		.status = PQfnumber(result, "status"),
		.field = PQfnumber(result, "field"),
		.seq = PQfnumber(result, "seq"),
		.last_seq = PQfnumber(result, "last_seq"),
		.at = PQfnumber(result, "at"),
		.author_kind = PQfnumber(result, "author_kind"),
		.author_name = PQfnumber(result, "author_name"),
		.body = PQfnumber(result, "body"),
		.data = PQfnumber(result, "data"),
		.repeat = PQfnumber(result, "repeat"),
	};
}

const char *verdict_str(const struct verdict *v, int column)
{
	return PQgetisnull(v->result, v->row, column) ? NULL : PQgetvalue(v->result, v->row, column);
}

uint64_t verdict_number(const struct verdict *v, int column)
{
	const char *text = verdict_str(v, column);

	return text ? strtoull(text, NULL, 10) : 0;
}

bool verdict_any_is_busy(const struct verdict *verdict)
{
	struct verdict v = *verdict;

	for (v.row = 0; v.row < PQntuples(v.result); v.row++)
		if (strcmp(verdict_str(&v, v.status), "busy") == 0)
			return true;
	return false;
}
