/* SPDX-License-Identifier: ISC */
/* PostgreSQL array literals in text format, for statements that take text[], uuid[], bigint[] or bytea[]:
 *
 *     array_begin(&b); array_add_text(&b, "billing"); array_add_text(&b, NULL); array_end(&b);   →  {"billing",NULL}
 *
 * A literal that outgrows its buffer shows as b.overflow; such a buffer must not be sent. */
#ifndef SWITCHBOARD_DB_ARRAY_H
#define SWITCHBOARD_DB_ARRAY_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

void array_begin(struct buf *b); /* empties the buffer: a buffer holds one array */
void array_add_text(struct buf *b, const char *text); /* quoted as needed; NULL = SQL NULL. Any type whose text form this is */
void array_add_int(struct buf *b, int64_t number);
void array_add_bytes(struct buf *b, const void *data, size_t len); /* bytea in its hex form */
void array_end(struct buf *b);

/* The same in binary (PARAM_BYTES), which the server reads without looking at each byte: for what is sent by the thousand. No end: it is whole after each. */
enum array_type { ARRAY_BYTEA = 17, ARRAY_TEXT = 25, ARRAY_UUID = 2950 }; /* the element's type as the server numbers it */

void array_binary_begin(struct buf *b, enum array_type type);
void array_binary_add(struct buf *b, const void *data, size_t len); /* data NULL = SQL NULL */
void array_binary_add_uuid(struct buf *b, const char *uuid);        /* canonical */

#endif
