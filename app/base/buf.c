/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_SIZE 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
	b->size = max < BUF_FIRST_SIZE ? max + 1 : BUF_FIRST_SIZE;
	b->data = alloc_zero(b->size, 1);
}

void buf_fini(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	b->data[0] = '\0';
}

/* Room for `len` more bytes and the NUL, or overflow for good. */
static bool buf_reserve(struct buf *b, size_t len)
{
	size_t size = b->size;

	if (b->overflow || len > b->max - b->len) {
		b->overflow = true;
		return false;
	}
	if (b->len + len < b->size)
		return true;
	while (size <= b->len + len)
		size = size > b->max / 2 ? b->max + 1 : size * 2;
	b->data = alloc_grow(b->data, size, 1);
	b->size = size;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_add_str(struct buf *b, const char *str)
{
	buf_add(b, str, strlen(str));
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(b->data + b->len, b->size - b->len, format, args); /* mostly there is room */
	if (len < 0) {
		b->overflow = true;
	} else if (!b->overflow && b->len + (size_t)len < b->size) {
		b->len += (size_t)len;
	} else if (buf_reserve(b, (size_t)len)) {
		vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	b->data[b->len] = '\0';
	va_end(again);
	va_end(args);
}

static const char *json_escape(unsigned char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '<':
		return "\\u003c";
	default:
		return NULL;
	}
}

void buf_add_json_str(struct buf *b, const char *str, size_t len)
{
	size_t from = 0;

	buf_add(b, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)str[i];
		const char *escape = json_escape(c);

		if (!escape && c >= 0x20 && c != 0x7f)
			continue;
		buf_add(b, str + from, i - from);
		if (escape)
			buf_add_str(b, escape);
		else
			buf_addf(b, "\\u%04x", c);
		from = i + 1;
	}
	buf_add(b, str + from, len - from);
	buf_add(b, "\"", 1);
}
