/* SPDX-License-Identifier: ISC */
#include "db/array.h"

#include <arpa/inet.h>
#include <assert.h>
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

/* ---- in binary ---------------------------------------------------------------------------------------------- */

/* Numbers of four bytes, the highest first: dimensions, whether any element is NULL, type; then elements, lower bound; then each element behind its length. */
enum { HAS_NULL = 4, COUNT = 12, UUID_BYTES = 16 };

static void add_number(struct buf *b, uint32_t number)
{
	uint32_t wire = htonl(number);

	buf_add(b, &wire, sizeof wire);
}

static void set_number(struct buf *b, size_t at, uint32_t number)
{
	uint32_t wire = htonl(number);

	memcpy(b->data + at, &wire, sizeof wire);
}

void array_binary_begin(struct buf *b, enum array_type type)
{
	buf_reset(b);
	add_number(b, 1);
	add_number(b, 0);
	add_number(b, type);
	add_number(b, 0);
	add_number(b, 1);
}

void array_binary_add(struct buf *b, const void *data, size_t len)
{
	uint32_t count;

	add_number(b, data ? (uint32_t)len : UINT32_MAX);
	if (data)
		buf_add(b, data, len);
	if (b->overflow)
		return;
	memcpy(&count, b->data + COUNT, sizeof count);
	set_number(b, COUNT, ntohl(count) + 1);
	if (!data)
		set_number(b, HAS_NULL, 1);
}

static unsigned digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

void array_binary_add_uuid(struct buf *b, const char *uuid)
{
	unsigned char bytes[UUID_BYTES];

	for (size_t i = 0; i < UUID_BYTES; i++, uuid += 2) {
		if (*uuid == '-')
			uuid++;
		assert(uuid[0] && uuid[1]);
		bytes[i] = (unsigned char)(digit(uuid[0]) << 4 | digit(uuid[1]));
	}
	array_binary_add(b, bytes, sizeof bytes);
}
