/* SPDX-License-Identifier: ISC */
#include "api/locale.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ACCEPT_LANGUAGE_MAX 200

bool locale_is_wellformed(const char *tag)
{
	size_t len = strspn(tag, LETTERS);

	if (strlen(tag) > LOCALE_MAX || len < 2 || len > 8)
		return false;
	for (tag += len; *tag == '-'; tag += len) {
		tag++;
		len = strspn(tag, LETTERS "0123456789");
		if (len < 1 || len > 8)
			return false;
	}
	return *tag == '\0';
}

const char *locale_accepted(const struct request *request)
{
	const char *header = request->accept_language;

	if (!header || !*header || strlen(header) > ACCEPT_LANGUAGE_MAX || header[strspn(header, LETTERS "0123456789 *,;=.-")] != '\0')
		return NULL;
	return header;
}
