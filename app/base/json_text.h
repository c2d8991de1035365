/* SPDX-License-Identifier: ISC */
/* What json-c lets through and I-JSON (RFC 7493) forbids, found in the raw text before json-c sees it: bytes that are no UTF-8, a byte order
 * mark, control characters, quotes and words that JSON does not have, \u0000, lone surrogates, numbers that fit nowhere, too deep nesting.
 * Grammar is left to json-c. Internal to base: the way in is json_parse(). */
#ifndef SWITCHBOARD_BASE_JSON_TEXT_H
#define SWITCHBOARD_BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* What a tree of the text has to hold. */
struct json_extent {
	size_t names;        /* members, repeated ones included */
	size_t string_bytes; /* of all names and strings, without escapes */
};

/* `text` is NUL-terminated behind `len`. */
bool json_text_is_ijson(const char *text, size_t len, size_t max_depth, struct json_extent *ret_extent);

#endif
