/* SPDX-License-Identifier: ISC */
#include "base/json_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#define JSON_WORD_MAX 64 /* characters of one number: more digits than any value in use has */

/* Four hex digits → their value, -1 where they are not that. */
static long hex4(const char *c)
{
	char digits[5] = { 0 };

	memcpy(digits, c, strnlen(c, 4));
	return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

/* `c` is behind "\u" → the first character behind the escape (both halves of a pair), NULL when it stands for no character. Counts its bytes in UTF-8. */
static const char *skip_unicode_escape(const char *c, size_t *bytes)
{
	long code = hex4(c), low;

	if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff))
		return NULL;
	c += 4;
	if (code < 0xd800 || code > 0xdbff) {
		*bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
		return c;
	}
	*bytes += 4;
	if (c[0] != '\\' || c[1] != 'u')
		return NULL;
	low = hex4(c + 2);
	return low >= 0xdc00 && low <= 0xdfff ? c + 6 : NULL;
}

/* `c` is behind the opening quote → the first character behind the closing one, NULL when the string is not allowed. Counts its bytes. */
static const char *skip_string(const char *c, size_t *bytes)
{
	while (*c != '"') {
		if ((unsigned char)*c < 0x20) /* the NUL at the end too */
			return NULL;
		if (*c++ != '\\') {
			++*bytes;
			continue;
		}
		if (*c == 'u') {
			c = skip_unicode_escape(c + 1, bytes);
		} else {
			c = *c && strchr("\"\\/bfnrt", *c) ? c + 1 : NULL;
			++*bytes;
		}
		if (!c)
			return NULL;
	}
	return c + 1;
}

static const char *skip_digits(const char *c)
{
	size_t digits = strspn(c, "0123456789");

	return digits ? c + digits : NULL;
}

/* RFC 8259 section 6; an integer must fit 64 bits and a fraction must be finite, or it would reach us as another number. */
static bool number_is_good(const char *word)
{
	const char *c = word + (*word == '-');
	bool whole = true;

	c = *c == '0' ? c + 1 : skip_digits(c);
	if (c && *c == '.') {
		whole = false;
		c = skip_digits(c + 1);
	}
	if (c && (*c == 'e' || *c == 'E')) {
		whole = false;
		c += 1 + (c[1] == '+' || c[1] == '-');
		c = skip_digits(c);
	}
	if (!c || *c)
		return false;
	errno = 0;
	if (!whole)
		return isfinite(strtod(word, NULL));
	strtoll(word, NULL, 10);
	return errno == 0;
}

static bool word_is_good(const char *start, size_t len)
{
	char word[JSON_WORD_MAX + 1] = { 0 };

	if (len > JSON_WORD_MAX)
		return false;
	memcpy(word, start, len);
	return !strcmp(word, "true") || !strcmp(word, "false") || !strcmp(word, "null") || number_is_good(word);
}

bool json_text_is_ijson(const char *text, size_t len, size_t max_depth, struct json_extent *ret_extent)
{
	const char *c = text;
	struct json_extent extent = { 0 };
	size_t depth = 0;

	if (strlen(text) != len || u8_check((const uint8_t *)text, len))
		return false;
	while (*c) {
		size_t word = strcspn(c, " \t\r\n{}[],:\"");

		if (word) {
			if (!word_is_good(c, word))
				return false;
			c += word;
		} else if (*c == '"') {
			c = skip_string(c + 1, &extent.string_bytes);
			if (!c)
				return false;
		} else {
			/* json-c does not count a container that stays empty */
			depth += *c == '{' || *c == '[';
			depth -= depth && (*c == '}' || *c == ']');
			if (depth > max_depth)
				return false;
			extent.names += *c == ':';
			c++;
		}
	}
	*ret_extent = extent;
	return true;
}
