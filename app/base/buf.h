/* SPDX-License-Identifier: ISC */
/* A byte buffer born with a maximum. Appending past the maximum fails once and for all (`overflow` stays set), so a caller may
 * append many times and look once. Always NUL-terminated behind `len`. Allocation failure ends the process. */
#ifndef SWITCHBOARD_BASE_BUF_H
#define SWITCHBOARD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* owned; never NULL after init */
	size_t len;
	size_t size;
	size_t max;
	bool overflow;
};

void buf_init(struct buf *b, size_t max);
void buf_fini(struct buf *b);
void buf_reset(struct buf *b); /* len = 0, overflow cleared, memory kept */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, const char *str);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `str` as a JSON string with its quotes; `str` must be valid UTF-8. Escapes ", \, control characters, and '<' so that a
 * body can never close a script element. */
void buf_add_json_str(struct buf *b, const char *str, size_t len);

#endif
