/* SPDX-License-Identifier: ISC */
#include "http/html.h"

#include <string.h>

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "&#39;";
	}
}

void html_add(struct buf *out, const char *text)
{
	size_t plain;

	while (*text) {
		plain = strcspn(text, "&<>\"'");
		buf_add(out, text, plain);
		text += plain;
		if (*text)
			buf_add_str(out, entity(*text++));
	}
}
