/* SPDX-License-Identifier: ISC */
/* What json-c lets through and I-JSON (RFC 7493) forbids, found in the raw text before json-c sees it: bytes that are no UTF-8, a byte order
 * mark, control characters, quotes and words that JSON does not have, \u0000, lone surrogates, numbers that fit nowhere, too deep nesting.
 * Grammar is left to json-c. Internal to base: the way in is json_parse(). */
#ifndef SWITCHBOARD_BASE_JSON_TEXT_H
#define SWITCHBOARD_BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* `text` is NUL-terminated behind `len`. `*ret_names` = member names written in the text, repeated ones included. */
bool json_text_is_ijson(const char *text, size_t len, size_t *ret_names);

#endif
