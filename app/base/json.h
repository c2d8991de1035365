/* SPDX-License-Identifier: ISC */
/* The one way into the program for JSON: I-JSON (RFC 8259 + RFC 7493) on top of json-c, whose strict mode alone accepts single
 * quotes, NaN, raw control characters, duplicate names and bad UTF-8. After json_parse() a tree is what it seems to be.
 *
 * Fields are pulled by a table of struct json_field: exact types, ranges, lengths in code points; a name that is not in the
 * table is STATUS_INVALID with that name as the field. */
#ifndef SWITCHBOARD_BASE_JSON_H
#define SWITCHBOARD_BASE_JSON_H

#include "base/status.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH 8            /* objects and arrays inside each other */
#define JSON_MAX_BYTES (4 << 20)    /* a last line of defence: callers have smaller limits of their own */
#define JSON_STRINGS_ITEM_MAX 128   /* bytes of one string of JSON_STRINGS */

/* Top level must be an object. Refuses: empty, BOM, bad UTF-8, trailing bytes, depth > JSON_MAX_DEPTH, duplicate names, NaN/Infinity,
 * single quotes, control characters inside strings, \u0000, lone surrogates, numbers that do not fit. → STATUS_BAD_JSON.
 * `*ret_root` is owned by the caller (json_object_put). */
enum status MUST_CHECK json_parse(const char *text, size_t len, struct json_object **ret_root);

/* The same where somebody else decided how deep his objects are. */
enum status MUST_CHECK json_parse_deep(const char *text, size_t len, size_t max_depth, struct json_object **ret_root);

/* A tree as text without white space, which lives as long as the tree is not changed; NULL for NULL. No memory is the end (alloc.h): half a text or none would be
 * believed to be all of it. */
const char *json_plain(struct json_object *tree);

enum json_kind {
	JSON_NAME,    /* one line, trimmed, 1..max code points, no control characters → ret.str (trimmed copy inside the tree) */
	JSON_BODY,    /* message text: CRLF → LF, only TAB and LF as control characters, not only white space, 1..max code points */
	JSON_TOKEN,   /* printable ASCII without space, 1..max bytes (tokens, keys, choice ids, cids before their own check) */
	JSON_UUID,    /* canonical lower-case UUID */
	JSON_INT,     /* integer in min..max */
	JSON_BOOL,
	JSON_STRINGS, /* array of JSON_TOKEN strings, at most max of them */
	JSON_OBJECT,  /* any object: borrowed */
	JSON_EMAIL    /* one line, one @ with something on both sides, no white space, at most max code points */
};

struct json_field {
	const char *name;
	enum json_kind kind;
	bool required;
	int64_t min, max;
	void *ret; /* const char ** | int64_t * | bool * | struct json_object ** ; untouched when the field is absent or null-not-allowed */
};

/* Checks the whole object: unknown names, missing required ones, kinds and ranges, in the order of the table. Strings that come
 * back are borrowed from (or attached to) `root` and live as long as it does. On failure fills `problem` (STATUS_INVALID + field). */
enum status MUST_CHECK json_read(struct json_object *root, const struct json_field *fields, size_t count, struct problem *problem);

/* true for a canonical lower-case UUID of 36 characters */
bool uuid_is_canonical(const char *str);

#endif
