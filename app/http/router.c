/* SPDX-License-Identifier: ISC */
#include "http/router.h"

#include "base/json.h"

#include <string.h>

#define KEY_MAX 64

static bool is_key(const char *segment)
{
	size_t len = strlen(segment);

	return len >= 1 && len <= KEY_MAX && strspn(segment, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

/* Whether `segment` is what the pattern at `*path` asks for up to its next slash; moves `*path` there. */
static bool match_segment(const char **path, const char *segment, const char **ret_arg)
{
	const char *p = *path;
	bool uuid, key;

	if (*p == '{') {
		uuid = strncmp(p, "{uuid}", 6) == 0;
		key = strncmp(p, "{key}", 5) == 0;
		*ret_arg = segment;
		*path = p + (uuid ? 6 : 5);
		return uuid ? uuid_is_canonical(segment) : key && is_key(segment);
	}
	for (; *p && *p != '/' && *p == *segment; p++)
		segment++;
	*path = p;
	return *segment == '\0' && (*p == '\0' || *p == '/');
}

/* When it does not match, `*ret_decided` is how much of the pattern is enough to know so. */
static bool match_path(const char *path, const struct uri *uri, const char *ret_args[ROUTE_ARGS_MAX], size_t *ret_decided)
{
	const char *start = path, *arg;
	size_t i, args = 0;
	bool good = true;

	memset(ret_args, 0, ROUTE_ARGS_MAX * sizeof *ret_args);
	for (i = 0; good && i < uri->segment_count; i++) {
		arg = NULL;
		good = *path != '\0' && *path != '/' && match_segment(&path, uri->segments[i], &arg);
		if (arg && args < ROUTE_ARGS_MAX)
			ret_args[args++] = arg;
		if (good && i + 1 < uri->segment_count) {
			good = *path == '/';
			path += good;
		}
	}
	*ret_decided = (size_t)(path - start) + 2; /* what the end was held against, too */
	return good && strcmp(path, uri->trailing_slash ? "/" : "") == 0;
}

enum status router_find(const struct route *routes, size_t count, const struct uri *uri, enum http_method method, struct route_match *ret_match)
{
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	struct route_match match = { 0 };
	const char *args[ROUTE_ARGS_MAX];
	size_t i, decided = 0; /* of the pattern before, when it did not match */

	for (i = 0; i < count; i++) {
		/* a table in order says the same at the beginning of most of its rows */
		if (decided > 0 && strncmp(routes[i].path, routes[i - 1].path, decided) == 0)
			continue;
		if (!match_path(routes[i].path, uri, args, &decided))
			continue;
		decided = 0;
		match.allow |= (unsigned)routes[i].method | HTTP_OPTIONS | (routes[i].method == HTTP_GET ? HTTP_HEAD : 0U);
		if (!match.route && (routes[i].method == wanted || method == HTTP_OPTIONS)) {
			match.route = &routes[i];
			memcpy(match.args, args, sizeof match.args);
		}
	}
	if (match.allow == 0)
		return STATUS_NOT_FOUND;
	*ret_match = match;
	return match.route ? STATUS_OK : STATUS_METHOD_NOT_ALLOWED;
}

static bool names_contain(const char *names, const char *name)
{
	size_t len;

	for (; *names; names += len + (names[len] == ' ')) {
		len = strcspn(names, " ");
		if (strncmp(names, name, len) == 0 && name[len] == '\0')
			return true;
	}
	return false;
}

const char *router_unknown_param(const struct route *route, const struct uri *uri)
{
	size_t i;

	for (i = 0; i < uri->param_count; i++)
		if (!names_contain(route->query ? route->query : "", uri->params[i].name))
			return uri->params[i].name;
	return NULL;
}

void router_format_allow(unsigned allow, struct buf *out)
{
	unsigned bit;

	for (bit = HTTP_GET; bit <= HTTP_OPTIONS; bit <<= 1)
		if (allow & bit)
			buf_addf(out, "%s%s", out->len ? ", " : "", http_method_name((enum http_method)bit));
}
