/* SPDX-License-Identifier: ISC */
#include "fuzz.h"

#include <string.h>

char *fuzz_string(const uint8_t *data, size_t size)
{
	size_t len = size > 0 ? strnlen((const char *)data, size) : 0;
	char *text = malloc(len + 1);

	if (!text)
		abort();
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

char *fuzz_take(const uint8_t **data, size_t *size, char separator)
{
	const uint8_t *end = *size > 0 ? memchr(*data, separator, *size) : NULL;
	size_t len = end ? (size_t)(end - *data) : *size;
	char *text = fuzz_string(*data, len);

	*data += end ? len + 1 : len;
	*size -= end ? len + 1 : len;
	return text;
}
