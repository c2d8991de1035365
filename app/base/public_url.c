/* SPDX-License-Identifier: ISC */
#include "base/public_url.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool host_is_wellformed(const char *host, size_t len)
{
	if (len >= 3 && host[0] == '[' && host[len - 1] == ']')
		return strspn(host + 1, "0123456789abcdef:.") == len - 2;
	return len > 0 && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len && host[0] != '.' && host[0] != '-';
}

static bool port_is_wellformed(const char *port)
{
	size_t len = strlen(port), i;
	unsigned value = 0;

	if (len < 1 || len > 5 || port[0] == '0' || strspn(port, "0123456789") != len)
		return false;
	for (i = 0; i < len; i++)
		value = value * 10 + (unsigned)(port[i] - '0');
	return value <= 65535;
}

static bool path_is_wellformed(const char *path)
{
	size_t len = strlen(path);

	if (len == 0)
		return true;
	return path[len - 1] != '/' && !strstr(path, "//") && !strstr(path, "/.") &&
		   strspn(path, "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-") == len;
}

/* Splits "HOST[:PORT]" in place. */
static bool split_authority(char *authority, bool secure, char **ret_port)
{
	char *end = strchr(authority, ']');
	char *colon = strchr(end ? end : authority, ':');
	char *c;

	*ret_port = NULL;
	for (c = authority; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (colon) {
		*colon = '\0';
		if (!port_is_wellformed(colon + 1))
			return false;
		if (strcmp(colon + 1, secure ? "443" : "80") != 0)
			*ret_port = colon + 1;
	}
	return host_is_wellformed(authority, strlen(authority));
}

enum status public_url_parse(const char *text, struct public_url *ret_url)
{
	struct public_url url = { 0 };
	char authority[PUBLIC_URL_MAX + 1];
	const char *rest, *path;
	char *port;

	if (strlen(text) > PUBLIC_URL_MAX)
		return STATUS_INVALID;
	url.secure = strncmp(text, "https://", 8) == 0;
	if (!url.secure && strncmp(text, "http://", 7) != 0)
		return STATUS_INVALID;
	rest = text + (url.secure ? 8 : 7);
	path = rest + strcspn(rest, "/");
	snprintf(authority, sizeof authority, "%.*s", (int)(path - rest), rest);
	if (!split_authority(authority, url.secure, &port) || !path_is_wellformed(path))
		return STATUS_INVALID;

	/* All of these fit: none is longer than the text it was cut from, but for the relay's, which has the room. */
	snprintf(url.origin, sizeof url.origin, "http%s://%s%s%s", url.secure ? "s" : "", authority, port ? ":" : "", port ? port : "");
	snprintf(url.relay_origin, sizeof url.relay_origin, "ws%s://%s%s%s", url.secure ? "s" : "", authority, port ? ":" : "", port ? port : "");
	snprintf(url.prefix, sizeof url.prefix, "%s", path);
	snprintf(url.relay_url, sizeof url.relay_url, "%s%s/relay", url.relay_origin, url.prefix);
	url.loopback = strcmp(authority, "localhost") == 0 || strcmp(authority, "127.0.0.1") == 0 || strcmp(authority, "[::1]") == 0;
	*ret_url = url;
	return STATUS_OK;
}
