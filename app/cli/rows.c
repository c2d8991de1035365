/* SPDX-License-Identifier: ISC */
#include "cli/rows.h"

#include <stdio.h>

struct json_object *rows_json(const PGresult *rows, int most)
{
	struct json_object *list = json_object_new_array(), *object;

	for (int row = 0; row < PQntuples(rows) && row < most; row++) {
		object = json_object_new_object();
		for (int i = 0; i < PQnfields(rows); i++)
			json_object_object_add(object, PQfname(rows, i), PQgetisnull(rows, row, i) ? NULL : json_object_new_string(PQgetvalue(rows, row, i)));
		json_object_array_add(list, object);
	}
	return list;
}

void rows_print_json(struct json_object *tree)
{
	puts(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(tree);
}
