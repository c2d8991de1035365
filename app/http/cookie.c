/* SPDX-License-Identifier: ISC */
#include "http/cookie.h"

#include <string.h>

bool cookie_get(const char *header, const char *name, char *ret_value, size_t size)
{
	const char *found = NULL;
	size_t name_len = strlen(name), found_len = 0, len;
	const char *pair;

	for (pair = header ? header : ""; *pair; pair += len) {
		pair += strspn(pair, " \t;");
		len = strcspn(pair, ";");
		if (len <= name_len || pair[name_len] != '=' || strncmp(pair, name, name_len) != 0)
			continue;
		if (found)
			return false;
		found = pair + name_len + 1;
		found_len = len - name_len - 1;
	}
	if (!found || found_len >= size)
		return false;
	memcpy(ret_value, found, found_len);
	ret_value[found_len] = '\0';
	return true;
}

void cookie_format(struct buf *out, const char *name, const char *value, bool secure)
{
	buf_addf(out, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", name, value, secure ? "; Secure" : "", *value ? "" : "; Max-Age=0");
}

void cookie_format_below(struct buf *out, const char *name, const char *value, const char *path, int age_s, bool secure)
{
	buf_addf(out, "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s", name, value, path, secure ? "; Secure" : "");
	if (age_s > 0 || !*value)
		buf_addf(out, "; Max-Age=%d", *value ? age_s : 0);
}
