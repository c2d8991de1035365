/* SPDX-License-Identifier: ISC */
#include "http/origin.h"

#include <string.h>

bool origin_is_wellformed(const char *origin)
{
	const char *host = strstr(origin, "://");
	size_t len = strlen(origin);

	if (!host || host == origin || len > ORIGIN_MAX || strspn(origin, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != (size_t)(host - origin))
		return false;
	host += 3;
	return *host != '\0' && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]")] == '\0';
}

enum status origin_check(const struct request *request, const char *own, const char **ret_foreign)
{
	if (!request->origin) {
		if (request->sec_fetch_site && strcmp(request->sec_fetch_site, "cross-site") == 0)
			return STATUS_ORIGIN_DENIED;
		*ret_foreign = NULL;
		return STATUS_OK;
	}
	if (!origin_is_wellformed(request->origin))
		return STATUS_ORIGIN_DENIED;
	*ret_foreign = strcmp(request->origin, own) == 0 ? NULL : request->origin;
	return STATUS_OK;
}
