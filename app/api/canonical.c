/* SPDX-License-Identifier: ISC */
#include "api/canonical.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A body has at most 64 KiB, and an escaped character at most six bytes for one. */
#define CANONICAL_MAX (8 * 65536)

struct member {
	const char *name;
	struct json_object *value;
};

static void add_value(struct buf *out, struct json_object *value, int depth);

static int compare_members(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void add_object(struct buf *out, struct json_object *object, int depth)
{
	size_t count = (size_t)json_object_object_length(object), i = 0;
	struct member *members = alloc_zero(count + 1, sizeof *members);

	json_object_object_foreach(object, name, value) members[i++] = (struct member){ name, value };
	qsort(members, count, sizeof *members, compare_members);
	buf_add_str(out, "{");
	for (i = 0; i < count; i++) {
		buf_add_json_str(out, members[i].name, strlen(members[i].name));
		buf_add_str(out, ":");
		add_value(out, members[i].value, depth + 1);
		buf_add_str(out, ",");
	}
	buf_add_str(out, "}");
	free(members);
}

static void add_value(struct buf *out, struct json_object *value, int depth)
{
	size_t i;

	assert(depth <= JSON_MAX_DEPTH + 1);
	if (json_object_is_type(value, json_type_object)) {
		add_object(out, value, depth);
	} else if (json_object_is_type(value, json_type_array)) {
		buf_add_str(out, "[");
		for (i = 0; i < json_object_array_length(value); i++) {
			add_value(out, json_object_array_get_idx(value, i), depth + 1);
			buf_add_str(out, ",");
		}
		buf_add_str(out, "]");
	} else if (json_object_is_type(value, json_type_string)) {
		buf_add_json_str(out, json_object_get_string(value), (size_t)json_object_get_string_len(value));
	} else {
		buf_add_str(out, value ? json_plain(value) : "null");
	}
}

void canonical_hash(struct json_object *value, uint8_t ret_hash[SECRET_BYTES])
{
	struct buf out;

	buf_init(&out, CANONICAL_MAX);
	add_value(&out, value, 1);
	assert(!out.overflow);
	secret_sha256(out.data, out.len, ret_hash);
	buf_fini(&out);
}
