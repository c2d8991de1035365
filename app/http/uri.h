/* SPDX-License-Identifier: ISC */
/* A request target taken apart by our own rules, because web servers hand us the raw one (nginx matches /api/a/../c on its normalised form and
 * passes it on as it came). What cannot be meant honestly is refused, never repaired. */
#ifndef SWITCHBOARD_HTTP_URI_H
#define SWITCHBOARD_HTTP_URI_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define URI_MAX 8192
#define URI_SEGMENTS_MAX 10
#define URI_PARAMS_MAX 16

struct uri_param {
	const char *name;
	const char *value; /* "" for a name without '=' */
};

/* Everything is percent-decoded and borrowed from `text`. */
struct uri {
	char text[URI_MAX + 1];
	const char *segments[URI_SEGMENTS_MAX]; /* of the path below the prefix */
	size_t segment_count;
	bool trailing_slash;
	struct uri_param params[URI_PARAMS_MAX];
	size_t param_count;
};

/* `prefix` is the path of public_url ("" or "/chat"): a target outside it is STATUS_NOT_FOUND. STATUS_BAD_REQUEST: longer than URI_MAX or not
 * starting with a slash; a path with "..", ".", an empty segment, %2F or a control character; a broken percent escape; more segments or parameters
 * than the maxima; an empty or repeated parameter name; a parameter that is by its name a credential (those travel in headers only: a URL ends up in
 * logs). */
enum status MUST_CHECK uri_parse(struct uri *uri, const char *request_uri, const char *prefix);

/* NULL when absent */
const char *uri_param(const struct uri *uri, const char *name);

#endif
