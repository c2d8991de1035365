/* SPDX-License-Identifier: ISC */
#include "db/array.h"

#include <inttypes.h>
#include <string.h>

void array_begin(struct buf *b)
{
	buf_reset(b);
	buf_add(b, "{", 1);
}

static void next_element(struct buf *b)
{
	if (b->len > 1)
		buf_add(b, ",", 1);
}

void array_add_text(struct buf *b, const char *text)
{
	next_element(b);
	if (!text) {
		buf_add_str(b, "NULL");
		return;
	}
	buf_add(b, "\"", 1);
	while (*text) {
		size_t plain = strcspn(text, "\"\\");

		buf_add(b, text, plain);
		text += plain;
		if (*text) {
			buf_add(b, "\\", 1);
			buf_add(b, text++, 1);
		}
	}
	buf_add(b, "\"", 1);
}

void array_add_int(struct buf *b, int64_t number)
{
	next_element(b);
	buf_addf(b, "%" PRId64, number);
}

#define HEX_PIECE 32 /* bytes */

void array_add_bytes(struct buf *b, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;
	char piece[2 * HEX_PIECE];

	next_element(b);
	buf_add_str(b, "\"\\\\x");
	for (size_t from = 0, count; from < len; from += count) {
		count = len - from < HEX_PIECE ? len - from : HEX_PIECE;
		for (size_t i = 0; i < count; i++) {
			piece[2 * i] = digits[bytes[from + i] >> 4];
			piece[2 * i + 1] = digits[bytes[from + i] & 15];
		}
		buf_add(b, piece, 2 * count);
	}
	buf_add(b, "\"", 1);
}

void array_end(struct buf *b)
{
	buf_add(b, "}", 1);
}
